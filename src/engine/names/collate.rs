//! The order in which Vietnamese lists stand.
//!
//! Letters first (a ă â b c d đ e ê …), then tones (ngang, huyền, hỏi, ngã,
//! sắc, nặng), then case, as the Unicode collation for Vietnamese has it. Unlike it,
//! numbers stand by value, so that `Xóm 2` comes before `Xóm 10`.

use std::cmp::Ordering;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Compares two names for a list. Equal only for texts that are the same in NFC.
#[must_use]
pub fn vietnamese_cmp(a: &str, b: &str) -> Ordering {
    let (one, two) = (Key::of(a), Key::of(b));
    one.letters
        .cmp(&two.letters)
        .then_with(|| one.tones.cmp(&two.tones))
        .then_with(|| one.capitals.cmp(&two.capitals))
        .then_with(|| a.nfc().cmp(b.nfc()))
}

struct Key {
    letters: Vec<Letter>,
    tones: Vec<u8>,
    capitals: Vec<bool>,
}

/// Variants in order: a space ends a word, so shorter words come first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Letter {
    Space,
    Sign(char),
    /// Digits without leading zeros: the longer number is the greater.
    Number(usize, String),
    /// Base letter and its place among the letters made from it: a 0, ă 1, â 2.
    Base(char, u8),
}

impl Key {
    fn of(text: &str) -> Self {
        let mut key = Self { letters: Vec::new(), tones: Vec::new(), capitals: Vec::new() };
        let mut chars = text.nfd().peekable();
        while let Some(c) = chars.next() {
            let (mut shape, mut tone) = (0, 0);
            while let Some(mark) = chars.next_if(|c| is_combining_mark(*c)) {
                match mark {
                    '\u{306}' => shape = 1,
                    // ô stands second after o, â third after a, ê second after e.
                    '\u{302}' => shape = if matches!(c, 'a' | 'A') { 2 } else { 1 },
                    '\u{31b}' => shape = if matches!(c, 'o' | 'O') { 2 } else { 1 },
                    '\u{300}' => tone = 1,
                    '\u{309}' => tone = 2,
                    '\u{303}' => tone = 3,
                    '\u{301}' => tone = 4,
                    '\u{323}' => tone = 5,
                    _ => {}
                }
            }
            if c.is_whitespace() {
                if !matches!(key.letters.last(), None | Some(Letter::Space)) {
                    key.letters.push(Letter::Space);
                }
            } else if c.is_ascii_digit() {
                let mut digits = String::from(c);
                while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                    digits.push(digit);
                }
                let value = digits.trim_start_matches('0').to_owned();
                key.letters.push(Letter::Number(value.len(), value));
            } else if c.is_alphabetic() {
                let capital = c.is_uppercase();
                for lower in c.to_lowercase() {
                    let (base, shape) = if lower == 'đ' { ('d', 1) } else { (lower, shape) };
                    key.letters.push(Letter::Base(base, shape));
                    key.tones.push(tone);
                    key.capitals.push(capital);
                }
            } else {
                key.letters.push(Letter::Sign(c));
            }
        }
        key
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// In order, each before the next.
    fn check(names: &[&str]) {
        for pair in names.windows(2) {
            assert_eq!(vietnamese_cmp(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            assert_eq!(vietnamese_cmp(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
        }
        let mut sorted: Vec<_> = names.iter().rev().copied().collect();
        sorted.sort_by(|a, b| vietnamese_cmp(a, b));
        assert_eq!(sorted, names);
    }

    #[test]
    fn letters_stand_in_the_vietnamese_order() {
        check(&[
            "a", "ă", "â", "b", "c", "d", "đ", "e", "ê", "g", "h", "i", "k", "l", "m", "n", "o", "ô", "ơ", "p", "q",
            "r", "s", "t", "u", "ư", "v", "x", "y",
        ]);
    }

    #[test]
    fn tones_decide_between_equal_letters_only() {
        check(&["ma", "mà", "mả", "mã", "má", "mạ", "mab"]);
        check(&["Bình An", "Bình Lục", "Bình Lực", "Bình Mỹ"]);
        check(&["ám", "ăm", "ắm", "ặm", "âm", "ậm"]);
    }

    #[test]
    fn words_are_compared_one_by_one() {
        check(&["An", "An Hoà", "Anh"]);
        check(&["Duy Tân", "Đại Hoàng", "Đồng Văn", "Gia Vân"]);
    }

    #[test]
    fn numbers_stand_by_value() {
        check(&["Xóm 1", "Xóm 2", "Xóm 10", "Xóm 10 A", "Xóm Đông"]);
    }

    #[test]
    fn case_and_unicode_form_decide_last_or_not_at_all() {
        check(&["an", "An", "ân"]);
        let nfd: String = "Phủ Lý".nfd().collect();
        assert_eq!(vietnamese_cmp(&nfd, "Phủ Lý"), Ordering::Equal);
    }

    proptest! {
        #[test]
        fn the_order_is_total(a in "[aăâàạđ 1-2Xó]{0,5}", b in "[aăâàạđ 1-2Xó]{0,5}", c in "[aăâàạđ 1-2Xó]{0,5}") {
            prop_assert_eq!(vietnamese_cmp(&a, &b), vietnamese_cmp(&b, &a).reverse());
            if vietnamese_cmp(&a, &b).is_le() && vietnamese_cmp(&b, &c).is_le() {
                prop_assert!(vietnamese_cmp(&a, &c).is_le());
            }
        }
    }
}
