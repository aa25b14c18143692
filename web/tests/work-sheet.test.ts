// The readings under a dead area, and who may still choose a role.

import { expect, test } from 'vitest';

import { isMixed } from '../src/role';
import { readState } from '../src/state';
import { ofPeriod } from '../src/work-sheet';

const on = (day: string) => ({ day, operator: 'viettel', technology: '4G', median_dbm: null });

test('a chart begins with the period that is asked for', () => {
  const readings = [on('2025-12-31'), on('2026-01-01'), on('2026-02-01')];
  const days = (search: string) => ofPeriod(readings, readState(search, null)).map(({ day }) => day);
  expect(days('')).toHaveLength(3);
  expect(days('?from=2026-01-01')).toEqual(['2026-01-01', '2026-02-01']);
  // A period that runs backwards is not asked for at all.
  expect(days('?from=2026-03-01&to=2026-01-01')).toHaveLength(3);
});

test('the choice among roles ends with the first data of somebody', () => {
  const [demo, own] = [{ synthetic: true }, { synthetic: false }];
  expect([[demo], [own], [demo, own], []].map(isMixed)).toEqual([false, false, true, false]);
});
