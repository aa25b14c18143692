//! A flat piece of the earth for making the demo: metres east and north of a
//! point in the province. Good to a few parts in a thousand over 120 km,
//! which is enough to invent things and not enough to measure them: the
//! engine measures, this does not.

/// Where the plane touches: the middle of the province, degrees.
const LON_0: f64 = 106.0;
const LAT_0: f64 = 20.3;
/// Metres to a degree there (WGS 84: 111 320 m × cos 20.3°, and 110 700 m).
const METRES_A_DEGREE_EAST: f64 = 104_406.0;
const METRES_A_DEGREE_NORTH: f64 = 110_700.0;

/// Metres east and north.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Spot {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// Longitude and latitude in whole millionths of a degree (0.1 m): vertices
/// are rounded once, before neighbours share them.
pub(super) type Micro = (i32, i32);

impl Spot {
    pub(super) fn from_degrees(lon: f64, lat: f64) -> Self {
        Self { x: (lon - LON_0) * METRES_A_DEGREE_EAST, y: (lat - LAT_0) * METRES_A_DEGREE_NORTH }
    }

    pub(super) fn from_micro((lon, lat): Micro) -> Self {
        Self::from_degrees(f64::from(lon) / 1e6, f64::from(lat) / 1e6)
    }

    #[expect(clippy::cast_possible_truncation, reason = "degrees × 10⁶ stay below 2³¹")]
    pub(super) fn micro(self) -> Micro {
        let lon = LON_0 + self.x / METRES_A_DEGREE_EAST;
        let lat = LAT_0 + self.y / METRES_A_DEGREE_NORTH;
        ((lon * 1e6).round() as i32, (lat * 1e6).round() as i32)
    }

    pub(super) fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// `t` of the way to the other spot.
    pub(super) fn toward(self, other: Self, t: f64) -> Self {
        Self { x: self.x + (other.x - self.x) * t, y: self.y + (other.y - self.y) * t }
    }

    pub(super) fn moved(self, x: f64, y: f64) -> Self {
        Self { x: self.x + x, y: self.y + y }
    }
}

/// 0 below 0, 1 above 1, smooth between.
pub(super) fn smooth(t: f64) -> f64 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// How karst-like a place is, 0 to 1: the limestone in the west (old Nho Quan,
/// the west of Gia Viễn, Kim Bảng and Thanh Liêm), drawn as a ramp.
pub(super) fn hills(at: Spot) -> f64 {
    // The ramp runs from the longitude of Phủ Lý (105.90) to that of Nho Quan town (105.70).
    smooth((Spot::from_degrees(105.90, LAT_0).x - at.x) / 22_000.0)
}

/// How near the sea a place is, 0 (7 km inland or more) to 1: the coast drawn as a
/// line from the mouth of the Đáy to the mouth of the Hồng.
pub(super) fn coast(at: Spot) -> f64 {
    let (from, to) = (Spot::from_degrees(106.05, 19.93), Spot::from_degrees(106.60, 20.27));
    let length = from.distance(to);
    let inland = ((to.x - from.x) * (at.y - from.y) - (to.y - from.y) * (at.x - from.x)) / length;
    smooth(1.0 - inland / 7_000.0)
}

/// Signed area, m²: positive when the ring runs counter-clockwise.
pub(super) fn area_m2(ring: &[Micro]) -> f64 {
    let spots: Vec<Spot> = ring.iter().map(|m| Spot::from_micro(*m)).collect();
    let next = spots.iter().cycle().skip(1);
    spots.iter().zip(next).map(|(a, b)| a.x * b.y - b.x * a.y).sum::<f64>() / 2.0
}

/// Even-odd rule on an open ring.
pub(super) fn holds(ring: &[Micro], at: Micro) -> bool {
    let mut inside = false;
    let mut previous = ring.len().wrapping_sub(1);
    for (index, a) in ring.iter().enumerate() {
        let b = ring[previous];
        previous = index;
        if (a.1 > at.1) != (b.1 > at.1) {
            let cross = i64::from(b.0 - a.0) * i64::from(at.1 - a.1) - i64::from(at.0 - a.0) * i64::from(b.1 - a.1);
            if (cross > 0) == (b.1 > a.1) {
                inside = !inside;
            }
        }
    }
    inside
}

/// Points in square buckets, for "who is near".
pub(super) struct Buckets {
    size_m: f64,
    origin: Spot,
    columns: usize,
    rows: usize,
    content: Vec<Vec<u32>>,
}

impl Buckets {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes are positive and small")]
    pub(super) fn new(spots: &[Spot], size_m: f64) -> Self {
        let low =
            spots.iter().fold(Spot { x: f64::MAX, y: f64::MAX }, |a, b| Spot { x: a.x.min(b.x), y: a.y.min(b.y) });
        let high =
            spots.iter().fold(Spot { x: f64::MIN, y: f64::MIN }, |a, b| Spot { x: a.x.max(b.x), y: a.y.max(b.y) });
        let columns = ((high.x - low.x).max(0.0) / size_m) as usize + 1;
        let rows = ((high.y - low.y).max(0.0) / size_m) as usize + 1;
        let mut buckets = Self { size_m, origin: low, columns, rows, content: vec![Vec::new(); columns * rows] };
        for (index, spot) in spots.iter().enumerate() {
            let (column, row) = (((spot.x - low.x) / size_m) as usize, ((spot.y - low.y) / size_m) as usize);
            buckets.content[row * columns + column].push(u32::try_from(index).unwrap_or(u32::MAX));
        }
        buckets
    }

    /// Indices in the buckets within `reach` buckets of the spot: a superset of what
    /// lies within `reach` × the size.
    #[expect(clippy::cast_possible_truncation, reason = "the province is some hundred buckets wide")]
    pub(super) fn near(&self, at: Spot, reach: i64) -> impl Iterator<Item = usize> + '_ {
        let column = ((at.x - self.origin.x) / self.size_m).floor() as i64;
        let row = ((at.y - self.origin.y) / self.size_m).floor() as i64;
        (row - reach..=row + reach)
            .filter_map(|r| usize::try_from(r).ok().filter(|r| *r < self.rows))
            .flat_map(move |r| {
                (column - reach..=column + reach)
                    .filter_map(|c| usize::try_from(c).ok().filter(|c| *c < self.columns))
                    .flat_map(move |c| self.content[r * self.columns + c].iter())
            })
            .map(|index| *index as usize)
    }
}

#[cfg(test)]
mod tests {
    use geo::{Contains, Coord, LineString, Polygon};

    use super::*;

    const L_SHAPE: [Micro; 6] = [(0, 0), (400, 0), (400, 100), (100, 100), (100, 300), (0, 300)];

    #[test]
    fn inside_is_what_geo_says() {
        let line: LineString<f64> = L_SHAPE.iter().map(|(x, y)| Coord { x: f64::from(*x), y: f64::from(*y) }).collect();
        let polygon = Polygon::new(line, Vec::new());
        // Odd steps keep off the border, where the two may differ.
        for x in (-51..460).step_by(34) {
            for y in (-51..360).step_by(34) {
                let at = Coord { x: f64::from(x), y: f64::from(y) };
                assert_eq!(holds(&L_SHAPE, (x, y)), polygon.contains(&at), "{x} {y}");
            }
        }
    }

    #[test]
    fn buckets_miss_nobody_who_is_near() {
        let spots: Vec<Spot> =
            (0..200_i32).map(|i| Spot { x: f64::from(i * 37 % 101), y: f64::from(i * 53 % 97) }).collect();
        let buckets = Buckets::new(&spots, 10.0);
        for at in [Spot { x: 50.0, y: 50.0 }, Spot { x: -4.0, y: 3.0 }, Spot { x: 105.0, y: 99.0 }] {
            let mut fast: Vec<usize> = buckets.near(at, 1).filter(|i| spots[*i].distance(at) < 10.0).collect();
            fast.sort_unstable();
            let slow: Vec<usize> = (0..spots.len()).filter(|i| spots[*i].distance(at) < 10.0).collect();
            assert_eq!(fast, slow, "{at:?}");
        }
    }
}
