//! What the planning of visits rests on: how much a team does in a day, how
//! evenly teams share, what makes a village urgent, how a pace is told.

use serde::{Deserialize, Serialize};

use super::{BadRule, named, positive, within};

/// How campaigns are planned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanRules {
    /// Printed on every sheet.
    pub version: String,
    /// Households that a team visits in a day where the visits do not say. An assumption; mSpray reckons with 45
    /// structures, which are sprayed and not taught.
    pub rate: u32,
    /// Days of work in villages of a commune from which its own median takes the place of `rate`.
    pub rate_min_days: u32,
    /// How far a team's load may lie from the mean, as a share of it.
    pub balance: f64,
    /// Ways are this many times as long as straight lines. 1 is the straight line itself: no study of this province
    /// is at hand.
    pub detour: f64,
    /// What each factor weighs in the order of today's list, of 0 to 1 each; proposals. Households to go, the
    /// largest of the list being 1.
    pub weight_remaining: f64,
    /// Days since the last visit, `reach.stale_after_days` or no visit at all being 1.
    pub weight_stale: f64,
    /// 1 without usable signal, ½ where nobody knows, 0 with signal.
    pub weight_signal: f64,
    /// 1 at the start, 0 at the farthest village of the list.
    pub weight_near: f64,
    /// Weeks that a pace is told from.
    pub forecast_weeks: u32,
    /// Fewer weeks than this say nothing.
    pub forecast_min_weeks: u32,
    /// Two-sided confidence of a forecast's interval, as a normal quantile: 80 %.
    pub forecast_z: f64,
}

impl Default for PlanRules {
    fn default() -> Self {
        Self {
            version: "phusong-2026.1".into(),
            rate: 15,
            rate_min_days: 10,
            balance: 0.15,
            detour: 1.0,
            weight_remaining: 0.4,
            weight_stale: 0.2,
            weight_signal: 0.2,
            weight_near: 0.2,
            forecast_weeks: 8,
            forecast_min_weeks: 3,
            forecast_z: 1.281_551_565_5,
        }
    }
}

impl PlanRules {
    /// Teams of one commune that can be asked for.
    pub const MOST_TEAMS: u32 = 50;
    /// Days of one plan that can be asked for.
    pub const MOST_DAYS: u32 = 366;

    pub(super) fn check(&self) -> Result<(), BadRule> {
        named("plan.version", &self.version)?;
        within("plan.rate", f64::from(self.rate), 1.0, 500.0)?;
        positive("plan.rate_min_days", f64::from(self.rate_min_days))?;
        within("plan.balance", self.balance, 0.02, 1.0)?;
        within("plan.detour", self.detour, 1.0, 5.0)?;
        for (rule, weight) in [
            ("plan.weight_remaining", self.weight_remaining),
            ("plan.weight_stale", self.weight_stale),
            ("plan.weight_signal", self.weight_signal),
            ("plan.weight_near", self.weight_near),
        ] {
            within(rule, weight, 0.0, 1.0)?;
        }
        within("plan.forecast_weeks", f64::from(self.forecast_weeks), 2.0, 104.0)?;
        within("plan.forecast_min_weeks", f64::from(self.forecast_min_weeks), 2.0, f64::from(self.forecast_weeks))?;
        positive("plan.forecast_z", self.forecast_z)
    }
}
