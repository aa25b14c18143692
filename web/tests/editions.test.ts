// Editions of the boundaries, and the sentence for what nobody measured.

import { beforeEach, expect, test } from 'vitest';

import { comparedDay, editionChoices, isOldEdition } from '../src/editions';
import { setLanguage } from '../src/i18n';
import { afterTheData, basisOf, isMeasured, noVillages, undecided } from '../src/measured';
import { readState } from '../src/state';
import type { Meta, Summary } from '../src/types';

const meta = {
  as_of: '2026-11-22',
  period: { from: '2025-08-17', to: '2026-09-30' },
  editions: [
    { valid_from: '2025-01-01', valid_to: '2025-07-01', units: 398 },
    { valid_from: '2025-07-01', valid_to: null, units: 129 },
  ],
} as unknown as Meta;

beforeEach(() => setLanguage('vi'));

test('an edition is named by its last day and its number of units', () => {
  expect(editionChoices(meta, '')).toEqual([
    ['', 'Hiện nay (từ 01/07/2025, 129 xã, phường)'],
    ['2025-06-30', 'Trước sắp xếp (đến 30/06/2025, 398 đơn vị)'],
  ]);
});

test.each([['2025-07-01'], ['2025-06-30'], [null], [undefined]])('its last day is the day before the next edition, whatever it says itself: %s', (valid_to) => {
  const [old, now] = meta.editions;
  const said = { ...meta, editions: [{ ...old, valid_to }, now] } as Meta;
  expect(editionChoices(said, '')).toEqual(editionChoices(meta, ''));
});

test('a day that somebody typed is a choice in words', () => {
  expect(editionChoices(meta, '2024-03-15').at(-1)).toEqual(['2024-03-15', 'Ngày 15/03/2024']);
});

test.each([
  ['', false],
  ['2025-07-01', false],
  ['2025-06-30', true],
  ['2020-01-01', true],
])('boundaries as of "%s" are old: %s', (asked, old) => {
  expect(isOldEdition(meta, asked)).toBe(old);
});

test('a period begins after the data only when the last measurement lies before it', () => {
  expect(afterTheData(readState('?from=2026-10-01', null), meta)).toBe(true);
  expect(afterTheData(readState('?from=2026-09-30', null), meta)).toBe(false);
  expect(afterTheData(readState('?to=2026-12-31', null), meta)).toBe(false);
});

test.each<[string, Partial<Summary> | null, boolean]>([
  ['no answer yet', null, true],
  ['no cell', { cells: 0, dead_areas: 0 }, false],
  ['no count of dead areas', { cells: 4, dead_areas: null, dead_areas_note: 'not_measured' }, false],
  ['a server that counts cells by verdict only', { cells_by_verdict: {}, dead_areas: 0 }, false],
  ['measured, and nothing dead', { cells: 4, dead_areas: 0 }, true],
])('%s', (_, summary, measured) => {
  expect(isMeasured(summary as Summary | null)).toBe(measured);
});

test.each([
  ['', '2025-06-30'],
  ['2025-07-01', '2025-06-30'],
  ['2025-06-30', '2025-07-01'],
  ['2000-01-01', '2025-07-01'],
])('beside the edition of %s stands that of %s', (asked, day) => {
  expect(comparedDay(meta, asked)).toBe(day);
});

test('one edition alone has none beside it', () => {
  expect(comparedDay({ ...meta, editions: meta.editions.slice(1) }, '')).toBeNull();
});

const cells = (dead_areas: number | null, cells_by_verdict: Record<string, number>) => ({ dead_areas, cells_by_verdict }) as unknown as Summary;

test('no dead area in a few cells is told with the cells, and those that wait for more runs', () => {
  setLanguage('en');
  expect(basisOf(cells(0, { good: 1, suspected: 13 }))).toBe('14 cells measured, 13 need more runs');
  expect(basisOf(cells(59, { none: 246, suspected: 174 }))).toBe('420 cells measured');
});

test('where every cell waits for more runs there is no number of dead areas, not even none', () => {
  expect(undecided(cells(0, { suspected: 8 }))).toBe(true);
  expect(undecided(cells(0, { suspected: 8, good: 1 }))).toBe(false);
  expect(undecided(cells(null, {}))).toBe(false);
});

test('an empty register is one only when the server says so', () => {
  expect(noVillages({ villages: 0 } as Summary)).toBe(true);
  expect(noVillages({ villages: 3150 } as Summary)).toBe(false);
  expect(noVillages(null)).toBe(false);
});
