//! Validators and encodings: RFC 9110 sections 8.8, 12.5.3 and 13.1.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// How the bytes of a tile travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Identity,
    Gzip,
    Brotli,
    Zstd,
}

impl Encoding {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    /// The best that the client accepts; at equal weight brotli, whose tiles are smallest, then zstd, then gzip.
    /// No header means that nothing was promised: identity.
    pub(super) fn negotiate(headers: &HeaderMap) -> Self {
        let (mut brotli, mut zstd, mut gzip, mut any) = (None, None, None, None);
        let listed = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok());
        for item in listed.flat_map(|list| list.split(',')) {
            let mut parts = item.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default().to_ascii_lowercase();
            let weight = parts
                .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
                .map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0));
            match name.as_str() {
                "br" => brotli = Some(weight),
                "zstd" => zstd = Some(weight),
                "gzip" | "x-gzip" => gzip = Some(weight),
                "*" => any = Some(weight),
                _ => {}
            }
        }
        // `*` speaks only for those that are not named.
        let [brotli, zstd, gzip] = [brotli, zstd, gzip].map(|weight: Option<f32>| weight.or(any).unwrap_or(0.0));
        match brotli.max(zstd).max(gzip) {
            most if most <= 0.0 => Self::Identity,
            most if brotli >= most => Self::Brotli,
            most if zstd >= most => Self::Zstd,
            _ => Self::Gzip,
        }
    }
}

/// Whether the client already holds this representation. Weak comparison, as GET asks for.
pub(super) fn is_held(headers: &HeaderMap, etag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|tag| tag.trim() == "*" || bare(tag) == bare(etag))
}

/// 304 with the headers that a cache needs to refresh what it holds.
pub(super) fn not_modified(etag: &str, cache_control: &'static str) -> Response {
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    stamp(response.headers_mut(), etag, cache_control);
    response
}

pub(super) fn stamp(headers: &mut HeaderMap, etag: &str, cache_control: &'static str) {
    if let Ok(etag) = HeaderValue::from_str(etag) {
        headers.insert(header::ETAG, etag);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control));
    headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
}

/// JSON with its validator.
pub(super) fn json(request: &HeaderMap, epoch: &str, content_type: &'static str, body: String) -> Response {
    let etag = tag_of(epoch, body.as_bytes());
    if is_held(request, &etag) {
        return not_modified(&etag, "no-cache");
    }
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    stamp(response.headers_mut(), &etag, "no-cache");
    if let Ok(value) = HeaderValue::from_str(epoch) {
        response.headers_mut().insert("x-phusong-epoch", value);
    }
    response
}

/// A file with its validator, under the name that it is kept by; without one it is shown.
pub(super) fn file(
    request: &HeaderMap,
    epoch: &str,
    body: Vec<u8>,
    (content_type, name): (&'static str, Option<&str>),
) -> Response {
    let etag = tag_of(epoch, &body);
    if is_held(request, &etag) {
        return not_modified(&etag, "no-cache");
    }
    let mut response = Response::new(Body::from(body));
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    let kept = name.and_then(|name| HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).ok());
    if let Some(kept) = kept {
        out.insert(header::CONTENT_DISPOSITION, kept);
    }
    stamp(out, &etag, "no-cache");
    response
}

/// A file under the name that it is kept by, whose validator is known before its bytes are.
pub(super) fn attachment(body: Body, etag: &str, (content_type, name): (&'static str, &str)) -> Response {
    let mut response = Response::new(body);
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(kept) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"; filename*=UTF-8''{name}")) {
        out.insert(header::CONTENT_DISPOSITION, kept);
    }
    stamp(out, etag, "no-cache");
    response
}

/// A weak validator: the compression layer may change the bytes, not their meaning.
pub(super) fn tag_of(epoch: &str, body: &[u8]) -> String {
    format!("W/\"{epoch}-{:016x}\"", fingerprint(body))
}

/// FNV-1a, 64 bits: tells two answers of one epoch apart, guards nothing.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(accept: &[&str], expected: Encoding) {
        let mut headers = HeaderMap::new();
        for value in accept {
            headers.append(header::ACCEPT_ENCODING, HeaderValue::from_str(value).unwrap());
        }
        assert_eq!(Encoding::negotiate(&headers), expected, "{accept:?}");
    }

    #[test]
    fn a_client_gets_the_best_that_it_accepts() {
        check(&[], Encoding::Identity);
        check(&["identity"], Encoding::Identity);
        check(&["gzip"], Encoding::Gzip);
        check(&["gzip, br"], Encoding::Brotli);
        check(&["br;q=0.5, gzip"], Encoding::Gzip);
        check(&["br;q=0, gzip;q=0"], Encoding::Identity);
        check(&["gzip", "br"], Encoding::Brotli);
        check(&["*"], Encoding::Brotli);
        check(&["br;q=0, *"], Encoding::Zstd);
        check(&["zstd"], Encoding::Zstd);
        check(&["gzip, deflate, br, zstd"], Encoding::Brotli);
        check(&["gzip, zstd"], Encoding::Zstd);
        check(&["gzip, zstd;q=0.9"], Encoding::Gzip);
        check(&["gzip;q=nonsense"], Encoding::Identity);
    }

    #[test]
    fn a_held_tag_may_be_weak_or_one_of_many() {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static("\"a\", W/\"b\""));
        assert!(is_held(&headers, "\"b\""));
        assert!(is_held(&headers, "\"a\""));
        assert!(!is_held(&headers, "\"c\""));
    }
}
