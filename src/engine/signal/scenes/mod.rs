//! Scenes for signal: hand-made runs with verdicts that a person can check,
//! the plain versions beside the fast ones, and properties that must hold
//! for any runs at all.

mod areas;
mod closing;
mod passes;
mod proofs;
mod superseded;

use std::collections::BTreeSet;

use h3o::{CellIndex, LatLng, Resolution};
use jiff::{Timestamp, ToSpan};
use nonmax::NonMaxU32;
use proptest::prelude::*;

use super::locate::middle;
use super::superseded::marked;
use super::{cells, every_view, wilson};
use crate::model::measure::{Dbm, LonLat, local_day};
use crate::model::operator::{Operator, Technology};
use crate::model::packed::Finite;
use crate::model::rules::SignalRules;
use crate::model::sample::Run;
use crate::model::verdict::{CellVerdict, Verdict};

fn operator(name: &str) -> Operator {
    name.parse().unwrap()
}

/// 10:00 on a day of March 2026 at +07:00.
fn at(day: i64, minute: i64) -> Timestamp {
    "2026-03-01T03:00:00Z".parse::<Timestamp>().unwrap() + (day * 24).hours() + minute.minutes()
}

/// An r9 cell near Hoa Lư and those around it, spiralling out.
fn cell_r9(number: usize) -> CellIndex {
    let middle = LatLng::new(20.25, 105.97).unwrap().to_cell(Resolution::Nine);
    let disk: Vec<CellIndex> = (0..9).flat_map(|ring| middle.grid_ring::<Vec<_>>(ring)).collect();
    disk[number]
}

/// A run of `viettel` on 4G; `None` is silence.
fn run(cell: usize, day: i64, median_dbm: Option<f32>) -> Run {
    Run {
        operator: operator("viettel"),
        technology: Technology::Lte,
        device: 7,
        cell: cell_r9(cell).center_child(Resolution::Ten).unwrap(),
        start: at(day, 0).into(),
        end: at(day, 1).into(),
        samples: 30,
        censored: if median_dbm.is_none() { 30 } else { 0 },
        median: median_dbm.map(|v| Dbm::new(v).unwrap()),
        worst: median_dbm.map(|v| Dbm::new(v).unwrap()),
        rsrq_db: None,
        sinr_db: None,
        download_kbps: None,
        serving_cell: None,
        arfcn: None,
    }
}

fn on(run: Run, technology: Technology) -> Run {
    Run { technology, ..run }
}

fn of(run: Run, name: &str) -> Run {
    Run { operator: operator(name), ..run }
}

fn best_of_all(runs: &[Run]) -> Vec<CellVerdict> {
    cells(runs, None, None, &SignalRules::default(), Resolution::Nine)
}

fn centre(cell: CellIndex) -> LonLat {
    middle(cell).unwrap()
}

/// The verdict of cell 0 in the best of all views.
fn check(runs: &[Run], verdict: Verdict, confirmed: bool) {
    let here: Vec<_> = best_of_all(runs).into_iter().filter(|c| c.cell == cell_r9(0)).collect();
    assert_eq!(here.len(), 1);
    assert_eq!((here[0].verdict, here[0].confirmed), (verdict, confirmed), "{here:?}");
}

#[test]
fn unmeasured_is_no_verdict() {
    assert_eq!(best_of_all(&[]), Vec::new());
    let only_elsewhere = best_of_all(&[run(3, 0, Some(-90.0))]);
    assert!(only_elsewhere.iter().all(|cell| cell.cell != cell_r9(0)));
}

#[test]
fn three_weak_runs_on_one_day_are_only_suspect() {
    let one_day = [run(0, 0, Some(-115.0)); 3];
    check(&one_day, Verdict::Suspected, false);
    let two_days = [run(0, 0, Some(-115.0)), run(0, 0, Some(-115.0)), run(0, 1, Some(-115.0))];
    check(&two_days, Verdict::Weak, false);
}

#[test]
fn a_bad_day_and_a_good_run_on_another_are_only_suspect() {
    let mut runs = vec![run(0, 0, Some(-115.0)); 9];
    runs.push(run(0, 1, Some(-80.0)));
    check(&runs, Verdict::Suspected, false);
}

#[test]
fn one_or_two_weak_runs_are_only_suspect() {
    check(&[run(0, 0, Some(-115.0))], Verdict::Suspected, false);
    check(&[run(0, 0, None), run(0, 1, None)], Verdict::Suspected, false);
}

#[test]
fn silence_on_two_days_is_no_signal() {
    check(&[run(0, 0, None), run(0, 1, None), run(0, 2, None)], Verdict::None, false);
    let five: Vec<Run> = (0..5).map(|day| run(0, day, None)).collect();
    check(&five, Verdict::None, true);
}

#[test]
fn half_of_the_runs_in_silence_and_the_rest_weak_is_no_signal() {
    let half = [run(0, 0, None), run(0, 1, None), run(0, 2, Some(-112.0)), run(0, 3, Some(-112.0))];
    check(&half, Verdict::None, false);
    let less = [run(0, 0, None), run(0, 1, Some(-112.0)), run(0, 2, Some(-112.0))];
    check(&less, Verdict::Weak, false);
}

#[test]
fn power_below_the_lowest_cut_counts_as_silence() {
    check(&[run(0, 0, Some(-125.0)), run(0, 1, Some(-125.0)), run(0, 2, Some(-125.0))], Verdict::None, false);
}

#[test]
fn one_strong_run_does_not_hide_four_weak_ones() {
    let mut runs: Vec<Run> = (0..4).map(|day| run(0, day, Some(-115.0))).collect();
    runs.push(run(0, 4, Some(-60.0)));
    check(&runs, Verdict::Weak, false);
}

#[test]
fn good_classes_follow_the_median() {
    for (power_dbm, verdict) in [
        (-110.0, Verdict::Outdoor),
        (-105.0, Verdict::Good),
        (-95.0, Verdict::VeryGood),
        (-105.5, Verdict::Outdoor),
        (-95.5, Verdict::Good),
    ] {
        check(&[run(0, 0, Some(power_dbm))], verdict, false);
        let five: Vec<Run> = (0..5).map(|day| run(0, day, Some(power_dbm))).collect();
        check(&five, verdict, true);
    }
}

#[test]
fn power_without_quality_is_weak() {
    let noisy = |day| Run { rsrq_db: Finite::new(-18.0), ..run(0, day, Some(-80.0)) };
    check(&[noisy(0), noisy(1), noisy(2)], Verdict::Weak, false);
    let slow = |day| Run { download_kbps: NonMaxU32::new(900), ..run(0, day, Some(-80.0)) };
    check(&[slow(0), slow(1), slow(2)], Verdict::Weak, false);
    let edge = |day| Run {
        rsrq_db: Finite::new(-17.0),
        sinr_db: Finite::new(-3.0),
        download_kbps: NonMaxU32::new(2_500),
        ..run(0, day, Some(-80.0))
    };
    check(&[edge(0), edge(1), edge(2)], Verdict::VeryGood, false);
}

#[test]
fn five_g_without_quality_is_weak_by_cuts_of_its_own() {
    let of = |run: Run| on(run, Technology::Nr);
    let noisy = |day| of(Run { sinr_db: Finite::new(-6.0), ..run(0, day, Some(-80.0)) });
    check(&[noisy(0), noisy(1), noisy(2)], Verdict::Weak, false);
    let slow = |day| of(Run { download_kbps: NonMaxU32::new(900), ..run(0, day, Some(-80.0)) });
    check(&[slow(0), slow(1), slow(2)], Verdict::Weak, false);
    let edge = |day| of(Run { rsrq_db: Finite::new(-19.0), sinr_db: Finite::new(-5.0), ..run(0, day, Some(-80.0)) });
    check(&[edge(0), edge(1), edge(2)], Verdict::VeryGood, false);
}

#[test]
fn one_operator_unmeasured_caps_at_suspected() {
    let mut runs: Vec<Run> = (0..6).map(|day| run(0, day, None)).collect();
    check(&runs, Verdict::None, true);
    // Somebody measured the other operator, but somewhere else.
    runs.push(of(run(5, 0, Some(-80.0)), "vnpt"));
    check(&runs, Verdict::Suspected, false);
    runs.extend((0..6).map(|day| of(run(0, day, Some(-115.0)), "vnpt")));
    check(&runs, Verdict::Weak, true);
    assert_eq!(best_of_all(&runs).iter().find(|c| c.cell == cell_r9(0)).map(|c| c.operators_measured), Some(2));
}

#[test]
fn one_run_of_a_mistyped_operator_changes_no_verdict() {
    let mut runs: Vec<Run> = (0..6).flat_map(|day| (0..30).map(move |cell| run(cell, day, None))).collect();
    runs.extend((0..6).map(|day| run(30, day, Some(-85.0))));
    runs.push(run(31, 0, None));
    let verdicts =
        |runs: &[Run]| -> Vec<_> { best_of_all(runs).iter().map(|c| (c.cell, c.verdict, c.confirmed)).collect() };
    let before = verdicts(&runs);
    for cell in [0, 30, 31] {
        for power_dbm in [None, Some(-115.0)] {
            let mut with = runs.clone();
            with.push(of(run(cell, 0, power_dbm), "vietel"));
            assert_eq!(verdicts(&with), before, "{power_dbm:?} in {cell}");
        }
    }
    // Elsewhere it is all there is to say, and never enough to call a place dead.
    let strays = (0..2).map(|_| of(run(40, 0, None), "vietel"));
    let with: Vec<Run> = runs.iter().copied().chain(strays).collect();
    assert_eq!(verdicts(&with).len(), before.len() + 1);
    assert!(verdicts(&with).iter().any(|(cell, verdict, _)| *cell == cell_r9(40) && *verdict == Verdict::Suspected));
    // What it heard well is still heard.
    runs.push(of(run(0, 0, Some(-90.0)), "vietel"));
    check(&runs, Verdict::VeryGood, false);
}

#[test]
fn a_network_measured_in_a_twentieth_of_the_ground_is_present_however_many_runs_it_has() {
    let mut runs: Vec<Run> = (0..33).flat_map(|cell| (0..6).map(move |day| run(cell, day, None))).collect();
    runs.extend((0..200).map(|day| of(run(50, day, Some(-80.0)), "vnpt")));
    check(&runs, Verdict::None, true);
    runs.push(of(run(51, 0, Some(-80.0)), "vnpt"));
    check(&runs, Verdict::Suspected, false);
}

#[test]
fn a_brand_that_others_carry_and_a_name_that_is_no_network_hide_no_dead_place() {
    let runs: Vec<Run> = (0..33).flat_map(|cell| (0..6).map(move |day| run(cell, day, None))).collect();
    for name in ["itel", "vietel"] {
        let elsewhere = (40..59).map(|cell| of(run(cell, 0, Some(-80.0)), name));
        check(&runs.iter().copied().chain(elsewhere).collect::<Vec<_>>(), Verdict::None, true);
        // What it heard is heard.
        let here = of(run(0, 0, Some(-80.0)), name);
        check(&runs.iter().copied().chain([here]).collect::<Vec<_>>(), Verdict::VeryGood, false);
        // Where nobody else was measured it speaks for itself.
        let alone: Vec<Run> = runs.iter().map(|run| of(*run, name)).collect();
        check(&alone, Verdict::None, true);
    }
}

#[test]
fn the_best_operator_wins() {
    let mut runs: Vec<Run> = (0..6).map(|day| run(0, day, None)).collect();
    runs.push(of(run(0, 0, Some(-100.0)), "vnpt"));
    check(&runs, Verdict::Good, false);
}

#[test]
fn the_best_technology_wins_and_one_more_weak_run_lifts_nothing() {
    let mut runs: Vec<Run> = (0..6).map(|day| run(0, day, None)).collect();
    runs.push(on(run(0, 0, Some(-105.0)), Technology::Umts));
    check(&runs, Verdict::None, true);
    runs.extend((10..20).map(|day| on(run(0, day, Some(-90.0)), Technology::Nr)));
    check(&runs, Verdict::VeryGood, true);
}

#[test]
fn weak_5g_alone_does_not_make_a_place_dead() {
    let mut runs: Vec<Run> = (0..6).map(|day| on(run(0, day, None), Technology::Nr)).collect();
    check(&runs, Verdict::None, true);
    runs.push(run(5, 0, Some(-80.0)));
    check(&runs, Verdict::Suspected, false);
    let only_5g = cells(&runs, None, Some(Technology::Nr), &SignalRules::default(), Resolution::Nine);
    assert_eq!(only_5g.iter().map(|c| c.verdict).collect::<Vec<_>>(), [Verdict::None]);
}

#[test]
fn days_are_local() {
    // 16:50 and 17:10 UTC lie on two days in Viet Nam.
    let late = |text: &str| Run { start: text.parse::<Timestamp>().unwrap().into(), ..run(0, 0, None) };
    let runs = [late("2026-03-01T16:50:00Z"), late("2026-03-01T17:10:00Z"), late("2026-03-01T17:20:00Z")];
    check(&runs, Verdict::None, false);
    assert_eq!(best_of_all(&runs)[0].evidence.days, 2);
}

#[test]
fn every_view_agrees_with_each_view_asked_alone() {
    let runs = mixed_runs(400);
    let rules = SignalRules::default();
    let mut slow = Vec::new();
    for operator in [None, Some("mobifone"), Some("viettel"), Some("vnpt")] {
        for technology in [None, Some(Technology::Lte), Some(Technology::Nr)] {
            slow.extend(cells(&runs, operator.map(self::operator), technology, &rules, Resolution::Nine));
        }
    }
    assert_eq!(every_view(&marked(&runs, &rules), &rules), slow);
}

#[test]
fn a_single_network_agrees_with_the_plain_version() {
    let runs = mixed_runs(600);
    for resolution in [Resolution::Six, Resolution::Seven, Resolution::Eight, Resolution::Nine] {
        for name in ["mobifone", "viettel", "vnpt"] {
            for technology in [Technology::Lte, Technology::Nr] {
                let fast = cells(&runs, Some(operator(name)), Some(technology), &SignalRules::default(), resolution);
                let fast: Vec<_> = fast.iter().map(|c| (c.cell, c.verdict, c.confirmed, c.median)).collect();
                assert_eq!(fast, plain(&runs, operator(name), technology, resolution));
            }
        }
    }
}

/// The rule as a person would write it: filter, sort, count.
fn plain(
    runs: &[Run],
    operator: Operator,
    technology: Technology,
    resolution: Resolution,
) -> Vec<(CellIndex, Verdict, bool, Option<Dbm>)> {
    let rules = SignalRules::default();
    let cuts = rules.cuts(technology);
    let mine: Vec<&Run> = runs.iter().filter(|r| r.operator == operator && r.technology == technology).collect();
    let mine = superseded::plain(mine, |r| r.median.is_none_or(|m| m.get() < cuts.poor));
    let cells: BTreeSet<CellIndex> = mine.iter().map(|r| r.cell.parent(resolution).unwrap()).collect();
    let judge = |cell: CellIndex| {
        let here: Vec<&&Run> = mine.iter().filter(|r| r.cell.parent(resolution) == Some(cell)).collect();
        let mut powers: Vec<f32> = here.iter().map(|r| r.median.map_or(-999.0, Dbm::get)).collect();
        powers.sort_by(f32::total_cmp);
        let middle = powers[(powers.len() - 1) / 2];
        let is_weak = |r: &Run| r.median.is_none_or(|m| m.get() < cuts.poor);
        let count = |n: usize| u32::try_from(n).unwrap();
        let bounds = |weak: usize, all: usize, z| wilson::interval(count(weak), count(all), z);
        // As what it is dead, and whether confirmed.
        let dead = |some: &[&Run]| {
            let weak: Vec<_> = some.iter().filter(|r| is_weak(r)).collect();
            let silent = some.iter().filter(|r| r.median.is_none_or(|m| m.get() < cuts.none)).count();
            let days = weak.iter().map(|r| local_day(r.start)).collect::<BTreeSet<_>>().len();
            let is_dead = some.len() >= 3 && days >= 2 && bounds(weak.len(), some.len(), rules.weak_z).0 > 0.5;
            let verdict = if silent * 2 >= some.len() { Verdict::None } else { Verdict::Weak };
            let confirmed = some.len() >= 5 && bounds(weak.len(), some.len(), rules.confirmed_z).0 > 0.5;
            is_dead.then_some((verdict, confirmed))
        };
        let here: Vec<&Run> = here.into_iter().copied().collect();
        let weak: Vec<_> = here.iter().filter(|r| is_weak(r)).collect();
        let good_days = here.iter().filter(|r| !is_weak(r)).map(|r| local_day(r.start));
        let held = good_days.max().and_then(|last| {
            let before: Vec<&Run> = here.iter().copied().filter(|r| local_day(r.start) < last).collect();
            let without: Vec<&Run> =
                here.iter().copied().filter(|r| is_weak(r) || local_day(r.start) != last).collect();
            let silent = here.iter().filter(|r| r.median.is_none_or(|m| m.get() < cuts.none)).count();
            let verdict = if silent * 2 >= here.len() { Verdict::None } else { Verdict::Weak };
            dead(&before).and(dead(&without)).map(|_| (verdict, false))
        });
        let (verdict, confirmed) = if let Some(found) = dead(&here).or(held) {
            found
        } else if weak.len() * 2 >= here.len() {
            (Verdict::Suspected, false)
        } else {
            let verdict = match middle {
                m if m < cuts.outdoor => Verdict::Outdoor,
                m if m < cuts.good => Verdict::Good,
                _ => Verdict::VeryGood,
            };
            (verdict, here.len() >= 5 && bounds(weak.len(), here.len(), rules.confirmed_z).1 < 0.5)
        };
        (cell, verdict, confirmed, Dbm::new(middle).ok())
    };
    cells.into_iter().map(judge).collect()
}

/// Runs of three operators on 4G and 5G over forty cells, always the same.
fn mixed_runs(count: i64) -> Vec<Run> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut draw = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    (0..count)
        .map(|_| {
            let cell = usize::try_from(draw(40)).unwrap();
            let day = i64::try_from(draw(4)).unwrap();
            let power = if draw(4) == 0 { None } else { Some(-130.0 + f32::from(u8::try_from(draw(50)).unwrap())) };
            let name = ["viettel", "vnpt", "mobifone"][usize::try_from(draw(3)).unwrap()];
            let technology = if draw(3) == 0 { Technology::Nr } else { Technology::Lte };
            Run { device: draw(5), ..on(of(run(cell, day, power), name), technology) }
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn verdicts_do_not_depend_on_the_order_of_runs(count in 1_i64..120) {
        let runs = mixed_runs(count);
        let backwards: Vec<Run> = runs.iter().rev().copied().collect();
        prop_assert_eq!(best_of_all(&runs), best_of_all(&backwards));
    }

    #[test]
    fn turning_one_of_the_last_runs_to_silence_never_improves_a_verdict(medians in some_medians()) {
        let mut before = runs_on_days(&medians);
        before.sort_by_key(|run| run.start);
        let mut after = before.clone();
        after.last_mut().unwrap().median = None;
        let (before, after) = (best_of_all(&before)[0], best_of_all(&after)[0]);
        prop_assert!(after.verdict <= before.verdict, "{:?} became {:?}", before.verdict, after.verdict);
    }

    #[test]
    fn one_more_silence_never_makes_a_place_good(medians in some_medians(), day in 3_i64..5) {
        let mut runs = runs_on_days(&medians);
        let before = best_of_all(&runs)[0];
        runs.push(run(0, day, None));
        let after = best_of_all(&runs)[0];
        prop_assert!(after.verdict <= before.verdict, "{:?} became {:?}", before.verdict, after.verdict);
    }

    #[test]
    fn one_more_good_run_never_makes_a_place_dead(medians in some_medians(), day in 3_i64..5) {
        let mut runs = runs_on_days(&medians);
        let before = best_of_all(&runs)[0];
        runs.push(run(0, day, Some(-80.0)));
        let after = best_of_all(&runs)[0];
        prop_assert!(before.verdict.is_dead() || !after.verdict.is_dead());
        prop_assert!(before.verdict < Verdict::Outdoor || after.verdict >= Verdict::Outdoor);
    }
}

fn some_medians() -> impl Strategy<Value = Vec<(i64, Option<f32>)>> {
    prop::collection::vec((0_i64..4, prop::option::weighted(0.6, -128.0_f32..-70.0)), 1..14)
}

fn runs_on_days(medians: &[(i64, Option<f32>)]) -> Vec<Run> {
    medians.iter().map(|(day, median)| run(0, *day, *median)).collect()
}
