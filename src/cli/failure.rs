//! A failure as a person reads it: what was found, and what to try.

use std::process::ExitCode;

use super::words;
use crate::flow::export::ExportError;
use crate::flow::import::ImportError;
use crate::flow::merge::MergeError;
use crate::ingest::Unreadable;
use crate::model::language::Language;
use crate::store::StoreError;

pub(super) struct Failure {
    vi: String,
    en: String,
    hint: Option<(String, String)>,
}

impl Failure {
    /// The same words in both languages: names, numbers, an operating system's own sentence.
    pub(super) fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { vi: text.clone(), en: text, hint: None }
    }

    pub(super) fn hint(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.hint = Some((text.clone(), text));
        self
    }

    pub(super) fn of_file(path: &std::path::Path, problem: &Unreadable) -> Self {
        let text = |language| format!("{}: {}", path.display(), problem.message(language));
        let hint = problem.hint(Language::Vi).zip(problem.hint(Language::En));
        Self { vi: text(Language::Vi), en: text(Language::En), hint }
    }

    pub(super) fn print(self, language: Language) -> ExitCode {
        words::say(&language.pick(self.vi, self.en));
        if let Some((vi, en)) = self.hint {
            words::say(&language.pick(format!("gợi ý: {vi}"), format!("hint: {en}")));
        }
        ExitCode::FAILURE
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let failure = Self::new(error.to_string());
        let hint = error.hint(Language::Vi).zip(error.hint(Language::En));
        Self { hint: hint.map(|(vi, en)| (vi.to_owned(), en.to_owned())), ..failure }
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        Self::new(error.to_string())
    }
}

impl From<MergeError> for Failure {
    fn from(error: MergeError) -> Self {
        match &error {
            MergeError::Unreadable { path, problem } => Self::of_file(path, problem),
            MergeError::Write { .. } => Self::new(error.to_string()),
        }
    }
}

impl Failure {
    pub(super) fn of_import(path: &std::path::Path, error: ImportError) -> Self {
        match error {
            ImportError::Unreadable(problem) => Self::of_file(path, &problem),
            ImportError::Store(error) => error.into(),
            ImportError::Read { .. } => {
                Self::new(error.to_string()).hint("check the name and that the file may be read")
            }
        }
    }
}
