//! Files to take away: a layer of the current view with the current filters, in every format that this build makes.

use std::io::{self, Write};
use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use futures_util::{StreamExt, stream};
use tokio::sync::{mpsc, oneshot};
use tracing::Span;

use super::App;
use super::access;
use super::ask::{self, Parameters};
use super::asker::Asker;
use super::caching;
use super::lists::chosen;
use super::problem::Problem;
use crate::flow::TRACES;
use crate::flow::access::is_guarded;
use crate::flow::choice::{self, Choice};
use crate::flow::export::{self, Format, Taking};
use crate::flow::snapshot::{Snapshot, View};
use crate::model::access::Role;
use crate::model::crs::Crs;
use crate::model::token::{AuditAction, AuditEvent};

/// Bytes of a piece on its way to a client, and how many wait at most: what a download holds in memory.
const PIECE_BYTES: usize = 64 * 1024;
const PIECES: usize = 4;

pub(super) async fn file(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(file): Path<String>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let known = file.split_once('.').and_then(|(layer, ending)| {
        let format = Format::of_code(ending).ok()?;
        Format::made().contains(&format).then(|| (layer.to_owned(), format))
    });
    let Some((layer, format)) = known else {
        let endings: Vec<&str> = Format::made().iter().map(|format| format.ending()).collect();
        return Err(Problem::not_found(
            format!("there is no export `{file}`"),
            format!("GET /export/villages.geojson; formats are {}", endings.join(", ")),
        ));
    };
    let question =
        ask::question(&parameters, &[&["purpose", "crs", "lang", ask::CAMPAIGN], &choice::PARAMETERS[..]].concat())?;
    let system = export::system(parameters.get("crs").map(String::as_str))?;
    export::fits(&layer, format, system)?;
    let language = ask::language(&parameters)?;
    let (snapshot, view) = ask::view(&app, asker, question.clone()).await?;
    view.need(&layer)?;
    let choice = chosen(&parameters, &layer, &view)?;
    let guarded = is_guarded(&layer);
    let purpose = access::purpose(&parameters, guarded && asker.role != Role::Public)?;
    let epoch = snapshot.epoch.to_string();
    let subject = ask::subject(&format!("{layer}.{}", format.code()), &question, &choice);
    let place = if system == Crs::WGS84 { String::new() } else { format!("epsg{}", system.epsg()) };
    let name = named(&layer, &[&question.canonical(), &choice.suffix(), &place], format);
    // The rows hang on the epoch, on who asks and on what is asked; the bytes on them and on the program.
    let asked = format!("{layer} {} {} {} {place} {language:?}", format.code(), question.canonical(), choice.whole());
    let tag =
        caching::tag_of(&format!("{epoch}-{}-{}", view.sight.code(), env!("CARGO_PKG_VERSION")), asked.as_bytes());
    let held = caching::is_held(&headers, &tag);
    let span = match held {
        true => Span::none(),
        false => tracing::info_span!(target: TRACES, "export", export.layer = layer, export.format = format.code()),
    };
    let taken = (snapshot, view, layer, choice, system);
    let body = match held {
        true => Body::empty(),
        false if format.is_stream() => streamed(format, taken, span).await?,
        false => Body::from(
            ask::work(move || {
                let _span = span.entered();
                let (snapshot, view, layer, choice, system) = taken;
                let taking = Taking::new(&snapshot, &view, &layer, &choice)?;
                taking.in_system(system).in_language(language).bytes(format)
            })
            .await??,
        ),
    };
    if guarded {
        let did = asker.actor().did(AuditAction::Export, subject, (app.clock)());
        app.store.record(&AuditEvent { purpose, ..did }).await.map_err(Problem::of_store)?;
    }
    if held {
        return Ok(caching::not_modified(&tag, "no-cache"));
    }
    Ok(caching::attachment(body, &tag, (format.content_type(), &name)))
}

/// `villages_operator_viettel_filtered-1a2b3c4d_epsg5897.csv`: question, choice and system where there is one.
fn named(layer: &str, asked: &[&str; 3], format: Format) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let asked = asked.iter().filter(|part| !part.is_empty()).map(|part| part.chars().map(plain).collect::<String>());
    let parts: Vec<String> = std::iter::once(layer.to_owned()).chain(asked).collect();
    format!("{}.{}", parts.join("_"), format.ending())
}

/// The rows of a layer, chosen once; a layer or a commune that is not there is refused before the first byte.
async fn streamed(
    format: Format,
    (snapshot, view, layer, choice, system): (Arc<Snapshot>, Arc<View>, String, Choice, Crs),
    span: Span,
) -> Result<Body, Problem> {
    let (ready, chosen) = oneshot::channel();
    let body = written(move |out| {
        // Written as slowly as the client reads: the span lasts until the end.
        let _span = span.entered();
        match Taking::new(&snapshot, &view, &layer, &choice) {
            Ok(taking) => {
                let _ = ready.send(Ok(()));
                taking.in_system(system).stream(format, out)
            }
            Err(error) => {
                let _ = ready.send(Err(error));
                Ok(())
            }
        }
    });
    chosen.await.map_err(|_| Problem::ours())??;
    Ok(body)
}

/// A body that is written while it is read: the writer waits for a slow client, and ends with one that left.
fn written(write: impl FnOnce(&mut dyn Write) -> io::Result<()> + Send + 'static) -> Body {
    let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(PIECES);
    tokio::task::spawn_blocking(move || {
        let mut out = io::BufWriter::with_capacity(PIECE_BYTES, Pieces(sender));
        let written = write(&mut out).and_then(|()| out.flush());
        // A client that sees the connection break knows that the file is not whole.
        if let Err(error) = written
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            tracing::error!(%error, "a download broke off");
            let (pieces, _) = out.into_parts();
            let _ = pieces.0.blocking_send(Err(error));
        }
    });
    let pieces = stream::unfold(receiver, |mut receiver| async { Some((receiver.recv().await?, receiver)) });
    // Compression asks once more after the end.
    Body::from_stream(pieces.fuse())
}

struct Pieces(mpsc::Sender<io::Result<Bytes>>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        self.0.blocking_send(Ok(Bytes::copy_from_slice(bytes))).map_err(gone)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_body_of_many_pieces_comes_whole_and_in_order() {
        let body = written(|out| (0..100_000_u32).try_for_each(|number| writeln!(out, "{number}")));
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let expected: String = (0..100_000_u32).map(|number| format!("{number}\n")).collect();
        assert_eq!(bytes, expected.as_bytes());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_breaks_off_is_no_whole_file() {
        let body = written(|out| out.write_all(b"half").and_then(|()| Err(io::Error::other("disk"))));
        assert!(axum::body::to_bytes(body, usize::MAX).await.is_err());
    }
}
