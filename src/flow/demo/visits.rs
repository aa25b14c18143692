//! Invented visits: uneven, as outreach is. Many near the old district
//! seats, few in the hills and on the far coast, whole villages untouched,
//! some communes silent, some villages last seen long ago.
//!
//! No household here exists; labels are lane numbers.

use std::collections::HashSet;

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::dice::Dice;
use super::facts::Facts;
use super::land::Land;
use super::plane::{Spot, coast, hills, holds};
use super::radio::{OPERATORS, Radio};
use super::text;
use super::villages::{self, Village};
use crate::model::topic::{Topic, Topics};

const FIRST_DAY: Date = date(2025, 8, 15);
/// Through 2026-09-30.
const LAST_DAY: i64 = 411;
/// Communes from which nothing arrives at all.
const SILENT_COMMUNES: usize = 12;
/// What the full plan comes to; fewer are asked for by leaving villages out.
pub(super) const FULL: u32 = 250_000;

struct Row {
    day: i64,
    second: i64,
    village: usize,
    sequence: usize,
    home: usize,
    result: &'static str,
    guided: i64,
    /// It checks the visit before it.
    supervision: bool,
}

pub(super) fn csv(facts: &Facts, land: &Land, villages: &[Village], radio: &Radio, visits: u32) -> Vec<u8> {
    let heard: Vec<[f64; 4]> = villages.iter().map(|v| radio.hear(v.at).map(|heard| heard.lte_dbm)).collect();
    let reach = reach(facts, land, villages, &heard);
    let kept = f64::from(visits) / f64::from(FULL);
    let mut rows: Vec<Row> = Vec::new();
    for (index, share) in reach.into_iter().enumerate() {
        if Dice::new("kept", index as u64).unit() < kept {
            campaign(&mut rows, index, &villages[index], share);
        }
    }
    rows.sort_by_key(|row| (row.day, row.second, row.village, row.sequence));
    // Behind the others, whose chance hangs on their number.
    rows.extend(checks(villages, &rows));
    write(facts, land, villages, &heard, &rows)
}

/// The share of homes guided in each village. Teams work on line, so they get little done without signal.
fn reach(facts: &Facts, land: &Land, villages: &[Village], heard: &[[f64; 4]]) -> Vec<f64> {
    let seats = seats(facts, land);
    let distance = |village: &Village| village.at.distance(seats[village.cell]);
    let mut dice = Dice::new("silent", 0);
    let mut remote: Vec<(f64, usize)> = (0..facts.new.len())
        .map(|commune| {
            let far = villages.iter().filter(|v| v.commune == commune).map(distance).fold(0.0, f64::max);
            (far / 12_000.0 + 0.5 * dice.normal(), commune)
        })
        .collect();
    remote.sort_by(|a, b| b.0.total_cmp(&a.0));
    let silent: Vec<usize> = remote.into_iter().take(SILENT_COMMUNES).map(|(_, commune)| commune).collect();
    let zeal: Vec<f64> = (0..facts.new.len()).map(|c| 0.13 * Dice::new("zeal", c as u64).normal()).collect();
    villages
        .iter()
        .enumerate()
        .map(|(index, village)| {
            let mut dice = Dice::new("reach", index as u64);
            let far = (distance(village) / 11_000.0).min(1.0);
            let best = heard[index].iter().copied().fold(f64::MIN, f64::max);
            let deaf = if best < -110.0 { 1.0 } else { 0.0 };
            let untouched = 0.05 + 0.11 * far + 0.10 * hills(village.at) + 0.08 * coast(village.at) + 0.25 * deaf;
            if silent.contains(&village.commune) || dice.chance(untouched) {
                return 0.0;
            }
            if dice.chance(0.04) {
                // One to four homes: fewer than may be told.
                return dice.between(0.6, 4.4) / f64::from(village.homes);
            }
            let mean = 0.72 - 0.36 * far - 0.20 * hills(village.at) - 0.16 * coast(village.at) - 0.35 * deaf
                + zeal[village.commune];
            let mean = mean.clamp(0.08, 0.93);
            dice.beta(2.6 * mean, 2.6 * (1.0 - mean))
        })
        .collect()
}

/// By cell: where the old district had its seat, taken as the middle of its towns, or of all its communes.
fn seats(facts: &Facts, land: &Land) -> Vec<Spot> {
    let middle = |district: &str, towns: bool| {
        let spots = facts
            .old
            .iter()
            .filter(|unit| unit.district == district && (!towns || unit.kind != "xã"))
            .map(super::facts::OldCommune::spot);
        let (sum, count) = spots.fold((Spot::default(), 0.0), |(sum, count), at| (sum.moved(at.x, at.y), count + 1.0));
        (count > 0.0).then(|| Spot { x: sum.x / count, y: sum.y / count })
    };
    land.cells
        .iter()
        .map(|cell| {
            let district = &facts.old[cell.old].district;
            middle(district, true).or_else(|| middle(district, false)).unwrap_or(cell.seed)
        })
        .collect()
}

/// The visits to one village.
fn campaign(rows: &mut Vec<Row>, index: usize, village: &Village, share: f64) {
    if share <= 0.0 {
        return;
    }
    let mut dice = Dice::new("campaign", index as u64);
    let homes = village.homes as usize;
    let part = |share: f64| usize::try_from(text::rounded(share * f64::from(village.homes))).unwrap_or(0);
    let guided = part(share).clamp(1, homes);
    let visited = part(share / 0.83).clamp(guided, homes);
    let mut order: Vec<usize> = (0..homes).collect();
    dice.shuffle(&mut order);
    // A quarter was visited in the first half year and never again.
    let stale = dice.chance(0.25);
    let first = dice.between(0.0, if stale { 90.0 } else { 290.0 });
    let last = if stale { first + dice.between(10.0, 110.0) } else { dice.between(310.0, 400.0) };
    // Teams come on some evenings and week-ends, and do a lane or two.
    let days: Vec<i64> = (0..visited.div_ceil(18)).map(|_| text::rounded(dice.between(first, last))).collect();
    for (sequence, home) in order.into_iter().take(visited).enumerate() {
        let day = days.get(sequence / 18).copied().unwrap_or(0);
        let second = text::rounded(dice.between(28_800.0, 74_000.0));
        let mut push = |day: i64, again: usize, result: &'static str, guided: i64| {
            let sequence = 2 * sequence + again;
            rows.push(Row { day, second, village: index, sequence, home, result, guided, supervision: false });
        };
        let people = 1 + i64::try_from(dice.below(4)).unwrap_or(0);
        if sequence < guided {
            if dice.chance(0.13) {
                push(day, 0, if dice.chance(0.7) { "not_home" } else { "later" }, 0);
                push((day + 3 + i64::try_from(dice.below(20)).unwrap_or(0)).min(LAST_DAY), 1, "guided", people);
            } else {
                push(day, 0, "guided", people);
            }
        } else {
            let (result, people) = match dice.unit() {
                luck if luck < 0.30 => ("partly", people.min(2)),
                luck if luck < 0.66 => ("not_home", 0),
                luck if luck < 0.79 => ("refused", 0),
                luck if luck < 0.89 => ("moved_or_empty", 0),
                luck if luck < 0.92 => ("not_residential", 0),
                luck if luck < 0.94 => ("inaccessible", 0),
                _ => ("later", 0),
            };
            push(day, 0, result, people);
        }
    }
}

/// Re-visits by supervisors: in a tenth of the communes, to one home in sixteen some days after its last visit. Nine in
/// ten of those that say anything say the same.
fn checks(villages: &[Village], rows: &[Row]) -> Vec<Row> {
    let mut checks = Vec::new();
    let mut seen = HashSet::new();
    for row in rows.iter().rev().filter(|row| seen.insert((row.village, row.home))) {
        let mut dice = Dice::new("check", (row.village as u64) << 16 | row.home as u64);
        let supervised = Dice::new("supervised", villages[row.village].commune as u64).chance(0.1);
        let day = row.day + 4 + i64::try_from(dice.below(18)).unwrap_or(0);
        if !supervised || !dice.chance(1.0 / 16.0) || day > LAST_DAY {
            continue;
        }
        let same = dice.chance(0.9);
        let result = match dice.unit() {
            luck if luck < 0.1 => "not_home",
            _ if (row.result == "guided") == same => "guided",
            luck if luck < 0.3 => "partly",
            _ => "later",
        };
        let second = text::rounded(dice.between(28_800.0, 61_000.0));
        checks.push(Row { day, second, result, guided: 0, supervision: true, ..*row });
    }
    checks.sort_by_key(|row| (row.day, row.second, row.village, row.sequence));
    checks
}

fn write(facts: &Facts, land: &Land, villages: &[Village], heard: &[[f64; 4]], rows: &[Row]) -> Vec<u8> {
    let mut out = Vec::with_capacity(rows.len() * 200);
    out.extend_from_slice(
        b"id,time,village_code,village,commune_code,commune,lon,lat,accuracy_m,household,result,guided",
    );
    for operator in OPERATORS {
        out.extend_from_slice(b",signal_");
        out.extend_from_slice(operator.as_bytes());
    }
    out.extend_from_slice(b",topic,n_vneid2_new,n_dvc_new,n_epay_new,supervision\n");
    for (number, row) in rows.iter().enumerate() {
        let village = &villages[row.village];
        let commune = &facts.new[village.commune];
        let mut dice = Dice::new("visit", number as u64);
        out.extend_from_slice(b"demo-");
        out.extend_from_slice(village.code.as_bytes());
        out.push(b'-');
        text::padded(&mut out, i64::try_from(row.sequence).unwrap_or(0), 4);
        out.extend_from_slice(if row.supervision { b"-k," } else { b"," });
        text::time(&mut out, FIRST_DAY.saturating_add(row.day.min(LAST_DAY).days()), row.second);
        out.push(b',');
        // Teams differ: most give the code, some only the name, a few only where they stood.
        let habit = Dice::new("habit", row.village as u64).unit();
        if habit > 0.11 {
            out.extend_from_slice(village.code.as_bytes());
        }
        out.push(b',');
        if habit > 0.01 {
            out.extend_from_slice(village.name.as_bytes());
        }
        out.push(b',');
        out.extend_from_slice(commune.code.as_bytes());
        out.push(b',');
        out.extend_from_slice(villages::full_name(&commune.kind, &commune.name).as_bytes());
        out.push(b',');
        let home = home(land, village, row.village, row.home);
        text::lon_lat(&mut out, home.moved(3.0 * dice.normal(), 3.0 * dice.normal()).micro(), b',');
        out.push(b',');
        text::whole(&mut out, text::rounded(dice.between(3.0, 24.0)));
        out.extend_from_slice(",ngõ ".as_bytes());
        text::whole(&mut out, i64::try_from(row.home / 14 + 1).unwrap_or(0));
        out.push(b'/');
        text::whole(&mut out, i64::try_from(row.home % 14 + 1).unwrap_or(0));
        out.push(b',');
        out.extend_from_slice(row.result.as_bytes());
        out.push(b',');
        text::whole(&mut out, row.guided);
        let asked = dice.chance(0.65);
        let deaf = is_deaf_inside(row.village, row.home);
        for level in heard[row.village] {
            out.push(b',');
            // The cuts of the product's classes for LTE, dBm: what a team would call no signal, and poor.
            let level = level + 4.0 * dice.normal();
            let seen: &[u8] = if deaf || level < -120.0 {
                b"none"
            } else if level < -110.0 {
                b"weak"
            } else {
                b"ok"
            };
            out.extend_from_slice(if asked { seen } else { b"" });
        }
        taught(&mut out, number, row);
        out.extend_from_slice(if row.supervision { b",yes\n" } else { b",\n" });
    }
    out
}

/// How often a team speaks of each, and what comes of it for one of those present.
const TOPICS: [(Topic, f64, f64); 8] = [
    (Topic::PublicServices, 0.55, 0.20),
    (Topic::Vneid, 0.60, 0.30),
    (Topic::Signature, 0.12, 0.0),
    (Topic::Payment, 0.35, 0.15),
    (Topic::Commerce, 0.08, 0.0),
    (Topic::Safety, 0.45, 0.0),
    (Topic::Internet, 0.15, 0.0),
    (Topic::Health, 0.12, 0.0),
];

/// What was spoken of and what came of it; a sixth of the teams leaves this part of the form empty.
fn taught(out: &mut Vec<u8>, number: usize, row: &Row) {
    let mut dice = Dice::new("topics", number as u64);
    let mut topics = Topics::default();
    let mut yields = [None; 3];
    let met = matches!(row.result, "guided" | "partly") && !row.supervision;
    if met && Dice::new("writes", row.village as u64).chance(5.0 / 6.0) {
        for (topic, often, success) in TOPICS {
            if dice.chance(often) {
                topics.insert(topic);
                let yields = match topic {
                    Topic::Vneid => &mut yields[0],
                    Topic::PublicServices => &mut yields[1],
                    Topic::Payment => &mut yields[2],
                    _ => continue,
                };
                *yields = Some((0..row.guided).map(|_| i64::from(dice.chance(success))).sum());
            }
        }
    }
    out.push(b',');
    out.extend_from_slice(topics.codes().unwrap_or_default().as_bytes());
    for count in yields {
        out.push(b',');
        if let Some(count) = count {
            text::whole(out, count);
        }
    }
}

/// Whether no phone hears anything inside a home: in some villages most stand behind thick walls and under iron, and
/// whoever measures on the road does not know.
fn is_deaf_inside(village: usize, home: usize) -> bool {
    let built = Dice::new("walls", village as u64).unit() < 0.15;
    built && Dice::new("inside", (village as u64) << 16 | home as u64).unit() < 0.6
}

/// Where a home stands: the same on every visit, inside the village's commune.
fn home(land: &Land, village: &Village, index: usize, home: usize) -> Spot {
    let mut dice = Dice::new("home", (index as u64) << 16 | home as u64);
    let ring = &land.cells[village.cell].ring;
    let mut at = village.at.moved(95.0 * dice.normal(), 95.0 * dice.normal());
    for _ in 0..4 {
        if holds(ring, at.micro()) {
            break;
        }
        at = village.at.toward(at, 0.5);
    }
    at
}
