//! Which layers an open map has to ask for again, and where.
//!
//! Two snapshots are compared as one reader sees them: the views of its question
//! and its sight, before and after. What is told is therefore a function of what
//! that reader could have fetched itself, and of nothing behind the privacy
//! floor. What was never drawn for such a reader, or would take seconds to draw
//! again, is said to have changed everywhere.

use std::collections::BTreeMap;

use super::hints::LAYER as HINTS;
use super::snapshot::Snapshot;
use crate::model::access::Sight;
use crate::model::question::Question;
use crate::tiles;

/// Layers that changed, by name, each with the box (west, south, east, north in degrees) that holds every change of
/// it; `None`: anywhere. A layer that is not named is as it was.
pub type Changed = BTreeMap<&'static str, Option<[f64; 4]>>;

/// Layers that rest on what is expected between the measurements, which takes seconds where the measurements are others.
const EXPECTED: [&str; 2] = ["surface", "measure_next"];

/// `None` where the question has no answer any more, or nobody kept the one of before.
#[must_use]
pub fn changed(before: &Snapshot, after: &Snapshot, sight: Sight, question: &Question) -> Option<Changed> {
    let earlier = before.kept(sight, question)?;
    let now = after.seen(sight, question).ok()?;
    let same_signal = before.measures_as(after);
    let mut changed = Changed::new();
    for (layer, drawn) in earlier.drawn() {
        let Some(drawn) = drawn else {
            changed.insert(layer, None);
            continue;
        };
        if now.is_drawn_as(&earlier, layer) {
            continue;
        }
        let slow = layer == HINTS || (EXPECTED.contains(&layer) && !same_signal);
        match (!slow).then(|| after.layer(&now, layer)).flatten() {
            None => drop(changed.insert(layer, None)),
            Some(again) => {
                if let Some(within) = tiles::difference(drawn, again) {
                    changed.insert(layer, Some(within));
                }
            }
        }
    }
    Some(changed)
}
