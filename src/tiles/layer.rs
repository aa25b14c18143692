//! One layer in memory, ready to be cut into tiles.
//!
//! Everything that does not depend on the tile is done here once: projection,
//! bounding boxes, the R-tree, a label point for each shape, and every value
//! once, as its bytes in a tile. A tile then costs no allocation per
//! vertex or attribute. What the definition does not declare stays out.

use std::collections::HashSet;
use std::fmt;
use std::ops::{Range, RangeInclusive};

use geo_types::{LineString, MultiPolygon};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::definition::{FieldKind, GeometryKind, LayerDefinition};
use super::ring;
use super::world::{Extent, Local, Window, World};
use super::write::{Attribute, Cell, Numbering, Values};
use crate::model::feature::{Feature, Shape, Value};

/// The largest integer up to which JavaScript counts one by one.
const LARGEST_ID: u64 = (1 << 53) - 1;

/// Features for a range of zooms, WGS 84 degrees, already generalised: communes
/// along shared arcs, cells at the resolution of those zooms.
#[derive(Clone, Debug)]
pub struct Level {
    pub zooms: RangeInclusive<u8>,
    pub features: Vec<Feature>,
    /// Each point in the one tile that it lies in, and never left out: their figures add up over the tiles of a zoom.
    pub once: bool,
}

/// One layer of tiles. Immutable: new data make a new layer.
pub struct Layer {
    definition: &'static LayerDefinition,
    /// By first zoom, ascending.
    levels: Vec<Indexed>,
    values: Values,
    bounds: Option<[f64; 4]>,
}

/// One level, projected and indexed.
pub(crate) struct Indexed {
    zooms: RangeInclusive<u8>,
    pub(crate) once: bool,
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
    features: Vec<Drawn>,
    rings: Vec<Ring>,
    vertices: Vec<World>,
    attributes: Vec<Attribute>,
}

/// One feature; ranges point into the level.
pub(crate) struct Drawn {
    /// `None` for an id that is too large or that the level has already used.
    pub(crate) id: Option<u64>,
    pub(crate) extent: Extent,
    /// A point inside: where a shape too small to draw is marked.
    pub(crate) label: World,
    /// The more, the later it is left out of a tile that would be too large.
    pub(crate) need: f64,
    rings: Range<usize>,
    attributes: Range<usize>,
}

/// Open: the last vertex joins the first.
pub(crate) struct Ring {
    pub(crate) exterior: bool,
    /// Of an exterior with holes: they may come out of it wherever it is snapped.
    pub(crate) touches_itself: bool,
    pub(crate) extent: Extent,
    vertices: Range<usize>,
}

impl Layer {
    /// Projects and indexes. Shapes without a finite ring of three vertices
    /// are left out, and so are attributes that are not finite numbers.
    ///
    /// A level serves its zooms; the last one serves all zooms after it.
    #[must_use]
    pub fn new(definition: &'static LayerDefinition, mut levels: Vec<Level>) -> Self {
        levels.sort_by_key(|level| *level.zooms.start());
        let mut numbering = Numbering::default();
        let bounds = levels.iter().flat_map(|level| &level.features).fold(None, widen);
        let levels = levels.iter().map(|level| index(definition, level, &mut numbering)).collect();
        Self { definition, levels, values: numbering.finish(), bounds }
    }

    #[must_use]
    pub fn definition(&self) -> &'static LayerDefinition {
        self.definition
    }

    /// West, south, east, north in degrees; `None` for a layer without features.
    #[must_use]
    pub fn bounds(&self) -> Option<[f64; 4]> {
        self.bounds
    }

    /// Features in the world at this zoom.
    #[must_use]
    pub fn feature_count(&self, z: u8) -> usize {
        self.level(z).map_or(0, |level| level.features.len())
    }

    /// The level that serves a zoom: the one that names it, else the last before it.
    pub(crate) fn level(&self, z: u8) -> Option<&Indexed> {
        if z < self.definition.minzoom {
            return None;
        }
        let named = self.levels.iter().find(|level| level.zooms.contains(&z));
        named.or_else(|| self.levels.iter().rev().find(|level| *level.zooms.start() <= z))
    }

    /// By first zoom, ascending.
    pub(crate) fn levels(&self) -> &[Indexed] {
        &self.levels
    }

    /// What attributes of features stand for.
    pub(crate) fn values(&self) -> &Values {
        &self.values
    }
}

/// Short, because a layer in full is megabytes.
impl fmt::Debug for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let levels = self.levels.iter().map(|level| (&level.zooms, level.features.len()));
        f.debug_struct("Layer").field("id", &self.definition.id).field("levels", &levels.collect::<Vec<_>>()).finish()
    }
}

impl Indexed {
    /// In the order that they were given.
    pub(crate) fn features(&self) -> &[Drawn] {
        &self.features
    }

    /// Whether it is drawn at the same zooms and in the same way.
    pub(crate) fn serves_as(&self, other: &Self) -> bool {
        (&self.zooms, self.once) == (&other.zooms, other.once)
    }

    /// Features whose bounding box meets the window, in the order that they were given.
    pub(crate) fn within(&self, window: &Window) -> impl ExactSizeIterator<Item = &Drawn> {
        let (low, high) = window.envelope();
        let mut hits: Vec<usize> = self
            .tree
            .locate_in_envelope_intersecting(AABB::from_corners(low, high))
            .map(|feature| feature.data)
            .collect();
        hits.sort_unstable();
        hits.into_iter().map(|hit| &self.features[hit])
    }

    /// Those first that change least from feature to feature.
    pub(crate) fn attributes(&self, feature: &Drawn) -> &[Attribute] {
        &self.attributes[feature.attributes.clone()]
    }

    pub(crate) fn rings(&self, feature: &Drawn) -> &[Ring] {
        &self.rings[feature.rings.clone()]
    }

    pub(crate) fn vertices(&self, ring: &Ring) -> &[World] {
        &self.vertices[ring.vertices.clone()]
    }
}

fn index(definition: &'static LayerDefinition, level: &Level, numbering: &mut Numbering) -> Indexed {
    let mut indexed = Indexed {
        zooms: level.zooms.clone(),
        once: level.once,
        tree: RTree::new(),
        features: Vec::with_capacity(level.features.len()),
        rings: Vec::new(),
        vertices: Vec::new(),
        attributes: Vec::new(),
    };
    let mut used = HashSet::with_capacity(level.features.len());
    for feature in &level.features {
        let first_ring = indexed.rings.len();
        let shape = match (&feature.shape, definition.geometry) {
            (Shape::Point(at), GeometryKind::Point) => {
                World::project(at.lon(), at.lat()).map(|at| (Extent { min: at, max: at }, at))
            }
            (Shape::Area(area), GeometryKind::Area) => store_area(area, &mut indexed),
            // A village whose point nobody gave is in lists and on no map.
            (Shape::Unlocated, _) => None,
            _ => {
                debug_assert!(false, "layer {} has no room for {:?}", definition.id, feature.key);
                None
            }
        };
        let Some((extent, label)) = shape else { continue };
        debug_assert!(feature.id <= LARGEST_ID, "layer {}: id {} is above 2^53", definition.id, feature.id);
        let first_attribute = indexed.attributes.len();
        let packed = feature.attributes.iter().filter_map(|(name, value)| pack(definition, name, value, numbering));
        indexed.attributes.extend(packed);
        indexed.features.push(Drawn {
            id: (feature.id <= LARGEST_ID && used.insert(feature.id)).then_some(feature.id),
            extent,
            label,
            need: need(definition, feature),
            rings: first_ring..indexed.rings.len(),
            attributes: first_attribute..indexed.attributes.len(),
        });
    }
    alike_first(&mut indexed, definition.tile_fields().count());
    let boxes = indexed.features.iter().enumerate().map(|(number, feature)| {
        let corner = |at: World| [f64::from(at.x), f64::from(at.y)];
        let frame = Rectangle::from_corners(corner(feature.extent.min), corner(feature.extent.max));
        GeomWithData::new(frame, number)
    });
    indexed.tree = RTree::bulk_load(boxes.collect());
    indexed
}

/// Moves the columns that change least from feature to feature to the front: what is the same in neighbours then
/// stands in one piece, and compresses better and faster.
fn alike_first(indexed: &mut Indexed, columns: usize) {
    let mut changes = vec![(0_u32, None); columns];
    for Attribute { field, value } in &indexed.attributes {
        let (count, last) = &mut changes[usize::from(*field)];
        *count += u32::from(*last != Some(*value));
        *last = Some(*value);
    }
    for feature in &indexed.features {
        let attributes = &mut indexed.attributes[feature.attributes.clone()];
        attributes.sort_unstable_by_key(|one| (changes[usize::from(one.field)].0, one.field));
    }
}

/// What is not known may be the worst.
fn need(definition: &LayerDefinition, feature: &Feature) -> f64 {
    let Some(need) = definition.need else { return f64::INFINITY };
    let by = match feature.get(need.column) {
        Some(Value::Number(number)) => *number,
        Some(Value::Integer(number)) => *number as f64,
        _ => return f64::INFINITY,
    };
    if need.largest { by } else { -by }
}

/// Adds the rings; the box of them all, and a point inside the largest polygon.
fn store_area(area: &MultiPolygon<f64>, indexed: &mut Indexed) -> Option<(Extent, World)> {
    let first_ring = indexed.rings.len();
    let mut largest: Option<(f64, Range<usize>)> = None;
    for polygon in area {
        let exterior = indexed.rings.len();
        if !store_ring(polygon.exterior(), true, indexed) {
            continue;
        }
        if !polygon.interiors().is_empty() {
            indexed.rings[exterior].touches_itself = ring::touches_itself(&local(indexed, &indexed.rings[exterior]));
        }
        for interior in polygon.interiors() {
            if store_ring(interior, false, indexed) && !is_held(indexed, exterior) {
                let vertices = indexed.rings.pop().map_or(0, |ring| ring.vertices.len());
                indexed.vertices.truncate(indexed.vertices.len() - vertices);
            }
        }
        let extent = indexed.rings[exterior].extent;
        let size = f64::from(extent.max.x - extent.min.x) * f64::from(extent.max.y - extent.min.y);
        if largest.as_ref().is_none_or(|(most, _)| size > *most) {
            largest = Some((size, exterior..indexed.rings.len()));
        }
    }
    let corners = indexed.rings[first_ring..].iter().flat_map(|ring| [ring.extent.min, ring.extent.max]);
    let extent = Extent::of(corners)?;
    let rings: Vec<Vec<Local>> = indexed.rings[largest?.1].iter().map(|ring| local(indexed, ring)).collect();
    let [x, y] = ring::inner_point(&rings.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
    let label = World { x: u32::try_from(x).ok()?, y: u32::try_from(y).ok()? };
    Some((extent, label))
}

/// Whether the last ring lies in the one at this place: a hole elsewhere is of a polygon that is none, and readers of
/// tiles refuse it.
fn is_held(indexed: &Indexed, exterior: usize) -> bool {
    let (exterior, hole) = (&indexed.rings[exterior], &indexed.rings[indexed.rings.len() - 1]);
    let (outer, inner) = (exterior.extent, hole.extent);
    let is_near = outer.min.x <= inner.min.x && outer.min.y <= inner.min.y && inner.max.x <= outer.max.x;
    is_near && inner.max.y <= outer.max.y && ring::lies_within(&local(indexed, hole), &local(indexed, exterior))
}

fn local(indexed: &Indexed, ring: &Ring) -> Vec<Local> {
    indexed.vertices(ring).iter().map(|at| [i64::from(at.x), i64::from(at.y)]).collect()
}

/// Whether the ring was worth keeping: finite, with three vertices or more on the world's grid.
fn store_ring(line: &LineString<f64>, exterior: bool, indexed: &mut Indexed) -> bool {
    let first = indexed.vertices.len();
    for at in line.coords() {
        let Some(at) = World::project(at.x, at.y) else {
            indexed.vertices.truncate(first);
            return false;
        };
        if indexed.vertices[first..].last() != Some(&at) {
            indexed.vertices.push(at);
        }
    }
    if indexed.vertices.len() > first + 1 && indexed.vertices.last() == indexed.vertices.get(first) {
        indexed.vertices.pop();
    }
    let vertices = first..indexed.vertices.len();
    let extent = Extent::of(indexed.vertices[vertices.clone()].iter().copied());
    match extent {
        Some(extent) if vertices.len() >= 3 => {
            indexed.rings.push(Ring { exterior, touches_itself: false, extent, vertices });
            true
        }
        _ => {
            indexed.vertices.truncate(first);
            false
        }
    }
}

fn pack(definition: &LayerDefinition, name: &str, value: &Value, numbering: &mut Numbering) -> Option<Attribute> {
    let Some((place, field)) = definition.tile_fields().enumerate().find(|(_, field)| field.name == name) else {
        debug_assert!(false, "layer {} declares no `{name}`", definition.id);
        return None;
    };
    let cell = match (field.kind, value) {
        (FieldKind::Text, Value::Text(text)) => Cell::Text(text),
        (FieldKind::Integer, Value::Integer(value)) => Cell::Integer(*value),
        (FieldKind::Flag, Value::Flag(value)) => Cell::Flag(*value),
        // `+ 0.0` makes one zero of the two, so that equal values are stored once.
        (FieldKind::Number, Value::Number(value)) => value.is_finite().then_some(Cell::Number(value + 0.0))?,
        (FieldKind::Number, Value::Integer(value)) => Cell::Number(*value as f64),
        _ => {
            debug_assert!(false, "layer {}: `{name}` is {:?}, not {value:?}", definition.id, field.kind);
            return None;
        }
    };
    Some(Attribute { field: u16::try_from(place).ok()?, value: numbering.number(cell)? })
}

fn widen(bounds: Option<[f64; 4]>, feature: &Feature) -> Option<[f64; 4]> {
    let add = |bounds: Option<[f64; 4]>, [x, y]: [f64; 2]| {
        if !x.is_finite() || !y.is_finite() {
            return bounds;
        }
        let [west, south, east, north] = bounds.unwrap_or([x, y, x, y]);
        Some([west.min(x), south.min(y), east.max(x), north.max(y)])
    };
    match &feature.shape {
        Shape::Unlocated => bounds,
        Shape::Point(at) => add(bounds, [at.lon(), at.lat()]),
        Shape::Area(area) => {
            area.iter().flat_map(|polygon| polygon.exterior().coords()).fold(bounds, |b, at| add(b, [at.x, at.y]))
        }
    }
}
