//! Traces for a collector of OpenTelemetry, where one is named.
//!
//! Off unless `OTEL_EXPORTER_OTLP_ENDPOINT` (or that of traces alone) is set; the other variables of the standard are
//! read by the SDK. Spans are made in `api` and `flow`, under the target `flow::TRACES`; what they may say is decision
//! 0027. They wait in a queue of bounded length and are sent by a thread of their own: a collector that is down or
//! slow costs the server spans and no time.

use std::env;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use crate::flow::TRACES;

/// Of the standard; either turns traces on.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
/// Milliseconds for one request to the collector, and what the standard gives it where neither is set.
const TIMEOUTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"];
const TIMEOUT_MS: u64 = 10_000;
/// How long the last spans are waited for when the program ends.
const FAREWELL: Duration = Duration::from_secs(2);
/// Bytes of an answer of a collector: it says how many spans it took, and no more.
const MOST_ANSWERED: u64 = 64 * 1024;

/// Sends what is left when it is dropped.
#[derive(Default)]
pub(super) struct Traces(Option<SdkTracerProvider>);

impl Drop for Traces {
    fn drop(&mut self) {
        if let Some(provider) = &self.0 {
            // A collector that is down has been complained about already.
            let _ = provider.shutdown_with_timeout(FAREWELL);
        }
    }
}

/// The layer that makes spans of what `api` marks, and what has to be held until the end.
///
/// # Errors
/// Variables that make no sense.
pub(super) fn start<S: Subscriber + for<'a> LookupSpan<'a>>()
-> Result<(Option<impl Layer<S>>, Traces), ExporterBuildError> {
    if !asked_for(|name| env::var(name).ok()) {
        return Ok((None, Traces::default()));
    }
    let exporter = SpanExporter::builder().with_http().with_http_client(Plain::new()).build()?;
    let mut resource = Resource::builder().with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
    let named = |name: &str| env::var(name).is_ok_and(|value| !value.is_empty());
    if !named("OTEL_SERVICE_NAME") && !env::var("OTEL_RESOURCE_ATTRIBUTES").is_ok_and(|a| a.contains("service.name=")) {
        resource = resource.with_service_name(env!("CARGO_PKG_NAME"));
    }
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.build()).build();
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer(env!("CARGO_PKG_NAME")))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_level(false)
        .with_tracked_inactivity(false)
        // Nothing but the spans that say so: what libraries and the log say may name what was asked.
        .with_filter(filter_fn(|metadata| metadata.is_span() && metadata.target() == TRACES));
    Ok((Some(layer), Traces(Some(provider))))
}

/// Whether a collector is named and nothing forbids to use it.
fn asked_for(variable: impl Fn(&str) -> Option<String>) -> bool {
    let is = |name: &str, value: &str| variable(name).is_some_and(|said| said.eq_ignore_ascii_case(value));
    let named = ENDPOINTS.iter().any(|name| variable(name).is_some_and(|value| !value.is_empty()));
    named && !is("OTEL_SDK_DISABLED", "true") && !is("OTEL_TRACES_EXPORTER", "none")
}

/// Requests by plain HTTP, one after another, on the thread of the exporter.
#[derive(Debug)]
struct Plain {
    agent: ureq::Agent,
    /// Whether the last request failed: a collector that is down is said once.
    down: AtomicBool,
}

impl Plain {
    fn new() -> Self {
        let said = TIMEOUTS.iter().find_map(|name| env::var(name).ok()?.parse().ok());
        let timeout = Duration::from_millis(said.unwrap_or(TIMEOUT_MS));
        let config = ureq::Agent::config_builder().timeout_global(Some(timeout)).http_status_as_error(false);
        // A collector is named by its own address; a proxy of the machine's has no part in it.
        Self { agent: config.proxy(None).max_redirects(0).build().into(), down: AtomicBool::new(false) }
    }

    fn ask(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (head, body) = request.into_parts();
        let mut answer = self.agent.run(Request::from_parts(head, body.to_vec()))?;
        let body = answer.body_mut().with_config().limit(MOST_ANSWERED).read_to_vec()?;
        let (head, _) = answer.into_parts();
        Ok(Response::from_parts(head, body.into()))
    }
}

#[async_trait]
impl HttpClient for Plain {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = self.ask(request);
        let failed = match &answer {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("it answered {}", answer.status())),
            Err(error) => Some(error.to_string()),
        };
        let before = self.down.swap(failed.is_some(), Ordering::Relaxed);
        match failed {
            Some(why) if !before => {
                tracing::warn!(why, "traces do not reach the collector; this is said once until they do");
            }
            None if before => tracing::warn!("traces reach the collector again"),
            _ => {}
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(variables: &[(&str, &str)], expected: bool) {
        let value = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        assert_eq!(asked_for(value), expected, "{variables:?}");
    }

    #[test]
    fn traces_are_off_unless_a_collector_is_named() {
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");
        check(&[], false);
        check(&[("OTEL_SERVICE_NAME", "x"), ("OTEL_TRACES_SAMPLER", "always_on")], false);
        check(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "")], false);
        check(&[endpoint], true);
        check(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:4318/v1/traces")], true);
        check(&[endpoint, ("OTEL_SDK_DISABLED", "True")], false);
        check(&[endpoint, ("OTEL_TRACES_EXPORTER", "none")], false);
        check(&[endpoint, ("OTEL_TRACES_EXPORTER", "otlp")], true);
    }
}
