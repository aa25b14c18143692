//! Scenes for claims: what runs after the day of a repair say of it.

use jiff::civil::date;

use super::{cell_r9, of, run};
use crate::engine::signal::proof::{Outcome, since};
use crate::engine::signal::{View, ground, passes};
use crate::model::rules::SignalRules;
use crate::model::sample::Run;

/// A claim of 5 March on cells 0 and 1, judged in the view of one operator.
fn check(runs: &[Run], operator: Option<&str>, outcome: Outcome, counted: (u32, u32, u32)) {
    let rules = SignalRules::default();
    let view = View::new(operator.map(|name| name.parse().unwrap()), None, ground(runs), &rules);
    let mut shown = passes(runs);
    shown.retain(|pass| view.shows(pass.run.operator, pass.run.technology));
    let mut cells = vec![cell_r9(0), cell_r9(1)];
    cells.sort_unstable();
    let since = since(date(2026, 3, 5), &cells, &shown, &view, &rules);
    assert_eq!((since.outcome, (since.runs, since.days, since.good_runs)), (outcome, counted), "{since:?}");
}

fn days(cell: usize, days: &[i64], median_dbm: Option<f32>) -> Vec<Run> {
    days.iter().map(|day| run(cell, *day, median_dbm)).collect()
}

#[test]
fn a_claim_that_nobody_measured_waits() {
    check(&days(0, &[0, 1, 2, 3, 4], None), Some("viettel"), Outcome::Awaiting, (0, 0, 0));
    check(&days(2, &[5, 6, 7], Some(-80.0)), Some("viettel"), Outcome::Awaiting, (0, 0, 0));
}

#[test]
fn good_runs_of_two_days_verify_it() {
    check(&days(0, &[5, 6, 7], Some(-80.0)), Some("viettel"), Outcome::Verified, (3, 3, 3));
    check(&days(0, &[5, 6], Some(-80.0)), Some("viettel"), Outcome::Awaiting, (2, 2, 2));
    check(&days(0, &[5, 5, 5, 5], Some(-80.0)), Some("viettel"), Outcome::Awaiting, (4, 1, 4));
}

/// Of the two cells one is half. A third of three is not, nor half where the rest is silent in more.
#[test]
fn a_good_corner_verifies_nothing() {
    let rules = SignalRules::default();
    let outcome = |runs: &[Run], cells: usize| {
        let view = View::new("viettel".parse().ok(), None, ground(runs), &rules);
        let mut cells: Vec<_> = (0..cells).map(cell_r9).collect();
        cells.sort_unstable();
        since(date(2026, 3, 5), &cells, &passes(runs), &view, &rules).outcome
    };
    let corner = days(0, &[5, 6, 7], Some(-80.0));
    assert_eq!((outcome(&corner, 2), outcome(&corner, 3)), (Outcome::Verified, Outcome::Awaiting));
    let silent: Vec<Run> = (1..4).flat_map(|cell| days(cell, &[6, 6, 6], None)).collect();
    assert_eq!(outcome(&[corner, silent].concat(), 4), Outcome::Awaiting);
}

#[test]
fn runs_of_the_day_of_the_claim_do_not_count() {
    check(&days(0, &[4, 4, 5, 6], Some(-80.0)), Some("viettel"), Outcome::Awaiting, (2, 2, 2));
}

#[test]
fn runs_that_are_weak_again_contradict_it() {
    check(&days(0, &[5, 6, 7, 8], None), Some("viettel"), Outcome::Contradicted, (4, 4, 0));
    let one_cell_of_two = [days(0, &[5, 6, 7], Some(-80.0)), days(1, &[5, 6, 7, 8], Some(-115.0))].concat();
    check(&one_cell_of_two, Some("viettel"), Outcome::Contradicted, (7, 4, 3));
    check(&days(0, &[5], None), Some("viettel"), Outcome::Awaiting, (1, 1, 0));
}

#[test]
fn another_operator_proves_nothing_of_this_one() {
    let other: Vec<Run> = days(0, &[5, 6, 7], Some(-80.0)).into_iter().map(|run| of(run, "vnpt")).collect();
    check(&other, Some("viettel"), Outcome::Awaiting, (0, 0, 0));
    check(&other, None, Outcome::Verified, (3, 3, 3));
}
