// How a file is shown before and after it comes in. Draws what it is given.

import { h, type Child } from './dom';
import { day, number } from './format';
import { known, t } from './i18n';
import { LEAVE_OUT } from './import';
import { changedVillages, villageLines } from './import-villages';
import type { Counted, Imported, Preview, RefusedRow } from './import-types';

interface PreviewInput {
  name: string;
  busy: boolean;
  /** Cells that something was said of. */
  answered: number;
  said: (row: RefusedRow) => string | undefined;
  say: (row: RefusedRow, value: string) => void;
  look: () => void;
  importAll: () => void;
  forget: () => void;
  /** Takes the refused rows away as a workbook. */
  takeAway: () => void;
  /** Shows what each column is taken for; nothing where that is shown or there is no such thing. */
  columns: (() => void) | null;
  /** What is asked about networks that nobody knows, before anything comes in. */
  networks: HTMLElement | null;
}

export function preview(seen: Preview, input: PreviewInput): HTMLElement {
  const again = seen.already_imported !== null;
  const rows = seen.refused_rows.length;
  return h(
    'div',
    { class: 'seen', 'data-testid': 'import-preview' },
    h('p', { class: 'name' }, input.name),
    h('p', { class: 'how' }, understood(seen)),
    input.columns ? h('p', {}, h('button', { type: 'button', class: 'plain', id: 'import-map', 'data-testid': 'import-map', disabled: input.busy, onclick: input.columns }, t('colOpen'))) : null,
    again ? h('p', { class: 'note', 'data-testid': 'import-again' }, t('importAgain', { day: day(seen.already_imported ?? '') })) : counts(seen, t('importGood')),
    ...facts(seen, 'importFlags'),
    details('importColumns', seen.columns.length, () => h('ul', {}, ...seen.columns.map(({ field, word, column }) => h('li', {}, h('b', {}, known(`column_${field}`) ?? word ?? field), ' ← ', column)))),
    changedVillages(seen),
    details('importFirst', seen.first_good.length, () => glances(seen)),
    details('importFirst', seen.villages?.length ?? 0, () => villageLines(seen.villages ?? [])),
    rows > 0 ? h('h3', { id: 'import-refused-title' }, t('importRefusedTitle', { rows: number(seen.refused) })) : null,
    rows > 0 ? h('p', { class: 'hint' }, howToMend(seen)) : null,
    rows > 0 ? table(seen, input) : null,
    rows > 0 ? refusedRows(seen, input.busy, input.takeAway) : null,
    again ? null : input.networks,
    h(
      'p',
      { class: 'send' },
      rows > 0 && (isMendedHere(seen) || input.answered > 0) ? h('button', { type: 'button', id: 'import-look', 'data-testid': 'import-look', disabled: input.busy, onclick: input.look }, t('importLook')) : null,
      again ? null : h('button', { type: 'button', class: 'main', id: 'import-send', 'data-testid': 'import-send', disabled: input.busy || seen.accepted === 0 || input.networks !== null, onclick: input.importAll }, t('importSend', { rows: number(seen.accepted) })),
      seen.corrected > 0 ? h('button', { type: 'button', id: 'import-forget', disabled: input.busy, onclick: input.forget }, t('importForget')) : null,
    ),
  );
}

interface DoneInput {
  name: string;
  show: (commune: string) => void;
  inbox: (() => void) | null;
  another: () => void;
  takeAway: () => void;
}

export function done(result: Imported, { name, show, inbox, another, takeAway }: DoneInput): HTMLElement {
  const most = [...result.communes].sort((a, b) => b.rows - a.rows)[0];
  return h(
    'div',
    { class: 'seen', 'data-testid': 'import-done' },
    h('h3', {}, t('importDone', { name })),
    counts(result, t('importCame')),
    ...facts(result, 'importFlagged'),
    h(
      'p',
      { class: 'send' },
      most ? h('button', { type: 'button', class: 'main', id: 'import-show', 'data-testid': 'import-show', onclick: () => show(most.commune) }, t('importShow')) : null,
      result.held > 0 && inbox ? h('button', { type: 'button', id: 'import-inbox', 'data-testid': 'import-inbox', onclick: inbox }, t('importInbox', { visits: number(result.held) })) : null,
      h('button', { type: 'button', id: 'import-another', 'data-testid': 'import-another', onclick: another }, t('importAnother')),
    ),
    result.refused > 0 ? refusedRows(result, false, takeAway) : null,
  );
}

/** Kinds whose refused rows are laid out as a table that is read again (`takes_corrections` of the server). */
const IN_BOOK = ['visits', 'villages', 'places'];

function isMendedHere({ refused_rows }: Pick<Counted, 'refused_rows'>): boolean {
  return refused_rows.some(({ mend }) => mend !== null);
}

/** What there is to do about the refused rows, and no more than works: those of measurements have no field here. */
export function howToMend({ refused_rows: rows, refused }: Pick<Counted, 'refused_rows' | 'refused'>): string {
  const some = rows.length < refused ? `${t('importRefusedFirst', { rows: number(rows.length) })} ` : '';
  return some + t(isMendedHere({ refused_rows: rows }) ? 'importRefusedHow' : 'importRefusedFile');
}

/** What the workbook of refused rows is good for: to be mended and chosen again, or to look up lines and reasons. */
export function whatForBook({ kind }: Pick<Counted, 'kind'>): string {
  return t(IN_BOOK.includes(kind) ? 'importRejectsHow' : 'importRejectsLook');
}

/** More than a few rows are mended more easily where the file came from. */
function refusedRows(counted: Counted, busy: boolean, takeAway: () => void): HTMLElement {
  const { refused } = counted;
  const button = h('button', { type: 'button', id: 'import-refused-book', 'data-testid': 'import-refused-book', disabled: busy, onclick: takeAway }, t('importRejects', { rows: number(refused) }));
  return h('p', {}, button, ' ', h('small', {}, whatForBook(counted)));
}

function understood({ format, kind }: Preview): string {
  const separator = format.delimiter === '\t' ? t('importTab') : format.delimiter;
  const parts = [format.kind, known(`reader_${format.reader}`), format.encoding, separator && t('importSeparator', { separator }), known(`kind_${kind}`)];
  return parts.filter(Boolean).join(' · ');
}

function counts(counted: Counted, good: string): HTMLElement {
  const one = (label: string, value: number, id: string) => h('div', { class: id === 'refused' && value > 0 ? 'bad' : null }, h('dt', {}, label), h('dd', { 'data-count': id }, number(value)));
  return h(
    'dl',
    { class: 'counts', 'data-testid': 'import-counts' },
    one(good, counted.accepted, 'accepted'),
    one(t('importNew'), counted.new, 'new'),
    one(t('importKnown'), counted.known, 'known'),
    counted.changed > 0 ? one(t('importChanged'), counted.changed, 'changed') : null,
    counted.corrected > 0 ? one(t('importCorrected'), counted.corrected, 'corrected') : null,
    one(t('importRefused'), counted.refused, 'refused'),
  );
}

/** What was dropped, what is odd, what was taken for granted. */
function facts(counted: Counted, flagged: 'importFlags' | 'importFlagged'): Child[] {
  const flag = ({ flag, visits, held }: Counted['flags'][number]) => h('li', {}, `${known(`flag_${flag}`) ?? flag}: ${number(visits)}`, held ? h('b', {}, ` · ${t('importHolds')}`) : null);
  return [
    counted.dropped_fields.length > 0 ? h('p', { class: 'note', 'data-testid': 'import-dropped' }, t('importDropped', { fields: counted.dropped_fields.join(', ') })) : null,
    counted.flags.length > 0 ? h('div', { class: 'note', 'data-testid': 'import-flags' }, h('p', {}, t(flagged, { held: number(counted.held) })), h('ul', {}, ...counted.flags.map(flag))) : null,
    counted.warnings.length > 0 ? h('ul', { class: 'note' }, ...counted.warnings.map((text) => h('li', {}, text))) : null,
  ];
}

function details(title: 'importColumns' | 'importFirst', rows: number, inner: () => HTMLElement): HTMLElement | null {
  return rows > 0 ? h('details', {}, h('summary', {}, t(title, { rows: number(rows) })), inner()) : null;
}

function glances(seen: Preview): HTMLElement {
  const line = (row: Preview['first_good'][number]) =>
    h('li', {}, [t('importLine', { line: row.line }), day(row.day), row.village ?? t('heldNoVillage'), row.commune ?? '', known(`result_${row.result}`) ?? row.result, ...row.flags.map((flag) => known(`flag_${flag}`) ?? flag)].filter(Boolean).join(' · '));
  return h('ul', {}, ...seen.first_good.map(line));
}

function table(seen: Preview, input: PreviewInput): HTMLElement {
  const heading = (key: 'importColLine' | 'importColField' | 'importColFound' | 'importColExpected' | 'importColMend') => h('th', { scope: 'col' }, t(key));
  return h(
    'table',
    { class: 'row-cards refused-rows', 'data-testid': 'import-refused', 'aria-labelledby': 'import-refused-title' },
    h('thead', {}, h('tr', {}, heading('importColLine'), heading('importColField'), heading('importColFound'), heading('importColExpected'), heading('importColMend'))),
    h(
      'tbody',
      {},
      ...seen.refused_rows.map((row, at) =>
        h(
          'tr',
          { 'data-line': row.line },
          h('th', { scope: 'row', 'data-label': t('importColLine') }, number(row.line), row.within ? h('small', {}, t('importWithin', { file: row.within.file, line: number(row.within.line) })) : null),
          h('td', { 'data-label': t('importColField') }, row.column),
          h('td', { 'data-label': t('importColFound') }, row.found || t('importEmpty')),
          h('td', { 'data-label': t('importColExpected') }, ['unknown_value', 'missing'].includes(row.reason) && row.mend?.choices.length ? t('importOneOf') : row.expected, row.hint ? h('small', {}, row.hint) : null),
          h('td', { 'data-label': t('importColMend') }, cell(row, at, input), forAll(seen.refused_rows, at, input)),
        ),
      ),
    ),
  );
}

/** At the first of several rows with one fault: what is said of it may be said of all. */
function forAll(rows: RefusedRow[], at: number, { busy, say }: PreviewInput): Child {
  const fault = ({ mend, found, reason }: RefusedRow) => (mend ? [mend.field, found, reason].join('\n') : null);
  const own = rows[at] && fault(rows[at]);
  const alike = own === null || own === undefined ? [] : rows.flatMap((row, other) => (fault(row) === own ? [other] : []));
  if (alike.length < 2 || alike[0] !== at) return null;
  const field = (number: number) => document.getElementById(`mend-${number}`) as HTMLInputElement | HTMLSelectElement | null;
  const fill = () => {
    const value = field(at)?.value ?? '';
    for (const other of alike) {
      const [row, cell] = [rows[other], field(other)];
      if (row && cell) cell.value = value;
      if (row) say(row, value);
    }
  };
  return h('button', { type: 'button', id: `mend-all-${at}`, class: 'mend-all', disabled: busy, onclick: fill }, t('importMendAll', { rows: number(alike.length) }));
}

/** One stop for Tab in each row: a field, or a list where the values are known. */
function cell(row: RefusedRow, at: number, { busy, said, say, look }: PreviewInput): Child {
  if (!row.mend) return h('em', {}, t('importNoMend'));
  const label = t('importMendLabel', { line: row.line, field: row.mend.column });
  const common = { id: `mend-${at}`, class: 'mend', 'data-testid': `mend-${row.line}`, 'aria-label': label, disabled: busy };
  if (row.mend.choices.length > 0) {
    const name = (choice: { value: string; name: string | null }) => choice.name ?? known(`result_${choice.value}`) ?? known(`kind_${choice.value}`) ?? choice.value;
    return h(
      'select',
      { ...common, onchange: (event) => say(row, (event.target as HTMLSelectElement).value) },
      h('option', { value: '' }, t('importChoose')),
      ...row.mend.choices.map((choice) => h('option', { value: choice.value, selected: choice.value === said(row) }, name(choice))),
      h('option', { value: LEAVE_OUT, selected: said(row) === LEAVE_OUT }, t('importLeaveOut')),
    );
  }
  const enter = (event: Event) => {
    if ((event as KeyboardEvent).key === 'Enter') look();
  };
  // The mark of a text that is not shown is no value to begin with.
  const value = said(row) ?? (row.mend.field === row.field && !row.found.includes('…') ? row.found : '');
  return h('input', { ...common, value, maxlength: 500, autocomplete: 'off', oninput: (event) => say(row, (event.target as HTMLInputElement).value), onkeydown: enter });
}
