//! Small coverages that the tests of this room share.
//!
//! A shape is written as the corners of its rings, `x y, x y; …`, exterior
//! first, and parts are parted by `|`, so that a test shows what it is about.

use geo_types::{Coord, LineString, MultiPolygon, Polygon};

use super::edges::Edge;
use super::mesh::Mesh;

pub(super) fn area(text: &str) -> MultiPolygon<f64> {
    let ring = |ring: &str| -> LineString<f64> {
        let corners = ring.split(',').map(|corner| {
            let mut numbers = corner.split_whitespace().map(|n| n.parse().unwrap());
            Coord { x: numbers.next().unwrap(), y: numbers.next().unwrap() }
        });
        LineString::new(corners.collect())
    };
    text.split('|')
        .filter(|part| !part.trim().is_empty())
        .map(|part| {
            let mut rings = part.split(';').map(ring);
            Polygon::new(rings.next().unwrap(), rings.collect())
        })
        .collect()
}

/// Any rings, crossing or not, as edges of a mesh; `place` puts each number where it belongs.
pub(super) fn walked(rings: &[Vec<(f64, f64)>], place: impl Fn(f64) -> f64) -> (Mesh, Vec<Edge>) {
    let mut mesh = Mesh::default();
    let mut edges = Vec::new();
    for ring in rings {
        let numbers: Vec<u32> = ring.iter().map(|(x, y)| mesh.number(Coord { x: place(*x), y: place(*y) })).collect();
        let next = numbers.iter().cycle().skip(1);
        let walk = numbers.iter().zip(next).filter(|(a, b)| a != b);
        edges.extend(walk.map(|(a, b)| Edge { from: *a, to: *b, area: 0, source: 0 }));
    }
    (mesh, edges)
}

/// Quadrilaterals over shifted grid points: `columns` × `rows` units that fit exactly.
/// Every side carries `bends` extra corners that wander off the straight line.
pub(super) fn quads(columns: usize, rows: usize, bends: usize) -> Vec<MultiPolygon<f64>> {
    let corner = |i: usize, j: usize| {
        let (di, dj) = wobble(i * 31 + j * 17);
        Coord { x: 105.0 + (i as f64 + 0.25 * di) * 0.02, y: 20.0 + (j as f64 + 0.25 * dj) * 0.02 }
    };
    let side = |a: (usize, usize), b: (usize, usize)| -> Vec<Coord<f64>> {
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        let (from, to) = (corner(low.0, low.1), corner(high.0, high.1));
        let mut line = vec![from];
        for k in 1..=bends {
            let t = k as f64 / (bends + 1) as f64;
            // Off the straight line only across it, and less near the ends, so that sides never cross.
            let (off, _) = wobble(low.0 * 7 + low.1 * 13 + high.0 * 101 + high.1 * 211 + k * 37);
            let reach = 0.1 * off * (std::f64::consts::PI * t).sin();
            let (along_x, along_y) = (to.x - from.x, to.y - from.y);
            line.push(Coord { x: from.x + along_x * t - along_y * reach, y: from.y + along_y * t + along_x * reach });
        }
        line.push(to);
        if a > b {
            line.reverse();
        }
        line.pop();
        line
    };
    let mut units = Vec::new();
    for j in 0..rows {
        for i in 0..columns {
            let around = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1), (i, j)];
            let ring: Vec<_> = around.windows(2).flat_map(|pair| side(pair[0], pair[1])).collect();
            units.push(MultiPolygon::new(vec![Polygon::new(LineString::new(ring), vec![])]));
        }
    }
    units
}

/// Two numbers from -1 to 1 that look random and are the same every time.
fn wobble(seed: usize) -> (f64, f64) {
    let x = (seed as f64 * 12.9898 + 78.233).sin() * 43_758.547;
    let y = (seed as f64 * 39.346 + 11.135).sin() * 24_634.634;
    (2.0 * (x - x.floor()) - 1.0, 2.0 * (y - y.floor()) - 1.0)
}
