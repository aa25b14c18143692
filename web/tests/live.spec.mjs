// An open map follows the data, in a real browser, against a real server whose readers are the department.
//
//   node web/tests/live.spec.mjs http://127.0.0.1:8080
//
// Brings in one visit and waits until the village has its new colour on a map that was open before. Prints how long
// that took from sending the visit, and which tiles were asked for again; no time is a failure. CHROMIUM names another browser.

import { chromium } from 'playwright-core';

const [base] = process.argv.slice(2);
if (!base) {
  console.error('usage: node web/tests/live.spec.mjs <base-url>');
  process.exit(2);
}
const PATIENCE_MS = 60_000;
const at = (address) => new URL(address, base.endsWith('/') ? base : `${base}/`);
function expect(truth, message) {
  if (!truth) throw new Error(message);
}
async function ask(address, how) {
  const response = await fetch(at(address), how);
  expect(response.ok, `${address} answered ${response.status}: ${response.ok ? '' : await response.text()}`);
  return response.json();
}
const post = (address, type, body) => ask(address, { method: 'POST', headers: { 'content-type': type }, body });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
});
try {
  const meta = await ask('api/meta');
  const { items } = await ask('api/villages?limit=5000');
  const village = items.find(({ status, lon, households }) => status === 'not_reached' && lon !== null && households > 30);
  expect(village, 'no village waits for its first visit');

  const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('response', (response) => response.status() >= 400 && complaints.push(`${response.url()}: ${response.status()}`));
  await page.goto(at(`?lang=vi&show=villages,places#12/${village.lat}/${village.lon}`).href);
  await page.waitForFunction(() => window.phusong);
  await page.evaluate(() => window.phusong.ready);
  const told = (code) => {
    const { map } = window.phusong;
    const found = map.querySourceFeatures('phusong', { sourceLayer: 'villages' });
    return found.find(({ properties }) => properties.code === code)?.properties.status ?? null;
  };
  await page.waitForFunction(() => window.phusong.map.loaded() && window.phusong.map.areTilesLoaded());
  const before = await page.evaluate(told, village.key);
  expect(before === 'not_reached', `the map has ${before} before`);

  const asked = [];
  page.on('request', (request) => {
    const [, layers, tile] = /\/tiles\/([^/]+)\/(\d+\/\d+\/\d+)/.exec(request.url()) ?? [];
    if (layers) asked.push({ layers, tile });
  });
  const day = new Date(Date.parse(meta.as_of) - 86_400_000).toISOString().slice(0, 10);
  const csv = `id,time,village_code,result,household\nlive-1,${day}T09:00:00+07:00,${village.key},guided,live-1\n`;
  const { key } = await post('api/uploads?name=visit.csv', 'application/octet-stream', csv);
  const start = performance.now();
  const imported = await post(`api/uploads/${key}/import?lang=vi`, 'application/json', JSON.stringify({ kind: 'visits' }));
  const answered = performance.now() - start;
  expect(imported.new === 1, JSON.stringify(imported));
  await page.waitForFunction(([code, look]) => new Function(`return (${look})`)()(code) === 'started', [village.key, told.toString()], { polling: 50 });
  const shown = performance.now() - start;
  console.log(`a changed status on an open map: ${(shown / 1000).toFixed(2)} s after the visit was sent, ${((shown - answered) / 1000).toFixed(2)} s after it was answered`);

  await page.waitForFunction(() => window.phusong.map.areTilesLoaded());
  await page.waitForTimeout(500);
  console.log(`tiles asked for again: ${asked.map(({ layers, tile }) => `${layers.split(',').length} layers ${tile}`).join(', ')}`);
  const all = asked.some(({ layers }) => layers === 'places');
  if (all) console.log('the server took too long to compare: everything was asked for again');
  expect(all || (asked.length > 0 && asked.every(({ layers }) => layers.split(',').includes('villages'))), `sources that did not change were asked for: ${JSON.stringify(asked)}`);
  expect(new Set(asked.map(({ tile }) => tile)).size === asked.length, `a tile was asked for twice: ${JSON.stringify(asked)}`);
  expect(complaints.length === 0, complaints.join('\n'));
  console.log('1 passed, 0 failed');
} finally {
  await browser.close();
}
