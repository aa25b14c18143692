//! Prepared statements without the courier, and the SQL functions that a GeoPackage needs.
//!
//! `sqlx` carries every value of every row across a channel to a worker
//! thread. For two million readings that is most of the work, so the row
//! tables go straight to SQLite's own statements, on the same connection and
//! inside the same transaction. `sqlx` also has no way to define an SQL
//! function, and the triggers of a GeoPackage's spatial index call five.
//!
//! This is the one file of the room with `unsafe`. Nothing unsafe leaves it:
//! statements borrow the locked connection, values borrow their row.

#![expect(unsafe_code, reason = "SQLite's C interface has no safe face for bulk rows and SQL functions in sqlx 0.9")]

use std::ffi::{CStr, c_int, c_void};
use std::marker::PhantomData;
use std::ptr::{self, NonNull};

use libsqlite3_sys as ffi;
use sqlx::sqlite::{LockedSqliteHandle, SqliteConnection};

use crate::store::StoreError;

/// One value on its way into a row. It borrows from the row.
#[derive(Clone, Copy, Debug)]
pub(super) enum Put<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'a str),
    Blob(&'a [u8]),
}

impl From<i64> for Put<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u32> for Put<'_> {
    fn from(value: u32) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<bool> for Put<'_> {
    fn from(value: bool) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<f64> for Put<'_> {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}

impl<'a> From<&'a str> for Put<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a [u8]> for Put<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Blob(value)
    }
}

impl<'a, T: Into<Put<'a>>> From<Option<T>> for Put<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Runs `work` on the raw connection while `sqlx` keeps its hands off it.
///
/// The work blocks: on a runtime with several threads the others take over.
pub(super) async fn with<T>(
    connection: &mut SqliteConnection,
    work: impl FnOnce(&Raw<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    use tokio::runtime::{Handle, RuntimeFlavor};

    let mut handle = connection.lock_handle().await?;
    let raw = Raw::new(&mut handle);
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(|| work(&raw)),
        _ => work(&raw),
    }
}

/// The connection, lent by `sqlx` for as long as its handle is locked.
pub(super) struct Raw<'c> {
    db: NonNull<ffi::sqlite3>,
    lent: PhantomData<&'c mut ()>,
}

impl<'c> Raw<'c> {
    fn new(handle: &'c mut LockedSqliteHandle<'_>) -> Self {
        Self { db: handle.as_raw_handle(), lent: PhantomData }
    }

    /// Compiles one statement. `sql` is ours, never a reader's.
    pub(super) fn prepare(&self, sql: &str) -> Result<Statement<'_>, StoreError> {
        let length = c_int::try_from(sql.len()).unwrap_or(c_int::MAX);
        let mut statement = ptr::null_mut();
        // SAFETY: `db` is open while `self` lives; `sql` is `length` bytes long.
        let code = unsafe {
            ffi::sqlite3_prepare_v3(
                self.db.as_ptr(),
                sql.as_ptr().cast(),
                length,
                ffi::SQLITE_PREPARE_PERSISTENT,
                &raw mut statement,
                ptr::null_mut(),
            )
        };
        match NonNull::new(statement) {
            Some(statement) if code == ffi::SQLITE_OK => {
                // SAFETY: `statement` was prepared a line above.
                let (binds, columns) = unsafe {
                    (
                        ffi::sqlite3_bind_parameter_count(statement.as_ptr()),
                        ffi::sqlite3_column_count(statement.as_ptr()),
                    )
                };
                Ok(Statement { db: self.db, statement, binds, columns, lent: PhantomData })
            }
            _ => Err(self.error()),
        }
    }

    /// The one number of a statement such as `SELECT count(*) FROM …`.
    pub(super) fn number(&self, sql: &str) -> Result<i64, StoreError> {
        let mut statement = self.prepare(sql)?;
        Ok(if statement.next()? { statement.int(0).unwrap_or(0) } else { 0 })
    }

    /// Runs a statement once.
    pub(super) fn run(&self, sql: &str, values: &[Put<'_>]) -> Result<u64, StoreError> {
        self.prepare(sql)?.run(values)
    }

    fn error(&self) -> StoreError {
        last_error(self.db)
    }
}

/// A compiled statement; dropped before the connection is given back.
pub(super) struct Statement<'r> {
    db: NonNull<ffi::sqlite3>,
    statement: NonNull<ffi::sqlite3_stmt>,
    binds: c_int,
    columns: c_int,
    lent: PhantomData<&'r ()>,
}

impl Statement<'_> {
    /// Runs to the end with these values, one for each `?`, and tells how many rows changed.
    pub(super) fn run(&mut self, values: &[Put<'_>]) -> Result<u64, StoreError> {
        let outcome = self.run_bound(values);
        self.let_go();
        outcome
    }

    fn let_go(&mut self) {
        // SAFETY: the statement is alive while `self` is. From here on it holds no pointer into values.
        unsafe {
            ffi::sqlite3_reset(self.statement.as_ptr());
            ffi::sqlite3_clear_bindings(self.statement.as_ptr());
        }
    }

    /// The number that a question with these values finds first.
    pub(super) fn find(&mut self, values: &[Put<'_>]) -> Result<Option<i64>, StoreError> {
        let outcome =
            self.bind_all(values).and_then(|()| self.next()).map(|found| found.then(|| self.int(0)).flatten());
        self.let_go();
        outcome
    }

    fn run_bound(&mut self, values: &[Put<'_>]) -> Result<u64, StoreError> {
        self.bind_all(values)?;
        while self.next()? {}
        // SAFETY: `db` is open while `self` lives.
        let changed = unsafe { ffi::sqlite3_changes64(self.db.as_ptr()) };
        Ok(u64::try_from(changed).unwrap_or(0))
    }

    fn bind_all(&mut self, values: &[Put<'_>]) -> Result<(), StoreError> {
        if usize::try_from(self.binds) != Ok(values.len()) {
            let message = format!("{} values for {} places", values.len(), self.binds);
            return Err(StoreError::Sqlite { code: ffi::SQLITE_RANGE, message });
        }
        for (place, value) in (1..).zip(values) {
            self.bind(place, *value)?;
        }
        Ok(())
    }

    fn bind(&mut self, place: c_int, value: Put<'_>) -> Result<(), StoreError> {
        let statement = self.statement.as_ptr();
        // SAFETY: `place` is one of the statement's. Texts and blobs are bound as static, that is not copied:
        // `run` and `find` hold the borrow until they have cleared the bindings, so SQLite never reads one that is gone.
        let code = unsafe {
            match value {
                Put::Null => ffi::sqlite3_bind_null(statement, place),
                Put::Int(number) => ffi::sqlite3_bind_int64(statement, place, number),
                Put::Real(number) => ffi::sqlite3_bind_double(statement, place, number),
                Put::Text(text) => {
                    let utf8 = u8::try_from(ffi::SQLITE_UTF8).unwrap_or(1);
                    ffi::sqlite3_bind_text64(statement, place, text.as_ptr().cast(), text.len() as u64, None, utf8)
                }
                Put::Blob(bytes) => {
                    ffi::sqlite3_bind_blob64(statement, place, bytes.as_ptr().cast(), bytes.len() as u64, None)
                }
            }
        };
        if code == ffi::SQLITE_OK { Ok(()) } else { Err(last_error(self.db)) }
    }

    /// Steps to the next row; `false` at the end.
    pub(super) fn next(&mut self) -> Result<bool, StoreError> {
        // SAFETY: the statement is alive while `self` is.
        match unsafe { ffi::sqlite3_step(self.statement.as_ptr()) } {
            ffi::SQLITE_ROW => Ok(true),
            ffi::SQLITE_DONE => Ok(false),
            _ => Err(last_error(self.db)),
        }
    }

    /// A whole number; `None` for NULL and for anything that is not one.
    pub(super) fn int(&self, column: c_int) -> Option<i64> {
        // SAFETY: the column is checked; a statement not on a row gives NULL.
        unsafe {
            (self.kind(column) == ffi::SQLITE_INTEGER)
                .then(|| ffi::sqlite3_column_int64(self.statement.as_ptr(), column))
        }
    }

    /// A number, whole or not.
    pub(super) fn real(&self, column: c_int) -> Option<f64> {
        // SAFETY: as in `int`.
        unsafe {
            matches!(self.kind(column), ffi::SQLITE_FLOAT | ffi::SQLITE_INTEGER)
                .then(|| ffi::sqlite3_column_double(self.statement.as_ptr(), column))
        }
    }

    /// A text in UTF-8. It lives until the statement moves.
    pub(super) fn text(&self, column: c_int) -> Option<&str> {
        (self.kind(column) == ffi::SQLITE_TEXT).then(|| self.bytes(column)).and_then(|b| std::str::from_utf8(b).ok())
    }

    /// A blob. It lives until the statement moves.
    pub(super) fn blob(&self, column: c_int) -> Option<&[u8]> {
        (self.kind(column) == ffi::SQLITE_BLOB).then(|| self.bytes(column))
    }

    pub(super) fn is_null(&self, column: c_int) -> bool {
        self.kind(column) == ffi::SQLITE_NULL
    }

    fn kind(&self, column: c_int) -> c_int {
        if !(0..self.columns).contains(&column) {
            return ffi::SQLITE_NULL;
        }
        // SAFETY: the column exists; a statement not on a row gives NULL.
        unsafe { ffi::sqlite3_column_type(self.statement.as_ptr(), column) }
    }

    fn bytes(&self, column: c_int) -> &[u8] {
        // SAFETY: only called for text and blobs of the row at hand. The pointer is good until the statement moves,
        // and moving it takes `&mut self`. `sqlite3_column_bytes` comes second, as SQLite asks.
        unsafe {
            let start = ffi::sqlite3_column_blob(self.statement.as_ptr(), column).cast::<u8>();
            let length = usize::try_from(ffi::sqlite3_column_bytes(self.statement.as_ptr(), column)).unwrap_or(0);
            if start.is_null() { &[] } else { std::slice::from_raw_parts(start, length) }
        }
    }
}

impl Drop for Statement<'_> {
    fn drop(&mut self) {
        // SAFETY: prepared by us, finalised once.
        unsafe { ffi::sqlite3_finalize(self.statement.as_ptr()) };
    }
}

fn last_error(db: NonNull<ffi::sqlite3>) -> StoreError {
    // SAFETY: `db` is open; the message is a C string that lives until the next call, and is copied here.
    let (code, message) = unsafe {
        let message = ffi::sqlite3_errmsg(db.as_ptr());
        let message =
            if message.is_null() { String::new() } else { CStr::from_ptr(message).to_string_lossy().into_owned() };
        (ffi::sqlite3_extended_errcode(db.as_ptr()), message)
    };
    StoreError::from_sqlite(code, message)
}

/// Which number of the header a function returns.
const FUNCTIONS: [(&CStr, usize); 5] =
    [(c"ST_MinX", 0), (c"ST_MaxX", 1), (c"ST_MinY", 2), (c"ST_MaxY", 3), (c"ST_IsEmpty", IS_EMPTY)];
const IS_EMPTY: usize = 4;

/// Defines the functions that the triggers of the spatial index call. Needed on every connection that writes.
pub(super) async fn define_spatial_functions(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut handle = connection.lock_handle().await?;
    for (name, which) in FUNCTIONS {
        let flags = ffi::SQLITE_UTF8 | ffi::SQLITE_DETERMINISTIC | ffi::SQLITE_INNOCUOUS;
        // SAFETY: the connection is locked for us; `which` travels as a number in the pointer and is never followed.
        let code = unsafe {
            ffi::sqlite3_create_function_v2(
                handle.as_raw_handle().as_ptr(),
                name.as_ptr(),
                1,
                flags,
                ptr::without_provenance_mut::<c_void>(which),
                Some(envelope_function),
                None,
                None,
                None,
            )
        };
        if code != ffi::SQLITE_OK {
            return Err(sqlx::Error::Protocol(format!("cannot define {}: {code}", name.to_string_lossy())));
        }
    }
    Ok(())
}

/// `ST_MinX` and its sisters: they read the envelope from the header of the blob.
unsafe extern "C" fn envelope_function(
    context: *mut ffi::sqlite3_context,
    _: c_int,
    args: *mut *mut ffi::sqlite3_value,
) {
    // SAFETY: SQLite calls with one argument, as declared; the blob lives for the length of the call.
    unsafe {
        let which = ffi::sqlite3_user_data(context).addr();
        let value = *args;
        if ffi::sqlite3_value_type(value) != ffi::SQLITE_BLOB {
            ffi::sqlite3_result_null(context);
            return;
        }
        let start = ffi::sqlite3_value_blob(value).cast::<u8>();
        let length = usize::try_from(ffi::sqlite3_value_bytes(value)).unwrap_or(0);
        let blob = if start.is_null() { &[][..] } else { std::slice::from_raw_parts(start, length) };
        match super::shape::envelope(blob) {
            envelope if which == IS_EMPTY => ffi::sqlite3_result_int(context, c_int::from(envelope.is_none())),
            Some(envelope) => ffi::sqlite3_result_double(context, envelope.get(which).copied().unwrap_or(f64::NAN)),
            None => ffi::sqlite3_result_null(context),
        }
    }
}
