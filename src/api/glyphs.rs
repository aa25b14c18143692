//! Letters of the fonts that the page carries, as the ranges that a style's `glyphs` names.
//!
//! They know nothing of the data and are the same for everybody, for as long as the program is the same: each is made
//! when it is first asked for, and kept.

use std::sync::{Arc, LazyLock};

use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use moka::sync::Cache;

use super::problem::Problem;
use super::{ask, assets, caching};
use crate::tiles::{Fonts, GlyphRange, NoGlyphs};

/// Clients ask again after a day, and get a 304 unless the program was replaced by one with other fonts.
const A_DAY: &str = "public, max-age=86400";

/// Ten ranges of two fonts have letters and take half a megabyte; the other thousands are some bytes each.
const MOST_BYTES: u64 = 8 * 1024 * 1024;

static FONTS: LazyLock<Fonts> = LazyLock::new(|| Fonts::read(assets::embedded));
static DRAWN: LazyLock<Cache<GlyphRange, Arc<Drawn>>> = LazyLock::new(|| {
    let weight = |_: &GlyphRange, drawn: &Arc<Drawn>| u32::try_from(drawn.bytes.len() + 128).unwrap_or(u32::MAX);
    Cache::builder().max_capacity(MOST_BYTES).weigher(weight).build()
});

struct Drawn {
    bytes: Bytes,
    etag: String,
}

pub(super) async fn range(
    Path((stack, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let drawn = ask::work(move || {
        let range = file.strip_suffix(".pbf").unwrap_or(&file);
        let range = FONTS.find(&stack, range)?;
        Ok::<_, NoGlyphs>(DRAWN.get_with_by_ref(&range, || {
            let bytes = FONTS.draw(&range);
            Arc::new(Drawn { etag: caching::tag_of("glyphs", &bytes), bytes: bytes.into() })
        }))
    });
    let drawn = drawn.await??;
    if caching::is_held(&headers, &drawn.etag) {
        return Ok(caching::not_modified(&drawn.etag, A_DAY));
    }
    let mut response = Response::new(Body::from(drawn.bytes.clone()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
    caching::stamp(response.headers_mut(), &drawn.etag, A_DAY);
    Ok(response)
}

impl From<NoGlyphs> for Problem {
    fn from(error: NoGlyphs) -> Self {
        match &error {
            NoGlyphs::Font { known, .. } if known.is_empty() => Self::not_found(
                "this program was built without its page, and so without fonts",
                "build the page first: cd web && npm ci && npm run build",
            ),
            NoGlyphs::Font { known, .. } => {
                Self::not_found(error.to_string(), format!("GET /fonts/{}/0-255.pbf", first(known)))
            }
            NoGlyphs::Range(_) => Self::bad_request(
                error.to_string(),
                "ranges begin with a multiple of 256 and end 255 later: 0-255.pbf, 256-511.pbf, … 7680-7935.pbf",
            ),
        }
    }
}

/// The first of some names between commas, as it stands in an address.
fn first(names: &str) -> String {
    names.split(',').next().unwrap_or_default().replace(' ', "%20")
}
