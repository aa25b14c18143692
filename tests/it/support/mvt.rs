//! A strict judge of vector tiles, and a plain decoder for other tests.
//!
//! Reads protobuf by hand from the text of the Mapbox Vector Tile
//! specification 2.1 and shares no code with what writes our tiles, so that a
//! mistake in one is not repeated in the other. Stricter than the
//! specification where the house rules are: one type per column, everything
//! within the buffer, no segment of length zero.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// How far polygons and points may reach beyond the tile, tile units.
const AREA_BUFFER: i64 = 64;
const POINT_BUFFER: i64 = 128;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DecodedLayer {
    pub(crate) name: String,
    pub(crate) features: Vec<DecodedFeature>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DecodedFeature {
    pub(crate) id: Option<u64>,
    pub(crate) attributes: Map<String, Value>,
    /// Points: one list. Lines and polygons: one list for each line or ring, rings open.
    pub(crate) geometry: Vec<Vec<(i32, i32)>>,
}

/// Everything that is wrong with the tile; empty when it is right. An empty tile is right.
pub(crate) fn problems(bytes: &[u8]) -> Vec<String> {
    let layers = match tile(bytes) {
        Ok(layers) => layers,
        Err(problem) => return vec![problem],
    };
    let mut found = Vec::new();
    let mut names = BTreeSet::new();
    for layer in &layers {
        let name = layer.name.clone().unwrap_or_default();
        if name.is_empty() {
            found.push("a layer has no name".into());
        } else if !names.insert(name.clone()) {
            found.push(format!("two layers are called {name}"));
        }
        layer_problems(layer, &mut |problem| found.push(format!("{name}: {problem}")));
    }
    found
}

/// What the tile says. Trusts it: what cannot be read is left out, so ask [`problems`] first.
pub(crate) fn decode(bytes: &[u8]) -> Vec<DecodedLayer> {
    let decoded = tile(bytes).unwrap_or_default().into_iter().map(|layer| {
        let attribute = |tag: &[u32]| {
            Some((layer.keys.get(tag[0] as usize)?.clone(), layer.values.get(tag[1] as usize)?.json.clone()))
        };
        let features = layer.features.iter().map(|feature| DecodedFeature {
            id: feature.id,
            attributes: feature.tags.chunks_exact(2).filter_map(attribute).collect(),
            geometry: paths(feature.kind, &feature.geometry).unwrap_or_default(),
        });
        DecodedLayer { features: features.collect(), name: layer.name.clone().unwrap_or_default() }
    });
    decoded.collect()
}

/// The surveyor's formula in stored coordinates: twice the area, positive for exteriors.
pub(crate) fn doubled_area(ring: &[(i32, i32)]) -> i64 {
    let edges = (0..ring.len()).map(|i| (ring[i], ring[(i + 1) % ring.len()]));
    edges.map(|(a, b)| i64::from(a.0) * i64::from(b.1) - i64::from(b.0) * i64::from(a.1)).sum()
}

// What the specification says of layers and features.

fn layer_problems(layer: &Layer, say: &mut dyn FnMut(String)) {
    if layer.version != Some(2) {
        say(format!("version is {:?}, not 2", layer.version));
    }
    let extent = layer.extent.unwrap_or(4096);
    if layer.extent.is_none() || extent == 0 {
        say("extent is not written".into());
    }
    if layer.features.is_empty() {
        say("the layer has no feature".into());
    }
    if layer.keys.iter().collect::<BTreeSet<_>>().len() < layer.keys.len() {
        say("a key stands twice in the table".into());
    }
    if layer.values.iter().map(|v| &v.bytes).collect::<BTreeSet<_>>().len() < layer.values.len() {
        say("a value stands twice in the table".into());
    }
    let mut ids = BTreeSet::new();
    let mut types: BTreeMap<u32, u64> = BTreeMap::new();
    for (number, feature) in layer.features.iter().enumerate() {
        let mut say = |problem: String| say(format!("feature {number} (id {:?}): {problem}", feature.id));
        if let Some(id) = feature.id {
            if !ids.insert(id) {
                say("the id is taken".into());
            }
            if id >= 1 << 53 {
                say("JavaScript cannot hold the id".into());
            }
        }
        tag_problems(layer, feature, &mut types, &mut say);
        match paths(feature.kind, &feature.geometry) {
            Err(problem) => say(problem),
            Ok(paths) => {
                let buffer = if feature.kind == Some(1) { POINT_BUFFER } else { AREA_BUFFER };
                let seen = -buffer..=i64::from(extent) + buffer;
                if paths.iter().flatten().any(|(x, y)| !seen.contains(&i64::from(*x)) || !seen.contains(&i64::from(*y)))
                {
                    say("a vertex lies beyond the buffer".into());
                }
                if feature.kind == Some(3) {
                    ring_problems(&paths, &mut say);
                }
            }
        }
    }
}

fn tag_problems(layer: &Layer, feature: &Feature, types: &mut BTreeMap<u32, u64>, say: &mut dyn FnMut(String)) {
    if feature.tags.len() % 2 == 1 {
        say("an odd number of tags".into());
    }
    let mut used = BTreeSet::new();
    for tag in feature.tags.chunks_exact(2) {
        if !used.insert(tag[0]) {
            say(format!("key {} twice", tag[0]));
        }
        match (layer.keys.get(tag[0] as usize), layer.values.get(tag[1] as usize)) {
            (Some(key), Some(value)) => {
                if *types.entry(tag[0]).or_insert(value.field) != value.field {
                    say(format!("`{key}` has two types in this layer"));
                }
            }
            _ => say(format!("tag {tag:?} points beyond the tables")),
        }
    }
}

fn ring_problems(rings: &[Vec<(i32, i32)>], say: &mut dyn FnMut(String)) {
    let mut exterior: Option<&[(i32, i32)]> = None;
    for (number, ring) in rings.iter().enumerate() {
        if ring.iter().collect::<BTreeSet<_>>().len() < 3 {
            say(format!("ring {number} has fewer than three distinct vertices"));
        }
        if (0..ring.len()).any(|i| ring[i] == ring[(i + 1) % ring.len()]) {
            say(format!("ring {number} has a segment of length zero"));
        }
        match doubled_area(ring) {
            0 => say(format!("ring {number} has no area")),
            1.. => exterior = Some(ring),
            _ => match exterior {
                None => say(format!("ring {number} is a hole before any exterior")),
                Some(exterior) if !is_within(ring, exterior) => say(format!("hole {number} lies outside its exterior")),
                Some(_) => {}
            },
        }
    }
}

/// Bounding boxes first, then every vertex: inside, on the border, or off by one unit each way, as snapping may leave it.
fn is_within(hole: &[(i32, i32)], exterior: &[(i32, i32)]) -> bool {
    let span =
        |ring: &[(i32, i32)], axis: fn(&(i32, i32)) -> i32| (ring.iter().map(axis).min(), ring.iter().map(axis).max());
    let within = [|at: &(i32, i32)| at.0, |at: &(i32, i32)| at.1].into_iter().all(|axis| {
        let (outer, inner) = (span(exterior, axis), span(hole, axis));
        outer.0 <= inner.0 && inner.1 <= outer.1
    });
    within && hole.iter().all(|at| is_inside_or_near(*at, exterior))
}

fn is_inside_or_near(at: (i32, i32), ring: &[(i32, i32)]) -> bool {
    let (x, y) = (f64::from(at.0), f64::from(at.1));
    let mut inside = false;
    for i in 0..ring.len() {
        let ((ax, ay), (bx, by)) = (ring[i], ring[(i + 1) % ring.len()]);
        let (ax, ay, bx, by) = (f64::from(ax), f64::from(ay), f64::from(bx), f64::from(by));
        let (dx, dy) = (bx - ax, by - ay);
        let along = (((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
        if (ax + along * dx - x).hypot(ay + along * dy - y) < 1.415 {
            return true;
        }
        if (ay > y) != (by > y) && x < ax + (y - ay) / (by - ay) * (bx - ax) {
            inside = !inside;
        }
    }
    inside
}

/// Section 4.3 of the specification: commands, their order, their counts.
fn paths(kind: Option<u64>, geometry: &[u32]) -> Result<Vec<Vec<(i32, i32)>>, String> {
    let least_segments = match kind {
        Some(1) => None,
        Some(2) => Some(1),
        Some(3) => Some(2),
        other => return Err(format!("geometry type {other:?} is not point, line or polygon")),
    };
    let mut rest = geometry.iter().copied();
    let mut cursor = (0_i64, 0_i64);
    let mut paths: Vec<Vec<(i32, i32)>> = Vec::new();
    let mut expected: &[u32] = &[MOVE_TO];
    while let Some(word) = rest.next() {
        let (command, count) = (word & 7, word >> 3);
        if !expected.contains(&command) {
            return Err(format!("command {command} where {expected:?} is due"));
        }
        match command {
            MOVE_TO if count == 0 || (least_segments.is_some() && count > 1) => {
                return Err(format!("a move with count {count}"));
            }
            LINE_TO if Some(count) < least_segments => return Err(format!("a line of {count} segments")),
            CLOSE_PATH if count != 1 => return Err(format!("a close with count {count}")),
            MOVE_TO => paths.push(Vec::new()),
            _ => {}
        }
        for _ in 0..if command == CLOSE_PATH { 0 } else { count } {
            let (Some(dx), Some(dy)) = (rest.next(), rest.next()) else {
                return Err("a command lacks its parameters".into());
            };
            if command == LINE_TO && dx == 0 && dy == 0 {
                return Err("a line segment of length zero".into());
            }
            cursor = (cursor.0 + unzigzag(dx)?, cursor.1 + unzigzag(dy)?);
            let (Ok(x), Ok(y)) = (i32::try_from(cursor.0), i32::try_from(cursor.1)) else {
                return Err("the cursor leaves 32 bits".into());
            };
            paths.last_mut().ok_or("a line before any move")?.push((x, y));
        }
        expected = match (kind, command) {
            (Some(2), LINE_TO) | (_, CLOSE_PATH) => &[MOVE_TO],
            (Some(2 | 3), MOVE_TO) => &[LINE_TO],
            (_, LINE_TO) => &[CLOSE_PATH],
            _ => &[],
        };
    }
    if paths.is_empty() {
        return Err("no geometry".into());
    }
    if kind != Some(1) && expected != [MOVE_TO] {
        return Err(format!("the geometry ends where {expected:?} is due"));
    }
    Ok(paths)
}

const MOVE_TO: u32 = 1;
const LINE_TO: u32 = 2;
const CLOSE_PATH: u32 = 7;

fn unzigzag(parameter: u32) -> Result<i64, String> {
    let value = i64::from(parameter >> 1) ^ -i64::from(parameter & 1);
    if value.abs() > i64::from(i32::MAX) { Err(format!("parameter {value} is out of range")) } else { Ok(value) }
}

// Protobuf.

#[derive(Default)]
struct Layer {
    name: Option<String>,
    version: Option<u64>,
    extent: Option<u32>,
    keys: Vec<String>,
    values: Vec<TableValue>,
    features: Vec<Feature>,
}

#[derive(Default)]
struct Feature {
    id: Option<u64>,
    tags: Vec<u32>,
    kind: Option<u64>,
    geometry: Vec<u32>,
}

struct TableValue {
    bytes: Vec<u8>,
    /// The number of the one field that is set: the type.
    field: u64,
    json: Value,
}

enum Wire<'a> {
    Varint(u64),
    Eight([u8; 8]),
    Four([u8; 4]),
    Bytes(&'a [u8]),
}

fn tile(bytes: &[u8]) -> Result<Vec<Layer>, String> {
    let mut layers = Vec::new();
    for (number, wire) in fields(bytes)? {
        match (number, wire) {
            (3, Wire::Bytes(bytes)) => layers.push(layer(bytes)?),
            (other, _) => return Err(format!("field {other} of a tile is unknown")),
        }
    }
    Ok(layers)
}

fn layer(bytes: &[u8]) -> Result<Layer, String> {
    let mut layer = Layer::default();
    for (number, wire) in fields(bytes)? {
        match (number, wire) {
            (1, Wire::Bytes(name)) => layer.name = Some(text(name)?),
            (2, Wire::Bytes(bytes)) => layer.features.push(feature(bytes)?),
            (3, Wire::Bytes(key)) => layer.keys.push(text(key)?),
            (4, Wire::Bytes(bytes)) => layer.values.push(value(bytes)?),
            (5, Wire::Varint(extent)) => layer.extent = Some(u32::try_from(extent).map_err(|e| e.to_string())?),
            (15, Wire::Varint(version)) => layer.version = Some(version),
            (other, _) => return Err(format!("field {other} of a layer is unknown")),
        }
    }
    Ok(layer)
}

fn feature(bytes: &[u8]) -> Result<Feature, String> {
    let mut feature = Feature::default();
    for (number, wire) in fields(bytes)? {
        match (number, wire) {
            (1, Wire::Varint(id)) => feature.id = Some(id),
            (2, Wire::Bytes(packed)) => feature.tags = varints(packed)?,
            (3, Wire::Varint(kind)) => feature.kind = Some(kind),
            (4, Wire::Bytes(packed)) => feature.geometry = varints(packed)?,
            (other, _) => return Err(format!("field {other} of a feature is unknown")),
        }
    }
    Ok(feature)
}

fn value(bytes: &[u8]) -> Result<TableValue, String> {
    let found = fields(bytes)?;
    let [(field, wire)] = found.as_slice() else { return Err(format!("a value with {} fields", found.len())) };
    let json = match (field, wire) {
        (1, Wire::Bytes(string)) => json!(text(string)?),
        (2, Wire::Four(float)) => json!(f32::from_le_bytes(*float)),
        (3, Wire::Eight(double)) => json!(f64::from_le_bytes(*double)),
        (4, Wire::Varint(int)) => json!(i64::from_le_bytes(int.to_le_bytes())),
        (5, Wire::Varint(uint)) => json!(uint),
        (6, Wire::Varint(sint)) => json!(i64::from_le_bytes(((sint >> 1) ^ (sint & 1).wrapping_neg()).to_le_bytes())),
        (7, Wire::Varint(flag)) => json!(*flag != 0),
        (other, _) => return Err(format!("field {other} of a value is unknown")),
    };
    Ok(TableValue { bytes: bytes.to_vec(), field: *field, json })
}

fn fields(mut bytes: &[u8]) -> Result<Vec<(u64, Wire<'_>)>, String> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes)?;
        let wire = match key & 7 {
            0 => Wire::Varint(varint(&mut bytes)?),
            1 => Wire::Eight(take(&mut bytes, 8)?.try_into().map_err(|_| "cut off")?),
            2 => {
                let length = varint(&mut bytes)?;
                Wire::Bytes(take(&mut bytes, length)?)
            }
            5 => Wire::Four(take(&mut bytes, 4)?.try_into().map_err(|_| "cut off")?),
            other => return Err(format!("wire type {other}")),
        };
        fields.push((key >> 3, wire));
    }
    Ok(fields)
}

fn varint(bytes: &mut &[u8]) -> Result<u64, String> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first().ok_or("cut off in a number")?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err("a number of more than ten bytes".into())
}

fn varints(mut packed: &[u8]) -> Result<Vec<u32>, String> {
    let mut values = Vec::new();
    while !packed.is_empty() {
        values.push(u32::try_from(varint(&mut packed)?).map_err(|_| "an integer beyond 32 bits")?);
    }
    Ok(values)
}

fn take<'a>(bytes: &mut &'a [u8], length: u64) -> Result<&'a [u8], String> {
    let length = usize::try_from(length).map_err(|e| e.to_string())?;
    let (head, rest) = bytes.split_at_checked(length).ok_or("cut off")?;
    *bytes = rest;
    Ok(head)
}

fn text(bytes: &[u8]) -> Result<String, String> {
    String::from_utf8(bytes.to_vec()).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One message field of bytes. All our lengths are below 128.
    fn sub(number: u8, bytes: &[u8]) -> Vec<u8> {
        assert!(bytes.len() < 128);
        [&[number << 3 | 2, u8::try_from(bytes.len()).unwrap()], bytes].concat()
    }

    fn number(field: u8, value: u8) -> Vec<u8> {
        vec![field << 3, value]
    }

    /// A layer `a`, version 2, extent 4096, with these inner fields.
    fn with(inner: &[Vec<u8>]) -> Vec<u8> {
        let head = [sub(1, b"a"), number(15, 2), vec![5 << 3, 0x80, 0x20]].concat();
        sub(3, &[head, inner.concat()].concat())
    }

    fn shape(kind: u8, geometry: &[u8]) -> Vec<u8> {
        sub(2, &[number(3, kind), sub(4, geometry)].concat())
    }

    fn point() -> Vec<u8> {
        shape(1, &[9, 50, 34])
    }

    fn tagged(tags: &[u8]) -> Vec<u8> {
        sub(2, &[sub(2, tags), number(3, 1), sub(4, &[9, 50, 34])].concat())
    }

    fn zigzag(value: i32) -> Vec<u8> {
        let mut left = (value << 1 ^ value >> 31).cast_unsigned();
        let mut bytes = Vec::new();
        while left > 0x7f {
            bytes.push(u8::try_from(left & 0x7f).unwrap() | 0x80);
            left >>= 7;
        }
        bytes.push(u8::try_from(left).unwrap());
        bytes
    }

    /// Rings of absolute vertices as one polygon feature.
    fn polygon(rings: &[&[(i32, i32)]]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut cursor = (0, 0);
        for ring in rings {
            for (i, at) in ring.iter().enumerate() {
                match i {
                    0 => bytes.push(9),
                    1 => bytes.push(u8::try_from(ring.len() - 1).unwrap() << 3 | 2),
                    _ => {}
                }
                bytes.extend(zigzag(at.0 - cursor.0));
                bytes.extend(zigzag(at.1 - cursor.1));
                cursor = *at;
            }
            bytes.push(15);
        }
        shape(3, &bytes)
    }

    /// `expected` is part of the one problem; empty for none.
    fn check(bytes: &[u8], expected: &str) {
        let found = problems(bytes);
        match expected {
            "" => assert!(found.is_empty(), "{found:?}"),
            _ => assert!(found.len() == 1 && found[0].contains(expected), "expected {expected}, found {found:?}"),
        }
    }

    const SQUARE: [(i32, i32); 4] = [(0, 0), (100, 0), (100, 100), (0, 100)];

    #[test]
    fn an_empty_tile_and_a_plain_one_are_right() {
        check(&[], "");
        check(&with(&[point()]), "");
        check(&with(&[polygon(&[&SQUARE])]), "");
        check(&with(&[shape(2, &[9, 4, 4, 18, 0, 16, 16, 0])]), "");
    }

    #[test]
    fn bytes_that_end_early_are_no_tile() {
        let whole = with(&[point()]);
        check(&whole[..whole.len() - 1], "cut off");
        check(&[0xff; 12], "more than ten bytes");
        check(&[3 << 3 | 3], "wire type 3");
    }

    #[test]
    fn a_layer_says_its_version_extent_and_name_and_is_not_empty() {
        check(&sub(3, &[sub(1, b"a"), vec![40, 0x80, 0x20], point()].concat()), "version is None");
        check(&sub(3, &[sub(1, b"a"), number(15, 2), point()].concat()), "extent is not written");
        check(&sub(3, &[number(15, 2), vec![40, 0x80, 0x20], point()].concat()), "no name");
        check(&with(&[]), "no feature");
        check(&[with(&[point()]), with(&[point()])].concat(), "two layers are called a");
    }

    #[test]
    fn ids_are_unique_and_fit_javascript() {
        let named = |id: &[u8]| sub(2, &[[&[8], id].concat(), number(3, 1), sub(4, &[9, 50, 34])].concat());
        check(&with(&[named(&[7]), named(&[8])]), "");
        check(&with(&[named(&[7]), named(&[7])]), "the id is taken");
        check(&with(&[named(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10])]), "JavaScript");
    }

    #[test]
    fn tags_come_in_pairs_that_point_into_tables_without_doubles() {
        let (key, one, two) = (sub(3, b"k"), sub(4, &number(6, 2)), sub(4, &sub(1, b"x")));
        check(&with(&[tagged(&[0, 0]), key.clone(), one.clone()]), "");
        check(&with(&[tagged(&[0]), key.clone(), one.clone()]), "odd number");
        check(&with(&[tagged(&[0, 1]), key.clone(), one.clone()]), "beyond the tables");
        check(&with(&[tagged(&[0, 0, 0, 0]), key.clone(), one.clone()]), "key 0 twice");
        check(&with(&[point(), key.clone(), key.clone()]), "a key stands twice");
        check(&with(&[point(), one.clone(), one.clone()]), "a value stands twice");
        check(&with(&[tagged(&[0, 0]), tagged(&[0, 1]), key, one, two]), "two types");
        check(&with(&[point(), sub(4, &[])]), "a value with 0 fields");
    }

    #[test]
    fn commands_come_in_the_order_of_the_specification() {
        for (kind, geometry, problem) in [
            (0, &[9, 2, 2][..], "geometry type Some(0)"),
            (1, &[], "no geometry"),
            (1, &[1], "a move with count 0"),
            (1, &[9, 2, 2, 9, 2, 2], "command 1 where [] is due"),
            (2, &[9, 2, 2], "ends where [2]"),
            (2, &[17, 2, 2, 2, 2], "a move with count 2"),
            (3, &[9, 2, 2, 10, 4, 4, 15], "a line of 1 segments"),
            (3, &[9, 0, 0, 18, 8, 0, 0, 8], "ends where [7]"),
            (3, &[9, 0, 0, 18, 8, 0, 0, 8, 23], "a close with count 2"),
            (3, &[9, 0, 0, 18, 8, 0, 0, 8, 15, 18, 2, 2, 0, 2, 15], "command 2 where [1] is due"),
            (3, &[9, 0, 0, 26, 8, 0, 0, 0, 0, 8, 15], "length zero"),
            (3, &[9, 0, 0, 18, 8, 0, 0], "lacks its parameters"),
            (3, &[9, 0, 0, 20, 8, 0, 0, 8], "command 4"),
            (1, &[9, 0xff, 0xff, 0xff, 0xff, 0x0f, 0], "out of range"),
        ] {
            check(&with(&[shape(kind, geometry)]), problem);
        }
    }

    #[test]
    fn rings_have_area_and_turn_the_right_way() {
        let back: Vec<_> = SQUARE.iter().rev().copied().collect();
        check(&with(&[polygon(&[&back])]), "a hole before any exterior");
        check(&with(&[polygon(&[&[(0, 0), (5, 5), (9, 9)]])]), "no area");
        check(&with(&[polygon(&[&[(0, 0), (9, 0), (9, 9), (0, 0)]])]), "length zero");
        assert_eq!(problems(&with(&[polygon(&[&[(0, 0), (9, 0), (0, 0)]])])).len(), 3);
    }

    #[test]
    fn holes_lie_inside_the_exterior_before_them() {
        let hole = |x: i32, y: i32| [(x, y), (x, y + 9), (x + 9, y + 9), (x + 9, y)];
        check(&with(&[polygon(&[&SQUARE, &hole(50, 50)])]), "");
        check(&with(&[polygon(&[&SQUARE, &hole(91, 0)])]), "");
        check(&with(&[polygon(&[&SQUARE, &hole(200, 50)])]), "hole 1 lies outside");
        let corner = [(0, 0), (100, 0), (100, 50), (50, 50), (50, 100), (0, 100)];
        check(&with(&[polygon(&[&corner, &hole(80, 80)])]), "hole 1 lies outside");
    }

    #[test]
    fn nothing_lies_beyond_the_buffer() {
        let far = SQUARE.map(|(x, y)| (x - 65, y));
        check(&with(&[polygon(&[&far])]), "beyond the buffer");
        check(&with(&[shape(1, &[&[9][..], &zigzag(-128), &zigzag(4224)].concat())]), "");
        check(&with(&[shape(1, &[&[9][..], &zigzag(-129), &zigzag(0)].concat())]), "beyond the buffer");
    }

    #[test]
    fn the_decoder_tells_what_the_tile_says() {
        let feature = sub(2, &[number(1, 7), sub(2, &[0, 0]), number(3, 1), sub(4, &[9, 50, 34])].concat());
        let layers = decode(&with(&[feature, sub(3, b"n"), sub(4, &number(6, 3))]));
        assert_eq!(layers[0].name, "a");
        let feature = &layers[0].features[0];
        assert_eq!(feature.id, Some(7));
        assert_eq!(feature.attributes["n"], json!(-2));
        assert_eq!(feature.geometry, [[(25, 17)]]);
    }
}
