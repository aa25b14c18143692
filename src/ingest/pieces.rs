//! Parts of split units, where somebody drew the line: features with
//! `old_code` and `new_code`. A resolution that says "một phần" gives no line,
//! so these come from a survey or from somebody's best knowledge, never from us.

use std::path::Path;

use super::features::RawGeometry;
use super::table::{Record, Table};
use super::{Options, Read, Unreadable, geometry, place};
use crate::model::admin::{UnitCode, UnitPiece};
use crate::model::geometry_fault::GeometryFault;
use crate::model::refusal::{Reason, Reject, Row};

/// Reads pieces from any vector format.
///
/// # Errors
/// The file as a whole cannot be read, or has no `old_code` or no `new_code`.
pub fn read(path: &Path, options: &Options) -> Result<Read<UnitPiece>, Unreadable> {
    let mut table = Table::open(path, options)?;
    let columns = [table.header.find(&["old_code", "from_code"]), table.header.find(&["new_code", "to_code"])];
    let missing: Vec<String> =
        ["old_code", "new_code"].iter().zip(columns).filter(|(_, c)| c.is_none()).map(|(n, _)| (*n).into()).collect();
    if !missing.is_empty() {
        return Err(Unreadable::MissingColumns { missing, header: table.header.names.clone(), asked: None });
    }
    let mut batch = super::Batch { rows: Vec::new(), rejects: std::mem::take(&mut table.rejects) };
    while let Some(next) = table.next() {
        match next.and_then(|record| piece(record, columns, &table)) {
            Ok(row) => batch.rows.push(row),
            Err(reject) => batch.rejects.push(reject),
        }
    }
    let warnings = std::mem::take(&mut table.warnings);
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

fn piece(record: Record, columns: [Option<usize>; 2], table: &Table) -> Result<Row<UnitPiece>, Reject> {
    let line = record.line;
    let code = |column: Option<usize>| -> Result<UnitCode, Reject> {
        let text = record.get(column);
        let reason = if text.is_empty() { Reason::Missing } else { Reason::UnknownUnit { candidates: Vec::new() } };
        let name = table.header.name(column.unwrap_or_default());
        place::commune_code(text).ok_or_else(|| Reject::new(line, name, text, reason))
    };
    let (from, to) = (code(columns[0])?, code(columns[1])?);
    let bad =
        |fault: GeometryFault| Reject::new(line, "geometry", format!("{from} → {to}"), Reason::BadGeometry { fault });
    let geometry = match record.geometry {
        RawGeometry::None => return Err(bad(GeometryFault::Absent)),
        RawGeometry::Bad(problem) => return Err(bad(GeometryFault::Unreadable(problem))),
        RawGeometry::Shape(shape) => geometry::area(shape).map_err(bad)?.shape,
    };
    Ok(Row { line, value: UnitPiece { from, to, geometry } })
}
