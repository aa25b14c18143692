//! What re-visits of supervisors say of the visits before them.
//!
//! A re-visit checks the latest visit of the same home that counts and was
//! made before it; the home is the same by its key, as everywhere. The two
//! agree when both say that the home was guided, or both that it was not.
//! A re-visit that found nobody to ask checks nothing, nor does one of a home
//! that nobody visited. Of several that check one visit the latest speaks, so
//! that a sample of visits is one of visits.
//!
//! Where days are gone because their term has ended, a re-visit and the visit
//! stand at the first of a month and follow in the order of the store.

use rustc_hash::FxHashMap;

use super::facts::Facts;
use crate::model::visit::VisitResult;

/// A visit that somebody checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Index into [`Facts::visits`].
    pub visit: usize,
    /// The same of the re-visit.
    pub by: usize,
    pub agrees: bool,
}

/// Visits that were checked, in the order of [`Facts::visits`].
#[must_use]
pub fn checks(facts: &Facts) -> Vec<Checked> {
    let visits = &facts.visits;
    let trusted =
        || facts.visits_trusted().enumerate().filter_map(|(at, (visit, trusted))| trusted.then_some((at, visit)));
    let told = trusted().filter(|(_, visit)| visit.supervision && visit.result.says_guided().is_some());
    let by: Vec<usize> = told.map(|(at, _)| at).collect();
    // Most stores have none, and millions of visits.
    if by.is_empty() {
        return Vec::new();
    }
    let mut homes: FxHashMap<u64, Vec<usize>> = by.iter().map(|at| (visits[*at].household, Vec::new())).collect();
    for (at, visit) in trusted().filter(|(_, visit)| !visit.supervision) {
        if let Some(home) = homes.get_mut(&visit.household) {
            home.push(at);
        }
    }
    let when = |at: usize| (visits[at].time, at);
    let mut spoken: FxHashMap<usize, usize> = FxHashMap::default();
    for by in by {
        let home = homes.get(&visits[by].household).map_or(&[][..], Vec::as_slice);
        // A table may tell days alone: a re-visit of the same instant comes after. Of those whose days are gone the
        // order of the store is all that is left.
        let before = home.iter().copied().filter(|at| {
            let (visit, by_visit) = (&visits[*at], &visits[by]);
            visit.time < by_visit.time || visit.time == by_visit.time && (!by_visit.coarse || *at < by)
        });
        if let Some(visit) = before.max_by_key(|at| when(*at)) {
            let speaks = spoken.entry(visit).or_insert(by);
            *speaks = std::cmp::max_by_key(*speaks, by, |at| when(*at));
        }
    }
    let checked = |(visit, by): (usize, usize)| {
        let was_guided = visits[visit].result == VisitResult::Guided;
        Checked { visit, by, agrees: visits[by].result.says_guided() == Some(was_guided) }
    };
    let mut checked: Vec<Checked> = spoken.into_iter().map(checked).collect();
    checked.sort_unstable_by_key(|one| one.visit);
    checked
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::engine::facts::FactParts;
    use crate::engine::scene;
    use crate::model::flag::Flag;
    use crate::model::visit::Visit;

    fn visit(home: u64, day: &str, result: VisitResult) -> Visit {
        let time = format!("{day}T09:00:00+07:00").parse().unwrap();
        Visit { source_id: format!("{home}/{day}"), time, result, ..scene::visit("14001-001", home) }
    }

    fn check(home: u64, day: &str, result: VisitResult) -> Visit {
        Visit { source_id: format!("{home}/{day}/check"), supervision: true, ..visit(home, day, result) }
    }

    /// Visit, re-visit and whether they agree.
    fn told(visits: Vec<Visit>) -> Vec<(usize, usize, bool)> {
        let facts = Facts::new(FactParts {
            villages: vec![scene::village("14001-001", "14001", Some(50), None)],
            visits: visits.into(),
            today: date(2026, 4, 15),
            ..FactParts::default()
        });
        checks(&facts).into_iter().map(|one| (one.visit, one.by, one.agrees)).collect()
    }

    use VisitResult::{Guided, MovedOrEmpty, NotHome, Refused};

    #[test]
    fn a_re_visit_is_held_against_the_latest_visit_before_it() {
        let visits = vec![
            visit(1, "2026-03-03", NotHome),
            visit(1, "2026-03-09", Guided),
            visit(1, "2026-03-20", Refused),
            check(1, "2026-03-12", Guided),
        ];
        assert_eq!(told(visits), [(1, 3, true)]);
        assert_eq!(told(vec![check(1, "2026-03-12", Guided), visit(1, "2026-03-20", Guided)]), [], "it comes after");
        assert_eq!(told(vec![visit(2, "2026-03-03", Guided), check(1, "2026-03-12", Guided)]), [], "another home");
    }

    #[test]
    fn two_visits_agree_when_both_say_the_same_of_guided() {
        let agree = |visited, said| told(vec![visit(1, "2026-03-03", visited), check(1, "2026-03-03", said)]);
        assert_eq!(agree(Guided, Guided), [(0, 1, true)]);
        assert_eq!(agree(NotHome, Refused), [(0, 1, true)]);
        assert_eq!(agree(Guided, MovedOrEmpty), [(0, 1, false)]);
        assert_eq!(agree(NotHome, Guided), [(0, 1, false)]);
        assert_eq!(agree(Guided, NotHome), [], "nobody was there to be asked");
    }

    #[test]
    fn of_two_re_visits_of_one_visit_the_later_speaks() {
        let visits = vec![
            check(1, "2026-03-12", Guided),
            check(1, "2026-03-10", Refused),
            visit(1, "2026-03-03", Guided),
            check(1, "2026-03-14", NotHome),
        ];
        assert_eq!(told(visits), [(2, 0, true)]);
    }

    #[test]
    fn what_is_held_back_neither_checks_nor_is_checked() {
        let held = |of: Visit| Visit { flags: [Flag::HasIssues].into_iter().collect(), ..of };
        let (made, said) = (visit(1, "2026-03-03", Guided), check(1, "2026-03-12", Guided));
        assert_eq!(told(vec![held(made.clone()), said.clone()]), []);
        assert_eq!(told(vec![made, held(said)]), []);
    }
}
