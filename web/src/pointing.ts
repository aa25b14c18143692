// What a click on the map means where several things lie over each other.
//
// Points win over areas, what says more over what covers more. The ground of a village counts as the village, but
// stands behind dead areas and behind the layers that a reader switches on to look at cells: where every village of a
// commune has its ground, nothing else could be clicked there.

import { GROUPS, type Group } from './types';

/** A layer of tiles that answers a click, and the layer of the page whose card it opens. */
export interface Target {
  group: Group;
  sourceLayer: string;
}

const GROUND: Target = { group: 'villages', sourceLayer: 'village_extents' };

/** From the first to be asked to the last. */
export const TARGETS: readonly Target[] = GROUPS.flatMap((group) => (group === 'signal' ? [GROUND, { group, sourceLayer: group }] : [{ group, sourceLayer: group }]));

/** What is drawn of a group around the finger, and exactly under it. */
export interface Looked<F> {
  around: (group: Group) => F[];
  under: (group: Group) => F[];
}

/** What of it may be asked: the layer of tiles that it is of, and whether it is a point. */
interface Drawn {
  sourceLayer?: string | undefined;
  geometry: { type: string };
}

/** The first target that is there. Points are looked for around the finger, areas exactly under it. */
export function pointed<F extends Drawn>({ around, under }: Looked<F>, nearest: (points: F[]) => F | undefined): { group: Group; feature: F } | null {
  for (const { group, sourceLayer } of TARGETS) {
    // A label stands in a layer of tiles of its own, with a name and no figures: it is not evidence.
    const mine = (features: F[]) => features.filter((feature) => feature.sourceLayer === sourceLayer);
    const close = mine(around(group));
    if (close.length === 0) continue;
    const points = close.filter(isPoint);
    const feature = points.length > 0 ? nearest(points) : mine(under(group)).find((one) => !isPoint(one));
    if (feature) return { group, feature };
  }
  return null;
}

function isPoint({ geometry }: Drawn): boolean {
  return geometry.type === 'Point';
}
