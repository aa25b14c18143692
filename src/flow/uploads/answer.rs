//! What the page is told of a file: how it was understood, what would come in, which rows were refused
//! and what might mend them.
//!
//! No household, no position, no personal column: lines, places, days, results and counts.

use serde_json::{Value as Json, json};

use super::unread;
use crate::engine::Facts;
use crate::flow::import::{Glance, Note, Report, VillageChange, VillageGlance};
use crate::ingest;
use crate::model::access::Role;
use crate::model::admin::UnitCode;
use crate::model::import::ImportKind;
use crate::model::language::Language;
use crate::model::measure::local_day;
use crate::model::refusal::{PageReader, Reason, Reject, word_of_field};
use crate::model::village::VillageCode;
use crate::model::visit::VisitResult;

/// Villages that a list offers: those of a commune. More is not a list to choose from.
const MOST_CHOICES: usize = 120;

/// A file that was looked at. Nothing was written.
#[must_use]
pub fn of_preview(report: &Report, facts: &Facts, asker: Role, language: Language) -> Json {
    let written = &report.seen.written;
    let mut body = of_both(report, facts, asker, language);
    body["choices"] = unread::choices_of_report(report, language);
    body["unknown_networks"] = unknown_networks(report).into();
    body["networks"] = super::mapping::networks();
    body["format"] = json!({
        "kind": written.kind.map(|kind| kind.name(language)),
        "reader": report.profile,
        "encoding": written.encoding,
        "delimiter": written.delimiter.map(String::from),
    });
    body["columns"] = report
        .seen
        .columns
        .iter()
        .map(|(ours, theirs)| json!({"field": ours, "word": word_of_field(ours, language), "column": theirs}))
        .collect();
    let villages = |glances: &[VillageGlance]| glances.iter().map(|one| of_village(one, facts)).collect::<Vec<_>>();
    body["villages"] = Json::from(villages(&report.seen.villages));
    body["changed_villages"] = Json::from(villages(&report.seen.changed_villages));
    body["first_good"] = report.seen.first_good.iter().map(|glance| of_glance(glance, facts)).collect();
    body
}

/// Names of networks of measurements that Viet Nam does not have: the page asks which they are, and the answer is kept
/// with the columns.
fn unknown_networks(report: &Report) -> &[String] {
    let named = report.notes.iter().find_map(|note| match note {
        Note::UnknownOperators { names, .. } if report.kind == ImportKind::Samples => Some(names.as_slice()),
        _ => None,
    });
    named.unwrap_or_default()
}

/// A file that came in.
#[must_use]
pub fn of_imported(report: &Report, facts: &Facts, asker: Role, language: Language) -> Json {
    let mut body = of_both(report, facts, asker, language);
    let rejects = report.rejects_file.as_deref().and_then(|path| std::fs::read_to_string(path).ok());
    body["rejects_csv"] = Json::from(rejects);
    body
}

fn of_both(report: &Report, facts: &Facts, asker: Role, language: Language) -> Json {
    let reader = unread::reader(asker, language);
    let warnings = report.warnings.iter().map(|warning| warning.message_on_page(reader));
    json!({
        "kind": report.kind.code(),
        "accepted": report.accepted,
        "new": report.counts.inserted,
        "changed": report.counts.updated,
        "known": report.counts.unchanged,
        "refused": report.refused,
        "corrected": report.corrected.len(),
        "already_imported": report.already_imported.map(|at| local_day(at).to_string()),
        "dropped_fields": report.dropped_fields,
        "warnings": warnings.chain(report.notes.iter().map(|note| note.message(language))).collect::<Vec<_>>(),
        "flags": report.seen.flags.iter().map(|(flag, rows)| json!({"flag": flag.code(), "visits": rows, "held": flag.blocks()})).collect::<Vec<_>>(),
        "held": report.seen.held,
        "communes": report.seen.communes.iter().map(|(code, rows)| json!({"commune": code.to_string(), "name": commune(facts, *code), "rows": rows})).collect::<Vec<_>>(),
        "refused_rows": report.first_refused.iter().map(|reject| of_reject(reject, report, (facts, asker), reader)).collect::<Vec<_>>(),
    })
}

fn of_glance(glance: &Glance, facts: &Facts) -> Json {
    json!({
        "line": glance.line,
        "day": local_day(glance.time).to_string(),
        "commune": commune(facts, glance.commune),
        "village": glance.village.and_then(|code| facts.village(code)).map(|village| &village.name),
        "result": glance.result.code(),
        "flags": glance.flags.iter().map(|flag| flag.code()).collect::<Vec<_>>(),
    })
}

fn of_village(glance: &VillageGlance, facts: &Facts) -> Json {
    let changes = glance.changes.as_ref().map(|changes| {
        let told = |one: &VillageChange| json!({"field": one.field, "old": one.old, "new": one.new, "odd": one.odd});
        changes.iter().map(told).collect::<Vec<_>>()
    });
    json!({
        "line": glance.line, "code": glance.code.to_string(), "village": glance.village,
        "commune": commune(facts, glance.code.commune()), "households": glance.households, "changes": changes,
    })
}

fn commune(facts: &Facts, code: UnitCode) -> Option<String> {
    let mut today = facts.units_on(facts.today).into_iter().map(|at| &facts.units[at]);
    today.find(|unit| unit.code == code).map(|unit| unit.full_name())
}

fn of_reject(reject: &Reject, report: &Report, (facts, asker): (&Facts, Role), reader: PageReader) -> Json {
    let mut mend = mend(reject, report, facts, asker);
    if let Some(mend) = &mut mend {
        let column = heading(mend["field"].as_str().unwrap_or_default(), report, reader.language);
        mend["column"] = Json::from(column);
        name_words(mend, reader.language);
    }
    json!({
        "line": reject.line,
        "within": reject.within.as_ref().map(|within| json!({"file": &*within.file, "line": within.line})),
        "field": reject.field,
        "column": heading(&reject.field, report, reader.language),
        "found": reject.found,
        "reason": reject.reason.code(),
        "expected": reject.reason.expected(reader.language),
        "hint": reject.reason.hint_on_page(reader),
        "mend": mend,
    })
}

/// A field as its reader knows it: by the heading that stands in the file, also where a code was looked for and the
/// file has a name, else by a word.
pub(super) fn heading(field: &str, report: &Report, language: Language) -> String {
    let columns = &report.seen.columns;
    if columns.iter().any(|(_, theirs)| theirs == field) {
        return field.to_owned();
    }
    let of = |ours: &str| columns.iter().find(|(known, _)| *known == ours).map(|(_, theirs)| theirs.clone());
    let beside = match field {
        "commune_code" => of("commune_code").or_else(|| of("commune")),
        "commune" => of("commune").or_else(|| of("commune_code")),
        "village_code" => of("village_code").or_else(|| of("village")),
        "village" => of("village").or_else(|| of("village_code")),
        "lon, lat" => of("lon").zip(of("lat")).map(|(lon, lat)| format!("{lon}, {lat}")),
        other => of(other),
    };
    beside.unwrap_or_else(|| word_of_field(field, language).unwrap_or(field).to_owned())
}

/// What codes are called that the page has no words for.
fn name_words(mend: &mut Json, language: Language) {
    for choice in mend["choices"].as_array_mut().into_iter().flatten() {
        let word = match choice["value"].as_str() {
            Some("yes") => language.pick("có", "yes"),
            Some("no") => language.pick("không", "no"),
            Some("none") => language.pick("không có sóng", "no signal"),
            Some("weak") => language.pick("sóng yếu", "weak"),
            Some("ok") => language.pick("sóng tốt", "good"),
            _ => continue,
        };
        if choice["name"].is_null() {
            choice["name"] = Json::from(word);
        }
    }
}

/// Which cell would mend a row, and the values it may take where they are few. `None`: no cell would.
fn mend(reject: &Reject, report: &Report, facts: &Facts, asker: Role) -> Option<Json> {
    if !ingest::takes_corrections(report.kind) {
        return None;
    }
    let plain = |field: &str| json!({"field": field, "choices": []});
    match &reject.reason {
        Reason::LeftOut
        | Reason::NoSuchLine
        | Reason::NoSuchRow
        | Reason::NoSuchColumn { .. }
        | Reason::PersonalColumn
        | Reason::RejectedAtServer
        | Reason::DeletedAtServer
        | Reason::WrongWidth { .. }
        | Reason::NotText
        | Reason::BrokenJson { .. }
        | Reason::BadGeometry { .. } => None,
        Reason::UnknownValue { known } => {
            let choices = known.iter().map(|value| json!({"value": value, "name": Json::Null}));
            Some(json!({"field": reject.field, "choices": choices.collect::<Vec<_>>()}))
        }
        // The page has words of its own for these codes.
        Reason::UnknownWord { known } => {
            let choices = known.iter().map(|(code, _)| json!({"value": code, "name": Json::Null}));
            Some(json!({"field": reject.field, "choices": choices.collect::<Vec<_>>()}))
        }
        Reason::NoResult | Reason::UnknownResult if !reject.field.is_empty() => {
            let choices = VisitResult::ALL.map(|one| json!({"value": one.code(), "name": Json::Null}));
            Some(json!({"field": reject.field, "choices": choices}))
        }
        Reason::UnknownVillage { .. }
        | Reason::AmbiguousVillage { .. }
        | Reason::UnknownUnit { .. }
        | Reason::NameForCode { .. }
        | Reason::AmbiguousUnit { .. }
        | Reason::SplitUnit { .. }
        | Reason::OutsideProvince { .. }
        | Reason::OutsideScope => {
            let code = report.seen.columns.iter().find(|(ours, _)| *ours == "village_code");
            let own = choices(facts, asker, &reject.reason);
            match code.map(|(_, theirs)| theirs.as_str()).or_else(|| brings(report).then_some("village_code")) {
                Some(field) if !own.is_empty() && reject.field != "id" => Some(json!({"field": field, "choices": own})),
                _ if reject.field.is_empty() || reject.field == "lon, lat" => None,
                _ => Some(plain(&reject.field)),
            }
        }
        Reason::NoCommune if brings(report) => {
            let own = choices(facts, asker, &reject.reason);
            let field = if own.is_empty() { "commune_code" } else { "village_code" };
            Some(json!({"field": field, "choices": own}))
        }
        _ if reject.field.is_empty() || reject.field == "geometry" => None,
        _ => Some(plain(&reject.field)),
    }
}

/// A table read by its headings sees a column that a correction brings.
fn brings(report: &Report) -> bool {
    !report.seen.mapped
}

/// Villages of the asker, those that the reason names first; of an asker of everything only those.
fn choices(facts: &Facts, asker: Role, reason: &Reason) -> Vec<Json> {
    let named: Vec<VillageCode> = match reason {
        Reason::UnknownVillage { candidates } | Reason::AmbiguousVillage { candidates } => candidates
            .iter()
            .filter_map(|label| label.rsplit_once('(').and_then(|(_, code)| code.trim_end_matches(')').parse().ok()))
            .collect(),
        _ => Vec::new(),
    };
    let open = facts.villages.iter().filter(|village| village.valid_to.is_none());
    let mine = |village: &VillageCode, commune: UnitCode| match asker {
        Role::Team(own) => own == *village,
        Role::Commune(own) => own == commune,
        _ => named.contains(village),
    };
    let mut found: Vec<_> = open.filter(|village| mine(&village.code, village.commune)).collect();
    found.sort_by_key(|village| (!named.contains(&village.code), village.code));
    if found.len() > MOST_CHOICES {
        found.retain(|village| named.contains(&village.code));
    }
    found.iter().map(|village| json!({"value": village.code.to_string(), "name": village.name})).collect()
}
