//! Boundaries: what a code meant on a day, what became of it, and which unit
//! holds a point.
//!
//! Lineage answers from the register and the crosswalk alone; dissolve,
//! topology and lookup work on polygons in WGS 84 degrees. Polygons with
//! coordinates that are no position are left out at the door and named, so
//! that nothing behind it can panic. No unit that was split is ever guessed.

pub mod area;
pub mod carry;
pub mod compare;
pub mod coverage;
pub mod crosswalk;
pub mod dissolve;
pub mod fit;
pub mod lineage;
pub mod lookup;
pub mod outline;
pub mod overlap;
pub mod place;
pub mod polygonise;
pub mod repair;
pub mod rounding;
pub mod topology;
pub mod validity;

mod boxes;
mod cover;
mod edges;
mod faces;
mod grid;
mod mesh;
mod noding;
mod regions;

#[cfg(test)]
mod shapes;

pub use lookup::Lookup;
pub use outline::union_areas;
