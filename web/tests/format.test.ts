// Numbers, days and absent figures.

import { beforeEach, describe, expect, test } from 'vitest';

import { area, day, figure, number, percent } from '../src/format';
import { setLanguage } from '../src/i18n';

beforeEach(() => setLanguage('vi'));

test('a Vietnamese reader sees dots, then a comma, and the day first', () => {
  expect(number(1234.5, 1)).toBe('1.234,5');
  expect(number(-1234567)).toBe('-1.234.567');
  expect(percent(44.84, 1)).toBe('44,8 %');
  expect(area(1_250_000)).toBe('1,3 km²');
  expect(area(945_000)).toBe('0,95 km²');
  expect(day('2026-07-01')).toBe('01/07/2026');
});

test('an English reader sees commas, then a dot, and the month in letters', () => {
  setLanguage('en');
  expect(number(1234.5, 1)).toBe('1,234.5');
  expect(day('2026-07-01')).toBe('1 Jul 2026');
});

test('a moment is of the day on the clocks of Viet Nam', () => {
  expect(day('2026-11-29T18:30:00Z')).toBe('30/11/2026');
  expect(day('2026-11-29T16:59:59.5Z')).toBe('29/11/2026');
  expect(day('2026-11-30T01:30:00+07:00')).toBe('30/11/2026');
});

describe('a figure that is not there is a word, never zero', () => {
  const cases: [string, Record<string, unknown>, Partial<Parameters<typeof figure>[2]>, string][] = [
    ['known', { guided: 12 }, {}, '12'],
    ['known zero', { guided: 0 }, {}, '0'],
    ['with a unit', { guided: 12 }, { unit: 'dBm' }, '12 dBm'],
    ['not reported', { guided_note: 'not_reported' }, {}, 'chưa báo cáo'],
    ['not measured', { guided_note: 'not_measured' }, {}, 'chưa đo'],
    ['a suppressed figure', { guided_note: 'suppressed' }, {}, 'ẩn'],
    ['a note that we do not know', { guided_note: 'lost' }, {}, 'chưa báo cáo'],
    ['nothing at all', {}, {}, 'chưa báo cáo'],
    ['nothing, and nobody measured', {}, { absent: 'note_not_measured' }, 'chưa đo'],
    ['not a number', { guided: Number.NaN }, {}, 'chưa báo cáo'],
    ['null', { guided: null }, {}, 'chưa báo cáo'],
  ];
  test.each(cases)('%s', (_, attributes, options, expected) => {
    expect(figure(attributes, 'guided', { k: 5, ...options }).text).toBe(expected);
  });

  test('a suppressed figure says why', () => {
    expect(figure({ guided_note: 'suppressed' }, 'guided', { k: 5 }).hint).toBe('ẩn để không lộ nhóm dưới 5 hộ');
    expect(figure({ guided_note: 'suppressed' }, 'guided', { k: 7 }).hint).toBe('ẩn để không lộ nhóm dưới 7 hộ');
  });
});
