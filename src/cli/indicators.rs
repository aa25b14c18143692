//! `phusong indicators`, `phusong teams` and `phusong verdicts`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use serde_json::{Value as Json, json};

use super::{Common, Config, Failure, Filters, clock, words};
use crate::flow::indicators::{self, IndicatorQuestion, NoIndicators, Told};
use crate::flow::snapshot::Snapshot;
use crate::model::access::Role;
use crate::model::indicator::{IndicatorLevel, Line};
use crate::model::language::{Language, number};
use crate::model::period::Period;
use crate::model::team::TeamState;

#[derive(Debug, Args)]
pub(super) struct Indicators {
    /// Month, quarter, half-year or year: 2025-09, 2025Q3, 2025H2, 2025
    #[arg(long, required_unless_present = "campaign", conflicts_with = "campaign")]
    period: Option<Period>,
    /// A campaign in place of a period, by its code: `phusong campaign list`
    #[arg(long, value_name = "CODE")]
    campaign: Option<String>,
    /// Rows: province, district (those before 07/2025), commune or village
    #[arg(long, default_value_t)]
    level: IndicatorLevel,
    /// File to write: .csv or .xlsx
    #[arg(long, short)]
    output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Teams {
    /// File to write: .csv
    #[arg(long, short)]
    output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Verdicts {
    #[command(flatten)]
    filters: Filters,
    /// File to write: .csv
    #[arg(long, short)]
    output: Option<PathBuf>,
}

async fn snapshot(common: &Common, config: &Config) -> Result<Snapshot, Failure> {
    let store = common.open_existing(config).await?;
    let bar = words::spinner(common.quiet, "…");
    let snapshot = Snapshot::read(&*store, &config.rules(), clock::now()).await;
    bar.finish_and_clear();
    store.close().await;
    Ok(snapshot?)
}

/// The ending of a file to write, in lower case.
///
/// # Errors
/// Nothing is written under it.
fn ending(output: Option<&Path>, written: &[&str]) -> Result<Option<String>, Failure> {
    let Some(path) = output else { return Ok(None) };
    let found = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    if written.contains(&&*found) {
        return Ok(Some(found));
    }
    let named = |joint: &str| written.iter().map(|ending| format!(".{ending}")).collect::<Vec<_>>().join(joint);
    let (vi, en) = (format!("đặt tên tệp {}", named(" hoặc ")), format!("name a file {}", named(" or ")));
    let failure = Failure::said(
        format!("không ghi được tệp đuôi `{found}`"),
        format!("no file that ends in `{found}` is written"),
    );
    Err(failure.hint_said(vi, en))
}

fn put(path: &Path, bytes: Vec<u8>) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|error| Failure::cannot_write(path, &error))
}

/// What was told, with what was asked.
fn as_json(mut told: Json, command: &str, snapshot: &Snapshot, output: Option<&Path>) -> String {
    told["command"] = json!(command);
    told["epoch"] = json!(snapshot.epoch.to_string());
    told["output"] = json!(output);
    told.to_string()
}

impl Indicators {
    pub(super) async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        let ending = ending(self.output.as_deref(), &["csv", "xlsx"])?;
        if let Some(output) = &self.output {
            common.keep_store_safe(config, output)?;
        }
        let snapshot = Arc::new(snapshot(common, config).await?);
        let told = match (&self.campaign, self.period) {
            (Some(code), _) => indicators::ask_campaign(&snapshot, Role::Admin, code, self.level)?,
            (None, Some(period)) => {
                indicators::ask(&snapshot, Role::Admin, IndicatorQuestion { period, level: self.level })?
            }
            // clap asks for one of them.
            (None, None) => return Err(Failure::new("name a period or a campaign")),
        };
        if let Some(output) = &self.output {
            let bytes = if ending.as_deref() == Some("xlsx") {
                indicators::xlsx(&snapshot, &told, language).map_err(|error| Failure::new(error.to_string()))?
            } else {
                indicators::csv(&snapshot, &told, language)
            };
            put(output, bytes)?;
        }
        words::result(&if common.json {
            as_json(indicators::to_json(&snapshot, &told), "indicators", &snapshot, self.output.as_deref())
        } else {
            let mut lines = said(&snapshot, &told, language);
            lines.extend(self.output.iter().map(|path| path.display().to_string()));
            lines.join("\n")
        });
        Ok(ExitCode::SUCCESS)
    }
}

/// The whole province, a line for each indicator.
fn said(snapshot: &Snapshot, told: &Told, language: Language) -> Vec<String> {
    let table = &told.table;
    let rules = &snapshot.facts.rules;
    let (silent, all) = (table.silent.len(), table.communes);
    let mut lines = vec![language.pick(
        format!("{}: {silent} trong {all} xã, phường chưa có báo cáo", table.asked.period.label(language)),
        format!("{}: {silent} of {all} communes without a report", table.asked.period.label(language)),
    )];
    for line in Line::ALL {
        let Some(cell) = table.total.now.get(&line) else { continue };
        let count = |value: f64| number(value, usize::from(value.fract() != 0.0), language);
        let unit = if line.is_share() { " %" } else { "" };
        let figure = match (cell.value(line, &rules.reach), cell.why) {
            (Some(value), _) => format!("{}{}{unit}", cell.bound.sign(), count(value)),
            (None, Some(why)) => format!("— ({})", indicators::why(why, language)),
            (None, None) => "—".to_owned(),
        };
        let parts = match (cell.numerator, cell.denominator) {
            (Some(part), Some(whole)) => format!(" ({} / {})", count(part), count(whole)),
            _ => String::new(),
        };
        let change = table.total.change.get(&line).filter(|change| **change != 0.0);
        let change = change.map_or_else(String::new, |change| {
            let sign = if *change > 0.0 { "+" } else { "" };
            format!(", {sign}{}", count(*change))
        });
        let number = if line.number() > 0 { format!("{}. ", line.number()) } else { String::new() };
        let sure = indicators::sureness(line, cell, language).map_or_else(String::new, |said| format!("; {said}"));
        lines.push(format!("  {number}{}: {figure}{parts}{change}{sure}", indicators::label(line, language)));
    }
    lines
}

impl Teams {
    pub(super) async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        if let Some(output) = &self.output {
            common.keep_store_safe(config, output)?;
        }
        let snapshot = snapshot(common, config).await?;
        let board = indicators::board(&snapshot, Role::Admin).map_err(NoIndicators::from)?;
        if let Some(output) = &self.output {
            put(output, indicators::board_csv(&board, language))?;
        }
        words::result(&if common.json {
            as_json(board.to_json(&snapshot), "teams", &snapshot, self.output.as_deref())
        } else {
            let of =
                |state: TeamState| board.counts.iter().find(|(one, _)| *one == state).map_or(0, |(_, count)| *count);
            let (compliant, below) = (of(TeamState::Compliant), of(TeamState::BelowMinimum));
            let (unknown, none) = (of(TeamState::MembersUnknown), of(TeamState::None));
            let (late, unlisted, communes) = (board.late, board.unlisted, board.communes_without_list);
            let mut lines = vec![language.pick(
                format!("{} tổ cần có: {compliant} đủ người, {below} thiếu người, {unknown} chưa rõ số người, {none} chưa có tổ; {late} tổ thành lập muộn", board.expected),
                format!("{} teams that there should be: {compliant} with enough members, {below} with too few, {unknown} not known, {none} not there; {late} set up late", board.expected),
            )];
            if communes > 0 {
                lines.push(language.pick(
                    format!("  {communes} xã, phường chưa gửi danh sách tổ, nên chưa rõ {unlisted} tổ"),
                    format!("  {communes} communes sent no list, so {unlisted} teams are not known"),
                ));
            }
            lines.extend(self.output.iter().map(|path| path.display().to_string()));
            lines.join("\n")
        });
        Ok(ExitCode::SUCCESS)
    }
}

impl Verdicts {
    pub(super) async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        let question = self.filters.question()?;
        ending(self.output.as_deref(), &["csv"])?;
        if let Some(output) = &self.output {
            common.keep_store_safe(config, output)?;
        }
        let snapshot = snapshot(common, config).await?;
        let told = indicators::ask_verdicts(&snapshot, Role::Admin, &question).map_err(NoIndicators::from)?;
        if let Some(output) = &self.output {
            put(output, told.csv(&snapshot, language))?;
        }
        words::result(&if common.json {
            as_json(told.to_json(&snapshot), "verdicts", &snapshot, self.output.as_deref())
        } else {
            let written = self.output.iter().map(|path| path.display().to_string());
            told.said(language).into_iter().chain(written).collect::<Vec<_>>().join("\n")
        });
        Ok(ExitCode::SUCCESS)
    }
}

impl From<NoIndicators> for Failure {
    fn from(error: NoIndicators) -> Self {
        match &error {
            NoIndicators::NotBegun { period, first, .. } => {
                Self::said(format!("kỳ {period} bắt đầu ngày {first}, chưa đến"), error.to_string())
                    .hint_said("chọn một kỳ đã bắt đầu", "choose a period that has begun")
            }
            NoIndicators::NoCampaign(error) => error.clone().into(),
            NoIndicators::NoDistricts => {
                Self::said("ranh giới đã nhập không ghi huyện cũ".to_owned(), error.to_string()).hint_said(
                    "nhập ranh giới trước 07/2025 có tên huyện, hoặc chọn --level commune",
                    "import boundaries of before 07/2025 with their districts, or choose --level commune",
                )
            }
            NoIndicators::NoAnswer(error) => error.clone().into(),
        }
    }
}
