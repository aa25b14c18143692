//! Who asks: a role with its scope, and the questions that are put to it.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use super::Extent::{All, Nothing, Own};
use super::{Extent, Forbidden, Matter, Sight, TABLE};
use crate::model::admin::UnitCode;
use crate::model::operator::Operator;
use crate::model::question::Question;
use crate::model::village::VillageCode;

/// Who asks. No person: a role, and what it is the role of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Everybody.
    Public,
    /// An operator, about its own network.
    Telecom(Operator),
    /// A digital team, about its own village.
    Team(VillageCode),
    /// The people's committee of a commune, about its own commune.
    Commune(UnitCode),
    /// The department that leads the work.
    Department,
    /// Reads everything, the audit too, and changes nothing.
    Auditor,
    /// Holds the store.
    Admin,
}

impl Role {
    pub const CODES: [&'static str; 7] = ["public", "telecom", "team", "commune", "department", "auditor", "admin"];

    /// Its place in [`Self::CODES`] and in the table.
    fn column(self) -> usize {
        match self {
            Self::Public => 0,
            Self::Telecom(_) => 1,
            Self::Team(_) => 2,
            Self::Commune(_) => 3,
            Self::Department => 4,
            Self::Auditor => 5,
            Self::Admin => 6,
        }
    }

    #[must_use]
    pub fn code(self) -> &'static str {
        Self::CODES[self.column()]
    }

    /// Which network, village or commune it is the role of.
    #[must_use]
    pub fn scope(self) -> Option<String> {
        match self {
            Self::Telecom(operator) => Some(operator.to_string()),
            Self::Team(village) => Some(village.to_string()),
            Self::Commune(unit) => Some(unit.to_string()),
            Self::Public | Self::Department | Self::Auditor | Self::Admin => None,
        }
    }

    /// # Errors
    /// Says what is missing, too much or not understood.
    pub fn parse(code: &str, scope: Option<&str>) -> Result<Self, NotARole> {
        let wrong = |expected| NotARole::Scope { role: code.to_owned(), expected };
        let scope = scope.map(str::trim).filter(|scope| !scope.is_empty());
        let plain = |role| if scope.is_some() { Err(wrong("no scope")) } else { Ok(role) };
        let scoped = || scope.unwrap_or_default();
        match code {
            "public" => plain(Self::Public),
            "telecom" => scoped().parse().map(Self::Telecom).map_err(|_| wrong("an operator such as viettel")),
            "team" => scoped().parse().map(Self::Team).map_err(|_| wrong("a village such as 14329-007")),
            "commune" => {
                // Two digits are a province.
                let unit = scoped().parse().ok().filter(|unit: &UnitCode| unit.to_string().len() == 5);
                unit.map(Self::Commune).ok_or_else(|| wrong("a commune such as 14329"))
            }
            "department" => plain(Self::Department),
            "auditor" => plain(Self::Auditor),
            "admin" => plain(Self::Admin),
            _ => Err(NotARole::Unknown(code.to_owned())),
        }
    }

    #[must_use]
    pub fn extent(self, matter: Matter) -> Extent {
        TABLE.iter().find(|(of, _)| *of == matter).map_or(Nothing, |(_, extents)| extents[self.column()])
    }

    /// # Errors
    /// When it has less than all of it.
    pub fn need(self, matter: Matter) -> Result<(), Forbidden> {
        if self.extent(matter) == All { Ok(()) } else { Err(Forbidden::Matter { role: self, matter }) }
    }

    /// That it has some of it, all or its own; which is its own is for the caller to ask.
    ///
    /// # Errors
    /// When it has nothing of it.
    pub fn need_some(self, matter: Matter) -> Result<(), Forbidden> {
        if self.extent(matter) == Nothing { Err(Forbidden::Matter { role: self, matter }) } else { Ok(()) }
    }

    /// The same for what belongs to one network; `None` is the best of all, which belongs to nobody.
    ///
    /// # Errors
    /// When it has nothing of it, or only that of another network.
    pub fn need_network(self, matter: Matter, operator: Option<Operator>) -> Result<(), Forbidden> {
        match (self.extent(matter), self) {
            (All, _) => Ok(()),
            (Own, Self::Telecom(own)) if operator == Some(own) => Ok(()),
            (Own, Self::Telecom(own)) => Err(Forbidden::OtherNetwork { role: self, own }),
            _ => Err(Forbidden::Matter { role: self, matter }),
        }
    }

    /// Whether it may read single visits of a place: a village, or a commune where the village is not known.
    /// `commune` is the one that holds the village today, which its code need not say.
    #[must_use]
    pub fn may_see_place(self, commune: UnitCode, village: Option<VillageCode>) -> bool {
        self.may_in_place(Matter::Visits, commune, village)
    }

    /// Whether it may decide about held visits of a place.
    #[must_use]
    pub fn may_review_place(self, commune: UnitCode, village: Option<VillageCode>) -> bool {
        self.may_in_place(Matter::Review, commune, village)
    }

    /// Whether it may read the team and the indicators of a place: a village, or a commune itself.
    #[must_use]
    pub fn may_see_team(self, commune: UnitCode, village: Option<VillageCode>) -> bool {
        self.may_in_place(Matter::Outreach, commune, village)
    }

    /// Whether it may change what the register says of a village.
    #[must_use]
    pub fn may_edit_place(self, commune: UnitCode, village: Option<VillageCode>) -> bool {
        self.may_in_place(Matter::Register, commune, village)
    }

    /// Whether it may bring in visits of a place.
    #[must_use]
    pub fn may_import_place(self, commune: UnitCode, village: Option<VillageCode>) -> bool {
        self.may_in_place(Matter::Import, commune, village)
    }

    /// That it may take some imports back, and see them listed; which ones, [`Self::may_take_back`] says.
    ///
    /// # Errors
    /// When it may none.
    pub fn need_taking_back(self) -> Result<(), Forbidden> {
        if self.may_take_back(Some(self)) { Ok(()) } else { self.need(Matter::Import) }
    }

    /// Whether it may see an import in the list of them and take it back: whatever there is, or what an office of its own
    /// commune brought. A team reports and takes nothing out of what was reported.
    #[must_use]
    pub fn may_take_back(self, by: Option<Self>) -> bool {
        match (self.extent(Matter::Import), self) {
            (All, _) => true,
            (Own, Self::Commune(_)) => by == Some(self),
            _ => false,
        }
    }

    fn may_in_place(self, matter: Matter, commune: UnitCode, village: Option<VillageCode>) -> bool {
        match (self.extent(matter), self) {
            (All, _) => true,
            (Own, Self::Team(own)) => village == Some(own),
            (Own, Self::Commune(own)) => own == commune,
            _ => false,
        }
    }

    /// # Errors
    /// A day that is not the first or the last of a month, for a role that may ask for whole months only; a campaign
    /// begins and ends with no month. A period may also end today, which is where it ends unasked.
    pub fn admit(self, question: &Question, today: Date) -> Result<(), Forbidden> {
        if self.extent(Matter::AnyDays) == All {
            return Ok(());
        }
        if question.campaign.is_some() {
            return Err(Forbidden::Matter { role: self, matter: Matter::AnyDays });
        }
        let begins = [("from", question.from), ("compared_from", question.compared.0)];
        let ends = [("to", question.to), ("compared_to", question.compared.1)];
        let odd = |(name, day): (&'static str, Option<Date>), fits: &dyn Fn(Date) -> bool| {
            day.filter(|day| !fits(*day)).map(|found| Forbidden::Days { role: self, name, found })
        };
        let begins = begins.into_iter().find_map(|one| odd(one, &|day| day.day() == 1));
        let ends = || ends.into_iter().find_map(|one| odd(one, &|day| day == day.last_of_month() || day == today));
        begins.or_else(ends).map_or(Ok(()), Err)
    }

    /// What it sees of the answer to a question about a network.
    #[must_use]
    pub fn sight(self, operator: Option<Operator>) -> Sight {
        if self.extent(Matter::Undecided) == All {
            Sight::Whole
        } else if self.need_network(Matter::Network, operator).is_ok() {
            Sight::Network
        } else if self.extent(Matter::AnyDays) == All {
            Sight::Daily
        } else {
            Sight::Open
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotARole {
    #[error("there is no role `{0}`, expected one of public, telecom, team, commune, department, auditor, admin")]
    Unknown(String),
    #[error("the role `{role}` takes {expected}")]
    Scope { role: String, expected: &'static str },
}

/// `department`, `telecom:viettel`.
impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scope() {
            Some(scope) => write!(f, "{}:{scope}", self.code()),
            None => f.write_str(self.code()),
        }
    }
}

impl FromStr for Role {
    type Err = NotARole;

    fn from_str(text: &str) -> Result<Self, NotARole> {
        let (code, scope) = text.split_once(':').map_or((text, None), |(code, scope)| (code, Some(scope)));
        Self::parse(code.trim(), scope)
    }
}
