//! What speed tests say of a map tile, and how far they can be trusted.
//!
//! A third of the tiles rest on one test, so a tile's own mean is lent
//! strength by the tiles around it, by the number of tests (empirical Bayes
//! with means of logarithms, since speeds spread by factors). The last four
//! quarters count; a tile that is no longer tested is old evidence, not lost
//! coverage. Nothing here touches a verdict on the signal of a network.

use std::collections::HashMap;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::model::rules::SpeedRules;
use crate::model::speed::{Quadkey, Quarter, SpeedAround, SpeedClass, SpeedTile, TileSpeed};

/// Quarters that count, the newest included: on Ookla's tiles four foretell better than the last alone.
const QUARTERS: i32 = 4;
/// Tiles to each side that lend strength: a square of five by five.
const REACH: i32 = 2;

/// Weighted mean of logarithms.
#[derive(Clone, Copy, Default)]
struct Mean {
    sum: f64,
    weight: f64,
}

impl Mean {
    /// What is slower than one unit counts as one: it has no logarithm.
    fn add(&mut self, value: f64, weight: f64) {
        self.sum += value.max(1.0).ln() * weight;
        self.weight += weight;
    }

    fn join(&mut self, other: Self) {
        self.sum += other.sum;
        self.weight += other.weight;
    }

    fn value(self) -> Option<f64> {
        (self.weight > 0.0).then(|| (self.sum / self.weight).exp())
    }
}

/// All tests of one tile.
#[derive(Clone, Copy)]
struct Pool {
    tests: u32,
    devices: u32,
    quarters: u32,
    last: Quarter,
    /// Download, upload, latency.
    means: [Mean; 3],
}

/// Judges every tile with a test in the four quarters that end with the newest one begun by `until`.
/// `tiles` hold each quarter of a tile once; the answer is in order of tiles.
#[must_use]
pub fn speeds(tiles: &[SpeedTile], until: Date, rules: &SpeedRules) -> Vec<TileSpeed> {
    let begun = || tiles.iter().filter(|tile| tile.quarter.first_day() <= until);
    let Some(newest) = begun().map(|tile| tile.quarter.number()).max() else { return Vec::new() };
    let mut pools: HashMap<Quadkey, Pool> = HashMap::new();
    for tile in begun().filter(|tile| newest - tile.quarter.number() < QUARTERS) {
        let (quarter, empty) = (tile.quarter, [Mean::default(); 3]);
        let pool = Pool { tests: 0, devices: 0, quarters: 0, last: quarter, means: empty };
        let pool = pools.entry(tile.tile).or_insert(pool);
        pool.tests = pool.tests.saturating_add(tile.tests);
        pool.devices = pool.devices.max(tile.devices);
        pool.quarters += 1;
        pool.last = pool.last.max(quarter);
        let values = [Some(tile.download_kbps), tile.upload_kbps, tile.latency_ms];
        for (mean, value) in pool.means.iter_mut().zip(values) {
            if let Some(value) = value {
                mean.add(f64::from(value), f64::from(tile.tests));
            }
        }
    }
    let mut judged: Vec<TileSpeed> =
        pools.par_iter().filter_map(|(tile, pool)| judge(*tile, pool, &pools, rules)).collect();
    judged.sort_unstable_by_key(|speed| speed.tile);
    judged
}

fn judge(tile: Quadkey, pool: &Pool, pools: &HashMap<Quadkey, Pool>, rules: &SpeedRules) -> Option<TileSpeed> {
    let mut around = [Mean::default(); 3];
    let steps = || (-REACH..=REACH).flat_map(|south| (-REACH..=REACH).map(move |east| (east, south)));
    let others = steps().filter(|step| *step != (0, 0));
    for other in others.filter_map(|(east, south)| pools.get(&tile.moved(east, south)?)) {
        around.iter_mut().zip(other.means).for_each(|(mean, more)| mean.join(more));
    }
    let lent = f64::from(rules.neighbour_tests);
    let [download, upload, latency] = std::array::from_fn(|of| shrunk(pool.means[of], around[of], lent));
    let download_kbps = download?;
    Some(TileSpeed {
        tile,
        class: class(download_kbps, pool.tests, pool.devices, rules),
        download_kbps,
        upload_kbps: upload,
        latency_ms: latency,
        own_download_kbps: pool.means[0].value()?,
        tests: pool.tests,
        devices: pool.devices,
        quarters: pool.quarters,
        last: pool.last,
    })
}

/// The tile's own tests, and its surroundings as so many more. What has no surroundings stands for itself;
/// what was never tested here is not made up from elsewhere.
fn shrunk(own: Mean, around: Mean, lent: f64) -> Option<f64> {
    own.value()?;
    let mut mean = own;
    if let Some(there) = around.value() {
        mean.add(there, lent);
    }
    mean.value()
}

fn class(download_kbps: f64, tests: u32, devices: u32, rules: &SpeedRules) -> SpeedClass {
    if tests < rules.min_tests || devices < rules.min_devices {
        SpeedClass::NotEnough
    } else if download_kbps < f64::from(rules.slow_from_kbps) {
        SpeedClass::VerySlow
    } else if download_kbps < f64::from(rules.fair_from_kbps) {
        SpeedClass::Slow
    } else if download_kbps < f64::from(rules.fast_from_kbps) {
        SpeedClass::Fair
    } else {
        SpeedClass::Fast
    }
}

/// What the tests of several judged tiles say together, each by its own tests; `None` of no tile.
#[must_use]
pub fn together<'a>(tiles: impl Iterator<Item = &'a TileSpeed>, rules: &SpeedRules) -> Option<SpeedAround> {
    let (mut mean, mut all) = (Mean::default(), None::<SpeedAround>);
    for tile in tiles {
        mean.add(tile.own_download_kbps, f64::from(tile.tests));
        let before = all.get_or_insert(SpeedAround {
            class: SpeedClass::NotEnough,
            download_kbps: 0.0,
            tiles: 0,
            tests: 0,
            devices: 0,
            last: tile.last,
        });
        before.tiles += 1;
        before.tests = before.tests.saturating_add(tile.tests);
        before.devices = before.devices.max(tile.devices);
        before.last = before.last.max(tile.last);
    }
    let (all, download_kbps) = (all?, mean.value()?);
    Some(SpeedAround { class: class(download_kbps, all.tests, all.devices, rules), download_kbps, ..all })
}

#[cfg(test)]
mod tests;
