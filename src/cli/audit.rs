//! `phusong audit`: who read and did what.

use std::process::ExitCode;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::{Common, Config, Failure, clock, words};
use crate::flow::access::{Actor, event_json};
use crate::model::measure::local_midnight;
use crate::model::token::{AuditAction, AuditEvent};
use crate::store::Store;

#[derive(Debug, Args)]
pub(super) struct Audit {
    /// First day to show
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
}

impl Audit {
    pub(super) async fn run(self, common: &Common, config: &Config) -> Result<ExitCode, Failure> {
        let since = self.since.as_deref().map(day).transpose()?;
        let store = common.open_existing(config).await?;
        let events = store.events(since).await;
        store.close().await;
        let events = events?;
        words::result(&if common.json {
            let items: Vec<Json> = events.iter().map(event_json).collect();
            json!({"command": "audit", "items": items}).to_string()
        } else {
            events.iter().map(line).collect::<Vec<_>>().join("\n")
        });
        Ok(ExitCode::SUCCESS)
    }
}

fn day(text: &str) -> Result<Timestamp, Failure> {
    text.trim().parse::<Date>().map(local_midnight).map_err(|_| {
        Failure::new(format!("--since is `{text}`, expected a day")).hint("write the day as year-month-day: 2026-03-31")
    })
}

fn line(event: &AuditEvent) -> String {
    let token = event.token.map_or_else(|| "–".to_owned(), |id| id.to_string());
    let AuditEvent { at, role, action, subject, purpose, .. } = event;
    format!("{at}\t{role}\t{token}\t{}\t{subject}\t{}", action.code(), purpose.as_str())
}

/// Writes down what was done at the terminal.
pub(super) async fn record(store: &dyn Store, action: AuditAction, subject: &str) -> Result<(), Failure> {
    Ok(store.record(&Actor::TERMINAL.did(action, subject, clock::now())).await?)
}
