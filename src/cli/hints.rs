//! `phusong hints`: where a few more sites would help, for a terminal, a script or a file.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value as Json, json};

use super::work::object;
use super::{Common, Config, Failure, Filters, audit, clock, words};
use crate::engine::HintPlan;
use crate::engine::hints::HintOptions;
use crate::flow::choice::Choice;
use crate::flow::export::{self, Format, Taking};
use crate::flow::hints::{LAYER, percent_up, plan};
use crate::flow::snapshot::Snapshot;
use crate::model::access::Role;
use crate::model::feature::{Feature, Value};
use crate::model::hint::{HintUnit, NoHints, RadiusFrom};
use crate::model::language::{Language, number};
use crate::model::rules::HintRules;
use crate::model::token::AuditAction;

#[derive(Debug, Args)]
pub(super) struct Hints {
    /// Sites to choose, 1 to 200 [default: `[hints] sites`, 10]
    #[arg(long, value_name = "N")]
    sites: Option<u32>,
    /// How far a site serves, metres, 200 to 20000 [default: measured where masts are known, else `[hints]`]
    #[arg(long, value_name = "METRES")]
    radius_m: Option<f64>,
    /// geojson, csv, xlsx, gpkg, shp, kml, fgb or tab [default: that of the file's name]
    #[arg(long, short, requires = "output")]
    format: Option<String>,
    /// File to write
    #[arg(long, short)]
    output: Option<PathBuf>,
    #[command(flatten)]
    filters: Filters,
}

impl Hints {
    pub(super) async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        let question = self.filters.question()?;
        let options = self.options()?;
        if let Some(output) = &self.output {
            common.keep_store_safe(config, output)?;
        }
        let store = common.open_existing(config).await?;
        let snapshot = Snapshot::read(&*store, &config.rules(), clock::now()).await;
        let snapshot = snapshot?;
        let view = snapshot.ask(Role::Admin, &question)?;
        let view = snapshot.with_hints(&view, options);
        let rows = snapshot.rows(&view, LAYER).unwrap_or_default();
        let written = match &self.output {
            None => None,
            Some(output) => {
                let code = self.format.clone().or_else(|| Format::code_of(output));
                let format = Format::of_code(code.as_deref().unwrap_or("geojson"))?;
                let all = Choice::default();
                let taking = Taking::new(&snapshot, &view, LAYER, &all)?;
                taking.in_language(language).write(format, output)?;
                audit::record(&*store, AuditAction::Export, &format!("{LAYER}.{}", format.code())).await?;
                Some((output, export::style_beside(output, LAYER, format, language)?))
            }
        };
        store.close().await;
        words::result(&if common.json {
            let items: Vec<Json> = rows.iter().map(object).collect();
            json!({
                "command": "hints", "epoch": snapshot.epoch.to_string(), "plan": plan(&snapshot, &view), "items": items,
                "output": written.as_ref().map(|(output, _)| output), "style": written.as_ref().map(|(_, style)| style),
            })
            .to_string()
        } else {
            let version = &snapshot.facts.rules.hints.version;
            let mut lines = head(snapshot.hints(&view), version, language);
            lines.extend(rows.iter().map(|row| line(row, language)));
            if let Some((output, style)) = &written {
                lines.push(output.display().to_string());
                lines.extend(style.iter().map(|style| format!("{} (QGIS)", style.display())));
            }
            lines.join("\n")
        });
        Ok(ExitCode::SUCCESS)
    }

    fn options(&self) -> Result<HintOptions, Failure> {
        let most = HintRules::MOST_SITES;
        if let Some(sites) = self.sites.filter(|sites| !(1..=most).contains(sites)) {
            return Err(Failure::said(
                format!("--sites là {sites}, cần từ 1 đến {most}"),
                format!("--sites is {sites}, expected 1 to {most}"),
            ));
        }
        let (least, most) = HintRules::RADIUS_M;
        if let Some(metres) = self.radius_m.filter(|metres| !(least..=most).contains(metres)) {
            return Err(Failure::said(
                format!("--radius-m là {metres}, cần từ {least} đến {most} mét"),
                format!("--radius-m is {metres}, expected {least} to {most} metres"),
            ));
        }
        Ok(HintOptions { sites: self.sites, radius_m: self.radius_m })
    }
}

/// What the list is worth, before the list.
fn head(plan: &HintPlan, version: &str, language: Language) -> Vec<String> {
    let said = |vi: String, en: String| language.pick(vi, en);
    let mut lines = vec![said(
        "GỢI Ý SƠ BỘ: chưa tính địa hình, công suất, truyền dẫn và chi phí; cần khảo sát trước khi quyết định".into(),
        "PRELIMINARY HINTS: no terrain, power, backhaul or cost; survey before deciding".into(),
    )];
    let count = |value: f64, decimals| number(value, decimals, language);
    let unit = match plan.unit {
        HintUnit::Households => language.pick("hộ", "households"),
        HintUnit::People => language.pick("người", "people"),
    };
    if let Some(nothing) = plan.nothing {
        lines.push(why_none(nothing, language));
    } else {
        let (affected, covered, bound) = (count(plan.affected, 1), count(plan.covered, 1), count(plan.bound, 1));
        let [share, most, gap] = [
            plan.share_percent(plan.covered),
            plan.share_percent(plan.bound).map(percent_up),
            plan.gap_percent().map(percent_up),
        ]
        .map(|percent| count(percent.unwrap_or_default(), 1));
        let sites = plan.hints.len();
        lines.push(said(
            format!("  {sites} vị trí đến được khoảng {covered} trên {affected} {unit} dự kiến thiếu sóng ({share}%)"),
            format!("  {sites} sites reach about {covered} of {affected} {unit} expected to be without usable signal ({share}%)"),
        ));
        lines.push(said(
            format!("  không cách chọn nào vượt {bound} ({most}%): chênh so với tối ưu không quá {gap}%"),
            format!("  no choice reaches more than {bound} ({most}%): at most {gap}% short of the best"),
        ));
    }
    if plan.villages_unknown > 0 {
        let (unknown, villages) = (plan.villages_unknown, plan.villages);
        lines.push(said(
            format!("  {unknown} trên {villages} thôn trong vùng thiếu sóng chưa khai số hộ, chưa được tính"),
            format!("  {unknown} of {villages} villages in dead areas declare no number and are not counted"),
        ));
    }
    let (rural, urban) = (count(plan.radii.rural_m, 0), count(plan.radii.urban_m, 0));
    let from = match plan.radius_from {
        RadiusFrom::Asked => said("theo yêu cầu".into(), "as asked".into()),
        RadiusFrom::Measured => {
            said("tính từ kết quả đo quanh các trạm".into(), "from measurements around the masts".into())
        }
        RadiusFrom::Rules => said(format!("theo quy tắc {version}"), format!("by the rules {version}")),
    };
    lines.push(said(
        format!("  bán kính phục vụ {rural} m, ở phường {urban} m, {from}"),
        format!("  a site serves within {rural} m, in a ward {urban} m, {from}"),
    ));
    lines
}

fn why_none(nothing: NoHints, language: Language) -> String {
    let (vi, en) = match nothing {
        NoHints::NotMeasured => ("chưa có kết quả đo nào theo bộ lọc này", "nobody measured under these filters"),
        NoHints::NoDeadArea => {
            ("không có vùng nào được xác định là thiếu sóng", "no area is established as without usable signal")
        }
        NoHints::NoVillage => ("không có thôn nào trong vùng thiếu sóng", "no village stands in a dead area"),
        NoHints::NotReported => (
            "các thôn trong vùng thiếu sóng chưa khai số hộ: chưa biết bao nhiêu hộ thiếu sóng",
            "no village in a dead area declares its households: how many are affected is not known",
        ),
        NoHints::Nobody => (
            "các thôn trong vùng thiếu sóng khai là không có hộ nào",
            "the villages in dead areas declare no household",
        ),
    };
    format!("  {}", language.pick(vi, en))
}

/// Rank, what is added, share so far, kind, name, commune and villages, a tab between two.
fn line(row: &Feature, language: Language) -> String {
    let text = |name: &str| match row.get(name) {
        Some(Value::Text(text)) if !text.is_empty() => text.clone(),
        _ => "–".to_owned(),
    };
    let figure = |name: &str, decimals| match row.get(name) {
        Some(Value::Integer(value)) => number(*value as f64, decimals, language),
        Some(Value::Number(value)) => number(*value, decimals, language),
        _ => "–".to_owned(),
    };
    let kind = match text("kind").as_str() {
        "mast" => language.pick("trạm đang có", "mast").to_owned(),
        "shared_mast" => language.pick("trạm nhà mạng khác", "shared mast").to_owned(),
        "public_place" => language.pick("địa điểm công cộng", "public place").to_owned(),
        "village" => language.pick("ở thôn", "village").to_owned(),
        _ => language.pick("giữa vùng thiếu sóng", "ground").to_owned(),
    };
    let columns = [
        figure("rank", 0),
        format!("+{}", figure("affected", 1)),
        format!("{}%", figure("share_percent", 1)),
        kind,
        text("name"),
        text("commune_name"),
        text("village_names"),
    ];
    columns.join("\t")
}
