//! The public facts that the demo stands on: units, centroids, areas, mergers.
//!
//! They are embedded from `data/ninh-binh`, whose README says where each
//! column came from. They are parsed here, not in `ingest`, because these
//! columns are ours and no user brings them. A broken row is a defect of the
//! build and is refused with its line.

use std::collections::HashMap;

use serde::Deserialize;

use super::DemoError;
use super::plane::Spot;

const OLD: &str = include_str!("../../../data/ninh-binh/old_communes.csv");
const NEW: &str = include_str!("../../../data/ninh-binh/new_communes.csv");
const MERGERS: &str = include_str!("../../../data/ninh-binh/mergers.csv");

/// A commune in force on 30 June 2025.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct OldCommune {
    pub(super) code: String,
    /// Without the kind.
    pub(super) name: String,
    /// `xã`, `phường`, `thị trấn`.
    pub(super) kind: String,
    pub(super) district: String,
    lon: f64,
    lat: f64,
}

/// A commune in force from 1 July 2025.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct NewCommune {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) kind: String,
    /// Published in 2026.
    pub(super) area_km2: f64,
    province_code: String,
    /// With the kind: `Tỉnh Ninh Bình`.
    province: String,
}

/// One edge of the crosswalk.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Merger {
    pub(super) old_code: String,
    pub(super) new_code: String,
    pub(super) share: String,
}

pub(super) struct Facts {
    pub(super) old: Vec<OldCommune>,
    pub(super) new: Vec<NewCommune>,
    /// (old, new, part): indices into the two lists.
    pub(super) mergers: Vec<(usize, usize, bool)>,
}

impl OldCommune {
    pub(super) fn spot(&self) -> Spot {
        Spot::from_degrees(self.lon, self.lat)
    }
}

/// The code and the full name of the province that the new communes lie in.
pub(super) fn province() -> Result<(String, String), DemoError> {
    let new: Vec<NewCommune> = rows("new_communes.csv", NEW)?;
    let first = new.into_iter().next();
    first
        .map(|unit| (unit.province_code, unit.province))
        .ok_or_else(|| DemoError::Facts { file: "new_communes.csv", reason: "no row".to_owned() })
}

/// The crosswalk as it is, for the file that the importer reads.
pub(super) fn mergers_csv() -> &'static str {
    MERGERS
}

pub(super) fn read() -> Result<Facts, DemoError> {
    let old: Vec<OldCommune> = rows("old_communes.csv", OLD)?;
    let new: Vec<NewCommune> = rows("new_communes.csv", NEW)?;
    let old_at: HashMap<&str, usize> = old.iter().enumerate().map(|(i, u)| (u.code.as_str(), i)).collect();
    let new_at: HashMap<&str, usize> = new.iter().enumerate().map(|(i, u)| (u.code.as_str(), i)).collect();
    let mut mergers = Vec::new();
    for (index, row) in rows::<Merger>("mergers.csv", MERGERS)?.into_iter().enumerate() {
        let (Some(from), Some(to)) = (old_at.get(row.old_code.as_str()), new_at.get(row.new_code.as_str())) else {
            return Err(DemoError::Facts {
                file: "mergers.csv",
                reason: format!("row {} names a unit that is not listed", index + 1),
            });
        };
        mergers.push((*from, *to, row.share == "part"));
    }
    Ok(Facts { old, new, mergers })
}

fn rows<T: for<'de> Deserialize<'de>>(file: &'static str, text: &str) -> Result<Vec<T>, DemoError> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(|error| DemoError::Facts { file, reason: error.to_string() })
}
