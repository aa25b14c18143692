// A file comes in: chosen, looked at, its refused rows mended, imported.
//
// Nothing is written before the reader says so. What was typed stays until the
// next look, and a row that is good disappears from the table of refused ones.

import { ApiError, asApiError, bringIn, layDown, lookAt, mapColumns, refusedBook } from './api';
import { h } from './dom';
import { explain } from './explain';
import { sentence } from './format';
import { currentLanguage, t, type Key } from './i18n';
import { FileChoices } from './import-choices';
import { FileMapping, profileName, sorted } from './import-mapping';
import { answered, networksAsked } from './import-networks';
import { done, preview } from './import-view';
import type { Asked, Correction, Imported, Mapping, MappingChanges, Preview, RefusedRow } from './import-types';

/** Kinds that the server takes; whoever has its own place alone brings visits. */
export const KINDS = ['visits', 'villages', 'places', 'samples', 'sites'] as const;
export type Kind = (typeof KINDS)[number];

/** What the server takes, as it counts megabytes; `tests/import.test.ts` compares it with the server's own constant. */
export const MOST_MB = 32;

/** In a list of values: the row stays out. */
export const LEAVE_OUT = ' ';

export interface ImportInput {
  /** Kinds that the reader may bring. */
  kinds: readonly Kind[];
  /** Who may decide about visits that are held back sees where. */
  inbox: (() => void) | null;
  show: (commune: string) => void;
  /** What came in before, for whoever may take it back. */
  log: HTMLElement | null;
}

type Phase = 'idle' | 'sending' | 'ready' | 'looking' | 'importing' | 'done';

export class ImportDesk {
  private phase: Phase = 'idle';
  private kind: Kind = 'visits';
  private name = '';
  private key = '';
  private seen: Preview | null = null;
  private result: Imported | null = null;
  private error: ApiError | null = null;
  /** By line and field: what was said of a cell. */
  private answers = new Map<string, Correction>();
  /** What was asked of the preview that is shown. */
  private looked: Asked | null = null;
  private readonly choices = new FileChoices((which) => {
    this.answers.clear();
    // Another sheet has other columns.
    if (which === 'import-layer') this.forgetColumns();
    if (this.key) void (this.mapping.seen ? this.map() : this.look());
  });
  private readonly mapping = new FileMapping();
  /** A mapping profile that was chosen, for the next file or the one that is there. */
  private own: { name: string; text: string } | null = null;
  /** Names of networks that nobody knows and somebody has spoken for. */
  private readonly settled = new Set<string>();
  /** Whether mappings of earlier imports were looked through, or are not wanted. */
  private recalled = false;
  /** Whether the columns are mapped for the sake of an answer, and not shown as long as the file is read by them. */
  private isAside = false;
  /** Words of the table for networks, while its columns are not shown. */
  private words: Mapping['stated']['operators'] = [];

  constructor(
    private readonly changed: () => void,
    private readonly imported: () => void,
  ) {}

  view(input: ImportInput): HTMLElement {
    const busy = this.phase === 'sending' || this.phase === 'looking' || this.phase === 'importing';
    const waits: Partial<Record<Phase, Key>> = { sending: 'importSending', looking: 'importLooking', importing: 'importImporting' };
    const wait = waits[this.phase];
    return h(
      'div',
      { class: 'list import', 'data-testid': 'list-import', 'data-status': busy ? 'loading' : 'ready', 'data-phase': this.phase },
      this.phase === 'done' ? null : this.chooser(input, busy),
      h('p', { class: 'waiting', role: 'status', 'aria-live': 'polite' }, wait ? t(wait, { name: this.name }) : ''),
      this.error ? h('p', { class: 'refused', role: 'alert', 'data-testid': 'import-error' }, ...complaint(this.error)) : null,
      this.phase === 'done' || (this.isAside && (busy || this.seen)) ? null : this.columns(busy),
      this.seen && this.phase !== 'done'
        ? preview(this.seen, { name: this.name, busy, answered: this.answers.size, said: this.said, say: this.say, look: () => void this.look(), importAll: () => void this.bring(), forget: () => this.forgetAnswers(), takeAway: this.takeAway, columns: this.kind === 'samples' && (!this.mapping.seen || this.isAside) ? () => this.unfold() : null, networks: this.networks(busy) })
        : null,
      this.result && this.phase === 'done' ? done(this.result, { name: this.name, show: input.show, inbox: input.inbox, another: () => this.clear(), takeAway: this.takeAway }) : null,
      input.log,
    );
  }

  private chooser(input: ImportInput, busy: boolean): HTMLElement {
    const picked = (event: Event) => void this.takeAll((event.target as HTMLInputElement).files ?? []);
    const over = (event: Event) => event.preventDefault();
    const dropped = (event: Event) => {
      event.preventDefault();
      if (!busy) void this.takeAll((event as DragEvent).dataTransfer?.files ?? []);
    };
    const chosen = (event: Event) => {
      this.kind = KINDS.find((kind) => kind === (event.target as HTMLSelectElement).value) ?? 'visits';
      this.answers.clear();
      this.forgetColumns();
      if (this.key) void this.look();
      else this.changed();
    };
    const names = { visits: t('importVisits'), villages: t('importVillages'), places: t('importPlaces'), samples: t('importSamples'), sites: t('importSites') };
    return h(
      'div',
      { class: 'drop', ondragover: over, ondrop: dropped },
      explain(t(introduction(this.kind, input.kinds.length > 1))),
      input.kinds.length > 1
        ? h('label', { class: 'sort', for: 'import-kind' }, h('span', {}, t('importKind')), h('select', { id: 'import-kind', 'data-testid': 'import-kind', disabled: busy, onchange: chosen }, ...input.kinds.map((kind) => h('option', { value: kind, selected: kind === this.kind }, names[kind]))))
        : null,
      ...this.choices.fields(busy, this.kind),
      h('label', { class: 'pick', for: 'import-file' }, h('span', {}, t(this.key ? 'importOther' : 'importPick')), h('small', {}, `${t('importDrop')} · ${t('importMost', { mb: MOST_MB })}`)),
      h('input', { id: 'import-file', 'data-testid': 'import-file', type: 'file', multiple: true, disabled: busy, onchange: picked }),
      this.kind === 'samples' ? this.profilePicker(picked, busy) : null,
    );
  }

  /** A saved profile, beside the file that it is of. */
  private profilePicker(picked: (event: Event) => void, busy: boolean): HTMLElement {
    const drop = () => {
      this.own = null;
      void this.guess();
    };
    return h(
      'div',
      { class: 'profile' },
      h('label', { class: 'pick small', for: 'import-profile' }, h('span', {}, this.own ? t('colProfileIs', { name: this.own.name }) : t('colProfile')), h('small', {}, t('colProfileHow'))),
      h('input', { id: 'import-profile', 'data-testid': 'import-profile', type: 'file', accept: '.toml', disabled: busy, onchange: picked }),
      this.own ? h('button', { type: 'button', id: 'import-profile-drop', 'data-testid': 'import-profile-drop', disabled: busy, onclick: drop }, t('colProfileDrop')) : null,
    );
  }

  private columns(busy: boolean): HTMLElement | null {
    const leave = () => {
      this.forgetColumns();
      this.recalled = true;
      void this.look();
    };
    return this.mapping.view({ busy, change: (changes) => void this.map(changes), guess: () => void this.guess(), use: (profile) => void this.map({}, profile), leave, download: () => this.takeProfile() });
  }

  /** A table, a profile, or both at once. */
  private async takeAll(files: Iterable<File>): Promise<void> {
    const { profile, table } = sorted(files);
    if (profile) {
      this.kind = 'samples';
      try {
        this.own = { name: profile.name, text: new TextDecoder('utf-8', { fatal: true }).decode(await profile.arrayBuffer()) };
      } catch {
        this.own = null;
        return this.failed(said(t('colNoText')));
      }
    }
    if (table) return this.take(table);
    if (!profile) return;
    if (!this.key) return this.changed();
    this.mapping.clear();
    await this.look();
  }

  private async take(file: File): Promise<void> {
    Object.assign(this, { phase: 'sending', name: file.name, key: '', seen: null, looked: null, result: null, error: null });
    this.answers.clear();
    this.choices.clear();
    this.forgetColumns();
    // Sent whole it would be refused, or the line cut before anybody said why.
    if (file.size > MOST_MB * 1024 * 1024) return this.failed(tooLarge(MOST_MB));
    this.changed();
    try {
      this.key = (await layDown(file, currentLanguage())).key;
    } catch (error) {
      return this.failed(error);
    }
    await this.look();
  }

  /** Another language: the server's sentences are asked for in it, of what was looked at; what was typed since stays. */
  async rename(): Promise<void> {
    if (this.key === '' || (this.phase !== 'ready' && this.phase !== 'idle')) return;
    if (this.mapping.seen) return this.map();
    await this.see(this.looked ?? this.asked());
    this.changed();
  }

  private async look(): Promise<void> {
    if (this.kind === 'samples' && this.own && !this.mapping.seen) return this.map({}, this.own.text);
    await this.see(this.asked());
    this.changed();
    if (this.phase !== 'ready') return;
    // The first row that is still to be mended, else the button that brings the file in.
    (document.querySelector<HTMLElement>('.import .mend') ?? document.getElementById('import-send'))?.focus({ preventScroll: true });
  }

  private async see(asked: Asked): Promise<void> {
    const again = this.looked === asked;
    Object.assign(this, { phase: 'looking', error: null, looked: asked });
    this.changed();
    const lang = currentLanguage();
    try {
      this.seen = await lookAt(this.key, asked, lang);
      this.choices.offer(this.seen.choices, true);
      this.phase = 'ready';
      if (this.unknown().length > 0 && !this.mapping.seen && !this.recalled) return this.recall();
    } catch (error) {
      // What was seen of the same question is still true, in another language.
      if (!again) this.seen = null;
      this.failed(error);
      // Headings that nobody knows: what they are taken for is shown, and can be put right.
      if (this.error?.details.choices?.mapping && !this.mapping.seen) return this.map();
    }
    // The reader has changed to the other language meanwhile.
    if (lang !== currentLanguage()) await this.see(asked);
  }

  /** What the columns are taken for: guessed at first, then as it was and what is changed. */
  private async map(changes: MappingChanges = {}, profile = this.mapping.seen?.profile, fresh = false): Promise<void> {
    Object.assign(this, { phase: 'looking', error: null });
    this.answers.clear();
    // A field that is busy loses the focus, and has it back when it is not.
    const { activeElement: active } = document;
    const at = active?.closest('.mapping') ? active.id : active === document.body || active?.closest('.import') ? 'import-mapping-title' : '';
    this.changed();
    const lang = currentLanguage();
    // A mapping that somebody wrote down says what its words of networks are.
    const isTold = profile !== undefined && profile !== this.mapping.seen?.profile;
    try {
      this.show(await this.mapped({ ...(profile === undefined ? {} : { profile }), ...(fresh ? { fresh } : {}), changes }), isTold);
    } catch (error) {
      // What was looked at is not what is chosen now.
      this.seen = null;
      this.failed(error);
      return document.getElementById(at)?.focus();
    }
    if (lang !== currentLanguage()) return this.map();
    this.seen = null;
    if (this.mapping.isWhole) await this.see(this.asked());
    else this.phase = 'idle';
    this.changed();
    document.getElementById(at)?.focus();
  }

  private mapped(told: { profile?: string; fresh?: true; changes: MappingChanges }): Promise<Mapping> {
    const { crs, layer } = this.choices.chosen(this.kind);
    return mapColumns(this.key, { kind: this.kind, ...(crs ? { crs } : {}), ...(layer ? { layer } : {}), ...told }, currentLanguage());
  }

  private show(seen: Mapping, isTold: boolean): void {
    this.mapping.show(seen);
    if (isTold || seen.kept !== null) for (const { operator } of seen.stated.operators) this.settled.add(operator);
  }

  private unknown(): string[] {
    return (this.seen?.unknown_networks ?? []).filter((name) => !this.settled.has(name));
  }

  /** Whether an earlier import with these headings has said which networks they are. */
  private async recall(): Promise<void> {
    this.recalled = true;
    const seen = await this.mapped({ changes: {} }).catch(() => null);
    this.words = seen?.stated.operators ?? [];
    if (!seen || seen.kept === null) return;
    this.show(seen, true);
    await this.see(this.asked());
  }

  private networks(busy: boolean): HTMLElement | null {
    const words = this.mapping.seen?.stated.operators ?? this.words;
    return networksAsked({ names: this.unknown(), words, choices: this.seen?.networks ?? [], busy, answer: (name, network) => void this.answer(name, network) });
  }

  private unfold(): void {
    this.isAside = false;
    void this.map();
  }

  private async answer(name: string, network: string): Promise<void> {
    if (network === '') return;
    // The columns were read; what is said of a word is no reason to show them.
    if (!this.mapping.seen) {
      this.isAside = true;
      await this.map();
    }
    const { seen } = this.mapping;
    if (!seen) return;
    await this.map({ operators: answered(seen.stated.operators, name, network) });
    if (this.error) return;
    this.settled.add(network);
    this.changed();
  }

  private forgetColumns(): void {
    this.mapping.clear();
    this.settled.clear();
    Object.assign(this, { recalled: false, words: [], isAside: false });
  }

  private async guess(): Promise<void> {
    this.own = null;
    this.forgetColumns();
    if (this.key) await this.map({}, undefined, true);
    else this.changed();
  }

  private takeProfile(): void {
    const { seen } = this.mapping;
    if (seen) saved(new Blob([seen.profile], { type: 'application/toml' }), profileName(this.name));
  }

  private async bring(): Promise<void> {
    this.phase = 'importing';
    this.error = null;
    this.changed();
    try {
      this.result = await bringIn(this.key, this.asked(), currentLanguage());
      this.phase = 'done';
      this.imported();
    } catch (error) {
      return this.failed(error);
    }
    this.changed();
    // Where a file of another kind has no commune to show, the next thing to do has the focus.
    (document.getElementById('import-show') ?? document.getElementById('import-another'))?.focus({ preventScroll: true });
    document.querySelector('[data-testid=import-done]')?.scrollIntoView({ block: 'nearest' });
  }

  private failed(error: unknown): void {
    this.error = asApiError(error);
    // What makes sense of a file that could not be read.
    if (this.error.details.choices) this.choices.offer(this.error.details.choices, false);
    this.phase = this.seen ? 'ready' : 'idle';
    this.changed();
  }

  private asked(): Asked {
    const { seen } = this.mapping;
    return { kind: this.kind, ...this.choices.chosen(this.kind), ...(seen ? { profile: seen.profile } : {}), corrections: [...this.answers.values()] };
  }

  /** What was typed or chosen for a row, also since the last look; nothing where nothing was. */
  private readonly said = (row: RefusedRow): string | undefined => {
    const answer = this.answers.get(cellOf(row));
    return answer && ('leave_out' in answer ? LEAVE_OUT : answer.value);
  };

  private readonly say = (row: RefusedRow, value: string): void => {
    if (!row.mend) return;
    const id = cellOf(row);
    // An empty answer is none, unless the cell holds something that should go.
    if (value === '' && row.found === '') this.answers.delete(id);
    else this.answers.set(id, value === LEAVE_OUT ? { line: row.line, leave_out: true } : { line: row.line, field: row.mend.field, value: value.trim() });
  };

  private readonly takeAway = async (): Promise<void> => {
    try {
      saved(await refusedBook(this.key, this.asked(), currentLanguage()), `${this.name.replace(/\.[^.]*$/, '')}.${t('importRejectsName')}.xlsx`);
    } catch (error) {
      this.error = asApiError(error);
      this.changed();
    }
  };

  private forgetAnswers(): void {
    this.answers.clear();
    void this.look();
  }

  private clear(): void {
    Object.assign(this, { phase: 'idle', name: '', key: '', seen: null, looked: null, result: null, error: null });
    this.answers.clear();
    this.choices.clear();
    this.forgetColumns();
    this.changed();
    document.getElementById('import-file')?.focus();
  }
}

const cellOf = (row: RefusedRow): string => `${row.line} ${row.mend?.field ?? ''}`;

function saved(content: Blob, name: string): void {
  const link = h('a', { href: URL.createObjectURL(content), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}

/** What a file of a kind may be; of visits, which are chosen at first, that there are other kinds. */
export function introduction(kind: Kind, hasOthers: boolean): Key {
  const others: Record<Exclude<Kind, 'visits'>, Key> = { villages: 'importExplainVillages', places: 'importExplainPlaces', samples: 'importExplainSamples', sites: 'importExplainSites' };
  return kind !== 'visits' ? others[kind] : hasOthers ? 'importExplainAll' : 'importExplain';
}

/** A refusal of the page's own. */
function said(detail: string): ApiError {
  const error = new ApiError('refused', 422, '');
  error.details = { detail };
  return error;
}

/** The refusal of the server, before it is asked. */
function tooLarge(mb: number): ApiError {
  const error = new ApiError('refused', 413, '');
  error.details = { detail: `the file has more than ${mb} MB` };
  return error;
}

/** The server names its limit; what stands between it and the page has another and names none. */
export function whyTooLarge(detail: string): string {
  const [, unpacks, mb] = /(unpacks to )?more than (\d+) MB/.exec(detail) ?? [];
  if (mb === undefined) return t('importTooLarge');
  return t(unpacks ? 'importUnpacksLarge' : 'importLargerThan', { mb });
}

/** The server was asked in the reader's language, so its own sentences fit here. */
function complaint(error: ApiError): string[] {
  if (error.kind === 'offline') return [t('importOffline')];
  if (error.status === 413) return [whyTooLarge(error.details.detail ?? '')];
  if (error.status === 404) return [t('importGone')];
  if (error.status === 503) return [t('importBusy')];
  if (error.status !== 422) return [t('importFailed')];
  const { detail, hint } = error.details;
  return detail === undefined ? [t('importFailed')] : [t('importUnreadable', { detail }), hint ? ` ${sentence(hint)}` : ''];
}
