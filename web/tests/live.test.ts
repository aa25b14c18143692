// What the server tells of a change, and the tiles that are asked for again.

import { describe, expect, test } from 'vitest';

import { joined, touched, type Box } from '../src/live';

const WORLD: Box = [-180, -85, 180, 85];

describe('changes one after another', () => {
  test('have boxes around their boxes, and anywhere stays anywhere', () => {
    const one = { villages: [1, 1, 2, 2] as Box, communes: null };
    const other = { villages: [3, 0, 4, 1] as Box, communes: [1, 1, 2, 2] as Box, signal: [5, 5, 6, 6] as Box };
    expect(joined(one, other)).toEqual({ villages: [1, 0, 4, 2], communes: null, signal: [5, 5, 6, 6] });
  });

  test('are everything where one of them is', () => {
    expect(joined(null, {})).toBeNull();
    expect(joined({}, null)).toBeNull();
  });
});

describe('the tiles that a box touches', () => {
  test('are those of each zoom', () => {
    expect(touched([105.9, 20.2, 105.91, 20.21], WORLD, [8, 9])).toEqual([
      { z: 8, x: 203, y: 113 },
      { z: 9, x: 406, y: 226 },
    ]);
  });

  test('are also those beside an edge that it lies close to', () => {
    // 105.46875° is the western edge of column 406 at zoom 9.
    const columns = touched([105.47, 20.2, 105.48, 20.21], WORLD, [9, 9]).map(({ x }) => x);
    expect(columns).toEqual([405, 406]);
  });

  test('are all in sight where the change may be anywhere, and none elsewhere', () => {
    const sight: Box = [105.9, 20.2, 106.1, 20.3];
    expect(touched(null, sight, [9, 9])).toEqual(touched(sight, sight, [9, 9]));
    expect(touched([10, 10, 11, 11], sight, [9, 9])).toEqual([]);
  });
});
