//! The work list: places that somebody took up, and the log of what was done.
//!
//! A few hundred rows that people write one by one, so plain `sqlx`. An
//! action changes no evidence: the analysis that was current before it is
//! current after it, under the next epoch.

use std::collections::BTreeMap;

use h3o::CellIndex;
use jiff::Timestamp;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{Row as _, Sqlite, Transaction};

use super::{ledger, next_epoch};
use crate::model::operator::Technology;
use crate::model::work::{NewAction, WorkAction, WorkItem, WorkKind, WorkPlace};
use crate::store::StoreError;

/// The name of the best of all operators or technologies.
const ALL: &str = "all";

pub(super) async fn items(pool: &SqlitePool) -> Result<Vec<WorkItem>, StoreError> {
    let mut items = BTreeMap::new();
    for row in sqlx::query("SELECT * FROM work_items").fetch_all(pool).await? {
        let item = item(&row)?;
        items.insert(item.id, item);
    }
    for row in sqlx::query("SELECT * FROM work_actions ORDER BY id").fetch_all(pool).await? {
        let of: i64 = row.try_get("item_id")?;
        if let Some(item) = items.get_mut(&of) {
            item.actions.push(action(&row)?);
        }
    }
    Ok(items.into_values().collect())
}

/// The transaction holds the write lock already.
pub(super) async fn act(
    mut transaction: Transaction<'static, Sqlite>,
    place: &WorkPlace,
    action: &NewAction,
    at: Timestamp,
) -> Result<i64, StoreError> {
    let connection = &mut *transaction;
    let operator = place.operator.map_or_else(|| ALL.to_owned(), |operator| operator.to_string());
    let technology = place.technology.map_or(ALL, Technology::generation);
    let cells = place.cells.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    // The update that changes nothing gives the row back, whoever made it.
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO work_items (operator, technology, cells) VALUES (?, ?, ?)
         ON CONFLICT (operator, technology, cells) DO UPDATE SET cells = excluded.cells RETURNING id",
    )
    .bind(operator)
    .bind(technology)
    .bind(cells)
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query("INSERT INTO work_actions (item_id, kind, who, text, at, fixed_on) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(id)
        .bind(action.kind().code())
        .bind(action.who())
        .bind(action.text())
        .bind(ledger::instant(at))
        .bind(action.on().map(|day| day.to_string()))
        .execute(&mut *connection)
        .await?;
    no_evidence(&mut *connection).await?;
    transaction.commit().await?;
    Ok(id)
}

/// Moves the epoch on where no evidence changed: a current analysis stays current.
pub(super) async fn no_evidence(connection: &mut sqlx::SqliteConnection) -> Result<(), StoreError> {
    let epoch = next_epoch(&mut *connection).await?;
    sqlx::query("UPDATE analysis SET committed_as = ? WHERE committed_as = ?")
        .bind(epoch)
        .bind(epoch - 1)
        .execute(connection)
        .await?;
    Ok(())
}

fn item(row: &SqliteRow) -> Result<WorkItem, StoreError> {
    let id: i64 = row.try_get("id")?;
    let corrupt = |column| StoreError::Corrupt { table: "work_items", column, row: id };
    let (operator, technology, cells): (String, String, String) =
        (row.try_get("operator")?, row.try_get("technology")?, row.try_get("cells")?);
    let named = |text: &str| (text != ALL).then(|| text.to_owned());
    let cells: Result<Vec<CellIndex>, _> = cells.split(' ').map(str::parse).collect();
    let place = WorkPlace {
        operator: named(&operator).map(|text| text.parse()).transpose().map_err(|_| corrupt("operator"))?,
        technology: named(&technology).map(|text| text.parse()).transpose().map_err(|_| corrupt("technology"))?,
        cells: cells.map_err(|_| corrupt("cells"))?,
    };
    Ok(WorkItem { id, place, actions: Vec::new() })
}

fn action(row: &SqliteRow) -> Result<WorkAction, StoreError> {
    let id: i64 = row.try_get("id")?;
    let corrupt = |column| StoreError::Corrupt { table: "work_actions", column, row: id };
    let (kind, at): (String, String) = (row.try_get("kind")?, row.try_get("at")?);
    let on: Option<String> = row.try_get("fixed_on")?;
    Ok(WorkAction {
        kind: WorkKind::from_code(&kind).ok_or_else(|| corrupt("kind"))?,
        who: row.try_get("who")?,
        text: row.try_get("text")?,
        at: at.parse().map_err(|_| corrupt("at"))?,
        on: on.map(|day| day.parse()).transpose().map_err(|_| corrupt("fixed_on"))?,
    })
}
