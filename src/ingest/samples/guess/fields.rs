//! Which column is which field: by its heading and its values together.
//!
//! The headings that the reader knows count most, the same words within a
//! longer heading (`Serving Cell RSRP`) less, and values alone are believed
//! only of places, times and powers. Each column is taken once, the best first.

use super::super::columns as known;
use super::super::units::{self, speed_factor};
use super::unfit::{self, Given};
use super::values::{self, Fit};
use crate::ingest::header::{self, Header, holds};
use crate::ingest::place;
use crate::ingest::profile::{Field, Places};

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
        Field::Longitude => {
            &["x", "y", "toa_do_x", "toa_do_y", "toa_do_dong", "vn2000_x", "vn2000_y", "x_vn2000", "y_vn2000", "e"]
        }
        Field::Latitude => {
            &["x", "y", "toa_do_x", "toa_do_y", "toa_do_bac", "vn2000_x", "vn2000_y", "x_vn2000", "y_vn2000", "n"]
        }
        Field::Date => &["date", "ngay", "ngay_do", "day"],
        Field::Clock => &["time", "gio", "gio_do", "clock"],
        Field::Time => &["thoi_gian_do", "gio_do", "utc", "gps_time"],
        Field::Operator => &[
            "network_operator",
            "networkoperator",
            "networkoperatorname",
            "rplmn",
            "nha_cung_cap",
            "mno",
            "plmn",
            "ten_mang",
            "isp",
            "home_operator",
        ],
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
        Field::Cell => &["cell_identity", "serving_cell_identity"],
        Field::Device => &["ue", "thiet_bi", "terminal", "equipment"],
        Field::Mcc | Field::Mnc | Field::Rsrq | Field::Serving | Field::Neighbour => &[],
        Field::Rsrq4g | Field::Rsrq5g | Field::Sinr4g | Field::Sinr5g => &[],
    }
}

/// What the phone sent.
const UPLINK: [&str; 5] = ["ul", "uplink", "upload", "tai_len", "pusch"];

/// What a layer of the radio carried at that moment, which is little where nothing is fetched: no test of the network.
const LAYERS: [&str; 6] = ["pdsch", "phy", "mac", "rlc", "pdcp", "bitrate"];

/// What a column says of a cell that is not its identity.
const OF_A_CELL: [&str; 8] = ["arfcn", "earfcn", "uarfcn", "nrarfcn", "channel", "pci", "bandwidth", "band"];

/// Words that speak of the network that carries a phone and of nothing else, wherever they stand.
const SURE_OF_NETWORK: [&str; 3] = ["nha_mang", "nha_cung_cap", "carrier"];

pub(super) const EXACT: usize = 1000;
pub(super) const WITHIN: usize = 500;
const BY_VALUE: usize = 100;

/// How many fields the headings alone name: what tells a header from a title.
pub(super) fn named(header: &Header) -> usize {
    // The hemispheres of a row are no header.
    let is_word = |at: &usize| !matches!(header.name(*at), "E" | "N" | "e" | "n");
    let names =
        |field: &Field| (0..header.len()).filter(is_word).any(|at| by_heading(*field, header.name(at)) >= WITHIN);
    Field::ALL.iter().filter(|field| names(field)).count()
}

/// The likeliest column of each field. The first two columns of a map file's lines are its points.
pub(super) fn places(header: &Header, rows: &Rows, has_points: bool, given: &Given) -> Places {
    let mut scored = Vec::new();
    for at in (0..header.len()).filter(|at| !header.is_personal(*at) && !header.name(*at).is_empty()) {
        let cells = cells(rows, at);
        for field in Field::ALL {
            let points = has_points && matches!(field, Field::Longitude | Field::Latitude);
            let unfit = || unfit::why(field, (header, at), &cells, given).is_some();
            let score = if points { 0 } else { score(field, header.name(at), &cells) };
            if score > 0 && !unfit() {
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
    settled(places)
}

/// The first rows, cell by cell.
pub(super) type Rows = [Vec<Vec<u8>>];

/// A column of the first rows.
pub(super) fn cells(rows: &Rows, at: usize) -> Vec<&[u8]> {
    rows.iter().filter_map(|row| row.get(at)).map(Vec::as_slice).collect()
}

/// Columns that may hold a power.
pub(super) const POWERS: [Field; 5] = [Field::Power, Field::Power4g, Field::Power5g, Field::Power3g, Field::Power2g];

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

pub(super) fn score(field: Field, heading: &str, cells: &[&[u8]]) -> usize {
    let by_heading = by_heading(field, heading);
    let unit = units::unit(heading);
    let needs_unit = match field {
        Field::Speed => speed_factor(&unit).is_none() && !known::SPEED_KMH.contains(&&*header::fold(heading)),
        _ => false,
    };
    // Any word can be a network's own; one of a longer heading may be a person's name or a place (`Bộ phận đo mạng`).
    let needs_brand = field == Field::Operator
        && by_heading < EXACT
        && !SURE_OF_NETWORK.iter().any(|word| holds(&header::fold(heading), word))
        && values::share(cells, values::is_brand) == 0.0;
    // One letter is metres east or north, or a count.
    let needs_metres = matches!(field, Field::Longitude | Field::Latitude)
        && matches!(&*header::fold(heading), "e" | "n")
        && !values::are_metres(cells);
    let score = match values::fit(field, cells) {
        Fit::No => 0,
        Fit::Maybe if needs_metres => 0,
        _ if needs_unit || needs_brand => 0,
        // Beside it a clock without a zone is one of nobody knows where.
        Fit::Surely if field == Field::Time && by_heading > 0 && units::zone(heading).is_some() => by_heading + 600,
        Fit::Surely if by_heading > 0 => by_heading + 50,
        Fit::Surely if by_value_alone(field) => BY_VALUE,
        Fit::Maybe => by_heading,
        Fit::Surely => 0,
    };
    if unfit::second_best(field, heading) { score.min(BY_VALUE / 2) } else { score }
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
pub(super) fn by_heading(field: Field, heading: &str) -> usize {
    let folded = header::fold(heading);
    if folded.is_empty() {
        return 0;
    }
    let lists = headings(field).iter().copied().chain([vague(field)]);
    let mut best = 0;
    for (rank, alias) in lists.flat_map(|list| list.iter()).enumerate() {
        let score = if folded == **alias {
            EXACT + 100 - rank.min(99)
        } else if alias.len() > 2 && holds(&folded, alias) && !(field == Field::Device && *alias == "run") {
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
    // `Serving Cell DL EARFCN` is of the cell and no identity of it.
    if field == Field::Cell && OF_A_CELL.iter().any(|word| holds(&folded, word)) {
        return 0;
    }
    if field == Field::Download && UPLINK.iter().chain(&LAYERS).any(|word| holds(&folded, word)) {
        return 0;
    }
    best
}
