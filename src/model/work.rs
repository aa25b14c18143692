//! What a provider does about a dead area: actions that people take, and a
//! state that follows from them and from later measurements.
//!
//! A claim of "fixed" is an action; whether it holds is never typed, only
//! measured. Who acts is a role or an organisation: there is no field for a
//! person, and a label that looks like a telephone or an address is refused.

use h3o::CellIndex;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::measure::local_day;
use super::operator::{Operator, Technology};
use super::said::{NotSaid, label, remark};

/// What somebody did. The log only grows: a mistake is followed by another action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkKind {
    /// The text says to whom.
    Assign,
    Comment,
    /// The provider says that the place works now.
    Fixed,
    /// Takes the claim back.
    Reopen,
}

impl WorkKind {
    pub const ALL: [Self; 4] = [Self::Assign, Self::Comment, Self::Fixed, Self::Reopen];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Comment => "comment",
            Self::Fixed => "fixed",
            Self::Reopen => "reopen",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// An action that may be recorded: cleaned, and of a length that a list can show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAction {
    kind: WorkKind,
    who: String,
    text: String,
    on: Option<Date>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAction {
    #[error("only a claim of fixed is of a day")]
    NoDay,
    #[error("there is no action `{0}`, expected assign, comment, fixed or reopen")]
    Kind(String),
    #[error(transparent)]
    Said(#[from] NotSaid),
}

impl NewAction {
    /// # Errors
    /// Names the field that cannot be recorded.
    pub fn new(kind: WorkKind, who: &str, text: &str) -> Result<Self, NotAnAction> {
        let who = label("who", who)?;
        let text = match kind {
            WorkKind::Assign => label("text", text)?,
            WorkKind::Comment | WorkKind::Fixed | WorkKind::Reopen => remark("text", text)?,
        };
        if kind == WorkKind::Comment && text.is_empty() {
            return Err(NotSaid::Empty { field: "text" }.into());
        }
        Ok(Self { kind, who, text, on: None })
    }

    /// A claim of a day: since when the place works. Without one it is that of the record.
    ///
    /// # Errors
    /// [`NotAnAction::NoDay`] for every other action.
    pub fn since(self, on: Option<Date>) -> Result<Self, NotAnAction> {
        if on.is_some() && self.kind != WorkKind::Fixed { Err(NotAnAction::NoDay) } else { Ok(Self { on, ..self }) }
    }

    #[must_use]
    pub fn on(&self) -> Option<Date> {
        self.on
    }

    /// What the audit says of it: the area, and the day where it is not that of the line.
    #[must_use]
    pub fn subject(&self, area: &str) -> String {
        let day = self.on.map_or_else(String::new, |day| format!(" {day}"));
        format!("{} {area}{day}", self.kind.code())
    }

    #[must_use]
    pub fn kind(&self) -> WorkKind {
        self.kind
    }

    #[must_use]
    pub fn who(&self) -> &str {
        &self.who
    }

    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// An action as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkAction {
    pub kind: WorkKind,
    /// A role or an organisation.
    pub who: String,
    pub text: String,
    pub at: Timestamp,
    /// The day that a claim is of, where it is not that of `at`.
    pub on: Option<Date>,
}

impl WorkAction {
    /// The day that it is of, in local time.
    #[must_use]
    pub fn day(&self) -> Date {
        self.on.unwrap_or_else(|| local_day(self.at))
    }
}

/// What an action is taken on: a network and the r9 cells of its dead area at the time of the first action. Areas
/// grow and part, cells stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkPlace {
    /// `None`: the best of all operators.
    pub operator: Option<Operator>,
    pub technology: Option<Technology>,
    /// In order.
    pub cells: Vec<CellIndex>,
}

/// A place that somebody has taken up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkItem {
    pub id: i64,
    pub place: WorkPlace,
    /// Oldest first; never empty.
    pub actions: Vec<WorkAction>,
}

impl WorkItem {
    /// The local day of the claim in force; `None` when none was made or the last one was taken back.
    #[must_use]
    pub fn claimed_on(&self) -> Option<Date> {
        let last = self.actions.iter().rev().find(|a| matches!(a.kind, WorkKind::Fixed | WorkKind::Reopen))?;
        (last.kind == WorkKind::Fixed).then(|| last.day())
    }

    #[must_use]
    pub fn assignee(&self) -> Option<&str> {
        self.last(WorkKind::Assign)
    }

    #[must_use]
    pub fn last_comment(&self) -> Option<&str> {
        self.last(WorkKind::Comment)
    }

    /// The local day of the first action.
    #[must_use]
    pub fn opened(&self) -> Option<Date> {
        self.actions.first().map(|action| local_day(action.at))
    }

    fn last(&self, kind: WorkKind) -> Option<&str> {
        self.actions.iter().rev().find(|action| action.kind == kind).map(|action| action.text.as_str())
    }
}

/// Where the work on a dead area stands, what needs a hand first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkState {
    /// Claimed as fixed, and established as dead by later runs.
    Contradicted,
    Open,
    Assigned,
    /// Claimed as fixed; the runs since do not say yet.
    Fixed,
    /// Claimed as fixed, and good runs of enough days bear it out.
    Verified,
}

impl WorkState {
    /// What needs a hand first.
    pub const ALL: [Self; 5] = [Self::Contradicted, Self::Open, Self::Assigned, Self::Fixed, Self::Verified];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Contradicted => "contradicted",
            Self::Open => "open",
            Self::Assigned => "assigned",
            Self::Fixed => "fixed",
            Self::Verified => "verified",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: WorkKind, who: &str, text: &str, expected: Result<(&str, &str), &str>) {
        let made = NewAction::new(kind, who, text).map_err(|error| error.to_string());
        let made = made.as_ref().map(|action| (action.who(), action.text())).map_err(String::as_str);
        assert_eq!(made, expected, "{who:?} {text:?}");
    }

    #[test]
    fn an_action_is_cleaned_and_names_no_person() {
        use WorkKind::{Assign, Comment, Fixed};
        check(Comment, " VNPT\u{202e}  Ninh Bình ", "cột\r\nsố 2\u{7}", Ok(("VNPT Ninh Bình", "cột\nsố 2")));
        check(Fixed, "VNPT Ninh Bình", "", Ok(("VNPT Ninh Bình", "")));
        check(Assign, "Sở KH&CN", " ", Err("`text` is empty"));
        check(Comment, "VNPT", " =HYPERLINK(1)", Ok(("VNPT", "=HYPERLINK(1)")));
        check(Comment, "", "x", Err("`who` is empty"));
        check(Comment, "VNPT", "", Err("`text` is empty"));
        check(Comment, "0912 345 678", "x", Err("`who` looks like a telephone number or an address of a person"));
        check(Assign, "VNPT", "a@b.vn", Err("`text` looks like a telephone number or an address of a person"));
        check(Fixed, "VNPT", &"x".repeat(1_001), Err("`text` has 1001 characters, expected at most 1000"));
    }

    #[test]
    fn a_claim_stands_until_it_is_taken_back() {
        let action = |kind, at: &str| WorkAction {
            kind,
            who: "VNPT".to_owned(),
            text: "Đội 3".to_owned(),
            at: at.parse().unwrap(),
            on: None,
        };
        let place = WorkPlace { operator: None, technology: None, cells: Vec::new() };
        let mut item = WorkItem { id: 1, place, actions: vec![action(WorkKind::Assign, "2026-03-01T18:00:00Z")] };
        assert_eq!((item.claimed_on(), item.assignee()), (None, Some("Đội 3")));
        assert_eq!(item.opened(), Some(jiff::civil::date(2026, 3, 2)), "the day is the one at +07:00");
        item.actions.push(action(WorkKind::Fixed, "2026-03-05T03:00:00Z"));
        item.actions.push(action(WorkKind::Comment, "2026-03-06T03:00:00Z"));
        assert_eq!(item.claimed_on(), Some(jiff::civil::date(2026, 3, 5)));
        item.actions.push(action(WorkKind::Reopen, "2026-03-07T03:00:00Z"));
        assert_eq!(item.claimed_on(), None);
        let late = action(WorkKind::Fixed, "2026-03-30T03:00:00Z");
        item.actions.push(WorkAction { on: Some(jiff::civil::date(2026, 3, 20)), ..late });
        assert_eq!(item.claimed_on(), Some(jiff::civil::date(2026, 3, 20)), "on air before it was recorded");
        let comment = NewAction::new(WorkKind::Comment, "VNPT", "x").unwrap();
        assert_eq!(comment.since(Some(jiff::civil::date(2026, 3, 20))), Err(NotAnAction::NoDay));
    }
}
