// Search as one types, over names of today and of old, by the combobox pattern
// of ARIA: the focus stays in the field, arrows move through what was found.

import * as api from './api';
import { h, redraw } from './dom';
import { day } from './format';
import { t } from './i18n';
import { dayBefore } from './period';
import type { Found, Question } from './types';

/** A pause in typing; on a slow network every letter would be an answer too late. */
const PAUSE_MS = 180;

export class Search {
  readonly element = h('div', { class: 'search', role: 'search' });
  private readonly field = h('input', {
    type: 'search',
    id: 'search',
    'data-testid': 'search',
    role: 'combobox',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-autocomplete': 'list',
    'aria-controls': 'search-found',
    'aria-expanded': 'false',
    oninput: () => this.typed(),
    onkeydown: (event) => this.key(event as KeyboardEvent),
    onblur: () => this.close(),
    onfocus: () => this.typed(),
  });
  private readonly list = h('ul', { id: 'search-found', role: 'listbox', hidden: true });
  private readonly said = h('p', { class: 'unseen', role: 'status' });
  private found: Found[] = [];
  private current = -1;
  private pause = 0;
  private asking = new AbortController();

  constructor(
    private readonly question: () => Question,
    private readonly pick: (found: Found) => void,
  ) {
    this.element.append(this.field, this.list, this.said);
    this.rename();
  }

  /** In the reader's language, again after it changed. */
  rename(): void {
    this.field.placeholder = t('searchPlaceholder');
    this.field.setAttribute('aria-label', t('searchPlaceholder'));
    this.list.setAttribute('aria-label', t('searchFound'));
    this.close();
  }

  private typed(): void {
    clearTimeout(this.pause);
    this.asking.abort();
    const words = this.field.value.trim();
    if (words === '') return this.close();
    this.pause = window.setTimeout(() => void this.ask(words), PAUSE_MS);
  }

  private async ask(words: string): Promise<void> {
    this.asking = new AbortController();
    const { signal } = this.asking;
    try {
      this.found = await api.search(words, this.question(), signal);
      this.current = -1;
      this.draw(this.found.length === 0 ? t('searchNothing') : null);
    } catch {
      if (signal.aborted) return;
      this.found = [];
      this.draw(t('searchFailed'));
    }
  }

  private draw(hint: string | null): void {
    if (document.activeElement !== this.field) return;
    const option = (found: Found, i: number) =>
      h(
        'li',
        {
          role: 'option',
          id: `found-${i}`,
          'data-key': found.key,
          'aria-selected': String(i === this.current),
          // Before the field loses the focus and the list goes.
          onmousedown: (event) => {
            event.preventDefault();
            this.choose(found);
          },
        },
        found.name,
        h('small', {}, because(found)),
      );
    redraw(this.list, ...this.found.map(option), hint ? h('li', { class: 'hint', role: 'option', 'aria-disabled': 'true' }, hint) : null);
    this.list.hidden = false;
    this.field.setAttribute('aria-expanded', 'true');
    if (this.current >= 0) this.field.setAttribute('aria-activedescendant', `found-${this.current}`);
    else this.field.removeAttribute('aria-activedescendant');
    document.getElementById(`found-${this.current}`)?.scrollIntoView({ block: 'nearest' });
    this.said.textContent = hint ?? t('searchCount', { n: this.found.length });
  }

  private key(event: KeyboardEvent): void {
    const { key } = event;
    if (key === 'Escape') {
      event.stopPropagation();
      if (this.list.hidden) this.field.value = '';
      return this.close();
    }
    if (this.list.hidden || this.found.length === 0) return;
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      const count = this.found.length;
      const from = this.current < 0 && key === 'ArrowUp' ? count : this.current;
      this.current = (from + (key === 'ArrowDown' ? 1 : -1) + count) % count;
      this.draw(null);
      event.preventDefault();
    } else if (key === 'Enter') {
      const found = this.found[Math.max(this.current, 0)];
      event.preventDefault();
      if (found) this.choose(found);
    }
  }

  private choose(found: Found): void {
    this.field.value = found.name;
    this.close();
    this.pick(found);
  }

  private close(): void {
    clearTimeout(this.pause);
    this.asking.abort();
    this.found = [];
    this.current = -1;
    this.list.hidden = true;
    this.field.setAttribute('aria-expanded', 'false');
    this.field.removeAttribute('aria-activedescendant');
    this.said.textContent = '';
  }
}

/** Why this was found: the old name, the place, the alias. */
export function because(found: Found): string {
  const { matched, matched_district: district, matched_to: to } = found;
  if (found.kind === 'village') {
    const alias = matched && matched !== found.name ? t('searchAlias', { name: matched }) : '';
    const ended = found.ended ? t('searchEnded', { day: day(dayBefore(found.ended)) }) : '';
    return [found.commune_name ?? found.commune ?? '', alias, ended].filter(Boolean).join(' · ');
  }
  const since = found.since ? t('searchSince', { day: day(found.since) }) : '';
  if (!matched || !to) return since;
  const name = district ? `${matched}, ${district}` : matched;
  const given = { name, day: day(dayBefore(to)) };
  return [t(found.share === 'part' ? 'searchPartOf' : 'searchAllOf', given), since].filter(Boolean).join(', ');
}
