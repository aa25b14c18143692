//! Scenes for runs that later ones supersede.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use h3o::{CellIndex, Resolution};
use jiff::civil::Date;

use super::{best_of_all, cell_r9, check, of, on, run};
use crate::engine::signal::cells;
use crate::engine::signal::wilson;
use crate::model::measure::local_day;
use crate::model::operator::Technology;
use crate::model::rules::SignalRules;
use crate::model::sample::Run;
use crate::model::verdict::Verdict;

/// Runs of cell 0: so many of a power on each day.
fn of_days(days: &[(i64, usize, Option<f32>)]) -> Vec<Run> {
    days.iter().flat_map(|(day, runs, power)| vec![run(0, *day, *power); *runs]).collect()
}

const GOOD: Option<f32> = Some(-80.0);
const WEAK: Option<f32> = Some(-115.0);

/// Runs on the wrong side of a day, then those on the right one.
type Rank = (Reverse<usize>, usize);

/// The rule as a person would write it: every day that may part the runs of a cell is tried, until none does.
pub(super) fn plain(runs: Vec<&Run>, is_weak: impl Fn(&Run) -> bool) -> Vec<&Run> {
    let parent = |run: &Run| run.cell.parent(Resolution::Nine).unwrap();
    let day = |run: &Run| local_day(run.start);
    let rules = SignalRules::default();
    let surely = |some: &[&Run], weak: bool| {
        let of_kind: Vec<_> = some.iter().filter(|run| is_weak(run) == weak).map(|run| day(run)).collect();
        let low = wilson::interval(of_kind.len() as u32, some.len() as u32, rules.weak_z).0;
        some.len() >= 3 && low > 0.5 && of_kind.iter().collect::<BTreeSet<_>>().len() >= 2
    };
    let surely_by_days = |some: &[&Run], weak: bool| {
        let days: BTreeSet<_> = some.iter().map(|run| day(run)).collect();
        let is_mostly_weak = |on: &Date| {
            let here: Vec<_> = some.iter().filter(|run| day(run) == *on).collect();
            here.iter().filter(|run| is_weak(run)).count() * 2 >= here.len()
        };
        let hits = days.iter().filter(|on| is_mostly_weak(on) == weak).count();
        wilson::interval(hits as u32, days.len() as u32, rules.confirmed_z).0 > 0.5
    };
    let mut standing = Vec::new();
    for cell in runs.iter().map(|run| parent(run)).collect::<BTreeSet<_>>() {
        let mut here: Vec<&Run> = runs.iter().copied().filter(|run| parent(run) == cell).collect();
        loop {
            let mut best: Option<(Rank, Vec<&Run>)> = None;
            for on in here.iter().map(|run| day(run)).collect::<BTreeSet<_>>() {
                let measured = |before: bool| -> BTreeSet<CellIndex> {
                    here.iter().filter(|run| (day(run) < on) == before).map(|run| run.cell).collect()
                };
                let both = |run: &Run| measured(true).contains(&run.cell) && measured(false).contains(&run.cell);
                let (before, since): (Vec<&Run>, Vec<&Run>) =
                    here.iter().copied().filter(|run| both(run)).partition(|run| day(run) < on);
                for weak in [true, false] {
                    let is_sure = weak || surely_by_days(&before, false) && surely_by_days(&since, true);
                    if is_sure && surely(&before, weak) && surely(&since, !weak) {
                        let right = before.iter().filter(|run| is_weak(run) == weak).count()
                            + since.iter().filter(|run| is_weak(run) != weak).count();
                        let rank = (Reverse(before.len() + since.len() - right), right);
                        if best.as_ref().is_none_or(|(most, _)| rank > *most) {
                            best = Some((rank, before.clone()));
                        }
                    }
                }
            }
            let Some((_, gone)) = best else { break };
            here.retain(|run| !gone.iter().any(|other| std::ptr::eq(*run, *other)));
        }
        standing.extend(here);
    }
    standing
}

/// The children of cell 0.
fn corner(number: usize) -> CellIndex {
    cell_r9(0).children(Resolution::Ten).nth(number).unwrap()
}

fn counts(runs: &[Run]) -> (Verdict, u32, u32) {
    let here = best_of_all(runs)[0];
    (here.verdict, here.evidence.runs, here.evidence.superseded_runs)
}

#[test]
fn a_mended_place_works_after_three_good_runs_on_two_days() {
    let dead: Vec<_> = (0..10).map(|day| (day, 2, None)).collect();
    let after = |more: &[(i64, usize, Option<f32>)]| of_days(&[&dead[..], more].concat());
    check(&after(&[(20, 2, GOOD)]), Verdict::None, true);
    check(&after(&[(20, 2, GOOD), (21, 1, GOOD)]), Verdict::VeryGood, false);
    assert_eq!(counts(&after(&[(20, 2, GOOD), (21, 1, GOOD)])), (Verdict::VeryGood, 3, 20));
    // One bad run among many since does not undo it; as many bad as good do.
    check(&after(&[(20, 4, GOOD), (21, 1, None), (22, 4, GOOD)]), Verdict::VeryGood, true);
    check(&after(&[(20, 2, GOOD), (21, 3, None), (22, 1, GOOD)]), Verdict::None, true);
}

#[test]
fn twenty_six_good_runs_do_not_hide_that_a_place_fell_silent() {
    let good: Vec<_> = (0..13).map(|day| (day, 2, GOOD)).collect();
    let fell = |days: i64| {
        let silent: Vec<_> = (0..days).map(|day| (30 + day, 2, None)).collect();
        counts(&of_days(&[&good[..], &silent].concat()))
    };
    assert_eq!(fell(4), (Verdict::None, 8, 26));
    // A weekend is no end, however many runs it has.
    assert_eq!(fell(3), (Verdict::VeryGood, 32, 0));
}

/// 5G was looked for and not found while 4G was there.
#[test]
fn silence_of_another_technology_supersedes_nothing() {
    let good: Vec<_> = (0..20).map(|day| (day, 2, GOOD)).collect();
    let silent: Vec<_> = (15..25).map(|day| (day, 1, None)).collect();
    let nr = of_days(&silent).into_iter().map(|run| on(run, Technology::Nr));
    let runs: Vec<Run> = of_days(&good).into_iter().chain(nr).collect();
    assert_eq!(counts(&runs), (Verdict::VeryGood, 40, 0));
}

#[test]
fn a_place_may_be_mended_and_fail_again() {
    let mut days = vec![(0, 2, WEAK), (1, 2, WEAK)];
    days.extend((20..26).map(|day| (day, 4, GOOD)));
    assert_eq!(counts(&of_days(&days)), (Verdict::VeryGood, 24, 4));
    days.extend((40..44).map(|day| (day, 2, None)));
    assert_eq!(counts(&of_days(&days)), (Verdict::None, 8, 28));
}

#[test]
fn first_seen_is_of_the_runs_that_count() {
    let runs = of_days(&[(0, 3, WEAK), (1, 3, WEAK), (20, 2, GOOD), (21, 2, GOOD)]);
    let evidence = best_of_all(&runs)[0].evidence;
    assert_eq!((evidence.first_seen.day(), evidence.weak_runs, evidence.days), (21, 0, 2));
}

#[test]
fn the_order_of_rows_supersedes_nothing_and_only_days_do() {
    let mut runs = of_days(&[(20, 2, GOOD), (21, 2, GOOD), (0, 3, WEAK), (1, 3, WEAK)]);
    assert_eq!(counts(&runs), (Verdict::VeryGood, 4, 6));
    runs.reverse();
    assert_eq!(counts(&runs), (Verdict::VeryGood, 4, 6));
    // Good and weak by turns: no day parts them.
    let by_turns: Vec<Run> =
        (0..20).flat_map(|day| of_days(&[(day, 1, if day % 2 == 0 { GOOD } else { WEAK })])).collect();
    assert_eq!(counts(&by_turns), (Verdict::Suspected, 20, 0));
}

/// The north of a cell is silent, and whoever came later drove through its south.
#[test]
fn a_road_that_was_driven_later_says_nothing_of_another() {
    let north = of_days(&[(0, 4, None), (1, 4, None)]).into_iter().map(|run| Run { cell: corner(1), ..run });
    let south = of_days(&[(20, 4, GOOD), (21, 4, GOOD)]).into_iter().map(|run| Run { cell: corner(4), ..run });
    let both: Vec<Run> = north.chain(south).collect();
    assert_eq!(counts(&both), (Verdict::Suspected, 16, 0));
    // Of a third place the runs before are superseded; the north is as it was.
    let east = |day, power| {
        of_days(&[(day, 4, power), (day + 1, 4, power)]).into_iter().map(|run| Run { cell: corner(2), ..run })
    };
    let part: Vec<Run> = both.iter().copied().chain(east(0, WEAK)).chain(east(20, GOOD)).collect();
    assert_eq!(counts(&part), (Verdict::Suspected, 24, 8));
    // The north too was measured since.
    let again = of_days(&[(20, 2, GOOD), (21, 2, GOOD)]).into_iter().map(|run| Run { cell: corner(1), ..run });
    assert_eq!(counts(&both.into_iter().chain(again).collect::<Vec<_>>()), (Verdict::VeryGood, 12, 8));
}

#[test]
fn another_network_supersedes_nothing() {
    let dead = of_days(&[(0, 4, None), (1, 4, None)]);
    let good = of_days(&[(20, 4, GOOD), (21, 4, GOOD)]);
    let vnpt: Vec<Run> = good.iter().map(|run| of(*run, "vnpt")).collect();
    let runs = [dead, vnpt].concat();
    let of = |name: &str| cells(&runs, Some(name.parse().unwrap()), None, &SignalRules::default(), Resolution::Nine);
    assert_eq!((of("viettel")[0].verdict, of("viettel")[0].evidence.superseded_runs), (Verdict::None, 0));
    assert_eq!((of("vnpt")[0].verdict, of("vnpt")[0].evidence.superseded_runs), (Verdict::VeryGood, 0));
}

/// The silent runs of 4G are over since 3G is there, for whoever asks for any technology.
#[test]
fn silence_of_another_technology_ends_with_what_was_heard_since() {
    let silent = of_days(&[(0, 4, None), (1, 4, None)]);
    let umts: Vec<Run> =
        of_days(&[(20, 2, GOOD), (21, 2, GOOD)]).into_iter().map(|run| on(run, Technology::Umts)).collect();
    let runs = [silent, umts].concat();
    assert_eq!(counts(&runs), (Verdict::VeryGood, 4, 8));
    let lte = cells(&runs, None, Some(Technology::Lte), &SignalRules::default(), Resolution::Nine);
    assert_eq!((lte[0].verdict, lte[0].evidence.superseded_runs), (Verdict::None, 0));
    let umts = cells(&runs, None, Some(Technology::Umts), &SignalRules::default(), Resolution::Nine);
    assert_eq!((umts[0].verdict, umts[0].evidence.superseded_runs), (Verdict::VeryGood, 0));
}
