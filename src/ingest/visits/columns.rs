//! Which column of a table of visits holds what: by its headings, or by a profile.

use super::gpx;
use super::server;
use super::summary;
use super::topics::TopicColumns;
use crate::ingest::header::Header;
use crate::ingest::profile::{VisitField, VisitsProfile};
use crate::ingest::table::{SHEET, Table};
use crate::ingest::{Headings, Options, Unreadable, kind, place, time, villages};
use crate::model::import::ImportKind;
use crate::model::operator::Operator;

/// The instant of the visit, best first; then what phones and servers of forms note of themselves.
pub(in crate::ingest) const TIME: &[&str] = &[
    "time",
    "visit_time",
    "thoi_gian",
    "thoi_diem",
    "thoi_gian_tham",
    "thoi_gian_den",
    "ngay_tham",
    "ngay_den",
    "ngay_tham_ho",
    "ngay_den_ho",
    "ngay_den_nha",
    "ngay_di",
    "ngay_ghe",
    "ngay_toi",
    "ngay_di_tham",
    "ngay_ghe_tham",
    "ngay_toi_nha",
    "ngay_huong_dan",
    "ngay_thuc_hien",
    "ngay_gio",
    "ngay",
    "visit_date",
    "date_of_visit",
    "date",
    "end",
    "endtime",
    "start",
    "starttime",
    "today",
    "completiondate",
    "submissiondate",
    SENT,
];
/// How many of them a person has filled in.
const STATED_TIMES: usize = 24;
/// When a form came in at KoboToolbox or Ona: UTC, though it does not say so.
const SENT: &str = "submission_time";
pub(in crate::ingest) const RESULT: &[&str] = &[
    "result",
    "ket_qua",
    "outcome",
    "visit_result",
    "visit_outcome",
    "ket_qua_tham",
    "ket_qua_tham_ho",
    "ket_qua_luot_den",
    "ket_qua_den_nha",
    "ket_qua_huong_dan",
    "ket_qua_tiep_xuc",
    "how_the_visit_ended",
];
/// Headings that ask whether the home was guided: a yes says how the visit ended, a no does not.
const WHETHER_GUIDED: &[&str] = &["da_huong_dan", "da_duoc_huong_dan", "duoc_huong_dan", "huong_dan"];
/// The id of a form stays the same wherever it is exported, and that of its first version when it is edited; a
/// server's own numbers come after it.
const ID: &[&str] = &["key", "meta_rootuuid", "meta_instanceid", "instanceid", "uuid", "id", "visit_id", "ma_luot"];
/// The id of the version that an edit took the place of.
const EDITED: &[&str] = &["meta_deprecatedid", "deprecatedid"];
/// Whether a row is a second look at a home that was visited.
const SUPERVISION: &[&str] = &[
    "supervision",
    "is_supervision",
    "supervision_visit",
    "spot_check",
    "kiem_tra_lai",
    "luot_kiem_tra_lai",
    "day_la_luot_kiem_tra_lai",
    "is_this_a_check_of_an_earlier_visit",
    "phuc_tra",
    "giam_sat",
];

pub(super) struct Columns {
    /// Where an id may stand, the best first: a table of several servers' rows has it in either.
    pub(super) id: Vec<usize>,
    /// The id before an edit, and the number of a form at its server with the moment at which it came in.
    pub(super) id_before: Option<usize>,
    pub(super) number: Option<(usize, usize)>,
    pub(super) time: Option<usize>,
    /// The hour, where it stands apart from the day.
    pub(super) clock: Option<usize>,
    pub(super) village_code: Option<usize>,
    pub(super) village: Option<usize>,
    /// The sheet of each row, where no column names the village.
    pub(super) sheet: Option<usize>,
    pub(super) commune_code: Option<usize>,
    pub(super) commune: Option<usize>,
    pub(super) old_commune: Option<usize>,
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
            // Columns of a GPX file have our names, for its format has none for them.
            Some(profile) if table.profile == gpx::PROFILE => Self::mapped(profile, table, options)?
                .or(Self::by_headings(&table.header, table.decimal_comma, options)?),
            Some(profile) => Self::mapped(profile, table, options)?,
            None => Self::by_headings(&table.header, table.decimal_comma, options)?,
        };
        let stated = options.visits.as_deref();
        let mut missing = Vec::new();
        if columns.time.is_none() && stated.is_none_or(|profile| profile.day.is_none()) {
            missing.push("time".to_owned());
        }
        if columns.result.is_none() && stated.is_none_or(|profile| profile.result.is_none()) {
            missing.push("result".to_owned());
        }
        if stated.is_none() {
            summary::refuse(&table.header, columns.household)?;
        }
        if missing.is_empty() { Ok(columns) } else { Err(kind::missing(&table.header, ImportKind::Visits, missing)) }
    }

    /// These columns, and others where these have none.
    fn or(self, other: Self) -> Self {
        let signal = if self.signal.is_empty() { other.signal } else { self.signal };
        Self {
            time: self.time.or(other.time),
            village_code: self.village_code.or(other.village_code),
            village: self.village.or(other.village),
            commune_code: self.commune_code.or(other.commune_code),
            commune: self.commune.or(other.commune),
            district: self.district.or(other.district),
            household: self.household.or(other.household),
            result: self.result.or(other.result),
            guided: self.guided.or(other.guided),
            topics: if self.topics.list.is_none() { other.topics } else { self.topics },
            vneid: self.vneid.or(other.vneid),
            services: self.services.or(other.services),
            payments: self.payments.or(other.payments),
            supervision: self.supervision.or(other.supervision),
            signal,
            ..self
        }
    }

    pub(super) fn used(&self) -> Vec<usize> {
        let (lon, lat, both) = self.point.used();
        let placed = [self.village_code, self.village, self.sheet, self.commune_code, self.commune, self.district];
        let held = [self.time, self.clock, self.household, self.result, self.guided, self.supervision, self.accuracy];
        let others = [self.vneid, self.services, self.payments, self.review, self.deleted, lon, lat, both];
        let of_form = self.number.into_iter().flat_map(|(number, sent)| [number, sent]);
        let of_form = of_form.chain(self.id_before).chain(self.old_commune);
        let single = placed.into_iter().chain(held).chain(others).flatten().chain(of_form);
        let several = self.id.iter().copied().chain(self.topics.used()).chain(self.signal.iter().map(|(_, at)| *at));
        single.chain(several).chain(self.filled.into_iter().flat_map(|(start, end)| [start, end])).collect()
    }

    /// What later steps may find fault with, and what a person is shown of how the file was read.
    /// `own_width`: columns of the file itself, which are the first.
    pub(super) fn headings(&self, header: &Header, own_width: usize) -> Headings {
        Headings::new(
            (header, own_width),
            &[
                ("id", self.id.first().copied()),
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

    fn by_headings(header: &Header, decimal_comma: bool, options: &Options) -> Result<Self, Unreadable> {
        let (lon, lat, accuracy) = point_columns(header);
        let (village_code, village) = villages::village_columns(header);
        let (commune, district) = place::names_of_communes(|names| header.find_in_path(names));
        let signal = |operator: Operator| {
            let names = [
                format!("signal_{operator}"),
                format!("song_{operator}"),
                format!("song_di_dong_{operator}"),
                format!("song_{operator}_tai_day"),
                format!("{operator}_signal_here"),
            ];
            // Offices say it at length: `Tình trạng sóng VinaPhone`.
            let at_length = |heading: &str| {
                let mut words = heading.split('_');
                words.clone().any(|word| matches!(word, "song" | "signal"))
                    && words.any(|word| word.parse() == Ok(operator))
            };
            let column = header.find_in_path(&names.each_ref().map(String::as_str));
            let column = column.or_else(|| header.find_where(at_length))?;
            Some((operator, column))
        };
        // What somebody states, in whatever group of the form, is when it was; a phone knows when it was filled in.
        let time = header.find_in_path(&TIME[..STATED_TIMES]).or_else(|| header.find_in_path(TIME));
        let mut form = time::Form::default();
        if time.is_some() && time == header.find(&[SENT]) {
            form.zone = time::Zone::Fixed(0);
        }
        Ok(Self {
            id: ids(header),
            id_before: header.find(EDITED),
            number: number(header),
            time,
            clock: header.find(&["gio", "gio_tham", "gio_den", "gio_phut", "visit_hour", "clock"]),
            village_code,
            village,
            sheet: header.find(&["trang_tinh"]),
            commune_code: header.find_in_path(place::COMMUNE_CODE),
            commune,
            old_commune: header.find(place::OLD_COMMUNE),
            district,
            point: place::Point::new((lon, lat), header, decimal_comma, options)?,
            accuracy,
            filled: header.find(&["start", "starttime"]).zip(header.find(&["end", "endtime"])),
            household: header.find_in_path(&[
                "household",
                "hh",
                "hh_label",
                "ma_ho",
                "ma_ho_gia_dinh",
                "nhan_ho",
                "household_label",
                "household_id",
                "hh_id",
                "so_nha",
                "ho",
                "ho_gia_dinh",
                "ngo_va_so_thu_tu_nha",
                "lane_and_number_of_the_house",
            ]),
            result: header.find_in_path(RESULT).or_else(|| header.find(WHETHER_GUIDED)),
            guided: header.find_in_path(&[
                "guided",
                "n_guided",
                "so_nguoi_huong_dan",
                "so_nguoi_duoc_huong_dan",
                "so_nguoi_da_huong_dan",
                "so_nguoi_da_duoc_huong_dan",
                "so_nguoi_dan_duoc_huong_dan",
                "so_luot_nguoi_duoc_huong_dan",
                "luot_nguoi_duoc_huong_dan",
                "people_guided",
            ]),
            topics: TopicColumns::find(header, None),
            vneid: header.find_in_path(&[
                "n_vneid2_new",
                "vneid_moi",
                "vneid_muc_2_moi",
                "tai_khoan_vneid_muc_2_moi",
                "new_vneid_level_2_accounts",
            ]),
            services: header.find_in_path(&[
                "n_dvc_new",
                "ho_so_dvc",
                "ho_so_dich_vu_cong",
                "ho_so_dich_vu_cong_da_nop_giup",
                "public_services_applied_for",
            ]),
            payments: header.find_in_path(&[
                "n_epay_new",
                "tai_khoan_thanh_toan_moi",
                "tai_khoan_thanh_toan_so_moi",
                "new_payment_accounts",
            ]),
            supervision: header.find_in_path(SUPERVISION),
            review: server::review(header),
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
            id: at(VisitField::Id)?.map_or_else(|| ids(header), |at| vec![at]),
            id_before: header.find(EDITED),
            number: number(header),
            time: at(VisitField::Time)?,
            clock: None,
            village_code: at(VisitField::VillageCode)?,
            village: at(VisitField::Village)?,
            sheet: header.spelt(SHEET).first().copied(),
            commune_code: at(VisitField::CommuneCode)?,
            commune: at(VisitField::Commune)?,
            old_commune: None,
            district: at(VisitField::District)?,
            point: place::Point::new((lon.or(own_lon), lat.or(own_lat)), header, table.decimal_comma, options)?,
            accuracy: at(VisitField::Accuracy)?.or(if lon.is_none() { own_accuracy } else { None }),
            filled: header.find(&["start", "starttime"]).zip(header.find(&["end", "endtime"])),
            household: at(VisitField::Household)?,
            result: at(VisitField::Result)?,
            guided: at(VisitField::Guided)?,
            topics: at(VisitField::Topic)?
                .map_or_else(TopicColumns::default, |at| TopicColumns::find(header, Some(at))),
            vneid: at(VisitField::Vneid)?,
            services: at(VisitField::Services)?,
            payments: at(VisitField::Payments)?,
            supervision: at(VisitField::Supervision)?,
            review: server::review(header),
            deleted: header.find(&["deletedat"]),
            signal: profile.signal(header)?,
            form: profile.time.clone(),
        })
    }
}

/// What a heading of ours is called first of all, whoever wrote it; `None` for one that is none of ours or may name a
/// person.
pub(super) fn canonical(heading: &str, options: &Options) -> Option<String> {
    let header = Header::new(vec![heading.to_owned()]);
    let columns = Columns::by_headings(&header, false, options).ok()?;
    let named = columns.headings(&header, header.len()).found().next().map(|(ours, _)| ours.to_owned());
    let signal = || columns.signal.first().map(|(operator, _)| format!("signal_{operator}"));
    let rest = || match (columns.district, columns.clock) {
        (Some(_), _) => Some("district".to_owned()),
        (_, Some(_)) => Some("clock".to_owned()),
        _ => None,
    };
    named.or_else(signal).or_else(rest)
}

fn ids(header: &Header) -> Vec<usize> {
    ID.iter().filter_map(|name| header.find(&[name])).collect()
}

/// The number of a form and when it came in, of a table that has ids of forms besides: KoboToolbox and Ona keep both when
/// somebody edits a form, and no two forms of any two servers share them.
fn number(header: &Header) -> Option<(usize, usize)> {
    header.find(&["uuid", "meta_instanceid", "instanceid"])?;
    header.find(&["id"]).zip(header.find(&[SENT]))
}

/// `lon, lat, accuracy_m`, or the columns that ODK makes of a geopoint `X`:
/// `X-Longitude, X-Latitude, X-Accuracy` (`XLongitude` from SurveyCTO). Among several, the one called `loc` or the like.
fn point_columns(header: &Header) -> (Option<usize>, Option<usize>, Option<usize>) {
    const ACCURACY: &[&str] = &[
        "accuracy_m",
        "accuracy",
        "do_chinh_xac",
        "sai_so",
        "precision",
        "gps_precision",
        "gps_accuracy",
        "gpsaccuracy",
    ];
    if let (Some(lon), Some(lat)) = (header.find(place::LON), header.find(place::LAT)) {
        return (Some(lon), Some(lat), header.find_in_path(ACCURACY));
    }
    let mut points: Vec<&str> = header
        .names
        .iter()
        .filter_map(|n| ["-Longitude", "_longitude", "Longitude"].iter().find_map(|end| n.strip_suffix(end)))
        .filter(|path| !path.is_empty())
        .collect();
    points.sort_by_key(|path| {
        let step = path.rsplit(['-', '/']).next().unwrap_or(path).to_lowercase();
        !matches!(step.trim_start_matches('_'), "loc" | "location" | "geopoint" | "gps" | "position" | "vi_tri")
    });
    let Some(path) = points.first() else {
        // The points of a map file may have their accuracy beside them.
        return (header.find_in_path(place::LON), header.find_in_path(place::LAT), header.find_in_path(ACCURACY));
    };
    let at = |suffixes: [&str; 3]| {
        suffixes.iter().find_map(|s| header.names.iter().position(|n| *n == format!("{path}{s}")))
    };
    (
        at(["-Longitude", "_longitude", "Longitude"]),
        at(["-Latitude", "_latitude", "Latitude"]),
        at(["-Accuracy", "_precision", "Accuracy"]),
    )
}
