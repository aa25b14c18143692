//! Tiles to take away: the tiles that the server serves, in one file, for a map without a server.
//!
//! `PMTiles` or `MBTiles`, for some layers, zooms and ground, as a role sees them. A tile is made by the same
//! encoder from the same layers, so its bytes are those of `/tiles`; a tile on the edge of the ground is whole and
//! shows what lies beyond. A filter leaves rows out before they are drawn.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use geo_types::Coord;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::choice::{self, Choice, Drawn};
use super::export::ExportError;
use super::meta;
use super::snapshot::{Snapshot, View};
use crate::engine::boundaries::place;
use crate::model::language::Language;
use crate::store::{MbTiles, StoreError};
use crate::tiles::{self, Address, LayerDefinition, pmtiles};

/// Tiles of one archive: the province to zoom 16 is some 50,000, a country to zoom 14 some 200,000.
pub const MOST_TILES: u64 = 400_000;

/// Tiles that are made at once, and lie in memory.
const AT_ONCE: usize = 512;

#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("zooms {from} to {to} of this ground are {tiles} tiles, and an archive holds {MOST_TILES}")]
    TooMany { from: u8, to: u8, tiles: u64 },
    #[error("`{0}` ends neither in .pmtiles nor in .mbtiles")]
    Format(PathBuf),
    #[error("this program was built without its page")]
    NoPage,
    #[error("there is nothing to show on this ground")]
    Empty,
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot write {path}: {source}")]
    Write { path: PathBuf, source: io::Error },
}

/// What is taken away.
pub struct Wanted<'a> {
    pub layers: Vec<&'static LayerDefinition>,
    pub zooms: RangeInclusive<u8>,
    /// West, south, east, north in degrees; else the commune of the choice, else all there is.
    pub bounds: Option<[f64; 4]>,
    pub choice: &'a Choice,
    pub language: Language,
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Addresses that were looked at, and tiles with something in them.
    pub asked: u64,
    pub tiles: u64,
    pub bytes: u64,
}

/// Writes an archive, whole or not at all. `seen` hears how many of the addresses are done.
///
/// # Errors
/// More tiles than an archive holds, said before the first is made; a commune that is not there; the disk.
pub async fn write(
    (snapshot, view): (&Snapshot, &View),
    wanted: &Wanted<'_>,
    to: &Path,
    seen: &(dyn Fn(u64, u64) + Sync),
) -> Result<Written, ArchiveError> {
    let is = |ending: &str| to.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending));
    if !is("pmtiles") && !is("mbtiles") {
        return Err(ArchiveError::Format(to.to_owned()));
    }
    let bounds = bounds(snapshot, view, wanted)?;
    let addresses = addresses(bounds, &wanted.zooms)?;
    let made = Making { wanted, bounds, layers: drawn(snapshot, view, wanted)?, addresses, seen };
    let about = about(snapshot, view, wanted, bounds);
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = to.with_file_name(name);
    let outcome = if is("pmtiles") {
        made.pmtiles(&part, &about).map_err(|error| error.named(to))
    } else {
        made.mbtiles(&part, &about).await.map_err(|error| error.named(to))
    };
    let moved = outcome.and_then(|tiles| {
        let failed = |source| ArchiveError::Write { path: to.to_owned(), source };
        let bytes = std::fs::metadata(&part).map_err(failed)?.len();
        std::fs::rename(&part, to).map_err(failed)?;
        Ok(Written { asked: made.addresses.len() as u64, tiles, bytes })
    });
    if moved.is_err() {
        // It may not be there at all.
        let _ = std::fs::remove_file(&part);
    }
    moved
}

/// How many tiles some zooms of some ground are, before any is made.
#[must_use]
pub fn count(bounds: [f64; 4], zooms: &RangeInclusive<u8>) -> u64 {
    let of = |z| {
        let [west, north, east, south] = corners(bounds, z).map(u64::from);
        (east - west + 1) * (south - north + 1)
    };
    zooms.clone().map(of).sum()
}

pub(super) fn bounds(snapshot: &Snapshot, view: &View, wanted: &Wanted<'_>) -> Result<[f64; 4], ArchiveError> {
    if let Some(bounds) = wanted.bounds {
        return Ok(bounds);
    }
    let Some(found) = wanted.choice.commune else { return Ok(meta::bounds(snapshot)) };
    let mut units = view.answer.unit_indices.iter().map(|at| &snapshot.facts.units[*at]);
    let shape = units.find(|unit| unit.code == found).and_then(|unit| unit.geometry.as_ref());
    let bounds = shape.and_then(|shape| place::bounds(std::iter::once(shape)));
    Ok(bounds.ok_or(ExportError::UnknownCommune { found, on: view.answer.as_of })?)
}

/// Columns and rows of the outermost tiles: west, north, east, south.
fn corners([west, south, east, north]: [f64; 4], z: u8) -> [u32; 4] {
    let low = tiles::to_square(Coord { x: west, y: south });
    let high = tiles::to_square(Coord { x: east, y: north });
    let side = f64::from(z).exp2();
    let last = (1_u32 << z) - 1;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held between 0 and the last tile")]
    let tile = |share: f64| (share * side).clamp(0.0, f64::from(last)) as u32;
    let (across, down) = (|x: f64| tile((x + 90.0) / 180.0), |y: f64| tile((90.0 - y) / 180.0));
    [across(low.x), down(high.y), across(high.x), down(low.y)]
}

/// In the order of an archive.
fn addresses(bounds: [f64; 4], zooms: &RangeInclusive<u8>) -> Result<Vec<Address>, ArchiveError> {
    let tiles = count(bounds, zooms);
    if tiles > MOST_TILES {
        return Err(ArchiveError::TooMany { from: *zooms.start(), to: *zooms.end(), tiles });
    }
    let mut found = Vec::new();
    for z in zooms.clone() {
        let [west, north, east, south] = corners(bounds, z);
        let rows = |x| (north..=south).filter_map(move |y| Address::new(z, x, y).ok());
        found.extend((west..=east).flat_map(rows));
    }
    found.sort_by_cached_key(|at| pmtiles::id(*at));
    Ok(found)
}

/// The layers of the server, or the same without the rows that are not wanted.
fn drawn<'a>(snapshot: &Snapshot, view: &'a View, wanted: &Wanted<'_>) -> Result<Vec<Drawn<'a>>, ArchiveError> {
    // A box or a commune says which tiles, a filter which rows.
    let rows = wanted.choice.anywhere();
    let mut drawn = Vec::new();
    for layer in &wanted.layers {
        view.need(layer.id).map_err(ExportError::from)?;
        drawn.extend(choice::layer(snapshot, view, layer, &rows)?);
    }
    Ok(drawn)
}

/// `TileJSON` with what stands beside the figures.
fn about(snapshot: &Snapshot, view: &View, wanted: &Wanted<'_>, bounds: [f64; 4]) -> Json {
    let names: Vec<&str> = wanted.layers.iter().map(|layer| layer.id).collect();
    let attribution = meta::attribution(snapshot, &names, wanted.language);
    let mut about = tiles::tilejson((&wanted.layers, view.sight), "", bounds, &attribution, wanted.language);
    let metadata = json!({
        "epoch": snapshot.epoch.to_string(),
        "as_of": view.answer.as_of.to_string(),
        "question": view.answer.question.canonical(),
        "filter": wanted.choice.whole(),
        "sees": view.sight.code(),
        "synthetic": snapshot.synthetic(),
        "generated_by": concat!("phusong ", env!("CARGO_PKG_VERSION")),
    });
    about["phusong"] = metadata;
    about
}

enum Problem {
    Disk(io::Error),
    Other(ArchiveError),
}

impl Problem {
    fn named(self, to: &Path) -> ArchiveError {
        match self {
            Self::Disk(source) => ArchiveError::Write { path: to.to_owned(), source },
            Self::Other(error) => error,
        }
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::Other(error.into())
    }
}

struct Making<'a> {
    wanted: &'a Wanted<'a>,
    bounds: [f64; 4],
    layers: Vec<Drawn<'a>>,
    addresses: Vec<Address>,
    seen: &'a (dyn Fn(u64, u64) + Sync),
}

impl Making<'_> {
    /// The tiles with something in them, compressed, some hundred at a time and in order.
    fn tiles(&self) -> impl Iterator<Item = io::Result<Vec<(Address, Vec<u8>)>>> {
        let layers: Vec<&tiles::Layer> = self.layers.iter().map(Drawn::layer).collect();
        self.addresses.chunks(AT_ONCE).enumerate().map(move |(part, addresses)| {
            let made: io::Result<Vec<_>> = addresses
                .par_iter()
                .map(|at| (*at, tiles::encode(&layers, *at)))
                .filter(|(_, bytes)| !bytes.is_empty())
                .map(|(at, bytes)| Ok((at, pmtiles::gzip(&bytes)?)))
                .collect();
            (self.seen)((part * AT_ONCE + addresses.len()) as u64, self.addresses.len() as u64);
            made
        })
    }

    fn pmtiles(&self, to: &Path, about: &Json) -> Result<u64, Problem> {
        let mut spool = tempfile(to)?;
        let (mut entries, mut known) = (Vec::<pmtiles::Entry>::new(), HashMap::<[u8; 32], (u64, u32)>::new());
        let (mut end, mut count) = (0_u64, 0_u64);
        for part in self.tiles() {
            for (at, bytes) in part? {
                count += 1;
                let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
                let mut fresh = false;
                let (offset, length) = *known.entry(Sha256::digest(&bytes).into()).or_insert_with(|| {
                    fresh = true;
                    (end, length)
                });
                if fresh {
                    spool.out.write_all(&bytes)?;
                    end += u64::from(length);
                }
                let id = pmtiles::id(at);
                match entries.last_mut() {
                    Some(last) if last.offset == offset && last.id + u64::from(last.run) == id => last.run += 1,
                    _ => entries.push(pmtiles::Entry { id, offset, length, run: 1 }),
                }
            }
        }
        if entries.is_empty() {
            return Err(Problem::Other(ArchiveError::Empty));
        }
        let metadata = about.to_string();
        let head = pmtiles::head(&pmtiles::Archive {
            entries: &entries,
            contents: known.len() as u64,
            data_bytes: end,
            bounds: self.bounds,
            zooms: (*self.wanted.zooms.start(), *self.wanted.zooms.end()),
            metadata: &metadata,
        })?;
        let mut out = BufWriter::new(File::create(to)?);
        out.write_all(&head)?;
        spool.out.flush()?;
        io::copy(&mut BufReader::new(File::open(&spool.path)?), &mut out)?;
        out.flush()?;
        Ok(count)
    }

    async fn mbtiles(&self, to: &Path, about: &Json) -> Result<u64, Problem> {
        let mut file = MbTiles::create(to).await?;
        let mut count = 0;
        for part in self.tiles() {
            for (at, bytes) in part? {
                file.put((at.z(), at.x(), at.y()), &bytes).await?;
                count += 1;
            }
        }
        if count == 0 {
            return Err(Problem::Other(ArchiveError::Empty));
        }
        let text = |name: &str| about[name].as_str().unwrap_or_default().to_owned();
        let [west, south, east, north] = self.bounds;
        let (least, most) = (*self.wanted.zooms.start(), *self.wanted.zooms.end());
        let (lon, lat) = (f64::midpoint(west, east), f64::midpoint(south, north));
        let metadata = [
            ("name", text("name")),
            ("format", "pbf".to_owned()),
            ("bounds", format!("{west},{south},{east},{north}")),
            ("center", format!("{lon},{lat},{}", least.midpoint(most))),
            ("minzoom", least.to_string()),
            ("maxzoom", most.to_string()),
            ("attribution", text("attribution")),
            ("type", "overlay".to_owned()),
            ("version", about["phusong"]["epoch"].as_str().unwrap_or_default().to_owned()),
            ("description", about["phusong"].to_string()),
            ("json", json!({"vector_layers": about["vector_layers"]}).to_string()),
        ];
        file.finish(&metadata).await?;
        Ok(count)
    }
}

/// Tiles on their way into an archive, beside it; gone with it.
struct Spool {
    path: PathBuf,
    out: BufWriter<File>,
}

fn tempfile(beside: &Path) -> io::Result<Spool> {
    let mut name = beside.file_name().unwrap_or_default().to_owned();
    name.push(".tiles");
    let path = beside.with_file_name(name);
    Ok(Spool { out: BufWriter::new(File::create(&path)?), path })
}

impl Drop for Spool {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::warn!(%error, "the tiles of an archive stay behind");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tiles_of_a_ground_are_those_that_hold_its_corners() {
        assert_eq!(count([-180.0, -85.0, 180.0, 85.0], &(0..=2)), 1 + 4 + 16);
        assert_eq!(count([105.97, 20.25, 105.97, 20.25], &(0..=14)), 15);
        // 105.97° E, 20.25° N at zoom 11 is 1626/906 by the formula of every slippy map.
        assert_eq!(corners([105.97, 20.25, 105.97, 20.25], 11), [1626, 906, 1626, 906]);
    }

    #[test]
    fn what_no_archive_holds_is_refused_before_a_tile_is_made() {
        let refused = addresses([105.4, 19.9, 106.6, 20.7], &(4..=22)).unwrap_err().to_string();
        assert!(refused.contains("zooms 4 to 22") && refused.contains("400000"), "{refused}");
        assert!(addresses([105.4, 19.9, 106.6, 20.7], &(4..=14)).is_ok());
    }

    #[test]
    fn addresses_are_in_the_order_of_an_archive() {
        let found = addresses([105.4, 19.9, 106.6, 20.7], &(4..=12)).unwrap();
        assert!(found.windows(2).all(|two| pmtiles::id(two[0]) < pmtiles::id(two[1])));
    }
}
