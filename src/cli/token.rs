//! `phusong token`: roles given out and taken back.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};

use super::{Common, Config, Failure, clock, words};
use crate::flow::access::{self, Actor, DEFAULT_DAYS, token_json};
use crate::model::access::Role;
use crate::model::language::Language;
use crate::model::measure::local_day;
use crate::model::token::{AuditAction, Note, Token as Made};

#[derive(Debug, Subcommand)]
pub(super) enum Token {
    /// Make one; its secret is shown once
    Create(Create),
    /// What was given out
    List,
    /// Take one back, at once
    Revoke(Revoke),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// public, telecom, team, commune, department, auditor or admin
    #[arg(long)]
    role: String,
    /// The network of the role telecom
    #[arg(long, conflicts_with_all = ["village", "commune"])]
    operator: Option<String>,
    /// The village of the role team
    #[arg(long, value_name = "CODE", conflicts_with = "commune")]
    village: Option<String>,
    /// The commune of the role commune
    #[arg(long, value_name = "CODE")]
    commune: Option<String>,
    /// Days that it lasts
    #[arg(long, default_value_t = DEFAULT_DAYS)]
    days: u16,
    /// What it is for: no person
    #[arg(long, default_value = "")]
    note: String,
}

#[derive(Debug, Args)]
pub(super) struct Revoke {
    /// Number of the token, as `phusong token list` shows it
    id: i64,
}

impl Token {
    pub(super) async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        match self {
            Self::Create(create) => create.run(common, config, language).await,
            Self::List => list(common, config).await,
            Self::Revoke(revoke) => revoke.run(common, config).await,
        }
    }
}

impl Create {
    async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        let role = self.given()?;
        let note = Note::new(&self.note).map_err(|error| Failure::new(format!("--note: {error}")))?;
        let store = common.open_existing(config).await?;
        let made = access::issue(&*store, (role, note), self.days, clock::now()).await;
        store.close().await;
        let (token, secret) = made.map_err(|error| Failure::new(error.to_string()))?;
        words::result(&if common.json {
            let mut body = token_json(&token, clock::now());
            body["command"] = Json::from("token create");
            body["secret"] = Json::from(secret);
            body.to_string()
        } else {
            let last = local_day(token.expires);
            if !common.quiet {
                words::say(&language.pick(
                    format!("mã số {} của vai trò {role}, hết hạn {last}; mã bí mật chỉ hiện một lần:", token.id),
                    format!("token {} of the role {role}, until {last}; its secret is shown once:", token.id),
                ));
            }
            secret
        });
        Ok(ExitCode::SUCCESS)
    }

    fn given(&self) -> Result<Role, Failure> {
        let named = match self.role.as_str() {
            "telecom" => (&self.operator, "--operator viettel"),
            "team" => (&self.village, "--village 14329-007"),
            "commune" => (&self.commune, "--commune 14329"),
            _ => (&None, "--role telecom --operator viettel"),
        };
        let scopes = [&self.operator, &self.village, &self.commune];
        let scope = scopes.into_iter().find_map(Option::as_deref);
        let (own, hint) = named;
        // A scope of another role is a mistake, not to be left out in silence.
        let scope = if own.is_some() { own.as_deref() } else { scope.map(|_| "?") };
        Role::parse(&self.role, scope).map_err(|error| Failure::new(error.to_string()).hint(hint))
    }
}

async fn list(common: &Common, config: &Config) -> Result<ExitCode, Failure> {
    let store = common.open_existing(config).await?;
    let tokens = store.tokens().await;
    store.close().await;
    let (tokens, now) = (tokens?, clock::now());
    words::result(&if common.json {
        let items: Vec<Json> = tokens.iter().map(|token| token_json(token, now)).collect();
        json!({"command": "token list", "items": items}).to_string()
    } else {
        let line = |token: &Made| {
            let (role, state) = (token.role, token.state(now).code());
            format!("{}\t{role}\t{state}\t{}\t{}", token.id, local_day(token.expires), token.note.as_str())
        };
        tokens.iter().map(line).collect::<Vec<_>>().join("\n")
    });
    Ok(ExitCode::SUCCESS)
}

impl Revoke {
    async fn run(self, common: &Common, config: &Config) -> Result<ExitCode, Failure> {
        let store = common.open_existing(config).await?;
        let event = Actor::TERMINAL.did(AuditAction::TokenRevoked, self.id.to_string(), clock::now());
        let revoked = store.revoke_token(self.id, &event).await;
        store.close().await;
        if !revoked? {
            let id = self.id;
            return Err(Failure::said(
                format!("không có mã số {id} còn hiệu lực"),
                format!("there is no token {id} in force"),
            )
            .hint("phusong token list"));
        }
        words::result(&if common.json {
            json!({"command": "token revoke", "id": self.id}).to_string()
        } else {
            format!("{}: revoked", self.id)
        });
        Ok(ExitCode::SUCCESS)
    }
}
