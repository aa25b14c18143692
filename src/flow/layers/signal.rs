//! Rows about signal: cells, dead areas, what is expected between the cells, and what changed.

use geo_types::MultiPolygon;
use h3o::Resolution;

use super::Context;
use super::attributes::Attributes;
use crate::engine::signal::surface::{Expected, LEVELS};
use crate::engine::{Comparison, compare};
use crate::model::feature::{Feature, Shape};
use crate::model::figure::round;
use crate::model::site::Site;
use crate::model::verdict::{CellChange, CellVerdict, Change, DeadArea, cell_id, cell_outline};

impl Context<'_> {
    /// Cells of one resolution as hexagons.
    #[must_use]
    pub fn signal(&self, resolution: Resolution) -> Vec<Feature> {
        self.answer.cells_at(resolution).iter().map(|cell| self.cell(cell)).collect()
    }

    fn cell(&self, cell: &CellVerdict) -> Feature {
        cell_row(cell, self.synthetic)
    }

    pub(super) fn dead_areas(&self) -> Vec<Feature> {
        self.answer.dead_areas.iter().zip(1_i64..).map(|(area, rank)| self.dead_area(area, rank)).collect()
    }

    pub(super) fn dead_area(&self, area: &DeadArea, rank: i64) -> Feature {
        let mut row = Attributes::default();
        row.text("area", area.anchor.to_string());
        row.integer("rank", rank);
        row.text("verdict", area.verdict.code());
        row.flag("confirmed", area.confirmed);
        row.network(area.operator, area.technology);
        row.integer("cells", i64::try_from(area.cells.len()).unwrap_or(i64::MAX));
        row.number("area_m2", round(area.area_m2, 0));
        let mut communes: Vec<String> = area
            .cells
            .iter()
            .filter_map(|cell| self.facts.commune_of_cell(*cell, self.answer.as_of))
            .filter_map(|code| self.units.get(&code))
            .map(|unit| unit.full_name())
            .collect();
        communes.sort();
        communes.dedup();
        row.text("communes", communes.join(", "));
        row.integer("villages", i64::try_from(area.villages.len()).unwrap_or(i64::MAX));
        let names: Vec<_> = area
            .villages
            .iter()
            .filter_map(|code| self.villages.get(code))
            .map(|village| village.name.as_str())
            .collect();
        row.text("village_names", names.join(", "));
        let places: Vec<_> =
            area.places.iter().filter_map(|id| self.places.get(id)).map(|place| place.name.as_str()).collect();
        row.integer("places", i64::try_from(places.len()).unwrap_or(i64::MAX));
        row.text("place_names", places.join(", "));
        for (name, note, figure) in
            [("households", "households_note", area.households), ("population", "population_note", area.population)]
        {
            match area.note_of(&figure) {
                Some(word) => row.text(note, word),
                None => row.count(name, note, figure.map(|sum| i64::try_from(sum).unwrap_or(i64::MAX))),
            }
        }
        row.integer("villages_without_households", i64::from(area.villages_without_households));
        row.number("weak_chance", round(area.weak_chance, 3));
        match area.note_of(&area.affected) {
            Some(word) => row.text("affected_note", word),
            None => row.tenths("affected", "affected_note", area.affected),
        }
        row.evidence(&area.evidence);
        row.share(["weak_low", "weak_high"], &area.evidence);
        if let Some(worst) = area.worst {
            row.number("worst_dbm", worst.tenths());
        }
        if let (Some(claim), Some(share)) = (&area.claim, area.claimed_share()) {
            row.number("claimed_share", round(share, 3));
            row.text("claimed_by", listed(&claim.operators));
        }
        row.text("cells_seen", listed(&area.cells_seen));
        row.text("channels_seen", listed(&area.channels_seen));
        row.number("centre_lon", round(area.label.lon(), 6));
        row.number("centre_lat", round(area.label.lat(), 6));
        if let Some((site, metres)) = self.facts.sites.nearest(area.label, area.operator) {
            row.text("nearest_site", named(site));
            row.number("nearest_site_m", round(metres, 0));
            row.flag("nearest_site_exact", site.exact);
        }
        row.flag("synthetic", self.synthetic);
        Feature {
            id: cell_id(area.anchor),
            key: area.anchor.to_string(),
            shape: Shape::Area(area.geometry.clone()),
            attributes: row.0,
        }
    }
}

/// A cell as a hexagon.
pub(in crate::flow) fn cell_row(cell: &CellVerdict, synthetic: bool) -> Feature {
    let evidence = &cell.evidence;
    let mut row = Attributes::default();
    row.text("cell", cell.cell.to_string());
    row.integer("resolution", i64::from(u8::from(cell.cell.resolution())));
    row.network(cell.operator, cell.technology);
    row.text("verdict", cell.verdict.code());
    row.flag("confirmed", cell.confirmed);
    if let Some(median) = cell.median {
        row.number("median_dbm", median.tenths());
    }
    row.evidence(evidence);
    row.integer("samples", i64::from(evidence.samples));
    row.share(["weak_low", "weak_high"], evidence);
    row.integer("operators_measured", i64::from(cell.operators_measured));
    row.flag("synthetic", synthetic);
    let area = MultiPolygon::from(cell_outline(cell.cell));
    Feature { id: cell_id(cell.cell), key: cell.cell.to_string(), shape: Shape::Area(area), attributes: row.0 }
}

/// By what an engineer finds it: its label, else its cell.
pub(super) fn named(site: &Site) -> String {
    let cell = site.cell.map_or_else(String::new, |cell| format!("cell {cell}"));
    format!("{} {}", site.operator.brand(), if site.name.is_empty() { &cell } else { &site.name }).trim().to_owned()
}

fn listed<T: ToString>(seen: &[T]) -> String {
    seen.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

impl Context<'_> {
    /// The surface at one of its resolutions; none at another.
    #[must_use]
    pub fn expected(&self, resolution: Resolution) -> Vec<Feature> {
        let level = LEVELS.iter().zip(self.surface()).find(|(at, _)| **at == resolution);
        level.map_or(Vec::new(), |(_, cells)| cells.iter().map(|cell| self.expected_cell(cell)).collect())
    }

    fn expected_cell(&self, cell: &Expected) -> Feature {
        let mut row = Attributes::default();
        row.text("cell", cell.cell.to_string());
        row.integer("resolution", i64::from(u8::from(cell.cell.resolution())));
        row.network(Some(cell.operator), Some(cell.technology));
        row.number("mean_dbm", round(f64::from(cell.mean_dbm), 1));
        row.number("sd_db", round(f64::from(cell.sd_db), 1));
        row.number("weak_chance", round(f64::from(cell.weak), 3));
        row.flag("measured", cell.measured);
        row.flag("synthetic", self.synthetic);
        let area = MultiPolygon::from(cell_outline(cell.cell));
        Feature { id: cell_id(cell.cell), key: cell.cell.to_string(), shape: Shape::Area(area), attributes: row.0 }
    }

    pub(super) fn changes(&self) -> Vec<Feature> {
        let Some(comparison) = compare(self.facts, &self.answer.question) else { return Vec::new() };
        let rank = |cell: &CellChange| Change::ALL.iter().position(|change| *change == cell.change);
        let mut cells: Vec<&CellChange> = comparison.cells.iter().collect();
        // Of one kind the least likely to be chance first.
        cells.sort_by(|a, b| {
            let p = |cell: &CellChange| cell.p_value.unwrap_or(1.0);
            rank(a).cmp(&rank(b)).then(p(a).total_cmp(&p(b))).then(a.cell.cmp(&b.cell))
        });
        cells.into_iter().map(|cell| self.change(cell, &comparison)).collect()
    }

    fn change(&self, cell: &CellChange, Comparison { before, after, .. }: &Comparison) -> Feature {
        let mut row = Attributes::default();
        row.text("cell", cell.cell.to_string());
        row.network(cell.operator, cell.technology);
        row.text("change", cell.change.code());
        let commune = self.facts.commune_of_cell(cell.cell, self.answer.as_of);
        if let Some(unit) = commune.and_then(|code| self.units.get(&code)) {
            row.text("commune_name", unit.full_name());
        }
        for (side, [verdict, median, runs, days]) in [
            (cell.before, ["verdict_before", "median_before_dbm", "runs_before", "days_before"]),
            (cell.after, ["verdict_after", "median_after_dbm", "runs_after", "days_after"]),
        ] {
            row.text(verdict, side.map_or("not_measured", |side| side.verdict.code()));
            if let Some(dbm) = side.and_then(|side| side.median) {
                row.number(median, dbm.tenths());
            }
            row.integer(runs, side.map_or(0, |side| i64::from(side.runs)));
            row.integer(days, side.map_or(0, |side| i64::from(side.days)));
        }
        if let Some(shift) = cell.shift_db {
            row.number("shift_db", round(shift, 1));
        }
        if let Some(p) = cell.p_value {
            row.number("p_value", round(p, 4));
        }
        row.day("before_from", Some(before.0));
        row.day("before_to", Some(before.1));
        row.day("after_from", Some(after.0));
        row.day("after_to", Some(after.1));
        row.flag("synthetic", self.synthetic);
        let area = MultiPolygon::from(cell_outline(cell.cell));
        Feature { id: cell_id(cell.cell), key: cell.cell.to_string(), shape: Shape::Area(area), attributes: row.0 }
    }
}
