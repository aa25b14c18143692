//! What is odd about visits beside each other, and which of them count.
//!
//! A visit typed in at a desk looks like any other by itself; forty of them at
//! one coordinate do not. Flags of this kind are worked out from all visits
//! whenever they are read, since the next file may bring the fifth. A re-visit
//! that checks another is no visit: it repeats none, fills no desk of theirs
//! and counts nowhere but in `checks`.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::visits::Visits;
use crate::model::admin::UnitCode;

use crate::model::flag::{Flag, Flags};
use crate::model::measure::{local_day, local_hour, local_midnight};
use crate::model::review::Decision;
use crate::model::visit::Visit;

/// Visits at one and the same coordinate from which they were made at a desk. Two readings of GPS hardly ever
/// agree in all digits.
const STACKED: u32 = 5;
/// Hours at +07:00 in which nobody knocks: from 22:00 until 05:00.
const NIGHT: (i8, i8) = (22, 5);
/// Two visits nearer than this in space and time are perhaps one, metres and milliseconds.
const SAME_M: f64 = 5.0;
pub(super) const SAME_MS: i64 = 600_000;
/// Visits before one that are compared with it: no team makes more in ten minutes.
const LOOK_BACK: usize = 40;

/// The flags of each visit, its own and those that it has beside the others.
#[must_use]
pub fn flags(visits: &[&Visit], today: Date) -> Vec<Flags> {
    let desks = Desks::of(visits.iter().copied());
    let mut flags: Vec<Flags> = visits.par_iter().map(|visit| alone(visit, desks.beside(visit), today)).collect();
    for visit in home_repeats(visits).into_iter().chain(door_repeats(visits)) {
        flags[visit] = beside(flags[visit], true);
    }
    flags
}

/// The flags of a visit that may repeat another. Visits made at one desk are near each other and nothing else.
pub(super) fn beside(alone: Flags, repeats: bool) -> Flags {
    let mut flags = alone;
    if repeats && !alone.has(Flag::Stacked) {
        flags.insert(Flag::Duplicate);
    }
    flags
}

/// Those among all beside which a few may have a flag: at one coordinate or in one home with one of them, or in its
/// commune within the minutes before it.
#[must_use]
pub fn near<'a>(few: &[Visit], all: &'a Visits) -> Vec<&'a Visit> {
    let spots: FxHashSet<Spot> = few.iter().filter_map(spot).collect();
    let homes: FxHashSet<u64> = few.iter().map(|visit| visit.household).collect();
    let mut times: FxHashMap<UnitCode, Vec<Timestamp>> = FxHashMap::default();
    for visit in few {
        times.entry(visit.commune).or_default().push(visit.time);
    }
    times.values_mut().for_each(|times| times.sort_unstable());
    let is_soon_after = |visit: &Visit| {
        times.get(&visit.commune).is_some_and(|times| {
            let next = times.get(times.partition_point(|time| *time < visit.time));
            next.is_some_and(|next| next.as_millisecond() - visit.time.as_millisecond() < SAME_MS)
        })
    };
    let is_near = |visit: &&Visit| {
        homes.contains(&visit.household)
            || spot(visit).is_some_and(|spot| spots.contains(&spot))
            || is_soon_after(visit)
    };
    all.pieces().into_par_iter().flat_map_iter(|(_, visits)| visits.iter().filter(is_near)).collect()
}

/// One coordinate, to the last digit, of visits or of re-visits that check them.
pub(super) type Spot = ([u64; 2], bool);

pub(super) fn spot(visit: &Visit) -> Option<Spot> {
    visit.point.map(|point| ([point.lon().to_bits(), point.lat().to_bits()], visit.supervision))
}

/// How many of some visits stand at each coordinate.
pub(super) struct Desks(FxHashMap<Spot, u32>);

impl Desks {
    pub(super) fn of<'a>(visits: impl Iterator<Item = &'a Visit>) -> Self {
        let mut at = FxHashMap::default();
        for spot in visits.filter_map(spot) {
            *at.entry(spot).or_default() += 1;
        }
        Self(at)
    }

    /// How many stand where a visit does, itself among them; none where it has no place.
    pub(super) fn beside(&self, visit: &Visit) -> u32 {
        spot(visit).and_then(|spot| self.0.get(&spot)).copied().unwrap_or(0)
    }
}

/// All but duplicates, which hold nothing back and take the longest to find. `here` is how many visits stand at its
/// coordinate, itself among them.
pub(super) fn alone(visit: &Visit, here: u32, today: Date) -> Flags {
    if visit.coarse {
        return visit.flags; // As they were when its hour and its place were known.
    }
    let hour = local_hour(visit.time);
    // A list that gives the day alone says nothing of the hour.
    let has_hour = visit.time != local_midnight(local_day(visit.time));
    let mut flags = visit.flags;
    for (flag, holds) in [
        (Flag::Night, has_hour && (hour >= NIGHT.0 || hour < NIGHT.1)),
        (Flag::Future, local_day(visit.time) > today),
        (Flag::Stacked, here >= STACKED),
    ] {
        if holds {
            flags.insert(flag);
        }
    }
    flags
}

/// Whether what a row says can be taken for true: as somebody decided, else as its flags say.
pub(super) fn is_trusted(visit: &Visit, here: u32, decisions: &HashMap<String, Decision>, today: Date) -> bool {
    match decisions.get(&visit.source_id) {
        Some(Decision::Accepted) => true,
        Some(Decision::Rejected) => false,
        Some(Decision::Reopened) | None => !alone(visit, here, today).block(),
    }
}

/// Indices of visits that repeat the one before in their home.
pub(super) fn home_repeats(visits: &[&Visit]) -> Vec<usize> {
    let order = ordered(visits, |visit| visit.household);
    let is_same = |one: &Visit, next: &Visit| {
        one.household == next.household && one.result == next.result && local_day(one.time) == local_day(next.time)
    };
    order.windows(2).filter(|pair| is_same(visits[pair[0]], visits[pair[1]])).map(|pair| pair[1]).collect()
}

/// Indices of visits that repeat one at the next door, of another home.
pub(super) fn door_repeats(visits: &[&Visit]) -> Vec<usize> {
    let order = ordered(visits, |visit| visit.commune);
    let is_same_door = |one: usize, next: usize| {
        let (one, next) = (visits[one], visits[next]);
        one.household != next.household
            && one.result == next.result
            && one.point.zip(next.point).is_some_and(|(one, next)| one.distance_m(next) < SAME_M)
    };
    let repeats = |(rank, at): &(usize, &usize)| {
        let before = order[rank.saturating_sub(LOOK_BACK)..*rank].iter().rev();
        let near = before.take_while(|other| {
            visits[**other].commune == visits[**at].commune
                && visits[**at].time.as_millisecond() - visits[**other].time.as_millisecond() < SAME_MS
        });
        near.into_iter().any(|other| is_same_door(*other, **at))
    };
    order.par_iter().enumerate().filter(repeats).map(|(_, at)| *at).collect()
}

/// Visits that may repeat one another, each kind in the order in which they were made.
fn ordered<K: Ord + Send>(visits: &[&Visit], kind: impl Fn(&Visit) -> K + Sync) -> Vec<usize> {
    let mut order: Vec<usize> =
        (0..visits.len()).filter(|at| !visits[*at].coarse && !visits[*at].supervision).collect();
    order.par_sort_unstable_by_key(|at| (kind(visits[*at]), visits[*at].time, *at));
    order
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::engine::scene;
    use crate::model::measure::LonLat;
    use crate::model::visit::VisitResult;

    fn visit(id: &str, time: &str, household: u64, at: Option<(f64, f64)>) -> Visit {
        let (source_id, time) = (id.to_owned(), time.parse().unwrap());
        let point = at.map(|(lon, lat)| LonLat::new(lon, lat).unwrap());
        Visit { source_id, time, point, ..scene::visit("14329-001", household) }
    }

    fn codes(visits: &[Visit]) -> Vec<String> {
        flags(&visits.iter().collect::<Vec<_>>(), date(2026, 4, 1)).into_iter().map(Flags::codes).collect()
    }

    #[test]
    fn five_visits_at_one_coordinate_were_typed_in_at_a_desk() {
        let made = |count: u64| -> Vec<Visit> {
            (0..count)
                .map(|n| visit(&n.to_string(), &format!("2026-03-0{}T02:00:00Z", n + 1), n, Some((105.9, 20.2))))
                .collect()
        };
        assert_eq!(codes(&made(4)), [""; 4]);
        assert_eq!(codes(&made(5)), ["stacked"; 5]);
    }

    #[test]
    fn nobody_knocks_at_night_and_nothing_was_done_tomorrow() {
        let at = |time| codes(&[visit("a", time, 1, None)]).remove(0);
        assert_eq!(at("2026-03-31T21:59:59+07:00"), "");
        assert_eq!(at("2026-03-31T22:00:00+07:00"), "night");
        assert_eq!(at("2026-03-31T04:59:59+07:00"), "night");
        assert_eq!(at("2026-03-31T05:00:00+07:00"), "");
        assert_eq!(at("2026-03-31T00:00:00+07:00"), "", "a day without an hour");
        assert_eq!(at("2026-03-31T00:00:01+07:00"), "night");
        assert_eq!(at("2026-04-02T08:00:00+07:00"), "future");
        // 06:30 of the second is 23:30Z of the first.
        assert_eq!(at("2026-04-01T23:30:00Z"), "future");
    }

    #[test]
    fn a_second_form_of_one_door_is_a_duplicate_and_a_second_try_is_not() {
        let mut again = [visit("a", "2026-03-31T02:00:00Z", 1, None), visit("b", "2026-03-31T09:00:00Z", 1, None)];
        assert_eq!(codes(&again), ["", "duplicate"]);
        again[0].result = VisitResult::NotHome;
        assert_eq!(codes(&again), ["", ""]);
        let near = |lat, time: &str| {
            [visit("a", "2026-03-31T02:00:00Z", 1, Some((105.9, 20.2))), visit("b", time, 2, Some((105.9, lat)))]
        };
        assert_eq!(codes(&near(20.200_04, "2026-03-31T02:09:59Z")), ["", "duplicate"]);
        assert_eq!(codes(&near(20.200_05, "2026-03-31T02:09:59Z")), ["", ""]);
        assert_eq!(codes(&near(20.200_04, "2026-03-31T02:10:00Z")), ["", ""]);
    }

    #[test]
    fn a_re_visit_repeats_no_visit_and_makes_no_desk() {
        let check = |visit: Visit| Visit { supervision: true, ..visit };
        let first = visit("a", "2026-03-31T02:00:00Z", 1, None);
        let twice = [first.clone(), check(visit("b", "2026-03-31T09:00:00Z", 1, None))];
        assert_eq!(codes(&twice), ["", ""]);
        let here = |n: u64| visit(&n.to_string(), &format!("2026-03-0{}T02:00:00Z", n + 1), n, Some((105.9, 20.2)));
        let mut mixed: Vec<Visit> = (0..4).map(here).collect();
        mixed.push(check(here(4)));
        assert_eq!(codes(&mixed), [""; 5]);
        assert_eq!(codes(&(0..5).map(|n| check(here(n))).collect::<Vec<_>>()), ["stacked"; 5]);
    }

    proptest! {
        #[test]
        fn a_few_have_the_same_flags_beside_those_near_them_as_beside_all(
            drawn in prop::collection::vec((0..30_u64, 0..5_u64, 0..40_i64, 0..6_u32), 2..60),
            few in 1..8_usize,
        ) {
            let one = |(number, (home, place, minute, lat)): (usize, (u64, u64, i64, u32))| {
                let at = (place > 0).then(|| (105.9 + place as f64 * 0.1, 20.2 + f64::from(lat) * 0.000_02));
                let mut visit = visit(&number.to_string(), "2026-03-31T02:00:00Z", home, at);
                visit.time += jiff::SignedDuration::from_mins(minute * 3);
                visit
            };
            let mut visits: Vec<Visit> = drawn.into_iter().enumerate().map(one).collect();
            let few = visits.split_off(visits.len().saturating_sub(few));
            let all: Visits = visits.into();
            let beside = |others: Vec<&Visit>| {
                let all: Vec<&Visit> = others.into_iter().chain(&few).collect();
                flags(&all, date(2026, 4, 1)).split_off(all.len() - few.len())
            };
            prop_assert_eq!(beside(near(&few, &all)), beside(all.iter().collect()));
        }
    }

    #[test]
    fn a_decision_outweighs_every_flag() {
        let mut held = visit("a", "2026-03-31T02:00:00Z", 1, None);
        held.flags.insert(Flag::HasIssues);
        let visits = [held, visit("b", "2026-03-31T02:00:00Z", 2, None)];
        let counted = |decisions: &[(&str, Decision)]| {
            let decisions = decisions.iter().map(|(id, decision)| ((*id).to_owned(), *decision)).collect();
            visits.each_ref().map(|visit| is_trusted(visit, 0, &decisions, date(2026, 4, 1)))
        };
        assert_eq!(counted(&[]), [false, true]);
        assert_eq!(counted(&[("a", Decision::Accepted), ("b", Decision::Rejected)]), [true, false]);
        assert_eq!(counted(&[("a", Decision::Reopened)]), [false, true]);
    }
}
