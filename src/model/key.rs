//! Natural keys in one number, for rows by the million.
//!
//! 63 bits of SHA-256 would be slow for millions of rows, so this is
//! `FxHash`-like mixing. A key is positive, so that `SQLite` takes it as a row id,
//! and the same on every machine and in every release: stores keep it.

use super::operator::Operator;

pub(super) struct Key(u64);

impl Default for Key {
    /// The offset basis of FNV-1a.
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Key {
    pub(super) fn mix(&mut self, word: u64) {
        let mut hash = (self.0 ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        hash ^= hash >> 29;
        hash = hash.wrapping_mul(0xBF58_476D_1CE4_E5B9);
        self.0 = hash ^ (hash >> 32);
    }

    pub(super) fn mix_text(&mut self, text: &str) {
        self.mix(text.bytes().fold(0_u64, |acc, b| acc.wrapping_mul(257) ^ u64::from(b)));
    }

    pub(super) fn mix_operator(&mut self, operator: Operator) {
        self.mix_text(operator.as_str());
    }

    pub(super) fn get(&self) -> i64 {
        (self.0 & (i64::MAX as u64)).cast_signed()
    }
}
