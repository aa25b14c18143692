//! Dead areas: neighbouring cells without usable signal, joined.
//!
//! Only established cells count; a suspected or unmeasured cell neither joins
//! an area nor bridges two, and a hole stays a hole. A single cell is an area
//! only when a village or a public place lies in it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use geo::orient::{Direction, Orient};
use geo_types::MultiPolygon;
use h3o::geom::SolventBuilder;
use h3o::{CellIndex, LatLng};
use rayon::prelude::*;

use super::claims::Claims;
use super::judge::{Scratch, evidence};
use super::{ByCell, Pass, standing};
use crate::model::figure::Figure;
use crate::model::measure::LonLat;
use crate::model::operator::Operator;
use crate::model::place::PlaceId;
use crate::model::rules::SignalRules;
use crate::model::verdict::{CellVerdict, DeadArea, Verdict, cell_outline};
use crate::model::village::VillageCode;

/// Cells and channels that an area names; a large one would name a hundred.
const NAMED: usize = 12;

/// What may stand in an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Locality {
    Village(VillageCode),
    Place(PlaceId),
}

/// A village that has a point or a public place, as far as areas care. Places have no households.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Located {
    pub locality: Locality,
    /// Its r9 cell.
    pub cell: CellIndex,
    pub households: Option<u32>,
    pub population: Option<u32>,
}

/// The areas of one view, worst first: households expected to be affected, then area, then silence
/// before weakness, then the anchor. `cells` are r9 and of one view; `runs`
/// are the view's runs.
#[must_use]
pub fn dead_areas(
    cells: &[CellVerdict],
    runs: &ByCell<'_>,
    localities: &[Located],
    claims: &Claims,
    rules: &SignalRules,
) -> Vec<DeadArea> {
    let mut dead: Vec<&CellVerdict> = cells.iter().filter(|cell| cell.verdict.is_dead()).collect();
    dead.sort_unstable_by_key(|cell| cell.cell);
    let mut localities = localities.to_vec();
    localities.sort_unstable_by_key(|s| (s.cell, s.locality));
    let mut areas: Vec<DeadArea> =
        components(&dead).par_iter().filter_map(|members| area(members, runs, &localities, rules)).collect();
    for area in &mut areas {
        area.claim = claims.of_area(area);
    }
    areas.sort_by(|a, b| {
        let at_least = |area: &DeadArea| area.affected.known().unwrap_or(0.0);
        at_least(b)
            .total_cmp(&at_least(a))
            .then(b.area_m2.total_cmp(&a.area_m2))
            .then(a.verdict.cmp(&b.verdict))
            .then(a.anchor.cmp(&b.anchor))
    });
    areas
}

/// Cells that touch along an edge, each component in cell order. Cells of a
/// hexagonal grid never touch in a corner alone.
fn components<'a>(dead: &[&'a CellVerdict]) -> Vec<Vec<&'a CellVerdict>> {
    let mut seen = vec![false; dead.len()];
    let mut components = Vec::new();
    for start in 0..dead.len() {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        let mut members = Vec::new();
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            members.push(at);
            for neighbour in dead[at].cell.grid_disk::<Vec<_>>(1) {
                let Ok(next) = dead.binary_search_by_key(&neighbour, |cell| cell.cell) else { continue };
                if !seen[next] {
                    seen[next] = true;
                    open.push(next);
                }
            }
        }
        members.sort_unstable();
        components.push(members.into_iter().map(|at| dead[at]).collect());
    }
    components
}

fn area(members: &[&CellVerdict], runs: &ByCell<'_>, localities: &[Located], rules: &SignalRules) -> Option<DeadArea> {
    let area = described(members, runs, localities, rules)?;
    let large = members.len() >= rules.dead_area_min_cells as usize;
    (large || !area.villages.is_empty() || !area.places.is_empty()).then_some(area)
}

/// What there is to say of cells taken together, dead or not any more, but for claims. `localities` by cell.
#[must_use]
pub fn described(
    members: &[&CellVerdict],
    runs: &ByCell<'_>,
    localities: &[Located],
    rules: &SignalRules,
) -> Option<DeadArea> {
    let first = *members.first()?;
    let located_inside: Vec<&Located> = members
        .iter()
        .flat_map(|member| {
            let from = localities.partition_point(|s| s.cell < member.cell);
            localities[from..].iter().take_while(|s| s.cell == member.cell)
        })
        .collect();
    let passes: Vec<_> = members.iter().flat_map(|member| runs.get(member.cell)).copied().collect();
    let cells: Vec<CellIndex> = members.iter().map(|member| member.cell).collect();
    let half = |count: usize| count * 2 >= members.len();
    let (mut inside, mut villages, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for one in located_inside {
        match one.locality {
            Locality::Village(code) => {
                inside.push(one);
                villages.push(code);
            }
            Locality::Place(id) => places.push(id),
        }
    }
    villages.sort_unstable();
    places.sort_unstable();
    let mut scratch = Scratch::default();
    let evidence = evidence(&passes, rules, &mut scratch)?;
    let weak_chance = least_weak_chance(&passes, rules, &mut scratch).unwrap_or(evidence.weak_chance());
    let households = declared(&inside, |s| s.households);
    Some(DeadArea {
        anchor: first.cell,
        operator: first.operator,
        technology: first.technology,
        verdict: if half(members.iter().filter(|m| m.verdict == Verdict::None).count()) {
            Verdict::None
        } else {
            Verdict::Weak
        },
        geometry: outline(&cells),
        label: label(&cells)?,
        area_m2: cells.iter().map(|cell| cell.area_m2()).sum(),
        households,
        villages_without_households: u32::try_from(inside.iter().filter(|s| s.households.is_none()).count())
            .unwrap_or(u32::MAX),
        villages,
        places,
        population: declared(&inside, |s| s.population),
        affected: households.map(|sum| sum as f64 * weak_chance),
        weak_chance,
        evidence,
        confirmed: half(members.iter().filter(|m| m.confirmed).count()),
        worst: standing(&passes).filter_map(|pass| pass.run.worst).min_by(|a, b| a.get().total_cmp(&b.get())),
        claim: None,
        cells_seen: frequent(standing(&passes).filter_map(|pass| pass.run.serving_cell.map(u64::from))),
        channels_seen: frequent(standing(&passes).filter_map(|pass| pass.run.arfcn.map(u32::from))),
        cells,
    })
}

/// The chance of being weak of the operator that is least likely to be: that all fail together is no likelier. Of
/// those that were measured as often as a verdict needs; `None` without any.
fn least_weak_chance(passes: &[Pass<'_>], rules: &SignalRules, scratch: &mut Scratch) -> Option<f64> {
    let mut by_operator: BTreeMap<Operator, Vec<Pass<'_>>> = BTreeMap::new();
    passes.iter().for_each(|pass| by_operator.entry(pass.run.operator).or_default().push(*pass));
    let chances = by_operator.values().filter_map(|own| {
        let evidence = evidence(own, rules, scratch)?;
        (evidence.runs >= rules.weak_min_runs).then(|| evidence.weak_chance())
    });
    chances.reduce(f64::min)
}

/// The most frequent first, then the smaller.
fn frequent<T: Copy + Ord>(seen: impl Iterator<Item = T>) -> Vec<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    seen.for_each(|one| *counts.entry(one).or_default() += 1);
    let mut order: Vec<(T, usize)> = counts.into_iter().collect();
    order.sort_by_key(|(one, count)| (Reverse(*count), *one));
    order.into_iter().map(|(one, _)| one).take(NAMED).collect()
}

/// The sum of what is declared. Without a village's point inside nobody has declared anything, which is not that nobody
/// lives there.
fn declared(inside: &[&Located], of: impl Fn(&Located) -> Option<u32>) -> Figure<u64> {
    if inside.iter().all(|s| of(s).is_none()) {
        return Figure::NotReported;
    }
    Figure::Known(inside.iter().filter_map(|s| of(s)).map(u64::from).sum())
}

/// The union of the hexagons, holes kept, exteriors counter-clockwise.
fn outline(cells: &[CellIndex]) -> MultiPolygon<f64> {
    let united = SolventBuilder::new().build().dissolve(cells.iter().copied());
    // Distinct cells of one resolution always dissolve; side by side they still tell the truth.
    let united = united.unwrap_or_else(|_| MultiPolygon::new(cells.iter().map(|cell| cell_outline(*cell)).collect()));
    united.orient(Direction::Default)
}

/// The centre of the cell that lies nearest to the middle of all: always inside, never in a hole.
fn label(cells: &[CellIndex]) -> Option<LonLat> {
    let centres: Vec<LatLng> = cells.iter().map(|cell| LatLng::from(*cell)).collect();
    #[expect(clippy::cast_precision_loss, reason = "an area has far fewer than 2⁵³ cells")]
    let n = centres.len() as f64;
    let lon = centres.iter().map(|c| c.lng()).sum::<f64>() / n;
    let lat = centres.iter().map(|c| c.lat()).sum::<f64>() / n;
    let middle = LonLat::new(lon, lat).ok()?;
    let positions = centres.iter().filter_map(|c| LonLat::new(c.lng(), c.lat()).ok());
    positions.min_by(|a, b| a.distance_m(middle).total_cmp(&b.distance_m(middle)))
}
