//! How things stand at the end of a period: the layers `villages`, `communes`
//! and `priority` of that day, in numerators and denominators.
//!
//! Nothing is counted here a second time. A village whose figure the layer
//! hides is hidden here, and a commune whose sum it hides too.

use std::collections::{BTreeMap, HashMap};

use super::{At, Cells};
use crate::engine::plan::Rate;
use crate::engine::plan::forecast::forecast;
use crate::engine::reach::remaining_at_most;
use crate::model::admin::UnitCode;
use crate::model::figure::Figure;
use crate::model::indicator::{Bound, Cell, Line, Missing, Why};
use crate::model::reach::{CommuneReach, Need, ReachStatus, VillageReach};
use crate::model::village::{Village, VillageCode, VillageConfidence};

/// Villages of the answer by index, with the lines that a single village has.
pub(super) fn villages(at: &At<'_>) -> Vec<(usize, Cells)> {
    let needs = needs(at);
    let cells = |(index, reach): (usize, &VillageReach)| {
        let listed = at.facts.village(reach.village);
        (index, village(at, reach, listed, needs.get(&reach.village).copied()))
    };
    at.answer.villages.iter().enumerate().map(cells).collect()
}

/// Why villages stand on the list.
fn needs(at: &At<'_>) -> HashMap<VillageCode, Need> {
    at.answer.priority.iter().map(|row| (row.village, row.need)).collect()
}

const STATUSES: [(Line, ReachStatus); 6] = [
    (Line::StatusNoReport, ReachStatus::NoReport),
    (Line::StatusNotReached, ReachStatus::NotReached),
    (Line::StatusStarted, ReachStatus::Started),
    (Line::StatusLow, ReachStatus::Low),
    (Line::StatusNear, ReachStatus::Near),
    (Line::StatusReached, ReachStatus::Reached),
];

fn village(at: &At<'_>, reach: &VillageReach, listed: Option<&Village>, need: Option<Need>) -> Cells {
    let is_both = need == Some(Need::Both);
    let rules = &at.facts.rules.reach;
    let households = reach.denominator().map(f64::from);
    let why = |figure: Figure<u32>| match figure {
        Figure::Suppressed => Why::Suppressed,
        _ => Why::NoReport,
    };
    let of_households = |figure: Figure<u32>| match (households, figure) {
        (None, _) => Cell::unknown(Why::NoDenominator),
        (Some(households), Figure::Known(count)) => {
            Cell { over: f64::from(count) > households, ..Cell::share(f64::from(count), households) }
        }
        (Some(households), hidden) => Cell { denominator: Some(households), ..Cell::unknown(why(hidden)) },
    };
    let is = |fact: bool| Cell::count(f64::from(u8::from(fact)));
    let of = |fact: bool| Cell::share(f64::from(u8::from(fact)), 1.0);
    let success = match (reach.guided, reach.visited) {
        (Figure::Known(guided), Figure::Known(visited)) => Cell::share(f64::from(guided), f64::from(visited)),
        (Figure::Known(_), visited) => Cell::unknown(why(visited)),
        (guided, _) => Cell::unknown(why(guided)),
    };
    let remaining = match remaining_at_most(reach, rules) {
        None => Cell::unknown(Why::NoDenominator),
        Some(count) => {
            let bound = if reach.remaining.known().is_some() { Bound::Exact } else { Bound::AtMost };
            Cell { bound, ..Cell::count(f64::from(count)) }
        }
    };
    let reached = match (households, reach.status) {
        (None, _) => Cell::unknown(Why::NoDenominator),
        (_, ReachStatus::NoReport) => Cell { denominator: Some(1.0), ..Cell::unknown(Why::NoReport) },
        (_, status) => of(status == ReachStatus::Reached),
    };
    let people = listed.and_then(|village| village.population).filter(|people| *people > 0).map(f64::from);
    let weighted = match (people, reach.percent) {
        (None, _) => Cell::unknown(Why::NotStated),
        (_, Figure::NotReported | Figure::NotMeasured) if households.is_none() => Cell::unknown(Why::NoDenominator),
        (Some(people), Figure::Known(percent)) => Cell::share(people * percent / 100.0, people),
        (_, Figure::Suppressed) => Cell::unknown(Why::Suppressed),
        _ => Cell::unknown(Why::NoReport),
    };
    let exclusion = match households {
        Some(households) if is_both => Cell::count(households),
        None if is_both => Cell::unknown(Why::NoDenominator),
        // Unreached, and nobody knows its signal: it may be one of them.
        _ if need == Some(Need::UnreachedUnmeasured) => {
            Cell { bound: Bound::AtLeast, missing: Missing { not_stated: 1, ..Missing::default() }, ..Cell::count(0.0) }
        }
        _ => Cell::count(0.0),
    };
    let mut cells: Cells = [
        (Line::Found, of_households(reach.visited)),
        (Line::Success, success),
        (Line::Reach, of_households(reach.guided)),
        (Line::Remaining, remaining),
        (Line::VillagesReached, reached),
        (Line::VillagesUnknown, is(reach.households.known().is_none())),
        (Line::WeightedReach, weighted),
        (Line::Stale, is(reach.stale)),
        (Line::RegisterComplete, of(listed.is_some_and(|v| v.point.is_some()) && reach.households.known().is_some())),
        (Line::RegisterGazetteer, of(listed.is_some_and(|village| is_gazetteer(village.confidence)))),
        (Line::DoubleExclusion, exclusion),
    ]
    .into_iter()
    .collect();
    cells.extend(STATUSES.map(|(line, status)| (line, is(reach.status == status))));
    cells
}

fn is_gazetteer(confidence: VillageConfidence) -> bool {
    matches!(confidence, VillageConfidence::Gazetteer | VillageConfidence::Machine)
}

/// Communes of the answer with what is summed from their villages, or stands in the layer `communes`.
pub(super) fn communes(at: &At<'_>) -> BTreeMap<UnitCode, Cells> {
    let mut of: BTreeMap<UnitCode, Vec<Cells>> = BTreeMap::new();
    for (index, cells) in villages(at) {
        let reach = &at.answer.villages[index];
        // As in the layer: a village that lies in no commune of the day counts in none.
        let placed = at.facts.village_at(reach.village).and_then(|v| at.facts.commune_of_village(v, at.answer.as_of));
        if placed == Some(reach.commune) {
            of.entry(reach.commune).or_default().push(cells);
        }
    }
    let forecasts = forecast(at.facts, at.answer);
    let rates = crate::engine::plan::rates(at.facts, at.answer);
    let assumed = Rate { households: at.facts.rules.plan.rate, days: None };
    at.answer
        .communes
        .iter()
        .zip(&forecasts)
        .map(|(reach, forecast)| {
            let villages = of.remove(&reach.commune).unwrap_or_default();
            let rate = rates.get(&reach.commune).copied().unwrap_or(assumed);
            let days = at.planning.then(|| team_days(forecast.remaining, rate));
            (reach.commune, commune(reach, &villages, days))
        })
        .collect()
}

/// Whole days, as a team has no half of one.
fn team_days(remaining: u64, rate: Rate) -> f64 {
    remaining.div_ceil(u64::from(rate.households.max(1))) as f64
}

fn commune(reach: &CommuneReach, villages: &[Cells], team_days: Option<f64>) -> Cells {
    let mut cells = Cells::new();
    if villages.is_empty() {
        let empty = Line::ALL.into_iter().filter(|line| line.sums_villages());
        cells.extend(empty.map(|line| (line, Cell::unknown(Why::NoRegister))));
        cells.insert(Line::TeamDays, Cell::unknown(Why::NoRegister));
        return cells;
    }
    for line in Line::ALL.into_iter().filter(|line| line.sums_villages()) {
        cells.insert(line, Cell::sum(line, villages.iter().filter_map(|cells| cells.get(&line))));
    }
    // The layer knows the sum beyond what its single villages may show.
    let households = reach.households.known().filter(|households| *households > 0).map(|households| households as f64);
    let summed = cells.get(&Line::Reach).copied().unwrap_or_default();
    let missing = Missing { no_denominator: summed.missing.no_denominator, ..Missing::default() };
    let whole = match (households, reach.guided_of_households) {
        (None, _) => Cell { missing, ..Cell::unknown(Why::NoDenominator) },
        (Some(all), Figure::Known(guided)) => {
            let guided = guided as f64;
            Cell { over: guided > all, missing, ..Cell::share(guided, all) }
        }
        // What its villages show gives nothing away, and a total without it would fall with every home that is hidden.
        (Some(_), Figure::Suppressed) if summed.numerator.is_some_and(|shown| shown > 0.0) => {
            Cell { missing: Missing { suppressed: 1, ..missing }, ..summed }
        }
        (denominator, hidden) => {
            let why = if hidden == Figure::Suppressed { Why::Suppressed } else { Why::NoReport };
            let mut cell = Cell { denominator, ..Cell::unknown(why) };
            cell.missing.add(missing);
            cell
        }
    };
    // Whoever was guided was found, where the few who were out hide how many that were.
    if let (Some(found), Some(guided)) = (cells.get_mut(&Line::Found), whole.numerator)
        && found.bound == Bound::AtLeast
    {
        found.numerator = found.numerator.map(|found| found.max(guided));
    }
    cells.insert(Line::Reach, whole);
    if reach.no_report {
        // One commune that is silent is one gap, however many villages it has.
        for line in [Line::Found, Line::Success, Line::WeightedReach, Line::VillagesReached] {
            if let Some(cell) = cells.get_mut(&line) {
                cell.missing.no_report = 1;
            }
        }
    }
    let remaining = cells.get(&Line::Remaining).copied().unwrap_or_default();
    let days = match (team_days, remaining.numerator) {
        (None, _) => Cell::unknown(Why::Suppressed),
        (_, None) => Cell { why: remaining.why, missing: remaining.missing, ..Cell::default() },
        (Some(days), Some(_)) => Cell { bound: remaining.bound, missing: remaining.missing, ..Cell::count(days) },
    };
    cells.insert(Line::TeamDays, days);
    cells
}
