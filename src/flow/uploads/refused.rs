//! The refused rows of a file as a workbook: mended there, it is brought in as it is.
//!
//! The first sheet has the rows under the headings of the file, without its personal columns, the cell at fault in
//! colour, and behind them the line and the reason; readers pass those two over. Rows that cannot be laid out (a
//! line of another width, an area) are named on a second sheet. A text stays a text: no code loses its noughts.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use rust_xlsxwriter::{Color, Format, Workbook, Worksheet, XlsxError};

use super::answer::heading;
use crate::flow::import::{self, ImportError, Report, Request};
use crate::ingest;
use crate::ingest::refused::LaidOut;
use crate::model::language::Language;
use crate::model::refusal::Reject;
use crate::store::Store;

/// Characters of a cell (Excel's limit): a row with a longer one is not laid out.
const CELL: usize = 32_767;
/// Width of the column that says why, characters.
const WIDE: f64 = 70.0;
const AT_FAULT: Color = Color::RGB(0x00FF_E699);

/// Judges a file and lays its refused rows out. Nothing is written. `None` where no row is refused.
///
/// # Errors
/// As [`import::import`].
pub async fn workbook(store: &dyn Store, path: &Path, request: Request) -> Result<Option<Vec<u8>>, ImportError> {
    let request = Request { dry_run: true, all_refused: true, beside: None, ..request };
    let report = import::import(store, path, &request).await?;
    if report.first_refused.is_empty() {
        return Ok(None);
    }
    let lines: HashSet<u64> = report.first_refused.iter().map(|reject| reject.line).collect();
    let laid = if ingest::takes_corrections(request.kind) {
        let options = import::options(store, path, &request).await?;
        ingest::refused::lay_out(request.kind, path, &options, &lines)?
    } else {
        LaidOut::default()
    };
    let made = book(&report, &laid, request.language);
    made.map(Some).map_err(|error| ImportError::Read { path: path.to_owned(), source: std::io::Error::other(error) })
}

fn book(report: &Report, laid: &LaidOut, language: Language) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let fits = |cells: &Vec<String>| cells.iter().all(|cell| cell.chars().count() <= CELL);
    // The first reason of a line is the one that it was refused for.
    let mut reasons: BTreeMap<u64, &Reject> = BTreeMap::new();
    for reject in &report.first_refused {
        reasons.entry(reject.line).or_insert(reject);
    }
    let rows: Vec<(&Reject, &Vec<String>)> = reasons
        .iter()
        .filter_map(|(line, reject)| Some((*reject, laid.rows.get(line).filter(|cells| fits(cells))?)))
        .collect();
    if !rows.is_empty() {
        let sheet = book.add_worksheet();
        sheet.set_name(language.pick("Dòng bị loại", "Refused rows"))?;
        let behind = language.pick(["Dòng trong tệp", "Vì sao bị loại"], ["Line in the file", "Why refused"]);
        let headings = laid.headings.iter().map(String::as_str).chain(behind);
        head(sheet, headings, &bold)?;
        let fault = Format::new().set_background_color(AT_FAULT);
        for (at, (reject, cells)) in (1..).zip(&rows) {
            let named = heading(&reject.field, report, language);
            for ((column, cell), title) in (0..).zip(cells.iter()).zip(&laid.headings) {
                if *title == named {
                    sheet.write_string_with_format(at, column, cell, &fault)?;
                } else if !cell.is_empty() {
                    sheet.write_string(at, column, cell)?;
                }
            }
            let column = u16::try_from(cells.len()).unwrap_or(u16::MAX - 1);
            sheet.write_string(at, column, line(reject))?;
            sheet.write_string(at, column + 1, why(reject, report, language))?;
            sheet.set_column_width(column + 1, WIDE)?;
        }
        sheet.set_freeze_panes(1, 0)?;
    }
    let left: Vec<&Reject> =
        reasons.values().copied().filter(|reject| !rows.iter().any(|(one, _)| one.line == reject.line)).collect();
    if !left.is_empty() {
        let sheet = book.add_worksheet();
        sheet.set_name(language.pick("Sửa trong tệp gốc", "Mend in the file"))?;
        head(sheet, language.pick(["Dòng trong tệp", "Vì sao bị loại"], ["Line in the file", "Why refused"]), &bold)?;
        for (at, reject) in (1..).zip(left) {
            sheet.write_string(at, 0, line(reject))?;
            sheet.write_string(at, 1, why(reject, report, language))?;
        }
        sheet.set_column_width(1, WIDE)?;
        sheet.set_freeze_panes(1, 0)?;
    }
    book.save_to_buffer()
}

fn head<'a>(sheet: &mut Worksheet, names: impl IntoIterator<Item = &'a str>, bold: &Format) -> Result<(), XlsxError> {
    for (column, name) in (0..).zip(names) {
        sheet.write_string_with_format(0, column, name, bold)?;
        #[expect(clippy::cast_precision_loss, reason = "a heading has a few dozen letters")]
        sheet.set_column_width(column, (name.chars().count() + 3).clamp(12, 40) as f64)?;
    }
    Ok(())
}

/// The line, and which one that is of a file in an archive.
fn line(reject: &Reject) -> String {
    let within = reject.within.as_ref().map(|within| format!(" ({within})"));
    format!("{}{}", reject.line, within.unwrap_or_default())
}

/// What is wrong with a row, in one sentence, and the names that it may have meant.
fn why(reject: &Reject, report: &Report, language: Language) -> String {
    let named = heading(&reject.field, report, language);
    let said = reject.message_naming(&named, language);
    match reject.reason.candidates() {
        [] => said,
        candidates => {
            let candidates = candidates.join("; ");
            language.pick(format!("{said}. Có phải: {candidates}?"), format!("{said}. Did you mean {candidates}?"))
        }
    }
}
