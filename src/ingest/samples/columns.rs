//! Which column of a log holds what, by the headings of many apps.
//!
//! Matching is by folded heading and never by position. The profile says which
//! app wrote the file, because two of them give meaning to odd numbers: -200 in
//! G-NetTrack is "no service", a positive `signal` in an OpenCelliD upload is ASU.
//! Where a person gives a mapping profile, that alone says what a column holds.

use std::borrow::Cow;

use crate::ingest::header::Header;
use crate::ingest::profile::{BadProfile, Codes, Fault, Field, Meaning, Places, PowerUnit, Profile};
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

/// Its network.
pub(super) const OPERATOR: &[&str] = &[
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
];
pub(super) const CGI: &[&str] = &["cgi", "ecgi"];
pub(super) const MCC: &[&str] = &["mcc"];
pub(super) const MNC: &[&str] = &["mnc", "net"];
pub(super) const RSRQ: &[&str] = &["rsrq", "rsrq_db", "qual", "ss_rsrq", "lte_rsrq", "ssrsrq"];
pub(super) const SINR: &[&str] = &["sinr", "sinr_db", "snr", "rssnr", "ss_sinr", "sssinr"];
pub(super) const DOWNLOAD: &[&str] = &["download_kbps", "dl_bitrate", "download_kbit", "dl_kbps", "download"];
pub(super) const ACCURACY: &[&str] =
    &["accuracy_m", "accuracy", "rating", "loc_accuracy", "gps_accuracy", "do_chinh_xac"];
pub(super) const DEVICE: &[&str] = &["device", "device_name", "devn", "may_do"];
/// The log that a row is from, in a table of several: a phone of its own where no column names one.
pub(super) const LOG: &[&str] = &["file", "run"];
pub(super) const CELL: &[&str] = &["cell", "cellid", "cell_id", "cid", "eci", "nci", "ci", "rawcellid"];
pub(super) const ARFCN: &[&str] = &["arfcn", "earfcn", "nrarfcn", "narfcn", "nr_arfcn", "uarfcn"];
pub(super) const SPEED_KMH: &[&str] = &["speed_kmh", "toc_do"];
/// Metres a second or kilometres an hour, by app.
pub(super) const SPEED: &[&str] = &["speed"];

/// Elsewhere such a column is dropped, because it tells whose phone it was. Here it tells two phones apart, and nothing of it
/// is kept but a keyed hash.
const DEVICE_ID: &[&str] = &["device_id", "deviceid"];

/// The column of the device; a log without one is the device of all its rows.
fn device(header: &Header) -> Option<usize> {
    let by_id = || DEVICE_ID.iter().find_map(|name| header.alike(name).first().copied());
    header.find(DEVICE).or_else(by_id).or_else(|| header.find(LOG))
}

pub(super) struct Columns {
    pub(super) profile: Cow<'static, str>,
    pub(super) delimiter: u8,
    pub(super) width: usize,
    pub(super) decimal_comma: bool,
    /// The instant, or the day where `clock` holds the time of day.
    pub(super) time: Option<usize>,
    pub(super) clock: Option<usize>,
    pub(super) operator: Option<usize>,
    /// The identity of a cell over all networks, which begins with its country and network.
    pub(super) cgi: Option<usize>,
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
    /// What the headings themselves say, where every technology has a table of its own.
    pub(super) implied: Option<Technology>,
    /// Units, words and codes.
    pub(super) meaning: Meaning,
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
        let speed_kmh = header.find(SPEED_KMH);
        let meaning = Meaning {
            power: if profile == "opencellid_upload" { PowerUnit::DbmOrAsu } else { PowerUnit::Dbm },
            no_service: if profile == "gnettrack" { Codes::new(&[GNETTRACK_SILENCE]) } else { Codes::default() },
            speed_factor: if speed_kmh.is_some() { 1.0 } else { bare_speed.unwrap_or(1.0) },
            ..Meaning::default()
        };
        let columns = Self {
            profile: Cow::Borrowed(profile),
            delimiter,
            decimal_comma: delimiter != b',',
            width: header.len(),
            time: header.find(TIME),
            clock: None,
            operator: header.find(OPERATOR),
            cgi: header.find(CGI),
            mcc: header.find(MCC),
            mnc: header.find(MNC),
            technology: header.find(TECHNOLOGY),
            // In G-NetTrack `State` is idle, data or voice; in Cradlepoint that of a connection.
            state: if matches!(profile, "gnettrack" | "cradlepoint") { None } else { header.find(STATE) },
            rsrp: match profile {
                "gnettrack" => header.find(&["rsrp", "level"]),
                "opencellid_upload" => header.find(&["signal", "rsrp", "dbm"]),
                "tower_collector" => header.find(&["dbm", "rsrp"]),
                _ => header.find(POWER),
            },
            rsrq: header.find(RSRQ),
            sinr: header.find(SINR),
            // Cradlepoint names no unit.
            download: header.find(DOWNLOAD).filter(|_| profile != "cradlepoint"),
            lon: header.find(place::LON),
            lat: header.find(place::LAT),
            accuracy: header.find(ACCURACY),
            age: header.find(&["age_ms"]),
            device: device(header),
            cell: header.find(CELL),
            neighbour: header.find(&["neighboring", "neighbouring", "neighbor", "neighbour"]),
            // Elsewhere a column of this name holds the identity of the cell.
            serving: header.find(&["servingcell"]).filter(|_| profile == "network_survey"),
            arfcn: header.find(ARFCN),
            speed: speed_kmh.or(header.find(SPEED).filter(|_| bare_speed.is_some())),
            implied: if profile == "network_survey" { of_survey(header) } else { None },
            meaning,
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
        if columns.operator.or(columns.cgi).is_none() && !plmn && options.operator.is_none() {
            missing.push("operator".to_owned());
        }
        if missing.is_empty() { Ok(columns) } else { Err(kind::missing(header, ImportKind::Samples, missing)) }
    }

    /// By a profile. `has_points` says that the first two columns are the points of a map file.
    ///
    /// # Errors
    /// [`BadProfile`] when it does not fit the table or says too little of it.
    pub(super) fn mapped(
        profile: &Profile,
        header: &Header,
        (delimiter, has_points): (u8, bool),
        options: &Options,
    ) -> Result<Self, BadProfile> {
        let mut places = profile.places(header)?;
        if has_points && places.of(Field::Longitude).is_none() {
            places.set(Field::Longitude, Some(0));
            places.set(Field::Latitude, Some(1));
        }
        let columns = Self::of_places(profile, places, (delimiter, header.len()));
        let unsaid = columns.unsaid(options.operator.is_some());
        if unsaid.is_empty() { Ok(columns) } else { Err(profile.at_fault(Fault::Unsaid { keys: unsaid })) }
    }

    pub(super) fn of_places(profile: &Profile, places: Places, (delimiter, width): (u8, usize)) -> Self {
        Self {
            profile: Cow::Owned(profile.name().to_owned()),
            delimiter,
            decimal_comma: profile.layout().decimal_comma.unwrap_or(delimiter != b','),
            width,
            time: places.of(Field::Time).or(places.of(Field::Date)),
            clock: places.of(Field::Clock),
            operator: places.of(Field::Operator),
            cgi: None,
            mcc: places.of(Field::Mcc),
            mnc: places.of(Field::Mnc),
            technology: places.of(Field::Technology),
            state: places.of(Field::State),
            rsrp: places.of(Field::Power),
            rsrq: places.of(Field::Rsrq),
            sinr: places.of(Field::Sinr),
            download: places.of(Field::Download),
            lon: places.of(Field::Longitude),
            lat: places.of(Field::Latitude),
            accuracy: places.of(Field::Accuracy),
            age: None,
            device: places.of(Field::Device),
            cell: places.of(Field::Cell),
            neighbour: None,
            serving: None,
            arfcn: places.of(Field::Arfcn),
            speed: places.of(Field::Speed),
            implied: None,
            meaning: profile.meaning.clone(),
        }
    }

    /// The columns that a profile can name.
    pub(super) fn places(&self) -> Places {
        let mut places = Places::default();
        for (field, column) in [
            (Field::Longitude, self.lon),
            (Field::Latitude, self.lat),
            (Field::Time, self.time),
            (Field::Operator, self.operator),
            (Field::Technology, self.technology),
            (Field::State, self.state),
            (Field::Power, self.rsrp),
            (Field::Rsrq, self.rsrq),
            (Field::Sinr, self.sinr),
            (Field::Download, self.download),
            (Field::Accuracy, self.accuracy),
            (Field::Speed, self.speed),
            (Field::Cell, self.cell),
            (Field::Arfcn, self.arfcn),
            (Field::Device, self.device),
        ] {
            places.set(field, column);
        }
        if self.mcc.and(self.mnc).is_some() {
            places.set(Field::Mcc, self.mcc);
            places.set(Field::Mnc, self.mnc);
        }
        places
    }

    /// Keys of a profile without which no row can be read.
    pub(super) fn unsaid(&self, operator_is_stated: bool) -> Vec<&'static str> {
        let mut unsaid = Vec::new();
        for (column, key) in
            [(self.lon, "columns.longitude"), (self.lat, "columns.latitude"), (self.time, "columns.time")]
        {
            if column.is_none() {
                unsaid.push(key);
            }
        }
        if self.rsrp.or(self.state).is_none() {
            unsaid.push("columns.power");
        }
        if self.operator.or(self.mcc).is_none() && !operator_is_stated {
            unsaid.push("columns.operator");
        }
        unsaid
    }
}

/// What G-NetTrack writes for "no service".
pub(super) const GNETTRACK_SILENCE: &str = "-200";

/// Which app wrote the file.
pub(super) fn profile(header: &Header) -> &'static str {
    let gnettrack_log = header.has(&["operatorname"]) && header.has(&["networkmode", "networktech"]);
    // Its KML has a name for everything but the operator.
    let gnettrack_kml = header.has(&["rawcellid"]) && header.has(&["nodehex"]) && header.has(&["technology"]);
    if gnettrack_log || gnettrack_kml {
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
