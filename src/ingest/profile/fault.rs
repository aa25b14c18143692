//! What is wrong with a profile: the key, what was found, what was expected, what to try.

use super::words;
use crate::ingest::text;
use crate::model::language::Language;

/// A profile that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message(Language::En))]
pub struct BadProfile {
    pub file: String,
    pub fault: Fault,
}

/// Facts of a profile alone, and, from [`Fault::NoColumn`] on, of a profile beside a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    Io(String),
    NotToml {
        line: usize,
        problem: String,
    },
    UnknownKey {
        key: String,
        known: Vec<&'static str>,
    },
    /// A value that its key cannot have.
    Wrong {
        key: String,
        found: String,
        expected: String,
    },
    Absent {
        key: String,
        expected: String,
    },
    /// Two keys of which one is too many.
    Both {
        key: String,
        other: String,
    },
    /// One column for two fields.
    SameColumn {
        column: String,
        keys: [String; 2],
    },
    /// Two columns for one field.
    Twice {
        key: String,
        columns: [String; 2],
    },
    NoColumn {
        key: String,
        column: String,
        header: Vec<String>,
    },
    /// The table has several columns of this heading.
    Doubled {
        key: String,
        column: String,
        count: usize,
    },
    Personal {
        key: String,
        column: String,
    },
    /// What the profile says nothing of, and an import needs.
    Unsaid {
        keys: Vec<&'static str>,
    },
}

impl BadProfile {
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        format!("{}: {}", self.file, self.fault.message(language))
    }

    /// What to try, where we have an idea.
    #[must_use]
    pub fn hint(&self, language: Language) -> Option<String> {
        self.fault.hint(language)
    }

    /// What is wrong, to somebody at the page: fields by their words.
    #[must_use]
    pub fn message_on_page(&self, language: Language) -> String {
        match &self.fault {
            Fault::Absent { key, .. } if key.starts_with("columns.") => {
                let key = words::on_page(key, language);
                language.pick(format!("còn thiếu cột cho {key}"), format!("a column for {key} is needed as well"))
            }
            fault => fault.message_naming(&|key| words::on_page(key, language), language),
        }
    }

    /// What to try on the page.
    #[must_use]
    pub fn hint_on_page(&self, language: Language) -> Option<String> {
        self.fault.hint_on_page(language)
    }
}

impl Fault {
    fn message(&self, language: Language) -> String {
        self.message_naming(&|key| format!("`{key}`"), language)
    }

    /// With the keys of fields as the reader knows them.
    fn message_naming(&self, named: &dyn Fn(&str) -> String, language: Language) -> String {
        match self {
            Self::Io(problem) => {
                language.pick(format!("không đọc được tệp: {problem}"), format!("cannot read the file: {problem}"))
            }
            Self::NotToml { line, problem } => language
                .pick(format!("dòng {line}: không phải TOML: {problem}"), format!("line {line}: not TOML: {problem}")),
            Self::UnknownKey { key, known } => {
                let known = known.join(", ");
                language.pick(
                    format!("không có khoá `{key}`, cần một trong {known}"),
                    format!("there is no key `{key}`, expected one of {known}"),
                )
            }
            Self::Wrong { key, found, expected } => language.pick(
                format!("`{key}` là {found}, cần {expected}"),
                format!("`{key}` is {found}, expected {expected}"),
            ),
            Self::Absent { key, expected } => {
                let key = named(key);
                language.pick(format!("thiếu {key}, cần {expected}"), format!("{key} is missing, expected {expected}"))
            }
            Self::Both { key, other } => {
                let (key, other) = (named(key), named(other));
                language.pick(
                    format!("có cả {key} lẫn {other}, chỉ được một"),
                    format!("both {key} and {other} are there, expected one"),
                )
            }
            Self::SameColumn { column, keys: [key, other] } => {
                let (key, other) = (named(key), named(other));
                language.pick(
                    format!("cột `{column}` dùng cho cả {key} lẫn {other}"),
                    format!("the column `{column}` stands for both {key} and {other}"),
                )
            }
            Self::Twice { key, columns: [one, other] } => {
                let key = named(key);
                language.pick(
                    format!("{key} có hai cột `{one}` và `{other}`, chỉ được một"),
                    format!("{key} is stated of two columns, `{one}` and `{other}`, expected one"),
                )
            }
            Self::NoColumn { key, column, header } => {
                let key = named(key);
                let header = header.iter().filter(|name| !name.is_empty()).cloned().collect::<Vec<_>>().join(", ");
                language.pick(
                    format!("{key} là cột `{column}`, tệp không có; tiêu đề có {header}"),
                    format!("{key} is the column `{column}`, which the file does not have; the header has {header}"),
                )
            }
            Self::Doubled { key, column, count } => {
                let key = named(key);
                language.pick(
                    format!("{key} là cột `{column}`, tệp có {count} cột như vậy"),
                    format!("{key} is the column `{column}`, and the file has {count} of them"),
                )
            }
            Self::Personal { key, column } => {
                let key = named(key);
                language.pick(
                    format!("{key} là cột `{column}`, có thể chứa thông tin cá nhân nên không đọc"),
                    format!("{key} is the column `{column}`, which may name a person and is not read"),
                )
            }
            Self::Unsaid { keys } => {
                let keys =
                    keys.iter().map(|key| named(key).trim_matches('`').to_owned()).collect::<Vec<_>>().join(", ");
                language.pick(format!("mẫu không cho biết {keys}"), format!("the profile does not say {keys}"))
            }
        }
    }

    fn hint_on_page(&self, language: Language) -> Option<String> {
        let text = |vi: &str, en: &str| Some(language.pick(vi.to_owned(), en.to_owned()));
        match self {
            Self::Io(_) | Self::NotToml { .. } => text(
                "chọn tệp mẫu .toml đã tải từ trang này; bỏ mẫu thì trang tự đoán các cột",
                "choose a .toml file that was taken from this page; without one the columns are guessed",
            ),
            Self::NoColumn { .. } => text(
                "mẫu này của tệp khác: bỏ mẫu để trang tự đoán các cột",
                "this profile is of another file: leave it out, and the columns are guessed",
            ),
            Self::Personal { .. } => text(
                "cột như vậy chỉ dùng được làm máy đo (chỉ giữ bản băm)",
                "such a column can only be the device, of which a hash is kept",
            ),
            Self::Unsaid { .. } => text(
                "chọn cột cho từng mục ấy; tệp chỉ của một nhà mạng thì chọn nhà mạng cho cả tệp",
                "choose a column for each; if the file is of one network, choose it for the whole file",
            ),
            other => other.hint(language),
        }
    }

    fn hint(&self, language: Language) -> Option<String> {
        let text = |vi: &str, en: &str| Some(language.pick(vi.to_owned(), en.to_owned()));
        let meant = |name: &str| language.pick(format!("có phải là `{name}`?"), format!("is `{name}` meant?"));
        match self {
            Self::Io(_) => text("kiểm tra đường dẫn của --profile", "check the path of --profile"),
            Self::NotToml { .. } => text(
                "chữ phải nằm trong \"…\"; lấy mẫu đúng bằng `phusong import samples TỆP --guess`",
                "texts stand in \"…\"; `phusong import samples FILE --guess` prints a good one",
            ),
            Self::UnknownKey { key, known } => {
                let last = key.rsplit('.').next().unwrap_or_default();
                nearest(last, known.iter().copied()).map(meant)
            }
            Self::Absent { key, .. } if key == "format" => {
                text("dòng đầu phải là `format = 1`", "the first line must be `format = 1`")
            }
            Self::NoColumn { column, header, .. } => {
                nearest(column, header.iter().map(String::as_str)).map(meant).or_else(|| {
                    text(
                        "xem tệp có cột nào bằng `phusong import samples TỆP --guess`",
                        "see what the columns might be: `phusong import samples FILE --guess`",
                    )
                })
            }
            Self::Doubled { .. } => text("đổi tên một cột trong tệp", "rename one of them in the file"),
            Self::Personal { .. } => text(
                "bỏ khoá này; cột như vậy chỉ dùng được cho `device` (chỉ giữ bản băm)",
                "leave the key out; such a column can only be `device`, of which a hash is kept",
            ),
            Self::Unsaid { keys } if keys.contains(&"columns.operator") => text(
                "thêm dòng vào [columns]; nếu tệp chỉ của một nhà mạng, ghi `operator` trong [constants]",
                "add lines to [columns]; if the file is of one network, state `operator` in [constants]",
            ),
            Self::Unsaid { .. } => text("thêm dòng vào [columns]", "add lines to [columns]"),
            _ => None,
        }
    }
}

/// The name that differs least, when it differs little.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let letters = |name: &str| text::fold(name).chars().collect::<Vec<char>>();
    let name = letters(name);
    let most = name.len().div_ceil(3);
    known
        .filter(|other| !other.is_empty())
        .map(|other| (slips(&name, &letters(other)), other))
        .min()
        .filter(|(slips, _)| *slips <= most)
        .map(|(_, other)| other)
}

/// Letters added, left out or changed (Levenshtein).
fn slips(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut corner = i;
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let changed = corner + usize::from(a != b);
            corner = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(corner + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_seen_and_another_word_is_not() {
        let known = ["longitude", "latitude", "power", "rsrq"];
        for (name, found) in [
            ("longitud", Some("longitude")),
            ("Pover", Some("power")),
            ("powre", Some("power")),
            ("rsrp", Some("rsrq")),
            ("altitudinal", None),
            ("x", None),
        ] {
            assert_eq!(nearest(name, known.into_iter()), found, "{name}");
        }
    }
}
