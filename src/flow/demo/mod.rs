//! The demo province: files of the kinds that people bring, made from public
//! facts and a fixed seed, to go through the ordinary import.
//!
//! Boundaries are approximations, villages, centres of communes, visits, teams, activities, speed tests, drive
//! tests and a claim of coverage are invented; file names begin with `demo_`, features and rows say so, and
//! nothing here writes to a store. The same scale gives the same bytes on
//! every run and on any number of cores.

mod claims;
mod dice;
mod drives;
mod extents;
mod facts;
mod land;
mod organised;
mod places;
mod plane;
mod radio;
mod roads;
mod speeds;
mod survey;
mod text;
mod truth;
mod villages;
mod visits;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use geo_types::{LineString, MultiPolygon, Polygon};
use jiff::civil::{Date, date};

use crate::model::admin::{AdminUnit, UnitCode, UnitKind};
use crate::model::import::ImportKind;

use facts::Facts;
use land::Land;
pub use organised::campaign;
pub use truth::Truth;

/// What every made thing says of itself.
pub const SOURCE: &str = "dữ liệu mô phỏng / synthetic demo data";
/// The same for boundaries, which stand on published facts.
pub const BOUNDARY_SOURCE: &str = "ranh giới xấp xỉ từ tâm điểm công bố, không phải ranh giới chính thức / approximated from published centroids, not official";
/// The last day of the old communes and the first of the new.
const OLD_LAST: Date = date(2025, 6, 30);
const NEW_FIRST: Date = date(2025, 7, 1);
/// Decisions that shaped the old communes were in force by then; the edition that the demo shows.
const OLD_FROM: &str = "2025-01-01";

/// How much to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Readings of all phones together, rounded down to a multiple of four.
    pub samples: u32,
    /// About this many visits.
    pub visits: u32,
}

impl Scale {
    /// What `phusong demo` shows.
    #[must_use]
    pub fn full() -> Self {
        Self { samples: 2_000_000, visits: visits::FULL }
    }

    /// For tests: dead areas and every reach status still occur.
    #[must_use]
    pub fn small() -> Self {
        Self { samples: 100_000, visits: 20_000 }
    }
}

/// A file that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Base name.
    pub file: String,
    pub bytes: u64,
}

/// A file to import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoFile {
    pub path: PathBuf,
    pub kind: ImportKind,
    /// The day that the file speaks of; `None` where rows carry their time.
    pub as_of: Option<Date>,
}

/// A half of one of the six old communes that were split.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoPiece {
    pub from: UnitCode,
    pub to: UnitCode,
    /// WGS 84, counter-clockwise; the halves of a unit share its vertices, bit for bit.
    pub geometry: MultiPolygon<f64>,
}

/// What was written.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoFiles {
    /// In the order of import.
    pub files: Vec<DemoFile>,
    /// Features with `old_code` and `new_code`: the halves of split units, for the dissolve.
    pub pieces_path: PathBuf,
    /// What that file says.
    pub pieces: Vec<DemoPiece>,
}

/// Why the demo could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("{file}: {reason}")]
    Facts { file: &'static str, reason: String },
    #[error("approximated communes: {0}")]
    Land(String),
    #[error("{path}: {source}")]
    Write { path: PathBuf, source: std::io::Error },
}

/// Writes the demo's input files into `dir`, which is made if need be; files of the same name are replaced.
///
/// # Errors
/// When the embedded facts are broken, or a file cannot be written.
pub fn write(dir: &Path, scale: &Scale, progress: &mut dyn FnMut(Step)) -> Result<DemoFiles, DemoError> {
    let facts = facts::read()?;
    let land = land::lay(&facts)?;
    let villages = villages::settle(&facts, &land);
    let roads = roads::build(&facts, &land, &villages)?;
    let radio = radio::build(&land, &villages);

    fs::create_dir_all(dir).map_err(|source| DemoError::Write { path: dir.to_owned(), source })?;
    let mut desk = Desk { dir, progress, files: Vec::new() };
    desk.put(
        "demo_boundaries_2025-06-30.geojson",
        ImportKind::Boundaries,
        Some(OLD_LAST),
        &[&old_geojson(&facts, &land)],
    )?;
    let pieces_path = desk.save("demo_pieces_2025.geojson", &[&pieces_geojson(&facts, &land)])?;
    desk.put("demo_mergers.csv", ImportKind::Mergers, Some(NEW_FIRST), &[facts::mergers_csv().as_bytes()])?;
    desk.put("demo_villages.csv", ImportKind::Villages, Some(NEW_FIRST), &[&villages::csv(&facts, &villages)])?;
    desk.put("demo_extents.geojson", ImportKind::Villages, None, &[&extents::geojson(&land, &villages)])?;
    desk.put(
        "demo_visits.csv",
        ImportKind::Visits,
        None,
        &[&visits::csv(&facts, &land, &villages, &radio, scale.visits)],
    )?;
    desk.put("demo_places.csv", ImportKind::Places, None, &[&places::csv(&facts, &land, &villages, &radio)])?;
    desk.put("demo_teams.csv", ImportKind::Teams, None, &[&organised::teams(&facts, &villages)])?;
    desk.put("demo_activities.csv", ImportKind::Activities, None, &[&organised::activities(&facts, &villages)])?;
    desk.put("demo_speeds.csv", ImportKind::Speeds, None, &[&speeds::csv(&villages, &radio)])?;
    desk.put("demo_claims.geojson", ImportKind::Claims, Some(claims::AS_OF), &[&claims::geojson(&facts, &land)])?;

    let days = survey::plan(&roads, scale.samples as usize / 4);
    for month in days.chunk_by(|a, b| (a.day.year(), a.day.month()) == (b.day.year(), b.day.month())) {
        let Some(first) = month.first() else { continue };
        let name = format!("demo_drive_4g5g_{:04}{:02}.csv", first.day.year(), first.day.month());
        let parts = drives::csv(month, &roads, &radio);
        let mut slices = vec![drives::HEADER.as_bytes()];
        slices.extend(parts.iter().map(Vec::as_slice));
        desk.put(&name, ImportKind::Samples, None, &slices)?;
    }
    Ok(DemoFiles { files: desk.files, pieces_path, pieces: pieces(&facts, &land) })
}

/// The province of the demo, not yet drawn.
///
/// # Errors
/// When the embedded facts are broken.
pub fn province() -> Result<AdminUnit, DemoError> {
    let (code, full) = facts::province()?;
    let (kind, name) = UnitKind::split(&full);
    Ok(AdminUnit {
        code: code
            .parse()
            .map_err(|_| DemoError::Facts { file: "new_communes.csv", reason: format!("province {code}") })?,
        name,
        kind: kind.unwrap_or(UnitKind::Province),
        district: None,
        valid_from: NEW_FIRST,
        valid_to: None,
        geometry: None,
        stated_area_km2: None,
        source: BOUNDARY_SOURCE.to_owned(),
        approximate: true,
    })
}

struct Desk<'a> {
    dir: &'a Path,
    progress: &'a mut dyn FnMut(Step),
    files: Vec<DemoFile>,
}

impl Desk<'_> {
    fn put(&mut self, name: &str, kind: ImportKind, as_of: Option<Date>, parts: &[&[u8]]) -> Result<(), DemoError> {
        let path = self.save(name, parts)?;
        self.files.push(DemoFile { path, kind, as_of });
        Ok(())
    }

    fn save(&mut self, name: &str, parts: &[&[u8]]) -> Result<PathBuf, DemoError> {
        let path = self.dir.join(name);
        let wrong = |source| DemoError::Write { path: path.clone(), source };
        let mut file = fs::File::create(&path).map_err(wrong)?;
        for part in parts {
            file.write_all(part).map_err(wrong)?;
        }
        let bytes = parts.iter().map(|part| part.len() as u64).sum();
        (self.progress)(Step { file: name.to_owned(), bytes });
        Ok(path)
    }
}

fn old_geojson(facts: &Facts, land: &Land) -> Vec<u8> {
    let features = facts.old.iter().zip(&land.old_rings).map(|(unit, ring)| {
        let properties = serde_json::json!({
            "code": unit.code, "name": unit.name, "kind": unit.kind, "district": unit.district,
            "valid_from": OLD_FROM, "valid_to": NEW_FIRST.to_string(), "approximate": true, "source": BOUNDARY_SOURCE,
        });
        (Some(unit.code.as_str()), properties, ring.as_slice())
    });
    geojson("demo_boundaries_2025-06-30", BOUNDARY_SOURCE, features)
}

fn pieces(facts: &Facts, land: &Land) -> Vec<DemoPiece> {
    let degrees = |vertex: &plane::Micro| (f64::from(vertex.0) / 1e6, f64::from(vertex.1) / 1e6);
    land.cells
        .iter()
        .filter(|cell| cell.part)
        .filter_map(|cell| {
            let ring = cell.ring.iter().map(degrees).collect::<LineString<f64>>();
            Some(DemoPiece {
                from: facts.old[cell.old].code.parse().ok()?,
                to: facts.new[cell.new].code.parse().ok()?,
                // `Polygon::new` closes the ring.
                geometry: MultiPolygon::new(vec![Polygon::new(ring, Vec::new())]),
            })
        })
        .collect()
}

fn pieces_geojson(facts: &Facts, land: &Land) -> Vec<u8> {
    let features = land.cells.iter().filter(|cell| cell.part).map(|cell| {
        let properties = serde_json::json!({
            "old_code": facts.old[cell.old].code, "new_code": facts.new[cell.new].code,
            "approximate": true, "source": BOUNDARY_SOURCE,
        });
        (None, properties, cell.ring.as_slice())
    });
    geojson("demo_pieces_2025", BOUNDARY_SOURCE, features)
}

/// One feature to a line, so that a person can look at the file.
fn geojson<'a>(
    name: &str,
    source: &str,
    features: impl Iterator<Item = (Option<&'a str>, serde_json::Value, &'a [plane::Micro])>,
) -> Vec<u8> {
    let mut out = Vec::new();
    let head = serde_json::json!({ "synthetic": true, "source": source });
    out.extend_from_slice(
        format!("{{\"type\":\"FeatureCollection\",\"name\":\"{name}\",\"metadata\":{head},\"features\":[\n").as_bytes(),
    );
    for (index, (id, properties, ring)) in features.enumerate() {
        if index > 0 {
            out.extend_from_slice(b",\n");
        }
        let id = id.map(|id| format!("\"id\":\"{id}\",")).unwrap_or_default();
        out.extend_from_slice(
            format!("{{\"type\":\"Feature\",{id}\"properties\":{properties},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[")
                .as_bytes(),
        );
        for vertex in ring.iter().chain(ring.first()) {
            out.push(b'[');
            text::lon_lat(&mut out, *vertex, b',');
            out.extend_from_slice(b"],");
        }
        out.pop();
        out.extend_from_slice(b"]]}}");
    }
    out.extend_from_slice(b"\n]}\n");
    out
}

#[cfg(test)]
mod tests;
