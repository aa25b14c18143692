//! The register of villages, as communes and gazetteers list it.
//!
//! CSV: `code, commune_code, commune_name, name, kind, lon, lat, precision_m,
//! households, households_date, population, confidence, aliases` (aliases
//! separated by `|`), or the same in Vietnamese (`Mã xã`, `Tên thôn`, `Số hộ`,
//! `Kinh độ`, `Vĩ độ` …). GeoJSON points with those properties; Who's On First
//! extracts by their `wof_id`. Polygons are the extents of villages that are
//! listed, by `code`, or by name and commune (`extent_source`: `declared`,
//! `footprints`, `voronoi`). The official lists of geographical names
//! (`Địa danh`, `Nhóm đối tượng`) with degrees, minutes and seconds:
//! settlements alone. An empty count is unknown; 0 is a count.

use std::collections::HashMap;
use std::path::Path;

use geo_types::{Geometry, MultiPolygon};

use crate::model::admin::UnitKind;
use crate::model::import::ImportKind;
use crate::model::refusal::{Reason, Reject, Row};
use crate::model::village::{ExtentSource, VillageCode, VillageConfidence, VillageRecord};

use super::features::RawGeometry;
use super::header::Header;
use super::table::{Record, Table};
use super::{Options, Read, Unreadable, Warning, geometry, kind, number, place, privacy, text, time};

const NAME: &[&str] = &[
    "name_vi",
    "name",
    "village",
    "village_name",
    "ten_thon",
    "ten_thon_xom",
    "ten_xom",
    "thon",
    "thon_xom",
    "ten_ban",
    "ten_to_dan_pho",
    "to_dan_pho",
    "thon_to_dan_pho",
    "ten_tdp",
    "khu_dan_cu",
    "ten",
    "dia_danh",
];

/// What a row of a list of geographical names is: `DC` a settlement, `SV` a mountain, `TV` a water, `KX` a facility
/// (circulars on "Danh mục địa danh … phục vụ công tác thành lập bản đồ", such as 10/2019/TT-BTNMT).
const GROUP: &[&str] = &["nhom_doi_tuong"];
const SETTLEMENT: &str = "DC";

struct Columns {
    code: Option<usize>,
    commune_code: Option<usize>,
    commune_name: Option<usize>,
    district: Option<usize>,
    name: Option<usize>,
    /// The plain `name` beside `name_vi`.
    other_name: Option<usize>,
    kind: Option<usize>,
    point: place::Point,
    precision: Option<usize>,
    households: Option<usize>,
    households_date: Option<usize>,
    population: Option<usize>,
    confidence: Option<usize>,
    aliases: Option<usize>,
    wof_id: Option<usize>,
    id: Option<usize>,
    group: Option<usize>,
    /// How the area of a row was come by.
    extent: Option<usize>,
}

/// Reads villages from CSV, GeoJSON or any table or map that GDAL reads.
///
/// # Errors
/// The file as a whole cannot be read, or has no name or nothing that says where.
pub fn read(path: &Path, options: &Options) -> Result<Read<VillageRecord>, Unreadable> {
    let mut table = Table::open(path, options)?;
    let columns = columns(&table, options)?;
    let mut batch = super::Batch { rows: Vec::new(), rejects: std::mem::take(&mut table.rejects) };
    let mut seen: HashMap<String, u64> = HashMap::new();
    let mut other_names = 0;
    let mut above = Above::default();
    while let Some(next) = table.next() {
        let group = next.as_ref().map(|record| record.get(columns.group)).unwrap_or_default();
        if !group.is_empty() && !group.eq_ignore_ascii_case(SETTLEMENT) {
            other_names += 1;
            continue;
        }
        let next = next.map(|record| above.fill(record, &columns));
        let next = match next {
            Ok(None) => continue,
            Ok(Some(record)) => Ok(record),
            Err(reject) => Err(reject),
        };
        match next.and_then(|record| village(record, &columns, &table)) {
            Ok(row) => {
                let key = key(&row.value);
                match key.as_ref().and_then(|k| seen.get(k)) {
                    Some(line) => {
                        let reason = Reason::Duplicate { line: *line };
                        batch.rejects.push(Reject::new(row.line, "", key.unwrap_or_default(), reason));
                    }
                    None => {
                        if let Some(key) = key {
                            seen.insert(key, row.line);
                        }
                        batch.rows.push(row);
                    }
                }
            }
            Err(reject) => batch.rejects.push(reject),
        }
    }
    if above.filled > 0 {
        table.warnings.push(Warning::CommuneFromAbove { rows: above.filled });
    }
    if other_names > 0 {
        table.warnings.push(Warning::NotSettlements { rows: other_names });
    }
    let profile = match (columns.wof_id, columns.group) {
        (Some(_), _) => "whos_on_first",
        (None, Some(_)) => "gazetteer",
        (None, None) => table.profile,
    };
    let assumed = columns.point.axes_taken(&table.header);
    Ok(Read {
        profile,
        ..Read::of(
            table,
            batch,
            assumed,
            &[("commune_code", columns.commune_code), ("commune", columns.commune_name), ("name", columns.name)],
        )
    })
}

/// The commune that the rows above were of: lists name it once, in a row of its own or in the first of its villages.
#[derive(Default)]
struct Above {
    code: String,
    name: String,
    filled: u64,
}

impl Above {
    /// The row with its commune; nothing for a row that is but the heading of a commune. Only a village with a count
    /// of its homes takes what stands above: below a list stand names of who made it.
    fn fill(&mut self, mut record: Record, columns: &Columns) -> Option<Record> {
        let given = |record: &Record, column| !number::is_missing(record.get(column).as_bytes());
        let has_commune = given(&record, columns.commune_code) || given(&record, columns.commune_name);
        let has_place = given(&record, columns.code) || !matches!(record.geometry, RawGeometry::None);
        let counted = given(&record, columns.households);
        if has_commune {
            record.get(columns.commune_code).clone_into(&mut self.code);
            record.get(columns.commune_name).clone_into(&mut self.name);
            return Some(record);
        }
        let name = text::clean(record.get(columns.name));
        let of_commune = matches!(UnitKind::split(&name).0, Some(UnitKind::Commune | UnitKind::Ward));
        if of_commune && !counted && !has_place && columns.commune_code.or(columns.commune_name).is_some() {
            (self.code, self.name) = (String::new(), name);
            return None;
        }
        if counted && !has_place && !(self.code.is_empty() && self.name.is_empty()) {
            let mut filled = false;
            for (column, value) in [(columns.commune_code, &self.code), (columns.commune_name, &self.name)] {
                if let Some(cell) = column.and_then(|at| record.cells.get_mut(at)) {
                    cell.clone_from(value);
                    filled |= !value.is_empty();
                }
            }
            self.filled += u64::from(filled);
        }
        Some(record)
    }
}

/// What no other row of the file may have. A plain id is counted anew in each commune.
fn key(village: &VillageRecord) -> Option<String> {
    if let Some(code) = village.code {
        return Some(code.to_string());
    }
    let id = village.source_key.as_ref()?;
    match (village.commune_code, &village.commune_name) {
        (Some(code), _) => Some(format!("{code} {id}")),
        (None, Some(name)) => Some(format!("{} {id}", text::fold(name))),
        (None, None) => Some(id.clone()),
    }
}

/// The id of a named gazetteer, or a plain id. A bare number below 10,000 is the
/// number of the row (STT): the next list counts otherwise, so it names nobody.
pub(super) fn source_key(wof: &str, id: &str) -> Option<String> {
    let id = text::clean(id);
    if !wof.is_empty() {
        return Some(format!("wof:{wof}"));
    }
    let digits = id.strip_suffix(".0").unwrap_or(&id);
    let row_number = digits.len() <= 4 && digits.bytes().all(|b| b.is_ascii_digit());
    (!row_number).then_some(id)
}

fn columns(table: &Table, options: &Options) -> Result<Columns, Unreadable> {
    let header = &table.header;
    let point =
        place::Point::new((header.find(place::LON), header.find(place::LAT)), header, table.decimal_comma, options)?;
    let name = header.find(NAME).or_else(|| header.find_where(is_village_heading));
    let columns = Columns {
        code: header.find(&["code", "village_code", "ma_thon", "ma_xom", "ma_to_dan_pho", "ma_tdp"]),
        commune_code: header.find(place::COMMUNE_CODE),
        commune_name: header.find(place::COMMUNE_NAME),
        district: header.find(place::DISTRICT),
        name,
        other_name: header.find(&["name"]).filter(|other| Some(*other) != name),
        kind: header.find(&["kind", "loai", "loai_hinh"]),
        point,
        precision: header.find(&["precision_m", "coord_precision_m", "do_chinh_xac", "point_precision_m"]),
        households: header.find(&[
            "households",
            "so_ho",
            "tong_so_ho",
            "tong_ho",
            "ho",
            "so_ho_dan",
            "so_ho_gia_dinh",
            "tong_so_ho_dan",
            "tong_so_ho_gia_dinh",
            "households_declared",
        ]),
        households_date: header.find(&["households_date", "ngay_so_ho", "ngay_cap_nhat", "ngay", "tinh_den_ngay"]),
        population: header.find(&[
            "population",
            "nhan_khau",
            "so_nhan_khau",
            "tong_so_nhan_khau",
            "tong_nhan_khau",
            "dan_so",
            "so_dan",
            "so_khau",
            "tong_so_khau",
        ]),
        confidence: header.find(&["confidence", "do_tin_cay"]),
        aliases: header.find(&["aliases", "alias", "ten_khac", "ten_goi_khac"]),
        wof_id: header.find(&["wof_id"]),
        id: header.find(&["source_key", "id"]),
        group: header.find(GROUP),
        extent: header.find(&["extent_source", "extent_by", "nguon_ranh_gioi", "cach_ve", "cach_ve_ranh_gioi"]),
    };
    let mut missing = Vec::new();
    // A map may name its areas by our codes alone.
    if columns.name.is_none() && (columns.code.is_none() || !table.has_geometry()) {
        missing.push("name".to_owned());
    }
    if columns.code.is_none()
        && columns.commune_code.is_none()
        && columns.commune_name.is_none()
        && !columns.point.is_known()
        && !table.has_geometry()
    {
        missing.push("commune_code".to_owned());
    }
    if !missing.is_empty() {
        return Err(kind::missing(header, ImportKind::Villages, missing));
    }
    // Visits name their villages too: read as a register they would empty the one that is there.
    kind::refuse_other(header, ImportKind::Villages)?;
    Ok(columns)
}

fn village(mut record: Record, columns: &Columns, table: &Table) -> Result<Row<VillageRecord>, Reject> {
    let (line, header) = (record.line, &table.header);
    let extent = extent(&mut record, columns, header)?;
    let record = &record;
    let refuse = |column: Option<usize>, text: &str, reason: Reason| {
        Reject::new(line, header.name(column.unwrap_or_default()), text, reason)
    };
    let code = match record.get(columns.code) {
        "" | "-" => None,
        text => match text.parse::<VillageCode>() {
            Ok(code) => Some(code),
            Err(_) => {
                return Err(refuse(
                    columns.code,
                    &privacy::mask_words(text),
                    Reason::UnknownVillage { candidates: vec![] },
                ));
            }
        },
    };
    let commune_code = place::row_commune(record, columns.commune_code, header)?;
    let commune_name = Some(text::clean(record.get(columns.commune_name))).filter(|n| !n.is_empty());
    let first = text::clean(record.get(columns.name));
    let other = text::clean(record.get(columns.other_name));
    let (name, mut aliases) = match (first.is_empty(), other.is_empty()) {
        (true, true) if extent.is_some() && code.is_some() => (String::new(), vec![]),
        (true, true) => return Err(refuse(columns.name, "", Reason::Missing)),
        (true, false) => (other, vec![]),
        (false, true) => (first, vec![]),
        (false, false) if first == other => (first, vec![]),
        (false, false) => (first, vec![other]),
    };
    for alias in record.get(columns.aliases).split('|').map(text::clean) {
        if !alias.is_empty() && alias != name && !aliases.contains(&alias) {
            aliases.push(alias);
        }
    }
    let name = with_kind(&text::clean(record.get(columns.kind)), name);
    let point = columns.point.of(record, header)?;
    if code.is_none() && commune_code.is_none() && commune_name.is_none() && point.is_none() && extent.is_none() {
        return Err(refuse(columns.commune_code.or(columns.commune_name), "", Reason::Missing));
    }
    let households = count(record, columns.households, table)?;
    // Who's On First writes 0 for a population that it does not know.
    let population = count(record, columns.population, table)?.filter(|p| columns.wof_id.is_none() || *p > 0);
    let households_date = match record.get(columns.households_date) {
        "" | "-" => None,
        text => Some(time::parse_date(text).ok_or_else(|| refuse(columns.households_date, text, Reason::NotATime))?),
    };
    let point_precision_m = match record.get(columns.precision) {
        text if number::is_missing(text.as_bytes()) => None,
        text => match number::parse(text.as_bytes(), table.decimal_comma) {
            Some(metres) if metres >= 0.0 => Some(metres as f32),
            _ => return Err(refuse(columns.precision, text, Reason::NotANumber)),
        },
    };
    let confidence = match record.get(columns.confidence) {
        "" if columns.wof_id.or(columns.group).is_some() => VillageConfidence::Gazetteer,
        // Whoever draws a village confirms nothing of it: by the least sure of all, what the register says stands.
        "" if extent.is_some() => VillageConfidence::Synthetic,
        // A list that an office brings is its word; only the register of the province is official.
        "" => VillageConfidence::CommuneConfirmed,
        text => VillageConfidence::from_code(text).ok_or_else(|| {
            let known = VillageConfidence::ALL.iter().map(|c| c.code().to_owned()).collect();
            refuse(columns.confidence, text, Reason::UnknownValue { known })
        })?,
    };
    let source_key = source_key(record.get(columns.wof_id), record.get(columns.id));
    Ok(Row {
        line,
        value: VillageRecord {
            code,
            commune_code,
            commune_name,
            district: Some(text::clean(record.get(columns.district))).filter(|d| !d.is_empty() && d != "-"),
            name,
            aliases,
            point,
            point_precision_m,
            extent,
            households,
            households_date,
            population,
            confidence,
            source_key,
        },
    })
}

/// The area of a row, taken out of it: what is left may have a point in columns. Declared, where nothing else is said.
fn extent(
    record: &mut Record,
    columns: &Columns,
    header: &Header,
) -> Result<Option<(MultiPolygon<f64>, ExtentSource)>, Reject> {
    if !matches!(&record.geometry, RawGeometry::Shape(Geometry::Polygon(_) | Geometry::MultiPolygon(_))) {
        return Ok(None);
    }
    let RawGeometry::Shape(shape) = std::mem::replace(&mut record.geometry, RawGeometry::None) else { return Ok(None) };
    let bad = |fault| Reject::new(record.line, "geometry", "Polygon", Reason::BadGeometry { fault });
    let area = geometry::area(shape).map_err(bad)?.shape;
    let word = record.get(columns.extent);
    let by = match text::fold(word).as_str() {
        "" | "-" | "khai bao" | "xa khai bao" => ExtentSource::Declared,
        "nha" | "theo nha" | "mai nha" | "cong trinh" => ExtentSource::Footprints,
        folded => ExtentSource::from_code(folded).ok_or_else(|| {
            let known = ExtentSource::ALL.iter().map(|source| source.code().to_owned()).collect();
            let column = header.name(columns.extent.unwrap_or_default());
            Reject::new(record.line, column, privacy::mask_words(word), Reason::UnknownValue { known })
        })?,
    };
    Ok(Some((area, by)))
}

pub(super) fn count(record: &Record, column: Option<usize>, table: &Table) -> Result<Option<u32>, Reject> {
    let text = record.get(column);
    if number::is_missing(text.as_bytes()) {
        return Ok(None);
    }
    let name = table.header.name(column.unwrap_or_default());
    let refuse = |reason| Err(Reject::new(record.line, name, privacy::mask_words(text), reason));
    match number::count(text, table.decimal_comma) {
        Some(count) => Ok(Some(count)),
        None if number::parse(text.as_bytes(), table.decimal_comma).is_some() => {
            refuse(Reason::OutOfRange { from: "0".to_owned(), to: u32::MAX.to_string() })
        }
        None => refuse(Reason::NotANumber),
    }
}

/// Puts the word in front that people use, where the file keeps it in a column of its own.
fn with_kind(kind: &str, name: String) -> String {
    const KINDS: [&str; 11] = ["thôn", "xóm", "bản", "tổ dân phố", "khu phố", "khu", "phố", "làng", "ấp", "đội", "tổ"];
    let lower = kind.to_lowercase();
    if !KINDS.contains(&lower.as_str()) || name.to_lowercase().starts_with(&format!("{lower} ")) {
        return name;
    }
    let mut chars = lower.chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{} {name}", chars.as_str())
}

/// The columns of a village that other readers look for too.
pub(super) fn village_columns(header: &Header) -> (Option<usize>, Option<usize>) {
    const NAME: &[&str] = &["village", "village_name", "ten_thon", "thon", "thon_xom", "ten_xom", "to_dan_pho"];
    (
        header.find_in_path(&["village_code", "ma_thon", "ma_xom", "ma_tdp", "ma_to_dan_pho"]),
        header.find_in_path(NAME).or_else(|| header.find_where(is_village_heading)).or_else(|| {
            // The question of our own form, in an export of labels.
            header.find_in_path(&["village_or_residential_group"])
        }),
    )
}

/// Whether a heading is made of nothing but the words for a village, in whatever order and number an office likes:
/// `Tên thôn, xóm, tổ dân phố`, `Xóm`, `Thôn/TDP`.
pub(super) fn is_village_heading(folded: &str) -> bool {
    let short = folded.replace("to_dan_pho", "tdp").replace("khu_dan_cu", "kdc");
    let mut named = false;
    short.split('_').all(|word| match word {
        "thon" | "xom" | "ban" | "tdp" | "kdc" | "khu" | "pho" | "ap" | "lang" | "buon" => {
            named = true;
            true
        }
        "ten" | "va" | "hoac" | "hay" => true,
        _ => false,
    }) && named
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::fixture;

    fn check(name: &str, bytes: &[u8], refused: &[(u64, &str)]) -> Vec<VillageRecord> {
        let folder = fixture::folder();
        let path = fixture::write(&folder, name, bytes);
        let read = read(&path, &fixture::options()).unwrap();
        let found: Vec<_> = read.batch.rejects.iter().map(|r| (r.line, r.reason.code())).collect();
        assert_eq!(found, refused);
        read.batch.rows.into_iter().map(|r| r.value).collect()
    }

    const VIETNAMESE: &str = "\u{FEFF}Mã xã;Tên xã;Tên thôn;Số hộ;Nhân khẩu;Kinh độ;Vĩ độ\r\n\
        14329;Phường Hoa Lư;Xo\u{0301}m Một;1.234;4.100;105,975;20,254\r\n\
        14329;Phường Hoa Lư;Xóm Hai;-;;;\r\n\
        14329;Phường Hoa Lư;Xóm Ba;0;0;20,254;105,975\r\n";

    #[test]
    fn a_commune_named_once_is_that_of_the_villages_below_and_its_row_is_none() {
        let text = "STT;Xã, phường;Thôn;Số hộ\n1;Phường A;Xóm 1;140\n;;Xóm 2;150\nII;;Xã B;\n1;;Xóm 1;9\n;;CHỦ TỊCH;\n;Cộng;;299\n";
        let folder = fixture::folder();
        let path = fixture::write(&folder, "a.csv", text.as_bytes());
        let read = read(&path, &fixture::options()).unwrap();
        let found: Vec<_> =
            read.batch.rows.iter().map(|r| (r.line, r.value.commune_name.as_deref(), r.value.name.as_str())).collect();
        assert_eq!(found, [(2, Some("Phường A"), "Xóm 1"), (3, Some("Phường A"), "Xóm 2"), (5, Some("Xã B"), "Xóm 1")]);
        let refused: Vec<_> = read.batch.rejects.iter().map(|r| (r.line, r.reason.code())).collect();
        assert_eq!(refused, [(6, "missing")], "a signature below the list is no village");
        assert!(read.warnings.contains(&Warning::CommuneFromAbove { rows: 2 }));
        assert!(read.warnings.contains(&Warning::TotalsPassedOver { rows: 1 }));
    }

    #[test]
    fn a_heading_of_village_words_alone_is_the_village_whatever_their_order() {
        for heading in ["ten_thon_xom_to_dan_pho", "xom", "thon_tdp", "ten_thon_ban_va_khu_pho", "ten_khu_dan_cu"] {
            assert!(is_village_heading(heading), "{heading}");
        }
        for heading in ["ten", "thon_cu", "truong_thon", "so_thon", "ma_thon", "khu_vuc", ""] {
            assert!(!is_village_heading(heading), "{heading}");
        }
    }

    #[test]
    fn a_windows_table_of_an_office_is_read() {
        let rows = check("a.csv", VIETNAMESE.as_bytes(), &[(4, "swapped_lat_lon")]);
        assert_eq!(rows[0].name, "Xóm Một");
        assert_eq!((rows[0].households, rows[0].population), (Some(1234), Some(4100)));
        assert_eq!(rows[0].point.map(|p| (p.lon(), p.lat())), Some((105.975, 20.254)));
        assert_eq!((rows[1].households, rows[1].point), (None, None));
    }

    #[test]
    fn the_same_table_in_utf16_says_the_same() {
        let utf16: Vec<u8> = VIETNAMESE.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let one = check("a.csv", VIETNAMESE.as_bytes(), &[(4, "swapped_lat_lon")]);
        let two = check("a.csv", &utf16, &[(4, "swapped_lat_lon")]);
        assert_eq!(one, two);
    }

    #[test]
    fn the_canonical_table_comes_back_whole() {
        let rows = check(
            "a.csv",
            b"code,commune_code,name,kind,lon,lat,precision_m,households,households_date,population,confidence,aliases\n\
            14329-001,14329,M\xE1\xBB\x99t,x\xC3\xB3m,105.9,20.2,100,0,31/12/2025,,official,Xom 1|Mot\n\
            14329-1,14329,B,,,,,,,,,\n\
            14329-002,14329,C,,,,,12.5,,,,\n\
            14329-001,14329,D,,,,,,,,,\n",
            &[(3, "unknown_village"), (4, "out_of_range"), (5, "duplicate")],
        );
        assert_eq!((rows[0].name.as_str(), rows[0].households), ("Xóm Một", Some(0)));
        assert_eq!(rows[0].aliases, ["Xom 1", "Mot"]);
        assert_eq!(rows[0].households_date, Some(jiff::civil::date(2025, 12, 31)));
        assert_eq!(rows[0].confidence, VillageConfidence::Official);
    }

    #[test]
    fn a_gazetteer_keeps_its_key_and_its_plain_name_as_an_alias() {
        let rows = check(
            "a.geojson",
            r#"{"type":"FeatureCollection","features":[{"type":"Feature","id":7,"properties":{"wof_id":7,"name":"Do Dao",
            "name_vi":"Đo Đạo","population":0,"commune_code":"14329","coord_precision_m":1850},
            "geometry":{"type":"Point","coordinates":[105.9,20.2]}}]}"#
                .as_bytes(),
            &[],
        );
        assert_eq!((rows[0].name.as_str(), rows[0].aliases.as_slice()), ("Đo Đạo", ["Do Dao".to_owned()].as_slice()));
        assert_eq!((rows[0].source_key.as_deref(), rows[0].population), (Some("wof:7"), None));
        assert_eq!(rows[0].point_precision_m, Some(1850.0));
    }

    #[test]
    fn an_official_list_of_names_gives_its_settlements_by_degrees_minutes_and_seconds() {
        let text = "STT;Địa danh;Nhóm đối tượng;Tên ĐVHC cấp xã;Tên ĐVHC cấp huyện;Vĩ độ (độ, phút, giây);Kinh độ (độ, phút, giây);Phiên hiệu mảnh\n\
            1;thôn Đông;DC;xã Yên Phú;H. Yên Mỹ;20° 50' 04\";106° 02' 12\";F-48-81-C-a\n\
            2;sông Hồng;TV;xã Yên Phú;H. Yên Mỹ;20° 51' 00\";106° 01' 00\";F-48-81-C-a\n\
            3;núi Voi;SV;;;;;\n\
            4;thôn Đoài;dc;xã Yên Phú;H. Yên Mỹ;20° 61' 04\";106° 02' 12\";F-48-81-C-a\n";
        let rows = check("a.csv", text.as_bytes(), &[(5, "not_a_number")]);
        assert_eq!((rows.len(), rows[0].name.as_str()), (1, "thôn Đông"));
        let at = rows[0].point.unwrap();
        assert!((at.lon() - 106.036_666).abs() < 1e-5 && (at.lat() - 20.834_444).abs() < 1e-5, "{at:?}");
        assert_eq!(rows[0].confidence, VillageConfidence::Gazetteer);
        assert_eq!(
            (rows[0].commune_name.as_deref(), rows[0].district.as_deref()),
            (Some("xã Yên Phú"), Some("H. Yên Mỹ"))
        );
        let folder = fixture::folder();
        let read = read(&fixture::write(&folder, "a.csv", text.as_bytes()), &fixture::options()).unwrap();
        assert_eq!((read.profile, read.warnings), ("gazetteer", vec![Warning::NotSettlements { rows: 2 }]));
    }

    #[test]
    fn a_row_number_is_no_id_and_a_plain_id_counts_within_its_commune() {
        let rows = check(
            "a.csv",
            "id,commune_code,name\n1,14329,Xóm Một\n1,13285,Xóm Một\n2.0,14329,Xóm Hai\nTH-77,14329,A\nTH-77,13285,B\nTH-77,14329,C\n"
                .as_bytes(),
            &[(7, "duplicate")],
        );
        let keys: Vec<_> = rows.iter().map(|row| row.source_key.as_deref()).collect();
        assert_eq!(keys, [None, None, None, Some("TH-77"), Some("TH-77")]);
    }

    #[test]
    fn a_file_of_another_kind_is_named_and_not_read() {
        let folder = fixture::folder();
        for (text, found) in [
            ("id,time,village,commune_code,result\nv1,2026-03-31,A,14329,guided\n", ImportKind::Visits),
            ("time,name,commune_code,rsrp,lon,lat\n2026-03-31,A,14329,-90,105.9,20.2\n", ImportKind::Samples),
            ("old_code,new_code\n13294,13285\n", ImportKind::Mergers),
        ] {
            let path = fixture::write(&folder, "a.csv", text.as_bytes());
            let error = read(&path, &fixture::options()).unwrap_err();
            assert_eq!(error, Unreadable::OtherKind { found, asked: ImportKind::Villages });
            assert!(error.hint(crate::model::language::Language::En).unwrap().contains(&format!("import {found}")));
        }
    }

    #[test]
    fn personal_columns_are_named_and_nowhere_quoted() {
        let folder = fixture::folder();
        let text = "commune_code,name,Trưởng thôn,SĐT,households\n14329,A,Nguyễn Văn Kín,0912345678,abc\n";
        let path = fixture::write(&folder, "a.csv", text.as_bytes());
        let read = read(&path, &fixture::options()).unwrap();
        assert_eq!(read.dropped_fields, ["Trưởng thôn", "SĐT"]);
        let told = format!("{:?}", read.batch);
        assert!(!told.contains("Kín") && !told.contains("0912"), "{told}");
    }
}
