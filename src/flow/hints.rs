//! What stands beside a list of hints: whom it counts, how far the best choice can be above it, and
//! why it is empty.

use serde_json::{Value as Json, json};

use super::snapshot::{Snapshot, View};
use crate::model::figure::round;
use crate::model::hint::NoHints;

/// The layer of the hints.
pub const LAYER: &str = "hints";

/// Said with every hint: terrain, power, backhaul and cost are not in it.
pub const PRELIMINARY: &str = "preliminary";

/// The plan behind the rows of the layer `hints`.
#[must_use]
pub fn plan(snapshot: &Snapshot, view: &View) -> Json {
    let plan = snapshot.hints(view);
    // Where nobody measured or declared anything, how many are affected is not known.
    let unknown = matches!(plan.nothing, Some(NoHints::NotMeasured | NoHints::NotReported));
    let known = |value: f64| if unknown { Json::Null } else { Json::from(round(value, 1)) };
    json!({
        "status": PRELIMINARY,
        "unit": plan.unit.code(),
        "sites_asked": plan.sites_asked,
        "sites": plan.hints.len(),
        "nothing": plan.nothing.map(NoHints::code),
        "affected": known(plan.affected),
        "covered": known(plan.covered),
        "share_percent": plan.share_percent(plan.covered).map(|share| round(share, 1)),
        "bound": known(plan.bound),
        "bound_percent": plan.share_percent(plan.bound).map(percent_up),
        "gap_percent": plan.gap_percent().map(percent_up),
        "villages": plan.villages,
        "villages_unknown": plan.villages_unknown,
        "candidates": plan.candidates,
        "radius_m": round(plan.radii.rural_m, 0),
        "radius_urban_m": round(plan.radii.urban_m, 0),
        "radius_from": plan.radius_from.code(),
        "rules": snapshot.facts.rules.hints.version,
    })
}

/// A bound to one decimal, never below itself: a gap must not look smaller than it is.
#[must_use]
pub fn percent_up(percent: f64) -> f64 {
    // Adding zero takes the sign off a zero.
    round((percent * 10.0 - 1e-6).ceil() / 10.0, 1) + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_never_looks_smaller_than_it_is() {
        let shown = [0.0, 0.01, 2.3, 2.31, 100.0].map(percent_up);
        assert_eq!(shown, [0.0, 0.1, 2.3, 2.4, 100.0]);
        assert!(shown[0].is_sign_positive());
    }
}
