// What is still shown of the question before: dim, and said to be, until the answer of this one is there.

import { h } from './dom';
import { t } from './i18n';

export type Part = 'summary' | 'list' | 'map';

const PARTS: Part[] = ['summary', 'list', 'map'];

export class Stale {
  /** The question that each part shows; nothing before the first. */
  private readonly shown = new Map<Part, string>();
  private readonly waiting = new Set<Part>();
  private asked = '';
  private failed = false;

  constructor(private readonly elements: Record<Part, Pick<HTMLElement, 'classList' | 'setAttribute'>>) {}

  /** Another question, or the same one anew. */
  ask(question: string): void {
    if (question !== this.asked) this.failed = false;
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

  fails(): void {
    this.failed = true;
  }

  /** Whether anything is of other filters than those above it, and the answer failed. */
  get left(): boolean {
    return this.failed && PARTS.some((part) => this.isOld(part));
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
  return left ? h('p', { class: 'stale-note', role: 'alert', 'data-testid': 'stale-note' }, t('staleNote')) : null;
}
