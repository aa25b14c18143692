//! Immutable layers in memory become the bytes of one tile.
//!
//! A [`Layer`] is projected and indexed once; [`encode`] then cuts, snaps and
//! writes what one [`Address`] shows. What comes out obeys the Mapbox Vector
//! Tile specification 2.1 to the letter: winding, closure, no degenerate ring,
//! one type per column. Nothing here generalises: a caller hands over one
//! [`Level`] per range of zooms, simplified along shared arcs, because a shape
//! that is simplified alone no longer fits its neighbour.
//! Refuses addresses that no tile has, and knows nothing of HTTP.

mod address;
mod budget;
mod cluster;
mod columns;
mod definition;
mod describe;
mod difference;
mod encode;
mod glyphs;
mod layer;
mod plain;
pub mod pmtiles;
mod qml;
mod sprite;
mod square;
mod style;

mod clip;
mod ring;
mod world;
mod write;

pub use address::{Address, NotATile};
pub use budget::{BUDGET, DROPPED, LayerTally, Tile, draw};
pub use cluster::clustered;
pub use columns::{ColumnWords, column_words, note_word};
pub use definition::{FieldDefinition, FieldKind, GeometryKind, LayerDefinition, definition, definitions, named};
pub use describe::tilejson;
pub use difference::difference;
pub use encode::encode;
pub use glyphs::{Fonts, GlyphRange, NoGlyphs};
pub use layer::{Layer, Level};
pub use qml::qml;
pub use sprite::sprite_files;
pub use square::{from_square, to_square, unit};
pub use style::{plain_style, style};

/// Tile units along one side of a tile. 4096 is what every renderer expects.
pub const EXTENT: u32 = 4096;

/// How far polygons reach beyond the tile, tile units: 8 px on a 512 px tile,
/// enough for any line that the style draws (PostGIS, Martin: 64 as well).
pub const AREA_BUFFER: u32 = 64;

/// How far points reach beyond the tile, tile units: 16 px on a 512 px tile, so
/// that circles of 12 px with their ring are whole in clients that clip.
pub const POINT_BUFFER: u32 = 128;

#[cfg(test)]
#[path = "../../tests/it/support/mvt.rs"]
mod strict;
#[cfg(test)]
mod tests;
