//! Any rings on a small lattice, with now and then a coordinate that is none, through everything that works on areas.

#![no_main]

use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use libfuzzer_sys::fuzz_target;
use phusong::engine::boundaries::coverage::{self, Drawn};
use phusong::engine::boundaries::{area, outline, polygonise, repair, topology, validity};
use phusong::model::admin::UnitCode;

/// A byte as a coordinate: a lattice of 16 steps, and at its end what breaks libraries.
fn number(byte: u8, base: f64) -> f64 {
    match byte {
        255 => f64::NAN,
        254 => f64::INFINITY,
        253 => 1e300,
        252 => base + 1e-12,
        byte => base + f64::from(byte % 16) * 1e-3,
    }
}

fn ring(bytes: &[u8]) -> LineString<f64> {
    bytes.chunks_exact(2).map(|pair| Coord { x: number(pair[0], 105.0), y: number(pair[1], 20.0) }).collect()
}

fuzz_target!(|bytes: &[u8]| {
    let shapes: Vec<MultiPolygon<f64>> = bytes
        .chunks(18)
        .take(8)
        .map(|part| {
            let (exterior, hole) = part.split_at(part.len().min(12));
            let holes = if hole.len() >= 6 { vec![ring(hole)] } else { Vec::new() };
            MultiPolygon::new(vec![Polygon::new(ring(exterior), holes)])
        })
        .collect();
    for shape in &shapes {
        let _ = validity::check(shape);
    }
    let all: Vec<&MultiPolygon<f64>> = shapes.iter().collect();
    let united = outline::unite(&all).area;
    assert!(area::area_m2(&united).is_ok_and(f64::is_finite), "a union of anything has an area");
    assert!(united.0.is_empty() || validity::check(&united).is_ok(), "a union of anything is valid");

    let code = |number: usize| -> Option<UnitCode> { format!("{:05}", 10_000 + number).parse().ok() };
    let units: Vec<(UnitCode, &MultiPolygon<f64>)> =
        shapes.iter().enumerate().filter_map(|(number, shape)| Some((code(number)?, shape))).collect();
    let drawn: Vec<Drawn<'_>> =
        units.iter().map(|(code, geometry)| Drawn { code: *code, geometry, stated_km2: None, repeated: 0 }).collect();
    let found = coverage::check(&drawn, None);
    assert!(found.overlap_m2.is_finite() && found.gap_m2.is_finite());
    let _ = repair::repair(&units, 300.0);
    assert_eq!(topology::simplify(&all, 0.002).len(), all.len());
    let lines: Vec<LineString<f64>> =
        shapes.iter().flat_map(|shape| shape.iter().map(|part| part.exterior().clone())).collect();
    let _ = polygonise::polygonise(&lines, &[Coord { x: 105.005, y: 20.005 }], 50.0);
});
