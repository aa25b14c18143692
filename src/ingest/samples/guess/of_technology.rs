//! Columns that tell of one technology or one network each.
//!
//! A power of 4G beside the quality of 5G is a reading that no phone made, so
//! what goes together is chosen together.

use std::cmp::Reverse;

use super::super::marks::{Mark, is_primary};
use super::fields::{self, POWERS, Rows, WITHIN, cells};
use super::unfit::{self, Given, Unfit, Why, network_of, technology_of};
use super::values::{self, Fit};
use crate::ingest::header::{self, Header};
use crate::ingest::number;
use crate::ingest::profile::{Field, Places};
use crate::model::operator::{Operator, Technology};

/// Columns and what is known of all rows with them.
pub(super) struct Chosen {
    pub(super) places: Places,
    pub(super) given: Given,
    /// Networks that have columns of their own.
    pub(super) networks: Vec<Operator>,
    pub(super) unfit: Vec<Unfit>,
}

/// Chooses columns twice: what the first choice says of the whole table decides the second.
pub(super) fn chosen(header: &Header, rows: &Rows, has_points: bool, stated: Given) -> Chosen {
    let draft = by_technology(header, rows, fields::places(header, rows, has_points, &stated), &stated);
    let networks = networks(header, rows, &stated);
    let names_network = draft.of(Field::Operator).or(draft.of(Field::Mcc)).is_some();
    let of_power = POWERS.iter().find_map(|field| network_of(header.name(draft.of(*field)?)));
    let given = Given {
        operator: stated.operator.or(of_power.filter(|_| !names_network)),
        technology: only_technology(header, rows, draft, stated.technology),
    };
    let mut places = by_technology(header, rows, fields::places(header, rows, has_points, &given), &given);
    for mark in Mark::find(header, "canonical") {
        if let Some(field) = mark.field()
            && places.of(field).is_none()
            && !places.uses(mark.column)
        {
            places.set(field, Some(mark.column));
        }
    }
    without_identities(header, rows, &mut places);
    let left = qualities(header, rows, &mut places, &given);
    let mut unfit = unfit::told(header, rows, places, &given);
    unfit.extend(left);
    Chosen { places, given, networks, unfit }
}

/// A column of numbers beyond 2 holds identities of cells, and does not mark the phone's own; nor does the state of a
/// connection in which no cell is primary.
pub(super) fn without_identities(header: &Header, rows: &Rows, places: &mut Places) {
    if let Some(at) = places.of(Field::Serving)
        && header::fold(header.name(at)).replace('_', "") == "connectionstatus"
        && !cells(rows, at).into_iter().any(is_primary)
    {
        places.set(Field::Serving, None);
    }
    for field in [Field::Serving, Field::Neighbour] {
        let is_identity = |cell: &[u8]| number::parse(cell, true).is_some_and(|value| !(0.0..=2.0).contains(&value));
        if places.of(field).is_some_and(|at| cells(rows, at).into_iter().any(is_identity)) {
            places.set(field, None);
        }
    }
}

/// Networks that the headings of powers name.
fn networks(header: &Header, rows: &Rows, given: &Given) -> Vec<Operator> {
    let mut networks = Vec::new();
    for at in (0..header.len()).filter(|at| is_power(header, rows, *at, given)) {
        networks.extend(network_of(header.name(at)).filter(|network| !networks.contains(network)));
    }
    networks
}

/// By its heading, or by its values where the heading names what they are of: `Thu 5G`, `Viettel`.
pub(super) fn is_power(header: &Header, rows: &Rows, at: usize, given: &Given) -> bool {
    let (cells, heading) = (cells(rows, at), header.name(at));
    let says_power = fields::by_heading(Field::Power, heading) >= WITHIN;
    let fits = match values::fit(Field::Power, &cells) {
        Fit::Surely => says_power || technology_of(heading).is_some() || network_of(heading).is_some(),
        Fit::Maybe => says_power,
        Fit::No => false,
    };
    !header.is_personal(at) && fits && unfit::why(Field::Power, (header, at), &cells, given).is_none()
}

/// The technology of all rows, where they are of one.
pub(super) fn only_technology(
    header: &Header,
    rows: &Rows,
    places: Places,
    stated: Option<Technology>,
) -> Option<Technology> {
    if let Some(at) = places.of(Field::Technology) {
        let mut named = cells(rows, at).into_iter().filter_map(values::technology);
        let first = named.next()?;
        return named.all(|other| other == first).then_some(first);
    }
    stated.or_else(|| {
        // Of several columns of power the one that is filled tells; a power without a name is read as that of 4G.
        let at = places.of(Field::Power)?;
        technology_of(header.name(at)).or(Some(Technology::Lte))
    })
}

/// Columns of the power of one technology each, where there are several: one of them alone would lose the others.
fn by_technology(header: &Header, rows: &Rows, mut places: Places, given: &Given) -> Places {
    let is_free = |at: &usize| places.of(Field::Power) == Some(*at) || !places.uses(*at);
    let powers = (0..header.len()).filter(is_free).filter(|at| is_power(header, rows, *at, given));
    let score = |at: usize| fields::score(Field::Power, header.name(at), &cells(rows, at));
    let mut of: Vec<(Technology, Reverse<usize>, usize)> =
        powers.filter_map(|at| Some((technology_of(header.name(at))?, Reverse(score(at)), at))).collect();
    of.sort();
    of.dedup_by_key(|(technology, ..)| *technology);
    let is_alone = |(technology, _, at): &(Technology, Reverse<usize>, usize)| {
        places.of(Field::Technology).is_some()
            && places.of(Field::Power) == Some(*at)
            && given.technology.is_none()
            && !(*technology == Technology::Lte
                && header::fold(header.name(*at)).split('_').all(|word| word != "lte" && word != "4g"))
    };
    // One alone is not the power of the other technologies that the rows name.
    if of.len() > 1 || of.iter().any(is_alone) {
        places.set(Field::Power, None);
        of.into_iter().for_each(|(technology, _, at)| places.set(Field::power_of(technology), Some(at)));
    }
    places
}

/// Quality and ratio of the technology that the rows are of; where they are of several, of each its own.
fn qualities(header: &Header, rows: &Rows, places: &mut Places, given: &Given) -> Vec<Unfit> {
    let mut left = Vec::new();
    let several = POWERS.iter().filter(|field| places.of(**field).is_some()).count() > 1;
    let of_rows = given.technology.filter(|_| !several);
    for (field, own) in [(Field::Rsrq, Field::rsrq_of as fn(Technology) -> Field), (Field::Sinr, Field::sinr_of)] {
        let Some(first) = places.of(field) else { continue };
        places.set(field, None);
        let taken = *places;
        // Among equals the first.
        let best = |named: Option<Technology>| {
            let fits = |at: &usize| {
                let name = header.name(*at);
                !header.is_personal(*at)
                    && !taken.uses(*at)
                    && technology_of(name) == named
                    && fields::by_heading(field, name) >= WITHIN
                    && unfit::why(field, (header, *at), &cells(rows, *at), given).is_none()
            };
            let score = |at: usize| fields::score(field, header.name(at), &cells(rows, at));
            let columns = (0..header.len()).filter(fits).filter(|at| score(*at) > 0);
            columns.max_by_key(|at| (score(*at), Reverse(*at)))
        };
        match of_rows {
            Some(_) => places.set(field, best(of_rows).or_else(|| best(None))),
            None => {
                places.set(field, best(None));
                for technology in [Technology::Lte, Technology::Nr] {
                    places.set(own(technology), best(Some(technology)));
                }
            }
        }
        if let Some(technology) = technology_of(header.name(first)).filter(|_| !places.uses(first))
            && places.of(field).is_none()
            && of_rows.is_some()
        {
            let heading = header.name(first).to_owned();
            left.push(Unfit { field, heading, why: Why::OtherTechnology(technology) });
        }
    }
    left
}
