// What is still shown of the question before: dim, and said to be, until the answer of this one is there.

import type { ApiError } from './api';
import { h } from './dom';
import { t } from './i18n';

export type Part = 'summary' | 'list' | 'map';

const PARTS: Part[] = ['summary', 'list', 'map'];

export class Stale {
  /** The question that each part shows; nothing before the first. */
  private readonly shown = new Map<Part, string>();
  private readonly waiting = new Set<Part>();
  private asked = '';
  private failed: ApiError['kind'] | null = null;

  constructor(private readonly elements: Record<Part, Pick<HTMLElement, 'classList' | 'setAttribute'>>) {}

  /** Another question, or the same one anew. */
  ask(question: string): void {
    if (question !== this.asked) this.failed = null;
    this.asked = question;
    for (const part of PARTS) this.waiting.add(part);
    this.mark();
  }

  /** A part has let go of what it showed, and says itself that it waits. */
  begins(part: Part): void {
    this.shown.set(part, this.asked);
    this.waiting.add(part);
    this.mark();
  }

  /** A part shows the question that was asked. */
  shows(part: Part): void {
    this.shown.set(part, this.asked);
    this.waiting.delete(part);
    this.mark();
  }

  /** It came to rest, on whichever question it had begun. */
  settles(part: Part): void {
    if (!this.isOld(part)) this.shows(part);
  }

  fails({ kind }: Pick<ApiError, 'kind'>): void {
    this.failed = kind;
  }

  /** How the answer failed, where anything is still of other filters than those above it. */
  get left(): ApiError['kind'] | null {
    return PARTS.some((part) => this.isOld(part)) ? this.failed : null;
  }

  private isOld(part: Part): boolean {
    return (this.shown.get(part) ?? this.asked) !== this.asked;
  }

  private mark(): void {
    for (const part of PARTS) {
      this.elements[part].classList.toggle('stale', this.isOld(part));
      this.elements[part].setAttribute('aria-busy', String(this.waiting.has(part)));
    }
  }
}

/** Over the lists, beside the banner of the map. */
export function staleNote({ left }: Stale): HTMLElement | null {
  // What is refused is not asked for again.
  const words = left === 'refused' ? t('staleRefused') : t('staleNote');
  return left ? h('p', { class: 'stale-note', role: 'alert', 'data-testid': 'stale-note' }, words) : null;
}
