// What stands around the map and the lists: title and notices, sums,
// zoom buttons, and the sentence over a map that is not there yet.
//
// Each function draws what it is given and remembers nothing.

import type { ApiError } from './api';
import { h, type Child } from './dom';
import { figure, number, percent } from './format';
import { t } from './i18n';
import { failure } from './page-end';
import { basisOf, isMeasured, undecided } from './measured';
import type { Language, Meta, Summary } from './types';

export interface Banner {
  kind: 'loading' | 'error' | 'webgl';
  error: ApiError | null;
  /** Does again what failed; everything that is shown, where nothing is said. */
  again?: () => void;
}

export function head(lang: Language, meta: Meta | null, switchLanguage: () => void, role: HTMLElement | null): HTMLElement[] {
  const notices = meta ? [meta.synthetic && t('noticeSynthetic'), meta.approximate && t('noticeApproximate')].filter((text) => text !== false) : [];
  const title = h(
    'div',
    { class: 'title' },
    h('h1', {}, t('appName')),
    h('p', {}, meta?.province ? t('tagline', { province: meta.province.name }) : t('taglineShort')),
  );
  const language = h(
    'button',
    { type: 'button', class: 'lang', id: 'lang-switch', 'data-testid': 'lang-switch', 'aria-label': t('switchLanguage'), title: t('switchLanguage'), onclick: switchLanguage },
    h('span', { class: lang === 'vi' ? 'on' : null }, 'VI'),
    h('span', { class: lang === 'en' ? 'on' : null }, 'EN'),
  );
  const row = role ? [title, role, language] : [title, language];
  if (notices.length === 0) return row;
  return [...row, h('p', { class: 'notice', 'data-testid': 'notice' }, ...notices.map((text) => h('span', {}, text)))];
}

/** Three sums; `k` is the floor under which no count of households is shown. Told in steps, they lie behind. */
export function sums(summary: Summary, k: number, inSteps: boolean): HTMLElement {
  const guided = figure(summary, 'guided_of_households', { k });
  // Communes whose count is hidden, or that sent none, are missing from the sum: it is a floor.
  const floor = inSteps || [summary.communes_suppressed, summary.communes_without_report].some((communes) => typeof communes === 'number' && communes > 0);
  const households = figure(summary, 'households', { k });
  // Where no village has a report, that none is reached says nothing.
  const { no_report = 0, no_denominator = 0, no_register = 0 } = summary.villages_by_status;
  const silent = guided.absent && summary.villages - no_report - no_denominator - no_register <= 0;
  const reached = silent ? t('note_not_reported') : number(summary.villages_by_status.reached ?? 0);
  const measured = isMeasured(summary);
  const dead = !measured ? { text: t('note_not_measured'), absent: true } : undecided(summary) ? { text: t('note_too_few_runs'), absent: true } : figure(summary, 'dead_areas', { k, absent: 'note_not_measured' });
  const parts = [summary.guided_of_households, summary.households];
  const [part, whole] = parts.map((value) => (typeof value === 'number' ? value : 0));
  // On a phone there is no room for what stands beside the total.
  const beside = (text: string) => h('span', { class: 'beside' }, text);
  const share = part && whole ? beside(` (${percent((100 * part) / whole, 1).replace(' ', '\u00a0')})`) : '';
  const undeclared = summary.villages - summary.villages_declared;
  const without = undeclared > 0 ? beside(` · ${t('summaryUndeclared', { villages: number(undeclared) })}`) : '';
  return h(
    'dl',
    { class: 'summary', 'data-testid': 'summary', 'aria-label': t('summary') },
    sum(t('summaryReached'), reached, silent, t('ofTotal', { total: number(summary.villages_declared) }), without),
    sum(t('summaryGuided'), floor && !guided.absent ? `≥ ${guided.text}` : guided.text, guided.absent, t('ofTotal', { total: households.text }), share),
    sum(t('summaryDeadAreas'), dead.text, dead.absent, !measured ? '' : dead.absent ? basisOf(summary) : `${t('areasUnit')} · ${basisOf(summary)}`),
  );
}

function sum(label: string, value: string, absent: boolean, ...detail: Child[]): HTMLElement {
  return h('div', {}, h('dt', {}, label), h('dd', { class: absent ? 'absent' : null }, h('strong', {}, value), h('small', {}, ...detail)));
}

export function notice(banner: Banner, retry: () => void): HTMLElement {
  if (banner.kind === 'webgl') return h('div', { class: 'banner wall', role: 'alert' }, h('h2', {}, t('webglTitle')), h('p', {}, t('webglText')));
  if (banner.error) return h('div', { class: 'banner' }, failure(banner.error, retry));
  return h('div', { class: 'banner quiet', role: 'status' }, t('loadingMap'));
}

export function zoomButtons(act: { by: (step: number) => void; all: () => void }): HTMLElement[] {
  const button = (id: string, label: string, sign: string, action: () => void) =>
    h('button', { type: 'button', id, 'aria-label': label, title: label, onclick: action }, sign);
  return [
    button('zoom-in', t('zoomIn'), '+', () => act.by(1)),
    button('zoom-out', t('zoomOut'), '−', () => act.by(-1)),
    button('zoom-all', t('zoomAll'), '⤢', act.all),
  ];
}

/** What opens and closes the sheet of a phone. */
export function sheetHandle(open: boolean, toggle: () => void): HTMLElement {
  return h(
    'button',
    { type: 'button', class: 'handle', id: 'handle', 'aria-expanded': String(open), 'aria-controls': 'panel', onclick: toggle },
    open ? t('sheetClose') : t('sheetOpen'),
  );
}

export function legendToggle(open: boolean, toggle: () => void): HTMLElement {
  return h('button', { type: 'button', class: 'legend-toggle', id: 'legend-toggle', 'aria-expanded': String(open), onclick: toggle }, t('legendTitle'));
}
