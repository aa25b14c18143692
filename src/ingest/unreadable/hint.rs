//! What to try with a file that could not be read, at a terminal. The page has words of its own (`page`).

use super::{MOST_LAYERS, Unreadable, known_of_visits};
use crate::ingest::sniff::FileKind;
use crate::ingest::{StatedEncoding, encoding};
use crate::model::import::ImportKind;
use crate::model::language::Language;
use crate::model::refusal;

impl Unreadable {
    /// What to try, where we have an idea.
    #[must_use]
    pub fn hint(&self, language: Language) -> Option<String> {
        let text = |vi: &str, en: &str| Some(language.pick(vi.to_owned(), en.to_owned()));
        match self {
            Self::Empty | Self::NoFeatures => text(
                "có thể tải chưa xong; hãy xuất hoặc tải lại tệp",
                "it may not have been fetched in full; export or fetch it again",
            ),
            Self::Folder => text("hãy chỉ đến tệp bên trong", "name a file inside it"),
            Self::Io { kind: std::io::ErrorKind::NotFound, .. } => text("kiểm tra đường dẫn", "check the path"),
            Self::Io { kind: std::io::ErrorKind::PermissionDenied, .. } => {
                text("hỏi người giữ tệp để được quyền đọc", "ask whoever holds the file for the right to read it")
            }
            Self::LooksLike { found, .. } => Some(of_kind(*found, language)),
            Self::NoRows => text(
                "điền ít nhất một dòng dưới tên cột rồi lưu lại",
                "fill in at least one row below the column names and save it again",
            ),
            Self::OtherKind { found, .. } => Some(
                language
                    .pick(format!("hãy dùng `phusong import {found} …`"), format!("use `phusong import {found} …`")),
            ),
            Self::Profile(bad) => bad.hint(language),
            Self::Archive(bad) => Some(bad.hint(language)),
            Self::MissingColumns { header, .. } if encoding::suspect_header(header).is_some() => {
                let name = encoding::suspect_header(header).map_or("", StatedEncoding::name);
                let option = name.to_lowercase();
                Some(language.pick(
                    format!("chữ trong tệp có vẻ theo bảng mã cũ {name}; nếu đúng, thêm --encoding {option}"),
                    format!("the text seems to be in the old encoding {name}; if so, add --encoding {option}"),
                ))
            }
            Self::MissingColumns { missing, asked: Some(ImportKind::Samples), .. } if missing == &["operator"] => text(
                "nếu tệp chỉ của một nhà mạng, hãy thêm --operator, ví dụ --operator viettel; \
                 nếu cột có tên khác, xem `phusong import samples TỆP --guess`",
                "if the file is of one network, add --operator, for example --operator viettel; \
                 if the column has another name, see `phusong import samples FILE --guess`",
            ),
            Self::MissingColumns { asked: Some(ImportKind::Samples), .. } => text(
                "`phusong import samples TỆP --guess` đoán cột nào là gì và in thành mẫu cho --profile",
                "`phusong import samples FILE --guess` guesses which column is what and prints a profile for --profile",
            ),
            Self::MissingColumns { missing, .. } if missing.iter().any(|name| name == "operator") => text(
                "nếu tệp chỉ của một nhà mạng, hãy thêm --operator, ví dụ --operator viettel",
                "if the file is of one network, add --operator, for example --operator viettel",
            ),
            Self::NotMeasured { .. } => text(
                "ô tốc độ của Ookla: dùng `phusong import speeds …`; công bố theo vùng: hãy xin nhật ký đo của từng máy; vùng phủ công bố thì dùng `phusong import claims …`",
                "tiles of Ookla: use `phusong import speeds …`; claims by area: ask for the log of a phone; for claimed coverage use `phusong import claims …`",
            ),
            Self::HomesCounted { .. } => text(
                "nhập danh sách từng nhà: mỗi nhà một dòng, có thôn, số nhà (hoặc mã hộ), ngày đến và kết quả; số tổng hợp không thay được danh sách ấy",
                "bring the list of homes: a row for each, with village, house number (or code), day and result; sums by village cannot stand for it",
            ),
            Self::NoQuarter => text(
                "thêm --period, ví dụ --period 2025-Q3; hoặc giữ tên gốc của tệp (2025-07-01_performance_mobile_tiles.parquet)",
                "add --period, for example --period 2025-Q3, or keep the file's own name (2025-07-01_performance_mobile_tiles.parquet)",
            ),
            Self::FixedBroadband => text(
                "tải bộ `type=mobile` (performance_mobile_tiles)",
                "fetch the set `type=mobile` (performance_mobile_tiles)",
            ),
            Self::MissingColumns { missing, asked: Some(ImportKind::Boundaries), .. }
                if missing.iter().any(|name| name == "code") =>
            {
                text(
                    "cần cột mã xã 5 chữ số của Cục Thống kê (`code`, `ma_xa`, `ref` …); GADM, geoBoundaries, COD-AB không có mã này: hãy ghép theo tên trong QGIS trước",
                    "a column of the five-digit codes of the statistics office is needed (`code`, `ma_xa`, `ref` …); GADM, geoBoundaries and COD-AB have none: join them by name in QGIS first",
                )
            }
            Self::MissingColumns { missing, asked: Some(ImportKind::Villages), .. } if missing == &["commune_code"] => {
                text(
                    "thêm cột Xã, hoặc một dòng tên xã phía trên các thôn của xã ấy; nếu cả tệp là của một xã, thêm --commune, ví dụ --commune 14488",
                    "add a column commune, or a row with its name above the villages of each; if the whole file is of one, add --commune, such as --commune 14488",
                )
            }
            Self::MissingColumns { missing, asked: Some(ImportKind::Visits), .. } => {
                let known = known_of_visits(missing);
                Some(language.pick(
                    format!("đổi tên cột thành một trong các tên đã biết: {known}; hoặc dùng mẫu đọc cột (--profile)"),
                    format!(
                        "give the column one of the names that are known: {known}; or use a mapping profile (--profile)"
                    ),
                ))
            }
            Self::MissingColumns { .. } => text(
                "dòng đầu phải là tên cột; đổi tên cột cho khớp",
                "the first line must name the columns; rename them to match",
            ),
            Self::Io { kind: std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::InvalidInput, .. }
            | Self::BrokenJson { .. }
            | Self::BrokenXml { .. }
            | Self::Parquet(_) => text(
                "tệp có thể bị cắt khi tải; hãy tải lại",
                "the file may have been cut off in transfer; fetch it again",
            ),
            Self::NoWaypoints { .. } => text(
                "vết đi không cho biết đã vào nhà nào, kết quả ra sao; hãy đánh dấu một điểm ở mỗi nhà rồi xuất lại tệp",
                "a track does not say which homes were visited, nor how it ended: mark a waypoint at each home and export again",
            ),
            Self::OnlyChanges { .. } => text(
                "hãy tải cả lớp (GeoPackage) từ QFieldCloud rồi nhập lớp ấy",
                "fetch the whole layer (GeoPackage) from QFieldCloud and import that",
            ),
            Self::UnsupportedCrs { .. } => text(
                "chuyển tệp sang WGS 84 (EPSG:4326), hoặc dùng bản dựng có GDAL",
                "convert the file to WGS 84 (EPSG:4326), or use a build with GDAL",
            ),
            Self::Metres { east_m, north_m } => Some(refusal::state_the_crs(*east_m, *north_m, language)),
            Self::Degrees { .. } => text(
                "bỏ --crs nếu tệp theo WGS 84, hoặc chọn hệ toạ độ tính bằng độ (VN-2000: --crs 4756)",
                "leave --crs out when the file is in WGS 84, or name a system in degrees (VN-2000: --crs 4756)",
            ),
            Self::SwappedAxes => text(
                "đổi chỗ hai số của mỗi toạ độ: GeoJSON ghi kinh độ trước, vĩ độ sau",
                "exchange the two numbers of every position: GeoJSON writes longitude first",
            ),
            Self::NoGdal { .. } => text(
                "dựng lại với tính năng `gdal`, hoặc chuyển tệp sang GeoJSON hay CSV",
                "build with the feature `gdal`, or convert the file to GeoJSON or CSV",
            ),
            Self::Damaged { .. } => text(
                "tải hoặc xuất lại tệp; bảng tính có mật khẩu thì bỏ mật khẩu rồi lưu lại",
                "fetch or export it again; take the password off a workbook and save it again",
            ),
            Self::OfSeveralLayers { problem, layers } => {
                let most = layers.iter().take(MOST_LAYERS).map(String::as_str).collect::<Vec<_>>().join(", ");
                let more = if layers.len() > MOST_LAYERS { ", …" } else { "" };
                let own = problem.hint(language).map(|hint| format!("; {hint}")).unwrap_or_default();
                Some(language.pick(
                    format!("tệp có nhiều lớp (trang): {most}{more}; chọn bằng --layer, ví dụ --layer \"{}\"{own}", layers.last().map_or("", String::as_str)),
                    format!("the file has several layers (sheets): {most}{more}; choose one with --layer, such as --layer \"{}\"{own}", layers.last().map_or("", String::as_str)),
                ))
            }
            Self::Within { problem, .. } => problem.hint(language),
            Self::TooLarge { .. } => text("chia tệp thành nhiều phần", "split the file into parts"),
            Self::LineTooLong { .. } => {
                text("tệp này không phải bảng có dòng và cột", "this is not a table of lines and columns")
            }
            _ => None,
        }
    }
}

/// What to do with a file of a kind that holds no table as it is.
pub(super) fn of_kind(found: FileKind, language: Language) -> String {
    let text = |vi: &str, en: &str| language.pick(vi.to_owned(), en.to_owned());
    match found {
        FileKind::Xlsx => text(
            "đổi đuôi tên tệp thành .xlsx, hoặc mở bằng Excel rồi lưu thành CSV UTF-8",
            "name it .xlsx, or save it as CSV UTF-8 from the spreadsheet",
        ),
        FileKind::OldOffice | FileKind::HtmlSheet | FileKind::XmlSheet => text(
            "mở bằng Excel, chọn Lưu thành (Save As), kiểu Excel Workbook (.xlsx), rồi nhập tệp ấy",
            "open it in Excel, choose Save As, Excel Workbook (.xlsx), and import that",
        ),
        FileKind::LockedOffice => text(
            "mở bằng Excel, bỏ mật khẩu (Tệp, Thông tin, Bảo vệ sổ làm việc, xóa trống mật khẩu), lưu lại rồi nhập",
            "open it in Excel, take the password off (File, Info, Protect Workbook, empty the password), save it and import that",
        ),
        FileKind::Numbers => text(
            "mở bằng Numbers, chọn Tệp, Xuất sang, Excel (.xlsx), rồi nhập tệp ấy",
            "open it in Numbers, choose File, Export To, Excel (.xlsx), and import that",
        ),
        FileKind::Word | FileKind::Slides => text(
            "chép bảng trong tài liệu sang một trang Excel, lưu thành .xlsx rồi nhập tệp ấy",
            "copy the table of the document into a sheet of Excel, save it as .xlsx and import that",
        ),
        FileKind::Pdf => text(
            "hãy xin tệp Excel gốc của bảng này; bản PDF chỉ để in",
            "ask for the spreadsheet that it was made from; a PDF is for printing",
        ),
        FileKind::Png | FileKind::Jpeg => text(
            "ảnh không có số liệu để đọc; hãy gõ bảng vào Excel, lưu thành .xlsx",
            "a picture holds no figures to read; type the table into a spreadsheet and save it as .xlsx",
        ),
        FileKind::GeoPackage | FileKind::Sqlite => text(
            "nếu là ranh giới, hãy đặt đuôi tệp .gpkg; nếu không, hãy xuất thành CSV",
            "for boundaries name it .gpkg, otherwise export it as CSV",
        ),
        FileKind::Zip => text("giải nén trước", "unpack it first"),
        FileKind::OtherArchive => {
            text("giải nén trước, rồi nhập tệp bên trong", "unpack it first and import the file inside")
        }
        FileKind::Html => text(
            "có vẻ là trang đăng nhập hoặc trang lỗi được lưu nhầm; hãy tải lại",
            "a sign-in or error page seems to have been saved instead; fetch it again",
        ),
        _ => text("kiểm tra lại tệp và phần mở rộng", "check the file and its extension"),
    }
}
