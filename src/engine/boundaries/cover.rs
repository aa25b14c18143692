//! Which areas cover each face.
//!
//! Outside everything nothing does; across an edge there are more by the areas
//! on its left and fewer by those on its right. So what covers a face follows
//! from the way to it, and no point is ever tested.

use super::edges::Edge;
use super::faces::{Faces, Via, is_forward, twin};

/// How many areas cover what lies left of each walk. Negative where a ring turns the wrong way.
pub(super) fn counts(faces: &Faces<'_>) -> Vec<i32> {
    let mut counts = vec![0; faces.cycles()];
    for (cycle, via) in faces.order() {
        counts[*cycle as usize] = match via {
            Via::Open => 0,
            Via::In(around) => counts[*around as usize],
            Via::Over(half) => counts[faces.cycle_of(twin(*half)) as usize] + faces.gain(*half),
        };
    }
    counts
}

/// The areas that cover what lies left of each walk, lowest first, each once.
pub(super) fn areas(faces: &Faces<'_>) -> Vec<Vec<u32>> {
    let mut areas: Vec<Vec<u32>> = vec![Vec::new(); faces.cycles()];
    for (cycle, via) in faces.order() {
        let known = match via {
            Via::Open => Vec::new(),
            Via::In(around) => areas[*around as usize].clone(),
            Via::Over(half) => {
                let mut here = areas[faces.cycle_of(twin(*half)) as usize].clone();
                let enters = |edge: &&Edge| edge.is_forward() == is_forward(*half);
                let place = |here: &[u32], edge: &Edge| here.binary_search(&edge.area);
                // Who enters first: an area that walks this line there and back leaves nothing.
                for edge in faces.sides(*half).iter().filter(enters) {
                    let (Ok(at) | Err(at)) = place(&here, edge);
                    here.insert(at, edge.area);
                }
                for edge in faces.sides(*half).iter().filter(|edge| !enters(edge)) {
                    if let Ok(at) = place(&here, edge) {
                        here.remove(at);
                    }
                }
                here
            }
        };
        areas[*cycle as usize] = known;
    }
    // One that covers a face twice is in the list twice until here.
    areas.iter_mut().for_each(Vec::dedup);
    areas
}
