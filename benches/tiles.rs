//! One tile: our whole path, and the two writers alone.
//!
//! `phusong` starts from the layer in memory: search, snap, cut, clean, write.
//! `fast-mvt` and `mvt` are handed the very same features already snapped and
//! cut, and only write. So a win of `phusong` over `mvt` is a win with all the
//! geometry work on top. Data come from formulas, not from chance.
//!
//! `cargo bench --bench tiles`; with `PHUSONG_REAL_DATA` set to the folder of
//! real data, the 129 communes of Ninh Bình are measured too.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a bench is a test without the name: it stops on bad data, speaks on the terminal and counts small numbers"
)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use fast_mvt::{MvtGeomType, MvtGeometry, MvtLayerBuilder, MvtReaderRef, MvtTile, MvtValue, MvtValueRef};
use geo_types::{Coord, Geometry, LineString, MultiPolygon, Polygon};
use phusong::model::feature::{Feature, Shape, Value};
use phusong::model::measure::LonLat;
use phusong::tiles::{Address, Layer, Level, definition, encode};

criterion_main!(tiles);
criterion_group!(tiles, areas, points, real);

/// Communes in one tile: the axis is their number, at 240 vertices each.
fn areas(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("areas");
    for side in [4_usize, 12, 24] {
        let layer = layer("communes", communes(side));
        three_ways(&mut group, &(side * side).to_string(), &layer, tile_at(7));
    }
    group.finish();
}

/// Villages in one tile: the axis is their number, with five attributes each.
fn points(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("points");
    for count in [300_usize, 3_000, 30_000] {
        let layer = layer("villages", villages(count));
        three_ways(&mut group, &count.to_string(), &layer, tile_at(7));
    }
    group.finish();
}

/// The official communes, not simplified, 103 454 vertices: the axis is the zoom.
fn real(criterion: &mut Criterion) {
    let Some(folder) = std::env::var_os("PHUSONG_REAL_DATA") else {
        println!("skipped: PHUSONG_REAL_DATA is not set");
        return;
    };
    let file = std::path::Path::new(&folder).join("admin/communes_2025.geojson");
    let layer = layer("communes", read(&file));
    let mut group = criterion.benchmark_group("ninh-binh");
    for z in [7_u8, 9, 10, 12, 14] {
        three_ways(&mut group, &format!("z{z}"), &layer, tile_at(z));
    }
    group.finish();
}

type Group<'a> = criterion::BenchmarkGroup<'a, criterion::measurement::WallTime>;

fn three_ways(group: &mut Group<'_>, size: &str, layer: &Layer, at: Address) {
    let bytes = encode(&[layer], at);
    let tile = MvtReaderRef::new(&bytes).expect("our own tile").to_tile().expect("our own tile");
    let features: usize = tile.layers.iter().map(|layer| layer.num_features()).sum();
    println!("{size}: {features} features, {} bytes, mvt writes {} bytes", bytes.len(), with_mvt(&tile).len());
    group.bench_function(BenchmarkId::new("phusong", size), |b| b.iter(|| encode(black_box(&[layer]), at)));
    group.bench_function(BenchmarkId::new("fast-mvt, writing only", size), |b| {
        b.iter(|| with_fast_mvt(black_box(&tile)))
    });
    group.bench_function(BenchmarkId::new("mvt, writing only", size), |b| b.iter(|| with_mvt(black_box(&tile))));
}

fn with_fast_mvt(tile: &MvtTile) -> Vec<u8> {
    let mut bytes = Vec::new();
    for layer in &tile.layers {
        let mut writer = MvtLayerBuilder::new(layer.name()).expect("a name");
        for source in &layer.features {
            let mut feature = match &source.geometry {
                MvtGeometry::Point(at) => {
                    let mut feature = writer.feature_of(MvtGeomType::Point);
                    feature.points([at.0]).expect("a point");
                    feature
                }
                area => {
                    let mut feature = writer.feature_of(MvtGeomType::Polygon);
                    for (ring, exterior) in rings(area) {
                        feature.ring(ring.0.iter().copied(), exterior).expect("a ring");
                    }
                    feature
                }
            };
            feature.id(source.id);
            for (key, value) in &source.properties {
                feature.tag_ref(key, MvtValueRef::from(value)).expect("a tag");
            }
            writer = feature.end();
        }
        bytes.extend(writer.encode());
    }
    bytes
}

fn with_mvt(tile: &MvtTile) -> Vec<u8> {
    let mut out = mvt::Tile::new(4096);
    for source in &tile.layers {
        let mut layer = out.create_layer(source.name());
        for source in &source.features {
            let geometry = match &source.geometry {
                MvtGeometry::Point(at) => {
                    let mut encoder = mvt::GeomEncoder::<i32>::new(mvt::GeomType::Point);
                    encoder.add_point(at.x(), at.y()).expect("a point");
                    encoder.encode()
                }
                area => {
                    let mut encoder = mvt::GeomEncoder::<i32>::new(mvt::GeomType::Polygon);
                    for (ring, _) in rings(area) {
                        // Open: `mvt` closes rings itself.
                        for at in &ring.0[..ring.0.len() - 1] {
                            encoder.add_point(at.x, at.y).expect("a vertex");
                        }
                        encoder.complete_geom().expect("a ring");
                    }
                    encoder.encode()
                }
            };
            let mut feature = layer.into_feature(geometry.expect("a geometry"));
            if let Some(id) = source.id {
                feature.set_id(id);
            }
            for (key, value) in &source.properties {
                match value {
                    MvtValue::String(value) => feature.add_tag_string(key, value),
                    MvtValue::Double(value) => feature.add_tag_double(key, *value),
                    MvtValue::SInt(value) => feature.add_tag_sint(key, *value),
                    MvtValue::Bool(value) => feature.add_tag_bool(key, *value),
                    other => unreachable!("we never write {other:?}"),
                }
            }
            layer = feature.into_layer();
        }
        out.add_layer(layer).expect("a layer");
    }
    out.to_bytes().expect("bytes")
}

/// Exterior first, then holes, of each polygon.
fn rings<'a>(area: &'a MvtGeometry) -> Vec<(&'a LineString<i32>, bool)> {
    let polygons = match area {
        MvtGeometry::Polygon(polygon) => std::slice::from_ref(polygon),
        MvtGeometry::MultiPolygon(polygons) => &polygons.0,
        other => unreachable!("we never write {other:?}"),
    };
    let of = |polygon: &'a Polygon<i32>| {
        let holes = polygon.interiors().iter().map(|ring| (ring, false));
        std::iter::once((polygon.exterior(), true)).chain(holes)
    };
    polygons.iter().flat_map(of).collect()
}

fn layer(id: &str, features: Vec<Feature>) -> Layer {
    Layer::new(definition(id).expect("a layer of ours"), vec![Level { once: false, zooms: 4..=16, features }])
}

/// The tile of that zoom with Ninh Bình's middle, 105.97° E 20.25° N.
fn tile_at(z: u8) -> Address {
    let side = f64::from(1_u32 << z);
    let x = (105.97 / 360.0 + 0.5) * side;
    let y = (1.0 - 20.25_f64.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * side;
    Address::new(z, x as u32, y as u32).expect("a tile of Ninh Bình")
}

/// `side`² communes of 240 vertices over 0.9° by 0.8°, with wavy borders that neighbours share.
fn communes(side: usize) -> Vec<Feature> {
    const STEPS: usize = 60;
    let place = |column: f64, row: f64| {
        let wave = 0.12 * ((column * 5.3).sin() * (row * 4.1).cos() + 0.5 * (column * 31.0 + row * 29.0).sin());
        let (width, height) = (0.9 / side as f64, 0.8 / side as f64);
        Coord { x: 105.5 + (column + wave) * width, y: 19.85 + (row - wave) * height }
    };
    let cell = |number: usize| {
        let (column, row) = ((number % side) as f64, (number / side) as f64);
        let along = |i: usize| i as f64 / STEPS as f64;
        let south = (0..STEPS).map(|i| place(column + along(i), row));
        let east = (0..STEPS).map(|i| place(column + 1.0, row + along(i)));
        let north = (0..STEPS).map(|i| place(column + 1.0 - along(i), row + 1.0));
        let west = (0..=STEPS).map(|i| place(column, row + 1.0 - along(i)));
        let polygon = Polygon::new(south.chain(east).chain(north).chain(west).collect(), vec![]);
        commune(number as u64, MultiPolygon(vec![polygon]))
    };
    (0..side * side).map(cell).collect()
}

fn commune(number: u64, area: MultiPolygon<f64>) -> Feature {
    let code = format!("{:05}", 13_000 + number);
    let attributes = vec![
        ("code", Value::Text(code.clone())),
        ("name", Value::Text(format!("Xã số {number}"))),
        ("villages", Value::Integer(20 + (number % 17) as i64)),
        ("percent", Value::Number((number % 100) as f64 / 1.6)),
        ("synthetic", Value::Flag(true)),
    ];
    Feature { id: number + 1, key: code, shape: Shape::Area(area), attributes }
}

fn villages(count: usize) -> Vec<Feature> {
    let village = |number: usize| {
        // The golden ratio and the square root of two spread points evenly.
        let spread = |ratio: f64| (number as f64 * ratio).fract();
        let at = LonLat::new(105.5 + 0.9 * spread(0.618_033_988_749), 19.85 + 0.8 * spread(0.414_213_562_373));
        let attributes = vec![
            ("code", Value::Text(format!("13000-{number:05}"))),
            ("name", Value::Text(format!("Thôn {number}"))),
            ("status", Value::Text(["not_reached", "started", "low", "reached"][number % 4].into())),
            ("households", Value::Integer((60 + number % 240) as i64)),
            ("percent", Value::Number((number % 100) as f64)),
        ];
        let shape = Shape::Point(at.expect("inside Ninh Bình"));
        Feature { id: number as u64 + 1, key: number.to_string(), shape, attributes }
    };
    (0..count).map(village).collect()
}

fn read(file: &std::path::Path) -> Vec<Feature> {
    let text = std::fs::read_to_string(file).expect("the communes of the real data");
    let collection: geojson::FeatureCollection = text.parse().expect("GeoJSON");
    let area = |(number, feature): (usize, geojson::Feature)| {
        let geometry = Geometry::<f64>::try_from(feature.geometry.expect("a geometry")).expect("a geometry");
        match geometry {
            Geometry::Polygon(polygon) => commune(number as u64, MultiPolygon(vec![polygon])),
            Geometry::MultiPolygon(area) => commune(number as u64, area),
            other => unreachable!("a commune is an area, not {other:?}"),
        }
    };
    collection.features.into_iter().enumerate().map(area).collect()
}
