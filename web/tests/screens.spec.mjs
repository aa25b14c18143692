// The page on other screens: phones, a browser without WebGL, the keyboard.

import { BASE, api, check, dictionaries, drawn, expect, finish, legend, me, meta, open, openTab, settled, shot } from './page.mjs';

const listed = (await api('api/priority?limit=1')).items[0];

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
  await phone.screenshot({ path: shot('phone.png') });
  await fits('at first');
  const free = await phone.evaluate(() => {
    const top = document.querySelector('.head').getBoundingClientRect().bottom;
    const bottom = document.querySelector('.panel').getBoundingClientRect().top;
    return { height: bottom - top, on: document.elementFromPoint(180, (top + bottom) / 2)?.className };
  });
  expect(free.height >= 150 && /maplibregl-canvas/.test(free.on), JSON.stringify(free));
  expect((await drawn(phone, 'communes')).length > 0, 'no commune is drawn');
});

if (me.may.planning === 'all') {
  await check('on a phone a sheet of a team fits, with a margin', async () => {
    const { items } = await api('api/today?limit=1');
    const small = await open('?lang=vi', { width: 390, height: 844, hasTouch: true, isMobile: true, deviceScaleFactor: 1 });
    await small.goto(new URL(`plan/sheet?commune=${items[0].commune}&teams=2&lang=vi`, BASE).href);
    const [wide, left] = await small.evaluate(() => [document.documentElement.scrollWidth, document.querySelector('table').getBoundingClientRect().left]);
    expect(wide <= 390 && left >= 8, `the sheet is ${wide} px wide and begins at ${left}`);
    await small.screenshot({ path: shot('phone-plan-sheet.png') });
    await small.context().close();
  });
}

await check('on a phone the work list and its sheet fit', async () => {
  const small = await open('?lang=vi&tab=work', { width: 390, height: 844, hasTouch: true, isMobile: true, deviceScaleFactor: 1 });
  await small.waitForSelector('[data-testid=list-work][data-status=ready]');
  await small.screenshot({ path: shot('phone-work.png') });
  const width = () => small.evaluate(() => [document.documentElement.scrollWidth, ...[...document.querySelectorAll('.work *, .work-sheet *')].map((one) => one.getBoundingClientRect().right)]);
  expect(Math.max(...(await width())) <= 390.5, 'the list sticks out');
  await small.locator('[data-testid=list-work] [data-key]').first().click();
  await small.waitForSelector('[data-testid=work-sheet][data-status=ready]');
  await small.locator('.chart').first().scrollIntoViewIfNeeded();
  await small.screenshot({ path: shot('phone-work-sheet.png') });
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

await check('at 360 px the filters are folded and the first row is seen; a tap unfolds what explains the list', async () => {
  const row = await phone.locator('[data-testid=list-priority] .row').first().boundingBox();
  const height = await phone.evaluate(() => innerHeight);
  expect(!(await phone.locator('[data-testid=filter-operator]').isVisible()) && row.y + 40 <= height, `the first row begins at ${row.y} of ${height}`);
  const explain = phone.locator('[data-testid=list-priority] .explain').first();
  await explain.click();
  const { hidden, whole } = await explain.evaluate((one) => ({ hidden: one.scrollHeight - one.clientHeight, whole: one.classList.contains('whole') }));
  expect(whole && hidden <= 1, `${hidden} px stay hidden`);
  await explain.click();
});

await check('at 360 px the sums are seen in the opened sheet, and the words of the filters are whole', async () => {
  await phone.click('[data-testid=filters-fold]');
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
  await phone.screenshot({ path: shot('phone-folded.png') });
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
    if (tab === 'legend') await phone.screenshot({ path: shot('phone-legend.png') });
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
  await phone.screenshot({ path: shot('phone-popup.png') });
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
  await blind.waitForSelector(`[data-testid=popup][data-key="${listed.key}"]`);
  await blind.screenshot({ path: shot('no-webgl.png') });
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
      await tab.screenshot({ path: shot(`tabs-${width}.png`) });
      await tab.keyboard.press('Escape');
      expect(!(await tab.locator('#tabs-menu').isVisible()) && (await tab.evaluate(() => document.activeElement?.id)) === 'tabs-more', 'Escape does not lead back');
      await openTab(tab, 'inbox');
      await tab.waitForSelector('[data-testid=list-inbox][data-status=ready]');
      const chosen = tab.locator('[data-testid=tab-inbox]');
      expect((await chosen.getAttribute('aria-selected')) === 'true' && (await chosen.getAttribute('role')) === 'tab', 'what was chosen is no tab');
      await tab.context().close();
    }
  });
}

await check('under a new network, figures of the one before are dim and busy until their own are there', async () => {
  const tab = await open('?lang=vi&tab=dead_areas');
  await settled(tab);
  let held = [];
  await tab.route(/\/api\/|style\.json/, (route) => void (held ? held.push(route) : route.continue()));
  const seen = () => tab.evaluate(() => ['summary', 'list', 'map'].map((id) => document.getElementById(id)).map((one) => [one.classList.contains('stale'), one.getAttribute('aria-busy')].join()).join(' '));
  await tab.selectOption('[data-testid=filter-operator]', (await api('api/meta')).operators[0].id);
  expect((await seen()) === 'true,true true,true true,true', await seen());
  await tab.screenshot({ path: shot('desktop-stale.png') });
  const waiting = held;
  held = null;
  for (const route of waiting) await route.continue();
  await tab.waitForFunction(() => !document.querySelector('.stale, [aria-busy=true]'));
  await tab.context().close();
});

await check('on paper a card is whole, with the filters in words and the legend of what is on the map', async () => {
  const tab = await open(`?lang=vi&operator=${meta.operators[0].id}&at=dead_areas:${(await api(`api/dead_areas?operator=${meta.operators[0].id}&limit=1`)).items[0].key}`);
  await settled(tab);
  await tab.waitForSelector('[data-testid=popup]');
  await tab.emulateMedia({ media: 'print' });
  await tab.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
  const card = await tab.locator('[data-testid=popup]').evaluate((one) => [one.scrollHeight - one.clientHeight, getComputedStyle(one).overflowY, getComputedStyle(document.body).overflowY]);
  expect(card[0] <= 2 && card[1] === 'visible' && card[2] === 'visible', `the card is cut: ${card}`);
  expect((await tab.locator('[data-testid=print-filters]').innerText()).includes(meta.operators[0].brand), 'the network is not said');
  const shown = (one) => tab.locator(`.print-legend .legend-${one}`).isVisible();
  expect((await shown('signal')) && !(await shown('claims')), 'the legend is not that of the map');
  expect(await tab.locator('.print > canvas').evaluate((one) => new Set(one.getContext('2d').getImageData(0, 0, one.width, one.height).data).size > 8), 'the map is empty');
  await tab.screenshot({ path: shot('print-card.png'), fullPage: true });
  await tab.evaluate(() => window.dispatchEvent(new Event('afterprint')));
  await tab.emulateMedia({ media: 'screen' });
  expect((await tab.locator('#print').innerHTML()) === '', 'what is for paper stays');
  await tab.context().close();
});

await check('a part of a card and a place that did not come are asked for again, by their button and by themselves', async () => {
  const { items } = await api('api/communes?limit=1');
  // Nothing of these addresses comes until it is let through.
  const broken = () => {
    const real = window.fetch.bind(window);
    window.lets = () => false;
    window.fetch = (input, init) => (/\/history|api\/communes\//.test(String(input?.url ?? input)) && !window.lets(String(input?.url ?? input)) ? Promise.reject(new TypeError('Failed to fetch')) : real(input, init));
  };
  const tab = await open(`?lang=vi&at=communes:${items[0].key}`, { width: 390, height: 844, isMobile: true, hasTouch: true, before: broken });
  await tab.waitForSelector('.banner .failure button');
  expect((await tab.locator('[data-testid=popup]').count()) === 0, 'a card of nothing');
  await tab.evaluate(() => {
    window.lets = (url) => !url.includes('/history');
  });
  // By itself, within some seconds.
  await tab.waitForSelector(`[data-testid=popup][data-key="${items[0].key}"]`);
  const part = tab.locator('[data-testid=part-failed]');
  await part.waitFor();
  expect((await part.innerText()).includes('Thử lại'), await part.innerText());
  // It is drawn anew whenever it is asked for again by itself.
  await part.evaluate((element) => element.scrollIntoView());
  await tab.screenshot({ path: shot('phone-part-failed.png') });
  await tab.evaluate(() => {
    window.lets = () => true;
  });
  const pressed = part.locator('button').click().catch(() => 'it had come by itself');
  await Promise.race([pressed, tab.waitForSelector('[data-testid=history]')]);
  await tab.waitForSelector('[data-testid=history]');
  expect((await part.count()) === 0 && (await tab.locator('.banner .failure').count()) === 0, 'what failed is still said to');
  await tab.context().close();
});

await finish();
