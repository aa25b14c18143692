//! Measurements whose term has ended, and the day for which each keeps what tells its phone from others.
//!
//! That is the day of its run, which may have begun before midnight: a phone that drives or lies in one cell
//! over midnight made one run, and keeps it.

use std::collections::HashMap;

use h3o::CellIndex;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::engine::signal::locate::cell_at;
use crate::engine::signal::runs::PASS;
use crate::model::measure::{local_day, local_midnight};
use crate::model::operator::{Operator, Technology};
use crate::model::packed::Moment;
use crate::model::sample::{Run, Sample};

/// A run of a day that ended on another.
struct OverMidnight {
    cell: CellIndex,
    start: Moment,
    end: Moment,
}

pub struct DayPhones {
    since: Date,
    over_midnight: HashMap<(u64, Operator, Technology), Vec<OverMidnight>>,
}

impl DayPhones {
    /// From the runs of the measurements and the first day that keeps its phones.
    #[must_use]
    pub fn new(since: Date, runs: &[Run]) -> Self {
        let mut over_midnight: HashMap<_, Vec<_>> = HashMap::new();
        for run in runs {
            let day = local_day(run.start);
            if day < since && day != local_day(run.end) {
                let of_phone = over_midnight.entry((run.device, run.operator, run.technology)).or_default();
                of_phone.push(OverMidnight { cell: run.cell, start: run.start, end: run.end });
            }
        }
        Self { since, over_midnight }
    }

    #[must_use]
    pub fn since(&self) -> Date {
        self.since
    }

    /// From here on every measurement keeps its phone.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        let ends = self.over_midnight.values().flatten().map(|run| run.end.as_millisecond());
        let first = local_midnight(self.since);
        // Behind the last millisecond of the last run.
        let last = ends.max().and_then(|end| Timestamp::from_millisecond(end + 1).ok());
        last.map_or(first, |last| last.max(first))
    }

    /// The day of its run; `None` where the term has not ended.
    #[must_use]
    pub fn day(&self, sample: &Sample) -> Option<Date> {
        let day = self.over_midnight(sample).unwrap_or_else(|| local_day(sample.time));
        (day < self.since).then_some(day)
    }

    fn over_midnight(&self, sample: &Sample) -> Option<Date> {
        let runs = self.over_midnight.get(&(sample.device, sample.operator, sample.technology))?;
        let at = Moment::from(sample.time);
        let mut there = runs.iter().filter(|run| run.start <= at && at <= run.end);
        let run = there.find(|run| cell_at(sample.position, PASS) == Some(run.cell))?;
        Some(local_day(run.start))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::engine::signal::runs;
    use crate::model::measure::LonLat;
    use crate::model::sample::ServiceState;

    /// One reading a minute from a local time on.
    fn log(device: u64, from: &str, minutes: i64, lon: f64) -> Vec<Sample> {
        let from: Timestamp = format!("{from}+07:00").parse().unwrap();
        (0..minutes)
            .map(|minute| Sample {
                operator: "viettel".parse().unwrap(),
                technology: Technology::Lte,
                state: ServiceState::NoService,
                rsrp: None,
                rsrq_db: None,
                sinr_db: None,
                download_kbps: None,
                position: LonLat::new(lon, 20.2).unwrap(),
                accuracy_m: None,
                time: Timestamp::from_second(from.as_second() + minute * 60).unwrap(),
                device,
                serving_cell: None,
                arfcn: None,
                speed_kmh: None,
            })
            .collect()
    }

    /// Phone and day in one number, as `hide` would make it.
    fn hidden(since: Date, samples: &[Sample]) -> Vec<Sample> {
        let phones = DayPhones::new(since, &runs(samples));
        let of =
            |sample: &Sample| phones.day(sample).map(|day| sample.device * 1_000 + u64::from(day.day().unsigned_abs()));
        samples.iter().map(|sample| Sample { device: of(sample).unwrap_or(sample.device), ..*sample }).collect()
    }

    #[test]
    fn a_phone_has_another_name_on_each_day_before_the_term_and_its_own_since() {
        let samples = [
            log(7, "2026-03-01T10:00:00", 1, 105.9),
            log(7, "2026-03-02T10:00:00", 1, 105.9),
            log(7, "2026-03-03T00:00:00", 1, 105.9),
        ]
        .concat();
        let names: Vec<u64> = hidden(date(2026, 3, 3), &samples).iter().map(|sample| sample.device).collect();
        assert_eq!(names, [7_001, 7_002, 7]);
    }

    #[test]
    fn a_run_over_midnight_stays_one_and_what_begins_after_it_is_of_the_new_day() {
        let samples = [
            log(7, "2026-03-01T23:50:00", 20, 105.9),
            log(7, "2026-03-02T00:05:00", 3, 105.95),
            log(8, "2026-03-02T00:05:00", 3, 105.9),
        ]
        .concat();
        for since in [date(2026, 3, 2), date(2026, 3, 3)] {
            let after = hidden(since, &samples);
            let of =
                |runs: Vec<Run>| runs.iter().map(|run| (run.cell, run.start, run.end, run.samples)).collect::<Vec<_>>();
            let (mut before, mut after_runs) = (of(runs(&samples)), of(runs(&after)));
            before.sort_unstable();
            after_runs.sort_unstable();
            assert_eq!(before, after_runs);
            assert!(after[..20].iter().all(|sample| sample.device == 7_001), "{since}");
        }
        let phones = DayPhones::new(date(2026, 3, 2), &runs(&samples));
        assert_eq!(phones.until(), "2026-03-02T00:09:00.001+07:00".parse().unwrap());
        assert_eq!(DayPhones::new(date(2026, 3, 1), &runs(&samples)).until(), local_midnight(date(2026, 3, 1)));
    }
}
