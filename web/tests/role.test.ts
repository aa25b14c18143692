// Who may still choose a role.

import { expect, test } from 'vitest';

import { isMixed } from '../src/role';

test('the choice among roles ends with the first data of somebody', () => {
  const [demo, own] = [{ synthetic: true }, { synthetic: false }];
  expect([[demo], [own], [demo, own], []].map(isMixed)).toEqual([false, false, true, false]);
});
