//! The table of places by verdict through the whole program: its counts are those of layers, files and tiles.

use std::fs;

use serde_json::Value as Json;

use crate::support::{Server, column_row, demo_store, folder, mvt, run, run_json};

/// Rows of a layer that fit a filter, under the filters of the map.
fn listed(server: &Server, layer: &str, question: &str, filter: &str) -> u64 {
    let filter =
        filter.replace(' ', "%20").replace('=', "%3D").replace('\'', "%27").replace('<', "%3C").replace('>', "%3E");
    server.json(&format!("/api/{layer}?{question}&limit=1&filter={filter}"))["total"].as_u64().unwrap()
}

#[test]
fn counts_by_verdict_are_those_of_layers_files_and_tiles_under_the_same_filters() {
    let server = Server::of_demo();
    for (operator, days) in [("", ""), ("viettel", "to=2026-03-31"), ("vnpt", "from=2026-01-01&to=2026-03-31")] {
        let question = format!("operator={operator}&{days}");
        let told = server.json(&format!("/api/verdicts?{question}"));
        let network = &told["networks"][0];
        let total = &network["total"];
        assert_eq!(network["operator"], if operator.is_empty() { "all" } else { operator });
        for verdict in ["no_signal", "hole", "poor", "covered"] {
            let filter = format!("signal_place = '{verdict}'");
            assert_eq!(
                total["villages"][verdict].as_u64(),
                Some(listed(&server, "villages", &question, &filter)),
                "{filter}"
            );
            let filter = format!("verdict = '{verdict}' AND kind = 'commune_centre'");
            let places = listed(&server, "places", &question, &filter);
            assert_eq!(total["commune_centre"][verdict].as_u64(), Some(places), "{filter}");
        }
        for (verdict, filter) in [
            ("not_enough", "signal_place = 'not_enough' AND signal <> 'not_measured'"),
            ("unmeasured", "signal_place = 'not_enough' AND signal = 'not_measured'"),
        ] {
            assert_eq!(
                total["villages"][verdict].as_u64(),
                Some(listed(&server, "villages", &question, filter)),
                "{filter}"
            );
        }
        let unmeasured = listed(&server, "places", &question, "verdict = 'unmeasured' AND kind = 'commune_centre'");
        assert_eq!(total["commune_centre"]["unmeasured"].as_u64(), Some(unmeasured));

        // One commune with its households, from the file that somebody takes away.
        let row = network["rows"].as_array().unwrap().iter().find(|row| row["code"] == "13285").unwrap();
        let file = server.json(&format!("/export/villages.geojson?{question}&commune=13285"));
        let rows = || file["features"].as_array().unwrap().iter().map(|row| &row["properties"]);
        for verdict in ["no_signal", "hole", "poor", "covered"] {
            let of = || rows().filter(|row| row["signal_place"] == verdict);
            assert_eq!(row["villages"][verdict].as_u64(), Some(of().count() as u64));
            let households: u64 = of().filter_map(|row| row["households"].as_u64()).sum();
            let silent = of().filter(|row| row["households"].is_null()).count() as u64;
            assert_eq!(row["households_not_reported"][verdict].as_u64(), Some(silent));
            let known = of().count() as u64 == 0 || silent < of().count() as u64;
            assert_eq!(row["households"][verdict].as_u64(), known.then_some(households));
        }

        // The sums of a tile that holds the whole province.
        let (x, y) = column_row(105.97, 20.25, 7);
        let tile = mvt::decode(&server.get(&format!("/tiles/villages/7/{x}/{y}?{question}")).body);
        let of = |name: &str| -> u64 {
            let value = |row: &mvt::DecodedFeature| row.attributes.get(name).and_then(Json::as_u64);
            tile[0].features.iter().filter_map(value).sum()
        };
        let without = total["villages"]["no_signal"].as_u64().unwrap() + total["villages"]["hole"].as_u64().unwrap();
        assert_eq!(of("villages_no_signal"), without);
    }
}

#[test]
fn every_network_stands_in_the_table_and_what_lies_outside_every_commune_is_told() {
    let server = Server::of_demo();
    let told = server.json("/api/verdicts?to=2026-03-31");
    let networks = told["networks"].as_array().unwrap();
    assert!(networks.len() > 2 && networks[0]["operator"] == "all");
    assert_ne!(networks[0]["total"]["villages"], networks[1]["total"]["villages"]);
    for network in networks {
        let of = |row: &Json| row["cells_measured"].as_u64().unwrap();
        let communes: u64 = network["rows"].as_array().unwrap().iter().map(of).sum();
        assert_eq!(communes + of(&network["outside"]), of(&network["total"]));
    }
    let summary = server.json("/api/summary?to=2026-03-31");
    assert_eq!(summary["cells_outside_communes"], networks[0]["outside"]["cells_measured"]);
    assert_eq!(summary["cells"], networks[0]["total"]["cells_measured"]);
}

#[test]
fn the_terminal_tells_and_writes_the_same_table() {
    let dir = folder();
    let file = dir.path().join("verdicts.csv");
    let db = demo_store().to_string_lossy().into_owned();
    let arguments = ["verdicts", "--to", "2026-03-31", "--operator", "viettel", "--db", &db];
    let told = run_json(&arguments);
    let server = Server::of_demo();
    let asked = server.json("/api/verdicts?to=2026-03-31&operator=viettel");
    assert_eq!(told["networks"], asked["networks"]);
    run(&[&arguments[..], &["-o", file.to_str().unwrap(), "--lang", "vi"]].concat());
    let written = fs::read_to_string(&file).unwrap();
    let mut lines = written.lines();
    let heading = lines.next().unwrap();
    assert!(
        heading
            .ends_with("Trắng sóng;Lõm sóng;Sóng kém;Có sóng;Chưa đủ dữ liệu;Chưa đo;Cộng;Số thôn chưa báo cáo số hộ"),
        "{heading}"
    );
    let villages = lines.next().unwrap();
    let count = asked["networks"][0]["total"]["villages"]["no_signal"].as_u64().unwrap();
    assert!(villages.contains(&format!(" – 31/03/2026;Viettel;Tất cả;;Toàn tỉnh;Thôn;{count};")), "{villages}");
}
