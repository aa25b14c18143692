//! Positions to H3 r10 cells, ten million a second on a core.
//!
//! On one face of the icosahedron H3's cells are a plain hexagonal lattice under the
//! gnomonic projection. Which lattice point is nearest takes a few products; `h3o`
//! is asked once for the cell of each lattice point, and whenever a position is so
//! near an edge that rounding could decide. So every answer is `h3o`'s own.

use std::sync::LazyLock;

use h3o::{CellIndex, LatLng, Resolution};
use rustc_hash::FxHashMap;

use super::runs::PASS;
use crate::model::measure::LonLat;

/// √7 to the power of the resolution, by the gnomonic length of a resolution 0 unit
/// (`RES0_U_GNOMONIC` of H3's `constants.h`): units between neighbouring centres.
const UNITS: f64 = 16_807.0 / 0.381_966_011_250_105;
/// Of an edge between cells, and of the angle between faces (as a cosine), in which `h3o` decides: a thousand
/// times the rounding of coordinates that reach 35,000 units.
const NEAR: f64 = 1e-7;
/// Cosine of half the angle between neighbouring face centres, less a little: whoever is nearer to a centre is on its face.
const OWN: f64 = 0.9343;

/// Centres of the faces on the unit sphere, and the azimuth of their i axis in radians
/// (`faceCenterPoint`, `faceAxesAzRadsCII` of H3's `faceijk.c`, Apache 2.0).
#[rustfmt::skip]
const FACES: [([f64; 3], f64); 20] = [
    ([0.2199307791404606, 0.6583691780274996, 0.7198475378926182], 5.6199582685239395),
    ([-0.2139234834501421, 0.1478171829550703, 0.9656017935214205], 5.7603390817141875),
    ([0.1092625278784797, -0.481195157287321, 0.8697775121287253], 0.78021365439343),
    ([0.7428567301586791, -0.3593941678278028, 0.5648005936517033], 0.4304693639799999),
    ([0.8112534709140969, 0.3448953237639384, 0.472138773641393], 6.130269123335111),
    ([-0.1055498149613921, 0.9794457296411413, 0.1718874610009365], 2.692877706530643),
    ([-0.8075407579970092, 0.1533552485898818, 0.5695261994882688], 2.982963003477244),
    ([-0.2846148069787907, -0.8644080972654206, 0.4144792552473539], 3.532912002790141),
    ([0.7405621473854482, -0.6673299564565524, -0.0789837646326737], 3.494305004259568),
    ([0.8512303986474293, 0.4722343788582681, -0.2289137388687808], 3.0032141694995382),
    ([-0.7405621473854481, 0.6673299564565524, 0.0789837646326737], 5.930472956509812),
    ([-0.8512303986474292, -0.4722343788582682, 0.2289137388687808], 0.13837848409025486),
    ([0.1055498149613919, -0.9794457296411413, -0.1718874610009365], 0.4487149470591504),
    ([0.8075407579970092, -0.1533552485898819, -0.5695261994882688], 0.15862965011254937),
    ([0.2846148069787908, 0.8644080972654204, -0.4144792552473539], 5.891865957979238),
    ([-0.7428567301586791, 0.3593941678278027, -0.5648005936517033], 2.711123289609793),
    ([-0.811253470914097, -0.3448953237639382, -0.472138773641393], 3.294508837434268),
    ([-0.2199307791404607, -0.6583691780274996, -0.7198475378926182], 3.80481969224544),
    ([0.213923483450142, -0.1478171829550704, -0.9656017935214205], 3.6644388790551923),
    ([-0.1092625278784796, 0.481195157287321, -0.8697775121287253], 2.361378999196363),
];

/// A face: its centre, and the vectors whose products with a position, stretched to the plane of the face, are its
/// coordinates in the lattice.
struct Face {
    centre: [f64; 3],
    q: [f64; 3],
    r: [f64; 3],
}

static PLANES: LazyLock<[Face; 20]> = LazyLock::new(|| {
    FACES.map(|(centre, azimuth)| {
        let [cx, cy, cz] = centre;
        let level = cx.hypot(cy);
        let east = [-cy / level, cx / level, 0.0];
        let north = [-cz * east[1], cz * east[0], level];
        let (sin, cos) = azimuth.sin_cos();
        let axis = |a: f64, b: f64| std::array::from_fn(|i| UNITS * (a * north[i] + b * east[i]));
        let (x, y) = (axis(cos, sin), axis(sin, -cos));
        let r = y.map(|y| y / (0.75_f64).sqrt());
        Face { centre, q: std::array::from_fn(|i| x[i] - 0.5 * r[i]), r }
    })
});

/// Half of what is added to coordinates, which lie within 40,000 units of their face, so that none is negative.
const HALF: i32 = 1 << 19;

/// Finds cells, and remembers those found.
#[derive(Default)]
pub struct Locator {
    face: usize,
    lat: Angle,
    lon: Angle,
    /// The block that the last position lay in: the next row of a log lies near.
    last: Option<(u64, usize)>,
    by_block: FxHashMap<u64, usize>,
    blocks: Vec<Block>,
}

/// Lattice points of a rhomb, 15 km² of cells: what a drive needs stays in the processor's own memory.
type Block = [Option<CellIndex>; BLOCK_SIDE * BLOCK_SIDE];
const BLOCK_SIDE: usize = 32;

impl Locator {
    /// The r10 cell of a position; `None` where `h3o` has none.
    pub fn cell(&mut self, at: LonLat) -> Option<CellIndex> {
        let asked = || LatLng::new(at.lat(), at.lon()).ok().map(|at| at.to_cell(PASS));
        let Some((face, [q, r])) = self.lattice_point(at) else { return asked() };
        let key = ((face as u64) << 44) | ((q / BLOCK_SIDE as u64) << 22) | (r / BLOCK_SIDE as u64);
        let block = match self.last {
            Some((last, block)) if last == key => block,
            _ => *self.by_block.entry(key).or_insert_with(|| {
                self.blocks.push([None; BLOCK_SIDE * BLOCK_SIDE]);
                self.blocks.len() - 1
            }),
        };
        self.last = Some((key, block));
        let point = q as usize % BLOCK_SIDE * BLOCK_SIDE + r as usize % BLOCK_SIDE;
        let cell = &mut self.blocks[block][point];
        if cell.is_none() {
            *cell = asked();
        }
        *cell
    }

    /// Face and lattice point; `None` too near to another.
    fn lattice_point(&mut self, at: LonLat) -> Option<(usize, [u64; 2])> {
        let (sin_lat, cos_lat) = self.lat.sin_cos(at.lat());
        let (sin_lon, cos_lon) = self.lon.sin_cos(at.lon());
        let at = [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat];
        let mut face = &PLANES[self.face];
        let mut height = dot(at, face.centre);
        if height < OWN {
            self.face = nearest(at)?;
            face = &PLANES[self.face];
            height = dot(at, face.centre);
        }
        let stretch = 1.0 / height;
        // Cube coordinates, that is distances along three axes that sum to nothing.
        let (q, r) = (dot(at, face.q) * stretch, dot(at, face.r) * stretch);
        let s = -q - r;
        // The hexagon is where no two of them differ from those of its centre by one; so it is told by whole parts of
        // the differences, without a branch that the processor would have to guess.
        let [by_q, by_r] = [[q - r, q - s], [r - q, r - s]].map(|differences| {
            let [one, other] = differences.map(|value| whole(value + f64::from(3 * HALF)));
            (one + other + 2) / 3
        });
        let [a, b] = [q - (by_q as f64 - f64::from(2 * HALF)), r - (by_r as f64 - f64::from(2 * HALF))];
        let c = -a - b;
        let to_edge = 1.0 - (a - b).abs().max((b - c).abs()).max((c - a).abs());
        if to_edge < NEAR {
            return None;
        }
        Some((self.face, [by_q.cast_unsigned(), by_r.cast_unsigned()]))
    }
}

/// The whole part of a number between one half and 2⁵¹, or where it is whole itself perhaps one less: a conversion that
/// looks for numbers beyond would take as long as all the rest.
fn whole(value: f64) -> i64 {
    const ONE_BITS: f64 = 4_503_599_627_370_496.0; // 2⁵²: beside it the bits of a number are units.
    ((value - 0.5 + ONE_BITS).to_bits() & ((1 << 52) - 1)).cast_signed()
}

/// An angle whose sine and cosine are known: those of angles near it take a few products.
#[derive(Default)]
struct Angle {
    degrees: f64,
    /// `None` before the first.
    sin_cos: Option<(f64, f64)>,
}

impl Angle {
    /// How far the series below reaches, radians: what it leaves out is 2e-18, a hundredth of the rounding.
    const REACH: f64 = 0.01;

    fn sin_cos(&mut self, degrees: f64) -> (f64, f64) {
        let by = (degrees - self.degrees).to_radians();
        let Some((sin, cos)) = self.sin_cos.filter(|_| by.abs() <= Self::REACH) else {
            let exact = degrees.to_radians().sin_cos();
            *self = Self { degrees, sin_cos: Some(exact) };
            return exact;
        };
        let square = by * by;
        // Products with parts: a division takes as long as ten of them.
        let part = |of: f64| square * of;
        let sin_by = by * (1.0 - part(1.0 / 6.0) * (1.0 - part(1.0 / 20.0)));
        let cos_by = 1.0 - part(1.0 / 2.0) * (1.0 - part(1.0 / 12.0) * (1.0 - part(1.0 / 30.0)));
        (sin * cos_by + cos * sin_by, cos * cos_by - sin * sin_by)
    }
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// The face whose centre is nearest; `None` where two are as near.
fn nearest(at: [f64; 3]) -> Option<usize> {
    let (mut best, mut first, mut second) = (0, f64::NEG_INFINITY, f64::NEG_INFINITY);
    for (face, plane) in PLANES.iter().enumerate() {
        let height = dot(at, plane.centre);
        if height > first {
            (best, second, first) = (face, first, height);
        } else if height > second {
            second = height;
        }
    }
    (first - second > NEAR).then_some(best)
}

/// The cell of a position at any resolution, by `h3o`.
#[must_use]
pub fn cell_at(position: LonLat, resolution: Resolution) -> Option<CellIndex> {
    LatLng::new(position.lat(), position.lon()).ok().map(|at| at.to_cell(resolution))
}

/// The middle of a cell.
#[must_use]
pub fn middle(cell: CellIndex) -> Option<LonLat> {
    let at = LatLng::from(cell);
    LonLat::new(at.lng(), at.lat()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn agrees(locator: &mut Locator, lon: f64, lat: f64) -> bool {
        let at = LonLat::new(lon, lat).unwrap();
        let found = locator.cell(at);
        found.is_some() && found == cell_at(at, PASS)
    }

    proptest! {
        #[test]
        fn sine_and_cosine_beside_a_known_angle_are_those_of_the_angle(
            first in -180.0..180.0_f64,
            steps in prop::collection::vec(-0.6..0.6_f64, 1..20),
        ) {
            let mut known = Angle::default();
            known.sin_cos(first);
            for degrees in steps.into_iter().map(|step| first + step) {
                let ((sin, cos), (exact_sin, exact_cos)) = (known.sin_cos(degrees), degrees.to_radians().sin_cos());
                // A thousandth of what `NEAR` leaves to `h3o`.
                prop_assert!((sin - exact_sin).abs() < 2e-15 && (cos - exact_cos).abs() < 2e-15);
            }
        }
    }

    #[test]
    fn a_province_has_the_cells_of_h3o() {
        let mut locator = Locator::default();
        let places = (0..300).flat_map(|i| (0..300).map(move |j| (f64::from(i), f64::from(j))));
        for (i, j) in places {
            assert!(agrees(&mut locator, 105.5 + i * 0.003_137, 19.9 + j * 0.002_713), "{i} {j}");
        }
    }

    #[test]
    fn centres_corners_and_edges_of_cells_are_as_h3o_has_them() {
        let mut locator = Locator::default();
        let cells = cell_at(LonLat::new(105.97, 20.25).unwrap(), PASS).unwrap().grid_disk::<Vec<_>>(12);
        for cell in cells {
            let centre = LatLng::from(cell);
            assert!(agrees(&mut locator, centre.lng(), centre.lat()));
            let corners: Vec<LatLng> = cell.boundary().iter().copied().collect();
            for (a, b) in corners.iter().zip(corners.iter().cycle().skip(1)) {
                assert!(agrees(&mut locator, a.lng(), a.lat()));
                assert!(agrees(&mut locator, f64::midpoint(a.lng(), b.lng()), f64::midpoint(a.lat(), b.lat())));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn the_world_has_the_cells_of_h3o(z in -1.0_f64..1.0, lon in -180.0_f64..180.0) {
            prop_assert!(agrees(&mut Locator::default(), lon, z.asin().to_degrees()));
        }

        /// Between two face centres the nearest changes, and around five of them lies a pentagon.
        #[test]
        fn borders_of_faces_have_the_cells_of_h3o(
            one in 0_usize..20, two in 0_usize..20, three in 0_usize..20, a in 0.9_f64..1.1, b in 0.9_f64..1.1
        ) {
            let [p, q, r] = [one, two, three].map(|face| FACES[face].0);
            let [x, y, z]: [f64; 3] = std::array::from_fn(|i| p[i] + a * q[i] + b * r[i]);
            let lat = z.atan2(x.hypot(y)).to_degrees();
            prop_assert!(agrees(&mut Locator::default(), y.atan2(x).to_degrees(), lat));
        }
    }
}
