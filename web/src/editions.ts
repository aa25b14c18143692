// The editions of the boundaries as choices for the reader.
//
// An edition ends on the day before the next one begins, whatever its own last
// day says: two editions are never in force together.

import { day, number } from './format';
import { t } from './i18n';
import { dayBefore, slashed } from './period';
import type { Edition, Meta } from './types';

/** A day in force (nothing for today), and the words for it; the newest edition comes first. */
export function editionChoices(meta: Meta, asked: string): [string, string][] {
  const [current, ...ended] = newestFirst(meta);
  const choices: [string, string][] = [['', current ? t('asOfNow', { day: slashed(current.valid_from), units: number(current.units) }) : t('asOfDay', { day: day(meta.as_of) })]];
  ended.forEach((edition, i) => {
    const next = i === 0 ? current : ended[i - 1];
    if (!next) return;
    const last = dayBefore(next.valid_from);
    const given = { day: slashed(last), units: number(edition.units) };
    choices.push([last, i === 0 ? t('asOfBefore', given) : t('asOfEarlier', given)]);
  });
  if (!choices.some(([value]) => value === asked)) choices.push([asked, t('asOfDay', { day: slashed(asked) })]);
  return choices;
}

/** Whether the day falls before the boundaries in force today. */
export function isOldEdition(meta: Meta, asked: string): boolean {
  const [current] = newestFirst(meta);
  return asked !== '' && current !== undefined && asked < current.valid_from;
}

/** Editions that have begun. */
function newestFirst(meta: Meta): Edition[] {
  return meta.editions.filter(({ valid_from }) => valid_from <= meta.as_of).sort((a, b) => (a.valid_from < b.valid_from ? 1 : -1));
}
