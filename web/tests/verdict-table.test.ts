import { beforeAll, expect, test } from 'vitest';

import { periodsInWords } from '../src/compared';
import { setLanguage } from '../src/i18n';
import type { VerdictRow } from '../src/types';
import { countOf } from '../src/verdict-table';

beforeAll(() => setLanguage('vi'));

const row: VerdictRow = {
  villages: { no_signal: 3, hole: 0 },
  households: { no_signal: 1120, hole: 0, poor: null },
  households_not_reported: { no_signal: 2, hole: 0, poor: 1 },
  commune_centre: null,
  cells_measured: 9,
  cells_dead: 1,
};

test('households that villages do not report stand beside the sum', () => {
  expect(countOf(row, 'households', 'no_signal')).toEqual({ text: '≥ 1.120', beside: '2 chưa có số hộ', absent: false });
  expect(countOf(row, 'households', 'hole').text).toBe('0');
});

test('what nobody reported or listed is never a zero', () => {
  expect(countOf(row, 'households', 'poor')).toEqual({ text: 'chưa báo cáo', beside: '', absent: true });
  expect(countOf(row, 'commune_centre', 'no_signal')).toEqual({ text: '—', beside: '', absent: true });
  expect(countOf(row, 'villages', 'hole').text).toBe('0');
});

test('two periods are told by their days', () => {
  expect(periodsInWords({ from: '2026-01-01', to: '2026-03-31' }, { from: '2026-04-01', to: '2026-06-30' })).toBe('01/01/2026 – 31/03/2026 so với 01/04/2026 – 30/06/2026');
});
