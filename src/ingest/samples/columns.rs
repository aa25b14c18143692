//! Which column of a log holds what, by the headings of many apps.
//!
//! Matching is by folded heading and never by position. The profile says which
//! app wrote the file, because two of them give meaning to odd numbers: -200 in
//! G-NetTrack is "no service", a positive `signal` in an OpenCelliD upload is ASU.

use crate::ingest::header::Header;
use crate::ingest::{Options, Unreadable, kind, place};
use crate::model::import::ImportKind;
use crate::model::operator::Technology;

/// The instant of a measurement.
pub(in crate::ingest) const TIME: &[&str] = &[
    "timestamp",
    "time",
    "measured_at",
    "t",
    "datetime",
    "date_time",
    "devicetime",
    "device_time",
    "ts",
    "thoi_gian",
    "thoi_diem",
    "ngay_gio",
];
/// Its power.
pub(in crate::ingest) const POWER: &[&str] = &[
    "rsrp",
    "rsrp_dbm",
    "ss_rsrp",
    "lte_rsrp",
    "dbm",
    "signal",
    "signal_dbm",
    "level",
    "muc_song",
    "ssrsrp",
    "rscp",
    "rxlev",
    "signalstrength",
];

/// What the phone was on.
pub(super) const TECHNOLOGY: &[&str] = &[
    "technology",
    "tech",
    "networktech",
    "networkmode",
    "act",
    "networktype",
    "network_type",
    "net_type",
    "radio",
    "rat",
    "service_display",
    "cong_nghe",
    "type",
];
/// Whether it had service. Not in G-NetTrack, where `State` is idle, data or voice.
pub(super) const STATE: &[&str] = &["state", "service_state", "servicestate", "trang_thai"];

const SPEED_KMH: &[&str] = &["speed_kmh", "toc_do"];
/// Metres a second or kilometres an hour, by app.
const SPEED: &[&str] = &["speed"];

pub(super) struct Columns {
    pub(super) profile: &'static str,
    pub(super) delimiter: u8,
    pub(super) width: usize,
    pub(super) time: Option<usize>,
    pub(super) operator: Option<usize>,
    pub(super) mcc: Option<usize>,
    pub(super) mnc: Option<usize>,
    pub(super) technology: Option<usize>,
    pub(super) state: Option<usize>,
    pub(super) rsrp: Option<usize>,
    pub(super) rsrq: Option<usize>,
    pub(super) sinr: Option<usize>,
    pub(super) download: Option<usize>,
    pub(super) lon: Option<usize>,
    pub(super) lat: Option<usize>,
    pub(super) accuracy: Option<usize>,
    /// Age of the fix, milliseconds.
    pub(super) age: Option<usize>,
    pub(super) device: Option<usize>,
    pub(super) cell: Option<usize>,
    pub(super) neighbour: Option<usize>,
    /// Whether the row is of the serving cell.
    pub(super) serving: Option<usize>,
    pub(super) arfcn: Option<usize>,
    pub(super) speed: Option<usize>,
    /// From the unit of the file to km/h.
    pub(super) speed_factor: f64,
    /// What the headings themselves say, where every technology has a table of its own.
    pub(super) implied: Option<Technology>,
}

impl Columns {
    /// # Errors
    /// [`Unreadable::MissingColumns`], with the header, when place, time, power or
    /// operator cannot be known.
    pub(super) fn find(header: &Header, delimiter: u8, options: &Options) -> Result<Self, Unreadable> {
        let profile = profile(header);
        if header.has(&["quadkey", "avg_d_kbps", "h3_res9_id", "mindown"]) {
            return Err(Unreadable::NotMeasured { header: header.names.clone() });
        }
        // A speed without a unit is read only where the app is known to write one.
        let bare_speed = match profile {
            "gnettrack" => Some(1.0),
            "opencellid_upload" | "tower_collector" | "network_survey" => Some(3.6),
            _ => None,
        };
        let columns = Self {
            profile,
            delimiter,
            width: header.len(),
            time: header.find(TIME),
            operator: header.find(&[
                "operator",
                "operatorname",
                "op",
                "operator_name",
                "network_name",
                "network_mcc_mnc",
                "carrier",
                "provider",
                "nha_mang",
                "network",
                "mang",
            ]),
            mcc: header.find(&["mcc"]),
            mnc: header.find(&["mnc", "net"]),
            technology: header.find(TECHNOLOGY),
            // In G-NetTrack `State` is idle, data or voice; in Cradlepoint that of a connection.
            state: if matches!(profile, "gnettrack" | "cradlepoint") { None } else { header.find(STATE) },
            rsrp: match profile {
                "gnettrack" => header.find(&["rsrp", "level"]),
                "opencellid_upload" => header.find(&["signal", "rsrp", "dbm"]),
                "tower_collector" => header.find(&["dbm", "rsrp"]),
                _ => header.find(POWER),
            },
            rsrq: header.find(&["rsrq", "rsrq_db", "qual", "ss_rsrq", "lte_rsrq", "ssrsrq"]),
            sinr: header.find(&["sinr", "sinr_db", "snr", "rssnr", "ss_sinr", "sssinr"]),
            // Cradlepoint names no unit.
            download: header
                .find(&["download_kbps", "dl_bitrate", "download_kbit", "dl_kbps", "download"])
                .filter(|_| profile != "cradlepoint"),
            lon: header.find(place::LON),
            lat: header.find(place::LAT),
            accuracy: header.find(&[
                "accuracy_m",
                "accuracy",
                "rating",
                "loc_accuracy",
                "gps_accuracy",
                "do_chinh_xac",
            ]),
            age: header.find(&["age_ms"]),
            device: header.find(&["device", "device_name", "devn", "may_do", "file", "run"]),
            cell: header.find(&["cell", "cellid", "cell_id", "cid", "eci", "nci", "ci", "rawcellid"]),
            neighbour: header.find(&["neighboring", "neighbouring", "neighbor", "neighbour"]),
            // Elsewhere a column of this name holds the identity of the cell.
            serving: header.find(&["servingcell"]).filter(|_| profile == "network_survey"),
            arfcn: header.find(&["arfcn", "earfcn", "nrarfcn", "narfcn", "nr_arfcn", "uarfcn"]),
            speed: header.find(SPEED_KMH).or(header.find(SPEED).filter(|_| bare_speed.is_some())),
            speed_factor: if header.has(SPEED_KMH) { 1.0 } else { bare_speed.unwrap_or(1.0) },
            implied: if profile == "network_survey" { of_survey(header) } else { None },
        };
        let mut missing = Vec::new();
        for (column, name) in [(columns.time, "time"), (columns.lon, "lon"), (columns.lat, "lat")] {
            if column.is_none() {
                missing.push(name.to_owned());
            }
        }
        if columns.rsrp.is_none() && columns.state.is_none() {
            missing.push("rsrp".to_owned());
        }
        let plmn = columns.mcc.is_some() && columns.mnc.is_some();
        if columns.operator.is_none() && !plmn && options.operator.is_none() {
            missing.push("operator".to_owned());
        }
        if missing.is_empty() { Ok(columns) } else { Err(kind::missing(header, ImportKind::Samples, missing)) }
    }
}

/// Which app wrote the file.
pub(super) fn profile(header: &Header) -> &'static str {
    if header.has(&["operatorname"]) && header.has(&["networkmode", "networktech"]) {
        "gnettrack"
    } else if header.has(&["neighboring"]) && header.has(&["dbm"]) && header.has(&["net_type"]) {
        "tower_collector"
    } else if header.has(&["mcc"]) && header.has(&["cellid"]) && header.has(&["act", "networktype"]) {
        "opencellid_upload"
    } else if header.has(&["rssnr"]) && header.has(&["csi_rsrp"]) && header.has(&["registered"]) {
        "cni_cell_tracker"
    } else if header.has(&["devicetime"]) && header.has(&["recordnumber", "missionid", "servingcell"]) {
        "network_survey"
    } else if header.has(&["service_display"]) && header.has(&["carrier"]) {
        "cradlepoint"
    } else {
        "canonical"
    }
}

/// Android Network Survey writes a table for each technology, and names none.
fn of_survey(header: &Header) -> Option<Technology> {
    [
        (&["eci", "earfcn"], Technology::Lte),
        (&["nci", "narfcn"], Technology::Nr),
        (&["rscp", "uarfcn"], Technology::Umts),
        (&["bsic", "arfcn"], Technology::Gsm),
    ]
    .into_iter()
    .find_map(|(headings, technology)| header.has(headings).then_some(technology))
}
