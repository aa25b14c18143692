// The page: one state, one address, three parts drawn from it.
//
// The order of loading is the order of need: words and filters, then the list
// of places to go, then the map.

import './css/index.css';

import { onAddress } from './address';
import { ApiError } from './api';
import { begin, retryAll } from './asking';
import { closePopup } from './choosing';
import { h } from './dom';
import { setSight } from './downloads';
import { draw } from './drawing';
import { setLanguage } from './i18n';
import { setBanner } from './mapping';
import { page, parts } from './page';
import { afterPrint, beforePrint } from './print';
import { narrow, wide } from './screen';
import { search } from './widgets';

const ready = new Promise<void>((resolve) => {
  page.settle = resolve;
});
Object.assign(window, {
  phusong: {
    ready,
    get map() {
      return page.view?.map ?? null;
    },
    get state() {
      return structuredClone(page.state);
    },
  },
});

setSight(() => page.view?.sight() ?? null);

void start();

async function start(): Promise<void> {
  parts.panel.append(parts.sheet, h('div', { class: 'panel-body' }, search.element, parts.filters, parts.summary, parts.tabs, parts.list));
  parts.map.append(parts.canvas, parts.banner, parts.note, parts.zoom, parts.legend, parts.popup);
  document.getElementById('app')?.append(parts.head, parts.print, parts.panel, parts.map);
  setLanguage(page.state.lang);
  search.rename();
  draw();
  window.addEventListener('beforeprint', () => beforePrint(today()));
  window.addEventListener('afterprint', afterPrint);
  window.addEventListener('popstate', () => void onAddress());
  window.addEventListener('online', () => void retryAll());
  window.addEventListener('offline', () => setBanner({ kind: 'error', error: new ApiError('offline', 0, '') }));
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && page.chosen) closePopup();
  });
  for (const query of [wide, narrow]) {
    query.addEventListener('change', () => {
      // A sheet of paper is narrow for a moment: nothing moves for it.
      if (matchMedia('print').matches) return;
      page.legendOpen = wide.matches;
      if (!narrow.matches) page.sheetOpen = true;
      draw();
    });
  }
  await begin();
}

/** Of the reader, `YYYY-MM-DD`. */
function today(): string {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}
