//! The signal between the measurements: mean, spread and the chance of being weak.
//!
//! Kriging on medians of places, by three who see different things: by one mean
//! and one covariance as the crow flies; by the same along the two directions of
//! a street grid, where a signal runs down the street and is gone around the
//! corner; and by the mean of the neighbours, as the textbook has it. The likelihood
//! says how much the streets count. How wide the intervals must be is settled by leaving out whole
//! blocks of ground, since a neighbour ten metres away flatters every method.
//! Beyond the reach of the measurements there is no answer.

use h3o::{CellIndex, Resolution};
use rayon::prelude::*;

use super::locate::cell_at;
use crate::engine::plane::Plane;
use crate::model::measure::LonLat;
use crate::model::sample::Reading;

mod blocks;
mod cholesky;
mod correlation;
mod covariance;
mod expected;
mod kriging;
mod likelihood;
pub mod normal;
mod range;
mod simplex;
mod student;
mod trend;
pub mod validate;
mod variogram;

pub use blocks::{Folds, folds};
pub use expected::{Expected, LEVELS, Levels, best, expected};
use kriging::{Field, Kriging, Measured};
pub use range::{Range, range};
use trend::Trend;

/// Fewer places say nothing of how alike neighbours are.
pub const FEWEST_SPOTS: usize = 10;

/// What silence is worth in dBm: below −120, where the classes of Viet Nam put "no signal", and above the
/// −140 at which Android's LTE scale ends.
pub const SILENCE_DBM: f64 = -124.0;
/// How little is known of a silent place, dB: its true power lies between −120 and −130 or so.
const SILENCE_SD_DB: f64 = 3.0;
/// The part of the neighbours' own mean in an estimate. Of a fifth to a half, chosen on blocks left out of the
/// drives in Santa Monica, Manassas and Kaiserslautern: on wide blocks it ranks weak places better (average
/// precision 0.61 to 0.64 and 0.79 to 0.82), beside near measurements it costs up to 0.08 dB.
const LOCAL: f64 = 0.4;
/// Side of the squares of places that [`Surface::map`] works out together: wide enough to share the work,
/// narrow enough that the neighbours of the middle are those of the corner.
const BLOCK_M: f64 = 700.0;
/// Places beyond which a part of them, evenly through all, tells the covariance and the width as well: a
/// province has tens of thousands.
const MANY: usize = 4_000;
const OF_MANY: usize = 400;

/// Of so many places every how manyth is taken, at most `most` in all.
fn step(places: usize, most: usize) -> usize {
    places.div_ceil(if places > MANY { OF_MANY } else { most }).max(1)
}

/// A place with its median.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    pub at: LonLat,
    /// Median in dBm; `None` where the median is silence.
    pub median_dbm: Option<f64>,
    /// Readings behind the median.
    pub readings: u32,
}

/// What is expected at a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// dBm.
    pub mean_dbm: f64,
    /// Of a median measured there, dB: 1.645 of it to each side hold nine in ten, as of the standard deviation of a
    /// normal distribution. In the middle they lie closer: see `student`.
    pub sd_db: f64,
}

impl Estimate {
    /// The chance that a median measured there lies below a power, 0 to 1.
    #[must_use]
    pub fn below(&self, dbm: f64) -> f64 {
        student::distribution((dbm - self.mean_dbm) / self.sd_db)
    }
}

/// A fitted surface.
pub struct Surface {
    plane: Plane,
    /// Taken off before, and put back at the end.
    trend: Option<Trend>,
    measured: Measured,
    fields: Fields,
    /// Factor on every standard deviation, by which 90 % intervals cover 90 % of left-out blocks.
    widened: f64,
}

impl Surface {
    /// Fits the covariance, chooses its form and widens its intervals, all on the given spots.
    ///
    /// `None` with fewer than [`FEWEST_SPOTS`] spots or when all medians are one.
    #[must_use]
    pub fn fit(spots: &[Spot]) -> Option<Self> {
        Self::fit_with(spots, &[])
    }

    /// The same where it is known where the masts of the network stand: see `trend`.
    #[must_use]
    pub fn fit_with(spots: &[Spot], masts: &[LonLat]) -> Option<Self> {
        let plane = Plane::around(spots.iter().map(|spot| spot.at))?;
        let mut observed: Vec<Observed> = spots.iter().map(|spot| Observed::new(spot, &plane)).collect();
        if observed.len() < FEWEST_SPOTS || !observed.iter().any(|spot| spot.dbm != observed[0].dbm) {
            return None;
        }
        let folds = folds(&spots.iter().map(|spot| spot.at).collect::<Vec<_>>());
        let trend = Trend::fit(&observed, masts, &plane, &folds);
        if let Some(trend) = &trend {
            observed.iter_mut().for_each(|spot| spot.dbm -= trend.level(spot.place));
        }
        let measured = Measured::new(observed);
        let [around, along] = likelihood::fit(&measured)?;
        let streets = part_of_streets(around.cost - along.cost, measured.observed().len());
        let mean = around.mean;
        let [around, along] =
            [around, along].map(|fitted| Field::new(Kriging::Simple, &measured, fitted.covariance, fitted.mean));
        let local =
            variogram::fit(&measured).map(|covariance| Field::new(Kriging::Ordinary, &measured, covariance, mean));
        let fields = Fields { around, along, local, streets };
        let widened = blocks::widened(
            |at, others| {
                let spot = measured.spot(at);
                let near = measured.near(spot.place, others);
                (fields.each(|field| field.left_out(&measured, &near, spot)), spot.dbm)
            },
            &folds,
        );
        Some(Self { plane, trend, measured, fields, widened })
    }

    /// Within [`Surface::reach_m`] of a measured place; `None` beyond.
    #[must_use]
    pub fn at(&self, at: LonLat) -> Option<Estimate> {
        let place = self.plane.metres(at);
        self.measured.nearest_m(place).filter(|nearest| *nearest <= self.reach_m()).map(|_| self.estimate(place))
    }

    /// However far away, for judging the method: far from all spots this is their mean.
    #[must_use]
    pub fn anywhere(&self, at: LonLat) -> Estimate {
        self.estimate(self.plane.metres(at))
    }

    /// How far from a measured place the surface says anything, metres: as far as the correlation
    /// is above a third, within the 250 to 500 m that were found on real drives.
    #[must_use]
    pub fn reach_m(&self) -> f64 {
        self.fields.around.covariance().range_m.clamp(250.0, 500.0)
    }

    /// What a tenfold distance from the nearest mast costs, dB; `None` where the masts do not help.
    #[must_use]
    pub fn per_decade_db(&self) -> Option<f64> {
        self.trend.as_ref().map(|trend| trend.slope_db)
    }

    /// The part that streets have in an estimate, 0 to 1, and the bearing of one of their two
    /// directions, degrees clockwise from north, 0 to 90.
    #[must_use]
    pub fn streets(&self) -> (f64, f64) {
        let angle = self.fields.along.covariance().angle();
        (self.fields.streets, (90.0 - angle.to_degrees()).rem_euclid(90.0))
    }

    /// [`Surface::at`] for many places, each block of them from one neighbourhood: a map of a province
    /// in seconds, within a fraction of a dB of what each place would be told alone.
    #[must_use]
    pub fn map(&self, places: &[LonLat]) -> Vec<Option<Estimate>> {
        let reach_m = self.reach_m();
        let near = |place| self.measured.nearest_m(place).is_some_and(|nearest| nearest <= reach_m);
        self.mapped(places, near)
    }

    /// The same however far away, as [`Surface::anywhere`].
    #[must_use]
    pub fn map_anywhere(&self, places: &[LonLat]) -> Vec<Option<Estimate>> {
        self.mapped(places, |_| true)
    }

    fn mapped(&self, places: &[LonLat], counts: impl Fn([f64; 2]) -> bool + Sync) -> Vec<Option<Estimate>> {
        let mut within: Vec<(usize, [f64; 2])> = places
            .par_iter()
            .map(|at| self.plane.metres(*at))
            .enumerate()
            .filter(|(_, place)| counts(*place))
            .collect();
        let block = |[east, north]: [f64; 2]| [(east / BLOCK_M).floor() as i64, (north / BLOCK_M).floor() as i64];
        within.par_sort_by_key(|(number, place)| (block(*place), *number));
        let blocks: Vec<_> = within.chunk_by(|one, other| block(one.1) == block(other.1)).collect();
        let told: Vec<Vec<(usize, Estimate)>> = blocks.into_par_iter().map(|block| self.block(block)).collect();
        let mut map = vec![None; places.len()];
        for (number, estimate) in told.into_iter().flatten() {
            map[number] = Some(estimate);
        }
        map
    }

    fn block(&self, block: &[(usize, [f64; 2])]) -> Vec<(usize, Estimate)> {
        let places: Vec<[f64; 2]> = block.iter().map(|(_, place)| *place).collect();
        let near = self.measured.near_all(&places);
        let told = self.fields.each_of(|field| field.estimates(&self.measured, &near, &places));
        block.iter().zip(told).map(|((number, place), estimate)| (*number, self.told(*place, estimate))).collect()
    }

    fn estimate(&self, place: [f64; 2]) -> Estimate {
        let near = self.measured.near(place, |_| true);
        self.told(place, self.fields.each(|field| field.estimate(&self.measured, &near, place)))
    }

    fn told(&self, place: [f64; 2], estimate: Estimate) -> Estimate {
        let level = self.trend.as_ref().map_or(0.0, |trend| trend.level(place));
        Estimate { mean_dbm: estimate.mean_dbm + level, sd_db: estimate.sd_db * self.widened }
    }
}

struct Fields {
    /// By distance alone.
    around: Field,
    /// Along the streets.
    along: Field,
    /// By the mean of the neighbours; `None` where no two places lie near each other.
    local: Option<Field>,
    /// The part that the streets have beside `around`, 0 to 1.
    streets: f64,
}

impl Fields {
    /// What each says of a place, as one.
    fn each(&self, of: impl Fn(&Field) -> Estimate) -> Estimate {
        let simple = mixed(of(&self.around), of(&self.along), self.streets);
        self.local.as_ref().map_or(simple, |local| mixed(simple, of(local), LOCAL))
    }

    /// The same of many places.
    fn each_of(&self, of: impl Fn(&Field) -> Vec<Estimate>) -> Vec<Estimate> {
        let pairs = of(&self.around).into_iter().zip(of(&self.along));
        let simple: Vec<Estimate> = pairs.map(|(around, along)| mixed(around, along, self.streets)).collect();
        let Some(local) = &self.local else { return simple };
        simple.into_iter().zip(of(local)).map(|(simple, local)| mixed(simple, local, LOCAL)).collect()
    }
}

/// From how much more likely the data are with streets, in logarithms, beyond what the best of twelve directions
/// and one more number gain where there are none (Bonferroni 1936, Schwarz 1978). Half where nothing speaks for
/// them: a mixture then errs less than either (on the campus of Kaiserslautern by 0.2 dB). The likelihood of
/// neighbours overlaps, so only half of the gain counts.
fn part_of_streets(gain: f64, places: usize) -> f64 {
    let by_chance = f64::from(likelihood::DIRECTIONS).ln() + 0.5 * (places as f64).ln();
    (1.0 / (1.0 + ((by_chance - gain) / 2.0).exp())).max(0.5)
}

/// Two estimates as one, of which the other has a part, 0 to 1: the mean of both by weight, and the spread of both with
/// what lies between them.
fn mixed(one: Estimate, other: Estimate, part: f64) -> Estimate {
    let rest = 1.0 - part;
    let apart = one.mean_dbm - other.mean_dbm;
    let variance = rest * one.sd_db.powi(2) + part * other.sd_db.powi(2) + rest * part * apart * apart;
    Estimate { mean_dbm: rest * one.mean_dbm + part * other.mean_dbm, sd_db: variance.sqrt() }
}

/// A spot as the mathematics sees it.
#[derive(Clone, Copy, Debug)]
struct Observed {
    /// Metres east and north.
    place: [f64; 2],
    dbm: f64,
    readings: f64,
    /// Further variance of the value, dB².
    doubt: f64,
}

impl Observed {
    fn new(spot: &Spot, plane: &Plane) -> Self {
        Self {
            place: plane.metres(spot.at),
            dbm: spot.median_dbm.unwrap_or(SILENCE_DBM),
            readings: f64::from(spot.readings.max(1)),
            doubt: if spot.median_dbm.is_none() { SILENCE_SD_DB * SILENCE_SD_DB } else { 0.0 },
        }
    }
}

/// Medians by H3 cell, silence below every reading; in the order of the cells, each with its mean place.
#[must_use]
pub fn spots(readings: &[Reading], resolution: Resolution) -> Vec<(CellIndex, Spot)> {
    let mut by_cell: Vec<_> =
        readings.iter().filter_map(|reading| Some((cell_at(reading.at, resolution)?, reading))).collect();
    by_cell.sort_by_key(|(cell, _)| *cell);
    by_cell.chunk_by(|one, other| one.0 == other.0).filter_map(|here| Some((here[0].0, spot(here)?))).collect()
}

fn spot(here: &[(CellIndex, &Reading)]) -> Option<Spot> {
    let count = here.len() as f64;
    let sum = |of: fn(LonLat) -> f64| here.iter().map(|(_, reading)| of(reading.at)).sum::<f64>() / count;
    let at = LonLat::new(sum(LonLat::lon), sum(LonLat::lat)).ok()?;
    let mut values: Vec<f64> = here
        .iter()
        .map(|(_, reading)| reading.power.map_or(f64::NEG_INFINITY, |power| f64::from(power.get())))
        .collect();
    values.sort_by(f64::total_cmp);
    let (low, high) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
    let median_dbm = Some(low.midpoint(high)).filter(|median| median.is_finite());
    Some(Spot { at, median_dbm, readings: u32::try_from(here.len()).unwrap_or(u32::MAX) })
}

#[cfg(test)]
mod tests;
