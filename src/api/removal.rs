//! Erasing a home over HTTP: what a department does when a household asks for it.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Extension, Json as Body};
use serde::Deserialize;
use serde_json::json;

use super::App;
use super::asker::Asker;
use super::caching;
use super::live;
use super::problem::Problem;
use crate::flow::removal::{self, Home};
use crate::model::access::Matter;
use crate::model::admin::UnitCode;
use crate::model::token::{AuditAction, AuditEvent, Note};
use crate::model::village::VillageCode;

/// What a body says: a form, or a label and where it is of.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    form: Option<String>,
    label: Option<String>,
    village: Option<String>,
    commune: Option<String>,
    reason: String,
}

impl Asked {
    fn home(&self) -> Result<Home, Problem> {
        let told = || {
            Problem::bad_request(
                "a home is named by `form`, or by `label` with `village` or `commune`",
                r#"{"label": "Ngõ 3 - 12", "village": "14329-007", "reason": "rút đồng ý"}"#,
            )
        };
        match (&self.form, &self.label) {
            (Some(form), None) => Ok(Home::Form(form.clone())),
            (None, Some(label)) => {
                let village: Option<VillageCode> =
                    self.village.as_deref().map(str::parse).transpose().map_err(|_| told())?;
                let commune: Option<UnitCode> =
                    self.commune.as_deref().map(str::parse).transpose().map_err(|_| told())?;
                let commune = village.map(VillageCode::commune).or(commune).ok_or_else(told)?;
                Ok(Home::Label { commune, village, label: label.clone() })
            }
            _ => Err(told()),
        }
    }
}

pub(super) async fn erase(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    body: Result<Body<Asked>, JsonRejection>,
) -> Result<Response, Problem> {
    asker.role.need(Matter::Erase)?;
    let Body(asked) = body?;
    let purpose = Note::new(&asked.reason)
        .map_err(|error| Problem::bad_request(format!("`reason`: {error}"), "say why, and name nobody"))?;
    let event = AuditEvent { purpose, ..asker.actor().did(AuditAction::Erase, "", (app.clock)()) };
    let erased = removal::erase(&*app.store, &asked.home()?, &event).await?;
    live::refresh(&app).await.map_err(Problem::of_store)?;
    // The home is gone either way; its traces in the file go now, or with the next `phusong retain`.
    let rewritten =
        app.store.scrub().await.inspect_err(|error| tracing::error!(%error, "the file holds traces")).is_ok();
    let epoch = app.snapshot().epoch.to_string();
    let body = json!({
        "visits": erased.visits, "decisions": erased.decisions, "cells": erased.cells, "rewritten": rewritten,
        "epoch": epoch,
    });
    Ok(caching::json(&HeaderMap::new(), &epoch, "application/json", body.to_string()))
}
