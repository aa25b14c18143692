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
/// many days before it. Without `from` the measured days are halved.
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
        None => earlier_to.saturating_sub((days(from, to)).days()),
    };
    (earlier_from <= earlier_to && from <= to).then_some(((earlier_from, earlier_to), (from, to)))
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
            Some(((date(2026, 1, 4), date(2026, 1, 31)), (date(2026, 2, 1), date(2026, 2, 28))))
        );
        let stated = (Some(date(2025, 1, 1)), Some(date(2025, 3, 31)));
        assert_eq!(
            of(Some(date(2026, 1, 1)), None, stated),
            Some(((date(2025, 1, 1), date(2025, 3, 31)), (date(2026, 1, 1), date(2026, 3, 31))))
        );
        assert_eq!(of(Some(date(2027, 1, 1)), None, (None, None)), None);
    }
}
