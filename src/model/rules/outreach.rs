//! What the dispatch asks of teams, and when a report is late.

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use super::{BadRule, named, positive, within};

/// Minimums and the deadline of the dispatch of the province of August 2025 (UBND-VP11) on community digital teams.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OutreachRules {
    /// Printed with every table of indicators.
    pub version: String,
    /// Members of the team of a commune: "tối thiểu 15 người".
    pub team_min_commune: u32,
    /// Members of the team of a village: "tối thiểu 09 người".
    pub team_min_village: u32,
    /// Teams were to be decided "trước ngày 15/8/2025": the last day in time is the one before.
    pub team_deadline: Date,
    /// Days after the end of a period in which a report is in time. A proposal: the dispatch names periods and no day.
    pub report_due_days: u32,
}

impl Default for OutreachRules {
    fn default() -> Self {
        Self {
            version: "phusong-2026.1".into(),
            team_min_commune: 15,
            team_min_village: 9,
            team_deadline: date(2025, 8, 15),
            report_due_days: 10,
        }
    }
}

impl OutreachRules {
    #[must_use]
    pub fn team_min(&self, is_village: bool) -> u32 {
        if is_village { self.team_min_village } else { self.team_min_commune }
    }

    /// Days after the last day in time, 0 for a decision in time.
    #[must_use]
    pub fn days_late(&self, decided_on: Date) -> u32 {
        let late = self.team_deadline.until(decided_on).map_or(0, |span| span.get_days() + 1);
        u32::try_from(late).unwrap_or(0)
    }

    pub(super) fn check(&self) -> Result<(), BadRule> {
        named("outreach.version", &self.version)?;
        positive("outreach.team_min_commune", f64::from(self.team_min_commune))?;
        positive("outreach.team_min_village", f64::from(self.team_min_village))?;
        // A report may be allowed to wait for a year and no longer.
        within("outreach.report_due_days", f64::from(self.report_due_days), 0.0, 366.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_the_fifteenth_means_the_fourteenth_at_the_latest() {
        let late = |day| OutreachRules::default().days_late(date(2025, 8, day));
        assert_eq!([1, 14, 15, 20].map(late), [0, 0, 1, 6]);
    }
}
