//! Claimed coverage held against the runs.
//!
//! A measured r9 cell is claimed where its middle is. An operator is judged on
//! its own runs alone, by the view that the reader asked for; a median is
//! compared only with the minimum claimed of the very network that was
//! measured, since powers of two technologies are different signals. Of an
//! operator without a claim nothing is said here: nobody knows what it claims.

use std::collections::BTreeMap;

use h3o::CellIndex;
use jiff::civil::Date;
use rayon::prelude::*;

use super::judge::{Judged, Scratch};
use super::views::{View, table};
use super::{Pass, REPORTING, ground, groups};
use crate::model::claim::{AreaClaim, Claim, ClaimCount, ClaimStatus, ClaimVerdict};
use crate::model::measure::Dbm;
use crate::model::operator::{Operator, Technology};
use crate::model::rules::SignalRules;
use crate::model::verdict::DeadArea;

pub mod ground;

#[cfg(test)]
mod tests;

/// All claims, ready to be asked.
#[derive(Debug, Default, PartialEq)]
pub struct Claims {
    /// By operator and technology.
    networks: Vec<Network>,
    /// Claimed by any of them, in order.
    cells: Vec<CellIndex>,
}

/// What is claimed of one network, in whatever environment.
#[derive(Debug, PartialEq)]
struct Network {
    operator: Operator,
    technology: Technology,
    claimed_on: Option<Date>,
    /// r9, in order, each once, with the highest minimum of its claims.
    cells: Vec<(CellIndex, Option<Dbm>)>,
}

/// Whether a network is claimed at a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Claimed {
    /// Its operator supplied no claim.
    Unknown,
    No,
    /// With the least power that is claimed, where one is.
    Yes(Option<Dbm>),
}

/// What the runs of a view say to the claims of its operators.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Held {
    /// r9 cells with a run of an operator that supplied a claim, in order; of several operators the worst.
    pub cells: Vec<ClaimVerdict>,
    /// One for each operator of the view that supplied a claim, in order.
    pub counts: Vec<ClaimCount>,
    /// r9 cells that any of them claims, in order.
    pub claimed: Vec<CellIndex>,
    /// Of those, without a run of an operator that claims them.
    pub unmeasured: Vec<CellIndex>,
}

impl Network {
    fn at(&self, cell: CellIndex) -> Claimed {
        match self.cells.binary_search_by_key(&cell, |(cell, _)| *cell) {
            Ok(at) => Claimed::Yes(self.cells[at].1),
            Err(_) => Claimed::No,
        }
    }
}

impl Claims {
    #[must_use]
    pub fn new(claims: &[Claim]) -> Self {
        let mut by_network: BTreeMap<(Operator, Technology), Vec<&Claim>> = BTreeMap::new();
        for claim in claims {
            by_network.entry((claim.operator, claim.technology)).or_default().push(claim);
        }
        let of_network = |((operator, technology), claims): ((Operator, Technology), Vec<&Claim>)| Network {
            operator,
            technology,
            claimed_on: claims.iter().filter_map(|claim| claim.as_of).max(),
            cells: reporting(&claims),
        };
        let networks: Vec<Network> = by_network.into_iter().map(of_network).collect();
        let cells = union(networks.iter());
        Self { networks, cells }
    }

    /// r9 cells that anybody claims, in order.
    #[must_use]
    pub fn cells(&self) -> &[CellIndex] {
        &self.cells
    }

    /// Networks with a claim, in order.
    pub fn networks(&self) -> impl Iterator<Item = (Operator, Technology)> {
        self.networks.iter().map(|network| (network.operator, network.technology))
    }

    /// Operators of a view that supplied a claim for it, in order.
    #[must_use]
    pub fn operators(&self, operator: Option<Operator>, technology: Option<Technology>) -> Vec<Operator> {
        let mut operators: Vec<Operator> = self.of(operator, technology).map(|network| network.operator).collect();
        operators.dedup();
        operators
    }

    /// Whether an operator claims an r9 cell, on one technology or on any. `Yes` on any technology has the
    /// power of none: powers of two technologies are different signals.
    #[must_use]
    pub fn at(&self, cell: CellIndex, operator: Operator, technology: Option<Technology>) -> Claimed {
        let mut of_operator = self.of(Some(operator), technology).map(|network| network.at(cell));
        let Some(first) = of_operator.next() else { return Claimed::Unknown };
        if technology.is_some() {
            return first;
        }
        let anywhere = std::iter::once(first).chain(of_operator).any(|one| one != Claimed::No);
        if anywhere { Claimed::Yes(None) } else { Claimed::No }
    }

    /// How much of an area is claimed by the operators that do not serve it: by its own, or by all. `None`
    /// where none of them supplied a claim.
    #[must_use]
    pub fn of_area(&self, area: &DeadArea) -> Option<AreaClaim> {
        let operators = self.operators(area.operator, area.technology);
        if operators.is_empty() {
            return None;
        }
        let claims =
            |cell: CellIndex, operator: Operator| matches!(self.at(cell, operator, area.technology), Claimed::Yes(_));
        let claimed = area.cells.iter().filter(|cell| operators.iter().any(|operator| claims(**cell, *operator)));
        let cells = u32::try_from(claimed.count()).unwrap_or(u32::MAX);
        let anywhere = |operator: &Operator| area.cells.iter().any(|cell| claims(*cell, *operator));
        Some(AreaClaim { cells, operators: operators.iter().copied().filter(anywhere).collect() })
    }

    /// Holds the claims of a view against its runs, which lie in cell order as `passes` returns them.
    #[must_use]
    pub fn hold(
        &self,
        passes: &[Pass<'_>],
        (operator, technology): (Option<Operator>, Option<Technology>),
        rules: &SignalRules,
    ) -> Held {
        let operators = self.operators(operator, technology);
        if operators.is_empty() {
            return Held::default();
        }
        let networks = ground(passes.iter().map(|pass| pass.run));
        let views: Vec<View> = operators
            .iter()
            .map(|operator| View::new(Some(*operator), technology, networks.iter().copied(), rules))
            .collect();
        let of_cell = |scratch: &mut Scratch, (cell, group): &(CellIndex, &[Pass<'_>])| {
            let table = table(group, rules, scratch);
            let best = views.iter().filter_map(|view| view.best(&table));
            best.map(|(best, _)| self.verdict(*cell, technology, &best)).collect::<Vec<_>>()
        };
        let judged: Vec<Vec<ClaimVerdict>> =
            groups(passes, REPORTING).par_iter().map_init(Scratch::default, of_cell).collect();
        let claimed = union(self.of(operator, technology));
        let counts = operators.iter().map(|operator| self.count(*operator, technology, &judged)).collect();
        let cells: Vec<ClaimVerdict> = judged.iter().filter_map(|of_cell| worst(of_cell)).collect();
        let heard =
            judged.iter().filter(|of_cell| of_cell.iter().any(|one| one.claimed)).filter_map(|of_cell| of_cell.first());
        let heard: Vec<CellIndex> = heard.map(|one| one.cell).collect();
        let unmeasured = claimed.iter().copied().filter(|cell| heard.binary_search(cell).is_err()).collect();
        Held { cells, counts, claimed, unmeasured }
    }

    /// Networks of a view, in order.
    fn of(&self, operator: Option<Operator>, technology: Option<Technology>) -> impl Iterator<Item = &Network> {
        self.networks.iter().filter(move |network| {
            operator.is_none_or(|asked| asked == network.operator)
                && technology.is_none_or(|asked| asked == network.technology)
        })
    }

    fn verdict(&self, cell: CellIndex, technology: Option<Technology>, best: &Judged) -> ClaimVerdict {
        let claimed = matches!(self.at(cell, best.operator, technology), Claimed::Yes(_));
        let own = self.of(Some(best.operator), Some(best.technology)).next();
        let minimum = match own.map(|network| network.at(cell)) {
            Some(Claimed::Yes(minimum)) => minimum,
            _ => None,
        };
        let status = ClaimStatus::of(claimed, best.verdict, best.confirmed);
        ClaimVerdict {
            cell,
            operator: best.operator,
            technology: best.technology,
            status,
            claimed,
            minimum,
            claimed_on: own.and_then(|network| network.claimed_on),
            verdict: best.verdict,
            confirmed: best.confirmed,
            median: best.median,
            evidence: best.evidence,
            operators_contradicted: u32::from(status == ClaimStatus::Contradicted),
        }
    }

    fn count(&self, operator: Operator, technology: Option<Technology>, judged: &[Vec<ClaimVerdict>]) -> ClaimCount {
        let claimed = union(self.of(Some(operator), technology)).len() as u64;
        let mut count = ClaimCount {
            operator,
            technology,
            claimed,
            measured: 0,
            contradicted: 0,
            doubtful: 0,
            borne_out: 0,
            beyond: 0,
            not_claimed: 0,
        };
        for one in judged.iter().flatten().filter(|one| one.operator == operator) {
            count.measured += u64::from(one.claimed);
            *match one.status {
                ClaimStatus::Contradicted => &mut count.contradicted,
                ClaimStatus::Doubtful => &mut count.doubtful,
                ClaimStatus::BorneOut => &mut count.borne_out,
                ClaimStatus::Beyond => &mut count.beyond,
                ClaimStatus::NotClaimed => &mut count.not_claimed,
            } += 1;
        }
        count
    }
}

/// The worst of the operators, on more runs where two are as bad, and the first by name.
fn worst(of_cell: &[ClaimVerdict]) -> Option<ClaimVerdict> {
    let contradicted = of_cell.iter().map(|one| one.operators_contradicted).sum();
    let order = |one: &&ClaimVerdict| (one.status, std::cmp::Reverse(one.evidence.runs), one.operator);
    of_cell.iter().min_by_key(order).map(|one| ClaimVerdict { operators_contradicted: contradicted, ..*one })
}

/// The r9 cells whose middle lies in a cell of the claims, in order, each with the highest minimum.
fn reporting(claims: &[&Claim]) -> Vec<(CellIndex, Option<Dbm>)> {
    let mut cells: Vec<(CellIndex, Option<Dbm>)> = Vec::new();
    for claimed in claims.iter().flat_map(|claim| &claim.cells) {
        let resolution = claimed.cell.resolution();
        if resolution <= REPORTING {
            cells.extend(claimed.cell.children(REPORTING).map(|cell| (cell, claimed.minimum)));
        } else if let Some(parent) = claimed.cell.parent(REPORTING)
            && parent.center_child(resolution) == Some(claimed.cell)
        {
            // The middle child of a cell has the same middle.
            cells.push((parent, claimed.minimum));
        }
    }
    cells.par_sort_unstable_by_key(|(cell, minimum)| (*cell, minimum.map(|power| power.get().to_bits())));
    cells.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 = ground::stronger(kept.1, next.1);
        }
        same
    });
    cells
}

fn union<'a>(networks: impl Iterator<Item = &'a Network>) -> Vec<CellIndex> {
    let mut cells: Vec<CellIndex> = networks.flat_map(|network| network.cells.iter().map(|(cell, _)| *cell)).collect();
    cells.par_sort_unstable();
    cells.dedup();
    cells
}
