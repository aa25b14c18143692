//! Does a file lie where its stated coordinate system says?
//!
//! Boundaries outlive the units: today's lines are mostly older lines, so a
//! file can be laid over what the store already knows. For every way that its
//! numbers could have been meant the median distance between the lines of the
//! two is measured, in whichever direction agrees better, because the lines of
//! the coarser are a part of those of the finer. What is near is judged
//! against chance: the same file pushed 1.5 km aside. Thinned and redrawn
//! lines lie tens of metres off and still fit; a wrong datum (225 m), meridian
//! (26 km and more) or order of axes shows because another reading lies nearer.
//! Points are judged by the communes that their rows state (`points`).
//! Nothing here decides by numbers alone, and nothing is moved.

mod points;

use geo_types::{Coord, MultiPolygon};
use rstar::RTree;
use rstar::primitives::Line;

use super::Lookup;
use super::area::{check_polygon, rings};
use crate::model::admin::UnitCode;
use crate::model::crs::Crs;
use crate::model::measure::LonLat;

pub use points::judge_points;

/// How the degrees that are judged came out of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadAs {
    /// As the file or the person says. Believed unless another meaning is clearly better.
    Stated(Crs),
    /// Nobody says; this one was tried, and is one among others.
    Tried(Crs),
}

impl ReadAs {
    fn crs(self) -> Crs {
        match self {
            Self::Stated(crs) | Self::Tried(crs) => crs,
        }
    }

    /// The meaning that is believed.
    fn stated(self) -> Option<Meaning> {
        match self {
            Self::Stated(crs) => Some(Meaning::of(crs)),
            Self::Tried(_) => None,
        }
    }
}

/// A way in which the numbers of a file may be meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Meaning {
    pub crs: Crs,
    /// The file writes the northing first.
    pub northing_first: bool,
}

impl Meaning {
    fn of(crs: Crs) -> Self {
        Self { crs, northing_first: false }
    }
}

/// How much better a file would lie under another meaning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Better {
    pub meaning: Meaning,
    /// From where the file is read now to where it would lie, measured on its lines; metres.
    pub shift_east_m: f64,
    pub shift_north_m: f64,
    pub evidence: Evidence,
}

/// What speaks for another meaning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Evidence {
    /// Median distance of the lines as read now, and as they would lie; metres.
    Lines { now_m: f64, then_m: f64 },
    /// Points inside the commune that their row states, as read now and as they would lie, of those that state one.
    Points { now: usize, then: usize, of: usize },
}

/// The judgement on one file.
#[derive(Clone, Debug, PartialEq)]
pub enum Fit {
    Fits,
    WouldFit(Better),
    /// Several meanings fit equally well, and the stated one does not; best first.
    Ambiguous(Vec<Better>),
    /// Nothing to compare with, or nothing that resembles it.
    Unknown,
}

/// Points asked of each of the two sets of lines: the median of 600 is sure to a twentieth.
const SAMPLES: usize = 600;
/// Fewer comparable points decide nothing.
const FEWEST: usize = 20;
/// Lines farther apart than this are not each other's, unless one lies inside the units of the other.
const NEAR_M: f64 = 500.0;
/// Pushed this far aside, lines of communes (1 to 30 km²) meet others by chance only.
const ASIDE_M: f64 = 1_500.0;
/// A reading agrees when its lines lie at most this part of what chance would give.
const AGREES: f64 = 0.5;
/// Another meaning must bring the lines this much nearer before a file is called misread, and by this many metres.
const CLEARLY_NEARER: f64 = 0.6;
const CLEARLY_NEARER_M: f64 = 10.0;
/// So many meanings are looked at closely.
const MOST_NAMED: usize = 4;
/// Meanings within this factor of the best cannot be told apart.
const ALIKE: f64 = 1.3;

/// Judges the areas of a file, in WGS 84 degrees, against areas that the store knows.
///
/// The reference may hold several editions: its lines are taken together. Polygons with
/// coordinates that are no position are left out.
#[must_use]
pub fn judge<'a>(
    file: impl Iterator<Item = &'a MultiPolygon<f64>>,
    read: ReadAs,
    reference: impl Iterator<Item = &'a MultiPolygon<f64>>,
) -> Fit {
    let (Some(file), Some(reference)) = (Land::new(file), Land::new(reference)) else { return Fit::Unknown };
    let lay = |meaning: Meaning| Laid::new(&file, &reference, Remap { read: read.crs(), meaning });
    let now = read.stated().and_then(lay);
    let fits_now = now.as_ref().is_some_and(Laid::agrees);
    // What lies too far from everything to be measured is as far as chance.
    let now_m = now.as_ref().map_or(NEAR_M, |now| now.median_m);
    let mut others: Vec<Laid<'_>> = meanings(read).into_iter().filter_map(lay).collect();
    others.retain(|laid| {
        !fits_now || (laid.median_m <= CLEARLY_NEARER * now_m && laid.median_m <= now_m - CLEARLY_NEARER_M)
    });
    others.sort_by(|a, b| a.median_m.total_cmp(&b.median_m));
    others.truncate(MOST_NAMED);
    others.retain(Laid::agrees);
    let Some(best_m) = others.first().map(|best| best.median_m) else {
        return if fits_now { Fit::Fits } else { Fit::Unknown };
    };
    others.retain(|laid| laid.median_m <= ALIKE * best_m + 1.0);
    let mut found: Vec<Better> = others.iter().map(|laid| laid.better(now_m)).collect();
    if found.len() > 1 { Fit::Ambiguous(found) } else { Fit::WouldFit(found.remove(0)) }
}

/// What else the numbers of a file may have been meant as: degrees stay degrees, metres stay metres.
fn meanings(read: ReadAs) -> Vec<Meaning> {
    let metric = read.crs().is_metric();
    let alike = Crs::ALL.into_iter().filter(|crs| crs.is_metric() == metric);
    let orders: &[bool] = if metric { &[false, true] } else { &[false] };
    alike
        .flat_map(|crs| orders.iter().map(move |northing_first| Meaning { crs, northing_first: *northing_first }))
        .filter(|meaning| read.stated() != Some(*meaning))
        .collect()
}

/// From where a place is read now to where it would be under another meaning, and back; degrees.
#[derive(Clone, Copy)]
struct Remap {
    read: Crs,
    meaning: Meaning,
}

impl Remap {
    fn there(self, (lon, lat): (f64, f64)) -> Option<(f64, f64)> {
        if self.meaning == Meaning::of(self.read) {
            return Some((lon, lat));
        }
        let (a, b) = self.read.from_wgs84(lon, lat)?;
        let (east, north) = if self.meaning.northing_first { (b, a) } else { (a, b) };
        self.meaning.crs.to_wgs84(east, north)
    }

    /// How far a place moves, metres east and north.
    fn shift(self, at: (f64, f64)) -> [f64; 2] {
        let to = self.there(at).unwrap_or(at);
        Plane::around(((at.0 + to.0) / 2.0, (at.1 + to.1) / 2.0)).between(at, to)
    }

    fn back(self, (lon, lat): (f64, f64)) -> Option<(f64, f64)> {
        if self.meaning == Meaning::of(self.read) {
            return Some((lon, lat));
        }
        let (east, north) = self.meaning.crs.from_wgs84(lon, lat)?;
        let (a, b) = if self.meaning.northing_first { (north, east) } else { (east, north) };
        self.read.to_wgs84(a, b)
    }
}

/// Metres on a plane around a middle: true to half a percent within half a degree.
#[derive(Clone, Copy)]
struct Plane {
    middle: (f64, f64),
    east_m: f64,
}

const NORTH_M: f64 = 111_195.0;

impl Plane {
    fn around(middle: (f64, f64)) -> Self {
        Self { middle, east_m: NORTH_M * middle.1.to_radians().cos().max(1e-6) }
    }

    fn between(self, from: (f64, f64), to: (f64, f64)) -> [f64; 2] {
        let ([x1, y1], [x2, y2]) = (self.of(from), self.of(to));
        [x2 - x1, y2 - y1]
    }

    fn of(self, (lon, lat): (f64, f64)) -> [f64; 2] {
        [(lon - self.middle.0) * self.east_m, (lat - self.middle.1) * NORTH_M]
    }
}

/// The lines of one set of areas, ready to be asked.
struct Land {
    plane: Plane,
    lines: RTree<Line<[f64; 2]>>,
    inside: Lookup,
    /// Evenly along all lines, degrees.
    samples: Vec<(f64, f64)>,
    /// South-west and north-east corner on the plane.
    low: [f64; 2],
    high: [f64; 2],
}

impl Land {
    fn new<'a>(areas: impl Iterator<Item = &'a MultiPolygon<f64>>) -> Option<Self> {
        let areas: Vec<&MultiPolygon<f64>> = areas.collect();
        let polygons = areas.iter().flat_map(|area| area.iter()).filter(|polygon| check_polygon(polygon).is_ok());
        let edges: Vec<(Coord<f64>, Coord<f64>)> =
            polygons.flat_map(rings).flat_map(|ring| ring.lines().map(|edge| (edge.start, edge.end))).collect();
        let first = edges.first()?.0;
        let (low, high) = edges.iter().fold((first, first), |(low, high), (at, _)| {
            (Coord { x: low.x.min(at.x), y: low.y.min(at.y) }, Coord { x: high.x.max(at.x), y: high.y.max(at.y) })
        });
        let middle = ((low.x + high.x) / 2.0, (low.y + high.y) / 2.0);
        let plane = Plane::around(middle);
        let on_plane = |at: Coord<f64>| plane.of((at.x, at.y));
        let lines = edges.iter().map(|(a, b)| Line::new(on_plane(*a), on_plane(*b))).collect();
        // One code for all: only inside or outside is asked.
        let code: UnitCode = "00".parse().ok()?;
        Some(Self {
            plane,
            lines: RTree::bulk_load(lines),
            inside: Lookup::new(areas.iter().map(|area| (code, *area))),
            samples: samples(&edges, plane),
            low: on_plane(low),
            high: on_plane(high),
        })
    }

    /// From each point to the nearest line here, where the two can be compared at all.
    fn offsets(&self, points: impl Iterator<Item = (f64, f64)>, aside: [f64; 2]) -> Vec<Offset> {
        let offset = |(lon, lat): (f64, f64)| -> Option<Offset> {
            let [x, y] = self.plane.of((lon, lat));
            let from = [x + aside[0], y + aside[1]];
            let line = self.lines.nearest_neighbor(from)?;
            let to = line.nearest_point(&from);
            let offset = [to[0] - from[0], to[1] - from[1]];
            let (along, across) = ([line.to[0] - line.from[0], line.to[1] - line.from[1]], offset);
            let length_m = across[0].hypot(across[1]);
            let within = || {
                let at = LonLat::new(
                    from[0] / self.plane.east_m + self.plane.middle.0,
                    from[1] / NORTH_M + self.plane.middle.1,
                );
                at.is_ok_and(|at| self.inside.locate(at).is_some())
            };
            let edge_m = along[0].hypot(along[1]);
            if !(edge_m > 0.0 && (length_m <= NEAR_M || within())) {
                return None;
            }
            let normal = [-along[1] / edge_m, along[0] / edge_m];
            Some(Offset { length_m, normal, distance_m: normal[0] * offset[0] + normal[1] * offset[1] })
        };
        points.filter_map(offset).collect()
    }
}

/// From a point to its nearest line.
#[derive(Clone, Copy)]
struct Offset {
    length_m: f64,
    /// Of the line, and how far the line lies along it.
    normal: [f64; 2],
    distance_m: f64,
}

fn samples(edges: &[(Coord<f64>, Coord<f64>)], plane: Plane) -> Vec<(f64, f64)> {
    let length = |(a, b): &(Coord<f64>, Coord<f64>)| {
        let ([ax, ay], [bx, by]) = (plane.of((a.x, a.y)), plane.of((b.x, b.y)));
        (bx - ax).hypot(by - ay)
    };
    let step = edges.iter().map(length).sum::<f64>() / SAMPLES as f64;
    let mut found = Vec::with_capacity(SAMPLES);
    let mut until_next = step / 2.0;
    for edge in edges {
        let edge_m = length(edge);
        let (a, b) = edge;
        let mut at_m = until_next;
        while at_m < edge_m && found.len() < SAMPLES {
            let t = at_m / edge_m;
            found.push((a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t));
            at_m += step;
        }
        until_next = at_m - edge_m;
    }
    found
}

/// Which set of points is asked for its nearest line in the other.
#[derive(Clone, Copy, PartialEq)]
enum Asked {
    File,
    Reference,
}

/// A file laid over the reference under one meaning.
struct Laid<'a> {
    file: &'a Land,
    reference: &'a Land,
    remap: Remap,
    asked: Asked,
    median_m: f64,
}

impl<'a> Laid<'a> {
    /// `None` where too little can be compared.
    fn new(file: &'a Land, reference: &'a Land, remap: Remap) -> Option<Self> {
        if !overlap(file, reference, remap) {
            return None;
        }
        let best = [Asked::File, Asked::Reference]
            .into_iter()
            .filter_map(|asked| Some((asked, median(&offsets(file, reference, remap, asked, [0.0; 2]))?)))
            .min_by(|a, b| a.1.total_cmp(&b.1));
        let (asked, median_m) = best?;
        Some(Self { file, reference, remap, asked, median_m })
    }

    /// Nearer than chance.
    fn agrees(&self) -> bool {
        let aside = [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]].map(|[x, y]| {
            let aside = [x * ASIDE_M, y * ASIDE_M];
            median(&offsets(self.file, self.reference, self.remap, self.asked, aside))
        });
        let mut chance: Vec<f64> = aside.into_iter().flatten().collect();
        chance.sort_by(f64::total_cmp);
        // Pushed aside it meets nothing at all: then what it meets where it lies is no chance.
        chance.get(chance.len() / 2).is_none_or(|chance| self.median_m <= AGREES * chance)
    }

    /// The shift of the datum or the grid at the middle of the file, and what the lines add to it.
    fn better(&self, now_m: f64) -> Better {
        let (shift, rest) = (self.remap.shift(self.file.plane.middle), self.rest());
        Better {
            meaning: self.remap.meaning,
            shift_east_m: shift[0] + rest[0],
            shift_north_m: shift[1] + rest[1],
            evidence: Evidence::Lines { now_m, then_m: self.median_m },
        }
    }

    /// What is still to be moved after the new reading: least squares on the distances along the
    /// normals, in which lines that were redrawn (over `SLACK_M`) count little, repeated from where it led.
    fn rest(&self) -> [f64; 2] {
        const SLACK_M: f64 = 30.0;
        let mut shift = [0.0, 0.0];
        for _ in 0..8 {
            // Asked of the reference, the points move against the file.
            let sign = if self.asked == Asked::File { 1.0 } else { -1.0 };
            let aside = [sign * shift[0], sign * shift[1]];
            let (mut xx, mut xy, mut yy, mut x, mut y) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for offset in offsets(self.file, self.reference, self.remap, self.asked, aside) {
                let weight = 1.0 / (1.0 + (offset.length_m / SLACK_M).powi(2));
                let [nx, ny] = offset.normal;
                xx += weight * nx * nx;
                xy += weight * nx * ny;
                yy += weight * ny * ny;
                x += weight * nx * offset.distance_m;
                y += weight * ny * offset.distance_m;
            }
            let determinant = xx * yy - xy * xy;
            if determinant <= 1e-9 * (xx + yy) * (xx + yy) {
                break; // All lines run one way: they say nothing of the other.
            }
            shift[0] += sign * (yy * x - xy * y) / determinant;
            shift[1] += sign * (xx * y - xy * x) / determinant;
        }
        shift
    }
}

fn overlap(file: &Land, reference: &Land, remap: Remap) -> bool {
    let plane = reference.plane;
    let corners = [[file.low[0], file.low[1]], [file.low[0], file.high[1]], [file.high[0], file.low[1]], file.high];
    let degrees = |[x, y]: [f64; 2]| (x / file.plane.east_m + file.plane.middle.0, y / NORTH_M + file.plane.middle.1);
    let places: Vec<[f64; 2]> =
        corners.into_iter().filter_map(|corner| remap.there(degrees(corner))).map(|at| plane.of(at)).collect();
    (0..2).all(|axis| {
        let low = places.iter().map(|at| at[axis]).fold(f64::INFINITY, f64::min);
        let high = places.iter().map(|at| at[axis]).fold(f64::NEG_INFINITY, f64::max);
        low <= reference.high[axis] + NEAR_M && high >= reference.low[axis] - NEAR_M
    })
}

fn offsets(file: &Land, reference: &Land, remap: Remap, asked: Asked, aside: [f64; 2]) -> Vec<Offset> {
    match asked {
        Asked::File => reference.offsets(file.samples.iter().filter_map(|at| remap.there(*at)), aside),
        Asked::Reference => file.offsets(reference.samples.iter().filter_map(|at| remap.back(*at)), aside),
    }
}

fn median(offsets: &[Offset]) -> Option<f64> {
    if offsets.len() < FEWEST {
        return None;
    }
    let mut lengths: Vec<f64> = offsets.iter().map(|offset| offset.length_m).collect();
    lengths.sort_by(f64::total_cmp);
    lengths.get(lengths.len() / 2).copied()
}

#[cfg(test)]
mod tests;
