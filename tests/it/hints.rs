//! Hints at sites, the same over the terminal, HTTP, tiles and files, on the demo and beside what its dead areas say.

use serde_json::Value as Json;

use crate::support::{Server, demo_store, folder, run, run_json, text};

const NUMBER: fn(&Json) -> f64 = |value| value.as_f64().unwrap_or(f64::NAN);

#[test]
fn hints_count_what_the_dead_areas_count_and_say_how_good_they_are() {
    let server = Server::of_demo();
    for filter in ["", "&operator=viettel", "&operator=vnpt&technology=4G"] {
        let list = server.json(&format!("/api/hints?limit=5000{filter}"));
        let (items, plan) = (list["items"].as_array().unwrap(), &list["plan"]);
        let areas = server.json(&format!("/api/dead_areas?limit=5000{filter}"));
        let affected: f64 =
            areas["items"].as_array().unwrap().iter().filter_map(|area| area["affected"].as_f64()).sum();
        // Areas are rounded to a tenth each.
        let slack = 0.05 * areas["total"].as_f64().unwrap() + 0.1;
        assert!((NUMBER(&plan["affected"]) - affected).abs() <= slack, "{plan} {affected}");
        assert!(plan["nothing"].is_null() && (1..=10).contains(&items.len()), "{filter}: {plan}");
        assert!(
            NUMBER(&plan["covered"]) <= NUMBER(&plan["bound"]) && NUMBER(&plan["bound"]) <= NUMBER(&plan["affected"])
        );
        assert!(NUMBER(&plan["gap_percent"]) < 10.0, "{plan}");
        let gains: Vec<f64> = items.iter().map(|hint| NUMBER(&hint["affected"])).collect();
        assert!(gains.windows(2).all(|pair| pair[0] >= pair[1]), "{gains:?}");
        assert!((gains.iter().sum::<f64>() - NUMBER(&plan["covered"])).abs() < 0.6, "{gains:?} {plan}");
        assert_eq!(items[items.len() - 1]["share_percent"], plan["share_percent"]);
        for (hint, rank) in items.iter().zip(1..) {
            assert_eq!((&hint["rank"], &hint["status"]), (&Json::from(rank), &"preliminary".into()));
            assert!(NUMBER(&hint["affected"]) <= NUMBER(&hint["declared"]) + 0.05, "{hint}");
            assert!(hint["villages"].as_u64().unwrap() > 0 && hint["gap_percent"] == plan["gap_percent"], "{hint}");
        }
        let key = items[0]["key"].as_str().unwrap();
        assert_eq!(server.json(&format!("/api/hints/{key}?_={filter}")), items[0]);
    }
    let file = server.json("/export/hints.geojson?operator=viettel&purpose=test");
    let list = server.json("/api/hints?operator=viettel");
    assert_eq!(file["metadata"]["plan"], list["plan"]);
    assert_eq!(file["features"].as_array().unwrap().len(), list["items"].as_array().unwrap().len());
    assert_eq!(file["features"][0]["properties"]["affected"], list["items"][0]["affected"]);
}

#[test]
fn the_terminal_tells_the_same_takes_a_number_and_a_radius_and_writes_a_file() {
    let db = demo_store().to_string_lossy().into_owned();
    let server = Server::of_demo();
    let told = run_json(&["hints", "--db", &db, "--operator", "viettel"]);
    let list = server.json("/api/hints?operator=viettel");
    assert_eq!(told["plan"], list["plan"]);
    assert_eq!(told["items"][0]["hint"], list["items"][0]["hint"]);

    let dir = folder();
    let to = dir.path().join("goi_y.csv").to_string_lossy().into_owned();
    let few =
        run_json(&["hints", "--db", &db, "--operator", "viettel", "--sites", "2", "--radius-m", "3000", "-o", &to]);
    assert_eq!(few["plan"]["sites_asked"], 2);
    assert_eq!((&few["plan"]["radius_from"], &few["plan"]["radius_m"]), (&"asked".into(), &3000.0.into()));
    let first = |told: &Json| NUMBER(&told["items"][0]["affected"]);
    assert!(few["items"].as_array().unwrap().len() <= 2 && first(&few) >= first(&told), "a wider circle reaches more");
    let csv = std::fs::read_to_string(&to).unwrap();
    assert!(csv.lines().next().unwrap().contains("gap_percent") && csv.contains("preliminary"), "{csv}");

    let words = |language: &str| {
        text(&run(&["--lang", language, "hints", "--db", &db, "--operator", "viettel", "--sites", "3"]).stdout)
    };
    assert!(words("vi").starts_with("GỢI Ý SƠ BỘ") && words("vi").contains("chênh so với tối ưu không quá"));
    assert!(words("en").starts_with("PRELIMINARY HINTS") && words("en").contains("short of the best"));
    for wrong in
        [["--sites", "0"], ["--sites", "9999"], ["--radius-m", "NaN"], ["--radius-m", "5"], ["--operator", "nobody"]]
    {
        let output = run(&["hints", "--db", &db, wrong[0], wrong[1]]);
        assert!(!output.status.success(), "{wrong:?}");
    }
}

#[test]
fn what_stands_already_is_hinted_at_before_a_new_site_that_serves_the_same() {
    let dir = folder();
    let store = dir.path().join("phusong.gpkg");
    std::fs::copy(demo_store(), &store).unwrap();
    let db = store.to_string_lossy().into_owned();
    let before = run_json(&["hints", "--db", &db, "--operator", "viettel"]);
    let rural = |told: &Json| told["plan"]["radius_m"].clone();
    assert_eq!((&before["plan"]["radius_from"], rural(&before)), (&"rules".into(), 1000.0.into()));
    assert!(
        before["items"].as_array().unwrap().iter().all(|hint| hint["kind"] != "mast" && hint["nearest_site"].is_null())
    );
    // A mast of another operator exactly where the first hint lies: the same village, and now something stands there.
    let hint = &before["items"][0];
    let file = dir.path().join("tram.csv");
    let row = format!("vnpt,4G,{},{},NBH0001\n", hint["lon"], hint["lat"]);
    std::fs::write(&file, format!("operator,technology,lon,lat,name\n{row}")).unwrap();
    run_json(&["import", "sites", &file.to_string_lossy(), "--db", &db]);
    let after = run_json(&["hints", "--db", &db, "--operator", "viettel"]);
    let kinds: Vec<&str> =
        after["items"].as_array().unwrap().iter().map(|hint| hint["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"shared_mast"), "{kinds:?}");
    let shared = after["items"].as_array().unwrap().iter().find(|hint| hint["kind"] == "shared_mast").unwrap();
    assert!(shared["name"].as_str().unwrap().contains("NBH0001"), "{shared}");
    assert_eq!(after["plan"]["covered"], before["plan"]["covered"], "a tie goes to what stands");
}
