//! What every side of the store must do, written once.
//!
//! Each fact takes an empty store and knows nothing of SQL. A new side passes
//! by calling [`all`] with a way to make empty stores.

mod organised;
mod phones;
pub(super) mod province;
mod register;
mod taking_back;
mod visits;

use std::future::Future;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::date;

use super::{Analysis, SignalAnalysis, Store, StoreError};
use crate::model::access::Role;
use crate::model::admin::{AdminUnit, Share};
use crate::model::claim::Claim;
use crate::model::import::{Counts, ImportKind, KeptProfile, NewImport};
use crate::model::measure::LonLat;
use crate::model::operator::Technology;
use crate::model::place::Place;
use crate::model::refusal::{Reason, Reject};
use crate::model::review::{Decision, NewReview};
use crate::model::rules::Rules;
use crate::model::sample::Sample;
use crate::model::site::Site;
use crate::model::speed::SpeedTile;
use crate::model::token::{AuditAction, AuditEvent, NewToken, Note, TokenState};
use crate::model::visit::VisitResult;
use crate::model::work::{NewAction, WorkKind, WorkPlace};
use province::{Parts, changes, claims, file, now, places, samples, sites, speeds, units, villages, visits};

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
    a_village_keeps_the_id_of_its_source(empty().await).await;
    a_dropped_import_never_happened(empty().await).await;
    a_failed_import_cannot_be_committed(empty().await).await;
    an_import_is_found_by_its_hash(empty().await).await;
    refused_rows_keep_their_reason(empty().await).await;
    the_profile_that_was_used_last_comes_first(empty().await).await;
    samples_come_in_pieces_and_once_each(empty().await).await;
    phones::past_the_term_a_phone_is_one_of_its_day_and_its_rows_are_known(empty().await).await;
    phones::what_came_in_late_loses_its_phone_the_next_time(empty().await).await;
    phones::rows_that_differ_in_their_phone_alone_stay_two(empty().await).await;
    phones::a_dry_run_counts_and_changes_nothing(empty().await).await;
    taking_back::what_an_import_brought_goes_and_its_file_comes_in_again(empty().await).await;
    taking_back::rows_that_an_earlier_import_had_brought_stay(empty().await).await;
    taking_back::other_rows_in_the_place_of_the_last_ones_are_news(empty().await).await;
    taking_back::measurements_past_their_term_stay_and_are_told(empty().await).await;
    taking_back::visits_go_where_nobody_decided_about_them(empty().await).await;
    taking_back::what_a_server_decided_about_others_is_not_taken_back(empty().await).await;
    taking_back::a_list_that_took_others_out_stays(empty().await).await;
    taking_back::every_other_kind_goes_whole_and_the_register_stays(empty().await).await;
    sites_come_back_and_an_estimate_moves_no_mast(empty().await).await;
    places_come_back_and_may_move(empty().await).await;
    a_quarter_of_a_tile_is_there_once(empty().await).await;
    a_claim_comes_back_and_is_replaced_as_a_whole(empty().await).await;
    two_villages_cannot_share_a_source_key(empty().await).await;
    organised::teams_and_activities_come_back_and_may_change(empty().await).await;
    register::an_act_on_the_register_is_kept_whole_or_not_at_all(empty().await).await;
    register::a_count_of_a_later_day_leaves_the_earlier_one_to_be_read(empty().await).await;
    an_analysis_replaces_the_last_one(empty().await).await;
    runs_stay_while_no_sample_comes_in(empty().await).await;
    an_analysis_of_old_data_is_refused(empty().await).await;
    the_work_list_keeps_its_log_and_the_analysis(empty().await).await;
    visits::what_has_become_of_visits_is_told_since_any_moment(empty().await).await;
    visits::a_form_is_known_by_its_other_ids_until_its_visit_is_gone(empty().await).await;
    the_last_decision_about_a_visit_counts(empty().await).await;
    visits::a_server_decides_about_visits_that_no_person_decided_about(empty().await).await;
    a_token_is_found_by_its_digest_until_it_is_gone(empty().await).await;
    the_audit_only_grows(empty().await).await;
    two_stores_share_neither_epoch_nor_key(empty().await, empty().await).await;
}

async fn the_profile_that_was_used_last_comes_first(store: Arc<dyn Store>) {
    let profile =
        |name: &str, text: &str| KeptProfile { name: name.to_owned(), text: text.to_owned(), taken_back: false };
    for (hash, kept) in [("a", profile("one", "1")), ("b", profile("two", "2")), ("c", profile("one", "3"))] {
        let mut import = store.begin(&file(ImportKind::Samples, hash), now()).await.unwrap();
        import.put_samples(&samples(if hash == "c" { 20 } else { 10 })).await.unwrap();
        import.keep_profile(&kept).await.unwrap();
        import.commit().await.unwrap();
    }
    let mut dropped = store.begin(&file(ImportKind::Samples, "d"), now()).await.unwrap();
    dropped.keep_profile(&profile("four", "4")).await.unwrap();
    drop(dropped);
    assert_eq!(store.profiles().await.unwrap(), [profile("one", "3"), profile("two", "2")]);
    store.take_back(3, Some(&event(AuditAction::TakeBack, now()))).await.unwrap().unwrap();
    let withdrawn = KeptProfile { taken_back: true, ..profile("one", "3") };
    assert_eq!(store.profiles().await.unwrap(), [profile("two", "2"), withdrawn], "after those of imports that stand");
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

async fn a_village_keeps_the_id_of_its_source(store: Arc<dyn Store>) {
    fill(&store, "a").await;
    let known = villages();
    assert!(known[0].source_key.is_some());
    let mut silent = villages();
    silent[0].source_key = None;
    let mut import = store.begin(&file(ImportKind::Villages, "b"), now()).await.unwrap();
    assert_eq!(import.put_villages(&silent).await.unwrap(), Counts { unchanged: 3, ..Counts::default() });
    import.commit().await.unwrap();
    assert_eq!(store.villages().await.unwrap(), known);
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
    let by = Role::Commune("14329".parse().unwrap());
    let new = NewImport { synthetic: true, by, ..file(ImportKind::Villages, "h") };
    let mut import = store.begin(&new, now()).await.unwrap();
    import.put_villages(&villages()).await.unwrap();
    import.put_dropped_fields(&["phone".into(), "họ tên".into()]).await.unwrap();
    import.put_dropped_fields(&["phone".into()]).await.unwrap();
    let record = import.commit().await.unwrap();
    assert_eq!(record.dropped_fields, ["phone", "họ tên"]);
    assert_eq!((record.at, record.synthetic, record.counts), (now(), true, inserted(3)));
    assert_eq!((record.by, record.taken_back), (Some(by), None));
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

async fn sites_come_back_and_an_estimate_moves_no_mast(store: Arc<dyn Store>) {
    let known = sites();
    let put = async |rows: &[Site], hash: &str| {
        let mut import = store.begin(&file(ImportKind::Sites, hash), now()).await.unwrap();
        import.put_sites(rows).await.unwrap();
        import.commit().await.unwrap().counts
    };
    assert_eq!(put(&known, "a").await, inserted(3));
    assert_eq!(store.sites().await.unwrap(), known);

    let elsewhere = LonLat::new(105.5, 20.1).unwrap();
    let moved = |site: &Site| Site { at: elsewhere, ..site.clone() };
    let estimates: Vec<Site> =
        known.iter().filter(|s| s.cell.is_some()).map(|s| Site { exact: false, ..moved(s) }).collect();
    assert_eq!(put(&estimates, "b").await, Counts { inserted: 0, updated: 1, unchanged: 1 });
    let silent: Vec<Site> =
        known.iter().map(|site| Site { azimuth_deg: None, height_m: None, ..site.clone() }).collect();
    let silent: Vec<Site> = silent.into_iter().filter(|site| site.exact && site.cell.is_some()).collect();
    assert_eq!(put(&silent, "c").await, Counts { inserted: 0, updated: 0, unchanged: 1 });
    for site in store.sites().await.unwrap() {
        let before = known.iter().find(|known| known.key() == site.key()).unwrap();
        let expected = if before.exact { before.clone() } else { moved(before) };
        assert_eq!(site, expected);
    }
    assert_eq!(store.check().await.unwrap(), []);
}

async fn places_come_back_and_may_move(store: Arc<dyn Store>) {
    let known = places();
    let put = async |rows: &[Place], hash: &str| {
        let mut import = store.begin(&file(ImportKind::Places, hash), now()).await.unwrap();
        import.put_places(rows).await.unwrap();
        import.commit().await.unwrap().counts
    };
    assert_eq!(put(&known, "a").await, inserted(2));
    assert_eq!(store.places().await.unwrap(), known);
    assert_eq!(put(&known, "b").await, Counts { unchanged: 2, ..Counts::default() });
    let moved: Vec<Place> =
        known.iter().map(|place| Place { at: LonLat::new(105.5, 20.1).unwrap(), ..place.clone() }).collect();
    assert_eq!(put(&moved[..1], "c").await, Counts { updated: 1, ..Counts::default() });
    assert_eq!(store.places().await.unwrap(), [moved[0].clone(), known[1].clone()]);
    assert_eq!(store.check().await.unwrap(), []);
}

async fn a_quarter_of_a_tile_is_there_once(store: Arc<dyn Store>) {
    let known = speeds();
    let put = async |rows: &[SpeedTile], hash: &str| {
        let mut import = store.begin(&file(ImportKind::Speeds, hash), now()).await.unwrap();
        import.put_speeds(rows).await.unwrap();
        import.commit().await.unwrap().counts
    };
    assert_eq!(put(&known, "a").await, inserted(2));
    assert_eq!(store.speeds().await.unwrap(), known);
    assert_eq!(put(&known, "b").await, Counts { unchanged: 2, ..Counts::default() });
    let again = SpeedTile { latency_ms: None, tests: 3, ..known[0].clone() };
    assert_eq!(put(std::slice::from_ref(&again), "c").await, Counts { updated: 1, ..Counts::default() });
    assert_eq!(store.speeds().await.unwrap(), [again, known[1].clone()]);
    assert_eq!(store.check().await.unwrap(), []);
}

async fn a_claim_comes_back_and_is_replaced_as_a_whole(store: Arc<dyn Store>) {
    let known = claims();
    let put = async |rows: &[Claim], hash: &str| {
        let mut import = store.begin(&file(ImportKind::Claims, hash), now()).await.unwrap();
        import.put_claims(rows).await.unwrap();
        import.commit().await.unwrap().counts
    };
    assert_eq!(put(&known, "a").await, inserted(2));
    assert_eq!(store.claims().await.unwrap(), known);
    assert_eq!(put(&known, "b").await, Counts { unchanged: 2, ..Counts::default() });
    let before = store.epoch().await.unwrap().number;
    let less = Claim { cells: known[0].cells[..1].to_vec(), as_of: Some(date(2026, 5, 1)), ..known[0].clone() };
    assert_eq!(put(std::slice::from_ref(&less), "c").await, Counts { updated: 1, ..Counts::default() });
    assert_eq!(store.claims().await.unwrap(), [less, known[1].clone()], "ground that is claimed no more is gone");
    assert_eq!(store.epoch().await.unwrap().number, before + 1, "maps must learn of it");
    assert_eq!(store.check().await.unwrap(), []);
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

async fn runs_stay_while_no_sample_comes_in(store: Arc<dyn Store>) {
    assert_eq!((store.last_sample().await.unwrap(), store.runs_from().await.unwrap()), (0, None));
    fill(&store, "a").await;
    let before = store.last_sample().await.unwrap();
    let (parts, rules) = (Parts::new(), Rules::default());
    let first = parts.analysis(store.epoch().await.unwrap(), &rules);
    store.replace_analysis(&first, now()).await.unwrap();
    let all = parts.analysis(first.made_from.clone(), &rules);
    let signal = all.signal.map(|signal| SignalAnalysis { runs: None, ..signal });
    let kept = Analysis { signal, made_from: store.epoch().await.unwrap(), ..all };
    store.replace_analysis(&kept, now()).await.unwrap();
    assert_eq!(store.runs().await.unwrap(), parts.runs);
    assert_eq!(store.runs_from().await.unwrap(), Some(kept.runs_from));
    // After a visit what is said of the signal stays as it is, and of the villages not.
    let mut villages = parts.villages.clone();
    villages[0].stale = !villages[0].stale;
    let outreach = Analysis {
        signal: None,
        villages: &villages,
        made_from: store.epoch().await.unwrap(),
        ..parts.analysis(first.made_from, &rules)
    };
    store.replace_analysis(&outreach, now()).await.unwrap();
    assert_eq!(store.runs().await.unwrap(), parts.runs);
    assert!(store.analysed().await.unwrap().unwrap().is_current(&store.epoch().await.unwrap(), &rules));
    assert_eq!(store.check().await.unwrap(), []);
    // Another 10 samples beside the known 50.
    let mut import = store.begin(&file(ImportKind::Samples, "b"), now()).await.unwrap();
    import.put_samples(&samples(60)).await.unwrap();
    import.commit().await.unwrap();
    assert!(store.last_sample().await.unwrap() > before);
}

async fn an_analysis_of_old_data_is_refused(store: Arc<dyn Store>) {
    let old = store.epoch().await.unwrap();
    fill(&store, "a").await;
    let parts = Parts::new();
    let refusal = store.replace_analysis(&parts.analysis(old, &Rules::default()), now()).await.unwrap_err();
    assert!(matches!(refusal, StoreError::Moved { .. }), "{refusal:?}");
    assert_eq!(store.analysed().await.unwrap(), None);
}

async fn the_work_list_keeps_its_log_and_the_analysis(store: Arc<dyn Store>) {
    fill(&store, "a").await;
    let (rules, parts) = (Rules::default(), Parts::new());
    store.replace_analysis(&parts.analysis(store.epoch().await.unwrap(), &rules), now()).await.unwrap();
    assert_eq!(store.work().await.unwrap(), []);
    let cells = parts.dead_areas[0].cells.clone();
    let place = WorkPlace { operator: "viettel".parse().ok(), technology: Some(Technology::Lte), cells };
    let elsewhere = WorkPlace { operator: None, technology: None, ..place.clone() };
    let action = |kind, text: &str| NewAction::new(kind, "Viettel Ninh Bình", text).unwrap();
    let before = store.epoch().await.unwrap().number;
    let first = store.act(&place, &action(WorkKind::Assign, "Đội 3"), now()).await.unwrap();
    let second = store.act(&elsewhere, &action(WorkKind::Comment, "cột\nđổ"), now()).await.unwrap();
    let fixed = action(WorkKind::Fixed, "").since(Some(date(2026, 1, 20))).unwrap();
    assert_eq!(store.act(&place, &fixed, now()).await.unwrap(), first, "one place, one log");
    let items = store.work().await.unwrap();
    assert_eq!(items[0].claimed_on(), Some(date(2026, 1, 20)));
    assert_eq!(items.iter().map(|item| item.id).collect::<Vec<_>>(), [first, second]);
    assert_eq!((&items[0].place, &items[1].place), (&place, &elsewhere));
    let kinds: Vec<_> = items[0].actions.iter().map(|action| action.kind).collect();
    assert_eq!(kinds, [WorkKind::Assign, WorkKind::Fixed]);
    let said = &items[1].actions[0];
    assert_eq!((said.who.as_str(), said.text.as_str(), said.at), ("Viettel Ninh Bình", "cột\nđổ", now()));
    let epoch = store.epoch().await.unwrap();
    assert_eq!(epoch.number, before + 3, "an open map sees every action");
    assert!(store.analysed().await.unwrap().unwrap().is_current(&epoch, &rules), "no evidence changed");
    fill_more(&store).await;
    store.act(&place, &action(WorkKind::Reopen, ""), now()).await.unwrap();
    let stamp = store.analysed().await.unwrap().unwrap();
    assert!(!stamp.is_current(&store.epoch().await.unwrap(), &rules), "an action does not hide new samples");
    assert_eq!(store.check().await.unwrap(), []);
}

async fn fill_more(store: &Arc<dyn Store>) {
    let mut import = store.begin(&file(ImportKind::Samples, "more"), now()).await.unwrap();
    import.put_samples(&samples(60)).await.unwrap();
    import.commit().await.unwrap();
}

async fn the_last_decision_about_a_visit_counts(store: Arc<dyn Store>) {
    fill(&store, "a").await;
    let before = store.epoch().await.unwrap().number;
    let visits: Vec<String> = visits().into_iter().map(|visit| visit.source_id).collect();
    let made = |decision| NewReview::new(decision, "UBND xã Gia Vân", "đã gọi lại").unwrap();
    store.review(&visits, &made(Decision::Rejected), now()).await.unwrap();
    store.review(&visits[..1], &made(Decision::Accepted), now()).await.unwrap();
    let decisions = store.decisions().await.unwrap();
    assert_eq!(visits.iter().map(|id| decisions[id]).collect::<Vec<_>>(), [Decision::Accepted, Decision::Rejected]);
    assert_eq!(store.epoch().await.unwrap().number, before + 2);
    store.review(&[], &made(Decision::Rejected), now()).await.unwrap();
    assert_eq!(store.epoch().await.unwrap().number, before + 2);
}

fn event(action: AuditAction, at: Timestamp) -> AuditEvent {
    AuditEvent { at, role: Role::Admin, token: None, action, subject: "token".into(), purpose: Note::default() }
}

async fn a_token_is_found_by_its_digest_until_it_is_gone(store: Arc<dyn Store>) {
    let before = store.epoch().await.unwrap();
    let created = event(AuditAction::TokenCreated, now());
    let mut numbers = Vec::new();
    for (role, digest) in [("telecom:viettel", [1; 32]), ("team:14329-007", [2; 32]), ("admin", [3; 32])] {
        let token = NewToken {
            role: role.parse().unwrap(),
            note: Note::new("thử").unwrap(),
            created: now(),
            expires: now() + jiff::SignedDuration::from_hours(24),
        };
        let id = store.add_token(&token, &digest, &created).await.unwrap();
        let found = store.find_token(&digest).await.unwrap().unwrap();
        assert_eq!((found.id, found.role, &found.note), (id, token.role, &token.note));
        assert_eq!((found.created, found.expires, found.revoked), (token.created, token.expires, None));
        assert!(store.add_token(&token, &digest, &created).await.is_err(), "a secret is given once");
        numbers.push(id);
    }
    assert_eq!(store.find_token(&[9; 32]).await.unwrap(), None);
    let revoked = event(AuditAction::TokenRevoked, now());
    assert!(store.revoke_token(numbers[0], &revoked).await.unwrap());
    assert!(!store.revoke_token(numbers[0], &revoked).await.unwrap(), "once");
    assert!(!store.revoke_token(999, &revoked).await.unwrap());
    let states: Vec<_> = store.tokens().await.unwrap().iter().map(|token| token.state(now())).collect();
    assert_eq!(states, [TokenState::Revoked, TokenState::Valid, TokenState::Valid]);
    let actions: Vec<_> = store.events(None).await.unwrap().iter().map(|event| event.action).collect();
    let (made, gone) = (AuditAction::TokenCreated, AuditAction::TokenRevoked);
    assert_eq!(actions, [made, made, made, gone], "what did not happen is not written down");
    assert_eq!(store.epoch().await.unwrap(), before, "no map shows it");
}

async fn the_audit_only_grows(store: Arc<dyn Store>) {
    let later = now() + jiff::SignedDuration::from_secs(1);
    let first = event(AuditAction::Analyse, now());
    let second = AuditEvent {
        role: "commune:14329".parse().unwrap(),
        subject: "work.geojson".into(),
        purpose: Note::new("báo cáo quý").unwrap(),
        ..event(AuditAction::Export, later)
    };
    store.record(&first).await.unwrap();
    store.record(&second).await.unwrap();
    assert_eq!(store.events(None).await.unwrap(), [first, second.clone()]);
    assert_eq!(store.events(Some(later)).await.unwrap(), std::slice::from_ref(&second));
    let stranger = AuditEvent { token: Some(7), ..second };
    assert!(store.record(&stranger).await.is_err(), "no token of that number was ever made");
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
    import.put_places(&places()).await.unwrap();
    import.put_speeds(&speeds()).await.unwrap();
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
