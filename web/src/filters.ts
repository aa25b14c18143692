// The filters: operator, technology, period and edition of the boundaries.

import { h } from './dom';
import { day } from './format';
import { t } from './i18n';
import { dayBefore, quarter, readDay, slashed } from './period';
import { backwards } from './state';
import type { Meta, Question, State } from './types';

/** Whether the person unfolded the days and the edition. */
let open = false;

export function filters(state: State, meta: Meta, change: (next: Partial<Question>) => void): HTMLElement {
  const presets = [
    { id: 'preset-this', label: t('presetThisQuarter'), period: quarter(meta.as_of) },
    { id: 'preset-last', label: t('presetLastQuarter'), period: quarter(meta.as_of, -1) },
    { id: 'preset-all', label: t('presetAll'), period: { from: '', to: '' } },
  ];
  return h(
    'div',
    { class: 'filters', role: 'group', 'aria-label': t('filters') },
    select('operator', t('operator'), state.operator, [
      ['', t('bestNetwork')],
      ...meta.operators.map(({ id, brand }): [string, string] => [id, brand]),
    ], (operator) => change({ operator })),
    select('technology', t('technology'), state.technology, [
      ['', t('bestTechnology')],
      ...meta.technologies.map((name): [string, string] => [name, name]),
    ], (technology) => change({ technology })),
    h(
      'div',
      { class: 'presets', role: 'group', 'aria-label': t('period') },
      ...presets.map(({ id, label, period }) =>
        h(
          'button',
          {
            type: 'button',
            id,
            'data-testid': id,
            'aria-pressed': String(period.from === state.from && period.to === state.to),
            onclick: () => change(period),
          },
          label,
        ),
      ),
    ),
    h(
      'details',
      { class: 'when', id: 'when', 'data-testid': 'filter-when', open: open || state.from !== '' || state.to !== '' || state.asOf !== '', ontoggle: (event) => {
        open = (event.target as HTMLDetailsElement).open;
      } },
      h('summary', { id: 'when-summary', class: backwards(state) ? 'wrong' : null }, periodInWords(state, meta)),
      h(
        'div',
        { class: 'when-fields' },
        dateInput('from', t('from'), state.from, (from) => change({ from })),
        dateInput('to', t('to'), state.to, (to) => change({ to })),
        select('as-of', t('asOf'), state.asOf, editions(meta), (asOf) => change({ asOf })),
      ),
    ),
  );
}

function periodInWords(state: State, meta: Meta): string {
  if (backwards(state)) return t('periodBackwards');
  if (state.from && state.to) return t('periodBetween', { from: day(state.from), to: day(state.to) });
  if (state.from) return t('periodSince', { from: day(state.from) });
  if (state.to) return t('periodUntil', { to: day(state.to) });
  return meta.period ? t('periodAll', { from: day(meta.period.from), to: day(meta.period.to) }) : t('periodNone');
}

/** One choice for now, and one for each edition that has ended: its last day in force. */
function editions(meta: Meta): [string, string][] {
  const ended = meta.editions.flatMap(({ valid_to }) => (valid_to && valid_to <= meta.as_of ? [valid_to] : []));
  const days = [...new Set(ended)].sort().reverse();
  return [['', t('asOfNow')], ...days.map((end): [string, string] => [dayBefore(end), t('asOfBefore', { day: day(end) })])];
}

function select(name: string, label: string, value: string, options: [string, string][], change: (value: string) => void): HTMLElement {
  // An address may carry a value that the data does not have: it stays visible rather than silently dropped.
  const all = options.some(([id]) => id === value) ? options : [...options, [value, value] as [string, string]];
  return h(
    'label',
    { class: `field field-${name}` },
    h('span', {}, label),
    h(
      'select',
      {
        id: `filter-${name}`,
        'data-testid': `filter-${name}`,
        onchange: (event) => change((event.target as HTMLSelectElement).value),
      },
      ...all.map(([id, text]) => h('option', { value: id, selected: id === value }, text)),
    ),
  );
}

/**
 * A day in words of the reader. A browser's own date field is written in the
 * browser's language, which on an office machine is often not the reader's.
 */
function dateInput(name: 'from' | 'to', label: string, value: string, change: (value: string) => void): HTMLElement {
  const field = h('input', {
    type: 'text',
    inputmode: 'numeric',
    autocomplete: 'off',
    id: `filter-${name}`,
    'data-testid': `filter-${name}`,
    placeholder: t('dayPlaceholder'),
    value: value ? slashed(value) : '',
    onchange: () => {
      const read = readDay(field.value);
      field.setAttribute('aria-invalid', String(read === null));
      if (read !== null && read !== value) change(read);
    },
  });
  return h('label', { class: `field field-${name}` }, h('span', {}, label), field);
}
