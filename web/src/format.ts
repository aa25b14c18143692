// Numbers, days and absent figures as the reader writes them.
//
// `1.234,5` and dd/mm/yyyy in Vietnamese. A figure that is not there becomes
// a word: this file never makes a zero of silence.

import { currentLanguage, known, t, type Key } from './i18n';
import type { Attributes } from './types';

/** What the server says of something, as a sentence of its own. */
export const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

export function number(value: number, decimals = 0): string {
  return written(value, 0, decimals);
}

/** With exactly as many decimals. */
export function figures(value: number, decimals: number): string {
  return written(value, decimals, decimals);
}

function written(value: number, minimumFractionDigits: number, maximumFractionDigits: number): string {
  const locale = currentLanguage() === 'vi' ? 'vi-VN' : 'en-GB';
  return new Intl.NumberFormat(locale, { minimumFractionDigits, maximumFractionDigits }).format(value);
}

export function percent(value: number, decimals = 0): string {
  return `${number(value, decimals)} %`;
}

/** Viet Nam's clock is so far ahead of UTC. */
export const VIETNAM_MS = 7 * 3600 * 1000;

/** A day written `YYYY-MM-DD`, or a moment, which is of the day on the clocks of Viet Nam; anything else comes back as it is. */
export function day(text: string): string {
  const isUtc = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text);
  const local = isUtc ? new Date(Date.parse(text) + VIETNAM_MS).toISOString() : text;
  const parts = /^(\d{4})-(\d{2})-(\d{2})/.exec(local);
  if (!parts) return text;
  const [, year, month, date] = parts;
  if (currentLanguage() === 'vi') return `${date}/${month}/${year}`;
  const utc = new Date(Date.UTC(Number(year), Number(month) - 1, Number(date)));
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(utc);
}

export function area(squareMetres: number): string {
  return `${number(squareMetres / 1e6, squareMetres < 1e6 ? 2 : 1)} km²`;
}

/** What stands on screen for one figure. */
export interface Shown {
  text: string;
  /** Why the figure is absent, for a tooltip. */
  hint?: string;
  absent: boolean;
}

export interface FigureOptions {
  unit?: string;
  decimals?: number;
  /** The word when neither the figure nor its note is there. */
  absent?: Key;
  /** The floor under which the server hides counts of households, as its rules have it. */
  k: number;
}

/** Reads `name` and, when it is not there, the word that `name_note` asks for. */
export function figure(attributes: Attributes, name: string, options: FigureOptions): Shown {
  const value = attributes[name];
  if (typeof value === 'number' && Number.isFinite(value)) {
    const written = number(value, options.decimals ?? 0);
    return { text: options.unit ? `${written} ${options.unit}` : written, absent: false };
  }
  return absent(attributes[`${name}_note`], options);
}

/**
 * A hidden figure is not always a small one: a neighbour is hidden with it, so
 * that a sum gives neither away. "Under five" would be untrue of the neighbour.
 */
function absent(note: unknown, options: FigureOptions): Shown {
  if (note === 'suppressed') {
    return { text: t('hidden'), hint: t('hiddenHint', { k: options.k }), absent: true };
  }
  const word = typeof note === 'string' ? known(`note_${note}`) : undefined;
  return { text: word ?? t(options.absent ?? 'note_not_reported'), absent: true };
}
