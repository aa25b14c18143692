//! Rows of plans, of today's list and of forecasts, with the names that readers know.

use std::collections::HashMap;

use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::{Planned, figure};
use crate::engine::plan::forecast::{self, Forecast};
use crate::engine::plan::today::{self, LastSeen, TodayRow, VisitKind};
use crate::engine::plan::{DayPlan, Stop};
use crate::flow::snapshot::{Snapshot, View};
use crate::model::admin::UnitCode;
use crate::model::figure::round;
use crate::model::measure::LonLat;
use crate::model::reach::{Need, VillageReach};
use crate::model::verdict::Verdict;
use crate::model::village::{Village, VillageCode};

/// Villages and communes of an answer by code.
pub(super) struct Names<'a> {
    villages: HashMap<VillageCode, (&'a Village, &'a VillageReach)>,
    needs: HashMap<VillageCode, Need>,
    communes: HashMap<UnitCode, String>,
}

impl<'a> Names<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, view: &'a View) -> Self {
        let facts = &snapshot.facts;
        let village = |reach: &'a VillageReach| Some((reach.village, (facts.village(reach.village)?, reach)));
        let units = view.answer.unit_indices.iter().map(|at| &facts.units[*at]);
        Self {
            villages: view.answer.villages.iter().filter_map(village).collect(),
            needs: view.answer.priority.iter().map(|row| (row.village, row.need)).collect(),
            communes: units.map(|unit| (unit.code, unit.full_name())).collect(),
        }
    }

    pub(super) fn village(&self, code: VillageCode) -> &str {
        self.villages.get(&code).map_or("", |(village, _)| &village.name)
    }

    pub(super) fn reach(&self, code: VillageCode) -> Option<&'a VillageReach> {
        self.villages.get(&code).map(|(_, reach)| *reach)
    }

    pub(super) fn commune(&self, code: UnitCode) -> &str {
        self.communes.get(&code).map_or("", String::as_str)
    }

    pub(super) fn verdict(&self, code: VillageCode) -> Option<Verdict> {
        self.reach(code)?.signal.map(|signal| signal.verdict)
    }

    pub(super) fn need(&self, code: VillageCode) -> Option<Need> {
        self.needs.get(&code).copied()
    }

    /// One stop, as lists and files tell it.
    pub(super) fn stop(&self, stop: &Stop, planned: &Planned, day: &DayPlan, order: usize) -> Json {
        let verdict = self.verdict(stop.village);
        json!({
            "day": day.day,
            "date": planned.date(day.day).to_string(),
            "order": order,
            "village": stop.village.to_string(),
            "name": self.village(stop.village),
            "lon": stop.at.map(LonLat::lon),
            "lat": stop.at.map(LonLat::lat),
            "households": figure(stop.households),
            "households_note": stop.households.note(),
            "at_most": self.reach(stop.village).is_some_and(|reach| reach.remaining.known().is_none()),
            "part": stop.part,
            "parts": stop.parts,
            "signal": signal(verdict),
            "visit": VisitKind::of(verdict).code(),
            "need": self.need(stop.village).map(Need::code),
        })
    }
}

pub(super) fn signal(verdict: Option<Verdict>) -> &'static str {
    verdict.map_or("not_measured", Verdict::code)
}

/// The list "where to go today": total and rows.
#[must_use]
pub fn today(
    snapshot: &Snapshot,
    view: &View,
    commune: Option<UnitCode>,
    near: Option<LonLat>,
    limit: usize,
    offset: usize,
) -> (usize, Vec<Json>) {
    let names = Names::new(snapshot, view);
    let rows = today::today(&snapshot.facts, &view.answer, commune, near);
    let item = |(rank, row): (usize, &TodayRow)| {
        let (village, reach) = names.villages.get(&row.village)?;
        let (days, note) = match row.last {
            LastSeen::Never => (None, Some("never")),
            LastSeen::NotReported => (None, Some("not_reported")),
            LastSeen::DaysAgo(days) => (Some(days), None),
            LastSeen::Hidden { .. } => (None, Some("suppressed")),
        };
        Some(json!({
            "rank": rank + 1,
            "key": row.village.to_string(),
            "name": village.name,
            "commune": row.commune.to_string(),
            "commune_name": names.commune(row.commune),
            "lon": village.point.map(LonLat::lon),
            "lat": village.point.map(LonLat::lat),
            "status": reach.status.code(),
            "households": figure(row.households),
            "households_note": row.households.note(),
            "at_most": row.at_most,
            "days_since_visit": days,
            "days_since_visit_note": note,
            "distance_km": row.distance_m.map(|metres| round(metres / 1_000.0, 1)),
            "signal": signal(row.verdict),
            "visit": row.visit.code(),
            "score": round(row.score, 3),
        }))
    };
    let items = rows.iter().enumerate().skip(offset).take(limit).filter_map(item).collect();
    (rows.len(), items)
}

/// Forecasts of the communes of a view, or of one.
#[must_use]
pub fn forecasts(snapshot: &Snapshot, view: &View, commune: Option<UnitCode>) -> Vec<Json> {
    let names = Names::new(snapshot, view);
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    let item = |told: &Forecast| {
        json!({
            "commune": told.commune.to_string(),
            "commune_name": names.commune(told.commune),
            "outlook": told.outlook.code(),
            "remaining": told.remaining,
            "villages_unknown": told.villages_unknown,
            "households_a_week": told.a_week.map(|pace| round(pace, 1)),
            "weeks": told.weeks,
            "on": day(told.on),
            "earliest": day(told.earliest),
            "latest": day(told.latest),
        })
    };
    let told = forecast::forecast(&snapshot.facts, &view.answer);
    told.iter().filter(|told| commune.is_none_or(|commune| told.commune == commune)).map(item).collect()
}
