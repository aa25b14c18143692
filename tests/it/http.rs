//! The service over a real socket: encodings, validators, absences, problems.

use std::io::Read;

use crate::support::{Server, column_row, demo_store, mvt, text};

/// A tile of the demo that holds something of most layers: the middle of the province.
fn middle(server: &Server, zoom: u8) -> String {
    let bounds = &server.json("/api/meta")["bounds"];
    let at = |i: usize| bounds[i].as_f64().unwrap();
    let (x, y) = column_row(f64::midpoint(at(0), at(2)), f64::midpoint(at(1), at(3)), zoom);
    format!("{zoom}/{x}/{y}")
}

#[test]
fn a_tile_is_the_same_in_every_encoding_and_each_has_its_own_tag() {
    let server = Server::of_demo();
    let path = format!("/tiles/communes,signal/{}", middle(&server, 9));
    let plain = server.get(&path);
    let gzip = server.ask(&path, &[("accept-encoding", "gzip")]);
    let brotli = server.ask(&path, &[("accept-encoding", "gzip, br")]);
    let zstd = server.ask(&path, &[("accept-encoding", "gzip, zstd")]);
    assert_eq!((plain.status, gzip.status, brotli.status, zstd.status), (200, 200, 200, 200));
    assert_eq!(plain.header("content-encoding"), None);
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    assert_eq!(brotli.header("content-encoding"), Some("br"));
    assert_eq!(plain.header("content-type"), Some("application/vnd.mapbox-vector-tile"));

    let mut unzipped = Vec::new();
    flate2::read::GzDecoder::new(&gzip.body[..]).read_to_end(&mut unzipped).unwrap();
    assert_eq!(unzipped, plain.body);
    let mut unbrotlied = Vec::new();
    brotli::Decompressor::new(&brotli.body[..], 4096).read_to_end(&mut unbrotlied).unwrap();
    assert_eq!(unbrotlied, plain.body);
    assert_eq!(zstd.header("content-encoding"), Some("zstd"));
    assert_eq!(zstd::decode_all(&zstd.body[..]).unwrap(), plain.body);
    assert!(gzip.body.len() < plain.body.len() && brotli.body.len() < plain.body.len());

    let tags = [&plain, &gzip, &brotli, &zstd].map(|reply| reply.header("etag").unwrap().to_owned());
    assert_eq!(tags.iter().collect::<std::collections::BTreeSet<_>>().len(), 4, "{tags:?}");
    for reply in [&plain, &gzip, &brotli, &zstd] {
        assert!(reply.headers("vary").to_lowercase().contains("accept-encoding"));
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    }
    let epoch = server.json("/health")["epoch"].as_str().unwrap().to_owned();
    assert!(tags[0].contains(&epoch), "{} does not carry the epoch {epoch}", tags[0]);
}

#[test]
fn a_client_that_holds_the_tile_gets_304_with_its_tag() {
    let server = Server::of_demo();
    for path in [
        format!("/tiles/communes/{}", middle(&server, 8)),
        "/api/summary".into(),
        "/style.json".into(),
        "/tiles/communes.json".into(),
        "/export/communes.geojson".into(),
        "/".into(),
    ] {
        let first = server.get(&path);
        assert_eq!(first.status, 200, "{path}");
        let tag = first.header("etag").unwrap_or_else(|| panic!("{path} has no tag")).to_owned();
        let second = server.ask(&path, &[("if-none-match", &tag)]);
        assert_eq!((second.status, second.body.len()), (304, 0), "{path}");
        assert_eq!(second.header("etag"), Some(tag.as_str()), "{path}");
        assert_eq!(server.ask(&path, &[("if-none-match", "\"other\"")]).status, 200, "{path}");
    }
}

#[test]
fn a_tile_that_names_its_epoch_is_kept_for_ever_and_another_is_asked_for_again() {
    let server = Server::start_with(demo_store(), &["--as", "public"]);
    let template = server.json("/tiles/communes.json")["tiles"][0].as_str().unwrap().to_owned();
    let (_, edition) = template.split_once("v=").unwrap();
    let path = format!("/tiles/communes/{}", middle(&server, 8));
    let named = server.get(&format!("{path}?v={edition}"));
    assert!(named.header("cache-control").unwrap().contains("immutable"));
    assert_eq!(server.get(&format!("{path}?v=older-1")).header("cache-control"), Some("no-cache"));
    assert_eq!(server.get(&path).header("cache-control"), Some("no-cache"));
}

#[test]
fn a_tile_with_nothing_in_it_is_204_and_one_that_cannot_be_is_a_problem() {
    let server = Server::of_demo();
    let empty = server.get("/tiles/villages/10/0/0");
    assert_eq!((empty.status, empty.body.len()), (204, 0));
    for (path, status) in [
        ("/tiles/villages/99/0/0", 400),
        ("/tiles/villages/3/8/0", 400),
        ("/tiles/villages/3/-1/0", 400),
        ("/tiles/villages/3/1/99999999999999999999", 400),
        ("/tiles/villages/a/b/c", 400),
        ("/tiles/nowhere/3/1/1", 404),
        ("/tiles/villages,/3/1/1", 404),
        ("/tiles/villages/3/6/3?operator=", 200),
        ("/tiles/villages/3/6/3?operator=%20%20", 200),
        ("/tiles/villages/3/6/3?technology=6G", 400),
        ("/tiles/villages/3/6/3?technology=2G", 400),
        ("/tiles/villages/3/6/3?operator=viettell", 400),
        ("/tiles/villages/3/6/3?technolgy=4G", 400),
        ("/tiles/villages/3/6/3?_=123", 200),
        ("/api/summary?operator=viettell", 400),
        ("/api/summary?limit=3", 400),
        ("/export/villages.geojson?comune=14161", 400),
        ("/export/villages.geojson?commune=99999", 400),
        ("/export/villages.csv?filter=nothing%3D1", 400),
        ("/api/villages?filter=percent%3C", 400),
        ("/api/villages?bbox=1,2,3", 400),
        ("/api/villages?filter-lang=sql", 400),
        ("/tiles/villages/3/6/3?from=yesterday", 400),
        ("/tiles/villages/3/6/3?from=2026-02-30", 400),
        ("/tiles/villages/3/6/3?from=2026-03-01&to=2026-02-01", 400),
        ("/api/nothing", 404),
        ("/api/villages/00000-000", 404),
        ("/api/villages?limit=many", 400),
        ("/api/villages?limit=-1", 400),
        ("/export/villages.exe", 404),
        ("/export/..%2f..%2fetc%2fpasswd", 404),
        ("/../Cargo.toml", 404),
        ("/tiles/nothing.json", 404),
    ] {
        let reply = server.get(path);
        // z 3 shows no villages: the layer begins at zoom 7.
        let status = if status == 200 { 204 } else { status };
        assert_eq!(reply.status, status, "{path}: {}", text(&reply.body));
        if status >= 400 {
            assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{path}");
            let problem = reply.json();
            assert!(problem["detail"].as_str().is_some_and(|d| !d.is_empty()), "{path}: {problem}");
            assert!(problem["hint"].as_str().is_some_and(|h| !h.is_empty()), "{path}: {problem}");
        }
    }
}

#[test]
fn a_tile_may_end_in_mvt_and_a_layer_is_never_in_it_twice() {
    let server = Server::of_demo();
    let middle = middle(&server, 9);
    let once = server.get(&format!("/tiles/communes/{middle}"));
    let twice = server.get(&format!("/tiles/communes,communes/{middle}.mvt"));
    assert_eq!(once.body, twice.body);
    assert_eq!(mvt::problems(&once.body), Vec::<String>::new());
}

#[test]
fn tilejson_tells_where_the_tiles_are_and_what_is_in_them() {
    let server = Server::of_demo();
    let tilejson = server.json("/tiles/villages,signal.json?operator=viettel");
    assert_eq!(tilejson["tilejson"], "3.0.0");
    let url = tilejson["tiles"][0].as_str().unwrap();
    assert!(url.starts_with(&server.base) && url.contains("operator=viettel"), "{url}");
    let layers = tilejson["vector_layers"].as_array().unwrap();
    assert_eq!(layers.iter().map(|l| l["id"].as_str().unwrap()).collect::<Vec<_>>(), ["villages", "signal", "dropped"]);
    assert!(layers[0]["fields"].as_object().is_some_and(|fields| fields.contains_key("guided_note")));
    let behind = server.ask(
        "/tiles/villages.json",
        &[("x-forwarded-proto", "https"), ("x-forwarded-host", "map.example.vn"), ("x-forwarded-prefix", "/phusong")],
    );
    assert!(behind.json()["tiles"][0].as_str().unwrap().starts_with("https://map.example.vn/phusong/tiles/villages/"));
}

#[test]
fn a_filter_changes_what_the_tile_says_and_its_lists_with_it() {
    let server = Server::of_demo();
    let path = format!("/tiles/signal/{}", middle(&server, 9));
    let every = server.get(&path).body;
    let operators: Vec<String> = server.json("/api/meta")["operators"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(operators.len() >= 4, "{operators:?}");
    for operator in &operators {
        let own = server.get(&format!("{path}?operator={operator}")).body;
        assert_ne!(own, every, "{operator}");
        for layer in mvt::decode(&own) {
            assert!(layer.features.iter().all(|f| f.attributes["operator"] == operator.as_str()));
        }
    }
    assert_ne!(server.get(&format!("{path}?technology=5G")).body, every);
    let early = server.json("/api/summary?to=2025-10-31");
    let all = server.json("/api/summary");
    assert!(early["guided"].as_u64() < all["guided"].as_u64(), "{early}\n{all}");
    let before = server.json("/api/communes?as_of=2025-06-30&limit=1");
    let after = server.json("/api/communes?as_of=2025-07-01&limit=1");
    assert_eq!((before["total"].as_u64(), after["total"].as_u64()), (Some(398), Some(129)));
}

#[test]
fn the_page_its_style_and_its_fonts_come_from_this_server_alone() {
    let server = Server::of_demo();
    let style = server.get("/style.json?lang=vi");
    let words = text(&style.body);
    for word in words.split('"').filter(|word| word.starts_with("http")) {
        assert!(word.starts_with(&server.base) || word.contains("www.w3.org"), "{word} is another host");
    }
    let page = text(&server.get("/").body);
    for (i, _) in page.match_indices("http") {
        let address: String = page[i..].chars().take_while(|c| !c.is_whitespace() && *c != '"' && *c != '<').collect();
        assert!(address.contains("www.w3.org") || !address.starts_with("http"), "the page names {address}");
    }
}

#[test]
fn head_answers_as_get_does_without_a_body() {
    let server = Server::of_demo();
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    for path in ["/health", "/api/meta", "/", "/tiles/communes.json"] {
        let mut reply = agent.head(format!("{}{path}", server.base)).call().unwrap();
        assert_eq!(reply.status().as_u16(), 200, "{path}");
        assert!(reply.body_mut().read_to_vec().unwrap().is_empty());
    }
}

#[test]
fn a_period_without_measurements_is_not_measured_and_not_zero() {
    let server = Server::of_demo();
    let summary = server.json("/api/summary?from=2030-01-01");
    assert_eq!(summary["cells"], 0);
    assert!(summary["dead_areas"].is_null(), "{summary}");
    assert_eq!(summary["dead_areas_note"], "not_measured");
}

#[test]
fn the_editions_say_when_they_began_and_ended() {
    let editions = Server::of_demo().json("/api/meta")["editions"].clone();
    assert_eq!(editions.as_array().unwrap().len(), 2, "{editions}");
    assert_eq!((editions[0]["valid_to"].as_str(), editions[0]["units"].as_u64()), (Some("2025-07-01"), Some(398)));
    assert_eq!((editions[1]["valid_from"].as_str(), editions[1]["units"].as_u64()), (Some("2025-07-01"), Some(129)));
    assert!(editions[1]["valid_to"].is_null());
}
