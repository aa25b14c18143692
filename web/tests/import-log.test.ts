// What the page tells before an import is taken back, and to whom it offers that.

import { expect, test } from 'vitest';

import { setLanguage } from '../src/i18n';
import { whatGoes } from '../src/import-log';
import type { Undoing } from '../src/import-types';
import { takesBack } from '../src/role';
import type { Me, Meta } from '../src/types';

const meta = { operators: [{ id: 'viettel', brand: 'Viettel' }] } as unknown as Meta;
const told: Undoing = {
  import: { id: 7, kind: 'samples', file: 'log.csv', at: '2026-03-02T20:00:00Z', role: 'admin', scope: null, new: 600, changed: 0, known: 0, refused: 0, taken_back: null },
  rows: 600,
  kept: 0,
  elsewhere: 0,
  days: 2,
  first_day: '2026-03-01',
  last_day: '2026-03-02',
  operators: [{ operator: 'viettel', rows: 600 }],
  cells: 41,
  areas: 3,
  repairs: 0,
  later: [{ id: 9, file: 'other.csv', rows: 300, exact: true }],
};

test('what goes is told with its days, networks, ground and the files that lose rows', () => {
  setLanguage('en');
  const said = whatGoes(told, meta);
  expect(said).toHaveLength(5);
  expect(said.join(' ')).toMatch(/from 1 Mar 2026 to 2 Mar 2026.*Viettel 600.*41 cells.*3 dead areas.*other\.csv holds 300/);
  expect(whatGoes({ ...told, later: [{ id: 9, file: 'other.csv', rows: 300, exact: false }] }, meta).pop()).toContain('300 at most');
});

test('where nothing rests on the rows, nothing is said of it', () => {
  setLanguage('vi');
  expect(whatGoes({ ...told, areas: 0 }, meta)).toHaveLength(4);
});

test('what is not known of a kind is not told, and what stays is', () => {
  setLanguage('vi');
  const visits: Undoing = { ...told, operators: [], cells: null, areas: null, repairs: null, later: [], kept: 4, elsewhere: 2 };
  expect(whatGoes(visits, meta)).toHaveLength(3);
  expect(whatGoes(visits, meta).join(' ')).toContain('4 dòng đã quá thời hạn');
});

test('only who brings whatever there is and reads the names of files takes back', () => {
  const me = (may: Record<string, 'none' | 'own' | 'all'>) => takesBack({ may } as unknown as Me);
  expect(me({ import: 'all', files: 'all' })).toBe(true);
  expect(me({ import: 'own', files: 'none' })).toBe(false);
  expect(me({ import: 'none', files: 'all' })).toBe(false);
  expect(takesBack(null)).toBe(false);
});
