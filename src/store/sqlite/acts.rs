//! Acts on the register of villages: the log, and what became of the villages, in one transaction.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::bulk::{self, Raw};
use super::register::{Row, put_villages};
use super::{access, ledger, next_epoch};
use crate::model::import::Epoch;
use crate::model::register::{Act, NewAct, Succession, SuccessionKind};
use crate::model::token::AuditEvent;
use crate::model::village::{Village, VillageCode};
use crate::store::StoreError;

pub(super) fn successions(raw: &Raw<'_>) -> Result<Vec<Succession>, StoreError> {
    let mut row = Row::new(
        raw,
        "village_succession",
        "SELECT act_id, from_code, to_code, kind, effective, households_before, population_before
         FROM village_succession ORDER BY effective, act_id, from_code, to_code",
    )?;
    let mut successions = Vec::new();
    while row.next()? {
        successions.push(Succession {
            from: row.named(1, "from_code", |text| text.parse().ok())?,
            to: row.named(2, "to_code", |text| text.parse().ok())?,
            kind: row.named(3, "kind", SuccessionKind::from_code)?,
            on: row.day(4, "effective")?,
            households_before: row.small(5, "households_before")?,
            population_before: row.small(6, "population_before")?,
        });
    }
    Ok(successions)
}

/// Acts in which a village had a part, oldest first.
pub(super) fn acts(raw: &Raw<'_>, of: VillageCode) -> Result<Vec<Act>, StoreError> {
    let mut row = Row::new(
        raw,
        "register_acts",
        "SELECT id, village, change, effective, who, why, at,
           village || ' ' || coalesce((SELECT group_concat(from_code || ' ' || to_code, ' ')
             FROM village_succession WHERE act_id = id), '')
         FROM register_acts ORDER BY id",
    )?;
    let code = of.to_string();
    let mut acts = Vec::new();
    while row.next()? {
        if !row.text(7, "village")?.split(' ').any(|one| one == code) {
            continue;
        }
        let village = row.named(1, "village", |text| text.parse().ok())?;
        let change = row.named(2, "change", |text| serde_json::from_str(text).ok())?;
        let said = (row.text(4, "who")?, row.text(5, "why")?);
        let at: Timestamp = row.named(6, "at", |text| text.parse().ok())?;
        acts.push(Act::kept(row.int(0, "id")?, (village, change), row.day(3, "effective")?, said, at));
    }
    Ok(acts)
}

/// The transaction holds the write lock already. New villages come from the import that brought the one of the act.
pub(super) async fn record(
    mut transaction: Transaction<'static, Sqlite>,
    made_from: &Epoch,
    act: &NewAct,
    (villages, successions): (&[Village], &[Succession]),
    event: &AuditEvent,
) -> Result<i64, StoreError> {
    ledger::stands_at(&mut transaction, made_from).await?;
    let change =
        serde_json::to_string(act.change()).map_err(|_| StoreError::Unwritable { what: "an act on the register" })?;
    let import: i64 = sqlx::query_scalar("SELECT import_id FROM village_register WHERE code = ?")
        .bind(act.village().to_string())
        .fetch_one(&mut *transaction)
        .await?;
    bulk::with(&mut transaction, |raw| put_villages(raw, villages, import)).await?;
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO register_acts (village, change, effective, who, why, at) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
    )
    .bind(act.village().to_string())
    .bind(change)
    .bind(act.on().to_string())
    .bind(act.who())
    .bind(act.why())
    .bind(ledger::instant(event.at))
    .fetch_one(&mut *transaction)
    .await?;
    for one in successions {
        sqlx::query("INSERT INTO village_succession VALUES (?, ?, ?, ?, ?, ?, ?)")
            .bind(id)
            .bind(one.from.to_string())
            .bind(one.to.to_string())
            .bind(one.kind.code())
            .bind(one.on.to_string())
            .bind(one.households_before)
            .bind(one.population_before)
            .execute(&mut *transaction)
            .await?;
    }
    access::record(&mut transaction, event).await?;
    next_epoch(&mut transaction).await?;
    transaction.commit().await?;
    Ok(id)
}
