//! The surfaces of networks, fitted when first asked for and kept.
//!
//! A fit costs a second or two, so a network's surface of a period is worked
//! out once and shared by every question about it.

use std::sync::Arc;

use jiff::civil::Date;
use moka::sync::Cache;
use rayon::prelude::*;

use crate::engine::Facts;
use crate::engine::signal::surface::{Levels, best, expected};
use crate::model::operator::{Operator, Technology};
use crate::model::question::Question;

/// Surfaces kept at once; one holds up to some ten megabytes for a province.
const KEPT: u64 = 24;

type Key = (Operator, Technology, Option<Date>, Option<Date>);

/// A clone shares what is kept.
#[derive(Clone)]
pub(super) struct Surfaces(Cache<Key, Arc<Levels>>);

impl Surfaces {
    pub(super) fn new() -> Self {
        Self(Cache::new(KEPT))
    }

    /// These for other facts, where those say the same of the signal; none else.
    pub(super) fn for_facts(&self, of: &Facts, facts: &Facts) -> Self {
        if Self::are_alike(of, facts) { self.clone() } else { Self::new() }
    }

    /// Surfaces rest on runs, masts, rules and the day.
    pub(super) fn are_alike(one: &Facts, other: &Facts) -> bool {
        Arc::ptr_eq(&one.runs, &other.runs)
            && one.sites.all() == other.sites.all()
            && one.today == other.today
            && one.rules.signal == other.rules.signal
    }

    /// What is expected under a question: of several networks, the best at each cell.
    pub(super) fn of(&self, facts: &Facts, question: &Question) -> Levels {
        let networks: Vec<(Operator, Technology)> = facts
            .runs
            .networks()
            .map(|(operator, technology, _)| (operator, technology))
            .filter(|(operator, technology)| {
                question.operator.is_none_or(|asked| asked == *operator)
                    && question.technology.is_none_or(|asked| asked == *technology)
            })
            .collect();
        let each: Vec<Arc<Levels>> =
            networks.par_iter().map(|network| self.network(facts, question, *network)).collect();
        [0, 1, 2].map(|level| best(&each.iter().map(|levels| levels[level].as_slice()).collect::<Vec<_>>()))
    }

    fn network(
        &self,
        facts: &Facts,
        question: &Question,
        (operator, technology): (Operator, Technology),
    ) -> Arc<Levels> {
        self.0.get_with((operator, technology, question.from, question.to), || {
            let passes = facts.passes_of((operator, technology), |day| question.covers(day) && day <= facts.today);
            let masts = facts.sites.places(operator, technology);
            Arc::new(expected(&passes, &masts, &facts.rules.signal))
        })
    }
}
