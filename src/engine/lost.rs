//! Guidance lost to signal: visits that taught what needs data where no phone had a signal.
//!
//! Told by village and for what is left of each commune, in steps of k. The
//! figure of a commune is the sum of what its villages and that rest show, so
//! it says nothing that they hide. A village is not told where it has a few,
//! nor where its own households are hidden: the visits would say what those
//! do not. The rest of a commune pools such villages and the visits of no
//! village, and is told where no single one of them follows from it.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use super::answer::Answer;
use super::facts::Facts;
use crate::model::admin::UnitCode;
use crate::model::figure::{Figure, round};
use crate::model::measure::local_day;
use crate::model::signal_seen::SignalSeen;
use crate::model::topic::Topic;
use crate::model::village::VillageCode;
use crate::model::visit::{Visit, VisitResult};

/// What a commune lost, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct CommuneLost {
    /// Villages that lost something, or may have, by code.
    pub villages: Vec<VillageLost>,
    /// Visits lost in villages that are not told, and in no village; nought where there is no such place.
    pub elsewhere: Figure<u32>,
}

/// What one village lost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VillageLost {
    pub village: VillageCode,
    /// Visits lost, to the nearest multiple of k.
    pub lost: Figure<u32>,
    /// Visits that taught what needs data and looked at a phone, the same.
    pub taught: Figure<u32>,
    /// The one of the other, per cent, to one decimal. Hidden where rounding would say "all of them" and it is not so.
    pub percent: Figure<f64>,
}

impl CommuneLost {
    /// Visits lost in the whole commune, and whether there may be more that are hidden. `None`: all of them are.
    #[must_use]
    pub fn total(&self) -> (Option<u32>, bool) {
        let told: u32 = self.villages.iter().filter_map(|village| village.lost.known()).sum();
        match self.elsewhere.known() {
            Some(rest) => (Some(told.saturating_add(rest)), false),
            None if told > 0 => (Some(told), true),
            None => (None, true),
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Tally {
    lost: u32,
    taught: u32,
}

/// Communes where a visit of these days taught something and looked at a phone; the others recorded nothing.
/// Nothing at all where the reader is told of households in steps.
#[must_use]
pub fn lost(facts: &Facts, answer: &Answer, covers: impl Fn(Date) -> bool) -> BTreeMap<UnitCode, CommuneLost> {
    let mut communes: BTreeMap<UnitCode, BTreeMap<Option<VillageCode>, Tally>> = BTreeMap::new();
    if answer.question.steps {
        return BTreeMap::new();
    }
    let reach: HashMap<VillageCode, _> = answer.villages.iter().map(|village| (village.village, village)).collect();
    let visits = facts.counted_visits().filter(|visit| covers(local_day(visit.time)));
    for visit in visits.filter(|visit| !visit.topics.is_empty() && !visit.signal_seen.is_empty()) {
        let commune = facts.commune_of_visit(visit, answer.as_of);
        let shown = visit.village.filter(|code| reach.get(code).is_some_and(|reach| reach.commune == commune));
        let tally = communes.entry(commune).or_default().entry(shown).or_default();
        tally.taught += u32::from(needed_data(visit));
        tally.lost += u32::from(is_lost(visit));
    }
    // Where households are hidden, a village stands among those not told whether or not it lost anything.
    for village in &answer.villages {
        if let Some(tallies) = communes.get_mut(&village.commune)
            && is_hidden(village.visited, village.guided)
        {
            tallies.entry(Some(village.village)).or_default();
        }
    }
    let k = facts.rules.reach.k.max(1);
    let hidden = |code: &VillageCode| reach.get(code).is_none_or(|reach| is_hidden(reach.visited, reach.guided));
    communes.into_iter().map(|(commune, tallies)| (commune, told(&tallies, hidden, k))).collect()
}

fn is_hidden(visited: Figure<u32>, guided: Figure<u32>) -> bool {
    [visited, guided].contains(&Figure::Suppressed)
}

fn told(tallies: &BTreeMap<Option<VillageCode>, Tally>, hidden: impl Fn(&VillageCode) -> bool, k: u32) -> CommuneLost {
    let mut villages = Vec::new();
    let mut rest = Rest::default();
    for (village, tally) in tallies {
        let Some(village) = village else {
            rest.lost += tally.lost;
            rest.open = true;
            continue;
        };
        let figure = |count: u32| step(count, k).map_or(Figure::Suppressed, Figure::Known);
        let lost = if hidden(village) { Figure::Suppressed } else { figure(tally.lost) };
        if lost == Figure::Suppressed {
            rest.lost += tally.lost;
            rest.villages += 1;
            rest.open |= hidden(village);
            rest.least += u32::from(!hidden(village));
        }
        if lost != Figure::Known(0) {
            let taught = if lost == Figure::Suppressed { lost } else { figure(tally.taught) };
            let percent = match (lost, taught) {
                (Figure::Known(lost), Figure::Known(taught)) if lost < taught || tally.lost == tally.taught => {
                    Figure::Known(round(100.0 * f64::from(lost) / f64::from(taught), 1))
                }
                _ => Figure::Suppressed,
            };
            villages.push(VillageLost { village: *village, lost, taught, percent });
        }
    }
    CommuneLost { villages, elsewhere: rest.figure(k) }
}

/// Steps between what is told of a rest and the least and most that it could be, as `reach::floor` keeps.
const MARGIN: u32 = 2;

/// Places that are not told one by one.
#[derive(Default)]
struct Rest {
    lost: u32,
    villages: u32,
    /// The least that they can have lost: one for each with a few.
    least: u32,
    /// Some of them may have lost any number.
    open: bool,
}

impl Rest {
    fn figure(&self, k: u32) -> Figure<u32> {
        let Some(told) = step(self.lost, k) else { return Figure::Suppressed };
        if self.villages == 0 {
            return Figure::Known(told);
        }
        // What was rounded to this lies between.
        let (low, high) = (told.saturating_sub(k / 2), told.saturating_add((k - 1) / 2));
        let most = self.villages.saturating_mul(k - 1);
        let is_safe = self.villages > 1 && high >= self.least + MARGIN && (self.open || low + MARGIN <= most);
        if is_safe { Figure::Known(told) } else { Figure::Suppressed }
    }
}

/// Something was taught that needs data.
fn needed_data(visit: &Visit) -> bool {
    let met = matches!(visit.result, VisitResult::Guided | VisitResult::Partly);
    met && visit.topics.iter().any(Topic::needs_data)
}

/// And no phone that was looked at had a signal.
pub(in crate::engine) fn is_lost(visit: &Visit) -> bool {
    let silent = !visit.signal_seen.is_empty() && visit.signal_seen.iter().all(|(_, seen)| seen == SignalSeen::None);
    silent && needed_data(visit)
}

/// To the nearest multiple of k; nought stays nought, and a few are not told.
pub(in crate::engine) fn step(count: u32, k: u32) -> Option<u32> {
    match count {
        0 => Some(0),
        few if few < k => None,
        count => Some((count + k / 2) / k * k),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(number: u32) -> VillageCode {
        VillageCode::new("14001".parse().unwrap(), number)
    }

    /// Lost visits by village; `hidden` are villages whose households are.
    fn commune(counts: &[u32], hidden: &[u32], unplaced: u32) -> CommuneLost {
        let numbered =
            (1..).zip(counts).map(|(number, lost)| (Some(code(number)), Tally { lost: *lost, taught: *lost }));
        let none = (unplaced > 0).then_some((None, Tally { lost: unplaced, taught: unplaced }));
        let hidden: Vec<_> = hidden.iter().map(|number| code(*number)).collect();
        told(&numbered.chain(none).collect(), |village| hidden.contains(village), 5)
    }

    #[test]
    fn visits_are_told_in_steps_and_a_few_not_at_all() {
        let steps = [0, 1, 4, 5, 7, 8, 12, 13].map(|count| step(count, 5));
        assert_eq!(steps, [Some(0), None, None, Some(5), Some(5), Some(10), Some(10), Some(15)]);
    }

    #[test]
    fn a_commune_is_the_sum_of_what_its_villages_and_the_rest_show() {
        let told = commune(&[12, 0, 3, 3, 3], &[], 0);
        let shown: Vec<_> = told.villages.iter().map(|village| village.lost).collect();
        assert_eq!(shown, [Figure::Known(10), Figure::Suppressed, Figure::Suppressed, Figure::Suppressed]);
        assert_eq!((told.elsewhere, told.total()), (Figure::Known(10), (Some(20), false)));
    }

    #[test]
    fn a_rest_that_would_give_one_village_away_is_not_told() {
        assert_eq!(commune(&[20, 4], &[], 0).total(), (Some(20), true), "a few of one village");
        assert_eq!(commune(&[4, 4], &[], 0).total(), (None, true), "eight of two villages with four at most");
        assert_eq!(commune(&[1, 1, 1, 1, 1], &[], 0).elsewhere, Figure::Known(5), "or six, or seven");
        assert_eq!(commune(&[20], &[1], 0).total(), (None, true), "its households are hidden");
        assert_eq!(commune(&[20, 0], &[1, 2], 0).total(), (Some(20), false));
        assert_eq!(commune(&[20], &[], 7).total(), (Some(25), false), "of no village is nobody's");
        assert_eq!(commune(&[20], &[], 2).elsewhere, Figure::Suppressed);
    }

    /// Every commune of three villages that there could be: whoever sees what is told and knows this program is left
    /// with two counts at least for each village that is hidden.
    #[test]
    fn no_reader_can_solve_a_few_visits() {
        let mut worlds: HashMap<String, Vec<[u32; 3]>> = HashMap::new();
        for number in 0..14_u32.pow(3) {
            let counts = [number % 14, number / 14 % 14, number / 196];
            worlds.entry(format!("{:?}", commune(&counts, &[], 0))).or_default().push(counts);
        }
        for (shown, alike) in &worlds {
            for at in 0..3 {
                let few = alike.iter().all(|world| world[at] == alike[0][at]) && (1..5).contains(&alike[0][at]);
                assert!(!few, "village {at} is {} in {shown}", alike[0][at]);
            }
        }
    }

    #[test]
    fn a_share_is_not_told_where_rounding_would_say_all() {
        let percent = |lost, taught| {
            let tallies = [(Some(code(1)), Tally { lost, taught })].into_iter().collect();
            told(&tallies, |_| false, 5).villages[0].percent
        };
        assert_eq!(percent(5, 20), Figure::Known(25.0));
        assert_eq!(percent(10, 10), Figure::Known(100.0));
        assert_eq!(percent(9, 10), Figure::Suppressed);
        assert_eq!(percent(4, 20), Figure::Suppressed);
    }
}
