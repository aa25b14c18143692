//! Is the file sound? What SQLite can tell, and what only a GeoPackage knows.

use sqlx::Row as _;
use sqlx::sqlite::SqlitePool;

use super::layers;
use crate::store::{StoreError, StoreProblem};

/// A damaged file has thousands of complaints; a person reads the first few.
const FEW: usize = 20;

pub(super) async fn check(pool: &SqlitePool) -> Result<Vec<StoreProblem>, StoreError> {
    let mut problems = Vec::new();
    let lines: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(pool).await?;
    problems.extend(lines.into_iter().filter(|line| line != "ok").take(FEW).map(StoreProblem::Integrity));

    for row in sqlx::query("PRAGMA foreign_key_check").fetch_all(pool).await?.iter().take(FEW) {
        let orphan: Option<i64> = row.try_get(1)?;
        let (table, parent) = (row.try_get(0)?, row.try_get(2)?);
        problems.push(StoreProblem::Orphan { table, row: orphan.unwrap_or(0), parent });
    }

    let found: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(pool).await?;
    if found != 0x4750_4B47 {
        problems.push(StoreProblem::NotAGeoPackage { found });
    }

    let listed: Vec<String> = sqlx::query_scalar(
        "SELECT table_name FROM gpkg_contents
         WHERE table_name NOT IN (SELECT name FROM sqlite_schema WHERE type IN ('table', 'view'))",
    )
    .fetch_all(pool)
    .await?;
    problems.extend(listed.into_iter().map(|layer| StoreProblem::NoLayer { layer }));

    for layer in &layers::ALL {
        let (shapes, indexed): (i64, i64) = sqlx::query_as(layer.count_shapes).fetch_one(pool).await?;
        if shapes != indexed {
            problems.push(StoreProblem::Index { layer: layer.name.to_owned(), shapes, indexed });
        }
    }
    Ok(problems)
}
