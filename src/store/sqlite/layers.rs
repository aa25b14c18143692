//! The layers that a person sees: communes, villages, priority and public places as tables.
//!
//! They are made from the register and the last analysis by one statement
//! each, in the transaction that changes either, so that the file never shows
//! one without the other. Refuses nothing: a village that has not been judged
//! is there without a status.

use jiff::Timestamp;
use sqlx::sqlite::SqliteConnection;

use super::ledger::instant;
use super::places;
use crate::store::StoreError;

/// A layer of the GeoPackage and the statements that keep its description true.
pub(super) struct Layer {
    pub(super) name: &'static str,
    /// Shapes that have a place, and entries of the spatial index.
    pub(super) count_shapes: &'static str,
    /// Extent and day of change; the index holds bounds rounded outwards to 32 bits, good enough for an extent.
    touch: &'static str,
}

/// Spelled out, because a statement is text that we wrote, never text that we put together.
macro_rules! layer {
    ($name:literal) => {
        Layer {
            name: $name,
            count_shapes: concat!(
                "SELECT (SELECT count(*) FROM ",
                $name,
                " WHERE geom NOT NULL AND NOT ST_IsEmpty(geom)), ",
                "(SELECT count(*) FROM rtree_",
                $name,
                "_geom)"
            ),
            touch: concat!(
                "UPDATE gpkg_contents SET last_change = ?, (min_x, min_y, max_x, max_y) = ",
                "(SELECT min(minx), min(miny), max(maxx), max(maxy) FROM rtree_",
                $name,
                "_geom) ",
                "WHERE table_name = '",
                $name,
                "'"
            ),
        }
    };
}

pub(super) const ALL: [Layer; 10] = [
    layer!("admin_units"),
    layer!("communes"),
    layer!("villages"),
    layer!("priority"),
    layer!("cells"),
    layer!("dead_areas"),
    layer!("sites"),
    layer!("places"),
    layer!("speeds"),
    layer!("claims"),
];

/// Rebuilds what is made from other tables.
pub(super) async fn rebuild(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM communes",
        COMMUNES,
        "DELETE FROM villages",
        VILLAGES,
        "DELETE FROM priority",
        PRIORITY,
        "DELETE FROM places",
        places::LAYER,
    ] {
        sqlx::query(statement).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Writes extents and the time of the change.
pub(super) async fn touch(connection: &mut SqliteConnection, at: Timestamp) -> Result<(), StoreError> {
    let at = instant(at);
    for layer in &ALL {
        sqlx::query(layer.touch).bind(&at).execute(&mut *connection).await?;
    }
    let imports = "UPDATE gpkg_contents SET last_change = ? WHERE table_name = 'imports'";
    sqlx::query(imports).bind(&at).execute(&mut *connection).await?;
    Ok(())
}

/// The row number of a unit or village is its feature id in tiles: `UnitCode::number`, `VillageCode::number`.
///
/// In force on the day of the analysis; before the first one, whatever has not ended.
const COMMUNES: &str = "
INSERT INTO communes (
  fid, geom, code, name, kind, valid_from, approximate, stated_area_km2,
  villages, villages_reached, villages_unreached, villages_no_denominator,
  households, households_note, guided, guided_note, percent, percent_note,
  cells_measured, cells_dead, no_report, cells_claimed, cells_contradicted, cells_claimed_unmeasured, synthetic)
SELECT
  CAST(u.code AS INTEGER), u.geom, u.code, u.full_name, u.kind, u.valid_from, u.approximate, u.stated_area_km2,
  r.villages, r.villages_reached, r.villages_unreached, r.villages_no_denominator,
  r.households, r.households_note, r.guided, r.guided_note, r.percent, r.percent_note,
  r.cells_measured, r.cells_dead, r.no_report, r.cells_claimed, r.cells_contradicted, r.cells_claimed_unmeasured,
  EXISTS (SELECT 1 FROM imports WHERE synthetic AND kept_rows IS NOT 0)
FROM admin_units u
LEFT JOIN analysis a
LEFT JOIN commune_reach r ON r.commune = u.code
WHERE u.kind <> 'province'
  AND (a.as_of IS NULL OR u.valid_from <= a.as_of)
  AND (u.valid_to IS NULL OR u.valid_to > a.as_of)
  AND NOT EXISTS (
    SELECT 1 FROM admin_units later
    WHERE later.code = u.code AND later.valid_from > u.valid_from
      AND (a.as_of IS NULL OR later.valid_from <= a.as_of))
ORDER BY u.code";

/// Open villages. Without an analysis a figure of the register stands for
/// itself; with one, the commune is the one that the village was counted in,
/// as on the map, and the register keeps the one that was declared.
const VILLAGES: &str = "
INSERT INTO villages (
  fid, geom, code, name, commune, commune_name,
  status, stale, over_declared, households, households_note, visited, visited_note, guided, guided_note,
  remaining, remaining_note, percent, percent_note, last_visit,
  signal, signal_confirmed, signal_median_dbm, signal_runs, signal_days,
  signal_devices, signal_superseded_runs, signal_weak_low, signal_weak_high, signal_first_seen, signal_last_seen, dead_area, signal_place,
  confidence, extent_by, synthetic)
SELECT
  CAST(substr(v.code, 1, 5) AS INTEGER) * 10000 + CAST(substr(v.code, 7) AS INTEGER),
  v.geom, v.code, v.name, coalesce(r.commune, v.commune), c.name,
  r.status, r.stale, r.over_declared,
  CASE WHEN r.village IS NULL THEN v.households ELSE r.households END,
  CASE WHEN r.village IS NULL AND v.households IS NULL THEN 'not_reported' ELSE r.households_note END,
  r.visited, r.visited_note, r.guided, r.guided_note,
  r.remaining, r.remaining_note, r.percent, r.percent_note, r.last_visit,
  r.signal, r.signal_confirmed, r.signal_median_dbm, r.signal_runs, r.signal_days,
  r.signal_devices, r.signal_superseded_runs, r.signal_weak_low, r.signal_weak_high, r.signal_first_seen, r.signal_last_seen, r.dead_area, r.signal_place,
  v.confidence, v.extent_by, EXISTS (SELECT 1 FROM imports WHERE synthetic AND kept_rows IS NOT 0)
FROM village_register v
LEFT JOIN analysis a
LEFT JOIN village_reach r ON r.village = v.code
LEFT JOIN communes c ON c.code = coalesce(r.commune, v.commune)
WHERE (v.valid_to IS NULL OR v.valid_to > a.as_of)
ORDER BY v.code";

const PRIORITY: &str = "
INSERT INTO priority (
  fid, geom, rank, need, households_at_most, households_at_most_note, code, name, commune, commune_name,
  status, stale, over_declared, households, households_note, visited, visited_note, guided, guided_note,
  remaining, remaining_note, percent, percent_note, last_visit,
  signal, signal_confirmed, signal_median_dbm, signal_runs, signal_days,
  signal_devices, signal_superseded_runs, signal_weak_low, signal_weak_high, signal_first_seen, signal_last_seen, dead_area, signal_place,
  confidence, extent_by, synthetic)
SELECT
  v.fid, v.geom, p.rank, p.need, p.households_at_most, p.households_at_most_note, v.code, v.name, v.commune, v.commune_name,
  v.status, v.stale, v.over_declared, v.households, v.households_note, v.visited, v.visited_note, v.guided, v.guided_note,
  v.remaining, v.remaining_note, v.percent, v.percent_note, v.last_visit,
  v.signal, v.signal_confirmed, v.signal_median_dbm, v.signal_runs, v.signal_days,
  v.signal_devices, v.signal_superseded_runs, v.signal_weak_low, v.signal_weak_high, v.signal_first_seen, v.signal_last_seen, v.dead_area, v.signal_place,
  v.confidence, v.extent_by, v.synthetic
FROM priority_list p
JOIN villages v ON v.code = p.village
ORDER BY p.rank";
