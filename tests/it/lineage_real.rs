//! Lineage on the real register and crosswalks: 490 units of 2012 by codes alone.
//! Not committed: `PHUSONG_REAL_DATA` names the folder, and without it this file says that it was skipped.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::{Date, date};
use phusong::engine::boundaries::lineage::{Lineage, Resolution};
use phusong::ingest;
use phusong::model::admin::{AdminUnit, UnitChange, UnitCode};

use crate::support::real_data;

const MERGER: Date = date(2025, 7, 1);

fn options() -> ingest::Options {
    ingest::Options {
        crs_epsg: None,
        as_of: None,
        now: "2026-11-22T00:00:00Z".parse().unwrap(),
        household_key: [0; 32],
        operator: None,
        technology: None,
        default_source: "test".to_owned(),
    }
}

struct Province {
    units: Vec<AdminUnit>,
    changes: Vec<UnitChange>,
}

fn province(data: &Path) -> Province {
    let admin = data.join("admin");
    let units = ingest::boundaries::read(&admin.join("units_register.csv"), &options()).unwrap();
    assert_eq!((units.batch.rows.len(), units.batch.rejects.len()), (775, 0), "{:?}", units.batch.rejects);
    let older = ingest::mergers::read_crosswalk(&admin.join("lineage_pre2025.csv"), &options()).unwrap();
    assert_eq!(
        (older.changes.batch.rows.len(), older.changes.batch.rejects.len()),
        (247, 0),
        "{:?}",
        older.changes.batch.rejects
    );
    assert_eq!((older.ends.len(), older.begins), (1, 2));
    assert_eq!(older.ends[0].code.to_string(), "14183");
    let newest = ingest::mergers::read(&admin.join("merger_2025.csv"), &options()).unwrap();
    assert_eq!((newest.batch.rows.len(), newest.batch.rejects.len()), (404, 0));
    let changes = older.changes.batch.rows.into_iter().chain(newest.batch.rows).map(|row| row.value).collect();
    Province { units: units.batch.rows.into_iter().map(|row| row.value).collect(), changes }
}

fn code(text: &str) -> UnitCode {
    text.parse().unwrap()
}

#[test]
fn the_register_knows_how_many_units_were_in_force_on_each_day() {
    let Some(data) = real_data() else { return };
    let Province { units, changes } = province(&data);
    let lineage = Lineage::new(&units, &changes);
    for (day, count) in [
        (date(2005, 1, 1), 491),
        (date(2012, 11, 28), 491),
        (date(2012, 11, 29), 490),
        (date(2019, 12, 31), 490),
        (date(2020, 1, 1), 483),
        (date(2020, 2, 1), 478),
        (date(2024, 8, 31), 478),
        (date(2024, 9, 1), 427),
        (date(2025, 1, 1), 398),
        (date(2025, 6, 30), 398),
        (MERGER, 129),
    ] {
        assert_eq!(lineage.in_force(day).len(), count, "{day}");
    }
    let name = |day| units.iter().find(|unit| unit.code == code("13285") && unit.in_force(day)).unwrap().name.as_str();
    assert_eq!((name(date(2024, 6, 1)), name(date(2025, 8, 1))), ("Quang Trung", "Phủ Lý"));
}

#[test]
fn the_490_units_of_2012_become_the_129_of_today_by_codes_alone() {
    let Some(data) = real_data() else { return };
    let Province { units, changes } = province(&data);
    let lineage = Lineage::new(&units, &changes);
    let then = date(2012, 12, 1);
    let mut into: BTreeMap<UnitCode, usize> = BTreeMap::new();
    let mut split = Vec::new();
    for index in lineage.in_force(then) {
        let from = units[index].code;
        match lineage.resolve(from, then, MERGER) {
            Resolution::Current(to) | Resolution::Moved { to, .. } => *into.entry(to).or_default() += 1,
            Resolution::Split { successors } => {
                split.push(from.to_string());
                for (to, _) in successors {
                    into.entry(to).or_default();
                }
            }
            Resolution::Unknown => panic!("{from} is lost"),
        }
    }
    println!("490 units of 2012-12-01: {} resolve to one unit, split: {split:?}", into.values().sum::<usize>());
    assert_eq!(into.len(), 129);
    assert_eq!(into.values().sum::<usize>() + split.len(), 490);
    assert_eq!(split, ["13285", "13324", "13354", "13357", "13363", "14503"]);
}

#[test]
fn every_unit_of_every_day_has_a_past_and_a_future() {
    let Some(data) = real_data() else { return };
    let Province { units, changes } = province(&data);
    let lineage = Lineage::new(&units, &changes);
    let lost: Vec<String> = units
        .iter()
        .filter(|unit| lineage.resolve(unit.code, unit.valid_from, MERGER) == Resolution::Unknown)
        .map(|unit| unit.code.to_string())
        .collect();
    assert_eq!(lost, ["14183"], "Giao Hưng of 2006 is the only unit without a recorded successor");
    // 14665 Lưu Phương went into Phát Diệm on 2025-01-01, which went on under its code.
    let became = lineage.became(code("14665"), date(2024, 6, 1), MERGER);
    assert_eq!(became.len(), 1, "{became:?}");
    assert_eq!(became[0].last.effective, MERGER);
}
