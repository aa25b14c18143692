//! An invented claim of one operator: 4G outdoors in all old communes but a
//! few, hollows included, so that some of it is contradicted and some ground
//! works beyond it.
//!
//! No operator has said any of this. Every feature says `synthetic`.

use super::SOURCE;
use super::dice::Dice;
use super::facts::Facts;
use super::land::Land;
use super::radio::OPERATORS;

/// Share of the pieces of land that are not claimed.
const LEFT_OUT: f64 = 0.12;
/// What is claimed at the least, dBm: the poor cut of 4G (`model::rules`), below which a place counts as weak.
const MINIMUM_DBM: i32 = -110;
/// The day that the claim speaks of.
pub(super) const AS_OF: jiff::civil::Date = jiff::civil::date(2026, 1, 1);

pub(super) fn geojson(facts: &Facts, land: &Land) -> Vec<u8> {
    let claimed = |(number, _): &(usize, _)| !Dice::new("claim", *number as u64).chance(LEFT_OUT);
    let features = land.cells.iter().enumerate().filter(claimed).map(|(_, cell)| {
        let properties = serde_json::json!({
            "operator": OPERATORS[0], "technology": "4G", "environment": "outdoor", "minimum_dbm": MINIMUM_DBM,
            "name": facts.old[cell.old].name, "synthetic": true, "source": SOURCE,
        });
        (None, properties, cell.ring.as_slice())
    });
    super::geojson("demo_claims", SOURCE, features)
}
