//! Scenes for indicators: two old districts, three communes, a few villages,
//! and the slow, obvious count beside the table.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::{Asked, IndicatorRow, IndicatorTable, indicators};
use crate::engine::answer::answer;
use crate::engine::facts::{FactParts, Facts};
use crate::engine::plan::forecast::forecast;
use crate::engine::scene;
use crate::model::activity::{Activity, ActivityCounts, ActivityKind};
use crate::model::indicator::{Awaited, Bound, Cell, IndicatorLevel, IndicatorUnit, Line, Why};
use crate::model::measure::{LonLat, local_day};
use crate::model::period::Period;
use crate::model::question::Question;
use crate::model::signal_seen::SignalSeen;
use crate::model::team::{Team, TeamFacts};
use crate::model::topic::{Topic, Yields};
use crate::model::village::Village;
use crate::model::visit::{Visit, VisitResult};

const TODAY: Date = date(2026, 4, 15);

fn period(text: &str) -> Period {
    text.parse().unwrap()
}

fn village(of: &str, commune: &str, households: Option<u32>, lon: f64) -> Village {
    scene::village(of, commune, households, LonLat::new(lon, 20.05).ok())
}

/// Villages 14001-001, -002 and -003 (no households declared), 14002-001, none in 14003.
fn villages() -> Vec<Village> {
    vec![
        village("14001-001", "14001", Some(50), 105.01),
        village("14001-002", "14001", Some(40), 105.02),
        village("14001-003", "14001", None, 105.03),
        village("14002-001", "14002", Some(60), 105.11),
    ]
}

pub(super) fn visit(of: &str, household: u64, time: &str, result: VisitResult) -> Visit {
    let time = time.parse().unwrap();
    Visit { source_id: format!("{of}/{household}/{time}"), time, result, ..scene::visit(of, household) }
}

pub(super) fn guided(of: &str, homes: std::ops::Range<u64>, day: &str) -> Vec<Visit> {
    homes.map(|home| visit(of, home, &format!("{day}T03:00:00Z"), VisitResult::Guided)).collect()
}

fn activity(kind: ActivityKind, commune: &str, on: Date, counts: ActivityCounts) -> Activity {
    Activity {
        key: format!("{commune}|{}|{on}|{:?}", kind.code(), counts.attendees),
        kind,
        on,
        period: None,
        commune: commune.parse().ok(),
        village: None,
        counts,
        source: "scene".to_owned(),
    }
}

pub(super) fn parts() -> FactParts {
    let merger = date(2025, 7, 1);
    let old = |code, west, district: &str| {
        let mut unit = scene::commune(code, west, date(2020, 1, 1), Some(merger));
        unit.district = Some(district.to_owned());
        unit
    };
    FactParts {
        units: vec![
            old("13001", 105.0, "Huyện Gia Viễn"),
            old("13002", 105.1, "Huyện Hoa Lư"),
            scene::commune("14001", 105.0, merger, None),
            scene::commune("14002", 105.1, merger, None),
            scene::commune("14003", 105.2, merger, None),
        ],
        villages: villages(),
        today: TODAY,
        ..FactParts::default()
    }
}

pub(super) fn table_of(facts: &Facts, of: &str, level: IndicatorLevel, steps: bool) -> IndicatorTable {
    let period = period(of);
    let at = |period: Period| {
        let to = (period.last() < facts.today).then_some(period.last());
        answer(facts, &Question { to, steps, ..Question::default() })
    };
    let (now, before) = (at(period), period.before().map(|before| (before, at(before))));
    let before = before.as_ref().map(|(period, answer)| (*period, answer));
    indicators(facts, (&now, before), Asked { period, level, planning: true })
}

pub(super) fn table(visits: Vec<Visit>, of: &str) -> IndicatorTable {
    table_of(&Facts::new(FactParts { visits: visits.into(), ..parts() }), of, IndicatorLevel::Commune, false)
}

pub(super) fn row<'a>(table: &'a IndicatorTable, code: &str) -> &'a IndicatorRow {
    let is = |row: &&IndicatorRow| match &row.unit {
        IndicatorUnit::Commune(commune) => commune.to_string() == code,
        IndicatorUnit::Village(village, _) => village.to_string() == code,
        IndicatorUnit::District(name) => name == code,
        IndicatorUnit::Province => false,
    };
    table.rows.iter().find(is).unwrap()
}

fn value(table: &IndicatorTable, row: &IndicatorRow, line: Line) -> Option<f64> {
    let _ = table;
    row.now[&line].value(line, &Facts::new(parts()).rules.reach)
}

#[test]
fn until_today_the_table_is_the_layers() {
    let mut visits = guided("14001-001", 0..30, "2026-03-03");
    visits.extend(guided("14001-002", 0..36, "2025-12-03"));
    visits.extend(guided("14001-003", 0..9, "2026-03-03"));
    visits.extend((0..8).map(|home| visit("14001-001", 100 + home, "2026-03-03T03:00:00Z", VisitResult::NotHome)));
    let facts = Facts::new(FactParts { visits: visits.into(), ..parts() });
    let today = answer(&facts, &Question::default());
    let told = table_of(&facts, "2026", IndicatorLevel::Commune, false);
    for (reach, forecast) in today.communes.iter().zip(forecast(&facts, &today)) {
        let cells = &row(&told, &reach.commune.to_string()).now;
        let counted = |line: Line| cells[&line].numerator;
        assert_eq!(counted(Line::Reach), reach.guided_of_households.known().map(|guided| guided as f64));
        assert_eq!(cells[&Line::Reach].value(Line::Reach, &facts.rules.reach), reach.percent.known());
        if reach.villages > 0 {
            assert_eq!(counted(Line::Remaining), Some(forecast.remaining as f64));
            assert_eq!(counted(Line::StatusReached), Some(f64::from(reach.villages_reached)));
        }
    }
    let told = table_of(&facts, "2026", IndicatorLevel::Village, false);
    for reach in &today.villages {
        let cells = &row(&told, &reach.village.to_string()).now;
        if reach.households.known().is_some() {
            assert_eq!(cells[&Line::Found].numerator, reach.visited.known().map(f64::from));
            assert_eq!(cells[&Line::Reach].numerator, reach.guided.known().map(f64::from));
        }
        assert_eq!(cells[&Line::StatusReached].numerator, Some(f64::from(u8::from(reach.status.code() == "reached"))));
    }
}

#[test]
fn four_kinds_of_not_known_and_nought_are_told_apart() {
    let mut visits = guided("14001-001", 0..30, "2026-03-03");
    visits.truncate(30);
    let told = table(visits, "2026Q1");
    let cells = |code: &str| row(&told, code).now[&Line::Reach];
    assert_eq!((cells("14001").numerator, cells("14001").missing.no_denominator), (Some(30.0), 1));
    assert_eq!((cells("14002").numerator, cells("14002").why), (None, Some(Why::NoReport)));
    assert_eq!((cells("14003").numerator, cells("14003").why), (None, Some(Why::NoRegister)));
    let not_reached = row(&told, "14001").now[&Line::StatusNotReached];
    assert_eq!(not_reached.numerator, Some(1.0), "nobody came to 14001-002, and that is known");
    let total = told.total.now[&Line::Reach];
    assert_eq!((total.numerator, total.denominator, total.bound), (Some(30.0), Some(150.0), Bound::AtLeast));
    let missing = (total.missing.no_register, total.missing.no_denominator, total.missing.no_report);
    assert_eq!(missing, (1, 1, 1));
    assert_eq!(told.silent.len(), 2);
}

#[test]
fn who_has_not_sent_what_a_line_awaits_is_missing_from_its_sum_and_nobody_else() {
    let mut parts = parts();
    // One commune sent visits, one a report, one nothing.
    parts.visits = guided("14001-001", 0..30, "2026-03-03").into();
    parts.activities = vec![Activity {
        period: Some(period("2026Q1")),
        ..activity(ActivityKind::Report, "14002", date(2026, 4, 8), ActivityCounts::default())
    }];
    let told = table_of(&Facts::new(parts), "2026Q1", IndicatorLevel::Commune, false);
    assert_eq!(told.silent.len(), 1);
    for line in Line::ALL {
        let missing = told.total.now[&line].missing.no_report;
        let expected = match line.rests_on() {
            // The third commune has no village: its visits nobody waits for.
            Some(Awaited::Visits | Awaited::Anything) => 1,
            Some(Awaited::Reports) => 2,
            Some(Awaited::Teams) => 3,
            None => 0,
        };
        assert_eq!(missing, expected, "{line:?}");
    }
}

#[test]
fn a_commune_of_no_households_is_null_and_not_a_hundred_percent() {
    let mut parts = parts();
    parts.villages = vec![village("14002-001", "14002", Some(0), 105.11)];
    parts.visits = guided("14002-001", 0..9, "2026-03-03").into();
    let told = table_of(&Facts::new(parts), "2026Q1", IndicatorLevel::Commune, false);
    for line in [Line::Found, Line::Reach, Line::VillagesReached] {
        let cell = row(&told, "14002").now[&line];
        assert_eq!((cell.numerator, cell.why), (None, Some(Why::NoDenominator)), "{line:?}");
        assert_eq!(value(&told, &told.total, line), None);
    }
}

#[test]
fn few_households_are_n_of_n_and_more_than_declared_are_capped() {
    let mut parts = parts();
    parts.villages =
        vec![village("14001-001", "14001", Some(8), 105.01), village("14002-001", "14002", Some(60), 105.11)];
    let both = [guided("14001-001", 0..8, "2026-03-03"), guided("14002-001", 0..70, "2026-03-03")];
    parts.visits = both.concat().into();
    let told = table_of(&Facts::new(parts), "2026Q1", IndicatorLevel::Commune, false);
    let small = row(&told, "14001");
    assert_eq!((value(&told, small, Line::Reach), small.now[&Line::Reach].denominator), (None, Some(8.0)));
    let over = row(&told, "14002");
    assert_eq!((value(&told, over, Line::Reach), over.now[&Line::Reach].over), (Some(100.0), true));
}

#[test]
fn half_past_six_in_the_morning_belongs_to_the_local_day_and_its_month() {
    // 23:30Z on 31 March is 06:30 on 1 April.
    let homes = (0..9).map(|home| visit("14002-001", home, "2026-03-31T23:30:00Z", VisitResult::Guided));
    let visits: Vec<Visit> = homes.collect();
    let march = table(visits.clone(), "2026-03");
    assert_eq!(row(&march, "14002").now[&Line::Reach].why, Some(Why::NoReport));
    assert!(march.silent.iter().any(|code| code.to_string() == "14002"));
    let april = table(visits, "2026-04");
    assert_eq!(row(&april, "14002").now[&Line::Reach].numerator, Some(9.0));
}

#[test]
fn a_report_says_that_there_was_nothing_and_silence_does_not() {
    let mut parts = parts();
    let report = Activity {
        period: Some(period("2026Q1")),
        ..activity(ActivityKind::Report, "14001", date(2026, 4, 8), ActivityCounts::default())
    };
    let late =
        Activity { key: "late".to_owned(), on: date(2026, 4, 14), commune: "14002".parse().ok(), ..report.clone() };
    parts.activities = vec![report, late];
    let told = table_of(&Facts::new(parts), "2026Q1", IndicatorLevel::Commune, false);
    let cell = |code: &str, line: Line| row(&told, code).now[&line];
    assert_eq!(cell("14001", Line::Activities), Cell::count(0.0));
    assert_eq!(cell("14001", Line::DutyHours), Cell::count(0.0));
    assert_eq!(cell("14003", Line::Activities).why, Some(Why::NoReport));
    let total = told.total.now[&Line::Activities];
    assert_eq!((total.numerator, total.bound, total.missing.no_report), (Some(0.0), Bound::AtLeast, 1));
    let timely = told.total.now[&Line::ReportsTimely];
    assert_eq!((timely.numerator, timely.denominator), (Some(1.0), Some(2.0)));
    let complete = told.total.now[&Line::ReportsComplete];
    assert_eq!((complete.numerator, complete.denominator), (Some(6.0), Some(9.0)), "three months of three communes");
}

#[test]
fn a_quarter_of_events_is_its_three_months_and_of_households_their_union() {
    let mut parts = parts();
    let mut visits = Vec::new();
    for (month, attendees) in [(1, 10), (2, 20), (3, 30)] {
        let counts = ActivityCounts { attendees: Some(attendees), elderly: Some(5), ..ActivityCounts::default() };
        parts.activities.push(activity(ActivityKind::ClassResidents, "14001", date(2026, month, 9), counts));
        parts.activities.push(activity(
            ActivityKind::DutyShift,
            "14001",
            date(2026, month, 10),
            ActivityCounts { hours: Some(2.5), ..ActivityCounts::default() },
        ));
        // The same ten homes each month, and five new ones.
        let homes = 0..10 + 5 * u64::from(month.unsigned_abs());
        visits.extend(guided("14001-001", homes, &format!("2026-{month:02}-05")));
    }
    let facts = Facts::new(FactParts { visits: visits.into(), ..parts });
    for steps in [false, true] {
        let of = |text: &str| table_of(&facts, text, IndicatorLevel::Commune, steps);
        let (quarter, months) = (of("2026Q1"), ["2026-01", "2026-02", "2026-03"].map(of));
        for line in [Line::Activities, Line::DutyHours, Line::Attendees, Line::Elderly] {
            let sum: f64 = months.iter().map(|table| row(table, "14001").now[&line].numerator.unwrap()).sum();
            assert_eq!(row(&quarter, "14001").now[&line].numerator, Some(sum), "{line:?} {steps}");
        }
        let reach = row(&quarter, "14001").now[&Line::Reach].numerator;
        assert_eq!(reach, Some(25.0), "the union of its months, not their sum of 60");
        assert_eq!(row(&months[2], "14001").now[&Line::Reach].numerator, reach);
    }
}

#[test]
fn hours_that_nobody_stated_make_a_sum_at_least() {
    let mut parts = parts();
    let hours = |hours, day| {
        let counts = ActivityCounts { hours, ..ActivityCounts::default() };
        activity(ActivityKind::DutyShift, "14001", date(2026, 3, day), counts)
    };
    parts.activities = vec![hours(Some(4.0), 1), hours(None, 2)];
    let told = table_of(&Facts::new(parts), "2026Q1", IndicatorLevel::Commune, false);
    let cell = row(&told, "14001").now[&Line::DutyHours];
    assert_eq!((cell.numerator, cell.bound, cell.missing.not_stated), (Some(4.0), Bound::AtLeast, 1));
}

#[test]
fn what_no_file_records_is_null_with_its_reason() {
    let told = table(guided("14001-001", 0..30, "2026-03-03"), "2026Q1");
    for line in [Line::Vneid, Line::PublicServices, Line::Payments, Line::LostToSignal, Line::SpotCheck] {
        for cells in told.rows.iter().map(|row| &row.now).chain([&told.total.now]) {
            assert_eq!((cells[&line].numerator, cells[&line].why), (None, Some(Why::NotRecorded)), "{line:?}");
        }
    }
    for row in &told.rows {
        assert_eq!(row.now.len(), Line::ALL.len(), "every line stands in every row");
    }
}

#[test]
fn what_visits_taught_is_told_for_a_hundred_homes_and_lost_where_no_phone_had_a_signal() {
    let taught = |n: u64, seen: SignalSeen, vneid: Option<u32>| Visit {
        topics: [Topic::Vneid].into_iter().collect(),
        yields: Yields { vneid, ..Yields::default() },
        signal_seen: [("viettel".parse().unwrap(), seen)].into_iter().collect(),
        ..visit("14001-001", n, "2026-03-03T03:00:00Z", VisitResult::Guided)
    };
    let mut visits: Vec<Visit> = (0..10).map(|n| taught(n, SignalSeen::None, Some(2))).collect();
    visits.extend((10..20).map(|n| taught(n, SignalSeen::Weak, None)));
    // Taught what needs no data, and a phone that heard something.
    visits.extend(
        (20..30).map(|n| Visit { topics: [Topic::Safety].into_iter().collect(), ..taught(n, SignalSeen::None, None) }),
    );
    let told = table(visits, "2026Q1");
    let cell = row(&told, "14001").now[&Line::Vneid];
    assert_eq!((cell.numerator, cell.denominator), (Some(20.0), Some(10.0)));
    assert_eq!(cell.value(Line::Vneid, &crate::model::rules::ReachRules::default()), Some(200.0), "two in each home");
    assert_eq!(row(&told, "14001").now[&Line::LostToSignal].numerator, Some(10.0));
    assert_eq!(row(&told, "14001").now[&Line::Payments].why, Some(Why::NotRecorded), "missing is not nought");
    assert_eq!(
        told.total.now[&Line::Vneid].value(Line::Vneid, &crate::model::rules::ReachRules::default()),
        Some(200.0)
    );
    assert!(!told.total.now[&Line::Vneid].over);
}

#[test]
fn teams_are_held_to_the_register_and_a_commune_without_a_list_is_not_a_nought() {
    let mut parts = parts();
    let team = |village: Option<&str>, members, youth| Team {
        commune: "14001".parse().unwrap(),
        village: village.map(|code| code.parse().unwrap()),
        facts: TeamFacts { members: Some(members), youth, ..TeamFacts::default() },
        source: "scene".to_owned(),
    };
    parts.teams = vec![team(None, 15, Some(5)), team(Some("14001-001"), 8, None), team(Some("14001-002"), 0, None)];
    let told = table_of(&Facts::new(parts), "2026Q1", IndicatorLevel::Commune, false);
    let cell = |code: &str, line: Line| row(&told, code).now[&line];
    let parts_of = |cell: Cell| (cell.numerator, cell.denominator);
    assert_eq!(parts_of(cell("14001", Line::TeamsExist)), (Some(2.0), Some(4.0)), "no member is no team");
    assert_eq!(parts_of(cell("14001", Line::TeamsCompliant)), (Some(1.0), Some(2.0)));
    assert_eq!(parts_of(cell("14001", Line::TeamsYouth)), (Some(5.0), Some(15.0)));
    assert_eq!(cell("14002", Line::TeamsExist).why, Some(Why::NoTeams));
    let total = told.total.now[&Line::TeamsExist];
    assert_eq!((total.denominator, total.bound), (Some(7.0), Bound::AtLeast));
}

#[test]
fn an_old_district_is_told_from_its_villages() {
    let mut visits = guided("14001-001", 0..30, "2026-03-03");
    visits.extend(guided("14002-001", 0..20, "2026-03-03"));
    let facts = Facts::new(FactParts { visits: visits.into(), ..parts() });
    let told = table_of(&facts, "2026Q1", IndicatorLevel::District, false);
    let reach = |name: &str| row(&told, name).now[&Line::Reach];
    assert_eq!(told.rows.len(), 2);
    assert_eq!((reach("Huyện Gia Viễn").numerator, reach("Huyện Gia Viễn").denominator), (Some(30.0), Some(90.0)));
    assert_eq!(reach("Huyện Hoa Lư").numerator, Some(20.0));
}

#[test]
fn a_change_of_a_few_households_is_hidden_with_another_one() {
    let mut visits = guided("14001-001", 0..30, "2025-12-03");
    visits.extend(guided("14001-001", 30..33, "2026-02-03"));
    visits.extend(guided("14002-001", 0..20, "2025-12-03"));
    visits.extend(guided("14002-001", 20..40, "2026-02-03"));
    let told = table(visits, "2026Q1");
    for code in ["14001", "14002"] {
        let row = row(&told, code);
        assert_eq!(row.before[&Line::Reach].why, Some(Why::Suppressed), "{code}");
        assert!(!row.change.contains_key(&Line::Reach));
    }
    assert_eq!(row(&told, "14001").now[&Line::Reach].numerator, Some(33.0));
}

/// Where each home of a village was guided first, on which day.
type Homes = BTreeMap<(usize, u64), BTreeSet<(Date, bool)>>;

const CODES: [&str; 4] = ["14001-001", "14001-002", "14001-003", "14002-001"];

/// The most obvious count of distinct households up to a day.
fn slow(homes: &Homes, village: usize, until: Date, guided: bool) -> u32 {
    let counts = |seen: &BTreeSet<(Date, bool)>| seen.iter().any(|(day, was)| *day <= until && (*was || !guided));
    u32::try_from(homes.iter().filter(|((of, _), seen)| *of == village && counts(seen)).count()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_table_is_the_slow_count_and_its_sums_are_sums_of_its_parts(
        made in prop::collection::vec((0_usize..4, 0_u64..45, 0_i32..280, any::<bool>()), 0..220),
        of in prop::sample::select(vec!["2025-12", "2026-03", "2026-04", "2025Q4", "2026Q1", "2025H2", "2026H1", "2025", "2026"]),
        steps in any::<bool>(),
    ) {
        let mut homes: Homes = BTreeMap::new();
        let mut visits = Vec::new();
        for (village, home, day, guided) in made {
            let day = date(2025, 7, 1).checked_add(jiff::Span::new().days(day)).unwrap();
            let result = if guided { VisitResult::Guided } else { VisitResult::NotHome };
            visits.push(visit(CODES[village], home, &format!("{day}T03:00:00Z"), result));
            prop_assert_eq!(local_day(visits[visits.len() - 1].time), day);
            homes.entry((village, home)).or_default().insert((day, guided));
        }
        let facts = Facts::new(FactParts { visits: visits.into(), ..parts() });
        let until = period(of).last().min(TODAY);
        let tables = [IndicatorLevel::Village, IndicatorLevel::Commune, IndicatorLevel::District]
            .map(|level| table_of(&facts, of, level, steps));
        for (at, code) in CODES.iter().enumerate() {
            let cells = &row(&tables[0], code).now;
            for (line, guided) in [(Line::Found, false), (Line::Reach, true)] {
                if let Some(told) = cells[&line].numerator {
                    let truth = slow(&homes, at, if steps { last_whole(until) } else { until }, guided);
                    if steps {
                        prop_assert!(told <= f64::from(truth) && f64::from(truth) < told + 5.0);
                    } else {
                        prop_assert_eq!(told, f64::from(truth));
                    }
                }
            }
        }
        for line in Line::ALL {
            for table in &tables {
                prop_assert_eq!(&table.total.now[&line], &tables[1].total.now[&line], "the province is one");
            }
            let parts = tables[1].rows.iter().map(|row| row.now[&line]);
            let known: Vec<f64> = parts.clone().filter_map(|cell| cell.numerator).collect();
            let total = tables[1].total.now[&line];
            prop_assert_eq!(total.numerator, (!known.is_empty()).then(|| known.iter().sum()));
            if line.kind() == crate::model::indicator::LineKind::Count && known.len() < 3 && !known.is_empty() {
                prop_assert_eq!(total.bound == Bound::Exact || total.bound == Bound::AtMost, false);
            }
        }
        // No figure and no difference of two periods is a few households.
        for table in &tables {
            for row in table.rows.iter().chain([&table.total]) {
                for line in [Line::Found, Line::Reach] {
                    let (now, before) = (row.now[&line].numerator, row.before.get(&line).and_then(|cell| cell.numerator));
                    let small = |count: f64| (1.0..5.0).contains(&count.abs());
                    prop_assert!(!now.is_some_and(small) && !before.is_some_and(small), "{:?}", row.unit);
                    // What a total leaves out may be other communes than before.
                    let same = steps || row.now[&line].bound == Bound::Exact;
                    let differ = now.zip(before).map(|(now, before)| now - before).filter(|_| same);
                    prop_assert!(!differ.is_some_and(small), "{:?} {line:?} {now:?} {before:?}", row.unit);
                }
            }
        }
    }
}

/// In steps a month that has not ended shows the one before.
fn last_whole(until: Date) -> Date {
    if until == until.last_of_month() { until } else { until.first_of_month().yesterday().unwrap() }
}
