//! A figure is the same figure wherever it is shown.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use sqlx::{Column, Row, TypeInfo, ValueRef};

use crate::support::{Server, column_row, demo_store, mvt};

/// What is compared: every figure of a village, and its absences.
const FIGURES: [&str; 19] = [
    "name",
    "commune",
    "status",
    "households",
    "households_note",
    "visited",
    "visited_note",
    "guided",
    "guided_note",
    "remaining",
    "remaining_note",
    "percent",
    "percent_note",
    "last_visit",
    "signal",
    "signal_runs",
    "signal_superseded_runs",
    "signal_median_dbm",
    "extent_by",
];

type Figures = BTreeMap<&'static str, Json>;

fn figures(from: &Json) -> Figures {
    FIGURES.into_iter().map(|name| (name, plain(from.get(name)))).collect()
}

/// Absent and null are one thing; 3 and 3.0 are one number.
fn plain(value: Option<&Json>) -> Json {
    match value {
        None => Json::Null,
        Some(value) => value.as_f64().map_or_else(|| value.clone(), Json::from),
    }
}

#[tokio::test]
async fn a_village_says_the_same_in_tile_popup_list_file_and_database() {
    let server = Server::of_demo();
    let list = server.json("/api/villages?limit=5000");
    let listed: BTreeMap<String, Json> = keyed(list["items"].as_array().unwrap(), |item| &item["key"]);
    let file = server.json("/export/villages.geojson");
    let filed: BTreeMap<String, Json> = keyed(file["features"].as_array().unwrap(), |f| &f["id"])
        .into_iter()
        .map(|(k, f)| (k, f["properties"].clone()))
        .collect();
    let stored = villages_of_the_database().await;
    assert_eq!(listed.len(), list["total"].as_u64().unwrap() as usize);
    assert_eq!(listed.len(), filed.len());
    assert_eq!(listed.len(), stored.len());

    let mut seen_status = BTreeMap::new();
    for (key, item) in &listed {
        let want = figures(item);
        assert_eq!(want, figures(&filed[key]), "list and file differ on {key}");
        assert_eq!(want, figures(&stored[key]), "list and database differ on {key}");
        seen_status.entry(item["status"].as_str().unwrap().to_owned()).or_insert_with(|| key.clone());
    }

    // One village of each status, and the first hundred, from tile and popup.
    let some = seen_status.values().chain(listed.keys().take(100));
    for key in some {
        let want = figures(&listed[key]);
        let popup = server.json(&format!("/api/villages/{key}"));
        assert_eq!(want, figures(&popup), "list and popup differ on {key}");
        let (lon, lat) = (popup["lon"].as_f64().unwrap(), popup["lat"].as_f64().unwrap());
        for zoom in [10, 12, 14] {
            let (x, y) = column_row(lon, lat, zoom);
            let tile = server.get(&format!("/tiles/villages/{zoom}/{x}/{y}"));
            let layers = mvt::decode(&tile.body);
            let drawn = layers[0].features.iter().find(|f| f.attributes["code"] == key.as_str());
            let drawn = drawn.unwrap_or_else(|| panic!("{key} is not in tile {zoom}/{x}/{y}"));
            assert_eq!(want, figures(&Json::Object(drawn.attributes.clone())), "list and tile differ on {key}");
            assert_eq!(drawn.id, popup["id"].as_u64());
        }
    }
}

#[test]
fn the_ground_of_a_village_says_what_its_point_says_and_lies_under_it() {
    for role in ["public", "department"] {
        let server = Server::start_with(demo_store(), &["--as", role]);
        let villages = server.json("/api/villages?limit=5000");
        let points = keyed(villages["items"].as_array().unwrap(), |item| &item["key"]);
        let extents = server.json("/api/village_extents?limit=5000");
        let extents = extents["items"].as_array().unwrap();
        assert!(extents.len() > 20 && extents.len() < points.len(), "{role}: {}", extents.len());
        for extent in extents {
            let village = &points[extent["key"].as_str().unwrap()];
            assert_eq!(figures(extent), figures(village), "{role}");
            assert!(["declared", "footprints"].contains(&extent["extent_by"].as_str().unwrap()));
        }
        let code = &extents[0]["key"];
        let village = &points[code.as_str().unwrap()];
        let (x, y) = column_row(village["lon"].as_f64().unwrap(), village["lat"].as_f64().unwrap(), 14);
        let tile = mvt::decode(&server.get(&format!("/tiles/village_extents/14/{x}/{y}")).body);
        let drawn = tile[0].features.iter().find(|drawn| drawn.attributes["code"] == *code).unwrap();
        assert!(drawn.geometry[0].len() > 3, "{:?}", drawn.geometry);
        assert_eq!(figures(&Json::Object(drawn.attributes.clone())), figures(village), "{role}");
    }
}

#[test]
fn the_sums_of_the_communes_are_the_sums_of_the_summary() {
    let server = Server::of_demo();
    let summary = server.json("/api/summary");
    let communes = server.json("/api/communes?limit=5000");
    let sum = |field: &str| communes["items"].as_array().unwrap().iter().filter_map(|c| c[field].as_u64()).sum::<u64>();
    // Of communes whose sum is hidden at least what their villages show.
    let hidden: BTreeSet<&str> = communes["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|c| c["guided_note"] == "suppressed")
        .map(|c| c["key"].as_str().unwrap())
        .collect();
    let villages = server.json("/api/villages?limit=5000");
    let of_hidden = |v: &&Json| hidden.contains(v["commune"].as_str().unwrap());
    let shown: u64 =
        villages["items"].as_array().unwrap().iter().filter(of_hidden).filter_map(|v| v["guided"].as_u64()).sum();
    assert_eq!(summary["communes_suppressed"].as_u64(), Some(hidden.len() as u64));
    assert_eq!(summary["guided"].as_u64(), Some(sum("guided") + shown));
    assert_eq!(summary["households"].as_u64(), Some(sum("households")));
    // Visits of the demo end with September: what the year says of it is what stands today.
    let told = server.json("/api/indicators?period=2026&level=province");
    for (field, line, part) in [
        ("guided_of_households", "reach", "numerator"),
        ("households", "reach", "denominator"),
        ("villages_declared", "villages_reached", "denominator"),
    ] {
        assert_eq!(summary[field].as_f64(), told["total"]["now"][line][part].as_f64(), "{field}");
    }
    assert_eq!(summary["villages"].as_u64(), Some(sum("villages")));
    let by_status: u64 = summary["villages_by_status"].as_object().unwrap().values().filter_map(Json::as_u64).sum();
    assert_eq!(summary["villages"].as_u64(), Some(by_status));
}

#[test]
fn no_figure_tells_of_fewer_than_five_households() {
    let server = Server::of_demo();
    for filter in ["", "?to=2025-09-15", "?from=2026-01-01&to=2026-01-31"] {
        let joint = if filter.is_empty() { "?" } else { "&" };
        let villages = server.json(&format!("/api/villages{filter}{joint}limit=5000"));
        let communes = server.json(&format!("/api/communes{filter}{joint}limit=5000"));
        let mut suppressed: BTreeMap<&str, u32> = BTreeMap::new();
        for item in villages["items"].as_array().unwrap() {
            for field in ["visited", "guided"] {
                assert!(!matches!(item[field].as_u64(), Some(1..=4)), "{filter}: {item}");
            }
            if item["guided_note"] == "suppressed" {
                assert!(item["percent"].is_null() && item["remaining"].is_null(), "{filter}: {item}");
                *suppressed.entry(item["commune"].as_str().unwrap()).or_default() += 1;
            }
        }
        assert!(filter.is_empty() || !suppressed.is_empty(), "{filter}: nothing to suppress, so nothing was tested");
        for commune in communes["items"].as_array().unwrap() {
            assert!(!matches!(commune["guided"].as_u64(), Some(1..=4)), "{filter}: {commune}");
            let code = commune["code"].as_str().unwrap();
            // One suppressed village alone would be the commune's sum minus the others.
            if suppressed.get(code) == Some(&1) && commune["guided"].is_u64() {
                let others = villages["items"].as_array().unwrap().iter().filter(|v| v["commune"] == code);
                let known: u64 = others.filter_map(|v| v["guided"].as_u64()).sum();
                let left = commune["guided"].as_u64().unwrap() - known;
                panic!("{filter}: {code} gives away that its one suppressed village has {left}");
            }
        }
    }
}

#[test]
fn every_attribute_is_declared_with_its_type() {
    let server = Server::of_demo();
    for definition in phusong::tiles::definitions() {
        let list = server.json(&format!("/api/{}?limit=5000", definition.id));
        let items = list["items"].as_array().unwrap();
        assert!(!items.is_empty(), "{} has no rows in the demo", definition.id);
        for item in items {
            for (name, value) in item.as_object().unwrap() {
                if ["id", "key", "lon", "lat"].contains(&name.as_str()) {
                    continue;
                }
                let field = definition.fields.iter().find(|field| field.name == *name);
                let field =
                    field.unwrap_or_else(|| panic!("{}.{name} is not declared in tiles/layers.json", definition.id));
                let kind = format!("{:?}", field.kind).to_lowercase();
                let fits = match kind.as_str() {
                    "text" => value.is_string(),
                    "integer" => value.is_i64() || value.is_u64(),
                    "number" => value.is_number(),
                    "flag" => value.is_boolean(),
                    other => panic!("unknown kind {other}"),
                };
                assert!(fits, "{}.{name} is {value}, declared {kind}", definition.id);
            }
        }
    }
}

fn keyed<'a>(items: &'a [Json], key: impl Fn(&'a Json) -> &'a Json) -> BTreeMap<String, Json> {
    items.iter().map(|item| (key(item).as_str().unwrap().to_owned(), item.clone())).collect()
}

async fn villages_of_the_database() -> BTreeMap<String, Json> {
    let url = format!("sqlite://{}?mode=ro", demo_store().display());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    let rows = sqlx::query("SELECT * FROM villages").fetch_all(&pool).await.unwrap();
    let mut found = BTreeMap::new();
    for row in rows {
        let mut members = serde_json::Map::new();
        for column in row.columns() {
            let name = column.name();
            if name == "geom" {
                continue;
            }
            let raw = row.try_get_raw(name).unwrap();
            let value = if raw.is_null() {
                Json::Null
            } else {
                match raw.type_info().name() {
                    "INTEGER" | "BOOLEAN" => Json::from(row.try_get_unchecked::<i64, _>(name).unwrap()),
                    "REAL" => Json::from(row.try_get_unchecked::<f64, _>(name).unwrap()),
                    _ => Json::from(row.try_get_unchecked::<String, _>(name).unwrap()),
                }
            };
            members.insert(name.to_owned(), value);
        }
        let key = members["code"].as_str().unwrap().to_owned();
        found.insert(key, Json::Object(members));
    }
    found
}

#[test]
fn a_dead_area_without_a_village_says_so_and_not_that_nobody_reported() {
    let server = Server::of_demo();
    let (mut without, mut with) = (0, 0);
    for operator in ["", "vietnamobile"] {
        let list = server.json(&format!("/api/dead_areas?limit=5000&operator={operator}"));
        for row in list["items"].as_array().unwrap() {
            let notes = ["households_note", "population_note", "affected_note"].map(|note| row[note].as_str());
            if row["villages"] == 0 {
                assert_eq!(notes, [Some("no_village"); 3], "{row}");
                without += 1;
            } else {
                assert!(!notes.contains(&Some("no_village")), "{row}");
                with += 1;
            }
        }
    }
    assert!(without > 0 && with > 0, "{without} {with}");
}

#[test]
fn a_file_of_a_closed_quarter_says_of_which_days_its_boundaries_register_and_names_are() {
    let server = Server::of_demo();
    let today = server.json("/api/meta")["as_of"].clone();
    let metadata = |question: &str| server.json(&format!("/export/communes.geojson?{question}"))["metadata"].clone();
    let closed = metadata("to=2026-03-31");
    assert_eq!(closed["register_on"], "2026-03-31");
    assert_eq!((&closed["as_of"], &closed["names_on"]), (&today, &today));
    assert_eq!(metadata("")["register_on"], today);
    assert!(closed["cells_outside_communes"].is_u64(), "{closed}");
}
