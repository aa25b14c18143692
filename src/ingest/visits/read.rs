//! Visits in pieces, in the order of the file: a province has millions, and each piece is placed and stored while
//! the next is read.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::sync::Arc;

use hashbrown::hash_table::{Entry, HashTable};

use super::columns::Columns;
use super::seen::LeftOut;
use super::{MADE, gpx, other_ids, server, source_id, visit};
use crate::ingest::header::Header;
use crate::ingest::stream::{BATCH_ROWS, Stop};
use crate::ingest::table::{Record, Table};
use crate::ingest::{Headings, Options, Read, Unreadable, Warning};
use crate::model::correction::Corrected;
use crate::model::refusal::{Batch, Parts, Reason, Reject};
use crate::model::visit::VisitRecord;

/// Visits that follow each other in their file.
pub struct Piece {
    pub batch: Batch<VisitRecord>,
    /// Ids of refused forms that their server has rejected or deleted, and their other ids.
    pub withdrawn: Vec<(String, Vec<String>)>,
    /// The file says of every form whether it is.
    pub says_withdrawn: bool,
    /// Cells of these rows that were read as a correction says.
    pub corrected: Vec<Corrected>,
    /// Of the whole file.
    pub headings: Arc<Headings>,
    /// The files of an archive that the rows are from.
    pub parts: Arc<Parts>,
    /// The file itself has a column of communes, whatever its rows say in it.
    pub has_communes: bool,
}

/// Reads visits from CSV, ODK Central CSV, GeoJSON or any table that GDAL reads.
///
/// # Errors
/// The file as a whole cannot be read, or has no time or no result.
pub fn read(path: &Path, options: &Options) -> Result<Read<VisitRecord>, Unreadable> {
    let (mut batch, mut corrected) = (Batch::default(), Vec::new());
    let read = read_pieces(path, options, &mut |piece| {
        batch.rows.extend(piece.batch.rows);
        batch.rejects.extend(piece.batch.rejects);
        corrected.extend(piece.corrected);
        Ok(())
    })?;
    Ok(Read { batch, corrected, ..read })
}

/// As [`read`], its rows in pieces. A file with corrections is one piece: only its end tells which of them found their row.
///
/// # Errors
/// As [`read`], and [`Unreadable::Stopped`] where the receiver wants no more.
pub fn read_pieces(
    path: &Path,
    options: &Options,
    each: &mut dyn FnMut(Piece) -> Result<(), Stop>,
) -> Result<Read<VisitRecord>, Unreadable> {
    let options = &stated(options);
    let mut table = open(path, options)?;
    let columns = Columns::find(&table, options)?;
    let headings = Arc::new(columns.headings(&table.header, table.mending.own_width(&table.header)));
    let parts = Arc::new(std::mem::take(&mut table.parts));
    let own_width = table.mending.own_width(&table.header);
    let has_communes = [columns.commune_code, columns.commune].iter().flatten().any(|at| *at < own_width);
    let most = if options.corrections.is_empty() { BATCH_ROWS } else { usize::MAX };
    let says_withdrawn = columns.review.or(columns.deleted).is_some();
    let mut seen = SeenIds::with_room(table.rows_expected());
    let mut alike = Alike::of(&table.header);
    let (mut homeless, mut left_out) = (0, LeftOut::default());
    // What opening the file has refused goes with the rows around it.
    let mut early = std::mem::take(&mut table.rejects);
    early.sort_by_key(|reject| reject.line);
    let mut had_rows = false;
    loop {
        let (mut batch, mut withdrawn) = (Batch::default(), Vec::new());
        let mut last = None;
        while batch.rows.len() + batch.rejects.len() < most
            && let Some(next) = table.next()
        {
            let read = next.and_then(|record| {
                let read =
                    visit(&record, &columns, (&table, options), &mut left_out).map(|row| (row, alike.dropped(&record)));
                read.inspect_err(|reject| {
                    if server::is_withdrawn(&reject.reason) {
                        let id = source_id(&record, None, &columns, (&table.header, options));
                        withdrawn.push((id, other_ids(&record, &columns)));
                    }
                })
            });
            match read {
                Ok((mut row, dropped)) => {
                    last = Some(row.line);
                    let dropped = dropped.filter(|_| row.value.source_id.starts_with(MADE));
                    let whole = dropped.map(|cells| format!("{}{cells}", row.value.source_id));
                    match seen.before(whole.as_ref().unwrap_or(&row.value.source_id), row.line) {
                        Some(line) => {
                            let name = columns.id.first().map_or("", |at| table.header.name(*at));
                            batch.rejects.push(Reject::new(row.line, name, "", Reason::Duplicate { line }));
                        }
                        None => {
                            if whole.is_some() {
                                alike.tell_apart(&mut row.value.source_id);
                            }
                            homeless += u64::from(row.value.household.is_none() && row.value.point.is_none());
                            batch.rows.push(row);
                        }
                    }
                }
                Err(reject) => {
                    last = Some(reject.line);
                    batch.rejects.push(reject);
                }
            }
        }
        let ended = batch.rows.len() + batch.rejects.len() < most;
        let due = if ended { early.len() } else { early.partition_point(|reject| Some(reject.line) <= last) };
        batch.rejects.extend(early.drain(..due));
        if ended {
            table.mending.settle(&mut batch.rejects, &table.header);
        }
        batch.rejects.sort_by_key(|reject| reject.line);
        had_rows |= !batch.rows.is_empty() || !batch.rejects.is_empty();
        let corrected = std::mem::take(&mut table.mending.corrected);
        let (headings, parts) = (Arc::clone(&headings), Arc::clone(&parts));
        each(Piece { batch, withdrawn, says_withdrawn, corrected, headings, parts, has_communes })
            .map_err(|Stop| Unreadable::Stopped)?;
        if ended {
            break;
        }
    }
    let profile = if is_of_odk(&table.header) { "odk_central" } else { table.profile };
    if profile == "geojson" && columns.accuracy.is_none() && is_of_a_server(&table.header) {
        table.warnings.push(Warning::LossyGeoJson);
    }
    if table.profile != gpx::PROFILE {
        table.warnings.extend(table.unread(&columns.used()));
    }
    table.warnings.extend(left_out.warnings(&table.header));
    if homeless > 1 && columns.household.is_none() {
        table.warnings.push(Warning::NoHomes { rows: homeless });
    }
    let assumed = columns.point.axes_taken(&table.header);
    let headings = Arc::unwrap_or_clone(headings);
    Ok(Read { profile, ..Read::besides_rows(table, had_rows, assumed, headings) })
}

/// The table of a file of visits, whatever it is written in.
pub(in crate::ingest) fn open(path: &Path, options: &Options) -> Result<Table, Unreadable> {
    match gpx::open(path, options)? {
        Some(table) => Ok(table),
        None => Table::open_by_sheet(path, options),
    }
}

/// Ids of rows whose file has none.
pub(in crate::ingest) struct Ids {
    columns: Columns,
    alike: Alike,
    /// What the rows so far were made to be, by all of their cells.
    known: HashMap<String, String>,
}

impl Ids {
    pub(in crate::ingest) fn of(table: &Table, options: &Options) -> Result<Self, Unreadable> {
        let columns = Columns::find(table, options)?;
        Ok(Self { columns, alike: Alike::of(&table.header), known: HashMap::new() })
    }

    /// Columns of ids and of times, where long numbers are neither phones nor identity cards.
    pub(in crate::ingest) fn of_numbers(&self) -> impl Iterator<Item = usize> {
        self.columns
            .id
            .iter()
            .copied()
            .chain(self.columns.time)
            .chain(self.columns.filled.into_iter().flat_map(|(start, end)| [start, end]))
    }

    /// The id that is made of a row; `None` where it brings one. Rows come in the order of the file, all of them.
    pub(in crate::ingest) fn made(&mut self, record: &Record, table: &Table, options: &Options) -> Option<String> {
        let point = self.columns.point.of(record, &table.header).ok().flatten();
        let mut id = source_id(record, point, &self.columns, (&table.header, options));
        if !id.starts_with(MADE) {
            return None;
        }
        let Some(dropped) = self.alike.dropped(record) else { return Some(id) };
        let whole = format!("{id}{dropped}");
        if let Some(known) = self.known.get(&whole) {
            return Some(known.clone());
        }
        self.alike.tell_apart(&mut id);
        self.known.insert(whole, id.clone());
        Some(id)
    }
}

fn is_of_odk(header: &Header) -> bool {
    header.has(&["key"]) && header.has(&["submissiondate"])
}

/// Columns that servers of forms add.
fn is_of_a_server(header: &Header) -> bool {
    header.has(&["fieldpath", "submission_time", "version", "xform_id_string", "meta_instanceid", "instanceid", "uuid"])
}

/// Rows without an id that are alike but for their personal columns: two families of a day are two visits. What tells
/// them apart is held against the rows of the same file and kept nowhere; each but the first has its number in its id.
struct Alike {
    personal: Vec<usize>,
    counts: HashMap<String, u32>,
}

impl Alike {
    fn of(header: &Header) -> Self {
        let personal = (0..header.len()).filter(|at| header.is_personal(*at)).collect();
        Self { personal, counts: HashMap::new() }
    }

    /// What a row says under personal headings; nothing in a table that has none.
    fn dropped(&self, record: &Record) -> Option<String> {
        let mut cells = String::new();
        for at in &self.personal {
            cells.extend(["\u{1f}", record.get(Some(*at)).trim()]);
        }
        (!self.personal.is_empty()).then_some(cells)
    }

    fn tell_apart(&mut self, id: &mut String) {
        let count = self.counts.entry(id.clone()).or_default();
        *count += 1;
        if *count > 1 {
            *id = format!("{id}#{count}");
        }
    }
}

/// The ids of the rows so far, each as two hashes of its own key: of millions no two meet by chance.
struct SeenIds {
    ids: HashTable<(u64, u64, u64)>,
    hashers: [RandomState; 2],
}

impl SeenIds {
    fn with_room(rows: usize) -> Self {
        Self { ids: HashTable::with_capacity(rows), hashers: [RandomState::new(), RandomState::new()] }
    }

    /// The line of the row before with this id; else this is the first.
    fn before(&mut self, id: &str, line: u64) -> Option<u64> {
        let [first, second] = self.hashers.each_ref().map(|hasher| hasher.hash_one(id));
        match self.ids.entry(first, |known| (known.0, known.1) == (first, second), |known| known.0) {
            Entry::Occupied(known) => Some(known.get().2),
            Entry::Vacant(free) => {
                free.insert((first, second, line));
                None
            }
        }
    }
}

/// The system of coordinates that a profile states; a person's own word is stronger.
fn stated(options: &Options) -> Options {
    let of_profile = options.visits.as_deref().and_then(|profile| profile.crs_epsg);
    Options { crs_epsg: options.crs_epsg.or(of_profile), ..options.clone() }
}
