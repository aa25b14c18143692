// The page: one state, one address, three parts drawn from it.
//
// The order of loading is the order of need: words and filters, then the list
// of places to go, then the map.

import './css/index.css';

import * as api from './api';
import { ApiError, asApiError } from './api';
import { head, legendToggle, notice, sheetHandle, sums, zoomButtons, type Banner } from './chrome';
import { h, redraw } from './dom';
import { number } from './format';
import { keyOf } from './evidence';
import { comparedDay } from './editions';
import { setSight } from './downloads';
import { filters, forget } from './filters';
import { Histories, historyView } from './history';
import { RegisterSheets } from './register-sheet';
import { Inbox } from './inbox';
import { setLanguage, t } from './i18n';
import { ImportDesk, KINDS } from './import';
import { legend } from './legend';
import { Live, type Step } from './live';
import { failure, listView, Lists, LIST_NAMES } from './lists';
import type { MapView, Padding } from './map';
import { wholeMonths } from './period';
import { popup } from './popup';
import { Plans } from './plan';
import { Problems } from './problems';
import { has, monthsOnly, opens, RoleMenu, sees, setGuarded } from './role';
import { hasWebGl, narrow, remember, remembered, wide } from './screen';
import { Search } from './search';
import { SpeedsAround } from './speeds';
import { isList, questionParams, readState, writeState } from './state';
import { legendOf, prepare, shownByStyle } from './style';
import { IndicatorTab } from './indicators';
import { TabBar, type Tab } from './tabs';
import { TodayList } from './today';
import { LISTS, type Attributes, type Group, type Found, type Item, type Me, type Meta, type Problem, type Question, type State, type Summary } from './types';
import { WorkList } from './work';
import { WorkSheets } from './work-sheet';
import { setLegend } from './words';

type Style = Parameters<typeof prepare>[0];

/** The sheet's own movement, as css/phone.css has it, and a little more. */
const SHEET_MS = 240;
/** Close enough to see a gap of half a metre between two borders. */
const PROBLEM_ZOOM = 16;
/** From here on villages are drawn one by one (`clusters` in tiles/layers.json), and a little closer. */
const SINGLE_ZOOM = 10.5;

let state: State = readState(location.search, remembered());
let meta: Meta | null = null;
let me: Me | null = null;
/** The network that `me` speaks of. */
let meAbout = '';
let summary: Summary | null = null;
let style: Style | null = null;
let view: MapView | null = null;
let chosen: { layer: Group; key: string; attributes: Attributes; at: [number, number] } | null = null;
let opener: HTMLElement | null = null;
let problem: number | null = null;
let sheetOpen = true;
let legendOpen = wide.matches;
let banner: Banner | null = null;
let asking = new AbortController();
/** The map writes its camera into the address as soon as it is there, so this is asked first. */
let cameraGiven = location.hash !== '';

const parts = {
  head: h('header', { class: 'head', id: 'head' }),
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

const lists = new Lists(() => drawList());
const problems = new Problems(() => drawList());
const work = new WorkList(() => drawList());
const sheets = new WorkSheets(() => drawPopup(), () => void work.open(asked(), true));
// A decision changes what counts: everything is asked for anew.
const inbox = new Inbox(() => drawList(), () => void ask());
const today = new TodayList(() => drawList());
const indicatorTab = new IndicatorTab(() => drawList());
const tabBar = new TabBar(() => drawTabs());
// What came in is on the map, in every list and among what was held back.
const desk = new ImportDesk(() => drawList(), () => void afterImport());
const plans = new Plans(() => drawPopup(), (drawing) => view?.showPlan(drawing));
const histories = new Histories(() => drawPopup());
// Another name or end of a village shows everywhere.
const registers = new RegisterSheets(() => drawPopup(), () => void ask(), () => view?.centre() ?? null);
const speedsAround = new SpeedsAround(() => drawPopup());
const roles = new RoleMenu(() => drawHead(), (operator) => {
  // Nothing on the page is sure to look the same to another role.
  if (operator) change({ operator }, 'replace');
  location.reload();
});
const live = new Live(() => String(meta?.epoch ?? ''), (step) => void renew(step));
const search = new Search(() => state, (found) => void goTo(found));

let settle: () => void = () => undefined;
const ready = new Promise<void>((resolve) => {
  settle = resolve;
});
Object.assign(window, {
  phusong: {
    ready,
    get map() {
      return view?.map ?? null;
    },
    get state() {
      return structuredClone(state);
    },
  },
});

setSight(() => view?.sight() ?? null);

void start();

async function start(): Promise<void> {
  parts.panel.append(parts.sheet, h('div', { class: 'panel-body' }, search.element, parts.filters, parts.summary, parts.tabs, parts.list));
  parts.map.append(parts.canvas, parts.banner, parts.note, parts.zoom, parts.legend, parts.popup);
  document.getElementById('app')?.append(parts.head, parts.panel, parts.map);
  setLanguage(state.lang);
  search.rename();
  draw();
  window.addEventListener('popstate', () => void onAddress());
  window.addEventListener('online', () => void retryAll());
  window.addEventListener('offline', () => setBanner({ kind: 'error', error: new ApiError('offline', 0, '') }));
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && chosen) closePopup();
  });
  for (const query of [wide, narrow]) {
    query.addEventListener('change', () => {
      legendOpen = wide.matches;
      if (!narrow.matches) sheetOpen = true;
      draw();
    });
  }
  await begin();
}

/** Everything after the words: may fail, may be tried again. */
async function begin(): Promise<void> {
  setBanner({ kind: 'loading', error: null });
  try {
    await identify();
    meta = await api.meta();
  } catch (error) {
    setBanner({ kind: 'error', error: asApiError(error) });
    return;
  }
  fit();
  draw();
  // The list is small and useful alone; the map's code is large. Both are asked for at once.
  await Promise.all([ask(), startMap()]);
  await openSelected();
}

/**
 * The data have changed: lists and figures are asked anew, of the map what changed, and what is open is told as it
 * stands now.
 */
async function renew(step: Step): Promise<void> {
  const before = meta;
  try {
    meta = await api.meta();
  } catch {
    return; // The next event tries again.
  }
  // Where the ground is another one, or somebody else is to be named, sources are described anew.
  const described = ({ bounds, speed_attributions }: Meta) => JSON.stringify([bounds, speed_attributions]);
  const apart = before && String(meta.epoch) === step.epoch && described(before) === described(meta);
  view?.refresh(String(meta.epoch), apart ? step.changed : null);
  await ask();
  if (!chosen) return;
  const { layer, key } = chosen;
  const item = await api.item(layer, key, state).catch(() => null);
  if (item && chosen?.layer === layer && chosen.key === key) {
    chosen = { ...chosen, attributes: item };
    drawPopup();
  }
}

/** Who the reader is. A token that has ended is put away, and said to be: the page goes on as it is for everybody. */
async function identify(): Promise<void> {
  const about = state.operator;
  try {
    me = await api.me(about);
  } catch (error) {
    if (asApiError(error).status !== 401) throw error;
    roles.ended(asApiError(error));
    await api.logout();
    me = await api.me(about);
  }
  meAbout = about;
  setGuarded(me);
}

/** What this role may not ask is not asked: days become their months, a hidden tab the first one. */
function fit(): void {
  const period = monthsOnly(me) && meta ? wholeMonths(state, meta.as_of) : state;
  const next = { from: period.from, to: period.to, tab: me && !opens(me, state.tab) ? ('priority' as const) : state.tab };
  if (next.from !== state.from || next.to !== state.to || next.tab !== state.tab) change(next, 'replace');
}

async function startMap(): Promise<void> {
  if (!meta) return;
  if (!hasWebGl()) {
    setBanner({ kind: 'webgl', error: null });
    settle();
    return;
  }
  try {
    const { MapView } = await import('./map');
    view = new MapView(parts.canvas, meta.bounds, padding(), mapWords(), {
      pick: (layer, attributes, at) => choose(layer, keyOf(layer, attributes), attributes, at, false),
      miss: () => closePopup(),
      failed: (message) => mapFailed(message),
      settled: () => onSettled(),
    });
  } catch (error) {
    // A driver may promise WebGL and then refuse; a script that did not arrive is another matter.
    const missing = error instanceof TypeError && /import|fetch|load/i.test(error.message);
    setBanner(missing ? { kind: 'error', error: new ApiError('offline', 0, error.message) } : { kind: 'webgl', error: null });
    settle();
    return;
  }
  showStyle();
  draw();
}

/** Asks the server the current question: list, summary and style. */
async function ask(): Promise<void> {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  lists.clear();
  indicatorTab.clear();
  today.forget();
  summary = null;
  if (me && state.operator !== meAbout) {
    try {
      await identify();
    } catch (error) {
      return setBanner({ kind: 'error', error: asApiError(error) });
    }
    if (signal.aborted) return;
  }
  fit();
  draw();
  live.follow(questionParams(state).toString());
  const tasks = [askStyle(signal), askSummary(signal)];
  tasks.push(load(state.tab));
  problem = null;
  await Promise.all(tasks);
}

/** The figures of before are nobody's any more. */
async function afterImport(): Promise<void> {
  inbox.forget();
  const before = meta;
  meta = await api.meta().catch(() => meta);
  if (meta && before?.epoch !== meta.epoch) view?.refresh(String(meta.epoch), null);
  await ask();
}

/** Loads what a tab shows, where it has anything of its own. */
async function load(tab: State['tab']): Promise<void> {
  if (isList(tab)) await lists.open(tab, state);
  if (tab === 'boundaries') await problems.open(state.asOf);
  if (tab === 'work') await work.open(asked());
  if (tab === 'inbox') await inbox.show(state.commune);
  if (tab === 'today') await today.open(asked(), state.commune);
  if (tab === 'indicators' && meta) await indicatorTab.open(meta.as_of);
}

async function askStyle(signal: AbortSignal): Promise<void> {
  if (banner?.kind !== 'webgl') setBanner({ kind: 'loading', error: null });
  try {
    style = (await api.style(state, state.lang, signal)) as Style;
    setLegend(legendOf(style));
    showStyle();
    draw();
  } catch (error) {
    if (signal.aborted) return;
    setBanner({ kind: 'error', error: asApiError(error) });
    settle();
  }
}

async function askSummary(signal: AbortSignal): Promise<void> {
  try {
    summary = await api.summary(state, signal);
    drawSummary();
    drawList();
    drawLegend();
  } catch {
    // The list and the banner say what is wrong; three figures more or less do not.
  }
}

/** After a reload or from a link: the place in the address is opened again. */
async function openSelected(): Promise<void> {
  const { selected } = state;
  if (!selected) cameraGiven = true;
  if (!selected) return closePopup(false);
  if (chosen?.key === selected.key && chosen.layer === selected.layer) return;
  try {
    const item = await api.item(selected.layer, selected.key, state);
    if (state.selected?.key === selected.key) choose(selected.layer, selected.key, item, [item.lon, item.lat], !cameraGiven);
    cameraGiven = true;
  } catch {
    closePopup(false);
  }
}

async function retryAll(): Promise<void> {
  if (!meta) return begin();
  const missing = view === null && banner?.kind !== 'webgl';
  await identify().catch(() => undefined);
  await ask();
  if (missing) await startMap();
}

function change(next: Partial<State>, how: 'push' | 'replace'): void {
  state = { ...state, ...next };
  const address = `${location.pathname}${writeState(state)}${location.hash}`;
  if (how === 'push') history.pushState(null, '', address);
  else history.replaceState(null, '', address);
}

function changeQuestion(next: Partial<Question>): void {
  if (next.from === '' && next.to === '') forget();
  change({ ...next, selected: null }, 'push');
  closePopup(false);
  void ask();
}

async function onAddress(): Promise<void> {
  const before = state;
  state = readState(location.search, remembered());
  if (state.lang !== before.lang) {
    setLanguage(state.lang);
    search.rename();
  }
  const same = (['operator', 'technology', 'from', 'to', 'asOf', 'comparedFrom', 'comparedTo', 'lang'] as const).every((name) => before[name] === state[name]);
  if (same) {
    draw();
    const loaded = load(state.tab);
    if (isList(state.tab)) await loaded;
    if (state.old !== before.old || JSON.stringify(before.visible) !== JSON.stringify(state.visible)) showStyle();
  } else {
    closePopup(false, false);
    await ask();
  }
  await openSelected();
}

function switchLanguage(): void {
  const lang = state.lang === 'vi' ? 'en' : 'vi';
  setLanguage(lang);
  remember(lang);
  change({ lang }, 'replace');
  search.rename();
  draw();
  drawPopup();
  view?.rename(t('mapTitle'));
  void askStyle(asking.signal);
}

function choose(layer: Group, key: string, attributes: Attributes, at: [number, number], fly: boolean): void {
  chosen = { layer, key, attributes, at };
  // Villages drawn as one have no address.
  change({ selected: key === '' ? null : { layer, key } }, 'replace');
  if (narrow.matches) sheetOpen = false;
  drawSheet();
  drawPopup();
  drawList();
  view?.mark(at);
  // A commune is chosen whole: its middle must be in sight, and so must its edge.
  const areaKm2 = layer === 'communes' && typeof attributes.area_km2 === 'number' ? attributes.area_km2 : undefined;
  if (fly || (view && !view.sees(at, padding()))) view?.fly(at, padding(), areaKm2);
  document.getElementById('popup')?.focus({ preventScroll: true });
}

function pickFromList(layer: Group, item: Item): void {
  opener = document.getElementById(`row-${layer}-${item.key}`);
  choose(layer, item.key, item, [item.lon, item.lat], true);
}

function pickWork(item: Item): void {
  opener = document.getElementById(`row-work-${item.key}`);
  choose('dead_areas', item.key, item, [item.lon, item.lat], true);
}

/** From the search to the place: its figures are asked for, under the filters in force. */
async function goTo({ kind, key }: Found): Promise<void> {
  const layer: Group = kind === 'commune' ? 'communes' : 'villages';
  try {
    const item = await api.item(layer, key, state);
    opener = document.getElementById('search');
    choose(layer, key, item, [item.lon, item.lat], true);
  } catch (error) {
    setBanner({ kind: 'error', error: asApiError(error) });
  }
}

function pickProblem({ id, lon, lat, area_m2: m2, count, drawn_km2: drawn }: Problem): void {
  if (lon === null || lat === null) return;
  closePopup(false);
  problem = id;
  if (narrow.matches) sheetOpen = false;
  drawSheet();
  drawList();
  view?.mark([lon, lat]);
  // A unit is looked at whole, a gap or an overlap as close as it is small.
  const areaKm2 = drawn ?? (count !== null ? undefined : m2 === null ? 1e-4 : m2 / 1e6);
  view?.fly([lon, lat], padding(), areaKm2, count !== null || drawn !== null ? undefined : PROBLEM_ZOOM);
}

/** Where a row of the popup leads: the dead area of a village, the villages of a commune. */
async function goOn(where: 'dead_area' | 'to_visit' | 'cluster'): Promise<void> {
  if (!chosen) return;
  if (where === 'cluster') {
    const { at } = chosen;
    closePopup(false);
    view?.fly(at, padding(), undefined, SINGLE_ZOOM);
    return;
  }
  if (where === 'to_visit') {
    const { key } = chosen;
    if (narrow.matches) {
      closePopup(false);
      sheetOpen = true;
      drawSheet();
    }
    narrowTo(key);
    return;
  }
  const { key: from, attributes } = chosen;
  try {
    const area = await api.item('dead_areas', String(attributes.dead_area), state);
    if (chosen?.key === from) choose('dead_areas', area.key, area, [area.lon, area.lat], true);
  } catch (error) {
    setBanner({ kind: 'error', error: asApiError(error) });
  }
}

function narrowTo(commune: string): void {
  change({ commune }, 'replace');
  openTab('unreached');
}

function closePopup(returnFocus = true, write = true): void {
  const inside = parts.popup.contains(document.activeElement);
  if (!chosen && !state.selected) return;
  chosen = null;
  plans.forget();
  if (write && state.selected) change({ selected: null }, 'replace');
  view?.mark(null);
  drawPopup();
  drawList();
  const row = opener && document.getElementById(opener.id);
  if (returnFocus && inside) (row ?? view?.map.getCanvas())?.focus({ preventScroll: true });
  opener = null;
}

function toggleLayer(group: Group, shown: boolean): void {
  const visible = { ...state.visible };
  if (style && shownByStyle(style, group) === shown) delete visible[group];
  else visible[group] = shown;
  change({ visible }, 'replace');
  view?.setVisible(group, shown);
  drawLegend();
  // Two periods are compared on one layer alone: its days are asked for beside it.
  if (group === 'changes') drawFilters();
}

function toggleOld(old: boolean): void {
  change({ old }, 'replace');
  showStyle();
  drawLegend();
}

function showStyle(): void {
  if (!style || !view) return;
  const oldDay = meta && state.old ? comparedDay(meta, state.asOf) : null;
  view.show(prepare(style, document.baseURI, state.visible, oldDay));
}

function onSettled(): void {
  if (!style || !view?.map.getSource('phusong')) return;
  if (banner?.kind === 'loading') setBanner(null);
  const left = view.leftOut();
  parts.note.textContent = left > 0 ? t('droppedNote', { n: number(left) }) : '';
  settle();
}

function mapFailed(message: string): void {
  if (/abort/i.test(message)) return;
  setBanner({ kind: 'error', error: new ApiError(navigator.onLine ? 'tiles' : 'offline', 0, message) });
  settle();
}

function setBanner(next: typeof banner): void {
  // Nothing is louder than a map that cannot be drawn at all.
  if (banner?.kind === 'webgl') return;
  banner = next;
  drawBanner();
}

// ---- drawing -------------------------------------------------------------

function draw(): void {
  document.documentElement.lang = state.lang;
  document.title = meta?.province ? t('documentTitle', { province: meta.province.name }) : t('appName');
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

function drawHead(): void {
  redraw(parts.head, ...head(state.lang, meta, switchLanguage, me && roles.view(me)));
}

function drawSheet(): void {
  document.body.classList.toggle('sheet-open', sheetOpen);
  const toggle = () => {
    sheetOpen = !sheetOpen;
    if (sheetOpen && narrow.matches && chosen) closePopup(false);
    drawSheet();
    refit();
  };
  redraw(parts.sheet, sheetHandle(sheetOpen, toggle));
}

/** The sheet covers another part of the map now: the province moves into what is left. */
function refit(): void {
  const bounds = meta?.bounds;
  if (!bounds || !narrow.matches) return;
  setTimeout(() => {
    if (view?.showsWhole && !chosen) view.fit(bounds, padding());
  }, SHEET_MS);
}

function drawFilters(): void {
  if (meta) redraw(parts.filters, filters(state, meta, changeQuestion, monthsOnly(me)));
}

function drawSummary(): void {
  const k = meta?.rules.reach.k ?? 0;
  const steps = monthsOnly(me) && h('p', { class: 'steps-note', 'data-testid': 'steps-note' }, t('stepsNote', { k: number(k) }));
  redraw(parts.summary, meta && summary && sums(summary, k, monthsOnly(me)), meta && summary && steps);
}

function drawTabs(): void {
  const all: Tab[] = LISTS.map((name) => ({ id: name, label: t(LIST_NAMES[name]) }));
  all.push({ id: 'today', label: t('listToday') }, { id: 'indicators', label: t('listIndicators') }, { id: 'work', label: t('listWork') }, { id: 'boundaries', label: t('listBoundaries') }, { id: 'inbox', label: t('listInbox') }, { id: 'import', label: t('listImport') });
  // On a wide screen the legend has a card of its own on the map.
  if (narrow.matches) all.push({ id: 'legend', label: t('legend') });
  const current = !narrow.matches && state.tab === 'legend' ? 'priority' : state.tab;
  redraw(parts.tabs, tabBar.view(all.filter(({ id }) => opens(me, id)), current, openTab));
  parts.list.setAttribute('aria-labelledby', `tab-${current}`);
}

function openTab(tab: State['tab']): void {
  change({ tab }, 'replace');
  drawTabs();
  drawList();
  drawLegend();
  void load(tab);
}

function drawList(): void {
  if (!meta) {
    redraw(parts.list, banner?.error ? failure(banner.error, () => void retryAll()) : h('p', { class: 'waiting' }, t('loading')));
    return;
  }
  const { tab } = state;
  if (tab === 'boundaries') {
    redraw(parts.list, problems.view({ selected: problem, pick: pickProblem }));
    return;
  }
  if (tab === 'today') {
    const selectedKey = state.selected?.layer === 'villages' ? state.selected.key : '';
    const widen = () => {
      change({ commune: '' }, 'push');
      void today.open(asked(), '');
    };
    redraw(parts.list, today.view({ selectedKey, pick: ({ key, name }) => void goTo({ kind: 'village', key, name, lon: null, lat: null }), widen: state.commune ? widen : null }));
    return;
  }
  if (tab === 'indicators') {
    redraw(parts.list, indicatorTab.view({ today: meta.as_of, seesTeams: has(me, 'outreach') }));
    return;
  }
  if (tab === 'work') {
    const selectedKey = state.selected?.layer === 'dead_areas' ? state.selected.key : '';
    redraw(parts.list, work.view({ question: asked(), meta, selectedKey, pick: pickWork }));
    return;
  }
  if (tab === 'import') {
    const own = me?.may.import === 'own';
    const show = (key: string) => void goTo({ kind: 'commune', key, name: '', lon: null, lat: null });
    redraw(parts.list, desk.view({ kinds: own ? KINDS.slice(0, 1) : KINDS, inbox: has(me, 'review') ? () => openTab('inbox') : null, show }));
    return;
  }
  if (tab === 'inbox') {
    redraw(parts.list, inbox.view());
    return;
  }
  if (!isList(tab) && narrow.matches) {
    redraw(parts.list, legendView());
    return;
  }
  const list = isList(tab) ? tab : 'priority';
  if (!isList(tab) && lists.get(list, state).status === 'idle') void lists.open(list, state);
  redraw(
    parts.list,
    listView(list, lists, {
      state,
      meta,
      summary,
      selectedKey: state.selected?.layer === list ? state.selected.key : '',
      pick: pickFromList,
      retry: () => void lists.open(list, state),
      more: () => void lists.more(list, state),
      clearPeriod: () => changeQuestion({ from: '', to: '' }),
      clearCommune: () => narrowTo(''),
    }),
  );
}

function drawLegend(): void {
  if (narrow.matches || !meta) {
    redraw(parts.legend);
    if (narrow.matches && state.tab === 'legend') drawList();
    return;
  }
  const toggle = () => {
    legendOpen = !legendOpen;
    drawLegend();
  };
  redraw(parts.legend, legendToggle(legendOpen, toggle), legendOpen ? legendView() : null);
}

function legendView(): HTMLElement | null {
  if (!meta) return null;
  const shown = (group: Group) => state.visible[group] ?? (style ? shownByStyle(style, group) : true);
  return legend({ state, meta, summary, shown, may: (layer) => sees(me, layer), toggle: toggleLayer, oldDay: comparedDay(meta, state.asOf), toggleOld });
}

function drawBanner(): void {
  redraw(parts.banner, banner && notice(banner, () => void retryAll()));
}

function drawZoom(): void {
  const bounds = meta?.bounds;
  if (!view || !bounds) return redraw(parts.zoom);
  redraw(parts.zoom, ...zoomButtons({ by: (step) => view?.zoom(step), all: () => view?.fit(bounds, padding()) }));
}

function drawPopup(): void {
  document.body.classList.toggle('has-popup', chosen !== null);
  if (!chosen || !meta) return redraw(parts.popup);
  redraw(
    parts.popup,
    popup({ ...chosen, meta, close: () => closePopup(), open: (where) => void goOn(where), more: below(chosen.layer, chosen.key, meta) }),
  );
}

/** What stands under the figures of a card. */
function below(layer: Group, key: string, known: Meta): HTMLElement | null {
  if (key === '') return null;
  if (layer === 'dead_areas') return sees(me, 'work') ? sheets.view(key, asked(), known, me?.act ?? false) : null;
  const history = layer === 'communes' ? histories.of(key, state.asOf) : null;
  const planning = layer === 'communes' && has(me, 'planning') ? plans.view(key, asked()) : null;
  const village = ['villages', 'unreached', 'priority', 'double_exclusion', 'guidance_lost', 'measure_next'].includes(layer) && has(me, 'outreach');
  const register = village ? registers.view(key) : null;
  const parts = [planning, speedsAround.view(layer, key, asked(), known), history && historyView(history), register];
  return parts.some((part) => part !== null) ? h('div', {}, ...parts) : null;
}

// ---- odds and ends -------------------------------------------------------

/** The part of the map that cards and the sheet cover, pixels. */
function padding(): Padding {
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
  const right = legendOpen ? map.right - parts.legend.getBoundingClientRect().left : 0;
  return left + right < map.width * 0.75 ? { ...none, left, right } : none;
}

function mapWords(): Record<string, string> {
  return { 'Map.Title': t('mapTitle'), 'Marker.Title': '' };
}

/** The filters alone. */
function asked(): Question {
  const { operator, technology, from, to, asOf, comparedFrom, comparedTo } = state;
  return { operator, technology, from, to, asOf, comparedFrom, comparedTo };
}
