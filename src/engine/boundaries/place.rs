//! Where a polygon is: a point to write its name at, and the box around many.
//!
//! A name belongs inside its unit, also where the unit is a crescent; a
//! centroid would not do. Polygons without a place give none.

use geo::{BoundingRect, Centroid, InteriorPoint};
use geo_types::MultiPolygon;

use super::area;
use crate::model::measure::LonLat;

/// A point inside, degrees. `None` for a polygon that is empty or has coordinates that are no position.
#[must_use]
pub fn label_point(polygon: &MultiPolygon<f64>) -> Option<LonLat> {
    area::check(polygon).ok()?;
    let point = polygon.interior_point().or_else(|| polygon.centroid())?;
    LonLat::new(point.x(), point.y()).ok()
}

/// West, south, east, north in degrees of everything that has a place.
#[must_use]
pub fn bounds<'a>(polygons: impl Iterator<Item = &'a MultiPolygon<f64>>) -> Option<[f64; 4]> {
    polygons
        .filter_map(BoundingRect::bounding_rect)
        .map(|b| [b.min().x, b.min().y, b.max().x, b.max().y])
        .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
}
