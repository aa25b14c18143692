//! Plans, today's list and forecasts over the terminal and HTTP, held to the figures that the map publishes.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::support::{Server, demo_store, folder, run, run_json, text};

/// Households to visit by village: what remains where it is shown, else what the list of priorities has as the most.
fn published(server: &Server, commune: &str) -> BTreeMap<String, Option<u64>> {
    let list = |layer: &str| server.json(&format!("/api/{layer}?limit=5000"))["items"].as_array().unwrap().clone();
    let most: BTreeMap<String, Option<u64>> = list("priority")
        .iter()
        .map(|row| (row["code"].as_str().unwrap().to_owned(), row["households_at_most"].as_u64()))
        .collect();
    list("villages")
        .iter()
        .filter(|row| row["commune"] == commune)
        .filter_map(|row| {
            let code = row["code"].as_str().unwrap().to_owned();
            let left = match row["remaining"].as_u64() {
                Some(0) => return None,
                Some(left) => Some(left),
                None => match most.get(&code) {
                    Some(most) => *most,
                    // Not on that list: begun well, with its count hidden.
                    None => return Some((code, row["households"].as_u64().map(|h| (h * 9).div_ceil(10)))),
                },
            };
            Some((code, left))
        })
        .collect()
}

fn communes(server: &Server) -> Vec<String> {
    let list = server.json("/api/communes?limit=5000");
    list["items"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_plan_holds_each_published_household_once_in_balanced_days() {
    let server = Server::of_demo();
    for commune in communes(&server).iter().take(6) {
        let expected = published(&server, commune);
        let plan = server.json(&format!("/api/plan?commune={commune}&teams=3&first_day=2026-12-01"));
        let of = &plan["communes"][0];
        let known: u64 = expected.values().flatten().sum();
        assert_eq!(of["households"], known, "{commune}");
        assert_eq!(of["villages"], expected.len());
        let mean = known as f64 / 3.0;
        let mut given: BTreeMap<String, (u64, Vec<u64>)> = BTreeMap::new();
        for team in of["teams"].as_array().unwrap() {
            let mut day = 0;
            for stop in team["stops"].as_array().unwrap() {
                assert!(stop["day"].as_u64().unwrap() >= day, "{stop}");
                day = stop["day"].as_u64().unwrap();
                let (sum, parts) = given.entry(stop["village"].as_str().unwrap().to_owned()).or_default();
                *sum += stop["households"].as_u64().unwrap_or(0);
                parts.push(stop["part"].as_u64().unwrap());
                let declared = expected[stop["village"].as_str().unwrap()];
                assert_eq!(stop["households"].is_null(), declared.is_none(), "unknown is never zero: {stop}");
            }
            assert_eq!(team["days"], team["days_needed"]);
            let load = team["households"].as_u64().unwrap() as f64;
            if of["villages_unknown"] == 0 {
                assert!((load - mean).abs() <= (0.15 * mean).max(1.0), "{commune}: {team}");
            }
        }
        assert_eq!(given.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        for (village, (sum, mut parts)) in given {
            assert_eq!(sum, expected[&village].unwrap_or(0), "{village}");
            parts.sort_unstable();
            assert_eq!(parts, (1..=parts.len() as u64).collect::<Vec<_>>(), "{village}");
        }
        assert!(of["balance_percent"].as_f64().unwrap() <= 15.0, "{of}");
    }
}

#[test]
fn the_terminal_writes_a_map_a_table_and_sheets_that_ask_no_other_host_and_name_nobody() {
    let server = Server::of_demo();
    let commune = &communes(&server)[0];
    let db = demo_store().to_string_lossy().into_owned();
    let dir = folder();
    let out = dir.path().join("ke_hoach").to_string_lossy().into_owned();
    let told =
        run_json(&["--lang", "vi", "plan", commune, "--db", &db, "--teams", "2", "--from", "2026-12-01", "-o", &out]);
    let plan = server.json(&format!("/api/plan?commune={commune}&teams=2&first_day=2026-12-01"));
    for member in ["households", "balance_percent", "distance_km", "team_days"] {
        assert_eq!(told["communes"][0][member], plan["communes"][0][member], "{member}");
    }
    let read = |name: &str| std::fs::read_to_string(std::path::Path::new(&out).join(name)).unwrap();
    let map: Json = serde_json::from_str(&read("plan.geojson")).unwrap();
    let kinds =
        |kind: &str| map["features"].as_array().unwrap().iter().filter(|row| row["properties"]["kind"] == kind).count();
    let stops: usize = plan["communes"][0]["teams"]
        .as_array()
        .unwrap()
        .iter()
        .map(|team| team["stops"].as_array().unwrap().len())
        .sum();
    assert_eq!((kinds("stop"), kinds("ground")), (stops, 2));
    assert_eq!(kinds("route"), plan["communes"][0]["team_days"].as_u64().unwrap() as usize);

    let csv = read("plan.csv");
    assert!(csv.starts_with("\u{feff}Mã xã;"), "{}", &csv[..80]);
    assert_eq!(csv.lines().count(), stops + 1);
    assert!(csv.contains("01/12/2026"));

    let html = read(&format!("phieu_{commune}_to1.html"));
    let days = plan["communes"][0]["teams"][0]["days"].as_u64().unwrap() as usize;
    assert_eq!(html.matches("<section>").count(), days);
    assert!(html.contains("size:A4;margin:20mm") && html.contains("Phiếu đi từng nhà") && html.contains("Trang 1/"));
    for stranger in ["http:", "https:", "src=", "<script", "@import", "Họ tên", "CCCD"] {
        assert!(!html.contains(stranger), "{stranger}");
    }
    let english =
        server.get(&format!("/plan/sheet?commune={commune}&teams=2&first_day=2026-12-01&team=1&day=1&lang=en"));
    assert_eq!(english.header("content-type"), Some("text/html; charset=utf-8"));
    let english = text(&english.body);
    assert!(english.contains("Door-to-door sheet") && english.matches("<section>").count() == 1);

    let few = run_json(&["plan", commune, "--db", &db, "--teams", "2", "--days", "1"]);
    assert!(few["communes"][0]["teams"].as_array().unwrap().iter().all(|team| team["days"].as_u64().unwrap() <= 1));
    assert_eq!(few["communes"][0]["households"], told["communes"][0]["households"]);
    for wrong in
        [vec!["--teams", "0"], vec!["--teams", "51"], vec!["--days", "0"], vec!["99999"], vec!["--from", "2026-02-30"]]
    {
        let mut arguments = vec!["plan", "--db", &db];
        arguments.extend(wrong.iter());
        assert!(!run(&arguments).status.success(), "{wrong:?}");
    }
}

#[test]
fn a_plan_asks_again_for_no_hidden_count() {
    let server = Server::of_demo();
    let villages = server.json("/api/villages?limit=5000");
    let hidden: Vec<&Json> =
        villages["items"].as_array().unwrap().iter().filter(|row| row["guided_note"] == "suppressed").collect();
    assert!(!hidden.is_empty(), "the demo has villages of few guided households");
    for row in hidden.iter().take(10).filter(|row| row["households"].as_u64().unwrap_or(0) > 0) {
        let plan = server.json(&format!("/api/plan?commune={}&teams=2", row["commune"].as_str().unwrap()));
        let stops =
            plan["communes"][0]["teams"].as_array().unwrap().iter().flat_map(|team| team["stops"].as_array().unwrap());
        let planned: Vec<&Json> = stops.filter(|stop| stop["village"] == row["code"]).collect();
        let sum: u64 = planned.iter().map(|stop| stop["households"].as_u64().unwrap()).sum();
        // All that the target asks for, whatever was done.
        assert_eq!(sum, (row["households"].as_u64().unwrap() * 9).div_ceil(10), "{row}");
        assert!(planned.iter().all(|stop| stop["at_most"] == true), "{planned:?}");
        let first = format!("/plan/sheet?commune={}&teams=1", row["commune"].as_str().unwrap());
        assert!(text(&server.get(&first).body).contains("<td class=\"n\">—</td>"), "{first}");
    }
}

#[test]
fn todays_list_is_in_order_tells_each_factor_and_never_makes_a_zero_of_silence() {
    let server = Server::of_demo();
    let list = server.json("/api/today?limit=5000");
    let items = list["items"].as_array().unwrap();
    assert_eq!(list["total"], items.len());
    let scores: Vec<f64> = items.iter().map(|row| row["score"].as_f64().unwrap()).collect();
    assert!(scores.windows(2).all(|pair| pair[0] >= pair[1]));
    for row in items {
        assert_ne!(row["households"], 0, "{row}");
        assert!(row["households"].is_u64() || row["households_note"] == "not_reported", "{row}");
        assert!(
            row["days_since_visit"].is_u64()
                || ["never", "not_reported", "suppressed"].map(Json::from).contains(&row["days_since_visit_note"]),
            "{row}"
        );
    }
    let commune = items[0]["commune"].as_str().unwrap();
    let near = server.json(&format!("/api/today?commune={commune}&near={},{}", items[0]["lon"], items[0]["lat"]));
    let here = near["items"].as_array().unwrap().iter().find(|row| row["key"] == items[0]["key"]).unwrap();
    assert_eq!(here["distance_km"], 0.0);
    assert!(near["items"].as_array().unwrap().iter().all(|row| row["commune"] == commune));
}

#[test]
fn every_commune_has_an_outlook() {
    let server = Server::of_demo();
    let told = server.json("/api/forecast");
    let items = told["items"].as_array().unwrap();
    assert_eq!(items.len(), communes(&server).len());
    for row in items {
        match row["outlook"].as_str().unwrap() {
            "on_pace" => {
                let [on, earliest] = ["on", "earliest"].map(|name| row[name].as_str().unwrap());
                assert!(earliest <= on && row["latest"].as_str().is_none_or(|latest| on <= latest), "{row}");
                assert!(row["households_a_week"].as_f64().unwrap() > 0.0);
            }
            "reached" => assert_eq!(row["remaining"], 0),
            "not_at_this_pace" | "no_recent_visits" | "not_enough" => assert!(row["on"].is_null(), "{row}"),
            other => panic!("{other}"),
        }
    }
    assert_eq!(
        server.json(&format!("/api/forecast?commune={}", items[0]["commune"].as_str().unwrap()))["items"][0],
        items[0]
    );
}

#[test]
fn what_cannot_be_planned_is_refused_with_a_hint() {
    let server = Server::of_demo();
    let commune = &communes(&server)[0];
    for wrong in [
        "/api/plan".to_owned(),
        "/api/plan?commune=abc".to_owned(),
        "/api/plan?commune=99999".to_owned(),
        format!("/api/plan?commune={commune}&teams=0"),
        format!("/api/plan?commune={commune}&teams=9999999999"),
        format!("/api/plan?commune={commune}&days=0"),
        format!("/api/plan?commune={commune}&first_day=soon"),
        format!("/api/plan?commune={commune}&first_day=9999-01-01"),
        format!("/api/plan?commune={commune}&tems=2"),
        format!("/plan/sheet?commune={commune}&lang=fr"),
        "/api/today?near=1000,2".to_owned(),
        "/api/today?near=NaN,NaN".to_owned(),
        "/api/today?commune=99999".to_owned(),
        "/api/forecast?commune=99999".to_owned(),
    ] {
        let reply = server.get(&wrong);
        assert_eq!((reply.status, reply.header("content-type")), (400, Some("application/problem+json")), "{wrong}");
        assert!(reply.json()["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{wrong}");
    }
    assert_eq!(server.get(&format!("/plan/plan.pdf?commune={commune}")).status, 404);
}
