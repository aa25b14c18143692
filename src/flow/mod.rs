//! Journeys through the rooms: import, analyse, snapshot, serve one tile, export.
//!
//! The workrooms do not know each other; this room introduces them. It holds
//! no SQL, no status codes and no algorithm of its own.

/// Spans under this target may leave the house (`OTEL_EXPORTER_OTLP_ENDPOINT`): they say how a question was worked on
/// and never what it was.
pub const TRACES: &str = "phusong::traces";

mod areas;

pub mod demo;
pub mod province;

pub mod import;
pub mod imports;
pub mod log;
pub mod merge;
pub mod polygonise;
pub mod uploads;

pub mod check;
pub mod check_lineage;

pub mod access;

pub mod analyse;
pub mod snapshot;
pub mod validate;

pub mod generalise;
pub mod hints;
pub mod layers;
pub mod meta;
mod surface;

pub mod changed;
pub mod changes;
pub mod former;

pub mod history;
pub mod inbox;
pub mod indicators;
pub mod pack;
pub mod plan;
pub mod register;
pub mod removal;
pub mod search;
pub mod speeds;
pub mod work;

pub mod archive;
pub mod choice;
pub mod collection;
pub mod export;
pub mod form;
