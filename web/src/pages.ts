// Rows of the server, page by page: one question at a time, from its first page on.
//
// A late answer of an older question is never shown. More is asked for only when nothing is under way, an error can be
// tried again where it happened, and how many rows there are is what the server says. No document: `page-end.ts` draws.

import { asApiError, type ApiError } from './api';

/** A page of rows as the server answers it. */
export interface Answer<T> {
  /** How many rows the question has, of which the page holds some. */
  total: number;
  items: T[];
  /** The state of the data, where the answer names it. */
  epoch?: number | string;
}

export type Ask<A> = (offset: number, signal: AbortSignal) => Promise<A>;

export class Pages<T, A extends Answer<T> = Answer<T>> {
  items: readonly T[] = [];
  /** The server's count; nothing before its first answer. */
  total: number | null = null;
  status: 'idle' | 'loading' | 'ready' | 'failed' = 'idle';
  error: ApiError | null = null;
  /** The last answer, for what stands beside its rows. */
  answer: A | null = null;
  private key: string | null = null;
  private ask: Ask<A> | null = null;
  private running = new AbortController();

  constructor(private readonly changed: () => void) {}

  /** Rows that the server has and the page does not. */
  get rest(): number {
    return Math.max(0, (this.total ?? 0) - this.items.length);
  }

  /**
   * Asks for the first page, unless the same was asked before and is there or on its way. Rows of the same question
   * stay until they are told anew; those of another one go at once.
   */
  async open(key: string, ask: Ask<A>): Promise<void> {
    const same = this.key === key;
    if (same && (this.status === 'ready' || this.status === 'loading')) return;
    if (!same) Object.assign(this, { items: [], total: null, answer: null });
    Object.assign(this, { key, ask });
    await this.load(0);
  }

  /** The next page; nothing while another answer is on its way, and where there is none. */
  async more(): Promise<void> {
    if (this.status === 'ready' && this.rest > 0) await this.load(this.items.length);
  }

  /** What failed is asked for again. */
  async retry(): Promise<void> {
    if (this.status === 'failed') await this.load(this.failedAt);
  }

  /** The data have changed: the next look asks anew. An answer on its way is not waited for. */
  forget(): void {
    this.running.abort();
    Object.assign(this, { status: 'idle', error: null });
  }

  private failedAt = 0;

  private async load(offset: number): Promise<void> {
    const { ask } = this;
    if (!ask) return;
    this.running.abort();
    const running = new AbortController();
    Object.assign(this, { running, status: 'loading', error: null });
    this.changed();
    try {
      const answer = await ask(offset, running.signal);
      if (running.signal.aborted) return;
      // A new state of the data between two pages would mix old rows with new ones.
      if (offset > 0 && answer.epoch !== this.answer?.epoch) return await this.load(0);
      Object.assign(this, { items: offset > 0 ? [...this.items, ...answer.items] : answer.items, total: answer.total, answer, status: 'ready' });
    } catch (error) {
      if (running.signal.aborted) return;
      Object.assign(this, { status: 'failed', error: asApiError(error), failedAt: offset });
    }
    this.changed();
  }
}
