//! `phusong polygonise`: boundary lines and labels in, areas out.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Common, Failure, clock, keep_inputs_safe, words};
use crate::flow::polygonise::{self, Made, Request};
use crate::ingest;
use crate::model::language::{Language, number};

#[derive(Debug, Args)]
pub(super) struct Polygonise {
    /// Lines and labels; several files may be given
    #[arg(required = true, value_name = "FILE")]
    drawings: Vec<PathBuf>,
    /// Units (`code`, `name`) whose codes the labels' names stand for
    #[arg(long, value_name = "FILE")]
    units: Option<PathBuf>,
    /// Join a line's loose end to the nearest line within this distance
    #[arg(long, value_name = "METRES", default_value_t = 0.0)]
    snap: f64,
    /// GeoJSON to write
    #[arg(long, short, value_name = "NEW")]
    output: PathBuf,
    /// EPSG code of the coordinates, for a file that does not say
    #[arg(long, value_name = "EPSG")]
    crs: Option<u32>,
    /// Encoding of names that are not Unicode: tcvn3, vni, windows-1258 …
    #[arg(long, value_name = "NAME")]
    encoding: Option<ingest::StatedEncoding>,
    /// Layer of a file that holds several
    #[arg(long, value_name = "NAME")]
    layer: Option<String>,
}

impl Polygonise {
    pub(super) fn run(self, common: &Common, language: Language) -> Result<ExitCode, Failure> {
        let options = ingest::Options {
            crs_epsg: self.crs,
            encoding: self.encoding,
            layer: self.layer.clone(),
            ..ingest::Options::at(clock::now())
        };
        let inputs = self.drawings.iter().chain(&self.units);
        keep_inputs_safe(inputs.map(PathBuf::as_path), &self.output)?;
        let request = Request { drawings: &self.drawings, units: self.units.as_deref(), snap_m: self.snap };
        let made = polygonise::polygonise(&request, &self.output, &options)?;
        words::result(&if common.json { self.as_json(&made) } else { self.as_text(&made, language) });
        Ok(ExitCode::SUCCESS)
    }

    fn as_json(&self, made: &Made) -> String {
        let ends: Vec<_> = made.loose_ends.iter().map(|end| [end.x, end.y]).collect();
        json!({
            "command": "polygonise", "output": self.output, "units": made.units, "with_code": made.with_code,
            "unlabelled": made.unlabelled, "contested": made.contested, "stray": made.stray,
            "unmatched": made.unmatched, "loose_ends": ends, "refused": made.rejects.len(),
        })
        .to_string()
    }

    fn as_text(&self, made: &Made, language: Language) -> String {
        let (output, units, coded) = (self.output.display(), made.units, made.with_code);
        let mut lines = vec![language.pick(
            format!("{output}: {units} đơn vị, {coded} có mã; {} đối tượng bị loại", made.rejects.len()),
            format!("{output}: {units} units, {coded} with a code; {} features refused", made.rejects.len()),
        )];
        if made.with_code == 0 && self.units.is_none() {
            lines.push(language.pick(
                "  chưa đơn vị nào có mã nên chưa nhập được; thêm --units để lấy mã theo tên".to_owned(),
                "  no unit has a code, so none can be imported; --units takes codes from names".to_owned(),
            ));
        }
        lines.extend(made.warnings.iter().map(|warning| format!("  {}", warning.message(language))));
        if made.unlabelled > 0 {
            let count = made.unlabelled;
            lines.push(
                language.pick(format!("  {count} vùng không có nhãn"), format!("  {count} areas without a label")),
            );
        }
        for labels in &made.contested {
            let all = labels.join(", ");
            lines.push(language.pick(
                format!("  vùng có nhiều nhãn, có lẽ hở ranh: {all}"),
                format!("  an area with several labels, a border may be open: {all}"),
            ));
        }
        let mut told = |vietnamese: &str, english: &str, names: &[String]| {
            if !names.is_empty() {
                lines.push(format!("  {}: {}", language.pick(vietnamese, english), names.join(", ")));
            }
        };
        told("nhãn không nằm trong vùng nào", "labels in no area", &made.stray);
        told("tên không khớp đúng một đơn vị nào", "names that fit no unit or several", &made.unmatched);
        if let Some(end) = made.loose_ends.first() {
            let count = number(made.loose_ends.len() as f64, 0, language);
            let (lon, lat) = (number(end.x, 6, language), number(end.y, 6, language));
            lines.push(language.pick(
                format!("  {count} đầu đường không gặp đường nào, ví dụ ({lon}; {lat}); nối bằng --snap"),
                format!("  {count} line ends meet no line, the first at ({lon}, {lat}); join them with --snap"),
            ));
        }
        lines.join("\n")
    }
}
