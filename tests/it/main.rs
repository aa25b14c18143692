//! One binary for every test that crosses rooms: the plan of the house, the
//! whole path on real files, real HTTP, a real browser.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may fail aloud, also in the helpers that tests share"
)]

mod judge;
mod support;
mod traps;
mod validate;

mod licences;
mod masked;
mod rooms;

mod boundaries_real;
mod boundary_check;
mod boundary_repair;
mod formats;
mod forms_real;
mod profiles;

mod bad_input;
mod lineage_real;
mod misfit;
mod real_data;
mod signal_real;
mod speeds;

mod access;
mod archive;
mod away;
mod campaign;
mod changes;
mod claims;
mod cli;
mod crowd;
mod events;
mod every_tile;
mod figures;
mod following;
mod geopackage;
mod glyphs;
mod hints;
mod http;
mod indicators;
mod mapped;
mod ogc;
mod phones;
mod places;
mod plan;
mod qgis;
mod refused;
mod register;
mod search;
mod systems;
mod taking_back;
mod tile_filters;
mod tile_fixtures;
mod traces;
mod uploads;
mod verdicts;
mod work;
mod workbook;

mod browser;
