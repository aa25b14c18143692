//! An import that is taken back: its rows go, nobody else's do, and its file comes in again.

use std::sync::Arc;

use jiff::civil::date;

use super::phones::{log, retain};
use super::province::{claims, file, now, places, samples, sites, speeds, villages, visits};
use super::{all_samples, event, inserted};
use crate::model::import::{Counts, ImportKind, ImportRecord, TakenBack};
use crate::model::measure::local_day;
use crate::model::review::{Decision, NewReview};
use crate::model::sample::Sample;
use crate::model::site::Site;
use crate::model::taking_back::{LaterImport, Obstacle, TakingBack};
use crate::model::token::{AuditAction, AuditEvent};
use crate::model::visit::{Visit, VisitResult};
use crate::store::Store;

async fn put(store: &Arc<dyn Store>, hash: &str, rows: &[Sample]) -> ImportRecord {
    let mut import = store.begin(&file(ImportKind::Samples, hash), now()).await.unwrap();
    import.put_samples(rows).await.unwrap();
    import.commit().await.unwrap()
}

fn taken() -> AuditEvent {
    event(AuditAction::TakeBack, now())
}

async fn told(store: &Arc<dyn Store>, import: i64) -> Result<TakingBack, Obstacle> {
    store.take_back(import, None).await.unwrap()
}

async fn take_back(store: &Arc<dyn Store>, import: i64) -> Result<TakingBack, Obstacle> {
    store.take_back(import, Some(&taken())).await.unwrap()
}

pub(super) async fn what_an_import_brought_goes_and_its_file_comes_in_again(store: Arc<dyn Store>) {
    let (few, many) = (samples(50), samples(60));
    let first = put(&store, "a", &few).await;
    let second = put(&store, "b", &many).await;
    assert_eq!(second.counts, Counts { inserted: 10, updated: 0, unchanged: 50 });
    let before = (store.epoch().await.unwrap(), store.imports().await.unwrap(), store.last_sample().await.unwrap());

    let would = told(&store, first.id).await.unwrap();
    let days: Vec<_> = few.iter().map(|sample| local_day(sample.time)).collect();
    assert_eq!((would.rows, would.kept, would.elsewhere), (50, 0, 0));
    assert_eq!((would.first, would.last), (days.iter().min().copied(), days.iter().max().copied()));
    assert_eq!(would.operators.iter().map(|(_, rows)| rows).sum::<u64>(), 50);
    let known = LaterImport { id: second.id, file: Some("file.csv".into()), rows: 50, is_exact: true };
    assert_eq!(would.later, [known], "the second file holds them too");
    let now_is = (store.epoch().await.unwrap(), store.imports().await.unwrap(), store.last_sample().await.unwrap());
    assert_eq!((now_is, all_samples(&store).await.len()), (before.clone(), 60), "to ask changes nothing");

    let mut others = Vec::new();
    store.samples_but(Some(first.id), &mut |rows| others.extend(rows)).await.unwrap();
    assert_eq!(others, many[50..], "what would be left");
    let done = take_back(&store, first.id).await.unwrap();
    assert_eq!(done.rows, 50);
    assert_eq!(all_samples(&store).await, many[50..], "those of the second file stay with it");
    let mark = Some(TakenBack { at: now(), rows: 50, kept: 0 });
    assert_eq!(store.imports().await.unwrap()[0], ImportRecord { taken_back: mark, ..first.clone() });
    assert!(!store.imports().await.unwrap()[0].stands());
    assert_eq!(store.find_import(ImportKind::Samples, "a").await.unwrap(), None);
    assert!(store.epoch().await.unwrap().number > before.0.number, "an open map sees it");
    assert!(store.last_sample().await.unwrap() > before.2, "and that runs are to be made anew");
    let line = store.events(None).await.unwrap().pop().unwrap();
    assert_eq!((line.action, line.subject.as_str()), (AuditAction::TakeBack, "1 samples 50 file.csv"));
    assert_eq!(told(&store, first.id).await, Err(Obstacle::Already(now())));
    assert_eq!(told(&store, 77).await, Err(Obstacle::NoSuchImport(77)));

    assert_eq!(put(&store, "a", &few).await.counts, inserted(50), "its rows are new again");
    assert_eq!(all_samples(&store).await.len(), 60);
    assert_eq!(store.check().await.unwrap(), []);
}

pub(super) async fn rows_that_an_earlier_import_had_brought_stay(store: Arc<dyn Store>) {
    put(&store, "a", &samples(50)).await;
    let second = put(&store, "b", &samples(60)).await;
    let known = put(&store, "c", &samples(60)).await;
    assert_eq!(take_back(&store, known.id).await, Err(Obstacle::NothingLeft));
    assert_eq!(take_back(&store, second.id).await.unwrap().rows, 10);
    assert_eq!(all_samples(&store).await, samples(50));
}

pub(super) async fn other_rows_in_the_place_of_the_last_ones_are_news(store: Arc<dyn Store>) {
    put(&store, "a", &samples(50)).await;
    let second = put(&store, "b", &samples(60)).await;
    let before = store.last_sample().await.unwrap();
    take_back(&store, second.id).await.unwrap();
    let between = store.last_sample().await.unwrap();
    put(&store, "c", &samples(60)).await;
    let after = store.last_sample().await.unwrap();
    assert!(before < between && between < after, "{before} {between} {after}");
}

pub(super) async fn measurements_past_their_term_stay_and_are_told(store: Arc<dyn Store>) {
    let rows = log(30, 3);
    let since = local_day(rows[20].time);
    let old = rows.iter().filter(|row| local_day(row.time) < since).count() as u64;
    let first = put(&store, "a", &rows).await;
    retain(&store, since, 1, false).await;
    let done = take_back(&store, first.id).await.unwrap();
    assert_eq!((done.rows, done.kept), (30 - old, old));
    assert_eq!(all_samples(&store).await.len() as u64, old);
    assert!(store.imports().await.unwrap()[0].stands(), "something of it is still shown");
    let again = put(&store, "a", &rows).await;
    assert_eq!(again.counts, Counts { inserted: 30 - old, updated: 0, unchanged: old });
    retain(&store, date(2100, 1, 1), 2, false).await;
    assert_eq!(take_back(&store, again.id).await, Err(Obstacle::PastTerm { rows: 30 - old }));
}

pub(super) async fn visits_go_where_nobody_decided_about_them(store: Arc<dyn Store>) {
    let put = async |visits: &[Visit], hash: &str| {
        let mut import = store.begin(&file(ImportKind::Visits, hash), now()).await.unwrap();
        import.put_visits(visits).await.unwrap();
        import.commit().await.unwrap()
    };
    let known = visits();
    let first = put(&known[..1], "a").await;
    let more = [known[1].clone(), Visit { source_id: "third".into(), ..known[1].clone() }];
    let second = put(&more, "b").await;
    // A row that a later file changed is that one's, and the later file cannot be undone.
    let changed = Visit { result: VisitResult::Later, ..more[0].clone() };
    let third = put(std::slice::from_ref(&changed), "c").await;
    assert_eq!(take_back(&store, third.id).await, Err(Obstacle::Replaced { rows: 1 }));
    let decided = NewReview::new(Decision::Rejected, "UBND xã", "nhập nhầm").unwrap();
    store.review(&[known[0].source_id.clone()], &decided, now()).await.unwrap();
    assert_eq!(take_back(&store, first.id).await, Err(Obstacle::Decided { visits: 1 }));
    let done = take_back(&store, second.id).await.unwrap();
    assert_eq!((done.rows, done.elsewhere), (1, 1));
    assert_eq!(store.visits().await.unwrap(), [known[0].clone(), changed]);
    assert_eq!(store.check().await.unwrap(), []);
}

pub(super) async fn what_a_server_decided_about_others_is_not_taken_back(store: Arc<dyn Store>) {
    let known = visits();
    let mut import = store.begin(&file(ImportKind::Visits, "a"), now()).await.unwrap();
    import.put_visits(&known[..1]).await.unwrap();
    import.commit().await.unwrap();
    let later = now() + jiff::SignedDuration::from_hours(1);
    let mut import = store.begin(&file(ImportKind::Visits, "b"), later).await.unwrap();
    import.put_visits(&known[1..]).await.unwrap();
    import.put_server_decision(true, &[&known[0].source_id, &known[1].source_id]).await.unwrap();
    let second = import.commit().await.unwrap();
    assert_eq!(take_back(&store, second.id).await, Err(Obstacle::DecidedElsewhere { visits: 1 }));
}

pub(super) async fn a_list_that_took_others_out_stays(store: Arc<dyn Store>) {
    let put = async |rows: &[Site], gone: &[i64], hash: &str| {
        let mut import = store.begin(&file(ImportKind::Sites, hash), now()).await.unwrap();
        import.put_sites(rows).await.unwrap();
        import.remove_sites(gone).await.unwrap();
        import.commit().await.unwrap()
    };
    let known = sites();
    let first = put(&known[..1], &[], "a").await;
    let second = put(&known[1..2], &[known[0].key()], "b").await;
    let third = put(&known[2..], &[], "c").await;
    assert_eq!(take_back(&store, second.id).await, Err(Obstacle::TookOut { sites: Some(1) }));
    assert_eq!(take_back(&store, first.id).await, Err(Obstacle::NothingLeft));
    let done = take_back(&store, third.id).await.unwrap();
    assert_eq!((done.rows, done.operators), (1, vec![(known[2].operator, 1)]));
    assert_eq!(store.sites().await.unwrap(), known[1..2]);
    // A file that says a row of its own twice has written over nobody's.
    let twice = [known[2].clone(), Site { height_m: Some(33.0), ..known[2].clone() }];
    let fourth = put(&twice, &[], "d").await;
    assert_eq!(fourth.counts.updated, 1);
    assert_eq!(take_back(&store, fourth.id).await.unwrap().rows, 1);
    assert_eq!(store.check().await.unwrap(), []);
}

pub(super) async fn every_other_kind_goes_whole_and_the_register_stays(store: Arc<dyn Store>) {
    let begin = async |kind: ImportKind| store.begin(&file(kind, kind.code()), now()).await.unwrap();
    let mut import = begin(ImportKind::Places).await;
    import.put_places(&places()).await.unwrap();
    let of_places = import.commit().await.unwrap();
    let mut import = begin(ImportKind::Speeds).await;
    import.put_speeds(&speeds()).await.unwrap();
    let of_speeds = import.commit().await.unwrap();
    let mut import = begin(ImportKind::Claims).await;
    import.put_claims(&claims()).await.unwrap();
    let of_claims = import.commit().await.unwrap();
    let mut import = begin(ImportKind::Villages).await;
    import.put_villages(&villages()).await.unwrap();
    let of_villages = import.commit().await.unwrap();
    assert_eq!(take_back(&store, of_villages.id).await, Err(Obstacle::BuiltUpon(ImportKind::Villages)));
    for import in [of_places, of_speeds, of_claims] {
        assert_eq!(take_back(&store, import.id).await.unwrap().rows, import.counts.inserted, "{}", import.kind);
    }
    assert_eq!(store.places().await.unwrap(), []);
    assert_eq!(store.speeds().await.unwrap(), []);
    assert_eq!(store.claims().await.unwrap(), []);
    assert_eq!(store.villages().await.unwrap(), villages());
    assert_eq!(store.check().await.unwrap(), []);
}
