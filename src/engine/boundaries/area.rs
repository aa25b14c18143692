//! Area on the ellipsoid, and the guard that polygons pass before any geometry.
//!
//! `geo` panics on NaN and answers nonsense on infinities and 1e300
//! (docs/decisions/0002). The guard here is what the other files of this room
//! call first. It refuses coordinates that are no position on earth, and says which.

use geo::GeodesicArea;
use geo_types::{Coord, LineString, MultiPolygon, Polygon};

/// Why a polygon cannot be worked on. Coordinates are longitude, latitude in degrees.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Unusable {
    #[error("a coordinate is not a finite number")]
    NotFinite,
    #[error("coordinate {lon} {lat} is outside longitude -180 to 180, latitude -90 to 90")]
    OutOfRange { lon: f64, lat: f64 },
}

/// Passes when every coordinate of every ring is a position in degrees.
///
/// # Errors
/// The first coordinate that is not.
pub fn check(area: &MultiPolygon<f64>) -> Result<(), Unusable> {
    area.iter().try_for_each(check_polygon)
}

pub(super) fn check_polygon(polygon: &Polygon<f64>) -> Result<(), Unusable> {
    rings(polygon).flat_map(|ring| ring.0.iter()).try_for_each(|at| check_coord(*at))
}

fn check_coord(at: Coord<f64>) -> Result<(), Unusable> {
    if !at.x.is_finite() || !at.y.is_finite() {
        Err(Unusable::NotFinite)
    } else if at.x.abs() > 180.0 || at.y.abs() > 90.0 {
        Err(Unusable::OutOfRange { lon: at.x, lat: at.y })
    } else {
        Ok(())
    }
}

/// Area on the WGS 84 ellipsoid in square metres, holes taken out.
///
/// Rings may turn either way: `geo` takes a clockwise exterior for the rest of
/// the earth, so every ring is measured alone and its sign dropped.
///
/// # Errors
/// See [`Unusable`].
pub fn area_m2(area: &MultiPolygon<f64>) -> Result<f64, Unusable> {
    check(area)?;
    Ok(area.iter().map(polygon_area_m2).sum())
}

fn polygon_area_m2(polygon: &Polygon<f64>) -> f64 {
    let holes: f64 = polygon.interiors().iter().map(ring_area_m2).sum();
    (ring_area_m2(polygon.exterior()) - holes).max(0.0)
}

/// Area inside one closed ring, square metres; the ring has passed [`check`].
pub(super) fn ring_area_m2(ring: &LineString<f64>) -> f64 {
    Polygon::new(ring.clone(), Vec::new()).geodesic_area_signed().abs()
}

/// Exterior first.
pub(super) fn rings(polygon: &Polygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    std::iter::once(polygon.exterior()).chain(polygon.interiors())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::boundaries::shapes::area as shape;

    fn check_area(wkt: &str, expected_m2: f64) {
        let got = area_m2(&shape(wkt)).unwrap();
        assert!((got - expected_m2).abs() < 1e-6 * expected_m2.max(1.0), "{wkt}: {got} is not {expected_m2}");
    }

    /// GeographicLib's Planimeter gives 12 308 778 361.469 m² for the first degree square.
    const DEGREE_SQUARE_M2: f64 = 12_308_778_361.469;

    #[test]
    fn a_degree_square_at_the_equator_has_the_published_area() {
        check_area("0 0, 1 0, 1 1, 0 1", DEGREE_SQUARE_M2);
    }

    #[test]
    fn winding_does_not_change_the_area() {
        check_area("0 0, 0 1, 1 1, 1 0", DEGREE_SQUARE_M2);
    }

    #[test]
    fn a_hole_is_taken_out_whichever_way_it_turns() {
        let whole = area_m2(&shape("10 10, 12 10, 12 12, 10 12")).unwrap();
        let hole = area_m2(&shape("10.5 10.5, 11 10.5, 11 11, 10.5 11")).unwrap();
        check_area("10 10, 12 10, 12 12, 10 12; 10.5 10.5, 11 10.5, 11 11, 10.5 11", whole - hole);
        check_area("10 10, 12 10, 12 12, 10 12; 10.5 10.5, 10.5 11, 11 11, 11 10.5", whole - hole);
    }

    #[test]
    fn nothing_has_no_area() {
        assert_eq!(area_m2(&MultiPolygon::new(vec![])), Ok(0.0));
    }

    #[test]
    fn coordinates_that_are_no_position_are_refused() {
        let at = |x: f64| {
            MultiPolygon::new(vec![Polygon::new(
                LineString::from(vec![(0.0, 0.0), (x, 0.0), (1.0, 1.0), (0.0, 0.0)]),
                vec![],
            )])
        };
        assert_eq!(area_m2(&at(f64::NAN)), Err(Unusable::NotFinite));
        assert_eq!(area_m2(&at(f64::INFINITY)), Err(Unusable::NotFinite));
        assert_eq!(area_m2(&at(1e300)), Err(Unusable::OutOfRange { lon: 1e300, lat: 0.0 }));
    }
}
