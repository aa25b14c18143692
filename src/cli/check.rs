//! `phusong check …`: a store, boundaries or lineage, looked over.

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use super::{Common, Config, Failure, check_boundaries, check_lineage, check_register, words};
use crate::model::language::Language;

#[derive(Debug, Subcommand)]
pub(super) enum Check {
    /// Structure, foreign keys and GeoPackage header
    Store,
    /// Overlaps, gaps, edges that do not match, stated areas, the province's outline
    Boundaries(check_boundaries::Boundaries),
    /// Every unit goes somewhere and every number is still there; missing, wrong and contradictory edges
    Lineage(check_lineage::Lineage),
    /// Communes without a listed village, and visited ground without one near
    Register(check_register::Register),
}

impl Check {
    pub(super) async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        match self {
            Self::Store => store(common, config, language).await,
            Self::Boundaries(boundaries) => boundaries.run(common, config, language).await,
            Self::Lineage(lineage) => lineage.run(common, config, language).await,
            Self::Register(register) => register.run(common, config, language).await,
        }
    }
}

async fn store(common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
    let open = common.open_existing(config).await?;
    let problems: Vec<String> = open.check().await?.iter().map(ToString::to_string).collect();
    open.close().await;
    words::result(&if common.json {
        json!({"command": "check store", "problems": problems}).to_string()
    } else if problems.is_empty() {
        language.pick("kho dữ liệu nguyên vẹn".to_owned(), "the store is whole".to_owned())
    } else {
        problems.join("\n")
    });
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
