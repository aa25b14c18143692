//! Campaigns: a handful of rows that people make one by one.

use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqlitePool, SqliteRow};

use super::access;
use crate::model::campaign::Campaign;
use crate::model::token::AuditEvent;
use crate::store::StoreError;

pub(super) async fn all(pool: &SqlitePool) -> Result<Vec<Campaign>, StoreError> {
    let found = sqlx::query("SELECT * FROM campaigns ORDER BY from_day, code").fetch_all(pool).await?;
    found.iter().map(campaign).collect()
}

fn campaign(row: &SqliteRow) -> Result<Campaign, StoreError> {
    let corrupt = |column| StoreError::Corrupt { table: "campaigns", column, row: 0 };
    let (code, name): (String, String) = (row.try_get("code")?, row.try_get("name")?);
    let (from, to): (String, String) = (row.try_get("from_day")?, row.try_get("to_day")?);
    let (target, communes): (f64, String) = (row.try_get("target")?, row.try_get("communes")?);
    let days = (from.parse().map_err(|_| corrupt("from_day"))?, to.parse().map_err(|_| corrupt("to_day"))?);
    let communes: Result<Vec<_>, _> = communes.split_whitespace().map(str::parse).collect();
    Campaign::new(&code, &name, days, target * 100.0, communes.map_err(|_| corrupt("communes"))?)
        .map_err(|_| corrupt("code"))
}

/// Adds a campaign, or puts it in place of the one with its code.
pub(super) async fn put(
    connection: &mut SqliteConnection,
    campaign: &Campaign,
    event: &AuditEvent,
) -> Result<(), StoreError> {
    let communes: Vec<String> = campaign.communes.iter().map(ToString::to_string).collect();
    sqlx::query(
        "INSERT INTO campaigns (code, name, from_day, to_day, target, communes) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (code) DO UPDATE SET name = excluded.name, from_day = excluded.from_day,
           to_day = excluded.to_day, target = excluded.target, communes = excluded.communes",
    )
    .bind(&campaign.code)
    .bind(&campaign.name)
    .bind(campaign.period.first().to_string())
    .bind(campaign.period.last().to_string())
    .bind(campaign.target)
    .bind(communes.join(" "))
    .execute(&mut *connection)
    .await?;
    access::record(connection, event).await
}
