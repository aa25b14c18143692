//! Visits, samples and runs: rows by the million.
//!
//! Private tables. Operators are small numbers, times are milliseconds and
//! missing is NULL, so a sample takes some 75 bytes. Times finer than a
//! millisecond are cut: no phone and no form has them.

use std::collections::HashMap;

use h3o::CellIndex;
use jiff::Timestamp;
use nonmax::{NonMaxU32, NonMaxU64};

use super::bulk::{Put, Raw};
use super::register::{Row, list_text, upsert, wide};
use crate::model::flag::{Flag, Flags};
use crate::model::import::Counts;
use crate::model::measure::{Dbm, LonLat};
use crate::model::operator::{Operator, Technology};
use crate::model::packed::Finite;
use crate::model::sample::{Run, Sample, ServiceState};
use crate::model::topic::{Topics, Yields};
use crate::model::visit::{AssignMethod, SignalSeen, Visit, VisitResult};
use crate::store::{SAMPLES_AT_ONCE, StoreError};

const PUT_VISIT: &str = "
INSERT INTO private_visit (
  source_id, time_ms, commune, village, assigned_by, lon, lat, accuracy_m, household, result, guided_people,
  signal_seen, flags, topics, vneid, services, payments, supervision, import_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (source_id) DO UPDATE SET
  time_ms = excluded.time_ms, commune = excluded.commune, village = excluded.village,
  assigned_by = excluded.assigned_by, lon = excluded.lon, lat = excluded.lat, accuracy_m = excluded.accuracy_m,
  household = excluded.household, result = excluded.result, guided_people = excluded.guided_people,
  signal_seen = excluded.signal_seen, flags = excluded.flags, topics = excluded.topics, vneid = excluded.vneid,
  services = excluded.services, payments = excluded.payments, supervision = excluded.supervision,
  import_id = excluded.import_id
WHERE time_ms <> excluded.time_ms OR commune <> excluded.commune OR village IS NOT excluded.village
  OR assigned_by <> excluded.assigned_by OR lon IS NOT excluded.lon OR lat IS NOT excluded.lat
  OR accuracy_m IS NOT excluded.accuracy_m OR household <> excluded.household OR result <> excluded.result
  OR guided_people IS NOT excluded.guided_people OR signal_seen IS NOT excluded.signal_seen
  OR flags IS NOT excluded.flags OR topics IS NOT excluded.topics OR vneid IS NOT excluded.vneid
  OR services IS NOT excluded.services OR payments IS NOT excluded.payments
  OR supervision <> excluded.supervision";

pub(super) fn put_visits(raw: &Raw<'_>, visits: &[Visit], import: i64) -> Result<Counts, StoreError> {
    upsert(raw, "SELECT count(*) FROM private_visit", PUT_VISIT, visits, |statement, visit| {
        let (commune, village) = (visit.commune.to_string(), visit.village.map(|code| code.to_string()));
        let seen = (!visit.signal_seen.is_empty()).then(|| seen_text(&visit.signal_seen));
        let flags = flags_text(visit.flags)?;
        let topics = visit.topics.codes();
        statement.run(&[
            visit.source_id.as_str().into(),
            visit.time.as_millisecond().into(),
            commune.as_str().into(),
            village.as_deref().into(),
            visit.assigned_by.code().into(),
            visit.point.map(LonLat::lon).into(),
            visit.point.map(LonLat::lat).into(),
            wide(visit.accuracy_m),
            visit.household.cast_signed().into(),
            visit.result.code().into(),
            visit.guided_people.into(),
            seen.as_deref().into(),
            flags.as_deref().into(),
            topics.as_deref().into(),
            visit.yields.vneid.into(),
            visit.yields.services.into(),
            visit.yields.payments.into(),
            i64::from(visit.supervision).into(),
            import.into(),
        ])
    })
}

pub(super) fn visits(raw: &Raw<'_>) -> Result<Vec<Visit>, StoreError> {
    let mut row = Row::new(
        raw,
        "private_visit",
        "SELECT rowid, source_id, time_ms, commune, village, assigned_by, lon, lat, accuracy_m, household, result,
           guided_people, signal_seen, flags, coarse, topics, vneid, services, payments, supervision
         FROM private_visit ORDER BY rowid",
    )?;
    let mut visits =
        Vec::with_capacity(usize::try_from(raw.number("SELECT count(*) FROM private_visit")?).unwrap_or(0));
    while row.next()? {
        let village = match row.statement.text(4) {
            Some(code) => Some(code.parse().map_err(|_| row.corrupt("village"))?),
            None => None,
        };
        let signal_seen = match row.statement.text(12) {
            Some(text) => seen(text).ok_or_else(|| row.corrupt("signal_seen"))?,
            None => Vec::new(),
        };
        let flags = match row.statement.text(13) {
            Some(text) => flags(text).ok_or_else(|| row.corrupt("flags"))?,
            None => Flags::default(),
        };
        let topics = match row.statement.text(15) {
            Some(text) => Topics::from_codes(text).ok_or_else(|| row.corrupt("topics"))?,
            None => Topics::default(),
        };
        visits.push(Visit {
            source_id: row.text(1, "source_id")?,
            time: instant(&row, 2, "time_ms")?,
            commune: row.code(3, "commune")?,
            village,
            assigned_by: row.named(5, "assigned_by", AssignMethod::from_code)?,
            point: if row.statement.is_null(6) { None } else { Some(position(&row, 6)?) },
            accuracy_m: row.single(8),
            household: row.int(9, "household")?.cast_unsigned(),
            result: row.named(10, "result", VisitResult::from_code)?,
            guided_people: row.small(11, "guided_people")?,
            signal_seen,
            flags,
            coarse: row.int(14, "coarse")? > 0,
            topics,
            yields: Yields {
                vneid: row.small(16, "vneid")?,
                services: row.small(17, "services")?,
                payments: row.small(18, "payments")?,
            },
            supervision: row.int(19, "supervision")? > 0,
        });
    }
    Ok(visits)
}

pub(super) fn flags_text(flags: Flags) -> Result<Option<String>, StoreError> {
    let codes: Vec<String> = flags.iter().map(|flag| flag.code().to_owned()).collect();
    if codes.is_empty() { Ok(None) } else { list_text(&codes).map(Some) }
}

fn flags(text: &str) -> Option<Flags> {
    let codes: Vec<String> = serde_json::from_str(text).ok()?;
    codes.iter().map(|code| Flag::from_code(code)).collect()
}

/// `viettel:weak vnpt:ok`: operator names hold neither sign.
fn seen_text(seen: &[(Operator, SignalSeen)]) -> String {
    let words: Vec<String> = seen.iter().map(|(operator, seen)| format!("{operator}:{}", seen.code())).collect();
    words.join(" ")
}

fn seen(text: &str) -> Option<Vec<(Operator, SignalSeen)>> {
    text.split(' ')
        .map(|word| {
            let (operator, seen) = word.split_once(':')?;
            Some((operator.parse().ok()?, SignalSeen::from_code(seen)?))
        })
        .collect()
}

pub(super) fn put_samples(
    raw: &Raw<'_>,
    operators: &mut Operators,
    samples: &[Sample],
    import: i64,
) -> Result<Counts, StoreError> {
    // `DO NOTHING` on the key alone: `OR IGNORE` would also swallow a broken rule.
    let mut statement = raw.prepare(
        "INSERT INTO private_sample (
           key, operator_id, technology, state, rsrp, rsrq_db, sinr_db, download_kbps, lon, lat, accuracy_m, time_ms,
           device, serving_cell, arfcn, speed_kmh, import_id)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (key) DO NOTHING",
    )?;
    let mut inserted = 0;
    for sample in samples {
        inserted += statement.run(&[
            sample.key().into(),
            operators.id(raw, sample.operator)?.into(),
            generation(sample.technology).into(),
            state_number(sample.state).into(),
            wide(sample.rsrp.map(Dbm::get)),
            wide(sample.rsrq_db),
            wide(sample.sinr_db),
            sample.download_kbps.into(),
            sample.position.lon().into(),
            sample.position.lat().into(),
            wide(sample.accuracy_m),
            sample.time.as_millisecond().into(),
            sample.device.cast_signed().into(),
            sample.serving_cell.map(u64::cast_signed).into(),
            sample.arfcn.into(),
            wide(sample.speed_kmh),
            import.into(),
        ])?;
    }
    Ok(Counts { inserted, updated: 0, unchanged: samples.len() as u64 - inserted })
}

pub(super) fn samples(raw: &Raw<'_>, each: &mut (dyn FnMut(Vec<Sample>) + Send)) -> Result<u64, StoreError> {
    let operators = Operators::load(raw)?;
    let mut row = Row::new(
        raw,
        "private_sample",
        "SELECT rowid, operator_id, technology, state, rsrp, rsrq_db, sinr_db, download_kbps, lon, lat, accuracy_m,
           time_ms, device, serving_cell, arfcn, speed_kmh
         FROM private_sample ORDER BY rowid",
    )?;
    let mut chunk = Vec::new();
    let mut total = 0;
    while row.next()? {
        chunk.push(Sample {
            operator: operators.name(&row, 1)?,
            technology: technology(&row, 2)?,
            state: state(&row, 3)?,
            rsrp: power(&row, 4, "rsrp")?,
            rsrq_db: row.single(5),
            sinr_db: row.single(6),
            download_kbps: row.small(7, "download_kbps")?,
            position: position(&row, 8)?,
            accuracy_m: row.single(10),
            time: instant(&row, 11, "time_ms")?,
            device: row.int(12, "device")?.cast_unsigned(),
            serving_cell: row.statement.int(13).map(i64::cast_unsigned),
            arfcn: row.small(14, "arfcn")?,
            speed_kmh: row.single(15),
        });
        total += 1;
        if chunk.len() == SAMPLES_AT_ONCE {
            each(std::mem::take(&mut chunk));
        }
    }
    if !chunk.is_empty() {
        each(chunk);
    }
    Ok(total)
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
    let mut runs = Vec::new();
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
            let operator: Operator = row.named(1, "slug", |text| text.parse().ok())?;
            let id = row.int(0, "id")?;
            all.ids.insert(operator, id);
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
fn position(row: &Row<'_>, at: i32) -> Result<LonLat, StoreError> {
    LonLat::new(row.real(at, "lon")?, row.real(at + 1, "lat")?).map_err(|_| row.corrupt("lon"))
}

fn instant(row: &Row<'_>, at: i32, column: &'static str) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(row.int(at, column)?).map_err(|_| row.corrupt(column))
}
