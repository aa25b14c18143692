// What each column of a table of measurements is taken for, before anything of it is looked at or imported.
//
// The server guesses, and judges every change; its profile is what the look and the import are asked by. A change that
// makes no profile yet, such as a longitude without its latitude, stays on the page until it does.

import { h } from './dom';
import { day, figures, number } from './format';
import { known, t } from './i18n';
import type { MappedColumn, Mapping, MappingChanges } from './import-types';

/** Columns that are not read are folded away where there are more. */
const MOST_OPEN = 12;
const POWER_UNITS = ['dBm', 'minus_dBm', 'ASU', 'dBm_or_ASU', 'report_index'];
const VIET_NAM = '+07:00';

interface MappingInput {
  busy: boolean;
  change: (changes: MappingChanges) => void;
  /** Guesses anew, without a profile. */
  guess: () => void;
  /** Shows the table by another profile. */
  use: (profile: string) => void;
  /** Reads the file without a profile. */
  leave: () => void;
  download: () => void;
}

export class FileMapping {
  private shown: Mapping | null = null;
  /** By column: what was chosen since the server's last word. */
  private draft: (string | null)[] = [];
  private unfolded = { others: false, details: false };

  get seen(): Mapping | null {
    return this.shown;
  }

  /** Whether rows can be read by it. */
  get isWhole(): boolean {
    return this.shown !== null && this.shown.missing.every(({ word }) => word === null);
  }

  show(seen: Mapping): void {
    this.shown = seen;
    this.draft = seen.columns.map(({ field }) => field);
    // The network of a whole file is chosen there.
    if (seen.missing.some(({ field }) => field === 'operator')) this.unfolded.details = true;
  }

  clear(): void {
    this.shown = null;
    this.draft = [];
    this.unfolded = { others: false, details: false };
  }

  view(input: MappingInput): HTMLElement | null {
    const seen = this.shown;
    if (!seen) return null;
    const rows = seen.columns.map((column, at) => ({ column, at }));
    const isOpen = ({ column, at }: (typeof rows)[number]) => Boolean(this.draft[at]) || column.field !== null || column.why.length > 0;
    const few = rows.length <= MOST_OPEN;
    const open = few ? rows : rows.filter(isOpen);
    const others = few ? [] : rows.filter((row) => !isOpen(row));
    return h(
      'section',
      { class: 'mapping', 'data-testid': 'import-mapping', 'aria-labelledby': 'import-mapping-title' },
      h('h3', { id: 'import-mapping-title', tabindex: -1 }, t('colTitle')),
      h('p', { class: 'hint', 'data-testid': 'map-how' }, seen.known ? knownForm(seen.known) : seen.kept !== null ? t('colKept', { name: seen.kept }) : t('colHow')),
      seen.withdrawn ? this.withdrawn(seen.withdrawn, input) : null,
      this.missing(seen),
      seen.notes.length > 0 ? h('ul', { class: 'note' }, ...seen.notes.map((note) => h('li', {}, note))) : null,
      this.table(seen, open, input),
      others.length > 0 ? this.fold('others', t('colOthers', { columns: number(others.length) }), () => this.table(seen, others, input)) : null,
      this.fold('details', t('colDetails'), () => this.details(seen, input)),
      h(
        'p',
        { class: 'tools' },
        h('button', { type: 'button', id: 'map-download', 'data-testid': 'map-download', disabled: input.busy, onclick: input.download }, t('colDownload')),
        h('button', { type: 'button', id: 'map-guess', 'data-testid': 'map-guess', disabled: input.busy, onclick: input.guess }, t('colGuess')),
        seen.known ? h('button', { type: 'button', id: 'map-leave', 'data-testid': 'map-leave', disabled: input.busy, onclick: input.leave }, t('colLeave')) : null,
      ),
    );
  }

  private withdrawn({ name, profile }: NonNullable<Mapping['withdrawn']>, { busy, use }: MappingInput): HTMLElement {
    const button = h('button', { type: 'button', id: 'map-withdrawn', 'data-testid': 'map-withdrawn', disabled: busy, onclick: () => use(profile) }, t('colWithdrawnUse', { name }));
    return h('div', { class: 'note' }, h('p', {}, t('colWithdrawn', { name })), button);
  }

  private missing({ missing }: Mapping): HTMLElement | null {
    const words = missing.flatMap(({ word }) => (word === null ? [] : [word]));
    if (words.length === 0) return null;
    const network = missing.some(({ field }) => field === 'operator') ? ` ${t('colMissingNetwork')}` : '';
    return h('p', { class: 'refused', role: 'status', 'data-testid': 'map-missing' }, t('colMissing', { fields: words.join(' · ') }) + network);
  }

  private table(seen: Mapping, rows: { column: MappedColumn; at: number }[], input: MappingInput): HTMLElement {
    const heading = (key: 'colColumn' | 'colValues' | 'colTaken') => h('th', { scope: 'col' }, t(key));
    const line = ({ column, at }: (typeof rows)[number]) =>
      h(
        'tr',
        { class: this.draft[at] ? 'taken' : null, 'data-column': column.column },
        h('th', { scope: 'row', 'data-label': t('colColumn') }, h('span', {}, column.column || t('colUnnamed'))),
        h('td', { 'data-label': t('colValues') }, h('div', {}, ...values(column).map((value) => h('div', {}, value)))),
        h('td', { 'data-label': t('colTaken') }, this.meaning(seen, column, at, input), ...column.why.map((why) => h('small', {}, why))),
      );
    return h('table', { class: 'row-cards' }, h('thead', {}, h('tr', {}, heading('colColumn'), heading('colValues'), heading('colTaken'))), h('tbody', {}, ...rows.map(line)));
  }

  private meaning(seen: Mapping, column: MappedColumn, at: number, { busy, change }: MappingInput): HTMLElement {
    if (column.doubled) return h('em', {}, t('colDoubled'));
    if (column.column === '') return h('em', {}, t('colNoName'));
    const now = this.draft[at] ?? '';
    const fields = seen.fields.filter(({ field }) => !column.personal || field === 'device');
    // A meaning that another column has moves to this one.
    const holder = (field: string) => this.draft.findIndex((other, where) => other === field && where !== at);
    const name = (field: string, word: string) => (holder(field) < 0 ? word : t('colMoves', { word, column: seen.columns[holder(field)]?.column ?? '' }));
    const picked = (event: Event) => {
      const { value } = event.target as HTMLSelectElement;
      this.draft = this.draft.map((field, where) => (where === at ? value || null : field === value ? null : field));
      change({ columns: this.columns(seen) });
    };
    return h(
      'select',
      { id: `map-${at}`, class: 'meaning', 'data-testid': `map-${at}`, 'aria-label': t('colChoose', { column: column.column }), disabled: busy, onchange: picked },
      h('option', { value: '' }, t('colNotRead')),
      ...fields.map(({ field, word }) => h('option', { value: field, selected: field === now }, name(field, word))),
    );
  }

  private columns(seen: Mapping): NonNullable<MappingChanges['columns']> {
    return this.draft.flatMap((field, at) => (field === null ? [] : [{ field, column: seen.columns[at]?.column ?? '' }]));
  }

  private details(seen: Mapping, { busy, change }: MappingInput): HTMLElement {
    const { stated, operators } = seen;
    const networks: [string, string][] = operators.map(({ code, name }) => [code, name]);
    const field = (id: string, label: string, options: [string, string][], now: string, set: (value: string) => MappingChanges) =>
      h(
        'label',
        { class: 'sort', for: id },
        h('span', {}, label),
        h(
          'select',
          { id, 'data-testid': id, disabled: busy, onchange: (event) => change(set((event.target as HTMLSelectElement).value)) },
          ...withOwn(options, now).map(([value, name]) => h('option', { value, selected: value === now }, name)),
        ),
      );
    const word = (own: string, operator: string, at: number) =>
      field(`map-word-${at}`, t('colWord', { word: own }), networks, operator, (value) => ({ operators: stated.operators.map((one, other) => (other === at ? { ...one, operator: value } : one)) }));
    return h(
      'div',
      {},
      field('map-operator', t('colOperator'), [['', t('colByRow')], ...networks], stated.operator ?? '', (operator) => ({ operator })),
      field('map-technology', t('colTechnology'), [['', t('colByRow')], ...seen.technologies.map((one): [string, string] => [one, one])], stated.technology ?? '', (technology) => ({ technology })),
      ...stated.operators.map(({ word: own, operator }, at) => word(own, operator, at)),
      field('map-power-unit', t('colPowerUnit'), POWER_UNITS.map((unit): [string, string] => [unit, known(`unit_${unit}`) ?? unit]), stated.power_unit, (power_unit) => ({ power_unit })),
      field('map-decimal', t('colDecimal'), [['yes', t('colDecimalComma')], ['no', t('colDecimalPoint')]], stated.decimal_comma ? 'yes' : 'no', (value) => ({ decimal_comma: value === 'yes' })),
      field('map-days', t('colDays'), daysOptions(stated), daysNow(stated), (value) => (value === 'day' || value === 'month' ? { month_first: value === 'month' } : {})),
      field('map-zone', t('colZone'), [[VIET_NAM, t('colZoneVn')], ['UTC', 'UTC']], stated.zone, (zone) => ({ zone })),
      h('ul', { class: 'note' }, ...told(seen).map((line) => h('li', {}, line))),
    );
  }

  private fold(which: 'others' | 'details', title: string, inner: () => HTMLElement): HTMLElement {
    const made = h('details', { open: this.unfolded[which], 'data-testid': `map-${which}` }, h('summary', { id: `map-fold-${which}` }, title), inner());
    made.addEventListener('toggle', () => (this.unfolded[which] = made.open));
    return made;
  }
}

/** As the dates tell, or as a pattern says, until somebody chooses. */
const daysNow = ({ month_first, time_format }: Mapping['stated']): string => (month_first !== null ? (month_first ? 'month' : 'day') : time_format !== null ? 'pattern' : '');

function daysOptions(stated: Mapping['stated']): [string, string][] {
  const now = daysNow(stated);
  const unsaid: [string, string][] = now === '' ? [['', t('colDaysTold')]] : now === 'pattern' ? [['pattern', stated.time_format ?? '']] : [];
  return [...unsaid, ['day', t('colDaysFirst')], ['month', t('colMonthsFirst')]];
}

/** What no field is offered for, and is true of this file. */
function told({ stated, rows, accepted }: Mapping): string[] {
  return [
    ...(stated.time_format === null ? [] : [t('colTimeFormat', { format: stated.time_format })]),
    ...(stated.crs === null ? [] : [t('colCrs', { crs: stated.crs })]),
    t('colTried', { rows: number(rows), accepted: number(accepted) }),
  ];
}

function knownForm(form: NonNullable<Mapping['known']>): string {
  const name = known(`reader_${form.form}`) ?? form.form;
  return t(form.same ? 'colKnownSame' : 'colKnownOther', { form: name });
}

/** Some of the first values, and what an import makes of those that are read. */
export function values({ personal, field, examples }: MappedColumn): string[] {
  if (personal) return [t('colPersonal')];
  const one = ({ found, understood }: MappedColumn['examples'][number]) => {
    if (field === null) return found;
    if (understood === null) return t('colNotUnderstood', { found });
    const said = known(`said_${understood}`) ?? measured(moment(understood));
    return said === found ? found : `${found} → ${said}`;
  };
  return examples.length === 0 ? [t('importEmpty')] : examples.map(one);
}

/** An instant of Viet Nam's clock as people write it; anything else as it is. */
function moment(understood: string): string {
  const [, on, at] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?\+07:00$/.exec(understood) ?? [];
  return on && at ? `${day(on)} ${at}` : understood;
}

/** A number with its unit in the reader's figures; decimals stay as many as they are. An identity has no unit. */
function measured(understood: string): string {
  const [, figure, rest] = /^(-?\d+(?:\.\d+)?)(°| (?:dBm|dB|kbit\/s|km\/h|m)\b.*)$/.exec(understood) ?? [];
  if (figure === undefined || rest === undefined) return understood;
  const decimals = figure.split('.')[1]?.length ?? 0;
  return figures(Number(figure), decimals) + rest;
}

function withOwn(options: [string, string][], now: string): [string, string][] {
  return options.some(([value]) => value === now) ? options : [...options, [now, now]];
}

/** The name of the file that a profile is taken away as. */
export function profileName(file: string): string {
  return `${file.replace(/\.[^.]*$/, '') || file}.toml`;
}

/** Of files chosen or dropped together the profile, and the table. */
export function sorted(files: Iterable<File>): { profile: File | undefined; table: File | undefined } {
  const all = [...files];
  const isProfile = ({ name }: File) => /\.toml$/i.test(name);
  return { profile: all.find(isProfile), table: all.find((file) => !isProfile(file)) };
}
