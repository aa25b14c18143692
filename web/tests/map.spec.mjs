// The map in a real browser: what is drawn, filtered, opened and listed, in both languages.

import { BASE, GROUPS, api, asking, check, dictionaries, drawn, expect, finish, leftovers, legend, meta, open, openTab, said, settled, shot } from './page.mjs';

// ---- the first view ------------------------------------------------------

const page = await open('?lang=vi');
await settled(page);
await page.screenshot({ path: shot('desktop.png') });

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
  await page.screenshot({ path: shot('desktop-cluster.png') });
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
  expect(text.toLowerCase().includes(dictionaries.vi.note_not_measured), '"not measured" is missing');
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

await check('a campaign tells of its own visits, beside the signal of the whole map, and goes again', async () => {
  // The stand-in server has none.
  const [one] = (await api('api/campaigns')).items;
  if (!one) return;
  const signal = (await drawn(page, 'signal')).join('\n');
  await page.locator('[data-testid=filter-when] > summary').click();
  await asking(page, () => page.selectOption('[data-testid=filter-campaign]', one.code));
  expect((await page.locator('[data-testid=campaign-hint]').innerText()).includes(one.name), 'nothing says whose visits are told');
  expect((await both()) !== first, 'the same villages are drawn');
  expect((await drawn(page, 'signal')).join('\n') === signal, 'other cells are drawn');
  expect(new URL(page.url()).searchParams.get('campaign') === one.code, 'the address does not say so');
  const told = await api(`api/summary?campaign=${one.code}`);
  const guided = page.locator('[data-testid=summary] dd').nth(1);
  expect((await guided.innerText()).replace(/\D/g, '').includes(String(told.guided_of_households)), `${await guided.innerText()}, the server says ${told.guided_of_households}`);
  await page.screenshot({ path: shot('desktop-campaign.png') });
  await asking(page, () => page.selectOption('[data-testid=filter-campaign]', ''));
  await page.locator('[data-testid=filter-when] > summary').click();
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
    await page.screenshot({ path: shot('desktop-old-borders.png') });
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
    await page.screenshot({ path: shot('desktop-search.png') });
    await field.press('ArrowDown');
    const key = await page.locator('#search-found [aria-selected=true]').getAttribute('data-key');
    await field.press('Enter');
    await page.waitForSelector(`[data-testid=popup][data-key="${key}"]`);
    await page.goto(new URL(`?lang=vi&at=communes:${old.into}`, BASE).href);
    const history = page.locator('[data-testid=history]');
    await history.waitFor();
    expect((await history.innerText()).includes(`${old.name} (${old.code})`), 'the card does not say what the commune was made of');
    await settled(page);
    await page.screenshot({ path: shot('desktop-history.png') });
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
  await page.screenshot({ path: shot('desktop-popup.png') });
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
  await tab.screenshot({ path: shot('desktop-ground.png') });
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
  // That of the demo has a name in each language.
  const [publisher] = tile.source.split(' / ');
  expect((await card.locator('[data-field=source]').innerText()).includes(publisher), 'the card names no publisher');
  expect((await shown.locator('.legend-speeds').innerText()).includes(publisher), 'the legend names no publisher');
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
    await page.screenshot({ path: shot('desktop-boundaries.png') });
  }
  await openTab(page, 'priority');
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
    await page.screenshot({ path: shot(`desktop-${language}.png`) });
  });
}
await page.context().close();

await finish();
