//! When a tile of speed tests counts as slow, and when it says anything at all.

use serde::{Deserialize, Serialize};

use super::{BadRule, ascending, positive};

/// The zones of speed that VNPT publishes for 4G (vnpt.vn, 09/12/2020, after QCVN 81:2019/BTTTT): at least 2.5 Mbit/s,
/// 5 on average in zone 2; at least 5, 15 on average in zone 1. The only ones at hand, taken for every network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SpeedRules {
    /// Below it a tile is slower than any zone, kbit/s.
    pub slow_from_kbps: u32,
    pub fair_from_kbps: u32,
    pub fast_from_kbps: u32,
    /// Tests that a class needs: in Ookla's tiles of Puerto Rico those with five or more are foretold half as wrongly
    /// as all together (standard deviation of the logarithm 0.63 against 1.06), and 32 % of tiles rest on one test.
    pub min_tests: u32,
    /// Devices that a class needs in some quarter: one phone is one plan and one room.
    pub min_devices: u32,
    /// The tiles around a tile weigh as much as so many of its own tests: with 8 the next quarter was foretold best on
    /// the same tiles.
    pub neighbour_tests: u32,
}

impl Default for SpeedRules {
    fn default() -> Self {
        Self {
            slow_from_kbps: 2_500,
            fair_from_kbps: 5_000,
            fast_from_kbps: 15_000,
            min_tests: 5,
            min_devices: 2,
            neighbour_tests: 8,
        }
    }
}

impl SpeedRules {
    pub(super) fn check(&self) -> Result<(), BadRule> {
        let rules = ["speed.slow_from_kbps", "speed.fair_from_kbps", "speed.fast_from_kbps"];
        let cuts = [self.slow_from_kbps, self.fair_from_kbps, self.fast_from_kbps].map(f64::from);
        ascending(&rules, &cuts)?;
        for (rule, count) in [
            ("speed.slow_from_kbps", self.slow_from_kbps),
            ("speed.min_tests", self.min_tests),
            ("speed.min_devices", self.min_devices),
        ] {
            positive(rule, f64::from(count))?;
        }
        Ok(())
    }
}
