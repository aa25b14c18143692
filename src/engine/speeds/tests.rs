//! Scenes of tiles, and the shrinking done slowly.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::model::measure::LonLat;

const TODAY: Date = date(2026, 4, 1);

fn origin() -> Quadkey {
    Quadkey::at(LonLat::new(105.97, 20.25).unwrap()).unwrap()
}

fn tile(at: (i32, i32), quarter: (i16, i8), kbps: u32, tests: u32, devices: u32) -> SpeedTile {
    SpeedTile {
        tile: origin().moved(at.0, at.1).unwrap(),
        quarter: Quarter::new(quarter.0, quarter.1).unwrap(),
        download_kbps: kbps,
        upload_kbps: Some(kbps / 2),
        latency_ms: None,
        tests,
        devices,
        source: String::new(),
        licence: None,
    }
}

fn judged(tiles: &[SpeedTile]) -> Vec<TileSpeed> {
    speeds(tiles, TODAY, &SpeedRules::default())
}

const Q1: (i16, i8) = (2026, 1);

#[test]
fn classes_are_the_published_zones() {
    for (kbps, class) in [
        (0, SpeedClass::VerySlow),
        (2_499, SpeedClass::VerySlow),
        (2_500, SpeedClass::Slow),
        (5_000, SpeedClass::Fair),
        (14_999, SpeedClass::Fair),
        (15_000, SpeedClass::Fast),
    ] {
        let rules = SpeedRules::default();
        assert_eq!(super::class(f64::from(kbps), 5, 2, &rules), class, "{kbps}");
    }
}

#[test]
fn one_phone_or_four_tests_say_nothing() {
    for (tests, devices, class) in
        [(4, 4, SpeedClass::NotEnough), (500, 1, SpeedClass::NotEnough), (5, 2, SpeedClass::VerySlow)]
    {
        assert_eq!(judged(&[tile((0, 0), Q1, 100, tests, devices)])[0].class, class, "{tests} {devices}");
    }
}

#[test]
fn the_same_phone_in_four_quarters_is_not_four_phones() {
    let quarters = [(2025, 2), (2025, 3), (2025, 4), (2026, 1)];
    let one = judged(&quarters.map(|quarter| tile((0, 0), quarter, 100, 9, 1)))[0];
    assert_eq!((one.tests, one.devices, one.quarters, one.class), (36, 1, 4, SpeedClass::NotEnough));
}

#[test]
fn four_quarters_count_and_none_that_has_not_begun() {
    let old = tile((0, 0), (2025, 1), 1_000, 9, 3);
    let mid = tile((0, 0), (2025, 2), 20_000, 9, 3);
    let new = tile((1, 0), Q1, 20_000, 9, 3);
    let all = judged(&[old.clone(), mid.clone(), new.clone()]);
    assert_eq!(all.len(), 2);
    assert_eq!((all[0].quarters, all[0].last.to_string().as_str(), all[0].class), (1, "2025-Q2", SpeedClass::Fast));
    // Asked of an earlier day, the window ends there.
    let then = speeds(&[old, mid, new], date(2025, 3, 31), &SpeedRules::default());
    assert_eq!((then.len(), then[0].class), (1, SpeedClass::VerySlow));
    assert!(speeds(&[tile((0, 0), (2026, 2), 1, 9, 3)], date(2026, 3, 31), &SpeedRules::default()).is_empty());
}

#[test]
fn a_tile_alone_stands_for_itself() {
    let alone = judged(&[tile((0, 0), Q1, 8_000, 6, 2), tile((3, 0), Q1, 100, 900, 90)]);
    assert!((alone[0].download_kbps - 8_000.0).abs() < 1e-6, "{}", alone[0].download_kbps);
}

#[test]
fn few_tests_lean_on_the_neighbours_and_many_do_not() {
    let near = |tests| judged(&[tile((0, 0), Q1, 1_000, tests, 2), tile((2, 2), Q1, 16_000, 50, 9)])[0].download_kbps;
    // Eight of its own against eight that are lent: half way, which of factors is the root of the product.
    assert!((near(8) - 4_000.0).abs() < 1e-6, "{}", near(8));
    assert!(near(2) > near(8) && near(800) < 1_100.0);
}

#[test]
fn what_was_not_tested_is_missing_and_not_made_up() {
    let mut silent = tile((0, 0), Q1, 8_000, 6, 2);
    silent.upload_kbps = None;
    let all = judged(&[silent, tile((1, 0), Q1, 8_000, 6, 2)]);
    assert_eq!((all[0].upload_kbps, all[0].latency_ms), (None, None));
    assert!(all[1].upload_kbps.is_some());
}

#[test]
fn tiles_together_weigh_by_their_tests() {
    let tiles = judged(&[tile((0, 0), Q1, 1_000, 30, 4), tile((9, 0), Q1, 100_000, 10, 7)]);
    let all = together(tiles.iter(), &SpeedRules::default()).unwrap();
    assert!((all.download_kbps - 1_000.0 * 100_f64.powf(0.25)).abs() < 1e-6);
    assert_eq!((all.tiles, all.tests, all.devices, all.class), (2, 40, 7, SpeedClass::Slow));
    assert_eq!(together([].iter(), &SpeedRules::default()), None);
}

/// By the definition: every tile against every other.
fn slowly(tiles: &[SpeedTile], rules: &SpeedRules) -> Vec<(Quadkey, f64)> {
    let mut keys: Vec<Quadkey> = tiles.iter().map(|tile| tile.tile).collect();
    keys.sort_unstable();
    keys.dedup();
    let log_mean = |of: &dyn Fn(Quadkey) -> bool| {
        let rows = || tiles.iter().filter(|tile| of(tile.tile));
        let tests: f64 = rows().map(|tile| f64::from(tile.tests)).sum();
        let sum: f64 = rows().map(|tile| f64::from(tile.tests) * f64::from(tile.download_kbps.max(1)).ln()).sum();
        (sum / tests, tests)
    };
    let value = |key: Quadkey| {
        let (own, tests) = log_mean(&|other| other == key);
        let (there, others) = log_mean(&|other| {
            let apart = |a: u16, b: u16| (i32::from(a) - i32::from(b)).abs();
            other != key && apart(other.x(), key.x()) <= 2 && apart(other.y(), key.y()) <= 2
        });
        let lent = if others > 0.0 { f64::from(rules.neighbour_tests) } else { 0.0 };
        let there = if others > 0.0 { there } else { 0.0 };
        (key, ((own * tests + there * lent) / (tests + lent)).exp())
    };
    keys.into_iter().map(value).collect()
}

proptest! {
    #[test]
    fn the_fast_way_is_the_slow_way(
        rows in prop::collection::btree_map((0..7_i32, 0..7_i32, 1..=4_i8), (0..90_000_u32, 1..40_u32), 1..60)
    ) {
        let tiles: Vec<SpeedTile> = rows
            .iter()
            .map(|((x, y, quarter), (kbps, tests))| tile((*x, *y), (2025, *quarter), *kbps, *tests, 1))
            .collect();
        let rules = SpeedRules::default();
        let fast = speeds(&tiles, TODAY, &rules);
        let newest = tiles.iter().map(|tile| tile.quarter.number()).max().unwrap();
        prop_assert!(tiles.iter().all(|tile| newest - tile.quarter.number() < 4));
        for (fast, (key, value)) in fast.iter().zip(slowly(&tiles, &rules)) {
            prop_assert_eq!(fast.tile, key);
            prop_assert!((fast.download_kbps / value - 1.0).abs() < 1e-9, "{} {}", fast.download_kbps, value);
        }
    }
}
