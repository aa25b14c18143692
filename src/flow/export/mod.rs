//! The rows of a layer as a file, for the terminal and for HTTP alike.
//!
//! The figures are those of the map: the same rows, under the same question, chosen once
//! ([`choice::rows`]). What each format has room for says the period, the thresholds, the sources, the
//! choice and the epoch, so that a figure can be traced a year later. What is missing is empty or
//! null in every one of them and never 0. Places are in WGS 84, and in VN-2000 or another system where that was asked
//! for and the format says which.

mod format;
mod geojson;
mod kml;
mod many;
mod parquet;
mod provenance;
mod table;
mod workbook;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::civil::Date;
use serde_json::Value as Json;

pub use format::Format;
pub(in crate::flow) use geojson::{feature, geometry_value};
pub use geojson::{json_value, write_undated_units, write_units};

use super::choice::{self, Choice};
use super::meta;
use super::snapshot::{Snapshot, View};
use crate::ingest::Unreadable;
use crate::model::access::Forbidden;
use crate::model::admin::UnitCode;
use crate::model::crs::Crs;
use crate::model::feature::Feature;
use crate::model::language::Language;
use crate::tiles::{self, FieldDefinition, LayerDefinition};

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("there is no layer `{found}`, expected one of {}", known.join(", "))]
    UnknownLayer { found: String, known: Vec<String> },
    #[error("there is no commune {found} on {on}")]
    UnknownCommune { found: UnitCode, on: Date },
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    #[error("there is no format `{found}`, expected one of {}", known.join(", "))]
    UnknownFormat { found: String, known: Vec<String> },
    #[error("there is no coordinate system `{found}` here")]
    UnknownSystem { found: String },
    #[error("{layer}.{} has its places in WGS 84 or none, not in {system}", format.ending())]
    OtherSystem { layer: &'static str, format: Format, system: Crs },
    #[error("cannot write {path}: {source}")]
    Write { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Convert(#[from] Unreadable),
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    pub rows: u64,
    /// Texts that the format had no room for: Shapefile and MapInfo hold 254 bytes.
    pub cut: u64,
}

/// Rows that are taken away, and what is said of them.
pub struct Taking<'a> {
    snapshot: &'a Snapshot,
    view: &'a View,
    choice: &'a Choice,
    definition: &'static LayerDefinition,
    fields: Vec<&'static FieldDefinition>,
    rows: Vec<&'a Feature>,
    /// What the places of the file are in.
    system: Crs,
    /// Of headings and words, in formats for people.
    language: Language,
}

/// The system that a file is asked for in: `5897`, `EPSG:5897` or the OGC's name of it. Nothing said is WGS 84.
///
/// # Errors
/// For one that is not known here.
pub fn system(text: Option<&str>) -> Result<Crs, ExportError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(Crs::WGS84) };
    Crs::from_name(text).ok_or_else(|| ExportError::UnknownSystem { found: text.to_owned() })
}

/// Whether a layer may be taken away in a format and a system.
///
/// # Errors
/// For a format that is always in WGS 84, or has no places.
pub fn fits(layer: &str, format: Format, system: Crs) -> Result<(), ExportError> {
    match tiles::definition(layer) {
        Some(layer) if !format.may_be_in(system, layer.geometry) => {
            Err(ExportError::OtherSystem { layer: layer.id, format, system })
        }
        // An unknown layer is refused by whoever looks for it.
        _ => Ok(()),
    }
}

impl<'a> Taking<'a> {
    /// The rows of a layer that are wanted, with the columns that their reader sees.
    ///
    /// # Errors
    /// As [`choice::rows`].
    pub fn new(snapshot: &'a Snapshot, view: &'a View, layer: &str, choice: &'a Choice) -> Result<Self, ExportError> {
        let rows = choice::rows(snapshot, view, layer, choice)?;
        let definition = tiles::definition(layer).ok_or_else(|| unknown_layer(layer))?;
        let fields = definition.fields.iter().filter(|field| definition.shows_field(field.name, view.sight)).collect();
        Ok(Self { snapshot, view, choice, definition, fields, rows, system: Crs::WGS84, language: Language::default() })
    }

    /// The same with its places in another system, for formats that hold it ([`fits`]).
    #[must_use]
    pub fn in_system(self, system: Crs) -> Self {
        Self { system, ..self }
    }

    /// The same in another language, for formats that people read ([`Format::Xlsx`]).
    #[must_use]
    pub fn in_language(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// Writes row by row, for formats that need no more than a row at a time.
    ///
    /// # Errors
    /// Those of `out`; a format that is no stream ([`Format::is_stream`]).
    pub fn stream(&self, format: Format, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::GeoJson => geojson::collection(self, out),
            Format::GeoJsonSeq => geojson::sequence(self, out),
            Format::Csv => table::csv(self, out),
            Format::Kml => kml::write(self, out),
            _ => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// Writes a file, whole or not at all: made in a folder beside it and moved into place, so that an export that
    /// fails leaves the old file as it was. A Shapefile is several files, or one archive where the name says `.zip`.
    /// Returns how many rows the file holds, and how many texts the format had no room for and cut.
    ///
    /// # Errors
    /// The disk says no, or GDAL does.
    pub fn write(&self, format: Format, to: &Path) -> Result<Written, ExportError> {
        let failed = |source| ExportError::Write { path: to.to_owned(), source };
        let name = to.file_name().ok_or_else(|| failed(io::ErrorKind::InvalidInput.into()))?;
        let target = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        let workshop = target.join(format!(".phusong-export-{}", std::process::id()));
        std::fs::create_dir(&workshop).map_err(failed)?;
        let make = || -> Result<u64, ExportError> {
            let cut = self.make(format, &workshop.join(name), to)?;
            let entries = std::fs::read_dir(&workshop).and_then(Iterator::collect::<io::Result<Vec<_>>>);
            for entry in entries.map_err(failed)? {
                std::fs::rename(entry.path(), target.join(entry.file_name())).map_err(failed)?;
            }
            Ok(cut)
        };
        let outcome = make();
        let cleared = std::fs::remove_dir_all(&workshop);
        let cut = outcome?;
        cleared.map_err(failed)?;
        Ok(Written { rows: many::placed(self, format).len() as u64, cut })
    }

    /// The bytes of one file, by way of a folder of its own.
    ///
    /// # Errors
    /// As [`Taking::write`].
    pub fn bytes(&self, format: Format) -> Result<Vec<u8>, ExportError> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("phusong-{}-{number}", std::process::id()));
        let to = folder.join(format!("{}.{}", self.definition.id, format.ending()));
        let failed = |source| ExportError::Write { path: to.clone(), source };
        std::fs::create_dir(&folder).map_err(failed)?;
        let made = self.make(format, &to, &to).and_then(|_| std::fs::read(&to).map_err(failed));
        if let Err(error) = std::fs::remove_dir_all(&folder) {
            tracing::warn!(%error, "a folder of an export stays behind");
        }
        made
    }

    /// `asked`: the file that a failure names.
    fn make(&self, format: Format, to: &Path, asked: &Path) -> Result<u64, ExportError> {
        let failed = |source| ExportError::Write { path: asked.to_owned(), source };
        if let Some(driver) = format.driver() {
            let zipped = to.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
            return many::write(self, (format, driver), to, zipped).map_err(|problem| match problem {
                many::Problem::Disk(source) => failed(source),
                many::Problem::Gdal(problem) => ExportError::Convert(problem),
            });
        }
        let mut out = BufWriter::new(File::create(to).map_err(failed)?);
        let made = match format {
            Format::Xlsx => workbook::xlsx(self, &mut out),
            Format::Parquet => parquet::write(self, &mut out),
            _ => self.stream(format, &mut out),
        };
        made.and_then(|()| out.flush()).map_err(failed)?;
        Ok(0)
    }

    /// What stands beside the figures.
    fn metadata(&self) -> Json {
        let mut metadata = meta::of_export(self.snapshot, self.view, self.definition.id, self.rows.len());
        if !self.choice.is_all() {
            metadata["filter"] = Json::from(self.choice.whole());
        }
        if self.system != Crs::WGS84 {
            metadata["crs"] = Json::from(self.system.to_string());
        }
        metadata
    }

    fn names(&self) -> Vec<&'static str> {
        self.fields.iter().map(|field| field.name).collect()
    }
}

/// Writes a style for QGIS beside a file, where the layer has one, the format is one that QGIS
/// looks beside, and no style is there: somebody may have made it.
///
/// # Errors
/// The disk says no.
pub fn style_beside(
    to: &Path,
    layer: &str,
    format: Format,
    language: Language,
) -> Result<Option<PathBuf>, ExportError> {
    let style = to.with_extension("qml");
    let beside = matches!(
        format,
        Format::GeoJson | Format::GeoJsonSeq | Format::Gpkg | Format::Shp | Format::Fgb | Format::Tab | Format::Parquet
    );
    let zipped = to.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
    if !beside || zipped || style.exists() {
        return Ok(None);
    }
    let Some(text) = tiles::qml(layer, language) else { return Ok(None) };
    let written = std::fs::write(&style, text);
    written.map_err(|source| ExportError::Write { path: style.clone(), source }).map(|()| Some(style))
}

/// Every row of a layer; [`choice::rows`] gives those that are wanted.
pub(super) fn rows<'a>(snapshot: &Snapshot, view: &'a View, layer: &str) -> Result<&'a [Feature], ExportError> {
    view.need(layer)?;
    snapshot.rows(view, layer).ok_or_else(|| unknown_layer(layer))
}

fn unknown_layer(found: &str) -> ExportError {
    let known = super::layers::LAYERS.into_iter().map(str::to_owned).collect();
    ExportError::UnknownLayer { found: found.to_owned(), known }
}
