//! Files that come in through the page: laid down, looked at as often as is liked, imported once.
//!
//! A look writes nothing; an import is one transaction. Only one of them is at
//! work at a time, beside the readers.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, JsonRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum::{Extension, Json as Body};
use serde::Deserialize;
use serde_json::json;
use tokio::runtime::Handle;

use super::App;
use super::ask::{self, Parameters};
use super::asker::Asker;
use super::caching;
use super::change::{alone, answered, to_the_end};
use super::problem::Problem;
use crate::flow::export::Format;
use crate::flow::import::{self, Report, Request};
use crate::flow::snapshot::Snapshot;
use crate::flow::uploads::{self, Asked, AskedError, Changes, Told};
use crate::model::access::Matter;
use crate::model::import::ImportKind;
use crate::model::token::AuditAction;

/// What a page of another site cannot send without asking first.
const TYPES: [&str; 2] = ["application/octet-stream", "application/json"];

pub(super) async fn lay_down(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    asker.role.need_some(Matter::Import)?;
    ask::only(&parameters, &["name", "lang"])?;
    let language = ask::language(&parameters)?;
    let told = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let told = told.split(';').next().unwrap_or_default().trim();
    if !TYPES.iter().any(|known| known.eq_ignore_ascii_case(told)) {
        return Err(Problem::unsupported(format!("the body is `{told}`"), format!("one of {}", TYPES.join(", "))));
    }
    let name = parameters.get("name").cloned().unwrap_or_default();
    let bytes = body?;
    let now = (app.clock)();
    let size = bytes.len();
    let desk = Arc::clone(&app.uploads);
    let kept = ask::work(move || desk.keep(asker.role, &name, &bytes, now)).await?;
    let key = kept.map_err(|error| Problem::of_upload(error, uploads::reader(asker.role, language)))?;
    Ok(answered(&app, &json!({"key": key, "bytes": size})))
}

/// What is said of a file that lies there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    kind: String,
    /// The text of a mapping profile.
    profile: Option<String>,
    /// EPSG code of the coordinates.
    crs: Option<u32>,
    /// The sheet or layer of a file that holds several.
    layer: Option<String>,
    /// The list of masts is the whole of its networks.
    #[serde(default)]
    replace: bool,
    #[serde(default)]
    corrections: Vec<SaidOfALine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SaidOfALine {
    line: u64,
    #[serde(default)]
    field: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    leave_out: bool,
}

/// What is said of a table of measurements, of which the columns are asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SaidOfTable {
    kind: String,
    profile: Option<String>,
    crs: Option<u32>,
    layer: Option<String>,
    changes: Option<SaidOfColumns>,
    /// Guessed also where a profile of an earlier import fits.
    #[serde(default)]
    fresh: bool,
}

/// What is to be otherwise than in the profile, or in the guess.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SaidOfColumns {
    columns: Option<Vec<SaidOfAColumn>>,
    operator: Option<String>,
    technology: Option<String>,
    zone: Option<String>,
    month_first: Option<bool>,
    decimal_comma: Option<bool>,
    power_unit: Option<String>,
    operators: Option<Vec<SaidOfAWord>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SaidOfAColumn {
    field: String,
    column: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SaidOfAWord {
    word: String,
    operator: String,
}

impl From<SaidOfColumns> for Changes {
    fn from(said: SaidOfColumns) -> Self {
        let SaidOfColumns { columns, operator, technology, zone, month_first, decimal_comma, power_unit, operators } =
            said;
        Self {
            columns: columns.map(|all| all.into_iter().map(|one| (one.field, one.column)).collect()),
            operator,
            technology,
            zone,
            month_first,
            decimal_comma,
            power_unit,
            operators: operators.map(|all| all.into_iter().map(|one| (one.word, one.operator)).collect()),
            crs_epsg: None,
        }
    }
}

/// What the columns of a table of measurements are taken for.
pub(super) async fn mapping(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(key): Path<String>,
    Query(parameters): Query<Parameters>,
    body: Result<Body<SaidOfTable>, JsonRejection>,
) -> Result<Response, Problem> {
    asker.role.need_some(Matter::Import)?;
    let Body(SaidOfTable { kind, profile, crs, layer, changes, fresh }) = body?;
    let said = Said { kind, profile, crs, layer, replace: false, corrections: Vec::new() };
    let (path, request) = asked(&app, asker, &key, &parameters, Ok(Body(said)))?;
    if request.kind != ImportKind::Samples {
        return Err(AskedError::NoMapping.into());
    }
    let (store, language) = (Arc::clone(&app.store), request.language);
    let told = Told { changes: changes.map(Changes::from), is_fresh: fresh };
    let shown = ask::work(move || Handle::current().block_on(uploads::mapping(&*store, &path, &request, told))).await?;
    let shown = shown.map_err(|error| Problem::of_import(error, uploads::reader(asker.role, language)))?;
    Ok(answered(&app, &uploads::of_mapping(&shown, asker.role, language)))
}

pub(super) async fn preview(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(key): Path<String>,
    Query(parameters): Query<Parameters>,
    body: Result<Body<Said>, JsonRejection>,
) -> Result<Response, Problem> {
    let (path, request) = asked(&app, asker, &key, &parameters, body)?;
    let request = Request { dry_run: true, ..request };
    let alone = alone(&app).await?;
    let language = request.language;
    let report = run(&app, path, request).await?;
    drop(alone);
    let body = uploads::of_preview(&report, &app.snapshot().facts, asker.role, language);
    Ok(answered(&app, &body))
}

/// The refused rows as a workbook, to be mended and laid down again.
pub(super) async fn refused(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(key): Path<String>,
    Query(parameters): Query<Parameters>,
    body: Result<Body<Said>, JsonRejection>,
) -> Result<Response, Problem> {
    let (path, request) = asked(&app, asker, &key, &parameters, body)?;
    let alone = alone(&app).await?;
    let (store, reader) = (Arc::clone(&app.store), uploads::reader(asker.role, request.language));
    let made = ask::work(move || Handle::current().block_on(uploads::workbook(&*store, &path, request))).await?;
    drop(alone);
    let book = made.map_err(|error| Problem::of_import(error, reader))?;
    let book = book.ok_or_else(|| Problem::not_found("no row of the file is refused", "import it"))?;
    let epoch = app.snapshot().epoch.to_string();
    Ok(caching::file(&HeaderMap::new(), &epoch, book, (Format::Xlsx.content_type(), Some("refused.xlsx"))))
}

pub(super) async fn import(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(key): Path<String>,
    Query(parameters): Query<Parameters>,
    body: Result<Body<Said>, JsonRejection>,
) -> Result<Response, Problem> {
    let (path, request) = asked(&app, asker, &key, &parameters, body)?;
    let language = request.language;
    let (of, store) = (Arc::clone(&app), Arc::clone(&app.store));
    let work = async move {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let report = run(&of, path, request).await?;
        if report.already_imported.is_none() {
            let subject = format!("{} {name}", report.kind.code());
            let did = asker.actor().did(AuditAction::Import, subject, (of.clock)());
            store.record(&did).await.map_err(Problem::of_store)?;
        }
        // Rows that were refused may still be asked for, as a workbook.
        if report.refused == 0 {
            of.uploads.forget(&key);
        }
        Ok(report)
    };
    let told =
        move |report: Report, snapshot: &Snapshot| uploads::of_imported(&report, &snapshot.facts, asker.role, language);
    to_the_end(&app, work, told).await
}

/// The file and what is to be done with it, as far as the asker may.
fn asked(
    app: &App,
    asker: Asker,
    key: &str,
    parameters: &Parameters,
    body: Result<Body<Said>, JsonRejection>,
) -> Result<(std::path::PathBuf, Request), Problem> {
    asker.role.need_some(Matter::Import)?;
    ask::only(parameters, &["lang"])?;
    let language = ask::language(parameters)?;
    let Body(said) = body?;
    let now = (app.clock)();
    let path = app.uploads.find(asker.role, key, now)?;
    let corrections =
        said.corrections.into_iter().map(|one| (one.line, (!one.leave_out).then_some((one.field, one.value))));
    let asked = Asked {
        kind: said.kind,
        profile: said.profile,
        crs_epsg: said.crs,
        layer: said.layer,
        replace: said.replace,
        corrections: corrections.collect(),
    };
    let request = asked.request(asker.role, app.snapshot().facts.visits.clone(), &app.rules, now, language);
    Ok((path, request.map_err(|error| Problem::of_asked(error, uploads::reader(asker.role, language)))?))
}

/// Reading a file takes its time, on a thread where nobody waits for it.
async fn run(app: &Arc<App>, path: std::path::PathBuf, request: Request) -> Result<Report, Problem> {
    let (app, reader) = (Arc::clone(app), uploads::reader(request.importer, request.language));
    let outcome = ask::work(move || Handle::current().block_on(import::import(&*app.store, &path, &request))).await?;
    outcome.map_err(|error| Problem::of_import(error, reader))
}
