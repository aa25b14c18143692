// Under the evidence of a dead area: its readings over time, what was done
// about it, and, where the server allows it, a form to do more.

import { act, asApiError, type ApiError, workSheet } from './api';
import { charts, weakBelow } from './chart';
import { h, type Child } from './dom';
import { day, number } from './format';
import { known, t, type Key } from './i18n';
import { failure } from './page-end';
import type { Meta, Question, WorkAction, WorkSheet } from './types';
import { closing, stateWord } from './work';

/** Characters that the server takes. */
const MOST = { who: 60, text: 1000 };

export class WorkSheets {
  private of = '';
  private sheet: WorkSheet | null = null;
  private failed: ApiError | null = null;
  private sending = false;
  /** What is being written; who writes stays for the next area. */
  private draft = { kind: 'comment', who: '', text: '', on: '' };

  constructor(
    private readonly changed: () => void,
    private readonly acted: () => void,
  ) {}

  view(key: string, question: Question, meta: Meta, mayAct: boolean): HTMLElement {
    const address = `${key} ${JSON.stringify([question.operator, question.technology, question.from, question.to, question.asOf])}`;
    if (this.of !== address) void this.load(address, key, question);
    const { sheet } = this;
    return h(
      'section',
      { class: 'work-sheet', 'data-testid': 'work-sheet', 'data-status': sheet ? 'ready' : this.failed ? 'failed' : 'loading' },
      h('h3', {}, t('listWork')),
      ...(sheet ? this.filled(sheet, key, question, meta, mayAct) : [this.failed ? this.missing(this.failed, () => void this.load(address, key, question)) : h('p', {}, t('loading'))]),
    );
  }

  private missing(error: ApiError, retry: () => void): HTMLElement {
    return error.kind === 'refused' ? h('p', {}, t('workFailed')) : failure(error, retry);
  }

  private filled(sheet: WorkSheet, key: string, question: Question, meta: Meta, mayAct: boolean): Child[] {
    const fixedOn = sheet.fixed_on ?? '';
    const { readings } = sheet;
    return [
      h('p', { class: 'standing', 'data-testid': 'work-state', 'data-state': sheet.state }, h('span', { class: `state state-${sheet.state}` }, stateWord(sheet)), sheet.assignee ? ` ${sheet.assignee}` : ''),
      fixedOn ? h('p', {}, t('workSince', { day: day(fixedOn), runs: number(sheet.runs_after ?? 0), good: number(sheet.good_runs_after ?? 0), days: number(sheet.days_after ?? 0) })) : null,
      readings.length > 0 ? h('h3', {}, t('readingsOverTime')) : null,
      ...charts({ readings, meta, fixedOn }),
      readings.length > 0 ? h('p', { class: 'key' }, t(fixedOn ? 'chartKeyClaim' : 'chartKey'), ' ', t('chartWeak', { dbm: weakBelow(readings, meta).map((dbm) => number(dbm)).join(' / ') }), ...(readings.some(({ superseded }) => superseded) ? [' ', t('chartSuperseded')] : [])) : null,
      sheet.history.length > 0 ? h('h3', {}, t('workHistory')) : null,
      sheet.history.length > 0 ? h('ol', { class: 'log' }, ...sheet.history.map(line)) : null,
      mayAct ? this.form(key, question, meta, fixedOn !== '') : null,
    ];
  }

  private form(key: string, question: Question, meta: Meta, isClaimed: boolean): HTMLElement {
    const { draft } = this;
    const kinds: [string, Key][] = [
      ['comment', 'act_comment'],
      ['assign', 'act_assign'],
      ['fixed', 'act_fixed'],
      ...(isClaimed ? [['reopen', 'act_reopen'] satisfies [string, Key]] : []),
    ];
    const written = (name: keyof typeof draft) => (event: Event) => {
      draft[name] = (event.target as HTMLInputElement).value;
      if (name === 'kind') this.changed();
    };
    const text = { id: 'work-text', name: 'text', 'data-testid': 'work-text', required: draft.kind === 'assign' || draft.kind === 'comment', oninput: written('text') };
    return h(
      'form',
      {
        'data-testid': 'work-form',
        onsubmit: (event) => {
          event.preventDefault();
          void this.send(key, question);
        },
      },
      h('label', { for: 'work-kind' }, t('workDo'), h('select', { id: 'work-kind', 'data-testid': 'work-kind', onchange: written('kind') }, ...kinds.map(([kind, word]) => h('option', { value: kind, selected: kind === draft.kind }, t(word))))),
      h('label', { for: 'work-who' }, t('workWho'), h('input', { id: 'work-who', name: 'who', 'data-testid': 'work-who', value: draft.who, maxlength: MOST.who, required: true, placeholder: t('workWhoExample'), autocomplete: 'organization', oninput: written('who') })),
      h(
        'label',
        { for: 'work-text' },
        t(draft.kind === 'assign' ? 'workWhom' : 'workText'),
        draft.kind === 'assign' ? h('input', { ...text, value: draft.text, maxlength: MOST.who }) : h('textarea', { ...text, rows: 2, maxlength: MOST.text }, draft.text),
      ),
      draft.kind === 'fixed' ? h('label', { for: 'work-on' }, t('workSinceDay'), h('input', { id: 'work-on', name: 'on', type: 'date', 'data-testid': 'work-on', value: draft.on, oninput: written('on') })) : null,
      draft.kind === 'fixed' ? h('p', { class: 'hint' }, t('workFixedHint', closing(meta))) : null,
      this.failed ? h('p', { class: 'refused', role: 'alert' }, t(this.failed.status === 409 ? 'workConflict' : this.failed.status === 400 ? 'workRefused' : 'workNotSaved')) : null,
      h('button', { type: 'submit', id: 'work-send', 'data-testid': 'work-send', disabled: this.sending }, t('workSend')),
    );
  }

  private async load(address: string, key: string, question: Question): Promise<void> {
    this.of = address;
    this.sheet = null;
    this.failed = null;
    this.draft.text = this.draft.on = '';
    this.draft.kind = 'comment';
    try {
      const sheet = await workSheet(key, question);
      if (this.of === address) this.sheet = sheet;
    } catch (error) {
      if (this.of === address) this.failed = asApiError(error);
    }
    if (this.of === address) this.changed();
  }

  private async send(key: string, question: Question): Promise<void> {
    const address = this.of;
    const { kind, who, text, on } = this.draft;
    this.sending = true;
    this.failed = null;
    this.changed();
    try {
      const sheet = await act(key, question, { action: kind, who, text, ...(kind === 'fixed' && on ? { on } : {}) });
      if (this.of === address) {
        this.sheet = sheet;
        this.draft.text = '';
        this.draft.kind = 'comment';
      }
      this.acted();
    } catch (error) {
      if (this.of === address) this.failed = asApiError(error);
    }
    this.sending = false;
    this.changed();
  }
}

function line({ action, who, text, at, on }: WorkAction): HTMLElement {
  return h('li', {}, h('b', {}, `${known(`act_${action}`) ?? action}${on ? ` (${day(on)})` : ''}`), ` – ${who}, ${day(at)}`, text ? h('p', {}, text) : null);
}
