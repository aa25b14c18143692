//! What stands beside the figures: period, thresholds, sources, totals.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::indicators::campaign_json;
use super::snapshot::{Snapshot, View};
use super::speeds;
use super::{changes, hints};
use crate::engine::Answer;
use crate::engine::boundaries::place;
use crate::engine::verdicts::cells_outside;
use crate::model::access::{Matter, Sight};
use crate::model::admin::AdminUnit;
use crate::model::claim::ClaimCount;
use crate::model::figure::Figure;
use crate::model::import::ImportRecord;
use crate::model::language::Language;
use crate::model::operator::Technology;
use crate::model::reach::{CommuneReach, VillageReach};

/// What a page needs before it can draw: filters, rules, sources.
#[must_use]
pub fn of_dataset(snapshot: &Snapshot, sight: Sight) -> Json {
    let facts = &snapshot.facts;
    let operators: Vec<Json> =
        snapshot.operators.iter().map(|o| json!({"id": o.as_str(), "brand": o.brand()})).collect();
    let technologies: Vec<&str> = snapshot.technologies.iter().copied().map(Technology::generation).collect();
    let with_time = |import: &ImportRecord| {
        let mut source = source(import, sight);
        source["at"] = Json::from(import.at.to_string());
        source
    };
    let sources: Vec<Json> = standing(snapshot).map(with_time).collect();
    json!({
        "epoch": snapshot.epoch.to_string(),
        "province": facts.province_on(facts.today).map(|unit| json!({"code": unit.code.to_string(), "name": unit.name})),
        "synthetic": snapshot.synthetic(),
        "approximate": facts.units.iter().any(|unit| unit.approximate),
        "bounds": bounds(snapshot),
        "as_of": facts.today.to_string(),
        "editions": editions(&snapshot.facts.units),
        "operators": operators,
        "technologies": technologies,
        "period": snapshot.period.map(|(from, to)| json!({"from": from.to_string(), "to": to.to_string()})),
        "rules": facts.rules,
        "sources": sources,
        // Who must be named for the speed tests, and under which licence.
        "speed_attributions": speeds::attributions(snapshot),
    })
}

/// What the figures rest on.
fn standing(snapshot: &Snapshot) -> impl Iterator<Item = &ImportRecord> {
    snapshot.imports.iter().filter(|import| import.stands())
}

/// An import. Its file may be named after what it is about, or who made it, so the name is not for everybody.
fn source(import: &ImportRecord, sight: Sight) -> Json {
    let mut source = json!({"kind": import.kind.code(), "synthetic": import.synthetic, "sha256": import.sha256()});
    if sight.shows(Matter::Files) {
        source["file"] = Json::from(import.file.as_str());
    }
    source
}

/// The `metadata` member of an export.
#[must_use]
pub fn of_export(snapshot: &Snapshot, view: &View, layer: &str, rows: usize) -> Json {
    let question = &view.answer.question;
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    let sources: Vec<Json> = standing(snapshot).map(|import| source(import, view.sight)).collect();
    let known = snapshot.period;
    let mut metadata = json!({
        "layer": layer,
        "rows": rows,
        "epoch": snapshot.epoch.to_string(),
        "as_of": view.answer.as_of.to_string(),
        // Villages in force and their counts; after the last day asked for where the register itself begins later. A
        // village is called as it is called today.
        "register_on": view.answer.register_on.to_string(),
        "names_on": snapshot.facts.today.to_string(),
        // Measurements count in this period; visits from the first one up to its last day.
        "period": {
            "from": day(question.from).or_else(|| known.map(|(from, _)| from.to_string())),
            "to": day(view.signal().question.until()).or_else(|| known.map(|(_, to)| to.to_string())),
        },
        "visits": {
            "from": known.map(|(from, _)| from.to_string()),
            "to": day(question.until()).or_else(|| known.map(|(_, to)| to.to_string())),
        },
        "operator": question.operator.map_or_else(|| "all".to_owned(), |o| o.to_string()),
        "technology": question.technology.map_or("all", Technology::generation),
        "rules": snapshot.facts.rules,
        "suppression": format!("counts of 1 to {} households are suppressed", snapshot.facts.rules.reach.k.saturating_sub(1)),
        "synthetic": snapshot.synthetic(),
        "notice": if snapshot.synthetic() { Json::from("dữ liệu mô phỏng, không phải số liệu thật / synthetic demo data, not real") } else { Json::Null },
        "sources": sources,
        "attributions": if layer == "speeds" { Json::from(speeds::attributions(snapshot)) } else { Json::Null },
        "generated_by": concat!("phusong ", env!("CARGO_PKG_VERSION")),
    });
    if let Some(campaign) = snapshot.campaign_of(view, layer) {
        let period = campaign.period;
        metadata["campaign"] = campaign_json(campaign);
        metadata["visits"] =
            json!({"from": period.first().to_string(), "to": day(Some(question.until().unwrap_or(period.last())))});
    }
    if layer == changes::LAYER {
        metadata["comparison"] = changes::comparison(snapshot, view);
    }
    if layer == "communes" {
        metadata["cells_outside_communes"] = cells_outside(view.signal()).0.into();
    }
    if layer == hints::LAYER {
        metadata["plan"] = hints::plan(snapshot, view);
    }
    metadata
}

/// Who must be named where the tiles of some layers are shown.
#[must_use]
pub fn attribution(snapshot: &Snapshot, layers: &[&str], language: Language) -> String {
    let own = if snapshot.synthetic() {
        language.pick("Dữ liệu mô phỏng", "Synthetic demo data")
    } else {
        "Phủ Sóng"
    };
    let mut attribution = own.to_owned();
    if layers.contains(&"speeds") {
        for named in speeds::attributions(snapshot) {
            let words = [&named["source"], &named["licence"]].into_iter().filter_map(Json::as_str);
            words.for_each(|word| attribution = format!("{attribution}; {word}"));
        }
    }
    attribution
}

/// Totals over every commune in the answer.
#[must_use]
pub fn summary(snapshot: &Snapshot, view: &View) -> Json {
    let (answer, signal) = (&view.answer, view.signal());
    let mut by_status: BTreeMap<&str, u64> = BTreeMap::new();
    for village in &answer.villages {
        *by_status.entry(village.status.code()).or_default() += 1;
    }
    let mut by_verdict: BTreeMap<&str, u64> = BTreeMap::new();
    for cell in signal.cells_at(h3o::Resolution::Nine) {
        *by_verdict.entry(cell.verdict.code()).or_default() += 1;
    }
    let mut by_need: BTreeMap<&str, u64> = BTreeMap::new();
    for row in &answer.priority {
        *by_need.entry(row.need.code()).or_default() += 1;
    }
    let measured = signal.cells_at(h3o::Resolution::Nine).len();
    let households = sum(answer.communes.iter().map(|commune| commune.households));
    let guided = sum(answer.communes.iter().map(|commune| commune.guided).chain(shown_beside(answer, false)));
    let of_households = answer.communes.iter().map(|commune| commune.guided_of_households);
    let guided_of_households = sum(of_households.chain(shown_beside(answer, true)));
    let declaring = answer.villages.iter().filter(|village| village.denominator().is_some()).count();
    let suppressed = answer.communes.iter().filter(|commune| commune.guided == Figure::Suppressed).count();
    let claims = view.sight.shows(Matter::Network).then_some(&signal.claims.counts);
    let silent = answer.communes.iter().filter(|commune| commune.no_report).count();
    json!({
        "epoch": snapshot.epoch.to_string(),
        "as_of": answer.as_of.to_string(),
        // From where on a village is done: of a campaign its own target.
        "reach": snapshot.facts.rules.reach,
        "communes": answer.communes.len(),
        "villages": answer.villages.len(),
        "villages_by_status": by_status,
        "unreached": answer.unreached.len(),
        "households": households,
        "households_note": if households.is_none() { Json::from("not_reported") } else { Json::Null },
        // A floor when some communes are suppressed: of these what their villages show.
        "guided": guided,
        "guided_note": if guided.is_none() { Json::from("not_reported") } else { Json::Null },
        // Of `households`, those guided: the numerator of the indicator `reach`.
        "guided_of_households": guided_of_households,
        "guided_of_households_note": if guided_of_households.is_none() { Json::from("not_reported") } else { Json::Null },
        // Villages with households, of which a share can be told.
        "villages_declared": declaring,
        "communes_suppressed": suppressed,
        "communes_without_report": silent,
        "cells": measured,
        "cells_by_verdict": by_verdict,
        // In no commune of the day: sums of `cells_measured` over communes lack them.
        "cells_outside_communes": cells_outside(signal).0,
        "dead_areas": if measured > 0 { Json::from(signal.dead_areas.len()) } else { Json::Null },
        "dead_areas_note": if measured > 0 { Json::Null } else { Json::from("not_measured") },
        "priority_by_need": by_need,
        // None without a claim: nobody knows then what is claimed; none either for whom claims are not open.
        "claims": claims.into_iter().flatten().map(of_claim).collect::<Vec<_>>(),
    })
}

/// How the r9 cells of an operator stand to its claim.
#[must_use]
pub fn of_claim(count: &ClaimCount) -> Json {
    json!({
        "operator": count.operator.as_str(),
        "technology": count.technology.map_or("all", Technology::generation),
        "cells_claimed": count.claimed,
        "measured": count.measured,
        "contradicted": count.contradicted,
        "doubtful": count.doubtful,
        "borne_out": count.borne_out,
        "unmeasured": count.unmeasured(),
        "beyond": count.beyond,
        "not_claimed": count.not_claimed,
    })
}

/// What single villages (those with households alone, where a share is told) show of communes whose sum is hidden: of
/// these at least so many are guided.
fn shown_beside(answer: &Answer, of_households: bool) -> impl Iterator<Item = Figure<u64>> {
    let sum = move |commune: &&CommuneReach| if of_households { commune.guided_of_households } else { commune.guided };
    let hidden = answer.communes.iter().filter(|commune| sum(commune) == Figure::Suppressed);
    let hidden: BTreeSet<_> = hidden.map(|commune| commune.commune).collect();
    let counts = move |village: &&VillageReach| !of_households || village.denominator().is_some();
    let villages = answer.villages.iter().filter(counts).filter(move |village| hidden.contains(&village.commune));
    villages.map(|village| village.guided.map(u64::from))
}

/// The sum of what is known; `None` when nothing is.
fn sum(figures: impl Iterator<Item = Figure<u64>>) -> Option<u64> {
    figures.filter_map(Figure::known).fold(None, |total, value| Some(total.unwrap_or(0) + value))
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

/// Each day on which communes began, how many were in force from then on, and until when.
fn editions(units: &[AdminUnit]) -> Vec<Json> {
    let communes = || units.iter().filter(|unit| unit.is_commune());
    let begins: BTreeSet<Date> = communes().map(|unit| unit.valid_from).collect();
    let ends: BTreeSet<Date> = communes().filter_map(|unit| unit.valid_to).collect();
    // Units that began earlier and ended on one day are one edition to a reader: the state before that day.
    let days: BTreeSet<Date> = begins.last().copied().into_iter().chain(ends.iter().copied()).collect();
    let mut editions: Vec<Json> = Vec::new();
    let mut from = begins.first().copied();
    for day in days {
        let Some(start) = from.filter(|start| *start < day) else { continue };
        let last_day = day.yesterday().unwrap_or(day);
        let count = communes().filter(|unit| unit.in_force(last_day)).count();
        editions.push(json!({"valid_from": start.to_string(), "valid_to": day.to_string(), "units": count}));
        from = Some(day);
    }
    if let Some(start) = from {
        let count = communes().filter(|unit| unit.valid_to.is_none()).count();
        editions.push(json!({"valid_from": start.to_string(), "valid_to": null, "units": count}));
    }
    editions
}
