//! Kriging from the nearest places.
//!
//! *Simple*: the mean is the one of all places, weighted by how much each says.
//! Two hundred neighbours: with 24 the error in blocks left out is 0.1 to 0.2 dB
//! larger. *Ordinary*, as in the textbook: the mean is that of the two dozen
//! neighbours, which knows a weak quarter of a town when it is in one, and drifts
//! where the measurements end.

use super::cholesky::{Cholesky, LANES, dot};
use super::covariance::Covariance;
use super::likelihood::Mean;
use super::measured::{Measured, Shared};
use super::{Estimate, Observed};

/// Whose mean it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kriging {
    Simple,
    Ordinary,
}

impl Kriging {
    pub(super) fn neighbours(self) -> usize {
        match self {
            Self::Simple => 200,
            Self::Ordinary => 24,
        }
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
        let turn = covariance.to_ranges();
        Self { kriging, covariance, mean, turned: measured.observed().iter().map(|spot| turn(spot.place)).collect() }
    }

    pub(super) fn covariance(&self) -> &Covariance {
        &self.covariance
    }

    /// Of a median measured at a place, by [`Measured::near`] of it.
    pub(super) fn estimate(&self, measured: &Measured, near: &[usize], place: [f64; 2]) -> Estimate {
        self.neighbourhood(measured, self.nearest(near))
            .estimate(place, self.covariance.noise(measured.typical_readings()))
    }

    /// Of an observation, from others near it.
    pub(super) fn left_out(&self, measured: &Measured, near: &[usize], spot: &Observed) -> Estimate {
        self.neighbourhood(measured, self.nearest(near)).estimate(spot.place, self.covariance.noise_of(spot))
    }

    fn nearest<'a>(&self, near: &'a [usize]) -> &'a [usize] {
        &near[..near.len().min(self.kriging.neighbours())]
    }

    /// Of medians measured at places that have the same neighbours: what one place would need alone is worked
    /// out once.
    pub(super) fn estimates(&self, measured: &Measured, near: &Shared, places: &[[f64; 2]]) -> Vec<Estimate> {
        let neighbourhood = self.neighbourhood(measured, near.of(self.kriging));
        let noise = self.covariance.noise(measured.typical_readings());
        let mut room = Vec::new();
        places.chunks(LANES).flat_map(|some| neighbourhood.estimates(some, noise, &mut room)).collect()
    }

    fn neighbourhood<'a>(&'a self, measured: &Measured, near: &'a [usize]) -> Neighbourhood<'a> {
        let observed = measured.observed();
        let entry =
            |row: usize, column: usize| self.covariance.entry(observed, &self.turned, (near[row], near[column]));
        let mut factor = Cholesky::default();
        let factor = factor.factorise(near.len(), entry).then_some(factor);
        let mut residuals: Vec<f64> = near.iter().map(|at| observed[*at].dbm - self.mean.dbm).collect();
        let mut ones = vec![1.0; near.len()];
        if let Some(factor) = &factor {
            factor.forward(&mut residuals);
            factor.forward(&mut ones);
        }
        let mut mean = self.mean;
        let weight = dot(&ones, &ones);
        if self.kriging == Kriging::Ordinary && factor.is_some() && weight > 0.0 {
            let above = dot(&ones, &residuals) / weight;
            mean = Mean { dbm: mean.dbm + above, variance: weight.recip() };
            residuals.iter_mut().zip(&ones).for_each(|(residual, one)| *residual -= above * one);
        }
        Neighbourhood { field: self, near, factor, mean, residuals, ones }
    }
}

/// Neighbours, and what they say of any place among them.
struct Neighbourhood<'a> {
    field: &'a Field,
    near: &'a [usize],
    /// `None` where rounding left no positive definite matrix: then only the mean is known.
    factor: Option<Cholesky>,
    mean: Mean,
    /// L⁻¹ of what the neighbours lie above the mean, and of ones.
    residuals: Vec<f64>,
    ones: Vec<f64>,
}

impl Neighbourhood<'_> {
    fn estimate(&self, place: [f64; 2], noise: f64) -> Estimate {
        let Field { covariance, turned, .. } = self.field;
        let here = covariance.to_ranges()(place);
        let mut shared: Vec<f64> = self.near.iter().map(|at| covariance.between(here, turned[*at])).collect();
        if let Some(factor) = &self.factor {
            factor.forward(&mut shared);
        }
        self.told([&self.ones, &self.residuals, &shared].map(|of| dot(&shared, of)), noise)
    }

    /// Of at most [`LANES`] places; `room` may hold anything.
    fn estimates(&self, places: &[[f64; 2]], noise: f64, room: &mut Vec<[f64; LANES]>) -> Vec<Estimate> {
        let Field { covariance, turned, .. } = self.field;
        let turn = covariance.to_ranges();
        let mut here = [[f64::MAX; 2]; LANES];
        here.iter_mut().zip(places).for_each(|(here, place)| *here = turn(*place));
        room.clear();
        room.extend(self.near.iter().map(|at| here.map(|here| covariance.between(here, turned[*at]))));
        if let Some(factor) = &self.factor {
            factor.forward_many(room);
        }
        let mut sums = [[0.0; LANES]; 3];
        for ((shared, one), residual) in room.iter().zip(&self.ones).zip(&self.residuals) {
            for lane in 0..LANES {
                sums[0][lane] += shared[lane] * one;
                sums[1][lane] += shared[lane] * residual;
                sums[2][lane] += shared[lane] * shared[lane];
            }
        }
        (0..places.len()).map(|lane| self.told(sums.map(|sum| sum[lane]), noise)).collect()
    }

    /// From L⁻¹ of what a place shares with its neighbours, times that of ones, of residuals, and of itself.
    fn told(&self, [ones, residuals, shared]: [f64; 3], noise: f64) -> Estimate {
        let (Field { covariance, .. }, mean) = (self.field, self.mean);
        if self.factor.is_none() {
            let variance = covariance.sill + noise + mean.variance;
            return Estimate { mean_dbm: mean.dbm, sd_db: variance.sqrt() };
        }
        let of_mean = (1.0 - ones).powi(2) * mean.variance;
        let variance = (covariance.sill - shared).max(0.0) + noise + of_mean;
        Estimate { mean_dbm: mean.dbm + residuals, sd_db: variance.sqrt() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::covariance::Form;
    use super::*;

    /// The system of the textbook, whose weights add up to one, by elimination: mean, and variance of a measurement.
    fn textbook(field: &Field, near: &[Observed], place: [f64; 2]) -> (f64, f64) {
        let covariance = &field.covariance;
        let turn = covariance.to_ranges();
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
                error_variance: f64::from(at % 3),
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
        let spot = Observed { place: [0.0; 2], dbm: -90.0, readings: 5.0, error_variance: 0.0 };
        let measured = Measured::new(vec![spot; 12]);
        let covariance = Covariance { nugget: 4.0, reading: 0.0, sill: 60.0, range_m: 200.0, form: Form::Exponential };
        let field = Field::new(Kriging::Ordinary, &measured, covariance, Mean { dbm: -95.0, variance: 1.0 });
        let told = field.estimate(&measured, &[], [0.0; 2]);
        assert_eq!((told.mean_dbm, told.sd_db), (-95.0, (60.0_f64 + 4.0 + 1.0).sqrt()));
    }
}
