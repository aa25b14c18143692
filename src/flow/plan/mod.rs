//! A campaign planned for readers: the question in words, the answer as JSON,
//! files and sheets.
//!
//! Figures are those of the layer `villages`; what it hides stays hidden here.

mod files;
mod rows;
mod sheet;

use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value as Json, json};

pub use files::{csv, geojson};
pub use rows::{forecasts, today};
pub use sheet::sheets;

use super::snapshot::{Snapshot, View};
use crate::engine::plan::{CommunePlan, DayPlan, PlanOptions, StartFrom, Stop, TeamPlan};
use crate::model::admin::UnitCode;
use crate::model::figure::{Figure, round};
use crate::model::rules::PlanRules;

/// A plan asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanQuestion {
    /// Empty: every commune.
    pub communes: Vec<UnitCode>,
    pub teams: u32,
    pub days: Option<u32>,
    /// The first day; `None`: the day after today.
    pub from: Option<Date>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAPlan {
    #[error("there is no commune {0} on the day shown")]
    UnknownCommune(UnitCode),
    #[error("`{name}` is {found}, expected 1 to {most}")]
    Outside { name: &'static str, found: u32, most: u32 },
    #[error("a plan cannot begin on {0}")]
    Day(Date),
}

/// Plans with what names them.
pub struct Planned {
    pub from: Date,
    pub teams: u32,
    pub communes: Arc<Vec<CommunePlan>>,
}

impl Planned {
    /// The day of a plan's day, from 1.
    #[must_use]
    pub fn date(&self, day: u32) -> Date {
        self.from.checked_add(i64::from(day).saturating_sub(1).days()).unwrap_or(self.from)
    }

    /// Every stop, with its place in the order of its day.
    fn stops(&self) -> impl Iterator<Item = (&CommunePlan, &TeamPlan, &DayPlan, usize, &Stop)> {
        self.communes.iter().flat_map(|commune| {
            commune.teams.iter().flat_map(move |team| {
                team.days.iter().flat_map(move |day| {
                    day.stops.iter().enumerate().map(move |(at, stop)| (commune, team, day, at + 1, stop))
                })
            })
        })
    }
}

/// Plans what was asked; the same question of one epoch is planned once.
///
/// # Errors
/// A commune that is not there on the day shown, numbers that cannot be meant.
pub fn ask(snapshot: &Snapshot, view: &View, question: &PlanQuestion) -> Result<Planned, NotAPlan> {
    let within = |name, found: u32, most: u32| {
        if (1..=most).contains(&found) { Ok(()) } else { Err(NotAPlan::Outside { name, found, most }) }
    };
    within("teams", question.teams, PlanRules::MOST_TEAMS)?;
    question.days.map_or(Ok(()), |days| within("days", days, PlanRules::MOST_DAYS))?;
    let known = || view.answer.communes.iter().map(|reach| reach.commune);
    if let Some(unknown) = question.communes.iter().find(|code| !known().any(|known| known == **code)) {
        return Err(NotAPlan::UnknownCommune(*unknown));
    }
    let mut communes = if question.communes.is_empty() { known().collect() } else { question.communes.clone() };
    let mut seen = std::collections::BTreeSet::new();
    communes.retain(|code| seen.insert(*code));
    let from = match question.from {
        Some(day) if !(2000..=2100).contains(&day.year()) => return Err(NotAPlan::Day(day)),
        Some(day) => day,
        None => snapshot.facts.today.tomorrow().unwrap_or(snapshot.facts.today),
    };
    let options = PlanOptions { communes, teams: question.teams, days: question.days };
    Ok(Planned { from, teams: question.teams, communes: snapshot.plan(view, options) })
}

/// The plan as one JSON object. `stops`: each stop of each team, else only totals.
#[must_use]
pub fn to_json(snapshot: &Snapshot, view: &View, planned: &Planned, stops: bool) -> Json {
    let names = rows::Names::new(snapshot, view);
    let rules = &snapshot.facts.rules;
    let communes: Vec<Json> = planned.communes.iter().map(|plan| commune(plan, planned, &names, stops)).collect();
    json!({
        "from": planned.from.to_string(),
        "teams": planned.teams,
        "as_of": view.answer.as_of.to_string(),
        "target_percent": round(100.0 * rules.reach.near_below, 1),
        "rules": rules.plan.version,
        "reach_rules": rules.reach.version,
        "detour": rules.plan.detour,
        "synthetic": snapshot.synthetic(),
        "communes": communes,
    })
}

fn commune(plan: &CommunePlan, planned: &Planned, names: &rows::Names<'_>, stops: bool) -> Json {
    let team = |team: &TeamPlan| {
        let mut told = json!({
            "team": team.team,
            "households": team.households,
            "days_needed": team.days_needed,
            "days": team.days.len(),
            "first_day": team.days.first().map(|day| planned.date(day.day).to_string()),
            "last_day": team.days.last().map(|day| planned.date(day.day).to_string()),
            "villages": villages(team),
            "distance_km": round(team.distance_m / 1_000.0, 1),
        });
        if stops {
            let days = team.days.iter().flat_map(|day| day.stops.iter().enumerate().map(move |(at, s)| (day, at, s)));
            told["stops"] = days.map(|(day, at, stop)| names.stop(stop, planned, day, at + 1)).collect();
        }
        told
    };
    json!({
        "commune": plan.commune.to_string(),
        "commune_name": names.commune(plan.commune),
        "start": plan.start.map(|(at, from)| json!({
            "lon": at.lon(), "lat": at.lat(),
            "kind": match from { StartFrom::Centre => "centre", StartFrom::Village => "village" },
        })),
        "rate": plan.rate.households,
        "rate_from": if plan.rate.days.is_some() { "visits" } else { "rules" },
        "rate_days": plan.rate.days,
        "villages": plan.villages,
        "villages_at_most": plan.villages_at_most,
        "villages_unknown": plan.villages_unknown,
        "households": plan.households,
        "balance_percent": round(100.0 * plan.balance, 1),
        "team_days": plan.teams.iter().map(|team| team.days_needed).sum::<u32>(),
        "distance_km": round(plan.teams.iter().map(|team| team.distance_m).sum::<f64>() / 1_000.0, 1),
        "teams": plan.teams.iter().map(team).collect::<Vec<_>>(),
    })
}

fn villages(team: &TeamPlan) -> usize {
    let all = team.days.iter().flat_map(|day| &day.stops).map(|stop| stop.village);
    all.collect::<std::collections::BTreeSet<_>>().len()
}

fn figure(value: Figure<u32>) -> Json {
    value.known().map_or(Json::Null, Json::from)
}
