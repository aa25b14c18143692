// What is made of the answer to which network a word means.

import { expect, test } from 'vitest';

import { answered } from '../src/import-networks';

test('a word of the table is answered by its own word, and a name that no word has by itself', () => {
  const words = [{ word: 'Mạng X', operator: 'm-ng-x' }, { word: 'Y', operator: 'y' }];
  expect(answered(words, 'm-ng-x', 'viettel')).toEqual([{ word: 'Mạng X', operator: 'viettel' }, { word: 'Y', operator: 'y' }]);
  expect(answered(words, 'z', 'vnpt')).toEqual([...words, { word: 'z', operator: 'vnpt' }]);
  expect(answered([], 'z', 'z')).toEqual([{ word: 'z', operator: 'z' }]);
});
