//! The page, embedded in the binary: offices without internet have it too.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::caching;
use super::problem::Problem;
use crate::tiles;

#[derive(rust_embed::RustEmbed)]
#[folder = "$OUT_DIR/web"]
struct Page;

/// Names that carry a hash of their content never change; the rest is asked for again.
const HASHED: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";

/// Every file of the page, by its path.
#[must_use]
pub fn files() -> Vec<(String, Vec<u8>)> {
    Page::iter().filter_map(|path| Some((path.to_string(), Page::get(&path)?.data.into_owned()))).collect()
}

/// One file of the page, by its path.
pub(super) fn embedded(path: &str) -> Option<Vec<u8>> {
    Some(Page::get(path)?.data.into_owned())
}

pub(super) async fn file(method: Method, uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    if method != Method::GET && method != Method::HEAD {
        return Ok((StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response());
    }
    let path = uri.path().trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    let (bytes, hash, kind) = match (Page::get(path), tiles::sprite_files().iter().find(|(name, _)| *name == path)) {
        (Some(found), _) => {
            let (hash, kind) = (found.metadata.sha256_hash(), found.metadata.mimetype().to_owned());
            (found.data, hash, kind)
        }
        (None, Some((name, bytes))) => {
            let kind = if name.ends_with(".png") { "image/png" } else { "application/json" };
            (Cow::Borrowed(bytes.as_slice()), Sha256::digest(bytes).into(), kind.to_owned())
        }
        (None, None) => return Err(Problem::not_found(format!("there is no /{path}"), "the map is at /")),
    };
    let hash: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let etag = format!("W/\"{hash}\"");
    let cache_control = if is_hashed(path) { HASHED } else { ASK_AGAIN };
    if caching::is_held(&headers, &etag) {
        return Ok(caching::not_modified(&etag, cache_control));
    }
    let mut response = Response::new(Body::from(bytes.into_owned()));
    let kind = if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind };
    if let Ok(value) = HeaderValue::from_str(&kind) {
        response.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    caching::stamp(response.headers_mut(), &etag, cache_control);
    Ok(response)
}

/// Vite writes `name-8charhash.ext` under `assets/`.
fn is_hashed(path: &str) -> bool {
    let stem = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(stem, _)| stem);
    let hash = stem.rsplit_once('-').map_or("", |(_, hash)| hash);
    path.starts_with("assets/") && hash.len() == 8 && hash.chars().any(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
}
