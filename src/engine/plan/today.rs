//! "Where to go today": villages with households to go, the most pressing first.
//!
//! A weighted sum of four factors, each of 0 to 1 and each shown by itself,
//! with the weights of the rules: households to go, days since the last visit,
//! signal, nearness. What is not known is the middle of a factor and never its
//! zero. Only published figures are weighed.

use jiff::civil::Date;

use super::super::answer::Answer;
use super::super::facts::Facts;
use super::{Left, centre, left};
use crate::model::admin::UnitCode;
use crate::model::figure::Figure;
use crate::model::measure::LonLat;
use crate::model::reach::VillageReach;
use crate::model::verdict::Verdict;
use crate::model::village::VillageCode;

/// What a visit needs, by the signal at the village.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitKind {
    /// No usable signal: papers, and guidance in person.
    OnPaper,
    /// Nobody knows: go prepared for both, and measure.
    AndMeasure,
    /// Services can be shown on the phone.
    OnPhone,
}

impl VisitKind {
    #[must_use]
    pub fn of(verdict: Option<Verdict>) -> Self {
        match verdict {
            Some(verdict) if verdict.is_dead() => Self::OnPaper,
            None | Some(Verdict::Suspected) => Self::AndMeasure,
            Some(_) => Self::OnPhone,
        }
    }

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::OnPaper => "on_paper",
            Self::AndMeasure => "and_measure",
            Self::OnPhone => "on_phone",
        }
    }
}

/// When somebody was there last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastSeen {
    Never,
    /// Nobody in the commune has reported a visit.
    NotReported,
    DaysAgo(i32),
    /// Few homes were visited, so the day is not shown; only whether it is longer ago than the rules allow.
    Hidden {
        stale: bool,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct TodayRow {
    pub village: VillageCode,
    pub commune: UnitCode,
    /// As in a plan: at most so many. `NotReported`: nobody declared any.
    pub households: Figure<u32>,
    /// The number is all that the target asks for, since what was done is not shown or not reported.
    pub at_most: bool,
    pub last: LastSeen,
    pub distance_m: Option<f64>,
    pub verdict: Option<Verdict>,
    pub visit: VisitKind,
    /// 0 to 1.
    pub score: f64,
}

/// Villages to go to. `near` is where one stands; without it each commune's centre is.
#[must_use]
pub fn today(facts: &Facts, answer: &Answer, commune: Option<UnitCode>, near: Option<LonLat>) -> Vec<TodayRow> {
    let rules = &facts.rules;
    let day = answer.question.until().map_or(facts.today, |until| until.min(facts.today));
    let mut starts = std::collections::HashMap::new();
    let mut start = |commune: UnitCode| {
        near.or_else(|| *starts.entry(commune).or_insert_with(|| centre(facts, commune, answer.as_of)))
    };
    let chosen = answer.villages.iter().filter(|reach| commune.is_none_or(|commune| reach.commune == commune));
    let mut rows: Vec<TodayRow> = chosen
        .filter_map(|reach| {
            let Left { households, at_most } = left(reach, &rules.reach)?;
            let point = facts.village(reach.village)?.point;
            let verdict = reach.signal.map(|signal| signal.verdict);
            Some(TodayRow {
                village: reach.village,
                commune: reach.commune,
                households: households.map_or(Figure::NotReported, Figure::Known),
                at_most,
                last: last(reach, day),
                distance_m: point.zip(start(reach.commune)).map(|(a, b)| a.distance_m(b) * rules.plan.detour),
                verdict,
                visit: VisitKind::of(verdict),
                score: 0.0,
            })
        })
        .collect();
    let most = rows.iter().filter_map(|row| row.households.known()).max().unwrap_or(0);
    let farthest = rows.iter().filter_map(|row| row.distance_m).fold(0.0, f64::max);
    let weigh = &rules.plan;
    let all = weigh.weight_remaining + weigh.weight_stale + weigh.weight_signal + weigh.weight_near;
    for row in &mut rows {
        let remaining = row.households.known().map_or(0.5, |left| f64::from(left) / f64::from(most.max(1)));
        let stale = match row.last {
            LastSeen::Never | LastSeen::NotReported => 1.0,
            LastSeen::DaysAgo(days) => {
                (f64::from(days) / f64::from(rules.reach.stale_after_days.max(1))).clamp(0.0, 1.0)
            }
            LastSeen::Hidden { stale: true } => 1.0,
            LastSeen::Hidden { stale: false } => 0.5,
        };
        let signal = match row.visit {
            VisitKind::OnPaper => 1.0,
            VisitKind::AndMeasure => 0.5,
            VisitKind::OnPhone => 0.0,
        };
        let near = row.distance_m.map_or(0.5, |metres| if farthest > 0.0 { 1.0 - metres / farthest } else { 1.0 });
        let sum = weigh.weight_remaining * remaining
            + weigh.weight_stale * stale
            + weigh.weight_signal * signal
            + weigh.weight_near * near;
        row.score = if all > 0.0 { sum / all } else { 0.0 };
    }
    rows.sort_by(|a, b| {
        let never = |row: &TodayRow| !matches!(row.last, LastSeen::Never | LastSeen::NotReported);
        b.score.total_cmp(&a.score).then(never(a).cmp(&never(b))).then(a.village.cmp(&b.village))
    });
    rows
}

fn last(reach: &VillageReach, day: Date) -> LastSeen {
    match (reach.last_visit, reach.visited) {
        (Some(last), _) => LastSeen::DaysAgo(last.until(day).map_or(0, |span| span.get_days().max(0))),
        (None, Figure::Known(0)) => LastSeen::Never,
        (None, Figure::NotReported | Figure::NotMeasured) => LastSeen::NotReported,
        (None, _) => LastSeen::Hidden { stale: reach.stale },
    }
}
