//! Acts on the register: kept with what they made of it, or not at all.

use std::sync::Arc;

use jiff::civil::{Date, date};

use super::fill;
use super::province::now;
use crate::model::access::Role;
use crate::model::register::{Change, EarlierCount, NewAct, Succession, SuccessionKind};
use crate::model::token::{AuditAction, AuditEvent, Note};
use crate::store::{Store, StoreError};

const DAY: Date = date(2026, 1, 1);

fn event() -> AuditEvent {
    AuditEvent {
        at: now(),
        role: Role::Admin,
        token: None,
        action: AuditAction::Register,
        subject: "merge 13285-001".into(),
        purpose: Note::default(),
    }
}

pub(super) async fn an_act_on_the_register_is_kept_whole_or_not_at_all(store: Arc<dyn Store>) {
    fill(&store, "a").await;
    let (before, known) = (store.epoch().await.unwrap(), store.villages().await.unwrap());
    let (kept, ended) = (known[0].code, known[1].code);
    let act = NewAct::new((kept, Change::Merge { others: vec![ended] }), DAY, ("UBND xã", "nghị quyết"), DAY).unwrap();
    let mut became = known[..2].to_vec();
    became[0].households = Some(240);
    became[1].valid_to = Some(DAY);
    let follows = Succession {
        from: ended,
        to: kept,
        kind: SuccessionKind::Merge,
        on: DAY,
        households_before: Some(120),
        population_before: None,
    };
    // Nothing of an act that fails stays.
    let nowhere = Succession { to: "13285-777".parse().unwrap(), ..follows.clone() };
    assert!(store.edit_register(&before, &act, (&became, &[nowhere]), &event()).await.is_err());
    assert_eq!((store.villages().await.unwrap(), store.epoch().await.unwrap()), (known.clone(), before.clone()));
    assert_eq!(store.register_acts(kept).await.unwrap(), []);

    let id = store.edit_register(&before, &act, (&became, std::slice::from_ref(&follows)), &event()).await.unwrap();
    let villages = store.villages().await.unwrap();
    assert_eq!((&villages[..2], &villages[2..]), (&became[..], &known[2..]));
    assert_eq!(store.successions().await.unwrap(), [follows]);
    for code in [kept, ended] {
        let acts = store.register_acts(code).await.unwrap();
        assert_eq!((acts.len(), acts[0].id, &acts[0].act, acts[0].at), (1, id, &act, now()), "{code}");
    }
    assert_eq!(store.register_acts(known[2].code).await.unwrap(), []);
    assert_eq!(store.epoch().await.unwrap().number, before.number + 1);
    assert_eq!(store.events(None).await.unwrap().last().unwrap().action, AuditAction::Register);
    // The register was read before that.
    let late = store.edit_register(&before, &act, (&became, &[]), &event()).await.unwrap_err();
    assert!(matches!(late, StoreError::Moved { .. }), "{late:?}");
    assert_eq!(store.check().await.unwrap(), []);
}

pub(super) async fn a_count_of_a_later_day_leaves_the_earlier_one_to_be_read(store: Arc<dyn Store>) {
    fill(&store, "a").await;
    let known = store.villages().await.unwrap();
    let count = |households, day| {
        let mut became = known[..1].to_vec();
        (became[0].households, became[0].households_date) = (Some(households), day);
        became
    };
    let mut earlier = Vec::new();
    for (households, day, is_later) in [
        (125, known[0].households_date, false), // Of the same day: the count was wrong.
        (130, Some(date(2026, 2, 1)), true),
        (131, None, false),
        (140, Some(date(2026, 3, 1)), true),
    ] {
        let before = store.villages().await.unwrap()[0].households.unwrap();
        let act = NewAct::new((known[0].code, Change::Confirm), DAY, ("UBND xã", "kê khai"), DAY).unwrap();
        let epoch = store.epoch().await.unwrap();
        store.edit_register(&epoch, &act, (&count(households, day), &[]), &event()).await.unwrap();
        if is_later {
            earlier.push(EarlierCount { village: known[0].code, households: before, until: day.unwrap() });
        }
        assert_eq!(store.earlier_counts().await.unwrap(), earlier, "{households}");
    }
}
