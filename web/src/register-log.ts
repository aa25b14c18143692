// A line of the log of a village: not only that it was merged or renamed, but
// into what, and what it was called before.

import { h } from './dom';
import { day, number } from './format';
import { known, t } from './i18n';
import { named } from './register-checks';
import type { RegisterAct, RegisterVillage } from './types';

type Names = Readonly<Record<string, string>>;

export function actLine(act: RegisterAct, acts: RegisterAct[], village: RegisterVillage, names: Names): HTMLElement {
  const { who, why, on } = act;
  return h('li', {}, h('b', {}, whatWasDone(act, acts, village, names)), ` – ${who}, ${day(on)}`, h('p', {}, why));
}

/** What an act did, in one line. */
export function whatWasDone(act: RegisterAct, acts: RegisterAct[], village: RegisterVillage, names: Names): string {
  const word = known(`reg_${act.act}`) ?? act.act;
  const of = (code: string) => named(names[code] ?? '', code);
  switch (act.act) {
    case 'merge':
      return `${word}: ${t('regMerged', { others: (act.others ?? []).map(of).join(', '), into: of(act.village ?? village.code) })}`;
    case 'split':
      return `${word}: ${t('regSplit', { name: of(act.village ?? village.code), parts: (act.parts ?? []).map(({ name }) => name).join(', ') })}`;
    case 'rename': {
      const before = nameBefore(act, acts, village, names);
      return `${word}: ${before ? `${before} → ` : ''}${act.name ?? ''}`;
    }
    case 'alias':
      return `${word}: ${act.name ?? ''}`;
    case 'households':
      return `${word}: ${number(act.households ?? 0)} ${t('householdsUnit')}`;
    case 'move': {
      const [lon = 0, lat = 0] = act.point ?? [];
      return `${word}: ${number(lat, 5)}; ${number(lon, 5)} (± ${number(act.precision_m ?? 0)} m)`;
    }
    default:
      return word;
  }
}

/**
 * The name before a renaming. The log keeps the new one alone: the old one is that of the renaming before or, of the
 * first, the other name that nothing else explains. Where several could be, none is said.
 */
function nameBefore(act: RegisterAct, acts: RegisterAct[], village: RegisterVillage, names: Names): string {
  const renamings = acts.filter((one) => one.act === 'rename' && (one.village ?? village.code) === (act.village ?? village.code));
  const at = renamings.findIndex(({ id }) => id === act.id);
  const earlier = renamings[at - 1];
  if (earlier) return earlier.name ?? '';
  const added = acts.filter((one) => one.act === 'alias');
  const explained = new Set([...[...renamings, ...added].map(({ name }) => name), ...acts.flatMap(({ others }) => others ?? []).map((code) => names[code])]);
  const left = village.aliases.filter((alias) => !explained.has(alias));
  return left.length === 1 ? (left[0] ?? '') : '';
}
