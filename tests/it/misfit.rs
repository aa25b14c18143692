//! Files in the wrong coordinate system, through the whole program.
//!
//! Each file is real data written in a system of Viet Nam and stated as another,
//! as such files are. What is right must pass: a false alarm on thinned or old
//! lines would teach people to distrust the true one.

use std::fs;
use std::path::{Path, PathBuf};

use geo_types::{Coord, MultiPolygon};
use phusong::engine::boundaries::fit::{self, Fit, ReadAs};
use phusong::ingest;
use phusong::model::crs::Crs;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::support::{folder, phusong, real_data, run_json, text};

const MISLABELLED: &str = "communes_2020_ninh_binh_vn2000_mislabelled.geojson";

/// A store that knows the official communes.
struct Desk {
    data: PathBuf,
    dir: TempDir,
}

impl Desk {
    fn new(known: &str) -> Option<Self> {
        let desk = Self { data: real_data()?.join("admin"), dir: folder() };
        let report = desk.import("boundaries", &desk.copied(known), &["--as-of", "2025-07-01"]);
        assert_eq!(report["refused"], 0, "{report}");
        Some(desk)
    }

    fn copied(&self, name: &str) -> String {
        self.write(name, &fs::read(self.data.join(name)).unwrap())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.dir.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.to_string_lossy().into_owned()
    }

    fn arguments<'a>(&'a self, kind: &'a str, file: &'a str, more: &[&'a str], db: &'a str) -> Vec<&'a str> {
        [&["import", kind, file, "--db", db], more].concat()
    }

    fn db(&self) -> String {
        self.dir.path().join("store.gpkg").to_string_lossy().into_owned()
    }

    fn import(&self, kind: &str, file: &str, more: &[&str]) -> Json {
        run_json(&self.arguments(kind, file, more, &self.db()))["files"][0].clone()
    }

    /// Standard error of an import that must fail, as one line.
    fn refused(&self, kind: &str, file: &str, more: &[&str]) -> String {
        let output = phusong().args(self.arguments(kind, file, more, &self.db())).output().unwrap();
        assert!(!output.status.success(), "{file} {more:?} was taken\n{}", text(&output.stdout));
        text(&output.stderr).replace('\n', " ")
    }
}

fn has(message: &str, words: &[&str]) {
    for word in words {
        assert!(message.contains(word), "`{word}` is not in: {message}");
    }
}

/// The metres of `a shift of +196 m east, -106 m north`.
fn shift(message: &str) -> (f64, f64) {
    let after = message.split("a shift of ").nth(1).unwrap_or_else(|| panic!("no shift in {message}"));
    let metres: Vec<f64> = after
        .split(" m")
        .take(2)
        .map(|part| part.trim_start_matches(" east, ").replace(',', "").parse().unwrap())
        .collect();
    (metres[0], metres[1])
}

#[test]
fn vn2000_labelled_wgs84_is_named_with_its_shift_and_taken_when_stated() {
    for known in ["communes_2025.geojson", "communes_2020_ninh_binh.geojson"] {
        let Some(desk) = Desk::new(known) else { return };
        let file = desk.copied(MISLABELLED);
        let message = desk.refused("boundaries", &file, &["--as-of", "2020-02-01"]);
        has(&message, &["EPSG:4756", "VN-2000", "--crs 4756"]);
        let (east, north) = shift(&message);
        assert!((east - 196.0).abs() <= 15.0 && (north + 109.0).abs() <= 15.0, "{message}");
        let taken = desk.import("boundaries", &file, &["--as-of", "2020-02-01", "--crs", "4756"]);
        assert_eq!((taken["accepted"].as_u64(), taken["refused"].as_u64()), (Some(143), Some(0)), "{taken}");
    }
}

#[test]
fn a_system_stated_for_a_file_that_has_another_is_refused_too() {
    let Some(desk) = Desk::new("communes_2025.geojson") else { return };
    let file = desk.copied("communes_2020_ninh_binh.geojson");
    let message = desk.refused("boundaries", &file, &["--as-of", "2020-02-01", "--crs", "4756"]);
    has(&message, &["EPSG:4326", "--crs 4326"]);
    assert_eq!(desk.import("boundaries", &file, &["--as-of", "2020-02-01"])["accepted"], 143);
}

fn areas(path: &Path, crs: Option<u32>) -> Vec<MultiPolygon<f64>> {
    let options = ingest::Options { crs_epsg: crs, ..ingest::Options::at("2026-11-22T00:00:00Z".parse().unwrap()) };
    let read = ingest::boundaries::read(path, &options).unwrap();
    read.batch.rows.into_iter().filter_map(|row| row.value.geometry).collect()
}

#[test]
fn real_files_of_any_edition_fit_each_other_thinned_or_not() {
    let Some(data) = real_data() else { return };
    let names = ["communes_2020_ninh_binh", "communes_2012", "communes_before", "communes_2025"];
    let all: Vec<_> = names.iter().map(|name| areas(&data.join(format!("admin/{name}.geojson")), None)).collect();
    for (name, file) in names.iter().zip(&all) {
        for (other, reference) in names.iter().zip(&all).filter(|(other, _)| *other != name) {
            let found = fit::judge(file.iter(), ReadAs::Stated(Crs::WGS84), reference.iter());
            assert_eq!(found, Fit::Fits, "{name} on {other}");
        }
    }
}

/// The published polygon of the province is VN-2000 too, which nobody had said: on 58 to 148 m of lines
/// that are generalised it lies 195 m west and 107 m north of its own communes.
#[test]
fn the_published_province_polygon_is_found_to_be_vn2000() {
    let Some(desk) = Desk::new("communes_2025.geojson") else { return };
    let file = desk.copied("province_2025.geojson");
    let message = desk.refused("boundaries", &file, &[]);
    has(&message, &["EPSG:4756"]);
    let (east, north) = shift(&message);
    assert!((east - 196.0).abs() <= 15.0 && (north + 109.0).abs() <= 15.0, "{message}");
    assert_eq!(desk.import("boundaries", &file, &["--crs", "4756"])["accepted"], 1);
}

/// Old communes of Nam Định in metres of EPSG:9209, and what the file says it is.
fn nam_dinh(desk: &Desk, stated: Option<&str>, northing_first: bool) -> Vec<u8> {
    let source: Json = serde_json::from_slice(&fs::read(desk.data.join("communes_before.geojson")).unwrap()).unwrap();
    let crs = Crs::from_epsg(9209).unwrap();
    let mut features: Vec<Json> = source["features"].as_array().unwrap().clone();
    features.retain(|feature| feature["properties"]["province"] == "Tỉnh Nam Định");
    assert_eq!(features.len(), 175);
    for feature in &mut features {
        project(&mut feature["geometry"]["coordinates"], crs, northing_first);
    }
    let mut file = json!({"type": "FeatureCollection", "features": features});
    if let Some(name) = stated {
        file["crs"] = json!({"type": "name", "properties": {"name": name}});
    }
    file.to_string().into_bytes()
}

fn project(coordinates: &mut Json, crs: Crs, northing_first: bool) {
    let list = coordinates.as_array_mut().unwrap();
    if list.first().is_some_and(Json::is_number) {
        let at = Coord { x: list[0].as_f64().unwrap(), y: list[1].as_f64().unwrap() };
        let (east, north) = crs.from_wgs84(at.x, at.y).unwrap();
        *coordinates = if northing_first { json!([north, east]) } else { json!([east, north]) };
        return;
    }
    list.iter_mut().for_each(|inner| project(inner, crs, northing_first));
}

#[test]
fn a_file_of_nam_dinh_stated_in_the_other_meridian_is_offered_its_own() {
    let Some(desk) = Desk::new("communes_2025.geojson") else { return };
    let old = ["--as-of", "2025-01-01"];
    let stated = desk.write("stated.geojson", &nam_dinh(&desk, Some("urn:ogc:def:crs:EPSG::5897"), false));
    let message = desk.refused("boundaries", &stated, &old);
    has(&message, &["EPSG:9209", "105°30′", "--crs 9209", "a shift of +52,"]);

    let silent = desk.write("silent.geojson", &nam_dinh(&desk, None, false));
    has(&desk.refused("boundaries", &silent, &old), &["metres", "EPSG:9209", "--crs 9209"]);

    let swapped = desk.write("swapped.geojson", &nam_dinh(&desk, Some("EPSG:9209"), true));
    has(&desk.refused("boundaries", &swapped, &old), &["northing first", "EPSG:9209", "exchange"]);

    let taken = desk.import("boundaries", &stated, &[&old[..], &["--crs", "9209"]].concat());
    assert_eq!((taken["accepted"].as_u64(), taken["refused"].as_u64()), (Some(175), Some(0)), "{taken}");
}

#[test]
fn metres_of_no_system_name_the_candidates_where_there_is_nothing_to_compare() {
    let Some(desk) = Desk::new("communes_2020_ninh_binh.geojson") else { return };
    let empty = Desk { data: desk.data.clone(), dir: folder() };
    let silent = empty.write("silent.geojson", &nam_dinh(&desk, None, false));
    has(&empty.refused("boundaries", &silent, &[]), &["metres", "5897", "9209", "--crs"]);
}

#[test]
fn latitude_before_longitude_is_named() {
    let Some(desk) = Desk::new("communes_2025.geojson") else { return };
    let mut file: Json =
        serde_json::from_slice(&fs::read(desk.data.join("communes_2020_ninh_binh.geojson")).unwrap()).unwrap();
    for feature in file["features"].as_array_mut().unwrap() {
        project(&mut feature["geometry"]["coordinates"], Crs::WGS84, true);
    }
    let file = desk.write("swapped.geojson", file.to_string().as_bytes());
    has(&desk.refused("boundaries", &file, &[]), &["latitude before longitude"]);
}

/// Settlements with the commune that they lie in, as a list of Viet Nam has them: `x` is the northing.
fn settlements(desk: &Desk) -> String {
    let source = fs::read_to_string(desk.data.join("points_places.csv")).unwrap();
    let crs = Crs::from_epsg(9209).unwrap();
    let mut list = "commune_code,name,x,y\n".to_owned();
    for row in source.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let (east, north) = crs.from_wgs84(cells[4].parse().unwrap(), cells[3].parse().unwrap()).unwrap();
        list += &format!("{},{} {},{north:.2},{east:.2}\n", cells[5], cells[2], cells[0]);
    }
    list
}

#[test]
fn villages_are_judged_by_the_communes_that_they_state() {
    let Some(desk) = Desk::new("communes_2025.geojson") else { return };
    let file = desk.write("villages.csv", settlements(&desk).as_bytes());
    has(&desk.refused("villages", &file, &["--crs", "5897"]), &["EPSG:9209", "--crs 9209", "of 882 points"]);
    has(&desk.refused("villages", &file, &["--crs", "3405"]), &["EPSG:9209"]);
    has(&desk.refused("villages", &file, &[]), &["metres", "EPSG:9209", "--crs 9209"]);
    let taken = desk.import("villages", &file, &["--crs", "9209"]);
    assert_eq!((taken["accepted"].as_u64(), taken["refused"].as_u64()), (Some(882), Some(0)), "{taken}");
    has(&taken["warnings"].to_string(), &["`x` is the northing and `y` the easting"]);
}
