//! Corrections put into the rows of a table, before anything is made of them.
//!
//! One place for every format that becomes a [`super::table::Table`]: a row of
//! a CSV, of a spreadsheet and of a form is here a row of headed cells. What
//! cannot be put in is a refused row that says so: a correction is never lost
//! without a word, and a row that somebody wanted changed never comes in as it
//! was.

use std::collections::BTreeMap;

use crate::model::correction::{Answer, Corrected, Correction};
use crate::model::refusal::{Reason, Reject};

use super::header::Header;
use super::table::Record;
use super::{place, privacy, villages, visits};

/// Columns that a correction may bring where the file has none: a row without a place is mended by naming one.
const BROUGHT: [&str; 4] = ["village_code", "village", "commune_code", "commune"];

#[derive(Debug, Default)]
pub(super) struct Mending {
    by_line: BTreeMap<u64, Asked>,
    /// Columns that the corrections brought; they stand behind those of the file.
    brought: usize,
    /// Columns whose texts may be kept, before and after.
    kept: Vec<usize>,
    pub(super) corrected: Vec<Corrected>,
}

#[derive(Debug, Default)]
struct Asked {
    cells: Vec<(usize, String)>,
    refused: Option<Reject>,
    leave_out: bool,
}

impl Mending {
    /// Finds the columns of the corrections. `brings`: the reader goes by headings, so that it sees a new column.
    pub(super) fn new(header: &mut Header, corrections: &[Correction], brings: bool) -> Self {
        let mut mending = Self::default();
        if corrections.is_empty() {
            return mending;
        }
        let cells = corrections.iter().filter_map(|one| match &one.answer {
            Answer::Cell { field, .. } => Some(field.as_str()),
            Answer::LeaveOut => None,
        });
        let mut new: Vec<String> = Vec::new();
        for field in cells.filter(|field| brings && BROUGHT.contains(field)) {
            if header.spelt(field).is_empty() && !new.iter().any(|name| name == field) {
                new.push(field.to_owned());
            }
        }
        if !new.is_empty() {
            mending.brought = new.len();
            *header = Header::new(header.names.iter().cloned().chain(new).collect());
        }
        mending.kept = kept(header);
        for one in corrections {
            let asked = mending.by_line.entry(one.line).or_default();
            match &one.answer {
                Answer::LeaveOut => asked.leave_out = true,
                Answer::Cell { field, value } => match column(header, field) {
                    Ok(at) => {
                        // The last word counts.
                        asked.cells.retain(|(column, _)| *column != at);
                        asked.cells.push((at, value.clone()));
                    }
                    Err(reason) => asked.refused = Some(Reject::new(one.line, field.as_str(), "", reason)),
                },
            }
        }
        mending
    }

    /// Columns of the file itself.
    pub(super) fn own_width(&self, header: &Header) -> usize {
        header.len() - self.brought
    }

    /// A row as it was meant.
    pub(super) fn mend(&mut self, next: Result<Record, Reject>, header: &Header) -> Result<Record, Reject> {
        let line = match &next {
            Ok(record) => record.line,
            Err(reject) => reject.line,
        };
        let asked = self.by_line.remove(&line);
        if asked.as_ref().is_some_and(|asked| asked.leave_out) {
            return Err(Reject::new(line, "", "", Reason::LeftOut));
        }
        let mut record = next?;
        if self.brought > 0 || asked.is_some() {
            record.as_written = Some(record.cells.clone());
            record.cells.resize(header.len(), String::new());
        }
        let Some(asked) = asked else { return Ok(record) };
        if let Some(refused) = asked.refused {
            return Err(refused);
        }
        for (at, value) in asked.cells {
            let Some(cell) = record.cells.get_mut(at) else { continue };
            let keeps = self.kept.contains(&at);
            let shown = |text: &str| match text {
                "" => String::new(),
                text if keeps => privacy::mask_numbers(&privacy::mask_long_numbers(text.trim())),
                _ => "…".to_owned(),
            };
            let (before, after) = (shown(cell), shown(&value));
            self.corrected.push(Corrected { line, field: header.name(at).to_owned(), before, after });
            *cell = value;
        }
        Ok(record)
    }

    /// Once all rows are read: lines that never came. One that was refused before it had cells keeps its refusal.
    pub(super) fn settle(&mut self, rejects: &mut Vec<Reject>, header: &Header) {
        for (line, asked) in std::mem::take(&mut self.by_line) {
            let there = rejects.iter_mut().find(|reject| reject.line == line);
            match there {
                Some(reject) if asked.leave_out => *reject = Reject::new(line, "", "", Reason::LeftOut),
                Some(_) => {}
                None => {
                    let first = asked.cells.first().map_or("", |(at, _)| header.name(*at));
                    let field = asked.refused.map_or_else(|| first.to_owned(), |refused| refused.field);
                    rejects.push(Reject::new(line, field, "", Reason::NoSuchLine));
                }
            }
        }
    }
}

/// The column that a correction names, as the file spells it or a reader understands it.
fn column(header: &Header, field: &str) -> Result<usize, Reason> {
    let exact = header.spelt(field);
    let found = if exact.is_empty() { header.alike(field) } else { exact };
    match found.first() {
        Some(at) if header.is_personal(*at) => Err(Reason::PersonalColumn),
        Some(at) if found.len() == 1 => Ok(*at),
        _ => {
            let known = (0..header.len()).filter(|at| !header.is_personal(*at)).map(|at| header.name(at).to_owned());
            Err(Reason::NoSuchColumn { known: known.filter(|name| !name.is_empty()).collect() })
        }
    }
}

/// Places, results and times say nothing of a person; of every other column neither text is kept.
fn kept(header: &Header) -> Vec<usize> {
    let (village_code, village) = villages::village_columns(header);
    let found = [place::COMMUNE_CODE, place::COMMUNE_NAME, place::DISTRICT, visits::RESULT, visits::TIME];
    found.into_iter().map(|names| header.find_in_path(names)).chain([village_code, village]).flatten().collect()
}
