//! Visits: rows by the million, and what has become of them since somebody read them.
//!
//! A private table. Times are milliseconds and missing is NULL. Times finer
//! than a millisecond are cut: no phone and no form has them.

use sqlx::sqlite::SqliteConnection;

use super::bulk::{self, Raw};
use super::evidence::{instant, position};
use super::register::{Row, list_text, upsert, wide};
use crate::model::flag::{Flag, Flags};
use crate::model::import::Counts;
use crate::model::measure::LonLat;
use crate::model::news::{Mark, News};
use crate::model::signal_seen::{SignalSeen, SignalsSeen};
use crate::model::topic::{Topics, Yields};
use crate::model::visit::{AssignMethod, Visit, VisitResult};
use crate::store::StoreError;

const ADD_VISIT: &str = "
INSERT INTO private_visit (
  source_id, time_ms, commune, village, assigned_by, lon, lat, accuracy_m, household, result, guided_people,
  signal_seen, flags, topics, vneid, services, payments, supervision, import_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (source_id) DO ";

const OR_CHANGE_VISIT: &str = "UPDATE SET
  time_ms = excluded.time_ms, commune = excluded.commune, village = excluded.village,
  assigned_by = excluded.assigned_by, lon = excluded.lon, lat = excluded.lat, accuracy_m = excluded.accuracy_m,
  household = excluded.household, result = excluded.result, guided_people = excluded.guided_people,
  signal_seen = excluded.signal_seen, flags = excluded.flags, topics = excluded.topics, vneid = excluded.vneid,
  services = excluded.services, payments = excluded.payments, supervision = excluded.supervision,
  import_id = excluded.import_id
WHERE time_ms <> excluded.time_ms OR commune <> excluded.commune OR village IS NOT excluded.village
  OR assigned_by <> excluded.assigned_by OR lon IS NOT excluded.lon OR lat IS NOT excluded.lat
  OR accuracy_m IS NOT excluded.accuracy_m OR household <> excluded.household OR result <> excluded.result
  OR guided_people IS NOT excluded.guided_people OR signal_seen IS NOT excluded.signal_seen
  OR flags IS NOT excluded.flags OR topics IS NOT excluded.topics OR vneid IS NOT excluded.vneid
  OR services IS NOT excluded.services OR payments IS NOT excluded.payments
  OR supervision <> excluded.supervision";

pub(super) fn put_visits(raw: &Raw<'_>, visits: &[Visit], import: i64) -> Result<Counts, StoreError> {
    let counts = upserted(raw, visits, import)?;
    if counts.updated > 0 {
        shorten_log(raw)?;
    }
    Ok(counts)
}

fn upserted(raw: &Raw<'_>, visits: &[Visit], import: i64) -> Result<Counts, StoreError> {
    // One statement for both would keep a journal of its own for every row, because changes have a trigger.
    let mut change = raw.prepare(&format!("{ADD_VISIT}{OR_CHANGE_VISIT}"))?;
    let add = format!("{ADD_VISIT}NOTHING");
    // Rows are numbered in the order in which they come, so the last number tells how many came.
    upsert(raw, "SELECT coalesce(max(rowid), 0) FROM private_visit", &add, visits, |add, visit| {
        let (commune, village) = (visit.commune.to_string(), visit.village.map(|code| code.to_string()));
        let seen = (!visit.signal_seen.is_empty()).then(|| seen_text(&visit.signal_seen));
        let flags = flags_text(visit.flags)?;
        let topics = visit.topics.codes();
        let values = [
            visit.source_id.as_str().into(),
            visit.time.as_millisecond().into(),
            commune.as_str().into(),
            village.as_deref().into(),
            visit.assigned_by.code().into(),
            visit.point.map(LonLat::lon).into(),
            visit.point.map(LonLat::lat).into(),
            wide(visit.accuracy_m),
            visit.household.cast_signed().into(),
            visit.result.code().into(),
            visit.guided_people.into(),
            seen.as_deref().into(),
            flags.as_deref().into(),
            topics.as_deref().into(),
            visit.yields.vneid.into(),
            visit.yields.services.into(),
            visit.yields.payments.into(),
            i64::from(visit.supervision).into(),
            import.into(),
        ];
        match add.run(&values)? {
            0 => change.run(&values),
            added => Ok(added),
        }
    })
}

/// Rows that one statement asks for by number.
const ROWS_AT_ONCE: usize = 1_000;

/// Changed rows that the log keeps.
const LOG: i64 = 100_000;

/// Drops what is too old of the log of changed rows.
pub(super) fn shorten_log(raw: &Raw<'_>) -> Result<(), StoreError> {
    let last = "(SELECT max(id) FROM private_visit_change)";
    raw.run(&format!("DELETE FROM private_visit_change WHERE id <= {last} - {LOG}"), &[]).map(|_| ())
}

const COLUMNS: &str =
    "v.rowid, v.source_id, v.time_ms, v.commune, v.village, v.assigned_by, v.lon, v.lat, v.accuracy_m,
  v.household, v.result, v.guided_people, v.signal_seen, v.flags, v.coarse, v.topics, v.vneid, v.services, v.payments,
  v.supervision";

pub(super) fn since(raw: &Raw<'_>, mark: &Mark, each: &mut (dyn FnMut(News) + Send)) -> Result<Mark, StoreError> {
    let last_change = "SELECT seq FROM sqlite_sequence WHERE name = 'private_visit_change'";
    let last = Mark {
        row: raw.number("SELECT coalesce(max(rowid), 0) FROM private_visit")?,
        id: String::new(),
        change: raw.number(last_change)?,
    };
    let mut mark = mark.clone();
    if mark != Mark::default() && !knows(raw, &mark, last.change)? {
        mark = Mark::default();
        each(News::Anew);
    }
    if last.change > mark.change && mark.row > 0 {
        let sql = format!(
            "SELECT c.visit, {COLUMNS} FROM (SELECT DISTINCT visit FROM private_visit_change
               WHERE id > {} AND visit <= {}) c LEFT JOIN private_visit v ON v.rowid = c.visit ORDER BY c.visit",
            mark.change, mark.row
        );
        let mut row = Row::new(raw, "private_visit", &sql)?;
        while row.next()? {
            let number = row.int(0, "visit")?;
            let is_gone = row.statement.is_null(1);
            each(if is_gone { News::Gone(number) } else { News::Stands(number, visit(&row, 1)?) });
        }
    }
    let sql = format!("SELECT {COLUMNS} FROM private_visit v WHERE v.rowid > {} ORDER BY v.rowid", mark.row);
    let mut row = Row::new(raw, "private_visit", &sql)?;
    while row.next()? {
        each(News::Stands(row.int(0, "rowid")?, visit(&row, 0)?));
    }
    Ok(Mark { id: id_of(raw, last.row)?.unwrap_or_default(), ..last })
}

pub(super) async fn with(connection: &mut SqliteConnection, ids: &[&str]) -> Result<Vec<Visit>, StoreError> {
    let unwritable = |_| StoreError::Unwritable { what: "a list of ids" };
    let rows: Vec<i64> =
        sqlx::query_scalar("SELECT v.rowid FROM json_each(?) id CROSS JOIN private_visit v ON v.source_id = id.value")
            .bind(serde_json::to_string(ids).map_err(unwritable)?)
            .fetch_all(&mut *connection)
            .await?;
    bulk::with(connection, |raw| {
        let mut visits = Vec::with_capacity(rows.len());
        for rows in rows.chunks(ROWS_AT_ONCE) {
            let numbers: Vec<String> = rows.iter().map(i64::to_string).collect();
            let sql = format!("SELECT {COLUMNS} FROM private_visit v WHERE v.rowid IN ({})", numbers.join(", "));
            let mut row = Row::new(raw, "private_visit", &sql)?;
            while row.next()? {
                visits.push(visit(&row, 0)?);
            }
        }
        Ok(visits)
    })
    .await
}

pub(super) fn of_import(raw: &Raw<'_>, import: i64) -> Result<Vec<Visit>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM private_visit v WHERE v.import_id = {import} AND v.coarse = 0 ORDER BY v.rowid");
    let mut row = Row::new(raw, "private_visit", &sql)?;
    let mut visits = Vec::new();
    while row.next()? {
        visits.push(visit(&row, 0)?);
    }
    Ok(visits)
}

/// Whether the log tells all that has changed since a mark. Rows that were numbered anew, as `VACUUM` may do, show in
/// the last of them, which is another then.
fn knows(raw: &Raw<'_>, mark: &Mark, last_change: i64) -> Result<bool, StoreError> {
    let told = raw.number(&format!("SELECT count(*) FROM private_visit_change WHERE id > {}", mark.change))?;
    Ok(told == last_change - mark.change && id_of(raw, mark.row)?.unwrap_or_default() == mark.id)
}

fn id_of(raw: &Raw<'_>, row: i64) -> Result<Option<String>, StoreError> {
    let sql = format!("SELECT rowid, source_id FROM private_visit WHERE rowid = {row}");
    let mut found = Row::new(raw, "private_visit", &sql)?;
    if found.next()? { found.text(1, "source_id").map(Some) } else { Ok(None) }
}

/// A visit from its columns in the order of [`COLUMNS`], `from` where they begin.
fn visit(row: &Row<'_>, from: i32) -> Result<Visit, StoreError> {
    let at = |column: i32| from + column;
    let village = match row.statement.text(at(4)) {
        Some(code) => Some(code.parse().map_err(|_| row.corrupt("village"))?),
        None => None,
    };
    let signal_seen = match row.statement.text(at(12)) {
        Some(text) => seen(text).ok_or_else(|| row.corrupt("signal_seen"))?,
        None => SignalsSeen::default(),
    };
    let flags = match row.statement.text(at(13)) {
        Some(text) => flags(text).ok_or_else(|| row.corrupt("flags"))?,
        None => Flags::default(),
    };
    let topics = match row.statement.text(at(15)) {
        Some(text) => Topics::from_codes(text).ok_or_else(|| row.corrupt("topics"))?,
        None => Topics::default(),
    };
    Ok(Visit {
        source_id: row.text(at(1), "source_id")?,
        time: instant(row, at(2), "time_ms")?,
        commune: row.code(at(3), "commune")?,
        village,
        assigned_by: row.named(at(5), "assigned_by", AssignMethod::from_code)?,
        point: if row.statement.is_null(at(6)) { None } else { Some(position(row, at(6))?) },
        accuracy_m: row.single(at(8)),
        household: row.int(at(9), "household")?.cast_unsigned(),
        result: row.named(at(10), "result", VisitResult::from_code)?,
        guided_people: row.small(at(11), "guided_people")?,
        signal_seen,
        flags,
        coarse: row.int(at(14), "coarse")? > 0,
        topics,
        yields: Yields {
            vneid: row.small(at(16), "vneid")?,
            services: row.small(at(17), "services")?,
            payments: row.small(at(18), "payments")?,
        },
        supervision: row.int(at(19), "supervision")? > 0,
    })
}

pub(super) fn flags_text(flags: Flags) -> Result<Option<String>, StoreError> {
    let codes: Vec<String> = flags.iter().map(|flag| flag.code().to_owned()).collect();
    if codes.is_empty() { Ok(None) } else { list_text(&codes).map(Some) }
}

fn flags(text: &str) -> Option<Flags> {
    let codes: Vec<String> = serde_json::from_str(text).ok()?;
    codes.iter().map(|code| Flag::from_code(code)).collect()
}

/// `viettel:weak vnpt:ok`: operator names hold neither sign.
fn seen_text(seen: &SignalsSeen) -> String {
    let words: Vec<String> = seen.iter().map(|(operator, seen)| format!("{operator}:{}", seen.code())).collect();
    words.join(" ")
}

fn seen(text: &str) -> Option<SignalsSeen> {
    text.split(' ')
        .map(|word| {
            let (operator, seen) = word.split_once(':')?;
            Some((operator.parse().ok()?, SignalSeen::from_code(seen)?))
        })
        .collect()
}
