//! Whole tiles, judged by the strict validator and by a second decoder.
//!
//! Coverages, points and awkward shapes are made here from numbers, without
//! chance outside `proptest`, which prints what it found.

use fast_mvt::{MvtReaderRef, MvtValueRef};
use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use proptest::prelude::*;
use serde_json::json;

use super::strict::{DecodedFeature, decode, doubled_area, problems};
use super::{Address, Layer, Level, definition, encode};
use crate::model::feature::{Feature, Shape, Value};
use crate::model::measure::LonLat;

fn address(z: u8, x: u32, y: u32) -> Address {
    Address::new(z, x, y).unwrap()
}

fn layer(id: &str, features: Vec<Feature>) -> Layer {
    Layer::new(definition(id).unwrap(), vec![Level { once: false, zooms: 4..=16, features }])
}

fn area(id: u64, polygons: Vec<Polygon<f64>>) -> Feature {
    let code = ("code", Value::Text(format!("{id:05}")));
    Feature { id, key: format!("{id:05}"), shape: Shape::Area(MultiPolygon(polygons)), attributes: vec![code] }
}

fn village(id: u64, lon: f64, lat: f64) -> Feature {
    let attributes = vec![("status", Value::Text("started".into())), ("households", Value::Integer(120))];
    Feature { id, key: id.to_string(), shape: Shape::Point(LonLat::new(lon, lat).unwrap()), attributes }
}

/// Longitude and latitude of tile units of one tile, so that tests can speak in units.
fn degrees(at: Address, x: f64, y: f64) -> Coord<f64> {
    let side = f64::from(1_u32 << at.z());
    let (x, y) = ((f64::from(at.x()) + x / 4096.0) / side, (f64::from(at.y()) + y / 4096.0) / side);
    Coord { x: x * 360.0 - 180.0, y: (std::f64::consts::PI * (1.0 - 2.0 * y)).sinh().atan().to_degrees() }
}

fn ring(at: Address, units: &[(f64, f64)]) -> LineString<f64> {
    let mut ring: Vec<_> = units.iter().map(|(x, y)| degrees(at, *x, *y)).collect();
    ring.push(ring[0]);
    LineString(ring)
}

fn polygon(at: Address, rings: &[&[(f64, f64)]]) -> Polygon<f64> {
    Polygon::new(ring(at, rings[0]), rings[1..].iter().map(|units| ring(at, units)).collect())
}

fn square(x: f64, y: f64, side: f64) -> [(f64, f64); 4] {
    [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
}

/// The features of the only layer; none for an empty tile.
fn drawn(layer: &Layer, at: Address) -> Vec<DecodedFeature> {
    let bytes = encode(&[layer], at);
    assert_eq!(problems(&bytes), Vec::<String>::new(), "{at:?}");
    decode(&bytes).pop().map(|layer| layer.features).unwrap_or_default()
}

/// Draws polygons given in units of tile 12/3253/1812 and compares their rings.
fn check(rings: &[&[(f64, f64)]], expected: &[&[(i32, i32)]]) {
    let at = address(12, 3253, 1812);
    let layer = layer("communes", vec![area(1, vec![polygon(at, rings)])]);
    let geometry = drawn(&layer, at).pop().map(|feature| feature.geometry).unwrap_or_default();
    assert_eq!(geometry, expected);
}

#[test]
fn an_exterior_turns_positive_and_its_hole_negative_whatever_was_given() {
    let (outer, hole) = (square(10.0, 10.0, 100.0), square(20.0, 20.0, 10.0));
    for (outer_back, hole_back) in [(false, false), (false, true), (true, false), (true, true)] {
        let (mut outer, mut hole) = (outer, hole);
        outer_back.then(|| outer.reverse());
        hole_back.then(|| hole.reverse());
        let at = address(12, 3253, 1812);
        let layer = layer("communes", vec![area(1, vec![polygon(at, &[&outer, &hole])])]);
        let areas: Vec<_> = drawn(&layer, at)[0].geometry.iter().map(|r| doubled_area(r)).collect();
        assert_eq!(areas, [20_000, -200]);
    }
}

/// In the arms of a cross that crosses itself; found by fuzzing.
#[test]
fn a_hole_outside_its_exterior_is_left_out() {
    let bow = [(0.0, 0.0), (100.0, 100.0), (100.0, 0.0), (0.0, 100.0)];
    check(&[&square(0.0, 0.0, 100.0), &square(200.0, 200.0, 10.0)], &[&[(0, 0), (100, 0), (100, 100), (0, 100)]]);
    let at = address(12, 3253, 1812);
    let layer = layer("communes", vec![area(1, vec![polygon(at, &[&bow, &square(45.0, 5.0, 10.0)])])]);
    assert_eq!(problems(&encode(&[&layer], at)), Vec::<String>::new());
}

/// Found by fuzzing.
#[test]
fn a_hole_a_step_of_the_world_beside_its_exterior_is_left_out_where_that_is_two_units() {
    let spur = [(0.0, 0.0), (100.0, 0.0), (100.0, 120.0), (90.0, 100.0), (0.0, 100.0)];
    let beside = [(50.0, 50.0), (60.0, 50.0), (56.0, 102.0)];
    for z in [20, 21, 22] {
        let at = address(z, 3253, 1812);
        let layer = layer("communes", vec![area(1, vec![polygon(at, &[&spur, &beside])])]);
        assert_eq!(problems(&encode(&[&layer], at)), Vec::<String>::new(), "{z}");
    }
}

#[test]
fn a_polygon_that_covers_the_tile_becomes_the_buffered_box() {
    let full = [(-64, -64), (4160, -64), (4160, 4160), (-64, 4160)];
    check(&[&square(-9_000.0, -9_000.0, 30_000.0)], &[&full]);
}

#[test]
fn a_tile_inside_a_hole_is_empty() {
    check(&[&square(-9_000.0, -9_000.0, 30_000.0), &square(-500.0, -500.0, 6_000.0)], &[]);
}

#[test]
fn a_polygon_beside_the_tile_is_not_in_it() {
    check(&[&square(4_161.0, 10.0, 50.0)], &[]);
    check(&[&square(-200.0, -200.0, 100.0)], &[]);
}

#[test]
fn a_polygon_cut_by_the_buffer_ends_on_it() {
    check(&[&square(4_000.0, 0.0, 1_000.0)], &[&[(4000, 0), (4160, 0), (4160, 1000), (4000, 1000)]]);
}

#[test]
fn a_polygon_too_small_to_draw_is_one_unit_at_its_label() {
    check(&[&square(100.1, 50.1, 0.2)], &[&[(100, 50), (101, 50), (101, 51), (100, 51)]]);
    let strip = [(100.0, 50.0), (300.0, 50.0), (300.0, 50.3), (100.0, 50.3)];
    check(&[&strip], &[&[(200, 50), (201, 50), (201, 51), (200, 51)]]);
}

#[test]
fn a_polygon_too_small_to_draw_is_in_one_tile_only() {
    let (west, east) = (address(9, 406, 226), address(9, 407, 226));
    for x in [4095.3, 4095.7, 4096.2] {
        let layer = layer("dead_areas", vec![plain_area(7, vec![polygon(west, &[&square(x, 9.1, 0.1)])])]);
        let (in_west, in_east) = (drawn(&layer, west).len(), drawn(&layer, east).len());
        assert_eq!(in_west + in_east, 1, "{x}");
    }
}

fn plain_area(id: u64, polygons: Vec<Polygon<f64>>) -> Feature {
    Feature { id, key: String::new(), shape: Shape::Area(MultiPolygon(polygons)), attributes: vec![] }
}

#[test]
fn a_hole_goes_with_its_exterior_and_a_flat_hole_goes_alone() {
    let alone: [(i32, i32); 4] = [(10, 10), (60, 10), (60, 60), (10, 60)];
    check(&[&square(10.0, 10.0, 50.0), &square(20.1, 20.1, 0.1)], &[&alone]);
    let at = address(12, 3253, 1812);
    let parts = vec![
        polygon(at, &[&square(10.1, 10.1, 0.2), &square(10.2, 10.2, 0.1)]),
        polygon(at, &[&square(100.0, 100.0, 10.0)]),
    ];
    let layer = layer("communes", vec![area(1, parts)]);
    assert_eq!(drawn(&layer, at)[0].geometry.len(), 1);
}

#[test]
fn a_second_part_never_begins_where_the_first_one_ended() {
    let at = address(12, 3253, 1812);
    let (first, second) = (touching_parts()[0], touching_parts()[1]);
    let float = |ring: [(i32, i32); 4]| ring.map(|(x, y)| (f64::from(x), f64::from(y)));
    let parts = vec![polygon(at, &[&float(first)]), polygon(at, &[&float(second)])];
    let layer = layer("communes", vec![area(1, parts)]);
    let geometry = &drawn(&layer, at)[0].geometry;
    assert_eq!(geometry.len(), 2);
    assert_ne!(geometry[0].last(), geometry[1].first());
}

/// Two islands that touch in a point: the first ends at (40, 40), the second begins there.
fn touching_parts() -> [[(i32, i32); 4]; 2] {
    [[(20, 40), (20, 20), (40, 20), (40, 40)], [(40, 40), (60, 40), (60, 60), (40, 60)]]
}

/// Why `mvt` 0.15 is the yardstick and not the writer.
#[test]
fn mvt_corrupts_touching_rings_and_the_validator_sees_it() {
    let mut tile = mvt::Tile::new(4096);
    let mut encoder = mvt::GeomEncoder::new(mvt::GeomType::Polygon);
    for part in touching_parts() {
        for (x, y) in part {
            encoder.add_point(f64::from(x), f64::from(y)).unwrap();
        }
        encoder.complete_geom().unwrap();
    }
    let feature = tile.create_layer("communes").into_feature(encoder.encode().unwrap());
    tile.add_layer(feature.into_layer()).unwrap();
    let found = problems(&tile.to_bytes().unwrap());
    assert!(found.len() == 1 && found[0].contains("where [1] is due"), "{found:?}");
}

#[test]
fn a_layer_is_in_a_tile_once_however_often_it_is_asked_for() {
    let villages = layer("villages", vec![village(1, 105.9, 20.25)]);
    let labels = layer("commune_labels", vec![]);
    let at = address(12, 3252, 1812);
    let once = encode(&[&villages], at);
    assert!(!once.is_empty());
    assert_eq!(encode(&[&villages, &labels, &villages], at), once);
    assert_eq!(encode(&[&labels], at), Vec::<u8>::new());
    assert_eq!(encode(&[], at), Vec::<u8>::new());
}

#[test]
fn a_second_decoder_reads_what_was_written() {
    let mut feature = village(5, 105.9, 20.25);
    feature.attributes.extend([
        ("name", Value::Text("Thôn Đông".into())),
        ("percent", Value::Number(-0.0)),
        ("stale", Value::Flag(true)),
        ("signal_median_dbm", Value::Number(f64::NAN)),
    ]);
    let bytes = encode(&[&layer("villages", vec![feature])], address(12, 3252, 1812));
    let reader = MvtReaderRef::new(&bytes).unwrap();
    let layer = reader.layers().next().unwrap();
    let feature = layer.features().next().unwrap();
    assert_eq!((layer.name(), feature.id()), ("villages", Some(5)));
    let mut attributes: Vec<_> = feature.properties().map(|property| property.unwrap()).collect();
    attributes.sort_by_key(|(name, _)| *name);
    let expected = [
        ("households", MvtValueRef::SInt(120)),
        ("name", MvtValueRef::String("Thôn Đông")),
        ("percent", MvtValueRef::Double(0.0)),
        ("stale", MvtValueRef::Bool(true)),
        ("status", MvtValueRef::String("started")),
    ];
    assert_eq!(attributes, expected);
    assert_eq!(decode(&bytes)[0].features[0].attributes["households"], json!(120));
}

#[test]
#[cfg(debug_assertions)]
fn an_attribute_that_nobody_declared_stops_a_debug_build() {
    let mut feature = village(1, 105.9, 20.25);
    feature.attributes.push(("colour", Value::Flag(true)));
    let stopped = std::panic::catch_unwind(|| layer("villages", vec![feature])).err();
    let said = stopped.and_then(|said| said.downcast::<String>().ok());
    assert_eq!(said.as_deref().map(String::as_str), Some("layer villages declares no `colour`"));
}

#[test]
fn a_point_on_a_tile_edge_is_in_both_tiles_with_the_same_id() {
    let (west, east) = (address(12, 3252, 1812), address(12, 3253, 1812));
    let at = degrees(east, 0.0, 100.0);
    let villages = layer("villages", vec![village(9, at.x, at.y)]);
    let (in_west, in_east) = (drawn(&villages, west), drawn(&villages, east));
    assert_eq!(in_west[0].geometry, [[(4096, 100)]]);
    assert_eq!(in_east[0].geometry, [[(0, 100)]]);
    assert_eq!((in_west[0].id, &in_west[0].attributes), (in_east[0].id, &in_east[0].attributes));
}

#[test]
fn a_circle_of_twelve_pixels_is_not_cut() {
    let (west, east) = (address(12, 3252, 1812), address(12, 3253, 1812));
    // 12 px and 2 px of ring on a tile of 512 px are 112 units.
    for (units, seen) in [(112.0, 1), (128.0, 1), (129.0, 0)] {
        let at = degrees(east, units, 2_000.0);
        assert_eq!(drawn(&layer("villages", vec![village(9, at.x, at.y)]), west).len(), seen, "{units}");
    }
}

#[test]
fn the_last_level_serves_deeper_zooms_and_nothing_serves_shallower_ones() {
    let definition = definition("signal").unwrap();
    let at = address(12, 3253, 1812);
    let cell = |id, side| plain_area(id, vec![polygon(at, &[&square(0.0, 0.0, side)])]);
    let levels = vec![
        Level { once: false, zooms: 11..=16, features: vec![cell(2, 10.0), cell(3, 20.0)] },
        Level { once: false, zooms: 8..=10, features: vec![cell(1, 10.0)] },
    ];
    let layer = Layer::new(definition, levels);
    let counts: Vec<_> = [0, 7, 8, 10, 11, 16, 22].map(|z| layer.feature_count(z)).to_vec();
    assert_eq!(counts, [0, 0, 1, 1, 2, 2, 2]);
    // Ten units at zoom 12 are 10 240 at zoom 22: this tile lies wholly inside.
    let deep = address(22, 3253 << 10, 1812 << 10);
    assert_eq!(drawn(&layer, deep).len(), 2);
    let full = [(-64, 4160), (-64, -64), (4160, -64), (4160, 4160)];
    assert_eq!(
        doubled_area(&drawn(&layer, address(22, (3253 << 10) + 1, (1812 << 10) + 1))[0].geometry[0]),
        doubled_area(&full)
    );
    assert!(encode(&[&layer], address(7, 101, 56)).is_empty());
}

#[test]
fn below_its_lowest_zoom_a_layer_is_left_out() {
    let villages = layer("villages", vec![village(1, 105.9, 20.25)]);
    assert_eq!(drawn(&villages, address(7, 101, 56)).len(), 1);
    assert!(encode(&[&villages], address(6, 50, 28)).is_empty());
}

#[test]
fn broken_shapes_and_used_ids_do_no_harm() {
    let at = address(12, 3253, 1812);
    let mut broken = polygon(at, &[&square(0.0, 0.0, 10.0)]);
    broken.exterior_mut(|ring| ring.0[1].x = f64::NAN);
    let empty = Polygon::new(LineString(vec![]), vec![]);
    let good = || vec![polygon(at, &[&square(5.0, 5.0, 10.0)])];
    let features = vec![area(1, vec![broken]), area(2, vec![empty]), area(3, good()), area(3, good()), area(4, vec![])];
    let layer = layer("communes", features);
    let ids: Vec<_> = drawn(&layer, at).iter().map(|feature| feature.id).collect();
    assert_eq!(ids, [Some(3), None]);
    assert!(layer.bounds().unwrap().iter().all(|edge| edge.is_finite()));
}

#[test]
fn a_shape_as_large_as_the_world_covers_its_corners() {
    let corners = vec![(-180.0, -90.0), (180.0, -90.0), (180.0, 90.0), (-180.0, 90.0), (-180.0, -90.0)];
    let layer = layer("communes", vec![plain_area(1, vec![Polygon::new(corners.into(), vec![])])]);
    for (z, last) in [(4, 15), (16, 65_535), (22, 4_194_303)] {
        for (x, y) in [(0, 0), (last, 0), (0, last), (last, last)] {
            assert_eq!(drawn(&layer, address(z, x, y)).len(), 1, "{z}/{x}/{y}");
        }
    }
}

#[test]
fn features_keep_the_order_that_they_were_given_in() {
    let ids: Vec<u64> = (0..200).map(|i| (i * 77) % 199 + 1_000 * i).collect();
    let place = |id: u64| (105.9 + (id % 37) as f64 / 1_000.0, 20.2 + (id % 41) as f64 / 1_000.0);
    let villages = layer("villages", ids.iter().map(|id| village(*id, place(*id).0, place(*id).1)).collect());
    let seen: Vec<_> = drawn(&villages, address(8, 203, 113)).iter().filter_map(|feature| feature.id).collect();
    assert_eq!(seen, ids);
}

#[test]
fn bounds_are_west_south_east_north() {
    let villages = layer("villages", vec![village(1, 105.9, 20.25), village(2, 106.1, 20.1)]);
    assert_eq!(villages.bounds(), Some([105.9, 20.1, 106.1, 20.25]));
    assert_eq!(layer("villages", vec![]).bounds(), None);
}

/// A coverage: `side`² quadrangles between jittered corners; the outermost reach far beyond the tile.
fn coverage(at: Address, side: usize, jitter: &[(f64, f64)]) -> Vec<Feature> {
    let step = 5_000.0 / side as f64;
    let corner = |column: usize, row: usize| {
        let (dx, dy) = jitter[(column * 7 + row * 13) % jitter.len()];
        let outwards = |line: usize| {
            if line == 0 {
                -9_000.0
            } else if line == side {
                9_000.0
            } else {
                0.0
            }
        };
        let along = |line: usize, nudge: f64| outwards(line) - 450.0 + step * (line as f64 + 0.45 * nudge);
        (along(column, dx), along(row, dy))
    };
    let cells = (0..side * side).map(|number| {
        let (column, row) = (number % side, number / side);
        let corners = [(0, 0), (1, 0), (1, 1), (0, 1)].map(|(right, down)| corner(column + right, row + down));
        plain_area(number as u64 + 1, vec![polygon(at, &[&corners])])
    });
    cells.collect()
}

/// The tile at zoom `z` with the north-west corner of `at`, or that holds it.
fn over(at: Address, z: u8) -> Address {
    let shift = |value: u32| if z <= at.z() { value >> (at.z() - z) } else { value << (z - at.z()) };
    address(z, shift(at.x()), shift(at.y()))
}

fn jitter() -> impl Strategy<Value = Vec<(f64, f64)>> {
    prop::collection::vec((-1.0..1.0_f64, -1.0..1.0_f64), 5..60)
}

fn awkward() -> impl Strategy<Value = Vec<Vec<(f64, f64)>>> {
    let ring = || prop::collection::vec((-300.0..4_400.0_f64, -300.0..4_400.0_f64), 3..12);
    let tiny = || prop::collection::vec((2_000.0..2_004.0_f64, 2_000.0..2_004.0_f64), 3..9);
    prop::collection::vec(prop_oneof![ring(), tiny()], 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// In whole units the cells of a coverage tile the box without a gap or an overlap:
    /// areas add up to the box, and every inner edge is walked once each way.
    #[test]
    fn a_coverage_stays_one_after_snapping_and_cutting(side in 1_usize..24, jitter in jitter()) {
        let at = address(12, 3253, 1812);
        let features = drawn(&layer("communes", coverage(at, side, &jitter)), at);
        let total: i64 = features.iter().flat_map(|f| &f.geometry).map(|ring| doubled_area(ring)).sum();
        prop_assert_eq!(total, 2 * 4_224 * 4_224);
        let mut edges = std::collections::HashMap::new();
        for ring in features.iter().flat_map(|f| &f.geometry) {
            for i in 0..ring.len() {
                let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
                *edges.entry((a.min(b), a.max(b))).or_insert(0) += if a < b { 1 } else { -1 };
            }
        }
        let on_border = |(a, b): ((i32, i32), (i32, i32))| {
            [-64, 4160].iter().any(|edge| (a.0 == *edge && b.0 == *edge) || (a.1 == *edge && b.1 == *edge))
        };
        for (edge, balance) in edges {
            prop_assert!(balance == 0 || on_border(edge), "{edge:?} {balance}");
        }
    }

    #[test]
    fn every_tile_of_a_coverage_at_every_zoom_is_valid(jitter in jitter(), z in 4_u8..=22) {
        let at = address(12, 3253, 1812);
        let layer = layer("communes", coverage(at, 9, &jitter));
        for (dx, dy) in [(0, 0), (1, 0), (0, 1), (3, 2)] {
            let tile = over(at, z);
            let tile = address(z, tile.x() + dx, tile.y() + dy);
            prop_assert_eq!(problems(&encode(&[&layer], tile)), Vec::<String>::new());
        }
    }

    /// Rings that cross themselves, holes that lie anywhere: not ours to mend, but still a valid tile.
    #[test]
    fn awkward_polygons_never_make_an_invalid_ring(rings in awkward(), z in 6_u8..=14) {
        let at = address(12, 3253, 1812);
        let alone = rings.iter().map(|ring| polygon(at, &[ring])).collect();
        let holed = rings.chunks(2).map(|pair| polygon(at, &pair.iter().map(Vec::as_slice).collect::<Vec<_>>()));
        for parts in [alone, holed.collect()] {
            let layer = layer("communes", vec![area(1, parts)]);
            prop_assert_eq!(problems(&encode(&[&layer], over(at, z))), Vec::<String>::new());
        }
    }

    /// Holes that follow their exterior closely, down to shapes of less than a unit.
    #[test]
    fn holes_stay_inside_or_go(
        radii in prop::collection::vec(200.0..2_500.0_f64, 3..40),
        share in 0.02..0.995_f64,
        z in 4_u8..=15,
    ) {
        let at = address(12, 3253, 1812);
        let turn = std::f64::consts::TAU / radii.len() as f64;
        let star = |share: f64| -> Vec<(f64, f64)> {
            let spoke = |(i, radius): (usize, &f64)| {
                let (sine, cosine) = (turn * i as f64).sin_cos();
                (2_000.0 + share * radius * cosine, 2_000.0 + share * radius * sine)
            };
            radii.iter().enumerate().map(spoke).collect()
        };
        let layer = layer("communes", vec![area(1, vec![polygon(at, &[&star(1.0), &star(share)])])]);
        prop_assert_eq!(problems(&encode(&[&layer], over(at, z))), Vec::<String>::new());
    }
}
