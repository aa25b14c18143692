//! Rows of visited homes, each moved from where it is.

use super::Context;
use super::attributes::Attributes;
use crate::model::feature::{Feature, Shape};
use crate::model::figure::round;

impl Context<'_> {
    pub(super) fn visits_masked(&self) -> Vec<Feature> {
        let homes = (self.later.masked)();
        homes
            .iter()
            .map(|home| {
                let key = format!("{:016x}", home.id);
                let mut row = Attributes::default();
                row.text("home", key.clone());
                row.text("commune", home.commune.to_string());
                if let Some(unit) = self.units.get(&home.commune) {
                    row.text("commune_name", unit.full_name());
                }
                row.text("village", home.village.to_string());
                if let Some(village) = self.villages.get(&home.village) {
                    row.text("village_name", village.name.clone());
                }
                row.integer("visits", i64::from(home.visits));
                row.text("last_month", home.last.strftime("%Y-%m").to_string());
                row.number("within_m", round(home.within_m, 0));
                row.flag("masked", true);
                row.flag("synthetic", self.synthetic);
                Feature { id: home.id >> 10, key, shape: Shape::Point(home.at), attributes: row.0 }
            })
            .collect()
    }
}
