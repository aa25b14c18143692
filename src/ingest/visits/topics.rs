//! What a cell, or a row of cells, says was taught.
//!
//! `select_multiple` is one column (`vneid safe`), or one for each choice
//! (`topic/vneid` = 1, `Đã hướng dẫn gì/Chữ ký số` = 1), which then say it
//! alone: a list of labels has no sign between them. Offices write lists. A
//! word that nobody knows is another topic: it refuses no visit.

use crate::ingest::header::Header;
use crate::ingest::table::Record;
use crate::ingest::text;
use crate::model::topic::{Topic, Topics};

const TOPIC: &[&str] =
    &["topic", "topics", "chu_de", "noi_dung_huong_dan", "noi_dung", "da_huong_dan_gi", "what_was_shown"];

/// Where topics stand.
#[derive(Default)]
pub(super) struct TopicColumns {
    pub(super) list: Option<usize>,
    choices: Vec<(Topic, usize)>,
}

impl TopicColumns {
    pub(super) fn find(header: &Header, list: Option<usize>) -> Self {
        let choice = |topic: Topic| {
            let names: Vec<String> = TOPIC.iter().map(|name| format!("{name}_{}", topic.code())).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            Some((topic, header.find_in_path(&names)?))
        };
        let list = list.or_else(|| header.find_in_path(TOPIC));
        let mut choices: Vec<_> = Topic::ALL.into_iter().filter_map(choice).collect();
        // In an export of labels a choice is called by its label, behind the question.
        let question = list.map(|at| format!("{}/", header.name(at)));
        for (at, name) in header.names.iter().enumerate() {
            let Some(label) = question.as_ref().and_then(|question| name.strip_prefix(question.as_str())) else {
                continue;
            };
            if !choices.iter().any(|(_, known)| *known == at) {
                choices.push((word(&text::fold(label)).unwrap_or(Topic::Other), at));
            }
        }
        Self { list, choices }
    }

    pub(super) fn used(&self) -> impl Iterator<Item = usize> {
        self.list.into_iter().chain(self.choices.iter().map(|(_, at)| *at))
    }

    pub(super) fn of(&self, record: &Record) -> Topics {
        let chosen =
            |column: usize| matches!(text::fold(record.get(Some(column))).as_str(), "1" | "true" | "yes" | "x" | "co");
        let choices = self.choices.iter().filter(|(_, column)| chosen(*column)).map(|(topic, _)| *topic);
        let list = if self.choices.is_empty() { record.get(self.list) } else { "" };
        of_text(list).iter().chain(choices).collect()
    }
}

/// What a cell says was taught.
#[must_use]
pub fn of_text(cell: &str) -> Topics {
    let mut topics = Topics::default();
    if cell.is_empty() {
        return topics;
    }
    for piece in cell.split([',', ';', '|', '+', '\n']) {
        let folded = text::fold(piece);
        let piece = folded.trim();
        if matches!(piece, "" | "-" | "khong" | "none" | "n/a") {
            continue;
        }
        match word(piece) {
            Some(topic) => topics.insert(topic),
            // A phone writes the codes with spaces between them.
            None => piece.split(' ').for_each(|one| topics.insert(Topic::from_code(one).unwrap_or(Topic::Other))),
        }
    }
    topics
}

/// A code, or what the form calls it.
fn word(folded: &str) -> Option<Topic> {
    Topic::from_code(folded).or(match folded {
        "dvc" | "dich vu cong" | "dich vu cong truc tuyen" | "public services" | "online public services" => {
            Some(Topic::PublicServices)
        }
        "dinh danh dien tu" | "tai khoan dinh danh" | "e-id" => Some(Topic::Vneid),
        "chu ky so" | "digital signature" => Some(Topic::Signature),
        "thanh toan so" | "thanh toan truc tuyen" | "thanh toan khong dung tien mat" | "cashless payment" => {
            Some(Topic::Payment)
        }
        "thuong mai dien tu" | "san thuong mai dien tu" | "mua ban tren san thuong mai dien tu" | "e-commerce" => {
            Some(Topic::Commerce)
        }
        "an toan"
        | "an toan thong tin"
        | "phong chong lua dao"
        | "an toan tren mang"
        | "phong chong lua dao, an toan tren mang"
        | "safety online" => Some(Topic::Safety),
        "dung internet" | "su dung internet" | "using the internet" => Some(Topic::Internet),
        "suc khoe truc tuyen" | "cham soc suc khoe truc tuyen" | "online health care" => Some(Topic::Health),
        "khac" | "other" => Some(Topic::Other),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_phones_and_offices_write_it() {
        let check =
            |cell: &str, expected: Option<&str>| assert_eq!(of_text(cell).codes().as_deref(), expected, "{cell}");
        check("vneid safe", Some("vneid safe"));
        check("Chữ ký số; Dịch vụ công trực tuyến", Some("dvctt digsig"));
        check("VNeID, thanh toán số", Some("vneid epay"));
        check("vneid múa", Some("vneid other"));
        check("", None);
        check("không", None);
    }
}
