//! Scenes for runs: where a pass begins and ends, and what its median says.

use jiff::ToSpan;
use nonmax::NonMaxU64;
use proptest::prelude::*;

use super::{at, cell_r9, centre, operator};
use crate::engine::signal::locate::cell_at;
use crate::engine::signal::lower_median;
use crate::engine::signal::runs;
use crate::engine::signal::runs::{Builder, PASS, Part, in_order};
use crate::model::measure::{Dbm, LonLat};
use crate::model::operator::Technology;
use crate::model::packed::Finite;
use crate::model::sample::{Run, Sample, ServiceState};

fn sample(seconds: i64, power_dbm: Option<f32>) -> Sample {
    Sample {
        operator: operator("viettel"),
        technology: Technology::Lte,
        state: if power_dbm.is_some() { ServiceState::InService } else { ServiceState::NoService },
        rsrp: power_dbm.map(|v| Dbm::new(v).unwrap()),
        rsrq_db: None,
        sinr_db: None,
        download_kbps: None,
        position: centre(cell_r9(0)),
        accuracy_m: None,
        time: at(0, 0) + seconds.seconds(),
        device: 7,
        serving_cell: None,
        arfcn: None,
        speed_kmh: None,
    }
}

#[test]
fn a_run_ends_after_a_minute_without_a_row() {
    assert_eq!(runs(&[sample(0, Some(-90.0)), sample(60, Some(-90.0))]).len(), 1);
    assert_eq!(runs(&[sample(0, Some(-90.0)), sample(61, Some(-90.0))]).len(), 2);
}

#[test]
fn the_median_of_a_run_ranks_silence_below_every_reading() {
    let run = |powers: &[Option<f32>]| {
        let samples: Vec<_> = (0..).zip(powers).map(|(second, power)| sample(second, *power)).collect();
        runs(&samples)[0]
    };
    let mostly_silent = run(&[None, None, Some(-70.0)]);
    assert_eq!((mostly_silent.median, mostly_silent.censored, mostly_silent.samples), (None, 2, 3));
    assert_eq!(mostly_silent.worst, Dbm::new(-70.0).ok());
    assert_eq!(run(&[None, Some(-100.0), Some(-70.0)]).median, Dbm::new(-100.0).ok());
    assert_eq!(run(&[None, Some(-70.0)]).median, None);
}

#[test]
fn a_phone_that_flickers_on_a_border_has_one_run_in_each_cell() {
    let flicker =
        |second: i64| Sample { position: centre(cell_r9(usize::from(second % 2 == 0))), ..sample(second, Some(-90.0)) };
    let samples: Vec<_> = (0..40).map(flicker).collect();
    assert_eq!(runs(&samples).iter().map(|r| r.samples).collect::<Vec<_>>(), [20, 20]);
}

#[test]
fn emergency_calls_only_is_silence_and_an_unknown_row_is_nothing() {
    let limited = Sample { state: ServiceState::Limited, ..sample(0, Some(-80.0)) };
    assert_eq!(runs(&[limited])[0].median, None);
    let unknown = Sample { state: ServiceState::Unknown, ..sample(0, None) };
    assert!(runs(&[unknown]).is_empty());
}

#[test]
fn a_file_of_slips_has_a_run_for_each_name() {
    let named = |name: i64| Sample { operator: operator(&format!("slip-{name}")), ..sample(name % 30, Some(-90.0)) };
    let samples: Vec<_> = (0..33_000).chain(0..33_000).map(named).collect();
    let runs = runs(&samples);
    assert_eq!(runs.len(), 33_000);
    assert!(runs.iter().all(|run| run.samples == 2));
}

/// Sorted and cut where the pause is too long: start, end, samples and median of every run.
fn plainly(samples: &[Sample]) -> Vec<(u64, i64, i64, u32, Option<f32>)> {
    let mut sorted = samples.to_vec();
    let place = |s: &Sample| (s.device, s.operator, s.technology, cell_at(s.position, PASS));
    sorted.sort_by_key(|s| (place(s), s.time));
    let groups = sorted.chunk_by(|a, b| place(a) == place(b) && b.time.as_second() - a.time.as_second() <= 60);
    let run = |group: &[Sample]| {
        let mut power: Vec<f32> = group.iter().map(|s| s.rsrp.map_or(f32::NEG_INFINITY, Dbm::get)).collect();
        let median = lower_median(&mut power, f32::total_cmp).filter(|v| v.is_finite());
        let [first, last] = [group.first(), group.last()].map(|s| s.unwrap().time.as_second());
        (group[0].device, first, last, group.len() as u32, median)
    };
    groups.map(run).collect()
}

fn briefly(runs: &[Run]) -> Vec<(u64, i64, i64, u32, Option<f32>)> {
    let brief = |r: &Run| {
        (r.device, r.start.as_millisecond() / 1000, r.end.as_millisecond() / 1000, r.samples, r.median.map(Dbm::get))
    };
    runs.iter().map(brief).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn runs_do_not_depend_on_the_order_of_rows(
        rows in prop::collection::vec((0_i64..600, prop::option::of(-130.0_f32..-60.0), 0_usize..3, 0_u64..2), 1..60),
        seed in any::<u64>(),
    ) {
        let samples: Vec<Sample> = rows
            .iter()
            .map(|(second, power, cell, device)| Sample {
                position: centre(cell_r9(*cell)),
                device: *device,
                ..sample(*second, *power)
            })
            .collect();
        let mut shuffled = samples.clone();
        shuffled.sort_by_key(|s| (s.key().cast_unsigned() ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let expected = runs(&samples);
        prop_assert_eq!(&runs(&shuffled), &expected);
        prop_assert_eq!(expected.iter().map(|r| r.samples as usize).sum::<usize>(), samples.len());
    }

    #[test]
    fn runs_are_those_of_sorting_and_cutting(
        rows in prop::collection::vec((0_i64..1500, prop::option::of(-130.0_f32..-60.0), 0_usize..2, 0_u64..2), 1..80),
        in_time in any::<bool>(),
    ) {
        let mut samples: Vec<Sample> = rows
            .iter()
            .map(|(second, power, cell, device)| Sample {
                position: centre(cell_r9(*cell)),
                device: *device,
                ..sample(*second, *power)
            })
            .collect();
        if in_time {
            samples.sort_by_key(|s| s.time);
        }
        prop_assert_eq!(briefly(&runs(&samples)), plainly(&samples));
    }

    /// However often a builder lets go of half the ground, the parts are the whole.
    #[test]
    fn parts_of_the_ground_make_the_whole(
        rows in prop::collection::vec((0_i64..900, prop::option::of(-130.0_f32..-60.0), 0_i32..40, 0_u64..2), 1..80),
        halvings in prop::collection::vec(0_usize..80, 0..5),
    ) {
        let samples: Vec<Sample> = rows
            .iter()
            .map(|(second, power, place, device)| Sample {
                position: LonLat::new(105.9 + f64::from(*place) * 0.004, 20.2).unwrap(),
                device: *device,
                rsrq_db: Finite::new(-10.0),
                serving_cell: NonMaxU64::new(*device),
                ..sample(*second, *power)
            })
            .collect();
        let mut found = Vec::new();
        let mut parts = vec![Part::default()];
        while let Some(part) = parts.pop() {
            let first = part == Part::default();
            let mut builder = Builder::of(part);
            for (number, sample) in samples.iter().enumerate() {
                builder.extend(std::iter::once(sample));
                if first && halvings.contains(&number) {
                    parts.extend(builder.halve());
                }
            }
            found.extend(builder.sort().runs());
        }
        in_order(&mut found);
        prop_assert_eq!(found, runs(&samples));
    }
}
