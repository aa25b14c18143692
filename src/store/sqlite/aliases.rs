//! Other ids of the forms that visits came from: an edited form is the visit that its first version was.

use std::collections::HashMap;

use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;

use super::bulk::Raw;
use crate::model::import::Counts;
use crate::store::StoreError;

pub(super) async fn known(
    connection: &mut SqliteConnection,
    forms: &[Vec<(&str, u64)>],
) -> Result<HashMap<usize, String>, StoreError> {
    let ids = forms.iter().enumerate().flat_map(|(at, ids)| ids.iter().map(move |(id, hash)| (at, *id, *hash)));
    let ids: Vec<(usize, &str, i64)> = ids.map(|(at, id, hash)| (at, id, hash.cast_signed())).collect();
    let unwritable = |_| StoreError::Unwritable { what: "a list of ids" };
    let rows = sqlx::query(
        "SELECT id.value ->> 0 AS form, coalesce(v.source_id, a.source_id) AS source_id
         FROM json_each(?) id
           LEFT JOIN private_visit v ON v.source_id = id.value ->> 1
           LEFT JOIN private_visit_alias a ON a.alias = id.value ->> 2
         WHERE v.source_id IS NOT NULL OR a.source_id IS NOT NULL
         ORDER BY id.key",
    )
    .bind(serde_json::to_string(&ids).map_err(unwritable)?)
    .fetch_all(connection)
    .await?;
    let mut known = HashMap::new();
    for row in rows {
        let (form, id): (i64, String) = (row.try_get("form")?, row.try_get("source_id")?);
        known.entry(usize::try_from(form).unwrap_or(usize::MAX)).or_insert(id);
    }
    Ok(known)
}

pub(super) fn put(raw: &Raw<'_>, ids: &[(u64, &str)]) -> Result<Counts, StoreError> {
    let mut add =
        raw.prepare("INSERT INTO private_visit_alias (alias, source_id) VALUES (?, ?) ON CONFLICT DO NOTHING")?;
    for (hash, id) in ids {
        add.run(&[hash.cast_signed().into(), (*id).into()])?;
    }
    Ok(Counts::default())
}
