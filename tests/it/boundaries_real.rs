//! The boundaries engine on the real province.
//!
//! Reads the files that `PHUSONG_REAL_DATA` points to and holds the engine to
//! the figures that others measured with other tools. Skipped, and said so, where
//! the files are not at hand: they may not be copied into the repository.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a file that cannot be read fails the test")]
#![expect(clippy::print_stdout, reason = "the figures are what a reader of the log wants")]

mod geo_guards;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use geo::{Area, BooleanOps, BoundingRect, CoordsIter, Intersects, Orient, Validation, orient::Direction};
use geo_types::MultiPolygon;
use jiff::civil::{Date, date};
use phusong::engine::boundaries::lineage::{Lineage, Resolution};
use phusong::engine::boundaries::{Lookup, area, dissolve, topology, union_areas};
use phusong::engine::names::{Match, Matcher};
use phusong::model::admin::{AdminUnit, Share, UnitChange, UnitCode, UnitKind};
use phusong::model::measure::LonLat;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

const MERGER: Date = date(2025, 7, 1);

fn admin_files() -> Option<PathBuf> {
    let Some(root) = std::env::var_os("PHUSONG_REAL_DATA") else {
        println!("skipped: PHUSONG_REAL_DATA is not set");
        return None;
    };
    Some(Path::new(&root).join("admin"))
}

fn code(text: &str) -> UnitCode {
    text.parse().unwrap()
}

/// The properties and the shape of every feature.
fn features(file: &Path) -> Vec<(serde_json::Map<String, serde_json::Value>, MultiPolygon<f64>)> {
    let text = std::fs::read_to_string(file).unwrap();
    let collection: geojson::FeatureCollection = text.parse::<geojson::GeoJson>().unwrap().try_into().unwrap();
    let shape = |feature: geojson::Feature| {
        let geometry: geo_types::Geometry<f64> = feature.geometry.unwrap().try_into().unwrap();
        let shape = match geometry {
            geo_types::Geometry::Polygon(polygon) => MultiPolygon::new(vec![polygon]),
            geo_types::Geometry::MultiPolygon(shape) => shape,
            other => panic!("not an area: {other:?}"),
        };
        (feature.properties.unwrap(), shape)
    };
    collection.features.into_iter().map(shape).collect()
}

fn text(properties: &serde_json::Map<String, serde_json::Value>, key: &str) -> String {
    properties[key].as_str().unwrap().to_owned()
}

/// Shapes by code.
fn shapes(file: &Path) -> HashMap<UnitCode, MultiPolygon<f64>> {
    features(file).into_iter().map(|(properties, shape)| (code(&text(&properties, "code")), shape)).collect()
}

fn rows(file: &Path) -> Vec<HashMap<String, String>> {
    csv::Reader::from_path(file).unwrap().deserialize().map(Result::unwrap).collect()
}

fn unit(code: UnitCode, name: &str, from: Date, to: Option<Date>, geometry: Option<MultiPolygon<f64>>) -> AdminUnit {
    AdminUnit {
        code,
        name: name.to_owned(),
        kind: UnitKind::Commune,
        district: None,
        valid_from: from,
        valid_to: to,
        geometry,
        stated_area_km2: None,
        source: "real data".to_owned(),
        approximate: false,
    }
}

fn old_units(file: &Path) -> Vec<AdminUnit> {
    let unit = |(properties, shape): (serde_json::Map<_, _>, _)| {
        unit(code(&text(&properties, "code")), &text(&properties, "name"), date(2025, 1, 1), Some(MERGER), Some(shape))
    };
    features(file).into_iter().map(unit).collect()
}

fn change(from: &str, to: &str, to_name: &str, share: Share, effective: Date) -> UnitChange {
    UnitChange {
        from: code(from),
        from_name: String::new(),
        to: code(to),
        to_name: to_name.to_owned(),
        share,
        effective,
        legal_basis: None,
    }
}

fn crosswalk(admin: &Path) -> Vec<UnitChange> {
    let change = |row: &HashMap<String, String>| {
        let share = if row["share"] == "part" { Share::Part } else { Share::Whole };
        change(&row["old_code"], &row["new_code"], &row["new_name"], share, MERGER)
    };
    rows(&admin.join("merger_2025.csv")).iter().map(change).collect()
}

fn iou(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> f64 {
    let (a, b) = (a.orient(Direction::Default), b.orient(Direction::Default));
    let common = a.intersection(&b).unsigned_area();
    common / (a.unsigned_area() + b.unsigned_area() - common)
}

fn holes(shape: &MultiPolygon<f64>) -> usize {
    shape.iter().map(|polygon| polygon.interiors().len()).sum()
}

#[test]
fn fitted_old_units_dissolve_into_the_official_communes() {
    let Some(admin) = admin_files() else { return };
    let official = shapes(&admin.join("communes_2025.geojson"));
    let (old, changes) = (old_units(&admin.join("communes_before_fitted.geojson")), crosswalk(&admin));

    let started = std::time::Instant::now();
    let whole = dissolve::dissolve(&old, &changes, MERGER);
    println!("dissolve of 398 units: {:?}", started.elapsed());
    assert_eq!((old.len(), changes.len(), whole.units.len()), (398, 404, 129));
    assert_eq!(whole.problems.len(), 6, "{:?}", whole.problems);
    let unsplit: Vec<_> = whole.units.iter().filter(|unit| unit.split.is_empty()).collect();
    assert_eq!(unsplit.len(), 121);
    let mut worst: f64 = 1.0;
    for unit in &unsplit {
        let agreed = iou(&unit.geometry, &official[&unit.code]);
        worst = worst.min(agreed);
        assert!(agreed >= 0.999_999, "{} {}: {agreed}", unit.code, unit.name);
        assert_eq!(unit.geometry.0.len(), official[&unit.code].0.len(), "parts of {}", unit.code);
    }
    let pin_holes: usize = unsplit.iter().map(|unit| holes(&unit.geometry)).sum();
    println!("121 whole units: least IoU {worst:.9}, holes {pin_holes}");

    let drawn = features(&admin.join("pieces_fitted.geojson"));
    let pieces: Vec<_> = drawn
        .iter()
        .map(|(properties, geometry)| dissolve::Piece {
            from: code(&text(properties, "old_code")),
            to: code(&text(properties, "new_code")),
            geometry,
        })
        .collect();
    let all = dissolve::dissolve_with_pieces(&old, &pieces, &changes, MERGER);
    assert!(all.problems.is_empty(), "{:?}", all.problems);
    let mut worst: f64 = 1.0;
    for unit in &all.units {
        let agreed = iou(&unit.geometry, &official[&unit.code]);
        worst = worst.min(agreed);
        assert!(agreed >= 0.999_999, "{} {}: {agreed}", unit.code, unit.name);
        let (ours, theirs) = (area::area_m2(&unit.geometry).unwrap(), area::area_m2(&official[&unit.code]).unwrap());
        assert!((ours / theirs - 1.0).abs() < 1e-6, "area of {}: {ours} {theirs}", unit.code);
    }
    println!("129 units with pieces: least IoU {worst:.9}");
}

#[test]
fn real_old_units_dissolve_as_others_measured() {
    let Some(admin) = admin_files() else { return };
    let official = shapes(&admin.join("communes_2025.geojson"));
    let old = old_units(&admin.join("communes_before.geojson"));
    let units = dissolve::dissolve(&old, &crosswalk(&admin), MERGER).units;
    let units: HashMap<_, _> = units.into_iter().map(|unit| (unit.code, unit)).collect();
    let (mut furthest, mut agreed): (f64, Vec<f64>) = (0.0, Vec::new());
    for row in rows(&admin.join("check_iou_before_vs_2025.csv")) {
        let unit = &units[&code(&row["new_code"])];
        let ours = iou(&unit.geometry, &official[&unit.code]);
        let theirs: f64 = row["iou"].parse().unwrap();
        furthest = furthest.max((ours - theirs).abs());
        assert!((ours - theirs).abs() <= 0.005, "{} {}: {ours}, others {theirs}", unit.code, unit.name);
        if unit.split.is_empty() {
            agreed.push(ours);
        }
    }
    agreed.sort_by(f64::total_cmp);
    println!(
        "{} whole units: median IoU {:.4}, furthest from others {furthest:.5}",
        agreed.len(),
        agreed[agreed.len() / 2]
    );
    assert!(agreed.len() == 121 && agreed[60] >= 0.945);
}

#[test]
fn the_outline_of_the_province_has_the_area_of_its_communes() {
    let Some(admin) = admin_files() else { return };
    let communes = shapes(&admin.join("communes_2025.geojson"));
    let outline = union_areas(&communes.values().collect::<Vec<_>>());
    let sum: f64 = communes.values().map(|shape| area::area_m2(shape).unwrap()).sum();
    let whole = area::area_m2(&outline).unwrap();
    println!(
        "outline {:.6} km², communes {:.6} km², {} parts, {} holes",
        whole / 1e6,
        sum / 1e6,
        outline.0.len(),
        holes(&outline)
    );
    assert!((whole / sum - 1.0).abs() < 1e-6 && (sum / 1e6 - 3_872.75).abs() < 0.01);
    assert_eq!(outline.0.len(), 13);
}

#[test]
fn simplified_communes_neither_part_nor_overlap() {
    let Some(admin) = admin_files() else { return };
    let mut communes: Vec<_> = shapes(&admin.join("communes_2025.geojson")).into_iter().collect();
    communes.sort_by_key(|(code, _)| *code);
    let communes: Vec<_> = communes.iter().map(|(_, shape)| shape).collect();
    for tolerance in [1e-4, 5e-4, 2e-3] {
        let started = std::time::Instant::now();
        let simple = topology::simplify(&communes, tolerance);
        let elapsed = started.elapsed();
        let invalid = simple.iter().filter(|shape| !shape.is_valid()).count();
        let sum: f64 = simple.iter().map(Area::unsigned_area).sum();
        let outline = geo::unary_union(&simple);
        let vertices: usize = simple.iter().map(CoordsIter::coords_count).sum();
        let off = outline.unsigned_area() - sum;
        println!(
            "{tolerance}: {vertices} vertices, {invalid} invalid, outline − sum {off:.3e} deg², {} holes, {elapsed:?}",
            holes(&outline)
        );
        assert_eq!(invalid, 0);
        // The official polygons overlap by 2e-10 deg² themselves.
        assert!(off.abs() < 1e-9);
        assert!(holes(&outline) <= 2, "the official pin-holes and no more");
    }
}

#[test]
fn places_lie_in_the_communes_that_others_found() {
    let Some(admin) = admin_files() else { return };
    for (file, column) in [("communes_2025.geojson", "new_code"), ("communes_before_fitted.geojson", "old_code_fitted")]
    {
        let shapes = shapes(&admin.join(file));
        let lookup = Lookup::new(shapes.iter().map(|(code, shape)| (*code, shape)));
        let places = rows(&admin.join("points_places.csv"));
        for place in &places {
            let at = LonLat::new(place["lon"].parse().unwrap(), place["lat"].parse().unwrap()).unwrap();
            assert_eq!(lookup.locate(at).map(|c| c.to_string()), Some(place[column].clone()), "{}", place["name"]);
        }
        assert_eq!(places.len(), 882);
    }
}

#[test]
fn the_lookup_agrees_with_asking_every_commune() {
    let Some(admin) = admin_files() else { return };
    // Thinned polygons overlap and leave gaps; official ones fit.
    for file in ["communes_2025.geojson", "communes_before.geojson"] {
        let mut units: Vec<_> = shapes(&admin.join(file)).into_iter().collect();
        units.sort_by_key(|(code, _)| *code);
        let started = std::time::Instant::now();
        let lookup = Lookup::new(units.iter().map(|(code, shape)| (*code, shape)));
        let built = started.elapsed();
        let boxes: Vec<_> = units.iter().map(|(_, shape)| shape.bounding_rect().unwrap()).collect();
        // The golden ratio and the plastic number spread points evenly over the province.
        let spread = |n: u32, step: f64| (f64::from(n) * step).fract();
        let mut points: Vec<_> =
            (0..20_000).map(|n| (105.5 + spread(n, 0.618_034), 19.8 + spread(n, 0.754_878))).collect();
        // Corners and middles of edges, where two answers are possible and one is right.
        for (_, shape) in &units {
            for edge in shape.iter().flat_map(|polygon| polygon.exterior().lines().step_by(97)) {
                points.extend([
                    (edge.start.x, edge.start.y),
                    ((edge.start.x + edge.end.x) / 2.0, (edge.start.y + edge.end.y) / 2.0),
                ]);
            }
        }
        let points: Vec<_> = points.into_iter().map(|(lon, lat)| LonLat::new(lon, lat).unwrap()).collect();
        let mut inside = 0;
        for at in &points {
            let point = geo_types::Point::from(*at);
            let slow = units
                .iter()
                .zip(&boxes)
                .find(|((_, shape), bounds)| bounds.intersects(&point) && shape.intersects(&point));
            let slow = slow.map(|((code, _), _)| *code);
            assert_eq!(lookup.locate(*at), slow, "{file} {at:?}");
            inside += usize::from(slow.is_some());
        }
        let started = std::time::Instant::now();
        let found = (0..20).flat_map(|_| &points).filter(|at| lookup.locate(**at).is_some()).count();
        println!(
            "{file}: {} points, {inside} inside, same answers; built in {built:?}, {:.2} M points/s",
            points.len(),
            (20 * points.len()) as f64 / started.elapsed().as_secs_f64() / 1e6
        );
        assert_eq!(found, 20 * inside);
    }
}

#[test]
fn codes_of_any_day_lead_to_the_unit_of_today() {
    let Some(admin) = admin_files() else { return };
    let units: Vec<_> = rows(&admin.join("units_register.csv"))
        .iter()
        .map(|row| {
            unit(
                code(&row["code"]),
                &row["name"],
                row["valid_from"].parse().unwrap(),
                row["valid_to"].parse().ok(),
                None,
            )
        })
        .collect();
    let mut changes = crosswalk(&admin);
    changes.extend(
        rows(&admin.join("lineage_pre2025.csv")).iter().filter(|row| row["share"].starts_with("whole")).map(|row| {
            change(
                &row["old_code"],
                &row["new_code"],
                &row["new_name"],
                Share::Whole,
                row["effective"].parse().unwrap(),
            )
        }),
    );
    let lineage = Lineage::new(&units, &changes);
    let as_of = date(2025, 8, 1);
    for (day, expected) in
        [(date(2012, 12, 1), 490), (date(2020, 3, 1), 478), (date(2024, 10, 1), 427), (date(2025, 3, 1), 398)]
    {
        let standing = lineage.in_force(day);
        assert_eq!(standing.len(), expected, "{day}");
        let (mut one, mut split) = (0, 0);
        for index in standing {
            match lineage.resolve(units[index].code, day, as_of) {
                Resolution::Split { .. } => split += 1,
                Resolution::Unknown => panic!("{} of {day} leads nowhere", units[index].code),
                Resolution::Current(_) | Resolution::Moved { .. } => one += 1,
            }
        }
        println!("{day}: {one} lead to one commune, {split} were split");
        assert_eq!(lineage.in_force(as_of).len(), 129);
    }
    let to = |text: &str, day| lineage.resolve(code(text), day, as_of).unit();
    assert_eq!(to("13294", date(2025, 3, 1)), Some(code("13285")));
    assert_eq!(to("13285", as_of), Some(code("13285")));
    assert_eq!(to("13285", date(2024, 6, 1)), None, "Quang Trung was split");
    assert_eq!(lineage.resolve_undated(code("13294"), as_of).unit(), Some(code("13285")));
    assert!(matches!(lineage.resolve_undated(code("13354"), as_of), Resolution::Split { .. }));
}

#[test]
fn every_commune_is_found_by_its_name_and_no_two_are_confused() {
    let Some(admin) = admin_files() else { return };
    let communes = rows(&admin.join("communes_2025_attrs.csv"));
    let matcher = Matcher::new(communes.iter().map(|row| (row["name"].clone(), row["code"].clone())));
    // As typed without a Vietnamese keyboard.
    let bare = |name: &str| -> String {
        name.nfd().filter(|c| !is_combining_mark(*c)).map(|c| if c == 'đ' || c == 'Đ' { 'd' } else { c }).collect()
    };
    for row in &communes {
        assert_eq!(matcher.find(&row["name"]), Match::Exact(row["code"].clone()), "{}", row["name"]);
        match matcher.find(&bare(&row["name"])) {
            Match::Exact(code) | Match::Folded(code) => assert_eq!(code, row["code"], "{}", row["name"]),
            Match::Ambiguous(codes) => assert!(codes.contains(&row["code"]), "{}", row["name"]),
            Match::None { .. } => panic!("{} is not found", row["name"]),
        }
    }
    // Names in the text of the resolution against names in the register, which put tone marks elsewhere.
    let old = rows(&admin.join("legacy_units.csv"));
    let matcher = Matcher::new(old.iter().map(|row| (row["name"].clone(), row["code"].clone())));
    let (mut exact, mut several) = (0, 0);
    for row in &communes {
        for name in row["old_units_text"].split(',').map(|name| name.split('(').next().unwrap_or_default().trim()) {
            match matcher.find(name) {
                Match::Exact(_) => exact += 1,
                Match::Ambiguous(_) => several += 1,
                other => println!("{name} in {}: {other:?}", row["name"]),
            }
        }
    }
    println!("old names in the tables of new communes: {exact} exact, {several} borne by several old communes");
    assert!(exact > 330);
}

#[test]
fn the_communes_on_the_map_fit_at_every_zoom_on_the_grid_of_its_tiles() {
    use phusong::engine::boundaries::coverage::{self, Drawn, Kind};
    use phusong::flow::generalise;
    let Some(admin) = admin_files() else { return };
    let mut communes: Vec<_> = shapes(&admin.join("communes_2025.geojson")).into_iter().collect();
    communes.sort_by_key(|(code, _)| *code);
    let units: Vec<_> = communes.iter().map(|(code, shape)| (*code, shape)).collect();
    let by_zoom = generalise::coverage(&units);
    for (zoom, shapes) in generalise::levels().map(|zooms| *zooms.end()).zip(&by_zoom).filter(|(zoom, _)| *zoom <= 15) {
        // As a tile snaps it: 4,096 units a tile, kept in degrees so that the same check can read it.
        let unit = phusong::tiles::unit(zoom);
        let snapped = |at| {
            let at = phusong::tiles::to_square(at);
            geo_types::Coord { x: (at.x / unit).round() * unit, y: (at.y / unit).round() * unit }
        };
        let snapped: Vec<_> = shapes.iter().map(|shape| geo::MapCoords::map_coords(shape, snapped)).collect();
        let drawn: Vec<_> = communes
            .iter()
            .zip(&snapped)
            .map(|((code, _), geometry)| Drawn { code: *code, geometry, stated_km2: None, repeated: 0 })
            .collect();
        let found = coverage::check(&drawn, None);
        let count = |kind| found.findings.iter().filter(|finding| finding.kind == kind).count();
        let faults = [Kind::Overlap, Kind::Gap, Kind::Invalid, Kind::MismatchedEdge].map(count);
        println!("z{zoom}: {} vertices, {} parts, {faults:?}", found.vertices, found.parts);
        assert_eq!(faults, [0; 4], "zoom {zoom}");
        assert!(snapped.iter().all(|shape| !shape.0.is_empty() && shape.is_valid()), "zoom {zoom}");
    }
}
