//! Looking boundaries over: from files or from the store, to findings and a
//! file that shows where they are.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use geo_types::{Geometry, MultiPolygon};
use serde_json::{Value as Json, json};

use super::{areas, export};
use crate::engine::boundaries::compare::{self, Agreement};
use crate::engine::boundaries::coverage::{self, Coverage, Drawn, Finding, Place};
use crate::engine::boundaries::place;
use crate::engine::boundaries::repair::{self, Repaired};
use crate::ingest::{self, Unreadable, Warning};
use crate::model::admin::{AdminUnit, UnitCode};
use crate::model::refusal::Reject;

/// Units to look over and what is known of them.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    pub units: Vec<AdminUnit>,
    /// What the units should fill together.
    pub province: Option<MultiPolygon<f64>>,
    /// Doubled vertices that reading took out, by unit.
    pub repeated: HashMap<UnitCode, usize>,
    /// Rows that could not be read as units.
    pub rejects: Vec<Reject>,
    /// Some file does not say since when its units exist.
    pub undated: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    #[error("{path}: {problem}")]
    Unreadable { path: PathBuf, problem: Unreadable },
    #[error("cannot write {path}: {source}")]
    Write { path: PathBuf, source: io::Error },
}

impl Sources {
    /// Reads units of one edition from files, with the areas stated in `areas` in
    /// place of the files' own, and the outline of the whole from `province`.
    /// Units of a province in `files` are passed over.
    ///
    /// # Errors
    /// When a file cannot be read as what it should be.
    pub fn read(
        files: &[PathBuf],
        areas: Option<&Path>,
        province: Option<&Path>,
        options: &ingest::Options,
    ) -> Result<Self, CheckError> {
        let units_of = |path: &Path| {
            areas::units(path, options).map_err(|problem| CheckError::Unreadable { path: path.to_owned(), problem })
        };
        let mut sources = Self::default();
        for path in files {
            let read = units_of(path)?;
            for warning in &read.warnings {
                match warning {
                    Warning::RepeatedVertices { units } => sources.repeated.extend(units.iter().copied()),
                    Warning::DateAssumed { .. } => sources.undated = true,
                    _ => {}
                }
            }
            sources.rejects.extend(read.batch.rejects);
            sources.units.extend(read.batch.rows.into_iter().map(|row| row.value).filter(AdminUnit::is_commune));
        }
        if let Some(path) = areas {
            let stated: HashMap<UnitCode, f64> = units_of(path)?
                .batch
                .rows
                .into_iter()
                .filter_map(|row| Some((row.value.code, row.value.stated_area_km2?)))
                .collect();
            for unit in &mut sources.units {
                unit.stated_area_km2 = stated.get(&unit.code).copied();
            }
        }
        if let Some(path) = province {
            let parts = units_of(path)?.batch.rows.into_iter().filter_map(|row| row.value.geometry);
            sources.province = Some(parts.flat_map(|part| part.0).collect());
        }
        Ok(sources)
    }

    #[must_use]
    pub fn check(&self) -> Coverage {
        let drawn: Vec<Drawn<'_>> = self
            .units
            .iter()
            .filter_map(|unit| {
                Some(Drawn {
                    code: unit.code,
                    geometry: unit.geometry.as_ref()?,
                    stated_km2: unit.stated_area_km2,
                    repeated: self.repeated.get(&unit.code).copied().unwrap_or_default(),
                })
            })
            .collect();
        coverage::check(&drawn, self.province.as_ref())
    }
}

impl Sources {
    /// The units with overlaps and gaps narrower than `sliver_width_m` given to one neighbour.
    #[must_use]
    pub fn repair(&self, sliver_width_m: f64) -> (Self, Repaired) {
        let repaired = repair::repair(&self.drawn(), sliver_width_m);
        let mut units = self.units.clone();
        for (unit, (_, shape)) in units.iter_mut().filter(|unit| unit.geometry.is_some()).zip(&repaired.units) {
            unit.geometry = Some(shape.clone());
        }
        (Self { units, repeated: HashMap::new(), ..self.clone() }, repaired)
    }

    /// Each unit beside the one with its code in `reference`, the worst first.
    #[must_use]
    pub fn compare(&self, reference: &Self) -> Vec<Agreement> {
        compare::compare(&self.drawn(), &reference.drawn())
    }

    /// The full name of a unit, or its code where none is known.
    #[must_use]
    pub fn name(&self, code: UnitCode) -> String {
        let known = self.units.iter().find(|unit| unit.code == code);
        known.map_or_else(|| code.to_string(), AdminUnit::full_name)
    }

    fn drawn(&self) -> Vec<(UnitCode, &MultiPolygon<f64>)> {
        self.units.iter().filter_map(|unit| Some((unit.code, unit.geometry.as_ref()?))).collect()
    }

    /// Writes the units as GeoJSON, without a first day where the files gave none.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, to: &Path) -> Result<(), CheckError> {
        let write = if self.undated { export::write_undated_units } else { export::write_units };
        write(&self.units, to).map_err(|source| CheckError::Write { path: to.to_owned(), source })
    }
}

/// The boundaries of one day of a store, looked over: what the map lists.
pub struct Boundaries {
    pub units: usize,
    pub counts: Json,
    /// The worst first within a kind.
    pub findings: Vec<Json>,
}

impl Boundaries {
    /// Communes of one day, and the polygon that they should fill where there is one.
    #[must_use]
    pub fn of<'a>(communes: impl Iterator<Item = &'a AdminUnit>, province: Option<&AdminUnit>) -> Self {
        let province = province.and_then(|unit| unit.geometry.clone());
        let sources = Sources { units: communes.cloned().collect(), province, ..Sources::default() };
        let found = sources.check();
        let findings = found.findings.iter().zip(1..).map(|(finding, id)| members(finding, id, &sources.units));
        Self { units: found.units, counts: counts(&found), findings: findings.collect() }
    }
}

/// The same members in the list of the map, in `--json` and in the file.
#[must_use]
pub fn members(finding: &Finding, id: usize, units: &[AdminUnit]) -> Json {
    let name = |code: &UnitCode| units.iter().find(|unit| unit.code == *code).map(AdminUnit::full_name);
    let at = label(finding, units);
    json!({
        "id": id,
        "kind": finding.kind.code(),
        "severity": finding.severity.code(),
        "units": finding.units.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "unit_names": finding.units.iter().map(name).collect::<Vec<_>>(),
        "area_m2": finding.area_m2.map(|m2| round(m2, 2)),
        "mean_width_m": finding.mean_width_m.map(|m| round(m, 3)),
        "length_m": finding.length_m.map(|m| round(m, 1)),
        "count": finding.count,
        "stated_km2": finding.stated_km2,
        "drawn_km2": finding.drawn_km2.map(|km2| round(km2, 3)),
        "reason": finding.reason.map(|reason| reason.to_string()),
        "lon": at.map(|at| round(at.0, 7)),
        "lat": at.map(|at| round(at.1, 7)),
    })
}

/// Findings by kind, those of no case left out.
#[must_use]
pub fn counts(coverage: &Coverage) -> Json {
    let mut counts = serde_json::Map::new();
    for kind in coverage::Kind::ALL {
        let of_kind = coverage.findings.iter().filter(|finding| finding.kind == kind);
        let count = match kind {
            // A unit is one finding; its doubled vertices are what is counted.
            coverage::Kind::RepeatedVertex => of_kind.filter_map(|finding| finding.count).sum(),
            _ => of_kind.count(),
        };
        if count > 0 {
            counts.insert(kind.code().to_owned(), Json::from(count));
        }
    }
    Json::Object(counts)
}

/// Writes the findings as GeoJSON: overlaps and gaps as areas, edges as lines, units by their polygon.
///
/// # Errors
/// When the file cannot be written.
pub fn write_findings(coverage: &Coverage, units: &[AdminUnit], to: &Path) -> Result<(), CheckError> {
    let write = || -> io::Result<()> {
        let mut out = BufWriter::new(File::create(to)?);
        writeln!(out, "{{\"type\":\"FeatureCollection\",\"features\":[")?;
        for (number, finding) in coverage.findings.iter().enumerate() {
            let joint = if number + 1 == coverage.findings.len() { "" } else { "," };
            let feature = json!({
                "type": "Feature",
                "id": number + 1,
                "geometry": shape(finding, units).map(|shape| export::geometry_value(&shape)),
                "properties": members(finding, number + 1, units),
            });
            writeln!(out, "{feature}{joint}")?;
        }
        writeln!(out, "]}}")?;
        out.flush()
    };
    write().map_err(|source| CheckError::Write { path: to.to_owned(), source })
}

fn shape(finding: &Finding, units: &[AdminUnit]) -> Option<Geometry<f64>> {
    Some(match &finding.place {
        Place::Area(area) => Geometry::MultiPolygon(area.clone()),
        Place::Lines(lines) => Geometry::MultiLineString(lines.clone()),
        Place::Unit => Geometry::MultiPolygon(polygon_of(finding, units)?.clone()),
    })
}

fn polygon_of<'a>(finding: &Finding, units: &'a [AdminUnit]) -> Option<&'a MultiPolygon<f64>> {
    let code = finding.units.first()?;
    let finite = |area: &&MultiPolygon<f64>| crate::engine::boundaries::area::check(area).is_ok();
    units.iter().find(|unit| unit.code == *code)?.geometry.as_ref().filter(finite)
}

/// A point to fly to.
fn label(finding: &Finding, units: &[AdminUnit]) -> Option<(f64, f64)> {
    let at = match &finding.place {
        Place::Area(area) => place::label_point(area),
        Place::Lines(lines) => {
            let first = lines.0.first()?.0.first()?;
            return Some((first.x, first.y));
        }
        Place::Unit => place::label_point(polygon_of(finding, units)?),
    }?;
    Some((at.lon(), at.lat()))
}

fn round(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale
}
