//! Medians of places from readings.

use h3o::{CellIndex, Resolution};

use super::Spot;
use crate::engine::signal::locate::cell_at;
use crate::model::measure::LonLat;
use crate::model::sample::Reading;

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
