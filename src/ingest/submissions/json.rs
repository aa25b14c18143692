//! JSON of ODK Central (OData), of KoboToolbox and of Ona; changes of QFieldCloud are handed on.
//!
//! Which server wrote a file shows in its keys: `__id` and `__system` are ODK's,
//! `_uuid` and `_submission_time` those of Kobo and Ona.

use serde_json::{Map, Value};

use super::point::Numbers;
use super::{Form, Submissions, deltas, joined};
use crate::ingest::{Options, Unreadable};
use crate::model::refusal::{Reason, Reject};

/// Where the envelopes of the servers keep their forms.
const ENVELOPES: [&str; 3] = ["value", "results", "submissions"];
/// Where they say that another page follows.
const PAGES: [&str; 2] = ["next", "@odata.nextLink"];
/// What a single form has.
const MARKS: [&str; 5] = ["__id", "_uuid", "_submission_time", "instanceID", "meta/instanceID"];
/// Bytes in which a feature says that it is one.
const HEAD_BYTES: usize = 4096;

pub(super) fn read(text: &[u8], options: &Options) -> Result<Option<Submissions>, Unreadable> {
    let head = String::from_utf8_lossy(&text[..text.len().min(HEAD_BYTES)]);
    let may_be_deltas = deltas::begins(&head);
    if may_be_deltas
        && let Ok(all) = serde_json::from_slice(text)
        && let Some(read) = deltas::read(&all, options)?
    {
        return Ok(Some(read));
    }
    if head.contains("\"Feature") || head.contains("\"geometry\"") {
        return Ok(None);
    }
    let all: Value = match serde_json::from_slice(text) {
        Ok(all) => all,
        // Something else may still be found in it, feature by feature.
        Err(_) if !may_be_deltas && !MARKS.iter().any(|mark| head.contains(mark)) => return Ok(None),
        Err(error) => {
            let (line, column) = (error.line() as u64, error.column() as u64);
            return Err(Unreadable::BrokenJson { line, column, problem: error.to_string() });
        }
    };
    let is_one_page = PAGES.iter().any(|next| all.get(next).is_some_and(Value::is_string));
    let Some(forms) = forms(all) else { return Ok(None) };
    let mut submissions = Submissions { is_one_page, ..Submissions::of("submissions_json") };
    let mut read = Vec::new();
    for (number, form) in (1..).zip(forms) {
        let Value::Object(form) = form else {
            let problem = "a form in { } was expected".to_owned();
            submissions.rejects.push(Reject::new(number, "", "", Reason::BrokenJson { problem }));
            continue;
        };
        if form.contains_key("__id") || form.contains_key("__system") {
            submissions.profile = "odk_odata";
        } else if MARKS.iter().any(|mark| form.contains_key(*mark)) {
            submissions.profile = "kobo_json";
        }
        let mut row = Form::default();
        flatten(&mut row, "", form);
        read.push((number, row));
    }
    submissions.take_all(read);
    Ok(Some(submissions))
}

fn forms(all: Value) -> Option<Vec<Value>> {
    match all {
        Value::Array(forms) if forms.first().is_some_and(Value::is_object) => Some(forms),
        Value::Object(mut all) => {
            for envelope in ENVELOPES {
                if let Some(Value::Array(_)) = all.get(envelope) {
                    return match all.remove(envelope) {
                        Some(Value::Array(forms)) if !forms.is_empty() => Some(forms),
                        _ => None,
                    };
                }
            }
            MARKS.iter().any(|mark| all.contains_key(*mark)).then(|| vec![Value::Object(all)])
        }
        _ => None,
    }
}

fn flatten(row: &mut Form, path: &str, object: Map<String, Value>) {
    for (key, value) in object {
        if key.contains("@odata.") {
            continue;
        }
        let path = match (path, key.as_str()) {
            // ODK's own words, as its CSV has them.
            ("", "__id") => "KEY".to_owned(),
            ("", "__system") => String::new(),
            _ => joined(path, &key),
        };
        match value {
            Value::Null => {}
            Value::Object(inner) => match point(&inner) {
                Some(numbers) => row.point(&path, numbers),
                None if is_line(&inner) => {}
                None => flatten(row, &path, inner),
            },
            Value::Array(list) => array(row, path, &list),
            Value::String(text) => row.push(&path, &text),
            other => row.push(&path, &other.to_string()),
        }
    }
}

/// Answers side by side are one cell; forms within a form are passed over, and what the server adds is not the form's.
fn array(row: &mut Form, path: String, list: &[Value]) {
    let words: Option<Vec<String>> = list
        .iter()
        .map(|value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
        .collect();
    if path == "_geolocation" {
        if let [Value::Number(latitude), Value::Number(longitude)] = list {
            row.servers_point = Some([latitude.to_string(), longitude.to_string()]);
        }
        return;
    }
    if path.starts_with('_') || list.is_empty() {
        return;
    }
    match words {
        Some(words) => row.cells.push((path, words.join(" "))),
        None => {
            row.lists.insert(path);
        }
    }
}

/// `{"type":"Point","coordinates":[lon,lat,alt],"properties":{"accuracy":4.5}}`.
fn point(object: &Map<String, Value>) -> Option<Numbers> {
    if object.get("type")?.as_str()? != "Point" {
        return None;
    }
    let coordinates = object.get("coordinates")?.as_array()?;
    let number = |at: usize| coordinates.get(at).filter(|value| value.is_number()).map(Value::to_string);
    let accuracy = object.get("properties").and_then(|properties| properties.get("accuracy"));
    let accuracy = accuracy.filter(|value| value.is_number()).map(Value::to_string);
    Some([number(1), number(0), number(2), accuracy])
}

/// Lines and areas walked: no cell of a table.
fn is_line(object: &Map<String, Value>) -> bool {
    object.get("coordinates").is_some_and(Value::is_array)
}
