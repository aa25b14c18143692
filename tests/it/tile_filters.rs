//! A filter on tiles keeps the rows that the same filter keeps in the list, at every zoom, drawn as one or not.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{Server, column_row, demo_store, mvt, run, text};

const FILTER: &str = "filter=percent%20%3C%2060%20AND%20NOT%20signal%20%3D%20%27none%27";

/// All tiles of a layer over the province at a zoom.
fn tiles(server: &Server, layer: &str, zoom: u8, query: &str) -> Vec<mvt::DecodedFeature> {
    let bounds = server.json("/api/meta")["bounds"].clone();
    let [west, south, east, north] = [0, 1, 2, 3].map(|at| bounds[at].as_f64().unwrap());
    let ((x0, y0), (x1, y1)) = (column_row(west, north, zoom), column_row(east, south, zoom));
    let mut found = Vec::new();
    for (x, y) in (x0..=x1).flat_map(|x| (y0..=y1).map(move |y| (x, y))) {
        let reply = server.get(&format!("/tiles/{layer}/{zoom}/{x}/{y}?{query}"));
        assert!(matches!(reply.status, 200 | 204), "{}", text(&reply.body));
        assert_eq!(mvt::problems(&reply.body), Vec::<String>::new());
        found.extend(mvt::decode(&reply.body).into_iter().filter(|l| l.name == layer).flat_map(|l| l.features));
    }
    found
}

#[test]
fn a_filtered_tile_holds_the_rows_of_the_filtered_list() {
    let server = Server::of_demo();
    let list = server.json(&format!("/api/villages?limit=5000&{FILTER}"));
    let listed: BTreeSet<String> =
        list["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap().to_owned()).collect();
    let all = server.json("/api/villages?limit=1")["total"].as_u64().unwrap();
    assert!(!listed.is_empty() && (listed.len() as u64) < all, "{} of {all}", listed.len());
    let drawn: BTreeSet<String> = tiles(&server, "villages", 10, FILTER)
        .iter()
        .map(|feature| feature.attributes["code"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(drawn, listed);
    let counted: u64 = tiles(&server, "villages", 8, FILTER)
        .iter()
        .map(|feature| feature.attributes.get("point_count").map_or(1, |count| count.as_u64().unwrap()))
        .sum();
    assert_eq!(counted, listed.len() as u64, "clusters are of the rows that are wanted");
}

#[test]
fn communes_of_a_filter_are_those_of_the_list_however_they_are_generalised() {
    let server = Server::of_demo();
    let bbox = "bbox=105.9,20.1,106.1,20.3";
    let list = server.json(&format!("/api/communes?limit=5000&{bbox}"));
    let listed: BTreeSet<&str> =
        list["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap()).collect();
    for zoom in [6, 10] {
        let drawn = tiles(&server, "communes", zoom, bbox);
        let codes: BTreeSet<&str> = drawn.iter().map(|one| one.attributes["code"].as_str().unwrap()).collect();
        assert_eq!(codes, listed, "zoom {zoom}");
    }
}

#[test]
fn a_filter_that_cannot_be_answered_is_refused_in_tilejson_and_tile_alike() {
    let server = Server::of_demo();
    for path in ["/tiles/villages.json", "/tiles/villages/9/406/226", "/tiles/villages/9/406/226/explain"] {
        for filter in
            ["filter=percent%20%3C", "filter=colour%20%3D%201", "filter=percent%20%3D%20%27a%27", "filter-lang=sql"]
        {
            let reply = server.get(&format!("{path}?{filter}"));
            assert_eq!(reply.status, 400, "{path} {filter}: {}", text(&reply.body));
            assert!(reply.json()["hint"].is_string());
        }
    }
    // One filter for all layers of a tile: each must have its columns.
    assert_eq!(server.get("/tiles/communes,villages/9/406/226?filter=status%20%3D%20%27low%27").status, 400);
    assert_eq!(server.get("/tiles/communes,villages/9/406/226?filter=percent%20%3C%2050").status, 200);
    let described = server.json(&format!("/tiles/villages.json?{FILTER}"));
    assert!(described["tiles"][0].as_str().unwrap().contains(FILTER), "{described}");
}

/// A filter that names a word is held to the words of its column, so every word that a row holds must be one of them.
#[test]
fn every_code_that_a_row_holds_can_be_asked_for_and_a_misspelt_one_is_refused() {
    let server = Server::of_demo();
    let mut asked = 0;
    for layer in ["villages", "communes", "places", "priority", "dead_areas", "changes", "claims", "work", "speeds"] {
        let rows = server.json(&format!("/api/{layer}?limit=5000"));
        let mut words: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for row in rows["items"].as_array().unwrap() {
            for (column, value) in row.as_object().unwrap() {
                words.entry(column.clone()).or_default().extend(value.as_str().map(str::to_owned));
            }
        }
        let is_code = |word: &String| word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
        words.retain(|column, words| column != "key" && words.len() <= 12 && words.iter().all(is_code));
        for (column, word) in words.iter().flat_map(|(column, words)| words.iter().map(move |word| (column, word))) {
            let answer = server.get(&format!("/api/{layer}?limit=1&filter={column}%3D%27{word}%27"));
            assert_eq!(answer.status, 200, "{layer}.{column} = {word}");
            asked += 1;
        }
    }
    assert!(asked > 30, "{asked}");
    for address in [
        "/api/dead_areas?filter=verdict%3D%27confirmd%27",
        "/export/dead_areas.csv?filter=verdict%3D%27confirmd%27",
        "/tiles/dead_areas/9/406/226?filter=verdict%3D%27confirmd%27",
        "/ogc/collections/dead_areas/items?filter=verdict%3D%27confirmd%27",
    ] {
        let answer = server.get(address);
        assert_eq!(answer.status, 400, "{address}");
        assert!(String::from_utf8_lossy(&answer.body).contains("only none, weak"), "{address}");
    }
    let db = demo_store().to_string_lossy().into_owned();
    let output = run(&["export", "dead_areas", "--filter", "verdict = 'confirmd'", "--db", &db]);
    assert!(!output.status.success() && text(&output.stderr).contains("only none, weak"), "{}", text(&output.stderr));
}
