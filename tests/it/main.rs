//! One binary for every test that crosses rooms: the plan of the house, the
//! whole path on real files, real HTTP, a real browser.

mod support;

mod licences;
mod rooms;

mod boundaries_real;

mod bad_input;
mod real_data;

mod every_tile;
mod figures;
mod geopackage;
mod http;

mod browser;
