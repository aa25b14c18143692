//! What a visitor's phone showed of a network. It may be said and need not be: a word that nobody knows is left out and
//! told, and the visit stays. What else is missing of a visit is missed by some figure; this is evidence of signal, and
//! one word less of that changes no count of homes.

use super::columns::Columns;
use super::words;
use crate::ingest::header::Header;
use crate::ingest::profile::VisitsProfile;
use crate::ingest::table::Record;
use crate::ingest::{Warning, privacy, text};
use crate::model::operator::Operator;
use crate::model::signal_seen::SignalSeen;

/// Words that were left out, by column.
#[derive(Default)]
pub(super) struct LeftOut(Vec<One>);

struct One {
    column: usize,
    rows: u64,
    /// The first of them that can be no name.
    example: Option<String>,
}

impl LeftOut {
    fn see(&mut self, column: usize, word: &str) {
        let example = || Some(privacy::mask_words(word)).filter(|masked| !masked.contains('…'));
        match self.0.iter_mut().find(|one| one.column == column) {
            Some(one) => {
                one.rows += 1;
                one.example = one.example.take().or_else(example);
            }
            None => self.0.push(One { column, rows: 1, example: example() }),
        }
    }

    pub(super) fn warnings(self, header: &Header) -> impl Iterator<Item = Warning> {
        let told = |one: One| Warning::WordsDropped {
            column: header.name(one.column).to_owned(),
            rows: one.rows,
            example: one.example,
        };
        self.0.into_iter().map(told)
    }
}

/// Of each network that a row says something of.
pub(super) fn of_row(
    record: &Record,
    columns: &Columns,
    profile: Option<&VisitsProfile>,
    left_out: &mut LeftOut,
) -> Vec<(Operator, SignalSeen)> {
    let mut one = |(operator, column): &(Operator, usize)| {
        let text = record.get(Some(*column));
        if matches!(text::fold(text).as_str(), "" | "-" | "n/a" | "khong do") {
            return None;
        }
        let seen = words::seen(text, profile);
        if seen.is_none() {
            left_out.see(*column, text);
        }
        Some((*operator, seen?))
    };
    columns.signal.iter().filter_map(&mut one).collect()
}
