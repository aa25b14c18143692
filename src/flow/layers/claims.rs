//! Rows about claims: measured cells of operators that supplied one, and what the runs say to it.

use geo_types::MultiPolygon;

use super::Context;
use super::attributes::Attributes;
use crate::model::claim::ClaimVerdict;
use crate::model::feature::{Feature, Shape};
use crate::model::figure::round;
use crate::model::verdict::{cell_id, cell_outline};

impl Context<'_> {
    pub(super) fn claims(&self) -> Vec<Feature> {
        self.answer.claims.cells.iter().map(|one| self.claim(one)).collect()
    }

    fn claim(&self, one: &ClaimVerdict) -> Feature {
        let mut row = Attributes::default();
        row.text("cell", one.cell.to_string());
        row.network(Some(one.operator), Some(one.technology));
        row.text("status", one.status.code());
        row.flag("claimed", one.claimed);
        if let Some(minimum) = one.minimum {
            row.number("claimed_dbm", minimum.tenths());
        }
        if let Some(median) = one.median {
            row.number("median_dbm", median.tenths());
        }
        if let Some(gap) = one.gap_db() {
            row.number("gap_db", round(gap, 1));
        }
        row.day("claimed_on", one.claimed_on);
        row.text("verdict", one.verdict.code());
        row.flag("confirmed", one.confirmed);
        row.evidence(&one.evidence);
        row.share(["weak_low", "weak_high"], &one.evidence);
        row.integer("operators_contradicted", i64::from(one.operators_contradicted));
        row.flag("synthetic", self.synthetic);
        let area = MultiPolygon::from(cell_outline(one.cell));
        Feature { id: cell_id(one.cell), key: one.cell.to_string(), shape: Shape::Area(area), attributes: row.0 }
    }
}
