//! OGC API: each requirements class that `/ogc/conformance` claims, by its name, and what GDAL makes of it.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::support::{Reply, Server};

const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
/// A box around Phủ Lý.
const BOX: &str = "105.85,20.5,105.97,20.6";

fn number(value: &Json) -> usize {
    value.as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(usize::MAX)
}

fn features(body: &Json) -> Vec<Json> {
    body["features"].as_array().cloned().unwrap_or_default()
}

fn keys(body: &Json) -> Vec<String> {
    features(body).iter().map(|feature| feature["id"].as_str().unwrap_or_default().to_owned()).collect()
}

fn link<'a>(body: &'a Json, rel: &str) -> Option<&'a str> {
    let links = body["links"].as_array()?;
    links.iter().find(|link| link["rel"] == rel)?["href"].as_str()
}

/// The part of an address that the server is asked for.
fn path(address: &str) -> String {
    let after = address.split_once("://").map_or(address, |(_, after)| after);
    after.find('/').map_or_else(|| "/".to_owned(), |at| after[at..].to_owned())
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn filtered(server: &Server, layer: &str, filter: &str) -> Json {
    server.json(&format!("/ogc/collections/{layer}/items?limit=5000&filter={}", encoded(filter)))
}

#[test]
fn common_core_and_conformance_every_link_of_the_landing_page_answers() {
    let server = Server::of_demo();
    for landing in ["/ogc", "/ogc/", "/ogc?lang=en", "/ogc?f=json"] {
        let body = server.json(landing);
        for rel in ["self", "service-desc", "conformance", "data"] {
            let address = link(&body, rel).unwrap_or_else(|| panic!("{landing} has no {rel}"));
            assert_eq!(server.get(&path(address)).status, 200, "{address}");
        }
    }
    let claimed = server.json("/ogc/conformance");
    let tests = include_str!("ogc.rs");
    for class in claimed["conformsTo"].as_array().unwrap() {
        let class = class.as_str().unwrap();
        let (standard, class) = class.split_once("/spec/").unwrap().1.split_once("/conf/").unwrap();
        let standard = standard.split('/').next().unwrap().trim_start_matches("ogcapi-").trim_end_matches("-1");
        let name = format!("{standard}_{class}").replace('-', "_");
        assert!(tests.contains(&name), "no test is named after {name}");
    }
}

#[test]
fn common_2_collections_describe_what_the_reader_may_see() {
    let server = Server::of_demo();
    let body = server.json("/ogc/collections");
    let all = body["collections"].as_array().unwrap();
    let ids: BTreeSet<&str> = all.iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert!(ids.contains("communes") && ids.contains("villages") && ids.contains("dead_areas"), "{ids:?}");
    for one in all {
        let alone = server.json(&path(link(one, "self").unwrap()));
        assert_eq!(alone["id"], one["id"]);
        let [west, south, east, north] =
            [0, 1, 2, 3].map(|at| one["extent"]["spatial"]["bbox"][0][at].as_f64().unwrap());
        assert!(105.0 < west && west < east && east < 107.0 && 19.0 < south && south < north && north < 21.0);
        assert_eq!((&one["itemType"], &one["storageCrs"]), (&"feature".into(), &CRS84.into()));
        for rel in ["items", "http://www.opengis.net/def/rel/ogc/1.0/queryables"] {
            assert!(link(one, rel).is_some(), "{one}");
        }
    }
    let english = server.json("/ogc/collections/priority?lang=en");
    assert_eq!(english["title"], "Go here first");
    assert!(link(&english, "items").unwrap().ends_with("?lang=en"), "links keep the language");
}

#[test]
fn features_core_pages_hold_every_row_once_and_the_rows_are_those_of_the_list() {
    let server = Server::of_demo();
    let mut address = "/ogc/collections/communes/items?limit=50".to_owned();
    let mut seen = Vec::new();
    loop {
        let body = server.json(&address);
        assert_eq!(number(&body["numberReturned"]), features(&body).len());
        assert_eq!(number(&body["numberMatched"]), 129);
        seen.extend(features(&body));
        match link(&body, "next") {
            Some(next) => address = path(next),
            None => break,
        }
    }
    assert_eq!(seen.len(), 129);
    let list = server.json("/api/communes?limit=5000");
    for (feature, item) in seen.iter().zip(list["items"].as_array().unwrap()) {
        assert_eq!((&feature["id"], &feature["properties"]["percent"]), (&item["key"], &item["percent"].clone()));
        assert_eq!(feature["properties"]["guided"], item.get("guided").cloned().unwrap_or(Json::Null));
    }
    let one = server.json("/ogc/collections/communes/items/13285");
    assert_eq!((&one["type"], &one["properties"]["code"]), (&"Feature".into(), &"13285".into()));
    assert!(link(&one, "self").is_some() && link(&one, "collection").is_some());
    let operator = server.json("/ogc/collections/signal/items?operator=viettel&limit=1");
    assert!(link(&operator, "next").unwrap().contains("operator=viettel"), "a filter stays over pages");
    // More than the most is the most, as the standard asks.
    assert_eq!(server.json("/ogc/collections/villages/items?limit=100000000")["numberReturned"], 3150);
}

#[test]
fn features_core_a_box_and_a_time_choose_rows() {
    let server = Server::of_demo();
    let within = |lon: f64, lat: f64| (105.85..=105.97).contains(&lon) && (20.5..=20.6).contains(&lat);
    let all = server.json("/ogc/collections/villages/items?limit=5000");
    let expected: Vec<String> = features(&all)
        .iter()
        .filter(|feature| {
            let at = &feature["geometry"]["coordinates"];
            at[0].as_f64().zip(at[1].as_f64()).is_some_and(|(lon, lat)| within(lon, lat))
        })
        .map(|feature| feature["id"].as_str().unwrap().to_owned())
        .collect();
    let boxed = server.json(&format!("/ogc/collections/villages/items?limit=5000&bbox={BOX}"));
    assert!(!expected.is_empty());
    assert_eq!(keys(&boxed), expected);
    let high = server.json("/ogc/collections/villages/items?limit=5000&bbox=105.85,20.5,-10,105.97,20.6,900");
    assert_eq!(keys(&high), expected, "heights between say nothing");
    // The same box in metres of the provincial zone, and in EPSG's order of degrees.
    let swapped = "bbox=20.5,105.85,20.6,105.97&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326";
    assert_eq!(keys(&server.json(&format!("/ogc/collections/villages/items?limit=5000&{swapped}"))), expected);
    let communes = server.json(&format!("/ogc/collections/communes/items?bbox={BOX}"));
    assert!((2..20).contains(&features(&communes).len()), "communes that only touch the box are in it");

    let seen = |datetime: &str| {
        number(&server.json(&format!("/ogc/collections/dead_areas/items?datetime={datetime}"))["numberMatched"])
    };
    let every = seen("../..");
    assert!(every > 0);
    assert_eq!(seen("1990-01-01"), 0);
    assert_eq!(seen("2020-01-01T00:00:00Z/.."), every);
    let (before, after) = (seen("../2026-01-31"), seen("2026-02-01/.."));
    assert!(before < every && before + after >= every, "{before} {after} {every}");
    // Communes tell no day of evidence, so every day is theirs.
    assert_eq!(server.json("/ogc/collections/communes/items?datetime=1990-01-01")["numberMatched"], 129);
}

#[test]
fn features_geojson_is_what_is_sent_and_schemas_name_every_property() {
    let server = Server::of_demo();
    for layer in ["communes", "villages", "signal", "dead_areas", "places"] {
        let reply = server.get(&format!("/ogc/collections/{layer}/items?limit=20"));
        assert_eq!(reply.header("content-type"), Some("application/geo+json"));
        let schema = server.get(&format!("/ogc/collections/{layer}/schema"));
        assert_eq!(schema.header("content-type"), Some("application/schema+json"));
        let schema = schema.json();
        for feature in features(&reply.json()) {
            for (name, value) in feature["properties"].as_object().unwrap() {
                let fits = match schema["properties"][name]["type"].as_str() {
                    Some("string") => value.is_string(),
                    Some("integer") => value.is_i64() || value.is_u64(),
                    Some("number") => value.is_number(),
                    Some("boolean") => value.is_boolean(),
                    _ => false,
                };
                assert!(fits || value.is_null(), "{layer}.{name} is {value}, {}", schema["properties"][name]);
            }
        }
    }
}

/// `features_5_schemas`: what a queryable is called is what a row calls it.
#[test]
fn features_3_queryables_are_the_columns_and_features_5_schemas_too() {
    let server = Server::of_demo();
    let names = |address: &str| -> BTreeSet<String> {
        server.json(address)["properties"].as_object().unwrap().keys().cloned().collect()
    };
    let schema = names("/ogc/collections/villages/schema");
    assert_eq!(schema, names("/ogc/collections/villages/queryables"));
    let row = &features(&server.json("/ogc/collections/villages/items?limit=1"))[0];
    let row: BTreeSet<String> = row["properties"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(schema.difference(&row).collect::<Vec<_>>(), ["geometry"]);
}

#[test]
fn features_2_crs_gives_the_same_places_in_every_system() {
    let server = Server::of_demo();
    let plain = server.get("/ogc/collections/communes/items?limit=3");
    assert_eq!(plain.header("content-crs"), Some(format!("<{CRS84}>").as_str()));
    let plain = features(&plain.json());
    let systems = server.json("/ogc/collections")["crs"].as_array().unwrap().clone();
    assert!(systems.contains(&"http://www.opengis.net/def/crs/EPSG/0/5897".into()));
    assert!(systems.contains(&"http://www.opengis.net/def/crs/EPSG/0/9209".into()));
    for system in systems.iter().filter_map(Json::as_str) {
        let reply = server.get(&format!("/ogc/collections/communes/items?limit=3&crs={system}"));
        assert_eq!(reply.header("content-crs"), Some(format!("<{system}>").as_str()));
        let known = phusong::model::crs::Crs::from_name(system).unwrap();
        for (there, here) in features(&reply.json()).iter().zip(&plain) {
            let first = |feature: &Json| {
                let at = &feature["geometry"]["coordinates"][0][0][0];
                (at[0].as_f64().unwrap(), at[1].as_f64().unwrap())
            };
            let ((x, y), (lon, lat)) = (first(there), first(here));
            // EPSG's degrees have latitude first; CRS84 and the metric systems here have not.
            let (east, north) = if known.is_metric() || system == CRS84 { (x, y) } else { (y, x) };
            let (lon_again, lat_again) = known.to_wgs84(east, north).unwrap();
            assert!((lon - lon_again).abs() < 1e-7 && (lat - lat_again).abs() < 1e-7, "{system}: {x} {y}");
        }
    }
    // A box in metres of the zone of old Ninh Bình: its corners are those of the box in degrees but for the bend.
    let zone = phusong::model::crs::Crs::from_epsg(5897).unwrap();
    let (west, south) = zone.from_wgs84(105.85, 20.5).unwrap();
    let (east, north) = zone.from_wgs84(105.97, 20.6).unwrap();
    let metres = server.json(&format!(
        "/ogc/collections/villages/items?limit=5000&bbox={west},{south},{east},{north}&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/5897"
    ));
    let degrees = server.json(&format!("/ogc/collections/villages/items?limit=5000&bbox={BOX}"));
    let (metres, degrees) = (keys(&metres).len(), keys(&degrees).len());
    assert!(metres.abs_diff(degrees) <= 3, "{metres} {degrees}");
}

/// `features_3_filter`, `features_3_features_filter`, `cql2_cql2_text`, `cql2_basic_cql2`: rows of a filter are those
/// of a slow reading of the list.
#[test]
fn features_3_features_filter_and_cql2_basic_cql2_choose_what_a_slow_reader_chooses() {
    let server = Server::of_demo();
    let all = features(&server.json("/ogc/collections/villages/items?limit=5000"));
    let check = |filter: &str, keep: &dyn Fn(&Json) -> bool| {
        let slow: Vec<&str> =
            all.iter().filter(|row| keep(&row["properties"])).map(|row| row["id"].as_str().unwrap()).collect();
        let body = filtered(&server, "villages", filter);
        assert_eq!(keys(&body), slow, "{filter}");
        assert_eq!(number(&body["numberMatched"]), slow.len());
        slow.len()
    };
    let percent = |row: &Json| row["percent"].as_f64();
    assert!(check("percent < 20", &|row| percent(row).is_some_and(|p| p < 20.0)) > 0);
    assert!(check("NOT percent < 20", &|row| percent(row).is_some_and(|p| p >= 20.0)) > 0);
    assert!(check("percent IS NULL", &|row| percent(row).is_none()) > 0);
    check("status = 'not_reached' OR stale = true", &|row| row["status"] == "not_reached" || row["stale"] == true);
    check("signal_place <> 'covered' AND percent > 50", &|row| {
        row["signal_place"].as_str().is_some_and(|s| s != "covered") && percent(row).is_some_and(|p| p > 50.0)
    });
    check("last_visit >= DATE('2026-01-01')", &|row| row["last_visit"].as_str().is_some_and(|day| day >= "2026-01-01"));
    // Filters go together with boxes, pages and other systems.
    let page = format!("limit=2&offset=2&bbox={BOX}&filter={}", encoded("percent >= 0"));
    let both =
        server.json(&format!("/ogc/collections/villages/items?{page}&crs=http://www.opengis.net/def/crs/EPSG/0/9209"));
    assert_eq!(features(&both).len(), 2);
    let next = path(link(&both, "next").unwrap());
    assert!(next.contains("filter=percent%20%3E%3D%200") && next.contains("offset=4"), "{next}");
    assert_eq!(server.get(&next).status, 200);
}

/// `cql2_advanced_comparison_operators`, `cql2_case_insensitive_comparison`, `cql2_accent_insensitive_comparison`.
#[test]
fn cql2_advanced_comparison_operators_and_names_without_their_marks() {
    let server = Server::of_demo();
    let names = |filter: &str| -> Vec<String> {
        features(&filtered(&server, "communes", filter))
            .iter()
            .map(|row| row["properties"]["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("name = 'Phường Phủ Lý'"), ["Phường Phủ Lý"]);
    assert_eq!(names("CASEI(name) = CASEI('phường phủ lý')"), ["Phường Phủ Lý"]);
    assert_eq!(names("CASEI(ACCENTI(name)) LIKE '%phu ly'"), ["Phường Phủ Lý"]);
    assert!(names("name LIKE 'Phường%'").len() > 10);
    assert_eq!(names("code IN ('13285', '99999')"), ["Phường Phủ Lý"]);
    assert_eq!(names("code BETWEEN '13285' AND '13285'"), ["Phường Phủ Lý"]);
}

/// `cql2_cql2_json` says the same as `cql2_cql2_text`, and `cql2_basic_spatial_functions` the same as `bbox`.
#[test]
fn cql2_cql2_json_and_cql2_basic_spatial_functions_agree_with_text_and_box() {
    let server = Server::of_demo();
    let boxed = keys(&server.json(&format!("/ogc/collections/villages/items?limit=5000&bbox={BOX}")));
    let text = filtered(&server, "villages", &format!("S_INTERSECTS(geometry, BBOX({BOX}))"));
    assert_eq!(keys(&text), boxed);
    let json = r#"{"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [105.85, 20.5, 105.97, 20.6]}]}"#;
    let json = server.json(&format!(
        "/ogc/collections/villages/items?limit=5000&filter-lang=cql2-json&filter={}&filter-crs={CRS84}",
        encoded(json)
    ));
    assert_eq!(keys(&json), boxed);
}

/// `tiles_core`, `tiles_tileset`, `tiles_tilesets_list`, `tiles_geodata_tilesets`, `tiles_mvt`.
#[test]
fn tiles_geodata_tilesets_are_the_tiles_of_the_map_by_matrix_row_and_column() {
    let server = Server::of_demo();
    let list = server.json("/ogc/collections/communes/tiles");
    let set = server.json(&path(link(&list["tilesets"][0], "self").unwrap()));
    assert_eq!(set, list["tilesets"][0]);
    let tiling = server.json(&path(link(&set, "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme").unwrap()));
    assert_eq!((&tiling["id"], tiling["tileMatrices"].as_array().unwrap().len()), (&"WebMercatorQuad".into(), 23));
    let (x, y) = crate::support::column_row(105.92, 20.55, 10);
    let template = path(link(&set, "item").unwrap());
    let tile = template.replace("{tileMatrix}", "10").replace("{tileRow}", &y.to_string());
    let tile = server.get(&tile.replace("{tileCol}", &x.to_string()));
    assert_eq!(tile.header("content-type"), Some("application/vnd.mapbox-vector-tile"));
    assert_eq!(tile.body, server.get(&format!("/tiles/communes/10/{x}/{y}")).body);
    // Tiles 1.2 lets a server say 204 within the limits where there is nothing.
    assert_eq!(server.get("/ogc/collections/communes/tiles/WebMercatorQuad/10/0/0").status, 204);
    assert_eq!(server.get("/ogc/collections/communes/tiles/WebMercatorQuad/10/5000/0").status, 400);
    assert_eq!(server.get("/ogc/collections/communes/tiles/WorldCRS84Quad").status, 404);
}

/// `features_oas30`: whatever is asked of an address of the description, the answer is one that it promises.
#[test]
fn features_oas30_keeps_what_it_promises_under_good_and_bad_values() {
    let server = Server::of_demo();
    let reply = server.get("/ogc/api");
    assert_eq!(reply.header("content-type"), Some("application/vnd.oai.openapi+json;version=3.0"));
    let api = reply.json();
    let parameters = &api["components"]["parameters"];
    let (x, y) = crate::support::column_row(105.92, 20.55, 10);
    let good = |name: &str| match name {
        "collectionId" => "communes".to_owned(),
        "featureId" => "13285".to_owned(),
        "tileMatrixSetId" => "WebMercatorQuad".to_owned(),
        "tileMatrix" => "10".to_owned(),
        "tileRow" => y.to_string(),
        "tileCol" => x.to_string(),
        "limit" => "7".to_owned(),
        "offset" => "3".to_owned(),
        "bbox" => BOX.to_owned(),
        "crs" | "bbox-crs" => "http://www.opengis.net/def/crs/EPSG/0/4326".to_owned(),
        "filter-crs" => CRS84.to_owned(),
        "datetime" => "2026-01-01/..".to_owned(),
        "filter" => encoded("name LIKE '%'"),
        "filter-lang" => "cql2-text".to_owned(),
        "operator" => "viettel".to_owned(),
        "technology" => "4G".to_owned(),
        "purpose" => "test".to_owned(),
        "lang" => "en".to_owned(),
        "from" | "compared_from" => "2026-01-01".to_owned(),
        _ => "2026-06-30".to_owned(),
    };
    const BAD: [&str; 12] = [
        "",
        "-1",
        "99999999999999999999",
        "NaN",
        "%00",
        "%F0%9F%92%A9",
        "..%2F..%2Fetc",
        "1e309",
        "((((",
        "null",
        "'",
        "a,b,c,d",
    ];
    let keeps = |address: &str, reply: &Reply, responses: &Json| {
        let promised = &responses[reply.status.to_string()];
        assert!(!promised.is_null(), "{address} gave {}, which is not promised", reply.status);
        let kind = reply.header("content-type").unwrap_or_default();
        if reply.status == 200 {
            assert!(promised["content"].get(kind).is_some(), "{address} is {kind}");
        } else if reply.status >= 400 {
            assert_eq!(kind, "application/problem+json", "{address}");
            assert!(reply.json()["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{address}");
        }
    };
    let mut asked = 0;
    for (template, methods) in api["paths"].as_object().unwrap() {
        let responses = &methods["get"]["responses"];
        let names: Vec<&str> = methods["get"]["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["$ref"].as_str().unwrap().rsplit('/').next().unwrap())
            .collect();
        let fill = |bad: Option<(&str, &str)>| {
            let mut address = format!("/ogc{}", template.trim_end_matches('/'));
            for name in names.iter().filter(|name| parameters[**name]["in"] == "path") {
                let value =
                    bad.filter(|(other, _)| other == name).map_or_else(|| good(name), |(_, value)| value.to_owned());
                address = address.replace(&format!("{{{name}}}"), &value);
            }
            address
        };
        let plain = fill(None);
        let reply = server.get(&plain);
        assert_eq!(reply.status, 200, "{plain}");
        keeps(&plain, &reply, responses);
        for name in &names {
            if parameters[*name]["in"] == "path" {
                for value in BAD.iter().filter(|value| !value.is_empty()) {
                    let address = fill(Some((name, value)));
                    keeps(&address, &server.get(&address), responses);
                    asked += 1;
                }
            } else {
                let address = format!("{plain}?{name}={}", good(name));
                let reply = server.get(&address);
                assert_eq!(reply.status, 200, "{address}: {}", String::from_utf8_lossy(&reply.body));
                for value in BAD {
                    let address = format!("{plain}?{name}={value}");
                    keeps(&address, &server.get(&address), responses);
                    asked += 1;
                }
            }
        }
        let odd = format!("{plain}?no_such_parameter=1");
        assert_eq!(server.get(&odd).status, 400, "{odd}");
    }
    assert!(asked > 1_000, "{asked}");
}

#[test]
fn filters_that_could_cost_are_refused_with_a_hint() {
    let server = Server::of_demo();
    for filter in ["(".repeat(3_000), "NOT ".repeat(1_500), vec!["percent=1"; 600].join(" OR "), "x".repeat(9_000)] {
        let reply = server.get(&format!("/ogc/collections/villages/items?filter={}", encoded(&filter)));
        assert!(matches!(reply.status, 400 | 414 | 431), "{}", reply.status);
    }
    let reply = server.get(&format!("/ogc/collections/villages/items?filter={}", encoded("household_phone = '1'")));
    assert_eq!(reply.status, 400);
    assert!(reply.json()["detail"].as_str().unwrap().contains("there is no column `household_phone`"));
}

/// GDAL's own driver reads every collection: what it counts is what the list counts.
#[cfg(feature = "gdal")]
#[test]
fn gdal_reads_every_collection_whole_and_under_its_own_filters() {
    use gdal::vector::LayerAccess;

    if gdal::DriverManager::get_driver_by_name("OAPIF").is_err() {
        eprintln!("this GDAL has no OAPIF driver");
        return;
    }
    let server = Server::of_demo();
    let options = gdal::DatasetOptions { open_flags: gdal::GdalOpenFlags::GDAL_OF_VECTOR, ..Default::default() };
    let opened = gdal::Dataset::open_ex(format!("OAPIF:{}/ogc", server.base), options).unwrap();
    let mut read = 0;
    for mut layer in opened.layers() {
        let name = layer.name();
        if matches!(name.as_str(), "surface") {
            continue; // A quarter of a million cells: counted below by what the service says.
        }
        let expected = number(&server.json(&format!("/ogc/collections/{name}/items?limit=1"))["numberMatched"]);
        assert_eq!(layer.features().count(), expected, "{name}");
        read += 1;
    }
    assert!(read >= 10, "{read} collections");
    let mut villages = opened.layer_by_name("villages").unwrap();
    villages.set_spatial_filter_rect(105.85, 20.5, 105.97, 20.6);
    let boxed = server.json(&format!("/ogc/collections/villages/items?bbox={BOX}&limit=5000"));
    assert_eq!(villages.features().count(), keys(&boxed).len());
    villages.clear_spatial_filter();
    villages.set_attribute_filter("percent < 20").unwrap();
    let few = filtered(&server, "villages", "percent < 20");
    assert_eq!(villages.features().count(), keys(&few).len());
}
