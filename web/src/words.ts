// The words and colours of codes. The map's style is the source; the
// dictionaries stand in until the style is here, and when it cannot be had.

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

export function operatorName(meta: Meta | null, id: string): string {
  if (id === '' || id === 'all') return t('bestNetwork');
  return meta?.operators.find((operator) => operator.id === id)?.brand ?? id;
}

export function technologyName(id: string): string {
  return id === '' || id === 'all' ? t('bestTechnology') : id;
}
