//! The embedded side: one SQLite file, which is also a GeoPackage.
//!
//! Opening decides whose file it is before anything is written: a stranger's
//! file is looked at read-only and refused. After that, `sqlx` owns the
//! connections, the migrations and the transactions; rows by the thousand
//! go through [`bulk`]. Refuses a second writer after 10 s of waiting.

mod access;
mod acts;
mod aliases;
mod analysis;
mod bulk;
mod campaigns;
mod claims;
mod evidence;
mod health;
mod import;
mod layers;
mod ledger;
mod open;
mod organised;
mod phones;
mod places;
mod register;
mod removal;
mod reviews;
mod shape;
mod sites;
mod speeds;
mod taking_back;
mod visits;
mod work;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::sqlite::{SqliteConnection, SqlitePool};

use super::{Analysis, AnalysisStamp, Gone, ImportTransaction, RefusedRow, RunsFrom, Store, StoreError, StoreProblem};
use crate::model::activity::Activity;
use crate::model::admin::{AdminUnit, UnitChange};
use crate::model::campaign::Campaign;
use crate::model::claim::Claim;
use crate::model::correction::Corrected;
use crate::model::import::{Epoch, ImportKind, ImportRecord, KeptProfile, NewImport};
use crate::model::news::{Mark, News};
use crate::model::place::Place;
use crate::model::register::{Act, EarlierCount, NewAct, Succession};
use crate::model::retention::{Erased, PhoneTerm, Retained, Retention};
use crate::model::review::{Decision, NewReview, Reviewed};
use crate::model::sample::{Run, Sample};
use crate::model::site::Site;
use crate::model::speed::SpeedTile;
use crate::model::taking_back::{Obstacle, TakingBack};
use crate::model::team::Team;
use crate::model::token::{AuditEvent, Digest, NewToken, Token};
use crate::model::village::{Village, VillageCode};
use crate::model::visit::Visit;
use crate::model::work::{NewAction, WorkItem, WorkPlace};

pub(super) struct SqliteStore {
    pool: SqlitePool,
}

impl SqliteStore {
    pub(super) async fn open(path: &str) -> Result<Self, StoreError> {
        Ok(Self { pool: open::for_writing(path, open::PATIENCE).await? })
    }

    pub(super) async fn open_read_only(path: &str) -> Result<Self, StoreError> {
        Ok(Self { pool: open::for_reading(path).await? })
    }

    /// A transaction that holds the write lock from its first line, so that
    /// waiting happens here and never in the middle of a file.
    async fn write(&self) -> Result<sqlx::Transaction<'static, sqlx::Sqlite>, StoreError> {
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Reads on one connection, outside the write lock.
    async fn read<T>(&self, work: impl FnOnce(&bulk::Raw<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut connection = self.pool.acquire().await?;
        bulk::with(&mut connection, work).await
    }
}

/// Moves the write-ahead log into the file. A reader that is in the middle of
/// something delays it; then the log stays until the next time, and nothing is lost.
async fn checkpoint(pool: &SqlitePool) -> Result<(), StoreError> {
    let mut connection = pool.acquire().await?;
    let busy: i64 = sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await?;
    if busy != 0 {
        tracing::debug!("a reader delays the checkpoint");
    }
    Ok(())
}

/// A checkpoint after a commit. The commit stands whatever becomes of it.
async fn settle(pool: &SqlitePool) {
    if let Err(error) = checkpoint(pool).await {
        tracing::warn!(%error, "the log could not be moved into the file yet");
    }
}

/// Counts a commit that changed something, and says which one it is.
async fn next_epoch(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("UPDATE phusong_store SET epoch = epoch + 1 RETURNING epoch").fetch_one(connection).await?)
}

#[async_trait]
impl Store for SqliteStore {
    async fn find_import(&self, kind: ImportKind, hash: &str) -> Result<Option<ImportRecord>, StoreError> {
        ledger::find(&self.pool, kind, hash).await
    }

    async fn begin(&self, import: &NewImport, at: Timestamp) -> Result<Box<dyn ImportTransaction>, StoreError> {
        let transaction = self.write().await?;
        Ok(Box::new(import::SqliteImport::begin(self.pool.clone(), transaction, import, at).await?))
    }

    async fn imports(&self) -> Result<Vec<ImportRecord>, StoreError> {
        ledger::all(&self.pool).await
    }

    async fn refused(&self, import: i64) -> Result<Vec<RefusedRow>, StoreError> {
        ledger::refused(&self.pool, import).await
    }

    async fn profiles(&self) -> Result<Vec<KeptProfile>, StoreError> {
        ledger::profiles(&self.pool).await
    }

    async fn corrected(&self, import: i64) -> Result<Vec<Corrected>, StoreError> {
        ledger::corrected(&self.pool, import).await
    }

    async fn take_back(
        &self,
        import: i64,
        event: Option<&AuditEvent>,
    ) -> Result<Result<TakingBack, Obstacle>, StoreError> {
        // To ask holds up no writer.
        let transaction = if event.is_some() { self.write().await? } else { self.pool.begin().await? };
        let told = taking_back::take_back(transaction, import, event).await?;
        if event.is_some() {
            settle(&self.pool).await;
        }
        Ok(told)
    }

    async fn samples_of(&self, import: i64, each: &mut (dyn FnMut(Vec<Sample>) + Send)) -> Result<u64, StoreError> {
        self.read(|raw| evidence::samples(raw, &format!("import_id = {import}"), each)).await
    }

    async fn visits_of(&self, import: i64) -> Result<Vec<Visit>, StoreError> {
        self.read(|raw| visits::of_import(raw, import)).await
    }

    async fn units(&self) -> Result<Vec<AdminUnit>, StoreError> {
        self.read(register::units).await
    }

    async fn changes(&self) -> Result<Vec<UnitChange>, StoreError> {
        self.read(register::changes).await
    }

    async fn villages(&self) -> Result<Vec<Village>, StoreError> {
        self.read(register::villages).await
    }

    async fn successions(&self) -> Result<Vec<Succession>, StoreError> {
        self.read(acts::successions).await
    }

    async fn earlier_counts(&self) -> Result<Vec<EarlierCount>, StoreError> {
        self.read(register::earlier_counts).await
    }

    async fn register_acts(&self, village: VillageCode) -> Result<Vec<Act>, StoreError> {
        self.read(|raw| acts::acts(raw, village)).await
    }

    async fn edit_register(
        &self,
        made_from: &Epoch,
        act: &NewAct,
        became: (&[Village], &[Succession]),
        event: &AuditEvent,
    ) -> Result<i64, StoreError> {
        let id = acts::record(self.write().await?, made_from, act, became, event).await?;
        settle(&self.pool).await;
        Ok(id)
    }

    async fn visits_with(&self, ids: &[&str]) -> Result<Vec<Visit>, StoreError> {
        visits::with(&mut *self.pool.acquire().await?, ids).await
    }

    async fn visits_since(&self, mark: &Mark, each: &mut (dyn FnMut(News) + Send)) -> Result<Mark, StoreError> {
        self.read(|raw| visits::since(raw, mark, each)).await
    }

    async fn samples_but(
        &self,
        import: Option<i64>,
        each: &mut (dyn FnMut(Vec<Sample>) + Send),
    ) -> Result<u64, StoreError> {
        // Those past their term know no import.
        let kept = import.map_or_else(|| "TRUE".to_owned(), |import| format!("import_id IS NOT {import}"));
        self.read(|raw| evidence::samples(raw, &kept, each)).await
    }

    async fn sites(&self) -> Result<Vec<Site>, StoreError> {
        self.read(sites::sites).await
    }

    async fn places(&self) -> Result<Vec<Place>, StoreError> {
        self.read(places::places).await
    }

    async fn speeds(&self) -> Result<Vec<SpeedTile>, StoreError> {
        self.read(speeds::speeds).await
    }

    async fn claims(&self) -> Result<Vec<Claim>, StoreError> {
        self.read(claims::claims).await
    }

    async fn teams(&self) -> Result<Vec<Team>, StoreError> {
        self.read(organised::teams).await
    }

    async fn activities(&self) -> Result<Vec<Activity>, StoreError> {
        self.read(organised::activities).await
    }

    async fn campaigns(&self) -> Result<Vec<Campaign>, StoreError> {
        campaigns::all(&self.pool).await
    }

    async fn put_campaign(&self, campaign: &Campaign, event: &AuditEvent) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        campaigns::put(&mut transaction, campaign, event).await?;
        work::no_evidence(&mut transaction).await?;
        transaction.commit().await?;
        settle(&self.pool).await;
        Ok(())
    }

    async fn phones_since(&self) -> Result<Date, StoreError> {
        phones::since(&self.pool).await
    }

    async fn last_sample(&self) -> Result<u64, StoreError> {
        analysis::last_sample(&self.pool).await
    }

    async fn runs_from(&self) -> Result<Option<RunsFrom>, StoreError> {
        analysis::runs_from(&self.pool).await
    }

    async fn runs(&self) -> Result<Vec<Run>, StoreError> {
        self.read(evidence::runs).await
    }

    async fn epoch(&self) -> Result<Epoch, StoreError> {
        let (dataset, number): (String, i64) =
            sqlx::query_as("SELECT dataset, epoch FROM phusong_store").fetch_one(&self.pool).await?;
        Ok(Epoch { dataset, number: ledger::count("phusong_store", "epoch", 1, number)? })
    }

    async fn household_key(&self) -> Result<[u8; 32], StoreError> {
        let key: Vec<u8> = sqlx::query_scalar("SELECT household_key FROM phusong_store").fetch_one(&self.pool).await?;
        key.try_into().map_err(|_| StoreError::Corrupt { table: "phusong_store", column: "household_key", row: 1 })
    }

    async fn analysed(&self) -> Result<Option<AnalysisStamp>, StoreError> {
        analysis::stamp(&self.pool).await
    }

    async fn replace_analysis(&self, analysis: &Analysis<'_>, at: Timestamp) -> Result<(), StoreError> {
        let transaction = self.write().await?;
        analysis::replace(transaction, analysis, at).await?;
        settle(&self.pool).await;
        Ok(())
    }

    async fn work(&self) -> Result<Vec<WorkItem>, StoreError> {
        work::items(&self.pool).await
    }

    async fn act(&self, place: &WorkPlace, action: &NewAction, at: Timestamp) -> Result<i64, StoreError> {
        let id = work::act(self.write().await?, place, action, at).await?;
        settle(&self.pool).await;
        Ok(id)
    }

    async fn decisions(&self) -> Result<HashMap<String, Decision>, StoreError> {
        reviews::decisions(&self.pool).await
    }

    async fn reviewed(&self, visits: &[String]) -> Result<HashMap<String, Reviewed>, StoreError> {
        reviews::reviewed(&self.pool, visits).await
    }

    async fn review(&self, visits: &[String], review: &NewReview, at: Timestamp) -> Result<(), StoreError> {
        reviews::review(self.write().await?, visits, review, at).await?;
        settle(&self.pool).await;
        Ok(())
    }

    async fn add_token(&self, token: &NewToken, digest: &Digest, event: &AuditEvent) -> Result<i64, StoreError> {
        let mut transaction = self.write().await?;
        let id = access::add(&mut transaction, token, digest).await?;
        access::record(&mut transaction, event).await?;
        transaction.commit().await?;
        settle(&self.pool).await;
        Ok(id)
    }

    async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        access::tokens(&self.pool).await
    }

    async fn find_token(&self, digest: &Digest) -> Result<Option<Token>, StoreError> {
        access::find(&self.pool, digest).await
    }

    async fn revoke_token(&self, id: i64, event: &AuditEvent) -> Result<bool, StoreError> {
        let mut transaction = self.write().await?;
        let revoked = access::revoke(&mut transaction, id, event.at).await?;
        if revoked {
            access::record(&mut transaction, event).await?;
        }
        transaction.commit().await?;
        settle(&self.pool).await;
        Ok(revoked)
    }

    async fn record(&self, event: &AuditEvent) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        access::record(&mut transaction, event).await?;
        transaction.commit().await?;
        settle(&self.pool).await;
        Ok(())
    }

    async fn events(&self, since: Option<Timestamp>) -> Result<Vec<AuditEvent>, StoreError> {
        access::events(&self.pool, since).await
    }

    async fn gone(&self) -> Result<Gone, StoreError> {
        removal::gone(&self.pool).await
    }

    async fn erase(&self, household: u64, label: Option<&str>, event: &AuditEvent) -> Result<Erased, StoreError> {
        let erased = removal::erase(self.write().await?, household, label, event).await?;
        settle(&self.pool).await;
        Ok(erased)
    }

    async fn retain(
        &self,
        retention: &Retention,
        phones: &PhoneTerm<'_>,
        event: Option<&AuditEvent>,
    ) -> Result<Retained, StoreError> {
        let retained = removal::retain(self.write().await?, retention, phones, event).await?;
        settle(&self.pool).await;
        Ok(retained)
    }

    async fn scrub(&self) -> Result<(), StoreError> {
        removal::scrub(&self.pool).await
    }

    async fn check(&self) -> Result<Vec<StoreProblem>, StoreError> {
        health::check(&self.pool).await
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}
