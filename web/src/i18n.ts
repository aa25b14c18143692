// Every word of the page, in two languages; Vietnamese is first.
//
// The dictionaries are two JSON files with the same keys, so that the browser
// test can read them too. The assignments below fail to compile when a key is
// missing on either side; a unit test says the same at run time.

import enWords from './i18n/en.json';
import viWords from './i18n/vi.json';
import type { Language } from './types';

export type Key = keyof typeof viWords;

const vi: Record<keyof typeof enWords, string> = viWords;
const en: Record<Key, string> = enWords;

let language: Language = 'vi';

export function setLanguage(next: Language): void {
  language = next;
}

export function currentLanguage(): Language {
  return language;
}

/** The sentence for `key`, with `{name}` replaced by what is given. */
export function t(key: Key, given: Record<string, string | number> = {}): string {
  const sentence = (language === 'vi' ? vi : en)[key];
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(given[name] ?? whole));
}

/** The word for a code that data carries, or nothing when we do not know the code. */
export function known(key: string): string | undefined {
  const dictionary: Record<string, string> = language === 'vi' ? vi : en;
  return dictionary[key];
}
