//! Kriging from the nearest places.
//!
//! *Simple*: the mean is the one of all places, weighted by how much each says.
//! Two hundred neighbours: with 24 the error in blocks left out is 0.1 to 0.2 dB
//! larger. *Ordinary*, as in the textbook: the mean is that of the two dozen
//! neighbours, which knows a weak quarter of a town when it is in one, and drifts
//! where the measurements end.

use rstar::RTree;
use rstar::primitives::GeomWithData;

use super::cholesky::{Cholesky, LANES, dot};
use super::covariance::Covariance;
use super::likelihood::Mean;
use super::{Estimate, Observed};

/// Whose mean it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kriging {
    Simple,
    Ordinary,
}

impl Kriging {
    fn neighbours(self) -> usize {
        match self {
            Self::Simple => 200,
            Self::Ordinary => 24,
        }
    }
}

/// Neighbours of each of nine points in a block of places, together 40 to 100; and the nearest of them, together
/// 15 to 35, by which the mean is local.
const SHARED_NEIGHBOURS: usize = 12;
const SHARED_OF_ORDINARY: usize = 6;

/// The neighbours that places close together have in common.
pub(super) struct Shared {
    simple: Vec<usize>,
    ordinary: Vec<usize>,
}

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

    pub(super) fn observed(&self) -> &[Observed] {
        &self.observed
    }

    /// Those within a distance in metres, each with its own.
    pub(super) fn within(&self, place: [f64; 2], metres: f64) -> impl Iterator<Item = (&Observed, f64)> {
        self.tree.locate_within_distance(place, metres * metres).map(move |point| {
            let there = point.geom();
            (&self.observed[point.data as usize], (there[0] - place[0]).hypot(there[1] - place[1]))
        })
    }

    /// The neighbours of a place, of those that count, the nearest first: enough for every [`Kriging`].
    pub(super) fn near(&self, place: [f64; 2], counts: impl Fn(usize) -> bool) -> Vec<usize> {
        self.nearest(place, Kriging::Simple.neighbours(), counts).collect()
    }

    /// The neighbours of places that lie close together: those nearest to nine points of the box around them.
    pub(super) fn near_all(&self, places: &[[f64; 2]]) -> Shared {
        let side = |axis: usize| {
            let along = || places.iter().map(|place| place[axis]);
            let (low, high) = (along().fold(f64::INFINITY, f64::min), along().fold(f64::NEG_INFINITY, f64::max));
            [low, low.midpoint(high), high]
        };
        let (east, north) = (side(0), side(1));
        let points = east.iter().flat_map(|east| north.iter().map(|north| [*east, *north]));
        let mut shared = Shared { simple: Vec::new(), ordinary: Vec::new() };
        for point in points {
            for (rank, at) in self.nearest(point, SHARED_NEIGHBOURS, |_| true).enumerate() {
                shared.simple.push(at);
                if rank < SHARED_OF_ORDINARY {
                    shared.ordinary.push(at);
                }
            }
        }
        for near in [&mut shared.simple, &mut shared.ordinary] {
            near.sort_unstable();
            near.dedup();
        }
        shared
    }

    pub(super) fn nearest(
        &self,
        place: [f64; 2],
        count: usize,
        counts: impl Fn(usize) -> bool,
    ) -> impl Iterator<Item = usize> {
        let by_distance = self.tree.nearest_neighbor_iter(place).map(|point| point.data as usize);
        by_distance.filter(move |at| counts(*at)).take(count)
    }
}

/// One covariance over what was measured.
pub(super) struct Field {
    kriging: Kriging,
    covariance: Covariance,
    /// Of all places; of [`Kriging::Ordinary`] where there are no neighbours to tell another.
    mean: Mean,
    turned: Vec<[f64; 2]>,
}

impl Field {
    pub(super) fn new(kriging: Kriging, measured: &Measured, covariance: Covariance, mean: Mean) -> Self {
        let turn = covariance.turn();
        Self { kriging, covariance, mean, turned: measured.observed.iter().map(|spot| turn(spot.place)).collect() }
    }

    pub(super) fn covariance(&self) -> &Covariance {
        &self.covariance
    }

    /// Of a median measured at a place, by [`Measured::near`] of it.
    pub(super) fn estimate(&self, measured: &Measured, near: &[usize], place: [f64; 2]) -> Estimate {
        self.around(measured, self.nearest(near)).estimate(place, self.covariance.noise(measured.typical_readings))
    }

    /// Of an observation, from others near it.
    pub(super) fn left_out(&self, measured: &Measured, near: &[usize], spot: &Observed) -> Estimate {
        self.around(measured, self.nearest(near)).estimate(spot.place, self.covariance.noise_of(spot))
    }

    fn nearest<'a>(&self, near: &'a [usize]) -> &'a [usize] {
        &near[..near.len().min(self.kriging.neighbours())]
    }

    /// Of medians measured at places that have the same neighbours: what one place would need alone is worked
    /// out once.
    pub(super) fn estimates(&self, measured: &Measured, near: &Shared, places: &[[f64; 2]]) -> Vec<Estimate> {
        let around = self.around(
            measured,
            match self.kriging {
                Kriging::Simple => &near.simple,
                Kriging::Ordinary => &near.ordinary,
            },
        );
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
        let mut mean = self.mean;
        let weight = dot(&ones, &ones);
        if self.kriging == Kriging::Ordinary && factor.is_some() && weight > 0.0 {
            let above = dot(&ones, &rests) / weight;
            mean = Mean { dbm: mean.dbm + above, variance: weight.recip() };
            rests.iter_mut().zip(&ones).for_each(|(rest, one)| *rest -= above * one);
        }
        Around { field: self, near, factor, mean, rests, ones }
    }
}

/// Neighbours, and what they say of any place among them.
struct Around<'a> {
    field: &'a Field,
    near: &'a [usize],
    /// `None` where rounding left no positive definite matrix: then only the mean is known.
    factor: Option<Cholesky>,
    mean: Mean,
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
        let (Field { covariance, .. }, mean) = (self.field, self.mean);
        if self.factor.is_none() {
            let variance = covariance.sill + noise + mean.variance;
            return Estimate { mean_dbm: mean.dbm, sd_db: variance.sqrt() };
        }
        let of_mean = (1.0 - ones).powi(2) * mean.variance;
        let variance = (covariance.sill - shared).max(0.0) + noise + of_mean;
        Estimate { mean_dbm: mean.dbm + rests, sd_db: variance.sqrt() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::covariance::Form;
    use super::*;

    /// The system of the textbook, whose weights add up to one, by elimination: mean, and variance of a measurement.
    fn textbook(field: &Field, near: &[Observed], place: [f64; 2]) -> (f64, f64) {
        let covariance = &field.covariance;
        let turn = covariance.turn();
        let size = near.len();
        let shared = |one: [f64; 2], other: [f64; 2]| covariance.between(turn(one), turn(other));
        let entry = |row: usize, column: usize| match (near.get(row), near.get(column)) {
            (Some(spot), Some(_)) if row == column => covariance.sill + covariance.noise_of(spot),
            (Some(one), Some(other)) => shared(one.place, other.place),
            (None, None) => 0.0,
            _ => 1.0,
        };
        let right: Vec<f64> =
            (0..=size).map(|row| near.get(row).map_or(1.0, |spot| shared(spot.place, place))).collect();
        let mut rows: Vec<Vec<f64>> =
            (0..=size).map(|row| (0..=size).map(|column| entry(row, column)).chain([right[row]]).collect()).collect();
        for pivot in 0..=size {
            let largest = |one: &usize, other: &usize| rows[*one][pivot].abs().total_cmp(&rows[*other][pivot].abs());
            let best = (pivot..=size).max_by(largest).unwrap();
            rows.swap(pivot, best);
            let above = rows[pivot].clone();
            for row in (0..=size).filter(|row| *row != pivot) {
                let factor = rows[row][pivot] / above[pivot];
                rows[row].iter_mut().zip(&above).for_each(|(here, above)| *here -= factor * above);
            }
        }
        let weights: Vec<f64> = (0..=size).map(|row| rows[row][size + 1] / rows[row][row]).collect();
        let mean = near.iter().zip(&weights).map(|(spot, weight)| weight * spot.dbm).sum();
        let explained: f64 = weights.iter().zip(&right).map(|(weight, right)| weight * right).sum();
        (mean, covariance.sill + covariance.nugget - explained)
    }

    #[test]
    fn ordinary_kriging_is_that_of_the_textbook() {
        let observed: Vec<Observed> = (0..60_u32)
            .map(|at| Observed {
                place: [f64::from(at * 7919 % 997), f64::from(at * 104_729 % 991)],
                dbm: -100.0 + f64::from(at * at % 23),
                readings: 5.0,
                doubt: f64::from(at % 3),
            })
            .collect();
        let covariance = Covariance { nugget: 6.0, reading: 0.0, sill: 70.0, range_m: 240.0, form: Form::Exponential };
        let measured = Measured::new(observed.clone());
        let elsewhere = Mean { dbm: -60.0, variance: 3.0 };
        let field = Field::new(Kriging::Ordinary, &measured, covariance, elsewhere);
        for place in [[400.0, 500.0], [10.0, 980.0], [3_000.0, 3_000.0]] {
            let near = measured.near(place, |_| true);
            let neighbours: Vec<Observed> = near.iter().take(24).map(|at| observed[*at]).collect();
            let (mean, variance) = textbook(&field, &neighbours, place);
            let told = field.estimate(&measured, &near, place);
            assert!((told.mean_dbm - mean).abs() < 1e-9, "{told:?} {mean}");
            assert!((told.sd_db.powi(2) - variance).abs() < 1e-9, "{told:?} {variance}");
        }
    }

    #[test]
    fn without_neighbours_the_mean_of_all_is_told() {
        let spot = Observed { place: [0.0; 2], dbm: -90.0, readings: 5.0, doubt: 0.0 };
        let measured = Measured::new(vec![spot; 12]);
        let covariance = Covariance { nugget: 4.0, reading: 0.0, sill: 60.0, range_m: 200.0, form: Form::Exponential };
        let field = Field::new(Kriging::Ordinary, &measured, covariance, Mean { dbm: -95.0, variance: 1.0 });
        let told = field.estimate(&measured, &[], [0.0; 2]);
        assert_eq!((told.mean_dbm, told.sd_db), (-95.0, (60.0_f64 + 4.0 + 1.0).sqrt()));
    }
}
