//! `phusong analyse`: the whole store, judged.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::validate::Validate;
use super::{Common, Config, Failure, clock, words};
use crate::flow;
use crate::model::language::{Language, number};

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
    let found = flow::analyse::analyse(&*store, &config.rules(), clock::now()).await;
    bar.finish_and_clear();
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
        })
        .to_string()
    } else {
        language.pick(
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
        )
    });
    Ok(ExitCode::SUCCESS)
}
