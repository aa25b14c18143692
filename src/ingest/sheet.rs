//! A spreadsheet or a map file as lines that a reader of streams reads.
//!
//! Row `n` of a sheet becomes line `n`, so a refused row is found where Excel
//! shows it. The points of a map file stand in two columns before the others.

use std::path::Path;

use geo_types::Geometry;

use crate::ingest::features::RawGeometry;
use crate::ingest::header::Header;
use crate::ingest::table::Table;
use crate::ingest::{Options, Unreadable, Warning};
use crate::model::refusal::Reject;

pub(super) struct Sheet {
    pub(super) header: Header,
    /// Lines below the header, separated by [`DELIMITER`].
    pub(super) lines: Vec<u8>,
    /// The number of the first of them.
    pub(super) first_line: u64,
    /// The positions come from geometry and are WGS 84 already.
    pub(super) in_degrees: bool,
    pub(super) rejects: Vec<Reject>,
    pub(super) warnings: Vec<Warning>,
}

/// No cell holds one: tabs and line breaks within cells become spaces.
pub(super) const DELIMITER: u8 = b'\t';

/// # Errors
/// The file as a whole cannot be read.
pub(super) fn open(path: &Path, options: &Options) -> Result<Sheet, Unreadable> {
    let mut table = Table::open(path, options).map_err(|error| match error {
        Unreadable::LooksLike { found, .. } => Unreadable::LooksLike { found, expected: "CSV" },
        other => other,
    })?;
    let mut rejects = std::mem::take(&mut table.rejects);
    let mut in_degrees = false;
    let mut lines = Vec::new();
    let layout = options.layout();
    let mut first_line = 2 + (layout.lines_before_header + layout.lines_after_header) as u64;
    let mut at = None;
    while let Some(next) = table.next() {
        // A sheet may have a title above its header and blank rows below it: line `n` stays row `n`.
        if table.is_sheet {
            let row = next.as_ref().map_or_else(|reject| reject.line, |record| record.line);
            let due = *at.get_or_insert_with(|| {
                first_line = row;
                row
            });
            lines.resize(lines.len() + usize::try_from(row.saturating_sub(due)).unwrap_or_default(), b'\n');
            at = Some(row.max(due) + 1);
        }
        // A refused row leaves an empty line, so that those after it keep their numbers.
        match next {
            Ok(record) => {
                let point = match &record.geometry {
                    RawGeometry::Shape(Geometry::Point(point)) => Some([point.x(), point.y()]),
                    _ => None,
                };
                in_degrees |= point.is_some();
                let place = point.map_or([String::new(), String::new()], |at| at.map(|degrees| degrees.to_string()));
                let flat = |cell: &String| cell.replace(['\t', '\r', '\n'], " ").replace('"', "'");
                let cells: Vec<String> = place.into_iter().chain(record.cells.iter().map(flat)).collect();
                lines.extend_from_slice(cells.join("\t").as_bytes());
            }
            Err(reject) => rejects.push(reject),
        }
        lines.push(b'\n');
    }
    // Without points in the file the two columns are empty, and bear no name.
    let place = if in_degrees { ["lon", "lat"] } else { ["", ""] };
    let names = place.into_iter().map(str::to_owned).chain(table.header.names.iter().cloned()).collect();
    let warnings = std::mem::take(&mut table.warnings);
    Ok(Sheet { header: Header::new(names), lines, first_line, in_degrees, rejects, warnings })
}
