//! What the columns of a stranger's table probably hold, shown before it is used.
//!
//! Headings and values are looked at together: a heading says what a column
//! should be, its first values whether it can be. The guess is a profile, and
//! what stands in the table is read by it with the very reader of imports, so
//! that the examples show what an import would understand. Nothing is imported.

mod fields;
mod head;
mod known;
mod left;
mod meaning;
mod notes;
mod of_technology;
mod shown;
mod stated;
mod unfit;
mod values;
mod words;

use std::path::Path;
use std::sync::Arc;

use super::columns::Columns;
use super::dates::Order;
use super::row::Reader;
use super::stale::Stale;
use super::strongest::Strongest;
use crate::ingest::header::Header;
use crate::ingest::profile::{Field, Profile};
use crate::ingest::{Options, Unreadable, Warning, privacy};
use crate::model::crs::Crs;
use crate::model::refusal::{Batch, Reject};
use crate::model::sample::Sample;
use head::Head;
use of_technology::Chosen;
use unfit::Given;

pub use left::Left;
pub use notes::Note;
pub use stated::by_profile;
pub use unfit::{Unfit, Why};

/// Examples of a column.
const EXAMPLES: usize = 3;

/// A profile for a table, and what it makes of the first rows.
#[derive(Clone, Debug)]
pub struct Guess {
    pub profile: Profile,
    /// What the reader makes of the table without a profile, where it knows its form.
    pub known: Option<Known>,
    pub columns: Vec<Column>,
    /// Keys that an import needs and nothing in the table fits.
    pub missing: Vec<&'static str>,
    /// Columns that look like what is missing, and why they are not.
    pub unfit: Vec<Unfit>,
    pub notes: Vec<Note>,
    /// What an import says of times that may be of another day.
    pub days: Option<Warning>,
    /// Columns that are not read.
    pub left: Vec<Left>,
    /// Whether a comma stands before the decimals.
    pub decimal_comma: bool,
    /// Rows that were looked at.
    pub rows: usize,
    /// By the profile as it is written.
    pub accepted: usize,
    pub rejects: Vec<Reject>,
}

/// A table whose form the reader knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub form: String,
    pub accepted: usize,
    pub refused: usize,
    /// The profile reads the first rows the same.
    pub is_same: bool,
}

impl Guess {
    /// Headings of columns that are not read and name nobody.
    #[must_use]
    pub fn unused(&self) -> Vec<&str> {
        self.headings(false)
    }

    /// Headings of columns that are not read because they may name a person.
    #[must_use]
    pub fn personal(&self) -> Vec<&str> {
        self.headings(true)
    }

    fn headings(&self, is_personal: bool) -> Vec<&str> {
        let left = self.left.iter().filter(|left| left.is_personal == is_personal && !left.heading.is_empty());
        left.map(|left| left.heading.as_str()).collect()
    }
}

/// A column and what it was taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Where it stands in the table, from 0.
    pub at: usize,
    pub field: Field,
    pub heading: String,
    pub examples: Vec<Example>,
}

/// A value, and what it is understood as; `None` where a row with it is refused or the value left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    pub found: String,
    pub understood: Option<String>,
}

/// Guesses what the columns of a table hold from its headings and first rows.
///
/// # Errors
/// The file as a whole cannot be read, or is plainly of another kind.
pub fn guess(path: &Path, options: &Options) -> Result<Guess, Unreadable> {
    let options = &Options { profile: None, ..options.clone() };
    let mut head = Head::open(path, options)?;
    let known = head.known(options)?;
    let stated = Given { operator: options.operator, technology: options.technology };
    let choose = |head: &Head| match &known {
        Some(columns) => known::chosen(columns, &head.header, &head.rows(), stated),
        None => of_technology::chosen(&head.header, &head.rows(), head.has_points, stated),
    };
    let mut chosen = choose(&head);
    if known.is_none() {
        head.pass_over_units(chosen.places);
        chosen = choose(&head);
    }
    let (places, rows) = (chosen.places, head.rows());
    let name =
        path.file_stem().map_or_else(|| "profile".to_owned(), |stem| privacy::mask_names(&stem.to_string_lossy()));
    let meaning = match &known {
        Some(columns) => known::meaning(columns, &head.header, &rows, places),
        None => meaning::meaning(&head.header, &rows, places),
    };
    let mut profile = Profile::guessed(&name, &head.header, places, (head.layout(places), meaning));
    profile.crs_epsg = options.crs_epsg;
    profile.operator = chosen.given.operator;
    let implied = known.as_ref().and_then(|columns| columns.implied);
    let of_power = || {
        let heading = head.header.name(places.of(Field::Power)?);
        unfit::technology_of(heading).filter(|_| known.is_none())
    };
    if places.of(Field::Technology).is_none() {
        profile.technology = options.technology.or(implied).or_else(of_power);
    }
    let notes = notes::of(&head, &rows, &chosen);
    // What is counted and shown is what is read of the text, not what was meant by it.
    let profile = profile.as_written().unwrap_or(profile);
    shown(head, profile, (known, chosen), notes, options)
}

/// Whether a heading names one technology, or what is measured of one.
pub(super) fn names_technology(heading: &str) -> bool {
    unfit::technology_of(heading).is_some()
}

/// Whether a cell holds a day with a time of day.
pub(super) fn is_instant(cell: &[u8]) -> bool {
    values::is_instant(cell)
}

/// Whether a heading says what its column holds.
pub(super) fn names_a_field(heading: &str) -> bool {
    fields::named(&Header::new(vec![heading.to_owned()])) > 0
}

/// What an import makes of the first rows by these columns.
fn tried(
    columns: &mut Columns,
    head: &Head,
    (options, crs): (&Options, Crs),
    each: &mut dyn FnMut(&Reader<'_>),
) -> Batch<Sample> {
    let month_first = || Order::of(columns, &head.header, &head.body, head.end).month_first();
    columns.meaning.time.month_first = columns.meaning.time.month_first.or_else(|| Some(month_first()));
    columns.settle_marks(&head.header, &head.body, head.end);
    let reader = Reader::new(columns, &head.header, (options, crs), &head.body, head.end);
    let mut batch = Batch::default();
    let beside = reader.read((&head.body, head.line, head.end), &mut batch);
    reader.headers.sift(&mut batch);
    Strongest::of(&reader, &head.header, &head.body, head.end).sift(&mut batch);
    Stale::of(reader.columns()).sift(&mut batch);
    let mut told = beside.nameless.told("operator");
    reader.headers.sift(&mut told);
    batch.rows.extend(told.rows);
    batch.rejects.extend(told.rejects);
    each(&reader);
    batch
}

/// Rows that were taken. One may be two readings.
fn lines(batch: &Batch<Sample>) -> usize {
    batch.rows.chunk_by(|one, next| one.line == next.line).count()
}

/// Reads the first rows by the profile.
fn shown(
    head: Head,
    profile: Profile,
    (known, chosen): (Option<Columns>, Chosen),
    notes: Vec<Note>,
    options: &Options,
) -> Result<Guess, Unreadable> {
    let Chosen { mut places, unfit, .. } = chosen;
    let with_profile = &super::stated(&Options { profile: Some(Arc::new(profile.clone())), ..options.clone() });
    if head.has_points && places.of(Field::Longitude).is_none() {
        places.set(Field::Longitude, Some(0));
        places.set(Field::Latitude, Some(1));
    }
    let mut columns = Columns::of_places(&profile, places, (head.delimiter, head.header.len()));
    let mut missing = columns.unsaid(with_profile.operator.is_some());
    let stated = with_profile.crs_epsg.unwrap_or(Crs::WGS84.epsg());
    let crs = Crs::from_epsg(stated).ok_or_else(|| Unreadable::UnsupportedCrs { found: format!("EPSG:{stated}") })?;
    let heading = |column: usize| head.header.name(column).to_owned();
    let days = Order::of(&columns, &head.header, &head.body, head.end).warning();
    let mut fields = Vec::new();
    let batch = tried(&mut columns, &head, (with_profile, crs), &mut |reader| {
        fields = Field::ALL
            .into_iter()
            .filter_map(|field| {
                let column = places.of(field)?;
                let examples = shown::examples(reader, &head, (field, column), EXAMPLES);
                Some(Column { at: column, field, heading: heading(column), examples })
            })
            .collect();
    });
    if with_profile.crs_epsg.is_none() && batch.rejects.iter().any(|reject| reject.reason.code() == "metres") {
        missing.push("table.crs");
    }
    let known = known.map(|mut columns| {
        let own = tried(&mut columns, &head, (options, crs), &mut |_| ());
        Known {
            form: columns.profile.to_string(),
            accepted: lines(&own),
            refused: own.rejects.len(),
            is_same: own.rows == batch.rows,
        }
    });
    Ok(Guess {
        known,
        columns: fields,
        missing,
        unfit,
        notes,
        days,
        left: left::columns(&head, places, EXAMPLES),
        decimal_comma: columns.decimal_comma,
        rows: lines(&batch) + batch.rejects.len(),
        accepted: lines(&batch),
        rejects: batch.rejects,
        profile,
    })
}

#[cfg(test)]
mod tests;
