//! Dead areas of the demo province, whose radio is known, at three densities of sampling: how many of the
//! households without signal are found, and how many of those found are without.
//!
//! `cargo bench --bench dead_areas` prints a table for `docs/benchmarks.md`. A household is without signal on
//! an operator's 4G when the level of the made radio, as its median over the r9 cell of its village, lies
//! below the "poor" cut. Beside the program: the cell mean of the readings, as apps average them, and the twelve
//! nearest cells by inverse distance; both leave silence out and know no doubt.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench is a test without the name: it stops on bad data and speaks on the terminal"
)]

use std::collections::{BTreeMap, BTreeSet};

use h3o::{CellIndex, LatLng, Resolution};
use jiff::Timestamp;
use phusong::engine::signal::surface::{self, Expected};
use phusong::engine::signal::{cells, passes, runs};
use phusong::flow::demo::{self, Scale, Truth};
use phusong::ingest::{self, samples, villages};
use phusong::model::import::ImportKind;
use phusong::model::measure::LonLat;
use phusong::model::operator::{Operator, Technology};
use phusong::model::rules::SignalRules;
use phusong::model::sample::Sample;

/// Readings of all four phones together.
const DENSITIES: [u32; 3] = [200_000, 600_000, 2_000_000];
const NEIGHBOURS: usize = 12;

/// A village whose households count: where it stands, and which operators do not serve it.
struct Village {
    cell: CellIndex,
    households: f64,
    without: BTreeSet<Operator>,
}

fn main() {
    let rules = SignalRules::default();
    println!("| readings | r9 cells | method | recall | precision | households found |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for samples in DENSITIES {
        let (villages, samples) = province(samples, &rules);
        let mut found: BTreeMap<&str, Score> = BTreeMap::new();
        let mut measured = 0;
        let operators: BTreeSet<Operator> =
            villages.iter().flat_map(|village| village.without.iter().copied()).collect();
        for operator in operators {
            let ours: Vec<Sample> = samples
                .iter()
                .filter(|sample| sample.operator == operator && sample.technology == Technology::Lte)
                .copied()
                .collect();
            let runs = runs(&ours);
            let verdicts = cells(&runs, Some(operator), Some(Technology::Lte), &rules, Resolution::Nine);
            measured += verdicts.len();
            let mut say = |method, dead: &dyn Fn(CellIndex) -> bool| {
                let score = found.entry(method).or_default();
                villages.iter().for_each(|village| score.add(village, operator, dead(village.cell)));
            };
            let of = |keep: &dyn Fn(&phusong::model::verdict::CellVerdict) -> bool| -> BTreeSet<CellIndex> {
                verdicts.iter().filter(|verdict| keep(verdict)).map(|verdict| verdict.cell).collect()
            };
            let dead = of(&|verdict| verdict.verdict.is_dead());
            let confirmed = of(&|verdict| verdict.verdict.is_dead() && verdict.confirmed);
            say("1 weak or silent, three runs on two days", &|cell| dead.contains(&cell));
            say("2 confirmed", &|cell| confirmed.contains(&cell));
            let [_, expected, _] = surface::expected(&passes(&runs), &[], &rules);
            let likely = |chance: f64| -> BTreeSet<CellIndex> {
                expected
                    .iter()
                    .filter(|cell| f64::from(cell.weak) > chance)
                    .map(|Expected { cell, .. }| *cell)
                    .collect()
            };
            let likely = likely(0.5);
            say("3 surface, chance above one half", &|cell| likely.contains(&cell));
            let means = means(&ours);
            let poor = f64::from(rules.lte.poor);
            say("4 mean of readings in the cell", &|cell| means.get(&cell).is_some_and(|mean| *mean < poor));
            let near = Near::new(&means);
            say("5 inverse distance of cell means", &|cell| near.at(cell) < poor);
        }
        for (method, score) in found {
            println!(
                "| {} | {} | {} | {:.3} | {:.3} | {:.0} of {:.0} |",
                samples.len(),
                measured,
                &method[2..],
                score.hit / score.without,
                score.hit / score.said,
                score.hit,
                score.without,
            );
        }
    }
}

/// Households, summed over operators.
#[derive(Default)]
struct Score {
    hit: f64,
    said: f64,
    without: f64,
}

impl Score {
    fn add(&mut self, village: &Village, operator: Operator, said: bool) {
        let without = village.without.contains(&operator);
        self.without += if without { village.households } else { 0.0 };
        self.said += if said { village.households } else { 0.0 };
        self.hit += if without && said { village.households } else { 0.0 };
    }
}

fn province(samples: u32, rules: &SignalRules) -> (Vec<Village>, Vec<Sample>) {
    let folder = tempfile::tempdir().expect("a folder");
    let scale = Scale { samples, visits: 1_000 };
    let files = demo::write(folder.path(), &scale, &mut |_| ()).expect("the demo's files");
    let options = ingest::Options::at("2027-01-01T00:00:00Z".parse::<Timestamp>().expect("an instant"));
    let truth = Truth::new().expect("the demo's radio");
    let (mut found, mut readings) = (Vec::new(), Vec::new());
    for file in files.files {
        match file.kind {
            ImportKind::Samples => {
                samples::read(&file.path, &options, &mut |batch| {
                    readings.extend(batch.rows.drain(..).map(|row| row.value));
                    Ok(())
                })
                .expect("samples");
            }
            ImportKind::Villages => {
                let rows = villages::read(&file.path, &options).expect("villages").batch.rows;
                found.extend(rows.into_iter().filter_map(|row| {
                    let at = row.value.point?;
                    let cell = LatLng::new(at.lat(), at.lon()).ok()?.to_cell(Resolution::Nine);
                    let households = f64::from(row.value.households?);
                    Some(Village { cell, households, without: without(cell, &truth, rules) })
                }));
            }
            _ => {}
        }
    }
    (found, readings)
}

/// Operators whose median level over a cell lies below the "poor" cut.
fn without(cell: CellIndex, truth: &Truth, rules: &SignalRules) -> BTreeSet<Operator> {
    let mut levels: BTreeMap<Operator, Vec<f64>> = BTreeMap::new();
    for part in cell.children(Resolution::Eleven) {
        let middle = LatLng::from(part);
        let Ok(at) = LonLat::new(middle.lng(), middle.lat()) else { continue };
        for (operator, dbm) in truth.lte_dbm(at) {
            levels.entry(operator).or_default().push(dbm);
        }
    }
    let median = |mut levels: Vec<f64>| {
        levels.sort_by(f64::total_cmp);
        levels[levels.len() / 2]
    };
    let weak = levels.into_iter().filter(|(_, levels)| median(levels.clone()) < f64::from(rules.lte.poor));
    weak.map(|(operator, _)| operator).collect()
}

/// Of the readings that are numbers, by r9 cell.
fn means(samples: &[Sample]) -> BTreeMap<CellIndex, f64> {
    let mut sums: BTreeMap<CellIndex, (f64, f64)> = BTreeMap::new();
    for sample in samples {
        let (Some(dbm), Ok(at)) = (sample.rsrp, LatLng::new(sample.position.lat(), sample.position.lon())) else {
            continue;
        };
        let sum = sums.entry(at.to_cell(Resolution::Nine)).or_default();
        *sum = (sum.0 + f64::from(dbm.get()), sum.1 + 1.0);
    }
    sums.into_iter().map(|(cell, (sum, count))| (cell, sum / count)).collect()
}

/// Cell means around a place.
struct Near(rstar::RTree<rstar::primitives::GeomWithData<[f64; 2], f64>>);

impl Near {
    fn new(means: &BTreeMap<CellIndex, f64>) -> Self {
        let point = |(cell, mean): (&CellIndex, &f64)| rstar::primitives::GeomWithData::new(place(*cell), *mean);
        Self(rstar::RTree::bulk_load(means.iter().map(point).collect()))
    }

    fn at(&self, cell: CellIndex) -> f64 {
        let near = self.0.nearest_neighbor_iter_with_distance_2(place(cell)).take(NEIGHBOURS);
        let (sum, weights) = near.fold((0.0, 0.0), |(sum, weights), (point, squared)| {
            let weight = 1.0 / squared.max(1.0);
            (sum + weight * point.data, weights + weight)
        });
        sum / weights
    }
}

/// Metres east and north, good enough among neighbours.
fn place(cell: CellIndex) -> [f64; 2] {
    let at = LatLng::from(cell);
    [at.lng() * 104_400.0, at.lat() * 110_700.0]
}
