//! Scenes for what overrules a verdict: good runs of one day alone, and silence beside another technology.

use h3o::Resolution;

use super::{best_of_all, cell_r9, check, of, on, run};
use crate::engine::signal::change::changes;
use crate::engine::signal::superseded::marked;
use crate::engine::signal::{View, cells, ground};
use crate::model::measure::Dbm;
use crate::model::operator::Technology;
use crate::model::rules::SignalRules;
use crate::model::sample::Run;
use crate::model::verdict::{Side, Verdict};

/// Runs of cell 0: of each day how many weak, and how many good.
fn of_days(days: &[(i64, usize, usize)]) -> Vec<Run> {
    let of = |(day, weak, good): &(i64, usize, usize)| {
        [vec![run(0, *day, Some(-115.0)); *weak], vec![run(0, *day, Some(-80.0)); *good]].concat()
    };
    days.iter().flat_map(of).collect()
}

#[test]
fn a_dead_place_closes_on_good_runs_of_two_days() {
    let dead = [(0, 2, 0), (1, 2, 0)];
    let after = |more: &[(i64, usize, usize)]| of_days(&[&dead[..], more].concat());
    check(&after(&[]), Verdict::Weak, false);
    check(&after(&[(5, 0, 20)]), Verdict::Weak, false);
    check(&after(&[(5, 0, 19), (6, 0, 1)]), Verdict::VeryGood, true);
    // A weak run after it opens nothing, and closes nothing either.
    check(&after(&[(5, 0, 20), (6, 1, 0)]), Verdict::Weak, false);
    check(&after(&[(5, 0, 20), (6, 1, 0), (7, 0, 1)]), Verdict::VeryGood, true);
}

#[test]
fn a_good_day_before_the_weak_ones_holds_nothing() {
    check(&of_days(&[(0, 0, 20), (1, 2, 0), (2, 2, 0)]), Verdict::VeryGood, true);
}

#[test]
fn what_works_is_confirmed_by_runs_of_two_days() {
    check(&of_days(&[(0, 0, 20)]), Verdict::VeryGood, false);
    check(&of_days(&[(0, 0, 19), (1, 0, 1)]), Verdict::VeryGood, true);
}

/// Elsewhere in the cell, so that nothing is superseded.
#[test]
fn after_good_runs_of_two_days_the_last_of_them_holds_nothing() {
    let weak = (0..10).map(|day| run(0, day, Some(-115.0)));
    let road = run(0, 0, None).cell;
    let other = cell_r9(0).children(Resolution::Ten).find(|cell| *cell != road).unwrap();
    let good =
        |days: &[i64]| days.iter().map(|day| Run { cell: other, ..run(0, *day, Some(-80.0)) }).collect::<Vec<_>>();
    let after = |days: &[i64]| weak.clone().chain(good(days)).collect::<Vec<_>>();
    check(&after(&[22; 8]), Verdict::Weak, false);
    check(&after(&[20, 20, 20, 20, 21, 22, 22, 22]), Verdict::Suspected, false);
}

/// VNPT served the place best before and Viettel does since; what is compared is VNPT.
#[test]
fn the_figures_of_a_change_are_of_the_network_that_it_names() {
    let of_days = |name: &str, days: std::ops::Range<i64>, dbm: f32| -> Vec<Run> {
        days.map(|day| of(run(0, day, Some(dbm)), name)).collect()
    };
    let earlier = of_days("vnpt", 0..3, -71.0);
    let later = [of_days("vnpt", 31..34, -75.0), of_days("viettel", 31..35, -65.0)].concat();
    let rules = SignalRules::default();
    let [before, after] = [&earlier, &later].map(|runs| View::new(None, None, ground(runs), &rules));
    let told = changes(&marked(&earlier, &rules), &marked(&later, &rules), [&before, &after], &rules);
    let figures = |side: Option<Side>| side.map(|side| (side.median.map(Dbm::get), side.runs, side.days));
    assert_eq!(told[0].operator, "vnpt".parse().ok());
    assert_eq!(figures(told[0].before), Some((Some(-71.0), 3, 3)));
    assert_eq!(figures(told[0].after), Some((Some(-75.0), 3, 3)));
    assert_eq!(told[0].shift_db, Some(-4.0));
}

/// A phone without service has found no technology of its operator.
#[test]
fn silence_speaks_against_every_technology() {
    let mut runs: Vec<Run> = (0..6).map(|day| run(0, day, None)).collect();
    runs.push(on(run(0, 2, Some(-80.0)), Technology::Umts));
    check(&runs, Verdict::None, false);
    let of = |technology| cells(&runs, None, Some(technology), &SignalRules::default(), Resolution::Nine);
    assert_eq!(of(Technology::Umts)[0].verdict, Verdict::VeryGood);
    assert_eq!((of(Technology::Lte)[0].verdict, of(Technology::Lte)[0].evidence.runs), (Verdict::None, 6));
    let best = best_of_all(&runs)[0];
    assert_eq!((best.evidence.runs, best.evidence.silent_runs), (7, 6));
    // Weak 4G is no silence: it says nothing of the 3G beside it.
    let weak: Vec<Run> = (0..6).map(|day| run(0, day, Some(-115.0))).collect();
    check(&[weak, vec![on(run(0, 2, Some(-80.0)), Technology::Umts)]].concat(), Verdict::VeryGood, false);
}
