//! A table whose form the reader knows, as a profile says it.
//!
//! A profile has no key for some of what the reader knows of an app, such as
//! the age of a fix; whether it reads the same is found by reading with both.

use super::super::columns::Columns;
use super::super::radio;
use super::fields::{Rows, cells};
use super::of_technology::{Chosen, without_identities};
use super::unfit::{self, Given, Unfit, Why, are_levels};
use super::values::{self, Fit};
use crate::ingest::header::Header;
use crate::ingest::profile::{Field, Meaning, Places};

/// The columns of the reader, as far as a profile has keys for them.
pub(super) fn chosen(columns: &Columns, header: &Header, rows: &Rows, stated: Given) -> Chosen {
    let mut places = columns.places();
    // A power of one technology alone is not that of the others which the rows name.
    if let (Some(technology), Some(at), Some(_)) = (columns.rsrp_of, places.of(Field::Power), columns.technology) {
        places.set(Field::Power, None);
        places.set(Field::power_of(technology), Some(at));
    }
    if let (Some(date), Some(time)) = (columns.date, columns.time)
        && date != time
        && values::fit(Field::Clock, &cells(rows, time)) == Fit::Surely
    {
        places.set(Field::Time, None);
        places.set(Field::Date, Some(date));
        places.set(Field::Clock, Some(time));
    }
    without_identities(header, rows, &mut places);
    let mut unfit = Vec::new();
    if let Some(at) = places.of(Field::Power)
        && are_levels(header.name(at), &cells(rows, at))
    {
        places.set(Field::Power, None);
        unfit.push(Unfit { field: Field::Power, heading: header.name(at).to_owned(), why: Why::Levels });
    }
    for field in Field::ALL {
        if let Some(at) = places.of(field)
            && header.spelt(header.name(at)).len() > 1
        {
            places.set(field, None);
            unfit.push(Unfit { field, heading: header.name(at).to_owned(), why: Why::Doubled });
        }
    }
    if places.of(Field::Operator).or(places.of(Field::Mcc)).is_none() && columns.cgi.is_none() {
        unfit.extend(unfit::numbered(header, rows));
    }
    Chosen { places, given: stated, networks: Vec::new(), unfit }
}

/// What the reader knows of values, and the words of the table that its form has no list for.
pub(super) fn meaning(columns: &Columns, header: &Header, rows: &Rows, places: Places) -> Meaning {
    let mut meaning = columns.meaning.clone();
    // A home-made table has words of its own under headings that everybody uses.
    if columns.profile == "canonical" {
        let Meaning { operators, technologies, serving, .. } = super::meaning::meaning(header, rows, places);
        (meaning.operators, meaning.technologies, meaning.serving) = (operators, technologies, serving);
    }
    if columns.technology_codes
        && let Some(at) = columns.technology
    {
        let code = |cell: &[u8]| match radio::technology(cell) {
            None => radio::technology_of_code(cell),
            Some(_) => None,
        };
        let codes = super::meaning::words(&cells(rows, at), code);
        if !codes.is_empty() {
            meaning.technologies = codes;
        }
    }
    meaning
}
