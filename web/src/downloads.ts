// Files of a list in every format that the server makes, each with what it is for.
//
// What is downloaded is what is shown: the same question, and the commune where the list is of one.

import { exportAddress } from './api';
import { h } from './dom';
import { t, type Key } from './i18n';
import { asksPurpose } from './role';
import type { List, Question } from './types';

/** In the order in which people ask for them. */
const USES: [Key, string[]][] = [
  ['filesForTables', ['xlsx', 'csv']],
  ['filesForMaps', ['gpkg', 'shp.zip', 'geojson', 'fgb']],
  ['filesForMapInfo', ['tab.zip']],
  ['filesForEarth', ['kml']],
  ['filesForPrograms', ['geojsonl', 'parquet']],
];

const NAMES: Record<string, string> = {
  xlsx: 'XLSX',
  csv: 'CSV',
  gpkg: 'GeoPackage',
  'shp.zip': 'SHP',
  geojson: 'GeoJSON',
  fgb: 'FlatGeobuf',
  'tab.zip': 'TAB',
  kml: 'KML',
  geojsonl: 'GeoJSONSeq',
  parquet: 'GeoParquet',
};

export function downloads(layer: List | 'work', question: Question, formats: string[], commune = ''): HTMLElement {
  const link = (format: string, name: string, look: string) =>
    h('a', { class: look, href: exportAddress(layer, question, format, commune), download: '', onclick: asksPurpose(layer) }, name);
  const made = USES.map(([use, codes]) => [use, codes.filter((code) => formats.includes(code))] as const).filter(([, codes]) => codes.length > 0);
  const line = ([use, codes]: (typeof made)[number]) => h('li', {}, h('span', {}, t(use)), ...codes.map((code) => link(code, NAMES[code] ?? code, 'download')));
  return h(
    'div',
    { class: 'files', 'data-testid': `files-${layer}` },
    link('geojson', t('downloadGeojson'), 'export'),
    h('details', {}, h('summary', { 'data-testid': `formats-${layer}` }, t('otherFormats')), h('ul', {}, ...made.map(line))),
  );
}
