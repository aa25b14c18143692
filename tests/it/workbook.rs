//! A workbook speaks the reader's language, says of every column what it means, and leads back to the codes that the
//! other formats keep.
#![cfg(feature = "gdal")]

use std::collections::BTreeMap;
use std::path::Path;

use gdal::vector::LayerAccess;
use serde_json::Value as Json;

use crate::support::{Server, demo_store, folder, run_json};

/// Lines of a sheet by their headings; nothing for an empty cell.
type Sheet = Vec<BTreeMap<String, String>>;

/// Rows of each list whose cells are compared.
const ROWS: usize = 200;

/// The sheets of a workbook with their names, in order.
fn sheets(path: &Path) -> Vec<(String, Sheet)> {
    // Where all cells are texts, GDAL takes no line for a header by itself.
    gdal::config::set_thread_local_config_option("OGR_XLSX_HEADERS", "FORCE").unwrap();
    let dataset = gdal::Dataset::open(path).unwrap();
    let read = |mut layer: gdal::vector::Layer<'_>| {
        let columns: Vec<String> = layer.defn().fields().map(|field| field.name()).collect();
        let line = |feature: gdal::vector::Feature<'_>| {
            let cell = |at: usize| feature.field_as_string(at).unwrap().filter(|cell| !cell.is_empty());
            columns.iter().enumerate().filter_map(|(at, name)| Some((name.clone(), cell(at)?))).collect()
        };
        (layer.name(), layer.features().map(line).collect())
    };
    dataset.layers().map(read).collect()
}

fn export(layer: &str, to: &Path, lang: &str) {
    let (db, to) = (demo_store().to_string_lossy().into_owned(), to.to_string_lossy().into_owned());
    run_json(&["export", layer, "--db", &db, "-o", &to, "--lang", lang, "--purpose", "a test"]);
}

/// What a cell of the workbook says of a value of GeoJSON.
fn said(value: &Json, words: &BTreeMap<&str, &str>, yes: [&str; 2]) -> Option<String> {
    match value {
        Json::Null => None,
        Json::Bool(flag) => Some(yes[usize::from(!flag)].to_owned()),
        Json::String(text) if text.is_empty() => None,
        Json::String(text) => Some(words.get(text.as_str()).map_or(text.clone(), |word| (*word).to_owned())),
        other => Some(other.to_string()),
    }
}

fn is_equal(found: Option<&String>, expected: Option<&String>) -> bool {
    let number = |text: &String| text.parse::<f64>().ok();
    match (found, expected) {
        // A key of a home may look like a number beyond all numbers: 001026e199304338.
        (found, expected) if found == expected => true,
        (Some(found), Some(expected)) if number(found).is_some() && number(expected).is_some() => {
            let (found, expected) = (number(found).unwrap(), number(expected).unwrap());
            (found - expected).abs() <= 1e-9 * expected.abs().max(1.0)
        }
        // GDAL tells a day of a workbook with slashes.
        (Some(found), Some(expected)) => found.replace('/', "-") == *expected,
        _ => false,
    }
}

#[test]
fn every_list_as_a_workbook_holds_the_figures_in_words_and_leads_back_to_the_codes() {
    let dir = folder();
    let layers: Json = serde_json::from_str(include_str!("../../tiles/layers.json")).unwrap();
    let mut days = 0;
    // The surface takes a minute to work out, and has no column of a kind that the others have not.
    let layers = layers.as_array().unwrap().iter().map(|layer| layer["id"].as_str().unwrap());
    for layer in layers.filter(|layer| *layer != "surface") {
        let whole = dir.path().join(format!("{layer}.geojson"));
        export(layer, &whole, "vi");
        let whole: Json = serde_json::from_slice(&std::fs::read(&whole).unwrap()).unwrap();
        let features = whole["features"].as_array().unwrap();
        for (lang, second, yes) in [("vi", "Giải thích", ["Có", "Không"]), ("en", "Meaning", ["Yes", "No"])] {
            let to = dir.path().join(format!("{layer}_{lang}.xlsx"));
            export(layer, &to, lang);
            let sheets = sheets(&to);
            assert_eq!((sheets.len(), sheets[1].0.as_str()), (3, second), "{layer}");
            let (rows, meanings) = (&sheets[0].1, &sheets[1].1);
            // Of a sheet with a header alone GDAL makes a line.
            assert_eq!(rows.len(), features.len().max(1), "{layer}");
            let [heading, code, means, empty] = if lang == "vi" {
                ["Tiêu đề", "Mã (tên cột trong CSV, GeoJSON, API)", "Nghĩa", "Ô trống nghĩa là"]
            } else {
                ["Heading", "Code (column in CSV, GeoJSON, API)", "Meaning", "An empty cell means"]
            };
            let of: BTreeMap<&str, &BTreeMap<String, String>> =
                meanings.iter().map(|line| (line[code].as_str(), line)).collect();
            assert!(meanings.iter().all(|line| line.contains_key(means) && line.contains_key(empty)), "{layer}");
            for (row, feature) in rows.iter().zip(features).take(ROWS) {
                for (name, value) in feature["properties"].as_object().unwrap() {
                    let line = of[name.as_str()];
                    let pairs = line.get(if lang == "vi" { "Chữ và mã" } else { "Words and codes" });
                    let pairs = pairs.into_iter().flat_map(|pairs| pairs.split("; "));
                    let words = pairs.filter_map(|pair| pair.rsplit_once(" = ").map(|(word, code)| (code, word)));
                    let expected = said(value, &words.collect(), yes);
                    let found = row.get(&line[heading]);
                    // Reasons have words that stand on no sheet.
                    let fits = is_equal(found, expected.as_ref()) || (name.ends_with("_note") && found.is_some());
                    assert!(fits, "{layer} {lang} {name}: {value} is {found:?}, expected {expected:?}");
                    days += usize::from(found.is_some_and(|found| found.matches('/').count() == 2));
                }
            }
        }
    }
    assert!(days > 0, "no day was read as a day");
}

#[test]
fn a_download_is_in_the_language_asked_for() {
    let server = Server::of_demo();
    let (vi, en) = (server.get("/export/villages.xlsx"), server.get("/export/villages.xlsx?lang=en"));
    assert_eq!((vi.status, en.status), (200, 200));
    assert!(vi.body != en.body && vi.header("etag") != en.header("etag"));
    assert_eq!(server.get("/export/villages.xlsx?lang=fr").status, 400);
    let (vi, en) = (server.get("/export/villages.csv"), server.get("/export/villages.csv?lang=en"));
    assert!(vi.body == en.body, "a table for machines has no language");
}
