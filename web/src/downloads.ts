// Files of a list in every format that the server makes, each with what it is for.
//
// What is downloaded is what is shown: the same question, the commune where the list is of one, and where that is
// wished only what the map shows. Places are in WGS 84, or in the system that was chosen where the format holds it.

import { exportAddress, type Narrowing } from './api';
import { h } from './dom';
import { currentLanguage, t, type Key } from './i18n';
import type { Box } from './live';
import { folded, unfolded } from './menu';
import { asksPurpose } from './role';
import type { List, Meta, Question } from './types';

/** In the order in which people ask for them. */
const USES: [Key, string[]][] = [
  ['filesForTables', ['xlsx']],
  ['filesForMaps', ['gpkg', 'shp.zip', 'geojson', 'fgb']],
  ['filesForMapInfo', ['tab.zip']],
  ['filesForEarth', ['kml']],
  ['filesForPrograms', ['csv', 'geojsonl', 'parquet']],
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

/** What was wished last, for every list: somebody who takes away one mostly takes away another. */
const wish = { inSight: false, system: '' };
let sight: () => Box | null = () => null;

/** Where the map is asked for what it shows; `null` where there is none. */
export function setSight(shown: () => Box | null): void {
  sight = shown;
}

export function downloads(layer: List | 'work', question: Question, meta: Meta, commune = ''): HTMLElement {
  const { formats, formats_in_systems: inSystems, systems } = meta;
  const holds = (format: string) => inSystems[layer]?.includes(format) ?? false;
  const links: [HTMLAnchorElement, string][] = [];
  const narrowing = (format: string): Narrowing => ({ commune, bbox: wish.inSight ? sight() : null, crs: holds(format) ? wish.system : '' });
  const address = (link: HTMLAnchorElement, format: string) => {
    link.href = exportAddress(layer, question, format, narrowing(format), currentLanguage());
  };
  const link = (format: string, name: string, look: string) => {
    const made = h('a', { class: look, download: '' }, name);
    // The map may have moved since the list was drawn.
    for (const event of ['pointerdown', 'focus', 'click']) made.addEventListener(event, () => address(made, format));
    made.addEventListener('click', asksPurpose(layer));
    address(made, format);
    links.push([made, format]);
    return made;
  };
  const renew = () => links.forEach(([made, format]) => address(made, format));
  const made = USES.map(([use, codes]) => [use, codes.filter((code) => formats.includes(code))] as const).filter(([, codes]) => codes.length > 0);
  const line = ([use, codes]: (typeof made)[number]) => h('li', {}, h('span', {}, t(use)), ...codes.map((code) => link(code, NAMES[code] ?? code, 'download')));
  const where = h('label', { class: 'wish' }, inSight(layer, renew), t('filesInSight'));
  const opener = h('summary', { id: `formats-${layer}`, 'data-testid': `formats-${layer}` }, t('otherFormats'));
  const menu = h(
    'ul',
    {},
    h('li', { class: 'wishes' }, sight() ? where : null, systems.length > 0 ? system(layer, meta, renew) : null),
    ...made.map(line),
  );
  const others = h('details', {}, opener, menu);
  const shut = () => {
    others.open = false;
  };
  others.addEventListener('toggle', () => (others.open ? unfolded({ root: others, opener, menu, shut }) : folded(opener.id)));
  return h(
    'div',
    { class: 'files', 'data-testid': `files-${layer}` },
    link('geojson', t('downloadGeojson'), 'export'),
    others,
  );
}

function inSight(layer: string, renew: () => void): HTMLInputElement {
  const box = h('input', { type: 'checkbox', id: `files-sight-${layer}`, 'data-testid': `files-sight-${layer}`, checked: wish.inSight });
  box.addEventListener('change', () => {
    wish.inSight = box.checked;
    renew();
  });
  return box;
}

/** The systems that the province is measured in. What cannot hold them is said, and stays in WGS 84. */
function system(layer: List | 'work', { systems, formats, formats_in_systems: inSystems }: Meta, renew: () => void): HTMLElement {
  const option = (epsg: string, name: string) => h('option', { value: epsg, selected: wish.system === epsg }, name);
  const choice = h('select', { id: `files-system-${layer}`, 'data-testid': `files-system-${layer}` }, option('', 'WGS 84'), ...systems.map((one) => option(String(one.epsg), one[currentLanguage()])));
  const others = formats.filter((format) => !inSystems[layer]?.includes(format)).map((format) => NAMES[format] ?? format);
  const note = h('small', {}, t('filesStay', { formats: others.join(', ') }));
  note.hidden = wish.system === '';
  choice.addEventListener('change', () => {
    wish.system = choice.value;
    note.hidden = wish.system === '';
    renew();
  });
  return h('label', { class: 'wish', for: choice.id }, t('filesSystem'), choice, note);
}
