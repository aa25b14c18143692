//! Speed tests from a publisher's file to the map, and what they leave alone.

use serde_json::Value as Json;

use crate::support::{Server, demo_store, folder, run, run_json};

/// A tile of the demo with a test, and one without any near it.
fn tile_of(server: &Server) -> Json {
    let list = server.json("/api/speeds?limit=5000");
    list["items"].as_array().unwrap().iter().find(|tile| tile["class"] != "not_enough").unwrap().clone()
}

#[test]
fn a_file_of_ookla_is_shown_with_its_publisher_and_changes_no_verdict_on_the_signal() {
    let folder = folder();
    let store = folder.path().join("phusong.gpkg");
    std::fs::copy(demo_store(), &store).unwrap();
    let db = store.to_string_lossy().into_owned();
    let server = Server::start(&store);
    let known = tile_of(&server);
    let signal = server.json("/api/signal?limit=5000")["items"].clone();
    let villages = server.json("/api/villages?limit=5000")["items"].clone();
    drop(server);

    let quadkey = known["tile"].as_str().unwrap();
    let name = "2026-07-01_performance_mobile_tiles.csv";
    let file = folder.path().join(name).to_string_lossy().into_owned();
    let write = |kbps: u32| {
        let text = format!(
            "quadkey,tile,avg_d_kbps,avg_u_kbps,avg_lat_ms,tests,devices\n{quadkey},,{kbps},900,88,400,60\n\
             0320101102120302,,90000,9000,9,90,9\n{quadkey},,1,1,1,1,1\n12,,1,1,1,1,1\n"
        );
        std::fs::write(&file, text).unwrap();
    };
    let import = || run_json(&["import", "speeds", &file, "--db", &db])["files"][0].clone();
    write(1_000);
    let first = import();
    assert_eq!((&first["kind"], &first["inserted"], &first["refused"]), (&"speeds".into(), &1.into(), &2.into()));
    assert!(first["warnings"].to_string().contains("1 tiles elsewhere"), "{first}");
    assert_eq!(import()["unchanged"], 1);
    write(1_200);
    let again = import();
    assert_eq!(again["updated"], 1);
    assert!(again["warnings"].to_string().contains("2026-Q3: replaced"), "{again}");

    let server = Server::start(&store);
    let tile = server.json(&format!("/api/speeds/{quadkey}"));
    assert_eq!((&tile["class"], &tile["last_quarter"]), (&"very_slow".into(), &"2026-Q3".into()));
    assert!(tile["source"].as_str().unwrap().contains("Ookla") && tile["licence"] == "CC BY-NC-SA 4.0", "{tile}");
    assert!(tile["download_mbps"].as_f64() >= tile["own_download_mbps"].as_f64(), "{tile}");
    for path in ["/api/meta", "/export/speeds.geojson", "/tiles/speeds.json"] {
        let said = server.json(path).to_string();
        assert!(said.contains("Ookla") && said.contains("CC BY-NC-SA 4.0"), "{path}");
    }
    // Before the quarter nobody knew of it.
    let then = server.json(&format!("/api/speeds/{quadkey}?to=2026-06-30"));
    assert_eq!(then["tests"], known["tests"]);
    // The tests stand beside everything else: no verdict and no column of a village tells of them.
    assert_eq!(server.json("/api/signal?limit=5000")["items"], signal);
    assert_eq!(server.json("/api/villages?limit=5000")["items"], villages);
    assert!(!server.json("/export/villages.geojson").to_string().contains("Ookla"));
}

#[test]
fn the_demo_has_every_class_and_none_rests_on_one_phone_or_few_tests() {
    let server = Server::of_demo();
    let list = server.json("/api/speeds?limit=5000");
    let items = list["items"].as_array().unwrap();
    for class in ["very_slow", "slow", "fair", "fast", "not_enough"] {
        assert!(items.iter().any(|tile| tile["class"] == class), "no tile is {class}");
    }
    for tile in items {
        let few = tile["tests"].as_u64() < Some(5) || tile["devices"].as_u64() < Some(2);
        assert_eq!(few, tile["class"] == "not_enough", "{tile}");
        assert!(tile["source"].as_str().unwrap().contains("synthetic"), "{tile}");
    }
    // By operator it is the same layer: a test does not say whose network it was.
    assert_eq!(server.json("/api/speeds?limit=5000&operator=viettel")["items"], list["items"]);
}

#[test]
fn the_card_of_a_village_and_of_a_commune_tells_of_the_tests_around() {
    let server = Server::of_demo();
    let keys = |layer: &str| -> Vec<String> {
        let list = server.json(&format!("/api/{layer}?limit=40"));
        list["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap().to_owned()).collect()
    };
    for layer in ["villages", "communes", "places", "dead_areas"] {
        let said: Vec<Json> =
            keys(layer).iter().map(|key| server.json(&format!("/api/{layer}/{key}/speeds"))).collect();
        assert!(said.iter().any(|near| near["tests"].as_u64() > Some(0)), "no test near any of {layer}");
        for near in said {
            assert_eq!(near["tests"] == 0, near["download_mbps"].is_null(), "{near}");
        }
    }
    assert_eq!(server.get("/api/villages/00000-000/speeds").status, 404);
    assert_eq!(server.get("/api/nothing/1/speeds").status, 404);
}

#[test]
fn a_file_without_its_quarter_or_of_wires_is_refused_with_what_to_do() {
    let folder = folder();
    let db = folder.path().join("new.gpkg").to_string_lossy().into_owned();
    let words = |name: &str, more: &[&str]| {
        let file = folder.path().join(name);
        std::fs::write(&file, "quadkey,avg_d_kbps,tests,devices\n1323213230302312,5000,9,3\n").unwrap();
        let file = file.to_string_lossy().into_owned();
        let mut all = vec!["import", "speeds", &file, "--db", &db, "--dry-run"];
        all.extend(more);
        let output = run(&all);
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (done, said) = words("tiles.csv", &[]);
    assert!(!done && said.contains("--period 2025-Q3"), "{said}");
    let (done, said) = words("2025-07-01_performance_fixed_tiles.csv", &[]);
    assert!(!done && said.contains("type=mobile"), "{said}");
    assert!(words("tiles.csv", &["--period", "2025-Q3"]).0);
}
