//! What only the embedded side promises: the contract, the file that is
//! nobody else's, and the GeoPackage that other programs open.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;

use super::{SqliteStore, open};
use crate::model::import::{ImportKind, NewImport};
use crate::model::language::Language;
use crate::model::rules::Rules;
use crate::model::sample::Sample;
use crate::model::site::Site;
use crate::store::contract;
use crate::store::contract::province::{Parts, file, now, samples, sites, units};
use crate::store::{Store, StoreError, StoreProblem};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_embedded_side_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let next = std::sync::atomic::AtomicUsize::new(0);
    contract::all(|| {
        let number = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = folder.path().join(format!("{number}.gpkg"));
        async move { crate::store::open(path.to_str().unwrap()).await.unwrap() }
    })
    .await;
}

#[tokio::test]
async fn a_store_opens_again_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phusong.gpkg");
    let path = path.to_str().unwrap();
    let store = filled(path).await;
    let (epoch, key) = (store.epoch().await.unwrap(), store.household_key().await.unwrap());
    store.close().await;
    for store in [crate::store::open(path).await.unwrap(), crate::store::open_read_only(path).await.unwrap()] {
        assert_eq!(store.epoch().await.unwrap(), epoch);
        assert_eq!(store.household_key().await.unwrap(), key);
        assert_eq!(store.units().await.unwrap(), units());
        store.close().await;
    }
}

#[tokio::test]
async fn a_mast_that_stands_under_an_earlier_key_is_not_doubled() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phusong.gpkg");
    let sector = Site { cell: Some(1), exact: true, name: "NBH0012".to_owned(), ..sites().remove(0) };
    let put = async |hash: &str| {
        let store = crate::store::open(path.to_str().unwrap()).await.unwrap();
        let mut import = store.begin(&file(ImportKind::Sites, hash), now()).await.unwrap();
        let counts = import.put_sites(std::slice::from_ref(&sector)).await.unwrap();
        import.commit().await.unwrap();
        let known = store.sites().await.unwrap();
        store.close().await;
        (counts.inserted, known)
    };
    assert_eq!(put("a").await, (1, vec![sector.clone()]));
    let mut connection = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    super::bulk::define_spatial_functions(&mut connection).await.unwrap();
    sqlx::query("UPDATE sites SET fid = 7").execute(&mut connection).await.unwrap();
    sqlx::Connection::close(connection).await.unwrap();
    assert_eq!(put("b").await, (0, vec![sector.clone()]));
}

/// A store of before has `vt`, which is read as Viettel by now; what comes in stands under Viettel's own name.
#[tokio::test]
async fn what_comes_in_has_the_name_of_its_network_beside_one_that_is_read_as_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phusong.gpkg");
    let path = path.to_str().unwrap();
    filled(path).await.close().await;
    sql(path, "INSERT INTO operator (slug) SELECT 'viettel' WHERE NOT EXISTS (SELECT 1 FROM operator WHERE slug = 'viettel'); INSERT INTO operator (slug) VALUES ('vt')").await;
    let store = SqliteStore::open(path).await.unwrap();
    let mut import = store.begin(&file(ImportKind::Samples, "later"), now()).await.unwrap();
    let fresh = Sample { time: now(), ..samples(1).remove(0) };
    assert_eq!(import.put_samples(&[fresh]).await.unwrap().inserted, 1);
    import.commit().await.unwrap();
    let named = "SELECT slug FROM private_sample JOIN operator ON operator.id = operator_id GROUP BY slug";
    assert!(!lines(&store, named).await.contains(&"vt".to_owned()));
    store.close().await;
}

#[tokio::test]
async fn a_read_only_store_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phusong.gpkg");
    let path = path.to_str().unwrap();
    assert!(matches!(crate::store::open_read_only(path).await.err(), Some(StoreError::NoFile { .. })));
    filled(path).await.close().await;
    let store = crate::store::open_read_only(path).await.unwrap();
    let refusal = store.begin(&file(ImportKind::Visits, "x"), now()).await.err();
    assert!(matches!(refusal, Some(StoreError::ReadOnly)), "{refusal:?}");
}

#[tokio::test]
async fn a_strangers_file_is_refused_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("visits.csv");
    std::fs::write(&csv, "lon,lat\n105.9,20.5\n").unwrap();
    let truncated = folder.path().join("cut.gpkg");
    std::fs::write(&truncated, b"SQLite format 3\0 and then nothing of the kind").unwrap();
    let other = folder.path().join("other.gpkg");
    let mut connection = SqliteConnectOptions::new().filename(&other).create_if_missing(true).connect().await.unwrap();
    sqlx::raw_sql("PRAGMA application_id = 1196444487; CREATE TABLE gpkg_contents (table_name TEXT)")
        .execute(&mut connection)
        .await
        .unwrap();
    sqlx::Connection::close(connection).await.unwrap();

    for (path, words) in [
        (&csv, "not an SQLite file"),
        (&truncated, "a damaged SQLite file"),
        (&other, "the GeoPackage of another program"),
    ] {
        let before = std::fs::read(path).unwrap();
        for outcome in [
            crate::store::open(path.to_str().unwrap()).await,
            crate::store::open_read_only(path.to_str().unwrap()).await,
        ] {
            let refusal = outcome.err().unwrap();
            assert!(matches!(&refusal, StoreError::NotAStore { found, .. } if *found == words), "{refusal:?}");
            assert!(refusal.hint(Language::En).is_some());
        }
        assert_eq!(std::fs::read(path).unwrap(), before, "{}", path.display());
    }
    let mut names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["cut.gpkg", "other.gpkg", "visits.csv"], "no log was left beside them");
}

#[tokio::test]
async fn a_missing_folder_is_named() {
    let refusal = crate::store::open("/no/such/folder/phusong.gpkg").await.err().unwrap();
    assert!(matches!(&refusal, StoreError::Io { path, .. } if path.ends_with("phusong.gpkg")), "{refusal:?}");
}

#[tokio::test]
async fn a_store_of_the_future_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phusong.gpkg");
    let path = path.to_str().unwrap();
    filled(path).await.close().await;
    sql(
        path,
        "INSERT INTO _sqlx_migrations SELECT 9999, 'later', installed_on, 1, checksum, 0 FROM _sqlx_migrations LIMIT 1",
    )
    .await;
    for outcome in [crate::store::open(path).await, crate::store::open_read_only(path).await] {
        let refusal = outcome.err().unwrap();
        assert!(matches!(refusal, StoreError::NewerThanThisProgram { found: 9999, .. }), "{refusal:?}");
    }
}

#[tokio::test]
async fn a_second_writer_is_told_to_wait() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phusong.gpkg");
    let path = path.to_str().unwrap();
    let hasty = |path: &str| {
        let path = path.to_owned();
        async move { SqliteStore { pool: open::for_writing(&path, Duration::from_millis(50)).await.unwrap() } }
    };
    let (one, other) = (hasty(path).await, hasty(path).await);
    let import = one.begin(&file(ImportKind::Visits, "a"), now()).await.unwrap();
    let refusal = other.begin(&file(ImportKind::Visits, "b"), now()).await.err().unwrap();
    assert!(matches!(refusal, StoreError::Locked), "{refusal:?}");
    assert!(refusal.hint(Language::Vi).is_some());
    drop(import);
    one.close().await;
    other.begin(&file(ImportKind::Visits, "b"), now()).await.unwrap().commit().await.unwrap();
}

#[tokio::test]
async fn after_a_commit_the_one_file_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phusong.gpkg");
    let store = filled(path.to_str().unwrap()).await;
    let copy = folder.path().join("copy.gpkg");
    std::fs::copy(&path, &copy).unwrap();
    let copied = crate::store::open(copy.to_str().unwrap()).await.unwrap();
    assert_eq!(copied.epoch().await.unwrap(), store.epoch().await.unwrap());
    assert_eq!(copied.villages().await.unwrap(), store.villages().await.unwrap());
}

#[tokio::test]
async fn a_damaged_value_is_named_by_table_column_and_row() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phusong.gpkg");
    let path = path.to_str().unwrap();
    let store = filled(path).await;
    sql(path, "UPDATE private_sample SET rsrp = 12.0 WHERE rowid = 7").await;
    let error = store.samples(&mut |_| ()).await.unwrap_err();
    assert_eq!(error.to_string(), "`rsrp` in row 7 of `private_sample` cannot be read");
    sql(path, "UPDATE village_register SET geom = x'4750' WHERE rowid = 2").await;
    let error = store.villages().await.unwrap_err();
    assert_eq!(error.to_string(), "`geom` in row 2 of `village_register` cannot be read");
}

#[tokio::test]
async fn the_check_sees_an_index_out_of_step() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phusong.gpkg");
    let path = path.to_str().unwrap();
    let store = filled(path).await;
    sql(path, "DELETE FROM rtree_villages_geom").await;
    sql(path, "PRAGMA application_id = 7").await;
    let problems = store.check().await.unwrap();
    assert!(problems.contains(&StoreProblem::NotAGeoPackage { found: 7 }), "{problems:?}");
    let index = StoreProblem::Index { layer: "villages".into(), shapes: 2, indexed: 0 };
    assert!(problems.contains(&index), "{problems:?}");
}

#[tokio::test]
async fn a_village_lies_in_the_commune_that_it_was_counted_in_and_is_marked_like_the_map() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phusong.gpkg");
    let path = path.to_str().unwrap();
    filled(path).await.close().await;
    let store = SqliteStore::open(path).await.unwrap();
    let (mut parts, rules) = (Parts::new(), Rules::default());
    parts.villages[0].commune = "14329".parse().unwrap();
    store.replace_analysis(&parts.analysis(store.epoch().await.unwrap(), &rules), now()).await.unwrap();
    let villages =
        "SELECT code || '|' || commune || '|' || commune_name || '|' || synthetic FROM villages ORDER BY fid";
    let read = lines(&store, villages).await;
    assert_eq!(read[0], "13285-001|14329|Xã Gia Viễn|0");
    assert_eq!(read[2], "13285-1003|13285|Phường Phủ Lý|0");
    let declared = "SELECT commune FROM village_register WHERE code = '13285-001'";
    assert_eq!(lines(&store, declared).await, ["13285"]);
    let demo = NewImport { synthetic: true, ..file(ImportKind::Visits, "made up") };
    store.begin(&demo, now()).await.unwrap().commit().await.unwrap();
    store.replace_analysis(&parts.analysis(store.epoch().await.unwrap(), &rules), now()).await.unwrap();
    for marked in [
        "SELECT min(synthetic) || '' FROM villages",
        "SELECT min(synthetic) || '' FROM cells",
        "SELECT min(synthetic) || '' FROM dead_areas",
        "SELECT min(synthetic) || '' FROM communes",
    ] {
        assert_eq!(lines(&store, marked).await, ["1"], "{marked}");
    }
}

#[tokio::test]
async fn a_village_carries_the_evidence_of_its_signal_and_its_dead_area() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phusong.gpkg");
    let store = analysed(path.to_str().unwrap()).await;
    let parts = Parts::new();
    let evidence = parts.cells[0].evidence;
    let area = parts.dead_areas[1].anchor;
    let said = format!(
        "{}|{}|{}|{}|{}|{area}",
        evidence.devices,
        evidence.superseded_runs,
        (evidence.weak_low * 1000.0).round() / 1000.0,
        (evidence.weak_high * 1000.0).round() / 1000.0,
        evidence.first_seen,
    );
    let villages = "SELECT signal_devices || '|' || signal_superseded_runs || '|' || signal_weak_low || '|' || signal_weak_high || '|' ||
        signal_first_seen || '|' || dead_area FROM villages WHERE signal <> 'not_measured'";
    assert_eq!(lines(&store, villages).await, [said]);
    let priority =
        "SELECT coalesce(households_at_most, '-') || '|' || households_at_most_note || '|' || dead_area FROM priority";
    assert_eq!(lines(&store, priority).await, [format!("-|not_reported|{area}")]);
    let areas =
        "SELECT households || '|' || coalesce(households_note, '-') || '|' || weak_low FROM dead_areas ORDER BY fid";
    let low = (evidence.weak_low * 1000.0).round() / 1000.0;
    assert_eq!(lines(&store, areas).await, [format!("120|-|{low}"), format!("120|-|{low}")]);
}

#[tokio::test]
async fn a_layer_shows_a_figure_or_says_why_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phusong.gpkg");
    let store = analysed(path.to_str().unwrap()).await;
    let villages =
        "SELECT concat FROM (SELECT fid || '|' || code || '|' || commune_name || '|' || coalesce(status, '-') || '|' ||
        coalesce(households, '-') || '|' || coalesce(households_note, '-') || '|' || coalesce(guided, '-') || '|' ||
        coalesce(guided_note, '-') || '|' || coalesce(signal, '-') || '|' || coalesce(signal_median_dbm, '-') || '|' ||
        synthetic AS concat FROM villages ORDER BY fid)";
    assert_eq!(
        lines(&store, villages).await,
        [
            "132850001|13285-001|Phường Phủ Lý|low|120|-|-|suppressed|weak|-113.1|0",
            // Came after the analysis: the register speaks, nobody has judged.
            "132850002|13285-002|Phường Phủ Lý|-|120|-|-|-|-|-|0",
            "132851003|13285-1003|Phường Phủ Lý|no_denominator|-|not_reported|-|suppressed|not_measured|-|0",
        ]
    );
    let communes = "SELECT fid || '|' || name || '|' || coalesce(households, '-') || '|' || coalesce(guided_note, '-') FROM communes";
    assert_eq!(lines(&store, communes).await, ["13285|Phường Phủ Lý|240|suppressed", "14329|Xã Gia Viễn|-|-"]);
    let cells = "SELECT operator || '|' || technology || '|' || verdict || '|' || median_dbm FROM cells ORDER BY fid";
    assert_eq!(lines(&store, cells).await, ["all|all|weak|-113.1", "viettel|4G|weak|-113.1"]);
    let dead =
        "SELECT operator || '|' || technology || '|' || rank || '|' || village_names FROM dead_areas ORDER BY fid";
    assert_eq!(lines(&store, dead).await, ["viettel|all|1|Xóm Một, Xóm Một", "all|all|1|Xóm Một, Xóm Một"]);
    let dead = "SELECT places || '|' || place_names FROM dead_areas WHERE operator = 'all'";
    let inside = &contract::province::places()[0].name;
    assert_eq!(lines(&store, dead).await, [format!("1|{inside}")]);
    let dead = "SELECT claimed_share || '|' || claimed_by FROM dead_areas WHERE operator = 'all'";
    assert_eq!(lines(&store, dead).await, ["1.0|viettel, vnpt"]);
    let communes = "SELECT cells_claimed || '|' || cells_contradicted || '|' || cells_claimed_unmeasured FROM communes
        WHERE cells_claimed IS NOT NULL";
    assert_eq!(lines(&store, communes).await, ["40|3|30"]);
    let claims = "SELECT operator || '|' || technology || '|' || status || '|' || claimed_dbm || '|' || gap_db || '|' || claimed_on FROM claims";
    assert_eq!(lines(&store, claims).await, ["viettel|4G|contradicted|-110.0|-3.1|2026-01-01"]);
    let places = "SELECT place || '|' || commune_name || '|' || verdict || '|' || runs || '|' || coalesce(weak_low, '-') FROM places ORDER BY rank";
    let [judged, unmeasured] = [0, 1].map(|at| contract::province::places()[at].id);
    let expected =
        [format!("{judged}|Phường Phủ Lý|hole|6|0.43"), format!("{unmeasured}|Phường Phủ Lý|unmeasured|0|-")];
    assert_eq!(lines(&store, places).await, expected);
    let speeds = "SELECT tile || '|' || class || '|' || download_mbps || '|' || coalesce(upload_mbps, '-') || '|' ||
        latency_ms || '|' || last_quarter || '|' || source || '|' || licence FROM speeds";
    let tile = contract::province::speeds()[0].tile;
    let expected = format!("{tile}|slow|4.32|-|49.0|2026-Q1|Speedtest® by Ookla®|CC BY-NC-SA 4.0");
    assert_eq!(lines(&store, speeds).await, [expected]);
    let priority = "SELECT rank || '|' || need || '|' || code FROM priority";
    assert_eq!(lines(&store, priority).await, ["1|unreached_unmeasured|13285-1003"]);
}

/// The fields of the map's layers and the columns of the file are the same words.
#[tokio::test]
async fn layer_columns_are_named_as_the_fields_of_the_map() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phusong.gpkg");
    let store = analysed(path.to_str().unwrap()).await;
    let layers: serde_json::Value = serde_json::from_str(include_str!("../../../tiles/layers.json")).unwrap();
    let fields = |id: &str| -> Vec<String> {
        let layer = layers.as_array().unwrap().iter().find(|layer| layer["id"] == id).unwrap();
        layer["fields"].as_object().unwrap().keys().cloned().collect()
    };
    // Needs geometry that `store` has no business with: the drawn area, the communes under a dead area, the
    // mast nearest to it.
    let absent = ["area_km2", "communes", "nearest_site", "nearest_site_m", "nearest_site_exact"];
    for (layer, table) in [
        ("communes", "communes"),
        ("villages", "villages"),
        ("signal", "cells"),
        ("dead_areas", "dead_areas"),
        ("villages", "priority"),
        ("priority", "priority"),
        ("places", "places"),
        ("speeds", "speeds"),
        ("claims", "claims"),
    ] {
        let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info(?)")
            .bind(table)
            .fetch_all(&store.pool)
            .await
            .unwrap();
        for field in fields(layer).iter().filter(|field| !absent.contains(&field.as_str())) {
            assert!(columns.contains(field), "`{table}` has no column `{field}`");
        }
    }
}

#[tokio::test]
async fn other_programs_see_the_layers_and_not_the_households() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phusong.gpkg");
    let store = analysed(path.to_str().unwrap()).await;
    let Ok(version) = Command::new("ogrinfo").arg("--version").output() else {
        println!("skipped: `ogrinfo` is not installed (package gdal-bin)");
        return;
    };
    assert!(version.status.success());
    let list = ogrinfo(&path, &["-q"]);
    let mut layers: Vec<&str> = list
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(_, rest)| rest.split(' ').next().unwrap())
        .collect();
    layers.sort_unstable();
    assert_eq!(
        layers,
        [
            "admin_units",
            "cells",
            "claims",
            "communes",
            "dead_areas",
            "imports",
            "places",
            "priority",
            "sites",
            "speeds",
            "villages"
        ]
    );

    for (layer, count, shape) in [
        ("admin_units", 3, "Multi Polygon"),
        ("communes", 2, "Multi Polygon"),
        ("villages", 3, "Point"),
        ("cells", 2, "Polygon"),
        ("dead_areas", 2, "Multi Polygon"),
        ("priority", 1, "Point"),
        ("sites", 0, "Point"),
        ("places", 2, "Point"),
        ("speeds", 1, "Polygon"),
        ("claims", 1, "Polygon"),
    ] {
        let text = ogrinfo(&path, &["-so", path.to_str().unwrap(), layer]);
        assert!(text.contains(&format!("Feature Count: {count}")), "{layer}: {text}");
        assert!(text.contains(&format!("Geometry: {shape}")), "{layer}: {text}");
        assert!(text.contains("WGS 84"), "{layer}: {text}");
    }
    // The spatial index answers: one of the two villages with a point lies in the window.
    let window = ["-so", "-spat", "105.94", "20.54", "105.96", "20.56", path.to_str().unwrap(), "villages"];
    assert!(ogrinfo(&path, &window).contains("Feature Count: 1"));
    assert!(ogrinfo(&path, &["-so", path.to_str().unwrap(), "villages"]).contains("stale: Integer(Boolean)"));
    assert_eq!(store.check().await.unwrap(), []);
}

fn ogrinfo(path: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("ogrinfo");
    command.arg("-ro").args(arguments);
    if !arguments.contains(&path.to_str().unwrap()) {
        command.arg(path);
    }
    let output = command.output().unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && complaints.is_empty(), "{complaints}");
    String::from_utf8(output.stdout).unwrap()
}

async fn lines(store: &SqliteStore, statement: &'static str) -> Vec<String> {
    sqlx::query_scalar(statement).fetch_all(&store.pool).await.unwrap()
}

async fn filled(path: &str) -> Arc<dyn Store> {
    let store = crate::store::open(path).await.unwrap();
    contract::fill(&store, "a").await;
    store
}

async fn analysed(path: &str) -> SqliteStore {
    filled(path).await.close().await;
    let store = SqliteStore::open(path).await.unwrap();
    let (parts, rules) = (Parts::new(), Rules::default());
    store.replace_analysis(&parts.analysis(store.epoch().await.unwrap(), &rules), now()).await.unwrap();
    store
}

async fn sql(path: &str, statement: &'static str) {
    let mut connection = SqliteConnectOptions::new().filename(path).connect().await.unwrap();
    sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    sqlx::Connection::close(connection).await.unwrap();
}
