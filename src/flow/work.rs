//! Acting on a dead area, and what is known of one: its log and its readings.
//!
//! An action lands on the item that the area has taken, else on the area's own
//! ground. It is refused where it would mean nothing. Readings are medians of
//! runs by day; no device and no position goes with them.

use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::snapshot::{Snapshot, View};
use crate::engine::WorkEntry;
use crate::engine::signal::REPORTING;
use crate::engine::work::{self, entries};
use crate::model::access::{Forbidden, Matter, Role};
use crate::model::feature::{Feature, Value};
use crate::model::work::{WorkKind, WorkPlace, WorkState};

/// The layer of the work list.
pub const LAYER: &str = "work";

/// Readings of one area at the most, the latest ones: a chart has no room for more.
const READINGS: usize = 2_000;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkError {
    #[error("the work list has no `{0}` under these filters")]
    UnknownArea(String),
    #[error("it is claimed as fixed already, on {0}")]
    AlreadyFixed(String),
    #[error("nobody has claimed it as fixed")]
    NotFixed,
    #[error("it cannot have been fixed on {on}: a day from {first}, when it was first seen, to {last}")]
    OtherDay { on: Date, first: Date, last: Date },
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
}

/// What an action of this kind on this area is recorded for.
///
/// # Errors
/// [`WorkError`] for an area that is not on the list, for a claim that is there already or not there at all or of a day
/// that cannot be, and for a role that may not act on this network.
pub fn place(
    snapshot: &Snapshot,
    (view, role): (&View, Role),
    key: &str,
    (kind, on): (WorkKind, Option<Date>),
) -> Result<WorkPlace, WorkError> {
    role.need_network(Matter::Act, view.answer.question.operator)?;
    let (snapshot, view) = snapshot.whose(view, LAYER);
    let entries = entries(&snapshot.facts, &view.answer, &snapshot.work);
    let entry = found(&entries, key)?;
    let claim = entry.item.and_then(|item| item.claimed_on());
    match (kind, claim, entry.state) {
        (WorkKind::Fixed, Some(day), WorkState::Fixed | WorkState::Verified) => {
            return Err(WorkError::AlreadyFixed(day.to_string()));
        }
        (WorkKind::Reopen, None, _) => return Err(WorkError::NotFixed),
        _ => {}
    }
    let (first, last) = (entry.first_seen, snapshot.facts.today);
    if let Some(on) = on.filter(|on| !(first..=last).contains(on)) {
        return Err(WorkError::OtherDay { on, first, last });
    }
    Ok(entry.item.map_or_else(
        || WorkPlace {
            operator: entry.area.operator,
            technology: entry.area.technology,
            cells: entry.area.cells.clone(),
        },
        |item| item.place.clone(),
    ))
}

/// Members of an answer by their names.
pub type Members = [(&'static str, Json); 3];

/// The key that an area is listed by today; its log, oldest first, and the readings in it of the period asked for, by day.
///
/// # Errors
/// [`WorkError::UnknownArea`], [`WorkError::Forbidden`].
pub fn detail(snapshot: &Snapshot, view: &View, key: &str) -> Result<(String, Members), WorkError> {
    view.need(LAYER)?;
    let (snapshot, view) = snapshot.whose(view, LAYER);
    let entries = entries(&snapshot.facts, &view.answer, &snapshot.work);
    let entry = found(&entries, key)?;
    let log: Vec<Json> = entry
        .item
        .iter()
        .flat_map(|item| &item.actions)
        .map(|action| {
            json!({"action": action.kind.code(), "who": action.who, "text": action.text, "at": action.at.to_string(),
                "on": action.on.map(|day| day.to_string())})
        })
        .collect();
    let mut cells = entry.area.cells.clone();
    cells.extend(entry.item.iter().flat_map(|item| &item.place.cells));
    cells.sort_unstable();
    let question = &view.answer.question;
    let mut passes = snapshot.facts.passes(|day| question.covers(day) && day <= snapshot.facts.today);
    passes.retain(|pass| {
        question.operator.is_none_or(|asked| asked == pass.run.operator)
            && question.technology.is_none_or(|asked| asked == pass.run.technology)
            && pass.run.cell.parent(REPORTING).is_some_and(|cell| cells.binary_search(&cell).is_ok())
    });
    passes.sort_by_key(|pass| (pass.day, pass.run.operator, pass.run.technology, pass.run.start));
    let total = passes.len();
    let readings: Vec<Json> = passes
        .iter()
        .skip(total.saturating_sub(READINGS))
        .map(|pass| {
            json!({
                "day": pass.day.to_string(), "operator": pass.run.operator.as_str(),
                "technology": pass.run.technology.generation(),
                // Nothing is silence: the run heard no network.
                "median_dbm": pass.run.median.map(|dbm| dbm.tenths()),
                "superseded": pass.superseded,
            })
        })
        .collect();
    let detail =
        [("history", Json::from(log)), ("readings", Json::from(readings)), ("readings_total", Json::from(total))];
    Ok((entry.key(), detail))
}

fn found<'e, 'a>(entries: &'e [WorkEntry<'a>], key: &str) -> Result<&'e WorkEntry<'a>, WorkError> {
    work::found(entries, key).ok_or_else(|| WorkError::UnknownArea(key.to_owned()))
}

/// By what the work list can be ordered; as it comes when nothing is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Households,
    Area,
    /// Latest measurement first.
    LastSeen,
    /// What needs a hand first.
    State,
}

impl Order {
    pub const ALL: [(&'static str, Self); 4] =
        [("households", Self::Households), ("area", Self::Area), ("last_seen", Self::LastSeen), ("state", Self::State)];

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(name, _)| *name == code).map(|(_, order)| order)
    }
}

/// The rows in an order; equal ones stay as they were. A figure that is not there comes last.
#[must_use]
pub fn ordered<'a>(rows: impl IntoIterator<Item = &'a Feature>, order: Option<Order>) -> Vec<&'a Feature> {
    let mut rows: Vec<&Feature> = rows.into_iter().collect();
    let number = |row: &Feature, name| match row.get(name) {
        Some(Value::Integer(value)) => *value as f64,
        Some(Value::Number(value)) => *value,
        _ => f64::NEG_INFINITY,
    };
    let text = |row: &Feature, name| match row.get(name) {
        Some(Value::Text(text)) => text.clone(),
        _ => String::new(),
    };
    match order {
        None => {}
        Some(Order::Households) => {
            rows.sort_by(|a, b| number(b, "households").total_cmp(&number(a, "households")));
        }
        Some(Order::Area) => rows.sort_by(|a, b| number(b, "area_m2").total_cmp(&number(a, "area_m2"))),
        Some(Order::LastSeen) => rows.sort_by_key(|row| std::cmp::Reverse(text(row, "last_seen"))),
        Some(Order::State) => {
            let place = |row: &Feature| WorkState::ALL.iter().position(|state| state.code() == text(row, "state"));
            rows.sort_by_key(|row| place(row));
        }
    }
    rows
}
