// The work lists. Each loads when it is first looked at, page by page.
//
// A list works without the map: its rows, its count and its file are all here.

import { page } from './api';
import { h } from './dom';
import { downloads } from './downloads';
import { explain } from './explain';
import { periodsInWords } from './compared';
import { area, figure, number, percent } from './format';
import { known, t, type Key } from './i18n';
import { basisOf, isMeasured, notMeasured, noVillages } from './measured';
import { asked, chip, type Narrowing } from './narrowed';
import { countOf, pageEnd } from './page-end';
import { Pages } from './pages';
import { questionParams } from './state';
import { type Comparison, type HintPlan, type Item, type List, type Meta, OF_VILLAGES, type Page, type State, type Summary } from './types';
import { colour, entries, goal, operatorName, toVisit, word } from './words';

export interface ListInput {
  state: State;
  meta: Meta;
  summary: Summary | null;
  selectedKey: string;
  pick: (list: List, item: Item) => void;
  clearPeriod: () => void;
  narrowing: Narrowing;
  /** Why another list, which was asked for, is not shown. */
  closed: string | null;
}

export const LIST_NAMES: Record<List, Key> = { priority: 'listPriority', double_exclusion: 'listDoubleExclusion', guidance_lost: 'listGuidanceLost', dead_areas: 'listDeadAreas', places: 'listPlaces', unreached: 'listUnreached', measure_next: 'listMeasureNext', hints: 'listHints', changes: 'listChanges' };
const EXPLAIN: Record<List, Key> = { priority: 'explainPriority', double_exclusion: 'explainDoubleExclusion', guidance_lost: 'explainGuidanceLost', dead_areas: 'explainDeadAreas', places: 'explainPlaces', unreached: 'explainUnreached', measure_next: 'explainMeasureNext', hints: 'explainHints', changes: 'explainChanges' };

export class Lists {
  private readonly pages = new Map<List, Pages<Item, Page>>();

  constructor(private readonly changed: () => void) {}

  /** The question or the data changed: each list is asked for anew when it is next looked at. */
  forget(): void {
    for (const pages of this.pages.values()) pages.forget();
  }

  of(list: List): Pages<Item, Page> {
    const known = this.pages.get(list) ?? new Pages<Item, Page>(this.changed);
    this.pages.set(list, known);
    return known;
  }

  async open(list: List, state: State): Promise<void> {
    const commune = asked(state.commune);
    await this.of(list).open(`${commune} ${questionParams(state)}`, (offset, signal) => page(list, state, commune, offset, signal));
  }
}

export function listView(list: List, lists: Lists, input: ListInput): HTMLElement {
  const { state, meta } = input;
  const pages = lists.of(list);
  const { items, total, status } = pages;
  const plan = pages.answer?.plan;
  const measured = list !== 'dead_areas' || (total ?? 0) > 0 || isMeasured(input.summary);
  const commune = input.narrowing.code;
  const given = { note: toVisit(meta), p: goal(meta) };
  return h(
    'div',
    { class: 'list', 'data-testid': `list-${list}`, 'data-status': status },
    h(
      'div',
      { class: 'list-head' },
      h('p', { class: 'count', 'aria-live': 'polite' }, !measured ? t('note_not_measured') : total === 0 && needsRegister(list, input) ? t('why_no_register') : countOf(pages)),
      // The file holds what the list shows: that of one commune beside the list of one.
      downloads(list, state, meta, commune),
    ),
    input.closed ? h('p', { class: 'closed', role: 'status', 'data-testid': 'list-closed' }, input.closed) : null,
    chip(input.narrowing),
    explain(t(EXPLAIN[list], given)),
    // What the sites reach is said of all of them.
    ...(list === 'hints' && plan && commune === '' ? worth(plan) : []),
    ...(list === 'changes' && pages.answer?.comparison ? compared(pages.answer.comparison, commune === '') : []),
    h('ol', {}, ...items.map((item) => h('li', {}, row(list, item, input)))),
    ...pageEnd(pages, list, nothing(list, input, plan)),
  );
}

/** An empty list of dead areas is good news only where somebody measured. */
function nothing(list: List, input: ListInput, plan?: HintPlan): HTMLElement {
  const { state, meta, summary, clearPeriod } = input;
  if (list === 'dead_areas' && !isMeasured(summary)) return notMeasured('dead-areas-empty', state, meta, clearPeriod);
  if (list === 'dead_areas' && summary && input.narrowing.code === '') return h('p', { class: 'empty', 'data-testid': 'dead-areas-none' }, t('deadAreasNone', { basis: basisOf(summary) }));
  if (needsRegister(list, input)) return h('p', { class: 'empty', 'data-testid': 'no-register' }, t('noRegister'));
  const why = plan?.nothing ? known(`hintsNone_${plan.nothing}`) : undefined;
  return h('p', { class: 'empty' }, why ?? t('nothingHere'));
}

/** Lists of villages say nothing where no village is known. */
function needsRegister(list: List, { summary }: ListInput): boolean {
  return OF_VILLAGES.some((layer) => layer === list) && noVillages(summary);
}

/** How much the hints reach, and how much the best choice could. */
function worth(plan: HintPlan): HTMLElement[] {
  const lines: string[] = [];
  if (plan.covered !== null && plan.affected !== null && plan.share_percent !== null && plan.sites > 0) {
    const unit = t(plan.unit === 'people' ? 'peopleUnit' : 'householdsUnit');
    lines.push(t('hintsReach', { n: number(plan.sites), covered: number(plan.covered, 1), affected: number(plan.affected, 1), unit, share: percent(plan.share_percent, 1) }));
  }
  if (plan.bound_percent !== null && plan.gap_percent !== null && plan.sites > 0) {
    lines.push(t('hintsGap', { most: percent(plan.bound_percent, 1), gap: percent(plan.gap_percent, 1) }));
  }
  if (plan.villages_unknown > 0) lines.push(t('hintsUnknown', { unknown: number(plan.villages_unknown), villages: number(plan.villages) }));
  return lines.length > 0 ? [explain(lines.join(' '), 'hints-worth')] : [];
}

function row(list: List, item: Item, input: ListInput): HTMLElement {
  const parts = list === 'dead_areas' ? deadAreaRow(item, input.meta) : list === 'places' ? placeRow(item) : list === 'hints' ? hintRow(item, input.meta) : list === 'changes' ? changeRow(item, input.meta) : villageRow(list, item, input.meta);
  return h(
    'button',
    {
      type: 'button',
      class: 'row',
      id: `row-${list}-${item.key}`,
      'data-key': item.key,
      'aria-current': item.key === input.selectedKey ? 'true' : null,
      onclick: () => input.pick(list, item),
    },
    h('b', { class: 'rank', style: parts.color ? `--c:${parts.color}` : null }, typeof item.rank === 'number' ? number(item.rank) : '·'),
    h('span', { class: 'name' }, parts.name),
    h('span', { class: 'figure' }, parts.before, ' ', parts.unit ? h('strong', {}, parts.figure) : h('em', {}, parts.figure), ' ', parts.unit),
    h('span', { class: 'where' }, parts.where),
    h('span', { class: 'why' }, parts.why),
  );
}

interface Parts {
  name: string;
  where: string;
  why: string;
  /** What stands before the figure, the figure, and its unit; no unit where a word stands for the figure. */
  before: string;
  figure: string;
  unit: string;
  color: string | undefined;
}

function villageRow(list: List, item: Item, meta: Meta): Parts {
  const need = text(item.need);
  const status = text(item.status);
  const signal = seen(item);
  return {
    name: text(item.name) || item.key,
    where: text(item.commune_name) || text(item.commune),
    ...(list === 'measure_next'
      ? { why: whyMeasure(item), ...declared(item, meta), color: colour('place', 'not_enough') }
      : list === 'guidance_lost'
        ? { why: whyLost(item), ...lostVisits(item, meta), color: colour('shape', 'guidance_lost') }
      : list === 'double_exclusion'
        ? { why: `${word('status', status)} · ${signal}`, ...atMost(item, meta), color: colour('shape', 'double_exclusion') }
      : list === 'priority' && need
        ? { why: `${word('need', need)} · ${signal}`, ...atMost(item, meta), color: colour('need', need) }
        : { why: `${word('status', status)} · ${signal}`, ...toGo(item, meta), color: colour('status', status) }),
  };
}

/** What reports say of the village: judged as a place, as its card and the table of places have it. */
function seen(item: Item): string {
  return (text(item.signal) || 'not_measured') === 'not_measured' ? word('verdict', 'not_measured') : word('place', text(item.signal_place) || 'not_enough');
}

type Figure = Pick<Parts, 'before' | 'figure' | 'unit'>;

/** One sentence whose number is set apart. */
function atMost(item: Item, meta: Meta): Figure {
  const shown = figure(item, 'households_at_most', { k: meta.rules.reach.k, absent: 'noHouseholdCount' });
  if (shown.absent) return { before: '', figure: countless(item) ? t('noHouseholdCount') : shown.text, unit: '' };
  const [before = '', unit = ''] = t('atMost', { p: goal(meta) }).split('{n}');
  return { before: before.trim(), figure: shown.text, unit: unit.trim() };
}

function toGo(item: Item, meta: Meta): Figure {
  const shown = figure(item, 'remaining', { k: meta.rules.reach.k });
  if (shown.absent) return { before: '', figure: countless(item) ? t('noHouseholdCount') : shown.text, unit: '' };
  return { before: '', figure: shown.text, unit: t('householdsToGo') };
}

function declared(item: Item, meta: Meta): Figure {
  const shown = figure(item, 'households', { k: meta.rules.reach.k });
  return shown.absent ? { before: '', figure: countless(item) ? t('noHouseholdCount') : shown.text, unit: '' } : { before: '', figure: shown.text, unit: t('householdsUnit') };
}

/** Visits that taught in vain, in steps. */
function lostVisits(item: Item, meta: Meta): Figure {
  const shown = figure(item, 'lost', { k: meta.rules.reach.k });
  return { before: shown.absent ? '' : t('about'), figure: shown.text, unit: shown.absent ? '' : t('visitsLostUnit') };
}

function whyLost(item: Item): string {
  const share = typeof item.lost_percent === 'number' ? t('lostOfTaught', { p: percent(item.lost_percent) }) : '';
  return [share, t('asMeasured', { verdict: word('place', text(item.signal_place) || 'not_enough') })].filter(Boolean).join(' · ');
}

/** What is known so far, and what a verdict still needs. */
function whyMeasure(item: Item): string {
  const runs = typeof item.signal_runs === 'number' ? item.signal_runs : 0;
  const chance = typeof item.weak_chance === 'number' ? t('chanceWeak', { chance: percent(item.weak_chance * 100) }) : '';
  return [runs === 0 ? t('note_not_measured') : t('runsAround', { n: number(runs) }), chance].filter(Boolean).join(' · ');
}

/** Nothing can be left of a number that nobody declared. */
function countless(item: Item): boolean {
  return typeof item.households !== 'number' && item.households_note !== 'suppressed';
}

/** A place that nobody measured has no figure: it is not one with none. */
function placeRow(item: Item): Parts {
  const verdict = text(item.verdict) || 'unmeasured';
  const kind = text(item.kind);
  const measured = verdict !== 'unmeasured' && typeof item.runs === 'number';
  return {
    name: text(item.name) || item.key,
    where: text(item.commune_name) || text(item.commune),
    why: [word('place', verdict), known(`kind_${kind}`) ?? kind].filter(Boolean).join(' · '),
    before: '',
    figure: measured ? number(item.runs as number) : t('note_not_measured'),
    unit: measured ? t('runsUnit') : '',
    color: colour('place', verdict),
  };
}

function hintRow(item: Item, meta: Meta): Parts {
  const kind = text(item.kind);
  const shown = figure(item, 'affected', { decimals: 1, k: meta.rules.reach.k });
  const share = typeof item.share_percent === 'number' ? `${t('hintShare')}: ${percent(item.share_percent, 1)}` : '';
  return {
    name: text(item.name) || text(item.commune_name) || item.key,
    where: [text(item.commune_name), text(item.village_names)].filter(Boolean).join(' · '),
    why: [word('hint', kind), share].filter(Boolean).join(' · '),
    before: '',
    figure: shown.text,
    unit: shown.absent ? '' : t(item.unit === 'people' ? 'peopleUnit' : 'householdsUnit'),
    color: colour('hint', kind),
  };
}

function deadAreaRow(item: Item, meta: Meta): Parts {
  // The number that the list is ranked by; the card has the households inside beside it.
  const shown = figure(item, 'affected', { decimals: 1, k: meta.rules.reach.k });
  const verdict = text(item.verdict);
  const names = text(item.village_names);
  const size = typeof item.area_m2 === 'number' ? area(item.area_m2) : '';
  return {
    name: text(item.communes) || item.key,
    where: [text(item.place_names), names].filter(Boolean).join(', ') || t('noVillageInside'),
    why: [word('verdict', verdict), size, operatorName(meta, text(item.operator))].filter(Boolean).join(' · '),
    before: '',
    figure: shown.text,
    unit: shown.absent ? '' : t('expectedUnit'),
    color: colour('verdict', verdict),
  };
}

/** Both periods, and how many cells became what: told of the whole province, not of the commune that the list is of. */
function compared({ before, after, cells }: Comparison, whole: boolean): HTMLElement[] {
  const counted = entries('change').filter(([code]) => whole && (cells[code] ?? 0) > 0);
  return [
    h('p', { class: 'note', 'data-testid': 'compared-periods' }, periodsInWords(before, after)),
    h('ul', { class: 'change-counts', 'data-testid': 'change-counts' }, ...counted.map(([code, { color }]) => h('li', {}, h('i', { class: 'swatch cell', style: `--c:${color}`, 'aria-hidden': 'true' }), `${word('change', code)}: `, h('strong', {}, number(cells[code] ?? 0))))),
  ];
}

function changeRow(item: Item, meta: Meta): Parts {
  const change = text(item.change);
  const side = (name: string) => word('verdict', text(item[`verdict_${name}`]) || 'not_measured');
  const shift = typeof item.shift_db === 'number' ? `${item.shift_db > 0 ? '+' : ''}${number(item.shift_db, 1)}` : '';
  return {
    name: text(item.commune_name) || t('outsideCommunes'),
    where: `${side('before')} → ${side('after')}`,
    why: [word('change', change), operatorName(meta, text(item.operator))].filter(Boolean).join(' · '),
    before: '',
    figure: shift || '—',
    unit: shift ? 'dB' : '',
    color: colour('change', change),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
