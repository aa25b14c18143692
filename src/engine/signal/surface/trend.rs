//! Log-distance path loss: how a signal weakens with the distance from the nearest own mast.
//!
//! A straight line over the logarithm of the distance, fitted to medians; kriging
//! then works on what is left. The line counts only where it predicts blocks of
//! ground that it has not seen better than their mean does: a list of masts may be
//! of another year, or give the middle of what phones heard instead of the mast.

use rstar::RTree;

use super::{Folds, Observed};
use crate::engine::plane::Plane;
use crate::model::measure::LonLat;

/// Nearer to a mast the beam passes overhead, and nothing grows any more.
const NEAREST_M: f64 = 80.0;

pub(super) struct Trend {
    masts: RTree<[f64; 2]>,
    /// dB for each tenfold distance; below zero.
    pub(super) slope_db: f64,
    /// One kilometre from a mast, dBm.
    pub(super) at_one_km_dbm: f64,
    /// Of the medians about the line, dB.
    pub(super) sd_db: f64,
}

impl Trend {
    /// `None` without masts, or where distance says nothing.
    pub(super) fn fit(observed: &[Observed], masts: &[LonLat], plane: &Plane, folds: &Folds) -> Option<Self> {
        if masts.is_empty() {
            return None;
        }
        let mut trend = Self {
            masts: RTree::bulk_load(masts.iter().map(|mast| plane.metres(*mast)).collect()),
            slope_db: -1.0,
            at_one_km_dbm: 0.0,
            sd_db: 0.0,
        };
        let points: Vec<(f64, f64)> = observed.iter().map(|spot| (-trend.level(spot.place), spot.dbm)).collect();
        let all = points.iter().fold(Sums::default(), |sums, point| sums.with(*point, 1.0));
        let of_fold = |fold: u32| {
            let own = points.iter().zip(&folds.of).filter(|(_, of)| **of == fold).map(|(point, _)| *point);
            let others = own.clone().fold(all, |sums, point| sums.with(point, -1.0));
            own.map(|point| others.errors(point)).fold([0.0, 0.0], |sum, [line, mean]| [sum[0] + line, sum[1] + mean])
        };
        let last = folds.of.iter().max().copied().unwrap_or(0);
        let [line, mean] = (0..=last).map(of_fold).fold([0.0, 0.0], |sum, of| [sum[0] + of[0], sum[1] + of[1]]);
        trend.slope_db = all.slope()?;
        trend.at_one_km_dbm = (all.y - trend.slope_db * all.x) / all.count;
        trend.sd_db = (points.iter().map(|point| all.errors(*point)[0]).sum::<f64>() / all.count).sqrt();
        (trend.slope_db < 0.0 && line < mean).then_some(trend)
    }

    /// Above what it is at one kilometre, dB.
    pub(super) fn level(&self, place: [f64; 2]) -> f64 {
        let metres =
            self.masts.nearest_neighbor(place).map_or(f64::NAN, |mast| (mast[0] - place[0]).hypot(mast[1] - place[1]));
        self.slope_db * (metres.max(NEAREST_M) / 1_000.0).log10()
    }
}

/// Of a least-squares line.
#[derive(Clone, Copy, Default)]
struct Sums {
    count: f64,
    x: f64,
    y: f64,
    xx: f64,
    xy: f64,
}

impl Sums {
    fn with(self, (x, y): (f64, f64), sign: f64) -> Self {
        Self {
            count: self.count + sign,
            x: self.x + sign * x,
            y: self.y + sign * y,
            xx: self.xx + sign * x * x,
            xy: self.xy + sign * x * y,
        }
    }

    /// `None` where all distances are one.
    fn slope(&self) -> Option<f64> {
        let spread = self.xx - self.x * self.x / self.count;
        (spread > 1e-9 * self.count).then(|| (self.xy - self.x * self.y / self.count) / spread)
    }

    /// Squared errors at a point: of the line, and of the mean.
    fn errors(&self, (x, y): (f64, f64)) -> [f64; 2] {
        let (mean, at) = (self.y / self.count, self.x / self.count);
        let line = mean + self.slope().unwrap_or(0.0) * (x - at);
        [(y - line).powi(2), (y - mean).powi(2)]
    }
}
