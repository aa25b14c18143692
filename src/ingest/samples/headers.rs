//! Headers in the middle of a log that name its columns in another order.
//!
//! Logs that were put together have them. What stands below one would be read
//! under the wrong headings (an RSSI as a power), so it is refused until the header
//! of the beginning comes again. Pieces of a log are read beside each other, so
//! where headers stand is kept aside, and rows are sifted in the order of the file.

use std::sync::Mutex;

use crate::ingest::header::Header;
use crate::ingest::lines::Line;
use crate::ingest::number;
use crate::model::refusal::{Batch, Reason, Reject};
use crate::model::sample::Sample;

/// Lines of headers, each with whether it is that of the beginning.
#[derive(Default)]
pub(super) struct Headers(Mutex<Vec<(u64, bool)>>);

impl Headers {
    pub(super) fn saw(&self, line: u64, is_first: bool) {
        if let Ok(mut seen) = self.0.lock() {
            seen.push((line, is_first));
        }
    }

    /// Refuses what stands below another header. All lines before those of the batch have been read.
    pub(super) fn sift(&self, batch: &mut Batch<Sample>) {
        let Ok(mut seen) = self.0.lock() else { return };
        if seen.iter().all(|(_, is_first)| *is_first) {
            return;
        }
        seen.sort_unstable();
        let above = |line: u64| {
            let last = seen.iter().rev().find(|(at, _)| *at <= line)?;
            (!last.1).then_some(last.0)
        };
        let refused = |line: u64, header: u64| Reject::new(line, "", "", Reason::OtherHeader { line: header });
        for reject in &mut batch.rejects {
            if let Some(header) = above(reject.line) {
                *reject = refused(reject.line, header);
            }
        }
        let Batch { rows, rejects } = batch;
        rows.retain(|row| match above(row.line) {
            Some(header) => {
                rejects.push(refused(row.line, header));
                false
            }
            None => true,
        });
        rejects.sort_by_key(|reject| reject.line);
    }
}

/// Whether a line that is no row names most of the columns, in whatever order.
pub(super) fn is_another(header: &Header, line: Line<'_>) -> bool {
    let cells = || (0..header.len()).map(|at| line.get(Some(at)));
    let is_name = |cell: &[u8]| !cell.is_empty() && header.names.iter().any(|name| name.trim().as_bytes() == cell);
    cells().all(|cell| number::parse(cell, true).is_none())
        && cells().filter(|cell| is_name(cell)).count() * 2 > header.len()
}
