//! Answers become rows, once.
//!
//! Tiles, lists, exports and popups all take their figures from here, so the
//! same village cannot say two things. Field names, types and meanings are
//! declared in `tiles/layers.json`; a test holds this file to them.

use std::collections::HashMap;

use geo_types::MultiPolygon;
use h3o::{CellIndex, Resolution};
use jiff::civil::Date;

use crate::engine::boundaries::{area, place};
use crate::engine::{Answer, Facts};
use crate::model::admin::{AdminUnit, UnitCode};
use crate::model::feature::{Feature, Shape, Value};
use crate::model::figure::Figure;
use crate::model::operator::{Operator, Technology};
use crate::model::reach::{CommuneReach, VillageReach};
use crate::model::verdict::{CellVerdict, DeadArea, Evidence, cell_id, cell_outline};
use crate::model::village::{Village, VillageCode};

/// The layers that can be listed, exported and drawn, in reading order.
pub const LAYERS: [&str; 7] =
    ["communes", "commune_labels", "signal", "dead_areas", "villages", "unreached", "priority"];

/// What rows need besides the answer.
pub struct Context<'a> {
    facts: &'a Facts,
    answer: &'a Answer,
    units: HashMap<UnitCode, &'a AdminUnit>,
    villages: HashMap<VillageCode, &'a Village>,
    /// The anchor of the dead area that holds a village.
    dead_area_of: HashMap<VillageCode, CellIndex>,
    /// Some row of the store was made for the demo.
    synthetic: bool,
}

impl<'a> Context<'a> {
    #[must_use]
    pub fn new(facts: &'a Facts, answer: &'a Answer, synthetic: bool) -> Self {
        let units = answer.unit_indices.iter().map(|i| &facts.units[*i]).map(|unit| (unit.code, unit)).collect();
        let villages = facts.villages.iter().map(|village| (village.code, village)).collect();
        let inside = answer.dead_areas.iter().flat_map(|area| area.villages.iter().map(|code| (*code, area.anchor)));
        Self { facts, answer, units, villages, dead_area_of: inside.collect(), synthetic }
    }

    /// Every row of a layer at full detail, in the order of its list.
    /// An unknown layer has no rows.
    #[must_use]
    pub fn features(&self, layer: &str) -> Vec<Feature> {
        match layer {
            "communes" => self.communes(|unit| unit.geometry.clone()),
            "commune_labels" => self.commune_labels(),
            "signal" => self.signal(Resolution::Nine),
            "dead_areas" => self.dead_areas(),
            "villages" => self.answer.villages.iter().filter_map(|reach| self.village(reach, Vec::new())).collect(),
            "unreached" => self.unreached(),
            "priority" => self.priority(),
            _ => Vec::new(),
        }
    }

    /// Communes with the geometry that `shape` chooses: exact for files, generalised for a zoom.
    pub fn communes(&self, shape: impl Fn(&AdminUnit) -> Option<MultiPolygon<f64>>) -> Vec<Feature> {
        let reach: HashMap<_, _> = self.answer.communes.iter().map(|reach| (reach.commune, reach)).collect();
        self.answer
            .unit_indices
            .iter()
            .map(|i| &self.facts.units[*i])
            .filter_map(|unit| Some(self.commune(unit, reach.get(&unit.code).copied(), shape(unit)?)))
            .collect()
    }

    fn commune(&self, unit: &AdminUnit, reach: Option<&CommuneReach>, geometry: MultiPolygon<f64>) -> Feature {
        let mut row = Attributes::default();
        row.text("code", unit.code.to_string());
        row.text("name", unit.full_name());
        row.text("kind", unit.kind.code());
        row.text("valid_from", unit.valid_from.to_string());
        row.flag("approximate", unit.approximate);
        if let Some(area_m2) = unit.geometry.as_ref().and_then(|exact| area::area_m2(exact).ok()) {
            row.number("area_km2", round(area_m2 / 1e6, 3));
        }
        if let Some(reach) = reach {
            row.integer("villages", i64::from(reach.villages));
            row.integer("villages_reached", i64::from(reach.villages_reached));
            row.integer("villages_unreached", i64::from(reach.villages_unreached));
            row.integer("villages_no_denominator", i64::from(reach.villages_no_denominator));
            row.count(
                "households",
                "households_note",
                reach.households.map(i64::try_from).map(Result::unwrap_or_default),
            );
            row.count("guided", "guided_note", reach.guided.map(i64::try_from).map(Result::unwrap_or_default));
            row.percent(reach.percent);
            row.integer("cells_measured", i64::from(reach.cells_measured));
            row.integer("cells_dead", i64::from(reach.cells_dead));
            row.flag("no_report", reach.no_report);
        }
        row.flag("synthetic", self.synthetic);
        Feature {
            id: u64::from(unit.code.number()),
            key: unit.code.to_string(),
            shape: Shape::Area(geometry),
            attributes: row.0,
        }
    }

    fn commune_labels(&self) -> Vec<Feature> {
        self.units_in_order()
            .filter_map(|unit| {
                let at = place::label_point(unit.geometry.as_ref()?)?;
                let mut row = Attributes::default();
                row.text("code", unit.code.to_string());
                row.text("name", unit.full_name());
                Some(Feature {
                    id: u64::from(unit.code.number()),
                    key: unit.code.to_string(),
                    shape: Shape::Point(at),
                    attributes: row.0,
                })
            })
            .collect()
    }

    fn units_in_order(&self) -> impl Iterator<Item = &'a AdminUnit> {
        let facts = self.facts;
        self.answer.unit_indices.iter().map(move |i| &facts.units[*i])
    }

    /// Cells of one resolution as hexagons.
    #[must_use]
    pub fn signal(&self, resolution: Resolution) -> Vec<Feature> {
        self.answer.cells_at(resolution).iter().map(|cell| self.cell(cell)).collect()
    }

    fn cell(&self, cell: &CellVerdict) -> Feature {
        let evidence = &cell.evidence;
        let mut row = Attributes::default();
        row.text("cell", cell.cell.to_string());
        row.integer("resolution", i64::from(u8::from(cell.cell.resolution())));
        row.network(cell.operator, cell.technology);
        row.text("verdict", cell.verdict.code());
        row.flag("confirmed", cell.confirmed);
        if let Some(median) = cell.median {
            row.number("median_dbm", median.tenths());
        }
        row.evidence(evidence);
        row.integer("samples", i64::from(evidence.samples));
        row.share(["weak_low", "weak_high"], evidence);
        row.integer("operators_measured", i64::from(cell.operators_measured));
        row.flag("synthetic", self.synthetic);
        let area = MultiPolygon::from(cell_outline(cell.cell));
        Feature { id: cell_id(cell.cell), key: cell.cell.to_string(), shape: Shape::Area(area), attributes: row.0 }
    }

    fn dead_areas(&self) -> Vec<Feature> {
        self.answer.dead_areas.iter().zip(1_i64..).map(|(area, rank)| self.dead_area(area, rank)).collect()
    }

    fn dead_area(&self, area: &DeadArea, rank: i64) -> Feature {
        let mut row = Attributes::default();
        row.text("area", area.anchor.to_string());
        row.integer("rank", rank);
        row.text("verdict", area.verdict.code());
        row.flag("confirmed", area.confirmed);
        row.network(area.operator, area.technology);
        row.integer("cells", i64::try_from(area.cells.len()).unwrap_or(i64::MAX));
        row.number("area_m2", round(area.area_m2, 0));
        let mut communes: Vec<String> = area
            .cells
            .iter()
            .filter_map(|cell| self.facts.commune_of_cell(*cell, self.answer.as_of))
            .filter_map(|code| self.units.get(&code))
            .map(|unit| unit.full_name())
            .collect();
        communes.sort();
        communes.dedup();
        row.text("communes", communes.join(", "));
        row.integer("villages", i64::try_from(area.villages.len()).unwrap_or(i64::MAX));
        let names: Vec<_> = area
            .villages
            .iter()
            .filter_map(|code| self.villages.get(code))
            .map(|village| village.name.as_str())
            .collect();
        row.text("village_names", names.join(", "));
        row.count("households", "households_note", area.households.map(|sum| i64::try_from(sum).unwrap_or(i64::MAX)));
        row.integer("villages_without_households", i64::from(area.villages_without_households));
        row.evidence(&area.evidence);
        row.share(["weak_low", "weak_high"], &area.evidence);
        if let Some(worst) = area.worst {
            row.number("worst_dbm", worst.tenths());
        }
        row.flag("synthetic", self.synthetic);
        Feature {
            id: cell_id(area.anchor),
            key: area.anchor.to_string(),
            shape: Shape::Area(area.geometry.clone()),
            attributes: row.0,
        }
    }

    fn unreached(&self) -> Vec<Feature> {
        let reach = self.reach_by_village();
        self.answer
            .unreached
            .iter()
            .zip(1_i64..)
            .filter_map(|(code, rank)| self.village(reach.get(code)?, vec![("rank", Value::Integer(rank))]))
            .collect()
    }

    fn priority(&self) -> Vec<Feature> {
        let reach = self.reach_by_village();
        self.answer
            .priority
            .iter()
            .filter_map(|row| {
                let mut extra = Attributes::default();
                extra.integer("rank", i64::from(row.rank));
                extra.text("need", row.need.code());
                extra.count("households_at_most", "households_at_most_note", row.households_at_most.map(i64::from));
                self.village(reach.get(&row.village)?, extra.0)
            })
            .collect()
    }

    fn reach_by_village(&self) -> HashMap<VillageCode, &'a VillageReach> {
        self.answer.villages.iter().map(|reach| (reach.village, reach)).collect()
    }

    fn village(&self, reach: &VillageReach, extra: Vec<(&'static str, Value)>) -> Option<Feature> {
        let village = self.villages.get(&reach.village)?;
        let mut row = Attributes(extra);
        row.text("code", village.code.to_string());
        row.text("name", village.name.clone());
        row.text("commune", reach.commune.to_string());
        if let Some(unit) = self.units.get(&reach.commune) {
            row.text("commune_name", unit.full_name());
        }
        row.text("status", reach.status.code());
        row.flag("stale", reach.stale);
        row.flag("over_declared", reach.over_declared);
        row.count("households", "households_note", reach.households.map(i64::from));
        row.count("visited", "visited_note", reach.visited.map(i64::from));
        row.count("guided", "guided_note", reach.guided.map(i64::from));
        row.count("remaining", "remaining_note", reach.remaining.map(i64::from));
        row.percent(reach.percent);
        row.day("last_visit", reach.last_visit);
        match &reach.signal {
            None => row.text("signal", "not_measured"),
            Some(signal) => {
                row.text("signal", signal.verdict.code());
                row.flag("signal_confirmed", signal.confirmed);
                if let Some(median) = signal.median {
                    row.number("signal_median_dbm", median.tenths());
                }
                row.integer("signal_runs", i64::from(signal.evidence.runs));
                row.integer("signal_days", i64::from(signal.evidence.days));
                row.integer("signal_devices", i64::from(signal.evidence.devices));
                row.share(["signal_weak_low", "signal_weak_high"], &signal.evidence);
                row.day("signal_first_seen", Some(signal.evidence.first_seen));
                row.day("signal_last_seen", Some(signal.evidence.last_seen));
            }
        }
        if let Some(anchor) = self.dead_area_of.get(&village.code) {
            row.text("dead_area", anchor.to_string());
        }
        row.text("confidence", village.confidence.code());
        row.flag("synthetic", self.synthetic);
        Some(Feature {
            id: village.code.number(),
            key: village.code.to_string(),
            shape: village.point.map_or(Shape::Unlocated, Shape::Point),
            attributes: row.0,
        })
    }
}

/// Rounds for print: 4.1999999 is 4.2 in every file alike.
fn round(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale
}

#[derive(Default)]
struct Attributes(Vec<(&'static str, Value)>);

impl Attributes {
    fn text(&mut self, name: &'static str, value: impl Into<String>) {
        self.0.push((name, Value::Text(value.into())));
    }

    fn integer(&mut self, name: &'static str, value: i64) {
        self.0.push((name, Value::Integer(value)));
    }

    fn number(&mut self, name: &'static str, value: f64) {
        self.0.push((name, Value::Number(value)));
    }

    fn flag(&mut self, name: &'static str, value: bool) {
        self.0.push((name, Value::Flag(value)));
    }

    fn day(&mut self, name: &'static str, value: Option<Date>) {
        if let Some(day) = value {
            self.text(name, day.to_string());
        }
    }

    /// A count, or the word that says why there is none.
    fn count(&mut self, name: &'static str, note: &'static str, figure: Figure<i64>) {
        match figure.note() {
            Some(word) => self.text(note, word),
            None => {
                if let Some(value) = figure.known() {
                    self.integer(name, value);
                }
            }
        }
    }

    fn percent(&mut self, figure: Figure<f64>) {
        match figure.note() {
            Some(word) => self.text("percent_note", word),
            None => {
                if let Some(value) = figure.known() {
                    self.number("percent", value);
                }
            }
        }
    }

    fn network(&mut self, operator: Option<Operator>, technology: Option<Technology>) {
        self.text("operator", operator.map_or_else(|| "all".to_owned(), |o| o.to_string()));
        self.text("technology", technology.map_or("all", Technology::generation));
    }

    /// Both ends of the interval of the weak share, in thousandths.
    fn share(&mut self, [low, high]: [&'static str; 2], evidence: &Evidence) {
        self.number(low, round(evidence.weak_low, 3));
        self.number(high, round(evidence.weak_high, 3));
    }

    fn evidence(&mut self, evidence: &Evidence) {
        self.integer("runs", i64::from(evidence.runs));
        self.integer("days", i64::from(evidence.days));
        self.integer("devices", i64::from(evidence.devices));
        self.integer("weak_runs", i64::from(evidence.weak_runs));
        self.integer("silent_runs", i64::from(evidence.silent_runs));
        self.day("first_seen", Some(evidence.first_seen));
        self.day("last_seen", Some(evidence.last_seen));
    }
}
