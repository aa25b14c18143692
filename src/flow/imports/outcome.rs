//! What taking an import of measurements back makes of the map: cells, dead areas and claimed repairs with its rows and
//! without.
//!
//! Beforehand a second judgement without the rows says so, made in memory and thrown away ([`Snapshot::without`]);
//! afterwards the snapshots of before and after do.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use h3o::CellIndex;
use serde_json::{Value as Json, json};

use crate::engine::signal::REPORTING;
use crate::flow::snapshot::{Snapshot, View};
use crate::flow::work;
use crate::model::access::Sight;
use crate::model::feature::{Feature, Value};
use crate::model::operator::{Operator, Technology};
use crate::model::question::Question;
use crate::model::taking_back::TakingBack;
use crate::model::verdict::{DeadArea, Verdict};

/// Areas of one list that are told one by one; the worst come first.
const NAMED: usize = 50;

/// What rests in part on measurements that go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resting {
    /// Dead areas of today, of all networks together and of each that was measured.
    pub areas: Named,
    /// Claims of fixed that measurements bear out or not.
    pub repairs: Vec<Repair>,
}

/// How many areas, and which are the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    pub total: u64,
    pub first: Vec<Area>,
}

/// A dead area as lists name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// By which it is listed.
    pub key: String,
    /// `None`: of all networks together.
    pub operator: Option<Operator>,
    pub communes: String,
    pub villages: String,
    /// H3 r9.
    pub cells: u64,
}

/// A claim on the work list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    pub item: i64,
    pub operator: Option<Operator>,
    pub technology: Option<Technology>,
    pub communes: String,
    /// [`crate::model::work::WorkState::code`]; empty where no measurement of its ground is there.
    pub state: String,
}

/// The map with the rows and without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Of all networks together, then of each that was measured.
    pub views: Vec<ViewOutcome>,
    /// Claims whose state becomes another, and that one.
    pub repairs: Vec<(Repair, String)>,
}

/// One network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewOutcome {
    /// `None`: all networks together.
    pub operator: Option<Operator>,
    /// H3 r9 cells by verdict, in the order of [`Verdict::ALL`].
    pub before: [u64; Verdict::ALL.len()],
    pub after: [u64; Verdict::ALL.len()],
    /// Areas of before without a cell in one of after.
    pub gone: Named,
    /// Areas of before that have other cells after.
    pub changed: Named,
    /// Areas of after without a cell in one of before.
    pub new: Named,
}

/// Which areas and repairs have a part in these cells.
#[must_use]
pub(super) fn resting(snapshot: &Snapshot, takes: &TakingBack, cells: &BTreeSet<CellIndex>) -> Resting {
    let touches = |area: &[CellIndex]| area.iter().any(|cell| cells.contains(cell));
    let mut areas = Named::default();
    for question in questions(takes) {
        // A network without a run has no area.
        let Some(signal) = Signal::of(snapshot, &question) else { continue };
        signal.areas().filter(|(area, _)| touches(&area.cells)).for_each(|(area, row)| areas.add(area, row));
    }
    let is_ours = |operator: Option<_>| operator.is_none_or(|one| takes.operators.iter().any(|(of, _)| *of == one));
    let claimed = snapshot.work.iter().filter(|item| item.claimed_on().is_some());
    let mut repairs: Vec<Repair> = Vec::new();
    let mut lists: BTreeMap<_, HashMap<i64, Repair>> = BTreeMap::new();
    for item in claimed.filter(|item| is_ours(item.place.operator) && touches(&item.place.cells)) {
        let network = (item.place.operator, item.place.technology);
        let list = lists.entry(network).or_insert_with(|| claims(snapshot, network));
        repairs.push(list.remove(&item.id).unwrap_or_else(|| Repair {
            item: item.id,
            operator: network.0,
            technology: network.1,
            communes: String::new(),
            state: String::new(),
        }));
    }
    Resting { areas, repairs }
}

/// The same map as two snapshots have it. Claims are those that rest on the rows in part.
#[must_use]
pub(super) fn outcome(before: &Snapshot, after: &Snapshot, takes: &TakingBack, resting: &Resting) -> Outcome {
    let views = questions(takes).map(|question| {
        let signal = [before, after].map(|snapshot| Signal::of(snapshot, &question));
        let [before, after] = signal.each_ref().map(Option::as_ref);
        ViewOutcome::of(question.operator, before, after)
    });
    let mut lists: BTreeMap<_, HashMap<i64, Repair>> = BTreeMap::new();
    let repairs = resting.repairs.iter().filter_map(|repair| {
        let network = (repair.operator, repair.technology);
        let list = lists.entry(network).or_insert_with(|| claims(after, network));
        let state = list.get(&repair.item).map_or_else(String::new, |repair| repair.state.clone());
        (state != repair.state).then(|| (repair.clone(), state))
    });
    Outcome { views: views.collect(), repairs: repairs.collect() }
}

/// All networks together, then each that was measured.
fn questions(takes: &TakingBack) -> impl Iterator<Item = Question> {
    let measured = takes.operators.iter().map(|(operator, _)| Some(*operator));
    [None].into_iter().chain(measured).map(|operator| Question { operator, ..Question::default() })
}

/// Lines of the work list of a network by their items.
fn claims(snapshot: &Snapshot, (operator, technology): (Option<Operator>, Option<Technology>)) -> HashMap<i64, Repair> {
    let question = Question { operator, technology, ..Question::default() };
    let Ok(view) = snapshot.seen(Sight::Whole, &question) else { return HashMap::new() };
    let rows = snapshot.rows(&view, work::LAYER).unwrap_or_default();
    let claim = |row: &Feature| {
        let Some(Value::Integer(item)) = row.get("item") else { return None };
        let (communes, state) = (text(row, "communes"), text(row, "state"));
        Some((*item, Repair { item: *item, operator, technology, communes, state }))
    };
    rows.iter().filter_map(claim).collect()
}

/// What a view tells of the signal.
struct Signal<'a> {
    snapshot: &'a Snapshot,
    view: std::sync::Arc<View>,
}

impl<'a> Signal<'a> {
    fn of(snapshot: &'a Snapshot, question: &Question) -> Option<Self> {
        Some(Self { snapshot, view: snapshot.seen(Sight::Whole, question).ok()? })
    }

    /// Areas with their rows.
    fn areas(&self) -> impl Iterator<Item = (&DeadArea, &Feature)> {
        let rows = self.snapshot.rows(&self.view, "dead_areas").unwrap_or_default();
        self.view.signal().dead_areas.iter().zip(rows)
    }

    fn cells(&self) -> [u64; Verdict::ALL.len()] {
        let cells = self.view.signal().cells_at(REPORTING);
        Verdict::ALL.map(|verdict| cells.iter().filter(|cell| cell.verdict == verdict).count() as u64)
    }
}

impl Named {
    fn add(&mut self, area: &DeadArea, row: &Feature) {
        self.total += 1;
        if self.first.len() < NAMED {
            self.first.push(Area {
                key: row.key.clone(),
                operator: area.operator,
                communes: text(row, "communes"),
                villages: text(row, "village_names"),
                cells: area.cells.len() as u64,
            });
        }
    }

    fn json(&self) -> Json {
        json!({"total": self.total, "items": self.first.iter().map(Area::json).collect::<Vec<_>>()})
    }
}

impl ViewOutcome {
    fn of(operator: Option<Operator>, before: Option<&Signal<'_>>, after: Option<&Signal<'_>>) -> Self {
        let cells = |signal: Option<&Signal<'_>>| signal.map_or([0; Verdict::ALL.len()], Signal::cells);
        let mut told = Self {
            operator,
            before: cells(before),
            after: cells(after),
            gone: Named::default(),
            changed: Named::default(),
            new: Named::default(),
        };
        let (was, is) = (Ground::of(before), Ground::of(after));
        for (area, row) in before.into_iter().flat_map(Signal::areas) {
            match is.under(area) {
                None => told.gone.add(area, row),
                Some(of) if of == area.cells => {}
                Some(_) => told.changed.add(area, row),
            }
        }
        for (area, row) in after.into_iter().flat_map(Signal::areas) {
            if was.under(area).is_none() {
                told.new.add(area, row);
            }
        }
        told
    }
}

/// Which cells the area of a cell has.
struct Ground<'a>(HashMap<CellIndex, &'a [CellIndex]>);

impl<'a> Ground<'a> {
    fn of(signal: Option<&'a Signal<'_>>) -> Self {
        let areas = signal.into_iter().flat_map(|signal| &signal.view.signal().dead_areas);
        Self(areas.flat_map(|area| area.cells.iter().map(|cell| (*cell, &area.cells[..]))).collect())
    }

    /// The area that holds the first cell of this one that any holds.
    fn under(&self, area: &DeadArea) -> Option<&'a [CellIndex]> {
        area.cells.iter().find_map(|cell| self.0.get(cell).copied())
    }
}

impl Area {
    fn json(&self) -> Json {
        json!({
            "key": self.key, "operator": self.operator.map(|operator| operator.to_string()),
            "communes": self.communes, "villages": self.villages, "cells": self.cells,
        })
    }
}

impl Repair {
    fn json(&self) -> Json {
        json!({
            "item": self.item, "key": format!("item-{}", self.item),
            "operator": self.operator.map(|operator| operator.to_string()),
            "technology": self.technology.map(Technology::generation), "communes": self.communes, "state": state(&self.state),
        })
    }
}

impl Resting {
    pub(super) fn json(&self) -> Json {
        json!({"areas": self.areas.json(), "repairs": self.repairs.iter().map(Repair::json).collect::<Vec<_>>()})
    }
}

impl Outcome {
    pub(super) fn json(&self) -> Json {
        let verdicts = |counts: &[u64]| -> serde_json::Map<String, Json> {
            Verdict::ALL
                .iter()
                .zip(counts)
                .map(|(verdict, cells)| (verdict.code().to_owned(), Json::from(*cells)))
                .collect()
        };
        let view = |view: &ViewOutcome| {
            json!({
                "operator": view.operator.map(|operator| operator.to_string()),
                "cells": {"before": verdicts(&view.before), "after": verdicts(&view.after)},
                "areas": {"gone": view.gone.json(), "changed": view.changed.json(), "new": view.new.json()},
            })
        };
        let repairs = self.repairs.iter().map(|(repair, after)| {
            let mut told = repair.json();
            told["state_after"] = state(after);
            told
        });
        json!({"views": self.views.iter().map(view).collect::<Vec<_>>(), "repairs": repairs.collect::<Vec<_>>()})
    }
}

fn state(code: &str) -> Json {
    if code.is_empty() { Json::Null } else { Json::from(code) }
}

fn text(row: &Feature, name: &str) -> String {
    match row.get(name) {
        Some(Value::Text(text)) => text.clone(),
        _ => String::new(),
    }
}
