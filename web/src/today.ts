// "Where to go today": villages with households to go, each factor of the
// order in words of its own.

import * as api from './api';
import { asApiError, type ApiError } from './api';
import { h } from './dom';
import { number } from './format';
import { known, t } from './i18n';
import { failure } from './lists';
import { questionParams } from './state';
import type { Question, TodayItem } from './types';

export interface TodayInput {
  selectedKey: string;
  pick: (item: TodayItem) => void;
  /** Shows all communes again; nothing where all are shown. */
  widen: (() => void) | null;
}

export class TodayList {
  private key: string | null = null;
  private question: Question | null = null;
  private commune = '';
  private items: TodayItem[] = [];
  private total = 0;
  private status: 'loading' | 'ready' | 'failed' = 'loading';
  private error: ApiError | null = null;
  /** Which opening the answer under way belongs to. */
  private turn = 0;

  constructor(private readonly changed: () => void) {}

  async open(question: Question, commune: string): Promise<void> {
    const key = `${commune} ${questionParams(question)}`;
    if (this.key === key && this.status !== 'failed') return;
    Object.assign(this, { key, question, commune, items: [], turn: this.turn + 1 });
    await this.more();
  }

  /** The next look asks anew. */
  forget(): void {
    this.key = null;
  }

  async more(): Promise<void> {
    const { turn, question, commune } = this;
    if (!question) return;
    this.status = 'loading';
    this.changed();
    try {
      const page = await api.today(question, commune, this.items.length);
      if (this.turn !== turn) return;
      this.items = [...this.items, ...page.items];
      this.total = page.total;
      this.status = 'ready';
      this.error = null;
    } catch (error) {
      if (this.turn !== turn) return;
      this.status = 'failed';
      this.error = asApiError(error);
    }
    this.changed();
  }

  view({ selectedKey, pick, widen }: TodayInput): HTMLElement {
    const rest = this.total - this.items.length;
    return h(
      'div',
      { class: 'list', 'data-testid': 'list-today', 'data-status': this.status },
      h('div', { class: 'list-head' }, h('p', { class: 'count', 'aria-live': 'polite' }, this.status === 'ready' ? t('count', { total: number(this.total) }) : '')),
      widen ? h('button', { type: 'button', class: 'more', id: 'today-all', onclick: widen }, t('todayAll')) : null,
      h('p', { class: 'explain' }, t('todayExplain')),
      h('ol', {}, ...this.items.map((item) => h('li', {}, row(item, item.key === selectedKey, pick)))),
      this.status === 'loading' ? h('p', { class: 'waiting' }, t('loading')) : null,
      this.status === 'ready' && this.total === 0 ? h('p', { class: 'empty' }, t('todayNone')) : null,
      this.error ? failure(this.error, () => void this.more()) : null,
      this.status === 'ready' && rest > 0 ? h('button', { type: 'button', class: 'more', id: 'more-today', onclick: () => void this.more() }, t('showMore', { rest: number(rest) })) : null,
    );
  }
}

function row(item: TodayItem, current: boolean, pick: (item: TodayItem) => void): HTMLElement {
  const households = item.households === null ? h('em', {}, t('todayUnknown')) : h('strong', {}, `${item.at_most ? '≤ ' : ''}${number(item.households)}`);
  const last = item.days_since_visit === null ? (known(`today_${item.days_since_visit_note}`) ?? '') : t('todayDaysAgo', { days: number(item.days_since_visit) });
  const far = item.distance_km === null ? '' : t('todayKm', { km: number(item.distance_km, 1) });
  return h(
    'button',
    { type: 'button', class: 'row', id: `row-today-${item.key}`, 'data-key': item.key, 'aria-current': current ? 'true' : null, onclick: () => pick(item) },
    h('b', { class: 'rank' }, number(item.rank)),
    h('span', { class: 'name' }, item.name),
    h('span', { class: 'figure' }, households, ' ', item.households === null ? '' : t('householdsUnit')),
    h('span', { class: 'where' }, item.commune_name),
    h('span', { class: 'why' }, [last, far, known(`visit_${item.visit}`)].filter(Boolean).join(' · ')),
  );
}
