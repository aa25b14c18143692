//! What was measured, and the neighbours of a place.

use rstar::RTree;
use rstar::primitives::GeomWithData;

use super::Observed;
use super::kriging::Kriging;

/// Neighbours of each of nine points in a block of places, together 40 to 100; and the nearest of them, together
/// 15 to 35, by which the mean is local.
const SHARED_NEIGHBOURS: usize = 12;
const SHARED_OF_ORDINARY: usize = 6;

/// The neighbours that places close together have in common.
pub(super) struct Shared {
    simple: Vec<usize>,
    ordinary: Vec<usize>,
}

impl Shared {
    pub(super) fn of(&self, kriging: Kriging) -> &[usize] {
        match kriging {
            Kriging::Simple => &self.simple,
            Kriging::Ordinary => &self.ordinary,
        }
    }
}

/// What was measured, and where to find the nearest of it.
pub(super) struct Measured {
    observed: Vec<Observed>,
    tree: RTree<GeomWithData<[f64; 2], u32>>,
    /// Readings behind the median place.
    typical_readings: f64,
}

impl Measured {
    pub(super) fn new(observed: Vec<Observed>) -> Self {
        let points = observed.iter().enumerate().map(|(at, spot)| GeomWithData::new(spot.place, at as u32)).collect();
        let mut readings: Vec<f64> = observed.iter().map(|spot| spot.readings).collect();
        readings.sort_by(f64::total_cmp);
        let typical_readings = readings.get(readings.len() / 2).copied().unwrap_or(1.0);
        Self { observed, tree: RTree::bulk_load(points), typical_readings }
    }

    pub(super) fn spot(&self, at: usize) -> &Observed {
        &self.observed[at]
    }

    pub(super) fn typical_readings(&self) -> f64 {
        self.typical_readings
    }

    pub(super) fn nearest_m(&self, place: [f64; 2]) -> Option<f64> {
        let nearest = self.tree.nearest_neighbor(place)?.geom();
        Some((nearest[0] - place[0]).hypot(nearest[1] - place[1]))
    }

    pub(super) fn observed(&self) -> &[Observed] {
        &self.observed
    }

    /// Those within a distance in metres, each with its own.
    pub(super) fn within(&self, place: [f64; 2], metres: f64) -> impl Iterator<Item = (&Observed, f64)> {
        self.tree.locate_within_distance(place, metres * metres).map(move |point| {
            let there = point.geom();
            (&self.observed[point.data as usize], (there[0] - place[0]).hypot(there[1] - place[1]))
        })
    }

    /// The neighbours of a place, of those that count, the nearest first: enough for every [`Kriging`].
    pub(super) fn near(&self, place: [f64; 2], counts: impl Fn(usize) -> bool) -> Vec<usize> {
        self.nearest(place, Kriging::Simple.neighbours(), counts).collect()
    }

    /// The neighbours of places that lie close together: those nearest to nine points of the box around them.
    pub(super) fn near_all(&self, places: &[[f64; 2]]) -> Shared {
        let side = |axis: usize| {
            let along = || places.iter().map(|place| place[axis]);
            let (low, high) = (along().fold(f64::INFINITY, f64::min), along().fold(f64::NEG_INFINITY, f64::max));
            [low, low.midpoint(high), high]
        };
        let (east, north) = (side(0), side(1));
        let points = east.iter().flat_map(|east| north.iter().map(|north| [*east, *north]));
        let mut shared = Shared { simple: Vec::new(), ordinary: Vec::new() };
        for point in points {
            for (rank, at) in self.nearest(point, SHARED_NEIGHBOURS, |_| true).enumerate() {
                shared.simple.push(at);
                if rank < SHARED_OF_ORDINARY {
                    shared.ordinary.push(at);
                }
            }
        }
        for near in [&mut shared.simple, &mut shared.ordinary] {
            near.sort_unstable();
            near.dedup();
        }
        shared
    }

    pub(super) fn nearest(
        &self,
        place: [f64; 2],
        count: usize,
        counts: impl Fn(usize) -> bool,
    ) -> impl Iterator<Item = usize> {
        let by_distance = self.tree.nearest_neighbor_iter(place).map(|point| point.data as usize);
        by_distance.filter(move |at| counts(*at)).take(count)
    }
}
