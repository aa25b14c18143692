//! What an analysis found goes in, as a whole, in place of the last one.
//!
//! Runs and judgements are kept in the engine's shape; cells and dead areas
//! become layers at once, villages and communes by way of [`layers`]. A figure
//! is a number, or nothing and a note that says why. Refuses an analysis of
//! data that have changed since they were read.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::sqlite::SqlitePool;
use sqlx::{Row as _, Sqlite, Transaction};

use super::bulk::{self, Put, Raw};
use super::evidence::{self, Operators};
use super::register::{Row, day_text};
use super::{claims, layers, ledger, next_epoch, places, shape, speeds};
use crate::model::figure::{Figure, round};
use crate::model::measure::Dbm;
use crate::model::operator::{Operator, Technology};
use crate::model::reach::{CommuneReach, PriorityRow, VillageReach};
use crate::model::verdict::{CellVerdict, DeadArea, PlaceVerdict};
use crate::model::village::VillageCode;
use crate::store::{Analysis, AnalysisStamp, RunsFrom, SignalAnalysis, StoreError, rules_text};

/// The name of the view that takes the best of all operators or technologies.
const ALL: &str = "all";

pub(super) async fn stamp(pool: &SqlitePool) -> Result<Option<AnalysisStamp>, StoreError> {
    let Some(row) = sqlx::query("SELECT * FROM analysis").fetch_optional(pool).await? else { return Ok(None) };
    let corrupt = |column| StoreError::Corrupt { table: "analysis", column, row: 1 };
    let (as_of, at): (String, String) = (row.try_get("as_of")?, row.try_get("at")?);
    Ok(Some(AnalysisStamp {
        made_from: ledger::count("analysis", "made_from", 1, row.try_get("made_from")?)?,
        committed_as: ledger::count("analysis", "committed_as", 1, row.try_get("committed_as")?)?,
        as_of: as_of.parse().map_err(|_| corrupt("as_of"))?,
        signal_rules_version: row.try_get("signal_rules_version")?,
        reach_rules_version: row.try_get("reach_rules_version")?,
        rules: row.try_get("rules")?,
        at: at.parse().map_err(|_| corrupt("at"))?,
    }))
}

pub(super) async fn last_sample(pool: &SqlitePool) -> Result<u64, StoreError> {
    let last = "SELECT coalesce(max(rowid), 0) + (SELECT samples_taken_back FROM phusong_store) FROM private_sample";
    ledger::count("private_sample", "rowid", 0, sqlx::query_scalar(last).fetch_one(pool).await?)
}

pub(super) async fn runs_from(pool: &SqlitePool) -> Result<Option<RunsFrom>, StoreError> {
    let Some(row) = sqlx::query("SELECT * FROM runs_from").fetch_optional(pool).await? else { return Ok(None) };
    let number = |column| ledger::count("runs_from", column, 1, row.try_get(column)?);
    Ok(Some(RunsFrom {
        last_sample: number("last_sample")?,
        samples: number("samples")?,
        devices_compared: number("devices_compared")?,
        largest_offset_db: row.try_get("largest_offset_db")?,
    }))
}

fn put_runs_from(raw: &Raw<'_>, from: &RunsFrom) -> Result<(), StoreError> {
    raw.run(
        "INSERT OR REPLACE INTO runs_from VALUES (1, ?, ?, ?, ?)",
        &[
            from.last_sample.cast_signed().into(),
            from.samples.cast_signed().into(),
            from.devices_compared.cast_signed().into(),
            from.largest_offset_db.into(),
        ],
    )?;
    Ok(())
}

/// The transaction holds the write lock already.
pub(super) async fn replace(
    mut transaction: Transaction<'static, Sqlite>,
    analysis: &Analysis<'_>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let connection = &mut *transaction;
    ledger::stands_at(&mut *connection, &analysis.made_from).await?;
    let committed_as = next_epoch(&mut *connection).await?;
    sqlx::query("INSERT OR REPLACE INTO analysis VALUES (1, ?, ?, ?, ?, ?, ?, ?)")
        .bind(analysis.made_from.number.cast_signed())
        .bind(committed_as)
        .bind(analysis.as_of.to_string())
        .bind(rules_text(analysis.rules)?)
        .bind(&analysis.rules.signal.version)
        .bind(&analysis.rules.reach.version)
        .bind(ledger::instant(at))
        .execute(&mut *connection)
        .await?;
    bulk::with(&mut *connection, |raw| {
        for emptied in ["village_reach", "commune_reach", "priority_list"] {
            raw.run(&format!("DELETE FROM {emptied}"), &[])?;
        }
        put_runs_from(raw, &analysis.runs_from)?;
        if let Some(signal) = &analysis.signal {
            put_signal(raw, signal)?;
        }
        put_villages(raw, analysis.villages, analysis.areas)?;
        put_communes(raw, analysis.communes)?;
        put_priority(raw, analysis.priority)
    })
    .await?;
    layers::rebuild(&mut *connection).await?;
    layers::touch(&mut *connection, at).await?;
    transaction.commit().await?;
    Ok(())
}

fn put_signal(raw: &Raw<'_>, signal: &SignalAnalysis<'_>) -> Result<(), StoreError> {
    for layer in ["cells", "dead_areas", "speeds", "claims"] {
        empty_layer(raw, layer)?;
    }
    if let Some(runs) = signal.runs {
        raw.run("DELETE FROM private_run", &[])?;
        evidence::put_runs(raw, &mut Operators::load(raw)?, runs)?;
    }
    // As on the map: one import made for the demo marks every row, since verdicts mix what they rest on.
    let synthetic = raw.number("SELECT EXISTS (SELECT 1 FROM imports WHERE synthetic AND kept_rows IS NOT 0)")? == 1;
    put_cells(raw, signal.cells, synthetic)?;
    put_dead_areas(raw, signal.dead_areas, synthetic)?;
    claims::put_verdicts(raw, signal.claims, synthetic)?;
    places::put_signals(raw, signal.places)?;
    speeds::put_layer(raw, signal.speeds, synthetic)
}

/// Empties a layer and its index. The index goes first: then the triggers find nothing to take out row by row.
fn empty_layer(raw: &Raw<'_>, name: &str) -> Result<(), StoreError> {
    raw.run(&format!("DELETE FROM rtree_{name}_geom"), &[])?;
    raw.run(&format!("DELETE FROM {name}"), &[])?;
    Ok(())
}

fn put_cells(raw: &Raw<'_>, cells: &[CellVerdict], synthetic: bool) -> Result<(), StoreError> {
    let mut statement = raw.prepare(
        "INSERT INTO cells (
           fid, geom, cell, resolution, operator, technology, verdict, confirmed, median_dbm, runs, days, devices, samples,
           weak_runs, silent_runs, superseded_runs, weak_low, weak_high, first_seen, last_seen, operators_measured,
           synthetic)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    // By place: one outline serves every operator, and neighbours land on the same page of the index.
    let mut order: Vec<&CellVerdict> = cells.iter().collect();
    order.sort_by_key(|verdict| (verdict.cell, verdict.operator, verdict.technology));
    let mut outline = (None, Vec::new(), String::new());
    for (fid, verdict) in (1_i64..).zip(order) {
        if outline.0 != Some(verdict.cell) {
            let blob =
                shape::cell_blob(verdict.cell).ok_or(StoreError::Unwritable { what: "the outline of a cell" })?;
            outline = (Some(verdict.cell), blob, verdict.cell.to_string());
        }
        let evidence = &verdict.evidence;
        let (first, last) = (evidence.first_seen.to_string(), evidence.last_seen.to_string());
        statement.run(&[
            fid.into(),
            outline.1.as_slice().into(),
            outline.2.as_str().into(),
            i64::from(u8::from(verdict.cell.resolution())).into(),
            operator_text(verdict.operator.as_ref()).into(),
            technology_text(verdict.technology).into(),
            verdict.verdict.code().into(),
            verdict.confirmed.into(),
            verdict.median.map(Dbm::tenths).into(),
            evidence.runs.into(),
            evidence.days.into(),
            evidence.devices.into(),
            evidence.samples.into(),
            evidence.weak_runs.into(),
            evidence.silent_runs.into(),
            evidence.superseded_runs.into(),
            round(evidence.weak_low, 3).into(),
            round(evidence.weak_high, 3).into(),
            first.as_str().into(),
            last.as_str().into(),
            verdict.operators_measured.into(),
            synthetic.into(),
        ])?;
    }
    Ok(())
}

fn put_dead_areas(raw: &Raw<'_>, areas: &[DeadArea], synthetic: bool) -> Result<(), StoreError> {
    let (names, place_names) = (village_names(raw)?, places::names(raw)?);
    let mut statement = raw.prepare(
        "INSERT INTO dead_areas (
           fid, geom, area, rank, verdict, confirmed, operator, technology, cells, area_m2, villages, village_codes,
           village_names, households, households_note, villages_without_households, runs, days, devices, weak_runs,
           silent_runs, superseded_runs, weak_low, weak_high, worst_dbm, first_seen, last_seen, synthetic,
           population, population_note, weak_chance, affected, affected_note, cells_seen, channels_seen,
           centre_lon, centre_lat, places, place_names, claimed_share, claimed_by)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    let mut ranks: HashMap<(Option<Operator>, Option<Technology>), i64> = HashMap::new();
    for (fid, area) in (1_i64..).zip(areas) {
        let rank = ranks.entry((area.operator, area.technology)).or_insert(0);
        *rank += 1;
        let blob =
            shape::area_blob(&area.geometry).ok_or(StoreError::Unwritable { what: "the outline of a dead area" })?;
        let codes: Vec<String> = area.villages.iter().map(ToString::to_string).collect();
        let named: Vec<&str> = codes.iter().map(|code| names.get(code).map_or(code.as_str(), String::as_str)).collect();
        let public: Vec<&str> = area.places.iter().filter_map(|id| place_names.get(id)).map(String::as_str).collect();
        let evidence = &area.evidence;
        statement.run(&[
            fid.into(),
            blob.as_slice().into(),
            area.anchor.to_string().as_str().into(),
            (*rank).into(),
            area.verdict.code().into(),
            area.confirmed.into(),
            operator_text(area.operator.as_ref()).into(),
            technology_text(area.technology).into(),
            (area.cells.len() as u64).cast_signed().into(),
            area.area_m2.into(),
            (codes.len() as u64).cast_signed().into(),
            codes.join(", ").as_str().into(),
            named.join(", ").as_str().into(),
            Put::from(area.households.known().map(u64::cast_signed)),
            area.note_of(&area.households).into(),
            area.villages_without_households.into(),
            evidence.runs.into(),
            evidence.days.into(),
            evidence.devices.into(),
            evidence.weak_runs.into(),
            evidence.silent_runs.into(),
            evidence.superseded_runs.into(),
            round(evidence.weak_low, 3).into(),
            round(evidence.weak_high, 3).into(),
            area.worst.map(Dbm::tenths).into(),
            evidence.first_seen.to_string().as_str().into(),
            evidence.last_seen.to_string().as_str().into(),
            synthetic.into(),
            Put::from(area.population.known().map(u64::cast_signed)),
            area.note_of(&area.population).into(),
            round(area.weak_chance, 3).into(),
            area.affected.known().map(|households| round(households, 1)).into(),
            area.note_of(&area.affected).into(),
            listed(&area.cells_seen).as_str().into(),
            listed(&area.channels_seen).as_str().into(),
            round(area.label.lon(), 6).into(),
            round(area.label.lat(), 6).into(),
            (area.places.len() as u64).cast_signed().into(),
            public.join(", ").as_str().into(),
            area.claimed_share().map(|share| round(share, 3)).into(),
            area.claim.as_ref().map(|claim| listed(&claim.operators)).as_deref().into(),
        ])?;
    }
    Ok(())
}

fn village_names(raw: &Raw<'_>) -> Result<HashMap<String, String>, StoreError> {
    let mut row = Row::new(raw, "village_register", "SELECT rowid, code, name FROM village_register")?;
    let mut names = HashMap::new();
    while row.next()? {
        names.insert(row.text(1, "code")?, row.text(2, "name")?);
    }
    Ok(names)
}

fn put_villages(raw: &Raw<'_>, villages: &[VillageReach], areas: &[DeadArea]) -> Result<(), StoreError> {
    // Villages are judged in the best-of-all view, so its areas are theirs.
    let of_view = areas.iter().filter(|area| area.operator.is_none() && area.technology.is_none());
    let inside: HashMap<VillageCode, String> =
        of_view.flat_map(|area| area.villages.iter().map(|code| (*code, area.anchor.to_string()))).collect();
    let mut statement = raw.prepare(
        "INSERT INTO village_reach (
           village, commune, status, stale, over_declared, households, households_note, visited, visited_note,
           guided, guided_note, remaining, remaining_note, percent, percent_note, last_visit,
           signal, signal_confirmed, signal_median_dbm, signal_runs, signal_days, signal_devices,
           signal_superseded_runs, signal_weak_low, signal_weak_high, signal_first_seen, signal_last_seen, dead_area,
           signal_place)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    for reach in villages {
        let (village, commune, last) =
            (reach.village.to_string(), reach.commune.to_string(), day_text(reach.last_visit));
        let signal = reach.signal.as_ref();
        let evidence = signal.map(|signal| &signal.evidence);
        let (first_seen, last_seen) =
            (day_text(evidence.map(|e| e.first_seen)), day_text(evidence.map(|e| e.last_seen)));
        statement.run(&[
            village.as_str().into(),
            commune.as_str().into(),
            reach.status.code().into(),
            reach.stale.into(),
            reach.over_declared.into(),
            reach.households.known().into(),
            reach.households.note().into(),
            reach.visited.known().into(),
            reach.visited.note().into(),
            reach.guided.known().into(),
            reach.guided.note().into(),
            reach.remaining.known().into(),
            reach.remaining.note().into(),
            reach.percent.known().into(),
            reach.percent.note().into(),
            last.as_deref().into(),
            signal.map_or("not_measured", |signal| signal.verdict.code()).into(),
            signal.map(|signal| signal.confirmed).into(),
            signal.and_then(|signal| signal.median).map(Dbm::tenths).into(),
            evidence.map(|e| e.runs).into(),
            evidence.map(|e| e.days).into(),
            evidence.map(|e| e.devices).into(),
            evidence.map(|e| e.superseded_runs).into(),
            evidence.map(|e| round(e.weak_low, 3)).into(),
            evidence.map(|e| round(e.weak_high, 3)).into(),
            first_seen.as_deref().into(),
            last_seen.as_deref().into(),
            inside.get(&reach.village).map(String::as_str).into(),
            PlaceVerdict::of(signal).code().into(),
        ])?;
    }
    Ok(())
}

fn put_communes(raw: &Raw<'_>, communes: &[CommuneReach]) -> Result<(), StoreError> {
    let mut statement = raw.prepare(
        "INSERT INTO commune_reach (
           commune, villages, villages_reached, villages_unreached, villages_no_denominator,
           households, households_note, guided, guided_note, percent, percent_note, cells_measured, cells_dead, no_report,
           cells_claimed, cells_contradicted, cells_claimed_unmeasured)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    for reach in communes {
        let sum = |figure: Figure<u64>| Put::from(figure.known().map(u64::cast_signed));
        statement.run(&[
            reach.commune.to_string().as_str().into(),
            reach.villages.into(),
            reach.villages_reached.into(),
            reach.villages_unreached.into(),
            reach.villages_no_denominator.into(),
            sum(reach.households),
            reach.households.note().into(),
            sum(reach.guided),
            reach.guided.note().into(),
            reach.percent.known().into(),
            reach.percent.note().into(),
            reach.cells_measured.into(),
            reach.cells_dead.into(),
            reach.no_report.into(),
            reach.claims.map(|claims| claims.claimed).into(),
            reach.claims.map(|claims| claims.contradicted).into(),
            reach.claims.map(|claims| claims.unmeasured).into(),
        ])?;
    }
    Ok(())
}

fn put_priority(raw: &Raw<'_>, rows: &[PriorityRow]) -> Result<(), StoreError> {
    let mut statement = raw.prepare(
        "INSERT INTO priority_list (rank, village, need, households_at_most, households_at_most_note) VALUES (?, ?, ?, ?, ?)",
    )?;
    for row in rows {
        statement.run(&[
            row.rank.into(),
            row.village.to_string().as_str().into(),
            row.need.code().into(),
            row.households_at_most.known().into(),
            row.households_at_most.note().into(),
        ])?;
    }
    Ok(())
}

fn listed<T: ToString>(seen: &[T]) -> String {
    seen.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

fn operator_text(operator: Option<&Operator>) -> &str {
    operator.map_or(ALL, Operator::as_str)
}

fn technology_text(technology: Option<Technology>) -> &'static str {
    technology.map_or(ALL, Technology::generation)
}
