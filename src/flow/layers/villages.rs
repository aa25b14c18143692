//! Rows about villages: all of them, those not reached, and where to go first.

use std::collections::HashMap;

use super::Context;
use super::attributes::Attributes;
use crate::model::feature::{Feature, Shape, Value};
use crate::model::reach::VillageReach;
use crate::model::village::VillageCode;

impl Context<'_> {
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

    fn reach_by_village(&self) -> HashMap<VillageCode, &VillageReach> {
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
