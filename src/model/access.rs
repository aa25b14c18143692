//! Who may read and do what: one table, and the questions that are put to it.
//!
//! Deny by default: what no line of the table gives is not given, and a layer
//! that nobody decided about is [`Matter::Undecided`]. A scope (own network,
//! own village, own commune) is part of the role, so nobody can hold the one
//! without the other. The reasons stand in `docs/decisions/0014`.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::Deserialize;

use super::admin::UnitCode;
use super::operator::Operator;
use super::question::Question;
use super::village::VillageCode;

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

/// What may be read or done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// Figures behind the privacy floor.
    Figures,
    /// Periods that do not begin and end with a month: two of them differ by the households of a day.
    AnyDays,
    /// Plans of visits, today's list and the forecast: they rest on the pace of single weeks.
    Planning,
    /// The board of teams line by line, and indicators of single villages.
    Outreach,
    /// What operators handed over or are told: claims, sites, hints, the work list with its log.
    Network,
    /// Single visits.
    Visits,
    /// Names of imported files.
    Files,
    /// What nobody has decided about yet.
    Undecided,
    /// Writing on the work list.
    Act,
    /// Deciding about visits that were held.
    Review,
    /// Keeping the register of villages right: names, points, ends, mergers.
    Register,
    /// Bringing files in through the page: visits of its own place, or whatever there is.
    Import,
    /// Who read and did what.
    Audit,
    /// Erasing a home and everything of it.
    Erase,
    /// Making and revoking tokens.
    Tokens,
}

/// How much of a matter a role has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    Nothing,
    /// Of its own network, village or commune.
    Own,
    All,
}

use Extent::{All, Nothing, Own};

/// Columns in the order of [`Role::column`].
#[rustfmt::skip]
const TABLE: [(Matter, [Extent; 7]); 15] = [
    //                    public   telecom  team     commune  depart.  auditor  admin
    (Matter::Figures,   [ All,     All,     All,     All,     All,     All,     All ]),
    (Matter::AnyDays,   [ Nothing, Nothing, All,     All,     All,     All,     All ]),
    (Matter::Planning,  [ Nothing, Nothing, All,     All,     All,     All,     All ]),
    (Matter::Outreach,  [ Nothing, Nothing, Own,     Own,     All,     All,     All ]),
    (Matter::Network,   [ Nothing, Own,     Nothing, Nothing, All,     All,     All ]),
    (Matter::Visits,    [ Nothing, Nothing, Own,     Own,     All,     All,     All ]),
    (Matter::Files,     [ Nothing, Nothing, Nothing, Nothing, All,     All,     All ]),
    (Matter::Undecided, [ Nothing, Nothing, Nothing, Nothing, All,     All,     All ]),
    (Matter::Act,       [ Nothing, Own,     Nothing, Nothing, All,     Nothing, All ]),
    (Matter::Review,    [ Nothing, Nothing, Nothing, Own,     All,     Nothing, All ]),
    (Matter::Register,  [ Nothing, Nothing, Nothing, Own,     All,     Nothing, All ]),
    (Matter::Import,    [ Nothing, Nothing, Own,     Own,     All,     Nothing, All ]),
    (Matter::Audit,     [ Nothing, Nothing, Nothing, Nothing, Nothing, All,     All ]),
    (Matter::Erase,     [ Nothing, Nothing, Nothing, Nothing, All,     Nothing, All ]),
    (Matter::Tokens,    [ Nothing, Nothing, Nothing, Nothing, Nothing, Nothing, All ]),
];

/// What of an answer a reader sees: all that a role changes in its bytes. One for many roles, so that caches hold few.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sight {
    /// [`Matter::Figures`], households in steps (`Question::steps`).
    Open,
    /// And [`Matter::Network`].
    Network,
    /// [`Matter::Figures`] of any days.
    Daily,
    /// Everything, [`Matter::Files`] and [`Matter::Undecided`] too.
    Whole,
}

/// Why something is not shown or done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    #[error("`{name}` is {found}: the role {role} may ask for whole months only")]
    Days { role: Role, name: &'static str, found: Date },
    #[error("the role {role} may ask about the network {own} only")]
    OtherNetwork { role: Role, own: Operator },
    #[error("the layer `{layer}` is not open to this role under these filters")]
    Layer { layer: &'static str },
    #[error("the role {role} {}", matter.refusal())]
    Matter { role: Role, matter: Matter },
}

impl Matter {
    pub const ALL: [Self; 15] = [
        Self::Figures,
        Self::AnyDays,
        Self::Planning,
        Self::Outreach,
        Self::Network,
        Self::Visits,
        Self::Files,
        Self::Undecided,
        Self::Act,
        Self::Review,
        Self::Register,
        Self::Import,
        Self::Audit,
        Self::Erase,
        Self::Tokens,
    ];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Figures => "figures",
            Self::AnyDays => "any_days",
            Self::Planning => "planning",
            Self::Outreach => "outreach",
            Self::Network => "network",
            Self::Visits => "visits",
            Self::Files => "files",
            Self::Undecided => "undecided",
            Self::Act => "act",
            Self::Review => "review",
            Self::Register => "register",
            Self::Import => "import",
            Self::Audit => "audit",
            Self::Erase => "erase",
            Self::Tokens => "tokens",
        }
    }

    fn refusal(self) -> &'static str {
        match self {
            Self::Figures => "may not read figures",
            Self::AnyDays => "may ask for whole months only",
            Self::Planning => "may not plan visits",
            Self::Outreach => "may not read single teams and the indicators of single villages",
            Self::Network => "may not read claims, hints and the work list",
            Self::Visits => "may not read these visits",
            Self::Files => "may not read the names of imported files",
            Self::Undecided => "may not read this",
            Self::Act => "may not write on the work list",
            Self::Review => "may not decide about these visits",
            Self::Register => "may not change the register of these villages",
            Self::Import => "may not import this",
            Self::Audit => "may not read the audit",
            Self::Erase => "may not erase homes",
            Self::Tokens => "may not make or revoke tokens",
        }
    }
}

impl Extent {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::Own => "own",
            Self::All => "all",
        }
    }
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

    fn may_in_place(self, matter: Matter, commune: UnitCode, village: Option<VillageCode>) -> bool {
        match (self.extent(matter), self) {
            (All, _) => true,
            (Own, Self::Team(own)) => village == Some(own),
            (Own, Self::Commune(own)) => own == commune,
            _ => false,
        }
    }

    /// # Errors
    /// A day that is not the first or the last of a month, for a role that may ask for whole months only. A period
    /// may also end today, which is where it ends unasked.
    pub fn admit(self, question: &Question, today: Date) -> Result<(), Forbidden> {
        if self.extent(Matter::AnyDays) == All {
            return Ok(());
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

impl Sight {
    #[must_use]
    pub fn shows(self, matter: Matter) -> bool {
        match matter {
            Matter::Figures => true,
            Matter::Network => matches!(self, Self::Network | Self::Whole),
            // Figures that are kept from whoever is told of households in steps.
            Matter::AnyDays => !self.steps(),
            // Of visits a layer holds those of all places: who may read those of its own has other lists.
            Matter::Files | Matter::Undecided | Matter::Visits => self == Self::Whole,
            // No part of an answer to a question.
            _ => false,
        }
    }

    /// Whether households are told in steps: whoever may ask for whole months only.
    #[must_use]
    pub fn steps(self) -> bool {
        matches!(self, Self::Open | Self::Network)
    }

    /// In addresses and validators.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Network => "network",
            Self::Daily => "daily",
            Self::Whole => "whole",
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

#[cfg(test)]
mod tests {
    use super::*;

    fn role(text: &str) -> Role {
        text.parse().unwrap()
    }

    /// One of each.
    fn roles() -> [Role; 7] {
        ["public", "telecom:viettel", "team:14329-007", "commune:14329", "department", "auditor", "admin"].map(role)
    }

    #[test]
    fn a_role_is_read_as_it_is_written_and_never_without_its_scope() {
        for one in roles() {
            assert_eq!(one.to_string().parse(), Ok(one));
            assert_eq!(Role::parse(one.code(), one.scope().as_deref()), Ok(one));
        }
        for wrong in
            ["", "boss", "telecom", "telecom:", "team:14329", "commune:x", "commune:37", "admin:viettel", "Public"]
        {
            assert!(wrong.parse::<Role>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_matter_has_one_line() {
        for matter in Matter::ALL {
            assert_eq!(TABLE.iter().filter(|(of, _)| *of == matter).count(), 1, "{matter:?}");
        }
        assert_eq!(TABLE.len(), Matter::ALL.len());
    }

    #[test]
    fn an_operator_reads_and_writes_of_its_own_network_alone() {
        let (own, other) = ("viettel".parse().unwrap(), "vnpt".parse().unwrap());
        let telecom = role("telecom:viettel");
        for matter in [Matter::Network, Matter::Act] {
            assert_eq!(telecom.need_network(matter, Some(own)), Ok(()));
            assert!(telecom.need_network(matter, Some(other)).is_err());
            assert!(telecom.need_network(matter, None).is_err(), "the best of all holds what others handed over");
        }
        assert_eq!((telecom.sight(Some(own)), telecom.sight(Some(other))), (Sight::Network, Sight::Open));
        assert!(role("public").need_network(Matter::Network, Some(own)).is_err());
        assert!(role("auditor").need_network(Matter::Act, Some(own)).is_err());
    }

    #[test]
    fn visits_are_seen_by_their_village_and_their_commune_alone() {
        let village = Some("14329-007".parse().unwrap());
        let (home, away) = ("14329".parse().unwrap(), "14330".parse().unwrap());
        let seen = roles().map(|one| one.may_see_place(home, village));
        assert_eq!(seen, [false, false, true, true, true, true, true]);
        assert!(!role("commune:14329").may_see_place(away, village), "the village moved to another commune");
        assert!(!role("team:14329-008").may_see_place(home, village));
        let decided = roles().map(|one| one.may_review_place(home, village));
        assert_eq!(decided, [false, false, false, true, true, false, true]);
    }

    #[test]
    fn a_period_of_days_is_not_for_everybody() {
        let check = |role_: &str, asked: &str, expected: bool| {
            let get = |name: &str| asked.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            let question = Question::parse(get).unwrap();
            let admitted = role(role_).admit(&question, jiff::civil::date(2026, 3, 15)).is_ok();
            assert_eq!(admitted, expected, "{role_} {asked}");
        };
        check("public", "", true);
        check("public", "from=2026-01-01&to=2026-02-28", true);
        check("public", "from=2026-01-01&to=2026-03-15", true);
        check("public", "from=2026-01-02", false);
        check("public", "to=2026-02-27", false);
        check("public", "to=2026-03-14", false);
        check("public", "compared_from=2026-01-05", false);
        check("public", "compared_to=2026-01-05", false);
        check("public", "as_of=2025-06-29", true);
        check("telecom:viettel", "operator=viettel&to=2026-02-27", false);
        check("team:14329-007", "to=2026-02-27", true);
        check("department", "from=2026-01-02", true);
    }

    #[test]
    fn what_is_seen_follows_the_table() {
        for one in roles() {
            let sight = one.sight(None);
            let [figures, days, network] = [Matter::Figures, Matter::AnyDays, Matter::Network];
            for matter in [figures, days, network, Matter::Files, Matter::Undecided, Matter::Visits] {
                assert_eq!(sight.shows(matter), one.extent(matter) == All, "{one} {matter:?}");
            }
        }
    }
}
