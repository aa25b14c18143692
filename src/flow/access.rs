//! Tokens made and recognised, what was done written down, and what a role sees told in one place.
//!
//! A secret is 256 bits from the system. It is handed out once and kept as its
//! digest, so looking it up compares nothing that a reader could time.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::layers::LAYERS;
use super::snapshot::matter;
use crate::engine::Facts;
use crate::model::access::{Matter, Role};
use crate::model::admin::AdminUnit;
use crate::model::operator::Operator;
use crate::model::token::{AuditAction, AuditEvent, Digest, NewToken, Note, Token, TokenState};
use crate::store::{Store, StoreError};

/// What every secret begins with, so that one left in a file is recognised for what it is.
const PREFIX: &str = "phusong_";
/// Bytes of chance in a secret.
const CHANCE: usize = 32;
/// A token lasts a quarter unless said otherwise: as long as a reporting period.
pub const DEFAULT_DAYS: u16 = 90;
/// Two years: longer is forgotten.
pub const MOST_DAYS: u16 = 731;

/// The file of the demo's tokens, beside its store.
pub const DEMO_TOKENS: &str = "tokens.txt";
/// One of each role. The operator, the village and the commune are of the demo province.
const DEMO_ROLES: [&str; 7] =
    ["public", "telecom:viettel", "team:13285-001", "commune:13285", "department", "auditor", "admin"];

#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error("the system gives no random numbers")]
    NoChance,
    #[error("a token lasts 1 to {MOST_DAYS} days, not {0}")]
    Days(u16),
    #[error("{path}: {source}")]
    File { path: String, source: io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a secret opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoToken {
    #[error("this token is not known here")]
    Unknown,
    #[error("this token has expired")]
    Expired,
    #[error("this token was revoked")]
    Revoked,
}

/// Who does something: a role and the token that gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    pub role: Role,
    pub token: Option<i64>,
}

impl Actor {
    /// Who holds the file holds everything in it: commands at the terminal.
    pub const TERMINAL: Self = Self { role: Role::Admin, token: None };

    #[must_use]
    pub fn did(self, action: AuditAction, subject: impl Into<String>, at: Timestamp) -> AuditEvent {
        AuditEvent { at, role: self.role, token: self.token, action, subject: subject.into(), purpose: Note::default() }
    }
}

/// Makes a token and returns it with its secret, which is nowhere else.
///
/// # Errors
/// When the days are none or too many, or the store cannot be written.
pub async fn issue(
    store: &dyn Store,
    (role, note): (Role, Note),
    days: u16,
    now: Timestamp,
) -> Result<(Token, String), TokenError> {
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(TokenError::Days(days));
    }
    let secret = secret()?;
    let expires = now.saturating_add(SignedDuration::from_hours(24 * i64::from(days)));
    let expires = expires.map_err(|_| TokenError::Days(days))?;
    let new = NewToken { role, note, created: now, expires };
    let event = Actor::TERMINAL.did(AuditAction::TokenCreated, format!("{role}"), now);
    let id = store.add_token(&new, &digest(&secret), &event).await?;
    Ok((Token { id, role, note: new.note, created: now, expires, revoked: None }, secret))
}

fn secret() -> Result<String, TokenError> {
    let mut chance = [0; CHANCE];
    getrandom::fill(&mut chance).map_err(|_| TokenError::NoChance)?;
    let mut secret = PREFIX.to_owned();
    chance.iter().for_each(|byte| {
        let _ = write!(secret, "{byte:02x}");
    });
    Ok(secret)
}

fn digest(secret: &str) -> Digest {
    Sha256::digest(secret.as_bytes()).into()
}

/// The token of a secret that somebody shows; `Ok(Err)` for one that opens nothing.
///
/// # Errors
/// When the store cannot be read.
pub async fn recognise(store: &dyn Store, secret: &str, now: Timestamp) -> Result<Result<Token, NoToken>, StoreError> {
    // Nothing else was ever given out, so nothing else is worth a look.
    if secret.len() != PREFIX.len() + 2 * CHANCE || !secret.starts_with(PREFIX) {
        return Ok(Err(NoToken::Unknown));
    }
    Ok(match store.find_token(&digest(secret)).await? {
        None => Err(NoToken::Unknown),
        Some(token) => match token.state(now) {
            TokenState::Valid => Ok(token),
            TokenState::Expired => Err(NoToken::Expired),
            TokenState::Revoked => Err(NoToken::Revoked),
        },
    })
}

/// What a role may do, and which layers it may see, asking about a network.
#[must_use]
pub fn rights(role: Role, operator: Option<Operator>) -> Json {
    let extents = Matter::ALL.map(|matter| (matter.code().to_owned(), Json::from(role.extent(matter).code())));
    let sight = role.sight(operator);
    let layers: Vec<&str> = LAYERS.into_iter().filter(|layer| sight.shows(matter(layer))).collect();
    let guarded: Vec<&str> = LAYERS.into_iter().filter(|layer| is_guarded(layer)).collect();
    json!({
        "role": role.code(),
        "scope": role.scope(),
        "may": extents.into_iter().collect::<Map<_, _>>(),
        "layers": layers,
        // A file of these is taken away for a stated purpose, and written down.
        "guarded": guarded,
        // On the work list of the network that is asked about.
        "act": role.need_network(Matter::Act, operator).is_ok(),
    })
}

/// Whether a layer is not for everybody.
#[must_use]
pub fn is_guarded(layer: &str) -> bool {
    matter(layer) != Matter::Figures
}

/// What people call the network, village or commune of a role today.
#[must_use]
pub fn scope_name(facts: &Facts, role: Role) -> Option<String> {
    match role {
        Role::Telecom(operator) => Some(operator.brand().to_owned()),
        Role::Team(code) => facts.village(code).map(|village| village.name.clone()),
        Role::Commune(code) => {
            let mut today = facts.units_on(facts.today).into_iter().map(|unit| &facts.units[unit]);
            today.find(|unit| unit.code == code).map(AdminUnit::full_name)
        }
        Role::Public | Role::Department | Role::Auditor | Role::Admin => None,
    }
}

/// An event as it is shown.
#[must_use]
pub fn event_json(event: &AuditEvent) -> Json {
    json!({
        "at": event.at.to_string(), "role": event.role.code(), "scope": event.role.scope(), "token": event.token,
        "action": event.action.code(), "subject": event.subject, "purpose": event.purpose.as_str(),
    })
}

/// A token as it is shown: everything but its secret, which nobody knows.
#[must_use]
pub fn token_json(token: &Token, now: Timestamp) -> Json {
    json!({
        "id": token.id, "role": token.role.code(), "scope": token.role.scope(), "note": token.note.as_str(),
        "state": token.state(now).code(), "created": token.created.to_string(), "expires": token.expires.to_string(),
        "revoked": token.revoked.map(|at| at.to_string()),
    })
}

/// A token of the demo for each role, with its secret: those of the file in `dir` as long as all of them open
/// something, else new ones, written there for its owner alone.
///
/// # Errors
/// When the file or the store cannot be written.
pub async fn of_demo(store: &dyn Store, dir: &Path, now: Timestamp) -> Result<Vec<(Role, String)>, TokenError> {
    let path = dir.join(DEMO_TOKENS);
    let there = fs::read_to_string(&path).unwrap_or_default();
    let mut tokens = Vec::new();
    for secret in there.lines().filter_map(|line| line.split_whitespace().next_back()) {
        if let Ok(token) = recognise(store, secret, now).await? {
            tokens.push((token.role, secret.to_owned()));
        }
    }
    if tokens.iter().map(|(role, _)| role.to_string()).eq(DEMO_ROLES) {
        return Ok(tokens);
    }
    tokens.clear();
    let note = Note::new("phusong demo").unwrap_or_default();
    for role in DEMO_ROLES.into_iter().filter_map(|role| role.parse::<Role>().ok()) {
        let (token, secret) = issue(store, (role, note.clone()), DEFAULT_DAYS, now).await?;
        tokens.push((token.role, secret));
    }
    let text: String = tokens.iter().map(|(role, secret)| format!("{role} {secret}\n")).collect();
    write_private(&path, &text).map_err(|source| TokenError::File { path: path.display().to_string(), source })?;
    Ok(tokens)
}

/// Made anew: a file that was there keeps the rights that it had.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn store(dir: &Path) -> std::sync::Arc<dyn Store> {
        crate::store::open(&dir.join("phusong.gpkg").to_string_lossy()).await.unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn a_secret_is_recognised_until_it_ends_and_is_not_in_the_store() {
        let dir = tempfile::tempdir().unwrap();
        let store = store(dir.path()).await;
        let now = at("2026-01-01T00:00:00Z");
        let role: Role = "telecom:viettel".parse().unwrap();
        let (token, secret) = issue(&*store, (role, Note::default()), 30, now).await.unwrap();
        assert_eq!(recognise(&*store, &secret, now).await.unwrap().map(|found| found.role), Ok(role));
        assert_eq!(recognise(&*store, &secret, at("2026-01-31T00:00:00Z")).await.unwrap(), Err(NoToken::Expired));
        let upper = secret.to_uppercase();
        for garbage in ["", "phusong_", upper.as_str(), &"x".repeat(10_000), &format!("{secret}0")] {
            assert_eq!(recognise(&*store, garbage, now).await.unwrap(), Err(NoToken::Unknown), "{garbage}");
        }
        let (_, other) = issue(&*store, (role, Note::default()), 30, now).await.unwrap();
        assert_ne!(secret, other);
        let gone = Actor::TERMINAL.did(AuditAction::TokenRevoked, "1", now);
        assert!(store.revoke_token(token.id, &gone).await.unwrap());
        assert_eq!(recognise(&*store, &secret, now).await.unwrap(), Err(NoToken::Revoked));
        for days in [0, MOST_DAYS + 1] {
            assert!(matches!(issue(&*store, (role, Note::default()), days, now).await, Err(TokenError::Days(_))));
        }
        store.close().await;
        let bytes = fs::read(dir.path().join("phusong.gpkg")).unwrap();
        let hex = secret.trim_start_matches(PREFIX).as_bytes();
        assert!(!bytes.windows(hex.len()).any(|window| window == hex), "the file holds the secret");
    }

    #[tokio::test]
    async fn the_demo_keeps_its_tokens_while_they_last_and_nobody_else_reads_them() {
        let dir = tempfile::tempdir().unwrap();
        let store = store(dir.path()).await;
        let now = at("2026-01-01T00:00:00Z");
        let first = of_demo(&*store, dir.path(), now).await.unwrap();
        assert_eq!(first.iter().map(|(role, _)| role.to_string()).collect::<Vec<_>>(), DEMO_ROLES);
        assert_eq!(of_demo(&*store, dir.path(), now).await.unwrap(), first);
        let later = of_demo(&*store, dir.path(), at("2026-06-01T00:00:00Z")).await.unwrap();
        assert!(later.iter().zip(&first).all(|(new, old)| new.0 == old.0 && new.1 != old.1));
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(
                &fs::metadata(dir.path().join(DEMO_TOKENS)).unwrap().permissions(),
            );
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_role_is_told_the_layers_that_it_sees() {
        let layers = |role: &str, operator: Option<&str>| {
            let rights = rights(role.parse().unwrap(), operator.map(|name| name.parse().unwrap()));
            let listed = |name: &str| rights["layers"].as_array().unwrap().contains(&Json::from(name));
            (listed("villages"), listed("claims"), rights["act"].as_bool().unwrap())
        };
        assert_eq!(layers("public", Some("viettel")), (true, false, false));
        assert_eq!(layers("telecom:viettel", Some("viettel")), (true, true, true));
        assert_eq!(layers("telecom:viettel", None), (true, false, false));
        assert_eq!(layers("auditor", None), (true, true, false));
        assert_eq!(layers("department", None), (true, true, true));
    }
}
