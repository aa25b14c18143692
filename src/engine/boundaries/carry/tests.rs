//! Numbers on small lineages, and conservation on any.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::engine::boundaries::shapes::area as shape;
use crate::model::admin::UnitKind;

const FIRST: Date = date(2024, 1, 1);
const DAY: Date = date(2025, 7, 1);
const LATER: Date = date(2026, 4, 30);

fn code(number: u32) -> UnitCode {
    format!("{number:05}").parse().unwrap()
}

fn change(from: u32, to: u32, share: Share, effective: Date) -> UnitChange {
    UnitChange {
        from: code(from),
        from_name: String::new(),
        to: code(to),
        to_name: String::new(),
        share,
        effective,
        legal_basis: None,
    }
}

fn unit(number: u32, from: Date, to: Option<Date>, polygon: &str) -> AdminUnit {
    AdminUnit {
        code: code(number),
        name: number.to_string(),
        kind: UnitKind::Commune,
        district: None,
        valid_from: from,
        valid_to: to,
        geometry: Some(shape(polygon)),
        stated_area_km2: None,
        source: String::new(),
        approximate: false,
    }
}

fn show(carried: &Carried) -> String {
    let units = carried.units.iter().map(|(code, value)| format!("{code}={value}"));
    let why = |why: &Why| match why {
        Why::UnknownUnit => "unknown",
        Why::NoSuccessor => "no successor",
        Why::NoLine { .. } => "no line",
        Why::RestUnrecorded { .. } => "rest",
        Why::WholeToSeveral { .. } => "whole to several",
        Why::DrawnElsewhere { .. } => "drawn elsewhere",
    };
    let held = carried.held.iter().map(|held| format!("held {}={} {}", held.code, held.value, why(&held.why)));
    units.chain(held).collect::<Vec<_>>().join(", ")
}

fn check(changes: &[UnitChange], units: &[AdminUnit], values: &[(u32, u64)], expected: &str) {
    let lineage = Lineage::new(units, changes);
    let values: Vec<_> = values.iter().map(|(number, value)| (code(*number), *value)).collect();
    let carried = carry(&lineage, &values, FIRST, LATER, &Drawn::new(units, &[]));
    assert_eq!(show(&carried), expected);
}

#[test]
fn a_whole_takes_all_along_and_chains() {
    let changes = [change(1, 2, Share::Whole, DAY), change(2, 2, Share::Whole, DAY), change(2, 9, Share::Whole, LATER)];
    check(&changes, &[], &[(1, 10), (2, 5)], "00009=15");
    check(&changes[..2], &[], &[(1, 10), (2, 5)], "00002=15");
}

#[test]
fn a_split_without_a_line_is_held_and_named() {
    let changes = [change(1, 2, Share::Part, DAY), change(1, 3, Share::Part, DAY)];
    check(&changes, &[], &[(1, 10)], "held 00001=10 no line");
    check(&changes[..1], &[], &[(1, 10)], "held 00001=10 rest");
    let contradictory = [change(1, 2, Share::Whole, DAY), change(1, 3, Share::Whole, DAY)];
    check(&contradictory, &[], &[(1, 10)], "held 00001=10 whole to several");
}

#[test]
fn drawn_area_divides_between_the_named_units_only() {
    let changes = [change(1, 2, Share::Part, DAY), change(1, 3, Share::Part, DAY)];
    // A quarter in 2, half in 3, a quarter in 4, which nobody named.
    let units = [
        unit(1, FIRST, Some(DAY), "105 20, 106 20, 106 21, 105 21"),
        unit(2, DAY, None, "104 19, 105.25 19, 105.25 22, 104 22"),
        unit(3, DAY, None, "105.25 19, 105.75 19, 105.75 22, 105.25 22"),
        unit(4, DAY, None, "105.75 19, 107 19, 107 22, 105.75 22"),
    ];
    check(&changes, &units, &[(1, 300)], "00002=100, 00003=200");
    // One line missing: nothing is divided.
    check(&changes, &units[..2], &[(1, 300)], "held 00001=300 no line");
    // Drawn mostly where nobody says it went.
    let elsewhere = [change(1, 2, Share::Part, DAY), change(1, 5, Share::Part, DAY)];
    let mut far = units.to_vec();
    far.push(unit(5, DAY, None, "108 19, 109 19, 109 22, 108 22"));
    check(&elsewhere, &far, &[(1, 300)], "held 00001=300 drawn elsewhere");
}

#[test]
fn a_part_whose_rest_is_unrecorded_moves_its_drawn_share_only() {
    let units = [
        unit(1, FIRST, Some(DAY), "105 20, 106 20, 106 21, 105 21"),
        unit(2, DAY, None, "104 19, 105.25 19, 105.25 22, 104 22"),
    ];
    check(&[change(1, 2, Share::Part, DAY)], &units, &[(1, 400)], "00002=100, held 00001=300 rest");
}

#[test]
fn a_piece_outweighs_the_overlap() {
    let units = [
        unit(1, FIRST, Some(DAY), "105 20, 106 20, 106 21, 105 21"),
        unit(2, DAY, None, "105 20, 105.5 20, 105.5 21, 105 21"),
        unit(3, DAY, None, "105.5 20, 106 20, 106 21, 105.5 21"),
    ];
    let changes = [change(1, 2, Share::Part, DAY), change(1, 3, Share::Part, DAY)];
    let (two, three) = (shape("105 20, 105.1 20, 105.1 21, 105 21"), shape("105.1 20, 106 20, 106 21, 105.1 21"));
    let pieces =
        [Piece { from: code(1), to: code(2), geometry: &two }, Piece { from: code(1), to: code(3), geometry: &three }];
    let lineage = Lineage::new(&units, &changes);
    let with =
        |pieces: &[Piece<'_>]| show(&carry(&lineage, &[(code(1), 100)], FIRST, LATER, &Drawn::new(&units, pieces)));
    assert_eq!(with(&[]), "00002=50, 00003=50");
    assert_eq!(with(&pieces), "00002=10, 00003=90");
}

#[test]
fn an_end_without_a_successor_and_an_unknown_unit_are_held() {
    let units = [unit(1, FIRST, Some(DAY), "105 20, 106 20, 106 21"), unit(2, FIRST, None, "105 20, 106 20, 106 21")];
    check(&[], &units, &[(1, 7), (2, 1), (3, 4)], "00002=1, held 00003=4 unknown, held 00001=7 no successor");
}

#[test]
fn a_unit_that_others_join_keeps_what_it_had() {
    let units = [unit(1, FIRST, Some(DAY), "105 20, 106 20, 106 21"), unit(2, FIRST, None, "105 20, 106 20, 106 21")];
    check(&[change(1, 2, Share::Whole, DAY)], &units, &[(1, 7), (2, 1)], "00002=8");
}

#[test]
fn the_largest_remainders_are_served_first() {
    assert_eq!(divide(10, &[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0]), [4, 3, 3]);
    assert_eq!(divide(1, &[0.4, 0.6]), [0, 1]);
    assert_eq!(divide(7, &[0.0, 0.0]), [7, 0]);
    assert_eq!(divide(0, &[0.5, 0.5]), [0, 0]);
    assert_eq!(divide(u128::from(u64::MAX) * 3, &[0.5, 0.5]).iter().sum::<u128>(), u128::from(u64::MAX) * 3);
}

/// Fractions that somebody may have measured, sensible or not.
struct Measured(Vec<Option<f64>>);

impl Drawing for Measured {
    fn fraction(&self, change: &UnitChange) -> Option<f64> {
        let place = (change.from.number() * 7 + change.to.number()) as usize % self.0.len();
        self.0[place]
    }
}

proptest! {
    #[test]
    fn every_day_is_conserved_on_any_lineage(
        edges in prop::collection::vec((1u32..12, 1u32..12, any::<bool>(), 0i8..6), 0..60),
        register in prop::collection::vec((1u32..12, 0i8..6, prop::option::of(1i8..7)), 0..20),
        values in prop::collection::vec((1u32..14, any::<u64>()), 0..20),
        measured in prop::collection::vec(prop::option::of(prop_oneof![0.0..1.0f64, Just(f64::NAN), Just(2.0), Just(-1.0)]), 1..9),
    ) {
        let day = |number: i8| date(2020 + i16::from(number), 1, 1);
        let changes: Vec<_> = edges
            .iter()
            .map(|(from, to, whole, on)| change(*from, *to, if *whole { Share::Whole } else { Share::Part }, day(*on)))
            .collect();
        let units: Vec<_> = register
            .iter()
            .filter(|(_, from, to)| to.is_none_or(|to| to > *from))
            .map(|(number, from, to)| unit(*number, day(*from), to.map(day), "105 20, 106 20, 106 21"))
            .collect();
        let lineage = Lineage::new(&units, &changes);
        let values: Vec<_> = values.into_iter().map(|(number, value)| (code(number), value)).collect();
        let carried = carry(&lineage, &values, date(2019, 6, 1), date(2030, 1, 1), &Measured(measured));
        let total: u128 = values.iter().map(|(_, value)| u128::from(*value)).sum();
        let after: u128 = carried.units.values().sum();
        let held: u128 = carried.held.iter().map(|held| held.value).sum();
        prop_assert_eq!(total, after + held);
        for one in &carried.days {
            prop_assert_eq!(one.before, one.after + one.held);
        }
    }

    #[test]
    fn a_number_is_divided_without_loss_and_each_share_is_within_one_of_its_part(
        value in 0u64..1_000_000_000, parts in prop::collection::vec(0.001..1.0f64, 1..9)
    ) {
        let shares = divide(u128::from(value), &parts);
        prop_assert_eq!(shares.iter().sum::<u128>(), u128::from(value));
        let all: f64 = parts.iter().sum();
        for (share, part) in shares.iter().zip(&parts) {
            let exact = value as f64 * part / all;
            // A part is rounded to 2^-32, which a large value multiplies.
            prop_assert!((*share as f64 - exact).abs() <= 1.0 + value as f64 * 1e-5, "{share} is not {exact}");
        }
    }
}
