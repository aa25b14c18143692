//! Communes as the map draws them: one coverage per zoom, on the grid of its tiles.
//!
//! Slivers narrower than any official boundary has are closed first, so that
//! the map has no gap that nobody lives in; then corners go that no screen
//! shows, for all neighbours at once; then what stays is rounded to the grid
//! without a line crossing another. The tile loop only cuts.

use std::ops::RangeInclusive;

use geo::MapCoords;
use geo_types::MultiPolygon;
use rayon::prelude::*;

use crate::engine::boundaries::outline::SLIVER_WIDTH_M;
use crate::engine::boundaries::{repair, rounding, topology};
use crate::model::admin::UnitCode;
use crate::tiles;

/// The first zoom at which communes are drawn.
const FIRST: u8 = 4;
/// The last zoom with a generalisation of its own; beyond it every surveyed corner is drawn.
const LAST: u8 = 15;
/// The zoom whose grid is the finest that the tiles know.
const FINEST: u8 = 20;

/// Half a pixel of a 512-pixel tile, in tile units.
const HALF_PIXEL: f64 = 4.0;

/// The zooms of each coverage, in order.
pub fn levels() -> impl Iterator<Item = RangeInclusive<u8>> {
    (FIRST..=LAST).map(|zoom| if zoom == FIRST { 0..=zoom } else { zoom..=zoom }).chain([LAST + 1..=22])
}

/// The units for each of [`levels`], in the order given; WGS 84 degrees in and out.
///
/// A unit that the grid swallows whole is given as it was: its tile marks it with one unit of the grid.
#[must_use]
pub fn coverage(units: &[(UnitCode, &MultiPolygon<f64>)]) -> Vec<Vec<MultiPolygon<f64>>> {
    let fitted: Vec<_> = repair::repair(units, SLIVER_WIDTH_M).units;
    let fitted: Vec<_> = fitted.iter().map(|(_, area)| area.map_coords(tiles::to_square)).collect();
    let fitted: Vec<_> = fitted.iter().collect();
    let zooms: Vec<_> = levels().collect();
    zooms.into_par_iter().map(|zooms| at_zoom(&fitted, *zooms.end())).collect()
}

fn at_zoom(fitted: &[&MultiPolygon<f64>], zoom: u8) -> Vec<MultiPolygon<f64>> {
    let rounded = if zoom <= LAST {
        let unit = tiles::unit(zoom);
        let simple = topology::simplify(fitted, HALF_PIXEL * unit);
        rounding::round(&simple.iter().collect::<Vec<_>>(), unit)
    } else {
        rounding::round(fitted, tiles::unit(FINEST))
    };
    let drawn = |(rounded, fitted): (MultiPolygon<f64>, &&MultiPolygon<f64>)| {
        let shape = if rounded.0.is_empty() { fitted } else { &rounded };
        shape.map_coords(tiles::from_square)
    };
    rounded.into_iter().zip(fitted).map(drawn).collect()
}
