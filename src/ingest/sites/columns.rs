//! Which column of a list of sites holds what.
//!
//! Matching is by folded heading and never by position, but for the three
//! formats that have no header: those are recognised by what their first row
//! holds in every place that matters.

use crate::ingest::header::Header;
use crate::ingest::reading::Axes;
use crate::ingest::{Options, Unreadable, kind, place};
use crate::model::import::ImportKind;
use crate::model::operator::Technology;

/// Headings that only lists of sites have.
pub(in crate::ingest) const OF_SITES: &[&str] = &[
    "averagesignal",
    "pos_rat",
    "azimuth",
    "azimuth_deg",
    "azi",
    "goc_phuong_vi",
    "huong_anten",
    "ten_tram",
    "ma_tram",
];

/// Columns of OpenCelliD's export, which its file of one country leaves unnamed.
const OPENCELLID: &[&str] = &[
    "radio",
    "mcc",
    "net",
    "area",
    "cell",
    "unit",
    "lon",
    "lat",
    "range",
    "samples",
    "changeable",
    "created",
    "updated",
    "averageSignal",
];
/// NetMonster's NTM.
const NTM: &[&str] = &["rat", "mcc", "mnc", "ci", "lac", "rnc", "psc", "lat", "lon", "name", "arfcn"];
/// CLF 3: the seventh says how good the position is, the ninth is reserved.
const CLF_3: &[&str] = &["mccmnc", "cid", "lac", "rnc", "lat", "lon", "pos_rat", "desc", "reserved"];
/// CLF 4.1.
const CLF_4: &[&str] = &[
    "mccmnc", "cid", "lac", "type", "lat", "lon", "pos_rat", "desc", "sys", "label", "azi", "height", "hbw", "vbw",
    "tilt", "loc",
];

pub(super) struct Columns {
    pub(super) profile: &'static str,
    pub(super) operator: Option<usize>,
    pub(super) mcc: Option<usize>,
    pub(super) mnc: Option<usize>,
    /// MCC and MNC in one.
    pub(super) plmn: Option<usize>,
    pub(super) technology: Option<usize>,
    /// A column for each technology, with a mark where the mast has it.
    pub(super) marks: Vec<(Technology, usize)>,
    /// Of CLF 3, which states no technology: a controller above zero is one of 3G.
    pub(super) rnc: Option<usize>,
    pub(super) lon: Option<usize>,
    pub(super) lat: Option<usize>,
    pub(super) axes: Axes,
    pub(super) exact: Option<usize>,
    /// Of CLF: -1 is a surveyed position.
    pub(super) rating: Option<usize>,
    pub(super) cell: Option<usize>,
    /// The eNodeB or gNB, whose cells the column `cell` counts.
    pub(super) node: Option<usize>,
    pub(super) area: Option<usize>,
    pub(super) arfcn: Option<usize>,
    pub(super) azimuth: Option<usize>,
    pub(super) height: Option<usize>,
    pub(super) observations: Option<usize>,
    /// The first of them that is not empty names the site.
    pub(super) names: [Option<usize>; 2],
}

impl Columns {
    /// # Errors
    /// [`Unreadable::MissingColumns`] when place, operator or technology cannot be known.
    pub(super) fn find(header: &Header, profile: Option<&'static str>, options: &Options) -> Result<Self, Unreadable> {
        let profile = profile.unwrap_or_else(|| named(header));
        let clf = profile.starts_with("clf");
        let (lon, lat, axes) = match (header.find(place::LON), header.find(place::LAT)) {
            (Some(lon), Some(lat)) => (Some(lon), Some(lat), Axes::Named),
            _ => (header.find(&["x", "toa_do_x"]), header.find(&["y", "toa_do_y"]), Axes::Unnamed),
        };
        let name = header.find(&[
            "name",
            "label",
            "site_name",
            "ten_tram",
            "ten_cot",
            "tram",
            "site",
            "ten",
            "text",
            "cellname",
        ]);
        let marks = Technology::ALL.into_iter().filter_map(|technology| {
            let generation = technology.generation().to_lowercase();
            let column = header.find(&[&generation, &format!("tram_{generation}"), &format!("mang_{generation}")])?;
            Some((technology, column))
        });
        let columns = Self {
            profile,
            marks: marks.collect(),
            operator: header.find(&[
                "operator",
                "operator_name",
                "network_name",
                "nha_mang",
                "ten_nha_mang",
                "doanh_nghiep",
                "nha_cung_cap",
                "carrier",
                "network",
                "mang",
            ]),
            mcc: header.find(&["mcc"]),
            mnc: header.find(&["mnc", "net"]),
            plmn: header.find(&["mccmnc", "plmn"]),
            technology: if clf {
                header.find(&["sys"])
            } else {
                header.find(&["radio", "technology", "tech", "rat", "cong_nghe", "network_type", "system", "loai_mang"])
            },
            rnc: if profile == "clf_3" { header.find(&["rnc"]) } else { None },
            lon,
            lat,
            axes,
            exact: header.find(&["exact"]),
            rating: header.find(&["pos_rat"]),
            // A whole identity before one that may be a number within its mast.
            cell: header.find(&[
                "eci",
                "nci",
                "ecellid",
                "cell",
                "cellid",
                "cell_id",
                "cid",
                "ci",
                "local_cell_id",
                "ma_cell",
            ]),
            node: header.find(&[
                "enodeb_id",
                "enodeb",
                "enb_id",
                "enb",
                "gnodeb_id",
                "gnodeb",
                "gnb_id",
                "gnb",
                "nodeb_id",
                "ma_enodeb",
                "ma_enb",
                "ma_gnodeb",
                "ma_gnb",
            ]),
            area: header.find(&["area", "area_code", "lac", "tac", "lac_tac"]),
            arfcn: header.find(&["arfcn", "earfcn", "nrarfcn", "nr_arfcn", "uarfcn"]),
            azimuth: header.find(&["azimuth_deg", "azimuth", "azi", "goc_phuong_vi", "huong_anten", "huong"]),
            height: header.find(&["height_m", "height", "antenna_height", "chieu_cao", "do_cao", "do_cao_anten"]),
            observations: header.find(&["observations", "samples"]),
            names: [name, header.find(&["desc", "site_id", "ma_tram"])],
        };
        let mut missing = Vec::new();
        for (column, name) in [(lon, "lon"), (lat, "lat")] {
            if column.is_none() {
                missing.push(name.to_owned());
            }
        }
        let network = columns.operator.or(columns.plmn).or(columns.mcc.and(columns.mnc));
        if network.is_none() && options.operator.is_none() {
            missing.push("operator".to_owned());
        }
        if columns.technology.or(columns.rnc).is_none() && columns.marks.is_empty() && options.technology.is_none() {
            missing.push("technology".to_owned());
        }
        if missing.is_empty() { Ok(columns) } else { Err(kind::missing(header, ImportKind::Sites, missing)) }
    }

    /// Positions are worked out from observations, whatever the rows say.
    pub(super) fn is_estimated(&self) -> bool {
        matches!(self.profile, "opencellid_export" | "netmonster")
    }
}

fn named(header: &Header) -> &'static str {
    if header.has(&["averagesignal"]) && header.has(&["changeable"]) {
        "opencellid_export"
    } else if header.has(&["mccmnc"]) && header.has(&["pos_rat"]) {
        "clf_4"
    } else {
        "canonical"
    }
}

/// What a file without a header is, by its first row, and what its columns are called.
pub(super) fn headless(first: &[&str], delimiter: u8) -> Option<(&'static str, &'static [&'static str])> {
    let at = |column: usize| first.get(column).map_or("", |cell| cell.trim());
    let whole = |column: usize| !at(column).is_empty() && at(column).bytes().all(|b| b.is_ascii_digit());
    let place = |lat: usize| at(lat).parse::<f64>().is_ok() && at(lat + 1).parse::<f64>().is_ok();
    let is_rat = at(0).parse::<Technology>().is_ok() || matches!(at(0), "CDMA" | "NBIOT" | "TDSCDMA");
    let is_plmn = whole(0) && matches!(at(0).len(), 5 | 6);
    match (delimiter, first.len()) {
        (b',', 14) if is_rat && whole(1) && whole(2) && place(6) => Some(("opencellid_export", OPENCELLID)),
        // A row without a frequency at its end has one column less once empty ones are cut.
        (b';', 10 | 11) if is_rat && whole(1) && whole(2) && place(7) => Some(("netmonster", NTM)),
        (b';', 8 | 9) if is_plmn && place(4) => Some(("clf_3", CLF_3)),
        (b';', 10..=16) if is_plmn && place(4) => Some(("clf_4", CLF_4)),
        _ => None,
    }
}
