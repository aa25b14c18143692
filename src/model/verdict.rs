//! Verdicts on signal: what we say of a cell or an area, and on what evidence.

use geo_types::{LineString, MultiPolygon, Polygon};
use h3o::CellIndex;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::claim::AreaClaim;
use super::figure::Figure;
use super::measure::{Dbm, LonLat};
use super::operator::{Operator, Technology};
use super::place::PlaceId;
use super::village::VillageCode;

/// What we say of a place. Never two states: a place nobody measured has no
/// verdict at all, which is not the same as no signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// không có sóng: half of the runs or more are without signal.
    None,
    /// sóng kém
    Weak,
    /// Looks weak, but too few runs or days to say so.
    Suspected,
    /// Works outdoors.
    Outdoor,
    /// tốt
    Good,
    /// rất tốt, indoors too.
    VeryGood,
}

impl Verdict {
    pub const ALL: [Self; 6] = [Self::None, Self::Weak, Self::Suspected, Self::Outdoor, Self::Good, Self::VeryGood];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Weak => "weak",
            Self::Suspected => "suspected",
            Self::Outdoor => "outdoor",
            Self::Good => "good",
            Self::VeryGood => "very_good",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.code() == code)
    }

    /// Established as without usable signal.
    #[must_use]
    pub fn is_dead(self) -> bool {
        matches!(self, Self::None | Self::Weak)
    }
}

/// What a verdict rests on. Every verdict carries one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// Independent passes.
    pub runs: u32,
    /// Distinct local days.
    pub days: u32,
    /// At least so many: past their term only the phones of one day are told apart.
    pub devices: u32,
    /// Raw readings, for information only.
    pub samples: u32,
    /// Runs below the "poor" cut, silent, or unusable by quality or speed.
    pub weak_runs: u32,
    /// Runs that heard nothing.
    pub silent_runs: u32,
    /// Earlier runs that later ones supersede. None of the other figures counts them.
    pub superseded_runs: u32,
    /// Wilson interval of the weak share at the weak level, on runs.
    pub weak_low: f64,
    pub weak_high: f64,
    pub first_seen: Date,
    pub last_seen: Date,
}

impl Evidence {
    #[must_use]
    pub fn weak_share(&self) -> f64 {
        if self.runs == 0 { 0.0 } else { f64::from(self.weak_runs) / f64::from(self.runs) }
    }

    /// The chance that the next run is weak, with Jeffreys' half a run of each kind in the mind.
    #[must_use]
    pub fn weak_chance(&self) -> f64 {
        (f64::from(self.weak_runs) + 0.5) / (f64::from(self.runs) + 1.0)
    }
}

/// A verdict on one H3 cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CellVerdict {
    pub cell: CellIndex,
    /// `None`: the best of all operators.
    pub operator: Option<Operator>,
    /// `None`: the best of all technologies.
    pub technology: Option<Technology>,
    pub verdict: Verdict,
    /// Enough runs for the 95 % interval to clear one half.
    pub confirmed: bool,
    /// Median of runs; `None` when the median run heard nothing.
    pub median: Option<Dbm>,
    pub evidence: Evidence,
    /// Operators with a run here, of all those in the question.
    pub operators_measured: u32,
}

/// Connected cells without usable signal.
#[derive(Clone, Debug, PartialEq)]
pub struct DeadArea {
    /// The smallest r9 cell inside: stable while the area is.
    pub anchor: CellIndex,
    pub operator: Option<Operator>,
    pub technology: Option<Technology>,
    /// `None` when half of the cells or more hear nothing, else `Weak`.
    pub verdict: Verdict,
    pub cells: Vec<CellIndex>,
    /// WGS 84 degrees, exteriors counter-clockwise.
    pub geometry: MultiPolygon<f64>,
    /// A point inside, for labels and flying to.
    pub label: LonLat,
    pub area_m2: f64,
    /// Villages whose point lies inside.
    pub villages: Vec<VillageCode>,
    /// Public places inside: commune centres, schools …
    pub places: Vec<PlaceId>,
    /// Sum of declared households of those villages, `NotReported` where none declares any or none stands inside.
    pub households: Figure<u64>,
    /// Villages inside that declare none: the sum is a floor when this is not zero.
    pub villages_without_households: u32,
    /// The same of people.
    pub population: Figure<u64>,
    /// Households expected to be without usable signal: those inside times `weak_chance`. The list is in this order.
    pub affected: Figure<f64>,
    /// The chance that the next run is weak; of several operators, of the one least likely to be.
    pub weak_chance: f64,
    pub evidence: Evidence,
    /// Half of its cells or more are confirmed.
    pub confirmed: bool,
    pub worst: Option<Dbm>,
    /// How much of it is claimed by the operators that do not serve it; `None` where none supplied a claim.
    pub claim: Option<AreaClaim>,
    /// Identities of the cells that served runs inside, the most frequent first.
    pub cells_seen: Vec<u64>,
    /// Their channels (ARFCN), the same.
    pub channels_seen: Vec<u32>,
}

impl DeadArea {
    /// The word beside a figure of its villages that is absent: where no village stands inside there is nobody to report.
    #[must_use]
    pub fn note_of<T>(&self, figure: &Figure<T>) -> Option<&'static str> {
        figure.note().map(|note| if self.villages.is_empty() { "no_village" } else { note })
    }

    /// Share of its cells that the operators which do not serve it claim; `None` where none supplied a claim.
    #[must_use]
    pub fn claimed_share(&self) -> Option<f64> {
        let claim = self.claim.as_ref()?;
        Some(f64::from(claim.cells) / f64::from(u32::try_from(self.cells.len()).unwrap_or(u32::MAX).max(1)))
    }
}

/// Signal around a village, its r9 cell and the six around it pooled; or within a distance of a public place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VillageSignal {
    pub verdict: Verdict,
    pub confirmed: bool,
    pub median: Option<Dbm>,
    pub evidence: Evidence,
    /// As a place, judged at its centre.
    pub place: PlaceVerdict,
}

/// What Viet Nam's reports say of a village or a commune centre: judged at the culture house or the
/// centre and around it, not by area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceVerdict {
    /// trắng sóng: nothing at the centre, and nothing that works around it.
    NoSignal,
    /// lõm sóng: signal at the centre or beside it, and a part without.
    Hole,
    /// sóng kém: power, quality or speed below the poor cut at the centre, and nothing better around it.
    Poor,
    /// có sóng
    Covered,
    /// chưa đủ dữ liệu
    NotEnough,
}

impl PlaceVerdict {
    /// Of a village: without a run around it there is not enough to say.
    #[must_use]
    pub fn of(signal: Option<&VillageSignal>) -> Self {
        signal.map_or(Self::NotEnough, |signal| signal.place)
    }

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoSignal => "no_signal",
            Self::Hole => "hole",
            Self::Poor => "poor",
            Self::Covered => "covered",
            Self::NotEnough => "not_enough",
        }
    }
}

/// A village that should be measured next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeasureNext {
    pub village: VillageCode,
    /// Runs around it so far.
    pub runs: u32,
    /// Further runs at its centre, on further days, that a verdict needs at the least.
    pub runs_needed: u32,
    pub days_needed: u32,
    /// The chance that it is weak, as far as anything is known.
    pub weak: f64,
    /// That chance rests on measurements near by, not on the province at large.
    pub expected: bool,
    /// Households times the doubt in bits; `None` without declared households.
    pub gain: Option<f64>,
}

/// What became of a cell between two periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// Worked, and is dead now.
    New,
    /// Was dead, and works on enough good runs of enough days.
    Resolved,
    Worsened,
    Improved,
    /// Dead in both.
    Persisting,
    /// Works in both, and no change was found in days enough to find one.
    Unchanged,
    /// Works in both, on days too few for any change to be told.
    TooFewDays,
    /// The runs do not say.
    Unclear,
    FirstMeasured,
    /// Which is not to have lost the signal.
    NotMeasuredAgain,
}

impl Change {
    /// What became otherwise first, the worst on top: the order of the list.
    pub const ALL: [Self; 10] = [
        Self::New,
        Self::Worsened,
        Self::Resolved,
        Self::Improved,
        Self::Persisting,
        Self::Unclear,
        Self::TooFewDays,
        Self::Unchanged,
        Self::FirstMeasured,
        Self::NotMeasuredAgain,
    ];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Resolved => "resolved",
            Self::Worsened => "worsened",
            Self::Improved => "improved",
            Self::Persisting => "persisting",
            Self::Unchanged => "unchanged",
            Self::TooFewDays => "too_few_days",
            Self::Unclear => "unclear",
            Self::FirstMeasured => "first_measured",
            Self::NotMeasuredAgain => "not_measured_again",
        }
    }
}

/// A cell in one of two periods.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Side {
    /// Of the view.
    pub verdict: Verdict,
    /// Of the network whose runs are compared, as are its runs and days; `None` where it heard nothing or has no run.
    pub median: Option<Dbm>,
    pub runs: u32,
    pub days: u32,
}

/// A cell in two periods.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CellChange {
    pub cell: CellIndex,
    /// The network whose runs were compared: the one that served the place while it was served.
    pub operator: Option<Operator>,
    pub technology: Option<Technology>,
    pub before: Option<Side>,
    pub after: Option<Side>,
    /// Of the medians of its runs, dB.
    pub shift_db: Option<f64>,
    /// Of the rank-sum test on its runs, two-sided.
    pub p_value: Option<f64>,
    pub change: Change,
}

/// The hexagon of a cell (beside the twelve pentagons of the earth), degrees, counter-clockwise as H3 gives it.
#[must_use]
pub fn cell_outline(cell: CellIndex) -> Polygon<f64> {
    Polygon::new(LineString::from(cell.boundary()), Vec::new())
}

/// The feature id of a cell: the H3 index without its constant bits, below
/// 2⁵³ so that JavaScript keeps it whole, and equal in every tile.
#[must_use]
pub fn cell_id(cell: CellIndex) -> u64 {
    let resolution = u64::from(u8::from(cell.resolution()));
    let index = u64::from(cell);
    // 7 bits of base cell and 3 bits a digit; 45 − 3·res unused low bits.
    let used = (index & ((1 << 52) - 1)) >> (45 - 3 * resolution);
    used << 4 | resolution
}
