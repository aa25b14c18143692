// What a popup says of a place: the figures, in order, each with its word
// when it is absent. Pure: no document, no map, so that it can be tested.

import { area, day, figure, number, percent, type FigureOptions, type Shown } from './format';
import { known, t, type Key } from './i18n';
import { speedTile } from './speeds';
import type { Attributes, Group, LegendKind, Meta } from './types';
import { goal, operatorName, technologyName, word } from './words';

export interface Row extends Shown {
  /** The attribute that the row shows, for tests and for scripts. */
  field: string;
  label: string;
  /** The attribute as it came, or nothing when it is absent. */
  raw?: string;
  /** Where the row leads: the reader may go on from here. */
  opens?: 'dead_area' | 'to_visit' | 'cluster';
}

export interface Evidence {
  title: string;
  subtitle: string;
  badge: { kind: LegendKind; code: string } | null;
  /** Warnings in words: a stale visit, a weak basis, made-up data. */
  flags: string[];
  rows: Row[];
}

/** Standard deviations to either side that hold nine values in ten. */
const NINE_IN_TEN = 1.645;

const KEY_FIELD: Record<Group, string> = {
  hints: 'hint',
  priority: 'code',
  double_exclusion: 'code',
  guidance_lost: 'code',
  measure_next: 'code',
  places: 'place',
  unreached: 'code',
  villages: 'code',
  dead_areas: 'area',
  claims: 'cell',
  changes: 'cell',
  surface: 'cell',
  signal: 'cell',
  speeds: 'tile',
  communes: 'code',
};

/** The key that people use, read from the attributes of a tile or of a list. */
export function keyOf(layer: Group, attributes: Attributes): string {
  return text(attributes, 'key') ?? text(attributes, KEY_FIELD[layer]) ?? '';
}

export function evidence(layer: Group, attributes: Attributes, meta: Meta | null): Evidence {
  const sheet = new Sheet(attributes, meta);
  switch (layer) {
    case 'priority':
    case 'double_exclusion':
    case 'guidance_lost':
    case 'measure_next':
    case 'unreached':
    case 'villages':
      return sheet.number('point_count') === undefined ? village(layer, sheet) : cluster(sheet);
    case 'hints':
      return siteHint(sheet);
    case 'places':
      return publicPlace(sheet);
    case 'dead_areas':
      return deadArea(sheet);
    case 'claims':
      return heldToClaim(sheet);
    case 'changes':
      return changed(sheet);
    case 'surface':
      return expected(sheet);
    case 'signal':
      return cell(sheet);
    case 'speeds':
      return speedTile(sheet);
    case 'communes':
      return commune(sheet);
  }
}

function village(layer: Group, sheet: Sheet): Evidence {
  const { k } = sheet;
  const status = sheet.text('status');
  const need = sheet.text('need');
  const ranks: Partial<Record<Group, Key>> = { priority: 'rankPriority', unreached: 'rankUnreached', measure_next: 'rankMeasureNext', double_exclusion: 'rankDoubleExclusion', guidance_lost: 'rankGuidanceLost' };
  const rank = ranks[layer];
  if (rank) sheet.figure('rank', rank);
  if (layer === 'measure_next') toMeasure(sheet);
  if (layer === 'guidance_lost') {
    sheet.figure('lost', 'visitsLost', { k });
    sheet.figure('taught', 'visitsTaught', { k });
    sheet.figure('lost_percent', 'lostPercent', { unit: '%', decimals: 1, k });
    sheet.figure('lost_elsewhere', 'lostElsewhere', { k });
  }
  if (need) sheet.say('need', 'need', word('need', need));
  const { p } = sheet;
  if (layer === 'priority' || layer === 'double_exclusion') sheet.figure('households_at_most', 'householdsAtMost', { unit: t('householdsUnit'), absent: 'noHouseholdCount', k }, { p });
  if (status) sheet.say('status', 'status', word('status', status));
  sheet.figure('households', 'householdsDeclared', { k });
  sheet.figure('visited', 'visited', { k });
  sheet.figure('guided', 'guided', { k });
  sheet.figure('remaining', 'remaining', { k }, { p });
  sheet.figure('percent', 'percentGuided', { unit: '%', decimals: 1, k });
  sheet.day('last_visit', 'lastVisit', 'note_not_reported');
  sheet.say('signal_place', 'signalPlace', word('place', sheet.text('signal_place') ?? 'not_enough'));
  const verdict = sheet.text('signal') ?? 'not_measured';
  sheet.say('signal', 'signalAround', word('verdict', verdict));
  if (verdict !== 'not_measured') {
    sheet.confirmed('signal_confirmed');
    sheet.figure('signal_median_dbm', 'medianDbm', { unit: 'dBm', decimals: 1, absent: 'heardNothing' });
    sheet.figure('signal_runs', 'runs', { absent: 'note_not_measured' });
    sheet.figure('signal_days', 'days', { absent: 'note_not_measured' });
    sheet.optional('signal_devices', 'devices');
    sheet.interval('signal_weak_low', 'signal_weak_high');
    if (sheet.text('signal_first_seen')) sheet.day('signal_first_seen', 'firstSeen', 'note_not_measured');
    sheet.day('signal_last_seen', 'lastMeasured', 'note_not_measured');
  }
  if (sheet.text('dead_area')) sheet.link('dead_area', 'deadArea', t('openDeadArea'), 'dead_area');
  const confidence = sheet.text('confidence');
  if (confidence) sheet.say('confidence', 'registerConfidence', known(`confidence_${confidence}`) ?? confidence);
  const extent = sheet.text('extent_by');
  if (extent) sheet.say('extent_by', 'villageExtent', known(`extent_${extent}`) ?? extent);
  sheet.flag('stale', 'flagStale', { days: sheet.meta?.rules.reach.stale_after_days ?? 180 });
  sheet.flag('over_declared', 'flagOverDeclared');
  return {
    title: sheet.text('name') ?? sheet.text('code') ?? '',
    subtitle: sheet.text('commune_name') ?? sheet.text('commune') ?? '',
    badge: layer === 'priority' && need ? { kind: 'need', code: need } : status ? { kind: 'status', code: status } : null,
    ...sheet.end(),
  };
}

/** Villages drawn as one from far away. A sum in which some have no figure is at least so much. */
function cluster(sheet: Sheet): Evidence {
  const count = sheet.number('point_count') ?? 0;
  sheet.link('point_count', 'clusterVillages', t('openCluster', { n: number(count) }), 'cluster');
  sheet.figure('villages_reached', 'villagesReached');
  sheet.figure('villages_unreached', 'villagesUnreached');
  sheet.figure('villages_no_signal', 'villagesNoSignal');
  for (const [field, label] of [['households', 'householdsDeclared'], ['guided', 'guided']] as const) {
    const missing = sheet.number(`${field}_missing`) ?? 0;
    const sum = sheet.number(field);
    if (sum === undefined || missing === 0) sheet.figure(field, label, { k: sheet.k });
    else sheet.say(field, label, t('atLeastWithout', { sum: number(sum), n: number(missing) }));
  }
  return { title: t('clusterTitle', { n: number(count) }), subtitle: '', badge: null, ...sheet.end() };
}

function deadArea(sheet: Sheet): Evidence {
  const gone = sheet.attributes.gone === true;
  const verdict = sheet.text('verdict') ?? 'none';
  const squareMetres = sheet.number('area_m2');
  sheet.figure('rank', 'rank');
  if (!gone) sheet.say('verdict', 'verdict', word('verdict', verdict));
  if (!gone) sheet.confirmed('confirmed');
  sheet.network();
  if (squareMetres !== undefined) sheet.say('area_m2', 'area', area(squareMetres));
  sheet.list('communes', 'communesTouched');
  sheet.figure('villages', 'villagesInside');
  sheet.list('village_names', 'villageNames');
  sheet.list('place_names', 'placeNames');
  sheet.figure('households', 'householdsInside', { k: sheet.k });
  if ((sheet.number('villages_without_households') ?? 0) > 0) {
    sheet.figure('villages_without_households', 'villagesWithoutHouseholds');
  }
  sheet.figure('population', 'populationInside', { k: sheet.k });
  sheet.figure('affected', 'affected', { decimals: 1, k: sheet.k });
  sheet.chance('weak_chance', 'weakChance');
  sheet.basis();
  sheet.interval('weak_low', 'weak_high');
  sheet.figure('worst_dbm', 'worstDbm', { unit: 'dBm', decimals: 1, absent: 'heardNothing' });
  const share = sheet.number('claimed_share');
  if (share !== undefined) {
    const by = (sheet.text('claimed_by') ?? '').split(', ').filter(Boolean);
    const named = by.map((id) => operatorName(sheet.meta, id)).join(', ');
    sheet.say('claimed_share', 'claimedShare', named ? `${percent(share * 100)} (${named})` : percent(0));
  }
  sheet.list('cells_seen', 'cellsSeen');
  sheet.list('channels_seen', 'channelsSeen');
  sheet.site();
  sheet.seen();
  return { title: t(gone ? 'workGone' : 'deadArea'), subtitle: sheet.text('communes') ?? '', badge: gone ? null : { kind: 'verdict', code: verdict }, ...sheet.end() };
}

function cell(sheet: Sheet): Evidence {
  const verdict = sheet.text('verdict') ?? 'not_measured';
  sheet.say('verdict', 'verdict', word('verdict', verdict));
  sheet.confirmed('confirmed');
  sheet.network();
  sheet.figure('median_dbm', 'medianDbm', { unit: 'dBm', decimals: 1, absent: 'heardNothing' });
  sheet.basis();
  sheet.interval('weak_low', 'weak_high');
  sheet.figure('samples', 'samples', { absent: 'note_not_measured' });
  sheet.figure('operators_measured', 'operatorsMeasured', { absent: 'note_not_measured' });
  sheet.seen();
  sheet.say('cell', 'cell', sheet.text('cell') ?? '');
  return {
    title: t('signalCell'),
    subtitle: operatorName(sheet.meta, sheet.text('operator') ?? ''),
    badge: { kind: 'verdict', code: verdict },
    ...sheet.end(),
  };
}

function heldToClaim(sheet: Sheet): Evidence {
  const status = sheet.text('status') ?? 'not_claimed';
  const claimed = sheet.attributes.claimed === true;
  sheet.say('status', 'claimStatus', word('claim', status));
  sheet.network();
  sheet.say('claimed', 'claimedHere', t(claimed ? 'yes' : 'no'));
  if (claimed) sheet.figure('claimed_dbm', 'claimedDbm', { unit: 'dBm', decimals: 1, absent: 'claimWithoutPower' });
  sheet.figure('median_dbm', 'medianDbm', { unit: 'dBm', decimals: 1, absent: 'heardNothing' });
  if (sheet.number('gap_db') !== undefined) sheet.figure('gap_db', 'claimGap', { unit: 'dB', decimals: 1 });
  if (claimed && sheet.text('claimed_on')) sheet.day('claimed_on', 'claimedOn', 'note_not_reported');
  sheet.say('verdict', 'verdict', word('verdict', sheet.text('verdict') ?? 'not_measured'));
  sheet.confirmed('confirmed');
  sheet.basis();
  sheet.interval('weak_low', 'weak_high');
  sheet.figure('operators_contradicted', 'operatorsContradicted');
  sheet.seen();
  sheet.say('cell', 'cell', sheet.text('cell') ?? '');
  return { title: t('claimOfCell'), subtitle: operatorName(sheet.meta, sheet.text('operator') ?? ''), badge: { kind: 'claim', code: status }, ...sheet.end() };
}

function publicPlace(sheet: Sheet): Evidence {
  const kind = sheet.text('kind') ?? 'other';
  const verdict = sheet.text('verdict') ?? 'unmeasured';
  sheet.figure('rank', 'rankPlaces');
  sheet.say('kind', 'placeKind', known(`kind_${kind}`) ?? kind);
  sheet.say('verdict', 'placeVerdict', word('place', verdict));
  sheet.figure('within_m', 'judgedWithin', { unit: 'm' });
  sheet.say('signal', 'signalWithin', word('verdict', sheet.text('signal') ?? 'not_measured'));
  if (verdict !== 'unmeasured') {
    sheet.confirmed('confirmed');
    sheet.figure('median_dbm', 'medianDbm', { unit: 'dBm', decimals: 1, absent: 'heardNothing' });
    sheet.basis();
    sheet.interval('weak_low', 'weak_high');
    sheet.seen();
  }
  sheet.list('source', 'placeSource');
  return {
    title: sheet.text('name') ?? '',
    subtitle: sheet.text('commune_name') ?? sheet.text('commune') ?? '',
    badge: { kind: 'place', code: verdict },
    ...sheet.end(),
  };
}

const RADIUS_FROM: Record<string, Key> = { asked: 'hintRadiusAsked', measured: 'hintRadiusMeasured', rules: 'hintRadiusRules' };

function siteHint(sheet: Sheet): Evidence {
  const kind = sheet.text('kind') ?? 'ground';
  const unit = t(sheet.text('unit') === 'people' ? 'peopleUnit' : 'householdsUnit');
  sheet.flags.push(t('hintPreliminary'));
  sheet.figure('rank', 'rankHints');
  sheet.say('kind', 'hintKind', word('hint', kind));
  sheet.network();
  sheet.figure('affected', 'hintAffected', { unit, decimals: 1 });
  sheet.figure('declared', 'hintDeclared', { unit });
  sheet.figure('villages', 'hintVillages');
  sheet.list('village_names', 'villageNames');
  sheet.figure('cells', 'hintCells');
  sheet.figure('share_percent', 'hintShare', { unit: '%', decimals: 1 });
  sheet.figure('gap_percent', 'hintGap', { unit: '%', decimals: 1 });
  const [radius, urban] = ['radius_m', 'radius_urban_m'].map((field) => `${number(sheet.number(field) ?? 0)} m`) as [string, string];
  sheet.say('radius_m', 'hintRadius', t(RADIUS_FROM[sheet.text('radius_from') ?? ''] ?? 'hintRadiusRules', { radius, urban }));
  sheet.site();
  return {
    title: sheet.text('name') ?? t('hintTitle'),
    subtitle: sheet.text('commune_name') ?? sheet.text('commune') ?? '',
    badge: { kind: 'hint', code: kind },
    ...sheet.end(),
  };
}

function toMeasure(sheet: Sheet): void {
  const runs = sheet.number('runs_needed') ?? 0;
  const days = sheet.number('days_needed') ?? 0;
  sheet.say('runs_needed', 'runsNeeded', t('runsOnDays', { runs: number(runs), days: number(days) }));
  sheet.chance('weak_chance', sheet.text('weak_chance_from') === 'surface' ? 'weakChanceHere' : 'weakChanceProvince');
}

function expected(sheet: Sheet): Evidence {
  sheet.chance('weak_chance', 'weakChance');
  sheet.network();
  const mean = sheet.number('mean_dbm');
  const spread = sheet.number('sd_db');
  if (mean !== undefined && spread !== undefined) {
    const half = spread * NINE_IN_TEN;
    sheet.say('mean_dbm', 'expectedDbm', `${number(mean, 1)} dBm`);
    sheet.say('sd_db', 'expectedRange', t('dbmBetween', { low: number(mean - half, 0), high: number(mean + half, 0) }));
  }
  sheet.say('measured', 'measuredHere', t(sheet.attributes.measured === true ? 'yes' : 'no'));
  sheet.say('cell', 'cell', sheet.text('cell') ?? '');
  return { title: t('expectedSignal'), subtitle: operatorName(sheet.meta, sheet.text('operator') ?? ''), badge: null, ...sheet.end() };
}

function changed(sheet: Sheet): Evidence {
  const change = sheet.text('change') ?? 'unclear';
  sheet.say('change', 'change', word('change', change));
  sheet.network();
  for (const [side, label] of [
    ['before', 'periodBefore'],
    ['after', 'periodAfter'],
  ] as const) {
    const verdict = sheet.text(`verdict_${side}`) ?? 'not_measured';
    const period = `${day(sheet.text(`${side}_from`) ?? '')} – ${day(sheet.text(`${side}_to`) ?? '')}`;
    sheet.say(`verdict_${side}`, label, `${word('verdict', verdict)} (${period})`);
    if (verdict === 'not_measured') continue;
    sheet.figure(`median_${side}_dbm`, 'medianDbm', { unit: 'dBm', decimals: 1, absent: 'heardNothing' });
    sheet.figure(`runs_${side}`, 'runs', { absent: 'note_not_measured' });
    sheet.figure(`days_${side}`, 'days', { absent: 'note_not_measured' });
  }
  if (sheet.number('shift_db') !== undefined) sheet.figure('shift_db', 'shift', { unit: 'dB', decimals: 1 });
  if (sheet.number('p_value') !== undefined) sheet.figure('p_value', 'pValue', { decimals: 4 });
  sheet.say('cell', 'cell', sheet.text('cell') ?? '');
  return { title: t('changeOfCell'), subtitle: operatorName(sheet.meta, sheet.text('operator') ?? ''), badge: { kind: 'change', code: change }, ...sheet.end() };
}

function commune(sheet: Sheet): Evidence {
  const kind = sheet.text('kind');
  sheet.figure('villages', 'villagesOfRegister');
  // Where nobody reported, that none is reached is silence and no figure.
  if (sheet.attributes.no_report === true && sheet.number('villages_reached') === 0) sheet.unknown('villages_reached', 'villagesReached');
  else sheet.figure('villages_reached', 'villagesReached');
  const toVisit = sheet.number('villages_unreached') ?? 0;
  if (toVisit > 0) sheet.link('villages_unreached', 'villagesUnreached', t('openToVisit', { n: number(toVisit) }), 'to_visit');
  else sheet.figure('villages_unreached', 'villagesUnreached');
  sheet.figure('villages_no_denominator', 'villagesNoDenominator');
  sheet.figure('households', 'householdsDeclared', { k: sheet.k });
  sheet.figure('guided', 'guided', { k: sheet.k });
  sheet.figure('percent', 'percentGuided', { unit: '%', decimals: 1, k: sheet.k });
  sheet.figure('cells_measured', 'cellsMeasured', { absent: 'note_not_measured' });
  sheet.figure('cells_dead', 'cellsDead', { absent: 'note_not_measured' });
  if (sheet.number('cells_claimed') !== undefined) {
    sheet.figure('cells_claimed', 'cellsClaimed');
    sheet.figure('cells_contradicted', 'cellsContradicted');
    sheet.figure('cells_claimed_unmeasured', 'cellsClaimedUnmeasured');
  }
  sheet.figure('area_km2', 'areaDrawn', { unit: 'km²', decimals: 1 });
  sheet.day('valid_from', 'validFrom', 'note_not_reported');
  sheet.say('code', 'code', sheet.text('code') ?? '');
  sheet.flag('no_report', 'flagNoReport');
  sheet.flag('approximate', 'flagApproximate');
  const title = sheet.text('name') ?? sheet.text('code') ?? '';
  const kindInWords = kind ? (known(`kind_${kind}`) ?? kind) : '';
  return {
    title,
    // The name of a commune begins with its kind: once is enough.
    subtitle: title.startsWith(kindInWords) ? '' : kindInWords,
    badge: null,
    ...sheet.end(),
  };
}

/** Rows in the making. */
export class Sheet {
  readonly rows: Row[] = [];
  readonly flags: string[] = [];
  readonly attributes: Attributes;
  readonly meta: Meta | null;

  constructor(attributes: Attributes, meta: Meta | null) {
    this.attributes = attributes;
    this.meta = meta;
  }

  /** The privacy floor: no count of households between 1 and k − 1 is shown. */
  get k(): number {
    return this.meta?.rules.reach.k ?? 5;
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

  figure(field: string, label: Key, options: FigureOptions = {}, given: Record<string, string> = {}): void {
    this.add(field, label, figure(this.attributes, field, options), given);
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
  }

  /** Between which shares the true share of weak runs lies; no row where it is not said. */
  interval(lowField: string, highField: string): void {
    const low = this.number(lowField);
    const high = this.number(highField);
    if (low !== undefined && high !== undefined) {
      this.say(lowField, 'weakShare', `${number(low * 100)}–${percent(high * 100)}`);
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

function text(attributes: Attributes, name: string): string | undefined {
  const value = attributes[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
