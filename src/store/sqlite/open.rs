//! Whose file is it, and is it of our age?
//!
//! A file is looked at before it is opened for writing: first its first 16
//! bytes, then, without a lock and without a log beside it, its list of
//! tables. A CSV, a picture or somebody else's GeoPackage is refused and
//! stays as it is, to the byte.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use super::{bulk, settle};
use crate::store::StoreError;

/// How long a writer waits for another: an import of a large file takes half a minute on an office's machine.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// SQLite's file header, sqlite.org/fileformat2.html.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// A page cache of 64 MiB holds the key index of five million samples.
/// Negative means KiB.
const CACHE: &str = "-65536";

/// Readers of one process; more would only wait for the same disk.
const CONNECTIONS: u32 = 4;

pub(super) async fn for_writing(path: &str, patience: Duration) -> Result<SqlitePool, StoreError> {
    let path = absolute(path)?;
    match owner(&path).await? {
        Owner::Nobody | Owner::Us => {}
        Owner::Stranger(found) => return Err(StoreError::NotAStore { path, found }),
    }
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // With a write-ahead log this survives a crash of the program; a power cut may cost the last commit, never the file.
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(patience)
        .pragma("cache_size", CACHE)
        // What is deleted is overwritten, whatever this SQLite was built to do.
        .pragma("secure_delete", "ON")
        .pragma("temp_store", "MEMORY");
    let pool = pool(options, patience).await.map_err(|error| cannot_reach(&path, error))?;
    let before = applied(&pool).await.unwrap_or(0);
    match MIGRATIONS.run(&pool).await {
        Ok(()) => {}
        Err(error) => {
            let error = migration_error(error, &pool).await;
            pool.close().await;
            return Err(error);
        }
    }
    // Only after a change: while another program imports, a checkpoint would keep a reader waiting.
    if before != newest() {
        settle(&pool).await;
    }
    Ok(pool)
}

pub(super) async fn for_reading(path: &str) -> Result<SqlitePool, StoreError> {
    let path = absolute(path)?;
    match owner(&path).await? {
        Owner::Us => {}
        Owner::Nobody => return Err(StoreError::NoFile { path }),
        Owner::Stranger(found) => return Err(StoreError::NotAStore { path, found }),
    }
    let options =
        SqliteConnectOptions::new().filename(&path).read_only(true).busy_timeout(PATIENCE).pragma("cache_size", CACHE);
    let pool = pool(options, PATIENCE).await.map_err(|error| cannot_reach(&path, error))?;
    let (found, known) = (applied(&pool).await?, newest());
    match found.cmp(&known) {
        std::cmp::Ordering::Equal => Ok(pool),
        std::cmp::Ordering::Less => Err(StoreError::OlderThanThisProgram { found, known }),
        std::cmp::Ordering::Greater => Err(StoreError::NewerThanThisProgram { found, known }),
    }
}

async fn pool(options: SqliteConnectOptions, patience: Duration) -> Result<SqlitePool, sqlx::Error> {
    // A statement that takes long is normal here and no message for a person at a terminal.
    let options = options.disable_statement_logging();
    SqlitePoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(patience.max(Duration::from_secs(1)))
        .after_connect(|connection, _| Box::pin(bulk::define_spatial_functions(connection)))
        .connect_with(options)
        .await
}

/// An absolute path, so that `:memory:` and `file:x` are names like any other.
fn absolute(path: &str) -> Result<PathBuf, StoreError> {
    std::path::absolute(path).map_err(|source| StoreError::Io { path: path.into(), source })
}

fn cannot_reach(path: &Path, error: sqlx::Error) -> StoreError {
    // 14 is SQLITE_CANTOPEN: a folder that is missing or closed to us.
    match StoreError::from(error) {
        StoreError::Sqlite { code, message } if code & 0xFF == 14 => {
            StoreError::Io { path: path.to_owned(), source: std::io::Error::other(message) }
        }
        error => error,
    }
}

enum Owner {
    /// There is no file, an empty one, or one whose making was cut short.
    Nobody,
    Us,
    Stranger(&'static str),
}

async fn owner(path: &Path) -> Result<Owner, StoreError> {
    let mut head = Vec::new();
    match std::fs::File::open(path) {
        Ok(file) => {
            let read = file.take(16).read_to_end(&mut head);
            read.map_err(|source| StoreError::Io { path: path.to_owned(), source })?;
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Owner::Nobody),
        Err(source) => return Err(StoreError::Io { path: path.to_owned(), source }),
    }
    if head.is_empty() {
        return Ok(Owner::Nobody);
    }
    if head != MAGIC {
        return Ok(Owner::Stranger("not an SQLite file"));
    }
    // Without a log beside it the file is complete, and is read as if it lay on a CD: no lock, no file beside it.
    let log = PathBuf::from(format!("{}-wal", path.display()));
    let options =
        SqliteConnectOptions::new().filename(path).read_only(true).immutable(!log.exists()).busy_timeout(PATIENCE);
    let mut connection = options.connect().await.map_err(|error| cannot_reach(path, error))?;
    let tables: Result<Vec<String>, sqlx::Error> =
        sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'").fetch_all(&mut connection).await;
    let application: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut connection).await.unwrap_or(0);
    connection.close().await?;
    let tables = match tables.map_err(StoreError::from) {
        Ok(tables) => tables,
        Err(StoreError::Damaged(_)) => return Ok(Owner::Stranger("a damaged SQLite file")),
        Err(error) => return Err(error),
    };
    let ours = |name: &String| name == "phusong_store";
    Ok(match tables.iter().find(|name| *name != "_sqlx_migrations" && !name.starts_with("sqlite_")) {
        None => Owner::Nobody,
        Some(_) if tables.iter().any(ours) => Owner::Us,
        Some(_) if application == 0x4750_4B47 => Owner::Stranger("the GeoPackage of another program"),
        Some(_) => Owner::Stranger("the SQLite file of another program"),
    })
}

async fn applied(pool: &SqlitePool) -> Result<i64, StoreError> {
    let found: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(pool).await?;
    Ok(found.unwrap_or(0))
}

fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

async fn migration_error(error: MigrateError, pool: &SqlitePool) -> StoreError {
    match error {
        MigrateError::VersionMissing(version) => {
            let found = applied(pool).await.unwrap_or(version);
            StoreError::NewerThanThisProgram { found, known: newest() }
        }
        MigrateError::VersionMismatch(version) | MigrateError::Dirty(version) => StoreError::AlteredSchema { version },
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        other => StoreError::Sql(sqlx::Error::Migrate(Box::new(other))),
    }
}
