//! Finds the place that a written name means.
//!
//! Three rounds, from strict to lenient; the first that finds anything
//! decides: the text as written, the name with its marks but without the kind,
//! the folded name. When several places fit, all come back and none is chosen.

use std::collections::HashMap;

use super::{exact_key, exact_name, fold};

/// What a written name means among the names known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match<T> {
    /// Spelt the same, marks included.
    Exact(T),
    /// The same once folded, or the same name under another kind.
    Folded(T),
    /// Several fit equally well, in the order in which they were given.
    Ambiguous(Vec<T>),
    /// None fits; up to three that are spelt nearly so, nearest first.
    None { near: Vec<T> },
}

/// Names and what they stand for. One thing may have several names.
#[derive(Clone, Debug)]
pub struct Matcher<T> {
    entries: Vec<Entry<T>>,
    /// Indices of entries by each spelling.
    written: HashMap<String, Vec<usize>>,
    named: HashMap<String, Vec<usize>>,
    folded: HashMap<String, Vec<usize>>,
}

#[derive(Clone, Debug)]
struct Entry<T> {
    value: T,
    kind: Option<String>,
    folded: Vec<char>,
}

const MOST_SUGGESTIONS: usize = 3;

impl<T: Clone + PartialEq> Matcher<T> {
    /// Names without a letter or digit are left out: they would fit every blank.
    pub fn new(names: impl IntoIterator<Item = (impl AsRef<str>, T)>) -> Self {
        let mut matcher =
            Self { entries: Vec::new(), written: HashMap::new(), named: HashMap::new(), folded: HashMap::new() };
        for (name, value) in names {
            let name = name.as_ref();
            let folded = fold(name);
            if folded.is_empty() {
                continue;
            }
            let index = matcher.entries.len();
            let (marked, kind) = exact_name(name);
            matcher.entries.push(Entry { value, kind, folded: folded.chars().collect() });
            matcher.written.entry(exact_key(name)).or_default().push(index);
            matcher.named.entry(marked).or_default().push(index);
            matcher.folded.entry(folded).or_default().push(index);
        }
        matcher
    }

    #[must_use]
    pub fn find(&self, text: &str) -> Match<T> {
        self.find_among(text, |_| true)
    }

    /// As [`Matcher::find`], as if only the names of what `keep` accepts were known.
    pub fn find_among(&self, text: &str, keep: impl Fn(&T) -> bool) -> Match<T> {
        let kept = |found: Option<&Vec<usize>>| -> Vec<usize> {
            found.into_iter().flatten().copied().filter(|index| keep(&self.entries[*index].value)).collect()
        };
        let written = kept(self.written.get(&exact_key(text)));
        if !written.is_empty() {
            return self.one_of(&written, Match::Exact);
        }
        let (marked, kind) = exact_name(text);
        let found = kept(self.named.get(&marked));
        if !found.is_empty() {
            let kinds_differ = |index: &usize| {
                self.entries[*index].kind.as_ref().is_some_and(|own| kind.as_ref().is_some_and(|asked| own != asked))
            };
            // `Xã Phủ Lý` is not quite `Phường Phủ Lý`.
            let (others, same): (Vec<usize>, Vec<usize>) = found.into_iter().partition(kinds_differ);
            return match same.is_empty() {
                false => self.one_of(&same, Match::Exact),
                true => self.one_of(&others, Match::Folded),
            };
        }
        let folded = fold(text);
        let found = kept(self.folded.get(&folded));
        if found.is_empty() {
            Match::None { near: self.near(&folded, keep) }
        } else {
            self.one_of(&found, Match::Folded)
        }
    }

    fn one_of(&self, found: &[usize], one: impl Fn(T) -> Match<T>) -> Match<T> {
        let mut values: Vec<T> = Vec::new();
        for value in found.iter().map(|index| &self.entries[*index].value) {
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
        match values.len() {
            1 => one(values.remove(0)),
            _ => Match::Ambiguous(values),
        }
    }

    /// A third of the letters may differ: more is another name.
    fn near(&self, folded: &str, keep: impl Fn(&T) -> bool) -> Vec<T> {
        let asked: Vec<char> = folded.chars().collect();
        let most = asked.len() / 3;
        if most == 0 {
            return Vec::new();
        }
        let mut close: Vec<(usize, usize)> = Vec::new();
        for (index, entry) in self.entries.iter().enumerate() {
            if entry.folded.len().abs_diff(asked.len()) <= most && keep(&entry.value) {
                let distance = edits(&asked, &entry.folded);
                if distance <= most {
                    close.push((distance, index));
                }
            }
        }
        close.sort_unstable();
        let mut near: Vec<T> = Vec::new();
        for value in close.into_iter().map(|(_, index)| &self.entries[index].value) {
            if near.len() < MOST_SUGGESTIONS && !near.contains(value) {
                near.push(value.clone());
            }
        }
        near
    }
}

/// Letters to put in, take out or exchange (Levenshtein 1966).
fn edits(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let exchanged = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = exchanged.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    const NAMES: [&str; 9] = [
        "Phường Phủ Lý",
        "Trực Hưng",
        "Trực Hùng",
        "Xã Quang Trung",
        "Phường Quang Trung",
        "Hòa Mạc",
        "Xóm 1",
        "Xóm Nam",
        "Lý Nhân",
    ];

    fn check(text: &str, expected: Match<&str>) {
        let matcher = Matcher::new(NAMES.map(|name| (name, name)));
        assert_eq!(matcher.find(text), expected, "{text}");
        let nfd: String = text.nfd().collect();
        assert_eq!(matcher.find(&nfd), expected, "{text} in NFD");
    }

    #[test]
    fn a_name_with_its_marks_is_exact() {
        check("phường  phủ lý", Match::Exact("Phường Phủ Lý"));
        check("Phủ Lý", Match::Exact("Phường Phủ Lý"));
        check("P. Phủ Lý", Match::Exact("Phường Phủ Lý"));
        check("Hoà Mạc", Match::Exact("Hòa Mạc"));
        check("Thị trấn Hoà Mạc", Match::Exact("Hòa Mạc"));
        check("xom nam", Match::Exact("Xóm Nam"));
    }

    #[test]
    fn marks_tell_apart_what_folds_alike() {
        check("Trực Hưng", Match::Exact("Trực Hưng"));
        check("Xã Trực Hùng", Match::Exact("Trực Hùng"));
        check("Truc Hung", Match::Ambiguous(vec!["Trực Hưng", "Trực Hùng"]));
    }

    #[test]
    fn the_kind_tells_apart_what_is_named_alike() {
        check("Xã Quang Trung", Match::Exact("Xã Quang Trung"));
        check("P. Quang Trung", Match::Exact("Phường Quang Trung"));
        check("Quang Trung", Match::Ambiguous(vec!["Xã Quang Trung", "Phường Quang Trung"]));
        check("Xã Phủ Lý", Match::Folded("Phường Phủ Lý"));
    }

    #[test]
    fn other_spellings_of_one_name_are_folded() {
        check("phu ly", Match::Folded("Phường Phủ Lý"));
        check("Lí Nhân", Match::Folded("Lý Nhân"));
        check("Xóm Một", Match::Folded("Xóm 1"));
        check("xom I", Match::Folded("Xóm 1"));
        check("Xóm Năm", Match::None { near: vec![] });
    }

    #[test]
    fn a_slip_of_the_pen_suggests_and_does_not_choose() {
        check("Quang Trug", Match::None { near: vec!["Xã Quang Trung", "Phường Quang Trung"] });
        check("Paris", Match::None { near: vec![] });
        check("", Match::None { near: vec![] });
    }

    #[test]
    fn two_names_of_one_thing_are_not_ambiguous() {
        let matcher = Matcher::new([("Thôn Đông", 7), ("Xóm Đông", 7), ("Đông", 7)]);
        assert_eq!(matcher.find("dong"), Match::Folded(7));
    }

    #[test]
    fn edits_are_counted() {
        let count = |a: &str, b: &str| edits(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        assert_eq!((count("kitten", "sitting"), count("", "abc"), count("abc", "abc")), (3, 3, 0));
    }
}
