//! What an outcome, a yes and a signal seen on a phone are called, in both languages and by a profile.

use crate::ingest::profile::VisitsProfile;
use crate::ingest::text;
use crate::model::signal_seen::SignalSeen;
use crate::model::visit::VisitResult;

/// What a result is called.
pub(super) fn result(word: &str, profile: Option<&VisitsProfile>) -> Option<VisitResult> {
    if let Some(known) = profile.and_then(|profile| profile.results.get(word.as_bytes())) {
        return Some(known);
    }
    let folded = text::fold(word);
    let folded = folded.trim_end_matches(['.', '!', ';', ',', ' ']);
    VisitResult::from_code(&folded.replace([' ', '-'], "_")).or(match folded {
        "da huong dan"
        | "da duoc huong dan"
        | "huong dan"
        | "xong"
        | "da xong"
        | "hoan thanh"
        | "da hoan thanh"
        | "da huong dan xong"
        | "da duoc huong dan xong"
        | "huong dan xong"
        | "da hd"
        | "da hd xong"
        | "hd xong"
        | "huong dan thanh cong"
        | "da huong dan thanh cong"
        | "thanh cong"
        | "da thuc hien"
        | "da thuc hien xong" => Some(VisitResult::Guided),
        "huong dan mot phan" | "da huong dan mot phan" | "mot phan" | "partly guided" => Some(VisitResult::Partly),
        "vang nha"
        | "di vang"
        | "vang"
        | "khong co nha"
        | "khong co o nha"
        | "khong co ai o nha"
        | "khong co nguoi o nha"
        | "khong gap"
        | "khong gap ai"
        | "khong gap chu nha"
        | "vang chu"
        | "vang chu nha"
        | "chu nha di vang"
        | "khong ai o nha"
        | "di lam"
        | "di lam xa"
        | "di lam an xa"
        | "khoa cua"
        | "cua khoa"
        | "nha khoa cua"
        | "nha dong cua"
        | "nobody home"
        | "no one home"
        | "not at home" => Some(VisitResult::NotHome),
        "tu choi" | "tu choi tiep" | "tu choi huong dan" | "khong hop tac" | "khong dong y" => {
            Some(VisitResult::Refused)
        }
        "chuyen di"
        | "da chuyen di"
        | "nha bo trong"
        | "bo trong"
        | "da chuyen di, nha bo trong"
        | "chuyen di hoac nha trong"
        | "moved away or empty" => Some(VisitResult::MovedOrEmpty),
        "khong phai nha o" | "not a home" => Some(VisitResult::NotResidential),
        "khong tiep can duoc" | "khong vao duoc" | "could not be reached" | "out of reach" => {
            Some(VisitResult::Inaccessible)
        }
        "hen lai" | "hen" | "hen den lai" | "hen quay lai" | "hen lai sau" | "hen lan sau" | "hen hom khac"
        | "hen ngay khac" | "de sau" | "come back later" => Some(VisitResult::Later),
        _ => None,
    })
}

/// A yes under a heading that asks whether somebody was guided. A no does not say how the visit ended.
pub(super) fn is_yes(word: &str) -> bool {
    let folded = text::fold(word);
    matches!(
        folded.trim_end_matches('.'),
        "co" | "x" | "yes" | "y" | "true" | "ok" | "dat" | "roi" | "da" | "✓" | "√" | "✔"
    )
}

/// Whether a word says yes; `None` for one that says neither.
pub(super) fn supervision(word: &str) -> Option<bool> {
    match text::fold(word).as_str() {
        "yes" | "y" | "true" | "1" | "x" | "co" | "kiem tra lai" | "phuc tra" | "giam sat" | "supervision" => {
            Some(true)
        }
        "" | "-" | "no" | "n" | "false" | "0" | "khong" => Some(false),
        _ => None,
    }
}

/// What was seen on a phone.
pub(super) fn seen(word: &str, profile: Option<&VisitsProfile>) -> Option<SignalSeen> {
    profile.and_then(|profile| profile.seen.get(word.as_bytes())).or(match text::fold(word).as_str() {
        "none" | "khong" | "no" | "khong co song" | "mat song" | "0" => Some(SignalSeen::None),
        "weak" | "yeu" | "song yeu" | "yeu, chap chon" | "chap chon" | "1" => Some(SignalSeen::Weak),
        "ok" | "good" | "usable" | "tot" | "co" | "yes" | "co song" | "song tot" | "dung duoc" | "2" => {
            Some(SignalSeen::Ok)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::language::Language;

    #[test]
    fn every_word_that_a_refusal_offers_is_understood() {
        for one in VisitResult::ALL {
            for language in [Language::Vi, Language::En] {
                assert_eq!(result(one.word(language), None), Some(one), "{}", one.word(language));
            }
        }
    }

    #[test]
    fn words_of_village_lists_are_understood_where_their_meaning_is_plain() {
        for (word, expected) in [
            ("Đã HD", Some(VisitResult::Guided)),
            ("đã hd.", Some(VisitResult::Guided)),
            ("Hướng dẫn thành công", Some(VisitResult::Guided)),
            ("Thành công", Some(VisitResult::Guided)),
            ("Đã thực hiện", Some(VisitResult::Guided)),
            ("Vắng chủ", Some(VisitResult::NotHome)),
            ("Đi làm ăn xa", Some(VisitResult::NotHome)),
            ("Nhà khóa cửa", Some(VisitResult::NotHome)),
            ("Nhà khoá cửa", Some(VisitResult::NotHome)),
            ("Hẹn lần sau", Some(VisitResult::Later)),
            // Nobody knows what they mean of the visit.
            ("Có", None),
            ("OK", None),
            ("Đạt", None),
            ("Đã biết", None),
            ("Đã cài VNeID", None),
            ("Chưa hướng dẫn", None),
            ("Không hướng dẫn", None),
        ] {
            assert_eq!(result(word, None), expected, "{word}");
        }
    }

    #[test]
    fn every_word_of_the_page_for_an_outcome_is_understood() {
        for text in [include_str!("../../../web/src/i18n/vi.json"), include_str!("../../../web/src/i18n/en.json")] {
            let words: serde_json::Value = serde_json::from_str(text).unwrap();
            for one in VisitResult::ALL {
                let word = words[format!("result_{}", one.code())].as_str().unwrap();
                assert_eq!(result(word, None), Some(one), "{word}");
            }
        }
    }
}
