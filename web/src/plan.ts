// Planning a campaign in the card of a commune: how many teams, from which
// day, and what comes of it, as a table, files and sheets to print. What the
// map draws of it comes from here too.

import type { Feature, FeatureCollection } from 'geojson';

import * as api from './api';
import { asApiError, type ApiError } from './api';
import { h } from './dom';
import { explain } from './explain';
import { day, number } from './format';
import { currentLanguage, known, t } from './i18n';
import { failure } from './page-end';
import { questionParams } from './state';
import type { Forecast, Plan, PlanTeam, Question } from './types';

/** Okabe and Ito's colours that stand out on the map, told apart by the colour-blind; more teams use them again. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#000000', '#e69f00', '#56b4e9'] as const;
const MOST_TEAMS = 50;

export interface Drawing {
  /** Pieces of ground and ways. */
  lines: FeatureCollection;
  /** A point for each village of a team, with its place in the order. */
  stops: FeatureCollection;
}

export function colour(team: number): string {
  return COLOURS[(team - 1) % COLOURS.length] ?? COLOURS[0];
}

export class Plans {
  private teams = 3;
  private firstDay = '';
  private key = '';
  private plan: Plan | null = null;
  private status: 'idle' | 'loading' | 'ready' | 'failed' = 'idle';
  private error: ApiError | null = null;
  private readonly forecasts = new Map<string, Forecast | 'asked'>();

  constructor(
    private readonly changed: () => void,
    private readonly drawn: (drawing: Drawing | null) => void,
  ) {}

  /** What stands in the card of a commune. */
  view(commune: string, question: Question): HTMLElement {
    const asked = `${commune} ${questionParams(question)}`;
    if (this.key !== asked) this.forget(asked);
    const start = (event: Event) => {
      event.preventDefault();
      void this.ask(commune, question);
    };
    return h(
      'section',
      { class: 'plan', 'data-testid': 'plan', 'data-status': this.status === 'loading' ? 'loading' : null },
      this.forecast(commune, question),
      h('h3', {}, t('planTitle')),
      h(
        'form',
        { class: 'plan-form', onsubmit: start },
        h(
          'label',
          {},
          t('planTeams'),
          h('input', {
            id: 'plan-teams',
            type: 'number',
            min: 1,
            max: MOST_TEAMS,
            required: true,
            value: this.teams,
            oninput: (event) => {
              this.teams = Math.min(MOST_TEAMS, Math.max(1, Math.trunc(Number((event.target as HTMLInputElement).value)) || 1));
            },
          }),
        ),
        h(
          'label',
          {},
          t('planFirstDay'),
          h('input', {
            id: 'plan-first-day',
            type: 'date',
            value: this.firstDay,
            oninput: (event) => {
              this.firstDay = (event.target as HTMLInputElement).value;
            },
          }),
        ),
        h('button', { type: 'submit', id: 'plan-start' }, t('planStart')),
      ),
      this.status === 'loading' ? h('p', { class: 'waiting' }, t('loading')) : null,
      this.error ? failure(this.error, () => void this.ask(commune, question)) : null,
      this.plan && this.status === 'ready' ? this.result(this.plan, commune, question) : null,
    );
  }

  /** Another card: its plan is not this one's. */
  forget(key = ''): void {
    if (this.plan) this.drawn(null);
    this.key = key;
    this.plan = null;
    this.error = null;
    this.status = 'idle';
  }

  private async ask(commune: string, question: Question): Promise<void> {
    const { key } = this;
    this.status = 'loading';
    this.error = null;
    this.changed();
    const query = this.query(commune, question);
    try {
      const [plan, lines] = await Promise.all([api.plan(query), api.planLines(query)]);
      if (this.key !== key) return;
      this.plan = plan;
      this.status = 'ready';
      this.drawn(drawing(plan, lines));
    } catch (error) {
      if (this.key !== key) return;
      this.status = 'failed';
      this.error = asApiError(error);
    }
    this.changed();
    document.querySelector('.plan-result')?.scrollIntoView({ block: 'nearest' });
  }

  private query(commune: string, question: Question): URLSearchParams {
    const query = questionParams(question);
    query.set('commune', commune);
    query.set('teams', String(this.teams));
    if (this.firstDay) query.set('first_day', this.firstDay);
    return query;
  }

  private result(plan: Plan, commune: string, question: Question): HTMLElement {
    const of = plan.communes[0];
    const query = this.query(commune, question);
    query.set('lang', currentLanguage());
    const rows = of?.teams ?? [];
    const rate = of ? t(of.rate_from === 'visits' ? 'planRateVisits' : 'planRateRules', { rate: number(of.rate), days: number(of.rate_days ?? 0) }) : '';
    return h(
      'div',
      { class: 'plan-result' },
      explain(`${t('planExplain', { households: number(of?.households ?? 0), villages: number(of?.villages ?? 0), balance: number(of?.balance_percent ?? 0, 1) })} ${rate}`),
      of && of.villages_at_most > 0 ? explain(t('planAtMost', { villages: number(of.villages_at_most) })) : null,
      of && of.villages_unknown > 0 ? explain(t('planUnknown', { villages: number(of.villages_unknown) })) : null,
      h(
        'table',
        { 'data-testid': 'plan-teams' },
        h('thead', {}, h('tr', {}, ...[t('planTeam'), t('planHouseholds'), t('planVillages'), t('planDays'), t('planKm'), t('planSheet')].map((word) => h('th', { scope: 'col' }, word)))),
        h('tbody', {}, ...rows.map((team) => line(team, query))),
      ),
      explain(t(plan.detour > 1 ? 'planLegendDetour' : 'planLegend', { detour: number(plan.detour, 2) })),
      h(
        'p',
        { class: 'files' },
        h('a', { class: 'export', href: api.planAddress('plan.geojson', query), download: 'plan.geojson' }, t('downloadGeojson')),
        h('a', { class: 'export', href: api.planAddress('plan.csv', query), download: 'plan.csv' }, t('planCsv')),
      ),
    );
  }

  /** When the commune reaches its target, in one sentence. */
  private forecast(commune: string, question: Question): HTMLElement | null {
    const asked = `${commune} ${questionParams(question)}`;
    const told = this.forecasts.get(asked);
    if (told === undefined) void this.askForecast(asked, commune, question);
    if (typeof told !== 'object') return null;
    const days = { on: day(told.on ?? ''), earliest: day(told.earliest ?? ''), latest: day(told.latest ?? ''), pace: number(told.households_a_week ?? 0, 1), weeks: number(told.weeks) };
    const sentence = told.outlook === 'on_pace' ? t(told.latest ? 'forecastOn' : 'forecastOpen', days) : (known(`forecast_${told.outlook}`) ?? told.outlook);
    const unknown = told.villages_unknown > 0 ? ` ${t('forecastUnknown', { villages: number(told.villages_unknown) })}` : '';
    return h('p', { class: 'forecast', 'data-testid': 'forecast', 'data-outlook': told.outlook }, h('strong', {}, t('forecastTitle', { percent: number(told.target_percent) })), ' ', sentence, unknown);
  }

  private async askForecast(asked: string, commune: string, question: Question): Promise<void> {
    this.forecasts.set(asked, 'asked');
    try {
      const told = await api.forecast(commune, question);
      if (told) this.forecasts.set(asked, told);
      this.changed();
    } catch {
      // The card says what it knows; a forecast more or less is no failure of it.
    }
  }
}

function line(team: PlanTeam, query: URLSearchParams): HTMLElement {
  const sheet = new URLSearchParams(query);
  sheet.set('team', String(team.team));
  const last = team.last_day ? t('planUntil', { day: day(team.last_day) }) : '';
  return h(
    'tr',
    { 'data-team': team.team },
    h('th', { scope: 'row' }, h('i', { class: 'swatch dot', style: `--c:${colour(team.team)}`, 'aria-hidden': 'true' }), ' ', number(team.team)),
    h('td', {}, number(team.households)),
    h('td', {}, number(team.villages)),
    h('td', { title: last }, number(team.days)),
    h('td', {}, number(team.distance_km, 1)),
    h('td', {}, team.days > 0 ? h('a', { href: api.planAddress('sheet', sheet), target: '_blank', rel: 'noopener' }, t('planPrint')) : null),
  );
}

/** Each village once for a team, numbered as the team comes to it. */
function drawing(plan: Plan, lines: FeatureCollection): Drawing {
  const stops: Feature[] = [];
  for (const team of plan.communes.flatMap((commune) => commune.teams)) {
    const met = new Set<string>();
    for (const stop of team.stops ?? []) {
      if (met.has(stop.village) || stop.lon === null || stop.lat === null) continue;
      met.add(stop.village);
      stops.push({
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [stop.lon, stop.lat] },
        properties: { colour: colour(team.team), order: String(met.size), name: stop.name },
      });
    }
  }
  const coloured = lines.features
    .filter(({ properties }) => properties?.kind !== 'stop')
    .map((feature) => ({ ...feature, properties: { kind: feature.properties?.kind, colour: colour(Number(feature.properties?.team)) } }));
  return { lines: { type: 'FeatureCollection', features: coloured }, stops: { type: 'FeatureCollection', features: stops } };
}
