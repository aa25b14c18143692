//! Public places, as offices and OpenStreetMap list them: centres of communes,
//! one-stop desks, culture houses, schools, health stations.
//!
//! CSV: `name, kind, commune_code, commune_name, lon, lat, source, id`, or the
//! same in Vietnamese (`Tên cơ quan`, `Loại`, `Mã xã`, `Kinh độ` …); GeoJSON
//! points with those properties. A kind is taken from its column, and where
//! that is empty from the name (`UBND xã Gia Viễn`). A word that nobody knows
//! is refused: a misspelt centre would otherwise leave the list of centres.

use std::path::Path;

use crate::model::import::ImportKind;
use crate::model::place::{PlaceKind, PlaceRecord};
use crate::model::refusal::{Reason, Reject, Row};

use super::header::Header;
use super::table::{Record, Table};
use super::{Batch, Options, Read, Unreadable, kind, number, place, privacy, text, villages};

/// Headings that only lists of places have.
pub(super) const OF_PLACES: &[&str] = &[
    "ten_dia_diem",
    "loai_dia_diem",
    "ten_co_quan",
    "ten_tru_so",
    "ten_truong",
    "ten_nha_van_hoa",
    "ten_tram_y_te",
    "place_name",
    "place_kind",
    "amenity",
];
const NAME: &[&str] = &[
    "name_vi",
    "name",
    "place_name",
    "ten_dia_diem",
    "ten_co_quan",
    "ten_tru_so",
    "ten_truong",
    "ten_nha_van_hoa",
    "ten_tram_y_te",
    "ten_don_vi",
    "dia_diem",
    "co_quan",
    "ten",
];
const KIND: &[&str] =
    &["kind", "place_kind", "loai", "loai_dia_diem", "loai_hinh", "phan_loai", "type", "amenity", "category"];
/// Characters of a name; more is a description.
const MOST_NAME: usize = 160;

struct Columns {
    name: Option<usize>,
    kind: Option<usize>,
    commune_code: Option<usize>,
    commune_name: Option<usize>,
    district: Option<usize>,
    point: place::Point,
    /// Named when a position is missing.
    lon: Option<usize>,
    source: Option<usize>,
    id: Option<usize>,
}

/// Reads places from CSV, a spreadsheet, GeoJSON or any table or map of points that GDAL reads.
///
/// # Errors
/// The file as a whole cannot be read, or has no name or no position.
pub fn read(path: &Path, options: &Options) -> Result<Read<PlaceRecord>, Unreadable> {
    let mut table = Table::open(path, options)?;
    let columns = columns(&table, options)?;
    let mut batch = Batch { rows: Vec::new(), rejects: std::mem::take(&mut table.rejects) };
    while let Some(next) = table.next() {
        match next.and_then(|record| place(&record, &columns, &table.header)) {
            Ok(row) => batch.rows.push(row),
            Err(reject) => batch.rejects.push(reject),
        }
    }
    let assumed = columns.point.axes_taken(&table.header);
    Ok(Read::of(
        table,
        batch,
        assumed,
        &[
            ("name", columns.name),
            ("kind", columns.kind),
            ("commune_code", columns.commune_code),
            ("commune", columns.commune_name),
            ("lon", columns.point.columns().0),
            ("lat", columns.point.columns().1),
        ],
    ))
}

fn columns(table: &Table, options: &Options) -> Result<Columns, Unreadable> {
    let header = &table.header;
    let lon = header.find(place::LON);
    let point = place::Point::new((lon, header.find(place::LAT)), header, table.decimal_comma, options)?;
    let columns = Columns {
        name: header.find(NAME),
        kind: header.find(KIND),
        commune_code: header.find(place::COMMUNE_CODE),
        commune_name: header.find(place::COMMUNE_NAME),
        district: header.find(place::DISTRICT),
        point,
        lon,
        source: header.find(&["source", "nguon", "nguon_du_lieu"]),
        id: header.find(&["source_key", "place_id", "osm_id", "ma_dia_diem", "ma_truong", "ma_co_so", "id", "ma"]),
    };
    let mut missing = Vec::new();
    if columns.name.is_none() {
        missing.push("name".to_owned());
    }
    if !columns.point.is_known() && !table.has_geometry() {
        missing.extend(["lon".to_owned(), "lat".to_owned()]);
    }
    if !missing.is_empty() {
        return Err(kind::missing(header, ImportKind::Places, missing));
    }
    kind::refuse_other(header, ImportKind::Places)?;
    Ok(columns)
}

fn place(record: &Record, columns: &Columns, header: &Header) -> Result<Row<PlaceRecord>, Reject> {
    let line = record.line;
    let refuse = |column: Option<usize>, ours: &str, found: &str, reason: Reason| {
        let field = column.map_or(ours, |at| header.name(at));
        Reject::new(line, field, privacy::mask_numbers(found), reason)
    };
    let name = privacy::mask_numbers(&text::clean(record.get(columns.name)));
    let name: String = name.chars().take(MOST_NAME).collect();
    if name.is_empty() {
        return Err(refuse(columns.name, "name", "", Reason::Missing));
    }
    let stated = text::clean(record.get(columns.kind));
    let known = || Reason::UnknownWord { known: PlaceKind::ALL.map(|kind| (kind.code(), kind.vietnamese())).to_vec() };
    let kind = if number::is_missing(stated.as_bytes()) {
        of_name(&name).ok_or_else(|| refuse(columns.kind, "kind", &name, known()))?
    } else {
        of_word(&stated).ok_or_else(|| refuse(columns.kind, "kind", &stated, known()))?
    };
    let (commune_code, commune_name) =
        place::row_commune(record, (columns.commune_code, columns.commune_name), header)?;
    let at = columns.point.of(record, header)?;
    let at = at.ok_or_else(|| refuse(columns.lon, "lon", "", Reason::Missing))?;
    let cell = |column| Some(text::clean(record.get(column))).filter(|text| !text.is_empty() && text != "-");
    Ok(Row {
        line,
        value: PlaceRecord {
            kind,
            name,
            commune_code,
            commune_name,
            district: cell(columns.district),
            at,
            source_key: villages::source_key("", record.get(columns.id)),
            source: cell(columns.source).map(|source| privacy::mask_numbers(&source)),
        },
    })
}

/// Words of a kind wherever they stand in the text, the surer kind first: a one-stop desk
/// may name the committee that it belongs to.
const WORDS: [(PlaceKind, &[&str]); 5] = [
    (
        PlaceKind::ServiceCentre,
        &["hanh chinh cong", "mot cua", "tthcc", "pvhcc", "service centre", "service center", "one stop"],
    ),
    (PlaceKind::CultureHouse, &["nha van hoa", "nvh", "trung tam van hoa", "sinh hoat cong dong", "culture house"]),
    (
        PlaceKind::HealthStation,
        &["tram y te", "tyt", "phong kham", "benh vien", "trung tam y te", "health station", "health centre"],
    ),
    (
        PlaceKind::School,
        &[
            "tieu hoc",
            "thcs",
            "thpt",
            "mam non",
            "mau giao",
            "trung hoc",
            "truong hoc",
            "dai hoc",
            "cao dang",
            "trung cap",
            "lien cap",
        ],
    ),
    (
        PlaceKind::CommuneCentre,
        &[
            "ubnd",
            "uy ban nhan dan",
            "uy ban",
            "trung tam hanh chinh",
            "trung tam xa",
            "trung tam phuong",
            "tru so xa",
            "tru so phuong",
            "tru so lam viec",
            "commune centre",
            "commune center",
            "people s committee",
        ],
    ),
];

/// A column may hold these as the whole of its text; in a name they say nothing.
const WHOLE: [(&str, PlaceKind); 14] = [
    ("tru so", PlaceKind::CommuneCentre),
    ("townhall", PlaceKind::CommuneCentre),
    ("town hall", PlaceKind::CommuneCentre),
    ("truong", PlaceKind::School),
    ("school", PlaceKind::School),
    ("kindergarten", PlaceKind::School),
    ("college", PlaceKind::School),
    ("university", PlaceKind::School),
    ("clinic", PlaceKind::HealthStation),
    ("hospital", PlaceKind::HealthStation),
    ("y te", PlaceKind::HealthStation),
    ("community centre", PlaceKind::CultureHouse),
    ("khac", PlaceKind::Other),
    ("dia diem khac", PlaceKind::Other),
];

/// Committees of other levels: `UBND tỉnh` is no centre of a commune.
const HIGHER: [&str; 8] = [
    "ubnd tinh",
    "ubnd huyen",
    "ubnd thanh pho",
    "ubnd thi xa",
    "uy ban nhan dan tinh",
    "uy ban nhan dan huyen",
    "uy ban nhan dan thanh pho",
    "uy ban nhan dan thi xa",
];

pub(super) fn of_word(stated: &str) -> Option<PlaceKind> {
    let plain = plain(stated);
    let code = PlaceKind::from_code(&plain.trim().replace(' ', "_"));
    let whole = || WHOLE.iter().find(|(word, _)| *word == plain.trim()).map(|(_, kind)| *kind);
    code.or_else(whole).or_else(|| of_plain(&plain))
}

fn of_name(name: &str) -> Option<PlaceKind> {
    of_plain(&plain(name))
}

fn of_plain(plain: &str) -> Option<PlaceKind> {
    let has = |words: &str| plain.contains(&format!(" {words} "));
    if HIGHER.iter().any(|words| has(words)) {
        return Some(PlaceKind::Other);
    }
    WORDS.iter().find(|(_, words)| words.iter().any(|word| has(word))).map(|(kind, _)| *kind)
}

/// Words without marks, each with a space to either side.
pub(super) fn plain(text: &str) -> String {
    let folded = text::fold(text);
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::fixture;
    use crate::model::language::Language;

    fn check(name: &str, bytes: &[u8], refused: &[(u64, &str, &str)]) -> Vec<PlaceRecord> {
        let folder = fixture::folder();
        let path = fixture::write(&folder, name, bytes);
        let read = read(&path, &fixture::options()).unwrap();
        let found: Vec<_> = read.batch.rejects.iter().map(|r| (r.line, r.field.as_str(), r.reason.code())).collect();
        assert_eq!(found, refused);
        read.batch.rows.into_iter().map(|row| row.value).collect()
    }

    #[test]
    fn a_kind_is_understood_as_offices_write_it() {
        use PlaceKind::{CommuneCentre, CultureHouse, HealthStation, Other, School, ServiceCentre};
        for (word, kind) in [
            ("commune_centre", Some(CommuneCentre)),
            ("UBND xã", Some(CommuneCentre)),
            ("Trụ sở", Some(CommuneCentre)),
            ("Trụ sở UBND phường", Some(CommuneCentre)),
            ("Trung tâm hành chính xã", Some(CommuneCentre)),
            ("townhall", Some(CommuneCentre)),
            ("Trung tâm phục vụ hành chính công", Some(ServiceCentre)),
            ("TT PVHCC", Some(ServiceCentre)),
            ("Bộ phận một cửa, UBND xã", Some(ServiceCentre)),
            ("Nhà văn hoá thôn", Some(CultureHouse)),
            ("nhà văn hóa", Some(CultureHouse)),
            ("Trường", Some(School)),
            ("Trường THCS", Some(School)),
            ("Trạm y tế", Some(HealthStation)),
            ("khác", Some(Other)),
            ("UBND tỉnh", Some(Other)),
            ("quán phở", None),
        ] {
            assert_eq!(of_word(word), kind, "{word}");
        }
        for (name, kind) in [
            ("UBND xã Trường Yên", Some(CommuneCentre)),
            ("Trường Mầm non Gia Vân", Some(School)),
            ("Thôn Trường Yên", None),
            ("Trụ sở Công an xã Gia Viễn", None),
        ] {
            assert_eq!(of_name(name), kind, "{name}");
        }
    }

    #[test]
    fn every_word_that_a_refusal_offers_is_understood() {
        for kind in PlaceKind::ALL {
            assert_eq!((of_word(kind.vietnamese()), of_word(kind.code())), (Some(kind), Some(kind)));
        }
        let folder = fixture::folder();
        let path = fixture::write(&folder, "a.csv", "name,kind,lon,lat\nQuán,quán,105.9,20.2\n".as_bytes());
        let refused = read(&path, &fixture::options()).unwrap().batch.rejects.remove(0);
        assert!(refused.reason.expected(Language::Vi).contains("Trạm y tế (health_station)"));
        assert!(refused.reason.expected(Language::En).contains("school, health_station"));
    }

    #[test]
    fn a_list_of_an_office_is_read_and_its_bad_rows_say_why() {
        let rows = check(
            "a.csv",
            "STT;Tên cơ quan;Loại;Mã xã;Kinh độ;Vĩ độ\r\n\
             1;UBND xã Gia Viễn;UBND xã;14329;105,975;20,254\r\n\
             2;Trung tâm PVHCC xã Gia Viễn;;14329;105,976;20,254\r\n\
             3;Quán nước;quán;14329;105,976;20,254\r\n\
             4;Trạm y tế;;14329;;\r\n\
             5;UBND xã Gia Lập;UBND xã;14329;20,254;105,975\r\n\
             6;;trường;14329;105,976;20,254\r\n\
             7;Đình làng;;14329;105,976;20,254\r\n"
                .as_bytes(),
            &[
                (4, "Loại", "unknown_value"),
                (5, "Kinh độ", "missing"),
                (6, "Vĩ độ", "swapped_lat_lon"),
                (7, "Tên cơ quan", "missing"),
                (8, "Loại", "unknown_value"),
            ],
        );
        let kinds: Vec<_> = rows.iter().map(|row| (row.kind, row.source_key.as_deref())).collect();
        assert_eq!(kinds, [(PlaceKind::CommuneCentre, None), (PlaceKind::ServiceCentre, None)]);
        assert_eq!((rows[0].at.lon(), rows[0].at.lat()), (105.975, 20.254));
    }

    #[test]
    fn points_of_a_map_file_need_no_commune() {
        let rows = check(
            "a.geojson",
            r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"amenity":"school","name":"Trường THPT Hoa Lư A",
            "osm_id":"way/12345"},"geometry":{"type":"Point","coordinates":[105.9,20.2]}}]}"#
                .as_bytes(),
            &[],
        );
        assert_eq!((rows[0].kind, rows[0].commune_code), (PlaceKind::School, None));
        assert_eq!(rows[0].source_key.as_deref(), Some("way/12345"));
    }

    #[test]
    fn a_register_of_villages_is_named_and_not_read() {
        let folder = fixture::folder();
        let path =
            fixture::write(&folder, "a.csv", "Mã xã,Tên thôn,Tên,Số hộ,lon,lat\n14329,A,A,5,105.9,20.2\n".as_bytes());
        let error = read(&path, &fixture::options()).unwrap_err();
        assert_eq!(error, Unreadable::OtherKind { found: ImportKind::Villages, asked: ImportKind::Places });
    }
}
