//! The gate that areas pass before they are trusted.
//!
//! Numbers are finite and within the globe, rings are closed, have area and no
//! repeated vertex, exteriors run counter-clockwise. Crossings are looked for
//! by `geo`, which is exact and slow, so only up to a size. Nothing is repaired
//! but what changes no place: repeated vertices and winding.

use geo::Validation;
use geo_types::{Coord, Geometry, LineString, MultiPolygon, Polygon};

/// Vertices up to which crossings are looked for. 103,454 vertices in 129 polygons
/// take `geo` 0.33 about one second; one commune has 3,000 at most.
pub(super) const CHECKED_VERTICES: usize = 20_000;

/// An area that passed.
pub(super) struct Area {
    pub(super) shape: MultiPolygon<f64>,
    /// False when it was too large to look for crossings.
    pub(super) fully_checked: bool,
}

/// Takes a polygon, a multipolygon or a collection of them.
///
/// # Errors
/// The problem, in a few English words of geometry.
pub(super) fn area(geometry: Geometry<f64>) -> Result<Area, String> {
    let mut parts = Vec::new();
    collect(geometry, &mut parts)?;
    if parts.is_empty() {
        return Err("the geometry is empty".to_owned());
    }
    let mut polygons = Vec::with_capacity(parts.len());
    for (part, number) in parts.into_iter().zip(1..) {
        polygons.push(clean(part, number)?);
    }
    let shape = MultiPolygon(polygons);
    let vertices: usize =
        shape.0.iter().map(|p| p.exterior().0.len() + p.interiors().iter().map(|r| r.0.len()).sum::<usize>()).sum();
    let fully_checked = vertices <= CHECKED_VERTICES;
    if fully_checked {
        shape.check_validation().map_err(|problem| problem.to_string())?;
    }
    Ok(Area { shape, fully_checked })
}

fn collect(geometry: Geometry<f64>, into: &mut Vec<Polygon<f64>>) -> Result<(), String> {
    match geometry {
        Geometry::Polygon(polygon) => into.push(polygon),
        Geometry::MultiPolygon(many) => into.extend(many.0),
        Geometry::GeometryCollection(many) => {
            for one in many.0 {
                collect(one, into)?;
            }
        }
        _ => return Err("the geometry is not an area".to_owned()),
    }
    Ok(())
}

fn clean(polygon: Polygon<f64>, part: usize) -> Result<Polygon<f64>, String> {
    let (exterior, interiors) = polygon.into_inner();
    let exterior = ring(exterior, true).map_err(|problem| format!("ring 1 of part {part} {problem}"))?;
    let mut holes = Vec::with_capacity(interiors.len());
    for (hole, number) in interiors.into_iter().zip(2..) {
        holes.push(ring(hole, false).map_err(|problem| format!("ring {number} of part {part} {problem}"))?);
    }
    Ok(Polygon::new(exterior, holes))
}

fn ring(line: LineString<f64>, counter_clockwise: bool) -> Result<LineString<f64>, String> {
    let mut coords = line.0;
    // First of all, because `geo` panics on NaN.
    if let Some(c) = coords.iter().find(|c| !c.x.is_finite() || !c.y.is_finite()) {
        return Err(format!("has a coordinate that is not a finite number ({}, {})", c.x, c.y));
    }
    if let Some(c) = coords.iter().find(|c| c.x.abs() > 180.0 || c.y.abs() > 90.0) {
        return Err(format!("leaves the globe at {:?}, {:?}", c.x, c.y));
    }
    coords.dedup();
    if coords.len() < 4 {
        return Err("has fewer than 3 different vertices".to_owned());
    }
    if coords.first() != coords.last() {
        return Err("is not closed".to_owned());
    }
    let twice_area = twice_signed_area(&coords);
    // 1e-16 square degrees are a square of 1 mm.
    if twice_area.abs() < 1e-16 {
        return Err("has no area".to_owned());
    }
    if (twice_area > 0.0) != counter_clockwise {
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

    fn polygon(exterior: &[(f64, f64)], hole: &[(f64, f64)]) -> Geometry<f64> {
        let line = |points: &[(f64, f64)]| LineString::from(points.to_vec());
        let holes = if hole.is_empty() { vec![] } else { vec![line(hole)] };
        Geometry::Polygon(Polygon::new(line(exterior), holes))
    }

    fn check(geometry: Geometry<f64>, problem: &str) {
        let found = area(geometry).err().unwrap_or_default();
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
        check(polygon(&[(0., 0.), (2., 2.), (2., 0.), (0., 1.), (0., 0.)], &[]), "intersect");
        check(polygon(&[(0., 0.), (1., 0.), (0., 0.), (0., 0.)], &[]), "ring 1 of part 1");
        check(polygon(&[(0., 0.), (1., 1.), (2., 2.), (0., 0.)], &[]), "no area");
        check(polygon(&[(0., 0.), (f64::NAN, 1.), (1., 1.), (0., 0.)], &[]), "finite");
        check(polygon(&[(0., 0.), (1e300, 1.), (1., 1.), (0., 0.)], &[]), "globe");
        check(polygon(&SQUARE, &[(5., 5.), (6., 5.), (6., 6.), (5., 5.)]), "interior");
        check(Geometry::Point((1., 2.).into()), "not an area");
        check(Geometry::MultiPolygon(MultiPolygon(vec![])), "empty");
    }

    #[test]
    fn winding_and_repeated_vertices_are_put_right() {
        let twice: Vec<_> = SQUARE.iter().flat_map(|c| [*c, *c]).collect();
        let hole = [(0.2, 0.2), (0.4, 0.2), (0.4, 0.4), (0.2, 0.2)];
        let shape = area(polygon(&twice, &hole)).map(|a| a.shape).unwrap();
        assert_eq!(shape.0[0].exterior().0.len(), 5);
        assert!(twice_signed_area(&shape.0[0].exterior().0) > 0.0);
        assert!(twice_signed_area(&shape.0[0].interiors()[0].0) < 0.0);
    }
}
