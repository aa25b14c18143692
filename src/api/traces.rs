//! What a trace says of a request: how it was asked by route, never what for.
//!
//! A span has the method, the route as it is written in the router, the status and the kind of role. No address, query,
//! token, place or household is in it, so that traces may go to people who see none of these. A caller that sends
//! `traceparent` (W3C Trace Context) has its trace continued.

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use opentelemetry_http::HeaderExtractor;
use tracing::field::Empty;
use tracing::{Instrument, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::flow::TRACES;
use crate::model::access::Role;

/// A span around everything that an answer takes until its head.
pub(super) async fn trace(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    // Everything that no route takes is a file of the page, or nothing.
    let route = route.as_deref().unwrap_or("page");
    let method = known(request.method());
    let span = tracing::info_span!(
        target: TRACES,
        "request",
        otel.name = format_args!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        phusong.role = Empty,
    );
    if span.is_disabled() {
        return next.run(request).await;
    }
    let caller = opentelemetry::global::get_text_map_propagator(|p| p.extract(&HeaderExtractor(request.headers())));
    // Fails where spans are logged and not sent.
    let _ = span.set_parent(caller);
    let response = next.run(request).instrument(span.clone()).await;
    span.record("http.response.status_code", response.status().as_u16());
    if response.status().is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    response
}

/// Says in the span of the request who asks, without the place or network of the role.
pub(super) fn asked_by(role: Role) {
    Span::current().record("phusong.role", role.code());
}

/// A client may call its method whatever it likes; only those of the standard are written down.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        // The word of the semantic conventions of OpenTelemetry.
        _ => "_OTHER",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_is_one_of_the_standard_or_other() {
        assert_eq!(known(&Method::GET), "GET");
        assert_eq!(known(&Method::from_bytes(b"NGUYEN-VAN-A").unwrap()), "_OTHER");
    }
}
