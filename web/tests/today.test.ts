// What a team is told of the signal where it goes.

import { expect, test } from 'vitest';

import { setLanguage } from '../src/i18n';
import { howToVisit } from '../src/today';

test('weak signal is not called none', () => {
  setLanguage('vi');
  expect(howToVisit({ visit: 'on_paper', signal: 'weak' })).toBe('sóng kém: có thể không dùng được mạng, mang tài liệu giấy');
  expect(howToVisit({ visit: 'on_paper', signal: 'none' })).toBe('không có sóng: mang tài liệu giấy');
  expect(howToVisit({ visit: 'and_measure', signal: 'suspected' })).toBe('chưa rõ sóng: mang giấy và đo sóng');
});
