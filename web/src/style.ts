// The server's map style made ready for this page: addresses resolved, layers
// shown or hidden as the person asked. Knows nothing of the map itself.

import type { StyleSpecification } from 'maplibre-gl';

import { GROUPS, type Group, type Legend, type State } from './types';

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

/** A copy with every address absolute under `base`, and the layers that the person hid hidden. */
export function prepare(style: StyleSpecification, base: string, visible: State['visible']): StyleSpecification {
  const copy = structuredClone(style);
  for (const source of Object.values(copy.sources)) {
    if ('tiles' in source && source.tiles) source.tiles = source.tiles.map((url) => resolve(url, base));
    if ('url' in source && typeof source.url === 'string') source.url = resolve(source.url, base);
  }
  if (typeof copy.glyphs === 'string') copy.glyphs = resolve(copy.glyphs, base);
  if (typeof copy.sprite === 'string') copy.sprite = resolve(copy.sprite, base);
  const faces = (copy as { 'font-faces'?: Record<string, unknown> })['font-faces'];
  for (const name of Object.keys(faces ?? {})) faces![name] = resolveFace(faces![name], base);
  const groups = groupsOf(copy);
  for (const layer of copy.layers) {
    const wish = visible[groups.get(layer.id) ?? ('' as Group)];
    if (wish !== undefined) layer.layout = { ...layer.layout, visibility: wish ? 'visible' : 'none' } as never;
  }
  return copy;
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
