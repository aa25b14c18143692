//! A table by a profile that somebody states or changes.

use super::*;
use crate::ingest::profile::{BadProfile, Changes, Fault};

/// Headings that say nothing, and a power in strength units, which no value alone gives away.
const BARE: &str = "c1;c2;c3;c4;c5;IMEI;c7\n\
    105.9745;20.2539;2026-03-31 08:15:00;Viettel;21;350000000000001;Bình\n\
    105.9746;20.2540;2026-03-31 08:15:01;Viettel;22;350000000000001;Bình\n";

fn changed(text: &str, change: impl FnOnce(&Guess) -> Changes) -> Result<Guess, Unreadable> {
    let folder = fixture::folder();
    let path = fixture::write(&folder, "a.txt", text.as_bytes());
    let found = guess(&path, &fixture::options()).unwrap();
    by_profile(&path, &found.profile, &change(&found), &fixture::options())
}

fn columns(found: &Guess, more: &[(&str, &str)]) -> Changes {
    let own = found.columns.iter().map(|column| (column.field.key().to_owned(), column.heading.clone()));
    let more = more.iter().map(|(field, heading)| ((*field).to_owned(), (*heading).to_owned()));
    Changes { columns: Some(own.chain(more).collect()), ..Changes::default() }
}

fn fault(text: &str, change: impl FnOnce(&Guess) -> Changes) -> Fault {
    match changed(text, change) {
        Err(Unreadable::Profile(bad)) => {
            let BadProfile { fault, .. } = *bad;
            fault
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_column_that_somebody_names_is_read_in_the_unit_of_its_values() {
    let guess = changed(BARE, |found| {
        assert_eq!(found.missing, ["columns.power"], "{found:#?}");
        columns(found, &[("power", "c5")])
    })
    .unwrap();
    assert_eq!((&guess.missing[..], guess.accepted), (&[][..], 2), "{guess:#?}");
    assert_eq!(guess.profile.stated().power_unit, "ASU");
    let power = guess.columns.iter().find(|column| column.field == Field::Power).unwrap();
    assert_eq!((power.at, power.examples[0].understood.as_deref()), (4, Some("-119 dBm (4G)")));
}

#[test]
fn what_is_said_beside_the_columns_leaves_them_as_they_are() {
    let with_power = |found: &Guess| columns(found, &[("power", "c5")]);
    let zone = |found: &Guess| Changes { zone: Some("UTC".to_owned()), ..with_power(found) };
    let (before, after) = (changed(BARE, with_power).unwrap(), changed(BARE, zone).unwrap());
    assert_eq!((before.accepted, after.accepted), (2, 2));
    assert!(!before.profile.to_toml(&|_| Vec::new()).contains("zone"));
    assert!(after.profile.to_toml(&|_| Vec::new()).contains("zone = \"UTC\""));
    let none = |found: &Guess| Changes { operator: Some("vnpt".to_owned()), ..with_power(found) };
    assert_eq!(changed(BARE, none).unwrap().profile.stated().operator.map(|o| o.as_str()), Some("vnpt"));
}

#[test]
fn two_columns_for_one_field_and_one_for_two_are_refused() {
    let twice = fault(BARE, |found| columns(found, &[("power", "c5"), ("power", "c7")]));
    assert!(matches!(twice, Fault::Twice { .. }), "{twice:?}");
    let same = fault(BARE, |found| columns(found, &[("power", "c5"), ("rsrq", "c5")]));
    assert!(matches!(same, Fault::SameColumn { .. }), "{same:?}");
    let unknown = fault(BARE, |found| columns(found, &[("pover", "c5")]));
    assert!(matches!(unknown, Fault::UnknownKey { .. }), "{unknown:?}");
}

#[test]
fn a_column_that_may_name_a_person_is_the_device_or_nothing_and_shows_no_value() {
    let personal = fault(BARE, |found| columns(found, &[("cell", "IMEI")]));
    assert!(matches!(personal, Fault::Personal { .. }), "{personal:?}");
    let guess = changed(BARE, |found| columns(found, &[("device", "IMEI")])).unwrap();
    let shown = format!("{:?}{:?}", guess.columns, guess.left);
    assert!(!shown.contains("350000000000001") && !shown.contains("Bình"), "{shown}");
}

#[test]
fn months_stand_first_where_somebody_says_so() {
    let text = "lon,lat,time,operator,rsrp\n105.9745,20.2539,3/4/2026 8:15:00 AM,viettel,-97\n";
    let time =
        |guess: &Guess| guess.columns.iter().find(|column| column.field == Field::Time).unwrap().examples.clone();
    let before = guessed("a.txt", text);
    assert!(before.days.is_some());
    assert!(time(&before)[0].understood.as_ref().unwrap().starts_with("2026-04-03"), "{:?}", time(&before));
    let said = |_: &Guess| Changes { month_first: Some(true), ..Changes::default() };
    let after = changed(text, said).unwrap();
    assert!(time(&after)[0].understood.as_ref().unwrap().starts_with("2026-03-04"), "{:?}", time(&after));
    assert_eq!((after.days, after.profile.stated().month_first), (None, Some(true)));
}
