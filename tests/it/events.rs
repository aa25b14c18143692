//! What open pages are told of a change, over a real socket.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::Value as Json;

use crate::support::{Server, column_row, demo_store, folder, run_json};

/// Layers of the map's first screen that a visit may change, and one that it must not.
const WATCHED: [&str; 5] = ["communes", "villages", "priority", "signal", "dead_areas"];

type Headers = &'static [(&'static str, &'static str)];
/// Who asks from this machine is the department, who comes through a proxy the public.
const DEPARTMENT: Headers = &[];
const PUBLIC: Headers = &[("x-forwarded-for", "203.0.113.7")];

/// A machine that is busy may take too long to compare, and then everything is said to have changed.
const TRIES: usize = 5;

/// An open page. Its events are waited for until the stream ends after a minute.
struct Page(Lines<BufReader<ureq::BodyReader<'static>>>);

impl Page {
    fn open(server: &Server, headers: Headers) -> Self {
        let agent: ureq::Agent = ureq::Agent::config_builder().build().into();
        let request = agent.get(format!("{}/events?seconds=60", server.base));
        let stream =
            headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).call().unwrap();
        assert_eq!(stream.headers()["content-type"], "text/event-stream");
        Self(BufReader::new(stream.into_body().into_reader()).lines())
    }

    fn next(&mut self) -> Json {
        let line =
            self.0.by_ref().map_while(Result::ok).find_map(|line| line.strip_prefix("data: ").map(str::to_owned));
        serde_json::from_str(&line.expect("an event before the stream ends")).unwrap()
    }
}

fn copy() -> (tempfile::TempDir, PathBuf) {
    let folder = folder();
    let store = folder.path().join("live.gpkg");
    std::fs::copy(demo_store(), &store).unwrap();
    (folder, store)
}

/// One household of a village more, brought in by another program.
fn visit(store: &Path, id: &str, village: &str) {
    let file = store.with_file_name(format!("{id}.csv"));
    let row = format!("{id},2026-01-05T09:00:00+07:00,{village},guided,{id}");
    std::fs::write(&file, format!("id,time,village_code,result,household\n{row}\n")).unwrap();
    let said = run_json(&["import", "visits", &file.to_string_lossy(), "--db", &store.to_string_lossy()]);
    assert_eq!(said["files"][0]["inserted"], 1, "{said}");
}

/// Every tile of a few zooms, by layer and address.
fn tiles(server: &Server, headers: Headers) -> BTreeMap<(&'static str, u8, u32, u32), Vec<u8>> {
    let bounds = server.json("/api/meta")["bounds"].clone();
    let at = |i: usize| bounds[i].as_f64().unwrap();
    let mut tiles = BTreeMap::new();
    for z in 8..=10 {
        let ((left, bottom), (right, top)) = (column_row(at(0), at(1), z), column_row(at(2), at(3), z));
        for (x, y) in (left..=right).flat_map(|x| (top..=bottom).map(move |y| (x, y))) {
            for layer in WATCHED {
                tiles.insert((layer, z, x, y), server.ask(&format!("/tiles/{layer}/{z}/{x}/{y}"), headers).body);
            }
        }
    }
    tiles
}

/// Whether a tile with what it shows beyond its edge meets a box.
fn meets((z, x, y): (u8, u32, u32), within: &[f64]) -> bool {
    let side = f64::from(1_u32 << z);
    let beyond = 128.0 / 4096.0;
    let lon = |column: f64| column / side * 360.0 - 180.0;
    let lat = |row: f64| (std::f64::consts::PI * (1.0 - 2.0 * row / side)).sinh().atan().to_degrees();
    let (x, y) = (f64::from(x), f64::from(y));
    lon(x - beyond) <= within[2]
        && lon(x + 1.0 + beyond) >= within[0]
        && lat(y - beyond) >= within[1]
        && lat(y + 1.0 + beyond) <= within[3]
}

#[test]
fn an_open_page_is_told_of_the_epoch_at_once_and_of_a_change_when_it_happens() {
    let (_folder, store) = copy();
    let server = Server::start(&store);
    let mut page = Page::open(&server, DEPARTMENT);
    let first = page.next();
    assert_eq!(server.json("/health")["epoch"], first["epoch"]);
    assert_eq!(first.get("changed"), None, "{first}");
    visit(&store, "live-1", "13285-001");
    let then = page.next();
    assert_ne!(then["epoch"], first["epoch"]);
    assert_eq!(server.json("/health")["epoch"], then["epoch"], "and who asks then gets the new snapshot");
    assert_eq!(server.get("/events?second=1").status, 400);
}

#[test]
fn a_change_names_the_layers_that_it_touched_and_a_box_around_every_changed_tile() {
    let (_folder, store) = copy();
    let server = Server::start(&store);
    let mut page = Page::open(&server, DEPARTMENT);
    page.next();
    // One whose households are told: behind the floor a visit shows to nobody.
    let villages = server.json("/api/villages?commune=13285&limit=100")["items"].take();
    let is_told = |village: &&Json| ["visited", "guided"].iter().all(|count| village[count].is_u64());
    let village = villages.as_array().unwrap().iter().find(is_told).unwrap()["code"].as_str().unwrap();
    let (before, told) = (0..TRIES)
        .find_map(|at| {
            let before = tiles(&server, DEPARTMENT);
            visit(&store, &format!("live-{at}"), village);
            let start = Instant::now();
            let told = page.next();
            eprintln!("told {:.2} s after the import", start.elapsed().as_secs_f64());
            told["changed"].is_object().then_some((before, told))
        })
        .expect("a comparison that is done in time");
    let changed = told["changed"].as_object().unwrap();
    let after = tiles(&server, DEPARTMENT);
    let mut different = 0;
    for ((layer, z, x, y), was) in &before {
        let is = &after[&(*layer, *z, *x, *y)];
        let Some(told) = changed.get(*layer) else {
            assert_eq!(was, is, "{layer}/{z}/{x}/{y} is said to be as it was");
            continue;
        };
        let within: Option<Vec<f64>> = serde_json::from_value(told.clone()).unwrap();
        if was != is {
            different += 1;
            assert!(within.is_none_or(|within| meets((*z, *x, *y), &within)), "{layer}/{z}/{x}/{y} {told}");
        }
    }
    assert!(different > 0, "the visit shows");
    assert!(!changed.contains_key("signal") && !changed.contains_key("dead_areas"), "{told}");
    let [west, south, east, north]: [f64; 4] = serde_json::from_value(changed["villages"].clone()).unwrap();
    let (whole, held): ([f64; 4], (f64, f64)) =
        (serde_json::from_value(server.json("/api/meta")["bounds"].clone()).unwrap(), (east - west, north - south));
    assert!(held.0 < (whole[2] - whole[0]) / 2.0 && held.1 < (whole[3] - whole[1]) / 2.0, "no larger than it must be");
}

/// One household more shows to the department and, the public reading in steps of five, to nobody else.
#[test]
fn a_reader_is_told_of_what_it_sees_changed_and_of_nothing_else() {
    let (_folder, store) = copy();
    let server = Server::start(&store);
    let readers = [PUBLIC, DEPARTMENT];
    let mut pages = readers.map(|reader| Page::open(&server, reader));
    pages.iter_mut().for_each(|page| drop(page.next()));
    let (before, told) = (0..TRIES)
        .find_map(|at| {
            let before = readers.map(|reader| tiles(&server, reader));
            visit(&store, &format!("live-{at}"), "13285-002");
            let told = pages.each_mut().map(|page| page.next()["changed"].take());
            let layers = |told: Json| told.as_object().map(|layers| layers.keys().cloned().collect::<Vec<String>>());
            let [public, department] = told.map(layers);
            Some((before, [public?, department?]))
        })
        .expect("a comparison that is done in time");
    let names = |told: &[String], layer: &str| told.iter().any(|name| name == layer);
    for ((reader, was), told) in readers.iter().zip(&before).zip(&told) {
        let is = tiles(&server, reader);
        for layer in WATCHED {
            let differs = was.iter().any(|(at, body)| at.0 == layer && is[at] != *body);
            assert_eq!(differs, names(told, layer), "{reader:?} {layer} {told:?}");
        }
    }
    for hidden in ["claims", "work", "hints", "visits_masked"] {
        assert!(!names(&told[0], hidden), "the public knows of no {hidden}: {:?}", told[0]);
        assert!(names(&told[1], hidden), "never drawn here, so it may be anything: {:?}", told[1]);
    }
}
