//! Names of villages as offices shorten them, and which names are nearest to one that nobody bears.
//!
//! `Tổ 2`, `Tổ DP 2` and `TDP 2` are a `Tổ dân phố 2`, `KP 3` is a `Khu phố 3`: that is how people write, and within
//! one commune it names one village or is refused. A bare `Tổ` is never taken for a thôn of the same number.

use std::collections::BTreeSet;

use crate::engine::names;

/// Kinds of groups in a town, and what they are shortened to; folded, the longest first.
const KINDS: [(&str, &[&str]); 3] = [
    ("tdp", &["to dan pho", "to dp", "t d p", "tdp", "to"]),
    ("kp", &["khu pho", "k p", "kp"]),
    ("kdc", &["khu dan cu", "k d c", "kdc"]),
];
/// How the first word may be written: `Tô Hiệu` is a name and no group.
const FIRST: [&str; 8] = ["tổ", "to", "t", "tdp", "k", "khu", "kp", "kdc"];

/// The spelling under which a group meets its abbreviations; `None` for every other kind of name.
pub(super) fn group(name: &str) -> Option<String> {
    let written = names::exact_key(name);
    let first: String = written.chars().take_while(|c| c.is_alphabetic()).collect();
    if !FIRST.contains(&first.as_str()) {
        return None;
    }
    let folded = with_kind(name);
    let (kind, rest) = KINDS.iter().find_map(|(kind, ways)| {
        ways.iter().find_map(|way| Some((*kind, folded.strip_prefix(way)?.strip_prefix(' ')?)))
    })?;
    let rest = names::fold(&format!("tdp {rest}"));
    // Without its mark `to` may be another word, unless a number follows.
    let is_number = rest.starts_with(|c: char| c.is_ascii_digit());
    (first != "to" || is_number || folded.starts_with("to dan pho ") || folded.starts_with("to dp "))
        .then(|| format!("{kind} {rest}"))
}

/// Folded without losing the kind, which goes only from the beginning.
fn with_kind(name: &str) -> String {
    let folded = names::fold(&format!("q {name}"));
    folded.strip_prefix("q ").unwrap_or_default().to_owned()
}

/// How alike two names are, more for the nearer: the same number first, then how many pairs of letters they share.
pub(super) fn likeness(asked: &str, name: &str) -> (bool, u32) {
    let [asked, name] = [asked, name].map(with_kind);
    let number = |text: &str| {
        text.split(' ').find(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())).map(str::to_owned)
    };
    let same_number = number(&asked).is_some_and(|asked| number(&name) == Some(asked));
    let pairs = |text: &str| -> BTreeSet<(char, char)> { text.chars().zip(text.chars().skip(1)).collect() };
    let (a, b) = (pairs(&asked), pairs(&name));
    let common = a.intersection(&b).count();
    // Dice (1945), in thousandths.
    (same_number, u32::try_from(2000 * common / (a.len() + b.len()).max(1)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_known_by_its_abbreviations_and_nothing_else_is() {
        for name in [
            "Tổ dân phố 2",
            "TDP 2",
            "TDP2",
            "T.D.P 2",
            "Tổ DP 2",
            "TỔ DP SỐ 2",
            "Tổ 2",
            "tổ số 2",
            "to 2",
            "Tổ Hai",
            "Tổ dân phố số 02",
            "Tổ2",
        ] {
            assert_eq!(group(name).as_deref(), Some("tdp 2"), "{name}");
        }
        for name in ["KP 3", "Khu phố 3", "K.P 3", "khu pho so 3"] {
            assert_eq!(group(name).as_deref(), Some("kp 3"), "{name}");
        }
        assert_eq!(group("KDC Đông"), group("Khu dân cư Đông"));
        assert_eq!(group("Tổ dân phố Đông"), group("Tổ Đông"));
        for name in
            ["Tô Hiệu", "To Hieu", "Tố Hữu", "Thôn 2", "Xóm 2", "Khu 2", "Tổ", "", "Tổng Đoài", "Kim Bảng", "T 2"]
        {
            assert_eq!(group(name), None, "{name}");
        }
    }

    #[test]
    fn the_same_number_is_nearer_than_the_same_kind() {
        let mut names = ["Xóm 1", "Xóm 12", "Thôn 2", "Tổ dân phố 7", "Đông Hải"];
        names.sort_by_key(|name| std::cmp::Reverse(likeness("Xóm 2", name)));
        assert_eq!(names[..2], ["Thôn 2", "Xóm 1"]);
        assert_eq!(likeness("", ""), (false, 0));
    }
}
