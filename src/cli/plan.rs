//! `phusong plan`: who goes where on which day, as files and sheets to print.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use serde_json::json;

use super::{Common, Config, Failure, clock, words};
use crate::engine::plan::CommunePlan;
use crate::flow::plan::{self, NotAPlan, PlanQuestion, Planned};
use crate::flow::snapshot::{Snapshot, View};
use crate::model::access::Role;
use crate::model::admin::UnitCode;
use crate::model::language::{Language, number};
use crate::model::question::Question;

#[derive(Debug, Args)]
pub(super) struct Plan {
    /// Codes of the communes, each planned by itself [default: all]
    communes: Vec<UnitCode>,
    /// Teams of each commune, 1 to 50
    #[arg(long, value_name = "N", default_value_t = 1)]
    teams: u32,
    /// No more days than this, 1 to 366 [default: as many as it takes]
    #[arg(long, value_name = "D")]
    days: Option<u32>,
    /// First day of work [default: tomorrow]
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// One file instead of all: geojson, csv or html [default: that of the file's name]
    #[arg(long, short, value_enum)]
    format: Option<Format>,
    /// Folder for plan.geojson, plan.csv and a sheet for each team; or one file
    #[arg(long, short, value_name = "DIR|FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Geojson,
    Csv,
    Html,
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Self::Geojson => "geojson",
            Self::Csv => "csv",
            Self::Html => "html",
        }
    }

    fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        [Self::Geojson, Self::Csv, Self::Html].into_iter().find(|format| format.name() == extension)
    }
}

impl Plan {
    pub(super) async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        if let Some(output) = &self.output {
            common.keep_store_safe(config, output)?;
        }
        let store = common.open_existing(config).await?;
        let bar = words::spinner(common.quiet, "…");
        let snapshot = Snapshot::read(&*store, &config.rules(), clock::now()).await;
        bar.finish_and_clear();
        store.close().await;
        let snapshot = snapshot?;
        let view = snapshot.ask(Role::Admin, &Question::default())?;
        let question =
            PlanQuestion { communes: self.communes.clone(), teams: self.teams, days: self.days, from: self.from };
        let planned = plan::ask(&snapshot, &view, &question)?;
        let written = self.write(&snapshot, &view, &planned, language)?;
        words::result(&if common.json {
            let mut told = plan::to_json(&snapshot, &view, &planned, false);
            told["command"] = json!("plan");
            told["epoch"] = json!(snapshot.epoch.to_string());
            told["output"] = json!(written);
            told.to_string()
        } else {
            let told = plan::to_json(&snapshot, &view, &planned, false);
            let names = told["communes"].as_array().into_iter().flatten();
            let names = names.map(|commune| commune["commune_name"].as_str().unwrap_or_default().to_owned());
            let mut lines: Vec<String> =
                planned.communes.iter().zip(names).flat_map(|(commune, name)| said(commune, &name, language)).collect();
            lines.extend(written.iter().map(|path| path.display().to_string()));
            lines.join("\n")
        });
        Ok(ExitCode::SUCCESS)
    }

    fn write(
        &self,
        snapshot: &Snapshot,
        view: &View,
        planned: &Planned,
        language: Language,
    ) -> Result<Vec<PathBuf>, Failure> {
        let mut written = Vec::new();
        let mut put = |path: PathBuf, bytes: Vec<u8>| {
            std::fs::write(&path, bytes).map_err(|error| Failure::cannot_write(&path, &error))?;
            written.push(path);
            Ok::<_, Failure>(())
        };
        let bytes = |format| match format {
            Format::Geojson => plan::geojson(snapshot, view, planned).into_bytes(),
            Format::Csv => plan::csv(snapshot, view, planned, language),
            Format::Html => plan::sheets(snapshot, view, planned, (None, None), language).into_bytes(),
        };
        let by_name = self.output.as_deref().and_then(Format::of);
        if let Some(format) = self.format.or(by_name) {
            let path = self.output.clone().unwrap_or_else(|| PathBuf::from(format!("plan.{}", format.name())));
            put(path, bytes(format))?;
            return Ok(written);
        }
        let Some(folder) = &self.output else { return Ok(written) };
        std::fs::create_dir_all(folder).map_err(|error| Failure::cannot_write(folder, &error))?;
        put(folder.join("plan.geojson"), bytes(Format::Geojson))?;
        put(folder.join("plan.csv"), bytes(Format::Csv))?;
        for commune in planned.communes.iter() {
            let alone = Planned {
                from: planned.from,
                teams: planned.teams,
                communes: std::sync::Arc::new(vec![commune.clone()]),
            };
            for team in commune.teams.iter().filter(|team| !team.days.is_empty()) {
                let html = plan::sheets(snapshot, view, &alone, (Some(team.team), None), language);
                put(folder.join(format!("phieu_{}_to{}.html", commune.commune, team.team)), html.into_bytes())?;
            }
        }
        Ok(written)
    }
}

/// A line for the commune, a line for each team.
fn said(plan: &CommunePlan, name: &str, language: Language) -> Vec<String> {
    let count = |value: f64, decimals| number(value, decimals, language);
    let (code, households, villages) = (plan.commune, count(plan.households as f64, 0), plan.villages);
    let (rate, balance) = (plan.rate.households, count(100.0 * plan.balance, 1));
    let from = match plan.rate.days {
        Some(days) => {
            language.pick(format!("trung vị của {days} ngày làm"), format!("the median of {days} days of work"))
        }
        None => language.pick("giả định của quy tắc".to_owned(), "assumed by the rules".to_owned()),
    };
    let mut lines = vec![language.pick(
        format!("{name} ({code}): {households} hộ cần đến ở {villages} thôn; mỗi tổ {rate} hộ một ngày ({from}); chênh nhau nhiều nhất {balance}% so với trung bình"),
        format!("{name} ({code}): {households} households to visit in {villages} villages; {rate} a day and team ({from}); loads within {balance}% of the mean"),
    )];
    if plan.villages_at_most > 0 {
        let hidden = plan.villages_at_most;
        lines.push(language.pick(
            format!("  {hidden} thôn tính theo mức tối đa, vì số đã hướng dẫn chưa có báo cáo hoặc không hiện"),
            format!("  {hidden} villages counted at most, since what was done is not reported or not shown"),
        ));
    }
    if plan.villages_unknown > 0 {
        let unknown = plan.villages_unknown;
        lines.push(language.pick(
            format!("  {unknown} thôn chưa rõ số hộ: mỗi thôn một ngày để đếm"),
            format!("  {unknown} villages with households not known: a day each, to count them"),
        ));
    }
    for team in &plan.teams {
        let (number, households, needed) = (team.team, count(team.households as f64, 0), team.days_needed);
        let (days, km) = (team.days.len(), count(team.distance_m / 1_000.0, 1));
        lines.push(language.pick(
            format!("  tổ {number}: {households} hộ, cần {needed} ngày, xếp {days} ngày, {km} km"),
            format!("  team {number}: {households} households in {needed} days, {days} listed, {km} km"),
        ));
    }
    lines
}

impl From<NotAPlan> for Failure {
    fn from(error: NotAPlan) -> Self {
        match &error {
            NotAPlan::UnknownCommune(code) => Self::said(
                format!("hôm nay không có xã, phường mang mã {code}"),
                format!("there is no commune {code} today"),
            )
            .hint_said("xem mã bằng `phusong export communes`", "`phusong export communes` lists the codes"),
            NotAPlan::Outside { name, found, most } => Self::said(
                format!("--{name} là {found}, cần từ 1 đến {most}"),
                format!("--{name} is {found}, expected 1 to {most}"),
            ),
            NotAPlan::Day(day) => {
                Self::said(format!("kế hoạch không thể bắt đầu ngày {day}"), format!("a plan cannot begin on {day}"))
            }
        }
    }
}
