//! The list of imports and of refused rows.
//!
//! It answers "have I read this file before?" and "what became of row 412?".
//! Small tables that people look at, so plain `sqlx` and plain text.

use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqlitePool, SqliteRow};

use crate::model::access::Role;
use crate::model::correction::Corrected;
use crate::model::import::{Counts, Epoch, ImportKind, ImportRecord, KeptProfile, TakenBack};
use crate::store::{RefusedRow, StoreError};

/// Whether the store holds what somebody worked something out from.
///
/// # Errors
/// [`StoreError::Moved`] where it does not.
pub(super) async fn stands_at(connection: &mut SqliteConnection, made_from: &Epoch) -> Result<(), StoreError> {
    let (dataset, now): (String, i64) =
        sqlx::query_as("SELECT dataset, epoch FROM phusong_store").fetch_one(connection).await?;
    if dataset == made_from.dataset && now == made_from.number.cast_signed() {
        return Ok(());
    }
    Err(StoreError::Moved { made_from: made_from.to_string(), now: format!("{dataset}-{now}") })
}

pub(super) async fn find(pool: &SqlitePool, kind: ImportKind, hash: &str) -> Result<Option<ImportRecord>, StoreError> {
    let found = sqlx::query(
        "SELECT * FROM imports WHERE hash = ? AND kind = ? AND taken_back IS NULL ORDER BY id DESC LIMIT 1",
    )
    .bind(hash)
    .bind(kind.code())
    .fetch_optional(pool)
    .await?;
    found.as_ref().map(record).transpose()
}

pub(super) async fn all(pool: &SqlitePool) -> Result<Vec<ImportRecord>, StoreError> {
    sqlx::query("SELECT * FROM imports ORDER BY id").fetch_all(pool).await?.iter().map(record).collect()
}

pub(super) async fn refused(pool: &SqlitePool, import: i64) -> Result<Vec<RefusedRow>, StoreError> {
    let rows = sqlx::query(
        "SELECT line, field, found, reason, expected, hint FROM refused_row WHERE import_id = ? ORDER BY rowid",
    )
    .bind(import)
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(RefusedRow {
                line: count("refused_row", "line", import, row.try_get("line")?)?,
                field: row.try_get("field")?,
                found: row.try_get("found")?,
                reason: row.try_get("reason")?,
                expected: row.try_get("expected")?,
                hint: row.try_get("hint")?,
            })
        })
        .collect()
}

pub(super) async fn profiles(pool: &SqlitePool) -> Result<Vec<KeptProfile>, StoreError> {
    let rows = sqlx::query(
        "SELECT p.name, p.text, i.taken_back IS NOT NULL AS gone
         FROM profiles p JOIN imports i ON i.id = p.import_id ORDER BY gone, p.import_id DESC",
    )
    .fetch_all(pool)
    .await?;
    let kept = |row: &SqliteRow| {
        Ok(KeptProfile { name: row.try_get("name")?, text: row.try_get("text")?, taken_back: row.try_get("gone")? })
    };
    rows.iter().map(kept).collect()
}

pub(super) async fn corrected(pool: &SqlitePool, import: i64) -> Result<Vec<Corrected>, StoreError> {
    let rows = sqlx::query("SELECT line, field, was, became FROM import_correction WHERE import_id = ? ORDER BY rowid")
        .bind(import)
        .fetch_all(pool)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Corrected {
                line: count("import_correction", "line", import, row.try_get("line")?)?,
                field: row.try_get("field")?,
                before: row.try_get("was")?,
                after: row.try_get("became")?,
            })
        })
        .collect()
}

pub(super) fn record(row: &SqliteRow) -> Result<ImportRecord, StoreError> {
    let id: i64 = row.try_get("id")?;
    let corrupt = |column| StoreError::Corrupt { table: "imports", column, row: id };
    let number = |column| count("imports", column, id, row.try_get(column)?);
    let (kind, dropped, at): (String, String, String) =
        (row.try_get("kind")?, row.try_get("dropped_fields")?, row.try_get("at")?);
    let (role, scope, taken_back): (Option<String>, Option<String>, Option<String>) =
        (row.try_get("role")?, row.try_get("scope")?, row.try_get("taken_back")?);
    Ok(ImportRecord {
        id,
        kind: ImportKind::from_code(&kind).ok_or_else(|| corrupt("kind"))?,
        file: row.try_get("file")?,
        hash: row.try_get("hash")?,
        profile: row.try_get("profile")?,
        synthetic: row.try_get("synthetic")?,
        counts: Counts { inserted: number("inserted")?, updated: number("updated")?, unchanged: number("unchanged")? },
        refused: number("refused")?,
        dropped_fields: serde_json::from_str(&dropped).map_err(|_| corrupt("dropped_fields"))?,
        corrected: number("corrected")?,
        at: at.parse().map_err(|_| corrupt("at"))?,
        by: role.map(|code| Role::parse(&code, scope.as_deref())).transpose().map_err(|_| corrupt("role"))?,
        taken_back: taken_back
            .map(|at| {
                let at = at.parse().map_err(|_| corrupt("taken_back"))?;
                Ok::<_, StoreError>(TakenBack { at, rows: number("taken_back_rows")?, kept: number("kept_rows")? })
            })
            .transpose()?,
    })
}

/// A count as it left: never negative.
pub(super) fn count(table: &'static str, column: &'static str, row: i64, value: i64) -> Result<u64, StoreError> {
    u64::try_from(value).map_err(|_| StoreError::Corrupt { table, column, row })
}

/// The form that a GeoPackage wants: UTC with milliseconds.
pub(super) fn instant(at: Timestamp) -> String {
    format!("{at:.3}")
}
