//! Refused rows, written beside the file they came from.
//!
//! `visits.csv` gets `visits.csv.rejects.csv`, with a BOM so that a
//! Vietnamese Excel opens it as UTF-8. Nothing is created for a clean file,
//! and a folder that cannot be written is a note, not a failure.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::model::language::Language;
use crate::model::refusal::Reject;

pub(super) struct Sink {
    path: PathBuf,
    language: Language,
    dry_run: bool,
    writer: Option<csv::Writer<BufWriter<File>>>,
    problem: Option<String>,
}

impl Sink {
    pub(super) fn new(source: &Path, language: Language, dry_run: bool) -> Self {
        let mut name = source.file_name().unwrap_or_default().to_os_string();
        name.push(".rejects.csv");
        Self { path: source.with_file_name(name), language, dry_run, writer: None, problem: None }
    }

    pub(super) fn write(&mut self, refused: &[Reject]) {
        if self.dry_run || self.problem.is_some() {
            return;
        }
        if let Err(error) = self.try_write(refused) {
            self.problem = Some(error.to_string());
        }
    }

    fn try_write(&mut self, refused: &[Reject]) -> Result<(), csv::Error> {
        if self.writer.is_none() {
            self.writer = Some(self.open()?);
        }
        let Some(writer) = &mut self.writer else { return Ok(()) };
        for reject in refused {
            writer.write_record([
                reject.line.to_string().as_str(),
                &reject.field,
                &reject.found,
                reject.reason.code(),
                &reject.reason.expected(self.language),
                &reject.reason.hint(self.language).unwrap_or_default(),
            ])?;
        }
        Ok(())
    }

    fn open(&self) -> Result<csv::Writer<BufWriter<File>>, csv::Error> {
        let mut file = BufWriter::new(File::create(&self.path)?);
        file.write_all("\u{feff}".as_bytes())?;
        let mut writer = csv::Writer::from_writer(file);
        writer.write_record(self.language.pick(
            ["dòng", "cột", "giá trị", "lý do", "cần", "gợi ý"],
            ["line", "field", "found", "reason", "expected", "hint"],
        ))?;
        Ok(writer)
    }

    /// The file, if one was written, and what went wrong.
    pub(super) fn finish(&mut self) -> (Option<PathBuf>, Option<String>) {
        let written = self.writer.take().map(|mut writer| writer.flush());
        match written {
            Some(Ok(())) if self.problem.is_none() => (Some(self.path.clone()), None),
            Some(Err(error)) => (None, Some(error.to_string())),
            _ => (None, self.problem.take()),
        }
    }
}
