//! Thresholds and rules, versioned, each with its unit and source.
//!
//! They are policy, not physics: a province may change them in
//! `phusong.toml`, and every legend and export prints the version in use.

use serde::{Deserialize, Deserializer, Serialize};

use super::measure::Dbm;
use super::operator::Technology;

mod hints;
mod outreach;
mod plan;
mod retention;
mod speed;

pub use hints::{HintRules, Radii};
pub use outreach::OutreachRules;
pub use plan::PlanRules;
pub use retention::RetentionRules;
pub use speed::SpeedRules;

/// Everything a verdict depends on besides the data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    pub signal: SignalRules,
    pub reach: ReachRules,
    pub hints: HintRules,
    pub speed: SpeedRules,
    pub plan: PlanRules,
    pub outreach: OutreachRules,
    pub retention: RetentionRules,
}

/// When a place counts as covered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignalRules {
    /// Printed on every legend.
    pub version: String,
    #[serde(deserialize_with = "over_gsm")]
    pub gsm: Cuts,
    #[serde(deserialize_with = "over_umts")]
    pub umts: Cuts,
    #[serde(deserialize_with = "over_lte")]
    pub lte: Cuts,
    #[serde(deserialize_with = "over_nr")]
    pub nr: Cuts,
    /// LTE RSRQ, dB, below which calls and data break although the power is
    /// there: the second of the four cuts of AOSP (−20, −17, −14, −11 dB). A proposal, like the cuts of power.
    pub rsrq_min_db: f32,
    /// LTE SINR, dB, the same: the first of the four cuts of AOSP.
    pub sinr_min_db: f32,
    /// NR SS-RSRQ, dB, the same: the second of the four cuts of AOSP (−31, −19, −7, 6 dB).
    pub nr_rsrq_min_db: f32,
    /// NR SS-SINR, dB, the same: the first of the four cuts of AOSP.
    pub nr_sinr_min_db: f32,
    /// LTE and NR download, kbit/s, the same: the lowest zone that VNPT publishes for 4G.
    pub download_min_kbps: u32,
    /// Runs that a weak verdict needs. Three runs are right in 92 of 100 r9 cells, one in 88.
    pub weak_min_runs: u32,
    /// Days with a weak run that a weak verdict needs, with a good one that closing needs, and with any to be confirmed
    /// as working.
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
    /// The centre of a commune is judged by the runs within this, metres: the reports of provinces take a village
    /// at its culture house and the new commune centres with what stands around them. A proposal until the
    /// criteria of 1603/BTTTT-CVT (25/04/2024) are at hand.
    pub centre_within_m: f64,
    /// Any other public place, metres: as a village is judged at its culture house.
    pub place_within_m: f64,
    /// From which share of the r9 cells of the operator that was measured most widely another one counts as present.
    /// An operator that nobody measured at a place may work there, so it keeps
    /// the place from being called dead; what one commune measured of a network must not
    /// do that to a whole province, and a mistyped name or a brand without masts never does.
    /// By cells, not by runs: one drive has thousands of runs.
    pub operator_min_share: f64,
}

/// Lower edges of the classes, dBm: below `none` there is no usable signal,
/// below `poor` it is poor, below `outdoor` it works outdoors, below `good`
/// it is good, above that it works indoors.
///
/// A file may change one of them: the others stay those of the technology.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Cuts {
    pub none: f32,
    pub poor: f32,
    pub outdoor: f32,
    pub good: f32,
}

const GSM: Cuts = Cuts { none: -109.0, poor: -103.0, outdoor: -97.0, good: -89.0 };
const UMTS: Cuts = Cuts { none: -114.0, poor: -104.0, outdoor: -94.0, good: -84.0 };
const LTE: Cuts = Cuts { none: -120.0, poor: -110.0, outdoor: -105.0, good: -95.0 };
const NR: Cuts = Cuts { none: -120.0, poor: -110.0, outdoor: -100.0, good: -90.0 };

/// The members of a table of cuts that a file gives.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SomeCuts {
    none: Option<f32>,
    poor: Option<f32>,
    outdoor: Option<f32>,
    good: Option<f32>,
}

fn over<'de, D: Deserializer<'de>>(cuts: Cuts, given: D) -> Result<Cuts, D::Error> {
    let given = SomeCuts::deserialize(given)?;
    Ok(Cuts {
        none: given.none.unwrap_or(cuts.none),
        poor: given.poor.unwrap_or(cuts.poor),
        outdoor: given.outdoor.unwrap_or(cuts.outdoor),
        good: given.good.unwrap_or(cuts.good),
    })
}

fn over_gsm<'de, D: Deserializer<'de>>(given: D) -> Result<Cuts, D::Error> {
    over(GSM, given)
}

fn over_umts<'de, D: Deserializer<'de>>(given: D) -> Result<Cuts, D::Error> {
    over(UMTS, given)
}

fn over_lte<'de, D: Deserializer<'de>>(given: D) -> Result<Cuts, D::Error> {
    over(LTE, given)
}

fn over_nr<'de, D: Deserializer<'de>>(given: D) -> Result<Cuts, D::Error> {
    over(NR, given)
}

impl Default for SignalRules {
    /// Ofcom's −105 outdoor and −95 indoor logic with AOSP's lower cuts: a
    /// proposal, not a Vietnamese norm. Change it in `phusong.toml` when the
    /// criteria of 1603/BTTTT-CVT (25/04/2024) are at hand.
    fn default() -> Self {
        Self {
            version: "phusong-2026.5".into(),
            gsm: GSM,
            umts: UMTS,
            lte: LTE,
            nr: NR,
            rsrq_min_db: -17.0,
            sinr_min_db: -3.0,
            nr_rsrq_min_db: -19.0,
            nr_sinr_min_db: -5.0,
            download_min_kbps: 2_500,
            weak_min_runs: 3,
            weak_min_days: 2,
            weak_share: 0.5,
            confirmed_min_runs: 5,
            weak_z: 1.281_551_565_5,
            confirmed_z: 1.959_963_985,
            dead_area_min_cells: 2,
            centre_within_m: 500.0,
            place_within_m: 150.0,
            operator_min_share: 0.05,
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
    /// No count of households between 1 and k − 1 leaves the engine; at least 5.
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

/// A rule that cannot be meant. `rule` is its place in `phusong.toml`.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BadRule {
    #[error("`{rule}` is empty, expected a version to print on legends")]
    Empty { rule: &'static str },
    #[error("`{rule}` is {found}, expected {least} to {most}")]
    Outside { rule: &'static str, found: f64, least: f64, most: f64 },
    #[error("`{rule}` is {found}, expected more than 0")]
    NotPositive { rule: &'static str, found: f64 },
    #[error("`{lower}` ({lower_is}) is above `{upper}` ({upper_is})")]
    Backwards { lower: String, lower_is: f64, upper: String, upper_is: f64 },
}

impl Rules {
    /// Whether these rules can be meant: a typing error must not redraw a map.
    ///
    /// # Errors
    /// The first rule that cannot, with what was expected.
    pub fn check(&self) -> Result<(), BadRule> {
        self.signal.check()?;
        self.reach.check()?;
        self.hints.check()?;
        self.speed.check()?;
        self.plan.check()?;
        self.outreach.check()?;
        self.retention.check()
    }
}

impl SignalRules {
    fn check(&self) -> Result<(), BadRule> {
        named("signal.version", &self.version)?;
        let tables = [
            (self.gsm, ["signal.gsm.none", "signal.gsm.poor", "signal.gsm.outdoor", "signal.gsm.good"]),
            (self.umts, ["signal.umts.none", "signal.umts.poor", "signal.umts.outdoor", "signal.umts.good"]),
            (self.lte, ["signal.lte.none", "signal.lte.poor", "signal.lte.outdoor", "signal.lte.good"]),
            (self.nr, ["signal.nr.none", "signal.nr.poor", "signal.nr.outdoor", "signal.nr.good"]),
        ];
        for (cuts, rules) in tables {
            let cuts = [cuts.none, cuts.poor, cuts.outdoor, cuts.good].map(f64::from);
            for (rule, cut) in rules.into_iter().zip(cuts) {
                within(rule, cut, f64::from(Dbm::LEAST), f64::from(Dbm::MOST))?;
            }
            ascending(&rules, &cuts)?;
        }
        // The widest ranges that TS 36.133 reports: RSRQ −34 to 2.5 dB, SINR −23 to 40 dB.
        within("signal.rsrq_min_db", f64::from(self.rsrq_min_db), -34.0, 2.5)?;
        within("signal.sinr_min_db", f64::from(self.sinr_min_db), -23.0, 40.0)?;
        // Those of TS 38.133: SS-RSRQ −43 to 20 dB, SS-SINR −23 to 40 dB.
        within("signal.nr_rsrq_min_db", f64::from(self.nr_rsrq_min_db), -43.0, 20.0)?;
        within("signal.nr_sinr_min_db", f64::from(self.nr_sinr_min_db), -23.0, 40.0)?;
        for (rule, count) in [
            ("signal.weak_min_runs", self.weak_min_runs),
            ("signal.weak_min_days", self.weak_min_days),
            ("signal.confirmed_min_runs", self.confirmed_min_runs),
            ("signal.dead_area_min_cells", self.dead_area_min_cells),
        ] {
            positive(rule, f64::from(count))?;
        }
        // An r10 cell, of which a run is known, has a radius of 76 m; 2 km away another place is meant.
        within("signal.centre_within_m", self.centre_within_m, 100.0, 2_000.0)?;
        within("signal.place_within_m", self.place_within_m, 100.0, 2_000.0)?;
        positive("signal.weak_z", self.weak_z)?;
        positive("signal.confirmed_z", self.confirmed_z)?;
        within("signal.weak_share", self.weak_share, 0.0, 1.0)?;
        within("signal.operator_min_share", self.operator_min_share, 0.0, 1.0)
    }
}

impl ReachRules {
    /// Fewer than this cannot be asked for: below it a count points at families.
    pub const LEAST_K: u32 = 5;

    fn check(&self) -> Result<(), BadRule> {
        named("reach.version", &self.version)?;
        let rules = ["reach.started_below", "reach.low_below", "reach.near_below"];
        let shares = [self.started_below, self.low_below, self.near_below];
        for (rule, share) in rules.into_iter().zip(shares) {
            within(rule, share, 0.0, 1.0)?;
        }
        ascending(&rules, &shares)?;
        positive("reach.stale_after_days", f64::from(self.stale_after_days))?;
        positive("reach.percent_min_households", f64::from(self.percent_min_households))?;
        positive("reach.nearest_village_within_m", self.nearest_village_within_m)?;
        within("reach.k", f64::from(self.k), f64::from(Self::LEAST_K), f64::from(u32::MAX))
    }
}

fn named(rule: &'static str, version: &str) -> Result<(), BadRule> {
    if version.trim().is_empty() { Err(BadRule::Empty { rule }) } else { Ok(()) }
}

/// Not-a-number lies within nothing.
fn within(rule: &'static str, found: f64, least: f64, most: f64) -> Result<(), BadRule> {
    if (least..=most).contains(&found) { Ok(()) } else { Err(BadRule::Outside { rule, found, least, most }) }
}

fn positive(rule: &'static str, found: f64) -> Result<(), BadRule> {
    if found.is_finite() && found > 0.0 { Ok(()) } else { Err(BadRule::NotPositive { rule, found }) }
}

/// Equal neighbours are allowed: a class between them is then empty.
fn ascending(rules: &[&str], values: &[f64]) -> Result<(), BadRule> {
    for (names, pair) in rules.windows(2).zip(values.windows(2)) {
        if let ([lower, upper], [lower_is, upper_is]) = (names, pair)
            && lower_is > upper_is
        {
            return Err(BadRule::Backwards {
                lower: (*lower).to_owned(),
                lower_is: *lower_is,
                upper: (*upper).to_owned(),
                upper_is: *upper_is,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: impl FnOnce(&mut Rules), expected: Result<(), &str>) {
        let mut rules = Rules::default();
        change(&mut rules);
        assert_eq!(rules.check().map_err(|bad| bad.to_string()), expected.map_err(str::to_owned));
    }

    #[test]
    fn rules_that_cannot_be_meant_are_named() {
        check(|_| (), Ok(()));
        check(|r| r.reach.k = 1, Err("`reach.k` is 1, expected 5 to 4294967295"));
        check(|r| r.signal.lte.poor = -130.0, Err("`signal.lte.none` (-120) is above `signal.lte.poor` (-130)"));
        check(|r| r.signal.gsm.none = f32::NAN, Err("`signal.gsm.none` is NaN, expected -156 to -25"));
        check(|r| r.signal.nr.good = 10.0, Err("`signal.nr.good` is 10, expected -156 to -25"));
        check(|r| r.signal.weak_min_runs = 0, Err("`signal.weak_min_runs` is 0, expected more than 0"));
        check(|r| r.signal.centre_within_m = 5.0, Err("`signal.centre_within_m` is 5, expected 100 to 2000"));
        check(|r| r.signal.weak_z = f64::INFINITY, Err("`signal.weak_z` is inf, expected more than 0"));
        check(|r| r.signal.operator_min_share = 1.5, Err("`signal.operator_min_share` is 1.5, expected 0 to 1"));
        check(|r| r.reach.low_below = 0.95, Err("`reach.low_below` (0.95) is above `reach.near_below` (0.9)"));
        check(|r| r.hints.sites = 0, Err("`hints.sites` is 0, expected 1 to 200"));
        check(|r| r.hints.lte.rural_m = 3.0, Err("`hints.lte.rural_m` is 3, expected 200 to 20000"));
        check(|r| r.hints.edge_z = 0.0, Err("`hints.edge_z` is 0, expected more than 0"));
        check(|r| r.reach.near_below = 90.0, Err("`reach.near_below` is 90, expected 0 to 1"));
        check(|r| r.speed.min_devices = 0, Err("`speed.min_devices` is 0, expected more than 0"));
        check(|r| r.plan.rate = 0, Err("`plan.rate` is 0, expected 1 to 500"));
        check(|r| r.plan.weight_near = f64::NAN, Err("`plan.weight_near` is NaN, expected 0 to 1"));
        check(|r| r.plan.forecast_min_weeks = 9, Err("`plan.forecast_min_weeks` is 9, expected 2 to 8"));
        let backwards = "`speed.fair_from_kbps` (5000) is above `speed.fast_from_kbps` (1000)";
        check(|r| r.speed.fast_from_kbps = 1_000, Err(backwards));
        check(
            |r| r.reach.version = " ".into(),
            Err("`reach.version` is empty, expected a version to print on legends"),
        );
    }

    #[test]
    fn one_cut_of_a_table_can_be_changed_alone() {
        let rules: Rules = toml::from_str("[signal]\nlte = { poor = -112 }\nnr.good = -88.5\n").unwrap();
        assert_eq!(rules.signal.lte, Cuts { poor: -112.0, ..LTE });
        assert_eq!(rules.signal.nr, Cuts { good: -88.5, ..NR });
        assert_eq!((rules.signal.gsm, rules.signal.umts), (GSM, UMTS));
        assert!(toml::from_str::<Rules>("[signal]\nlte = { por = -112 }\n").is_err());
    }
}
