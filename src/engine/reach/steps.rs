//! Figures that may be compared from month to month.
//!
//! One answer is guarded by the floor (`floor.rs`). Two answers, of March and
//! of April, can be subtracted, and the difference may be one household. So
//! what everybody may see grows in steps: a month shows what the month before
//! showed, until at least k households have been added. Every figure, and every
//! difference of two, is nothing or at least k; so is every sum of them.

use jiff::civil::Date;

/// How households are told to everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    /// The last day asked for. A month that has not ended by then shows what the month before did.
    pub until: Date,
    /// Fewest households of a step.
    pub k: u32,
}

impl Steps {
    pub(super) fn covers(self, day: Date) -> bool {
        let until = self.until;
        day <= if until == until.last_of_month() { until } else { until.first_of_month().yesterday().unwrap_or(until) }
    }

    /// Of the day on which each household first counted: how many may be told, at most k − 1 fewer than there are;
    /// and whether there are some of which nothing may be told.
    pub(super) fn told(self, first_days: Vec<Date>) -> (u32, bool) {
        let (shown, counted) = self.told_of(first_days.into_iter().map(|day| (day, 1)).collect());
        (u32::try_from(shown).unwrap_or(u32::MAX), shown == 0 && counted > 0)
    }

    /// The same of counts by day: how many may be told, and how many there are.
    pub(in crate::engine) fn told_of(self, mut counts: Vec<(Date, u64)>) -> (u64, u64) {
        counts.retain(|(day, _)| self.covers(*day));
        counts.sort_unstable();
        let (mut shown, mut counted) = (0, 0);
        let month = |day: Date| (day.year(), day.month());
        for one in counts.chunk_by(|one, other| month(one.0) == month(other.0)) {
            counted += one.iter().map(|(_, count)| count).sum::<u64>();
            if counted - shown >= u64::from(self.k) {
                shown = counted;
            }
        }
        (shown, counted)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_month_shows_no_more_than_the_last_until_five_have_been_added() {
        let homes = |(month, homes): &(i8, usize)| vec![date(2026, *month, 10); *homes];
        let days: Vec<Date> = [(1, 4), (2, 2), (3, 1), (4, 9)].iter().flat_map(homes).collect();
        let at = |until| Steps { until, k: 5 }.told(days.clone());
        let end = |month| date(2026, month, 1).last_of_month();
        assert_eq!([1, 2, 3, 4].map(|month| at(end(month))), [(0, true), (6, false), (6, false), (16, false)]);
        assert_eq!(at(date(2026, 4, 29)), (6, false), "April has not ended");
        assert_eq!(Steps { until: end(4), k: 5 }.told(Vec::new()), (0, false));
    }

    proptest! {
        #[test]
        fn no_figure_and_no_difference_of_two_is_below_the_floor(
            days in prop::collection::vec(0_i32..400, 0..60), k in 2_u32..9,
        ) {
            let day = |n: i32| date(2026, 1, 1).checked_add(jiff::Span::new().days(n)).unwrap();
            let days: Vec<Date> = days.into_iter().map(day).collect();
            let steps = |n: i32| Steps { until: day(n), k };
            let shown: Vec<u32> = (0..420).map(|n| steps(n).told(days.clone()).0).collect();
            for (later, n) in shown.iter().zip(0..) {
                let truth = u32::try_from(days.iter().filter(|day| steps(n).covers(**day)).count()).unwrap();
                prop_assert!(*later <= truth && truth < *later + k);
                for earlier in &shown[..usize::try_from(n).unwrap()] {
                    prop_assert!(later >= earlier && (later == earlier || later - earlier >= k));
                }
            }
        }
    }
}
