//! What a store tells of its visits to somebody who has read them before.

use std::sync::Arc;

use super::province::{file, now, visits};
use crate::model::import::ImportKind;
use crate::model::news::{Mark, News};
use crate::model::review::{Decision, NewReview};
use crate::model::token::AuditAction;
use crate::model::visit::{Visit, VisitResult};
use crate::store::Store;

pub(super) async fn what_has_become_of_visits_is_told_since_any_moment(store: Arc<dyn Store>) {
    async fn news(store: &Arc<dyn Store>, mark: &Mark) -> (Vec<News>, Mark) {
        let mut news = Vec::new();
        let mark = store.visits_since(mark, &mut |one| news.push(one)).await.unwrap();
        (news, mark)
    }
    let made: Vec<Visit> =
        (1..=4).map(|n| Visit { source_id: format!("form {n}"), household: n, ..visits().remove(0) }).collect();
    assert_eq!(news(&store, &Mark::default()).await, (vec![], Mark::default()));
    put(&store, &made[..3], "a").await;
    let (first, mark) = news(&store, &Mark::default()).await;
    let whole: Vec<News> = (1..).zip(&made[..3]).map(|(row, visit)| News::Stands(row, visit.clone())).collect();
    assert_eq!(first, whole);
    assert_eq!(news(&store, &mark).await, (vec![], mark.clone()));

    // One says something else, one is new, one is as it was.
    let other = Visit { result: VisitResult::Refused, ..made[1].clone() };
    put(&store, &[other.clone(), made[3].clone(), made[0].clone()], "b").await;
    let (second, later) = news(&store, &mark).await;
    assert_eq!(second, [News::Stands(2, other.clone()), News::Stands(4, made[3].clone())]);
    assert_eq!(news(&store, &later).await.0, []);

    let erased = store.erase(made[1].household, None, &super::event(AuditAction::Erase, now())).await.unwrap();
    assert_eq!(erased.visits, 1);
    let (third, last) = news(&store, &later).await;
    assert_eq!(third, [News::Gone(2)]);
    assert_eq!(news(&store, &mark).await.0, [News::Gone(2), News::Stands(4, made[3].clone())], "from the first mark");

    // A mark of rows that were numbered otherwise, and one from before what the log holds.
    store.scrub().await.unwrap();
    for unknown in [Mark { id: "another".into(), ..last.clone() }, Mark { change: -1, ..last.clone() }] {
        let (anew, mark) = news(&store, &unknown).await;
        assert_eq!((anew.len(), &anew[0]), (4, &News::Anew));
        assert_eq!(news(&store, &mark).await.0, []);
    }
    let ids = ["form 3", "form 2", "another"];
    assert_eq!(store.visits_with(&ids).await.unwrap(), std::slice::from_ref(&made[2]));
}

pub(super) async fn a_form_is_known_by_its_other_ids_until_its_visit_is_gone(store: Arc<dyn Store>) {
    let made = Visit { source_id: "first".into(), household: 7, ..visits().remove(0) };
    put(&store, std::slice::from_ref(&made), "a").await;
    let asked = [vec![("second", 2), ("unknown", 3)], vec![("first", 1)], vec![("unknown", 3)]];
    let known = async |other_ids: &[(u64, &str)]| {
        let mut import = store.begin(&file(ImportKind::Visits, "b"), now()).await.unwrap();
        import.put_other_ids(other_ids).await.unwrap();
        let known = import.known_as(&asked).await.unwrap();
        import.commit().await.unwrap();
        [0, 1, 2].map(|at| known.get(&at).cloned().unwrap_or_default())
    };
    assert_eq!(known(&[]).await, ["", "first", ""]);
    assert_eq!(known(&[(2, "first")]).await, ["first", "first", ""]);
    store.erase(7, None, &super::event(AuditAction::Erase, now())).await.unwrap();
    assert_eq!(known(&[]).await, ["", "", ""]);
}

pub(super) async fn a_server_decides_about_visits_that_no_person_decided_about(store: Arc<dyn Store>) {
    let made = ["a", "b"].map(|id| Visit { source_id: id.into(), ..visits().remove(0) });
    put(&store, &made, "a").await;
    let person = NewReview::new(Decision::Accepted, "UBND xã", "").unwrap();
    store.review(&["b".to_owned()], &person, now()).await.unwrap();
    for (is_rejected, decided) in [(false, 0), (true, 1), (true, 0), (false, 1), (false, 0)] {
        let before = store.epoch().await.unwrap().number;
        let mut import = store.begin(&file(ImportKind::Visits, "b"), now()).await.unwrap();
        assert_eq!(import.put_server_decision(is_rejected, &["a", "b", "c"]).await.unwrap(), decided);
        import.commit().await.unwrap();
        assert_eq!(store.epoch().await.unwrap().number, before + decided);
    }
    let decisions = store.decisions().await.unwrap();
    assert_eq!((decisions["a"], decisions["b"], decisions.len()), (Decision::Reopened, Decision::Accepted, 2));
    // Who decided last, of those that are asked about.
    let reviewed = store.reviewed(&["b", "c"].map(str::to_owned)).await.unwrap();
    assert_eq!((reviewed["b"].who.as_str(), reviewed["b"].at, reviewed.len()), ("UBND xã", now(), 1));
    assert!(store.reviewed(&["a".to_owned()]).await.unwrap()["a"].who.contains("form server"));
}

async fn put(store: &Arc<dyn Store>, visits: &[Visit], hash: &str) {
    let mut import = store.begin(&file(ImportKind::Visits, hash), now()).await.unwrap();
    import.put_visits(visits).await.unwrap();
    import.commit().await.unwrap();
}
