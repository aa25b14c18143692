//! What free words beside a point say of a visit, and nothing else of them.
//!
//! A whole text may be an outcome (`Vắng nhà`), or hold pairs of our headings
//! (`Thôn: Đông; kết quả: đã hướng dẫn`, `result=guided`). The rest of the text
//! may name a person and is let go. Of a pair the value is kept where it is
//! what its heading asks for; else `…` stands for it, so that the row is
//! refused for that cell without quoting anybody. A name of a place can only be
//! looked up: its row is marked, so that one that is not found is not quoted either.

use super::{topics, words};
use crate::ingest::profile::VisitsProfile;
use crate::ingest::{number, place, text, time};
use crate::model::village::VillageCode;
use crate::model::visit::VisitResult;

/// Longer than any heading.
const HEADING_MOST: usize = 60;
/// Longer than the name of a place: a story.
const NAME_MOST: usize = 40;
/// Something was said here that is not repeated.
const MASKED: &str = "…";

/// Cells by our own headings. `canonical` says what a heading is called among us, if it is ours.
pub(super) fn cells(
    texts: &[String],
    profile: Option<&VisitsProfile>,
    canonical: &mut dyn FnMut(&str) -> Option<String>,
) -> Vec<(String, String)> {
    let (mut pairs, mut results): (Vec<(String, String)>, Vec<VisitResult>) = (Vec::new(), Vec::new());
    let mut said_something = false;
    for text in texts {
        if let Some(result) = words::result(text, profile) {
            results.push(result);
            continue;
        }
        for (ours, value) in pairs_of(text, profile, canonical) {
            if ours == "result" {
                said_something = true;
                results.extend(words::result(&value, profile));
            } else if !pairs.iter().any(|(known, _)| *known == ours) {
                let value = kept(&ours, &value, profile);
                pairs.push((ours, value));
            }
        }
    }
    let mut different: Vec<&str> = Vec::new();
    for result in &results {
        if !different.contains(&result.code()) {
            different.push(result.code());
        }
    }
    // Of two outcomes nobody knows which: both stand there, and are none.
    match different.as_slice() {
        [] if said_something => pairs.push(("result".to_owned(), MASKED.to_owned())),
        [] => {}
        some => pairs.push(("result".to_owned(), some.join(" / "))),
    }
    pairs
}

/// Whether a cell of ours holds a name, which may be anybody's until it is found.
pub(super) fn is_name(ours: &str) -> bool {
    matches!(ours, "village" | "commune" | "district")
}

/// `heading: value` or `heading=value`, one behind the other. A comma goes on with a value that is known only with it.
fn pairs_of(
    text: &str,
    profile: Option<&VisitsProfile>,
    canonical: &mut dyn FnMut(&str) -> Option<String>,
) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut open = false;
    for piece in text.split_inclusive(['\n', ';', '|', ',', '<', '>']) {
        let (piece, end) = match piece.char_indices().next_back() {
            Some((at, end)) if matches!(end, '\n' | ';' | '|' | ',' | '<' | '>') => (&piece[..at], Some(end)),
            _ => (piece, None),
        };
        let named = piece.split_once([':', '=']).and_then(|(heading, value)| {
            let heading = heading.trim();
            let fits = !heading.is_empty() && heading.chars().count() <= HEADING_MOST;
            // An id of a point is its name, and names are people's.
            let ours = if fits { canonical(heading) } else { None }.filter(|ours| ours != "id")?;
            Some((ours, value.trim().to_owned()))
        });
        match (named, pairs.last_mut()) {
            (Some(pair), _) => pairs.push(pair),
            (None, Some((ours, value))) if open => {
                let longer = format!("{value}, {}", piece.trim());
                if ours == "topic"
                    || words::result(&longer, profile).is_some()
                    || words::seen(&longer, profile).is_some()
                {
                    *value = longer;
                }
            }
            _ => {}
        }
        open = end == Some(',');
    }
    pairs.retain(|(_, value)| !value.is_empty());
    pairs
}

fn kept(ours: &str, value: &str, profile: Option<&VisitsProfile>) -> String {
    let is_good = match ours {
        // Names of places and labels of homes are looked up, or hashed, as those of any table.
        "village" | "commune" | "district" | "household" => value.chars().count() <= NAME_MOST,
        "topic" => return topics::of_text(value).codes().unwrap_or_default(),
        "supervision" => words::supervision(value).is_some(),
        "village_code" => value.parse::<VillageCode>().is_ok(),
        "commune_code" => place::commune_code(value).is_some(),
        "time" | "clock" => is_time(value, profile),
        signal if signal.starts_with("signal_") => words::seen(value, profile).is_some(),
        _ => number::parse(value.as_bytes(), true).is_some(),
    };
    if is_good { text::clean(value) } else { MASKED.to_owned() }
}

/// A clock by itself is of any day.
fn is_time(value: &str, profile: Option<&VisitsProfile>) -> bool {
    let form = profile.map(|profile| profile.time.clone()).unwrap_or_default();
    time::parse_as(value.as_bytes(), &form).is_some()
        || time::parse_joined(b"2026-03-31", value.as_bytes(), &time::Form::default()).is_some()
}
