// What a popup says of a place: the figures, in order, each with its word
// when it is absent. Pure: no document, no map, so that it can be tested.

import { cluster, commune, village } from './cards/outreach';
import { type Evidence, Sheet, text } from './cards/sheet';
import { cell, changed, deadArea, expected, heldToClaim, publicPlace, siteHint } from './cards/signal';
import { speedTile } from './speeds';
import type { Attributes, Group, Meta } from './types';

const KEY_FIELD: Record<Group, string> = {
  hints: 'hint',
  priority: 'code',
  double_exclusion: 'code',
  guidance_lost: 'code',
  measure_next: 'code',
  places: 'place',
  unreached: 'code',
  villages: 'code',
  dead_areas: 'area',
  claims: 'cell',
  changes: 'cell',
  surface: 'cell',
  signal: 'cell',
  speeds: 'tile',
  communes: 'code',
};

/** The key that people use, read from the attributes of a tile or of a list. */
export function keyOf(layer: Group, attributes: Attributes): string {
  return text(attributes, 'key') ?? text(attributes, KEY_FIELD[layer]) ?? '';
}

export function evidence(layer: Group, attributes: Attributes, meta: Meta): Evidence {
  const sheet = new Sheet(attributes, meta);
  switch (layer) {
    case 'priority':
    case 'double_exclusion':
    case 'guidance_lost':
    case 'measure_next':
    case 'unreached':
    case 'villages':
      return sheet.number('point_count') === undefined ? village(layer, sheet) : cluster(sheet);
    case 'hints':
      return siteHint(sheet);
    case 'places':
      return publicPlace(sheet);
    case 'dead_areas':
      return deadArea(sheet);
    case 'claims':
      return heldToClaim(sheet);
    case 'changes':
      return changed(sheet);
    case 'surface':
      return expected(sheet);
    case 'signal':
      return cell(sheet);
    case 'speeds':
      return speedTile(sheet);
    case 'communes':
      return commune(sheet);
  }
}
