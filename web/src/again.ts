// What failed is asked for again by itself, each time a little later, until it is there.
//
// A refusal stays one however often it is asked, and nobody is interrupted in the middle of a word.

import type { ApiError } from './api';

const FIRST_MS = 2_000;
const MOST_MS = 15_000;

/** How long to wait after so many tries in vain. */
export function waitAfter(tries: number): number {
  return Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(tries, 10));
}

export class Again {
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly work: () => void,
    private readonly busy: () => boolean,
  ) {}

  /** Something failed: it is asked for again, once for all that failed together. */
  later({ kind }: Pick<ApiError, 'kind'>): void {
    if (kind === 'refused' || this.timer !== null) return;
    this.timer = setTimeout(() => this.now(), waitAfter(this.tries));
    this.tries += 1;
  }

  /** All is there. */
  worked(): void {
    this.tries = 0;
  }

  private now(): void {
    this.timer = null;
    if (!this.busy()) return this.work();
    this.timer = setTimeout(() => this.now(), FIRST_MS);
  }
}
