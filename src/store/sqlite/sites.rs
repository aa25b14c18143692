//! Sites: a layer that is also the table, since nothing in it is private.
//!
//! What a list does not say leaves what another said; an estimated position
//! never replaces an exact one.

use super::bulk::Raw;
use super::register::{Row, upsert, wide};
use super::shape;
use crate::model::import::Counts;
use crate::model::site::Site;
use crate::store::StoreError;

const PUT_SITE: &str = "
INSERT INTO sites (
  fid, geom, operator, technology, exact, cell, area_code, arfcn, azimuth_deg, height_m, observations, name, source,
  import_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (fid) DO UPDATE SET
  geom = excluded.geom, exact = excluded.exact, area_code = coalesce(excluded.area_code, area_code),
  arfcn = coalesce(excluded.arfcn, arfcn), azimuth_deg = coalesce(excluded.azimuth_deg, azimuth_deg),
  height_m = coalesce(excluded.height_m, height_m), observations = coalesce(excluded.observations, observations),
  name = coalesce(excluded.name, name), source = excluded.source, import_id = excluded.import_id
WHERE excluded.exact >= exact AND (
  geom <> excluded.geom OR exact <> excluded.exact OR coalesce(excluded.area_code, area_code) IS NOT area_code
  OR coalesce(excluded.arfcn, arfcn) IS NOT arfcn OR coalesce(excluded.azimuth_deg, azimuth_deg) IS NOT azimuth_deg
  OR coalesce(excluded.height_m, height_m) IS NOT height_m
  OR coalesce(excluded.observations, observations) IS NOT observations
  OR coalesce(excluded.name, name) IS NOT name OR source <> excluded.source)";

pub(super) fn put_sites(raw: &Raw<'_>, sites: &[Site], import: i64) -> Result<Counts, StoreError> {
    settle_keys(raw)?;
    upsert(raw, "SELECT count(*) FROM sites", PUT_SITE, sites, |statement, site| {
        let geom = shape::point_blob(site.at).ok_or(StoreError::Unwritable { what: "the point of a site" })?;
        statement.run(&[
            site.key().into(),
            geom.as_slice().into(),
            site.operator.as_str().into(),
            site.technology.generation().into(),
            site.exact.into(),
            site.cell.map(u64::cast_signed).into(),
            site.area_code.into(),
            site.arfcn.into(),
            wide(site.azimuth_deg),
            wide(site.height_m),
            site.observations.into(),
            Some(site.name.as_str()).filter(|name| !name.is_empty()).into(),
            site.source.as_str().into(),
            import.into(),
        ])
    })
}

/// Before, a number within a mast was an identity: rows of then get the key of now, so that a later list finds them.
fn settle_keys(raw: &Raw<'_>) -> Result<(), StoreError> {
    let old = chosen(raw, "WHERE exact AND cell < 16384")?;
    for (fid, site) in old.iter().filter(|(fid, site)| *fid != site.key()) {
        raw.run("UPDATE OR IGNORE sites SET fid = ? WHERE fid = ?", &[site.key().into(), (*fid).into()])?;
        raw.run("DELETE FROM sites WHERE fid = ?", &[(*fid).into()])?;
    }
    Ok(())
}

pub(super) fn remove_sites(raw: &Raw<'_>, keys: &[i64]) -> Result<u64, StoreError> {
    let mut statement = raw.prepare("DELETE FROM sites WHERE fid = ?")?;
    let mut removed = 0;
    for key in keys {
        removed += statement.run(&[(*key).into()])?;
    }
    Ok(removed)
}

pub(super) fn sites(raw: &Raw<'_>) -> Result<Vec<Site>, StoreError> {
    Ok(chosen(raw, "")?.into_iter().map(|(_, site)| site).collect())
}

/// With the keys that they stand under.
fn chosen(raw: &Raw<'_>, which: &str) -> Result<Vec<(i64, Site)>, StoreError> {
    let sql = format!(
        "SELECT fid, geom, operator, technology, exact, cell, area_code, arfcn, azimuth_deg, height_m, observations,
           name, source
         FROM sites {which} ORDER BY fid"
    );
    let mut row = Row::new(raw, "sites", &sql)?;
    let mut sites = Vec::new();
    while row.next()? {
        let at = row.statement.blob(1).and_then(shape::point).ok_or_else(|| row.corrupt("geom"))?;
        let site = Site {
            operator: row.named(2, "operator", |text| text.parse().ok())?,
            technology: row.named(3, "technology", |text| text.parse().ok())?,
            at,
            exact: row.int(4, "exact")? != 0,
            cell: row.statement.int(5).map(i64::cast_unsigned),
            area_code: row.small(6, "area_code")?,
            arfcn: row.small(7, "arfcn")?,
            azimuth_deg: row.single(8),
            height_m: row.single(9),
            observations: row.small(10, "observations")?,
            name: row.text_or_none(11).unwrap_or_default(),
            source: row.text(12, "source")?,
        };
        sites.push((row.int(0, "fid")?, site));
    }
    Ok(sites)
}
