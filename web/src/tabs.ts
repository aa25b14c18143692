// The tabs over the list: the few that most readers want, the one that is open,
// and a menu of the others in groups.
//
// Tabs as the ARIA pattern has them: one stop for Tab, arrows inside. The menu
// is a disclosure beside them; what is chosen there becomes a tab.

import { h, type Child } from './dom';
import { t, type Key } from './i18n';
import { LIST_NAMES } from './lists';
import { folded, unfolded } from './menu';
import type { State } from './types';

export interface Tab {
  id: State['tab'];
  label: string;
}

/** All tabs, in the order in which they are told. */
export const TAB_NAMES: Record<State['tab'], Key> = { ...LIST_NAMES, today: 'listToday', indicators: 'listIndicators', work: 'listWork', boundaries: 'listBoundaries', inbox: 'listInbox', import: 'listImport', audit: 'listAudit', legend: 'legend' };

/** Tabs that stand in the row when they are open to the reader. */
const MAIN: State['tab'][] = ['priority', 'dead_areas', 'unreached'];
/** Of them beside another one that is open: more would need a second row. */
const BESIDE: State['tab'][] = ['priority', 'unreached'];
const GROUPS: [Key, State['tab'][]][] = [
  ['tabsField', ['priority', 'unreached', 'double_exclusion', 'guidance_lost', 'today', 'indicators']],
  ['tabsSignal', ['dead_areas', 'places', 'changes', 'measure_next', 'hints', 'work']],
  ['tabsData', ['import', 'inbox', 'boundaries', 'audit', 'legend']],
];

export class TabBar {
  private open = false;

  constructor(private readonly changed: () => void) {}

  view(all: Tab[], current: State['tab'], choose: (id: State['tab']) => void): HTMLElement {
    const row = inRow(all, current);
    const rest = all.filter(({ id }) => !row.some((shown) => shown.id === id));
    const toggle = () => {
      this.open = !this.open;
      this.changed();
    };
    const tabs = h('div', { class: 'tabs', role: 'tablist', 'aria-label': t('lists') }, ...row.map((tab) => button(tab, row, current, choose)));
    if (rest.length === 0) return h('div', { class: 'tab-bar' }, tabs);
    const opener = h('button', { type: 'button', class: 'tabs-more', id: 'tabs-more', 'data-testid': 'tabs-more', 'aria-expanded': String(this.open), 'aria-controls': 'tabs-menu', onclick: toggle }, `${t('tabsMore')} ▾`);
    const menu = h('div', { class: 'tabs-menu', id: 'tabs-menu', hidden: !this.open }, ...this.menu(rest, choose));
    const others = h('div', { class: 'tabs-others' }, opener, menu);
    const shut = () => {
      this.open = false;
      menu.hidden = true;
      opener.setAttribute('aria-expanded', 'false');
      folded(opener.id);
    };
    if (this.open) unfolded({ root: others, opener, menu, shut });
    else folded(opener.id);
    return h('div', { class: 'tab-bar' }, tabs, others);
  }

  private menu(rest: Tab[], choose: (id: State['tab']) => void): Child[] {
    const pick = (id: State['tab']) => {
      this.open = false;
      choose(id);
      document.getElementById(`tab-${id}`)?.focus();
    };
    const named = GROUPS.flatMap(([, ids]) => ids);
    const groups = GROUPS.map(([key, ids]) => [t(key), rest.filter(({ id }) => ids.includes(id))] as const);
    // A list that nobody put into a group is still found.
    const others = ['', rest.filter(({ id }) => !named.includes(id))] as const;
    return [...groups, others]
      .filter(([, tabs]) => tabs.length > 0)
      .map(([label, tabs]) =>
        h(
          'div',
          { role: 'group', 'aria-label': label || null },
          label ? h('p', { class: 'label', 'aria-hidden': 'true' }, label) : null,
          ...tabs.map((tab) => h('button', { type: 'button', id: `tab-${tab.id}`, 'data-testid': `tab-${tab.id}`, onclick: () => pick(tab.id) }, tab.label)),
        ),
      );
  }
}

/** The main tabs; where another one is open, fewer of them and that one. */
export function inRow(all: Tab[], current: State['tab']): Tab[] {
  const main = all.filter(({ id }) => MAIN.includes(id));
  const open = all.find(({ id }) => id === current);
  if (!open || main.includes(open)) return main;
  return [...main.filter(({ id }) => BESIDE.includes(id)), open];
}

function button({ id, label }: Tab, row: Tab[], current: State['tab'], choose: (id: State['tab']) => void): HTMLElement {
  const move = (event: Event) => {
    const { key } = event as KeyboardEvent;
    const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
    const next = row[(row.findIndex((tab) => tab.id === current) + step + row.length) % row.length];
    if (step === 0 || !next) return;
    event.preventDefault();
    choose(next.id);
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return h(
    'button',
    {
      type: 'button',
      role: 'tab',
      id: `tab-${id}`,
      'data-testid': `tab-${id}`,
      'aria-selected': String(id === current),
      'aria-controls': 'list',
      tabindex: id === current ? 0 : -1,
      onclick: () => choose(id),
      onkeydown: move,
    },
    label,
  );
}
