// What a list of villages would change of those that are known, old beside
// new, before anything is written.

import { h } from './dom';
import { number } from './format';
import { known, t } from './i18n';
import type { Preview, VillageGlance } from './import-types';
import { named } from './register-checks';

type Change = NonNullable<VillageGlance['changes']>[number];

export function changedVillages({ changed, changed_villages: rows = [] }: Pick<Preview, 'changed' | 'changed_villages'>): HTMLElement | null {
  if (rows.length === 0) return null;
  const line = (row: VillageGlance) =>
    h(
      'li',
      {},
      `${t('importLine', { line: number(row.line) })} · `,
      h('b', {}, named(row.village, row.code)),
      h('ul', {}, ...told(row.changes ?? []).map((change) => h('li', { class: change.odd ? 'odd' : null }, changeLine(change)))),
    );
  return h(
    'div',
    { class: 'note changed-villages', 'data-testid': 'import-changes' },
    h('p', {}, t(rows.length < changed ? 'importChangesSome' : 'importChanges', { rows: number(changed), shown: number(rows.length) })),
    h('ul', {}, ...rows.map(line)),
  );
}

/** That another list says it is worth a line only where nothing else is. */
const told = (changes: Change[]): Change[] => changes.filter(({ field }) => field !== 'source' || changes.length === 1);

/** `households: 120 → 1,200`, and where a count jumps, that it does. */
export function changeLine({ field, old, new: next, odd }: Change): string {
  const value = (said: string | null) => {
    if (said === null) return t('importNothing');
    if (field === 'households' || field === 'population') return number(Number(said));
    return known(`${field}_${said}`) ?? said;
  };
  const line = `${known(`regField_${field}`) ?? field}: ${value(old)} → ${value(next)}`;
  return odd ? `${line} – ${t('importOdd')}` : line;
}

/** The first rows of a list. */
export function villageLines(rows: VillageGlance[]): HTMLElement {
  const line = (row: VillageGlance) => {
    const households = row.households === null ? t('noHouseholdCount') : `${number(row.households)} ${t('householdsUnit')}`;
    const standing = row.changes === null ? t('importRowNew') : row.changes.length > 0 ? t('importRowChanged') : t('importRowKnown');
    return h('li', {}, [t('importLine', { line: number(row.line) }), row.village, row.commune ?? '', households, standing].filter(Boolean).join(' · '));
  };
  return h('ul', {}, ...rows.map(line));
}
