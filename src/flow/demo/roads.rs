//! Invented roads: villages and commune centres joined by a Gabriel graph
//! (two places are joined when no third lies in the circle between them),
//! with bends. It looks like the lanes of the delta and leaves gaps between.

use spade::{DelaunayTriangulation, Point2, Triangulation};

use super::DemoError;
use super::dice::Dice;
use super::facts::Facts;
use super::land::Land;
use super::plane::{Spot, hills};
use super::villages::Village;

pub(super) struct Road {
    pub(super) ends: [usize; 2],
    /// From the first end to the second.
    pub(super) line: Vec<Spot>,
    pub(super) length_m: f64,
    /// Index in `Roads::districts`.
    pub(super) district: usize,
    /// Days on which it is to be driven; 0 for a road that nobody measures.
    pub(super) passes: u32,
}

pub(super) struct Roads {
    pub(super) roads: Vec<Road>,
    /// By node: (road, other end).
    pub(super) leaving: Vec<Vec<(usize, usize)>>,
    /// Names, in the order of the survey: the western hills and the coast first, so that a small
    /// demo shows dead areas too.
    pub(super) districts: Vec<String>,
}

const SURVEYED_FIRST: [&str; 4] = ["Huyện Nho Quan", "Huyện Giao Thủy", "Thành phố Hoa Lư", "Huyện Gia Viễn"];

pub(super) fn build(facts: &Facts, land: &Land, villages: &[Village]) -> Result<Roads, DemoError> {
    let mut districts: Vec<String> = SURVEYED_FIRST.iter().map(|d| (*d).to_owned()).collect();
    for unit in &facts.old {
        if !districts.contains(&unit.district) {
            districts.push(unit.district.clone());
        }
    }
    let nodes: Vec<Spot> = land.cells.iter().map(|c| c.seed).chain(villages.iter().map(|v| v.at)).collect();
    let points = nodes.iter().map(|s| Point2::new(s.x, s.y)).collect();
    let triangulation: DelaunayTriangulation<Point2<f64>> =
        DelaunayTriangulation::bulk_load_stable(points).map_err(|error| DemoError::Land(error.to_string()))?;
    let mut pairs: Vec<[usize; 2]> = Vec::new();
    for edge in triangulation.undirected_edges() {
        let [from, to] = edge.positions().map(|p| Spot { x: p.x, y: p.y });
        let (middle, radius) = (from.toward(to, 0.5), from.distance(to) / 2.0);
        let sides = [edge.as_directed(), edge.as_directed().rev()];
        let empty = sides
            .iter()
            .filter_map(|side| side.opposite_position())
            .all(|p| middle.distance(Spot { x: p.x, y: p.y }) >= radius);
        let mut ends = edge.vertices().map(|v| v.fix().index());
        ends.sort_unstable();
        // Besides the Gabriel graph, some longer ways across the fields.
        let across = (500.0..1_600.0).contains(&radius) && Dice::new("field way", key(ends)).chance(0.3);
        if (empty && radius < 2_600.0 && radius > 15.0) || across {
            pairs.push(ends);
        }
    }
    pairs.sort_unstable();
    let mut leaving = vec![Vec::new(); nodes.len()];
    let mut roads = Vec::new();
    for ends in pairs {
        let (from, to) = (nodes[ends[0]], nodes[ends[1]]);
        let middle = from.toward(to, 0.5);
        // Outside the province, or across the sea.
        let Some(cell) = land.cell_near(middle) else { continue };
        let name = &facts.old[land.cells[cell].old].district;
        let district = districts.iter().position(|d| d == name).unwrap_or(0);
        let mut dice = Dice::new("road", key(ends));
        // Some roads are never driven, most of them lanes inside a village or a town.
        let lane = from.distance(to) < 480.0;
        let passes = match dice.unit() - 0.10 * hills(middle) - if lane { 0.33 } else { 0.0 } {
            luck if luck < 0.08 => 0,
            luck if luck < 0.80 => 2,
            luck if luck < 0.95 => 3,
            _ => 4,
        };
        let mut line = vec![from];
        wind(&mut line, from, to, &mut dice);
        line.push(to);
        let length_m = line.windows(2).map(|pair| pair[0].distance(pair[1])).sum();
        leaving[ends[0]].push((roads.len(), ends[1]));
        leaving[ends[1]].push((roads.len(), ends[0]));
        roads.push(Road { ends, line, length_m, district, passes });
    }
    Ok(Roads { roads, leaving, districts })
}

fn key(ends: [usize; 2]) -> u64 {
    (ends[0] as u64) << 32 | ends[1] as u64
}

fn wind(line: &mut Vec<Spot>, from: Spot, to: Spot, dice: &mut Dice) {
    let length = from.distance(to);
    if length < 160.0 {
        return;
    }
    let aside = dice.between(-0.11, 0.11);
    let middle = from.toward(to, dice.between(0.42, 0.58)).moved(-(to.y - from.y) * aside, (to.x - from.x) * aside);
    wind(line, from, middle, dice);
    line.push(middle);
    wind(line, middle, to, dice);
}
