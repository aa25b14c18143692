//! What speed tests say around a village or a public place, in a commune or a dead area, for its card.
//!
//! It is asked for by itself and is no column of those layers: who publishes
//! the tests may bind what is made of them (Ookla's are not for commercial
//! use), and the lists and files of villages stay free of that.

use std::collections::BTreeSet;

use geo::{BoundingRect, Contains};
use geo_types::{MultiPolygon, Point};
use serde_json::{Value as Json, json};

use super::export::{ExportError, rows};
use super::layers;
use super::snapshot::{Snapshot, View};
use crate::engine::speeds::together;
use crate::model::feature::Shape;
use crate::model::measure::LonLat;
use crate::model::speed::{Quadkey, TileSpeed};

/// Tiles to each side of the one that holds a point: a square of some 1.7 km, about as far as a village reaches.
const REACH: i32 = 1;

/// The tests around or within one row of a layer; `None` for a key that the layer does not have. Without a test
/// the figures are absent.
///
/// # Errors
/// Names the layers that exist when this one does not.
pub fn of_row(snapshot: &Snapshot, view: &View, layer: &str, key: &str) -> Result<Option<Json>, ExportError> {
    let Some(row) = rows(snapshot, view, layer)?.iter().find(|row| row.key == key) else { return Ok(None) };
    let speeds = &view.signal().speeds;
    let near = match &row.shape {
        Shape::Point(at) => around(speeds, *at),
        Shape::Area(area) => within(speeds, area),
        Shape::Unlocated => Vec::new(),
    };
    let Some(found) = together(near.iter().copied(), &snapshot.facts.rules.speed) else {
        return Ok(Some(json!({ "tests": 0 })));
    };
    let published = near.iter().filter_map(|speed| layers::published(&snapshot.beyond().facts, speed));
    let named: BTreeSet<_> = published.map(|tile| (tile.source.as_str(), tile.licence.as_deref())).collect();
    Ok(Some(json!({
        "class": found.class.code(),
        "download_mbps": layers::mbps(found.download_kbps),
        "tiles": found.tiles,
        "tests": found.tests,
        "devices": found.devices,
        "last_quarter": found.last.to_string(),
        "attributions": listed(named),
    })))
}

/// Who must be named for the speed tests of the store, and under which licence.
#[must_use]
pub fn attributions(snapshot: &Snapshot) -> Vec<Json> {
    let speeds = &snapshot.beyond().facts.speeds;
    listed(speeds.iter().map(|tile| (tile.source.as_str(), tile.licence.as_deref())).collect())
}

fn listed(named: BTreeSet<(&str, Option<&str>)>) -> Vec<Json> {
    named.into_iter().map(|(source, licence)| json!({"source": source, "licence": licence})).collect()
}

/// `speeds` are in order of tiles.
fn around(speeds: &[TileSpeed], at: LonLat) -> Vec<&TileSpeed> {
    let Some(middle) = Quadkey::at(at) else { return Vec::new() };
    let steps = (-REACH..=REACH).flat_map(|south| (-REACH..=REACH).map(move |east| (east, south)));
    let tiles = steps.filter_map(|(east, south)| middle.moved(east, south));
    tiles.filter_map(|tile| speeds.binary_search_by_key(&tile, |speed| speed.tile).ok().map(|at| &speeds[at])).collect()
}

/// Tiles whose middle lies inside.
fn within<'a>(speeds: &'a [TileSpeed], area: &MultiPolygon<f64>) -> Vec<&'a TileSpeed> {
    let Some(bounds) = area.bounding_rect() else { return Vec::new() };
    let inside = |speed: &&TileSpeed| {
        speed.tile.middle().map(Point::from).is_some_and(|at| bounds.contains(&at) && area.contains(&at))
    };
    speeds.iter().filter(inside).collect()
}
