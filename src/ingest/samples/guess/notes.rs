//! What a person should know of a choice before a file is imported by it.

use super::fields::{Rows, cells};
use super::head::Head;
use super::of_technology::Chosen;
use super::unfit;
use super::values;
use crate::ingest::profile::{Field, Places};
use crate::model::operator::{Operator, Technology};

/// What a person should know of a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The column of networks is of those that sold the card, not of those that carry the phone.
    HomeNetwork { heading: String },
    /// Several networks have columns of their own, and a profile reads one.
    Networks { taken: Operator, others: Vec<Operator> },
    /// Rows have a power of 4G and one of 5G, and name no technology: each is a reading.
    BothRead,
    /// Rows have powers of several technologies and name none: a row is a measurement of the first that is filled.
    Technologies { taken: Technology, others: Vec<Technology> },
}

pub(super) fn of(head: &Head, rows: &Rows, chosen: &Chosen) -> Vec<Note> {
    let (header, places) = (&head.header, chosen.places);
    let mut notes = Vec::new();
    if let Some(at) = places.of(Field::Operator).or(places.of(Field::Mcc))
        && unfit::is_of_home(header.name(at))
    {
        notes.push(Note::HomeNetwork { heading: header.name(at).to_owned() });
    }
    if let Some(taken) = chosen.given.operator {
        let others: Vec<Operator> = chosen.networks.iter().copied().filter(|network| *network != taken).collect();
        if !others.is_empty() {
            notes.push(Note::Networks { taken, others });
        }
    }
    if let Some((taken, mut others)) = technologies(rows, places) {
        let before = others.len();
        others.retain(|other| (taken, *other) != (Technology::Lte, Technology::Nr));
        if others.len() < before {
            notes.push(Note::BothRead);
        }
        if !others.is_empty() {
            notes.push(Note::Technologies { taken, others });
        }
    }
    notes
}

/// The technologies of which rows without a name of one have a power beside that which is read.
fn technologies(rows: &Rows, places: Places) -> Option<(Technology, Vec<Technology>)> {
    if places.of(Field::Technology).is_some() {
        return None;
    }
    // The order in which a reader takes them.
    let order = [Technology::Lte, Technology::Nr, Technology::Umts, Technology::Gsm];
    let powers = order.into_iter().filter_map(|of| Some((of, cells(rows, places.of(Field::power_of(of))?))));
    let powers: Vec<(Technology, Vec<&[u8]>)> = powers.collect();
    let is_filled = |cell: &[u8]| values::value(cell).is_some() && !values::is_code(cell);
    let (taken, mut others) = (powers.first()?.0, Vec::new());
    for (at, (of, cells)) in powers.iter().enumerate().skip(1) {
        let is_beside =
            |row: usize| powers[..at].iter().any(|(_, before)| before.get(row).is_some_and(|cell| is_filled(cell)));
        if cells.iter().enumerate().any(|(row, cell)| is_filled(cell) && is_beside(row)) {
            others.push(*of);
        }
    }
    (!others.is_empty()).then_some((taken, others))
}
