//! The demo at small scale: the same bytes twice, an exact coverage, rows
//! that parse, and a label on everything that was made.
//!
//! How the files look on a map is judged by eye, not here.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::OnceLock;

use csv::StringRecord;
use geo::{Area, Validation, Winding};
use h3o::{CellIndex, LatLng, Resolution};
use jiff::Timestamp;

use super::*;
use crate::model::measure::{Dbm, LonLat};
use crate::model::operator::{Operator, Technology};
use crate::model::sample::ServiceState;
use crate::model::signal_seen::SignalSeen;
use crate::model::topic::Topics;
use crate::model::village::{VillageCode, VillageConfidence};
use crate::model::visit::VisitResult;

/// The small demo, made once for all tests.
fn demo() -> &'static (tempfile::TempDir, DemoFiles) {
    static DEMO: OnceLock<(tempfile::TempDir, DemoFiles)> = OnceLock::new();
    DEMO.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let files = write(dir.path(), &Scale::small(), &mut |_| ()).unwrap();
        (dir, files)
    })
}

/// Rows of every table of a kind, by column name.
fn rows(kind: ImportKind) -> Vec<HashMap<String, String>> {
    let mut rows = Vec::new();
    let is_table = |file: &&DemoFile| file.kind == kind && file.path.extension().is_some_and(|ending| ending == "csv");
    for file in demo().1.files.iter().filter(is_table) {
        let mut reader = csv::Reader::from_path(&file.path).unwrap();
        let header: StringRecord = reader.headers().unwrap().clone();
        for record in reader.records() {
            let record = record.unwrap();
            rows.push(header.iter().zip(record.iter()).map(|(h, v)| (h.to_owned(), v.to_owned())).collect());
        }
    }
    rows
}

fn polygons(path: &Path) -> Vec<(serde_json::Map<String, serde_json::Value>, Polygon<f64>)> {
    let text = fs::read_to_string(path).unwrap();
    let collection: geojson::FeatureCollection = text.parse::<geojson::GeoJson>().unwrap().try_into().unwrap();
    collection
        .features
        .into_iter()
        .map(|feature| (feature.properties.unwrap(), feature.geometry.unwrap().try_into().unwrap()))
        .collect()
}

fn segments(polygon: &Polygon<f64>) -> Vec<[(u64, u64); 2]> {
    let bits = |c: &geo::Coord<f64>| (c.x.to_bits(), c.y.to_bits());
    polygon.exterior().0.windows(2).map(|pair| [bits(&pair[0]), bits(&pair[1])]).collect()
}

fn point(row: &HashMap<String, String>) -> LonLat {
    LonLat::new(row["lon"].parse().unwrap(), row["lat"].parse().unwrap()).unwrap()
}

fn old_polygons() -> Vec<(serde_json::Map<String, serde_json::Value>, Polygon<f64>)> {
    polygons(&demo().0.path().join("demo_boundaries_2025-06-30.geojson"))
}

#[test]
fn the_same_scale_gives_the_same_bytes_on_one_core_and_on_three() {
    let scale = Scale { samples: 12_000, visits: 2_000 };
    let made = |threads: usize| {
        let dir = tempfile::tempdir().unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let files = pool.install(|| write(dir.path(), &scale, &mut |_| ())).unwrap();
        let mut paths: Vec<PathBuf> = files.files.into_iter().map(|file| file.path).collect();
        paths.push(files.pieces_path);
        paths
            .into_iter()
            .map(|path| (path.file_name().unwrap().to_owned(), fs::read(&path).unwrap()))
            .collect::<BTreeMap<_, _>>()
    };
    let (one, three) = (made(1), made(3));
    assert_eq!(one.keys().collect::<Vec<_>>(), three.keys().collect::<Vec<_>>());
    for (name, bytes) in one {
        assert!(bytes == three[&name], "{} differs", name.display());
    }
}

#[test]
fn old_communes_share_every_border_exactly() {
    let units = old_polygons();
    assert_eq!(units.len(), 398);
    let mut seen = HashSet::new();
    for (properties, polygon) in &units {
        assert!(polygon.is_valid(), "{}", properties["code"]);
        assert!(polygon.exterior().is_ccw(), "{}", properties["code"]);
        for segment in segments(polygon) {
            assert!(seen.insert(segment), "{} overlaps", properties["code"]);
        }
    }
    // What has no opposite is the outline: one closed line, so there is no hole.
    let outline: HashMap<(u64, u64), (u64, u64)> =
        seen.iter().filter(|[a, b]| !seen.contains(&[*b, *a])).map(|[a, b]| (*a, *b)).collect();
    let start = *outline.keys().min().unwrap();
    let mut at = outline[&start];
    let mut length = 1;
    while at != start {
        at = outline[&at];
        length += 1;
    }
    assert_eq!(length, outline.len());
}

#[test]
fn the_province_has_about_its_published_area() {
    let facts = facts::read().unwrap();
    let land = land::lay(&facts).unwrap();
    let drawn_km2: f64 = land.cells.iter().map(|cell| cell.area_m2).sum::<f64>() / 1e6;
    let published_km2: f64 = facts.new.iter().map(|unit| unit.area_km2).sum();
    assert!((0.9..1.1).contains(&(drawn_km2 / published_km2)), "{drawn_km2} of {published_km2}");
    let with_land: BTreeSet<usize> = land.cells.iter().filter(|c| c.area_m2 > 1e5).map(|c| c.new).collect();
    assert_eq!(with_land.len(), 129);
}

#[test]
fn pieces_cover_the_split_communes_and_nothing_else() {
    let units: HashMap<String, f64> = old_polygons()
        .into_iter()
        .map(|(properties, polygon)| (properties["code"].as_str().unwrap().to_owned(), polygon.unsigned_area()))
        .collect();
    let mut covered: BTreeMap<String, f64> = BTreeMap::new();
    let pieces = &demo().1.pieces;
    for piece in pieces {
        *covered.entry(piece.from.to_string()).or_default() += piece.geometry.unsigned_area();
    }
    assert_eq!((pieces.len(), covered.len()), (12, 6));
    for (code, area) in covered {
        assert!((area / units[&code] - 1.0).abs() < 1e-9, "{code}");
    }
    let in_file = polygons(&demo().1.pieces_path);
    assert!(in_file.iter().zip(pieces).all(|((_, polygon), piece)| *polygon == piece.geometry.0[0]));
}

#[test]
fn every_sample_is_one_that_the_model_takes() {
    let samples = rows(ImportKind::Samples);
    assert_eq!(samples.len(), 100_000);
    for row in &samples {
        row["operator"].parse::<Operator>().unwrap();
        row["technology"].parse::<Technology>().unwrap();
        let state = ServiceState::from_code(&row["state"]).unwrap();
        assert_eq!(row["rsrp"].is_empty(), state.is_censored(), "{row:?}");
        if !state.is_censored() {
            Dbm::new(row["rsrp"].parse().unwrap()).unwrap();
        }
        point(row);
        let day = crate::model::measure::local_day(row["time"].parse::<Timestamp>().unwrap());
        assert!((date(2025, 9, 1)..=date(2026, 9, 30)).contains(&day), "{day}");
        assert!(row["device"].starts_with("demo-"), "{row:?}");
    }
}

#[test]
fn some_places_are_silent_for_every_operator_on_several_days() {
    let mut cells: HashMap<CellIndex, (usize, usize, BTreeSet<String>)> = HashMap::new();
    for row in rows(ImportKind::Samples) {
        let at = point(&row);
        let cell = LatLng::new(at.lat(), at.lon()).unwrap().to_cell(Resolution::Nine);
        let (weak, all, days) = cells.entry(cell).or_default();
        let is_weak = row["rsrp"].parse::<f64>().map_or(true, |rsrp| rsrp < -110.0);
        *weak += usize::from(is_weak);
        *all += 1;
        days.insert(row["time"][..10].to_owned());
    }
    let dead = cells.values().filter(|(weak, all, days)| days.len() >= 2 && weak * 10 > all * 9).count();
    assert!(dead >= 3, "{dead} of {}", cells.len());
}

#[test]
fn every_village_is_one_that_the_model_takes_and_lies_in_its_commune() {
    let villages = rows(ImportKind::Villages);
    assert_eq!(villages.len(), 3_150);
    assert_eq!(villages.iter().filter(|row| row["households"].is_empty()).count(), 150);
    let (mut codes, mut names) = (HashSet::new(), HashSet::new());
    for row in &villages {
        let code: VillageCode = row["code"].parse().unwrap();
        assert_eq!(code.commune().to_string(), row["commune_code"]);
        assert!(codes.insert(code), "{code}");
        assert!(names.insert((row["commune_code"].clone(), row["name"].clone())), "{row:?}");
        assert_eq!(VillageConfidence::from_code(&row["confidence"]), Some(VillageConfidence::Synthetic));
        point(row);
    }
    let facts = facts::read().unwrap();
    let land = land::lay(&facts).unwrap();
    for village in villages::settle(&facts, &land) {
        assert!(plane::holds(&land.cells[village.cell].ring, village.at.micro()), "{}", village.code);
    }
}

#[test]
fn every_commune_has_one_centre_and_it_says_that_it_is_made_up() {
    let rows = rows(ImportKind::Places);
    let communes: HashSet<&str> = rows.iter().map(|row| row["commune_code"].as_str()).collect();
    assert_eq!((rows.len(), communes.len()), (129, 129));
    let (facts, land) = (facts::read().unwrap(), land::lay(&facts::read().unwrap()).unwrap());
    for row in &rows {
        assert_eq!((row["kind"].as_str(), row["source"].as_str()), ("commune_centre", SOURCE));
        let at = plane::Spot::from_degrees(row["lon"].parse().unwrap(), row["lat"].parse().unwrap()).micro();
        let holder = land.cells.iter().find(|cell| plane::holds(&cell.ring, at)).unwrap();
        assert_eq!(facts.new[holder.new].code, row["commune_code"], "{row:?}");
    }
}

#[test]
fn speed_tests_name_no_publisher_and_some_rest_on_one_phone() {
    let rows = rows(ImportKind::Speeds);
    assert!(rows.iter().all(|row| row["source"] == SOURCE));
    let number = |row: &HashMap<String, String>, field: &str| row[field].parse::<u32>().unwrap();
    assert!(rows.iter().all(|row| (1..=number(row, "tests")).contains(&number(row, "devices"))));
    let alone = rows.iter().filter(|row| number(row, "devices") == 1).count();
    assert!(rows.len() > 1_000 && alone > 100 && alone < rows.len() / 2, "{alone} of {}", rows.len());
    let keys: HashSet<_> = rows.iter().map(|row| (row["quadkey"].clone(), row["quarter"].clone())).collect();
    assert_eq!(keys.len(), rows.len());
}

#[test]
fn every_visit_is_one_that_the_model_takes_and_outreach_is_uneven() {
    let households: HashMap<String, f64> = rows(ImportKind::Villages)
        .into_iter()
        .filter_map(|row| Some((row["code"].clone(), row["households"].parse().ok()?)))
        .collect();
    let mut guided: HashMap<String, HashSet<String>> = HashMap::new();
    let mut ids = HashSet::new();
    let mut communes = HashSet::new();
    let (mut taught, mut checked) = (0, 0);
    for row in rows(ImportKind::Visits) {
        assert!(ids.insert(row["id"].clone()) && row["id"].starts_with("demo-"), "{row:?}");
        row["time"].parse::<Timestamp>().unwrap();
        point(&row);
        let result = VisitResult::from_code(&row["result"]).unwrap();
        communes.insert(row["commune_code"].clone());
        for operator in radio::OPERATORS {
            let seen = &row[&format!("signal_{operator}")];
            assert!(seen.is_empty() || SignalSeen::from_code(seen).is_some(), "{row:?}");
        }
        if row["supervision"] == "yes" {
            checked += 1;
            continue;
        }
        let topics = &row["topic"];
        assert!(topics.is_empty() || Topics::from_codes(topics).is_some(), "{row:?}");
        taught += usize::from(!topics.is_empty());
        let spoke = |topic: &str| topics.split(' ').any(|one| one == topic);
        for (topic, yields) in [("vneid", "n_vneid2_new"), ("dvctt", "n_dvc_new"), ("epay", "n_epay_new")] {
            assert_eq!(
                spoke(topic),
                !row[yields].is_empty(),
                "missing where nobody spoke of it, else a count: {row:?}"
            );
        }
        if result == VisitResult::Guided && !row["village_code"].is_empty() {
            guided.entry(row["village_code"].clone()).or_default().insert(row["household"].clone());
        }
    }
    assert!((10_000..40_000).contains(&ids.len()), "{}", ids.len());
    assert!(communes.len() <= 117, "{}", communes.len());
    assert!(taught > ids.len() / 2 && taught < ids.len(), "{taught} visits say what was taught");
    assert!(checked > 20 && checked < ids.len() / 50, "{checked} of {} visits check another", ids.len());
    let share = |low: f64, high: f64| {
        let within = |(code, homes): (&String, &HashSet<String>)| {
            let size = u32::try_from(homes.len()).unwrap();
            households.get(code).is_some_and(|h| (low..high).contains(&(f64::from(size) / h)))
        };
        guided.iter().filter(|(code, homes)| within((code, homes))).count()
    };
    for (low, high) in [(0.0, 0.2), (0.2, 0.75), (0.75, 0.9), (0.9, 1.01)] {
        assert!(share(low, high) > 0, "nobody between {low} and {high}");
    }
    assert!(guided.values().any(|homes| homes.len() < 5), "nothing to test the privacy floor with");
}

#[test]
fn the_claim_is_of_one_operator_and_says_that_it_is_made_up() {
    let file = demo().1.files.iter().find(|file| file.kind == ImportKind::Claims).unwrap();
    let features = polygons(&file.path);
    let land = land::lay(&facts::read().unwrap()).unwrap();
    assert!(features.len() < land.cells.len() && features.len() * 5 > land.cells.len() * 4, "{}", features.len());
    for (properties, _) in features {
        assert_eq!((&properties["operator"], &properties["technology"]), (&"viettel".into(), &"4G".into()));
        assert_eq!((&properties["synthetic"], &properties["source"]), (&true.into(), &SOURCE.into()));
    }
}

#[test]
fn some_villages_have_an_extent_around_their_point() {
    let files = &demo().1.files;
    let drawn = files.iter().rfind(|file| file.kind == ImportKind::Villages).unwrap();
    let features = polygons(&drawn.path);
    assert!((50..600).contains(&features.len()), "{}", features.len());
    for (properties, _) in features {
        assert!(properties["code"].as_str().unwrap().contains('-') && properties["source"] == SOURCE, "{properties:?}");
        assert!(["declared", "footprints"].contains(&properties["extent_source"].as_str().unwrap()));
    }
}

#[test]
fn whatever_is_made_says_so() {
    let (dir, files) = demo();
    for entry in fs::read_dir(dir.path()).unwrap() {
        assert!(entry.unwrap().file_name().to_str().unwrap().starts_with("demo_"));
    }
    for path in [&files.files[0].path, &files.pieces_path] {
        for (properties, _) in polygons(path) {
            assert_eq!(properties["approximate"], true);
            assert_eq!(properties["source"], BOUNDARY_SOURCE);
        }
    }
}

#[test]
fn files_come_in_the_order_of_import() {
    let kinds: Vec<ImportKind> = demo().1.files.iter().map(|file| file.kind).collect();
    let order = [
        ImportKind::Boundaries,
        ImportKind::Mergers,
        ImportKind::Villages,
        ImportKind::Villages, // Their extents.
        ImportKind::Visits,
        ImportKind::Places,
        ImportKind::Teams,
        ImportKind::Activities,
        ImportKind::Speeds,
        ImportKind::Claims,
    ];
    assert_eq!(kinds[..10], order);
    assert!(kinds[10..].iter().all(|kind| *kind == ImportKind::Samples));
}

#[test]
fn a_folder_that_is_a_file_is_refused_with_its_path() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("taken");
    fs::write(&path, "here").unwrap();
    let error = write(&path, &Scale::small(), &mut |_| ()).unwrap_err();
    assert!(matches!(&error, DemoError::Write { path: p, .. } if *p == path), "{error}");
}

#[test]
fn teams_and_activities_are_made_up_and_leave_something_to_mend() {
    let of = |kind| {
        let file = demo().1.files.iter().find(|file| file.kind == kind).unwrap();
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_path(&file.path).unwrap();
        let header = reader.headers().unwrap().clone();
        let record = |record: Result<StringRecord, csv::Error>| -> HashMap<String, String> {
            header.iter().map(str::to_owned).zip(record.unwrap().iter().map(str::to_owned)).collect()
        };
        reader.records().map(record).collect::<Vec<HashMap<String, String>>>()
    };
    let teams = of(ImportKind::Teams);
    assert!(teams.iter().all(|row| row["Nguồn"] == SOURCE));
    let communes: HashSet<&str> = teams.iter().map(|row| row["Mã xã"].as_str()).collect();
    assert!((100..129).contains(&communes.len()), "some communes sent no list: {}", communes.len());
    let small = |row: &&HashMap<String, String>| row["Số thành viên"].parse().is_ok_and(|members: u32| members < 9);
    assert!(teams.iter().filter(small).count() > 100);
    let activities = of(ImportKind::Activities);
    assert!(activities.iter().all(|row| row["Nguồn"] == SOURCE));
    let reports = activities.iter().filter(|row| row["Loại hoạt động"] == "Báo cáo").count();
    assert!((300..645).contains(&reports), "{reports}");
}
