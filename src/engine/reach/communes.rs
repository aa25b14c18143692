//! Communes: sums over their villages, never averages of percentages.
//!
//! A commune that sent nothing in the period has no figure, not a zero. A sum
//! that would give away a village of fewer than k households stays hidden.
//! A village that lies in no commune of the day's edition counts in none.

use std::collections::BTreeMap;

use super::villages::percent;
use super::{Judged, Tally};
use crate::model::admin::UnitCode;
use crate::model::figure::Figure;
use crate::model::reach::{CommuneReach, ReachStatus};
use crate::model::rules::ReachRules;

/// A measured r9 cell whose centre lies in a commune.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeasuredCell {
    pub commune: UnitCode,
    pub dead: bool,
}

/// One line for each of `codes`, in their order. `judged` are the villages of `tallies`.
#[must_use]
pub fn communes(
    codes: &[UnitCode],
    tallies: &[Tally],
    judged: &Judged,
    cells: &[MeasuredCell],
    rules: &ReachRules,
) -> Vec<CommuneReach> {
    let mut sums: BTreeMap<UnitCode, Sums> = codes.iter().map(|code| (*code, Sums::default())).collect();
    for (tally, village) in tallies.iter().zip(&judged.villages).filter(|(tally, _)| tally.placed) {
        if let Some(sums) = sums.get_mut(&tally.commune) {
            sums.add(tally, village.status);
        }
    }
    for cell in cells {
        if let Some(sums) = sums.get_mut(&cell.commune) {
            sums.cells_measured += 1;
            sums.cells_dead += u32::from(cell.dead);
        }
    }
    let line = |code: &UnitCode| Some(sums.get(code)?.reach(*code, judged, rules));
    codes.iter().filter_map(line).collect()
}

#[derive(Clone, Copy, Default)]
struct Sums {
    villages: u32,
    reached: u32,
    unreached: u32,
    no_denominator: u32,
    /// Villages that declare a number of households.
    declaring: u32,
    households: u64,
    guided: u64,
    /// Guided in villages with a denominator.
    guided_of_households: u64,
    reports: bool,
    /// Some village has guided households that nothing may be told of.
    few: bool,
    cells_measured: u32,
    cells_dead: u32,
}

impl Sums {
    fn add(&mut self, tally: &Tally, status: ReachStatus) {
        self.villages += 1;
        self.reached += u32::from(status == ReachStatus::Reached);
        self.unreached += u32::from(status.is_unreached());
        self.no_denominator += u32::from(status == ReachStatus::NoDenominator);
        self.declaring += u32::from(tally.households.is_some());
        self.households += u64::from(tally.households.unwrap_or(0));
        self.guided += u64::from(tally.guided);
        if tally.denominator().is_some() {
            self.guided_of_households += u64::from(tally.guided);
        }
        self.reports |= tally.reports;
        self.few |= tally.few;
    }

    fn reach(&self, commune: UnitCode, judged: &Judged, rules: &ReachRules) -> CommuneReach {
        let hidden = judged.guided_sum_hidden.get(&commune).copied().unwrap_or_default();
        let hides = |sum: u64, hidden: bool| hidden || (sum == 0 && self.few);
        let guided = if !self.reports {
            Figure::NotReported
        } else if hides(self.guided, hidden.with_denominator || hidden.without_denominator) {
            Figure::Suppressed
        } else {
            Figure::Known(self.guided)
        };
        let guided_of_households = if !self.reports || self.households == 0 {
            Figure::NotReported
        } else if hides(self.guided_of_households, hidden.with_denominator) {
            Figure::Suppressed
        } else {
            Figure::Known(self.guided_of_households)
        };
        let percent = if !self.reports || self.households == 0 {
            Figure::NotReported
        } else if hides(self.guided_of_households, hidden.with_denominator)
            || self.households < u64::from(rules.percent_min_households)
        {
            Figure::Suppressed
        } else {
            Figure::Known(percent(self.guided_of_households, self.households))
        };
        CommuneReach {
            commune,
            villages: self.villages,
            villages_reached: self.reached,
            villages_unreached: self.unreached,
            villages_no_denominator: self.no_denominator,
            households: if self.declaring > 0 { Figure::Known(self.households) } else { Figure::NotReported },
            guided,
            guided_of_households,
            percent,
            cells_measured: self.cells_measured,
            cells_dead: self.cells_dead,
            claims: None,
            no_report: !self.reports,
        }
    }
}
