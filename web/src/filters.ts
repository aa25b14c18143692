// The filters: operator, technology, period and edition of the boundaries.

import { h } from './dom';
import { editionSlider } from './edition-slider';
import { isOldEdition } from './editions';
import { day, number } from './format';
import { t } from './i18n';
import { afterTheData, notMeasured } from './measured';
import { allRead, isDay, quarter, readDay, slashed } from './period';
import { applied, backwards, comparedPeriod } from './state';
import type { Campaign, Meta, Question, State } from './types';

/** Whether the person unfolded the days and the edition. */
let open = false;
/** What a person typed and is not asked yet: what is no day, and what was typed beside it. */
type DayName = 'from' | 'to' | 'comparedFrom' | 'comparedTo';
const DAYS: DayName[] = ['from', 'to', 'comparedFrom', 'comparedTo'];
const typed: Record<DayName, string | null> = { from: null, to: null, comparedFrom: null, comparedTo: null };

export function filters(state: State, meta: Meta, campaigns: Campaign[], change: (next: Partial<Question>) => void, monthsOnly: boolean): HTMLElement {
  const presets = [
    { id: 'preset-this', label: t('presetThisQuarter'), period: quarter(meta.as_of) },
    { id: 'preset-last', label: t('presetLastQuarter'), period: quarter(meta.as_of, -1) },
    { id: 'preset-all', label: t('presetAll'), period: { from: '', to: '' } },
  ];
  const compared = state.comparedFrom !== '' || state.comparedTo !== '';
  const halfCompared = compared && comparedPeriod(state) === null;
  const compares = compared || state.visible.changes === true;
  const wrong = backwards(state) || halfCompared || DAYS.some((name) => typed[name] !== null || (state[name] !== '' && !isDay(state[name])));
  const period = applied(state);
  const filtered = period.from !== '' || period.to !== '';
  const summary = h('summary', { id: 'when-summary', class: wrongDay(state) || backwards(state) ? 'wrong' : null }, periodInWords(state, meta));
  const typing = () => {
    const read = allRead(typed);
    if (read) {
      forget();
      const fresh = Object.entries(read).filter(([name, value]) => state[name as DayName] !== value);
      if (fresh.length > 0) return change(Object.fromEntries(fresh));
    }
    // The map is still of the days before, and that is said.
    summary.classList.toggle('wrong', wrongDay(state) !== null || backwards(state));
    summary.textContent = periodInWords(state, meta);
  };
  // With a period in force its meaning is said without unfolding anything.
  const hint = h('p', { class: 'hint', 'data-testid': 'period-hint' }, t('periodHint'), monthsOnly ? ` ${t('periodMonths')}` : '');
  return h(
    'div',
    { class: 'filters', role: 'group', 'aria-label': t('filters') },
    select('operator', t('operator'), state.operator, [
      ['', t('bestNetwork')],
      ...meta.operators.map(({ id, brand }): [string, string] => [id, brand]),
    ], (operator) => change({ operator })),
    select('technology', t('technology'), state.technology, [
      ['', t('bestShort')],
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
            onclick: () => {
              forget();
              change(period);
            },
          },
          label,
        ),
      ),
    ),
    afterTheData(state, meta) ? notMeasured('period-empty', state, meta) : null,
    h(
      'details',
      { class: 'when', id: 'when', 'data-testid': 'filter-when', open: open || wrong, ontoggle: (event) => {
        const details = event.target as HTMLDetailsElement;
        open = details.open;
        // By hand, not because they are drawn anew: then what was unfolded is brought into sight.
        if (open && document.activeElement?.id === 'when-summary') details.scrollIntoView({ block: 'nearest' });
      } },
      summary,
      h(
        'div',
        { class: 'when-fields' },
        dateInput('from', t('from'), state, typing),
        dateInput('to', t('to'), state, typing),
        ...(compares
          ? [
              dateInput('comparedFrom', t('comparedFrom'), state, typing),
              dateInput('comparedTo', t('comparedTo'), state, typing),
            ]
          : []),
        halfCompared ? h('p', { class: 'complaint', 'data-testid': 'compared-half' }, t('comparedHalf')) : null,
        filtered ? null : hint,
        campaigns.length > 0 || state.campaign
          ? select('campaign', t('periodCampaign'), state.campaign, [
              ['', t('campaignNone')],
              ...campaigns.map(({ code, name }): [string, string] => [code, name]),
            ], (campaign) => change({ campaign }))
          : null,
      ),
    ),
    filtered ? hint : null,
    ...campaigns.filter(({ code }) => code === state.campaign).map((one) => h('p', { class: 'hint', 'data-testid': 'campaign-hint' }, campaignInWords(one), ' ', t('campaignMap'))),
    editionSlider(meta, state.asOf, (asOf) => change({ asOf })),
    isOldEdition(meta, state.asOf) ? h('p', { class: 'hint', 'data-testid': 'as-of-old' }, t('asOfOld')) : null,
  );
}

/** Whose visits count, and from when on a village is done. */
export function campaignInWords({ name, from, to, target_percent }: Campaign): string {
  return t('campaignExplain', { name, from: day(from), to: day(to), target: number(target_percent) });
}

export function periodInWords(state: State, meta: Meta): string {
  const wrong = wrongDay(state);
  return wrong === null ? inForce(state, meta) : t('periodNoDay', { day: wrong, period: inForce(state, meta) });
}

/** What somebody typed, or an address says, that is no day. */
function wrongDay(state: State): string | null {
  const said = DAYS.map((name) => typed[name] ?? (state[name] && !isDay(state[name]) ? slashed(state[name]) : ''));
  return said.find((text) => text !== '' && readDay(text) === null) ?? null;
}

function inForce(state: State, meta: Meta): string {
  if (backwards(state)) return t('periodBackwards');
  const { from, to } = applied(state);
  if (from && to) return t('periodBetween', { from: day(from), to: day(to) });
  if (from) return t('periodSince', { from: day(from) });
  if (to) return t('periodUntil', { to: day(to) });
  return meta.period ? t('periodAll', { from: day(meta.period.from), to: day(meta.period.to) }) : t('periodNone');
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

/** A preset or a cleared period takes away what was typed. */
export function forget(): void {
  for (const name of DAYS) typed[name] = null;
}

/**
 * A day in words of the reader. A browser's own date field is written in the
 * browser's language, which on an office machine is often not the reader's.
 * What is no day stays as it was typed, with the reason under it.
 */
function dateInput(name: DayName, label: string, state: State, told: () => void): HTMLElement {
  const value = state[name];
  const complaint = h('small', { class: 'complaint', id: `filter-${name}-complaint`, 'aria-live': 'polite' });
  const field = h('input', {
    type: 'text',
    inputmode: 'numeric',
    autocomplete: 'off',
    id: `filter-${name}`,
    'data-testid': `filter-${name}`,
    'aria-describedby': complaint.id,
    placeholder: t('dayPlaceholder'),
    value: typed[name] ?? (value ? slashed(value) : ''),
    onchange: () => {
      typed[name] = field.value;
      judge(readDay(field.value) !== null);
      told();
    },
  });
  const judge = (right: boolean) => {
    field.setAttribute('aria-invalid', String(!right));
    complaint.textContent = right ? '' : t('dayImpossible');
  };
  const now = typed[name];
  judge(now === null ? value === '' || isDay(value) : readDay(now) !== null);
  return h('label', { class: `field field-${name}` }, h('span', {}, label), field, complaint);
}
