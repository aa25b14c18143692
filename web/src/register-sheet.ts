// Under the figures of a village: what was done to it in the register, and,
// for those who may, a form to confirm, rename or close it. Mergers and splits
// need more than a card has room for and are done at the terminal.

import { asApiError, registerAct, registerLog, type ApiError } from './api';
import { h } from './dom';
import { day } from './format';
import { known, t } from './i18n';
import type { RegisterAct, RegisterLog } from './types';

/** Characters that the server takes. */
const MOST = { who: 60, name: 100, why: 1000 };
const KINDS = ['confirm', 'rename', 'close'] as const;

export class RegisterSheets {
  private of = '';
  private log: RegisterLog | null = null;
  private failed: ApiError | null = null;
  private sending = false;
  /** What is being written; who writes stays for the next village. */
  private draft = { kind: 'confirm', who: '', name: '', why: '' };

  constructor(
    private readonly changed: () => void,
    private readonly acted: () => void,
  ) {}

  view(code: string): HTMLElement | null {
    if (this.of !== code) void this.load(code);
    const { log } = this;
    // Of a place of others nothing is told, and the figures above stand without it.
    if (!log || (log.acts.length === 0 && !log.may_edit)) return null;
    return h(
      'section',
      { class: 'work-sheet', 'data-testid': 'register-sheet' },
      h('h3', {}, t('registerTitle')),
      log.village.valid_to ? h('p', {}, t('registerEnded', { day: day(log.village.valid_to) })) : null,
      log.acts.length > 0 ? h('ol', { class: 'log', 'data-testid': 'register-log' }, ...log.acts.map(line)) : h('p', {}, t('registerNothing')),
      log.may_edit && !log.village.valid_to ? this.form(code) : null,
    );
  }

  private form(code: string): HTMLElement {
    const { draft } = this;
    const written = (name: keyof typeof draft) => (event: Event) => {
      draft[name] = (event.target as HTMLInputElement).value;
      if (name === 'kind') this.changed();
    };
    const submit = (event: Event) => {
      event.preventDefault();
      void this.send(code);
    };
    return h(
      'form',
      { 'data-testid': 'register-form', onsubmit: submit },
      h('label', { for: 'register-kind' }, t('workDo'), h('select', { id: 'register-kind', onchange: written('kind') }, ...KINDS.map((kind) => h('option', { value: kind, selected: kind === draft.kind }, known(`reg_${kind}`) ?? kind)))),
      draft.kind === 'rename' ? h('label', { for: 'register-name' }, t('registerName'), h('input', { id: 'register-name', required: true, maxlength: MOST.name, value: draft.name, oninput: written('name') })) : null,
      h('label', { for: 'register-who' }, t('workWho'), h('input', { id: 'register-who', required: true, maxlength: MOST.who, value: draft.who, placeholder: t('registerWhoExample'), autocomplete: 'organization', oninput: written('who') })),
      h('label', { for: 'register-why' }, t('registerWhy'), h('textarea', { id: 'register-why', required: true, rows: 2, maxlength: MOST.why, oninput: written('why') }, draft.why)),
      draft.kind === 'close' ? h('p', { class: 'hint' }, t('registerCloseHint')) : null,
      this.failed ? h('p', { class: 'refused', role: 'alert' }, this.failed.status === 409 ? t('registerConflict') : this.failed.status === 400 ? t('workRefused') : t('workNotSaved')) : null,
      h('button', { type: 'submit', id: 'register-send', disabled: this.sending }, t('workSend')),
    );
  }

  private async load(code: string): Promise<void> {
    this.of = code;
    this.log = null;
    this.failed = null;
    this.draft.name = this.draft.why = '';
    try {
      const log = await registerLog(code);
      if (this.of === code) this.log = log;
    } catch {
      return;
    }
    if (this.of === code) this.changed();
  }

  private async send(code: string): Promise<void> {
    const { kind, who, name, why } = this.draft;
    this.sending = true;
    this.failed = null;
    this.changed();
    try {
      await registerAct(code, { act: kind, who, why, ...(kind === 'rename' ? { name } : {}) });
      this.sending = false;
      await this.load(code);
      this.acted();
      return;
    } catch (error) {
      if (this.of === code) this.failed = asApiError(error);
    }
    this.sending = false;
    this.changed();
  }
}

function line({ act, who, why, on }: RegisterAct): HTMLElement {
  return h('li', {}, h('b', {}, known(`reg_${act}`) ?? act), ` – ${who}, ${day(on)}`, h('p', {}, why));
}
