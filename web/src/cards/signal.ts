// Cards of what is measured, expected, claimed and hinted: cells, dead areas, public places, sites.

import { area, day, number, percent } from '../format';
import { known, t, type Key } from '../i18n';
import { operatorName, word } from '../words';
import type { Evidence, Sheet } from './sheet';

/** Standard deviations to either side that hold nine values in ten. */
const NINE_IN_TEN = 1.645;

const RADIUS_FROM: Record<string, Key> = { asked: 'hintRadiusAsked', measured: 'hintRadiusMeasured', rules: 'hintRadiusRules' };

export function deadArea(sheet: Sheet): Evidence {
  const merged = sheet.attributes.merged_into;
  // Of a merged item the verdict stands with the other.
  const unmeasured = sheet.attributes.unmeasured === true;
  const gone = sheet.attributes.gone === true || unmeasured || merged !== undefined;
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
  sheet.figure('households', 'householdsInside');
  if ((sheet.number('villages_without_households') ?? 0) > 0) {
    sheet.figure('villages_without_households', 'villagesWithoutHouseholds');
  }
  sheet.figure('population', 'populationInside');
  sheet.figure('affected', 'affected', { decimals: 1 });
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
  if (unmeasured && merged === undefined) sheet.flags.push(t('flagBeforePeriod'));
  if (sheet.text('formerly')) sheet.flags.push(t('flagFormerly'));
  const ofItem = unmeasured ? 'workUnmeasured' : 'workGone';
  const title = typeof merged === 'number' ? t('workMerged', { item: merged }) : t(gone ? ofItem : 'deadArea');
  return { title, subtitle: sheet.text('communes') ?? '', badge: gone ? null : { kind: 'verdict', code: verdict }, ...sheet.end() };
}

export function cell(sheet: Sheet): Evidence {
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
  sheet.flag('was_dead', 'flagWasDead');
  return {
    title: t('signalCell'),
    subtitle: operatorName(sheet.meta, sheet.text('operator') ?? ''),
    badge: { kind: 'verdict', code: verdict },
    ...sheet.end(),
  };
}

export function heldToClaim(sheet: Sheet): Evidence {
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

export function publicPlace(sheet: Sheet): Evidence {
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
  sheet.source('source', 'placeSource');
  return {
    title: sheet.text('name') ?? '',
    subtitle: sheet.text('commune_name') ?? sheet.text('commune') ?? '',
    badge: { kind: 'place', code: verdict },
    ...sheet.end(),
  };
}

export function siteHint(sheet: Sheet): Evidence {
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

export function expected(sheet: Sheet): Evidence {
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

export function changed(sheet: Sheet): Evidence {
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
