//! The table as files: CSV with semicolons and a byte-order mark, and a
//! workbook with a second sheet that says what the figures mean.
//!
//! A figure that is only a bound carries its sign and is text, so that no
//! spreadsheet adds it up; what is not known is "—" and never an empty cell.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::{Names, Told, digest, label, why};
use crate::engine::indicators::{Cells, IndicatorRow, precision};
use crate::flow::snapshot::Snapshot;
use crate::model::indicator::{Bound, Cell, IndicatorLevel, IndicatorUnit, Line, LineKind, Why};
use crate::model::language::{Language, number};
use crate::model::rules::ReachRules;

/// A cell of the file.
enum Entry {
    Text(String),
    Number(f64),
}

fn heading(told: &Told, language: Language) -> Vec<String> {
    let table = &told.table;
    let mut heading: Vec<String> = language.pick(["Mã", "Đơn vị"], ["Code", "Unit"]).map(str::to_owned).to_vec();
    if table.asked.level == IndicatorLevel::Village {
        heading.push(language.pick("Xã, phường", "Commune").to_owned());
    }
    let now = told.campaign.as_ref().map_or_else(|| table.asked.period.to_string(), |of| of.name.clone());
    let before = table.before;
    let change = language.pick("thay đổi", "change");
    for line in Line::ALL {
        let name = label(line, language);
        let unit = if line.is_share() { " (%)" } else { "" };
        let no = if line.number() > 0 { format!("{}. ", line.number()) } else { String::new() };
        heading.push(format!("{no}{name}{unit}, {now}"));
        if line.is_share() {
            heading.push(format!("{no}{name}, {}", language.pick("tử số / mẫu số", "numerator / denominator")));
        }
        if precision(line, &Cell::default()).is_some() {
            let interval = language.pick("khoảng tin cậy 95 % (%)", "95 % interval (%)");
            let needed =
                language.pick("số lượt cần phúc tra để biết đến ±5 điểm", "checks needed to know it to ±5 points");
            heading.extend([interval, needed].map(|what| format!("{no}{name}, {what}")));
        }
        if let Some(before) = before {
            heading.push(format!("{no}{name}{unit}, {before}"));
            heading.push(format!("{no}{name}, {change}"));
        }
    }
    heading
}

fn entries(told: &Told, row: &IndicatorRow, names: &Names<'_>, rules: &ReachRules, language: Language) -> Vec<Entry> {
    let (name, code) = names.of(&row.unit);
    let name = if row.unit == IndicatorUnit::Province {
        language.pick(format!("Toàn tỉnh: {name}"), format!("Whole province: {name}"))
    } else {
        name
    };
    let mut out = vec![Entry::Text(code), Entry::Text(safe(&name))];
    if told.table.asked.level == IndicatorLevel::Village {
        out.push(Entry::Text(match &row.unit {
            IndicatorUnit::Village(_, commune) => safe(&names.commune(*commune)),
            _ => String::new(),
        }));
    }
    let unknown = Cell::unknown(Why::Nothing);
    let of = |cells: &Cells, line: Line| cells.get(&line).copied().unwrap_or(unknown);
    for line in Line::ALL {
        let now = of(&row.now, line);
        out.push(figure(line, &now, rules, language));
        if line.is_share() {
            out.push(Entry::Text(parts(&now, language)));
        }
        if let Some(precision) = precision(line, &now) {
            let none = || Entry::Text("—".to_owned());
            out.push(precision.interval.map_or_else(none, |bounds| Entry::Text(between(bounds, language))));
            out.push(precision.needed.map_or_else(none, Entry::Number));
        }
        if told.table.before.is_some() {
            out.push(figure(line, &of(&row.before, line), rules, language));
            out.push(
                row.change.get(&line).map_or_else(|| Entry::Text("—".to_owned()), |change| Entry::Number(*change)),
            );
        }
    }
    out
}

fn figure(line: Line, cell: &Cell, rules: &ReachRules, language: Language) -> Entry {
    match (cell.value(line, rules), cell.bound) {
        (Some(value), Bound::Exact) => Entry::Number(value),
        (Some(value), bound) => Entry::Text(format!("{}{}", bound.sign(), number(value, decimals(value), language))),
        (None, _) => Entry::Text("—".to_owned()),
    }
}

fn parts(cell: &Cell, language: Language) -> String {
    let told = |part: Option<f64>| part.map_or_else(|| "—".to_owned(), |part| number(part, decimals(part), language));
    match (cell.numerator, cell.denominator) {
        (None, None) => "—".to_owned(),
        (numerator, denominator) => format!("{} / {}", told(numerator), told(denominator)),
    }
}

/// From the one to the other.
pub(super) fn between((low, high): (f64, f64), language: Language) -> String {
    format!("{}–{}", number(low, decimals(low), language), number(high, decimals(high), language))
}

fn decimals(value: f64) -> usize {
    usize::from(value.fract() != 0.0)
}

/// A name that a spreadsheet would take for a formula is set off as text.
pub(in crate::flow) fn safe(name: &str) -> String {
    if name.starts_with(['=', '+', '-', '@']) { format!("'{name}") } else { name.to_owned() }
}

fn all_rows(told: &Told) -> impl Iterator<Item = &IndicatorRow> {
    // At the level of the province the rows are none and the total is all.
    std::iter::once(&told.table.total).chain(&told.table.rows)
}

/// The total first, then the rows in Vietnamese order.
#[must_use]
pub fn csv(snapshot: &Snapshot, told: &Told, language: Language) -> Vec<u8> {
    let names = Names::new(snapshot, &told.view);
    let rules = &snapshot.facts.rules.reach;
    let mut out = csv::WriterBuilder::new().delimiter(b';').from_writer("\u{feff}".as_bytes().to_vec());
    // Writing to memory does not fail.
    let _ = out.write_record(heading(told, language));
    for row in all_rows(told) {
        let cells = entries(told, row, &names, rules, language).into_iter().map(|entry| match entry {
            Entry::Text(text) => text,
            Entry::Number(value) => number(value, decimals(value), language),
        });
        let _ = out.write_record(cells);
    }
    out.into_inner().unwrap_or_default()
}

/// The same as a workbook, with a sheet of notes.
///
/// # Errors
/// When the writer cannot make the file.
pub fn xlsx(snapshot: &Snapshot, told: &Told, language: Language) -> Result<Vec<u8>, XlsxError> {
    let names = Names::new(snapshot, &told.view);
    let rules = &snapshot.facts.rules.reach;
    let mut book = Workbook::new();
    // A workbook says when it was made; the last day is enough, and the same table is then the same bytes.
    let [month, day] = [told.table.until.month(), told.table.until.day()].map(|part| u8::try_from(part).unwrap_or(1));
    let made = ExcelDateTime::from_ymd(u16::try_from(told.table.until.year()).unwrap_or(2026), month, day)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let bold = Format::new().set_bold().set_text_wrap();
    let sheet = book.add_worksheet();
    sheet.set_name(language.pick("Chỉ tiêu", "Indicators"))?;
    for (column, text) in (0..).zip(heading(told, language)) {
        sheet.write_string_with_format(0, column, text, &bold)?;
    }
    for (line, row) in (1..).zip(all_rows(told)) {
        for (column, entry) in (0..).zip(entries(told, row, &names, rules, language)) {
            match entry {
                Entry::Text(text) => sheet.write_string(line, column, text)?,
                Entry::Number(value) => sheet.write_number(line, column, value)?,
            };
        }
    }
    sheet.set_freeze_panes(1, 2)?;
    let columns = u16::try_from(heading(told, language).len()).unwrap_or(u16::MAX);
    let rows = u32::try_from(told.table.rows.len() + 1).unwrap_or(u32::MAX);
    sheet.autofilter(0, 0, rows, columns.saturating_sub(1))?;
    // A figure with its sign; headings take several lines.
    (2..columns).try_for_each(|column| sheet.set_column_width(column, 16).map(drop))?;
    sheet.set_column_width(0, 10)?;
    sheet.set_column_width(1, 28)?;
    explained(book.add_worksheet(), language)?;
    let sheet = book.add_worksheet();
    sheet.set_name(language.pick("Ghi chú", "Notes"))?;
    for (line, (name, text)) in (0..).zip(notes(snapshot, told, language)) {
        sheet.write_string_with_format(line, 0, name, &bold)?;
        sheet.write_string(line, 1, text)?;
    }
    sheet.set_column_width(0, 44)?;
    sheet.set_column_width(1, 100)?;
    book.save_to_buffer()
}

/// What each line means, and what leads from its heading to its code in JSON.
fn explained(sheet: &mut Worksheet, language: Language) -> Result<(), XlsxError> {
    sheet.set_name(language.pick("Giải thích", "Meaning"))?;
    let bold = Format::new().set_bold().set_text_wrap();
    let wrapped = Format::new().set_text_wrap();
    let headings = language.pick(
        ["Tiêu đề", "Mã (trong JSON và API)", "Nghĩa", "Đơn vị", "“—” nghĩa là"],
        ["Heading", "Code (in JSON and the API)", "Meaning", "Unit", "“—” means"],
    );
    for (column, (text, width)) in (0..).zip(headings.into_iter().zip([48, 24, 60, 18, 48])) {
        sheet.write_string_with_format(0, column, text, &bold)?;
        sheet.set_column_width(column, width)?;
    }
    for (row, line) in (1..).zip(Line::ALL) {
        let name = label(line, language);
        let no = if line.number() > 0 { format!("{}. ", line.number()) } else { String::new() };
        let unit = match line.kind() {
            LineKind::Count => language.pick("số lượng", "a count"),
            LineKind::PerHundred => language.pick("trên 100 hộ", "per 100 households"),
            _ => "%",
        };
        let made = if line.is_share() {
            language.pick("tử số chia cho mẫu số, cộng từ dưới lên", "numerator by denominator, summed upward")
        } else {
            language.pick("cộng từ dưới lên", "summed upward")
        };
        let days = if line.is_of_period() {
            language.pick("tính trong kỳ", "of the days of the period")
        } else {
            language.pick("tính đến hết kỳ", "as it stands at the end of the period")
        };
        let empty = language.pick("chưa rõ, không phải bằng 0", "not known, which is not 0");
        let cells = [format!("{no}{name}"), line.code().to_owned(), format!("{name}: {made}; {days}")];
        for (column, text) in (0..).zip(cells.iter().map(String::as_str).chain([unit, empty])) {
            sheet.write_string_with_format(row, column, text, &wrapped)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

/// What a reader of the file must know: period, rules, signs, and each line that the whole province has no figure of.
fn notes(snapshot: &Snapshot, told: &Told, language: Language) -> Vec<(String, String)> {
    let rules = &snapshot.facts.rules;
    let table = &told.table;
    let day = |day: jiff::civil::Date| language.pick(day.strftime("%d/%m/%Y").to_string(), day.to_string());
    let mut notes = vec![
        (language.pick("Kỳ", "Period").to_owned(), table.asked.period.label(language)),
        (language.pick("Tính đến hết ngày", "Up to the end of").to_owned(), day(table.until)),
        (
            language
                .pick(
                    "Xã, phường không gửi gì trong kỳ (lượt thăm, hoạt động, báo cáo)",
                    "Communes that sent nothing of the period (visit, activity, report)",
                )
                .to_owned(),
            format!("{} / {}", table.silent.len(), table.communes),
        ),
        (
            language
                .pick(
                    "Xã, phường chưa gửi lượt thăm nào tính đến hết kỳ",
                    "Communes that sent no visit up to the end of the period",
                )
                .to_owned(),
            format!("{} / {}", table.total.now.get(&Line::Reach).map_or(0, |sum| sum.missing.no_report), table.communes),
        ),
        (
            language.pick("Phiên bản quy tắc", "Version of the rules").to_owned(),
            format!("reach {}, outreach {}, sha256 {}", rules.reach.version, rules.outreach.version, digest(rules)),
        ),
        (
            "≥, ≤, ~, —".to_owned(),
            language
                .pick(
                    "≥: ít nhất, vì còn đơn vị chưa rõ; ≤: nhiều nhất; ~: cả hai; —: chưa rõ, không phải bằng 0.",
                    "≥: at least, some units are not known; ≤: at most; ~: both; —: not known, which is not 0.",
                )
                .to_owned(),
        ),
        (
            language.pick("Bảo vệ người dân", "Protection of people").to_owned(),
            language.pick(
                format!("Không hiện số từ 1 đến {} hộ hoặc người.", rules.reach.k.saturating_sub(1)),
                format!("Counts of 1 to {} households or people are not shown.", rules.reach.k.saturating_sub(1)),
            ),
        ),
        (
            language.pick("Tỷ lệ", "Percentages").to_owned(),
            language
                .pick(
                    "Cộng tử số và mẫu số từ dưới lên rồi mới chia; không lấy trung bình các tỷ lệ.",
                    "Numerators and denominators are summed upward and divided at the end; percentages are never averaged.",
                )
                .to_owned(),
        ),
    ];
    if let Some(of) = &told.campaign {
        let percent = number(of.target * 100.0, 0, language);
        notes.insert(0, (language.pick("Chiến dịch", "Campaign").to_owned(), format!("{}, {percent} %", of.name)));
    }
    if snapshot.synthetic() {
        let made = language.pick("Có dữ liệu mô phỏng", "Holds made data");
        notes.push((made.to_owned(), crate::flow::demo::SOURCE.to_owned()));
    }
    notes.extend(Line::ALL.into_iter().filter_map(|line| {
        let reason = table.total.now.get(&line).filter(|cell| cell.value(line, &rules.reach).is_none())?.why?;
        Some((label(line, language).to_owned(), why(reason, language).to_owned()))
    }));
    notes
}
