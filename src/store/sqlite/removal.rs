//! Taking things out for good: of one home, and of everything that is older than its term.
//!
//! Each is one transaction, the line of the audit with it. SQLite overwrites
//! what it deletes (`secure_delete`), but an older version of a changed row may
//! stand in a page for years: only [`scrub`] leaves no trace.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use sqlx::{Sqlite, Transaction};

use super::{access, bulk, checkpoint, ledger, next_epoch, phones, visits};
use crate::model::retention::{Coarse, Erased, PhoneTerm, Retained, Retention};
use crate::model::token::AuditEvent;
use crate::model::visit::Visit;
use crate::store::{Gone, StoreError};

/// Stands where a cell was emptied.
const EMPTIED: &str = "…";

pub(super) async fn gone(pool: &SqlitePool) -> Result<Gone, StoreError> {
    let mut connection = pool.acquire().await?;
    of(&mut connection).await
}

async fn of(connection: &mut SqliteConnection) -> Result<Gone, StoreError> {
    let salt: Vec<u8> = sqlx::query_scalar("SELECT gone_salt FROM phusong_store").fetch_one(&mut *connection).await?;
    let rows: Vec<(Vec<u8>, i64)> =
        sqlx::query_as("SELECT digest, before_ms FROM private_gone").fetch_all(connection).await?;
    let corrupt = || StoreError::Corrupt { table: "private_gone", column: "digest", row: 0 };
    let digests = rows.into_iter().map(|(digest, before)| Ok((digest.try_into().map_err(|_| corrupt())?, before)));
    Ok(Gone::new(salt, digests.collect::<Result<HashMap<_, _>, StoreError>>()?))
}

/// Removes every visit of a home and what was said of them. Which row of a file was refused or corrected for this
/// home is not known, so all such cells of the files that brought its visits are emptied, and every cell that holds
/// an id of theirs or the label.
pub(super) async fn erase(
    mut transaction: Transaction<'static, Sqlite>,
    household: u64,
    label: Option<&str>,
    event: &AuditEvent,
) -> Result<Erased, StoreError> {
    let key = household.cast_signed();
    let rows: Vec<(String, i64)> = sqlx::query_as("SELECT source_id, import_id FROM private_visit WHERE household = ?")
        .bind(key)
        .fetch_all(&mut *transaction)
        .await?;
    if rows.is_empty() {
        return Ok(Erased::default());
    }
    open(&mut transaction).await?;
    let gone = of(&mut transaction).await?;
    forbid(&mut transaction, gone.of_home(household), event.at.as_millisecond()).await?;
    let mut erased = Erased::default();
    for (id, import) in &rows {
        forbid(&mut transaction, gone.of_form(id), event.at.as_millisecond()).await?;
        let decisions = sqlx::query("DELETE FROM private_visit_review WHERE source_id = ?").bind(id);
        erased.decisions += decisions.execute(&mut *transaction).await?.rows_affected();
        let texts = [Some(id.as_str()), id.strip_prefix("uuid:"), label];
        for text in texts.into_iter().flatten() {
            erased.cells += empty_like(&mut transaction, text, *import).await?;
        }
    }
    let visits = sqlx::query("DELETE FROM private_visit WHERE household = ?").bind(key);
    erased.visits = visits.execute(&mut *transaction).await?.rows_affected();
    close(&mut transaction).await?;
    let mut event = event.clone();
    event.subject = format!("{} visits", erased.visits);
    access::record(&mut transaction, &event).await?;
    next_epoch(&mut transaction).await?;
    transaction.commit().await?;
    Ok(erased)
}

/// Empties the cells of one import, and of any import that hold the text.
async fn empty_like(connection: &mut SqliteConnection, text: &str, import: i64) -> Result<u64, StoreError> {
    let refused = sqlx::query(
        "UPDATE refused_row SET found = ?1, hint = NULL
         WHERE found <> ?1 AND (import_id = ?2 OR lower(found) = lower(?3) OR (length(?3) > 12 AND instr(found, ?3)))",
    );
    let corrected = sqlx::query(
        "UPDATE import_correction SET was = ?1, became = ?1
         WHERE (was <> ?1 OR became <> ?1) AND (import_id = ?2 OR lower(was) = lower(?3) OR lower(became) = lower(?3)
           OR (length(?3) > 12 AND (instr(was, ?3) OR instr(became, ?3))))",
    );
    let mut emptied = 0;
    for statement in [refused, corrected] {
        let done = statement.bind(EMPTIED).bind(import).bind(text).execute(&mut *connection).await?;
        emptied += done.rows_affected();
    }
    Ok(emptied)
}

/// Makes coarse what is too old, and empties and deletes what else is. A dry run is taken back.
pub(super) async fn retain(
    mut transaction: Transaction<'static, Sqlite>,
    retention: &Retention,
    term: &PhoneTerm<'_>,
    event: Option<&AuditEvent>,
) -> Result<Retained, StoreError> {
    if event.is_some() {
        ledger::stands_at(&mut transaction, &retention.made_from).await?;
    }
    open(&mut transaction).await?;
    let gone = of(&mut transaction).await?;
    let mut retained = Retained { visits: retention.coarse.len() as u64, ..Retained::default() };
    for one in &retention.coarse {
        // For good: the form is in the store already, as another.
        forbid(&mut transaction, gone.of_form(&one.source_id), Timestamp::MAX.as_millisecond()).await?;
        sqlx::query("UPDATE private_visit_review SET source_id = ? WHERE source_id = ?")
            .bind(&one.visit.source_id)
            .bind(&one.source_id)
            .execute(&mut *transaction)
            .await?;
    }
    bulk::with(&mut transaction, |raw| {
        let mut coarse = raw.prepare(
            "UPDATE private_visit SET source_id = ?, time_ms = ?, lon = ?, lat = ?, accuracy_m = NULL, household = ?,
               flags = ?, coarse = ?
             WHERE source_id = ?",
        )?;
        for Coarse { source_id, visit, is_rekeyed } in &retention.coarse {
            let flags = visits::flags_text(visit.flags)?;
            coarse.run(&[
                visit.source_id.as_str().into(),
                visit.time.as_millisecond().into(),
                visit.point.map(|at| at.lon()).into(),
                visit.point.map(|at| at.lat()).into(),
                visit.household.cast_signed().into(),
                flags.as_deref().into(),
                (1 + i64::from(*is_rekeyed)).into(),
                source_id.as_str().into(),
            ])?;
        }
        let mut kept = raw.prepare("UPDATE private_visit SET flags = ? WHERE source_id = ?")?;
        for Visit { source_id, flags, .. } in &retention.flags {
            let flags = visits::flags_text(*flags)?;
            kept.run(&[flags.as_deref().into(), source_id.as_str().into()])?;
        }
        visits::shorten_log(raw)
    })
    .await?;
    retained.measurements = bulk::with(&mut transaction, |raw| match event {
        Some(_) => phones::forget(raw, term),
        None => phones::count(raw, term),
    })
    .await?;
    let before = ledger::instant(retention.refused_before);
    for statement in [
        "UPDATE refused_row SET found = ?1, hint = NULL
         WHERE found <> ?1 AND import_id IN (SELECT id FROM imports WHERE at < ?2)",
        "UPDATE import_correction SET was = ?1, became = ?1
         WHERE (was <> ?1 OR became <> ?1) AND import_id IN (SELECT id FROM imports WHERE at < ?2)",
    ] {
        let done = sqlx::query(statement).bind(EMPTIED).bind(&before).execute(&mut *transaction).await?;
        retained.cells += done.rows_affected();
    }
    let audit = sqlx::query("DELETE FROM audit_events WHERE at < ?").bind(ledger::instant(retention.audit_before));
    retained.audit = audit.execute(&mut *transaction).await?.rows_affected();
    close(&mut transaction).await?;
    let Some(event) = event else {
        transaction.rollback().await?;
        return Ok(retained);
    };
    if !retained.is_nothing() {
        let mut event = event.clone();
        let Retained { visits, measurements, cells, audit } = retained;
        event.subject =
            format!("{visits} visits, {measurements} measurements, {cells} cells, {audit} lines of the audit");
        access::record(&mut transaction, &event).await?;
    }
    if retained.visits + retained.measurements > 0 {
        next_epoch(&mut transaction).await?;
    }
    transaction.commit().await?;
    Ok(retained)
}

async fn open(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO private_removal (id) VALUES (1)").execute(connection).await?;
    Ok(())
}

async fn close(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM private_removal").execute(connection).await?;
    Ok(())
}

async fn forbid(connection: &mut SqliteConnection, digest: [u8; 32], before_ms: i64) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO private_gone (digest, before_ms) VALUES (?, ?)
         ON CONFLICT (digest) DO UPDATE SET before_ms = max(before_ms, excluded.before_ms)",
    )
    .bind(digest.as_slice())
    .bind(before_ms)
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes the file anew without what was deleted, and empties the log beside it.
pub(super) async fn scrub(pool: &SqlitePool) -> Result<(), StoreError> {
    sqlx::query("VACUUM").execute(pool).await?;
    checkpoint(pool).await
}
