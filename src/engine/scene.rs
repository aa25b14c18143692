//! A commune, a village, a visit and a run for tests: what they do not ask for is as plain as it can be.

use geo_types::{MultiPolygon, polygon};
use h3o::{LatLng, Resolution};
use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::model::admin::{AdminUnit, UnitKind};
use crate::model::flag::Flags;
use crate::model::measure::{Dbm, LonLat};
use crate::model::operator::Technology;
use crate::model::sample::Run;
use crate::model::signal_seen::SignalsSeen;
use crate::model::topic::{Topics, Yields};
use crate::model::village::{Village, VillageCode, VillageConfidence};
use crate::model::visit::{AssignMethod, Visit, VisitResult};

/// A commune one tenth of a degree wide and high, from `west` and the twentieth parallel on.
pub(super) fn commune(of: &str, west: f64, from: Date, to: Option<Date>) -> AdminUnit {
    let area = polygon![(x: west, y: 20.0), (x: west + 0.1, y: 20.0), (x: west + 0.1, y: 20.1), (x: west, y: 20.1)];
    AdminUnit {
        code: of.parse().unwrap(),
        name: of.to_owned(),
        kind: UnitKind::Commune,
        district: None,
        valid_from: from,
        valid_to: to,
        geometry: Some(MultiPolygon::new(vec![area])),
        stated_area_km2: None,
        source: "scene".to_owned(),
        approximate: true,
    }
}

pub(super) fn village(of: &str, commune: &str, households: Option<u32>, point: Option<LonLat>) -> Village {
    Village {
        code: of.parse().unwrap(),
        commune: commune.parse().unwrap(),
        name: of.to_owned(),
        aliases: Vec::new(),
        point,
        point_precision_m: None,
        extent: None,
        households,
        households_date: None,
        population: None,
        confidence: VillageConfidence::Synthetic,
        valid_from: date(2020, 1, 1),
        valid_to: None,
        source_key: None,
        source: "scene".to_owned(),
    }
}

/// A home of a village, guided on the morning of 10 March 2026.
pub(crate) fn visit(of: &str, household: u64) -> Visit {
    let village: VillageCode = of.parse().unwrap();
    Visit {
        source_id: format!("{of}/{household}"),
        time: "2026-03-10T02:00:00Z".parse().unwrap(),
        commune: village.commune(),
        village: Some(village),
        assigned_by: AssignMethod::Code,
        point: None,
        accuracy_m: None,
        household,
        result: VisitResult::Guided,
        guided_people: None,
        signal_seen: SignalsSeen::default(),
        topics: Topics::default(),
        yields: Yields::default(),
        supervision: false,
        flags: Flags::default(),
        coarse: false,
    }
}

/// Of one phone on Viettel's 4G, so many days after 1 April 2026; no power is silence.
pub(super) fn run(at: LonLat, day: i64, power_dbm: Option<f32>) -> Run {
    let start = "2026-04-01T03:00:00Z".parse::<jiff::Timestamp>().unwrap() + (24 * day).hours();
    let median = power_dbm.map(|dbm| Dbm::new(dbm).unwrap());
    Run {
        operator: "viettel".parse().unwrap(),
        technology: Technology::Lte,
        device: 1,
        cell: LatLng::new(at.lat(), at.lon()).unwrap().to_cell(Resolution::Ten),
        start: start.into(),
        end: start.into(),
        samples: 9,
        censored: if median.is_none() { 9 } else { 0 },
        median,
        worst: median,
        rsrq_db: None,
        sinr_db: None,
        download_kbps: None,
        serving_cell: None,
        arfcn: None,
    }
}
