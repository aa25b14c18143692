//! A province small enough to read: three units, three villages, two visits,
//! a drive, and an analysis with one of everything.
//!
//! Its numbers have no short decimal form and its keys use all their bits, so
//! that a store which rounds, narrows or signs them fails the contract.

use std::sync::Arc;

use geo_types::{MultiPolygon, polygon};
use h3o::{CellIndex, LatLng, Resolution};
use jiff::Timestamp;
use jiff::civil::date;
use nonmax::{NonMaxU32, NonMaxU64};

use crate::model::access::Role;
use crate::model::admin::{AdminUnit, Share, UnitChange, UnitKind};
use crate::model::claim::{AreaClaim, Claim, ClaimStatus, ClaimVerdict, ClaimedCell, CommuneClaims, Environment};
use crate::model::figure::Figure;
use crate::model::flag::{Flag, Flags};
use crate::model::import::{Epoch, ImportKind, NewImport};
use crate::model::measure::{Dbm, LonLat};
use crate::model::operator::{Operator, Technology};
use crate::model::packed::Finite;
use crate::model::place::{Place, PlaceId, PlaceKind, PlaceSignal};
use crate::model::reach::{CommuneReach, Need, PriorityRow, ReachStatus, VillageReach};
use crate::model::rules::Rules;
use crate::model::sample::{Run, Sample, ServiceState};
use crate::model::signal_seen::{SignalSeen, SignalsSeen};
use crate::model::site::Site;
use crate::model::speed::{Quadkey, SpeedClass, SpeedTile, TileSpeed};
use crate::model::topic::{Topic, Topics, Yields};
use crate::model::verdict::{CellVerdict, DeadArea, Evidence, PlaceVerdict, Verdict, VillageSignal};
use crate::model::village::{ExtentSource, Village, VillageConfidence, VillageExtent};
use crate::model::visit::{AssignMethod, Visit, VisitResult};
use crate::store::{Analysis, RunsFrom, SignalAnalysis};

pub(in crate::store) fn file(kind: ImportKind, hash: &str) -> NewImport {
    NewImport {
        kind,
        file: "file.csv".into(),
        hash: hash.into(),
        profile: "canonical".into(),
        synthetic: false,
        by: Role::Admin,
    }
}

pub(in crate::store) fn now() -> Timestamp {
    "2026-05-01T01:02:03.456Z".parse().unwrap()
}

pub(in crate::store) fn units() -> Vec<AdminUnit> {
    // Numbers without a short decimal form: the round trip must keep every bit.
    let (x, y) = (105.9 + 1.0 / 3.0, 20.2 + 1.0 / 7.0);
    let area: MultiPolygon<f64> = MultiPolygon(vec![
        polygon!(exterior: [(x: x, y: y), (x: x + 0.1, y: y), (x: x + 0.1, y: y + 0.1), (x: x, y: y)],
                 interiors: [[(x: x + 0.06, y: y + 0.02), (x: x + 0.08, y: y + 0.04), (x: x + 0.08, y: y + 0.02), (x: x + 0.06, y: y + 0.02)]]),
        polygon![(x: x + 0.2, y: y), (x: x + 0.3, y: y), (x: x + 0.3, y: y + 0.1), (x: x + 0.2, y: y)],
    ]);
    let unit = |code: &str, name: &str, kind, geometry| AdminUnit {
        code: code.parse().unwrap(),
        name: name.into(),
        kind,
        district: Some("Kim Bảng".into()),
        valid_from: date(2025, 7, 1),
        valid_to: None,
        geometry,
        stated_area_km2: Some(23.45),
        source: "danh mục".into(),
        approximate: false,
    };
    vec![
        unit("13285", "Phủ Lý", UnitKind::Ward, Some(area)),
        AdminUnit { approximate: true, district: None, ..unit("14329", "Gia Viễn", UnitKind::Commune, None) },
        AdminUnit {
            stated_area_km2: None,
            ..unit("37", "Ninh Bình", UnitKind::Province, Some(MultiPolygon(Vec::new())))
        },
    ]
}

pub(in crate::store) fn changes() -> Vec<UnitChange> {
    let change = |from: &str, share, legal_basis| UnitChange {
        from: from.parse().unwrap(),
        from_name: "Xã Thanh Sơn".into(),
        to: "13285".parse().unwrap(),
        to_name: "Phường Phủ Lý".into(),
        share,
        effective: date(2025, 7, 1),
        legal_basis,
    };
    vec![change("13285", Share::Whole, None), change("13402", Share::Part, Some("1674/NQ-UBTVQH15".into()))]
}

pub(in crate::store) fn villages() -> Vec<Village> {
    let village = |code: &str, point: Option<(f64, f64)>, source_key: &str| Village {
        code: code.parse().unwrap(),
        commune: "13285".parse().unwrap(),
        name: "Xóm Một".into(),
        aliases: vec!["Xóm 1".into(), "Xóm I, \"cũ\"".into()],
        point: point.map(|(lon, lat)| LonLat::new(lon, lat).unwrap()),
        point_precision_m: Some(150.1),
        extent: None,
        households: Some(120),
        households_date: Some(date(2025, 12, 31)),
        population: Some(431),
        confidence: VillageConfidence::Synthetic,
        valid_from: date(2025, 7, 1),
        valid_to: None,
        source_key: Some(source_key.into()),
        source: "register.csv".into(),
    };
    vec![
        village("13285-001", Some((105.9 + 1.0 / 3.0, 20.5)), "k1"),
        Village { extent: Some(Arc::new(extent())), ..village("13285-002", Some((105.95, 20.55)), "k2") },
        Village { households: None, households_date: None, aliases: vec![], ..village("13285-1003", None, "k3") },
    ]
}

/// Two parts, one with a hole.
fn extent() -> VillageExtent {
    let first = polygon![
        exterior: [(x: 105.94, y: 20.54), (x: 105.96, y: 20.54), (x: 105.96, y: 20.56), (x: 105.94, y: 20.54)],
        interiors: [[(x: 105.95, y: 20.542), (x: 105.955, y: 20.545), (x: 105.952, y: 20.545), (x: 105.95, y: 20.542)]],
    ];
    let second = polygon![(x: 105.9 + 1.0 / 3.0, y: 20.5), (x: 105.99, y: 20.5), (x: 105.99, y: 20.51)];
    VillageExtent {
        area: MultiPolygon::new(vec![first, second]),
        by: ExtentSource::Footprints,
        source: "extents.geojson".into(),
    }
}

pub(in crate::store) fn visits() -> Vec<Visit> {
    let (viettel, vnpt): (Operator, Operator) = ("viettel".parse().unwrap(), "vnpt".parse().unwrap());
    let visit = Visit {
        source_id: "uuid:1".into(),
        time: now(),
        commune: "13285".parse().unwrap(),
        village: Some("13285-001".parse().unwrap()),
        assigned_by: AssignMethod::Nearest,
        point: Some(LonLat::new(105.9 + 1.0 / 3.0, 20.5).unwrap()),
        accuracy_m: Some(4.9),
        household: u64::MAX - 7,
        result: VisitResult::Guided,
        guided_people: Some(2),
        signal_seen: [(viettel, SignalSeen::Ok), (vnpt, SignalSeen::None)].into_iter().collect(),
        topics: [Topic::Vneid, Topic::Safety].into_iter().collect(),
        yields: Yields { vneid: Some(1), services: Some(0), payments: None },
        supervision: false,
        flags: [Flag::AccuracyZero, Flag::NoPoint].into_iter().collect(),
        coarse: false,
    };
    let bare = Visit {
        source_id: "uuid:0".into(),
        village: None,
        assigned_by: AssignMethod::CommuneOnly,
        point: None,
        accuracy_m: None,
        result: VisitResult::NotHome,
        guided_people: None,
        signal_seen: SignalsSeen::default(),
        topics: Topics::default(),
        yields: Yields::default(),
        supervision: true,
        flags: Flags::default(),
        ..visit.clone()
    };
    vec![visit, bare]
}

/// A drive: one reading a second, every ninth without service.
pub(in crate::store) fn samples(count: u32) -> Vec<Sample> {
    let operators: Vec<Operator> = ["viettel", "vnpt", "310-410"].iter().map(|name| name.parse().unwrap()).collect();
    (0..count)
        .map(|i| {
            let silent = i % 9 == 0;
            let step = f64::from(i);
            Sample {
                operator: operators[i as usize / 1000 % 3],
                technology: Technology::ALL[i as usize / 500 % 4],
                state: if silent { ServiceState::NoService } else { ServiceState::InService },
                rsrp: (!silent).then(|| Dbm::new(-80.3 - (i % 40) as f32).unwrap()),
                rsrq_db: (i % 2 == 0).then_some(-11.7).and_then(Finite::new),
                sinr_db: (i % 3 == 0).then_some(7.3).and_then(Finite::new),
                download_kbps: (i % 5 == 0).then_some(20_480).and_then(NonMaxU32::new),
                position: LonLat::new(105.8 + step * 1e-6, 20.1 + step / 3e6).unwrap(),
                accuracy_m: (i % 4 != 0).then_some(3.9).and_then(Finite::new),
                time: Timestamp::from_millisecond(1_770_000_000_000 + i64::from(i) * 1000).unwrap(),
                device: u64::MAX - 3,
                serving_cell: (i % 7 != 0).then_some(u64::MAX - 1).and_then(NonMaxU64::new),
                arfcn: (i % 6 == 0).then_some(643_296).and_then(NonMaxU32::new),
                speed_kmh: (i % 8 == 0).then_some(31.7).and_then(Finite::new),
            }
        })
        .collect()
}

/// An exact sector, an estimated cell, and a mast of which nothing more is known.
pub(in crate::store) fn sites() -> Vec<Site> {
    let mast = Site {
        operator: "viettel".parse().unwrap(),
        technology: Technology::Lte,
        at: LonLat::new(105.9 + 1.0 / 3.0, 20.5).unwrap(),
        exact: true,
        cell: None,
        area_code: None,
        arfcn: None,
        azimuth_deg: None,
        height_m: None,
        observations: None,
        name: String::new(),
        source: "sites.csv".into(),
    };
    let sector = Site {
        cell: Some((1 << 36) - 2),
        technology: Technology::Nr,
        area_code: Some(16_777_214),
        arfcn: Some(643_296),
        azimuth_deg: Some(239.9),
        height_m: Some(30.1),
        name: "NBH0012 “Hoa Lư”".into(),
        ..mast.clone()
    };
    let heard = Site { cell: Some(5293), exact: false, observations: Some(2), ..mast.clone() };
    let mut sites = vec![mast, sector, heard];
    sites.sort_by_key(Site::key);
    sites
}

/// A centre with an id of its source, and a school without.
pub(in crate::store) fn places() -> Vec<Place> {
    let place = |kind, name: &str, source_key: Option<&str>| {
        let commune = "13285".parse().unwrap();
        Place {
            id: PlaceId::of(commune, source_key, kind, name),
            kind,
            name: name.into(),
            commune,
            at: LonLat::new(105.9 + 1.0 / 3.0, 20.5).unwrap(),
            source_key: source_key.map(str::to_owned),
            source: "places.csv".into(),
        }
    };
    let mut places = vec![
        place(PlaceKind::CommuneCentre, "UBND phường Phủ Lý", Some("TT-01")),
        place(PlaceKind::School, "Trường THCS “Hoa Lư”", None),
    ];
    places.sort_by_key(|place| place.id);
    places
}

/// Two quarters of one tile, the second of a publisher that allows less.
pub(in crate::store) fn speeds() -> Vec<SpeedTile> {
    let first = SpeedTile {
        tile: Quadkey::at(LonLat::new(105.9, 20.5).unwrap()).unwrap(),
        quarter: "2025-Q4".parse().unwrap(),
        download_kbps: 0,
        upload_kbps: None,
        latency_ms: Some(60_000),
        tests: 1,
        devices: 1,
        source: "toc_do.csv".into(),
        licence: None,
    };
    let second = SpeedTile {
        quarter: "2026-Q1".parse().unwrap(),
        download_kbps: 10_000_000,
        upload_kbps: Some(7),
        tests: 11,
        devices: 5,
        source: "Speedtest® by Ookla®".into(),
        licence: Some("CC BY-NC-SA 4.0".into()),
        ..first.clone()
    };
    vec![first, second]
}

/// Two claims of one network, with a power, without one, and of several resolutions.
pub(in crate::store) fn claims() -> Vec<Claim> {
    let at = LatLng::new(20.5, 105.9).unwrap();
    let cell = |resolution, minimum: Option<f32>| ClaimedCell {
        cell: at.to_cell(resolution),
        minimum: minimum.map(|power| Dbm::new(power).unwrap()),
    };
    let claim = |environment, as_of, cells| Claim {
        operator: "viettel".parse().unwrap(),
        technology: Technology::Lte,
        environment,
        as_of,
        source: "claims.csv".into(),
        cells,
    };
    let several = vec![cell(Resolution::Eight, Some(-110.5)), cell(Resolution::Ten, None)];
    vec![
        claim(Environment::Unstated, None, several),
        claim(Environment::Outdoor, Some(date(2026, 1, 1)), vec![cell(Resolution::Nine, Some(-105.1))]),
    ]
}

/// An analysis of the small province, with one of everything.
pub(in crate::store) struct Parts {
    pub(in crate::store) runs: Vec<Run>,
    pub(in crate::store) cells: Vec<CellVerdict>,
    pub(in crate::store) dead_areas: Vec<DeadArea>,
    pub(in crate::store) villages: Vec<VillageReach>,
    pub(in crate::store) communes: Vec<CommuneReach>,
    pub(in crate::store) priority: Vec<PriorityRow>,
    pub(in crate::store) places: Vec<PlaceSignal>,
    pub(in crate::store) speeds: Vec<TileSpeed>,
    pub(in crate::store) claims: Vec<ClaimVerdict>,
}

impl Parts {
    pub(in crate::store) fn new() -> Self {
        let at = LatLng::new(20.5, 105.9).unwrap();
        let (cell, operator): (CellIndex, Operator) = (at.to_cell(Resolution::Nine), "viettel".parse().unwrap());
        let evidence = Evidence {
            runs: 6,
            days: 3,
            devices: 2,
            samples: 640,
            weak_runs: 5,
            silent_runs: 1,
            superseded_runs: 4,
            weak_low: 0.43,
            weak_high: 0.97,
            first_seen: date(2026, 3, 1),
            last_seen: date(2026, 4, 2),
        };
        let median = Some(Dbm::new(-113.1).unwrap());
        let verdict = |operator| CellVerdict {
            cell,
            operator,
            technology: operator.map(|_| Technology::Lte),
            verdict: Verdict::Weak,
            confirmed: true,
            median,
            evidence,
            operators_measured: 1,
        };
        let area = MultiPolygon(vec![polygon![(x: 105.9, y: 20.5), (x: 105.91, y: 20.5), (x: 105.9, y: 20.51)]]);
        let dead = |operator| DeadArea {
            anchor: cell,
            operator,
            technology: None,
            verdict: Verdict::Weak,
            cells: vec![cell],
            geometry: area.clone(),
            label: LonLat::new(105.903, 20.503).unwrap(),
            area_m2: 105_332.5,
            villages: vec!["13285-001".parse().unwrap(), "13285-1003".parse().unwrap()],
            places: vec![places()[0].id],
            households: Figure::Known(120),
            villages_without_households: 1,
            population: Figure::NotReported,
            affected: Figure::Known(94.3),
            weak_chance: evidence.weak_chance(),
            evidence,
            confirmed: false,
            worst: None,
            claim: Some(AreaClaim { cells: 1, operators: vec!["viettel".parse().unwrap(), "vnpt".parse().unwrap()] }),
            cells_seen: vec![27_447_297],
            channels_seen: Vec::new(),
        };
        let held = ClaimVerdict {
            cell,
            operator,
            technology: Technology::Lte,
            status: ClaimStatus::Contradicted,
            claimed: true,
            minimum: Dbm::new(-110.0).ok(),
            claimed_on: Some(date(2026, 1, 1)),
            verdict: Verdict::Weak,
            confirmed: true,
            median,
            evidence,
            operators_contradicted: 1,
        };
        let around =
            VillageSignal { verdict: Verdict::Weak, confirmed: true, median, evidence, place: PlaceVerdict::Hole };
        let judged = |place: &Place, signal| PlaceSignal {
            place: place.id,
            commune: Some(place.commune),
            within_m: 500.0,
            signal,
        };
        let village = |code: &str| VillageReach {
            village: code.parse().unwrap(),
            commune: "13285".parse().unwrap(),
            status: ReachStatus::Low,
            households: Figure::Known(120),
            visited: Figure::Known(40),
            guided: Figure::Suppressed,
            remaining: Figure::Suppressed,
            percent: Figure::NotMeasured,
            last_visit: Some(date(2026, 4, 30)),
            stale: false,
            over_declared: false,
            signal: Some(around),
        };
        Self {
            runs: vec![
                Run {
                    operator,
                    technology: Technology::Nr,
                    device: u64::MAX - 1,
                    cell: at.to_cell(Resolution::Ten),
                    start: now().into(),
                    end: now().into(),
                    samples: 30,
                    censored: 12,
                    median,
                    worst: Some(Dbm::new(-121.9).unwrap()),
                    rsrq_db: Finite::new(-12.3),
                    sinr_db: None,
                    download_kbps: NonMaxU32::new(1_200),
                    serving_cell: NonMaxU64::new(u64::MAX - 1),
                    arfcn: NonMaxU32::new(643_296),
                },
                Run {
                    operator: "a-new-one".parse().unwrap(),
                    technology: Technology::Gsm,
                    device: 0,
                    cell: at.to_cell(Resolution::Ten),
                    start: now().into(),
                    end: now().into(),
                    samples: 1,
                    censored: 1,
                    median: None,
                    worst: None,
                    rsrq_db: None,
                    sinr_db: None,
                    download_kbps: None,
                    serving_cell: None,
                    arfcn: None,
                },
            ],
            cells: vec![verdict(None), verdict(Some(operator))],
            dead_areas: vec![dead(Some(operator)), dead(None)],
            villages: vec![
                village("13285-001"),
                VillageReach {
                    households: Figure::NotReported,
                    status: ReachStatus::NoDenominator,
                    signal: None,
                    last_visit: None,
                    ..village("13285-1003")
                },
            ],
            communes: vec![CommuneReach {
                commune: "13285".parse().unwrap(),
                villages: 3,
                villages_reached: 0,
                villages_unreached: 2,
                villages_no_denominator: 1,
                households: Figure::Known(240),
                guided: Figure::Suppressed,
                guided_of_households: Figure::Known(1),
                percent: Figure::Suppressed,
                cells_measured: 1,
                cells_dead: 1,
                claims: Some(CommuneClaims { claimed: 40, contradicted: 3, unmeasured: 30 }),
                no_report: false,
            }],
            priority: vec![PriorityRow {
                rank: 1,
                village: "13285-1003".parse().unwrap(),
                need: Need::UnreachedUnmeasured,
                households_at_most: Figure::NotReported,
            }],
            places: vec![judged(&places()[0], Some(around)), judged(&places()[1], None)],
            speeds: vec![TileSpeed {
                tile: speeds()[0].tile,
                class: SpeedClass::Slow,
                download_kbps: 4_321.9,
                upload_kbps: None,
                latency_ms: Some(48.6),
                own_download_kbps: 4_000.0,
                tests: 12,
                devices: 5,
                quarters: 2,
                last: speeds()[1].quarter,
            }],
            claims: vec![held],
        }
    }

    pub(in crate::store) fn analysis<'a>(&'a self, made_from: Epoch, rules: &'a Rules) -> Analysis<'a> {
        Analysis {
            made_from,
            as_of: date(2026, 5, 1),
            rules,
            runs_from: RunsFrom { last_sample: 7, samples: 7, devices_compared: 2, largest_offset_db: 1.7 },
            signal: Some(SignalAnalysis {
                runs: Some(&self.runs),
                cells: &self.cells,
                dead_areas: &self.dead_areas,
                places: &self.places,
                speeds: &self.speeds,
                claims: &self.claims,
            }),
            areas: &self.dead_areas,
            villages: &self.villages,
            communes: &self.communes,
            priority: &self.priority,
        }
    }
}
