//! What a code meant on a day, and what became of it.
//!
//! Codes are used again: the code of a vanished ward may be a new commune
//! elsewhere. So a code is read on the day it was stated and followed through
//! every change up to the day that is asked about, however many there are.
//! A unit that was split is held, not guessed, and a unit whose end nobody
//! recorded is unknown rather than unchanged.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::engine::names::exact_key;
use crate::model::admin::{AdminUnit, Share, UnitChange, UnitCode};

/// Editions and changes, ready for questions. Holds no polygons.
#[derive(Clone, Debug)]
pub struct Lineage {
    editions: BTreeMap<UnitCode, Vec<Edition>>,
    /// First and last day of every unit, in the order they were given.
    spans: Vec<(Date, Option<Date>)>,
    changes: Vec<UnitChange>,
    /// Indices into `changes` by old code and day.
    leaving: BTreeMap<(UnitCode, Date), Vec<usize>>,
    /// Indices into `changes` by new code and day.
    arriving: BTreeMap<(UnitCode, Date), Vec<usize>>,
}

#[derive(Clone, Debug)]
struct Edition {
    name: String,
    from: Date,
    /// First day no longer in force.
    to: Option<Date>,
}

/// One step of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub from: UnitCode,
    pub to: UnitCode,
    pub effective: Date,
}

/// One of the units that an old one is today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate<'a> {
    pub code: UnitCode,
    pub name: String,
    /// Whole when all of the old unit is here, however often it was divided on the way.
    pub share: Share,
    /// The last change on the way.
    pub last: &'a UnitChange,
}

/// What became of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// No change in between: the code still names the unit that was meant.
    Current(UnitCode),
    /// The unit went whole into `to`, which may bear the same code and be another unit.
    Moved { to: UnitCode, via: Vec<Step> },
    /// The unit, or one that it went into, was divided: which part was meant cannot be told from the code.
    Split { successors: Vec<(UnitCode, String)> },
    /// Neither register nor crosswalk knows the code on that day, or its end has no recorded successor.
    Unknown,
}

impl Resolution {
    /// The one unit that is meant, where there is one.
    #[must_use]
    pub fn unit(&self) -> Option<UnitCode> {
        match self {
            Self::Current(code) | Self::Moved { to: code, .. } => Some(*code),
            Self::Split { .. } | Self::Unknown => None,
        }
    }
}

impl Lineage {
    #[must_use]
    pub fn new(units: &[AdminUnit], changes: &[UnitChange]) -> Self {
        let mut editions: BTreeMap<UnitCode, Vec<Edition>> = BTreeMap::new();
        for unit in units {
            let edition = Edition { name: unit.name.clone(), from: unit.valid_from, to: unit.valid_to };
            editions.entry(unit.code).or_default().push(edition);
        }
        for list in editions.values_mut() {
            list.sort_by_key(|edition| edition.from);
        }
        let mut leaving: BTreeMap<(UnitCode, Date), Vec<usize>> = BTreeMap::new();
        let mut arriving: BTreeMap<(UnitCode, Date), Vec<usize>> = BTreeMap::new();
        for (number, change) in changes.iter().enumerate() {
            leaving.entry((change.from, change.effective)).or_default().push(number);
            arriving.entry((change.to, change.effective)).or_default().push(number);
        }
        let spans = units.iter().map(|unit| (unit.valid_from, unit.valid_to)).collect();
        Self { editions, spans, changes: changes.to_vec(), leaving, arriving }
    }

    /// What `code`, written on `stated_on`, is called on `as_of`: changes with an
    /// effective day after `stated_on` and up to `as_of` are followed.
    ///
    /// A code that had already vanished when it was written, and that nobody
    /// bore any more, still names its last bearer: people go on using old codes.
    /// Looking back (`as_of` before `stated_on`) answers only where nothing changed.
    #[must_use]
    pub fn resolve(&self, code: UnitCode, stated_on: Date, as_of: Date) -> Resolution {
        if as_of < stated_on {
            let touched = |index: &BTreeMap<(UnitCode, Date), Vec<usize>>| {
                index.range((code, as_of)..=(code, stated_on)).any(|((_, day), _)| *day > as_of)
            };
            let unchanged = !touched(&self.leaving) && !touched(&self.arriving) && self.bears(code, as_of);
            return if unchanged { Resolution::Current(code) } else { Resolution::Unknown };
        }
        if self.bears(code, stated_on) {
            return self.follow(code, stated_on, as_of);
        }
        match self.last_day(code, stated_on) {
            Some(day) => self.follow(code, day, as_of),
            None => Resolution::Unknown,
        }
    }

    /// The same for a code without a date that can be trusted: the unit that
    /// bears the code on `as_of` wins, else the code's last bearer is followed.
    #[must_use]
    pub fn resolve_undated(&self, code: UnitCode, as_of: Date) -> Resolution {
        if self.bears(code, as_of) {
            return Resolution::Current(code);
        }
        match self.last_day(code, as_of) {
            Some(day) => self.follow(code, day, as_of),
            None => Resolution::Unknown,
        }
    }

    /// The days on which any unit came into force, each once, in order.
    #[must_use]
    pub fn editions(&self) -> Vec<Date> {
        self.spans.iter().map(|(from, _)| *from).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Indices, into the slice given to [`Lineage::new`], of the units in force on `day`.
    #[must_use]
    pub fn in_force(&self, day: Date) -> Vec<usize> {
        let holds = |(from, to): &(Date, Option<Date>)| *from <= day && to.is_none_or(|end| day < end);
        self.spans.iter().enumerate().filter(|(_, span)| holds(span)).map(|(index, _)| index).collect()
    }

    /// The changes that made the unit bearing `code` on `date`; empty if none is recorded up to that day.
    #[must_use]
    pub fn predecessors(&self, code: UnitCode, date: Date) -> Vec<&UnitChange> {
        let latest = self.arriving.range((code, Date::MIN)..=(code, date)).next_back();
        latest.map(|(_, numbers)| numbers.iter().map(|n| &self.changes[*n]).collect()).unwrap_or_default()
    }

    /// The changes that ended the unit bearing `code` on the day before `date`; empty if none is recorded for that day.
    #[must_use]
    pub fn successors(&self, code: UnitCode, date: Date) -> Vec<&UnitChange> {
        self.leaving
            .get(&(code, date))
            .map(|numbers| numbers.iter().map(|n| &self.changes[*n]).collect())
            .unwrap_or_default()
    }

    /// The days after `on` and up to `to` on which a unit ends or changes, in order.
    #[must_use]
    pub fn days_between(&self, on: Date, to: Date) -> Vec<Date> {
        let ends = self.editions.values().flatten().filter_map(|edition| edition.to);
        let days: BTreeSet<Date> = ends.chain(self.changes.iter().map(|change| change.effective)).collect();
        days.into_iter().filter(|day| on < *day && *day <= to).collect()
    }

    /// Whether the unit bearing `code` on the day before `date` still bears it on `date`, no change taking it away.
    #[must_use]
    pub fn goes_on(&self, code: UnitCode, date: Date) -> bool {
        let eve = date.yesterday();
        eve.is_ok_and(|eve| !self.leaving.contains_key(&(code, date)) && self.continues(code, eve, date))
    }

    /// What the unit bearing `code` on `on` had become by `as_of`, by code, through every
    /// reorganisation in between. Empty while it is still itself, and when its end has no recorded successor.
    #[must_use]
    pub fn became(&self, code: UnitCode, on: Date, as_of: Date) -> Vec<Fate<'_>> {
        let whole = self.resolve(code, on, as_of).unit().is_some();
        let mut open: BTreeMap<(Date, UnitCode), Option<usize>> = BTreeMap::from([((on, code), None)]);
        let mut ends: BTreeMap<UnitCode, &UnitChange> = BTreeMap::new();
        while let Some(((day, code), by)) = open.pop_first() {
            match (self.next_change(code, day, as_of), by) {
                (Some((effective, numbers)), _) => {
                    open.extend(numbers.iter().map(|n| ((effective, self.changes[*n].to), Some(*n))));
                }
                (None, Some(by)) if self.continues(code, day, as_of) => {
                    ends.insert(code, &self.changes[by]);
                }
                (None, _) => {}
            }
        }
        let share = if whole { Share::Whole } else { Share::Part };
        ends.into_iter().map(|(code, last)| Fate { code, name: self.name(code, as_of), share, last }).collect()
    }

    /// Whether some unit bears `code` on `day`. The register decides; where it
    /// says nothing about the code, the crosswalk does.
    #[must_use]
    pub fn bears(&self, code: UnitCode, day: Date) -> bool {
        let editions = self.editions.get(&code).map(Vec::as_slice).unwrap_or_default();
        if editions.iter().any(|edition| edition.holds(day)) {
            return true;
        }
        let began = self.arriving.range((code, Date::MIN)..=(code, day)).next_back().map(|((_, day), _)| *day);
        let ended = self.leaving.range((code, Date::MIN)..=(code, day)).next_back().map(|((_, day), _)| *day);
        let ends_later = self.leaving.range((code, day)..).any(|((other, end), _)| *other == code && *end > day);
        let ended_in_register = editions.iter().any(|edition| edition.to.is_some_and(|end| end <= day));
        match (began, ended) {
            // Born and gone on one day is a code handed from one unit to the next.
            (Some(began), Some(ended)) if ended > began => false,
            (Some(began), _) => !editions.iter().any(|edition| edition.to.is_some_and(|end| began < end && end <= day)),
            (None, Some(_)) => false,
            // The crosswalk will take it from somewhere: it exists before that day, if the register is silent.
            (None, None) => ends_later && !ended_in_register,
        }
    }

    /// The last day on which `code` was borne before `day`.
    fn last_day(&self, code: UnitCode, day: Date) -> Option<Date> {
        let left = self.leaving.range((code, Date::MIN)..=(code, day)).next_back().map(|((_, end), _)| *end);
        let editions = self.editions.get(&code).map(Vec::as_slice).unwrap_or_default();
        let ended = editions.iter().filter_map(|edition| edition.to).filter(|end| *end <= day).max();
        left.max(ended)?.yesterday().ok()
    }

    /// Follows a unit known to bear `code` on `day`. Days only grow, so it ends;
    /// places already seen are not walked again, so it ends soon.
    fn follow(&self, code: UnitCode, day: Date, as_of: Date) -> Resolution {
        let mut open: BTreeSet<(Date, UnitCode)> = BTreeSet::from([(day, code)]);
        let mut ends: BTreeSet<UnitCode> = BTreeSet::new();
        let mut via = Vec::new();
        // Some of the unit went where nobody wrote down: no single answer can be the whole of it.
        let mut lost = false;
        while let Some((day, code)) = open.pop_first() {
            let Some((effective, numbers)) = self.next_change(code, day, as_of) else {
                if self.continues(code, day, as_of) {
                    ends.insert(code);
                } else {
                    lost = true;
                }
                continue;
            };
            let targets: BTreeSet<UnitCode> = numbers.iter().map(|n| self.changes[*n].to).collect();
            lost |= targets.len() == 1 && numbers.iter().any(|n| self.changes[*n].share == Share::Part);
            for to in targets {
                via.push(Step { from: code, to, effective });
                open.insert((effective, to));
            }
        }
        match (ends.len(), ends.first()) {
            (0, _) | (_, None) => Resolution::Unknown,
            (1, Some(end)) if !lost && via.is_empty() => Resolution::Current(*end),
            // A unit divided and joined again is whole again.
            (1, Some(to)) if !lost => Resolution::Moved { to: *to, via },
            _ => Resolution::Split { successors: ends.into_iter().map(|end| (end, self.name(end, as_of))).collect() },
        }
    }

    fn next_change(&self, code: UnitCode, day: Date, as_of: Date) -> Option<(Date, &[usize])> {
        let mut later = self.leaving.range((code, day)..=(code, as_of));
        let ((_, effective), numbers) = later.find(|((_, effective), _)| *effective > day)?;
        Some((*effective, numbers))
    }

    /// Whether the unit bearing `code` on `day` still bears it on `as_of`, no
    /// change being recorded. A new edition that begins when the old one ends is
    /// the same unit renamed; where others joined on that day, only under the same name.
    fn continues(&self, code: UnitCode, day: Date, as_of: Date) -> bool {
        let Some(editions) = self.editions.get(&code) else { return true };
        let Some(mut place) = editions.iter().position(|edition| edition.holds(day)) else { return true };
        while let Some(end) = editions[place].to.filter(|end| *end <= as_of) {
            let next = editions.get(place + 1).filter(|next| next.from == end);
            let Some(next) = next else { return false };
            let same_name = exact_key(&next.name) == exact_key(&editions[place].name);
            if self.arriving.contains_key(&(code, end)) && !same_name {
                return false;
            }
            place += 1;
        }
        true
    }

    fn name(&self, code: UnitCode, day: Date) -> String {
        let editions = self.editions.get(&code).map(Vec::as_slice).unwrap_or_default();
        let registered = editions.iter().find(|edition| edition.holds(day)).map(|edition| edition.name.clone());
        let made = || self.predecessors(code, day).first().map(|change| change.to_name.clone());
        registered.or_else(made).unwrap_or_else(|| code.to_string())
    }
}

impl Edition {
    fn holds(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|end| day < end)
    }
}

#[cfg(test)]
mod tests;
