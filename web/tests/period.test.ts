// Who may ask for whole months only is given the months that the days touch.

import { expect, test } from 'vitest';

import { wholeMonths } from '../src/period';

test('days become their months, today and nothing stay', () => {
  const check = (from: string, to: string, expected: [string, string]) => {
    const { from: first, to: last } = wholeMonths({ from, to }, '2026-03-15');
    expect([first, last]).toEqual(expected);
  };
  check('2026-01-15', '2026-02-10', ['2026-01-01', '2026-02-28']);
  check('2024-02-29', '2024-02-29', ['2024-02-01', '2024-02-29']);
  check('2025-12-31', '2025-12-01', ['2025-12-01', '2025-12-31']);
  check('', '', ['', '']);
  check('2026-03-01', '2026-03-15', ['2026-03-01', '2026-03-15']);
  check('2026-01-01', '2026-03-14', ['2026-01-01', '2026-03-31']);
  check('soon', '2026-02-30', ['soon', '2026-02-30']);
});
