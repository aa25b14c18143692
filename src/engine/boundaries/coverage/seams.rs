//! Overlaps, gaps and borders that were drawn twice, with their size.

use std::collections::{BTreeMap, BTreeSet};

use geo::{BooleanOps, Orient, orient::Direction};
use geo_types::{Coord, LineString, MultiLineString, MultiPolygon, Polygon};
use rayon::prelude::*;

use super::contacts::Contacts;
use super::{Coverage, Drawn, Finding, Kind, Place, Severity};
use crate::engine::boundaries::area::{area_m2, rings};
use crate::engine::boundaries::lookup::Lookup;
use crate::engine::boundaries::mesh::Mesh;
use crate::engine::boundaries::{area, outline};
use crate::model::measure::LonLat;

/// A strip under 100 m² or narrower than half a metre is a drawing error, not a
/// dispute about ground: official communes of four provinces have no other.
const SLIVER_M2: f64 = 100.0;
const SLIVER_WIDTH_M: f64 = 0.5;

/// Narrower strips are the rounding of coordinates: 8 decimals are a millimetre.
const ROUNDING_WIDTH_M: f64 = 1e-3;

/// One finding for each unit and neighbour.
pub(super) fn mismatches(mesh: &Mesh, units: &[Drawn<'_>], contacts: &Contacts, findings: &mut Vec<Finding>) {
    let mut by_pair: BTreeMap<(usize, usize), Vec<LineString<f64>>> = BTreeMap::new();
    for &(unit, other, (a, b)) in &contacts.mismatched {
        let line = LineString::new(vec![mesh.corners[a], mesh.corners[b]]);
        by_pair.entry((unit, other)).or_default().push(line);
    }
    for ((unit, other), lines) in by_pair {
        let length = lines.iter().map(length_m).sum();
        let units = vec![units[unit].code, units[other].code];
        let place = Place::Lines(MultiLineString::new(lines));
        findings.push(Finding {
            length_m: Some(length),
            ..Finding::new(Kind::MismatchedEdge, Severity::Note, units, place)
        });
    }
}

pub(super) fn overlaps(units: &[Drawn<'_>], contacts: &Contacts, coverage: &mut Coverage) {
    let suspects: Vec<(usize, usize)> = contacts.suspects.iter().copied().collect();
    let involved: BTreeSet<usize> = suspects.iter().flat_map(|(a, b)| [*a, *b]).collect();
    // Overlay needs every exterior turned one way.
    let turned: BTreeMap<usize, MultiPolygon<f64>> =
        involved.into_iter().map(|unit| (unit, units[unit].geometry.orient(Direction::Default))).collect();
    let shared = |&(a, b): &(usize, usize)| {
        let strips: MultiPolygon<f64> = turned[&a]
            .intersection(&turned[&b])
            .into_iter()
            .filter(|strip| width_m(strip) >= ROUNDING_WIDTH_M)
            .collect();
        (!strips.0.is_empty()).then_some(((a, b), strips))
    };
    let shared: Vec<_> = suspects.par_iter().filter_map(shared).collect();
    let all: Vec<&MultiPolygon<f64>> = shared.iter().map(|(_, strips)| strips).collect();
    coverage.overlap_m2 = area_m2(&outline::union_areas(&all)).unwrap_or_default();
    let findings =
        shared.into_iter().map(|((a, b), strips)| seam(Kind::Overlap, vec![units[a].code, units[b].code], strips));
    coverage.findings.extend(findings);
}

/// Holes of the outline, each with the units around it. A lake that no unit has is one too.
pub(super) fn gaps(outline: &MultiPolygon<f64>, units: &[Drawn<'_>], lookup: &Lookup, coverage: &mut Coverage) {
    for hole in outline.iter().flat_map(Polygon::interiors) {
        let strip = Polygon::new(hole.clone(), Vec::new()).orient(Direction::Default);
        if width_m(&strip) < ROUNDING_WIDTH_M {
            continue;
        }
        let mut around: BTreeSet<usize> = BTreeSet::new();
        for edge in hole.lines() {
            let middle = Coord { x: (edge.start.x + edge.end.x) / 2.0, y: (edge.start.y + edge.end.y) / 2.0 };
            around.extend(lookup.covering(middle));
        }
        let codes = around.into_iter().map(|unit| units[unit].code).collect();
        let finding = seam(Kind::Gap, codes, MultiPolygon::new(vec![strip]));
        coverage.gap_m2 += finding.area_m2.unwrap_or_default();
        coverage.findings.push(finding);
    }
}

fn seam(kind: Kind, units: Vec<crate::model::admin::UnitCode>, strips: MultiPolygon<f64>) -> Finding {
    let size = area_m2(&strips).unwrap_or_default();
    let around: f64 = strips.iter().flat_map(rings).map(length_m).sum();
    let width = if around > 0.0 { 2.0 * size / around } else { 0.0 };
    let severity = if size < SLIVER_M2 || width < SLIVER_WIDTH_M { Severity::Warning } else { Severity::Error };
    Finding {
        area_m2: Some(size),
        mean_width_m: Some(width),
        ..Finding::new(kind, severity, units, Place::Area(strips))
    }
}

/// Twice the area by the perimeter, metres.
fn width_m(strip: &Polygon<f64>) -> f64 {
    let around: f64 = rings(strip).map(length_m).sum();
    let size: f64 =
        area::ring_area_m2(strip.exterior()) - strip.interiors().iter().map(area::ring_area_m2).sum::<f64>();
    if around > 0.0 { 2.0 * size.max(0.0) / around } else { 0.0 }
}

fn length_m(line: &LineString<f64>) -> f64 {
    let place = |at: &Coord<f64>| LonLat::new(at.x, at.y).ok();
    let step = |pair: &[Coord<f64>]| Some(place(&pair[0])?.distance_m(place(&pair[1])?));
    line.0.windows(2).filter_map(step).sum()
}
