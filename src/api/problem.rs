//! Failures on the wire: RFC 9457 problem details, with a hint. Internal text never leaves the house.

mod reasons;

use std::any::Any;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value as Json, json};

use crate::flow::import::ImportError;
use crate::flow::imports::TakingBackError;
use crate::flow::uploads::{self, AskedError, UploadError};
use crate::model::language::Language;
use crate::model::refusal::PageReader;
use crate::model::register::ActReason;
use crate::model::taking_back::Obstacle;
use crate::store::StoreError;

/// What went wrong, and whose move it is.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    status: StatusCode,
    title: &'static str,
    detail: String,
    hint: Option<String>,
    /// Seconds after which another try makes sense.
    retry_s: Option<u32>,
    /// The same as `detail` in parts, for a page that says it in another language.
    reason: Option<Box<ActReason>>,
    /// What may be chosen of a file, so that it can be read.
    choices: Option<Box<Json>>,
}

impl Problem {
    fn new(status: StatusCode, title: &'static str, detail: impl Into<String>, hint: Option<String>) -> Self {
        Self { status, title, detail: detail.into(), hint, retry_s: None, reason: None, choices: None }
    }

    pub(super) fn bad_request(detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad request", detail, Some(hint.into()))
    }

    pub(super) fn not_found(detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not found", detail, Some(hint.into()))
    }

    /// It was there, and is no more.
    pub(super) fn gone(detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::GONE, "gone", detail, Some(hint.into()))
    }

    /// A token that opens nothing.
    pub(super) fn unauthorized(detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", detail, Some(hint.into()))
    }

    pub(super) fn unsupported(detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported media type", detail, Some(hint.into()))
    }

    fn conflict(detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", detail, Some(hint.into()))
    }

    /// Somebody else is at it.
    pub(super) fn busy(detail: impl Into<String>, retry_s: u32) -> Self {
        let hint = Some(format!("try again in {retry_s} seconds"));
        Self { retry_s: Some(retry_s), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail, hint) }
    }

    /// A file from which nothing can be taken, in the reader's language.
    pub(super) fn of_import(error: ImportError, reader: PageReader) -> Self {
        match error {
            ImportError::Store(error) => Self::of_store(error),
            ImportError::Forbidden(error) => error.into(),
            ImportError::Read { .. } => {
                tracing::error!(%error, "a file that was laid down could not be read");
                Self::ours()
            }
            other => {
                let (detail, hint) = uploads::words(&other, reader);
                let choices = Some(Box::new(uploads::choices_of_error(&other, reader.language)));
                Self { choices, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "not readable", detail, hint) }
            }
        }
    }

    /// What was asked of a file and cannot be; a profile that is none in the reader's language, as one that does not fit.
    pub(super) fn of_asked(error: AskedError, reader: PageReader) -> Self {
        match error {
            AskedError::Profile(bad) => Self::of_import(ImportError::Unreadable(bad.into()), reader),
            other => other.into(),
        }
    }

    /// A file that is not kept, in the reader's language where it is their move.
    pub(super) fn of_upload(error: UploadError, reader: PageReader) -> Self {
        if matches!(error, UploadError::Empty) {
            let (detail, hint) = uploads::words_of_empty(reader);
            return Self::new(StatusCode::UNPROCESSABLE_ENTITY, "not readable", detail, hint);
        }
        error.into()
    }

    /// An import that stays, in the reader's language.
    pub(super) fn of_taking_back(error: TakingBackError, language: Language) -> Self {
        match error {
            TakingBackError::Store(error) => Self::of_store(error),
            TakingBackError::Obstacle(why) => {
                let (status, title) = match why {
                    Obstacle::NoSuchImport(_) => (StatusCode::NOT_FOUND, "not found"),
                    _ => (StatusCode::CONFLICT, "conflict"),
                };
                Self::new(status, title, why.message(language), why.hint(language).map(str::to_owned))
            }
        }
    }

    pub(super) fn of_store(error: StoreError) -> Self {
        if matches!(error, StoreError::Locked) {
            return Self::busy(error.to_string(), 5);
        }
        tracing::error!(%error, "the store could not be written");
        Self::ours()
    }

    fn too_large(detail: String) -> Self {
        let hint = "split it by commune or month, or import it where the server runs: phusong import";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too large", detail, Some(hint.to_owned()))
    }

    pub(super) fn ours() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal error",
            "the request could not be answered; the log of the server says why",
            None,
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": "about:blank",
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
            "hint": self.hint,
        });
        if let Some(reason) = self.reason {
            body["reason"] = json!(reason);
        }
        if let Some(choices) = self.choices {
            body["choices"] = *choices;
        }
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json")),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        let mut response = (self.status, headers, body.to_string()).into_response();
        if let Some(seconds) = self.retry_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// A panic is our fault and one request's end, not the server's.
pub(super) fn of_panic(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a request panicked");
    Problem::ours().into_response()
}
