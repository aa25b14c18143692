// What people do on the page, in a real browser: repairs, decisions, plans, roles, imports.

import { readFileSync } from 'node:fs';

import { BASE, api, check, complaints, drawn, expect, finish, leftovers, legend, me, meta, open, openTab, said, settled, shot } from './page.mjs';

const operator = meta.operators[0]?.id;

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
  const runs = (marks) => tab.locator(marks).evaluateAll((all) => all.reduce((sum, one) => sum + Number(one.dataset.runs), 0));
  const marks = { dots: await runs('.chart .reading'), crosses: await runs('.chart .silent') };
  const silent = readings.filter((reading) => reading.median_dbm === null).length;
  expect(marks.dots === readings.length - silent && marks.crosses === silent, `${JSON.stringify(marks)} of ${readings.length} readings, ${silent} silent`);
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
  await tab.screenshot({ path: shot('desktop-files.png') });
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
  await tab.screenshot({ path: shot('desktop-work.png') });
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
      if (choice === 'role-public') await tab.screenshot({ path: shot('desktop-roles.png') });
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
    await tab.screenshot({ path: shot('desktop-public.png') });
    await become('role-telecom');
    expect((await tab.evaluate(() => window.phusong.state.operator)) === 'viettel' && (await shown('tab-work')) === 1, 'an operator does not see its own');
    await openTab(tab, 'work');
    await tab.selectOption('[data-testid=filter-operator]', 'vnpt');
    await tab.waitForFunction(() => !document.querySelector('[data-testid=tab-work]'));
    await settled(tab);
    expect((await tab.locator('[data-testid=list-closed]').innerText()).includes('Viettel'), 'nobody says why the work list is gone');
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
  await check('an auditor reads who did what, the newest first, in both languages', async () => {
    const tab = await open('?lang=vi');
    await tab.click('[data-testid=role-toggle]');
    await Promise.all([tab.waitForEvent('load'), tab.click('[data-testid=role-auditor]')]);
    await tab.waitForFunction(() => window.phusong);
    await tab.evaluate(() => window.phusong.ready);
    await openTab(tab, 'audit');
    await tab.waitForSelector('[data-testid=list-audit][data-status=ready] tbody tr');
    // The login of just now.
    const first = tab.locator('[data-testid=audit] tbody tr').first();
    expect((await first.getAttribute('data-action')) === 'login' && /^\d{2}\/\d{2}\/\d{4} \d{2}:\d{2}$/.test((await first.locator('th').innerText()).trim()), await first.innerText());
    await tab.screenshot({ path: shot('desktop-audit.png') });
    await tab.click('[data-testid=lang-switch]');
    await settled(tab);
    const left = [...new Set(leftovers(await said(tab), 'vi', legend))];
    expect(left.length === 0, `left behind: ${left.join(' | ')}`);
    await tab.context().close();
  });
  await check('on a phone the menu of roles is whole', async () => {
    const small = await open('?lang=vi', { width: 360, height: 740, hasTouch: true, isMobile: true, deviceScaleFactor: 1 });
    await small.click('[data-testid=role-toggle]');
    await small.waitForSelector('[data-testid=role-menu]');
    const box = await small.locator('[data-testid=role-menu]').boundingBox();
    expect(box.x >= 0 && box.x + box.width <= 360 && box.y + box.height <= 740, JSON.stringify(box));
    await small.screenshot({ path: shot('phone-roles.png') });
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
    await tab.screenshot({ path: shot('desktop-work-fixed.png') });
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
  await tab.screenshot({ path: shot('desktop-inbox.png') });
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
  await tab.screenshot({ path: shot('plan.png') });
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
  await tab.screenshot({ path: shot('today.png') });
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

if (me.may.register === 'all') {
  // Not in the commune whose officer's day is walked below.
  await check('a merger is asked about and logged by name, and the village that ended leads to the one that goes on', async () => {
    const { items } = await api('api/villages?commune=13291&limit=2');
    const [kept, other] = items;
    const tab = await open(`?lang=vi&at=villages:${kept.key}`);
    await tab.waitForSelector('[data-testid=register-form]');
    await tab.selectOption('#register-kind', 'merge');
    await tab.check(`#register-other-${other.key}`);
    await tab.fill('#register-who', 'UBND phường');
    await tab.fill('#register-why', 'đề án sắp xếp');
    await tab.click('#register-send');
    const asked = await tab.locator('[data-testid=register-asked]').innerText();
    expect([kept, other].every(({ name, key }) => asked.includes(`${name} (${key})`)), `asked: ${asked}`);
    await tab.screenshot({ path: shot('desktop-register.png') });
    await tab.click('#register-yes');
    const done = await tab.locator('[data-testid=register-log] b').last().innerText();
    expect(done.includes(`${other.name} (${other.key}) vào ${kept.name} (${kept.key})`), `logged: ${done}`);
    await tab.context().close();
    const gone = await open(`?lang=vi&at=villages:${other.key}`);
    await gone.waitForSelector(`[data-testid=popup][data-key="${other.key}"]`);
    await gone.click(`#open-village_${kept.key}`);
    await gone.waitForSelector(`[data-testid=popup][data-key="${kept.key}"]`);
    await gone.context().close();
    // That it is in no list is what the page asks first.
    complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes('404')));
  });

  await check('a village without a point is shown with its commune', async () => {
    const { items } = await api('api/villages?commune=13291&limit=1');
    const body = JSON.stringify({ act: 'split', parts: [{ name: 'Xóm Thử Một' }, { name: 'Xóm Thử Hai' }], who: 'UBND phường', why: 'đề án' });
    const split = await fetch(new URL(`api/register/${items[0].key}/acts`, BASE), { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const { villages } = await split.json();
    const commune = await api('api/communes/13291');
    const tab = await open(`?lang=vi&at=villages:${villages[1].code}`);
    await tab.waitForSelector(`[data-testid=popup][data-key="${villages[1].code}"]`);
    await tab.waitForFunction(([lon, lat]) => window.phusong.map.getZoom() > 10 && window.phusong.map.getBounds().contains([lon, lat]), [commune.lon, commune.lat]);
    expect((await tab.locator('.flags').innerText()).includes('chưa có vị trí'), 'nothing says that it has no point');
    await tab.context().close();
  });
}

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
  await tab.screenshot({ path: shot('desktop-commune.png') });
  // Another list, and its files, are of the same commune.
  const { total } = await api(`api/places?commune=${commune.key}`);
  await openTab(tab, 'places');
  await tab.waitForSelector('[data-testid=list-places][data-status=ready]');
  const places = await tab.locator('[data-testid=list-places] [data-key]').count();
  expect(places === total, `${places} public places in the list, ${total} in the commune`);
  const links = await tab.locator('[data-testid=files-places] a').evaluateAll((all) => all.map((link) => new URL(link.href).searchParams.get('commune')));
  expect(links.every((code) => code === commune.key), `files of ${links}`);
  await tab.click('#chip-clear');
  await tab.waitForSelector('[data-testid=chip-commune]', { state: 'detached' });
  await tab.context().close();
});

await check('a commune leads to its dead areas', async () => {
  const commune = (await api('api/communes?limit=500')).items.find((one) => one.cells_dead > 0);
  expect(commune, 'no commune has a cell without usable signal');
  const tab = await open(`?lang=vi&at=communes:${commune.key}`);
  await tab.click('[data-testid=open-cells_dead]');
  await tab.waitForSelector('[data-testid=list-dead_areas][data-status=ready]');
  const { total } = await api(`api/dead_areas?commune=${commune.key}`);
  const rows = await tab.locator('[data-testid=list-dead_areas] [data-key]').count();
  expect(rows === total && (await tab.locator('[data-testid=chip-commune]').innerText()).includes(commune.name), `${rows} rows of ${total}`);
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

await check('a link opens the same view', async () => {
  const { items } = await api(`api/priority?operator=${operator}&limit=1`);
  const shared = await open(`?operator=${operator}&at=priority:${items[0].key}`);
  await shared.waitForSelector(`[data-testid=popup][data-key="${items[0].key}"]`);
  expect((await shared.inputValue('[data-testid=filter-operator]')) === operator, 'the operator is lost');
  await shared.context().close();
});

if (me.demo) {
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
    await tab.screenshot({ path: shot('desktop-import.png') });

    // Two refused rows, by keyboard: one stop each.
    await tab.focus('[data-testid=mend-13]');
    await tab.selectOption('[data-testid=mend-13]', 'guided');
    await tab.keyboard.press('Tab');
    expect((await tab.evaluate(() => document.activeElement?.dataset.testid)) === 'mend-14', 'the next stop is not the next row');
    await tab.selectOption('[data-testid=mend-14]', village.key);
    // Another language: the server's sentences come in it, and what was chosen stays.
    await tab.click('[data-testid=lang-switch]');
    await tab.waitForFunction(() => document.querySelector('[data-testid=list-import][data-phase=ready] [data-testid=import-preview]') && document.documentElement.lang === 'en');
    await settled(tab);
    expect((await tab.inputValue('[data-testid=mend-13]')) === 'guided' && (await tab.inputValue('[data-testid=mend-14]')) === village.key && (await count('refused')) === '2', 'what was mended is lost with the language');
    await tab.click('[data-testid=lang-switch]');
    await tab.waitForFunction(() => document.querySelector('[data-testid=list-import][data-phase=ready] [data-testid=import-preview]') && document.documentElement.lang === 'vi');
    await tab.locator('[data-testid=import-refused]').scrollIntoViewIfNeeded();
    await tab.screenshot({ path: shot('desktop-import-mend.png') });
    await tab.click('[data-testid=import-look]');
    await tab.waitForFunction(() => document.querySelector('[data-count=refused]')?.textContent === '0');
    expect((await count('corrected')) === '2' && (await count('accepted')) === '44', `${await count('corrected')} mended`);
    await tab.click('[data-testid=import-send]');
    await tab.waitForSelector('[data-testid=import-done]');
    await settled(tab);
    await tab.screenshot({ path: shot('desktop-import-done.png') });

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
    await tab.screenshot({ path: shot('desktop-import-map.png') });

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
    await paper.screenshot({ path: shot('import-sheet.png') });
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
    await small.screenshot({ path: shot('phone-import.png') });
    await small.fill('[data-testid=mend-3]', '31/03/2026');
    await small.press('[data-testid=mend-3]', 'Enter');
    await small.waitForFunction(() => document.querySelector('[data-count=refused]')?.textContent === '0');
    await small.context().close();
  });

  await check('columns that nobody knows are shown with what they are taken for, put right by keyboard, and saved for the next file', async () => {
    const small = await open('?lang=vi&tab=import', { width: 390, height: 844, acceptDownloads: true });
    const csv = (day) => `Điểm X;Điểm Y;Lúc đo;Của ai;Số 5;IMEI;Người đi\n105,9745;20,2539;${day} 08:15:00;Viettel;21;350000000000001;Bình\n105,9746;20,2540;${day} 08:15:01;Viettel;500;350000000000001;Bình\n`;
    const table = (day) => ({ name: 'do_kiem.csv', mimeType: 'text/csv', buffer: Buffer.from(csv(day)) });
    const ready = () => small.waitForSelector('[data-testid=list-import][data-status=ready]');
    await small.selectOption('[data-testid=import-kind]', 'samples');
    await small.setInputFiles('[data-testid=import-file]', table('31/03/2026'));
    await small.waitForSelector('[data-testid=map-missing]');
    const text = await small.locator('[data-testid=list-import]').innerText();
    expect(text.includes('105,9745') && !text.includes('Bình') && !text.includes('35000'), text);
    expect((await small.locator('[data-testid=import-send]').count()) === 0, 'it can be imported without a power');
    await small.focus('[data-testid=map-4]');
    await small.selectOption('[data-testid=map-4]', 'power');
    await small.waitForSelector('[data-testid=import-preview]');
    await ready();
    expect((await small.evaluate(() => document.activeElement?.id)) === 'map-4', 'the column that was put right has lost the focus');
    const counts = (await small.locator('[data-testid=import-counts] dd').allInnerTexts()).join(' ');
    expect(counts === '1 1 0 1', counts);
    const right = await small.evaluate(() => Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll('.import *')].filter((one) => !one.closest('thead')).map((one) => one.getBoundingClientRect().right)));
    expect(right <= 390.5, `it ends at ${right}`);
    await small.locator('[data-testid=map-4]').scrollIntoViewIfNeeded();
    await small.screenshot({ path: shot('phone-import-columns.png') });
    const [saved] = await Promise.all([small.waitForEvent('download'), small.click('[data-testid=map-download]')]);
    const profile = { name: saved.suggestedFilename(), mimeType: 'application/toml', buffer: readFileSync(await saved.path()) };
    expect(profile.name === 'do_kiem.toml' && profile.buffer.toString().includes('power = "ASU"'), profile.buffer.toString());
    // The other language asks for nothing anew.
    await small.click('[data-testid=lang-switch]');
    await small.waitForFunction(() => document.querySelector('[data-testid=import-preview]') && document.querySelector('#import-mapping-title')?.textContent.startsWith('What'));
    await ready();
    await small.setInputFiles('[data-testid=import-file]', [table('30/04/2026'), profile]);
    await small.waitForSelector('[data-testid=import-preview]');
    await ready();
    expect((await small.locator('[data-testid=map-missing]').count()) === 0, 'the profile that was dropped is not used');
    // That the server knows no such heading is how the page learns of it.
    complaints.splice(0, complaints.length, ...complaints.filter((one) => !one.includes('422')));
    await small.context().close();
  });

  if (me.may.import === 'all') {
    await check('a network that nobody knows is asked about in sight, and nothing is imported before the answer', async () => {
      const tab = await open('?lang=vi&tab=import');
      const row = (second, network) => `2026-03-03T09:00:0${second}+07:00,${network},4G,in_service,-95,105.97,20.25,may-la\n`;
      const buffer = Buffer.from(`time,operator,technology,state,rsrp,lon,lat,device\n${row(1, 'Viettel')}${row(2, 'Mạng Ba')}`);
      await tab.selectOption('[data-testid=import-kind]', 'samples');
      await tab.setInputFiles('[data-testid=import-file]', { name: 'do-la.csv', mimeType: 'text/csv', buffer });
      await tab.waitForSelector('[data-testid=import-networks]');
      const text = await tab.locator('[data-testid=import-networks]').innerText();
      expect(text.includes('“Mạng Ba”'), text);
      expect(await tab.isDisabled('[data-testid=import-send]'), 'it can be imported before the answer');
      await tab.selectOption('[data-testid=import-network-0]', 'viettel');
      await tab.waitForSelector('[data-testid=import-send]:not([disabled])');
      expect((await tab.locator('[data-testid=import-networks]').count()) === 0, 'it is asked again');
      expect((await tab.locator('[data-testid=import-mapping]').count()) === 0, 'columns that were read are shown for the sake of a name');
      await tab.context().close();
    });

    await check('an import is taken back on the page once it was told what goes', async () => {
      const tab = await open('?lang=vi&tab=import');
      const row = (second, dbm) => `2026-03-02T09:00:0${second}+07:00,viettel,4G,in_service,${dbm},105.97,20.25,may-thu\n`;
      const buffer = Buffer.from(`time,operator,technology,state,rsrp,lon,lat,device\n${row(1, -95)}${row(2, -97)}`);
      await tab.selectOption('[data-testid=import-kind]', 'samples');
      await tab.setInputFiles('[data-testid=import-file]', { name: 'do-thu.csv', mimeType: 'text/csv', buffer });
      await tab.click('[data-testid=import-send]');
      await tab.waitForSelector('[data-testid=import-done]');
      await tab.waitForFunction(() => document.querySelector('[data-testid=import-log] li b')?.textContent === 'do-thu.csv');
      const line = tab.locator('[data-testid=import-log] li').first();
      await line.locator('[data-testid=undo-look]').click();
      await tab.waitForSelector('[data-testid=undo-question]');
      const told = await line.innerText();
      expect(told.includes('2 dòng') && told.includes('Viettel 2') && told.includes('02/03/2026'), told);
      await tab.fill('[data-testid=undo-reason]', 'tệp thử');
      await line.scrollIntoViewIfNeeded();
      await tab.screenshot({ path: shot('desktop-import-undo.png') });
      await tab.click('[data-testid=undo-send]');
      await tab.waitForSelector('[data-testid=import-log] li[data-taken=true]');
      const last = (await api('api/imports')).items.pop();
      expect(last.file === 'do-thu.csv' && last.taken_back?.rows === 2, JSON.stringify(last));
      expect((await tab.locator('[data-testid=undo-done]').innerText()).includes('do-thu.csv'), 'nothing says that it is done');
      await tab.context().close();
    });
  }
}

await finish();
