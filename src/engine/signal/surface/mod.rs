//! The signal between the measurements: mean, spread and the chance of being weak.
//!
//! A mixture of three kriging predictors on medians of places (`mixture`). How wide the intervals must be is settled by leaving out whole
//! blocks of ground, since a neighbour ten metres away flatters every method.
//! Beyond the reach of the measurements there is no answer.

use rayon::prelude::*;

use crate::engine::plane::Plane;
use crate::model::measure::LonLat;

mod blocks;
mod cholesky;
mod correlation;
mod covariance;
mod expected;
mod kriging;
mod likelihood;
mod measured;
mod mixture;
pub mod normal;
mod range;
mod simplex;
mod spots;
mod student;
mod trend;
pub mod validate;
mod variogram;

pub use blocks::{Folds, folds};
pub use expected::{Expected, LEVELS, Levels, best, expected};
use measured::Measured;
use mixture::Mixture;
pub use range::{Range, range};
pub use spots::spots;
use trend::Trend;

/// Fewer places say nothing of how alike neighbours are.
pub const FEWEST_SPOTS: usize = 10;

/// What silence is worth in dBm: below −120, where the classes of Viet Nam put "no signal", and above the
/// −140 at which Android's LTE scale ends.
pub const SILENCE_DBM: f64 = -124.0;
/// How little is known of a silent place, dB: its true power lies between −120 and −130 or so.
const SILENCE_SD_DB: f64 = 3.0;
/// Side of the squares of places that [`Surface::map`] works out together: wide enough to share the work,
/// narrow enough that the neighbours of the middle are those of the corner.
const BLOCK_M: f64 = 700.0;
/// Places beyond which only so many of them, evenly through all, tell the covariance and the width: a province has tens
/// of thousands, and its cost must not grow with them.
const MANY: usize = 4_000;
const OF_MANY: usize = 400;

/// Of so many places every how manyth is taken: up to [`MANY`] at most `most` in all, of more at most [`OF_MANY`].
fn step(places: usize, most: usize) -> usize {
    places.div_ceil(if places > MANY { OF_MANY } else { most }).max(1)
}

/// A place with its median.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    pub at: LonLat,
    /// Median in dBm; `None` where the median is silence.
    pub median_dbm: Option<f64>,
    /// Readings behind the median, or runs: what its variance falls with.
    pub readings: u32,
}

/// What is expected at a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// dBm.
    pub mean_dbm: f64,
    /// Of a median measured there, dB: a scale, of which 1.645 to each side hold nine in ten, as of the standard
    /// deviation of a normal distribution. That of the distribution by which chances are told is 1.09 of it: see
    /// `student`.
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
    mixture: Mixture,
    /// Factor on every standard deviation, by which 90 % intervals cover 90 % of left-out blocks.
    sd_calibration: f64,
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
        let mixture = Mixture::fit(&measured)?;
        let sd_calibration = blocks::sd_calibration(
            |at, others| {
                let spot = measured.spot(at);
                let near = measured.near(spot.place, others);
                (mixture.each(|field| field.left_out(&measured, &near, spot)), spot.dbm)
            },
            &folds,
        );
        Some(Self { plane, trend, measured, mixture, sd_calibration })
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
        self.mixture.range_m().clamp(250.0, 500.0)
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
        let (part, angle) = self.mixture.streets();
        (part, (90.0 - angle.to_degrees()).rem_euclid(90.0))
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
        let told = self.mixture.each_of(|field| field.estimates(&self.measured, &near, &places));
        block.iter().zip(told).map(|((number, place), estimate)| (*number, self.told(*place, estimate))).collect()
    }

    fn estimate(&self, place: [f64; 2]) -> Estimate {
        let near = self.measured.near(place, |_| true);
        self.told(place, self.mixture.each(|field| field.estimate(&self.measured, &near, place)))
    }

    fn told(&self, place: [f64; 2], estimate: Estimate) -> Estimate {
        let level = self.trend.as_ref().map_or(0.0, |trend| trend.level(place));
        Estimate { mean_dbm: estimate.mean_dbm + level, sd_db: estimate.sd_db * self.sd_calibration }
    }
}

/// A spot as the mathematics sees it.
#[derive(Clone, Copy, Debug)]
struct Observed {
    /// Metres east and north.
    place: [f64; 2],
    dbm: f64,
    readings: f64,
    /// Further variance of the value, dB².
    error_variance: f64,
}

impl Observed {
    fn new(spot: &Spot, plane: &Plane) -> Self {
        Self {
            place: plane.metres(spot.at),
            dbm: spot.median_dbm.unwrap_or(SILENCE_DBM),
            readings: f64::from(spot.readings.max(1)),
            error_variance: if spot.median_dbm.is_none() { SILENCE_SD_DB * SILENCE_SD_DB } else { 0.0 },
        }
    }
}

#[cfg(test)]
mod tests;
