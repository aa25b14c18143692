//! Small coverages with one fault each, and random ones without.

use geo::{Area, BooleanOps};
use proptest::prelude::*;

use super::*;
use crate::engine::boundaries::shapes::{area as shape, quads};

fn code(number: usize) -> UnitCode {
    format!("{:05}", 10_000 + number).parse().unwrap()
}

fn look(shapes: &[MultiPolygon<f64>]) -> Coverage {
    let drawn = |(number, geometry)| Drawn { code: code(number), geometry, stated_km2: None, repeated: 0 };
    check(&shapes.iter().enumerate().map(drawn).collect::<Vec<_>>(), None)
}

/// Which kinds are found, and in which units.
fn told(shapes: &[&str], expected: &[(Kind, &[usize])]) {
    let shapes: Vec<_> = shapes.iter().map(|text| shape(text)).collect();
    let found = look(&shapes);
    let found: Vec<(Kind, Vec<UnitCode>)> = found.findings.into_iter().map(|f| (f.kind, f.units)).collect();
    let expected: Vec<(Kind, Vec<UnitCode>)> =
        expected.iter().map(|(kind, units)| (*kind, units.iter().map(|n| code(*n)).collect())).collect();
    assert_eq!(found, expected);
}

#[test]
fn neighbours_that_fit_are_not_mentioned() {
    told(&["0 0, 1 0, 1 1, 0 1", "1 0, 2 0, 2 1, 1 1"], &[]);
    assert_eq!(look(&quads(4, 3, 5)).touching_pairs, 17);
}

#[test]
fn an_overlap_is_of_its_pair_with_area_and_width() {
    let found = look(&[
        shape("106 20, 106.01 20, 106.01 20.01, 106 20.01"),
        shape("106.009 20, 106.02 20, 106.02 20.01, 106.009 20.01"),
    ]);
    let overlap = &found.findings[0];
    assert_eq!((overlap.kind, overlap.units.clone()), (Kind::Overlap, vec![code(0), code(1)]));
    // A thousandth of a degree by a hundredth there: 104.6 m by 1,107.3 m.
    assert!((overlap.area_m2.unwrap() / (104.63 * 1107.26) - 1.0).abs() < 1e-3, "{overlap:?}");
    assert!((overlap.mean_width_m.unwrap() - 95.6).abs() < 1.0, "2·area by perimeter: {overlap:?}");
    assert_eq!(found.overlap_m2, overlap.area_m2.unwrap());
}

#[test]
fn a_unit_inside_another_overlaps_it_though_no_edges_meet() {
    told(&["0 0, 9 0, 9 9, 0 9", "2 2, 3 2, 3 3, 2 3"], &[(Kind::Overlap, &[0, 1]), (Kind::MismatchedEdge, &[1, 0])]);
}

#[test]
fn a_unit_drawn_twice_overlaps_itself() {
    told(
        &["0 0, 1 0, 1 1, 0 1", "0 0, 1 0, 1 1, 0 1"],
        &[(Kind::Overlap, &[0, 1]), (Kind::MismatchedEdge, &[0, 1]), (Kind::MismatchedEdge, &[1, 0])],
    );
}

#[test]
fn ground_under_three_units_counts_once() {
    let square = "106 20, 106.01 20, 106.01 20.01, 106 20.01";
    let found = look(&[shape(square), shape(square), shape(square)]);
    assert_eq!(found.findings.iter().filter(|finding| finding.kind == Kind::Overlap).count(), 3);
    assert!((found.overlap_m2 / found.findings[0].area_m2.unwrap() - 1.0).abs() < 1e-9);
}

#[test]
fn two_units_under_a_third_overlap_it_each_and_not_each_other() {
    let found = look(&[shape("0 0, 1 0, 1 1, 0 1"), shape("1 0, 2 0, 2 1, 1 1"), shape("0 0, 2 0, 2 1, 0 1")]);
    let pairs: Vec<_> = found.findings.iter().filter(|f| f.kind == Kind::Overlap).map(|f| f.units.clone()).collect();
    assert_eq!(pairs, [vec![code(0), code(2)], vec![code(1), code(2)]]);
}

#[test]
fn a_gap_has_the_units_around_it() {
    told(
        &["0 0, 3 0, 3 1, 2 1, 1 1, 0 1", "0 1, 1 1, 1 2, 0 2", "2 1, 3 1, 3 2, 2 2", "0 2, 1 2, 2 2, 3 2, 3 3, 0 3"],
        &[(Kind::Gap, &[0, 1, 2, 3])],
    );
}

#[test]
fn a_corner_that_the_neighbour_lacks_is_a_border_drawn_twice() {
    told(
        &["0 0, 2 0, 2 1, 1 1, 0 1", "0 1, 2 1, 2 2, 0 2"],
        &[(Kind::MismatchedEdge, &[0, 1]), (Kind::MismatchedEdge, &[1, 0])],
    );
}

#[test]
fn doubled_vertices_and_parts_are_counted() {
    let found = look(&[shape("0 0, 0 0, 1 0, 1 1 | 5 5, 6 5, 6 6, 6 6, 6 6")]);
    let counts: Vec<_> = found.findings.iter().map(|f| (f.kind, f.count)).collect();
    assert_eq!(counts, [(Kind::RepeatedVertex, Some(3)), (Kind::Multipart, Some(2))]);
}

#[test]
fn what_is_no_position_is_named_and_spoils_nothing_else() {
    told(
        &["0 0, NaN 0, 1 1", "1 0, 2 0, 2 1, 1 1", "0 0, 1e300 0, 1 1"],
        &[(Kind::Invalid, &[0]), (Kind::Invalid, &[2])],
    );
    told(&[], &[]);
}

fn with_stated(stated: [f64; 2]) -> Vec<(Kind, Severity)> {
    let shapes = quads(2, 1, 0);
    let drawn: Vec<_> = shapes
        .iter()
        .zip(stated)
        .enumerate()
        .map(|(number, (geometry, share))| Drawn {
            code: code(number),
            geometry,
            stated_km2: Some(area::area_m2(geometry).unwrap() / 1e6 * share),
            repeated: 0,
        })
        .collect();
    check(&drawn, None).findings.into_iter().map(|f| (f.kind, f.severity)).collect()
}

#[test]
fn an_area_unlike_the_stated_one_is_told_from_two_per_cent_on() {
    assert_eq!(with_stated([1.0, 1.019]), []);
    assert_eq!(
        with_stated([1.0, 1.06]),
        [(Kind::CoastalArea, Severity::Warning)],
        "no neighbour inland says otherwise"
    );
}

#[test]
fn the_province_is_compared_with_the_outline() {
    let shapes = [shape("106 20, 106.1 20, 106.1 20.1, 106 20.1")];
    let drawn = Drawn { code: code(0), geometry: &shapes[0], stated_km2: None, repeated: 0 };
    let province = shape("106 20, 106.2 20, 106.2 20.05, 106 20.05");
    let found = check(&[drawn], Some(&province)).province.unwrap();
    let half = area::area_m2(&shape("106 20, 106.1 20, 106.1 20.05, 106 20.05")).unwrap();
    assert!(
        (found.without_unit_m2 / half - 1.0).abs() < 1e-3 && (found.beyond_m2 / half - 1.0).abs() < 1e-3,
        "{found:?}"
    );
}

proptest! {
    /// The slow way: every unit with every other, and the union against the sum.
    #[test]
    fn overlaps_are_those_of_every_pair_of_units(
        moved in proptest::collection::vec((0usize..6, -3i8..4, -3i8..4), 0..4)
    ) {
        let mut shapes = quads(3, 2, 2);
        for (unit, dx, dy) in moved {
            use geo::Translate;
            shapes[unit] = shapes[unit].translate(f64::from(dx) * 1e-3, f64::from(dy) * 1e-3);
        }
        let found = look(&shapes);
        let mut pairs: Vec<Vec<UnitCode>> = Vec::new();
        let mut once = MultiPolygon::new(vec![]);
        for a in 0..shapes.len() {
            for b in a + 1..shapes.len() {
                let both = shapes[a].intersection(&shapes[b]);
                if both.unsigned_area() > 1e-12 {
                    pairs.push(vec![code(a), code(b)]);
                    once = once.union(&both);
                }
            }
        }
        let mut ours: Vec<_> =
            found.findings.iter().filter(|f| f.kind == Kind::Overlap).map(|f| f.units.clone()).collect();
        ours.sort();
        prop_assert_eq!(ours, pairs);
        let expected = area::area_m2(&once).unwrap();
        prop_assert!((found.overlap_m2 - expected).abs() <= 1.0 + 1e-6 * expected, "{} {}", found.overlap_m2, expected);
    }
}
