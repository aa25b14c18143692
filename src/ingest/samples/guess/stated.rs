//! A table by a profile that somebody states or changes, shown as a guess is.

use std::path::Path;
use std::sync::Arc;

use super::head::Head;
use super::of_technology::Chosen;
use super::unfit::{self, Given};
use super::{Guess, fields, meaning, shown};
use crate::ingest::profile::{Changes, Codes, Field, Places, Profile};
use crate::ingest::time::Zone;
use crate::ingest::{Options, Unreadable};

/// What a profile makes of a table, after what is changed of it. Nothing is guessed but what the values mean of a column
/// that is another now: units, words, codes, the form of times.
///
/// # Errors
/// The profile does not fit the table, or the changes make none; the file cannot be read.
pub fn by_profile(path: &Path, before: &Profile, changes: &Changes, options: &Options) -> Result<Guess, Unreadable> {
    let mut profile = match &changes.columns {
        Some(columns) => before.with_columns(columns)?,
        None => before.clone(),
    };
    let mut options = Options { profile: Some(Arc::new(profile.clone())), ..options.clone() };
    let mut head = Head::by_profile(path, &options)?;
    if changes.columns.is_some() {
        let places = profile.places(&head.header)?;
        anew(before, &mut profile, &mut head, places);
    }
    profile = profile.with_meaning(changes)?;
    options.profile = Some(Arc::new(profile.clone()));
    let places = profile.places(&head.header)?;
    let stated = crate::ingest::samples::stated(&options);
    let given = Given { operator: stated.operator, technology: stated.technology };
    let unfit = unfit::told(&head.header, &head.rows(), places, &given);
    let chosen = Chosen { places, given, networks: Vec::new(), unfit };
    let notes = super::notes::of(&head, &head.rows(), &chosen);
    shown(head, profile, (None, chosen), notes, &options)
}

/// Looks up what the values of those columns mean that are other ones than before.
fn anew(before: &Profile, profile: &mut Profile, head: &mut Head, places: Places) {
    let other = |fields: &[Field]| fields.iter().any(|field| before.heading(*field) != profile.heading(*field));
    let (power, place) = (other(&fields::POWERS), other(&[Field::Longitude, Field::Latitude]));
    let (time, zone) = (other(&[Field::Time, Field::Date, Field::Clock]), other(&[Field::Time]));
    let (operator, technology) = (other(&[Field::Operator]), other(&[Field::Technology]));
    let (download, speed) = (other(&[Field::Download]), other(&[Field::Speed]));
    let ratio = other(&[Field::Rsrq, Field::Rsrq4g, Field::Rsrq5g, Field::Sinr, Field::Sinr4g, Field::Sinr5g]);
    if profile.layout.lines_after_header == 0 {
        head.pass_over_units(places);
    }
    let layout = head.layout(places);
    if profile.layout.lines_after_header == 0 {
        profile.layout.lines_after_header = layout.lines_after_header;
    }
    profile.layout.decimal_comma = profile.layout.decimal_comma.or(layout.decimal_comma);
    let found = meaning::meaning(&head.header, &head.rows(), places);
    let meaning = &mut profile.meaning;
    if power {
        meaning.power = found.power;
    }
    if power || place || ratio {
        meaning.missing = Codes::both(&meaning.missing, &found.missing);
    }
    if time {
        meaning.time.pattern = found.time.pattern;
        meaning.time.month_first = None;
    }
    if zone && found.time.zone != Zone::default() {
        meaning.time.zone = found.time.zone;
    }
    if operator {
        meaning.operators = found.operators;
    }
    if technology {
        meaning.technologies = found.technologies;
    }
    if download {
        meaning.download_factor = found.download_factor;
    }
    if speed {
        meaning.speed_factor = found.speed_factor;
    }
    let named = places.of(Field::Power).filter(|_| power && places.of(Field::Technology).is_none());
    if let Some(technology) = named.and_then(|at| unfit::technology_of(head.header.name(at))) {
        profile.technology = profile.technology.or(Some(technology));
    }
}
