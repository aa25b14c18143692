// The server's map style made ready for this page: addresses resolved, layers
// shown or hidden as the person asked. Knows nothing of the map itself.

import type { StyleSpecification } from 'maplibre-gl';

import { GROUPS, type Group, type Legend, type State } from './types';

/** Source and layer of the borders of another edition. */
export const OLD_BORDERS = 'old-borders';

export function legendOf(style: StyleSpecification): Legend {
  const metadata = style.metadata as Record<string, unknown> | undefined;
  return (metadata?.['phusong:legend'] as Legend | undefined) ?? {};
}

/** The group of each style layer that has one, by layer id. */
export function groupsOf(style: StyleSpecification): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const layer of style.layers) {
    const metadata = layer.metadata as Record<string, unknown> | undefined;
    const group = GROUPS.find((name) => name === metadata?.['phusong:group']);
    if (group) groups.set(layer.id, group);
  }
  return groups;
}

/** Whether the style itself shows a group: it does when any layer of the group is not hidden. */
export function shownByStyle(style: StyleSpecification, group: Group): boolean {
  const groups = groupsOf(style);
  const layers = style.layers.filter((layer) => groups.get(layer.id) === group);
  return layers.some((layer) => !('layout' in layer) || layer.layout?.visibility !== 'none');
}

/**
 * A copy with every address absolute under `base`, the layers that the person hid hidden, and the borders of
 * `oldDay` over those shown.
 */
export function prepare(style: StyleSpecification, base: string, visible: State['visible'], oldDay: string | null = null): StyleSpecification {
  const copy = structuredClone(style);
  for (const source of Object.values(copy.sources)) {
    if ('tiles' in source && source.tiles) source.tiles = source.tiles.map((url) => resolve(url, base));
    if ('url' in source && typeof source.url === 'string') source.url = resolve(source.url, base);
  }
  if (typeof copy.sprite === 'string') copy.sprite = resolve(copy.sprite, base);
  // Ranges of glyphs are for clients without font files. With both, a letter that no file has would be asked for and
  // left out; without, the browser draws it.
  if ('font-faces' in copy) delete copy.glyphs;
  else if (typeof copy.glyphs === 'string') copy.glyphs = resolve(copy.glyphs, base);
  const faces = (copy as { 'font-faces'?: Record<string, unknown> })['font-faces'];
  for (const name of Object.keys(faces ?? {})) faces![name] = resolveFace(faces![name], base);
  const groups = groupsOf(copy);
  for (const layer of copy.layers) {
    const wish = visible[groups.get(layer.id) ?? ('' as Group)];
    if (wish !== undefined) layer.layout = { ...layer.layout, visibility: wish ? 'visible' : 'none' } as never;
  }
  if (oldDay !== null) addOldBorders(copy, base, oldDay);
  return copy;
}

/** Dashed and violet: no colour of the data, and told from today's borders on a grey print too. */
function addOldBorders(style: StyleSpecification, base: string, day: string): void {
  style.sources[OLD_BORDERS] = { type: 'vector', url: resolve(`tiles/communes.json?as_of=${day}`, base) };
  const labels = style.layers.findIndex(({ type }) => type === 'symbol');
  style.layers.splice(labels < 0 ? style.layers.length : labels, 0, {
    id: OLD_BORDERS,
    type: 'line',
    source: OLD_BORDERS,
    'source-layer': 'communes',
    layout: { 'line-join': 'round' },
    paint: {
      'line-color': '#7b3fa0',
      'line-width': ['interpolate', ['linear'], ['zoom'], 7, 0.8, 10, 1.4, 14, 2.4],
      'line-dasharray': [3, 2],
    },
  });
}

function resolveFace(face: unknown, base: string): unknown {
  if (typeof face === 'string') return resolve(face, base);
  if (Array.isArray(face)) return face.map((one) => resolveFace(one, base));
  if (face && typeof face === 'object' && 'url' in face) return { ...face, url: resolve(String(face.url), base) };
  return face;
}

/**
 * `/tiles/{z}` and `tiles/{z}` both mean "under the page's folder", so that a
 * proxy may serve the whole under a path. Braces stay as they are, which the
 * URL class would not allow.
 */
export function resolve(url: string, base: string): string {
  if (/^[a-z][\w+.-]*:/i.test(url)) return url;
  const { origin, pathname } = new URL(base);
  const folder = pathname.slice(0, pathname.lastIndexOf('/') + 1);
  if (url.startsWith(folder)) return origin + url;
  return origin + folder + url.replace(/^\.?\//, '');
}
