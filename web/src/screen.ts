// What the device is and remembers.

const LANGUAGE_KEY = 'phusong.lang';

export const wide = matchMedia('(min-width: 1001px)');
export const narrow = matchMedia('(max-width: 640px)');

export function hasWebGl(): boolean {
  try {
    return document.createElement('canvas').getContext('webgl2') !== null;
  } catch {
    return false;
  }
}

export function remembered(): string | null {
  try {
    return localStorage.getItem(LANGUAGE_KEY);
  } catch {
    return null;
  }
}

export function remember(language: string): void {
  try {
    localStorage.setItem(LANGUAGE_KEY, language);
  } catch {
    // Storage may be forbidden; the address still carries the language.
  }
}
