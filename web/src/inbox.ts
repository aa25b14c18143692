// Visits that were held back as odd, in bundles of one village, day and
// oddity. A bundle is accepted or rejected as a whole; a rejection says why.

import { asApiError, decide, heldBack, type ApiError } from './api';
import { h, type Child } from './dom';
import { explain } from './explain';
import { day, number } from './format';
import { known, t, type Key } from './i18n';
import { chip, type Narrowing } from './narrowed';
import { pageEnd } from './page-end';
import { Pages } from './pages';
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
  /** All of them, in one answer: bundles are few. */
  private readonly pages: Pages<HeldBack>;
  private refused: ApiError | null = null;
  /** The bundle whose rejection is being explained, or whose decision is under way. */
  private open = '';
  private sending = false;
  /** Who decides stays for the next bundle. */
  private draft = { who: '', why: '' };

  constructor(
    private readonly changed: () => void,
    private readonly decided: () => void,
  ) {
    this.pages = new Pages(changed);
  }

  async show(commune: string, again = false): Promise<void> {
    if (again) this.pages.forget();
    this.commune = commune;
    const { held } = this;
    await this.pages.open(`${held} ${commune}`, (_, signal) => heldBack(commune, held, signal));
  }

  /** What is held is asked for anew when it is next shown. */
  forget(): void {
    this.pages.forget();
  }

  view(narrowing: Narrowing): HTMLElement {
    const { pages } = this;
    const visits = pages.items.reduce((sum, item) => sum + item.visits, 0);
    return h(
      'div',
      { class: 'list inbox', 'data-testid': 'list-inbox', 'data-status': pages.status },
      h('p', { class: 'count', 'aria-live': 'polite' }, pages.total === null ? '' : t('heldCount', { bundles: number(pages.total), visits: number(visits) })),
      chip(narrowing),
      h('label', { class: 'sort', for: 'inbox-state' }, h('span', {}, t('heldState')), this.choice()),
      explain(t('explainInbox')),
      h('label', { class: 'sort', for: 'inbox-who' }, h('span', {}, t('workWho')), this.who()),
      this.refused ? h('p', { class: 'refused', role: 'alert' }, t(this.refused.status === 400 ? 'workRefused' : 'workNotSaved')) : null,
      h('ol', {}, ...pages.items.map((item) => h('li', { class: 'bundle', 'data-key': item.key }, ...this.bundle(item)))),
      ...pageEnd(pages, 'inbox', h('p', { class: 'empty' }, t('inboxEmpty'))),
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
      h('p', {}, t('heldFigures', { visits: number(item.visits), households: number(item.households), guided: number(item.guided) })),
      claimed ? h('p', { class: 'claimed' }, t('heldClaimed', { claimed: number(item.village_claimed ?? 0), counted: number(item.village_counted ?? 0) })) : null,
      item.decided ? h('p', { class: 'decided' }, t(item.decided.why === '' ? 'heldDecided' : 'heldDecidedWhy', { who: item.decided.who, why: item.decided.why, on: day(item.decided.on) })) : null,
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
