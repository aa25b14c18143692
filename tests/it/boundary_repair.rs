//! `phusong check boundaries --repair` and `--against`: asked for, bounded, told
//! unit by unit, and nothing moves that fits already.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use serde_json::Value as Json;

use crate::support::{folder, real_data, run, run_json, text};

fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn features(file: &Path) -> HashMap<String, Json> {
    let json: Json = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let code = |feature: &Json| feature["properties"]["code"].as_str().unwrap().to_owned();
    json["features"].as_array().unwrap().iter().map(|feature| (code(feature), feature["geometry"].clone())).collect()
}

/// Old units, mended and merged, beside the official ones.
#[test]
fn old_communes_mended_at_300_m_make_a_coverage_that_is_near_the_official_one() {
    let Some(data) = real_data() else { return };
    let (admin, folder) = (data.join("admin"), folder());
    let (mended, merged) = (folder.path().join("mended.geojson"), folder.path().join("merged.geojson"));
    let old = path(&admin.join("communes_before.geojson"));
    let told = run_json(&["check", "boundaries", &old, "--repair", &path(&mended), "--sliver-width", "300"]);
    let repair = &told["repair"];
    assert_eq!((&repair["overlaps_after"], &repair["gaps_after"]), (&Json::from(0), &Json::from(0)));
    assert_eq!(repair["left"].as_array().unwrap().len(), 0);
    let listed: BTreeSet<&str> =
        repair["units"].as_array().unwrap().iter().map(|unit| unit["code"].as_str().unwrap()).collect();
    assert!(listed.len() > 250, "every unit that gained or gave is told: {}", listed.len());

    let again = run_json(&["check", "boundaries", &path(&mended)]);
    for kind in ["overlap", "gap", "mismatched_edge", "invalid"] {
        assert_eq!(again["counts"][kind], Json::Null, "{kind}");
    }
    assert!((again["drawn_m2"].as_f64().unwrap() / 3_828.4e6 - 1.0).abs() < 0.01, "the union that others measured");

    let crosswalk = path(&admin.join("merger_2025.csv"));
    run_json(&["merge", "--units", &path(&mended), "--crosswalk", &crosswalk, "-o", &path(&merged)]);
    let official = path(&admin.join("communes_2025.geojson"));
    let beside = run_json(&["check", "boundaries", &path(&merged), "--against", &official]);
    let rows =
        csv::Reader::from_path(admin.join("merger_2025.csv")).unwrap().into_deserialize::<HashMap<String, String>>();
    let split: BTreeSet<String> =
        rows.map(Result::unwrap).filter(|row| row["share"] == "part").map(|row| row["new_code"].clone()).collect();
    // An enclave of another commune is no hole; the ground of a split commune without a line is one.
    for gap in beside["findings"].as_array().unwrap().iter().filter(|finding| finding["kind"] == "gap") {
        let around: Vec<&str> = gap["units"].as_array().unwrap().iter().map(|unit| unit.as_str().unwrap()).collect();
        assert!(around.iter().any(|unit| split.contains(*unit)), "a hole among {around:?}");
    }
    let units = beside["against"]["units"].as_array().unwrap().iter();
    let whole: Vec<&Json> = units.filter(|unit| !split.contains(unit["code"].as_str().unwrap())).collect();
    let iou = |unit: &Json| unit["iou"].as_f64().unwrap();
    let high = whole.iter().filter(|unit| iou(unit) >= 0.9).count();
    println!("{} whole units, median {:.4}, {high} at 0.90 or more", whole.len(), iou(whole[60]));
    assert!(whole.len() == 121 && iou(whole[60]) >= 0.945 && high >= 109);
    for unit in whole.iter().filter(|unit| iou(unit) < 0.9) {
        assert!(unit["cause"].is_string() && unit["neighbour"].is_string(), "{unit}");
    }
}

#[test]
fn official_communes_that_fit_come_out_coordinate_by_coordinate() {
    let Some(data) = real_data() else { return };
    let (official, folder) = (data.join("admin/communes_2025.geojson"), folder());
    let mended = folder.path().join("mended.geojson");
    let told = run_json(&["check", "boundaries", &path(&official), "--repair", &path(&mended)]);
    let repair = &told["repair"];
    assert_eq!((&repair["overlaps_after"], &repair["gaps_after"]), (&Json::from(0), &Json::from(0)));
    let changed: Vec<&str> = repair["changed"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
    assert!(!changed.is_empty() && changed.len() <= 4, "{changed:?}");
    // A file winds its rings by the standard and has no doubled vertices.
    let (given, made) = (features(&official), features(&mended));
    for (code, made) in made.iter().filter(|(code, _)| !changed.contains(&code.as_str())) {
        assert!(points(made) == points(&given[code]), "{code} was moved");
    }
}

/// Vertices, each once, in 1e-7 degrees.
fn points(geometry: &Json) -> Vec<(i64, i64)> {
    let mut points = Vec::new();
    collect(&geometry["coordinates"], &mut points);
    points.sort_unstable();
    points.dedup();
    points
}

fn collect(value: &Json, points: &mut Vec<(i64, i64)>) {
    let members = value.as_array().unwrap();
    if members.iter().all(Json::is_number) {
        let fixed = |n: &Json| (n.as_f64().unwrap() * 1e7).round() as i64;
        points.push((fixed(&members[0]), fixed(&members[1])));
    } else {
        members.iter().for_each(|member| collect(member, points));
    }
}

/// Two communes, a strip of 10 m between them, one of 50 m on which both lie.
const NEARLY: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"13285","name":"Phủ Lý"},"geometry":{"type":"Polygon","coordinates":
[[[105,20],[105.01,20],[105.0099,20.004],[105.01,20.008],[105.0105,20.01],[105,20.01],[105,20]]]}},
{"type":"Feature","properties":{"code":"13291","name":"Phù Vân"},"geometry":{"type":"Polygon","coordinates":
[[[105.01,20],[105.02,20],[105.02,20.01],[105.01,20.01],[105.01,20.008],[105.01,20]]]}}]}"#;

#[test]
fn a_repair_says_who_got_what_and_the_file_has_no_day_that_nobody_gave() {
    let folder = folder();
    let (old, mended) = (folder.path().join("old.geojson"), folder.path().join("mended.geojson"));
    std::fs::write(&old, NEARLY).unwrap();
    let say = |language: &str| {
        let (old, mended) = (path(&old), path(&mended));
        let output =
            run(&["--lang", language, "check", "boundaries", &old, "--repair", &mended, "--sliver-width", "60"]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let (vietnamese, english) = (say("vi"), say("en"));
    assert!(vietnamese.contains("giao 2 mảnh hẹp dưới 60,0 m"), "{vietnamese}");
    assert!(english.contains("2 faces narrower than 60.0 m given away"), "{english}");
    assert!(vietnamese.contains("Phủ Lý (13285): nhận"), "{vietnamese}");
    assert!(!std::fs::read_to_string(&mended).unwrap().contains("valid_from"), "the file did not say since when");
}

#[test]
fn a_merge_that_makes_nothing_fails_and_says_why() {
    let folder = folder();
    let (old, crosswalk) = (folder.path().join("old.geojson"), folder.path().join("crosswalk.csv"));
    std::fs::write(&old, NEARLY).unwrap();
    std::fs::write(&crosswalk, "old_code,new_code,new_name,share\n14000,14001,Xã Nào,whole\n").unwrap();
    let made = folder.path().join("new.geojson");
    let output =
        run(&["--lang", "en", "merge", "--units", &path(&old), "--crosswalk", &path(&crosswalk), "-o", &path(&made)]);
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("no new units: on 2025-06-30"), "{}", text(&output.stderr));
    assert!(!made.exists(), "no empty file is left");
}
