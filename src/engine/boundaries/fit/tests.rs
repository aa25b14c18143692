//! Coverages laid over themselves, rightly and wrongly.

use super::*;
use crate::engine::boundaries::shapes::{area, quads};

const STATED: ReadAs = ReadAs::Stated(Crs::WGS84);

fn crs(epsg: u32) -> Crs {
    Crs::from_epsg(epsg).unwrap()
}

/// The areas as they come out when they were written in `truth` and are read as `stated`.
fn misread(areas: &[MultiPolygon<f64>], truth: Crs, stated: Crs, northing_first: bool) -> Vec<MultiPolygon<f64>> {
    use geo::MapCoords;
    let place = |at: Coord<f64>| {
        let (east, north) = truth.from_wgs84(at.x, at.y).unwrap();
        let (a, b) = if northing_first { (north, east) } else { (east, north) };
        let (x, y) = stated.to_wgs84(a, b).unwrap();
        Coord { x, y }
    };
    areas.iter().map(|area| area.map_coords(place)).collect()
}

fn words(fit: &Fit) -> String {
    let one = |better: &Better| {
        format!("{}{}", better.meaning.crs.epsg(), if better.meaning.northing_first { " northing first" } else { "" })
    };
    match fit {
        Fit::Fits => "fits".to_owned(),
        Fit::Unknown => "unknown".to_owned(),
        Fit::WouldFit(better) => one(better),
        Fit::Ambiguous(all) => all.iter().map(one).collect::<Vec<_>>().join(", "),
    }
}

/// A coverage that the store knows, and a file of the same lines misread.
fn check(truth: u32, stated: u32, northing_first: bool, expected: &str) {
    let known = quads(12, 8, 3);
    let file = misread(&known, crs(truth), crs(stated), northing_first);
    assert_eq!(words(&judge(file.iter(), ReadAs::Stated(crs(stated)), known.iter())), expected, "{truth} as {stated}");
}

#[test]
fn lines_where_they_should_be_fit() {
    for epsg in [4326, 4756, 5897, 9209, 3405, 32648, 3857] {
        check(epsg, epsg, false, "fits");
    }
}

#[test]
fn another_datum_is_named() {
    check(4756, 4326, false, "4756");
    check(4326, 4756, false, "4326");
    check(3405, 32648, false, "3405");
}

#[test]
fn another_meridian_is_named() {
    check(9209, 5897, false, "9209");
    check(5897, 9209, false, "5897");
    check(9210, 5897, false, "9210");
    check(5897, 3405, false, "5897");
}

#[test]
fn swapped_axes_are_named() {
    check(5897, 5897, true, "5897 northing first");
    check(9209, 5897, true, "9209 northing first");
}

#[test]
fn the_shift_is_measured_on_the_lines() {
    let known = quads(12, 8, 3);
    let file = misread(&known, Crs::VN2000, Crs::WGS84, false);
    let Fit::WouldFit(better) = judge(file.iter(), STATED, known.iter()) else { panic!() };
    assert!((better.shift_east_m - 195.0).abs() < 3.0, "{better:?}");
    assert!((better.shift_north_m + 109.0).abs() < 3.0, "{better:?}");
    let Evidence::Lines { now_m, then_m } = better.evidence else { panic!() };
    assert!(now_m > 100.0 && then_m < 1.0, "{better:?}");
}

#[test]
fn coarser_units_fit_the_finer_ones_that_they_are_made_of_and_the_other_way_round() {
    let fine = quads(12, 8, 3);
    let coarse: Vec<MultiPolygon<f64>> =
        fine.chunks(4).map(|four| super::super::union_areas(&four.iter().collect::<Vec<_>>())).collect();
    assert_eq!(judge(coarse.iter(), STATED, fine.iter()), Fit::Fits);
    assert_eq!(judge(fine.iter(), STATED, coarse.iter()), Fit::Fits);
    let wrong = misread(&coarse, Crs::VN2000, Crs::WGS84, false);
    assert_eq!(words(&judge(wrong.iter(), STATED, fine.iter())), "4756");
}

#[test]
fn thinned_lines_are_not_called_shifted() {
    // Straight sides instead of bent ones: up to 150 m off.
    assert_eq!(judge(quads(12, 8, 0).iter(), STATED, quads(12, 8, 5).iter()), Fit::Fits);
    assert_eq!(judge(quads(12, 8, 5).iter(), STATED, quads(12, 8, 0).iter()), Fit::Fits);
}

#[test]
fn what_lies_elsewhere_or_nowhere_is_unknown() {
    let here = quads(3, 3, 1);
    let elsewhere = [area("110 12, 110.1 12, 110.1 12.1, 110 12.1")];
    assert_eq!(judge(elsewhere.iter(), STATED, here.iter()), Fit::Unknown);
    assert_eq!(judge(here.iter(), STATED, [].iter()), Fit::Unknown);
    let none = [area("NaN 1, 2 1, 2 2"), area("1 1, 1e300 1, 2 2")];
    assert_eq!(judge(none.iter(), STATED, here.iter()), Fit::Unknown);
    assert_eq!(judge(here.iter(), STATED, none.iter()), Fit::Unknown);
}

#[test]
fn a_line_that_runs_one_way_says_nothing_of_the_other_and_breaks_nothing() {
    let sliver = [area("105 20, 105.1 20, 105.1 20, 105 20")];
    assert!(matches!(judge(sliver.iter(), STATED, sliver.iter()), Fit::Fits | Fit::Unknown));
}

#[test]
fn metres_of_no_stated_system_are_named_whatever_was_tried() {
    let known = quads(12, 8, 3);
    for tried in [5897, 9209, 3405] {
        let file = misread(&known, crs(9209), crs(tried), false);
        assert_eq!(words(&judge(file.iter(), ReadAs::Tried(crs(tried)), known.iter())), "9209", "{tried}");
    }
}
