//! The gate that areas pass before they are trusted.
//!
//! Numbers are finite and within the globe, rings are closed, have area and no
//! repeated vertex, exteriors run counter-clockwise. Nothing is repaired but
//! what changes no place: repeated vertices and winding. Whether rings cross is
//! a question for the engine.

use geo_types::{Coord, Geometry, LineString, MultiPolygon, Polygon};

use crate::model::geometry_fault::{GeometryFault, Ring};

/// An area that passed.
#[derive(Debug)]
pub(super) struct Area {
    pub(super) shape: MultiPolygon<f64>,
    /// Vertices that stood twice in a row and are gone.
    pub(super) repeated: usize,
}

/// Takes a polygon, a multipolygon or a collection of them.
///
/// # Errors
/// The first fault.
pub(super) fn area(geometry: Geometry<f64>) -> Result<Area, GeometryFault> {
    let mut parts = Vec::new();
    collect(geometry, &mut parts)?;
    if parts.is_empty() {
        return Err(GeometryFault::Empty);
    }
    let mut repeated = 0;
    let mut polygons = Vec::with_capacity(parts.len());
    for (polygon, part) in parts.into_iter().zip(1..) {
        polygons.push(clean(polygon, part, &mut repeated)?);
    }
    Ok(Area { shape: MultiPolygon(polygons), repeated })
}

fn collect(geometry: Geometry<f64>, into: &mut Vec<Polygon<f64>>) -> Result<(), GeometryFault> {
    match geometry {
        Geometry::Polygon(polygon) => into.push(polygon),
        Geometry::MultiPolygon(many) => into.extend(many.0),
        Geometry::GeometryCollection(many) => {
            for one in many.0 {
                collect(one, into)?;
            }
        }
        _ => return Err(GeometryFault::NotAnArea),
    }
    Ok(())
}

fn clean(polygon: Polygon<f64>, part: usize, repeated: &mut usize) -> Result<Polygon<f64>, GeometryFault> {
    let (exterior, interiors) = polygon.into_inner();
    let exterior = clean_ring(exterior, Ring { part, ring: 1 }, repeated)?;
    let mut holes = Vec::with_capacity(interiors.len());
    for (hole, ring) in interiors.into_iter().zip(2..) {
        holes.push(clean_ring(hole, Ring { part, ring }, repeated)?);
    }
    Ok(Polygon::new(exterior, holes))
}

fn clean_ring(line: LineString<f64>, place: Ring, repeated: &mut usize) -> Result<LineString<f64>, GeometryFault> {
    let mut coords = line.0;
    // First of all, because `geo` panics on NaN.
    if coords.iter().any(|c| !c.x.is_finite() || !c.y.is_finite()) {
        return Err(GeometryFault::NotFinite(place));
    }
    if let Some(c) = coords.iter().find(|c| c.x.abs() > 180.0 || c.y.abs() > 90.0) {
        return Err(GeometryFault::OffTheGlobe { lon: c.x, lat: c.y });
    }
    let before = coords.len();
    coords.dedup();
    *repeated += before - coords.len();
    if coords.len() < 4 {
        return Err(GeometryFault::TooFewVertices(place));
    }
    if coords.first() != coords.last() {
        return Err(GeometryFault::NotClosed(place));
    }
    let twice_area = twice_signed_area(&coords);
    // 1e-16 square degrees are a square of 1 mm.
    if twice_area.abs() < 1e-16 {
        return Err(GeometryFault::NoArea(place));
    }
    if (twice_area > 0.0) != (place.ring == 1) {
        coords.reverse();
    }
    Ok(LineString(coords))
}

/// Shoelace, from the first vertex, so that small rings far from the origin keep their digits.
fn twice_signed_area(coords: &[Coord<f64>]) -> f64 {
    let origin = coords[0];
    coords
        .windows(2)
        .map(|w| {
            let (ax, ay) = (w[0].x - origin.x, w[0].y - origin.y);
            let (bx, by) = (w[1].x - origin.x, w[1].y - origin.y);
            ax * by - bx * ay
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::language::Language;

    fn polygon(exterior: &[(f64, f64)], hole: &[(f64, f64)]) -> Geometry<f64> {
        let line = |points: &[(f64, f64)]| LineString::from(points.to_vec());
        let holes = if hole.is_empty() { vec![] } else { vec![line(hole)] };
        Geometry::Polygon(Polygon::new(line(exterior), holes))
    }

    fn check(geometry: Geometry<f64>, problem: &str) {
        let found = area(geometry).err().map(|fault| fault.message(Language::En)).unwrap_or_default();
        if problem.is_empty() {
            assert_eq!(found, "");
        } else {
            assert!(found.contains(problem), "{found} should say {problem}");
        }
    }

    const SQUARE: [(f64, f64); 5] = [(0., 0.), (0., 1.), (1., 1.), (1., 0.), (0., 0.)];

    #[test]
    fn faults_are_named() {
        check(polygon(&SQUARE, &[]), "");
        check(polygon(&[(0., 0.), (1., 0.), (0., 0.), (0., 0.)], &[]), "ring 1 of part 1");
        check(polygon(&[(0., 0.), (1., 1.), (2., 2.), (0., 0.)], &[]), "no area");
        check(polygon(&[(0., 0.), (f64::NAN, 1.), (1., 1.), (0., 0.)], &[]), "finite");
        check(polygon(&[(0., 0.), (1e300, 1.), (1., 1.), (0., 0.)], &[]), "globe");
        check(Geometry::Point((1., 2.).into()), "not an area");
        check(Geometry::MultiPolygon(MultiPolygon(vec![])), "empty");
    }

    #[test]
    fn winding_and_repeated_vertices_are_put_right() {
        let twice: Vec<_> = SQUARE.iter().flat_map(|c| [*c, *c]).collect();
        let hole = [(0.2, 0.2), (0.4, 0.2), (0.4, 0.4), (0.2, 0.2)];
        let Area { shape, repeated } = area(polygon(&twice, &hole)).unwrap();
        assert_eq!(repeated, 5);
        assert_eq!(shape.0[0].exterior().0.len(), 5);
        assert!(twice_signed_area(&shape.0[0].exterior().0) > 0.0);
        assert!(twice_signed_area(&shape.0[0].interiors()[0].0) < 0.0);
    }
}
