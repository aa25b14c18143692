//! The one door to GDAL.
//!
//! Every vector format that is not GeoJSON or CSV comes in here, reprojected to
//! WGS 84, and goes out here. Built without the feature `gdal`, the same
//! functions return an error that names it. No other file knows the feature.

#[cfg(feature = "gdal")]
mod clock;
#[cfg(feature = "gdal")]
mod heading;
#[cfg_attr(feature = "gdal", path = "enabled.rs")]
#[cfg_attr(not(feature = "gdal"), path = "disabled.rs")]
mod imp;
#[cfg(feature = "gdal")]
mod kml;
#[cfg(feature = "gdal")]
mod systems;
#[cfg(feature = "gdal")]
mod workbook;
#[cfg(feature = "gdal")]
mod writing;

use super::RawFeature;
use crate::model::crs::Crs;
use crate::model::refusal::Parts;

/// What a file gave.
pub struct Read {
    pub features: Vec<RawFeature>,
    /// Layers of other columns than the first, by name.
    pub passed_over: Vec<String>,
    /// Whether these are rows of a spreadsheet, below its header and numbered as it shows them.
    pub is_sheet: bool,
    /// The row of that header, where a title stands above it that nobody stated.
    pub title_above: Option<u64>,
    /// The sheets that the rows are from.
    pub sheets: Parts,
}

/// A table that GDAL writes.
pub struct Sheet<'a> {
    /// GDAL's name of the format.
    pub driver: &'a str,
    pub name: &'a str,
    /// Points, or areas.
    pub points: bool,
    pub columns: Vec<Column<'a>>,
    /// What is said of the rows, where the format has room for it.
    pub about: &'a str,
    /// What the places are written in; rows have them in WGS 84.
    pub system: Crs,
}

/// A column: what it is called in the file, and whose values stand in it.
pub struct Column<'a> {
    pub name: String,
    /// `None` for the key of the row.
    pub of: Option<&'a str>,
    pub kind: ColumnKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    Text,
    Integer,
    Number,
    /// 1 and 0: not every format knows true and false.
    Flag,
}

pub use imp::{ToWgs84, declared, layers, read, write, writes};
