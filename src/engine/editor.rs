//! What an act makes of the register of villages.
//!
//! Nothing is taken out: a village ends, and what it was stays to be read. A
//! merger keeps every household once, before it and after. Refused is what the
//! register does not bear, with the village that stands in the way.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::names;
use crate::model::register::{Change, NewAct, NotAnAct, Part, Succession, SuccessionKind};
use crate::model::village::{Village, VillageCode, VillageConfidence};

/// What an act comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edited {
    /// Villages as they are from now on: changed ones and new ones, the one of the act first.
    pub villages: Vec<Village>,
    pub successions: Vec<Succession>,
}

/// The register after an act. `villages` is all of it, those that ended too.
///
/// # Errors
/// [`NotAnAct`] where the register does not bear it; then nothing is to be written.
pub fn edit(villages: &[Village], successions: &[Succession], act: &NewAct) -> Result<Edited, NotAnAct> {
    let on = act.on();
    let mut village = found(villages, act.village())?.clone();
    if !matches!(act.change(), Change::Reopen) {
        standing(&village, on)?;
    }
    match act.change() {
        // A list from above is surer still.
        Change::Confirm if village.confidence == VillageConfidence::Official => {}
        Change::Confirm => village.confidence = VillageConfidence::CommuneConfirmed,
        Change::Rename { name } => {
            free(villages, &village, name, &[])?;
            let old = std::mem::replace(&mut village.name, name.clone());
            alias(&mut village, &old);
            village.aliases.retain(|alias| alias != name);
        }
        Change::Alias { name } => {
            free(villages, &village, name, &[])?;
            let key = names::exact_key(name);
            if std::iter::once(&village.name).chain(&village.aliases).any(|known| names::exact_key(known) == key) {
                return Err(NotAnAct::SameName { name: name.clone(), village: village.code });
            }
            village.aliases.push(name.clone());
        }
        Change::Move { point, precision_m } => {
            (village.point, village.point_precision_m) = (Some(*point), Some(*precision_m));
        }
        Change::Households { households } => {
            if let Some(known) = village.households_date.filter(|known| *known > on) {
                return Err(NotAnAct::OlderCount { known, on });
            }
            (village.households, village.households_date) = (Some(*households), Some(on));
        }
        // The first day without it.
        Change::Close => village.valid_to = Some(on.checked_add(1.day()).unwrap_or(on)),
        Change::Merge { others } => return merge(villages, village, others, on),
        Change::Split { parts } => return split(villages, village, parts, on),
        Change::Reopen => reopen(villages, successions, &mut village)?,
    }
    Ok(Edited { villages: vec![village], ..Edited::default() })
}

fn found(villages: &[Village], code: VillageCode) -> Result<&Village, NotAnAct> {
    villages.iter().find(|village| village.code == code).ok_or(NotAnAct::Unknown(code))
}

/// That it has begun on a day and has no end.
fn standing(village: &Village, on: Date) -> Result<(), NotAnAct> {
    if let Some(end) = village.valid_to {
        return Err(NotAnAct::Ended { village: village.code, end });
    }
    if on < village.valid_from {
        return Err(NotAnAct::BeforeItBegan { village: village.code, from: village.valid_from, on });
    }
    Ok(())
}

/// That a new order begins after the first day of a village, which would else have no day at all.
fn ending(village: &Village, on: Date) -> Result<(), NotAnAct> {
    standing(village, on)?;
    if on == village.valid_from {
        return Err(NotAnAct::BeforeItBegan { village: village.code, from: village.valid_from, on });
    }
    Ok(())
}

/// That no other village of the commune has this name now; `besides` are about to end.
fn free(villages: &[Village], of: &Village, name: &str, besides: &[VillageCode]) -> Result<(), NotAnAct> {
    let key = names::exact_key(name);
    let taken = villages.iter().find(|other| {
        other.commune == of.commune
            && other.code != of.code
            && other.valid_to.is_none()
            && !besides.contains(&other.code)
            && names::exact_key(&other.name) == key
    });
    taken.map_or(Ok(()), |other| Err(NotAnAct::SameName { name: name.to_owned(), village: other.code }))
}

fn alias(village: &mut Village, name: &str) {
    if village.name != name && !village.aliases.iter().any(|alias| alias == name) {
        village.aliases.push(name.to_owned());
    }
}

fn reopen(villages: &[Village], successions: &[Succession], village: &mut Village) -> Result<(), NotAnAct> {
    let follows = successions.iter().any(|one| one.from == village.code);
    if village.valid_to.is_none() || follows {
        return Err(NotAnAct::NotClosed(village.code));
    }
    free(villages, village, &village.name, &[])?;
    village.valid_to = None;
    Ok(())
}

fn merge(villages: &[Village], mut kept: Village, others: &[VillageCode], on: Date) -> Result<Edited, NotAnAct> {
    let before = (kept.households, kept.population);
    let mut ended: Vec<Village> = Vec::with_capacity(others.len());
    for code in others {
        let other = found(villages, *code)?;
        if *code == kept.code || ended.iter().any(|one| one.code == *code) {
            return Err(NotAnAct::Twice(*code));
        }
        if other.commune != kept.commune {
            return Err(NotAnAct::OtherCommune(*code));
        }
        ending(other, on)?;
        ended.push(Village { valid_to: Some(on), ..other.clone() });
    }
    let all = || std::iter::once(&kept).chain(&ended);
    // A sum of which a part is not known is not known. It is as old as its oldest part.
    let households = all().map(|one| one.households).sum::<Option<u32>>();
    let population = all().map(|one| one.population).sum::<Option<u32>>();
    let oldest = all().map(|one| one.households_date).min().flatten();
    (kept.households, kept.population) = (households, population);
    kept.households_date = oldest.filter(|_| households.is_some());
    for other in &ended {
        alias(&mut kept, &other.name);
        other.aliases.iter().for_each(|name| alias(&mut kept, name));
    }
    let successions = ended.iter().map(|other| Succession {
        from: other.code,
        to: kept.code,
        kind: SuccessionKind::Merge,
        on,
        households_before: before.0,
        population_before: before.1,
    });
    let successions = successions.collect();
    Ok(Edited { villages: std::iter::once(kept).chain(ended).collect(), successions })
}

fn split(villages: &[Village], mut ended: Village, parts: &[Part], on: Date) -> Result<Edited, NotAnAct> {
    ending(&ended, on)?;
    let of_commune = villages.iter().filter(|village| village.code.commune() == ended.commune);
    let last = of_commune.map(|village| village.code.seq()).max().unwrap_or_default();
    let mut edited = Edited::default();
    for (part, seq) in parts.iter().zip(last + 1..) {
        free(villages, &ended, &part.name, &[ended.code])?;
        let key = names::exact_key(&part.name);
        if edited.villages.iter().any(|one: &Village| names::exact_key(&one.name) == key) {
            return Err(NotAnAct::TwoOfAName(part.name.clone()));
        }
        if seq > VillageCode::MOST {
            return Err(NotAnAct::UsedUp);
        }
        let new = Village {
            code: VillageCode::new(ended.commune, seq),
            name: part.name.clone(),
            aliases: Vec::new(),
            point: part.point,
            point_precision_m: part.precision_m,
            // Nobody has drawn the parts.
            extent: None,
            households: part.households,
            households_date: part.households.map(|_| on),
            population: None,
            confidence: VillageConfidence::CommuneConfirmed,
            valid_from: on,
            valid_to: None,
            source_key: None,
            ..ended.clone()
        };
        edited.successions.push(Succession {
            from: ended.code,
            to: new.code,
            kind: SuccessionKind::Split,
            on,
            households_before: None,
            population_before: None,
        });
        edited.villages.push(new);
    }
    ended.valid_to = Some(on);
    edited.villages.insert(0, ended);
    Ok(edited)
}

#[cfg(test)]
mod tests;
