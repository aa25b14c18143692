// What is looked at before an act on the register is sent: what the server
// would refuse, in the reader's words and by the name of the field, and what is
// worth a second look, since it cannot be taken back or differs much from what
// was known. Pure, so that it can be tested.

import { day, number } from './format';
import { t, type Key } from './i18n';
import type { RegisterVillage } from './types';

/** An act as the server takes it, whose numbers may be none. */
export type Body = Record<string, unknown>;

/** Digits from which the server takes a name for a telephone number. */
const TELEPHONE_DIGITS = 8;
/** Of a telephone or an identity card within a remark, which may hold days and counts as well. */
const PERSON_DIGITS = 9;
/** A point less sure than the breadth of a commune says nothing, metres. */
const PRECISION_MOST_M = 20_000;
/** A count so many times the known one, or so small a part of it, is more often a slip than news. */
const TIMES = 3;
/** Degrees east and north between which Viet Nam lies, its islands too. */
const EAST = [100, 118] as const;
const NORTH = [6, 24] as const;

/** Why an act is not sent; nothing where it may be. `today` is the server's. */
export function complaint(body: Body, today: string): string | null {
  const on = text(body.on);
  if (on === '') return t('registerDayWrong');
  if (on > today) return t('refused_future', { day: day(on) });
  return ofMembers(body) ?? ofWords(body);
}

function ofMembers(body: Body): string | null {
  switch (body.act) {
    case 'households':
      return isCount(body.households) ? null : t('registerCountWrong');
    case 'merge':
      return (body.others as string[]).length === 0 ? t('refused_others') : null;
    case 'split': {
      const parts = body.parts as { households?: number }[];
      if (parts.length < 2) return t('refused_parts');
      return parts.every(({ households }) => households === undefined || isCount(households)) ? null : t('registerCountWrong');
    }
    case 'move':
      return ofPoint(body);
    default:
      return null;
  }
}

function ofPoint({ point, precision_m: precision }: Body): string | null {
  const [lon = NaN, lat = NaN] = point as number[];
  if (!Number.isFinite(lon) || !Number.isFinite(lat)) return t('registerPointMissing');
  if (within(lat, EAST) && within(lon, NORTH)) return t('registerSwapped');
  if (Math.abs(lon) > 180 || Math.abs(lat) > 90) return t('registerPointImpossible');
  return typeof precision === 'number' && precision > 0 && precision <= PRECISION_MOST_M ? null : t('refused_precision');
}

function ofWords(body: Body): string | null {
  if (text(body.who) === '') return t('registerWhoMissing');
  if (text(body.why) === '') return t('registerWhyMissing');
  const fields: [string, Key][] = [
    ['who', 'workWho'],
    ['why', 'registerWhy'],
    ['name', body.act === 'alias' ? 'registerAlias' : 'registerName'],
  ];
  const personal = fields.find(([name]) => (name === 'why' ? holdsNumberOfPerson : isPersonal)(text(body[name])));
  return personal ? t('registerPersonal', { field: t(personal[1]) }) : null;
}

/** What is asked before an act is sent; nothing where there is nothing to ask. `guided`: homes of the village, where known. */
export function question(body: Body, village: RegisterVillage, names: ReadonlyMap<string, string>, guided?: number): string | null {
  const given = { day: day(text(body.on)), name: named(village.name, village.code) };
  switch (body.act) {
    case 'merge':
      return t('registerAskMerge', { ...given, others: (body.others as string[]).map((code) => named(names.get(code) ?? '', code)).join(', ') });
    case 'split':
      return [t('registerAskSplit', { ...given, parts: (body.parts as { name: string }[]).map(({ name }) => name.trim()).join(', ') }), ...ofParts(body.parts as { households?: number }[], village, guided)].join(' ');
    case 'close':
      return t('registerAskClose', given);
    case 'households':
      return ofCount(Number(body.households), village, given.name);
    default:
      return null;
  }
}

/** What a split takes out of today's figures, and new households that are not those of before. */
function ofParts(parts: { households?: number }[], { households: known }: RegisterVillage, guided = 0): string[] {
  const said = guided > 0 ? [t('registerSplitLoss', { guided: number(guided) })] : [];
  const counts = parts.map(({ households }) => households);
  if (typeof known !== 'number') return said;
  if (counts.some((count) => count === undefined)) return [...said, t('registerSplitUncounted', { known: number(known) })];
  const sum = counts.reduce<number>((total, count) => total + (count ?? 0), 0);
  return sum === known ? said : [...said, t('registerSplitSum', { sum: number(sum), known: number(known) })];
}

function ofCount(count: number, { households: known }: RegisterVillage, name: string): string | null {
  const odd = count === 0 ? known !== 0 : typeof known === 'number' && known > 0 && (count > known * TIMES || count * TIMES < known);
  if (!odd) return null;
  return t('registerAskHouseholds', { name, count: number(count), known: typeof known === 'number' ? number(known) : t('noHouseholdCount') });
}

/** A name with its code: names come twice in a commune more often than not. */
export function named(name: string, code: string): string {
  return name === '' ? code : `${name} (${code})`;
}

const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

const within = (value: number, [low, high]: readonly [number, number]): boolean => value >= low && value <= high;

const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isInteger(value) && value >= 0;

/** As the server judges a remark: nine digits in a row, or in groups as people write a telephone number. */
function holdsNumberOfPerson(said: string): boolean {
  const isNumber = (run: string) => {
    const groups = run.split(/[ .-]/).map(({ length }) => length);
    const inGroups = run.startsWith('0') && groups.every((group) => group === 3 || group === 4);
    return groups.some((group) => group >= PERSON_DIGITS) || (inGroups && groups.reduce((sum, group) => sum + group, 0) >= PERSON_DIGITS);
  };
  return said.includes('@') || said.split(/[^\d .-]/).map((run) => run.replace(/^[ .-]+|[ .-]+$/g, '')).some(isNumber);
}

/** As the server judges a name. */
const isPersonal = (said: string): boolean => said.includes('@') || (said.match(/\d/g) ?? []).length >= TELEPHONE_DIGITS;
