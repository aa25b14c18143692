//! Files to take away: a layer of the current view with the current filters, GeoJSON or what else fits in one file.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::App;
use super::access;
use super::ask::{self, Parameters};
use super::asker::Asker;
use super::caching;
use super::problem::Problem;
use crate::flow::access::is_guarded;
use crate::flow::export;
use crate::model::access::Role;
use crate::model::token::{AuditAction, AuditEvent};

pub(super) async fn file(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(file): Path<String>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let known = file.rsplit_once('.').and_then(|(layer, format)| {
        let format = export::single_files().iter().find(|known| **known == format)?;
        Some((layer.to_owned(), *format))
    });
    let Some((layer, format)) = known else {
        return Err(Problem::not_found(
            format!("there is no export `{file}`"),
            "GET /export/villages.geojson; `phusong export` writes other formats",
        ));
    };
    let question = ask::question(&parameters, &["purpose"])?;
    let asked = question.canonical();
    let (snapshot, view) = ask::view(&app, asker, question).await?;
    view.need(&layer)?;
    let guarded = is_guarded(&layer);
    let purpose = access::purpose(&parameters, guarded && asker.role != Role::Public)?;
    let epoch = snapshot.epoch.to_string();
    let name = layer.clone();
    let body = ask::work(move || {
        let rows = export::rows(&snapshot, &view, &layer)?;
        if format != "geojson" {
            return export::bytes(&snapshot, &view, &layer, format);
        }
        let mut out = Vec::new();
        export::geojson(&snapshot, &view, &layer, rows, &mut out)
            .map_err(|source| export::ExportError::Write { path: layer.clone().into(), source })?;
        Ok::<_, export::ExportError>(out)
    })
    .await??;
    if guarded {
        let joint = if asked.is_empty() { "" } else { "?" };
        let did = asker.actor().did(AuditAction::Export, format!("{name}.{format}{joint}{asked}"), (app.clock)());
        app.store.record(&AuditEvent { purpose, ..did }).await.map_err(Problem::of_store)?;
    }
    let suffix: String = asked.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    let joint = if suffix.is_empty() { "" } else { "_" };
    let file = format!("{name}{joint}{suffix}.{format}");
    Ok(caching::file(&headers, &epoch, body, (content_type(format), Some(&file))))
}

fn content_type(format: &str) -> &'static str {
    match format {
        "csv" => "text/csv; charset=utf-8",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "kml" => "application/vnd.google-earth.kml+xml",
        _ => "application/geo+json",
    }
}
