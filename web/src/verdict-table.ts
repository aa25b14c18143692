// Villages, their households and public places by what is said of their signal:
// every network of the province, and commune by commune for one of them. The
// figures are those of the map under the filters above.

import * as api from './api';
import { asApiError, type ApiError } from './api';
import { h, type Child } from './dom';
import { explain } from './explain';
import { day, number } from './format';
import { currentLanguage, known, t } from './i18n';
import { failure } from './page-end';
import type { Meta, Question, VerdictNetwork, VerdictRow, Verdicts } from './types';

export class VerdictTable {
  status: 'idle' | 'loading' | 'ready' | 'failed' = 'idle';
  private told: Verdicts | null = null;
  private error: ApiError | null = null;
  private asked: Question | null = null;
  /** `null`: that of the filters. */
  private network: string | null = null;
  private counted = 'villages';

  constructor(
    private readonly changed: () => void,
    private readonly pick: (commune: { code: string; name: string }) => void,
  ) {}

  clear(): void {
    Object.assign(this, { status: 'idle', told: null, network: null });
  }

  async open(question: Question): Promise<void> {
    if (this.status === 'ready' || this.status === 'loading') return;
    Object.assign(this, { status: 'loading', asked: question });
    this.changed();
    try {
      const told = await api.verdicts(question);
      if (this.asked !== question) return;
      Object.assign(this, { told, status: 'ready', error: null });
    } catch (error) {
      if (this.asked !== question) return;
      Object.assign(this, { status: 'failed', error: asApiError(error) });
    }
    this.changed();
  }

  view(meta: Meta): HTMLElement {
    const { asked } = this;
    return h(
      'div',
      { 'data-testid': 'verdict-table' },
      this.status === 'loading' ? h('p', { class: 'waiting' }, t('loading')) : null,
      this.error ? failure(this.error, () => asked && void this.open(asked)) : null,
      ...(this.told && asked ? this.filled(this.told, asked, meta) : []),
    );
  }

  private filled(told: Verdicts, question: Question, meta: Meta): Child[] {
    const brand = (code: string) => (code === 'all' ? t('bestNetwork') : (meta.operators.find(({ id }) => id === code)?.brand ?? code));
    const first = question.operator || 'all';
    const network = told.networks.find(({ operator }) => operator === (this.network ?? first)) ?? told.networks[0];
    if (!network) return [];
    const counted = told.counted.includes(this.counted) ? this.counted : 'villages';
    const choose = (next: { network?: string; counted?: string }) => {
      Object.assign(this, next);
      this.changed();
    };
    const select = (id: string, label: string, value: string, all: [string, string][], chosen: (value: string) => void) =>
      h('label', {}, label, h('select', { id, onchange: (event) => chosen((event.target as HTMLSelectElement).value) }, ...all.map(([code, words]) => h('option', { value: code, selected: code === value }, words))));
    const file = h('a', { class: 'export', href: api.verdictAddress(question, currentLanguage()), download: '' }, t('downloadFormat', { format: 'CSV' }));
    const days = told.from && told.to ? t('verdictsMeasured', { from: day(told.from), to: day(told.to) }) : t('note_not_measured');
    return [
      h('div', { class: 'list-head' }, h('p', { class: 'count' }, days), h('span', { class: 'exports' }, file)),
      explain(t('verdictsExplain')),
      h(
        'div',
        { class: 'indicator-form' },
        select('verdict-counted', t('verdictsCounted'), counted, told.counted.map((code) => [code, countedName(code)]), (code) => choose({ counted: code })),
        select('verdict-network', t('operator'), network.operator, told.networks.map(({ operator }) => [operator, brand(operator)]), (code) => choose({ network: code })),
      ),
      table(told, counted, t('verdictsByNetwork'), told.networks.map((one) => line(told, counted, one.total, brand(one.operator), one === network, () => choose({ network: one.operator })))),
      table(told, counted, t('verdictsByCommune', { network: brand(network.operator) }), this.communes(told, counted, network)),
      cellsOutside(network),
    ];
  }

  private communes(told: Verdicts, counted: string, network: VerdictNetwork): HTMLElement[] {
    const total = line(told, counted, network.total, t('wholeProvince'), true);
    const rows = network.rows.map((row) => line(told, counted, row, row.name, false, () => this.pick(row)));
    const outside = sum(network.outside, counted) > 0 ? [line(told, counted, network.outside, t('outsideCommunes'), false)] : [];
    return [total, ...rows, ...outside];
  }
}

/** What is counted: villages, their households, or public places of a kind. */
function countedName(code: string): string {
  if (code === 'villages') return t('verdictsVillages');
  return code === 'households' ? t('verdictsHouseholds') : (known(`kind_${code}`) ?? code);
}

function table(told: Verdicts, counted: string, caption: string, rows: HTMLElement[]): HTMLElement {
  const heads = told.verdicts.map((code) => h('th', { scope: 'col' }, known(`place_${code}`) ?? code));
  const unit = h('th', { scope: 'col' }, t('unit'));
  return h('div', { class: 'verdict-scroll', tabindex: '0', role: 'region', 'aria-label': `${caption}, ${countedName(counted)}` }, h('table', { class: 'verdicts' }, h('caption', {}, caption), h('thead', {}, h('tr', {}, unit, ...heads)), h('tbody', {}, ...rows)));
}

function line(told: Verdicts, counted: string, row: VerdictRow, name: string, marked: boolean, pick?: () => void): HTMLElement {
  const cells = told.verdicts.map((verdict) => h('td', {}, ...written(row, counted, verdict)));
  return h('tr', { class: marked ? 'total' : null }, h('th', { scope: 'row' }, pick ? h('button', { type: 'button', id: `verdict-${row.code ?? name}`, onclick: pick }, name) : name), ...cells);
}

/** A count; of households with its sign where some villages report none, and "—" where nothing of the kind is listed. */
export function countOf(row: VerdictRow, counted: string, verdict: string): { text: string; beside: string; absent: boolean } {
  const counts = row[counted] as Record<string, number | null> | null | undefined;
  if (!counts) return { text: '—', beside: '', absent: true };
  const count = counts[verdict] ?? null;
  const silent = counted === 'households' ? (row.households_not_reported[verdict] ?? 0) : 0;
  if (count === null) return { text: t('note_not_reported'), beside: '', absent: true };
  return { text: `${silent > 0 ? '≥ ' : ''}${number(count)}`, beside: silent > 0 ? t('summaryUndeclared', { villages: number(silent) }) : '', absent: false };
}

function written(row: VerdictRow, counted: string, verdict: string): Child[] {
  const { text, beside, absent } = countOf(row, counted, verdict);
  const title = row[counted] ? null : t('verdictsNoneListed');
  return [h('span', { class: absent ? 'figure absent' : 'figure', title }, text), beside ? h('small', {}, beside) : null];
}

function sum(row: VerdictRow, counted: string): number {
  const counts = row[counted] as Record<string, number | null> | null;
  const found = Object.values(counts ?? {}).reduce<number>((sum, count) => sum + (count ?? 0), 0);
  return counted === 'households' ? found + Object.values(row.households_not_reported).reduce((sum, count) => sum + count, 0) : found;
}

/** Measured cells that no commune has: the sum of the communes lacks them. */
function cellsOutside({ total, outside }: VerdictNetwork): HTMLElement | null {
  if (outside.cells_measured === 0) return null;
  return explain(t('cellsOutside', { outside: number(outside.cells_measured), total: number(total.cells_measured), dead: number(outside.cells_dead) }), 'cells-outside');
}
