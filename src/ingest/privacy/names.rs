//! Names of persons in the name of a file, which everybody sees who sees the list of imports.
//!
//! Only a family name with `Văn` or `Thị` behind it is taken for a person's: no place is so called that a file would
//! be named after, but streets, and a street left out harms nobody. Two words alone (`Lê Lợi`) may be a ward.

use unicode_normalization::UnicodeNormalization;

use crate::ingest::text;

/// Family names with their marks, in small letters.
const FAMILY: [&str; 42] = [
    "nguyễn", "trần", "lê", "phạm", "hoàng", "huỳnh", "phan", "vũ", "võ", "đặng", "bùi", "đỗ", "hồ", "ngô", "dương",
    "lý", "đinh", "đào", "đoàn", "lâm", "mai", "trịnh", "trương", "lương", "lưu", "phùng", "hà", "cao", "tạ", "thái",
    "tăng", "chu", "quách", "vương", "kiều", "thạch", "triệu", "khúc", "lại", "tô", "nghiêm", "bạch",
];
/// Those that without their marks are hardly another word: `do van` may be “đo vận tốc”.
const FAMILY_PLAIN: [&str; 8] = ["nguyen", "tran", "le", "pham", "hoang", "huynh", "bui", "trinh"];

/// A text in which `Nguyễn Văn A` and `nguyen_van_a` are masked.
#[must_use]
pub fn mask_names(text: &str) -> String {
    let text: String = text.nfc().collect();
    let words = words(&text);
    let mut out = String::with_capacity(text.len());
    let (mut kept, mut at) = (0, 0);
    while at < words.len() {
        let Some(count) = name_at(&words, at) else {
            at += 1;
            continue;
        };
        let (from, (to, last)) = (words[at].0, words[at + count - 1]);
        out.push_str(&text[kept..from]);
        out.push('…');
        kept = to + last.len();
        at += count;
    }
    out.push_str(&text[kept..]);
    out
}

/// The words of a text, and where each begins.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut from = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (from, c.is_alphanumeric()) {
            (None, true) => from = Some(at),
            (Some(begun), false) => {
                words.push((begun, &text[begun..at]));
                from = None;
            }
            _ => {}
        }
    }
    words
}

/// How many words from here on are one person's name.
fn name_at(words: &[(usize, &str)], at: usize) -> Option<usize> {
    let word = |at: usize| words.get(at).map(|(_, word)| word.to_lowercase());
    let (family, middle, given) = (word(at)?, word(at + 1)?, word(at + 2)?);
    let is_plain = FAMILY_PLAIN.contains(&&*family)
        && matches!(&*middle, "van" | "thi")
        // A township: `thi tran Van Dinh`.
        && at.checked_sub(1).and_then(word).is_none_or(|before| text::fold(&before) != "thi");
    let is_name = is_plain || FAMILY.contains(&&*family) && matches!(&*middle, "văn" | "thị" | "van" | "thi");
    if !is_name || !given.chars().all(char::is_alphabetic) {
        return None;
    }
    let is_capital = |at: usize| words.get(at).is_some_and(|(_, word)| word.starts_with(char::is_uppercase));
    let is_small = words[at..at + 3].iter().any(|(_, word)| word.chars().any(char::is_lowercase));
    // A second given name, where capitals tell it from the words behind.
    Some(if is_small && is_capital(at + 2) && is_capital(at + 3) { 4 } else { 3 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_persons_name_in_the_name_of_a_file_is_masked_and_places_and_quantities_stay() {
        for (name, masked) in [
            ("Nguyễn Văn A do song.csv", "… do song.csv"),
            ("do_song_nguyen_van_binh_2026.csv", "do_song_…_2026.csv"),
            ("Lê Thị Minh Khai - xã Bình Lục.xlsx", "… - xã Bình Lục.xlsx"),
            ("TRAN THI HOA.csv", "….csv"),
            ("Nguye\u{302}\u{303}n Va\u{306}n A.csv", "….csv"),
            ("Đo vận tốc.csv", "Đo vận tốc.csv"),
            ("do van toc.csv", "do van toc.csv"),
            ("Khu đô thị Mỹ Đình.csv", "Khu đô thị Mỹ Đình.csv"),
            ("thi tran Van Dinh.csv", "thi tran Van Dinh.csv"),
            ("Phường Lê Hồng Phong.csv", "Phường Lê Hồng Phong.csv"),
            ("Trần Hưng Đạo.csv", "Trần Hưng Đạo.csv"),
            ("viettel_4G_20260331.csv", "viettel_4G_20260331.csv"),
            ("Nguyễn Văn 2.csv", "Nguyễn Văn 2.csv"),
            ("", ""),
        ] {
            assert_eq!(mask_names(name), masked);
        }
    }
}
