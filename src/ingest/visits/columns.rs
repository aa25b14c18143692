//! Which column of a table of visits holds what: by its headings, or by a profile.

use super::topics::TopicColumns;
use crate::ingest::header::Header;
use crate::ingest::profile::{VisitField, VisitsProfile};
use crate::ingest::table::Table;
use crate::ingest::{Headings, Options, Unreadable, kind, place, text, time, villages};
use crate::model::import::ImportKind;
use crate::model::operator::Operator;
use crate::model::signal_seen::SignalSeen;
use crate::model::visit::VisitResult;

/// The instant of the visit, best first; the servers' own times last.
pub(in crate::ingest) const TIME: &[&str] = &[
    "time",
    "visit_time",
    "thoi_gian",
    "thoi_diem",
    "ngay_tham",
    "ngay",
    "end",
    "start",
    "today",
    "submissiondate",
    SENT,
];
/// When a form came in at KoboToolbox or Ona: UTC, though it does not say so.
const SENT: &str = "submission_time";
pub(in crate::ingest) const RESULT: &[&str] = &["result", "ket_qua", "outcome"];
/// The id of a form stays the same wherever it is exported; a server's own numbers come after it.
const ID: &[&str] = &["key", "meta_instanceid", "instanceid", "uuid", "id", "visit_id", "ma_luot"];
/// Whether a row is a second look at a home that was visited.
const SUPERVISION: &[&str] = &[
    "supervision",
    "is_supervision",
    "supervision_visit",
    "spot_check",
    "kiem_tra_lai",
    "luot_kiem_tra_lai",
    "phuc_tra",
    "giam_sat",
];

pub(super) struct Columns {
    pub(super) id: Option<usize>,
    pub(super) time: Option<usize>,
    pub(super) village_code: Option<usize>,
    pub(super) village: Option<usize>,
    pub(super) commune_code: Option<usize>,
    pub(super) commune: Option<usize>,
    pub(super) district: Option<usize>,
    pub(super) point: place::Point,
    pub(super) accuracy: Option<usize>,
    pub(super) household: Option<usize>,
    /// When a phone began and ended the form.
    pub(super) filled: Option<(usize, usize)>,
    pub(super) result: Option<usize>,
    pub(super) guided: Option<usize>,
    pub(super) topics: TopicColumns,
    pub(super) vneid: Option<usize>,
    pub(super) services: Option<usize>,
    pub(super) payments: Option<usize>,
    pub(super) supervision: Option<usize>,
    /// What a person at the server decided, and whether the form was taken back.
    pub(super) review: Option<usize>,
    pub(super) deleted: Option<usize>,
    pub(super) signal: Vec<(Operator, usize)>,
    pub(super) form: time::Form,
}

impl Columns {
    pub(super) fn find(table: &Table, options: &Options) -> Result<Self, Unreadable> {
        let columns = match &options.visits {
            Some(profile) => Self::mapped(profile, table, options)?,
            None => Self::by_headings(table, options)?,
        };
        let stated = options.visits.as_deref();
        let mut missing = Vec::new();
        if columns.time.is_none() && stated.is_none_or(|profile| profile.day.is_none()) {
            missing.push("time".to_owned());
        }
        if columns.result.is_none() && stated.is_none_or(|profile| profile.result.is_none()) {
            missing.push("result".to_owned());
        }
        if missing.is_empty() { Ok(columns) } else { Err(kind::missing(&table.header, ImportKind::Visits, missing)) }
    }

    /// What later steps may find fault with, and what a person is shown of how the file was read.
    pub(super) fn headings(&self, header: &Header) -> Headings {
        Headings::new(
            header,
            &[
                ("id", self.id),
                ("time", self.time),
                ("result", self.result),
                ("household", self.household),
                ("guided", self.guided),
                ("topic", self.topics.list),
                ("n_vneid2_new", self.vneid),
                ("n_dvc_new", self.services),
                ("n_epay_new", self.payments),
                ("supervision", self.supervision),
                ("lon", self.point.columns().0),
                ("lat", self.point.columns().1),
                ("accuracy_m", self.accuracy),
                ("commune_code", self.commune_code),
                ("commune", self.commune),
                ("village_code", self.village_code),
                ("village", self.village),
            ],
        )
    }

    fn by_headings(table: &Table, options: &Options) -> Result<Self, Unreadable> {
        let header = &table.header;
        let (lon, lat, accuracy) = point_columns(header);
        let (village_code, village) = villages::village_columns(header);
        let signal = |operator: Operator| {
            let column = header.find_in_path(&[&format!("signal_{operator}"), &format!("song_{operator}")])?;
            Some((operator, column))
        };
        let time = header.find(&TIME[..6]).or_else(|| header.find_in_path(TIME));
        let mut form = time::Form::default();
        if time.is_some() && time == header.find(&[SENT]) {
            form.zone = time::Zone::Fixed(0);
        }
        Ok(Self {
            id: header.find(ID),
            time,
            village_code,
            village,
            commune_code: header.find_in_path(place::COMMUNE_CODE),
            commune: header.find_in_path(place::COMMUNE_NAME),
            district: header.find_in_path(place::DISTRICT),
            point: place::Point::new((lon, lat), header, table.decimal_comma, options)?,
            accuracy,
            filled: header.find(&["start"]).zip(header.find(&["end"])),
            household: header.find_in_path(&[
                "household",
                "hh",
                "hh_label",
                "ma_ho",
                "nhan_ho",
                "household_label",
                "so_nha",
            ]),
            result: header.find_in_path(RESULT),
            guided: header.find_in_path(&["guided", "n_guided", "so_nguoi_huong_dan"]),
            topics: TopicColumns::find(header, None),
            vneid: header.find_in_path(&["n_vneid2_new", "vneid_moi", "vneid_muc_2_moi"]),
            services: header.find_in_path(&["n_dvc_new", "ho_so_dvc", "ho_so_dich_vu_cong"]),
            payments: header.find_in_path(&["n_epay_new", "tai_khoan_thanh_toan_moi"]),
            supervision: header.find_in_path(SUPERVISION),
            review: review(header),
            deleted: header.find(&["deletedat"]),
            signal: Operator::VIETNAMESE.into_iter().filter_map(signal).collect(),
            form,
        })
    }

    fn mapped(profile: &VisitsProfile, table: &Table, options: &Options) -> Result<Self, Unreadable> {
        let header = &table.header;
        let at = |field: VisitField| profile.place(field, header);
        let (lon, lat) = (at(VisitField::Longitude)?, at(VisitField::Latitude)?);
        // The points of a map file need no columns.
        let (own_lon, own_lat, own_accuracy) = point_columns(header);
        Ok(Self {
            id: at(VisitField::Id)?.or_else(|| header.find(ID)),
            time: at(VisitField::Time)?,
            village_code: at(VisitField::VillageCode)?,
            village: at(VisitField::Village)?,
            commune_code: at(VisitField::CommuneCode)?,
            commune: at(VisitField::Commune)?,
            district: at(VisitField::District)?,
            point: place::Point::new((lon.or(own_lon), lat.or(own_lat)), header, table.decimal_comma, options)?,
            accuracy: at(VisitField::Accuracy)?.or(if lon.is_none() { own_accuracy } else { None }),
            filled: header.find(&["start"]).zip(header.find(&["end"])),
            household: at(VisitField::Household)?,
            result: at(VisitField::Result)?,
            guided: at(VisitField::Guided)?,
            topics: at(VisitField::Topic)?
                .map_or_else(TopicColumns::default, |at| TopicColumns::find(header, Some(at))),
            vneid: at(VisitField::Vneid)?,
            services: at(VisitField::Services)?,
            payments: at(VisitField::Payments)?,
            supervision: at(VisitField::Supervision)?,
            review: review(header),
            deleted: header.find(&["deletedat"]),
            signal: profile.signal(header)?,
            form: profile.time.clone(),
        })
    }
}

fn review(header: &Header) -> Option<usize> {
    header.find(&["reviewstate", "review_state", "validation_status_uid", "validation_status"])
}

/// What a result is called.
pub(super) fn result(word: &str, profile: Option<&VisitsProfile>) -> Option<VisitResult> {
    if let Some(known) = profile.and_then(|profile| profile.results.get(word.as_bytes())) {
        return Some(known);
    }
    let folded = text::fold(word);
    VisitResult::from_code(&folded.replace([' ', '-'], "_")).or(match folded.as_str() {
        "da huong dan" | "huong dan" | "xong" | "hoan thanh" => Some(VisitResult::Guided),
        "huong dan mot phan" | "mot phan" => Some(VisitResult::Partly),
        "vang nha" | "di vang" | "khong co nha" | "khong gap" => Some(VisitResult::NotHome),
        "tu choi" => Some(VisitResult::Refused),
        "chuyen di" | "da chuyen di" | "nha bo trong" | "bo trong" => Some(VisitResult::MovedOrEmpty),
        "khong phai nha o" => Some(VisitResult::NotResidential),
        "khong tiep can duoc" | "khong vao duoc" => Some(VisitResult::Inaccessible),
        "hen lai" | "hen" | "de sau" => Some(VisitResult::Later),
        _ => None,
    })
}

/// Whether a word says yes; `None` for one that says neither.
pub(super) fn supervision(word: &str) -> Option<bool> {
    match text::fold(word).as_str() {
        "yes" | "y" | "true" | "1" | "x" | "co" | "kiem tra lai" | "phuc tra" | "giam sat" | "supervision" => {
            Some(true)
        }
        "" | "-" | "no" | "n" | "false" | "0" | "khong" => Some(false),
        _ => None,
    }
}

/// What was seen on a phone.
pub(super) fn seen(word: &str, profile: Option<&VisitsProfile>) -> Option<SignalSeen> {
    profile.and_then(|profile| profile.seen.get(word.as_bytes())).or(match text::fold(word).as_str() {
        "none" | "khong" | "khong co song" | "mat song" | "0" => Some(SignalSeen::None),
        "weak" | "yeu" | "song yeu" | "1" => Some(SignalSeen::Weak),
        "ok" | "good" | "tot" | "co song" | "song tot" | "2" => Some(SignalSeen::Ok),
        _ => None,
    })
}

/// `lon, lat, accuracy_m`, or the columns that ODK makes of a geopoint `X`:
/// `X-Longitude, X-Latitude, X-Accuracy`. Among several, the one called `loc` or the like.
fn point_columns(header: &Header) -> (Option<usize>, Option<usize>, Option<usize>) {
    const ACCURACY: &[&str] = &["accuracy_m", "accuracy", "do_chinh_xac", "sai_so", "precision"];
    if let (Some(lon), Some(lat)) = (header.find(place::LON), header.find(place::LAT)) {
        return (Some(lon), Some(lat), header.find(ACCURACY));
    }
    let mut points: Vec<&str> = header
        .names
        .iter()
        .filter_map(|n| n.strip_suffix("-Longitude").or_else(|| n.strip_suffix("_longitude")))
        .collect();
    points.sort_by_key(|path| {
        let step = path.rsplit(['-', '/']).next().unwrap_or(path).to_lowercase();
        !matches!(step.trim_start_matches('_'), "loc" | "location" | "geopoint" | "gps" | "position" | "vi_tri")
    });
    let Some(path) = points.first() else {
        // The points of a map file may have their accuracy beside them.
        return (header.find_in_path(place::LON), header.find_in_path(place::LAT), header.find(ACCURACY));
    };
    let at = |suffixes: [&str; 2]| {
        suffixes.iter().find_map(|s| header.names.iter().position(|n| *n == format!("{path}{s}")))
    };
    (at(["-Longitude", "_longitude"]), at(["-Latitude", "_latitude"]), at(["-Accuracy", "_precision"]))
}
