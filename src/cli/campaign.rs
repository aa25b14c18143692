//! `phusong campaign`: drives with a name, days, communes and a target.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::{Common, Config, Failure, clock, words};
use crate::flow::access::Actor;
use crate::flow::indicators::campaign_json;
use crate::flow::snapshot::NoCampaign;
use crate::model::admin::UnitCode;
use crate::model::campaign::{CODE_MOST, Campaign as Made, DAYS_MOST, NAME_MOST, NotACampaign};
use crate::model::token::AuditAction;

#[derive(Debug, Subcommand)]
pub(super) enum Campaign {
    /// Add one, or put it in place of the one with its code
    Add(Add),
    /// Those that there are
    List,
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// What is typed to ask for it: small letters, digits, `-`
    code: String,
    /// What it is called
    #[arg(long)]
    name: String,
    /// First day
    #[arg(long, value_name = "DATE")]
    from: Date,
    /// Last day
    #[arg(long, value_name = "DATE")]
    to: Date,
    /// Percentage of households guided from which a village is done
    #[arg(long, default_value_t = 90.0, value_name = "PERCENT")]
    target: f64,
    /// Communes, once each [default: the whole province]
    #[arg(long, value_name = "CODE")]
    commune: Vec<UnitCode>,
}

impl Campaign {
    pub(super) async fn run(self, common: &Common, config: &Config) -> Result<ExitCode, Failure> {
        let store = common.open_existing(config).await?;
        let done = match self {
            Self::List => store.campaigns().await.map_err(Failure::from),
            Self::Add(add) => {
                let made = Made::new(&add.code, &add.name, (add.from, add.to), add.target, add.commune)?;
                let today = crate::model::measure::local_day(clock::now());
                let units = store.units().await?;
                let is_known = |code: &UnitCode| units.iter().any(|unit| unit.code == *code && unit.in_force(today));
                if let Some(odd) = made.communes.iter().find(|code| !is_known(code)) {
                    return Err(Failure::no_commune(*odd));
                }
                let event = Actor::TERMINAL.did(AuditAction::Campaign, made.code.clone(), clock::now());
                store.put_campaign(&made, &event).await.map(|()| vec![made]).map_err(Failure::from)
            }
        };
        store.close().await;
        let items = done?;
        words::result(&if common.json {
            let items: Vec<Json> = items.iter().map(campaign_json).collect();
            json!({"command": "campaign", "items": items}).to_string()
        } else {
            items.iter().map(line).collect::<Vec<_>>().join("\n")
        });
        Ok(ExitCode::SUCCESS)
    }
}

impl From<NoCampaign> for Failure {
    fn from(error: NoCampaign) -> Self {
        let said = match &error {
            NoCampaign::Unknown(code) => format!("không có chiến dịch `{code}`"),
            NoCampaign::NotBegun { code, first } => format!("chiến dịch `{code}` bắt đầu ngày {first}, chưa đến"),
        };
        Self::said(said, error.to_string()).hint("phusong campaign list")
    }
}

impl From<NotACampaign> for Failure {
    fn from(error: NotACampaign) -> Self {
        let said = match error {
            NotACampaign::Code => format!("mã có 1 đến {CODE_MOST} chữ thường không dấu, chữ số và `-`"),
            NotACampaign::Name => format!("tên có 1 đến {NAME_MOST} ký tự và không phải của một người"),
            NotACampaign::Days => format!("ngày cuối trước ngày đầu, hoặc dài hơn {DAYS_MOST} ngày"),
            NotACampaign::Target => "chỉ tiêu là tỷ lệ phần trăm trên 0 và không quá 100".to_owned(),
        };
        Self::said(said, error.to_string())
    }
}

/// Code, days, target, communes and name, a tab between two.
fn line(of: &Made) -> String {
    let communes: Vec<String> = of.communes.iter().map(ToString::to_string).collect();
    let communes = if communes.is_empty() { "*".to_owned() } else { communes.join(" ") };
    let (from, to, percent) = (of.period.first(), of.period.last(), of.target * 100.0);
    format!("{}\t{from} – {to}\t{percent:.0} %\t{communes}\t{}", of.code, of.name)
}
