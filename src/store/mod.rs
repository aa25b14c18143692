//! Nouns to disk and back: the only room with SQL.
//!
//! [`Store`] speaks the product's words. Its embedded side is one SQLite file
//! that is at the same time a GeoPackage, so a planner opens the layers in
//! QGIS without us. An import is a transaction: what is not committed never
//! happened. Times keep their milliseconds, everything else comes back as it
//! went in. Refuses files that it did not make, and does not touch them.

mod error;
mod gone;
mod mbtiles;
mod sqlite;

#[cfg(test)]
mod contract;

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::activity::Activity;
use crate::model::admin::{AdminUnit, UnitChange};
use crate::model::campaign::Campaign;
use crate::model::claim::{Claim, ClaimVerdict};
use crate::model::correction::Corrected;
use crate::model::import::{Counts, Epoch, ImportKind, ImportRecord, KeptProfile, NewImport};
use crate::model::news::{Mark, News};
use crate::model::place::{Place, PlaceSignal};
use crate::model::reach::{CommuneReach, PriorityRow, VillageReach};
use crate::model::refusal::Reject;
use crate::model::register::{Act, EarlierCount, NewAct, Succession};
use crate::model::retention::{Erased, PhoneTerm, Retained, Retention};
use crate::model::review::{Decision, NewReview, Reviewed};
use crate::model::rules::Rules;
use crate::model::sample::{Run, Sample};
use crate::model::site::Site;
use crate::model::speed::{SpeedTile, TileSpeed};
use crate::model::taking_back::{Obstacle, TakingBack};
use crate::model::team::Team;
use crate::model::token::{AuditEvent, Digest, NewToken, Token};
use crate::model::verdict::{CellVerdict, DeadArea};
use crate::model::village::{Village, VillageCode};
use crate::model::visit::Visit;
use crate::model::work::{NewAction, WorkItem, WorkPlace};

pub use mbtiles::MbTiles;

pub use error::{StoreError, StoreProblem};
pub use gone::Gone;

/// Opens the store at a path (`phusong.gpkg`, `sqlite:phusong.gpkg`), makes it
/// where there is none, and brings an older one up to date.
///
/// # Errors
/// [`StoreError::NotAStore`] for a file that this program did not make, which
/// stays as it is; [`StoreError::NewerThanThisProgram`], [`StoreError::Locked`].
pub async fn open(url_or_path: &str) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(sqlite::SqliteStore::open(path_of(url_or_path)?).await?))
}

/// Opens an existing store without ever writing to it.
///
/// # Errors
/// As [`open`]; [`StoreError::NoFile`] and [`StoreError::OlderThanThisProgram`]
/// instead of making or changing a file.
pub async fn open_read_only(url_or_path: &str) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(sqlite::SqliteStore::open_read_only(path_of(url_or_path)?).await?))
}

fn path_of(url_or_path: &str) -> Result<&str, StoreError> {
    match url_or_path.split_once("://") {
        Some(("sqlite" | "file", path)) => Ok(path),
        Some((scheme, _)) => Err(StoreError::UnknownScheme { scheme: scheme.to_owned() }),
        None => Ok(url_or_path.strip_prefix("sqlite:").unwrap_or(url_or_path)),
    }
}

/// Everything that outlives the process.
#[async_trait]
pub trait Store: Send + Sync {
    /// The last import of the same bytes read with the same options that was not taken back.
    async fn find_import(&self, kind: ImportKind, hash: &str) -> Result<Option<ImportRecord>, StoreError>;

    /// Begins an import. Dropping it without commit means it never happened.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another writer does not finish within 10 s.
    async fn begin(&self, import: &NewImport, at: Timestamp) -> Result<Box<dyn ImportTransaction>, StoreError>;

    /// All imports, oldest first.
    async fn imports(&self) -> Result<Vec<ImportRecord>, StoreError>;

    /// The rows that an import refused, in the order of the file.
    async fn refused(&self, import: i64) -> Result<Vec<RefusedRow>, StoreError>;

    /// The cells that an import read as a person corrected them, in the order of the file.
    async fn corrected(&self, import: i64) -> Result<Vec<Corrected>, StoreError>;

    /// Mapping profiles that imports went by, the one used last first; those of imports that were taken back come after.
    async fn profiles(&self) -> Result<Vec<KeptProfile>, StoreError>;

    /// Takes an import back, in one transaction: what it brought and still has goes, its line stays and says so, and the
    /// event is written down with the import as its subject. Without an event nothing is changed, and what would go is
    /// told. The epoch moves on.
    async fn take_back(
        &self,
        import: i64,
        event: Option<&AuditEvent>,
    ) -> Result<Result<TakingBack, Obstacle>, StoreError>;

    /// Hands out the samples that an import brought, as [`Store::samples`].
    async fn samples_of(&self, import: i64, each: &mut (dyn FnMut(Vec<Sample>) + Send)) -> Result<u64, StoreError>;

    /// The visits that an import brought and whose term has not ended, in the order of arrival.
    async fn visits_of(&self, import: i64) -> Result<Vec<Visit>, StoreError>;

    /// Every unit of every edition, by code and first day.
    async fn units(&self) -> Result<Vec<AdminUnit>, StoreError>;

    /// The crosswalk, by day, old code and new code.
    async fn changes(&self) -> Result<Vec<UnitChange>, StoreError>;

    /// The register, closed villages included, by code.
    async fn villages(&self) -> Result<Vec<Village>, StoreError>;

    /// Which village follows which, by day.
    async fn successions(&self) -> Result<Vec<Succession>, StoreError>;

    /// Counts of households that counts of later days took the place of, by the day on which they ended.
    async fn earlier_counts(&self) -> Result<Vec<EarlierCount>, StoreError>;

    /// Acts on the register in which a village had a part, oldest first.
    async fn register_acts(&self, village: VillageCode) -> Result<Vec<Act>, StoreError>;

    /// Records an act on the register with what became of the villages and the event that says so, and returns its
    /// number. The epoch moves on.
    ///
    /// # Errors
    /// [`StoreError::Moved`] when the register may have changed since it was read.
    async fn edit_register(
        &self,
        made_from: &Epoch,
        act: &NewAct,
        became: (&[Village], &[Succession]),
        event: &AuditEvent,
    ) -> Result<i64, StoreError>;

    /// Hands out what has become of the visits since a mark, in the order of arrival, and returns how far that goes.
    /// Since [`Mark::default`], which is before the first, that is all of them.
    async fn visits_since(&self, mark: &Mark, each: &mut (dyn FnMut(News) + Send)) -> Result<Mark, StoreError>;

    /// The visits with these ids at the source, where there are any.
    async fn visits_with(&self, ids: &[&str]) -> Result<Vec<Visit>, StoreError>;

    /// All visits, in the order of arrival.
    async fn visits(&self) -> Result<Vec<Visit>, StoreError> {
        let mut visits = Vec::new();
        let mut take = |news| {
            if let News::Stands(_, visit) = news {
                visits.push(visit);
            }
        };
        self.visits_since(&Mark::default(), &mut take).await?;
        Ok(visits)
    }

    /// Hands out all samples in the order of arrival, at most
    /// [`SAMPLES_AT_ONCE`] at a time, and returns how many there were.
    async fn samples(&self, each: &mut (dyn FnMut(Vec<Sample>) + Send)) -> Result<u64, StoreError> {
        self.samples_but(None, each).await
    }

    /// The same without those that an import brought.
    async fn samples_but(
        &self,
        import: Option<i64>,
        each: &mut (dyn FnMut(Vec<Sample>) + Send),
    ) -> Result<u64, StoreError>;

    /// Masts and cells, by key.
    async fn sites(&self) -> Result<Vec<Site>, StoreError>;

    /// Public places, by id.
    async fn places(&self) -> Result<Vec<Place>, StoreError>;

    /// Speed tests, by tile and quarter.
    async fn speeds(&self) -> Result<Vec<SpeedTile>, StoreError>;

    /// Claimed coverage, by operator, technology and environment.
    async fn claims(&self) -> Result<Vec<Claim>, StoreError>;

    /// Community digital teams, by commune and village.
    async fn teams(&self) -> Result<Vec<Team>, StoreError>;

    /// Activities and reports, by key.
    async fn activities(&self) -> Result<Vec<Activity>, StoreError>;

    /// Campaigns, by first day.
    async fn campaigns(&self) -> Result<Vec<Campaign>, StoreError>;

    /// Adds a campaign or puts it in place of the one with its code, with the event that says so. The epoch moves on;
    /// a current analysis stays current.
    async fn put_campaign(&self, campaign: &Campaign, event: &AuditEvent) -> Result<(), StoreError>;

    /// The first local day of which phones are told apart beyond a day; [`Date::MIN`] before the first term ended.
    async fn phones_since(&self) -> Result<Date, StoreError>;

    /// Grows whenever a sample comes in, loses its phone or is taken back.
    async fn last_sample(&self) -> Result<u64, StoreError>;

    /// What the runs of the last analysis were made from; `None` before the first.
    async fn runs_from(&self) -> Result<Option<RunsFrom>, StoreError>;

    /// The runs of the last analysis, in its order.
    async fn runs(&self) -> Result<Vec<Run>, StoreError>;

    /// Which store this is, and how many commits have changed it.
    async fn epoch(&self) -> Result<Epoch, StoreError>;

    /// Secret for the keyed hash of household labels, made with the store.
    async fn household_key(&self) -> Result<[u8; 32], StoreError>;

    /// What the last analysis was made from; `None` before the first.
    async fn analysed(&self) -> Result<Option<AnalysisStamp>, StoreError>;

    /// Puts an analysis in place of the last one, in one transaction.
    ///
    /// # Errors
    /// [`StoreError::Moved`] when the data changed while it was being made.
    async fn replace_analysis(&self, analysis: &Analysis<'_>, at: Timestamp) -> Result<(), StoreError>;

    /// Places that somebody took up, oldest first, each with its log.
    async fn work(&self) -> Result<Vec<WorkItem>, StoreError>;

    /// Adds an action to the log of a place, which is made when it is the first one there, and returns the place's
    /// number. The epoch moves on; a current analysis stays current, since no evidence changed.
    async fn act(&self, place: &WorkPlace, action: &NewAction, at: Timestamp) -> Result<i64, StoreError>;

    /// The last decision about each visit that somebody looked at, by its id at the source.
    async fn decisions(&self) -> Result<HashMap<String, Decision>, StoreError>;

    /// Who decided last about visits, and why: of those that somebody looked at.
    async fn reviewed(&self, visits: &[String]) -> Result<HashMap<String, Reviewed>, StoreError>;

    /// Records one decision about visits, those of them that are there. The epoch moves on.
    async fn review(&self, visits: &[String], review: &NewReview, at: Timestamp) -> Result<(), StoreError>;

    /// Keeps a token under the digest of its secret, with the event that says so, and returns its number.
    async fn add_token(&self, token: &NewToken, digest: &Digest, event: &AuditEvent) -> Result<i64, StoreError>;

    /// All tokens, oldest first, those that ended too.
    async fn tokens(&self) -> Result<Vec<Token>, StoreError>;

    /// The token of a secret, also one that has ended.
    async fn find_token(&self, digest: &Digest) -> Result<Option<Token>, StoreError>;

    /// Takes a token back, with the event that says so. `false`, and no event, where none in force has that number.
    async fn revoke_token(&self, id: i64, event: &AuditEvent) -> Result<bool, StoreError>;

    /// Adds to the audit, which only grows. The epoch stays: no map shows it.
    async fn record(&self, event: &AuditEvent) -> Result<(), StoreError>;

    /// The audit from a moment on, oldest first.
    async fn events(&self, since: Option<Timestamp>) -> Result<Vec<AuditEvent>, StoreError>;

    /// Which homes and forms stay out of it.
    async fn gone(&self) -> Result<Gone, StoreError>;

    /// Removes every visit of a home, with the decisions about them, and keeps the home out from now on; the event is
    /// written down with the number of visits as its subject. Nothing, and no event, where it has no visit.
    /// `label` is what the home is called, where that is known. The epoch moves on.
    async fn erase(&self, household: u64, label: Option<&str>, event: &AuditEvent) -> Result<Erased, StoreError>;

    /// Makes coarse, empties and deletes what is older than its term, in one transaction. Without an event nothing is
    /// changed, and what would be is counted. Measurements that lose their phone are known again when their file comes
    /// in again; until the next analysis they have no runs. [`StoreError::Moved`] where it was not made from what the
    /// store holds.
    async fn retain(
        &self,
        retention: &Retention,
        phones: &PhoneTerm<'_>,
        event: Option<&AuditEvent>,
    ) -> Result<Retained, StoreError>;

    /// Rewrites the file, so that nothing that was removed can be found in it any more.
    async fn scrub(&self) -> Result<(), StoreError>;

    /// Looks for damage. An empty list is a sound store.
    async fn check(&self) -> Result<Vec<StoreProblem>, StoreError>;

    /// Closes all connections and leaves one file behind.
    async fn close(&self);
}

/// How many samples are in memory at once while they are read.
pub const SAMPLES_AT_ONCE: usize = 100_000;

/// One import on its way in. Nothing is visible to others before `commit`.
///
/// Silence is not a value: a unit that comes without boundary or without an
/// end keeps the one that the store knows.
#[async_trait]
pub trait ImportTransaction: Send {
    /// The number of this import.
    fn id(&self) -> i64;

    /// Key: code and first day.
    async fn put_units(&mut self, units: &[AdminUnit]) -> Result<Counts, StoreError>;

    /// Key: old code, new code and day.
    async fn put_changes(&mut self, changes: &[UnitChange]) -> Result<Counts, StoreError>;

    /// Key: code.
    ///
    /// # Errors
    /// The rule `village_has_one_row_a_source` when two codes claim the same
    /// id of the same source.
    async fn put_villages(&mut self, villages: &[Village]) -> Result<Counts, StoreError>;

    /// Key: `source_id`.
    async fn put_visits(&mut self, visits: &[Visit]) -> Result<Counts, StoreError>;

    /// The visits that forms are kept as, by the place of each form in the list: what a form is known by, the surest
    /// first, each id with its keyed hash. None for a form that has none of these ids.
    async fn known_as(&mut self, forms: &[Vec<(&str, u64)>]) -> Result<HashMap<usize, String>, StoreError>;

    /// Other ids of forms, as keyed hashes, each with the id of its visit; a known one stays as it is.
    async fn put_other_ids(&mut self, ids: &[(u64, &str)]) -> Result<(), StoreError>;

    /// What the server of forms says of those of these visits that the store has: rejected or deleted there, or not any
    /// more. A visit that a person decided about stays as decided. Returns how many are decided otherwise than before.
    async fn put_server_decision(&mut self, is_rejected: bool, visits: &[&str]) -> Result<u64, StoreError>;

    /// Key: [`Sample::key`], and [`Sample::key_without_phone`] among those that lost it; a known one stays as it is.
    async fn put_samples(&mut self, samples: &[Sample]) -> Result<Counts, StoreError>;

    /// Key: [`Site::key`]. An estimate never replaces a position that is exact.
    async fn put_sites(&mut self, sites: &[Site]) -> Result<Counts, StoreError>;

    /// Takes sites out by their keys, after those of the import are put. Returns how many there were.
    async fn remove_sites(&mut self, keys: &[i64]) -> Result<u64, StoreError>;

    /// Key: [`Place::id`].
    async fn put_places(&mut self, places: &[Place]) -> Result<Counts, StoreError>;

    /// Key: tile and quarter.
    async fn put_speeds(&mut self, tiles: &[SpeedTile]) -> Result<Counts, StoreError>;

    /// Key: operator, technology and environment. Each replaces the known one as a whole; claims are counted,
    /// not their cells.
    async fn put_claims(&mut self, claims: &[Claim]) -> Result<Counts, StoreError>;

    /// Key: commune and village.
    async fn put_teams(&mut self, teams: &[Team]) -> Result<Counts, StoreError>;

    /// Key: [`Activity::key`].
    async fn put_activities(&mut self, activities: &[Activity]) -> Result<Counts, StoreError>;

    /// Gives activities that are known under an earlier kind of key the one that they have now, and their topics.
    async fn rename_activities(&mut self, renamed: &[RenamedActivity]) -> Result<(), StoreError>;

    async fn put_refused(&mut self, refused: &[Reject]) -> Result<(), StoreError>;

    /// Columns dropped at the door, in the order of the file.
    async fn put_dropped_fields(&mut self, fields: &[String]) -> Result<(), StoreError>;

    /// Cells that were read as a person corrected them.
    async fn put_corrected(&mut self, corrected: &[Corrected]) -> Result<(), StoreError>;

    /// The reader that recognised the file, known only once it has been read.
    async fn put_profile(&mut self, profile: &str) -> Result<(), StoreError>;

    /// The mapping profile of the import, in place of the one of its name.
    async fn keep_profile(&mut self, profile: &KeptProfile) -> Result<(), StoreError>;

    /// Makes it so. The epoch moves on when a row was inserted or changed.
    async fn commit(self: Box<Self>) -> Result<ImportRecord, StoreError>;
}

/// An activity whose key has become another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenamedActivity {
    pub before: String,
    pub key: String,
    pub topic: Option<String>,
}

/// A refused row as it was kept. [`Reject`] itself goes to the file of rejects.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RefusedRow {
    pub line: u64,
    pub field: String,
    pub found: String,
    /// [`crate::model::refusal::Reason::code`].
    pub reason: String,
    /// In English.
    pub expected: String,
    /// In English.
    pub hint: Option<String>,
}

/// Everything that an analysis found.
pub struct Analysis<'a> {
    /// The epoch of the data that were read.
    pub made_from: Epoch,
    /// The day whose boundaries and register it judges.
    pub as_of: Date,
    pub rules: &'a Rules,
    pub runs_from: RunsFrom,
    /// `None`: what the last analysis says of the signal stays.
    pub signal: Option<SignalAnalysis<'a>>,
    /// Dead areas of the best of all, in which villages lie.
    pub areas: &'a [DeadArea],
    pub villages: &'a [VillageReach],
    pub communes: &'a [CommuneReach],
    pub priority: &'a [PriorityRow],
}

/// What no visit changes.
#[derive(Clone, Copy)]
pub struct SignalAnalysis<'a> {
    /// `None`: those of the last analysis stay.
    pub runs: Option<&'a [Run]>,
    /// H3 r9, for every operator and technology and for the best of all.
    pub cells: &'a [CellVerdict],
    /// In the order of the list; ranks count per operator and technology.
    pub dead_areas: &'a [DeadArea],
    /// In the order of the list.
    pub places: &'a [PlaceSignal],
    pub speeds: &'a [TileSpeed],
    /// Every claimed network held to its own claim.
    pub claims: &'a [ClaimVerdict],
}

/// What runs were made from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunsFrom {
    /// [`Store::last_sample`] at the time.
    pub last_sample: u64,
    pub samples: u64,
    /// Phones that share enough cells with others to be compared.
    pub devices_compared: u64,
    /// Of one phone, either way, dB.
    pub largest_offset_db: f64,
}

/// What the last analysis was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnalysisStamp {
    /// Epoch number of the data.
    pub made_from: u64,
    /// Epoch number that its own commit made.
    pub committed_as: u64,
    pub as_of: Date,
    pub signal_rules_version: String,
    pub reach_rules_version: String,
    /// The rules in full, as JSON.
    pub rules: String,
    pub at: Timestamp,
}

impl AnalysisStamp {
    /// Nothing changed since, and the rules are still these.
    #[must_use]
    pub fn is_current(&self, epoch: &Epoch, rules: &Rules) -> bool {
        self.committed_as == epoch.number && rules_text(rules).is_ok_and(|text| text == self.rules)
    }
}

fn rules_text(rules: &Rules) -> Result<String, StoreError> {
    serde_json::to_string(rules).map_err(|_| StoreError::Unwritable { what: "the rules" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_named_by_path_or_url() {
        for (given, path) in [
            ("phusong.gpkg", "phusong.gpkg"),
            ("sqlite:phusong.gpkg", "phusong.gpkg"),
            ("sqlite:///srv/phusong.gpkg", "/srv/phusong.gpkg"),
        ] {
            assert_eq!(path_of(given).ok(), Some(path), "{given}");
        }
        assert!(matches!(path_of("mysql://host/x"), Err(StoreError::UnknownScheme { scheme }) if scheme == "mysql"));
    }
}
