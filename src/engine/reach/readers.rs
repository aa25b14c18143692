//! Readers against the floor: they know this program and everything that is
//! published, and try every commune that there could be. None may be left
//! with a single one.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::{Tally, communes, judge};
use crate::model::admin::UnitCode;
use crate::model::figure::Figure;
use crate::model::reach::{CommuneReach, ReachStatus, VillageReach};
use crate::model::rules::ReachRules;
use crate::model::village::VillageCode;

const TODAY: Date = date(2026, 4, 15);

fn code(text: &str) -> UnitCode {
    text.parse().unwrap()
}

/// Tallies of one reporting commune: (declared, visited, guided) of each village.
fn tallies(counts: &[(Option<u32>, u32, u32)]) -> Vec<Tally> {
    let reports = counts.iter().any(|(_, visited, _)| *visited > 0);
    let tally = |(at, (households, visited, guided)): (usize, &(Option<u32>, u32, u32))| Tally {
        village: VillageCode::new(code("14001"), u32::try_from(at).unwrap()),
        commune: code("14001"),
        placed: true,
        households: *households,
        visited: *visited,
        guided: *guided,
        few: false,
        in_steps: false,
        last_visit: (*visited > 0).then_some(TODAY),
        reports,
    };
    counts.iter().enumerate().map(tally).collect()
}

fn publish(tallies: &[Tally], rules: &ReachRules) -> (Vec<VillageReach>, Vec<CommuneReach>) {
    let judged = judge(tallies, &vec![None; tallies.len()], rules, TODAY);
    let sums = communes(&[code("14001")], tallies, &judged, &[], rules);
    (judged.villages, sums)
}

/// Every commune that there could be, published, and grouped by what a reader
/// sees of it. `pairs` are the (visited, guided) that a village may have.
/// Neither count, nor their difference, may be certain where it is small.
fn no_reader_can_solve(households: &[Option<u32>], pairs: &[(u32, u32)], rules: &ReachRules) {
    let mut possible: BTreeMap<String, Vec<Vec<(u32, u32)>>> = BTreeMap::new();
    let villages = u32::try_from(households.len()).unwrap();
    for number in 0..pairs.len().pow(villages) {
        let world: Vec<(u32, u32)> =
            (0..villages).map(|at| pairs[number / pairs.len().pow(at) % pairs.len()]).collect();
        let counts: Vec<_> =
            households.iter().zip(&world).map(|(h, (visited, guided))| (*h, *visited, *guided)).collect();
        let shown = format!("{:?}", publish(&tallies(&counts), rules));
        possible.entry(shown).or_default().push(world);
    }
    let most = pairs.iter().map(|(_, guided)| *guided).max().unwrap();
    let (mut tried, mut certain) = (0, 0);
    for (shown, worlds) in &possible {
        // Where a count may be the most that was tried, worlds beyond it were not.
        if worlds.iter().flatten().any(|(visited, guided)| *guided == most || *visited == most) {
            continue;
        }
        tried += 1;
        for at in 0..households.len() {
            // Visited, guided, and those who were out or refused.
            for read in [|pair: (u32, u32)| pair.0, |pair: (u32, u32)| pair.1, |pair: (u32, u32)| pair.0 - pair.1] {
                let values: BTreeSet<u32> = worlds.iter().map(|world| read(world[at])).collect();
                certain += u32::from(values.len() == 1);
                let solved = values.len() == 1 && values.first().is_some_and(|v| (1..rules.k).contains(v));
                assert!(!solved, "village {at} is {values:?} in {shown}");
            }
        }
    }
    assert!(tried > 0 && certain > 0, "nothing was tried");
}

#[test]
fn no_figure_lets_a_reader_solve_a_count_below_the_floor() {
    let rules = ReachRules { k: 3, percent_min_households: 4, ..ReachRules::default() };
    // So many were visited that only guided is small.
    let check = |households: &[Option<u32>], most: u32| {
        let pairs: Vec<_> = (0..=most).map(|guided| (most + 7, guided)).collect();
        no_reader_can_solve(households, &pairs, &rules);
    };
    check(&[Some(10), Some(10), Some(10)], 12);
    check(&[Some(4), Some(30), Some(8)], 12);
    check(&[Some(2), Some(30), None], 12);
    check(&[None, Some(20), None, Some(5)], 7);
    check(&[Some(1), Some(3), Some(6)], 9);
}

#[test]
fn visited_guided_and_their_difference_do_not_let_a_reader_solve_either() {
    let check = |households: &[Option<u32>], most: u32, k: u32| {
        let rules = ReachRules { k, percent_min_households: 4, ..ReachRules::default() };
        let pairs: Vec<_> = (0..=most).flat_map(|visited| (0..=visited).map(move |guided| (visited, guided))).collect();
        no_reader_can_solve(households, &pairs, &rules);
    };
    check(&[Some(4), Some(9), None], 7, 3);
    check(&[Some(9)], 30, 5);
    check(&[Some(12), Some(40)], 13, 4);
    check(&[None, None], 13, 4);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_small_count_is_shown_anywhere(
        counts in prop::collection::vec((prop::option::of(0_u32..40), 0_u32..30, 0_u32..30), 1..12),
    ) {
        let counts: Vec<_> = counts.into_iter().map(|(h, visited, guided)| (h, visited, guided.min(visited))).collect();
        let rules = ReachRules::default();
        let tallies = tallies(&counts);
        let (villages, sums) = publish(&tallies, &rules);
        for (tally, row) in tallies.iter().zip(&villages) {
            let refused = row.visited.known().zip(row.guided.known()).map(|(visited, guided)| visited - guided);
            for count in [row.visited.known(), row.guided.known(), refused] {
                prop_assert!(!count.is_some_and(|v| (1..rules.k).contains(&v)));
            }
            if (1..rules.k).contains(&tally.guided) {
                prop_assert_eq!((row.percent.known(), row.remaining.known()), (None, None));
                prop_assert!(row.status <= ReachStatus::Started && !row.over_declared);
            }
            if (1..rules.k).contains(&tally.visited) {
                prop_assert_eq!(row.last_visit, None);
            }
        }
        let hidden = villages.iter().filter(|v| v.guided == Figure::Suppressed).count();
        prop_assert!(hidden != 1 || sums[0].guided == Figure::Suppressed, "one hidden village beside its sum");
        prop_assert!(!sums[0].guided.known().is_some_and(|v| (1..u64::from(rules.k)).contains(&v)));
    }
}
