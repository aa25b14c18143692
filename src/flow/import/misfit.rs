//! A file whose coordinates lie beside what the store knows is refused, with
//! the system that would fit.
//!
//! Boundaries are judged by their lines, villages and visits by the communes
//! that their rows state. What can be compared with nothing is taken. Metres
//! of no stated system are tried in every system that the numbers allow, so
//! that the message can name one; they are never taken.

use std::path::Path;

use super::{ImportError, Job, Note};
use crate::engine::boundaries::Lookup;
use crate::engine::boundaries::fit::{self, Better, Evidence, Fit, ReadAs};
use crate::ingest::{self, Unreadable};
use crate::model::admin::{AdminUnit, UnitCode};
use crate::model::crs::Crs;
use crate::model::language::{Language, number};
use crate::model::measure::LonLat;
use crate::model::refusal::{Batch, Reason};

/// Why a file does not lie where its system says, and what would put it right.
#[derive(Clone, Debug, PartialEq)]
pub struct Misfit {
    /// How the file was read; `None` where it is metres and nobody said of what.
    pub stated: Option<Crs>,
    /// One system that fits, or several that cannot be told apart; best first.
    pub would_fit: Vec<Better>,
}

impl Misfit {
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let named = |crs: Crs| format!("{crs} ({})", crs.name(language));
        let Some(best) = self.would_fit.first() else { return String::new() };
        let found = match self.stated {
            None => language.pick(
                "toạ độ tính bằng mét mà không ghi thuộc hệ nào".to_owned(),
                "the coordinates are metres of no stated system".to_owned(),
            ),
            Some(crs) => language.pick(
                format!("toạ độ không nằm đúng chỗ khi đọc theo {}", named(crs)),
                format!("the coordinates do not lie where {} puts them", named(crs)),
            ),
        };
        if self.would_fit.len() > 1 {
            let all: Vec<String> = self.would_fit.iter().map(|better| named(better.meaning.crs)).collect();
            let all = all.join(", ");
            return language.pick(
                format!("{found}; chưa phân biệt được giữa {all}"),
                format!("{found}; these fit equally well: {all}"),
            );
        }
        let whole = |value: f64| number(value, 0, language);
        let mut would = named(best.meaning.crs);
        if best.meaning.northing_first {
            would += language.pick(", toạ độ bắc (X) ghi trước", ", with the northing first");
        }
        let reason = match best.evidence {
            Evidence::Lines { then_m, .. } if self.stated.is_none() => language.pick(
                format!("ranh giới lệch {} m so với kho", whole(then_m)),
                format!("its lines lie {} m off those of the store", whole(then_m)),
            ),
            Evidence::Points { then, of, .. } if self.stated.is_none() => language.pick(
                format!("{then} trong {of} điểm nằm đúng xã đã ghi"),
                format!("{then} of {of} points lie in the commune that they state"),
            ),
            Evidence::Lines { now_m, then_m } => language.pick(
                format!("ranh giới lệch {} m sẽ còn {} m", whole(now_m), whole(then_m)),
                format!("its lines lie {} m off and would lie {} m off", whole(now_m), whole(then_m)),
            ),
            Evidence::Points { now, then, of } => language.pick(
                format!("{then} thay vì {now} trong {of} điểm nằm đúng xã đã ghi"),
                format!("{then} instead of {now} of {of} points lie in the commune that they state"),
            ),
        };
        if self.stated.is_none() {
            return language
                .pick(format!("{found}; {would} khớp: {reason}"), format!("{found}; {would} would fit: {reason}"));
        }
        let (east, north) = (signed(best.shift_east_m, language), signed(best.shift_north_m, language));
        language.pick(
            format!("{found}; {would} khớp hơn: {reason} (dịch {east} m về đông, {north} m về bắc)"),
            format!("{found}; {would} would fit: {reason} (a shift of {east} m east, {north} m north)"),
        )
    }

    /// The systems that would fit, best first; none where the numbers must be exchanged before any does.
    #[must_use]
    pub fn systems(&self) -> Vec<Crs> {
        if self.would_fit.iter().any(|better| better.meaning.northing_first) {
            return Vec::new();
        }
        self.would_fit.iter().map(|better| better.meaning.crs).collect()
    }

    /// What to choose on the page.
    #[must_use]
    pub fn hint_on_page(&self, language: Language) -> String {
        let named = |better: &Better| format!("{} ({})", better.meaning.crs.epsg(), better.meaning.crs.name(language));
        let names: Vec<String> = self.would_fit.iter().map(named).collect();
        let names = language.pick(names.join(" hoặc "), names.join(" or "));
        if self.systems().is_empty() {
            return language.pick(
                format!("đổi chỗ hai cột tọa độ trong tệp (tọa độ đông trước), rồi chọn lại; hệ tọa độ là {names}"),
                format!("exchange the two columns of the position in the file (easting first) and choose it again; the system is {names}"),
            );
        }
        language.pick(
            format!("chọn {names} ở ô “Hệ tọa độ của tệp”"),
            format!("choose {names} under “Coordinate system of the file”"),
        )
    }

    #[must_use]
    pub fn hint(&self, language: Language) -> String {
        let flags: Vec<String> =
            self.would_fit.iter().map(|better| format!("--crs {}", better.meaning.crs.epsg())).collect();
        let flags = language.pick(flags.join(" hoặc "), flags.join(" or "));
        if self.would_fit.iter().any(|better| better.meaning.northing_first) {
            return language.pick(
                format!("đổi chỗ hai số của mỗi toạ độ (toạ độ đông trước), rồi nhập lại với {flags}"),
                format!("exchange the two numbers of every position (easting first), then import with {flags}"),
            );
        }
        if self.would_fit.len() > 1 {
            return language.pick(
                format!("hỏi nơi lập tệp, rồi nhập lại với {flags}"),
                format!("ask who made the file, then import with {flags}"),
            );
        }
        language.pick(format!("nhập lại với {flags}"), format!("import it with {flags}"))
    }
}

/// `+196`, `-109`.
fn signed(metres: f64, language: Language) -> String {
    let text = number(metres, 0, language);
    if metres >= 0.0 { format!("+{text}") } else { text }
}

/// Judges the boundaries of a file against every unit of the store but the ones that it replaces.
pub(super) fn of_boundaries(
    job: &mut Job,
    new: &[AdminUnit],
    stated: Option<Crs>,
    known: &[AdminUnit],
) -> Result<(), ImportError> {
    // A system that only GDAL knows was stated by the file or the person, and has no neighbours here to try.
    let Some(crs) = stated else { return Ok(()) };
    let areas = || new.iter().filter_map(|unit| unit.geometry.as_ref());
    let reference = known
        .iter()
        .filter(|unit| !new.iter().any(|other| (other.code, other.valid_from) == (unit.code, unit.valid_from)))
        .filter_map(|unit| unit.geometry.as_ref());
    let found = fit::judge(areas(), ReadAs::Stated(crs), reference);
    if found == Fit::Unknown {
        let outside = areas().filter(|area| area.0.first().is_some_and(|part| !in_viet_nam(part))).count();
        if outside > 0 {
            job.report.notes.push(Note::OutsideVietNam { units: outside });
        }
    }
    refuse(found, Some(crs))
}

/// Land and sea, Hoàng Sa and Trường Sa included.
fn in_viet_nam(part: &geo_types::Polygon<f64>) -> bool {
    let within = |at: &geo_types::Coord<f64>| (102.0..=118.0).contains(&at.x) && (6.0..=23.5).contains(&at.y);
    part.exterior().0.first().is_none_or(within)
}

/// The error for boundaries in metres of no stated system: it names the one that fits, where one does.
pub(super) fn of_metres(path: &Path, options: &ingest::Options, plain: Unreadable, known: &[AdminUnit]) -> ImportError {
    let Unreadable::Metres { east_m, north_m } = plain else { return plain.into() };
    let Some(tried) = system_to_try(east_m, north_m) else { return plain.into() };
    let options = ingest::Options { crs_epsg: Some(tried.epsg()), ..options.clone() };
    let Ok(read) = ingest::boundaries::read(path, &options) else { return plain.into() };
    let areas = read.batch.rows.iter().filter_map(|row| row.value.geometry.as_ref());
    let reference = known.iter().filter_map(|unit| unit.geometry.as_ref());
    refuse(fit::judge(areas, ReadAs::Tried(tried), reference), None).err().unwrap_or(plain.into())
}

/// Any system that the numbers allow: what matters is only that it can be undone.
fn system_to_try(east_m: u32, north_m: u32) -> Option<Crs> {
    Crs::candidates(f64::from(east_m), f64::from(north_m)).first().copied()
}

/// Where the rows of a file lie that state their commune: all of a small file, an even share of a large one.
#[derive(Default)]
pub(super) struct Points {
    kept: Vec<(UnitCode, LonLat)>,
    /// Of two to this power points one is kept.
    halvings: u32,
    seen: u64,
    /// Rows refused as metres of no stated system, and the first of them.
    metres: u64,
    first_metres: Option<(u32, u32)>,
}

/// More would tell nothing new, and each is tried in every system.
const MOST_POINTS: usize = 200_000;

impl Points {
    /// Takes in rows and refusals. `stated` gives the commune of today that a row states, and its point.
    pub(super) fn see<T>(&mut self, batch: &Batch<T>, stated: impl Fn(&T) -> Option<(UnitCode, LonLat)>) {
        for (commune, at) in batch.rows.iter().filter_map(|row| stated(&row.value)) {
            self.take(commune, at);
        }
        for reject in &batch.rejects {
            if let Reason::Metres { east_m, north_m } = reject.reason {
                self.metres += 1;
                self.first_metres.get_or_insert((east_m, north_m));
            }
        }
    }

    fn take(&mut self, commune: UnitCode, at: LonLat) {
        if self.seen.is_multiple_of(1 << self.halvings) {
            if self.kept.len() == MOST_POINTS {
                let mut even = [true, false].into_iter().cycle();
                self.kept.retain(|_| even.next().unwrap_or(true));
                self.halvings += 1;
            }
            self.kept.push((commune, at));
        }
        self.seen += 1;
    }
}

/// Judges the points of a file. `again` gives them once more, read in another system; it is asked
/// where most rows were refused as metres of no stated system.
pub(super) fn of_points(
    points: &Points,
    stated: Option<Crs>,
    communes: &Lookup,
    again: impl FnOnce(Crs) -> Option<Points>,
) -> Result<(), ImportError> {
    match (points.first_metres.filter(|_| points.metres > points.seen), stated) {
        (Some((east_m, north_m)), _) => {
            let Some(tried) = system_to_try(east_m, north_m) else { return Ok(()) };
            let Some(points) = again(tried) else { return Ok(()) };
            refuse(fit::judge_points(&points.kept, ReadAs::Tried(tried), communes), None)
        }
        (None, Some(crs)) => refuse(fit::judge_points(&points.kept, ReadAs::Stated(crs), communes), stated),
        (None, None) => Ok(()),
    }
}

fn refuse(found: Fit, stated: Option<Crs>) -> Result<(), ImportError> {
    let would_fit = match found {
        Fit::Fits | Fit::Unknown => return Ok(()),
        Fit::WouldFit(better) => vec![better],
        Fit::Ambiguous(all) => all,
    };
    Err(ImportError::Misfit(Box::new(Misfit { stated, would_fit })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::refusal::Row;

    #[test]
    fn of_a_large_file_an_even_share_is_judged() {
        let code: UnitCode = "13285".parse().unwrap();
        let point = |i: usize| LonLat::new(105.0 + i as f64 * 1e-7, 20.0).unwrap();
        for (rows, kept) in [(0, 0), (5, 5), (MOST_POINTS, MOST_POINTS), (MOST_POINTS + 1, MOST_POINTS / 2 + 1)] {
            let mut points = Points::default();
            let rows = (0..rows).map(|i| Row { line: i as u64, value: point(i) }).collect();
            points.see(&Batch { rows, rejects: Vec::new() }, |at| Some((code, *at)));
            assert_eq!(points.kept.len(), kept);
        }
        let mut points = Points::default();
        (0..MOST_POINTS * 5).for_each(|i| points.take(code, point(i)));
        let share = MOST_POINTS * 5 / points.kept.len();
        assert!(points.kept.iter().enumerate().all(|(i, (_, at))| *at == point(i * share)), "one in {share}");
        assert!((MOST_POINTS / 2..=MOST_POINTS).contains(&points.kept.len()));
    }
}
