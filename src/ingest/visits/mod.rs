//! Household visits: what a team did, where and when, and no person in it.
//!
//! CSV: `id, time, village_code, village, commune_code, commune, lon, lat,
//! accuracy_m, household, result, guided, signal_viettel, signal_vnpt,
//! signal_mobifone, signal_vietnamobile, supervision`; ODK Central's `submissions.csv` by its
//! `KEY`, its OData and the XML of a phone; KoboToolbox's and Ona's JSON, CSV and
//! spreadsheets; GeoJSON points with the same properties; waypoints of GPX; a stranger's table by a
//! profile. Columns that may name a person are dropped before anything is kept,
//! hashed or quoted.

mod columns;
mod gpx;
mod read;
mod seen;
mod server;
mod spoken;
mod summary;
mod topics;
mod words;

use jiff::SignedDuration;

use crate::model::measure::{LonLat, local_midnight};
use crate::model::refusal::{Reason, Reject, Row};
use crate::model::topic::Yields;
use crate::model::village::VillageCode;
use crate::model::visit::{VisitRecord, VisitResult};

use super::features::RawGeometry;
use super::header::Header;
use super::table::{Record, Table};
use super::{Options, number, place, privacy, text, time};
use columns::Columns;
pub(super) use columns::{RESULT, TIME};
pub(super) use read::{Ids, open};
pub use read::{Piece, read, read_pieces};
use seen::LeftOut;
pub use topics::of_text as topics_of;

/// Before an id that is made of a row.
const MADE: &str = "row:";

fn visit(
    record: &Record,
    columns: &Columns,
    (table, options): (&Table, &Options),
    left_out: &mut LeftOut,
) -> Result<Row<VisitRecord>, Reject> {
    let (line, header) = (record.line, &table.header);
    let refuse = |column: Option<usize>, text: &str, reason: Reason| {
        Reject::new(line, header.name(column.unwrap_or_default()), text, reason)
    };
    let review = server::Review::of(record, columns);
    if let Some(reject) = review.refusal(record, columns, header) {
        return Err(reject);
    }
    let profile = options.visits.as_deref();
    let time_text = given(record, columns.time);
    let time = match (time_text, profile.and_then(|profile| profile.day)) {
        ("", Some(day)) => local_midnight(day),
        ("", None) => return Err(refuse(columns.time, "", Reason::Missing)),
        _ => time::parse_joined(time_text.as_bytes(), given(record, columns.clock).as_bytes(), &columns.form)
            .filter(|_| !given(record, columns.clock).is_empty())
            .or_else(|| time::parse_as(time_text.as_bytes(), &columns.form))
            .ok_or_else(|| refuse(columns.time, &privacy::mask_words(time_text), Reason::NotATime))?,
    };
    if time > options.now.saturating_add(super::samples::CLOCK_SLACK).unwrap_or(options.now) {
        return Err(refuse(columns.time, time_text, Reason::InTheFuture));
    }
    let point: Option<LonLat> = columns.point.of(record, header)?;
    let in_cell = if columns.accuracy.is_none() { columns.point.accuracy_in_cell(record) } else { None };
    let accuracy_m = match in_cell.as_deref().unwrap_or_else(|| record.get(columns.accuracy)) {
        text if number::is_missing(text.as_bytes()) => None,
        text => match number::parse(text.as_bytes(), table.decimal_comma) {
            Some(metres) if metres >= 0.0 => Some(metres as f32),
            Some(_) => None,
            None => return Err(refuse(columns.accuracy, &privacy::mask_words(text), Reason::NotANumber)),
        },
    };
    let village_code = match given(record, columns.village_code) {
        "" => None,
        text => Some(text.parse::<VillageCode>().map_err(|_| {
            refuse(columns.village_code, &privacy::mask_words(text), Reason::UnknownVillage { candidates: vec![] })
        })?),
    };
    let (commune_code, commune_name) = place::row_commune(record, (columns.commune_code, columns.commune), header)?;
    let count = |column: Option<usize>| match record.get(column) {
        text if number::is_missing(text.as_bytes()) => Ok(None),
        text => number::count(text, table.decimal_comma)
            .map(Some)
            .ok_or_else(|| refuse(column, &privacy::mask_words(text), Reason::NotANumber)),
    };
    let guided_people = count(columns.guided)?;
    let yields =
        Yields { vneid: count(columns.vneid)?, services: count(columns.services)?, payments: count(columns.payments)? };
    let result = result(record, columns, (header, options))?;
    let supervision = given(record, columns.supervision);
    let supervision = words::supervision(supervision).ok_or_else(|| {
        let known = ["yes", "no"].map(str::to_owned).to_vec();
        refuse(columns.supervision, &privacy::mask_words(supervision), Reason::UnknownValue { known })
    })?;
    let signal_seen = seen::of_row(record, columns, profile, left_out).into_iter().collect();
    let some = |column: Option<usize>| Some(text::clean(given(record, column))).filter(|name| !name.is_empty());
    // An export of labels has the codes of what it knows no label of, and offices write codes where names belong.
    let village = some(columns.village);
    let village_in_name = village.as_ref().and_then(|name| name.parse::<VillageCode>().ok());
    Ok(Row {
        line,
        value: VisitRecord {
            source_id: source_id(record, point, columns, (header, options)),
            other_ids: other_ids(record, columns),
            time,
            village_code: village_code.or(village_in_name),
            village_name: village.filter(|_| village_in_name.is_none()),
            commune_code,
            commune_name,
            old_commune: some(columns.old_commune),
            district: some(columns.district),
            sheet: some(columns.sheet),
            spoken: table.spoken.contains(&line),
            point,
            accuracy_m,
            household: some(columns.household).map(|label| label_key(&options.household_key, &label)),
            result,
            guided_people,
            signal_seen,
            topics: columns.topics.of(record),
            yields,
            supervision,
            has_issues: review.has_issues(),
            too_fast: is_too_fast(record, columns),
        },
    })
}

/// What a cell says; nothing where it says that there is nothing (`n/a`, `—`).
fn given(record: &Record, column: Option<usize>) -> &str {
    Some(record.get(column)).filter(|text| !number::is_missing(text.as_bytes())).unwrap_or_default()
}

/// Shorter than this nobody has been shown anything: more than one visit a minute is a sign of forms filled in at a desk.
const FILLED_LEAST: SignedDuration = SignedDuration::from_secs(60);

fn is_too_fast(record: &Record, columns: &Columns) -> bool {
    // Most tables do not say, and a province has millions of rows.
    let Some((start, end)) = columns.filled else { return false };
    let at = |column: usize| time::parse_as(record.get(Some(column)).as_bytes(), &time::Form::default());
    match (at(start), at(end)) {
        (Some(start), Some(end)) => (SignedDuration::ZERO..FILLED_LEAST).contains(&end.duration_since(start)),
        _ => false,
    }
}

/// What is kept of the label of a home.
#[must_use]
pub fn label_key(key: &[u8; 32], label: &str) -> u64 {
    privacy::keyed_hash(key, &[b"household", text::clean(label).to_lowercase().as_bytes()])
}

/// The id of the file, or a keyed hash of the row without its personal columns; of a map file its place is a part.
fn source_id(
    record: &Record,
    point: Option<LonLat>,
    columns: &Columns,
    (header, options): (&Header, &Options),
) -> String {
    let id = columns.id.iter().map(|at| given(record, Some(*at))).find(|id| !id.is_empty()).unwrap_or_default();
    if !id.is_empty() {
        return form_id(id);
    }
    let place = point.filter(|_| !matches!(record.geometry, RawGeometry::None));
    let place = place.map(|at| [at.lon(), at.lat()].map(f64::to_le_bytes).concat());
    // As the file has it: a corrected row is the same row.
    let parts: Vec<&[u8]> = record
        .as_written
        .as_ref()
        .unwrap_or(&record.cells)
        .iter()
        .enumerate()
        .filter(|(i, _)| !header.is_personal(*i))
        .map(|(_, cell)| cell.trim().as_bytes())
        .chain(place.as_deref())
        .collect();
    format!("{MADE}{:016x}", privacy::keyed_hash(&options.household_key, &parts))
}

/// One form has one id, with `uuid:` before it in some exports and without in others.
fn form_id(id: &str) -> String {
    let id = text::clean(id);
    if privacy::is_uuid(&id) { format!("uuid:{id}") } else { id }
}

/// What else the form of a row is known by, the surest first.
fn other_ids(record: &Record, columns: &Columns) -> Vec<String> {
    let before = Some(given(record, columns.id_before)).filter(|id| !id.is_empty()).map(form_id);
    let number = columns.number.and_then(|(number, sent)| {
        let number = Some(given(record, Some(number))).filter(|number| !number.is_empty())?;
        // As KoboToolbox and Ona write it, with or without the zone that they mean.
        let form = time::Form { zone: time::Zone::Fixed(0), ..time::Form::default() };
        let sent = time::parse_as(record.get(Some(sent)).as_bytes(), &form)?;
        Some(format!("number:{number}@{}", sent.as_second()))
    });
    before.into_iter().chain(number).collect()
}

fn result(record: &Record, columns: &Columns, (header, options): (&Header, &Options)) -> Result<VisitResult, Reject> {
    let profile = options.visits.as_deref();
    let text = given(record, columns.result);
    let name = header.name(columns.result.unwrap_or_default());
    if text.is_empty() {
        let stated = profile.and_then(|profile| profile.result);
        return stated.ok_or_else(|| Reject::new(record.line, name, "", Reason::NoResult));
    }
    let heading = text::fold(name);
    let asks_whether_guided = heading.contains("huong dan") || heading.contains("guided");
    let yes = || (asks_whether_guided && words::is_yes(text)).then_some(VisitResult::Guided);
    words::result(text, profile)
        .or_else(yes)
        .ok_or_else(|| Reject::new(record.line, name, privacy::mask_long_numbers(text), Reason::UnknownResult))
}

#[cfg(test)]
mod tests;
