//! The two languages that a reader may have. Vietnamese comes first.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    Vi,
    En,
}

impl Language {
    /// Picks one of two sentences.
    #[must_use]
    pub fn pick<T>(self, vi: T, en: T) -> T {
        match self {
            Self::Vi => vi,
            Self::En => en,
        }
    }

    /// Reads a POSIX locale such as `en_GB.UTF-8`. Vietnamese unless it says English.
    #[must_use]
    pub fn from_locale(locale: &str) -> Self {
        if locale.to_ascii_lowercase().starts_with("en") { Self::En } else { Self::Vi }
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "vi" => Ok(Self::Vi),
            "en" => Ok(Self::En),
            other => Err(format!("`{other}` is not a language here, expected vi or en")),
        }
    }
}

/// A number as the reader writes it: `1.234,5` in Vietnamese, `1,234.5` in English.
#[must_use]
pub fn number(value: f64, decimals: usize, language: Language) -> String {
    let plain = format!("{value:.decimals$}");
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let (thousands, point) = language.pick(('.', ','), (',', '.'));
    let mut out = String::from(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(thousands);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push(point);
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vietnamese_reader_sees_dots_then_a_comma() {
        assert_eq!(number(1234.5, 1, Language::Vi), "1.234,5");
        assert_eq!(number(-1_234_567.0, 0, Language::Vi), "-1.234.567");
        assert_eq!(number(999.0, 0, Language::En), "999");
        assert_eq!(number(1234.5, 1, Language::En), "1,234.5");
    }
}
