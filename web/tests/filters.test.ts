// What is said of a day that does not exist, and what is asked meanwhile.

import { expect, test } from 'vitest';

import { periodInWords } from '../src/filters';
import { setLanguage } from '../src/i18n';
import { allRead } from '../src/period';
import { readState } from '../src/state';
import type { Meta } from '../src/types';

const meta = { period: null } as unknown as Meta;

test('a day that does not exist is named beside the period that is in force', () => {
  setLanguage('vi');
  const said = (search: string) => periodInWords(readState(search, null), meta);
  expect(said('?from=2026-07-01&to=2026-06-31')).toBe('Ngày “31/06/2026” không có thật nên chưa lọc theo ngày ấy. Số liệu từ 01/07/2026 đến nay');
  expect(said('?from=2026-07-01&to=2026-07-31')).not.toContain('không có thật');
  setLanguage('en');
  expect(said('?to=2026-06-31')).toMatch(/^There is no day “31\/06\/2026”/);
});

test('nothing is asked anew while one of the days that were typed is none', () => {
  expect(allRead({ from: '01/07/2026', to: '31/06/2026' })).toBeNull();
  expect(allRead({ from: '01/07/2026', to: '30/06/2026' })).toEqual({ from: '2026-07-01', to: '2026-06-30' });
  expect(allRead({ from: null, to: '' })).toEqual({ to: '' });
});
