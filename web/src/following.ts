// The layer of the list that is open is on the map, so that a click on a row shows something.
//
// It is on because the list is open, and goes with it; the address needs no word for that. What the reader says by
// hand is written down, wins, and stays. Pure: no document, no map.

import { isList } from './state';
import type { Group, State } from './types';

type Tab = State['tab'];
type Visible = State['visible'];

/** The layer that shows the rows of a tab; nothing where its rows are no places. */
export function layerOf(tab: Tab): Group | null {
  if (isList(tab)) return tab;
  switch (tab) {
    case 'work':
      return 'dead_areas';
    case 'today':
      return 'villages';
    case 'boundaries':
      return 'communes';
    default:
      return null;
  }
}

/** What the map is told: the reader's own wishes, and the layer of the open list where there is none for it. */
export function effective({ visible, tab }: Pick<State, 'visible' | 'tab'>): Visible {
  const layer = layerOf(tab);
  return layer !== null && visible[layer] === undefined ? { ...visible, [layer]: true } : visible;
}

export class Following {
  /** What was switched on against an earlier wish, or written down for the legend, and what stood there before. */
  private lent: { layer: Group; before: boolean | undefined } | null = null;
  /** Switched off by hand while their list was open: opening it again does not bring them back. */
  private readonly refused = new Set<Group>();
  /** The layer of the list that was open last: on a phone the legend stands in its place. */
  private last: Group | null;

  constructor(tab: Tab) {
    this.last = layerOf(tab);
  }

  /** The wishes once the reader has gone from one tab to another. */
  opened(visible: Visible, to: Tab, shownByStyle: (layer: Group) => boolean): Visible {
    const next = { ...visible };
    const layer = layerOf(to);
    if (to === 'legend') {
      // The list is left only to look at the switches: its layer stays, and the address says so.
      if (this.last !== null && next[this.last] === undefined && !shownByStyle(this.last)) {
        next[this.last] = true;
        this.lent = { layer: this.last, before: undefined };
      }
      return next;
    }
    if (this.lent && (this.lent.layer !== layer || this.lent.before === undefined)) {
      if (this.lent.before === undefined) delete next[this.lent.layer];
      else next[this.lent.layer] = this.lent.before;
      this.lent = null;
    }
    if (layer !== null && next[layer] === false && !this.refused.has(layer)) {
      delete next[layer];
      this.lent = { layer, before: false };
    }
    this.last = layer;
    return next;
  }

  /** The wishes once the reader has switched a layer by hand. */
  switched(visible: Visible, layer: Group, shown: boolean, tab: Tab, shownByStyle: (layer: Group) => boolean): Visible {
    const next = { ...visible };
    const open = layer === (tab === 'legend' ? this.last : layerOf(tab));
    if (this.lent?.layer === layer) this.lent = null;
    if (open && !shown) this.refused.add(layer);
    else this.refused.delete(layer);
    // What the style does by itself needs no word, but for a layer that its list would switch on or off.
    if (!open && shownByStyle(layer) === shown) delete next[layer];
    else next[layer] = shown;
    return next;
  }

  /** Whether a layer is on for no reason but that its list is open. */
  lends({ visible, tab }: Pick<State, 'visible' | 'tab'>, layer: Group, shownByStyle: (layer: Group) => boolean): boolean {
    if (this.lent?.layer === layer) return true;
    return layerOf(tab) === layer && visible[layer] === undefined && !shownByStyle(layer);
  }

  /** Another address: what was lent belonged to the one before. */
  moved(tab: Tab): void {
    this.lent = null;
    this.last = layerOf(tab);
  }
}
