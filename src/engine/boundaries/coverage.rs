//! How well a set of units covers its ground: overlaps, gaps, edges that do
//! not match, doubled vertices, parts, and areas that are not those stated.
//!
//! All edges together, noded, divide the plane into faces, and each face knows
//! the units that cover it: two or more are an overlap, none within the others
//! a gap. An edge without a counterpart and with another unit beside it is a
//! border that was drawn twice and differently. Nothing is repaired here, and
//! a unit that cannot be worked on is named and left out.

use geo_types::{LineString, MultiLineString, MultiPolygon};

use super::area::{self, Unusable};
use super::faces::Faces;
use super::mesh::Mesh;
use super::noding;
use crate::model::admin::UnitCode;

mod contacts;
mod seams;
mod sizes;

pub use sizes::{FAIL_SHARE, WARN_SHARE};

/// A unit to be checked.
#[derive(Clone, Copy, Debug)]
pub struct Drawn<'a> {
    pub code: UnitCode,
    /// Longitude and latitude, degrees.
    pub geometry: &'a MultiPolygon<f64>,
    /// Area stated by the authority, km².
    pub stated_km2: Option<f64>,
    /// Doubled vertices that a reader has taken out of `geometry`.
    pub repeated: usize,
}

/// What was found. Lengths and areas are on the WGS 84 ellipsoid.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    pub units: usize,
    pub parts: usize,
    pub vertices: usize,
    /// Pairs of units with an edge in common.
    pub touching_pairs: usize,
    /// Sum of the drawn units, m².
    pub drawn_m2: f64,
    /// Sum of the stated areas, m²; `None` if no unit has one.
    pub stated_m2: Option<f64>,
    /// Area under two units or more, each spot once, m².
    pub overlap_m2: f64,
    /// Area between units that no unit has, m².
    pub gap_m2: f64,
    pub province: Option<Province>,
    /// The worst first within a kind; kinds in the order of [`Kind`].
    pub findings: Vec<Finding>,
}

/// The units against the outline that somebody drew for all of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Province {
    pub drawn_m2: f64,
    /// In the province polygon and in no unit, m².
    pub without_unit_m2: f64,
    /// In a unit and not in the province polygon, m².
    pub beyond_m2: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The polygon cannot be worked on; it is in no other figure.
    Invalid,
    Overlap,
    Gap,
    MismatchedEdge,
    AreaDiffers,
    /// As `AreaDiffers`, of a unit whose outer border no neighbour confirms: a shore moves.
    CoastalArea,
    ProvinceDiffers,
    RepeatedVertex,
    Multipart,
}

impl Kind {
    pub const ALL: [Self; 9] = [
        Self::Invalid,
        Self::Overlap,
        Self::Gap,
        Self::MismatchedEdge,
        Self::AreaDiffers,
        Self::CoastalArea,
        Self::ProvinceDiffers,
        Self::RepeatedVertex,
        Self::Multipart,
    ];

    /// The stable name in files and answers.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Overlap => "overlap",
            Self::Gap => "gap",
            Self::MismatchedEdge => "mismatched_edge",
            Self::AreaDiffers => "area_differs",
            Self::CoastalArea => "coastal_area",
            Self::ProvinceDiffers => "province_differs",
            Self::RepeatedVertex => "repeated_vertex",
            Self::Multipart => "multipart",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
    Note,
}

impl Severity {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// Where a finding is.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    Area(MultiPolygon<f64>),
    Lines(MultiLineString<f64>),
    /// The unit as a whole.
    Unit,
}

/// One thing to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub kind: Kind,
    pub severity: Severity,
    /// One unit, or the two of a pair, or all around a gap; by code. Empty for the province.
    pub units: Vec<UnitCode>,
    pub place: Place,
    pub area_m2: Option<f64>,
    /// Twice the area by the perimeter: the width of a long strip, metres.
    pub mean_width_m: Option<f64>,
    pub length_m: Option<f64>,
    /// Doubled vertices, or parts of a unit.
    pub count: Option<usize>,
    pub stated_km2: Option<f64>,
    pub drawn_km2: Option<f64>,
    pub reason: Option<Unusable>,
}

impl Finding {
    fn new(kind: Kind, severity: Severity, units: Vec<UnitCode>, place: Place) -> Self {
        Self {
            kind,
            severity,
            units,
            place,
            area_m2: None,
            mean_width_m: None,
            length_m: None,
            count: None,
            stated_km2: None,
            drawn_km2: None,
            reason: None,
        }
    }
}

/// Checks units that ought to fit together, and with `province` whether they fill it.
/// The order of the units changes nothing.
#[must_use]
pub fn check(units: &[Drawn<'_>], province: Option<&MultiPolygon<f64>>) -> Coverage {
    let mut units: Vec<Drawn<'_>> = units.to_vec();
    units.sort_by_key(|unit| unit.code);
    let mut coverage = Coverage { units: units.len(), ..Coverage::default() };
    units.retain(|unit| match area::check(unit.geometry) {
        Ok(()) => true,
        Err(reason) => {
            let finding = Finding::new(Kind::Invalid, Severity::Error, vec![unit.code], Place::Unit);
            coverage.findings.push(Finding { reason: Some(reason), ..finding });
            false
        }
    });
    coverage.parts = units.iter().map(|unit| unit.geometry.0.len()).sum();
    count_vertices(&units, &mut coverage);

    let shapes: Vec<&MultiPolygon<f64>> = units.iter().map(|unit| unit.geometry).collect();
    let mut mesh = Mesh::as_drawn(&shapes);
    let drawn = mesh.edges();
    let noded = noding::node(&mut mesh, drawn.clone()).unwrap_or_else(|| drawn.clone());
    let faces = Faces::new(&mesh, &noded);
    let contacts = contacts::find(&mesh, &drawn, &faces, units.len());
    coverage.touching_pairs = contacts.touching;
    let codes: Vec<UnitCode> = units.iter().map(|unit| unit.code).collect();
    let outline = seams::find(&faces, &contacts, &codes, &mut coverage);

    sizes::compare(&units, &contacts, &mut coverage);
    if let Some(province) = province {
        sizes::against_province(&outline, province, &mut coverage);
    }
    coverage.findings.sort_by(|a, b| {
        let size = |f: &Finding| f.area_m2.or(f.length_m).unwrap_or_default();
        a.kind.cmp(&b.kind).then(size(b).total_cmp(&size(a))).then_with(|| a.units.cmp(&b.units))
    });
    coverage
}

/// Doubled vertices and parts. A ring's last vertex repeats its first; that is no doubled one.
fn count_vertices(units: &[Drawn<'_>], coverage: &mut Coverage) {
    for unit in units {
        let rings = || unit.geometry.iter().flat_map(area::rings);
        coverage.vertices += unit.repeated + rings().map(|ring| ring.0.len()).sum::<usize>();
        let doubled = |ring: &LineString<f64>| ring.0.windows(2).filter(|pair| pair[0] == pair[1]).count();
        let doubled: usize = unit.repeated + rings().map(doubled).sum::<usize>();
        let note = |kind| Finding::new(kind, Severity::Note, vec![unit.code], Place::Unit);
        if doubled > 0 {
            coverage.findings.push(Finding { count: Some(doubled), ..note(Kind::RepeatedVertex) });
        }
        if unit.geometry.0.len() > 1 {
            coverage.findings.push(Finding { count: Some(unit.geometry.0.len()), ..note(Kind::Multipart) });
        }
    }
}

#[cfg(test)]
mod tests;
