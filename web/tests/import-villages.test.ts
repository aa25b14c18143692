// What a list of villages would change.

import { expect, test } from 'vitest';

import { setLanguage } from '../src/i18n';
import { changeLine } from '../src/import-villages';

test('a change names the field and both values, and a count that jumps says so', () => {
  setLanguage('vi');
  expect(changeLine({ field: 'households', old: '1200', new: '240', odd: true })).toBe('số hộ: 1.200 → 240 – chênh từ 5 lần trở lên, hãy xem lại');
  expect(changeLine({ field: 'population', old: null, new: '55', odd: false })).toBe('số dân: (chưa có) → 55');
  expect(changeLine({ field: 'confidence', old: 'gazetteer', new: 'official', odd: false })).toBe('nguồn danh bạ: danh mục địa danh → danh mục chính thức');
});
