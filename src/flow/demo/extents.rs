//! Invented extents: in some communes somebody drew a ring around the houses of each village.
//!
//! Half as far as the next village at most, so that no two overlap; a ring that would leave its commune was not drawn.

use std::f64::consts::TAU;

use super::SOURCE;
use super::dice::Dice;
use super::land::Land;
use super::plane::{Micro, holds};
use super::villages::Village;

/// Share of the communes.
const DRAWN: f64 = 0.12;
const CORNERS: u32 = 10;
/// Homes of the demo stand some 95 m around their village, most within this, metres.
const RADIUS_M: f64 = 260.0;

pub(super) fn geojson(land: &Land, villages: &[Village]) -> Vec<u8> {
    let drawn = |village: &Village| Dice::new("extents", village.commune as u64).chance(DRAWN);
    let rings: Vec<(&Village, Vec<Micro>)> = villages
        .iter()
        .enumerate()
        .filter(|(_, village)| drawn(village))
        .map(|(number, village)| (village, ring(number, village, villages)))
        .filter(|(village, ring)| ring.iter().all(|at| holds(&land.cells[village.cell].ring, *at)))
        .collect();
    let features = rings.iter().map(|(village, ring)| {
        let by = if Dice::new("drawn by", village.commune as u64).chance(0.5) { "declared" } else { "footprints" };
        let properties = serde_json::json!({
            "code": village.code, "extent_source": by, "synthetic": true, "source": SOURCE,
        });
        (None, properties, ring.as_slice())
    });
    super::geojson("demo_extents", SOURCE, features)
}

fn ring(number: usize, village: &Village, villages: &[Village]) -> Vec<Micro> {
    let mut dice = Dice::new("extent", number as u64);
    let others = villages.iter().filter(|other| other.code != village.code);
    let next = others.map(|other| other.at.distance(village.at)).fold(f64::INFINITY, f64::min);
    let most = RADIUS_M.min(0.48 * next);
    let corner = |corner: u32| {
        let (sin, cos) = (TAU * f64::from(corner) / f64::from(CORNERS)).sin_cos();
        let far = most * dice.between(0.75, 1.0);
        village.at.moved(far * cos, far * sin).micro()
    };
    (0..CORNERS).map(corner).collect()
}
