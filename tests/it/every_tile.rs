//! Every tile of the demo, zooms 4 to 14, through a validator of its own.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use phusong::flow::layers::LAYERS;
use phusong::flow::snapshot::Snapshot;
use phusong::model::access::Role;
use phusong::model::feature::{Shape, Value};
use phusong::model::question::Question;
use phusong::model::rules::Rules;
use phusong::tiles::{self, Address};
use rayon::prelude::*;

use crate::support::{column_row, demo_store, folder, mvt, real_data, run_json};

/// At the time of the last import: the verdicts in the store are then those of the day.
async fn snapshot() -> Snapshot {
    let store = phusong::store::open(&demo_store().to_string_lossy()).await.unwrap();
    let built = store.imports().await.unwrap().last().unwrap().at;
    let snapshot = Snapshot::take(&*store, &Rules::default(), built).await.unwrap();
    store.close().await;
    snapshot
}

/// Every tile that touches the bounds, at every zoom.
fn addresses(bounds: [f64; 4], zooms: std::ops::RangeInclusive<u8>) -> Vec<Address> {
    let mut all = Vec::new();
    let [west, south, east, north] = bounds;
    for z in zooms {
        let (first_column, first_row) = column_row(west, north, z);
        let (last_column, last_row) = column_row(east, south, z);
        for x in first_column..=last_column {
            for y in first_row..=last_row {
                all.push(Address::new(z, x, y).unwrap());
            }
        }
    }
    all
}

fn check(snapshot: &Snapshot, question: &Question, zooms: std::ops::RangeInclusive<u8>) {
    let deepest = *zooms.end();
    let view = snapshot.ask(Role::Admin, question).unwrap();
    let layers: Vec<&tiles::Layer> = LAYERS.iter().map(|layer| snapshot.layer(&view, layer).unwrap()).collect();
    let bounds = phusong::flow::meta::bounds(snapshot);
    let ids: Mutex<HashMap<(String, String), Option<u64>>> = Mutex::new(HashMap::new());
    let seen: Mutex<HashMap<String, usize>> = Mutex::new(HashMap::new());
    let problems: Vec<String> = addresses(bounds, zooms)
        .into_par_iter()
        .flat_map_iter(|at| {
            let tile = tiles::encode(&layers, at);
            let mut problems: Vec<String> = mvt::problems(&tile).into_iter().map(|p| format!("{at:?}: {p}")).collect();
            for layer in mvt::decode(&tile) {
                *seen.lock().unwrap().entry(layer.name.clone()).or_default() += layer.features.len();
                // A cluster is of its zoom alone; that it is in one tile only is a fact below.
                for feature in layer.features.into_iter().filter(|f| !f.attributes.contains_key("point_count")) {
                    if layer.name == tiles::DROPPED {
                        continue;
                    }
                    let key = ["code", "cell", "area", "place", "hint", "tile", "home"]
                        .iter()
                        .find_map(|name| feature.attributes.get(*name));
                    let key = (layer.name.clone(), key.map(ToString::to_string).unwrap_or_default());
                    let first = *ids.lock().unwrap().entry(key.clone()).or_insert(feature.id);
                    if first != feature.id || feature.id.is_none() {
                        problems.push(format!("{at:?}: {key:?} has id {:?} here and {first:?} elsewhere", feature.id));
                    }
                }
            }
            problems
        })
        .collect();
    assert!(
        problems.is_empty(),
        "{} problems, the first:\n{}",
        problems.len(),
        problems.iter().take(20).cloned().collect::<Vec<_>>().join("\n")
    );
    let seen = seen.into_inner().unwrap();
    // Some layers begin closer than a check goes.
    let begun = |layer: &&str| tiles::definition(layer).is_some_and(|layer| layer.minzoom <= deepest);
    for layer in LAYERS.iter().copied().filter(begun) {
        assert!(seen.get(layer).is_some_and(|n| *n > 0), "no tile holds {layer}: {seen:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_tile_of_the_demo_is_valid_and_its_ids_are_stable() {
    check(&snapshot().await, &Question::default(), 4..=14);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_filtered_tile_is_valid_too() {
    let snapshot = snapshot().await;
    // The operator that supplied a claim in the demo: of the others there are no rows of claims.
    let mut question =
        Question { operator: "viettel".parse().ok(), technology: "4G".parse().ok(), ..Question::default() };
    check(&snapshot, &question, 5..=12);
    question = Question { from: "2026-01-01".parse().ok(), to: "2026-06-30".parse().ok(), ..Question::default() };
    check(&snapshot, &question, 5..=11);
}

/// What the map says of all tiles of a zoom is what the list says, whatever was drawn as one.
#[tokio::test(flavor = "multi_thread")]
async fn clusters_of_any_zoom_add_up_to_the_list_and_each_is_in_one_tile() {
    let snapshot = snapshot().await;
    let bounds = phusong::flow::meta::bounds(&snapshot);
    for role in [Role::Admin, Role::Public] {
        let view = snapshot.ask(role, &Question::default()).unwrap();
        for name in ["villages", "unreached"] {
            let rows = snapshot.rows(&view, name).unwrap();
            let located = rows.iter().filter(|row| !matches!(row.shape, Shape::Unlocated));
            let listed = located.clone().map(|row| match row.get("households") {
                Some(Value::Integer(households)) => (1, *households, 0),
                _ => (1, 0, 1),
            });
            let total = listed.fold((0, 0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1, sum.2 + one.2));
            let layer = snapshot.layer(&view, name).unwrap();
            for zoom in 7..10 {
                let mut ids = HashSet::new();
                let mut drawn = (0, 0, 0);
                for at in addresses(bounds, zoom..=zoom) {
                    for feature in
                        mvt::decode(&tiles::encode(&[layer], at)).into_iter().flat_map(|layer| layer.features)
                    {
                        assert!(ids.insert(feature.id), "{name} {zoom}: {:?} is in two tiles", feature.id);
                        let number = |name: &str| feature.attributes.get(name).and_then(serde_json::Value::as_i64);
                        let alone = number("point_count").is_none();
                        let unknown = i64::from(alone && number("households").is_none());
                        drawn.0 += number("point_count").unwrap_or(1);
                        drawn.1 += number("households").unwrap_or(0);
                        drawn.2 += number("households_missing").unwrap_or(unknown);
                    }
                }
                assert_eq!(drawn, total, "{name} at zoom {zoom} as {role:?}");
                assert!(ids.len() < located.clone().count(), "nothing was drawn as one");
            }
        }
    }
}

/// A commune may not lose its neighbour when it is generalised and cut: within a tile
/// every edge is walked at most once each way.
fn check_fit(layer: &tiles::Layer, bounds: [f64; 4], zooms: std::ops::RangeInclusive<u8>) {
    addresses(bounds, zooms).into_par_iter().for_each(|at| {
        let tile = tiles::encode(&[layer], at);
        assert_eq!(mvt::problems(&tile), Vec::<String>::new(), "{at:?}");
        let Some(communes) = mvt::decode(&tile).into_iter().next() else { return };
        let mut edges: HashMap<_, i32> = HashMap::new();
        for ring in communes.features.iter().flat_map(|feature| &feature.geometry) {
            for i in 0..ring.len() {
                let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
                let (key, sign) = if a < b { ((a, b), 1) } else { ((b, a), -1) };
                *edges.entry(key).or_default() += sign;
            }
        }
        // In a coverage an edge is walked once each way (0) or is on the outline (±1): never twice the same way.
        let twice = edges.values().filter(|n| n.abs() > 1).count();
        assert_eq!(twice, 0, "{at:?}: {twice} edges are walked twice in one direction: an overlap");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn neighbours_never_part_at_any_zoom() {
    let snapshot = snapshot().await;
    let view = snapshot.ask(Role::Admin, &Question::default()).unwrap();
    check_fit(snapshot.layer(&view, "communes").unwrap(), phusong::flow::meta::bounds(&snapshot), 4..=14);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_communes_fit_and_are_valid_in_every_tile() {
    let Some(data) = real_data() else { return };
    let dir = folder();
    let db = dir.path().join("official.gpkg").to_string_lossy().into_owned();
    let file = data.join("admin/communes_2025.geojson").to_string_lossy().into_owned();
    let imported = run_json(&["import", "boundaries", &file, "--as-of", "2025-07-01", "--db", &db]);
    assert_eq!(imported["files"][0]["accepted"], 129, "{imported}");
    let store = phusong::store::open(&db).await.unwrap();
    let built = store.imports().await.unwrap().last().unwrap().at;
    let snapshot = Snapshot::take(&*store, &Rules::default(), built).await.unwrap();
    store.close().await;
    let view = snapshot.ask(Role::Admin, &Question::default()).unwrap();
    check_fit(snapshot.layer(&view, "communes").unwrap(), phusong::flow::meta::bounds(&snapshot), 4..=14);
}
