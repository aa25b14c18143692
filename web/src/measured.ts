// The sentence for a period or a filter that nobody measured: silence is
// never a zero, and the way back to the data stands beside it.

import { h } from './dom';
import { t } from './i18n';
import { slashed } from './period';
import { applied } from './state';
import type { Meta, Question, Summary } from './types';

/** False only where the server says so: an answer that is not there yet is no answer. */
export function isMeasured(summary: Summary | null): boolean {
  if (!summary) return true;
  const cells = summary.cells ?? Object.values(summary.cells_by_verdict).reduce((sum, count) => sum + count, 0);
  return cells > 0 && typeof summary.dead_areas === 'number';
}

/** Whether the asked period begins after the last measurement of all. */
export function afterTheData(question: Question, meta: Meta): boolean {
  const { from } = applied(question);
  return from !== '' && meta.period !== null && from > meta.period.to;
}

export function notMeasured(id: string, question: Question, meta: Meta, clear?: () => void): HTMLElement {
  const { from, to } = applied(question);
  if (!from && !to) return h('div', { class: 'empty', 'data-testid': id }, h('p', {}, t('notMeasuredHere')));
  return h(
    'div',
    { class: 'empty', 'data-testid': id },
    h('p', {}, meta.period ? t('notMeasuredThen', { day: slashed(meta.period.to) }) : t('periodNone')),
    clear ? h('button', { type: 'button', class: 'more', id: `${id}-clear`, onclick: clear }, t('clearPeriod')) : null,
  );
}
