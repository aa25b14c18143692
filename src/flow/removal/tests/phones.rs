//! Phones whose term has ended: nothing in the file joins their days, and no verdict has changed.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use jiff::SignedDuration;

use super::*;
use crate::model::sample::{Run, Sample};

const COLUMNS: &str = "time,operator,technology,state,rsrp,lon,lat";

/// A drive of 60 readings from a local time on, each 5 seconds and 40 metres after the one before.
fn drive(from: &str, phone: Option<&str>, fading: i64) -> String {
    let from: Timestamp = format!("{from}+07:00").parse().unwrap();
    let mut rows = String::new();
    for step in 0..60_i64 {
        let time = from + SignedDuration::from_secs(step * 5);
        let lon = 105.9 + f64::from(i32::try_from(step).unwrap()) * 4e-4;
        write!(rows, "{time},viettel,4G,in_service,{},{lon:.6},20.2", -118 + (step * 7 + fading) % 30).unwrap();
        rows += &phone.map(|phone| format!(",{phone}\n")).unwrap_or("\n".to_owned());
    }
    rows
}

fn named(drives: &[(&str, &str)]) -> String {
    let drives = drives.iter().zip(0..).map(|((from, phone), fading)| drive(from, Some(phone), fading));
    format!("{COLUMNS},device\n{}", drives.collect::<String>())
}

fn nameless(days: &[&str]) -> String {
    format!("{COLUMNS}\n{}", days.iter().zip(0..).map(|(from, fading)| drive(from, None, fading)).collect::<String>())
}

async fn samples(desk: &Desk) -> Vec<Sample> {
    let mut all = Vec::new();
    desk.store.samples(&mut |piece| all.extend(piece)).await.unwrap();
    all
}

/// Runs but for their phones, and how many runs each phone has on each day.
fn without_phones(facts: &Facts) -> (Vec<String>, Vec<(Date, usize)>) {
    let mut runs: Vec<String> = facts.runs.iter().map(|run| format!("{:?}", Run { device: 0, ..*run })).collect();
    let mut phones = BTreeMap::<_, usize>::new();
    for run in facts.runs.iter() {
        *phones.entry((local_day(run.start), run.device)).or_default() += 1;
    }
    let mut phones: Vec<_> = phones.into_iter().map(|((day, _), runs)| (day, runs)).collect();
    runs.sort_unstable();
    phones.sort_unstable();
    (runs, phones)
}

/// Verdicts on every cell and dead area, but for the count of phones.
fn verdicts(facts: &Facts) -> Vec<String> {
    let standing = crate::engine::standing(facts);
    let mut told: Vec<String> = Vec::new();
    for mut cell in standing.cells {
        cell.evidence.devices = 0;
        told.push(format!("{cell:?}"));
    }
    told.extend(standing.dead_areas.iter().map(|area| format!("{:?} {:?}", area.cells, area.evidence.runs)));
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_days_of_a_phone_are_joined_nowhere_in_the_file_and_every_run_is_as_it_was() {
    let desk = Desk::new().await;
    let old = named(&[
        ("2026-05-04T09:00:00", "anna-pixel"),
        ("2026-05-05T09:00:00", "anna-pixel"),
        // Over midnight, and another phone beside it.
        ("2026-05-05T23:57:00", "anna-pixel"),
        ("2026-05-05T23:57:02", "binh-galaxy"),
        ("2026-05-07T09:00:00", "binh-galaxy"),
    ]);
    // Over the first midnight that is within the term.
    let log = nameless(&["2026-05-08T14:00:00", "2026-06-02T14:00:00", "2026-07-31T23:58:00", "2026-09-01T14:00:00"]);
    desk.import(ImportKind::Samples, "old.csv", &old, &[]).await;
    desk.import(ImportKind::Samples, "log.csv", &log, &[]).await;
    analyse::analyse(&*desk.store, &Rules::default(), Runs::Anew, NOW.parse().unwrap()).await.unwrap();
    let (before, facts) = (samples(&desk).await, desk.facts().await);
    assert_eq!(before.len(), 540);
    let since = local_midnight("2026-08-01".parse().unwrap());
    let young: HashSet<u64> = before.iter().filter(|row| row.time >= since).map(|row| row.device).collect();
    let old_phones: HashSet<u64> =
        before.iter().map(|row| row.device).filter(|device| !young.contains(device)).collect();
    assert_eq!((old_phones.len(), young.len()), (2, 1));
    // Of a log without phones no key is made of one.
    let of_a_phone = |row: &&Sample| row.time < since && row.key() != row.key_without_phone();
    let old_keys = before.iter().filter(of_a_phone).map(|row| row.key().cast_unsigned());
    let traces: Vec<u64> = old_phones.iter().copied().chain(old_keys).collect();
    let bytes = desk.bytes();
    assert!(traces.iter().all(|trace| holds(&bytes, &trace.to_be_bytes())), "the test would find them");

    let now = NOW.parse().unwrap();
    let would = retain(&*desk.store, &Rules::default(), None, now).await.unwrap();
    let done = retain(&*desk.store, &Rules::default(), Some(&event(AuditAction::Retain)), now).await.unwrap();
    assert!(desk.store.runs().await.unwrap().iter().all(|run| Timestamp::from(run.start) >= since));
    finish(&*desk.store, &Rules::default(), now).await.unwrap();
    let over =
        before.iter().filter(|row| row.time >= since && row.time < since + SignedDuration::from_hours(1)).count();
    assert!(over > 30, "a run over the last midnight goes whole, and those after it stay: {over}");
    assert_eq!(done, would);
    assert!((480 - over as u64..480).contains(&done.measurements), "{done:?}");

    let bytes = desk.bytes();
    for trace in &traces {
        for form in [trace.to_be_bytes().to_vec(), trace.to_le_bytes().to_vec(), trace.to_string().into_bytes()] {
            assert!(!holds(&bytes, &form), "{trace}");
        }
        assert!(
            !holds(&bytes, format!("{trace:016x}").as_bytes()) && !holds(&bytes, format!("{trace:016X}").as_bytes())
        );
    }
    let after = samples(&desk).await;
    let phone_days: HashSet<_> = after.iter().filter(|row| row.time < since).map(|row| row.device).collect();
    assert_eq!(phone_days.len(), 9, "three days of each; of those who went over midnight, what began after it too");
    assert!(phone_days.is_disjoint(&young));
    let runs_from = desk.store.runs_from().await.unwrap().unwrap();
    assert_eq!(runs_from.last_sample, desk.store.last_sample().await.unwrap(), "to rewrite the file renumbers no row");
    let facts_after = desk.facts().await;
    assert_eq!(without_phones(&facts_after), without_phones(&facts));
    assert_eq!(verdicts(&facts_after), verdicts(&facts));

    // What is known is known, and what has grown is added.
    for (name, text) in [("again.csv", old.clone() + "\n"), ("log again.csv", log.clone() + "\n")] {
        let again = desk.import(ImportKind::Samples, name, &text, &[]).await;
        assert_eq!((again.counts.inserted, again.refused), (0, 0), "{name}");
        assert!(again.counts.unchanged >= 240, "{name} {:?}", again.counts);
    }
    let grown = log + &drive("2026-06-03T14:00:00", None, 5);
    let again = desk.import(ImportKind::Samples, "grown.csv", &grown, &[]).await;
    assert_eq!(again.counts.inserted, 60);
    let retained = retain(&*desk.store, &Rules::default(), Some(&event(AuditAction::Retain)), now).await.unwrap();
    assert_eq!(retained.measurements, 60, "what came in late, and that alone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn phones_of_past_days_are_counted_by_the_day_with_the_most() {
    let desk = Desk::new().await;
    let days = ["2026-05-04T09:00:00", "2026-05-05T09:00:00", "2026-05-06T09:00:00"];
    let mut drives: Vec<_> = days.iter().map(|day| (*day, "anna")).collect();
    drives.push((days[1], "binh"));
    desk.import(ImportKind::Samples, "log.csv", &named(&drives), &[]).await;
    let now = NOW.parse().unwrap();
    let devices = async || {
        analyse::analyse(&*desk.store, &Rules::default(), Runs::Kept, now).await.unwrap();
        let cells = crate::engine::standing(&desk.facts().await).cells;
        cells.iter().map(|cell| (cell.evidence.devices, cell.evidence.days)).collect::<HashSet<_>>()
    };
    assert_eq!(devices().await, HashSet::from([(2, 3)]));
    retain(&*desk.store, &Rules::default(), Some(&event(AuditAction::Retain)), now).await.unwrap();
    assert_eq!(devices().await, HashSet::from([(2, 3)]), "four phones of a day are two phones at least");
}
