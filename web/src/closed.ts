// A tab that the reader asked for, by a link or by another network, and may not open: what stands in its place, and why.

import { t } from './i18n';
import { opens, roleName } from './role';
import { TAB_NAMES } from './tabs';
import type { Me, State } from './types';

type Tab = State['tab'];

/** Lists of what an operator is told of its own network. */
const OF_NETWORK: readonly Tab[] = ['work', 'hints'];

/** The first list stands in for a closed tab, which comes back as soon as it is open. */
export function settledTab(tab: Tab, closed: Tab | null, me: Me | null): { tab: Tab; closed: Tab | null } {
  const wanted = closed ?? tab;
  if (!me || opens(me, wanted)) return { tab: wanted, closed: null };
  return { tab: 'priority', closed: wanted };
}

/** In one line, for whoever wonders where the tab is. */
export function whyClosed(tab: Tab, me: Me): string {
  const name = t(TAB_NAMES[tab]);
  if (me.role === 'telecom' && OF_NETWORK.includes(tab)) return t('closedNetwork', { tab: name, network: me.scope_name ?? me.scope ?? '' });
  return t(me.role === 'public' ? 'closedPublic' : 'closedRole', { tab: name, role: roleName(me) });
}
