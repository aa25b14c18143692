//! A row on its way out: the one shape that tiles, exports and lists share.
//!
//! Figures become attributes once, in `flow::layers`. What a popup, a tile
//! and a file say of a village is therefore the same.

use geo_types::{Geometry, MultiPolygon};

use super::measure::LonLat;

/// One typed attribute. Absence is absence: there is no null.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(String),
    Integer(i64),
    Number(f64),
    Flag(bool),
}

/// WGS 84 degrees, longitude first.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    Point(LonLat),
    Area(MultiPolygon<f64>),
    /// In every list and file, on no map: a village whose position nobody has recorded.
    Unlocated,
}

impl Shape {
    /// `None` for what has no place.
    #[must_use]
    pub fn geometry(&self) -> Option<Geometry<f64>> {
        match self {
            Self::Point(at) => Some(Geometry::Point((*at).into())),
            Self::Area(area) => Some(Geometry::MultiPolygon(area.clone())),
            Self::Unlocated => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// Unique in its layer, equal in every tile and file, below 2⁵³.
    pub id: u64,
    /// The key that people use: commune code, village code, H3 index.
    pub key: String,
    pub shape: Shape,
    pub attributes: Vec<(&'static str, Value)>,
}

impl Feature {
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.attributes.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }
}
