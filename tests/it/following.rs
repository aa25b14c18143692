//! The map follows the store: what is kept from the snapshot before says what a new one would say.

use std::collections::BTreeMap;

use phusong::flow::layers::LAYERS;
use phusong::flow::snapshot::{Since, Snapshot};
use phusong::model::access::Role;
use phusong::model::feature::{Feature, Value};
use phusong::model::question::Question;
use phusong::model::rules::Rules;
use phusong::model::work::{NewAction, WorkKind, WorkPlace};

use crate::support::{demo_store, folder, run_json};

/// A question of a planner, and the one that everybody asks, as a planner and as the public may know its answer.
fn questions() -> [(Role, Question); 3] {
    let (from, to) = ("2026-03-01".parse().ok(), "2026-08-31".parse().ok());
    [
        (Role::Admin, Question { operator: "viettel".parse().ok(), from, to, ..Question::default() }),
        (Role::Admin, Question::default()),
        (Role::Public, Question::default()),
    ]
}

type Told = BTreeMap<(usize, &'static str), Vec<Feature>>;

/// Every row of every layer but the surface, which takes long and has a test of its own.
fn told(snapshot: &Snapshot, questions: impl Iterator<Item = (usize, (Role, Question))>) -> Told {
    let of = |(at, (role, question)): (usize, (Role, Question))| {
        let view = snapshot.ask(role, &question).unwrap();
        let layers = LAYERS.into_iter().filter(|layer| *layer != "surface");
        layers.filter_map(|layer| Some(((at, layer), snapshot.rows(&view, layer)?.to_vec()))).collect::<Vec<_>>()
    };
    questions.flat_map(of).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_new_visits_the_map_says_what_it_would_say_if_everything_were_worked_out_anew() {
    let folder = folder();
    let path = folder.path().join("phusong.gpkg");
    std::fs::copy(demo_store(), &path).unwrap();
    let store = phusong::store::open(&path.to_string_lossy()).await.unwrap();
    let now = store.imports().await.unwrap().last().unwrap().at;
    let rules = Rules::default();
    let before = Snapshot::take(&*store, &rules, now).await.unwrap();
    let told_before = told(&before, questions().into_iter().enumerate());
    let village =
        before.facts.villages.iter().find(|village| village.households.is_some_and(|homes| homes > 40)).unwrap();
    let (code, commune) = (village.code, village.commune);
    let rows: String = (0..30)
        .map(|home| format!("new-{home},2026-08-20T09:{home:02}:00+07:00,{code},{commune},nhà {home},guided,2\n"))
        .collect();
    let visits = folder.path().join("visits.csv");
    std::fs::write(&visits, format!("id,time,village_code,commune_code,household,result,guided\n{rows}")).unwrap();
    run_json(&["import", "visits", &visits.to_string_lossy(), "--db", &path.to_string_lossy()]);

    let Since::Changed(after) = before.since(&*store, &rules, now).await.unwrap() else { panic!("visits came in") };
    let told_after = told(&after, questions().into_iter().enumerate());
    let changed: Vec<_> =
        told_before.iter().filter(|(of, rows)| told_after[of] != **rows).map(|((_, layer), _)| *layer).collect();
    assert!(
        changed.contains(&"villages") && changed.contains(&"communes") && !changed.contains(&"signal"),
        "{changed:?}"
    );

    assert!(matches!(after.since(&*store, &rules, now).await.unwrap(), Since::Nothing));
    after.settle(&*store, &rules, now).await.unwrap();
    let Since::Settled(settled) = after.since(&*store, &rules, now).await.unwrap() else {
        panic!("verdicts were written")
    };
    assert_eq!(settled.epoch, after.epoch, "readers are told of nothing");
    assert!(matches!(settled.since(&*store, &rules, now).await.unwrap(), Since::Nothing));

    let anew = Snapshot::take(&*store, &rules, now).await.unwrap();
    // The public first: no reader's rows may come from what another one was told.
    for ((question, layer), rows) in told(&anew, questions().into_iter().enumerate().rev()) {
        assert!(told_after[&(question, layer)] == rows, "question {question}: {layer} is told otherwise");
    }

    // Somebody acts between the writing of verdicts and the next look, which finds both at once.
    let question = Question { operator: "viettel".parse().ok(), ..Question::default() };
    let area = after.ask(Role::Admin, &question).unwrap().answer.dead_areas[0].clone();
    let place = WorkPlace { operator: area.operator, technology: area.technology, cells: area.cells };
    let comment = NewAction::new(WorkKind::Comment, "Viettel Ninh Bình", "đã khảo sát").unwrap();
    let item = store.act(&place, &comment, now).await.unwrap();
    let Since::Changed(acted) = after.since(&*store, &rules, now).await.unwrap() else { panic!("an action is news") };
    let view = acted.ask(Role::Admin, &question).unwrap();
    let listed = acted.rows(&view, "work").unwrap();
    assert!(listed.iter().any(|row| row.get("item") == Some(&Value::Integer(item))), "the action is lost");
    store.close().await;
}
