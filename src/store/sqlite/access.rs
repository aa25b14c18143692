//! Tokens and the audit: a few rows a day that people make one by one, so plain `sqlx`.
//!
//! A token is found by the digest of its secret and by nothing else that a
//! reader sends. Neither table is data of the map: the epoch stays.

use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::sqlite::{SqlitePool, SqliteRow};

use super::ledger;
use crate::model::access::Role;
use crate::model::token::{AuditAction, AuditEvent, Digest, NewToken, Note, Token};
use crate::store::StoreError;

pub(super) async fn add(
    connection: &mut sqlx::SqliteConnection,
    token: &NewToken,
    digest: &Digest,
) -> Result<i64, StoreError> {
    let id = sqlx::query_scalar(
        "INSERT INTO tokens (digest, role, scope, note, created, expires) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
    )
    .bind(digest.as_slice())
    .bind(token.role.code())
    .bind(token.role.scope())
    .bind(token.note.as_str())
    .bind(ledger::instant(token.created))
    .bind(ledger::instant(token.expires))
    .fetch_one(connection)
    .await?;
    Ok(id)
}

pub(super) async fn tokens(pool: &SqlitePool) -> Result<Vec<Token>, StoreError> {
    sqlx::query("SELECT * FROM tokens ORDER BY id").fetch_all(pool).await?.iter().map(token).collect()
}

pub(super) async fn find(pool: &SqlitePool, digest: &Digest) -> Result<Option<Token>, StoreError> {
    let found = sqlx::query("SELECT * FROM tokens WHERE digest = ?").bind(digest.as_slice());
    found.fetch_optional(pool).await?.as_ref().map(token).transpose()
}

pub(super) async fn revoke(
    connection: &mut sqlx::SqliteConnection,
    id: i64,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let changed = sqlx::query("UPDATE tokens SET revoked = ? WHERE id = ? AND revoked IS NULL")
        .bind(ledger::instant(at))
        .bind(id)
        .execute(connection)
        .await?;
    Ok(changed.rows_affected() > 0)
}

pub(super) async fn record(connection: &mut sqlx::SqliteConnection, event: &AuditEvent) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO audit_events (at, role, scope, token_id, action, subject, purpose) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(ledger::instant(event.at))
    .bind(event.role.code())
    .bind(event.role.scope())
    .bind(event.token)
    .bind(event.action.code())
    .bind(event.subject.as_str())
    .bind(event.purpose.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn events(pool: &SqlitePool, since: Option<Timestamp>) -> Result<Vec<AuditEvent>, StoreError> {
    let since = since.map_or_else(String::new, ledger::instant);
    let found = sqlx::query("SELECT * FROM audit_events WHERE at >= ? ORDER BY id").bind(since);
    found.fetch_all(pool).await?.iter().map(event).collect()
}

fn token(row: &SqliteRow) -> Result<Token, StoreError> {
    let id: i64 = row.try_get("id")?;
    let corrupt = |column| StoreError::Corrupt { table: "tokens", column, row: id };
    let (created, expires, revoked): (String, String, Option<String>) =
        (row.try_get("created")?, row.try_get("expires")?, row.try_get("revoked")?);
    let note: String = row.try_get("note")?;
    Ok(Token {
        id,
        role: role(row)?.ok_or_else(|| corrupt("role"))?,
        note: Note::new(&note).map_err(|_| corrupt("note"))?,
        created: created.parse().map_err(|_| corrupt("created"))?,
        expires: expires.parse().map_err(|_| corrupt("expires"))?,
        revoked: revoked.map(|at| at.parse()).transpose().map_err(|_| corrupt("revoked"))?,
    })
}

fn event(row: &SqliteRow) -> Result<AuditEvent, StoreError> {
    let id: i64 = row.try_get("id")?;
    let corrupt = |column| StoreError::Corrupt { table: "audit_events", column, row: id };
    let (at, action, purpose): (String, String, String) =
        (row.try_get("at")?, row.try_get("action")?, row.try_get("purpose")?);
    Ok(AuditEvent {
        at: at.parse().map_err(|_| corrupt("at"))?,
        role: role(row)?.ok_or_else(|| corrupt("role"))?,
        token: row.try_get("token_id")?,
        action: AuditAction::from_code(&action).ok_or_else(|| corrupt("action"))?,
        subject: row.try_get("subject")?,
        purpose: Note::new(&purpose).map_err(|_| corrupt("purpose"))?,
    })
}

/// `None` for one that this program does not write.
fn role(row: &SqliteRow) -> Result<Option<Role>, StoreError> {
    let (code, scope): (String, Option<String>) = (row.try_get("role")?, row.try_get("scope")?);
    Ok(Role::parse(&code, scope.as_deref()).ok())
}
