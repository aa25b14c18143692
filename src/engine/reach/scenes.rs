//! Scenes for reach: a few villages, a few visits, and what may be said of them.
//!
//! Answers are asked for through the front door, so that what is tested is
//! what a map would show.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::tallies;
use crate::engine::answer::{Answer, answer};
use crate::engine::facts::{FactParts, Facts};
use crate::engine::scene::{self, commune};
use crate::model::admin::UnitCode;
use crate::model::figure::Figure;
use crate::model::flag::Flag;
use crate::model::measure::{LonLat, local_day};
use crate::model::question::Question;
use crate::model::reach::{CommuneReach, Need, ReachStatus, VillageReach};
use crate::model::village::Village;
use crate::model::visit::{Visit, VisitResult};

const TODAY: Date = date(2026, 4, 15);

fn code(text: &str) -> UnitCode {
    text.parse().unwrap()
}

fn village(of: &str, commune: &str, households: Option<u32>, lon: f64) -> Village {
    scene::village(of, commune, households, LonLat::new(lon, 20.05).ok())
}

/// Visits to `count` homes of a village at noon of a day.
fn visits(of: &str, homes: std::ops::Range<u64>, day: Date, result: VisitResult) -> Vec<Visit> {
    let time = day.at(5, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    homes
        .map(|home| Visit { source_id: format!("{of}/{home}/{day}"), time, result, ..scene::visit(of, home) })
        .collect()
}

fn guided(of: &str, homes: u64) -> Vec<Visit> {
    visits(of, 0..homes, date(2026, 4, 1), VisitResult::Guided)
}

fn facts(villages: Vec<Village>, visits: Vec<Visit>) -> Facts {
    let merger = date(2025, 7, 1);
    Facts::new(FactParts {
        // The code of the western old commune names the new one that is as wide as both.
        units: vec![
            commune("14001", 105.0, date(2020, 1, 1), Some(merger)),
            commune("14002", 105.1, date(2020, 1, 1), Some(merger)),
            commune("14001", 105.0, merger, None),
            commune("14003", 105.1, merger, None),
        ],
        villages,
        visits: visits.into(),
        today: TODAY,
        ..FactParts::default()
    })
}

fn ask(villages: Vec<Village>, visits: Vec<Visit>) -> Answer {
    answer(&facts(villages, visits), &Question::default())
}

fn row<'a>(answer: &'a Answer, of: &str) -> &'a VillageReach {
    answer.villages.iter().find(|v| v.village == of.parse().unwrap()).unwrap()
}

fn commune_row<'a>(answer: &'a Answer, of: &str) -> &'a CommuneReach {
    answer.communes.iter().find(|c| c.commune == code(of)).unwrap()
}

fn order(answer: &Answer) -> Vec<String> {
    answer.unreached.iter().map(ToString::to_string).collect()
}

#[test]
fn a_village_with_no_visit_is_first() {
    let villages = vec![
        village("14001-001", "14001", Some(900), 105.01),
        village("14001-002", "14001", Some(40), 105.02),
        village("14001-003", "14001", None, 105.03),
        village("14001-004", "14001", Some(700), 105.04),
        village("14001-005", "14001", Some(20), 105.05),
        village("14001-006", "14001", None, 105.06),
        village("14003-001", "14003", Some(30), 105.11),
    ];
    let mut made = guided("14001-001", 30);
    made.extend(visits("14001-004", 0..9, date(2026, 4, 1), VisitResult::NotHome));
    made.extend(guided("14001-005", 20));
    made.extend(guided("14001-006", 20));
    let answer = ask(villages, made);
    assert_eq!(
        order(&answer),
        ["14001-002", "14003-001", "14001-003", "14001-004", "14001-001", "14001-006"],
        "nobody came, nobody came and no denominator, visited in vain, started, visited without denominator"
    );
    assert_eq!(row(&answer, "14003-001").status, ReachStatus::NoReport);
    assert_eq!(row(&answer, "14003-001").visited, Figure::NotReported);
    assert_eq!(row(&answer, "14001-002").visited, Figure::Known(0));
    assert_eq!(row(&answer, "14001-002").remaining, Figure::Known(36));
}

#[test]
fn no_denominator_is_never_0_or_100_percent() {
    let villages = vec![village("14001-001", "14001", None, 105.01), village("14001-002", "14001", Some(0), 105.02)];
    let mut made = guided("14001-001", 30);
    made.extend(guided("14001-002", 30));
    for made in [made, Vec::new()] {
        let answer = ask(villages.clone(), made);
        for row in &answer.villages {
            assert_eq!(row.status, ReachStatus::NoDenominator);
            assert_eq!((row.percent, row.remaining), (Figure::NotReported, Figure::NotReported));
        }
        assert_eq!(commune_row(&answer, "14001").percent, Figure::NotReported);
    }
}

#[test]
fn a_commune_that_sent_nothing_has_no_figure_and_one_that_did_has_a_zero() {
    let villages = vec![
        village("14001-001", "14001", Some(50), 105.01),
        village("14001-002", "14001", Some(50), 105.02),
        village("14003-001", "14003", Some(50), 105.11),
    ];
    let answer = ask(villages, visits("14001-001", 0..8, date(2026, 4, 1), VisitResult::NotHome));
    assert_eq!(commune_row(&answer, "14001").percent, Figure::Known(0.0));
    assert!(commune_row(&answer, "14003").no_report);
    assert_eq!(commune_row(&answer, "14003").percent, Figure::NotReported);
    assert_eq!(row(&answer, "14001-002").status, ReachStatus::NotReached);
    assert_eq!(row(&answer, "14003-001").remaining, Figure::NotReported);
}

#[test]
fn a_visit_without_a_village_is_a_report_of_its_commune() {
    let mut made = visits("14003-001", 0..1, date(2026, 4, 1), VisitResult::Guided);
    made[0].village = None;
    let answer = ask(vec![village("14003-001", "14003", Some(50), 105.11)], made);
    assert_eq!(row(&answer, "14003-001").status, ReachStatus::NotReached);
    assert_eq!(commune_row(&answer, "14003").guided, Figure::Known(0));
}

#[test]
fn one_home_on_two_days_is_one_home_and_later_visits_do_not_count() {
    let villages = vec![village("14001-001", "14001", Some(50), 105.01)];
    let mut made = visits("14001-001", 0..10, date(2026, 3, 1), VisitResult::NotHome);
    made.extend(guided("14001-001", 5));
    made.extend(visits("14001-001", 20..40, date(2026, 4, 16), VisitResult::Guided));
    let mut flagged = visits("14001-001", 50..60, date(2026, 4, 2), VisitResult::Guided);
    flagged.iter_mut().for_each(|visit| visit.flags.insert(Flag::OutsideProvince));
    made.extend(flagged);
    let facts = facts(villages, made);
    let today = answer(&facts, &Question::default());
    let row = &today.villages[0];
    assert_eq!((row.visited, row.guided), (Figure::Known(10), Figure::Known(5)));
    assert_eq!(row.last_visit, Some(date(2026, 4, 1)));
    let march = Question { to: Some(date(2026, 3, 31)), ..Question::default() };
    let row = &answer(&facts, &march).villages[0];
    assert_eq!((row.visited, row.guided), (Figure::Known(10), Figure::Known(0)));
}

#[test]
fn a_village_finished_before_the_period_is_still_finished() {
    let villages =
        vec![village("14001-001", "14001", Some(50), 105.01), village("14001-002", "14001", Some(50), 105.02)];
    let facts = facts(villages, visits("14001-001", 0..50, date(2025, 6, 20), VisitResult::Guided));
    let quarter = Question { from: Some(date(2026, 1, 1)), to: Some(date(2026, 3, 31)), ..Question::default() };
    let answer = answer(&facts, &quarter);
    let finished = row(&answer, "14001-001");
    assert_eq!((finished.status, finished.guided), (ReachStatus::Reached, Figure::Known(50)));
    assert_eq!((finished.last_visit, finished.stale), (Some(date(2025, 6, 20)), true));
    assert!(!commune_row(&answer, "14001").no_report);
    assert_eq!(order(&answer), ["14001-002"]);
}

#[test]
fn no_report_means_that_nobody_came_up_to_the_last_day() {
    let facts = facts(vec![village("14001-001", "14001", Some(50), 105.01)], guided("14001-001", 50));
    let on = |to| answer(&facts, &Question { to: Some(to), ..Question::default() }).villages[0].status;
    assert_eq!(on(date(2026, 3, 31)), ReachStatus::NoReport);
    assert_eq!(on(date(2026, 4, 1)), ReachStatus::Reached);
}

#[test]
fn todays_figures_can_be_seen_on_yesterdays_communes() {
    let villages = vec![village("14001-001", "14001", Some(50), 105.15)];
    let facts = facts(villages, guided("14001-001", 50));
    let before = Question { as_of: Some(date(2025, 6, 30)), ..Question::default() };
    let answer = answer(&facts, &before);
    assert_eq!(commune_row(&answer, "14002").guided, Figure::Known(50));
    assert_eq!((answer.villages[0].status, answer.villages[0].stale), (ReachStatus::Reached, false));
}

#[test]
fn staleness_is_judged_on_the_last_day_asked_for_and_never_after_today() {
    let facts = facts(vec![village("14001-001", "14001", Some(50), 105.01)], guided("14001-001", 50));
    let stale = |to| answer(&facts, &Question { to: Some(to), ..Question::default() }).villages[0].stale;
    assert!(!stale(date(2027, 1, 1)));
    let half_a_year_on = Facts::new(FactParts {
        units: facts.units.clone(),
        villages: facts.villages.clone(),
        visits: facts.visits.clone(),
        today: date(2026, 10, 1),
        ..FactParts::default()
    });
    let stale = |to| answer(&half_a_year_on, &Question { to, ..Question::default() }).villages[0].stale;
    assert!(stale(None));
    assert!(!stale(Some(date(2026, 4, 30))));
}

#[test]
fn the_few_who_were_out_or_refused_are_not_shown() {
    let villages =
        vec![village("14001-001", "14001", Some(80), 105.01), village("14001-002", "14001", Some(80), 105.02)];
    let made = [
        guided("14001-001", 57),
        visits("14001-001", 100..103, date(2026, 4, 2), VisitResult::Refused),
        guided("14001-002", 57),
        visits("14001-002", 100..105, date(2026, 4, 2), VisitResult::Refused),
    ]
    .concat();
    let answer = ask(villages, made);
    let few = row(&answer, "14001-001");
    assert_eq!((few.visited, few.guided), (Figure::Suppressed, Figure::Known(57)));
    assert_eq!((few.remaining, few.last_visit), (Figure::Known(15), Some(date(2026, 4, 2))));
    assert_eq!(row(&answer, "14001-002").visited, Figure::Known(62));
}

#[test]
fn a_visit_before_seven_in_the_morning_counts_on_the_local_day() {
    let mut made = guided("14001-001", 10);
    // 23:30 UTC on 31 March is 06:30 on 1 April at +07:00.
    made.iter_mut().for_each(|visit| visit.time = "2026-03-31T23:30:00Z".parse().unwrap());
    assert_eq!(local_day(made[0].time), date(2026, 4, 1));
    let facts = facts(vec![village("14001-001", "14001", Some(50), 105.01)], made);
    let march = Question { to: Some(date(2026, 3, 31)), ..Question::default() };
    assert_eq!(answer(&facts, &march).villages[0].guided, Figure::NotReported);
    let april = Question { to: Some(date(2026, 4, 1)), ..Question::default() };
    assert_eq!(answer(&facts, &april).villages[0].guided, Figure::Known(10));
}

#[test]
fn more_guided_than_declared_is_100_percent_and_a_flag() {
    let answer = ask(vec![village("14001-001", "14001", Some(20), 105.01)], guided("14001-001", 26));
    let row = &answer.villages[0];
    assert_eq!((row.percent, row.over_declared, row.status), (Figure::Known(100.0), true, ReachStatus::Reached));
    assert_eq!(row.remaining, Figure::Known(0));
}

#[test]
fn a_small_village_has_counts_but_no_percentage() {
    let answer = ask(vec![village("14001-001", "14001", Some(9), 105.01)], guided("14001-001", 9));
    let row = &answer.villages[0];
    assert_eq!((row.percent, row.guided), (Figure::Suppressed, Figure::Known(9)));
}

#[test]
fn a_last_visit_half_a_year_ago_is_stale() {
    let villages = vec![village("14001-001", "14001", Some(50), 105.01)];
    let made = |day| visits("14001-001", 0..10, day, VisitResult::Guided);
    assert!(!ask(villages.clone(), made(date(2025, 10, 17))).villages[0].stale);
    assert!(ask(villages, made(date(2025, 10, 16))).villages[0].stale);
}

#[test]
fn four_households_leave_no_trace_and_hide_a_neighbour() {
    let villages = vec![
        village("14001-001", "14001", Some(12), 105.01),
        village("14001-002", "14001", Some(80), 105.02),
        village("14001-003", "14001", Some(80), 105.03),
    ];
    let made = [guided("14001-001", 4), guided("14001-002", 30), guided("14001-003", 50)].concat();
    let answer = ask(villages, made);
    let small = row(&answer, "14001-001");
    assert_eq!((small.visited, small.guided), (Figure::Suppressed, Figure::Suppressed));
    assert_eq!((small.remaining, small.percent), (Figure::Suppressed, Figure::Suppressed));
    assert_eq!((small.last_visit, small.status), (None, ReachStatus::Started));
    assert_eq!(row(&answer, "14001-002").guided, Figure::Suppressed);
    assert_eq!(row(&answer, "14001-003").guided, Figure::Known(50));
    assert_eq!(commune_row(&answer, "14001").guided, Figure::Known(84));
}

#[test]
fn a_commune_with_a_handful_of_households_has_no_sum() {
    let villages =
        vec![village("14001-001", "14001", Some(12), 105.01), village("14001-002", "14001", Some(80), 105.02)];
    let answer = ask(villages, guided("14001-001", 4));
    assert_eq!(commune_row(&answer, "14001").guided, Figure::Suppressed);
    assert_eq!(commune_row(&answer, "14001").percent, Figure::Suppressed);
    assert_eq!(row(&answer, "14001-002").guided, Figure::Known(0));
}

#[test]
fn a_code_that_is_used_again_does_not_carry_a_village_back() {
    // Declared in today's 14003, whose ground was 14002; and in today's 14001 without a point.
    let mut without_point = village("14001-009", "14001", Some(30), 105.01);
    without_point.point = None;
    let villages = vec![village("14003-001", "14003", Some(50), 105.15), without_point];
    let facts = facts(villages, Vec::new());
    let before = Question { as_of: Some(date(2025, 6, 30)), ..Question::default() };
    let old = answer(&facts, &before);
    assert_eq!(old.villages.iter().map(|v| v.commune.to_string()).collect::<Vec<_>>(), ["14001", "14002"]);
    let counted: Vec<_> = old.communes.iter().map(|c| (c.commune.to_string(), c.villages)).collect();
    assert_eq!(counted, [("14001".to_owned(), 0), ("14002".to_owned(), 1)]);
    let new = answer(&facts, &Question::default());
    let counted: Vec<_> = new.communes.iter().map(|c| (c.commune.to_string(), c.villages)).collect();
    assert_eq!(counted, [("14001".to_owned(), 1), ("14003".to_owned(), 1)]);
    assert_eq!((old.unit_indices.len(), new.unit_indices.len()), (2, 2));
}

#[test]
fn a_village_lies_where_its_point_is_whatever_it_declares() {
    let villages =
        vec![village("14001-001", "14001", Some(50), 105.15), village("14001-002", "14001", Some(50), 109.0)];
    let answer = ask(villages, Vec::new());
    assert_eq!(row(&answer, "14001-001").commune, code("14003"));
    assert_eq!(row(&answer, "14001-002").commune, code("14001"));
}

#[test]
fn priority_without_any_measurement_says_so() {
    let villages = vec![
        village("14001-001", "14001", None, 105.01),
        village("14001-002", "14001", Some(30), 105.02),
        village("14001-003", "14001", Some(90), 105.03),
    ];
    let answer = ask(villages, Vec::new());
    let rows: Vec<_> =
        answer.priority.iter().map(|r| (r.rank, r.village.seq(), r.need, r.households_at_most)).collect();
    let need = Need::UnreachedUnmeasured;
    assert_eq!(
        rows,
        [(1, 3, need, Figure::Known(81)), (2, 2, need, Figure::Known(27)), (3, 1, need, Figure::NotReported)]
    );
}

#[test]
fn counting_agrees_with_the_plain_version() {
    let villages: Vec<Village> =
        (1..=4).map(|seq| village(&format!("14001-{seq:03}"), "14001", Some(60), 105.01)).collect();
    let mut made = Vec::new();
    for number in 0..900_u64 {
        let scattered = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
        let day = date(2026, 4, 1).checked_sub((scattered % 60).cast_signed().days()).unwrap();
        let result = VisitResult::ALL[usize::try_from(scattered / 61 % 8).unwrap()];
        let home = scattered / 7 % 45;
        made.extend(visits(
            &villages[usize::try_from(scattered % 4).unwrap()].code.to_string(),
            home..home + 1,
            day,
            result,
        ));
    }
    let question = Question { from: Some(date(2026, 2, 20)), to: Some(date(2026, 3, 5)), ..Question::default() };
    let facts = facts(villages, made.clone());
    for row in tallies(&facts, &[0, 1, 2, 3], (TODAY, TODAY), |day| question.covers_visit(day), None) {
        let counted =
            || made.iter().filter(|v| v.village == Some(row.village) && question.covers_visit(local_day(v.time)));
        let homes: BTreeSet<u64> = counted().map(|v| v.household).collect();
        let guided: BTreeSet<u64> =
            counted().filter(|v| v.result == VisitResult::Guided).map(|v| v.household).collect();
        assert_eq!(row.visited, u32::try_from(homes.len()).unwrap());
        assert_eq!(row.guided, u32::try_from(guided.len()).unwrap());
        assert_eq!(row.last_visit, counted().map(|v| local_day(v.time)).max());
    }
}

#[test]
fn a_visit_without_a_village_counts_in_the_commune_of_today_that_it_was_placed_in() {
    // Made before the merger, placed by the import in the new bearer of a reused code.
    let mut made = visits("14001-001", 0..1, date(2025, 6, 1), VisitResult::Guided);
    made[0].village = None;
    let facts = facts(Vec::new(), made);
    assert_eq!(facts.loose_communes(TODAY, |_| true), [code("14001")]);
    assert_eq!(facts.loose_communes(date(2025, 6, 30), |_| true), []);
}

/// What everybody is told of a village, of its commune, and whether it is shown as unreached.
#[test]
fn everybody_is_told_whole_months_in_steps_and_the_department_each_day() {
    let villages =
        vec![village("14001-001", "14001", Some(50), 105.01), village("14001-002", "14001", Some(20), 105.02)];
    let mut made = visits("14001-001", 0..6, date(2026, 2, 10), VisitResult::Guided);
    made.extend(visits("14001-001", 6..8, date(2026, 3, 10), VisitResult::Guided));
    made.extend(visits("14001-002", 0..3, date(2026, 3, 11), VisitResult::Guided));
    made.extend(visits("14001-002", 3..9, date(2026, 4, 10), VisitResult::Guided));
    let facts = facts(villages, made);
    let told = |steps: bool, to: Option<Date>| {
        let answer = answer(&facts, &Question { to, steps, ..Question::default() });
        let [one, two] = ["14001-001", "14001-002"].map(|code| row(&answer, code).guided);
        (one, two, commune_row(&answer, "14001").guided, row(&answer, "14001-002").status)
    };
    use Figure::{Known, Suppressed};
    assert_eq!(told(false, None), (Known(8), Known(9), Known(17), ReachStatus::Low));
    // April has not ended; two more homes in March are no step, and three homes of a village are not told.
    assert_eq!(told(true, None), (Known(6), Suppressed, Known(6), ReachStatus::Started));
    assert_eq!(told(true, Some(date(2026, 2, 28))), (Known(6), Known(0), Known(6), ReachStatus::NotReached));
    let answer = answer(&facts, &Question { steps: true, ..Question::default() });
    let first = row(&answer, "14001-001");
    assert_eq!((first.visited, first.last_visit), (Suppressed, Some(date(2026, 3, 31))));
}
