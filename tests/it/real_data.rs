//! The whole path on real files: official communes, the crosswalk of July
//! 2025, settlements, real drive tests. Not committed: `PHUSONG_REAL_DATA`
//! names the folder, and without it this file says that it was skipped.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use crate::support::{Server, folder, mvt, real_data, run_json};

#[test]
fn real_files_go_through_import_analyse_serve_and_export() {
    let Some(data) = real_data() else { return };
    let dir = folder();
    let file = |name: &str| copied(&data, name, dir.path());
    let db = dir.path().join("real.gpkg");
    let db_name = db.to_string_lossy().into_owned();
    let import = |arguments: &[&str]| -> Json {
        let mut all = vec!["import"];
        all.extend(arguments);
        all.extend(["--db", db_name.as_str()]);
        run_json(&all)["files"][0].clone()
    };

    let old = import(&["boundaries", &file("admin/communes_before.geojson"), "--as-of", "2025-01-01"]);
    assert_eq!((old["accepted"].as_u64(), old["refused"].as_u64()), (Some(398), Some(0)), "{old}");
    let new = import(&["boundaries", &file("admin/communes_2025.geojson"), "--as-of", "2025-07-01"]);
    assert_eq!((new["accepted"].as_u64(), new["refused"].as_u64()), (Some(129), Some(0)), "{new}");
    let mergers = import(&["mergers", &file("admin/merger_2025.csv")]);
    assert_eq!((mergers["accepted"].as_u64(), mergers["refused"].as_u64()), (Some(404), Some(0)), "{mergers}");
    let villages = import(&["villages", &file("outreach/settlements_ninh_binh_wof.csv")]);
    assert_eq!(villages["accepted"].as_u64(), Some(882), "{villages}");
    let again = import(&["villages", &file("outreach/settlements_ninh_binh_wof.geojson")]);
    assert_eq!(again["inserted"].as_u64(), Some(0), "the same settlements in another format are new: {again}");
    let drive = import(&["samples", &file("signal/drive_santa_monica_att_1hz.csv.gz"), "--technology", "4G"]);
    assert_eq!(drive["accepted"].as_u64().unwrap() + drive["refused"].as_u64().unwrap(), 43_678, "{drive}");
    assert!(drive["accepted"].as_u64().unwrap() > 43_000, "{drive}");
    let upload = import(&["samples", &file("signal/ncinfo_va/raw.csv")]);
    assert_eq!((upload["inserted"].as_u64(), upload["refused"].as_u64()), (Some(392), Some(0)), "{upload}");
    let processed = import(&["samples", &file("signal/ncinfo_va/processed.csv")]);
    assert_eq!(processed["accepted"].as_u64().unwrap() + processed["refused"].as_u64().unwrap(), 8_662, "{processed}");
    // Of 8,662 rows 1,004 are unique; one of them, six times there, is no better known than 109 m.
    assert_eq!((processed["inserted"].as_u64(), processed["refused"].as_u64()), (Some(611), Some(6)), "{processed}");

    let found = run_json(&["analyse", "--db", &db_name]);
    assert_eq!(found["villages"], 882, "{found}");
    assert!(found["cells"].as_u64().unwrap() > 30, "{found}");
    // Quang Thiện and Kim Đông have no settlement on the gazetteer: gaps, and not reached.
    let gaps = run_json(&["check", "register", "--db", &db_name]);
    let empty: Vec<&str> = gaps["gaps"].as_array().unwrap().iter().filter_map(|gap| gap["commune"].as_str()).collect();
    assert_eq!(empty, ["14647", "14698"], "{gaps}");

    let server = Server::start(&db);
    let meta = server.json("/api/meta");
    assert_eq!(meta["synthetic"], false);
    assert!(meta["operators"].as_array().is_some_and(|o| o.iter().any(|o| o["id"] == "att")), "{meta}");
    assert_eq!(server.json("/api/communes?limit=1")["total"], 129);
    assert_eq!(server.json("/api/communes?limit=1&as_of=2025-06-30")["total"], 398);
    // Nobody has declared households: no share can be 0 % or 100 %.
    let villages = server.json("/api/villages?limit=5000");
    for village in villages["items"].as_array().unwrap() {
        assert_eq!(village["status"], "no_denominator", "{village}");
        assert!(village["percent"].is_null(), "{village}");
    }
    let tile = server.get("/tiles/communes,villages,unreached/9/406/226");
    assert_eq!(tile.status, 200);
    assert_eq!(mvt::problems(&tile.body), Vec::<String>::new());
    let commune = server.json("/api/communes/13285");
    assert_eq!(commune["name"], "Phường Phủ Lý");

    let to = dir.path().join("communes.geojson");
    let export = run_json(&["export", "communes", "--db", &db_name, "-o", &to.to_string_lossy()]);
    assert_eq!(export["rows"], 129, "{export}");
    let geojson: Json = serde_json::from_str(&fs::read_to_string(&to).unwrap()).unwrap();
    assert_eq!(geojson["features"].as_array().unwrap().len(), 129);
    assert!(geojson["metadata"]["epoch"].is_string());
    for feature in geojson["features"].as_array().unwrap() {
        for polygon in feature["geometry"]["coordinates"].as_array().unwrap() {
            assert!(signed_area(&polygon[0]) > 0.0, "RFC 7946: exteriors are counter-clockwise: {}", feature["id"]);
        }
    }
    for format in ["csv", "gpkg", "shp", "kml", "fgb", "xlsx"] {
        let to = dir.path().join(format!("villages.{format}"));
        let export =
            run_json(&["export", "villages", "--db", &db_name, "--format", format, "-o", &to.to_string_lossy()]);
        assert_eq!(export["rows"], 882, "{format}: {export}");
        assert!(fs::metadata(&to).is_ok_and(|m| m.len() > 1_000), "{format}");
    }
}

#[test]
fn old_communes_merge_into_new_ones_without_a_store() {
    let Some(data) = real_data() else { return };
    let dir = folder();
    let file = |name: &str| copied(&data, name, dir.path());
    let to = dir.path().join("new.geojson").to_string_lossy().into_owned();
    let merged = run_json(&[
        "merge",
        "--units",
        &file("admin/communes_before_fitted.geojson"),
        "--crosswalk",
        &file("admin/merger_2025.csv"),
        "-o",
        &to,
    ]);
    assert!(merged["units"].as_u64().unwrap() >= 121, "{merged}");
}

/// A copy of a real file: refused rows are written beside what was imported, and
/// the data are not ours to write to.
fn copied(data: &Path, name: &str, to: &Path) -> String {
    let copy = to.join(Path::new(name).file_name().unwrap());
    fs::copy(data.join(name), &copy).unwrap();
    copy.to_string_lossy().into_owned()
}

fn signed_area(ring: &Json) -> f64 {
    let at = |i: usize, axis: usize| ring[i][axis].as_f64().unwrap();
    let n = ring.as_array().unwrap().len();
    (0..n - 1).map(|i| at(i, 0) * at(i + 1, 1) - at(i + 1, 0) * at(i, 1)).sum()
}
