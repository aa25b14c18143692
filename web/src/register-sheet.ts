// Under the figures of a village: what was done to it in the register, and,
// for those who may, a form to do more.

import { asApiError, registerAct, registerLog, type ApiError } from './api';
import { h } from './dom';
import { day } from './format';
import { known, t, type Key } from './i18n';
import { RegisterForm } from './register-form';
import type { RegisterAct, RegisterLog } from './types';

export class RegisterSheets {
  private of = '';
  private log: RegisterLog | null = null;
  private failed: ApiError | null = null;
  private sending = false;
  private readonly draft: RegisterForm;

  constructor(
    private readonly changed: () => void,
    private readonly acted: () => void,
    centre: () => [number, number] | null,
  ) {
    this.draft = new RegisterForm(changed, centre);
  }

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
      log.may_edit ? this.form(code) : null,
    );
  }

  private form(code: string): HTMLElement | null {
    const fields = this.draft.fields();
    if (!fields) return null;
    const submit = (event: Event) => {
      event.preventDefault();
      void this.send(code);
    };
    return h(
      'form',
      { 'data-testid': 'register-form', onsubmit: submit },
      ...fields,
      this.failed ? h('p', { class: 'refused', role: 'alert' }, why(this.failed)) : null,
      h('button', { type: 'submit', id: 'register-send', disabled: this.sending }, t('workSend')),
    );
  }

  private async load(code: string): Promise<void> {
    this.of = code;
    this.log = null;
    this.failed = null;
    try {
      const log = await registerLog(code);
      if (this.of !== code) return;
      this.log = log;
      this.draft.start(log.village);
    } catch {
      return;
    }
    this.changed();
  }

  private async send(code: string): Promise<void> {
    this.sending = true;
    this.failed = null;
    this.changed();
    try {
      await registerAct(code, this.draft.body());
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

function why({ reason, status }: ApiError): string {
  const given = { village: reason?.village ?? '', name: reason?.name ?? '', day: reason?.day ? day(reason.day) : '' };
  const key = `refused_${reason?.code ?? ''}`;
  return known(key) ? t(key as Key, given) : t(status === 400 ? 'workRefused' : 'workNotSaved');
}

function line({ act, who, why, on }: RegisterAct): HTMLElement {
  return h('li', {}, h('b', {}, known(`reg_${act}`) ?? act), ` – ${who}, ${day(on)}`, h('p', {}, why));
}
