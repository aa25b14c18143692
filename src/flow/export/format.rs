//! The file formats: one list for the terminal, for HTTP and for the page.

use std::path::Path;
use std::sync::OnceLock;

use super::ExportError;
use crate::ingest;
use crate::model::crs::Crs;
use crate::tiles::GeometryKind;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    GeoJson,
    /// A feature a line.
    GeoJsonSeq,
    Csv,
    Xlsx,
    Kml,
    Gpkg,
    Fgb,
    Shp,
    Tab,
    Parquet,
}

impl Format {
    pub const ALL: [Self; 10] = [
        Self::GeoJson,
        Self::GeoJsonSeq,
        Self::Csv,
        Self::Xlsx,
        Self::Kml,
        Self::Gpkg,
        Self::Fgb,
        Self::Shp,
        Self::Tab,
        Self::Parquet,
    ];

    /// What it is asked for by, and how its files end.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::GeoJson => "geojson",
            Self::GeoJsonSeq => "geojsonl",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Kml => "kml",
            Self::Gpkg => "gpkg",
            Self::Fgb => "fgb",
            Self::Shp => "shp",
            Self::Tab => "tab",
            Self::Parquet => "parquet",
        }
    }

    /// How a single file of it ends: those of several files go into an archive. GDAL and QGIS open `.shp.zip`.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Shp => "shp.zip",
            Self::Tab => "tab.zip",
            other => other.code(),
        }
    }

    /// By its code or another name that people know it by.
    ///
    /// # Errors
    /// Names those that there are.
    pub fn of_code(code: &str) -> Result<Self, ExportError> {
        let other = match code {
            "ndjson" | "geojsonseq" | "geojsons" | "jsonl" => Some(Self::GeoJsonSeq),
            "geoparquet" => Some(Self::Parquet),
            _ => None,
        };
        let found = Self::ALL.into_iter().find(|format| [format.code(), format.ending()].contains(&code)).or(other);
        found.ok_or_else(|| ExportError::UnknownFormat {
            found: code.to_owned(),
            known: Self::made().iter().map(|format| format.code().to_owned()).collect(),
        })
    }

    /// What the name of a file says: `a.shp.zip`, `a.gpkg`. Nothing where it has no ending.
    #[must_use]
    pub fn code_of(path: &Path) -> Option<String> {
        let ending = path.extension()?.to_str()?.to_lowercase();
        let inner = || Path::new(path.file_stem()?).extension()?.to_str().map(str::to_lowercase);
        Some(if ending == "zip" { inner().unwrap_or(ending) } else { ending })
    }

    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::GeoJson => "application/geo+json",
            // Lines without record separators are not RFC 8142's application/geo+json-seq.
            Self::GeoJsonSeq => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Kml => "application/vnd.google-earth.kml+xml",
            Self::Gpkg => "application/geopackage+sqlite3",
            Self::Fgb => "application/flatgeobuf",
            Self::Shp | Self::Tab => "application/zip",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    /// Whether it is written row by row: a client reads the first rows while the last are not yet written.
    #[must_use]
    pub fn is_stream(self) -> bool {
        matches!(self, Self::GeoJson | Self::GeoJsonSeq | Self::Csv | Self::Kml)
    }

    /// Whether files of it may be in another system than WGS 84: those that say which one they are in, and tables of
    /// points, whose columns are named after it. GeoJSON is WGS 84 (RFC 7946, section 4), KML too (OGC 12-007r2).
    #[must_use]
    pub fn may_be_in(self, system: Crs, geometry: GeometryKind) -> bool {
        match self {
            _ if system == Crs::WGS84 => true,
            Self::Gpkg | Self::Fgb | Self::Shp => true,
            // MapInfo's Mercator is that of the ellipsoid: places would come back 14 km away.
            Self::Tab => system != Crs::WEB_MERCATOR,
            Self::Csv | Self::Xlsx => geometry == GeometryKind::Point,
            Self::GeoJson | Self::GeoJsonSeq | Self::Kml | Self::Parquet => false,
        }
    }

    /// GDAL's name where GDAL writes it.
    pub(super) fn driver(self) -> Option<&'static str> {
        match self {
            Self::Gpkg => Some("GPKG"),
            Self::Fgb => Some("FlatGeobuf"),
            Self::Shp => Some("ESRI Shapefile"),
            Self::Tab => Some("MapInfo File"),
            _ => None,
        }
    }

    /// Those that this build and this GDAL can make, in the order in which they are offered.
    #[must_use]
    pub fn made() -> &'static [Self] {
        static MADE: OnceLock<Vec<Format>> = OnceLock::new();
        MADE.get_or_init(|| {
            let can = |format: &Self| format.driver().is_none_or(ingest::gdal::writes);
            Self::ALL.into_iter().filter(can).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_found_by_every_name_that_it_has() {
        for format in Format::ALL {
            assert_eq!(Format::of_code(format.code()).unwrap(), format);
            assert_eq!(Format::of_code(format.ending()).unwrap(), format);
            let name = format!("Xã Yên.{}", format.ending());
            assert_eq!(Format::of_code(&Format::code_of(Path::new(&name)).unwrap()).unwrap(), format, "{name}");
        }
        assert_eq!(Format::of_code("ndjson").unwrap(), Format::GeoJsonSeq);
        let refused = Format::of_code("exe").unwrap_err().to_string();
        assert!(refused.contains("`exe`") && refused.contains("parquet"), "{refused}");
    }
}
