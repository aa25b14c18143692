// What stands around the rows of a list: their number, and below them what is on its way, missing or still to come.

import type { ApiError } from './api';
import { h, type Child } from './dom';
import { number } from './format';
import { t } from './i18n';
import type { Pages } from './pages';

/** How many rows the server has; nothing before it said so. */
export function countOf({ total }: Pick<Pages<unknown>, 'total'>): string {
  return total === null ? '' : t('count', { total: number(total) });
}

/** `name` tells its button from those of other lists; `empty` stands where the server has no row. */
export function pageEnd<T>(pages: Pages<T>, name: string, empty: Child): Child[] {
  const { status, rest, error, total } = pages;
  const loading = status === 'loading';
  // While it loads it keeps its place and the focus, and does nothing.
  const more = () => h('button', { type: 'button', class: 'more', id: `more-${name}`, 'aria-disabled': loading ? 'true' : null, onclick: () => void pages.more() }, t(loading ? 'loading' : 'showMore', { rest: number(rest) }));
  return [
    loading && rest === 0 ? h('p', { class: 'waiting' }, t('loading')) : null,
    status === 'ready' && total === 0 ? empty : null,
    error ? failure(error, () => void pages.retry()) : null,
    rest > 0 && (loading || status === 'ready') ? more() : null,
  ];
}

export function failure(error: ApiError, retry: () => void): HTMLElement {
  return h('div', { class: 'failure', role: 'alert', 'data-kind': error.kind }, h('p', {}, sentence(error)), h('button', { type: 'button', onclick: retry }, t('retry')));
}

/** A part of a card that did not come, under its title; nothing where the server has none of it. */
export function failedPart(title: string, error: ApiError, retry: () => void): HTMLElement | null {
  return error.kind === 'refused' ? null : h('section', { class: 'history', 'data-testid': 'part-failed' }, h('h3', {}, title), failure(error, retry));
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
