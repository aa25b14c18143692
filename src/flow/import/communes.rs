//! The commune of today that a row means.
//!
//! A row is read with its own day: the code and the name that stood on that
//! day, then what became of that unit. Code before name, name before position;
//! a spelling with its marks before one without. People go on writing old codes
//! and names after a merger, and new codes into reports of before; where code
//! and name together name one bearer of the code, that one is meant. What was
//! split needs a position, what is ambiguous is refused with the candidates.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rustc_hash::FxHashMap;

use crate::engine::boundaries::Lookup;
use crate::engine::boundaries::lineage::{Lineage, Resolution};
use crate::engine::names::{self, Match, Matcher};
use crate::model::admin::{AdminUnit, StatedName, UnitChange, UnitCode};
use crate::model::measure::LonLat;
use crate::model::refusal::Reason;

/// Every edition of every commune, by code, name and place.
pub(super) struct Communes {
    units: Vec<AdminUnit>,
    lineage: Lineage,
    /// Boundaries of today.
    lookup: Lookup,
    has_areas: bool,
    /// Indices into `units`.
    names: Matcher<usize>,
    /// The editions of each code, in their order, with their full names.
    of_code: FxHashMap<UnitCode, Vec<(usize, String)>>,
    /// The units that have ended and are in each commune of today, where there are several.
    old_in: FxHashMap<UnitCode, Vec<usize>>,
    today: Date,
}

/// A unit that has ended and went into the commune of today that a row means: villages of one name came from several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Old(usize);

/// The commune of today that a row means, and the old one that it names, where it does.
pub(super) type Found = (UnitCode, Option<Old>);

/// What a row says of its commune.
pub(super) struct Claim<'a> {
    pub(super) code: Option<UnitCode>,
    pub(super) name: Option<&'a StatedName>,
    /// The district that an old name belongs to.
    pub(super) district: Option<&'a str>,
    pub(super) point: Option<LonLat>,
    /// The day of the row; `None` for a list, which speaks of today.
    pub(super) on: Option<Date>,
}

/// Communes that a refusal offers for a name that none bears.
const OFFERED: usize = 3;

/// Which field is at fault, what it held, and why.
pub(super) type Unplaced = (&'static str, String, Reason);

impl Communes {
    pub(super) fn new(mut units: Vec<AdminUnit>, changes: &[UnitChange], today: Date) -> Self {
        units.retain(|unit| unit.is_commune() && unit.valid_from <= today);
        let lineage = Lineage::new(&units, changes);
        let drawn = || units.iter().filter(|u| u.in_force(today)).filter_map(|u| Some((u.code, u.geometry.as_ref()?)));
        let lookup = Lookup::new(drawn());
        let has_areas = drawn().next().is_some();
        let spellings = |(index, unit): (usize, &AdminUnit)| [(unit.full_name(), index), (unit.name.clone(), index)];
        let names = Matcher::new(units.iter().enumerate().flat_map(spellings));
        let mut of_code: FxHashMap<UnitCode, Vec<(usize, String)>> = FxHashMap::default();
        for (index, unit) in units.iter().enumerate() {
            of_code.entry(unit.code).or_default().push((index, unit.full_name()));
        }
        let mut communes =
            Self { units, lineage, lookup, has_areas, names, of_code, old_in: FxHashMap::default(), today };
        communes.old_in = communes.predecessors();
        communes
    }

    fn predecessors(&self) -> FxHashMap<UnitCode, Vec<usize>> {
        let mut old_in: FxHashMap<UnitCode, Vec<usize>> = FxHashMap::default();
        for (index, _) in self.units.iter().enumerate().filter(|(_, unit)| !unit.in_force(self.today)) {
            for code in self.outcome(index, self.today) {
                old_in.entry(code).or_default().push(index);
            }
        }
        old_in.retain(|_, old| old.iter().any(|index| self.units[*index].code != self.units[old[0]].code));
        old_in
    }

    /// The old commune of a name among those that are in a commune of today.
    pub(super) fn old_named(&self, commune: UnitCode, name: &str) -> Option<Old> {
        let old = self.old_in.get(&commune)?;
        match self.names.find_among(name, |index| old.contains(index)) {
            Match::Exact(index) | Match::Folded(index) => self.only_old(&[index], commune),
            Match::Ambiguous(several) => self.only_old(&several, commune),
            Match::None { .. } => None,
        }
    }

    /// What tells a village of an old commune from others of its name: `Gia Hòa`, with its kind where two bear the name.
    pub(super) fn old_label(&self, commune: UnitCode, old: Old) -> String {
        let unit = &self.units[old.0];
        let is_namesake = |index: &usize| {
            self.last_edition(*index, commune) != old.0
                && names::exact_key(&self.units[*index].name) == names::exact_key(&unit.name)
        };
        let has_namesake = self.old_in.get(&commune).is_some_and(|all| all.iter().any(is_namesake));
        if has_namesake { unit.full_name() } else { unit.name.clone() }
    }

    /// The last edition of an old commune of a commune of today: under its code, or under its name once another ended.
    fn last_edition(&self, index: usize, commune: UnitCode) -> usize {
        let mut last = index;
        loop {
            let unit = &self.units[last];
            let follows = |later: &&usize| {
                let other = &self.units[**later];
                // Each ends later than the one before, so that this comes to an end.
                let is_later =
                    unit.valid_to.is_some_and(|end| other.valid_from >= end) && other.valid_to > unit.valid_to;
                let name = || names::exact_key(&other.name) == names::exact_key(&unit.name);
                is_later && (other.code == unit.code || name())
            };
            match self.old_in.get(&commune).and_then(|old| old.iter().find(follows)) {
                Some(later) => last = *later,
                None => return last,
            }
        }
    }

    /// The only old commune among candidates that are in a commune of today.
    fn only_old(&self, candidates: &[usize], commune: UnitCode) -> Option<Old> {
        let all = self.old_in.get(&commune)?;
        let old = candidates.iter().filter(|index| all.contains(index)).map(|index| self.last_edition(*index, commune));
        let old: BTreeSet<usize> = old.collect();
        let mut old = old.into_iter();
        old.next().filter(|_| old.next().is_none()).map(Old)
    }

    /// The commune of today that a row means.
    pub(super) fn commune(&self, claim: &Claim<'_>) -> Result<Found, Unplaced> {
        let by_point = claim.point.and_then(|at| self.lookup.locate(at));
        // A day in the future is a slip of the clock; nothing is known of it.
        let day = claim.on.unwrap_or(self.today).min(self.today);
        if let Some(code) = claim.code {
            return self.by_code(code, claim.name.map(|name| name.text.as_str()), day, by_point);
        }
        if let Some(name) = claim.name {
            let found = self.by_name(&name.text, claim.district, day, by_point);
            return if name.for_code { found.map_err(where_a_code_belongs) } else { found };
        }
        match (by_point, claim.point) {
            (Some(code), _) => Ok((code, None)),
            (None, Some(at)) => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a distance on earth in whole metres fits"
                )]
                let nearest_m = self.lookup.nearest(at).map(|(_, metres)| metres.round() as u64);
                Err(("lon, lat", format!("{}, {}", at.lon(), at.lat()), Reason::OutsideProvince { nearest_m }))
            }
            (None, None) => Err(("commune_code", String::new(), Reason::NoCommune)),
        }
    }

    /// The commune of today of a code without a day, where that is one commune.
    pub(super) fn of_code(&self, code: UnitCode) -> Option<UnitCode> {
        self.lineage.resolve_undated(code, self.today).unit()
    }

    pub(super) fn lookup(&self) -> &Lookup {
        &self.lookup
    }

    pub(super) fn is_inside(&self, at: LonLat) -> bool {
        self.lookup.locate(at).is_some()
    }

    /// Some commune of today has a boundary: without one, nothing is inside or outside.
    pub(super) fn has_areas(&self) -> bool {
        self.has_areas
    }

    fn by_code(
        &self,
        code: UnitCode,
        name: Option<&str>,
        day: Date,
        by_point: Option<UnitCode>,
    ) -> Result<Found, Unplaced> {
        let read_on = name.and_then(|name| self.day_of_named_bearer(code, name, day)).unwrap_or(day);
        let bearer = |to: UnitCode| {
            let editions = self.of_code.get(&code)?.iter();
            let then: Vec<usize> =
                editions.map(|(index, _)| *index).filter(|index| self.units[*index].in_force(read_on)).collect();
            self.only_old(&then, to)
        };
        match self.lineage.resolve(code, read_on, self.today) {
            Resolution::Current(code) => Ok((code, None)),
            Resolution::Moved { to: code, .. } => Ok((code, bearer(code))),
            Resolution::Split { successors } => match by_point {
                Some(code) if successors.iter().any(|(to, _)| *to == code) => Ok((code, bearer(code))),
                _ => {
                    let successors = successors.iter().map(|(to, name)| format!("{name} ({to})")).collect();
                    Err(("commune_code", code.to_string(), Reason::SplitUnit { successors }))
                }
            },
            // Nobody knows who bore the code then; its bearer of today does where the position agrees.
            Resolution::Unknown if by_point == Some(code) => Ok((code, None)),
            Resolution::Unknown => {
                Err(("commune_code", code.to_string(), Reason::UnknownUnit { candidates: Vec::new() }))
            }
        }
    }

    /// A day on which the code and the name belonged together, where they do not on `day`: old codes
    /// written after a merger and new ones written into reports of before it.
    fn day_of_named_bearer(&self, code: UnitCode, name: &str, day: Date) -> Option<Date> {
        // Nearly every row spells the name as the unit has it.
        let as_written = |index: usize, full: &str| name == full || name == self.units[index].name;
        let found = |index: usize| !matches!(self.names.find_among(name, |i| *i == index), Match::None { .. });
        let editions = self.of_code.get(&code)?;
        if editions.iter().any(|(index, full)| self.units[*index].in_force(day) && as_written(*index, full)) {
            return None;
        }
        let bearers = editions.iter().filter(|(index, full)| as_written(*index, full) || found(*index));
        let mut last = None;
        for (index, _) in bearers {
            if self.units[*index].in_force(day) {
                return None;
            }
            last = Some(*index);
        }
        // Of several editions under one name the last stands nearest to what is known today.
        last.map(|index| self.last_day(index))
    }

    fn by_name(
        &self,
        name: &str,
        district: Option<&str>,
        day: Date,
        by_point: Option<UnitCode>,
    ) -> Result<Found, Unplaced> {
        let in_district = |unit: &AdminUnit| {
            district.is_none_or(|asked| {
                unit.district.as_deref().is_some_and(|own| district_key(own) == district_key(asked))
            })
        };
        let then = |i: &usize| self.units[*i].in_force(day);
        let ended = |i: &usize| self.units[*i].valid_to.is_some_and(|end| end <= day);
        let past = || self.names.find_among(name, |i| ended(i) && in_district(&self.units[*i]));
        let mut fits = self.names.find_among(name, |i| then(i) && in_district(&self.units[*i]));
        if let Match::None { near } = fits {
            fits = match past() {
                Match::None { near: gone } => Match::None { near: [near, gone].concat() },
                found => found,
            };
        }
        // Units of today have no district; a list may still say which one they used to lie in.
        if let Match::None { near } = &fits
            && district.is_some()
        {
            let near = near.clone();
            fits = match self.names.find_among(name, then) {
                Match::None { near: elsewhere } => Match::None { near: [near, elsewhere].concat() },
                found => found,
            };
        }
        let candidates = match fits {
            Match::Exact(one) | Match::Folded(one) => vec![one],
            Match::Ambiguous(several) => several,
            Match::None { near } => {
                let near: BTreeSet<usize> = near.into_iter().take(OFFERED).collect();
                let candidates = near.iter().map(|i| self.label(*i)).collect::<BTreeSet<_>>().into_iter().collect();
                let found = by_point.map(|code| (code, None));
                return found.ok_or(("commune", name.to_owned(), Reason::UnknownUnit { candidates }));
            }
        };
        let outcomes: BTreeSet<Vec<UnitCode>> = candidates.iter().map(|i| self.outcome(*i, day)).collect();
        if let Some(place) = by_point {
            if outcomes.iter().any(|units| units.contains(&place)) {
                return Ok((place, self.only_old(&candidates, place)));
            }
            // Whoever still writes the old name stands where the old namesake was.
            let old = match past() {
                Match::Exact(one) | Match::Folded(one) => vec![one],
                Match::Ambiguous(several) => several,
                Match::None { .. } => Vec::new(),
            };
            if old.iter().any(|i| self.outcome(*i, day).contains(&place)) {
                return Ok((place, self.only_old(&old, place)));
            }
        }
        match outcomes.first().map(Vec::as_slice) {
            Some([one]) if outcomes.len() == 1 => Ok((*one, self.only_old(&candidates, *one))),
            Some([]) if outcomes.len() == 1 => {
                let candidates = candidates.iter().map(|i| self.label(*i)).collect();
                Err(("commune", name.to_owned(), Reason::UnknownUnit { candidates }))
            }
            Some(several) if outcomes.len() == 1 => {
                let successors = several.iter().map(|code| self.label_today(*code)).collect();
                Err(("commune", name.to_owned(), Reason::SplitUnit { successors }))
            }
            _ => {
                let candidates = candidates.iter().map(|i| self.label(*i)).collect();
                Err(("commune", name.to_owned(), Reason::AmbiguousUnit { candidates }))
            }
        }
    }

    /// Units of today that hold an edition, by code; none after an end without successor.
    fn outcome(&self, index: usize, day: Date) -> Vec<UnitCode> {
        let read_on = if self.units[index].in_force(day) { day } else { self.last_day(index) };
        match self.lineage.resolve(self.units[index].code, read_on, self.today) {
            Resolution::Current(code) | Resolution::Moved { to: code, .. } => vec![code],
            Resolution::Split { successors } => successors.into_iter().map(|(code, _)| code).collect(),
            Resolution::Unknown => Vec::new(),
        }
    }

    fn last_day(&self, index: usize) -> Date {
        self.units[index].valid_to.and_then(|end| end.yesterday().ok()).map_or(self.today, |last| last.min(self.today))
    }

    /// `Xã Thanh Sơn, Thị xã Kim Bảng (13390) → Phường Lý Thường Kiệt (13435)`.
    fn label(&self, index: usize) -> String {
        let unit = &self.units[index];
        let district = unit.district.as_ref().map(|district| format!(", {district}")).unwrap_or_default();
        let own = format!("{}{district} ({})", unit.full_name(), unit.code);
        if unit.in_force(self.today) {
            return own;
        }
        let became: Vec<String> =
            self.outcome(index, self.last_day(index)).iter().map(|c| self.label_today(*c)).collect();
        if became.is_empty() { own } else { format!("{own} → {}", became.join(" + ")) }
    }

    /// `Phường Hoa Lư (14329)`.
    pub(super) fn label_today(&self, code: UnitCode) -> String {
        let unit = self.units.iter().find(|unit| unit.code == code && unit.in_force(self.today));
        unit.map_or_else(|| code.to_string(), |unit| format!("{} ({code})", unit.full_name()))
    }
}

/// A name under the heading of codes: whoever wrote it needs the codes of those that bear it.
fn where_a_code_belongs((_, found, reason): Unplaced) -> Unplaced {
    let reason = match reason {
        Reason::AmbiguousUnit { candidates } => Reason::NameForCode { bearers: candidates, near: Vec::new() },
        Reason::UnknownUnit { candidates } => Reason::NameForCode { bearers: Vec::new(), near: candidates },
        other => other,
    };
    ("commune_code", found, reason)
}

/// `Thị xã Kim Bảng`, `huyện Kim Bảng` and `Kim Bảng` are one district at different times.
pub(super) fn district_key(name: &str) -> String {
    let folded = names::fold(name);
    let kinds = ["huien ", "thi xa ", "thanh pho ", "quan ", "h ", "tx ", "tp "];
    kinds.iter().find_map(|kind| folded.strip_prefix(kind)).unwrap_or(&folded).to_owned()
}

#[cfg(test)]
mod tests;
