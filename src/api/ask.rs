//! Reading a request: the question in its parameters, the place it was sent to.

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::HeaderMap;

use super::App;
use super::asker::Asker;
use super::problem::Problem;
use crate::flow::choice::Choice;
use crate::flow::snapshot::{Snapshot, View};
use crate::model::access::Sight;
use crate::model::admin::UnitCode;
use crate::model::language::Language;
use crate::model::question::Question;

/// Parameters of a request, by name. A repeated name keeps its last value.
pub(super) type Parameters = HashMap<String, String>;

/// The filters; every address that shows figures takes them.
pub(super) const FILTERS: [&str; 7] = ["operator", "technology", "from", "to", "as_of", "compared_from", "compared_to"];

/// Reads the filters. `also` names the other parameters of the address; a
/// misspelt one is refused, because leaving it out would answer another question.
pub(super) fn question(parameters: &Parameters, also: &[&str]) -> Result<Question, Problem> {
    only(parameters, &[&FILTERS, also].concat())?;
    Ok(Question::of_a_stranger(|name| parameters.get(name).map(String::as_str))?)
}

/// Refuses a parameter of another name.
pub(super) fn only(parameters: &Parameters, known: &[&str]) -> Result<(), Problem> {
    // A leading underscore is how clients avoid a cache.
    match parameters.keys().find(|name| !name.starts_with('_') && !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(odd) => Err(Problem::bad_request(
            format!("there is no parameter `{odd}` here"),
            format!("one of {}", known.join(", ")),
        )),
    }
}

/// What was taken away, as it stands in the audit.
pub(super) fn subject(name: &str, question: &Question, choice: &Choice) -> String {
    let asked = [question.canonical(), choice.told()];
    let asked: Vec<&str> = asked.iter().map(String::as_str).filter(|said| !said.is_empty()).collect();
    if asked.is_empty() { name.to_owned() } else { format!("{name}?{}", asked.join("&")) }
}

/// The codes of `commune`, with commas between several; none where it is not there.
pub(super) fn communes(parameters: &Parameters) -> Result<Vec<UnitCode>, Problem> {
    let text = parameters.get("commune").map(String::as_str).unwrap_or_default();
    let codes = text.split(',').map(str::trim).filter(|code| !code.is_empty());
    codes
        .map(|code| {
            code.parse().map_err(|_| {
                Problem::bad_request(
                    format!("`commune` is `{code}`, expected a code of five digits"),
                    "GET /api/communes lists the codes",
                )
            })
        })
        .collect()
}

pub(super) fn language(parameters: &Parameters) -> Result<Language, Problem> {
    match parameters.get("lang") {
        None => Ok(Language::default()),
        Some(text) => text.parse().map_err(|detail: String| Problem::bad_request(detail, "lang=vi or lang=en")),
    }
}

/// A whole number from 0, or its default.
pub(super) fn number(parameters: &Parameters, name: &str, default: usize) -> Result<usize, Problem> {
    parameters.get(name).map_or(Ok(default), |text| {
        text.parse().map_err(|_| {
            Problem::bad_request(
                format!("`{name}` is `{text}`, expected a whole number"),
                "leave it out for the default",
            )
        })
    })
}

/// A value for a query string.
pub(super) fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Runs work that takes a while where it holds up nobody else.
pub(super) async fn work<T: Send + 'static>(f: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let span = tracing::Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(f)).await.map_err(|error| {
        tracing::error!(%error, "a request did not finish");
        Problem::ours()
    })
}

/// The filter of addresses that show households: what their figures are of.
pub(super) const CAMPAIGN: &str = "campaign";

/// The snapshot of the moment that answers a question, for an asker who may ask it.
pub(super) async fn snapshot(app: &App, asker: Asker, question: &Question) -> Result<(Arc<Snapshot>, Sight), Problem> {
    let snapshot = app.snapshot();
    let sight = snapshot.admit(asker.role, question)?;
    let snapshot = if snapshot.has_asked(question) {
        snapshot.asked(question)?
    } else {
        let question = question.clone();
        work(move || snapshot.asked(&question)).await??
    };
    Ok((snapshot, sight))
}

/// The snapshot of the moment and the answer to a question, as the asker sees it.
pub(super) async fn view(app: &App, asker: Asker, question: Question) -> Result<(Arc<Snapshot>, Arc<View>), Problem> {
    let (snapshot, _) = snapshot(app, asker, &question).await?;
    work(move || {
        let view = snapshot.ask(asker.role, &question)?;
        Ok((snapshot, view))
    })
    .await?
}

/// `http://host:port/prefix` as the reader sees it, from the request or the proxy in front.
pub(super) fn base_url(headers: &HeaderMap) -> String {
    let first = |name: &str| {
        let text = headers.get(name)?.to_str().ok()?;
        let text = text.split(',').next()?.trim();
        let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "-._:/[]~".contains(c));
        (plain && !text.is_empty()).then(|| text.to_owned())
    };
    let scheme = first("x-forwarded-proto").filter(|scheme| scheme == "https").unwrap_or_else(|| "http".into());
    let host = first("x-forwarded-host").or_else(|| first("host")).unwrap_or_else(|| "127.0.0.1".into());
    let prefix = first("x-forwarded-prefix").map(|p| p.trim_matches('/').to_owned()).filter(|p| !p.is_empty());
    prefix.map_or_else(|| format!("{scheme}://{host}"), |prefix| format!("{scheme}://{host}/{prefix}"))
}
