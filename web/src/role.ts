// Who the reader is to the server: the role in force, and a menu to become
// another one by a token or, in the demo, by choosing.
//
// What a role may see is never guessed here: the server says it, and the page
// leaves out what it does not name. A new role is a new page, since everything
// on it may look different.

import { type ApiError, asApiError, login, logout } from './api';
import { h, type Child } from './dom';
import { day } from './format';
import { known, t } from './i18n';
import { folded, unfolded } from './menu';
import type { Me, State } from './types';

/** Layers whose files are not for everybody; the server wants to know what for. */
let guarded = new Set<string>();

export function setGuarded(me: Me): void {
  guarded = new Set(me.guarded);
}

/** What a link to a file does when it is clicked: it asks what the file is for, where the server wants to know. */
export function asksPurpose(layer: string): (event: Event) => void {
  return (event) => {
    if (!guarded.has(layer)) return;
    const said = window.prompt(t('purposeAsk'));
    const purpose = said?.trim();
    if (!purpose) {
      event.preventDefault();
      // Nobody who gave up needs to be told.
      if (said !== null) window.alert(t('purposeNeeded'));
      return;
    }
    const link = event.currentTarget as HTMLAnchorElement;
    const url = new URL(link.href);
    url.searchParams.set('purpose', purpose);
    link.href = url.href;
  };
}

/** Whether a role sees a layer, and the list of it. */
export function sees(me: Me | null, layer: string): boolean {
  return me?.layers.includes(layer) ?? false;
}

/** Whether a role has some of a matter, its own or all. */
export function has(me: Me | null, matter: string): boolean {
  return (me?.may[matter] ?? 'none') !== 'none';
}

/** Whether a role sees imports and may take one back: all of them, or those of a commune itself. */
export function takesBack(me: Me | null): boolean {
  return (me?.may.import === 'all' && has(me, 'files')) || (me?.role === 'commune' && has(me, 'import'));
}

/** Whether a role sees a tab. */
export function opens(me: Me | null, tab: State['tab']): boolean {
  if (tab === 'boundaries' || tab === 'legend' || tab === 'indicators') return true;
  if (tab === 'today') return has(me, 'planning');
  if (tab === 'import') return has(me, 'import');
  if (tab === 'inbox') return has(me, 'visits');
  if (tab === 'audit') return has(me, 'audit');
  return sees(me, tab);
}

/** Whether a role may ask for whole months only. */
export function monthsOnly(me: Me | null): boolean {
  return me !== null && me.may.any_days !== 'all';
}

/** Whether a store holds data of the demo and others: then the server lets nobody choose a role any more. */
export function isMixed(sources: readonly { synthetic: boolean }[]): boolean {
  return sources.some(({ synthetic }) => synthetic) && sources.some(({ synthetic }) => !synthetic);
}

export class RoleMenu {
  private open = false;
  private sending = false;
  private refused: ApiError | null = null;
  private typed = '';

  constructor(
    private readonly changed: () => void,
    /** With the network that the new role is about. */
    private readonly became: (operator: string | null) => void,
  ) {}

  /** Says that the token of before opens nothing any more. */
  ended(error: ApiError): void {
    this.open = true;
    this.refused = error;
  }

  /** `mixed`: data of somebody's own lie beside those of the demo. */
  view(me: Me, mixed: boolean): HTMLElement {
    const toggle = () => {
      this.open = !this.open;
      this.changed();
    };
    const opener = h(
      'button',
      { type: 'button', class: 'role-toggle', id: 'role-toggle', 'data-testid': 'role-toggle', 'data-role': me.role, 'aria-expanded': String(this.open), 'aria-controls': 'role-menu', onclick: toggle },
      h('small', {}, t('role')),
      h('span', {}, roleName(me), ' ▾'),
    );
    const menu = this.open && h('div', { class: 'role-menu', id: 'role-menu', 'data-testid': 'role-menu' }, ...this.menu(me, mixed));
    const root = h('div', { class: 'role' }, opener, menu);
    if (!menu) {
      folded(opener.id);
      return root;
    }
    const shut = () => {
      this.open = false;
      menu.remove();
      opener.setAttribute('aria-expanded', 'false');
      folded(opener.id);
    };
    unfolded({ root, opener, menu, shut });
    return root;
  }

  private menu(me: Me, mixed: boolean): Child[] {
    const choices = me.demo ?? [];
    return [
      h('p', {}, known(`roleAbout_${me.role}`) ?? ''),
      me.expires ? h('p', { class: 'hint' }, t('roleUntil', { day: day(me.expires) })) : null,
      choices.length > 0 ? h('p', { class: 'label' }, t('roleChoose')) : null,
      // Nobody may choose to be anybody once there is something to be kept from them.
      choices.length === 0 && mixed ? h('p', { class: 'hint', 'data-testid': 'role-no-choice' }, t('roleNoChoice')) : null,
      ...choices.map((one) =>
        h(
          'button',
          {
            type: 'button',
            id: `role-${one.as}`,
            'data-testid': `role-${one.role}`,
            'aria-pressed': String(one.role === me.role),
            disabled: this.sending,
            onclick: () => void this.send({ demo: one.as }),
          },
          roleName(one),
        ),
      ),
      h(
        'form',
        {
          onsubmit: (event) => {
            event.preventDefault();
            void this.send({ token: this.typed.trim() });
          },
        },
        h(
          'label',
          { for: 'role-token' },
          t('roleToken'),
          h('input', { id: 'role-token', 'data-testid': 'role-token', type: 'password', autocomplete: 'off', spellcheck: 'false', required: true, value: this.typed, oninput: (event) => {
            this.typed = (event.target as HTMLInputElement).value;
          } }),
        ),
        h('button', { type: 'submit', id: 'role-login', 'data-testid': 'role-login', disabled: this.sending }, t('roleLogin')),
      ),
      this.refused ? h('p', { class: 'refused', role: 'alert', 'data-testid': 'role-refused' }, t(this.refused.kind === 'refused' ? 'roleRefused' : 'roleFailed')) : null,
      me.token === null ? null : h('button', { type: 'button', id: 'role-logout', 'data-testid': 'role-logout', disabled: this.sending, onclick: () => void this.leave() }, t('roleLogout')),
    ];
  }

  private async send(body: { token: string } | { demo: string }): Promise<void> {
    await this.sent(async () => {
      const me = await login(body);
      this.became(me.role === 'telecom' ? me.scope : null);
    });
  }

  private async leave(): Promise<void> {
    await this.sent(async () => {
      await logout();
      this.became(null);
    });
  }

  private async sent(act: () => Promise<void>): Promise<void> {
    this.sending = true;
    this.refused = null;
    this.changed();
    try {
      await act();
    } catch (error) {
      this.refused = asApiError(error);
    }
    this.sending = false;
    this.changed();
  }
}

/** The role, and of which network, village or commune. */
export function roleName({ role, scope, scope_name: name }: Pick<Me, 'role' | 'scope' | 'scope_name'>): string {
  return [known(`role_${role}`) ?? role, name ?? scope ?? ''].filter(Boolean).join(' ');
}
