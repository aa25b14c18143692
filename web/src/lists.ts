// The work lists. Each loads when it is first looked at, page by page.
//
// A list works without the map: its rows, its count and its file are all here.

import { ApiError, EVERYTHING, page, PAGE_SIZE } from './api';
import { h } from './dom';
import { downloads } from './downloads';
import { area, figure, number, percent } from './format';
import { known, t, type Key } from './i18n';
import { isMeasured, notMeasured } from './measured';
import type { HintPlan, Item, List, Meta, State, Summary } from './types';
import { colour, goal, operatorName, toVisit, word } from './words';

interface Loaded {
  items: Item[];
  total: number;
  epoch: number | string;
  status: 'idle' | 'loading' | 'ready' | 'failed';
  error: ApiError | null;
  plan?: HintPlan | undefined;
}

export interface ListInput {
  state: State;
  meta: Meta;
  summary: Summary | null;
  selectedKey: string;
  pick: (list: List, item: Item) => void;
  retry: () => void;
  more: () => void;
  clearPeriod: () => void;
  clearCommune: () => void;
}

/** A list as pages of it come; `whole` is the list of villages to visit in one answer, to be narrowed here. */
type Slot = List | 'whole';

export const LIST_NAMES: Record<List, Key> = { priority: 'listPriority', double_exclusion: 'listDoubleExclusion', guidance_lost: 'listGuidanceLost', dead_areas: 'listDeadAreas', places: 'listPlaces', unreached: 'listUnreached', measure_next: 'listMeasureNext', hints: 'listHints' };
const EXPLAIN: Record<List, Key> = { priority: 'explainPriority', double_exclusion: 'explainDoubleExclusion', guidance_lost: 'explainGuidanceLost', dead_areas: 'explainDeadAreas', places: 'explainPlaces', unreached: 'explainUnreached', measure_next: 'explainMeasureNext', hints: 'explainHints' };

const slotOf = (list: List, state: State): Slot => (list === 'unreached' && state.commune ? 'whole' : list);

const fresh = (): Loaded => ({ items: [], total: 0, epoch: '', status: 'idle', error: null });

const empty = (): Record<Slot, Loaded> => ({ priority: fresh(), double_exclusion: fresh(), guidance_lost: fresh(), dead_areas: fresh(), places: fresh(), unreached: fresh(), measure_next: fresh(), hints: fresh(), whole: fresh() });

export class Lists {
  private loaded: Record<Slot, Loaded> = empty();
  private running: Partial<Record<Slot, AbortController>> = {};
  private readonly changed: () => void;

  constructor(changed: () => void) {
    this.changed = changed;
  }

  /** Forgets every list: the question changed. */
  clear(): void {
    for (const running of Object.values(this.running)) running?.abort();
    this.running = {};
    this.loaded = empty();
  }

  get(list: List, state: State): Readonly<Loaded> {
    const slot = slotOf(list, state);
    const loaded = this.loaded[slot];
    if (slot !== 'whole') return loaded;
    const items = loaded.items.filter((item) => item.commune === state.commune);
    return { ...loaded, items, total: items.length };
  }

  async open(list: List, state: State): Promise<void> {
    const { status } = this.loaded[slotOf(list, state)];
    if (status === 'idle' || status === 'failed') await this.load(list, state, false);
  }

  async more(list: List, state: State): Promise<void> {
    if (this.loaded[slotOf(list, state)].status === 'ready') await this.load(list, state, true);
  }

  private async load(list: List, state: State, append: boolean): Promise<void> {
    const slot = slotOf(list, state);
    const controller = new AbortController();
    this.running[slot]?.abort();
    this.running[slot] = controller;
    const before = this.loaded[slot];
    this.loaded[slot] = { ...before, status: 'loading', error: null };
    this.changed();
    try {
      const next = await page(list, state, append ? before.items.length : 0, controller.signal, slot === 'whole' ? EVERYTHING : PAGE_SIZE);
      // A new epoch between two pages would mix old ranks with new ones: start again.
      if (append && next.epoch !== before.epoch) return await this.load(list, state, false);
      const items = append ? [...before.items, ...next.items] : next.items;
      this.loaded[slot] = { items, total: next.total, epoch: next.epoch, status: 'ready', error: null, plan: next.plan };
    } catch (error) {
      if (controller.signal.aborted) return;
      this.loaded[slot] = { ...before, status: 'failed', error: error instanceof ApiError ? error : new ApiError('server', 0, String(error)) };
    }
    this.changed();
  }
}

export function listView(list: List, lists: Lists, input: ListInput): HTMLElement {
  const { state, meta } = input;
  const { items, total, status, error, plan } = lists.get(list, state);
  const measured = list !== 'dead_areas' || total > 0 || isMeasured(input.summary);
  const narrowed = slotOf(list, state) === 'whole';
  const rest = total - items.length;
  const given = { note: toVisit(meta), p: goal(meta) };
  return h(
    'div',
    { class: 'list', 'data-testid': `list-${list}`, 'data-status': status },
    h(
      'div',
      { class: 'list-head' },
      h('p', { class: 'count', 'aria-live': 'polite' }, measured ? countInWords(status, total) : t('note_not_measured')),
      // The file holds what the list shows: that of one commune beside the list of one.
      downloads(list, state, meta, narrowed ? state.commune : ''),
    ),
    narrowed ? chip(items, state.commune, input.clearCommune) : null,
    h('p', { class: 'explain' }, t(EXPLAIN[list], given)),
    ...(list === 'hints' && plan ? worth(plan) : []),
    h('ol', {}, ...items.map((item) => h('li', {}, row(list, item, input)))),
    status === 'loading' ? h('p', { class: 'waiting' }, t('loading')) : null,
    status === 'ready' && total === 0 ? nothing(list, input, plan) : null,
    error ? failure(error, input.retry) : null,
    status === 'ready' && rest > 0
      ? h('button', { type: 'button', class: 'more', id: `more-${list}`, onclick: input.more }, t('showMore', { rest: number(rest) }))
      : null,
  );
}

/** An empty list of dead areas is good news only where somebody measured. */
function nothing(list: List, { state, meta, summary, clearPeriod }: ListInput, plan?: HintPlan): HTMLElement {
  if (list === 'dead_areas' && !isMeasured(summary)) return notMeasured('dead-areas-empty', state, meta, clearPeriod);
  const why = plan?.nothing ? known(`hintsNone_${plan.nothing}`) : undefined;
  return h('p', { class: 'empty' }, why ?? t('nothingHere'));
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
  return lines.length > 0 ? [h('p', { class: 'explain', 'data-testid': 'hints-worth' }, lines.join(' '))] : [];
}

function chip(items: Item[], commune: string, clear: () => void): HTMLElement {
  const name = text(items[0]?.commune_name) || commune;
  return h(
    'p',
    { class: 'chip', 'data-testid': 'chip-commune' },
    h('span', {}, t('onlyCommune', { commune: name })),
    h('button', { type: 'button', id: 'chip-clear', 'aria-label': t('showAllCommunes'), title: t('showAllCommunes'), onclick: clear }, '×'),
  );
}

export function failure(error: ApiError, retry: () => void): HTMLElement {
  return h('div', { class: 'failure', role: 'alert' }, h('p', {}, sentence(error)), h('button', { type: 'button', onclick: retry }, t('retry')));
}

function sentence({ kind, status }: ApiError): string {
  switch (kind) {
    case 'offline':
      return t('errorOffline');
    case 'refused':
      return t('errorRefused', { status });
    case 'server':
      return t('errorServer', { status });
    case 'tiles':
      return t('errorTiles');
  }
}

function countInWords(status: Loaded['status'], total: number): string {
  return status === 'ready' || total > 0 ? t('count', { total: number(total) }) : '';
}

function row(list: List, item: Item, input: ListInput): HTMLElement {
  const parts = list === 'dead_areas' ? deadAreaRow(item, input.meta) : list === 'places' ? placeRow(item) : list === 'hints' ? hintRow(item) : villageRow(list, item, input.meta);
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
  const signal = word('verdict', text(item.signal) || 'not_measured');
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

function hintRow(item: Item): Parts {
  const kind = text(item.kind);
  const shown = figure(item, 'affected', { decimals: 1 });
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
  const households = figure(item, 'households', { k: meta.rules.reach.k });
  const verdict = text(item.verdict);
  const names = text(item.village_names);
  const size = typeof item.area_m2 === 'number' ? area(item.area_m2) : '';
  return {
    name: text(item.communes) || item.key,
    where: [text(item.place_names), names].filter(Boolean).join(', ') || t('noVillageInside'),
    why: [word('verdict', verdict), size, operatorName(meta, text(item.operator))].filter(Boolean).join(' · '),
    before: '',
    figure: households.text,
    unit: households.absent ? '' : t('householdsUnit'),
    color: colour('verdict', verdict),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
