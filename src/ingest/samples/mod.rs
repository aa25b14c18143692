//! Signal samples, streamed: memory does not grow with the file.
//!
//! The canonical CSV, of which only `time, lon, lat` and `rsrp` or `state` must be there:
//!
//! ```text
//! time,operator,technology,state,rsrp,rsrq,sinr,download_kbps,lon,lat,accuracy_m,speed_kmh,device,cell
//! 2026-03-31T08:15:00+07:00,viettel,4G,in_service,-97,-11,8.5,12400,105.9745,20.2539,6,32,phone-1,1234567
//! 2026-03-31T08:15:01+07:00,viettel,4G,no_service,,,,,105.9746,20.2540,6,32,phone-1,
//! ```
//!
//! `rsrp` in dBm (RSCP on 3G, RxLev on 2G), `rsrq` and `sinr` in dB, WGS 84
//! degrees, or metres of a system of Viet Nam that `--crs` states. `mcc,mnc` may stand for `operator`. G-NetTrack Pro logs, OpenCelliD
//! uploads (Network Cell Info, Tower Collector) and many a home-made table are
//! read by their headings, and spreadsheets and map files of points like them (`sheet`). A row is one line: a quoted line break is refused.
//! Without `device` a file is one device, known again by its first good row: a log
//! that has grown may come under another name, and its old rows count once.
//! "No service" is a measurement and is kept; a code for "no value" is not.

mod columns;
mod radio;
pub mod readings;
mod row;
mod sheet;

use std::io::Read;
use std::path::Path;

use jiff::SignedDuration;
use rayon::prelude::*;

use crate::model::crs::Crs;
use crate::model::operator::Technology;
use crate::model::refusal::{Batch, Reason, Reject};
use crate::model::sample::Sample;

use super::header::Header;
use super::reading::Reading;
use super::sniff::{self, FileKind};
use super::table::{MAX_ROW_BYTES, Start};
use super::text::Encoding;
use super::{Options, Unreadable, Warning};
use columns::Columns;
pub(super) use columns::{POWER, TIME};
use row::{Dropped, Reader};
use sheet::Sheet;

/// A clock may be a day fast (a phone set to the wrong zone); more is a fault.
pub(super) const CLOCK_SLACK: SignedDuration = SignedDuration::from_hours(24);
/// Rows of one batch: about 6 MB.
const BATCH_ROWS: usize = 50_000;
/// Bytes read at once; a few of these are all the memory that a file takes.
const BLOCK_BYTES: usize = 4 << 20;

/// The receiver of batches wants no more; why is its own business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop;

/// What a file of samples gave, rows aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// `canonical`, `gnettrack`, `opencellid_upload`, `tower_collector`, `cni_cell_tracker`.
    pub profile: &'static str,
    pub accepted: u64,
    pub refused: u64,
    pub dropped_fields: Vec<String>,
    pub warnings: Vec<Warning>,
}

/// Reads samples and hands them on in batches of at most 50,000 rows, in the order of the file.
///
/// # Errors
/// The file as a whole cannot be read. Batches handed on before a failure half-way
/// (a broken gzip, a disk) stay handed on: the caller's transaction decides.
/// [`Unreadable::Stopped`] when the sink says so.
pub fn read(
    path: &Path,
    options: &Options,
    sink: &mut dyn FnMut(Batch<Sample>) -> Result<(), Stop>,
) -> Result<Summary, Unreadable> {
    let mut source = sniff::open(path)?;
    if let Some(encoding) = options.encoding {
        source.state(encoding);
    }
    let reading = Reading::stated(options)?;
    let crs = reading.ours().ok_or_else(|| Unreadable::UnsupportedCrs {
        found: options.crs_epsg.map_or_else(String::new, |epsg| format!("EPSG:{epsg}")),
    })?;
    if source.kind != FileKind::Text {
        if source.extension_lies() {
            return Err(Unreadable::LooksLike { found: source.kind, expected: "CSV" });
        }
        drop(source);
        return of_sheet(sheet::open(path, options)?, (options, crs), sink);
    }
    let mut warnings = Vec::new();
    if source.encoding != Encoding::Utf8 && options.encoding.is_none() {
        warnings.push(Warning::Encoding { name: source.encoding.name() });
    }
    let mut blocks = Blocks::new(source.into_utf8());
    blocks.fill()?;
    let start = Start::find(&blocks.bytes)?;
    blocks.bytes.drain(..start.body_at);
    blocks.end = start.end;
    blocks.line = start.body_line;
    let log = Log { header: start.header, delimiter: start.delimiter, rejects: Vec::new(), warnings };
    log.read(blocks, (options, crs), sink)
}

fn of_sheet(
    sheet: Sheet,
    (options, crs): (&Options, Crs),
    sink: &mut dyn FnMut(Batch<Sample>) -> Result<(), Stop>,
) -> Result<Summary, Unreadable> {
    let mut blocks = Blocks::new(&sheet.lines[..]);
    blocks.fill()?;
    blocks.line = 2;
    let crs = if sheet.in_degrees { Crs::WGS84 } else { crs };
    let Sheet { header, rejects, warnings, .. } = sheet;
    Log { header, delimiter: sheet::DELIMITER, rejects, warnings }.read(blocks, (options, crs), sink)
}

/// A log whose header is known.
struct Log {
    header: Header,
    delimiter: u8,
    /// Rows refused before.
    rejects: Vec<Reject>,
    warnings: Vec<Warning>,
}

impl Log {
    /// `blocks` is filled, and begins after the header.
    fn read<R: Read>(
        mut self,
        mut blocks: Blocks<R>,
        (options, crs): (&Options, Crs),
        sink: &mut dyn FnMut(Batch<Sample>) -> Result<(), Stop>,
    ) -> Result<Summary, Unreadable> {
        let columns = Columns::find(&self.header, self.delimiter, options)?;
        let end = blocks.end;
        let reader = Reader::new(&columns, &self.header, (options, crs), &blocks.bytes, end);
        if columns.technology.is_none() && options.technology.is_none() {
            self.warnings.push(Warning::TechnologyAssumed { technology: Technology::Lte });
        }
        let mut out = Out { sink, pending: Batch::default(), accepted: 0, refused: 0 };
        out.take(Batch { rows: Vec::new(), rejects: self.rejects })?;
        let mut dropped = Dropped::default();
        while let Some(block) = blocks.next()? {
            let pieces = pieces(&block.bytes, block.line, end);
            let parsed: Vec<_> = pieces.par_iter().map(|(text, line)| reader.read(text, *line, end)).collect();
            for (batch, some) in parsed {
                dropped += some;
                out.take(batch)?;
            }
            if let Some(line) = block.too_long {
                let reason = Reason::TooLong { limit: MAX_ROW_BYTES };
                out.take(Batch { rows: Vec::new(), rejects: vec![Reject::new(line, "", "", reason)] })?;
            }
        }
        out.flush()?;
        let (accepted, refused) = (out.accepted, out.refused);
        if accepted + refused == 0 {
            self.warnings.push(Warning::NoRows);
        }
        self.warnings.extend(dropped.warnings(&columns, &self.header));
        let dropped_fields = self.header.personal();
        Ok(Summary { profile: columns.profile, accepted, refused, dropped_fields, warnings: self.warnings })
    }
}

/// Batches on their way to the sink.
struct Out<'a> {
    sink: &'a mut dyn FnMut(Batch<Sample>) -> Result<(), Stop>,
    pending: Batch<Sample>,
    accepted: u64,
    refused: u64,
}

impl Out<'_> {
    fn take(&mut self, batch: Batch<Sample>) -> Result<(), Unreadable> {
        self.accepted += batch.rows.len() as u64;
        self.refused += batch.rejects.len() as u64;
        self.pending.rows.extend(batch.rows);
        self.pending.rejects.extend(batch.rejects);
        while self.pending.rows.len() > BATCH_ROWS || self.pending.rejects.len() > BATCH_ROWS {
            let rows = self.pending.rows.split_off(self.pending.rows.len().min(BATCH_ROWS));
            let rejects = self.pending.rejects.split_off(self.pending.rejects.len().min(BATCH_ROWS));
            let full = std::mem::replace(&mut self.pending, Batch { rows, rejects });
            (self.sink)(full).map_err(|Stop| Unreadable::Stopped)?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Unreadable> {
        let rest = std::mem::take(&mut self.pending);
        if rest.rows.is_empty() && rest.rejects.is_empty() {
            return Ok(());
        }
        (self.sink)(rest).map_err(|Stop| Unreadable::Stopped)
    }
}

/// A file in blocks of whole lines.
struct Blocks<R> {
    reader: R,
    bytes: Vec<u8>,
    end: u8,
    line: u64,
    ended: bool,
}

struct Block {
    bytes: Vec<u8>,
    line: u64,
    /// The line after these that was too long to be held, and was passed over.
    too_long: Option<u64>,
}

impl<R: Read> Blocks<R> {
    fn new(reader: R) -> Self {
        Self { reader, bytes: Vec::with_capacity(BLOCK_BYTES), end: b'\n', line: 1, ended: false }
    }

    /// Reads until a block is full or the file ends.
    fn fill(&mut self) -> Result<(), Unreadable> {
        let room = BLOCK_BYTES.saturating_sub(self.bytes.len());
        let got = (&mut self.reader).take(room as u64).read_to_end(&mut self.bytes)?;
        self.ended |= got < room;
        Ok(())
    }

    fn next(&mut self) -> Result<Option<Block>, Unreadable> {
        self.fill()?;
        if self.bytes.is_empty() {
            return Ok(None);
        }
        let line = self.line;
        let whole = if self.ended {
            Some(self.bytes.len())
        } else {
            self.bytes.iter().rposition(|b| *b == self.end).map(|i| i + 1)
        };
        let Some(whole) = whole else {
            self.pass_over_line()?;
            return Ok(Some(Block { bytes: Vec::new(), line, too_long: Some(line) }));
        };
        let rest = self.bytes.split_off(whole);
        let bytes = std::mem::replace(&mut self.bytes, rest);
        self.line += bytes.iter().filter(|b| **b == self.end).count() as u64;
        Ok(Some(Block { bytes, line, too_long: None }))
    }

    /// A line longer than a block: let go of it up to its end.
    fn pass_over_line(&mut self) -> Result<(), Unreadable> {
        loop {
            self.bytes.clear();
            self.fill()?;
            if let Some(at) = self.bytes.iter().position(|b| *b == self.end) {
                self.bytes.drain(..=at);
                self.line += 1;
                return Ok(());
            }
            if self.ended {
                self.bytes.clear();
                return Ok(());
            }
        }
    }
}

/// Whole lines shared out between the processors, each piece with its first line.
fn pieces(block: &[u8], line: u64, end: u8) -> Vec<(&[u8], u64)> {
    let wanted = (block.len() / rayon::current_num_threads().max(1)).max(64 * 1024);
    let (mut at, mut line) = (0, line);
    let mut out = Vec::new();
    while at < block.len() {
        let from = (at + wanted).min(block.len());
        let to = block[from..].iter().position(|b| *b == end).map_or(block.len(), |i| from + i + 1);
        let piece = &block[at..to];
        out.push((piece, line));
        line += piece.iter().filter(|b| **b == end).count() as u64;
        at = to;
    }
    out
}

#[cfg(test)]
mod tests;
