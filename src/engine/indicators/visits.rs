//! How the visits of a period ended, what came of them, and how many of them can be trusted.
//!
//! Of communes only, but for what was lost to signal, and in steps of k: the
//! exact number, taken off what the villages show, could give single homes
//! away. Told to nobody who is told of households in steps.

use std::collections::BTreeMap;

use super::{At, Cells, checks};
use crate::engine::lost::{CommuneLost, lost, step};
use crate::model::admin::UnitCode;
use crate::model::figure::Figure;
use crate::model::indicator::{Bound, Cell, Line, Missing, Why};
use crate::model::measure::local_day;
use crate::model::visit::{Visit, VisitResult};

#[derive(Clone, Copy, Default)]
struct Tally {
    all: u32,
    counted: u32,
    refused: u32,
    not_home: u32,
    revisit: u32,
    /// Of visits that say how many: accounts and applications, and those visits.
    yields: [(u32, u32); 3],
}

const YIELDS: [Line; 3] = [Line::Vneid, Line::PublicServices, Line::Payments];
const LINES: [Line; 9] = [
    Line::Refused,
    Line::NotHome,
    Line::Revisit,
    Line::Quality,
    Line::Vneid,
    Line::PublicServices,
    Line::Payments,
    Line::LostToSignal,
    Line::SpotCheck,
];

/// Fills in the communes; what is told of spot checks beside them, for the total.
pub(super) fn communes(at: &At<'_>, units: &mut BTreeMap<UnitCode, Cells>) -> Option<Cell> {
    if at.answer.question.steps {
        for cells in units.values_mut() {
            cells.extend(LINES.map(|line| (line, Cell::unknown(Why::Suppressed))));
        }
        return None;
    }
    let (facts, k) = (at.facts, at.facts.rules.reach.k.max(1));
    let mut tallies: BTreeMap<UnitCode, Tally> = BTreeMap::new();
    let made = |visit: &Visit| !visit.supervision && at.covers(local_day(visit.time));
    for (visit, counts) in facts.visits_trusted().filter(|(visit, _)| made(visit)) {
        let tally = tallies.entry(facts.commune_of_visit(visit, at.answer.as_of)).or_default();
        tally.all += 1;
        if counts {
            tally.counted += 1;
            tally.refused += u32::from(visit.result == VisitResult::Refused);
            tally.not_home += u32::from(visit.result == VisitResult::NotHome);
            tally.revisit += u32::from(matches!(visit.result, VisitResult::Later | VisitResult::Partly));
            let told = [visit.yields.vneid, visit.yields.services, visit.yields.payments];
            for (sum, count) in tally.yields.iter_mut().zip(told) {
                if let Some(count) = count {
                    *sum = (sum.0.saturating_add(count), sum.1 + 1);
                }
            }
        }
    }
    let lost = lost(facts, at.answer, |day| at.covers(day));
    let counted = tallies.iter().map(|(commune, tally)| (*commune, tally.counted)).collect();
    let rest = checks::communes(at, &counted, units);
    for (commune, cells) in units {
        let tally = tallies.get(commune).copied().unwrap_or_default();
        let of = |part: u32, whole: u32| match (step(part, k), step(whole, k)) {
            _ if tally.all == 0 => Cell::unknown(Why::Nothing),
            // A few are missing from the whole: they are not told, and "all of them" would be untrue.
            (Some(told), Some(all)) if told >= all && part < whole => Cell::unknown(Why::Suppressed),
            (Some(told), Some(all)) => Cell::share(f64::from(told), f64::from(all)),
            _ => Cell::unknown(Why::Suppressed),
        };
        cells.insert(Line::Refused, of(tally.refused, tally.counted));
        cells.insert(Line::NotHome, of(tally.not_home, tally.counted));
        cells.insert(Line::Revisit, of(tally.revisit, tally.counted));
        cells.insert(Line::Quality, of(tally.counted, tally.all));
        for (line, (count, visits)) in YIELDS.into_iter().zip(tally.yields) {
            let cell = match (step(count, k), step(visits, k)) {
                _ if visits == 0 => Cell::unknown(Why::NotRecorded),
                (Some(count), Some(visits)) => Cell::share(f64::from(count), f64::from(visits)),
                _ => Cell::unknown(Why::Suppressed),
            };
            cells.insert(line, cell);
        }
        cells.insert(Line::LostToSignal, lost.get(commune).map_or(Cell::unknown(Why::NotRecorded), of_commune));
    }
    rest
}

fn of_commune(of: &CommuneLost) -> Cell {
    match of.total() {
        (None, _) => Cell::unknown(Why::Suppressed),
        (Some(count), false) => Cell::count(f64::from(count)),
        (Some(count), true) => Cell {
            bound: Bound::AtLeast,
            missing: Missing { suppressed: 1, ..Missing::default() },
            ..Cell::count(f64::from(count))
        },
    }
}

/// What single villages lost, as the list and the layer tell it.
pub(super) fn villages(at: &At<'_>, units: &mut [(usize, Cells)]) {
    if at.answer.question.steps {
        return;
    }
    let lost = lost(at.facts, at.answer, |day| at.covers(day));
    for (index, cells) in units {
        let reach = &at.answer.villages[*index];
        let Some(commune) = lost.get(&reach.commune) else {
            cells.insert(Line::LostToSignal, Cell::unknown(Why::NotRecorded));
            continue;
        };
        let cell = match commune.villages.iter().find(|one| one.village == reach.village).map(|one| one.lost) {
            None => Cell::count(0.0),
            Some(Figure::Known(count)) => Cell::count(f64::from(count)),
            Some(_) => Cell::unknown(Why::Suppressed),
        };
        cells.insert(Line::LostToSignal, cell);
    }
}
