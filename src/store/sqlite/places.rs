//! Public places: the register of them, what the last analysis found there,
//! and the layer that is made from both.
//!
//! A list that brings a place again moves it or names it anew; nothing is
//! deleted. A place that has not been judged is there without a verdict.

use std::collections::HashMap;

use super::bulk::Raw;
use super::register::{Row, day_text, upsert};
use super::shape;
use crate::model::figure::round;
use crate::model::import::Counts;
use crate::model::measure::Dbm;
use crate::model::place::{Place, PlaceId, PlaceKind, PlaceSignal};
use crate::store::StoreError;

const PUT_PLACE: &str = "
INSERT INTO place_register (id, kind, name, commune, geom, source_key, source, import_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
  kind = excluded.kind, name = excluded.name, commune = excluded.commune, geom = excluded.geom,
  source_key = coalesce(excluded.source_key, source_key), source = excluded.source, import_id = excluded.import_id
WHERE kind <> excluded.kind OR name <> excluded.name OR commune <> excluded.commune OR geom <> excluded.geom
  OR coalesce(excluded.source_key, source_key) IS NOT source_key OR source <> excluded.source";

pub(super) fn put_places(raw: &Raw<'_>, places: &[Place], import: i64) -> Result<Counts, StoreError> {
    upsert(raw, "SELECT count(*) FROM place_register", PUT_PLACE, places, |statement, place| {
        let geom = shape::point_blob(place.at).ok_or(StoreError::Unwritable { what: "the point of a place" })?;
        statement.run(&[
            place.id.number().cast_signed().into(),
            place.kind.code().into(),
            place.name.as_str().into(),
            place.commune.to_string().as_str().into(),
            geom.as_slice().into(),
            place.source_key.as_deref().into(),
            place.source.as_str().into(),
            import.into(),
        ])
    })
}

pub(super) fn places(raw: &Raw<'_>) -> Result<Vec<Place>, StoreError> {
    let mut row = Row::new(
        raw,
        "place_register",
        "SELECT id, kind, name, commune, geom, source_key, source FROM place_register ORDER BY id",
    )?;
    let mut places = Vec::new();
    while row.next()? {
        places.push(Place {
            id: id(&row)?,
            kind: row.named(1, "kind", PlaceKind::from_code)?,
            name: row.text(2, "name")?,
            commune: row.code(3, "commune")?,
            at: row.statement.blob(4).and_then(shape::point).ok_or_else(|| row.corrupt("geom"))?,
            source_key: row.text_or_none(5),
            source: row.text(6, "source")?,
        });
    }
    Ok(places)
}

/// What each place is called.
pub(super) fn names(raw: &Raw<'_>) -> Result<HashMap<PlaceId, String>, StoreError> {
    let mut row = Row::new(raw, "place_register", "SELECT id, name FROM place_register")?;
    let mut names = HashMap::new();
    while row.next()? {
        names.insert(id(&row)?, row.text(1, "name")?);
    }
    Ok(names)
}

fn id(row: &Row<'_>) -> Result<PlaceId, StoreError> {
    PlaceId::from_number(row.int(0, "id")?.cast_unsigned()).ok_or_else(|| row.corrupt("id"))
}

/// `judged` in the order of the list.
pub(super) fn put_signals(raw: &Raw<'_>, judged: &[PlaceSignal]) -> Result<(), StoreError> {
    raw.run("DELETE FROM place_signal", &[])?;
    let mut statement = raw.prepare(
        "INSERT INTO place_signal (
           place, rank, commune, within_m, verdict, signal, confirmed, median_dbm, runs, days, devices, weak_runs,
           silent_runs, superseded_runs, weak_low, weak_high, first_seen, last_seen)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    for (place, rank) in judged.iter().zip(1_i64..) {
        let signal = place.signal.as_ref();
        let evidence = signal.map(|signal| &signal.evidence);
        let commune = place.commune.map(|code| code.to_string());
        let (first, last) = (day_text(evidence.map(|e| e.first_seen)), day_text(evidence.map(|e| e.last_seen)));
        statement.run(&[
            place.place.number().cast_signed().into(),
            rank.into(),
            commune.as_deref().into(),
            place.within_m.into(),
            place.verdict_code().into(),
            signal.map_or("not_measured", |signal| signal.verdict.code()).into(),
            signal.map(|signal| signal.confirmed).into(),
            signal.and_then(|signal| signal.median).map(Dbm::tenths).into(),
            evidence.map_or(0, |e| e.runs).into(),
            evidence.map_or(0, |e| e.days).into(),
            evidence.map(|e| e.devices).into(),
            evidence.map(|e| e.weak_runs).into(),
            evidence.map(|e| e.silent_runs).into(),
            evidence.map(|e| e.superseded_runs).into(),
            evidence.map(|e| round(e.weak_low, 3)).into(),
            evidence.map(|e| round(e.weak_high, 3)).into(),
            first.as_deref().into(),
            last.as_deref().into(),
        ])?;
    }
    Ok(())
}

/// The layer, remade. The commune is the one that it was judged in; before the first analysis the declared one.
pub(super) const LAYER: &str = "
INSERT INTO places (
  fid, geom, place, rank, kind, name, commune, commune_name, verdict, within_m, signal, confirmed, median_dbm, runs,
  days, devices, weak_runs, silent_runs, superseded_runs, weak_low, weak_high, first_seen, last_seen, source, synthetic)
SELECT
  p.id, p.geom, printf('%014x', p.id), s.rank, p.kind, p.name,
  CASE WHEN s.place IS NULL THEN p.commune ELSE s.commune END, c.name, s.verdict, s.within_m, s.signal, s.confirmed,
  s.median_dbm, s.runs, s.days, s.devices, s.weak_runs, s.silent_runs, s.superseded_runs, s.weak_low, s.weak_high,
  s.first_seen, s.last_seen, p.source, EXISTS (SELECT 1 FROM imports WHERE synthetic AND kept_rows IS NOT 0)
FROM place_register p
LEFT JOIN place_signal s ON s.place = p.id
LEFT JOIN communes c ON c.code = CASE WHEN s.place IS NULL THEN p.commune ELSE s.commune END
ORDER BY p.id";
