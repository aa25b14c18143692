//! Geosubmit, version 2: what NeoStumbler and other collectors send to location services.
//!
//! Each item is a fix and the cells heard there. A cell becomes one line for the
//! reader of logs: the serving one a sample, the others refused as neighbours. An
//! item that names no serving cell has one only where it names one cell in all.

use serde_json::{Deserializer, Value};

use crate::ingest::Unreadable;
use crate::ingest::header::Header;
use crate::ingest::sheet::{DELIMITER, Sheet};
use crate::model::operator::Technology;

use super::radio;

const HEADINGS: [&str; 13] = [
    "time",
    "lon",
    "lat",
    "accuracy_m",
    "age_ms",
    "speed_kmh",
    "mcc",
    "mnc",
    "technology",
    "cell",
    "arfcn",
    "rsrp",
    "neighbour",
];

/// Whether a text is of this form, by its first bytes.
pub(super) fn is_geosubmit(text: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&text[..text.len().min(4096)]);
    head.contains("\"cellTowers\"") || head.contains("\"items\"") && head.contains("\"position\"")
}

/// Lines of which the first is line 2, as in a sheet; an item without cells gives none.
///
/// # Errors
/// [`Unreadable::BrokenJson`], and [`Unreadable::NoFeatures`] where there is not one cell.
pub(super) fn open(text: &[u8]) -> Result<Sheet, Unreadable> {
    let mut lines = Vec::new();
    // One submission, or a log with a submission or an item on each line.
    for value in Deserializer::from_slice(text).into_iter::<Value>() {
        let value = value.map_err(|error| Unreadable::BrokenJson {
            line: error.line() as u64,
            column: error.column() as u64,
            problem: error.to_string(),
        })?;
        let items = value["items"].as_array().map_or(std::slice::from_ref(&value), Vec::as_slice);
        for item in items {
            let towers = list(&item["cellTowers"]);
            for tower in towers {
                lines.extend_from_slice(line(item, tower, towers.len() == 1).join("\t").as_bytes());
                lines.push(b'\n');
            }
        }
    }
    if lines.is_empty() {
        return Err(Unreadable::NoFeatures);
    }
    debug_assert_eq!(DELIMITER, b'\t');
    let header = Header::new(HEADINGS.iter().map(|name| (*name).to_owned()).collect());
    Ok(Sheet { header, lines, first_line: 2, in_degrees: false, rejects: Vec::new(), warnings: Vec::new() })
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn line(item: &Value, tower: &Value, alone: bool) -> [String; 13] {
    let at = &item["position"];
    let technology = text(&tower["radioType"]);
    let serving =
        tower["serving"].as_i64().map_or_else(|| tower["serving"].as_bool().unwrap_or(alone), |word| word == 1);
    [
        text(&item["timestamp"]),
        text(&at["longitude"]),
        text(&at["latitude"]),
        text(&at["accuracy"]),
        age(at, tower),
        at["speed"].as_f64().map_or_else(String::new, |metres_per_second| (metres_per_second * 3.6).to_string()),
        text(&tower["mobileCountryCode"]),
        text(&tower["mobileNetworkCode"]),
        technology.clone(),
        text(&tower["cellId"]),
        text(&tower["arfcn"]),
        power(tower, &technology),
        u8::from(!serving).to_string(),
    ]
}

/// The older of the fix and the reading, milliseconds before the time of the item: the phone has moved on since either.
fn age(at: &Value, tower: &Value) -> String {
    match (at["age"].as_i64(), tower["age"].as_i64()) {
        (Some(fix), Some(reading)) => fix.max(reading).to_string(),
        (None, Some(reading)) => reading.to_string(),
        _ => text(&at["age"]),
    }
}

/// `signalStrength` in dBm, else `asu` turned into it.
fn power(tower: &Value, technology: &str) -> String {
    let of_asu = || radio::from_asu(tower["asu"].as_f64()?, technology.parse::<Technology>().ok()?);
    match &tower["signalStrength"] {
        Value::Number(dbm) => dbm.to_string(),
        _ => of_asu().map_or_else(String::new, |dbm| dbm.to_string()),
    }
}

/// A number or a word as a cell of a table.
fn text(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::String(word) => word.replace(['\t', '\r', '\n', '"'], " "),
        _ => String::new(),
    }
}
