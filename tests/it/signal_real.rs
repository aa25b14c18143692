//! Verdicts held against runs that they have not seen, on a real drive of Santa Monica: every road of 3 km²,
//! one operator, sixteen days.

use std::collections::{BTreeMap, BTreeSet};

use h3o::{CellIndex, Resolution};
use jiff::civil::Date;
use phusong::engine::signal::{Pass, cells, passes, runs, wilson};
use phusong::ingest::{self, samples};
use phusong::model::rules::SignalRules;
use phusong::model::sample::{Run, Sample, ServiceState};

use crate::support::real_data;

/// Below this a place of the drive counts as weak, dBm: Ofcom's cut for 4G outdoors, under which a fifth of
/// its cells lie. Under the −110 dBm of the rules there are six.
const WEAK_DBM: f32 = -105.0;
/// What phones stop reporting at in the worst of apps, dBm.
const LOST_DBM: f32 = -112.0;

fn drive() -> Option<Vec<Sample>> {
    let file = real_data()?.join("signal/drive_santa_monica_att_1hz.csv.gz");
    let mut found = Vec::new();
    samples::read(&file, &ingest::Options::at("2026-01-01T00:00:00Z".parse().unwrap()), &mut |batch| {
        found.extend(batch.rows.drain(..).map(|row| row.value));
        Ok(())
    })
    .unwrap();
    assert!(found.len() > 43_000, "{}", found.len());
    Some(found)
}

fn rules() -> SignalRules {
    let mut rules = SignalRules::default();
    rules.lte.poor = WEAK_DBM;
    rules
}

/// r10 cells whose median run lies under the cut, silence below every reading.
fn weak(samples: &[Sample]) -> BTreeSet<CellIndex> {
    let judged = cells(&runs(samples), None, None, &rules(), Resolution::Ten);
    judged.iter().filter(|c| c.median.is_none_or(|dbm| dbm.get() < WEAK_DBM)).map(|c| c.cell).collect()
}

#[test]
fn weak_cells_are_found_although_their_weakest_readings_came_as_silence() {
    let Some(full) = drive() else { return };
    let truth = weak(&full);
    let lost = |sample: &Sample| sample.rsrp.is_some_and(|dbm| dbm.get() < LOST_DBM);
    let silenced: Vec<Sample> = full
        .iter()
        .map(
            |sample| {
                if lost(sample) { Sample { rsrp: None, state: ServiceState::NoService, ..*sample } } else { *sample }
            },
        )
        .collect();
    let found = |samples: &[Sample]| {
        let found = weak(samples).intersection(&truth).count();
        found as f64 / truth.len() as f64
    };
    assert!(truth.len() > 30, "{}", truth.len());
    assert!(found(&silenced) >= 0.95, "{}", found(&silenced));
    // What an app does that leaves silence out: a sixth of the weak cells look well.
    let dropped: Vec<Sample> = full.into_iter().filter(|sample| !lost(sample)).collect();
    assert!(found(&dropped) < 0.90, "{}", found(&dropped));
}

fn is_weak(run: &Run) -> bool {
    run.median.is_none_or(|dbm| dbm.get() < WEAK_DBM)
}

fn by_cell(runs: &[Run], resolution: Resolution) -> BTreeMap<CellIndex, Vec<Pass<'_>>> {
    let mut cells: BTreeMap<CellIndex, Vec<Pass<'_>>> = BTreeMap::new();
    for pass in passes(runs) {
        cells.entry(pass.run.cell.parent(resolution).unwrap()).or_default().push(pass);
    }
    cells.values_mut().for_each(|passes| passes.sort_by_key(|pass| pass.run.start));
    cells
}

/// Three runs of a cell, as far apart as they come, against all the others.
#[test]
fn the_interval_of_three_runs_holds_the_share_of_the_others() {
    let Some(drive) = drive() else { return };
    let runs = runs(&drive);
    let (mut held, mut asked) = (0_u32, 0_u32);
    for passes in by_cell(&runs, Resolution::Nine).values().filter(|passes| passes.len() >= 12) {
        let third = passes.len() / 3;
        for first in 0..third {
            let chosen = [first, first + third, first + 2 * third];
            let hits = chosen.iter().filter(|at| is_weak(passes[**at].run)).count();
            let (low, high) = wilson::interval(hits as u32, 3, rules().confirmed_z);
            let rest: Vec<bool> =
                (0..passes.len()).filter(|at| !chosen.contains(at)).map(|at| is_weak(passes[at].run)).collect();
            let share = rest.iter().filter(|weak| **weak).count() as f64 / rest.len() as f64;
            held += u32::from((low..=high).contains(&share));
            asked += 1;
        }
    }
    let coverage = f64::from(held) / f64::from(asked);
    println!("intervals of three runs: {coverage:.3} of {asked}");
    assert!((0.90..=0.97).contains(&coverage), "{held} of {asked}");
}

/// Days are dealt out in turn: what half of them confirm, the other half must find.
#[test]
fn nine_in_ten_confirmed_weak_cells_are_weak_on_other_days() {
    let Some(drive) = drive() else { return };
    let runs = runs(&drive);
    let days: Vec<Date> = passes(&runs).iter().map(|pass| pass.day).collect::<BTreeSet<_>>().into_iter().collect();
    let (mut right, mut said) = (0_u32, 0_u32);
    for half in 0..2 {
        let ours = |day: Date| days.binary_search(&day).unwrap() % 2 == half;
        let of = |mine: bool| -> Vec<Run> {
            passes(&runs).iter().filter(|pass| ours(pass.day) == mine).map(|pass| *pass.run).collect()
        };
        let (seen, held_out) = (of(true), of(false));
        for resolution in [Resolution::Nine, Resolution::Ten] {
            let held_out = by_cell(&held_out, resolution);
            for verdict in cells(&seen, None, None, &rules(), resolution) {
                let Some(others) = held_out.get(&verdict.cell).filter(|others| others.len() >= 3) else { continue };
                if verdict.verdict.is_dead() && verdict.confirmed {
                    said += 1;
                    right += u32::from(others.iter().filter(|pass| is_weak(pass.run)).count() * 2 >= others.len());
                }
            }
        }
    }
    println!("confirmed weak: {right} of {said} right");
    assert!(said >= 20 && f64::from(right) >= 0.9 * f64::from(said), "{right} of {said}");
}
