//! `phusong check register`: communes and visited ground that the list of villages does not know.

use std::process::ExitCode;

use clap::Args;
use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::{Common, Config, Failure, clock, words};
use crate::engine::Facts;
use crate::engine::register::{Gap, GapKind, gaps};
use crate::flow::analyse;
use crate::model::language::Language;

#[derive(Debug, Args)]
pub(super) struct Register {
    /// Day whose communes and villages are looked over [default: today]
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Exit with 1 when something is found
    #[arg(long)]
    strict: bool,
}

impl Register {
    pub(super) async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        let store = common.open_existing(config).await?;
        let facts = analyse::facts(&*store, &config.rules(), clock::now()).await;
        store.close().await;
        let facts = facts?;
        let found = gaps(&facts, self.as_of.unwrap_or(facts.today));
        words::result(&if common.json {
            let gaps: Vec<Json> = found.iter().map(|gap| as_json(&facts, gap)).collect();
            json!({"command": "check register", "gaps": gaps}).to_string()
        } else if found.is_empty() {
            language
                .pick("danh sách thôn không thiếu chỗ nào thấy được".into(), "no gap is seen in the register".into())
        } else {
            found.iter().map(|gap| in_words(&facts, gap, language)).collect::<Vec<_>>().join("\n")
        });
        Ok(if self.strict && !found.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn name(facts: &Facts, gap: &Gap) -> Option<String> {
    let named = facts.units.iter().rev().find(|unit| Some(unit.code) == gap.commune);
    named.map(crate::model::admin::AdminUnit::full_name)
}

fn as_json(facts: &Facts, gap: &Gap) -> Json {
    let (at, households) = match gap.kind {
        GapKind::NoVillage => (None, None),
        GapKind::Visited { at, households } => (Some(at), Some(households)),
    };
    json!({
        "kind": gap.kind.code(),
        "commune": gap.commune.map(|code| code.to_string()),
        "commune_name": name(facts, gap),
        "lon": at.map(|at| at.lon()),
        "lat": at.map(|at| at.lat()),
        "households": households,
    })
}

fn in_words(facts: &Facts, gap: &Gap, language: Language) -> String {
    let code = gap.commune.map(|code| code.to_string()).unwrap_or_default();
    let commune =
        name(facts, gap).unwrap_or_else(|| language.pick("ngoài các xã".into(), "outside every commune".into()));
    match gap.kind {
        GapKind::NoVillage => language.pick(
            format!("{code} {commune}: không có thôn nào trong danh sách"),
            format!("{code} {commune}: no village is listed"),
        ),
        GapKind::Visited { at, households } => {
            let (lon, lat) = (at.lon(), at.lat());
            language.pick(
                format!("{code} {commune}: đã đến {households} hộ quanh {lat:.4}, {lon:.4}, không có thôn nào trong vòng 500 m"),
                format!("{code} {commune}: {households} households visited around {lat:.4}, {lon:.4}, no village within 500 m"),
            )
        }
    }
}
