// Every part of the page, drawn from what it knows.

import { changeQuestion, switchLanguage } from './address';
import { load, retryAll } from './asking';
import { closePopup, goOn, goTo, pickFromList, pickProblem, pickWork } from './choosing';
import { head, legendToggle, notice, sheetHandle, sums, zoomButtons } from './chrome';
import { whyClosed } from './closed';
import { h, redraw } from './dom';
import { comparedDay } from './editions';
import { filters } from './filters';
import { folding } from './filters-fold';
import { number } from './format';
import { t } from './i18n';
import { KINDS } from './import';
import { legend } from './legend';
import { listView } from './lists';
import { byStyle, follow, isShown, toggleLayer, toggleOld } from './mapping';
import { ALL, asked as narrowedTo, type Narrowing, ownCommune } from './narrowed';
import { asked, change, padding, page, parts } from './page';
import { failure } from './page-end';
import { popup } from './popup';
import { has, isMixed, monthsOnly, opens, sees, takesBack } from './role';
import { narrow } from './screen';
import { staleNote } from './stale';
import { isList } from './state';
import { type Tab, TAB_NAMES } from './tabs';
import { type Group, type Meta, OF_VILLAGES, type State } from './types';
import { auditTab, cardAgain, comparedPeriods, desk, histories, importLog, inbox, indicatorTab, lists, plans, problems, registers, roles, sheets, speedsAround, stale, tabBar, today, work } from './widgets';

/** The sheet's own movement, as css/phone.css has it, and a little more. */
const SHEET_MS = 240;

export function draw(): void {
  document.documentElement.lang = page.state.lang;
  document.title = page.meta?.province ? t('documentTitle', { province: page.meta.province.name }) : t('appName');
  drawHead();
  drawSheet();
  drawFilters();
  drawSummary();
  drawTabs();
  drawList();
  drawLegend();
  drawBanner();
  drawZoom();
  drawPopup();
}

export function drawHead(): void {
  redraw(parts.head, ...head(page.state.lang, page.meta, switchLanguage, page.me && roles.view(page.me, isMixed(page.meta?.sources ?? []))));
}

export function drawSheet(): void {
  document.body.classList.toggle('sheet-open', page.sheetOpen);
  const toggle = () => {
    page.sheetOpen = !page.sheetOpen;
    if (page.sheetOpen && narrow.matches && page.chosen) closePopup(false);
    drawSheet();
    refit();
  };
  redraw(parts.sheet, sheetHandle(page.sheetOpen, toggle));
}

/** The sheet covers another part of the map now: the province moves into what is left. */
export function refit(): void {
  const bounds = page.meta?.bounds;
  if (!bounds || !narrow.matches) return;
  setTimeout(() => {
    if (page.view?.showsWhole && !page.chosen) page.view.fit(bounds, padding());
  }, SHEET_MS);
}

export function drawFilters(): void {
  if (!page.meta) return;
  const shown = filters(page.state, page.meta, page.campaigns, changeQuestion, monthsOnly(page.me));
  redraw(parts.filters, narrow.matches ? folding(shown, page.state, page.meta) : shown);
}

export function drawSummary(): void {
  const shown = page.summary ?? page.former;
  if (!page.meta || !shown) return redraw(parts.summary);
  const { k } = page.meta.rules.reach;
  const steps = monthsOnly(page.me) && h('p', { class: 'steps-note', 'data-testid': 'steps-note' }, t('stepsNote', { k: number(k) }));
  redraw(parts.summary, sums(shown, k, monthsOnly(page.me)), steps, staleNote(stale));
}

export function drawTabs(): void {
  // On a wide screen the legend has a card of its own on the map.
  const names = (Object.keys(TAB_NAMES) as State['tab'][]).filter((id) => id !== 'legend' || narrow.matches);
  const all: Tab[] = names.map((id) => ({ id, label: t(TAB_NAMES[id]) }));
  const current = !narrow.matches && page.state.tab === 'legend' ? 'priority' : page.state.tab;
  redraw(parts.tabs, tabBar.view(all.filter(({ id }) => opens(page.me, id)), current, openTab));
  parts.list.setAttribute('aria-labelledby', `tab-${current}`);
}

export function openTab(tab: State['tab']): void {
  page.closed = null;
  follow(tab);
  drawTabs();
  drawList();
  drawLegend();
  // On a phone the filters fill the sheet: what was opened would begin below the fold.
  if (narrow.matches) parts.tabs.scrollIntoView({ block: 'start' });
  void load(tab);
}

export function drawList(): void {
  if (!page.meta) {
    redraw(parts.list, page.banner?.error ? failure(page.banner.error, () => void retryAll()) : h('p', { class: 'waiting' }, t('loading')));
    return;
  }
  const { tab } = page.state;
  if (tab === 'boundaries') {
    redraw(parts.list, problems.view({ selected: page.problem, pick: pickProblem }));
    return;
  }
  if (tab === 'today') {
    const selectedKey = page.state.selected?.layer === 'villages' ? page.state.selected.key : '';
    redraw(parts.list, today.view({ selectedKey, pick: ({ key, name }) => void goTo({ kind: 'village', key, name, lon: null, lat: null }), narrowing: narrowing(), summary: page.summary }));
    return;
  }
  if (tab === 'indicators') {
    redraw(parts.list, indicatorTab.view({ meta: page.meta, question: asked(), seesTeams: has(page.me, 'outreach'), campaigns: page.campaigns }));
    return;
  }
  if (tab === 'work') {
    const selectedKey = page.state.selected?.layer === 'dead_areas' ? page.state.selected.key : '';
    redraw(parts.list, work.view({ question: asked(), meta: page.meta, selectedKey, pick: pickWork, narrowing: narrowing(), summary: page.summary }));
    return;
  }
  if (tab === 'import') {
    const own = page.me?.may.import === 'own';
    const show = (key: string) => void goTo({ kind: 'commune', key, name: '', lon: null, lat: null });
    redraw(parts.list, desk.view({ kinds: own ? KINDS.slice(0, 1) : KINDS, inbox: has(page.me, 'review') ? () => openTab('inbox') : null, show, log: takesBack(page.me) ? importLog.view(page.meta) : null }));
    return;
  }
  if (tab === 'audit') {
    redraw(parts.list, auditTab.view(page.meta));
    return;
  }
  if (tab === 'inbox') {
    redraw(parts.list, inbox.view(narrowing()));
    return;
  }
  if (!isList(tab) && narrow.matches) {
    redraw(parts.list, legendView());
    return;
  }
  const list = isList(tab) ? tab : 'priority';
  if (!isList(tab) && lists.of(list).status === 'idle') void lists.open(list, page.state);
  redraw(
    parts.list,
    listView(list, lists, {
      state: page.state,
      meta: page.meta,
      summary: page.summary,
      selectedKey: page.state.selected?.layer === list ? page.state.selected.key : '',
      pick: pickFromList,
      clearPeriod: () => changeQuestion({ from: '', to: '' }),
      narrowing: narrowing(),
      closed: page.closed && page.me && whyClosed(page.closed, page.me),
    }),
  );
}

/** The commune that lists are of, and the way to all of them and back. */
function narrowing(): Narrowing {
  const code = narrowedTo(page.state.commune);
  const own = ownCommune(page.me);
  const show = (commune: string) => {
    change({ commune }, 'push');
    drawList();
    void load(page.state.tab);
  };
  const name = page.communeNames.get(code) || (code === own ? (page.me?.scope_name ?? '') : '');
  return { code, name, widen: () => show(own ? ALL : ''), own: own && code !== own ? { name: page.me?.scope_name ?? own, show: () => show(own) } : null };
}

export function drawLegend(): void {
  if (narrow.matches || !page.meta) {
    redraw(parts.legend);
    if (narrow.matches && page.state.tab === 'legend') drawList();
    return;
  }
  const toggle = () => {
    page.legendOpen = !page.legendOpen;
    drawLegend();
  };
  redraw(parts.legend, legendToggle(page.legendOpen, toggle), page.legendOpen ? legendView() : null);
}

export function legendView(): HTMLElement | null {
  if (!page.meta) return null;
  const lent = (group: Group) => page.following.lends(page.state, group, byStyle);
  return legend({ state: page.state, meta: page.meta, summary: page.summary, shown: isShown, lent, may: (layer) => sees(page.me, layer), toggle: toggleLayer, compared: isShown('changes') ? comparedPeriods.of(asked()) : null, oldDay: comparedDay(page.meta, page.state.asOf), toggleOld });
}

export function drawBanner(): void {
  redraw(parts.banner, page.banner && notice(page.banner, page.banner.again ?? (() => void retryAll())));
}

export function drawZoom(): void {
  const bounds = page.meta?.bounds;
  if (!page.view || !bounds) return redraw(parts.zoom);
  redraw(parts.zoom, ...zoomButtons({ by: (step) => page.view?.zoom(step), all: () => page.view?.fit(bounds, padding()) }));
}

export function drawPopup(): void {
  document.body.classList.toggle('has-popup', page.chosen !== null);
  if (!page.chosen || !page.meta) return redraw(parts.popup);
  redraw(
    parts.popup,
    popup({ ...page.chosen, meta: page.meta, close: () => closePopup(), open: (where, key) => void goOn(where, key), more: below(page.chosen.layer, page.chosen.key, page.meta) }),
  );
  if (failedParts().length > 0) cardAgain.later({ kind: 'server' });
  else cardAgain.worked();
}

/** Asks again for the parts of the card that did not come, as their buttons do. */
export function retryCard(): void {
  for (const button of failedParts()) button.click();
}

function failedParts(): HTMLButtonElement[] {
  return [...parts.popup.querySelectorAll<HTMLButtonElement>('.failure:not([data-kind=refused]) button')];
}

/** What stands under the figures of a card. */
export function below(layer: Group, key: string, known: Meta): HTMLElement | null {
  if (key === '') return null;
  if (layer === 'dead_areas') return sees(page.me, 'work') ? sheets.view(key, asked(), known, page.me?.act ?? false) : null;
  const history = layer === 'communes' ? histories.view(key, page.state.asOf) : null;
  // Nothing is planned or forecast of a campaign that is over.
  const over = page.campaigns.some(({ code, to }) => code === page.state.campaign && to < known.as_of);
  const planning = layer === 'communes' && has(page.me, 'planning') && !over ? plans.view(key, asked()) : null;
  const register = OF_VILLAGES.includes(layer) && has(page.me, 'outreach') ? registers.view(key) : null;
  // Nobody tests speeds around a village that is no more.
  const speeds = page.chosen?.attributes.ended ? null : speedsAround.view(layer, key, asked(), known);
  const under = [planning, speeds, history, register];
  return under.some((part) => part !== null) ? h('div', {}, ...under) : null;
}
