//! Which units lie along each other, and which edges have no counterpart.
//!
//! Every edge is looked up under its reverse. What has none is an outer
//! border, or a border that two units drew differently; a step to either side
//! of the edge tells which.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use geo_types::Coord;

use super::Drawn;
use crate::engine::boundaries::lookup::Lookup;
use crate::engine::boundaries::mesh::{self, Mesh};

/// How far beside an edge is looked, degrees: a millimetre. Nothing narrower is found, and no rounding is taken for an overlap.
const BESIDE_DEG: f64 = 1e-8;

pub(super) struct Contacts {
    pub(super) lookup: Lookup,
    /// Pairs of units with an edge in common.
    pub(super) touching: usize,
    /// Units by unit, with the length of the common border in degrees.
    pub(super) neighbours: Vec<BTreeMap<usize, f64>>,
    /// Pairs that may overlap: a superset.
    pub(super) suspects: BTreeSet<(usize, usize)>,
    /// Edges of a unit along ground of another that does not have them: unit, other, corners.
    pub(super) mismatched: Vec<(usize, usize, (usize, usize))>,
    /// Units with an edge that has nobody on its other side, with the length of it in degrees.
    pub(super) outer: BTreeMap<usize, f64>,
}

pub(super) fn find(mesh: &Mesh, units: &[Drawn<'_>]) -> Contacts {
    let lookup = Lookup::new(units.iter().map(|unit| (unit.code, unit.geometry)));
    let mut contacts = Contacts {
        lookup,
        touching: 0,
        neighbours: vec![BTreeMap::new(); units.len()],
        suspects: BTreeSet::new(),
        mismatched: Vec::new(),
        outer: BTreeMap::new(),
    };
    let mut walked: HashMap<(usize, usize), usize> = HashMap::with_capacity(mesh.corners.len() * 2);
    for ring in &mesh.rings {
        for edge in mesh::edges(&ring.corners) {
            if let Some(other) = walked.insert(edge, ring.area)
                && other != ring.area
            {
                contacts.suspect(other, ring.area);
            }
        }
    }
    let mut open: Vec<(usize, (usize, usize))> = Vec::new();
    for ring in &mesh.rings {
        for (a, b) in mesh::edges(&ring.corners) {
            match walked.get(&(b, a)) {
                Some(&other) if other != ring.area => {
                    *contacts.neighbours[ring.area].entry(other).or_default() += length(mesh, a, b);
                }
                Some(_) => {}
                None => open.push((ring.area, (a, b))),
            }
        }
    }
    let later = |(unit, others): (usize, &BTreeMap<usize, f64>)| others.range(unit + 1..).count();
    contacts.touching = contacts.neighbours.iter().enumerate().map(later).sum();
    for (unit, edge) in &open {
        contacts.look_beside(mesh, units, *unit, *edge);
    }
    let open_edges: Vec<(usize, usize)> = open.iter().map(|(_, edge)| *edge).collect();
    // Either direction of an edge will do, and each tells one of its two units.
    let all: Vec<((usize, usize), usize)> = walked.into_iter().collect();
    let all_edges: Vec<(usize, usize)> = all.iter().map(|(edge, _)| *edge).collect();
    mesh::meetings(mesh, &open_edges, &all_edges, |one, other| {
        contacts.suspect(open[one].0, all[other].1);
        true
    });
    // A unit wholly inside others may have no open edge of its own.
    for (number, unit) in units.iter().enumerate() {
        if let Some(at) = crate::engine::boundaries::place::label_point(unit.geometry) {
            let at = Coord { x: at.lon(), y: at.lat() };
            for other in contacts.lookup.covering(at) {
                contacts.suspect(number, other);
            }
        }
    }
    contacts
}

impl Contacts {
    fn suspect(&mut self, a: usize, b: usize) {
        if a != b {
            self.suspects.insert((a.min(b), a.max(b)));
        }
    }

    /// Inside is on the left of an edge.
    fn look_beside(&mut self, mesh: &Mesh, units: &[Drawn<'_>], unit: usize, edge: (usize, usize)) {
        let [a, b] = [edge.0, edge.1].map(|corner| mesh.corners[corner]);
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let long = dx.hypot(dy);
        if long == 0.0 || units.is_empty() {
            return;
        }
        let middle = Coord { x: (a.x + b.x) / 2.0, y: (a.y + b.y) / 2.0 };
        let step = Coord { x: -dy / long * BESIDE_DEG, y: dx / long * BESIDE_DEG };
        let inner = self.lookup.covering(middle + step);
        let outer = self.lookup.covering(middle - step);
        for &other in &inner {
            self.suspect(unit, other);
            for &third in &inner {
                self.suspect(other, third);
            }
        }
        let stranger = inner.iter().chain(&outer).copied().find(|other| *other != unit);
        match stranger {
            Some(other) => self.mismatched.push((unit, other, edge)),
            None if outer.is_empty() => *self.outer.entry(unit).or_default() += long,
            None => {}
        }
    }
}

fn length(mesh: &Mesh, a: usize, b: usize) -> f64 {
    let (a, b) = (mesh.corners[a], mesh.corners[b]);
    (b.x - a.x).hypot(b.y - a.y)
}
