//! Villages and public places of each commune by what is said of their signal, as reports ask for it.
//!
//! Counted from an answer, so that a count is that of the rows which the layers
//! `villages` and `places` show under the same question. Where nobody measured
//! and where the runs do not suffice are told apart; villages that declare no
//! households stand beside the sums of those that do.

use std::collections::{BTreeMap, HashMap};
use std::ops::AddAssign;

use super::answer::Answer;
use super::facts::Facts;
use crate::model::admin::UnitCode;
use crate::model::figure::Figure;
use crate::model::place::PlaceKind;
use crate::model::verdict::{PlaceVerdict, VillageSignal};

/// What is said of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    Judged(PlaceVerdict),
    /// No run there, which is not "no signal". The layer `villages` has `not_enough` here, with the signal `not_measured`.
    Unmeasured,
}

impl Said {
    /// From the worst on.
    pub const ALL: [Self; 6] = [
        Self::Judged(PlaceVerdict::NoSignal),
        Self::Judged(PlaceVerdict::Hole),
        Self::Judged(PlaceVerdict::Poor),
        Self::Judged(PlaceVerdict::Covered),
        Self::Judged(PlaceVerdict::NotEnough),
        Self::Unmeasured,
    ];

    #[must_use]
    pub fn of(signal: Option<&VillageSignal>) -> Self {
        signal.map_or(Self::Unmeasured, |signal| Self::Judged(signal.place))
    }

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Judged(verdict) => verdict.code(),
            Self::Unmeasured => "unmeasured",
        }
    }

    fn at(self) -> usize {
        Self::ALL.iter().position(|said| *said == self).unwrap_or_default()
    }
}

/// Counts in the order of [`Said::ALL`].
pub type Counts = [u32; 6];

/// What one line of the table counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub villages: Counts,
    /// Households that those villages declare.
    pub households: [u64; 6],
    /// Those of the villages that declare any number.
    pub declaring: Counts,
    /// In the order of [`PlaceKind::ALL`].
    pub places: [Counts; 6],
    /// Measured r9 cells, and those without usable signal among them.
    pub cells_measured: u32,
    pub cells_dead: u32,
}

impl Tally {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Households of the villages of which something is said: at least so many where [`Self::not_reported`] is not zero.
    /// No village has no household; of villages none of which declares any nobody knows.
    #[must_use]
    pub fn households_of(&self, at: usize) -> Figure<u64> {
        if self.villages[at] > 0 && self.declaring[at] == 0 {
            Figure::NotReported
        } else {
            Figure::Known(self.households[at])
        }
    }

    /// Villages that declare none.
    #[must_use]
    pub fn not_reported(&self, at: usize) -> u32 {
        self.villages[at] - self.declaring[at]
    }
}

impl AddAssign<&Self> for Tally {
    fn add_assign(&mut self, other: &Self) {
        let add = |to: &mut Counts, from: &Counts| to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
        add(&mut self.villages, &other.villages);
        add(&mut self.declaring, &other.declaring);
        self.households.iter_mut().zip(other.households).for_each(|(to, from)| *to += from);
        self.places.iter_mut().zip(&other.places).for_each(|(to, from)| add(to, from));
        self.cells_measured += other.cells_measured;
        self.cells_dead += other.cells_dead;
    }
}

/// One answer, counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerdictTable {
    /// Every commune of the day that is shown, by code.
    pub communes: Vec<(UnitCode, Tally)>,
    /// What lies in no commune of that day.
    pub outside: Tally,
    /// Both together.
    pub total: Tally,
}

/// Counts an answer.
#[must_use]
pub fn verdicts(facts: &Facts, answer: &Answer) -> VerdictTable {
    let mut communes: BTreeMap<UnitCode, Tally> = BTreeMap::new();
    for commune in &answer.communes {
        let tally = communes.entry(commune.commune).or_default();
        (tally.cells_measured, tally.cells_dead) = (commune.cells_measured, commune.cells_dead);
    }
    let mut outside = Tally::default();
    (outside.cells_measured, outside.cells_dead) = cells_outside(answer);
    for village in &answer.villages {
        // As in the layer `communes`: a village that lies in no commune of the day counts in none.
        let placed = facts.village_at(village.village).and_then(|at| facts.commune_of_village(at, answer.as_of));
        let tally = placed.and_then(|commune| communes.get_mut(&commune)).unwrap_or(&mut outside);
        let at = Said::of(village.signal.as_ref()).at();
        tally.villages[at] += 1;
        if let Some(households) = village.households.known() {
            tally.declaring[at] += 1;
            tally.households[at] += u64::from(households);
        }
    }
    let kinds: HashMap<_, _> = facts.places.iter().map(|place| (place.id, place.kind)).collect();
    for place in &answer.places {
        let Some(kind) = kinds.get(&place.place).and_then(|kind| PlaceKind::ALL.iter().position(|of| of == kind))
        else {
            continue;
        };
        let tally = place.commune.and_then(|commune| communes.get_mut(&commune)).unwrap_or(&mut outside);
        tally.places[kind][Said::of(place.signal.as_ref()).at()] += 1;
    }
    let mut total = outside.clone();
    communes.values().for_each(|tally| total += tally);
    VerdictTable { communes: communes.into_iter().collect(), outside, total }
}

/// Measured r9 cells whose middle lies in no commune, and those without usable signal among them: sums over communes
/// lack them.
#[must_use]
pub fn cells_outside(answer: &Answer) -> (u32, u32) {
    let cells = answer.cells_at(super::signal::REPORTING);
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let dead = count(cells.iter().filter(|cell| cell.verdict.is_dead()).count());
    let within = |of: fn(&crate::model::reach::CommuneReach) -> u32| -> u32 { answer.communes.iter().map(of).sum() };
    (
        count(cells.len()).saturating_sub(within(|commune| commune.cells_measured)),
        dead.saturating_sub(within(|commune| commune.cells_dead)),
    )
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::engine::scene::{commune, run, village};
    use crate::engine::{FactParts, Measurements, answer};
    use crate::model::measure::LonLat;
    use crate::model::place::{Place, PlaceId};
    use crate::model::question::Question;
    use crate::model::sample::Run;

    /// Six days of silence at a place.
    fn silence(lon: f64) -> impl Iterator<Item = Run> {
        (0..6).map(move |day| run(LonLat::new(lon, 20.05).unwrap(), day, None))
    }

    fn table(question: &Question) -> VerdictTable {
        let at = |lon: f64| LonLat::new(lon, 20.05).ok();
        let centre = |of: &str, lon: f64| {
            let commune = of.parse().unwrap();
            Place {
                id: PlaceId::of(commune, None, PlaceKind::CommuneCentre, of),
                kind: PlaceKind::CommuneCentre,
                name: of.to_owned(),
                commune,
                at: at(lon).unwrap(),
                source_key: None,
                source: "scene".to_owned(),
            }
        };
        let facts = Facts::new(FactParts {
            units: vec![
                commune("14001", 105.0, date(2020, 1, 1), None),
                commune("14003", 105.1, date(2020, 1, 1), None),
            ],
            villages: vec![
                village("14001-001", "14001", Some(90), at(105.02)),
                village("14001-002", "14001", None, at(105.02)),
                village("14001-003", "14001", None, at(105.08)),
                village("99999-001", "99999", Some(7), at(105.3)),
            ],
            places: vec![centre("14001", 105.02), centre("14003", 105.15)],
            runs: Measurements::of(silence(105.02).chain(silence(105.3)).collect()),
            today: date(2026, 4, 15),
            ..FactParts::default()
        });
        verdicts(&facts, &answer(&facts, question))
    }

    #[test]
    fn a_commune_counts_its_villages_and_centres_and_what_nobody_measured_apart() {
        let table = table(&Question::default());
        let [(west, of_west), (east, of_east)] = &table.communes[..] else { panic!("{table:?}") };
        assert_eq!((west.to_string(), east.to_string()), ("14001".to_owned(), "14003".to_owned()));
        assert_eq!(of_west.villages, [2, 0, 0, 0, 0, 1]);
        assert_eq!((of_west.places[0], of_east.places[0]), ([1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1]));
        assert_eq!(of_east.villages, [0; 6]);
    }

    #[test]
    fn households_that_nobody_reported_stand_beside_the_sum_and_are_never_zero() {
        let of_west = &table(&Question::default()).communes[0].1;
        assert_eq!((of_west.households_of(0), of_west.not_reported(0)), (Figure::Known(90), 1));
        assert_eq!((of_west.households_of(5), of_west.not_reported(5)), (Figure::NotReported, 1));
        assert_eq!((of_west.households_of(3), of_west.not_reported(3)), (Figure::Known(0), 0), "no village is none");
    }

    #[test]
    fn what_lies_outside_every_commune_is_told_and_in_the_total() {
        let table = table(&Question::default());
        assert_eq!((table.outside.villages, table.outside.households[0]), ([1, 0, 0, 0, 0, 0], 7));
        assert_eq!((table.outside.cells_measured, table.outside.cells_dead), (1, 1));
        assert_eq!((table.total.villages, table.total.cells_measured), ([3, 0, 0, 0, 0, 1], 2));
    }

    #[test]
    fn another_network_has_other_counts() {
        let other = Question { operator: "vnpt".parse().ok(), ..Question::default() };
        assert_eq!(table(&other).total.villages, [0, 0, 0, 0, 0, 4]);
    }
}
