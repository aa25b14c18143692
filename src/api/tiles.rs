//! Tiles, TileJSON and the style.

use std::cell::RefCell;
use std::io::Write;
use std::sync::{Arc, OnceLock};

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::App;
use super::ask::{self, Parameters};
use super::asker::Asker;
use super::caching::{self, Encoding};
use super::problem::Problem;
use crate::flow::meta;
use crate::flow::snapshot::{Snapshot, View};
use crate::model::access::{Forbidden, Sight};
use crate::model::question::Question;
use crate::tiles::{self, Address, LayerDefinition};

/// A tile that names its epoch in `v` can be kept for ever: the next epoch has another address.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Anything else is asked for again, and costs a 304.
const ASK_AGAIN: &str = "no-cache";

/// From this zoom on a tile is made and compressed in about a millisecond.
const SOON_MADE: u8 = 11;

/// What a tile depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct TileKey {
    epoch: String,
    sight: Sight,
    layers: Vec<&'static str>,
    question: Question,
    at: (u8, u32, u32),
}

/// The bytes of one tile in the encodings that were asked for so far.
pub(super) struct Encoded {
    identity: Bytes,
    gzip: OnceLock<Bytes>,
    brotli: OnceLock<Bytes>,
}

impl Encoded {
    fn new(identity: Vec<u8>) -> Self {
        Self { identity: identity.into(), gzip: OnceLock::new(), brotli: OnceLock::new() }
    }

    /// Twice the plain size bounds all three encodings of any tile worth keeping.
    pub(super) fn weight(&self) -> u32 {
        u32::try_from(self.identity.len() * 2 + 256).unwrap_or(u32::MAX)
    }

    /// Empty for an empty tile, however it travels.
    fn bytes(&self, encoding: Encoding) -> Bytes {
        if self.identity.is_empty() {
            return Bytes::new();
        }
        match encoding {
            Encoding::Identity => self.identity.clone(),
            Encoding::Gzip => self.gzip.get_or_init(|| gzip(&self.identity).into()).clone(),
            Encoding::Brotli => self.brotli.get_or_init(|| brotli(&self.identity).into()).clone(),
        }
    }

    /// The same where nothing has to be compressed first.
    fn ready(&self, encoding: Encoding) -> Option<Bytes> {
        match encoding {
            _ if self.identity.is_empty() => Some(Bytes::new()),
            Encoding::Identity => Some(self.identity.clone()),
            Encoding::Gzip => self.gzip.get().cloned(),
            Encoding::Brotli => self.brotli.get().cloned(),
        }
    }
}

pub(super) async fn tile(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path((layers, z, x, y)): Path<(String, String, String, String)>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let layers = definitions(&layers)?;
    let at = address(&z, &x, &y)?;
    let question = ask::question(&parameters, &["v"])?;
    let snapshot = app.snapshot();
    let epoch = snapshot.epoch.to_string();
    let sight = snapshot.admit(asker.role, &question)?;
    seen(&layers, sight)?;
    let edition = edition(&epoch, sight);
    let encoding = Encoding::negotiate(&headers);
    let etag = format!("\"{edition}-{}\"", encoding.name());
    let cache_control = if parameters.get("v") == Some(&edition) { FOR_EVER } else { ASK_AGAIN };
    if caching::is_held(&headers, &etag) {
        return Ok(caching::not_modified(&etag, cache_control));
    }
    let key = TileKey {
        epoch: epoch.clone(),
        sight,
        layers: layers.iter().map(|layer| layer.id).collect(),
        question: question.clone(),
        at: (at.z(), at.x(), at.y()),
    };
    // What is there already, or soon made of what is, is not worth another thread's while.
    let names: Vec<&str> = layers.iter().map(|layer| layer.id).collect();
    let body = if let Some(body) = app.tiles.get(&key).and_then(|made| made.ready(encoding)) {
        body
    } else if let Some(view) = snapshot.at_hand(sight, &question, &names).filter(|_| at.z() >= SOON_MADE) {
        app.tiles.get_with(key, || Arc::new(Encoded::new(draw(&snapshot, &view, &layers, at)))).bytes(encoding)
    } else {
        ask::work(move || {
            let view = snapshot.ask(asker.role, &question)?;
            let made = app.tiles.get_with(key, || Arc::new(Encoded::new(draw(&snapshot, &view, &layers, at))));
            Ok::<_, Problem>(made.bytes(encoding))
        })
        .await??
    };
    let mut response = Response::new(Body::from(body.clone()));
    if body.is_empty() {
        *response.status_mut() = StatusCode::NO_CONTENT;
    } else {
        let out = response.headers_mut();
        out.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/vnd.mapbox-vector-tile"));
        if encoding != Encoding::Identity {
            out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
        }
    }
    caching::stamp(response.headers_mut(), &etag, cache_control);
    if let Ok(value) = HeaderValue::from_str(&epoch) {
        response.headers_mut().insert("x-phusong-epoch", value);
    }
    Ok(response)
}

/// What the bytes of a tile depend on besides its address: the data, what the reader sees of them, and the program.
/// The address of a tile carries it, so that no cache gives the tile of one role to another.
fn edition(epoch: &str, sight: Sight) -> String {
    format!("{epoch}-{}-{}", sight.code(), env!("CARGO_PKG_VERSION"))
}

/// One layer that is not for the reader is no part of a tile with others: leaving it out would look like emptiness.
fn seen(layers: &[&'static LayerDefinition], sight: Sight) -> Result<(), Problem> {
    match layers.iter().find(|layer| !sight.shows(layer.matter)) {
        Some(layer) => Err(Forbidden::Layer { layer: layer.id }.into()),
        None => Ok(()),
    }
}

fn draw(snapshot: &Snapshot, view: &View, layers: &[&'static LayerDefinition], at: Address) -> Vec<u8> {
    let drawn: Vec<&tiles::Layer> = layers.iter().filter_map(|layer| snapshot.layer(view, layer.id)).collect();
    tiles::encode(&drawn, at)
}

pub(super) async fn tilejson(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(file): Path<String>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(names) = file.strip_suffix(".json") else {
        return Err(Problem::not_found(
            format!("there is no /tiles/{file}"),
            "GET /tiles/communes.json is TileJSON, /tiles/communes/10/813/449 a tile",
        ));
    };
    let layers = definitions(names)?;
    let question = ask::question(&parameters, &["lang"])?;
    let language = ask::language(&parameters)?;
    let snapshot = app.snapshot();
    let sight = snapshot.admit(asker.role, &question)?;
    seen(&layers, sight)?;
    let epoch = snapshot.epoch.to_string();
    let joined: Vec<&str> = layers.iter().map(|layer| layer.id).collect();
    let asked = question.canonical();
    let joint = if asked.is_empty() { "" } else { "&" };
    let url = format!(
        "{}/tiles/{}/{{z}}/{{x}}/{{y}}?v={}{joint}{asked}",
        ask::base_url(&headers),
        joined.join(","),
        edition(&epoch, sight)
    );
    let attribution = meta::attribution(&snapshot, &joined, language);
    let body = tiles::tilejson((&layers, sight), &url, meta::bounds(&snapshot), &attribution, language);
    Ok(caching::json(&headers, &epoch, "application/json", body.to_string()))
}

pub(super) async fn style(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let question = ask::question(&parameters, &["lang"])?;
    let language = ask::language(&parameters)?;
    let snapshot = app.snapshot();
    let sight = snapshot.admit(asker.role, &question)?;
    let epoch = snapshot.epoch.to_string();
    let body = tiles::style(&ask::base_url(&headers), &question.canonical(), (language, sight));
    Ok(caching::json(&headers, &epoch, "application/json", body.to_string()))
}

/// One or several layers, comma-separated, each once.
fn definitions(names: &str) -> Result<Vec<&'static LayerDefinition>, Problem> {
    let mut found: Vec<&'static LayerDefinition> = Vec::new();
    for name in names.split(',') {
        let Some(definition) = tiles::definition(name) else {
            let known: Vec<&str> = tiles::definitions().iter().map(|layer| layer.id).collect();
            return Err(Problem::not_found(
                format!("there is no layer `{name}`"),
                format!("one or several of {}", known.join(",")),
            ));
        };
        if !found.iter().any(|layer| layer.id == definition.id) {
            found.push(definition);
        }
    }
    Ok(found)
}

/// `14`, `13018`, `7189` or `7189.mvt`.
fn address(z: &str, x: &str, y: &str) -> Result<Address, Problem> {
    let y = y.strip_suffix(".mvt").or_else(|| y.strip_suffix(".pbf")).unwrap_or(y);
    let wrong =
        || Problem::bad_request(format!("`{z}/{x}/{y}` is not a tile"), "z is 0 to 22, x and y are 0 to 2^z - 1");
    let (Ok(z), Ok(x), Ok(y)) = (z.parse(), x.parse(), y.parse()) else { return Err(wrong()) };
    Address::new(z, x, y).map_err(|_| wrong())
}

thread_local! {
    /// Half a megabyte of tables that need not be made for every tile.
    static GZIP: RefCell<Option<libdeflater::Compressor>> =
        RefCell::new(libdeflater::CompressionLvl::new(GZIP_LEVEL).ok().map(libdeflater::Compressor::new));
}

/// A quarter less work than zlib's usual 6, for four bytes more in a hundred; browsers take brotli.
const GZIP_LEVEL: i32 = 4;

/// By `libdeflate`: half the time of zlib. It wants the whole input at once, which a tile is.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let quickly = GZIP.with_borrow_mut(|compressor| {
        let compressor = compressor.as_mut()?;
        let mut out = vec![0; compressor.gzip_compress_bound(bytes.len())];
        let written = compressor.gzip_compress(bytes, &mut out).ok()?;
        out.truncate(written);
        out.shrink_to_fit();
        Some(out)
    });
    // No level is unknown and no bound too small; a tile must not be empty for either.
    quickly.unwrap_or_else(|| {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let written = out.write_all(bytes);
        written.and_then(|()| out.finish()).unwrap_or_default()
    })
}

/// Quality 5: about gzip's time for a tenth fewer bytes.
fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut out, 64 * 1024, 5, 20);
    let written = writer.write_all(bytes);
    drop(writer);
    if written.is_ok() { out } else { Vec::new() }
}
