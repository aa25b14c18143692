//! Speed tests: a row for each tile and quarter, and the layer that the last analysis made of them.
//!
//! A file that brings a quarter of a tile again replaces it; nothing is deleted.

use super::bulk::Raw;
use super::register::{Row, upsert};
use super::shape;
use crate::model::figure::round;
use crate::model::import::Counts;
use crate::model::speed::{SpeedTile, TileSpeed};
use crate::store::StoreError;

const PUT_SPEED: &str = "
INSERT INTO speed_tests (
  quadkey, quarter, download_kbps, upload_kbps, latency_ms, tests, devices, source, licence, import_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (quadkey, quarter) DO UPDATE SET
  download_kbps = excluded.download_kbps, upload_kbps = excluded.upload_kbps, latency_ms = excluded.latency_ms,
  tests = excluded.tests, devices = excluded.devices, source = excluded.source, licence = excluded.licence,
  import_id = excluded.import_id
WHERE download_kbps <> excluded.download_kbps OR upload_kbps IS NOT excluded.upload_kbps
  OR latency_ms IS NOT excluded.latency_ms OR tests <> excluded.tests OR devices <> excluded.devices
  OR source <> excluded.source OR licence IS NOT excluded.licence";

pub(super) fn put_speeds(raw: &Raw<'_>, tiles: &[SpeedTile], import: i64) -> Result<Counts, StoreError> {
    upsert(raw, "SELECT count(*) FROM speed_tests", PUT_SPEED, tiles, |statement, tile| {
        statement.run(&[
            tile.tile.to_string().as_str().into(),
            tile.quarter.to_string().as_str().into(),
            tile.download_kbps.into(),
            tile.upload_kbps.into(),
            tile.latency_ms.into(),
            tile.tests.into(),
            tile.devices.into(),
            tile.source.as_str().into(),
            tile.licence.as_deref().into(),
            import.into(),
        ])
    })
}

pub(super) fn speeds(raw: &Raw<'_>) -> Result<Vec<SpeedTile>, StoreError> {
    let mut row = Row::new(
        raw,
        "speed_tests",
        "SELECT 0, quadkey, quarter, download_kbps, upload_kbps, latency_ms, tests, devices, source, licence
         FROM speed_tests",
    )?;
    let mut tiles = Vec::new();
    while row.next()? {
        tiles.push(SpeedTile {
            tile: row.named(1, "quadkey", |text| text.parse().ok())?,
            quarter: row.named(2, "quarter", |text| text.parse().ok())?,
            download_kbps: row.small(3, "download_kbps")?.ok_or_else(|| row.corrupt("download_kbps"))?,
            upload_kbps: row.small(4, "upload_kbps")?,
            latency_ms: row.small(5, "latency_ms")?,
            tests: row.small(6, "tests")?.ok_or_else(|| row.corrupt("tests"))?,
            devices: row.small(7, "devices")?.ok_or_else(|| row.corrupt("devices"))?,
            source: row.text(8, "source")?,
            licence: row.text_or_none(9),
        });
    }
    tiles.sort_unstable_by_key(|tile| (tile.tile, tile.quarter));
    Ok(tiles)
}

/// Fills the layer, which is empty.
pub(super) fn put_layer(raw: &Raw<'_>, judged: &[TileSpeed], synthetic: bool) -> Result<(), StoreError> {
    let mut statement = raw.prepare(
        "INSERT INTO speeds (
           fid, geom, tile, class, download_mbps, own_download_mbps, upload_mbps, latency_ms, tests, devices, quarters,
           last_quarter, source, licence, synthetic)
         SELECT ?, ?, quadkey, ?, ?, ?, ?, ?, ?, ?, ?, quarter, source, licence, ?
         FROM speed_tests WHERE quadkey = ? AND quarter = ?",
    )?;
    for speed in judged {
        let geom = shape::square_blob(speed.tile.bounds()).ok_or(StoreError::Unwritable { what: "a map tile" })?;
        statement.run(&[
            speed.tile.number().cast_signed().into(),
            geom.as_slice().into(),
            speed.class.code().into(),
            round(speed.download_kbps / 1_000.0, 2).into(),
            round(speed.own_download_kbps / 1_000.0, 2).into(),
            speed.upload_kbps.map(|kbps| round(kbps / 1_000.0, 2)).into(),
            speed.latency_ms.map(|ms| round(ms, 0)).into(),
            speed.tests.into(),
            speed.devices.into(),
            speed.quarters.into(),
            synthetic.into(),
            speed.tile.to_string().as_str().into(),
            speed.last.to_string().as_str().into(),
        ])?;
    }
    Ok(())
}
