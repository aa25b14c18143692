//! What a code meant on a day, and what became of it.
//!
//! Codes are used again: the code of a vanished ward may be a new commune
//! elsewhere. So a code is read on the day it was stated and followed through
//! every change up to the day that is asked about, however many there are.
//! A unit that was split is held, not guessed, and a unit whose end nobody
//! recorded is unknown rather than unchanged.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

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

    /// Whether some unit bears `code` on `day`. The register decides; where it
    /// says nothing about the code, the crosswalk does.
    fn bears(&self, code: UnitCode, day: Date) -> bool {
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
    /// change being recorded. A new edition that begins when the old one ends
    /// is the same unit renamed, unless other units made it.
    fn continues(&self, code: UnitCode, day: Date, as_of: Date) -> bool {
        let Some(editions) = self.editions.get(&code) else { return true };
        let Some(mut place) = editions.iter().position(|edition| edition.holds(day)) else { return true };
        while let Some(end) = editions[place].to.filter(|end| *end <= as_of) {
            let next = editions.get(place + 1).filter(|next| next.from == end);
            if next.is_none() || self.arriving.contains_key(&(code, end)) {
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
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::model::admin::UnitKind;

    const MERGER: Date = date(2025, 7, 1);

    fn code(text: &str) -> UnitCode {
        text.parse().unwrap()
    }

    fn unit(text: &str, name: &str, from: Date, to: Option<Date>) -> AdminUnit {
        AdminUnit {
            code: code(text),
            name: name.to_owned(),
            kind: UnitKind::Ward,
            district: None,
            valid_from: from,
            valid_to: to,
            geometry: None,
            stated_area_km2: None,
            source: "test".to_owned(),
            approximate: false,
        }
    }

    fn change(from: &str, to: &str, share: Share, effective: Date) -> UnitChange {
        UnitChange {
            from: code(from),
            from_name: from.to_owned(),
            to: code(to),
            to_name: format!("new {to}"),
            share,
            effective,
            legal_basis: None,
        }
    }

    fn changes() -> Vec<UnitChange> {
        vec![
            change("13288", "13294", Share::Whole, date(2025, 1, 1)),
            change("13294", "13294", Share::Whole, date(2025, 1, 1)),
            change("13294", "13285", Share::Whole, MERGER),
            change("13285", "13285", Share::Part, MERGER),
            change("13285", "13366", Share::Part, MERGER),
            change("13366", "13366", Share::Whole, MERGER),
            change("13354", "13363", Share::Part, MERGER),
            change("13354", "13366", Share::Part, MERGER),
            change("13363", "13363", Share::Part, MERGER),
            change("13363", "13366", Share::Part, MERGER),
        ]
    }

    fn register() -> Vec<AdminUnit> {
        let old = date(2004, 8, 31);
        vec![
            unit("13285", "Quang Trung", old, Some(date(2008, 6, 24))),
            unit("13285", "Quang Trung", date(2008, 6, 24), Some(MERGER)),
            unit("13285", "Phủ Lý", MERGER, None),
            unit("13288", "Lương Khánh Thiện", old, Some(date(2025, 1, 1))),
            unit("13294", "Minh Khai", old, Some(date(2025, 1, 1))),
            unit("13294", "Châu Cầu", date(2025, 1, 1), Some(MERGER)),
            unit("13354", "Tiên Nội", old, Some(MERGER)),
            unit("13363", "Tiên Sơn", MERGER, None),
            unit("13366", "Hà Nam", MERGER, None),
            unit("14183", "Giao Hưng", old, Some(date(2006, 4, 15))),
        ]
    }

    fn show(resolution: &Resolution) -> String {
        match resolution {
            Resolution::Current(code) => format!("current {code}"),
            Resolution::Moved { to, via } => {
                let steps: Vec<_> = via.iter().map(|s| format!("{}>{}", s.from, s.to)).collect();
                format!("moved {to} via {}", steps.join(" "))
            }
            Resolution::Split { successors } => {
                let names: Vec<_> = successors.iter().map(|(code, name)| format!("{code} {name}")).collect();
                format!("split {}", names.join(", "))
            }
            Resolution::Unknown => "unknown".to_owned(),
        }
    }

    fn check(stated: (&str, Date), as_of: Date, expected: &str) {
        let lineage = Lineage::new(&register(), &changes());
        assert_eq!(show(&lineage.resolve(code(stated.0), stated.1, as_of)), expected);
    }

    fn check_undated(stated: &str, as_of: Date, expected: &str) {
        for units in [register(), vec![]] {
            let lineage = Lineage::new(&units, &changes());
            let got = show(&lineage.resolve_undated(code(stated), as_of));
            let named = if units.is_empty() {
                expected.replace("Tiên Sơn", "new 13363").replace("Hà Nam", "new 13366")
            } else {
                expected.to_owned()
            };
            assert_eq!(got, named, "with {} units in the register", units.len());
        }
    }

    #[test]
    fn a_vanished_ward_is_found_in_the_unit_it_went_into() {
        check(("13294", date(2025, 3, 1)), date(2025, 8, 1), "moved 13285 via 13294>13285");
    }

    #[test]
    fn two_mergers_in_a_row_are_one_chain() {
        check(("13288", date(2024, 6, 1)), date(2025, 8, 1), "moved 13285 via 13288>13294 13294>13285");
        check(("13288", date(2024, 6, 1)), date(2025, 3, 1), "moved 13294 via 13288>13294");
        check(("13288", date(2024, 6, 1)), date(2024, 9, 1), "current 13288");
    }

    #[test]
    fn the_same_code_is_another_unit_on_another_day() {
        check(("13285", date(2024, 6, 1)), date(2025, 6, 30), "current 13285");
        check(("13285", date(2024, 6, 1)), MERGER, "split 13285 Phủ Lý, 13366 Hà Nam");
        check(("13285", date(2025, 8, 1)), date(2026, 1, 1), "current 13285");
        check(("13285", MERGER), MERGER, "current 13285");
    }

    #[test]
    fn a_split_unit_is_held() {
        check(("13354", date(2024, 6, 1)), date(2025, 8, 1), "split 13363 Tiên Sơn, 13366 Hà Nam");
    }

    #[test]
    fn an_old_code_written_after_its_end_still_names_its_last_bearer() {
        check(("13294", date(2026, 3, 1)), date(2026, 4, 1), "moved 13285 via 13294>13285");
        check(("13288", date(2026, 3, 1)), date(2026, 4, 1), "moved 13285 via 13288>13294 13294>13285");
        check(("13354", date(2026, 3, 1)), date(2026, 4, 1), "split 13363 Tiên Sơn, 13366 Hà Nam");
    }

    #[test]
    fn an_end_without_a_successor_is_unknown() {
        check(("14183", date(2005, 1, 1)), date(2025, 8, 1), "unknown");
        check(("14183", date(2005, 1, 1)), date(2006, 4, 14), "current 14183");
        check(("99999", date(2025, 8, 1)), date(2025, 8, 1), "unknown");
    }

    #[test]
    fn a_new_edition_without_a_change_is_the_same_unit_renamed() {
        check(("13285", date(2005, 1, 1)), date(2010, 1, 1), "current 13285");
    }

    #[test]
    fn looking_back_answers_only_where_nothing_changed() {
        check(("13285", date(2025, 8, 1)), date(2024, 1, 1), "unknown");
        check(("13285", date(2025, 9, 1)), date(2025, 8, 1), "current 13285");
    }

    #[test]
    fn a_code_without_a_date_means_its_bearer_of_today_and_else_its_last() {
        check_undated("13285", date(2025, 8, 1), "current 13285");
        check_undated("13294", date(2025, 8, 1), "moved 13285 via 13294>13285");
        check_undated("13288", date(2025, 8, 1), "moved 13285 via 13288>13294 13294>13285");
        check_undated("13354", date(2025, 8, 1), "split 13363 Tiên Sơn, 13366 Hà Nam");
        check_undated("13354", date(2025, 6, 1), "current 13354");
        check_undated("99999", date(2025, 8, 1), "unknown");
    }

    #[test]
    fn a_part_whose_rest_nobody_recorded_is_a_split() {
        let lineage = Lineage::new(&[], &[change("00001", "00002", Share::Part, MERGER)]);
        let got = lineage.resolve(code("00001"), date(2025, 1, 1), MERGER);
        assert_eq!(show(&got), "split 00002 new 00002");
    }

    #[test]
    fn parts_that_meet_again_are_one_unit() {
        let later = date(2026, 1, 1);
        let changes = [
            change("00001", "00002", Share::Part, MERGER),
            change("00001", "00003", Share::Part, MERGER),
            change("00002", "00009", Share::Whole, later),
            change("00003", "00009", Share::Whole, later),
        ];
        let lineage = Lineage::new(&[], &changes);
        assert_eq!(lineage.resolve(code("00001"), date(2025, 1, 1), later).unit(), Some(code("00009")));
        assert_eq!(lineage.resolve(code("00001"), date(2025, 1, 1), MERGER).unit(), None);
    }

    #[test]
    fn codes_that_go_round_in_circles_come_to_an_end() {
        let changes: Vec<_> = (0..40i8)
            .flat_map(|k| {
                let day = date(2000 + i16::from(k), 1, 1);
                [("00001", "00001"), ("00001", "00002"), ("00002", "00001"), ("00002", "00002")]
                    .map(|(from, to)| change(from, to, Share::Part, day))
            })
            .collect();
        let lineage = Lineage::new(&[], &changes);
        let got = lineage.resolve(code("00001"), date(1999, 1, 1), date(2050, 1, 1));
        assert_eq!(show(&got), "split 00001 new 00001, 00002 new 00002");
    }

    #[test]
    fn a_unit_knows_what_made_it() {
        let lineage = Lineage::new(&register(), &changes());
        let from =
            |day| lineage.predecessors(code("13285"), day).iter().map(|c| c.from.to_string()).collect::<Vec<_>>();
        assert_eq!(from(date(2025, 8, 1)), ["13294", "13285"]);
        assert!(from(date(2025, 6, 30)).is_empty());
    }

    #[test]
    fn editions_are_the_days_on_which_units_began() {
        let lineage = Lineage::new(&register(), &changes());
        assert_eq!(lineage.editions(), [date(2004, 8, 31), date(2008, 6, 24), date(2025, 1, 1), MERGER]);
        assert_eq!(lineage.in_force(date(2025, 8, 1)), [2, 7, 8]);
        assert_eq!(lineage.in_force(date(2025, 6, 30)), [1, 5, 6]);
    }
}
