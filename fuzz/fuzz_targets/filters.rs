//! Any bytes as CQL2, text and JSON: a filter or a reason, and never a panic; and a filter answers for any row.

#![no_main]

use libfuzzer_sys::fuzz_target;
use phusong::model::feature::{Feature, Shape, Value};
use phusong::model::filter::{Filter, Kind};
use phusong::model::measure::LonLat;

const COLUMNS: [(&str, Kind); 4] =
    [("name", Kind::Text), ("households", Kind::Number), ("stale", Kind::Flag), ("last_seen", Kind::Text)];

fn row(byte: u8) -> Feature {
    let mut attributes = Vec::new();
    if byte & 1 != 0 {
        attributes.push(("name", Value::Text("Thôn Đông ' % _".to_owned())));
    }
    if byte & 2 != 0 {
        attributes.push(("households", Value::Integer(i64::MIN)));
    }
    if byte & 4 != 0 {
        attributes.push(("stale", Value::Flag(true)));
    }
    if byte & 8 != 0 {
        attributes.push(("last_seen", Value::Text("2026-02-28".to_owned())));
    }
    let shape = LonLat::new(106.0, 20.2).map_or(Shape::Unlocated, Shape::Point);
    Feature { id: 1, key: "1".to_owned(), shape, attributes }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let filter = if choice & 1 == 0 { Filter::of_text(text, &COLUMNS) } else { Filter::of_json(text, &COLUMNS) };
    match filter {
        Ok(filter) => {
            let _ = filter.keeps(&row(*choice >> 1));
        }
        Err(reason) => assert!(!reason.to_string().is_empty()),
    }
});
