//! Rows about public places: centres of communes first, the worst on top.

use super::Context;
use super::attributes::Attributes;
use crate::model::feature::{Feature, Shape};
use crate::model::place::PlaceSignal;

impl Context<'_> {
    pub(super) fn places(&self) -> Vec<Feature> {
        self.answer.places.iter().zip(1_i64..).filter_map(|(judged, rank)| self.place(judged, rank)).collect()
    }

    fn place(&self, judged: &PlaceSignal, rank: i64) -> Option<Feature> {
        let place = self.places.get(&judged.place)?;
        let mut row = Attributes::default();
        row.text("place", place.id.to_string());
        row.integer("rank", rank);
        row.text("kind", place.kind.code());
        row.text("name", place.name.clone());
        if let Some(code) = judged.commune {
            row.text("commune", code.to_string());
            if let Some(unit) = self.units.get(&code) {
                row.text("commune_name", unit.full_name());
            }
        }
        row.text("verdict", judged.verdict_code());
        row.number("within_m", judged.within_m);
        match &judged.signal {
            None => {
                row.text("signal", "not_measured");
                row.integer("runs", 0);
                row.integer("days", 0);
            }
            Some(signal) => {
                row.text("signal", signal.verdict.code());
                row.flag("confirmed", signal.confirmed);
                if let Some(median) = signal.median {
                    row.number("median_dbm", median.tenths());
                }
                row.evidence(&signal.evidence);
                row.share(["weak_low", "weak_high"], &signal.evidence);
            }
        }
        row.text("source", place.source.clone());
        row.flag("synthetic", self.synthetic);
        Some(Feature {
            id: place.id.number(),
            key: place.id.to_string(),
            shape: Shape::Point(place.at),
            attributes: row.0,
        })
    }
}
