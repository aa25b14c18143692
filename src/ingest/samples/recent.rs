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
        self.kept.iter().flatten().find(|(kept, _)| is_same(kept, text)).map(|(_, value)| *value)
    }

    pub(super) fn keep(&mut self, text: &[u8], value: T) {
        self.kept[self.next] = Some((text.into(), value));
        self.next = (self.next + 1) % self.kept.len();
    }
}

/// Equality, for texts so short that a call for it takes longer: of 4 to 16 bytes the first and the last words, which
/// may overlap.
#[inline]
fn is_same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    match one.len() {
        4..8 => one.first_chunk::<4>() == other.first_chunk() && one.last_chunk::<4>() == other.last_chunk(),
        8..=16 => one.first_chunk::<8>() == other.first_chunk() && one.last_chunk::<8>() == other.last_chunk(),
        0..4 => one.iter().eq(other),
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::{Recent, is_same};

    #[test]
    fn texts_of_any_length_differ_wherever_a_byte_does() {
        for length in 0..40 {
            let text: Vec<u8> = (0..length).collect();
            assert!(is_same(&text, &text.clone()));
            assert!(!is_same(&text, &[&text[..], b"x"].concat()));
            for at in 0..text.len() {
                let mut other = text.clone();
                other[at] ^= 0x40;
                assert!(!is_same(&text, &other), "{length} {at}");
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
