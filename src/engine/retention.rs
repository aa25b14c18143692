//! Visits whose term has ended, with what is kept of them: village, month, how they ended, what was seen.
//!
//! A visit that no village holds keeps the middle of a cell of some 0.7 km², by which its commune is found on any map.
//! No figure of a month changes by it, but that of spot checks where rows did
//! not come in the order of days. Flags stand as they were, since they rest on
//! hours and places that are gone; homes stay told apart, and one that a
//! younger visit knows keeps its key until that visit is as old.

mod phones;

use std::collections::HashSet;

use h3o::Resolution;
use jiff::ToSpan;
use jiff::civil::Date;

use super::boundaries::Lookup;
use super::facts::Facts;
use super::quality;
use super::signal::locate::{cell_at, middle};
use crate::model::flag::{Flag, Flags};
use crate::model::measure::{LonLat, local_day, local_midnight};
use crate::model::retention::Coarse;
use crate::model::visit::Visit;

pub use phones::DayPhones;

/// The day before which visits are too old: whole months, so that no month is half coarse.
#[must_use]
pub fn first_kept(today: Date, months: u32) -> Date {
    today.first_of_month().checked_sub(i64::from(months).months()).unwrap_or(Date::MIN)
}

/// Visits before `first`, made coarse, and visits that would lose a flag with them, which keep it as their own.
/// `hide` makes something else of a key or an id, always the same, that leads nowhere.
#[must_use]
pub fn coarse(
    facts: &Facts,
    first: Date,
    hide_home: impl Fn(u64) -> u64,
    hide_id: impl Fn(&str) -> String,
) -> (Vec<Coarse>, Vec<Visit>) {
    let before = facts.flags();
    let is_old = |visit: &Visit| local_day(visit.time) < first;
    let young: HashSet<u64> = facts.visits.iter().filter(|v| !is_old(v)).map(|v| v.household).collect();
    let grounds = Grounds::new(facts);
    let mut after: Vec<Visit> = facts.visits.iter().cloned().collect();
    let mut made = Vec::new();
    for (visit, flags) in after.iter_mut().zip(&before).filter(|(visit, _)| !visit.coarse && is_old(visit)) {
        let source_id = visit.source_id.clone();
        visit.source_id = hide_id(&source_id);
        visit.time = local_midnight(local_day(visit.time).first_of_month());
        visit.point = if visit.village.is_some() { None } else { visit.point.and_then(|at| grounds.of(at)) };
        visit.accuracy_m = None;
        visit.flags = *flags;
        visit.coarse = true;
        let is_rekeyed = !young.contains(&visit.household);
        if is_rekeyed {
            visit.household = hide_home(visit.household);
        }
        made.push(Coarse { source_id, visit: visit.clone(), is_rekeyed });
    }
    let lost = lost_flags(&after, &before, facts.today);
    (made, lost)
}

fn lost_flags(after: &[Visit], before: &[Flags], today: Date) -> Vec<Visit> {
    let now = quality::flags(&after.iter().collect::<Vec<_>>(), today);
    let of = |((visit, before), now): ((&Visit, &Flags), &Flags)| {
        let lost: Flags = before.iter().filter(|flag| *flag != Flag::Future && !now.has(*flag)).collect();
        (!visit.coarse && !lost.is_empty()).then(|| Visit { flags: visit.flags.and(lost), ..visit.clone() })
    };
    after.iter().zip(before).zip(&now).filter_map(of).collect()
}

/// The communes of every edition, to place a visit without a village.
struct Grounds(Vec<Lookup>);

impl Grounds {
    fn new(facts: &Facts) -> Self {
        let mut days: Vec<Date> = facts.units.iter().map(|unit| unit.valid_from).collect();
        days.sort_unstable();
        days.dedup();
        let areas = |day| {
            let units = facts.units_on(day).into_iter().map(|at| &facts.units[at]);
            Lookup::new(units.filter_map(|unit| unit.geometry.as_ref().map(|area| (unit.code, area))))
        };
        Self(days.into_iter().map(areas).collect())
    }

    /// The middle of the ground around a place, where it lies in the same commune on every map; at a border the ground
    /// is smaller, of some 0.1 km².
    fn of(&self, at: LonLat) -> Option<LonLat> {
        let stays = |to: LonLat| self.0.iter().all(|edition| edition.locate(at) == edition.locate(to));
        [Resolution::Eight, Resolution::Nine]
            .into_iter()
            .filter_map(|ground| middle(cell_at(at, ground)?))
            .find(|to| stays(*to))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::engine::facts::FactParts;
    use crate::engine::scene;
    use crate::model::visit::AssignMethod;

    fn visit(id: &str, day: &str, household: u64, lon: f64) -> Visit {
        Visit {
            source_id: id.to_owned(),
            time: format!("{day}T09:30:00+07:00").parse().unwrap(),
            point: LonLat::new(lon, 20.05).ok(),
            ..scene::visit("14001-001", household)
        }
    }

    fn made(visits: Vec<Visit>) -> (Vec<Coarse>, Vec<Visit>) {
        let facts = Facts::new(FactParts {
            units: vec![scene::commune("14001", 105.0, date(2020, 1, 1), None)],
            villages: vec![scene::village("14001-001", "14001", Some(50), LonLat::new(105.02, 20.05).ok())],
            visits: visits.into(),
            today: date(2026, 4, 15),
            ..FactParts::default()
        });
        coarse(&facts, date(2024, 4, 1), |home| home + 1_000, |id| format!("coarse:{}", id.len()))
    }

    #[test]
    fn whole_months_are_kept_or_not() {
        assert_eq!(first_kept(date(2026, 4, 15), 24), date(2024, 4, 1));
        let (old, _) = made(vec![visit("a", "2024-03-31", 1, 105.01), visit("b", "2024-04-01", 2, 105.01)]);
        assert_eq!(old.len(), 1);
        assert_eq!(old[0].source_id, "a");
    }

    #[test]
    fn a_coarse_visit_has_a_village_a_month_and_no_place() {
        let (old, _) = made(vec![visit("a", "2024-03-20", 1, 105.01)]);
        let kept = &old[0].visit;
        assert_eq!((kept.point, kept.household, kept.source_id.as_str()), (None, 1_001, "coarse:1"));
        assert_eq!(kept.time, "2024-03-01T00:00:00+07:00".parse().unwrap());
        assert_eq!(kept.village, Some("14001-001".parse().unwrap()));
        assert!(kept.flags.is_empty(), "midnight of the first is no visit at night");
    }

    #[test]
    fn a_visit_without_a_village_keeps_its_ground_alone() {
        let loose =
            Visit { village: None, assigned_by: AssignMethod::CommuneOnly, ..visit("a", "2024-03-20", 1, 105.01) };
        let at = loose.point.unwrap();
        let (old, _) = made(vec![loose]);
        let to = old[0].visit.point.unwrap();
        assert!(to != at && to.distance_m(at) < 1_000.0);
    }

    #[test]
    fn a_home_that_was_seen_since_keeps_its_key() {
        let (old, _) = made(vec![
            visit("a", "2024-03-20", 1, 105.01),
            visit("b", "2026-03-20", 1, 105.01),
            visit("c", "2024-03-20", 2, 105.03),
        ]);
        assert_eq!(old.iter().map(|one| one.visit.household).collect::<Vec<_>>(), [1, 1_002]);
    }

    #[test]
    fn five_at_one_desk_stay_held_when_some_of_them_are_old() {
        let desk = |n: u64| visit(&format!("v{n}"), if n < 3 { "2024-03-20" } else { "2026-03-20" }, n, 105.01);
        let (old, young) = made((0..5).map(desk).collect());
        assert!(old.iter().all(|one| one.visit.flags.has(Flag::Stacked)));
        assert_eq!(young.iter().map(|v| v.source_id.as_str()).collect::<Vec<_>>(), ["v3", "v4"]);
        assert!(young.iter().all(|visit| visit.flags.has(Flag::Stacked)));
    }
}
