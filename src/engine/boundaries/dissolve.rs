//! Old communes dissolve into new ones through the crosswalk.
//!
//! A resolution names whole units and parts of units, and for parts it gives
//! no line. A line that nobody drew is not guessed: a split unit's polygon goes
//! to nobody and is listed, unless pieces of it are at hand. Whatever is
//! missing, doubled or contradictory is listed with the codes it concerns.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use geo_types::MultiPolygon;
use jiff::civil::Date;
use rayon::prelude::*;

use super::area::{self, Unusable};
use super::outline::{Filled, unite};
use crate::model::admin::{AdminUnit, Share, UnitChange, UnitCode};

/// New units, by code, and everything that a reader of the map should know about them.
#[derive(Clone, Debug, PartialEq)]
pub struct Dissolved {
    pub units: Vec<DissolvedUnit>,
    pub problems: Vec<Problem>,
}

/// One new unit.
#[derive(Clone, Debug, PartialEq)]
pub struct DissolvedUnit {
    pub code: UnitCode,
    /// As the crosswalk spells it.
    pub name: String,
    /// Degrees; exteriors counter-clockwise. Empty when no old unit had a polygon.
    pub geometry: MultiPolygon<f64>,
    /// Old units whose polygon, or a piece of it, is in `geometry`.
    pub from: Vec<UnitCode>,
    /// Old units that belong here whole and have no usable polygon.
    pub missing: Vec<UnitCode>,
    /// Old units of which an unknown part belongs here.
    pub split: Vec<UnitCode>,
    /// Slivers between the old units that were filled.
    pub filled: Filled,
}

/// The part of an old unit that went to one new unit, when somebody drew it.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    pub from: UnitCode,
    pub to: UnitCode,
    pub geometry: &'a MultiPolygon<f64>,
}

/// What stands between the crosswalk and a whole map.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Problem {
    #[error("{from} went in parts to {} and no line is known", codes(.targets))]
    SplitWithoutLine { from: UnitCode, targets: Vec<UnitCode> },
    #[error("{from} is said to go whole to one unit and also to another: {}", codes(.targets))]
    WholeToSeveral { from: UnitCode, targets: Vec<UnitCode> },
    #[error("{from}, which went to {to}, was not in force on the day before")]
    NotInForce { from: UnitCode, to: UnitCode },
    #[error("{from} was in force on the day before and the crosswalk does not name it")]
    NotInCrosswalk { from: UnitCode },
    #[error("{from} has no polygon")]
    NoPolygon { from: UnitCode },
    #[error("the polygon of {from} is left out: {reason}")]
    UnusablePolygon { from: UnitCode, reason: Unusable },
    #[error("the polygon of {from} crosses itself; ground where it turns the wrong way is left out")]
    CrossesItself { from: UnitCode },
    #[error("{from} was in force twice on the day before; the first is used")]
    TwiceInForce { from: UnitCode },
    #[error("a piece of {from} for {to} is not in the crosswalk and is left out")]
    PieceWithoutChange { from: UnitCode, to: UnitCode },
}

/// Dissolves the units in force on the day before `effective` through the changes of that day.
///
/// Other editions in `old` and other days in `changes` are ignored: a code is not a key.
#[must_use]
pub fn dissolve(old: &[AdminUnit], changes: &[UnitChange], effective: Date) -> Dissolved {
    dissolve_with_pieces(old, &[], changes, effective)
}

/// Like [`dissolve`], with drawn pieces of split units. A piece stands in for
/// the whole unit too, where that has no polygon of its own.
#[must_use]
pub fn dissolve_with_pieces(
    old: &[AdminUnit],
    pieces: &[Piece<'_>],
    changes: &[UnitChange],
    effective: Date,
) -> Dissolved {
    let mut problems = BTreeMap::new();
    let before = in_force_before(old, effective, &mut problems);
    let edges = edges_of(changes, effective);
    let pieces = pieces_of(pieces, &edges, &mut problems);
    note_splits(&edges, &pieces, &mut problems);
    for code in before.keys().filter(|code| !edges.contains_key(code)) {
        note(&mut problems, *code, Problem::NotInCrosswalk { from: *code });
    }

    let mut drafts: BTreeMap<UnitCode, Draft<'_>> = BTreeMap::new();
    for (from, targets) in &edges {
        let whole = is_whole(targets);
        for (to, target) in targets {
            let draft = drafts.entry(*to).or_insert_with(|| Draft::named(target.name));
            let own = before.get(from).filter(|_| whole).and_then(|unit| unit.geometry.as_ref());
            let piece = pieces.get(&(*from, *to)).copied();
            match own.or(piece).map(|shape| (shape, area::check(shape))) {
                Some((shape, Ok(()))) => draft.take(*from, shape),
                Some((_, Err(reason))) => {
                    note(&mut problems, *from, Problem::UnusablePolygon { from: *from, reason });
                    draft.missing.push(*from);
                }
                None if !whole => draft.split.push(*from),
                None => {
                    let problem = match before.contains_key(from) {
                        true => Problem::NoPolygon { from: *from },
                        false => Problem::NotInForce { from: *from, to: *to },
                    };
                    note(&mut problems, *from, problem);
                    draft.missing.push(*from);
                }
            }
        }
    }
    let drafts: Vec<_> = drafts.into_iter().collect();
    let finished: Vec<_> = drafts.into_par_iter().map(|(code, draft)| draft.finish(code)).collect();
    let (units, crossed): (_, Vec<_>) = finished.into_iter().unzip();
    for from in crossed.into_iter().flatten() {
        note(&mut problems, from, Problem::CrossesItself { from });
    }
    Dissolved { units, problems: problems.into_values().flatten().collect() }
}

/// Where an old unit went: new code → share and name.
type Targets<'a> = BTreeMap<UnitCode, Target<'a>>;

struct Target<'a> {
    share: Share,
    name: &'a str,
}

fn is_whole(targets: &Targets<'_>) -> bool {
    targets.len() == 1 && targets.values().all(|target| target.share == Share::Whole)
}

struct Draft<'a> {
    name: &'a str,
    shapes: Vec<&'a MultiPolygon<f64>>,
    from: Vec<UnitCode>,
    missing: Vec<UnitCode>,
    split: Vec<UnitCode>,
}

impl<'a> Draft<'a> {
    fn named(name: &'a str) -> Self {
        Self { name, shapes: Vec::new(), from: Vec::new(), missing: Vec::new(), split: Vec::new() }
    }

    fn take(&mut self, from: UnitCode, shape: &'a MultiPolygon<f64>) {
        self.from.push(from);
        self.shapes.push(shape);
    }

    /// And the old units whose polygon crosses itself.
    fn finish(self, code: UnitCode) -> (DissolvedUnit, Vec<UnitCode>) {
        let union = unite(&self.shapes);
        let crossed = union.crossed.iter().map(|place| self.from[*place]).collect();
        let unit = DissolvedUnit {
            code,
            name: self.name.to_owned(),
            geometry: union.area,
            from: self.from,
            missing: self.missing,
            split: self.split,
            filled: union.filled,
        };
        (unit, crossed)
    }
}

/// Problems in the order of the old codes they are about.
type Problems = BTreeMap<UnitCode, Vec<Problem>>;

fn note(problems: &mut Problems, about: UnitCode, problem: Problem) {
    let known = problems.entry(about).or_default();
    if !known.contains(&problem) {
        known.push(problem);
    }
}

fn in_force_before<'a>(
    old: &'a [AdminUnit],
    effective: Date,
    problems: &mut Problems,
) -> BTreeMap<UnitCode, &'a AdminUnit> {
    let mut before: BTreeMap<UnitCode, &AdminUnit> = BTreeMap::new();
    let Ok(day) = effective.yesterday() else { return before };
    for unit in old.iter().filter(|unit| unit.in_force(day)) {
        match before.entry(unit.code) {
            Entry::Vacant(place) => _ = place.insert(unit),
            Entry::Occupied(_) => note(problems, unit.code, Problem::TwiceInForce { from: unit.code }),
        }
    }
    before
}

fn edges_of(changes: &[UnitChange], effective: Date) -> BTreeMap<UnitCode, Targets<'_>> {
    let mut edges: BTreeMap<UnitCode, Targets<'_>> = BTreeMap::new();
    for change in changes.iter().filter(|change| change.effective == effective) {
        let target = Target { share: change.share, name: &change.to_name };
        edges.entry(change.from).or_default().insert(change.to, target);
    }
    edges
}

fn pieces_of<'a>(
    pieces: &[Piece<'a>],
    edges: &BTreeMap<UnitCode, Targets<'_>>,
    problems: &mut Problems,
) -> BTreeMap<(UnitCode, UnitCode), &'a MultiPolygon<f64>> {
    let mut kept = BTreeMap::new();
    for piece in pieces {
        if edges.get(&piece.from).is_some_and(|targets| targets.contains_key(&piece.to)) {
            kept.insert((piece.from, piece.to), piece.geometry);
        } else {
            note(problems, piece.from, Problem::PieceWithoutChange { from: piece.from, to: piece.to });
        }
    }
    kept
}

/// Lists what is not divided: by the resolution (parts) or by contradiction (whole to several).
fn note_splits(
    edges: &BTreeMap<UnitCode, Targets<'_>>,
    pieces: &BTreeMap<(UnitCode, UnitCode), &MultiPolygon<f64>>,
    problems: &mut Problems,
) {
    for (from, targets) in edges.iter().filter(|(_, targets)| !is_whole(targets)) {
        if targets.values().any(|target| target.share == Share::Whole) {
            let targets = targets.keys().copied().collect();
            note(problems, *from, Problem::WholeToSeveral { from: *from, targets });
        }
        let without: BTreeSet<UnitCode> =
            targets.keys().copied().filter(|to| !pieces.contains_key(&(*from, *to))).collect();
        if !without.is_empty() {
            note(problems, *from, Problem::SplitWithoutLine { from: *from, targets: without.into_iter().collect() });
        }
    }
}

fn codes(codes: &[UnitCode]) -> String {
    codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use geo::Area;
    use jiff::civil::date;

    use super::*;
    use crate::engine::boundaries::shapes;
    use crate::model::admin::UnitKind;

    const DAY: Date = date(2025, 7, 1);

    fn code(text: &str) -> UnitCode {
        text.parse().unwrap()
    }

    fn unit(text: &str, shape: &str) -> AdminUnit {
        AdminUnit {
            code: code(text),
            name: text.to_owned(),
            kind: UnitKind::Commune,
            district: None,
            valid_from: date(2020, 1, 1),
            valid_to: Some(DAY),
            geometry: (!shape.is_empty()).then(|| shapes::area(shape)),
            stated_area_km2: None,
            source: "test".to_owned(),
            approximate: false,
        }
    }

    fn change(from: &str, to: &str, share: Share) -> UnitChange {
        UnitChange {
            from: code(from),
            from_name: from.to_owned(),
            to: code(to),
            to_name: format!("new {to}"),
            share,
            effective: DAY,
            legal_basis: None,
        }
    }

    fn old() -> Vec<AdminUnit> {
        vec![
            unit("00001", "0 0, 1 0, 1 1, 0 1"),
            unit("00002", "1 0, 2 0, 2 1, 1 1"),
            unit("00003", "2 0, 3 0, 3 1, 2 1"),
        ]
    }

    /// One line per new unit, `code area from missing split`, then one per problem.
    fn check(old: &[AdminUnit], pieces: &[Piece<'_>], changes: &[UnitChange], expected: &[&str]) {
        let result = dissolve_with_pieces(old, pieces, changes, DAY);
        let mut lines: Vec<String> = Vec::new();
        for unit in &result.units {
            let area = (unit.geometry.unsigned_area() * 1e6).round() / 1e6;
            let lists = [&unit.from, &unit.missing, &unit.split].map(|list| codes(list));
            lines.push(format!("{} {area} [{}] [{}] [{}]", unit.code, lists[0], lists[1], lists[2]));
        }
        lines.extend(result.problems.iter().map(ToString::to_string));
        assert_eq!(lines, expected);
    }

    #[test]
    fn whole_units_join_and_a_code_may_live_on_in_another_unit() {
        let changes = [
            change("00001", "00002", Share::Whole),
            change("00002", "00002", Share::Whole),
            change("00003", "00001", Share::Whole),
        ];
        check(&old(), &[], &changes, &["00001 1 [00003] [] []", "00002 2 [00001, 00002] [] []"]);
    }

    #[test]
    fn a_split_unit_goes_to_nobody_and_is_listed() {
        let changes = [
            change("00001", "00001", Share::Whole),
            change("00002", "00001", Share::Part),
            change("00002", "00003", Share::Part),
            change("00003", "00003", Share::Whole),
        ];
        check(
            &old(),
            &[],
            &changes,
            &[
                "00001 1 [00001] [] [00002]",
                "00003 1 [00003] [] [00002]",
                "00002 went in parts to 00001, 00003 and no line is known",
            ],
        );
        let (west, east) = (shapes::area("1 0, 1.25 0, 1.25 1, 1 1"), shapes::area("1.25 0, 2 0, 2 1, 1.25 1"));
        let piece = |to, geometry| Piece { from: code("00002"), to: code(to), geometry };
        check(
            &old(),
            &[piece("00001", &west), piece("00003", &east)],
            &changes,
            &["00001 1.25 [00001, 00002] [] []", "00003 1.75 [00002, 00003] [] []"],
        );
        check(
            &old(),
            &[piece("00001", &west), piece("00002", &east)],
            &changes,
            &[
                "00001 1.25 [00001, 00002] [] []",
                "00003 1 [00003] [] [00002]",
                "a piece of 00002 for 00002 is not in the crosswalk and is left out",
                "00002 went in parts to 00003 and no line is known",
            ],
        );
    }

    #[test]
    fn a_part_without_the_other_part_is_still_a_split() {
        check(
            &old()[..1],
            &[],
            &[change("00001", "00009", Share::Part)],
            &["00009 0 [] [] [00001]", "00001 went in parts to 00009 and no line is known"],
        );
    }

    #[test]
    fn a_unit_that_goes_whole_to_two_is_not_given_to_either() {
        check(
            &old()[..1],
            &[],
            &[change("00001", "00008", Share::Whole), change("00001", "00009", Share::Whole)],
            &[
                "00008 0 [] [] [00001]",
                "00009 0 [] [] [00001]",
                "00001 is said to go whole to one unit and also to another: 00008, 00009",
                "00001 went in parts to 00008, 00009 and no line is known",
            ],
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        let mut old = old();
        old[1].geometry = None;
        old[2].geometry = Some(shapes::area("NaN 0, 3 0, 3 1, 2 1"));
        old.push(old[0].clone());
        old.push(unit("00005", "5 0, 6 0, 6 1, 5 1"));
        let into = |from| change(from, "00001", Share::Whole);
        check(
            &old,
            &[],
            &[into("00001"), into("00002"), into("00003"), into("00004")],
            &[
                "00001 1 [00001] [00002, 00003, 00004] []",
                "00001 was in force twice on the day before; the first is used",
                "00002 has no polygon",
                "the polygon of 00003 is left out: a coordinate is not a finite number",
                "00004, which went to 00001, was not in force on the day before",
                "00005 was in force on the day before and the crosswalk does not name it",
            ],
        );
    }

    #[test]
    fn other_editions_and_other_days_are_ignored() {
        let mut old = old();
        old[0].valid_to = Some(date(2024, 1, 1));
        old[2].valid_from = DAY;
        old[2].valid_to = None;
        let mut later = change("00002", "00009", Share::Whole);
        later.effective = date(2026, 1, 1);
        check(&old, &[], &[change("00002", "00003", Share::Whole), later], &["00003 1 [00002] [] []"]);
    }
}
