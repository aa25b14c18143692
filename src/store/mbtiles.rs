//! MBTiles 1.3: tiles in a SQLite file of their own, for programs that know no other archive.
//!
//! It is no store and has no migrations; it stands in this room because it is SQL. Rows count from the south
//! (TMS), as <https://github.com/mapbox/mbtiles-spec/blob/master/1.3/spec.md> says.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use super::StoreError;

/// `MPBX`, by which `file` knows it.
const APPLICATION_ID: &str = "1297105496";

/// A file that is being written, in one transaction.
pub struct MbTiles(SqliteConnection);

impl MbTiles {
    /// Makes the file. What is made is nothing until [`MbTiles::finish`]; the caller moves it into place.
    ///
    /// # Errors
    /// The file cannot be made.
    pub async fn create(path: &Path) -> Result<Self, StoreError> {
        let mut connection = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            // A file that breaks off is thrown away.
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off)
            .pragma("application_id", APPLICATION_ID)
            .connect()
            .await?;
        for statement in [
            "BEGIN",
            "CREATE TABLE metadata (name TEXT PRIMARY KEY, value TEXT)",
            "CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB)",
        ] {
            sqlx::query(statement).execute(&mut connection).await?;
        }
        Ok(Self(connection))
    }

    /// Adds a tile by its XYZ address, its bytes compressed with gzip.
    ///
    /// # Errors
    /// The disk says no.
    pub async fn put(&mut self, (z, x, y): (u8, u32, u32), bytes: &[u8]) -> Result<(), StoreError> {
        let row = (1_i64 << z) - 1 - i64::from(y);
        sqlx::query("INSERT INTO tiles VALUES (?, ?, ?, ?)")
            .bind(i64::from(z))
            .bind(i64::from(x))
            .bind(row)
            .bind(bytes)
            .execute(&mut self.0)
            .await?;
        Ok(())
    }

    /// Says what the tiles are, and closes the file.
    ///
    /// # Errors
    /// The disk says no; two tiles of one address.
    pub async fn finish(mut self, metadata: &[(&str, String)]) -> Result<(), StoreError> {
        for (name, value) in metadata {
            sqlx::query("INSERT INTO metadata VALUES (?, ?)").bind(*name).bind(value).execute(&mut self.0).await?;
        }
        for statement in ["CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row)", "COMMIT"] {
            sqlx::query(statement).execute(&mut self.0).await?;
        }
        Ok(self.0.close().await?)
    }
}
