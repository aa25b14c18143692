//! `phusong check boundaries` on the real communes, and its list over HTTP.
//!
//! The figures are those that others measured with GEOS and with geographic
//! libraries; each is held to the digits that they published.

use std::path::Path;

use serde_json::Value as Json;

use crate::support::{Server, folder, real_data, run, run_json, text};

fn check(file: &Path, more: &[&str]) -> Json {
    let file = file.to_string_lossy();
    let mut arguments = vec!["check", "boundaries", &*file];
    arguments.extend(more);
    run_json(&arguments)
}

fn of_kind<'a>(found: &'a Json, kind: &str) -> Vec<&'a Json> {
    found["findings"].as_array().unwrap().iter().filter(|finding| finding["kind"] == kind).collect()
}

/// A member of every finding of a kind.
fn numbers(found: &Json, kind: &str, member: &str) -> Vec<f64> {
    of_kind(found, kind).iter().map(|finding| finding[member].as_f64().unwrap()).collect()
}

fn units<'a>(found: &'a Json, kind: &str) -> Vec<&'a str> {
    let units = of_kind(found, kind).into_iter().flat_map(|finding| finding["units"].as_array().unwrap());
    units.map(|unit| unit.as_str().unwrap()).collect()
}

fn near(found: &Json, expected: f64, within: f64, what: &str) {
    let found = found.as_f64().unwrap();
    assert!((found - expected).abs() <= within, "{what}: {found}, others {expected}");
}

#[test]
fn the_official_communes_have_the_known_faults_and_no_others() {
    let Some(data) = real_data() else { return };
    let admin = data.join("admin");
    let province = admin.join("province_2025.geojson");
    let found = check(&admin.join("communes_2025.geojson"), &["--province", &province.to_string_lossy()]);
    for (member, expected) in
        [("units", 129), ("parts", 142), ("vertices", 103_454), ("touching_pairs", 333), ("refused", 0)]
    {
        assert_eq!(found[member], expected, "{member}");
    }
    for (kind, expected) in
        [("overlap", 1), ("gap", 2), ("repeated_vertex", 760), ("multipart", 5), ("mismatched_edge", 2)]
    {
        assert_eq!(found["counts"][kind], expected, "{kind}");
    }
    assert_eq!(units(&found, "overlap"), ["13318", "13474"]);
    near(&found["overlap_m2"], 2.5, 0.05, "the one overlap");
    let gaps = numbers(&found, "gap", "area_m2");
    assert!((gaps[0] - 0.8).abs() < 0.05 && (gaps[1] - 0.16).abs() < 0.01, "{gaps:?}");
    let mismatched: f64 = numbers(&found, "mismatched_edge", "length_m").iter().sum();
    assert!((mismatched - 200.0).abs() < 50.0, "0.2 km: {mismatched} m");
    near(&found["drawn_m2"], 3872.75e6, 0.01e6, "drawn");
    near(&found["stated_m2"], 3821.39e6, 0.01e6, "stated");
    near(&found["province"]["drawn_m2"], 3830.14e6, 0.01e6, "province");
    near(&found["province"]["without_unit_m2"], 31.9e6, 0.05e6, "province without communes");
    near(&found["province"]["beyond_m2"], 74.5e6, 0.05e6, "communes beyond the province");
    let shore = units(&found, "coastal_area");
    for code in ["14698", "13894", "14161", "14182", "14203", "14179", "14623"] {
        assert!(shore.contains(&code), "{code} lies on the coast: {shore:?}");
    }
    let inland = units(&found, "area_differs");
    assert!(inland.contains(&"14329") && inland.contains(&"14533"), "Hoa Lư and Tây Hoa Lư: {inland:?}");
}

#[test]
fn thinned_old_communes_overlap_and_gape_as_others_measured() {
    let Some(data) = real_data() else { return };
    for (name, overlaps, overlap_km2, gaps, gap_km2) in [
        ("communes_2012.geojson", 914_usize, 30.95, 1_044_usize, 32.21),
        ("communes_before.geojson", 550, 20.50, 772, 23.33),
        ("communes_2020_ninh_binh.geojson", 0, 0.0, 0, 0.0),
        ("communes_before_fitted.geojson", 1, 0.0, 233, 0.0),
    ] {
        let found = check(&data.join("admin").join(name), &[]);
        let areas = numbers(&found, "overlap", "area_m2");
        let large = areas.iter().filter(|m2| **m2 > 1.0).count();
        let pairwise = areas.iter().sum::<f64>() / 1e6;
        let holes = numbers(&found, "gap", "area_m2");
        let gap = holes.iter().sum::<f64>() / 1e6;
        println!("{name}: {large} overlaps over 1 m², {pairwise:.3} km²; {} gaps, {gap:.3} km²", holes.len());
        assert!(large.abs_diff(overlaps) <= overlaps / 50, "{name}: {large} overlaps, others {overlaps}");
        assert!((pairwise - overlap_km2).abs() <= 0.02 * overlap_km2 + 0.01, "{name}: {pairwise}");
        // Holes that come of noding a border that both sides drew alike are none here.
        assert!(holes.len() <= gaps, "{name}: {} gaps", holes.len());
        assert!((gap - gap_km2).abs() <= 0.01 * gap_km2 + 0.01, "{name}: {gap}");
    }
}

#[test]
fn findings_are_written_where_they_lie() {
    let Some(data) = real_data() else { return };
    let folder = folder();
    let to = folder.path().join("problems.geojson");
    check(&data.join("admin/communes_2025.geojson"), &["--problems", &to.to_string_lossy()]);
    let written: Json = serde_json::from_str(&std::fs::read_to_string(&to).unwrap()).unwrap();
    let features = written["features"].as_array().unwrap();
    let overlap = features.iter().find(|feature| feature["properties"]["kind"] == "overlap").unwrap();
    assert_eq!(overlap["geometry"]["type"], "MultiPolygon");
    assert!(features.iter().all(|feature| feature["properties"]["lon"].as_f64().is_some()), "each has a place");
}

#[test]
fn the_map_lists_every_finding_of_the_day_that_is_asked_for() {
    let server = Server::of_demo();
    let listed = server.json("/api/boundary_problems?limit=1000");
    let (items, total) = (listed["items"].as_array().unwrap().len(), listed["total"].as_u64().unwrap());
    assert_eq!((items as u64, listed["units"].as_u64()), (total, Some(129)));
    let old = server.json("/api/boundary_problems?as_of=2025-06-30&limit=1");
    assert_eq!(old["units"], 398);
}

const SQUARE: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"13285","name":"Phủ Lý"},
"geometry":{"type":"Polygon","coordinates":[[[105.9,20.5],[105.95,20.5],[105.95,20.55],[105.9,20.5]]]}}]}"#;

fn square(dir: &tempfile::TempDir) -> String {
    let file = dir.path().join("units.geojson");
    std::fs::write(&file, SQUARE).unwrap();
    file.to_string_lossy().into_owned()
}

#[test]
fn degrees_under_a_system_of_metres_are_refused_at_once() {
    let dir = folder();
    let file = square(&dir);
    for epsg in ["5897", "3405"] {
        let output = run(&["check", "boundaries", &file, "--crs", epsg]);
        let told = text(&output.stderr);
        assert!(!output.status.success() && told.contains("are degrees"), "{epsg}: {told}");
        assert!(told.contains(&format!("EPSG:{epsg} is in metres")), "{told}");
    }
}

#[test]
fn what_is_written_never_lands_on_what_is_read() {
    let dir = folder();
    let file = square(&dir);
    for flag in ["--repair", "--problems"] {
        let output = run(&["check", "boundaries", &file, flag, &file]);
        assert!(!output.status.success() && text(&output.stderr).contains("both read and written"));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), SQUARE);
    }
}

#[test]
fn an_empty_file_is_no_store_and_stays_empty() {
    let dir = folder();
    let file = dir.path().join("empty.gpkg");
    std::fs::write(&file, "").unwrap();
    let output = run(&["check", "lineage", "--db", &file.to_string_lossy()]);
    assert!(!output.status.success() && text(&output.stderr).contains("an empty file, not a store"));
    assert_eq!(std::fs::metadata(&file).unwrap().len(), 0);
}

#[test]
fn ground_of_a_split_commune_without_a_line_is_said_to_be_nobodys() {
    let dir = folder();
    let (units, crosswalk) = (dir.path().join("old.geojson"), dir.path().join("changes.csv"));
    std::fs::write(&units, SQUARE.replace("13285", "00001").replace("]}}]}", "]}},{\"type\":\"Feature\",\"properties\":{\"code\":\"00002\",\"name\":\"B\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[105.95,20.5],[106,20.5],[106,20.55],[105.95,20.5]]]}}]}")).unwrap();
    std::fs::write(&crosswalk, "old_code,new_code,share\n00001,00009,whole\n00002,00009,part\n00002,00008,part\n")
        .unwrap();
    let (units, crosswalk) = (units.to_string_lossy(), crosswalk.to_string_lossy());
    let out = dir.path().join("new.geojson").to_string_lossy().into_owned();
    let arguments = ["merge", "--units", &units, "--crosswalk", &crosswalk, "-o", &out];
    let made = run_json(&arguments);
    assert_eq!(made["split_without_line"], serde_json::json!([{"from": "00002", "to": ["00008", "00009"]}]), "{made}");
    assert!(text(&run(&arguments).stdout).contains("nobody has its ground"));
}
