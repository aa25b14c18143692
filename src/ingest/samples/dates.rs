//! Which column holds the instant, and in which order it writes days and months, by the first thousand lines.

use super::columns::{Columns, TIME};
use super::guess::is_instant;
use super::row::first_lines;
use super::units;
use crate::ingest::header::Header;
use crate::ingest::number;
use crate::ingest::time::{Zone, has_half_days, is_month_first, is_open};
use crate::ingest::warning::Warning;

/// Headings that name the instant by its zone alone.
const BY_ZONE: &[&str] = &["utc", "gmt", "utc_timestamp", "utc_datetime", "gps_time_utc", "time_gmt", "gmt_time"];

impl Columns {
    /// The instant is that of a column whose heading states its zone: another one beside it is a clock of nobody knows
    /// where. Unless it holds something else, as the hours between the two.
    pub(super) fn settle_time(&mut self, header: &Header, first: &[u8], end: u8) {
        let zone = |at: usize| units::zone(header.name(at));
        if self.time.and_then(zone).is_some() {
            return;
        }
        let named = TIME.iter().chain(BY_ZONE).flat_map(|name| header.alike(name));
        let stated = named.filter(|at| !header.is_personal(*at)).find_map(|at| Some((at, zone(at)?)));
        let Some((at, offset_s)) = stated else { return };
        let (mut filled, mut instants) = (0_usize, 0_usize);
        first_lines((self, header), first, end, &mut |line| {
            let found = line.get(Some(at));
            filled += usize::from(!number::is_missing(found));
            instants += usize::from(is_instant(found));
        });
        if instants > 0 && instants * 2 > filled {
            (self.time, self.clock, self.date) = (Some(at), None, None);
            self.meaning.time.zone = Zone::Fixed(offset_s);
        }
    }
}

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
