//! `phusong check boundaries`: what does not fit, mended where that is asked for.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use jiff::civil::Date;

use super::findings::Answer;
use super::{Common, Config, Failure, clock, keep_inputs_safe, words};
use crate::engine::boundaries::coverage::Severity;
use crate::engine::boundaries::outline::SLIVER_WIDTH_M;
use crate::flow::check::{self, Sources};
use crate::ingest;
use crate::model::language::Language;
use crate::model::measure::local_day;

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
    /// Encoding of names that are not Unicode: tcvn3, vni, windows-1258 …
    #[arg(long, value_name = "NAME")]
    encoding: Option<ingest::StatedEncoding>,
    /// EPSG code of the coordinates, for files that do not say
    #[arg(long, value_name = "EPSG", requires = "files")]
    crs: Option<u32>,
    /// Day whose units are looked over, without files [default: today]
    #[arg(long, value_name = "DATE", conflicts_with = "files")]
    as_of: Option<Date>,
    /// GeoJSON to write: every finding where it lies
    #[arg(long, value_name = "FILE")]
    problems: Option<PathBuf>,
    /// GeoJSON to write: the units with narrow overlaps and gaps given to one neighbour each
    #[arg(long, value_name = "FILE")]
    repair: Option<PathBuf>,
    /// Mean width in metres up to which `--repair` gives away [default: 0.5; borders thinned unit by unit need 300]
    #[arg(long, value_name = "METRES", requires = "repair")]
    sliver_width: Option<f64>,
    /// The same units as somebody else drew them: how far they agree, and who holds the difference
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Exit with 1 when something is found that is an error
    #[arg(long)]
    strict: bool,
}

impl Boundaries {
    pub(super) async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        let options =
            ingest::Options { crs_epsg: self.crs, encoding: self.encoding, ..ingest::Options::at(clock::now()) };
        for output in self.repair.iter().chain(&self.problems) {
            let inputs = self.files.iter().chain(&self.province).chain(&self.areas).chain(&self.against);
            keep_inputs_safe(inputs.map(PathBuf::as_path), output)?;
        }
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
        let mut found = sources.check();
        if let Some(path) = &self.problems {
            common.keep_store_safe(config, path)?;
            check::write_findings(&found, &sources.units, path)?;
        }
        let mut answer = Answer::of(common.json, &found, &sources, language);
        if let Some(path) = &self.repair {
            common.keep_store_safe(config, path)?;
            let sliver_width_m = self.sliver_width.unwrap_or(SLIVER_WIDTH_M);
            let (mended, repaired) = sources.repair(sliver_width_m);
            mended.write(path)?;
            let after = mended.check();
            answer.add_repair(&repaired, &after, &sources, path, sliver_width_m);
            (sources, found) = (mended, after);
        }
        if let Some(path) = &self.against {
            let reference = Sources::read(std::slice::from_ref(path), None, None, &options)?;
            answer.add_agreement(&sources.compare(&reference), &sources);
        }
        words::result(&answer.into_text());
        let failed = self.strict && found.findings.iter().any(|finding| finding.severity == Severity::Error);
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}
