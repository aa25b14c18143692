//! Workbooks with a sheet for each village.
//!
//! Where no column names the village, the sheet does: its name becomes a column of its rows, and so a part of what a row
//! is known by, since the same number of a house stands on every sheet. A table of one sheet is left as it is, unless
//! that sheet is called by a word for villages.

use super::{Body, Table};
use crate::ingest::header::Header;
use crate::ingest::villages;
use crate::model::refusal::Parts;

/// What the column is called; a refused row that is mended in a workbook brings it back.
pub(in crate::ingest) const SHEET: &str = "Trang tính";

impl Table {
    /// Gives every row the name of its sheet, where nothing else names a village.
    pub(super) fn keep_sheets(&mut self) {
        let sheets = std::mem::take(&mut self.sheets);
        let names_one = |sheets: &Parts| sheets.files().any(villages::is_called_a_village);
        let (code, name) = villages::village_columns(&self.header);
        if code.or(name).is_some() || (sheets.len() < 2 && !names_one(&sheets)) {
            return;
        }
        let Body::Features(rows, names) = &mut self.body else { return };
        let mut all: Vec<_> = std::mem::take(rows).collect();
        for row in &mut all {
            if let Some(within) = sheets.of(row.number) {
                row.properties.push((SHEET.to_owned(), within.file.to_string()));
            }
        }
        *rows = all.into_iter();
        names.push(SHEET.to_owned());
        self.header = Header::new(names.clone());
    }
}
