// What became of a commune and what it was made of, under its figures in the card.

import * as api from './api';
import { h } from './dom';
import { day, percent } from './format';
import { t } from './i18n';
import { failedPart } from './page-end';
import { dayBefore } from './period';
import type { History, Relative } from './types';

/** The history of the commune in the card; asked for once for each commune and day. */
export class Histories {
  private known = new Map<string, History | 'asked' | api.ApiError>();

  constructor(private readonly changed: () => void) {}

  view(code: string, on: string): HTMLElement | null {
    const key = `${code} ${on}`;
    const known = this.known.get(key);
    if (known === undefined) void this.ask(key, code, on);
    if (known instanceof api.ApiError) return failedPart(t('historyPart'), known, () => void this.ask(key, code, on));
    return typeof known === 'object' ? historyView(known) : null;
  }

  /** Boundaries may be others now. */
  forget(): void {
    this.known.clear();
  }

  private async ask(key: string, code: string, on: string): Promise<void> {
    this.known.set(key, 'asked');
    try {
      this.known.set(key, await api.history(code, on));
    } catch (error) {
      this.known.set(key, api.asApiError(error));
    }
    this.changed();
  }
}

export function historyView(history: History): HTMLElement | null {
  const { made_of: before, became: after } = history;
  const since = { day: day(history.valid_from), decree: decreeOf(before) };
  const until = history.valid_to ? { day: day(history.valid_to), decree: decreeOf(after) } : null;
  if (before.length === 0 && after.length === 0) return null;
  return h(
    'section',
    { class: 'history', 'data-testid': 'history' },
    after.length > 0 && until ? h('h3', {}, t('becameSince', until)) : null,
    after.length > 0 ? h('ul', {}, ...after.map(relative)) : null,
    before.length > 0 ? h('h3', {}, t('madeOfSince', since)) : null,
    before.length > 0 ? h('ul', {}, ...before.map(relative)) : null,
  );
}

function decreeOf(relatives: Relative[]): string {
  const decrees = [...new Set(relatives.map(({ legal_basis }) => legal_basis).filter((text): text is string => Boolean(text)))];
  return decrees.length > 0 ? ` (${decrees.join(', ')})` : '';
}

/** A whole is a whole, whatever two drawings of it make of the border. */
function relative({ name, code, district, share, fraction, valid_to: to }: Relative): HTMLElement {
  const part = typeof fraction === 'number' && fraction > 0 ? t('partDrawn', { share: percent(fraction * 100) }) : t('part');
  const where = [district, to ? t('untilDay', { day: day(dayBefore(to)) }) : ''].filter(Boolean).join(' · ');
  return h('li', {}, `${name} (${code}) – ${share === 'part' ? part : t('whole')}`, where ? h('small', {}, where) : null);
}
