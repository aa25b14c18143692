//! Samples become runs: one pass of one device through one r10 cell.
//!
//! A phone logs once a second and neighbouring seconds say the same thing, so
//! a pass is one piece of evidence however many rows it has. Nothing here
//! judges; a sample that is neither a reading nor a silence is left out.

use std::cmp::Ordering;

use h3o::{CellIndex, LatLng, Resolution};
use jiff::SignedDuration;
use rayon::prelude::*;

use super::lower_median;
use crate::model::measure::{Dbm, LonLat};
use crate::model::sample::{Run, Sample};

/// A longer silence of the logger ends the pass. At 30 s two readings of one
/// drive still correlate at 0.47 (ICNP'21, Los Angeles), at 60 s hardly.
const GAP: SignedDuration = SignedDuration::from_secs(60);

/// 75 m edge, 0.015 km².
const PASS: Resolution = Resolution::Ten;

/// Runs of all samples, whatever their order; ordered by device, operator,
/// technology, cell and time.
///
/// A phone that stands on the border of two cells flickers between them. It
/// has one run in each, not one per flicker: a sample joins the run of its
/// cell when that run's last sample is at most 60 s old.
#[must_use]
pub fn runs(samples: &[Sample]) -> Vec<Run> {
    let mut order: Vec<(CellIndex, &Sample)> =
        samples.par_iter().filter_map(|sample| Some((cell_at(sample.position, PASS)?, sample))).collect();
    order.retain(|(_, sample)| sample.state.is_censored() || sample.rsrp.is_some());
    order.par_sort_unstable_by(|(cell_a, a), (cell_b, b)| {
        (a.device, a.operator, a.technology, cell_a, a.time)
            .cmp(&(b.device, b.operator, b.technology, cell_b, b.time))
            .then_with(|| tie(a, b))
    });
    let same_run = |(cell_a, a): &(CellIndex, &Sample), (cell_b, b): &(CellIndex, &Sample)| {
        (a.device, a.operator, a.technology, cell_a) == (b.device, b.operator, b.technology, cell_b)
            && b.time.duration_since(a.time) <= GAP
    };
    let mut scratch = Scratch::default();
    order.chunk_by(same_run).filter_map(|group| run(group, &mut scratch)).collect()
}

/// The cell of a position.
#[must_use]
pub fn cell_at(position: LonLat, resolution: Resolution) -> Option<CellIndex> {
    LatLng::new(position.lat(), position.lon()).ok().map(|at| at.to_cell(resolution))
}

/// Two rows of one second, told apart by what they say, so that the order of a file does not matter.
fn tie(a: &Sample, b: &Sample) -> Ordering {
    let power = |s: &Sample| s.rsrp.map_or(f32::NEG_INFINITY, Dbm::get);
    power(a).total_cmp(&power(b)).then_with(|| a.key().cmp(&b.key()))
}

#[derive(Default)]
struct Scratch {
    power_dbm: Vec<f32>,
    rsrq_db: Vec<f32>,
    sinr_db: Vec<f32>,
    download_kbps: Vec<u32>,
    cells: Vec<u64>,
    arfcns: Vec<u32>,
}

fn run(group: &[(CellIndex, &Sample)], scratch: &mut Scratch) -> Option<Run> {
    let (cell, first) = group.first()?;
    let (_, last) = group.last()?;
    let Scratch { power_dbm, rsrq_db, sinr_db, download_kbps, cells, arfcns } = scratch;
    power_dbm.clear();
    rsrq_db.clear();
    sinr_db.clear();
    download_kbps.clear();
    cells.clear();
    arfcns.clear();
    let mut worst: Option<Dbm> = None;
    let mut censored = 0_u32;
    for (_, sample) in group {
        match sample.rsrp.filter(|_| !sample.state.is_censored()) {
            Some(power) => {
                power_dbm.push(power.get());
                if worst.is_none_or(|worst| power < worst) {
                    worst = Some(power);
                }
            }
            None => {
                power_dbm.push(f32::NEG_INFINITY);
                censored += 1;
            }
        }
        rsrq_db.extend(sample.rsrq_db.filter(|v| v.is_finite()));
        sinr_db.extend(sample.sinr_db.filter(|v| v.is_finite()));
        download_kbps.extend(sample.download_kbps);
        cells.extend(sample.serving_cell);
        arfcns.extend(sample.arfcn);
    }
    Some(Run {
        operator: first.operator,
        technology: first.technology,
        device: first.device,
        cell: *cell,
        start: first.time,
        end: last.time,
        samples: u32::try_from(group.len()).unwrap_or(u32::MAX),
        censored,
        median: lower_median(power_dbm, f32::total_cmp).and_then(|v| Dbm::new(v).ok()),
        worst,
        rsrq_db: lower_median(rsrq_db, f32::total_cmp),
        sinr_db: lower_median(sinr_db, f32::total_cmp),
        download_kbps: lower_median(download_kbps, u32::cmp),
        serving_cell: most_frequent(cells),
        arfcn: most_frequent(arfcns),
    })
}

/// The smallest of those that occur most often.
fn most_frequent<T: Copy + Ord>(values: &mut [T]) -> Option<T> {
    values.sort_unstable();
    let mut best: Option<&[T]> = None;
    for same in values.chunk_by(T::eq) {
        if best.is_none_or(|best| same.len() > best.len()) {
            best = Some(same);
        }
    }
    best?.first().copied()
}

#[cfg(test)]
mod tests {
    use super::most_frequent;

    #[test]
    fn the_cell_that_served_most_stands_for_the_run_and_the_smaller_one_on_ties() {
        assert_eq!(most_frequent(&mut [7, 3, 7, 9, 3, 7]), Some(7));
        assert_eq!(most_frequent(&mut [9, 3, 9, 3, 5]), Some(3));
        assert_eq!(most_frequent::<u32>(&mut []), None);
    }
}
