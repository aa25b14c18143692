// The map of an offline pack: one archive of tiles and a style beside it, from
// any server of static files. It asks for nothing that does not lie in its folder.
//
// The archive of a commune is small and read whole: the simplest servers, such
// as Python's, know no ranges.

import 'maplibre-gl/dist/maplibre-gl.css';
import './css/pack.css';

import { addProtocol, AttributionControl, Map as MapLibre, NavigationControl, Popup, ScaleControl, setWorkerUrl, type StyleSpecification } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { FileSource, PMTiles, Protocol } from 'pmtiles';

import { h } from './dom';

const ARCHIVE = 'map.pmtiles';

const here = (path: string) => new URL(path, document.baseURI).href;

/** Addresses in the style are relative to its folder; MapLibre wants whole ones. */
function placed(text: string): StyleSpecification {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'string') return value;
    if (value === `pmtiles://./${ARCHIVE}`) return `pmtiles://${ARCHIVE}`;
    return value.startsWith('./') ? here(value) : value;
  }) as StyleSpecification;
}

async function open(): Promise<void> {
  setWorkerUrl(workerUrl);
  const protocol = new Protocol({ metadata: true });
  protocol.add(new PMTiles(new FileSource(new File([await (await fetch(here(ARCHIVE))).blob()], ARCHIVE))));
  addProtocol('pmtiles', protocol.tile);
  const style = placed(await (await fetch(here('style.json'))).text());
  // Its ranges are for other clients; the font files beside them have the same letters, sharper.
  delete style.glyphs;
  const { bounds } = style.metadata as { bounds: [number, number, number, number] };
  const map = new MapLibre({ container: 'map', style, bounds, hash: true, attributionControl: false, dragRotate: false, minZoom: 5, maxZoom: 17 });
  map.addControl(new NavigationControl({ showCompass: false }));
  map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-left');
  map.addControl(new AttributionControl({ compact: false }));
  map.on('click', (event) => {
    const [found] = map.queryRenderedFeatures(event.point);
    if (!found) return;
    const rows = Object.entries(found.properties).map(([name, value]) => h('tr', {}, h('th', {}, name), h('td', {}, String(value))));
    new Popup({ maxWidth: '320px' }).setLngLat(event.lngLat).setDOMContent(h('table', {}, ...rows)).addTo(map);
  });
}

void open();
