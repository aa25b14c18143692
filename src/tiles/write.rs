//! The bytes of one layer of a tile: MVT 2.1 straight into a buffer.
//!
//! Values are written once, when a layer is made, as the messages that they
//! are in every tile; a tile only says which of them it holds and in which
//! order. `fast-mvt` and `mvt` are the yardsticks in tests and benches
//! (docs/decisions/0019-tiles-written-here.md).

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::EXTENT;
use super::world::Local;

/// Field numbers and wire types of `vector_tile.proto`, as the one byte that they are.
mod tag {
    pub(super) const TILE_LAYER: u8 = 3 << 3 | 2;
    pub(super) const LAYER_NAME: u8 = 1 << 3 | 2;
    pub(super) const LAYER_FEATURE: u8 = 2 << 3 | 2;
    pub(super) const LAYER_KEY: u8 = 3 << 3 | 2;
    pub(super) const LAYER_VALUE: u8 = 4 << 3 | 2;
    pub(super) const LAYER_EXTENT: u8 = 5 << 3;
    pub(super) const LAYER_VERSION: u8 = 15 << 3;
    pub(super) const FEATURE_ID: u8 = 1 << 3;
    pub(super) const FEATURE_TAGS: u8 = 2 << 3 | 2;
    pub(super) const FEATURE_TYPE: u8 = 3 << 3;
    pub(super) const FEATURE_GEOMETRY: u8 = 4 << 3 | 2;
    pub(super) const VALUE_STRING: u8 = 1 << 3 | 2;
    pub(super) const VALUE_DOUBLE: u8 = 3 << 3 | 1;
    pub(super) const VALUE_SINT: u8 = 6 << 3;
    pub(super) const VALUE_BOOL: u8 = 7 << 3;
}

const VERSION: u64 = 2;
/// Of a cell with its evidence.
const FEATURE_BYTES: usize = 96;
/// No layer has so many values: [`Numbering::number`].
const NO_VALUE: u32 = u32::MAX;
const POINT: u8 = 1;
const POLYGON: u8 = 3;
const MOVE_TO: u64 = 1;
const LINE_TO: u64 = 2;
const CLOSE_PATH: u8 = 1 << 3 | 7;

/// A value of one column. Numbers are finite, and zero has no sign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Text(&'a str),
    Integer(i64),
    Number(f64),
    Flag(bool),
}

/// Every value of a layer once, as its message.
#[derive(Default)]
pub(crate) struct Values {
    bytes: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
}

impl Values {
    /// The message of a value.
    pub(crate) fn message(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[number]]
    }
}

/// Numbers values while a layer is made.
#[derive(Default)]
pub(crate) struct Numbering {
    values: Values,
    numbers: FxHashMap<Vec<u8>, u32>,
    message: Vec<u8>,
}

impl Numbering {
    /// The number of a value; `None` beyond 2³² − 1 of them, which no layer has.
    pub(crate) fn number(&mut self, cell: Cell<'_>) -> Option<u32> {
        self.message.clear();
        match cell {
            Cell::Text(text) => {
                self.message.push(tag::VALUE_STRING);
                put(&mut self.message, text.len() as u64);
                self.message.extend_from_slice(text.as_bytes());
            }
            Cell::Integer(number) => {
                self.message.push(tag::VALUE_SINT);
                put(&mut self.message, zigzag(number));
            }
            Cell::Number(number) => {
                self.message.push(tag::VALUE_DOUBLE);
                self.message.extend_from_slice(&number.to_le_bytes());
            }
            Cell::Flag(flag) => self.message.extend([tag::VALUE_BOOL, u8::from(flag)]),
        }
        if let Some(known) = self.numbers.get(&self.message) {
            return Some(*known);
        }
        let number = u32::try_from(self.values.ends.len()).ok().filter(|number| *number != NO_VALUE)?;
        self.values.bytes.extend_from_slice(&self.message);
        self.values.ends.push(self.values.bytes.len());
        self.numbers.insert(self.message.clone(), number);
        Some(number)
    }

    pub(crate) fn finish(self) -> Values {
        self.values
    }
}

/// One attribute of a feature: the place of its column in the definition, the number of its value.
#[derive(Clone, Copy)]
pub(crate) struct Attribute {
    pub(crate) field: u16,
    pub(crate) value: u32,
}

/// A layer of one tile while it is written.
pub(crate) struct LayerWriter<'a> {
    values: &'a Values,
    features: Vec<u8>,
    /// Columns that occur, in the order of the tile, and the place of each of the definition's there.
    keys: Vec<u16>,
    key_at: Vec<Option<u16>>,
    used: Vec<u32>,
    used_at: FxHashMap<u32, u32>,
    /// The last value of each column, and its place in the tile: neighbours are alike.
    last: Vec<(u32, u32)>,
    tags: Vec<u8>,
    geometry: Vec<u8>,
    count: usize,
}

impl<'a> LayerWriter<'a> {
    /// With room for so many features, as a guess.
    pub(crate) fn new(values: &'a Values, columns: usize, features: usize) -> Self {
        Self {
            values,
            features: Vec::with_capacity(features * FEATURE_BYTES),
            keys: Vec::new(),
            key_at: vec![None; columns],
            used: Vec::new(),
            // Some values of a feature are its own, and most are those of others.
            used_at: FxHashMap::with_capacity_and_hasher(2 * features, FxBuildHasher),
            last: vec![(NO_VALUE, 0); columns],
            tags: Vec::new(),
            geometry: Vec::new(),
            count: 0,
        }
    }

    pub(crate) fn point(&mut self, id: Option<u64>, at: Local, attributes: &[Attribute]) {
        self.geometry.clear();
        put(&mut self.geometry, 1 << 3 | MOVE_TO);
        step(&mut self.geometry, [0, 0], at);
        self.feature(id, POINT, attributes);
    }

    /// Rings as (end among `vertices`, exterior), turned as the standard wants them, none of them empty.
    pub(crate) fn area(
        &mut self,
        id: Option<u64>,
        (vertices, rings): (&[Local], &[(usize, bool)]),
        attributes: &[Attribute],
    ) {
        self.geometry.clear();
        let (mut cursor, mut start) = ([0, 0], 0);
        for (end, _) in rings {
            let ring = &vertices[start..*end];
            start = *end;
            let Some((first, rest)) = ring.split_first() else { continue };
            put(&mut self.geometry, 1 << 3 | MOVE_TO);
            step(&mut self.geometry, cursor, *first);
            cursor = *first;
            put(&mut self.geometry, (rest.len() as u64) << 3 | LINE_TO);
            for at in rest {
                step(&mut self.geometry, cursor, *at);
                cursor = *at;
            }
            self.geometry.push(CLOSE_PATH);
        }
        self.feature(id, POLYGON, attributes);
    }

    fn feature(&mut self, id: Option<u64>, kind: u8, attributes: &[Attribute]) {
        self.tags.clear();
        for Attribute { field, value } in attributes {
            let column = usize::from(*field);
            let slot = &mut self.key_at[column];
            let key = *slot.get_or_insert_with(|| {
                self.keys.push(*field);
                // Invariant: a definition has fewer than 2¹⁶ columns, since `field` is one of them.
                (self.keys.len() - 1) as u16
            });
            put(&mut self.tags, u64::from(key));
            let last = &mut self.last[column];
            if last.0 != *value {
                let used = &mut self.used;
                let at = *self.used_at.entry(*value).or_insert_with(|| {
                    used.push(*value);
                    (used.len() - 1) as u32
                });
                *last = (*value, at);
            }
            put(&mut self.tags, u64::from(last.1));
        }
        let part = |bytes: &[u8]| if bytes.is_empty() { 0 } else { 1 + size(bytes.len() as u64) + bytes.len() };
        let long = id.map_or(0, |id| 1 + size(id)) + 2 + part(&self.tags) + part(&self.geometry);
        let out = &mut self.features;
        out.push(tag::LAYER_FEATURE);
        put(out, long as u64);
        if let Some(id) = id {
            out.push(tag::FEATURE_ID);
            put(out, id);
        }
        out.extend([tag::FEATURE_TYPE, kind]);
        for (tag, bytes) in [(tag::FEATURE_TAGS, &self.tags), (tag::FEATURE_GEOMETRY, &self.geometry)] {
            if !bytes.is_empty() {
                out.push(tag);
                put(out, bytes.len() as u64);
                out.extend_from_slice(bytes);
            }
        }
        self.count += 1;
    }

    /// Features so far.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Adds the layer to a tile, `column` naming the columns by their places; nothing where it has no feature.
    pub(crate) fn finish(self, name: &str, column: &dyn Fn(usize) -> &'static str, tile: &mut Vec<u8>) {
        if self.count == 0 {
            return;
        }
        let mut head = Vec::with_capacity(64);
        head.push(tag::LAYER_NAME);
        put(&mut head, name.len() as u64);
        head.extend_from_slice(name.as_bytes());
        let mut tail = Vec::with_capacity(self.used.len() * 12 + self.keys.len() * 16 + 8);
        for field in &self.keys {
            let key = column(usize::from(*field));
            tail.push(tag::LAYER_KEY);
            put(&mut tail, key.len() as u64);
            tail.extend_from_slice(key.as_bytes());
        }
        for value in &self.used {
            let message = self.values.message(*value);
            tail.push(tag::LAYER_VALUE);
            put(&mut tail, message.len() as u64);
            tail.extend_from_slice(message);
        }
        tail.push(tag::LAYER_EXTENT);
        put(&mut tail, u64::from(EXTENT));
        tail.push(tag::LAYER_VERSION);
        put(&mut tail, VERSION);
        let long = head.len() + self.features.len() + tail.len();
        tile.reserve(long + 11);
        tile.push(tag::TILE_LAYER);
        put(tile, long as u64);
        tile.extend_from_slice(&head);
        tile.extend_from_slice(&self.features);
        tile.extend_from_slice(&tail);
    }
}

/// Bytes that [`put`] takes.
pub(super) fn size(number: u64) -> usize {
    (64 - (number | 1).leading_zeros() as usize).div_ceil(7)
}

#[inline]
fn step(out: &mut Vec<u8>, from: Local, to: Local) {
    put(out, zigzag(to[0] - from[0]));
    put(out, zigzag(to[1] - from[1]));
}

#[inline]
#[expect(clippy::cast_sign_loss, reason = "zigzag: the sign goes into the lowest bit")]
pub(super) fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

#[inline]
pub(super) fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

#[cfg(test)]
mod tests {
    use fast_mvt::{MvtCoord, MvtGeomType, MvtLayerBuilder, MvtReaderRef, MvtValueRef};
    use proptest::prelude::*;

    use super::*;
    use crate::tiles::definition;

    #[test]
    fn a_number_takes_as_many_bytes_as_it_says() {
        for number in (0..64).flat_map(|bit| [1_u64 << bit, (1 << bit) - 1, u64::MAX >> bit]) {
            let mut out = Vec::new();
            put(&mut out, number);
            assert_eq!(out.len(), size(number), "{number}");
        }
    }

    fn cell() -> impl Strategy<Value = (u16, CellOf)> {
        prop_oneof![
            (0_u16..3, "[a-zđ]{0,3}").prop_map(|(field, text)| (field, CellOf::Text(text))),
            (3_u16..5, any::<i64>()).prop_map(|(field, number)| (field, CellOf::Integer(number))),
            (5_u16..6, -9_i32..9).prop_map(|(field, n)| (field, CellOf::Number(f64::from(n) / 4.0))),
            (6_u16..8, any::<bool>()).prop_map(|(field, flag)| (field, CellOf::Flag(flag))),
        ]
    }

    #[derive(Clone, Debug)]
    enum CellOf {
        Text(String),
        Integer(i64),
        Number(f64),
        Flag(bool),
    }

    impl CellOf {
        fn cell(&self) -> Cell<'_> {
            match self {
                Self::Text(text) => Cell::Text(text),
                Self::Integer(number) => Cell::Integer(*number),
                Self::Number(number) => Cell::Number(*number),
                Self::Flag(flag) => Cell::Flag(*flag),
            }
        }

        fn theirs(&self) -> MvtValueRef<'_> {
            match self {
                Self::Text(text) => MvtValueRef::String(text),
                Self::Integer(number) => MvtValueRef::SInt(*number),
                Self::Number(number) => MvtValueRef::Double(*number),
                Self::Flag(flag) => MvtValueRef::Bool(*flag),
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// What we write and what `fast-mvt` writes of the same features reads the same.
        #[test]
        fn another_writer_says_the_same(
            features in proptest::collection::vec(
                (proptest::option::of(0_u64..1 << 53), (-128_i64..4224, -128_i64..4224), proptest::collection::vec(cell(), 0..6)),
                1..20,
            )
        ) {
            let fields = &definition("villages").unwrap().fields;
            let mut numbering = Numbering::default();
            let rows: Vec<Vec<Attribute>> = features
                .iter()
                .map(|(_, _, cells)| {
                    let of = |(field, cell): &(u16, CellOf)| Attribute { field: *field, value: numbering.number(cell.cell()).unwrap() };
                    cells.iter().map(of).collect()
                })
                .collect();
            let values = numbering.finish();
            let mut writer = LayerWriter::new(&values, fields.len(), 0);
            let mut theirs = MvtLayerBuilder::new("villages").unwrap();
            for ((id, (x, y), cells), row) in features.iter().zip(&rows) {
                writer.point(*id, [*x, *y], row);
                let mut open = theirs.feature_of(MvtGeomType::Point);
                open.points([MvtCoord { x: *x as i32, y: *y as i32 }]).unwrap();
                open.id(*id);
                for (field, cell) in cells {
                    open.tag_ref(fields[usize::from(*field)].name, cell.theirs()).unwrap();
                }
                theirs = open.end();
            }
            let mut ours = Vec::new();
            writer.finish("villages", &|field| fields[field].name, &mut ours);
            let read = |bytes: &[u8]| MvtReaderRef::new(bytes).unwrap().to_tile().unwrap();
            let (ours, theirs) = (read(&ours), read(&theirs.encode()));
            prop_assert_eq!(format!("{:?}", ours), format!("{:?}", theirs));
        }
    }
}
