//! What the columns of a stranger's table probably hold, shown before it is used.
//!
//! Headings and values are looked at together: a heading says what a column
//! should be, its first values whether it can be. The guess is a profile, and
//! what stands in the table is read by it with the very reader of imports, so
//! that the examples show what an import would understand. Nothing is imported.

mod fields;
mod head;
mod shown;
mod values;

use std::path::Path;
use std::sync::Arc;

use super::columns::Columns;
use super::dates;
use super::row::Reader;
use crate::ingest::header::Header;
use crate::ingest::profile::{Field, Meaning, Places, Profile};
use crate::ingest::{Options, Unreadable};
use crate::model::crs::Crs;
use crate::model::refusal::{Batch, Reject};
use head::Head;

/// Examples of a column.
const EXAMPLES: usize = 3;

/// A profile for a table, and what it makes of the first rows.
#[derive(Clone, Debug)]
pub struct Guess {
    pub profile: Profile,
    /// The form that the reader knows the table as without a profile.
    pub known: Option<String>,
    pub columns: Vec<Column>,
    /// Keys that an import needs and nothing in the table fits.
    pub missing: Vec<&'static str>,
    /// Headings of columns that are not read.
    pub unused: Vec<String>,
    /// Those of them that may name a person.
    pub personal: Vec<String>,
    /// Rows that were looked at.
    pub rows: usize,
    pub accepted: usize,
    pub rejects: Vec<Reject>,
}

/// A column and what it was taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
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
    let rows = head.rows();
    let places = match &known {
        Some(columns) => columns.places(),
        None => fields::places(&head.header, &rows, head.has_points),
    };
    if known.is_none() {
        head.pass_over_units(places);
    }
    let rows = head.rows();
    let name = path.file_stem().map_or_else(|| "profile".to_owned(), |stem| stem.to_string_lossy().into_owned());
    let meaning = match &known {
        // A home-made table has words of its own under headings that everybody uses.
        Some(columns) if columns.profile == "canonical" => {
            let Meaning { operators, technologies, .. } = fields::meaning(&head.header, &rows, places);
            Meaning { operators, technologies, ..columns.meaning.clone() }
        }
        Some(columns) => columns.meaning.clone(),
        None => fields::meaning(&head.header, &rows, places),
    };
    let mut profile = Profile::guessed(&name, &head.header, places, (head.layout(places), meaning));
    profile.crs_epsg = options.crs_epsg;
    profile.operator = options.operator;
    let implied = known.as_ref().and_then(|columns| columns.implied);
    let of_power = || fields::technology_of_power(&head.header, places).filter(|_| known.is_none());
    if places.of(Field::Technology).is_none() {
        profile.technology = options.technology.or(implied).or_else(of_power);
    }
    shown(head, profile, (known, places), options)
}

/// Whether a heading says what its column holds.
pub(super) fn names_a_field(heading: &str) -> bool {
    fields::named(&Header::new(vec![heading.to_owned()])) > 0
}

/// Reads the first rows by the profile.
fn shown(
    head: Head,
    profile: Profile,
    (known, mut places): (Option<Columns>, Places),
    options: &Options,
) -> Result<Guess, Unreadable> {
    let options = &super::stated(&Options { profile: Some(Arc::new(profile.clone())), ..options.clone() });
    if head.has_points && places.of(Field::Longitude).is_none() {
        places.set(Field::Longitude, Some(0));
        places.set(Field::Latitude, Some(1));
    }
    let mapped = Columns::of_places(&profile, places, (head.delimiter, head.header.len()));
    let mut missing = mapped.unsaid(options.operator.is_some());
    // An app that the reader knows may have more to say than a profile can.
    let (known, mut columns) = match known {
        Some(columns) => (Some(columns.profile.to_string()), columns),
        None => (None, mapped),
    };
    let stated = options.crs_epsg.unwrap_or(Crs::WGS84.epsg());
    let crs = Crs::from_epsg(stated).ok_or_else(|| Unreadable::UnsupportedCrs { found: format!("EPSG:{stated}") })?;
    columns.meaning.time.month_first = dates::month_first(&columns, &head.header, &head.body, head.end).is_some();
    let reader = Reader::new(&columns, &head.header, (options, crs), &head.body, head.end);
    let mut batch = Batch::default();
    let beside = reader.read((&head.body, head.line, head.end), &mut batch);
    let told = beside.nameless.told("operator");
    batch.rows.extend(told.rows);
    batch.rejects.extend(told.rejects);
    if options.crs_epsg.is_none() && batch.rejects.iter().any(|reject| reject.reason.code() == "metres") {
        missing.push("table.crs");
    }
    let heading = |column: usize| head.header.name(column).to_owned();
    let left = |personal: bool| {
        let columns = (0..head.header.len()).filter(|column| !places.uses(*column));
        let columns = columns.filter(|column| head.header.is_personal(*column) == personal);
        columns.map(heading).filter(|name| !name.is_empty()).collect::<Vec<_>>()
    };
    let of_field = |field: Field| {
        let column = places.of(field)?;
        let examples = shown::examples(&reader, &head, (field, column), EXAMPLES);
        Some(Column { field, heading: heading(column), examples })
    };
    Ok(Guess {
        known,
        columns: Field::ALL.into_iter().filter_map(of_field).collect(),
        missing,
        unused: left(false),
        personal: left(true),
        rows: batch.rows.len() + batch.rejects.len(),
        accepted: batch.rows.len(),
        rejects: batch.rejects,
        profile,
    })
}

#[cfg(test)]
mod tests;
