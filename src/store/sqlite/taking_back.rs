//! Taking back an import: its rows go, its line stays.
//!
//! One transaction, the line of the audit with it. Whether it may go is asked
//! again under the write lock that takes it. Refuses where the state before the
//! import is not in the store any more.

use std::collections::BTreeMap;

use sqlx::sqlite::SqliteConnection;
use sqlx::{Sqlite, Transaction};

use super::{access, bulk, layers, ledger, next_epoch, visits};
use crate::model::import::{Counts, ImportKind, ImportRecord, TakenBack};
use crate::model::operator::Operator;
use crate::model::review::SERVER;
use crate::model::taking_back::{LaterImport, Obstacle, TakingBack};
use crate::model::token::AuditEvent;
use crate::store::StoreError;

/// Where the rows of a kind stand, and what can be told of them.
struct Rows {
    table: &'static str,
    /// Which rows of the import may go.
    go: &'static str,
    /// The local day of a row, as SQL.
    day: Option<&'static str>,
    /// The network of a row, as SQL.
    operator: Option<&'static str>,
}

/// Milliseconds since 1970 as a day at +07:00.
const DAY: &str = "date(time_ms / 1000 + 25200, 'unixepoch')";

/// `None`: others build upon rows of this kind.
fn rows_of(kind: ImportKind) -> Option<Rows> {
    let plain = |table| Rows { table, go: "TRUE", day: None, operator: None };
    Some(match kind {
        ImportKind::Boundaries | ImportKind::Mergers | ImportKind::Villages => return None,
        ImportKind::Samples => {
            let operator = "(SELECT slug FROM operator WHERE id = operator_id)";
            Rows { day: Some(DAY), operator: Some(operator), ..plain("private_sample") }
        }
        ImportKind::Visits => Rows { go: "coarse = 0", day: Some(DAY), ..plain("private_visit") },
        ImportKind::Sites => Rows { operator: Some("operator"), ..plain("sites") },
        ImportKind::Places => plain("place_register"),
        ImportKind::Speeds => plain("speed_tests"),
        ImportKind::Claims => Rows { operator: Some("operator"), ..plain("claim") },
        ImportKind::Teams => plain("teams"),
        ImportKind::Activities => Rows { day: Some("on_day"), ..plain("activities") },
    })
}

/// Rows of others that an import has written over: of its own it has as many as it brought.
pub(super) async fn replaced(
    connection: &mut SqliteConnection,
    kind: ImportKind,
    import: i64,
    counts: Counts,
) -> Result<Option<i64>, StoreError> {
    if counts.updated == 0 {
        return Ok(Some(0));
    }
    let Some(Rows { table, .. }) = rows_of(kind) else { return Ok(None) };
    let own = number(connection, &format!("SELECT count(*) FROM {table} WHERE import_id = ?"), import).await?;
    Ok(Some(own.saturating_sub(counts.inserted).cast_signed()))
}

pub(super) async fn put_known(
    connection: &mut SqliteConnection,
    import: i64,
    known_of: &BTreeMap<i64, i64>,
) -> Result<(), StoreError> {
    for (of, rows) in known_of {
        sqlx::query("INSERT INTO import_known (import_id, of_import, rows) VALUES (?, ?, ?)")
            .bind(import)
            .bind(of)
            .bind(rows)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// With an event the transaction holds the write lock already; without one nothing is written.
pub(super) async fn take_back(
    mut transaction: Transaction<'static, Sqlite>,
    import: i64,
    event: Option<&AuditEvent>,
) -> Result<Result<TakingBack, Obstacle>, StoreError> {
    let (mut told, rows) = match asked(&mut transaction, import).await? {
        Ok(found) => found,
        Err(obstacle) => return Ok(Err(obstacle)),
    };
    let Some(event) = event else { return Ok(Ok(told)) };
    let is_measured = told.import.kind == ImportKind::Samples;
    let before = last_row(&mut transaction).await?;
    let gone = sqlx::query(rows.delete()).bind(import).execute(&mut *transaction).await?.rows_affected();
    if is_measured {
        // Numbers of rows are given out again: what is known by the last one moves on by more than that.
        let less = before - last_row(&mut transaction).await?;
        sqlx::query("UPDATE phusong_store SET samples_taken_back = samples_taken_back + ?")
            .bind(less + 1)
            .execute(&mut *transaction)
            .await?;
    }
    bulk::with(&mut transaction, visits::shorten_log).await?;
    told.rows = gone;
    told.import.taken_back = Some(TakenBack { at: event.at, rows: gone, kept: told.kept });
    sqlx::query("UPDATE imports SET taken_back = ?, taken_back_rows = ?, kept_rows = ? WHERE id = ?")
        .bind(ledger::instant(event.at))
        .bind(gone.cast_signed())
        .bind(told.kept.cast_signed())
        .bind(import)
        .execute(&mut *transaction)
        .await?;
    let ImportRecord { kind, file, .. } = &told.import;
    let subject = format!("{import} {kind} {gone} {file}");
    access::record(&mut transaction, &AuditEvent { subject, ..event.clone() }).await?;
    next_epoch(&mut transaction).await?;
    layers::rebuild(&mut transaction).await?;
    layers::touch(&mut transaction, event.at).await?;
    transaction.commit().await?;
    Ok(Ok(told))
}

impl Rows {
    fn delete(&self) -> sqlx::AssertSqlSafe<String> {
        sqlx::AssertSqlSafe(format!("DELETE FROM {} WHERE import_id = ? AND {}", self.table, self.go))
    }
}

/// What would go, or why it may not.
async fn asked(
    connection: &mut SqliteConnection,
    import: i64,
) -> Result<Result<(TakingBack, Rows), Obstacle>, StoreError> {
    let found = sqlx::query("SELECT * FROM imports WHERE id = ?").bind(import).fetch_optional(&mut *connection).await?;
    let Some(found) = found else { return Ok(Err(Obstacle::NoSuchImport(import))) };
    let record = ledger::record(&found)?;
    if let Some(taken) = record.taken_back {
        return Ok(Err(Obstacle::Already(taken.at)));
    }
    let Some(rows) = rows_of(record.kind) else { return Ok(Err(Obstacle::BuiltUpon(record.kind))) };
    if let Some(obstacle) = written_over(connection, &record).await? {
        return Ok(Err(obstacle));
    }
    let (table, go) = (rows.table, rows.go);
    let going =
        number(connection, &format!("SELECT count(*) FROM {table} WHERE import_id = ? AND {go}"), import).await?;
    // Measurements past their term know no import; visits do.
    let kept = if record.kind == ImportKind::Samples {
        record.counts.inserted.saturating_sub(going)
    } else {
        number(connection, &format!("SELECT count(*) FROM {table} WHERE import_id = ? AND NOT ({go})"), import).await?
    };
    if going == 0 {
        return Ok(Err(if kept > 0 { Obstacle::PastTerm { rows: kept } } else { Obstacle::NothingLeft }));
    }
    let elsewhere = record.counts.inserted.saturating_sub(going + kept);
    let mut told = TakingBack {
        rows: going,
        kept,
        elsewhere,
        days: 0,
        first: None,
        last: None,
        operators: Vec::new(),
        later: later(connection, &record, (going, kept)).await?,
        import: record,
    };
    spread(connection, &rows, &mut told).await?;
    Ok(Ok((told, rows)))
}

/// What an import did to rows of others, and others to its own.
async fn written_over(
    connection: &mut SqliteConnection,
    record: &ImportRecord,
) -> Result<Option<Obstacle>, StoreError> {
    let (replaced, removed): (Option<i64>, Option<i64>) =
        sqlx::query_as("SELECT replaced, removed FROM imports WHERE id = ?")
            .bind(record.id)
            .fetch_one(&mut *connection)
            .await?;
    let count = |column, value: i64| ledger::count("imports", column, record.id, value);
    let replaced = replaced.map_or(Ok(record.counts.updated), |rows| count("replaced", rows))?;
    if replaced > 0 {
        return Ok(Some(Obstacle::Replaced { rows: replaced }));
    }
    if record.kind == ImportKind::Sites {
        let sites = removed.map(|sites| count("removed", sites)).transpose()?;
        return Ok(Some(Obstacle::TookOut { sites }).filter(|_| sites != Some(0)));
    }
    if record.kind != ImportKind::Visits {
        return Ok(None);
    }
    let by_people = format!(
        "SELECT count(DISTINCT v.source_id) FROM private_visit v JOIN private_visit_review r ON r.source_id = v.source_id
         WHERE v.import_id = ? AND v.coarse = 0 AND r.who <> '{SERVER}'"
    );
    let visits = number(connection, &by_people, record.id).await?;
    if visits > 0 {
        return Ok(Some(Obstacle::Decided { visits }));
    }
    // What the server of forms decided came in at the moment of the import.
    let of_others = format!(
        "SELECT count(DISTINCT r.source_id) FROM imports i JOIN private_visit_review r ON r.at = i.at AND r.who = '{SERVER}'
         WHERE i.id = ? AND NOT EXISTS (
           SELECT 1 FROM private_visit v WHERE v.source_id = r.source_id AND v.import_id = i.id)"
    );
    let visits = number(connection, &of_others, record.id).await?;
    Ok((visits > 0).then_some(Obstacle::DecidedElsewhere { visits }))
}

/// Later imports of the kind that found rows known which are these, or may be.
async fn later(
    connection: &mut SqliteConnection,
    record: &ImportRecord,
    (going, kept): (u64, u64),
) -> Result<Vec<LaterImport>, StoreError> {
    let found: Vec<(i64, String, i64, i64, i64)> = sqlx::query_as(
        "SELECT i.id, i.file, i.unchanged, coalesce(sum(k.rows), 0), coalesce(sum(k.rows) FILTER (WHERE k.of_import = ?1), 0)
         FROM imports i LEFT JOIN import_known k ON k.import_id = i.id
         WHERE i.id > ?1 AND i.kind = ?2 AND i.unchanged > 0 AND i.taken_back IS NULL
         GROUP BY i.id ORDER BY i.id",
    )
    .bind(record.id)
    .bind(record.kind.code())
    .fetch_all(&mut *connection)
    .await?;
    let mut later = Vec::new();
    for (id, file, unchanged, written, of_this) in found {
        let count = |column, value: i64| ledger::count("imports", column, id, value);
        let (open, of_this) = (count("unchanged", (unchanged - written).max(0))?, count("unchanged", of_this)?);
        // Some of those that were written down may be past their term by now.
        let rows = (of_this + open).min(going);
        if rows > 0 {
            later.push(LaterImport { id, file: Some(file), rows, is_exact: open == 0 && kept == 0 });
        }
    }
    Ok(later)
}

/// Days and networks of what would go.
async fn spread(connection: &mut SqliteConnection, rows: &Rows, told: &mut TakingBack) -> Result<(), StoreError> {
    let (table, go, id) = (rows.table, rows.go, told.import.id);
    let corrupt = |column| StoreError::Corrupt { table: "imports", column, row: id };
    if let Some(day) = rows.day {
        let sql =
            format!("SELECT count(DISTINCT {day}), min({day}), max({day}) FROM {table} WHERE import_id = ? AND {go}");
        let (days, first, last): (i64, Option<String>, Option<String>) =
            sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_one(&mut *connection).await?;
        let read = |day: Option<String>| day.map(|day| day.parse().map_err(|_| corrupt("day"))).transpose();
        (told.days, told.first, told.last) = (ledger::count(table, "day", id, days)?, read(first)?, read(last)?);
    }
    if let Some(operator) = rows.operator {
        let sql = format!(
            "SELECT {operator} AS network, count(*) FROM {table} WHERE import_id = ? AND {go} GROUP BY 1 ORDER BY 2 DESC, 1"
        );
        let found: Vec<(String, i64)> =
            sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_all(&mut *connection).await?;
        for (operator, count) in found {
            let operator: Operator = operator.parse().map_err(|_| corrupt("operator"))?;
            told.operators.push((operator, ledger::count(table, "operator", id, count)?));
        }
    }
    Ok(())
}

/// Of the measurements.
async fn last_row(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("SELECT coalesce(max(rowid), 0) FROM private_sample").fetch_one(connection).await?)
}

/// The one count of a statement about an import.
async fn number(connection: &mut SqliteConnection, sql: &str, import: i64) -> Result<u64, StoreError> {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    let found: i64 = sqlx::query_scalar(sql).bind(import).fetch_one(connection).await?;
    ledger::count("imports", "count", import, found)
}
