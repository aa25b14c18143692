//! Numerals in names: `Xóm Một`, `Xóm I`, `Xóm 01`.
//!
//! Most Vietnamese numerals are also words of other names, above all without
//! their marks: `Xóm Nam` is the south hamlet and `Xóm Năm` the fifth. A word
//! is read as a number only where nothing else is likely.

use super::Word;

/// What the words of a whole name say, if they are one number and nothing else: 1 to 99.
pub(super) fn of_name(words: &[Word]) -> Option<u32> {
    let digit = |word: &Word| spoken(&word.marked, &word.bare);
    match words {
        [one] => digit(one),
        [ten, unit] if is_ten(ten) => match unit.marked.as_str() {
            "lăm" => Some(15),
            _ => digit(unit).filter(|unit| *unit < 10).map(|unit| 10 + unit),
        },
        [tens, ten] if ten.marked == "mươi" || ten.bare == "muoi" => {
            digit(tens).filter(|tens| (2..10).contains(tens)).map(|tens| tens * 10)
        }
        [tens, ten, unit] if ten.marked == "mươi" || ten.bare == "muoi" => {
            let unit = match unit.marked.as_str() {
                "mốt" => Some(1),
                "tư" => Some(4),
                "lăm" => Some(5),
                _ => digit(unit),
            };
            let tens = digit(tens).filter(|tens| (2..10).contains(tens))?;
            unit.filter(|unit| *unit < 10).map(|unit| tens * 10 + unit)
        }
        _ => None,
    }
}

fn is_ten(word: &Word) -> bool {
    word.marked == "mười" || word.marked == "muoi"
}

/// What one word among others says: digits without leading zeros, a Roman
/// numeral, or, at the end of the name, a spoken numeral that is no common syllable.
pub(super) fn of_word(word: &Word, last: bool) -> Option<String> {
    if word.is_digits() {
        let digits = word.bare.trim_start_matches('0');
        return Some(if digits.is_empty() { "0" } else { digits }.to_owned());
    }
    if let Some(number) = roman(word, last) {
        return Some(number.to_string());
    }
    let among_others = !matches!(word.bare.as_str(), "hai" | "ba");
    (last && among_others).then(|| spoken(&word.marked, &word.bare))?.map(|number| number.to_string())
}

/// I to XX, in one case and without marks: `Vị` and `Vi` are syllables. `VI`
/// and `XI` are syllables too in a text without marks, so they count only at the end.
fn roman(word: &Word, last: bool) -> Option<u32> {
    const ROMAN: [&str; 20] = [
        "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii",
        "xviii", "xix", "xx",
    ];
    let written = word.written.as_str();
    let one_case = written == written.to_uppercase() || written == written.to_lowercase();
    if !written.is_ascii() || !one_case || (!last && matches!(word.bare.as_str(), "vi" | "xi")) {
        return None;
    }
    let place = ROMAN.iter().position(|numeral| *numeral == word.bare)?;
    u32::try_from(place + 1).ok()
}

/// With marks any of the ten; without marks only those that are hardly ever anything else.
fn spoken(marked: &str, bare: &str) -> Option<u32> {
    let exact = match marked {
        "một" => 1,
        "hai" => 2,
        "ba" => 3,
        "bốn" => 4,
        "năm" => 5,
        "sáu" => 6,
        "bảy" | "bẩy" => 7,
        "tám" => 8,
        "chín" => 9,
        "mười" => 10,
        _ => 0,
    };
    let plain = match bare {
        "mot" if marked == bare => 1,
        "bon" if marked == bare => 4,
        "chin" if marked == bare => 9,
        "muoi" if marked == bare => 10,
        _ => 0,
    };
    [exact, plain].into_iter().find(|number| *number > 0)
}
