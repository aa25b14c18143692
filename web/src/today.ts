// "Where to go today": villages with households to go, each factor of the
// order in words of its own.

import * as api from './api';
import { h } from './dom';
import { explain } from './explain';
import { number } from './format';
import { known, t } from './i18n';
import { noVillages } from './measured';
import { chip, type Narrowing } from './narrowed';
import { countOf, pageEnd } from './page-end';
import { Pages } from './pages';
import { questionParams } from './state';
import type { Question, Summary, TodayItem } from './types';

export interface TodayInput {
  selectedKey: string;
  pick: (item: TodayItem) => void;
  narrowing: Narrowing;
  summary: Summary | null;
}

export class TodayList {
  private readonly pages: Pages<TodayItem>;

  constructor(changed: () => void) {
    this.pages = new Pages(changed);
  }

  async open(question: Question, commune: string): Promise<void> {
    await this.pages.open(`${commune} ${questionParams(question)}`, (offset, signal) => api.today(question, commune, offset, signal));
  }

  /** The next look asks anew. */
  forget(): void {
    this.pages.forget();
  }

  view({ selectedKey, pick, narrowing, summary }: TodayInput): HTMLElement {
    const { pages } = this;
    const unknown = noVillages(summary);
    return h(
      'div',
      { class: 'list', 'data-testid': 'list-today', 'data-status': pages.status },
      h('div', { class: 'list-head' }, h('p', { class: 'count', 'aria-live': 'polite' }, pages.total === 0 && unknown ? t('why_no_register') : countOf(pages))),
      chip(narrowing),
      explain(t('todayExplain')),
      h('ol', {}, ...pages.items.map((item) => h('li', {}, row(item, item.key === selectedKey, pick)))),
      ...pageEnd(pages, 'today', h('p', { class: 'empty' }, t(unknown ? 'noRegister' : 'todayNone'))),
    );
  }
}

/** Weak is not silent: papers are brought for either, and the words say which it is. */
export function howToVisit({ visit, signal }: Pick<TodayItem, 'visit' | 'signal'>): string {
  return visit === 'on_paper' && signal === 'weak' ? t('visit_weak') : (known(`visit_${visit}`) ?? '');
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
    h('span', { class: 'why' }, [last, far, howToVisit(item)].filter(Boolean).join(' · ')),
  );
}
