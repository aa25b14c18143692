//! `phusong.toml`: flags win over the environment, the environment over the file.

use std::path::Path;

use serde::Deserialize;

use super::Failure;
use crate::model::rules::{
    HintRules, OutreachRules, PlanRules, ReachRules, RetentionRules, Rules, SignalRules, SpeedRules,
};

/// The file that is read when `--config` is not given.
const DEFAULT: &str = "phusong.toml";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Config {
    pub(super) db: Option<String>,
    pub(super) port: Option<u16>,
    signal: SignalRules,
    reach: ReachRules,
    hints: HintRules,
    speed: SpeedRules,
    plan: PlanRules,
    outreach: OutreachRules,
    retention: RetentionRules,
}

impl Config {
    pub(super) fn load(path: Option<&Path>) -> Result<Self, Failure> {
        let (path, asked) = path.map_or((Path::new(DEFAULT), false), |path| (path, true));
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let wrong = |problem: String| {
                    Failure::new(format!("{}: {problem}", path.display()))
                        .hint_said("docs/cli.md liệt kê mọi thiết lập", "docs/cli.md lists every setting")
                };
                let config: Self = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
                config.rules().check().map_err(|error| wrong(error.to_string()))?;
                Ok(config)
            }
            Err(_) if !asked => Ok(Self::default()),
            Err(error) => Err(Failure::new(format!("cannot read {}: {error}", path.display()))),
        }
    }

    pub(super) fn rules(&self) -> Rules {
        Rules {
            signal: self.signal.clone(),
            reach: self.reach.clone(),
            hints: self.hints.clone(),
            speed: self.speed.clone(),
            plan: self.plan.clone(),
            outreach: self.outreach.clone(),
            retention: self.retention.clone(),
        }
    }
}
