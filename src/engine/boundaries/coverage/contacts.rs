//! Which units lie along each other, which cover a face, and which edges have no counterpart.

use std::collections::BTreeMap;

use crate::engine::boundaries::cover;
use crate::engine::boundaries::edges::{self, Edge};
use crate::engine::boundaries::faces::{Faces, Half, twin};
use crate::engine::boundaries::mesh::Mesh;

pub(super) struct Contacts {
    /// Pairs of units with an edge in common, as drawn.
    pub(super) touching: usize,
    /// Units by unit, with the length of the common border in degrees.
    pub(super) neighbours: Vec<BTreeMap<usize, f64>>,
    /// For each walk of the faces the units that cover what is on its left, lowest first.
    pub(super) covering: Vec<Vec<u32>>,
    /// Edges of a unit, as drawn without counterpart, along ground of another: unit, other, corners.
    pub(super) mismatched: Vec<(usize, usize, (u32, u32))>,
    /// Units with an edge that has nobody on its other side, with the length of it in degrees.
    pub(super) outer: BTreeMap<usize, f64>,
}

/// `drawn` are the edges of `mesh` before they were noded for `faces`.
pub(super) fn find(mesh: &Mesh, drawn: &[Edge], faces: &Faces<'_>, units: usize) -> Contacts {
    let mut contacts = Contacts {
        touching: 0,
        neighbours: vec![BTreeMap::new(); units],
        covering: cover::areas(faces),
        mismatched: Vec::new(),
        outer: BTreeMap::new(),
    };
    let partners = edges::partners(drawn, mesh.corners.len());
    for (edge, partner) in drawn.iter().zip(&partners) {
        if let Some(partner) = partner.map(|partner| drawn[partner as usize])
            && partner.area != edge.area
        {
            let border = contacts.neighbours[edge.area as usize].entry(partner.area as usize).or_default();
            *border += length(mesh, (edge.from, edge.to));
        }
    }
    let later = |(unit, others): (usize, &BTreeMap<usize, f64>)| others.range(unit + 1..).count();
    contacts.touching = contacts.neighbours.iter().enumerate().map(later).sum();
    for line in 0..faces.lines() as Half {
        for edge in faces.sides(2 * line).iter().filter(|edge| partners[edge.source as usize].is_none()) {
            let half = if edge.is_forward() { 2 * line } else { 2 * line + 1 };
            contacts.look_beside(mesh, faces, *edge, half);
        }
    }
    contacts
}

impl Contacts {
    fn look_beside(&mut self, mesh: &Mesh, faces: &Faces<'_>, edge: Edge, half: Half) {
        let [inner, outer] = [half, twin(half)].map(|half| &self.covering[faces.cycle_of(half) as usize]);
        let stranger = inner.iter().chain(outer).copied().find(|other| *other != edge.area);
        let corners = (edge.from, edge.to);
        match stranger {
            Some(other) => self.mismatched.push((edge.area as usize, other as usize, corners)),
            None if outer.is_empty() => {
                *self.outer.entry(edge.area as usize).or_default() += length(mesh, corners);
            }
            None => {}
        }
    }
}

fn length(mesh: &Mesh, (a, b): (u32, u32)) -> f64 {
    let (a, b) = (mesh.corners[a as usize], mesh.corners[b as usize]);
    (b.x - a.x).hypot(b.y - a.y)
}
