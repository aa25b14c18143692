//! Community digital teams (Tổ công nghệ số cộng đồng): one of a commune, one
//! of each village. Counts, never the people.

use jiff::civil::Date;

use super::admin::{StatedName, UnitCode};
use super::rules::OutreachRules;
use super::village::VillageCode;

/// A team as a list states it.
#[derive(Clone, Debug, PartialEq)]
pub struct TeamRecord {
    /// Whether the list calls it the team of a village; `None` where it does not say.
    pub of_village: Option<bool>,
    pub village_code: Option<VillageCode>,
    pub village_name: Option<String>,
    pub commune_code: Option<UnitCode>,
    pub commune_name: Option<StatedName>,
    pub district: Option<String>,
    pub facts: TeamFacts,
    pub source: Option<String>,
}

/// What is known of a team. Nothing stated is not zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TeamFacts {
    pub decision_no: Option<String>,
    pub decided_on: Option<Date>,
    pub members: Option<u32>,
    /// Of the Youth Union.
    pub youth: Option<u32>,
    pub trained: Option<u32>,
    /// The party secretary or the head of the village is in it.
    pub has_head: Option<bool>,
    pub has_police: Option<bool>,
}

/// A team that has found its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Team {
    /// Of today.
    pub commune: UnitCode,
    /// `None`: the team of the commune itself.
    pub village: Option<VillageCode>,
    pub facts: TeamFacts,
    pub source: String,
}

/// How a team stands to the dispatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TeamState {
    /// Its commune handed in a list and it is not on it, or it has no member.
    None,
    /// Fewer members than the dispatch asks for.
    BelowMinimum,
    /// It is there, and nobody said with how many.
    MembersUnknown,
    Compliant,
}

impl TeamState {
    pub const ALL: [Self; 4] = [Self::None, Self::BelowMinimum, Self::MembersUnknown, Self::Compliant];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::BelowMinimum => "below_minimum",
            Self::MembersUnknown => "members_unknown",
            Self::Compliant => "compliant",
        }
    }

    #[must_use]
    pub fn of(members: Option<u32>, is_village: bool, rules: &OutreachRules) -> Self {
        match members {
            None => Self::MembersUnknown,
            Some(0) => Self::None,
            Some(members) if members < rules.team_min(is_village) => Self::BelowMinimum,
            Some(_) => Self::Compliant,
        }
    }
}
