//! Imports taken back, from files to verdicts and to the work list.

use std::fmt::Write as _;
use std::sync::Arc;

use h3o::{CellIndex, LatLng, Resolution};
use jiff::ToSpan;
use tempfile::TempDir;

use super::*;
use crate::engine::{FactParts, scene};
use crate::flow::access::Actor;
use crate::flow::analyse::{Runs, judged};
use crate::flow::import::{Report, Request, import};
use crate::flow::snapshot::Since;
use crate::model::access::Sight;
use crate::model::feature::Value;
use crate::model::import::NewImport;
use crate::model::language::Language;
use crate::model::operator::Operator;
use crate::model::question::Question;
use crate::model::token::AuditAction;
use crate::model::visit::AssignMethod;
use crate::model::work::{NewAction, WorkKind, WorkPlace};

const HEAD: &str = "time,technology,state,rsrp,lon,lat,accuracy_m,device\n";

struct Desk {
    folder: TempDir,
    store: Arc<dyn Store>,
    rules: Rules,
}

fn now() -> Timestamp {
    "2026-03-31T00:00:00Z".parse().unwrap()
}

fn viettel() -> Option<Operator> {
    "viettel".parse().ok()
}

/// A cell and those around it.
fn ground() -> Vec<CellIndex> {
    let centre = LatLng::new(20.25, 105.97).unwrap().to_cell(Resolution::Nine);
    centre.grid_disk::<Vec<_>>(1)
}

/// Three phones through every cell on each of these days of March.
fn drive(days: std::ops::Range<i64>, level: i32) -> String {
    let mut rows = HEAD.to_owned();
    for day in days {
        for (hour, phone) in ["a", "b", "c"].into_iter().enumerate() {
            for cell in ground() {
                let at = LatLng::from(cell);
                let time = "2026-03-01T01:00:00Z".parse::<Timestamp>().unwrap()
                    + (24 * (day - 1) + i64::try_from(hour).unwrap()).hours();
                let _ = writeln!(rows, "{time},4G,in_service,{level},{:.6},{:.6},5,phone {phone}", at.lng(), at.lat());
            }
        }
    }
    rows
}

impl Desk {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = crate::store::open(&folder.path().join("a.gpkg").to_string_lossy()).await.unwrap();
        Self { folder, store, rules: Rules::default() }
    }

    async fn import(&self, name: &str, text: &str) -> Report {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let request = Request {
            operator: viettel(),
            language: Language::En,
            ..Request::new(ImportKind::Samples, Role::Admin, self.rules.clone(), now())
        };
        import(&*self.store, &path, &request).await.unwrap()
    }

    async fn undo(&self, import: i64) {
        let event = Actor::TERMINAL.did(AuditAction::TakeBack, "", now());
        take_back(&*self.store, import, &event).await.unwrap();
        finish(&*self.store, &self.rules, now()).await.unwrap();
    }

    /// What the runs of the store and the dead areas say.
    async fn verdicts(&self) -> (Vec<String>, Vec<String>) {
        let (_, facts, answer, _) = judged(&*self.store, &self.rules, Runs::Kept, now()).await.unwrap();
        let mut runs: Vec<String> = facts.runs.iter().map(|run| format!("{run:?}")).collect();
        runs.sort_unstable();
        (runs, answer.dead_areas.iter().map(|area| format!("{area:?}")).collect())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn taken_back_and_imported_again_the_verdicts_are_those_of_before() {
    let desk = Desk::new().await;
    desk.import("weak.csv", &drive(1..4, -122)).await;
    let weak = desk.verdicts().await;
    assert!(!weak.1.is_empty(), "a dead area");
    let first = desk.import("good.csv", &drive(5..9, -70)).await;
    let both = desk.verdicts().await;
    assert_ne!(weak, both);

    let snapshot = at_hand(&*desk.store, &desk.rules, now()).await.unwrap();
    let told = preview(&*desk.store, 2, snapshot.as_deref()).await.unwrap();
    assert_eq!((told.takes.rows, told.takes.days, told.cells), (first.counts.inserted, 4, Some(7)));
    assert_eq!(told.takes.operators, [(viettel().unwrap(), first.counts.inserted)]);
    assert_eq!(desk.verdicts().await, both);

    desk.undo(2).await;
    assert_eq!(desk.verdicts().await, weak);
    let again = desk.import("good.csv", &drive(5..9, -70)).await;
    assert_eq!((again.counts, again.already_imported), (first.counts, None));
    assert_eq!(desk.verdicts().await, both);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_map_would_be_is_told_before_it_is_so_and_nothing_is_written() {
    let desk = Desk::new().await;
    desk.import("weak.csv", &drive(1..4, -122)).await;
    let (_, weak) = desk.verdicts().await;
    desk.import("good.csv", &drive(5..9, -70)).await;
    desk.verdicts().await;
    let before = (desk.store.epoch().await.unwrap(), desk.store.imports().await.unwrap());
    let snapshot = at_hand(&*desk.store, &desk.rules, now()).await.unwrap().unwrap();
    let mut told = preview(&*desk.store, 2, Some(&*snapshot)).await.unwrap();
    assert_eq!(told.resting, Some(Resting::default()), "the later runs closed the area: none is there today");
    told.look_ahead(&*desk.store, &snapshot).await.unwrap();
    assert_eq!((desk.store.epoch().await.unwrap(), desk.store.imports().await.unwrap()), before);

    let outcome = told.outcome.clone().unwrap();
    let operators: Vec<_> = outcome.views.iter().map(|view| view.operator).collect();
    assert_eq!(operators, [None, viettel()]);
    for view in &outcome.views {
        let dead = |cells: &[u64]| cells[..2].iter().sum::<u64>();
        assert_eq!((dead(&view.before), dead(&view.after), view.after.iter().sum::<u64>()), (0, 7, 7));
        assert_eq!((view.gone.total, view.changed.total, view.new.total), (0, 0, weak.len() as u64));
        assert_eq!((view.new.first[0].operator, view.new.first[0].cells), (view.operator, 7));
    }
    desk.undo(2).await;
    let after = at_hand(&*desk.store, &desk.rules, now()).await.unwrap().unwrap();
    told.became(&snapshot, &after);
    assert_eq!(told.outcome, Some(outcome));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn areas_that_rest_on_the_rows_are_named_and_those_that_end_or_shrink_told_apart() {
    let desk = Desk::new().await;
    let half = ground().len() / 2;
    let of = |rows: &str, keep: &dyn Fn(usize) -> bool| {
        let lines = rows.lines().skip(1).enumerate().filter(|(at, _)| keep(at % ground().len()));
        lines.fold(HEAD.to_owned(), |text, (_, line)| text + line + "\n")
    };
    desk.import("some.csv", &of(&drive(1..4, -122), &|cell| cell < half)).await;
    desk.import("rest.csv", &of(&drive(1..4, -122), &|cell| cell >= half)).await;
    desk.verdicts().await;
    let snapshot = at_hand(&*desk.store, &desk.rules, now()).await.unwrap().unwrap();
    let mut told = preview(&*desk.store, 2, Some(&*snapshot)).await.unwrap();
    told.look_ahead(&*desk.store, &snapshot).await.unwrap();
    let areas = &told.resting.as_ref().unwrap().areas;
    assert_eq!((areas.total, areas.first.len(), areas.first[0].cells), (2, 2, 7));
    let body = preview_json(&told);
    assert_eq!((&body["areas"], &body["resting"]["areas"]["items"][0]["key"]), (&json!(2), &json!(areas.first[0].key)));
    for view in &told.outcome.unwrap().views {
        assert_eq!((view.gone.total, view.new.total), (0, 0));
        assert_eq!((view.changed.total, view.after.iter().sum::<u64>()), (1, half as u64));
    }
    desk.undo(1).await;
    let snapshot = at_hand(&*desk.store, &desk.rules, now()).await.unwrap().unwrap();
    let mut told = preview(&*desk.store, 2, Some(&*snapshot)).await.unwrap();
    told.look_ahead(&*desk.store, &snapshot).await.unwrap();
    let ends = told.outcome.unwrap().views.iter().map(|view| view.gone.total).collect::<Vec<_>>();
    assert_eq!(ends, [1, 1], "without the last measurement no network is measured either");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_overlaps_with_one_taken_back_comes_in_again_and_fills_the_hole() {
    let alone = Desk::new().await;
    alone.import("b.csv", &drive(2..6, -122)).await;
    let expected = alone.verdicts().await;

    let desk = Desk::new().await;
    desk.import("a.csv", &drive(1..4, -122)).await;
    let second = desk.import("b.csv", &drive(2..6, -122)).await;
    let known = second.counts.unchanged;
    assert_eq!(known, 2 * 3 * 7);
    let told = preview(&*desk.store, 1, None).await.unwrap();
    assert_eq!(told.takes.later, [LaterImport { id: 2, file: Some("b.csv".into()), rows: known, is_exact: true }]);
    desk.undo(1).await;
    assert_ne!(desk.verdicts().await, expected, "two days of the second file went with the first");
    let again = desk.import("b.csv", &drive(2..6, -122)).await;
    assert_eq!((again.counts.inserted, again.already_imported), (known, None));
    let told = desk.verdicts().await;
    assert_eq!((told.0.len(), &told.1), (expected.0.len(), &expected.1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn verdicts_that_lack_an_import_are_made_anew_whatever_epoch_they_bear() {
    let desk = Desk::new().await;
    desk.import("a.csv", &drive(1..4, -122)).await;
    let early = Snapshot::take(&*desk.store, &desk.rules, now()).await.unwrap();
    let view = early.seen(Sight::Whole, &Question::default()).unwrap();
    for reads in [false, true] {
        desk.import("b.csv", &drive(if reads { 6..8 } else { 4..6 }, -122)).await;
        let epoch = desk.store.epoch().await.unwrap();
        let judged = (&early.facts, &*view.answer);
        analyse::settle(&*desk.store, &desk.rules, judged, (epoch, false), now()).await.unwrap();
        assert!(analyse::is_current(&*desk.store, &desk.rules, now()).await.unwrap(), "by its stamp");
        let told = if reads {
            Snapshot::read(&*desk.store, &desk.rules, now()).await.unwrap()
        } else {
            Snapshot::take(&*desk.store, &desk.rules, now()).await.unwrap()
        };
        let (_, runs) = analyse::runs_of(&*desk.store, None).await.unwrap();
        assert_eq!(told.facts.runs.len(), runs.len());
        assert!(told.facts.runs.len() > early.facts.runs.len());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repair_is_claimed_and_no_more_when_the_drives_that_verified_it_are_taken_back() {
    let desk = Desk::new().await;
    desk.import("weak.csv", &drive(1..4, -122)).await;
    let taken = Snapshot::take(&*desk.store, &desk.rules, now()).await.unwrap();
    let question = Question { operator: viettel(), ..Question::default() };
    let view = taken.seen(Sight::Whole, &question).unwrap();
    let area = &view.answer.dead_areas[0];
    let place = WorkPlace { operator: area.operator, technology: area.technology, cells: area.cells.clone() };
    let fixed = NewAction::new(WorkKind::Fixed, "Viettel Ninh Bình", "").unwrap();
    let item = desk.store.act(&place, &fixed, "2026-03-04T12:00:00Z".parse().unwrap()).await.unwrap();
    let state_of = |snapshot: &Snapshot| {
        let view = snapshot.seen(Sight::Whole, &question).unwrap();
        let rows = snapshot.rows(&view, "work").unwrap();
        let row = rows.iter().find(|row| row.get("item") == Some(&Value::Integer(item))).unwrap();
        row.get("state").cloned()
    };
    let text = |state: &str| Some(Value::Text(state.to_owned()));
    let after = async |before: &Snapshot| match before.since(&*desk.store, &desk.rules, now()).await.unwrap() {
        Since::Changed(snapshot) => snapshot,
        _ => panic!("an open map sees it"),
    };
    let claimed = after(&taken).await;
    assert_eq!(state_of(&claimed), text("fixed"));
    desk.import("good.csv", &drive(6..9, -70)).await;
    let verified = Arc::new(after(&claimed).await);
    assert_eq!(state_of(&verified), text("verified"));
    let mut told = preview(&*desk.store, 2, Some(&*verified)).await.unwrap();
    told.look_ahead(&*desk.store, &verified).await.unwrap();
    let [repair] = &told.resting.as_ref().unwrap().repairs[..] else { panic!("one: {told:?}") };
    assert_eq!((repair.item, repair.state.as_str()), (item, "verified"));
    assert_eq!(told.outcome.unwrap().repairs, [(repair.clone(), "fixed".to_owned())]);

    let event = Actor::TERMINAL.did(AuditAction::TakeBack, "", now());
    take_back(&*desk.store, 2, &event).await.unwrap();
    let open = after(&verified).await;
    assert_eq!(state_of(&open), text("fixed"));
    // As many rows of another file in their place are news, too.
    desk.import("bad.csv", &drive(6..9, -124)).await;
    assert_eq!(state_of(&after(&open).await), text("contradicted"));
}

fn visit(id: &str, commune: &str) -> Visit {
    Visit {
        source_id: id.to_owned(),
        time: now(),
        commune: commune.parse().unwrap(),
        village: None,
        assigned_by: AssignMethod::CommuneOnly,
        ..scene::visit("14329-001", 7)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commune_takes_back_while_all_of_it_is_its_own() {
    let desk = Desk::new().await;
    let [own, other] = ["14329", "14330"].map(|code| Role::Commune(code.parse().unwrap()));
    let bring = async |by, file: &str, visits: &[Visit]| {
        let (file, hash) = (file.to_owned(), file.to_owned());
        let new = NewImport { kind: ImportKind::Visits, file, hash, profile: String::new(), synthetic: false, by };
        let mut import = desk.store.begin(&new, now()).await.unwrap();
        import.put_visits(visits).await.unwrap();
        import.commit().await.unwrap().id
    };
    let (a, b, c) = (visit("a", "14329"), visit("b", "14330"), visit("c", "14329"));
    let mine = bring(own, "mine", &[a.clone(), c.clone()]).await;
    let mixed = bring(own, "mixed", &[b, visit("d", "14329")]).await;
    let again = bring(Role::Department, "again", &[a.clone(), visit("e", "14329")]).await;
    let again_mine = bring(own, "again mine", &[c]).await;
    let facts = Facts::new(FactParts::default());
    let asked = async |import, reader| match admit(&*desk.store, import, reader, &facts).await {
        Ok(()) => None,
        Err(TakingBackError::Obstacle(why)) => Some(why),
        Err(error) => panic!("{error}"),
    };
    assert_eq!(asked(mine, own).await, None);
    assert_eq!(asked(mixed, own).await, Some(Obstacle::OfOthers { visits: 1 }));
    assert_eq!((asked(mixed, Role::Department).await, asked(again, Role::Admin).await), (None, None));
    for (import, reader) in [(mine, other), (again, own), (99, own), (mine, Role::Auditor), (mine, Role::Public)] {
        assert_eq!(asked(import, reader).await, Some(Obstacle::NoSuchImport(import)), "{reader:?}");
    }
    let ids = async |reader| listed(&*desk.store, reader).await.unwrap().iter().map(|one| one.id).collect::<Vec<_>>();
    assert_eq!((ids(own).await, ids(other).await), (vec![mine, mixed, again_mine], vec![]));
    assert_eq!(ids(Role::Auditor).await.len(), 4);

    let mut told = preview(&*desk.store, mine, None).await.unwrap().takes;
    without_names_of_others(&*desk.store, own, &mut told).await.unwrap();
    let names: Vec<_> = told.later.iter().map(|later| (later.id, later.file.as_deref())).collect();
    assert_eq!(names, [(again, None), (again_mine, Some("again mine"))]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_taken_back_says_why_and_changes_nothing() {
    let desk = Desk::new().await;
    desk.import("a.csv", &drive(1..2, -90)).await;
    desk.import("copy.csv", &(drive(1..2, -90) + "\n")).await;
    let before = (desk.store.epoch().await.unwrap(), desk.store.imports().await.unwrap());
    let event = Actor::TERMINAL.did(AuditAction::TakeBack, "", now());
    let refusal = take_back(&*desk.store, 2, &event).await;
    assert!(matches!(refusal, Err(TakingBackError::Obstacle(Obstacle::NothingLeft))), "{refusal:?}");
    assert_eq!((desk.store.epoch().await.unwrap(), desk.store.imports().await.unwrap()), before);
    assert!(desk.store.events(None).await.unwrap().is_empty());
}
