//! The answer to one question: verdicts, areas, villages, communes and lists.
//!
//! Everything that a screen, a tile, a file or a report says comes from one of
//! these, computed once. Nothing after today or the last day asked for counts, and every
//! count of households has passed the privacy floor before it is put here.

use std::collections::BTreeMap;

use h3o::{CellIndex, Resolution};
use jiff::civil::Date;
use rayon::prelude::*;

use super::facts::Facts;
use super::signal::around::around;
use super::signal::cells::of_passes;
use super::signal::claims::Held;
use super::signal::dead_areas::{Locality, Located};
use super::signal::locate::cell_at;
use super::signal::{ByCell, Pass, REPORTING, View, dead_areas};
use super::{places, priority, reach, speeds};
use crate::model::admin::UnitCode;
use crate::model::claim::{ClaimStatus, CommuneClaims};
use crate::model::place::PlaceSignal;
use crate::model::question::Question;
use crate::model::reach::{CommuneReach, PriorityRow, VillageReach};
use crate::model::speed::TileSpeed;
use crate::model::verdict::{CellVerdict, DeadArea, VillageSignal};
use crate::model::village::VillageCode;

/// Coarse to fine: one for each range of zooms.
pub const RESOLUTIONS: [Resolution; 4] = [Resolution::Six, Resolution::Seven, Resolution::Eight, REPORTING];

/// One question, answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub question: Question,
    /// The day whose units are shown.
    pub as_of: Date,
    /// The day whose villages and counts are shown: what happened to the register after the last day asked for
    /// changes nothing of what was told of it.
    pub register_on: Date,
    /// Into `Facts::units`: those communes in force on `as_of`.
    pub unit_indices: Vec<usize>,
    /// One entry for each of [`RESOLUTIONS`], cells in order.
    pub cells: Vec<(Resolution, Vec<CellVerdict>)>,
    /// Worst first.
    pub dead_areas: Vec<DeadArea>,
    /// Villages in force on `register_on`, by code.
    pub villages: Vec<VillageReach>,
    /// Communes in force on `as_of`, by code.
    pub communes: Vec<CommuneReach>,
    /// Where to go, first place first.
    pub unreached: Vec<VillageCode>,
    /// Where the two maps meet, first place first.
    pub priority: Vec<PriorityRow>,
    /// Public places: centres of communes first, each kind the worst first.
    pub places: Vec<PlaceSignal>,
    /// Speed tests of the four quarters up to the last day asked for, by tile. They know no network.
    pub speeds: Vec<TileSpeed>,
    /// What the runs say to the claims of the operators.
    pub claims: Held,
}

impl Answer {
    /// Cells of one resolution; none for a resolution that is not kept.
    #[must_use]
    pub fn cells_at(&self, resolution: Resolution) -> &[CellVerdict] {
        self.cells.iter().find(|(at, _)| *at == resolution).map_or(&[], |(_, cells)| cells)
    }
}

/// Answers a question. The same facts and question always give the same answer.
#[must_use]
pub fn answer(facts: &Facts, question: &Question) -> Answer {
    if question.steps {
        return in_steps(facts, &answer(facts, &Question { steps: false, ..question.clone() }));
    }
    let as_of = question.as_of.unwrap_or(facts.today);
    let covers = |day: Date| question.covers(day) && day <= facts.today;
    let covers_visit = |day: Date| question.covers_visit(day) && day <= facts.today;
    let seen_from = question.until().map_or(facts.today, |until| until.min(facts.today));
    let register_on = facts.register_day(question.as_of.unwrap_or(seen_from));
    let rules = &facts.rules;

    let (passes, view) = facts.shown(question, covers);
    let by_cell = ByCell::new(&passes);

    let villages = facts.villages_on(register_on);
    let (cells, tallies) = rayon::join(
        || cells(&passes, &view, facts),
        || reach::tallies(facts, &villages, (as_of, register_on), covers_visit, None),
    );
    let reporting = cells.iter().find(|(at, _)| *at == REPORTING).map_or(&[][..], |(_, cells)| cells);
    let (areas, signals) = rayon::join(
        || dead_areas(reporting, &by_cell, &localities(facts, &villages, register_on), &facts.claims, &rules.signal),
        || signals(facts, &villages, &by_cell, reporting, &view),
    );
    let claims = facts.claims.hold(&passes, (question.operator, question.technology), &rules.signal);

    let Reached { villages, communes, unreached, priority } =
        reached(facts, (as_of, seen_from), (&tallies, &signals), reporting, &claims);
    Answer {
        question: question.clone(),
        as_of,
        register_on,
        unit_indices: facts.units_on(as_of),
        dead_areas: areas,
        villages,
        communes,
        unreached,
        priority,
        places: places::places(facts, &by_cell, &view, as_of),
        speeds: speeds::speeds(&facts.speeds, seen_from, &rules.speed),
        claims,
        cells,
    }
}

/// The same answer as everybody may know it ([`Question::steps`]): only what rests on visits is told otherwise.
#[must_use]
pub fn in_steps(facts: &Facts, answer: &Answer) -> Answer {
    retold(facts, answer, Question { steps: true, ..answer.question.clone() })
}

/// The same question under facts that differ from those of its answer in outreach alone
/// ([`Facts::differ_in_outreach_alone`]).
#[must_use]
pub fn revisited(facts: &Facts, answer: &Answer) -> Answer {
    retold(facts, answer, answer.question.clone())
}

/// The same answer with visits up to another day; what it tells of the signal stays.
#[must_use]
pub fn visited_until(facts: &Facts, answer: &Answer, to: Option<Date>) -> Answer {
    retold(facts, answer, Question { to, ..answer.question.clone() })
}

fn retold(facts: &Facts, answer: &Answer, question: Question) -> Answer {
    let (as_of, register_on) = (answer.as_of, answer.register_on);
    let until = question.until().map_or(facts.today, |until| until.min(facts.today));
    let steps = question.steps.then_some(reach::Steps { until, k: facts.rules.reach.k });
    let covers = |day: Date| question.covers_visit(day) && day <= facts.today;
    let tallies = reach::tallies(facts, &facts.villages_on(register_on), (as_of, register_on), covers, steps);
    let signals: Vec<_> = answer.villages.iter().map(|village| village.signal).collect();
    let Reached { villages, communes, unreached, priority } =
        reached(facts, (as_of, until), (&tallies, &signals), answer.cells_at(REPORTING), &answer.claims);
    Answer { question, villages, communes, unreached, priority, ..answer.clone() }
}

/// What rests on visits.
struct Reached {
    villages: Vec<VillageReach>,
    communes: Vec<CommuneReach>,
    unreached: Vec<VillageCode>,
    priority: Vec<PriorityRow>,
}

fn reached(
    facts: &Facts,
    (as_of, seen_from): (Date, Date),
    (tallies, signals): (&[reach::Tally], &[Option<VillageSignal>]),
    reporting: &[CellVerdict],
    claims: &Held,
) -> Reached {
    let rules = &facts.rules.reach;
    let judged = reach::judge(tallies, signals, rules, seen_from);
    let measured = cells_of_communes(facts, reporting, as_of);
    let mut communes = reach::communes(&facts.communes_on(as_of), tallies, &judged, &measured, rules);
    if !claims.counts.is_empty() {
        let by_commune = claims_of_communes(facts, claims, as_of);
        for commune in &mut communes {
            commune.claims = Some(by_commune.get(&commune.commune).copied().unwrap_or_default());
        }
    }
    let unreached = reach::unreached(&judged.villages, rules);
    let priority = priority::rank(&judged.villages, rules);
    Reached { villages: judged.villages, communes, unreached, priority }
}

fn cells(passes: &[Pass<'_>], view: &View, facts: &Facts) -> Vec<(Resolution, Vec<CellVerdict>)> {
    RESOLUTIONS.into_par_iter().map(|at| (at, of_passes(passes, view, &facts.rules.signal, at))).collect()
}

/// Villages with a point, and public places.
pub(super) fn localities(facts: &Facts, villages: &[usize], on: Date) -> Vec<Located> {
    let standing = villages.iter().filter_map(|at| {
        let village = &facts.villages[*at];
        let cell: CellIndex = cell_at(village.point?, REPORTING)?;
        let locality = Locality::Village(village.code);
        let (households, population) = facts.declared_on(*at, on);
        Some(Located { locality, cell, households, population })
    });
    let places = facts.places.iter().filter_map(|place| {
        let (locality, cell) = (Locality::Place(place.id), cell_at(place.at, REPORTING)?);
        Some(Located { locality, cell, households: None, population: None })
    });
    standing.chain(places).collect()
}

fn signals(
    facts: &Facts,
    villages: &[usize],
    by_cell: &ByCell<'_>,
    cells: &[CellVerdict],
    view: &View,
) -> Vec<Option<VillageSignal>> {
    let rules = &facts.rules.signal;
    villages.par_iter().map(|at| around(facts.villages[*at].point?, by_cell, cells, view, rules)).collect()
}

/// The commune and the verdict of each measured r9 cell that lies in one.
fn cells_of_communes(facts: &Facts, cells: &[CellVerdict], as_of: Date) -> Vec<reach::MeasuredCell> {
    let placed = cells.iter().filter_map(|cell| {
        let commune = facts.commune_of_cell(cell.cell, as_of)?;
        Some(reach::MeasuredCell { commune, dead: cell.verdict.is_dead() })
    });
    placed.collect()
}

fn claims_of_communes(facts: &Facts, held: &Held, as_of: Date) -> BTreeMap<UnitCode, CommuneClaims> {
    let mut sums: BTreeMap<UnitCode, CommuneClaims> = BTreeMap::new();
    let contradicted = held.cells.iter().filter(|one| one.status == ClaimStatus::Contradicted).map(|one| one.cell);
    let mut add = |cell: CellIndex, add: fn(&mut CommuneClaims)| {
        if let Some(commune) = facts.commune_of_claimed(cell, as_of) {
            add(sums.entry(commune).or_default());
        }
    };
    held.claimed.iter().for_each(|cell| add(*cell, |sum| sum.claimed += 1));
    held.unmeasured.iter().for_each(|cell| add(*cell, |sum| sum.unmeasured += 1));
    contradicted.for_each(|cell| add(cell, |sum| sum.contradicted += 1));
    sums
}

#[cfg(test)]
mod tests {
    use geo_types::{MultiPolygon, polygon};
    use jiff::civil::date;

    use super::*;
    use crate::engine::facts::FactParts;
    use crate::engine::measurements::Measurements;
    use crate::engine::scene::run;
    use crate::engine::standing::standing;
    use crate::model::admin::{AdminUnit, UnitKind};
    use crate::model::measure::LonLat;
    use crate::model::verdict::Verdict;

    /// Silence on six days of April at one place in one commune.
    fn facts() -> Facts {
        let place = LonLat::new(105.97, 20.25).unwrap();
        let area = polygon![(x: 105.9, y: 20.2), (x: 106.0, y: 20.2), (x: 106.0, y: 20.3), (x: 105.9, y: 20.3)];
        Facts::new(FactParts {
            units: vec![AdminUnit {
                code: "14329".parse().unwrap(),
                name: "Hoa Lư".to_owned(),
                kind: UnitKind::Ward,
                district: None,
                valid_from: date(2025, 7, 1),
                valid_to: None,
                geometry: Some(MultiPolygon::new(vec![area])),
                stated_area_km2: None,
                source: "scene".to_owned(),
                approximate: true,
            }],
            runs: Measurements::of((0..6).map(|day| run(place, day, None)).collect()),
            today: date(2026, 4, 15),
            ..FactParts::default()
        })
    }

    fn check(question: &Question, verdict: Option<Verdict>, measured: &[(u32, u32)]) {
        let answer = answer(&facts(), question);
        for resolution in RESOLUTIONS {
            let seen: Vec<Verdict> = answer.cells_at(resolution).iter().map(|cell| cell.verdict).collect();
            assert_eq!(seen, Vec::from_iter(verdict), "{resolution:?}");
        }
        let communes: Vec<_> = answer.communes.iter().map(|c| (c.cells_measured, c.cells_dead)).collect();
        assert_eq!(communes, measured);
    }

    #[test]
    fn every_resolution_and_the_commune_agree() {
        check(&Question::default(), Some(Verdict::None), &[(1, 1)]);
    }

    #[test]
    fn nothing_outside_the_period_counts() {
        let to = |day| Question { to: Some(day), ..Question::default() };
        check(&to(date(2026, 4, 2)), Some(Verdict::Suspected), &[(1, 0)]);
        check(&to(date(2026, 3, 31)), None, &[(0, 0)]);
        let from = |day| Question { from: Some(day), ..Question::default() };
        check(&from(date(2026, 4, 5)), Some(Verdict::Suspected), &[(1, 0)]);
    }

    #[test]
    fn as_of_chooses_the_boundaries_and_cuts_no_evidence() {
        let on = |day| Question { as_of: Some(day), ..Question::default() };
        check(&on(date(2026, 3, 31)), Some(Verdict::None), &[(1, 1)]);
        check(&on(date(2025, 6, 30)), Some(Verdict::None), &[]);
    }

    #[test]
    fn a_measurement_after_today_counts_neither_here_nor_in_what_is_stored() {
        let Facts { units, changes, villages, visits, runs, rules, .. } = facts();
        let today = date(2026, 4, 2);
        let facts =
            Facts::new(FactParts { units, changes, villages, visits, runs, rules, today, ..FactParts::default() });
        let far = Question { to: Some(date(2027, 1, 1)), ..Question::default() };
        for question in [Question::default(), far] {
            assert_eq!(answer(&facts, &question).cells_at(REPORTING)[0].evidence.runs, 2);
        }
        let stored = standing(&facts);
        let best = |c: &&CellVerdict| c.operator.is_none() && c.technology.is_none();
        let stored: Vec<CellVerdict> = stored.cells.iter().filter(best).copied().collect();
        assert_eq!(stored, answer(&facts, &Question::default()).cells_at(REPORTING));
    }

    #[test]
    fn an_operator_that_nobody_measured_has_no_cells() {
        let question = Question { operator: "vnpt".parse().ok(), ..Question::default() };
        check(&question, None, &[(0, 0)]);
    }

    #[test]
    fn the_same_question_has_the_same_answer() {
        assert_eq!(answer(&facts(), &Question::default()), answer(&facts(), &Question::default()));
    }
}
