//! What leaves the store: a home that asked to be erased, and what is older than its term.

use jiff::Timestamp;
use jiff::civil::Date;

use super::import::Epoch;
use super::sample::Sample;
use super::visit::Visit;

/// What was erased of one home.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    pub visits: u64,
    /// Decisions about them.
    pub decisions: u64,
    /// Cells of refused and of corrected rows that may have been of this home.
    pub cells: u64,
}

/// A visit whose term has ended, and what is kept of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Coarse {
    /// The id that it had.
    pub source_id: String,
    /// Without position, day and id, and with its flags as they were.
    pub visit: Visit,
    /// The key of its home was replaced too: none of its visits is younger.
    pub is_rekeyed: bool,
}

/// What is to leave.
#[derive(Clone, Debug)]
pub struct Retention {
    /// What it was worked out from.
    pub made_from: Epoch,
    pub coarse: Vec<Coarse>,
    /// Flags of visits that stay exact and would lose one with those that do not.
    pub flags: Vec<Visit>,
    /// Contents of rows refused or corrected before this.
    pub refused_before: Timestamp,
    /// Lines of the audit before this.
    pub audit_before: Timestamp,
}

/// Which measurements lose their phone, and what stands in its place.
#[derive(Clone, Copy)]
pub struct PhoneTerm<'a> {
    /// The first local day that keeps its phones.
    pub since: Date,
    /// From here on every measurement keeps its phone.
    pub until: Timestamp,
    /// The day for which a measurement keeps what tells its phone from others; `None` within the term.
    pub day: &'a (dyn Fn(&Sample) -> Option<Date> + Sync),
    /// A phone of one day, from which neither the phone nor another day of it is found.
    pub hide: &'a (dyn Fn(u64, Date) -> u64 + Sync),
}

/// How much left, or would.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retained {
    /// Visits made coarse.
    pub visits: u64,
    /// Measurements whose phone is one of their day from now on.
    pub measurements: u64,
    /// Cells of refused and of corrected rows.
    pub cells: u64,
    pub audit: u64,
}

impl Retained {
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}
