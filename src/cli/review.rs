//! `phusong review`: visits that were held back, and what becomes of them.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};

use super::{Common, Config, Failure, audit, clock, words};
use crate::engine::inbox::Held;
use crate::flow::analyse;
use crate::flow::inbox::{self, Filter};
use crate::model::admin::UnitCode;
use crate::model::review::{Decision, NewReview};
use crate::model::token::AuditAction;

#[derive(Debug, Subcommand)]
pub(super) enum Review {
    /// Bundles of visits of one village, day and oddity
    List(List),
    /// Count them after all
    Accept(Decide),
    /// Count them nowhere
    Reject(Decide),
    /// Take the last decision back
    Reopen(Decide),
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Of one commune, by its code
    #[arg(long)]
    commune: Option<UnitCode>,
    /// pending, noted (odd, and counted), accepted or rejected
    #[arg(long, default_value = "pending")]
    state: String,
}

#[derive(Debug, Args)]
pub(super) struct Decide {
    /// Key of the bundle, as `phusong review list` shows it
    key: String,
    /// Who decides: a role or an organisation, no person
    #[arg(long)]
    who: String,
    /// Why; a rejection needs it
    #[arg(long, default_value = "")]
    why: String,
}

impl Review {
    pub(super) async fn run(self, common: &Common, config: &Config) -> Result<ExitCode, Failure> {
        match self {
            Self::List(list) => list.run(common, config).await,
            Self::Accept(decide) => decide.run(Decision::Accepted, common, config).await,
            Self::Reject(decide) => decide.run(Decision::Rejected, common, config).await,
            Self::Reopen(decide) => decide.run(Decision::Reopened, common, config).await,
        }
    }
}

impl List {
    async fn run(self, common: &Common, config: &Config) -> Result<ExitCode, Failure> {
        let held = Held::from_code(&self.state).ok_or_else(|| {
            Failure::said(
                format!("không có trạng thái `{}`", self.state),
                format!("there is no state `{}`", self.state),
            )
            .hint(Held::ALL.map(Held::code).join(", "))
        })?;
        let store = common.open_existing(config).await?;
        let facts = analyse::facts(&*store, &config.rules(), clock::now()).await?;
        let lines = inbox::lines(&facts, Filter { commune: self.commune, held: Some(held) }, |_, _| true);
        let items = inbox::with_decisions(&*store, lines).await;
        store.close().await;
        let items = items?;
        words::result(&if common.json {
            json!({"command": "review list", "items": items}).to_string()
        } else {
            items.iter().map(line).collect::<Vec<_>>().join("\n")
        });
        Ok(ExitCode::SUCCESS)
    }
}

/// Key, village, visits and guided households, a tab between two.
fn line(item: &Json) -> String {
    let text = |name: &str| item[name].as_str().unwrap_or("–").to_owned();
    let place = format!("{}, {}", text("village_name"), text("commune_name"));
    format!("{}\t{place}\t{}\t{}", text("key"), item["visits"], item["guided"])
}

impl Decide {
    async fn run(self, decision: Decision, common: &Common, config: &Config) -> Result<ExitCode, Failure> {
        let review = NewReview::new(decision, &self.who, &self.why).map_err(|error| Failure::new(error.to_string()))?;
        let store = common.open_existing(config).await?;
        let facts = analyse::facts(&*store, &config.rules(), clock::now()).await?;
        let visits = inbox::visits_of(&facts, &self.key, decision, |_, _| true)
            .map_err(|error| Failure::new(error.to_string()).hint("phusong review list (--state)"))?;
        let done = store.review(&visits, &review, clock::now()).await;
        if done.is_ok() {
            audit::record(&*store, AuditAction::Review, &format!("{} {}", decision.code(), self.key)).await?;
        }
        store.close().await;
        done?;
        words::result(&if common.json {
            json!({"command": format!("review {}", decision.code()), "key": self.key, "visits": visits.len()})
                .to_string()
        } else {
            format!("{}: {} ({})", self.key, decision.code(), visits.len())
        });
        Ok(ExitCode::SUCCESS)
    }
}
