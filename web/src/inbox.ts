// Visits that were held back as odd, in bundles of one village, day and
// oddity. A bundle is accepted or rejected as a whole; a rejection says why.

import { asApiError, decide, heldBack, type ApiError } from './api';
import { h, type Child } from './dom';
import { day, number } from './format';
import { known, t, type Key } from './i18n';
import { failure } from './lists';
import type { Decision, Held, HeldBack } from './types';

const STATES: [Held, Key][] = [
  ['pending', 'held_pending'],
  ['noted', 'held_noted'],
  ['accepted', 'held_accepted'],
  ['rejected', 'held_rejected'],
];

/** Characters that the server takes. */
const MOST = { who: 60, why: 1000 };

export class Inbox {
  private held: Held = 'pending';
  private commune = '';
  private items: HeldBack[] = [];
  private status: 'idle' | 'loading' | 'ready' | 'failed' = 'idle';
  private error: ApiError | null = null;
  private refused: ApiError | null = null;
  /** The bundle whose rejection is being explained, or whose decision is under way. */
  private open = '';
  private sending = false;
  /** Who decides stays for the next bundle. */
  private draft = { who: '', why: '' };

  constructor(
    private readonly changed: () => void,
    private readonly decided: () => void,
  ) {}

  async show(commune: string, again = false): Promise<void> {
    if (!again && this.status === 'ready' && commune === this.commune) return;
    this.commune = commune;
    this.status = 'loading';
    this.error = null;
    this.changed();
    // A bundle is decided on as what it is shown to be.
    const { held } = this;
    const isOld = () => this.commune !== commune || this.held !== held;
    try {
      const { items } = await heldBack(commune, held);
      if (isOld()) return;
      this.items = items;
      this.status = 'ready';
    } catch (error) {
      if (isOld()) return;
      this.status = 'failed';
      this.error = asApiError(error);
    }
    this.changed();
  }

  /** What is held is asked for anew when it is next shown. */
  forget(): void {
    this.status = 'idle';
  }

  view(): HTMLElement {
    const visits = this.items.reduce((sum, item) => sum + item.visits, 0);
    return h(
      'div',
      { class: 'list inbox', 'data-testid': 'list-inbox', 'data-status': this.status },
      h('p', { class: 'count', 'aria-live': 'polite' }, this.status === 'ready' ? t('heldCount', { bundles: number(this.items.length), visits: number(visits) }) : ''),
      h('label', { class: 'sort', for: 'inbox-state' }, h('span', {}, t('heldState')), this.choice()),
      h('p', { class: 'explain' }, t('explainInbox')),
      h('label', { class: 'sort', for: 'inbox-who' }, h('span', {}, t('workWho')), this.who()),
      this.refused ? h('p', { class: 'refused', role: 'alert' }, t(this.refused.status === 400 ? 'workRefused' : 'workNotSaved')) : null,
      h('ol', {}, ...this.items.map((item) => h('li', { class: 'bundle', 'data-key': item.key }, ...this.bundle(item)))),
      this.status === 'loading' ? h('p', { class: 'waiting' }, t('loading')) : null,
      this.status === 'ready' && this.items.length === 0 ? h('p', { class: 'empty' }, t('inboxEmpty')) : null,
      this.error ? failure(this.error, () => void this.show(this.commune, true)) : null,
    );
  }

  private choice(): HTMLElement {
    const choose = (event: Event) => {
      this.held = STATES.find(([state]) => state === (event.target as HTMLSelectElement).value)?.[0] ?? 'pending';
      void this.show(this.commune, true);
    };
    return h('select', { id: 'inbox-state', 'data-testid': 'inbox-state', onchange: choose }, ...STATES.map(([state, key]) => h('option', { value: state, selected: state === this.held }, t(key))));
  }

  private who(): HTMLElement {
    const written = (event: Event) => {
      this.draft.who = (event.target as HTMLInputElement).value;
    };
    return h('input', { id: 'inbox-who', 'data-testid': 'inbox-who', value: this.draft.who, maxlength: MOST.who, placeholder: t('heldWhoExample'), autocomplete: 'organization', oninput: written });
  }

  private bundle(item: HeldBack): Child[] {
    const place = [item.village_name ?? t('heldNoVillage'), item.commune_name ?? item.commune].join(' · ');
    const claimed = item.village_claimed !== null && item.village_counted !== null;
    return [
      h('p', { class: 'name' }, h('b', {}, place), ` · ${day(item.day)}`),
      h('p', {}, item.flags.map((flag) => known(`flag_${flag}`) ?? flag).join('; ') || t('heldNoFlag')),
      h('p', { class: 'figure' }, t('heldFigures', { visits: number(item.visits), households: number(item.households), guided: number(item.guided) })),
      claimed ? h('p', { class: 'claimed' }, t('heldClaimed', { claimed: number(item.village_claimed ?? 0), counted: number(item.village_counted ?? 0) })) : null,
      ...(this.open === item.key ? this.reason(item) : [this.buttons(item)]),
    ];
  }

  private buttons(item: HeldBack): HTMLElement {
    const button = (decision: Decision, key: Key, act: () => void) =>
      h('button', { type: 'button', class: `decide ${decision}`, 'data-testid': `inbox-${decision}`, id: `${decision}-${item.key}`, disabled: this.sending, onclick: act }, t(key));
    const accept = button('accepted', 'heldAccept', () => void this.send(item, 'accepted'));
    const reject = button('rejected', 'heldReject', () => {
      this.open = item.key;
      this.draft.why = '';
      this.changed();
      document.getElementById('inbox-why')?.focus();
    });
    const reopen = button('reopened', 'heldReopen', () => void this.send(item, 'reopened'));
    const decided = item.state === 'accepted' || item.state === 'rejected';
    return h('p', { class: 'decisions' }, ...(decided ? [reopen] : [accept, reject]));
  }

  private reason(item: HeldBack): Child[] {
    const written = (event: Event) => {
      this.draft.why = (event.target as HTMLTextAreaElement).value;
    };
    return [
      h(
        'form',
        {
          onsubmit: (event) => {
            event.preventDefault();
            void this.send(item, 'rejected');
          },
        },
        h('label', { for: 'inbox-why' }, t('heldWhy'), h('textarea', { id: 'inbox-why', 'data-testid': 'inbox-why', rows: 2, maxlength: MOST.why, required: true, oninput: written }, this.draft.why)),
        h('button', { type: 'submit', class: 'decide rejected', 'data-testid': 'inbox-reject-send', disabled: this.sending }, t('heldReject')),
      ),
    ];
  }

  private async send(item: HeldBack, decision: Decision): Promise<void> {
    this.sending = true;
    this.refused = null;
    this.changed();
    try {
      await decide(item.key, { decision, who: this.draft.who, why: decision === 'rejected' ? this.draft.why : '' });
      this.open = '';
      this.decided();
      await this.show(this.commune, true);
    } catch (error) {
      this.refused = asApiError(error);
    }
    this.sending = false;
    this.changed();
  }
}
