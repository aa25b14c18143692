//! What is wrong with an archive, and what to do about it.

use crate::ingest::Unreadable;
use crate::model::language::Language;

/// Files that a hint names.
const MOST_NAMES: usize = 5;

/// What is wrong with an archive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadArchive {
    #[error("the archive is broken: {0}")]
    Broken(String),
    #[error("the archive holds a path that leads out of it: {0}")]
    Path(String),
    #[error("the archive holds another archive: {0}")]
    Nested(String),
    #[error("the archive is locked with a password")]
    Locked,
    #[error(
        "the tables of the archive unpack to more than {limit_bytes} bytes, or far more than such a table can: {name}"
    )]
    Bomb { name: String, limit_bytes: u64 },
    #[error("the table {0} is not UTF-8, which the server writes")]
    NotUtf8(String),
    #[error("the archive holds the workbook {0}")]
    Workbook(String),
    #[error("no table of the archive has the columns KEY and SubmissionDate; it holds {}", .0.join(", "))]
    NoMain(Vec<String>),
    #[error("the archive holds more than one table of submissions: {}", .0.join(", "))]
    Several(Vec<String>),
    #[error("the archive holds several tables: {}", .0.join(", "))]
    Logs(Vec<String>),
    #[error("the archive holds no table{}", holding(.0, Language::En))]
    Nothing(Vec<String>),
}

impl BadArchive {
    /// In Vietnamese; in English it is what it displays.
    pub(in crate::ingest) fn message(&self) -> String {
        match self {
            Self::Broken(problem) => format!("tệp nén bị hỏng: {problem}"),
            Self::Path(name) => format!("trong tệp nén có đường dẫn trỏ ra ngoài: {name}"),
            Self::Nested(name) => format!("trong tệp nén có tệp nén khác: {name}"),
            Self::Locked => "tệp nén có mật khẩu".to_owned(),
            Self::Bomb { name, limit_bytes } => {
                format!("bảng trong tệp nén bung ra quá {limit_bytes} byte, hoặc lớn hơn mức một bảng có thể: {name}")
            }
            Self::NotUtf8(name) => format!("bảng {name} không phải UTF-8 như máy chủ ghi"),
            Self::Workbook(name) => format!("trong tệp nén là bảng tính {name}"),
            Self::NoMain(names) => {
                format!("không bảng nào trong tệp nén có cột KEY và SubmissionDate; có {}", names.join(", "))
            }
            Self::Several(names) => format!("tệp nén có nhiều bảng phiếu: {}", names.join(", ")),
            Self::Logs(names) => format!("tệp nén có nhiều bảng: {}", names.join(", ")),
            Self::Nothing(names) => format!("trong tệp nén không có bảng nào{}", holding(names, Language::Vi)),
        }
    }

    /// What to try.
    pub(in crate::ingest) fn hint(&self, language: Language) -> String {
        let text = |vi: &str, en: &str| language.pick(vi.to_owned(), en.to_owned());
        match self {
            Self::Broken(_) => {
                text("có thể tải chưa xong; hãy tải lại", "it may not have been fetched in full; fetch it again")
            }
            Self::NotUtf8(_) | Self::NoMain(_) => text(
                "tải lại từ ODK Central (Submissions → Download, .csv.zip); nếu đã sửa, nhập riêng bảng chính dạng .csv",
                "fetch it from ODK Central again (Submissions, Download, .csv.zip); what was edited, import as the main .csv alone",
            ),
            Self::Workbook(_) => {
                text("giải nén rồi nhập riêng bảng tính ấy", "unpack it and import the workbook by itself")
            }
            Self::Several(_) => text("nhập từng bảng .csv một", "import the .csv tables one by one"),
            Self::Logs(names) => {
                let files: Vec<String> = names.iter().take(MOST_NAMES).map(|name| format!("\"{name}\"")).collect();
                let more = if names.len() > MOST_NAMES { " …" } else { "" };
                let files = format!("{}{more}", files.join(" "));
                language.pick(
                    format!("giải nén rồi nhập tất cả trong một lệnh: phusong import samples {files} (mỗi tệp một báo cáo); trên trang thì nhập từng tệp"),
                    format!("unpack it and import all in one command: phusong import samples {files} (each file has its report); on the page one by one"),
                )
            }
            Self::Nested(_) => text(
                "giải nén ra, rồi nhập tệp nằm bên trong, mỗi lần một tệp",
                "unpack it and import what lies inside, one file at a time",
            ),
            Self::Locked => text(
                "giải nén bằng mật khẩu ấy rồi nhập tệp bên trong",
                "unpack it with the password and import the file inside",
            ),
            Self::Nothing(_) => {
                text("hãy nén hoặc chọn tệp bảng: .xlsx, .csv, .gpx …", "a table is wanted: .xlsx, .csv, .gpx …")
            }
            Self::Path(_) | Self::Bomb { .. } => text(
                "ODK Central không ghi tệp như vậy; hãy tải lại từ máy chủ",
                "ODK Central writes no such file; fetch it from the server again",
            ),
        }
    }
}

/// `; it holds a.jpg, b.jpg, …`
fn holding(names: &[String], language: Language) -> String {
    if names.is_empty() {
        return String::new();
    }
    let more = if names.len() > MOST_NAMES { ", …" } else { "" };
    let names = names.iter().take(MOST_NAMES).map(String::as_str).collect::<Vec<_>>().join(", ");
    language.pick(format!("; có {names}{more}"), format!("; it holds {names}{more}"))
}

impl From<BadArchive> for Unreadable {
    fn from(bad: BadArchive) -> Self {
        Self::Archive(bad)
    }
}
