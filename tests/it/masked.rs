//! Visited homes in files: moved, and moved to the same place in every file of a store.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use crate::support::{demo_store, folder, run, run_json};

fn points(db: &str, to: &Path) -> BTreeMap<String, String> {
    let name = to.to_string_lossy().into_owned();
    let exported = run(&["export", "visits_masked", "--db", db, "-o", &name, "--purpose", "kiểm tra"]);
    assert!(exported.status.success(), "{}", String::from_utf8_lossy(&exported.stderr));
    let file: Json = serde_json::from_str(&fs::read_to_string(to).unwrap()).unwrap();
    let one = |feature: &Json| {
        let home = feature["properties"]["home"].as_str().unwrap().to_owned();
        (home, feature["geometry"]["coordinates"].to_string())
    };
    file["features"].as_array().unwrap().iter().map(one).collect()
}

#[test]
fn points_stay_put_over_two_files_and_after_another_import() {
    let dir = folder();
    let db = dir.path().join("copy.gpkg");
    fs::copy(demo_store(), &db).unwrap();
    let db = db.to_string_lossy().into_owned();
    let before = points(&db, &dir.path().join("one.geojson"));
    assert!(before.len() > 1_000, "{}", before.len());
    assert_eq!(points(&db, &dir.path().join("two.geojson")), before);

    let visits = dir.path().join("more.csv");
    let text = "id,time,village_code,lon,lat,household,result\nnew,2026-01-10T09:00:00+07:00,13285-001,105.92,20.54,new home,guided\n";
    fs::write(&visits, text).unwrap();
    let imported = run_json(&["import", "visits", visits.to_str().unwrap(), "--db", &db]);
    assert_eq!(imported["files"][0]["inserted"], 1, "{imported}");
    let after = points(&db, &dir.path().join("three.geojson"));
    for (home, at) in &before {
        assert_eq!(after.get(home), Some(at), "{home}");
    }
}
