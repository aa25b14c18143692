// Which commune lists are of.

import { expect, test } from 'vitest';

import { asked, ownCommune, settled } from '../src/narrowed';
import { readState, writeState } from '../src/state';

test('a commune that reads sees its own first, and all when it says so', () => {
  const own = ownCommune({ role: 'commune', scope: '14428' });
  expect(own).toBe('14428');
  expect(settled('', own, false)).toBe('14428');
  expect(settled('all', own, false)).toBe('all');
  expect(settled('13285', own, false)).toBe('13285');
  expect(asked('all')).toBe('');
});

test('its code may be another one on the map of before', () => {
  expect(settled('', '14428', true)).toBe('');
});

test('every other reader begins with all communes', () => {
  for (const role of ['department', 'team', 'telecom', 'public']) expect(ownCommune({ role, scope: '14428-001' }), role).toBe('');
  expect(settled('', '', false)).toBe('');
  expect(settled('all', '', false)).toBe('');
});

test('all is kept in the address, since nothing would be the own commune again', () => {
  expect(writeState(readState('?commune=all', null))).toBe('?commune=all');
});
