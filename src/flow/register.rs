//! The editor of the register: an act checked, worked out, recorded; the log of a village.
//!
//! The register is read, the act worked out on it, and both written only while
//! nothing else was. A village is of the commune that holds it today.

use serde_json::{Value as Json, json};

use super::access::Actor;
use crate::engine::Facts;
use crate::engine::editor::edit;
use crate::model::access::{Forbidden, Matter, Role};
use crate::model::admin::UnitCode;
use crate::model::register::{Act, Change, NewAct, NotAnAct, Succession};
use crate::model::token::AuditAction;
use crate::model::village::{Village, VillageCode};
use crate::store::{Store, StoreError};

/// How often the register is read again when others write at the same time.
const TRIES: u32 = 5;

#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    #[error(transparent)]
    NotAnAct(#[from] NotAnAct),
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// That a role may act on a village, and on those that a merger would end.
///
/// # Errors
/// [`Forbidden`]; [`NotAnAct::Unknown`] for a code that the register does not have, to whoever may act at all.
pub fn admit(facts: &Facts, role: Role, act: &NewAct) -> Result<(), RegisterError> {
    role.need_some(Matter::Register)?;
    let others: &[VillageCode] = match act.change() {
        Change::Merge { others } => others,
        _ => &[],
    };
    for code in std::iter::once(&act.village()).chain(others) {
        let commune = commune(facts, *code).ok_or(NotAnAct::Unknown(*code))?;
        if !role.may_edit_place(commune, Some(*code)) {
            return Err(Forbidden::Matter { role, matter: Matter::Register }.into());
        }
    }
    Ok(())
}

/// The commune that holds a village today.
#[must_use]
pub fn commune(facts: &Facts, code: VillageCode) -> Option<UnitCode> {
    let at = facts.village_at(code)?;
    Some(facts.commune_of_village(at, facts.today).unwrap_or(facts.villages[at].commune))
}

/// What an act became.
pub struct Done {
    pub id: i64,
    /// The village of the act first, then those that ended or began.
    pub villages: Vec<Village>,
}

/// Records an act.
///
/// # Errors
/// Where the register does not bear it, or the store cannot be written; nothing is changed then.
pub async fn act(store: &dyn Store, act: &NewAct, actor: Actor, now: jiff::Timestamp) -> Result<Done, RegisterError> {
    let event = actor.did(AuditAction::Register, format!("{} {}", act.change().code(), act.village()), now);
    for left in (0..TRIES).rev() {
        let epoch = store.epoch().await?;
        let edited = edit(&store.villages().await?, &store.successions().await?, act)?;
        match store.edit_register(&epoch, act, (&edited.villages, &edited.successions), &event).await {
            Err(StoreError::Moved { .. }) if left > 0 => {}
            recorded => return Ok(Done { id: recorded?, villages: edited.villages }),
        }
    }
    Err(StoreError::Interrupted.into())
}

/// A village as lists and answers tell it, with those before and after it.
#[must_use]
pub fn village_json(village: &Village, successions: &[Succession]) -> Json {
    let of = village.code;
    let codes = |found: Vec<VillageCode>| found.iter().map(ToString::to_string).collect::<Vec<_>>();
    let after = successions.iter().filter(|one| one.from == of).map(|one| one.to).collect();
    let before = successions.iter().filter(|one| one.to == of).map(|one| one.from).collect();
    json!({
        "code": of.to_string(), "commune": village.commune.to_string(), "name": village.name,
        "aliases": village.aliases, "point": village.point.map(|at| [at.lon(), at.lat()]),
        "point_precision_m": village.point_precision_m, "households": village.households,
        "households_date": village.households_date.map(|day| day.to_string()), "population": village.population,
        "confidence": village.confidence.code(), "valid_from": village.valid_from.to_string(),
        "valid_to": village.valid_to.map(|day| day.to_string()),
        "predecessors": codes(before), "successors": codes(after),
    })
}

/// The names of all villages that a log speaks of, by code.
#[must_use]
pub fn names(facts: &Facts, of: VillageCode, acts: &[Act]) -> Json {
    let others = acts.iter().flat_map(|line| match line.act.change() {
        Change::Merge { others } => others.clone(),
        _ => Vec::new(),
    });
    let related = facts.successions.iter().filter(|one| one.from == of || one.to == of);
    let related = related.flat_map(|one| [one.from, one.to]);
    let codes = acts.iter().map(|line| line.act.village()).chain(others).chain(related);
    let named = codes.filter_map(|code| Some((code.to_string(), Json::from(facts.village(code)?.name.as_str()))));
    Json::Object(named.collect())
}

/// An act as the log tells it.
#[must_use]
pub fn act_json(line: &Act) -> Json {
    let act = &line.act;
    let mut told = serde_json::to_value(act.change()).unwrap_or_default();
    told["id"] = line.id.into();
    told["village"] = act.village().to_string().into();
    told["on"] = act.on().to_string().into();
    told["who"] = act.who().into();
    told["why"] = act.why().into();
    told["at"] = line.at.to_string().into();
    told
}
