//! Search and history over a real socket: old names lead to units of today.

use serde_json::Value as Json;
use unicode_normalization::UnicodeNormalization;

use crate::support::{Server, text};

fn escaped(query: &str) -> String {
    query.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

fn find(server: &Server, query: &str) -> Vec<Json> {
    let found = server.json(&format!("/api/search?limit=20&q={}", escaped(query)));
    found["items"].as_array().unwrap().clone()
}

#[test]
fn an_old_name_in_any_spelling_finds_the_commune_of_today_and_says_since_when() {
    let server = Server::of_demo();
    let nfd: String = "Châu Cầu".nfd().collect();
    for query in ["Châu Cầu", "chau cau", "CHÂU CẦU", "phường châu cầu", "P. Chau Cau", &nfd, "13294", "châu cầ"]
    {
        let items = find(&server, query);
        let first = &items[0];
        assert_eq!(
            (first["kind"].as_str(), first["key"].as_str()),
            (Some("commune"), Some("13285")),
            "{query}: {items:?}"
        );
        assert_eq!(first["name"], "Phường Phủ Lý", "{query}");
        assert_eq!(first["matched"], "Phường Châu Cầu", "{query}");
        assert_eq!(first["matched_code"], "13294", "{query}");
        assert_eq!(first["matched_district"], "Thành phố Phủ Lý", "{query}");
        assert_eq!((first["since"].as_str(), first["matched_to"].as_str()), (Some("2025-07-01"), Some("2025-07-01")));
        assert_eq!((first["share"].as_str(), first["legal_basis"].as_str()), (Some("whole"), Some("1674/NQ-UBTVQH15")));
        assert!(first["lon"].as_f64().is_some_and(|lon| lon > 105.0), "{first}");
    }
}

#[test]
fn a_present_name_stands_before_an_old_one_and_is_its_own_match() {
    let server = Server::of_demo();
    let items = find(&server, "Thanh Sơn");
    let communes: Vec<&Json> = items.iter().filter(|item| item["kind"] == "commune").collect();
    for item in &communes {
        if item["matched_to"].is_null() {
            assert_eq!((&item["matched"], &item["share"]), (&item["name"], &Json::Null));
        }
    }
    let old = communes.iter().find(|item| item["matched_district"] == "Thị xã Kim Bảng");
    assert_eq!(old.map(|item| item["name"].as_str()), Some(Some("Phường Lý Thường Kiệt")), "{communes:?}");
    let narrowed = find(&server, "thanh son kim bang");
    assert_eq!(narrowed[0]["matched"], old.unwrap()["matched"], "{narrowed:?}");
}

#[test]
fn a_divided_commune_leads_to_each_of_its_parts() {
    let server = Server::of_demo();
    let items = find(&server, "13354");
    let old: Vec<_> =
        items.iter().filter(|item| item["matched_code"] == "13354" && !item["matched_to"].is_null()).collect();
    assert_eq!(old.len(), 2, "{items:?}");
    assert!(old.iter().all(|item| item["share"] == "part"), "{old:?}");
}

#[test]
fn villages_are_found_with_their_commune() {
    let server = Server::of_demo();
    let village = server.json("/api/villages?limit=1")["items"][0].clone();
    let name = village["name"].as_str().unwrap();
    let commune = server.json(&format!("/api/villages/{}", village["key"].as_str().unwrap()))["commune"].clone();
    let items = find(&server, village["key"].as_str().unwrap());
    assert_eq!(items[0]["kind"], "village", "{items:?}");
    assert_eq!(items[0]["name"], name);
    assert_eq!(items[0]["commune"], commune);
    assert!(items[0]["commune_name"].is_string() && items[0]["lon"].is_number(), "{items:?}");
}

#[test]
fn a_search_that_asks_nothing_answers_nothing_and_a_letter_answers_something() {
    let server = Server::of_demo();
    assert!(find(&server, "").is_empty());
    assert!(find(&server, " - ").is_empty());
    assert!(!find(&server, "p").is_empty());
    assert!(find(&server, &"x".repeat(5_000)).is_empty());
    let one = server.json("/api/search?q=ninh&limit=1");
    assert_eq!((one["query"].as_str(), one["items"].as_array().map(Vec::len)), (Some("ninh"), Some(1)));
    for path in ["/api/search", "/api/search?q=a&limit=many", "/api/search?q=a&operatr=viettel"] {
        let reply = server.get(path);
        assert_eq!(reply.status, 400, "{path}: {}", text(&reply.body));
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    }
    let before = server.json(&format!("/api/search?as_of=2025-06-30&q={}", escaped("Châu Cầu")));
    assert_eq!(before["items"][0]["key"], "13294", "{before}");
}

#[test]
fn a_unit_tells_what_it_was_made_of_and_what_became_of_it() {
    let server = Server::of_demo();
    let now = server.json("/api/units/13285/history");
    assert_eq!(
        (now["name"].as_str(), now["valid_from"].as_str()),
        (Some("Phường Phủ Lý"), Some("2025-07-01")),
        "{now}"
    );
    assert!(now["valid_to"].is_null() && now["became"].as_array().unwrap().is_empty(), "{now}");
    assert_eq!(now["legal_basis"], "1674/NQ-UBTVQH15");
    let parts = now["made_of"].as_array().unwrap();
    let part = |code: &str| parts.iter().find(|part| part["code"] == code).unwrap();
    assert_eq!(part("13294")["share"], "whole");
    assert_eq!(part("13294")["district"], "Thành phố Phủ Lý");
    assert!(part("13294")["fraction"].as_f64().unwrap() > 0.99, "{now}");
    assert_eq!(part("13285")["name"], "Phường Quang Trung");
    let fraction = part("13285")["fraction"].as_f64().unwrap();
    assert!(fraction > 0.0 && fraction < 1.0, "{now}");

    let then = server.json("/api/units/13285/history?on=2025-06-30");
    assert_eq!((then["name"].as_str(), then["valid_to"].as_str()), (Some("Phường Quang Trung"), Some("2025-07-01")));
    let became = then["became"].as_array().unwrap();
    assert_eq!(became.len(), 2, "{then}");
    assert!(became.iter().all(|one| one["share"] == "part" && one["effective"] == "2025-07-01"), "{then}");
    let sum: f64 = became.iter().map(|one| one["fraction"].as_f64().unwrap()).sum();
    assert!((sum - 1.0).abs() < 1e-3, "{then}");
    assert_eq!(server.json("/api/units/13285/history?as_of=2025-06-30"), then);
}

#[test]
fn a_code_that_nobody_bears_is_not_found() {
    let server = Server::of_demo();
    for (path, status) in [
        ("/api/units/99999/history", 404),
        ("/api/units/13294/history", 404),
        ("/api/units/abc/history", 404),
        ("/api/units/13285/history?on=yesterday", 400),
        ("/api/units/13285/history?onn=2025-06-30", 400),
        ("/api/units/13294/history?on=2025-06-30", 200),
    ] {
        assert_eq!(server.get(path).status, status, "{path}");
    }
}
