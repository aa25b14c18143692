//! Overlaps, gaps and borders that were drawn twice, with their size.

use std::collections::{BTreeMap, BTreeSet};

use geo_types::{LineString, MultiLineString, MultiPolygon, Polygon};

use super::contacts::Contacts;
use super::{Coverage, Finding, Kind, Place, Severity};
use crate::engine::boundaries::area::{area_m2, rings};
use crate::engine::boundaries::faces::{Cycle, Faces};
use crate::engine::boundaries::outline::{SLIVER_M2, SLIVER_WIDTH_M, length_m, mean_width_m};
use crate::engine::boundaries::regions::{Regions, held};
use crate::model::admin::UnitCode;

/// Narrower strips are the rounding of coordinates: 8 decimals are a millimetre.
const ROUNDING_WIDTH_M: f64 = 1e-3;

/// Writes down what is found between the units, and answers with their outline: every gap is a hole in it.
pub(super) fn find(
    faces: &Faces<'_>,
    contacts: &Contacts,
    codes: &[UnitCode],
    coverage: &mut Coverage,
) -> MultiPolygon<f64> {
    mismatches(faces, contacts, codes, &mut coverage.findings);
    let pieces: Vec<(Cycle, Cycle)> = faces.order().iter().filter_map(held).collect();
    let mut regions = Regions::of(faces);
    overlaps(contacts, codes, &pieces, &mut regions, coverage);
    gaps(faces, contacts, codes, &pieces, &mut regions, coverage);
    let covered: Vec<bool> = contacts.covering.iter().map(|units| !units.is_empty()).collect();
    regions.all(&covered)
}

/// One finding for each unit and neighbour.
fn mismatches(faces: &Faces<'_>, contacts: &Contacts, codes: &[UnitCode], findings: &mut Vec<Finding>) {
    let mut by_pair: BTreeMap<(usize, usize), Vec<LineString<f64>>> = BTreeMap::new();
    for &(unit, other, (a, b)) in &contacts.mismatched {
        by_pair.entry((unit, other)).or_default().push(LineString::new(vec![faces.at(a), faces.at(b)]));
    }
    for ((unit, other), lines) in by_pair {
        let length = lines.iter().map(length_m).sum();
        let place = Place::Lines(MultiLineString::new(lines));
        findings.push(Finding {
            length_m: Some(length),
            ..Finding::new(Kind::MismatchedEdge, Severity::Note, vec![codes[unit], codes[other]], place)
        });
    }
}

/// One finding for each pair; ground under three units is in three of them and in the sum once.
fn overlaps(
    contacts: &Contacts,
    codes: &[UnitCode],
    pieces: &[(Cycle, Cycle)],
    regions: &mut Regions<'_, '_>,
    coverage: &mut Coverage,
) {
    let mut by_pair: BTreeMap<(u32, u32), Vec<Cycle>> = BTreeMap::new();
    let mut several: Vec<Cycle> = Vec::new();
    for (cycle, units) in contacts.covering.iter().enumerate().filter(|(_, units)| units.len() > 1) {
        several.push(cycle as Cycle);
        for (place, a) in units.iter().enumerate() {
            for b in &units[place + 1..] {
                by_pair.entry((*a, *b)).or_default().push(cycle as Cycle);
            }
        }
    }
    let held_by = |among: &[Cycle]| -> Vec<(Cycle, Cycle)> {
        pieces.iter().filter(|(piece, _)| among.binary_search(piece).is_ok()).copied().collect()
    };
    let mut strips = |among: &[Cycle]| -> MultiPolygon<f64> {
        let drawn = regions.draw(among, &held_by(among), |cycle| among.binary_search(&cycle).is_ok());
        drawn.into_iter().filter(|strip| width_m(strip) >= ROUNDING_WIDTH_M).collect()
    };
    coverage.overlap_m2 = area_m2(&strips(&several)).unwrap_or_default();
    for ((a, b), among) in by_pair {
        let strips = strips(&among);
        if !strips.0.is_empty() {
            let units = vec![codes[a as usize], codes[b as usize]];
            coverage.findings.push(seam(Kind::Overlap, units, strips));
        }
    }
}

/// Faces that no unit covers, each with the units around it. A lake that no unit has is one too.
fn gaps(
    faces: &Faces<'_>,
    contacts: &Contacts,
    codes: &[UnitCode],
    pieces: &[(Cycle, Cycle)],
    regions: &mut Regions<'_, '_>,
    coverage: &mut Coverage,
) {
    let empty = |cycle: &Cycle| faces.is_face(*cycle) && contacts.covering[*cycle as usize].is_empty();
    for face in (0..faces.cycles() as Cycle).filter(empty) {
        let walks =
            std::iter::once(face).chain(pieces.iter().filter(|(_, around)| *around == face).map(|(piece, _)| *piece));
        let walks: Vec<Cycle> = walks.collect();
        let strips: MultiPolygon<f64> = regions.draw(&walks, pieces, |cycle| walks.contains(&cycle));
        if strips.iter().all(|strip| width_m(strip) < ROUNDING_WIDTH_M) {
            continue;
        }
        let sides = walks.iter().flat_map(|walk| faces.halves(*walk)).flat_map(|half| faces.sides(half));
        let around: BTreeSet<u32> = sides.map(|edge| edge.area).collect();
        let codes = around.into_iter().map(|unit| codes[unit as usize]).collect();
        let finding = seam(Kind::Gap, codes, strips);
        coverage.gap_m2 += finding.area_m2.unwrap_or_default();
        coverage.findings.push(finding);
    }
}

fn seam(kind: Kind, units: Vec<UnitCode>, strips: MultiPolygon<f64>) -> Finding {
    let size = area_m2(&strips).unwrap_or_default();
    let around: f64 = strips.iter().flat_map(rings).map(length_m).sum();
    let width = mean_width_m(size, around);
    let severity = if size < SLIVER_M2 || width < SLIVER_WIDTH_M { Severity::Warning } else { Severity::Error };
    Finding {
        area_m2: Some(size),
        mean_width_m: Some(width),
        ..Finding::new(kind, severity, units, Place::Area(strips))
    }
}

fn width_m(strip: &Polygon<f64>) -> f64 {
    let size = area_m2(&MultiPolygon::new(vec![strip.clone()])).unwrap_or_default();
    mean_width_m(size, rings(strip).map(length_m).sum())
}
