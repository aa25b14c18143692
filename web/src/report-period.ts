// The periods of reports: month, quarter, half-year, year, by their codes.

import type { Key } from './i18n';
import { t } from './i18n';

export type PeriodKind = 'month' | 'quarter' | 'half' | 'year';

export const PERIOD_KINDS: Record<PeriodKind, Key> = { month: 'periodMonth', quarter: 'periodQuarter', half: 'periodHalf', year: 'periodYear' };

/** Months of each kind. */
const LENGTH: Record<PeriodKind, number> = { month: 1, quarter: 3, half: 6, year: 12 };

export function kindOf(code: string): PeriodKind | null {
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(code)) return 'month';
  if (/^\d{4}Q[1-4]$/.test(code)) return 'quarter';
  if (/^\d{4}H[12]$/.test(code)) return 'half';
  return /^\d{4}$/.test(code) ? 'year' : null;
}

/** The `count`-th period of a kind, counted from the year 0. */
function code(kind: PeriodKind, count: number): string {
  const each = 12 / LENGTH[kind];
  const year = Math.floor(count / each);
  const part = (count % each) + 1;
  if (kind === 'month') return `${year}-${String(part).padStart(2, '0')}`;
  return kind === 'year' ? String(year) : `${year}${kind === 'quarter' ? 'Q' : 'H'}${part}`;
}

function countOn(kind: PeriodKind, day: string): number {
  const [year = 1970, month = 1] = day.split('-').map(Number);
  return Math.floor((year * 12 + month - 1) / LENGTH[kind]);
}

/** The last period of a kind that had ended by a day. */
export function lastEnded(kind: PeriodKind, today: string): string {
  return code(kind, countOn(kind, today) - 1);
}

/** Periods of a kind from the one that holds `first` to the one that holds `today`, the latest first. */
export function periods(kind: PeriodKind, first: string, today: string): string[] {
  const [from, to] = [countOn(kind, first), countOn(kind, today)];
  return Array.from({ length: Math.max(0, to - from) + 1 }, (_, at) => code(kind, to - at));
}

/** As a person says it: the third quarter of 2025. */
export function periodName(period: string): string {
  const year = period.slice(0, 4);
  const part = Number(period.slice(5)) || 0;
  switch (kindOf(period)) {
    case 'month':
      return t('periodMonthOf', { n: part, year });
    case 'quarter':
      return t('periodQuarterOf', { n: ['I', 'II', 'III', 'IV'][part - 1] ?? '', year });
    case 'half':
      return t(part === 1 ? 'periodFirstHalf' : 'periodSecondHalf', { year });
    case 'year':
      return t('periodYearOf', { year });
    default:
      return period;
  }
}
