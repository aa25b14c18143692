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

/// A remark, perhaps of several lines, perhaps empty.
pub(super) fn remark(field: &'static str, given: &str) -> Result<String, NotSaid> {
    let text = cleaned(given);
    short(field, &text, TEXT_MOST)?;
    Ok(text)
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
