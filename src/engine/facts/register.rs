//! The register on a day: which villages there were, what they had declared, and whose visits counted for them.
//!
//! A quarter that is over is told by the register of its last day, or what
//! somebody corrects today would change what was reported then.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::civil::Date;

use super::{Facts, village_at};
use crate::engine::counted::HomeVisit;
use crate::model::register::{Succession, SuccessionKind};
use crate::model::village::{Village, VillageCode};

impl Facts {
    /// The day of the register by which a day is told: no earlier than the register itself.
    #[must_use]
    pub fn register_day(&self, day: Date) -> Date {
        self.villages.iter().map(|village| village.valid_from).min().map_or(day, |first| day.max(first))
    }

    /// Indices into `villages` of those in force on a day.
    #[must_use]
    pub fn villages_on(&self, day: Date) -> Vec<usize> {
        (0..self.villages.len()).filter(|at| self.villages[*at].in_force(day)).collect()
    }

    /// Counted visits of a village by household and day, with those of the villages that it goes on for on a day: each
    /// visit counts for one village.
    pub(in crate::engine) fn homes_on(&self, village: usize, day: Date) -> Cow<'_, [HomeVisit]> {
        let since = self.absorbed.get(&village).map_or(&[][..], Vec::as_slice);
        let parts: Vec<usize> = since.iter().filter(|(_, from)| *from <= day).map(|(part, _)| *part).collect();
        if parts.is_empty() {
            return Cow::Borrowed(self.homes(village));
        }
        let mut homes: Vec<HomeVisit> = self.homes(village).to_vec();
        parts.iter().for_each(|part| homes.extend_from_slice(self.homes(*part)));
        homes.sort_unstable_by_key(|home| (home.household, home.day, home.guided));
        Cow::Owned(homes)
    }

    /// What a village had declared on a day: households, population. Before a merger it stood for itself alone; before
    /// its first count, that one is the best known.
    #[must_use]
    pub fn declared_on(&self, village: usize, day: Date) -> (Option<u32>, Option<u32>) {
        let of = &self.villages[village];
        let merger =
            self.successions.iter().find(|one| one.to == of.code && one.kind == SuccessionKind::Merge && one.on > day);
        let after = self.earlier_counts.partition_point(|one| (one.village, one.until) <= (of.code, day));
        let count = self.earlier_counts.get(after).filter(|one| one.village == of.code);
        let population = merger.map_or(of.population, |one| one.population_before);
        let households = match (count, merger) {
            (Some(count), merger) if merger.is_none_or(|one| count.until <= one.on) => Some(count.households),
            (_, Some(merger)) => merger.households_before,
            (_, None) => of.households,
        };
        (households, population)
    }
}

/// Through mergers of mergers: a part counts from the day of the last of them on.
pub(super) fn absorbed(successions: &[Succession], villages: &[Village]) -> HashMap<usize, Vec<(usize, Date)>> {
    let at = |code: VillageCode| village_at(villages, code);
    let mut absorbed: HashMap<usize, Vec<(usize, Date)>> = HashMap::new();
    // By day, so that what a village stood for is known before it ends itself.
    for one in successions.iter().filter(|one| one.kind == SuccessionKind::Merge) {
        let (Some(from), Some(to)) = (at(one.from), at(one.to)) else { continue };
        let mut parts: Vec<usize> = absorbed.get(&from).into_iter().flatten().map(|(part, _)| *part).collect();
        parts.push(from);
        absorbed.entry(to).or_default().extend(parts.into_iter().map(|part| (part, one.on)));
    }
    absorbed
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::engine::facts::FactParts;
    use crate::engine::scene::{self, visit};
    use crate::engine::{Answer, answer};
    use crate::model::figure::Figure;
    use crate::model::question::Question;
    use crate::model::register::EarlierCount;

    const MADE: Date = date(2026, 5, 10);

    fn village(of: &str, households: u32) -> Village {
        scene::village(of, "14001", Some(households), None)
    }

    /// The first village was counted anew in May, the second was split then, and somebody was in both in March.
    fn facts() -> Facts {
        let part = |of: &str| Village { valid_from: MADE, ..village(of, 30) };
        let count = |households, until| EarlierCount { village: "14001-001".parse().unwrap(), households, until };
        Facts::new(FactParts {
            units: vec![scene::commune("14001", 105.0, date(2020, 1, 1), None)],
            villages: vec![
                village("14001-001", 400),
                Village { valid_to: Some(MADE), ..village("14001-002", 60) },
                part("14001-003"),
                part("14001-004"),
            ],
            earlier_counts: vec![count(90, MADE), count(80, date(2026, 2, 1))],
            visits: (0..20)
                .map(|home| visit(["14001-001", "14001-002"][home as usize % 2], home))
                .collect::<Vec<_>>()
                .into(),
            today: date(2026, 6, 1),
            ..FactParts::default()
        })
    }

    fn told(answer: &Answer) -> (Vec<(u32, Figure<u32>)>, Figure<u64>) {
        let villages = answer.villages.iter().map(|one| (one.village.seq(), one.households)).collect();
        (villages, answer.communes[0].guided)
    }

    #[test]
    fn a_quarter_that_is_over_is_told_by_the_register_of_its_last_day() {
        let facts = facts();
        let until = |day: Date| told(&answer(&facts, &Question { to: Some(day), ..Question::default() }));
        let quarter = until(date(2026, 3, 31));
        assert_eq!(quarter, (vec![(1, Figure::Known(90)), (2, Figure::Known(60))], Figure::Known(20)));
        assert_eq!(
            until(date(2026, 1, 31)).0,
            [(1, Figure::Known(80)), (2, Figure::Known(60))],
            "before its first count, by that one"
        );
        let today = (vec![(1, Figure::Known(400)), (3, Figure::Known(30)), (4, Figure::Known(30))], Figure::Known(10));
        assert_eq!(until(MADE), today);
        assert_eq!(told(&answer(&facts, &Question::default())), today);
        // Whoever asks for the units and the register of another day gets them.
        let on = Question { to: Some(date(2026, 3, 31)), as_of: Some(MADE), ..Question::default() };
        assert_eq!(told(&answer(&facts, &on)), today);
        // Long before the register begins it is the first one.
        assert_eq!(until(date(2010, 1, 1)).0.len(), 2);
    }
}
