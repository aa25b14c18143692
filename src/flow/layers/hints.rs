//! Rows of hints at sites: a first suggestion, and each row says so.

use super::Context;
use super::attributes::Attributes;
use super::signal::named;
use crate::engine::HintPlan;
use crate::engine::hints::{Hint, Spot};
use crate::flow::hints::{PRELIMINARY, percent_up};
use crate::model::feature::{Feature, Shape};
use crate::model::figure::round;

impl Context<'_> {
    pub(super) fn hints(&self) -> Vec<Feature> {
        let plan = (self.later.hints)();
        plan.hints.iter().zip(1_u32..).map(|(hint, rank)| self.hint(plan, hint, rank)).collect()
    }

    fn hint(&self, plan: &HintPlan, hint: &Hint, rank: u32) -> Feature {
        let question = &self.answer.question;
        let (key, name) = self.spot(hint.spot);
        let mut row = Attributes::default();
        row.text("hint", key.clone());
        row.integer("rank", i64::from(rank));
        row.text("status", PRELIMINARY);
        row.text("kind", hint.spot.kind().code());
        if let Some(name) = name {
            row.text("name", name);
        }
        if let Some(code) = hint.commune {
            row.text("commune", code.to_string());
            if let Some(unit) = self.units.get(&code) {
                row.text("commune_name", unit.full_name());
            }
        }
        row.network(question.operator, question.technology);
        row.text("unit", plan.unit.code());
        row.integer("declared", i64::try_from(hint.declared).unwrap_or(i64::MAX));
        row.number("affected", round(hint.affected, 1));
        row.number("affected_so_far", round(hint.affected_so_far, 1));
        if let Some(share) = plan.share_percent(hint.affected_so_far) {
            row.number("share_percent", round(share, 1));
        }
        if let Some(most) = plan.share_percent(plan.bound) {
            row.number("bound_percent", percent_up(most));
        }
        if let Some(gap) = plan.gap_percent() {
            row.number("gap_percent", percent_up(gap));
        }
        row.integer("villages", i64::try_from(hint.villages.len()).unwrap_or(i64::MAX));
        let names: Vec<_> =
            hint.villages.iter().filter_map(|code| self.villages.get(code)).map(|v| v.name.as_str()).collect();
        row.text("village_names", names.join(", "));
        row.integer("cells", i64::try_from(hint.cells).unwrap_or(i64::MAX));
        row.number("radius_m", round(plan.radii.rural_m, 0));
        row.number("radius_urban_m", round(plan.radii.urban_m, 0));
        row.text("radius_from", plan.radius_from.code());
        if let Some((site, metres)) = self.facts.sites.nearest(hint.at, question.operator) {
            row.text("nearest_site", named(site));
            row.number("nearest_site_m", round(metres, 0));
            row.flag("nearest_site_exact", site.exact);
        }
        row.number("lon", round(hint.at.lon(), 6));
        row.number("lat", round(hint.at.lat(), 6));
        row.flag("synthetic", self.synthetic);
        Feature { id: u64::from(rank), key, shape: Shape::Point(hint.at), attributes: row.0 }
    }

    /// The key, and the name where there is one.
    fn spot(&self, spot: Spot) -> (String, Option<String>) {
        match spot {
            Spot::Mast { site, .. } => {
                let site = &self.facts.sites.all()[site];
                (format!("mast-{:x}", site.key()), Some(named(site)))
            }
            Spot::Place(id) => (id.to_string(), self.places.get(&id).map(|place| place.name.clone())),
            Spot::Village(code) => (code.to_string(), self.villages.get(&code).map(|village| village.name.clone())),
            Spot::Ground(cell) => (cell.to_string(), None),
        }
    }
}
