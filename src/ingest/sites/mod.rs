//! Masts and cells, streamed: the list of a country has a million rows.
//!
//! Read by their headings: exports of OpenCelliD and of Mozilla's service, CLF 4,
//! and any table, sheet or map file of points that names operator (or `mcc`, `mnc`),
//! technology and place. Known by the look of their rows, since they have no
//! header: OpenCelliD's file of one country, NetMonster's NTM, CLF 3.
//!
//! A crowd's list gives the centre of the places where a cell was heard, which
//! is kept as an estimate. A network of another country is kept as well: it is
//! heard across the border. What is optional and impossible is left out and counted.

mod columns;
mod row;

use std::io::Read;
use std::path::Path;

use crate::model::crs::Crs;
use crate::model::refusal::{Batch, Reject};
use crate::model::site::Site;

use super::header::Header;
use super::sniff::FileKind;
use super::stream::{self, Blocks, Out, Sink, Summary};
use super::table;
use super::{Options, Unreadable, Warning, kind, sheet};
use crate::model::import::ImportKind;
use columns::Columns;
pub(super) use columns::OF_SITES;
use row::{Dropped, Reader};

/// Whether what was taken for a header is the first row of a list of sites that has none.
pub(super) fn is_headless(header: &Header) -> bool {
    let first: Vec<&str> = header.names.iter().map(String::as_str).collect();
    [b',', b';'].into_iter().any(|delimiter| columns::headless(&first, delimiter).is_some())
}

/// Reads sites and hands them on in batches of at most 50,000 rows, in the order of the file.
/// A row that states several technologies gives a site for each.
///
/// # Errors
/// The file as a whole cannot be read; [`Unreadable::Stopped`] when the sink says so.
pub fn read(path: &Path, options: &Options, sink: Sink<'_, Site>) -> Result<Summary, Unreadable> {
    let (source, crs) = stream::open(path, options)?;
    if source.kind != FileKind::Text {
        drop(source);
        let sheet = sheet::open(path, options)?;
        let mut blocks = Blocks::new(&sheet.lines[..]);
        blocks.line = sheet.first_line;
        let crs = if sheet.in_degrees { Crs::WGS84 } else { crs };
        // Letters of a font have become Vietnamese on the way.
        let options = Options { encoding: None, ..options.clone() };
        let list = List {
            header: sheet.header,
            delimiter: sheet::DELIMITER,
            profile: None,
            rejects: sheet.rejects,
            warnings: sheet.warnings,
        };
        return list.read(blocks, (&options, crs), sink);
    }
    let (mut blocks, start, warnings) = stream::begin(source, options)?;
    let first: Vec<&str> = start.header.names.iter().map(String::as_str).collect();
    let (header, profile) = match columns::headless(&first, start.delimiter) {
        Some((profile, names)) => {
            // What was taken for the header is the first row.
            let text = &blocks.bytes()[..start.body_at];
            let ends = text.iter().rposition(|b| *b != start.end).unwrap_or_default();
            let row_at = text[..ends].iter().rposition(|b| *b == start.end).map_or(0, |at| at + 1);
            let width = table::split(&text[row_at..], start.delimiter).len().min(names.len());
            blocks.pass(row_at);
            blocks.line = start.body_line - 1;
            (Header::new(names[..width].iter().map(|name| (*name).to_owned()).collect()), Some(profile))
        }
        None => {
            blocks.pass(start.body_at);
            blocks.line = start.body_line;
            (start.header, None)
        }
    };
    let list = List { header, delimiter: start.delimiter, profile, rejects: Vec::new(), warnings };
    list.read(blocks, (options, crs), sink)
}

/// A list whose header is known.
struct List {
    header: Header,
    delimiter: u8,
    /// Of a file without a header.
    profile: Option<&'static str>,
    /// Rows refused before.
    rejects: Vec<Reject>,
    warnings: Vec<Warning>,
}

impl List {
    fn read<R: Read>(
        self,
        blocks: Blocks<R>,
        (options, crs): (&Options, Crs),
        sink: Sink<'_, Site>,
    ) -> Result<Summary, Unreadable> {
        kind::refuse_other(&self.header, ImportKind::Sites)?;
        let columns = Columns::find(&self.header, self.profile, options)?;
        let end = blocks.end;
        let reader = Reader::new(&columns, &self.header, (options, crs), self.delimiter);
        let mut out = Out::new(sink);
        out.take(Batch { rows: Vec::new(), rejects: self.rejects })?;
        let mut dropped = Dropped::default();
        out.drain(blocks, &mut dropped, &mut |_| {}, |text, line, batch| reader.read((text, line, end), batch))?;
        out.finish(columns.profile, &self.header, self.warnings, dropped.warnings(&columns, &self.header))
    }
}

#[cfg(test)]
mod tests;
