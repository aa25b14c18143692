//! The work list: every dead area of a view with what was done about it, and
//! whether later runs bear a claim out.
//!
//! An area takes the item that it shares the most cells with, since areas grow
//! and part while an item keeps its cells. An item that no area takes stays on
//! the list on its own ground: work does not vanish with the hole it filled. Where
//! an area holds the ground of two items, the other is merged into the one it took.

use std::borrow::Cow;

use h3o::CellIndex;
use jiff::civil::Date;

use super::answer::{Answer, localities};
use super::facts::Facts;
use super::signal::cells::of_passes;
use super::signal::dead_areas::described;
use super::signal::proof::{Outcome, Since, since};
use super::signal::{ByCell, Pass, REPORTING};
use crate::model::verdict::DeadArea;
use crate::model::work::{WorkItem, WorkState};

/// One line of the work list.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkEntry<'a> {
    /// Of today, or the ground of an item that no area of today takes.
    pub area: Cow<'a, DeadArea>,
    /// `None`: nobody has taken it up.
    pub item: Option<&'a WorkItem>,
    pub state: WorkState,
    /// `None` without a claim in force.
    pub since: Option<Since>,
    /// The item of the area that its ground lies in, where areas of two items have become one.
    pub merged_into: Option<i64>,
    /// A run of the period lies on it. Where none does on the ground of an item, its evidence is that of the days before.
    pub is_measured: bool,
    /// The day of the first run on it up to the end of the period: since when it may have been mended.
    pub first_seen: Date,
}

impl WorkEntry<'_> {
    /// It stands on the ground of its item: no dead area of the view takes it.
    #[must_use]
    pub fn is_on_own_ground(&self) -> bool {
        matches!(self.area, Cow::Owned(_))
    }

    /// Measured, and no dead area of the view takes it, nor holds its ground under another item.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.is_measured && self.is_on_own_ground() && self.merged_into.is_none()
    }

    /// By which the line is listed: the area's anchor; for an item without area its number.
    #[must_use]
    pub fn key(&self) -> String {
        match self.item {
            Some(item) if self.is_on_own_ground() => format!("item-{}", item.id),
            _ => self.area.anchor.to_string(),
        }
    }
}

/// The line that a key means: as it is listed; `item-N` of an item wherever it stands, which no import changes; or the
/// cell that an area of earlier lists was known by, which lies in the area of today, else in the ground of its item.
#[must_use]
pub fn found<'e, 'a>(entries: &'e [WorkEntry<'a>], key: &str) -> Option<&'e WorkEntry<'a>> {
    if let Some(id) = key.strip_prefix("item-") {
        let id: i64 = id.parse().ok()?;
        return entries.iter().find(|entry| entry.item.is_some_and(|item| item.id == id));
    }
    let cell: CellIndex = key.parse().ok()?;
    let holds = |cells: &[CellIndex]| cells.binary_search(&cell).is_ok();
    let today = || entries.iter().filter(|entry| !entry.is_on_own_ground());
    today()
        .find(|entry| entry.area.anchor == cell)
        .or_else(|| today().find(|entry| holds(&entry.area.cells)))
        .or_else(|| entries.iter().find(|entry| entry.item.is_some_and(|item| holds(&item.place.cells))))
}

/// The list in the order of the dead areas, then of the items that no area takes. Claims are judged on all runs up
/// to the question's last day, whatever its first: a repair does not wait for a filter.
#[must_use]
pub fn entries<'a>(facts: &Facts, answer: &'a Answer, items: &'a [WorkItem]) -> Vec<WorkEntry<'a>> {
    let question = &answer.question;
    let asked = (question.operator, question.technology);
    let items: Vec<&WorkItem> =
        items.iter().filter(|item| (item.place.operator, item.place.technology) == asked).collect();
    let (runs, view) = facts.shown(question, |day| !items.is_empty() && counts(facts, answer, day));
    let line = |area: Cow<'a, DeadArea>, item: Option<&'a WorkItem>| {
        let claim = item.and_then(|item| Some((item, item.claimed_on()?)));
        let since = claim.map(|(item, day)| since(day, &item.place.cells, &runs, &view, &facts.rules.signal));
        let first_seen = area.evidence.first_seen;
        WorkEntry { area, item, state: state(item, since), since, merged_into: None, is_measured: true, first_seen }
    };
    let mut taken = Vec::new();
    let mut lines: Vec<WorkEntry<'a>> = Vec::with_capacity(answer.dead_areas.len());
    for area in &answer.dead_areas {
        let item = taken_by(area, &items);
        taken.extend(item.map(|item| item.id));
        lines.push(line(Cow::Borrowed(area), item));
    }
    let mut villages = localities(facts, &facts.villages_on(answer.register_on), answer.register_on);
    villages.sort_unstable_by_key(|one| (one.cell, one.locality));
    let is_left = items.iter().any(|item| !taken.contains(&item.id));
    // Which runs were superseded is told within the period, too.
    let in_period = (is_left && question.from.is_some())
        .then(|| facts.shown(question, |day| question.covers(day) && day <= facts.today).0);
    for item in items.iter().filter(|item| !taken.contains(&item.id)) {
        let within = |pass: &&Pass<'_>| {
            pass.run.cell.parent(REPORTING).is_some_and(|cell| item.place.cells.binary_search(&cell).is_ok())
        };
        let here: Vec<Pass<'_>> = runs.iter().filter(within).copied().collect();
        let cells = of_passes(&here, &view, &facts.rules.signal, REPORTING);
        let cells: Vec<_> = cells.iter().collect();
        // The ground is all that was ever measured of it; what is said of it is of the period, as of every area.
        let of_period: Vec<Pass<'_>> = match &in_period {
            Some(runs) => runs.iter().filter(within).copied().collect(),
            None => here.clone(),
        };
        let is_measured = !of_period.is_empty();
        let told = ByCell::new(if is_measured { &of_period } else { &here });
        if let Some(ground) = described(&cells, &told, &villages, &facts.rules.signal)
            && let Some(first_seen) = here.iter().map(|pass| pass.day).min()
        {
            let ground = DeadArea { claim: facts.claims.of_area(&ground), ..ground };
            let merged_into = holder(item, &lines);
            lines.push(WorkEntry { merged_into, is_measured, first_seen, ..line(Cow::Owned(ground), Some(item)) });
        }
    }
    lines
}

/// The item of the area of today that shares the most cells with an item that it did not take.
fn holder(item: &WorkItem, lines: &[WorkEntry<'_>]) -> Option<i64> {
    let areas = lines.iter().filter(|line| !line.is_on_own_ground());
    let shared = areas.filter_map(|line| Some((shared(item, &line.area), line.item?.id)));
    shared.filter(|(cells, _)| *cells > 0).max().map(|(_, id)| id)
}

fn shared(item: &WorkItem, area: &DeadArea) -> usize {
    item.place.cells.iter().filter(|cell| area.cells.binary_search(cell).is_ok()).count()
}

fn counts(facts: &Facts, answer: &Answer, day: Date) -> bool {
    answer.question.covers_visit(day) && day <= facts.today
}

/// The item with the most cells in common, of two the one that was acted on last.
fn taken_by<'a>(area: &DeadArea, items: &[&'a WorkItem]) -> Option<&'a WorkItem> {
    items
        .iter()
        .map(|item| (shared(item, area), item.actions.last().map(|action| action.at), *item))
        .filter(|(shared, ..)| *shared > 0)
        .max_by_key(|(shared, at, item)| (*shared, *at, item.id))
        .map(|(.., item)| item)
}

fn state(item: Option<&WorkItem>, since: Option<Since>) -> WorkState {
    match (since.map(|since| since.outcome), item.and_then(WorkItem::assignee)) {
        (Some(Outcome::Verified), _) => WorkState::Verified,
        (Some(Outcome::Contradicted), _) => WorkState::Contradicted,
        (Some(Outcome::Awaiting), _) => WorkState::Fixed,
        (None, Some(_)) => WorkState::Assigned,
        (None, None) => WorkState::Open,
    }
}

#[cfg(test)]
mod tests {
    use h3o::{LatLng, Resolution};
    use jiff::civil::date;
    use jiff::{Timestamp, ToSpan};

    use super::*;
    use crate::engine::answer::answer;
    use crate::engine::facts::FactParts;
    use crate::engine::measurements::Measurements;
    use crate::model::measure::Dbm;
    use crate::model::operator::Technology;
    use crate::model::question::Question;
    use crate::model::sample::Run;
    use crate::model::work::{WorkAction, WorkKind, WorkPlace};

    fn at(day: i64) -> Timestamp {
        "2026-03-01T03:00:00Z".parse::<Timestamp>().unwrap() + (24 * day).hours()
    }

    /// Neighbours, two by two and in order.
    fn cells() -> Vec<CellIndex> {
        let middle = LatLng::new(20.25, 105.97).unwrap().to_cell(Resolution::Nine);
        let mut cells: Vec<CellIndex> = middle.grid_disk(1);
        cells.sort_unstable();
        cells
    }

    fn runs(cell: CellIndex, days: std::ops::Range<i64>, median_dbm: Option<f32>) -> Vec<Run> {
        let run = |day| Run {
            operator: "viettel".parse().unwrap(),
            technology: Technology::Lte,
            device: 7,
            cell: cell.center_child(Resolution::Ten).unwrap(),
            start: at(day).into(),
            end: at(day).into(),
            samples: 30,
            censored: 0,
            median: median_dbm.map(|dbm| Dbm::new(dbm).unwrap()),
            worst: None,
            rsrq_db: None,
            sinr_db: None,
            download_kbps: None,
            serving_cell: None,
            arfcn: None,
        };
        days.map(run).collect()
    }

    fn item(id: i64, cells: &[CellIndex], actions: &[(WorkKind, i64)]) -> WorkItem {
        let action = |(kind, day): &(WorkKind, i64)| WorkAction {
            kind: *kind,
            who: "VNPT".to_owned(),
            text: "Đội 3".to_owned(),
            at: at(*day),
            on: None,
        };
        let place = WorkPlace { operator: "viettel".parse().ok(), technology: None, cells: cells.to_vec() };
        WorkItem { id, place, actions: actions.iter().map(action).collect() }
    }

    /// State, whether the area is gone, and the item of every line.
    fn check(runs: Vec<Run>, items: &[WorkItem], operator: &str, expected: &[(&str, bool, Option<i64>)]) {
        let facts =
            Facts::new(FactParts { runs: Measurements::of(runs), today: date(2026, 4, 30), ..FactParts::default() });
        let answer = answer(&facts, &Question { operator: operator.parse().ok(), ..Question::default() });
        let entries = entries(&facts, &answer, items);
        let seen: Vec<_> = entries.iter().map(|e| (e.state.code(), e.is_gone(), e.item.map(|item| item.id))).collect();
        assert_eq!(seen, expected);
    }

    /// Every cell silent on six days.
    fn dead(cells: &[CellIndex]) -> Vec<Run> {
        cells.iter().flat_map(|cell| runs(*cell, 0..6, None)).collect()
    }

    #[test]
    fn an_area_that_grew_keeps_its_item() {
        let cells = cells();
        check(dead(&cells), &[], "viettel", &[("open", false, None)]);
        let taken = item(1, &cells[..2], &[(WorkKind::Assign, 7)]);
        check(dead(&cells), std::slice::from_ref(&taken), "viettel", &[("assigned", false, Some(1))]);
        check(dead(&cells), &[taken], "", &[("open", false, None)]);
    }

    #[test]
    fn of_two_items_the_larger_share_is_taken_and_the_other_stays_on_the_list() {
        let cells = cells();
        let items = [item(1, &cells[..2], &[(WorkKind::Assign, 7)]), item(2, &cells[2..], &[(WorkKind::Comment, 8)])];
        check(dead(&cells), &items, "viettel", &[("open", false, Some(2)), ("assigned", false, Some(1))]);
    }

    #[test]
    fn an_item_whose_ground_another_took_over_is_merged_into_it_and_every_key_finds_its_line() {
        let cells = cells();
        let items = [item(1, &cells[..2], &[(WorkKind::Assign, 7)]), item(2, &cells[2..], &[(WorkKind::Comment, 8)])];
        let runs = Measurements::of(dead(&cells));
        let facts = Facts::new(FactParts { runs, today: date(2026, 4, 30), ..FactParts::default() });
        let answer = answer(&facts, &Question { operator: "viettel".parse().ok(), ..Question::default() });
        let entries = entries(&facts, &answer, &items);
        assert_eq!(entries.iter().map(|entry| entry.merged_into).collect::<Vec<_>>(), [None, Some(2)]);
        let id = |key: &str| found(&entries, key).and_then(|entry| entry.item).map(|item| item.id);
        assert_eq!((id("item-1"), id("item-2"), id("item-3"), id("nowhere")), (Some(1), Some(2), None, None));
        for cell in &cells {
            assert_eq!(id(&cell.to_string()), Some(2), "whatever cell it was known by");
        }
        assert_eq!(entries[1].key(), "item-1");
    }

    #[test]
    fn a_repaired_area_stays_on_the_list_as_verified() {
        let cells = cells();
        let claim = item(1, &cells, &[(WorkKind::Fixed, 7)]);
        let mut later = dead(&cells);
        check(later.clone(), std::slice::from_ref(&claim), "viettel", &[("fixed", false, Some(1))]);
        later.extend(cells.iter().flat_map(|cell| runs(*cell, 8..30, Some(-80.0))));
        check(later, &[claim], "viettel", &[("verified", true, Some(1))]);
    }

    /// Nobody drove there in April: that says nothing of a repair.
    #[test]
    fn ground_that_the_period_did_not_measure_is_not_gone() {
        let cells = cells();
        let mut all = dead(&cells);
        all.extend(cells[..1].iter().flat_map(|cell| runs(*cell, 35..38, Some(-80.0))));
        let facts =
            Facts::new(FactParts { runs: Measurements::of(all), today: date(2026, 4, 30), ..FactParts::default() });
        let items = [item(1, &cells[1..], &[(WorkKind::Assign, 7)]), item(2, &cells[..1], &[(WorkKind::Assign, 7)])];
        let april = Question {
            operator: "viettel".parse().ok(),
            from: Some(date(2026, 4, 1)),
            to: Some(date(2026, 4, 30)),
            ..Question::default()
        };
        let answer = answer(&facts, &april);
        let entries = entries(&facts, &answer, &items);
        let seen: Vec<_> = entries.iter().map(|e| (e.item.map(|item| item.id), e.is_measured, e.is_gone())).collect();
        assert_eq!(seen, [(Some(1), false, false), (Some(2), true, true)]);
    }

    /// Dead in March and mended: what is said of it in April is of April, and its ground stays whole.
    #[test]
    fn a_repaired_place_tells_the_evidence_of_the_period() {
        let cells = cells();
        let mut all = dead(&cells);
        all.extend(cells[..5].iter().flat_map(|cell| runs(*cell, 35..38, Some(-80.0))));
        let facts =
            Facts::new(FactParts { runs: Measurements::of(all), today: date(2026, 4, 30), ..FactParts::default() });
        let items = [item(1, &cells, &[(WorkKind::Fixed, 7)])];
        let seen = |from: Option<Date>| {
            let question = Question { operator: "viettel".parse().ok(), from, ..Question::default() };
            let answer = answer(&facts, &question);
            let entries = entries(&facts, &answer, &items);
            let entry = entries.iter().find(|entry| entry.is_on_own_ground())?;
            let told = entry.area.evidence;
            let days = (told.first_seen, entry.first_seen);
            Some((told.runs, told.weak_runs, days, entry.area.cells.len(), entry.is_measured))
        };
        let (first, later) = (date(2026, 3, 1), date(2026, 4, 5));
        assert_eq!(seen(Some(date(2026, 4, 1))), Some((15, 0, (later, first), 7, true)));
        let unmeasured = seen(Some(date(2026, 4, 20))).unwrap();
        assert!(!unmeasured.4 && unmeasured.1 > 0, "nothing of the period: that of the days before, and said so");
    }

    #[test]
    fn a_repair_that_failed_is_contradicted() {
        let cells = cells();
        let mut later = dead(&cells);
        later.extend(runs(cells[0], 8..13, None));
        check(later, &[item(1, &cells, &[(WorkKind::Fixed, 7)])], "viettel", &[("contradicted", false, Some(1))]);
    }
}
