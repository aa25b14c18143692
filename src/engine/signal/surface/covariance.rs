//! How alike two places are.
//!
//! exp(−(d/r)^1.1), between the exponential, whose surface is rough everywhere,
//! and the Gaussian, whose surface is smoother than any street. Along streets
//! the two directions of the grid count apart: the product of both is far from
//! a circle, a star along the axes. The exponential is that of the textbook.

use super::Observed;
use super::correlation::correlation;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Covariance {
    /// Variance of medians at one place that no number of readings takes away, dB².
    pub(super) nugget: f64,
    /// Variance of one reading, dB²: a median of n has a part in n of it.
    pub(super) reading: f64,
    /// Variance that places near each other share, dB².
    pub(super) sill: f64,
    /// Metres at which the correlation is 1/e.
    pub(super) range_m: f64,
    pub(super) form: Form,
}

/// How the correlation falls, by distance in ranges.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Form {
    /// exp(−d^1.1).
    Isotropic,
    /// The product of exp(−d^1.1) along two axes, of which one has this angle from east, counter-clockwise, radians.
    Streets(f64),
    /// exp(−d).
    Exponential,
}

impl Form {
    fn angle(self) -> f64 {
        if let Self::Streets(angle) = self { angle } else { 0.0 }
    }
}

impl Covariance {
    /// Of one axis of the street grid from east, counter-clockwise, radians.
    pub(super) fn angle(&self) -> f64 {
        self.form.angle()
    }

    /// Metres to the axes of the covariance, in ranges.
    pub(super) fn to_ranges(self) -> impl Fn([f64; 2]) -> [f64; 2] + use<> {
        let per_m = 1.0 / self.range_m;
        let (sine, cosine) = self.form.angle().sin_cos();
        move |[east, north]| [(east * cosine + north * sine) * per_m, (north * cosine - east * sine) * per_m]
    }

    /// Between two places in ranges, dB².
    pub(super) fn between(&self, a: [f64; 2], b: [f64; 2]) -> f64 {
        let (u, v) = (a[0] - b[0], a[1] - b[1]);
        let distance = || (u * u + v * v).sqrt();
        let alike = match self.form {
            Form::Isotropic => correlation(distance()),
            Form::Streets(_) => correlation(u.abs()) * correlation(v.abs()),
            Form::Exponential => (-distance()).exp(),
        };
        self.sill * alike
    }

    /// Variance that a median of so many readings has by itself, dB².
    pub(super) fn noise(&self, readings: f64) -> f64 {
        self.nugget + self.reading / readings
    }

    /// Variance that an observation has by itself, dB².
    pub(super) fn noise_of(&self, spot: &Observed) -> f64 {
        self.noise(spot.readings) + spot.error_variance
    }

    /// Between two of the observations, or the variance of one, dB².
    pub(super) fn entry(&self, observed: &[Observed], turned: &[[f64; 2]], (a, b): (usize, usize)) -> f64 {
        if a == b { self.sill + self.noise_of(&observed[a]) } else { self.between(turned[a], turned[b]) }
    }
}
