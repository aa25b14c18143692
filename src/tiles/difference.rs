//! What of a layer is drawn otherwise than it was.
//!
//! Open maps are told where to look again. Two layers are compared as tiles are
//! made from them, at every zoom: clusters, generalised borders and the cells of
//! far zooms change elsewhere than the rows behind them. Features are matched by
//! their ids, and only what a tile shows of them is compared. The answer is one
//! box on a coarse grid: it may be too large, never too small.

use std::collections::HashMap;

use geo_types::Coord;

use super::from_square;
use super::layer::{Drawn, Indexed, Layer};
use super::world::{Extent, World};

/// The grid that boxes end on: tiles of zoom 12 are some 9 km wide in Vietnam, about a commune. A box then says where
/// a village lies no closer than which commune it is of.
const GRID_BITS: u8 = 32 - 12;

/// West, south, east, north of everything that is drawn otherwise, in degrees; `None` where nothing is. A tile also
/// shows what lies up to [`super::POINT_BUFFER`] of its units beyond its edge.
#[must_use]
pub fn difference(before: &Layer, after: &Layer) -> Option<[f64; 4]> {
    let (old, new) = (before.levels(), after.levels());
    let comparable = old.len() == new.len() && old.iter().zip(new).all(|(old, new)| old.serves_as(new));
    let mut changed = Changed(None);
    if comparable {
        for levels in old.iter().zip(new) {
            compare((before, levels.0), (after, levels.1), &mut changed);
        }
    } else {
        old.iter().chain(new).flat_map(Indexed::features).for_each(|feature| changed.add(feature));
    }
    changed.0.map(degrees)
}

struct Changed(Option<Extent>);

impl Changed {
    fn add(&mut self, feature: &Drawn) {
        let corners = self.0.into_iter().chain([feature.extent]).flat_map(|extent| [extent.min, extent.max]);
        self.0 = Extent::of(corners);
    }
}

fn compare(old: (&Layer, &Indexed), new: (&Layer, &Indexed), changed: &mut Changed) {
    // A feature without an id of its own cannot be found again: it counts as gone and as new.
    let nameless = [old.1, new.1].into_iter().flat_map(Indexed::features).filter(|feature| feature.id.is_none());
    nameless.for_each(|feature| changed.add(feature));
    let mut places: HashMap<u64, (usize, &Drawn)> = HashMap::with_capacity(old.1.features().len());
    places.extend(old.1.features().iter().enumerate().filter_map(|(at, one)| Some((one.id?, (at, one)))));
    let mut furthest = 0;
    for feature in new.1.features() {
        let Some(id) = feature.id else { continue };
        let Some((at, earlier)) = places.remove(&id) else {
            changed.add(feature);
            continue;
        };
        // Later features lie over earlier ones, so that another order is another picture.
        let overtaken = at < furthest;
        furthest = furthest.max(at);
        if overtaken || !alike((old.0, old.1, earlier), (new.0, new.1, feature)) {
            changed.add(earlier);
            changed.add(feature);
        }
    }
    places.values().for_each(|(_, gone)| changed.add(gone));
}

type Placed<'a> = (&'a Layer, &'a Indexed, &'a Drawn);

fn alike(old: Placed<'_>, new: Placed<'_>) -> bool {
    let same_place = old.2.extent == new.2.extent && old.2.label == new.2.label;
    same_place && same_attributes(old, new) && rings(old).eq(rings(new))
}

/// In whatever order: which column comes first is for the whole level to say.
fn same_attributes(old: Placed<'_>, new: Placed<'_>) -> bool {
    let by_field = |placed| {
        let mut all: Vec<_> = attributes(placed).collect();
        all.sort_unstable();
        all
    };
    attributes(old).eq(attributes(new)) || by_field(old) == by_field(new)
}

fn rings<'a>((_, level, feature): Placed<'a>) -> impl Iterator<Item = (bool, &'a [World])> {
    level.rings(feature).iter().map(|ring| (ring.exterior, level.vertices(ring)))
}

fn attributes<'a>((layer, level, feature): Placed<'a>) -> impl Iterator<Item = (u16, &'a [u8])> {
    let messages = layer.values();
    level.attributes(feature).iter().map(|one| (one.field, messages.message(one.value)))
}

/// Outwards to the grid, then to the seventh decimal.
fn degrees(extent: Extent) -> [f64; 4] {
    let low = |step: u32| f64::from(step >> GRID_BITS);
    let high = |step: u32| low(step) + 1.0;
    let cells = 2_f64.powi(32 - i32::from(GRID_BITS));
    let at =
        |column: f64, row: f64| from_square(Coord { x: column / cells * 180.0 - 90.0, y: 90.0 - row / cells * 180.0 });
    let (north_west, south_east) =
        (at(low(extent.min.x), low(extent.min.y)), at(high(extent.max.x), high(extent.max.y)));
    let outwards = |degrees: f64, to: fn(f64) -> f64| to(degrees * 1e7) / 1e7;
    [
        outwards(north_west.x, f64::floor),
        outwards(south_east.y, f64::floor),
        outwards(south_east.x, f64::ceil),
        outwards(north_west.y, f64::ceil),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::feature::{Feature, Shape, Value};
    use crate::model::measure::LonLat;
    use crate::tiles::{clustered, definition};

    fn village(id: u64, lon: f64, lat: f64, guided: i64) -> Feature {
        let attributes = vec![("status", Value::Text("low".into())), ("guided", Value::Integer(guided))];
        Feature { id, key: id.to_string(), shape: Shape::Point(LonLat::new(lon, lat).unwrap()), attributes }
    }

    fn layer(features: Vec<Feature>) -> Layer {
        let definition = definition("villages").unwrap();
        Layer::new(definition, clustered(definition, features))
    }

    fn some() -> Vec<Feature> {
        vec![village(1, 105.9, 20.2, 7), village(2, 105.93, 20.21, 8), village(3, 106.4, 20.5, 9)]
    }

    fn check(change: impl Fn(&mut Vec<Feature>), holds: &[(f64, f64)], not: &[(f64, f64)]) {
        let mut features = some();
        change(&mut features);
        let [west, south, east, north] = difference(&layer(some()), &layer(features)).expect("a difference");
        let within = |(lon, lat): &(f64, f64)| (west..=east).contains(lon) && (south..=north).contains(lat);
        assert!(holds.iter().all(within), "{holds:?} lie in {west} {south} {east} {north}");
        assert!(!not.iter().any(within), "{not:?} lie in {west} {south} {east} {north}");
        assert!(east - west >= 0.08, "no box is smaller than the grid: {west} {east}");
    }

    #[test]
    fn layers_of_the_same_rows_do_not_differ() {
        assert_eq!(difference(&layer(some()), &layer(some())), None);
        assert_eq!(difference(&layer(Vec::new()), &layer(Vec::new())), None);
    }

    #[test]
    fn another_figure_is_a_difference_where_it_is_shown() {
        check(|rows| rows[0].attributes[1].1 = Value::Integer(70), &[(105.9, 20.2)], &[(106.4, 20.5)]);
        check(|rows| drop(rows[2].attributes.pop()), &[(106.4, 20.5)], &[(105.9, 20.2)]);
    }

    #[test]
    fn a_row_that_came_went_or_moved_is_a_difference_at_both_its_places() {
        check(|rows| rows.push(village(4, 106.0, 20.0, 1)), &[(106.0, 20.0)], &[(106.4, 20.5)]);
        check(|rows| drop(rows.remove(2)), &[(106.4, 20.5)], &[(105.9, 20.2)]);
        check(|rows| rows[2] = village(3, 106.45, 20.55, 9), &[(106.4, 20.5), (106.45, 20.55)], &[(105.9, 20.2)]);
    }

    #[test]
    fn another_order_is_a_difference_of_those_that_changed_places() {
        check(|rows| rows.swap(0, 1), &[(105.9, 20.2)], &[(106.4, 20.5)]);
    }

    #[test]
    fn columns_that_come_in_another_order_look_the_same() {
        let before = vec![village(1, 105.9, 20.2, 7), village(2, 105.93, 20.21, 8), village(3, 106.4, 20.5, 8)];
        let mut after = before.clone();
        for (at, id, guided, status) in [(0, 8, 7, "high"), (2, 9, 8, "done")] {
            let mut far = village(id, 105.0, 19.8, guided);
            far.attributes[0].1 = Value::Text(status.into());
            after.insert(at, far);
        }
        let (before, after) = (layer(before), layer(after));
        let first = |layer: &Layer| {
            let level = layer.level(14).unwrap();
            level.attributes(level.features().last().unwrap())[0].field
        };
        assert_ne!(first(&before), first(&after), "the status changes more often than the figure");
        let [_, _, east, north] = difference(&before, &after).unwrap();
        assert!(east < 105.2 && north < 20.0, "{east} {north}");
    }

    #[test]
    fn values_are_compared_and_not_their_numbers() {
        let mut features = some();
        features.insert(0, village(9, 105.0, 19.8, 123));
        let [_, _, east, north] = difference(&layer(some()), &layer(features)).unwrap();
        assert!(east < 105.2 && north < 20.0, "the others are numbered anew and look the same: {east} {north}");
    }
}
