//! What people type into a log: cleaned, short, and of no person.

/// Characters of an organisation's or a role's name.
const LABEL_MOST: usize = 60;
/// Characters of a remark.
const TEXT_MOST: usize = 1_000;
/// Digits from which a label looks like a telephone number.
const TELEPHONE_DIGITS: usize = 8;
/// First signs of a formula in a spreadsheet.
const FORMULA: [char; 4] = ['=', '+', '-', '@'];

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSaid {
    #[error("`{field}` is empty")]
    Empty { field: &'static str },
    #[error("`{field}` has {found} characters, expected at most {most}")]
    Long { field: &'static str, found: usize, most: usize },
    #[error("`{field}` looks like a telephone number or an address of a person")]
    Personal { field: &'static str },
}

/// The name of a role or an organisation, on one line.
pub(super) fn label(field: &'static str, given: &str) -> Result<String, NotSaid> {
    let text = cleaned(given).split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return Err(NotSaid::Empty { field });
    }
    short(field, &text, LABEL_MOST)?;
    if is_personal(&text) { Err(NotSaid::Personal { field }) } else { Ok(text) }
}

/// Looks like a telephone number or an address of a person.
pub(super) fn is_personal(text: &str) -> bool {
    text.contains('@') || text.chars().filter(char::is_ascii_digit).count() >= TELEPHONE_DIGITS
}

/// A remark, perhaps of several lines, perhaps empty. Days, counts, tickets and cells have digits too, so here only
/// what is built as a number of a person counts as one. A sign at its beginning is part of it (`-3 dB`): what writes
/// tables keeps a spreadsheet from taking it for a formula.
pub(super) fn remark(field: &'static str, given: &str) -> Result<String, NotSaid> {
    let text = seen(given).trim().to_owned();
    short(field, &text, TEXT_MOST)?;
    if text.contains('@') || has_number_of_person(&text) { Err(NotSaid::Personal { field }) } else { Ok(text) }
}

/// In a row, or in groups as people write telephones and cards: `0912 345 678`, `+84 912 345 678`. A day is neither.
fn has_number_of_person(text: &str) -> bool {
    let is_number = |run: &str| {
        let groups: Vec<&str> = run.split([' ', '.', '-']).collect();
        let rest = groups.strip_prefix(&["84"]).unwrap_or(&groups);
        let in_groups = rest.iter().all(|group| (3..=4).contains(&group.len()))
            || (groups.len() == 5 && groups.iter().all(|group| group.len() == 2));
        let starts = run.starts_with('0') || rest.len() < groups.len();
        groups.iter().any(|group| is_of_person(group)) || (in_groups && starts && is_of_person(&groups.concat()))
    };
    let runs = text.split(|c: char| !(c.is_ascii_digit() || matches!(c, ' ' | '.' | '-')));
    runs.map(|run| run.trim_matches([' ', '.', '-'])).any(is_number)
}

/// Telephones (0 and 9 or 10 digits, +84), identity cards (9 digits, or 12 that begin with the code of a province,
/// 001 to 096), social insurance (10), IMSI and IMEI (15), bank cards (16). What is longer or built otherwise is a
/// ticket, a document or a cell.
fn is_of_person(digits: &str) -> bool {
    match digits.len() {
        9 | 10 | 15 | 16 => true,
        11 => digits.starts_with('0') || digits.starts_with("84"),
        12 => digits.starts_with("84") || digits.get(..3).is_some_and(|code| ("001"..="096").contains(&code)),
        13 | 14 => digits.starts_with("0084"),
        _ => false,
    }
}

fn short(field: &'static str, text: &str, most: usize) -> Result<(), NotSaid> {
    let found = text.chars().count();
    if found > most { Err(NotSaid::Long { field, found, most }) } else { Ok(()) }
}

/// A name as [`seen`], without the signs by which a spreadsheet takes it for a formula: no name begins with one.
pub(super) fn cleaned(text: &str) -> String {
    let text = seen(text);
    text.trim_start_matches(|c: char| c.is_whitespace() || FORMULA.contains(&c)).trim_end().to_owned()
}

/// Without what cannot be seen: control characters other than a new line, and signs that turn the direction of text.
fn seen(text: &str) -> String {
    let unseen = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let tabs = text.replace("\r\n", "\n").replace('\t', " ");
    tabs.chars().filter(|c| !unseen(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_names_days_and_documents_and_nobodys_number() {
        for text in [
            "Gọi anh Nam 0912345678",
            "CCCD 037123456789",
            "CMND 161234567",
            "gọi 0912 345 678",
            "0912.345.678",
            "09 12 34 56 78",
            "+84 912 345 678",
            "+84912345678",
            "0084912345678",
            "02293871234",
            "IMSI 452041234567890",
            "a@b.vn",
        ] {
            assert_eq!(remark("text", text), Err(NotSaid::Personal { field: "text" }), "{text}");
        }
        for text in [
            "đã lắp trạm ngày 05-09-2026 08:15",
            "theo văn bản 123/NQ-HĐND ngày 15/09/2026",
            "đo lại 2026-09-15, còn 120 hộ, 1.250 m",
            "Ticket 2026113000123",
            "cell 0452040100213",
            "phiếu 202611300012",
            "452-04-25654529",
            "-3 dB công suất sector 2",
            "+3 dB",
            "",
        ] {
            assert_eq!(remark("text", text).as_deref(), Ok(text));
        }
    }
}
