//! What a store tells of its visits to somebody who has read them before.

use std::sync::Arc;

use super::province::{file, now, visits};
use crate::model::import::ImportKind;
use crate::model::news::{Mark, News};
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

async fn put(store: &Arc<dyn Store>, visits: &[Visit], hash: &str) {
    let mut import = store.begin(&file(ImportKind::Visits, hash), now()).await.unwrap();
    import.put_visits(visits).await.unwrap();
    import.commit().await.unwrap();
}
