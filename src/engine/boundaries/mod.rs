//! Boundaries: which unit holds a point.

use geo::{BoundingRect, Intersects};
use geo_types::{MultiPolygon, Point};

use crate::model::admin::UnitCode;
use crate::model::measure::LonLat;

/// Point lookup in one edition.
pub struct Lookup {
    units: Vec<(UnitCode, MultiPolygon<f64>)>,
}

impl Lookup {
    #[must_use]
    pub fn new<'a>(units: impl Iterator<Item = (UnitCode, &'a MultiPolygon<f64>)>) -> Self {
        Self { units: units.map(|(code, area)| (code, area.clone())).collect() }
    }

    #[must_use]
    pub fn locate(&self, at: LonLat) -> Option<UnitCode> {
        let point = Point::from(at);
        self.units
            .iter()
            .find(|(_, area)| area.bounding_rect().is_some_and(|b| b.intersects(&point)) && area.intersects(&point))
            .map(|(code, _)| *code)
    }
}
