// The page in a real browser, against a real server.
//
//   node web/tests/map.spec.mjs http://127.0.0.1:8080 target/screenshots
//
// Prints one line for each fact and `N passed, N failed` at the end; exits
// non-zero when a fact does not hold. CHROMIUM names another browser.

import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const [base, shots] = process.argv.slice(2);
if (!base || !shots) {
  console.error('usage: node web/tests/map.spec.mjs <base-url> <screenshot-dir>');
  process.exit(2);
}
const BASE = base.endsWith('/') ? base : `${base}/`;
const PATIENCE_MS = 60_000;
const GROUPS = ['priority', 'places', 'unreached', 'villages', 'dead_areas', 'signal', 'communes'];
const words = (language) => JSON.parse(readFileSync(path.join(import.meta.dirname, `../src/i18n/${language}.json`), 'utf8'));
const dictionaries = { vi: words('vi'), en: words('en') };
mkdirSync(shots, { recursive: true });

let passed = 0;
let failed = 0;
async function check(name, body) {
  try {
    await body();
    passed += 1;
    console.log(`ok    ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${name}\n      ${String(error.message ?? error).split('\n').slice(0, 6).join('\n      ')}`);
  }
}
function expect(truth, message) {
  if (!truth) throw new Error(message);
}
async function api(address) {
  const response = await fetch(new URL(address, BASE));
  expect(response.ok, `${address} answered ${response.status}`);
  return response.json();
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-default-apps'],
});

const complaints = [];
const strangers = new Set();
async function open(search, { width = 1366, height = 768, before, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale: 'en-US', reducedMotion: 'no-preference', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  if (before) await page.addInitScript(before);
  page.on('console', (message) => message.type() === 'error' && complaints.push(`${search}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`${search}: ${error.message}`));
  page.on('requestfailed', (request) => {
    // Leaving a view cancels the tiles that nobody waits for any more.
    if (!/ERR_ABORTED/.test(request.failure()?.errorText ?? '')) complaints.push(`${request.url()}: ${request.failure()?.errorText}`);
  });
  page.on('response', (response) => response.status() >= 400 && complaints.push(`${response.url()}: ${response.status()}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.host !== new URL(BASE).host) strangers.add(url.href);
  });
  await page.goto(new URL(search, BASE).href);
  await page.waitForFunction(() => window.phusong);
  await page.evaluate(() => window.phusong.ready);
  return page;
}

/** Waits until lists and tiles are all there. A frame is asked for, since an idle map says nothing. */
async function settled(page) {
  const quiet = () => {
    const { map } = window.phusong;
    return map.loaded() && map.areTilesLoaded() && !map.isMoving() && !document.querySelector('[data-status=loading], [data-status=idle]');
  };
  await page.waitForFunction(quiet);
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        window.phusong.map.once('idle', resolve);
        window.phusong.map.triggerRepaint();
      }),
  );
  await page.waitForFunction(quiet);
}

/** Does something that changes the question, and waits until the map shows the answer. */
async function asking(page, action) {
  const before = await page.evaluate(() => JSON.stringify(window.phusong.map.getStyle().sources));
  await action();
  await page.waitForFunction((text) => JSON.stringify(window.phusong.map.getStyle()?.sources) !== text, before);
  await settled(page);
}

/** Opens a list by its tab, or from the menu of the others. */
async function openTab(page, id) {
  const tab = page.locator(`[data-testid=tab-${id}]`);
  if (!(await tab.isVisible())) await page.click('[data-testid=tabs-more]');
  await tab.click();
}

/** What is drawn of a group, as one line for each feature. */
const drawn = (page, group) =>
  page.evaluate((name) => {
    const { map } = window.phusong;
    const layers = map.getStyle().layers.filter((layer) => layer.metadata?.['phusong:group'] === name).map((layer) => layer.id);
    const features = layers.length > 0 ? map.queryRenderedFeatures({ layers }) : [];
    return [...new Set(features.map(({ properties }) => JSON.stringify(properties)))].sort();
  }, group);

/** Everything that a person reads or hears on the page. */
const said = (page) =>
  page.evaluate(() => {
    const heard = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const inside = walker.currentNode.parentElement;
      if (inside && !['SCRIPT', 'STYLE', 'NOSCRIPT'].includes(inside.tagName)) heard.push(walker.currentNode.textContent.trim());
    }
    for (const element of document.body.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) heard.push(element.getAttribute(name)?.trim() ?? '');
    }
    return heard.filter((text) => text.length >= 3);
  });

/** The sentences of `language` that the page says; those equal in both languages do not count. */
function leftovers(heard, language, legend) {
  const other = language === 'vi' ? 'en' : 'vi';
  const names = new Set(Object.values(dictionaries[other]));
  const theirs = Object.entries(dictionaries[language]).filter(([key, text]) => text.length >= 3 && text !== dictionaries[other][key] && !names.has(text));
  const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const patterns = theirs.map(([, text]) => new RegExp(`^${text.split(/\{\w+\}/).map(escape).join('.+')}$`));
  const labels = Object.values(legend ?? {}).flatMap((kind) => Object.values(kind));
  const foreign = new Set(labels.filter((label) => label.vi !== label.en).map((label) => label[language]));
  return heard.flatMap((text) => text.split(' · ')).filter((text) => foreign.has(text) || patterns.some((pattern) => pattern.test(text)));
}

const meta = await api('api/meta');
const me = await api('api/me');
const legend = (await api('style.json?lang=vi')).metadata['phusong:legend'];

// ---- the first view ------------------------------------------------------

const page = await open('?lang=vi');
await settled(page);
await page.screenshot({ path: path.join(shots, 'desktop.png') });

await check('the page says that data are made up, when they are', async () => {
  const text = (await page.locator('[data-testid=notice]').allTextContents()).join(' ');
  expect(meta.synthetic === text.includes(dictionaries.vi.noticeSynthetic), `synthetic is ${meta.synthetic}, the notice says "${text}"`);
  expect(meta.approximate === text.includes(dictionaries.vi.noticeApproximate), `approximate is ${meta.approximate}, the notice says "${text}"`);
});

for (const group of GROUPS) {
  await check(`features of ${group} are drawn`, async () => {
    const box = page.locator(`[data-testid=layer-${group}]`);
    if (!(await box.isChecked())) await box.check();
    await settled(page);
    let found = await drawn(page, group);
    if (found.length === 0) {
      // Some layers begin at a larger scale: look where the list says that something is.
      const { items } = await api(`api/${group}?limit=1`);
      expect(items.length > 0, `the server has no ${group}`);
      await page.evaluate(({ lon, lat }) => window.phusong.map.jumpTo({ center: [lon, lat], zoom: 12.5 }), items[0]);
      await settled(page);
      found = await drawn(page, group);
      await page.click('#zoom-all');
      await settled(page);
    }
    expect(found.length > 0, 'nothing is drawn');
  });
}

await check('a client that knows no font files draws the same letters from ranges', async () => {
  const without = () => {
    const fetched = window.fetch;
    window.fetch = async (...request) => {
      const reply = await fetched(...request);
      if (!/style\.json/.test(reply.url)) return reply;
      const style = await reply.json();
      delete style['font-faces'];
      return new Response(JSON.stringify(style), { headers: { 'content-type': 'application/json' } });
    };
  };
  const view = async (before) => {
    const tab = await open('?lang=vi', { before });
    await tab.evaluate(() => window.phusong.map.jumpTo({ zoom: 10.5 }));
    await settled(tab);
    // Labels fade in.
    await tab.waitForTimeout(1000);
    const names = await tab.evaluate(() => window.phusong.map.queryRenderedFeatures({ layers: ['commune-labels'] }).map(({ properties }) => properties.name));
    const ranges = await tab.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => /\/fonts\/.*\.pbf$/.test(name)).length);
    const map = (await tab.locator('.maplibregl-canvas').boundingBox()) ?? undefined;
    const picture = await tab.screenshot({ clip: map });
    await tab.context().close();
    return { names: [...new Set(names)].sort().join(), ranges, picture: `data:image/png;base64,${picture.toString('base64')}` };
  };
  const [files, ranges] = [await view(), await view(without)];
  expect(files.ranges === 0 && ranges.ranges > 1, `${files.ranges} ranges with font files, ${ranges.ranges} without`);
  expect(files.names.length > 0 && files.names === ranges.names, `${files.names} and ${ranges.names}`);
  const apart = await page.evaluate(async (pictures) => {
    const [one, other] = await Promise.all(
      pictures.map(async (source) => {
        const image = new Image();
        image.src = source;
        await image.decode();
        const pen = new OffscreenCanvas(image.width, image.height).getContext('2d');
        pen.drawImage(image, 0, 0);
        return pen.getImageData(0, 0, image.width, image.height).data;
      }),
    );
    return one.reduce((sum, value, at) => sum + Math.abs(value - other[at]), 0) / one.length;
  }, [files.picture, ranges.picture]);
  expect(apart < 1, `a channel of a pixel differs by ${apart} of 255 on average; a shift by one pixel makes it 12`);
});

await check('villages drawn as one tell their sums, and lead closer', async () => {
  const seen = await page.evaluate(() => {
    const { map } = window.phusong;
    const corner = map.getContainer().getBoundingClientRect();
    const others = map.queryRenderedFeatures({ layers: map.getStyle().layers.filter(({ type, id }) => ['circle', 'symbol'].includes(type) && !id.startsWith('village-clusters') && !id.endsWith('labels')).map(({ id }) => id) });
    const at = (feature) => map.project(feature.geometry.coordinates);
    const alone = (point) => others.every((other) => other.geometry.type !== 'Point' || Math.hypot(at(other).x - point.x, at(other).y - point.y) > 25);
    return map
      .queryRenderedFeatures({ layers: ['village-clusters'] })
      .map((feature) => ({ point: at(feature), count: feature.properties.point_count, reached: feature.properties.villages_reached }))
      .filter(({ point }) => alone(point) && point.x > 60 && point.x < corner.width - 420 && point.y > 60 && point.y < corner.height - 60)
      .map(({ point, ...rest }) => ({ x: corner.x + point.x, y: corner.y + point.y, ...rest }));
  });
  expect(seen.length > 0, 'no cluster stands free');
  await page.mouse.click(seen[0].x, seen[0].y);
  await page.waitForSelector('[data-testid=open-point_count]');
  const raw = await page.locator('#popup dd[data-field=villages_reached]').getAttribute('data-raw');
  expect(raw === String(seen[0].reached), `the card says ${raw}, the tile ${seen[0].reached}`);
  await page.screenshot({ path: path.join(shots, 'desktop-cluster.png') });
  await page.click('[data-testid=open-point_count]');
  await settled(page);
  const zoom = await page.evaluate(() => window.phusong.map.getZoom());
  expect(zoom >= 10, `the map is at zoom ${zoom}`);
  await page.click('#zoom-all');
  await settled(page);
});

await check('a layer that is switched off is not drawn', async () => {
  await page.locator('[data-testid=layer-villages]').uncheck();
  await settled(page);
  expect((await drawn(page, 'villages')).length === 0, 'villages are still drawn');
  await page.locator('[data-testid=layer-villages]').check();
  await settled(page);
});

await check('the colours of the signal are seen without scrolling', async () => {
  const seen = await page.evaluate(() => {
    const card = document.getElementById('legend-card').getBoundingClientRect();
    return [...document.querySelectorAll('.legend-signal .swatch')].every((one) => one.getBoundingClientRect().bottom <= card.bottom);
  });
  expect(seen, 'a colour of the signal lies below the fold');
});

await check('the legend names every verdict and status, in colours, with thresholds', async () => {
  const text = await page.locator('[data-testid=legend]').innerText();
  for (const label of [...Object.values(legend.verdict), ...Object.values(legend.status)]) expect(text.includes(label.vi), `"${label.vi}" is missing`);
  expect(text.includes(`${meta.rules.signal.lte.poor} dBm`), 'the cut of poor 4G is missing');
  expect(text.includes(meta.rules.signal.version) && text.includes(meta.rules.reach.version), 'a version is missing');
  expect(text.includes(dictionaries.vi.note_not_measured), '"not measured" is missing');
});

// ---- filters -------------------------------------------------------------

const both = async () => [...(await drawn(page, 'signal')), ...(await drawn(page, 'villages'))].join('\n');
const first = await both();
const operator = meta.operators[0]?.id;
const technology = meta.technologies[0];

await check('an operator changes what is drawn, and every cell is its own', async () => {
  await asking(page, () => page.selectOption('[data-testid=filter-operator]', operator));
  const cells = (await drawn(page, 'signal')).map((text) => JSON.parse(text));
  expect((await both()) !== first, 'the same features are drawn');
  expect(cells.length > 0 && cells.every((cell) => cell.operator === operator), `cells of ${[...new Set(cells.map((cell) => cell.operator))]}`);
  expect(new URL(page.url()).searchParams.get('operator') === operator, 'the address does not say so');
  const file = await page.locator('[data-testid=list-priority] a.export').getAttribute('href');
  expect(new URL(file).searchParams.get('operator') === operator, 'the file would have other filters');
});

await check('a technology changes what is drawn', async () => {
  const before = await both();
  await asking(page, () => page.selectOption('[data-testid=filter-technology]', technology));
  const cells = (await drawn(page, 'signal')).map((text) => JSON.parse(text));
  expect((await both()) !== before, 'the same features are drawn');
  expect(cells.every((cell) => cell.technology === technology), 'cells of another technology');
});

await check('the back button takes a filter back', async () => {
  await asking(page, () => page.goBack());
  await asking(page, () => page.goBack());
  expect((await page.inputValue('[data-testid=filter-operator]')) === '', 'the operator is still chosen');
  expect((await both()) === first, 'other features are drawn than at first');
});

await check('a period changes what is drawn', async () => {
  expect(meta.period, 'the server has no period');
  const middle = new Date((Date.parse(meta.period.from) + 2 * Date.parse(meta.period.to)) / 3).toISOString().slice(0, 10);
  await page.locator('[data-testid=filter-when] > summary').click();
  await asking(page, async () => {
    const field = page.locator('[data-testid=filter-from]');
    await field.fill(middle.split('-').reverse().join('/'));
    await field.press('Enter');
  });
  expect(new URL(page.url()).searchParams.get('from') === middle, `the address says ${page.url()}`);
  expect((await both()) !== first, 'the same features are drawn');
  await asking(page, () => page.click('[data-testid=preset-all]'));
});

const ended = meta.editions.length > 1;
if (ended) {
  await check('an earlier edition shows the communes of its day', async () => {
    const before = (await drawn(page, 'communes')).join('\n');
    const slider = page.locator('[data-testid=edition]');
    await asking(page, () => slider.press('ArrowLeft'));
    const value = await page.evaluate(() => window.phusong.state.asOf);
    expect(value !== '' && (await slider.getAttribute('aria-valuetext')).includes(value.split('-').reverse().join('/')), `the slider does not say ${value}`);
    const after = (await drawn(page, 'communes')).map((text) => JSON.parse(text)).filter((unit) => unit.valid_from);
    expect((await drawn(page, 'communes')).join('\n') !== before && after.length > 0, 'the same communes are drawn');
    expect(after.every((unit) => unit.valid_from <= value), `a commune begins after ${value}`);
    expect((await page.locator('[data-testid=as-of-old]').innerText()) === dictionaries.vi.asOfOld, 'nothing says that the figures are of today');
    await asking(page, () => slider.press('End'));
  });

  await check('borders of the edition before are drawn over those of today, and go again', async () => {
    await page.locator('[data-testid=old-borders]').check();
    await settled(page);
    const old = () => page.evaluate(() => (window.phusong.map.getLayer('old-borders') ? window.phusong.map.queryRenderedFeatures({ layers: ['old-borders'] }).map(({ properties }) => properties) : []));
    const units = await old();
    expect(units.length > 0 && units.every((unit) => unit.valid_from < meta.editions.at(-1).valid_from), 'no border of before is drawn');
    await page.screenshot({ path: path.join(shots, 'desktop-old-borders.png') });
    await page.locator('[data-testid=old-borders]').uncheck();
    await settled(page);
    expect((await old()).length === 0, 'old borders are still there');
  });

  await check('an old name leads to the commune of today, which says what it was made of', async () => {
    const { items } = await api('api/communes?limit=500');
    let old;
    for (const { key } of items) {
      const { made_of: before, name } = await api(`api/units/${key}/history`);
      const part = before.find((unit) => unit.share === 'whole' && unit.name !== name);
      if (part) old = { ...part, into: key };
      if (old) break;
    }
    expect(old, 'no commune was made of another');
    const field = page.locator('[data-testid=search]');
    await field.fill(old.name.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/đ/g, 'd').replace(/Đ/g, 'D'));
    const option = page.locator(`#search-found [data-key="${old.into}"]`).first();
    await option.waitFor();
    expect((await option.innerText()).includes(old.name), 'the answer does not say by which old name it was found');
    await page.screenshot({ path: path.join(shots, 'desktop-search.png') });
    await field.press('ArrowDown');
    const key = await page.locator('#search-found [aria-selected=true]').getAttribute('data-key');
    await field.press('Enter');
    await page.waitForSelector(`[data-testid=popup][data-key="${key}"]`);
    await page.goto(new URL(`?lang=vi&at=communes:${old.into}`, BASE).href);
    const history = page.locator('[data-testid=history]');
    await history.waitFor();
    expect((await history.innerText()).includes(`${old.name} (${old.code})`), 'the card does not say what the commune was made of');
    await settled(page);
    await page.screenshot({ path: path.join(shots, 'desktop-history.png') });
  });
}

await check('a period that runs backwards is refused in words', async () => {
  await page.goto(new URL('?lang=vi&from=2026-05-01&to=2026-04-01', BASE).href);
  await page.waitForFunction((text) => document.body.innerText.includes(text), dictionaries.vi.periodBackwards);
});

await check('a day that does not exist is said to be none, and stays as it was typed', async () => {
  await page.goto(new URL('?lang=vi', BASE).href);
  await page.waitForSelector('[data-testid=filter-when]');
  await page.locator('[data-testid=filter-when] > summary').click();
  const field = page.locator('[data-testid=filter-to]');
  await field.fill('31/02/2026');
  await field.press('Enter');
  await page.waitForFunction((text) => document.getElementById('filter-to-complaint').textContent === text, dictionaries.vi.dayImpossible);
  expect((await field.inputValue()) === '31/02/2026', 'what was typed is gone');
  expect(!new URL(page.url()).searchParams.has('to'), 'it was asked all the same');
});

await check('a period after the last measurement shows words, and a way back, but no zero', async () => {
  const after = new Date(Date.parse(meta.period.to) + 86_400_000).toISOString().slice(0, 10);
  await page.goto(new URL(`?lang=vi&tab=dead_areas&from=${after}`, BASE).href);
  const empty = page.locator('[data-testid=dead-areas-empty]');
  await empty.waitFor();
  const day = meta.period.to.split('-').reverse().join('/');
  expect((await empty.innerText()).includes(dictionaries.vi.notMeasuredThen.replace('{day}', day)), await empty.innerText());
  const sums = page.locator('[data-testid=summary]');
  await sums.waitFor();
  expect((await sums.locator('dd').nth(2).innerText()).trim() === dictionaries.vi.note_not_measured, await sums.innerText());
  await page.click('#dead-areas-empty-clear');
  await page.locator('[data-testid=list-dead_areas] [data-key]').first().waitFor();
  expect(!new URL(page.url()).searchParams.has('from'), 'the period is still there');
});

// ---- the list ------------------------------------------------------------

await page.goto(new URL('?lang=vi', BASE).href);
await page.waitForFunction(() => window.phusong);
await page.evaluate(() => window.phusong.ready);
await settled(page);
const rows = page.locator('[data-testid=list-priority] [data-key]');
const key = await rows.first().getAttribute('data-key');
const listed = (await api('api/priority?limit=1')).items[0];

await check('the first row is the first of the list that the server gives', async () => {
  expect(key === listed.key, `${key} is on the page, ${listed.key} in the list`);
});

await check('a click on the first row flies to its place and opens it', async () => {
  await rows.first().click();
  await page.waitForSelector('[data-testid=popup]');
  await page.waitForFunction(({ lon, lat }) => {
    const centre = window.phusong.map.getCenter();
    return !window.phusong.map.isMoving() && Math.abs(centre.lng - lon) < 0.002 && Math.abs(centre.lat - lat) < 0.002;
  }, listed);
  expect((await page.evaluate(() => window.phusong.map.getZoom())) >= 12, 'too far away to see a village');
  await settled(page);
  await page.screenshot({ path: path.join(shots, 'desktop-popup.png') });
});

const village = await api(`api/villages/${key}`);
const fields = () =>
  page.locator('[data-testid=popup] dd').evaluateAll((cells) => cells.map((cell) => ({ field: cell.dataset.field, raw: cell.dataset.raw, text: cell.textContent.trim() })));

await check('its figures are those of the village, and an absent one is a word', async () => {
  let compared = 0;
  for (const { field, raw, text } of await fields()) {
    if (['rank', 'need', 'households_at_most'].includes(field)) {
      expect((listed[field] === undefined ? undefined : String(listed[field])) === raw, `${field} is ${raw}, the list has ${listed[field]}`);
    } else if (village[field] === undefined || village[field] === null) {
      expect(raw === undefined && !/^0\b/.test(text), `${field} is absent and shown as "${text}"`);
    } else {
      expect(String(village[field]) === raw, `${field} is ${raw}, the server has ${village[field]}`);
      if (Number.isInteger(village[field])) expect(text.replace(/[^\d-]/g, '').startsWith(String(village[field])), `${field} reads "${text}"`);
      compared += 1;
    }
  }
  expect(compared >= 4, `only ${compared} figures could be compared`);
});

await check('the tile says the same of the village as the server', async () => {
  const tiles = (await drawn(page, 'villages')).map((text) => JSON.parse(text)).filter((one) => one.code === key);
  expect(tiles.length > 0, 'the village is not in the tile');
  for (const [name, value] of Object.entries(tiles[0])) {
    const same = typeof value === 'number' ? Math.abs(value - village[name]) < 1e-6 : value === village[name];
    expect(same, `${name} is ${value} in the tile, ${village[name]} in the answer`);
  }
});

await check('Escape closes it and the row has the focus again', async () => {
  await page.keyboard.press('Escape');
  await page.waitForSelector('[data-testid=popup]', { state: 'detached' });
  const focused = await page.evaluate(() => document.activeElement?.getAttribute('data-key'));
  expect(focused === key, `the focus is on ${focused}`);
});

await check('the keyboard opens a row too', async () => {
  await page.keyboard.press('Enter');
  await page.waitForSelector(`[data-testid=popup][data-key="${key}"]`);
});

await check('a click on the map opens what is there', async () => {
  await page.keyboard.press('Escape');
  await settled(page);
  const at = await page.evaluate(({ lon, lat }) => {
    const { x, y } = window.phusong.map.project([lon, lat]);
    const box = window.phusong.map.getCanvas().getBoundingClientRect();
    return { x: x + box.left, y: y + box.top };
  }, listed);
  await page.mouse.click(at.x, at.y);
  const opened = page.locator('[data-testid=popup]');
  await opened.waitFor();
  expect((await opened.getAttribute('data-layer')) === 'priority', `a ${await opened.getAttribute('data-layer')} opened`);
});

await check('a click on the ground of a village opens the village', async () => {
  const { items } = await api('api/villages?limit=5000');
  const drawnGround = items.find((one) => one.extent_by && !one.dead_area);
  // The stand-in server has none.
  if (!drawnGround) return;
  const tab = await open(`?lang=vi#14.5/${drawnGround.lat}/${drawnGround.lon}`);
  await settled(tab);
  const at = await tab.evaluate((code) => {
    const { map } = window.phusong;
    const box = map.getCanvas().getBoundingClientRect();
    const over = map.getStyle().layers.filter(({ type, id }) => type === 'circle' || id.startsWith('dead-areas')).map(({ id }) => id);
    const free = (x, y) => map.queryRenderedFeatures([[x - 12, y - 12], [x + 12, y + 12]], { layers: over }).length === 0;
    for (let x = 60; x < box.width - 320; x += 5) {
      for (let y = 60; y < box.height - 60; y += 5) {
        const ground = map.queryRenderedFeatures([x, y], { layers: ['village-extents'] });
        if (ground.length === 1 && ground[0].properties.code === code && free(x, y)) return { x: x + box.left, y: y + box.top };
      }
    }
    return null;
  }, drawnGround.key);
  expect(at, 'the ground is not drawn, or all under points');
  await tab.mouse.click(at.x, at.y);
  await tab.waitForSelector(`[data-testid=popup][data-layer=villages][data-key="${drawnGround.key}"]`);
  await settled(tab);
  await tab.screenshot({ path: path.join(shots, 'desktop-ground.png') });
  await tab.context().close();
});

for (const [list, group] of [['dead_areas', 'dead_areas'], ['places', 'places'], ['unreached', 'unreached']]) {
  await check(`the list of ${list} opens, counts and flies`, async () => {
    await openTab(page, list);
    const row = page.locator(`[data-testid=list-${list}] [data-key]`).first();
    await row.waitFor();
    const { total, items } = await api(`api/${list}?limit=1`);
    const count = await page.locator(`[data-testid=list-${list}] .count`).innerText();
    expect(count.replace(/\D/g, '') === String(total), `the page counts ${count}, the server ${total}`);
    await row.click();
    await page.waitForSelector(`[data-testid=popup][data-layer=${group}][data-key="${items[0].key}"]`);
    await settled(page);
  });
}

await check('a commune centre is a square on the map, and its card says the verdict of its list', async () => {
  await openTab(page, 'places');
  const { items } = await api('api/places?limit=5000');
  const centres = items.filter(({ kind }) => kind === 'commune_centre');
  expect(centres.length > 0, 'the server has no centre of a commune');
  expect(items[0].kind.endsWith('_centre'), `the list begins with a ${items[0].kind}`);
  const [worst] = items;
  const row = page.locator(`[data-testid=list-places] [data-key="${worst.key}"]`);
  expect((await row.innerText()).includes(dictionaries.vi[`place_${worst.verdict}`]), await row.innerText());
  await row.click();
  await settled(page);
  const card = page.locator(`[data-testid=popup][data-layer=places][data-key="${worst.key}"]`);
  await card.waitFor();
  expect((await card.locator('[data-field=verdict]').innerText()).trim() === dictionaries.vi[`place_${worst.verdict}`], await card.innerText());
  expect((await card.locator('[data-field=within_m]').innerText()).startsWith('500'), 'a centre is judged within 500 m');
  const on = await drawn(page, 'places');
  expect(on.length > 0, 'no place is drawn');
  const images = await page.evaluate(() => window.phusong.map.listImages().filter((id) => id.startsWith('place-')));
  expect(images.includes(`place-${worst.verdict}`), `drawn with ${images.join(', ')}`);
  await page.click('#popup-close');
});

await check('speed tests are off at first, and their card names who published them', async () => {
  const { speed_attributions: named } = await api('api/meta');
  // The stand-in server has none.
  if (named.length === 0) return;
  const { items } = await api('api/speeds?limit=5000');
  const tile = items.find((item) => item.class !== 'not_enough');
  expect((await drawn(page, 'speeds')).length === 0, 'the layer is on at first');
  const shown = await open(`?show=speeds&at=speeds:${tile.key}`);
  await settled(shown);
  const card = shown.locator(`[data-testid=popup][data-layer=speeds][data-key="${tile.key}"]`);
  await card.waitFor();
  expect((await card.locator('[data-field=class]').innerText()).trim() === dictionaries.vi[`speed_${tile.class}`], await card.innerText());
  expect((await card.locator('[data-field=source]').innerText()).includes(tile.source), 'the card names no publisher');
  expect((await shown.locator('.legend-speeds').innerText()).includes(tile.source), 'the legend names no publisher');
  expect((await drawn(shown, 'speeds')).length > 0, 'no tile is drawn');
  await shown.context().close();
});

await check('what does not fit in the boundaries is listed, and flown to', async () => {
  await openTab(page, 'boundaries');
  const list = page.locator('[data-testid=list-boundaries][data-status=ready]');
  await list.waitFor();
  const { total, items } = await api('api/boundary_problems?limit=1');
  expect((await list.locator('.count').innerText()).replace(/\D/g, '') === String(total), 'another count than the server has');
  if (total > 0) {
    await list.locator('[data-key]').first().click();
    await settled(page);
    const [{ lon, lat }] = items;
    expect(await page.evaluate((at) => window.phusong.map.getBounds().contains(at), [lon, lat]), 'the place is out of sight');
    await page.screenshot({ path: path.join(shots, 'desktop-boundaries.png') });
  }
  await openTab(page, 'priority');
});

await check('the work list of a network sorts, flies, and shows readings with silence apart', async () => {
  const { items } = await api(`api/work?operator=${operator}&sort=area&limit=1`);
  const tab = await open(`?lang=vi&operator=${operator}&tab=work`);
  await tab.waitForSelector('[data-testid=list-work][data-status=ready]');
  await tab.selectOption('[data-testid=work-sort]', 'area');
  await tab.waitForFunction((first) => document.querySelector('[data-testid=list-work] [data-key]')?.dataset.key === first, items[0].key);
  const row = tab.locator('[data-testid=list-work] [data-key]').first();
  await row.focus();
  await tab.keyboard.press('Enter');
  await tab.waitForSelector(`[data-testid=popup][data-key="${items[0].key}"] [data-testid=work-sheet][data-status=ready]`);
  await settled(tab);
  const { readings } = await api(`api/work/${items[0].key}?operator=${operator}`);
  const marks = { dots: await tab.locator('.chart circle').count(), crosses: await tab.locator('.chart svg > .silent').count() };
  const silent = readings.filter((reading) => reading.median_dbm === null).length;
  // One cross more stands for the name of the line.
  expect(marks.dots === readings.length - silent && marks.crosses === silent + 1, `${JSON.stringify(marks)} of ${readings.length} readings, ${silent} silent`);
  expect((await tab.locator('[data-testid=work-form]').count()) === (me.act ? 1 : 0), 'the form is there without leave, or the other way round');
  await tab.click('[data-testid=formats-work]');
  const files = await tab.locator('[data-testid=files-work] a.download').evaluateAll((links) => links.map((link) => new URL(link.href).pathname.replace('/export/work.', '')));
  expect([...files].sort().join() === [...meta.formats].sort().join(), `files ${files}`);
  const [menu, panel] = [await tab.locator('[data-testid=files-work] ul').boundingBox(), await tab.locator('#panel').boundingBox()];
  expect(menu.x >= panel.x && menu.x + menu.width <= panel.x + panel.width, `the menu of files reaches from ${menu.x} to ${menu.x + menu.width}, the panel is ${panel.width} wide`);
  // Only what the map shows, in the system of the province where the format holds it.
  await tab.check('[data-testid=files-sight-work]');
  const [zone] = meta.systems;
  await tab.selectOption('[data-testid=files-system-work]', String(zone.epsg));
  await tab.screenshot({ path: path.join(shots, 'desktop-files.png') });
  const asked = await tab.locator('[data-testid=files-work] a').evaluateAll((all) => all.map((link) => new URL(link.href)).map((url) => [url.pathname.replace('/export/work.', ''), url.searchParams.get('bbox'), url.searchParams.get('crs')]));
  const seen = await tab.evaluate(() => window.phusong.map.getBounds().toArray().flat());
  for (const [ending, bbox, crs] of asked) {
    expect(bbox?.split(',').every((side, at) => Math.abs(side - seen[at]) < 1e-4), `${ending}: ${bbox}, the map shows ${seen}`);
    expect(crs === (meta.formats_in_systems.work.includes(ending) ? String(zone.epsg) : null), `${ending} in ${crs}`);
  }
  await tab.uncheck('[data-testid=files-sight-work]');
  await tab.selectOption('[data-testid=files-system-work]', '');
  await tab.click('[data-testid=formats-work]');
  await tab.locator('[data-testid=work-sheet]').scrollIntoViewIfNeeded();
  await tab.screenshot({ path: path.join(shots, 'desktop-work.png') });
  await tab.click('[data-testid=lang-switch]');
  await settled(tab);
  const left = [...new Set(leftovers(await said(tab), 'vi', legend))];
  expect(left.length === 0, `left behind: ${left.join(' | ')}`);
  await tab.context().close();
});

if (me.demo) {
  await check('another role shows its own layers, lists and periods, and goes again', async () => {
    const tab = await open('?lang=vi&from=2026-01-15&to=2026-02-10&tab=work');
    await settled(tab);
    const role = () => tab.locator('[data-testid=role-toggle]').getAttribute('data-role');
    const shown = (id) => tab.locator(`[data-testid=${id}]`).count();
    expect((await role()) === me.role && (await shown('tab-work')) === 1 && (await shown('layer-claims')) === 1, 'the first role does not see its work list');
    const become = async (choice) => {
      await tab.click('[data-testid=role-toggle]');
      await tab.waitForSelector('[data-testid=role-menu]');
      if (choice === 'role-public') await tab.screenshot({ path: path.join(shots, 'desktop-roles.png') });
      await Promise.all([tab.waitForEvent('load'), tab.click(`[data-testid=${choice}]`)]);
      await tab.waitForFunction(() => window.phusong);
      await tab.evaluate(() => window.phusong.ready);
      await settled(tab);
    };
    await become('role-public');
    expect((await role()) === 'public', 'the public is not the public');
    for (const id of ['tab-work', 'tab-hints', 'layer-claims', 'layer-hints']) expect((await shown(id)) === 0, `the public is shown ${id}`);
    const { from, to, tab: open_ } = await tab.evaluate(() => window.phusong.state);
    expect(from === '2026-01-01' && to === '2026-02-28' && open_ === 'priority', `${from} ${to} ${open_}`);
    const sources = await tab.evaluate(() => Object.keys(window.phusong.map.getStyle().sources));
    expect(!sources.includes('phusong-claims') && sources.includes('phusong'), `${sources}`);
    await tab.screenshot({ path: path.join(shots, 'desktop-public.png') });
    await become('role-telecom');
    expect((await tab.evaluate(() => window.phusong.state.operator)) === 'viettel' && (await shown('tab-work')) === 1, 'an operator does not see its own');
    await tab.selectOption('[data-testid=filter-operator]', 'vnpt');
    await tab.waitForFunction(() => !document.querySelector('[data-testid=tab-work]'));
    await settled(tab);
    await tab.click('[data-testid=role-toggle]');
    await tab.fill('[data-testid=role-token]', 'phusong_wrong');
    complaints.length = 0;
    await tab.click('[data-testid=role-login]');
    await tab.waitForSelector('[data-testid=role-refused]');
    // The refusal itself is what was asked for.
    await tab.waitForTimeout(100);
    complaints.splice(0, complaints.length, ...complaints.filter((one) => !/api\/login|401/.test(one)));
    await tab.click('[data-testid=lang-switch]');
    await settled(tab);
    // What was pressed outside has shut the menu.
    await tab.click('[data-testid=role-toggle]');
    await tab.waitForSelector('[data-testid=role-refused]');
    const left = [...new Set(leftovers(await said(tab), 'vi', legend))];
    expect(left.length === 0, `left behind: ${left.join(' | ')}`);
    await Promise.all([tab.waitForEvent('load'), tab.click('[data-testid=role-logout]')]);
    await tab.waitForFunction((before) => document.querySelector('[data-testid=role-toggle]')?.dataset.role === before, me.role);
    // A token that has ended is said to have ended.
    await tab.context().addCookies([{ name: 'phusong_token', value: 'phusong_ended', url: BASE }]);
    await tab.reload();
    await tab.waitForSelector('[data-testid=role-refused]');
    await tab.evaluate(() => window.phusong.ready);
    await settled(tab);
    complaints.splice(0, complaints.length, ...complaints.filter((one) => !/api\/me|401/.test(one)));
    await tab.context().close();
  });
  await check('on a phone the menu of roles is whole', async () => {
    const small = await open('?lang=vi', { width: 360, height: 740, hasTouch: true, isMobile: true, deviceScaleFactor: 1 });
    await small.click('[data-testid=role-toggle]');
    await small.waitForSelector('[data-testid=role-menu]');
    const box = await small.locator('[data-testid=role-menu]').boundingBox();
    expect(box.x >= 0 && box.x + box.width <= 360 && box.y + box.height <= 740, JSON.stringify(box));
    await small.screenshot({ path: path.join(shots, 'phone-roles.png') });
    await small.context().close();
  });
}

if (me.act) {
  await check('an area is assigned and claimed as fixed, and the claim waits for runs', async () => {
    const { items } = await api(`api/work?operator=${operator}&limit=200`);
    const area = items.find((one) => one.state === 'open');
    expect(area, 'nothing is open');
    const tab = await open(`?lang=vi&operator=${operator}&tab=work&at=dead_areas:${area.key}`);
    await tab.waitForSelector('[data-testid=work-sheet][data-status=ready]');
    const record = async (kind, text, state) => {
      await tab.selectOption('[data-testid=work-kind]', kind);
      await tab.fill('[data-testid=work-who]', 'VNPT Ninh Bình');
      if (text) await tab.fill('[data-testid=work-text]', text);
      await tab.click('[data-testid=work-send]');
      await tab.waitForSelector(`[data-testid=work-state][data-state=${state}]`);
    };
    await record('assign', 'Đội 3', 'assigned');
    await record('fixed', '', 'fixed');
    await tab.waitForSelector(`[data-testid=list-work][data-status=ready] [data-key="${area.key}"][data-state=fixed]`);
    expect((await tab.locator('[data-testid=work-sheet] .log li').count()) === 2, 'the log has not both');
    await tab.locator('[data-testid=work-send]').scrollIntoViewIfNeeded();
    await tab.screenshot({ path: path.join(shots, 'desktop-work-fixed.png') });
    await record('reopen', '', 'assigned');
    await tab.context().close();
  });
}

await check('visits that were held back are accepted, and rejected with a reason, and what counts changes at once', async () => {
  const state = (await api('api/inbox')).total > 1 ? 'pending' : 'noted';
  const { items } = await api(`api/inbox?state=${state}`);
  expect(items.length > 1, 'the demo has no odd visits');
  const tab = await open('?lang=vi&tab=inbox');
  await tab.waitForSelector('[data-testid=list-inbox][data-status=ready]');
  await tab.selectOption('[data-testid=inbox-state]', state);
  const bundle = (key) => tab.locator(`[data-testid=list-inbox] [data-key="${key}"]`);
  await bundle(items[0].key).waitFor();
  expect((await tab.locator('[data-testid=list-inbox] .bundle').count()) === items.length, 'not every bundle is there');
  expect((await bundle(items[0].key).innerText()).includes(items[0].village_name), 'a bundle does not name its village');
  await tab.screenshot({ path: path.join(shots, 'desktop-inbox.png') });
  await tab.fill('[data-testid=inbox-who]', 'UBND phường Hoa Lư');
  await bundle(items[0].key).locator('[data-testid=inbox-accepted]').click();
  await bundle(items[0].key).waitFor({ state: 'detached' });
  await bundle(items[1].key).locator('[data-testid=inbox-rejected]').click();
  await tab.fill('[data-testid=inbox-why]', 'ghi nhầm thôn');
  await tab.click('[data-testid=inbox-reject-send]');
  await bundle(items[1].key).waitFor({ state: 'detached' });
  const decided = async (held) => (await api(`api/inbox?state=${held}`)).items.some(({ day, flags }) => flags.length > 0 && (day === items[0].day || day === items[1].day));
  expect((await decided('accepted')) && (await decided('rejected')), 'the decisions are not kept');
  await tab.context().close();
});

await check('a commune is planned for its teams: table, pieces, order on the map, a sheet to print', async () => {
  const { items } = await api('api/communes?limit=500');
  const commune = items.find(({ villages }) => villages > 5) ?? items[0];
  const tab = await open(`?lang=vi&at=communes:${commune.key}`);
  await tab.waitForSelector(`[data-testid=popup][data-key="${commune.key}"]`);
  await tab.waitForSelector('[data-testid=forecast][data-outlook]');
  await tab.fill('#plan-teams', '3');
  await tab.fill('#plan-first-day', '2026-12-01');
  await tab.click('#plan-start');
  await tab.waitForSelector('[data-testid=plan-teams] tbody tr');
  await settled(tab);
  const told = await api(`api/plan?commune=${commune.key}&teams=3&first_day=2026-12-01`);
  const rows = await tab.locator('[data-testid=plan-teams] tbody tr').count();
  expect(rows === 3, `${rows} teams in the table`);
  const villages = new Set(told.communes[0].teams.flatMap(({ team, stops }) => stops.map(({ village }) => `${team} ${village}`)));
  const held = await tab.evaluate(() => {
    const { map } = window.phusong;
    const of = (source, kind) => map.querySourceFeatures(source).filter(({ properties }) => !kind || properties.kind === kind).length;
    return { layers: ['plan-ground', 'plan-route', 'plan-stop', 'plan-order'].every((id) => map.getLayer(id)), grounds: of('plan-lines', 'ground'), stops: of('plan-stops') };
  });
  expect(held.layers && held.grounds > 0 && held.stops > 0, JSON.stringify(held));
  expect(villages.size > 0, 'the plan has no stop');
  await tab.screenshot({ path: path.join(shots, 'plan.png') });
  const address = await tab.locator('[data-testid=plan-teams] a').first().getAttribute('href');
  const sheet = await fetch(address);
  const html = await sheet.text();
  expect(sheet.ok && html.includes('<section>') && html.includes('size:A4'), address);
  await tab.keyboard.press('Escape');
  await tab.waitForFunction(() => window.phusong.map.querySourceFeatures('plan-stops').length === 0);
  await tab.context().close();
});
await check('the list of today says where to go, and opens the village', async () => {
  const tab = await open('?lang=vi&tab=today');
  await tab.waitForSelector('[data-testid=list-today][data-status=ready] [data-key]');
  const { items } = await api('api/today?limit=1');
  const first = tab.locator('[data-testid=list-today] [data-key]').first();
  expect((await first.getAttribute('data-key')) === items[0].key, 'another village stands first');
  await first.click();
  await tab.waitForSelector(`[data-testid=popup][data-key="${items[0].key}"]`);
  await tab.screenshot({ path: path.join(shots, 'today.png') });
  await tab.context().close();
});
await check('an opened list has its layer on the map, says so, leaves it off where it was switched off, and takes it along', async () => {
  const tab = await open('?lang=vi');
  await settled(tab);
  const box = tab.locator('[data-testid=layer-measure_next]');
  const lent = tab.locator('[data-testid=lent-measure_next]');
  const state = async () => [await box.isChecked(), await lent.count(), (await drawn(tab, 'measure_next')).length > 0, new URL(tab.url()).searchParams.get('hide')].join();
  const went = async (id) => {
    await openTab(tab, id);
    await settled(tab);
    return state();
  };
  expect((await state()) === 'false,0,false,', `at first: ${await state()}`);
  expect((await went('measure_next')) === 'true,1,true,', `opened: ${await state()}`);
  expect((await went('priority')) === 'false,0,false,', `left: ${await state()}`);
  await went('measure_next');
  await box.uncheck();
  expect((await state()) === 'false,0,false,measure_next', `switched off: ${await state()}`);
  await went('priority');
  expect((await went('measure_next')) === 'false,0,false,measure_next', `come back: ${await state()}`);
  await tab.context().close();
});

await check('a commune leads to its villages to visit', async () => {
  const { items } = await api('api/communes?limit=500');
  const commune = items.find((one) => one.villages_unreached > 0);
  expect(commune, 'no commune has a village to visit');
  const tab = await open(`?lang=vi&at=communes:${commune.key}`);
  await tab.waitForSelector(`[data-testid=popup][data-key="${commune.key}"]`);
  await tab.click('[data-testid=open-villages_unreached]');
  await tab.waitForSelector('[data-testid=list-unreached][data-status=ready]');
  await tab.waitForSelector('[data-testid=chip-commune]');
  const listedRows = await tab.locator('[data-testid=list-unreached] [data-key]').count();
  expect(listedRows === commune.villages_unreached, `${listedRows} rows, the commune counts ${commune.villages_unreached}`);
  const chip = await tab.locator('[data-testid=chip-commune]').innerText();
  expect(chip.includes(commune.name), `the chip says ${chip}`);
  await settled(tab);
  await tab.screenshot({ path: path.join(shots, 'desktop-commune.png') });
  await tab.click('#chip-clear');
  await tab.waitForSelector('[data-testid=chip-commune]', { state: 'detached' });
  await tab.context().close();
});

await check('a commune from a link is brought into sight', async () => {
  const { items } = await api('api/communes?limit=1');
  const [commune] = items;
  const [west, south] = meta.bounds;
  const tab = await open(`?lang=vi&at=communes:${commune.key}#14/${south - 0.3}/${west - 0.3}`);
  await tab.waitForSelector(`[data-testid=popup][data-key="${commune.key}"]`);
  await settled(tab);
  const seen = await tab.evaluate(({ lon, lat }) => window.phusong.map.getBounds().contains([lon, lat]), commune);
  expect(seen, 'the commune is out of sight');
  await tab.context().close();
});

await check('a village leads to its dead area', async () => {
  const { items } = await api('api/villages?limit=5000');
  const village = items.find((one) => one.dead_area);
  // Servers that do not say in which dead area a village lies show no such row.
  if (!village) return;
  const tab = await open(`?lang=vi&at=villages:${village.key}`);
  await tab.click('[data-testid=open-dead_area]');
  await tab.waitForSelector(`[data-testid=popup][data-layer=dead_areas][data-key="${village.dead_area}"]`);
  await tab.context().close();
});

await check('more rows come when asked for', async () => {
  const list = page.locator('[data-testid=list-unreached]');
  const before = await list.locator('[data-key]').count();
  const more = list.locator('.more');
  if ((await more.count()) === 0) return;
  await more.click();
  await page.waitForFunction((count) => document.querySelectorAll('[data-testid=list-unreached] [data-key]').length > count, before);
});

// ---- languages -----------------------------------------------------------

for (const [language, other] of [['en', 'vi'], ['vi', 'en']]) {
  await check(`after the switch to ${language} nothing is said in ${other}`, async () => {
    await page.click('[data-testid=lang-switch]');
    await page.waitForFunction((lang) => document.documentElement.lang === lang, language);
    await settled(page);
    const heard = [];
    for (const list of ['priority', 'dead_areas', 'places', 'unreached']) {
      await openTab(page, list);
      const row = page.locator(`[data-testid=list-${list}] [data-key]`).first();
      await row.click();
      await settled(page);
      heard.push(...(await said(page)));
    }
    expect(heard.length > 100, `only ${heard.length} texts were found`);
    const left = [...new Set(leftovers(heard, other, legend))];
    expect(left.length === 0, `left behind: ${left.join(' | ')}`);
    // The check itself must see: the page does say things in its own language.
    expect(leftovers(heard, language, legend).length > 50, 'the check finds nothing in the right language either');
    expect((await page.evaluate(() => localStorage.getItem('phusong.lang'))) === language, 'the choice is not remembered');
    await page.screenshot({ path: path.join(shots, `desktop-${language}.png`) });
  });
}
await page.context().close();

await check('a link opens the same view', async () => {
  const { items } = await api(`api/priority?operator=${operator}&limit=1`);
  const shared = await open(`?operator=${operator}&at=priority:${items[0].key}`);
  await shared.waitForSelector(`[data-testid=popup][data-key="${items[0].key}"]`);
  expect((await shared.inputValue('[data-testid=filter-operator]')) === operator, 'the operator is lost');
  await shared.context().close();
});

// ---- a phone, and a browser without WebGL ---------------------------------

const phone = await open('?lang=vi', { width: 360, height: 740, hasTouch: true, isMobile: true, deviceScaleFactor: 1 });
await settled(phone);
const fits = async (when) => {
  const wide = await phone.evaluate(() => {
    const limit = document.documentElement.clientWidth + 0.5;
    const over = [...document.body.querySelectorAll('*')].filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 0 && box.right > limit && !element.closest('.canvas, .unseen') && getComputedStyle(element).visibility !== 'hidden';
    });
    return { scroll: document.documentElement.scrollWidth, body: document.body.scrollWidth, client: document.documentElement.clientWidth, over: over.slice(0, 5).map((one) => one.id || one.className || one.tagName) };
  });
  expect(wide.scroll <= wide.client && wide.body <= wide.client && wide.client === 360, `${when}: ${JSON.stringify(wide)}`);
  expect(wide.over.length === 0, `${when}: ${wide.over} stick out`);
};

await check('at 360 px nothing is wider than the screen, and the map is seen', async () => {
  await phone.screenshot({ path: path.join(shots, 'phone.png') });
  await fits('at first');
  const free = await phone.evaluate(() => {
    const top = document.querySelector('.head').getBoundingClientRect().bottom;
    const bottom = document.querySelector('.panel').getBoundingClientRect().top;
    return { height: bottom - top, on: document.elementFromPoint(180, (top + bottom) / 2)?.className };
  });
  expect(free.height >= 150 && /maplibregl-canvas/.test(free.on), JSON.stringify(free));
  expect((await drawn(phone, 'communes')).length > 0, 'no commune is drawn');
});

await check('on a phone the work list and its sheet fit', async () => {
  const small = await open('?lang=vi&tab=work', { width: 390, height: 844, hasTouch: true, isMobile: true, deviceScaleFactor: 1 });
  await small.waitForSelector('[data-testid=list-work][data-status=ready]');
  await small.screenshot({ path: path.join(shots, 'phone-work.png') });
  const width = () => small.evaluate(() => [document.documentElement.scrollWidth, ...[...document.querySelectorAll('.work *, .work-sheet *')].map((one) => one.getBoundingClientRect().right)]);
  expect(Math.max(...(await width())) <= 390.5, 'the list sticks out');
  await small.locator('[data-testid=list-work] [data-key]').first().click();
  await small.waitForSelector('[data-testid=work-sheet][data-status=ready]');
  await small.locator('.chart').first().scrollIntoViewIfNeeded();
  await small.screenshot({ path: path.join(shots, 'phone-work-sheet.png') });
  expect(Math.max(...(await width())) <= 390.5, 'the sheet sticks out');
  await small.context().close();
});

await check('on a phone menus open where they are seen, scroll inside, and go by Escape and by a tap outside', async () => {
  for (const height of [844, 600]) {
    const small = await open('?lang=vi', { width: 390, height, hasTouch: true, isMobile: true, deviceScaleFactor: 1 });
    await small.waitForSelector('[data-testid=list-priority][data-status=ready]');
    for (const [opener, menu] of [['tabs-more', '#tabs-menu'], ['formats-priority', '.files details[open] ul'], ['role-toggle', '#role-menu']]) {
      const shown = small.locator(menu);
      await small.click(`[data-testid=${opener}]`);
      await shown.waitFor();
      await small.waitForTimeout(100);
      const box = await shown.boundingBox();
      expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= 390 && box.y + box.height <= height, `${menu} is at ${JSON.stringify(box)}`);
      await shown.locator('button, a').last().scrollIntoViewIfNeeded();
      const last = await shown.locator('button, a').last().boundingBox();
      expect(last.y >= box.y && last.y + last.height <= box.y + box.height + 1, `the end of ${menu} cannot be reached`);
      await small.keyboard.press('Escape');
      expect(!(await shown.isVisible()) && (await small.evaluate(() => document.activeElement?.id)) === opener, `Escape does not lead back from ${menu}`);
      await small.click(`[data-testid=${opener}]`);
      await shown.waitFor();
      await small.waitForTimeout(100);
      // Beside every one of them.
      await small.touchscreen.tap(4, 120);
      expect(!(await shown.isVisible()), `a tap outside leaves ${menu}`);
    }
    await small.context().close();
  }
});

await check('at 360 px the sums are seen in the opened sheet, and the words of the filters are whole', async () => {
  const seen = await phone.evaluate(() => {
    const box = document.querySelector('[data-testid=summary]').getBoundingClientRect();
    const select = document.querySelector('[data-testid=filter-technology]');
    const pen = document.createElement('canvas').getContext('2d');
    pen.font = getComputedStyle(select).font;
    return { bottom: box.bottom, screen: innerHeight, text: pen.measureText(select.selectedOptions[0].text).width, room: select.clientWidth - 40 };
  });
  expect(seen.bottom <= seen.screen, `the sums end at ${seen.bottom} of ${seen.screen}`);
  expect(seen.text <= seen.room, JSON.stringify(seen));
});

await check('at 360 px the province fills the map again when the sheet is folded', async () => {
  const zoom = () => phone.evaluate(() => window.phusong.map.getZoom());
  const before = await zoom();
  await phone.click('#handle');
  await phone.waitForFunction((last) => !window.phusong.map.isMoving() && window.phusong.map.getZoom() > last + 0.1, before);
  await settled(phone);
  await phone.screenshot({ path: path.join(shots, 'phone-folded.png') });
  await phone.click('#handle');
  await phone.waitForFunction((last) => !window.phusong.map.isMoving() && Math.abs(window.phusong.map.getZoom() - last) < 0.1, before);
});

await check('at 360 px the legend, the filters and each list fit', async () => {
  await phone.locator('[data-testid=filter-when] > summary').click();
  await fits('with the days');
  for (const tab of ['legend', 'dead_areas', 'unreached', 'priority']) {
    await openTab(phone, tab);
    await settled(phone);
    await fits(tab);
    if (tab === 'legend') await phone.screenshot({ path: path.join(shots, 'phone-legend.png') });
  }
});

await check('at 360 px a row opens its place, which stays in sight', async () => {
  await phone.locator('[data-testid=list-priority] [data-key]').first().click();
  await phone.waitForSelector('[data-testid=popup]');
  await settled(phone);
  await fits('with the popup');
  const sight = await phone.evaluate(({ lon, lat }) => {
    const { map } = window.phusong;
    const { x, y } = map.project([lon, lat]);
    const box = map.getCanvas().getBoundingClientRect();
    return { y: y + box.top, x: x + box.left, card: document.querySelector('[data-testid=popup]').getBoundingClientRect().top, head: document.querySelector('.head').getBoundingClientRect().bottom };
  }, listed);
  await phone.screenshot({ path: path.join(shots, 'phone-popup.png') });
  expect(sight.y < sight.card && sight.y > sight.head && sight.x > 0 && sight.x < 360, JSON.stringify(sight));
});
await phone.context().close();

const blind = await open('?lang=vi', {
  before: () => {
    const get = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
      return /webgl/.test(kind) ? null : get.call(this, kind, ...rest);
    };
  },
});
await check('without WebGL the page says so and the lists work', async () => {
  await blind.waitForFunction((text) => document.body.innerText.includes(text), dictionaries.vi.webglTitle);
  const row = blind.locator('[data-testid=list-priority] [data-key]').first();
  await row.click();
  await blind.waitForSelector(`[data-testid=popup][data-key="${key}"]`);
  await blind.screenshot({ path: path.join(shots, 'no-webgl.png') });
});
await blind.context().close();

if (me.demo) {
  await check('the tabs fit one row, and the menu of the others is opened, left and used by keyboard', async () => {
    for (const [width, height] of [[1366, 768], [390, 844]]) {
      const tab = await open('?lang=vi&tab=work', { width, height });
      await settled(tab);
      const box = await tab.locator('.tab-bar').boundingBox();
      const inside = await tab.evaluate(() => {
        const boxes = [...document.querySelectorAll('.tab-bar > .tabs button, .tabs-more')].map((one) => one.getBoundingClientRect());
        const apart = boxes.every((one, at) => at === 0 || one.left >= boxes[at - 1].right - 0.5 || one.top >= boxes[at - 1].bottom - 0.5);
        return apart && boxes.every(({ left, right }) => left >= 0 && right <= Math.min(innerWidth, 392));
      });
      expect(box.height < (width === 1366 ? 50 : 90) && inside, `${width}: ${box.height} px high, inside: ${inside}`);
      await tab.focus('[data-testid=tabs-more]');
      await tab.keyboard.press('Enter');
      expect((await tab.getAttribute('[data-testid=tabs-more]', 'aria-expanded')) === 'true' && (await tab.locator('[data-testid=tab-inbox]').isVisible()), 'the menu does not open');
      await tab.screenshot({ path: path.join(shots, `tabs-${width}.png`) });
      await tab.keyboard.press('Escape');
      expect(!(await tab.locator('#tabs-menu').isVisible()) && (await tab.evaluate(() => document.activeElement?.id)) === 'tabs-more', 'Escape does not lead back');
      await openTab(tab, 'inbox');
      await tab.waitForSelector('[data-testid=list-inbox][data-status=ready]');
      const chosen = tab.locator('[data-testid=tab-inbox]');
      expect((await chosen.getAttribute('aria-selected')) === 'true' && (await chosen.getAttribute('role')) === 'tab', 'what was chosen is no tab');
      await tab.context().close();
    }
  });

  await check('the day of a commune officer: a file comes in, two rows are mended, flagged visits accepted, the map changes, the sheet of tomorrow is printed', async () => {
    const commune = me.demo.find(({ role }) => role === 'commune');
    const before = (await api('api/villages?limit=5000')).items.filter((item) => item.commune === commune.scope);
    // All in one village: fewer than k households in another would hide both.
    const village = before.find(({ guided }) => guided === 0);
    const day = new Date(Date.parse(meta.as_of) - 86_400_000).toISOString().slice(0, 10);
    const form = (at, more = {}) => ({ _uuid: `00000000-0000-0000-0001-${String(at).padStart(12, '0')}`, _submission_time: `${day}T0${at % 8}:${String(at % 60).padStart(2, '0')}:00`, 'visit/village_code': village.key, 'visit/household': `K${at}`, 'visit/result': 'guided', ten_chu_ho: 'Nguyễn Văn Bình', ...more });
    const forms = [...Array(12).keys()].map((at) => form(at));
    forms.push(form(12, { 'visit/result': 'hoàn tất' }), form(13, { 'visit/village_code': '99999-001' }));
    const held = [...Array(30).keys()].map((at) => form(at + 20, { _validation_status: { uid: 'validation_status_on_hold' } }));
    const file = { name: 'kobo.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify([...forms, ...held])) };

    const tab = await open('?lang=vi');
    await tab.click('[data-testid=role-toggle]');
    await Promise.all([tab.waitForEvent('load'), tab.click('[data-testid=role-commune]')]);
    await tab.waitForFunction(() => window.phusong);
    await tab.evaluate(() => window.phusong.ready);
    await settled(tab);

    // Import: what was understood, and nothing of a person.
    await openTab(tab, 'import');
    await tab.setInputFiles('[data-testid=import-file]', file);
    await tab.waitForSelector('[data-testid=import-preview]');
    const count = (id) => tab.locator(`[data-testid=list-import] [data-count=${id}]`).innerText();
    expect((await count('accepted')) === '42' && (await count('refused')) === '2', `${await count('accepted')} good, ${await count('refused')} refused`);
    const text = await tab.locator('[data-testid=list-import]').innerText();
    expect((await tab.locator('[data-testid=import-dropped]').innerText()).includes('ten_chu_ho') && !text.includes('Bình') && !text.includes('K12'), text);
    expect((await tab.locator('[data-testid=import-flags]').innerText()).includes('30'), 'the held visits are not told');
    await tab.screenshot({ path: path.join(shots, 'desktop-import.png') });

    // Two refused rows, by keyboard: one stop each.
    await tab.focus('[data-testid=mend-13]');
    await tab.selectOption('[data-testid=mend-13]', 'guided');
    await tab.keyboard.press('Tab');
    expect((await tab.evaluate(() => document.activeElement?.dataset.testid)) === 'mend-14', 'the next stop is not the next row');
    await tab.selectOption('[data-testid=mend-14]', village.key);
    await tab.locator('[data-testid=import-refused]').scrollIntoViewIfNeeded();
    await tab.screenshot({ path: path.join(shots, 'desktop-import-mend.png') });
    await tab.click('[data-testid=import-look]');
    await tab.waitForFunction(() => document.querySelector('[data-count=refused]')?.textContent === '0');
    expect((await count('corrected')) === '2' && (await count('accepted')) === '44', `${await count('corrected')} mended`);
    await tab.click('[data-testid=import-send]');
    await tab.waitForSelector('[data-testid=import-done]');
    await settled(tab);
    await tab.screenshot({ path: path.join(shots, 'desktop-import-done.png') });

    // Flagged visits: they count only once they are accepted.
    const now = async () => (await api(`api/villages/${village.key}`)).guided;
    const came = await now();
    expect(came > village.guided, `guided is ${came} after the import, ${village.guided} before`);
    await tab.click('[data-testid=import-inbox]');
    await tab.waitForSelector('[data-testid=list-inbox][data-status=ready] .bundle');
    await tab.fill('[data-testid=inbox-who]', 'UBND phường Phủ Lý');
    const bundle = tab.locator(`[data-testid=list-inbox] [data-key^="${village.key}.${day}."]`);
    await bundle.locator('[data-testid=inbox-accepted]').first().click();
    await bundle.first().waitFor({ state: 'detached' });
    const accepted = await now();
    expect(accepted >= came + 30, `guided is ${accepted} after accepting, ${came} before`);

    // The map: the village's card and its feature say the new figure.
    await tab.goto(new URL(`?lang=vi&tab=today&show=villages&at=villages:${village.key}`, BASE).href);
    await tab.waitForFunction(() => window.phusong);
    await tab.evaluate(() => window.phusong.ready);
    await settled(tab);
    const card = await tab.locator(`[data-testid=popup][data-key="${village.key}"]`).innerText();
    expect(card.includes(String(accepted)), `${accepted} is not on the card: ${card}`);
    await tab.waitForFunction(() => !window.phusong.map.isMoving());
    const drawnNow = (await drawn(tab, 'villages')).map((line) => JSON.parse(line)).find(({ code }) => code === village.key);
    expect(drawnNow && drawnNow.percent > village.percent, `the map has ${JSON.stringify(drawnNow)}`);
    await tab.screenshot({ path: path.join(shots, 'desktop-import-map.png') });

    // Tomorrow's sheet.
    const tomorrow = new Date(Date.parse(meta.as_of) + 86_400_000).toISOString().slice(0, 10);
    await tab.goto(new URL(`?lang=vi&at=communes:${commune.scope}`, BASE).href);
    await tab.waitForSelector('#plan-teams');
    await tab.fill('#plan-teams', '2');
    await tab.fill('#plan-first-day', tomorrow);
    await tab.click('#plan-start');
    await tab.waitForSelector('[data-testid=plan-teams] tbody tr');
    const sheet = await tab.locator('[data-testid=plan-teams] a').first().getAttribute('href');
    // By the officer's own cookie; a browser that went there would ask for an icon as well.
    const answer = await tab.context().request.get(new URL(sheet, BASE).href);
    expect(answer.ok(), `the sheet answered ${answer.status()}`);
    const paper = await tab.context().newPage();
    await paper.setContent(await answer.text());
    const printed = await paper.locator('body').innerText();
    expect(printed.includes(tomorrow.split('-').reverse().join('/')) || printed.includes(tomorrow), `no ${tomorrow} on the sheet: ${printed.slice(0, 300)}`);
    await paper.screenshot({ path: path.join(shots, 'import-sheet.png') });
    await tab.context().close();
  });

  await check('on a phone a refused row is a small card, and nothing sticks out', async () => {
    const small = await open('?lang=vi&tab=import', { width: 390, height: 844, hasTouch: true, isMobile: true, deviceScaleFactor: 1 });
    const csv = 'id,time,commune_code,result,chu_ho\na,2026-03-31,13285,guided,B\nb,sometime,13285,guided,C\n';
    await small.setInputFiles('[data-testid=import-file]', { name: 'rat-dai-ten-tep-cua-phuong-phu-ly-thang-ba.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await small.waitForSelector('[data-testid=import-refused]');
    const right = await small.evaluate(() => Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll('.import *')].filter((one) => !one.closest('thead')).map((one) => one.getBoundingClientRect().right)));
    expect(right <= 390.5, `it ends at ${right}`);
    await small.locator('[data-testid=mend-3]').scrollIntoViewIfNeeded();
    await small.screenshot({ path: path.join(shots, 'phone-import.png') });
    await small.fill('[data-testid=mend-3]', '31/03/2026');
    await small.press('[data-testid=mend-3]', 'Enter');
    await small.waitForFunction(() => document.querySelector('[data-count=refused]')?.textContent === '0');
    await small.context().close();
  });
}

await check('no error was written to the console, and no request failed', async () => {
  expect(complaints.length === 0, complaints.slice(0, 5).join('\n'));
});
await check('nothing was asked of another host', async () => {
  expect(strangers.size === 0, [...strangers].slice(0, 5).join('\n'));
});

await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
