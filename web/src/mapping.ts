// The map: begun, styled, and what it says of itself.

import { alone } from './alone';
import { ApiError } from './api';
import { choose, closePopup } from './choosing';
import { draw, drawBanner, drawFilters, drawLegend } from './drawing';
import { comparedDay } from './editions';
import { keyOf } from './evidence';
import { effective } from './following';
import { number } from './format';
import { t } from './i18n';
import { change, padding, page, parts } from './page';
import { hasWebGl } from './screen';
import { prepare, shownByStyle } from './style';
import { type Group, GROUPS, type State } from './types';
import { again, placeAgain, stale } from './widgets';

/** Nothing where there is a map already. */
export const startMap = alone(async () => {
  if (!page.meta || page.view) return;
  if (!hasWebGl()) {
    setBanner({ kind: 'webgl', error: null });
    page.settle();
    return;
  }
  try {
    const { MapView } = await import('./map');
    page.view = new MapView(parts.canvas, page.meta.bounds, padding(), mapWords(), {
      pick: (layer, attributes, at) => choose(layer, keyOf(layer, attributes), attributes, at, false),
      miss: () => closePopup(),
      failed: (message) => mapFailed(message),
      settled: () => onSettled(),
    });
  } catch (error) {
    // A driver may promise WebGL and then refuse; a script that did not arrive is another matter.
    const missing = error instanceof TypeError && /import|fetch|load/i.test(error.message);
    setBanner(missing ? { kind: 'error', error: new ApiError('offline', 0, error.message) } : { kind: 'webgl', error: null });
    page.settle();
    return;
  }
  showStyle();
  draw();
});

export function showStyle(): void {
  if (!page.style || !page.view) return;
  const oldDay = page.meta && page.state.old ? comparedDay(page.meta, page.state.asOf) : null;
  page.view.show(prepare(page.style, document.baseURI, effective(page.state), oldDay));
}

/** What the style itself does; before it is there everything counts as shown. */
export function byStyle(group: Group): boolean {
  return page.style ? shownByStyle(page.style, group) : true;
}

/** Whether a layer is on the map, by the reader's wish, by its open list or by the style. */
export function isShown(group: Group): boolean {
  return effective(page.state)[group] ?? byStyle(group);
}

/** Another tab, with the layer of its rows. */
export function follow(tab: State['tab']): void {
  const before = GROUPS.map(isShown);
  change({ tab, visible: page.following.opened(page.state.visible, tab, byStyle) }, 'replace');
  for (const [at, group] of GROUPS.entries()) {
    if (isShown(group) !== before[at]) page.view?.setVisible(group, isShown(group));
  }
}

export function toggleLayer(group: Group, shown: boolean): void {
  change({ visible: page.following.switched(page.state.visible, group, shown, page.state.tab, byStyle) }, 'replace');
  page.view?.setVisible(group, shown);
  drawLegend();
  // Two periods are compared on one layer alone: its days are asked for beside it.
  if (group === 'changes') drawFilters();
}

export function toggleOld(old: boolean): void {
  change({ old }, 'replace');
  showStyle();
  drawLegend();
}

export function onSettled(): void {
  if (!page.style || !page.view?.map.getSource('phusong')) return;
  if (page.banner?.kind === 'loading') setBanner(null);
  if (page.banner === null) stale.settles('map');
  if (page.banner === null && page.summary) again.worked();
  const left = page.view.leftOut();
  parts.note.textContent = left > 0 ? t('droppedNote', { n: number(left) }) : '';
  page.settle();
}

export function mapFailed(message: string): void {
  if (/abort/i.test(message)) return;
  page.tilesFailed = true;
  setBanner({ kind: 'error', error: new ApiError(navigator.onLine ? 'tiles' : 'offline', 0, message) });
  page.settle();
}

export function setBanner(next: typeof page.banner): void {
  // Nothing is louder than a map that cannot be drawn at all.
  if (page.banner?.kind === 'webgl') return;
  page.banner = next;
  if (next?.error) (next.again ? placeAgain : again).later(next.error);
  drawBanner();
}

export function mapWords(): Record<string, string> {
  return { 'Map.Title': t('mapTitle'), 'Marker.Title': '' };
}
