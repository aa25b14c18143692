//! What a surface is worth on ground that it has not seen.
//!
//! Folds come from outside, so that two programs can be judged on one split.
//! The mean, the nearest place and inverse distances stand beside it: a method
//! that does not beat them has no place on a map.

use rayon::prelude::*;

use super::{Estimate, FEWEST_SPOTS, SILENCE_DBM, Spot, Surface, normal};
use crate::model::measure::LonLat;

/// A place, the fold that it is left out with, and what was measured there.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// What the surface may learn from when another fold is left out; `None` for a place of the
    /// split of which the file holds nothing that could be used.
    pub spot: Option<Spot>,
    pub at: LonLat,
    pub fold: u32,
    /// dBm.
    pub truth_dbm: f64,
}

/// The figures of a validation. Errors are predicted less measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Validation {
    pub places: usize,
    pub folds: usize,
    /// Below this power a place is weak, dBm.
    pub threshold_dbm: f64,
    pub weak_share: f64,
    pub rmse_db: f64,
    pub mae_db: f64,
    /// Mean error, and of the weak places alone.
    pub bias_db: f64,
    pub bias_weak_db: Option<f64>,
    /// Of the chance of being weak; `None` where all places are weak or none is.
    pub ranking: Option<Ranking>,
    pub brier: f64,
    /// Share of places within their interval of nine in ten.
    pub interval_90_coverage: f64,
    /// Mean width of that interval, dB.
    pub interval_90_width_db: f64,
    /// Predicted against observed share, by tenths of the predicted.
    pub reliability: Vec<Reliability>,
    pub baselines: Baselines,
    /// Folds in which distance from the masts helped.
    pub folds_with_trend: usize,
}

/// The same places by methods that know less: their RMSE, dB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Baselines {
    pub mean_rmse_db: f64,
    pub nearest_rmse_db: f64,
    /// The twelve nearest, by their squared inverse distance, as in the yardsticks of the field.
    pub inverse_distance_rmse_db: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranking {
    /// The chance that a weak place is ranked before one that is not.
    pub auc: f64,
    pub average_precision: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reliability {
    pub from: f64,
    pub to: f64,
    pub places: usize,
    pub predicted: f64,
    pub observed: f64,
}

/// Fits without each fold in turn and predicts it, knowing the masts where there are any. `None` when what is left of some fold is no
/// surface: too few places, or all alike.
#[must_use]
pub fn validate(cases: &[Case], masts: &[LonLat], threshold_dbm: f64) -> Option<Validation> {
    let mut folds: Vec<u32> = cases.iter().map(|case| case.fold).collect();
    folds.sort_unstable();
    folds.dedup();
    if folds.len() < 2 {
        return None;
    }
    let by_fold: Option<Vec<(Vec<Predicted>, bool)>> =
        folds.par_iter().map(|fold| predict(cases, masts, *fold)).collect();
    let by_fold = by_fold?;
    let folds_with_trend = by_fold.iter().filter(|(_, has_trend)| *has_trend).count();
    let mut predicted: Vec<Predicted> = by_fold.into_iter().flat_map(|(predicted, _)| predicted).collect();
    predicted.sort_by_key(|predicted| predicted.case);
    Some(Validation { folds_with_trend, ..figures(cases, &predicted, folds.len(), threshold_dbm) })
}

struct Predicted {
    case: usize,
    estimate: Estimate,
    mean_dbm: f64,
    nearest_dbm: f64,
    inverse_distance_dbm: f64,
}

fn predict(cases: &[Case], masts: &[LonLat], fold: u32) -> Option<(Vec<Predicted>, bool)> {
    let known: Vec<Spot> = cases.iter().filter(|case| case.fold != fold).filter_map(|case| case.spot).collect();
    if known.len() < FEWEST_SPOTS {
        return None;
    }
    let surface = Surface::fit_with(&known, masts)?;
    let held_out = cases.iter().enumerate().filter(|(_, case)| case.fold == fold);
    let value = |spot: &Spot| spot.median_dbm.unwrap_or(SILENCE_DBM);
    let mean_dbm = known.iter().map(value).sum::<f64>() / known.len() as f64;
    let predicted = held_out.map(|(number, case)| {
        let mut by_distance: Vec<(f64, f64)> =
            known.iter().map(|spot| (spot.at.distance_m(case.at), value(spot))).collect();
        by_distance.sort_by(|one, other| one.0.total_cmp(&other.0));
        Predicted {
            case: number,
            estimate: surface.anywhere(case.at),
            mean_dbm,
            nearest_dbm: by_distance[0].1,
            inverse_distance_dbm: inverse_distance(by_distance),
        }
    });
    Some((predicted.collect(), surface.per_decade_db().is_some()))
}

/// Of metres and dBm, the nearest first.
fn inverse_distance(mut by_distance: Vec<(f64, f64)>) -> f64 {
    by_distance.truncate(12);
    let weight = |metres: f64| metres.max(1.0).powi(-2);
    let weights: f64 = by_distance.iter().map(|(metres, _)| weight(*metres)).sum();
    let weighted: f64 = by_distance.iter().map(|(metres, dbm)| weight(*metres) * dbm).sum();
    weighted / weights
}

fn figures(cases: &[Case], predicted: &[Predicted], folds: usize, threshold_dbm: f64) -> Validation {
    let count = predicted.len() as f64;
    let truth = |one: &Predicted| cases[one.case].truth_dbm;
    let mean = |of: &dyn Fn(&Predicted) -> f64| predicted.iter().map(of).sum::<f64>() / count;
    let error = |one: &Predicted| one.estimate.mean_dbm - truth(one);
    let is_weak = |one: &Predicted| truth(one) < threshold_dbm;
    let chance = |one: &Predicted| one.estimate.below(threshold_dbm);
    let weak: Vec<f64> = predicted.iter().filter(|one| is_weak(one)).map(error).collect();
    let rmse = |of: &dyn Fn(&Predicted) -> f64| mean(&|one| of(one).powi(2)).sqrt();
    let inside = |one: &Predicted| f64::from(error(one).abs() <= normal::NINE_IN_TEN * one.estimate.sd_db);
    let ranked: Vec<(f64, bool)> = predicted.iter().map(|one| (chance(one), is_weak(one))).collect();
    Validation {
        places: predicted.len(),
        folds,
        threshold_dbm,
        weak_share: weak.len() as f64 / count,
        rmse_db: rmse(&error),
        mae_db: mean(&|one| error(one).abs()),
        bias_db: mean(&error),
        bias_weak_db: (!weak.is_empty()).then(|| weak.iter().sum::<f64>() / weak.len() as f64),
        ranking: ranking(&ranked),
        brier: mean(&|one| (chance(one) - f64::from(is_weak(one))).powi(2)),
        interval_90_coverage: mean(&inside),
        interval_90_width_db: mean(&|one| 2.0 * normal::NINE_IN_TEN * one.estimate.sd_db),
        reliability: reliability(&ranked),
        baselines: Baselines {
            mean_rmse_db: rmse(&|one| one.mean_dbm - truth(one)),
            nearest_rmse_db: rmse(&|one| one.nearest_dbm - truth(one)),
            inverse_distance_rmse_db: rmse(&|one| one.inverse_distance_dbm - truth(one)),
        },
        folds_with_trend: 0,
    }
}

/// Ties count half in the one, and together in the other.
fn ranking(chances: &[(f64, bool)]) -> Option<Ranking> {
    let weak = chances.iter().filter(|(_, weak)| *weak).count();
    let others = chances.len() - weak;
    if weak == 0 || others == 0 {
        return None;
    }
    let mut sorted = chances.to_vec();
    sorted.sort_by(|one, other| other.0.total_cmp(&one.0));
    let (mut found, mut passed, mut before, mut precision) = (0.0, 0.0, 0.0, 0.0);
    for tied in sorted.chunk_by(|one, other| one.0 == other.0) {
        let hits = tied.iter().filter(|(_, weak)| *weak).count() as f64;
        let misses = tied.len() as f64 - hits;
        before += misses * (found + hits / 2.0);
        found += hits;
        passed += misses;
        precision += hits * found / (found + passed);
    }
    Some(Ranking { auc: before / (weak as f64 * others as f64), average_precision: precision / weak as f64 })
}

fn reliability(chances: &[(f64, bool)]) -> Vec<Reliability> {
    let tenth = |tenth: u32| {
        let (from, to) = (f64::from(tenth) / 10.0, f64::from(tenth + 1) / 10.0);
        let here: Vec<_> =
            chances.iter().filter(|(chance, _)| *chance >= from && (*chance < to || tenth == 9)).collect();
        let places = here.len();
        let share = |sum: f64| sum / places as f64;
        (places > 0).then(|| Reliability {
            from,
            to,
            places,
            predicted: share(here.iter().map(|(chance, _)| chance).sum()),
            observed: share(here.iter().filter(|(_, weak)| *weak).count() as f64),
        })
    };
    (0..10).filter_map(tenth).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranking_is_that_of_the_textbook() {
        let found = ranking(&[(0.9, true), (0.8, false), (0.7, true), (0.1, false)]).unwrap();
        assert_eq!((found.auc, found.average_precision), (0.75, (1.0 + 2.0 / 3.0) / 2.0));
        let tied = ranking(&[(0.5, true), (0.5, false), (0.5, false)]).unwrap();
        assert_eq!((tied.auc, tied.average_precision), (0.5, 1.0 / 3.0));
        assert_eq!(ranking(&[(0.5, true)]), None);
    }

    #[test]
    fn tenths_hold_every_place_once() {
        let found = reliability(&[(0.0, false), (0.05, true), (0.95, true), (1.0, true)]);
        let told: Vec<_> = found.iter().map(|tenth| (tenth.places, tenth.observed)).collect();
        assert_eq!(told, [(2, 0.5), (2, 1.0)]);
    }
}
