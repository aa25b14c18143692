//! Acts on a register of three villages: what it becomes, what is refused, and that no sum changes.

use jiff::civil::{Date, date};

use super::*;
use crate::engine::facts::{FactParts, Facts};
use crate::engine::{Answer, answer, scene};
use crate::model::measure::LonLat;
use crate::model::question::Question;

const DAY: Date = date(2026, 5, 1);

fn code(text: &str) -> VillageCode {
    text.parse().unwrap()
}

/// Three villages of a commune, and one of another.
fn register() -> Vec<Village> {
    let at = |lon| LonLat::new(lon, 20.05).ok();
    let mut villages = vec![
        scene::village("14001-001", "14001", Some(100), at(106.01)),
        scene::village("14001-002", "14001", Some(60), at(106.03)),
        scene::village("14001-003", "14001", Some(40), at(106.05)),
        scene::village("14002-001", "14002", Some(80), at(106.15)),
    ];
    for (village, name) in villages.iter_mut().zip(["Xóm Một", "Xóm Hai", "Xóm Ba", "Xóm Tư"]) {
        village.name = name.to_owned();
    }
    villages
}

fn act(village: &str, change: Change, on: Date) -> NewAct {
    NewAct::new((code(village), change), on, ("UBND xã", "đề án sắp xếp"), date(2026, 6, 1)).unwrap()
}

fn merger(kept: &str, others: &[&str]) -> NewAct {
    act(kept, Change::Merge { others: others.iter().map(|one| code(one)).collect() }, DAY)
}

fn part(name: &str, households: Option<u32>) -> Part {
    Part { name: name.to_owned(), point: LonLat::new(106.02, 20.06).ok(), precision_m: Some(50.0), households }
}

/// The register after acts, one after another.
fn after(acts: &[NewAct]) -> (Vec<Village>, Vec<Succession>) {
    let (mut villages, mut successions) = (register(), Vec::new());
    for act in acts {
        let edited = edit(&villages, &successions, act).unwrap();
        for changed in edited.villages {
            villages.retain(|village| village.code != changed.code);
            villages.push(changed);
        }
        successions.extend(edited.successions);
    }
    (villages, successions)
}

/// The answer of a day, with eight homes visited in each of the first three villages.
fn told((villages, successions): (Vec<Village>, Vec<Succession>), as_of: Date) -> Answer {
    let units = [("14001", 106.0), ("14002", 106.1)].map(|(of, west)| scene::commune(of, west, date(2020, 1, 1), None));
    let homes = [("14001-001", 0), ("14001-002", 100), ("14001-003", 200)];
    let visits = homes.iter().flat_map(|(of, from)| (0..8).map(move |home| scene::visit(of, from + home))).collect();
    let today = date(2026, 6, 1);
    let parts = FactParts { units: units.to_vec(), villages, successions, visits, today, ..FactParts::default() };
    answer(&Facts::new(parts), &Question { as_of: Some(as_of), ..Question::default() })
}

fn sums(answer: &Answer) -> (u64, u32, usize) {
    let commune = answer.communes.iter().find(|one| one.commune == "14001".parse().unwrap()).unwrap();
    let visited = answer.villages.iter().filter_map(|village| village.visited.known()).sum();
    (commune.households.known().unwrap(), visited, answer.villages.len())
}

#[test]
fn sums_before_and_after_a_merger_are_equal_and_nothing_counts_twice() {
    let merged = || after(&[merger("14001-001", &["14001-002"])]);
    let plain = (register(), Vec::new());
    assert_eq!(sums(&told(plain, DAY)), (200, 24, 4));
    assert_eq!(sums(&told(merged(), DAY)), (200, 24, 3));
    // The day before, each stood for itself, also as read today.
    let before = told(merged(), date(2026, 4, 30));
    assert_eq!(sums(&before), (200, 24, 4));
    assert_eq!(before.villages[0].households.known(), Some(100));
}

#[test]
fn visits_follow_a_merger_of_a_merger() {
    let first = merger("14001-002", &["14001-003"]);
    let second = act("14001-001", Change::Merge { others: vec![code("14001-002")] }, date(2026, 5, 10));
    let both = || after(&[first.clone(), second.clone()]);
    let visited = |as_of| {
        let answer = told(both(), as_of);
        answer.villages.iter().filter_map(|village| village.visited.known()).collect::<Vec<_>>()
    };
    assert_eq!(visited(date(2026, 4, 30)), [8, 8, 8]);
    assert_eq!(visited(DAY), [8, 16]);
    assert_eq!(visited(date(2026, 5, 10)), [24]);
    for as_of in [date(2026, 4, 30), DAY, date(2026, 5, 10)] {
        assert_eq!(sums(&told(both(), as_of)).0, 200, "{as_of}");
    }
}

#[test]
fn the_village_that_goes_on_takes_names_and_what_all_declared() {
    let (villages, successions) = after(&[merger("14001-001", &["14001-002", "14001-003"])]);
    let kept = villages.iter().find(|one| one.code == code("14001-001")).unwrap();
    assert_eq!(
        (kept.households, kept.aliases.as_slice()),
        (Some(200), &["Xóm Hai".to_owned(), "Xóm Ba".to_owned()][..])
    );
    let ended = villages.iter().find(|one| one.code == code("14001-002")).unwrap();
    assert_eq!((ended.valid_to, ended.in_force(date(2026, 4, 30)), ended.in_force(DAY)), (Some(DAY), true, false));
    assert_eq!(successions.len(), 2);
    // A part that nobody counted makes no sum.
    let mut villages = register();
    villages[1].households = None;
    let edited = edit(&villages, &[], &merger("14001-001", &["14001-002"])).unwrap();
    assert_eq!(edited.villages[0].households, None);
}

#[test]
fn the_villages_of_a_split_begin_unvisited_and_the_old_one_keeps_its_visits() {
    let split = act("14001-001", Change::Split { parts: vec![part("Xóm Đông", Some(55)), part("Xóm Tây", None)] }, DAY);
    let (villages, successions) = after(&[split]);
    let codes: Vec<String> = successions.iter().map(|one| one.to.to_string()).collect();
    assert_eq!(codes, ["14001-004", "14001-005"]);
    assert_eq!(villages.len(), 6);
    let (before, now) =
        (told((villages.clone(), successions.clone()), date(2026, 4, 30)), told((villages, successions), DAY));
    assert_eq!(before.villages[0].visited.known(), Some(8));
    assert_eq!(sums(&before).1, 24);
    assert_eq!(sums(&now).1, 16);
    let new = now.villages.iter().find(|one| one.village == code("14001-004")).unwrap();
    assert_eq!((new.households.known(), new.visited.known()), (Some(55), Some(0)));
}

#[test]
fn a_name_a_point_a_count_and_an_end_are_changed_and_nothing_is_lost() {
    let point = LonLat::new(106.02, 20.02).unwrap();
    let (villages, _) = after(&[
        act("14001-001", Change::Rename { name: "Xóm Mới".into() }, DAY),
        act("14001-001", Change::Alias { name: "Trại Giữa".into() }, DAY),
        act("14001-001", Change::Move { point, precision_m: 20.0 }, DAY),
        act("14001-001", Change::Households { households: 120 }, DAY),
        act("14001-001", Change::Confirm, DAY),
        act("14001-002", Change::Close, DAY),
        act("14001-003", Change::Close, DAY),
        act("14001-003", Change::Reopen, DAY),
    ]);
    let of = |text: &str| villages.iter().find(|one| one.code == code(text)).unwrap();
    let one = of("14001-001");
    assert_eq!(
        (one.name.as_str(), one.aliases.as_slice()),
        ("Xóm Mới", &["Xóm Một".to_owned(), "Trại Giữa".to_owned()][..])
    );
    assert_eq!((one.point, one.point_precision_m), (Some(point), Some(20.0)));
    assert_eq!((one.households, one.households_date), (Some(120), Some(DAY)));
    assert_eq!(one.confidence, VillageConfidence::CommuneConfirmed);
    assert!(of("14001-002").in_force(DAY) && !of("14001-002").in_force(date(2026, 5, 2)), "the day is the last one");
    assert_eq!(of("14001-003").valid_to, None);
    assert_eq!(villages.len(), 4);
}

#[test]
fn what_the_register_does_not_bear_is_refused_with_words() {
    let closed = after(&[act("14001-003", Change::Close, DAY)]);
    let merged = after(&[merger("14001-001", &["14001-002"])]);
    let check = |(villages, successions): &(Vec<Village>, Vec<Succession>), act: NewAct, word: &str| {
        let words = edit(villages, successions, &act).unwrap_err().to_string();
        assert!(words.contains(word), "{words}");
    };
    let plain = (register(), Vec::new());
    check(&plain, act("14009-001", Change::Confirm, DAY), "no village `14009-001`");
    check(&closed, act("14001-003", Change::Close, DAY), "2026-05-02 is the first day without it");
    check(&plain, act("14001-001", Change::Close, date(2019, 1, 1)), "begins on 2020-01-01");
    check(&plain, act("14001-001", Change::Reopen, DAY), "was not closed");
    check(&merged, act("14001-002", Change::Reopen, DAY), "was not closed");
    check(&plain, merger("14001-001", &["14002-001"]), "another commune");
    check(&plain, merger("14001-001", &["14001-001"]), "named twice");
    check(&plain, merger("14001-001", &["14001-002", "14001-002"]), "named twice");
    check(&merged, merger("14001-003", &["14001-002"]), "ended");
    check(&plain, act("14001-001", Change::Rename { name: "xóm hai".into() }, DAY), "14001-002");
    check(&plain, act("14001-001", Change::Alias { name: "xóm hai".into() }, DAY), "14001-002");
    check(&plain, act("14001-001", Change::Alias { name: "xóm một".into() }, DAY), "14001-001");
    let parts = vec![part("Xóm Đông", None), part("Xóm Đông", None)];
    check(&plain, act("14001-001", Change::Split { parts }, DAY), "two of the new villages");
    let first = vec![part("Xóm Đông", None), part("Xóm Tây", None)];
    check(&plain, act("14001-001", Change::Split { parts: first }, date(2020, 1, 1)), "begins on 2020-01-01");
    let counted = after(&[act("14001-001", Change::Households { households: 90 }, DAY)]);
    check(&counted, act("14001-001", Change::Households { households: 80 }, date(2026, 4, 1)), "younger");
}
