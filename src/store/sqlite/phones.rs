//! Measurements whose term has ended lose their phone, and whatever leads back to it or from one day to the next.
//!
//! That is more than the column: a key without a secret can be turned back into the phone that it was made
//! of, a file is mostly one phone, and its rows stand one behind the other. So a row gets a hash of its phone's day, a
//! key made without the phone, no import, and a new place behind all others, among the rows of its day. Work is
//! done in pieces of days, so that memory does not grow with the store.

use std::collections::BTreeMap;

use jiff::civil::Date;
use sqlx::sqlite::SqlitePool;

use super::bulk::{Raw, Statement};
use super::evidence::each_sample;
use crate::model::measure::local_midnight;
use crate::model::retention::PhoneTerm;
use crate::model::sample::Sample;
use crate::store::StoreError;

/// Stands for the import of a row that has lost its phone. Imports count from 1.
pub(super) const NO_IMPORT: i64 = 0;

/// Rows in memory at once, 48 bytes each.
const PIECE: u64 = 1 << 20;

pub(super) async fn since(pool: &SqlitePool) -> Result<Date, StoreError> {
    let since: Option<String> = sqlx::query_scalar("SELECT phones_since FROM phusong_store").fetch_one(pool).await?;
    let corrupt = || StoreError::Corrupt { table: "phusong_store", column: "phones_since", row: 1 };
    since.map_or(Ok(Date::MIN), |day| day.parse().map_err(|_| corrupt()))
}

/// Rows of measurements that came in before and have lost their phone since.
pub(super) struct Known<'r> {
    /// No row without a phone is later.
    gone_to_ms: i64,
    find: Statement<'r>,
}

impl<'r> Known<'r> {
    pub(super) fn new(raw: &'r Raw<'_>) -> Result<Self, StoreError> {
        // 0, which is in 1970, where there is none.
        let gone_to_ms = raw.number("SELECT phones_gone_to_ms FROM phusong_store")?;
        let find = format!("SELECT 1 FROM private_sample WHERE key = ? AND import_id = {NO_IMPORT}");
        Ok(Self { gone_to_ms, find: raw.prepare(&find)? })
    }

    pub(super) fn holds(&mut self, sample: &Sample) -> Result<bool, StoreError> {
        let is_late = sample.time.as_millisecond() > self.gone_to_ms;
        Ok(!is_late && self.find.find(&[sample.key_without_phone().into()])?.is_some())
    }
}

/// Rows of one day that are to lose their phone.
#[derive(Clone, Copy, Default)]
struct OfDay {
    rows: u64,
    /// The last of them, which is of the next day where its run began before midnight.
    last_ms: i64,
}

pub(super) fn count(raw: &Raw<'_>, term: &PhoneTerm<'_>) -> Result<u64, StoreError> {
    Ok(days(raw, term)?.values().map(|day| day.rows).sum())
}

fn days(raw: &Raw<'_>, term: &PhoneTerm<'_>) -> Result<BTreeMap<Date, OfDay>, StoreError> {
    let mut days: BTreeMap<Date, OfDay> = BTreeMap::new();
    let until = term.until.as_millisecond();
    each_sample(raw, &format!("import_id <> {NO_IMPORT} AND time_ms < {until}"), |_, sample| {
        if let Some(day) = (term.day)(&sample) {
            let day = days.entry(day).or_insert(OfDay { rows: 0, last_ms: i64::MIN });
            day.rows += 1;
            day.last_ms = day.last_ms.max(sample.time.as_millisecond());
        }
        Ok(())
    })?;
    Ok(days)
}

/// Takes the phones away, and tells of how many measurements.
pub(super) fn forget(raw: &Raw<'_>, term: &PhoneTerm<'_>) -> Result<u64, StoreError> {
    let days = days(raw, term)?;
    for piece in pieces(&days, PIECE) {
        move_rows(raw, &rows(raw, term, &piece)?)?;
    }
    let last_ms = days.values().map(|day| day.last_ms).max();
    raw.run(
        "UPDATE phusong_store SET phones_since = max(coalesce(phones_since, ?1), ?1),
           phones_gone_to_ms = max(coalesce(phones_gone_to_ms, ?2), ?2)",
        &[term.since.to_string().as_str().into(), last_ms.unwrap_or(0).into()],
    )?;
    if last_ms.is_some() {
        // They have the phones, and beside the rows what was taken off for each. The next analysis makes them anew.
        let before = local_midnight(term.since).as_millisecond();
        raw.run("DELETE FROM private_run WHERE start_ms < ?", &[before.into()])?;
    }
    Ok(days.values().map(|day| day.rows).sum())
}

/// Days that follow each other, or a share of the phones of a day that is too much by itself.
#[derive(Debug, PartialEq)]
struct Piece {
    first: Date,
    last: Date,
    last_ms: i64,
    shares: u64,
    share: u64,
}

fn pieces(days: &BTreeMap<Date, OfDay>, most: u64) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut held = 0;
    for (&day, &OfDay { rows, last_ms }) in days {
        held += rows;
        match pieces.last_mut().filter(|_| held <= most) {
            Some(piece) => {
                piece.last = day;
                piece.last_ms = piece.last_ms.max(last_ms);
            }
            None => {
                let shares = rows.div_ceil(most);
                pieces.extend((0..shares).map(|share| Piece { first: day, last: day, last_ms, shares, share }));
                // Nothing joins a day that fills pieces of its own.
                held = if shares > 1 { most } else { rows };
            }
        }
    }
    pieces
}

/// A row on its way. In this order nothing is left of how it came in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Moving {
    day: Date,
    phone: u64,
    time_ms: i64,
    key: i64,
    /// Where another phone had the same reading, as a log that came in under several.
    other_key: i64,
    row: i64,
}

fn rows(raw: &Raw<'_>, term: &PhoneTerm<'_>, piece: &Piece) -> Result<Vec<Moving>, StoreError> {
    let mut rows = Vec::new();
    let mut hidden = None;
    let from_ms = local_midnight(piece.first).as_millisecond();
    let here = format!("import_id <> {NO_IMPORT} AND time_ms BETWEEN {from_ms} AND {}", piece.last_ms);
    each_sample(raw, &here, |row, sample| {
        let Some(day) = (term.day)(&sample).filter(|day| (piece.first..=piece.last).contains(day)) else {
            return Ok(());
        };
        let of = (sample.device, day);
        // Row after row is of one phone.
        let phone = match hidden {
            Some((last, phone)) if last == of => phone,
            _ => (term.hide)(sample.device, day),
        };
        hidden = Some((of, phone));
        if phone % piece.shares == piece.share {
            let time_ms = sample.time.as_millisecond();
            let other_key = sample.key_as(phone);
            rows.push(Moving { day, phone, time_ms, key: sample.key_without_phone(), other_key, row });
        }
        Ok(())
    })?;
    rows.sort_unstable();
    Ok(rows)
}

fn move_rows(raw: &Raw<'_>, rows: &[Moving]) -> Result<(), StoreError> {
    let behind = raw.number("SELECT max(rowid) FROM private_sample")? + 1;
    let set = format!("SET rowid = ?, key = ?, device = ?, import_id = {NO_IMPORT} WHERE rowid = ?");
    // Passed over where the key is taken.
    let mut first = raw.prepare(&format!("UPDATE OR IGNORE private_sample {set}"))?;
    let mut other = raw.prepare(&format!("UPDATE private_sample {set}"))?;
    for (to, moving) in (behind..).zip(rows) {
        let with = |key: i64| [to.into(), key.into(), moving.phone.cast_signed().into(), moving.row.into()];
        if first.run(&with(moving.key))? == 0 {
            other.run(&with(moving.other_key))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_share_a_piece_and_a_day_that_is_too_much_is_shared_out() {
        let rows = [(1, 3), (2, 4), (3, 5), (4, 25), (5, 1), (6, 2)];
        let days = rows.map(|(day, rows)| (date(2026, 3, day), OfDay { rows, last_ms: i64::from(day) }));
        let pieces = pieces(&days.into_iter().collect(), 10);
        let told: Vec<_> = pieces.iter().map(|p| (p.first.day(), p.last.day(), p.last_ms, p.shares, p.share)).collect();
        assert_eq!(
            told,
            [(1, 2, 2, 1, 0), (3, 3, 3, 1, 0), (4, 4, 4, 3, 0), (4, 4, 4, 3, 1), (4, 4, 4, 3, 2), (5, 6, 6, 1, 0)]
        );
    }
}
