//! Arguments that were not understood, told in Vietnamese to whoever reads that. The usual mistakes have words here;
//! everything else, and English, is told by the library that reads them.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use super::words;
use crate::model::language::Language;

/// Prints what is wrong, or the help that was asked for, and says with which code the program ends.
pub(super) fn told(error: &Error, language: Language) -> ExitCode {
    match (language, vietnamese(error)) {
        (Language::Vi, Some(text)) => words::say(&text),
        _ => drop(error.print()),
    }
    u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// The words for one of the usual mistakes.
fn vietnamese(error: &Error) -> Option<String> {
    let said = |kind| said(error, kind);
    let argument = said(ContextKind::InvalidArg).unwrap_or_default();
    let found = said(ContextKind::InvalidValue).unwrap_or_default();
    let problem = match error.kind() {
        ErrorKind::UnknownArgument => format!("không có tham số `{argument}`"),
        ErrorKind::InvalidSubcommand => format!("không có lệnh `{}`", said(ContextKind::InvalidSubcommand)?),
        ErrorKind::MissingRequiredArgument => format!("còn thiếu: {argument}"),
        ErrorKind::MissingSubcommand => "còn thiếu tên lệnh".to_owned(),
        ErrorKind::InvalidValue if found.is_empty() => format!("`{argument}` cần một giá trị"),
        ErrorKind::InvalidValue => format!("`{found}` không phải là giá trị của `{argument}`"),
        ErrorKind::ValueValidation => {
            // The reason is the parser's own; most say what was found and what was expected.
            let reason = std::error::Error::source(error).map(|source| match source.to_string() {
                digits if digits.contains("invalid digit") => ": cần một số nguyên".to_owned(),
                other => format!(": {other}"),
            });
            let reason = reason.unwrap_or_default();
            format!("`{found}` không phải là giá trị của `{argument}`{reason}")
        }
        ErrorKind::ArgumentConflict => match said(ContextKind::PriorArg).filter(|prior| *prior != argument) {
            Some(prior) => format!("`{argument}` không dùng cùng với `{prior}`"),
            None => format!("`{argument}` chỉ ghi một lần"),
        },
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => format!("`{argument}` chưa đủ giá trị"),
        ErrorKind::TooManyValues => format!("`{argument}` thừa giá trị: `{found}`"),
        ErrorKind::InvalidUtf8 => "có chữ không phải UTF-8".to_owned(),
        _ => return None,
    };
    let meant = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    // Of several the likeliest comes last.
    let likeliest = |text: String| text.rsplit(", ").next().map(|text| format!("có phải `{text}`?"));
    let meant = meant.into_iter().find_map(said).and_then(likeliest);
    let one_of = said(ContextKind::ValidValue).map(|text| format!("cần một trong: {text}"));
    let hint = meant.into_iter().chain(one_of).chain(["xem cách dùng: thêm --help".to_owned()]);
    Some(format!("lỗi: {problem}\ngợi ý: {}", hint.collect::<Vec<_>>().join("; ")))
}

/// What the library noted of the mistake.
fn said(error: &Error, kind: ContextKind) -> Option<String> {
    let text = match error.get(kind)? {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(", "),
        ContextValue::StyledStr(text) => text.to_string(),
        ContextValue::StyledStrs(texts) => texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::Arguments;

    #[test]
    fn the_usual_mistakes_are_told_in_vietnamese_with_what_was_meant() {
        for (typed, expected) in [
            ("import visits a.csv --dry-rum", "không có tham số `--dry-rum`\ngợi ý: có phải `--dry-run`?"),
            ("inport visits a.csv", "không có lệnh `inport`\ngợi ý: có phải `import`?"),
            ("import visits", "còn thiếu: <FILE>..."),
            (
                "import vists a.csv",
                "`vists` không phải là giá trị của `<KIND>`\ngợi ý: có phải `visits`?; cần một trong: ",
            ),
            ("import samples a.csv --crs", "`--crs <EPSG>` cần một giá trị"),
            ("import samples a.csv --crs vn", "`vn` không phải là giá trị của `--crs <EPSG>`: cần một số nguyên"),
            ("import samples a.csv --guess --strict", "`--guess` không dùng cùng với `--strict`"),
            ("serve --port 1 --port 2", "chỉ ghi một lần"),
        ] {
            let error = Arguments::try_parse_from(["phusong"].into_iter().chain(typed.split(' '))).unwrap_err();
            let text = vietnamese(&error).unwrap_or_default();
            assert!(text.contains(expected) && text.ends_with("thêm --help"), "{typed}: {text}");
        }
        for typed in [&["phusong", "--help"][..], &["phusong", "--version"], &["phusong"]] {
            let error = Arguments::try_parse_from(typed).unwrap_err();
            assert_eq!(vietnamese(&error), None, "{typed:?}");
        }
    }
}
