// The address of a view, the periods, and the days that people type.

import { describe, expect, test } from 'vitest';

import { dayBefore, quarter, readDay, slashed } from '../src/period';
import { backwards, questionParams, readState, writeState } from '../src/state';

describe('the address', () => {
  test('of the first view is empty', () => {
    expect(writeState(readState('', null))).toBe('');
  });

  test('comes back as it went', () => {
    const search =
      '?operator=viettel&technology=4G&from=2026-07-01&to=2026-09-30&as_of=2025-06-30&campaign=quy-3-2026&lang=en&tab=unreached&show=signal&hide=villages&at=priority%3A14329-007';
    expect(writeState(readState(search, null))).toBe(search);
  });

  test('leaves out what cannot be read', () => {
    const state = readState('?operator=<script>&from=1/7/2026&tab=nowhere&at=moon:1&lang=fr&hide=sky', null);
    expect(writeState(state)).toBe('');
    expect(state.lang).toBe('vi');
  });

  test('says the language before the memory does', () => {
    expect(readState('?lang=vi', 'en').lang).toBe('vi');
    expect(readState('', 'en').lang).toBe('en');
  });

  test('asks the server only what was asked', () => {
    expect(questionParams(readState('?operator=all&technology=5G&lang=en', null)).toString()).toBe('technology=5G');
  });

  test('keeps a period that cannot be asked, and does not ask it', () => {
    for (const search of ['?from=2026-02-02&to=2026-02-01', '?from=2026-02-31']) {
      const state = readState(search, null);
      expect(writeState(state)).toBe(search);
      expect(questionParams(state).toString()).toBe('');
    }
    expect(questionParams(readState('?from=2026-02-31&to=2026-03-01', null)).toString()).toBe('to=2026-03-01');
  });

  test('a commune narrows a list of the page and no question to the server', () => {
    const state = readState('?tab=unreached&commune=13957', null);
    expect(writeState(state)).toBe('?tab=unreached&commune=13957');
    expect(questionParams(state).toString()).toBe('');
  });

  test('a period may be backwards, open or right', () => {
    expect(backwards(readState('?from=2026-02-02&to=2026-02-01', null))).toBe(true);
    expect(backwards(readState('?from=2026-02-01&to=2026-02-01', null))).toBe(false);
    expect(backwards(readState('?from=2026-02-01', null))).toBe(false);
  });
});

describe('the earlier period', () => {
  test('is asked for with both its days, and stays in the address with one', () => {
    const whole = readState('?compared_from=2026-01-01&compared_to=2026-03-31', null);
    expect(questionParams(whole).toString()).toBe('compared_from=2026-01-01&compared_to=2026-03-31');
    const half = readState('?compared_from=2026-01-01', null);
    expect(questionParams(half).toString()).toBe('');
    expect(writeState(half)).toBe('?compared_from=2026-01-01');
    expect(questionParams(readState('?compared_from=2026-04-01&compared_to=2026-03-31', null)).toString()).toBe('');
  });
});

describe('quarters', () => {
  test.each([
    ['2026-09-15', 0, '2026-07-01', '2026-09-30'],
    ['2026-09-15', -1, '2026-04-01', '2026-06-30'],
    ['2026-01-01', -1, '2025-10-01', '2025-12-31'],
    ['2024-03-31', 0, '2024-01-01', '2024-03-31'],
  ])('of %s moved by %i', (today, moved, from, to) => {
    expect(quarter(today, moved)).toEqual({ from, to });
  });

  test('an edition ends the day before the next begins', () => {
    expect(dayBefore('2025-07-01')).toBe('2025-06-30');
    expect(dayBefore('2024-03-01')).toBe('2024-02-29');
  });
});

describe('a typed day', () => {
  test.each([
    ['9/8/2026', '2026-08-09'],
    ['09-08-26', '2026-08-09'],
    [' 09.08.2026 ', '2026-08-09'],
    ['2026-08-09', '2026-08-09'],
    ['', ''],
    ['31/02/2026', null],
    ['8/2026', null],
    ['yesterday', null],
    ['1/1/1926', null],
  ])('%s', (typed, expected) => {
    expect(readDay(typed)).toBe(expected);
  });

  test('is written back as both readers know it', () => {
    expect(slashed('2026-08-09')).toBe('09/08/2026');
  });
});
