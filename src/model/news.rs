//! What has become of the visits of a store since they were last read.

use super::visit::Visit;

/// How far visits were read; the default is before the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// The last row.
    pub row: i64,
    /// Its id at the source, by which rows that were numbered anew are recognised.
    pub id: String,
    /// The last entry of the store's log of changed rows.
    pub change: i64,
}

/// One piece of news.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// All that was read before is to be forgotten: the store no longer knows what has changed. Comes first, if at all.
    Anew,
    /// A row is new or has changed.
    Stands(i64, Visit),
    /// A row is no longer there.
    Gone(i64),
}
