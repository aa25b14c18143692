//! Refused rows, written beside the file they came from.
//!
//! `visits.csv` gets `visits.csv.rejects.csv`, with a BOM so that a
//! Vietnamese Excel opens it as UTF-8. It gets that name only when the import
//! stands: a failed one leaves nothing, a clean one removes what an earlier
//! try left. Its last column is empty: filled in, the file is one of
//! corrections (`ingest::corrections`). A folder that cannot be written is a note, not a failure.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Request;
use crate::model::correction::{Answer, Correction};
use crate::model::language::Language;
use crate::model::refusal::{Reason, Reject};

pub(super) struct Sink {
    path: PathBuf,
    /// Where rows go until the import stands.
    unfinished: PathBuf,
    language: Language,
    dry_run: bool,
    corrections: Arc<Vec<Correction>>,
    writer: Option<csv::Writer<BufWriter<File>>>,
    problem: Option<String>,
}

impl Sink {
    pub(super) fn new(source: &Path, request: &Request) -> Self {
        let (language, dry_run) = (request.language, request.dry_run);
        let mut name = source.file_name().unwrap_or_default().to_os_string();
        name.push(".rejects.csv");
        let path = source.with_file_name(&name);
        name.push(".unfinished");
        Self {
            path,
            unfinished: source.with_file_name(name),
            language,
            dry_run,
            corrections: Arc::clone(&request.corrections),
            writer: None,
            problem: None,
        }
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
            let mut hint = reject.reason.hint(self.language).unwrap_or_default();
            if let Some(within) = &reject.within {
                let parted = if hint.is_empty() { "" } else { "; " };
                hint = format!("{within}{parted}{hint}");
            }
            writer.write_record([
                reject.line.to_string().as_str(),
                &reject.field,
                &reject.found,
                reject.reason.code(),
                &reject.reason.expected(self.language),
                &hint,
                if reject.reason == Reason::LeftOut { self.language.pick("[bỏ qua]", "[left out]") } else { "" },
            ])?;
        }
        Ok(())
    }

    fn open(&self) -> Result<csv::Writer<BufWriter<File>>, csv::Error> {
        let mut file = BufWriter::new(File::create(&self.unfinished)?);
        file.write_all(BOM.as_bytes())?;
        let mut writer = csv::Writer::from_writer(file);
        writer.write_record(heading(self.language))?;
        // What was answered before stays answered, above the refusals, so that a later answer is the last word.
        for Correction { line, answer } in self.corrections.iter() {
            if let Answer::Cell { field, value } = answer {
                let value = if value.is_empty() { self.language.pick("[để trống]", "[empty]") } else { value };
                writer.write_record([line.to_string().as_str(), field, "", "corrected", "", "", value])?;
            }
        }
        Ok(writer)
    }

    /// The file, if one was written, and what went wrong. Called once the import stands.
    pub(super) fn finish(&mut self) -> (Option<PathBuf>, Option<String>) {
        if self.dry_run {
            return (None, None);
        }
        let Some(mut writer) = self.writer.take() else {
            // The unfinished one is of an import that was killed.
            for left in [&self.path, &self.unfinished] {
                if self.problem.is_none() && is_ours(left) {
                    let _ = fs::remove_file(left);
                }
            }
            return (None, self.problem.take());
        };
        let written = writer.flush();
        drop(writer);
        if let Some(problem) = self.problem.take() {
            self.discard();
            return (None, Some(problem));
        }
        match written.and_then(|()| fs::rename(&self.unfinished, &self.path)) {
            Ok(()) => (Some(self.path.clone()), None),
            Err(error) => {
                self.discard();
                (None, Some(error.to_string()))
            }
        }
    }

    fn discard(&self) {
        let _ = fs::remove_file(&self.unfinished);
    }
}

impl Drop for Sink {
    /// The import failed: its refused rows are nobody's.
    fn drop(&mut self) {
        if self.writer.take().is_some() {
            self.discard();
        }
    }
}

const BOM: &str = "\u{feff}";

fn heading(language: Language) -> [&'static str; 7] {
    language.pick(
        ["dòng", "cột", "giá trị", "lý do", "cần", "gợi ý", "sửa thành"],
        ["line", "field", "found", "reason", "expected", "hint", "value"],
    )
}

/// Whether an earlier import wrote the file: it begins with our heading, in either language.
fn is_ours(path: &Path) -> bool {
    let longest = 256;
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(longest).read_to_end(&mut start));
    read.is_ok()
        && [Language::Vi, Language::En].into_iter().any(|language| {
            // Before there were corrections the last column was not there.
            let (now, before) = (heading(language).join(","), heading(language)[..6].join(","));
            [now, before].iter().any(|heading| start.starts_with(format!("{BOM}{heading}\n").as_bytes()))
        })
}
