// The periods of reports as the picker offers them.

import { expect, test } from 'vitest';

import { kindOf, lastEnded, periods } from '../src/report-period';

test('the last period that has ended is the one before today', () => {
  const of = (today: string) => (['month', 'quarter', 'half', 'year'] as const).map((kind) => lastEnded(kind, today));
  expect(of('2026-11-28')).toEqual(['2026-10', '2026Q3', '2026H1', '2025']);
  expect(of('2026-01-01')).toEqual(['2025-12', '2025Q4', '2025H2', '2025']);
});

test('periods run back from today to the first, and each is read again', () => {
  expect(periods('quarter', '2025-07-01', '2026-05-02')).toEqual(['2026Q2', '2026Q1', '2025Q4', '2025Q3']);
  expect(periods('month', '2025-12-05', '2026-01-02')).toEqual(['2026-01', '2025-12']);
  expect(periods('year', '2025-07-01', '2026-01-02')).toEqual(['2026', '2025']);
  for (const kind of ['month', 'quarter', 'half', 'year'] as const) {
    for (const code of periods(kind, '2024-01-01', '2026-05-02')) expect(kindOf(code)).toBe(kind);
  }
});

test('what is no period has no kind', () => {
  for (const code of ['', '2025Q5', '2025-13', '2025H3', '25']) expect(kindOf(code)).toBeNull();
});
