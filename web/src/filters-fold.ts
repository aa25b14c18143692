// On a phone the filters fold into one line that says what is asked, so that the first rows of a list are seen.

import { h } from './dom';
import { isOldEdition } from './editions';
import { periodInWords } from './filters';
import { t } from './i18n';
import { afterTheData } from './measured';
import { backwards } from './state';
import type { Meta, State } from './types';
import { operatorName } from './words';

/** What the person did; nothing before. */
let open: boolean | null = null;

export function folding(filters: HTMLElement, state: State, meta: Meta): HTMLElement {
  const toggled = (event: Event) => {
    open = (event.target as HTMLDetailsElement).open;
  };
  const asked = [operatorName(meta, state.operator), state.technology, periodInWords(state, meta)].filter(Boolean).join(' · ');
  // A link may ask for what needs the notices among the filters.
  const notices = backwards(state) || afterTheData(state, meta) || isOldEdition(meta, state.asOf) || state.campaign !== '';
  const summary = h('summary', { id: 'filters-fold', 'data-testid': 'filters-fold', class: backwards(state) ? 'wrong' : null }, h('b', {}, t('filters')), ` ${asked}`);
  return h('details', { class: 'filters-fold', open: open ?? notices, ontoggle: toggled }, summary, filters);
}
