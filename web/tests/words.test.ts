// One word for one code: the dictionaries stand in for the map's style, so they
// must say what it says.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

import en from '../src/i18n/en.json';
import vi from '../src/i18n/vi.json';
import type { Legend, LegendKind } from '../src/types';

const style = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../tiles/style.json'), 'utf8')) as { metadata: Record<string, unknown> };
const legend = style.metadata['phusong:legend'] as Required<Legend>;
/** A code of reach that is never drawn, since a place outside the register has no point. */
const NEVER_DRAWN = ['status_no_register'];

describe.each<LegendKind>(['verdict', 'status', 'need', 'place', 'hint', 'chance', 'change', 'speed', 'claim', 'cluster', 'work'])('the words of %s', (kind) => {
  test.each([
    ['vi', vi],
    ['en', en],
  ] as const)('in %s are those of the style, no more and no fewer', (language, dictionary) => {
    const ours = Object.fromEntries(Object.entries(dictionary).filter(([key]) => key.startsWith(`${kind}_`) && !NEVER_DRAWN.includes(key)));
    const theirs = Object.fromEntries(Object.entries(legend[kind]).map(([code, entry]) => [`${kind}_${code}`, entry[language]]));
    expect(ours).toEqual(theirs);
  });
});
