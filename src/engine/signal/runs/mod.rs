//! Samples become runs: one pass of one device through one r10 cell.
//!
//! A phone logs once a second and neighbouring seconds say the same thing, so
//! a pass is one piece of evidence however many rows it has. Nothing here
//! judges; a sample that is neither a reading nor a silence is left out.
//!
//! Samples come in any order and are let go at once: of each only its values are
//! kept, by fragment of a run (`fragment`, `builder`). A log in the order of time has hardly more
//! fragments than runs; those between which a late sample fits become one at the end
//! (`sorted`). `part` is a share of the ground, for a log larger than the memory.

use h3o::Resolution;

use crate::model::sample::{Run, Sample};

mod builder;
mod fragment;
mod part;
mod phones;
mod place;
mod sorted;
mod values;

pub use builder::Builder;
pub use part::Part;
pub use sorted::Sorted;

/// A longer silence of the logger ends the pass. At 30 s two readings of one
/// drive still correlate at 0.47 (ICNP'21, Los Angeles), at 60 s hardly.
const GAP_MS: i64 = 60_000;

/// 75 m edge, 0.015 km².
pub(in crate::engine) const PASS: Resolution = Resolution::Ten;

/// Runs of all samples, whatever their order; ordered by device, operator,
/// technology, cell and time.
#[must_use]
pub fn runs(samples: &[Sample]) -> Vec<Run> {
    let mut builder = Builder::default();
    builder.extend(samples);
    let mut runs = builder.sort().runs();
    in_order(&mut runs);
    runs
}

/// Orders runs by device, operator, technology, cell and time.
pub fn in_order(runs: &mut [Run]) {
    runs.sort_unstable_by_key(|run| (run.device, run.operator, run.technology, run.cell, run.start));
}
