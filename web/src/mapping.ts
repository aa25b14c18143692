// The map: begun, styled, and what it says of itself.

import { alone } from './alone';
import { ApiError } from './api';
import { choose, closePopup } from './choosing';
import { draw, drawBanner, drawFilters, drawLegend } from './drawing';
import { comparedDay } from './editions';
import { keyOf } from './evidence';
import { number } from './format';
import { t } from './i18n';
import { change, padding, page, parts } from './page';
import { hasWebGl } from './screen';
import { prepare, shownByStyle } from './style';
import type { Group } from './types';

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
  page.view.show(prepare(page.style, document.baseURI, page.state.visible, oldDay));
}

export function toggleLayer(group: Group, shown: boolean): void {
  const visible = { ...page.state.visible };
  if (page.style && shownByStyle(page.style, group) === shown) delete visible[group];
  else visible[group] = shown;
  change({ visible }, 'replace');
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
  const left = page.view.leftOut();
  parts.note.textContent = left > 0 ? t('droppedNote', { n: number(left) }) : '';
  page.settle();
}

export function mapFailed(message: string): void {
  if (/abort/i.test(message)) return;
  setBanner({ kind: 'error', error: new ApiError(navigator.onLine ? 'tiles' : 'offline', 0, message) });
  page.settle();
}

export function setBanner(next: typeof page.banner): void {
  // Nothing is louder than a map that cannot be drawn at all.
  if (page.banner?.kind === 'webgl') return;
  page.banner = next;
  drawBanner();
}

export function mapWords(): Record<string, string> {
  return { 'Map.Title': t('mapTitle'), 'Marker.Title': '' };
}
