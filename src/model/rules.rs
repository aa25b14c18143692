//! Thresholds and rules, versioned, each with its unit and source.
//!
//! They are policy, not physics: a province may change them in
//! `phusong.toml`, and every legend and export prints the version in use.

use serde::{Deserialize, Serialize};

use super::operator::Technology;

/// Everything a verdict depends on besides the data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    pub signal: SignalRules,
    pub reach: ReachRules,
}

/// When a place counts as covered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignalRules {
    /// Printed on every legend.
    pub version: String,
    pub gsm: Cuts,
    pub umts: Cuts,
    pub lte: Cuts,
    pub nr: Cuts,
    /// Runs that a weak verdict needs. Three runs are right in 92 of 100 r9 cells, one in 88.
    pub weak_min_runs: u32,
    /// Days that a weak verdict needs.
    pub weak_min_days: u32,
    /// The lower bound of the weak share must lie above this.
    pub weak_share: f64,
    /// Runs that a confirmed verdict needs.
    pub confirmed_min_runs: u32,
    /// Two-sided confidence of the interval for a weak verdict, as a normal quantile: 80 %.
    pub weak_z: f64,
    /// The same for a confirmed verdict: 95 %.
    pub confirmed_z: f64,
    /// Cells that a dead area needs unless a village lies inside.
    pub dead_area_min_cells: u32,
}

/// Lower edges of the classes, dBm: below `none` there is no usable signal,
/// below `poor` it is poor, below `outdoor` it works outdoors, below `good`
/// it is good, above that it works indoors.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cuts {
    pub none: f32,
    pub poor: f32,
    pub outdoor: f32,
    pub good: f32,
}

impl Default for SignalRules {
    /// Ofcom's −105 outdoor and −95 indoor logic with AOSP's lower cuts: a
    /// proposal, not a Vietnamese norm. Change it in `phusong.toml` when the
    /// criteria of 1603/BTTTT-CVT (25/04/2024) are at hand.
    fn default() -> Self {
        Self {
            version: "phusong-2026.1".into(),
            gsm: Cuts { none: -109.0, poor: -103.0, outdoor: -97.0, good: -89.0 },
            umts: Cuts { none: -114.0, poor: -104.0, outdoor: -94.0, good: -84.0 },
            lte: Cuts { none: -120.0, poor: -110.0, outdoor: -105.0, good: -95.0 },
            nr: Cuts { none: -120.0, poor: -110.0, outdoor: -100.0, good: -90.0 },
            weak_min_runs: 3,
            weak_min_days: 2,
            weak_share: 0.5,
            confirmed_min_runs: 5,
            weak_z: 1.281_551_565_5,
            confirmed_z: 1.959_963_985,
            dead_area_min_cells: 2,
        }
    }
}

impl SignalRules {
    #[must_use]
    pub fn cuts(&self, technology: Technology) -> Cuts {
        match technology {
            Technology::Gsm => self.gsm,
            Technology::Umts => self.umts,
            Technology::Lte => self.lte,
            Technology::Nr => self.nr,
        }
    }
}

/// When a village counts as reached: mSpray's open definition, 20 / 75 / 90 %.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReachRules {
    pub version: String,
    /// Share of households guided from which a village is `low` rather than `started`.
    pub started_below: f64,
    pub low_below: f64,
    /// From here on it is `reached`.
    pub near_below: f64,
    /// Days after which the last visit is stale.
    pub stale_after_days: i32,
    /// Fewer households than this, and no percentage is shown.
    pub percent_min_households: u32,
    /// No count of households between 1 and k − 1 leaves the engine.
    pub k: u32,
    /// A visit without a village goes to the nearest one within this, metres.
    pub nearest_village_within_m: f64,
}

impl Default for ReachRules {
    fn default() -> Self {
        Self {
            version: "phusong-2026.1".into(),
            started_below: 0.20,
            low_below: 0.75,
            near_below: 0.90,
            stale_after_days: 180,
            percent_min_households: 10,
            k: 5,
            nearest_village_within_m: 1_000.0,
        }
    }
}
