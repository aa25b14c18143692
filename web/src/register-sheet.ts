// Under the figures of a village: what was done to it in the register, and,
// for those who may, a form to do more. What cannot be taken back, or is far
// from what was known, is asked about before it is sent.

import { asApiError, communesAt, item, registerAct, registerLog, type ApiError } from './api';
import { h } from './dom';
import { day } from './format';
import { known, t, type Key } from './i18n';
import { complaint, question, type Body } from './register-checks';
import { RegisterForm } from './register-form';
import { failedPart } from './page-end';
import { actLine } from './register-log';
import type { Question, RegisterLog, RegisterVillage } from './types';

export class RegisterSheets {
  private of = '';
  private log: RegisterLog | null = null;
  /** Why the log is not there. */
  private missing: ApiError | null = null;
  /** Why nothing was recorded. */
  private failed: string | null = null;
  private sending = false;
  /** What is asked before an act is sent, and the act as it stood then. */
  private asking: { words: string; body: Body } | null = null;
  private readonly draft: RegisterForm;

  constructor(
    private readonly changed: () => void,
    private readonly acted: () => void,
    private readonly about: { centre: () => [number, number] | null; today: () => string; question: () => Question },
  ) {
    this.draft = new RegisterForm(changed, about.centre, about.today);
  }

  view(code: string): HTMLElement | null {
    if (this.of !== code) void this.load(code);
    const { log } = this;
    if (this.missing) return failedPart(t('registerTitle'), this.missing, () => void this.load(code));
    if (!log) return null;
    const { village, acts, names } = log;
    // Of a place of others nothing is told, and the figures above stand without it.
    if (acts.length === 0 && village.aliases.length === 0 && !log.may_edit) return null;
    return h(
      'section',
      { class: 'work-sheet', 'data-testid': 'register-sheet' },
      h('h3', {}, t('registerTitle')),
      village.valid_to ? h('p', {}, t('registerEnded', { day: day(village.valid_to) })) : null,
      village.aliases.length > 0 ? h('p', { 'data-testid': 'register-aliases' }, t('registerAliases', { names: village.aliases.join(', ') })) : null,
      acts.length > 0 ? h('ol', { class: 'log', 'data-testid': 'register-log' }, ...acts.map((act) => actLine(act, acts, village, names ?? {}))) : h('p', {}, t('registerNothing')),
      log.may_edit ? this.form(code) : null,
    );
  }

  private form(code: string): HTMLElement | null {
    if (this.asking) return this.asked(code, this.asking);
    const fields = this.draft.fields();
    if (!fields) return null;
    const submit = (event: Event) => {
      event.preventDefault();
      void this.look(code);
    };
    return h(
      'form',
      { 'data-testid': 'register-form', onsubmit: submit },
      ...fields,
      this.failed ? h('p', { class: 'refused', role: 'alert', 'data-testid': 'register-refused' }, this.failed) : null,
      h('button', { type: 'submit', id: 'register-send', disabled: this.sending }, t('workSend')),
    );
  }

  /** In place of the form, so that nothing else is sent than what was asked about. */
  private asked(code: string, { words, body }: { words: string; body: Body }): HTMLElement {
    const back = () => {
      this.asking = null;
      this.changed();
      document.getElementById('register-send')?.focus();
    };
    return h(
      'div',
      { class: 'register-asked', role: 'alertdialog', 'aria-labelledby': 'register-question', 'data-testid': 'register-asked' },
      h('p', { id: 'register-question' }, words),
      h(
        'p',
        { class: 'decisions' },
        h('button', { type: 'button', id: 'register-yes', disabled: this.sending, onclick: () => void this.send(code, body) }, t('registerYes')),
        h('button', { type: 'button', id: 'register-back', disabled: this.sending, onclick: back }, t('registerBack')),
      ),
    );
  }

  private async load(code: string): Promise<void> {
    this.of = code;
    this.log = this.failed = this.asking = this.missing = null;
    try {
      const log = await registerLog(code);
      if (this.of !== code) return;
      this.log = log;
      this.draft.start(log.village);
    } catch (error) {
      if (this.of !== code) return;
      this.missing = asApiError(error);
    }
    this.changed();
  }

  /** Looks at what was written, and sends it where nothing is to be asked. */
  private async look(code: string): Promise<void> {
    if (!this.log) return;
    const { village } = this.log;
    const body = this.draft.body();
    this.failed = complaint(body, this.about.today());
    if (this.failed !== null) return this.changed();
    this.sending = true;
    this.changed();
    const words = body.act === 'move' ? await this.outside(body, village) : question(body, village, this.draft.names, body.act === 'split' ? await this.guided(code) : undefined);
    this.sending = false;
    if (this.of !== code) return;
    if (words === null) return this.send(code, body);
    this.asking = { words, body };
    this.changed();
    document.getElementById('register-back')?.focus();
  }

  /** Whether a point lies outside the commune of its village; nobody is kept from going on by an answer that does not come. */
  private async outside(body: Body, village: RegisterVillage): Promise<string | null> {
    try {
      const found = await communesAt(body.point as [number, number]);
      if (found.some(({ key }) => key === village.commune)) return null;
      if (found.length === 0) return t('registerAskNowhere');
      const own = await item('communes', village.commune, this.about.question());
      return t('registerAskOutside', { found: found.map(({ name }) => String(name)).join(', '), commune: String(own.name) });
    } catch {
      return null;
    }
  }

  /** Homes guided that leave today's figures with a village that ends. */
  private async guided(code: string): Promise<number | undefined> {
    const { guided } = await item('villages', code, this.about.question()).catch(() => ({ guided: undefined }));
    return typeof guided === 'number' ? guided : undefined;
  }

  private async send(code: string, body: Body): Promise<void> {
    this.sending = true;
    this.failed = null;
    this.changed();
    try {
      await registerAct(code, body);
      this.sending = false;
      await this.load(code);
      this.acted();
      return;
    } catch (error) {
      if (this.of === code) this.failed = why(asApiError(error));
    }
    this.sending = false;
    this.asking = null;
    this.changed();
  }
}

/** The server's reason in the reader's words, or else as the server put it. */
function why({ details: { reason, detail }, status }: ApiError): string {
  const given = { village: reason?.village ?? '', name: reason?.name ?? '', day: reason?.day ? day(reason.day) : '' };
  const key = `refused_${reason?.code ?? ''}`;
  if (known(key)) return t(key as Key, given);
  return detail && status >= 400 && status < 500 ? t('registerServerSays', { detail }) : t('workNotSaved');
}
