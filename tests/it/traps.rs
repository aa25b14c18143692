//! What goes wrong in the counting of door-to-door visits after a merger, through the whole program.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use geo::{BoundingRect, Contains, MultiPolygon, Point};
use serde_json::Value as Json;
use sqlx::Row as _;

use crate::support::{demo_store, folder, run_json};

const HEAD: &str = "id,time,village,commune_code,commune,district,lon,lat,accuracy_m,household,result\n";

/// A copy of the demo province.
fn province(dir: &Path) -> String {
    let db = dir.join("copy.gpkg");
    fs::copy(demo_store(), &db).unwrap();
    db.to_string_lossy().into_owned()
}

fn import(db: &str, dir: &Path, name: &str, text: &str) -> Json {
    let file = dir.join(name);
    fs::write(&file, text).unwrap();
    run_json(&["import", "visits", &file.to_string_lossy(), "--db", db])["files"][0].clone()
}

/// Commune, village and position of the visits whose id begins with `trap`, by id.
async fn stored(db: &str) -> BTreeMap<String, (String, Option<String>, Option<(f64, f64)>)> {
    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{db}?mode=ro")).await.unwrap();
    let rows = sqlx::query("SELECT source_id, commune, village, lon, lat FROM private_visit WHERE source_id LIKE 'trap%' OR source_id LIKE 'uuid:trap%'")
        .fetch_all(&pool)
        .await
        .unwrap();
    pool.close().await;
    let point = |row: &sqlx::sqlite::SqliteRow| Option::<f64>::zip(row.get("lon"), row.get("lat"));
    rows.iter().map(|row| (row.get("source_id"), (row.get("commune"), row.get("village"), point(row)))).collect()
}

#[tokio::test]
async fn old_codes_and_names_are_those_of_their_day_and_a_divided_one_is_not_guessed() {
    let dir = folder();
    let db = province(dir.path());
    let rows = "trap1,2025-06-10,,13294,,,,,,a,guided\n\
                trap2,2025-06-10,,13354,,,,,,b,guided\n\
                trap3,2025-06-10,,,Xã Thanh Sơn,Kim Bảng,,,,c,guided\n\
                trap4,2026-03-10,,,Xã Thanh Sơn,,,,,d,guided\n";
    let report = import(&db, dir.path(), "old.csv", &format!("{HEAD}{rows}"));
    let stored = stored(&db).await;
    assert_eq!(stored["trap1"].0, "13285", "Phường Châu Cầu lies in Phường Phủ Lý");
    assert!(!stored.contains_key("trap2"), "Phường Tiên Nội was divided");
    let rejects = fs::read_to_string(dir.path().join("old.csv.rejects.csv")).unwrap();
    assert!(rejects.contains("13354") && rejects.contains("13363") && rejects.contains("13366"), "{rejects}");
    let units = run_json(&[
        "export",
        "communes",
        "--db",
        &db,
        "--format",
        "geojson",
        "-o",
        &dir.path().join("c.geojson").to_string_lossy(),
    ]);
    assert!(units["rows"].as_u64() > Some(100), "{units}");
    let communes: Json = serde_json::from_str(&fs::read_to_string(dir.path().join("c.geojson")).unwrap()).unwrap();
    let code_of = |name: &str| {
        let named = communes["features"].as_array().unwrap().iter().map(|unit| &unit["properties"]);
        named
            .filter(|unit| unit["name"].as_str().is_some_and(|found| found.ends_with(name)))
            .map(|unit| unit["code"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(std::slice::from_ref(&stored["trap3"].0), code_of("Lý Thường Kiệt"), "the Thanh Sơn of Kim Bảng");
    let new = code_of("Thanh Sơn");
    match stored.get("trap4") {
        Some(visit) => assert_eq!(std::slice::from_ref(&visit.0), new),
        None => assert!(new.is_empty(), "{report}"),
    }
}

#[tokio::test]
async fn a_divided_commune_is_told_apart_by_the_position_of_the_visit() {
    let dir = folder();
    let db = province(dir.path());
    let areas = |day: &str| -> BTreeMap<String, MultiPolygon<f64>> {
        let file = dir.path().join(format!("{day}.geojson"));
        run_json(&[
            "export",
            "communes",
            "--db",
            &db,
            "--as-of",
            day,
            "--format",
            "geojson",
            "-o",
            &file.to_string_lossy(),
        ]);
        let collection: geojson::FeatureCollection = fs::read_to_string(file).unwrap().parse().unwrap();
        let one = |feature: geojson::Feature| {
            let code = feature.property("code")?.as_str()?.to_owned();
            Some((code, MultiPolygon::try_from(feature.geometry?).ok()?))
        };
        collection.features.into_iter().filter_map(one).collect()
    };
    let (old, new) = (areas("2025-06-30"), areas("2025-07-01"));
    let quarter = &old["13285"];
    let bounds = quarter.bounding_rect().unwrap();
    let inside = |code: &str| {
        let steps = || (1..60).map(|step| f64::from(step) / 60.0);
        let places = steps().flat_map(|x| {
            steps().map(move |y| Point::new(bounds.min().x + x * bounds.width(), bounds.min().y + y * bounds.height()))
        });
        places
            .into_iter()
            .find(|at| quarter.contains(at) && new[code].contains(at))
            .unwrap_or_else(|| panic!("no part of 13285 in {code}"))
    };
    let mut rows = HEAD.to_owned();
    for code in ["13285", "13366"] {
        let at = inside(code);
        writeln!(rows, "trap{code},2025-06-10,,13285,,,{:.6},{:.6},8,h{code},guided", at.x(), at.y()).unwrap();
    }
    import(&db, dir.path(), "parts.csv", &rows);
    let stored = stored(&db).await;
    assert_eq!((stored["trap13285"].0.as_str(), stored["trap13366"].0.as_str()), ("13285", "13366"));
}

#[tokio::test]
async fn a_place_comes_from_the_answer_itself_whatever_the_server_made_of_it() {
    let dir = folder();
    let db = province(dir.path());
    let form = |id: &str, place: &str, time: &str| serde_json::json!({"_id": 1, "_uuid": id, "_geolocation": [null, null], "loc": place, "end": time, "commune_code": "13285", "result": "guided"});
    let forms = serde_json::json!([
        form("trap5", "20.543 105.912 4 8", "2026-03-10T08:00:00+07:00"),
        form("trap6a", "20.543 105.912", "2026-03-10T08:10:00+07:00"),
        form("trap6b", "20.543 105.912 4", "2026-03-10T08:20:00+07:00"),
        form("trap6c", "20.543 105.912 0 0", "2026-03-10T08:30:00+07:00"),
    ]);
    let report = import(&db, dir.path(), "kobo.json", &forms.to_string());
    assert_eq!(report["refused"], 0, "{report} {:?}", fs::read_to_string(dir.path().join("kobo.json.rejects.csv")));
    let stored = stored(&db).await;
    assert_eq!(stored.len(), 4, "{stored:?}");
    assert!(stored.values().all(|visit| visit.2 == Some((105.912, 20.543))), "{stored:?}");
    let held = run_json(&["review", "list", "--db", &db, "--commune", "13285", "--state", "noted"]);
    let mocked =
        held["items"].as_array().unwrap().iter().filter(|item| item["flags"].to_string().contains("accuracy_zero"));
    assert_eq!(mocked.map(|item| item["visits"].as_u64().unwrap()).sum::<u64>(), 1, "{held}");
}

#[test]
fn five_thousand_visits_at_one_desk_count_only_when_somebody_accepts_them() {
    let dir = folder();
    let db = province(dir.path());
    let village = run_json(&[
        "export",
        "villages",
        "--db",
        &db,
        "--format",
        "geojson",
        "-o",
        &dir.path().join("v.geojson").to_string_lossy(),
    ]);
    assert!(village["rows"].as_u64() > Some(0), "{village}");
    let villages: Json = serde_json::from_str(&fs::read_to_string(dir.path().join("v.geojson")).unwrap()).unwrap();
    // One whose count is shown.
    let mut shown = villages["features"].as_array().unwrap().iter();
    let first = shown.find(|row| row["properties"]["guided"].is_u64()).unwrap();
    let (code, at) = (first["properties"]["code"].as_str().unwrap(), &first["geometry"]["coordinates"]);
    let mut rows = "id,time,village_code,lon,lat,accuracy_m,household,result\n".to_owned();
    for n in 0..5_000 {
        writeln!(
            rows,
            "trap14-{n},2026-03-10T{:02}:{:02}:00+07:00,{code},{},{},5,desk {n},guided",
            7 + n / 500,
            n / 10 % 50,
            at[0],
            at[1]
        )
        .unwrap();
    }
    let report = import(&db, dir.path(), "desk.csv", &rows);
    assert_eq!(report["accepted"].as_u64().or(report["inserted"].as_u64()), Some(5_000), "{report}");
    let again = import(&db, dir.path(), "desk2.csv", &rows);
    assert_eq!(again["inserted"], 0, "the same visits under another name: {again}");

    let guided = || {
        let file = dir.path().join("reach.geojson");
        run_json(&["export", "villages", "--db", &db, "--format", "geojson", "-o", &file.to_string_lossy()]);
        let rows: Json = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let row = rows["features"].as_array().unwrap().iter().find(|row| row["properties"]["code"] == code).unwrap();
        row["properties"]["guided"].as_u64().unwrap_or(0)
    };
    let before = guided();
    let held = run_json(&["review", "list", "--db", &db]);
    let desk = held["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["visits"] == 5_000)
        .unwrap_or_else(|| panic!("{held}"));
    assert!(desk["flags"].to_string().contains("stacked"), "{desk}");
    let key = desk["key"].as_str().unwrap();
    assert_eq!(run_json(&["review", "accept", key, "--db", &db, "--who", "UBND phường"])["visits"], 5_000);
    assert_eq!(guided(), before + 5_000);
    let key = key.replace("pending", "accepted");
    run_json(&["review", "reject", &key, "--db", &db, "--who", "UBND phường", "--why", "nhập tại bàn"]);
    assert_eq!(guided(), before);
}

#[tokio::test]
async fn a_village_is_known_by_any_spelling_of_its_name() {
    let dir = folder();
    let db = province(dir.path());
    let villages = "code,commune_code,name,households\n13285-901,13285,Xóm Một Trăm Linh Một,50\n13285-902,13285,Thôn Hòa Mạc,60\n";
    let file = dir.path().join("villages.csv");
    fs::write(&file, villages).unwrap();
    run_json(&["import", "villages", &file.to_string_lossy(), "--db", &db]);
    // Old tone placement, and letters with their marks apart.
    let apart: String = "Ho\u{300}a Ma\u{323}c".to_owned();
    let rows =
        format!("trap12a,2026-03-10,Hoà Mạc,13285,,,,,,a,guided\ntrap12b,2026-03-10,{apart},13285,,,,,,b,guided\n");
    import(&db, dir.path(), "names.csv", &format!("{HEAD}{rows}"));
    let stored = stored(&db).await;
    let village = |id: &str| stored[id].1.as_deref();
    assert_eq!([village("trap12a"), village("trap12b")], [Some("13285-902"); 2], "{stored:?}");
}

#[test]
fn a_visit_before_seven_in_the_morning_is_one_of_its_own_day() {
    let dir = folder();
    let db = province(dir.path());
    // 23:30 of the ninth in Greenwich.
    let rows = "trap13,2026-03-09T23:30:00Z,,13285,,,,,500,a,guided\n";
    import(&db, dir.path(), "early.csv", &format!("{HEAD}{rows}"));
    let held = run_json(&["review", "list", "--db", &db, "--commune", "13285", "--state", "noted"]);
    let days: Vec<&str> = held["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["flags"].to_string().contains("accuracy_gt_100"))
        .filter_map(|item| item["day"].as_str())
        .collect();
    assert_eq!(days, ["2026-03-10"], "{held}");
}
