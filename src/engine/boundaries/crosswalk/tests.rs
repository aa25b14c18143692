//! Small crosswalks with one fault each.

use jiff::civil::date;

use super::*;
use crate::engine::boundaries::shapes::area as shape;

const FIRST: Date = date(2024, 1, 1);
const DAY: Date = date(2025, 7, 1);

fn code(number: u32) -> UnitCode {
    format!("{number:05}").parse().unwrap()
}

fn change(from: u32, to: u32, share: Share) -> UnitChange {
    UnitChange {
        from: code(from),
        from_name: format!("Xã Cũ {from}"),
        to: code(to),
        to_name: format!("Xã Mới {to}"),
        share,
        effective: DAY,
        legal_basis: None,
    }
}

/// Numbers below 10 are old units, the others new; each new one holds two old ones.
fn unit(number: u32) -> AdminUnit {
    let old = number < 10;
    let (x, width) = if old { (f64::from(number), 1.0) } else { (f64::from(number - 10) * 2.0 + 1.0, 2.0) };
    AdminUnit {
        code: code(number),
        name: format!("{} {number}", if old { "Cũ" } else { "Mới" }),
        kind: UnitKind::Commune,
        district: None,
        valid_from: if old { FIRST } else { DAY },
        valid_to: old.then_some(DAY),
        geometry: Some(shape(&format!("{x} 0, {} 0, {} 1, {x} 1", x + width, x + width))),
        stated_area_km2: None,
        source: String::new(),
        approximate: false,
    }
}

fn register() -> Vec<AdminUnit> {
    [1, 2, 3, 4, 10, 11].map(unit).to_vec()
}

fn crosswalk() -> Vec<UnitChange> {
    [(1, 10), (2, 10), (3, 11), (4, 11)].map(|(from, to)| change(from, to, Share::Whole)).to_vec()
}

fn check_faults(units: &[AdminUnit], changes: &[UnitChange], expected: &[Fault]) {
    let found: Vec<_> = check(units, changes).into_iter().map(|finding| finding.fault).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_register_and_a_crosswalk_that_fit_have_no_fault() {
    check_faults(&register(), &crosswalk(), &[]);
}

#[test]
fn a_missing_edge_is_named_by_the_register() {
    check_faults(&register(), &crosswalk()[..3], &[Fault::NotInCrosswalk { from: code(4) }]);
    // On a day that changes little, an end is only an end.
    let few = &crosswalk()[..1];
    let ends = [2, 3, 4].map(|from| Fault::EndsWithoutSuccessor { from: code(from) });
    let mut expected = vec![Fault::FromNowhere { to: code(11) }];
    expected.extend(ends);
    check_faults(&register(), few, &expected);
}

#[test]
fn a_wrong_edge_is_named_by_the_drawing() {
    let mut changes = crosswalk();
    changes[3] = change(4, 10, Share::Whole);
    check_faults(
        &register(),
        &changes,
        &[
            Fault::DrawnElsewhere { from: code(4), to: code(10), fraction: 0.0 },
            Fault::DrawnWithoutEdge { from: code(4), to: code(11), fraction: 1.0 },
        ],
    );
}

#[test]
fn units_that_are_not_in_force_are_named() {
    let mut changes = crosswalk();
    changes.push(change(7, 10, Share::Whole));
    changes.push(change(4, 19, Share::Whole));
    check_faults(
        &register(),
        &changes,
        &[
            Fault::TargetNotInForce { from: code(4), to: code(19) },
            Fault::WholeToSeveral { from: code(4), targets: vec![code(11), code(19)] },
            Fault::NotInForce { from: code(7), to: code(10) },
        ],
    );
}

#[test]
fn a_part_alone_and_another_name_are_named() {
    let mut changes = crosswalk();
    changes[0].share = Share::Part;
    changes[1].from_name = "Phường Cũ 2".to_owned();
    changes[2].from_name = "Xã Cu 3".to_owned();
    changes[3].from_name = "Cũ 4".to_owned();
    let differs = |number: u32, crosswalk: &str| (code(number), crosswalk.to_owned(), format!("Xã Cũ {number}"));
    let (two, three) = (differs(2, "Phường Cũ 2"), differs(3, "Xã Cu 3"));
    check_faults(
        &register(),
        &changes,
        &[
            Fault::NameDiffers { code: two.0, crosswalk: two.1, register: two.2 },
            Fault::PartAlone { from: code(1), to: code(10) },
            Fault::SpellingDiffers { code: three.0, crosswalk: three.1, register: three.2 },
        ],
    );
}

#[test]
fn a_unit_that_others_join_comes_from_itself() {
    let mut host = unit(2);
    host.valid_to = None;
    let units = [unit(1), host, unit(3)].map(|unit| AdminUnit { geometry: None, ..unit });
    let mut joined = change(1, 2, Share::Whole);
    joined.to_name = String::new();
    check_faults(&units, &[joined], &[Fault::EndsWithoutSuccessor { from: code(3) }]);
}

#[test]
fn two_crosswalks_differ_edge_by_edge() {
    let own = crosswalk();
    let mut other = crosswalk();
    other[3].to = code(10);
    other[0].share = Share::Part;
    let found: Vec<_> = compare(&own, &other).into_iter().map(|finding| finding.fault).collect();
    assert_eq!(
        found,
        [
            Fault::OtherShare { from: code(1), to: code(10), share: Share::Whole, other: Share::Part },
            Fault::OnlyInOther { from: code(4), to: code(10) },
            Fault::NotInOther { from: code(4), to: code(11) },
        ]
    );
    assert!(compare(&own, &own).is_empty());
}

#[test]
fn drawings_that_are_no_area_accuse_nobody() {
    let mut units = register();
    units[0].geometry = Some(shape("NaN 1, 2 1, 2 2"));
    units[1].geometry = Some(shape("1 1, 1 1, 1 1"));
    units[4].geometry = Some(MultiPolygon::new(vec![]));
    check_faults(&units, &crosswalk(), &[]);
}
