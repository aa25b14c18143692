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

pub(super) fn check_line(line: &LineString<f64>) -> Result<(), Unusable> {
    line.0.iter().try_for_each(|at| check_coord(*at))
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
    short_edges_area_m2(ring).unwrap_or_else(|| Polygon::new(ring.clone(), Vec::new()).geodesic_area_signed()).abs()
}

/// Semi-minor axis and squared eccentricity of WGS 84 (EPSG:7030).
const POLAR_RADIUS_M: f64 = 6_356_752.314_245;
const ECCENTRICITY_SQUARED: f64 = 6.694_379_990_14e-3;

/// Longest edge, degrees, whose area is summed here: about a kilometre. The first term that
/// is left out is under a hundredth of a square metre for such an edge.
const SHORT_EDGE_DEG: f64 = 0.01;

/// Fifty times faster than solving for every geodesic, and equal to it within 1e-8 of the area.
/// Between two close points the ground down to the equator is the longitude crossed times the mean
/// of the zone's area, and a geodesic leaves the straight line in longitude and latitude by its
/// curvature there. `None` if an edge is long.
fn short_edges_area_m2(ring: &LineString<f64>) -> Option<f64> {
    let first = ring.0.first()?;
    let base = zone(first.y.to_radians().sin());
    let mut sum = 0.0;
    let mut last = (*first, first.y.to_radians().sin_cos(), 0.0);
    for at in &ring.0[1..] {
        let (before, (sin, cos), below) = last;
        let (dx, dy) = (at.x - before.x, at.y - before.y);
        if dx.abs() > SHORT_EDGE_DEG || dy.abs() > SHORT_EDGE_DEG {
            return None;
        }
        let (dx, dy) = (dx.to_radians(), dy.to_radians());
        let sin_cos = at.y.to_radians().sin_cos();
        let zone = zone(sin_cos.0) - base;
        // The mean of the zone along the line, by the trapezoid and its first correction …
        let mean = (below + zone) / 2.0 + sin * dy * dy / 12.0;
        // … and what lies between the line and the geodesic.
        let beyond = (sin * cos * cos * dx * dx + 2.0 * sin * dy * dy) / 12.0;
        sum += dx * (mean + beyond);
        last = (*at, sin_cos, zone);
    }
    Some(-sum * POLAR_RADIUS_M * POLAR_RADIUS_M)
}

/// Area from the equator to a latitude, for a radian of longitude and a polar radius of 1, by its
/// series in the eccentricity: Σ (k+1)/(2k+1) e²ᵏ sin²ᵏ⁺¹φ (Snyder 1987, 3-12, expanded). The first
/// term left out is 1e-13.
fn zone(sin: f64) -> f64 {
    let square = ECCENTRICITY_SQUARED * sin * sin;
    let terms = [7.0 / 13.0, 6.0 / 11.0, 5.0 / 9.0, 4.0 / 7.0, 3.0 / 5.0, 2.0 / 3.0, 1.0];
    sin * terms.into_iter().fold(0.0, |sum, term| sum * square + term)
}

/// Exterior first.
pub(super) fn rings(polygon: &Polygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    std::iter::once(polygon.exterior()).chain(polygon.interiors())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    proptest! {
        /// The slow way: GeographicLib's geodesics, whose own sum is good to a hundredth of a square metre.
        #[test]
        fn rings_of_short_edges_have_their_geodesic_area(
            lon in -179.0f64..179.0, lat in -80.0f64..80.0, reach in 1e-4f64..0.3, corners in 200usize..400, seed in 0usize..99
        ) {
            let corner = |number: usize| {
                let turn = std::f64::consts::TAU * number as f64 / corners as f64;
                let out = reach * (1.0 + 0.2 * ((number * 37 + seed) as f64).sin() * 0.1);
                Coord { x: lon + out * turn.cos(), y: lat + out * turn.sin() }
            };
            let ring: LineString<f64> = (0..=corners).map(|number| corner(number % corners)).collect();
            let exact = Polygon::new(ring.clone(), vec![]).geodesic_area_signed();
            let fast = short_edges_area_m2(&ring);
            prop_assert!(fast.is_none_or(|fast| (fast - exact).abs() <= 1e-8 * exact + 0.01), "{fast:?} {exact}");
            prop_assert!(fast.is_some() || reach > 0.1);
        }
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
