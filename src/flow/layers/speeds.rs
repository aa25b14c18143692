//! Rows about speed tests: the squares of the map tiles, with who must be named for them.

use geo_types::{MultiPolygon, Rect};

use super::Context;
use super::attributes::Attributes;
use crate::engine::Facts;
use crate::model::feature::{Feature, Shape};
use crate::model::figure::round;
use crate::model::speed::{SpeedTile, TileSpeed};

impl Context<'_> {
    pub(super) fn speeds(&self) -> Vec<Feature> {
        self.answer.speeds.iter().map(|speed| self.speed(speed)).collect()
    }

    fn speed(&self, speed: &TileSpeed) -> Feature {
        let mut row = Attributes::default();
        row.text("tile", speed.tile.to_string());
        row.text("class", speed.class.code());
        row.number("download_mbps", mbps(speed.download_kbps));
        row.number("own_download_mbps", mbps(speed.own_download_kbps));
        if let Some(upload) = speed.upload_kbps {
            row.number("upload_mbps", mbps(upload));
        }
        if let Some(latency) = speed.latency_ms {
            row.number("latency_ms", round(latency, 0));
        }
        row.integer("tests", i64::from(speed.tests));
        row.integer("devices", i64::from(speed.devices));
        row.integer("quarters", i64::from(speed.quarters));
        row.text("last_quarter", speed.last.to_string());
        if let Some(published) = published(self.facts, speed) {
            row.text("source", published.source.clone());
            if let Some(licence) = &published.licence {
                row.text("licence", licence.clone());
            }
        }
        row.flag("synthetic", self.synthetic);
        let [west, south, east, north] = speed.tile.bounds();
        let square = Rect::new((west, south), (east, north)).to_polygon();
        Feature {
            id: speed.tile.number(),
            key: speed.tile.to_string(),
            shape: Shape::Area(MultiPolygon::from(square)),
            attributes: row.0,
        }
    }
}

/// The last quarter of a tile as it was published.
pub(in crate::flow) fn published<'a>(facts: &'a Facts, speed: &TileSpeed) -> Option<&'a SpeedTile> {
    let wanted = (speed.tile, speed.last);
    let at = facts.speeds.binary_search_by_key(&wanted, |tile| (tile.tile, tile.quarter)).ok()?;
    facts.speeds.get(at)
}

pub(in crate::flow) fn mbps(kbps: f64) -> f64 {
    round(kbps / 1_000.0, 2)
}
