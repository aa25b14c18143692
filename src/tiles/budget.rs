//! A tile that would be too large leaves out what is needed least, and says so.
//!
//! Layers that declare a need (`tiles/layers.json`) give up features, each the
//! same share of its own, until the tile fits; communes, labels and clusters
//! are never left out. What is missing stands in the tile itself, in a layer
//! of its own: an absent cell would otherwise say that nobody measured there.

use super::Address;
use super::definition::{FieldDefinition, FieldKind};
use super::encode::{Scratch, encode_layer};
use super::layer::Layer;
use super::write::{Attribute, Cell, LayerWriter, Numbering};

/// Bytes of a tile before compression. The densest tiles of a province compress to 0.3 of it and less, so that this
/// is within 300 kB of gzip: five seconds on a phone at 0.5 Mbit/s.
pub const BUDGET: usize = 1_000_000;

/// The layer that says what was left out: a point in the middle of the tile for each layer that lost something.
pub const DROPPED: &str = "dropped";

/// Columns of [`DROPPED`].
pub(super) const DROPPED_FIELDS: [FieldDefinition; 3] = [
    FieldDefinition { name: "layer", kind: FieldKind::Text, description: "the layer that features were left out of" },
    FieldDefinition { name: "dropped", kind: FieldKind::Integer, description: "features left out, those least needed" },
    FieldDefinition { name: "kept", kind: FieldKind::Integer, description: "features that stayed" },
];

/// Rounds of leaving out: shares are by features, which are not of one size.
const ROUNDS: usize = 6;

/// One tile and what went into it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tile {
    /// Uncompressed; empty when no layer has anything there.
    pub bytes: Vec<u8>,
    pub layers: Vec<LayerTally>,
}

/// What became of a layer in a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerTally {
    pub id: &'static str,
    /// Features of the zoom, in the whole world.
    pub at_this_zoom: usize,
    /// Whether points are drawn as clusters at this zoom.
    pub clusters: bool,
    /// Features whose box meets that of the tile.
    pub candidates: usize,
    pub drawn: usize,
    /// Features that would be drawn, had the tile room.
    pub dropped: usize,
    /// Before compression.
    pub bytes: usize,
}

/// The tile within [`BUDGET`].
///
/// A layer given twice is written once. Layers without a feature in the tile,
/// and layers below their lowest zoom, are left out.
#[must_use]
pub fn draw(layers: &[&Layer], at: Address) -> Tile {
    draw_within(layers, at, BUDGET)
}

fn draw_within(layers: &[&Layer], at: Address, budget: usize) -> Tile {
    let mut scratch = Scratch::default();
    let is_first = |(number, layer): &(usize, &&Layer)| {
        let id = layer.definition().id;
        !layers[..*number].iter().any(|earlier| earlier.definition().id == id)
    };
    let layers: Vec<&Layer> = layers.iter().enumerate().filter(is_first).map(|(_, layer)| *layer).collect();
    let mut encode = |most: &dyn Fn(&Layer, usize) -> usize| {
        let mut tile = Tile::default();
        for (number, layer) in layers.iter().enumerate() {
            let tally = encode_layer(layer, at, most(layer, number), &mut scratch, &mut tile.bytes);
            tile.layers.push(tally);
        }
        tile
    };
    let whole = encode(&|_, _| usize::MAX);
    let can_lose = |layer: &Layer| layer.definition().need.is_some() && layer.level(at.z()).is_some_and(|l| !l.once);
    let lost: usize = layers.iter().zip(&whole.layers).filter(|(l, _)| can_lose(l)).map(|(_, tally)| tally.bytes).sum();
    if whole.bytes.len() <= budget || lost == 0 {
        return whole;
    }
    let room = budget.saturating_sub(whole.bytes.len() - lost);
    let mut share = room as f64 / lost as f64;
    let mut thinned = Tile::default();
    for _ in 0..ROUNDS {
        thinned = encode(&|layer, number| {
            if can_lose(layer) {
                share_of(whole.layers.get(number).map_or(0, |tally| tally.candidates), share)
            } else {
                usize::MAX
            }
        });
        for (tally, before) in thinned.layers.iter_mut().zip(&whole.layers) {
            tally.dropped = before.drawn - tally.drawn;
        }
        say(&mut thinned);
        if thinned.bytes.len() <= budget {
            break;
        }
        share *= 0.95 * budget as f64 / thinned.bytes.len() as f64;
    }
    thinned
}

#[expect(clippy::cast_sign_loss, reason = "a share of a count is not negative")]
fn share_of(count: usize, share: f64) -> usize {
    (count as f64 * share.clamp(0.0, 1.0)).floor() as usize
}

/// Adds the layer that says what was left out.
fn say(tile: &mut Tile) {
    let mut numbering = Numbering::default();
    let said: Vec<(u64, Vec<Attribute>)> = (1..)
        .zip(tile.layers.iter().filter(|tally| tally.dropped > 0))
        .map(|(id, tally)| {
            let count = |number: usize| Cell::Integer(i64::try_from(number).unwrap_or(i64::MAX));
            let cells = [Cell::Text(tally.id), count(tally.dropped), count(tally.drawn)];
            let attributes =
                (0..).zip(cells).filter_map(|(field, cell)| Some(Attribute { field, value: numbering.number(cell)? }));
            (id, attributes.collect())
        })
        .collect();
    let values = numbering.finish();
    let mut writer = LayerWriter::new(&values, DROPPED_FIELDS.len(), said.len());
    let middle = i64::from(super::EXTENT / 2);
    for (id, attributes) in &said {
        writer.point(Some(*id), [middle, middle], attributes);
    }
    writer.finish(DROPPED, &|field| DROPPED_FIELDS[field].name, &mut tile.bytes);
}

#[cfg(test)]
mod tests {
    use geo_types::{Coord, MultiPolygon, Rect};

    use super::*;
    use crate::model::feature::{Feature, Shape, Value};
    use crate::tiles::strict::{decode, problems};
    use crate::tiles::{Level, definition};

    /// Squares of 0.001° in rows of 100, the later the weaker; the first five of unknown need.
    fn squares(layer: &str, count: u32) -> Layer {
        let feature = |number: u32| {
            let (column, row) = (f64::from(number % 100), f64::from(number / 100));
            let corner = Coord { x: 104.3 + column * 0.002, y: 20.1 + row * 0.002 };
            let square = Rect::new(corner, Coord { x: corner.x + 0.001, y: corner.y + 0.001 });
            let mut attributes = Vec::new();
            if layer == "signal" {
                attributes.push(("cell", Value::Text(format!("{number:015x}"))));
                attributes.extend((number >= 5).then(|| ("weak_low", Value::Number(f64::from(number) / 1e5))));
            }
            let shape = Shape::Area(MultiPolygon(vec![square.to_polygon()]));
            Feature { id: u64::from(number) + 1, key: number.to_string(), shape, attributes }
        };
        let features = (0..count).map(feature).collect();
        Layer::new(definition(layer).unwrap(), vec![Level { once: false, zooms: 4..=16, features }])
    }

    fn here() -> Address {
        Address::new(8, 202, 113).unwrap()
    }

    #[test]
    fn a_tile_within_its_budget_loses_nothing() {
        let (signal, communes) = (squares("signal", 200), squares("communes", 20));
        let tile = draw(&[&signal, &communes], here());
        assert!(tile.layers.iter().all(|tally| tally.dropped == 0 && tally.drawn > 0), "{:?}", tile.layers);
        assert!(decode(&tile.bytes).iter().all(|layer| layer.name != DROPPED));
    }

    #[test]
    fn what_is_needed_least_goes_first_and_the_tile_says_how_much() {
        let (signal, communes) = (squares("signal", 2_000), squares("communes", 200));
        let whole = draw(&[&signal, &communes], here());
        let budget = whole.bytes.len() / 3;
        let tile = draw_within(&[&signal, &communes], here(), budget);
        assert!(tile.bytes.len() <= budget, "{} of {budget}", tile.bytes.len());
        assert_eq!(problems(&tile.bytes), Vec::<String>::new());
        let [signals, kept] = [tile.layers[0], tile.layers[1]];
        assert_eq!((kept.drawn, kept.dropped), (200, 0), "communes are never left out");
        assert_eq!(signals.drawn + signals.dropped, 2_000);
        let layers = decode(&tile.bytes);
        let of = |name: &str| layers.iter().find(|layer| layer.name == name).unwrap();
        let mut ids: Vec<u64> = of("signal").features.iter().filter_map(|feature| feature.id).collect();
        ids.sort_unstable();
        let most = u64::try_from(signals.drawn).unwrap();
        let needed: Vec<u64> = (1..=5).chain(2_000 - (most - 5) + 1..=2_000).collect();
        assert_eq!(ids, needed, "the weakest stay, and those of which nobody knows");
        let said = of(DROPPED).features.iter().map(|feature| feature.attributes.clone()).collect::<Vec<_>>();
        assert_eq!(said.len(), 1);
        assert_eq!(said[0]["layer"], "signal");
        assert_eq!(said[0]["dropped"], signals.dropped);
        assert_eq!(said[0]["kept"], signals.drawn);
    }

    #[test]
    fn the_same_tile_is_made_twice() {
        let signal = squares("signal", 2_000);
        let once = draw_within(&[&signal], here(), 50_000);
        assert_eq!(draw_within(&[&signal], here(), 50_000), once);
        assert!(once.bytes.len() > 40_000, "a budget is used: {}", once.bytes.len());
    }
}
