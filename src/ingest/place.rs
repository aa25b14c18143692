//! Where a row says it is: unit codes and a point, from columns or geometry.
//!
//! Codes keep the zeros that spreadsheets strip. Points in another coordinate
//! system are read when the person states which one (`reading`).

use std::cell::Cell;

use geo_types::Geometry;

use crate::model::admin::{StatedName, UnitCode};
use crate::model::geometry_fault::GeometryFault;
use crate::model::measure::LonLat;
use crate::model::refusal::{Reason, Reject};

use super::features::RawGeometry;
use super::header::Header;
use super::position::{self, Axis};
use super::privacy;
use super::reading::{Axes, Order, Reading, coordinate};
use super::submissions::point;
use super::table::Record;
use super::{Options, Unreadable, Warning, number, text};

pub(super) const LON: &[&str] = &[
    "lon",
    "lng",
    "long",
    "longitude",
    "longtitude",
    "kinh_do",
    "kd",
    "easting",
    "dong",
    "gps_lon",
    "gpslon",
    "gps_longitude",
];
pub(super) const LAT: &[&str] =
    &["lat", "latitude", "lattitude", "vi_do", "vd", "northing", "bac", "gps_lat", "gpslat", "gps_latitude"];

/// Columns of both numbers.
const BOTH: &[&str] = &[
    "gps",
    "loc",
    "location",
    "geopoint",
    "position",
    "coordinates",
    "lat_lon",
    "vi_tri",
    "vi_tri_gps",
    "toa_do",
    "toa_do_gps",
    "vi_do_kinh_do",
    "vi_tri_dung_ngoai_cua",
    "position_outside_the_door",
];

pub(super) const COMMUNE_CODE: &[&str] = &[
    "commune_code",
    "ma_xa",
    "maxa",
    "ma_xa_phuong",
    "ma_phuong_xa",
    "ma_phuong",
    "ward_code",
    "ma_px",
    "ma_don_vi",
    "ma_dvhc",
];
pub(super) const COMMUNE_NAME: &[&str] = &[
    "commune_name",
    "commune",
    "ten_xa",
    "tenxa",
    "xa",
    "xa_phuong",
    "ten_xa_phuong",
    "phuong_xa",
    "ten_phuong_xa",
    "xa_phuong_thi_tran",
    "ten_xa_phuong_thi_tran",
    "xa_phuong_dac_khu",
    "commune_or_ward",
    "ward",
    "ward_name",
    "ten_dvhc_cap_xa",
    "dvhc_cap_xa",
    "ten_don_vi_hanh_chinh_cap_xa",
];

/// The commune of today in a table that names that of before beside it, and its district.
const COMMUNE_OF_TODAY: &[&str] =
    &["xa_moi", "ten_xa_moi", "phuong_xa_moi", "xa_phuong_moi", "ten_xa_phuong_moi", "ten_phuong_xa_moi"];

/// The columns of names of communes and of their districts, as a reader finds its columns. A commune of today has no
/// district.
pub(super) fn names_of_communes(find: impl Fn(&[&str]) -> Option<usize>) -> (Option<usize>, Option<usize>) {
    let today = || find(COMMUNE_OF_TODAY).filter(|_| find(COMMUNE_CODE).is_none());
    match find(COMMUNE_NAME) {
        None if today().is_some() => (today(), None),
        None => (find(OLD_COMMUNE), find(DISTRICT)),
        name => (name, find(DISTRICT)),
    }
}

/// The commune before the merger, beside the one of today or alone.
pub(super) const OLD_COMMUNE: &[&str] = &[
    "xa_cu",
    "ten_xa_cu",
    "xa_phuong_cu",
    "xa_phuong_thi_tran_cu",
    "xa_truoc_sap_nhap",
    "xa_truoc_khi_sap_nhap",
    "don_vi_cu",
    "old_commune",
];

/// The district of an old commune: names repeat between districts.
pub(super) const DISTRICT: &[&str] = &[
    "district",
    "district_name",
    "huyen",
    "ten_huyen",
    "tenhuyen",
    "quan_huyen",
    "old_district",
    "huyen_cu",
    "ten_dvhc_cap_huyen",
    "dvhc_cap_huyen",
    "ten_don_vi_hanh_chinh_cap_huyen",
];

/// A five-digit code, its leading zeros put back; `13285.0` comes from spreadsheets.
pub(super) fn commune_code(text: &str) -> Option<UnitCode> {
    let text = text.trim().trim_start_matches('\'');
    let digits = text.strip_suffix(".0").unwrap_or(text);
    if digits.is_empty() || digits.len() > 5 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    format!("{digits:0>5}").parse().ok()
}

/// A code of either level: two digits are a province.
pub(super) fn unit_code(text: &str) -> Option<UnitCode> {
    let text = text.trim().trim_start_matches('\'');
    let digits = text.strip_suffix(".0").unwrap_or(text);
    if digits.len() == 2 { digits.parse().ok() } else { commune_code(text) }
}

/// What a row says of its commune: a code, a name, or both.
pub(super) type CommuneSaid = (Option<UnitCode>, Option<StatedName>);

/// The commune that a row names, by its columns of codes and of names. People write a name under the heading of codes
/// and a code under that of names: each is taken for what it is. Two names that differ are refused.
pub(super) fn row_commune(
    record: &Record,
    (code_at, name_at): (Option<usize>, Option<usize>),
    header: &Header,
) -> Result<CommuneSaid, Reject> {
    let [code_text, name_text] = [code_at, name_at]
        .map(|column| Some(record.get(column)).filter(|text| !number::is_missing(text.as_bytes())).unwrap_or_default());
    let code_in_name = Some(name_text).filter(|text| text.len() >= 4).and_then(commune_code);
    let name = Some(text::clean(name_text)).filter(|name| !name.is_empty() && code_in_name.is_none());
    let name = name.map(|text| StatedName { text, for_code: false });
    let refuse = |reason| {
        let field = header.name(code_at.unwrap_or_default());
        Err(Reject::new(record.line, field, privacy::mask_long_numbers(code_text), reason))
    };
    match commune_code(code_text) {
        Some(code) => Ok((Some(code), name)),
        None if code_text.is_empty() => Ok((code_in_name, name)),
        None if !is_name(code_text) => refuse(Reason::UnknownUnit { candidates: Vec::new() }),
        None if name.as_ref().is_some_and(|name| text::fold(&name.text) != text::fold(code_text)) => {
            refuse(Reason::NameForCode { bearers: Vec::new(), near: Vec::new() })
        }
        // Beside a code that stands under the names it is what a row with both columns exchanged says.
        None => Ok((code_in_name, Some(StatedName { text: text::clean(code_text), for_code: true }))),
    }
}

/// Letters, and no number that may be a code with something in front.
fn is_name(text: &str) -> bool {
    text.contains(char::is_alphabetic) && text.bytes().filter(u8::is_ascii_digit).count() < 4
}

/// The columns of a point, and the way from their coordinate system.
pub(super) struct Point {
    lon: Option<usize>,
    lat: Option<usize>,
    /// Latitude and longitude in one cell, as forms and web maps write them.
    both: Option<usize>,
    axes: Axes,
    reading: Reading,
    metric: bool,
    decimal_comma: bool,
    /// Rows whose first unnamed number was the easting, and whose first was the northing.
    east_first: Cell<u64>,
    north_first: Cell<u64>,
}

impl Point {
    /// # Errors
    /// [`Unreadable::UnsupportedCrs`] when the stated system is unknown.
    pub(super) fn new(
        columns: (Option<usize>, Option<usize>),
        header: &Header,
        decimal_comma: bool,
        options: &Options,
    ) -> Result<Self, Unreadable> {
        let reading = Reading::stated(options)?;
        let (lon, lat, axes) = match columns {
            (Some(lon), Some(lat)) => (Some(lon), Some(lat), Axes::Named),
            _ => (header.find(&["x", "toa_do_x"]), header.find(&["y", "toa_do_y"]), Axes::Unnamed),
        };
        let both = if lon.is_none() || lat.is_none() { header.find_in_path(BOTH) } else { None };
        let metric = reading.is_metric();
        let (east_first, north_first) = (Cell::new(0), Cell::new(0));
        Ok(Self { lon, lat, both, axes, reading, metric, decimal_comma, east_first, north_first })
    }

    /// Which of `x` and `y` was taken as the northing, to be said aloud: Viet Nam and the rest of
    /// the world use them the other way round.
    pub(super) fn axes_taken(&self, header: &Header) -> Option<Warning> {
        let (east_first, north_first) = (self.east_first.get(), self.north_first.get());
        if self.axes == Axes::Named || !self.metric || east_first + north_first == 0 {
            return None;
        }
        let name = |at: Option<usize>| header.name(at.unwrap_or_default()).to_owned();
        Some(Warning::AxesByValue { first: name(self.lon), second: name(self.lat), east_first, north_first })
    }

    /// Longitude and latitude, easting and northing, or the two unnamed.
    pub(super) fn columns(&self) -> (Option<usize>, Option<usize>) {
        (self.lon, self.lat)
    }

    /// Every column that a point is read from.
    pub(super) fn used(&self) -> (Option<usize>, Option<usize>, Option<usize>) {
        (self.lon, self.lat, self.both)
    }

    pub(super) fn is_known(&self) -> bool {
        (self.lon.is_some() && self.lat.is_some()) || self.both.is_some()
    }

    /// The radius of the fix, where one cell holds the whole point.
    pub(super) fn accuracy_in_cell(&self, record: &Record) -> Option<String> {
        let [.., accuracy] = point::parse_cell(record.get(self.both))?;
        accuracy
    }

    /// Words in such a cell say where a home is, and not where it stands on the globe.
    fn in_one_cell(&self, record: &Record, header: &Header) -> Result<Option<LonLat>, Reject> {
        let Some(at) = self.both else { return Ok(None) };
        let Some([Some(latitude), Some(longitude), ..]) = point::parse_cell(record.get(self.both)) else {
            return Ok(None);
        };
        let number = |text: &str| coordinate(text.as_bytes(), false);
        self.reading
            .position(number(&longitude), number(&latitude), Axes::Named)
            .map(|(at, _)| Some(at))
            .map_err(|(_, reason)| Reject::new(record.line, header.name(at), format!("{latitude} {longitude}"), reason))
    }

    /// The point of a row: its geometry, else its two columns, else none.
    pub(super) fn of(&self, record: &Record, header: &Header) -> Result<Option<LonLat>, Reject> {
        match &record.geometry {
            RawGeometry::Shape(Geometry::Point(point)) => {
                return position::check(Some(point.x()), Some(point.y())).map(Some).map_err(|(_, reason)| {
                    Reject::new(record.line, "geometry", format!("{}, {}", point.x(), point.y()), reason)
                });
            }
            RawGeometry::Shape(_) => {
                let fault = GeometryFault::NotAPoint;
                return Err(Reject::new(record.line, "geometry", "", Reason::BadGeometry { fault }));
            }
            RawGeometry::Bad(problem) => {
                let fault = GeometryFault::Unreadable(problem.clone());
                return Err(Reject::new(record.line, "geometry", "", Reason::BadGeometry { fault }));
            }
            RawGeometry::None => {}
        }
        let (Some(lon_at), Some(lat_at)) = (self.lon, self.lat) else { return self.in_one_cell(record, header) };
        let (lon, lat) = (record.get(self.lon), record.get(self.lat));
        let refuse = |axis: Axis, reason: Reason| {
            let (at, text) = match axis {
                Axis::Lon => (lon_at, lon),
                Axis::Lat => (lat_at, lat),
            };
            Reject::new(record.line, header.name(at), privacy::mask_words(text), reason)
        };
        match (is_blank(lon), is_blank(lat)) {
            (true, true) => return Ok(None),
            (true, false) => return Err(refuse(Axis::Lon, Reason::Missing)),
            (false, true) => return Err(refuse(Axis::Lat, Reason::Missing)),
            (false, false) => {}
        }
        let (x, y) = (coordinate(lon.as_bytes(), self.decimal_comma), coordinate(lat.as_bytes(), self.decimal_comma));
        let (at, order) = self.reading.position(x, y, self.axes).map_err(|(axis, reason)| refuse(axis, reason))?;
        let count = if order == Order::EastFirst { &self.east_first } else { &self.north_first };
        count.set(count.get() + 1);
        Ok(Some(at))
    }
}

fn is_blank(text: &str) -> bool {
    // A receiver without a fix writes `NaN`, for one number of the two at times: that is damage, not an empty cell.
    number::is_missing(text.as_bytes()) && !text.eq_ignore_ascii_case("nan")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_get_back_the_zeros_that_spreadsheets_strip() {
        assert_eq!(commune_code("1").map(|c| c.to_string()).as_deref(), Some("00001"));
        assert_eq!(commune_code("13285.0").map(|c| c.to_string()).as_deref(), Some("13285"));
        assert_eq!(unit_code("37").map(|c| c.to_string()).as_deref(), Some("37"));
        assert_eq!(commune_code("132855"), None);
        assert_eq!(commune_code("Hoa Lư"), None);
    }

    #[test]
    fn a_name_under_codes_and_a_code_under_names_are_taken_for_what_they_are() {
        let header = Header::new(["Mã xã", "Tên xã"].map(str::to_owned).to_vec());
        let check = |cells: [&str; 2], expected: &str| {
            let cells = cells.map(str::to_owned).to_vec();
            let record = Record { line: 2, cells, geometry: RawGeometry::None, as_written: None };
            let found = match row_commune(&record, (Some(0), Some(1)), &header) {
                Ok((code, name)) => {
                    let name = name.map(|name| format!("{}{}", name.text, if name.for_code { "*" } else { "" }));
                    format!("{} {}", code.map(|code| code.to_string()).unwrap_or_default(), name.unwrap_or_default())
                }
                Err(reject) => {
                    format!("{}: {}", reject.field, reject.reason.expected(crate::model::language::Language::En))
                }
            };
            assert_eq!(found.trim(), expected);
        };
        check(["13285", "Phường Phủ Lý"], "13285 Phường Phủ Lý");
        check(["Xã Tam Chúc", ""], "Xã Tam Chúc*");
        check(["Xã Tam Chúc", "xã  Tam Chúc"], "Xã Tam Chúc*");
        check(["", "13285"], "13285");
        check(["Phường Phủ Lý", "13285"], "13285 Phường Phủ Lý*");
        check(["-", "n/a"], "");
        let no_code = "Mã xã: the five-digit code of a commune; this is a name and no code";
        check(["Xã Tam Chúc", "Phường Phủ Lý"], no_code);
        check(["MX 132855", ""], "Mã xã: the code or name of an imported commune");
        check(["132855", "Phường Phủ Lý"], "Mã xã: the code or name of an imported commune");
    }
}
