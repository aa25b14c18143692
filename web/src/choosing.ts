// A place is chosen, in a list, on the map or by search, and let go again.

import * as api from './api';
import { asApiError } from './api';
import type { Row } from './cards/sheet';
import { drawList, drawPopup, drawSheet, openTab } from './drawing';
import { setBanner } from './mapping';
import { change, padding, page, parts } from './page';
import { narrow } from './screen';
import { questionParams } from './state';
import { OF_VILLAGES, type Attributes, type Found, type Group, type Item, type List, type Problem } from './types';
import { placeAgain, plans } from './widgets';

type Point = [longitude: number, latitude: number];

/** Close enough to see a gap of half a metre between two borders. */
const PROBLEM_ZOOM = 16;

/** From here on villages are drawn one by one (`clusters` in tiles/layers.json), and a little closer. */
const SINGLE_ZOOM = 10.5;

/** The point of a row; nothing where nobody knows it. */
export function pointOf({ lon, lat }: Attributes): Point | null {
  return typeof lon === 'number' && typeof lat === 'number' ? [lon, lat] : null;
}

export function choose(layer: Group, key: string, attributes: Attributes, at: Point | null, fly: boolean): void {
  page.chosen = { layer, key, attributes, at };
  placeAgain.worked();
  // Another place is wanted than the one that did not come.
  if (page.banner?.again) setBanner(null);
  // Villages drawn as one have no address.
  change({ selected: key === '' ? null : { layer, key } }, 'replace');
  if (narrow.matches) page.sheetOpen = false;
  drawSheet();
  drawPopup();
  drawList();
  page.view?.mark(at);
  // A commune is chosen whole: its middle must be in sight, and so must its edge.
  const areaKm2 = layer === 'communes' && typeof attributes.area_km2 === 'number' ? attributes.area_km2 : undefined;
  if (!at) void showCommune(layer, key, attributes);
  else if (fly || (page.view && !page.view.sees(at, padding()))) page.view?.fly(at, padding(), areaKm2);
  document.getElementById('popup')?.focus({ preventScroll: true });
}

/** A village without a point lies somewhere in its commune: that is what can be shown of it. */
async function showCommune(layer: Group, key: string, { commune }: Attributes): Promise<void> {
  if (typeof commune !== 'string') return;
  const of = await api.item('communes', commune, page.state).catch(() => null);
  const at = of && pointOf(of);
  if (!at || page.chosen?.key !== key || page.chosen.layer !== layer) return;
  page.view?.fly(at, padding(), typeof of.area_km2 === 'number' ? of.area_km2 : undefined);
}

/** After a reload or from a link: the place in the address is opened again. */
export async function openSelected(): Promise<void> {
  const { selected } = page.state;
  if (!selected) page.cameraGiven = true;
  if (!selected) return closePopup(false);
  const isWanted = () => page.state.selected?.key === selected.key && page.state.selected.layer === selected.layer;
  if (page.chosen?.key === selected.key && page.chosen.layer === selected.layer) return;
  try {
    const { layer, item } = await standsToday(selected.layer, selected.key);
    if (isWanted()) choose(layer, item.key, item, pointOf(item), !page.cameraGiven);
    page.cameraGiven = true;
  } catch (error) {
    if (!isWanted()) return;
    // It may be there when the network is.
    if (asApiError(error).kind === 'refused') closePopup(false);
    else notReached(error, () => void openSelected());
  }
}

/** A place that was asked for and did not come: said over the map, with what was asked as the way to try again. */
function notReached(error: unknown, again: () => void): void {
  const retry = () => {
    setBanner(null);
    again();
  };
  setBanner({ kind: 'error', error: asApiError(error), again: retry });
}

/** The row of a place, which may be that of the dead area it is part of by now; of an area that is no more that of its cell. */
export async function standsToday(layer: Group, key: string): Promise<{ layer: Group; item: Item }> {
  try {
    return { layer, item: await rowOf(layer, key) };
  } catch (error) {
    if (asApiError(error).status !== 410) throw error;
    return { layer: 'signal', item: { ...(await api.item('signal', key, page.state)), was_dead: true } };
  }
}

/** The row of a place; of a village that has ended, which is in no list, what the search knows of it. */
export async function rowOf(layer: Group, key: string): Promise<Item> {
  try {
    return await api.item(layer, key, page.state);
  } catch (error) {
    if (asApiError(error).status !== 404 || !OF_VILLAGES.includes(layer)) throw error;
    const found = (await api.search(key, page.state)).find((one) => one.key === key && one.ended !== undefined);
    if (!found) throw error;
    return { ...found, code: key };
  }
}

export function pickFromList(layer: Group, item: Item): void {
  page.opener = document.getElementById(`row-${layer}-${item.key}`);
  choose(layer, item.key, item, pointOf(item), true);
}

export function pickWork(item: Item): void {
  page.opener = document.getElementById(`row-work-${item.key}`);
  choose('dead_areas', item.key, item, pointOf(item), true);
}

export function pickProblem({ id, lon, lat, area_m2: m2, count, drawn_km2: drawn }: Problem): void {
  if (lon === null || lat === null) return;
  closePopup(false);
  page.problem = id;
  if (narrow.matches) page.sheetOpen = false;
  drawSheet();
  drawList();
  page.view?.mark([lon, lat]);
  // A unit is looked at whole, a gap or an overlap as close as it is small.
  const areaKm2 = drawn ?? (count !== null ? undefined : m2 === null ? 1e-4 : m2 / 1e6);
  page.view?.fly([lon, lat], padding(), areaKm2, count !== null || drawn !== null ? undefined : PROBLEM_ZOOM);
}

/** From the search to the place: its figures are asked for, under the filters in force. */
export async function goTo(found: Found): Promise<void> {
  const { kind, key } = found;
  const layer: Group = kind === 'commune' ? 'communes' : 'villages';
  const question = questionParams(page.state).toString();
  try {
    const item = await rowOf(layer, key);
    // Its figures are of the filters of then.
    if (questionParams(page.state).toString() !== question) return;
    page.opener = document.getElementById('search');
    choose(layer, key, item, pointOf(item), true);
  } catch (error) {
    notReached(error, () => void goTo(found));
  }
}

/** Where a row of the popup leads: the dead area of a village, the villages and the dead areas of a commune. */
export async function goOn(where: NonNullable<Row['opens']>, to: string): Promise<void> {
  if (!page.chosen) return;
  if (where === 'village') return goTo({ kind: 'village', key: to, name: '', lon: null, lat: null });
  if (where === 'cluster') {
    const { at } = page.chosen;
    closePopup(false);
    if (at) page.view?.fly(at, padding(), undefined, SINGLE_ZOOM);
    return;
  }
  if (where === 'to_visit' || where === 'dead_areas') {
    const { key } = page.chosen;
    if (narrow.matches) {
      closePopup(false);
      page.sheetOpen = true;
      drawSheet();
    }
    narrowTo(key, where === 'to_visit' ? 'unreached' : 'dead_areas');
    return;
  }
  const { key: from, attributes } = page.chosen;
  try {
    const area = await api.item('dead_areas', String(attributes.dead_area), page.state);
    if (page.chosen?.key === from) choose('dead_areas', area.key, area, pointOf(area), true);
  } catch (error) {
    notReached(error, () => void goOn(where, to));
  }
}

function narrowTo(commune: string, list: List): void {
  change({ commune }, 'replace');
  openTab(list);
}

export function closePopup(returnFocus = true, write = true): void {
  const inside = parts.popup.contains(document.activeElement);
  if (!page.chosen && !page.state.selected) return;
  page.chosen = null;
  plans.forget();
  if (write && page.state.selected) change({ selected: null }, 'replace');
  page.view?.mark(null);
  drawPopup();
  drawList();
  const row = page.opener && document.getElementById(page.opener.id);
  if (returnFocus && inside) (row ?? page.view?.map.getCanvas())?.focus({ preventScroll: true });
  page.opener = null;
}
