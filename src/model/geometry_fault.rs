//! Why a geometry cannot be taken: facts, and words for them in both languages.
//!
//! Places are longitude and latitude in degrees; rings and parts are counted
//! from 1, exterior first, as a person finds them in the file.

use super::language::Language;

/// What is wrong with a geometry.
#[derive(Clone, Debug, PartialEq)]
pub enum GeometryFault {
    Absent,
    Empty,
    NotAnArea,
    NotAPoint,
    /// The parser's own words.
    Unreadable(String),
    NotFinite(Ring),
    OffTheGlobe {
        lon: f64,
        lat: f64,
    },
    TooFewVertices(Ring),
    NotClosed(Ring),
    NoArea(Ring),
    /// The line comes back on itself.
    Spike {
        lon: f64,
        lat: f64,
    },
    /// Two edges of one ring cross: a bow tie.
    SelfCrossing {
        lon: f64,
        lat: f64,
    },
    /// A ring passes one place twice.
    SelfTouching {
        lon: f64,
        lat: f64,
    },
    /// Two rings of one part cross or run along each other.
    RingsMeet {
        lon: f64,
        lat: f64,
    },
    /// One ring is another over again.
    DuplicateRing(Ring),
    HoleOutside(Ring),
    HoleInHole(Ring),
    /// Two parts cover the same ground or share an edge.
    PartsMeet {
        lon: f64,
        lat: f64,
    },
}

/// Which ring of which part, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ring {
    pub part: usize,
    pub ring: usize,
}

impl GeometryFault {
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let text = |vi: &str, en: &str| language.pick(vi, en).to_owned();
        let of_ring = |ring: &Ring, vi: &str, en: &str| {
            language.pick(
                format!("vòng {} của mảnh {} {vi}", ring.ring, ring.part),
                format!("ring {} of part {} {en}", ring.ring, ring.part),
            )
        };
        let at = |lon: &f64, lat: &f64, vi: &str, en: &str| {
            language.pick(format!("{vi} tại {lon:.7}, {lat:.7}"), format!("{en} at {lon:.7}, {lat:.7}"))
        };
        match self {
            Self::Absent => text("không có hình", "there is no geometry"),
            Self::Empty => text("hình rỗng", "the geometry is empty"),
            Self::NotAnArea => text("không phải hình vùng", "the geometry is not an area"),
            Self::NotAPoint => text("không phải hình điểm", "a point was expected"),
            Self::Unreadable(problem) => problem.clone(),
            Self::NotFinite(ring) => {
                of_ring(ring, "có toạ độ không phải số hữu hạn", "has a coordinate that is not a finite number")
            }
            Self::OffTheGlobe { lon, lat } => language.pick(
                format!("toạ độ {lon:?}, {lat:?} nằm ngoài trái đất"),
                format!("the coordinate {lon:?}, {lat:?} leaves the globe"),
            ),
            Self::TooFewVertices(ring) => {
                of_ring(ring, "có chưa đến 3 đỉnh khác nhau", "has fewer than 3 different vertices")
            }
            Self::NotClosed(ring) => of_ring(ring, "chưa khép kín", "is not closed"),
            Self::NoArea(ring) => of_ring(ring, "không có diện tích", "has no area"),
            Self::Spike { lon, lat } => {
                at(lon, lat, "đường ranh quay ngược lại trên chính nó", "the line turns back on itself")
            }
            Self::SelfCrossing { lon, lat } => at(lon, lat, "đường ranh tự cắt", "the ring crosses itself"),
            Self::SelfTouching { lon, lat } => at(lon, lat, "đường ranh tự chạm", "the ring touches itself"),
            Self::RingsMeet { lon, lat } => {
                at(lon, lat, "hai vòng cắt nhau hoặc trùng cạnh", "two rings cross or share an edge")
            }
            Self::DuplicateRing(ring) => of_ring(ring, "lặp lại một vòng khác", "repeats another ring"),
            Self::HoleOutside(ring) => of_ring(ring, "là lỗ nằm ngoài vòng ngoài", "is a hole outside the exterior"),
            Self::HoleInHole(ring) => of_ring(ring, "là lỗ nằm trong một lỗ khác", "is a hole inside another hole"),
            Self::PartsMeet { lon, lat } => {
                at(lon, lat, "hai mảnh chồng lên nhau hoặc chung cạnh", "two parts overlap or share an edge")
            }
        }
    }
}
