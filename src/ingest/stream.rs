//! Tables of any size, passed on in pieces.
//!
//! A file is cut into blocks of whole lines, a block into pieces, and what the pieces gave goes to the receiver in the order of the
//! file. A few blocks are all the memory that it takes. A line longer than a
//! block is passed over, and its number told.

use std::io::{ErrorKind, Read};
use std::ops::AddAssign;
use std::path::Path;

use memchr::{memchr, memchr_iter, memrchr};
use rayon::prelude::*;

use crate::model::crs::Crs;
use crate::model::refusal::{Batch, Reason, Reject};

use super::archive;
use super::header::Header;
use super::reading::Reading;
use super::sniff::{self, FileKind, Source};
use super::table::{MAX_ROW_BYTES, Start};
use super::text::Encoding;
use super::{Options, Unreadable, Warning};

/// Rows of one batch: about 6 MB.
pub(super) const BATCH_ROWS: usize = 50_000;
/// Rows that are worth a batch of their own.
const ENOUGH_ROWS: usize = 2_000;
/// Bytes read at once.
pub(super) const BLOCK_BYTES: usize = 4 << 20;

/// Bytes of a piece: a processor has several under way, and none much longer than the others.
const PIECE_BYTES: usize = 512 << 10;
/// Pieces under way at once, for each processor.
const WAVE: usize = 4;

/// The receiver of batches wants no more; why is its own business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop;

/// What a streamed file gave, rows aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Whose form the file has: `canonical`, `gnettrack`, `opencellid_export` …
    pub profile: String,
    pub accepted: u64,
    pub refused: u64,
    pub dropped_fields: Vec<String>,
    pub warnings: Vec<Warning>,
}

impl Summary {
    /// Of two parts of a file.
    #[must_use]
    pub(super) fn and(mut self, other: Self) -> Self {
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.dropped_fields.extend(other.dropped_fields);
        self.dropped_fields.sort();
        self.dropped_fields.dedup();
        for warning in other.warnings {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
        self
    }
}

/// Takes what it wants out of a batch, or wants no more. What is left is let go, and its memory used again.
pub type Sink<'a, T> = &'a mut dyn FnMut(&mut Batch<T>) -> Result<(), Stop>;

/// Batches on their way to the sink.
pub(super) struct Out<'a, T> {
    sink: Sink<'a, T>,
    pending: Batch<T>,
    /// Empty ones, of which the memory was written to before: to touch new memory is dear.
    spare: Vec<Batch<T>>,
    /// Pieces under way at once.
    wave: usize,
    pub(super) accepted: u64,
    pub(super) refused: u64,
}

impl<'a, T: Send> Out<'a, T> {
    pub(super) fn new(sink: Sink<'a, T>) -> Self {
        Self { sink, pending: Batch::default(), spare: Vec::new(), wave: 0, accepted: 0, refused: 0 }
    }

    /// Parses all blocks, and counts what was left out. `parse` is given whole lines, the number of
    /// the first and an empty batch, in parallel; `sift` sees what it gave in the order of the file.
    pub(super) fn drain<R: Read, D: AddAssign + Send>(
        &mut self,
        mut blocks: Blocks<R>,
        dropped: &mut D,
        sift: &mut dyn FnMut(&mut Batch<T>),
        parse: impl Fn(&[u8], u64, &mut Batch<T>) -> D + Sync,
    ) -> Result<(), Unreadable> {
        self.wave = WAVE * rayon::current_num_threads().max(1);
        while let Some(block) = blocks.next()? {
            for pieces in block.pieces.chunks(self.wave) {
                let mut empty = std::mem::take(&mut self.spare);
                empty.resize_with(pieces.len(), Batch::default);
                let parsed: Vec<(Batch<T>, D)> = (pieces.par_iter().zip(empty))
                    .map(|((text, line), mut batch)| {
                        let some = parse(text, *line, &mut batch);
                        (batch, some)
                    })
                    .collect();
                for (mut batch, some) in parsed {
                    *dropped += some;
                    sift(&mut batch);
                    self.take(batch)?;
                }
            }
            if let Some(line) = block.too_long {
                let reason = Reason::TooLong { limit: MAX_ROW_BYTES };
                self.take(Batch { rows: Vec::new(), rejects: vec![Reject::new(line, "", "", reason)] })?;
            }
        }
        Ok(())
    }

    pub(super) fn take(&mut self, mut batch: Batch<T>) -> Result<(), Unreadable> {
        self.accepted += batch.rows.len() as u64;
        self.refused += batch.rejects.len() as u64;
        if self.pending.rows.is_empty() && self.pending.rejects.is_empty() {
            let empty = std::mem::replace(&mut self.pending, batch);
            self.keep(empty);
        } else if self.pending.rows.len() + batch.rows.len() > BATCH_ROWS || batch.rows.len() > ENOUGH_ROWS {
            // Whole pieces go on as they are: to fill each batch would move every row twice.
            let full = std::mem::replace(&mut self.pending, batch);
            self.hand_on(full)?;
        } else {
            self.pending.rows.append(&mut batch.rows);
            self.pending.rejects.append(&mut batch.rejects);
            self.keep(batch);
        }
        while self.pending.rows.len() > BATCH_ROWS || self.pending.rejects.len() > BATCH_ROWS {
            let rows = self.pending.rows.split_off(self.pending.rows.len().min(BATCH_ROWS));
            let rejects = self.pending.rejects.split_off(self.pending.rejects.len().min(BATCH_ROWS));
            let full = std::mem::replace(&mut self.pending, Batch { rows, rejects });
            self.hand_on(full)?;
        }
        Ok(())
    }

    fn hand_on(&mut self, mut batch: Batch<T>) -> Result<(), Unreadable> {
        (self.sink)(&mut batch).map_err(|Stop| Unreadable::Stopped)?;
        batch.rows.clear();
        batch.rejects.clear();
        self.keep(batch);
        Ok(())
    }

    fn keep(&mut self, empty: Batch<T>) {
        if self.spare.len() < self.wave {
            self.spare.push(empty);
        }
    }

    /// Hands on the rest, and says what the whole file gave. `left_out` comes last of the warnings.
    pub(super) fn finish(
        self,
        profile: &str,
        header: &Header,
        mut warnings: Vec<Warning>,
        left_out: Vec<Warning>,
    ) -> Result<Summary, Unreadable> {
        let Self { sink, pending: mut rest, accepted, refused, .. } = self;
        if !rest.rows.is_empty() || !rest.rejects.is_empty() {
            sink(&mut rest).map_err(|Stop| Unreadable::Stopped)?;
        }
        if accepted + refused == 0 {
            warnings.push(Warning::NoRows);
        }
        warnings.extend(left_out);
        Ok(Summary { profile: profile.to_owned(), accepted, refused, dropped_fields: header.personal(), warnings })
    }
}

/// A file of rows with places, opened, and the system that its coordinates are in.
///
/// # Errors
/// The file cannot be read, or the stated system is none that we know by ourselves.
pub(super) fn open(path: &Path, options: &Options) -> Result<(Source, Crs), Unreadable> {
    let mut source = sniff::open(path)?;
    if source.kind == FileKind::Zip
        && let Some(table) = archive::table(path)?
    {
        source = Source::of_table(table);
    }
    if let Some(encoding) = options.encoding {
        source.state(encoding);
    }
    Ok((source, stated_crs(options)?))
}

/// The system that coordinates are in.
///
/// # Errors
/// The stated one is none that we know by ourselves.
pub(super) fn stated_crs(options: &Options) -> Result<Crs, Unreadable> {
    Reading::stated(options)?.ours().ok_or_else(|| Unreadable::UnsupportedCrs {
        found: options.crs_epsg.map_or_else(String::new, |epsg| format!("EPSG:{epsg}")),
    })
}

/// The first block of a text, where its rows begin, and what was assumed of its encoding.
///
/// # Errors
/// There is no first line, or it is too long.
pub(super) fn begin(
    source: Source,
    options: &Options,
) -> Result<(Blocks<impl Read + use<>>, Start, Vec<Warning>), Unreadable> {
    let mut warnings = Vec::new();
    if source.encoding != Encoding::Utf8 && options.encoding.is_none() {
        warnings.push(Warning::Encoding { name: source.encoding.name() });
    }
    let mut blocks = Blocks::new(source.into_utf8());
    blocks.fill()?;
    let start = Start::find(blocks.bytes(), options.layout())?;
    blocks.end = start.end;
    Ok((blocks, start, warnings))
}

/// A file in blocks of whole lines.
pub(super) struct Blocks<R> {
    reader: R,
    /// Always as long as a block: to make room for each is to write noughts into it.
    room: Vec<u8>,
    /// Bytes at its beginning that were read.
    held: usize,
    pub(super) end: u8,
    pub(super) line: u64,
    ended: bool,
    /// Bytes and lines at the beginning that have been handed out.
    used: (usize, u64),
}

struct Block<'a> {
    /// Whole lines, each piece with the number of its first.
    pieces: Vec<(&'a [u8], u64)>,
    /// The line after these that was too long to be held, and was passed over.
    too_long: Option<u64>,
}

impl<R: Read> Blocks<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, room: vec![0; BLOCK_BYTES], held: 0, end: b'\n', line: 1, ended: false, used: (0, 0) }
    }

    /// Reads until a block is full or the file ends.
    pub(super) fn fill(&mut self) -> Result<(), Unreadable> {
        while !self.ended && self.held < self.room.len() {
            match self.reader.read(&mut self.room[self.held..]) {
                Ok(0) => self.ended = true,
                Ok(got) => self.held += got,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// What was read and not passed.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.room[..self.held]
    }

    /// Lets go of so many bytes.
    pub(super) fn pass(&mut self, bytes: usize) {
        self.room.copy_within(bytes..self.held, 0);
        self.held -= bytes;
    }

    fn next(&mut self) -> Result<Option<Block<'_>>, Unreadable> {
        let (bytes, lines) = std::mem::take(&mut self.used);
        self.pass(bytes);
        self.line += lines;
        self.fill()?;
        if self.held == 0 {
            return Ok(None);
        }
        let line = self.line;
        let whole = if self.ended { Some(self.held) } else { memrchr(self.end, self.bytes()).map(|i| i + 1) };
        let Some(whole) = whole else {
            self.pass_over_line()?;
            return Ok(Some(Block { pieces: Vec::new(), too_long: Some(line) }));
        };
        let (pieces, lines) = pieces(&self.room[..whole], line, self.end);
        self.used = (whole, lines);
        Ok(Some(Block { pieces, too_long: None }))
    }

    /// A line longer than a block: let go of it up to its end.
    fn pass_over_line(&mut self) -> Result<(), Unreadable> {
        loop {
            self.held = 0;
            self.fill()?;
            if let Some(at) = memchr(self.end, self.bytes()) {
                self.pass(at + 1);
                self.line += 1;
                return Ok(());
            }
            if self.ended {
                self.held = 0;
                return Ok(());
            }
        }
    }
}

/// Whole lines in pieces of much the same size, each with its first line, and how many lines they are.
fn pieces(block: &[u8], first: u64, end: u8) -> (Vec<(&[u8], u64)>, u64) {
    let (mut at, mut line) = (0, first);
    let mut out = Vec::new();
    while at < block.len() {
        let from = (at + PIECE_BYTES).min(block.len());
        let to = memchr(end, &block[from..]).map_or(block.len(), |i| from + i + 1);
        let piece = &block[at..to];
        out.push((piece, line));
        line += memchr_iter(end, piece).count() as u64;
        at = to;
    }
    (out, line - first)
}
