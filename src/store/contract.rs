//! What every side of the store must do, written once.
//!
//! Each fact takes an empty store and knows nothing of SQL. A new side passes
//! by calling [`all`] with a way to make empty stores.

use std::future::Future;
use std::sync::Arc;

use geo_types::{MultiPolygon, polygon};
use h3o::{CellIndex, LatLng, Resolution};
use jiff::Timestamp;
use jiff::civil::{Date, date};

use super::{Analysis, Store, StoreError};
use crate::model::admin::{AdminUnit, Share, UnitChange, UnitKind};
use crate::model::figure::Figure;
use crate::model::import::{Counts, Epoch, ImportKind, NewImport};
use crate::model::measure::{Dbm, LonLat};
use crate::model::operator::{Operator, Technology};
use crate::model::reach::{CommuneReach, Need, PriorityRow, ReachStatus, VillageReach};
use crate::model::refusal::{Reason, Reject};
use crate::model::rules::Rules;
use crate::model::sample::{Run, Sample, ServiceState};
use crate::model::verdict::{CellVerdict, DeadArea, Evidence, Verdict, VillageSignal};
use crate::model::village::{Village, VillageConfidence};
use crate::model::visit::{AssignMethod, SignalSeen, Visit, VisitResult};

/// Runs every fact on a store of its own.
pub(super) async fn all<F, Fut>(empty: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = Arc<dyn Store>>,
{
    what_went_in_comes_back(empty().await).await;
    the_same_rows_twice_change_nothing(empty().await).await;
    a_changed_row_is_updated_and_counted(empty().await).await;
    silence_does_not_reopen_or_erase_a_unit(empty().await).await;
    a_new_edition_ends_the_older_ones(empty().await).await;
    a_dropped_import_never_happened(empty().await).await;
    a_failed_import_cannot_be_committed(empty().await).await;
    an_import_is_found_by_its_hash(empty().await).await;
    refused_rows_keep_their_reason(empty().await).await;
    samples_come_in_pieces_and_once_each(empty().await).await;
    two_villages_cannot_share_a_source_key(empty().await).await;
    an_analysis_replaces_the_last_one(empty().await).await;
    an_analysis_of_old_data_is_refused(empty().await).await;
    two_stores_share_neither_epoch_nor_key(empty().await, empty().await).await;
}

async fn what_went_in_comes_back(store: Arc<dyn Store>) {
    let (units, changes, villages) = (units(), changes(), villages());
    let (visits, samples) = (visits(), samples(50));
    let mut import = store.begin(&file(ImportKind::Boundaries, "a"), now()).await.unwrap();
    assert_eq!(import.put_units(&units).await.unwrap(), inserted(3));
    assert_eq!(import.put_changes(&changes).await.unwrap(), inserted(2));
    assert_eq!(import.put_villages(&villages).await.unwrap(), inserted(3));
    assert_eq!(import.put_visits(&visits).await.unwrap(), inserted(2));
    assert_eq!(import.put_samples(&samples).await.unwrap(), inserted(50));
    let record = import.commit().await.unwrap();
    assert_eq!(record.counts, inserted(60));

    // By code and day: 37 (a province) sorts before the two communes.
    assert_eq!(store.units().await.unwrap(), units);
    assert_eq!(store.changes().await.unwrap(), changes);
    assert_eq!(store.villages().await.unwrap(), villages);
    assert_eq!(store.visits().await.unwrap(), visits);
    assert_eq!(all_samples(&store).await, samples);
    assert_eq!(store.check().await.unwrap(), []);
}

async fn the_same_rows_twice_change_nothing(store: Arc<dyn Store>) {
    let first = fill(&store, "a").await;
    let epoch = store.epoch().await.unwrap();
    let second = fill(&store, "b").await;
    assert_eq!(second, Counts { unchanged: first.inserted, ..Counts::default() });
    assert_eq!(store.epoch().await.unwrap(), epoch, "nothing changed, so no reader has to look again");
    assert_eq!(store.imports().await.unwrap().len(), 2);
}

async fn a_changed_row_is_updated_and_counted(store: Arc<dyn Store>) {
    fill(&store, "a").await;
    let before = store.epoch().await.unwrap();
    let mut villages = villages();
    villages[0].households = Some(121);
    villages[1].point = None;
    let mut visits = visits();
    visits[1].result = VisitResult::Guided;
    let mut changes = changes();
    changes[0].share = Share::Part;
    let mut units = units();
    units[1].name = "Phủ Lý mới".into();

    let mut import = store.begin(&file(ImportKind::Villages, "b"), now()).await.unwrap();
    assert_eq!(import.put_villages(&villages).await.unwrap(), Counts { inserted: 0, updated: 2, unchanged: 1 });
    assert_eq!(import.put_visits(&visits).await.unwrap(), Counts { inserted: 0, updated: 1, unchanged: 1 });
    assert_eq!(import.put_changes(&changes).await.unwrap(), Counts { inserted: 0, updated: 1, unchanged: 1 });
    assert_eq!(import.put_units(&units).await.unwrap(), Counts { inserted: 0, updated: 1, unchanged: 2 });
    import.commit().await.unwrap();

    assert_eq!(store.villages().await.unwrap(), villages);
    assert_eq!(store.visits().await.unwrap(), visits);
    assert_eq!(store.changes().await.unwrap(), changes);
    assert_eq!(store.units().await.unwrap(), units);
    assert_eq!(store.epoch().await.unwrap().number, before.number + 1);
    assert_eq!(store.check().await.unwrap(), []);
}

async fn silence_does_not_reopen_or_erase_a_unit(store: Arc<dyn Store>) {
    let mut closed = units();
    closed[1].valid_to = Some(date(2026, 4, 30));
    put_units(&store, &closed, "a").await;
    let mut silent = units();
    silent[1].geometry = None;
    silent[1].approximate = true;
    assert_eq!(put_units(&store, &silent, "b").await, Counts { unchanged: 3, ..Counts::default() });
    assert_eq!(store.units().await.unwrap(), closed);
}

async fn a_new_edition_ends_the_older_ones(store: Arc<dyn Store>) {
    put_units(&store, &units(), "a").await;
    let day = date(2026, 4, 30);
    let mut next = units()[1].clone();
    next.valid_from = day;
    let before = store.epoch().await.unwrap().number;
    let mut import = store.begin(&file(ImportKind::Boundaries, "b"), now()).await.unwrap();
    import.put_units(std::slice::from_ref(&next)).await.unwrap();
    assert_eq!(import.end_units(day, day).await.unwrap(), 2, "both communes of 2025, not the province");
    import.commit().await.unwrap();
    let ends: Vec<(String, Option<Date>)> =
        store.units().await.unwrap().iter().map(|unit| (unit.code.to_string(), unit.valid_to)).collect();
    let expected = [("13285", Some(day)), ("14329", Some(day)), ("14329", None), ("37", None)];
    assert_eq!(ends, expected.map(|(code, end)| (code.to_owned(), end)));
    assert_eq!(store.epoch().await.unwrap().number, before + 1);
}

async fn a_dropped_import_never_happened(store: Arc<dyn Store>) {
    fill(&store, "a").await;
    let before = (store.epoch().await.unwrap(), all_samples(&store).await.len(), store.imports().await.unwrap());
    let mut import = store.begin(&file(ImportKind::Samples, "b"), now()).await.unwrap();
    import.put_samples(&samples(5_000)).await.unwrap();
    import.put_refused(&[Reject::new(2, "lat", "x", Reason::NotANumber)]).await.unwrap();
    drop(import);
    let after = (store.epoch().await.unwrap(), all_samples(&store).await.len(), store.imports().await.unwrap());
    assert_eq!(before, after);
    // The lock is free again.
    fill(&store, "c").await;
}

async fn a_failed_import_cannot_be_committed(store: Arc<dyn Store>) {
    let mut nameless = villages();
    nameless[2].name = String::new();
    let mut import = store.begin(&file(ImportKind::Villages, "a"), now()).await.unwrap();
    let refusal = import.put_villages(&nameless).await.unwrap_err();
    assert!(matches!(&refusal, StoreError::Rule { rule, .. } if rule == "village_has_name"), "{refusal:?}");
    assert!(import.commit().await.is_err(), "two of three villages are not the file");
    assert_eq!(store.villages().await.unwrap(), []);
}

async fn an_import_is_found_by_its_hash(store: Arc<dyn Store>) {
    assert_eq!(store.find_import(ImportKind::Villages, "h").await.unwrap(), None);
    let new = NewImport { synthetic: true, ..file(ImportKind::Villages, "h") };
    let mut import = store.begin(&new, now()).await.unwrap();
    import.put_villages(&villages()).await.unwrap();
    import.put_dropped_fields(&["phone".into(), "họ tên".into()]).await.unwrap();
    import.put_dropped_fields(&["phone".into()]).await.unwrap();
    let record = import.commit().await.unwrap();
    assert_eq!(record.dropped_fields, ["phone", "họ tên"]);
    assert_eq!((record.at, record.synthetic, record.counts), (now(), true, inserted(3)));
    assert_eq!(store.find_import(ImportKind::Villages, "h").await.unwrap(), Some(record.clone()));
    assert_eq!(store.find_import(ImportKind::Visits, "h").await.unwrap(), None);
    assert_eq!(store.imports().await.unwrap(), [record]);
}

async fn refused_rows_keep_their_reason(store: Arc<dyn Store>) {
    let rejects = [
        Reject::new(412, "lat", "106.7", Reason::SwappedLatLon),
        Reject::new(3, "", "", Reason::WrongWidth { expected: 7 }),
    ];
    let mut import = store.begin(&file(ImportKind::Visits, "a"), now()).await.unwrap();
    import.put_refused(&rejects).await.unwrap();
    let record = import.commit().await.unwrap();
    assert_eq!(record.refused, 2);
    let rows = store.refused(record.id).await.unwrap();
    assert_eq!((rows[0].line, rows[0].field.as_str(), rows[0].reason.as_str()), (412, "lat", "swapped_lat_lon"));
    assert_eq!(rows[0].hint.as_deref(), Some("latitude and longitude look swapped"));
    assert_eq!((rows[1].line, rows[1].expected.as_str()), (3, "7 columns"));
    assert_eq!(store.epoch().await.unwrap().number, 0, "only refused rows: the data are as they were");
}

async fn samples_come_in_pieces_and_once_each(store: Arc<dyn Store>) {
    let many = samples(150_000);
    let mut import = store.begin(&file(ImportKind::Samples, "a"), now()).await.unwrap();
    assert_eq!(import.put_samples(&many[..100]).await.unwrap(), inserted(100));
    let overlapping = Counts { inserted: 149_900, updated: 0, unchanged: 100 };
    assert_eq!(import.put_samples(&many).await.unwrap(), overlapping);
    import.commit().await.unwrap();
    let mut pieces = Vec::new();
    let total = store.samples(&mut |piece| pieces.push(piece.len())).await.unwrap();
    assert_eq!((total, pieces), (150_000, vec![100_000, 50_000]));
    assert_eq!(all_samples(&store).await, many);
}

async fn two_villages_cannot_share_a_source_key(store: Arc<dyn Store>) {
    let mut twins = villages();
    twins[2].source_key = twins[0].source_key.clone();
    let mut import = store.begin(&file(ImportKind::Villages, "a"), now()).await.unwrap();
    let refusal = import.put_villages(&twins).await.unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "two villages carry the same id of the same source (rule `village_has_one_row_a_source`)"
    );
}

async fn an_analysis_replaces_the_last_one(store: Arc<dyn Store>) {
    fill(&store, "a").await;
    assert_eq!(store.analysed().await.unwrap(), None);
    let rules = Rules::default();
    let parts = Parts::new();
    for _ in 0..2 {
        let made_from = store.epoch().await.unwrap();
        store.replace_analysis(&parts.analysis(made_from.clone(), &rules), now()).await.unwrap();
        assert_eq!(store.runs().await.unwrap(), parts.runs);
        let stamp = store.analysed().await.unwrap().unwrap();
        let epoch = store.epoch().await.unwrap();
        assert_eq!((stamp.made_from, epoch.number), (made_from.number, made_from.number + 1));
        assert_eq!((stamp.as_of, stamp.at), (date(2026, 5, 1), now()));
        assert!(stamp.is_current(&epoch, &rules));
        let mut stricter = Rules::default();
        stricter.reach.k = 10;
        assert!(!stamp.is_current(&epoch, &stricter));
        assert_eq!(store.check().await.unwrap(), []);
    }
    let mut import = store.begin(&file(ImportKind::Samples, "b"), now()).await.unwrap();
    import.put_samples(&samples(60)).await.unwrap();
    import.commit().await.unwrap();
    let stamp = store.analysed().await.unwrap().unwrap();
    assert!(!stamp.is_current(&store.epoch().await.unwrap(), &rules), "the data moved on");
}

async fn an_analysis_of_old_data_is_refused(store: Arc<dyn Store>) {
    let old = store.epoch().await.unwrap();
    fill(&store, "a").await;
    let parts = Parts::new();
    let refusal = store.replace_analysis(&parts.analysis(old, &Rules::default()), now()).await.unwrap_err();
    assert!(matches!(refusal, StoreError::Moved { .. }), "{refusal:?}");
    assert_eq!(store.analysed().await.unwrap(), None);
}

async fn two_stores_share_neither_epoch_nor_key(one: Arc<dyn Store>, other: Arc<dyn Store>) {
    assert_ne!(one.epoch().await.unwrap(), other.epoch().await.unwrap());
    assert_ne!(one.household_key().await.unwrap(), other.household_key().await.unwrap());
    assert_eq!(one.household_key().await.unwrap(), one.household_key().await.unwrap());
}

/// Puts the small province in and returns what was counted.
pub(super) async fn fill(store: &Arc<dyn Store>, hash: &str) -> Counts {
    let mut import = store.begin(&file(ImportKind::Boundaries, hash), now()).await.unwrap();
    import.put_units(&units()).await.unwrap();
    import.put_changes(&changes()).await.unwrap();
    import.put_villages(&villages()).await.unwrap();
    import.put_visits(&visits()).await.unwrap();
    import.put_samples(&samples(50)).await.unwrap();
    import.commit().await.unwrap().counts
}

async fn put_units(store: &Arc<dyn Store>, units: &[AdminUnit], hash: &str) -> Counts {
    let mut import = store.begin(&file(ImportKind::Boundaries, hash), now()).await.unwrap();
    import.put_units(units).await.unwrap();
    import.commit().await.unwrap().counts
}

async fn all_samples(store: &Arc<dyn Store>) -> Vec<Sample> {
    let mut all = Vec::new();
    store.samples(&mut |piece| all.extend(piece)).await.unwrap();
    all
}

fn inserted(rows: u64) -> Counts {
    Counts { inserted: rows, ..Counts::default() }
}

pub(super) fn file(kind: ImportKind, hash: &str) -> NewImport {
    NewImport { kind, file: "file.csv".into(), hash: hash.into(), profile: "canonical".into(), synthetic: false }
}

pub(super) fn now() -> Timestamp {
    "2026-05-01T01:02:03.456Z".parse().unwrap()
}

pub(super) fn units() -> Vec<AdminUnit> {
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

fn changes() -> Vec<UnitChange> {
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

pub(super) fn villages() -> Vec<Village> {
    let village = |code: &str, point: Option<(f64, f64)>, source_key: &str| Village {
        code: code.parse().unwrap(),
        commune: "13285".parse().unwrap(),
        name: "Xóm Một".into(),
        aliases: vec!["Xóm 1".into(), "Xóm I, \"cũ\"".into()],
        point: point.map(|(lon, lat)| LonLat::new(lon, lat).unwrap()),
        point_precision_m: Some(150.1),
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
        village("13285-002", Some((105.95, 20.55)), "k2"),
        Village { households: None, households_date: None, aliases: vec![], ..village("13285-1003", None, "k3") },
    ]
}

fn visits() -> Vec<Visit> {
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
        signal_seen: vec![(viettel, SignalSeen::Ok), (vnpt, SignalSeen::None)],
        flags: vec!["accuracy_zero".into(), "no_point".into()],
    };
    let bare = Visit {
        source_id: "uuid:0".into(),
        village: None,
        assigned_by: AssignMethod::CommuneOnly,
        point: None,
        accuracy_m: None,
        result: VisitResult::NotHome,
        guided_people: None,
        signal_seen: vec![],
        flags: vec![],
        ..visit.clone()
    };
    vec![visit, bare]
}

/// A drive: one reading a second, every ninth without service.
pub(super) fn samples(count: u32) -> Vec<Sample> {
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
                rsrq_db: (i % 2 == 0).then_some(-11.7),
                sinr_db: (i % 3 == 0).then_some(7.3),
                download_kbps: (i % 5 == 0).then_some(20_480),
                position: LonLat::new(105.8 + step * 1e-6, 20.1 + step / 3e6).unwrap(),
                accuracy_m: (i % 4 != 0).then_some(3.9),
                time: Timestamp::from_millisecond(1_770_000_000_000 + i64::from(i) * 1000).unwrap(),
                device: u64::MAX - 3,
                serving_cell: (i % 7 != 0).then_some(u64::MAX),
            }
        })
        .collect()
}

/// An analysis of the small province, with one of everything.
pub(super) struct Parts {
    pub(super) runs: Vec<Run>,
    pub(super) cells: Vec<CellVerdict>,
    pub(super) dead_areas: Vec<DeadArea>,
    pub(super) villages: Vec<VillageReach>,
    pub(super) communes: Vec<CommuneReach>,
    pub(super) priority: Vec<PriorityRow>,
}

impl Parts {
    pub(super) fn new() -> Self {
        let at = LatLng::new(20.5, 105.9).unwrap();
        let (cell, operator): (CellIndex, Operator) = (at.to_cell(Resolution::Nine), "viettel".parse().unwrap());
        let evidence = Evidence {
            runs: 6,
            days: 3,
            devices: 2,
            samples: 640,
            weak_runs: 5,
            silent_runs: 1,
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
            households: 120,
            villages_without_households: 1,
            evidence,
            confirmed: false,
            worst: None,
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
            signal: Some(VillageSignal { verdict: Verdict::Weak, confirmed: true, median, evidence }),
        };
        Self {
            runs: vec![
                Run {
                    operator,
                    technology: Technology::Nr,
                    device: u64::MAX - 1,
                    cell: at.to_cell(Resolution::Ten),
                    start: now(),
                    end: now(),
                    samples: 30,
                    censored: 12,
                    median,
                    worst: Some(Dbm::new(-121.9).unwrap()),
                    rsrq_db: Some(-12.3),
                    sinr_db: None,
                    download_kbps: Some(1_200),
                },
                Run {
                    operator: "a-new-one".parse().unwrap(),
                    technology: Technology::Gsm,
                    device: 0,
                    cell: at.to_cell(Resolution::Ten),
                    start: now(),
                    end: now(),
                    samples: 1,
                    censored: 1,
                    median: None,
                    worst: None,
                    rsrq_db: None,
                    sinr_db: None,
                    download_kbps: None,
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
                percent: Figure::Suppressed,
                cells_measured: 1,
                cells_dead: 1,
                no_report: false,
            }],
            priority: vec![PriorityRow {
                rank: 1,
                village: "13285-1003".parse().unwrap(),
                need: Need::UnreachedUnmeasured,
                score: 0.0,
            }],
        }
    }

    pub(super) fn analysis<'a>(&'a self, made_from: Epoch, rules: &'a Rules) -> Analysis<'a> {
        Analysis {
            made_from,
            as_of: date(2026, 5, 1),
            rules,
            runs: &self.runs,
            cells: &self.cells,
            dead_areas: &self.dead_areas,
            villages: &self.villages,
            communes: &self.communes,
            priority: &self.priority,
        }
    }
}
