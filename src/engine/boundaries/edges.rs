//! Directed edges between numbered corners, and which of them cancel.
//!
//! The area of an edge lies on its left. Where two neighbours share an edge,
//! one walks it one way and the other the other way: the two cancel, and what
//! is left over is all that an outline, or a doubt, can be made of.

/// From corner to corner; numbers of a mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) from: u32,
    pub(super) to: u32,
    /// Index of the area on the left.
    pub(super) area: u32,
    /// Index of the edge as drawn that this is, or is cut from.
    pub(super) source: u32,
}

impl Edge {
    /// The two corners, the lower number first.
    pub(super) fn line(self) -> (u32, u32) {
        (self.from.min(self.to), self.from.max(self.to))
    }

    pub(super) fn is_forward(self) -> bool {
        self.from < self.to
    }
}

/// Things listed by a number below `count`: those of number `n` are `listed[starts[n]..starts[n + 1]]`.
pub(super) struct Listed {
    starts: Vec<u32>,
    listed: Vec<u32>,
}

impl Listed {
    /// Lists the place of every one of `keys` under its value, in order.
    pub(super) fn by(count: usize, keys: impl Iterator<Item = u32> + Clone) -> Self {
        let mut starts = vec![0u32; count + 1];
        for key in keys.clone() {
            starts[key as usize + 1] += 1;
        }
        for place in 0..count {
            starts[place + 1] += starts[place];
        }
        let mut listed = vec![0; starts[count] as usize];
        // Filled from the front, `starts[key]` runs up to the start of the next.
        for (place, key) in keys.enumerate() {
            let next = &mut starts[key as usize];
            listed[*next as usize] = place as u32;
            *next += 1;
        }
        starts.rotate_right(1);
        starts[0] = 0;
        Self { starts, listed }
    }

    pub(super) fn of(&self, key: usize) -> &[u32] {
        &self.listed[self.starts[key] as usize..self.starts[key + 1] as usize]
    }

    pub(super) fn of_mut(&mut self, key: usize) -> &mut [u32] {
        &mut self.listed[self.starts[key] as usize..self.starts[key + 1] as usize]
    }
}

/// For each edge the one that walks the same line the other way; every edge has at most one.
pub(super) fn partners(edges: &[Edge], corners: usize) -> Vec<Option<u32>> {
    let by_corner = Listed::by(corners, edges.iter().map(|edge| edge.line().0));
    let mut partners = vec![None; edges.len()];
    for corner in 0..corners {
        let here = by_corner.of(corner);
        for (place, &one) in here.iter().enumerate() {
            if partners[one as usize].is_some() {
                continue;
            }
            let edge = edges[one as usize];
            let cancels = |other: &&u32| {
                let back = edges[**other as usize];
                back.from == edge.to && back.to == edge.from && partners[**other as usize].is_none()
            };
            if let Some(&other) = here[place + 1..].iter().find(cancels) {
                partners[one as usize] = Some(other);
                partners[other as usize] = Some(one);
            }
        }
    }
    partners
}

/// The edges that have no partner, in their order.
pub(super) fn open(edges: &[Edge], corners: usize) -> Vec<Edge> {
    let partners = partners(edges, corners);
    edges.iter().zip(partners).filter(|(_, partner)| partner.is_none()).map(|(edge, _)| *edge).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(walked: &[(u32, u32)], expected: &[(u32, u32)]) {
        let edges: Vec<_> = walked.iter().map(|(from, to)| Edge { from: *from, to: *to, area: 0, source: 0 }).collect();
        let left: Vec<_> = open(&edges, 9).iter().map(|edge| (edge.from, edge.to)).collect();
        assert_eq!(left, expected);
    }

    #[test]
    fn an_edge_walked_both_ways_cancels() {
        check(&[(0, 1), (1, 2), (2, 0), (2, 1), (1, 3), (3, 2)], &[(0, 1), (2, 0), (1, 3), (3, 2)]);
    }

    #[test]
    fn one_way_back_cancels_one_way_there() {
        check(&[(0, 1), (0, 1), (1, 0)], &[(0, 1)]);
        check(&[(0, 1), (0, 1), (1, 0), (1, 0)], &[]);
        check(&[], &[]);
    }

    #[test]
    fn a_list_keeps_the_order_of_what_it_lists() {
        let listed = Listed::by(4, [2, 0, 2, 3, 2].into_iter());
        assert_eq!([0, 1, 2, 3].map(|key| listed.of(key).to_vec()), [vec![1], vec![], vec![0, 2, 4], vec![3]]);
    }
}
