//! The choice beside every choice there is, and circles beside distances one by one.

use proptest::prelude::*;

use super::choose::{exchange, greedy};
use super::{Choice, Demand, Instance, covers, solve};
use crate::model::measure::LonLat;

fn instance(weights: &[u64], covers: &[&[u32]]) -> Instance {
    Instance { weights: weights.to_vec(), covers: covers.iter().map(|cover| cover.to_vec()).collect() }
}

/// What a choice covers, added up plainly.
fn covered(instance: &Instance, chosen: &[usize]) -> u64 {
    let within = |demand: u32| chosen.iter().any(|site| instance.covers[*site].contains(&demand));
    (0_u32..).zip(&instance.weights).filter(|(demand, _)| within(*demand)).map(|(_, weight)| weight).sum()
}

/// The best of all choices.
fn best(instance: &Instance, sites: usize) -> u64 {
    let count = instance.covers.len();
    let chosen = |set: u32| (0..count).filter(|at| set >> at & 1 == 1).collect::<Vec<_>>();
    let sets = (0..1_u32 << count).filter(|set| set.count_ones() as usize <= sites);
    sets.map(|set| covered(instance, &chosen(set))).max().unwrap_or(0)
}

/// The first of those that add most, without any short cut.
fn plain_greedy(instance: &Instance, sites: usize) -> Vec<usize> {
    let mut chosen = Vec::new();
    while chosen.len() < sites {
        let now = covered(instance, &chosen);
        let with = |at: usize| covered(instance, &[chosen.as_slice(), &[at]].concat());
        let Some(next) = (0..instance.covers.len()).rev().max_by_key(|at| with(*at)).filter(|at| with(*at) > now)
        else {
            break;
        };
        chosen.push(next);
    }
    chosen
}

prop_compose! {
    fn instances()(demands in 1_usize..12)(
        weights in prop::collection::vec(0_u64..50, demands),
        sets in prop::collection::vec(prop::collection::btree_set(0..u32::try_from(demands).unwrap(), 0..6), 0..10),
    ) -> Instance {
        Instance { weights, covers: sets.into_iter().map(|set| set.into_iter().collect()).collect() }
    }
}

proptest! {
    #[test]
    fn the_lazy_choice_is_the_plain_one(instance in instances(), sites in 0_usize..5) {
        prop_assert_eq!(greedy(&instance, sites, 0..instance.covers.len()), plain_greedy(&instance, sites));
    }

    #[test]
    fn a_greedy_choice_is_never_below_its_share_of_the_best(instance in instances(), sites in 0_usize..5) {
        let found = covered(&instance, &plain_greedy(&instance, sites));
        let least = (1.0 - (-1.0_f64).exp()) * best(&instance, sites) as f64;
        prop_assert!(found as f64 >= least - 1e-9);
    }

    #[test]
    fn an_exchange_never_covers_less(instance in instances(), sites in 0_usize..5) {
        let before = greedy(&instance, sites, 0..instance.covers.len());
        let mut after = before.clone();
        exchange(&instance, &mut after);
        prop_assert_eq!(after.len(), before.len());
        prop_assert!(covered(&instance, &after) >= covered(&instance, &before));
    }

    #[test]
    fn the_best_lies_between_the_choice_and_the_bound(instance in instances(), sites in 0_usize..5) {
        let choice = solve(&instance, sites);
        let chosen: Vec<usize> = choice.sites.iter().map(|(at, _)| *at).collect();
        prop_assert!(chosen.len() <= sites);
        prop_assert_eq!(covered(&instance, &chosen), choice.covered);
        prop_assert_eq!(choice.sites.iter().map(|(_, gain)| gain).sum::<u64>(), choice.covered);
        prop_assert!(choice.sites.windows(2).all(|pair| pair[0].1 >= pair[1].1));
        let best = best(&instance, sites);
        prop_assert!(choice.covered <= best && best <= choice.bound, "{} {best} {}", choice.covered, choice.bound);
        prop_assert!(choice.bound <= instance.weights.iter().sum());
    }

    #[test]
    fn circles_hold_what_lies_within_the_distance(
        demands in prop::collection::vec((105.0..107.0, 19.5..21.0, 100.0..40_000.0), 0..30),
        places in prop::collection::vec((105.0..107.0, 19.5..21.0), 0..30),
    ) {
        let at = |lon, lat| LonLat::new(lon, lat).unwrap();
        let demands: Vec<_> =
            demands.into_iter().map(|(lon, lat, within_m)| Demand { at: at(lon, lat), within_m }).collect();
        let places: Vec<_> = places.into_iter().map(|(lon, lat)| at(lon, lat)).collect();
        let plain = |place: &LonLat| {
            let within = |(_, one): &(u32, &Demand)| place.distance_m(one.at) <= one.within_m;
            (0_u32..).zip(&demands).filter(within).map(|(number, _)| number).collect::<Vec<_>>()
        };
        prop_assert_eq!(covers(&demands, &places), places.iter().map(plain).collect::<Vec<_>>());
    }
}

#[test]
fn an_exchange_mends_what_greed_took() {
    // Greed takes the middle one (6), and then leaves a side (2) behind.
    let middle = instance(&[2, 3, 3, 2], &[&[1, 2], &[0, 1], &[2, 3]]);
    assert_eq!(covered(&middle, &plain_greedy(&middle, 2)), 8);
    assert_eq!(solve(&middle, 2), Choice { sites: vec![(1, 5), (2, 5)], covered: 10, bound: 10 });
}

#[test]
fn of_equals_the_first_is_taken() {
    let twins = instance(&[4, 4], &[&[0], &[0], &[1], &[1]]);
    assert_eq!(solve(&twins, 2).sites, [(0, 4), (2, 4)]);
}

#[test]
fn no_site_is_taken_that_adds_nothing() {
    let few = instance(&[4, 0], &[&[0], &[0, 1], &[1]]);
    assert_eq!(solve(&few, 3), Choice { sites: vec![(0, 4)], covered: 4, bound: 4 });
    assert_eq!(solve(&Instance::default(), 3), Choice::default());
    assert_eq!(solve(&few, 0), Choice { sites: Vec::new(), covered: 0, bound: 0 });
}

#[test]
fn what_no_candidate_reaches_is_not_in_the_bound() {
    let far = instance(&[4, 90], &[&[0]]);
    assert_eq!(solve(&far, 2), Choice { sites: vec![(0, 4)], covered: 4, bound: 4 });
}

/// Villages of a province by a rule, candidates among and between them.
#[test]
fn the_bound_of_a_province_is_near() {
    let mut state = 7_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(state >> 40).unwrap()) / f64::from(1 << 24)
    };
    let demands: Vec<Demand> = (0..600)
        .map(|_| Demand { at: LonLat::new(105.5 + next(), 20.0 + 0.6 * next()).unwrap(), within_m: 1_000.0 })
        .collect();
    let mut places: Vec<LonLat> = demands.iter().map(|demand| demand.at).collect();
    places.extend((0..3_000).map(|_| LonLat::new(105.5 + next(), 20.0 + 0.6 * next()).unwrap()));
    let weights = demands.iter().enumerate().map(|(number, _)| 20_000 + 997 * (number as u64 % 89)).collect();
    let choice = solve(&Instance { weights, covers: covers(&demands, &places) }, 10);
    assert_eq!(choice.sites.len(), 10);
    let gap = (choice.bound - choice.covered) as f64 / choice.bound as f64;
    assert!(gap < 0.02, "{gap}");
}
