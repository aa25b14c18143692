//! Points near each other become one, with their figures summed.
//!
//! Seen from far away a few thousand villages are more than a tile can carry
//! and more than an eye can read. Each zoom has a grid of its own, laid over
//! the world and not over a tile, whose cells are [`CELL_PX`] wide; the points
//! of a cell become one at their mean, which lies in the same cell. Hence a
//! cluster is in one tile, and whatever adds up adds up to the same total at
//! every zoom. Only what the reader sees of the points is summed, so that a
//! cluster tells no more than they do.

use std::collections::BTreeMap;

use geo_types::Coord;

use super::definition::{ClusterDefinition, LayerDefinition};
use super::layer::Level;
use super::square::{from_square, to_square, unit};
use crate::model::feature::{Feature, Shape, Value};
use crate::model::measure::LonLat;

/// On a tile of 512 pixels: a circle with a number of two figures in it, and some room around. At zoom 9 a cell of
/// 4.6 km is about a commune.
const CELL_PX: u32 = 32;
const CELLS_A_TILE: u32 = 512 / CELL_PX;

/// Ids of clusters have this bit, and their features' none: villages and places stay far below 2⁵².
const CLUSTER_BIT: u64 = 1 << 52;

/// One level a zoom with clusters, and one behind them with every point by itself; a layer without clusters has
/// one level for all zooms.
#[must_use]
pub fn clustered(definition: &LayerDefinition, features: Vec<Feature>) -> Vec<Level> {
    let Some(clusters) = &definition.clusters else { return vec![Level { once: false, zooms: 0..=22, features }] };
    let zooms = definition.minzoom..clusters.below;
    let mut levels: Vec<Level> =
        zooms.map(|z| Level { once: true, zooms: z..=z, features: at_zoom(clusters, &features, z) }).collect();
    levels.push(Level { once: false, zooms: clusters.below..=22, features });
    levels
}

fn at_zoom(clusters: &ClusterDefinition, features: &[Feature], z: u8) -> Vec<Feature> {
    let side = unit(z) * f64::from(super::EXTENT) / f64::from(CELLS_A_TILE);
    let mut cells: BTreeMap<[i64; 2], Vec<(&Feature, Coord<f64>)>> = BTreeMap::new();
    for feature in features {
        let Shape::Point(at) = &feature.shape else { continue };
        let at = to_square(Coord { x: at.lon(), y: at.lat() });
        cells.entry([(at.x / side).floor() as i64, (at.y / side).floor() as i64]).or_default().push((feature, at));
    }
    cells
        .into_iter()
        .filter_map(|(cell, members)| match members.as_slice() {
            [(alone, _)] => Some((*alone).clone()),
            members => cluster(clusters, cell, members, z),
        })
        .collect()
}

/// `None` never: the mean of positions on the world is one.
fn cluster(
    clusters: &ClusterDefinition,
    [column, row]: [i64; 2],
    members: &[(&Feature, Coord<f64>)],
    z: u8,
) -> Option<Feature> {
    let count = members.len() as f64;
    let (x, y) = members.iter().fold((0.0, 0.0), |(x, y), (_, at)| (x + at.x, y + at.y));
    let at = from_square(Coord { x: x / count, y: y / count });
    let integer = |number: usize| Value::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    let mut attributes = vec![(ClusterDefinition::COUNT, integer(members.len()))];
    for (sum, missing) in &clusters.sums {
        let known = members.iter().filter_map(|(member, _)| match member.get(sum) {
            Some(Value::Integer(number)) => Some(*number),
            _ => None,
        });
        let (total, with) = known.fold((0_i64, 0), |(total, with), number| (total.saturating_add(number), with + 1));
        // A sum of nothing is no zero.
        if with > 0 {
            attributes.push((*sum, Value::Integer(total)));
        }
        if with < members.len() {
            attributes.push((*missing, integer(members.len() - with)));
        }
    }
    for tally in &clusters.tallies {
        let one_of = |member: &Feature| match member.get(tally.of) {
            Some(Value::Text(text)) => tally.values.contains(&text.as_str()),
            _ => false,
        };
        attributes.push((tally.name, integer(members.iter().filter(|(member, _)| one_of(member)).count())));
    }
    // Columns and rows at a zoom below 19 take 23 bits each; they are counted from the south-west corner of the world.
    let half = i64::from(CELLS_A_TILE) << z >> 1;
    let place = |cell: i64| u64::try_from(cell + half).unwrap_or_default() & ((1 << 23) - 1);
    Some(Feature {
        id: CLUSTER_BIT | u64::from(z) << 46 | place(column) << 23 | place(row),
        key: format!("{z}/{column}/{row}"),
        shape: Shape::Point(LonLat::new(at.x, at.y).ok()?),
        attributes,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::tiles::definition;

    fn village(id: u64, lon: f64, lat: f64, households: Option<i64>) -> Feature {
        let mut attributes = vec![("status", Value::Text(if id.is_multiple_of(3) { "reached" } else { "low" }.into()))];
        attributes.extend(households.map(|number| ("households", Value::Integer(number))));
        Feature { id, key: id.to_string(), shape: Shape::Point(LonLat::new(lon, lat).unwrap()), attributes }
    }

    fn number(feature: &Feature, name: &str) -> Option<i64> {
        match feature.get(name) {
            Some(Value::Integer(number)) => Some(*number),
            _ => None,
        }
    }

    proptest! {
        #[test]
        fn sums_over_any_zoom_are_the_total(
            points in prop::collection::vec((105.0..106.7, 19.8..20.7, prop::option::of(0_i64..900)), 1..200)
        ) {
            let features: Vec<Feature> =
                (1..).zip(&points).map(|(id, (lon, lat, households))| village(id, *lon, *lat, *households)).collect();
            let definition = definition("villages").unwrap();
            let total: i64 = points.iter().filter_map(|(.., households)| *households).sum();
            let missing = points.iter().filter(|(.., households)| households.is_none()).count();
            for level in clustered(definition, features.clone()) {
                let drawn = &level.features;
                let count: i64 = drawn.iter().map(|f| number(f, "point_count").unwrap_or(1)).sum();
                prop_assert_eq!(usize::try_from(count).unwrap(), points.len());
                prop_assert_eq!(drawn.iter().filter_map(|f| number(f, "households")).sum::<i64>(), total);
                let alone = |f: &&Feature| f.get("point_count").is_none() && f.get("households").is_none();
                let without: i64 = drawn.iter().filter_map(|f| number(f, "households_missing")).sum();
                let without = usize::try_from(without).unwrap() + drawn.iter().filter(alone).count();
                prop_assert_eq!(without, missing);
                let ids: BTreeSet<u64> = drawn.iter().map(|f| f.id).collect();
                prop_assert_eq!(ids.len(), drawn.len());
                prop_assert!(ids.iter().all(|id| *id < 1 << 53));
            }
        }
    }

    #[test]
    fn a_sum_of_nothing_is_absent_and_not_zero() {
        let features = vec![village(1, 106.0, 20.2, None), village(2, 106.0001, 20.2001, None)];
        let levels = clustered(definition("villages").unwrap(), features);
        let [one] = levels[0].features.as_slice() else { panic!("{:?}", levels[0].features) };
        assert_eq!((number(one, "point_count"), one.get("households")), (Some(2), None));
        assert_eq!((number(one, "households_missing"), number(one, "villages_reached")), (Some(2), Some(0)));
    }

    #[test]
    fn a_point_alone_in_its_cell_stays_what_it_is() {
        let features = vec![village(1, 105.2, 20.2, Some(7)), village(2, 106.6, 20.2, Some(8))];
        let levels = clustered(definition("villages").unwrap(), features.clone());
        assert!(levels.iter().all(|level| level.features.iter().all(|f| features.contains(f))));
    }
}
