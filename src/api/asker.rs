//! Who asks: the one gate that every address with data stands behind.
//!
//! A token comes in a header or in the cookie of a browser that logged in. One
//! that opens nothing is 401 and never silently the public's view. Without one
//! a reader is the public, or, where the server was told so and the request
//! comes from its own machine, the role that it was told.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use jiff::Timestamp;

use super::App;
use super::problem::Problem;
use super::traces;
use crate::flow::access::{self, Actor};
use crate::model::access::Role;

/// The cookie that a login sets.
pub(super) const COOKIE: &str = "phusong_token";

/// A role, and the token that gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asker {
    pub(super) role: Role,
    pub(super) token: Option<i64>,
    pub(super) expires: Option<Timestamp>,
}

impl Asker {
    pub(super) fn actor(self) -> Actor {
        Actor { role: self.role, token: self.token }
    }
}

/// Lets a request in with its [`Asker`], and says of the answer who else may keep it.
pub(super) async fn admit(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Result<Response, Problem> {
    let asker = identify(&app, request.headers()).await?;
    traces::asked_by(asker.role);
    request.extensions_mut().insert(asker);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("authorization, cookie"));
    if asker.role != Role::Public {
        let told = headers.get(header::CACHE_CONTROL).and_then(|value| value.to_str().ok()).unwrap_or("no-cache");
        let private =
            if told == "no-store" { told.to_owned() } else { format!("private, {}", told.replace("public, ", "")) };
        if let Ok(private) = HeaderValue::from_str(&private) {
            headers.insert(header::CACHE_CONTROL, private);
        }
    }
    Ok(response)
}

/// The asker that a request is from.
pub(super) async fn identify(app: &App, headers: &HeaderMap) -> Result<Asker, Problem> {
    if let Some(shown) = headers.get(header::AUTHORIZATION) {
        let secret = shown.to_str().ok().and_then(|text| text.split_once(' '));
        let secret =
            secret.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, secret)| secret.trim());
        let Some(secret) = secret else {
            return Err(Problem::unauthorized("only tokens are understood here", "Authorization: Bearer TOKEN"));
        };
        return of_secret(app, secret).await;
    }
    match cookie(headers) {
        Some(secret) => of_secret(app, secret).await,
        None => Ok(Asker { role: app.unasked(headers), token: None, expires: None }),
    }
}

/// The token of a secret.
pub(super) async fn of_secret(app: &App, secret: &str) -> Result<Asker, Problem> {
    let found = access::recognise(&*app.store, secret, (app.clock)()).await.map_err(Problem::of_store)?;
    let token = found.map_err(|error| {
        Problem::unauthorized(error.to_string(), "ask whoever runs this server for a new one, or come without a token")
    })?;
    Ok(Asker { role: token.role, token: Some(token.id), expires: Some(token.expires) })
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value).filter(|value| !value.is_empty())
}

/// Whether a request was sent to this machine by its own name, by no page of another site, and not passed on by a
/// proxy. A site that had its name resolved to 127.0.0.1 still says its own name.
pub(super) fn is_local(headers: &HeaderMap) -> bool {
    let passed_on = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via"];
    if passed_on.into_iter().any(|name| headers.contains_key(name)) {
        return false;
    }
    let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or_default());
    // Browsers name the page that asks when it is another site's, and readable answers are what it is after.
    let origin = text(header::ORIGIN).map(|origin| origin.split_once("://").map_or(origin, |(_, host)| host));
    text(header::HOST).is_some_and(is_loopback) && origin.is_none_or(is_loopback)
}

/// `127.0.0.1:8080`, `localhost`, `[::1]:8080`.
fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, port)| if port.ends_with(']') { host } else { name });
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(given: &[(&'static str, &'static str)]) -> HeaderMap {
        given.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    fn headers_local(given: &[(&'static str, &'static str)]) -> bool {
        is_local(&headers(given))
    }

    #[test]
    fn only_this_machine_by_its_own_name_is_local() {
        for host in ["127.0.0.1:8080", "localhost:8080", "localhost", "[::1]:8080", "[::1]"] {
            assert!(headers_local(&[("host", host)]), "{host}");
        }
        for host in ["evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example:80", ""] {
            assert!(!headers_local(&[("host", host)]), "{host}");
        }
        assert!(!headers_local(&[]));
        assert!(headers_local(&[("host", "localhost:8080"), ("origin", "http://localhost:8080")]));
        assert!(!headers_local(&[("host", "localhost:8080"), ("origin", "https://evil.example")]));
        assert!(!headers_local(&[("host", "localhost:8080"), ("origin", "null")]));
        assert!(!headers_local(&[("host", "127.0.0.1:8080"), ("x-forwarded-for", "203.0.113.7")]));
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        assert_eq!(cookie(&headers(&[("cookie", "a=1; phusong_token=x; b=2")])), Some("x"));
        assert_eq!(cookie(&headers(&[("cookie", "phusong_token=")])), None);
        assert_eq!(cookie(&headers(&[("cookie", "not_phusong_token=x")])), None);
    }
}
