//! What became of each cell between two periods.
//!
//! Two medians always differ; whether the runs say so is tested on what a phone
//! met on a day, never on samples (Mann and Whitney, exact where they are few), for all
//! cells together at a false-discovery rate (Benjamini and Hochberg). A cell that was not
//! measured again has not lost its signal, and a dead one closes only on good
//! runs of two days. One that works in both, on days so few that no test could
//! find a change in them, is told apart from one in which none was found.

use h3o::CellIndex;
use jiff::civil::Date;
use rayon::prelude::*;

use super::judge::{Judged, Scratch, good_runs, judge};
use super::surface::SILENCE_DBM;
use super::views::{View, table};
use super::{ByCell, Pass};
use crate::model::operator::{Operator, Technology};
use crate::model::rules::SignalRules;
use crate::model::verdict::{CellChange, Change, Side, Verdict};

mod rank_sum;

/// Medians that move less than this have not moved: between two runs of one place lie 4 to 6 dB.
const LEAST_SHIFT_DB: f64 = 6.0;
/// Share of the changes told that may be none.
const FALSE_DISCOVERIES: f64 = 0.10;

/// The changes of one view, in cell order. Passes in cell order, all of which the view shows.
#[must_use]
pub fn changes(before: &[Pass<'_>], after: &[Pass<'_>], views: [&View; 2], rules: &SignalRules) -> Vec<CellChange> {
    let (earlier, later) = (ByCell::new(before), ByCell::new(after));
    let mut cells: Vec<CellIndex> = earlier.cells().chain(later.cells()).collect();
    cells.sort_unstable();
    cells.dedup();
    let compare_at = |scratch: &mut Scratch, cell: &CellIndex| {
        compare(*cell, [earlier.get(*cell), later.get(*cell)], views, rules, scratch)
    };
    let compared: Vec<Compared> = cells.par_iter().map_init(Scratch::default, compare_at).collect();
    let mut tested: Vec<f64> = compared.iter().filter_map(|one| one.p_value).collect();
    tested.sort_by(f64::total_cmp);
    let bound = discovery_bound(&tested);
    compared.iter().map(|one| one.told(bound, can_be_found(one.least_p, bound, &tested))).collect()
}

/// A cell in both periods, before it is known which tests count.
struct Compared {
    cell: CellIndex,
    sides: [Option<Side>; 2],
    network: Option<(Operator, Technology)>,
    shift_db: Option<f64>,
    p_value: Option<f64>,
    /// The smallest that its test could have had.
    least_p: f64,
    /// Good runs afterwards, on so many days: what closes a dead place.
    closes: bool,
}

fn compare(
    cell: CellIndex,
    passes: [&[Pass<'_>]; 2],
    views: [&View; 2],
    rules: &SignalRules,
    scratch: &mut Scratch,
) -> Compared {
    let [before, after] = [0, 1].map(|at| views[at].best(&table(passes[at], rules, scratch)).map(|(best, _)| best));
    // The network that served the place when it was served is the one whose runs are compared.
    let works = |side: &Option<Judged>| side.is_some_and(|judged| judged.verdict >= Verdict::Outdoor);
    let network = if works(&before) || !works(&after) { before.or(after) } else { after };
    let network = network.map(|judged| (judged.operator, judged.technology));
    let [earlier, later] = passes.map(|passes| {
        let of_network =
            |pass: &&Pass<'_>| !pass.superseded && Some((pass.run.operator, pass.run.technology)) == network;
        passes.iter().filter(of_network).copied().collect::<Vec<_>>()
    });
    let powers = |passes: &[Pass<'_>]| -> Vec<f64> { passes.iter().map(power).collect() };
    let mut side = |best: Option<Judged>, own: &[Pass<'_>]| {
        let best = best?;
        let of_network =
            if Some((best.operator, best.technology)) == network { Some(best) } else { judge(own, rules, scratch) };
        Some(side(best.verdict, of_network))
    };
    let (_, closes) = good_runs(&later, rules);
    let both = before.is_some() && after.is_some();
    let (visits_before, visits_after) = (by_visit(&earlier), by_visit(&later));
    Compared {
        cell,
        sides: [side(before, &earlier), side(after, &later)],
        network,
        shift_db: shift(&powers(&earlier), &powers(&later)),
        p_value: if both { rank_sum::p_value(&visits_before, &visits_after) } else { None },
        least_p: rank_sum::least(visits_before.len(), visits_after.len()),
        closes,
    }
}

/// What the view says, and the figures of the network whose runs are compared, which need not be the one that serves
/// the place in this period.
fn side(verdict: Verdict, of_network: Option<Judged>) -> Side {
    let median = of_network.and_then(|judged| judged.median);
    let (runs, days) = of_network.map_or((0, 0), |judged| (judged.evidence.runs, judged.evidence.days));
    Side { verdict, median, runs, days }
}

/// In dBm, silence below every reading.
fn power(pass: &Pass<'_>) -> f64 {
    pass.run.median.map_or(f64::NEG_INFINITY, |dbm| f64::from(dbm.get()))
}

/// One power for each phone and day: the runs of one drive through a cell rise and fall together, and taken for
/// independent they found changes in twice as many cells as chance would where nothing had changed.
fn by_visit(passes: &[Pass<'_>]) -> Vec<f64> {
    let mut of_visits: Vec<((Date, u64), f64)> =
        passes.iter().map(|pass| ((pass.day, pass.run.device), power(pass))).collect();
    of_visits.sort_unstable_by_key(|(visit, _)| *visit);
    let median = |visit: &[((Date, u64), f64)]| {
        let mut powers: Vec<f64> = visit.iter().map(|(_, power)| *power).collect();
        super::lower_median(&mut powers, f64::total_cmp)
    };
    of_visits.chunk_by(|one, other| one.0 == other.0).filter_map(median).collect()
}

/// Of the medians, silence at its worth in dBm.
fn shift(before: &[f64], after: &[f64]) -> Option<f64> {
    let median = |powers: &[f64]| {
        let mut powers: Vec<f64> = powers.iter().map(|power| power.max(SILENCE_DBM)).collect();
        super::lower_median(&mut powers, f64::total_cmp)
    };
    Some(median(after)? - median(before)?)
}

impl Compared {
    fn told(&self, bound: f64, can_be_found: bool) -> CellChange {
        let real = self.p_value.is_some_and(|p| p <= bound);
        let moved = self.shift_db.unwrap_or(0.0);
        let dead = |side: &Option<Side>| side.is_some_and(|side| side.verdict.is_dead());
        let works = |side: &Option<Side>| side.is_some_and(|side| side.verdict >= Verdict::Outdoor);
        let [before, after] = &self.sides;
        let change = match (before, after) {
            (None, _) => Change::FirstMeasured,
            (_, None) => Change::NotMeasuredAgain,
            _ if works(before) && dead(after) && real => Change::New,
            _ if dead(before) && works(after) && real && self.closes => Change::Resolved,
            _ if works(before) && dead(after) || dead(before) && works(after) => Change::Unclear,
            _ if real && moved >= LEAST_SHIFT_DB => Change::Improved,
            _ if real && moved <= -LEAST_SHIFT_DB => Change::Worsened,
            _ if dead(before) && dead(after) => Change::Persisting,
            _ if works(before) && works(after) && !can_be_found => Change::TooFewDays,
            _ if works(before) && works(after) => Change::Unchanged,
            _ => Change::Unclear,
        };
        CellChange {
            cell: self.cell,
            operator: self.network.map(|(operator, _)| operator),
            technology: self.network.map(|(_, technology)| technology),
            before: *before,
            after: *after,
            // Between silence and a power there are no decibels.
            shift_db: self.shift_db.filter(|_| self.sides.iter().flatten().all(|side| side.median.is_some())),
            p_value: self.p_value,
            change,
        }
    }
}

/// Whether a cell would be told as changed, were its runs of the two periods as far apart as they can be; the others as
/// they are.
fn can_be_found(least_p: f64, bound: f64, p_values: &[f64]) -> bool {
    let before = p_values.partition_point(|p| *p < least_p) as f64;
    least_p <= bound || least_p <= FALSE_DISCOVERIES * (before + 1.0) / (p_values.len() as f64).max(1.0)
}

/// The largest p-value, in order, that still counts at the false-discovery rate; less than any when none does.
fn discovery_bound(p_values: &[f64]) -> f64 {
    let count = p_values.len() as f64;
    let holds = |(rank, p): &(usize, &f64)| **p <= FALSE_DISCOVERIES * (*rank as f64 + 1.0) / count;
    p_values.iter().enumerate().rev().find(holds).map_or(-1.0, |(_, p)| *p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_that_of_benjamini_and_hochberg() {
        // At 10 % of five: 0.02, 0.04, 0.06, 0.08, 0.10.
        assert_eq!(discovery_bound(&[0.001, 0.045, 0.05, 0.5, 0.9]), 0.05);
        assert_eq!(discovery_bound(&[0.5, 0.9]), -1.0);
        assert_eq!(discovery_bound(&[]), -1.0);
    }

    #[test]
    fn three_days_and_three_cannot_tell_a_change_and_ten_and_ten_can() {
        let alone = |days| can_be_found(rank_sum::least(days, days), -1.0, &[0.5]);
        assert_eq!([2, 3, 10].map(alone), [false, true, true], "of one cell, p may be 0.1");
        let among_many = vec![0.5; 100];
        let of_many = |days| can_be_found(rank_sum::least(days, days), -1.0, &among_many);
        assert_eq!([3, 5, 10].map(of_many), [false, false, true]);
        assert!(can_be_found(0.008, 0.01, &among_many), "what lies within the bound counts");
        assert!(!can_be_found(rank_sum::least(0, 9), 0.01, &among_many), "a network that nobody met has no test");
    }
}
