//! Units, the crosswalk and the village register: rows in, rows out.
//!
//! Each `put` is one upsert by natural key that writes only when something
//! differs, so that a second import of the same list changes nothing and says
//! so. A value that this program would not have written is [`StoreError::Corrupt`].

use std::sync::Arc;

use jiff::civil::Date;

use super::bulk::{Put, Raw, Statement};
use super::shape;
use crate::model::admin::{AdminUnit, Share, UnitChange, UnitCode, UnitKind};
use crate::model::import::Counts;
use crate::model::register::EarlierCount;
use crate::model::village::{ExtentSource, Village, VillageConfidence, VillageExtent};
use crate::store::StoreError;

/// Runs one upsert for each row and tells new rows from changed ones by the size of the table.
pub(super) fn upsert<R>(
    raw: &Raw<'_>,
    count: &str,
    sql: &str,
    rows: &[R],
    mut put: impl FnMut(&mut Statement<'_>, &R) -> Result<u64, StoreError>,
) -> Result<Counts, StoreError> {
    let before = raw.number(count)?;
    let mut statement = raw.prepare(sql)?;
    let mut written = 0;
    for row in rows {
        written += put(&mut statement, row)?;
    }
    let inserted = u64::try_from(raw.number(count)? - before).unwrap_or(0);
    let updated = written.saturating_sub(inserted);
    Ok(Counts { inserted, updated, unchanged: rows.len() as u64 - written.min(rows.len() as u64) })
}

/// A boundary or an end that is not given leaves the known one in place; who drew the boundary goes with it.
const PUT_UNIT: &str = "
INSERT INTO admin_units (
  geom, code, name, full_name, kind, district, valid_from, valid_to, stated_area_km2, source, approximate, import_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (code, valid_from) DO UPDATE SET
  geom = coalesce(excluded.geom, geom), name = excluded.name, full_name = excluded.full_name, kind = excluded.kind,
  district = excluded.district, valid_to = coalesce(excluded.valid_to, valid_to),
  stated_area_km2 = excluded.stated_area_km2, source = excluded.source,
  approximate = CASE WHEN excluded.geom IS NULL THEN approximate ELSE excluded.approximate END,
  import_id = excluded.import_id
WHERE coalesce(excluded.geom, geom) IS NOT geom OR name <> excluded.name OR kind <> excluded.kind
  OR district IS NOT excluded.district OR coalesce(excluded.valid_to, valid_to) IS NOT valid_to
  OR stated_area_km2 IS NOT excluded.stated_area_km2 OR source <> excluded.source
  OR (excluded.geom IS NOT NULL AND approximate <> excluded.approximate)";

pub(super) fn put_units(raw: &Raw<'_>, units: &[AdminUnit], import: i64) -> Result<Counts, StoreError> {
    upsert(raw, "SELECT count(*) FROM admin_units", PUT_UNIT, units, |statement, unit| {
        let unwritable = StoreError::Unwritable { what: "a boundary" };
        let geom = unit.geometry.as_ref().map(|area| shape::area_blob(area).ok_or(unwritable)).transpose()?;
        let (code, from, to) = (unit.code.to_string(), unit.valid_from.to_string(), day_text(unit.valid_to));
        statement.run(&[
            geom.as_deref().into(),
            code.as_str().into(),
            unit.name.as_str().into(),
            unit.full_name().as_str().into(),
            unit.kind.code().into(),
            unit.district.as_deref().into(),
            from.as_str().into(),
            to.as_deref().into(),
            unit.stated_area_km2.into(),
            unit.source.as_str().into(),
            unit.approximate.into(),
            import.into(),
        ])
    })
}

pub(super) fn units(raw: &Raw<'_>) -> Result<Vec<AdminUnit>, StoreError> {
    let mut row = Row::new(
        raw,
        "admin_units",
        "SELECT fid, code, name, kind, district, valid_from, valid_to, geom, stated_area_km2, source, approximate
         FROM admin_units ORDER BY code, valid_from",
    )?;
    let mut units = Vec::new();
    while row.next()? {
        let geometry = match row.statement.blob(7) {
            Some(blob) => Some(shape::area(blob).ok_or_else(|| row.corrupt("geom"))?),
            None => None,
        };
        units.push(AdminUnit {
            code: row.code(1, "code")?,
            name: row.text(2, "name")?,
            kind: row.named(3, "kind", UnitKind::from_code)?,
            district: row.text_or_none(4),
            valid_from: row.day(5, "valid_from")?,
            valid_to: row.day_or_none(6, "valid_to")?,
            geometry,
            stated_area_km2: row.statement.real(8),
            source: row.text(9, "source")?,
            approximate: row.statement.int(10) == Some(1),
        });
    }
    Ok(units)
}

const PUT_CHANGE: &str = "
INSERT INTO unit_change (from_code, from_name, to_code, to_name, share, effective, legal_basis, import_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (effective, from_code, to_code) DO UPDATE SET
  from_name = excluded.from_name, to_name = excluded.to_name, share = excluded.share,
  legal_basis = excluded.legal_basis, import_id = excluded.import_id
WHERE from_name <> excluded.from_name OR to_name <> excluded.to_name OR share <> excluded.share
  OR legal_basis IS NOT excluded.legal_basis";

pub(super) fn put_changes(raw: &Raw<'_>, changes: &[UnitChange], import: i64) -> Result<Counts, StoreError> {
    upsert(raw, "SELECT count(*) FROM unit_change", PUT_CHANGE, changes, |statement, change| {
        let (from, to, effective) = (change.from.to_string(), change.to.to_string(), change.effective.to_string());
        statement.run(&[
            from.as_str().into(),
            change.from_name.as_str().into(),
            to.as_str().into(),
            change.to_name.as_str().into(),
            change.share.code().into(),
            effective.as_str().into(),
            change.legal_basis.as_deref().into(),
            import.into(),
        ])
    })
}

pub(super) fn changes(raw: &Raw<'_>) -> Result<Vec<UnitChange>, StoreError> {
    let mut row = Row::new(
        raw,
        "unit_change",
        "SELECT 0, from_code, from_name, to_code, to_name, share, effective, legal_basis
         FROM unit_change ORDER BY effective, from_code, to_code",
    )?;
    let mut changes = Vec::new();
    while row.next()? {
        let share = |code: &str| [Share::Whole, Share::Part].into_iter().find(|share| share.code() == code);
        changes.push(UnitChange {
            from: row.code(1, "from_code")?,
            from_name: row.text(2, "from_name")?,
            to: row.code(3, "to_code")?,
            to_name: row.text(4, "to_name")?,
            share: row.named(5, "share", share)?,
            effective: row.day(6, "effective")?,
            legal_basis: row.text_or_none(7),
        });
    }
    Ok(changes)
}

pub(super) fn earlier_counts(raw: &Raw<'_>) -> Result<Vec<EarlierCount>, StoreError> {
    let sql = "SELECT id, village, households, until FROM village_count ORDER BY until, id";
    let mut row = Row::new(raw, "village_count", sql)?;
    let mut counts = Vec::new();
    while row.next()? {
        counts.push(EarlierCount {
            village: row.named(1, "village", |text| text.parse().ok())?,
            households: row.small(2, "households")?.ok_or_else(|| row.corrupt("households"))?,
            until: row.day(3, "until")?,
        });
    }
    Ok(counts)
}

/// An id that is not given leaves the known one in place: without it the next import of its source mints a twin.
const PUT_VILLAGE: &str = "
INSERT INTO village_register (
  code, commune, name, aliases, geom, point_precision_m, households, households_date, population, confidence,
  valid_from, valid_to, source_key, source, extent, extent_by, extent_source, import_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (code) DO UPDATE SET
  commune = excluded.commune, name = excluded.name, aliases = excluded.aliases, geom = excluded.geom,
  point_precision_m = excluded.point_precision_m, households = excluded.households,
  households_date = excluded.households_date, population = excluded.population, confidence = excluded.confidence,
  valid_from = excluded.valid_from, valid_to = excluded.valid_to,
  source_key = coalesce(excluded.source_key, source_key),
  source = excluded.source, extent = excluded.extent, extent_by = excluded.extent_by,
  extent_source = excluded.extent_source, import_id = excluded.import_id
WHERE commune <> excluded.commune OR name <> excluded.name OR aliases <> excluded.aliases OR geom IS NOT excluded.geom
  OR point_precision_m IS NOT excluded.point_precision_m OR households IS NOT excluded.households
  OR households_date IS NOT excluded.households_date OR population IS NOT excluded.population
  OR confidence <> excluded.confidence OR valid_from <> excluded.valid_from OR valid_to IS NOT excluded.valid_to
  OR coalesce(excluded.source_key, source_key) IS NOT source_key OR source <> excluded.source
  OR extent IS NOT excluded.extent OR extent_by IS NOT excluded.extent_by
  OR extent_source IS NOT excluded.extent_source";

pub(super) fn put_villages(raw: &Raw<'_>, villages: &[Village], import: i64) -> Result<Counts, StoreError> {
    upsert(raw, "SELECT count(*) FROM village_register", PUT_VILLAGE, villages, |statement, village| {
        let unwritable = StoreError::Unwritable { what: "a village point" };
        let geom = village.point.map(|at| shape::point_blob(at).ok_or(unwritable)).transpose()?;
        let extent = village.extent.as_deref();
        let unwritable = StoreError::Unwritable { what: "the extent of a village" };
        let ground = extent.map(|extent| shape::area_blob(&extent.area).ok_or(unwritable)).transpose()?;
        let aliases = list_text(&village.aliases)?;
        let (code, commune) = (village.code.to_string(), village.commune.to_string());
        let (declared, from, to) =
            (day_text(village.households_date), village.valid_from.to_string(), day_text(village.valid_to));
        statement.run(&[
            code.as_str().into(),
            commune.as_str().into(),
            village.name.as_str().into(),
            aliases.as_str().into(),
            geom.as_deref().into(),
            village.point_precision_m.map(f64::from).into(),
            village.households.into(),
            declared.as_deref().into(),
            village.population.into(),
            village.confidence.code().into(),
            from.as_str().into(),
            to.as_deref().into(),
            village.source_key.as_deref().into(),
            village.source.as_str().into(),
            ground.as_deref().into(),
            extent.map(|extent| extent.by.code()).into(),
            extent.map(|extent| extent.source.as_str()).into(),
            import.into(),
        ])
    })
}

pub(super) fn villages(raw: &Raw<'_>) -> Result<Vec<Village>, StoreError> {
    let mut row = Row::new(
        raw,
        "village_register",
        "SELECT rowid, code, commune, name, aliases, geom, point_precision_m, households, households_date, population,
           confidence, valid_from, valid_to, source_key, source, extent, extent_by, extent_source
         FROM village_register ORDER BY code",
    )?;
    let mut villages = Vec::new();
    while row.next()? {
        let point = match row.statement.blob(5) {
            Some(blob) => Some(shape::point(blob).ok_or_else(|| row.corrupt("geom"))?),
            None => None,
        };
        let extent = match row.statement.blob(15) {
            Some(blob) => Some(Arc::new(VillageExtent {
                area: shape::area(blob).ok_or_else(|| row.corrupt("extent"))?,
                by: row.named(16, "extent_by", ExtentSource::from_code)?,
                source: row.text(17, "extent_source")?,
            })),
            None => None,
        };
        villages.push(Village {
            code: row.named(1, "code", |text| text.parse().ok())?,
            commune: row.code(2, "commune")?,
            name: row.text(3, "name")?,
            aliases: row.named(4, "aliases", |text| serde_json::from_str(text).ok())?,
            point,
            point_precision_m: row.single(6),
            extent,
            households: row.small(7, "households")?,
            households_date: row.day_or_none(8, "households_date")?,
            population: row.small(9, "population")?,
            confidence: row.named(10, "confidence", VillageConfidence::from_code)?,
            valid_from: row.day(11, "valid_from")?,
            valid_to: row.day_or_none(12, "valid_to")?,
            source_key: row.text_or_none(13),
            source: row.text(14, "source")?,
        });
    }
    Ok(villages)
}

pub(super) fn day_text(day: Option<Date>) -> Option<String> {
    day.map(|day| day.to_string())
}

pub(super) fn list_text(list: &[String]) -> Result<String, StoreError> {
    serde_json::to_string(list).map_err(|_| StoreError::Unwritable { what: "a list of names" })
}

/// A cursor that knows its table, so that a damaged value is reported by
/// table, column and row. Column 0 is the row's number.
pub(super) struct Row<'r> {
    pub(super) statement: Statement<'r>,
    table: &'static str,
}

impl<'r> Row<'r> {
    pub(super) fn new(raw: &'r Raw<'_>, table: &'static str, sql: &str) -> Result<Self, StoreError> {
        Ok(Self { statement: raw.prepare(sql)?, table })
    }

    pub(super) fn next(&mut self) -> Result<bool, StoreError> {
        self.statement.next()
    }

    pub(super) fn corrupt(&self, column: &'static str) -> StoreError {
        StoreError::Corrupt { table: self.table, column, row: self.statement.int(0).unwrap_or(0) }
    }

    /// A text that names something.
    pub(super) fn named<T>(
        &self,
        at: i32,
        column: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        self.statement.text(at).and_then(read).ok_or_else(|| self.corrupt(column))
    }

    pub(super) fn text(&self, at: i32, column: &'static str) -> Result<String, StoreError> {
        self.named(at, column, |text| Some(text.to_owned()))
    }

    pub(super) fn text_or_none(&self, at: i32) -> Option<String> {
        self.statement.text(at).map(str::to_owned)
    }

    pub(super) fn code(&self, at: i32, column: &'static str) -> Result<UnitCode, StoreError> {
        self.named(at, column, |text| text.parse().ok())
    }

    pub(super) fn day(&self, at: i32, column: &'static str) -> Result<Date, StoreError> {
        self.named(at, column, |text| text.parse().ok())
    }

    pub(super) fn day_or_none(&self, at: i32, column: &'static str) -> Result<Option<Date>, StoreError> {
        if self.statement.is_null(at) { Ok(None) } else { self.day(at, column).map(Some) }
    }

    pub(super) fn int(&self, at: i32, column: &'static str) -> Result<i64, StoreError> {
        self.statement.int(at).ok_or_else(|| self.corrupt(column))
    }

    pub(super) fn real(&self, at: i32, column: &'static str) -> Result<f64, StoreError> {
        self.statement.real(at).ok_or_else(|| self.corrupt(column))
    }

    /// A count that may be missing.
    pub(super) fn small(&self, at: i32, column: &'static str) -> Result<Option<u32>, StoreError> {
        self.statement.int(at).map(|value| u32::try_from(value).map_err(|_| self.corrupt(column))).transpose()
    }

    /// A single-precision number that may be missing. It was widened on the way in, so nothing is lost.
    #[expect(clippy::cast_possible_truncation, reason = "the value was an f32 before it was stored")]
    pub(super) fn single(&self, at: i32) -> Option<f32> {
        self.statement.real(at).map(|value| value as f32)
    }
}

/// Widens without loss.
pub(super) fn wide(value: Option<f32>) -> Put<'static> {
    value.map(f64::from).into()
}
