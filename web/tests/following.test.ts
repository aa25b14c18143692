// The layer of the open list, and the reader's own switches.

import { expect, test } from 'vitest';

import { effective, Following } from '../src/following';
import type { Group, State } from '../src/types';

/** Layers that the style shows by itself. */
const shown = (layer: Group) => !['hints', 'measure_next', 'double_exclusion', 'guidance_lost'].includes(layer);

/** A reader who opens tabs and switches layers, and what the map shows to them. */
class Reader {
  private readonly following: Following;
  constructor(
    public tab: State['tab'],
    public visible: State['visible'] = {},
  ) {
    this.following = new Following(tab);
  }
  open(tab: State['tab']): this {
    this.visible = this.following.opened(this.visible, tab, shown);
    this.tab = tab;
    return this;
  }
  switch(layer: Group, on: boolean): this {
    this.visible = this.following.switched(this.visible, layer, on, this.tab, shown);
    return this;
  }
  sees = (layer: Group) => effective(this)[layer] ?? shown(layer);
  lent = (layer: Group) => this.following.lends(this, layer, shown);
}

test('an opened list switches its layer on, says so, and takes it away again', () => {
  const reader = new Reader('priority').open('hints');
  expect([reader.sees('hints'), reader.lent('hints'), reader.visible]).toEqual([true, true, {}]);
  reader.open('measure_next');
  expect([reader.sees('hints'), reader.lent('hints'), reader.sees('measure_next')]).toEqual([false, false, true]);
});

test.each([
  ['work', 'dead_areas'],
  ['today', 'villages'],
  ['boundaries', 'communes'],
] as const)('the list %s has the layer %s, even where that was hidden before', (tab, layer) => {
  const reader = new Reader('priority').switch(layer, false).open(tab);
  expect([reader.sees(layer), reader.lent(layer), reader.visible]).toEqual([true, true, {}]);
  reader.open('priority');
  expect([reader.sees(layer), reader.visible]).toEqual([false, { [layer]: false }]);
});

test('a layer that was switched off while its list is open stays off, there and on coming back', () => {
  const reader = new Reader('priority').open('hints').switch('hints', false);
  expect(reader.sees('hints')).toBe(false);
  expect(reader.open('priority').open('hints').sees('hints')).toBe(false);
  expect(reader.switch('hints', true).sees('hints')).toBe(true);
});

test('a layer that the reader switched on again is theirs to keep', () => {
  const reader = new Reader('priority').open('hints').switch('hints', false).switch('hints', true).open('priority');
  expect([reader.sees('hints'), reader.lent('hints')]).toEqual([true, false]);
});

test('a layer that was on before stays on after', () => {
  const reader = new Reader('priority').switch('hints', true).open('hints');
  expect(reader.lent('hints')).toBe(false);
  expect(reader.open('priority').sees('hints')).toBe(true);
});

test('on a phone the legend shows the layer of the list it was opened from, and a switch there counts', () => {
  const reader = new Reader('priority').open('hints').open('legend');
  expect([reader.sees('hints'), reader.lent('hints'), reader.visible]).toEqual([true, true, { hints: true }]);
  expect(reader.open('hints').visible).toEqual({});
  expect(reader.open('legend').open('priority').sees('hints')).toBe(false);
  expect(reader.open('hints').open('legend').switch('hints', false).open('hints').sees('hints')).toBe(false);
});

test('an address is what it says: a list with its layer, or with the layer hidden', () => {
  expect(new Reader('hints').sees('hints')).toBe(true);
  expect(new Reader('dead_areas', { dead_areas: false }).sees('dead_areas')).toBe(false);
});
