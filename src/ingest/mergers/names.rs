//! Names of units as resolutions list them, one or many in a cell.
//!
//! `các xã A, B và thị trấn C` are three names; `một phần … của phường D (thị
//! xã E)` says how much of it went on and where it lay; `xã mới có tên gọi là xã
//! F` is one. What no unit is called stays as it stands, to be refused by name.

use crate::ingest::text;
use crate::model::admin::{Share, UnitCode};

/// A unit by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub name: String,
    /// The code behind the name, `Phường Phủ Lý (13285)`.
    pub code: Option<UnitCode>,
    pub district: Option<String>,
    /// How much of it, where the cell says so.
    pub share: Option<Share>,
}

/// What stands before the name of a unit in such a sentence.
const ABOUT: [&str; 7] = ["dien tich", "dan so", "toan bo", "mot phan", "phan con lai", "nguyen trang", "sap xep"];
const DISTRICTS: [&str; 8] = ["huyen ", "thi xa ", "thanh pho ", "quan ", "tp ", "tx ", "tp.", "tx."];
/// Longer than the names of two hundred units.
const MOST_BYTES: usize = 8 * 1024;

/// The names of units that ended, in their order: of a whole sentence those before `thành xã mới`.
pub(super) fn of_old(cell: &str) -> Vec<Named> {
    let cell = text::clean(cell);
    let made = [" thành xã ", " thành phường ", " thành thị trấn ", " thành đặc khu "];
    let end = made.iter().filter_map(|words| cell.find(words)).min().unwrap_or(cell.len());
    of_cell(&cell[..end])
}

/// The names of units that began: of a whole sentence what they are called.
pub(super) fn of_new(cell: &str) -> Vec<Named> {
    let cell = text::clean(cell);
    of_cell(cell.rsplit_once(" tên gọi là ").map_or(cell.as_str(), |(_, name)| name))
}

fn of_cell(cell: &str) -> Vec<Named> {
    if cell.len() > MOST_BYTES {
        return Vec::new();
    }
    let mut named: Vec<Named> = Vec::new();
    let (mut kind, mut share) = (None, None);
    for piece in pieces(cell) {
        let (piece, inside) = without_brackets(&piece);
        let folded = text::fold(&piece);
        if let Some(said) = share_of(&folded) {
            share = Some(said);
        }
        // `xã A, huyện B`.
        if DISTRICTS.iter().any(|word| folded.starts_with(word)) {
            named.iter_mut().filter(|one| one.district.is_none()).for_each(|one| one.district = Some(piece.clone()));
            continue;
        }
        let words: Vec<&str> = piece.split_whitespace().collect();
        let name = match (0..words.len()).find(|at| kind_at(&words, *at).is_some()) {
            Some(at) => {
                let several = words[..at].iter().any(|word| text::fold(word) == "cac");
                kind = kind_at(&words, at).filter(|_| several);
                words[at..].join(" ")
            }
            None if words.is_empty() || ABOUT.iter().any(|about| folded.contains(about)) => continue,
            None => kind.map_or_else(|| piece.clone(), |kind| format!("{kind} {piece}")),
        };
        let inside_folded = inside.as_deref().map(text::fold).unwrap_or_default();
        named.push(Named {
            name,
            code: inside.as_deref().filter(|inside| inside.len() == 5).and_then(|inside| inside.parse().ok()),
            district: inside
                .filter(|_| DISTRICTS.iter().any(|word| inside_folded.starts_with(word)))
                .and_then(|inside| Some(inside.split(',').next()?.trim().to_owned())),
            share: share_of(&inside_folded).or(share),
        });
    }
    named
}

/// Parts between commas, `;` and “và”, but for those in brackets.
fn pieces(cell: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut depth = 0_usize;
    let cell = cell.replace(" và ", ", ").replace(" Và ", ", ");
    for c in cell.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match (c, pieces.last_mut()) {
            (',' | ';' | '\n' | '+', _) if depth == 0 => pieces.push(String::new()),
            (_, Some(last)) => last.push(c),
            _ => {}
        }
    }
    pieces
}

/// A part without what stands in brackets, that, and nothing of what follows `sau khi`.
fn without_brackets(piece: &str) -> (String, Option<String>) {
    let piece = piece.split(" sau khi ").next().unwrap_or(piece);
    let clean = |text: &str| text.trim().trim_end_matches('.').trim().to_owned();
    match piece.split_once('(') {
        Some((name, rest)) => (clean(name), Some(clean(rest.split(')').next().unwrap_or(rest)))),
        None => (clean(piece), None),
    }
}

fn share_of(folded: &str) -> Option<Share> {
    let holds = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    if holds(&["mot phan", "phan con lai"]) {
        Some(Share::Part)
    } else if holds(&["toan bo", "nguyen trang"]) {
        Some(Share::Whole)
    } else {
        None
    }
}

/// The kind of unit that a word says, with its marks: `xa` may be a part of a name.
fn kind_at(words: &[&str], at: usize) -> Option<&'static str> {
    match (words.get(at)?.to_lowercase().as_str(), words.get(at + 1).map(|next| next.to_lowercase()).as_deref()) {
        ("xã", _) => Some("xã"),
        ("phường", _) => Some("phường"),
        ("thị", Some("trấn")) => Some("thị trấn"),
        ("đặc", Some("khu")) => Some("đặc khu"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cell: &str, expected: &[(&str, Option<&str>, Option<Share>)]) {
        let found = of_old(cell);
        let found: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.district.as_deref(), one.share)).collect();
        assert_eq!(found, expected, "{cell}");
    }

    #[test]
    fn a_cell_of_several_names_is_each_of_them() {
        check(
            "Xã Gia Thắng, xã Gia Tiến và thị trấn Me",
            &[("Xã Gia Thắng", None, None), ("xã Gia Tiến", None, None), ("thị trấn Me", None, None)],
        );
        check(
            "các xã A, B và thị trấn C; D",
            &[("xã A", None, None), ("xã B", None, None), ("thị trấn C", None, None), ("D", None, None)],
        );
        check("Phường Phủ Lý", &[("Phường Phủ Lý", None, None)]);
        check("", &[]);
        assert_eq!(of_cell("Phường Phủ Lý (13285)")[0].code.map(|code| code.to_string()).as_deref(), Some("13285"));
    }

    #[test]
    fn a_sentence_of_a_resolution_says_how_much_of_each_and_where_it_lay() {
        let (whole, part) = (Some(Share::Whole), Some(Share::Part));
        let sentence = "Sắp xếp toàn bộ diện tích tự nhiên, quy mô dân số của các xã Chuyên Ngoại, Trác Văn \
            và một phần diện tích tự nhiên, quy mô dân số của phường Quang Trung (thành phố Phủ Lý), phần còn lại của xã \
            Tiên Ngoại sau khi sắp xếp theo quy định tại khoản 102 Điều này thành phường mới có tên gọi là phường Duy Tiên.";
        assert_eq!(of_new(sentence).iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["phường Duy Tiên"]);
        check(
            sentence,
            &[
                ("xã Chuyên Ngoại", None, whole),
                ("xã Trác Văn", None, whole),
                ("phường Quang Trung", Some("thành phố Phủ Lý"), part),
                ("xã Tiên Ngoại", None, part),
            ],
        );
        check("xã Đông Sơn (một phần), huyện Kim Bảng", &[("xã Đông Sơn", Some("huyện Kim Bảng"), part)]);
    }

    #[test]
    fn no_cell_makes_it_panic() {
        for cell in ["(", ")", "((,", "và", " và , và ", "xã", "thị trấn", "các", "(13285", "tên gọi là ", " thành xã "]
        {
            of_old(cell);
            of_new(cell);
        }
    }
}
