//! The sheet of a workbook that says where its rows are from: the metadata of the other formats in the words of a person.

use rust_xlsxwriter::{Format, FormatAlign, Worksheet, XlsxError};
use serde_json::Value as Json;

use super::Taking;
use super::workbook::CELL;
use crate::model::import::ImportKind;
use crate::model::language::Language;

/// What is said first, by the name that it has in the metadata; the rest follows as it is.
const WORDS: [(&str, &str, &str); 15] = [
    ("layer", "Danh sách", "List"),
    ("rows", "Số dòng", "Rows"),
    ("filter", "Bộ lọc", "Filter"),
    ("as_of", "Địa giới tính đến ngày", "Boundaries as of"),
    ("register_on", "Danh bạ thôn và số hộ tính đến ngày", "Villages and their households as of"),
    ("names_on", "Tên thôn là tên của ngày", "Names of villages are those of"),
    ("period", "Kỳ đo sóng", "Measurements of"),
    ("visits", "Kỳ đến nhà", "Visits of"),
    ("operator", "Nhà mạng", "Operator"),
    ("technology", "Công nghệ", "Technology"),
    ("campaign", "Đợt", "Campaign"),
    ("suppression", "Số bị ẩn", "Suppression"),
    ("notice", "Lưu ý", "Notice"),
    ("crs", "Hệ tọa độ", "Coordinate system"),
    ("sources", "Các tệp đã nhập", "Imported files"),
];
/// Of what is left, what a script that reads the file may want.
const BESIDE: [(&str, &str, &str); 3] = [
    ("epoch", "Phiên bản dữ liệu", "Version of the data"),
    ("generated_by", "Phần mềm", "Program"),
    ("rules", "Quy tắc và ngưỡng (JSON)", "Rules and thresholds (JSON)"),
];

pub(super) fn write(sheet: &mut Worksheet, taking: &Taking<'_>) -> Result<(), XlsxError> {
    let language = taking.language;
    let metadata = taking.metadata();
    let bold = Format::new().set_bold().set_align(FormatAlign::Top);
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let lines = WORDS.iter().chain(&BESIDE).filter_map(|(name, vi, en)| {
        let value = metadata.get(*name).filter(|value| !value.is_null())?;
        Some((language.pick(*vi, *en), told(taking, name, value)))
    });
    for (line, (heading, text)) in (0..).zip(lines) {
        sheet.write_string_with_format(line, 0, heading, &bold)?;
        // Hundreds of imported files would be more than a cell holds.
        sheet.write_string_with_format(line, 1, text.chars().take(CELL).collect::<String>(), &wrapped)?;
    }
    sheet.set_column_width(0, 34)?;
    sheet.set_column_width(1, 90)?;
    Ok(())
}

fn told(taking: &Taking<'_>, name: &str, value: &Json) -> String {
    let language = taking.language;
    let text = || value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match name {
        "layer" => language.pick(taking.definition.vi, taking.definition.en).to_owned(),
        "as_of" | "names_on" => day(value, language),
        "register_on" => {
            let until = taking.view.answer.question.until();
            let later = until
                .filter(|until| *until < taking.view.answer.register_on)
                .map(|_| language.pick(" (danh bạ bắt đầu sau kỳ này)", " (the register begins after this period)"));
            format!("{}{}", day(value, language), later.unwrap_or_default())
        }
        "period" | "visits" => {
            let [from, to] = ["from", "to"].map(|end| day(&value[end], language));
            language.pick(format!("từ {from} đến {to}"), format!("{from} to {to}"))
        }
        "operator" => match taking.view.answer.question.operator {
            Some(operator) => operator.brand().to_owned(),
            None => language.pick("Tất cả các mạng", "All operators").to_owned(),
        },
        "technology" if value == "all" => language.pick("Tất cả", "All").to_owned(),
        "campaign" => value["name"].as_str().map_or_else(text, str::to_owned),
        "suppression" => {
            let most = taking.snapshot.facts.rules.reach.k.saturating_sub(1);
            language.pick(
                format!("không hiện số từ 1 đến {most} hộ; ô trống không phải bằng 0"),
                format!("counts of 1 to {most} households are suppressed; an empty cell is not 0"),
            )
        }
        "notice" => {
            language.pick("dữ liệu mô phỏng, không phải số liệu thật", "synthetic demo data, not real").to_owned()
        }
        "sources" => {
            let sources = value.as_array().into_iter().flatten();
            let of = |source: &Json| {
                let kind = source["kind"].as_str().unwrap_or_default();
                let kind = ImportKind::from_code(kind).map_or(kind, |kind| kind.name(language));
                source["file"].as_str().map_or_else(|| kind.to_owned(), |file| format!("{kind}: {file}"))
            };
            sources.map(of).collect::<Vec<_>>().join("\n")
        }
        _ => text(),
    }
}

fn day(value: &Json, language: Language) -> String {
    match value.as_str().map(|text| (text, text.parse::<jiff::civil::Date>())) {
        Some((_, Ok(day))) => language.pick(day.strftime("%d/%m/%Y").to_string(), day.to_string()),
        Some((text, Err(_))) => text.to_owned(),
        None => language.pick("đầu", "the first").to_owned(),
    }
}
