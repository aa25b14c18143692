//! Search as one types: which names fit a text that is not finished yet.
//!
//! Marks that were typed count for more than marks that were not, a whole name
//! for more than a beginning, a beginning for more than a middle. Numerals are
//! only read as numbers in a whole name: whoever types `v` has begun a word and
//! does not ask for `Xóm 5`.

use super::{exact_key, exact_name, fold, words};

/// How well a name fits, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// The whole name, marks included, with or without its kind.
    Exact,
    /// The whole name in another spelling.
    Folded,
    /// The beginning of the name, marks included.
    Begins,
    /// The beginning of the name without regard to marks.
    BeginsFolded,
    /// The beginning of a later word.
    BeginsWord,
    /// Every word that was typed begins a word of the name or of what stands around it: `thanh son kim bang`.
    WithSurroundings,
    /// Somewhere inside a word; from three letters on.
    Inside,
}

/// Names ready to be searched. Answers are places in the order in which they were given.
#[derive(Clone, Debug, Default)]
pub struct Finder {
    names: Vec<Name>,
}

#[derive(Clone, Debug)]
struct Name {
    /// Exact keys with and without the kind.
    written: String,
    marked: String,
    folded: String,
    /// Without marks, kind and numerals left as they are, a space before each word.
    plain: String,
    plain_name: String,
    /// `plain` and what stands around the name.
    surroundings: String,
}

impl Finder {
    /// Each name with what stands around it: a district, a commune; empty for nothing.
    pub fn new<'a>(names: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let names = names.into_iter().map(|(name, around)| {
            let (marked, _) = exact_name(name);
            let plain = plain(name);
            Name {
                written: exact_key(name),
                plain_name: plain_of_marked(&marked),
                marked,
                folded: fold(name),
                surroundings: format!("{plain}{}", self::plain(around)),
                plain,
            }
        });
        Self { names: names.collect() }
    }

    /// The names that fit, each with how well. A text without letter or digit fits nothing.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<(usize, Fit)> {
        let asked = Asked::new(text);
        if asked.plain.is_empty() {
            return Vec::new();
        }
        self.names.iter().enumerate().filter_map(|(place, name)| Some((place, asked.fit(name)?))).collect()
    }
}

struct Asked {
    written: String,
    marked: String,
    folded: String,
    plain: String,
    /// Digits were typed as digits.
    numbered: bool,
    /// One or two letters that may be a Roman numeral and are more likely the beginning of a word.
    begun: bool,
    letters: usize,
}

impl Asked {
    fn new(text: &str) -> Self {
        let written = exact_key(text);
        let folded = fold(text);
        let plain = plain(text);
        let numbered = plain.contains(|c: char| c.is_ascii_digit());
        let letters = plain.chars().filter(|c| *c != ' ').count();
        let begun = !numbered && letters <= 2;
        Self { marked: exact_name(text).0, written, folded, plain, numbered, begun, letters }
    }

    fn fit(&self, name: &Name) -> Option<Fit> {
        if self.written == name.written || self.written == name.marked {
            return Some(Fit::Exact);
        }
        let same = !self.begun && self.folded == name.folded;
        if same || self.marked == name.marked || self.plain == name.plain || self.plain == name.plain_name {
            return Some(Fit::Folded);
        }
        if name.written.starts_with(&self.written) || name.marked.starts_with(&self.written) {
            return Some(Fit::Begins);
        }
        let begins = name.plain.starts_with(&self.plain) || name.plain_name.starts_with(&self.plain);
        if begins || (self.numbered && name.folded.starts_with(&self.folded)) {
            return Some(Fit::BeginsFolded);
        }
        if name.plain.contains(&self.plain) {
            return Some(Fit::BeginsWord);
        }
        if each_begins_a_word_of_its_own(&self.plain, &name.surroundings) {
            return Some(Fit::WithSurroundings);
        }
        (self.letters >= 3 && name.plain.contains(self.plain.trim_start())).then_some(Fit::Inside)
    }
}

/// The longest word chooses first: `chau c` is not `chau son`.
fn each_begins_a_word_of_its_own(typed: &str, text: &str) -> bool {
    let mut words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    let mut typed: Vec<&str> = typed.split(' ').filter(|word| !word.is_empty()).collect();
    typed.sort_by_key(|word| std::cmp::Reverse(word.len()));
    typed.iter().all(|begin| match words.iter().position(|word| word.starts_with(begin)) {
        Some(place) => {
            words.swap_remove(place);
            true
        }
        None => false,
    })
}

/// ` phuong phu li`: each word with a space before it, so that a word's beginning can be looked for.
fn plain(text: &str) -> String {
    words(text).iter().map(|word| format!(" {}", word.bare.replace('y', "i"))).collect()
}

fn plain_of_marked(marked: &str) -> String {
    marked
        .split(' ')
        .filter(|word| !word.is_empty())
        .map(|word| format!(" {}", super::bare(word).replace('y', "i")))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    const NAMES: [(&str, &str); 8] = [
        ("Phường Châu Cầu", "Thành phố Phủ Lý"),
        ("Phường Phủ Lý", ""),
        ("Xã Thanh Sơn", "Huyện Kim Bảng"),
        ("Xã Châu Sơn", "Huyện Duy Tiên"),
        ("Xã Vũ Bản", ""),
        ("Xóm Một", "Xã Vũ Bản"),
        ("Xóm 5", "Xã Vũ Bản"),
        ("Phường Hòa Mạc", ""),
    ];

    /// Names that fit, best first.
    fn check(text: &str, expected: &[(&str, Fit)]) {
        let finder = Finder::new(NAMES);
        for text in [text.to_owned(), text.nfd().collect()] {
            let mut found = finder.find(&text);
            found.sort_by_key(|(place, fit)| (*fit, *place));
            let found: Vec<_> = found.into_iter().map(|(place, fit)| (NAMES[place].0, fit)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn a_whole_name_is_found_with_and_without_its_marks_and_kind() {
        check("Châu Cầu", &[("Phường Châu Cầu", Fit::Exact)]);
        check("phường châu cầu", &[("Phường Châu Cầu", Fit::Exact)]);
        check("chau cau", &[("Phường Châu Cầu", Fit::Folded)]);
        check("P. Chau Cau", &[("Phường Châu Cầu", Fit::Folded)]);
        check("hoà mạc", &[("Phường Hòa Mạc", Fit::Exact)]);
    }

    #[test]
    fn a_beginning_is_found_and_typed_marks_count() {
        check("châu c", &[("Phường Châu Cầu", Fit::Begins)]);
        check("chau", &[("Phường Châu Cầu", Fit::BeginsFolded), ("Xã Châu Sơn", Fit::BeginsFolded)]);
        check("phuong ph", &[("Phường Phủ Lý", Fit::BeginsFolded), ("Phường Châu Cầu", Fit::WithSurroundings)]);
        check("Lý", &[("Phường Phủ Lý", Fit::BeginsWord), ("Phường Châu Cầu", Fit::WithSurroundings)]);
    }

    #[test]
    fn a_word_of_the_surroundings_narrows() {
        check("thanh son kim bang", &[("Xã Thanh Sơn", Fit::WithSurroundings)]);
        check("son duy", &[("Xã Châu Sơn", Fit::WithSurroundings)]);
    }

    #[test]
    fn numerals_are_numbers_in_whole_names_only() {
        check("xom 1", &[("Xóm Một", Fit::Folded)]);
        check("Xóm năm", &[("Xóm 5", Fit::Folded)]);
        check("v", &[("Xã Vũ Bản", Fit::Begins), ("Xóm Một", Fit::WithSurroundings), ("Xóm 5", Fit::WithSurroundings)]);
    }

    #[test]
    fn nothing_finds_nothing() {
        check("", &[]);
        check(" - ", &[]);
        check("Paris", &[]);
    }

    proptest! {
        #[test]
        fn every_beginning_of_a_name_finds_it(place in 0usize..8, length in 1usize..20) {
            let typed: String = NAMES[place].0.chars().take(length).collect();
            let found = Finder::new(NAMES).find(&typed);
            prop_assert!(found.iter().any(|(other, _)| *other == place), "{typed}");
        }

        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,40}") {
            let _ = Finder::new(NAMES).find(&text);
        }
    }
}
