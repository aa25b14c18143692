//! Scenes for areas and for villages: what joins, what ground, and shapes that
//! any reader of GeoJSON accepts.

use geo::{Area, Contains, Validation};
use geo_types::{Point, Polygon};

use h3o::Resolution;

use super::{best_of_all, cell_r9, centre, of, run};
use crate::engine::signal::around::around;
use crate::engine::signal::cells::of_passes;
use crate::engine::signal::claims::Claims;
use crate::engine::signal::dead_areas::{Locality, Located};
use crate::engine::signal::{ByCell, View, dead_areas, ground, passes};
use crate::model::figure::Figure;
use crate::model::rules::SignalRules;
use crate::model::sample::Run;
use crate::model::verdict::{DeadArea, PlaceVerdict, Verdict, cell_outline};

fn areas(runs: &[Run], villages: &[Located]) -> Vec<DeadArea> {
    let passes = passes(runs);
    dead_areas(&best_of_all(runs), &ByCell::new(&passes), villages, &Claims::default(), &SignalRules::default())
}

fn dead_cells(numbers: impl IntoIterator<Item = usize>) -> Vec<Run> {
    numbers.into_iter().flat_map(|cell| (0..5).map(move |day| run(cell, day, None))).collect()
}

fn village(seq: u32, cell: usize, households: Option<u32>) -> Located {
    let locality = Locality::Village(format!("14329-{seq:03}").parse().unwrap());
    Located { locality, cell: cell_r9(cell), households, population: None }
}

#[test]
fn a_lone_cell_is_an_area_only_with_a_village_in_it() {
    assert!(areas(&dead_cells([0]), &[]).is_empty());
    assert!(areas(&dead_cells([0]), &[village(1, 5, Some(80))]).is_empty());
    let with = areas(&dead_cells([0]), &[village(1, 0, None)]);
    assert_eq!(with.len(), 1);
    assert_eq!((with[0].households, with[0].villages_without_households), (Figure::NotReported, 1));
}

#[test]
fn households_that_some_villages_declare_are_a_floor() {
    let some = areas(&dead_cells([0]), &[village(1, 0, None), village(2, 0, Some(30))]);
    assert_eq!((some[0].households, some[0].villages_without_households), (Figure::Known(30), 1));
}

/// One phone of each network drives together: all fail at once no oftener than the best of them does.
#[test]
fn households_of_all_networks_lack_what_the_best_of_them_lacks() {
    let of_days = |name: &'static str, good_every: i64| {
        (0..20).map(move |day| of(run(0, day, Some(if day % good_every == 3 { -80.0 } else { -115.0 })), name))
    };
    let runs: Vec<Run> = of_days("viettel", 20).chain(of_days("vnpt", 5)).collect();
    let area = &areas(&runs, &[village(1, 0, Some(100))])[0];
    assert_eq!((area.evidence.weak_runs, area.evidence.runs), (35, 40));
    assert_eq!((area.weak_chance, area.affected), (16.5 / 21.0, Figure::Known(100.0 * 16.5 / 21.0)));
    // A name that was met once says too little.
    let once = runs.iter().copied().chain([of(run(0, 4, Some(-118.0)), "vietel")]).collect::<Vec<_>>();
    assert_eq!(areas(&once, &[village(1, 0, Some(100))])[0].weak_chance, 16.5 / 21.0);
}

#[test]
fn suspected_cells_neither_join_nor_count() {
    let mut runs = dead_cells([0, 1]);
    runs.push(run(2, 0, None));
    assert_eq!(areas(&runs, &[])[0].cells.len(), 2);
}

#[test]
fn a_ring_keeps_its_hole_and_its_label_lies_inside() {
    let ring = areas(&dead_cells(1..7), &[]);
    assert_eq!(ring.len(), 1);
    let area = &ring[0];
    assert_eq!(area.geometry.0.len(), 1);
    assert_eq!(area.geometry.0[0].interiors().len(), 1);
    assert!(area.geometry.contains(&Point::from(area.label)));
    assert!(!area.geometry.contains(&Point::from(centre(cell_r9(0)))));
    assert_eq!(area.anchor, *area.cells.iter().min().unwrap());
    assert_eq!((area.evidence.runs, area.evidence.days, area.evidence.devices), (30, 5, 1));
    assert_eq!((area.verdict, area.confirmed, area.worst), (Verdict::None, true, None));
}

#[test]
fn households_come_before_area() {
    let mut runs = dead_cells([0, 1]);
    runs.extend(dead_cells(37..60));
    let order = areas(&runs, &[village(1, 0, Some(40))]);
    assert_eq!(order.len(), 2);
    // Nobody declared anything of ground without a village's point: homes may well stand there.
    assert_eq!((order[1].households, order[1].affected), (Figure::NotReported, Figure::NotReported));
    assert_eq!((order[0].households, order[0].cells.len()), (Figure::Known(40), 2));
}

#[test]
fn any_area_is_valid_and_as_large_as_its_cells() {
    let mut drawn = 0x9E37_79B9_u32;
    for _ in 0..60 {
        let mut numbers = Vec::new();
        for cell in 0..91 {
            drawn = drawn.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if drawn >> 30 > 0 {
                numbers.push(cell);
            }
        }
        let mut seen = 0;
        for area in areas(&dead_cells(numbers.iter().copied()), &[]) {
            assert!(area.geometry.is_valid(), "{:?}", area.geometry);
            for polygon in &area.geometry {
                assert!(polygon.exterior().is_closed() && Polygon::signed_ring(polygon.exterior()) > 0.0);
                assert!(polygon.interiors().iter().all(|ring| Polygon::signed_ring(ring) < 0.0));
            }
            let hexagons: f64 = area.cells.iter().map(|c| cell_outline(*c).unsigned_area()).sum();
            assert!((area.geometry.unsigned_area() / hexagons - 1.0).abs() < 1e-6);
            assert!(area.geometry.contains(&Point::from(area.label)));
            seen += area.cells.len();
        }
        assert!(seen <= numbers.len());
    }
}

/// Sign of a ring's area, for winding.
trait SignedRing {
    fn signed_ring(ring: &geo_types::LineString<f64>) -> f64;
}
impl SignedRing for Polygon<f64> {
    fn signed_ring(ring: &geo_types::LineString<f64>) -> f64 {
        Self::new(ring.clone(), Vec::new()).signed_area()
    }
}

#[test]
fn a_village_hears_its_neighbour_cells_and_no_further() {
    let heard = |runs: &[Run]| {
        let passes = passes(runs);
        let view = View::new(None, None, ground(runs), &SignalRules::default());
        let rules = SignalRules::default();
        let cells = of_passes(&passes, &view, &rules, Resolution::Nine);
        around(centre(cell_r9(0)), &ByCell::new(&passes), &cells, &view, &rules)
    };
    assert_eq!(heard(&[run(7, 0, None)]), None);
    assert_eq!(heard(&[run(1, 0, Some(-80.0))]).map(|s| s.verdict), Some(Verdict::VeryGood));
    let three = [run(1, 0, None), run(2, 1, None), run(0, 1, None)];
    assert_eq!(heard(&three).map(|s| (s.verdict, s.evidence.runs)), Some((Verdict::None, 3)));
    // One strong run of another network hides nothing of what three have established, and is no coverage by itself.
    let one = [of(run(0, 5, Some(-60.0)), "vnpt")];
    let covered: Vec<Run> = (0..3).map(|day| run(0, day, Some(-90.0))).collect();
    assert_eq!(heard(&one).map(|s| s.place), Some(PlaceVerdict::NotEnough));
    assert_eq!(heard(&[&covered[..], &one].concat()).map(|s| s.place), Some(PlaceVerdict::Covered));
}
