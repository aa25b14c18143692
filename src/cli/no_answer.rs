//! Why a question gets no answer, and an act is not recorded, in the reader's language.
//!
//! The English sentences are those of the rooms that know the fact; the
//! Vietnamese ones stand here, because no room but this one is asked in a
//! terminal.

use super::Failure;
use crate::flow::snapshot::{NoAnswer, NotInTheData};
use crate::flow::work::WorkError;
use crate::model::access::Forbidden;
use crate::model::question::NotAQuestion;
use crate::model::said::NotSaid;
use crate::model::work::NotAnAction;

impl From<NotAQuestion> for Failure {
    fn from(error: NotAQuestion) -> Self {
        let said = match &error {
            NotAQuestion::Operator(found) => {
                format!("`{}` không phải tên nhà mạng, cần 1 đến 16 chữ cái, chữ số hoặc `-`", found.0)
            }
            NotAQuestion::UnknownOperator(found) => format!("không có trị đo nào của nhà mạng `{found}`"),
            NotAQuestion::Technology(found) => {
                format!("`{}` không phải công nghệ, cần 2G, 3G, 4G hoặc 5G", found.0)
            }
            NotAQuestion::Day { name, found } => format!("`{name}` là `{found}`, cần một ngày như 2026-03-31"),
            NotAQuestion::Backwards { from_name, from, to_name, to } => {
                format!("`{from_name}` ({from}) muộn hơn `{to_name}` ({to})")
            }
            NotAQuestion::Overlapping { earlier, later } => {
                format!(
                    "kỳ trước kết thúc ngày {earlier}, kỳ sau bắt đầu ngày {later}: hai kỳ không được chung ngày nào"
                )
            }
        };
        Self::said(said, error.to_string())
    }
}

impl From<NotInTheData> for Failure {
    fn from(error: NotInTheData) -> Self {
        let said = match &error {
            NotInTheData::Campaign(error) => return error.clone().into(),
            NotInTheData::Operator { found, known } => {
                format!("không có trị đo nào của nhà mạng `{found}`, {}", only(known))
            }
            NotInTheData::Technology { found, known } => format!("không có trị đo nào của {found}, {}", only(known)),
        };
        Self::said(said, error.to_string())
            .hint_said("bỏ bộ lọc này để xem mạng tốt nhất", "leave the filter out for the best of all")
    }
}

fn only<T: ToString>(known: &[T]) -> String {
    if known.is_empty() {
        return "kho chưa có trị đo nào".to_owned();
    }
    format!("chỉ có {}", known.iter().map(T::to_string).collect::<Vec<_>>().join(", "))
}

impl From<NoAnswer> for Failure {
    fn from(error: NoAnswer) -> Self {
        match error {
            NoAnswer::NotInTheData(error) => error.into(),
            NoAnswer::Forbidden(error) => error.into(),
        }
    }
}

impl From<Forbidden> for Failure {
    fn from(error: Forbidden) -> Self {
        let said = match &error {
            Forbidden::Days { role, name, found } => {
                format!("`{name}` là {found}: vai trò {role} chỉ được hỏi trọn tháng")
            }
            Forbidden::OtherNetwork { role, own } => format!("vai trò {role} chỉ được hỏi về mạng {own}"),
            Forbidden::Layer { layer } => format!("lớp `{layer}` không mở cho vai trò này với bộ lọc này"),
            Forbidden::Matter { role, .. } => format!("vai trò {role} không được làm việc này"),
        };
        Self::said(said, error.to_string())
    }
}

impl From<NotAnAction> for Failure {
    fn from(error: NotAnAction) -> Self {
        let said = match &error {
            NotAnAction::Kind(found) => {
                format!("không có việc `{found}`, cần assign, comment, fixed hoặc reopen")
            }
            NotAnAction::NoDay => "chỉ báo đã khắc phục (fixed) mới ghi ngày".to_owned(),
            NotAnAction::Said(NotSaid::Empty { field }) => format!("`{field}` còn trống"),
            NotAnAction::Said(NotSaid::Long { field, found, most }) => {
                format!("`{field}` có {found} ký tự, nhiều nhất {most}")
            }
            NotAnAction::Said(NotSaid::Personal { field }) => {
                format!("`{field}` giống số điện thoại hoặc địa chỉ của một người")
            }
        };
        if matches!(error, NotAnAction::Said(NotSaid::Personal { field: "text" })) {
            return Self::said(said, error.to_string()).hint_said(
                "số phiếu, số cell dài thì tách ra: SR2026-1130, eNB 100213 cell 1",
                "write long numbers of tickets and cells in parts: SR2026-1130, eNB 100213 cell 1",
            );
        }
        Self::said(said, error.to_string())
    }
}

impl From<WorkError> for Failure {
    fn from(error: WorkError) -> Self {
        let said = match &error {
            WorkError::UnknownArea(key) => format!("danh sách việc không có `{key}` với bộ lọc này"),
            WorkError::AlreadyFixed(day) => format!("đã được báo khắc phục, ngày {day}"),
            WorkError::OtherDay { on, first, last } => {
                format!("không thể khắc phục ngày {on}: cần một ngày từ {first} (lần đầu thấy vùng này) đến {last}")
            }
            WorkError::NotFixed => "chưa ai báo đã khắc phục".to_owned(),
            WorkError::Forbidden(error) => return error.clone().into(),
        };
        Self::said(said, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::campaign::NotACampaign;
    use crate::model::language::Language;
    use crate::model::question::Question;

    /// Letters that no English sentence has.
    fn is_vietnamese(text: &str) -> bool {
        text.contains(|c: char| c.is_alphabetic() && !c.is_ascii())
    }

    fn check(error: impl Into<Failure>) {
        let failure = error.into();
        let (vi, en) = (failure.text(Language::Vi), failure.text(Language::En));
        assert!(is_vietnamese(vi) && !is_vietnamese(en), "{vi} / {en}");
    }

    #[test]
    fn what_cannot_be_asked_is_said_in_both_languages() {
        for (name, value) in [("operator", "a-name-that-nobody-bears"), ("technology", "6G"), ("from", "hôm qua")] {
            let error = Question::parse(|asked| (asked == name).then_some(value)).unwrap_err();
            assert!(is_vietnamese(Failure::from(error).text(Language::Vi)), "{name}");
        }
        let days = |asked: &str| match asked {
            "from" => Some("2026-03-31"),
            "to" => Some("2026-03-01"),
            _ => None,
        };
        check(Question::parse(days).unwrap_err());
        check(NotAQuestion::UnknownOperator("viettell".to_owned()));
    }

    #[test]
    fn a_network_that_nobody_measured_is_named_beside_those_that_somebody_did() {
        let known = vec!["viettel".parse().unwrap(), "vnpt".parse().unwrap()];
        let error = NotInTheData::Operator { found: "viettell".parse().unwrap(), known };
        let failure = Failure::from(NoAnswer::from(error));
        assert_eq!(failure.text(Language::Vi), "không có trị đo nào của nhà mạng `viettell`, chỉ có viettel, vnpt");
        check(NotInTheData::Technology { found: "5G".parse().unwrap(), known: Vec::new() });
    }

    #[test]
    fn a_campaign_that_is_none_and_work_that_cannot_be_done_are_said_in_both_languages() {
        for error in [NotACampaign::Code, NotACampaign::Name, NotACampaign::Days, NotACampaign::Target] {
            check(error);
        }
        for error in [
            WorkError::UnknownArea("a-1".to_owned()),
            WorkError::AlreadyFixed("2026-01-01".to_owned()),
            WorkError::NotFixed,
        ] {
            check(error);
        }
        check(NotAnAction::Said(NotSaid::Empty { field: "who" }));
    }

    #[test]
    fn a_file_that_is_not_there_is_told_as_other_unreadable_files_are() {
        let path = std::path::PathBuf::from("nofile.csv");
        let source = std::io::Error::from(std::io::ErrorKind::NotFound);
        let failure = Failure::of_import(&path, crate::flow::import::ImportError::Read { path: path.clone(), source });
        assert_eq!(failure.text(Language::Vi), "nofile.csv: không tìm thấy tệp");
    }
}
