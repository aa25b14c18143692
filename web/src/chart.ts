// Readings over time as small drawings, one for each operator, all on the same
// scales so that they can be compared. Silence has a line of its own below:
// it is no number of dBm, and a point at the bottom would make it one.

import { h } from './dom';
import { day, number } from './format';
import { t } from './i18n';
import type { Meta, Reading } from './types';
import { operatorName } from './words';

const WIDTH = 300;
const HEIGHT = 112;
const PLOT = { left: 36, right: 294, top: 8, bottom: 76 };
const SILENCE = 90;
const [WEAKEST, STRONGEST] = [-130, -60];
const GRID = [-70, -90, -110];

export interface ChartInput {
  readings: Reading[];
  meta: Meta;
  /** Day of the claim in force. */
  fixedOn: string;
}

export function charts({ readings, meta, fixedOn }: ChartInput): HTMLElement[] {
  const days = [...readings.map((reading) => reading.day), fixedOn].filter((text) => text !== '').sort();
  const [first = '', last = ''] = [days[0], days.at(-1)];
  const x = scale(first, last);
  const operators = [...new Set(readings.map((reading) => reading.operator))];
  return operators.map((operator) => {
    const own = readings.filter((reading) => reading.operator === operator);
    const silent = own.filter((reading) => reading.median_dbm === null).length;
    const said = t('chartSays', { n: number(own.length), silent: number(silent) });
    return h('figure', { class: 'chart', 'data-testid': `chart-${operator}` }, h('figcaption', {}, h('b', {}, operatorName(meta, operator)), ` – ${said}`), plot(own, { x, first, last, fixedOn, label: `${operatorName(meta, operator)}: ${said}` }));
  });
}

/** Where a day stands; a single day stands in the middle. */
function scale(first: string, last: string): (text: string) => number {
  const [from, to] = [Date.parse(first), Date.parse(last)];
  const { left, right } = PLOT;
  return (text) => (to > from ? left + 6 + ((Date.parse(text) - from) / (to - from)) * (right - left - 12) : (left + right) / 2);
}

function height(dbm: number): number {
  const share = (Math.min(STRONGEST, Math.max(WEAKEST, dbm)) - WEAKEST) / (STRONGEST - WEAKEST);
  return PLOT.bottom - share * (PLOT.bottom - PLOT.top);
}

interface Frame {
  x: (text: string) => number;
  first: string;
  last: string;
  fixedOn: string;
  label: string;
}

function plot(readings: Reading[], { x, first, last, fixedOn, label }: Frame): SVGElement {
  const { left, right, top, bottom } = PLOT;
  const svg = s('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': label });
  for (const dbm of GRID) {
    svg.append(s('line', { x1: left, x2: right, y1: height(dbm), y2: height(dbm), class: 'grid' }), words(left - 4, height(dbm) + 3, 'end', number(dbm)));
  }
  svg.append(s('line', { x1: left, x2: right, y1: bottom, y2: bottom, class: 'axis' }), s('line', { x1: left, x2: right, y1: SILENCE, y2: SILENCE, class: 'grid' }), silenceSign(left - 14, SILENCE));
  if (fixedOn) svg.append(s('line', { x1: x(fixedOn), x2: x(fixedOn), y1: top, y2: SILENCE + 4, class: 'claim' }));
  for (const { day: on, median_dbm: dbm, technology } of readings) {
    const mark = dbm === null ? silenceSign(x(on), SILENCE) : s('circle', { cx: x(on), cy: height(dbm), r: 3, class: 'reading' });
    const title = s('title', {});
    title.textContent = `${day(on)} · ${technology} · ${dbm === null ? t('heardNothing') : `${number(dbm, 1)} dBm`}`;
    mark.append(title);
    svg.append(mark);
  }
  svg.append(words(left, HEIGHT - 2, 'start', day(first)));
  if (last !== first) svg.append(words(right, HEIGHT - 2, 'end', day(last)));
  return svg;
}

/** A cross: neither a point nor a number. */
function silenceSign(x: number, y: number): SVGElement {
  return s('path', { d: `M${x - 3} ${y - 3}l6 6m0-6l-6 6`, class: 'silent' });
}

function words(x: number, y: number, anchor: string, text: string): SVGElement {
  const element = s('text', { x, y, 'text-anchor': anchor });
  element.textContent = text;
  return element;
}

function s(tag: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}
