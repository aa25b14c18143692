//! Areas: what is drawn against what is stated, and the sum against the province.

use geo::{BooleanOps, Orient, orient::Direction};
use geo_types::MultiPolygon;
use rayon::prelude::*;

use super::contacts::Contacts;
use super::{Coverage, Drawn, Finding, Kind, Place, Province, Severity};
use crate::engine::boundaries::area::{self, area_m2};

/// Stated and drawn areas of the official communes agree within 1 % for 92 of
/// 129, within 2 % for 103 and within 5 % for 116; beyond that somebody should look.
pub const WARN_SHARE: f64 = 0.02;
pub const FAIL_SHARE: f64 = 0.05;

/// A unit of whose border at least this share has no neighbour may lie on a shore.
const OPEN_SHARE: f64 = 0.1;

/// A neighbour cancels a deviation when it deviates the other way by at least this share of it.
const CANCELS: f64 = 0.5;

pub(super) fn compare(units: &[Drawn<'_>], contacts: &Contacts, coverage: &mut Coverage) {
    let drawn: Vec<f64> = units.par_iter().map(|unit| area_m2(unit.geometry).unwrap_or_default()).collect();
    coverage.drawn_m2 = drawn.iter().sum();
    let stated: Vec<Option<f64>> =
        units.iter().map(|unit| unit.stated_km2.filter(|km2| *km2 > 0.0).map(|km2| km2 * 1e6)).collect();
    coverage.stated_m2 = stated.iter().any(Option::is_some).then(|| stated.iter().flatten().sum());
    let excess: Vec<f64> =
        drawn.iter().zip(&stated).map(|(drawn, stated)| stated.map_or(0.0, |stated| drawn - stated)).collect();
    for (number, unit) in units.iter().enumerate() {
        let Some(stated) = stated[number] else { continue };
        let share = excess[number].abs() / stated;
        if share < WARN_SHARE {
            continue;
        }
        let kind = if is_shore(number, &excess, contacts) { Kind::CoastalArea } else { Kind::AreaDiffers };
        let severity =
            if kind == Kind::AreaDiffers && share >= FAIL_SHARE { Severity::Error } else { Severity::Warning };
        coverage.findings.push(Finding {
            area_m2: Some(excess[number].abs()),
            stated_km2: Some(stated / 1e6),
            drawn_km2: Some(drawn[number] / 1e6),
            ..Finding::new(kind, severity, vec![unit.code], Place::Unit)
        });
    }
}

/// On the outline, and no neighbour inland has what this unit lacks or lacks what it has.
fn is_shore(unit: usize, excess: &[f64], contacts: &Contacts) -> bool {
    if !is_open(unit, contacts) {
        return false;
    }
    let cancels =
        |other: usize| excess[other] * excess[unit] < 0.0 && excess[other].abs() >= CANCELS * excess[unit].abs();
    !contacts.neighbours[unit].keys().any(|other| !is_open(*other, contacts) && cancels(*other))
}

fn is_open(unit: usize, contacts: &Contacts) -> bool {
    let open = contacts.outer.get(&unit).copied().unwrap_or_default();
    let shared: f64 = contacts.neighbours[unit].values().sum();
    open >= OPEN_SHARE * (open + shared)
}

pub(super) fn against_province(outline: &MultiPolygon<f64>, province: &MultiPolygon<f64>, coverage: &mut Coverage) {
    if let Err(reason) = area::check(province) {
        let finding = Finding::new(Kind::Invalid, Severity::Error, Vec::new(), Place::Unit);
        coverage.findings.push(Finding { reason: Some(reason), ..finding });
        return;
    }
    let (outline, province) = (outline.orient(Direction::Default), province.orient(Direction::Default));
    let without = province.difference(&outline);
    let beyond = outline.difference(&province);
    let size = |area: &MultiPolygon<f64>| area_m2(area).unwrap_or_default();
    let found = Province { drawn_m2: size(&province), without_unit_m2: size(&without), beyond_m2: size(&beyond) };
    for (place, size) in [(without, found.without_unit_m2), (beyond, found.beyond_m2)] {
        if size >= WARN_SHARE * 1e-3 * found.drawn_m2 {
            let severity = if size >= WARN_SHARE * found.drawn_m2 { Severity::Error } else { Severity::Warning };
            coverage.findings.push(Finding {
                area_m2: Some(size),
                ..Finding::new(Kind::ProvinceDiffers, severity, Vec::new(), Place::Area(place))
            });
        }
    }
    coverage.province = Some(found);
}
