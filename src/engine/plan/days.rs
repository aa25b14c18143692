//! Days of one team: whole days in one village first, and what is left of the
//! villages put together into days.
//!
//! The order of days is the order of need: the village that stands first on
//! the list is begun first, and a village that is begun is finished.

use super::routes::{Routing, day_m, solve};
use super::share::Load;

/// A stop before it has its place in the numbering of parts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RawStop {
    pub(super) village: usize,
    /// `None`: nobody declared how many live there.
    pub(super) households: Option<u32>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct RawDay {
    pub(super) stops: Vec<RawStop>,
    /// There, around and back, straight lines, metres.
    pub(super) way_m: f64,
}

/// What the days of a team rest on; vectors are by index of village.
pub(super) struct Work<'a> {
    /// From the start, metres; `ways[a][b]` between villages.
    pub(super) from_start: &'a [f64],
    pub(super) ways: &'a [Vec<f64>],
    /// Place on the list of need, the smallest first.
    pub(super) urgency: &'a [usize],
    pub(super) unknown: &'a [bool],
    pub(super) rate: u32,
    pub(super) effort: usize,
}

pub(super) fn days(work: &Work<'_>, piece: &[Load]) -> Vec<RawDay> {
    let mut days: Vec<((usize, usize, usize), RawDay)> = Vec::new();
    let mut rests: Vec<Load> = Vec::new();
    for (village, load) in piece {
        if work.unknown[*village] {
            let stops = vec![RawStop { village: *village, households: None }];
            days.push(((work.urgency[*village], 0, 0), RawDay { stops, way_m: 2.0 * work.from_start[*village] }));
            continue;
        }
        for number in 0..load / work.rate {
            let stops = vec![RawStop { village: *village, households: Some(work.rate) }];
            let number = usize::try_from(number).unwrap_or(usize::MAX);
            days.push(((work.urgency[*village], 0, number), RawDay { stops, way_m: 2.0 * work.from_start[*village] }));
        }
        if load % work.rate > 0 {
            rests.push((*village, load % work.rate));
        }
    }
    let routing = routing(work, &rests);
    for (number, route) in solve(&routing, work.effort).into_iter().enumerate() {
        let way_m = day_m(&routing, &route);
        let stops: Vec<RawStop> = route
            .iter()
            .map(|stop| RawStop { village: rests[stop - 1].0, households: Some(rests[stop - 1].1) })
            .collect();
        let urgency = stops.iter().map(|stop| work.urgency[stop.village]).min().unwrap_or(usize::MAX);
        days.push(((urgency, 1, number), RawDay { stops, way_m }));
    }
    days.sort_by_key(|(key, _)| *key);
    days.into_iter().map(|(_, day)| day).collect()
}

/// The rests of villages as a problem of routes: village `at` of `rests` is stop `at + 1`.
pub(super) fn routing(work: &Work<'_>, rests: &[Load]) -> Routing {
    let way = |a: usize, b: usize| match (a.checked_sub(1), b.checked_sub(1)) {
        (None, None) => 0.0,
        (Some(one), None) | (None, Some(one)) => work.from_start[rests[one].0],
        (Some(one), Some(other)) => work.ways[rests[one].0][rests[other].0],
    };
    let stops = 0..=rests.len();
    Routing {
        demands: std::iter::once(0).chain(rests.iter().map(|(_, load)| *load)).collect(),
        capacity: work.rate,
        ways: stops.clone().map(|a| stops.clone().map(|b| way(a, b)).collect()).collect(),
    }
}
