// What is asked of the server, in the order of need, and what follows from its answers.

import { alone } from './alone';
import * as api from './api';
import { type ApiError, asApiError } from './api';
import { openSelected, standsToday } from './choosing';
import { settledTab } from './closed';
import { draw, drawLegend, drawList, drawPopup, drawSummary } from './drawing';
import type { Step } from './live';
import { isOldEdition } from './editions';
import { setBanner, showStyle, startMap } from './mapping';
import { asked as narrowedTo, ownCommune, settled } from './narrowed';
import { asked, change, page, parts, type Style } from './page';
import { wholeMonths } from './period';
import { monthsOnly, setGuarded, takesBack } from './role';
import { isList, questionParams } from './state';
import { legendOf } from './style';
import type { Me, Meta, State } from './types';
import { again, auditTab, comparedPeriods, histories, importLog, inbox, indicatorTab, lists, live, problems, roles, stale, today, work } from './widgets';
import { setLegend } from './words';

/** Everything after the words: may fail, and may be tried again. */
export const begin = alone(async () => {
  setBanner({ kind: 'loading', error: null });
  drawList();
  try {
    await identify();
    page.meta = await api.meta();
    await readCampaigns();
  } catch (error) {
    setBanner({ kind: 'error', error: asApiError(error) });
    drawList();
    return;
  }
  fit();
  draw();
  // The list is small and useful alone; the map's code is large. Both are asked for at once.
  await Promise.all([ask(), startMap()]);
  await openSelected();
});

/** Who the reader is. A token that has ended is put away, and said to be: the page goes on as it is for everybody. */
export async function identify(): Promise<void> {
  const about = page.state.operator;
  let me: Me;
  try {
    me = await api.me(about);
  } catch (error) {
    if (asApiError(error).status !== 401) throw error;
    roles.ended(asApiError(error));
    await api.logout();
    me = await api.me(about);
  }
  // Another network may have been chosen meanwhile; whoever did so asks about it.
  if (page.state.operator !== about) return;
  page.me = me;
  page.meAbout = about;
  setGuarded(me);
}

/** Campaigns are of days: whoever may ask for whole months only has none, and neither has a page that cannot read them. */
async function readCampaigns(): Promise<void> {
  page.campaigns = [];
  if (monthsOnly(page.me)) return;
  const today = page.meta?.as_of ?? '';
  page.campaigns = await api.campaigns().then(({ items }) => items.filter(({ from }) => from <= today), () => []);
}

/** What this role may not ask is not asked: days become their months, a hidden tab the first one, until it is open again. */
export function fit(): void {
  const period = monthsOnly(page.me) && page.meta ? wholeMonths(page.state, page.meta.as_of) : page.state;
  const campaign = monthsOnly(page.me) ? '' : page.state.campaign;
  const commune = settled(page.state.commune, ownCommune(page.me), page.meta !== null && isOldEdition(page.meta, page.state.asOf));
  const { tab, closed } = settledTab(page.state.tab, page.closed, page.me);
  page.closed = closed;
  const next = { from: period.from, to: period.to, campaign, commune, tab };
  if (next.from !== page.state.from || next.to !== page.state.to || next.campaign !== page.state.campaign || next.commune !== page.state.commune || next.tab !== page.state.tab) change(next, 'replace');
}

/** Asks the server the current question: list, summary and style. */
export async function ask(): Promise<void> {
  page.asking.abort();
  page.asking = new AbortController();
  const { signal } = page.asking;
  lists.forget();
  indicatorTab.clear();
  comparedPeriods.forget();
  today.forget();
  stale.ask(questionParams(page.state).toString());
  page.summary = null;
  if (page.me && page.state.operator !== page.meAbout) {
    try {
      await identify();
    } catch (error) {
      return signal.aborted ? undefined : failed(asApiError(error));
    }
    if (signal.aborted) return;
  }
  fit();
  draw();
  live.follow(questionParams(page.state).toString());
  const tasks = [askStyle(signal), askSummary(signal)];
  tasks.push(load(page.state.tab));
  page.problem = null;
  await Promise.all(tasks);
}

export async function askStyle(signal: AbortSignal): Promise<void> {
  if (page.banner?.kind !== 'webgl') setBanner({ kind: 'loading', error: null });
  try {
    page.style = (await api.style(page.state, page.state.lang, signal)) as Style;
    setLegend(legendOf(page.style));
    showStyle();
    // What was drawn of the question before is gone with its sources.
    stale.begins('map');
    draw();
  } catch (error) {
    if (signal.aborted) return;
    failed(asApiError(error));
    page.settle();
  }
}

export async function askSummary(signal: AbortSignal): Promise<void> {
  try {
    page.summary = await api.summary(page.state, signal);
    page.former = page.summary;
    stale.shows('summary');
    // A campaign has a target of its own, and every word that names a threshold goes by it.
    const { reach } = page.summary;
    const before = page.meta;
    if (before && reach) page.meta = { ...before, rules: { ...before.rules, reach } };
    drawSummary();
    drawList();
    drawLegend();
    if (reach && before?.rules.reach.near_below !== reach.near_below) drawPopup();
  } catch (error) {
    if (signal.aborted) return;
    // The list and the banner say what is wrong; these figures say that they are of before.
    stale.fails(asApiError(error));
    drawSummary();
    again.later(asApiError(error));
  }
}

/** Said over the map and beside what is still shown; asked for again by itself. */
function failed(error: ApiError): void {
  stale.fails(error);
  setBanner({ kind: 'error', error });
  drawSummary();
}

/** Loads what a tab shows, where it has anything of its own. */
export async function load(tab: State['tab']): Promise<void> {
  const commune = narrowedTo(page.state.commune);
  void nameCommune(commune);
  stale.begins('list');
  if (isList(tab)) await lists.open(tab, page.state);
  if (tab === 'boundaries') await problems.open(page.state.asOf);
  if (tab === 'work') await work.open(asked(), commune);
  if (tab === 'inbox') await inbox.show(commune);
  if (tab === 'audit') await auditTab.open();
  if (tab === 'import' && takesBack(page.me)) await importLog.show();
  if (tab === 'today') await today.open(asked(), commune);
  if (tab === 'indicators' && page.meta) await indicatorTab.open(page.meta.as_of, asked());
  stale.shows('list');
  if (parts.list.querySelector('.failure:not([data-kind=refused])')) again.later({ kind: 'server' });
}

/** Lists of dead areas name no commune, so the one that they are narrowed to is asked for. */
async function nameCommune(code: string): Promise<void> {
  if (code === '' || page.communeNames.has(code)) return;
  page.communeNames.set(code, '');
  const name = await api.item('communes', code, page.state).then(({ name }) => String(name), () => null);
  if (name === null) return void page.communeNames.delete(code);
  page.communeNames.set(code, name);
  drawList();
}

/**
 * The data have changed: lists and figures are asked anew, of the map what changed, and what is open is told as it
 * stands now.
 */
export async function renew(step: Step): Promise<void> {
  const before = page.meta;
  try {
    page.meta = await api.meta();
  } catch {
    return; // The next event tries again.
  }
  await readCampaigns();
  // Where the ground is another one, or somebody else is to be named, sources are described anew.
  const described = ({ bounds, speed_attributions }: Meta) => JSON.stringify([bounds, speed_attributions]);
  const apart = before && String(page.meta.epoch) === step.epoch && described(before) === described(page.meta);
  page.view?.refresh(String(page.meta.epoch), apart ? step.changed : null);
  for (const known of [work, problems, inbox, histories]) known.forget();
  await ask();
  // Villages drawn as one have no address.
  if (!page.chosen || page.chosen.key === '') return;
  const { layer, key } = page.chosen;
  const today = await standsToday(layer, key).catch(() => null);
  if (today && page.chosen?.layer === layer && page.chosen.key === key) {
    page.chosen = { ...page.chosen, layer: today.layer, key: today.item.key, attributes: today.item };
    if (today.item.key !== key || today.layer !== layer) change({ selected: { layer: today.layer, key: today.item.key } }, 'replace');
    drawPopup();
  }
}

/** The figures of before are nobody's any more. */
export async function afterImport(): Promise<void> {
  inbox.forget();
  const before = page.meta;
  page.meta = await api.meta().catch(() => page.meta);
  if (page.meta && before?.epoch !== page.meta.epoch) page.view?.refresh(String(page.meta.epoch), null);
  await ask();
}

export async function retryAll(): Promise<void> {
  if (!page.meta) return begin();
  await identify().catch(() => undefined);
  // Tiles that did not come are asked for again only when their sources are.
  const { tilesFailed } = page;
  page.tilesFailed = false;
  await ask();
  if (tilesFailed && page.banner?.kind !== 'error') page.view?.refresh(String(page.meta.epoch), null);
  if (page.banner?.kind !== 'webgl') await startMap();
  if (page.state.selected && !page.chosen) await openSelected();
}
