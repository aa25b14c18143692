// A tab that was asked for and is not open, and what is said of it.

import { expect, test } from 'vitest';

import { settledTab, whyClosed } from '../src/closed';
import { setLanguage } from '../src/i18n';
import type { Me } from '../src/types';

const me = (role: string, layers: string[] = [], scope: string | null = null) => ({ role, scope, scope_name: scope && 'Viettel', may: {}, layers }) as unknown as Me;

test('a closed tab gives way to the first list and comes back once it is open', () => {
  const elsewhere = settledTab('work', null, me('telecom', ['priority'], 'viettel'));
  expect(elsewhere).toEqual({ tab: 'priority', closed: 'work' });
  expect(settledTab(elsewhere.tab, elsewhere.closed, me('telecom', ['priority'], 'viettel'))).toEqual(elsewhere);
  expect(settledTab(elsewhere.tab, elsewhere.closed, me('telecom', ['priority', 'work'], 'viettel'))).toEqual({ tab: 'work', closed: null });
});

test('an open tab stays, and so does any before it is known who reads', () => {
  expect(settledTab('work', null, me('department', ['work']))).toEqual({ tab: 'work', closed: null });
  expect(settledTab('work', null, null)).toEqual({ tab: 'work', closed: null });
});

test('why it is closed is said to whom it is closed', () => {
  setLanguage('vi');
  expect(whyClosed('work', me('telecom', [], 'viettel'))).toBe('“Danh sách xử lý” chỉ có của mạng Viettel, mạng của bạn. Chọn Viettel ở ô “Nhà mạng” để xem.');
  expect(whyClosed('work', me('public'))).toBe('“Danh sách xử lý” không mở công khai. Đăng nhập bằng mã truy cập ở ô “Vai trò” để xem.');
  expect(whyClosed('inbox', me('telecom', [], 'viettel'))).toBe('“Phiếu cần xem” không mở cho vai trò Nhà mạng Viettel.');
});
