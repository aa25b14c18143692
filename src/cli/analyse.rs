//! `phusong analyse`: the whole store, judged.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::validate::Validate;
use super::{Common, Config, Failure, audit, clock, words};
use crate::flow;
use crate::flow::analyse::Runs;
use crate::model::claim::ClaimCount;
use crate::model::language::{Language, number};
use crate::model::operator::Technology;
use crate::model::token::AuditAction;
use crate::store::StoreError;

/// Times that the store is judged while others judge it or write to it.
const TRIES: u32 = 3;

#[derive(Debug, Args)]
pub(super) struct Analyse {
    #[command(flatten)]
    validate: Validate,
}

impl Analyse {
    pub(super) async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        match self.validate.log() {
            Some(log) => self.validate.run(log, common, language),
            None => analyse(common, config, language).await,
        }
    }
}

async fn analyse(common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
    let store = common.open_existing(config).await?;
    let bar = words::spinner(common.quiet, "…");
    let mut found = flow::analyse::analyse(&*store, &config.rules(), Runs::Anew, clock::now()).await;
    for _ in 1..TRIES {
        // A server that judged the same, or an import: once more.
        let Err(StoreError::Moved { .. }) = &found else { break };
        found = flow::analyse::analyse(&*store, &config.rules(), Runs::Anew, clock::now()).await;
    }
    bar.finish_and_clear();
    if let Ok(found) = &found {
        audit::record(&*store, AuditAction::Analyse, &found.as_of.to_string()).await?;
    }
    store.close().await;
    let found = found?;
    let count = |n: u64| number(n as f64, 0, language);
    let offset = number(found.devices.largest_offset_db, 1, language);
    words::result(&if common.json {
        json!({
            "command": "analyse", "as_of": found.as_of.to_string(), "samples": found.samples, "runs": found.runs,
            "cells": found.cells, "cells_dead": found.cells_dead, "dead_areas": found.dead_areas,
            "villages": found.villages, "villages_unreached": found.villages_unreached,
            "devices_compared": found.devices.compared, "largest_device_offset_db": found.devices.largest_offset_db,
            "claims": found.claims.iter().map(flow::meta::of_claim).collect::<Vec<_>>(),
        })
        .to_string()
    } else {
        let judged = language.pick(
            format!(
                "{} trị đo → {} lượt → {} ô (trong đó {} ô thiếu sóng, {} vùng); {} thôn, {} thôn chưa tiếp cận; {} máy so được với nhau, lệch nhiều nhất {} dB",
                count(found.samples),
                count(found.runs),
                count(found.cells),
                count(found.cells_dead),
                count(found.dead_areas),
                count(found.villages),
                count(found.villages_unreached),
                count(found.devices.compared),
                offset
            ),
            format!(
                "{} samples → {} runs → {} cells (of them {} dead, in {} areas); {} villages, {} not reached; {} phones compared, at most {} dB off",
                count(found.samples),
                count(found.runs),
                count(found.cells),
                count(found.cells_dead),
                count(found.dead_areas),
                count(found.villages),
                count(found.villages_unreached),
                count(found.devices.compared),
                offset
            ),
        );
        std::iter::once(judged).chain(found.claims.iter().map(|of| claim(of, language))).collect::<Vec<_>>().join("\n")
    });
    Ok(ExitCode::SUCCESS)
}

/// One line for a network that its operator claims.
fn claim(of: &ClaimCount, language: Language) -> String {
    let count = |n: u64| number(n as f64, 0, language);
    let technology = of.technology.map_or("", Technology::generation);
    let [claimed, measured, unmeasured] = [of.claimed, of.measured, of.unmeasured()].map(count);
    let [contradicted, doubtful, borne_out, beyond] =
        [of.contradicted, of.doubtful, of.borne_out, of.beyond].map(count);
    let network = format!("{} {technology}", of.operator.brand());
    language.pick(
        format!(
            "{network}: công bố {claimed} ô, đã đo {measured} (trái với công bố {contradicted}, nghi ngờ {doubtful}, đúng {borne_out}), chưa đo {unmeasured}; có sóng ngoài vùng công bố {beyond}"
        ),
        format!(
            "{network}: {claimed} cells claimed, {measured} measured ({contradicted} contradict the claim, {doubtful} doubtful, {borne_out} bear it out), {unmeasured} not measured; {beyond} work beyond the claim"
        ),
    )
}
