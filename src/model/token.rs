//! Tokens: what a reader shows to be given a role, and what was done with it.
//!
//! A token is of a role, not of a person, and its note says what it is for. The
//! secret is nowhere: only its digest is kept, and nothing can be found by it
//! but a token whose secret somebody holds.

use jiff::Timestamp;

use super::access::Role;
use super::said;

/// Characters of a note or a purpose.
const NOTE_MOST: usize = 100;

/// SHA-256 of a secret.
pub type Digest = [u8; 32];

/// A few words of what something is for. They name no person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotANote {
    #[error("it has {found} characters, expected at most {NOTE_MOST}")]
    Long { found: usize },
    #[error("it looks like a telephone number or an address of a person")]
    Personal,
}

impl Note {
    /// # Errors
    /// When it is long, or looks like a person.
    pub fn new(text: &str) -> Result<Self, NotANote> {
        let text = said::cleaned(text).split_whitespace().collect::<Vec<_>>().join(" ");
        let found = text.chars().count();
        if found > NOTE_MOST {
            return Err(NotANote::Long { found });
        }
        if said::is_personal(&text) { Err(NotANote::Personal) } else { Ok(Self(text)) }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    pub role: Role,
    /// What it is for.
    pub note: Note,
    pub created: Timestamp,
    pub expires: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub id: i64,
    pub role: Role,
    pub note: Note,
    pub created: Timestamp,
    pub expires: Timestamp,
    pub revoked: Option<Timestamp>,
}

/// Whether a token still opens anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    Valid,
    Expired,
    Revoked,
}

impl TokenState {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

impl Token {
    #[must_use]
    pub fn state(&self, now: Timestamp) -> TokenState {
        if self.revoked.is_some() {
            TokenState::Revoked
        } else if self.expires <= now {
            TokenState::Expired
        } else {
            TokenState::Valid
        }
    }
}

/// What is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditAction {
    TokenCreated,
    TokenRevoked,
    Login,
    /// On the work list.
    Work,
    /// A decision about visits that were held back.
    Review,
    /// Of a layer that is not public.
    Export,
    Import,
    /// An import and what it brought.
    TakeBack,
    Analyse,
    /// A home and everything of it.
    Erase,
    /// What was older than its term.
    Retain,
    /// A campaign made or changed.
    Campaign,
    /// An act on the register of villages.
    Register,
}

impl AuditAction {
    pub const ALL: [Self; 13] = [
        Self::TokenCreated,
        Self::TokenRevoked,
        Self::Login,
        Self::Work,
        Self::Review,
        Self::Export,
        Self::Import,
        Self::TakeBack,
        Self::Analyse,
        Self::Erase,
        Self::Retain,
        Self::Campaign,
        Self::Register,
    ];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TokenCreated => "token_created",
            Self::TokenRevoked => "token_revoked",
            Self::Login => "login",
            Self::Work => "work",
            Self::Review => "review",
            Self::Export => "export",
            Self::Import => "import",
            Self::TakeBack => "take_back",
            Self::Analyse => "analyse",
            Self::Erase => "erase",
            Self::Retain => "retain",
            Self::Campaign => "campaign",
            Self::Register => "register",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.code() == code)
    }
}

/// A line of the audit. It has no field for a person and none for an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    pub at: Timestamp,
    pub role: Role,
    /// `None`: at the terminal, or a server that gives a role to this machine.
    pub token: Option<i64>,
    pub action: AuditAction,
    /// What it was done to.
    pub subject: String,
    /// What for, where it was said.
    pub purpose: Note,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_says_what_for_and_names_no_person() {
        let check = |text: &str, expected: Result<&str, NotANote>| {
            let made = Note::new(text);
            assert_eq!(made.as_ref().map(Note::as_str).map_err(Clone::clone), expected, "{text}");
        };
        check(" Sở KH&CN,\n quý IV ", Ok("Sở KH&CN, quý IV"));
        check("", Ok(""));
        check("=1+1", Ok("1+1"));
        check("0912 345 678", Err(NotANote::Personal));
        check("a@b.vn", Err(NotANote::Personal));
        check(&"x".repeat(101), Err(NotANote::Long { found: 101 }));
    }

    #[test]
    fn a_token_ends_by_its_day_or_by_hand() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let mut token = Token {
            id: 1,
            role: Role::Department,
            note: Note::default(),
            created: at("2026-01-01T00:00:00Z"),
            expires: at("2026-04-01T00:00:00Z"),
            revoked: None,
        };
        assert_eq!(token.state(at("2026-03-31T23:59:59Z")), TokenState::Valid);
        assert_eq!(token.state(at("2026-04-01T00:00:00Z")), TokenState::Expired);
        token.revoked = Some(at("2026-02-01T00:00:00Z"));
        assert_eq!(token.state(at("2026-03-01T00:00:00Z")), TokenState::Revoked);
    }
}
