//! Which column of a log holds what, by the headings of many apps.
//!
//! Matching is by folded heading and never by position. The profile says which
//! app wrote the file, because two of them give meaning to odd numbers: -200 in
//! G-NetTrack is "no service", a positive `signal` in an OpenCelliD upload is ASU.

use crate::ingest::header::Header;
use crate::ingest::{Options, Unreadable, kind, place};
use crate::model::import::ImportKind;

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
    "thoi_gian",
    "thoi_diem",
    "ngay_gio",
];
/// Its power.
pub(in crate::ingest) const POWER: &[&str] =
    &["rsrp", "rsrp_dbm", "ss_rsrp", "lte_rsrp", "dbm", "signal", "signal_dbm", "level", "muc_song"];

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
    "cong_nghe",
    "type",
];
/// Whether it had service. Not in G-NetTrack, where `State` is idle, data or voice.
pub(super) const STATE: &[&str] = &["state", "service_state", "servicestate", "trang_thai"];

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
    pub(super) device: Option<usize>,
    pub(super) cell: Option<usize>,
    pub(super) neighbour: Option<usize>,
}

impl Columns {
    /// # Errors
    /// [`Unreadable::MissingColumns`], with the header, when place, time, power or
    /// operator cannot be known.
    pub(super) fn find(header: &Header, delimiter: u8, options: &Options) -> Result<Self, Unreadable> {
        let profile = profile(header);
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
                "carrier",
                "provider",
                "nha_mang",
                "network",
                "mang",
            ]),
            mcc: header.find(&["mcc"]),
            mnc: header.find(&["mnc", "net"]),
            technology: header.find(TECHNOLOGY),
            // In G-NetTrack `State` is idle, data or voice.
            state: if profile == "gnettrack" { None } else { header.find(STATE) },
            rsrp: match profile {
                "gnettrack" => header.find(&["rsrp", "level"]),
                "opencellid_upload" => header.find(&["signal", "rsrp", "dbm"]),
                "tower_collector" => header.find(&["dbm", "rsrp"]),
                _ => header.find(POWER),
            },
            rsrq: header.find(&["rsrq", "rsrq_db", "qual", "ss_rsrq", "lte_rsrq"]),
            sinr: header.find(&["sinr", "sinr_db", "snr", "rssnr", "ss_sinr"]),
            download: header.find(&["download_kbps", "dl_bitrate", "download_kbit", "dl_kbps", "download"]),
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
            device: header.find(&["device", "device_name", "devn", "may_do", "file", "run"]),
            cell: header.find(&["cell", "cellid", "cell_id", "cid", "eci", "ci", "rawcellid"]),
            neighbour: header.find(&["neighboring", "neighbouring", "neighbor", "neighbour"]),
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
    } else {
        "canonical"
    }
}
