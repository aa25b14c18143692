//! Rows of the work list: a dead area as its own list has it, and what was done about it.

use super::Context;
use super::attributes::Attributes;
use crate::engine::WorkEntry;
use crate::engine::work::entries;
use crate::model::feature::{Feature, Value};

/// What a merged item keeps of the columns of a dead area.
const OF_AN_ITEM: [&str; 8] =
    ["area", "rank", "operator", "technology", "communes", "centre_lon", "centre_lat", "synthetic"];

impl Context<'_> {
    pub(super) fn work(&self) -> Vec<Feature> {
        let entries = entries(self.facts, self.answer, self.items);
        entries.iter().zip(1_i64..).map(|(entry, rank)| self.entry(entry, rank)).collect()
    }

    fn entry(&self, entry: &WorkEntry<'_>, rank: i64) -> Feature {
        let mut feature = self.dead_area(&entry.area, rank);
        if entry.is_on_own_ground() {
            // It is dead no more, or nobody knows, so the verdict of a dead area would be untrue.
            feature.attributes.retain(|(name, _)| !["verdict", "confirmed"].contains(name));
        }
        if entry.merged_into.is_some() {
            // Its ground is told by the item that it is merged into: nothing is counted twice.
            feature.attributes.retain(|(name, _)| OF_AN_ITEM.contains(name));
        }
        let mut row = Attributes(std::mem::take(&mut feature.attributes));
        row.text("state", entry.state.code());
        row.flag("gone", entry.is_gone());
        row.flag("unmeasured", !entry.is_measured);
        if let Some(into) = entry.merged_into {
            row.integer("merged_into", into);
        }
        if let Some(item) = entry.item {
            row.integer("item", item.id);
            row.day("opened", item.opened());
            row.day("fixed_on", item.claimed_on());
            for (name, text) in [("assignee", item.assignee()), ("last_comment", item.last_comment())] {
                if let Some(text) = text {
                    row.text(name, text);
                }
            }
        }
        if let Some(since) = entry.since {
            row.integer("runs_after", i64::from(since.runs));
            row.integer("days_after", i64::from(since.days));
            row.integer("good_runs_after", i64::from(since.good_runs));
            row.integer("cells_after", i64::from(since.cells));
        }
        row.0.push(("lon", Value::Number(entry.area.label.lon())));
        row.0.push(("lat", Value::Number(entry.area.label.lat())));
        // The id of an item without area has the resolution 0 in its last bits, which no area's has.
        let id = match entry.item {
            Some(item) if entry.is_on_own_ground() => item.id.unsigned_abs() << 4,
            _ => feature.id,
        };
        Feature { id, key: entry.key(), attributes: row.0, ..feature }
    }
}
