//! Values and words of a table that mean what no reader knows by itself.

use crate::ingest::{number, text};

/// Values that stand for something else than a number. Most tables have none.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::ingest) struct Codes(pub(super) Vec<(String, Option<f64>)>);

impl Codes {
    pub(in crate::ingest) fn new(texts: &[&str]) -> Self {
        Self(texts.iter().map(|text| (text::fold(text), number::parse(text.as_bytes(), true))).collect())
    }

    /// Equal as numbers, or as words whatever their marks and case. Asked for every cell of every table.
    #[inline]
    pub(in crate::ingest) fn hold(&self, cell: &[u8], decimal_comma: bool) -> bool {
        !self.0.is_empty() && !cell.is_empty() && self.are(cell, decimal_comma)
    }

    fn are(&self, cell: &[u8], decimal_comma: bool) -> bool {
        let value = number::parse(cell, decimal_comma);
        if value.is_some() && self.0.iter().any(|(_, code)| *code == value) {
            return true;
        }
        let folded = text::fold(&String::from_utf8_lossy(cell));
        self.0.iter().any(|(code, _)| *code == folded)
    }

    pub(in crate::ingest) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of one and those of the other.
    pub(in crate::ingest) fn both(one: &Self, other: &Self) -> Self {
        let mut codes = one.clone();
        codes.0.extend(other.0.iter().filter(|code| !one.0.contains(code)).cloned());
        codes
    }

    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(text, _)| text.as_str())
    }
}

/// What the words of a table mean.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::ingest) struct Words<T>(pub(super) Vec<(String, T)>);

impl<T> Default for Words<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy> Words<T> {
    pub(in crate::ingest) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(in crate::ingest) fn new(words: Vec<(String, T)>) -> Self {
        Self(words)
    }

    pub(in crate::ingest) fn get(&self, cell: &[u8]) -> Option<T> {
        if self.0.is_empty() || cell.is_empty() {
            return None;
        }
        let folded = text::fold(&String::from_utf8_lossy(cell));
        self.0.iter().find(|(word, _)| text::fold(word) == folded).map(|(_, meaning)| *meaning)
    }
}
