//! What people type into a log: cleaned, short, and of no person.

/// Characters of an organisation's or a role's name.
const LABEL_MOST: usize = 60;
/// Characters of a remark.
const TEXT_MOST: usize = 1_000;
/// Digits from which a label looks like a telephone number.
const TELEPHONE_DIGITS: usize = 8;
/// Digits of the shortest identity card; a telephone has ten.
const PERSON_DIGITS: usize = 9;
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

/// A remark, perhaps of several lines, perhaps empty. Days and counts have digits too, so here only a number as long as
/// a telephone's or an identity card's counts as a person's.
pub(super) fn remark(field: &'static str, given: &str) -> Result<String, NotSaid> {
    let text = cleaned(given);
    short(field, &text, TEXT_MOST)?;
    if text.contains('@') || has_number_of_person(&text) { Err(NotSaid::Personal { field }) } else { Ok(text) }
}

/// Nine digits in a row, or in groups as people write telephones and cards: `0912 345 678`. A day is neither.
fn has_number_of_person(text: &str) -> bool {
    let is_number = |run: &str| {
        let groups: Vec<usize> = run.split([' ', '.', '-']).map(str::len).collect();
        let in_groups = run.starts_with('0') && groups.iter().all(|group| (3..=4).contains(group));
        groups.iter().any(|group| *group >= PERSON_DIGITS)
            || (in_groups && groups.iter().sum::<usize>() >= PERSON_DIGITS)
    };
    let runs = text.split(|c: char| !(c.is_ascii_digit() || matches!(c, ' ' | '.' | '-')));
    runs.map(|run| run.trim_matches([' ', '.', '-'])).any(is_number)
}

fn short(field: &'static str, text: &str, most: usize) -> Result<(), NotSaid> {
    let found = text.chars().count();
    if found > most { Err(NotSaid::Long { field, found, most }) } else { Ok(()) }
}

/// Without what cannot be seen: control characters other than a new line, and signs that turn the direction of text.
/// Without the signs by which a spreadsheet takes a text for a formula: the list is exported to one.
pub(super) fn cleaned(text: &str) -> String {
    let unseen = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let tabs = text.replace("\r\n", "\n").replace('\t', " ");
    tabs.chars()
        .filter(|c| !unseen(*c))
        .collect::<String>()
        .trim_start_matches(|c: char| c.is_whitespace() || FORMULA.contains(&c))
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_names_days_and_documents_and_nobodys_number() {
        for text in ["Gọi anh Nam 0912345678", "CCCD 037123456789", "gọi 0912 345 678", "0912.345.678", "a@b.vn"] {
            assert_eq!(remark("text", text), Err(NotSaid::Personal { field: "text" }), "{text}");
        }
        for text in [
            "đã lắp trạm ngày 05-09-2026 08:15",
            "theo văn bản 123/NQ-HĐND ngày 15/09/2026",
            "đo lại 2026-09-15, còn 120 hộ, 1.250 m",
            "",
        ] {
            assert_eq!(remark("text", text).as_deref(), Ok(text));
        }
    }
}
