//! Shapes as a GeoPackage keeps them: a header with the envelope, then WKB.
//!
//! The envelope is always written, because the spatial index is filled from
//! it. What comes back is bit-identical to what went in. Other programs may
//! edit a layer, so a lone polygon is taken for an area of one part.

use geo::BoundingRect;
use geo_types::{Geometry, MultiPolygon, Point, Rect};
use geozero::wkb::GpkgWkb;
use geozero::{CoordDimensions, ToGeo, ToWkb};
use h3o::CellIndex;

use crate::model::measure::LonLat;
use crate::model::verdict::cell_outline;

/// WGS 84, longitude before latitude.
const SRID: i32 = 4326;

/// The blob of an area; `None` when it cannot be written, which geometry in memory never causes.
pub(super) fn area_blob(area: &MultiPolygon<f64>) -> Option<Vec<u8>> {
    let coords = area.iter().flat_map(|polygon| polygon.exterior().coords());
    let envelope = coords.fold(None, |envelope: Option<[f64; 4]>, at| {
        Some(envelope.map_or([at.x, at.x, at.y, at.y], |[x0, x1, y0, y1]| {
            [x0.min(at.x), x1.max(at.x), y0.min(at.y), y1.max(at.y)]
        }))
    });
    match envelope {
        Some(envelope) => blob(&Geometry::MultiPolygon(area.clone()), envelope),
        None => Some(EMPTY_AREA.to_vec()),
    }
}

/// The blob of a position.
pub(super) fn point_blob(at: LonLat) -> Option<Vec<u8>> {
    blob(&Geometry::Point(Point::from(at)), [at.lon(), at.lon(), at.lat(), at.lat()])
}

/// The outline of a cell, counter-clockwise as H3 gives it, as one polygon.
pub(super) fn cell_blob(cell: CellIndex) -> Option<Vec<u8>> {
    let outline = cell_outline(cell);
    let bounds = outline.bounding_rect()?;
    let envelope = [bounds.min().x, bounds.max().x, bounds.min().y, bounds.max().y];
    blob(&Geometry::Polygon(outline), envelope)
}

/// A square between west, south, east and north, counter-clockwise, as one polygon.
pub(super) fn square_blob([west, south, east, north]: [f64; 4]) -> Option<Vec<u8>> {
    let outline = Rect::new((west, south), (east, north)).to_polygon();
    blob(&Geometry::Polygon(outline), [west, east, south, north])
}

/// The area in a blob; `None` when it holds something else.
pub(super) fn area(blob: &[u8]) -> Option<MultiPolygon<f64>> {
    if blob == EMPTY_AREA {
        return Some(MultiPolygon(Vec::new()));
    }
    match GpkgWkb(blob).to_geo().ok()? {
        Geometry::MultiPolygon(area) => Some(area),
        Geometry::Polygon(polygon) => Some(MultiPolygon(vec![polygon])),
        _ => None,
    }
}

/// The position in a blob.
pub(super) fn point(blob: &[u8]) -> Option<LonLat> {
    match GpkgWkb(blob).to_geo().ok()? {
        Geometry::Point(at) => LonLat::new(at.x(), at.y()).ok(),
        _ => None,
    }
}

/// `[min x, max x, min y, max y]` from the header of a blob; from the numbers
/// themselves for a point, which other programs write without an envelope.
/// `None` for an empty shape and for bytes that are no shape.
pub(super) fn envelope(blob: &[u8]) -> Option<[f64; 4]> {
    let (magic, flags) = (blob.get(..2)?, *blob.get(3)?);
    if magic != b"GP" || flags & 0b1_0000 != 0 {
        return None;
    }
    let number = |at: usize, little: bool| {
        let bytes: [u8; 8] = blob.get(at..at + 8)?.try_into().ok()?;
        Some(if little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) })
    };
    if (flags >> 1) & 0b111 != 0 {
        let little = flags & 1 == 1;
        return Some([number(8, little)?, number(16, little)?, number(24, little)?, number(32, little)?]);
    }
    let little = *blob.get(8)? == 1;
    let kind = if little { *blob.get(9)? } else { *blob.get(12)? };
    if kind != 1 {
        return None;
    }
    let (x, y) = (number(13, little)?, number(21, little)?);
    (x.is_finite() && y.is_finite()).then_some([x, x, y, y])
}

/// Header with the "empty" flag, little-endian, no envelope, then a WKB multipolygon of no parts.
const EMPTY_AREA: [u8; 17] = [b'G', b'P', 0, 0b1_0001, 0xE6, 0x10, 0, 0, 1, 6, 0, 0, 0, 0, 0, 0, 0];

fn blob(shape: &Geometry<f64>, envelope: [f64; 4]) -> Option<Vec<u8>> {
    shape.to_gpkg_wkb(CoordDimensions::xy(), Some(SRID), envelope.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> LonLat {
        LonLat::new(105.9 + 1.0 / 3.0, 20.2 + 1.0 / 7.0).unwrap()
    }

    #[test]
    fn a_position_keeps_every_bit() {
        assert_eq!(point(&point_blob(at()).unwrap()), Some(at()));
    }

    #[test]
    fn an_envelope_is_read_from_the_header_or_from_the_point() {
        let ours = point_blob(at()).unwrap();
        let expected = Some([at().lon(), at().lon(), at().lat(), at().lat()]);
        assert_eq!(envelope(&ours), expected);
        // As other programs write a point: no envelope, numbers after an 8-byte header.
        let mut theirs = ours[..8].to_vec();
        theirs[3] &= 0b1111_0001;
        theirs.extend(&ours[40..]);
        assert_eq!(envelope(&theirs), expected);
        assert_eq!(point(&theirs), Some(at()));
    }

    #[test]
    fn an_empty_area_has_no_envelope_and_comes_back_empty() {
        let blob = area_blob(&MultiPolygon(Vec::new())).unwrap();
        assert_eq!(envelope(&blob), None);
        assert_eq!(area(&blob), Some(MultiPolygon(Vec::new())));
    }

    #[test]
    fn bytes_that_are_no_shape_are_nothing() {
        for bytes in [&b""[..], b"GP", b"GP\0\x01", b"not a shape at all, but long enough to look like one"] {
            assert_eq!((envelope(bytes), area(bytes), point(bytes)), (None, None, None), "{bytes:?}");
        }
        let cut = &point_blob(at()).unwrap()[..30];
        assert_eq!((envelope(cut), point(cut)), (None, None));
    }

    #[test]
    fn a_cell_is_one_ring_counter_clockwise() {
        let cell: CellIndex = "8941430d26bffff".parse().unwrap();
        let shape = area(&cell_blob(cell).unwrap()).unwrap();
        let ring = &shape.0[0].exterior().0;
        let doubled: f64 = ring.windows(2).map(|w| w[0].x * w[1].y - w[1].x * w[0].y).sum();
        assert!(doubled > 0.0, "{doubled}");
        assert!(ring.len() >= 6 && ring.first() == ring.last());
    }
}
