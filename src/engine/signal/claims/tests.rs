//! What claims promise: ground by the middle of cells, networks apart, silence no zero.

use std::collections::BTreeMap;

use geo_types::{LineString, MultiPolygon, Polygon};
use h3o::{LatLng, Resolution};
use jiff::ToSpan;

use super::ground::{Ground, TooMuch};
use super::*;
use crate::engine::signal::locate::{cell_at, middle};
use crate::engine::signal::passes;
use crate::model::claim::{ClaimedCell, Environment};
use crate::model::measure::LonLat;
use crate::model::sample::Run;
use crate::model::verdict::Verdict;

const LON: f64 = 105.97;
const LAT: f64 = 20.25;

fn dbm(power: f32) -> Option<Dbm> {
    Dbm::new(power).ok()
}

fn operator(name: &str) -> Operator {
    name.parse().unwrap()
}

fn ring(corners: &[(f64, f64)]) -> LineString<f64> {
    LineString::from(corners.iter().chain(&corners[..1]).map(|(x, y)| (LON + x, LAT + y)).collect::<Vec<_>>())
}

/// A province in small: bent, with a hole, and an island.
fn area() -> MultiPolygon<f64> {
    let main = ring(&[(0.0, 0.0), (0.06, -0.01), (0.07, 0.03), (0.03, 0.02), (0.035, 0.06), (-0.01, 0.05)]);
    let lake = ring(&[(0.01, 0.01), (0.025, 0.012), (0.02, 0.03)]);
    let island = ring(&[(0.08, 0.0), (0.083, 0.001), (0.081, 0.004)]);
    MultiPolygon::new(vec![Polygon::new(main, vec![lake]), Polygon::new(island, Vec::new())])
}

/// By the crossings of a line to the east, ring by ring.
fn slowly_holds(area: &MultiPolygon<f64>, at: LonLat) -> bool {
    let crosses = |line: &LineString<f64>| -> usize {
        line.0
            .windows(2)
            .filter(move |edge| {
                let (a, b) = (edge[0], edge[1]);
                (a.y > at.lat()) != (b.y > at.lat()) && at.lon() < a.x + (at.lat() - a.y) / (b.y - a.y) * (b.x - a.x)
            })
            .count()
    };
    let inside = |part: &Polygon<f64>| {
        let rings = std::iter::once(part.exterior()).chain(part.interiors());
        rings.map(crosses).sum::<usize>() % 2 == 1
    };
    area.iter().any(inside)
}

fn drawn(area: &MultiPolygon<f64>, minimum: Option<Dbm>) -> Vec<ClaimedCell> {
    let mut ground = Ground::default();
    ground.draw(area, minimum).unwrap();
    ground.finish()
}

fn claim(name: &str, technology: Technology, cells: Vec<ClaimedCell>) -> Claim {
    Claim {
        operator: operator(name),
        technology,
        environment: Environment::Unstated,
        as_of: None,
        source: "scene".to_owned(),
        cells,
    }
}

fn cells_around(resolution: Resolution, rings: u32) -> Vec<CellIndex> {
    let middle = LonLat::new(LON + 0.03, LAT + 0.02).unwrap();
    cell_at(middle, resolution).unwrap().grid_disk(rings)
}

#[test]
fn a_drawn_area_claims_the_cells_whose_middle_lies_in_it_and_no_other() {
    let area = area();
    let claims = Claims::new(&[claim("viettel", Technology::Lte, drawn(&area, dbm(-110.0)))]);
    let (mut inside, mut outside) = (0, 0);
    for cell in cells_around(Resolution::Nine, 40) {
        let expected = slowly_holds(&area, middle(cell).unwrap());
        let found = claims.at(cell, operator("viettel"), Some(Technology::Lte));
        assert_eq!(found, if expected { Claimed::Yes(dbm(-110.0)) } else { Claimed::No }, "{cell}");
        if expected { inside += 1 } else { outside += 1 }
    }
    assert!(inside > 100 && outside > 1_000, "{inside} {outside}");
}

#[test]
fn the_ground_of_an_area_is_every_r10_cell_inside_however_it_is_compacted() {
    let area = area();
    let kept = drawn(&area, None);
    let whole: Vec<CellIndex> = CellIndex::uncompact(kept.iter().map(|one| one.cell), Resolution::Ten).collect();
    let mut slowly: Vec<CellIndex> = cells_around(Resolution::Ten, 90);
    slowly.retain(|cell| slowly_holds(&area, middle(*cell).unwrap()));
    let sorted = |mut cells: Vec<CellIndex>| {
        cells.sort_unstable();
        cells
    };
    assert_eq!(sorted(whole.clone()), sorted(slowly));
    assert!(kept.len() * 2 < whole.len(), "{} of {}", kept.len(), whole.len());
}

#[test]
fn a_ring_that_touches_or_crosses_itself_lets_nothing_out() {
    let bow = Polygon::new(ring(&[(0.0, 0.0), (0.03, 0.03), (0.03, 0.0), (0.0, 0.03)]), Vec::new());
    let area = MultiPolygon::new(vec![bow]);
    let cells = CellIndex::uncompact(drawn(&area, None).into_iter().map(|one| one.cell), Resolution::Ten);
    for cell in cells {
        assert!(slowly_holds(&area, middle(cell).unwrap()), "{cell}");
    }
}

#[test]
fn overlapping_claims_keep_the_highest_minimum_and_none_is_the_lowest() {
    let mut ground = Ground::default();
    let cell = cells_around(Resolution::Nine, 0)[0];
    for (minimum, expected) in
        [(None, None), (dbm(-115.0), dbm(-115.0)), (dbm(-105.0), dbm(-105.0)), (None, dbm(-105.0))]
    {
        ground.give(cell, minimum).unwrap();
        let mut again = Ground::default();
        again.give(cell, expected).unwrap();
        assert_eq!(again.finish(), [ClaimedCell { cell, minimum: expected }]);
    }
    assert_eq!(ground.finish(), [ClaimedCell { cell, minimum: dbm(-105.0) }]);
    // Of two environments the same.
    let of = |environment, minimum| Claim {
        environment,
        ..claim("viettel", Technology::Lte, vec![ClaimedCell { cell, minimum }])
    };
    let claims = Claims::new(&[of(Environment::Outdoor, dbm(-105.0)), of(Environment::Vehicle, dbm(-112.0))]);
    assert_eq!(claims.at(cell, operator("viettel"), Some(Technology::Lte)), Claimed::Yes(dbm(-105.0)));
}

#[test]
fn given_cells_of_any_resolution_count_where_their_middle_is() {
    let r9 = cells_around(Resolution::Nine, 0)[0];
    let children = |resolution| r9.children(resolution).collect::<Vec<CellIndex>>();
    for (given, claimed) in [
        (vec![r9.parent(Resolution::Seven).unwrap()], true),
        (vec![r9], true),
        (vec![r9.center_child(Resolution::Ten).unwrap()], true),
        (vec![r9.center_child(Resolution::Eleven).unwrap()], true),
        (children(Resolution::Eleven), true),
        (vec![children(Resolution::Ten)[3]], false),
    ] {
        let cells = given.iter().map(|cell| ClaimedCell { cell: *cell, minimum: None }).collect();
        let claims = Claims::new(&[claim("viettel", Technology::Lte, cells)]);
        let expected = if claimed { Claimed::Yes(None) } else { Claimed::No };
        assert_eq!(claims.at(r9, operator("viettel"), Some(Technology::Lte)), expected, "{given:?}");
    }
}

#[test]
fn ground_beyond_a_few_provinces_is_too_much() {
    let earth = ring(&[(-200.0, -100.0), (60.0, -100.0), (60.0, 60.0), (-200.0, 60.0)]);
    let earth = MultiPolygon::new(vec![Polygon::new(earth, Vec::new())]);
    let mut ground = Ground::default();
    assert_eq!(ground.draw(&earth, None), Err(TooMuch::Area));
    let country: Vec<CellIndex> = cells_around(Resolution::Six, 30);
    let given: Result<Vec<()>, TooMuch> = country.into_iter().map(|cell| ground.give(cell, None)).collect();
    assert_eq!(given, Err(TooMuch::Claim));
}

#[test]
fn whom_no_claim_names_is_unknown_and_powers_of_two_technologies_are_never_compared() {
    let cell = cells_around(Resolution::Nine, 0)[0];
    let claimed = vec![ClaimedCell { cell, minimum: dbm(-110.0) }];
    let claims =
        Claims::new(&[claim("viettel", Technology::Lte, claimed), claim("viettel", Technology::Nr, Vec::new())]);
    let at = |name, technology| claims.at(cell, operator(name), technology);
    assert_eq!(at("viettel", Some(Technology::Lte)), Claimed::Yes(dbm(-110.0)));
    assert_eq!(at("viettel", Some(Technology::Nr)), Claimed::No);
    assert_eq!(at("viettel", Some(Technology::Umts)), Claimed::Unknown);
    assert_eq!(at("viettel", None), Claimed::Yes(None));
    assert_eq!(at("vnpt", Some(Technology::Lte)), Claimed::Unknown);
    assert_eq!(at("vnpt", None), Claimed::Unknown);
}

/// A run on each of so many days; no power is silence.
fn runs(name: &str, technology: Technology, cell: CellIndex, days: i64, power: Option<f32>) -> Vec<Run> {
    let run = |day: i64| {
        let start = "2026-04-01T03:00:00Z".parse::<jiff::Timestamp>().unwrap() + (24 * day).hours();
        Run {
            operator: operator(name),
            technology,
            device: 1,
            cell: cell.center_child(Resolution::Ten).unwrap(),
            start: start.into(),
            end: start.into(),
            samples: 9,
            censored: 0,
            median: power.and_then(dbm),
            worst: power.and_then(dbm),
            rsrq_db: None,
            sinr_db: None,
            download_kbps: None,
            serving_cell: None,
            arfcn: None,
        }
    };
    (0..days).map(run).collect()
}

/// Six neighbours around a middle that nobody measured, of which the first three and the middle are claimed at −110.
fn scene() -> (Vec<CellIndex>, Claims, Vec<Run>) {
    let cells = cells_around(Resolution::Nine, 1);
    let claimed = [0, 1, 2, 3].map(|at: usize| ClaimedCell { cell: cells[at], minimum: dbm(-110.0) });
    let mut sorted = claimed.to_vec();
    sorted.sort_by_key(|one| one.cell);
    let claims = Claims::new(&[claim("viettel", Technology::Lte, sorted)]);
    let lte = |at: usize, days, power| runs("viettel", Technology::Lte, cells[at], days, power);
    let runs = [
        lte(1, 9, None),
        lte(2, 2, Some(-120.0)),
        lte(3, 6, Some(-96.0)),
        lte(4, 6, Some(-90.0)),
        lte(5, 9, Some(-125.0)),
    ];
    (cells, claims, runs.concat())
}

fn held(claims: &Claims, runs: &[Run], asked: (Option<Operator>, Option<Technology>)) -> Held {
    claims.hold(&passes(runs), asked, &SignalRules::default())
}

#[test]
fn a_cell_is_contradicted_doubtful_borne_out_beyond_or_not_claimed() {
    let (cells, claims, runs) = scene();
    let held = held(&claims, &runs, (None, None));
    let found: BTreeMap<CellIndex, _> = held
        .cells
        .iter()
        .map(|one| (one.cell, (one.status.code(), one.minimum.map(Dbm::tenths), one.gap_db(), one.verdict)))
        .collect();
    let promised = Some(-110.0);
    for (at, expected) in [
        // What heard nothing has no gap: silence is no number.
        (1, ("contradicted", promised, None, Verdict::None)),
        (2, ("doubtful", promised, Some(-10.0), Verdict::Suspected)),
        (3, ("borne_out", promised, Some(14.0), Verdict::Outdoor)),
        (4, ("beyond", None, None, Verdict::Good)),
        (5, ("not_claimed", None, None, Verdict::Weak)),
    ] {
        let (status, minimum, gap, verdict) = found[&cells[at]];
        assert_eq!((status, minimum, gap), (expected.0, expected.1, expected.2), "{at}");
        assert_eq!(verdict.is_dead(), expected.3.is_dead(), "{at} {verdict:?}");
    }
    assert_eq!(found.len(), 5);
    let count = held.counts[0];
    assert_eq!((count.claimed, count.measured, count.unmeasured()), (4, 3, 1));
    assert_eq!((count.contradicted, count.doubtful, count.borne_out), (1, 1, 1));
    assert_eq!((count.beyond, count.not_claimed), (1, 1));
    assert_eq!(held.unmeasured, [cells[0]]);
    assert_eq!(held.claimed.len(), 4);
}

#[test]
fn an_operator_is_held_to_its_own_claim_by_its_own_runs() {
    let (cells, claims, mut runs) = scene();
    // Another operator works where this one is silent, and claims nothing.
    runs.extend(self::runs("vnpt", Technology::Lte, cells[1], 9, Some(-80.0)));
    for asked in [(None, None), (Some(operator("viettel")), None), (Some(operator("viettel")), Some(Technology::Lte))] {
        let held = held(&claims, &runs, asked);
        let one = held.cells.iter().find(|one| one.cell == cells[1]).unwrap();
        assert_eq!((one.operator.as_str(), one.status.code()), ("viettel", "contradicted"), "{asked:?}");
        assert_eq!(one.operators_contradicted, 1);
    }
    for asked in [(Some(operator("vnpt")), None), (None, Some(Technology::Nr))] {
        assert_eq!(held(&claims, &runs, asked), Held::default(), "{asked:?}");
    }
}

#[test]
fn the_best_technology_bears_a_claim_out_and_its_own_view_does_not() {
    let (cells, claims, mut runs) = scene();
    runs.extend(self::runs("viettel", Technology::Umts, cells[1], 9, Some(-80.0)));
    let status = |technology| {
        let held = held(&claims, &runs, (Some(operator("viettel")), technology));
        let one = *held.cells.iter().find(|one| one.cell == cells[1]).unwrap();
        (one.status.code(), one.technology, one.minimum)
    };
    // No minimum is claimed of 3G, so none is compared with its power.
    assert_eq!(status(None), ("borne_out", Technology::Umts, None));
    assert_eq!(status(Some(Technology::Lte)), ("contradicted", Technology::Lte, dbm(-110.0)));
}

#[test]
fn of_several_operators_the_worst_is_shown_and_the_contradicted_are_counted() {
    let (cells, _, _) = scene();
    let ground = || vec![ClaimedCell { cell: cells[1], minimum: None }];
    let claims = ["viettel", "vnpt", "mobifone"].map(|name| claim(name, Technology::Lte, ground()));
    let of = |name, power| runs(name, Technology::Lte, cells[1], 9, power);
    let runs = [of("viettel", Some(-80.0)), of("vnpt", None), of("mobifone", Some(-125.0))].concat();
    let held = held(&Claims::new(&claims), &runs, (None, None));
    assert_eq!(held.cells.len(), 1);
    let one = held.cells[0];
    assert_eq!(
        (one.operator.as_str(), one.status, one.operators_contradicted),
        ("mobifone", ClaimStatus::Contradicted, 2)
    );
    assert_eq!(held.counts.iter().map(|count| count.borne_out).sum::<u64>(), 1);
    assert!(held.unmeasured.is_empty());
}

#[test]
fn a_dead_area_tells_how_much_of_it_is_claimed_and_by_whom() {
    let (cells, claims, runs) = scene();
    let area = |cells: Vec<CellIndex>, of: Option<&str>, template: &DeadArea| DeadArea {
        cells,
        operator: of.map(operator),
        ..template.clone()
    };
    // Cells 1 and 5 are dead; with the middle between them they are an area.
    let mut all = runs;
    all.extend(self::runs("viettel", Technology::Lte, cells[0], 9, None));
    let passes = passes(&all);
    let by_cell = crate::engine::signal::ByCell::new(&passes);
    let verdicts = crate::engine::signal::cells(&all, None, None, &SignalRules::default(), REPORTING);
    let areas = crate::engine::signal::dead_areas(&verdicts, &by_cell, &[], &claims, &SignalRules::default());
    assert_eq!(areas.len(), 1);
    let claim = areas[0].claim.clone().unwrap();
    assert_eq!((areas[0].cells.len(), claim.cells, claim.operators), (3, 2, vec![operator("viettel")]));
    assert_eq!((areas[0].claimed_share().unwrap() * 3.0).round(), 2.0);
    assert_eq!(
        claims.of_area(&area(vec![cells[5]], None, &areas[0])),
        Some(AreaClaim { cells: 0, operators: Vec::new() })
    );
    assert_eq!(claims.of_area(&area(vec![cells[1]], Some("vnpt"), &areas[0])), None, "nobody knows what it claims");
}

#[test]
fn a_middle_child_has_the_middle_of_its_parent() {
    for cell in cells_around(Resolution::Nine, 5) {
        let child = cell.center_child(Resolution::Ten).unwrap();
        let apart = LatLng::from(cell).distance_m(LatLng::from(child));
        assert!(apart < 1e-3, "{apart}");
    }
}
