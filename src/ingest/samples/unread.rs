//! Columns of a home-made table that nothing was taken from, so that nobody takes them for read.

use super::columns::Columns;
use super::row::first_lines;
use crate::ingest::header::Header;
use crate::ingest::table::unread::{is_of_no_use, not_read};
use crate::ingest::{Warning, number};

/// Those with something in the first lines. An app writes many columns, and which of them are read is known.
pub(super) fn warning(columns: &Columns, header: &Header, first: &[u8], end: u8) -> Option<Warning> {
    if columns.profile != "canonical" {
        return None;
    }
    let used = columns.used();
    let is_told = |at: &usize| !used.contains(at) && !header.is_personal(*at) && !is_of_no_use(header.name(*at));
    let left: Vec<usize> = (0..header.len()).filter(is_told).collect();
    if left.is_empty() {
        return None;
    }
    let mut filled = vec![false; left.len()];
    first_lines((columns, header), first, end, &mut |line| {
        for (filled, at) in filled.iter_mut().zip(&left) {
            *filled |= !number::is_missing(line.get(Some(*at)));
        }
    });
    not_read(left.iter().zip(&filled).filter(|(_, filled)| **filled).map(|(at, _)| header.name(*at)))
}
