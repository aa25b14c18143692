//! Codes and names of the real province, on days before and after its mergers.

use jiff::civil::date;

use super::*;
use crate::model::admin::{Share, UnitKind};
use crate::model::language::Language;

const MERGER: Date = date(2025, 7, 1);
const BEFORE: Date = date(2025, 6, 15);
const AFTER: Date = date(2025, 9, 1);

/// Code, name, district, in force before the merger; a square of a tenth of a degree at this column for those after.
const OLD: [(&str, &str, &str); 9] = [
    ("13285", "Quang Trung", "Thành phố Phủ Lý"),
    ("13294", "Châu Cầu", "Thành phố Phủ Lý"),
    ("13354", "Tiên Nội", "Thị xã Duy Tiên"),
    ("13435", "Thanh Sơn", "Thị xã Kim Bảng"),
    ("14392", "Thanh Sơn", "Huyện Nho Quan"),
    ("13768", "Quang Trung", "Huyện Vụ Bản"),
    ("14062", "Trực Hưng", "Huyện Trực Ninh"),
    ("14068", "Trực Hùng", "Huyện Trực Ninh"),
    ("14183", "Giao Hưng", "Huyện Giao Thủy"),
];
const NEW: [(&str, &str, f64); 6] = [
    ("13285", "Phủ Lý", 105.0),
    ("13366", "Hà Nam", 105.1),
    ("13363", "Tiên Sơn", 105.2),
    ("13435", "Lý Thường Kiệt", 105.3),
    ("14392", "Thanh Sơn", 105.4),
    ("13753", "Hiển Khánh", 105.5),
];
const EDGES: [(&str, &str, Share); 9] = [
    ("13285", "13285", Share::Part),
    ("13285", "13366", Share::Part),
    ("13294", "13285", Share::Whole),
    ("13354", "13363", Share::Part),
    ("13354", "13366", Share::Part),
    ("13435", "13435", Share::Whole),
    ("14392", "14392", Share::Whole),
    ("13768", "13753", Share::Whole),
    ("14062", "13753", Share::Whole),
];

fn communes() -> Communes {
    let unit = |code: &str, name: &str, district: Option<&str>, x: Option<f64>| AdminUnit {
        code: code.parse().unwrap(),
        name: name.to_owned(),
        kind: UnitKind::Commune,
        district: district.map(str::to_owned),
        valid_from: if district.is_some() { date(2008, 6, 24) } else { MERGER },
        valid_to: district.map(|_| MERGER),
        geometry: x.map(|x| {
            geo_types::MultiPolygon::new(vec![
                geo_types::Rect::new(geo_types::Coord { x, y: 20.0 }, geo_types::Coord { x: x + 0.1, y: 20.1 })
                    .to_polygon(),
            ])
        }),
        stated_area_km2: None,
        source: "test".to_owned(),
        approximate: false,
    };
    let mut units: Vec<_> = OLD.iter().map(|(code, name, district)| unit(code, name, Some(district), None)).collect();
    units.extend(NEW.iter().map(|(code, name, x)| unit(code, name, None, Some(*x))));
    let name = |code: &str| NEW.iter().find(|new| new.0 == code).unwrap().1.to_owned();
    let edge = |(from, to, share): &(&str, &str, Share)| UnitChange {
        from: from.parse().unwrap(),
        from_name: String::new(),
        to: to.parse().unwrap(),
        to_name: name(to),
        share: *share,
        effective: MERGER,
        legal_basis: None,
    };
    Communes::new(units, &EDGES.iter().map(edge).collect::<Vec<_>>(), date(2026, 3, 1))
}

/// What a row may say, in short.
#[derive(Clone, Copy, Default)]
struct Row {
    code: &'static str,
    name: &'static str,
    district: &'static str,
    lon: f64,
    /// The name stands under the heading of codes.
    for_code: bool,
}

fn row() -> Row {
    Row::default()
}

/// `expected`: a code, or the reason's code and words that its message and hint hold.
fn check(row: Row, on: impl Into<Option<Date>>, expected: &str) {
    let text = |text: &'static str| Some(text).filter(|text| !text.is_empty());
    let name = text(row.name).map(|name| StatedName { text: name.to_owned(), for_code: row.for_code });
    let claim = Claim {
        code: text(row.code).map(|code| code.parse().unwrap()),
        name: name.as_ref(),
        district: text(row.district),
        point: (row.lon > 0.0).then(|| LonLat::new(row.lon, 20.05).unwrap()),
        on: on.into(),
    };
    let got = match communes().commune(&claim) {
        Ok((code, _)) => code.to_string(),
        Err((_, _, reason)) => format!(
            "{}: {} {}",
            reason.code(),
            reason.expected(Language::En),
            reason.hint(Language::En).unwrap_or_default()
        ),
    };
    let mut words = expected.split(" … ");
    assert!(words.all(|word| got.contains(word)), "`{got}` does not hold `{expected}`");
}

#[test]
fn a_name_where_a_code_belongs_is_found_or_told_with_the_codes_that_bear_it() {
    let named = |name, lon| Row { name, lon, for_code: true, ..row() };
    check(named("Xã Phủ Lý", 0.0), AFTER, "13285");
    check(named("Châu Cầu", 0.0), AFTER, "13285");
    check(named("Quang Trung", 0.0), BEFORE, "unknown_unit: … a name and no code … (13285) … (13768)");
    check(named("Thanh Sơn", 105.35), BEFORE, "13435");
    check(named("Phủ Lí", 0.0), AFTER, "13285");
    check(named("Hiện Khánk", 0.0), AFTER, "a name and no code did you mean Xã Hiển Khánh (13753)?");
    check(named("Paris", 0.0), AFTER, "a name and no code import boundaries");
}

#[test]
fn a_vanished_code_is_followed_whenever_it_was_written() {
    for on in [Some(BEFORE), Some(AFTER), None] {
        check(Row { code: "13294", ..row() }, on, "13285");
    }
}

#[test]
fn a_reused_code_means_its_bearer_of_the_day() {
    check(Row { code: "13285", ..row() }, BEFORE, "split_unit … Phủ Lý (13285) … Hà Nam (13366)");
    check(Row { code: "13285", ..row() }, AFTER, "13285");
    check(Row { code: "13285", ..row() }, None, "13285");
}

#[test]
fn a_point_says_which_part_of_a_split_unit_is_meant() {
    check(Row { code: "13285", lon: 105.05, ..row() }, BEFORE, "13285");
    check(Row { code: "13285", lon: 105.15, ..row() }, BEFORE, "13366");
    check(Row { code: "13285", lon: 105.45, ..row() }, BEFORE, "split_unit");
    check(Row { name: "Quang Trung", district: "Phủ Lý", lon: 105.15, ..row() }, BEFORE, "13366");
    check(Row { name: "Quang Trung", district: "Phủ Lý", ..row() }, BEFORE, "split_unit … Xã Hà Nam (13366)");
}

#[test]
fn a_split_code_without_a_point_is_held() {
    for on in [Some(BEFORE), Some(AFTER), None] {
        check(Row { code: "13354", ..row() }, on, "split_unit … Tiên Sơn (13363) … Hà Nam (13366)");
    }
}

#[test]
fn code_and_name_together_name_one_bearer_of_the_code() {
    // The old code and name, written on after the merger.
    check(Row { code: "13285", name: "Phường Quang Trung", ..row() }, AFTER, "split_unit");
    check(Row { code: "13285", name: "P. Quang Trung", lon: 105.15, ..row() }, AFTER, "13366");
    // The new ones, written into a report of before it.
    check(Row { code: "13285", name: "phu ly", ..row() }, BEFORE, "13285");
    // A name that no bearer of the code had: the code stands.
    check(Row { code: "13294", name: "Hoa Lư", ..row() }, AFTER, "13285");
}

#[test]
fn a_name_is_read_on_its_day_and_within_its_district() {
    check(Row { name: "Xã Thanh Sơn", district: "Kim Bảng", ..row() }, BEFORE, "13435");
    check(Row { name: "Xã Thanh Sơn", district: "Huyện Kim Bảng", ..row() }, BEFORE, "13435");
    check(Row { name: "Xã Thanh Sơn", district: "Nho Quan", ..row() }, BEFORE, "14392");
    check(Row { name: "Xã Thanh Sơn", ..row() }, AFTER, "14392");
    check(Row { name: "Xã Thanh Sơn", ..row() }, None, "14392");
    // The old name with its district, written on after the merger, and in a list without dates.
    check(Row { name: "Xã Thanh Sơn", district: "Kim Bảng", ..row() }, AFTER, "13435");
    check(Row { name: "Xã Thanh Sơn", district: "Kim Bảng", ..row() }, None, "13435");
}

#[test]
fn an_ambiguous_name_is_refused_with_what_became_of_each() {
    check(
        Row { name: "Xã Thanh Sơn", ..row() },
        BEFORE,
        "ambiguous_unit … Thị xã Kim Bảng (13435) → Xã Lý Thường Kiệt (13435) … Huyện Nho Quan (14392) → … district",
    );
    check(Row { name: "Xã Thanh Sơn", lon: 105.35, ..row() }, BEFORE, "13435");
    check(Row { name: "Xã Thanh Sơn", lon: 105.45, ..row() }, BEFORE, "14392");
}

#[test]
fn a_point_where_the_old_namesake_was_outweighs_the_new_name() {
    check(Row { name: "Xã Thanh Sơn", lon: 105.35, ..row() }, AFTER, "13435");
    check(Row { name: "Xã Thanh Sơn", lon: 105.05, ..row() }, AFTER, "14392");
}

#[test]
fn marks_tell_apart_and_their_absence_does_not() {
    check(Row { name: "Trực Hưng", ..row() }, BEFORE, "13753");
    check(Row { name: "truc hung", ..row() }, BEFORE, "ambiguous_unit … Trực Hưng … Trực Hùng");
    check(Row { name: "Chau Cau", ..row() }, BEFORE, "13285");
    check(Row { name: "Châu Cầu", ..row() }, AFTER, "13285");
}

#[test]
fn an_end_without_a_successor_is_said_and_not_guessed() {
    check(Row { code: "14183", ..row() }, BEFORE, "unknown_unit");
    check(Row { name: "Giao Hưng", ..row() }, BEFORE, "unknown_unit … Giao Hưng, Huyện Giao Thủy (14183)");
}

#[test]
fn a_district_that_is_only_information_does_no_harm() {
    check(Row { name: "Phủ Lý", district: "Thành phố Phủ Lý", ..row() }, AFTER, "13285");
    check(Row { name: "Lý Thường Kiệt", district: "Kim Bảng", ..row() }, None, "13435");
}

#[test]
fn a_day_that_is_unknown_needs_a_position() {
    let dated = date(2001, 1, 1);
    check(Row { code: "13366", ..row() }, dated, "unknown_unit");
    check(Row { code: "13366", lon: 105.15, ..row() }, dated, "13366");
    check(Row { code: "13285", ..row() }, date(2100, 1, 1), "13285");
}
