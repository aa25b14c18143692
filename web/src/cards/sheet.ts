// The rows of a card in the making: a figure with its word where it is absent.

import { day, figure, number, percent, type FigureOptions, type Shown } from '../format';
import { t, type Key } from '../i18n';
import type { Attributes, LegendKind, Meta } from '../types';
import { goal, operatorName, sourceName, technologyName } from '../words';

export interface Row extends Shown {
  /** The attribute that the row shows, for tests and for scripts. */
  field: string;
  label: string;
  /** The attribute as it came, or nothing when it is absent. */
  raw?: string;
  /** Where the row leads: the reader may go on from here. */
  opens?: 'dead_area' | 'dead_areas' | 'to_visit' | 'cluster' | 'village';
}

export interface Evidence {
  title: string;
  subtitle: string;
  badge: { kind: LegendKind; code: string } | null;
  /** Warnings in words: a stale visit, a weak basis, made-up data. */
  flags: string[];
  rows: Row[];
}

/** Rows in the making. */
export class Sheet {
  readonly rows: Row[] = [];
  readonly flags: string[] = [];
  readonly attributes: Attributes;
  readonly meta: Meta;

  constructor(attributes: Attributes, meta: Meta) {
    this.attributes = attributes;
    this.meta = meta;
  }

  /** The share from which a village counts as reached, percent. */
  get p(): string {
    return goal(this.meta);
  }

  text(name: string): string | undefined {
    return text(this.attributes, name);
  }

  number(name: string): number | undefined {
    const value = this.attributes[name];
    return typeof value === 'number' ? value : undefined;
  }

  say(field: string, label: Key, shown: string): void {
    this.add(field, label, { text: shown, absent: false });
  }

  figure(field: string, label: Key, options: Omit<FigureOptions, 'k'> = {}, given: Record<string, string> = {}): void {
    this.add(field, label, figure(this.attributes, field, { ...options, k: this.meta.rules.reach.k }), given);
  }

  /** A figure that not every server gives: no row without it, unless a note says why. */
  optional(field: string, label: Key): void {
    if (this.number(field) !== undefined || this.text(`${field}_note`)) this.figure(field, label);
  }

  unknown(field: string, label: Key): void {
    this.add(field, label, { text: t('note_not_reported'), absent: true });
  }

  link(field: string, label: Key, shown: string, opens: NonNullable<Row['opens']>): void {
    this.add(field, label, { text: shown, absent: false }, {}, { opens });
  }

  /** Another village that the reader may go on to. */
  village(code: string, label: Key, name: string): void {
    this.rows.push({ field: `village_${code}`, label: t(label), text: name, absent: false, raw: code, opens: 'village' });
  }

  /** A chance, in percent. */
  chance(field: string, label: Key): void {
    const value = this.number(field);
    if (value !== undefined) this.say(field, label, percent(value * 100));
  }

  day(field: string, label: Key, absent: Key): void {
    const value = this.text(field);
    this.add(field, label, value ? { text: day(value), absent: false } : { text: t(absent), absent: true });
  }

  list(field: string, label: Key): void {
    const value = this.text(field);
    if (value) this.say(field, label, value);
  }

  /** Who a row is from. */
  source(field: string, label: Key): void {
    const said = this.text(field);
    if (said) this.say(field, label, sourceName(said));
  }

  confirmed(field: string): void {
    this.say(field, 'confirmed', this.attributes[field] === true ? t('confirmedYes') : t('confirmedNo'));
  }

  network(): void {
    this.say('operator', 'operator', operatorName(this.meta, this.text('operator') ?? ''));
    this.say('technology', 'technology', technologyName(this.text('technology') ?? ''));
  }

  /** Runs, days and devices: what the verdict rests on. */
  basis(): void {
    const options = { absent: 'note_not_measured' } as const;
    this.figure('runs', 'runs', options);
    this.figure('days', 'days', options);
    this.figure('devices', 'devices', options);
    this.figure('weak_runs', 'weakRuns', options);
    this.figure('silent_runs', 'silentRuns', options);
    if (this.number('superseded_runs')) this.figure('superseded_runs', 'supersededRuns', options);
  }

  /** Between which shares the true share of weak runs lies, at 80 %; no row where it is not said. */
  interval(lowField: string, highField: string): void {
    const low = this.number(lowField);
    const high = this.number(highField);
    if (low !== undefined && high !== undefined) {
      this.say(lowField, 'weakShare', between(low, high));
    } else if (this.text(`${lowField}_note`)) {
      this.figure(lowField, 'weakShare', { absent: 'note_not_measured' });
    }
  }

  site(): void {
    const site = this.text('nearest_site');
    const metres = this.number('nearest_site_m');
    if (site && metres !== undefined) this.say('nearest_site', 'nearestSite', `${site}, ${number(metres / 1000, 1)} km`);
  }

  seen(): void {
    this.day('first_seen', 'firstSeen', 'note_not_measured');
    this.day('last_seen', 'lastSeen', 'note_not_measured');
  }

  flag(field: string, sentence: Key, given: Record<string, number> = {}): void {
    if (this.attributes[field] === true) this.flags.push(t(sentence, given));
  }

  end(): Pick<Evidence, 'flags' | 'rows'> {
    this.flag('synthetic', 'flagSynthetic');
    return { flags: this.flags, rows: this.rows };
  }

  private add(field: string, label: Key, shown: Shown, given: Record<string, string> = {}, more: Pick<Row, 'opens'> = {}): void {
    const value = this.attributes[field];
    const raw = value === undefined || value === null ? {} : { raw: String(value) };
    this.rows.push({ field, label: t(label, given), ...shown, ...raw, ...more });
  }
}

/** `97–99 %`; where the ends would look like one figure, which is a certainty that nobody has, with a decimal or as a bound. */
export function between(low: number, high: number): string {
  const alike = (decimals: number) => number(low * 100, decimals) === number(high * 100, decimals);
  if (alike(1) && low > 0.999) return `> ${percent(99.9, 1)}`;
  if (alike(1) && high < 0.001) return `< ${percent(0.1, 1)}`;
  const decimals = alike(0) ? 1 : 0;
  return `${number(low * 100, decimals)}–${percent(high * 100, decimals)}`;
}

export function text(attributes: Attributes, name: string): string | undefined {
  const value = attributes[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
