//! Simple kriging from the nearest places.
//!
//! The mean is the one of all places, weighted by how much each says; a local
//! one, re-estimated from every neighbourhood, drifts where the measurements
//! end. Two hundred neighbours: with the 24 of the textbook the error in blocks
//! left out is 0.1 to 0.2 dB larger.

use rstar::RTree;
use rstar::primitives::GeomWithData;

use super::cholesky::{Cholesky, LANES, dot};
use super::covariance::Covariance;
use super::likelihood::Mean;
use super::{Estimate, Observed};

const NEIGHBOURS: usize = 200;
/// The same of each of nine points in a block of places, together 40 to 100.
const SHARED_NEIGHBOURS: usize = 12;

/// What was measured, and where to find the nearest of it.
pub(super) struct Measured {
    observed: Vec<Observed>,
    tree: RTree<GeomWithData<[f64; 2], u32>>,
    /// Readings behind the median place.
    typical_readings: f64,
}

impl Measured {
    pub(super) fn new(observed: Vec<Observed>) -> Self {
        let points = observed.iter().enumerate().map(|(at, spot)| GeomWithData::new(spot.place, at as u32)).collect();
        let mut readings: Vec<f64> = observed.iter().map(|spot| spot.readings).collect();
        readings.sort_by(f64::total_cmp);
        let typical_readings = readings.get(readings.len() / 2).copied().unwrap_or(1.0);
        Self { observed, tree: RTree::bulk_load(points), typical_readings }
    }

    pub(super) fn spot(&self, at: usize) -> &Observed {
        &self.observed[at]
    }

    pub(super) fn nearest_m(&self, place: [f64; 2]) -> Option<f64> {
        let nearest = self.tree.nearest_neighbor(place)?.geom();
        Some((nearest[0] - place[0]).hypot(nearest[1] - place[1]))
    }

    /// The neighbours of a place, of those that count.
    pub(super) fn near(&self, place: [f64; 2], counts: impl Fn(usize) -> bool) -> Vec<usize> {
        self.nearest(place, NEIGHBOURS, counts).collect()
    }

    /// The neighbours of places that lie close together: those nearest to nine points of the box around them.
    pub(super) fn near_all(&self, places: &[[f64; 2]]) -> Vec<usize> {
        let side = |axis: usize| {
            let along = || places.iter().map(|place| place[axis]);
            let (low, high) = (along().fold(f64::INFINITY, f64::min), along().fold(f64::NEG_INFINITY, f64::max));
            [low, low.midpoint(high), high]
        };
        let (east, north) = (side(0), side(1));
        let points = east.iter().flat_map(|east| north.iter().map(|north| [*east, *north]));
        let mut near: Vec<usize> = points.flat_map(|point| self.nearest(point, SHARED_NEIGHBOURS, |_| true)).collect();
        near.sort_unstable();
        near.dedup();
        near
    }

    fn nearest(&self, place: [f64; 2], count: usize, counts: impl Fn(usize) -> bool) -> impl Iterator<Item = usize> {
        let by_distance = self.tree.nearest_neighbor_iter(place).map(|point| point.data as usize);
        by_distance.filter(move |at| counts(*at)).take(count)
    }
}

/// One covariance over what was measured.
pub(super) struct Field {
    covariance: Covariance,
    mean: Mean,
    turned: Vec<[f64; 2]>,
}

impl Field {
    pub(super) fn new(measured: &Measured, covariance: Covariance, mean: Mean) -> Self {
        let turn = covariance.turn();
        Self { covariance, mean, turned: measured.observed.iter().map(|spot| turn(spot.place)).collect() }
    }

    pub(super) fn covariance(&self) -> &Covariance {
        &self.covariance
    }

    /// Of a median measured at a place.
    pub(super) fn estimate(&self, measured: &Measured, near: &[usize], place: [f64; 2]) -> Estimate {
        self.around(measured, near).estimate(place, self.covariance.noise(measured.typical_readings))
    }

    /// Of an observation, from others.
    pub(super) fn left_out(&self, measured: &Measured, near: &[usize], spot: &Observed) -> Estimate {
        self.around(measured, near).estimate(spot.place, self.covariance.noise_of(spot))
    }

    /// Of medians measured at places that have the same neighbours: what one place would need alone is worked
    /// out once.
    pub(super) fn estimates(&self, measured: &Measured, near: &[usize], places: &[[f64; 2]]) -> Vec<Estimate> {
        let around = self.around(measured, near);
        let noise = self.covariance.noise(measured.typical_readings);
        let mut room = Vec::new();
        places.chunks(LANES).flat_map(|some| around.estimates(some, noise, &mut room)).collect()
    }

    fn around<'a>(&'a self, measured: &Measured, near: &'a [usize]) -> Around<'a> {
        let observed = &measured.observed;
        let entry =
            |row: usize, column: usize| self.covariance.entry(observed, &self.turned, (near[row], near[column]));
        let mut factor = Cholesky::default();
        let factor = factor.factorise(near.len(), entry).then_some(factor);
        let mut rests: Vec<f64> = near.iter().map(|at| observed[*at].dbm - self.mean.dbm).collect();
        let mut ones = vec![1.0; near.len()];
        if let Some(factor) = &factor {
            factor.forward(&mut rests);
            factor.forward(&mut ones);
        }
        Around { field: self, near, factor, rests, ones }
    }
}

/// Neighbours, and what they say of any place among them.
struct Around<'a> {
    field: &'a Field,
    near: &'a [usize],
    /// `None` where rounding left no positive definite matrix: then only the mean is known.
    factor: Option<Cholesky>,
    /// L⁻¹ of what the neighbours lie above the mean, and of ones.
    rests: Vec<f64>,
    ones: Vec<f64>,
}

impl Around<'_> {
    fn estimate(&self, place: [f64; 2], noise: f64) -> Estimate {
        let Field { covariance, turned, .. } = self.field;
        let here = covariance.turn()(place);
        let mut shared: Vec<f64> = self.near.iter().map(|at| covariance.between(here, turned[*at])).collect();
        if let Some(factor) = &self.factor {
            factor.forward(&mut shared);
        }
        self.told([&self.ones, &self.rests, &shared].map(|of| dot(&shared, of)), noise)
    }

    /// Of at most [`LANES`] places; `room` may hold anything.
    fn estimates(&self, places: &[[f64; 2]], noise: f64, room: &mut Vec<[f64; LANES]>) -> Vec<Estimate> {
        let Field { covariance, turned, .. } = self.field;
        let turn = covariance.turn();
        let mut here = [[f64::MAX; 2]; LANES];
        here.iter_mut().zip(places).for_each(|(here, place)| *here = turn(*place));
        room.clear();
        room.extend(self.near.iter().map(|at| here.map(|here| covariance.between(here, turned[*at]))));
        if let Some(factor) = &self.factor {
            factor.forward_many(room);
        }
        let mut sums = [[0.0; LANES]; 3];
        for ((shared, one), rest) in room.iter().zip(&self.ones).zip(&self.rests) {
            for lane in 0..LANES {
                sums[0][lane] += shared[lane] * one;
                sums[1][lane] += shared[lane] * rest;
                sums[2][lane] += shared[lane] * shared[lane];
            }
        }
        (0..places.len()).map(|lane| self.told(sums.map(|sum| sum[lane]), noise)).collect()
    }

    /// From L⁻¹ of what a place shares with its neighbours, times that of ones, of rests, and of itself.
    fn told(&self, [ones, rests, shared]: [f64; 3], noise: f64) -> Estimate {
        let Field { covariance, mean, .. } = self.field;
        if self.factor.is_none() {
            let variance = covariance.sill + noise + mean.variance;
            return Estimate { mean_dbm: mean.dbm, sd_db: variance.sqrt() };
        }
        let of_mean = (1.0 - ones).powi(2) * mean.variance;
        let variance = (covariance.sill - shared).max(0.0) + noise + of_mean;
        Estimate { mean_dbm: mean.dbm + rests, sd_db: variance.sqrt() }
    }
}
