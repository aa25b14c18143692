//! The one door to GDAL.
//!
//! Every vector format that is not GeoJSON or CSV comes in here, reprojected to
//! WGS 84, and goes out here. Built without the feature `gdal`, the same
//! functions return an error that names it. No other file knows the feature.

#[cfg_attr(feature = "gdal", path = "enabled.rs")]
#[cfg_attr(not(feature = "gdal"), path = "disabled.rs")]
mod imp;

use super::RawFeature;

/// What a file gave.
pub struct Read {
    pub features: Vec<RawFeature>,
    /// Layers of other columns than the first, by name.
    pub passed_over: Vec<String>,
}

pub use imp::{ToWgs84, convert, declared, layers, read};
