// What stands over the table of indicators.

import { beforeEach, expect, test } from 'vitest';

import { setLanguage } from '../src/i18n';
import { whoSent } from '../src/indicators';
import type { Indicators } from '../src/types';

beforeEach(() => setLanguage('en'));

const line = (code: string, awaits: Indicators['lines'][number]['awaits']) => ({ code, number: 1, unit: 'count' as const, of_period: false, awaits });
const told = (missing: Record<string, Record<string, number>>, silent: string[]) => ({
  communes: 129,
  silent,
  lines: [line('reach', 'visits'), line('activities', 'anything'), line('teams_exist', 'teams'), line('remaining', null)],
  total: { code: '', name: '', before: {}, change: {}, now: Object.fromEntries(Object.entries(missing).map(([code, one]) => [code, { value: 1, missing: one }])) },
});

test('it counts the communes that the sum of the line names as missing, and says what they have not sent', () => {
  const some = told({ reach: { no_report: 12, suppressed: 3 }, activities: { no_report: 1 }, teams_exist: { no_report: 14 } }, ['14458']);
  expect(whoSent(some, 'reach')).toBe('12 of 129 communes have sent no visit by the end of the period');
  expect(whoSent(some, 'activities')).toBe('1 of 129 communes sent nothing of the period: no visit, activity or report');
  expect(whoSent(some, 'teams_exist')).toBe('14 of 129 communes handed in no list of teams');
});

test('where all have sent it, it says so', () => {
  expect(whoSent(told({ reach: {} }, ['14458']), 'reach')).toBe('All 129 communes have sent visits by the end of the period');
});

test('over a line that waits for nothing, and over all lines of a unit, it counts who sent nothing at all', () => {
  const some = told({ reach: { no_report: 12 } }, ['14458', '14460']);
  expect(whoSent(some, 'remaining')).toBe('2 of 129 communes sent nothing of the period: no visit, activity or report');
  expect(whoSent(some, null)).toBe('2 of 129 communes sent nothing of the period: no visit, activity or report');
});

test('a commune without villages in the register has not sent visits for that', () => {
  const empty = told({ reach: { no_register: 129 } }, Array.from({ length: 129 }, (_, at) => String(at)));
  expect(whoSent(empty, 'reach')).toBe('129 of 129 communes sent nothing of the period: no visit, activity or report · 129 communes without a village in the register');
  expect(whoSent(told({ reach: { no_report: 12, no_register: 3 } }, []), 'reach')).toBe('12 of 129 communes have sent no visit by the end of the period · 3 communes without a village in the register');
});
