// The three work lists. Each loads when it is first looked at, page by page.
//
// A list works without the map: its rows, its count and its file are all here.

import { ApiError, exportAddress, page } from './api';
import { h } from './dom';
import { area, figure, number } from './format';
import { t, type Key } from './i18n';
import type { Item, List, Meta, Question } from './types';
import { colour, operatorName, word } from './words';

interface Loaded {
  items: Item[];
  total: number;
  epoch: number | string;
  status: 'idle' | 'loading' | 'ready' | 'failed';
  error: ApiError | null;
}

export interface ListInput {
  question: Question;
  meta: Meta;
  selectedKey: string;
  pick: (list: List, item: Item) => void;
  retry: () => void;
  more: () => void;
}

export const LIST_NAMES: Record<List, Key> = { priority: 'listPriority', dead_areas: 'listDeadAreas', unreached: 'listUnreached' };
const EXPLAIN: Record<List, Key> = { priority: 'explainPriority', dead_areas: 'explainDeadAreas', unreached: 'explainUnreached' };

const fresh = (): Loaded => ({ items: [], total: 0, epoch: '', status: 'idle', error: null });

export class Lists {
  private loaded: Record<List, Loaded> = { priority: fresh(), dead_areas: fresh(), unreached: fresh() };
  private running: Partial<Record<List, AbortController>> = {};
  private readonly changed: () => void;

  constructor(changed: () => void) {
    this.changed = changed;
  }

  /** Forgets every list: the question changed. */
  clear(): void {
    for (const running of Object.values(this.running)) running?.abort();
    this.running = {};
    this.loaded = { priority: fresh(), dead_areas: fresh(), unreached: fresh() };
  }

  get(list: List): Readonly<Loaded> {
    return this.loaded[list];
  }

  async open(list: List, question: Question): Promise<void> {
    if (this.loaded[list].status === 'idle' || this.loaded[list].status === 'failed') await this.load(list, question, false);
  }

  async more(list: List, question: Question): Promise<void> {
    if (this.loaded[list].status === 'ready') await this.load(list, question, true);
  }

  private async load(list: List, question: Question, append: boolean): Promise<void> {
    const controller = new AbortController();
    this.running[list]?.abort();
    this.running[list] = controller;
    const before = this.loaded[list];
    this.loaded[list] = { ...before, status: 'loading', error: null };
    this.changed();
    try {
      const next = await page(list, question, append ? before.items.length : 0, controller.signal);
      // A new epoch between two pages would mix old ranks with new ones: start again.
      if (append && next.epoch !== before.epoch) return await this.load(list, question, false);
      const items = append ? [...before.items, ...next.items] : next.items;
      this.loaded[list] = { items, total: next.total, epoch: next.epoch, status: 'ready', error: null };
    } catch (error) {
      if (controller.signal.aborted) return;
      this.loaded[list] = { ...before, status: 'failed', error: error instanceof ApiError ? error : new ApiError('server', 0, String(error)) };
    }
    this.changed();
  }
}

export function listView(list: List, lists: Lists, input: ListInput): HTMLElement {
  const { items, total, status, error } = lists.get(list);
  const rest = total - items.length;
  return h(
    'div',
    { class: 'list', 'data-testid': `list-${list}`, 'data-status': status },
    h(
      'div',
      { class: 'list-head' },
      h('p', { class: 'count', 'aria-live': 'polite' }, countInWords(status, total)),
      h('a', { class: 'export', href: exportAddress(list, input.question), download: `${list}.geojson` }, t('downloadGeojson')),
    ),
    h('p', { class: 'explain' }, t(EXPLAIN[list])),
    h('ol', {}, ...items.map((item) => h('li', {}, row(list, item, input)))),
    status === 'loading' ? h('p', { class: 'waiting' }, t('loading')) : null,
    status === 'ready' && total === 0 ? h('p', { class: 'empty' }, t('nothingHere')) : null,
    error ? failure(error, input.retry) : null,
    status === 'ready' && rest > 0
      ? h('button', { type: 'button', class: 'more', id: `more-${list}`, onclick: input.more }, t('showMore', { rest: number(rest) }))
      : null,
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
  const parts = list === 'dead_areas' ? deadAreaRow(item, input.meta) : villageRow(list, item, input.meta);
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
    h('span', { class: 'figure' }, parts.unit ? h('strong', {}, parts.figure) : h('em', {}, parts.figure), ' ', parts.unit),
    h('span', { class: 'where' }, parts.where),
    h('span', { class: 'why' }, parts.why),
  );
}

interface Parts {
  name: string;
  where: string;
  why: string;
  figure: string;
  unit: string;
  color: string | undefined;
}

function villageRow(list: List, item: Item, meta: Meta): Parts {
  const field = list === 'priority' && typeof item.score === 'number' ? 'score' : 'remaining';
  const togo = figure(item, field, { k: meta.rules.reach.k });
  const need = text(item.need);
  const status = text(item.status);
  const signal = word('verdict', text(item.signal) || 'not_measured');
  return {
    name: text(item.name) || item.key,
    where: text(item.commune_name) || text(item.commune),
    why: list === 'priority' && need ? `${word('need', need)} · ${signal}` : `${word('status', status)} · ${signal}`,
    figure: togo.text,
    unit: togo.absent ? '' : t('householdsToGo'),
    color: list === 'priority' ? colour('need', need) : colour('status', status),
  };
}

function deadAreaRow(item: Item, meta: Meta): Parts {
  const households = figure(item, 'households', { k: meta.rules.reach.k });
  const verdict = text(item.verdict);
  const names = text(item.village_names);
  const size = typeof item.area_m2 === 'number' ? area(item.area_m2) : '';
  return {
    name: text(item.communes) || item.key,
    where: names || t('noVillageInside'),
    why: [word('verdict', verdict), size, operatorName(meta, text(item.operator))].filter(Boolean).join(' · '),
    figure: households.text,
    unit: households.absent ? '' : t('householdsUnit'),
    color: colour('verdict', verdict),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
