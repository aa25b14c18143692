//! Spot checks: how often a re-visit agrees with the visit that it checks, how
//! sure that is, and how many it takes.
//!
//! A sample speaks for the visits it was drawn from, so a check counts in the
//! period of the visit, not in its own. Visits that agree and that do not are
//! both homes: a commune with a few of either is not told. Such communes are
//! pooled, since those with a few that disagree left out would make the
//! province better than it is; the total is what the others and the pool
//! show. Where no pool is safe, the smallest of the others join it.
//! In steps of k, like all that is told of visits.

use std::collections::BTreeMap;

use super::{At, Cells};
use crate::engine::checks::checks;
use crate::engine::lost::step;
use crate::engine::signal::wilson;
use crate::model::admin::UnitCode;
use crate::model::figure::round;
use crate::model::indicator::{Cell, Line, Why};
use crate::model::measure::local_day;

/// Normal quantile of a two-sided 95 %.
const Z95: f64 = 1.959_963_985;
/// Half the width of the interval that a sample should have: five points.
const MARGIN: f64 = 0.05;

/// What a sample says of a share.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Precision {
    /// Wilson's 95 % interval, per cent to one decimal. `None` where nothing was drawn.
    pub interval: Option<(f64, f64)>,
    /// How many it takes to know the share to five points, whatever it is. `None` where nobody knows of how many.
    pub needed: Option<f64>,
}

/// The precision of a line that rests on a sample; `None` of any other.
#[must_use]
pub fn precision(line: Line, cell: &Cell) -> Option<Precision> {
    (line == Line::SpotCheck).then(|| Precision {
        interval: cell.numerator.zip(cell.denominator).filter(|(_, checked)| *checked > 0.0).map(|(agree, checked)| {
            let (low, high) = wilson::interval(super::whole(agree), super::whole(checked), Z95);
            (round(100.0 * low, 1), round(100.0 * high, 1))
        }),
        needed: cell.population.filter(|visits| *visits > 0.0).map(needed),
    })
}

/// Cochran, *Sampling Techniques*, 3rd ed. 1977, 4.4: z² ¼ / d² for the share that takes the most, one half, less what
/// a finite population saves.
fn needed(visits: f64) -> f64 {
    let endless = Z95 * Z95 * 0.25 / (MARGIN * MARGIN);
    (endless / (1.0 + (endless - 1.0) / visits)).ceil()
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    checked: u32,
    differ: u32,
}

impl Tally {
    fn agree(self) -> u32 {
        self.checked.saturating_sub(self.differ)
    }

    fn is_told(self, k: u32) -> bool {
        [self.checked, self.differ, self.agree()].into_iter().all(|count| count == 0 || count >= k)
    }

    /// In steps of k: what differs is the rarer, and the rest of those checked agrees.
    fn cell(self, k: u32) -> Option<Cell> {
        let (checked, differ) = (step(self.checked, k)?, step(self.differ, k)?);
        Some(Cell::share(f64::from(checked.saturating_sub(differ)), f64::from(checked)))
    }
}

/// Fills in the communes. `counted` are the visits of the period that count. What comes back is the pool of those that
/// are not told.
pub(super) fn communes(
    at: &At<'_>,
    counted: &BTreeMap<UnitCode, u32>,
    units: &mut BTreeMap<UnitCode, Cells>,
) -> Option<Cell> {
    let (facts, k) = (at.facts, at.facts.rules.reach.k.max(1));
    let is_recorded = facts.visits.iter().any(|visit| visit.supervision);
    let mut tallies: BTreeMap<UnitCode, Tally> = BTreeMap::new();
    for one in checks(facts) {
        let visit = &facts.visits[one.visit];
        let commune = facts.commune_of_visit(visit, at.answer.as_of);
        if at.covers(local_day(visit.time)) && units.contains_key(&commune) {
            let tally = tallies.entry(commune).or_default();
            tally.checked += 1;
            tally.differ += u32::from(!one.agrees);
        }
    }
    let of: Vec<Tally> = tallies.values().copied().collect();
    let (hidden, rest) = pooled(&of, k);
    let told: BTreeMap<UnitCode, Option<Cell>> = tallies
        .into_iter()
        .zip(hidden)
        .map(|((commune, tally), hidden)| (commune, tally.cell(k).filter(|_| !hidden)))
        .collect();
    for (commune, cells) in units {
        let cell = match told.get(commune) {
            Some(Some(cell)) => *cell,
            // It is in the pool, so nothing of the total is missing.
            Some(None) => Cell { why: Some(Why::Suppressed), ..Cell::default() },
            None => Cell::unknown(if is_recorded { Why::Nothing } else { Why::NotRecorded }),
        };
        let visits = counted.get(commune).and_then(|visits| step(*visits, k)).filter(|visits| *visits > 0);
        cells.insert(Line::SpotCheck, Cell { population: visits.map(f64::from), ..cell });
    }
    rest
}

/// Which are not told one by one, and what is told of them together.
fn pooled(of: &[Tally], k: u32) -> (Vec<bool>, Option<Cell>) {
    let mut hidden: Vec<bool> = of.iter().map(|tally| !tally.is_told(k)).collect();
    if !hidden.contains(&true) {
        return (hidden, None);
    }
    loop {
        let pool: Vec<Tally> = of.iter().zip(&hidden).filter(|(_, hidden)| **hidden).map(|(tally, _)| *tally).collect();
        if is_safe(&pool, k) {
            return (hidden, sum(&pool).cell(k));
        }
        let others = (0..of.len()).filter(|at| !hidden[*at] && of[*at].checked > 0);
        match others.min_by_key(|at| (of[*at].checked, *at)) {
            Some(next) => hidden[next] = true,
            None => return (hidden, None),
        }
    }
}

fn sum(pool: &[Tally]) -> Tally {
    let of = |part: fn(&Tally) -> u32| pool.iter().map(part).fold(0, u32::saturating_add);
    Tally { checked: of(|one| one.checked), differ: of(|one| one.differ) }
}

/// Checks between what is told of a pool and the least and most that it could be, as `lost` keeps.
const APART: u32 = 2;

/// No single one follows from what is told of the pool.
fn is_safe(pool: &[Tally], k: u32) -> bool {
    let sum = sum(pool);
    let Some(told) = step(sum.checked, k).filter(|_| pool.len() > 1 && sum.is_told(k)) else { return false };
    if sum.differ > 0 && sum.agree() > 0 {
        return true;
    }
    // All of a kind: each of the pool is there for having few checks, or because it joined them.
    let (low, high) = (told.saturating_sub(k / 2), told.saturating_add((k - 1) / 2));
    let (least, most) = pool.iter().fold((0_u32, 0_u32), |(least, most), one| match one.checked < k {
        true => (least.saturating_add(1), most.saturating_add(k - 1)),
        false => (least.saturating_add(k), u32::MAX),
    });
    high >= least.saturating_add(APART) && low.saturating_add(APART) <= most
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    type Shown = Option<(u32, u32)>;

    fn tally((checked, differ): (u32, u32)) -> Tally {
        Tally { checked, differ }
    }

    /// What is told of each, and of the pool: those that agree, of those checked.
    fn told(of: &[(u32, u32)]) -> (Vec<Shown>, Shown) {
        let of: Vec<Tally> = of.iter().copied().map(tally).collect();
        let parts = |cell: Cell| Some((super::super::whole(cell.numerator?), super::super::whole(cell.denominator?)));
        let (hidden, rest) = pooled(&of, 5);
        let shown = of.iter().zip(hidden).map(|(one, hidden)| one.cell(5).filter(|_| !hidden).and_then(parts));
        (shown.collect(), rest.and_then(parts))
    }

    #[test]
    fn communes_with_a_few_that_differ_are_told_together() {
        assert_eq!(told(&[(40, 0), (61, 8)]), (vec![Some((40, 40)), Some((50, 60))], None));
        let (shown, rest) = told(&[(40, 0), (30, 3), (30, 4)]);
        assert_eq!((shown, rest), (vec![Some((40, 40)), None, None], Some((55, 60))));
        assert_eq!(told(&[(40, 0), (30, 9), (30, 1)]), (vec![Some((40, 40)), None, None], Some((50, 60))));
        assert_eq!(told(&[(30, 2), (20, 0)]), (vec![None, None], None), "a few in the whole province");
        assert_eq!(told(&[(30, 2)]), (vec![None], None));
        assert_eq!(told(&[(4, 0), (4, 0)]), (vec![None, None], None), "eight of eight, four each");
    }

    /// Every province of three communes that there could be, up to eleven checks in each: whoever sees what is told and
    /// knows this program is left with two counts at least wherever one is of a few.
    #[test]
    fn no_reader_can_solve_a_few_checks() {
        let all: Vec<(u32, u32)> = (0..12).flat_map(|n| (0..=n).map(move |differ| (n, differ))).collect();
        let mut worlds: HashMap<_, Vec<[(u32, u32); 3]>> = HashMap::new();
        for one in &all {
            for two in &all {
                for three in &all {
                    let world = [*one, *two, *three];
                    worlds.entry(told(&world)).or_default().push(world);
                }
            }
        }
        for (shown, alike) in &worlds {
            for at in 0..3 {
                let parts: [fn((u32, u32)) -> u32; 3] = [|one| one.0, |one| one.1, |one| one.0 - one.1];
                for part in parts {
                    let first = part(alike[0][at]);
                    let solved = alike.iter().all(|world| part(world[at]) == first);
                    assert!(!(solved && (1..5).contains(&first)), "{at} is {:?} in {shown:?}", alike[0]);
                }
            }
        }
    }

    #[test]
    fn a_share_of_few_checks_is_wide_and_a_small_province_needs_fewer() {
        let of = |agree, checked, visits| {
            let cell = Cell { population: Some(visits), ..Cell::share(agree, checked) };
            precision(Line::SpotCheck, &cell).unwrap()
        };
        // Newcombe 1998, table I, method 3: 81 of 263 is 25.53 to 36.62.
        assert_eq!(of(81.0, 263.0, 1e9).interval, Some((25.5, 36.6)));
        assert_eq!(of(20.0, 20.0, 1e9).interval, Some((83.9, 100.0)));
        assert_eq!(of(0.0, 0.0, 1e9).interval, None);
        // The usual 385 of endless ones; 278 of a thousand (Krejcie and Morgan 1970, table 1).
        assert_eq!(
            [1e9, 1_000.0, 100.0, 1.0].map(|visits| of(1.0, 1.0, visits).needed),
            [385.0, 278.0, 80.0, 1.0].map(Some)
        );
        assert_eq!(precision(Line::Reach, &Cell::share(1.0, 2.0)), None);
    }
}
