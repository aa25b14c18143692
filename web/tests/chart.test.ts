// Readings over time: none is hidden by another, and the line under which signal is poor is that of the rules.

import { expect, test } from 'vitest';

import { marksOf, weakBelow } from '../src/chart';
import type { Meta, Reading } from '../src/types';

const run = (day: string, median_dbm: number | null, technology = '4G'): Reading => ({ day, operator: 'viettel', technology, median_dbm, superseded: false });
const isWeak = ({ median_dbm: dbm }: Reading) => (dbm ?? 0) < -110;
const x = (day: string) => 50 + Number(day.slice(-2)) * 8;

test('fifty runs of a day are marks that say how many they stand for', () => {
  const runs = Array.from({ length: 50 }, (_, at) => run('2026-06-01', at < 30 ? null : -110 - (at % 3)));
  const marks = marksOf(runs, x, isWeak);
  expect(marks.map((mark) => mark.runs.length).reduce((sum, count) => sum + count, 0)).toBe(50);
  expect(marks.filter(({ dbm }) => dbm === null).map((mark) => mark.runs.length)).toEqual([30]);
  expect(marks.length).toBeLessThan(5);
});

test('runs that lie apart stay apart, and a mark stands among its own', () => {
  const marks = marksOf([run('2026-06-01', -80), run('2026-06-01', -82), run('2026-06-01', -105), run('2026-06-20', -80)], x, isWeak);
  expect(marks.map(({ dbm }) => dbm)).toEqual([-105, -81, -80]);
  expect(marks[1]?.x).toBe(x('2026-06-01'));
});

test('poor runs and others are never one mark', () => {
  const marks = marksOf([run('2026-06-01', -111), run('2026-06-01', -109)], x, isWeak);
  expect(marks.map(({ dbm }) => dbm)).toEqual([-111, -109]);
});

test('a run that counts and one that is superseded are never one mark', () => {
  const old = { ...run('2026-06-01', -80), superseded: true };
  const silent = { ...run('2026-06-01', null), superseded: true };
  const marks = marksOf([old, run('2026-06-01', -80), silent, run('2026-06-01', null)], x, isWeak);
  expect(marks.map(({ runs, dbm }) => [runs.length, dbm])).toEqual([[1, -80], [1, -80], [1, null], [1, null]]);
});

test('signal is poor below the cut of its technology', () => {
  const meta = { rules: { signal: { gsm: { poor: -103 }, umts: { poor: -104 }, lte: { poor: -110 }, nr: { poor: -110 } } } } as unknown as Meta;
  expect(weakBelow([run('2026-06-01', -80), run('2026-06-01', -80, '5G')], meta)).toEqual([-110]);
  expect(weakBelow([run('2026-06-01', -80), run('2026-06-01', -80, '2G')], meta)).toEqual([-103, -110]);
});
