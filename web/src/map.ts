// The map itself. Loaded after the lists, because it is the heavy part: on a
// poor network the lists are there first, and without WebGL they are all.

import 'maplibre-gl/dist/maplibre-gl.css';

import type { FeatureCollection } from 'geojson';
import { Map as MapLibre, Marker, ScaleControl, setWorkerUrl, type FilterSpecification, type GeoJSONSource, type MapGeoJSONFeature, type PointLike, type StyleSpecification, VectorTileSource } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';

import { touched, type Box, type Changed } from './live';
import type { Drawing } from './plan';
import { pointed } from './pointing';
import { groupsOf } from './style';
import type { Attributes, Group } from './types';

export interface Padding {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

export interface Listeners {
  pick: (layer: Group, attributes: Attributes, at: [number, number]) => void;
  miss: () => void;
  /** A tile or another part could not be had. */
  failed: (message: string) => void;
  /** Everything asked for is drawn. */
  settled: () => void;
}

/** Fingers are wider than points: half the side of the box that a click searches, pixels. */
const REACH = { fine: 5, coarse: 14 } as const;
const PLACE_ZOOM = 13;
/** At the equator, for tiles of 512 pixels. */
const METRES_PER_PIXEL_AT_0 = 78_271.517;
const FLIGHT_MS = 1200;
/** An old laptop should not search the map at every pixel of the mouse's way. */
const HOVER_MS = 80;
/** Tiles of other zooms that the map may hold: it shows larger ones until the right ones are there, or smaller ones. */
const FINER = 2;
/** What the address of a tile says of its edition: the epoch, then who sees it and by which program. */
const EDITION = /([?&]v=)[^&]*?(-(?:open|network|daily|whole)-)/;

const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };
const NO_PLAN: Drawing = { lines: NOTHING, stops: NOTHING };

export class MapView {
  readonly map: MapLibre;
  private groups = new Map<string, Group>();
  private marker: Marker | null = null;
  private styled = false;
  private looked = 0;
  private plan: Drawing | null = null;
  private whole: boolean;
  /** The epoch that tiles are asked for, once the data have changed under an open map. */
  private epoch = '';

  constructor(container: HTMLElement, bounds: [number, number, number, number], padding: Padding, words: Record<string, string>, listeners: Listeners) {
    setWorkerUrl(workerUrl);
    this.whole = location.hash === '';
    this.map = new MapLibre({
      container,
      bounds,
      fitBoundsOptions: { padding: addMargin(padding, 16) },
      hash: true,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxZoom: 17,
      minZoom: 5,
      fadeDuration: reducedMotion() ? 0 : 150,
      locale: words,
      transformRequest: (url) => (this.epoch ? { url: url.replace(EDITION, `$1${this.epoch}$2`) } : undefined),
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new ScaleControl({ maxWidth: 100, unit: 'metric' }), 'bottom-left');
    this.map.on('error', (event) => listeners.failed(event.error?.message ?? ''));
    this.map.on('idle', listeners.settled);
    this.map.on('click', (event) => {
      const found = this.topmost(event.point, event.originalEvent);
      if (found) listeners.pick(found.group, found.feature.properties, anchor(found.feature, [event.lngLat.lng, event.lngLat.lat]));
      else listeners.miss();
    });
    // A person's own view is theirs to keep.
    this.map.on('movestart', (event) => {
      if ('originalEvent' in event && event.originalEvent) this.whole = false;
    });
    this.map.on('style.load', () => {
      this.styled = true;
    });
    // Another style has nothing of the plan.
    this.map.on('styledata', () => this.drawPlan());
    this.map.on('mousemove', (event) => {
      const now = performance.now();
      if (now - this.looked < HOVER_MS || this.map.isMoving()) return;
      this.looked = now;
      const over = this.topmost(event.point, event.originalEvent);
      this.map.getCanvas().style.cursor = over && over.group !== 'communes' ? 'pointer' : '';
    });
  }

  /** Puts a style in place of the one before; the camera and the images stay. */
  show(style: StyleSpecification): void {
    this.groups = groupsOf(style);
    // Only a style that has arrived can be compared with the next one.
    this.map.setStyle(style, { diff: this.styled });
  }

  /** Longitude and latitude in the middle of the map. */
  centre(): [number, number] {
    const { lng, lat } = this.map.getCenter();
    return [lng, lat];
  }

  /**
   * Asks again for the tiles that a change touched, and for no others; what is shown stays until they are there.
   * `null`: everything, the descriptions of the sources too.
   */
  refresh(epoch: string, changed: Changed | null): void {
    this.epoch = epoch;
    if (!this.styled) return;
    for (const [id, { type }] of Object.entries(this.map.getStyle().sources)) {
      const source = type === 'vector' ? this.map.getSource<VectorTileSource>(id) : undefined;
      if (!source) continue;
      if (!changed) source.setUrl(source.url);
      else this.refreshSource(id, source, changed);
    }
  }

  private refreshSource(id: string, source: VectorTileSource, changed: Changed): void {
    const boxes = layersOf(source.url).flatMap((layer) => {
      const box = changed[layer];
      return box === undefined ? [] : [box];
    });
    if (boxes.length === 0) return;
    // Tiles out of sight are kept for whoever goes back, and cannot be asked for one by one.
    this.map.style.tileManagers[id]?._outOfViewCache.reset();
    const sight = this.sight();
    const zooms: [number, number] = [source.minzoom, Math.min(source.maxzoom, Math.floor(this.map.getZoom()) + FINER)];
    const ask = () => this.map.getSource(id) && this.map.refreshTiles(id, boxes.flatMap((box) => touched(box, sight, zooms)));
    // A tile that is on its way may be one of before: it is asked for again when it is there.
    if (!this.map.isSourceLoaded(id)) this.map.once('idle', ask);
    ask();
  }

  /** Draws a plan over everything else, or takes it away. */
  showPlan(plan: Drawing | null): void {
    this.plan = plan;
    const { lines, stops } = plan ?? NO_PLAN;
    this.map.getSource<GeoJSONSource>('plan-lines')?.setData(lines);
    this.map.getSource<GeoJSONSource>('plan-stops')?.setData(stops);
    this.drawPlan();
  }

  private drawPlan(): void {
    if (!this.plan || !this.styled || this.map.getSource('plan-lines')) return;
    this.map.addSource('plan-lines', { type: 'geojson', data: this.plan.lines });
    this.map.addSource('plan-stops', { type: 'geojson', data: this.plan.stops });
    const colour = ['get', 'colour'] as unknown as string;
    const kind = (name: string) => ['==', ['get', 'kind'], name] as unknown as FilterSpecification;
    this.map.addLayer({ id: 'plan-ground', type: 'fill', source: 'plan-lines', filter: kind('ground'), paint: { 'fill-color': colour, 'fill-opacity': 0.18 } });
    this.map.addLayer({ id: 'plan-edge', type: 'line', source: 'plan-lines', filter: kind('ground'), paint: { 'line-color': colour, 'line-width': 2 } });
    this.map.addLayer({ id: 'plan-route', type: 'line', source: 'plan-lines', filter: kind('route'), paint: { 'line-color': colour, 'line-width': 1.5, 'line-dasharray': [3, 2] } });
    this.map.addLayer({ id: 'plan-stop', type: 'circle', source: 'plan-stops', paint: { 'circle-radius': 10, 'circle-color': '#ffffff', 'circle-stroke-color': colour, 'circle-stroke-width': 2.5 } });
    this.map.addLayer({
      id: 'plan-order',
      type: 'symbol',
      source: 'plan-stops',
      layout: { 'text-field': ['get', 'order'], 'text-font': ['Be Vietnam Pro Bold'], 'text-size': 12, 'text-allow-overlap': true },
      paint: { 'text-color': '#000000' },
    });
  }

  setVisible(group: Group, visible: boolean): void {
    for (const [id, name] of this.groups) {
      if (name === group && this.map.getLayer(id)) this.map.setLayoutProperty(id, 'visibility', visible ? 'visible' : 'none');
    }
  }

  /** Whether the map still shows the whole province, as it was fitted. */
  get showsWhole(): boolean {
    return this.whole;
  }

  /** Everything that is on the map. */
  sight(): Box {
    const bounds = this.map.getBounds();
    return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  }

  /** Whether a place is on the part of the map that nothing covers. */
  sees([lon, lat]: [number, number], padding: Padding): boolean {
    const { x, y } = this.map.project([lon, lat]);
    const { clientWidth, clientHeight } = this.map.getContainer();
    return x >= padding.left && x <= clientWidth - padding.right && y >= padding.top && y <= clientHeight - padding.bottom;
  }

  /** Goes to a place; `areaKm2` is that of a whole area, which must fit: a commune, or a gap of a square metre. */
  fly(at: [number, number], padding: Padding, areaKm2?: number, closest = PLACE_ZOOM): void {
    this.whole = false;
    const zoom = areaKm2 === undefined ? Math.max(this.map.getZoom(), closest) : this.zoomFor(areaKm2, at[1], padding, closest);
    const camera = { center: at, zoom, padding };
    if (reducedMotion()) this.map.jumpTo(camera);
    else this.map.flyTo({ ...camera, duration: FLIGHT_MS, essential: true });
  }

  fit(bounds: [number, number, number, number], padding: Padding): void {
    this.whole = true;
    const camera = this.map.cameraForBounds(bounds, { padding: addMargin(padding, 16) });
    if (camera) this.map.easeTo({ ...camera, padding: { top: 0, right: 0, bottom: 0, left: 0 }, duration: reducedMotion() ? 0 : 600 });
  }

  /** The zoom at which an area, taken as a square and half as much again around it, fits the free part. */
  private zoomFor(areaKm2: number, lat: number, padding: Padding, closest: number): number {
    const { clientWidth, clientHeight } = this.map.getContainer();
    const free = Math.max(120, Math.min(clientWidth - padding.left - padding.right, clientHeight - padding.top - padding.bottom));
    const metres = Math.sqrt(Math.max(areaKm2, 1e-4)) * 1000 * 2;
    const zoom = Math.log2((METRES_PER_PIXEL_AT_0 * Math.cos((lat * Math.PI) / 180) * free) / metres);
    return Math.min(closest, Math.max(8, zoom));
  }

  zoom(by: number): void {
    this.whole = false;
    this.map.easeTo({ zoom: this.map.getZoom() + by, duration: reducedMotion() ? 0 : 250 });
  }

  /** The map as it is seen, with the ring: at once, since a canvas of WebGL is empty on paper. */
  picture(chosen: [number, number] | null): HTMLCanvasElement | null {
    this.map.redraw();
    const drawn = this.map.getCanvas();
    const copy = document.createElement('canvas');
    Object.assign(copy, { width: drawn.width, height: drawn.height });
    const pen = copy.getContext('2d');
    if (!pen) return null;
    pen.drawImage(drawn, 0, 0);
    if (!chosen) return copy;
    const { x, y } = this.map.project(chosen);
    const scale = drawn.width / drawn.clientWidth;
    pen.lineWidth = 3 * scale;
    pen.strokeStyle = '#d9480f';
    pen.beginPath();
    pen.arc(x * scale, y * scale, 17 * scale, 0, 2 * Math.PI);
    pen.stroke();
    return copy;
  }

  /** A ring around the chosen place; it says nothing that the popup does not. */
  mark(at: [number, number] | null): void {
    this.marker?.remove();
    this.marker = null;
    if (!at) return;
    const element = document.createElement('div');
    element.className = 'ring';
    this.marker = new Marker({ element }).setLngLat(at).addTo(this.map);
    element.setAttribute('aria-hidden', 'true');
    for (const name of ['aria-label', 'role', 'tabindex']) element.removeAttribute(name);
  }

  /** Features that tiles in sight left out for being too large, of layers that are shown. */
  leftOut(): number {
    // A copy of the whole style, each time it is asked for.
    const style = this.map.getStyle();
    const layers = style.layers.filter((layer) => 'source-layer' in layer && layer.layout?.visibility !== 'none');
    const shown = new Set(layers.map((layer) => `${'source' in layer ? layer.source : ''} ${'source-layer' in layer ? layer['source-layer'] : ''}`));
    const sources = Object.entries(style.sources).filter(([, { type }]) => type === 'vector');
    const said = sources.flatMap(([id]) => this.map.querySourceFeatures(id, { sourceLayer: 'dropped' }).filter(({ properties }) => shown.has(`${id} ${properties.layer}`)));
    return said.reduce((sum, { properties }) => sum + Number(properties.dropped), 0);
  }

  rename(title: string): void {
    this.map.getCanvas().setAttribute('aria-label', title);
  }

  private topmost(point: { x: number; y: number }, event: MouseEvent): { group: Group; feature: MapGeoJSONFeature } | null {
    const reach = (event as PointerEvent).pointerType === 'touch' || matchMedia('(pointer: coarse)').matches ? REACH.coarse : REACH.fine;
    const box: [PointLike, PointLike] = [
      [point.x - reach, point.y - reach],
      [point.x + reach, point.y + reach],
    ];
    const of = (group: Group) => [...this.groups].filter(([id, name]) => name === group && this.map.getLayer(id)).map(([id]) => id);
    const look = (where: PointLike | [PointLike, PointLike], group: Group) => {
      const layers = of(group);
      return layers.length === 0 ? [] : this.map.queryRenderedFeatures(where, { layers });
    };
    const looked = { around: (group: Group) => look(box, group), under: (group: Group) => look([point.x, point.y], group) };
    return pointed(looked, (points) => nearest(points, [point.x, point.y], this.map));
  }
}

/** The layers of a source, as its address names them. */
function layersOf(url: string): string[] {
  const [, names] = /\/tiles\/([^/?]+)\.json/.exec(url) ?? [];
  return names?.split(',') ?? [];
}

export function reducedMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

function nearest(points: MapGeoJSONFeature[], [x, y]: [number, number], map: MapLibre): MapGeoJSONFeature | undefined {
  const distance = (feature: MapGeoJSONFeature) => {
    const at = map.project(anchor(feature, [0, 0]));
    return (at.x - x) ** 2 + (at.y - y) ** 2;
  };
  return [...points].sort((a, b) => distance(a) - distance(b))[0];
}

function anchor(feature: MapGeoJSONFeature, otherwise: [number, number]): [number, number] {
  const { geometry } = feature;
  return geometry.type === 'Point' ? [geometry.coordinates[0] ?? otherwise[0], geometry.coordinates[1] ?? otherwise[1]] : otherwise;
}

function addMargin(padding: Padding, margin: number): Padding {
  return { top: padding.top + margin, right: padding.right + margin, bottom: padding.bottom + margin, left: padding.left + margin };
}
