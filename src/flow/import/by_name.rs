//! Merger tables without codes: the units that their names mean.
//!
//! An old name is looked for among the units of the day before, a new one among
//! those that begin on the day. Names repeat: a district decides, that of the
//! row or one that the same cell names; what is still open is refused with the
//! candidates, and nothing is guessed. A unit that others join and that begins
//! no edition of its own is found by its old name, in the district of those others.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use super::communes::district_key;
use super::known_changes::Listed;
use crate::engine::names::{Match, Matcher};
use crate::ingest::mergers::{Named, NamedChange, split_by_count};
use crate::model::admin::{AdminUnit, Share, UnitChange};
use crate::model::refusal::{Reason, Reject, Row};

/// The edges of such a table, each with the line of its row, and what was not found.
pub(super) fn found(rows: Vec<Row<NamedChange>>, units: &[AdminUnit]) -> (Vec<Listed>, Vec<Reject>) {
    let mut register = Register { units, days: HashMap::new() };
    let (mut edges, mut rejects): (Vec<Listed>, Vec<Reject>) = (Vec::new(), Vec::new());
    for Row { line, value: row } in rows {
        let [old_heading, new_heading] = &row.headings;
        let mut old: Vec<(&AdminUnit, Option<Share>)> = Vec::new();
        let near: BTreeSet<String> =
            row.old.iter().filter_map(|one| Some(district_key(one.district.as_deref()?))).collect();
        for named in &row.old {
            match register.that_ended(named, &near, row.effective) {
                Ok(unit) => old.push((unit, named.share.or(row.share))),
                Err(reason) => rejects.push(Reject::new(line, old_heading, &named.name, reason)),
            }
        }
        for named in &row.new {
            let to = match register.that_began(named, &old, row.effective) {
                Ok(to) => to,
                Err(reason) => {
                    rejects.push(Reject::new(line, new_heading, &named.name, reason));
                    continue;
                }
            };
            for (from, share) in &old {
                let change = UnitChange {
                    from: from.code,
                    from_name: from.full_name(),
                    to: to.code,
                    to_name: to.full_name(),
                    share: share.unwrap_or(if row.new.len() > 1 { Share::Part } else { Share::Whole }),
                    effective: row.effective,
                    legal_basis: row.legal_basis.clone(),
                };
                match edges.iter().find(|known| known.change.key() == change.key()) {
                    Some(first) => {
                        let names = format!("{} → {}", change.from_name, change.to_name);
                        rejects.push(Reject::new(line, "", names, Reason::Duplicate { line: first.line }));
                    }
                    None => {
                        edges.push(Listed { line, field: new_heading.clone(), change, says_share: share.is_some() })
                    }
                }
            }
        }
    }
    let by_share = edges.iter_mut().map(|edge| (&mut edge.change, edge.says_share));
    split_by_count(&mut by_share.collect::<Vec<_>>());
    rejects.sort_by_key(|reject| reject.line);
    (edges, rejects)
}

struct Register<'u> {
    units: &'u [AdminUnit],
    days: HashMap<Date, Day>,
}

/// Names of the units around one day; indices of the register.
struct Day {
    before: Matcher<usize>,
    begun: Matcher<usize>,
    begins_any: bool,
}

impl<'u> Register<'u> {
    fn day(&mut self, day: Date) -> &Day {
        let units = self.units;
        self.days.entry(day).or_insert_with(|| {
            let names = |keep: &dyn Fn(&AdminUnit) -> bool| {
                let kept = units.iter().enumerate().filter(|(_, unit)| unit.is_commune() && keep(unit));
                Matcher::new(kept.flat_map(|(at, unit)| [(unit.full_name(), at), (unit.name.clone(), at)]))
            };
            Day {
                before: names(&|unit| was_before(unit, day)),
                begun: names(&|unit| unit.valid_from == day),
                begins_any: units.iter().any(|unit| unit.is_commune() && unit.valid_from == day),
            }
        })
    }

    fn that_ended(&mut self, named: &Named, near: &BTreeSet<String>, day: Date) -> Result<&'u AdminUnit, Reason> {
        let units = self.units;
        if let Some(code) = named.code {
            let unit = units.iter().find(|unit| unit.code == code && was_before(unit, day));
            return unit.ok_or(Reason::UnknownUnit { candidates: Vec::new() });
        }
        let lies_in =
            |at: &usize, key: &str| units[*at].district.as_deref().is_some_and(|own| district_key(own) == key);
        let before = &self.day(day).before;
        let own = named.district.as_deref().map(district_key);
        let fits = match &own {
            Some(key) => before.find_among(&named.name, |at| lies_in(at, key)),
            None => before.find(&named.name),
        };
        let fits = match fits {
            // Of several the one in the district that the same cell names for another.
            Match::Ambiguous(several) if own.is_none() => {
                let mut inside = several.iter().filter(|at| near.iter().any(|key| lies_in(at, key)));
                match (inside.next(), inside.next()) {
                    (Some(one), None) => Match::Exact(*one),
                    _ => Match::Ambiguous(several),
                }
            }
            // Units without a district on record fit any.
            Match::None { near } if own.is_some() => {
                match before.find_among(&named.name, |at| units[*at].district.is_none()) {
                    Match::None { .. } => Match::None { near },
                    other => other,
                }
            }
            other => other,
        };
        self.one(fits)
    }

    fn that_began(
        &mut self,
        named: &Named,
        old: &[(&AdminUnit, Option<Share>)],
        day: Date,
    ) -> Result<&'u AdminUnit, Reason> {
        let units = self.units;
        if let Some(code) = named.code {
            let unit = units.iter().find(|unit| unit.code == code && unit.in_force(day));
            return unit.ok_or(Reason::UnknownUnit { candidates: Vec::new() });
        }
        let names = self.day(day);
        let fits = if names.begins_any {
            names.begun.find(&named.name)
        } else {
            let district = |unit: &AdminUnit| unit.district.as_deref().map(district_key);
            let around: BTreeSet<String> = old.iter().filter_map(|(unit, _)| district(unit)).collect();
            names.before.find_among(&named.name, |at| {
                units[*at].in_force(day) && district(&units[*at]).is_some_and(|own| around.contains(&own))
            })
        };
        self.one(fits)
    }

    fn one(&self, fits: Match<usize>) -> Result<&'u AdminUnit, Reason> {
        let units = self.units;
        let labels = |found: &[usize]| -> Vec<String> {
            found.iter().map(|at| label(&units[*at])).collect::<BTreeSet<_>>().into_iter().collect()
        };
        match fits {
            Match::Exact(at) | Match::Folded(at) => Ok(&units[at]),
            Match::Ambiguous(several) => Err(Reason::AmbiguousUnit { candidates: labels(&several) }),
            Match::None { near } => Err(Reason::UnknownUnit { candidates: labels(&near) }),
        }
    }
}

/// In force on the last day before.
fn was_before(unit: &AdminUnit, day: Date) -> bool {
    unit.valid_from < day && unit.valid_to.is_none_or(|end| day <= end)
}

/// `Xã Thanh Sơn, Thị xã Kim Bảng (13435)`.
fn label(unit: &AdminUnit) -> String {
    let district = unit.district.as_ref().map(|district| format!(", {district}")).unwrap_or_default();
    format!("{}{district} ({})", unit.full_name(), unit.code)
}

#[cfg(test)]
mod tests;
