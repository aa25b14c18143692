//! How far a mast serves, as the measurements themselves have it.
//!
//! The straight line over the logarithm of the distance that `trend` fits and
//! checks on ground that it has not seen. It knows no terrain: good enough for
//! a first hint, and no forecast of coverage.

use super::{FEWEST_SPOTS, Observed, Trend, expected, folds};
use crate::engine::plane::Plane;
use crate::engine::signal::Pass;
use crate::model::measure::LonLat;

/// Median power by distance from the nearest own mast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// What a tenfold distance costs, dB; below zero.
    pub per_decade_db: f64,
    pub at_one_km_dbm: f64,
    /// Of the medians of places about the line, dB.
    pub sd_db: f64,
}

impl Range {
    /// The distance at which a place lies `margin_sd` standard deviations above a power, metres.
    #[must_use]
    pub fn metres(&self, dbm: f64, margin_sd: f64) -> f64 {
        1_000.0 * 10_f64.powf((self.at_one_km_dbm - dbm - margin_sd * self.sd_db) / -self.per_decade_db)
    }
}

/// Of one network: its passes in cell order and its masts. `None` without masts, with fewer than
/// [`FEWEST_SPOTS`] places, or where distance says nothing of blocks of ground that were left out.
#[must_use]
pub fn range(passes: &[Pass<'_>], masts: &[LonLat]) -> Option<Range> {
    let spots = expected::spots_of_runs(passes);
    if spots.len() < FEWEST_SPOTS {
        return None;
    }
    let plane = Plane::around(spots.iter().map(|spot| spot.at))?;
    let observed: Vec<Observed> = spots.iter().map(|spot| Observed::new(spot, &plane)).collect();
    let folds = folds(&spots.iter().map(|spot| spot.at).collect::<Vec<_>>());
    let trend = Trend::fit(&observed, masts, &plane, &folds)?;
    Some(Range { per_decade_db: trend.slope_db, at_one_km_dbm: trend.at_one_km_dbm, sd_db: trend.sd_db })
}
