//! Campaigns through the whole program: their indicators, their map, and what stays that of the whole map.

use serde_json::Value as Json;

use crate::support::{Server, column_row, demo_store, folder, mvt, run, run_json};

/// The demo with a campaign in one commune, `one`, and one that has not begun, `later`.
fn store() -> (tempfile::TempDir, String) {
    let dir = folder();
    let db = dir.path().join("copy.gpkg");
    std::fs::copy(demo_store(), &db).unwrap();
    let db = db.to_string_lossy().into_owned();
    assert!(add(&db, "one", ("2026-01-05", "2026-03-31"), &["--commune", "13285", "--target", "75"]));
    assert!(add(&db, "later", ("2099-01-05", "2099-02-10"), &[]));
    (dir, db)
}

fn add(db: &str, code: &str, (from, to): (&str, &str), more: &[&str]) -> bool {
    let plain = ["campaign", "add", code, "--name", "Ra quân", "--from", from, "--to", to, "--db", db];
    run(&[&plain, more].concat()).status.success()
}

fn department(db: &str) -> Server {
    Server::start_with(std::path::Path::new(db), &["--as", "department"])
}

fn keys(list: &Json) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap()).collect()
}

#[test]
fn a_campaign_counts_its_days_and_communes_alone_and_stands_in_the_audit() {
    let (_dir, db) = store();
    assert!(!add(&db, "two", ("2026-01-05", "2026-01-01"), &[]), "it ends before it begins");
    assert!(!add(&db, "three", ("2026-01-05", "2026-02-10"), &["--commune", "99999"]), "no such commune");
    let list = run_json(&["campaign", "list", "--db", &db]);
    let one = list["items"].as_array().unwrap().iter().find(|item| item["code"] == "one").unwrap();
    assert_eq!(one["target_percent"], 75.0, "{list}");

    let told = run_json(&["indicators", "--campaign", "one", "--db", &db]);
    assert_eq!((told["campaign"]["code"].as_str(), told["communes"].as_u64()), (Some("one"), Some(1)));
    let guided = |table: &Json| table["total"]["now"]["reach"]["numerator"].as_f64().unwrap_or_default();
    let whole = run_json(&["indicators", "--period", "2026-03", "--db", &db]);
    let row =
        |table: &Json| table["rows"].as_array().unwrap().iter().find(|row| row["code"] == "13285").unwrap().clone();
    let all = row(&whole)["now"]["reach"]["numerator"].as_f64().unwrap();
    assert!(guided(&told) <= all, "{} of {all}", guided(&told));
    for code in ["none", "later"] {
        assert!(!run(&["indicators", "--campaign", code, "--db", &db]).status.success(), "{code}");
    }

    let server = department(&db);
    assert_eq!(server.json("/api/indicators?campaign=one")["total"]["now"], told["total"]["now"]);
    let audit = run_json(&["audit", "--db", &db]);
    assert!(audit["items"].as_array().unwrap().iter().any(|event| event["action"] == "campaign"), "{audit}");
}

#[test]
fn the_map_of_a_campaign_tells_what_its_indicators_tell() {
    let (_dir, db) = store();
    let server = department(&db);
    let table = server.json("/api/indicators?campaign=one&level=commune");
    let reach = &table["rows"][0]["now"]["reach"];
    let communes = server.json("/api/communes?campaign=one");
    assert_eq!(keys(&communes), ["13285"]);
    let commune = &communes["items"][0];
    assert!(reach["numerator"].as_f64() > Some(0.0), "{reach}");
    let told = |of: &Json, fields: [&str; 2]| fields.map(|field| of[field].as_f64());
    assert_eq!(told(commune, ["guided", "households"]), told(reach, ["numerator", "denominator"]));
    let all = server.json("/api/communes/13285");
    assert!(commune["guided"].as_i64() < all["guided"].as_i64(), "visits of other days count elsewhere");
    assert_eq!(commune["cells_measured"], all["cells_measured"]);

    let villages = server.json("/api/villages?campaign=one&limit=5000");
    let of_commune = server.json("/api/villages?commune=13285&limit=5000");
    assert_eq!(keys(&villages), keys(&of_commune));
    assert!(
        villages["items"]
            .as_array()
            .unwrap()
            .iter()
            .zip(of_commune["items"].as_array().unwrap())
            .any(|(one, all)| one["status"] != all["status"])
    );
    let file = server.json("/export/villages.geojson?campaign=one");
    let filed: Vec<&Json> =
        file["features"].as_array().unwrap().iter().map(|row| &row["properties"]["status"]).collect();
    let listed: Vec<&Json> = villages["items"].as_array().unwrap().iter().map(|row| &row["status"]).collect();
    assert_eq!(filed, listed);

    let (x, y) = column_row(commune["lon"].as_f64().unwrap(), commune["lat"].as_f64().unwrap(), 10);
    let tile = mvt::decode(&server.get(&format!("/tiles/communes/10/{x}/{y}?campaign=one")).body);
    let drawn: Vec<_> = tile[0].features.iter().map(|drawn| drawn.attributes["code"].clone()).collect();
    assert_eq!(drawn.len(), 1);
    assert_eq!(tile[0].features[0].attributes["guided"].as_f64(), commune["guided"].as_f64());
    let today = server.json("/api/today?campaign=one&limit=100");
    assert!(today["total"].as_u64() >= server.json("/api/today?commune=13285&limit=100")["total"].as_u64());
}

#[test]
fn the_signal_on_the_map_of_a_campaign_is_that_of_the_whole_map() {
    let (_dir, db) = store();
    let server = department(&db);
    for list in ["signal", "dead_areas", "places", "claims", "hints", "work", "commune_labels"] {
        let whole = server.json(&format!("/api/{list}?limit=5000"));
        let within = server.json(&format!("/api/{list}?campaign=one&limit=5000"));
        assert!(whole["total"].as_u64().unwrap() > 0, "{list}");
        assert_eq!(whole["items"], within["items"], "{list}");
    }
    let (whole, within) = (server.json("/api/summary"), server.json("/api/summary?campaign=one"));
    for figure in ["cells", "dead_areas", "cells_by_verdict", "claims"] {
        assert_eq!(whole[figure], within[figure], "{figure}");
    }
    assert_eq!(within["communes"], 1);
    let area = &server.json("/api/dead_areas?limit=1")["items"][0];
    let (x, y) = column_row(area["lon"].as_f64().unwrap(), area["lat"].as_f64().unwrap(), 11);
    for layer in ["signal", "dead_areas", "surface"] {
        let [whole, within] =
            ["", "?campaign=one"].map(|asked| server.get(&format!("/tiles/{layer}/11/{x}/{y}{asked}")).body);
        assert!(!whole.is_empty() && whole == within, "{layer}");
    }
}

#[test]
fn a_campaign_is_not_for_those_who_may_ask_for_whole_months_only() {
    let (_dir, db) = store();
    let server = department(&db);
    for (address, status) in [
        ("/api/communes?campaign=none", 404),
        ("/api/communes?campaign=later", 400),
        ("/api/communes?campaign=one&to=2026-01-04", 400),
        ("/tiles/communes/8/203/112?campaign=none", 404),
        ("/tiles/communes.json?campaign=none", 404),
        // Names are of no campaign.
        ("/api/search?q=Hoa&campaign=one", 400),
    ] {
        assert_eq!(server.get(address).status, status, "{address}");
    }
    let server = Server::start_with(std::path::Path::new(&db), &["--as", "public"]);
    for address in
        ["/api/communes", "/tiles/communes/8/203/112", "/export/villages.csv", "/style.json", "/api/summary", "/events"]
    {
        let refused = server.get(&format!("{address}?campaign=one"));
        assert_eq!(refused.status, 403, "{address}");
        // Whether there is one is not told either.
        assert_eq!(server.get(&format!("{address}?campaign=none")).body, refused.body, "{address}");
    }
}
