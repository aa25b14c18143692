//! Why a whole file could not be read.
//!
//! Facts, not sentences; `message` and `hint` turn them into the reader's
//! language. A bad row is never one of these: it is a `Reject`.

mod hint;
mod page;

use std::path::Path;

use crate::model::import::ImportKind;
use crate::model::language::Language;

use super::archive::BadArchive;
use super::profile::BadProfile;
use super::sniff::{self, FileKind};
use super::{Options, gdal};

/// A file from which nothing can be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the file is empty")]
    Empty,
    #[error("this is a folder")]
    Folder,
    #[error("cannot read the file: {problem}")]
    Io { kind: std::io::ErrorKind, problem: String },
    /// The content is not what the extension or the command says.
    #[error("the content looks like {}, expected {expected}", found.name(Language::En))]
    LooksLike { found: FileKind, expected: &'static str },
    #[error("missing columns {}; the header has {}", missing.join(", "), header.join(", "))]
    MissingColumns { missing: Vec<String>, header: Vec<String>, asked: Option<ImportKind> },
    /// A mapping profile that does not fit the file.
    #[error("profile {0}")]
    Profile(Box<BadProfile>),
    /// An archive of submissions that is not what the server writes.
    #[error(transparent)]
    Archive(BadArchive),
    /// The header fits another kind of import.
    #[error("the columns are those of {found}, not of {asked}")]
    OtherKind { found: ImportKind, asked: ImportKind },
    /// Averages or claims of coverage, by area: no phone measured them at a place.
    #[error("these are averages or claims by area, not measurements at places; the header has {}", header.join(", "))]
    NotMeasured { header: Vec<String> },
    /// A report that counts homes by village, where visits to single ones were asked for.
    #[error("a column counts homes ({column}): a row is no visit to one home")]
    HomesCounted { column: String },
    /// Speed tests by tile, and neither the file, its name nor the person says of which quarter.
    #[error("the file does not say of which quarter it is")]
    NoQuarter,
    /// Speed tests over wires: no evidence of a mobile network.
    #[error("these are tests of fixed broadband, expected mobile")]
    FixedBroadband,
    #[error("not a whole Parquet file: {0}")]
    Parquet(String),
    /// JSON that is not GeoJSON, or ends before its first feature.
    #[error("line {line}, column {column}: not GeoJSON: {problem}")]
    BrokenJson { line: u64, column: u64, problem: String },
    /// XML that is none, or ends before its first whole entry.
    #[error("line {line}, column {column}: not whole XML")]
    BrokenXml { line: u32, column: u32 },
    /// A GPX file of tracks and routes alone.
    #[error("the file has no waypoint, only {points} points of tracks and routes")]
    NoWaypoints { points: u64 },
    /// Changes of QFieldCloud of features that the file does not create.
    #[error("the file changes or deletes {changes} features that are elsewhere and creates none")]
    OnlyChanges { changes: u64 },
    #[error("coordinate system {found} cannot be used here")]
    UnsupportedCrs { found: String },
    /// Most areas are in metres of a grid, and neither the file nor the person says which.
    #[error("coordinates such as {east_m}, {north_m} are metres, and the file does not say of which coordinate system")]
    Metres { east_m: u32, north_m: u32 },
    /// The stated system is one of metres.
    #[error("coordinates such as {found} are degrees, and EPSG:{epsg} is in metres")]
    Degrees { found: String, epsg: u32 },
    #[error("the file writes latitude before longitude")]
    SwappedAxes,
    #[error("this build has no `{feature}`, which the format needs")]
    NoGdal { feature: &'static str },
    #[error("the GDAL library says: {0}")]
    Gdal(String),
    /// A map file or a workbook that GDAL does not open, and its words.
    #[error("cannot open the file as {}: it is damaged, or only looks like one (GDAL: {problem})", found.name(Language::En))]
    Damaged { found: FileKind, problem: String },
    /// What is wrong with a file inside an archive.
    #[error("{file}: {problem}")]
    Within { file: String, problem: Box<Unreadable> },
    /// What is wrong with the layer that was read, of a file that has others.
    #[error("{problem}")]
    OfSeveralLayers { problem: Box<Unreadable>, layers: Vec<String> },
    #[error("the file holds more than {limit_bytes} bytes")]
    TooLarge { limit_bytes: u64 },
    /// One line that no table has, such as a file without line ends.
    #[error("line {line} is longer than {limit_bytes} bytes")]
    LineTooLong { line: u64, limit_bytes: usize },
    #[error("the file holds no features")]
    NoFeatures,
    /// A sheet with a heading at most.
    #[error("the sheet is empty, or has column names and no rows")]
    NoRows,
    #[error("the file has no layer `{found}`, expected one of {}", known.join(", "))]
    NoLayer { found: String, known: Vec<String> },
    /// A line of a table of corrections that is none.
    #[error("line {line} of the corrections: {problem}")]
    Correction { line: u64, problem: String },
    /// The sink asked to stop; its reason is the caller's.
    #[error("stopped by the receiver")]
    Stopped,
}

/// Layers that a hint names.
const MOST_LAYERS: usize = 12;

/// What a column of visits may be called, as people write it, of those that a list may lack.
const KNOWN_OF_VISITS: [(&str, &[&str]); 2] = [
    ("time", &["Ngày đến", "Ngày thăm", "Ngày đi", "Ngày ghé", "Ngày tới", "Ngày thực hiện", "Thời gian"]),
    ("result", &["Kết quả", "Kết quả thăm", "Kết quả đến nhà", "Đã hướng dẫn"]),
];

/// The same of those that are missing, in quotes.
fn known_of_visits(missing: &[String]) -> String {
    let of = |name: &String| KNOWN_OF_VISITS.iter().find(|(ours, _)| ours == name).map(|(_, known)| known);
    let quoted = |known: &&[&str]| known.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", ");
    missing.iter().filter_map(of).map(quoted).collect::<Vec<_>>().join("; ")
}

impl Unreadable {
    /// The same, with the layers of the file, where it has several, nobody named one, and the columns are not those
    /// that were asked for.
    #[must_use]
    pub fn among_layers(self, path: &Path, options: &Options) -> Self {
        let is_of_columns =
            matches!(self, Self::MissingColumns { .. } | Self::OtherKind { .. } | Self::NotMeasured { .. })
                || matches!(self, Self::HomesCounted { .. });
        if !is_of_columns || options.layer.is_some() {
            return self;
        }
        let has_layers = sniff::open(path).is_ok_and(|source| {
            matches!(
                source.kind,
                FileKind::GeoPackage
                    | FileKind::Sqlite
                    | FileKind::Xlsx
                    | FileKind::OldOffice
                    | FileKind::Zip
                    | FileKind::Kml
                    | FileKind::FileGeodatabase
            )
        });
        let layers = if has_layers { gdal::layers(path, options) } else { Vec::new() };
        if layers.len() < 2 { self } else { Self::OfSeveralLayers { problem: Box::new(self), layers } }
    }

    pub(super) fn within(self, file: &str) -> Self {
        Self::Within { file: file.to_owned(), problem: Box::new(self) }
    }

    #[must_use]
    pub fn message(&self, language: Language) -> String {
        if language == Language::En {
            return self.to_string();
        }
        match self {
            Self::Empty => "tệp rỗng".to_owned(),
            Self::Folder => "đây là một thư mục".to_owned(),
            Self::Io { kind, problem } => match kind {
                std::io::ErrorKind::NotFound => "không tìm thấy tệp".to_owned(),
                std::io::ErrorKind::PermissionDenied => "không có quyền đọc tệp".to_owned(),
                _ => format!("không đọc được tệp: {problem}"),
            },
            Self::LooksLike { found, expected } => {
                format!("nội dung có vẻ là {}, cần {expected}", found.name(language))
            }
            Self::MissingColumns { missing, header, .. } => {
                format!("thiếu cột {}; tiêu đề có {}", missing.join(", "), header.join(", "))
            }
            Self::Profile(bad) => format!("mẫu {}", bad.message(language)),
            Self::Archive(bad) => bad.message(),
            Self::OtherKind { found, asked } => {
                format!("các cột là của {}, không phải của {}", vietnamese(*found), vietnamese(*asked))
            }
            Self::NotMeasured { header } => {
                format!(
                    "đây là số trung bình hay công bố theo vùng, không phải trị đo tại chỗ; tiêu đề có {}",
                    header.join(", ")
                )
            }
            Self::HomesCounted { column } => {
                format!("có cột đếm số hộ ({column}): mỗi dòng là số tổng hợp, không phải một lượt đến một nhà")
            }
            Self::NoQuarter => "tệp không ghi thuộc quý nào".to_owned(),
            Self::FixedBroadband => "đây là kết quả đo mạng cố định, cần mạng di động".to_owned(),
            Self::Parquet(problem) => format!("không phải tệp Parquet trọn vẹn: {problem}"),
            Self::BrokenJson { line, column, problem } => {
                format!("dòng {line}, cột {column}: không phải GeoJSON: {problem}")
            }
            Self::BrokenXml { line, column } => format!("dòng {line}, cột {column}: không phải XML trọn vẹn"),
            Self::NoWaypoints { points } => {
                format!("tệp không có điểm đánh dấu (waypoint), chỉ có {points} điểm của vết đi và tuyến đường")
            }
            Self::OnlyChanges { changes } => {
                format!("tệp chỉ sửa hoặc xoá {changes} đối tượng có ở nơi khác, không tạo đối tượng nào")
            }
            Self::UnsupportedCrs { found } => format!("không dùng được hệ toạ độ {found} ở đây"),
            Self::Metres { east_m, north_m } => {
                format!("toạ độ như {east_m}, {north_m} tính bằng mét, mà tệp không ghi thuộc hệ toạ độ nào")
            }
            Self::Degrees { found, epsg } => {
                format!("toạ độ như {found} tính bằng độ, mà EPSG:{epsg} tính bằng mét")
            }
            Self::Correction { line, problem } => format!("dòng {line} của tệp sửa: {problem}"),
            Self::SwappedAxes => "tệp ghi vĩ độ trước kinh độ".to_owned(),
            Self::NoGdal { feature } => format!("bản dựng này không có `{feature}`, định dạng này cần nó"),
            Self::Gdal(problem) => format!("thư viện GDAL báo: {problem}"),
            Self::Damaged { found, problem } => format!(
                "không mở được tệp như {}: tệp bị hỏng, hoặc chỉ giống loại ấy (GDAL: {problem})",
                found.name(language)
            ),
            Self::OfSeveralLayers { problem, .. } => problem.message(language),
            Self::Within { file, problem } => format!("{file}: {}", problem.message(language)),
            Self::TooLarge { limit_bytes } => format!("tệp lớn hơn {limit_bytes} byte"),
            Self::LineTooLong { line, limit_bytes } => format!("dòng {line} dài hơn {limit_bytes} byte"),
            Self::NoFeatures => "tệp không có đối tượng nào".to_owned(),
            Self::NoRows => "trang tính trống, hoặc chỉ có dòng tên cột".to_owned(),
            Self::NoLayer { found, known } => {
                format!("tệp không có lớp `{found}`, cần một trong {}", known.join(", "))
            }
            Self::Stopped => "bên nhận yêu cầu dừng".to_owned(),
        }
    }
}

/// What the files of a kind hold, in the reader's words.
fn vietnamese(kind: ImportKind) -> &'static str {
    match kind {
        ImportKind::Boundaries => "ranh giới",
        ImportKind::Mergers => "bảng sáp nhập",
        ImportKind::Villages => "danh bạ thôn",
        ImportKind::Visits => "lượt thăm",
        ImportKind::Samples => "trị đo sóng",
        ImportKind::Sites => "vị trí trạm",
        ImportKind::Places => "danh sách địa điểm công cộng",
        ImportKind::Speeds => "kết quả thử tốc độ theo ô",
        ImportKind::Claims => "vùng phủ công bố",
        ImportKind::Teams => "danh sách tổ công nghệ số",
        ImportKind::Activities => "hoạt động và báo cáo của các xã, phường",
    }
}

impl From<BadProfile> for Unreadable {
    fn from(bad: BadProfile) -> Self {
        Self::Profile(Box::new(bad))
    }
}

impl From<std::io::Error> for Unreadable {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::IsADirectory {
            return Self::Folder;
        }
        Self::Io { kind: error.kind(), problem: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_columns_name_the_flag_that_helps_in_both_languages() {
        let of = |missing: &[&str], asked| Unreadable::MissingColumns {
            missing: missing.iter().map(|name| (*name).to_owned()).collect(),
            header: vec!["t".into()],
            asked,
        };
        for language in [Language::Vi, Language::En] {
            for asked in [ImportKind::Samples, ImportKind::Sites] {
                let missing = of(&["operator"], Some(asked));
                assert!(missing.hint(language).unwrap().contains("--operator"), "{language:?}");
                assert!(missing.message(language).contains("operator"), "{language:?}");
            }
            let guess = |asked| of(&["time", "rsrp"], asked).hint(language).unwrap().contains("--guess");
            assert!(guess(Some(ImportKind::Samples)) && !guess(Some(ImportKind::Visits)) && !guess(None));
        }
    }

    #[test]
    fn a_missing_file_is_told_in_the_readers_words() {
        let error = Unreadable::from(std::io::Error::from(std::io::ErrorKind::NotFound));
        assert_eq!(error.message(Language::Vi), "không tìm thấy tệp");
    }
}
