//! A filter on tiles keeps the rows that the same filter keeps in the list, at every zoom, drawn as one or not.

use std::collections::BTreeSet;

use crate::support::{Server, column_row, mvt, text};

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
