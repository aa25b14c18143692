// The tab of indicators: one indicator over all communes, or all indicators of
// one unit, for a month, quarter, half-year or year; and the board of teams.
//
// What is not known is "—" with its reason, and a sum over units of which some
// are not known says "≥". No number here is worked out on the page.

import * as api from './api';
import { asApiError, type ApiError } from './api';
import { h, type Child } from './dom';
import { explain } from './explain';
import { number } from './format';
import { currentLanguage, known, t, type Key } from './i18n';
import { campaignInWords } from './filters';
import { failure } from './page-end';
import { kindOf, lastEnded, periodName, PERIOD_KINDS, periods, type PeriodKind } from './report-period';
import { TeamBoard } from './team-board';
import type { Awaited, Campaign, IndicatorCell, IndicatorLevel, IndicatorRow, Indicators, Meta, Question } from './types';
import { VerdictTable } from './verdict-table';

type Sorted = 'name' | 'now' | 'change';
/** The nineteen, places by their signal, and who carries the work. */
type Shows = 'table' | 'verdicts' | 'teams';

/** Teams were set up by the dispatch of August 2025: nothing to report lies before. */
const FIRST = '2025-07-01';

const SIGNS: Record<string, string> = { at_least: '≥ ', at_most: '≤ ', neither: '~ ' };

export class IndicatorTab {
  private shows: Shows = 'table';
  private period = '';
  /** The campaign of the map, which is the first thing that is told. */
  private campaign = '';
  private level: IndicatorLevel = 'commune';
  private line = 'reach';
  /** The row whose indicators are all shown; `total` is the province. */
  private unit: string | null = null;
  private sorted: Sorted = 'name';
  private falling = false;
  private told: Indicators | null = null;
  private status: 'idle' | 'loading' | 'ready' | 'failed' = 'idle';
  private error: ApiError | null = null;
  private readonly teams: TeamBoard;
  private readonly verdicts: VerdictTable;

  constructor(
    private readonly changed: () => void,
    pick: (commune: { code: string; name: string }) => void = () => undefined,
  ) {
    this.teams = new TeamBoard(changed);
    this.verdicts = new VerdictTable(changed, pick);
  }

  /** Forgets what it was told: the reader or the data changed. */
  clear(): void {
    this.told = null;
    this.status = 'idle';
    if (this.period.startsWith('campaign:')) this.period = '';
    this.teams.clear();
    this.verdicts.clear();
  }

  async open(today: string, question: Question): Promise<void> {
    const { campaign } = question;
    if (campaign !== this.campaign) Object.assign(this, { campaign, period: '', unit: null, status: 'idle' });
    if (this.period === '') this.period = campaign ? `campaign:${campaign}` : lastEnded('quarter', today);
    if (this.shows === 'teams') return this.teams.open();
    if (this.shows === 'verdicts') return this.verdicts.open(question);
    if (this.status === 'idle' || this.status === 'failed') await this.load();
  }

  private async load(): Promise<void> {
    const { period, level } = this;
    this.status = 'loading';
    this.changed();
    try {
      const told = await api.indicators(period, level);
      if (period !== this.period || level !== this.level) return;
      Object.assign(this, { told, status: 'ready', error: null });
    } catch (error) {
      if (period !== this.period || level !== this.level) return;
      Object.assign(this, { told: null, status: 'failed', error: asApiError(error) });
    }
    this.changed();
  }

  private ask(next: { period?: string; level?: IndicatorLevel }): void {
    Object.assign(this, next, { unit: null });
    void this.load();
  }

  view({ meta, question, seesTeams, campaigns }: { meta: Meta; question: Question; seesTeams: boolean; campaigns: Campaign[] }): HTMLElement {
    const today = meta.as_of;
    const choose = (shows: Shows) => () => {
      this.shows = shows;
      this.changed();
      void this.open(today, question);
    };
    const status = { table: this.status, verdicts: this.verdicts.status, teams: this.teams.status }[this.shows];
    const button = (shows: Shows, words: string) =>
      h('button', { type: 'button', id: `indicators-${shows}`, 'aria-pressed': String(this.shows === shows), onclick: choose(shows) }, words);
    return h(
      'div',
      { class: 'list indicators', 'data-testid': 'list-indicators', 'data-status': status },
      h('div', { class: 'indicator-switch', role: 'group', 'aria-label': t('listIndicators') }, button('table', t('listIndicators')), button('verdicts', t('verdictsTitle')), button('teams', t('teamsTitle'))),
      this.shows === 'teams' ? this.teams.view(seesTeams) : this.shows === 'verdicts' ? this.verdicts.view(meta) : this.table(today, seesTeams, campaigns),
    );
  }

  private table(today: string, seesTeams: boolean, campaigns: Campaign[]): HTMLElement {
    const { told } = this;
    return h(
      'div',
      {},
      this.controls(today, seesTeams, campaigns),
      this.status === 'loading' ? h('p', { class: 'waiting' }, t('loading')) : null,
      this.error ? failure(this.error, () => void this.load()) : null,
      ...(told && this.status === 'ready' ? this.filled(told) : []),
    );
  }

  private controls(today: string, seesTeams: boolean, campaigns: Campaign[]): HTMLElement {
    const of = this.period.startsWith('campaign:');
    const kind = kindOf(this.period) ?? 'quarter';
    const kinds = (Object.keys(PERIOD_KINDS) as PeriodKind[]).map((one) => option(one, t(PERIOD_KINDS[one]), !of && one === kind));
    if (campaigns.length > 0) kinds.push(option('campaign', t('periodCampaign'), of));
    const codes = of
      ? campaigns.map(({ code, name }) => option(`campaign:${code}`, name, this.period === `campaign:${code}`))
      : periods(kind, FIRST, today).map((one) => option(one, periodName(one), one === this.period));
    const all: [IndicatorLevel, string][] = [['commune', t('levelCommune')], ['district', t('levelDistrict')]];
    if (seesTeams) all.push(['village', t('levelVillage')]);
    const levels = all.map(([one, words]) => option(one, words, one === this.level));
    const chosen = (event: Event) => (event.target as HTMLSelectElement).value;
    const first = (kind: string) => (kind === 'campaign' ? `campaign:${campaigns.at(-1)?.code ?? ''}` : lastEnded(kind as PeriodKind, today));
    return h(
      'div',
      { class: 'indicator-form' },
      h('label', {}, t('periodKind'), h('select', { id: 'indicator-kind', onchange: (event) => this.ask({ period: first(chosen(event)) }) }, ...kinds)),
      h('label', {}, t('period'), h('select', { id: 'indicator-period', onchange: (event) => this.ask({ period: chosen(event) }) }, ...codes)),
      h('label', {}, t('level'), h('select', { id: 'indicator-level', onchange: (event) => this.ask({ level: chosen(event) as IndicatorLevel }) }, ...levels)),
    );
  }

  private filled(told: Indicators): Child[] {
    const files = ['csv', 'xlsx'].map((format) =>
      h('a', { class: 'export', href: api.indicatorAddress(`indicators.${format}`, { ...api.windowOf(this.period), level: this.level, lang: currentLanguage() }), download: '' }, t('downloadFormat', { format: format.toUpperCase() })),
    );
    return [
      h('div', { class: 'list-head' }, h('p', { class: 'count', 'aria-live': 'polite' }, whoSent(told, this.unit === null ? this.line : null)), h('span', { class: 'exports' }, ...files)),
      explain(t('indicatorsExplain')),
      told.campaign ? explain(campaignInWords(told.campaign)) : null,
      told.steps ? explain(t('indicatorsSteps')) : null,
      this.unit === null ? this.byLine(told) : this.byUnit(told, this.unit),
    ];
  }

  /** One indicator of every unit. */
  private byLine(told: Indicators): HTMLElement {
    const lines = told.lines.map(({ code, number: no }) => option(code, `${no > 0 ? `${no}. ` : ''}${indicatorName(code)}`, code === this.line));
    const pick = (event: Event) => {
      this.line = (event.target as HTMLSelectElement).value;
      this.changed();
    };
    const line = told.lines.find(({ code }) => code === this.line);
    const percent = line?.unit === 'percent';
    const rows = [...told.rows].sort((a, b) => this.compare(a, b));
    const head = (sorted: Sorted, words: string) => {
      const onclick = () => {
        this.falling = this.sorted === sorted ? !this.falling : sorted !== 'name';
        this.sorted = sorted;
        this.changed();
      };
      const order = this.sorted !== sorted ? 'none' : this.falling ? 'descending' : 'ascending';
      return h('th', { scope: 'col', 'aria-sort': order }, h('button', { type: 'button', id: `sort-${sorted}`, onclick }, words, this.sorted === sorted ? (this.falling ? ' ↓' : ' ↑') : ''));
    };
    return h(
      'div',
      {},
      h('label', { class: 'indicator-line' }, t('indicator'), h('select', { id: 'indicator-line', onchange: pick }, ...lines)),
      explain(t(line?.of_period ? 'indicatorOfPeriod' : 'indicatorStanding', { period: nameOf(told) })),
      h(
        'table',
        {},
        h('thead', {}, h('tr', {}, head('name', t('unit')), head('now', nameOf(told)), head('change', t('indicatorChange')))),
        h('tbody', {}, this.row(told.total, 'total', percent), ...rows.map((row, at) => this.row(row, row.code || `row-${at}`, percent))),
      ),
    );
  }

  private row(row: IndicatorRow, key: string, percent: boolean): HTMLElement {
    const open = () => {
      this.unit = key === 'total' ? 'total' : row.code || row.name;
      this.changed();
    };
    const name = key === 'total' ? t('wholeProvince') : row.name;
    return h(
      'tr',
      { class: key === 'total' ? 'total' : null, 'data-key': key },
      h('th', { scope: 'row' }, h('button', { type: 'button', id: `indicator-unit-${key}`, onclick: open }, name), row.commune_name ? h('small', {}, row.commune_name) : null),
      h('td', {}, ...written(row.now[this.line], percent)),
      h('td', {}, ...changeOf(row, this.line, percent)),
    );
  }

  /** Every indicator of one unit. */
  private byUnit(told: Indicators, unit: string): HTMLElement {
    const row = unit === 'total' ? told.total : told.rows.find((one) => (one.code || one.name) === unit);
    const back = () => {
      this.unit = null;
      this.changed();
    };
    const lines = told.lines.map(({ code, number: no, unit: of }) =>
      h(
        'tr',
        {},
        h('th', { scope: 'row' }, `${no > 0 ? `${no}. ` : ''}${indicatorName(code)}`),
        h('td', {}, ...written(row?.now[code], of === 'percent')),
        h('td', {}, ...(row ? changeOf(row, code, of === 'percent') : ['—'])),
      ),
    );
    return h(
      'div',
      {},
      h('button', { type: 'button', class: 'more', id: 'indicator-back', onclick: back }, t('indicatorBack')),
      h('h3', {}, unit === 'total' ? t('wholeProvince') : (row?.name ?? '')),
      h('table', {}, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('indicator')), h('th', { scope: 'col' }, nameOf(told)), h('th', { scope: 'col' }, t('indicatorChange')))), h('tbody', {}, ...lines)),
    );
  }

  /** Rows without a figure stand last, whichever way the others run. */
  private compare(a: IndicatorRow, b: IndicatorRow): number {
    if (this.sorted === 'name') return this.falling ? -1 : 0;
    const of = (row: IndicatorRow) => (this.sorted === 'now' ? (row.now[this.line]?.value ?? null) : (row.change[this.line] ?? null));
    const [one, other] = [of(a), of(b)];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    return this.falling ? other - one : one - other;
  }
}

/** Where all have sent it, and where some have not. */
const SENT: Record<Awaited, [Key, Key]> = {
  visits: ['sentVisitsAll', 'sentVisitsNot'],
  anything: ['sentAnythingAll', 'sentAnythingNot'],
  reports: ['sentReportsAll', 'sentReportsNot'],
  teams: ['sentTeamsAll', 'sentTeamsNot'],
};

/**
 * How many communes have not sent what the line rests on: the very communes that its sum names as missing. Where it
 * rests on nothing of the kind, or all lines are shown, those that sent nothing at all.
 */
export function whoSent({ lines, total, silent, communes }: Pick<Indicators, 'lines' | 'total' | 'silent' | 'communes'>, line: string | null): string {
  const awaits = lines.find(({ code }) => code === line)?.awaits ?? null;
  const missing = line !== null && awaits !== null ? (total.now[line]?.missing ?? {}) : { no_report: silent.length };
  const { no_report: count = 0, no_register: without = 0 } = missing;
  const [all, some] = SENT[awaits ?? 'anything'];
  // Of a commune without villages it is not told whether it sent visits: only that it sent nothing, where it did not.
  if (without > 0) {
    const sent = count > 0 ? t(some, { n: number(count), total: number(communes) }) : silent.length > 0 ? t('sentAnythingNot', { n: number(silent.length), total: number(communes) }) : '';
    return [sent, `${number(without)} ${t('missing_no_register')}`].filter(Boolean).join(' · ');
  }
  return count === 0 ? t(all, { total: number(communes) }) : t(some, { n: number(count), total: number(communes) });
}

/** What the window that was asked for is called. */
function nameOf(told: Indicators): string {
  return told.campaign ? told.campaign.name : periodName(told.period);
}

function option(value: string, words: string, selected: boolean): HTMLElement {
  return h('option', { value, selected }, words);
}

function indicatorName(code: string): string {
  return known(`ind_${code}`) ?? code;
}

/** The figure with its sign, numerator and denominator; or "—" and why. */
function written(cell: IndicatorCell | undefined, percent: boolean): Child[] {
  if (!cell) return ['—'];
  const { numerator, denominator, value } = cell;
  const parts = numerator !== undefined && denominator !== undefined ? `${number(numerator, 1)} / ${number(denominator, 1)}` : '';
  if (value === null) {
    // Too few households for a percentage are told as n of N.
    if (parts && !cell.why) return [h('span', { class: 'figure' }, parts)];
    return [h('span', { class: 'figure absent' }, '—'), h('small', {}, [cell.why ? (known(`why_${cell.why}`) ?? '') : '', sureness(cell)].filter(Boolean).join(' · '))];
  }
  return [h('span', { class: 'figure' }, figureOf(cell, value, percent)), h('small', {}, [parts, sureness(cell), cell.over ? t('indicatorOver') : '', missing(cell)].filter(Boolean).join(' · '))];
}

/** How sure a figure is that rests on a sample, and how many it takes. */
function sureness({ interval, needed, denominator: done = 0 }: IndicatorCell): string {
  const between = interval ? t('indicatorInterval', { low: number(interval[0], 1), high: number(interval[1], 1) }) : '';
  const more = needed === undefined ? '' : needed <= done ? t('indicatorEnough') : t('indicatorNeeded', { more: number(needed - done) });
  return [between, more].filter(Boolean).join(' · ');
}

/** What is not in the figure. */
function missing(cell: IndicatorCell): string {
  const parts = Object.entries(cell.missing ?? {});
  return parts.map(([name, count]) => `${number(count)} ${known(`missing_${name}`) ?? name}`).join(' · ');
}

/** The change, and the figure of the period before. */
function changeOf(row: IndicatorRow, line: string, percent: boolean): Child[] {
  const change = row.change[line];
  const before = row.before[line];
  const words = change === undefined ? '—' : `${change > 0 ? '+' : ''}${number(change, 1)}`;
  if (!before || before.value === null) return [words];
  return [words, h('small', {}, t('indicatorBefore', { value: figureOf(before, before.value, percent) }))];
}

function figureOf(cell: IndicatorCell, value: number, percent: boolean): string {
  return `${SIGNS[cell.bound ?? ''] ?? ''}${number(value, 1)}${percent ? ' %' : ''}`;
}
