// What the page knows and is: the state of its address, what the server has said, and the parts that are drawn.

import type { Banner } from './chrome';
import { h } from './dom';
import { Following } from './following';
import type { MapView, Padding } from './map';
import { narrow, remembered, wide } from './screen';
import { readState, writeState } from './state';
import type { prepare } from './style';
import type { Attributes, Campaign, Group, Me, Meta, Question, State, Summary } from './types';

export type Style = Parameters<typeof prepare>[0];

interface Page {
  state: State;
  meta: Meta | null;
  me: Me | null;
  /** The network that `me` speaks of. */
  meAbout: string;
  /** Of communes that lists were narrowed to, by code; empty while it is asked for. */
  communeNames: Map<string, string>;
  /** Those that the reader may ask about and that have begun. */
  campaigns: Campaign[];
  summary: Summary | null;
  /** The last one that was told, until there is another. */
  former: Summary | null;
  style: Style | null;
  view: MapView | null;
  chosen: { layer: Group; key: string; attributes: Attributes; at: [number, number] | null } | null;
  /** What had the focus before the card. */
  opener: HTMLElement | null;
  problem: number | null;
  /** A tab that was asked for and is not open to the reader under the filters: the first list stands in its place. */
  closed: State['tab'] | null;
  sheetOpen: boolean;
  legendOpen: boolean;
  banner: Banner | null;
  asking: AbortController;
  /** Tiles did not come. */
  tilesFailed: boolean;
  /** Which layers are on only because their list is open. */
  following: Following;
  /** The map writes its camera into the address as soon as it is there, so this is asked first. */
  cameraGiven: boolean;
  /** Says that the first map is drawn, or never will be. */
  settle: () => void;
}

const first = readState(location.search, remembered());

export const page: Page = {
  state: first,
  meta: null,
  me: null,
  meAbout: '',
  communeNames: new Map(),
  campaigns: [],
  summary: null,
  former: null,
  style: null,
  view: null,
  chosen: null,
  opener: null,
  problem: null,
  closed: null,
  sheetOpen: true,
  legendOpen: wide.matches,
  banner: null,
  asking: new AbortController(),
  tilesFailed: false,
  following: new Following(first.tab),
  cameraGiven: location.hash !== '',
  settle: () => undefined,
};

export const parts = {
  head: h('header', { class: 'head', id: 'head' }),
  print: h('div', { class: 'print', id: 'print' }),
  panel: h('aside', { class: 'panel', id: 'panel' }),
  filters: h('div', { id: 'filters' }),
  summary: h('div', { id: 'summary' }),
  tabs: h('div', { id: 'tabs' }),
  list: h('div', { id: 'list', role: 'tabpanel' }),
  map: h('main', { class: 'map', id: 'map-area' }),
  canvas: h('div', { class: 'canvas', id: 'map' }),
  legend: h('div', { class: 'legend-card', id: 'legend-card' }),
  banner: h('div', { class: 'banner-slot', id: 'banner' }),
  zoom: h('div', { class: 'zoom', id: 'zoom' }),
  note: h('p', { class: 'map-note', id: 'map-note', role: 'status' }),
  popup: h('div', { class: 'popup-slot', id: 'popup-slot' }),
  sheet: h('div', { id: 'sheet-handle' }),
};

export function change(next: Partial<State>, how: 'push' | 'replace'): void {
  page.state = { ...page.state, ...next };
  const address = `${location.pathname}${writeState(page.state)}${location.hash}`;
  if (how === 'push') history.pushState(null, '', address);
  else history.replaceState(null, '', address);
}

/** The filters alone. */
export function asked(): Question {
  const { operator, technology, from, to, asOf, comparedFrom, comparedTo, campaign } = page.state;
  return { operator, technology, from, to, asOf, comparedFrom, comparedTo, campaign };
}

/** The part of the map that cards and the sheet cover, pixels. */
export function padding(): Padding {
  const none = { top: 0, right: 0, bottom: 0, left: 0 };
  const map = parts.map.getBoundingClientRect();
  const card = parts.popup.firstElementChild?.getBoundingClientRect();
  if (narrow.matches) {
    const top = Math.max(0, parts.head.getBoundingClientRect().bottom - map.top);
    const covered = card ? map.bottom - card.top : map.bottom - parts.panel.getBoundingClientRect().top;
    return { ...none, top, bottom: Math.max(0, Math.min(covered, map.height * 0.7)) };
  }
  if (card && card.width > map.width * 0.6) return { ...none, bottom: Math.min(card.height, map.height * 0.6) };
  const left = card ? card.right - map.left : 0;
  const right = page.legendOpen ? map.right - parts.legend.getBoundingClientRect().left : 0;
  return left + right < map.width * 0.75 ? { ...none, left, right } : none;
}
