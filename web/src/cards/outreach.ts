// Cards of villages, of villages drawn as one, and of communes.

import { day, number } from '../format';
import { known, t, type Key } from '../i18n';
import { named } from '../register-checks';
import type { Group } from '../types';
import { word } from '../words';
import type { Evidence, Sheet } from './sheet';

/** A village that is no more: since when, and what goes on for it. */
function ended(sheet: Sheet, since: string): Evidence {
  const became = (sheet.attributes.became ?? []) as { code: string; name: string }[];
  sheet.flags.push(t('registerEnded', { day: day(since) }));
  for (const { code, name } of became) sheet.village(code, became.length > 1 ? 'villageSplitInto' : 'villageMergedInto', named(name, code));
  sheet.say('code', 'code', sheet.text('code') ?? '');
  return { title: sheet.text('name') ?? '', subtitle: sheet.text('commune_name') ?? sheet.text('commune') ?? '', badge: null, ...sheet.end() };
}

export function village(layer: Group, sheet: Sheet): Evidence {
  const end = sheet.text('ended');
  if (end) return ended(sheet, end);
  const status = sheet.text('status');
  const need = sheet.text('need');
  const ranks: Partial<Record<Group, Key>> = { priority: 'rankPriority', unreached: 'rankUnreached', measure_next: 'rankMeasureNext', double_exclusion: 'rankDoubleExclusion', guidance_lost: 'rankGuidanceLost' };
  const rank = ranks[layer];
  if (rank) sheet.figure('rank', rank);
  if (layer === 'measure_next') toMeasure(sheet);
  if (layer === 'guidance_lost') {
    sheet.figure('lost', 'visitsLost');
    sheet.figure('taught', 'visitsTaught');
    sheet.figure('lost_percent', 'lostPercent', { unit: '%', decimals: 1 });
    sheet.figure('lost_elsewhere', 'lostElsewhere');
  }
  if (need) sheet.say('need', 'need', word('need', need));
  const { p } = sheet;
  if (layer === 'priority' || layer === 'double_exclusion') sheet.figure('households_at_most', 'householdsAtMost', { unit: t('householdsUnit'), absent: 'noHouseholdCount' }, { p });
  if (status) sheet.say('status', 'status', word('status', status));
  sheet.figure('households', 'householdsDeclared');
  sheet.figure('visited', 'visited');
  sheet.figure('guided', 'guided');
  sheet.figure('remaining', 'remaining', {}, { p });
  sheet.figure('percent', 'percentGuided', { unit: '%', decimals: 1 });
  sheet.day('last_visit', 'lastVisit', noVisit(sheet));
  sheet.say('signal_place', 'signalPlace', word('place', sheet.text('signal_place') ?? 'not_enough'));
  const verdict = sheet.text('signal') ?? 'not_measured';
  sheet.say('signal', 'signalAround', word('verdict', verdict));
  if (verdict !== 'not_measured') {
    sheet.confirmed('signal_confirmed');
    sheet.figure('signal_median_dbm', 'medianDbm', { unit: 'dBm', decimals: 1, absent: 'heardNothing' });
    sheet.figure('signal_runs', 'runs', { absent: 'note_not_measured' });
    sheet.figure('signal_days', 'days', { absent: 'note_not_measured' });
    sheet.optional('signal_devices', 'devices');
    if (sheet.number('signal_superseded_runs')) sheet.figure('signal_superseded_runs', 'supersededRuns');
    sheet.interval('signal_weak_low', 'signal_weak_high');
    if (sheet.text('signal_first_seen')) sheet.day('signal_first_seen', 'firstSeen', 'note_not_measured');
    sheet.day('signal_last_seen', 'lastMeasured', 'note_not_measured');
  }
  if (sheet.text('dead_area')) sheet.link('dead_area', 'deadArea', t('openDeadArea'), 'dead_area');
  const confidence = sheet.text('confidence');
  if (confidence) sheet.say('confidence', 'registerConfidence', known(`confidence_${confidence}`) ?? confidence);
  const extent = sheet.text('extent_by');
  if (extent) sheet.say('extent_by', 'villageExtent', known(`extent_${extent}`) ?? extent);
  // Tiles hold no village without a point, so only rows of the server say so.
  if (sheet.attributes.lon === null) sheet.flags.push(t('flagNoPoint'));
  sheet.flag('stale', 'flagStale', { days: sheet.meta.rules.reach.stale_after_days });
  sheet.flag('over_declared', 'flagOverDeclared');
  return {
    title: sheet.text('name') ?? sheet.text('code') ?? '',
    subtitle: sheet.text('commune_name') ?? sheet.text('commune') ?? '',
    badge: layer === 'priority' && need ? { kind: 'need', code: need } : status ? { kind: 'status', code: status } : null,
    ...sheet.end(),
  };
}

/** Why a village has no day of a last visit: nobody came, it would tell of few homes, or nobody reported. */
function noVisit(sheet: Sheet): Key {
  if (sheet.number('visited') === 0) return 'today_never';
  return [sheet.text('visited_note'), sheet.text('guided_note')].includes('suppressed') ? 'lastVisitHidden' : 'note_not_reported';
}

function toMeasure(sheet: Sheet): void {
  const runs = sheet.number('runs_needed') ?? 0;
  const days = sheet.number('days_needed') ?? 0;
  sheet.say('runs_needed', 'runsNeeded', t('runsOnDays', { runs: number(runs), days: number(days) }));
  sheet.chance('weak_chance', sheet.text('weak_chance_from') === 'surface' ? 'weakChanceHere' : 'weakChanceProvince');
}

/** Villages drawn as one from far away. A sum in which some have no figure is at least so much. */
export function cluster(sheet: Sheet): Evidence {
  const count = sheet.number('point_count') ?? 0;
  sheet.link('point_count', 'clusterVillages', t('openCluster', { n: number(count) }), 'cluster');
  sheet.figure('villages_reached', 'villagesReached');
  sheet.figure('villages_unreached', 'villagesUnreached');
  sheet.figure('villages_no_signal', 'villagesNoSignal');
  for (const [field, label] of [['households', 'householdsDeclared'], ['guided', 'guided']] as const) {
    const missing = sheet.number(`${field}_missing`) ?? 0;
    const sum = sheet.number(field);
    if (sum === undefined || missing === 0) sheet.figure(field, label);
    else sheet.say(field, label, t('atLeastWithout', { sum: number(sum), n: number(missing) }));
  }
  return { title: t('clusterTitle', { n: number(count) }), subtitle: '', badge: null, ...sheet.end() };
}

export function commune(sheet: Sheet): Evidence {
  const kind = sheet.text('kind');
  sheet.figure('villages', 'villagesOfRegister');
  // Where nobody reported, that none is reached is silence and no figure.
  if (sheet.attributes.no_report === true && sheet.number('villages_reached') === 0) sheet.unknown('villages_reached', 'villagesReached');
  else sheet.figure('villages_reached', 'villagesReached');
  const toVisit = sheet.number('villages_unreached') ?? 0;
  if (toVisit > 0) sheet.link('villages_unreached', 'villagesUnreached', t('openToVisit', { n: number(toVisit) }), 'to_visit');
  else sheet.figure('villages_unreached', 'villagesUnreached');
  sheet.figure('villages_no_denominator', 'villagesNoDenominator');
  sheet.figure('households', 'householdsDeclared');
  sheet.figure('guided', 'guided');
  // Homes of villages that declared none are guided, and of no share.
  const declared = (sheet.number('villages_no_denominator') ?? 0) > 0;
  sheet.figure('percent', declared ? 'percentOfDeclared' : 'percentGuided', { unit: '%', decimals: 1 });
  sheet.figure('cells_measured', 'cellsMeasured', { absent: 'note_not_measured' });
  const dead = sheet.number('cells_dead') ?? 0;
  if (dead > 0) sheet.link('cells_dead', 'cellsDead', t('openDeadAreas', { n: number(dead) }), 'dead_areas');
  else sheet.figure('cells_dead', 'cellsDead', { absent: 'note_not_measured' });
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
