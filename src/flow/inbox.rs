//! The inbox: what is shown of a bundle of visits, and deciding about one.
//!
//! A decision is taken on the visits that stand in the bundle at that moment;
//! one that arrives later waits for its own.

use std::collections::HashMap;

use serde_json::{Value as Json, json};

use crate::engine::inbox::{Bundle, Held, HeldBack};
use crate::engine::{Facts, inbox};
use crate::model::admin::UnitCode;
use crate::model::measure::local_day;
use crate::model::review::{Decision, Reviewed};
use crate::model::village::VillageCode;
use crate::store::{Store, StoreError};

/// What a reader wants to see of the inbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// `None`: the whole province.
    pub commune: Option<UnitCode>,
    /// `None`: pending ones.
    pub held: Option<Held>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InboxError {
    #[error("the inbox has no `{0}`")]
    UnknownBundle(String),
    #[error("`{bundle}` is {} already", decision.code())]
    Already { bundle: String, decision: Decision },
}

/// The lines that a filter asks for.
#[must_use]
pub fn lines(facts: &Facts, filter: Filter, sees: impl Fn(UnitCode, Option<VillageCode>) -> bool) -> Vec<Line> {
    let wanted =
        |commune: UnitCode, village| filter.commune.is_none_or(|asked| asked == commune) && sees(commune, village);
    let held = filter.held.unwrap_or(Held::Pending);
    let communes = facts.units_on(facts.today).into_iter().map(|at| &facts.units[at]);
    let names: HashMap<UnitCode, &str> = communes.map(|unit| (unit.code, unit.name.as_str())).collect();
    let lines = inbox(facts, wanted);
    lines.iter().filter(|line| line.bundle.held == held).map(|line| Line::of(facts, &names, line)).collect()
}

/// A line, and a visit of it: decisions are about all of them.
pub struct Line {
    told: Json,
    /// Its id at the source; none of a line that nobody decided about.
    decided: Option<String>,
}

impl Line {
    fn of(facts: &Facts, communes: &HashMap<UnitCode, &str>, line: &HeldBack) -> Self {
        let is_decided = matches!(line.bundle.held, Held::Accepted | Held::Rejected);
        let visit = line.of.first().filter(|_| is_decided).map(|at| facts.visits[*at].source_id.clone());
        Self { told: shown(facts, communes, line), decided: visit }
    }

    fn with(mut self, reviewed: Option<&Reviewed>) -> Json {
        self.told["decided"] =
            reviewed.map_or(Json::Null, |by| json!({"who": by.who, "why": by.why, "on": local_day(by.at).to_string()}));
        self.told
    }
}

fn shown(facts: &Facts, communes: &HashMap<UnitCode, &str>, line: &HeldBack) -> Json {
    let Bundle { held, day, commune, village, flags } = line.bundle;
    json!({
        "key": line.bundle.to_string(),
        "state": held.code(),
        "day": day.to_string(),
        "commune": commune.to_string(),
        "commune_name": communes.get(&commune),
        "village": village.map(|code| code.to_string()),
        "village_name": village.and_then(|code| facts.village(code)).map(|village| &village.name),
        "flags": flags.iter().map(|flag| flag.code()).collect::<Vec<_>>(),
        "visits": line.visits,
        "households": line.households,
        "guided": line.guided,
        "village_claimed": line.claimed_and_counted.map(|(claimed, _)| claimed),
        "village_counted": line.claimed_and_counted.map(|(_, counted)| counted),
    })
}

/// Lines with who decided about them, when and why.
///
/// # Errors
/// The store cannot be read.
pub async fn with_decisions(store: &dyn Store, lines: Vec<Line>) -> Result<Vec<Json>, StoreError> {
    let decided: Vec<String> = lines.iter().filter_map(|line| line.decided.clone()).collect();
    let reviewed = if decided.is_empty() { HashMap::new() } else { store.reviewed(&decided).await? };
    let by = |line: &Line| reviewed.get(line.decided.as_ref()?);
    Ok(lines
        .into_iter()
        .map(|line| {
            let by = by(&line);
            line.with(by)
        })
        .collect())
}

/// Ids of the visits that a decision on a bundle is recorded for.
///
/// # Errors
/// [`InboxError`] for a bundle that is not there, and for one that stands as decided already.
pub fn visits_of(
    facts: &Facts,
    key: &str,
    decision: Decision,
    sees: impl Fn(UnitCode, Option<VillageCode>) -> bool,
) -> Result<Vec<String>, InboxError> {
    let lines = inbox(facts, sees);
    let line = lines.iter().find(|line| line.bundle.to_string() == key);
    let line = line.ok_or_else(|| InboxError::UnknownBundle(key.to_owned()))?;
    let stands = matches!(
        (line.bundle.held, decision),
        (Held::Accepted, Decision::Accepted)
            | (Held::Rejected, Decision::Rejected)
            | (Held::Pending | Held::Noted, Decision::Reopened)
    );
    if stands {
        return Err(InboxError::Already { bundle: key.to_owned(), decision });
    }
    Ok(line.of.iter().map(|at| facts.visits[*at].source_id.clone()).collect())
}
