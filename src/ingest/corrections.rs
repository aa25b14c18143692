//! A table of corrections: `line;field;value`, or the file of refused rows that an import wrote,
//! with its last column filled in. A line without a value is one that nobody has answered yet.

use std::path::Path;

use jiff::Timestamp;

use crate::model::correction::{Correction, NotACorrection};

use super::table::Table;
use super::{Options, Unreadable, text};

const LINE: &[&str] = &["line", "dong"];
const FIELD: &[&str] = &["field", "cot"];
const VALUE: &[&str] = &["value", "sua_thanh"];
/// What is written instead of a value, folded; the brackets keep it apart from a village of that name.
const LEAVE_OUT: [&str; 2] = ["[left out]", "[bo qua]"];
const EMPTY: [&str; 2] = ["[empty]", "[de trong]"];

/// # Errors
/// [`Unreadable`]; one line that is no correction refuses the whole, since each of them was meant.
pub fn read(path: &Path, now: Timestamp) -> Result<Vec<Correction>, Unreadable> {
    let mut table = Table::open(path, &Options::at(now))?;
    let columns =
        [("line", LINE), ("field", FIELD), ("value", VALUE)].map(|(name, names)| (name, table.header.find(names)));
    let missing: Vec<String> =
        columns.iter().filter(|(_, at)| at.is_none()).map(|(name, _)| (*name).to_owned()).collect();
    if !missing.is_empty() {
        return Err(Unreadable::MissingColumns { missing, header: table.header.names.clone(), asked: None });
    }
    let [line_at, field_at, value_at] = columns.map(|(_, at)| at);
    let mut corrections = Vec::new();
    while let Some(next) = table.next() {
        let record = next.map_err(|reject| Unreadable::Correction {
            line: reject.line,
            problem: reject.reason.expected(crate::model::language::Language::En),
        })?;
        let value = record.get(value_at);
        if value.is_empty() {
            continue;
        }
        // A spreadsheet may make 12 into 12.0.
        let line = record.get(line_at).trim_end_matches(".0").parse().unwrap_or(0);
        let word = text::fold(value);
        let correction = if LEAVE_OUT.contains(&word.as_str()) {
            Correction::leave_out(line)
        } else {
            Correction::cell(line, record.get(field_at), if EMPTY.contains(&word.as_str()) { "" } else { value })
        };
        let here = record.line;
        corrections.push(
            correction.map_err(|problem: NotACorrection| Unreadable::Correction {
                line: here,
                problem: problem.to_string(),
            })?,
        );
    }
    Ok(corrections)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::fixture;
    use crate::model::correction::Answer;

    fn check(text: &str) -> Result<Vec<Correction>, Unreadable> {
        let folder = fixture::folder();
        read(&fixture::write(&folder, "fixes.csv", text.as_bytes()), fixture::options().now)
    }

    #[test]
    fn corrections_are_read_in_both_languages_and_with_either_separator() {
        let good = check("line;field;value\n2;result;guided\n3;;\n4;x;[left out]\n").unwrap();
        assert_eq!(good, [Correction::cell(2, "result", "guided").unwrap(), Correction::leave_out(4).unwrap()]);
        let good =
            check("\u{feff}dòng,cột,giá trị,lý do,cần,gợi ý,sửa thành\n2,kết quả,xong,unknown_value,,,[để trống]\n");
        let empty = Answer::Cell { field: "kết quả".to_owned(), value: String::new() };
        assert_eq!(good.unwrap()[0].answer, empty);
    }

    #[test]
    fn a_line_that_is_no_correction_refuses_the_whole() {
        assert!(matches!(
            check("line;field;value\n2;result;guided\nx;result;guided\n"),
            Err(Unreadable::Correction { line: 3, .. })
        ));
        assert!(matches!(check("line;field;value\n2;;guided\n"), Err(Unreadable::Correction { line: 2, .. })));
        assert!(matches!(check("line;value\n2;guided\n"), Err(Unreadable::MissingColumns { .. })));
    }
}
