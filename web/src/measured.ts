// The sentence for a period or a filter that nobody measured: silence is
// never a zero, and the way back to the data stands beside it.

import { h } from './dom';
import { number } from './format';
import { t } from './i18n';
import { slashed } from './period';
import { applied } from './state';
import type { Meta, Question, Summary } from './types';

/** False only where the server says so: an answer that is not there yet is no answer. */
export function isMeasured(summary: Summary | null): boolean {
  if (!summary) return true;
  return cellsOf(summary).cells > 0 && typeof summary.dead_areas === 'number';
}

/** Cells measured under the filters, and those of them that wait for more runs. */
export function cellsOf(summary: Summary): { cells: number; suspected: number } {
  const cells = summary.cells ?? Object.values(summary.cells_by_verdict).reduce((sum, count) => sum + count, 0);
  return { cells, suspected: summary.cells_by_verdict?.suspected ?? 0 };
}

/** What a number of dead areas rests on: none found in a few cells is not none. */
export function basisOf(summary: Summary): string {
  const { cells, suspected } = cellsOf(summary);
  const more = summary.dead_areas === 0 && suspected > 0 ? `, ${t('cellsSuspected', { cells: number(suspected) })}` : '';
  return t('cellsBasis', { cells: number(cells) }) + more;
}

/** True only where the server says that the register is empty. */
export function noVillages(summary: Summary | null): boolean {
  return summary?.villages === 0;
}

/** Whether no cell has a verdict yet: neither a number nor a zero can be told. */
export function undecided(summary: Summary): boolean {
  const { cells, suspected } = cellsOf(summary);
  return summary.dead_areas === 0 && cells > 0 && cells === suspected;
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
