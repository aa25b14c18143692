//! Whole numbers move from old units to new ones, and none is lost or made.
//!
//! Day by day: a unit that went whole takes its value along; a divided one is
//! divided by area where somebody drew it, but only between the units that the
//! crosswalk names, because two drawings of one border never agree and their
//! slivers are no evidence; what cannot be divided stays with the old unit and
//! is listed with the reason. Shares are of area, so only what spreads over
//! land may be carried: counts, households, hectares, never rates.
//!
//! Invariant: on every day the total before is the total after and what was
//! held, exactly. Numbers are divided by the largest remainder; among equal
//! remainders the lower code is served first.

use std::collections::BTreeMap;

use geo_types::MultiPolygon;
use jiff::civil::Date;

use super::area::area_m2;
use super::dissolve::Piece;
use super::lineage::Lineage;
use super::overlap::share_within;
use crate::model::admin::{AdminUnit, Share, UnitChange, UnitCode};

/// Where the values are after the last day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// By code of the last day.
    pub units: BTreeMap<UnitCode, u128>,
    /// What could not be carried further, in the order of days and codes.
    pub held: Vec<Held>,
    /// One for each day on which something happened.
    pub days: Vec<Day>,
}

/// A value that stays with an old unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The code on the day before `since`.
    pub code: UnitCode,
    /// The day from which the value has no unit.
    pub since: Date,
    pub value: u128,
    pub why: Why,
}

/// Why a value is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Neither register nor crosswalk knows the unit on the day of its value.
    UnknownUnit,
    /// The unit ends and nobody recorded what became of it.
    NoSuccessor,
    /// Divided, and no line was drawn.
    NoLine { targets: Vec<UnitCode> },
    /// Part of it went to `to`; where the rest went is not recorded.
    RestUnrecorded { to: UnitCode },
    /// Said to go whole to several, and no line was drawn.
    WholeToSeveral { targets: Vec<UnitCode> },
    /// Less than half of the drawn unit lies in the units that it is said to have gone to.
    DrawnElsewhere { targets: Vec<UnitCode> },
}

/// The account of one day: `before` is `after` and `held`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    pub effective: Date,
    pub before: u128,
    pub after: u128,
    /// Held on this day; what was held earlier is not in `before`.
    pub held: u128,
}

/// What drawn boundaries say of the parts of an old unit.
pub trait Drawing {
    /// The part of the area of `change.from` that went to `change.to`, 0 to 1; `None` where it was not drawn.
    fn fraction(&self, change: &UnitChange) -> Option<f64>;
}

/// Nothing is drawn: declared shares alone decide.
pub struct Undrawn;

impl Drawing for Undrawn {
    fn fraction(&self, _: &UnitChange) -> Option<f64> {
        None
    }
}

/// Polygons of both editions, and pieces where somebody drew the line itself. A piece outweighs an overlap.
pub struct Drawn<'a> {
    /// By code; each code with its editions.
    units: BTreeMap<UnitCode, Vec<&'a AdminUnit>>,
    pieces: BTreeMap<(UnitCode, UnitCode), f64>,
    /// Area of all pieces of an old unit, square metres.
    of_pieces: BTreeMap<UnitCode, f64>,
}

impl<'a> Drawn<'a> {
    /// Pieces belong to the day on which both their codes change hands; polygons that are no area are left out.
    #[must_use]
    pub fn new(units: &'a [AdminUnit], pieces: &[Piece<'_>]) -> Self {
        let mut drawn = Self { units: BTreeMap::new(), pieces: BTreeMap::new(), of_pieces: BTreeMap::new() };
        for unit in units.iter().filter(|unit| unit.geometry.is_some()) {
            drawn.units.entry(unit.code).or_default().push(unit);
        }
        for piece in pieces {
            if let Ok(area) = area_m2(piece.geometry) {
                *drawn.pieces.entry((piece.from, piece.to)).or_default() += area;
                *drawn.of_pieces.entry(piece.from).or_default() += area;
            }
        }
        drawn
    }

    fn polygon(&self, code: UnitCode, day: Date) -> Option<&MultiPolygon<f64>> {
        self.units.get(&code)?.iter().find(|unit| unit.in_force(day))?.geometry.as_ref()
    }
}

impl Drawing for Drawn<'_> {
    fn fraction(&self, change: &UnitChange) -> Option<f64> {
        if let Some(piece) = self.pieces.get(&(change.from, change.to)) {
            return self.of_pieces.get(&change.from).filter(|all| **all > 0.0).map(|all| piece / all);
        }
        let eve = change.effective.yesterday().ok()?;
        share_within(self.polygon(change.from, eve)?, self.polygon(change.to, change.effective)?)
    }
}

/// Below this part of the old area inside the named units the drawings contradict the crosswalk.
const CREDIBLE: f64 = 0.5;

/// Carries values of the units in force on `on` to the units of `to`, through every change in between.
/// Several values of one code are added.
#[must_use]
pub fn carry(lineage: &Lineage, values: &[(UnitCode, u64)], on: Date, to: Date, drawing: &dyn Drawing) -> Carried {
    let mut carried = Carried { units: BTreeMap::new(), held: Vec::new(), days: Vec::new() };
    for (code, value) in values {
        let value = u128::from(*value);
        if lineage.bears(*code, on) {
            *carried.units.entry(*code).or_default() += value;
        } else {
            carried.held.push(Held { code: *code, since: on, value, why: Why::UnknownUnit });
        }
    }
    for effective in lineage.days_between(on, to) {
        let before = std::mem::take(&mut carried.units);
        let earlier = carried.held.len();
        for (code, value) in &before {
            step(lineage, drawing, &mut carried, (*code, *value), effective);
        }
        carried.days.push(Day {
            effective,
            before: before.values().sum(),
            after: carried.units.values().sum(),
            held: carried.held[earlier..].iter().map(|held| held.value).sum(),
        });
    }
    carried
}

fn step(
    lineage: &Lineage,
    drawing: &dyn Drawing,
    carried: &mut Carried,
    (code, value): (UnitCode, u128),
    effective: Date,
) {
    let changes: BTreeMap<UnitCode, &UnitChange> =
        lineage.successors(code, effective).into_iter().map(|change| (change.to, change)).collect();
    let targets: Vec<UnitCode> = changes.keys().copied().collect();
    let mut hold = |value: u128, why: Why| carried.held.push(Held { code, since: effective, value, why });
    let whole = changes.values().any(|change| change.share == Share::Whole);
    match targets.as_slice() {
        [] if lineage.goes_on(code, effective) => *carried.units.entry(code).or_default() += value,
        [] => hold(value, Why::NoSuccessor),
        [to] if whole => *carried.units.entry(*to).or_default() += value,
        _ => {
            let drawn: Option<Vec<f64>> = changes
                .values()
                .map(|change| drawing.fraction(change).filter(|part| (0.0..=1.0 + 1e-9).contains(part)))
                .collect();
            let Some(mut parts) = drawn else {
                let why = match targets.as_slice() {
                    [to] => Why::RestUnrecorded { to: *to },
                    _ if whole => Why::WholeToSeveral { targets },
                    _ => Why::NoLine { targets },
                };
                return hold(value, why);
            };
            if let [to] = targets.as_slice() {
                parts.push((1.0 - parts[0]).max(0.0));
                let shares = divide(value, &parts);
                hold(shares[1], Why::RestUnrecorded { to: *to });
                *carried.units.entry(*to).or_default() += shares[0];
                return;
            }
            if parts.iter().sum::<f64>() < CREDIBLE {
                return hold(value, Why::DrawnElsewhere { targets });
            }
            for (to, share) in targets.iter().zip(divide(value, &parts)) {
                *carried.units.entry(*to).or_default() += share;
            }
        }
    }
}

/// Parts as whole numbers: about ten digits of a fraction.
const SCALE: f64 = 4_294_967_296.0;

/// Divides a number by the largest remainder (Hamilton's method). The results add up to `value`;
/// parts that are all zero give everything to the first.
fn divide(value: u128, parts: &[f64]) -> Vec<u128> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "each part lies between 0 and 1")]
    let mut weights: Vec<u128> = parts.iter().map(|part| u128::from((part * SCALE) as u64)).collect();
    if weights.iter().all(|weight| *weight == 0) {
        weights[0] = 1;
    }
    let all: u128 = weights.iter().sum();
    // Value is a multiple of the whole and a rest: no product can overflow.
    let (times, rest) = (value / all, value % all);
    let mut shares: Vec<u128> = weights.iter().map(|weight| times * weight + rest * weight / all).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(rest * weights[*place] % all));
    let left = value - shares.iter().sum::<u128>();
    for place in order.into_iter().take(usize::try_from(left).unwrap_or(usize::MAX)) {
        shares[place] += 1;
    }
    shares
}

#[cfg(test)]
mod tests;
