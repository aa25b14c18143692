//! Any rings and points, at any zoom, with numbers that are none among them: every tile is valid, and none is lost to a panic.

#![no_main]

use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use libfuzzer_sys::fuzz_target;
use phusong::model::feature::{Feature, Shape, Value};
use phusong::model::measure::LonLat;
use phusong::tiles::{Address, Layer, Level, clustered, definition, draw};

#[path = "../../tests/it/support/mvt.rs"]
#[allow(dead_code)]
mod mvt;

/// A byte as a coordinate: a lattice finer than a tile's at some zooms and coarser at others, and what breaks libraries.
fn number(byte: u8, base: f64, step: f64) -> f64 {
    match byte {
        255 => f64::NAN,
        254 => f64::NEG_INFINITY,
        253 => 1e300,
        252 => base,
        byte => base + (f64::from(byte) - 126.0) * step,
    }
}

fn text_or_number(byte: u8) -> Vec<(&'static str, Value)> {
    let status = ["reached", "started", "no_report"][usize::from(byte % 3)];
    let mut attributes = vec![("status", Value::Text(status.to_owned()))];
    if byte > 60 {
        attributes.push(("households", Value::Integer(i64::from(byte) << (byte % 56))));
    }
    attributes
}

fuzz_target!(|bytes: &[u8]| {
    let [zoom, step, x, y, rest @ ..] = bytes else { return };
    let z = zoom % 23;
    let step = 360.0 / f64::from(1_u32 << z) / f64::from(u16::from(*step) + 1) / 4.0;
    let (base_lon, base_lat) = (f64::from(*x) / 255.0 * 340.0 - 170.0, f64::from(*y) / 255.0 * 160.0 - 80.0);
    let mut areas = Vec::new();
    let mut points = Vec::new();
    for (number_of, part) in (1..).zip(rest.chunks(21).take(24)) {
        let coordinates = part.chunks_exact(2).map(|pair| Coord {
            x: number(pair[0], base_lon, step),
            y: number(pair[1], base_lat, step),
        });
        let all: Vec<Coord<f64>> = coordinates.collect();
        let (exterior, hole) = all.split_at(all.len().min(6));
        let holes = if hole.len() >= 3 { vec![LineString(hole.to_vec())] } else { Vec::new() };
        let polygon = Polygon::new(LineString(exterior.to_vec()), holes);
        let shape = Shape::Area(MultiPolygon(vec![polygon]));
        areas.push(Feature { id: number_of, key: String::new(), shape, attributes: Vec::new() });
        for (at, byte) in all.iter().zip(part) {
            let Ok(place) = LonLat::new(at.x, at.y) else { continue };
            let (id, attributes) = (u64::try_from(points.len()).unwrap_or(0) + 1, text_or_number(*byte));
            points.push(Feature { id, key: String::new(), shape: Shape::Point(place), attributes });
        }
    }
    let (Some(communes), Some(villages)) = (definition("communes"), definition("villages")) else { return };
    let level = Level { once: false, zooms: 0..=22, features: areas };
    let layers = [Layer::new(communes, vec![level]), Layer::new(villages, clustered(villages, points))];
    let side = f64::from(1_u32 << z);
    let column = ((base_lon / 360.0 + 0.5) * side).clamp(0.0, side - 1.0) as u32;
    let row = ((1.0 - base_lat.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * side).clamp(0.0, side - 1.0);
    for (x, y) in [(column, row as u32), (column.saturating_sub(1), row as u32)] {
        let Ok(at) = Address::new(z, x, y) else { continue };
        let tile = draw(&layers.iter().collect::<Vec<_>>(), at);
        let problems = mvt::problems(&tile.bytes);
        assert!(problems.is_empty(), "{at:?}: {problems:?}");
    }
});
