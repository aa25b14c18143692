//! Pure work on slices: no files, sockets, async, clock or chance.
//!
//! Facts go in, prepared once; a question is asked; an answer comes out that
//! depends on nothing else. Tiles, lists, exports and reports read that one
//! answer, which is why their figures agree.

pub mod answer;
pub mod campaign;
pub mod checks;
pub mod comparison;
mod counted;
pub mod editor;
pub mod facts;
pub mod hints;
pub mod inbox;
pub mod indicators;
pub mod lost;
pub mod masking;
pub mod measurements;
mod odd;
pub mod standing;
mod touched;
pub mod visits;
pub mod work;

pub mod boundaries;
pub mod names;
mod places;
pub mod plan;
mod plane;
pub mod priority;
pub mod quality;
pub mod reach;
pub mod register;
pub mod retention;
#[cfg(test)]
pub(crate) mod scene;
pub mod signal;
pub mod speeds;
pub mod teams;
pub mod verdicts;

pub use answer::{Answer, answer, in_steps, revisited, visited_until};
pub use comparison::{Comparison, compare};
pub use facts::{FactParts, Facts};
pub use hints::{HintPlan, hints};
pub use inbox::{HeldBack, inbox};
pub use measurements::Measurements;
pub use standing::{Standing, standing};
pub use visits::Visits;
pub use work::WorkEntry;
