// What the page tells before an import is taken back, and to whom it offers that.

import { expect, test } from 'vitest';

import { setLanguage } from '../src/i18n';
import type { Undoing, UndoneAreas } from '../src/import-types';
import { takesBack } from '../src/role';
import type { Me, Meta } from '../src/types';
import { whatGoes } from '../src/undo-words';

const meta = { operators: [{ id: 'viettel', brand: 'Viettel' }] } as unknown as Meta;
const none: UndoneAreas = { total: 0, items: [] };
const area = (key: string, communes: string, villages = '') => ({ key, operator: null, communes, villages, cells: 3 });
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
  resting: { areas: { total: 3, items: [area('a', 'Xã Gia Viễn', 'Thôn 3'), area('b', 'Xã Gia Viễn', 'Thôn 3'), area('c', '')] }, repairs: [] },
  outcome: { views: [], repairs: [] },
  later: [{ id: 9, file: 'other.csv', rows: 300, exact: true }],
};

test('what goes is told with its days, networks, ground and the files that lose rows', () => {
  setLanguage('en');
  const said = whatGoes(told, meta);
  expect(said).toHaveLength(6);
  expect(said.join(' ')).toMatch(/from 1 Mar 2026 to 2 Mar 2026.*Viettel 600.*41 cells.*3 dead areas.*Xã Gia Viễn \(Thôn 3\); c\..*other\.csv holds 300/);
  expect(whatGoes({ ...told, later: [{ id: 9, file: 'other.csv', rows: 300, exact: false }] }, meta).pop()).toContain('300 at most');
  expect(whatGoes({ ...told, later: [{ id: 9, file: null, rows: 300, exact: true }] }, meta).pop()).toMatch(/somebody else.*300/);
});

test('where nothing rests on the rows, nothing is said of it', () => {
  setLanguage('vi');
  expect(whatGoes({ ...told, areas: 0, resting: { areas: none, repairs: [] } }, meta)).toHaveLength(4);
});

test('what is not known of a kind is not told, and what stays is', () => {
  setLanguage('vi');
  const visits: Undoing = { ...told, operators: [], cells: null, areas: null, repairs: null, resting: null, outcome: null, later: [], kept: 4, elsewhere: 2 };
  expect(whatGoes(visits, meta)).toHaveLength(3);
  expect(whatGoes(visits, meta).join(' ')).toContain('4 dòng đã quá thời hạn');
});

test('what the map would be without the rows is told by network, with the areas that come back and the claims that fall', () => {
  setLanguage('en');
  const repair = { item: 4, key: 'item-4', operator: 'viettel', technology: null, communes: 'Xã Gia Viễn', state: 'verified', state_after: 'fixed' };
  const view = {
    operator: null,
    cells: { before: { none: 0, weak: 1, good: 40 }, after: { none: 2, weak: 5, good: 30 } },
    areas: { gone: none, changed: none, new: { total: 60, items: [area('d', 'Xã Liên Sơn')] } },
  };
  const said = whatGoes({ ...told, outcome: { views: [view], repairs: [repair] } }, meta).join(' ');
  expect(said).toMatch(/41 → 37.*1 → 7.*60 come back.*Xã Liên Sơn ….*item 4 .*Fix verified → Reported fixed/i);
  expect(whatGoes({ ...told, outcome: null }, meta).join(' ')).toContain('too many measurements');
});

test('who brings whatever there is and reads the names of files takes back, and a commune what it brought', () => {
  const me = (may: Record<string, 'none' | 'own' | 'all'>) => takesBack({ may } as unknown as Me);
  expect(me({ import: 'all', files: 'all' })).toBe(true);
  expect(me({ import: 'own', files: 'none' })).toBe(false);
  expect(me({ import: 'none', files: 'all' })).toBe(false);
  const own = (role: string) => takesBack({ role, may: { import: 'own', files: 'none' } } as unknown as Me);
  expect([own('commune'), own('team')]).toEqual([true, false]);
  expect(takesBack(null)).toBe(false);
});
