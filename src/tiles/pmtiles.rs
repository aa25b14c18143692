//! PMTiles 3: many tiles in one file that a plain web server hands out by byte ranges.
//!
//! What stands before the tiles: header, directories and metadata, all of them bytes made from a list of entries.
//! Tiles are ordered along a Hilbert curve, equal ones stand once, and a run of equal ones is one entry. By the
//! specification: <https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md>.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::Address;

/// Bytes of the header.
const HEADER: usize = 127;
/// Header and root directory lie within the first 16 KiB, which a reader fetches at once.
const FIRST: usize = 16 * 1024;
/// Entries of the smallest leaf: what the reference writer begins with.
const LEAF: usize = 4096;
/// Codes of the specification: gzip, Mapbox Vector Tile.
const GZIP: u8 = 2;
const MVT: u8 = 1;

/// Some tiles in a row with the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: u64,
    /// From the beginning of the tiles.
    pub offset: u64,
    pub length: u32,
    pub run: u32,
}

/// What is said of the tiles of an archive.
pub struct Archive<'a> {
    /// By id, each once.
    pub entries: &'a [Entry],
    /// Different contents, and their bytes together.
    pub contents: u64,
    pub data_bytes: u64,
    /// West, south, east, north in degrees.
    pub bounds: [f64; 4],
    pub zooms: (u8, u8),
    /// A JSON object with `vector_layers`.
    pub metadata: &'a str,
}

/// The place of a tile on the curve: all tiles of a zoom after all of the zooms above it.
#[must_use]
pub fn id(at: Address) -> u64 {
    let above = ((1_u64 << (2 * u32::from(at.z()))) - 1) / 3;
    let (mut x, mut y) = (u64::from(at.x()), u64::from(at.y()));
    let (mut along, mut half) = (0, (1_u64 << at.z()) >> 1);
    while half > 0 {
        let (right, low) = (u64::from(x & half > 0), u64::from(y & half > 0));
        along += half * half * ((3 * right) ^ low);
        (x, y) = (x & (half - 1), y & (half - 1));
        if low == 0 {
            if right == 1 {
                (x, y) = (half - 1 - x, half - 1 - y);
            }
            (x, y) = (y, x);
        }
        half >>= 1;
    }
    above + along
}

/// Everything that stands before the tiles.
///
/// # Errors
/// Those of the compression, which writes to memory.
pub fn head(archive: &Archive<'_>) -> io::Result<Vec<u8>> {
    let metadata = gzip(archive.metadata.as_bytes())?;
    let (root, leaves) = directories(archive.entries)?;
    let mut head = Vec::with_capacity(HEADER + root.len() + metadata.len() + leaves.len());
    head.extend(b"PMTiles\x03");
    let tiles: u64 = archive.entries.iter().map(|entry| u64::from(entry.run)).sum();
    let mut at = HEADER as u64;
    for length in [root.len() as u64, metadata.len() as u64, leaves.len() as u64, archive.data_bytes] {
        head.extend(at.to_le_bytes());
        head.extend(length.to_le_bytes());
        at += length;
    }
    for count in [tiles, archive.entries.len() as u64, archive.contents] {
        head.extend(count.to_le_bytes());
    }
    let (least, most) = archive.zooms;
    // 1: the tiles lie in the order of their ids.
    head.extend([1, GZIP, GZIP, MVT, least, most]);
    let [west, south, east, north] = archive.bounds;
    head.extend([west, south, east, north].into_iter().flat_map(ten_millionths));
    head.push(least.midpoint(most));
    head.extend([f64::midpoint(west, east), f64::midpoint(south, north)].into_iter().flat_map(ten_millionths));
    head.extend(root);
    head.extend(metadata);
    head.extend(leaves);
    Ok(head)
}

#[expect(clippy::cast_possible_truncation, reason = "±180 × 10⁷ fits in 32 bits")]
fn ten_millionths(degrees: f64) -> [u8; 4] {
    ((degrees.clamp(-180.0, 180.0) * 1e7).round() as i32).to_le_bytes()
}

/// The root and the leaves: no leaves where the root has room for all.
fn directories(entries: &[Entry]) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let root = directory(entries)?;
    if root.len() <= FIRST - HEADER {
        return Ok((root, Vec::new()));
    }
    let mut size = LEAF;
    loop {
        let (mut leaves, mut pointers) = (Vec::new(), Vec::new());
        for part in entries.chunks(size) {
            let leaf = directory(part)?;
            let length = u32::try_from(leaf.len()).map_err(io::Error::other)?;
            // No run: it points to a leaf.
            pointers.push(Entry { id: part[0].id, offset: leaves.len() as u64, length, run: 0 });
            leaves.extend(leaf);
        }
        let root = directory(&pointers)?;
        if root.len() <= FIRST - HEADER {
            return Ok((root, leaves));
        }
        size *= 2;
    }
}

fn directory(entries: &[Entry]) -> io::Result<Vec<u8>> {
    let mut out = Vec::with_capacity(entries.len() * 6);
    varint(entries.len() as u64, &mut out);
    let mut last = 0;
    for entry in entries {
        varint(entry.id - last, &mut out);
        last = entry.id;
    }
    entries.iter().for_each(|entry| varint(u64::from(entry.run), &mut out));
    entries.iter().for_each(|entry| varint(u64::from(entry.length), &mut out));
    for (at, entry) in entries.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| entries[before].offset + u64::from(entries[before].length));
        // 0: right behind the one before.
        varint(if before == Some(entry.offset) { 0 } else { entry.offset + 1 }, &mut out);
    }
    gzip(&out)
}

fn varint(mut number: u64, out: &mut Vec<u8>) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            out.push(low & 0x7F);
            return;
        }
        out.push(low | 0x80);
    }
}

/// As the tiles of an archive travel: level 9, since they are written once and read often.
///
/// # Errors
/// None that memory has.
pub fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = GzEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::best());
    out.write_all(bytes)?;
    out.finish()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn id_of(z: u8, x: u32, y: u32) -> u64 {
        id(Address::new(z, x, y).unwrap())
    }

    #[test]
    fn ids_are_those_of_the_specification() {
        // The table of its section 4.1, and a value of the reference implementation's tests.
        let known = [(0, 0, 0, 0), (1, 0, 0, 1), (1, 0, 1, 2), (1, 1, 1, 3), (1, 1, 0, 4), (2, 0, 0, 5)];
        for (z, x, y, expected) in known {
            assert_eq!(id_of(z, x, y), expected, "{z}/{x}/{y}");
        }
        assert_eq!(id_of(12, 3423, 1763), 19_078_479);
    }

    #[test]
    fn every_tile_of_a_zoom_has_an_id_of_its_own_and_neighbours_follow() {
        let mut by_id: Vec<(u64, i64, i64)> = Vec::new();
        for (x, y) in (0..64_u32).flat_map(|x| (0..64_u32).map(move |y| (x, y))) {
            by_id.push((id_of(6, x, y), i64::from(x), i64::from(y)));
        }
        by_id.sort_unstable();
        assert_eq!(by_id.iter().map(|(id, ..)| id).collect::<BTreeSet<_>>().len(), 4096);
        assert_eq!((by_id[0].0, by_id[4095].0), (1365, 5460));
        assert!(by_id.windows(2).all(|two| (two[0].1 - two[1].1).abs() + (two[0].2 - two[1].2).abs() == 1));
    }

    #[test]
    fn an_archive_of_many_tiles_has_leaves_and_its_root_in_the_first_16_kib() {
        // Lengths that gzip cannot guess.
        let mut state = 1_u32;
        let mut offset = 0;
        let entries: Vec<Entry> = (0..60_000)
            .map(|id| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let entry = Entry { id: id * 3, offset, length: 1 + (state >> 12), run: 1 };
                offset += u64::from(entry.length);
                entry
            })
            .collect();
        let archive = Archive {
            entries: &entries,
            contents: 60_000,
            data_bytes: offset,
            bounds: [105.0, 19.0, 106.0, 20.0],
            zooms: (0, 14),
            metadata: "{}",
        };
        let head = head(&archive).unwrap();
        let number = |at: usize| u64::from_le_bytes(head[at..at + 8].try_into().unwrap());
        assert_eq!(&head[..8], b"PMTiles\x03");
        assert_eq!(number(8), 127);
        assert!(number(8) + number(16) <= 16_384, "the root ends at {}", number(8) + number(16));
        assert!(number(48) > 0, "leaves");
        assert_eq!(number(56), head.len() as u64, "the tiles begin where the head ends");
        assert_eq!((number(72), number(80), number(88)), (60_000, 60_000, 60_000));
    }
}
