// What a click means where things lie over each other.

import { expect, test } from 'vitest';

import { pointed } from '../src/pointing';
import type { Group } from '../src/types';

interface Drawn {
  group: Group;
  sourceLayer: string;
  geometry: { type: string };
  /** Not under the finger, only near it. */
  near?: boolean;
}

const point = (group: Group): Drawn => ({ group, sourceLayer: group, geometry: { type: 'Point' }, near: true });
const area = (group: Group, sourceLayer: string = group): Drawn => ({ group, sourceLayer, geometry: { type: 'Polygon' } });
const ground = area('villages', 'village_extents');

function clicked(...drawn: Drawn[]): string {
  const of = (group: Group) => drawn.filter((one) => one.group === group);
  const found = pointed({ around: of, under: (group) => of(group).filter(({ near }) => !near) }, (points) => points[0]);
  return found ? `${found.group} by ${found.feature.sourceLayer}` : 'nothing';
}

test.each([
  ['the ground of a village opens the village', [ground], 'villages by village_extents'],
  ['the point of a village wins over its ground', [ground, point('villages')], 'villages by villages'],
  ['the point of any layer wins over the ground', [ground, point('places')], 'places by places'],
  ['a dead area wins over the ground', [ground, area('dead_areas')], 'dead_areas by dead_areas'],
  ['cells that a reader switches on win over the ground', [ground, area('surface')], 'surface by surface'],
  ['the ground wins over the cells of the signal and the commune', [area('communes'), area('signal'), ground], 'villages by village_extents'],
  ['ground that is near but not under the finger is not meant', [{ ...ground, near: true }, area('communes')], 'communes by communes'],
  ['a label is no evidence', [area('communes', 'commune_labels')], 'nothing'],
])('%s', (_, drawn, expected) => {
  expect(clicked(...(drawn as Drawn[]))).toBe(expected);
});
