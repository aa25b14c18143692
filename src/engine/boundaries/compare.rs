//! Two drawings of the same units, one against the other.
//!
//! How far units made of old polygons agree with the official ones is told by
//! the common area over the area of both together (Jaccard). Where that is
//! low, a reader wants to know who holds the difference: a neighbour, because
//! a line was moved; nobody, because a shore was. Both drawings are laid on
//! one mesh, so every square metre is in exactly one of the sums.

use std::collections::BTreeMap;

use geo_types::MultiPolygon;

use super::area::ring_area_m2;
use super::cover;
use super::faces::{Cycle, Faces};
use super::mesh::Mesh;
use super::noding;
use crate::model::admin::UnitCode;

/// Difference held by one neighbour, or by nobody, from which a cause is named: a tenth of the unit would
/// hide in the scatter of thinned borders, of which each neighbour holds a little.
const NAMED_SHARE: f64 = 0.3;

/// One unit in both drawings. Areas on the ellipsoid, square metres.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    pub code: UnitCode,
    /// 0 to 1: common area by the area of both together.
    pub iou: f64,
    pub drawn_m2: f64,
    pub reference_m2: f64,
    /// The unit's ground in the reference that another unit has in the drawing, by unit; `None`: nobody has it.
    pub missing: Vec<(Option<UnitCode>, f64)>,
    /// The unit's ground in the drawing that another unit has in the reference.
    pub beyond: Vec<(Option<UnitCode>, f64)>,
}

/// Why two drawings of one unit differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Most of the difference is ground that no unit has in one of the drawings: a shore, the rim, or an old unit
    /// that was split where nobody has drawn the line.
    Unheld,
    /// A neighbour holds much of the difference.
    Moved { neighbour: UnitCode },
    /// A little along every border.
    Scatter,
}

impl Cause {
    /// The stable name in files and answers.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unheld => "unheld",
            Self::Moved { .. } => "moved",
            Self::Scatter => "scatter",
        }
    }
}

impl Agreement {
    #[must_use]
    pub fn cause(&self) -> Cause {
        let mut by_holder: BTreeMap<Option<UnitCode>, f64> = BTreeMap::new();
        for (holder, area_m2) in self.missing.iter().chain(&self.beyond) {
            *by_holder.entry(*holder).or_default() += area_m2;
        }
        let all: f64 = by_holder.values().sum();
        match by_holder.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)) {
            Some((None, most)) if most >= NAMED_SHARE * all => Cause::Unheld,
            Some((Some(neighbour), most)) if most >= NAMED_SHARE * all => Cause::Moved { neighbour },
            _ => Cause::Scatter,
        }
    }

    /// Ground that nobody has in the drawing, and in the reference.
    #[must_use]
    pub fn unheld_m2(&self) -> (f64, f64) {
        let unheld = |held: &[(Option<UnitCode>, f64)]| {
            held.iter().filter(|(holder, _)| holder.is_none()).map(|(_, area_m2)| area_m2).sum()
        };
        (unheld(&self.missing), unheld(&self.beyond))
    }

    /// The neighbour that holds most of the difference, with its square metres.
    #[must_use]
    pub fn neighbour(&self) -> Option<(UnitCode, f64)> {
        let mut by_holder: BTreeMap<UnitCode, f64> = BTreeMap::new();
        for (holder, area_m2) in self.missing.iter().chain(&self.beyond) {
            if let Some(holder) = holder {
                *by_holder.entry(*holder).or_default() += area_m2;
            }
        }
        by_holder.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))
    }
}

/// Every unit that both have, the worst first. Polygons with coordinates that are no position are left out.
/// Empty when the drawings cannot be laid on one mesh.
#[must_use]
pub fn compare(
    drawn: &[(UnitCode, &MultiPolygon<f64>)],
    reference: &[(UnitCode, &MultiPolygon<f64>)],
) -> Vec<Agreement> {
    let shapes: Vec<_> = drawn.iter().chain(reference).map(|(_, area)| *area).collect();
    let mut mesh = Mesh::as_drawn(&shapes);
    let edges = mesh.edges();
    let Some(noded) = noding::node(&mut mesh, edges) else { return Vec::new() };
    let faces = Faces::new(&mesh, &noded);
    let covering = cover::areas(&faces);
    let mut sums: BTreeMap<UnitCode, Sums> = BTreeMap::new();
    for face in (0..faces.cycles() as Cycle).filter(|cycle| !covering[*cycle as usize].is_empty()) {
        // An outside that lies in a face takes the ground of its piece away from that face.
        let size = ring_area_m2(&faces.line_of(face)) * if faces.is_face(face) { 1.0 } else { -1.0 };
        let here: Vec<UnitCode> =
            covering[face as usize].iter().filter_map(|unit| Some(drawn.get(*unit as usize)?.0)).collect();
        let there: Vec<UnitCode> = covering[face as usize]
            .iter()
            .filter_map(|unit| Some(reference.get((*unit as usize).checked_sub(drawn.len())?)?.0))
            .collect();
        for code in &here {
            let sums = sums.entry(*code).or_default();
            sums.drawn += size;
            if there.contains(code) {
                sums.common += size;
            } else {
                *sums.beyond.entry(there.first().copied()).or_default() += size;
            }
        }
        for code in &there {
            let sums = sums.entry(*code).or_default();
            sums.reference += size;
            if !here.contains(code) {
                *sums.missing.entry(here.first().copied()).or_default() += size;
            }
        }
    }
    let mut agreements: Vec<_> = sums
        .into_iter()
        .filter(|(_, sums)| sums.drawn > 0.0 && sums.reference > 0.0)
        .map(|(code, sums)| sums.agreement(code))
        .collect();
    agreements.sort_by(|a, b| a.iou.total_cmp(&b.iou).then(a.code.cmp(&b.code)));
    agreements
}

#[derive(Default)]
struct Sums {
    drawn: f64,
    reference: f64,
    common: f64,
    missing: BTreeMap<Option<UnitCode>, f64>,
    beyond: BTreeMap<Option<UnitCode>, f64>,
}

impl Sums {
    fn agreement(self, code: UnitCode) -> Agreement {
        let largest_first = |sums: BTreeMap<Option<UnitCode>, f64>| {
            let mut sums: Vec<_> = sums.into_iter().collect();
            sums.sort_by(|a, b| b.1.total_cmp(&a.1));
            sums
        };
        Agreement {
            code,
            iou: self.common / (self.drawn + self.reference - self.common),
            drawn_m2: self.drawn,
            reference_m2: self.reference,
            missing: largest_first(self.missing),
            beyond: largest_first(self.beyond),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::boundaries::shapes::area as shape;

    fn code(number: usize) -> UnitCode {
        format!("{:05}", 10_000 + number).parse().unwrap()
    }

    fn check(drawn: &[&str], reference: &[&str]) -> Vec<Agreement> {
        let shapes = |texts: &[&str]| texts.iter().map(|text| shape(text)).collect::<Vec<_>>();
        let (drawn, reference) = (shapes(drawn), shapes(reference));
        let drawn: Vec<_> = drawn.iter().enumerate().map(|(n, area)| (code(n), area)).collect();
        let reference: Vec<_> = reference.iter().enumerate().map(|(n, area)| (code(n), area)).collect();
        compare(&drawn, &reference)
    }

    const TWO: [&str; 2] =
        ["105 20, 105.01 20, 105.01 20.01, 105 20.01", "105.01 20, 105.02 20, 105.02 20.01, 105.01 20.01"];

    #[test]
    fn the_same_drawing_agrees_wholly() {
        let found = check(&TWO, &TWO);
        assert!(found.iter().all(|unit| (unit.iou - 1.0).abs() < 1e-12 && unit.missing.is_empty()));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn a_line_that_was_moved_is_held_by_the_neighbour() {
        let moved =
            ["105 20, 105.008 20, 105.008 20.01, 105 20.01", "105.008 20, 105.02 20, 105.02 20.01, 105.008 20.01"];
        let found = check(&moved, &TWO);
        assert!((found[0].iou - 0.8).abs() < 1e-6, "{found:?}");
        assert_eq!((found[0].code, found[0].cause()), (code(0), Cause::Moved { neighbour: code(1) }));
        assert_eq!((found[1].code, found[1].neighbour().unwrap().0), (code(1), code(0)));
    }

    #[test]
    fn a_shore_that_was_moved_is_held_by_nobody() {
        let found = check(&["105 20, 105.01 20, 105.01 20.005, 105 20.005"], &TWO[..1]);
        assert_eq!((found[0].cause(), found[0].neighbour()), (Cause::Unheld, None));
        assert!((found[0].iou - 0.5).abs() < 1e-4, "half of it in degrees");
    }

    #[test]
    fn a_unit_in_a_hole_is_not_counted_to_the_one_around() {
        let ring = "105 20, 105.03 20, 105.03 20.03, 105 20.03; 105.01 20.01, 105.02 20.01, 105.02 20.02, 105.01 20.02";
        let inner = "105.01 20.01, 105.02 20.01, 105.02 20.02, 105.01 20.02";
        let found = check(&[ring, inner], &["105 20, 105.03 20, 105.03 20.03, 105 20.03"]);
        assert!((found[0].iou - 8.0 / 9.0).abs() < 1e-6, "{found:?}");
        let all = super::super::area::area_m2(&shape(ring)).unwrap();
        assert!((found[0].drawn_m2 / all - 1.0).abs() < 1e-9);
    }

    #[test]
    fn what_only_one_drawing_has_is_not_compared() {
        assert_eq!(check(&TWO, &TWO[..1]).len(), 1);
        assert!(check(&["NaN 0, 1 0, 1 1"], &TWO).is_empty());
    }
}
