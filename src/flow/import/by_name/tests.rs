//! Names that repeat, lists in one cell, and units that go on.

use jiff::civil::date;

use super::*;
use crate::ingest::{Options, mergers};
use crate::model::admin::UnitKind;

const DAY: Date = date(2025, 7, 1);

fn units(with_new: bool) -> Vec<AdminUnit> {
    let unit = |code: &str, name: &str, kind, district: Option<&str>| AdminUnit {
        code: code.parse().unwrap(),
        name: name.to_owned(),
        kind,
        district: district.map(str::to_owned),
        valid_from: if district.is_some() { date(2008, 6, 24) } else { DAY },
        valid_to: if district.is_some() && with_new { Some(DAY) } else { None },
        geometry: None,
        stated_area_km2: None,
        source: "test".to_owned(),
        approximate: false,
    };
    let mut units = vec![
        unit("13435", "Thanh Sơn", UnitKind::Commune, Some("Thị xã Kim Bảng")),
        unit("13436", "Liên Sơn", UnitKind::Commune, Some("Thị xã Kim Bảng")),
        unit("14392", "Thanh Sơn", UnitKind::Commune, Some("Huyện Nho Quan")),
        unit("14393", "Liên Sơn", UnitKind::Commune, Some("Huyện Gia Viễn")),
        unit("14467", "Me", UnitKind::Township, Some("Huyện Gia Viễn")),
        unit("14500", "Gia Vượng", UnitKind::Commune, Some("Huyện Gia Viễn")),
    ];
    if with_new {
        units.push(unit("13435", "Lý Thường Kiệt", UnitKind::Ward, None));
        units.push(unit("14464", "Gia Viễn", UnitKind::Commune, None));
        units.push(unit("14500", "Me", UnitKind::Commune, None));
    }
    units
}

fn check(table: &str, units: &[AdminUnit], expected: &[&str], refused: &[(u64, &str, &str)]) -> Vec<Reject> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mergers.csv");
    std::fs::write(&path, table).unwrap();
    let read = mergers::read_crosswalk(&path, &Options::at("2026-11-22T00:00:00Z".parse().unwrap())).unwrap();
    let (edges, mut rejects) = found(read.named, units);
    rejects.extend(read.changes.batch.rejects);
    let shown: Vec<String> =
        edges.iter().map(|one| &one.change).map(|one| format!("{} {} {:?}", one.from, one.to, one.share)).collect();
    assert_eq!(shown, expected, "{table}");
    let found: Vec<_> = rejects.iter().map(|one| (one.line, one.found.as_str(), one.reason.code())).collect();
    assert_eq!(found, refused, "{table}");
    rejects
}

#[test]
fn names_of_an_office_find_their_units_on_both_sides_of_the_day() {
    check(
        "TT;Đơn vị cũ;Huyện cũ;Đơn vị mới\n1;Xã Thanh Sơn;Kim Bảng;Phường Lý Thường Kiệt\n2;Thị trấn Me và các xã Liên Sơn, Gia Vượng;huyện Gia Viễn;Xã Gia Viễn\n",
        &units(true),
        &["13435 13435 Whole", "14467 14464 Whole", "14393 14464 Whole", "14500 14464 Whole"],
        &[],
    );
}

#[test]
fn a_name_that_fits_several_is_refused_with_all_of_them_unless_its_cell_names_a_district() {
    let header = "Đơn vị cũ;Đơn vị mới\n";
    let rejects = check(
        &format!("{header}Xã Thanh Sơn;Phường Lý Thường Kiệt\nXã Gia Vượn;Xã Gia Viễn\nXã Gia Vượng;Xã Paris\n"),
        &units(true),
        &[],
        &[(2, "Xã Thanh Sơn", "ambiguous_unit"), (3, "Xã Gia Vượn", "unknown_unit"), (4, "Xã Paris", "unknown_unit")],
    );
    let candidates = ["Xã Thanh Sơn, Huyện Nho Quan (14392)", "Xã Thanh Sơn, Thị xã Kim Bảng (13435)"];
    assert_eq!(rejects[0].reason, Reason::AmbiguousUnit { candidates: candidates.map(str::to_owned).to_vec() });
    assert_eq!(
        rejects[1].reason,
        Reason::UnknownUnit { candidates: vec!["Xã Gia Vượng, Huyện Gia Viễn (14500)".into()] }
    );
    check(
        &format!("{header}xã Liên Sơn và xã Thanh Sơn (thị xã Kim Bảng);phường Lý Thường Kiệt\n"),
        &units(true),
        &["13436 13435 Whole", "13435 13435 Whole"],
        &[],
    );
}

#[test]
fn a_unit_that_went_to_several_went_in_part_and_an_edge_stands_once() {
    check(
        "Đơn vị cũ;Đơn vị mới\nXã Gia Vượng;Xã Gia Viễn\nXã Gia Vượng;Xã Me\nXã Gia Vượng;Xã Me\nThị trấn Me;Xã Gia Viễn, xã Me\n\
         Xã Gia Vượng, thị trấn Me;Xã Gia Viễn, xã Me\n",
        &units(true),
        &["14500 14464 Part", "14500 14500 Part", "14467 14464 Part", "14467 14500 Part"],
        &[(4, "Xã Gia Vượng → Xã Me", "duplicate"), (6, "", "ambiguous_unit")],
    );
}

#[test]
fn before_the_new_units_are_there_only_a_neighbour_that_goes_on_is_found() {
    check(
        "Đơn vị cũ;Đơn vị mới;Huyện cũ\nXã Gia Vượng;Thị trấn Me;Gia Viễn\nXã Gia Vượng;Xã Thanh Sơn;Gia Viễn\n",
        &units(false),
        &["14500 14467 Whole"],
        &[(3, "Xã Thanh Sơn", "unknown_unit")],
    );
}
