// Layers and legend in one: each switch stands over the meaning of its colours,
// with the thresholds and the version of the rules that gave them.

import { h } from './dom';
import { day, number } from './format';
import { t, type Key } from './i18n';
import { credits } from './speeds';
import { comparedPeriod } from './state';
import { type ClaimCount, type Comparison, type Cuts, type Group, type Meta, type State, type Summary } from './types';
import { periodsInWords } from './compared';
import { colour, entries, operatorName, toVisit, word } from './words';

export interface LegendInput {
  state: State;
  meta: Meta;
  /** Nothing while it is asked for. */
  summary: Summary | null;
  shown: (group: Group) => boolean;
  /** Whether it is on only because its list is open. */
  lent: (group: Group) => boolean;
  /** Whether the reader may see it at all. */
  may: (group: Group) => boolean;
  toggle: (group: Group, shown: boolean) => void;
  /** The periods that changes are told between; nothing while the layer is off, or they are asked for. */
  compared: Comparison | null;
  /** Day of the edition whose borders can be drawn over those shown. */
  oldDay: string | null;
  toggleOld: (shown: boolean) => void;
}

const NAMES: Record<Group, Key> = {
  hints: 'layerHints',
  priority: 'layerPriority',
  double_exclusion: 'layerDoubleExclusion',
  guidance_lost: 'layerGuidanceLost',
  measure_next: 'layerMeasureNext',
  places: 'layerPlaces',
  unreached: 'layerUnreached',
  villages: 'layerVillages',
  dead_areas: 'layerDeadAreas',
  claims: 'layerClaims',
  changes: 'layerChanges',
  surface: 'layerSurface',
  signal: 'layerSignal',
  speeds: 'layerSpeeds',
  communes: 'layerCommunes',
};

/** Signal first: its colours cover the map, so they are what a reader asks about. */
const ORDER: Group[] = ['signal', 'dead_areas', 'claims', 'surface', 'changes', 'speeds', 'priority', 'double_exclusion', 'guidance_lost', 'places', 'measure_next', 'hints', 'unreached', 'villages', 'communes'];

/** Layers that are off at first: their colours are explained once they are on the map. */
const QUIET = new Set<Group>(['claims', 'surface', 'changes', 'speeds', 'double_exclusion', 'guidance_lost', 'measure_next', 'hints']);

export function legend(input: LegendInput): HTMLElement {
  const { meta } = input;
  return h(
    'div',
    { class: 'legend', 'data-testid': 'legend' },
    ...ORDER.filter(input.may).map((group) =>
      h(
        'section',
        { class: `legend-group legend-${group}` },
        h(
          'label',
          { class: 'switch' },
          h('input', {
            type: 'checkbox',
            id: `layer-${group}`,
            'data-testid': `layer-${group}`,
            checked: input.shown(group),
            onchange: (event) => input.toggle(group, (event.target as HTMLInputElement).checked),
          }),
          h('span', {}, t(NAMES[group])),
        ),
        input.lent(group) ? h('p', { class: 'note', 'data-testid': `lent-${group}` }, t('layerOfList')) : null,
        ...(input.shown(group) || !QUIET.has(group) ? meaning(group, input) : []),
        group === 'communes' ? oldBorders(input) : null,
      ),
    ),
    h('p', { class: 'rules' }, t('rulesVersions', { signal: meta.rules.signal.version, reach: meta.rules.reach.version })),
    sources(meta),
  );
}

function oldBorders({ state, oldDay, toggleOld }: LegendInput): HTMLElement | null {
  if (oldDay === null) return null;
  return h(
    'label',
    { class: 'switch' },
    h('input', {
      type: 'checkbox',
      id: 'old-borders',
      'data-testid': 'old-borders',
      checked: state.old,
      onchange: (event) => toggleOld((event.target as HTMLInputElement).checked),
    }),
    h('span', {}, t('oldBorders', { day: day(oldDay) }), ' ', h('i', { class: 'old-line', 'aria-hidden': 'true' })),
  );
}

function meaning(group: Group, { meta, state, summary, compared }: LegendInput): (HTMLElement | null)[] {
  switch (group) {
    case 'priority':
      return [list(entries('need').map(([code, { color }]) => row('dot large', color, word('need', code))))];
    case 'unreached':
      return [h('p', { class: 'note' }, toVisit(meta))];
    case 'villages':
      return [
        list(entries('status').map(([code, { color }]) => row('dot', color, word('status', code), ladder(code, meta)))),
        h('p', { class: 'note' }, t('extentsNote')),
        h('p', { class: 'note' }, t('clustersNote')),
        list(entries('cluster').map(([code, { color }]) => row('dot large', color, word('cluster', code)))),
      ];
    case 'dead_areas':
      return [list([row('dead', undefined, t('deadAreaLegend'))])];
    case 'signal': {
      const technology = state.technology || '4G';
      return [
        h('p', { class: 'note' }, t(state.technology ? 'thresholdsFor' : 'thresholdsDefault', { technology })),
        list([
          ...entries('verdict').map(([code, { color }]) => row('cell', color, word('verdict', code), threshold(code, meta, technology))),
          row('cell hatched', undefined, word('verdict', 'unmeasured')),
        ]),
      ];
    }
    case 'surface':
      return [
        h('p', { class: 'note' }, t('surfaceNote')),
        list([
          ...entries('chance').map(([code, { color }]) => row('cell', color, word('chance', code))),
          row('cell hatched', undefined, word('chance', 'unknown')),
        ]),
      ];
    case 'changes':
      return [
        compared ? h('p', { class: 'note', 'data-testid': 'legend-periods' }, periodsInWords(compared.before, compared.after)) : null,
        h('p', { class: 'note' }, changesNote(state)),
        list(entries('change').map(([code, { color }]) => row('cell', color, word('change', code)))),
      ];
    case 'speeds':
      return [
        h('p', { class: 'note' }, t('speedsNote')),
        list(entries('speed').map(([code, { color }]) => row('cell', color, word('speed', code), zone(code, meta)))),
        credits(meta.speed_attributions),
      ];
    case 'claims': {
      const counts = summary?.claims ?? [];
      if (summary && counts.length === 0) return [h('p', { class: 'note' }, t('claimsNone'))];
      return [
        h('p', { class: 'note' }, t('claimsNote')),
        list(entries('claim').map(([code, { color }]) => row('cell', color, word('claim', code)))),
        ...counts.map((count) => h('p', { class: 'note', 'data-testid': `claims-${count.operator}` }, claimed(count, meta))),
      ];
    }
    case 'double_exclusion':
      return [list([row('dot large', colour('shape', group), t('doubleExclusionLegend'))]), h('p', { class: 'note' }, t('doubleExclusionNote'))];
    case 'guidance_lost':
      return [list([row('dot large', colour('shape', group), t('guidanceLostLegend'))]), h('p', { class: 'note' }, t('guidanceLostNote', { k: number(meta.rules.reach.k) }))];
    case 'measure_next':
      return [h('p', { class: 'note' }, t('measureNextNote'))];
    case 'hints':
      return [h('p', { class: 'note' }, t('hintsNote')), list(entries('hint').map(([code, { color }]) => row('dot large', color, word('hint', code))))];
    case 'places':
      return [h('p', { class: 'note' }, t('placesNote')), list(entries('place').map(([code, { color }]) => row('square', color, word('place', code))))];
    case 'communes':
      return meta.approximate ? [h('p', { class: 'note' }, t('flagApproximate'))] : [];
  }
}

function changesNote(state: State): string {
  const compared = comparedPeriod(state);
  if (compared) return t('changesNoteCompared', { from: day(compared.from), to: day(compared.to) });
  return t(state.from ? 'changesNotePeriod' : 'changesNoteHalves');
}

function claimed(count: ClaimCount, meta: Meta): string {
  return t('claimsCount', {
    operator: operatorName(meta, count.operator),
    claimed: number(count.cells_claimed),
    measured: number(count.measured),
    contradicted: number(count.contradicted),
    unmeasured: number(count.unmeasured),
  });
}

function list(rows: HTMLElement[]): HTMLElement | null {
  return rows.length > 0 ? h('ul', {}, ...rows) : null;
}

function row(kind: string, color: string | undefined, text: string, detail?: string): HTMLElement {
  return h(
    'li',
    {},
    h('i', { class: `swatch ${kind}`, style: color ? `--c:${color}` : null, 'aria-hidden': 'true' }),
    h('span', {}, text),
    detail ? h('small', {}, detail) : null,
  );
}

/** What a verdict means in dBm, from the cuts in force. */
function threshold(code: string, meta: Meta, technology: string): string | undefined {
  const cuts = cutsOf(meta, technology);
  const dbm = (value: number) => number(value);
  const between = (low: number, high: number) => t('dbmBetween', { low: dbm(low), high: dbm(high) });
  switch (code) {
    case 'none':
      return t('dbmNone', { value: dbm(cuts.none) });
    case 'weak':
      return between(cuts.none, cuts.poor);
    case 'suspected':
      return t('suspectedNote', { runs: meta.rules.signal.weak_min_runs, days: meta.rules.signal.weak_min_days });
    case 'outdoor':
      return between(cuts.poor, cuts.outdoor);
    case 'good':
      return between(cuts.outdoor, cuts.good);
    case 'very_good':
      return t('dbmFrom', { value: dbm(cuts.good) });
    default:
      return undefined;
  }
}

export function cutsOf(meta: Meta, technology: string): Cuts {
  const { gsm, umts, lte, nr } = meta.rules.signal;
  switch (technology) {
    case '2G':
      return gsm;
    case '3G':
      return umts;
    case '5G':
      return nr;
    default:
      return lte;
  }
}

/** What a class of speed means, from the rules in force. */
function zone(code: string, meta: Meta): string | undefined {
  const { slow_from_kbps: slow, fair_from_kbps: fair, fast_from_kbps: fast, min_tests: tests, min_devices: devices } = meta.rules.speed;
  const mbps = (kbps: number) => number(kbps / 1000, 1);
  switch (code) {
    case 'very_slow':
      return t('speedsBelow', { high: mbps(slow) });
    case 'slow':
      return t('speedsBetween', { low: mbps(slow), high: mbps(fair) });
    case 'fair':
      return t('speedsBetween', { low: mbps(fair), high: mbps(fast) });
    case 'fast':
      return t('speedsFrom', { low: mbps(fast) });
    default:
      return t('speedsNeeds', { tests: number(tests), devices: number(devices) });
  }
}

/** The rung of the ladder in percent of households guided, from the rules in force. */
function ladder(code: string, meta: Meta): string | undefined {
  const { started_below, low_below, near_below } = meta.rules.reach;
  const share = (value: number) => number(value * 100, 1);
  switch (code) {
    case 'no_report':
      return t('shareNoReport');
    case 'not_reached':
      return t('shareZero');
    case 'started':
      return t('shareBelow', { high: share(started_below) });
    case 'low':
      return t('shareBetween', { low: share(started_below), high: share(low_below) });
    case 'near':
      return t('shareBetween', { low: share(low_below), high: share(near_below) });
    case 'reached':
      return t('shareFrom', { low: share(near_below) });
    default:
      return undefined;
  }
}

function sources(meta: Meta): HTMLElement | null {
  if (!meta.sources.some(({ file }) => file)) return null;
  return h(
    'details',
    { class: 'sources' },
    h('summary', {}, t('sources', { count: number(meta.sources.length) })),
    h(
      'ul',
      {},
      ...meta.sources.map(({ file, synthetic }) => h('li', {}, h('bdi', {}, file ?? ''), synthetic ? h('small', {}, t('synthetic')) : null)),
    ),
  );
}
