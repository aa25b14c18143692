//! What leaves the store: a home that asked to be erased, and what is older than its term.

use jiff::Timestamp;

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
    pub coarse: Vec<Coarse>,
    /// Flags of visits that stay exact and would lose one with those that do not.
    pub flags: Vec<Visit>,
    /// Contents of rows refused or corrected before this.
    pub refused_before: Timestamp,
    /// Lines of the audit before this.
    pub audit_before: Timestamp,
}

/// How much left, or would.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retained {
    /// Visits made coarse.
    pub visits: u64,
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
