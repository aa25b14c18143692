//! Chains, splits and re-used codes, on a few units of the real province.
//!
//! The codes and days are those of the mergers of January and July 2025, so
//! that a reader can check them against the resolutions. No polygons are needed.

use jiff::civil::date;

use super::*;
use crate::model::admin::UnitKind;

const MERGER: Date = date(2025, 7, 1);

fn code(text: &str) -> UnitCode {
    text.parse().unwrap()
}

fn unit(text: &str, name: &str, from: Date, to: Option<Date>) -> AdminUnit {
    AdminUnit {
        code: code(text),
        name: name.to_owned(),
        kind: UnitKind::Ward,
        district: None,
        valid_from: from,
        valid_to: to,
        geometry: None,
        stated_area_km2: None,
        source: "test".to_owned(),
        approximate: false,
    }
}

fn change(from: &str, to: &str, share: Share, effective: Date) -> UnitChange {
    UnitChange {
        from: code(from),
        from_name: from.to_owned(),
        to: code(to),
        to_name: format!("new {to}"),
        share,
        effective,
        legal_basis: None,
    }
}

fn changes() -> Vec<UnitChange> {
    vec![
        change("13288", "13294", Share::Whole, date(2025, 1, 1)),
        change("13294", "13294", Share::Whole, date(2025, 1, 1)),
        change("13294", "13285", Share::Whole, MERGER),
        change("13285", "13285", Share::Part, MERGER),
        change("13285", "13366", Share::Part, MERGER),
        change("13366", "13366", Share::Whole, MERGER),
        change("13354", "13363", Share::Part, MERGER),
        change("13354", "13366", Share::Part, MERGER),
        change("13363", "13363", Share::Part, MERGER),
        change("13363", "13366", Share::Part, MERGER),
    ]
}

fn register() -> Vec<AdminUnit> {
    let old = date(2004, 8, 31);
    vec![
        unit("13285", "Quang Trung", old, Some(date(2008, 6, 24))),
        unit("13285", "Quang Trung", date(2008, 6, 24), Some(MERGER)),
        unit("13285", "Phủ Lý", MERGER, None),
        unit("13288", "Lương Khánh Thiện", old, Some(date(2025, 1, 1))),
        unit("13294", "Minh Khai", old, Some(date(2025, 1, 1))),
        unit("13294", "Châu Cầu", date(2025, 1, 1), Some(MERGER)),
        unit("13354", "Tiên Nội", old, Some(MERGER)),
        unit("13363", "Tiên Sơn", MERGER, None),
        unit("13366", "Hà Nam", MERGER, None),
        unit("14183", "Giao Hưng", old, Some(date(2006, 4, 15))),
    ]
}

fn show(resolution: &Resolution) -> String {
    match resolution {
        Resolution::Current(code) => format!("current {code}"),
        Resolution::Moved { to, via } => {
            let steps: Vec<_> = via.iter().map(|s| format!("{}>{}", s.from, s.to)).collect();
            format!("moved {to} via {}", steps.join(" "))
        }
        Resolution::Split { successors } => {
            let names: Vec<_> = successors.iter().map(|(code, name)| format!("{code} {name}")).collect();
            format!("split {}", names.join(", "))
        }
        Resolution::Unknown => "unknown".to_owned(),
    }
}

fn check(stated: (&str, Date), as_of: Date, expected: &str) {
    let lineage = Lineage::new(&register(), &changes());
    assert_eq!(show(&lineage.resolve(code(stated.0), stated.1, as_of)), expected);
}

fn check_undated(stated: &str, as_of: Date, expected: &str) {
    for units in [register(), vec![]] {
        let lineage = Lineage::new(&units, &changes());
        let got = show(&lineage.resolve_undated(code(stated), as_of));
        let named = if units.is_empty() {
            expected.replace("Tiên Sơn", "new 13363").replace("Hà Nam", "new 13366")
        } else {
            expected.to_owned()
        };
        assert_eq!(got, named, "with {} units in the register", units.len());
    }
}

#[test]
fn a_vanished_ward_is_found_in_the_unit_it_went_into() {
    check(("13294", date(2025, 3, 1)), date(2025, 8, 1), "moved 13285 via 13294>13285");
}

#[test]
fn two_mergers_in_a_row_are_one_chain() {
    check(("13288", date(2024, 6, 1)), date(2025, 8, 1), "moved 13285 via 13288>13294 13294>13285");
    check(("13288", date(2024, 6, 1)), date(2025, 3, 1), "moved 13294 via 13288>13294");
    check(("13288", date(2024, 6, 1)), date(2024, 9, 1), "current 13288");
}

#[test]
fn the_same_code_is_another_unit_on_another_day() {
    check(("13285", date(2024, 6, 1)), date(2025, 6, 30), "current 13285");
    check(("13285", date(2024, 6, 1)), MERGER, "split 13285 Phủ Lý, 13366 Hà Nam");
    check(("13285", date(2025, 8, 1)), date(2026, 1, 1), "current 13285");
    check(("13285", MERGER), MERGER, "current 13285");
}

#[test]
fn a_split_unit_is_held() {
    check(("13354", date(2024, 6, 1)), date(2025, 8, 1), "split 13363 Tiên Sơn, 13366 Hà Nam");
}

#[test]
fn an_old_code_written_after_its_end_still_names_its_last_bearer() {
    check(("13294", date(2026, 3, 1)), date(2026, 4, 1), "moved 13285 via 13294>13285");
    check(("13288", date(2026, 3, 1)), date(2026, 4, 1), "moved 13285 via 13288>13294 13294>13285");
    check(("13354", date(2026, 3, 1)), date(2026, 4, 1), "split 13363 Tiên Sơn, 13366 Hà Nam");
}

#[test]
fn an_end_without_a_successor_is_unknown() {
    check(("14183", date(2005, 1, 1)), date(2025, 8, 1), "unknown");
    check(("14183", date(2005, 1, 1)), date(2006, 4, 14), "current 14183");
    check(("99999", date(2025, 8, 1)), date(2025, 8, 1), "unknown");
}

#[test]
fn a_new_edition_without_a_change_is_the_same_unit_renamed() {
    check(("13285", date(2005, 1, 1)), date(2010, 1, 1), "current 13285");
}

#[test]
fn looking_back_answers_only_where_nothing_changed() {
    check(("13285", date(2025, 8, 1)), date(2024, 1, 1), "unknown");
    check(("13285", date(2025, 9, 1)), date(2025, 8, 1), "current 13285");
}

#[test]
fn a_code_without_a_date_means_its_bearer_of_today_and_else_its_last() {
    check_undated("13285", date(2025, 8, 1), "current 13285");
    check_undated("13294", date(2025, 8, 1), "moved 13285 via 13294>13285");
    check_undated("13288", date(2025, 8, 1), "moved 13285 via 13288>13294 13294>13285");
    check_undated("13354", date(2025, 8, 1), "split 13363 Tiên Sơn, 13366 Hà Nam");
    check_undated("13354", date(2025, 6, 1), "current 13354");
    check_undated("99999", date(2025, 8, 1), "unknown");
}

#[test]
fn a_part_whose_rest_nobody_recorded_is_a_split() {
    let lineage = Lineage::new(&[], &[change("00001", "00002", Share::Part, MERGER)]);
    let got = lineage.resolve(code("00001"), date(2025, 1, 1), MERGER);
    assert_eq!(show(&got), "split 00002 new 00002");
}

#[test]
fn parts_that_meet_again_are_one_unit() {
    let later = date(2026, 1, 1);
    let changes = [
        change("00001", "00002", Share::Part, MERGER),
        change("00001", "00003", Share::Part, MERGER),
        change("00002", "00009", Share::Whole, later),
        change("00003", "00009", Share::Whole, later),
    ];
    let lineage = Lineage::new(&[], &changes);
    assert_eq!(lineage.resolve(code("00001"), date(2025, 1, 1), later).unit(), Some(code("00009")));
    assert_eq!(lineage.resolve(code("00001"), date(2025, 1, 1), MERGER).unit(), None);
}

#[test]
fn codes_that_go_round_in_circles_come_to_an_end() {
    let changes: Vec<_> = (0..40i8)
        .flat_map(|k| {
            let day = date(2000 + i16::from(k), 1, 1);
            [("00001", "00001"), ("00001", "00002"), ("00002", "00001"), ("00002", "00002")]
                .map(|(from, to)| change(from, to, Share::Part, day))
        })
        .collect();
    let lineage = Lineage::new(&[], &changes);
    let got = lineage.resolve(code("00001"), date(1999, 1, 1), date(2050, 1, 1));
    assert_eq!(show(&got), "split 00001 new 00001, 00002 new 00002");
}

#[test]
fn a_unit_that_others_join_goes_on_under_its_name_and_not_under_another() {
    let day = date(2025, 1, 1);
    let changes = [change("14665", "14620", Share::Whole, day)];
    let resolve = |later: &str| {
        let units = [unit("14620", "Phát Diệm", date(2004, 8, 31), Some(day)), unit("14620", later, day, None)];
        show(&Lineage::new(&units, &changes).resolve(code("14620"), date(2024, 6, 1), MERGER))
    };
    assert_eq!(resolve("Phát Diệm"), "current 14620");
    assert_eq!(resolve("Kim Sơn"), "unknown");
    let alone = Lineage::new(&[unit("14620", "Phát Diệm", date(2004, 8, 31), None)], &changes);
    assert_eq!(show(&alone.resolve(code("14620"), date(2024, 6, 1), MERGER)), "current 14620");
    assert_eq!(show(&alone.resolve(code("14665"), date(2024, 6, 1), MERGER)), "moved 14620 via 14665>14620");
}

#[test]
fn what_a_unit_became_names_each_part_and_the_last_change() {
    let lineage = Lineage::new(&register(), &changes());
    let became = |from: &str, on| {
        let fates = lineage.became(code(from), on, date(2025, 8, 1));
        let show =
            |fate: &Fate<'_>| format!("{} {} {} {}", fate.code, fate.name, fate.share.code(), fate.last.effective);
        fates.iter().map(show).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(became("13288", date(2024, 6, 1)), "13285 Phủ Lý whole 2025-07-01");
    assert_eq!(became("13285", date(2024, 6, 1)), "13285 Phủ Lý part 2025-07-01, 13366 Hà Nam part 2025-07-01");
    assert_eq!(became("13285", date(2025, 7, 1)), "");
    assert_eq!(became("14183", date(2005, 1, 1)), "");
}

#[test]
fn a_unit_knows_what_made_it() {
    let lineage = Lineage::new(&register(), &changes());
    let from = |day| lineage.predecessors(code("13285"), day).iter().map(|c| c.from.to_string()).collect::<Vec<_>>();
    assert_eq!(from(date(2025, 8, 1)), ["13294", "13285"]);
    assert!(from(date(2025, 6, 30)).is_empty());
}

#[test]
fn editions_are_the_days_on_which_units_began() {
    let lineage = Lineage::new(&register(), &changes());
    assert_eq!(lineage.editions(), [date(2004, 8, 31), date(2008, 6, 24), date(2025, 1, 1), MERGER]);
    assert_eq!(lineage.in_force(date(2025, 8, 1)), [2, 7, 8]);
    assert_eq!(lineage.in_force(date(2025, 6, 30)), [1, 5, 6]);
}
