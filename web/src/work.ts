// The work list: dead areas of the network in the filters, and where the work
// on each of them stands. Claims are typed, states are measured.

import { workPage, type WorkOrder } from './api';
import { h } from './dom';
import { downloads } from './downloads';
import { explain } from './explain';
import { area, day, figure, number } from './format';
import { known, t, type Key } from './i18n';
import { isMeasured, notMeasured } from './measured';
import { chip, type Narrowing } from './narrowed';
import { countOf, pageEnd } from './page-end';
import { Pages } from './pages';
import { questionParams } from './state';
import type { Item, Meta, Page, Question, Summary } from './types';
import { operatorName } from './words';

const ORDERS: [WorkOrder, Key][] = [
  ['rank', 'sortRank'],
  ['households', 'sortHouseholds'],
  ['area', 'sortArea'],
  ['last_seen', 'sortLastSeen'],
  ['state', 'sortState'],
];

export interface WorkInput {
  question: Question;
  meta: Meta;
  selectedKey: string;
  pick: (item: Item) => void;
  narrowing: Narrowing;
  summary: Summary | null;
}

export class WorkList {
  private question: Question | null = null;
  private commune = '';
  private order: WorkOrder = 'rank';
  private readonly pages: Pages<Item, Page>;

  constructor(changed: () => void) {
    this.pages = new Pages(changed);
  }

  /** Asks for the first page under new filters, or again when the work itself has changed. */
  async open(question: Question, commune: string, again = false): Promise<void> {
    if (again) this.pages.forget();
    Object.assign(this, { question, commune });
    const { order } = this;
    await this.pages.open(`${order} ${commune} ${questionParams(question)}`, (offset, signal) => workPage(question, { order, commune }, offset, signal));
  }

  /** The next look asks anew. */
  forget(): void {
    this.pages.forget();
  }

  view(input: WorkInput): HTMLElement {
    const { pages } = this;
    const measured = (pages.total ?? 0) > 0 || isMeasured(input.summary);
    return h(
      'div',
      { class: 'list work', 'data-testid': 'list-work', 'data-status': pages.status },
      h('div', { class: 'list-head' }, h('p', { class: 'count', 'aria-live': 'polite' }, measured ? countOf(pages) : t('note_not_measured')), downloads('work', input.question, input.meta, input.narrowing.code)),
      chip(input.narrowing),
      h('label', { class: 'sort', for: 'work-sort' }, h('span', {}, t('sortBy')), this.sorting()),
      explain(t('explainWork', closing(input.meta))),
      h('ol', {}, ...pages.items.map((item) => h('li', {}, row(item, input)))),
      ...pageEnd(pages, 'work', measured ? h('p', { class: 'empty' }, t('nothingHere')) : notMeasured('work-empty', input.question, input.meta)),
    );
  }

  private sorting(): HTMLElement {
    const choose = (event: Event) => {
      this.order = ORDERS.find(([order]) => order === (event.target as HTMLSelectElement).value)?.[0] ?? 'rank';
      if (this.question) void this.open(this.question, this.commune);
    };
    return h('select', { id: 'work-sort', 'data-testid': 'work-sort', onchange: choose }, ...ORDERS.map(([order, key]) => h('option', { value: order, selected: order === this.order }, t(key))));
  }
}

function row(item: Item, { meta, selectedKey, pick }: WorkInput): HTMLElement {
  const state = String(item.state);
  const households = figure(item, 'households', { k: meta.rules.reach.k });
  const size = typeof item.area_m2 === 'number' ? area(item.area_m2) : '';
  const seen = typeof item.last_seen === 'string' ? `${t('lastSeen')} ${day(item.last_seen)}` : '';
  return h(
    'button',
    { type: 'button', class: 'row', id: `row-work-${item.key}`, 'data-key': item.key, 'data-state': state, 'aria-current': item.key === selectedKey ? 'true' : null, onclick: () => pick(item) },
    h('b', { class: 'rank' }, typeof item.rank === 'number' ? number(item.rank) : '·'),
    h('span', { class: 'name' }, String(item.communes ?? '') || item.key),
    h('span', { class: 'figure' }, households.absent ? h('em', {}, households.text) : h('strong', {}, households.text), ' ', households.absent ? '' : t('householdsUnit')),
    h('span', { class: 'where' }, h('span', { class: `state state-${state}` }, stateWord(item)), typeof item.assignee === 'string' ? ` ${item.assignee}` : ''),
    h('span', { class: 'why' }, [typeof item.merged_into === 'number' ? t('workMerged', { item: item.merged_into }) : '', operatorName(meta, String(item.operator)), size, seen].filter(Boolean).join(' · ')),
  );
}

/** How many good runs, on how many days, close a dead place. */
export function closing({ rules }: Meta): { runs: string; days: string } {
  return { runs: number(rules.signal.weak_min_runs), days: number(rules.signal.weak_min_days) };
}

export function stateWord(item: Readonly<Record<string, unknown>>): string {
  return known(`work_${String(item.state)}`) ?? String(item.state);
}
