//! Refused rows and why.
//!
//! A bad row is a result, not a failure. It keeps its file, line and field,
//! what was found and why it is refused: facts. What was expected (`reason`) and what to try are said in the
//! reader's language, and what to try to a person at a terminal (`hint`) otherwise than on the page (`page`).

mod field;
mod hint;
mod page;
mod reason;

use std::fmt;
use std::sync::Arc;

use super::language::Language;
pub use field::word_of_field;
pub use hint::state_the_crs;
pub use page::{PageReader, choose_the_crs};
pub use reason::Reason;

/// A row that was read, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<T> {
    /// Line in the file from 1, header included; for GeoJSON the feature's number from 1.
    pub line: u64,
    pub value: T,
}

/// Good rows and refused rows of one file or one piece of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch<T> {
    pub rows: Vec<Row<T>>,
    pub rejects: Vec<Reject>,
}

impl<T> Default for Batch<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), rejects: Vec::new() }
    }
}

/// The file inside an archive, or the sheet of a workbook, that a row stands in, and its line there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Within {
    pub file: Arc<str>,
    pub line: u64,
}

/// `a.gpx:12`
impl fmt::Display for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// The files of an archive or the sheets of a workbook, each with the number before its first row: rows are numbered on
/// from one to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts(Vec<(u64, Arc<str>)>);

impl Parts {
    /// `before`: rows of the files before this one.
    pub fn begin(&mut self, before: u64, file: &str) {
        self.0.push((before, file.into()));
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, file)| &**file)
    }

    /// Where a line of the whole stands; `None` in a file that is no archive.
    #[must_use]
    pub fn of(&self, line: u64) -> Option<Box<Within>> {
        let (before, file) = self.0.iter().rev().find(|(before, _)| line > *before)?;
        Some(Box::new(Within { file: Arc::clone(file), line: line - before }))
    }
}

/// One refused row.
#[derive(Clone, Debug, PartialEq)]
pub struct Reject {
    pub line: u64,
    /// Where the row stands in an archive of several files or a workbook of several sheets.
    pub within: Option<Box<Within>>,
    /// The column or property, as the file spells it; empty for the whole row.
    pub field: String,
    /// The offending text, cut to 200 characters.
    pub found: String,
    pub reason: Reason,
}

impl Reject {
    #[must_use]
    pub fn new(line: u64, field: impl Into<String>, found: impl Into<String>, reason: Reason) -> Self {
        let found: String = found.into();
        let found = if found.chars().count() > 200 { found.chars().take(199).chain(['…']).collect() } else { found };
        Self { line, within: None, field: field.into(), found, reason }
    }

    /// `visits.csv:412`, or `visits.zip/a.gpx:12`.
    #[must_use]
    pub fn place(&self, file: &str) -> String {
        match &self.within {
            Some(within) => format!("{file}/{within}"),
            None => format!("{file}:{}", self.line),
        }
    }

    /// `` visits.csv:412: `lat` is 106.7, expected -90 to 90 ``, without the file.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let found = language.pick(format!("“{}”", self.found), self.found.clone());
        self.sentence(&format!("`{}`", self.field), &found, language)
    }

    /// The same to somebody who knows the field by this name and no code.
    #[must_use]
    pub fn message_naming(&self, field: &str, language: Language) -> String {
        self.sentence(&format!("“{field}”"), &format!("“{}”", self.found), language)
    }

    fn sentence(&self, field: &str, found: &str, language: Language) -> String {
        let expected = self.reason.expected(language);
        match (self.field.is_empty(), self.found.is_empty()) {
            (true, true) => expected,
            (true, false) => language.pick(
                format!("gặp “{}”, cần {expected}", self.found),
                format!("found `{}`, expected {expected}", self.found),
            ),
            (false, true) => language
                .pick(format!("{field} để trống, cần {expected}"), format!("{field} is empty, expected {expected}")),
            (false, false) => language.pick(
                format!("{field} là {found}, cần {expected}"),
                format!("{field} is {found}, expected {expected}"),
            ),
        }
    }
}
