//! Rows about villages: all of them, those not reached, and where to go first.

use std::collections::HashMap;

use h3o::{LatLng, Resolution};

use super::Context;
use super::attributes::Attributes;
use crate::engine::signal::measure_next::{Candidate, measure_next};
use crate::model::feature::{Feature, Shape, Value};
use crate::model::figure::round;
use crate::model::reach::VillageReach;
use crate::model::verdict::{MeasureNext, PlaceVerdict};
use crate::model::village::VillageCode;

impl Context<'_> {
    /// Villages that somebody drew, as areas, with the figures of their points.
    pub(super) fn village_extents(&self) -> Vec<Feature> {
        let drawn = |reach: &VillageReach| {
            let extent = self.villages.get(&reach.village)?.extent.as_deref()?;
            Some(Feature { shape: Shape::Area(extent.area.clone()), ..self.village(reach, Vec::new())? })
        };
        self.answer.villages.iter().filter_map(drawn).collect()
    }

    pub(super) fn unreached(&self) -> Vec<Feature> {
        let reach = self.reach_by_village();
        self.answer
            .unreached
            .iter()
            .zip(1_i64..)
            .filter_map(|(code, rank)| self.village(reach.get(code)?, vec![("rank", Value::Integer(rank))]))
            .collect()
    }

    pub(super) fn priority(&self) -> Vec<Feature> {
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

    pub(super) fn measure_next(&self) -> Vec<Feature> {
        let reach = self.reach_by_village();
        let row = |(line, rank): (MeasureNext, i64)| {
            let mut extra = Attributes::default();
            extra.integer("rank", rank);
            extra.integer("runs_needed", i64::from(line.runs_needed));
            extra.integer("days_needed", i64::from(line.days_needed));
            extra.number("weak_chance", round(line.weak, 3));
            extra.text("weak_chance_from", if line.expected { "surface" } else { "province" });
            if let Some(gain) = line.gain {
                extra.number("gain", round(gain, 1));
            }
            self.village(reach.get(&line.village)?, extra.0)
        };
        self.to_measure().into_iter().zip(1..).filter_map(row).collect()
    }

    /// Villages without an established verdict; the chance of weakness where nobody measured near by is
    /// that of all measured cells.
    fn to_measure(&self) -> Vec<MeasureNext> {
        let [.., fine] = self.surface();
        let candidate = |reach: &VillageReach| {
            let village = self.villages.get(&reach.village)?;
            let point = village.point?;
            let at = LatLng::new(point.lat(), point.lon()).ok()?.to_cell(Resolution::Ten);
            let expected = fine.binary_search_by_key(&at, |cell| cell.cell).ok();
            Some(Candidate {
                village: village.code,
                households: reach.households.known(),
                signal: reach.signal,
                expected_weak: expected.map(|at| f64::from(fine[at].weak)),
            })
        };
        let candidates: Vec<Candidate> = self.answer.villages.iter().filter_map(candidate).collect();
        let cells = self.answer.cells_at(Resolution::Nine);
        let dead = cells.iter().filter(|cell| cell.verdict.is_dead()).count();
        let prior = (dead as f64 + 0.5) / (cells.len() as f64 + 1.0);
        measure_next(&candidates, prior, &self.facts.rules.signal)
    }

    pub(super) fn reach_by_village(&self) -> HashMap<VillageCode, &VillageReach> {
        self.answer.villages.iter().map(|reach| (reach.village, reach)).collect()
    }

    pub(super) fn village(&self, reach: &VillageReach, extra: Vec<(&'static str, Value)>) -> Option<Feature> {
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
        row.text("signal_place", PlaceVerdict::of(reach.signal.as_ref()).code());
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
                row.integer("signal_superseded_runs", i64::from(signal.evidence.superseded_runs));
                row.share(["signal_weak_low", "signal_weak_high"], &signal.evidence);
                row.day("signal_first_seen", Some(signal.evidence.first_seen));
                row.day("signal_last_seen", Some(signal.evidence.last_seen));
            }
        }
        if let Some(anchor) = self.dead_area_of.get(&village.code) {
            row.text("dead_area", anchor.to_string());
        }
        row.text("confidence", village.confidence.code());
        if let Some(extent) = &village.extent {
            row.text("extent_by", extent.by.code());
        }
        row.flag("synthetic", self.synthetic);
        Some(Feature {
            id: village.code.number(),
            key: village.code.to_string(),
            shape: village.point.map_or(Shape::Unlocated, Shape::Point),
            attributes: row.0,
        })
    }
}
