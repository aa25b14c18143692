//! Taking back an import: what goes, what stays, and why it may not be done.
//!
//! Only what an import brought itself goes. Where it wrote over what was there before, or where others built upon it,
//! the state before it is not known any more, and nothing is pretended.

use jiff::Timestamp;
use jiff::civil::Date;

use super::import::{ImportKind, ImportRecord};
use super::language::Language;
use super::operator::Operator;

/// What taking back an import takes out, or would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakingBack {
    pub import: ImportRecord,
    /// Rows that go.
    pub rows: u64,
    /// Rows of it that stay: their term has ended, and nothing tells them apart any more.
    pub kept: u64,
    /// Rows of it that are another's by now or have left the store: a later file changed them, or they were erased.
    pub elsewhere: u64,
    /// Local days of the rows that go; 0 of a kind without days.
    pub days: u64,
    pub first: Option<Date>,
    pub last: Option<Date>,
    /// Rows that go by network, of kinds that have one.
    pub operators: Vec<(Operator, u64)>,
    /// Later imports that found rows known because this one had brought them, oldest first.
    pub later: Vec<LaterImport>,
}

/// A later import whose file holds rows of this one, or may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaterImport {
    pub id: i64,
    /// `None`: its name is not for this reader.
    pub file: Option<String>,
    /// Rows, at most so many where they were not written down by import.
    pub rows: u64,
    pub is_exact: bool,
}

/// Why an import cannot be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    NoSuchImport(i64),
    Already(Timestamp),
    /// Acts, visits and verdicts rest on the register and the boundaries.
    BuiltUpon(ImportKind),
    /// Values that it wrote over are not in the store any more.
    Replaced {
        rows: u64,
    },
    /// Sites that it took out are not in the store any more; `None`: nobody wrote down whether it did.
    TookOut {
        sites: Option<u64>,
    },
    /// People decided about visits that it brought.
    Decided {
        visits: u64,
    },
    /// Visits of it count for another commune by now than that of whoever brought it.
    OfOthers {
        visits: u64,
    },
    /// It told what the server of forms decided about visits that others brought.
    DecidedElsewhere {
        visits: u64,
    },
    /// All of its rows that are left have passed their term.
    PastTerm {
        rows: u64,
    },
    /// No row of it is left: it brought none, or all are another's by now.
    NothingLeft,
}

impl Obstacle {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoSuchImport(_) => "no_such_import",
            Self::Already(_) => "taken_back_already",
            Self::BuiltUpon(_) => "built_upon",
            Self::Replaced { .. } => "replaced",
            Self::TookOut { .. } => "took_out",
            Self::Decided { .. } => "decided",
            Self::OfOthers { .. } => "of_others",
            Self::DecidedElsewhere { .. } => "decided_elsewhere",
            Self::PastTerm { .. } => "past_term",
            Self::NothingLeft => "nothing_left",
        }
    }

    #[must_use]
    pub fn message(self, language: Language) -> String {
        let said = |vi: String, en: String| language.pick(vi, en);
        match self {
            Self::NoSuchImport(id) => said(format!("không có lần nhập số {id}"), format!("there is no import {id}")),
            Self::Already(at) => {
                let at = super::measure::local_day(at);
                said(
                    format!("lần nhập này đã được rút lại ngày {}", at.strftime("%d/%m/%Y")),
                    format!("this import was taken back on {at}"),
                )
            }
            Self::BuiltUpon(kind) => said(
                format!("không rút lại được {}: lượt thăm và các lần sửa danh bạ đã dựa vào đó", kind.name(language)),
                format!("an import of {kind} cannot be taken back: visits and acts on the register rest on it"),
            ),
            Self::Replaced { rows } => said(
                format!(
                    "lần nhập này đã ghi đè {rows} dòng có từ trước; giá trị cũ của các dòng đó không còn trong kho"
                ),
                format!("this import wrote over {rows} earlier rows, whose values are not in the store any more"),
            ),
            Self::TookOut { sites: Some(sites) } => said(
                format!("lần nhập này đã bỏ {sites} trạm của danh sách trước; các trạm đó không còn trong kho"),
                format!("this import took out {sites} sites of earlier lists, which are not in the store any more"),
            ),
            Self::TookOut { sites: None } => said(
                "lần nhập này có thể đã bỏ trạm của danh sách trước; khi đó kho chưa ghi lại điều này".to_owned(),
                "this import may have taken out sites of earlier lists: that was not written down then".to_owned(),
            ),
            Self::Decided { visits } => said(
                format!("đã có người duyệt hoặc loại {visits} lượt thăm của lần nhập này"),
                format!("{visits} visits of this import were accepted or rejected by somebody"),
            ),
            Self::OfOthers { visits } => said(
                format!("{visits} lượt thăm của lần nhập này nay thuộc xã, phường khác"),
                format!("{visits} visits of this import are of another commune by now"),
            ),
            Self::DecidedElsewhere { visits } => said(
                format!("lần nhập này còn báo quyết định của máy chủ phiếu về {visits} lượt thăm của lần nhập khác"),
                format!("this import also told decisions of the form server about {visits} visits of other imports"),
            ),
            Self::PastTerm { rows } => said(
                format!("{rows} dòng của lần nhập này đã quá thời hạn lưu, không còn phân biệt được với dòng khác"),
                format!("{rows} rows of this import are past their term: nothing tells them apart any more"),
            ),
            Self::NothingLeft => said(
                "không còn dòng nào của lần nhập này trong kho".to_owned(),
                "no row of this import is left in the store".to_owned(),
            ),
        }
    }

    /// What to do instead.
    #[must_use]
    pub fn hint(self, language: Language) -> Option<&'static str> {
        Some(match self {
            Self::NoSuchImport(_) => {
                language.pick("xem số trong danh sách các lần nhập", "the list of imports says which there are")
            }
            Self::Already(_) => language.pick(
                "tệp đó nhập lại được, các dòng lại là dòng mới",
                "the file can be imported again, and its rows are new again",
            ),
            Self::BuiltUpon(ImportKind::Villages) => language.pick(
                "đóng, gộp hoặc sửa từng thôn trong danh bạ",
                "close, merge or correct the villages in the register",
            ),
            Self::BuiltUpon(_) => language.pick(
                "nhập tệp đúng: đơn vị có cùng mã và ngày được thay bằng dòng mới",
                "import the right file: units with the same code and day are replaced",
            ),
            Self::Replaced { .. } => language.pick(
                "nhập lại tệp trước đó: các dòng của tệp ấy thay cho dòng này",
                "import the earlier file again: its rows take the place of these",
            ),
            Self::TookOut { .. } => language.pick(
                "nhập danh sách trạm đúng, nêu rõ đó là toàn bộ danh sách của mạng",
                "import the right list of sites, stated to be the whole of its networks",
            ),
            Self::Decided { .. } | Self::DecidedElsewhere { .. } => language.pick(
                "loại các lượt thăm sai trong mục duyệt: chúng không được tính nữa",
                "reject the visits that are wrong where visits are reviewed: they count nowhere then",
            ),
            Self::OfOthers { .. } => language.pick("nhờ Sở rút lại", "ask the department to take it back"),
            Self::PastTerm { .. } | Self::NothingLeft => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_obstacle_says_why_in_both_languages() {
        let all = [
            Obstacle::NoSuchImport(7),
            Obstacle::Already(Timestamp::UNIX_EPOCH),
            Obstacle::BuiltUpon(ImportKind::Villages),
            Obstacle::BuiltUpon(ImportKind::Mergers),
            Obstacle::Replaced { rows: 3 },
            Obstacle::TookOut { sites: Some(2) },
            Obstacle::TookOut { sites: None },
            Obstacle::Decided { visits: 1 },
            Obstacle::OfOthers { visits: 1 },
            Obstacle::DecidedElsewhere { visits: 1 },
            Obstacle::PastTerm { rows: 9 },
            Obstacle::NothingLeft,
        ];
        for one in all {
            assert_ne!(one.message(Language::Vi), one.message(Language::En), "{one:?}");
            let hints = [Language::Vi, Language::En].map(|language| one.hint(language));
            assert_eq!(hints[0].is_some(), hints[1].is_some(), "{one:?}");
            let ends = matches!(one, Obstacle::PastTerm { .. } | Obstacle::NothingLeft);
            assert_eq!(hints[0].is_none(), ends, "{one:?}");
        }
    }
}
