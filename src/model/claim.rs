//! Claims: where an operator says that its network reaches, and what the runs say to it.
//!
//! A claim is ground, kept as H3 cells, of one operator and technology. A
//! place without a claim is not claimed only where the operator supplied one
//! for that network; where it supplied none, nobody knows. A claim that names
//! no power is `None`, never zero.

use geo_types::MultiPolygon;
use h3o::CellIndex;
use jiff::civil::Date;

use super::measure::Dbm;
use super::operator::{Operator, Technology};
use super::verdict::{Evidence, Verdict};

/// Where the phone is that a claim speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Environment {
    Unstated,
    Outdoor,
    Vehicle,
    Indoor,
}

impl Environment {
    pub const ALL: [Self; 4] = [Self::Unstated, Self::Outdoor, Self::Vehicle, Self::Indoor];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unstated => "unstated",
            Self::Outdoor => "outdoor",
            Self::Vehicle => "vehicle",
            Self::Indoor => "indoor",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }
}

/// One row of a file of claims.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimRecord {
    pub operator: Operator,
    pub technology: Technology,
    pub environment: Environment,
    /// The least power that is claimed.
    pub minimum: Option<Dbm>,
    pub ground: ClaimedGround,
}

/// What a row claims.
#[derive(Clone, Debug, PartialEq)]
pub enum ClaimedGround {
    Cell(CellIndex),
    /// WGS 84 degrees.
    Area(MultiPolygon<f64>),
}

/// A cell of a claim, with the least power that is claimed there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClaimedCell {
    pub cell: CellIndex,
    pub minimum: Option<Dbm>,
}

/// All that an operator claims of one technology and environment. A later claim of the three replaces it.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    pub operator: Operator,
    pub technology: Technology,
    pub environment: Environment,
    /// The day that the operator speaks of.
    pub as_of: Option<Date>,
    pub source: String,
    /// In order, each once; of several resolutions.
    pub cells: Vec<ClaimedCell>,
}

/// What the runs say to a claim, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimStatus {
    /// Claimed, and confirmed as weak or silent.
    Contradicted,
    /// Claimed, and suspected or not yet confirmed as weak or silent.
    Doubtful,
    /// Claimed, and works.
    BorneOut,
    /// Not claimed, and works.
    Beyond,
    /// Not claimed, and does not work as far as anybody measured.
    NotClaimed,
}

impl ClaimStatus {
    pub const ALL: [Self; 5] = [Self::Contradicted, Self::Doubtful, Self::BorneOut, Self::Beyond, Self::NotClaimed];

    #[must_use]
    pub fn of(claimed: bool, verdict: Verdict, confirmed: bool) -> Self {
        match (claimed, verdict >= Verdict::Outdoor) {
            (true, true) => Self::BorneOut,
            (true, false) if verdict.is_dead() && confirmed => Self::Contradicted,
            (true, false) => Self::Doubtful,
            (false, true) => Self::Beyond,
            (false, false) => Self::NotClaimed,
        }
    }

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Contradicted => "contradicted",
            Self::Doubtful => "doubtful",
            Self::BorneOut => "borne_out",
            Self::Beyond => "beyond",
            Self::NotClaimed => "not_claimed",
        }
    }
}

/// A measured cell of an operator that supplied a claim.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClaimVerdict {
    /// r9.
    pub cell: CellIndex,
    /// The network whose runs are held against the claim.
    pub operator: Operator,
    pub technology: Technology,
    pub status: ClaimStatus,
    /// That network, or in the best of all technologies any of the operator's, is claimed here.
    pub claimed: bool,
    /// The least power that is claimed of the network whose runs these are.
    pub minimum: Option<Dbm>,
    /// The day of that network's claim.
    pub claimed_on: Option<Date>,
    pub verdict: Verdict,
    pub confirmed: bool,
    /// Median of runs; `None` when the median run heard nothing.
    pub median: Option<Dbm>,
    pub evidence: Evidence,
    /// Operators of the view whose claim is contradicted here.
    pub operators_contradicted: u32,
}

impl ClaimVerdict {
    /// Measured median less claimed minimum, dB; `None` where one of both is not known.
    #[must_use]
    pub fn gap_db(&self) -> Option<f64> {
        Some(self.median?.tenths() - self.minimum?.tenths())
    }
}

/// How the r9 cells of an operator stand to its claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimCount {
    pub operator: Operator,
    /// `None`: the best of all technologies.
    pub technology: Option<Technology>,
    pub claimed: u64,
    /// Of those, with a run.
    pub measured: u64,
    pub contradicted: u64,
    pub doubtful: u64,
    pub borne_out: u64,
    /// Not claimed, and measured.
    pub beyond: u64,
    pub not_claimed: u64,
}

impl ClaimCount {
    /// Claimed, and nobody measured there.
    #[must_use]
    pub fn unmeasured(&self) -> u64 {
        self.claimed - self.measured.min(self.claimed)
    }
}

/// The r9 cells of a commune that an operator of the view claims.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CommuneClaims {
    pub claimed: u32,
    pub contradicted: u32,
    /// Without a run of an operator that claims them.
    pub unmeasured: u32,
}

/// How much of an area is claimed by the operators that do not serve it.
#[derive(Clone, Debug, PartialEq)]
pub struct AreaClaim {
    /// Cells that one of them claims.
    pub cells: u32,
    /// Who claims any of it, in order.
    pub operators: Vec<Operator>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_confirmed_contradicts_a_claim() {
        use ClaimStatus::{Beyond, BorneOut, Contradicted, Doubtful, NotClaimed};
        for (claimed, verdict, confirmed, status) in [
            (true, Verdict::None, true, Contradicted),
            (true, Verdict::Weak, true, Contradicted),
            (true, Verdict::Weak, false, Doubtful),
            (true, Verdict::Suspected, false, Doubtful),
            (true, Verdict::Outdoor, false, BorneOut),
            (true, Verdict::VeryGood, true, BorneOut),
            (false, Verdict::Good, true, Beyond),
            (false, Verdict::None, true, NotClaimed),
            (false, Verdict::Suspected, false, NotClaimed),
        ] {
            assert_eq!(ClaimStatus::of(claimed, verdict, confirmed), status, "{claimed} {verdict:?} {confirmed}");
        }
    }
}
