//! Teams and activities in the store: what went in comes back, and a later list speaks for itself.

use std::sync::Arc;

use super::inserted;
use super::province::{file, now};
use crate::model::activity::{Activity, ActivityCounts, ActivityKind};
use crate::model::import::{Counts, ImportKind};
use crate::model::place::PlaceKind;
use crate::model::team::{Team, TeamFacts};
use crate::store::{RenamedActivity, Store};

pub(super) async fn teams_and_activities_come_back_and_may_change(store: Arc<dyn Store>) {
    let (known_teams, known) = (teams(), activities());
    let put = async |teams: &[Team], rows: &[Activity], hash: &str| {
        let mut import = store.begin(&file(ImportKind::Teams, hash), now()).await.unwrap();
        import.put_teams(teams).await.unwrap();
        import.put_activities(rows).await.unwrap();
        import.commit().await.unwrap().counts
    };
    assert_eq!(put(&known_teams, &known, "a").await, inserted(5));
    assert_eq!(store.teams().await.unwrap(), known_teams);
    assert_eq!(store.activities().await.unwrap(), known);
    assert_eq!(put(&known_teams, &known, "b").await, Counts { unchanged: 5, ..Counts::default() });
    let renamed = RenamedActivity { before: known[0].key.clone(), key: "0 new".into(), topic: None };
    let mut import = store.begin(&file(ImportKind::Activities, "r"), now()).await.unwrap();
    import.rename_activities(std::slice::from_ref(&renamed)).await.unwrap();
    import.commit().await.unwrap();
    let mut expected = known.clone();
    (expected[0].key, expected[0].counts.topic) = (renamed.key, None);
    expected.sort_by(|a, b| a.key.cmp(&b.key));
    assert_eq!(store.activities().await.unwrap(), expected);
    let mut changed = known_teams.clone();
    changed[0].facts.members = None;
    assert_eq!(put(&changed, &[], "c").await, Counts { updated: 1, unchanged: 1, ..Counts::default() });
    assert_eq!(store.teams().await.unwrap(), changed, "what a later list leaves out is unknown again");
    assert_eq!(store.check().await.unwrap(), []);
}

/// The team of a commune and that of a village, of which little is known.
fn teams() -> Vec<Team> {
    let team = |village: Option<&str>, facts| Team {
        commune: "13285".parse().unwrap(),
        village: village.map(|code| code.parse().unwrap()),
        facts,
        source: "teams.csv".into(),
    };
    let whole = TeamFacts {
        decision_no: Some("12/QĐ-UBND".into()),
        decided_on: Some(jiff::civil::date(2025, 8, 12)),
        members: Some(17),
        youth: Some(0),
        trained: Some(9),
        has_head: Some(true),
        has_police: Some(false),
    };
    vec![team(None, whole), team(Some("13285-001"), TeamFacts::default())]
}

/// A class, a broadcast of the province and a report, by key.
fn activities() -> Vec<Activity> {
    let activity = |key: &str, kind, commune: Option<&str>, period: Option<&str>| Activity {
        key: key.into(),
        kind,
        on: jiff::civil::date(2025, 10, 3),
        period: period.map(|text| text.parse().unwrap()),
        commune: commune.map(|code| code.parse().unwrap()),
        village: None,
        counts: ActivityCounts::default(),
        source: "activities.csv".into(),
    };
    let class = Activity {
        village: Some("13285-001".parse().unwrap()),
        counts: ActivityCounts {
            place_kind: Some(PlaceKind::CultureHouse),
            attendees: Some(42),
            elderly: Some(12),
            disabled: Some(0),
            hours: Some(2.5),
            topic: Some("VNeID".into()),
        },
        ..activity("a", ActivityKind::ClassResidents, Some("13285"), None)
    };
    let broadcast = activity("b", ActivityKind::Broadcast, None, None);
    vec![class, broadcast, activity("c", ActivityKind::Report, Some("13285"), Some("2025Q3"))]
}
