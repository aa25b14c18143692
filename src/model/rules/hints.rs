//! What hints at sites rest on: how many, and how far a mast is taken to serve.

use serde::{Deserialize, Serialize};

use super::{BadRule, named, positive, within};
use crate::model::operator::Technology;

/// How many sites are hinted at, and how far one is taken to serve.
///
/// Where the measurements of a network and its masts say how its signal weakens
/// with distance, its range takes the place of the radii.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HintRules {
    /// Printed with every hint.
    pub version: String,
    /// Sites that are chosen unless another number is asked for.
    pub sites: u32,
    pub gsm: Radii,
    pub umts: Radii,
    pub lte: Radii,
    pub nr: Radii,
    /// Share of places at the edge of a measured range that lie above the "poor" cut, as a one-sided normal
    /// quantile: 90 %, the usual aim of planning. A proposal.
    pub edge_z: f64,
}

/// How far a mast is taken to serve a village, metres, by the kind of the village's commune.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Radii {
    /// In a ward (phường) or a township.
    pub urban_m: f64,
    /// Anywhere else.
    pub rural_m: f64,
}

impl Default for Radii {
    /// The cells that 3GPP reckons with: inter-site distances of 500 m (TR 36.814 table A.2.1.1-1, case 1) and
    /// 1,732 m (case 3; also 900 MHz in TR 45.820 annex D), whose hexagons reach a √3rd of that: 289 and 1,000 m.
    fn default() -> Self {
        Self { urban_m: 289.0, rural_m: 1_000.0 }
    }
}

impl Default for HintRules {
    fn default() -> Self {
        let radii = Radii::default();
        Self {
            version: "phusong-2026.1".into(),
            sites: 10,
            gsm: radii,
            umts: radii,
            lte: radii,
            nr: radii,
            edge_z: 1.281_551_565_5,
        }
    }
}

impl HintRules {
    /// Sites that can be asked for: a list that nobody can build is no hint.
    pub const MOST_SITES: u32 = 200;
    /// A radius that can be meant, metres: an r9 cell is 200 m from its middle to a corner, and farther than 20 km no
    /// mast of a phone network serves a village in practice.
    pub const RADIUS_M: (f64, f64) = (200.0, 20_000.0);

    #[must_use]
    pub fn radii(&self, technology: Technology) -> Radii {
        match technology {
            Technology::Gsm => self.gsm,
            Technology::Umts => self.umts,
            Technology::Lte => self.lte,
            Technology::Nr => self.nr,
        }
    }

    pub(super) fn check(&self) -> Result<(), BadRule> {
        named("hints.version", &self.version)?;
        within("hints.sites", f64::from(self.sites), 1.0, f64::from(Self::MOST_SITES))?;
        let (least, most) = Self::RADIUS_M;
        for (radii, rules) in [
            (self.gsm, ["hints.gsm.urban_m", "hints.gsm.rural_m"]),
            (self.umts, ["hints.umts.urban_m", "hints.umts.rural_m"]),
            (self.lte, ["hints.lte.urban_m", "hints.lte.rural_m"]),
            (self.nr, ["hints.nr.urban_m", "hints.nr.rural_m"]),
        ] {
            within(rules[0], radii.urban_m, least, most)?;
            within(rules[1], radii.rural_m, least, most)?;
        }
        positive("hints.edge_z", self.edge_z)
    }
}
