//! Communes whose sum the floor hides: what their villages show is still told, so that no total falls when homes are
//! visited.

use super::scenes::{guided, parts, row, table_of};
use super::{IndicatorTable, precision};
use crate::engine::facts::{FactParts, Facts};
use crate::engine::scene;
use crate::model::indicator::{Bound, Cell, IndicatorLevel, Line};
use crate::model::measure::LonLat;

/// Homes guided in villages of 100 homes of 14001, all on one day.
fn table(counts: [u64; 4], level: IndicatorLevel) -> IndicatorTable {
    let code = |at: usize| format!("14001-{:03}", 101 + at);
    let at = |at: usize| LonLat::new(105.01 + 0.01 * at as f64, 20.05).ok();
    let villages = (0..4).map(|n| scene::village(&code(n), "14001", Some(100), at(n))).collect();
    let visits: Vec<_> = (0..4).flat_map(|n| guided(&code(n), 0..counts[n], "2026-03-10")).collect();
    let facts = Facts::new(FactParts { villages, visits: visits.into(), ..parts() });
    table_of(&facts, "2026-03", level, false)
}

fn told(cell: Cell) -> (Option<f64>, Bound, u32) {
    (cell.numerator, cell.bound, cell.missing.suppressed)
}

#[test]
fn a_hidden_sum_is_at_least_what_its_villages_show_and_so_is_the_total() {
    let open = table([0, 0, 30, 60], IndicatorLevel::Commune);
    assert_eq!(told(row(&open, "14001").now[&Line::Reach]), (Some(90.0), Bound::Exact, 0));
    let hidden = table([4, 4, 30, 60], IndicatorLevel::Commune);
    assert_eq!(told(row(&hidden, "14001").now[&Line::Reach]), (Some(90.0), Bound::AtLeast, 1));
    assert_eq!(told(hidden.total.now[&Line::Reach]), (Some(90.0), Bound::AtLeast, 1));
    // Nothing but what anybody can add up from the villages.
    let villages = table([4, 4, 30, 60], IndicatorLevel::Village);
    let shown: f64 = villages.rows.iter().filter_map(|row| row.now[&Line::Reach].numerator).sum();
    assert!((shown - 90.0).abs() < 1e-9, "{shown}");
}

#[test]
fn found_is_never_less_than_guided_and_a_rate_of_the_rest_says_that_it_is_one() {
    let told = table([4, 4, 30, 60], IndicatorLevel::Commune);
    let now = &row(&told, "14001").now;
    assert!(now[&Line::Found].numerator >= now[&Line::Reach].numerator, "{:?}", now[&Line::Found]);
    let success = now[&Line::Success];
    assert_eq!((success.numerator, success.bound), (success.denominator, Bound::Neither), "{success:?}");
    assert!(precision(Line::Success, &success).is_none());
}
