// What came in, newest first, and taking an import back: first what would go,
// then the question, then the act.
//
// The server says why one stays, in the reader's language. What a preview told
// is forgotten with the next look at the list: the data may have moved on.

import { asApiError, importsOf, takeBack, undoing, type ApiError } from './api';
import { h, type Child } from './dom';
import { explain } from './explain';
import { day, number, sentence } from './format';
import { currentLanguage, known, t } from './i18n';
import type { ImportLine, Undoing } from './import-types';
import { pageEnd } from './page-end';
import { type Answer, type Ask, Pages } from './pages';
import { roleName } from './role';
import type { Meta } from './types';
import { again, whatGoes } from './undo-words';
import { operatorName } from './words';

const PAGE_SIZE = 20;
/** Characters of a reason that the server keeps. */
const MOST = 100;

export class ImportLog {
  private readonly pages: Pages<ImportLine>;
  /** The import that is asked about; 0 for none. */
  private open = 0;
  private told: Undoing | null = null;
  private refused: ApiError | null = null;
  private sending = false;
  private reason = '';
  /** What was taken back last. */
  private done: Undoing | null = null;

  constructor(
    private readonly changed: () => void,
    private readonly taken: () => void,
  ) {
    this.pages = new Pages(changed);
  }

  /** The lines of before stay until the new ones are there. */
  async show(): Promise<void> {
    this.pages.forget();
    await this.pages.open('imports', newestFirst((signal) => importsOf(signal)));
  }

  /** Another language: why an import stays is asked for in it. */
  async rename(): Promise<void> {
    if (this.open !== 0 && this.refused) await this.look(this.open);
  }

  view(meta: Meta): HTMLElement {
    const { pages, done } = this;
    return h(
      'section',
      { class: 'import-log', 'data-testid': 'import-log', 'data-status': pages.status, 'aria-labelledby': 'import-log-title' },
      h('h3', { id: 'import-log-title', tabindex: -1 }, t('importLog')),
      explain(t('importLogExplain')),
      h('p', { class: 'note', role: 'status', 'data-testid': 'undo-done' }, done ? [t('undoDone', { file: done.import.file, rows: number(done.rows) }), ...again(done)].join(' ') : ''),
      pages.items.length > 0 ? h('ol', {}, ...pages.items.map((item) => h('li', { 'data-import': item.id, 'data-taken': String(item.taken_back !== null) }, ...this.line(item, meta)))) : null,
      ...pageEnd(pages, 'imports', h('p', { class: 'empty' }, t('importLogEmpty'))),
    );
  }

  private line(item: ImportLine, meta: Meta): Child[] {
    const counted = t('importLogRows', { fresh: number(item.new), changed: number(item.changed), known: number(item.known), refused: number(item.refused) });
    const taken = item.taken_back;
    return [
      h('p', { class: 'name' }, h('b', {}, item.file), ` · ${known(`kind_${item.kind}`) ?? item.kind}`),
      h('p', {}, [day(item.at), who(item, meta), counted].filter(Boolean).join(' · ')),
      taken ? h('p', { class: 'taken', 'data-testid': 'import-taken' }, t('importTaken', { day: day(taken.at), rows: number(taken.rows) })) : null,
      ...(taken ? [] : this.open === item.id ? this.question(item, meta) : [this.button(item)]),
    ];
  }

  private button(item: ImportLine): HTMLElement {
    return h('p', { class: 'send' }, h('button', { type: 'button', id: `undo-${item.id}`, 'data-testid': 'undo-look', 'aria-label': t('undoLookOf', { file: item.file }), disabled: this.sending, onclick: () => void this.look(item.id) }, t('undoLook')));
  }

  private question(item: ImportLine, meta: Meta): Child[] {
    const { told, refused, sending } = this;
    if (refused) return [h('p', { class: 'refused', role: 'alert', 'data-testid': 'undo-refused' }, ...complaint(refused)), h('p', { class: 'send' }, this.leave(item))];
    if (!told) return [h('p', { class: 'waiting', role: 'status' }, t('undoLooking'))];
    const written = (event: Event) => {
      this.reason = (event.target as HTMLInputElement).value;
    };
    const sent = (event: Event) => {
      event.preventDefault();
      void this.send(item.id);
    };
    return [
      h(
        'form',
        { class: 'undo', 'data-testid': 'undo-question', 'aria-labelledby': 'undo-title', onsubmit: sent },
        h('p', { id: 'undo-title', class: 'name' }, t('undoAsk', { rows: number(told.rows) })),
        h('ul', {}, ...whatGoes(told, meta).map((text) => h('li', {}, text))),
        h('label', { for: 'undo-reason' }, t('undoReason'), h('input', { id: 'undo-reason', 'data-testid': 'undo-reason', value: this.reason, maxlength: MOST, placeholder: t('undoReasonExample'), autocomplete: 'off', disabled: sending, oninput: written })),
        h('p', { class: 'send' }, h('button', { type: 'submit', class: 'main', id: 'undo-send', 'data-testid': 'undo-send', disabled: sending }, t(sending ? 'undoSending' : 'undoSend', { rows: number(told.rows) })), this.leave(item)),
      ),
    ];
  }

  private leave(item: ImportLine): HTMLElement {
    const shut = () => {
      this.shut();
      this.changed();
      document.getElementById(`undo-${item.id}`)?.focus();
    };
    return h('button', { type: 'button', id: 'undo-leave', 'data-testid': 'undo-leave', disabled: this.sending, onclick: shut }, t('undoLeave'));
  }

  private shut(): void {
    Object.assign(this, { open: 0, told: null, refused: null, reason: '' });
  }

  private async look(id: number): Promise<void> {
    this.shut();
    Object.assign(this, { open: id, done: null });
    this.changed();
    try {
      const told = await undoing(id, currentLanguage());
      // Another one was asked about meanwhile.
      if (this.open !== id) return;
      this.told = told;
    } catch (error) {
      if (this.open !== id) return;
      this.refused = asApiError(error);
    }
    this.changed();
    document.getElementById(this.told ? 'undo-reason' : 'undo-leave')?.focus({ preventScroll: true });
  }

  private async send(id: number): Promise<void> {
    this.sending = true;
    this.changed();
    let refused: ApiError | null = null;
    try {
      this.told = await takeBack(id, this.reason.trim(), currentLanguage());
    } catch (error) {
      refused = asApiError(error);
    }
    await this.show();
    this.sending = false;
    // An answer may be late or lost where the work was done: the list knows.
    const isTaken = refused === null || this.pages.items.some((item) => item.id === id && item.taken_back !== null);
    if (isTaken) {
      this.done = this.told;
      this.shut();
      this.taken();
    } else {
      this.refused = refused;
    }
    this.changed();
    document.getElementById(isTaken ? 'import-log-title' : 'undo-leave')?.focus();
  }
}

/** Asks once and hands out the whole from its end, page by page. */
function newestFirst(ask: (signal: AbortSignal) => Promise<{ items: ImportLine[] }>): Ask<Answer<ImportLine>> {
  let all: ImportLine[] = [];
  return async (offset, signal) => {
    if (offset === 0) all = [...(await ask(signal)).items].reverse();
    return { total: all.length, items: all.slice(offset, offset + PAGE_SIZE) };
  };
}

function who({ role, scope }: ImportLine, meta: Meta): string {
  if (role === null) return '';
  return roleName({ role, scope, scope_name: role === 'telecom' && scope ? operatorName(meta, scope) : null });
}

/** The server was asked in the reader's language, so its own sentences fit here. */
function complaint(error: ApiError): string[] {
  if (error.status === 503) return [t('importBusy')];
  const { detail, hint } = error.details;
  if ((error.status === 409 || error.status === 404) && detail) return [sentence(detail), hint ? ` ${sentence(hint)}` : ''];
  return [t(error.status === 400 ? 'undoReasonRefused' : 'undoFailed')];
}
