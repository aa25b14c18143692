//! `phusong import samples FILE --guess`: what the columns probably hold, to be looked at before it is used.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value as Json, json};

use super::{Failure, keep_inputs_safe, words};
use crate::ingest::samples::guess::{Column, Example, Guess, Known, Unfit, guess};
use crate::ingest::{Field, Options};
use crate::model::language::Language;

/// Guesses for each file; the profile goes to standard output and, where named, to a file.
pub(super) fn run(
    files: &[PathBuf],
    output: Option<&Path>,
    options: &Options,
    (as_json, language): (bool, Language),
) -> Result<ExitCode, Failure> {
    if let Some(output) = output {
        if files.len() > 1 {
            return Err(Failure::said("-o chỉ ghi được mẫu của một tệp", "-o takes the profile of one file"));
        }
        keep_inputs_safe(files.iter().map(PathBuf::as_path), output)?;
    }
    let mut failed = false;
    let mut told = Vec::new();
    for file in files {
        let found = match guess(file, options) {
            Ok(found) => found,
            Err(problem) => {
                failed = true;
                told.push(json!({"file": file, "error": problem.to_string()}));
                let _ = Failure::of_file(file, &problem).print(language);
                continue;
            }
        };
        failed |= !found.missing.is_empty();
        let text = written(file, &found, language);
        if let Some(path) = output {
            std::fs::write(path, &text).map_err(|error| Failure::cannot_write(path, &error))?;
        }
        if as_json {
            told.push(of_json(file, &found, &text));
        } else {
            words::result(text.trim_end());
        }
    }
    if as_json {
        words::result(&json!({"command": "import", "guesses": told}).to_string());
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The profile with what is known of it in comments.
fn written(file: &Path, found: &Guess, language: Language) -> String {
    let mut lines = Vec::new();
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    lines.push(language.pick(
        format!("Đoán từ {name}: xem kỹ, sửa chỗ sai, rồi dùng với --profile. Chưa nhập gì."),
        format!("Guessed from {name}: look it over, put right what is wrong, then use it with --profile. Nothing was imported."),
    ));
    if let Some(known) = &found.known {
        let Known { form, accepted, refused, is_same } = known;
        lines.push(language.pick(
            format!("Tệp này đọc được ngay, không cần mẫu (dạng {form}): không dùng mẫu thì đọc thử {} dòng đầu được {accepted}, loại {refused}.", accepted + refused),
            format!("This file is known ({form}) and needs no profile: without one, of the first {} rows {accepted} would be accepted, {refused} refused.", accepted + refused),
        ));
        lines.push(if *is_same {
            language.pick("Mẫu dưới đây đọc giống hệt.", "The profile below reads the same.").to_owned()
        } else {
            language.pick(
                "Mẫu dưới đây đọc KHÁC, vì không ghi được mọi điều của dạng ấy: nên nhập mà không dùng mẫu.",
                "The profile below reads OTHERWISE, since it cannot say all that is known of this form: rather import without it.",
            ).to_owned()
        });
    }
    for key in &found.missing {
        lines.push(language.pick(
            format!("THIẾU: không thấy {key}; phải thêm trước khi nhập"),
            format!("NOT FOUND: {key}; add it before importing"),
        ));
    }
    lines.extend(found.unfit.iter().map(|unfit| unfit.message(language)));
    lines.extend(found.notes.iter().map(|note| note.message(language)));
    lines.extend(found.days.iter().map(|warning| warning.message(language)));
    if !found.missing.iter().any(|key| key.starts_with("columns.")) {
        lines.extend(tried(found, language));
    }
    let unused = found.unused();
    if !unused.is_empty() {
        let unused = unused.join(", ");
        lines.push(language.pick(format!("Cột không dùng: {unused}"), format!("Columns not used: {unused}")));
    }
    let personal = found.personal();
    if !personal.is_empty() {
        let personal = personal.join(", ");
        lines.push(language.pick(
            format!("Cột có thể chứa thông tin cá nhân, không đọc: {personal}"),
            format!("Columns that may name a person, never read: {personal}"),
        ));
    }
    let head: String = lines.iter().map(|line| format!("# {}\n", line.replace(['\n', '\r'], " "))).collect();
    let remarks = |field| match found.columns.iter().find(|column| column.field == field) {
        Some(_) if field == Field::Device => {
            vec![language.pick("chỉ giữ bản băm", "only a hash of it is kept").to_owned()]
        }
        Some(column) => column.examples.iter().map(|example| remark(example, language)).collect(),
        None => Vec::new(),
    };
    head + &found.profile.to_toml(&remarks)
}

/// What would become of the first rows.
fn tried(found: &Guess, language: Language) -> Vec<String> {
    let (rows, accepted, refused) = (found.rows, found.accepted, found.rejects.len());
    let mut lines = vec![language.pick(
        format!("Theo mẫu này, đọc thử {rows} dòng đầu: nhận {accepted}, loại {refused}."),
        format!("By this profile, of the first {rows} rows {accepted} would be accepted, {refused} refused."),
    )];
    lines.extend(found.rejects.iter().take(3).map(|reject| {
        let line = language.pick("dòng", "line");
        format!("  {line} {}: {}", reject.line, reject.message(language))
    }));
    lines
}

fn remark(example: &Example, language: Language) -> String {
    let understood = example.understood.as_deref();
    format!("{} → {}", example.found, understood.unwrap_or(language.pick("không hiểu", "not understood")))
}

fn of_json(file: &Path, found: &Guess, profile: &str) -> Json {
    let example = |example: &Example| json!({"found": example.found, "understood": example.understood});
    let column = |column: &Column| {
        let examples: Vec<Json> = column.examples.iter().map(example).collect();
        json!({"field": column.field.key(), "column": column.heading, "examples": examples})
    };
    let known = found.known.as_ref();
    let by_itself =
        |known: &Known| json!({"accepted": known.accepted, "refused": known.refused, "same": known.is_same});
    let unfit =
        |unfit: &Unfit| json!({"field": unfit.field.key(), "column": unfit.heading, "reason": unfit.why.code()});
    let notes = found.notes.iter().map(|note| note.message(Language::En));
    let notes = notes.chain(found.days.iter().map(|warning| warning.message(Language::En)));
    json!({
        "file": file, "profile": profile, "known": known.map(|known| &known.form),
        "without_profile": known.map(by_itself), "missing": found.missing,
        "unfit": found.unfit.iter().map(unfit).collect::<Vec<_>>(),
        "notes": notes.collect::<Vec<_>>(),
        "columns": found.columns.iter().map(column).collect::<Vec<_>>(),
        "unused": found.unused(), "dropped_fields": found.personal(),
        "rows": found.rows, "accepted": found.accepted, "refused": found.rejects.len(),
    })
}
