//! One import: a transaction from the first row to the summary.
//!
//! It holds the write lock, so nobody sees half a file. Dropped without
//! commit, by an error or by `kill -9`, it never happened: SQLite finds the
//! unfinished log at the next opening and forgets it. An import in which one
//! `put` failed refuses to commit.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::sqlite::SqlitePool;
use sqlx::{Sqlite, Transaction};

use super::bulk::{self, Raw};
use super::evidence::{self, Operators};
use super::register::{self, list_text};
use super::{
    aliases, claims, layers, ledger, next_epoch, organised, places, reviews, settle, sites, speeds, taking_back, visits,
};
use crate::model::activity::Activity;
use crate::model::admin::{AdminUnit, UnitChange};
use crate::model::claim::Claim;
use crate::model::correction::Corrected;
use crate::model::import::{Counts, ImportKind, ImportRecord, KeptProfile, NewImport};
use crate::model::language::Language;
use crate::model::place::Place;
use crate::model::refusal::Reject;
use crate::model::sample::Sample;
use crate::model::site::Site;
use crate::model::speed::SpeedTile;
use crate::model::team::Team;
use crate::model::village::Village;
use crate::model::visit::Visit;
use crate::store::{ImportTransaction, RenamedActivity, StoreError};

pub(super) struct SqliteImport {
    pool: SqlitePool,
    transaction: Transaction<'static, Sqlite>,
    id: i64,
    at: Timestamp,
    counts: Counts,
    refused: u64,
    dropped_fields: Vec<String>,
    corrected: u64,
    /// Visits that are decided otherwise than before.
    decided: u64,
    operators: Option<Operators>,
    /// Measurements that were known, by the import that had brought them.
    known_of: BTreeMap<i64, i64>,
    kind: ImportKind,
    /// Sites that were taken out.
    removed: u64,
    /// A layer shows what this import touches.
    shown: bool,
    /// A `put` failed, perhaps half-way.
    failed: bool,
}

impl SqliteImport {
    pub(super) async fn begin(
        pool: SqlitePool,
        mut transaction: Transaction<'static, Sqlite>,
        import: &NewImport,
        at: Timestamp,
    ) -> Result<Self, StoreError> {
        let id = sqlx::query_scalar(
            "INSERT INTO imports (kind, file, hash, profile, synthetic, role, scope, at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        )
        .bind(import.kind.code())
        .bind(&import.file)
        .bind(&import.hash)
        .bind(&import.profile)
        .bind(import.synthetic)
        .bind(import.by.code())
        .bind(import.by.scope())
        .bind(ledger::instant(at))
        .fetch_one(&mut *transaction)
        .await?;
        Ok(Self {
            pool,
            transaction,
            id,
            at,
            counts: Counts::default(),
            refused: 0,
            dropped_fields: Vec::new(),
            corrected: 0,
            decided: 0,
            operators: None,
            known_of: BTreeMap::new(),
            kind: import.kind,
            removed: 0,
            shown: false,
            failed: false,
        })
    }

    async fn put(
        &mut self,
        work: impl FnOnce(&Raw<'_>, i64) -> Result<Counts, StoreError>,
    ) -> Result<Counts, StoreError> {
        let id = self.id;
        let done = bulk::with(&mut self.transaction, |raw| work(raw, id)).await;
        self.failed |= done.is_err();
        let counts = done?;
        self.counts += counts;
        Ok(counts)
    }
}

#[async_trait]
impl ImportTransaction for SqliteImport {
    fn id(&self) -> i64 {
        self.id
    }

    async fn put_units(&mut self, units: &[AdminUnit]) -> Result<Counts, StoreError> {
        self.shown = true;
        self.put(|raw, id| register::put_units(raw, units, id)).await
    }

    async fn put_changes(&mut self, changes: &[UnitChange]) -> Result<Counts, StoreError> {
        self.put(|raw, id| register::put_changes(raw, changes, id)).await
    }

    async fn put_villages(&mut self, villages: &[Village]) -> Result<Counts, StoreError> {
        self.shown = true;
        self.put(|raw, id| register::put_villages(raw, villages, id)).await
    }

    async fn put_visits(&mut self, visits: &[Visit]) -> Result<Counts, StoreError> {
        self.put(|raw, id| visits::put_visits(raw, visits, id)).await
    }

    async fn known_as(&mut self, forms: &[Vec<(&str, u64)>]) -> Result<HashMap<usize, String>, StoreError> {
        aliases::known(&mut self.transaction, forms).await
    }

    async fn put_other_ids(&mut self, ids: &[(u64, &str)]) -> Result<(), StoreError> {
        self.put(|raw, _| aliases::put(raw, ids)).await.map(|_| ())
    }

    async fn put_server_decision(&mut self, is_rejected: bool, visits: &[&str]) -> Result<u64, StoreError> {
        let done = reviews::of_server(&mut self.transaction, is_rejected, visits, self.at).await;
        self.failed |= done.is_err();
        let decided = done?;
        self.decided += decided;
        Ok(decided)
    }

    async fn put_samples(&mut self, samples: &[Sample]) -> Result<Counts, StoreError> {
        let (mut operators, mut known_of) = (self.operators.take(), std::mem::take(&mut self.known_of));
        let counts = self
            .put(|raw, id| {
                let operators = match &mut operators {
                    Some(known) => known,
                    unknown => unknown.insert(Operators::load(raw)?),
                };
                evidence::put_samples(raw, operators, samples, id, &mut known_of)
            })
            .await;
        (self.operators, self.known_of) = (operators, known_of);
        counts
    }

    async fn put_sites(&mut self, rows: &[Site]) -> Result<Counts, StoreError> {
        self.put(|raw, id| sites::put_sites(raw, rows, id)).await
    }

    async fn remove_sites(&mut self, keys: &[i64]) -> Result<u64, StoreError> {
        let done = bulk::with(&mut self.transaction, |raw| sites::remove_sites(raw, keys)).await;
        self.failed |= done.is_err();
        let removed = done?;
        self.removed += removed;
        Ok(removed)
    }

    async fn put_places(&mut self, rows: &[Place]) -> Result<Counts, StoreError> {
        self.shown = true;
        self.put(|raw, id| places::put_places(raw, rows, id)).await
    }

    async fn put_speeds(&mut self, tiles: &[SpeedTile]) -> Result<Counts, StoreError> {
        self.put(|raw, id| speeds::put_speeds(raw, tiles, id)).await
    }

    async fn put_claims(&mut self, rows: &[Claim]) -> Result<Counts, StoreError> {
        self.put(|raw, id| claims::put_claims(raw, rows, id)).await
    }

    async fn put_teams(&mut self, teams: &[Team]) -> Result<Counts, StoreError> {
        self.put(|raw, id| organised::put_teams(raw, teams, id)).await
    }

    async fn put_activities(&mut self, activities: &[Activity]) -> Result<Counts, StoreError> {
        self.put(|raw, id| organised::put_activities(raw, activities, id)).await
    }

    async fn rename_activities(&mut self, renamed: &[RenamedActivity]) -> Result<(), StoreError> {
        self.put(|raw, _| organised::rename_activities(raw, renamed)).await.map(|_| ())
    }

    async fn put_refused(&mut self, refused: &[Reject]) -> Result<(), StoreError> {
        self.put(|raw, id| {
            let mut statement = raw.prepare(
                "INSERT INTO refused_row (import_id, line, field, found, reason, expected, hint)
                 VALUES (?, ?, ?, ?, ?, ?, ?)",
            )?;
            for reject in refused {
                let (expected, hint) = (reject.reason.expected(Language::En), reject.reason.hint(Language::En));
                statement.run(&[
                    id.into(),
                    reject.line.cast_signed().into(),
                    reject.field.as_str().into(),
                    reject.found.as_str().into(),
                    reject.reason.code().into(),
                    expected.as_str().into(),
                    hint.as_deref().into(),
                ])?;
            }
            Ok(Counts::default())
        })
        .await?;
        self.refused += refused.len() as u64;
        Ok(())
    }

    async fn put_dropped_fields(&mut self, fields: &[String]) -> Result<(), StoreError> {
        for field in fields {
            if !self.dropped_fields.contains(field) {
                self.dropped_fields.push(field.clone());
            }
        }
        Ok(())
    }

    async fn put_corrected(&mut self, corrected: &[Corrected]) -> Result<(), StoreError> {
        self.put(|raw, id| {
            let mut statement = raw.prepare(
                "INSERT INTO import_correction (import_id, line, field, was, became) VALUES (?, ?, ?, ?, ?)",
            )?;
            for one in corrected {
                let line = one.line.cast_signed();
                let (field, was, became) = (one.field.as_str(), one.before.as_str(), one.after.as_str());
                statement.run(&[id.into(), line.into(), field.into(), was.into(), became.into()])?;
            }
            Ok(Counts::default())
        })
        .await?;
        self.corrected += corrected.len() as u64;
        Ok(())
    }

    async fn put_profile(&mut self, profile: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE imports SET profile = ? WHERE id = ?")
            .bind(profile)
            .bind(self.id)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    async fn keep_profile(&mut self, profile: &KeptProfile) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO profiles (name, text, import_id) VALUES (?, ?, ?)
             ON CONFLICT (name) DO UPDATE SET text = excluded.text, import_id = excluded.import_id",
        )
        .bind(&profile.name)
        .bind(&profile.text)
        .bind(self.id)
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    async fn commit(mut self: Box<Self>) -> Result<ImportRecord, StoreError> {
        if self.failed {
            return Err(StoreError::Unwritable { what: "an import in which a step failed" });
        }
        let connection = &mut *self.transaction;
        let replaced = taking_back::replaced(connection, self.kind, self.id, self.counts).await?;
        taking_back::put_known(connection, self.id, &self.known_of).await?;
        let row = sqlx::query(
            "UPDATE imports SET inserted = ?, updated = ?, unchanged = ?, refused = ?, corrected = ?,
             dropped_fields = ?, replaced = ?, removed = ?
             WHERE id = ? RETURNING *",
        )
        .bind(self.counts.inserted.cast_signed())
        .bind(self.counts.updated.cast_signed())
        .bind(self.counts.unchanged.cast_signed())
        .bind(self.refused.cast_signed())
        .bind(self.corrected.cast_signed())
        .bind(list_text(&self.dropped_fields)?)
        .bind(replaced)
        .bind(self.removed.cast_signed())
        .bind(self.id)
        .fetch_one(&mut *connection)
        .await?;
        let record = ledger::record(&row)?;
        if self.counts.inserted + self.counts.updated + self.decided + self.removed > 0 {
            next_epoch(&mut *connection).await?;
            if self.shown {
                layers::rebuild(&mut *connection).await?;
            }
        }
        layers::touch(&mut *connection, self.at).await?;
        self.transaction.commit().await?;
        settle(&self.pool).await;
        Ok(record)
    }
}
