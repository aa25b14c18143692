//! What stands beside the changes between two periods: which days were compared, and how many cells became what.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::snapshot::{Snapshot, View};
use crate::model::feature::{Feature, Value};
use crate::model::verdict::Change;

pub const LAYER: &str = "changes";

/// Both periods and the number of cells by change, zeros too; null where nothing was measured to compare.
#[must_use]
pub fn comparison(snapshot: &Snapshot, view: &View) -> Json {
    let rows = snapshot.rows(view, LAYER).unwrap_or_default();
    let Some(first) = rows.first() else { return Json::Null };
    let mut cells: BTreeMap<&str, usize> = Change::ALL.map(|change| (change.code(), 0)).into();
    for row in rows {
        if let Some(count) = text(row, "change").and_then(|change| cells.get_mut(change)) {
            *count += 1;
        }
    }
    let period = |from, to| json!({"from": text(first, from), "to": text(first, to)});
    json!({
        "before": period("before_from", "before_to"),
        "after": period("after_from", "after_to"),
        "cells": cells,
    })
}

fn text<'a>(row: &'a Feature, name: &str) -> Option<&'a str> {
    match row.get(name) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}
