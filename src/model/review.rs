//! What somebody decided about a visit that was held back.
//!
//! The visit stays as it was reported; a decision is a line of a log, and the
//! last one counts. Who decides is a role or an organisation, or the server that a form comes from; what a person has
//! decided no server changes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::said::{NotSaid, label, remark};

/// Who decides where a file says that its form was rejected or deleted at the server, or is no more.
pub const SERVER: &str = "máy chủ biểu mẫu (form server)";
/// Why it does.
pub const SERVER_REJECTED: &str = "bị bác hoặc bị xoá ở máy chủ biểu mẫu (rejected or deleted at the form server)";
pub const SERVER_HAS_IT: &str = "không còn bị bác ở máy chủ biểu mẫu (no longer rejected at the form server)";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It counts, whatever its flags.
    Accepted,
    /// It counts nowhere.
    Rejected,
    /// Back to what its flags say.
    Reopened,
}

impl Decision {
    pub const ALL: [Self; 3] = [Self::Accepted, Self::Rejected, Self::Reopened];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Reopened => "reopened",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decision| decision.code() == code)
    }
}

/// A decision that may be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReview {
    decision: Decision,
    who: String,
    why: String,
}

impl NewReview {
    /// # Errors
    /// Names the field that cannot be recorded. A rejection says why: somebody's work is struck out.
    pub fn new(decision: Decision, who: &str, why: &str) -> Result<Self, NotSaid> {
        let (who, why) = (label("who", who)?, remark("why", why)?);
        if decision == Decision::Rejected && why.is_empty() {
            return Err(NotSaid::Empty { field: "why" });
        }
        Ok(Self { decision, who, why })
    }

    #[must_use]
    pub fn decision(&self) -> Decision {
        self.decision
    }

    #[must_use]
    pub fn who(&self) -> &str {
        &self.who
    }

    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }
}

/// A decision as the log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// An office or a role, or the server of the forms.
    pub who: String,
    /// Empty where none was given.
    pub why: String,
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejection_says_why_and_nobody_is_named() {
        let made = |decision, who: &str, why: &str| NewReview::new(decision, who, why).map_err(|e| e.to_string());
        assert!(made(Decision::Accepted, "UBND xã Gia Vân", "").is_ok());
        assert_eq!(made(Decision::Rejected, "UBND xã Gia Vân", " "), Err("`why` is empty".to_owned()));
        assert!(made(Decision::Accepted, "0912 345 678", "").unwrap_err().contains("telephone"));
    }
}
