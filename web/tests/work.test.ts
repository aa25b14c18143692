// What closes a dead area is said as the rules have it.

import { expect, test } from 'vitest';

import { setLanguage, t } from '../src/i18n';
import type { Meta } from '../src/types';
import { closing } from '../src/work';

test('a repair is borne out by runs on different days and in half of the cells, in the numbers of the rules', () => {
  const meta = { rules: { signal: { weak_min_runs: 3, weak_min_days: 2 } } } as unknown as Meta;
  for (const key of ['workFixedHint', 'explainWork'] as const) {
    setLanguage('vi');
    expect(t(key, closing(meta))).toMatch(/ít nhất 3 lượt đo tốt,? vào ít nhất 2 ngày khác nhau.* một nửa số ô/);
    setLanguage('en');
    expect(t(key, closing(meta))).toMatch(/at least 3 good runs on at least 2 different days.* half of (its|the) cells/);
  }
});
