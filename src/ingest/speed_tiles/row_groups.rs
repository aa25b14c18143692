//! Tiles from Parquet, a row group at a time.
//!
//! Ookla's file of one quarter holds some six million tiles of the whole
//! world. Of each group the quadkeys are read first, and the other columns
//! only where one of them is near. The file is not trusted: the reader below
//! may panic on damage, which is caught here and told as such.

use std::cell::Cell;
use std::fs::File;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Once};

use jiff::{Timestamp, ToSpan};
use parquet::column::reader::ColumnReader;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::Type;

use crate::ingest::header::Header;
use crate::ingest::stream::{BATCH_ROWS, Out, Sink, Summary};
use crate::ingest::{Options, Unreadable};
use crate::model::measure::local_day;
use crate::model::refusal::Batch;
use crate::model::speed::SpeedTile;

use super::row::{Counted, Reader, quadkey};

/// Quadkeys decoded at once.
const KEYS_AT_ONCE: usize = 8_192;

pub(super) fn read(path: &Path, options: &Options, sink: Sink<'_, SpeedTile>) -> Result<Summary, Unreadable> {
    quiet();
    GUARDED.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(|| trusting(path, options, sink)));
    GUARDED.set(false);
    outcome.unwrap_or_else(|_| Err(Unreadable::Parquet("damaged".to_owned())))
}

thread_local! {
    /// This thread is reading, and a panic is a fault of the file.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Keeps what such a panic says off standard error: the error says it.
fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |about| {
            if !GUARDED.get() {
                before(about);
            }
        }));
    });
}

fn trusting(path: &Path, options: &Options, sink: Sink<'_, SpeedTile>) -> Result<Summary, Unreadable> {
    let file = SerializedFileReader::new(File::open(path)?).map_err(broken)?;
    let about = file.metadata().file_metadata();
    let fields = about.schema().get_fields();
    let header = Header::new(fields.iter().map(|field| field.name().to_owned()).collect());
    let columns = super::columns(&header, path, options, false)?;
    let used = columns.used();
    let wanted = used.iter().map(|at| Arc::clone(&fields[*at])).collect();
    let projection = Type::group_type_builder(about.schema().name()).with_fields(wanted).build().map_err(broken)?;
    let key = columns.quadkey.and_then(|at| leaf(&file, fields[at].name()));

    // Numbers are numbers here: no comma is a decimal sign.
    let reader = Reader::new(&columns, &header, false, options);
    let (mut out, mut counted) = (Out::new(sink), Counted::default());
    let mut line = 0_u64;
    for group in 0..file.num_row_groups() {
        let group = file.get_row_group(group).map_err(broken)?;
        let near = match key {
            Some(key) => near(&*group, key, &reader)?,
            None => None,
        };
        let rows = u64::try_from(group.metadata().num_rows()).unwrap_or(0);
        if near.as_ref().is_some_and(Vec::is_empty) {
            counted.elsewhere += rows;
            line += rows;
            continue;
        }
        let mut near = near.map(|rows| rows.into_iter().peekable());
        let mut batch = Batch::default();
        for (row, at) in group.get_row_iter(Some(projection.clone())).map_err(broken)?.zip(0_usize..) {
            line += 1;
            if let Some(near) = &mut near
                && near.next_if_eq(&at).is_none()
            {
                counted.elsewhere += 1;
                continue;
            }
            let row = row.map_err(broken)?;
            let mut cells = vec![String::new(); header.len()];
            for ((_, field), at) in row.get_column_iter().zip(&used) {
                cells[*at] = text(field);
            }
            let cell = |column: Option<usize>| column.and_then(|at| cells.get(at)).map_or(&b""[..], |c| c.as_bytes());
            reader.take(line, &cell, None, &mut batch, &mut counted);
            if batch.rows.len() + batch.rejects.len() >= BATCH_ROWS {
                out.take(std::mem::take(&mut batch))?;
            }
        }
        out.take(batch)?;
    }
    super::finish(out, "parquet", &header, (Vec::new(), counted, &columns))
}

/// The column of texts that a field at the top is; none for a field of several or of another type.
fn leaf(file: &SerializedFileReader<File>, name: &str) -> Option<usize> {
    let schema = file.metadata().file_metadata().schema_descr();
    schema.columns().iter().position(|column| {
        column.path().parts() == [name]
            && column.physical_type() == parquet::basic::Type::BYTE_ARRAY
            && column.max_rep_level() == 0
    })
}

/// Rows of a group whose key is near or cannot be read; `None` where all must be looked at.
fn near(group: &dyn RowGroupReader, key: usize, reader: &Reader<'_>) -> Result<Option<Vec<usize>>, Unreadable> {
    let ColumnReader::ByteArrayColumnReader(mut keys) = group.get_column_reader(key).map_err(broken)? else {
        return Ok(None);
    };
    let full = group.metadata().column(key).column_descr().max_def_level();
    let (mut near, mut row) = (Vec::new(), 0);
    let (mut values, mut levels): (Vec<ByteArray>, Vec<i16>) = (Vec::new(), Vec::new());
    loop {
        values.clear();
        levels.clear();
        let levelled = (full > 0).then_some(&mut levels);
        let (records, ..) = keys.read_records(KEYS_AT_ONCE, levelled, None, &mut values).map_err(broken)?;
        if records == 0 {
            return Ok(Some(near));
        }
        let mut known = values.iter();
        for at in 0..records {
            let is_there = full == 0 || levels.get(at) == Some(&full);
            let key = if is_there { known.next() } else { None };
            if key.and_then(|key| quadkey(key.data())).is_none_or(|tile| reader.keeps(tile)) {
                near.push(row + at);
            }
        }
        row += records;
    }
}

/// A value as a table would write it; what has no place in a cell is empty.
fn text(field: &Field) -> String {
    let day = |milliseconds: i64| Timestamp::from_millisecond(milliseconds).map(|at| local_day(at).to_string());
    match field {
        Field::Str(text) => text.clone(),
        Field::Bytes(bytes) => bytes.as_utf8().unwrap_or_default().to_owned(),
        Field::Float(value) if value.is_nan() => String::new(),
        Field::Double(value) if value.is_nan() => String::new(),
        Field::Float(value) => value.to_string(),
        Field::Double(value) => value.to_string(),
        Field::Date(days) => {
            let day = jiff::civil::date(1970, 1, 1).checked_add(i64::from(*days).days());
            day.map_or_else(|_| String::new(), |day| day.to_string())
        }
        Field::TimestampMillis(at) => day(*at).unwrap_or_default(),
        Field::TimestampMicros(at) => day(at.div_euclid(1_000)).unwrap_or_default(),
        Field::Null | Field::Group(_) | Field::ListInternal(_) | Field::MapInternal(_) => String::new(),
        number => number.to_string(),
    }
}

fn broken(error: ParquetError) -> Unreadable {
    Unreadable::Parquet(error.to_string())
}
