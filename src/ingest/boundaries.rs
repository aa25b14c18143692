//! Administrative units with their boundaries.
//!
//! GeoJSON is read here, CSV as units without a boundary, every other format
//! through GDAL. Headings: `code` (`ma_xa`, `MAXA` …), `name` (`ten_xa` …),
//! `kind`, `district`, `area_km2`, `valid_from`, `valid_to`. Rings are closed
//! and have area here; whether they cross is for `engine::boundaries::validity`
//! to say. A file that
//! was cut off says so aloud, because a missing commune is a hole in the map.

use std::collections::HashMap;
use std::path::Path;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::model::admin::{AdminUnit, UnitCode, UnitKind};
use crate::model::geometry_fault::GeometryFault;
use crate::model::import::ImportKind;
use crate::model::refusal::{Reason, Reject, Row};

use super::features::RawGeometry;
use super::table::{Record, Table};
use super::{MERGER_DAY, Options, Read, Unreadable, Warning, geometry, kind, number, place, text, time};

struct Columns {
    code: Option<usize>,
    /// Where maps of volunteers have it when they have not the first.
    other_code: Option<usize>,
    name: Option<usize>,
    /// The plain `name` beside `name:vi`.
    other_name: Option<usize>,
    full_name: Option<usize>,
    kind: Option<usize>,
    district: Option<usize>,
    area: Option<usize>,
    valid_from: Option<usize>,
    valid_to: Option<usize>,
    source: Option<usize>,
    approximate: Option<usize>,
}

/// What was assumed along the way.
#[derive(Default)]
struct Assumed {
    kinds: u64,
    /// Doubled vertices that were taken out.
    repeated: usize,
}

/// Reads units from any vector format or a CSV without geometry.
///
/// # Errors
/// The file as a whole cannot be read, or has no code or no name.
pub fn read(path: &Path, options: &Options) -> Result<Read<AdminUnit>, Unreadable> {
    let mut table = Table::open(path, options)?;
    let columns = columns(&table)?;
    let mut batch = super::Batch { rows: Vec::new(), rejects: std::mem::take(&mut table.rejects) };
    let mut seen: HashMap<(UnitCode, Date), u64> = HashMap::new();
    let mut assumed = Assumed::default();
    let mut repeated: Vec<(UnitCode, usize)> = Vec::new();
    let records: Vec<_> = std::iter::from_fn(|| table.next()).collect();
    let units: Vec<_> =
        records.into_par_iter().map(|next| next.and_then(|record| unit(record, &columns, &table, options))).collect();
    for next in units {
        match next {
            Ok((row, some)) => {
                assumed.kinds += some.kinds;
                if some.repeated > 0 {
                    repeated.push((row.value.code, some.repeated));
                }
                let key = (row.value.code, row.value.valid_from);
                match seen.get(&key) {
                    Some(line) => {
                        let name = table.header.name(columns.code.unwrap_or_default());
                        let reason = Reason::Duplicate { line: *line };
                        batch.rejects.push(Reject::new(row.line, name, row.value.code.to_string(), reason));
                    }
                    None => {
                        seen.insert(key, row.line);
                        batch.rows.push(row);
                    }
                }
            }
            Err(reject) => batch.rejects.push(reject),
        }
    }
    batch.rejects.sort_by_key(|reject| reject.line);
    let mut warnings = std::mem::take(&mut table.warnings);
    if columns.valid_from.is_none() && options.as_of.is_none() {
        warnings.push(Warning::DateAssumed { date: MERGER_DAY });
    }
    if assumed.kinds > 0 {
        warnings.push(Warning::KindAssumed { count: assumed.kinds });
    }
    if !repeated.is_empty() {
        warnings.push(Warning::RepeatedVertices { units: repeated });
    }
    if batch.rows.is_empty() && batch.rejects.is_empty() {
        warnings.push(Warning::NoRows);
    }
    Ok(Read {
        batch,
        profile: table.profile,
        dropped_fields: Vec::new(),
        warnings,
        crs: table.crs,
        headings: super::Headings::default(),
        written: super::Written::default(),
        corrected: Vec::new(),
    })
}

fn columns(table: &Table) -> Result<Columns, Unreadable> {
    let header = &table.header;
    let columns = Columns {
        code: header.find(&[
            "code",
            "ma_xa",
            "maxa",
            "ma",
            "ma_dvhc",
            "ma_don_vi",
            "commune_code",
            "ward_code",
            "new_code",
            "ma_tinh",
            "matinh",
            "province_code",
            "ma_px",
            "ma_phuong_xa",
            "gso_code",
            "ref_vn_gso",
            "ref_gso",
            "ref",
        ]),
        name: header.find(&[
            "name_vi",
            "name",
            "ten_xa",
            "tenxa",
            "ten",
            "ten_don_vi",
            "ten_dvhc",
            "commune_name",
            "commune",
            "ward_name",
            "xa_phuong",
            "phuong_xa",
            "ten_phuong_xa",
            "ten_xa_phuong",
            "ten_tinh",
            "tentinh",
            "new_name",
        ]),
        other_code: header.find(&["ref"]),
        other_name: header.find(&["name"]),
        full_name: header.find(&["full_name", "fullname", "ten_day_du"]),
        kind: header.find(&["kind", "loai", "loai_don_vi", "type", "loai_dvhc", "cap"]),
        district: header.find(&["district", "huyen", "ten_huyen", "tenhuyen", "quan_huyen"]),
        area: header.find(&["area_km2", "stated_area_km2", "dien_tich", "dien_tich_km2", "area_km2_2026"]),
        valid_from: header.find(&["valid_from", "ngay_hieu_luc", "effective"]),
        valid_to: header.find(&["valid_to", "ngay_het_hieu_luc"]),
        source: header.find(&["source", "nguon"]),
        approximate: header.find(&["approximate"]),
    };
    let mut missing = Vec::new();
    if columns.code.is_none() {
        missing.push("code".to_owned());
    }
    if columns.name.is_none() && columns.full_name.is_none() {
        missing.push("name".to_owned());
    }
    if !missing.is_empty() {
        return Err(kind::missing(header, ImportKind::Boundaries, missing));
    }
    // A table of villages or visits has a code and a name too; a map proves itself by its polygons.
    if !table.has_geometry() {
        kind::refuse_other(header, ImportKind::Boundaries)?;
    }
    Ok(columns)
}

fn unit(
    record: Record,
    columns: &Columns,
    table: &Table,
    options: &Options,
) -> Result<(Row<AdminUnit>, Assumed), Reject> {
    let line = record.line;
    let mut assumed = Assumed::default();
    let refuse = |column: Option<usize>, text: &str, reason: Reason| {
        Reject::new(line, table.header.name(column.unwrap_or_default()), text, reason)
    };
    let first = |one: Option<usize>, other: Option<usize>| match record.get(one) {
        text if number::is_missing(text.as_bytes()) => record.get(other),
        text => text,
    };
    let code_text = first(columns.code, columns.other_code);
    if code_text.is_empty() {
        return Err(refuse(columns.code, "", Reason::Missing));
    }
    let code = place::unit_code(code_text).ok_or_else(|| {
        refuse(columns.code, code_text, Reason::UnknownValue { known: vec!["00001–99999".to_owned()] })
    })?;
    let (prefix, mut name) = UnitKind::split(&text::clean(first(columns.name, columns.other_name)));
    let (full_prefix, full_rest) = UnitKind::split(&text::clean(record.get(columns.full_name)));
    if name.is_empty() {
        name = full_rest;
    }
    if name.is_empty() {
        return Err(refuse(columns.name.or(columns.full_name), "", Reason::Missing));
    }
    let stated = text::clean(record.get(columns.kind));
    let kind =
        match UnitKind::from_vietnamese(&stated).or_else(|| UnitKind::from_code(&stated)).or(prefix).or(full_prefix) {
            Some(kind) => kind,
            None if code.to_string().len() == 2 => UnitKind::Province,
            None => {
                assumed.kinds += 1;
                UnitKind::Commune
            }
        };
    let date = |column: Option<usize>| match record.get(column) {
        "" => Ok(None),
        text => time::parse_date(text).map(Some).ok_or_else(|| refuse(column, text, Reason::NotATime)),
    };
    let valid_from = date(columns.valid_from)?.or(options.as_of).unwrap_or(MERGER_DAY);
    let valid_to = date(columns.valid_to)?;
    let area_text = record.get(columns.area);
    let stated_area_km2 = if number::is_missing(area_text.as_bytes()) {
        None
    } else {
        let area = number::parse(area_text.as_bytes(), table.decimal_comma).filter(|a| *a >= 0.0);
        Some(area.ok_or_else(|| refuse(columns.area, area_text, Reason::NotANumber))?)
    };
    let district = Some(text::clean(record.get(columns.district))).filter(|d| !d.is_empty());
    let source = Some(text::clean(record.get(columns.source))).filter(|s| !s.is_empty());
    let approximate = matches!(record.get(columns.approximate), "true" | "1");
    let bad = |fault: GeometryFault| Reject::new(line, "geometry", code.to_string(), Reason::BadGeometry { fault });
    let geometry = match record.geometry {
        RawGeometry::None if table.has_geometry() => return Err(bad(GeometryFault::Absent)),
        RawGeometry::None => None,
        RawGeometry::Bad(problem) => return Err(bad(GeometryFault::Unreadable(problem))),
        RawGeometry::Shape(shape) => {
            let area = geometry::area(shape).map_err(bad)?;
            assumed.repeated = area.repeated;
            Some(area.shape)
        }
    };
    let value = AdminUnit {
        code,
        name,
        kind,
        district,
        valid_from,
        valid_to,
        geometry,
        stated_area_km2,
        source: source.unwrap_or_else(|| options.default_source.clone()),
        approximate,
    };
    Ok((Row { line, value }, assumed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::fixture;

    fn square(properties: &str, x: f64) -> String {
        format!(
            r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{{"type":"Polygon","coordinates":[[[{x},20],[{x},21],[{},21],[{x},20]]]}}}}"#,
            x + 1.0
        )
    }

    fn file(features: &[String]) -> String {
        format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
    }

    fn read_text(name: &str, text: &str) -> Read<AdminUnit> {
        let folder = fixture::folder();
        let path = fixture::write(&folder, name, text.as_bytes());
        read(&path, &fixture::options()).unwrap()
    }

    #[test]
    fn a_unit_keeps_its_name_without_its_kind_and_turns_counter_clockwise() {
        let read = read_text(
            "a.geojson",
            &file(&[square(r#""code":"13285","name":"Phường Phủ Lý","area_km2":11.84"#, 105.0)]),
        );
        let unit = &read.batch.rows[0].value;
        assert_eq!((unit.name.as_str(), unit.kind), ("Phủ Lý", UnitKind::Ward));
        assert_eq!(unit.valid_from, MERGER_DAY);
        assert_eq!(read.warnings, [Warning::DateAssumed { date: MERGER_DAY }]);
        let ring = unit.geometry.as_ref().unwrap().0[0].exterior();
        assert_eq!(ring.0[1], geo_types::Coord { x: 106.0, y: 21.0 });
    }

    #[test]
    fn headings_of_other_offices_are_understood() {
        let read =
            read_text("a.json", &file(&[square(r#""MAXA":7,"TENXA":"Thị trấn Me","TENHUYEN":"Gia Viễn""#, 105.0)]));
        let unit = &read.batch.rows[0].value;
        assert_eq!(unit.code.to_string(), "00007");
        assert_eq!(
            (unit.name.as_str(), unit.kind, unit.district.as_deref()),
            ("Me", UnitKind::Township, Some("Gia Viễn"))
        );
    }

    #[test]
    fn faulty_units_are_refused_by_number_and_the_others_kept() {
        let flat = r#"{"type":"Feature","properties":{"code":"13003","name":"C"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,1],[2,2],[0,0]]]}}"#;
        let read = read_text(
            "a.geojson",
            &file(&[
                square(r#""code":"13001","name":"A""#, 105.0),
                square(r#""code":"13001","name":"B""#, 106.0),
                flat.to_owned(),
                square(r#""code":"x","name":"D""#, 107.0),
                square(r#""code":"13005","name":"""#, 108.0),
                square(r#""code":"13006","name":"F""#, 300.0),
            ]),
        );
        let found: Vec<_> = read.batch.rejects.iter().map(|r| (r.line, r.reason.code())).collect();
        assert_eq!(
            found,
            [(2, "duplicate"), (3, "bad_geometry"), (4, "unknown_value"), (5, "missing"), (6, "bad_geometry")]
        );
        assert_eq!(read.batch.rows.len(), 1);
        assert!(read.warnings.iter().any(|w| matches!(w, Warning::KindAssumed { .. })));
    }

    #[test]
    fn a_cut_file_says_so_aloud() {
        let whole =
            file(&[square(r#""code":"13001","name":"A""#, 105.0), square(r#""code":"13002","name":"B""#, 106.0)]);
        let read = read_text("a.geojson", &whole[..whole.len() - 30]);
        assert_eq!(read.batch.rows.len(), 1);
        assert_eq!(read.batch.rejects[0].reason.code(), "broken_json");
        assert!(read.warnings.contains(&Warning::Truncated { good: 1 }));
    }

    #[test]
    fn a_running_number_of_a_database_is_no_code_and_maps_of_the_world_name_theirs() {
        let folder = fixture::folder();
        let numbered = file(&[square(r#""gid":1,"ten_xa":"A""#, 105.0)]);
        let path = fixture::write(&folder, "gid.geojson", numbered.as_bytes());
        let refused = read(&path, &fixture::options()).map(|_| ()).unwrap_err();
        assert!(matches!(&refused, Unreadable::MissingColumns { missing, .. } if missing == &["code"]), "{refused}");
        let osm = read_text(
            "osm.geojson",
            &file(&[square(
                r#""name":"Hoa Lu Ward","name:vi":"Phường Hoa Lư","ref":"14329","admin_level":"6""#,
                105.0,
            )]),
        );
        let mixed = file(&[
            square(r#""name":"A","ref:VN:GSO":"14464""#, 105.0),
            square(r#""name":"B Commune","name:vi":"Xã B","ref":"14329","dien_tich":"8,52""#, 105.1),
        ]);
        let mixed = read_text("mixed.geojson", &mixed);
        let units: Vec<_> =
            mixed.batch.rows.iter().map(|row| (row.value.code.to_string(), row.value.name.clone())).collect();
        assert_eq!(units, [("14464".to_owned(), "A".to_owned()), ("14329".to_owned(), "B".to_owned())]);
        assert_eq!(mixed.batch.rows[1].value.stated_area_km2, Some(8.52), "a comma in a map file is one of decimals");
        let unit = &osm.batch.rows[0].value;
        assert_eq!(
            (unit.code.to_string().as_str(), unit.name.as_str(), unit.kind),
            ("14329", "Hoa Lư", UnitKind::Ward)
        );
    }

    #[test]
    fn a_table_gives_units_without_boundaries() {
        let read = read_text(
            "a.csv",
            "code,name,kind,district,valid_from,valid_to\n13285,Phường Quang Trung,phường,Phủ Lý,2008-06-24,2025-07-01\n",
        );
        let unit = &read.batch.rows[0].value;
        assert_eq!((unit.geometry.is_none(), unit.valid_to), (true, Some(MERGER_DAY)));
    }
}
