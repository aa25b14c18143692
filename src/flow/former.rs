//! What became of a dead area that a list, a link or a note of earlier names.
//!
//! An area is known by the smallest of its cells. Where it grew, merged or lost a part it has another key today, and the
//! cell says where its ground is: in an area of today, or in a cell with a verdict that is none of a dead area.

use h3o::CellIndex;

use super::export::ExportError;
use super::snapshot::{Snapshot, View};
use crate::engine::signal::REPORTING;
use crate::model::feature::Feature;
use crate::model::verdict::CellVerdict;

/// The layer whose keys change.
pub const LAYER: &str = "dead_areas";

/// Where the ground of a key is today.
#[derive(Debug)]
pub enum Former<'a> {
    /// Without usable signal still, in this area.
    PartOf(&'a Feature),
    /// In no dead area any more.
    Closed(CellVerdict),
}

/// What became of an area that no row has as its key; `None` where its cell was not measured under these filters.
///
/// # Errors
/// A layer that is not open to this reader.
pub fn former<'a>(snapshot: &Snapshot, view: &'a View, key: &str) -> Result<Option<Former<'a>>, ExportError> {
    view.need(LAYER)?;
    view.need("signal")?;
    let Ok(cell) = key.parse::<CellIndex>() else { return Ok(None) };
    let answer = view.signal();
    let rows = snapshot.rows(view, LAYER).unwrap_or_default();
    let mut areas = answer.dead_areas.iter().zip(rows);
    if let Some((_, row)) = areas.find(|(area, _)| area.cells.binary_search(&cell).is_ok()) {
        return Ok(Some(Former::PartOf(row)));
    }
    let cells = answer.cells_at(REPORTING);
    let verdict = cells.binary_search_by_key(&cell, |one| one.cell).ok().map(|at| cells[at]);
    Ok(verdict.filter(|one| !one.verdict.is_dead()).map(Former::Closed))
}

/// In the terms of the list of cells.
#[must_use]
pub fn closed(key: &str, CellVerdict { verdict, evidence, .. }: &CellVerdict) -> String {
    let (runs, first, last) = (evidence.runs, evidence.first_seen, evidence.last_seen);
    let since = match evidence.superseded_runs {
        0 => String::new(),
        earlier => format!(", which supersede {earlier} earlier ones"),
    };
    format!(
        "`{key}` is in no dead area any more: its cell is {} by {runs} runs from {first} to {last}{since}",
        verdict.code()
    )
}
