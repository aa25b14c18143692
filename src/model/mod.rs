//! The nouns: units, places, villages, visits, samples and verdicts.
//!
//! Every other room speaks in these types. A value here has been through its
//! one constructor and cannot be wrong. No input, no output, nothing async.

pub mod access;
pub mod activity;
pub mod admin;
pub mod campaign;
pub mod claim;
pub mod correction;
pub mod crs;
pub mod feature;
pub mod figure;
pub mod filter;
pub mod flag;
pub mod geometry_fault;
pub mod hint;
pub mod import;
pub mod indicator;
mod key;
pub mod language;
pub mod measure;
mod names;
pub mod news;
pub mod operator;
pub mod packed;
pub mod period;
pub mod place;
pub mod question;
pub mod reach;
pub mod refusal;
pub mod register;
pub mod retention;
pub mod review;
pub mod rules;
pub mod said;
pub mod sample;
pub mod signal_seen;
pub mod site;
pub mod speed;
pub mod taking_back;
pub mod team;
pub mod token;
pub mod topic;
pub mod verdict;
pub mod village;
pub mod visit;
pub mod work;
