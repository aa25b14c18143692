//! What a server of forms says of a form beside its answers: whether somebody checked it, and whether it is still there.
//!
//! ODK Central has `reviewState` and `deletedAt`, KoboToolbox `_validation_status` as key and as label, Ona
//! `_review_status` as a number in its JSON and as a word in its tables.

use super::Columns;
use crate::ingest::header::Header;
use crate::ingest::number;
use crate::ingest::privacy;
use crate::ingest::table::Record;
use crate::ingest::text;
use crate::model::refusal::{Reason, Reject};

/// The word of a person at the server, without what forms of writing it differ in.
pub(super) struct Review(String);

impl Review {
    pub(super) fn of(record: &Record, columns: &Columns) -> Self {
        Self(text::fold(record.get(columns.review)).replace(['_', ' '], ""))
    }

    fn is_rejected(&self) -> bool {
        matches!(self.0.as_str(), "rejected" | "validationstatusnotapproved" | "notapproved" | "2")
    }

    /// Held back for another look: at Ona every form that nobody has approved.
    pub(super) fn has_issues(&self) -> bool {
        matches!(self.0.as_str(), "hasissues" | "validationstatusonhold" | "onhold" | "pending" | "3")
    }

    /// What a form that counts nowhere is refused with.
    pub(super) fn refusal(&self, record: &Record, columns: &Columns, header: &Header) -> Option<Reject> {
        let refuse = |column: Option<usize>, found: &str, reason: Reason| {
            Some(Reject::new(record.line, header.name(column.unwrap_or_default()), found, reason))
        };
        if self.is_rejected() {
            // One of the words above, and no other.
            return refuse(columns.review, record.get(columns.review), Reason::RejectedAtServer);
        }
        let deleted = record.get(columns.deleted);
        if number::is_missing(deleted.as_bytes()) {
            return None;
        }
        refuse(columns.deleted, &privacy::mask_words(deleted), Reason::DeletedAtServer)
    }
}

/// Whether a form was refused for what its server says of it.
pub(super) fn is_withdrawn(reason: &Reason) -> bool {
    matches!(reason, Reason::RejectedAtServer | Reason::DeletedAtServer)
}

pub(super) fn review(header: &Header) -> Option<usize> {
    header.find(&["reviewstate", "review_state", "validation_status_uid", "validation_status", "review_status"])
}
