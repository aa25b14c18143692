//! Tiles: what is asked for, from memory or made.

mod describe;
mod encoded;
mod explain;

pub(super) use describe::{style, tilejson};
pub(super) use encoded::Encoded;
pub(super) use explain::explain;

use std::sync::Arc;
use std::time::Instant;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::App;
use super::ask::{self, Parameters};
use super::asker::Asker;
use super::caching::{self, Encoding};
use super::problem::Problem;
use crate::flow::TRACES;
use crate::flow::choice::{self, Choice, Drawn};
use crate::flow::export::ExportError;
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
    /// Which rows, as it was said; empty for all.
    choice: String,
    at: (u8, u32, u32),
}

/// What is asked for by the address of a tile, of one snapshot and for one reader.
struct Asked {
    snapshot: Arc<Snapshot>,
    layers: Vec<&'static LayerDefinition>,
    at: Address,
    question: Question,
    sight: Sight,
    choices: Vec<Choice>,
    epoch: String,
}

/// Layers, zoom, column and row, as they stand in an address.
type Place = (String, String, String, String);

impl Asked {
    async fn read(
        app: &App,
        asker: Asker,
        (layers, z, x, y): &Place,
        parameters: &Parameters,
    ) -> Result<Self, Problem> {
        let layers = definitions(layers)?;
        let at = address(z, x, y)?;
        let question = ask::question(parameters, &[&["v", ask::CAMPAIGN], &choice::PARAMETERS[..]].concat())?;
        let (snapshot, sight) = ask::snapshot(app, asker, &question).await?;
        seen(&layers, sight)?;
        let choices = choices(parameters, &layers, sight)?;
        let epoch = snapshot.epoch.to_string();
        Ok(Self { snapshot, layers, at, question, sight, choices, epoch })
    }

    fn key(&self) -> TileKey {
        TileKey {
            epoch: self.epoch.clone(),
            sight: self.sight,
            layers: self.layers.iter().map(|layer| layer.id).collect(),
            question: self.question.clone(),
            choice: self.choices.first().map(Choice::whole).unwrap_or_default(),
            at: (self.at.z(), self.at.x(), self.at.y()),
        }
    }

    fn at_hand(&self) -> Option<Arc<View>> {
        let chosen: Vec<_> = self.layers.iter().copied().zip(&self.choices).collect();
        choice::at_hand(&self.snapshot, (self.sight, &self.question), &chosen)
    }

    fn drawn<'a>(&self, view: &'a View) -> Result<Vec<Drawn<'a>>, Problem> {
        let each = self.layers.iter().zip(&self.choices);
        let each = each.map(|(layer, choice)| choice::layer(&self.snapshot, view, layer, choice));
        Ok(each.filter_map(Result::transpose).collect::<Result<_, ExportError>>()?)
    }
}

pub(in crate::api) async fn tile(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(place): Path<Place>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = Asked::read(&app, asker, &place, &parameters).await?;
    let (at, epoch) = (asked.at, asked.epoch.clone());
    let edition = edition(&epoch, asked.sight);
    let encoding = Encoding::negotiate(&headers);
    let etag = format!("\"{edition}-{}\"", encoding.name());
    let cache_control = if parameters.get("v") == Some(&edition) { FOR_EVER } else { ASK_AGAIN };
    if caching::is_held(&headers, &etag) {
        return Ok(caching::not_modified(&etag, cache_control));
    }
    let key = asked.key();
    // What is there already, or soon made of what is, is not worth another thread's while.
    let ready = app.tiles.get(&key).and_then(|kept| Some((kept.ready(encoding)?, kept.dropped.clone())));
    app.metrics.tile(at.z(), ready.is_some());
    let (body, dropped) = if let Some(ready) = ready {
        ready
    } else {
        let at_hand = if at.z() >= SOON_MADE { asked.at_hand() } else { None };
        let make = move |asked: &Asked, view: &View, app: &App| {
            let layers = asked.drawn(view)?;
            let made = app.tiles.get_with(key, || {
                let _span = tracing::info_span!(target: TRACES, "tile", tile.zoom = at.z()).entered();
                let start = Instant::now();
                let made = Arc::new(Encoded::new(draw(&layers, at)));
                app.metrics.made(start.elapsed());
                made
            });
            Ok::<_, Problem>((made.bytes(encoding), made.dropped.clone()))
        };
        match at_hand {
            Some(view) => make(&asked, &view, &app)?,
            None => {
                ask::work(move || {
                    let view = asked.snapshot.ask(asker.role, &asked.question)?;
                    make(&asked, &view, &app)
                })
                .await??
            }
        }
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
    if let Some(dropped) = dropped {
        response.headers_mut().insert("x-phusong-dropped", dropped);
    }
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

/// Which rows of each layer: one filter for them all, so that each must have its columns.
fn choices(parameters: &Parameters, layers: &[&'static LayerDefinition], sight: Sight) -> Result<Vec<Choice>, Problem> {
    let get = |name: &str| parameters.get(name).map(String::as_str);
    layers.iter().map(|layer| Ok(Choice::read(get, (layer, sight))?)).collect()
}

fn draw(layers: &[Drawn<'_>], at: Address) -> tiles::Tile {
    tiles::draw(&layers.iter().map(Drawn::layer).collect::<Vec<_>>(), at)
}

/// One or several layers, comma-separated, each once.
fn definitions(names: &str) -> Result<Vec<&'static LayerDefinition>, Problem> {
    tiles::named(names.split(',')).map_err(|name| {
        let known: Vec<&str> = tiles::definitions().iter().map(|layer| layer.id).collect();
        Problem::not_found(format!("there is no layer `{name}`"), format!("one or several of {}", known.join(",")))
    })
}

/// `14`, `13018`, `7189` or `7189.mvt`.
fn address(z: &str, x: &str, y: &str) -> Result<Address, Problem> {
    let y = y.strip_suffix(".mvt").or_else(|| y.strip_suffix(".pbf")).unwrap_or(y);
    let wrong =
        || Problem::bad_request(format!("`{z}/{x}/{y}` is not a tile"), "z is 0 to 22, x and y are 0 to 2^z - 1");
    let (Ok(z), Ok(x), Ok(y)) = (z.parse(), x.parse(), y.parse()) else { return Err(wrong()) };
    Address::new(z, x, y).map_err(|_| wrong())
}
