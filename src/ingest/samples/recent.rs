//! What was made of the last texts of a column: a phone stays on its network for a while, and a log of several
//! goes round among a few.

/// The last four texts that differ, and what they mean.
pub(super) struct Recent<T> {
    kept: [Option<(Box<[u8]>, T)>; 4],
    /// Where the next one goes.
    next: usize,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self { kept: [const { None }; 4], next: 0 }
    }
}

impl<T: Copy> Recent<T> {
    /// Nothing for a text that was not kept.
    #[inline]
    pub(super) fn get(&self, text: &[u8]) -> Option<T> {
        self.kept.iter().flatten().find(|(kept, _)| **kept == *text).map(|(_, value)| *value)
    }

    pub(super) fn keep(&mut self, text: &[u8], value: T) {
        self.kept[self.next] = Some((text.into(), value));
        self.next = (self.next + 1) % self.kept.len();
    }
}

#[cfg(test)]
mod tests {
    use super::Recent;

    #[test]
    fn the_last_four_texts_are_known_and_the_fifth_before_is_not() {
        let mut recent = Recent::default();
        for (text, value) in [("", 0), ("LTE", 1), ("NR", 2), ("GSM", 3), ("UMTS", 4)] {
            recent.keep(text.as_bytes(), value);
        }
        let known = ["", "LTE", "NR", "GSM", "UMTS", "LT"].map(|text| recent.get(text.as_bytes()));
        assert_eq!(known, [None, Some(1), Some(2), Some(3), Some(4), None]);
    }
}
