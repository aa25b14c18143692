//! In which order a log writes days and months, by its first thousand lines.

use super::columns::Columns;
use super::row::first_lines;
use crate::ingest::header::Header;
use crate::ingest::time::is_month_first;

/// A date that has its month first, where the dates of the log prove that they have; none where a person states a
/// pattern.
pub(super) fn month_first(columns: &Columns, header: &Header, first: &[u8], end: u8) -> Option<String> {
    if columns.meaning.time.pattern.is_some() {
        return None;
    }
    let mut days: Vec<Vec<u8>> = Vec::new();
    first_lines((columns, header), first, end, &mut |line| {
        days.extend([columns.date, columns.time].into_iter().flatten().map(|at| line.get(Some(at)).to_vec()));
    });
    let proves = |day: &[u8]| is_month_first(std::iter::once(day)) == Some(true);
    let first = is_month_first(days.iter().map(Vec::as_slice))?;
    days.iter().find(|day| first && proves(day)).map(|day| String::from_utf8_lossy(day).into_owned())
}
