//! What was made of the last texts of a column: a phone stays on its network for a while, and a log of several
//! goes round among a few.

/// The last four texts that differ, and what they mean.
pub(super) struct Recent<T> {
    kept: [Option<Kept<T>>; 4],
    /// Where the next one goes.
    next: usize,
}

struct Kept<T> {
    key: Key,
    text: Box<[u8]>,
    value: T,
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
        let key = Key::of(text);
        let is_it = |kept: &&Kept<T>| kept.key == key && (key.is_all() || *kept.text == *text);
        self.kept.iter().flatten().find(is_it).map(|kept| kept.value)
    }

    pub(super) fn keep(&mut self, text: &[u8], value: T) {
        self.kept[self.next] = Some(Kept { key: Key::of(text), text: text.into(), value });
        self.next = (self.next + 1) % self.kept.len();
    }
}

/// A text in registers, made once and compared with many: its length, and its first and its last word, which may
/// overlap.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    length: usize,
    ends: [u64; 2],
}

impl Key {
    #[inline]
    fn of(text: &[u8]) -> Self {
        let four = |bytes: Option<&[u8; 4]>| bytes.map_or(0, |bytes| u64::from(u32::from_le_bytes(*bytes)));
        let eight = |bytes: Option<&[u8; 8]>| bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes));
        let ends = match text.len() {
            0..4 => [text.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)), 0],
            4..8 => [four(text.first_chunk()), four(text.last_chunk())],
            _ => [eight(text.first_chunk()), eight(text.last_chunk())],
        };
        Self { length: text.len(), ends }
    }

    /// Whether there is nothing between the ends.
    fn is_all(self) -> bool {
        self.length <= 16
    }
}

#[cfg(test)]
mod tests {
    use super::Recent;

    #[test]
    fn texts_of_any_length_differ_wherever_a_byte_does() {
        for length in 0..40 {
            let text: Vec<u8> = (0..length).collect();
            let mut recent = Recent::default();
            recent.keep(&text, length);
            assert_eq!(recent.get(&text), Some(length));
            assert_eq!(recent.get(&[&text[..], b"x"].concat()), None);
            assert_eq!(recent.get(&[b"\0", &text[..]].concat()), None);
            for at in 0..text.len() {
                let mut other = text.clone();
                other[at] ^= 0x40;
                assert_eq!(recent.get(&other), None, "{length} {at}");
            }
        }
    }

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
