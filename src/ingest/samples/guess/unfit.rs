//! Why a column is not what its heading and values suggest.
//!
//! A table has more powers than the phone measured of its own cell: of
//! neighbours, of a forecast, of what the phone sent. One that reads 25 dB too
//! high tells nobody, so such a column is rather not found, with the reason.

use std::collections::BTreeSet;

use super::super::units;
use super::fields::{self, Rows, WITHIN};
use super::meaning::power_unit;
use super::of_technology::is_power;
use super::values::{self, Fit};
use crate::ingest::header::{self, Header, holds};
use crate::ingest::number;
use crate::ingest::profile::{Field, Places, PowerUnit};
use crate::model::operator::{Operator, Technology};

/// Why a column was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Of cells that the phone heard beside its own.
    Neighbour,
    /// What a model expects.
    Predicted,
    /// The least, the most or the spread of several readings.
    NotAReading,
    /// A setting of the network or the test.
    Threshold,
    /// What the phone sent.
    Sent,
    /// It counts the noise and other cells as well: on LTE 25 to 30 dB above RSRP.
    Rssi,
    /// Android's levels from 0 to 4, which every maker cuts in its own way.
    Levels,
    /// A server of the test.
    Server,
    /// The heading names another network than the one that was asked for.
    OtherNetwork(Operator),
    /// The heading names another technology than that of the rows.
    OtherTechnology(Technology),
    /// Several columns bear this heading, and a profile goes by headings.
    Doubled,
    /// Another column was taken for the power.
    AnotherPower,
    /// Several values that name no network, where a network is due.
    Numbered,
    /// A speed that does not say what it is counted in.
    NoUnit,
}

impl Why {
    /// As programs read it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Neighbour => "neighbour",
            Self::Predicted => "predicted",
            Self::NotAReading => "not_a_reading",
            Self::Threshold => "threshold",
            Self::Sent => "sent",
            Self::Rssi => "rssi",
            Self::Levels => "levels",
            Self::Server => "server",
            Self::OtherNetwork(_) => "other_network",
            Self::OtherTechnology(_) => "other_technology",
            Self::Doubled => "doubled",
            Self::AnotherPower => "another_power",
            Self::Numbered => "numbered",
            Self::NoUnit => "no_unit",
        }
    }
}

/// A column that was not taken for a field that nothing else was taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    pub field: Field,
    pub heading: String,
    pub why: Why,
}

/// What is known of the whole table before its columns are chosen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Given {
    /// The network that all rows are of.
    pub(super) operator: Option<Operator>,
    /// The technology that all rows are of.
    pub(super) technology: Option<Technology>,
}

const NEIGHBOURS: [&str; 15] = [
    "neighbor",
    "neighbour",
    "neighbors",
    "neighbours",
    "neighboring",
    "neighbouring",
    "nb",
    "ncell",
    "nbr",
    "neigh",
    "lan_can",
    "nr1",
    "detected",
    "nrxrsrp",
    "nrxrsrq",
];
const PREDICTED: [&str; 15] = [
    "predicted",
    "prediction",
    "predict",
    "pred",
    "expected",
    "modelled",
    "modeled",
    "model",
    "simulated",
    "simulation",
    "planned",
    "estimated",
    "du_bao",
    "du_doan",
    "mo_phong",
];
const NO_READING: [&str; 20] = [
    "min",
    "max",
    "minimum",
    "maximum",
    "lowest",
    "highest",
    "worst",
    "std",
    "stdev",
    "stddev",
    "variance",
    "count",
    "samples",
    "delta",
    "diff",
    "difference",
    "thap_nhat",
    "cao_nhat",
    "nho_nhat",
    "lon_nhat",
];
const SETTINGS: [&str; 8] = ["threshold", "nguong", "target", "offset", "margin", "limit", "hysteresis", "yeu_cau"];
const SENT: [&str; 8] = ["tx", "transmit", "transmitted", "ul", "uplink", "pusch", "pucch", "prach"];
const SERVERS: [&str; 6] = ["server", "servers", "host", "may_chu", "sponsor", "ssid"];
/// The network that sold the card, which need not be the one that carries the phone.
const HOME: [&str; 8] = ["sim", "home", "hplmn", "subscriber", "subscription", "imsi", "usim", "thue_bao"];
/// Cells that serve beside the first one.
const SECONDARY: [&str; 6] = ["scell", "scell1", "scell2", "scc", "scc1", "secondary"];

/// Fields that tell of the radio.
fn is_radio(field: Field) -> bool {
    fields::POWERS.contains(&field) || matches!(field, Field::Rsrq | Field::Sinr)
}

/// Fields that tell which cell the phone is on.
fn is_of_cell(field: Field) -> bool {
    matches!(field, Field::Cell | Field::Arfcn)
}

/// Why this column cannot be this field, whatever its heading says.
pub(super) fn why(field: Field, (header, at): (&Header, usize), cells: &[&[u8]], given: &Given) -> Option<Why> {
    let heading = header.name(at);
    let folded = header::fold(heading);
    let says = |words: &[&str]| words.iter().any(|word| holds(&folded, word));
    if header.spelt(heading).len() > 1 {
        return Some(Why::Doubled);
    }
    if let Some(asked) = given.operator
        && let Some(named) = network_of(heading)
        && named != asked
        && !matches!(field, Field::Operator | Field::Mcc | Field::Mnc)
    {
        return Some(Why::OtherNetwork(named));
    }
    if matches!(field, Field::Operator | Field::Mcc | Field::Mnc) {
        return says(&SERVERS).then_some(Why::Server);
    }
    // Nobody knows the unit of a bare `Throughput`: as kbit/s one in Mbit/s is a thousandth.
    if field == Field::Download && units::download_factor(&units::unit(heading)).is_none() {
        return Some(Why::NoUnit);
    }
    if (is_radio(field) || is_of_cell(field)) && (says(&NEIGHBOURS) || is_numbered_neighbour(&folded)) {
        return Some(Why::Neighbour);
    }
    if !is_radio(field) {
        return None;
    }
    for (words, why) in
        [(&PREDICTED[..], Why::Predicted), (&NO_READING[..], Why::NotAReading), (&SETTINGS[..], Why::Threshold)]
    {
        if says(words) {
            return Some(why);
        }
    }
    if !fields::POWERS.contains(&field) {
        return None;
    }
    let of_gsm = technology_of(heading).or(given.technology) == Some(Technology::Gsm);
    if says(&SENT) {
        Some(Why::Sent)
    } else if (says(&["rssi"]) || folded.ends_with("rssi")) && !of_gsm {
        Some(Why::Rssi)
    } else if are_levels(heading, cells) {
        Some(Why::Levels)
    } else {
        None
    }
}

/// `NRSRP1`, `NRxLev2`, `NCell1`, as drive-test tools number them. Not `NR_RSRP`, which is of 5G.
fn is_numbered_neighbour(folded: &str) -> bool {
    let name = folded.trim_end_matches(|c: char| c.is_ascii_digit());
    name.len() < folded.len() && ["nrsrp", "nrsrq", "nrxlev", "nrscp", "nqual", "ncell", "nlevel"].contains(&name)
}

/// Whole numbers that never exceed 5, under a heading that does not say that they are strength units.
pub(super) fn are_levels(heading: &str, cells: &[&[u8]]) -> bool {
    let folded = header::fold(heading);
    let is_stated =
        units::unit(heading) == "asu" || ["asu", "rxlev", "rx_lev", "index"].iter().any(|w| holds(&folded, w));
    let is_level = |cell: &[u8]| {
        number::parse(cell, true).is_some_and(|value| value.fract() == 0.0 && (0.0..=5.0).contains(&value))
    };
    !is_stated && power_unit(heading, cells) == PowerUnit::Asu && values::share(cells, is_level) == 1.0
}

/// What is taken for want of something better.
pub(super) fn second_best(field: Field, heading: &str) -> bool {
    let folded = header::fold(heading);
    let says = |words: &[&str]| words.iter().any(|word| holds(&folded, word));
    match field {
        Field::Operator | Field::Mcc | Field::Mnc => is_of_home(heading),
        _ if is_radio(field) || is_of_cell(field) => says(&SECONDARY),
        _ => false,
    }
}

/// Whether a column of networks is of those that sold the card.
pub(super) fn is_of_home(heading: &str) -> bool {
    let folded = header::fold(heading);
    let is_joined = ["simoperator", "simmcc", "simmnc", "simplmn"].iter().any(|word| folded.starts_with(word));
    is_joined || HOME.iter().any(|word| holds(&folded, word))
}

/// The only network that a heading names: `Viettel 4G RSRP`.
pub(super) fn network_of(heading: &str) -> Option<Operator> {
    let folded = header::fold(heading);
    let known = |word: &str| Operator::asked(word).ok().flatten().filter(|found| Operator::VIETNAMESE.contains(found));
    let mut named = folded.split('_').filter_map(known);
    let first = named.next()?;
    named.all(|other| other == first).then_some(first)
}

/// What a reading by this name is of: by the technology that it names, else by the quantity.
pub(super) fn technology_of(heading: &str) -> Option<Technology> {
    let folded = header::fold(heading);
    let holds = |words: &[&str]| words.iter().any(|word| holds(&folded, word));
    let named: Vec<Technology> = [
        (Technology::Nr, &["nr", "5g", "ss_rsrp", "ssrsrp", "ss_rsrq", "ssrsrq", "ss_sinr", "sssinr"][..]),
        (Technology::Lte, &["lte", "4g", "eutra", "eutran"]),
        (Technology::Umts, &["umts", "wcdma", "3g", "utra"]),
        (Technology::Gsm, &["gsm", "2g", "geran"]),
    ]
    .into_iter()
    .filter_map(|(technology, words)| holds(words).then_some(technology))
    .collect();
    match named[..] {
        [] => [
            (Technology::Lte, &["rsrp"][..]),
            (Technology::Umts, &["rscp", "ecno", "ec_no", "ecio", "ec_io"]),
            (Technology::Gsm, &["rxlev", "rx_level", "rxqual"]),
        ]
        .into_iter()
        .find_map(|(technology, words)| holds(words).then_some(technology)),
        [only] => Some(only),
        _ => None,
    }
}

/// Columns that look like a field which nothing was taken for, and why they were not.
pub(super) fn told(header: &Header, rows: &Rows, places: Places, given: &Given) -> Vec<Unfit> {
    let has_power = fields::POWERS.iter().any(|field| places.of(*field).is_some());
    let has_network = places.of(Field::Operator).or(places.of(Field::Mcc)).is_some();
    let mut told = Vec::new();
    for field in Field::ALL {
        let is_there = match field {
            Field::Operator => has_network,
            Field::Power => has_power,
            Field::Mcc | Field::Mnc | Field::Date | Field::Clock => true,
            _ => places.of(field).is_some(),
        };
        if is_there {
            continue;
        }
        for at in (0..header.len()).filter(|at| !header.is_personal(*at) && !places.uses(*at)) {
            let cells = fields::cells(rows, at);
            let looks_so = fields::score(field, header.name(at), &cells) > 0
                && (fields::by_heading(field, header.name(at)) >= WITHIN || field == Field::Power)
                || field == Field::Operator && values::share(&cells, values::is_brand) > 0.6;
            if looks_so && let Some(why) = why(field, (header, at), &cells, given) {
                told.push(Unfit { field, heading: header.name(at).to_owned(), why });
            }
        }
    }
    if has_power {
        let left = (0..header.len()).filter(|at| !header.is_personal(*at) && !places.uses(*at));
        told.extend(left.filter_map(|at| {
            let cells = fields::cells(rows, at);
            let why = if is_power(header, rows, at, given) {
                Why::AnotherPower
            } else {
                // A power by name and values alike: not every column of dBm.
                let is_named =
                    technology_of(header.name(at)).is_some() && values::fit(Field::Power, &cells) == Fit::Surely;
                why(Field::Power, (header, at), &cells, given).filter(|why| is_named && *why == Why::NotAReading)?
            };
            Some(Unfit { field: Field::Power, heading: header.name(at).to_owned(), why })
        }));
    }
    if !has_network {
        told.extend(numbered(header, rows));
    }
    told
}

/// Columns that tell several networks apart and name none, where none is read: `operator` of 1 and 2, `MNC` alone.
pub(super) fn numbered(header: &Header, rows: &Rows) -> Vec<Unfit> {
    let tells_apart = |at: &usize| {
        let cells = fields::cells(rows, *at);
        let distinct: BTreeSet<&[u8]> = cells.into_iter().filter(|cell| !number::is_missing(cell)).collect();
        let is = |field| fields::by_heading(field, header.name(*at)) >= fields::EXACT;
        let are_numbers = || distinct.iter().all(|cell| values::value(cell).is_some());
        !header.is_personal(*at) && distinct.len() > 1 && (is(Field::Mnc) || is(Field::Operator) && are_numbers())
    };
    let columns = (0..header.len()).filter(tells_apart).map(|at| header.name(at).to_owned());
    columns.map(|heading| Unfit { field: Field::Operator, heading, why: Why::Numbered }).collect()
}
