// The two languages say the same things, and nothing is said outside them.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

import { known, setLanguage, t } from '../src/i18n';
import en from '../src/i18n/en.json';
import vi from '../src/i18n/vi.json';

const root = path.join(import.meta.dirname, '..');
const files = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(path.join(root, 'src', name), 'utf8') }));
const page = readFileSync(path.join(root, 'index.html'), 'utf8');

describe('the dictionaries', () => {
  test('have the same keys in the same order', () => {
    expect(Object.keys(en)).toEqual(Object.keys(vi));
  });

  test('name the same values in each sentence', () => {
    const names = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    const english: Record<string, string> = en;
    for (const [key, text] of Object.entries(vi)) expect(names(english[key] ?? ''), key).toEqual(names(text));
  });

  test('have no empty sentence', () => {
    for (const text of [...Object.values(vi), ...Object.values(en)]) expect(text.trim()).not.toBe('');
  });

  test('hold no key that the page never uses', () => {
    const source = files.map(({ text }) => text).join('\n') + page;
    // Codes that data carries are looked up by their beginning: known(`status_${code}`).
    const beginnings = [...source.matchAll(/`(\w+_)\$\{/g)].map((found) => found[1] ?? '');
    const dynamic = [...beginnings, 'verdict_', 'status_', 'need_', 'place_', 'hint_', 'chance_', 'change_', 'speed_', 'claim_', 'cluster_'];
    const unused = Object.keys(vi).filter(
      (key) => !source.includes(`'${key}'`) && !source.includes(`.${key}%`) && !dynamic.some((start) => key.startsWith(start)),
    );
    expect(unused).toEqual([]);
  });

  test('replace what is given and keep what is not', () => {
    setLanguage('vi');
    expect(t('count', { total: '1.234' })).toBe('1.234 mục');
    setLanguage('en');
    expect(t('count', { total: '1,234' })).toBe('1,234 entries');
    expect(t('count')).toBe('{total} entries');
    expect(known('status_nobody_knows')).toBeUndefined();
  });
});

describe('no word stands outside the dictionaries', () => {
  const brands = ['Phủ Sóng', 'Be Vietnam Pro'];
  const bare = (text: string) => brands.reduce((rest, brand) => rest.replaceAll(brand, ''), text);
  const vietnamese = /[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]/i;

  test.each(files)('no Vietnamese in $name', ({ text }) => {
    const lines = bare(text).split('\n').filter((line) => vietnamese.test(line));
    expect(lines).toEqual([]);
  });

  test.each(files)('no English sentence is drawn by $name', ({ text }) => {
    // Two words with a space in a string that is handed to the page: h(…, {}, 'Some words') or an attribute that is read aloud.
    const code = text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '').replace(/import .*?;/gs, '');
    const strings = [...code.matchAll(/'([^'\n]*)'/g)].map((found) => found[1] ?? '');
    const sentences = strings.filter((string) => /^[A-Z][a-z]+( [a-z]+)*[.…]?$/.test(string) && !KEYS_OF_BROWSERS.has(string));
    expect(sentences).toEqual([]);
  });

  test('index.html holds no words but the name', () => {
    const text = bare(page)
      .replace(/<[^>]*>/g, ' ')
      .replace(/%\w+\.\w+%/g, ' ')
      .trim();
    expect(text).toBe('');
    expect(page).not.toMatch(/(aria-label|title|alt|placeholder)=/);
  });
});

const KEYS_OF_BROWSERS = new Set(['Escape', 'Point', 'Feature', 'Enter']);
