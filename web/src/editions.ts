// The editions of the boundaries as choices for the reader.
//
// An edition ends on the day before the next one begins, whatever its own last
// day says: two editions are never in force together.

import { day, number } from './format';
import { t } from './i18n';
import { dayBefore } from './period';
import type { Edition, Meta } from './types';

/** A day in force (nothing for today), and the words for it; the newest edition comes first. */
export function editionChoices(meta: Meta, asked: string): [string, string][] {
  const [current, ...ended] = newestFirst(meta);
  const choices: [string, string][] = [['', current ? t('asOfNow', { day: day(current.valid_from), units: number(current.units) }) : t('asOfDay', { day: day(meta.as_of) })]];
  ended.forEach((edition, i) => {
    const next = i === 0 ? current : ended[i - 1];
    if (!next) return;
    const last = dayBefore(next.valid_from);
    const given = { day: day(last), units: number(edition.units) };
    choices.push([last, i === 0 ? t('asOfBefore', given) : t('asOfEarlier', given)]);
  });
  if (!choices.some(([value]) => value === asked)) choices.push([asked, t('asOfDay', { day: day(asked) })]);
  return choices;
}

/** Whether the day falls before the boundaries in force today. */
export function isOldEdition(meta: Meta, asked: string): boolean {
  const [current] = newestFirst(meta);
  return asked !== '' && current !== undefined && asked < current.valid_from;
}

/** A day of the edition to hold beside the one shown: the one before, for the first one the one after. */
export function comparedDay(meta: Meta, asked: string): string | null {
  const editions = newestFirst(meta);
  const shown = editions.findIndex(({ valid_from }) => asked === '' || valid_from <= asked);
  const at = shown < 0 ? editions.length - 1 : shown;
  const [own, before, after] = [editions[at], editions[at + 1], editions[at - 1]];
  if (own && before) return dayBefore(own.valid_from);
  return after?.valid_from ?? null;
}

/** Editions that have begun. */
function newestFirst(meta: Meta): Edition[] {
  return meta.editions.filter(({ valid_from }) => valid_from <= meta.as_of).sort((a, b) => (a.valid_from < b.valid_from ? 1 : -1));
}
