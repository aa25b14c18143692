//! Scenes for spot checks: what re-visits change in the table, and what they leave as it is.

use super::precision;
use super::scenes::{guided, parts, row, table, table_of, visit};
use crate::engine::facts::{FactParts, Facts};
use crate::model::indicator::{Cell, IndicatorLevel, Line, Why};
use crate::model::visit::{Visit, VisitResult};

/// Re-visits of homes, of which the first `differ` say that nobody was guided.
fn checks(of: &str, homes: std::ops::Range<u64>, differ: u64, day: &str) -> Vec<Visit> {
    let first = homes.start;
    let check = |home: u64| {
        let result = if home < first + differ { VisitResult::Later } else { VisitResult::Guided };
        let made = visit(of, home, &format!("{day}T03:00:00Z"), result);
        Visit { source_id: format!("{}/check", made.source_id), supervision: true, ..made }
    };
    homes.map(check).collect()
}

fn parts_of(cell: Cell) -> (Option<f64>, Option<f64>, Option<f64>) {
    (cell.numerator, cell.denominator, cell.population)
}

/// Forty visits of 14001 with ten checks of which two differ, thirty of 14002 with ten of which four do.
fn made() -> Vec<Visit> {
    let mut visits = guided("14001-001", 0..40, "2026-03-03");
    visits.extend(guided("14002-001", 100..130, "2026-03-04"));
    visits.extend(checks("14001-001", 0..10, 2, "2026-03-20"));
    visits.extend(checks("14002-001", 100..110, 4, "2026-03-21"));
    visits
}

#[test]
fn a_re_visit_changes_no_line_but_its_own() {
    let before: Vec<Visit> = made().into_iter().filter(|visit| !visit.supervision).collect();
    for level in [IndicatorLevel::Commune, IndicatorLevel::Village, IndicatorLevel::District] {
        let of = |visits| table_of(&Facts::new(FactParts { visits, ..parts() }), "2026Q1", level, false);
        let (mut with, mut without) = (of(made().into()), of(before.clone().into()));
        for table in [&mut with, &mut without] {
            for row in table.rows.iter_mut().chain([&mut table.total]) {
                row.now.remove(&Line::SpotCheck);
                row.before.remove(&Line::SpotCheck);
            }
        }
        assert_eq!(with, without, "{level}");
    }
}

#[test]
fn communes_where_a_few_differ_are_told_in_the_total() {
    let told = table(made(), "2026Q1");
    for code in ["14001", "14002"] {
        let cell = row(&told, code).now[&Line::SpotCheck];
        assert_eq!((cell.numerator, cell.why), (None, Some(Why::Suppressed)), "{code}");
    }
    let total = told.total.now[&Line::SpotCheck];
    assert_eq!(parts_of(total), (Some(15.0), Some(20.0), Some(70.0)));
    assert_eq!((total.why, total.missing.suppressed), (None, 0), "those that are not told are in it");
    let sure = precision(Line::SpotCheck, &total).unwrap();
    assert_eq!((sure.interval, sure.needed), (Some((53.1, 88.8)), Some(60.0)));
}

#[test]
fn a_district_of_a_commune_that_is_not_told_is_not_told() {
    let facts = Facts::new(FactParts { visits: made().into(), ..parts() });
    let told = table_of(&facts, "2026Q1", IndicatorLevel::District, false);
    assert_eq!(row(&told, "Huyện Gia Viễn").now[&Line::SpotCheck].why, Some(Why::Suppressed));
    let village = table_of(&facts, "2026Q1", IndicatorLevel::Village, false);
    assert_eq!(row(&village, "14001-001").now[&Line::SpotCheck].why, Some(Why::ByCommune));
}

#[test]
fn a_check_counts_in_the_period_of_the_visit_and_nothing_checked_is_null() {
    let mut visits = guided("14001-001", 0..40, "2026-02-03");
    visits.extend(checks("14001-001", 0..20, 0, "2026-03-20"));
    let cell = |of: &str| row(&table(visits.clone(), of), "14001").now[&Line::SpotCheck];
    assert_eq!(parts_of(cell("2026-02")), (Some(20.0), Some(20.0), Some(40.0)));
    let march = cell("2026-03");
    assert_eq!((parts_of(march), march.why), ((None, None, None), Some(Why::Nothing)), "never nought");
    let total = table(visits.clone(), "2026-03").total.now[&Line::SpotCheck];
    assert_eq!((total.numerator, total.why), (None, Some(Why::Nothing)));
}

#[test]
fn whoever_is_told_of_households_in_steps_is_told_of_no_check() {
    let facts = Facts::new(FactParts { visits: made().into(), ..parts() });
    let told = table_of(&facts, "2026Q1", IndicatorLevel::Commune, true);
    for cells in told.rows.iter().map(|row| &row.now).chain([&told.total.now]) {
        let cell = cells[&Line::SpotCheck];
        assert_eq!((parts_of(cell), cell.why), ((None, None, None), Some(Why::Suppressed)));
    }
}
