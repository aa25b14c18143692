// Where a menu is put.

import { expect, test } from 'vitest';

import { placed } from '../src/menu';

const phone = { width: 390, height: 844 };

test('a menu that fits opens below its opener, under its right edge', () => {
  expect(placed({ top: 60, bottom: 100, right: 380 }, { width: 200, height: 300 }, phone)).toEqual({ top: 100, left: 180, maxHeight: 736 });
});

test('a menu that would end below the fold opens above', () => {
  expect(placed({ top: 711, bottom: 751, right: 390 }, { width: 210, height: 562 }, phone)).toEqual({ top: 149, left: 172, maxHeight: 703 });
});

test('a menu that fits nowhere takes the larger side and scrolls inside itself', () => {
  expect(placed({ top: 300, bottom: 340, right: 200 }, { width: 180, height: 900 }, phone)).toEqual({ top: 340, left: 20, maxHeight: 496 });
  expect(placed({ top: 500, bottom: 540, right: 200 }, { width: 180, height: 900 }, phone)).toEqual({ top: 8, left: 20, maxHeight: 492 });
});

test('a wide menu does not leave the screen on the left', () => {
  expect(placed({ top: 0, bottom: 40, right: 120 }, { width: 300, height: 100 }, phone).left).toBe(8);
});
