//! Answers become rows, once.
//!
//! Tiles, lists, exports and popups all take their figures from here, so the
//! same village cannot say two things. Field names, types and meanings are
//! declared in `tiles/layers.json`; a test holds this file to them.

mod attributes;
mod claims;
mod exclusion;
mod hints;
mod masked;
mod places;
mod signal;
mod speeds;
mod villages;
mod work;

pub(super) use signal::cell_row;
pub(super) use speeds::{mbps, published};

use std::collections::HashMap;

use geo_types::MultiPolygon;
use h3o::{CellIndex, Resolution};

use attributes::Attributes;

use crate::engine::boundaries::{area, place};
use crate::engine::masking::Masked;
use crate::engine::signal::surface::Levels;
use crate::engine::{Answer, Facts, HintPlan};
use crate::model::admin::{AdminUnit, UnitCode};
use crate::model::feature::{Feature, Shape};
use crate::model::figure::round;
use crate::model::place::{Place, PlaceId};
use crate::model::reach::CommuneReach;
use crate::model::village::{Village, VillageCode};
use crate::model::work::WorkItem;

/// The layers that can be listed, exported and drawn, in reading order.
pub const LAYERS: [&str; 19] = [
    "communes",
    "commune_labels",
    "signal",
    "surface",
    "changes",
    "claims",
    "dead_areas",
    "work",
    "villages",
    "village_extents",
    "unreached",
    "priority",
    "double_exclusion",
    "guidance_lost",
    "measure_next",
    "places",
    "hints",
    "speeds",
    "visits_masked",
];

/// What rows need besides the answer.
pub struct Context<'a> {
    facts: &'a Facts,
    answer: &'a Answer,
    units: HashMap<UnitCode, &'a AdminUnit>,
    villages: HashMap<VillageCode, &'a Village>,
    places: HashMap<PlaceId, &'a Place>,
    /// The anchor of the dead area that holds a village.
    dead_area_of: HashMap<VillageCode, CellIndex>,
    later: Later<'a>,
    /// What somebody has taken up.
    items: &'a [WorkItem],
    /// Some row of the store was made for the demo.
    synthetic: bool,
}

/// What takes a while, worked out when first asked for.
#[derive(Clone, Copy)]
pub struct Later<'a> {
    /// What is expected between the measurements.
    pub surface: &'a dyn Fn() -> &'a Levels,
    /// Where a few more sites would help.
    pub hints: &'a dyn Fn() -> &'a HintPlan,
    /// Visited homes, moved.
    pub masked: &'a dyn Fn() -> Vec<Masked>,
}

impl<'a> Context<'a> {
    #[must_use]
    pub fn new(facts: &'a Facts, answer: &'a Answer, items: &'a [WorkItem], later: Later<'a>, synthetic: bool) -> Self {
        let units = answer.unit_indices.iter().map(|i| &facts.units[*i]).map(|unit| (unit.code, unit)).collect();
        let villages = facts.villages.iter().map(|village| (village.code, village)).collect();
        let places = facts.places.iter().map(|place| (place.id, place)).collect();
        let inside = answer.dead_areas.iter().flat_map(|area| area.villages.iter().map(|code| (*code, area.anchor)));
        Self { facts, answer, units, villages, places, dead_area_of: inside.collect(), later, items, synthetic }
    }

    fn surface(&self) -> &'a Levels {
        (self.later.surface)()
    }

    /// Every row of a layer at full detail, in the order of its list.
    /// An unknown layer has no rows.
    #[must_use]
    pub fn features(&self, layer: &str) -> Vec<Feature> {
        match layer {
            "communes" => self.communes(|unit| unit.geometry.clone()),
            "commune_labels" => self.commune_labels(),
            "signal" => self.signal(Resolution::Nine),
            "surface" => self.expected(Resolution::Ten),
            "changes" => self.changes(),
            "claims" => self.claims(),
            "dead_areas" => self.dead_areas(),
            "work" => self.work(),
            "villages" => self.answer.villages.iter().filter_map(|reach| self.village(reach, Vec::new())).collect(),
            "village_extents" => self.village_extents(),
            "unreached" => self.unreached(),
            "priority" => self.priority(),
            "double_exclusion" => self.double_exclusion(),
            "guidance_lost" => self.guidance_lost(),
            "measure_next" => self.measure_next(),
            "places" => self.places(),
            "hints" => self.hints(),
            "speeds" => self.speeds(),
            "visits_masked" => self.visits_masked(),
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
            if let Some(claims) = reach.claims {
                row.integer("cells_claimed", i64::from(claims.claimed));
                row.integer("cells_contradicted", i64::from(claims.contradicted));
                row.integer("cells_claimed_unmeasured", i64::from(claims.unmeasured));
            }
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
}
