//! What the columns of a table of measurements are taken for, before anything of it is looked at or imported.
//!
//! By the profile that is sent, else guessed as the terminal guesses; what is changed of it gives another profile.
//! The profile of the answer is what a look and an import are then asked by, so that nothing is guessed twice.

use std::path::Path;

use serde_json::{Value as Json, json};

use crate::flow::import::{self, ImportError, Request};
use crate::ingest::samples::guess::{self, Example, Guess};
use crate::ingest::{Changes, Field, Profile, Unreadable};
use crate::model::access::{Matter, Role};
use crate::model::language::Language;
use crate::model::operator::{Operator, Technology};
use crate::model::refusal::{PageReader, Reject, word_of_field};
use crate::store::Store;

/// A table as it would be read.
#[derive(Clone, Debug)]
pub struct Mapped {
    pub found: Guess,
    /// The name of the profile of an earlier import that fits the table, where it is shown by that.
    pub kept: Option<String>,
    /// A profile that fits and is not used by itself: its import was taken back, perhaps because of it.
    pub withdrawn: Option<Withdrawn>,
}

/// The profile of an import that was taken back.
#[derive(Clone, Debug)]
pub struct Withdrawn {
    pub name: String,
    pub profile: Profile,
}

/// What is asked of a table.
#[derive(Clone, Debug, Default)]
pub struct Told {
    pub changes: Option<Changes>,
    /// No profile of an earlier import is wanted.
    pub is_fresh: bool,
}

/// Profiles of earlier imports that are tried.
const MOST_TRIED: usize = 30;

/// Shows a table by its profile, by that of an earlier import which fits it, or by a guess. Nothing is written.
///
/// # Errors
/// As [`import::import`].
pub async fn mapping(store: &dyn Store, path: &Path, request: &Request, told: Told) -> Result<Mapped, ImportError> {
    request.importer.need(Matter::Import)?;
    let options = import::options(store, path, request).await?;
    let changes = Changes { crs_epsg: request.crs_epsg, ..told.changes.unwrap_or_default() };
    let by = |profile: &Profile| guess::by_profile(path, profile, &changes, &options);
    let of_file = |problem: Unreadable| ImportError::from(problem.among_layers(path, &options));
    if let Some(profile) = &options.profile {
        return Ok(Mapped { found: by(profile).map_err(of_file)?, kept: None, withdrawn: None });
    }
    let found = guess::guess(path, &options).map_err(of_file)?;
    if !changes.is_none() {
        return Ok(Mapped { found: by(&found.profile).map_err(of_file)?, kept: None, withdrawn: None });
    }
    if !told.is_fresh {
        // A form that the reader knows needs none, but for what somebody said of its networks.
        let is_wanted = |kept: &Profile| found.known.is_none() || kept.says_networks_of(&found.profile);
        for kept in store.profiles().await?.into_iter().take(MOST_TRIED) {
            let profile = Profile::of_page(kept.text).ok().filter(is_wanted);
            let shown = profile.and_then(|profile| Some((by(&profile).ok()?, profile)));
            let Some((shown, profile)) = shown else { continue };
            if !shown.missing.is_empty() || shown.accepted == 0 {
                continue;
            }
            return Ok(if kept.taken_back {
                Mapped { found, kept: None, withdrawn: Some(Withdrawn { name: kept.name, profile }) }
            } else {
                Mapped { found: shown, kept: Some(kept.name), withdrawn: None }
            });
        }
    }
    Ok(Mapped { found, kept: None, withdrawn: None })
}

/// The same, in the reader's words.
#[must_use]
pub fn of_mapping(Mapped { found, kept, withdrawn }: &Mapped, asker: Role, language: Language) -> Json {
    let stated = found.profile.stated();
    let toml = |profile: &Profile| profile.to_toml(&|_| Vec::new());
    let word = |field: Field| json!({"field": field.key(), "word": field.word(language)});
    let missing = found.missing.iter().map(|key| {
        let field = key.strip_prefix("columns.").and_then(Field::from_key);
        field.map_or_else(|| json!({"field": key, "word": Json::Null}), word)
    });
    let known = found.known.as_ref().map(
        |known| json!({"form": known.form, "accepted": known.accepted, "refused": known.refused, "same": known.is_same}),
    );
    let words = stated.operators.iter().map(|(word, operator)| json!({"word": word, "operator": operator.as_str()}));
    let reader = super::reader(asker, language);
    let refused = found.rejects.iter().take(MOST_REFUSED).map(|reject| of_refused(reject, found, reader));
    json!({
        "profile": toml(&found.profile),
        "name": found.profile.name(),
        "kept": kept,
        "withdrawn": withdrawn.as_ref().map(|one| json!({"name": one.name, "profile": toml(&one.profile)})),
        "known": known,
        "missing": missing.collect::<Vec<_>>(),
        "columns": columns(found, language),
        "fields": Field::ALL.map(word),
        "notes": found.notes.iter().map(|note| note.message_on_page(language)).collect::<Vec<_>>(),
        "rows": found.rows,
        "accepted": found.accepted,
        "refused": found.rejects.len(),
        "first_refused": refused.collect::<Vec<_>>(),
        "stated": {
            "operator": stated.operator.map(|operator| operator.as_str()),
            "technology": stated.technology.map(Technology::generation),
            "zone": stated.zone,
            "time_format": stated.time_format,
            "month_first": stated.month_first,
            "decimal_comma": found.decimal_comma,
            "power_unit": stated.power_unit,
            "download_unit": stated.download_unit,
            "speed_unit": stated.speed_unit,
            "crs": stated.crs_epsg,
            "operators": words.collect::<Vec<_>>(),
        },
        "operators": networks(),
        "technologies": Technology::ALL.map(Technology::generation),
    })
}

/// The networks that a word of a table may be.
pub(super) fn networks() -> Json {
    let brand = |operator: &Operator| json!({"code": operator.as_str(), "name": operator.brand()});
    Operator::VIETNAMESE.iter().map(brand).collect()
}

/// Refused rows of the beginning that are shown.
const MOST_REFUSED: usize = 3;

/// What was expected of a cell and what stands in it, but for one that may name a person.
fn of_refused(reject: &Reject, found: &Guess, reader: PageReader) -> Json {
    let is_personal = found.left.iter().any(|left| left.is_personal && left.heading == reject.field);
    let reject = &Reject { found: if is_personal { String::new() } else { reject.found.clone() }, ..reject.clone() };
    let column = word_of_field(&reject.field, reader.language).unwrap_or(&reject.field);
    json!({
        "line": reject.line,
        "field": reject.field,
        "column": column,
        "found": reject.found,
        "reason": reject.reason.code(),
        "expected": reject.reason.expected(reader.language),
        "hint": reject.reason.hint_on_page(reader),
        "why": if reject.field.is_empty() { reject.message(reader.language) } else { reject.message_naming(column, reader.language) },
    })
}

/// Every column in the order of the table.
fn columns(found: &Guess, language: Language) -> Vec<Json> {
    let example = |example: &Example| json!({"found": example.found, "understood": example.understood});
    let why = |heading: &str| {
        let unfit = found.unfit.iter().filter(|unfit| unfit.heading == heading);
        unfit.map(|unfit| unfit.message_on_page(language)).collect::<Vec<_>>()
    };
    let read = found.columns.iter().map(|column| {
        let examples: Vec<Json> = column.examples.iter().map(example).collect();
        let shown = json!({
            "column": column.heading, "field": column.field.key(), "personal": false, "doubled": false,
            "examples": examples, "why": [],
        });
        (column.at, shown)
    });
    let left = found.left.iter().map(|left| {
        let examples = left.values.iter().map(|value| json!({"found": value, "understood": Json::Null}));
        let shown = json!({
            "column": left.heading, "field": Json::Null, "personal": left.is_personal, "doubled": left.is_doubled,
            "examples": examples.collect::<Vec<_>>(), "why": why(&left.heading),
        });
        (left.at, shown)
    });
    let mut columns: Vec<(usize, Json)> = read.chain(left).collect();
    columns.sort_by_key(|(at, _)| *at);
    columns.into_iter().map(|(_, shown)| shown).collect()
}
