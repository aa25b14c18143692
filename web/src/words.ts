// The words and colours of codes. The map's style is the source; the
// dictionaries stand in until the style is here, and when it cannot be had.

import { number } from './format';
import { currentLanguage, known, t } from './i18n';
import type { Legend, LegendEntry, LegendKind, Meta } from './types';

let legend: Legend = {};

export function setLegend(next: Legend): void {
  legend = next;
}

/** Coloured entries in the order of the legend: a JSON object has none of its own. */
export function entries(kind: LegendKind): [string, LegendEntry][] {
  return Object.entries(legend[kind] ?? {})
    .filter(([, entry]) => entry.color !== undefined)
    .sort(([, a], [, b]) => (a.order ?? 0) - (b.order ?? 0));
}

export function word(kind: LegendKind, code: string): string {
  if (kind === 'verdict' && code === 'not_measured') return t('note_not_measured');
  return legend[kind]?.[code]?.[currentLanguage()] ?? known(`${kind}_${code}`) ?? code;
}

export function colour(kind: LegendKind, code: string): string | undefined {
  return legend[kind]?.[code]?.color;
}

/** Which villages count as to be visited, from the rules in force. */
export function toVisit(meta: Meta): string {
  return t('unreachedNote', { p: number(meta.rules.reach.started_below * 100, 1) });
}

/** The share of households guided from which a village counts as reached, percent. */
export function goal(meta: Meta): string {
  return number(meta.rules.reach.near_below * 100, 1);
}

/** A source as it is named; that of the demo, which says it in both languages, in the reader's. */
export function sourceName(source: string): string {
  const halves = source.split(' / ');
  const own = t('demoSource');
  return halves.length === 2 && halves.includes(own) ? own : source;
}

export function operatorName(meta: Meta, id: string): string {
  if (id === '' || id === 'all') return t('bestNetwork');
  return meta.operators.find((operator) => operator.id === id)?.brand ?? id;
}

export function technologyName(id: string): string {
  return id === '' || id === 'all' ? t('bestTechnology') : id;
}
