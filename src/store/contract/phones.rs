//! What is left of the phones of measurements when their term has ended.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};

use super::{all_samples, event, file, inserted, now, samples};
use crate::model::import::{Counts, Epoch, ImportKind};
use crate::model::measure::{local_day, local_midnight};
use crate::model::packed::Finite;
use crate::model::retention::{PhoneTerm, Retained, Retention};
use crate::model::rules::Rules;
use crate::model::sample::Sample;
use crate::model::token::AuditAction;
use crate::store::contract::Parts;
use crate::store::{Store, StoreError};

/// Hours between two readings: some three days in all.
const APART: i64 = 7;

/// Phones that take turns, several days of each.
pub(super) fn log(count: u32, phones: u64) -> Vec<Sample> {
    let every = |(at, sample): (usize, Sample)| Sample {
        device: 1_000 + (at as u64) % phones,
        time: sample.time + SignedDuration::from_hours(APART * i64::try_from(at).unwrap()),
        ..sample
    };
    samples(count).into_iter().enumerate().map(every).collect()
}

async fn put(store: &Arc<dyn Store>, hash: &str, rows: &[Sample]) -> Counts {
    let mut import = store.begin(&file(ImportKind::Samples, hash), now()).await.unwrap();
    import.put_samples(rows).await.unwrap();
    import.commit().await.unwrap().counts
}

/// Ends the term of all days before one; phones of a day begin with `secret`.
pub(super) async fn retain(store: &Arc<dyn Store>, since: Date, secret: u64, is_dry: bool) -> Retained {
    let made_from = store.epoch().await.unwrap();
    retain_from(store, made_from, (since, secret), is_dry).await.unwrap()
}

async fn retain_from(
    store: &Arc<dyn Store>,
    made_from: Epoch,
    (since, secret): (Date, u64),
    is_dry: bool,
) -> Result<Retained, StoreError> {
    let nothing = Retention {
        made_from,
        coarse: Vec::new(),
        flags: Vec::new(),
        refused_before: Timestamp::UNIX_EPOCH,
        audit_before: Timestamp::UNIX_EPOCH,
    };
    let term = PhoneTerm {
        since,
        until: local_midnight(since),
        day: &|sample| Some(local_day(sample.time)).filter(|day| *day < since),
        hide: &|phone, day| secret * 1_000_000 + phone * 400 + u64::from(day.day_of_year().unsigned_abs()),
    };
    let event = (!is_dry).then(|| event(AuditAction::Retain, now()));
    store.retain(&nothing, &term, event.as_ref()).await
}

/// Samples without their phones, in an order of their own.
fn without_phones(samples: &[Sample]) -> Vec<String> {
    let mut all: Vec<_> = samples.iter().map(|sample| format!("{:?}", Sample { device: 0, ..*sample })).collect();
    all.sort_unstable();
    all
}

pub(super) async fn past_the_term_a_phone_is_one_of_its_day_and_its_rows_are_known(store: Arc<dyn Store>) {
    let rows = log(30, 3);
    let since = local_day(rows[20].time);
    let old = rows.iter().filter(|row| local_day(row.time) < since).count();
    assert!((10..25).contains(&old), "{old}");
    put(&store, "a", &rows).await;
    let parts = Parts::new();
    store.replace_analysis(&parts.analysis(store.epoch().await.unwrap(), &Rules::default()), now()).await.unwrap();
    let (epoch, last) = (store.epoch().await.unwrap(), store.last_sample().await.unwrap());
    assert_eq!(store.phones_since().await.unwrap(), Date::MIN);

    assert_eq!(retain(&store, since, 1, false).await.measurements, old as u64);
    assert_eq!(store.phones_since().await.unwrap(), since);
    assert_eq!(store.epoch().await.unwrap().number, epoch.number + 1, "an open map sees it");
    assert!(store.last_sample().await.unwrap() > last, "and that runs are to be made anew");
    assert_eq!(
        store.events(None).await.unwrap()[0].subject,
        format!("0 visits, {old} measurements, 0 cells, 0 lines of the audit")
    );
    let before = local_midnight(since).into();
    assert!(store.runs().await.unwrap().iter().all(|run| run.start >= before), "no run tells what was taken away");

    let after = all_samples(&store).await;
    assert_eq!(without_phones(&after), without_phones(&rows), "nothing else of a row has changed");
    for sample in &after {
        let was = rows.iter().find(|row| (row.time, row.position) == (sample.time, sample.position)).unwrap();
        let day = local_day(sample.time);
        let name = 1_000_000 + was.device * 400 + u64::from(day.day_of_year().unsigned_abs());
        assert_eq!(sample.device, if day < since { name } else { was.device });
    }
    // One day of one phone stands behind the other, and young rows as they came in.
    let (young, moved) = after.split_at(rows.len() - old);
    assert_eq!(young, &rows[old..]);
    assert!(moved.is_sorted_by_key(|row| (local_day(row.time), row.device, row.time)));

    assert_eq!(put(&store, "b", &rows).await, Counts { unchanged: 30, ..Counts::default() });
    let grown = log(40, 3);
    assert_eq!(put(&store, "c", &grown).await, Counts { inserted: 10, updated: 0, unchanged: 30 });
    assert_eq!(retain(&store, since, 2, false).await, Retained::default(), "once");
    let now = store.epoch().await.unwrap();
    let before = Epoch { number: now.number - 1, ..now };
    let refused = retain_from(&store, before, (since, 3), false).await;
    assert!(matches!(refused, Err(StoreError::Moved { .. })), "worked out from less: {refused:?}");
    assert_eq!(store.check().await.unwrap(), []);
}

pub(super) async fn what_came_in_late_loses_its_phone_the_next_time(store: Arc<dyn Store>) {
    let rows = log(30, 3);
    let since = local_day(rows[29].time);
    let late: Vec<Sample> = rows[..9].iter().map(|row| Sample { device: 77, ..*row }).collect();
    let late: Vec<Sample> = late.into_iter().map(|row| Sample { speed_kmh: Finite::new(99.0), ..row }).collect();
    put(&store, "a", &rows).await;
    retain(&store, since, 1, false).await;
    let known: HashSet<u64> = all_samples(&store).await.iter().map(|sample| sample.device).collect();
    assert_eq!(put(&store, "b", &late).await, inserted(9));
    assert_eq!(retain(&store, since, 2, false).await.measurements, 9);
    let after = all_samples(&store).await;
    assert!(after.iter().all(|sample| sample.device != 77));
    assert!(known.iter().all(|device| after.iter().any(|sample| sample.device == *device)), "others stay as they were");
    assert_eq!(put(&store, "c", &[rows, late].concat()).await, Counts { unchanged: 39, ..Counts::default() });
    // A shorter term than before takes nothing back.
    retain(&store, since.yesterday().unwrap(), 3, false).await;
    assert_eq!(store.phones_since().await.unwrap(), since);
}

pub(super) async fn rows_that_differ_in_their_phone_alone_stay_two(store: Arc<dyn Store>) {
    let rows = log(6, 1);
    let twins: Vec<Sample> =
        (0..3).flat_map(|phone| rows.iter().map(move |row| Sample { device: phone, ..*row })).collect();
    put(&store, "a", &twins).await;
    assert_eq!(retain(&store, date(2100, 1, 1), 1, false).await.measurements, 18);
    let phones: HashSet<(Date, u64)> =
        all_samples(&store).await.iter().map(|sample| (local_day(sample.time), sample.device)).collect();
    let days: HashSet<Date> = rows.iter().map(|row| local_day(row.time)).collect();
    assert_eq!(phones.len(), 3 * days.len());
    assert_eq!(put(&store, "b", &twins).await, Counts { unchanged: 18, ..Counts::default() });
}

pub(super) async fn a_dry_run_counts_and_changes_nothing(store: Arc<dyn Store>) {
    let rows = log(30, 3);
    put(&store, "a", &rows).await;
    let epoch = store.epoch().await.unwrap();
    assert_eq!(retain(&store, date(2100, 1, 1), 1, true).await.measurements, 30);
    assert_eq!((store.epoch().await.unwrap(), store.phones_since().await.unwrap()), (epoch, Date::MIN));
    assert_eq!(all_samples(&store).await, rows);
}
