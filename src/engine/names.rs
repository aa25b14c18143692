//! Vietnamese place names: when two spellings name one place, and in what order they stand.
//!
//! People write `Xóm Một`, `xom 1` and `Xóm I`, put tone marks the old way or
//! the new, and leave the kind out. A name is folded until such spellings
//! agree; a spelling that agrees with its diacritics always wins over one that
//! only agrees folded, because `Trực Hưng` and `Trực Hùng` are two communes.
//! Where several places fit, all are named and none is chosen.

mod collate;
mod matcher;
mod number;
mod search;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

pub use collate::vietnamese_cmp;
pub use matcher::{Match, Matcher};
pub use search::{Finder, Fit};

/// Kinds that may stand before a name, folded, longest first.
const KINDS: [&[&str]; 16] = [
    &["to", "dan", "pho"],
    &["khu", "dan", "cu"],
    &["thi", "tran"],
    &["dac", "khu"],
    &["khu", "pho"],
    &["phuong"],
    &["thon"],
    &["lang"],
    &["xom"],
    &["tdp"],
    &["ban"],
    &["khu"],
    &["pho"],
    &["xa"],
    &["tt"],
    &["ap"],
];

/// Abbreviations that are only read as a kind when a dot follows: `P. Phủ Lý`.
const DOTTED_KINDS: [&str; 2] = ["x", "p"];

/// The spelling under which all spellings of one name meet: no marks, lower
/// case, one space between words, no leading kind, `y` as `i`, numerals as digits.
///
/// Empty only if the text has no letter and no digit.
#[must_use]
pub fn fold(text: &str) -> String {
    let words = words(text);
    let kind = kind_length(&words);
    let mut words = &words[kind..];
    if let [so, rest @ ..] = words
        && so.bare == "so"
        && !rest.is_empty()
        && (number::of_name(rest).is_some() || rest[0].is_digits())
    {
        words = rest;
    }
    match number::of_name(words) {
        Some(number) => number.to_string(),
        None => words
            .iter()
            .enumerate()
            .map(|(place, word)| folded(word, place + 1 == words.len()))
            .collect::<Vec<_>>()
            .join(" "),
    }
}

fn folded(word: &Word, last: bool) -> String {
    match number::of_word(word, last) {
        Some(number) => number.to_string(),
        None => word.bare.replace('y', "i"),
    }
}

/// The spelling under which texts meet that differ only in Unicode form, case,
/// spaces and where the tone mark stands (`Hoà Mạc`, `Hòa Mạc`). Marks are kept.
#[must_use]
pub fn exact_key(text: &str) -> String {
    let lower: String = repaired(text).nfc().flat_map(char::to_lowercase).collect();
    let words: Vec<String> = lower.nfc().collect::<String>().split_whitespace().map(old_tone_place).collect();
    words.join(" ")
}

/// The exact key without the kind, and the kind, folded, where there is one.
fn exact_name(text: &str) -> (String, Option<String>) {
    let words = words(text);
    let (kind, name) = words.split_at(kind_length(&words));
    let name: Vec<_> = name.iter().map(|word| old_tone_place(&word.marked)).collect();
    let kind = kind.iter().map(|word| match word.bare.as_str() {
        "x" => "xa",
        "p" => "phuong",
        "tt" => "thi tran",
        "tdp" => "to dan pho",
        whole => whole,
    });
    let kind = kind.collect::<Vec<_>>().join(" ");
    (name.join(" "), (!kind.is_empty()).then_some(kind))
}

/// One word in the forms that the rules need.
struct Word {
    /// NFC, as written.
    written: String,
    /// NFC, lower case.
    marked: String,
    /// Lower case without marks.
    bare: String,
    dot_follows: bool,
}

impl Word {
    fn is_digits(&self) -> bool {
        self.bare.bytes().all(|byte| byte.is_ascii_digit())
    }
}

/// Runs of letters and runs of digits: `TDP3` is two words. Signs only part words.
fn words(text: &str) -> Vec<Word> {
    let text: Vec<char> = repaired(text).nfc().collect();
    let mut words = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let alphabetic = |c: char| c.is_alphabetic() || is_combining_mark(c);
        let belongs: &dyn Fn(char) -> bool = match text[start] {
            c if alphabetic(c) => &alphabetic,
            c if c.is_numeric() => &char::is_numeric,
            _ => {
                start += 1;
                continue;
            }
        };
        let length = text[start..].iter().take_while(|c| belongs(**c)).count();
        let written: String = text[start..start + length].iter().collect();
        start += length;
        let marked: String = written.to_lowercase().nfc().collect();
        let bare = bare(&marked);
        if !bare.is_empty() {
            words.push(Word { written, marked, bare, dot_follows: text.get(start) == Some(&'.') });
        }
    }
    words
}

fn bare(marked: &str) -> String {
    let letters = marked.nfd().filter(|c| !is_combining_mark(*c));
    letters.map(|c| if c == 'đ' { 'd' } else { c }).collect()
}

/// `Ð` (U+00D0, Icelandic) looks like `Đ` and is what old keyboards typed.
fn repaired(text: &str) -> impl Iterator<Item = char> + Clone {
    text.chars().map(|c| match c {
        'Ð' | 'Ɖ' => 'Đ',
        'ð' | 'ɖ' => 'đ',
        c => c,
    })
}

/// How many words at the start name the kind; never all of them.
fn kind_length(words: &[Word]) -> usize {
    let begins =
        |kind: &&&[&str]| kind.len() < words.len() && kind.iter().zip(words).all(|(part, word)| *part == word.bare);
    if let Some(kind) = KINDS.iter().find(begins) {
        return kind.len();
    }
    let dotted = words.len() > 1 && words[0].dot_follows && DOTTED_KINDS.contains(&words[0].bare.as_str());
    usize::from(dotted)
}

/// Moves the tone of an open `oa`, `oe`, `uy` to its first vowel: `hoà` → `hòa`, `thuỷ` → `thủy`.
/// After `q` the `u` belongs to the consonant: `quý` stays. Expects NFC in lower case.
fn old_tone_place(word: &str) -> String {
    /// New and old spelling of the last two letters, tone by tone.
    const PLACES: [(&str, &str); 15] = [
        ("oà", "òa"),
        ("oá", "óa"),
        ("oả", "ỏa"),
        ("oã", "õa"),
        ("oạ", "ọa"),
        ("oè", "òe"),
        ("oé", "óe"),
        ("oẻ", "ỏe"),
        ("oẽ", "õe"),
        ("oẹ", "ọe"),
        ("uỳ", "ùy"),
        ("uý", "úy"),
        ("uỷ", "ủy"),
        ("uỹ", "ũy"),
        ("uỵ", "ụy"),
    ];
    // Signs may follow the syllable: `(Hoà)`, `Hoà,`.
    let end = word.rfind(char::is_alphabetic).map_or(0, |at| at + word[at..].chars().next().map_or(0, char::len_utf8));
    let (syllable, rest) = word.split_at(end);
    for (new, old) in PLACES {
        if let Some(before) = syllable.strip_suffix(new).filter(|before| !before.ends_with('q')) {
            return format!("{before}{old}{rest}");
        }
    }
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(fold(text), expected, "{text}");
        let nfd: String = text.nfd().collect();
        assert_eq!(fold(&nfd), expected, "{text} in NFD");
    }

    #[test]
    fn marks_case_and_spaces_go() {
        check("  Phủ   Lý ", "phu li");
        check("ĐỒNG VĂN", "dong van");
        check("Ðồng Văn", "dong van");
        check("Lí Nhân", "li nhan");
    }

    #[test]
    fn one_leading_kind_goes_and_never_the_whole_name() {
        for text in [
            "Xã Gia Vân",
            "xã gia vân",
            "X. Gia Vân",
            "X.Gia Vân",
            "P. Gia Vân",
            "Phường Gia Vân",
            "TT. Gia Vân",
            "TT Gia Vân",
            "Thị trấn Gia Vân",
        ] {
            check(text, "gia van");
        }
        for text in [
            "Thôn Đông",
            "xóm Đông",
            "TDP Đông",
            "Tổ dân phố Đông",
            "Bản Đông",
            "Khu Đông",
            "Phố Đông",
            "Làng Đông",
            "Ấp Đông",
        ] {
            check(text, "dong");
        }
        check("Thôn Xóm Đông", "xom dong");
        check("Phố", "pho");
        check("Tổ dân phố", "to dan pho");
        check("Thôn", "thon");
        check("X", "10");
        check("P Đông", "p dong");
    }

    #[test]
    fn numerals_are_digits_however_written() {
        for text in
            ["Xóm Một", "Xóm 1", "Xóm I", "xom mot", "Xóm 01", "Xóm số 1", "Xóm số một", "xóm i", "Xóm1", "XÓM MỘT"]
        {
            check(text, "1");
        }
        check("TDP số 3", "3");
        check("TDP3", "3");
        check("Tổ dân phố số Ba", "3");
        check("Xóm Mười", "10");
        check("Xóm X", "10");
        check("Xóm XIX", "19");
        check("Xóm Mười Hai", "12");
        check("Thôn Hai mươi", "20");
        check("Đông Hải IV", "dong hai 4");
        check("Xóm VI Đông", "vi dong");
        check("Xóm VII Đông", "7 dong");
        check("Thôn 3A", "3 a");
    }

    #[test]
    fn words_that_only_look_like_numbers_stay() {
        check("Xóm Nam", "nam");
        check("Xóm Năm", "5");
        check("Hai Bà Trưng", "hai ba trung");
        check("Vị Xuyên", "vi xuien");
        check("Thôn Vị", "vi");
        check("Ba Đình", "ba dinh");
        check("Thôn Tâm", "tam");
        check("Ý Yên", "i ien");
        check("Số Lượng", "so luong");
        check("Xóm 99999999999999999999", "99999999999999999999");
    }

    #[test]
    fn nothing_folds_to_nothing() {
        check("", "");
        check(" . - ", "");
    }

    #[test]
    fn the_exact_key_keeps_marks_and_not_their_place() {
        let same = |a: &str, b: &str| assert_eq!(exact_key(a), exact_key(b));
        same("Hoà Mạc", "Hòa Mạc");
        same("Thuỷ Lôi", "thủy  lôi");
        same("Khoẻ", "Khỏe");
        same("Đồng Hoá", "Ðồng Hóa");
        same("Nguyễn Uý", "Nguyễn Úy");
        same(&"Giao Thuỷ".nfd().collect::<String>(), "Giao Thủy");
        assert_eq!(exact_key("Hoà"), "hòa");
        assert_eq!(exact_key("Quý"), "quý");
        assert_eq!(exact_key("Hoàn (Hoà)"), "hoàn (hòa)");
        assert_ne!(exact_key("Trực Hưng"), exact_key("Trực Hùng"));
        assert_ne!(exact_key("Lý"), exact_key("Lí"));
    }

    proptest! {
        #[test]
        fn any_text_folds_alike_in_every_unicode_form(text in "[\\PC]{0,24}") {
            let nfd: String = text.nfd().collect();
            let nfc: String = text.nfc().collect();
            prop_assert_eq!(fold(&nfd), fold(&nfc));
            prop_assert_eq!(exact_key(&nfd), exact_key(&nfc));
        }

        #[test]
        fn a_name_with_a_letter_never_folds_to_nothing(text in "[A-Za-zĐđƠơÁ ỳẹ.0-9]{0,12}[a-zđơ][ .]{0,2}") {
            prop_assert!(!fold(&text).is_empty());
        }
    }
}
