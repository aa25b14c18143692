//! Claimed coverage from the files of an operator to the map, on stores of their own.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;
use sqlx::Row;

use crate::support::{Server, demo_store, folder, phusong, run_json, text};

const CLAIM: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"nha_mang":"Viettel","cong_nghe":"4G","muc_toi_thieu":-110,"moi_truong":"ngoài trời"},"geometry":
{"type":"Polygon","coordinates":[[[105.9,20.2],[105.95,20.2],[105.95,20.25],[105.9,20.25],[105.9,20.2]],[[105.91,20.21],[105.91,20.22],[105.92,20.22],[105.92,20.21],[105.91,20.21]]]}},
{"type":"Feature","properties":{"nha_mang":"45204","cong_nghe":"LTE","muc_toi_thieu":-105,"moi_truong":"ngoài trời"},"geometry":
{"type":"Polygon","coordinates":[[[105.94,20.2],[105.97,20.2],[105.97,20.23],[105.94,20.23],[105.94,20.2]]]}}]}"#;

fn import(file: &Path, db: &Path, more: &[&str]) -> Json {
    let (file, db) = (file.to_string_lossy(), db.to_string_lossy());
    let mut arguments = vec!["import", "claims", &*file, "--db", &*db];
    arguments.extend(more);
    run_json(&arguments)["files"][0].clone()
}

#[test]
fn every_format_gives_the_same_claim() {
    let folder = folder();
    let source = folder.path().join("claim.geojson");
    std::fs::write(&source, CLAIM).unwrap();
    let expected = import(&source, &folder.path().join("0.gpkg"), &[]);
    assert_eq!((&expected["accepted"], &expected["inserted"]), (&2.into(), &1.into()), "{expected}");
    let said = expected["warnings"].to_string();
    assert!(said.contains("Viettel 4G (outdoor): 35 km² claimed"), "{said}");
    for (driver, name) in [
        ("ESRI Shapefile", "a.shp"),
        ("MapInfo File", "b.tab"),
        ("LIBKML", "c.kml"),
        ("GPKG", "d.gpkg"),
        ("FlatGeobuf", "e.fgb"),
    ] {
        let made = folder.path().join(name);
        let mut command = Command::new("ogr2ogr");
        command.args(["-f", driver, "-q"]);
        if driver == "ESRI Shapefile" {
            command.args(["-lco", "ENCODING=UTF-8"]);
        }
        let Ok(output) = command.arg(&made).arg(&source).output() else {
            eprintln!("skipped: ogr2ogr is not installed (`make test` installs it)");
            return;
        };
        assert!(output.status.success(), "{name}: {}", text(&output.stderr));
        let report = import(&made, &folder.path().join(format!("{name}.store.gpkg")), &[]);
        assert_eq!((&report["accepted"], &report["refused"]), (&2.into(), &0.into()), "{name}: {report}");
        assert_eq!(report["warnings"].to_string(), said, "{name}");
    }
}

#[test]
fn a_table_of_cells_is_a_claim_from_csv_and_spreadsheet_alike() {
    let folder = folder();
    let csv = folder.path().join("bdc.csv");
    let header = "providerid,technology,mindown,minup,minsignal,environmnt,h3_res9_id";
    std::fs::write(
        &csv,
        format!("{header}\n130077,400,5,1,-105,0,89415a8b2c7ffff\n130077,400,5,1,,0,89415a8b2cfffff\n"),
    )
    .unwrap();
    let stated = ["--operator", "viettel", "--minimum-dbm", "-112", "--as-of", "2026-01-01"];
    let report = import(&csv, &folder.path().join("a.gpkg"), &stated);
    assert_eq!((&report["profile"], &report["accepted"]), (&"fcc_bdc".into(), &2.into()), "{report}");
    let again = import(&csv, &folder.path().join("a.gpkg"), &stated);
    assert!(!again["already_imported"].is_null(), "{again}");
    let sheet = folder.path().join("bdc.xlsx");
    let made = Command::new("ogr2ogr").args(["-f", "XLSX", "-q"]).arg(&sheet).arg(&csv).output();
    if !made.is_ok_and(|made| made.status.success()) {
        eprintln!("skipped: ogr2ogr is not installed (`make test` installs it)");
        return;
    }
    let of_sheet = import(&sheet, &folder.path().join("b.gpkg"), &stated);
    assert_eq!(
        (&of_sheet["accepted"], &of_sheet["warnings"]),
        (&report["accepted"], &report["warnings"]),
        "{of_sheet}"
    );
}

#[test]
fn a_power_that_nobody_can_claim_is_not_understood() {
    let output = phusong().args(["import", "claims", "x.csv", "--minimum-dbm", "110"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("outside -156 to -25"), "{}", text(&output.stderr));
}

fn by_status(items: &[Json]) -> BTreeMap<&str, u64> {
    let mut counts = BTreeMap::new();
    for item in items {
        *counts.entry(item["status"].as_str().unwrap()).or_default() += 1;
    }
    counts
}

#[test]
fn the_summary_counts_what_the_list_shows_and_an_operator_without_a_claim_has_neither() {
    let server = Server::of_demo();
    for query in ["", "?operator=viettel", "?operator=viettel&technology=4G"] {
        let separator = if query.is_empty() { "?" } else { "&" };
        let list = server.json(&format!("/api/claims{query}{separator}limit=5000"));
        let summary = server.json(&format!("/api/summary{query}"));
        let count = &summary["claims"][0];
        assert_eq!((&count["operator"], summary["claims"].as_array().unwrap().len()), (&"viettel".into(), 1));
        let number = |name: &str| count[name].as_u64().unwrap();
        assert_eq!(number("cells_claimed"), number("measured") + number("unmeasured"));
        assert_eq!(number("measured"), number("contradicted") + number("doubtful") + number("borne_out"));
        assert!(number("contradicted") > 0 && number("beyond") > 0, "{count}");
        if list["total"].as_u64().unwrap() > 5000 {
            continue; // The full demo has more cells than one request may take.
        }
        let items = list["items"].as_array().unwrap();
        let counted = by_status(items);
        for name in ["contradicted", "doubtful", "borne_out", "beyond", "not_claimed"] {
            assert_eq!(counted.get(name).copied().unwrap_or(0), number(name), "{query} {name}");
        }
        for item in items {
            let dead = ["none", "weak"].contains(&item["verdict"].as_str().unwrap());
            let expected = item["claimed"] == true && dead && item["confirmed"] == true;
            assert_eq!(item["status"] == "contradicted", expected, "{item}");
            assert_eq!(
                item.get("claimed_dbm").is_some(),
                item["claimed"] == true && item["technology"] == "4G",
                "{item}"
            );
            assert_eq!(item.get("gap_db").is_some(), item.get("claimed_dbm").and(item.get("median_dbm")).is_some());
        }
    }
    let query = "?operator=vnpt";
    assert_eq!(server.json(&format!("/api/claims{query}"))["total"], 0);
    assert_eq!(server.json(&format!("/api/summary{query}"))["claims"], serde_json::json!([]));
    let areas = server.json(&format!("/api/dead_areas{query}"));
    let areas = areas["items"].as_array().unwrap();
    assert!(areas.iter().all(|area| area.get("claimed_share").is_none()), "nobody knows what it claims");
}

#[test]
fn communes_say_what_is_claimed_of_them_and_their_sum_is_within_the_whole() {
    let server = Server::of_demo();
    let communes = server.json("/api/communes?limit=5000");
    let sum = |name: &str| -> u64 {
        communes["items"].as_array().unwrap().iter().map(|commune| commune[name].as_u64().unwrap()).sum()
    };
    let of_all = &server.json("/api/summary")["claims"][0];
    for (of_communes, whole) in [
        ("cells_claimed", "cells_claimed"),
        ("cells_contradicted", "contradicted"),
        ("cells_claimed_unmeasured", "unmeasured"),
    ] {
        let (part, whole) = (sum(of_communes), of_all[whole].as_u64().unwrap());
        assert!(part <= whole && part * 100 >= whole * 95, "{of_communes}: {part} of {whole}");
    }
    assert!(server.json("/api/communes?operator=vnpt")["items"][0].get("cells_claimed").is_none());
}

/// Cell to status.
async fn layer_of_the_database(db: &Path) -> BTreeMap<String, String> {
    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}?mode=ro", db.display())).await.unwrap();
    let rows = sqlx::query("SELECT cell, status FROM claims WHERE operator = 'viettel' AND technology = '4G'");
    let rows = rows.fetch_all(&pool).await.unwrap();
    rows.into_iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[tokio::test]
async fn the_layer_of_the_file_is_the_list_of_the_network() {
    let stored = layer_of_the_database(demo_store()).await;
    let server = Server::of_demo();
    let file = server.json("/export/claims.geojson?operator=viettel&technology=4G&purpose=test");
    let of = |feature: &Json, name: &str| feature["properties"][name].as_str().unwrap().to_owned();
    let listed: BTreeMap<String, String> =
        file["features"].as_array().unwrap().iter().map(|one| (of(one, "cell"), of(one, "status"))).collect();
    assert!(listed.len() > 100);
    assert_eq!(listed, stored);
}

#[test]
fn a_later_claim_takes_ground_back_and_every_screen_knows() {
    let folder = folder();
    let store = folder.path().join("phusong.gpkg");
    std::fs::copy(demo_store(), &store).unwrap();
    let server = Server::start(&store);
    let areas = server.json("/api/dead_areas?operator=viettel&limit=5000");
    let area = areas["items"].as_array().unwrap().iter().find(|area| area["claimed_share"] == 1.0).unwrap().clone();
    assert_eq!(area["claimed_by"], "viettel");
    let work = server.json("/api/work?operator=viettel");
    let row = work["items"].as_array().unwrap().iter().find(|row| row["area"] == area["area"]).unwrap();
    assert_eq!(row["claimed_share"], 1.0, "the work list says so too");
    drop(server);
    // The operator now claims one cell, far from there.
    let claim = folder.path().join("less.csv");
    std::fs::write(&claim, "operator,technology,h3_index\nviettel,4G,89414300d13ffff\n").unwrap();
    let report = import(&claim, &store, &[]);
    // The demo's claim is of outdoors; this one states nothing, so both stand.
    assert_eq!(report["inserted"], 1, "{report}");
    std::fs::write(&claim, "operator,technology,environmnt,h3_index\nviettel,4G,0,89414300d13ffff\n").unwrap();
    let report = import(&claim, &store, &["--as-of", "2026-09-01"]);
    assert_eq!(report["updated"], 1, "{report}");
    assert!(report["warnings"].to_string().contains("in place of the earlier claim of 2026-01-01"), "{report}");
    let counts = run_json(&["analyse", "--db", &store.to_string_lossy()])["claims"].clone();
    assert_eq!((&counts[0]["technology"], &counts[0]["cells_claimed"]), (&"4G".into(), &1.into()), "{counts}");
    let server = Server::start(&store);
    let key = area["key"].as_str().unwrap();
    let after = server.json(&format!("/api/dead_areas/{key}?operator=viettel"));
    assert_eq!((&after["claimed_share"], &after["claimed_by"]), (&0.0.into(), &"".into()), "{after}");
}

#[test]
fn an_export_opens_in_the_colours_of_the_map() {
    let folder = folder();
    let to = folder.path().join("claims.gpkg");
    let db = demo_store().to_string_lossy().into_owned();
    let answer = run_json(&["export", "claims", "--db", &db, "--format", "gpkg", "-o", &to.to_string_lossy()]);
    assert!(answer["rows"].as_u64().unwrap() > 100, "{answer}");
    let style = std::fs::read_to_string(to.with_extension("qml")).unwrap();
    assert!(style.contains("attr=\"status\"") && style.contains("value=\"contradicted\""), "{style}");
}
