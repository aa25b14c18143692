//! Which unit holds a point, for millions of points.
//!
//! A point on a border belongs to exactly one unit: the closed polygons are
//! asked in the order of their codes and the first that has the point wins.
//! A grid answers at once where no border is near; elsewhere few units are
//! asked, and each looks only at its edges at that latitude. The tests are
//! exact, so no point falls between two units that share an edge.

use std::sync::OnceLock;

use geo_types::{Coord, MultiPolygon};
use rstar::primitives::{GeomWithData, Line};
use rstar::{PointDistance, RTree};

use super::area::{check_polygon, rings};
use super::grid::{Grid, whole};
use super::mesh::side;
use crate::model::admin::UnitCode;
use crate::model::measure::LonLat;

/// Point lookup in one edition. Owns what it needs; may be shared between threads.
pub struct Lookup {
    /// By code, lowest first.
    units: Vec<Unit>,
    grid: Option<Grid>,
    cells: Vec<Cell>,
    /// What [`Cell::ask`] points into: how many units, then their indices.
    asked: Vec<u32>,
    /// Edges for [`Lookup::nearest`], built when first asked.
    borders: OnceLock<RTree<Border>>,
}

/// Four bytes, because there are more cells than a core's cache holds of anything larger: 0 where no
/// unit comes near, else the unit that all of the cell lies in, counted from 1, or [`ASK`] and a place.
#[derive(Clone, Copy, PartialEq)]
struct Cell(u32);

const ASK: u32 = 1 << 31;

impl Cell {
    const NOTHING: Self = Self(0);

    /// All of the cell lies in this unit, and in none with a lower code.
    fn within(unit: usize) -> Self {
        Self(unit as u32 + 1)
    }

    /// Some of the units listed from this place on have a border here or cover it.
    fn ask(place: usize) -> Self {
        Self(ASK | place as u32)
    }
}

type Border = GeomWithData<Line<[f64; 2]>, usize>;

/// Cells for each corner: fine enough that most cells have no border, small enough to build in milliseconds.
const CELLS_PER_CORNER: usize = 6;

impl Lookup {
    /// Polygons with coordinates that are no position hold no point; `area::check` tells which.
    #[must_use]
    pub fn new<'a>(units: impl Iterator<Item = (UnitCode, &'a MultiPolygon<f64>)>) -> Self {
        let mut units: Vec<Unit> = units.map(|(code, area)| Unit::new(code, area)).collect();
        units.sort_by_key(|unit| unit.code);
        let corners = units.iter().map(|unit| unit.edges.len()).sum::<usize>();
        let ends = units.iter().flat_map(|unit| unit.edges.iter().map(|edge| edge.0));
        let grid = Grid::over(ends, corners * CELLS_PER_CORNER);
        let (cells, asked) = grid.as_ref().map(|grid| fill(grid, &units)).unwrap_or_default();
        Self { units, grid, cells, asked, borders: OnceLock::new() }
    }

    /// The unit that holds the point. On a border, and where units overlap, the lowest code.
    #[must_use]
    pub fn locate(&self, at: LonLat) -> Option<UnitCode> {
        let at = Coord { x: at.lon(), y: at.lat() };
        let Cell(cell) = self.cells[self.grid.as_ref()?.cell(at)?];
        let unit = if cell & ASK == 0 {
            cell.checked_sub(1)
        } else {
            let from = (cell & !ASK) as usize + 1;
            let to = from + self.asked[from - 1] as usize;
            self.asked[from..to].iter().copied().find(|unit| self.units[*unit as usize].holds(at))
        };
        unit.map(|unit| self.units[unit as usize].code)
    }

    /// The unit that holds the point, at 0 m, or else the one whose border is
    /// nearest, with the distance to it in metres. `None` without units.
    ///
    /// Which border is nearest is decided with degrees of longitude shortened
    /// for the middle of the units, so far away a tie may fall either way.
    #[must_use]
    pub fn nearest(&self, at: LonLat) -> Option<(UnitCode, f64)> {
        if let Some(code) = self.locate(at) {
            return Some((code, 0.0));
        }
        let shrink = self.shrink();
        let borders = self.borders.get_or_init(|| self.borders(shrink));
        let from = [at.lon() * shrink, at.lat()];
        let border = borders.nearest_neighbor(from)?;
        let reach = border.distance_2(&from);
        // Neighbours share their border: of those equally near the lowest code, as in `locate`.
        let tied = borders.locate_within_distance(from, reach * (1.0 + 1e-12));
        let unit = tied.map(|border| border.data).fold(border.data, usize::min);
        let [x, y] = border.geom().nearest_point(&from);
        let distance_m = LonLat::new((x / shrink).clamp(-180.0, 180.0), y).map_or(0.0, |on| on.distance_m(at));
        Some((self.units[unit].code, distance_m))
    }

    fn shrink(&self) -> f64 {
        let (south, north) = self
            .units
            .iter()
            .fold((90.0f64, -90.0f64), |(south, north), unit| (south.min(unit.low.y), north.max(unit.high.y)));
        ((south + north) / 2.0).to_radians().cos().max(0.01)
    }

    fn borders(&self, shrink: f64) -> RTree<Border> {
        let place = |at: Coord<f64>| [at.x * shrink, at.y];
        let of_unit = |(number, unit): (usize, &Unit)| -> Vec<Border> {
            let border =
                |edge: &(Coord<f64>, Coord<f64>)| GeomWithData::new(Line::new(place(edge.0), place(edge.1)), number);
            unit.edges.iter().map(border).collect()
        };
        RTree::bulk_load(self.units.iter().enumerate().flat_map(of_unit).collect())
    }
}

fn fill(grid: &Grid, units: &[Unit]) -> (Vec<Cell>, Vec<u32>) {
    // Pairs of cell and unit, sorted: nearly all cells have none, and a list for each would cost more than the rest.
    let mut crossings: Vec<(u32, u32)> = Vec::new();
    for (number, unit) in units.iter().enumerate() {
        for (a, b) in &unit.edges {
            grid.along(*a, *b, |cell| {
                let crossing = (cell as u32, number as u32);
                if crossings.last() != Some(&crossing) {
                    crossings.push(crossing);
                }
            });
        }
    }
    crossings.sort_unstable();
    crossings.dedup();
    let mut crossings = &crossings[..];
    let mut west_is_crossed = true;
    let mut cells = vec![Cell::NOTHING; grid.len()];
    let mut asked = Vec::new();
    let mut at_this_latitude: Vec<usize> = Vec::new();
    for cell in 0..grid.len() {
        let centre = grid.centre(cell);
        if cell % grid.columns() == 0 {
            let reaches = |number: &usize| units[*number].low.y <= centre.y && centre.y <= units[*number].high.y;
            at_this_latitude = (0..units.len()).filter(reaches).collect();
        }
        let (here, rest) =
            crossings.split_at(crossings.iter().take_while(|crossing| crossing.0 as usize == cell).count());
        crossings = rest;
        let mut around = at_this_latitude.iter().copied().filter(|number| units[*number].holds(centre));
        if here.is_empty() {
            // No border between this cell and its western neighbour: the same unit.
            let west = (cell % grid.columns() > 0 && !west_is_crossed).then(|| cells[cell - 1]);
            cells[cell] = west.unwrap_or_else(|| around.next().map_or(Cell::NOTHING, Cell::within));
            west_is_crossed = false;
            continue;
        }
        west_is_crossed = true;
        // A unit without a border here covers all of the cell or nothing of it.
        let from = asked.len() + 1;
        asked.push(0);
        asked.extend(here.iter().map(|crossing| crossing.1));
        let crosses = |number: &usize| here.iter().any(|crossing| crossing.1 as usize == *number);
        asked.extend(around.filter(|number| !crosses(number)).map(|number| number as u32));
        asked[from..].sort_unstable();
        asked[from - 1] = (asked.len() - from) as u32;
        cells[cell] = Cell::ask(from - 1);
    }
    (cells, asked)
}

/// The edges of one unit, by latitude.
struct Unit {
    code: UnitCode,
    low: Coord<f64>,
    high: Coord<f64>,
    edges: Vec<(Coord<f64>, Coord<f64>)>,
    /// Edges that touch each strip of latitude, `listed[starts[strip]..starts[strip + 1]]`, each with its
    /// southern end first: side by side, because looking one up elsewhere costs more than testing it.
    starts: Vec<u32>,
    listed: Vec<(Coord<f64>, Coord<f64>)>,
}

impl Unit {
    fn new(code: UnitCode, area: &MultiPolygon<f64>) -> Self {
        let lines = area.iter().filter(|polygon| check_polygon(polygon).is_ok()).flat_map(rings);
        let edges: Vec<_> = lines.flat_map(|ring| ring.lines().map(|edge| (edge.start, edge.end))).collect();
        let far = Coord { x: f64::INFINITY, y: f64::INFINITY };
        let (low, high) = edges.iter().fold((far, -far), |(low, high), (at, _)| {
            (Coord { x: low.x.min(at.x), y: low.y.min(at.y) }, Coord { x: high.x.max(at.x), y: high.y.max(at.y) })
        });
        let mut unit = Self { code, low, high, edges, starts: Vec::new(), listed: Vec::new() };
        // A strip for every second edge: about as many edges cross a strip as cross a line of latitude.
        let strips = (unit.edges.len() / 2).max(1);
        let mut by_strip: Vec<Vec<usize>> = vec![Vec::new(); strips];
        for (number, (a, b)) in unit.edges.iter().enumerate() {
            let (first, last) = (unit.strip(a.y.min(b.y), strips), unit.strip(a.y.max(b.y), strips));
            by_strip[first..=last].iter_mut().for_each(|strip| strip.push(number));
        }
        unit.starts.push(0);
        for strip in by_strip {
            let upwards = |(a, b): (Coord<f64>, Coord<f64>)| if a.y <= b.y { (a, b) } else { (b, a) };
            unit.listed.extend(strip.into_iter().map(|number| upwards(unit.edges[number])));
            unit.starts.push(unit.listed.len() as u32);
        }
        unit
    }

    /// Grows with latitude, so an edge is listed in every strip between those of its ends.
    fn strip(&self, lat: f64, strips: usize) -> usize {
        let part = (lat - self.low.y) / (self.high.y - self.low.y).max(f64::MIN_POSITIVE);
        whole(part * strips as f64).min(strips - 1)
    }

    /// Inside or on the border: an odd number of edges to the east, each edge with its southern end and
    /// without its northern one.
    fn holds(&self, at: Coord<f64>) -> bool {
        if !(self.low.x <= at.x && at.x <= self.high.x && self.low.y <= at.y && at.y <= self.high.y) {
            return false;
        }
        let strip = self.strip(at.y, self.starts.len() - 1);
        let mut inside = false;
        for &(lower, upper) in &self.listed[self.starts[strip] as usize..self.starts[strip + 1] as usize] {
            if at.y < lower.y || upper.y < at.y || at.x > lower.x.max(upper.x) {
                continue;
            }
            let crosses = at.y < upper.y;
            if at.x < lower.x.min(upper.x) {
                inside ^= crosses;
                continue;
            }
            match side(lower, upper, at) {
                0 => return true,
                1 => inside ^= crosses,
                _ => {}
            }
        }
        inside
    }
}

#[cfg(test)]
mod tests {
    use geo::{Distance, Haversine, Intersects};
    use geo_types::Point;
    use proptest::prelude::*;

    use super::*;
    use crate::engine::boundaries::shapes::{area as shape, quads};

    fn code(number: usize) -> UnitCode {
        format!("{number:05}").parse().unwrap()
    }

    /// Units are numbered from 1.
    fn lookup(units: &[MultiPolygon<f64>]) -> Lookup {
        Lookup::new(units.iter().enumerate().map(|(place, unit)| (code(place + 1), unit)))
    }

    /// The slow, obvious answer.
    fn ask_all(units: &[MultiPolygon<f64>], at: LonLat) -> Option<UnitCode> {
        units.iter().position(|unit| unit.intersects(&Point::from(at))).map(|place| code(place + 1))
    }

    fn check(units: &[&str], (lon, lat): (f64, f64), expected: Option<usize>) {
        let units: Vec<_> = units.iter().map(|text| shape(text)).collect();
        let at = LonLat::new(lon, lat).unwrap();
        assert_eq!(lookup(&units).locate(at), expected.map(code));
        assert_eq!(ask_all(&units, at), expected.map(code));
    }

    const TWO: [&str; 2] = ["1 1, 2 1, 2 2, 1 2", "2 1, 3 1, 3 2, 2 2"];

    #[test]
    fn a_point_inside_has_its_unit_and_a_point_outside_has_none() {
        check(&TWO, (1.5, 1.5), Some(1));
        check(&TWO, (2.5, 1.5), Some(2));
        check(&TWO, (3.5, 1.5), None);
        check(&[], (3.5, 1.5), None);
    }

    #[test]
    fn a_point_on_a_shared_edge_has_the_lower_code() {
        check(&TWO, (2.0, 1.5), Some(1));
        check(&TWO, (2.0, 1.0), Some(1));
        check(&TWO, (3.0, 2.0), Some(2));
        check(&TWO, (2.5, 2.0), Some(2));
        check(&TWO, (1.0, 1.0), Some(1));
    }

    #[test]
    fn codes_decide_and_not_the_order_of_units() {
        let units = TWO.map(shape);
        let lookup = Lookup::new([(code(9), &units[0]), (code(4), &units[1])].into_iter());
        assert_eq!(lookup.locate(LonLat::new(2.0, 1.5).unwrap()), Some(code(4)));
    }

    #[test]
    fn a_hole_is_outside_and_its_border_is_inside() {
        let ring = ["1 1, 4 1, 4 4, 1 4; 2 2, 2 3, 3 3, 3 2"];
        check(&ring, (2.5, 2.5), None);
        check(&ring, (2.0, 2.5), Some(1));
        check(&ring, (1.5, 2.5), Some(1));
        check(&[ring[0], "2 2, 3 2, 3 3, 2 3"], (2.5, 2.5), Some(2));
    }

    #[test]
    fn a_unit_that_covers_another_wins_only_with_the_lower_code() {
        let (large, small) = ("1 1, 9 1, 9 9, 1 9", "4 4, 5 4, 5 5, 4 5");
        check(&[large, small], (4.5, 4.5), Some(1));
        check(&[small, large], (4.5, 4.5), Some(1));
        check(&[small, large], (4.5, 5.5), Some(2));
    }

    #[test]
    fn what_is_no_position_holds_nothing() {
        let units = ["NaN 1, 2 1, 2 2", "1 1, 1e300 1, 2 2", "1 1, 2 1, 2 2, 1 2"].map(shape);
        assert_eq!(lookup(&units).locate(LonLat::new(1.5, 1.5).unwrap()), Some(code(3)));
        let none = lookup(&units[..2]);
        assert_eq!(none.locate(LonLat::new(1.5, 1.5).unwrap()), None);
        assert_eq!(none.nearest(LonLat::new(1.5, 1.5).unwrap()), None);
    }

    #[test]
    fn the_nearest_unit_has_its_distance_in_metres() {
        let units = ["105 20, 106 20, 106 21, 105 21", "106 20, 107 20, 107 21, 106 21"].map(shape);
        let lookup = lookup(&units);
        let (unit, metres) = lookup.nearest(LonLat::new(106.5, 21.1).unwrap()).unwrap();
        assert_eq!(unit, code(2));
        assert!((metres - 11_119.5).abs() < 1.0, "0.1° of latitude, not {metres} m");
        assert_eq!(lookup.nearest(LonLat::new(105.5, 20.5).unwrap()), Some((code(1), 0.0)));
        assert_eq!(lookup.nearest(LonLat::new(106.0, 21.1).unwrap()).unwrap().0, code(1));
    }

    #[test]
    fn a_lookup_may_be_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Lookup>();
    }

    proptest! {
        #[test]
        fn the_grid_agrees_with_asking_every_unit(x in 104.98..105.14, y in 19.98..20.12, bends in 0usize..6) {
            let units = quads(6, 5, bends);
            let at = LonLat::new(x, y).unwrap();
            prop_assert_eq!(lookup(&units).locate(at), ask_all(&units, at));
        }

        #[test]
        fn corners_and_middles_of_edges_agree_too(unit in 0usize..30, corner in 0usize..12, t in prop::sample::select(vec![0.0, 0.25, 0.5])) {
            let units = quads(6, 5, 2);
            let edge = units[unit].0[0].exterior().lines().nth(corner).unwrap();
            let at = edge.start + (edge.end - edge.start) * t;
            let at = LonLat::new(at.x, at.y).unwrap();
            let found = lookup(&units).locate(at);
            prop_assert_eq!(found, ask_all(&units, at));
            prop_assert!(t != 0.0 || found.is_some());
        }

        #[test]
        fn no_border_is_nearer_than_the_nearest(x in 104.5..105.6, y in 19.5..20.6) {
            let units = quads(6, 5, 2);
            let at = LonLat::new(x, y).unwrap();
            let (_, metres) = lookup(&units).nearest(at).unwrap();
            let corners = units.iter().flatten().flat_map(|polygon| polygon.exterior().points());
            let nearest_corner = corners.map(|corner| Haversine.distance(corner, Point::from(at))).fold(f64::MAX, f64::min);
            prop_assert!(metres <= nearest_corner * 1.01);
            prop_assert!(lookup(&units).locate(at).is_some() || metres > nearest_corner - 2_500.0);
        }
    }
}
