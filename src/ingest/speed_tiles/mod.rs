//! Speed tests by map tile: Ookla's open data, and tables like it.
//!
//! Parquet, text tables, spreadsheets and map files, known by their headings
//! (`quadkey, avg_d_kbps, avg_u_kbps, avg_lat_ms, tests, devices`, or words for
//! them). The quadkey says where; an outline counts only where there is none.
//! A file of the whole world passes through in pieces: tiles far from the
//! province are counted, not refused. Fixed broadband is refused as a whole,
//! since it tells nothing of a mobile network.

mod columns;
mod period;
mod row;
mod row_groups;

use std::path::Path;

use geo::BoundingRect;
use geo_types::Geometry;

use crate::model::refusal::{Batch, Row};
use crate::model::speed::SpeedTile;

use super::features::RawGeometry;
use super::header::Header;
use super::lines::Shape;
use super::sniff::{self, FileKind};
use super::stream::{self, BATCH_ROWS, Out, Sink, Summary};
use super::table::Table;
use super::{Options, Unreadable, Warning, kind};
use crate::model::import::ImportKind;
use columns::Columns;
pub(super) use columns::OF_SPEEDS;
pub use period::of_name as quarter_of_name;
use row::{Counted, Reader};

/// Reads tiles and hands them on in batches of at most 50,000 rows, in the order of the file.
///
/// # Errors
/// The file as a whole cannot be read, is of fixed broadband or of no known quarter;
/// [`Unreadable::Stopped`] when the sink says so.
pub fn read(path: &Path, options: &Options, sink: Sink<'_, SpeedTile>) -> Result<Summary, Unreadable> {
    if period::is_fixed(path) {
        return Err(Unreadable::FixedBroadband);
    }
    let mut source = sniff::open(path)?;
    match source.kind {
        FileKind::Parquet if !source.extension_lies() => {
            drop(source);
            row_groups::read(path, options, sink)
        }
        FileKind::Text => {
            if let Some(encoding) = options.encoding {
                source.state(encoding);
            }
            let (mut blocks, start, warnings) = stream::begin(source, options)?;
            blocks.pass(start.body_at);
            blocks.line = start.body_line;
            let decimal_comma = start.delimiter != b',';
            let columns = columns(&start.header, path, options, false)?;
            let reader = Reader::new(&columns, &start.header, decimal_comma, options);
            let shape = Shape { delimiter: start.delimiter, width: start.header.len(), end: blocks.end };
            let (mut out, mut counted) = (Out::new(sink), Counted::default());
            out.drain(blocks, &mut counted, &mut |_| {}, |text, number, batch| {
                let mut counted = Counted::default();
                shape.lines(text, number, &mut |line| match line {
                    Ok(line) => reader.take(line.number, &|column| line.get(column), None, batch, &mut counted),
                    Err(reject) => batch.rejects.push(reject),
                });
                counted
            })?;
            finish(out, "csv", &start.header, (warnings, counted, &columns))
        }
        _ => {
            drop(source);
            features(Table::open(path, options)?, path, options, sink)
        }
    }
}

/// A spreadsheet or a map file, which is in memory as a whole.
fn features(
    mut table: Table,
    path: &Path,
    options: &Options,
    sink: Sink<'_, SpeedTile>,
) -> Result<Summary, Unreadable> {
    let header = table.header.clone();
    let columns = columns(&header, path, options, table.has_geometry())?;
    let reader = Reader::new(&columns, &header, table.decimal_comma, options);
    let (mut out, mut counted) = (Out::new(sink), Counted::default());
    let mut batch = Batch { rows: Vec::new(), rejects: std::mem::take(&mut table.rejects) };
    while let Some(next) = table.next() {
        match next {
            Ok(record) => {
                let outline = outline(&record.geometry);
                let cell = |column| record.get(column).as_bytes();
                reader.take(record.line, &cell, outline, &mut batch, &mut counted);
            }
            Err(reject) => batch.rejects.push(reject),
        }
        if batch.rows.len() >= BATCH_ROWS {
            out.take(std::mem::take(&mut batch))?;
        }
    }
    out.take(batch)?;
    finish(out, table.profile, &header, (table.warnings, counted, &columns))
}

/// `outlined` says that rows may carry their outline.
fn columns(header: &Header, path: &Path, options: &Options, outlined: bool) -> Result<Columns, Unreadable> {
    kind::refuse_other(header, ImportKind::Speeds)?;
    Columns::find(header, path, options, outlined)
}

/// What the whole file gave.
fn finish(
    out: Out<'_, SpeedTile>,
    profile: &str,
    header: &Header,
    (warnings, counted, columns): (Vec<Warning>, Counted, &Columns),
) -> Result<Summary, Unreadable> {
    let mut left_out = Warning::values_dropped(&counted.dropped(columns), header);
    if counted.elsewhere > 0 {
        left_out.push(Warning::Elsewhere { rows: counted.elsewhere });
    }
    let mut summary = out.finish(profile, header, warnings, left_out)?;
    // A file of another country has rows, though none is kept.
    summary.warnings.retain(|warning| *warning != Warning::NoRows || counted.elsewhere == 0);
    Ok(summary)
}

/// West, south, east, north of a shape.
fn outline(geometry: &RawGeometry) -> Option<[f64; 4]> {
    let RawGeometry::Shape(shape @ (Geometry::Polygon(_) | Geometry::MultiPolygon(_))) = geometry else { return None };
    let bounds = shape.bounding_rect()?;
    Some([bounds.min().x, bounds.min().y, bounds.max().x, bounds.max().y])
}

impl Reader<'_> {
    /// Puts a row where it belongs: among the good ones, the refused ones, or those elsewhere.
    fn take<'r>(
        &self,
        line: u64,
        cell: &dyn Fn(Option<usize>) -> &'r [u8],
        outline: Option<[f64; 4]>,
        batch: &mut Batch<SpeedTile>,
        counted: &mut Counted,
    ) {
        match self.tile(line, cell, outline, counted) {
            Ok(Some(value)) => batch.rows.push(Row { line, value }),
            Ok(None) => counted.elsewhere += 1,
            Err(reject) => batch.rejects.push(reject),
        }
    }
}

#[cfg(test)]
mod tests;
