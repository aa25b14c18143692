//! Repair of a coverage: overlaps and gaps that are narrow enough go to one neighbour.
//!
//! All edges together, noded, divide the plane into faces. A face under one
//! unit is that unit's. A narrow face under several, or an enclosed one under
//! none, goes to the unit with which it shares the longest border. What is
//! wider than the bound is left as it is and listed: it may be ground in
//! dispute, and nobody asked this file to settle that. Whoever is not touched
//! gets back the very polygon that came in.

use std::collections::{BTreeMap, BTreeSet};

use geo_types::MultiPolygon;

use super::area::{area_m2, check, rings};
use super::cover;
use super::faces::{Cycle, Faces, twin};
use super::mesh::Mesh;
use super::noding;
use super::outline::{length_m, mean_width_m};
use super::regions::{Regions, held};
use crate::model::admin::UnitCode;

/// What came of a repair.
#[derive(Clone, Debug)]
pub struct Repaired {
    /// In the order given. Degrees; exteriors counter-clockwise where something was changed.
    pub units: Vec<(UnitCode, MultiPolygon<f64>)>,
    /// What was given to whom, the largest first.
    pub mended: Vec<Mended>,
    /// Wider than the bound, and left.
    pub left: Vec<Mended>,
    /// Units whose polygon is no longer the one that came in.
    pub changed: BTreeSet<UnitCode>,
}

/// One face that no unit had, or several.
#[derive(Clone, Debug, PartialEq)]
pub struct Mended {
    /// The units that had it; none for a gap.
    pub had: Vec<UnitCode>,
    /// The unit that has it now; none for what was left.
    pub to: Option<UnitCode>,
    pub area_m2: f64,
    /// Twice the area by the perimeter.
    pub mean_width_m: f64,
    pub place: MultiPolygon<f64>,
}

/// Makes units fit together where they nearly do. Faces narrower than
/// `sliver_width_m` (mean width, metres) are given away; polygons with coordinates
/// that are no position come back as they are. Degrees.
///
/// Official boundaries have no sliver wider than half a metre; boundaries that were
/// thinned unit by unit at 155 m need 300 m.
#[must_use]
pub fn repair(units: &[(UnitCode, &MultiPolygon<f64>)], sliver_width_m: f64) -> Repaired {
    let shapes: Vec<&MultiPolygon<f64>> = units.iter().map(|(_, area)| *area).collect();
    let mut mesh = Mesh::as_drawn(&shapes);
    let drawn = mesh.edges();
    let Some(noded) = noding::node(&mut mesh, drawn.clone()) else { return as_they_are(units) };
    let faces = Faces::new(&mesh, &noded);
    let mut work = Work::new(&faces, units, sliver_width_m);
    work.share_out();
    work.join_fragments();

    let mut changed = work.changed.clone();
    // A border that a neighbour's corner was put into is another polygon, if not another area.
    changed.extend(noded.iter().filter(|edge| **edge != drawn[edge.source as usize]).map(|edge| edge.area));
    let regions = &mut Regions::of(&faces);
    let pieces: Vec<(Cycle, Cycle)> = faces.order().iter().filter_map(held).collect();
    let mut of_unit = |unit: usize, area: &MultiPolygon<f64>| {
        let redrawn = check(area).is_ok() && changed.contains(&(unit as u32));
        if redrawn { work.draw(unit as u32, &pieces, regions) } else { area.clone() }
    };
    let units: Vec<_> = units.iter().enumerate().map(|(number, (code, area))| (*code, of_unit(number, area))).collect();
    let changed = changed.into_iter().map(|unit| units[unit as usize].0).collect();
    let (mended, left) = work.told(&pieces, regions);
    Repaired { units, mended, left, changed }
}

fn as_they_are(units: &[(UnitCode, &MultiPolygon<f64>)]) -> Repaired {
    let units = units.iter().map(|(code, area)| (*code, (*area).clone())).collect();
    Repaired { units, mended: Vec::new(), left: Vec::new(), changed: BTreeSet::new() }
}

struct Work<'f, 'm> {
    faces: &'f Faces<'m>,
    codes: Vec<UnitCode>,
    /// Who covers each walk, and who is to have it: nobody, one, or all that have it now.
    covering: Vec<Vec<u32>>,
    owners: Vec<Vec<u32>>,
    /// Faces that were to be given away.
    doubtful: Vec<Doubt>,
    parts: Vec<usize>,
    changed: BTreeSet<u32>,
    sliver_width_m: f64,
}

#[derive(Clone, Copy)]
struct Doubt {
    face: Cycle,
    area_m2: f64,
    width_m: f64,
    narrow: bool,
}

impl<'f, 'm> Work<'f, 'm> {
    fn new(faces: &'f Faces<'m>, units: &[(UnitCode, &MultiPolygon<f64>)], sliver_width_m: f64) -> Self {
        let covering = cover::areas(faces);
        let mut work = Self {
            faces,
            codes: units.iter().map(|(code, _)| *code).collect(),
            owners: covering.clone(),
            covering,
            doubtful: Vec::new(),
            parts: units.iter().map(|(_, area)| area.0.len()).collect(),
            changed: BTreeSet::new(),
            sliver_width_m,
        };
        let doubtful = (0..faces.cycles() as Cycle).filter(|cycle| faces.is_face(*cycle));
        let doubtful = doubtful.filter(|face| work.covering[*face as usize].len() != 1);
        work.doubtful = doubtful.map(|face| work.doubt(face)).collect();
        // The largest first: what lies behind it may hang on it.
        work.doubtful.sort_by(|a, b| b.area_m2.total_cmp(&a.area_m2).then(a.face.cmp(&b.face)));
        work
    }

    fn doubt(&self, face: Cycle) -> Doubt {
        let ring = self.faces.line_of(face);
        let area_m2 = super::area::ring_area_m2(&ring);
        let width_m = mean_width_m(area_m2, length_m(&ring));
        Doubt { face, area_m2, width_m, narrow: width_m < self.sliver_width_m }
    }

    fn cycle_beyond(&self, half: u32) -> Cycle {
        self.faces.cycle_of(twin(half))
    }

    /// Gives every narrow face to one of those who have it, or for a gap to one around it.
    fn share_out(&mut self) {
        let mut given = BTreeSet::new();
        for doubt in self.doubtful.iter().filter(|doubt| doubt.narrow) {
            self.owners[doubt.face as usize].clear();
        }
        // A face may border only on others of its kind, so rounds go on until none changes anything.
        let mut again = true;
        while again {
            again = false;
            for doubt in self.doubtful.iter().filter(|doubt| doubt.narrow) {
                if given.contains(&doubt.face) {
                    continue;
                }
                let had = &self.covering[doubt.face as usize];
                let Some(to) = self.longest_border(&[doubt.face], |unit| had.is_empty() || had.contains(&unit)) else {
                    continue;
                };
                self.owners[doubt.face as usize] = vec![to];
                given.insert(doubt.face);
                again = true;
            }
        }
        // Ground that lies nowhere along those who have it: the same unit drawn twice.
        for doubt in &mut self.doubtful {
            if doubt.narrow && !given.contains(&doubt.face) {
                doubt.narrow = false;
                self.owners[doubt.face as usize].clone_from(&self.covering[doubt.face as usize]);
            }
        }
        for doubt in self.doubtful.iter().filter(|doubt| doubt.narrow) {
            self.changed.extend(&self.covering[doubt.face as usize]);
            self.changed.extend(&self.owners[doubt.face as usize]);
        }
        self.follow_outsides();
    }

    /// The outside of a piece lies in a face and has what that has.
    fn follow_outsides(&mut self) {
        for (piece, around) in self.faces.order().iter().filter_map(held) {
            self.owners[piece as usize] = self.owners[around as usize].clone();
        }
    }

    /// Of the units that own what lies beyond some faces, the one with most of their border.
    fn longest_border(&self, faces: &[Cycle], may: impl Fn(u32) -> bool) -> Option<u32> {
        let mut borders: BTreeMap<u32, f64> = BTreeMap::new();
        for half in faces.iter().flat_map(|face| self.faces.halves(*face)) {
            let beyond = self.cycle_beyond(half);
            if let [owner] = self.owners[beyond as usize][..]
                && may(owner)
                && !faces.contains(&beyond)
            {
                let (a, b) = self.faces.ends(half);
                let step = self.faces.at(b) - self.faces.at(a);
                *borders.entry(owner).or_default() += step.x.hypot(step.y);
            }
        }
        // Of two as long the lower code.
        let longest = borders.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(self.code(b.0).cmp(&self.code(a.0))));
        longest.map(|(unit, _)| unit)
    }

    fn code(&self, unit: u32) -> UnitCode {
        self.codes[unit as usize]
    }

    /// A unit that reached through its neighbour has a strip left beyond it: that goes to who is around.
    fn join_fragments(&mut self) {
        for unit in self.changed.clone() {
            let pieces = self.fragments(unit);
            let spare = pieces.len().saturating_sub(self.parts[unit as usize]);
            for fragment in pieces.into_iter().take(spare) {
                let (area_m2, around_m) = fragment.iter().fold((0.0, 0.0), |(area, around), face| {
                    let ring = self.faces.line_of(*face);
                    (area + super::area::ring_area_m2(&ring), around + length_m(&ring))
                });
                if mean_width_m(area_m2, around_m) >= self.sliver_width_m {
                    continue;
                }
                if let Some(to) = self.longest_border(&fragment, |other| other != unit) {
                    fragment.iter().for_each(|face| self.owners[*face as usize] = vec![to]);
                    self.changed.insert(to);
                    for face in fragment {
                        if !self.doubtful.iter().any(|doubt| doubt.face == face) {
                            self.doubtful.push(Doubt { narrow: true, ..self.doubt(face) });
                        }
                    }
                }
            }
        }
        self.follow_outsides();
    }

    /// The faces of a unit by what hangs together over edges, the smallest first.
    fn fragments(&self, unit: u32) -> Vec<Vec<Cycle>> {
        let own = |cycle: Cycle| self.faces.is_face(cycle) && self.owners[cycle as usize] == [unit];
        let mut seen = BTreeSet::new();
        let mut fragments: Vec<(f64, Vec<Cycle>)> = Vec::new();
        for start in (0..self.faces.cycles() as Cycle).filter(|cycle| own(*cycle)) {
            if !seen.insert(start) {
                continue;
            }
            let (mut open, mut fragment) = (vec![start], Vec::new());
            while let Some(face) = open.pop() {
                fragment.push(face);
                for half in self.faces.halves(face) {
                    let beyond = self.cycle_beyond(half);
                    if own(beyond) && seen.insert(beyond) {
                        open.push(beyond);
                    }
                }
            }
            let size = fragment.iter().map(|face| super::area::ring_area_m2(&self.faces.line_of(*face))).sum();
            fragments.push((size, fragment));
        }
        fragments.sort_by(|a, b| a.0.total_cmp(&b.0));
        fragments.into_iter().map(|(_, fragment)| fragment).collect()
    }

    fn draw(&self, unit: u32, pieces: &[(Cycle, Cycle)], regions: &mut Regions<'_, '_>) -> MultiPolygon<f64> {
        let own = |cycle: Cycle| self.owners[cycle as usize].contains(&unit);
        let among: Vec<Cycle> = (0..self.faces.cycles() as Cycle).filter(|cycle| own(*cycle)).collect();
        regions.draw(&among, pieces, own)
    }

    /// What was given away, and what was left.
    fn told(&self, pieces: &[(Cycle, Cycle)], regions: &mut Regions<'_, '_>) -> (Vec<Mended>, Vec<Mended>) {
        let mut tell = |doubt: &Doubt| {
            let place = regions.face(doubt.face, pieces);
            let around: f64 = place.iter().flat_map(rings).map(length_m).sum();
            let area = area_m2(&place).unwrap_or(doubt.area_m2);
            Mended {
                had: self.covering[doubt.face as usize].iter().map(|unit| self.code(*unit)).collect(),
                to: self.owners[doubt.face as usize].first().filter(|_| doubt.narrow).map(|unit| self.code(*unit)),
                area_m2: area,
                mean_width_m: mean_width_m(area, around).min(doubt.width_m),
                place,
            }
        };
        let (given, left): (Vec<Doubt>, Vec<Doubt>) = self.doubtful.iter().partition(|doubt| doubt.narrow);
        (given.iter().map(&mut tell).collect(), left.iter().map(&mut tell).collect())
    }
}

#[cfg(test)]
mod tests {
    use geo::{Area, Validation};
    use proptest::prelude::*;

    use super::*;
    use crate::engine::boundaries::coverage::{self, Drawn, Kind};
    use crate::engine::boundaries::shapes::{area as shape, quads};

    fn code(number: usize) -> UnitCode {
        format!("{:05}", 10_000 + number).parse().unwrap()
    }

    fn mend(shapes: &[MultiPolygon<f64>], width_m: f64) -> Repaired {
        let units: Vec<_> = shapes.iter().enumerate().map(|(number, area)| (code(number), area)).collect();
        repair(&units, width_m)
    }

    /// What the check still finds of overlaps and gaps.
    fn left(repaired: &Repaired) -> Vec<Kind> {
        let units = repaired.units.iter();
        let drawn: Vec<_> =
            units.map(|(code, geometry)| Drawn { code: *code, geometry, stated_km2: None, repeated: 0 }).collect();
        let found = coverage::check(&drawn, None).findings.into_iter().map(|finding| finding.kind);
        found.filter(|kind| matches!(kind, Kind::Overlap | Kind::Gap | Kind::MismatchedEdge)).collect()
    }

    /// Areas of the units in 1e-8 square degrees, and who got what.
    fn check_units(shapes: &[&str], width_m: f64, areas: &[i64], given: &[(&[usize], usize)]) {
        let shapes: Vec<_> = shapes.iter().map(|text| shape(text)).collect();
        let repaired = mend(&shapes, width_m);
        let found: Vec<i64> =
            repaired.units.iter().map(|(_, area)| (area.unsigned_area() * 1e8).round() as i64).collect();
        assert_eq!(found, areas);
        let mended: Vec<_> = repaired.mended.iter().map(|face| (face.had.clone(), face.to.unwrap())).collect();
        let given: Vec<_> =
            given.iter().map(|(had, to)| (had.iter().map(|unit| code(*unit)).collect::<Vec<_>>(), code(*to))).collect();
        assert_eq!(mended, given);
        assert!(!repaired.mended.is_empty() || repaired.changed.is_empty());
    }

    const WEST: &str = "105 20, 105.01 20, 105.01 20.01, 105 20.01";

    #[test]
    fn what_fits_comes_back_as_it_was() {
        let shapes = quads(4, 3, 5);
        let repaired = mend(&shapes, 300.0);
        assert!(repaired.units.iter().zip(&shapes).all(|((_, area), given)| area == given));
        assert!(repaired.changed.is_empty() && repaired.mended.is_empty() && repaired.left.is_empty());
    }

    #[test]
    fn a_narrow_overlap_goes_to_the_longer_border() {
        // A ten-thousandth of a degree wide; its western side, beyond which the first unit lies, is bent and longer.
        check_units(
            &[
                "105 20, 105.01 20, 105.01 20.01, 105 20.01",
                "105.0099 20, 105.02 20, 105.02 20.01, 105.0099 20.01, 105.0098 20.005",
            ],
            50.0,
            &[10_000, 10_000],
            &[(&[0, 1], 0)],
        );
    }

    #[test]
    fn a_wide_overlap_is_left_and_listed() {
        let shapes = [shape(WEST), shape("105.008 20, 105.02 20, 105.02 20.01, 105.008 20.01")];
        let repaired = mend(&shapes, 50.0);
        assert!(repaired.mended.is_empty(), "corners are put into borders, no ground changes hands");
        assert_eq!(repaired.left[0].had, [code(0), code(1)]);
        assert_eq!(left(&repaired).len(), 3);
    }

    #[test]
    fn narrow_gaps_are_filled_between_units_and_within_one_and_a_lake_is_not() {
        let gap = "105.01 20, 105.02 20, 105.02 20.01, 105.01 20.01, 105.0101 20.005";
        let pin_hole = "105.005 20.015, 105.0051 20.015, 105.005 20.0151";
        let lake = "105.01 20.012, 105.015 20.012, 105.015 20.018, 105.01 20.018";
        let around = format!("105 20.01, 105.01 20.01, 105.02 20.01, 105.02 20.02, 105 20.02; {pin_hole}; {lake}");
        let repaired = mend(&[shape(WEST), shape(gap), shape(&around)], 50.0);
        let given: Vec<_> = repaired.mended.iter().map(|face| (face.had.len(), face.to)).collect();
        assert_eq!(given, [(0, Some(code(1))), (0, Some(code(2)))], "the bent border is the longer");
        assert_eq!(left(&repaired), [Kind::Gap], "the lake");
    }

    #[test]
    fn a_unit_drawn_twice_is_not_given_to_one() {
        let repaired = mend(&[shape(WEST), shape(WEST)], 5_000.0);
        assert_eq!((repaired.mended.len(), repaired.left.len()), (0, 1));
        assert!(repaired.units.iter().all(|(_, area)| area == &shape(WEST)));
    }

    #[test]
    fn what_is_no_position_comes_back_as_it_was() {
        let repaired = mend(&[shape("105 20, 1e300 20, 105.01 20.01"), shape(WEST)], 50.0);
        assert_eq!(repaired.units[0].1.0[0].exterior().0[1].x, 1e300);
        assert!(repaired.changed.is_empty());
    }

    proptest! {
        /// Units moved a little overlap and gape everywhere; mended they are a coverage of the same outline.
        #[test]
        fn a_mended_coverage_fits_and_loses_no_ground(
            moved in proptest::collection::vec((-3i8..=3, -3i8..=3), 20), bends in 0usize..4
        ) {
            use geo::Translate;
            let shapes: Vec<_> = quads(5, 4, bends)
                .iter()
                .zip(&moved)
                .map(|(unit, (dx, dy))| unit.translate(f64::from(*dx) * 1e-4, f64::from(*dy) * 1e-4))
                .collect();
            let repaired = mend(&shapes, 1_000.0);
            prop_assert_eq!(left(&repaired), vec![]);
            prop_assert!(repaired.units.iter().all(|(_, area)| area.is_valid()));
            let before = crate::engine::boundaries::outline::unite(&shapes.iter().collect::<Vec<_>>());
            let gaps = repaired.mended.iter().filter(|face| face.had.is_empty()).map(|face| face.area_m2);
            let ground = area_m2(&before.area).unwrap() - before.filled.area_m2 + gaps.sum::<f64>();
            let sum: f64 = repaired.units.iter().map(|(_, area)| area_m2(area).unwrap()).sum();
            prop_assert!((sum - ground).abs() < 1.0, "{sum} {ground}");
        }
    }
}
