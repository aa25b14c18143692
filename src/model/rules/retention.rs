//! How long what is private stays exact.

use serde::{Deserialize, Serialize};

use super::{BadRule, named, within};

/// Terms in whole months. Law 91/2025/QH15 (Art. 14) asks that personal data go when their term ends and leaves the
/// term to whoever keeps them: these are proposals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetentionRules {
    /// Printed by `phusong retain`.
    pub version: String,
    /// Positions, days, ids and keys of visits: two years, so that a yearly report has the year before beside it.
    pub visits_months: u32,
    /// Which measurements are of one phone, beyond a day: a quarter and the time for its report, since the offset of a
    /// phone is found from many days.
    pub phones_months: u32,
    /// What refused and corrected cells hold: a quarter to mend them, and a quarter more.
    pub refused_months: u32,
    /// Lines of the audit: longer than what they speak of, so that a misuse is still found.
    pub audit_months: u32,
}

impl Default for RetentionRules {
    fn default() -> Self {
        Self {
            version: "phusong-2026.1".into(),
            visits_months: 24,
            phones_months: 3,
            refused_months: 6,
            audit_months: 36,
        }
    }
}

impl RetentionRules {
    /// Ten years.
    const MOST: f64 = 120.0;

    pub(super) fn check(&self) -> Result<(), BadRule> {
        named("retention.version", &self.version)?;
        // Below a year an indicator could not be told beside that of the year before.
        within("retention.visits_months", f64::from(self.visits_months), 12.0, Self::MOST)?;
        within("retention.phones_months", f64::from(self.phones_months), 0.0, Self::MOST)?;
        within("retention.refused_months", f64::from(self.refused_months), 1.0, Self::MOST)?;
        within("retention.audit_months", f64::from(self.audit_months), 12.0, Self::MOST)
    }
}
