//! Decisions about visits that were held back: a log, of which the last line counts.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::sqlite::SqlitePool;
use sqlx::{Row as _, Sqlite, Transaction};

use super::{ledger, next_epoch};
use crate::model::review::{Decision, NewReview};
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

/// The transaction holds the write lock already.
pub(super) async fn review(
    mut transaction: Transaction<'static, Sqlite>,
    visits: &[String],
    review: &NewReview,
    at: Timestamp,
) -> Result<(), StoreError> {
    let at = ledger::instant(at);
    for visit in visits {
        sqlx::query("INSERT INTO private_visit_review (source_id, decision, who, why, at) VALUES (?, ?, ?, ?, ?)")
            .bind(visit)
            .bind(review.decision().code())
            .bind(review.who())
            .bind(review.why())
            .bind(&at)
            .execute(&mut *transaction)
            .await?;
    }
    if !visits.is_empty() {
        next_epoch(&mut transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}
