//! Layers and an address become bytes.
//!
//! Each shape is snapped to the tile's grid first and cut second, both in whole
//! units, so that two neighbours keep one border and two tiles keep one edge.
//! What the writer trusts its caller with (no degenerate ring, no feature
//! without geometry, holes inside) is made sure of here.

use super::budget::{LayerTally, draw};
use super::clip::clip;
use super::definition::GeometryKind;
use super::layer::{Drawn, Indexed, Layer};
use super::ring::{arrange, clean, doubled_area, lies_within};
use super::world::{Local, Window, World};
use super::write::LayerWriter;
use super::{AREA_BUFFER, Address, POINT_BUFFER};

/// The bytes of [`draw`].
#[must_use]
pub fn encode(layers: &[&Layer], at: Address) -> Vec<u8> {
    draw(layers, at).bytes
}

/// Buffers that live as long as one tile.
#[derive(Default)]
pub(super) struct Scratch {
    ring: Vec<Local>,
    spare: Vec<Local>,
    /// The feature's finished vertices, and where each of its rings ends in them.
    vertices: Vec<Local>,
    rings: Vec<(usize, bool)>,
}

/// Adds a layer to a tile, with so many of its candidates at the most: those needed most.
pub(super) fn encode_layer(
    layer: &Layer,
    at: Address,
    most: usize,
    scratch: &mut Scratch,
    tile: &mut Vec<u8>,
) -> LayerTally {
    let definition = layer.definition();
    let level = layer.level(at.z());
    let mut tally = LayerTally {
        id: definition.id,
        at_this_zoom: layer.feature_count(at.z()),
        clusters: level.is_some_and(|level| level.once),
        candidates: 0,
        drawn: 0,
        dropped: 0,
        bytes: 0,
    };
    let Some(level) = level else { return tally };
    let window = match definition.geometry {
        GeometryKind::Point => Window::new(at, POINT_BUFFER),
        GeometryKind::Area => Window::new(at, AREA_BUFFER),
    };
    let features = needed(level.within(&window), most, &mut tally);
    let mut writer = LayerWriter::new(layer.values(), definition.tile_fields().count(), features.len());
    for feature in features {
        match definition.geometry {
            GeometryKind::Point => {
                let place = window.snap(feature.label);
                let is_here = |v: &i64| (window.low..=window.high).contains(v);
                if if level.once { window.owns(feature.label) } else { place.iter().all(is_here) } {
                    writer.point(feature.id, place, level.attributes(feature));
                }
            }
            GeometryKind::Area => {
                cut_area(level, feature, &window, scratch);
                if !scratch.rings.is_empty() {
                    writer.area(feature.id, (&scratch.vertices, &scratch.rings), level.attributes(feature));
                }
            }
        }
    }
    tally.drawn = writer.count();
    let before = tile.len();
    let name = |field: usize| definition.tile_fields().nth(field).map_or("", |field| field.name);
    writer.finish(definition.id, &name, tile);
    tally.bytes = tile.len() - before;
    tally
}

/// So many of the candidates that are needed most, in the order that they came in.
fn needed<'a>(
    candidates: impl ExactSizeIterator<Item = &'a Drawn>,
    most: usize,
    tally: &mut LayerTally,
) -> Vec<&'a Drawn> {
    tally.candidates = candidates.len();
    if tally.candidates <= most {
        return candidates.collect();
    }
    let mut order: Vec<(usize, &Drawn)> = candidates.enumerate().collect();
    order.sort_by(|(_, one), (_, other)| other.need.total_cmp(&one.need));
    order.truncate(most);
    order.sort_unstable_by_key(|(number, _)| *number);
    order.into_iter().map(|(_, feature)| feature).collect()
}

/// Leaves the feature's rings in `scratch`, ready to write; none when it is not in this tile.
///
/// A shape that snapping swallows whole becomes a square of one unit, in the
/// one tile that holds its label point: small is not the same as absent.
fn cut_area(level: &Indexed, feature: &Drawn, window: &Window, scratch: &mut Scratch) {
    scratch.vertices.clear();
    scratch.rings.clear();
    let mut cursor = None;
    for polygon in level.rings(feature).chunk_by(|_, next| !next.exterior) {
        let (first_vertex, first_ring, first_cursor) = (scratch.vertices.len(), scratch.rings.len(), cursor);
        let mut area = 0;
        let mut frame = None;
        let mut moved = false;
        for (number, ring) in polygon.iter().enumerate() {
            let changed = cut_ring(level.vertices(ring), window.snap_extent(ring.extent), window, scratch);
            let size = doubled_area(&scratch.ring).abs();
            if number == 0 {
                if size == 0 {
                    break;
                }
                (area, frame, moved) = (size, bounding_box(&scratch.ring), changed || ring.touches_itself);
            } else {
                if size == 0 || !frame.zip(bounding_box(&scratch.ring)).is_some_and(|(f, hole)| holds(f, hole)) {
                    continue;
                }
                // Where the exterior folded, touches itself or was cut like the hole, the hole may have come out of it; and
                // what snapping pushed out by a step of the world is further out in a tile of the last zooms.
                let exterior = first_vertex..scratch.rings[first_ring].0;
                let may_be_out = moved || changed || window.magnifies();
                if may_be_out && !lies_within(&scratch.ring, &scratch.vertices[exterior]) {
                    continue;
                }
                area -= size;
            }
            arrange(&mut scratch.ring, ring.exterior, cursor);
            cursor = scratch.ring.last().copied();
            scratch.vertices.extend_from_slice(&scratch.ring);
            scratch.rings.push((scratch.vertices.len(), ring.exterior));
        }
        // Nothing left of it: its holes have eaten it, or the whole tile lies in one.
        if area <= 0 {
            scratch.vertices.truncate(first_vertex);
            scratch.rings.truncate(first_ring);
            cursor = first_cursor;
        }
    }
    if scratch.rings.is_empty() && window.owns(feature.label) {
        let [x, y] = window.snap(feature.label);
        scratch.vertices.extend([[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1]]);
        scratch.rings.push((4, true));
    }
}

/// Leaves the ring in `scratch.ring`: snapped, cut, clean; empty when nothing with an area is left.
/// Says whether it lost more than snapping takes: to the border, or by a fold.
fn cut_ring(vertices: &[World], (min, max): (Local, Local), window: &Window, scratch: &mut Scratch) -> bool {
    let (low, high) = (window.low, window.high);
    let ring = &mut scratch.ring;
    ring.clear();
    if (0..2).any(|axis| max[axis] < low || min[axis] > high || min[axis] == max[axis]) {
        return true;
    }
    for at in vertices {
        let at = window.snap(*at);
        if ring.last() != Some(&at) {
            ring.push(at);
        }
    }
    let crosses = (0..2).any(|axis| min[axis] < low || max[axis] > high);
    if crosses {
        clip(ring, &mut scratch.spare, low, high);
    }
    let folded = clean(ring, low, high);
    crosses || folded
}

fn bounding_box(ring: &[Local]) -> Option<(Local, Local)> {
    let first = *ring.first()?;
    Some(ring.iter().fold((first, first), |(min, max), at| {
        ([min[0].min(at[0]), min[1].min(at[1])], [max[0].max(at[0]), max[1].max(at[1])])
    }))
}

fn holds(outer: (Local, Local), inner: (Local, Local)) -> bool {
    (0..2).all(|axis| outer.0[axis] <= inner.0[axis] && inner.1[axis] <= outer.1[axis])
}
