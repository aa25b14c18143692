//! Which column is which field: by its heading and its values together.
//!
//! The headings that the reader knows count most, the same words within a
//! longer heading (`Serving Cell RSRP`) less, and values alone are believed
//! only of places, times and powers. Each column is taken once, the best first.

use super::super::columns as known;
use super::super::units::{self, download_factor, speed_factor};
use super::values::{self, Fit};
use crate::ingest::header::{self, Header};
use crate::ingest::place;
use crate::ingest::profile::{Codes, Field, Meaning, Places, PowerUnit, Words};
use crate::model::operator::{Operator, Technology};

/// Headings that the reader itself goes by.
fn headings(field: Field) -> &'static [&'static [&'static str]] {
    match field {
        Field::Longitude => &[place::LON],
        Field::Latitude => &[place::LAT],
        Field::Time => &[known::TIME],
        Field::Date | Field::Clock => &[],
        Field::Operator => &[known::OPERATOR],
        Field::Mcc => &[known::MCC],
        Field::Mnc => &[known::MNC],
        Field::Technology => &[known::TECHNOLOGY],
        Field::State => &[known::STATE],
        Field::Power => &[known::POWER],
        Field::Power2g | Field::Power3g | Field::Power4g | Field::Power5g => &[],
        Field::Rsrq => &[known::RSRQ],
        Field::Sinr => &[known::SINR],
        Field::Download => &[known::DOWNLOAD],
        Field::Accuracy => &[known::ACCURACY],
        Field::Speed => &[known::SPEED_KMH, known::SPEED],
        Field::Cell => &[known::CELL],
        Field::Arfcn => &[known::ARFCN],
        Field::Device => &[known::DEVICE, known::LOG],
        Field::Rsrq4g | Field::Rsrq5g | Field::Sinr4g | Field::Sinr5g | Field::Serving | Field::Neighbour => &[],
    }
}

/// Words that are too vague for the reader, and good enough for a guess that a person looks at.
fn vague(field: Field) -> &'static [&'static str] {
    match field {
        Field::Longitude | Field::Latitude => &["x", "y", "toa_do_x", "toa_do_y"],
        Field::Date => &["date", "ngay", "ngay_do", "day"],
        Field::Clock => &["time", "gio", "gio_do", "clock"],
        Field::Time => &["thoi_gian_do", "gio_do", "utc", "gps_time"],
        Field::Operator => &["nha_cung_cap", "mno", "plmn", "home_operator", "ten_mang"],
        Field::Technology => &["he_thong", "system", "mode", "loai_mang", "generation"],
        Field::State => &["service", "dich_vu", "service_status", "status"],
        Field::Power => {
            &["muc_thu", "cuong_do", "muc_tin_hieu", "signal_strength", "rx_level", "rx_power", "rssi", "asu"]
        }
        Field::Power2g | Field::Power3g | Field::Power4g | Field::Power5g => &[],
        Field::Sinr => &["cinr", "sn_r"],
        Field::Download => &["throughput", "toc_do_tai", "toc_do_tai_xuong", "dl_throughput", "tai_xuong"],
        Field::Accuracy => &["sai_so"],
        Field::Speed => &["velocity", "van_toc"],
        Field::Arfcn => &["channel", "kenh"],
        Field::Device => &["ue", "thiet_bi", "terminal", "equipment"],
        Field::Mcc | Field::Mnc | Field::Rsrq | Field::Cell | Field::Serving | Field::Neighbour => &[],
        Field::Rsrq4g | Field::Rsrq5g | Field::Sinr4g | Field::Sinr5g => &[],
    }
}

/// Cells that the phone heard beside its own.
const NEIGHBOURS: [&str; 8] = ["neighbor", "neighbour", "neighboring", "nb", "ncell", "lan_can", "nr1", "detected"];

/// What the phone sent.
const UPLINK: [&str; 5] = ["ul", "uplink", "upload", "tai_len", "pusch"];

/// What a layer of the radio carried at that moment, which is little where nothing is fetched: no test of the network.
const LAYERS: [&str; 6] = ["pdsch", "phy", "mac", "rlc", "pdcp", "bitrate"];

const EXACT: usize = 1000;
const WITHIN: usize = 500;
const BY_VALUE: usize = 100;

/// How many fields the headings alone name: what tells a header from a title.
pub(super) fn named(header: &Header) -> usize {
    let names = |field: &Field| (0..header.len()).any(|at| by_heading(*field, header.name(at)) >= WITHIN);
    Field::ALL.iter().filter(|field| names(field)).count()
}

/// The likeliest column of each field. The first two columns of a map file's lines are its points.
pub(super) fn places(header: &Header, rows: &[Vec<Vec<u8>>], has_points: bool) -> Places {
    let mut scored = Vec::new();
    for at in (0..header.len()).filter(|at| !header.is_personal(*at) && !header.name(*at).is_empty()) {
        let cells: Vec<&[u8]> = rows.iter().filter_map(|row| row.get(at)).map(Vec::as_slice).collect();
        for field in Field::ALL {
            let points = has_points && matches!(field, Field::Longitude | Field::Latitude);
            let score = if points { 0 } else { score(field, header.name(at), &cells) };
            if score > 0 {
                scored.push((score, field, at));
            }
        }
    }
    // A stable sort: among equals the order of fields within the first column.
    scored.sort_by_key(|(score, ..)| std::cmp::Reverse(*score));
    let mut places = Places::default();
    for (_, field, at) in scored {
        if places.of(field).is_none() && !places.uses(at) && !(has_points && at < 2) {
            places.set(field, Some(at));
        }
    }
    by_technology(header, rows, settled(places))
}

/// Columns of the power of one technology each, where there are several: one of them alone would lose the others.
fn by_technology(header: &Header, rows: &[Vec<Vec<u8>>], mut places: Places) -> Places {
    let cells = |at: usize| rows.iter().filter_map(move |row| row.get(at)).map(Vec::as_slice).collect::<Vec<_>>();
    let is_power = |at: usize| {
        let is_free = places.of(Field::Power) == Some(at) || !places.uses(at);
        is_free
            && !header.is_personal(at)
            && by_heading(Field::Power, header.name(at)) >= WITHIN
            && values::fit(Field::Power, &cells(at)) != Fit::No
    };
    let powers = (0..header.len()).filter(|at| is_power(*at));
    let mut of: Vec<(Technology, usize)> =
        powers.filter_map(|at| Some((technology_of(header.name(at))?, at))).collect();
    of.sort();
    of.dedup_by_key(|(technology, _)| *technology);
    if of.len() > 1 {
        places.set(Field::Power, None);
        of.into_iter().for_each(|(technology, at)| places.set(Field::power_of(technology), Some(at)));
    }
    places
}

/// Of two ways to say the same the fuller one; halves of a pair say nothing.
fn settled(mut places: Places) -> Places {
    let pair = |places: Places, one, other| places.of(one).is_some() && places.of(other).is_some();
    let mut drop = Vec::new();
    if places.of(Field::Time).is_some() || !pair(places, Field::Date, Field::Clock) {
        drop.extend([Field::Date, Field::Clock]);
    }
    if places.of(Field::Operator).is_some() || !pair(places, Field::Mcc, Field::Mnc) {
        drop.extend([Field::Mcc, Field::Mnc]);
    }
    if !pair(places, Field::Longitude, Field::Latitude) {
        drop.extend([Field::Longitude, Field::Latitude]);
    }
    for field in drop {
        places.set(field, None);
    }
    places
}

fn score(field: Field, heading: &str, cells: &[&[u8]]) -> usize {
    let by_heading = by_heading(field, heading);
    let unit = units::unit(heading);
    let needs_unit = match field {
        Field::Speed => speed_factor(&unit).is_none() && !known::SPEED_KMH.contains(&&*header::fold(heading)),
        Field::Download => download_factor(&unit).is_none() && by_heading < EXACT,
        _ => false,
    };
    match values::fit(field, cells) {
        Fit::No => 0,
        _ if needs_unit => 0,
        Fit::Surely if by_heading > 0 => by_heading + 50,
        Fit::Surely if by_value_alone(field) => BY_VALUE,
        Fit::Maybe => by_heading,
        Fit::Surely => 0,
    }
}

/// Fields whose values are hardly anything else.
fn by_value_alone(field: Field) -> bool {
    matches!(
        field,
        Field::Longitude
            | Field::Latitude
            | Field::Time
            | Field::Date
            | Field::Clock
            | Field::Operator
            | Field::Technology
            | Field::Power
    )
}

/// 0 where the heading says nothing of this field; more for an earlier heading of a list and a longer word.
fn by_heading(field: Field, heading: &str) -> usize {
    let folded = header::fold(heading);
    if folded.is_empty() {
        return 0;
    }
    let lists = headings(field).iter().copied().chain([vague(field)]);
    let mut best = 0;
    for (rank, alias) in lists.flat_map(|list| list.iter()).enumerate() {
        let score = if folded == **alias {
            EXACT + 100 - rank.min(99)
        } else if alias.len() > 2 && holds(&folded, alias) {
            WITHIN + 10 * alias.len()
        } else {
            0
        };
        best = best.max(score);
    }
    // `Strength (ASU)`: the unit says what the word does not.
    if field == Field::Power && matches!(&*units::unit(heading), "dbm" | "asu") {
        best = best.max(WITHIN);
    }
    if field == Field::Download && UPLINK.iter().chain(&LAYERS).any(|word| holds(&folded, word)) {
        return 0;
    }
    // RSSI counts the noise as well, and is taken for want of something better.
    let worse = NEIGHBOURS.iter().any(|word| holds(&folded, word)) || (field == Field::Power && holds(&folded, "rssi"));
    if worse { best.min(BY_VALUE / 2) } else { best }
}

/// A word as whole steps of a heading: `rsrp` in `serving_cell_rsrp`.
fn holds(heading: &str, word: &str) -> bool {
    format!("_{heading}_").contains(&format!("_{word}_"))
}

/// Units, words and the form of times, by the headings and values of the columns.
pub(super) fn meaning(header: &Header, rows: &[Vec<Vec<u8>>], places: Places) -> Meaning {
    let unit = |field| places.of(field).map(|at| units::unit(header.name(at))).unwrap_or_default();
    let cells = |field| -> Vec<&[u8]> {
        let Some(at) = places.of(field) else { return Vec::new() };
        rows.iter().filter_map(|row| row.get(at)).map(Vec::as_slice).collect()
    };
    let mut meaning = Meaning {
        download_factor: download_factor(&unit(Field::Download)).unwrap_or(1.0),
        speed_factor: speed_factor(&unit(Field::Speed)).unwrap_or(1.0),
        power: power_unit(places.of(Field::Power).map_or("", |at| header.name(at)), &cells(Field::Power)),
        ..Meaning::default()
    };
    let (days, clocks) = (cells(Field::Date), cells(Field::Clock));
    let joined: Vec<Vec<u8>> = days.iter().zip(&clocks).map(|(day, clock)| [*day, b" ", *clock].concat()).collect();
    let times = joined.iter().map(Vec::as_slice).chain(cells(Field::Time)).collect::<Vec<_>>();
    meaning.time.pattern = values::pattern_of(&times).map(str::to_owned);
    if matches!(&*unit(Field::Time), "utc" | "gmt")
        && let Ok(zone) = "UTC".parse()
    {
        meaning.time.zone = zone;
    }
    let mut codes: Vec<&str> = [Field::Longitude, Field::Latitude, Field::Power, Field::Rsrq, Field::Sinr]
        .into_iter()
        .flat_map(cells)
        .filter(|cell| values::is_code(cell))
        .filter_map(|cell| std::str::from_utf8(cell).ok())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    // More of them are measurements of something else.
    if codes.len() <= MOST_CODES {
        meaning.missing = Codes::new(&codes);
    }
    meaning.operators = words(&cells(Field::Operator), |word| {
        let read = std::str::from_utf8(word).ok()?.parse::<Operator>().ok()?;
        // A word that is no brand is written down, to be put right.
        (!values::is_brand(word)).then_some(read)
    });
    meaning.technologies = words(&cells(Field::Technology), |word| {
        let read = std::str::from_utf8(word).ok()?.parse::<Technology>().ok();
        if read.is_some() { None } else { values::technology(word) }
    });
    meaning
}

const MOST_CODES: usize = 5;

/// Words of their own of a column, at most as many as a person looks through.
fn words<T: Copy>(cells: &[&[u8]], of: impl Fn(&[u8]) -> Option<T>) -> Words<T> {
    const MOST: usize = 20;
    let mut words: Vec<(String, T)> = Vec::new();
    for cell in cells.iter().filter(|cell| !crate::ingest::number::is_missing(cell)) {
        if let Some(meaning) = of(cell)
            && words.len() < MOST
            && let Ok(word) = std::str::from_utf8(cell)
            && words.iter().all(|(known, _)| known != word)
        {
            words.push((word.to_owned(), meaning));
        }
    }
    Words::new(words)
}

fn power_unit(heading: &str, cells: &[&[u8]]) -> PowerUnit {
    let not_negative = values::share(cells, |cell| !cell.starts_with(b"-")) > 0.9;
    let folded = header::fold(heading);
    if !not_negative {
        PowerUnit::Dbm
    } else if units::has_minus(heading) {
        PowerUnit::MinusDbm
    } else if ["rxlev", "index", "rx_lev"].iter().any(|word| holds(&folded, word)) {
        PowerUnit::ReportIndex
    } else {
        PowerUnit::Asu
    }
}

/// What a power by this name is measured on.
pub(super) fn technology_of_power(header: &Header, places: Places) -> Option<Technology> {
    technology_of(header.name(places.of(Field::Power)?))
}

fn technology_of(heading: &str) -> Option<Technology> {
    let folded = header::fold(heading);
    [
        ("ss_rsrp", Technology::Nr),
        ("ssrsrp", Technology::Nr),
        ("nr", Technology::Nr),
        ("rsrp", Technology::Lte),
        ("rscp", Technology::Umts),
        ("rxlev", Technology::Gsm),
        ("rx_level", Technology::Gsm),
    ]
    .into_iter()
    .find_map(|(word, technology)| holds(&folded, word).then_some(technology))
}
