// What the page shows, as an address: any view is a link that can be sent.
//
// Filters, layers and the chosen place live in the query, the camera lives in
// the hash (MapLibre writes it). Anything that cannot be read is left out
// rather than passed on.

import { ALL } from './narrowed';
import { isDay } from './period';
import { GROUPS, LISTS, type Group, type Language, type List, type Question, type Selected, type State } from './types';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const CODE = /^[a-z0-9-]{1,40}$/;
const WORD = /^[\w.-]{1,16}$/;

export function readState(search: string, remembered: string | null): State {
  const query = new URLSearchParams(search);
  const get = (name: string, shape: RegExp) => {
    const text = query.get(name) ?? '';
    return shape.test(text) && text !== 'all' ? text : '';
  };
  const visible: Partial<Record<Group, boolean>> = {};
  for (const group of groups(query.get('show'))) visible[group] = true;
  for (const group of groups(query.get('hide'))) visible[group] = false;
  return {
    lang: language(query.get('lang')) ?? language(remembered) ?? 'vi',
    operator: get('operator', WORD),
    technology: get('technology', WORD),
    from: get('from', DAY),
    to: get('to', DAY),
    asOf: get('as_of', DAY),
    comparedFrom: get('compared_from', DAY),
    comparedTo: get('compared_to', DAY),
    campaign: get('campaign', CODE),
    tab: [...LISTS, 'legend' as const, 'boundaries' as const, 'work' as const, 'inbox' as const, 'today' as const, 'indicators' as const, 'import' as const, 'audit' as const].find((tab) => tab === query.get('tab')) ?? 'priority',
    commune: query.get('commune') === ALL ? ALL : get('commune', WORD),
    old: query.get('old') === '1',
    visible,
    selected: selected(query.get('at')),
  };
}

/** The query of an address, `?` included, or nothing when all is as it was at first. */
export function writeState(state: State): string {
  const query = questionParams(state);
  // What was typed stays in the address, even where it cannot be asked.
  if (state.from) query.set('from', state.from);
  if (state.to) query.set('to', state.to);
  if (state.comparedFrom) query.set('compared_from', state.comparedFrom);
  if (state.comparedTo) query.set('compared_to', state.comparedTo);
  if (state.lang !== 'vi') query.set('lang', state.lang);
  if (state.tab !== 'priority') query.set('tab', state.tab);
  if (state.old) query.set('old', '1');
  if (state.commune) query.set('commune', state.commune);
  const show = GROUPS.filter((group) => state.visible[group] === true);
  const hide = GROUPS.filter((group) => state.visible[group] === false);
  if (show.length > 0) query.set('show', show.join(','));
  if (hide.length > 0) query.set('hide', hide.join(','));
  if (state.selected) query.set('at', `${state.selected.layer}:${state.selected.key}`);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** The filters as the server reads them, nothing where nothing is asked. */
export function questionParams(question: Question): URLSearchParams {
  const query = new URLSearchParams();
  if (question.operator) query.set('operator', question.operator);
  if (question.technology) query.set('technology', question.technology);
  const { from, to } = applied(question);
  if (from) query.set('from', from);
  if (to) query.set('to', to);
  if (question.asOf) query.set('as_of', question.asOf);
  const compared = comparedPeriod(question);
  if (compared) {
    query.set('compared_from', compared.from);
    query.set('compared_to', compared.to);
  }
  if (question.campaign) query.set('campaign', question.campaign);
  return query;
}

/** The days that are asked for: no day that does not exist, and no period that runs backwards. */
export function applied(question: Question): { from: string; to: string } {
  if (backwards(question)) return { from: '', to: '' };
  return { from: isDay(question.from) ? question.from : '', to: isDay(question.to) ? question.to : '' };
}

/** The earlier period, where both its days are given and in order. */
export function comparedPeriod({ comparedFrom: from, comparedTo: to }: Question): { from: string; to: string } | null {
  return isDay(from) && isDay(to) && from <= to ? { from, to } : null;
}

export function backwards(question: Question): boolean {
  return isDay(question.from) && isDay(question.to) && question.from > question.to;
}

function language(text: string | null): Language | undefined {
  return text === 'vi' || text === 'en' ? text : undefined;
}

function groups(text: string | null): Group[] {
  const asked = (text ?? '').split(',');
  return GROUPS.filter((group) => asked.includes(group));
}

function selected(text: string | null): Selected | null {
  const [layer, key] = (text ?? '').split(':', 2);
  const group = GROUPS.find((name) => name === layer);
  return group && key && /^[\w-]{1,32}$/.test(key) ? { layer: group, key } : null;
}

export function isList(tab: State['tab']): tab is List {
  return tab !== 'legend' && tab !== 'boundaries' && tab !== 'work' && tab !== 'inbox' && tab !== 'today' && tab !== 'indicators' && tab !== 'import' && tab !== 'audit';
}
