//! Decisions about visits that were held back: a log, of which the last line counts.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::sqlite::SqlitePool;
use sqlx::{Row as _, Sqlite, SqliteConnection, Transaction};

use super::{ledger, next_epoch};
use crate::model::review::{Decision, NewReview, Reviewed, SERVER, SERVER_HAS_IT, SERVER_REJECTED};
use crate::store::StoreError;

pub(super) async fn decisions(pool: &SqlitePool) -> Result<HashMap<String, Decision>, StoreError> {
    let rows =
        sqlx::query("SELECT id, source_id, decision FROM private_visit_review ORDER BY id").fetch_all(pool).await?;
    let mut last = HashMap::with_capacity(rows.len());
    for row in rows {
        let (id, visit, decision): (i64, String, String) =
            (row.try_get("id")?, row.try_get("source_id")?, row.try_get("decision")?);
        let corrupt = StoreError::Corrupt { table: "private_visit_review", column: "decision", row: id };
        last.insert(visit, Decision::from_code(&decision).ok_or(corrupt)?);
    }
    Ok(last)
}

pub(super) async fn reviewed(pool: &SqlitePool, visits: &[String]) -> Result<HashMap<String, Reviewed>, StoreError> {
    const LAST: &str = "
SELECT max(r.id) id, r.source_id, r.who, r.why, r.at
FROM json_each(?) asked JOIN private_visit_review r ON r.source_id = asked.value GROUP BY r.source_id";
    let unwritable = |_| StoreError::Unwritable { what: "a list of ids" };
    let rows = sqlx::query(LAST).bind(serde_json::to_string(visits).map_err(unwritable)?).fetch_all(pool).await?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in rows {
        let (id, at): (i64, String) = (row.try_get("id")?, row.try_get("at")?);
        let at =
            at.parse().map_err(|_| StoreError::Corrupt { table: "private_visit_review", column: "at", row: id })?;
        let reviewed = Reviewed { who: row.try_get("who")?, why: row.try_get("why")?, at };
        found.insert(row.try_get("source_id")?, reviewed);
    }
    Ok(found)
}

/// The transaction holds the write lock already.
pub(super) async fn review(
    mut transaction: Transaction<'static, Sqlite>,
    visits: &[String],
    review: &NewReview,
    at: Timestamp,
) -> Result<(), StoreError> {
    let at = ledger::instant(at);
    for visit in visits {
        // Of a visit that is there: one that was erased meanwhile leaves no trace.
        let add = "INSERT INTO private_visit_review (source_id, decision, who, why, at)
                   SELECT source_id, ?, ?, ?, ? FROM private_visit WHERE source_id = ?";
        sqlx::query(add)
            .bind(review.decision().code())
            .bind(review.who())
            .bind(review.why())
            .bind(&at)
            .bind(visit)
            .execute(&mut *transaction)
            .await?;
    }
    if !visits.is_empty() {
        next_epoch(&mut transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

const OF_SERVER: &str = "
INSERT INTO private_visit_review (source_id, decision, who, why, at)
SELECT DISTINCT v.source_id, ?3, ?2, ?4, ?5
FROM json_each(?1) id CROSS JOIN private_visit v ON v.source_id = id.value
  LEFT JOIN private_visit_review last
    ON last.id = (SELECT max(id) FROM private_visit_review WHERE source_id = v.source_id)
WHERE CASE WHEN ?6 THEN last.id IS NULL OR (last.who = ?2 AND last.decision <> 'rejected')
  ELSE last.who = ?2 AND last.decision = 'rejected' END";

/// What the server of forms decides about those of the visits that are here: none that a person decided about last,
/// and none that stands as it says.
pub(super) async fn of_server(
    connection: &mut SqliteConnection,
    is_rejected: bool,
    visits: &[&str],
    at: Timestamp,
) -> Result<u64, StoreError> {
    if visits.is_empty() {
        return Ok(0);
    }
    let (decision, why) =
        if is_rejected { (Decision::Rejected, SERVER_REJECTED) } else { (Decision::Reopened, SERVER_HAS_IT) };
    let unwritable = |_| StoreError::Unwritable { what: "a list of ids" };
    let done = sqlx::query(OF_SERVER)
        .bind(serde_json::to_string(visits).map_err(unwritable)?)
        .bind(SERVER)
        .bind(decision.code())
        .bind(why)
        .bind(ledger::instant(at))
        .bind(is_rejected)
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}
