//! `phusong work`: the work list for scripts, as the map shows it.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};

use super::export::Chosen;
use super::{Common, Config, Failure, Filters, audit, clock, words};
use crate::flow::choice::{self, Choice};
use crate::flow::export::json_value;
use crate::flow::snapshot::Snapshot;
use crate::flow::work::{self as list, Order};
use crate::model::access::{Role, Sight};
use crate::model::feature::{Feature, Value};
use crate::model::token::AuditAction;
use crate::model::work::{NewAction, WorkKind};
use crate::tiles;

#[derive(Debug, Subcommand)]
pub(super) enum Work {
    /// Dead areas and what was done about them
    List(List),
    /// Say who is to mend it
    Assign(Act),
    /// Leave a word
    Comment(Act),
    /// Claim that it works now; runs of later days decide
    Fixed(Fix),
    /// Take the claim back
    Reopen(Act),
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// rank, households, area, last_seen or state
    #[arg(long, default_value = "rank")]
    sort: String,
    #[command(flatten)]
    chosen: Chosen,
    #[command(flatten)]
    filters: Filters,
}

#[derive(Debug, Args)]
pub(super) struct Act {
    /// Key of the area, as `phusong work list` shows it
    area: String,
    /// Who acts: a role or an organisation, no person
    #[arg(long)]
    who: String,
    /// The comment, or to whom it is assigned
    #[arg(long, default_value = "", allow_hyphen_values = true)]
    text: String,
    #[command(flatten)]
    filters: Filters,
}

#[derive(Debug, Args)]
pub(super) struct Fix {
    /// Since when it works, not before the area was first seen [default: today]
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    #[command(flatten)]
    act: Act,
}

impl Work {
    pub(super) async fn run(self, common: &Common, config: &Config) -> Result<ExitCode, Failure> {
        match self {
            Self::List(list) => list.run(common, config).await,
            Self::Assign(act) => act.run((WorkKind::Assign, None), common, config).await,
            Self::Comment(act) => act.run((WorkKind::Comment, None), common, config).await,
            Self::Fixed(fix) => fix.act.run((WorkKind::Fixed, fix.on), common, config).await,
            Self::Reopen(act) => act.run((WorkKind::Reopen, None), common, config).await,
        }
    }
}

impl List {
    async fn run(self, common: &Common, config: &Config) -> Result<ExitCode, Failure> {
        let order = match self.sort.as_str() {
            "rank" => None,
            code => Some(Order::from_code(code).ok_or_else(|| {
                Failure::said(format!("không có cách xếp `{code}`"), format!("there is no order `{code}`"))
                    .hint("rank, households, area, last_seen, state")
            })?),
        };
        let question = self.filters.question()?;
        let choice = match tiles::definition(list::LAYER) {
            Some(layer) => self.chosen.read((layer, Sight::Whole))?,
            None => Choice::default(),
        };
        let store = common.open_existing(config).await?;
        let snapshot = Snapshot::read(&*store, &config.rules(), clock::now()).await;
        store.close().await;
        let snapshot = snapshot?;
        let view = snapshot.ask(Role::Admin, &question)?;
        let rows = list::ordered(choice::rows(&snapshot, &view, list::LAYER, &choice)?, order);
        words::result(&if common.json {
            let items: Vec<Json> = rows.into_iter().map(object).collect();
            json!({"command": "work list", "epoch": snapshot.epoch.to_string(), "items": items}).to_string()
        } else {
            rows.into_iter().map(line).collect::<Vec<_>>().join("\n")
        });
        Ok(ExitCode::SUCCESS)
    }
}

impl Act {
    async fn run(
        self,
        (kind, on): (WorkKind, Option<Date>),
        common: &Common,
        config: &Config,
    ) -> Result<ExitCode, Failure> {
        let action = NewAction::new(kind, &self.who, &self.text)?.since(on)?;
        let question = self.filters.question()?;
        let store = common.open_existing(config).await?;
        let snapshot = Snapshot::read(&*store, &config.rules(), clock::now()).await?;
        let view = snapshot.ask(Role::Admin, &question)?;
        let place = list::place(&snapshot, (&view, Role::Admin), &self.area, (kind, on))
            .map_err(|error| Failure::from(error).hint("phusong work list (--operator, --technology)"))?;
        let acted = store.act(&place, &action, clock::now()).await;
        if acted.is_ok() {
            audit::record(&*store, AuditAction::Work, &action.subject(&self.area)).await?;
        }
        store.close().await;
        let item = acted?;
        words::result(&if common.json {
            json!({"command": format!("work {}", kind.code()), "area": self.area, "item": item}).to_string()
        } else {
            format!("{}: {}", self.area, kind.code())
        });
        Ok(ExitCode::SUCCESS)
    }
}

pub(super) fn object(row: &Feature) -> Json {
    let mut members = Map::new();
    members.insert("key".into(), Json::from(row.key.as_str()));
    members.extend(row.attributes.iter().map(|(name, value)| ((*name).to_owned(), json_value(value))));
    Json::Object(members)
}

/// What a person looks for in a terminal, a tab between two.
fn line(row: &Feature) -> String {
    let shown =
        ["state", "households", "operator", "technology", "communes", "assignee"].map(|name| match row.get(name) {
            None => "–".to_owned(),
            Some(Value::Text(text)) => text.clone(),
            Some(value) => json_value(value).to_string(),
        });
    format!("{}\t{}", row.key, shown.join("\t"))
}
