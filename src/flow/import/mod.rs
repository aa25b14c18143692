//! A file becomes rows of the store, in one transaction.
//!
//! Good rows go in, refused rows are kept with their reasons, and the same
//! file twice changes nothing. A dry run does everything except the commit.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::engine::Visits;
use crate::ingest::{self, Profile, StatedEncoding, Unreadable, VisitsProfile, Warning};
use crate::model::access::{Forbidden, Matter, Role};
use crate::model::admin::UnitCode;
use crate::model::correction::{Corrected, Correction};
use crate::model::import::{Counts, ImportKind, ImportRecord, KeptProfile, NewImport};
use crate::model::language::Language;
use crate::model::measure::{Dbm, local_day};
use crate::model::operator::{Operator, Technology};
use crate::model::refusal::Reject;
use crate::model::rules::Rules;
use crate::model::sample::Sample;
use crate::model::speed::Quarter;
use crate::store::{ImportTransaction, Store, StoreError};

pub use misfit::Misfit;
pub use notes::{Note, Replaced};
pub use seen::{Glance, Seen};
pub use village_changes::{VillageChange, VillageGlance};

mod by_name;
mod claims;
mod communes;
mod edited;
mod identity;
mod known_changes;
mod masts;
mod misfit;
mod notes;
mod organised;
mod origins;
mod places;
mod public_places;
mod rejects;
mod seen;
mod speeds;
mod streamed;
mod units;
mod village_changes;
mod village_names;
mod villages;
pub(in crate::flow) mod visits;

#[cfg(test)]
mod tests;

/// What the person asked for, besides the file.
#[derive(Clone, Debug)]
pub struct Request {
    pub kind: ImportKind,
    /// EPSG code of a file that does not say, or says wrongly.
    pub crs_epsg: Option<u32>,
    /// Encoding of a text that is not Unicode.
    pub encoding: Option<StatedEncoding>,
    /// The layer of a file that holds several.
    pub layer: Option<String>,
    /// What the columns of a table of measurements hold.
    pub profile: Option<Arc<Profile>>,
    /// What the columns of a table of visits hold.
    pub visits: Option<Arc<VisitsProfile>>,
    /// First day in force of units and changes whose file has none; the day that claims speak of.
    pub as_of: Option<Date>,
    /// For measurements, sites and claims that name no network.
    pub operator: Option<Operator>,
    pub technology: Option<Technology>,
    /// The commune of visits and villages whose table has no column of communes; `None` takes that of the importer, if it has one.
    pub commune: Option<UnitCode>,
    /// The quarter of speed tests whose file does not say, or says wrongly.
    pub period: Option<Quarter>,
    /// For claims that name no power.
    pub minimum: Option<Dbm>,
    /// The list of sites is the whole of its operators and technologies: what it does not hold is taken out.
    pub replace: bool,
    /// Answers to rows that were refused before.
    pub corrections: Arc<Vec<Correction>>,
    /// Whose rows may come in: what lies outside its scope is refused.
    pub importer: Role,
    /// Visits of the store, beside which those of the file are judged ([`Seen::flags`]); `None` judges none.
    pub beside: Option<Visits>,
    /// The report holds every refused row and not only the first of them.
    pub all_refused: bool,
    /// Read and judge, write nothing.
    pub dry_run: bool,
    /// The rows were made for the demo.
    pub synthetic: bool,
    /// How near a village must be to a visit that names none.
    pub rules: Rules,
    pub now: Timestamp,
    /// The language of `*.rejects.csv`.
    pub language: Language,
}

impl Request {
    /// For a file that says all by itself.
    #[must_use]
    pub fn new(kind: ImportKind, importer: Role, rules: Rules, now: Timestamp) -> Self {
        Self {
            kind,
            crs_epsg: None,
            encoding: None,
            layer: None,
            profile: None,
            visits: None,
            as_of: None,
            operator: None,
            technology: None,
            commune: None,
            period: None,
            minimum: None,
            replace: false,
            corrections: Arc::default(),
            importer,
            beside: None,
            all_refused: false,
            dry_run: false,
            synthetic: false,
            rules,
            now,
            language: Language::default(),
        }
    }
}

/// What happened to one file.
#[derive(Clone, Debug)]
pub struct Report {
    pub file: PathBuf,
    pub kind: ImportKind,
    pub profile: String,
    /// Rows that were good.
    pub accepted: u64,
    pub counts: Counts,
    pub refused: u64,
    /// Masts of earlier lists under another place or number, in whose place rows of this one stand.
    pub moved: u64,
    /// Masts that a whole list no longer holds, taken out.
    pub gone: u64,
    /// The first refused rows, for the screen; all of them are in `rejects_file`.
    pub first_refused: Vec<Reject>,
    pub rejects_file: Option<PathBuf>,
    pub dropped_fields: Vec<String>,
    /// Cells that came in as a correction says.
    pub corrected: Vec<Corrected>,
    pub seen: Seen,
    pub warnings: Vec<Warning>,
    pub notes: Vec<Note>,
    /// The day of the import that already brought this very file, where nothing has come since that could change it.
    pub already_imported: Option<Timestamp>,
    pub dry_run: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("{0}")]
    Unreadable(#[from] Unreadable),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: io::Error },
    /// A file without a date, of units that are not those of the day that was taken for it.
    #[error("{units} of {of} units, first {example}, are not those of {date}, and the file has no date")]
    OtherDay { date: Date, units: usize, of: usize, example: String },
    /// One claim that holds more ground than a few provinces have.
    #[error("the claims hold more than {most_km2} km² of one network")]
    TooMuchGround { most_km2: u32 },
    /// The reader of this kind puts no corrections in.
    #[error("rows of {0} cannot be corrected at the import")]
    NoCorrections(ImportKind),
    /// A stated commune that is none today.
    #[error("there is no commune {0} today")]
    NoCommune(UnitCode),
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The coordinates lie beside what the store knows, and another system would put them right.
    #[error("{}", .0.message(Language::En))]
    Misfit(Box<Misfit>),
}

/// Imports one file.
///
/// # Errors
/// When the file as a whole cannot be read, or the store cannot be written.
/// Refused rows are not an error: see [`Report::refused`].
pub async fn import(store: &dyn Store, path: &Path, request: &Request) -> Result<Report, ImportError> {
    if request.kind == ImportKind::Visits {
        request.importer.need_some(Matter::Import)?;
    } else {
        // Nothing but a visit belongs to a village or a commune alone.
        request.importer.need(Matter::Import)?;
    }
    if !request.corrections.is_empty() && !ingest::takes_corrections(request.kind) {
        return Err(ImportError::NoCorrections(request.kind));
    }
    let hash = identity::hash(path, request)?;
    let mut report = Report {
        file: path.to_owned(),
        kind: request.kind,
        profile: String::new(),
        accepted: 0,
        counts: Counts::default(),
        refused: 0,
        moved: 0,
        gone: 0,
        first_refused: Vec::new(),
        rejects_file: None,
        dropped_fields: Vec::new(),
        corrected: Vec::new(),
        seen: Seen { mapped: request.visits.is_some() || request.profile.is_some(), ..Seen::default() },
        warnings: Vec::new(),
        notes: Vec::new(),
        already_imported: None,
        dry_run: request.dry_run,
    };
    let before = store.find_import(request.kind, &hash).await?;
    if let Some(before) = before.filter(|before| before.refused == 0)
        && !outdated(&before, &store.imports().await?)
    {
        report.already_imported = Some(before.at);
        report.profile = before.profile;
        return Ok(report);
    }

    let options = options(store, path, request).await?;
    let new = NewImport {
        kind: request.kind,
        file: base_name(path),
        hash,
        profile: request.kind.code().to_owned(),
        synthetic: request.synthetic,
        by: request.importer,
    };
    let mut job = Job {
        transaction: store.begin(&new, request.now).await?,
        rejects: rejects::Sink::new(path, request),
        report,
        today: local_day(request.now),
        most_refused: if request.all_refused { usize::MAX } else { FIRST_REFUSED },
    };
    let stated = options.clone();
    let read = match request.kind {
        ImportKind::Boundaries => units::boundaries(store, &mut job, path, &options).await,
        ImportKind::Mergers => units::mergers(store, &mut job, path, &options).await,
        ImportKind::Villages => villages::import(store, &mut job, path, &options, request.commune).await,
        ImportKind::Visits => visits::import(store, &mut job, (path, &options), request).await,
        ImportKind::Samples => streamed::import::<Sample>(store, &mut job, path, &options).await.map(|_| ()),
        ImportKind::Sites => streamed::sites(store, &mut job, (path, &options), request.replace).await,
        ImportKind::Places => public_places::import(store, &mut job, path, &options).await,
        ImportKind::Speeds => speeds::import(store, &mut job, path, options).await,
        ImportKind::Claims => claims::import(store, &mut job, path, &options).await,
        ImportKind::Teams => organised::teams(store, &mut job, path, &options).await,
        ImportKind::Activities => organised::activities(store, &mut job, path, &options).await,
    };
    read.map_err(|error| match error {
        ImportError::Unreadable(problem) => ImportError::Unreadable(problem.among_layers(path, &stated)),
        other => other,
    })?;
    if let Some(profile) = request.profile.as_deref().filter(|_| job.report.accepted > 0) {
        // Remarks of its file may quote rows.
        let (name, text) = (profile.name().to_owned(), profile.to_toml(&|_| Vec::new()));
        let kept = KeptProfile { name, text, taken_back: false };
        job.transaction.keep_profile(&kept).await?;
    }
    job.finish().await
}

/// What a reader of the file is told of it.
pub(in crate::flow) async fn options(
    store: &dyn Store,
    path: &Path,
    request: &Request,
) -> Result<ingest::Options, StoreError> {
    Ok(ingest::Options {
        crs_epsg: request.crs_epsg,
        as_of: request.as_of,
        now: request.now,
        household_key: store.household_key().await?,
        operator: request.operator,
        technology: request.technology,
        minimum: request.minimum,
        default_source: base_name(path),
        encoding: request.encoding,
        layer: request.layer.clone(),
        profile: request.profile.clone(),
        visits: request.visits.clone(),
        period: request.period,
        commune_is_stated: request.commune.is_some(),
        corrections: Arc::clone(&request.corrections),
        within: None,
    })
}

/// Whether an import that refused nothing may end otherwise today: a later file of its
/// kind may have overwritten its rows, one that had brought them first may have been taken back, and visits, public
/// places, teams and activities look for theirs in the register.
fn outdated(before: &ImportRecord, imports: &[ImportRecord]) -> bool {
    let was_taken = |other: &ImportRecord| other.taken_back.is_some_and(|taken| taken.at >= before.at);
    if imports.iter().any(|other| other.kind == before.kind && was_taken(other)) {
        return true;
    }
    imports.iter().filter(|later| later.id > before.id).any(|later| {
        later.kind == before.kind
            || (matches!(
                before.kind,
                ImportKind::Visits | ImportKind::Places | ImportKind::Teams | ImportKind::Activities
            ) && matches!(later.kind, ImportKind::Boundaries | ImportKind::Mergers | ImportKind::Villages))
    })
}

/// Refused rows that the report holds itself: what a person mends in one sitting.
const FIRST_REFUSED: usize = 200;

/// One import under way.
struct Job {
    transaction: Box<dyn ImportTransaction>,
    rejects: rejects::Sink,
    report: Report,
    /// The local day of the import.
    today: Date,
    /// Refused rows that the report holds.
    most_refused: usize,
}

impl Job {
    /// Keeps refused rows, without the numbers of people that may stand in any field.
    async fn refuse(&mut self, mut refused: Vec<Reject>) -> Result<(), ImportError> {
        if refused.is_empty() {
            return Ok(());
        }
        let sheets = &self.report.seen.written.sheets;
        for reject in &mut refused {
            reject.found = ingest::mask_numbers(&reject.found);
            reject.within = reject.within.take().or_else(|| sheets.of(reject.line));
        }
        self.report.refused += refused.len() as u64;
        // A row that stays out was not corrected, whatever was tried.
        if !self.report.corrected.is_empty() {
            let out: HashSet<u64> = refused.iter().map(|reject| reject.line).collect();
            self.report.corrected.retain(|one| !out.contains(&one.line));
        }
        let room = self.most_refused.saturating_sub(self.report.first_refused.len());
        self.report.first_refused.extend(refused.iter().take(room).cloned());
        self.transaction.put_refused(&refused).await?;
        self.rejects.write(&refused);
        Ok(())
    }

    fn took(&mut self, rows: usize, counts: Counts) {
        self.report.accepted += rows as u64;
        self.report.counts += counts;
    }

    async fn finish(mut self) -> Result<Report, ImportError> {
        if self.report.dry_run {
            return Ok(self.report); // Dropping the transaction leaves the store as it was.
        }
        self.transaction.put_dropped_fields(&self.report.dropped_fields).await?;
        self.transaction.put_corrected(&self.report.corrected).await?;
        self.transaction.put_profile(&self.report.profile).await?;
        self.transaction.commit().await?;
        let (file, problem) = self.rejects.finish();
        self.report.rejects_file = file;
        if let Some(problem) = problem {
            self.report.notes.push(Note::RejectsNotWritten { problem });
        }
        Ok(self.report)
    }
}

/// The name of a file as an import bears it: without a person's.
#[must_use]
pub fn base_name(path: &Path) -> String {
    path.file_name().map(|name| ingest::mask_names(&name.to_string_lossy())).unwrap_or_default()
}
