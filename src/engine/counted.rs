//! Which visits count, and for which village: worked out whole, or from the moment before and what has changed since.
//!
//! A visit changes what others count for only at one coordinate: the fifth there holds back all five
//! ([`Flag::Stacked`](crate::model::flag::Flag::Stacked)).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::facts::village_at;
use super::quality::{self, Desks};
use super::touched::Touched;
use super::visits::{Difference, Visits};
use crate::model::admin::UnitCode;
use crate::model::measure::{LonLat, local_day};
use crate::model::review::Decision;
use crate::model::village::{Village, VillageCode};
use crate::model::visit::{Visit, VisitResult};

/// A visit at one home, as far as counting cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct HomeVisit {
    pub(super) household: u64,
    pub(super) day: Date,
    pub(super) guided: bool,
}

/// A counted visit without a village of the register.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct LooseVisit {
    pub(super) day: Date,
    pub(super) commune: UnitCode,
    pub(super) point: Option<LonLat>,
}

/// What counts of all visits.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Counted {
    /// Whether it can be trusted, by index of visit.
    each: Vec<bool>,
    /// Counted visits by household and day, by index of village.
    homes: Vec<Arc<[HomeVisit]>>,
    /// In the order of the visits.
    pub(super) loose: Arc<Vec<LooseVisit>>,
}

/// What visits are counted by.
#[derive(Clone, Copy)]
pub(super) struct Basis<'a> {
    pub(super) visits: &'a Visits,
    /// By the id of a visit at its source.
    pub(super) decisions: &'a HashMap<String, Decision>,
    /// By code.
    pub(super) villages: &'a [Village],
    pub(super) today: Date,
}

impl Basis<'_> {
    fn trusts(&self, visit: &Visit, here: u32) -> bool {
        quality::is_trusted(visit, here, self.decisions, self.today)
    }

    fn village_of(&self, visit: &Visit) -> Option<usize> {
        visit.village.and_then(|code| village_at(self.villages, code))
    }
}

/// A visit that counts: it can be trusted, and is no re-visit that checks another.
pub(super) fn counts<'a>((visit, is_trusted): (&'a Visit, &bool)) -> Option<&'a Visit> {
    (*is_trusted && !visit.supervision).then_some(visit)
}

fn home(visit: &Visit) -> HomeVisit {
    HomeVisit { household: visit.household, day: local_day(visit.time), guided: visit.result == VisitResult::Guided }
}

fn loose(visit: &Visit) -> LooseVisit {
    LooseVisit { day: local_day(visit.time), commune: visit.commune, point: visit.point }
}

impl Counted {
    pub(super) fn of(basis: Basis<'_>) -> Self {
        let desks = Desks::of(basis.visits.iter());
        let pieces = basis.visits.pieces();
        let each: Vec<bool> = pieces
            .par_iter()
            .flat_map_iter(|(_, visits)| visits.iter().map(|visit| basis.trusts(visit, desks.beside(visit))))
            .collect();
        let index: FxHashMap<VillageCode, usize> =
            basis.villages.iter().enumerate().map(|(at, village)| (village.code, at)).collect();
        let mut homes: Vec<Vec<HomeVisit>> = vec![Vec::new(); basis.villages.len()];
        for visit in basis.visits.iter().zip(&each).filter_map(counts) {
            if let Some(village) = visit.village.and_then(|code| index.get(&code)) {
                homes[*village].push(home(visit));
            }
        }
        let sorted = |mut homes: Vec<HomeVisit>| {
            homes.sort_unstable();
            homes.into()
        };
        let homes = homes.into_par_iter().map(sorted).collect();
        Self { loose: all_loose(basis, &each), each, homes }
    }

    /// The same from what counted before, for the same villages on the same day.
    pub(super) fn after(&self, touched: &Touched<'_>) -> Self {
        let (before, now, difference) = (touched.before, touched.now, touched.difference);
        let mut each = self.carried(difference, now.visits.len());
        let (mut edits, mut more) = (Edits::default(), Vec::new());
        for at in &difference.before {
            if let Some(visit) = counts((&before.visits[*at], &self.each[*at])) {
                edits.take(before, visit);
            }
        }
        for (at, here) in recounted(touched) {
            let visit = &now.visits[at];
            let trusted = now.trusts(visit, here);
            match (!difference.is_new(at) && each[at], trusted) {
                _ if visit.supervision => {}
                (false, true) if now.village_of(visit).is_none() && at >= difference.new_from => {
                    more.push(loose(visit))
                }
                (false, true) => edits.add(now, visit),
                (true, false) => edits.take(now, visit),
                _ => {}
            }
            each[at] = trusted;
        }
        let mut homes = self.homes.clone();
        for (village, edit) in edits.homes {
            let mut list: Vec<HomeVisit> = homes[village].to_vec();
            edit.gone.iter().for_each(|gone| {
                if let Ok(at) = list.binary_search(gone) {
                    list.remove(at);
                }
            });
            list.extend(edit.new);
            list.sort_unstable();
            homes[village] = list.into();
        }
        let loose = match (edits.loose, more.is_empty()) {
            (true, _) => all_loose(now, &each),
            (false, true) => Arc::clone(&self.loose),
            (false, false) => Arc::new([&self.loose[..], &more].concat()),
        };
        Self { each, homes, loose }
    }

    /// Whether each visit can be trusted, by index of visit.
    pub(super) fn each(&self) -> &[bool] {
        &self.each
    }

    /// Counted visits of a village by household and day.
    pub(super) fn homes(&self, village: usize) -> &[HomeVisit] {
        self.homes.get(village).map_or(&[], |homes| homes)
    }

    /// What was trusted, at the indices of now; what is new is not yet.
    fn carried(&self, difference: &Difference, len: usize) -> Vec<bool> {
        let mut each = if difference.gone.is_empty() {
            self.each.clone()
        } else {
            let mut gone = difference.gone.iter().copied().peekable();
            let stays = |at: &usize| gone.next_if_eq(at).is_none();
            (0..self.each.len()).filter(stays).map(|at| self.each[at]).collect()
        };
        each.resize(len, false);
        each
    }
}

/// Counted visits without a village.
fn all_loose(basis: Basis<'_>, each: &[bool]) -> Arc<Vec<LooseVisit>> {
    let of_piece = |(start, visits): &(usize, &[Visit])| -> Vec<LooseVisit> {
        let counted = visits.iter().zip(&each[*start..]).filter_map(counts);
        counted.filter(|visit| basis.village_of(visit).is_none()).map(loose).collect()
    };
    Arc::new(basis.visits.pieces().par_iter().flat_map_iter(of_piece).collect())
}

/// Indices of the visits of now that may count otherwise than before, with how many stand at the coordinate of each.
fn recounted(touched: &Touched<'_>) -> Vec<(usize, u32)> {
    let visits = touched.now.visits;
    let may = |at: &usize| touched.may_count_otherwise(*at, &visits[*at]);
    let found: Vec<usize> = touched.near.iter().copied().filter(may).collect();
    let desks = Desks::of(found.iter().map(|at| &visits[*at]));
    found.into_iter().map(|at| (at, desks.beside(&visits[at]))).collect()
}

/// What changes of the homes of villages.
#[derive(Default)]
struct Edits {
    homes: BTreeMap<usize, Edit>,
    /// Some visit without a village that was known before counts otherwise.
    loose: bool,
}

#[derive(Default)]
struct Edit {
    gone: Vec<HomeVisit>,
    new: Vec<HomeVisit>,
}

impl Edits {
    fn add(&mut self, basis: Basis<'_>, visit: &Visit) {
        match basis.village_of(visit) {
            Some(village) => self.homes.entry(village).or_default().new.push(home(visit)),
            None => self.loose = true,
        }
    }

    fn take(&mut self, basis: Basis<'_>, visit: &Visit) {
        match basis.village_of(visit) {
            Some(village) => self.homes.entry(village).or_default().gone.push(home(visit)),
            None => self.loose = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::engine::odd::Odd;
    use crate::engine::scene;
    use crate::engine::visits::Revision;
    use crate::model::flag::{Flag, Flags};
    use crate::model::news::{Mark, News};

    const TODAY: Date = date(2026, 4, 1);

    /// What a row says, drawn so that places, homes and villages are shared by many.
    fn visit() -> impl Strategy<Value = Visit> {
        let when = (prop_oneof![1..40_u32, 1..4_u32], 0..8_i64, 0..3_u32);
        let what = (0..3_u8, 0..6_u64, 0..4_u32, when, any::<bool>(), any::<bool>());
        what.prop_map(|(village, household, place, (day, minutes, step), guided, held)| {
            // The third is in no register.
            let mut visit = scene::visit(["14001-001", "14001-002", "14002-009"][usize::from(village)], household);
            visit.time = (date(2026, 2, 28).saturating_add(jiff::Span::new().days(day)))
                .at(9, 0, 0, 0)
                .to_zoned(jiff::tz::TimeZone::UTC)
                .unwrap()
                .timestamp()
                + jiff::SignedDuration::from_mins(minutes * 3);
            // Doors of one place stand two metres apart.
            let lat = 20.0 + f64::from(step) * 0.000_02;
            visit.point = (place > 0).then(|| LonLat::new(105.0 + f64::from(place) * 1e-3, lat).unwrap());
            if !guided {
                visit.result = VisitResult::NotHome;
            }
            visit.supervision = !guided && held;
            if held && place == 0 {
                visit.flags.insert(Flag::HasIssues);
            }
            visit
        })
    }

    #[derive(Clone, Debug)]
    enum Step {
        New(Vec<Visit>),
        Change(prop::sample::Index, Visit),
        Remove(prop::sample::Index),
        Decide(prop::sample::Index, Decision),
    }

    fn step() -> impl Strategy<Value = Step> {
        let decisions = [Decision::Accepted, Decision::Rejected, Decision::Reopened];
        prop_oneof![
            3 => prop::collection::vec(visit(), 1..9).prop_map(Step::New),
            2 => (any::<prop::sample::Index>(), visit()).prop_map(|(at, visit)| Step::Change(at, visit)),
            1 => any::<prop::sample::Index>().prop_map(Step::Remove),
            1 => (any::<prop::sample::Index>(), prop::sample::select(decisions.to_vec()))
                .prop_map(|(at, decision)| Step::Decide(at, decision)),
        ]
    }

    proptest! {
        #[test]
        fn what_is_followed_change_by_change_is_what_is_worked_out_whole(
            readings in prop::collection::vec(prop::collection::vec(step(), 1..4), 1..12),
        ) {
            let villages = ["14001-001", "14001-002"].map(|code| scene::village(code, "14001", Some(50), None));
            let mut rows: BTreeMap<i64, Visit> = BTreeMap::new();
            let (mut decisions, mut last) = (HashMap::new(), 0);
            let (mut known, mut known_decisions) = (Visits::default(), HashMap::new());
            let empty = Basis { visits: &known, decisions: &known_decisions, villages: &villages, today: TODAY };
            let (mut counted, mut odd) = (Counted::of(empty), Odd::of(empty));
            for steps in readings {
                let (read, mut log) = (last, std::collections::BTreeSet::new());
                for step in steps {
                    match step {
                        Step::New(visits) => for mut visit in visits {
                            last += 1;
                            visit.source_id = format!("form {last}");
                            rows.insert(last, visit);
                        },
                        Step::Change(at, visit) if !rows.is_empty() => {
                            let row = *at.get(&rows.keys().copied().collect::<Vec<_>>());
                            log.insert(row);
                            rows.insert(row, Visit { source_id: format!("form {row}"), ..visit });
                        }
                        Step::Remove(at) if rows.len() > 1 => {
                            let row = *at.get(&rows.keys().copied().collect::<Vec<_>>());
                            log.insert(row);
                            rows.remove(&row);
                        }
                        Step::Decide(at, decision) if !rows.is_empty() => {
                            let visit = *at.get(&rows.values().collect::<Vec<_>>());
                            decisions.insert(visit.source_id.clone(), decision);
                        }
                        _ => {}
                    }
                }
                let mut revision = Revision::of(known.clone());
                for row in log.into_iter().filter(|row| *row <= read) {
                    revision.take(match rows.get(&row) {
                        Some(visit) => News::Stands(row, visit.clone()),
                        None => News::Gone(row),
                    });
                }
                for (row, visit) in rows.range(read + 1..) {
                    revision.take(News::Stands(*row, visit.clone()));
                }
                let (visits, difference) = revision.end(Mark::default());
                let before = Basis {
                    visits: &known, decisions: &known_decisions, villages: &villages, today: TODAY,
                };
                let now = Basis { visits: &visits, decisions: &decisions, villages: &villages, today: TODAY };
                let difference = difference.unwrap();
                let touched = Touched::of(before, now, &difference);
                (counted, odd) = (counted.after(&touched), odd.after(&touched));
                let whole: Visits = rows.values().cloned().collect();
                prop_assert_eq!(&visits, &whole);
                prop_assert!((0..visits.len()).all(|at| visits[at] == whole[at]));
                prop_assert_eq!(visits.span(), whole.span());
                let whole = Basis { visits: &whole, ..now };
                prop_assert_eq!(&counted, &Counted::of(whole));
                prop_assert_eq!(&odd, &Odd::of(whole));
                let flags = quality::flags(&visits.iter().collect::<Vec<_>>(), TODAY);
                let mut said = vec![Flags::default(); visits.len()];
                odd.iter().for_each(|visit| said[visit.at] = visit.flags());
                prop_assert_eq!(said, flags);
                (known, known_decisions) = (visits, decisions.clone());
            }
        }
    }

    #[test]
    fn the_fifth_visit_at_one_desk_holds_back_the_four_before() {
        let villages = [scene::village("14001-001", "14001", Some(50), None)];
        let at = |household| Visit { point: LonLat::new(105.9, 20.2).ok(), ..scene::visit("14001-001", household) };
        let four: Visits = (0..4).map(at).collect();
        let decisions = HashMap::new();
        let before = Basis { visits: &four, decisions: &decisions, villages: &villages, today: TODAY };
        let counted = Counted::of(before);
        assert_eq!(counted.homes(0).len(), 4);
        let mut revision = Revision::of(four.clone());
        revision.take(News::Stands(5, at(4)));
        let (five, difference) = revision.end(Mark::default());
        let difference = difference.unwrap();
        let after = counted.after(&Touched::of(before, Basis { visits: &five, ..before }, &difference));
        assert_eq!(after.homes(0), []);
    }
}
