// Readings over time as small drawings, one for each operator, all on the same
// scales so that they can be compared. Silence has a line of its own below:
// it is no number of dBm, and a point at the bottom would make it one. Runs
// that would lie on each other are one mark with their number beside it.

import { h } from './dom';
import { day, number } from './format';
import { t } from './i18n';
import { cutsOf } from './legend';
import type { Meta, Reading } from './types';
import { operatorName } from './words';

const WIDTH = 300;
const HEIGHT = 122;
const PLOT = { left: 50, right: 294, top: 16, bottom: 86 };
const SILENCE = 100;
const [WEAKEST, STRONGEST] = [-130, -60];
const GRID = [-70, -90, -110];
/** Marks closer than this are one: drawing units across, dB up and down. */
const APART = { across: 16, decibels: 9 };

export interface ChartInput {
  readings: Reading[];
  meta: Meta;
  /** Day of the claim in force. */
  fixedOn: string;
}

/** Runs that are drawn as one mark. */
export interface Mark {
  runs: Reading[];
  x: number;
  /** Nothing is silence. */
  dbm: number | null;
}

/** Every reading in exactly one mark, which stands in the middle of its own: poor ones and others are never one, nor are
 * those that count and those that later ones supersede. */
export function marksOf(readings: Reading[], x: (day: string) => number, isWeak: (run: Reading) => boolean): Mark[] {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const columns = joined(readings, ({ day: on }) => x(on), APART.across);
  return columns.flatMap((column) => {
    const kinds = [true, false].map((old) => column.filter(({ superseded }) => superseded === old));
    const silent = kinds.map((kind) => kind.filter(({ median_dbm: dbm }) => dbm === null));
    const heard = [true, false].flatMap((weak) =>
      kinds.flatMap((kind) => {
        const own = kind.filter((run) => run.median_dbm !== null && isWeak(run) === weak);
        return joined(own, (run) => run.median_dbm ?? 0, APART.decibels);
      }),
    );
    const mark = (runs: Reading[], dbm: number | null): Mark => ({ runs, x: mean(runs.map(({ day: on }) => x(on))), dbm });
    const marks = heard.map((runs) => mark(runs, mean(runs.map((run) => run.median_dbm ?? 0))));
    return [...marks, ...silent.filter((runs) => runs.length > 0).map((runs) => mark(runs, null))];
  });
}

/** In order, those within `apart` of the first of their own together. */
function joined(readings: Reading[], of: (reading: Reading) => number, apart: number): Reading[][] {
  const groups: Reading[][] = [];
  for (const reading of [...readings].sort((a, b) => of(a) - of(b))) {
    const last = groups.at(-1);
    const first = last?.[0];
    if (last && first && of(reading) - of(first) < apart) last.push(reading);
    else groups.push([reading]);
  }
  return groups;
}

/** Below which signal is poor, by the technologies of the readings: one number where they agree. */
export function weakBelow(readings: Reading[], meta: Meta): number[] {
  return [...new Set(readings.map(({ technology }) => cutsOf(meta, technology).poor))].sort((a, b) => b - a);
}

export function charts({ readings, meta, fixedOn }: ChartInput): HTMLElement[] {
  const days = [...readings.map((reading) => reading.day), fixedOn].filter((text) => text !== '').sort();
  const [first = '', last = ''] = [days[0], days.at(-1)];
  const x = scale(first, last);
  const operators = [...new Set(readings.map((reading) => reading.operator))];
  return operators.map((operator) => {
    const own = readings.filter((reading) => reading.operator === operator);
    const standing = own.filter(({ superseded }) => !superseded);
    const silent = standing.filter((reading) => reading.median_dbm === null).length;
    const old = own.length - standing.length;
    const counted = t('chartSays', { n: number(standing.length), silent: number(silent) });
    const said = old > 0 ? `${counted}, ${t('chartSaysSuperseded', { n: number(old) })}` : counted;
    return h('figure', { class: 'chart', 'data-testid': `chart-${operator}` }, h('figcaption', {}, h('b', {}, operatorName(meta, operator)), ` – ${said}`), plot(own, { x, first, last, fixedOn, label: `${operatorName(meta, operator)}: ${said}`, meta }));
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
  meta: Meta;
}

function plot(readings: Reading[], { x, first, last, fixedOn, label, meta }: Frame): SVGElement {
  const { left, right, top, bottom } = PLOT;
  const svg = s('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': label });
  for (const dbm of GRID) {
    svg.append(s('line', { x1: left, x2: right, y1: height(dbm), y2: height(dbm), class: 'grid' }), words(left - 4, height(dbm) + 3, 'end', number(dbm)));
  }
  svg.append(words(left - 4, 10, 'end', 'dBm'));
  for (const dbm of weakBelow(readings, meta)) {
    svg.append(s('line', { x1: left, x2: right, y1: height(dbm), y2: height(dbm), class: 'weak' }));
  }
  svg.append(s('line', { x1: left, x2: right, y1: bottom, y2: bottom, class: 'axis' }), s('line', { x1: left, x2: right, y1: SILENCE, y2: SILENCE, class: 'grid' }), words(left - 4, SILENCE + 3, 'end', t('chartSilent')));
  if (fixedOn) svg.append(s('line', { x1: x(fixedOn), x2: x(fixedOn), y1: top, y2: SILENCE + 4, class: 'claim' }));
  const isWeak = ({ technology, median_dbm: dbm }: Reading) => (dbm ?? 0) < cutsOf(meta, technology).poor;
  for (const mark of marksOf(readings, x, isWeak)) svg.append(...drawn(mark));
  svg.append(words(left, HEIGHT - 2, 'start', day(first)));
  if (last !== first) svg.append(words(right, HEIGHT - 2, 'end', day(last)));
  return svg;
}

function drawn({ runs, x, dbm }: Mark): SVGElement[] {
  const y = dbm === null ? SILENCE : height(dbm);
  const sign = dbm === null ? silenceSign(x, y) : s('circle', { cx: x, cy: y, r: 3, class: 'reading' });
  sign.setAttribute('data-runs', String(runs.length));
  if (runs.some(({ superseded }) => superseded)) sign.classList.add('superseded');
  const title = s('title', {});
  title.textContent = inWords(runs);
  sign.append(title);
  if (runs.length === 1) return [sign];
  // Beside the mark, on the side where there is room.
  const room = x < PLOT.right - 16;
  return [sign, words(room ? x + 5 : x - 5, y + 3, room ? 'start' : 'end', number(runs.length), 'runs')];
}

function inWords(runs: Reading[]): string {
  const days = runs.map(({ day: on }) => on).sort();
  const heard = runs.flatMap(({ median_dbm: dbm }) => (dbm === null ? [] : [dbm])).sort((a, b) => a - b);
  const span = (all: string[]) => [...new Set([all[0], all.at(-1)])].join(' – ');
  const power = heard.length === 0 ? t('heardNothing') : `${span(heard.map((dbm) => number(dbm, 1)))} dBm`;
  const count = runs.length > 1 ? [`${number(runs.length)} ${t('runsUnit')}`] : [];
  const old = runs.some(({ superseded }) => superseded) ? [t('runSuperseded')] : [];
  return [span(days.map(day)), ...new Set(runs.map(({ technology }) => technology)), ...count, power, ...old].join(' · ');
}

/** A cross: neither a point nor a number. */
function silenceSign(x: number, y: number): SVGElement {
  return s('path', { d: `M${x - 3} ${y - 3}l6 6m0-6l-6 6`, class: 'silent' });
}

function words(x: number, y: number, anchor: string, text: string, kind = 'label'): SVGElement {
  const element = s('text', { x, y, 'text-anchor': anchor, class: kind });
  element.textContent = text;
  return element;
}

function s(tag: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}
