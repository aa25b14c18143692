//! What holds of every plan, on communes that nobody drew.

use proptest::prelude::*;

use super::ground::Ground;
use super::routes::{EFFORT, Routing, length_m, solve};
use super::share::{Load, Sharing, share};
use super::*;

fn plane() -> Plane {
    Plane::at(LonLat::new(105.97, 20.25).unwrap())
}

fn shared(points: &[(f64, f64)], loads: &[u32], teams: u32, rate: u32) -> (Vec<Vec<Load>>, Vec<Vec<usize>>) {
    let points: Vec<Coord<f64>> = points.iter().map(|(x, y)| Coord { x: *x, y: *y }).collect();
    let ground = Ground::new(&points, None, plane());
    let sharing = Sharing { loads, points: &points, near: &ground.near, rate, balance: 0.15 };
    (share(&sharing, teams), ground.near)
}

/// The slow obvious one: repeats over all pairs until nothing new is joined.
fn hangs_together(piece: &[Load], near: &[Vec<usize>]) -> bool {
    let Some((first, _)) = piece.first() else { return true };
    let mut joined = vec![*first];
    loop {
        let next = piece
            .iter()
            .map(|(at, _)| *at)
            .find(|at| !joined.contains(at) && joined.iter().any(|other| near[*other].contains(at)));
        match next {
            Some(at) => joined.push(at),
            None => return piece.iter().all(|(at, _)| joined.contains(at)),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_household_goes_to_one_team_and_pieces_hang_together(
        villages in prop::collection::vec((0.0..12_000.0_f64, 0.0..9_000.0_f64, 1..400_u32), 1..45),
        teams in 1..9_u32,
    ) {
        let points: Vec<(f64, f64)> = villages.iter().map(|(x, y, _)| (*x, *y)).collect();
        let loads: Vec<u32> = villages.iter().map(|(_, _, load)| *load).collect();
        let (pieces, near) = shared(&points, &loads, teams, 15);
        prop_assert_eq!(pieces.len(), teams as usize);
        let mut given = vec![0; loads.len()];
        pieces.iter().flatten().for_each(|(at, load)| given[*at] += load);
        prop_assert_eq!(&given, &loads);
        for piece in &pieces {
            prop_assert!(hangs_together(piece, &near), "{:?} in {:?}", piece, points);
        }
        prop_assert_eq!(shared(&points, &loads, teams, 15).0, pieces);
    }

    #[test]
    fn days_hold_every_stop_once_and_no_more_than_a_team_can(
        stops in prop::collection::vec((0.0..9_000.0_f64, 0.0..9_000.0_f64, 1..=15_u32), 0..14),
    ) {
        let routing = routing(&stops);
        let days = solve(&routing, 2_000);
        let mut seen: Vec<usize> = days.iter().flatten().copied().collect();
        seen.sort_unstable();
        prop_assert_eq!(seen, (1..=stops.len()).collect::<Vec<_>>());
        for day in &days {
            prop_assert!(day.iter().map(|stop| routing.demands[*stop]).sum::<u32>() <= 15);
        }
        prop_assert_eq!(solve(&routing, 2_000), days);
    }
}

/// The same communes each time: a share is told, and a share of others would be another one.
#[test]
fn pieces_are_of_one_size_in_all_but_a_few_communes() {
    let mut state = 1_u64;
    let mut below = |most: u32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(state >> 33).unwrap() % most
    };
    let (mut uneven, mut worst) = (0, 0.0_f64);
    for _ in 0..1_000 {
        let (villages, teams) = (1 + below(44), 1 + below(8));
        let points: Vec<(f64, f64)> =
            (0..villages).map(|_| (f64::from(below(12_000)), f64::from(below(9_000)))).collect();
        let loads: Vec<u32> = (0..villages).map(|_| 1 + below(399)).collect();
        let mean = f64::from(loads.iter().sum::<u32>()) / f64::from(teams);
        let (pieces, _) = shared(&points, &loads, teams, 15);
        let off = pieces.iter().map(|piece| (share::sum(piece) as f64 - mean).abs()).fold(0.0, f64::max);
        uneven += u32::from(off > (0.15 * mean).max(1.0));
        worst = worst.max(off / mean);
    }
    assert!(uneven <= 2 && worst < 0.5, "{uneven} of 1000, one by {worst}");
}

fn routing(stops: &[(f64, f64, u32)]) -> Routing {
    let points: Vec<(f64, f64)> =
        std::iter::once((4_500.0, 4_500.0)).chain(stops.iter().map(|(x, y, _)| (*x, *y))).collect();
    let way = |a: &(f64, f64), b: &(f64, f64)| (a.0 - b.0).hypot(a.1 - b.1);
    Routing {
        demands: std::iter::once(0).chain(stops.iter().map(|(_, _, demand)| *demand)).collect(),
        capacity: 15,
        ways: points.iter().map(|a| points.iter().map(|b| way(a, b)).collect()).collect(),
    }
}

/// The slow obvious solver: every order of the stops, cut wherever it may be.
fn best_of_all(routing: &Routing, done: &mut Vec<usize>, left: u32, way: f64, days: usize) -> (usize, f64) {
    let stops = routing.demands.len();
    let at = *done.last().unwrap_or(&0);
    if done.len() == stops - 1 {
        return (days, way + routing.ways[at][0]);
    }
    let mut best = (usize::MAX, f64::INFINITY);
    for next in (1..stops).filter(|stop| !done.contains(stop)).collect::<Vec<_>>() {
        let demand = routing.demands[next];
        let mut branches =
            vec![(routing.capacity - demand, way + routing.ways[at][0] + routing.ways[0][next], days + 1)];
        if demand <= left {
            branches.push((left - demand, way + routing.ways[at][next], days));
        }
        for (left, way, days) in branches {
            done.push(next);
            let found = best_of_all(routing, done, left, way, days);
            done.pop();
            if found.0 < best.0 || found.0 == best.0 && found.1 < best.1 {
                best = found;
            }
        }
    }
    best
}

#[test]
fn few_stops_get_the_best_days_that_there_are() {
    for seed in 0..12_u32 {
        let number = |at: u32, most: f64| {
            let x = (f64::from(seed * 31 + at) * 12.9898).sin() * 43_758.547;
            (x - x.floor()) * most
        };
        let stops: Vec<(f64, f64, u32)> =
            (0..6).map(|at| (number(3 * at, 9_000.0), number(3 * at + 1, 9_000.0), 2 + (at * 5 + seed) % 9)).collect();
        let routing = routing(&stops);
        let days = solve(&routing, EFFORT);
        let best = best_of_all(&routing, &mut Vec::new(), 0, 0.0, 0);
        assert_eq!(days.len(), best.0, "{stops:?}");
        assert!(length_m(&routing, &days) <= best.1 * 1.000_001, "{} {}", length_m(&routing, &days), best.1);
    }
}

#[test]
fn one_village_is_shared_by_all_teams_and_no_village_by_none() {
    let (pieces, _) = shared(&[(0.0, 0.0)], &[300], 4, 15);
    assert_eq!(pieces, vec![vec![(0, 75)]; 4]);
    let (pieces, _) = shared(&[], &[], 3, 15);
    assert_eq!(pieces, vec![Vec::new(); 3]);
}

#[test]
fn villages_on_one_point_or_on_one_line_are_shared_like_others() {
    for step in [(0.0, 0.0), (500.0, 0.0), (300.0, 300.0)] {
        let points: Vec<(f64, f64)> = (0..9).map(|at| (f64::from(at) * step.0, f64::from(at) * step.1)).collect();
        let (pieces, near) = shared(&points, &[40; 9], 4, 15);
        for piece in &pieces {
            assert!(hangs_together(piece, &near), "{step:?} {piece:?}");
            assert!((76..=104).contains(&share::sum(piece)), "{step:?} {pieces:?}");
        }
    }
}

#[test]
fn more_teams_than_households_leave_some_without_work() {
    let (pieces, _) = shared(&[(0.0, 0.0), (900.0, 0.0)], &[1, 1], 5, 15);
    assert_eq!(pieces.len(), 5);
    assert_eq!(pieces.iter().map(|piece| share::sum(piece)).sum::<u64>(), 2);
}

#[test]
fn neighbours_share_a_border_inside_the_commune() {
    // Three in a row: the outer two are apart, and a bay parts what it lies between.
    let points = [(0.0, 0.0), (1_000.0, 0.0), (2_000.0, 0.0)].map(|(x, y)| Coord { x, y });
    let ground = Ground::new(&points, None, plane());
    assert_eq!(ground.near, [vec![1], vec![0, 2], vec![1]]);
    let area = ground.area(&[0, 1, 2], None).unwrap();
    assert_eq!(area.0.len(), 1, "{area:?}");
}

/// Where a village stands, degrees, and the households that it declares.
type Scene = (Option<(f64, f64)>, Option<u32>);

fn facts(villages: &[Scene]) -> Facts {
    use crate::engine::scene;
    use crate::model::admin::AdminUnit;
    use geo_types::polygon;
    use jiff::civil::date;

    let village = |(at, (place, households)): (u32, &Scene)| {
        let point = place.and_then(|(lon, lat)| LonLat::new(lon, lat).ok());
        scene::village(&format!("14329-{at:03}"), "14329", *households, point)
    };
    let square = polygon![(x: 105.9, y: 20.2), (x: 106.0, y: 20.2), (x: 106.0, y: 20.3), (x: 105.9, y: 20.3)];
    let commune = scene::commune("14329", 105.9, date(2025, 7, 1), None);
    Facts::new(crate::engine::FactParts {
        units: vec![AdminUnit { geometry: Some(MultiPolygon::new(vec![square])), ..commune }],
        villages: (1..).zip(villages).map(village).collect(),
        today: date(2026, 4, 15),
        ..crate::engine::FactParts::default()
    })
}

fn planned(villages: &[Scene], teams: u32) -> CommunePlan {
    let facts = facts(villages);
    let answer = crate::engine::answer(&facts, &crate::model::question::Question::default());
    let options = PlanOptions { communes: vec!["14329".parse().unwrap()], teams, days: None };
    let plans = plan(&facts, &answer, &options);
    assert_eq!(plan(&facts, &answer, &options), plans, "the same question has the same plan");
    let only = plans.into_iter().next().unwrap();
    assert!(only.balance.is_finite() && only.teams.iter().all(|team| team.distance_m.is_finite()));
    only
}

#[test]
fn a_commune_without_villages_has_teams_without_days() {
    let told = planned(&[], 3);
    assert_eq!((told.teams.len(), told.households, told.start), (3, 0, None));
    assert!(told.teams.iter().all(|team| team.days.is_empty() && team.ground.is_none()));
    // A village that declares to have no household is not one that declares nothing.
    assert_eq!(planned(&[(None, Some(0))], 1).villages, 0);
}

#[test]
fn villages_that_declare_nothing_get_a_day_each_and_no_number() {
    let told = planned(&[(Some((105.95, 20.25)), None), (Some((105.96, 20.25)), None), (None, None)], 1);
    assert_eq!((told.households, told.villages_unknown, told.teams[0].days.len()), (0, 3, 3));
    let stops = told.teams[0].days.iter().flat_map(|day| &day.stops);
    assert!(stops.clone().all(|stop| stop.households == Figure::NotReported && stop.parts == 1));
    assert!(stops.clone().any(|stop| stop.at.is_none()));
}

#[test]
fn villages_without_places_are_shared_all_the_same() {
    let told = planned(&[(None, Some(100)), (None, Some(50)), (None, Some(30))], 2);
    // 90 % of each, rounded up.
    assert_eq!((told.households, told.start), (90 + 45 + 27, None));
    assert_eq!(told.teams.iter().map(|team| team.households).sum::<u64>(), told.households);
    assert!(told.balance <= 0.15, "{told:?}");
}

#[test]
fn a_team_begins_at_the_middle_village_and_has_ground_in_the_commune() {
    let places = [(105.92, 20.25), (105.95, 20.25), (105.98, 20.25), (105.95, 20.28)];
    let villages: Vec<_> = places.iter().map(|at| (Some(*at), Some(40))).collect();
    let told = planned(&villages, 2);
    assert_eq!(told.start, LonLat::new(105.95, 20.25).ok().map(|at| (at, StartFrom::Village)));
    let area = |team: &TeamPlan| crate::engine::boundaries::area::area_m2(team.ground.as_ref().unwrap()).unwrap();
    let whole = 0.1_f64.to_radians().powi(2) * 6_371_008.8_f64.powi(2) * 20.25_f64.to_radians().cos();
    let covered: f64 = told.teams.iter().map(area).sum();
    assert!((covered / whole - 1.0).abs() < 0.02, "{covered} of {whole}");
}
