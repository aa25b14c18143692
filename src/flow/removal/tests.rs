//! Erasing and letting go on a store of its own, down to the bytes of the file.

mod phones;

use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::engine::answer;
use crate::engine::indicators::{Asked, indicators};
use crate::flow::access::Actor;
use crate::flow::import::{Note, Report, Request, import};
use crate::model::access::Role;
use crate::model::correction::Correction;
use crate::model::import::ImportKind;
use crate::model::indicator::IndicatorLevel;
use crate::model::language::Language;
use crate::model::question::Question;
use crate::model::review::{Decision, NewReview};
use crate::model::token::{AuditAction, Note as Purpose};

const NOW: &str = "2026-11-22T00:00:00Z";
const HEAD: &str = "id,time,village_code,lon,lat,household,result\n";

struct Desk {
    folder: TempDir,
    store: Arc<dyn Store>,
}

impl Desk {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = crate::store::open(&folder.path().join("a.gpkg").to_string_lossy()).await.unwrap();
        let desk = Self { folder, store };
        desk.import(ImportKind::Boundaries, "units.csv", "code,name,kind\n14329,Hoa Lư,phường\n", &[]).await;
        let villages = "code,commune_code,name,lon,lat,households\n14329-001,14329,Xóm Một,105.9,20.2,40\n14329-002,14329,Xóm Hai,105.92,20.2,30\n";
        desk.import(ImportKind::Villages, "villages.csv", villages, &[]).await;
        desk
    }

    async fn import(&self, kind: ImportKind, name: &str, text: &str, corrections: &[Correction]) -> Report {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let request = Request {
            corrections: Arc::new(corrections.to_vec()),
            language: Language::En,
            ..Request::new(kind, Role::Admin, Rules::default(), NOW.parse().unwrap())
        };
        import(&*self.store, &path, &request).await.unwrap()
    }

    /// Bytes of the store and of what stands beside it.
    fn bytes(&self) -> Vec<u8> {
        let beside = |end: &str| PathBuf::from(format!("{}{end}", self.folder.path().join("a.gpkg").display()));
        ["", "-wal", "-journal"].into_iter().flat_map(|end| std::fs::read(beside(end)).unwrap_or_default()).collect()
    }

    async fn facts(&self) -> Facts {
        analyse::facts(&*self.store, &Rules::default(), NOW.parse().unwrap()).await.unwrap()
    }
}

fn event(action: AuditAction) -> AuditEvent {
    let purpose = Purpose::new("rút đồng ý").unwrap();
    AuditEvent { purpose, ..Actor::TERMINAL.did(action, "", NOW.parse().unwrap()) }
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    memchr::memmem::find(bytes, wanted).is_some()
}

fn row(id: &str, day: &str, village: u32, home: &str) -> String {
    let at = 105.9 + id.bytes().zip(1..).map(|(byte, at)| f64::from(byte) * f64::from(at)).sum::<f64>() * 1e-7;
    format!("{id},{day}T09:00:00+07:00,14329-00{village},{at:.7},20.2,{home},guided\n")
}

fn label(home: &str) -> Home {
    Home::Label {
        commune: "14329".parse().unwrap(),
        village: Some("14329-001".parse().unwrap()),
        label: home.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erased_home_is_nowhere_in_the_file_and_does_not_come_back() {
    let desk = Desk::new().await;
    let ids = ["form-of-the-first-visit", "form-of-the-second-visit"];
    let visit = |id: &str, day: &str, home: &str, result: &str| {
        format!("{id},{day}T09:00:00+07:00,14329-001,105.91234567,20.21234567,{home},{result}\n")
    };
    let wrong = format!("refused-{}", ids[0]);
    let file = |extra: &str| {
        let homes: String = (0..9).map(|n| row(&format!("{n}"), "2026-03-10", 1, &format!("home {n}"))).collect();
        let two =
            visit(ids[0], "2026-03-10", "Ngõ 3 - 12", "odd") + &visit(ids[1], "2026-03-11", "ngõ 3 - 12", "guided");
        format!("{HEAD}{homes}{two}{}{extra}", visit("last", "2026-03-12", "home 10", &wrong))
    };
    let mend = [Correction::cell(11, "result", "guided").unwrap()];
    let first = desk.import(ImportKind::Visits, "visits.csv", &file(""), &mend).await;
    assert_eq!((first.accepted, first.refused, first.corrected.len()), (11, 1, 1));
    let told = NewReview::new(Decision::Rejected, "UBND xã", "gọi lại").unwrap();
    desk.store.review(&[ids[0].to_owned(), "of-nobody".to_owned()], &told, NOW.parse().unwrap()).await.unwrap();
    assert_eq!(desk.store.decisions().await.unwrap().len(), 1, "what is not there is not decided about");
    desk.store
        .review(&[ids[0].to_owned()], &NewReview::new(Decision::Accepted, "UBND xã", "").unwrap(), NOW.parse().unwrap())
        .await
        .unwrap();
    analyse::analyse(&*desk.store, &Rules::default(), Runs::Anew, NOW.parse().unwrap()).await.unwrap();
    let household = desk.store.visits().await.unwrap().iter().find(|v| v.source_id == ids[1]).unwrap().household;
    let traces = [ids[0].as_bytes(), ids[1].as_bytes(), &household.to_be_bytes(), &105.91234567_f64.to_be_bytes()];
    for trace in &traces {
        assert!(holds(&desk.bytes(), trace), "the test would find it");
    }

    let erased = erase(&*desk.store, &label("Ngõ 3 - 12"), &event(AuditAction::Erase)).await.unwrap();
    finish(&*desk.store, &Rules::default(), NOW.parse().unwrap()).await.unwrap();
    assert_eq!((erased.visits, erased.decisions), (2, 2));
    assert_eq!(erased.cells, 2, "the corrected row, and the refused one of the same file");
    for trace in &traces {
        assert!(!holds(&desk.bytes(), trace), "{:?}", String::from_utf8_lossy(trace));
    }
    assert_eq!(desk.store.visits().await.unwrap().len(), 9);
    let last = desk.store.events(None).await.unwrap().pop().unwrap();
    assert_eq!(
        (last.action, last.subject.as_str(), last.purpose.as_str()),
        (AuditAction::Erase, "2 visits", "rút đồng ý")
    );
    assert_eq!(desk.store.check().await.unwrap(), []);

    let again =
        desk.import(ImportKind::Visits, "visits.csv", &file(&row("new", "2026-03-12", 1, "home 11")), &mend).await;
    assert!(again.notes.contains(&Note::KeptOut { rows: 2 }), "{:?}", again.notes);
    assert_eq!(again.counts.inserted, 1);
    // Under another id the home is known by its key, until it is visited again.
    let other =
        visit("other", "2026-03-11", "Ngõ 3 - 12", "guided") + &visit("later", "2026-11-22", "Ngõ 3 - 12", "guided");
    let other = other.replace("2026-11-22T09:00:00+07:00", "2026-11-22T07:00:00+07:00");
    let again = desk.import(ImportKind::Visits, "other.csv", &format!("{HEAD}{other}"), &[]).await;
    assert_eq!(again.counts.inserted, 1, "a visit since the erasure is a visit");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_home_is_erased_by_any_of_its_forms_and_never_without_a_reason() {
    let desk = Desk::new().await;
    let visits = row("uuid:1", "2026-03-10", 1, "a")
        + &row("uuid:2", "2026-03-11", 1, "a")
        + &row("uuid:3", "2026-03-10", 1, "b");
    desk.import(ImportKind::Visits, "visits.csv", &format!("{HEAD}{visits}"), &[]).await;
    let form = |id: &str| Home::Form(id.to_owned());
    let silent = AuditEvent { purpose: Purpose::default(), ..event(AuditAction::Erase) };
    assert!(matches!(erase(&*desk.store, &form("2"), &silent).await, Err(RemovalError::NoReason)));
    assert!(matches!(
        erase(&*desk.store, &form("none"), &event(AuditAction::Erase)).await,
        Err(RemovalError::NoSuchHome)
    ));
    assert_eq!(desk.store.visits().await.unwrap().len(), 3);
    assert_eq!(erase(&*desk.store, &form("2"), &event(AuditAction::Erase)).await.unwrap().visits, 2);
    assert_eq!(desk.store.visits().await.unwrap().len(), 1);
}

/// Every line of every unit in some months, quarters and years.
async fn every_indicator(desk: &Desk) -> Vec<String> {
    let facts = desk.facts().await;
    let table = |period: &str, level| {
        let period: crate::model::period::Period = period.parse().unwrap();
        let answered = answer(&facts, &Question { to: Some(period.last()), ..Question::default() });
        let asked = Asked { period, level, planning: true };
        format!("{period} {:?}", indicators(&facts, (&answered, None), asked).rows)
    };
    ["2024-01", "2024-03", "2024Q1", "2024", "2026-03", "2026Q1"]
        .into_iter()
        .flat_map(|period| [IndicatorLevel::Commune, IndicatorLevel::Village].map(|level| table(period, level)))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_old_is_coarse_and_no_indicator_changes() {
    let desk = Desk::new().await;
    let mut visits = String::new();
    for n in 0..24_u32 {
        let (month, day) = (1 + n % 3, 1 + n);
        visits += &row(&format!("old-form-{n}"), &format!("2024-0{month}-{day:02}"), 1 + n % 2, &format!("home {n}"));
    }
    // Homes of then, again.
    for n in 0..12_u32 {
        visits += &row(&format!("young-form-{n}"), &format!("2026-03-{:02}", 1 + n), 1 + n % 2, &format!("home {n}"));
    }
    // Typed in at a desk: they count nowhere, before and after.
    for n in 0..6_u32 {
        visits += &format!("desk-{n},2024-02-{:02}T23:00:00+07:00,14329-001,105.95,20.25,desk {n},guided\n", 1 + n);
    }
    visits += "odd,2024-02-01T09:00:00+07:00,14329-001,105.9,20.2,x,strange\n";
    desk.import(ImportKind::Visits, "visits.csv", &format!("{HEAD}{visits}"), &[]).await;
    desk.store
        .review(
            &["desk-0".to_owned()],
            &NewReview::new(Decision::Accepted, "UBND xã", "").unwrap(),
            NOW.parse().unwrap(),
        )
        .await
        .unwrap();
    let now: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
    let before = every_indicator(&desk).await;
    let exact = desk.store.visits().await.unwrap();

    let would = retain(&*desk.store, &Rules::default(), None, now).await.unwrap();
    assert_eq!((would.visits, would.cells, would.audit), (30, 0, 0));
    assert_eq!(desk.store.visits().await.unwrap(), exact, "a dry run changes nothing");

    let done = retain(&*desk.store, &Rules::default(), Some(&event(AuditAction::Retain)), now).await.unwrap();
    finish(&*desk.store, &Rules::default(), now).await.unwrap();
    assert_eq!(done, would);
    assert_eq!(every_indicator(&desk).await, before);
    let coarse = desk.store.visits().await.unwrap();
    let old: Vec<_> = coarse.iter().filter(|visit| visit.coarse).collect();
    assert_eq!(old.len(), 30);
    for visit in &old {
        assert!(visit.point.is_none() && visit.source_id.starts_with("coarse:"), "{visit:?}");
        assert_eq!(local_day(visit.time).day(), 1);
    }
    let facts = analyse::facts(&*desk.store, &Rules::default(), now).await.unwrap();
    assert_eq!(
        facts.visits_trusted().filter(|(_, counts)| !counts).count(),
        5,
        "the accepted one of six at the desk counts"
    );
    assert!(!holds(&desk.bytes(), b"old-form-"), "and in the file");
    assert!(holds(&desk.bytes(), b"young-form-"));

    // The old file again: its forms are in the store already.
    let again = desk.import(ImportKind::Visits, "again.csv", &format!("{HEAD}{visits}"), &[]).await;
    assert_eq!(again.counts.inserted, 0);
    assert!(again.notes.contains(&Note::KeptOut { rows: 30 }), "{:?}", again.notes);
    assert_eq!(retain(&*desk.store, &Rules::default(), None, now).await.unwrap().visits, 0, "once");

    // Years later the cells and the audit go too.
    let later: Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
    let done = retain(&*desk.store, &Rules::default(), Some(&event(AuditAction::Retain)), later).await.unwrap();
    assert_eq!((done.visits, done.cells, done.audit), (12, 2, 1));
    assert_eq!(desk.store.refused(3).await.unwrap()[0].found, "…");
}
