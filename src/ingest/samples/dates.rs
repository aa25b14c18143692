//! In which order a log writes days and months, by its first thousand lines.

use super::columns::Columns;
use super::row::first_lines;
use crate::ingest::header::Header;
use crate::ingest::time::{has_half_days, is_month_first, is_open};
use crate::ingest::warning::Warning;

/// What the dates of a log say of their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Days first, or a form that leaves no doubt, or a person has said.
    Plain,
    /// A date that proves that months stand first.
    MonthFirst { column: String, example: String },
    /// No date decides, and this one is another day in the other order. Days are read first, as Viet Nam writes them.
    Open { column: String, example: String, has_half_days: bool },
}

impl Order {
    pub(super) fn of(columns: &Columns, header: &Header, first: &[u8], end: u8) -> Self {
        let form = &columns.meaning.time;
        if form.pattern.is_some() || form.month_first.is_some() {
            return Self::Plain;
        }
        let mut days: Vec<(usize, Vec<u8>)> = Vec::new();
        let mut in_halves = false;
        first_lines((columns, header), first, end, &mut |line| {
            for at in [columns.date, columns.time].into_iter().flatten() {
                days.push((at, line.get(Some(at)).to_vec()));
            }
            let clocks = [columns.time, columns.clock].into_iter().flatten();
            in_halves |= clocks.map(|at| line.get(Some(at))).any(has_half_days);
        });
        let shown =
            |(at, day): &(usize, Vec<u8>)| (header.name(*at).to_owned(), String::from_utf8_lossy(day).into_owned());
        let proof = |day: &[u8]| is_month_first(std::iter::once(day));
        match is_month_first(days.iter().map(|(_, day)| day.as_slice())) {
            Some(true) => {
                let example = days.iter().find(|(_, day)| proof(day) == Some(true)).map(shown);
                example.map_or(Self::Plain, |(column, example)| Self::MonthFirst { column, example })
            }
            Some(false) => Self::Plain,
            None if days.iter().any(|(_, day)| proof(day).is_some()) => Self::Plain,
            None => match days.iter().find(|(_, day)| is_open(day)).map(shown) {
                Some((column, example)) => Self::Open { column, example, has_half_days: in_halves },
                None => Self::Plain,
            },
        }
    }

    /// What a form says of it that said nothing.
    pub(super) fn month_first(&self) -> bool {
        matches!(self, Self::MonthFirst { .. })
    }

    pub(super) fn warning(self) -> Option<Warning> {
        match self {
            Self::Plain => None,
            Self::MonthFirst { column, example } => Some(Warning::MonthFirst { column, example }),
            Self::Open { column, example, has_half_days } => {
                Some(Warning::OrderOpen { column, example, has_half_days })
            }
        }
    }
}
