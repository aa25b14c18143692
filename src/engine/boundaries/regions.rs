//! What some faces enclose together, as polygons.
//!
//! A region is made of chosen faces that hang together over lines; its inside
//! is in one piece, so it has one exterior, and all its other rings are holes.
//! Which hole belongs to which exterior is known from the faces and is not
//! measured again. Areas that touch in a corner stay apart, and a hole that
//! touches the outside in a corner is a hole.

use geo_types::{Coord, LineString, MultiPolygon, Polygon};

use super::faces::{Cycle, Faces, Half, Via, twin};

const NONE: u32 = u32::MAX;

/// Draws regions. What it needs for that is kept from one region to the next.
pub(super) struct Regions<'f, 'm> {
    faces: &'f Faces<'m>,
    walked: Vec<bool>,
    /// Where in the walk at hand a corner was passed.
    passed: Vec<u32>,
    /// A walk that a chosen walk hangs together with; the root names the region.
    parent: Vec<Cycle>,
}

impl<'f, 'm> Regions<'f, 'm> {
    pub(super) fn of(faces: &'f Faces<'m>) -> Self {
        Self {
            faces,
            walked: vec![false; 2 * faces.lines()],
            passed: vec![NONE; faces.corners()],
            parent: (0..faces.cycles() as Cycle).collect(),
        }
    }

    /// The chosen faces, less the pieces in them that are not chosen. Exteriors turn left, holes right.
    pub(super) fn all(&mut self, chosen: &[bool]) -> MultiPolygon<f64> {
        let among: Vec<Cycle> = (0..chosen.len() as Cycle).filter(|cycle| chosen[*cycle as usize]).collect();
        let pieces: Vec<(Cycle, Cycle)> = self.faces.order().iter().filter_map(held).collect();
        self.draw(&among, &pieces, |cycle| chosen[cycle as usize])
    }

    /// One face, less the pieces that lie in it.
    pub(super) fn face(&mut self, face: Cycle, pieces: &[(Cycle, Cycle)]) -> MultiPolygon<f64> {
        let inner = pieces.iter().filter(|(_, around)| *around == face).map(|(piece, _)| *piece);
        let among: Vec<Cycle> = std::iter::once(face).chain(inner).collect();
        self.draw(&among, pieces, |cycle| among.contains(&cycle))
    }

    /// As [`Regions::all`]: `among` are the chosen walks, and `pieces` those of [`held`] that may matter.
    pub(super) fn draw(
        &mut self,
        among: &[Cycle],
        pieces: &[(Cycle, Cycle)],
        chosen: impl Fn(Cycle) -> bool,
    ) -> MultiPolygon<f64> {
        let faces = self.faces;
        let is_border = |half: Half| chosen(faces.cycle_of(half)) && !chosen(faces.cycle_of(twin(half)));
        for &cycle in among {
            for half in faces.halves(cycle).filter(|half| !is_border(*half)) {
                self.join(cycle, faces.cycle_of(twin(half)));
            }
        }
        for (piece, around) in pieces.iter().filter(|(piece, around)| chosen(*piece) && chosen(*around)) {
            self.join(*piece, *around);
        }
        let mut rings: Vec<(Cycle, Vec<u32>)> = Vec::new();
        for &cycle in among {
            let region = self.find(cycle);
            for start in faces.halves(cycle).filter(|half| is_border(*half)) {
                if !self.walked[start as usize] {
                    self.walk(start, &is_border, |ring| rings.push((region, ring)));
                }
            }
        }
        for &cycle in among {
            self.parent[cycle as usize] = cycle;
            faces.halves(cycle).for_each(|half| self.walked[half as usize] = false);
        }
        self.polygons(&rings)
    }

    /// Along the border, at each corner the first line clockwise, so that the wedge between lies inside;
    /// a walk that comes back to a corner is cut into rings that do not.
    fn walk(&mut self, start: Half, is_border: &impl Fn(Half) -> bool, mut ring: impl FnMut(Vec<u32>)) {
        let mut path: Vec<u32> = Vec::new();
        let mut half = start;
        loop {
            self.walked[half as usize] = true;
            let corner = self.faces.ends(half).0;
            let before = self.passed[corner as usize];
            if before != NONE {
                let loop_ = path.split_off(before as usize);
                loop_.iter().for_each(|corner| self.passed[*corner as usize] = NONE);
                ring(loop_);
            }
            self.passed[corner as usize] = path.len() as u32;
            path.push(corner);
            half = self.faces.next(half);
            while !is_border(half) {
                half = self.faces.next(twin(half));
            }
            if half == start {
                break;
            }
        }
        path.iter().for_each(|corner| self.passed[*corner as usize] = NONE);
        ring(path);
    }

    fn polygons(&self, rings: &[(Cycle, Vec<u32>)]) -> MultiPolygon<f64> {
        let line = |ring: &[u32]| -> LineString<f64> {
            ring.iter().chain(ring.first()).map(|corner| self.faces.at(*corner)).collect()
        };
        let mut polygons: Vec<(Cycle, Polygon<f64>)> = Vec::new();
        let mut holes: Vec<(Cycle, LineString<f64>)> = Vec::new();
        for (region, ring) in rings.iter().filter(|(_, ring)| ring.len() >= 3) {
            match self.turns_left(ring) {
                true => polygons.push((*region, Polygon::new(line(ring), Vec::new()))),
                false => holes.push((*region, line(ring))),
            }
        }
        polygons.sort_by_key(|(region, _)| *region);
        for (region, hole) in holes {
            if let Ok(place) = polygons.binary_search_by_key(&region, |(region, _)| *region) {
                polygons[place].1.interiors_push(hole);
            }
        }
        polygons.into_iter().map(|(_, polygon)| polygon).collect()
    }

    /// Measured from the first corner: far from 0, 0 the plain formula loses the digits that matter.
    fn turns_left(&self, ring: &[u32]) -> bool {
        let origin = self.faces.at(ring[0]);
        let mut last = Coord { x: 0.0, y: 0.0 };
        let mut twice = 0.0;
        for corner in &ring[1..] {
            let here = self.faces.at(*corner) - origin;
            twice += last.x * here.y - last.y * here.x;
            last = here;
        }
        twice > 0.0
    }

    fn find(&self, cycle: Cycle) -> Cycle {
        let mut root = cycle;
        while self.parent[root as usize] != root {
            root = self.parent[root as usize];
        }
        root
    }

    fn join(&mut self, a: Cycle, b: Cycle) {
        let (root_a, root_b) = (self.find(a), self.find(b));
        let root = root_a.min(root_b);
        for cycle in [a, b, root_a, root_b] {
            self.parent[cycle as usize] = root;
        }
    }
}

/// A piece that lies in a face: its outside, and the walk around that face.
pub(super) fn held((piece, via): &(Cycle, Via)) -> Option<(Cycle, Cycle)> {
    match via {
        Via::In(around) => Some((*piece, *around)),
        Via::Open | Via::Over(_) => None,
    }
}
