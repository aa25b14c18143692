//! Verdicts on outreach: which villages the teams have not reached.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::admin::UnitCode;
use super::claim::CommuneClaims;
use super::figure::Figure;
use super::verdict::VillageSignal;
use super::village::VillageCode;

/// The ladder. The first three are kinds of "not known", and none of them is 0 % or 100 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReachStatus {
    /// Seen on a gazetteer but not in the register.
    NoRegister,
    /// In the register without declared households.
    NoDenominator,
    /// Nobody in the commune has reported a visit up to the last day asked for.
    NoReport,
    /// The commune reports, and this village has no household guided.
    NotReached,
    Started,
    Low,
    Near,
    Reached,
}

impl ReachStatus {
    pub const ALL: [Self; 8] = [
        Self::NoRegister,
        Self::NoDenominator,
        Self::NoReport,
        Self::NotReached,
        Self::Started,
        Self::Low,
        Self::Near,
        Self::Reached,
    ];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoRegister => "no_register",
            Self::NoDenominator => "no_denominator",
            Self::NoReport => "no_report",
            Self::NotReached => "not_reached",
            Self::Started => "started",
            Self::Low => "low",
            Self::Near => "near",
            Self::Reached => "reached",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }

    /// On the list of places to go: everything below `low`.
    #[must_use]
    pub fn is_unreached(self) -> bool {
        self <= Self::Started
    }
}

/// One village, judged. Figures have passed the privacy floor.
#[derive(Clone, Debug, PartialEq)]
pub struct VillageReach {
    pub village: VillageCode,
    pub commune: UnitCode,
    pub status: ReachStatus,
    /// Declared households H.
    pub households: Figure<u32>,
    /// Distinct households with any visit, ever, up to the last day asked for.
    pub visited: Figure<u32>,
    /// Distinct households guided, the same.
    pub guided: Figure<u32>,
    /// max(0, ⌈0.90·H⌉ − guided).
    pub remaining: Figure<u32>,
    /// guided / H in percent, at most 100; absent when H < 10.
    pub percent: Figure<f64>,
    pub last_visit: Option<Date>,
    /// The last visit is older than the rule allows.
    pub stale: bool,
    /// guided > H: the denominator is out of date.
    pub over_declared: bool,
    /// `None`: nobody measured here.
    pub signal: Option<VillageSignal>,
}

impl VillageReach {
    /// Declared households above zero: a village of none has nothing to divide by.
    #[must_use]
    pub fn denominator(&self) -> Option<u32> {
        self.households.known().filter(|households| *households > 0)
    }
}

/// One commune, summed from its villages and never averaged.
#[derive(Clone, Debug, PartialEq)]
pub struct CommuneReach {
    pub commune: UnitCode,
    /// Villages of the register in it.
    pub villages: u32,
    pub villages_reached: u32,
    pub villages_unreached: u32,
    pub villages_no_denominator: u32,
    /// Σ H over villages that declare one; `NotReported` when none does.
    pub households: Figure<u64>,
    pub guided: Figure<u64>,
    /// Those of villages with H: the numerator of `percent`.
    pub guided_of_households: Figure<u64>,
    /// Σ guided / Σ H over villages with H, percent.
    pub percent: Figure<f64>,
    /// Measured r9 cells with their centre inside, and the dead ones among them.
    pub cells_measured: u32,
    pub cells_dead: u32,
    /// `None`: no operator of the view supplied a claim.
    pub claims: Option<CommuneClaims>,
    /// The commune sent no visit up to the last day asked for.
    pub no_report: bool,
}

/// Why a village stands where it does on the list: signal is that of the runs around it together, and not known where
/// it has not enough data as a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Unreached and without usable signal: go there in person.
    Both,
    /// Unreached, signal not known: go, and measure.
    UnreachedUnmeasured,
    /// Unreached, with signal.
    Unreached,
    /// Reached, without usable signal: a case for the operators.
    NoSignal,
}

impl Need {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::UnreachedUnmeasured => "unreached_unmeasured",
            Self::Unreached => "unreached",
            Self::NoSignal => "no_signal",
        }
    }
}

/// One line of "go here first".
#[derive(Clone, Debug, PartialEq)]
pub struct PriorityRow {
    /// From 1.
    pub rank: u32,
    pub village: VillageCode,
    pub need: Need,
    /// Households to guide for 90 %, at most: `remaining`, as if none were
    /// guided where that count is hidden or nobody reported it. `NotReported`
    /// where the village declares no households.
    pub households_at_most: Figure<u32>,
}
