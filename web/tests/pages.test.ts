// Rows that come page by page.

import { expect, test } from 'vitest';

import { ApiError } from '../src/api';
import { type Answer, Pages } from '../src/pages';

interface Asked {
  offset: number;
  signal: AbortSignal;
  answer: (told: Answer<string>) => Promise<void>;
  fail: (error: Error) => Promise<void>;
}

/** A server that answers when it is told to, and whether or not anybody still waits. */
function server() {
  const asked: Asked[] = [];
  const ask = (offset: number, signal: AbortSignal) =>
    new Promise<Answer<string>>((resolve, reject) => {
      const soon = async (act: () => void) => {
        act();
        await new Promise((done) => setTimeout(done));
      };
      asked.push({ offset, signal, answer: (told) => soon(() => resolve(told)), fail: (error) => soon(() => reject(error)) });
    });
  return { asked, ask };
}

const rows = (items: string, total: number, epoch = '1'): Answer<string> => ({ items: [...items], total, epoch });

function made() {
  let changes = 0;
  const pages = new Pages<string>(() => (changes += 1));
  const seen = () => `${pages.items.join('')} of ${pages.total ?? '?'} ${pages.status}`;
  return { pages, seen, changes: () => changes };
}

test('a late answer of an older question never shows', async () => {
  const { pages, seen } = made();
  const [one, other] = [server(), server()];
  void pages.open('one', one.ask);
  void pages.open('other', other.ask);
  expect(one.asked[0]?.signal.aborted).toBe(true);
  await other.asked[0]?.answer(rows('xy', 2));
  await one.asked[0]?.answer(rows('ab', 9));
  expect(seen()).toBe('xy of 2 ready');
});

test('a late failure of an older question does not show either', async () => {
  const { pages, seen } = made();
  const [one, other] = [server(), server()];
  void pages.open('one', one.ask);
  void pages.open('other', other.ask);
  await one.asked[0]?.fail(new Error('late'));
  expect([seen(), pages.error]).toEqual([' of ? loading', null]);
});

test('more is asked for once, from where the rows end, and not while an answer is on its way', async () => {
  const { pages, seen } = made();
  const { asked, ask } = server();
  void pages.open('one', ask);
  void pages.more();
  expect(asked.length).toBe(1);
  await asked[0]?.answer(rows('ab', 4));
  void pages.more();
  void pages.more();
  expect(asked.map(({ offset }) => offset)).toEqual([0, 2]);
  expect([seen(), pages.rest]).toEqual(['ab of 4 loading', 2]);
  await asked[1]?.answer(rows('cd', 4));
  void pages.more();
  expect([seen(), asked.length]).toEqual(['abcd of 4 ready', 2]);
});

test('what failed is tried again where it failed, and the rows before it stay', async () => {
  const { pages, seen } = made();
  const { asked, ask } = server();
  void pages.open('one', ask);
  await asked[0]?.answer(rows('ab', 3));
  void pages.more();
  await asked[1]?.fail(new ApiError('offline', 0, ''));
  expect([seen(), pages.error?.kind]).toEqual(['ab of 3 failed', 'offline']);
  void pages.more();
  void pages.retry();
  void pages.retry();
  expect(asked.map(({ offset }) => offset)).toEqual([0, 2, 2]);
  await asked[2]?.answer(rows('c', 3));
  expect([seen(), pages.error]).toEqual(['abc of 3 ready', null]);
});

test('the number is the server\'s, not that of the rows here', async () => {
  const { pages } = made();
  const { asked, ask } = server();
  expect(pages.total).toBe(null);
  void pages.open('one', ask);
  await asked[0]?.answer(rows('ab', 1270));
  expect([pages.total, pages.rest]).toEqual([1270, 1268]);
});

test('the same question is asked once; after a change of the data again, and its rows stay until then', async () => {
  const { pages, seen } = made();
  const { asked, ask } = server();
  void pages.open('one', ask);
  void pages.open('one', ask);
  await asked[0]?.answer(rows('ab', 2));
  void pages.open('one', ask);
  expect(asked.length).toBe(1);
  pages.forget();
  void pages.open('one', ask);
  expect([seen(), asked.length]).toEqual(['ab of 2 loading', 2]);
  await asked[1]?.answer(rows('c', 1));
  expect(seen()).toBe('c of 1 ready');
});

test('another question shows none of the rows of the one before', async () => {
  const { pages, seen } = made();
  const { asked, ask } = server();
  void pages.open('one', ask);
  await asked[0]?.answer(rows('ab', 2));
  void pages.open('other', ask);
  expect(seen()).toBe(' of ? loading');
});

test('an answer of before a change of the data is dropped', async () => {
  const { pages, seen } = made();
  const { asked, ask } = server();
  void pages.open('one', ask);
  pages.forget();
  await asked[0]?.answer(rows('ab', 2));
  expect(seen()).toBe(' of ? idle');
});

test('a page of other data than the first begins the list again', async () => {
  const { pages, seen } = made();
  const { asked, ask } = server();
  void pages.open('one', ask);
  await asked[0]?.answer(rows('ab', 4));
  void pages.more();
  await asked[1]?.answer(rows('yz', 4, '2'));
  expect(asked.map(({ offset }) => offset)).toEqual([0, 2, 0]);
  await asked[2]?.answer(rows('wx', 4, '2'));
  expect(seen()).toBe('wx of 4 ready');
});
