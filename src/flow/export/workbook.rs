//! A layer as a workbook for people: headings and codes in the words of the map, days as days, and a sheet that says
//! what each column means.
//!
//! The words are those of `tiles/columns.json` and of the page; the second sheet leads from each heading back to the
//! column's name in the formats for machines. A cell of what is missing is empty.

use std::io::{self, Write};

use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::table::{heading, place};
use super::{Taking, provenance};
use crate::model::feature::Value;
use crate::model::language::Language;
use crate::model::operator::Operator;
use crate::tiles::{ColumnWords, FieldDefinition, column_words, note_word};

/// Widths of columns, characters: a number is still read, a list of names does not fill the screen.
const NARROWEST: usize = 9;
const WIDEST: usize = 44;

/// Characters of the name of a sheet, and of a cell (Excel's limits).
const NAME: usize = 31;
pub(super) const CELL: usize = 32_767;

/// One column of the first sheet.
struct Column {
    /// Its name in the formats for machines.
    name: &'static str,
    field: Option<&'static FieldDefinition>,
    words: Option<&'static ColumnWords>,
    /// The column that it says the reason of, where it is one of reasons.
    noted: Option<&'static ColumnWords>,
}

impl Column {
    fn of(taking: &Taking<'_>, name: &'static str) -> Self {
        let layer = taking.definition;
        let noted = name.strip_suffix("_note").and_then(|of| column_words(layer, of));
        let field = taking.fields.iter().copied().find(|field| field.name == name);
        Self { name, field, words: column_words(layer, name), noted }
    }

    fn heading(&self, language: Language) -> String {
        match (self.words, self.noted) {
            (Some(words), _) => words.heading(language).to_owned(),
            (None, Some(of)) => why_empty(of, language),
            (None, None) => self.name.to_owned(),
        }
    }

    fn meaning(&self, language: Language) -> String {
        let described = self.field.map_or("", |field| field.description);
        match (self.words, self.noted) {
            (Some(words), _) => words.meaning(self.field, language).to_owned(),
            (None, Some(of)) => {
                let of = of.heading(language);
                language.pick(format!("Vì sao cột “{of}” trống"), format!("Why the column “{of}” is empty"))
            }
            (None, None) => described.to_owned(),
        }
    }

    /// What an empty cell says.
    fn empty(&self, taking: &Taking<'_>, language: Language) -> String {
        let reason = format!("{}_note", self.name);
        if let Some(of) = self.noted {
            let of = of.heading(language);
            return language.pick(format!("Cột “{of}” có số"), format!("The column “{of}” has a figure"));
        }
        if let Some(words) = self.words.filter(|_| taking.fields.iter().any(|field| field.name == reason)) {
            let why = why_empty(words, language);
            return language.pick(
                format!("Không có số, không phải bằng 0; lý do ở cột “{why}”"),
                format!("No figure, which is not 0; the reason is in the column “{why}”"),
            );
        }
        let said =
            language.pick("Chưa biết hoặc không có; không phải bằng 0", "Not known, or there is none; it is not 0");
        if self.name == "id" { language.pick("Không bao giờ trống", "Never empty") } else { said }.to_owned()
    }

    /// A text as a person reads it.
    fn word<'a>(&self, text: &'a str, language: Language) -> &'a str {
        let word = match (self.words, self.noted) {
            // Networks of other countries have no other name than their code.
            (Some(words), _) if self.name == "operator" => {
                words.word(text, language).or_else(|| Some(Operator::asked(text).ok()??.brand()))
            }
            (Some(words), _) => words.word(text, language),
            (None, Some(_)) => note_word(text, language),
            (None, None) => None,
        };
        word.unwrap_or(text)
    }

    fn is_day(&self) -> bool {
        self.words.is_some_and(|words| words.date)
    }
}

fn why_empty(of: &ColumnWords, language: Language) -> String {
    let of = of.heading(language);
    language.pick(format!("{of}: vì sao trống"), format!("{of}: why empty"))
}

/// The rows, a sheet of what the columns mean, and one that says where the rows are from.
pub(super) fn xlsx(taking: &Taking<'_>, out: &mut (dyn Write + Send)) -> io::Result<()> {
    workbook(taking).and_then(|mut book| book.save_to_writer(out)).map_err(io::Error::other)
}

fn workbook(taking: &Taking<'_>) -> Result<Workbook, XlsxError> {
    let language = taking.language;
    let mut book = Workbook::new();
    // A workbook says when it was made; the day of the figures is enough, and the same rows are then the same bytes.
    if let Some(made) = excel_day(taking.view.answer.as_of) {
        book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    }
    let columns: Vec<Column> = heading(taking).into_iter().map(|name| Column::of(taking, name)).collect();
    let sheet = book.add_worksheet();
    sheet.set_name(sheet_name(language.pick(taking.definition.vi, taking.definition.en)))?;
    rows(sheet, taking, &columns)?;
    let sheet = book.add_worksheet();
    sheet.set_name(language.pick("Giải thích", "Meaning"))?;
    meanings(sheet, taking, &columns)?;
    let sheet = book.add_worksheet();
    sheet.set_name(language.pick("Nguồn", "Source"))?;
    provenance::write(sheet, taking)?;
    Ok(book)
}

fn rows(sheet: &mut Worksheet, taking: &Taking<'_>, columns: &[Column]) -> Result<(), XlsxError> {
    let language = taking.language;
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let mut widths: Vec<usize> = vec![NARROWEST; columns.len()];
    for (line, row) in (1..).zip(&taking.rows) {
        let places = place(taking, row).into_iter().flatten().map(|degrees| degrees.map(Value::Number));
        let key = Some(Value::Text(row.key.clone()));
        let cells = taking.fields.iter().map(|field| row.get(field.name).cloned());
        let cells = places.chain([key]).chain(cells);
        for (at, ((number, column), value)) in (0..).zip(columns).zip(cells).enumerate() {
            let text = match value {
                None => continue,
                Some(Value::Text(text)) => text,
                #[expect(clippy::cast_precision_loss, reason = "no count of a province comes near 2⁵³")]
                Some(Value::Integer(value)) => {
                    sheet.write_number(line, number, value as f64)?;
                    continue;
                }
                Some(Value::Number(value)) => {
                    sheet.write_number(line, number, value)?;
                    continue;
                }
                Some(Value::Flag(true)) => language.pick("Có", "Yes").to_owned(),
                Some(Value::Flag(false)) => language.pick("Không", "No").to_owned(),
            };
            let on = if column.is_day() { text.parse().ok().and_then(excel_day) } else { None };
            if let Some(on) = on {
                sheet.write_datetime_with_format(line, number, &on, &day)?;
                widths[at] = widths[at].max("dd/mm/yyyy".len());
                continue;
            }
            let word = column.word(&text, language);
            widths[at] = widths[at].max(word.chars().count());
            sheet.write_string(line, number, word.chars().take(CELL).collect::<String>())?;
        }
    }
    let headings: Vec<String> = columns.iter().map(|column| column.heading(language)).collect();
    // A long heading takes two lines.
    let wide = |heading: &String| heading.chars().count() / 2 + 6;
    let widths: Vec<usize> =
        widths.into_iter().zip(&headings).map(|(width, it)| width.min(WIDEST).max(wide(it))).collect();
    header(sheet, &headings, &widths)?;
    let last = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.autofilter(0, 0, u32::try_from(taking.rows.len()).unwrap_or(u32::MAX), last)?;
    Ok(())
}

fn meanings(sheet: &mut Worksheet, taking: &Taking<'_>, columns: &[Column]) -> Result<(), XlsxError> {
    let language = taking.language;
    let headings = language.pick(
        ["Tiêu đề", "Mã (tên cột trong CSV, GeoJSON, API)", "Nghĩa", "Đơn vị", "Ô trống nghĩa là", "Chữ và mã"],
        ["Heading", "Code (column in CSV, GeoJSON, API)", "Meaning", "Unit", "An empty cell means", "Words and codes"],
    );
    header(sheet, &headings.map(str::to_owned), &[30, 26, 60, 14, 44, 60])?;
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for (line, column) in (1..).zip(columns) {
        let codes = column.words.into_iter().flat_map(|words| words.codes(language));
        let networks = Operator::VIETNAMESE.into_iter().filter(|_| column.name == "operator");
        let networks = networks.map(|network| (network.as_str(), network.brand()));
        let codes: Vec<String> = codes.chain(networks).map(|(code, word)| format!("{word} = {code}")).collect();
        let cells = [
            column.heading(language),
            column.name.to_owned(),
            column.meaning(language),
            column.words.and_then(|words| words.unit(language)).unwrap_or_default().to_owned(),
            column.empty(taking, language),
            codes.join("; "),
        ];
        for (number, cell) in (0..).zip(cells.iter()).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string_with_format(line, number, cell, &wrapped)?;
        }
    }
    Ok(())
}

/// The first row, which stays in sight. Widths in characters.
fn header(sheet: &mut Worksheet, headings: &[String], widths: &[usize]) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    for (number, (heading, width)) in (0..).zip(headings.iter().zip(widths)) {
        sheet.write_string_with_format(0, number, heading, &bold)?;
        sheet.set_column_width(number, u8::try_from(*width).unwrap_or(u8::MAX))?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

/// `None` before 1900, where Excel knows no day.
fn excel_day(day: Date) -> Option<ExcelDateTime> {
    let [month, of_month] = [day.month(), day.day()].map(u8::try_from);
    ExcelDateTime::from_ymd(u16::try_from(day.year()).ok()?, month.ok()?, of_month.ok()?).ok()
}

fn sheet_name(title: &str) -> String {
    let is_allowed = |c: &char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\');
    title.chars().filter(is_allowed).take(NAME).collect::<String>().trim_matches('\'').trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::definitions;

    #[test]
    fn every_layer_has_a_name_that_a_sheet_may_have() {
        for layer in definitions() {
            for title in [layer.vi, layer.en] {
                let name = sheet_name(title);
                assert!(!name.is_empty() && Worksheet::new().set_name(&name).is_ok(), "{title}");
            }
        }
    }

    #[test]
    fn a_day_is_a_day_and_one_that_excel_has_not_is_text() {
        assert!(excel_day(jiff::civil::date(2025, 8, 15)).is_some());
        assert!(excel_day(jiff::civil::date(1850, 8, 15)).is_none());
    }
}
