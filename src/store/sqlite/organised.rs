//! Teams and activities: what communes organise, as they list it.
//!
//! A list that brings a team again replaces what was known of it; nothing is
//! deleted. A value that a later list leaves out is unknown again, since a
//! list speaks for the day on which it was made.

use super::bulk::Raw;
use super::register::{Row, day_text, upsert};
use crate::model::activity::{Activity, ActivityCounts, ActivityKind};
use crate::model::import::Counts;
use crate::model::place::PlaceKind;
use crate::model::team::{Team, TeamFacts};
use crate::store::{RenamedActivity, StoreError};

const PUT_TEAM: &str = "
INSERT INTO teams (
  commune, village, decision_no, decided_on, members, youth, trained, has_head, has_police, source, import_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (commune, village) DO UPDATE SET
  decision_no = excluded.decision_no, decided_on = excluded.decided_on, members = excluded.members,
  youth = excluded.youth, trained = excluded.trained, has_head = excluded.has_head, has_police = excluded.has_police,
  source = excluded.source, import_id = excluded.import_id
WHERE decision_no IS NOT excluded.decision_no OR decided_on IS NOT excluded.decided_on
  OR members IS NOT excluded.members OR youth IS NOT excluded.youth OR trained IS NOT excluded.trained
  OR has_head IS NOT excluded.has_head OR has_police IS NOT excluded.has_police OR source <> excluded.source";

pub(super) fn put_teams(raw: &Raw<'_>, teams: &[Team], import: i64) -> Result<Counts, StoreError> {
    upsert(raw, "SELECT count(*) FROM teams", PUT_TEAM, teams, |statement, team| {
        let village = team.village.map(|code| code.to_string()).unwrap_or_default();
        let decided_on = day_text(team.facts.decided_on);
        statement.run(&[
            team.commune.to_string().as_str().into(),
            village.as_str().into(),
            team.facts.decision_no.as_deref().into(),
            decided_on.as_deref().into(),
            team.facts.members.into(),
            team.facts.youth.into(),
            team.facts.trained.into(),
            team.facts.has_head.into(),
            team.facts.has_police.into(),
            team.source.as_str().into(),
            import.into(),
        ])
    })
}

pub(super) fn teams(raw: &Raw<'_>) -> Result<Vec<Team>, StoreError> {
    let mut row = Row::new(
        raw,
        "teams",
        "SELECT 0, commune, nullif(village, ''), decision_no, decided_on, members, youth, trained, has_head, has_police,
           source
         FROM teams ORDER BY commune, village",
    )?;
    let mut teams = Vec::new();
    while row.next()? {
        teams.push(Team {
            commune: row.code(1, "commune")?,
            village: parsed(&row, 2, "village", |text| text.parse().ok())?,
            facts: TeamFacts {
                decision_no: row.text_or_none(3),
                decided_on: row.day_or_none(4, "decided_on")?,
                members: count(&row, 5, "members")?,
                youth: count(&row, 6, "youth")?,
                trained: count(&row, 7, "trained")?,
                has_head: row.statement.int(8).map(|value| value == 1),
                has_police: row.statement.int(9).map(|value| value == 1),
            },
            source: row.text(10, "source")?,
        });
    }
    Ok(teams)
}

const PUT_ACTIVITY: &str = "
INSERT INTO activities (
  key, kind, on_day, period, commune, village, place_kind, attendees, elderly, disabled, hours, topic, source, import_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET
  kind = excluded.kind, on_day = excluded.on_day, period = excluded.period, commune = excluded.commune,
  village = excluded.village, place_kind = excluded.place_kind, attendees = excluded.attendees,
  elderly = excluded.elderly, disabled = excluded.disabled, hours = excluded.hours, topic = excluded.topic,
  source = excluded.source, import_id = excluded.import_id
WHERE kind <> excluded.kind OR on_day <> excluded.on_day OR period IS NOT excluded.period
  OR commune IS NOT excluded.commune OR village IS NOT excluded.village OR place_kind IS NOT excluded.place_kind
  OR attendees IS NOT excluded.attendees OR elderly IS NOT excluded.elderly OR disabled IS NOT excluded.disabled
  OR hours IS NOT excluded.hours OR topic IS NOT excluded.topic OR source <> excluded.source";

pub(super) fn put_activities(raw: &Raw<'_>, activities: &[Activity], import: i64) -> Result<Counts, StoreError> {
    upsert(raw, "SELECT count(*) FROM activities", PUT_ACTIVITY, activities, |statement, activity| {
        let counts = &activity.counts;
        let (on, period) = (activity.on.to_string(), activity.period.map(|period| period.to_string()));
        let (commune, village) =
            (activity.commune.map(|code| code.to_string()), activity.village.map(|code| code.to_string()));
        statement.run(&[
            activity.key.as_str().into(),
            activity.kind.code().into(),
            on.as_str().into(),
            period.as_deref().into(),
            commune.as_deref().into(),
            village.as_deref().into(),
            counts.place_kind.map(PlaceKind::code).into(),
            counts.attendees.into(),
            counts.elderly.into(),
            counts.disabled.into(),
            counts.hours.into(),
            counts.topic.as_deref().into(),
            activity.source.as_str().into(),
            import.into(),
        ])
    })
}

pub(super) fn rename_activities(raw: &Raw<'_>, renamed: &[RenamedActivity]) -> Result<Counts, StoreError> {
    let mut rename = raw.prepare("UPDATE OR REPLACE activities SET key = ?, topic = ? WHERE key = ?")?;
    for RenamedActivity { before, key, topic } in renamed {
        rename.run(&[key.as_str().into(), topic.as_deref().into(), before.as_str().into()])?;
    }
    Ok(Counts::default())
}

pub(super) fn activities(raw: &Raw<'_>) -> Result<Vec<Activity>, StoreError> {
    let mut row = Row::new(
        raw,
        "activities",
        "SELECT 0, key, kind, on_day, period, commune, village, place_kind, attendees, elderly, disabled, hours, topic,
           source
         FROM activities ORDER BY key",
    )?;
    let mut activities = Vec::new();
    while row.next()? {
        activities.push(Activity {
            key: row.text(1, "key")?,
            kind: row.named(2, "kind", ActivityKind::from_code)?,
            on: row.day(3, "on_day")?,
            period: parsed(&row, 4, "period", |text| text.parse().ok())?,
            commune: parsed(&row, 5, "commune", |text| text.parse().ok())?,
            village: parsed(&row, 6, "village", |text| text.parse().ok())?,
            counts: ActivityCounts {
                place_kind: parsed(&row, 7, "place_kind", PlaceKind::from_code)?,
                attendees: count(&row, 8, "attendees")?,
                elderly: count(&row, 9, "elderly")?,
                disabled: count(&row, 10, "disabled")?,
                hours: row.statement.real(11),
                topic: row.text_or_none(12),
            },
            source: row.text(13, "source")?,
        });
    }
    Ok(activities)
}

/// A column that may be empty and is never something else.
fn parsed<T>(
    row: &Row<'_>,
    column: std::ffi::c_int,
    name: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, StoreError> {
    row.statement.text(column).map(|text| read(text).ok_or_else(|| row.corrupt(name))).transpose()
}

fn count(row: &Row<'_>, column: std::ffi::c_int, name: &'static str) -> Result<Option<u32>, StoreError> {
    row.statement.int(column).map(|value| u32::try_from(value).map_err(|_| row.corrupt(name))).transpose()
}
