// Old figures under new filters, and the way back after a failure.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Again, waitAfter } from '../src/again';
import { Stale } from '../src/stale';

function parts() {
  const one = () => {
    const said = { stale: false, busy: '' };
    return { said, classList: { toggle: (_: string, on?: boolean) => (said.stale = on ?? false) } as unknown as DOMTokenList, setAttribute: (_: string, value: string) => void (said.busy = value) };
  };
  return { summary: one(), list: one(), map: one() };
}

test('figures of the former filters are dim and busy until their own answer is there', () => {
  const shown = parts();
  const stale = new Stale(shown);
  stale.ask('');
  expect(shown.summary.said).toEqual({ stale: false, busy: 'true' });
  stale.shows('summary');
  stale.ask('operator=viettel');
  expect(shown.summary.said).toEqual({ stale: true, busy: 'true' });
  stale.shows('summary');
  expect(shown.summary.said).toEqual({ stale: false, busy: 'false' });
});

test('a failure is said to leave old figures only where they are of other filters', () => {
  const stale = new Stale(parts());
  stale.ask('');
  for (const part of ['summary', 'list', 'map'] as const) stale.shows(part);
  stale.ask('');
  stale.fails({ kind: 'offline' });
  expect(stale.left).toBeNull();
  stale.ask('operator=viettel');
  expect(stale.left).toBeNull();
  stale.fails({ kind: 'offline' });
  expect(stale.left).toBe('offline');
  // Asked again by itself it has not been answered yet.
  stale.ask('operator=viettel');
  expect(stale.left).toBe('offline');
  for (const part of ['summary', 'list', 'map'] as const) stale.shows(part);
  expect(stale.left).toBeNull();
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what failed is asked for again later each time, and never less than four times a minute', () => {
  expect([0, 1, 2, 3, 4, 5, 500].map(waitAfter)).toEqual([2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 15_000]);
});

test('several failures are asked for once, a refusal never, and nobody is interrupted', () => {
  let [asked, busy] = [0, false];
  const again = new Again(() => void (asked += 1), () => busy);
  again.later({ kind: 'refused' });
  vi.advanceTimersByTime(60_000);
  expect(asked).toBe(0);
  again.later({ kind: 'offline' });
  again.later({ kind: 'tiles' });
  busy = true;
  vi.advanceTimersByTime(3_000);
  expect(asked).toBe(0);
  busy = false;
  vi.advanceTimersByTime(60_000);
  expect(asked).toBe(1);
});
