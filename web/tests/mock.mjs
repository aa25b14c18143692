// A pretend server for the page: the contract with made-up places, so that the
// page can be built, looked at and tested before and without the real one.
//
//   node tests/mock.mjs [port] [dist]     serves the built page too
//
// It is deterministic, and filters really change what it answers. It is never
// part of a release.

import { readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { GeoJSONVT } from '@maplibre/geojson-vt';
import { fromGeojsonVt } from '@maplibre/vt-pbf';

const port = Number(process.argv[2] ?? 8090);
const dist = path.resolve(process.argv[3] ?? path.join(import.meta.dirname, '../dist'));
const [W, S, E, N] = [105.55, 19.95, 106.55, 20.7];

// The words and colours are the real ones: there is one source of them.
const LEGEND = JSON.parse(await readFile(path.join(import.meta.dirname, '../../tiles/style.json'), 'utf8')).metadata['phusong:legend'];

// A small generator with a fixed seed; the numbers mean nothing.
function dice(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let x = Math.imul(a ^ (a >>> 15), 1 | a);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}
const hash = (text) => [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.codePointAt(0)) | 0, 7);
const pick = (roll, list) => list[Math.floor(roll() * list.length)];
const FIRST = ['Yên', 'Phú', 'Gia', 'Hoa', 'Kim', 'Nam', 'Trực', 'Hải', 'Nghĩa', 'Xuân', 'Bình', 'Đồng'];
const SECOND = ['Lư', 'Khánh', 'Quỳnh', 'Sơn', 'Thắng', 'Minh', 'Hưng', 'Phong', 'Mỹ', 'Thịnh', 'Lâm', 'Đài'];

function world(question) {
  const roll = dice(hash(JSON.stringify(question)));
  const place = dice(11);
  const old = question.as_of !== '' && question.as_of < '2025-07-01';
  const [columns, rows] = old ? [16, 14] : [11, 10];
  const communes = [];
  const corner = (i, j) => {
    const shift = dice(i * 131 + j * 7919 + (old ? 5 : 0));
    const edge = i === 0 || j === 0 || i === columns || j === rows;
    return [W + ((E - W) * (i + (edge ? 0 : shift() - 0.5) * 0.7)) / columns, S + ((N - S) * (j + (edge ? 0 : shift() - 0.5) * 0.7)) / rows];
  };
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < rows; j++) {
      const ring = [corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1), corner(i, j)];
      const ward = place() < 0.2;
      const code = String(13200 + communes.length * 3);
      communes.push({
        key: code,
        shape: { type: 'Polygon', coordinates: [ring] },
        lon: (ring[0][0] + ring[2][0]) / 2,
        lat: (ring[0][1] + ring[2][1]) / 2,
        code,
        name: `${ward ? 'Phường' : 'Xã'} ${pick(place, FIRST)} ${pick(place, SECOND)}`,
        kind: ward ? 'ward' : 'commune',
        valid_from: old ? '2020-01-01' : '2025-07-01',
        approximate: true,
        area_km2: 30.5,
        villages: 3,
        villages_reached: 1,
        villages_unreached: 2,
        villages_no_denominator: 0,
        households: 1240,
        guided_note: 'suppressed',
        percent_note: 'suppressed',
        cells_measured: 14,
        cells_dead: 3,
        synthetic: true,
      });
    }
  }
  const step = [0.012, 0.0065];
  const signal = [];
  // Nothing was measured after the last day of the data.
  const silent = question.from > META.period.to;
  for (let i = 0; i < (silent ? 0 : 70); i++) {
    for (let j = 0; j < 90; j++) {
      const wave = Math.sin(i / 9 + hash(question.operator) % 7) + Math.cos(j / 11 + hash(question.technology) % 5);
      if (roll() < 0.35 + wave * 0.15) continue;
      const [x, y] = [W + 0.05 + step[0] * (i + (j % 2) / 2), S + 0.04 + step[1] * j];
      if (x > E - 0.04 || y > N - 0.04) continue;
      const dbm = Math.round((-92 - 11 * wave - roll() * 12) * 10) / 10;
      const verdict = dbm < -120 ? 'none' : dbm < -110 ? (roll() < 0.3 ? 'suspected' : 'weak') : dbm < -105 ? 'outdoor' : dbm < -95 ? 'good' : 'very_good';
      const ring = [0, 1, 2, 3, 4, 5, 0].map((k) => [x + (step[0] / 1.75) * Math.sin((k * Math.PI) / 3), y + (step[1] / 1.52) * Math.cos((k * Math.PI) / 3)]);
      const runs = 3 + Math.floor(roll() * 9);
      signal.push({
        key: `89414${i.toString(16).padStart(2, '0')}${j.toString(16).padStart(2, '0')}7ffffff`.slice(0, 15),
        shape: { type: 'Polygon', coordinates: [ring] },
        lon: x,
        lat: y,
        verdict,
        resolution: 9,
        operator: question.operator || 'all',
        technology: question.technology || 'all',
        confirmed: runs >= 5,
        ...(verdict === 'none' ? {} : { median_dbm: dbm }),
        runs,
        days: 2 + Math.floor(roll() * 4),
        devices: 1 + Math.floor(roll() * 3),
        samples: runs * 41,
        weak_runs: Math.floor(runs * 0.6),
        silent_runs: Math.floor(runs * 0.2),
        weak_low: 0.32,
        weak_high: 0.81,
        first_seen: '2026-02-03',
        last_seen: '2026-08-19',
        operators_measured: 3,
        synthetic: true,
      });
    }
  }
  for (const cell of signal) cell.cell = cell.key;
  const villages = [];
  for (let n = 0; n < 330; n++) {
    const commune = communes[Math.floor(place() * communes.length)];
    const [lon, lat] = [commune.lon + (place() - 0.5) * 0.06, commune.lat + (place() - 0.5) * 0.05];
    const near = signal.find((cell) => Math.abs(cell.lon - lon) < 0.01 && Math.abs(cell.lat - lat) < 0.006);
    const status = pick(roll, ['no_denominator', 'no_report', 'not_reached', 'not_reached', 'started', 'low', 'near', 'reached', 'reached']);
    const households = 60 + Math.floor(place() * 1300);
    const share = { not_reached: 0, started: 0.1, low: 0.5, near: 0.8, reached: 0.95 }[status];
    const guided = share === undefined ? undefined : Math.floor(households * share);
    const few = status === 'started' && roll() < 0.4;
    const signalOf = near ? { signal: near.verdict, signal_confirmed: near.confirmed, signal_runs: near.runs, signal_days: near.days, signal_devices: near.devices, signal_weak_low: near.weak_low, signal_weak_high: near.weak_high, signal_first_seen: near.first_seen, signal_last_seen: near.last_seen, ...('median_dbm' in near ? { signal_median_dbm: near.median_dbm } : {}) } : { signal: 'not_measured' };
    const code = `${commune.code}-${String((n % 40) + 1).padStart(3, '0')}`;
    villages.push({
      key: code,
      shape: { type: 'Point', coordinates: [lon, lat] },
      lon,
      lat,
      code,
      name: `${pick(place, ['Thôn', 'Xóm', 'Tổ dân phố'])} ${pick(place, ['Đoài', 'Thượng', 'Hạ', 'Trung', 'Đông', 'Một', '7'])}`,
      commune: commune.code,
      commune_name: commune.name,
      status,
      stale: status === 'low',
      over_declared: false,
      ...(status === 'no_denominator' ? { households_note: 'not_reported', remaining_note: 'not_reported', percent_note: 'not_reported' } : { households }),
      ...(guided === undefined ? { visited_note: 'not_reported', guided_note: 'not_reported' } : few ? { visited_note: 'suppressed', guided_note: 'suppressed' } : { visited: guided, guided }),
      ...(status === 'no_denominator' ? {} : few ? { remaining_note: 'suppressed', percent_note: 'suppressed' } : { remaining: Math.max(0, Math.ceil(households * 0.9) - (guided ?? 0)) }),
      ...(guided === undefined || few ? {} : { percent: Math.round((guided / households) * 1000) / 10, last_visit: guided > 0 ? '2026-07-30' : undefined }),
      ...signalOf,
      confidence: 'synthetic',
      synthetic: true,
    });
  }
  const seen = new Set();
  const register = villages.filter((v) => !seen.has(v.key) && seen.add(v.key));
  const unreached = register.filter((v) => ['no_denominator', 'no_report', 'not_reached', 'started'].includes(v.status)).map((v, i) => ({ ...v, rank: i + 1 }));
  const weak = (v) => v.signal === 'none' || v.signal === 'weak';
  const priority = register
    .filter((v) => (v.remaining === undefined || v.remaining > 0) && v.status !== 'low' && v.status !== 'near')
    .map((v) => ({ ...v, need: weak(v) ? 'both' : v.signal === 'not_measured' ? 'unreached_unmeasured' : 'unreached', ...(v.households === undefined ? { households_at_most_note: 'not_reported' } : { households_at_most: v.remaining }) }))
    .sort((a, b) => Object.keys(LEGEND.need).indexOf(a.need) - Object.keys(LEGEND.need).indexOf(b.need) || (b.households_at_most ?? 0) - (a.households_at_most ?? 0))
    .map((v, i) => ({ ...v, rank: i + 1 }));
  const dead_areas = signal
    .filter((cell) => cell.verdict === 'none' || cell.verdict === 'weak')
    .filter((_, i) => i % 14 === 0)
    .map((cell, i) => ({
      key: cell.key,
      shape: { type: 'Polygon', coordinates: [cell.shape.coordinates[0].map(([x, y]) => [cell.lon + (x - cell.lon) * 3, cell.lat + (y - cell.lat) * 3])] },
      lon: cell.lon,
      lat: cell.lat,
      area: cell.key,
      rank: i + 1,
      verdict: cell.verdict,
      confirmed: cell.confirmed,
      operator: question.operator || 'all',
      technology: question.technology || 'all',
      cells: 9,
      area_m2: 945_000 + i * 180_000,
      communes: communes[(i * 7) % communes.length].name,
      villages: i % 3,
      ...(i % 3 > 0 ? { village_names: 'Thôn Đoài, Xóm Một', ...(i % 3 > 1 ? { households_note: 'not_reported' } : { households: 312 - i }) } : { households: 0 }),
      villages_without_households: i % 2,
      runs: 44,
      days: 6,
      devices: 3,
      weak_runs: 31,
      weak_low: 0.45,
      weak_high: 0.88,
      silent_runs: 12,
      worst_dbm: -127,
      first_seen: '2026-02-03',
      last_seen: '2026-08-19',
      synthetic: true,
    }));
  for (const list of [register, unreached, priority]) {
    for (const village of list) {
      const around = dead_areas.find((area) => Math.abs(area.lon - village.lon) < 0.02 && Math.abs(area.lat - village.lat) < 0.012);
      if (around) village.dead_area = around.key;
    }
  }
  for (const commune of communes) commune.villages_unreached = unreached.filter((village) => village.commune === commune.code).length;
  const order = Object.keys(LEGEND.place);
  const places = communes
    .map((commune) => {
      const verdict = pick(roll, order);
      const key = `00000000${commune.code}0`;
      const measured = verdict === 'unmeasured' ? { signal: 'not_measured', runs: 0, days: 0 } : { signal: 'outdoor', confirmed: true, runs: 6, days: 3, devices: 2, weak_runs: 2, silent_runs: 1, weak_low: 0.15, weak_high: 0.56, first_seen: '2026-02-03', last_seen: '2026-08-19' };
      const [lon, lat] = [commune.lon, commune.lat];
      return { key, shape: { type: 'Point', coordinates: [lon, lat] }, lon, lat, place: key, kind: 'commune_centre', name: `UBND ${commune.name}`, commune: commune.code, commune_name: commune.name, verdict, within_m: 500, ...measured, source: 'mock', synthetic: true };
    })
    .sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict))
    .map((place, i) => ({ ...place, rank: i + 1 }));
  const hints = dead_areas.slice(0, 5).map(({ lon, lat, key, communes: commune_name }, i) => ({ key, shape: { type: 'Point', coordinates: [lon, lat] }, lon, lat, hint: key, rank: i + 1, status: 'preliminary', kind: 'ground', commune_name, operator: 'all', technology: 'all', unit: 'households', declared: 90 - 9 * i, affected: 80 - 8 * i, share_percent: 20 * (i + 1), gap_percent: 0, villages: 1, village_names: '', cells: 4, radius_m: 1000, radius_urban_m: 289, radius_from: 'rules', synthetic: true }));
  return { communes, signal, villages: register, unreached, priority, dead_areas, places, hints };
}

const remembered = new Map();
function answer(query) {
  const question = Object.fromEntries(['operator', 'technology', 'from', 'to', 'as_of'].map((name) => [name, query.get(name) ?? '']));
  const key = JSON.stringify(question);
  if (!remembered.has(key)) {
    const layers = world(question);
    const index = {};
    for (const [name, items] of Object.entries(layers)) {
      items.forEach((item, i) => (item.id = i + 1));
      const features = items.map(({ shape, lon, lat, key: _, ...properties }) => ({ type: 'Feature', id: properties.id, geometry: shape, properties }));
      index[name] = new GeoJSONVT({ type: 'FeatureCollection', features }, { maxZoom: 14, indexMaxZoom: 4, buffer: 256, extent: 4096, tolerance: 2 });
    }
    const labels = layers.communes.map((c) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: [c.lon, c.lat] }, properties: { code: c.code, name: c.name } }));
    index.commune_labels = new GeoJSONVT({ type: 'FeatureCollection', features: labels }, { maxZoom: 14, indexMaxZoom: 4 });
    remembered.set(key, { layers, index });
  }
  return remembered.get(key);
}

const META = {
  epoch: 7,
  synthetic: true,
  approximate: true,
  province: { code: '37', name: 'Ninh Bình' },
  bounds: [W, S, E, N],
  as_of: '2026-09-15',
  editions: [
    { valid_from: '2020-01-01', valid_to: '2025-07-01', units: 398 },
    { valid_from: '2025-07-01', valid_to: null, units: 129 },
  ],
  operators: [
    { id: 'mobifone', brand: 'MobiFone' },
    { id: 'vietnamobile', brand: 'Vietnamobile' },
    { id: 'viettel', brand: 'Viettel' },
    { id: 'vnpt', brand: 'VNPT (VinaPhone)' },
  ],
  technologies: ['4G', '5G'],
  period: { from: '2026-01-05', to: '2026-09-15' },
  formats: ['geojson'],
  formats_in_systems: {},
  systems: [],
  rules: {
    signal: {
      version: 'phusong-2026.1',
      gsm: { none: -109, poor: -103, outdoor: -97, good: -89 },
      umts: { none: -114, poor: -104, outdoor: -94, good: -84 },
      lte: { none: -120, poor: -110, outdoor: -105, good: -95 },
      nr: { none: -120, poor: -110, outdoor: -100, good: -90 },
      weak_min_runs: 3,
      weak_min_days: 2,
    },
    speed: { slow_from_kbps: 2500, fair_from_kbps: 5000, fast_from_kbps: 15000, min_tests: 5, min_devices: 2 },
    reach: { version: 'phusong-2026.1', started_below: 0.2, low_below: 0.75, near_below: 0.9, stale_after_days: 180, k: 5 },
  },
  sources: [{ file: 'villages.csv', kind: 'villages', synthetic: true, at: '2026-09-15T08:00:00Z' }],
  speed_attributions: [],
};

function style(query) {
  const filters = new URLSearchParams([...query].filter(([name, value]) => name !== 'lang' && value));
  const match = (kind, name) => ['match', ['get', name], ...Object.entries(LEGEND[kind]).filter(([, { color }]) => color).flatMap(([code, { color }]) => [code, color]), '#cccccc'];
  const face = (weight) => ['vietnamese', 'latin'].map((subset) => ({ url: `/assets/fonts/be-vietnam-pro-${subset}-${weight}-normal.woff2`, 'unicode-range': subset === 'latin' ? ['U+0000-00FF'] : ['U+0102-0103', 'U+0110-0111', 'U+0128-0129', 'U+0168-0169', 'U+01A0-01A1', 'U+01AF-01B0', 'U+0300-0309', 'U+0323', 'U+1EA0-1EF9'] }));
  const layer = (id, type, group, source, paint, more = {}) => ({ id, type, source: 'phusong', 'source-layer': source, metadata: { 'phusong:group': group }, paint, ...more });
  return {
    version: 8,
    metadata: { 'phusong:legend': LEGEND },
    'font-faces': { 'Be Vietnam Pro': face(400), 'Be Vietnam Pro Bold': face(700) },
    sources: { phusong: { type: 'vector', tiles: [`/tiles/all/{z}/{x}/{y}?${filters}`], minzoom: 4, maxzoom: 14, bounds: [W, S, E, N] } },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': '#e6eef0' } },
      layer('communes-fill', 'fill', 'communes', 'communes', { 'fill-color': '#fbfcf8' }),
      layer('signal', 'fill', 'signal', 'signal', { 'fill-color': match('verdict', 'verdict'), 'fill-opacity': 0.72 }),
      layer('dead', 'fill', 'dead_areas', 'dead_areas', { 'fill-pattern': 'dead-hatch' }),
      layer('dead-line', 'line', 'dead_areas', 'dead_areas', { 'line-color': '#280a14', 'line-width': 1.6 }),
      layer('communes-line', 'line', 'communes', 'communes', { 'line-color': '#5d747c', 'line-width': 0.8, 'line-dasharray': [4, 2] }),
      layer('villages', 'circle', 'villages', 'villages', { 'circle-color': match('status', 'status'), 'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, 3, 13, 7], 'circle-stroke-color': '#223', 'circle-stroke-width': 1 }),
      layer('unreached', 'symbol', 'unreached', 'unreached', { 'text-halo-color': '#fff', 'text-halo-width': 1.4, 'text-color': '#333' }, { minzoom: 9, layout: { 'text-field': ['get', 'name'], 'text-font': ['Be Vietnam Pro'], 'text-size': 11, 'text-offset': [0, 1.1] } }),
      layer('priority', 'circle', 'priority', 'priority', { 'circle-color': match('need', 'need'), 'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, 4, 13, 10], 'circle-stroke-color': '#fff', 'circle-stroke-width': 2 }, { filter: ['<=', ['get', 'rank'], 40] }),
      layer('places', 'symbol', 'places', 'places', {}, { layout: { 'icon-image': ['concat', 'place-', ['get', 'verdict']], 'icon-allow-overlap': true } }),
      layer('labels', 'symbol', 'communes', 'commune_labels', { 'text-color': '#20363f', 'text-halo-color': '#fff', 'text-halo-width': 1.5 }, { layout: { 'text-field': ['get', 'name'], 'text-font': ['Be Vietnam Pro Bold'], 'text-size': 12, 'text-max-width': 7 } }),
    ],
  };
}

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2', '.md': 'text/markdown', '.txt': 'text/plain' };
const LAYERS = ['communes', 'villages', 'unreached', 'dead_areas', 'priority', 'signal', 'places', 'hints'];
const bare = ({ shape: _, ...item }) => item;
const count = (items, field) => items.reduce((sums, item) => ({ ...sums, [item[field]]: (sums[item[field]] ?? 0) + 1 }), {});

async function handle(request, response) {
  const url = new URL(request.url, 'http://mock');
  const query = url.searchParams;
  const json = (body, status = 200) => response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' }).end(JSON.stringify(body));
  const tile = /^\/tiles\/[\w,]+\/(\d+)\/(\d+)\/(\d+)/.exec(url.pathname);
  const [, room, layer, key] = url.pathname.split('/');
  if (tile) {
    const { index } = answer(query);
    const [z, x, y] = tile.slice(1).map(Number);
    const layers = Object.fromEntries(Object.entries(index).flatMap(([name, tiles]) => {
      const found = tiles.getTile(z, x, y);
      return found ? [[name, found]] : [];
    }));
    if (Object.keys(layers).length === 0) return response.writeHead(204).end();
    return response.writeHead(200, { 'content-type': 'application/vnd.mapbox-vector-tile' }).end(fromGeojsonVt(layers, { version: 2, extent: 4096 }));
  }
  if (url.pathname === '/style.json') return json(style(query));
  if (url.pathname === '/api/meta') return json(META);
  if (url.pathname === '/api/me') return json({ role: 'department', scope: null, scope_name: null, may: { figures: 'all', any_days: 'all' }, layers: LAYERS, guarded: [], act: false, token: null, expires: null, demo: null });
  if (url.pathname === '/api/campaigns') return json({ items: [] });
  if (url.pathname === '/api/search') return json({ items: [] });
  if (url.pathname === '/api/boundary_problems') return json({ total: 0, items: [] });
  if (url.pathname === '/api/summary') {
    const { layers } = answer(query);
    return json({ villages: layers.villages.length, villages_by_status: count(layers.villages, 'status'), villages_declared: layers.villages.length, households: 214_530, guided: 96_120, guided_of_households: 96_120, cells: layers.signal.length, cells_by_verdict: count(layers.signal, 'verdict'), ...(layers.signal.length > 0 ? { dead_areas: layers.dead_areas.length } : { dead_areas: null, dead_areas_note: 'not_measured' }), priority_by_need: count(layers.priority, 'need') });
  }
  if (room === 'api' && LAYERS.includes(layer)) {
    const items = answer(query).layers[layer];
    if (key) {
      const item = items.find((one) => one.key === decodeURIComponent(key));
      return item ? json(bare(item)) : json({ title: 'not found', detail: `no ${layer} with key ${key}` }, 404);
    }
    const [offset, limit] = [Number(query.get('offset') ?? 0), Number(query.get('limit') ?? 50)];
    return json({ layer, epoch: META.epoch, total: items.length, items: items.slice(offset, offset + limit).map(bare) });
  }
  if (room === 'export') {
    const name = layer.replace('.geojson', '');
    const features = answer(query).layers[name].map(({ shape, ...properties }) => ({ type: 'Feature', geometry: shape, properties }));
    return json({ type: 'FeatureCollection', features });
  }
  const file = path.join(dist, url.pathname === '/' ? 'index.html' : path.normalize(url.pathname));
  try {
    const bytes = await readFile(file);
    response.writeHead(200, { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' }).end(bytes);
  } catch {
    json({ title: 'not found', detail: url.pathname }, 404);
  }
}

const server = http.createServer((request, response) => {
  handle(request, response).catch((error) => response.writeHead(500).end(String(error)));
});
server.listen(port, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
