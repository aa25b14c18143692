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
//! uploads (Network Cell Info, Tower Collector), Android Network Survey and many a home-made table are
//! read by their headings, geosubmit by its form, and spreadsheets and map files of points like them (`sheet`). A row is one line: a quoted line break is refused.
//! Without `device` a file is one device, known again by its first good row: a log
//! that has grown may come under another name, and its old rows count once.
//! "No service" is a measurement and is kept (`nameless` says whose, where the phone names no network); a code for "no value" is not.

mod columns;
mod dates;
mod geosubmit;
pub mod guess;
mod headers;
mod mapped;
mod marks;
mod nameless;
mod network;
mod optional;
mod packed;
mod power;
mod quantity;
pub(super) mod radio;
pub mod readings;
mod recent;
mod row;
mod stale;
mod state;
mod strongest;
mod units;
mod unread;

use std::io::Read;
use std::path::Path;

use jiff::SignedDuration;

use crate::model::crs::Crs;
use crate::model::operator::Technology;
use crate::model::refusal::{Batch, Reject};
use crate::model::sample::Sample;

use super::archive::Files;
use super::gdal;
use super::header::{self, Header};
use super::place;
use super::profile::Field;
use super::sheet::{self, Sheet};
use super::sniff::{self, FileKind, Source};
use super::stream::{self, Blocks, Out, Sink, Summary};
use super::table::{self, MAX_FILE_BYTES, Start};
use super::{Options, Unreadable, Warning};
use columns::Columns;
pub(super) use columns::{POWER, TIME};
use row::{Beside, Reader};
use stale::Stale;
use strongest::Strongest;

/// A clock may be a day fast (a phone set to the wrong zone); more is a fault.
pub(super) const CLOCK_SLACK: SignedDuration = SignedDuration::from_hours(24);

/// Reads samples and hands them on in batches of at most 50,000 rows, in the order of the file; those of phones
/// without service that name no network come last.
///
/// # Errors
/// The file as a whole cannot be read. Batches handed on before a failure half-way
/// (a broken gzip, a disk) stay handed on: the caller's transaction decides.
/// [`Unreadable::Stopped`] when the sink says so.
pub fn read(path: &Path, options: &Options, sink: Sink<'_, Sample>) -> Result<Summary, Unreadable> {
    let options = &stated(options);
    if sniff::open(path)?.kind == FileKind::Zip {
        let logs = Files::open(path, &["csv", "txt", "tsv"])?;
        if logs.len() > 1 {
            return packed::read(logs, options, sink);
        }
    }
    let (source, crs) = stream::open(path, options)?;
    if source.kind != FileKind::Text {
        if source.extension_lies() {
            return Err(Unreadable::LooksLike { found: source.kind, expected: "CSV" });
        }
        let kind = source.kind;
        if kind == FileKind::Json {
            let text = source.read_all(MAX_FILE_BYTES)?;
            if geosubmit::is_geosubmit(&text) {
                let summary = of_sheet(geosubmit::open(&text)?, (options, crs), sink)?;
                return Ok(Summary { profile: "geosubmit".to_owned(), ..summary });
            }
        } else {
            drop(source);
        }
        // Before its figures a workbook often has a sheet with a title.
        let many = matches!(kind, FileKind::GeoPackage | FileKind::Sqlite | FileKind::FileGeodatabase | FileKind::Xlsx);
        let layers = if many && options.layer.is_none() && options.profile.is_none() {
            gdal::layers(path, options)
        } else {
            Vec::new()
        };
        if layers.len() > 1 {
            return of_layers(path, &layers, (options, crs), sink);
        }
        return of_sheet(sheet::open(path, options)?, (options, crs), sink);
    }
    of_text(source, 0, (options, crs), sink)
}

/// A log of lines; `before` are those of the logs before it.
fn of_text(
    source: Source,
    before: u64,
    (options, crs): (&Options, Crs),
    sink: Sink<'_, Sample>,
) -> Result<Summary, Unreadable> {
    let (mut blocks, start, warnings) = stream::begin(source, options)?;
    blocks.pass(start.body_at);
    blocks.line = start.body_line + before;
    let Start { header, delimiter, .. } = start;
    let log = Log { header, delimiter, has_points: false, rejects: Vec::new(), warnings };
    log.read(blocks, (options, crs), sink)
}

/// What a profile says of a whole file is stated as by a person; a person's own word is stronger.
fn stated(options: &Options) -> Options {
    let mut stated = options.clone();
    if let Some(profile) = &options.profile {
        stated.crs_epsg = options.crs_epsg.or(profile.crs_epsg);
        stated.operator = options.operator.or(profile.operator);
        stated.technology = options.technology.or(profile.technology);
    }
    stated
}

/// Those layers of a file that hold measurements: Android Network Survey writes one for each technology, and a
/// workbook has one for each day beside its title. Rows of a further layer are numbered on.
fn of_layers(
    path: &Path,
    layers: &[String],
    (options, crs): (&Options, Crs),
    sink: Sink<'_, Sample>,
) -> Result<Summary, Unreadable> {
    let mut whole: Option<Summary> = None;
    let (mut passed_over, mut why, mut rows) = (Vec::new(), None, 0);
    for layer in layers {
        let options = &Options { layer: Some(layer.clone()), ..options.clone() };
        let mut sheet = sheet::open(path, options)?;
        let lines = sheet.lines.iter().filter(|byte| **byte == b'\n').count() as u64;
        sheet.first_line += rows;
        sheet.rejects.iter_mut().for_each(|reject| reject.line += rows);
        match of_sheet(sheet, (options, crs), &mut *sink) {
            Err(
                error @ (Unreadable::MissingColumns { .. }
                | Unreadable::OtherKind { .. }
                | Unreadable::NotMeasured { .. }),
            ) => {
                passed_over.push(layer.clone());
                why.get_or_insert(error);
                continue;
            }
            other => {
                let found = other?;
                whole = Some(match whole {
                    None => found,
                    Some(before) => before.and(found),
                });
            }
        }
        rows += lines;
    }
    let mut whole = whole.ok_or_else(|| why.unwrap_or(Unreadable::NoFeatures))?;
    if !passed_over.is_empty() {
        whole.warnings.push(Warning::LayersPassedOver { layers: passed_over });
    }
    Ok(whole)
}

fn of_sheet(sheet: Sheet, (options, crs): (&Options, Crs), sink: Sink<'_, Sample>) -> Result<Summary, Unreadable> {
    let mut blocks = Blocks::new(&sheet.lines[..]);
    blocks.fill()?;
    blocks.line = sheet.first_line;
    // A profile may name columns of positions beside the points of a map file.
    let own = options.profile.as_ref().is_some_and(|profile| profile.heading(Field::Longitude).is_some());
    let crs = if sheet.in_degrees && !own { Crs::WGS84 } else { crs };
    let Sheet { header, rejects, warnings, in_degrees: has_points, .. } = sheet;
    Log { header, delimiter: sheet::DELIMITER, has_points, rejects, warnings }.read(blocks, (options, crs), sink)
}

/// A log whose header is known.
struct Log {
    header: Header,
    delimiter: u8,
    /// The first two columns are the points of a map file.
    has_points: bool,
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
        sink: Sink<'_, Sample>,
    ) -> Result<Summary, Unreadable> {
        let mut columns = match self.columns(options) {
            Err(error @ Unreadable::MissingColumns { .. }) => self.of_two_rows(&mut blocks, options).ok_or(error)?,
            other => other?,
        };
        let end = blocks.end;
        if options.profile.is_none() {
            columns.settle_time(&self.header, blocks.bytes(), end);
        }
        columns.settle_marks(&self.header, blocks.bytes(), end);
        let order = dates::Order::of(&columns, &self.header, blocks.bytes(), end);
        columns.meaning.time.month_first = columns.meaning.time.month_first.or(Some(order.month_first()));
        self.warnings.extend(order.warning());
        let reader = Reader::new(&columns, &self.header, (options, crs), blocks.bytes(), end);
        let is_told = columns.technology.is_some() || columns.tell_technology();
        if !is_told && columns.implied.or(options.technology).is_none() {
            self.warnings.push(Warning::TechnologyAssumed { technology: Technology::Lte });
        }
        self.warnings.extend(unread::warning(&columns, &self.header, blocks.bytes(), end));
        let mut out = Out::new(sink);
        out.take(Batch { rows: Vec::new(), rejects: self.rejects })?;
        let mut beside = Beside::default();
        let mut stale = Stale::of(&columns);
        let mut strongest = Strongest::of(&reader, &self.header, blocks.bytes(), end);
        out.drain(
            blocks,
            &mut beside,
            &mut |batch| {
                reader.headers.sift(batch);
                strongest.sift(batch);
                stale.sift(batch);
            },
            |text, line, batch| reader.read((text, line, end), batch),
        )?;
        self.warnings.extend(strongest.warning());
        let Beside { dropped, nameless } = beside;
        let mut told = nameless.told(reader.network_column().map_or("operator", |at| self.header.name(at)));
        reader.headers.sift(&mut told);
        out.take(told)?;
        let left_out = dropped.warnings(&columns, &self.header);
        let mut summary = out.finish(&columns.profile, &self.header, self.warnings, left_out)?;
        // What a profile takes for the device is not dropped: its hash is kept.
        let device = columns.device.map_or("", |at| self.header.name(at));
        summary.dropped_fields.retain(|field| field != device);
        Ok(summary)
    }

    /// A header of two rows, as sheets have it where one heading stands over several columns: the lower row counts
    /// where something stands in it. Only where both together name all that is needed.
    fn of_two_rows<R: Read>(&mut self, blocks: &mut Blocks<R>, options: &Options) -> Option<Columns> {
        let line = table::first_line(blocks.bytes(), blocks.end);
        let lower = table::split(line, self.delimiter);
        let width = self.header.len().max(lower.len());
        let name = |at: usize| match lower.get(at).map(<[u8]>::trim_ascii) {
            Some(cell) if !cell.is_empty() => {
                let (upper, lower) = (self.header.name(at), String::from_utf8_lossy(cell));
                // `Name` under `Operator` says less than what it stands under.
                if guess::names_a_field(upper) && !guess::names_a_field(&lower) {
                    upper.to_owned()
                } else {
                    lower.into_owned()
                }
            }
            _ => self.header.name(at).to_owned(),
        };
        let both = Header::new((0..width).map(name).collect());
        let upper = std::mem::replace(&mut self.header, both);
        match self.columns(options) {
            Ok(columns) => {
                let length = line.len();
                blocks.pass(length);
                blocks.line += 1;
                Some(columns)
            }
            Err(_) => {
                self.header = upper;
                None
            }
        }
    }

    fn columns(&self, options: &Options) -> Result<Columns, Unreadable> {
        match &options.profile {
            None => Columns::find(&self.header, self.delimiter, options),
            Some(profile) => Ok(Columns::mapped(profile, &self.header, (self.delimiter, self.has_points), options)?),
        }
    }
}

/// Whether headings speak of a phone's power or quality, in whatever words, or of networks by technology at places.
pub(super) fn shows_measurements(header: &Header) -> bool {
    const WORDS: [&str; 9] =
        ["rsrp", "rsrq", "sinr", "rscp", "rxlev", "muc_thu", "cuong_do_song", "cuong_do_tin_hieu", "muc_tin_hieu"];
    let names = || (0..header.len()).filter(|at| !header.is_personal(*at)).map(|at| header.name(at));
    let is_power = |name: &str| {
        let folded = header::fold(name);
        units::unit(name) == "dbm" || WORDS.iter().any(|word| header::holds(&folded, word))
    };
    let by_technology = || names().any(guess::names_technology);
    names().any(is_power)
        || header.has(columns::OPERATOR) && header.has(place::LON) && header.has(place::LAT) && by_technology()
}

#[cfg(test)]
mod tests;
