//! Which column holds what, by its heading, and in which unit.

use std::path::Path;

use crate::ingest::header::Header;
use crate::ingest::{Options, Unreadable, kind, text};
use crate::model::import::ImportKind;
use crate::model::speed::Quarter;

use super::period;

/// Headings that only tiles of speed tests have.
pub(crate) const OF_SPEEDS: &[&str] = &["quadkey", "quad_key", "avg_d_kbps"];
const QUADKEY: &[&str] = &["quadkey", "quad_key", "ma_o_quadkey", "ma_o"];
/// Names without their unit; `avg_d_kbps` is Ookla's.
const DOWNLOAD: &[&str] =
    &["avg_d", "download", "avg_download", "toc_do_tai_xuong", "toc_do_tai_ve", "tai_xuong", "tai_ve"];
const UPLOAD: &[&str] = &["avg_u", "upload", "avg_upload", "toc_do_tai_len", "tai_len"];
const LATENCY: &[&str] = &["avg_lat_ms", "latency_ms", "latency", "do_tre_ms", "do_tre", "ping_ms", "ping"];
const TESTS: &[&str] = &["tests", "test_count", "so_lan_thu", "so_luot_thu", "so_luot_do", "so_lan_do", "so_phep_do"];
const DEVICES: &[&str] = &["devices", "device_count", "so_may", "so_thiet_bi"];

/// A column of speeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rate {
    pub(super) at: usize,
    /// What one of its units is, kbit/s.
    pub(super) kbps: f64,
}

pub(super) struct Columns {
    pub(super) quadkey: Option<usize>,
    /// WKT of the tile.
    pub(super) outline: Option<usize>,
    /// Of the tile's middle.
    pub(super) lon: Option<usize>,
    pub(super) lat: Option<usize>,
    /// A quarter, a day in it, or its number where `year` is there.
    pub(super) quarter: Option<usize>,
    pub(super) year: Option<usize>,
    pub(super) download: Rate,
    pub(super) upload: Option<Rate>,
    pub(super) latency: Option<usize>,
    pub(super) tests: usize,
    pub(super) devices: usize,
    pub(super) source: Option<usize>,
    pub(super) licence: Option<usize>,
    /// The headings are Ookla's own.
    pub(super) of_ookla: bool,
    /// Of the whole file: stated, or by its name.
    pub(super) period: Option<Quarter>,
}

impl Columns {
    /// `outlined` says that rows may carry their outline.
    ///
    /// # Errors
    /// [`Unreadable::MissingColumns`], [`Unreadable::NoQuarter`].
    pub(super) fn find(header: &Header, path: &Path, options: &Options, outlined: bool) -> Result<Self, Unreadable> {
        let placed = outlined || header.has(QUADKEY) || header.has(OUTLINE) || middle(header).is_some();
        let (download, tests, devices) = (rate(header, DOWNLOAD), header.find(TESTS), header.find(DEVICES));
        let (Some(download), Some(tests), Some(devices), true) = (download, tests, devices, placed) else {
            let missing = [
                (placed, "quadkey"),
                (download.is_some(), "download_kbps"),
                (tests.is_some(), "tests"),
                (devices.is_some(), "devices"),
            ];
            let missing = missing.into_iter().filter(|(is_there, _)| !is_there).map(|(_, name)| name.to_owned());
            return Err(kind::missing(header, ImportKind::Speeds, missing.collect()));
        };
        let quarter = header.find(&["quarter", "period", "quy", "ky", "date", "ngay"]);
        let of_name = if quarter.is_none() { period::of_name(path) } else { None };
        let columns = Self {
            quadkey: header.find(QUADKEY),
            outline: header.find(OUTLINE),
            lon: middle(header).map(|(lon, _)| lon),
            lat: middle(header).map(|(_, lat)| lat),
            quarter,
            year: header.find(&["year", "nam"]),
            download,
            upload: rate(header, UPLOAD),
            latency: header.find(LATENCY),
            tests,
            devices,
            source: header.find(&["source", "nguon", "nguon_du_lieu"]),
            licence: header.find(&["licence", "license", "giay_phep"]),
            of_ookla: header.has(&["avg_d_kbps"]),
            period: options.period.or(of_name),
        };
        if columns.period.is_none() && quarter.is_none() { Err(Unreadable::NoQuarter) } else { Ok(columns) }
    }

    /// Every column that is read, in order.
    pub(super) fn used(&self) -> Vec<usize> {
        let optional = [
            self.quadkey,
            self.outline,
            self.lon,
            self.lat,
            self.quarter,
            self.year,
            self.upload.map(|rate| rate.at),
            self.latency,
            self.source,
            self.licence,
        ];
        let mut used: Vec<usize> = optional.into_iter().flatten().collect();
        used.extend([self.download.at, self.tests, self.devices]);
        used.sort_unstable();
        used.dedup();
        used
    }
}

const OUTLINE: &[&str] = &["tile", "wkt", "geometry", "geom"];

/// Ookla calls the middle of a tile `tile_x`, `tile_y`.
fn middle(header: &Header) -> Option<(usize, usize)> {
    Some((
        header.find(&["tile_x", "lon", "longitude", "kinh_do"])?,
        header.find(&["tile_y", "lat", "latitude", "vi_do"])?,
    ))
}

/// A column of one of these names that says its unit: `avg_d_kbps`, `Tải xuống (Mbit/s)`. A speed without a
/// unit is not taken for either: they differ a thousandfold.
fn rate(header: &Header, names: &[&str]) -> Option<Rate> {
    (0..header.len()).find_map(|at| {
        let plain: String = text::fold(header.name(at)).chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        let units = [("kbps", 1.0), ("kbits", 1.0), ("mbps", 1_000.0), ("mbits", 1_000.0)];
        let (name, kbps) = units.into_iter().find_map(|(unit, kbps)| Some((plain.strip_suffix(unit)?, kbps)))?;
        let known = names.iter().any(|known| known.replace('_', "") == name);
        (known && !header.is_personal(at)).then_some(Rate { at, kbps })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &str) -> Header {
        Header::new(names.split(',').map(str::to_owned).collect())
    }

    #[test]
    fn a_speed_is_taken_only_with_its_unit() {
        for (name, kbps) in [
            ("avg_d_kbps", 1.0),
            ("download_mbps", 1_000.0),
            ("Tải xuống (Mbit/s)", 1_000.0),
            ("Tốc độ tải về [kbit/s]", 1.0),
        ] {
            assert_eq!(rate(&header(name), DOWNLOAD), Some(Rate { at: 0, kbps }), "{name}");
        }
        for name in ["download", "Tải xuống", "avg_u_kbps", "kbps", "avg_d_kbps_max"] {
            assert_eq!(rate(&header(name), DOWNLOAD), None, "{name}");
        }
    }
}
