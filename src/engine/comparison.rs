//! Two periods of measurements side by side, under the filters of a question.

use jiff::ToSpan;
use jiff::civil::Date;

use super::facts::Facts;
use super::signal::change::changes;
use crate::model::question::Question;
use crate::model::verdict::CellChange;

/// First and last day, both included.
pub type Period = (Date, Date);

#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub before: Period,
    pub after: Period,
    /// In cell order.
    pub cells: Vec<CellChange>,
}

/// What became of each cell from the earlier period to the later; `None` where there is nothing measured to
/// compare.
#[must_use]
pub fn compare(facts: &Facts, question: &Question) -> Option<Comparison> {
    let (before, after) = periods(question, facts.runs.days()?)?;
    let of = |(first, last): Period| facts.shown(question, |day| first <= day && day <= last && day <= facts.today);
    let ((earlier, view), (later, view_later)) = rayon::join(|| of(before), || of(after));
    let cells = changes(&earlier, &later, [&view, &view_later], &facts.rules.signal);
    Some(Comparison { before, after, cells })
}

/// The two periods of a question. The later one is `from` to `to`; the earlier is what the question states, else as
/// many months before whole months, as reports have them, or as many days. Without `from` the measured days are halved.
fn periods(question: &Question, (first, last): Period) -> Option<(Period, Period)> {
    let to = question.to.unwrap_or(last);
    let from = match question.from {
        Some(from) => from,
        None => first.saturating_add((days(first, to) / 2).days()),
    };
    let stated = question.compared.0.is_some() || question.compared.1.is_some();
    let earlier_to = question.compared.1.or(from.yesterday().ok())?;
    let earlier_from = match question.compared.0 {
        Some(from) => from,
        None if question.from.is_none() && !stated => first,
        None if let Some(months) = months(from, to).filter(|_| !stated) => from.saturating_sub(months.months()),
        None => earlier_to.saturating_sub((days(from, to)).days()),
    };
    (earlier_from <= earlier_to && from <= to).then_some(((earlier_from, earlier_to), (from, to)))
}

/// Of a period from the first day of a month to the last day of one.
fn months(from: Date, to: Date) -> Option<i64> {
    let is_whole = from.day() == 1 && to == to.last_of_month();
    let months = |day: Date| 12 * i64::from(day.year()) + i64::from(day.month());
    is_whole.then(|| months(to) - months(from) + 1).filter(|months| *months > 0)
}

/// From one day to another.
fn days(from: Date, to: Date) -> i64 {
    i64::from(from.until(to).map(|span| span.get_days()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_earlier_period_is_stated_or_as_long_and_just_before() {
        let measured = (date(2026, 1, 1), date(2026, 3, 31));
        let of = |from, to, compared| periods(&Question { from, to, compared, ..Question::default() }, measured);
        assert_eq!(
            of(None, None, (None, None)),
            Some(((date(2026, 1, 1), date(2026, 2, 13)), (date(2026, 2, 14), date(2026, 3, 31))))
        );
        assert_eq!(
            of(Some(date(2026, 2, 1)), Some(date(2026, 2, 28)), (None, None)),
            Some(((date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 2, 1), date(2026, 2, 28))))
        );
        // A quarter is compared with the quarter before, however many days it has.
        assert_eq!(
            of(Some(date(2026, 7, 1)), Some(date(2026, 9, 30)), (None, None)),
            Some(((date(2026, 4, 1), date(2026, 6, 30)), (date(2026, 7, 1), date(2026, 9, 30))))
        );
        assert_eq!(
            of(Some(date(2026, 2, 2)), Some(date(2026, 2, 28)), (None, None)),
            Some(((date(2026, 1, 6), date(2026, 2, 1)), (date(2026, 2, 2), date(2026, 2, 28))))
        );
        let stated = (Some(date(2025, 1, 1)), Some(date(2025, 3, 31)));
        assert_eq!(
            of(Some(date(2026, 1, 1)), None, stated),
            Some(((date(2025, 1, 1), date(2025, 3, 31)), (date(2026, 1, 1), date(2026, 3, 31))))
        );
        assert_eq!(of(Some(date(2027, 1, 1)), None, (None, None)), None);
    }
}
