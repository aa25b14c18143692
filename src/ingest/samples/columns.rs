//! Which column of a log holds what, by the headings of many apps.
//!
//! Matching is by folded heading and never by position. The profile says which
//! app wrote the file, because two of them give meaning to odd numbers: -200 in
//! G-NetTrack is "no service", a positive `signal` in an OpenCelliD upload is ASU.
//! Where a person gives a mapping profile, that alone says what a column holds.

use std::borrow::Cow;

use crate::ingest::header::{self, Header};
use crate::ingest::profile::{Codes, Meaning, PowerUnit};
use crate::ingest::time::Zone;
use crate::ingest::{Options, Unreadable, kind, place};
use crate::model::import::ImportKind;
use crate::model::operator::Technology;

use super::marks::Mark;
use super::quantity::{self, Quantity};
use super::units;

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
    "time_utc",
    "utc_time",
    "timestamp_utc",
    "datetime_utc",
    "thoi_gian",
    "thoi_diem",
    "ngay_gio",
    "thoi_gian_do",
    "thoi_diem_do",
    "ngay_gio_do",
];
/// Its day, where the column of the time holds a time of day alone.
const DATE: &[&str] = &["date", "ngay", "ngay_do", "ngay_thang", "ngay_do_kiem"];
const CLOCK: &[&str] = &["gio", "gio_do", "clock", "time_of_day"];
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
    "signal_strength",
    "muc_thu",
    "muc_thu_song",
    "muc_thu_tin_hieu",
    "muc_tin_hieu",
    "cuong_do_song",
    "cuong_do_tin_hieu",
    "cuong_do_thu",
];
/// What the phone was on.
pub(super) const TECHNOLOGY: &[&str] = &[
    "technology",
    "tech",
    "networktech",
    "networkmode",
    "act",
    "cat_technology",
    "networktype",
    "network_type",
    "net_type",
    "radio",
    "rat",
    "service_display",
    "cong_nghe",
    "loai_mang",
    "type",
];
/// Of these, such as may hold the numbers of Android instead of names.
const TECHNOLOGY_CODES: &[&str] = &["networktype", "network_type", "net_type"];
/// Whether it had service. Not in G-NetTrack, where `State` is idle, data or voice.
pub(super) const STATE: &[&str] = &["state", "service_state", "servicestate", "trang_thai"];

/// Its network. MONROE's `NWMCCMNC` is the one that the phone is registered on, and `Operator` beside it that of the card.
pub(super) const OPERATOR: &[&str] = &[
    "nwmccmnc",
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
pub(super) const SINR: &[&str] = &["sinr", "sinr_db", "snr", "rssnr", "rs_sinr", "ss_sinr", "sssinr"];
/// What a test found. A `dl_bitrate` is what the phone happened to fetch at that moment, and an idle phone fetches nothing.
pub(super) const DOWNLOAD: &[&str] = &["download_kbps", "download_kbit", "dl_kbps", "download"];
/// Read where the heading states a unit.
const DOWNLOAD_BY_UNIT: &[&str] = &[
    "download",
    "dl",
    "dl_throughput",
    "download_speed",
    "download_mbps",
    "dl_mbps",
    "toc_do_tai",
    "toc_do_tai_xuong",
    "toc_do_tai_ve",
    "toc_do_download",
    "tai_xuong",
    "toc_do",
];
pub(super) const ACCURACY: &[&str] = &[
    "accuracy_m",
    "accuracy",
    "rating",
    "loc_accuracy",
    "gps_accuracy",
    "hor_acc",
    "horizontal_accuracy",
    "do_chinh_xac",
];
pub(super) const DEVICE: &[&str] = &["device", "device_name", "devn", "may_do"];
/// The log that a row is from, in a table of several: a phone of its own where no column names one.
pub(super) const LOG: &[&str] = &["file", "run"];
pub(super) const CELL: &[&str] = &["cell", "cellid", "cell_id", "cid", "eci", "nci", "ci", "rawcellid"];
pub(super) const ARFCN: &[&str] =
    &["arfcn", "earfcn", "nrarfcn", "narfcn", "nr_arfcn", "uarfcn", "dl_earfcn", "dl_uarfcn"];
pub(super) const SPEED_KMH: &[&str] = &["speed_kmh", "toc_do"];
/// Metres a second or kilometres an hour, by app.
pub(super) const SPEED: &[&str] = &["speed"];
/// Read where the heading states a unit.
const SPEED_BY_UNIT: &[&str] = &["speed", "toc_do", "van_toc", "speed_kmh", "toc_do_di_chuyen"];

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
    /// The day of an instant that is a time of day alone.
    pub(super) date: Option<usize>,
    pub(super) operator: Option<usize>,
    /// The identity of a cell over all networks, which begins with its country and network.
    pub(super) cgi: Option<usize>,
    pub(super) mcc: Option<usize>,
    pub(super) mnc: Option<usize>,
    pub(super) technology: Option<usize>,
    /// A number in it is Android's.
    pub(super) technology_codes: bool,
    pub(super) state: Option<usize>,
    pub(super) rsrp: Option<usize>,
    /// The only technology whose power `rsrp` is.
    pub(super) rsrp_of: Option<Technology>,
    pub(super) rsrq: Option<usize>,
    pub(super) sinr: Option<usize>,
    /// Powers, qualities and ratios of one technology.
    pub(super) power_of: Vec<(Technology, usize)>,
    /// Whether the heading of 4G's power names it: beside one of 5G, `rsrp` alone is taken for it.
    pub(super) names_4g: bool,
    pub(super) rsrq_of: Vec<(Technology, usize)>,
    pub(super) sinr_of: Vec<(Technology, usize)>,
    pub(super) download: Option<usize>,
    pub(super) lon: Option<usize>,
    pub(super) lat: Option<usize>,
    pub(super) accuracy: Option<usize>,
    /// Age of the fix, milliseconds.
    pub(super) age: Option<usize>,
    pub(super) device: Option<usize>,
    pub(super) cell: Option<usize>,
    /// Cells of other technologies, where `cell` is of 5G alone.
    pub(super) cell_of_others: Option<usize>,
    /// Whether a row is of the phone's own cell.
    pub(super) marks: Vec<Mark>,
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
        let speed = by_unit(header, SPEED_BY_UNIT, units::speed_factor).or_else(|| {
            let kmh =
                header.find(SPEED_KMH).filter(|at| units::download_factor(&units::unit(header.name(*at))).is_none());
            kmh.map(|at| (at, 1.0)).or_else(|| Some((header.find(SPEED)?, bare_speed?)))
        });
        // Nobody knows the unit of a bare word.
        let kbps = header.find(DOWNLOAD).filter(|at| header::fold(header.name(*at)) != "download");
        let download = by_unit(header, DOWNLOAD_BY_UNIT, units::download_factor).or(kbps.map(|at| (at, 1.0)));
        let date = header.find(DATE);
        // A column called a day may hold the time of day as well: its cells must show one.
        let time = header.find(TIME).or_else(|| date.and(header.find(CLOCK))).or(date);
        let mut meaning = Meaning {
            power: PowerUnit::Dbm,
            no_service: if profile == "gnettrack" { Codes::new(&[GNETTRACK_SILENCE]) } else { Codes::default() },
            speed_factor: speed.map_or(1.0, |(_, factor)| factor),
            download_factor: download.map_or(1.0, |(_, factor)| factor),
            ..Meaning::default()
        };
        let stated = time.and_then(|at| units::zone(header.name(at)));
        // The open data of the regulator's speed tests states UTC in its description alone.
        let of_tests = header.has(&["open_test_uuid"]).then_some(0);
        if let Some(offset_s) = stated.or(of_tests) {
            meaning.time.zone = Zone::Fixed(offset_s);
        }
        let technology = header.find(TECHNOLOGY);
        let one_power = matches!(profile, "gnettrack" | "opencellid_upload" | "tower_collector" | "network_survey");
        let mut power_of = if one_power { Vec::new() } else { quantity::columns(header, Quantity::Power) };
        let rsrp = match profile {
            "gnettrack" => header.find(&["rsrp", "level"]),
            "opencellid_upload" => header.find(&["signal", "rsrp", "dbm"]),
            "tower_collector" => header.find(&["dbm", "rsrp"]),
            "network_survey" => header.find(POWER),
            _ => quantity::of_any(header, POWER)
                .or_else(|| with_unit(header, POWER, "dbm"))
                .or(power_of.first().map(|(_, at)| *at)),
        };
        let rsrp_of = rsrp.filter(|_| !one_power).and_then(|at| quantity::technology(header.name(at)));
        let names_4g = quantity::own(&power_of, Technology::Lte).is_some();
        // Beside the power of another technology `rsrp` is that of 4G.
        if let Some(at) = rsrp.filter(|at| !power_of.is_empty() && header::fold(header.name(*at)) == "rsrp")
            && quantity::own(&power_of, Technology::Lte).is_none()
        {
            power_of.push((Technology::Lte, at));
        }
        meaning.power = power_unit(header, profile, rsrp);
        let implied = match profile {
            "network_survey" => of_survey(header),
            _ if technology.is_none() && power_of.len() < 2 => rsrp_of,
            _ => None,
        };
        let columns = Self {
            profile: Cow::Borrowed(profile),
            delimiter,
            decimal_comma: delimiter != b',',
            width: header.len(),
            time,
            clock: None,
            date,
            operator: header.find(OPERATOR),
            cgi: header.find(CGI),
            mcc: header.find(MCC),
            mnc: header.find(MNC),
            technology,
            technology_codes: technology.is_some_and(|at| TECHNOLOGY_CODES.contains(&&*header::fold(header.name(at)))),
            // In G-NetTrack `State` is idle, data or voice; in Cradlepoint that of a connection.
            state: if matches!(profile, "gnettrack" | "cradlepoint") { None } else { header.find(STATE) },
            rsrp,
            rsrp_of,
            rsrq: quantity::of_any(header, RSRQ),
            sinr: quantity::of_any(header, SINR),
            power_of,
            names_4g,
            rsrq_of: quantity::columns(header, Quantity::Quality),
            sinr_of: quantity::columns(header, Quantity::Ratio),
            download: download.map(|(at, _)| at),
            lon: header.find(place::LON),
            lat: header.find(place::LAT),
            accuracy: header.find(ACCURACY),
            age: header.find(if profile == "network_survey" { &["locationage"] } else { &["age_ms"] }),
            device: device(header),
            // G-NetTrack's `CellID` is the sector of its node alone.
            cell: header.find(if profile == "gnettrack" { &["rawcellid", "cellid"] } else { CELL }),
            cell_of_others: header.find(&["nci"]).and(header.find(&["eci", "ci", "cid"])),
            marks: Mark::find(header, profile),
            arfcn: header.find(ARFCN),
            speed: speed.map(|(at, _)| at),
            implied,
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

    /// Whether the column that is filled tells the technology of a row.
    pub(super) fn tell_technology(&self) -> bool {
        self.technology.is_none() && self.power_of.len() > 1
    }

    /// Whether a row without a technology may have a power of 4G and one of 5G: on 5G NSA a phone measures both.
    pub(super) fn hold_two_powers(&self) -> bool {
        self.tell_technology() && self.have_two_powers()
    }

    /// Whether there is a power of 4G and one of 5G.
    pub(super) fn have_two_powers(&self) -> bool {
        let has = |technology| quantity::own(&self.power_of, technology).is_some();
        has(Technology::Lte) && has(Technology::Nr)
    }

    /// Whether a row can hold what a sample may have and need not.
    pub(super) fn has_more(&self) -> bool {
        let one = [self.rsrq, self.sinr, self.download, self.cell, self.cell_of_others, self.arfcn, self.speed];
        one.iter().any(Option::is_some) || !self.rsrq_of.is_empty() || !self.sinr_of.is_empty()
    }

    /// Every column that is read.
    pub(super) fn used(&self) -> Vec<usize> {
        let one = [
            self.time,
            self.clock,
            self.date,
            self.operator,
            self.cgi,
            self.mcc,
            self.mnc,
            self.technology,
            self.state,
            self.rsrp,
            self.rsrq,
            self.sinr,
            self.download,
            self.lon,
            self.lat,
            self.accuracy,
            self.age,
            self.device,
            self.cell,
            self.cell_of_others,
            self.arfcn,
            self.speed,
        ];
        let of = [&self.power_of, &self.rsrq_of, &self.sinr_of].into_iter().flatten().map(|(_, column)| *column);
        one.into_iter().flatten().chain(of).chain(self.marks.iter().map(|mark| mark.column)).collect()
    }
}

/// What the powers of a table are counted in.
pub(super) fn power_unit(header: &Header, profile: &str, power: Option<usize>) -> PowerUnit {
    match power {
        _ if profile == "opencellid_upload" => PowerUnit::DbmOrAsu,
        Some(at) if units::has_minus(header.name(at)) => PowerUnit::MinusDbm,
        Some(at) if units::unit(header.name(at)) == "asu" => PowerUnit::Asu,
        _ => PowerUnit::Dbm,
    }
}

/// The column that bears one of these names and a unit of which the factor is known.
fn by_unit(header: &Header, names: &[&str], factor: fn(&str) -> Option<f64>) -> Option<(usize, f64)> {
    let columns = names.iter().flat_map(|name| header.alike(name)).filter(|at| !header.is_personal(*at));
    columns.into_iter().find_map(|at| Some((at, factor(&units::unit(header.name(at)))?)))
}

/// As [`Header::find`], with the unit behind the name: `mức thu dBm`.
fn with_unit(header: &Header, names: &[&str], unit: &str) -> Option<usize> {
    names.iter().find_map(|name| header.find(&[&format!("{name}_{unit}")]))
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
    } else if header.has(&["devicetime"]) && header.has(&["recordnumber", "missionid", "servingcell"])
        // As its GeoPackages have it.
        || header.has(&["recordnumber"]) && header.has(&["missionid"])
    {
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
        (&["eci", "earfcn", "dl_earfcn"], Technology::Lte),
        (&["nci", "narfcn", "nrarfcn"], Technology::Nr),
        (&["rscp", "uarfcn", "dl_uarfcn"], Technology::Umts),
        (&["bsic", "arfcn", "gsm_arfcn"], Technology::Gsm),
    ]
    .into_iter()
    .find_map(|(headings, technology)| header.has(headings).then_some(technology))
}
