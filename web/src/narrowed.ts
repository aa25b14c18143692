// The commune that lists are narrowed to: the one in the address, or the
// reader's own where it has one and asked for no other.

import { h } from './dom';
import { t } from './i18n';
import type { Me } from './types';

/** In the address: all communes, said by a reader who has one of its own. */
export const ALL = 'all';

/** The commune of a reader who acts for one. */
export function ownCommune(me: Pick<Me, 'role' | 'scope'> | null): string {
  return me?.role === 'commune' ? (me.scope ?? '') : '';
}

/** What the address says of communes once it is known who reads: one's own comes first, on the map of today. */
export function settled(said: string, own: string, oldMap: boolean): string {
  if (own === '') return said === ALL ? '' : said;
  return said === '' && !oldMap ? own : said;
}

/** The code that is asked for; nothing where all communes are. */
export function asked(said: string): string {
  return said === ALL ? '' : said;
}

export interface Narrowing {
  /** The code that is asked for. */
  code: string;
  name: string;
  widen: () => void;
  /** Back to the reader's own commune; nothing where it has none, or is there. */
  own: { name: string; show: () => void } | null;
}

/** Says which commune a list is of, over the list. */
export function chip({ code, name, widen, own }: Narrowing): HTMLElement | null {
  if (code === '' && !own) return null;
  if (code === '' && own) return h('button', { type: 'button', class: 'chip-own', id: 'chip-own', 'data-testid': 'chip-own', onclick: own.show }, t('onlyCommune', { commune: own.name }));
  return h(
    'p',
    { class: 'chip', 'data-testid': 'chip-commune' },
    h('span', {}, t('onlyCommune', { commune: name || code })),
    h('button', { type: 'button', id: 'chip-clear', 'aria-label': t('showAllCommunes'), title: t('showAllCommunes'), onclick: widen }, '×'),
  );
}
