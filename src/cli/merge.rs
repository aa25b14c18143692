//! `phusong merge`: files in, a file out.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use jiff::civil::Date;
use serde_json::json;

use super::{Common, Failure, clock, keep_inputs_safe, words};
use crate::flow::merge::{self, Sources};
use crate::ingest;
use crate::model::language::{Language, number};

#[derive(Debug, Args)]
pub(super) struct Merge {
    /// Old communes; several files may be given
    #[arg(long, required = true, value_name = "FILE", num_args = 1..)]
    units: Vec<PathBuf>,
    /// Parts of split communes (`old_code`, `new_code`), where somebody drew the line
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pieces: Vec<PathBuf>,
    /// Old code to new code
    #[arg(long, value_name = "CSV")]
    crosswalk: PathBuf,
    /// GeoJSON to write
    #[arg(long, short, value_name = "NEW")]
    output: PathBuf,
    /// Encoding of names that are not Unicode: tcvn3, vni, windows-1258 …
    #[arg(long, value_name = "NAME")]
    encoding: Option<ingest::StatedEncoding>,
    /// EPSG code of the coordinates, for a file that does not say
    #[arg(long, value_name = "EPSG")]
    crs: Option<u32>,
    /// First day of the new units, for a crosswalk that does not say [default: 2025-07-01]
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

impl Merge {
    pub(super) fn run(self, common: &Common, language: Language) -> Result<ExitCode, Failure> {
        let options = ingest::Options {
            crs_epsg: self.crs,
            as_of: self.as_of,
            encoding: self.encoding,
            ..ingest::Options::at(clock::now())
        };
        let inputs = self.units.iter().chain(&self.pieces).chain(std::iter::once(&self.crosswalk));
        keep_inputs_safe(inputs.map(PathBuf::as_path), &self.output)?;
        let merged = merge::merge(
            &Sources { units: &self.units, pieces: &self.pieces, crosswalk: &self.crosswalk },
            &self.output,
            &options,
        )?;
        let incomplete: Vec<String> = merged.incomplete.iter().map(|(code, _)| code.to_string()).collect();
        let split = &merged.split_without_line;
        words::result(&if common.json {
            json!({
                "command": "merge", "units": merged.units.len(), "refused": merged.refused, "incomplete": incomplete,
                "split_without_line": split.iter().map(|(from, to)| json!({"from": from, "to": to})).collect::<Vec<_>>(),
                "filled_holes": merged.filled.holes, "filled_m2": (merged.filled.area_m2 * 10.0).round() / 10.0,
                "output": self.output,
            })
            .to_string()
        } else {
            let output = self.output.display();
            let mut text = language.pick(
                format!("{output}: {} đơn vị mới, {} dòng bị loại", merged.units.len(), merged.refused),
                format!("{output}: {} new units, {} rows refused", merged.units.len(), merged.refused),
            );
            if merged.filled.holes > 0 {
                let (holes, area_m2) = (merged.filled.holes, number(merged.filled.area_m2, 1, language));
                text.push_str(&language.pick(
                    format!("\n  lấp {holes} khe hở giữa các đơn vị cũ, tổng {area_m2} m²"),
                    format!("\n  {holes} slivers between old units filled, {area_m2} m² in all"),
                ));
            }
            for (from, to) in split {
                let to = to.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                text.push_str(&language.pick(
                    format!("\n  {from} chia cho {to} mà không có đường chia: đất của đơn vị này không thuộc ai; thêm bằng --pieces"),
                    format!("\n  {from} went in parts to {to} and no line is known: nobody has its ground; add it with --pieces"),
                ));
            }
            if !incomplete.is_empty() {
                let codes = incomplete.join(", ");
                text.push_str(&language.pick(
                    format!("\n  thiếu ranh giới của đơn vị cũ, chưa trọn vẹn: {codes}"),
                    format!("\n  not whole, old boundaries are missing: {codes}"),
                ));
            }
            text
        });
        Ok(ExitCode::SUCCESS)
    }
}
