// The server's style, made ready.

import type { StyleSpecification } from 'maplibre-gl';
import { expect, test } from 'vitest';

import { groupsOf, prepare, resolve, shownByStyle } from '../src/style';

const style = {
  version: 8,
  sources: { phusong: { type: 'vector', tiles: ['/tiles/all/{z}/{x}/{y}?operator=viettel'] } },
  'font-faces': { 'Be Vietnam Pro': [{ url: '/assets/fonts/a.woff2', 'unicode-range': ['U+0-FF'] }] },
  layers: [
    { id: 'ground', type: 'background' },
    { id: 'cells', type: 'fill', source: 'phusong', 'source-layer': 'signal', metadata: { 'phusong:group': 'signal' } },
    { id: 'names', type: 'symbol', source: 'phusong', 'source-layer': 'unreached', metadata: { 'phusong:group': 'unreached' }, layout: { visibility: 'none' } },
  ],
} as unknown as StyleSpecification;

test.each([
  ['/tiles/{z}', 'http://a:1/', 'http://a:1/tiles/{z}'],
  ['tiles/{z}', 'http://a:1/?lang=en', 'http://a:1/tiles/{z}'],
  ['/tiles/{z}', 'http://a/map/', 'http://a/map/tiles/{z}'],
  ['/map/tiles/{z}', 'http://a/map/index.html', 'http://a/map/tiles/{z}'],
  ['./tiles/{z}', 'http://a/map/', 'http://a/map/tiles/{z}'],
  ['http://b/tiles/{z}', 'http://a/', 'http://b/tiles/{z}'],
])('%s on the page %s', (url, base, expected) => {
  expect(resolve(url, base)).toBe(expected);
});

test('addresses of tiles and fonts become absolute, and the server copy stays', () => {
  const ready = JSON.stringify(prepare(style, 'http://a/', {}));
  expect(ready).toContain('http://a/tiles/all/{z}/{x}/{y}?operator=viettel');
  expect(ready).toContain('http://a/assets/fonts/a.woff2');
  expect(JSON.stringify(style)).not.toContain('http://a');
});

test('ranges of glyphs are asked for only where a style has no font files', () => {
  const glyphs = '/fonts/{fontstack}/{range}.pbf';
  expect(prepare({ ...style, glyphs } as StyleSpecification, 'http://a/', {}).glyphs).toBeUndefined();
  const { 'font-faces': _, ...plain } = style as StyleSpecification & { 'font-faces': unknown };
  expect(prepare({ ...plain, glyphs } as StyleSpecification, 'http://a/', {}).glyphs).toBe(`http://a${glyphs}`);
});

test('a group is shown as the style says until the person says otherwise', () => {
  expect(shownByStyle(style, 'signal')).toBe(true);
  expect(shownByStyle(style, 'unreached')).toBe(false);
  const ready = prepare(style, 'http://a/', { signal: false, unreached: true });
  expect(shownByStyle(ready, 'signal')).toBe(false);
  expect(shownByStyle(ready, 'unreached')).toBe(true);
});

test('layers without a group are nobody’s to switch', () => {
  expect([...groupsOf(style).keys()]).toEqual(['cells', 'names']);
});
