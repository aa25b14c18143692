//! The list of imports over HTTP, and taking one back: first what would go, then the act.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::{Extension, Json as Body};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use tokio::runtime::Handle;

use super::App;
use super::ask::{self, Parameters};
use super::asker::Asker;
use super::change::{alone, answered, to_the_end};
use super::problem::Problem;
use crate::flow::imports::{self, Preview, TakingBackError};
use crate::flow::snapshot::Snapshot;
use crate::model::access::{Matter, Role};
use crate::model::language::Language;
use crate::model::token::{AuditAction, AuditEvent, Note};

/// Measurements of a store that are judged a second time while somebody waits for it, and how long that is.
const MOST_AHEAD: u64 = 5_000_000;
const PATIENCE: Duration = Duration::from_secs(30);

/// Why it is taken back; may be left out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    #[serde(default)]
    reason: String,
}

pub(super) async fn list(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
) -> Result<Response, Problem> {
    asker.role.need_taking_back().or_else(|_| asker.role.need(Matter::Files))?;
    ask::only(&parameters, &[])?;
    // As the store has it: an import without a new row moves no epoch.
    let found = imports::listed(&*app.store, asker.role).await.map_err(Problem::of_store)?;
    let items: Vec<Json> = found.iter().map(imports::import_json).collect();
    Ok(answered(&app, &json!({"total": items.len(), "items": items})))
}

pub(super) async fn preview(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Result<Response, Problem> {
    let (id, language) = asked(asker, &id, &parameters)?;
    // A second judgement is as much work as an import: one at a time.
    let alone = alone(&app).await?;
    let (told, _) = told(&app, (id, asker.role), language, true).await?;
    drop(alone);
    Ok(answered(&app, &imports::preview_json(&told)))
}

pub(super) async fn undo(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
    body: Result<Body<Said>, JsonRejection>,
) -> Result<Response, Problem> {
    let (id, language) = asked(asker, &id, &parameters)?;
    let Body(said) = body?;
    let purpose = Note::new(&said.reason)
        .map_err(|error| Problem::bad_request(format!("`reason`: {error}"), "say why, and name nobody"))?;
    let of = Arc::clone(&app);
    let work = async move {
        let (mut told, before) = told(&of, (id, asker.role), language, false).await?;
        let event = AuditEvent { purpose, ..asker.actor().did(AuditAction::TakeBack, "", (of.clock)()) };
        let taken = imports::take_back(&*of.store, id, &event).await;
        told.takes = taken.map_err(|error| Problem::of_taking_back(error, language))?;
        let names = imports::without_names_of_others(&*of.store, asker.role, &mut told.takes).await;
        names.map_err(Problem::of_store)?;
        Ok((told, before))
    };
    let answer = |(mut told, before): (Preview, Arc<Snapshot>), after: &Snapshot| {
        // A map that does not show it yet would say that nothing became of it.
        if after.epoch != before.epoch {
            told.became(&before, after);
        }
        imports::preview_json(&told)
    };
    to_the_end(&app, work, answer).await
}

fn asked(asker: Asker, id: &str, parameters: &Parameters) -> Result<(i64, Language), Problem> {
    asker.role.need_taking_back()?;
    ask::only(parameters, &["lang"])?;
    let id = id
        .parse()
        .map_err(|_| Problem::not_found(format!("there is no import `{id}`"), "GET /api/imports lists the numbers"))?;
    Ok((id, ask::language(parameters)?))
}

/// What goes, and the snapshot that says what rests on it. Rows are counted and answers worked out on a thread where
/// nobody waits for it.
async fn told(
    app: &Arc<App>,
    (id, reader): (i64, Role),
    language: Language,
    ahead: bool,
) -> Result<(Preview, Arc<Snapshot>), Problem> {
    let app = Arc::clone(app);
    let work = move || {
        let snapshot = app.snapshot();
        Handle::current().block_on(async {
            imports::admit(&*app.store, id, reader, &snapshot.facts).await?;
            let mut told = imports::preview(&*app.store, id, Some(&snapshot)).await?;
            imports::without_names_of_others(&*app.store, reader, &mut told.takes).await?;
            let samples = app.store.runs_from().await?.map_or(0, |from| from.samples);
            // Only measurements need that.
            if ahead && told.cells.is_some() && samples <= MOST_AHEAD {
                // It may be taken back without, too.
                let ahead = told.look_ahead(&*app.store, &snapshot);
                if let Ok(done) = tokio::time::timeout(PATIENCE, ahead).await {
                    done?;
                }
            }
            Ok((told, snapshot))
        })
    };
    ask::work(work).await?.map_err(|error: TakingBackError| Problem::of_taking_back(error, language))
}
