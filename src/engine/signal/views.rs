//! Views: one operator or the best of all, one technology or the best of all.
//!
//! Each operator and technology is judged on its own runs, and verdicts are
//! then compared; runs of two networks are never pooled, since −100 dBm of
//! RSCP and of RSRP are different signals. "Best of" may be generous with
//! what works and must be strict with what it calls dead.

use std::cmp::Reverse;

use super::judge::{Judged, Scratch, judge};
use super::{Pass, superseded};
use crate::model::measure::Dbm;
use crate::model::operator::{Operator, Technology};
use crate::model::rules::SignalRules;
use crate::model::verdict::Verdict;

/// A view, and which networks the measurements know at all.
///
/// An operator that was measured hardly anywhere is a stray: a slip of the hand or
/// a phone that roamed. So is a brand without masts of its own, and a name that is
/// no network. What it heard still shows that a place works, and it speaks
/// where nobody else does, but it casts no doubt.
#[derive(Clone, Debug)]
pub struct View {
    /// `None`: the best of all operators.
    pub operator: Option<Operator>,
    /// `None`: the best of all technologies.
    pub technology: Option<Technology>,
    /// Operators measured widely enough to count as present, in order.
    present: Vec<Operator>,
    /// Those with a run on 2G, 3G or 4G, in order.
    with_older: Vec<Operator>,
}

impl View {
    /// `ground` is in how many r9 cells each network was measured; those outside the view are ignored.
    #[must_use]
    pub fn new(
        operator: Option<Operator>,
        technology: Option<Technology>,
        ground: impl IntoIterator<Item = (Operator, Technology, u64)>,
        rules: &SignalRules,
    ) -> Self {
        let mut view = Self { operator, technology, present: Vec::new(), with_older: Vec::new() };
        let mut ground_of: Vec<(Operator, u64)> = Vec::new();
        for (of, on, cells) in ground {
            if !view.shows(of, on) {
                continue;
            }
            // Of several technologies the widest: the same cells may be in each.
            match ground_of.binary_search_by_key(&of, |(operator, _)| *operator) {
                Ok(at) => ground_of[at].1 = ground_of[at].1.max(cells),
                Err(at) => ground_of.insert(at, (of, cells)),
            }
            if on != Technology::Nr {
                insert(&mut view.with_older, of);
            }
        }
        view.present = present(&ground_of, rules);
        view
    }

    #[must_use]
    pub fn shows(&self, operator: Operator, technology: Technology) -> bool {
        self.operator.is_none_or(|asked| asked == operator) && self.technology.is_none_or(|asked| asked == technology)
    }

    /// The one verdict of the view, and the number of operators measured here.
    /// `table` as [`table`] returns it; lines outside the view are ignored.
    pub(super) fn best(&self, table: &[NetworkVerdict]) -> Option<(Judged, u32)> {
        let (mut measured, mut present) = (0_u32, 0_usize);
        let mut best: Option<Judged> = None;
        let mut of_a_stray: Option<Judged> = None;
        let mut all_dead_confirmed = true;
        let table = self.operator.map_or(table, |operator| of(operator, table));
        for lines in table.chunk_by(|a, b| a.alone.operator == b.alone.operator) {
            let Some(of_operator) = self.best_technology(lines) else { continue };
            measured += 1;
            if self.present.binary_search(&of_operator.operator).is_ok() {
                present += 1;
                all_dead_confirmed &= of_operator.verdict.is_dead() && of_operator.confirmed;
            } else if of_operator.verdict < Verdict::Outdoor {
                // A stray name that heard little casts no doubt on what others found.
                if of_a_stray.is_none_or(|stray| rank_of_operator(&stray) < rank_of_operator(&of_operator)) {
                    of_a_stray = Some(of_operator);
                }
                continue;
            }
            if best.is_none_or(|best| rank_of_operator(&best) < rank_of_operator(&of_operator)) {
                best = Some(of_operator);
            }
        }
        let mut best = best.or(of_a_stray)?;
        if best.verdict.is_dead() {
            // An operator that nobody measured here may well reach this place.
            if present < self.present.len() {
                best.verdict = Verdict::Suspected;
            }
            best.confirmed = best.verdict.is_dead() && all_dead_confirmed;
        }
        Some((best, measured))
    }

    /// Best technology of one operator.
    ///
    /// What works, and is not overruled by silence, wins, the best first. Otherwise what is established wins
    /// over what is suspected, so that one more weak run cannot lift a dead
    /// place. 5G reaches less far than the network beneath it, so weak 5G
    /// alone does not make a place dead where the operator has an older network.
    fn best_technology(&self, lines: &[NetworkVerdict]) -> Option<Judged> {
        let of_view = lines.iter().filter(|line| self.shows(line.alone.operator, line.alone.technology));
        let candidates = of_view.map(|line| {
            let NetworkVerdict { alone, beside_silence } = line;
            // Its evidence holds what worked as well.
            let is_overruled =
                self.technology.is_none() && beside_silence.verdict.is_dead() && !alone.verdict.is_dead();
            // What worked since is held to have ended the silence beside it.
            let mut line = if is_overruled { *beside_silence } else { *alone };
            if self.technology.is_none() {
                line.evidence.superseded_runs =
                    alone.evidence.superseded_runs.max(beside_silence.evidence.superseded_runs);
            }
            let only_5g = self.technology.is_none()
                && line.technology == Technology::Nr
                && line.verdict.is_dead()
                && self.with_older.binary_search(&line.operator).is_ok();
            let doubted = Judged { verdict: Verdict::Suspected, confirmed: false, ..line };
            (if only_5g { doubted } else { line }, is_overruled)
        });
        candidates.max_by_key(rank_of_technology).map(|(line, _)| line)
    }
}

/// What one operator and technology is worth somewhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct NetworkVerdict {
    /// By its own runs.
    pub(super) alone: Judged,
    /// By its own runs and the silent ones of the operator's other technologies. A phone without service has found
    /// none of them, so one run that did does not undo many that did not. As many that did do: the phone of the
    /// silent ones may have looked for one technology alone.
    beside_silence: Judged,
}

/// Those of an operator, which stand together.
fn of(operator: Operator, table: &[NetworkVerdict]) -> &[NetworkVerdict] {
    let is_own = |line: &NetworkVerdict| line.alone.operator == operator;
    let from = table.iter().position(is_own).unwrap_or(table.len());
    let own = table[from..].iter().take_while(|line| is_own(line)).count();
    &table[from..from + own]
}

/// One line per operator and technology of a group of passes, in that order.
pub(super) fn table(passes: &[Pass<'_>], rules: &SignalRules, scratch: &mut Scratch) -> Vec<NetworkVerdict> {
    let network = |pass: &Pass<'_>| (pass.run.operator, pass.run.technology);
    // Passes stand by smaller cells, and there by network: there are fewer stretches to sort than passes.
    let mut stretches: Vec<&[Pass<'_>]> = passes.chunk_by(|a, b| network(a) == network(b)).collect();
    stretches.sort_unstable_by_key(|stretch| stretch.first().map(network));
    let sorted = stretches.concat();
    let networks = stretches.chunk_by(|a, b| a.first().map(network) == b.first().map(network)).count();
    let mut lines = Vec::with_capacity(networks);
    let mut with_silence: Vec<Pass<'_>> = Vec::new();
    for of_operator in sorted.chunk_by(|a, b| a.run.operator == b.run.operator) {
        for group in of_operator.chunk_by(|a, b| a.run.technology == b.run.technology) {
            let Some(alone) = judge(group, rules, scratch) else { continue };
            let other = |pass: &&Pass<'_>| pass.run.technology != alone.technology && pass.run.median.is_none();
            with_silence.clear();
            if group.len() < of_operator.len() && of_operator.iter().any(|pass| other(&pass)) {
                with_silence.extend_from_slice(group);
                with_silence.extend(of_operator.iter().filter(other));
                superseded::mark_together(&mut with_silence, rules);
                // The name of the line is that of the first.
                with_silence.sort_by_key(|pass| pass.run.technology != alone.technology);
            }
            let beside_silence = judge(&with_silence, rules, scratch).unwrap_or(alone);
            lines.push(NetworkVerdict { alone, beside_silence });
        }
    }
    lines
}

/// Order of verdicts when one of an operator's technologies has to be chosen.
fn precedence(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Suspected => 0,
        Verdict::None => 1,
        Verdict::Weak => 2,
        Verdict::Outdoor => 3,
        Verdict::Good => 4,
        Verdict::VeryGood => 5,
    }
}

/// Then what silence overruled, confirmed, more runs, and the newer technology.
fn rank_of_technology((line, is_overruled): &(Judged, bool)) -> (u8, bool, bool, u32, Technology) {
    (precedence(line.verdict), *is_overruled, line.confirmed, line.evidence.runs, line.technology)
}

/// Verdict first (a suspicion stands above an established dead place: the
/// operator may work), then confirmed, the stronger median, more runs, and the
/// name so that the choice is always the same.
fn rank_of_operator(line: &Judged) -> (Verdict, bool, i64, u32, Reverse<Operator>) {
    #[expect(clippy::cast_possible_truncation, reason = "dBm lie within −156 and −25; a thousandth is order enough")]
    let median = line.median.map_or(i64::MIN, |m: Dbm| (f64::from(m.get()) * 1_000.0) as i64);
    (line.verdict, line.confirmed, median, line.evidence.runs, Reverse(line.operator))
}

/// Networks with masts of their own, measured in at least the rule's share of the cells of the one that was measured
/// most widely. Where there are none, all names: doubt is the safer side.
fn present(ground_of: &[(Operator, u64)], rules: &SignalRules) -> Vec<Operator> {
    let networks = || ground_of.iter().filter(|(operator, _)| operator.is_network() && !operator.is_hosted());
    let widest = networks().map(|(_, cells)| *cells).max().unwrap_or(0) as f64;
    let enough = networks().filter(|(_, cells)| *cells as f64 >= widest * rules.operator_min_share);
    let present: Vec<Operator> = enough.map(|(operator, _)| *operator).collect();
    if present.is_empty() { ground_of.iter().map(|(operator, _)| *operator).collect() } else { present }
}

fn insert(sorted: &mut Vec<Operator>, operator: Operator) {
    if let Err(at) = sorted.binary_search(&operator) {
        sorted.insert(at, operator);
    }
}
