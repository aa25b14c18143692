//! Samples and runs: rows by the million.
//!
//! Private tables. Operators are small numbers, times are milliseconds and
//! missing is NULL, so a sample takes some 75 bytes. Times finer than a
//! millisecond are cut: no phone and no form has them.

use std::collections::{BTreeMap, HashMap};

use h3o::CellIndex;
use jiff::Timestamp;
use nonmax::{NonMaxU32, NonMaxU64};

use super::bulk::{Put, Raw};
use super::phones;
use super::register::{Row, wide};
use crate::model::import::Counts;
use crate::model::measure::{Dbm, LonLat};
use crate::model::operator::{Operator, Technology};
use crate::model::packed::Finite;
use crate::model::sample::{Run, Sample, ServiceState};
use crate::store::{SAMPLES_AT_ONCE, StoreError};

/// `known_of`: by the import that had brought them, how many samples were known.
pub(super) fn put_samples(
    raw: &Raw<'_>,
    operators: &mut Operators,
    samples: &[Sample],
    import: i64,
    known_of: &mut BTreeMap<i64, i64>,
) -> Result<Counts, StoreError> {
    // `DO NOTHING` on the key alone: `OR IGNORE` would also swallow a broken rule.
    let mut statement = raw.prepare(
        "INSERT INTO private_sample (
           key, operator_id, technology, state, rsrp, rsrq_db, sinr_db, download_kbps, lon, lat, accuracy_m, time_ms,
           device, serving_cell, arfcn, speed_kmh, import_id)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (key) DO NOTHING",
    )?;
    let mut known = phones::Known::new(raw)?;
    let mut brought_by = raw.prepare("SELECT import_id FROM private_sample WHERE key = ?")?;
    let mut inserted = 0;
    for sample in samples {
        if known.holds(sample)? {
            *known_of.entry(phones::NO_IMPORT).or_default() += 1;
            continue;
        }
        let key = sample.key();
        let added = statement.run(&[
            key.into(),
            operators.id(raw, sample.operator)?.into(),
            generation(sample.technology).into(),
            state_number(sample.state).into(),
            wide(sample.rsrp.map(Dbm::get)),
            wide(sample.rsrq_db.map(Finite::get)),
            wide(sample.sinr_db.map(Finite::get)),
            sample.download_kbps.map(u32::from).into(),
            sample.position.lon().into(),
            sample.position.lat().into(),
            wide(sample.accuracy_m.map(Finite::get)),
            sample.time.as_millisecond().into(),
            sample.device.cast_signed().into(),
            sample.serving_cell.map(|cell| cell.get().cast_signed()).into(),
            sample.arfcn.map(u32::from).into(),
            wide(sample.speed_kmh.map(Finite::get)),
            import.into(),
        ])?;
        inserted += added;
        if added == 0 {
            let of = brought_by.find(&[key.into()])?.unwrap_or(phones::NO_IMPORT);
            *known_of.entry(of).or_default() += 1;
        }
    }
    Ok(Counts { inserted, updated: 0, unchanged: samples.len() as u64 - inserted })
}

/// Hands out the samples of which a condition is true, some at a time.
pub(super) fn samples(
    raw: &Raw<'_>,
    condition: &str,
    each: &mut (dyn FnMut(Vec<Sample>) + Send),
) -> Result<u64, StoreError> {
    let mut chunk = Vec::new();
    let mut total = 0;
    each_sample(raw, condition, |_, sample| {
        chunk.push(sample);
        total += 1;
        if chunk.len() == SAMPLES_AT_ONCE {
            each(std::mem::take(&mut chunk));
        }
        Ok(())
    })?;
    if !chunk.is_empty() {
        each(chunk);
    }
    Ok(total)
}

/// Hands out the samples of which a condition is true, with their rows, in the order of these.
pub(super) fn each_sample(
    raw: &Raw<'_>,
    condition: &str,
    mut each: impl FnMut(i64, Sample) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let operators = Operators::load(raw)?;
    let select = format!(
        "SELECT rowid, operator_id, technology, state, rsrp, rsrq_db, sinr_db, download_kbps, lon, lat, accuracy_m,
           time_ms, device, serving_cell, arfcn, speed_kmh
         FROM private_sample WHERE {condition} ORDER BY rowid"
    );
    let mut row = Row::new(raw, "private_sample", &select)?;
    while row.next()? {
        let sample = Sample {
            operator: operators.name(&row, 1)?,
            technology: technology(&row, 2)?,
            state: state(&row, 3)?,
            rsrp: power(&row, 4, "rsrp")?,
            rsrq_db: row.single(5).and_then(Finite::new),
            sinr_db: row.single(6).and_then(Finite::new),
            download_kbps: row.small(7, "download_kbps")?.and_then(NonMaxU32::new),
            position: position(&row, 8)?,
            accuracy_m: row.single(10).and_then(Finite::new),
            time: instant(&row, 11, "time_ms")?,
            device: row.int(12, "device")?.cast_unsigned(),
            serving_cell: row.statement.int(13).map(i64::cast_unsigned).and_then(NonMaxU64::new),
            arfcn: row.small(14, "arfcn")?.and_then(NonMaxU32::new),
            speed_kmh: row.single(15).and_then(Finite::new),
        };
        each(row.int(0, "rowid")?, sample)?;
    }
    Ok(())
}

pub(super) fn put_runs(raw: &Raw<'_>, operators: &mut Operators, runs: &[Run]) -> Result<(), StoreError> {
    let mut statement = raw.prepare(
        "INSERT INTO private_run (
           operator_id, technology, device, cell, start_ms, end_ms, samples, censored, median, worst, rsrq_db, sinr_db,
           download_kbps, serving_cell, arfcn)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    for run in runs {
        statement.run(&[
            operators.id(raw, run.operator)?.into(),
            generation(run.technology).into(),
            run.device.cast_signed().into(),
            u64::from(run.cell).cast_signed().into(),
            run.start.as_millisecond().into(),
            run.end.as_millisecond().into(),
            run.samples.into(),
            run.censored.into(),
            wide(run.median.map(Dbm::get)),
            wide(run.worst.map(Dbm::get)),
            wide(run.rsrq_db.map(Finite::get)),
            wide(run.sinr_db.map(Finite::get)),
            run.download_kbps.map(u32::from).into(),
            run.serving_cell.map(|cell| cell.get().cast_signed()).into(),
            run.arfcn.map(u32::from).into(),
        ])?;
    }
    Ok(())
}

pub(super) fn runs(raw: &Raw<'_>) -> Result<Vec<Run>, StoreError> {
    let operators = Operators::load(raw)?;
    let mut row = Row::new(
        raw,
        "private_run",
        "SELECT rowid, operator_id, technology, device, cell, start_ms, end_ms, samples, censored, median, worst,
           rsrq_db, sinr_db, download_kbps, serving_cell, arfcn
         FROM private_run ORDER BY rowid",
    )?;
    // To grow would be to hold them twice.
    let mut most = Row::new(raw, "private_run", "SELECT coalesce(max(rowid), 0) FROM private_run")?;
    let most = if most.next()? { most.int(0, "rowid")? } else { 0 };
    let mut runs = Vec::new();
    if runs.try_reserve_exact(usize::try_from(most).unwrap_or(0)).is_err() {
        runs = Vec::new();
    }
    while row.next()? {
        let cell = row.int(4, "cell")?.cast_unsigned();
        runs.push(Run {
            operator: operators.name(&row, 1)?,
            technology: technology(&row, 2)?,
            device: row.int(3, "device")?.cast_unsigned(),
            cell: CellIndex::try_from(cell).map_err(|_| row.corrupt("cell"))?,
            start: instant(&row, 5, "start_ms")?.into(),
            end: instant(&row, 6, "end_ms")?.into(),
            samples: row.small(7, "samples")?.ok_or_else(|| row.corrupt("samples"))?,
            censored: row.small(8, "censored")?.ok_or_else(|| row.corrupt("censored"))?,
            median: power(&row, 9, "median")?,
            worst: power(&row, 10, "worst")?,
            rsrq_db: row.single(11).and_then(Finite::new),
            sinr_db: row.single(12).and_then(Finite::new),
            download_kbps: row.small(13, "download_kbps")?.and_then(NonMaxU32::new),
            serving_cell: row.statement.int(14).map(i64::cast_unsigned).and_then(NonMaxU64::new),
            arfcn: row.small(15, "arfcn")?.and_then(NonMaxU32::new),
        });
    }
    Ok(runs)
}

/// Operators by their small number, and back.
#[derive(Default)]
pub(super) struct Operators {
    ids: HashMap<Operator, i64>,
    names: HashMap<i64, Operator>,
    /// The last one asked for: a drive has one operator for thousands of rows.
    last: Option<(Operator, i64)>,
}

impl Operators {
    pub(super) fn load(raw: &Raw<'_>) -> Result<Self, StoreError> {
        let mut row = Row::new(raw, "operator", "SELECT id, slug FROM operator")?;
        let mut all = Self::default();
        while row.next()? {
            let read = |text: &str| text.parse::<Operator>().ok().map(|operator| (operator, operator.as_str() == text));
            let (operator, is_own) = row.named(1, "slug", read)?;
            let id = row.int(0, "id")?;
            // A name of before that is known as another's by now is read as that one; what comes in has its own.
            if is_own || !all.ids.contains_key(&operator) {
                all.ids.insert(operator, id);
            }
            all.names.insert(id, operator);
        }
        Ok(all)
    }

    fn id(&mut self, raw: &Raw<'_>, operator: Operator) -> Result<i64, StoreError> {
        if let Some((last, id)) = self.last
            && last == operator
        {
            return Ok(id);
        }
        let id = match self.ids.get(&operator) {
            Some(id) => *id,
            None => {
                raw.run("INSERT INTO operator (slug) VALUES (?)", &[Put::Text(operator.as_str())])?;
                let id = raw.number("SELECT max(id) FROM operator")?;
                self.ids.insert(operator, id);
                id
            }
        };
        self.last = Some((operator, id));
        Ok(id)
    }

    fn name(&self, row: &Row<'_>, at: i32) -> Result<Operator, StoreError> {
        let id = row.int(at, "operator_id")?;
        self.names.get(&id).copied().ok_or_else(|| row.corrupt("operator_id"))
    }
}

fn generation(technology: Technology) -> i64 {
    match technology {
        Technology::Gsm => 2,
        Technology::Umts => 3,
        Technology::Lte => 4,
        Technology::Nr => 5,
    }
}

fn technology(row: &Row<'_>, at: i32) -> Result<Technology, StoreError> {
    let number = row.int(at, "technology")?;
    let found = Technology::ALL.into_iter().find(|technology| generation(*technology) == number);
    found.ok_or_else(|| row.corrupt("technology"))
}

const STATES: [ServiceState; 4] =
    [ServiceState::InService, ServiceState::Limited, ServiceState::NoService, ServiceState::Unknown];

fn state_number(state: ServiceState) -> i64 {
    match state {
        ServiceState::InService => 0,
        ServiceState::Limited => 1,
        ServiceState::NoService => 2,
        ServiceState::Unknown => 3,
    }
}

fn state(row: &Row<'_>, at: i32) -> Result<ServiceState, StoreError> {
    let number = row.int(at, "state")?;
    STATES.into_iter().find(|state| state_number(*state) == number).ok_or_else(|| row.corrupt("state"))
}

fn power(row: &Row<'_>, at: i32, column: &'static str) -> Result<Option<Dbm>, StoreError> {
    row.single(at).map(|value| Dbm::new(value).map_err(|_| row.corrupt(column))).transpose()
}

/// Longitude at this column, latitude at the next.
pub(super) fn position(row: &Row<'_>, at: i32) -> Result<LonLat, StoreError> {
    LonLat::new(row.real(at, "lon")?, row.real(at + 1, "lat")?).map_err(|_| row.corrupt("lon"))
}

pub(super) fn instant(row: &Row<'_>, at: i32, column: &'static str) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(row.int(at, column)?).map_err(|_| row.corrupt(column))
}
