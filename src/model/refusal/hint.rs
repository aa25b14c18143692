//! What to try after a refusal, at a terminal: commands, options and files of settings. The page has hints of its own.

use super::Reason;
use crate::model::crs::Crs;
use crate::model::language::Language;

impl Reason {
    /// What to try, where we have an idea.
    #[must_use]
    pub fn hint(&self, language: Language) -> Option<String> {
        let text = |vi: &str, en: &str| Some(language.pick(vi.to_owned(), en.to_owned()));
        match self {
            Self::NoCommune => text(
                "ghi xã, phường ở cột Xã của dòng này; nếu tệp không có cột ấy và là của một xã, nêu mã xã bằng --commune, ví dụ --commune 14488",
                "write the commune of the row in a column commune; if the file has none and is of one commune, name it by --commune, such as --commune 14488",
            ),
            Self::SwappedLatLon => {
                text("hai cột vĩ độ và kinh độ có vẻ bị đổi chỗ", "latitude and longitude look swapped")
            }
            Self::SwappedAxes => text(
                "hai cột toạ độ đông và bắc có vẻ bị đổi chỗ (ở Việt Nam X là toạ độ bắc)",
                "easting and northing look swapped (in Viet Nam X is the northing)",
            ),
            Self::Metres { east_m, north_m } => Some(state_the_crs(*east_m, *north_m, language)),
            Self::OutsideCrs { .. } => text("kiểm tra --crs", "check --crs"),
            Self::NullIsland => text(
                "điện thoại ghi 0, 0 khi chưa có GPS; hãy đo lại ngoài trời",
                "phones write 0, 0 before the first fix; measure again outdoors",
            ),
            Self::OutsideProvince { .. } => text(
                "kiểm tra hệ toạ độ và thứ tự hai cột; hoặc nhập ranh giới trước",
                "check the coordinate system and the order of the two columns, or import boundaries first",
            ),
            Self::RejectedAtServer => text(
                "người duyệt đã bác phiếu này, nên phiếu không được tính; nếu bác nhầm, duyệt lại ở máy chủ rồi tải tệp mới",
                "somebody who checks the forms rejected this one, so it does not count; if that was a slip, approve it at the server and fetch the file again",
            ),
            Self::DeletedAtServer => text(
                "phiếu đã bị xoá ở máy chủ, nên không được tính; nếu xoá nhầm, khôi phục ở máy chủ rồi tải tệp mới",
                "the form was deleted at its server, so it does not count; if that was a slip, restore it there and fetch the file again",
            ),
            Self::NoResult => text(
                "nếu cả tệp cùng một kết quả, nêu `result` ở mục [constants] của mẫu (--profile; ví dụ docs/profiles/visits.toml)",
                "if the whole file ended alike, a profile states `result` under [constants] (--profile; see docs/profiles/visits.toml)",
            ),
            Self::UnknownResult => text(
                "ghi một trong các từ ấy, hoặc từ gần như vậy: Đã HD, Vắng, Hẹn lần sau …; từ riêng của đợt này thì khai ở [words.result] của mẫu (--profile; ví dụ docs/profiles/visits.toml)",
                "write one of them, in English or Vietnamese; a campaign's own words are declared under [words.result] of a profile (--profile; see docs/profiles/visits.toml)",
            ),
            Self::NotAPower => text(
                "-200, 2147483647 là mã “không có số liệu” của ứng dụng; nếu máy mất sóng, hãy ghi state=no_service",
                "-200 and 2147483647 are an app's codes for missing; if the phone had no network, write state=no_service",
            ),
            Self::LostMinus => text(
                "cột ghi 98 thay cho -98 thì nêu power = \"minus_dBm\" ở mục [units] của mẫu (--profile); cột là ASU thì nêu \"ASU\"",
                "where 98 stands for -98, a profile (--profile) states power = \"minus_dBm\" under [units]; where it is ASU, \"ASU\"",
            ),
            Self::WhoseSilence => text(
                "nếu cả tệp là của một mạng, thêm --operator; nếu không, ghi nhà mạng ở từng dòng mất sóng",
                "if the whole file is of one network, add --operator; if not, name the network in each row without service",
            ),
            Self::NotATime => text(
                "ngày và giờ phải có thật (31/02 và 25:00 thì không); viết ngày trước tháng (31/03/2026 08:15), hoặc năm trước (2026-03-31 08:15)",
                "the day and the hour must exist (31/02 and 25:00 do not); write the day before the month (31/03/2026 08:15), or the year first (2026-03-31 08:15)",
            ),
            Self::NoReading => text(
                "nếu máy mất sóng, hãy ghi state=no_service",
                "if the phone had no network, write state=no_service",
            ),
            Self::NameForCode { bearers, .. } if !bearers.is_empty() => {
                let bearers = bearers.join("; ");
                Some(
                    language.pick(
                        format!("ghi mã của một trong: {bearers}"),
                        format!("write the code of one of {bearers}"),
                    ),
                )
            }
            Self::NameForCode { near, .. } if !near.is_empty() => {
                let near = near.join("; ");
                Some(language.pick(format!("có phải: {near}?"), format!("did you mean {near}?")))
            }
            Self::UnknownUnit { candidates } | Self::UnknownVillage { candidates } if !candidates.is_empty() => {
                Some(language.pick(
                    format!("có phải: {}?", candidates.join("; ")),
                    format!("did you mean {}?", candidates.join("; ")),
                ))
            }
            Self::UnknownUnit { .. } | Self::NameForCode { .. } => {
                text("nhập ranh giới và bảng sáp nhập trước", "import boundaries and the merger table first")
            }
            Self::UnknownVillage { .. } => text(
                "thêm thôn vào danh bạ bằng phusong import villages",
                "add the village with phusong import villages",
            ),
            Self::SplitUnit { .. } => {
                text("ghi mã xã mới, hoặc thêm toạ độ", "write the new commune's code, or add coordinates")
            }
            Self::WentWhole { .. } => text(
                "nếu đơn vị cũ được chia, thêm cột share và ghi part (một phần) ở mọi dòng của đơn vị ấy",
                "if it was divided, add a column `share` with `part` in every row of that unit",
            ),
            Self::AmbiguousUnit { .. } => text(
                "ghi mã xã, hoặc thêm cột huyện (tên huyện cũ), hoặc thêm toạ độ",
                "write the commune's code, or add a column `district` with the old district, or coordinates",
            ),
            Self::SameVillage { .. } => text(
                "nếu là hai thôn của hai xã cũ, ghi kèm tên xã cũ, như: Thôn 1 (Gia Hòa), hoặc thêm cột Xã cũ; nếu là một thôn, chỉ để một dòng",
                "two villages of two old communes: write the old commune behind the name, as in Thôn 1 (Gia Hòa), or add a column old_commune; one village: leave one row",
            ),
            Self::AmbiguousVillage { .. } => {
                text("ghi mã thôn thay cho tên", "write the village code instead of its name")
            }
            Self::WrongWidth { .. } => text(
                "có thể một ô chứa dấu phân cách mà không đặt trong ngoặc kép",
                "a cell may hold the separator without quotes",
            ),
            Self::BrokenJson { .. } => text(
                "tệp có thể bị cắt khi tải; hãy tải lại",
                "the file may have been cut off in transfer; fetch it again",
            ),
            Self::OtherHeader { .. } => text(
                "tệp gồm nhiều bảng ghép lại: tách tệp ở dòng ấy rồi nhập từng phần",
                "the file is several tables put together: cut it at that line and import each part",
            ),
            Self::StaleReading { .. } => text(
                "ứng dụng ghi lại trị đo cũ; hãy giữ màn hình sáng và cho phép đọc sóng mỗi giây",
                "the app wrote an old reading again; keep the screen on and let it read the modem every second",
            ),
            Self::InTheFuture => text(
                "kiểm tra đồng hồ máy và thứ tự ngày/tháng",
                "check the device's clock and the order of day and month",
            ),
            Self::NotAQuadkey => text(
                "bảng tính đổi mã thành số và làm mất chữ số cuối; hãy dùng tệp gốc, hoặc nhập cột này dạng chữ",
                "a spreadsheet makes a number of it and loses the last digit; use the original file, or the column as text",
            ),
            Self::MoreDevicesThanTests { .. } => {
                text("hai cột số lượt và số máy có vẻ bị đổi chỗ", "tests and devices look swapped")
            }
            Self::TooMuchGround { .. } => text(
                "cắt vùng theo tỉnh; hoặc kiểm tra hệ toạ độ (--crs)",
                "cut the area to the province, or check the coordinate system (--crs)",
            ),
            Self::NoSuchRow => text(
                "tệp chỉ ghi phần thay đổi; hãy tải cả lớp (GeoPackage) từ QFieldCloud rồi nhập lớp ấy",
                "the file holds only what changed; fetch the whole layer (GeoPackage) from QFieldCloud and import that",
            ),
            Self::OutsideScope => text(
                "nếu ghi nhầm thôn, hãy sửa mã thôn; nếu không, hãy gửi tệp cho Sở",
                "mend the village code if it was a slip; else hand the file to the department",
            ),
            Self::NotText => text("lưu lại tệp với mã hoá UTF-8", "save the file again as UTF-8"),
            _ => None,
        }
    }
}

/// What to write for metres without a system: every system in which they lie in Viet Nam.
#[must_use]
pub fn state_the_crs(east_m: u32, north_m: u32, language: Language) -> String {
    let systems = systems_of(east_m, north_m, language).join(", ");
    language.pick(
        format!("hãy ghi hệ toạ độ bằng --crs; các số này có thể thuộc: {systems}"),
        format!("state the coordinate system with --crs; these numbers may be of {systems}"),
    )
}

/// `9209 (VN-2000 …)`, for every system in which metres lie in Viet Nam.
pub(super) fn systems_of(east_m: u32, north_m: u32, language: Language) -> Vec<String> {
    let candidates = Crs::candidates(f64::from(east_m), f64::from(north_m)).into_iter();
    candidates.map(|crs| format!("{} ({})", crs.epsg(), crs.name(language))).collect()
}
