//! The door without GDAL: every function says which feature is missing.
//!
//! Signatures equal those of `enabled.rs`, so that callers need not know which
//! of the two they were built with.

use std::path::Path;

use super::{Read, Sheet};
use crate::ingest::{Options, Unreadable};
use crate::model::crs::Crs;
use crate::model::feature::Feature;

const MISSING: Unreadable = Unreadable::NoGdal { feature: "gdal" };

/// # Errors
/// Always [`Unreadable::NoGdal`].
pub fn read(_path: &Path, _options: &Options) -> Result<Read, Unreadable> {
    Err(MISSING)
}

/// None.
#[must_use]
pub fn layers(_path: &Path, _options: &Options) -> Vec<String> {
    Vec::new()
}

/// Nothing.
#[must_use]
pub fn declared(_path: &Path, _options: &Options) -> Option<Crs> {
    None
}

/// Nothing.
#[must_use]
pub fn writes(_driver: &str) -> bool {
    false
}

/// # Errors
/// Always [`Unreadable::NoGdal`].
pub fn write(_rows: &[&Feature], _sheet: &Sheet<'_>, _to: &Path) -> Result<u64, Unreadable> {
    Err(MISSING)
}

/// Never made in this build.
pub struct ToWgs84;

impl ToWgs84 {
    /// # Errors
    /// [`Unreadable::UnsupportedCrs`].
    pub fn new(epsg: u32) -> Result<Self, Unreadable> {
        Err(Unreadable::UnsupportedCrs { found: format!("EPSG:{epsg}") })
    }

    #[must_use]
    pub fn point(&self, _easting: f64, _northing: f64) -> Option<(f64, f64)> {
        None
    }
}
