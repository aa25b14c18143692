//! `phusong check …`: a store or boundaries, looked over.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::json;

use super::{Common, Config, Failure, check_lineage, clock, words};
use crate::engine::boundaries::coverage::{Coverage, Finding, Kind, Severity};
use crate::flow::check::{self, Sources};
use crate::ingest;
use crate::model::language::{Language, number};
use crate::model::measure::local_day;

#[derive(Debug, Subcommand)]
pub(super) enum Check {
    /// Structure, foreign keys and GeoPackage header
    Store,
    /// Overlaps, gaps, edges that do not match, stated areas, the province's outline
    Boundaries(Boundaries),
    /// Every unit goes somewhere and every number is still there; missing, wrong and contradictory edges
    Lineage(check_lineage::Lineage),
}

impl Check {
    pub(super) async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        match self {
            Self::Store => store(common, config, language).await,
            Self::Boundaries(boundaries) => boundaries.run(common, config, language).await,
            Self::Lineage(lineage) => lineage.run(common, config, language).await,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Boundaries {
    /// Units of one edition [default: those of the store]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What the units should fill together
    #[arg(long, value_name = "FILE")]
    province: Option<PathBuf>,
    /// Stated areas (`code`, `area_km2`), in place of the files' own
    #[arg(long, value_name = "CSV", requires = "files")]
    areas: Option<PathBuf>,
    /// EPSG code of the coordinates, for files that do not say
    #[arg(long, value_name = "EPSG", requires = "files")]
    crs: Option<u32>,
    /// Day whose units are looked over, without files [default: today]
    #[arg(long, value_name = "DATE", conflicts_with = "files")]
    as_of: Option<Date>,
    /// GeoJSON to write: every finding where it lies
    #[arg(long, value_name = "FILE")]
    problems: Option<PathBuf>,
    /// Exit with 1 when something is found that is an error
    #[arg(long)]
    strict: bool,
}

impl Boundaries {
    async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        let options = ingest::Options {
            crs_epsg: self.crs,
            as_of: None,
            now: clock::now(),
            household_key: [0; 32],
            operator: None,
            technology: None,
            default_source: String::new(),
        };
        let mut sources = Sources::read(&self.files, self.areas.as_deref(), self.province.as_deref(), &options)?;
        if self.files.is_empty() {
            let store = common.open_existing(config).await?;
            let day = self.as_of.unwrap_or_else(|| local_day(clock::now()));
            let units = store.units().await;
            store.close().await;
            sources.units = units?.into_iter().filter(|unit| unit.in_force(day)).collect();
            if sources.province.is_none() {
                sources.province =
                    sources.units.iter().find(|unit| !unit.is_commune()).and_then(|unit| unit.geometry.clone());
            }
            sources.units.retain(crate::model::admin::AdminUnit::is_commune);
        }
        let found = sources.check();
        if let Some(path) = &self.problems {
            common.keep_store_safe(config, path)?;
            check::write_findings(&found, &sources.units, path)?;
        }
        words::result(&if common.json { as_json(&found, &sources) } else { as_table(&found, &sources, language) });
        let failed = self.strict && found.findings.iter().any(|finding| finding.severity == Severity::Error);
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn as_json(found: &Coverage, sources: &Sources) -> String {
    let findings: Vec<_> =
        found.findings.iter().zip(1..).map(|(finding, id)| check::members(finding, id, &sources.units)).collect();
    json!({
        "command": "check boundaries",
        "units": found.units,
        "refused": sources.rejects.len(),
        "parts": found.parts,
        "vertices": found.vertices,
        "touching_pairs": found.touching_pairs,
        "drawn_m2": found.drawn_m2,
        "stated_m2": found.stated_m2,
        "overlap_m2": found.overlap_m2,
        "gap_m2": found.gap_m2,
        "province": found.province.map(|province| json!({
            "drawn_m2": province.drawn_m2,
            "without_unit_m2": province.without_unit_m2,
            "beyond_m2": province.beyond_m2,
        })),
        "counts": check::counts(found),
        "findings": findings,
    })
    .to_string()
}

/// Refused rows on the screen; `import` writes all of them to a file.
const MOST_REFUSED: usize = 5;

fn as_table(found: &Coverage, sources: &Sources, language: Language) -> String {
    let count = |n: usize| number(n as f64, 0, language);
    let km2 = |m2: f64| format!("{} km²", number(m2 / 1e6, 2, language));
    let mut lines = vec![language.pick(
        format!(
            "{} xã, phường; {} mảnh; {} đỉnh; {} cặp giáp nhau; diện tích vẽ {}",
            count(found.units),
            count(found.parts),
            count(found.vertices),
            count(found.touching_pairs),
            km2(found.drawn_m2)
        ),
        format!(
            "{} communes; {} parts; {} vertices; {} touching pairs; drawn area {}",
            count(found.units),
            count(found.parts),
            count(found.vertices),
            count(found.touching_pairs),
            km2(found.drawn_m2)
        ),
    )];
    if let Some(stated) = found.stated_m2 {
        lines.push(language.pick(format!("diện tích công bố {}", km2(stated)), format!("stated area {}", km2(stated))));
    }
    if let Some(province) = found.province {
        lines.push(language.pick(
            format!(
                "ranh giới tỉnh {}: {} không thuộc xã nào, {} của xã nằm ngoài",
                km2(province.drawn_m2),
                km2(province.without_unit_m2),
                km2(province.beyond_m2)
            ),
            format!(
                "province outline {}: {} in no commune, {} of communes beyond it",
                km2(province.drawn_m2),
                km2(province.without_unit_m2),
                km2(province.beyond_m2)
            ),
        ));
    }
    for reject in sources.rejects.iter().take(MOST_REFUSED) {
        lines.push(format!("  {}: {}", reject.line, reject.message(language)));
    }
    for kind in Kind::ALL {
        let of_kind: Vec<&Finding> = found.findings.iter().filter(|finding| finding.kind == kind).collect();
        let Some(worst) = of_kind.first() else { continue };
        lines.push(row(kind, &of_kind, worst, sources, language));
    }
    if found.findings.is_empty() {
        lines.push(language.pick("không có gì cần xem", "nothing to look at").to_owned());
    }
    lines.join("\n")
}

/// One kind: how many, how much in all, and the worst.
fn row(kind: Kind, all: &[&Finding], worst: &Finding, sources: &Sources, language: Language) -> String {
    let size = |m2: f64| {
        if m2 < 1e5 {
            format!("{} m²", number(m2, 1, language))
        } else {
            format!("{} km²", number(m2 / 1e6, 3, language))
        }
    };
    let area: f64 = all.iter().filter_map(|finding| finding.area_m2).sum();
    let length: f64 = all.iter().filter_map(|finding| finding.length_m).sum();
    let counted: usize = all.iter().filter_map(|finding| finding.count).sum();
    let name = |code: &crate::model::admin::UnitCode| {
        let known = sources.units.iter().find(|unit| unit.code == *code);
        known.map_or_else(|| code.to_string(), |unit| format!("{} ({code})", unit.full_name()))
    };
    let names: Vec<String> = worst.units.iter().take(3).map(name).collect();
    let mut text = format!("  {}: {}", heading(kind, language), number(all.len() as f64, 0, language));
    if area > 0.0 {
        text += &format!("; {}", size(area));
    }
    if length > 0.0 {
        text += &format!("; {} m", number(length, 1, language));
    }
    if counted > 0 {
        text += &match kind {
            Kind::Multipart => language.pick(format!("; {counted} mảnh"), format!("; {counted} parts")),
            _ => language.pick(format!("; {counted} đỉnh"), format!("; {counted} vertices")),
        };
    }
    if !names.is_empty() {
        let which = match (worst.stated_km2, worst.drawn_km2) {
            (Some(stated), Some(drawn)) => language.pick(
                format!(" – công bố {}, vẽ {} km²", number(stated, 2, language), number(drawn, 2, language)),
                format!(" – stated {}, drawn {} km²", number(stated, 2, language), number(drawn, 2, language)),
            ),
            _ => worst.area_m2.map(|m2| format!(" – {}", size(m2))).unwrap_or_default(),
        };
        let label = language.pick("nhiều nhất", "most");
        text += &format!("; {label}: {}{which}", names.join(", "));
    }
    text
}

fn heading(kind: Kind, language: Language) -> &'static str {
    match kind {
        Kind::Invalid => language.pick("không dùng được", "not usable"),
        Kind::Overlap => language.pick("chồng lấn", "overlaps"),
        Kind::Gap => language.pick("khe hở", "gaps"),
        Kind::MismatchedEdge => language.pick("ranh vẽ hai lần không khớp", "borders drawn twice, differently"),
        Kind::AreaDiffers => language.pick("diện tích khác công bố", "areas that differ from those stated"),
        Kind::CoastalArea => language
            .pick("diện tích khác công bố, ven biển hoặc rìa tỉnh", "the same, on the shore or the province's rim"),
        Kind::ProvinceDiffers => language.pick("khác ranh giới tỉnh", "unlike the province's outline"),
        Kind::RepeatedVertex => language.pick("đỉnh lặp", "repeated vertices"),
        Kind::Multipart => language.pick("nhiều mảnh", "of several parts"),
    }
}

async fn store(common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
    let open = common.open_existing(config).await?;
    let problems: Vec<String> = open.check().await?.iter().map(ToString::to_string).collect();
    open.close().await;
    words::result(&if common.json {
        json!({"command": "check store", "problems": problems}).to_string()
    } else if problems.is_empty() {
        language.pick("kho dữ liệu nguyên vẹn".to_owned(), "the store is whole".to_owned())
    } else {
        problems.join("\n")
    });
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
