//! Drawings to units: lines and labels in, GeoJSON out.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use geo_types::{Coord, Geometry, MultiPolygon};
use serde_json::{Value as Json, json};

use super::{areas, export};
use crate::engine::boundaries::polygonise::{self, Face};
use crate::engine::names::{Match, Matcher};
use crate::ingest::drawing::{self, Label};
use crate::ingest::{self, Unreadable, Warning};
use crate::model::admin::{UnitCode, UnitKind};
use crate::model::refusal::Reject;

/// What is read, and how.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// Files with lines, labels or both.
    pub drawings: &'a [PathBuf],
    /// Units whose codes the labels' names stand for.
    pub units: Option<&'a Path>,
    /// Metres within which a loose end is joined to a line.
    pub snap_m: f64,
}

/// What came out.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// Units: areas with one label, those of one label together.
    pub units: usize,
    /// Units that have a code, and so can be imported.
    pub with_code: usize,
    pub unlabelled: usize,
    /// The labels of each area that has several.
    pub contested: Vec<Vec<String>>,
    /// Labels in no area, and names that lead to no unit or to several.
    pub stray: Vec<String>,
    pub unmatched: Vec<String>,
    pub loose_ends: Vec<Coord<f64>>,
    pub rejects: Vec<Reject>,
    pub warnings: Vec<Warning>,
}

#[derive(Debug, thiserror::Error)]
pub enum PolygoniseError {
    #[error("{path}: {problem}")]
    Unreadable { path: PathBuf, problem: Unreadable },
    #[error("the lines enclose no area")]
    NoArea,
    #[error("cannot write {path}: {source}")]
    Write { path: PathBuf, source: io::Error },
}

/// Reads drawings and writes their areas; every area is in the file, with `problem` where it is no unit.
///
/// # Errors
/// When a file cannot be read, the lines enclose nothing, or the result cannot be written.
pub fn polygonise(request: &Request<'_>, to: &Path, options: &ingest::Options) -> Result<Made, PolygoniseError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |problem| PolygoniseError::Unreadable { path, problem }
    };
    let (mut made, mut lines, mut labels) = (Made::default(), Vec::new(), Vec::new());
    for path in request.drawings {
        let read = drawing::read(path, options).map_err(unreadable(path))?;
        made.rejects.extend(read.rejects);
        made.warnings.extend(read.warnings);
        lines.extend(read.lines);
        labels.extend(read.labels);
    }
    if let Some(path) = request.units {
        let known = areas::units(path, options).map_err(unreadable(path))?.batch.rows;
        let names = known.iter().map(|row| (row.value.full_name(), row.value.code));
        made.unmatched = name_by_register(&mut labels, &Matcher::new(names));
        // A drawing abbreviates; the register says the whole name.
        let names: HashMap<UnitCode, String> =
            known.iter().map(|row| (row.value.code, row.value.full_name())).collect();
        for label in &mut labels {
            if let Some(name) = label.code.and_then(|code| names.get(&code)) {
                label.name.clone_from(name);
            }
        }
    }
    let places: Vec<Coord<f64>> = labels.iter().map(|label| label.at).collect();
    let found = polygonise::polygonise(&lines, &places, request.snap_m).filter(|found| !found.faces.is_empty());
    let found = found.ok_or(PolygoniseError::NoArea)?;
    made.stray = found.stray.iter().map(|label| words(&labels[*label])).collect();
    made.loose_ends = found.loose_ends;

    let mut units: BTreeMap<String, (&Label, MultiPolygon<f64>)> = BTreeMap::new();
    let mut features = Vec::new();
    for Face { area, labels: inside, .. } in found.faces {
        let inside: Vec<&Label> = inside.into_iter().map(|label| &labels[label]).collect();
        match &unit_labels(&inside)[..] {
            [] => {
                made.unlabelled += 1;
                features.push(feature(area, json!({ "problem": "no_label" })));
            }
            [label] => {
                let unit = units.entry(words(label)).or_insert_with(|| (label, MultiPolygon::new(Vec::new())));
                unit.1.0.extend(area);
            }
            several => {
                let all: Vec<String> = several.iter().map(|label| words(label)).collect();
                features.push(feature(area, json!({ "problem": "several_labels", "labels": all })));
                made.contested.push(all);
            }
        }
    }
    made.units = units.len();
    made.with_code = units.values().filter(|(label, _)| label.code.is_some()).count();
    features.extend(units.into_values().map(|(label, area)| feature(area, properties(label))));
    write(&features, to).map_err(|source| PolygoniseError::Write { path: to.to_owned(), source })?;
    Ok(made)
}

/// Gives labels the codes of the units that bear their names; names that lead to none, or to several, come back.
fn name_by_register(labels: &mut [Label], register: &Matcher<UnitCode>) -> Vec<String> {
    let mut unmatched = Vec::new();
    for label in labels.iter_mut().filter(|label| label.code.is_none()) {
        match register.find(&label.name) {
            Match::Exact(code) | Match::Folded(code) => label.code = Some(code),
            Match::Ambiguous(_) | Match::None { .. } => unmatched.push(label.name.clone()),
        }
    }
    unmatched
}

/// The labels that name the unit of an area: each once; where one has a code, or says what kind of unit
/// it is, the others are remarks.
fn unit_labels<'a>(inside: &[&'a Label]) -> Vec<&'a Label> {
    let ranked = [
        inside.iter().filter(|label| label.code.is_some()).copied().collect::<Vec<_>>(),
        inside.iter().filter(|label| UnitKind::split(&label.name).0.is_some()).copied().collect(),
        inside.to_vec(),
    ];
    let mut best = ranked.into_iter().find(|labels| !labels.is_empty()).unwrap_or_default();
    best.sort_by_key(|label| words(label));
    best.dedup_by_key(|label| words(label));
    best
}

fn words(label: &Label) -> String {
    match label.code {
        Some(code) => code.to_string(),
        None => label.name.clone(),
    }
}

fn properties(label: &Label) -> Json {
    let (kind, name) = UnitKind::split(&label.name);
    let mut properties = json!({ "name": name });
    if let Some(kind) = kind {
        properties["kind"] = Json::from(kind.vietnamese());
    }
    match label.code {
        Some(code) => {
            properties["code"] = Json::from(code.to_string());
            if label.name.is_empty() {
                properties["problem"] = Json::from("no_name");
            }
        }
        None => properties["problem"] = Json::from("no_code"),
    }
    properties
}

fn feature(area: MultiPolygon<f64>, properties: Json) -> Json {
    let geometry = export::geometry_value(&Geometry::MultiPolygon(area));
    json!({ "type": "Feature", "geometry": geometry, "properties": properties })
}

fn write(features: &[Json], to: &Path) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(to)?);
    serde_json::to_writer(&mut out, &json!({ "type": "FeatureCollection", "features": features }))?;
    out.flush()
}
