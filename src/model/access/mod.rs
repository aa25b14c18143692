//! Who may read and do what: one table.
//!
//! Figures are for everybody. Everything else is denied by default: what no line of
//! the table gives is not given, and a layer that nobody decided about is
//! [`Matter::Undecided`]. A scope (own network,
//! own village, own commune) is part of the role, so nobody can hold the one
//! without the other. The reasons stand in `docs/decisions/0014`.

mod role;
mod sight;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use serde::Deserialize;

use super::operator::Operator;
pub use role::{NotARole, Role};
pub use sight::Sight;

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
