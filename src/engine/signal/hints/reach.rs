//! Which demand lies within reach of which place: a circle, without terrain.

use rayon::prelude::*;
use rstar::RTree;
use rstar::primitives::GeomWithData;

use crate::engine::plane::Plane;
use crate::model::measure::LonLat;

/// By how much the plane may shorten a distance: 5 % over the whole length of Viet Nam, a thousandth in a province.
const ROOM: f64 = 1.05;

/// Somebody without usable signal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand {
    pub at: LonLat,
    /// A mast serves it from no farther than this, metres.
    pub within_m: f64,
}

/// For each place the demands that a mast there would serve, in order.
#[must_use]
pub fn covers(demands: &[Demand], places: &[LonLat]) -> Vec<Vec<u32>> {
    let Some(plane) = Plane::around(demands.iter().map(|demand| demand.at)) else {
        return vec![Vec::new(); places.len()];
    };
    let numbered = (0_u32..).zip(demands);
    let tree = RTree::bulk_load(numbered.map(|(at, one)| GeomWithData::new(plane.metres(one.at), at)).collect());
    let farthest = demands.iter().map(|demand| demand.within_m).fold(0.0, f64::max) * ROOM;
    let within = |place: &LonLat| {
        let near = tree.locate_within_distance(plane.metres(*place), farthest * farthest);
        let served = |at: &u32| {
            let demand = &demands[*at as usize];
            place.distance_m(demand.at) <= demand.within_m
        };
        let mut served: Vec<u32> = near.map(|point| point.data).filter(served).collect();
        served.sort_unstable();
        served
    };
    places.par_iter().map(within).collect()
}
