//! Rows of villages that are left out twice: by the teams and by the networks,
//! or by a network while a team was there.
//!
//! Their sums over a commune are its indicators 16 and 17: the rows of the one
//! are the villages that the ranking calls `both`, those of the other come
//! from where the indicator takes them.

use std::cmp::Reverse;

use super::Context;
use super::attributes::Attributes;
use crate::engine::lost::{VillageLost, lost};
use crate::model::feature::Feature;
use crate::model::figure::Figure;
use crate::model::reach::Need;

impl Context<'_> {
    /// Unreached and without usable signal, in the order of "go here first".
    pub(super) fn double_exclusion(&self) -> Vec<Feature> {
        let reach = self.reach_by_village();
        let both = self.answer.priority.iter().filter(|row| row.need == Need::Both);
        both.zip(1_i64..)
            .filter_map(|(row, rank)| {
                let mut extra = Attributes::default();
                extra.integer("rank", rank);
                extra.count("households_at_most", "households_at_most_note", row.households_at_most.map(i64::from));
                self.village(reach.get(&row.village)?, extra.0)
            })
            .collect()
    }

    /// Visits of the days asked for that taught in vain: the most first, those that are not told last.
    pub(super) fn guidance_lost(&self) -> Vec<Feature> {
        let (question, today) = (&self.answer.question, self.facts.today);
        let communes = lost(self.facts, self.answer, |day| question.covers(day) && day <= today);
        let each = communes.values().flat_map(|of| of.villages.iter().map(|village| (village, of.elsewhere)));
        let mut rows: Vec<(&VillageLost, Figure<u32>)> = each.collect();
        rows.sort_by_key(|(row, _)| (Reverse(row.lost.known()), row.village));
        let reach = self.reach_by_village();
        rows.into_iter()
            .zip(1_i64..)
            .filter_map(|((row, elsewhere), rank)| {
                let mut extra = Attributes::default();
                extra.integer("rank", rank);
                extra.count("lost", "lost_note", row.lost.map(i64::from));
                extra.count("taught", "taught_note", row.taught.map(i64::from));
                extra.tenths("lost_percent", "lost_percent_note", row.percent);
                extra.count("lost_elsewhere", "lost_elsewhere_note", elsewhere.map(i64::from));
                self.village(reach.get(&row.village)?, extra.0)
            })
            .collect()
    }
}
