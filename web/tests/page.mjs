// What the specs of the page share: a real browser, a real server, and words for what is seen.
//
//   node web/tests/map.spec.mjs http://127.0.0.1:8080 target/screenshots
//
// Prints one line for each fact and `N passed, N failed` at the end; exits
// non-zero when a fact does not hold. CHROMIUM names another browser.

import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const [base, folder] = process.argv.slice(2);
if (!base || !folder) {
  console.error('usage: node web/tests/NAME.spec.mjs <base-url> <screenshot-dir>');
  process.exit(2);
}
export const BASE = base.endsWith('/') ? base : `${base}/`;
const PATIENCE_MS = 60_000;
export const GROUPS = ['priority', 'places', 'unreached', 'villages', 'dead_areas', 'signal', 'communes'];
const words = (language) => JSON.parse(readFileSync(path.join(import.meta.dirname, `../src/i18n/${language}.json`), 'utf8'));
export const dictionaries = { vi: words('vi'), en: words('en') };
mkdirSync(folder, { recursive: true });
export const shot = (name) => path.join(folder, name);

let passed = 0;
let failed = 0;
export async function check(name, body) {
  try {
    await body();
    passed += 1;
    console.log(`ok    ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${name}\n      ${String(error.message ?? error).split('\n').slice(0, 6).join('\n      ')}`);
  }
}
export function expect(truth, message) {
  if (!truth) throw new Error(message);
}
export async function api(address) {
  const response = await fetch(new URL(address, BASE));
  expect(response.ok, `${address} answered ${response.status}`);
  return response.json();
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-default-apps'],
});

export const complaints = [];
const strangers = new Set();
export async function open(search, { width = 1366, height = 768, before, ...options } = {}) {
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
export async function settled(page) {
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
export async function asking(page, action) {
  const before = await page.evaluate(() => JSON.stringify(window.phusong.map.getStyle().sources));
  await action();
  await page.waitForFunction((text) => JSON.stringify(window.phusong.map.getStyle()?.sources) !== text, before);
  await settled(page);
}

/** Opens a list by its tab, or from the menu of the others. */
export async function openTab(page, id) {
  const tab = page.locator(`[data-testid=tab-${id}]`);
  if (!(await tab.isVisible())) await page.click('[data-testid=tabs-more]');
  await tab.click();
}

/** What is drawn of a group, as one line for each feature. */
export const drawn = (page, group) =>
  page.evaluate((name) => {
    const { map } = window.phusong;
    const layers = map.getStyle().layers.filter((layer) => layer.metadata?.['phusong:group'] === name).map((layer) => layer.id);
    const features = layers.length > 0 ? map.queryRenderedFeatures({ layers }) : [];
    return [...new Set(features.map(({ properties }) => JSON.stringify(properties)))].sort();
  }, group);

/** Everything that a person reads or hears on the page. */
export const said = (page) =>
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
export function leftovers(heard, language, legend) {
  const other = language === 'vi' ? 'en' : 'vi';
  const names = new Set(Object.values(dictionaries[other]));
  const theirs = Object.entries(dictionaries[language]).filter(([key, text]) => text.length >= 3 && text !== dictionaries[other][key] && !names.has(text));
  const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const patterns = theirs.map(([, text]) => new RegExp(`^${text.split(/\{\w+\}/).map(escape).join('.+')}$`));
  const labels = Object.values(legend ?? {}).flatMap((kind) => Object.values(kind));
  const foreign = new Set(labels.filter((label) => label.vi !== label.en).map((label) => label[language]));
  return heard.flatMap((text) => text.split(' · ')).filter((text) => foreign.has(text) || patterns.some((pattern) => pattern.test(text)));
}

export const meta = await api('api/meta');
export const me = await api('api/me');
export const legend = (await api('style.json?lang=vi')).metadata['phusong:legend'];

/** What holds whatever was done; ends the program. */
export async function finish() {
  await check('no error was written to the console, and no request failed', async () => {
    expect(complaints.length === 0, complaints.slice(0, 5).join('\n'));
  });
  await check('nothing was asked of another host', async () => {
    expect(strangers.size === 0, [...strangers].slice(0, 5).join('\n'));
  });
  await browser.close();
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}
