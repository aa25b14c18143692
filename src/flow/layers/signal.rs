//! Rows about signal: cells and dead areas.

use geo_types::MultiPolygon;
use h3o::Resolution;

use super::Context;
use super::attributes::{Attributes, round};
use crate::model::feature::{Feature, Shape};
use crate::model::verdict::{CellVerdict, DeadArea, cell_id, cell_outline};

impl Context<'_> {
    /// Cells of one resolution as hexagons.
    #[must_use]
    pub fn signal(&self, resolution: Resolution) -> Vec<Feature> {
        self.answer.cells_at(resolution).iter().map(|cell| self.cell(cell)).collect()
    }

    fn cell(&self, cell: &CellVerdict) -> Feature {
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
        row.flag("synthetic", self.synthetic);
        let area = MultiPolygon::from(cell_outline(cell.cell));
        Feature { id: cell_id(cell.cell), key: cell.cell.to_string(), shape: Shape::Area(area), attributes: row.0 }
    }

    pub(super) fn dead_areas(&self) -> Vec<Feature> {
        self.answer.dead_areas.iter().zip(1_i64..).map(|(area, rank)| self.dead_area(area, rank)).collect()
    }

    fn dead_area(&self, area: &DeadArea, rank: i64) -> Feature {
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
        row.count("households", "households_note", area.households.map(|sum| i64::try_from(sum).unwrap_or(i64::MAX)));
        row.integer("villages_without_households", i64::from(area.villages_without_households));
        row.evidence(&area.evidence);
        row.share(["weak_low", "weak_high"], &area.evidence);
        if let Some(worst) = area.worst {
            row.number("worst_dbm", worst.tenths());
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
