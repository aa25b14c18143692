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

mod columns;
#[cfg(test)]
mod tests;

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
use columns::{Columns, columns};
pub use columns::{is_called_a_village, may_be_called};
pub(super) use columns::{is_village_heading, village_columns};

/// The group of settlements in a list of geographical names.
const SETTLEMENT: &str = "DC";

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
    // No row of a table without a column of communes names one: the column is missing, not its cells.
    let says_nowhere = |reject: &Reject| reject.reason == Reason::NoCommune;
    let is_nowhere = !columns.has_communes() && columns.code.is_none() && !columns.point.is_known();
    if is_nowhere && !columns.commune_is_stated && batch.rows.is_empty() && batch.rejects.iter().all(says_nowhere) {
        return Err(kind::missing(&table.header, ImportKind::Villages, vec!["commune_code".to_owned()]));
    }
    if above.filled > 0 {
        table.warnings.push(Warning::CommuneFromAbove { rows: above.filled });
    }
    if other_names > 0 {
        table.warnings.push(Warning::NotSettlements { rows: other_names });
    }
    // What else the known gazetteers have is known too.
    if columns.wof_id.or(columns.group).is_none() {
        table.warnings.extend(table.unread(&columns.used()));
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
            &[
                ("code", columns.code),
                ("name", columns.name),
                ("commune_code", columns.commune_code),
                ("commune", columns.commune_name),
                ("households", columns.households),
                ("population", columns.population),
                ("lon", columns.point.columns().0),
                ("lat", columns.point.columns().1),
            ],
        )
    })
}

/// The rows of a list, each with the commune that it is of.
pub(super) struct Lists {
    above: Above,
    columns: Columns,
}

impl Lists {
    pub(super) fn of(table: &Table, options: &Options) -> Result<Self, Unreadable> {
        Ok(Self { above: Above::default(), columns: columns(table, options)? })
    }

    /// As the reader takes a row; nothing for one that is but the heading of a commune.
    pub(super) fn fill(&mut self, record: Record) -> Option<Record> {
        self.above.fill(record, &self.columns)
    }
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
        let has_place = given(&record, columns.code)
            || !matches!(record.geometry, RawGeometry::None)
            || (!columns.has_communes() && given(&record, columns.point.columns().0));
        let counted = given(&record, columns.households);
        if has_commune {
            record.get(columns.commune_code).clone_into(&mut self.code);
            record.get(columns.commune_name).clone_into(&mut self.name);
            return Some(record);
        }
        let name = text::clean(record.get(columns.name));
        let of_commune = matches!(UnitKind::split(&name).0, Some(UnitKind::Commune | UnitKind::Ward));
        if of_commune && !counted && !has_place {
            (self.code, self.name) = (String::new(), name);
            return None;
        }
        if counted && !has_place && !(self.code.is_empty() && self.name.is_empty()) {
            let mut filled = false;
            if let Some(at) = columns.above {
                record.cells.resize(record.cells.len().max(at + 1), String::new());
            }
            for (column, value) in [(columns.commune_code, &self.code), (columns.commune_name(), &self.name)] {
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
        (None, Some(name)) => Some(format!("{} {id}", text::fold(&name.text))),
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
    let (commune_code, commune_name) =
        place::row_commune(record, (columns.commune_code, columns.commune_name()), header)?;
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
    let is_somewhere = code.is_some() || point.is_some() || extent.is_some() || columns.commune_is_stated;
    if !is_somewhere && commune_code.is_none() && commune_name.is_none() {
        let field = columns.commune_code.or(columns.commune_name).map_or("commune", |at| header.name(at));
        return Err(Reject::new(line, field, "", Reason::NoCommune));
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
            old_commune: Some(text::clean(record.get(columns.old_commune))).filter(|old| !old.is_empty() && old != "-"),
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
