//! `phusong import`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::{Common, Config, Failure, audit, clock, guess, profile, words};
use crate::flow::import::{self, Report, Request};
use crate::ingest::{self, StatedEncoding, VisitsProfile};
use crate::model::access::Role;
use crate::model::admin::UnitCode;
use crate::model::import::ImportKind;
use crate::model::language::{Language, number};
use crate::model::measure::{Dbm, local_day};
use crate::model::operator::{Operator, Technology};
use crate::model::speed::Quarter;
use crate::model::token::AuditAction;
use crate::store::{self, Store, StoreError};

#[derive(Debug, Args)]
pub(super) struct Import {
    /// What the files hold
    kind: Kind,
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// EPSG code of the coordinates, for a file that does not say
    #[arg(long, value_name = "EPSG")]
    crs: Option<u32>,
    /// Encoding of names that are not Unicode: tcvn3, vni, windows-1258 …
    #[arg(long, value_name = "NAME")]
    encoding: Option<StatedEncoding>,
    /// Layer of a file that holds several
    #[arg(long, value_name = "NAME")]
    layer: Option<String>,
    /// Mapping profile: what the columns of a table of measurements or visits hold
    #[arg(long, value_name = "TOML")]
    profile: Option<PathBuf>,
    /// Guess what the columns of measurements hold, print a profile, import nothing
    #[arg(long, conflicts_with_all = ["profile", "dry_run", "strict"])]
    guess: bool,
    /// File to write the guessed profile to
    #[arg(long, short, value_name = "TOML", requires = "guess")]
    output: Option<PathBuf>,
    /// First day in force, for boundaries and mergers that do not say [default: 2025-07-01]; for claims the day that
    /// the operator speaks of
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Network of measurements, sites and claims that name none
    #[arg(long)]
    operator: Option<Operator>,
    /// Technology of measurements, sites and claims that name none
    #[arg(long)]
    technology: Option<Technology>,
    /// Quarter of speed tests whose file does not say, such as 2025-Q3
    #[arg(long, value_name = "QUARTER")]
    period: Option<Quarter>,
    /// Commune of visits or villages whose table has no column of communes
    #[arg(long, value_name = "CODE")]
    commune: Option<UnitCode>,
    /// Least power that is claimed, for claims that name none
    #[arg(long, value_name = "DBM", allow_hyphen_values = true, value_parser = power)]
    minimum_dbm: Option<Dbm>,
    /// Corrections of refused rows: a table line;field;value, or FILE.rejects.csv with its last column filled in; for
    /// visits, villages and places, one file at a time
    #[arg(long, value_name = "CSV")]
    correct: Option<PathBuf>,
    /// The list of sites is the whole of its operators and technologies: what it does not hold is taken out; one file
    /// at a time
    #[arg(long)]
    replace: bool,
    /// Read and judge, write nothing
    #[arg(long)]
    dry_run: bool,
    /// Fail when a row is refused
    #[arg(long)]
    strict: bool,
}

fn power(text: &str) -> Result<Dbm, String> {
    let value: f32 = text.parse().map_err(|_| format!("`{text}` is not a number"))?;
    Dbm::new(value).map_err(|error| error.to_string())
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Boundaries,
    Mergers,
    Villages,
    Visits,
    Samples,
    Sites,
    Places,
    Speeds,
    Claims,
    Teams,
    Activities,
}

impl From<Kind> for ImportKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Boundaries => Self::Boundaries,
            Kind::Mergers => Self::Mergers,
            Kind::Villages => Self::Villages,
            Kind::Visits => Self::Visits,
            Kind::Samples => Self::Samples,
            Kind::Sites => Self::Sites,
            Kind::Places => Self::Places,
            Kind::Speeds => Self::Speeds,
            Kind::Claims => Self::Claims,
            Kind::Teams => Self::Teams,
            Kind::Activities => Self::Activities,
        }
    }
}

impl Import {
    pub(super) async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        let (of_samples, of_visits) = (matches!(self.kind, Kind::Samples), matches!(self.kind, Kind::Visits));
        if self.profile.is_some() && !of_samples && !of_visits {
            return Err(Failure::said(
                "chỉ trị đo (samples) và lượt đến nhà (visits) có mẫu đọc cột",
                "only samples and visits have mapping profiles",
            ));
        }
        if self.guess && !of_samples {
            return Err(Failure::said("chỉ đoán được cột của trị đo (samples)", "only columns of samples are guessed"));
        }
        if self.commune.is_some() && !of_visits && !matches!(self.kind, Kind::Villages) {
            return Err(Failure::said(
                "--commune chỉ dùng cho lượt đến nhà (visits) và danh bạ thôn (villages)",
                "--commune is for visits and villages only",
            ));
        }
        if self.replace && (!matches!(self.kind, Kind::Sites) || self.files.len() > 1) {
            return Err(Failure::said(
                "--replace chỉ dùng cho danh sách trạm (sites), mỗi lần một tệp",
                "--replace is for sites only, one file at a time",
            ));
        }
        if self.correct.is_some() && self.files.len() > 1 {
            return Err(Failure::said(
                "phần sửa nêu số dòng của một tệp; hãy nhập từng tệp",
                "corrections name the lines of one file; import one at a time",
            ));
        }
        if self.guess {
            return self.guess(common, language);
        }
        let of = |kind: bool| self.profile.as_deref().filter(|_| kind);
        let profile = profile(of(of_samples))?;
        let visits = of(of_visits).map(VisitsProfile::read).transpose()?.map(Arc::new);
        let corrections = match &self.correct {
            None => Vec::new(),
            Some(path) => {
                ingest::corrections::read(path, clock::now()).map_err(|problem| Failure::of_file(path, &problem))?
            }
        };
        let (store, _scratch) = self.store(common, config).await?;
        let request = Request {
            crs_epsg: self.crs,
            encoding: self.encoding,
            layer: self.layer.clone(),
            profile,
            visits,
            as_of: self.as_of,
            operator: self.operator,
            technology: self.technology,
            period: self.period,
            commune: self.commune,
            minimum: self.minimum_dbm,
            replace: self.replace,
            corrections: Arc::new(corrections),
            dry_run: self.dry_run,
            language,
            ..Request::new(self.kind.into(), Role::Admin, config.rules(), clock::now())
        };
        let mut failed = false;
        let mut reports = Vec::new();
        for file in &self.files {
            let bar = words::spinner(common.quiet, &file.display().to_string());
            let outcome = import::import(&*store, file, &request).await;
            bar.finish_and_clear();
            match outcome {
                Ok(report) => {
                    if !report.dry_run && report.already_imported.is_none() {
                        let name = import::base_name(file);
                        audit::record(&*store, AuditAction::Import, &format!("{} {name}", report.kind.code())).await?;
                    }
                    let nothing = report.accepted == 0 && report.refused > 0;
                    failed |= nothing || (self.strict && report.refused > 0);
                    if common.json {
                        reports.push(as_json(&report));
                    } else {
                        words::result(&summary(&report, language));
                    }
                }
                Err(error) => {
                    failed = true;
                    if common.json {
                        reports.push(json!({"file": file, "error": error.to_string()}));
                    }
                    let _ = Failure::of_import(file, error).print(language);
                }
            }
        }
        store.close().await;
        if common.json {
            words::result(&json!({"command": "import", "dry_run": self.dry_run, "files": reports}).to_string());
        }
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

impl Import {
    fn guess(&self, common: &Common, language: Language) -> Result<ExitCode, Failure> {
        let options = ingest::Options {
            crs_epsg: self.crs,
            encoding: self.encoding,
            layer: self.layer.clone(),
            operator: self.operator,
            technology: self.technology,
            ..ingest::Options::at(clock::now())
        };
        guess::run(&self.files, self.output.as_deref(), &options, (common.json, language))
    }

    /// The store; for a dry run without one, an empty one that goes away with the second value.
    async fn store(&self, common: &Common, config: &Config) -> Result<(Arc<dyn Store>, Option<Scratch>), Failure> {
        let name = common.db.as_deref().or(config.db.as_deref()).unwrap_or("phusong.gpkg");
        if !self.dry_run || !matches!(store::open_read_only(name).await, Err(StoreError::NoFile { .. })) {
            return Ok((common.open(config).await?, None));
        }
        let scratch = Scratch::new()?;
        let store = store::open(&scratch.0.join("dry-run.gpkg").to_string_lossy()).await?;
        Ok((store, Some(scratch)))
    }
}

/// A folder of this process alone, removed when it is no longer held.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("phusong-dry-run-{}", std::process::id()));
        // An earlier process of the same number may have been killed.
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir(&path)
            .map_err(|error| Failure::new(format!("cannot make {} for the dry run: {error}", path.display())))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn as_json(report: &Report) -> Json {
    json!({
        "file": report.file,
        "kind": report.kind.code(),
        "profile": report.profile,
        "accepted": report.accepted,
        "inserted": report.counts.inserted,
        "updated": report.counts.updated,
        "unchanged": report.counts.unchanged,
        "refused": report.refused,
        "moved": report.moved,
        "gone": report.gone,
        "rejects_file": report.rejects_file,
        "dropped_fields": report.dropped_fields,
        "corrected": report.corrected.len(),
        "already_imported": report.already_imported.map(|at| at.to_string()),
        "warnings": report.warnings.iter().map(|w| w.message(Language::En)).chain(report.notes.iter().map(|n| n.message(Language::En))).collect::<Vec<_>>(),
        "dry_run": report.dry_run,
    })
}

/// The summary in the reader's language.
fn summary(report: &Report, language: Language) -> String {
    let file = report.file.display();
    let count = |n: u64| number(n as f64, 0, language);
    if let Some(at) = report.already_imported {
        let day = day(local_day(at), language);
        return language.pick(
            format!("{file}: tệp này đã nhập ngày {day}, không có gì thay đổi"),
            format!("{file}: this very file was imported on {day}; nothing changes"),
        );
    }
    let mut lines = vec![language.pick(
        format!(
            "{file} [{}]: nhận {} dòng (mới {}, cập nhật {}, không đổi {}), loại {} dòng",
            report.profile,
            count(report.accepted),
            count(report.counts.inserted),
            count(report.counts.updated),
            count(report.counts.unchanged),
            count(report.refused)
        ),
        format!(
            "{file} [{}]: {} rows accepted (new {}, updated {}, unchanged {}), {} refused",
            report.profile,
            count(report.accepted),
            count(report.counts.inserted),
            count(report.counts.updated),
            count(report.counts.unchanged),
            count(report.refused)
        ),
    )];
    if !report.corrected.is_empty() {
        let cells = count(report.corrected.len() as u64);
        lines.push(language.pick(format!("  đã sửa {cells} ô theo phần sửa"), format!("  {cells} cells corrected")));
    }
    for reject in report.first_refused.iter().take(5) {
        lines.push(format!("  {}: {}", reject.place(&file.to_string()), reject.message(language)));
        if let Some(hint) = reject.reason.hint(language) {
            lines.push(language.pick(format!("    gợi ý: {hint}"), format!("    hint: {hint}")));
        }
    }
    if report.refused > 5 {
        lines.push(language.pick(
            format!("  … và {} dòng nữa", count(report.refused - 5)),
            format!("  … and {} more", count(report.refused - 5)),
        ));
    }
    if let Some(rejects) = &report.rejects_file {
        let rejects = rejects.display();
        lines.push(language.pick(format!("  mọi dòng bị loại: {rejects}"), format!("  every refused row: {rejects}")));
    }
    if !report.dropped_fields.is_empty() {
        let fields = report.dropped_fields.join(", ");
        lines.push(language.pick(
            format!("  đã bỏ các cột có thể chứa thông tin cá nhân: {fields}"),
            format!("  dropped columns that may name a person: {fields}"),
        ));
    }
    for warning in &report.warnings {
        lines.push(format!("  {}", warning.message(language)));
    }
    for note in &report.notes {
        lines.push(format!("  {}", note.message(language)));
    }
    if report.dry_run {
        lines.push(language.pick("  chạy thử: chưa ghi gì".to_owned(), "  dry run: nothing was written".to_owned()));
    }
    lines.join("\n")
}

/// `31/03/2026` in Vietnamese, `2026-03-31` in English.
pub(super) fn day(day: Date, language: Language) -> String {
    language.pick(format!("{:02}/{:02}/{}", day.day(), day.month(), day.year()), day.to_string())
}
