//! Surfaces on ground whose truth is known.

use h3o::Resolution;

use super::*;
use crate::model::sample::Reading;

/// A town of streets every 200 m along both axes, turned by `turn` degrees from north; the power
/// varies from street to street, and a measurement is off by a few dB that repeat in no pattern.
fn town(turn: f64, count: u32) -> Vec<Spot> {
    let (sine, cosine) = turn.to_radians().sin_cos();
    (0..count)
        .map(|number| {
            let along = f64::from(number.wrapping_mul(7919) % 2000);
            let street = number.wrapping_mul(104_729) % 11;
            let (u, v) =
                if number % 2 == 0 { (along, f64::from(street) * 200.0) } else { (f64::from(street) * 200.0, along) };
            let level = |street: u32, way: u32| f64::from((street * 37 + way * 17) % 29) - 14.0;
            let noise = f64::from(number.wrapping_mul(2_654_435_761) % 1000) / 250.0 - 2.0;
            let (east, north) = (u * cosine - v * sine, u * sine + v * cosine);
            let at = LonLat::new(105.97 + east / 104_600.0, 20.25 + north / 111_195.0).unwrap();
            Spot { at, median_dbm: Some(-98.0 + level(street, number % 2) + noise), readings: 10 }
        })
        .collect()
}

#[test]
fn streets_are_seen_and_their_bearing_told() {
    let off = |bearing: f64, wanted: f64| {
        let apart = (bearing - wanted).rem_euclid(90.0);
        apart.min(90.0 - apart)
    };
    for turn in [0.0, 30.0] {
        let (part, bearing) = Surface::fit(&town(turn, 400)).unwrap().streets();
        assert!(part > 0.5 && off(bearing, -turn) < 5.0, "{turn}: {part} {bearing}");
    }
}

#[test]
fn beyond_the_measurements_nothing_is_said() {
    let spots = town(0.0, 200);
    let surface = Surface::fit(&spots).unwrap();
    assert!(surface.at(spots[0].at).is_some());
    assert_eq!(surface.at(LonLat::new(106.2, 20.25).unwrap()), None);
    let far = surface.anywhere(LonLat::new(107.0, 20.25).unwrap());
    let near = surface.anywhere(spots[0].at);
    assert!(far.sd_db > near.sd_db, "{far:?} {near:?}");
}

#[test]
fn the_order_of_the_places_changes_nothing() {
    let mut spots = town(10.0, 150);
    let place = LonLat::new(105.975, 20.255).unwrap();
    let one = Surface::fit(&spots).unwrap().anywhere(place);
    spots.reverse();
    let other = Surface::fit(&spots).unwrap().anywhere(place);
    assert!((one.mean_dbm - other.mean_dbm).abs() < 0.01 && (one.sd_db - other.sd_db).abs() < 0.01);
}

#[test]
fn silence_is_weaker_than_every_reading_and_never_left_out() {
    let mut spots = town(0.0, 300);
    let silent: Vec<LonLat> = spots.iter().step_by(5).map(|spot| spot.at).collect();
    for spot in spots.iter_mut().step_by(5) {
        spot.median_dbm = None;
    }
    let with = Surface::fit(&spots).unwrap();
    spots.retain(|spot| spot.median_dbm.is_some());
    let without = Surface::fit(&spots).unwrap();
    let chance = |surface: &Surface| silent.iter().map(|at| surface.anywhere(*at).below(-105.0)).sum::<f64>();
    assert!(chance(&with) > chance(&without) + 5.0, "{} {}", chance(&with), chance(&without));
}

#[test]
fn what_is_no_surface_is_none() {
    let spots = town(0.0, 200);
    assert!(Surface::fit(&spots[..FEWEST_SPOTS - 1]).is_none());
    let same: Vec<Spot> = spots.iter().map(|spot| Spot { median_dbm: Some(-90.0), ..*spot }).collect();
    assert!(Surface::fit(&same).is_none());
    // All at one place: no distance to learn from, and no panic.
    let one_place: Vec<Spot> = spots.iter().map(|spot| Spot { at: spots[0].at, ..*spot }).collect();
    let _ = Surface::fit(&one_place);
    assert!(Surface::fit(&[]).is_none());
}

#[test]
fn medians_by_cell_rank_silence_lowest() {
    use crate::model::measure::Dbm;
    let at = LonLat::new(105.97, 20.25).unwrap();
    let reading = |dbm: Option<f32>| Reading { at, power: dbm.map(|dbm| Dbm::new(dbm).unwrap()) };
    let median = |values: &[Option<f32>]| {
        let readings: Vec<Reading> = values.iter().map(|dbm| reading(*dbm)).collect();
        spots(&readings, Resolution::Eleven)[0].1.median_dbm
    };
    assert_eq!(median(&[Some(-100.0), Some(-90.0), None]), Some(-100.0));
    assert_eq!(median(&[Some(-100.0), Some(-90.0)]), Some(-95.0));
    assert_eq!(median(&[Some(-100.0), None, None]), None);
}

#[test]
fn a_map_says_what_each_place_would_be_told_alone() {
    // As many places to the square kilometre as r10 cells along streets.
    let surface = Surface::fit(&town(20.0, 200)).unwrap();
    let places: Vec<LonLat> = (0..900_u32)
        .map(|n| LonLat::new(105.96 + f64::from(n % 30) * 1.5e-3, 20.24 + f64::from(n / 30) * 1.5e-3).unwrap())
        .collect();
    let map = surface.map(&places);
    let (mut means, mut spreads) = (Vec::new(), Vec::new());
    for (place, told) in places.iter().zip(&map) {
        let alone = surface.at(*place);
        assert_eq!(alone.is_some(), told.is_some(), "{place:?}");
        if let (Some(alone), Some(told)) = (alone, told) {
            means.push((alone.mean_dbm - told.mean_dbm).abs());
            spreads.push((alone.sd_db - told.sd_db).abs());
        }
    }
    assert!(means.len() > 100 && means.len() < places.len(), "{}", means.len());
    let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
    assert!(mean(&means) < 0.35 && mean(&spreads) < 0.1, "{} and {} dB apart", mean(&means), mean(&spreads));
}

/// Runs of one network on a road of r10 cells that is weak at its far end.
fn road(operator: &str, weaker_db: f32) -> Vec<crate::model::sample::Run> {
    use crate::model::measure::Dbm;
    let start = "2026-04-01T03:00:00Z".parse::<jiff::Timestamp>().unwrap();
    let run = |number: u16| {
        let at = h3o::LatLng::new(20.25, 105.97 + f64::from(number) * 1.3e-3).unwrap();
        let power = Dbm::new(-88.0 - f32::from(number) * 0.7 - weaker_db - f32::from(number % 5)).ok();
        crate::model::sample::Run {
            operator: operator.parse().unwrap(),
            technology: crate::model::operator::Technology::Lte,
            device: 1,
            cell: at.to_cell(Resolution::Ten),
            start: start.into(),
            end: start.into(),
            samples: 9,
            censored: 0,
            median: power,
            worst: power,
            rsrq_db: None,
            sinr_db: None,
            download_kbps: None,
            serving_cell: None,
            arfcn: None,
        }
    };
    (0..60).map(run).collect()
}

#[test]
fn cells_beside_the_road_are_expected_and_those_beyond_are_not_there() {
    let (ours, theirs) = (road("viettel", 0.0), road("vnpt", 6.0));
    let rules = crate::model::rules::SignalRules::default();
    let of = |runs| expected(&crate::engine::signal::passes(runs), &[], &rules);
    let [[_, coarse, ours], [.., theirs]] = [of(&ours), of(&theirs)];
    assert!(!coarse.is_empty() && coarse.len() < ours.len());
    let measured = ours.iter().filter(|cell| cell.measured).count();
    assert!((40..=60).contains(&measured) && ours.len() > 3 * measured, "{measured} of {}", ours.len());
    let cell = |lon: f64, lat: f64| h3o::LatLng::new(lat, lon).unwrap().to_cell(Resolution::Ten);
    let find = |cells: &[Expected], wanted| cells.iter().find(|e| e.cell == wanted).copied();
    let (near, far) = (find(&ours, cell(105.97, 20.2515)).unwrap(), find(&ours, cell(106.045, 20.2515)).unwrap());
    assert!(near.weak < far.weak && near.mean_dbm > far.mean_dbm, "{near:?} {far:?}");
    assert_eq!(find(&ours, cell(106.0, 20.27)), None);
    let best = best(&[&theirs, &ours]);
    assert!(best.windows(2).all(|pair| pair[0].cell < pair[1].cell));
    assert_eq!(find(&best, far.cell).unwrap().operator.as_str(), "viettel");
    assert_eq!(expected(&[], &[], &rules), Levels::default());
}

/// Two towns that differ by 25 dB, fifteen kilometres apart, and one mean for both: beyond the streets that were
/// measured each goes on as itself, not as the middle of the two.
#[test]
fn beside_a_weak_town_it_is_weak_and_beside_a_good_one_good() {
    let of_town = |east: f64, dbm: f64| {
        move |at: u32| {
            let (x, y) = (f64::from(at * 7919 % 1000), f64::from(at * 104_729 % 1000));
            let at_place = LonLat::new(105.97 + (east + x) / 104_600.0, 20.25 + y / 111_195.0).unwrap();
            Spot { at: at_place, median_dbm: Some(dbm + f64::from(at * at % 13) - 6.0), readings: 5 }
        }
    };
    let spots: Vec<Spot> = (0..150).map(of_town(0.0, -85.0)).chain((0..150).map(of_town(15_000.0, -110.0))).collect();
    let surface = Surface::fit(&spots).unwrap();
    let beside = |east: f64| surface.anywhere(LonLat::new(105.97 + east / 104_600.0, 20.25 + 0.0045).unwrap()).mean_dbm;
    assert!(beside(-400.0) > -90.0 && beside(15_000.0 - 400.0) < -105.0, "{} {}", beside(-400.0), beside(14_600.0));
}
