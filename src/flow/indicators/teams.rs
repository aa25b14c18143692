//! The board of teams for readers: counts for everybody, lines for those whose
//! teams they are.

use serde_json::{Value as Json, json};

use super::{Names, digest};
use crate::engine::teams::{self, TeamEntry};
use crate::flow::snapshot::{NoAnswer, Snapshot};
use crate::model::access::Role;
use crate::model::language::Language;
use crate::model::question::Question;
use crate::model::team::TeamState;

/// The board as a role sees it.
pub struct TeamBoard {
    /// Of all communes; whether there is one in a commune without a list is not known.
    pub counts: Vec<(TeamState, u32)>,
    pub unlisted: u32,
    pub communes_without_list: u32,
    /// Decided after the deadline.
    pub late: u32,
    pub expected: u32,
    /// Those that the role may read, with name and name of the commune.
    pub lines: Vec<(TeamEntry, String, String)>,
}

/// The board of today.
///
/// # Errors
/// As every question of a role.
pub fn board(snapshot: &Snapshot, role: Role) -> Result<TeamBoard, NoAnswer> {
    let view = snapshot.ask(role, &Question::default())?;
    let names = Names::new(snapshot, &view);
    let entries = teams::board(&snapshot.facts, (view.answer.as_of, view.answer.register_on));
    let count = |is: &dyn Fn(&TeamEntry) -> bool| {
        u32::try_from(entries.iter().filter(|entry| is(entry)).count()).unwrap_or(u32::MAX)
    };
    let told = |state: TeamState| (state, count(&|entry| entry.state == state && !entry.unlisted));
    let mut lines: Vec<_> = entries
        .iter()
        .filter(|entry| role.may_see_team(entry.commune, entry.village))
        .map(|entry| {
            let commune = names.commune(entry.commune);
            let name = entry.village.map_or_else(|| commune.clone(), |village| names.village(village));
            (entry.clone(), name, commune)
        })
        .collect();
    // Communes in Vietnamese order, each with its own team first.
    lines.sort_by_cached_key(|(entry, ..)| {
        let commune = crate::model::indicator::IndicatorUnit::Commune(entry.commune);
        (super::SortKey(names.key(&commune)), entry.village)
    });
    Ok(TeamBoard {
        counts: TeamState::ALL.map(told).to_vec(),
        unlisted: count(&|entry| entry.unlisted),
        communes_without_list: count(&|entry| entry.unlisted && entry.village.is_none()),
        late: count(&|entry| entry.days_late.is_some_and(|days| days > 0)),
        expected: count(&|_| true),
        lines,
    })
}

impl TeamBoard {
    #[must_use]
    pub fn to_json(&self, snapshot: &Snapshot) -> Json {
        let rules = &snapshot.facts.rules;
        let counts: serde_json::Map<String, Json> =
            self.counts.iter().map(|(state, count)| (state.code().to_owned(), (*count).into())).collect();
        json!({
            "rules": {"outreach": rules.outreach.version, "sha256": digest(rules),
                "team_min_commune": rules.outreach.team_min_commune,
                "team_min_village": rules.outreach.team_min_village,
                "team_deadline": rules.outreach.team_deadline.to_string()},
            "synthetic": snapshot.synthetic(),
            "expected": self.expected, "counts": counts, "unlisted": self.unlisted,
            "communes_without_list": self.communes_without_list, "late": self.late,
            "items": self.lines.iter().map(item).collect::<Vec<_>>(),
        })
    }
}

fn item((entry, name, commune): &(TeamEntry, String, String)) -> Json {
    let facts = entry.facts.clone().unwrap_or_default();
    json!({
        "key": entry.village.map_or_else(|| entry.commune.to_string(), |village| village.to_string()),
        "name": name, "level": if entry.village.is_some() { "village" } else { "commune" },
        "commune": entry.commune.to_string(), "commune_name": commune,
        "state": if entry.unlisted { "unlisted" } else { entry.state.code() },
        "decision_no": facts.decision_no, "decided_on": facts.decided_on.map(|day| day.to_string()),
        "days_late": entry.days_late, "members": facts.members, "youth": facts.youth, "trained": facts.trained,
        "has_head": facts.has_head, "has_police": facts.has_police,
    })
}

/// A team a line, semicolons between columns, with a byte-order mark.
#[must_use]
pub fn board_csv(board: &TeamBoard, language: Language) -> Vec<u8> {
    let mut out = csv::WriterBuilder::new().delimiter(b';').from_writer("\u{feff}".as_bytes().to_vec());
    // Writing to memory does not fail.
    let _ = out.write_record(language.pick(
        [
            "Mã",
            "Đơn vị",
            "Xã, phường",
            "Tình trạng",
            "Số quyết định",
            "Ngày quyết định",
            "Số ngày muộn",
            "Số thành viên",
            "Số đoàn viên",
            "Đã tập huấn",
        ],
        ["Code", "Unit", "Commune", "State", "Decision", "Decided on", "Days late", "Members", "Youth", "Trained"],
    ));
    let count = |value: Option<u32>| value.map_or_else(|| "—".to_owned(), |value| value.to_string());
    for (entry, name, commune) in &board.lines {
        let facts = entry.facts.clone().unwrap_or_default();
        let day = facts.decided_on.map(|day| language.pick(day.strftime("%d/%m/%Y").to_string(), day.to_string()));
        let _ = out.write_record([
            entry.village.map_or_else(|| entry.commune.to_string(), |village| village.to_string()),
            name.clone(),
            commune.clone(),
            state(entry, language).to_owned(),
            facts.decision_no.unwrap_or_else(|| "—".to_owned()),
            day.unwrap_or_else(|| "—".to_owned()),
            count(entry.days_late),
            count(facts.members),
            count(facts.youth),
            count(facts.trained),
        ]);
    }
    out.into_inner().unwrap_or_default()
}

/// In words.
fn state(entry: &TeamEntry, language: Language) -> &'static str {
    if entry.unlisted {
        return language.pick("xã chưa gửi danh sách", "commune sent no list");
    }
    match entry.state {
        TeamState::None => language.pick("chưa có tổ", "no team"),
        TeamState::BelowMinimum => language.pick("thiếu người", "too few members"),
        TeamState::MembersUnknown => language.pick("chưa rõ số người", "members not known"),
        TeamState::Compliant => language.pick("đủ người", "enough members"),
    }
}
