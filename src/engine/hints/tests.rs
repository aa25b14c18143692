//! Hints on small scenes: villages in silence along a road, and what stands beside them.

use geo_types::{MultiPolygon, polygon};
use jiff::civil::date;

use super::*;
use crate::engine::scene::run;
use crate::engine::{FactParts, Measurements, answer};
use crate::model::admin::AdminUnit;
use crate::model::operator::Technology;
use crate::model::place::{Place, PlaceKind};
use crate::model::question::Question;
use crate::model::sample::Run;
use crate::model::site::Site;
use crate::model::village::{Village, VillageConfidence};

fn east(metres: f64) -> LonLat {
    LonLat::new(105.97 + metres / 104_400.0, 20.25).unwrap()
}

fn village(number: u32, metres: f64, households: Option<u32>) -> Village {
    let commune = "14329".parse().unwrap();
    Village {
        code: VillageCode::new(commune, number),
        commune,
        name: format!("Xóm {number}"),
        aliases: Vec::new(),
        point: Some(east(metres)),
        point_precision_m: None,
        extent: None,
        households,
        households_date: None,
        population: households.map(|households| 4 * households),
        confidence: VillageConfidence::Official,
        valid_from: date(2025, 7, 1),
        valid_to: None,
        source_key: None,
        source: "scene".to_owned(),
    }
}

fn site(operator: &str, metres: f64, exact: bool) -> Site {
    Site {
        operator: operator.parse().unwrap(),
        technology: Technology::Lte,
        at: east(metres),
        exact,
        cell: None,
        area_code: None,
        arfcn: None,
        azimuth_deg: None,
        height_m: None,
        observations: None,
        name: format!("{operator} {metres}"),
        source: String::new(),
    }
}

fn school(metres: f64) -> Place {
    let commune = "14329".parse().unwrap();
    Place {
        id: PlaceId::of(commune, None, PlaceKind::School, "school"),
        kind: PlaceKind::School,
        name: "school".to_owned(),
        commune,
        at: east(metres),
        source_key: None,
        source: "scene".to_owned(),
    }
}

/// Five days of one network at one spot; no power is silence.
fn runs(operator: &str, metres: f64, power: Option<f32>) -> Vec<Run> {
    let of = |day| Run { operator: operator.parse().unwrap(), ..run(east(metres), day, power) };
    (0..5).map(of).collect()
}

#[derive(Clone, Default)]
struct Scene {
    villages: Vec<Village>,
    runs: Vec<Run>,
    sites: Vec<Site>,
    places: Vec<Place>,
    kind: Option<UnitKind>,
}

impl Scene {
    /// Villages in silence: number, metres east, households.
    fn silent(villages: &[(u32, f64, Option<u32>)]) -> Self {
        Self {
            villages: villages.iter().map(|(number, metres, count)| village(*number, *metres, *count)).collect(),
            runs: villages.iter().flat_map(|(_, metres, _)| runs("viettel", *metres, None)).collect(),
            ..Self::default()
        }
    }

    fn facts(&self) -> Facts {
        let area = polygon![(x: 105.5, y: 20.0), (x: 106.5, y: 20.0), (x: 106.5, y: 20.5), (x: 105.5, y: 20.5)];
        let unit = AdminUnit {
            code: "14329".parse().unwrap(),
            name: "Hoa Lư".to_owned(),
            kind: self.kind.unwrap_or(UnitKind::Commune),
            district: None,
            valid_from: date(2025, 7, 1),
            valid_to: None,
            geometry: Some(MultiPolygon::new(vec![area])),
            stated_area_km2: None,
            source: "scene".to_owned(),
            approximate: true,
        };
        Facts::new(FactParts {
            units: vec![unit],
            villages: self.villages.clone(),
            runs: Measurements::of(self.runs.clone()),
            sites: self.sites.clone(),
            places: self.places.clone(),
            today: date(2026, 4, 15),
            ..FactParts::default()
        })
    }

    fn plan(&self, operator: Option<&str>, options: HintOptions) -> HintPlan {
        let facts = self.facts();
        let question = Question { operator: operator.map(|o| o.parse().unwrap()), ..Question::default() };
        hints(&facts, &answer(&facts, &question), options)
    }

    /// Kind, numbers of the villages, households declared.
    fn check(&self, operator: Option<&str>, sites: u32, expected: &[(CandidateKind, &[u32], u64)]) {
        let plan = self.plan(operator, HintOptions { sites: Some(sites), radius_m: None });
        let found: Vec<_> = plan
            .hints
            .iter()
            .map(|hint| {
                (hint.spot.kind(), hint.villages.iter().map(|code| code.seq()).collect::<Vec<_>>(), hint.declared)
            })
            .collect();
        let expected: Vec<_> = expected.iter().map(|(kind, who, sum)| (*kind, who.to_vec(), *sum)).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn the_site_between_two_villages_serves_both_and_comes_before_a_larger_one_alone() {
    let mut scene = Scene::silent(&[(1, 0.0, Some(60)), (2, 1_500.0, Some(60)), (3, 9_000.0, Some(100))]);
    scene.places = vec![school(750.0)];
    scene.check(None, 5, &[(CandidateKind::PublicPlace, &[1, 2], 120), (CandidateKind::Village, &[3], 100)]);
    scene.check(None, 1, &[(CandidateKind::PublicPlace, &[1, 2], 120)]);
}

#[test]
fn of_places_that_serve_the_same_a_mast_comes_first_and_an_own_one_before_all() {
    let mut scene = Scene::silent(&[(1, 0.0, Some(60))]);
    scene.places = vec![school(200.0)];
    scene.check(Some("viettel"), 1, &[(CandidateKind::PublicPlace, &[1], 60)]);
    scene.sites = vec![site("vnpt", 600.0, true)];
    scene.check(Some("viettel"), 1, &[(CandidateKind::SharedMast, &[1], 60)]);
    scene.check(None, 1, &[(CandidateKind::Mast, &[1], 60)]);
    scene.sites.push(site("viettel", 900.0, true));
    scene.check(Some("viettel"), 1, &[(CandidateKind::Mast, &[1], 60)]);
}

#[test]
fn where_phones_heard_a_mast_is_no_place_to_build_at() {
    let mut scene = Scene::silent(&[(1, 0.0, Some(60))]);
    scene.sites = vec![site("viettel", 600.0, false)];
    scene.check(Some("viettel"), 1, &[(CandidateKind::Village, &[1], 60)]);
}

#[test]
fn demand_is_what_the_dead_areas_say_is_affected() {
    let scene = Scene::silent(&[(1, 0.0, Some(60)), (2, 5_200.0, Some(31)), (3, 9_000.0, None)]);
    let facts = scene.facts();
    let answer = answer(&facts, &Question::default());
    let plan = hints(&facts, &answer, HintOptions::default());
    let affected: f64 = answer.dead_areas.iter().filter_map(|area| area.affected.known()).sum();
    assert!((plan.affected - affected).abs() < 0.02, "{} {affected}", plan.affected);
    assert!((plan.covered - plan.affected).abs() < 1e-9 && plan.gap_percent() == Some(0.0));
    assert_eq!((plan.villages, plan.villages_unknown, plan.unit), (3, 1, HintUnit::Households));
    assert_eq!(plan.hints.iter().map(|hint| hint.cells).collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn the_network_asked_for_decides_who_is_without() {
    let mut scene = Scene::silent(&[(1, 0.0, Some(60)), (2, 5_200.0, Some(31))]);
    scene.runs.extend(runs("vnpt", 0.0, Some(-80.0)));
    scene.check(Some("viettel"), 5, &[(CandidateKind::Village, &[1], 60), (CandidateKind::Village, &[2], 31)]);
    scene.check(Some("vnpt"), 5, &[]);
    assert_eq!(scene.plan(Some("vnpt"), HintOptions::default()).nothing, Some(NoHints::NoDeadArea));
}

#[test]
fn a_mast_reaches_less_far_in_a_ward_and_as_far_as_asked() {
    let pair = Scene::silent(&[(1, 0.0, Some(60)), (2, 800.0, Some(50))]);
    pair.check(None, 5, &[(CandidateKind::Village, &[1, 2], 110)]);
    let ward = Scene { kind: Some(UnitKind::Ward), ..pair };
    ward.check(None, 5, &[(CandidateKind::Village, &[1], 60), (CandidateKind::Village, &[2], 50)]);
    let asked = ward.plan(None, HintOptions { sites: None, radius_m: Some(900.0) });
    assert_eq!((asked.hints.len(), asked.radii.urban_m, asked.radius_from), (1, 900.0, RadiusFrom::Asked));
    let odd = ward.plan(None, HintOptions { sites: None, radius_m: Some(f64::NAN) });
    assert_eq!(odd.radius_from, RadiusFrom::Rules);
}

#[test]
fn nothing_to_cover_is_an_answer_with_a_reason() {
    let check = |scene: Scene, reason| {
        let plan = scene.plan(None, HintOptions::default());
        assert_eq!((plan.nothing, plan.hints.len(), plan.gap_percent()), (Some(reason), 0, None));
    };
    check(Scene::default(), NoHints::NotMeasured);
    check(Scene { runs: runs("viettel", 0.0, Some(-80.0)), ..Scene::default() }, NoHints::NoDeadArea);
    let road = [runs("viettel", 0.0, None), runs("viettel", 380.0, None), runs("viettel", 700.0, None)].concat();
    check(Scene { runs: road, ..Scene::default() }, NoHints::NoVillage);
    check(Scene::silent(&[(1, 0.0, None)]), NoHints::NotReported);
    check(Scene::silent(&[(1, 0.0, Some(0))]), NoHints::Nobody);
}

#[test]
fn people_count_where_nobody_declares_households() {
    let mut scene = Scene::silent(&[(1, 0.0, Some(60)), (2, 5_200.0, Some(31))]);
    scene.villages.iter_mut().for_each(|village| village.households = None);
    let plan = scene.plan(None, HintOptions::default());
    assert_eq!((plan.unit, plan.hints[0].declared), (HintUnit::People, 240));
}

#[test]
fn measurements_around_own_masts_say_how_far_one_serves() {
    // −95 dBm at a kilometre and 35 dB for each tenfold distance, with a scatter that repeats.
    let mut scene = Scene { sites: vec![site("viettel", 0.0, true)], ..Scene::default() };
    for (step, scatter) in (1..40).zip([4.0, -4.0, 0.0].into_iter().cycle()) {
        let metres = 150.0 * f64::from(step);
        let dbm = -95.0 - 35.0 * (metres / 1_000.0).log10() + scatter;
        scene.runs.extend(runs("viettel", metres, Some(dbm as f32)));
    }
    let plan = scene.plan(Some("viettel"), HintOptions::default());
    assert_eq!(plan.radius_from, RadiusFrom::Measured);
    // The middle of r10 cells lies up to 76 m beside; √(32/3) dB of scatter.
    let expected = 1_000.0 * 10_f64.powf((15.0 - 1.2816 * 3.27) / 35.0);
    assert!((plan.radii.rural_m / expected - 1.0).abs() < 0.15, "{} {expected}", plan.radii.rural_m);
    assert_eq!(scene.plan(None, HintOptions { sites: None, radius_m: None }).radius_from, RadiusFrom::Measured);
}

#[test]
fn the_same_facts_give_the_same_plan_whatever_their_order() {
    let mut scene = Scene::silent(&[(1, 0.0, Some(60)), (2, 1_500.0, Some(60)), (3, 4_000.0, Some(60))]);
    scene.sites = vec![site("viettel", 500.0, true), site("vnpt", 700.0, true)];
    let mut turned = scene.clone();
    turned.villages.reverse();
    turned.runs.reverse();
    assert_eq!(scene.plan(None, HintOptions::default()), turned.plan(None, HintOptions::default()));
}
