//! What stands beside the figures: period, thresholds, sources, totals.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::snapshot::{Snapshot, View};
use crate::engine::boundaries::place;
use crate::model::figure::Figure;
use crate::model::measure::local_day;
use crate::model::operator::{Operator, Technology};

/// What a page needs before it can draw: filters, rules, sources.
#[must_use]
pub fn of_dataset(snapshot: &Snapshot) -> Json {
    let facts = &snapshot.facts;
    let operators: BTreeSet<Operator> = facts.runs.iter().map(|run| run.operator).collect();
    let technologies: BTreeSet<Technology> = facts.runs.iter().map(|run| run.technology).collect();
    let operators: Vec<Json> = operators.iter().map(|o| json!({"id": o.as_str(), "brand": o.brand()})).collect();
    let technologies: Vec<&str> = technologies.into_iter().map(Technology::generation).collect();
    let mut editions: BTreeMap<Date, u32> = BTreeMap::new();
    for unit in facts.units.iter().filter(|unit| unit.is_commune()) {
        *editions.entry(unit.valid_from).or_default() += 1;
    }
    let editions: Vec<Json> =
        editions.into_iter().map(|(from, units)| json!({"valid_from": from.to_string(), "units": units})).collect();
    let sources: Vec<Json> = snapshot
        .imports
        .iter()
        .map(|import| {
            json!({"file": import.file, "kind": import.kind.code(), "synthetic": import.synthetic, "at": import.at.to_string(), "sha256": import.hash})
        })
        .collect();
    json!({
        "epoch": snapshot.epoch.to_string(),
        "province": facts.province_on(facts.today).map(|unit| json!({"code": unit.code.to_string(), "name": unit.name})),
        "synthetic": snapshot.synthetic(),
        "approximate": facts.units.iter().any(|unit| unit.approximate),
        "bounds": bounds(snapshot),
        "as_of": facts.today.to_string(),
        "editions": editions,
        "operators": operators,
        "technologies": technologies,
        "period": period(snapshot).map(|(from, to)| json!({"from": from.to_string(), "to": to.to_string()})),
        "rules": facts.rules,
        "sources": sources,
    })
}

/// The `metadata` member of an export.
#[must_use]
pub fn of_export(snapshot: &Snapshot, view: &View, layer: &str, rows: usize) -> Json {
    let question = &view.answer.question;
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    let sources: Vec<Json> = snapshot
        .imports
        .iter()
        .map(|import| json!({"file": import.file, "kind": import.kind.code(), "sha256": import.hash, "synthetic": import.synthetic}))
        .collect();
    let known = period(snapshot);
    json!({
        "layer": layer,
        "rows": rows,
        "epoch": snapshot.epoch.to_string(),
        "as_of": view.answer.as_of.to_string(),
        "period": {
            "from": day(question.from).or_else(|| known.map(|(from, _)| from.to_string())),
            "to": day(question.until()).or_else(|| known.map(|(_, to)| to.to_string())),
        },
        "operator": question.operator.map_or_else(|| "all".to_owned(), |o| o.to_string()),
        "technology": question.technology.map_or("all", Technology::generation),
        "rules": snapshot.facts.rules,
        "suppression": format!("counts of 1 to {} households are suppressed", snapshot.facts.rules.reach.k.saturating_sub(1)),
        "synthetic": snapshot.synthetic(),
        "notice": if snapshot.synthetic() { Json::from("dữ liệu mô phỏng, không phải số liệu thật / synthetic demo data, not real") } else { Json::Null },
        "sources": sources,
        "generated_by": concat!("phusong ", env!("CARGO_PKG_VERSION")),
    })
}

/// Totals over every commune in the answer.
#[must_use]
pub fn summary(snapshot: &Snapshot, view: &View) -> Json {
    let answer = &view.answer;
    let mut by_status: BTreeMap<&str, u64> = BTreeMap::new();
    for village in &answer.villages {
        *by_status.entry(village.status.code()).or_default() += 1;
    }
    let mut by_verdict: BTreeMap<&str, u64> = BTreeMap::new();
    for cell in answer.cells_at(h3o::Resolution::Nine) {
        *by_verdict.entry(cell.verdict.code()).or_default() += 1;
    }
    let mut by_need: BTreeMap<&str, u64> = BTreeMap::new();
    for row in &answer.priority {
        *by_need.entry(row.need.code()).or_default() += 1;
    }
    let (households, households_missing) = sum(answer.communes.iter().map(|commune| commune.households));
    let (guided, guided_missing) = sum(answer.communes.iter().map(|commune| commune.guided));
    json!({
        "epoch": snapshot.epoch.to_string(),
        "as_of": answer.as_of.to_string(),
        "communes": answer.communes.len(),
        "villages": answer.villages.len(),
        "villages_by_status": by_status,
        "unreached": answer.unreached.len(),
        "households": households,
        "communes_without_households": households_missing,
        "guided": guided,
        "communes_without_report": guided_missing,
        "cells_by_verdict": by_verdict,
        "dead_areas": answer.dead_areas.len(),
        "priority_by_need": by_need,
    })
}

/// The sum of what is known, and how many were not.
fn sum(figures: impl Iterator<Item = Figure<u64>>) -> (Option<u64>, u64) {
    let (mut total, mut known, mut missing) = (0, 0, 0);
    for figure in figures {
        match figure.known() {
            Some(value) => {
                total += value;
                known += 1;
            }
            None => missing += 1,
        }
    }
    (if known > 0 { Some(total) } else { None }, missing)
}

/// West, south, east, north of everything that has a place; Viet Nam when nothing has.
#[must_use]
pub fn bounds(snapshot: &Snapshot) -> [f64; 4] {
    let facts = &snapshot.facts;
    let mut bounds = place::bounds(facts.units.iter().filter_map(|unit| unit.geometry.as_ref()));
    if bounds.is_none() {
        let mut grow = |lon: f64, lat: f64| {
            let [w, s, e, n] = bounds.unwrap_or([lon, lat, lon, lat]);
            bounds = Some([w.min(lon), s.min(lat), e.max(lon), n.max(lat)]);
        };
        facts.villages.iter().filter_map(|v| v.point).for_each(|at| grow(at.lon(), at.lat()));
        facts.runs.iter().map(|run| h3o::LatLng::from(run.cell)).for_each(|at| grow(at.lng(), at.lat()));
    }
    bounds.unwrap_or([102.1, 8.4, 109.5, 23.4])
}

/// First and last local day with a visit or a measurement.
fn period(snapshot: &Snapshot) -> Option<(Date, Date)> {
    let facts = &snapshot.facts;
    let runs = facts.runs.iter().flat_map(|run| [run.start, run.end]);
    let visits = facts.visits.iter().map(|visit| visit.time);
    let (mut first, mut last) = (None, None);
    for at in runs.chain(visits) {
        first = Some(first.map_or(at, |f: jiff::Timestamp| f.min(at)));
        last = Some(last.map_or(at, |l: jiff::Timestamp| l.max(at)));
    }
    Some((local_day(first?), local_day(last?)))
}
