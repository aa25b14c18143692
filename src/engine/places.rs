//! What there is to say of each public place, in the order of its list.
//!
//! Centres of communes come before all other places, because the province
//! mends coverage around them first; then the worst verdict. What is not
//! known stands before what is covered: somebody has to go there.

use jiff::civil::Date;
use rayon::prelude::*;

use super::facts::Facts;
use super::signal::around::within;
use super::signal::{ByCell, View};
use crate::model::place::{Place, PlaceSignal};
use crate::model::verdict::PlaceVerdict;

/// Judges every place on the runs of one view.
pub(super) fn places(facts: &Facts, by_cell: &ByCell<'_>, view: &View, as_of: Date) -> Vec<PlaceSignal> {
    let rules = &facts.rules.signal;
    let judged = facts.places.par_iter().enumerate().map(|(index, place)| {
        let within_m = place.kind.within_m(rules);
        let signal = within(place.at, within_m, by_cell, view, rules);
        (place, PlaceSignal { place: place.id, commune: facts.commune_of_place(index, as_of), within_m, signal })
    });
    let mut list: Vec<(&Place, PlaceSignal)> = judged.collect();
    let weak = |one: &PlaceSignal| one.signal.map_or(0.0, |signal| signal.evidence.weak_chance());
    list.sort_by(|(a, of_a), (b, of_b)| {
        (!a.kind.is_centre(), urgency(of_a))
            .cmp(&(!b.kind.is_centre(), urgency(of_b)))
            .then(weak(of_b).total_cmp(&weak(of_a)))
            .then((a.commune, a.kind, a.id).cmp(&(b.commune, b.kind, b.id)))
    });
    list.into_iter().map(|(_, judged)| judged).collect()
}

/// From the worst on.
fn urgency(place: &PlaceSignal) -> u8 {
    match place.signal.map(|signal| signal.place) {
        Some(PlaceVerdict::NoSignal) => 0,
        Some(PlaceVerdict::Hole) => 1,
        Some(PlaceVerdict::Poor) => 2,
        Some(PlaceVerdict::NotEnough) => 3,
        None => 4,
        Some(PlaceVerdict::Covered) => 5,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::engine::scene::run;
    use crate::engine::{FactParts, Measurements, answer};
    use crate::model::measure::LonLat;
    use crate::model::place::{PlaceId, PlaceKind};
    use crate::model::question::Question;
    use crate::model::sample::Run;

    const LAT: f64 = 20.25;

    fn east(metres: f64) -> LonLat {
        LonLat::new(105.97 + metres / 104_400.0, LAT).unwrap()
    }

    fn place(kind: PlaceKind, name: &str, at: LonLat) -> Place {
        let commune = "14329".parse().unwrap();
        Place {
            id: PlaceId::of(commune, None, kind, name),
            kind,
            name: name.to_owned(),
            commune,
            at,
            source_key: None,
            source: "scene".to_owned(),
        }
    }

    /// Five days of one operator at one spot; no power is silence.
    fn runs(operator: &str, at: LonLat, power: Option<f32>) -> Vec<Run> {
        let operator = operator.parse().unwrap();
        (0..5).map(|day| Run { operator, ..run(at, day, power) }).collect()
    }

    /// Each place of the list with its verdict, in order, and the names of those in dead areas.
    fn check(places: Vec<Place>, runs: Vec<Run>, operator: Option<&str>, expected: &[(&str, &str)], dead: &[&str]) {
        let facts = Facts::new(FactParts {
            runs: Measurements::of(runs),
            places,
            today: date(2026, 4, 15),
            ..FactParts::default()
        });
        let question = Question { operator: operator.map(|o| o.parse().unwrap()), ..Question::default() };
        let answer = answer(&facts, &question);
        let name = |id| facts.places.iter().find(|place| place.id == id).unwrap().name.as_str();
        let found: Vec<_> = answer.places.iter().map(|one| (name(one.place), one.verdict_code())).collect();
        assert_eq!(found, expected);
        let mut inside: Vec<_> = answer.dead_areas.iter().flat_map(|area| &area.places).map(|id| name(*id)).collect();
        inside.sort_unstable();
        assert_eq!(inside, dead);
    }

    #[test]
    fn a_centre_is_judged_half_a_kilometre_around_and_a_school_where_it_stands() {
        let both =
            vec![place(PlaceKind::School, "school", east(0.0)), place(PlaceKind::CommuneCentre, "centre", east(0.0))];
        let silence = |metres| runs("viettel", east(metres), None);
        check(
            both.clone(),
            silence(350.0),
            None,
            &[("centre", "no_signal"), ("school", "unmeasured")],
            &["centre", "school"],
        );
        check(both.clone(), silence(900.0), None, &[("centre", "unmeasured"), ("school", "unmeasured")], &[]);
        let here = &[("centre", "no_signal"), ("school", "no_signal")];
        check(both, silence(0.0), None, here, &["centre", "school"]);
    }

    #[test]
    fn no_signal_of_one_operator_is_not_that_of_all() {
        let centre = || vec![place(PlaceKind::CommuneCentre, "centre", east(0.0))];
        let two = [runs("viettel", east(0.0), None), runs("vnpt", east(0.0), Some(-80.0))].concat();
        check(centre(), two.clone(), None, &[("centre", "covered")], &[]);
        check(centre(), two.clone(), Some("viettel"), &[("centre", "no_signal")], &["centre"]);
        check(centre(), two.clone(), Some("vnpt"), &[("centre", "covered")], &[]);
        check(centre(), two, Some("mobifone"), &[("centre", "unmeasured")], &[]);
    }

    #[test]
    fn a_part_without_signal_makes_a_hole() {
        let parts = [runs("viettel", east(0.0), Some(-80.0)), runs("viettel", east(420.0), None)[..4].to_vec()];
        let centre = vec![place(PlaceKind::CommuneCentre, "centre", east(0.0))];
        check(centre, parts.concat(), None, &[("centre", "hole")], &[]);
    }

    #[test]
    fn centres_come_first_and_what_nobody_knows_before_what_is_covered() {
        let places = vec![
            place(PlaceKind::HealthStation, "silent station", east(20_000.0)),
            place(PlaceKind::CommuneCentre, "covered", east(0.0)),
            place(PlaceKind::ServiceCentre, "poor", east(10_000.0)),
            place(PlaceKind::CommuneCentre, "unknown", east(30_000.0)),
            place(PlaceKind::CommuneCentre, "twice", east(40_000.0)),
        ];
        let measured = [
            runs("viettel", east(0.0), Some(-80.0)),
            runs("viettel", east(10_000.0), Some(-115.0)),
            runs("viettel", east(20_000.0), None),
            runs("viettel", east(40_000.0), None)[..2].to_vec(),
        ];
        let order = [
            ("poor", "poor"),
            ("twice", "not_enough"),
            ("unknown", "unmeasured"),
            ("covered", "covered"),
            ("silent station", "no_signal"),
        ];
        check(places, measured.concat(), None, &order, &["poor", "silent station"]);
    }
}
