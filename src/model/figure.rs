//! A figure, or why there is none.
//!
//! Missing is not zero. A figure stays one of these four from the engine to
//! the popup, so that no step in between can turn silence into a number.

use serde::{Deserialize, Serialize};

/// As every output prints a number: 4.1999999 is 4.2 in the tile, the file and the database alike.
#[must_use]
pub fn round(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure<T> {
    Known(T),
    /// Nobody measured here. The engine makes none today: a village without
    /// measurements has no signal at all, which every output prints as
    /// `not_measured`; the word is kept for both.
    NotMeasured,
    /// Nobody reported it.
    NotReported,
    /// Between 1 and k − 1 households, or a neighbour that would give one away.
    Suppressed,
}

impl<T> Figure<T> {
    #[must_use]
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }

    /// The word that stands beside an absent number in every output.
    #[must_use]
    pub fn note(&self) -> Option<&'static str> {
        match self {
            Self::Known(_) => None,
            Self::NotMeasured => Some("not_measured"),
            Self::NotReported => Some("not_reported"),
            Self::Suppressed => Some("suppressed"),
        }
    }

    #[must_use]
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Figure<U> {
        match self {
            Self::Known(value) => Figure::Known(f(value)),
            Self::NotMeasured => Figure::NotMeasured,
            Self::NotReported => Figure::NotReported,
            Self::Suppressed => Figure::Suppressed,
        }
    }
}
