//! Indicators, the board of teams and places by verdict for readers: who may ask
//! for what, the answer as JSON, as a table for spreadsheets.
//!
//! A reader is answered as on the map: whoever is told of households in steps
//! there is told in steps here. Names stand in Vietnamese order.

pub(super) mod files;
mod teams;
mod verdicts;
mod words;

use std::sync::Arc;

use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

pub use files::{csv, xlsx};
pub use teams::{TeamBoard, board, board_csv};
pub use verdicts::{VerdictsTold, ask_verdicts};
pub use words::{label, why};

use super::snapshot::{NoAnswer, NoCampaign, Snapshot, View};
use crate::engine::indicators::{Asked, Cells, IndicatorRow, IndicatorTable, indicators, precision};
use crate::engine::names::vietnamese_cmp;
use crate::model::access::{Forbidden, Matter, Role};
use crate::model::admin::UnitCode;
use crate::model::campaign::Campaign;
use crate::model::figure::round;
use crate::model::indicator::{Awaited, Bound, Cell, IndicatorLevel, IndicatorUnit, Line, LineKind};
use crate::model::language::{Language, number};
use crate::model::period::Period;
use crate::model::question::Question;
use crate::model::rules::{ReachRules, Rules};
use crate::model::village::VillageCode;

/// Indicators asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndicatorQuestion {
    pub period: Period,
    pub level: IndicatorLevel,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoIndicators {
    #[error("{period} begins on {first}, after {today}")]
    NotBegun { period: Period, first: Date, today: Date },
    #[error(transparent)]
    NoCampaign(#[from] NoCampaign),
    /// No unit of the store says which district it lay in.
    #[error("the boundaries name no old district")]
    NoDistricts,
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
}

impl From<Forbidden> for NoIndicators {
    fn from(forbidden: Forbidden) -> Self {
        Self::NoAnswer(forbidden.into())
    }
}

/// A table with what names it.
pub struct Told {
    pub table: IndicatorTable,
    /// Of the last day, for names.
    view: Arc<View>,
    /// The window that was asked for, where it is one with a name.
    pub campaign: Option<Campaign>,
}

/// Answers for a role.
///
/// # Errors
/// A period that has not begun, a level that is not there or not for this role.
pub fn ask(snapshot: &Snapshot, role: Role, question: IndicatorQuestion) -> Result<Told, NoIndicators> {
    let IndicatorQuestion { period, level } = question;
    let today = snapshot.facts.today;
    if level == IndicatorLevel::Village {
        role.need_some(Matter::Outreach)?;
    }
    if period.first() > today {
        return Err(NoIndicators::NotBegun { period, first: period.first(), today });
    }
    // The last day of a month, or today: a period that whoever asks may ask for.
    let at = |period: Period| {
        let to = (period.last() < today).then_some(period.last());
        snapshot.ask(role, &Question { to, ..Question::default() })
    };
    let view = at(period)?;
    let before = period.before().map(|before| Ok::<_, NoAnswer>((before, at(before)?))).transpose()?;
    let earlier = before.as_ref().map(|(period, view)| (*period, &*view.answer));
    let asked = Asked { period, level, planning: role.need(Matter::Planning).is_ok() };
    let mut table = indicators(&snapshot.facts, (&view.answer, earlier), asked);
    if level == IndicatorLevel::District && table.rows.is_empty() {
        return Err(NoIndicators::NoDistricts);
    }
    table.rows.retain(|row| match row.unit {
        IndicatorUnit::Village(village, commune) => role.may_see_team(commune, Some(village)),
        _ => true,
    });
    let told = Told { table, view, campaign: None };
    Ok(told.sorted(snapshot))
}

/// Answers of a campaign for a role: visits of its days and communes alone, held to its own target.
///
/// # Errors
/// A campaign that is not there or has not begun, and a role that may ask for whole months only.
pub fn ask_campaign(
    snapshot: &Arc<Snapshot>,
    role: Role,
    code: &str,
    level: IndicatorLevel,
) -> Result<Told, NoIndicators> {
    let question = Question { campaign: Some(code.to_owned()), ..Question::default() };
    snapshot.admit(role, &question)?;
    if level == IndicatorLevel::Village {
        role.need_some(Matter::Outreach)?;
    }
    let campaign = snapshot.campaign(code)?.clone();
    let within = snapshot.asked(&question)?;
    let answered = within.ask(role, &question)?;
    let asked = Asked { period: campaign.period, level, planning: role.need(Matter::Planning).is_ok() };
    let mut table = indicators(&within.facts, (&answered.answer, None), asked);
    table.rows.retain(|row| match row.unit {
        IndicatorUnit::Village(village, commune) => role.may_see_team(commune, Some(village)),
        _ => true,
    });
    let view = snapshot.ask(role, &Question::default())?;
    let told = Told { table, view, campaign: Some(campaign) };
    Ok(told.sorted(snapshot))
}

/// A campaign as JSON.
#[must_use]
pub fn campaign_json(of: &Campaign) -> Json {
    json!({
        "code": of.code, "name": of.name, "from": of.period.first().to_string(), "to": of.period.last().to_string(),
        "target_percent": round(of.target * 100.0, 1),
        "communes": of.communes.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

impl Told {
    fn sorted(mut self, snapshot: &Snapshot) -> Self {
        let names = Names::new(snapshot, &self.view);
        self.table.rows.sort_by_cached_key(|row| SortKey(names.key(&row.unit)));
        self
    }
}

/// Name, then code, in Vietnamese order.
#[derive(PartialEq, Eq)]
struct SortKey((String, String));

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        vietnamese_cmp(&self.0.0, &other.0.0).then_with(|| self.0.1.cmp(&other.0.1))
    }
}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// What units are called.
struct Names<'a> {
    snapshot: &'a Snapshot,
    communes: std::collections::HashMap<UnitCode, &'a crate::model::admin::AdminUnit>,
}

impl<'a> Names<'a> {
    fn new(snapshot: &'a Snapshot, view: &View) -> Self {
        let units = view.answer.unit_indices.iter().map(|at| &snapshot.facts.units[*at]);
        Self { snapshot, communes: units.map(|unit| (unit.code, unit)).collect() }
    }

    fn commune(&self, code: UnitCode) -> String {
        self.communes.get(&code).map(|unit| unit.full_name()).unwrap_or_default()
    }

    fn village(&self, code: VillageCode) -> String {
        self.snapshot.facts.village(code).map(|village| village.name.clone()).unwrap_or_default()
    }

    fn province(&self) -> String {
        let today = self.snapshot.facts.today;
        self.snapshot.facts.province_on(today).map(|unit| unit.full_name()).unwrap_or_default()
    }

    /// Name and code; a district has no code.
    fn of(&self, unit: &IndicatorUnit) -> (String, String) {
        match unit {
            IndicatorUnit::Province => (self.province(), String::new()),
            IndicatorUnit::District(name) => (name.clone(), String::new()),
            IndicatorUnit::Commune(code) => (self.commune(*code), code.to_string()),
            IndicatorUnit::Village(code, _) => (self.village(*code), code.to_string()),
        }
    }

    /// What it is sorted by: the bare name, villages within their commune.
    fn key(&self, unit: &IndicatorUnit) -> (String, String) {
        let bare = |code: &UnitCode| self.communes.get(code).map(|unit| unit.name.clone()).unwrap_or_default();
        match unit {
            IndicatorUnit::Commune(code) => (bare(code), code.to_string()),
            IndicatorUnit::Village(code, commune) => (bare(commune), code.to_string()),
            other => self.of(other),
        }
    }
}

/// SHA-256 of the rules as JSON: the same digest is the same rules.
#[must_use]
pub fn digest(rules: &Rules) -> String {
    let text = serde_json::to_string(rules).unwrap_or_default();
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The whole answer.
#[must_use]
pub fn to_json(snapshot: &Snapshot, told: &Told) -> Json {
    let table = &told.table;
    let names = Names::new(snapshot, &told.view);
    let rules = &snapshot.facts.rules;
    let lines: Vec<Json> = Line::ALL
        .into_iter()
        .map(|line| {
            let unit = match line.kind() {
                LineKind::Count => "count",
                LineKind::PerHundred => "per_hundred",
                _ => "percent",
            };
            let awaits = line.rests_on().map(Awaited::code);
            json!({"code": line.code(), "number": line.number(), "unit": unit, "of_period": line.is_of_period(),
                "awaits": awaits})
        })
        .collect();
    json!({
        "period": table.asked.period.to_string(),
        "from": table.asked.period.first().to_string(),
        "to": table.until.to_string(),
        "before": table.before.map(|period| period.to_string()),
        "level": table.asked.level.code(),
        "campaign": told.campaign.as_ref().map(campaign_json),
        "steps": table.steps,
        "rules": rules_json(rules),
        "suppression": suppression(rules),
        "synthetic": snapshot.synthetic(),
        "communes": table.communes,
        "silent": table.silent.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "lines": lines,
        "total": row_json(&table.total, &names, &rules.reach),
        "rows": table.rows.iter().map(|row| row_json(row, &names, &rules.reach)).collect::<Vec<_>>(),
    })
}

/// What a line that rests on a sample says beside its figure: how sure it is, and how many it takes.
#[must_use]
pub fn sureness(line: Line, cell: &Cell, language: Language) -> Option<String> {
    let precision = precision(line, cell)?;
    let interval = precision.interval.map(|bounds| {
        let bounds = files::between(bounds, language);
        language.pick(format!("tin cậy 95 %: {bounds} %"), format!("95 % interval: {bounds} %"))
    });
    let needed = precision.needed.map(|needed| {
        let needed = number(needed, 0, language);
        language.pick(
            format!("cần phúc tra {needed} lượt để biết đến ±5 điểm"),
            format!("{needed} checks are needed to know it to ±5 points"),
        )
    });
    let said: Vec<String> = interval.into_iter().chain(needed).collect();
    (!said.is_empty()).then(|| said.join("; "))
}

fn rules_json(rules: &Rules) -> Json {
    json!({"reach": rules.reach.version, "signal": rules.signal.version, "plan": rules.plan.version,
        "outreach": rules.outreach.version, "sha256": digest(rules)})
}

fn suppression(rules: &Rules) -> String {
    format!("counts of 1 to {} households and people are suppressed", rules.reach.k.saturating_sub(1))
}

fn row_json(row: &IndicatorRow, names: &Names<'_>, rules: &ReachRules) -> Json {
    let (name, code) = names.of(&row.unit);
    let mut out = json!({"code": code, "name": name});
    if let IndicatorUnit::Village(_, commune) = row.unit {
        out["commune"] = commune.to_string().into();
        out["commune_name"] = names.commune(commune).into();
    }
    out["now"] = cells_json(&row.now, rules);
    out["before"] = cells_json(&row.before, rules);
    out["change"] = row.change.iter().map(|(line, value)| (line.code().to_owned(), Json::from(*value))).collect();
    out
}

fn cells_json(cells: &Cells, rules: &ReachRules) -> Json {
    cells.iter().map(|(line, cell)| (line.code().to_owned(), cell_json(*line, cell, rules))).collect()
}

/// What is not there is left out, but for `value`, which is null.
fn cell_json(line: Line, cell: &Cell, rules: &ReachRules) -> Json {
    let mut out = Map::new();
    out.insert("value".to_owned(), cell.value(line, rules).into());
    if line.kind() != LineKind::Count {
        for (name, part) in [("numerator", cell.numerator), ("denominator", cell.denominator)] {
            if let Some(part) = part {
                out.insert(name.to_owned(), round(part, 1).into());
            }
        }
    }
    if let Some(precision) = precision(line, cell) {
        if let Some((low, high)) = precision.interval {
            out.insert("interval".to_owned(), json!([low, high]));
        }
        if let Some(needed) = precision.needed {
            out.insert("needed".to_owned(), needed.into());
        }
    }
    if cell.bound != Bound::Exact {
        out.insert("bound".to_owned(), cell.bound.code().into());
    }
    if let Some(why) = cell.why {
        out.insert("why".to_owned(), why.code().into());
    }
    if cell.over {
        out.insert("over".to_owned(), true.into());
    }
    let missing: Map<String, Json> = cell
        .missing
        .parts()
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| (name.to_owned(), count.into()))
        .collect();
    if !missing.is_empty() {
        out.insert("missing".to_owned(), missing.into());
    }
    out.into()
}
