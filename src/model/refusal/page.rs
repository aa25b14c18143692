//! What a refusal says on the page, to somebody who clicks and has no terminal.
//!
//! A tab, a field, a list or a button takes the place of a command or an option, in the words that stand on the page
//! (a test compares them); what the reader may not do there goes to the department. Where no command is named, the
//! terminal's words serve both.

use super::Reason;
use super::hint::systems_of;
use crate::model::language::Language;

/// Who reads the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageReader {
    pub language: Language,
    /// They bring registers and measurements too, not only visits of their own place.
    pub brings_all: bool,
}

impl PageReader {
    /// Picks one of two sentences.
    #[must_use]
    pub fn pick(self, vi: &str, en: &str) -> String {
        self.language.pick(vi.to_owned(), en.to_owned())
    }
}

impl Reason {
    /// What to try on the page, where we have an idea.
    #[must_use]
    pub fn hint_on_page(&self, reader: PageReader) -> Option<String> {
        let text = |vi: &str, en: &str| Some(reader.pick(vi, en));
        match self {
            Self::Metres { east_m, north_m } => Some(choose_the_crs(*east_m, *north_m, reader.language)),
            Self::OutsideCrs { .. } => text(
                "kiểm tra hệ đã chọn ở ô “Hệ tọa độ của tệp”",
                "check what is chosen under “Coordinate system of the file”",
            ),
            Self::OutsideProvince { .. } => text(
                "xem hai cột tọa độ có bị đổi chỗ không, hoặc ghi mã xã; nếu vị trí đúng thì dữ liệu chưa có ranh giới nơi ấy (tab “Ranh giới”), hãy báo Sở",
                "see whether the two columns of the position are exchanged, or give the commune; if the position is right, that ground has no boundary in the data yet (tab “Boundaries”): tell the department",
            ),
            Self::UnknownResult => text(
                "chọn kết quả ở cột “Sửa thành”, hoặc ghi trong tệp một trong các từ: Đã hướng dẫn, Hướng dẫn một phần, Vắng nhà, Từ chối, Hẹn lại, Chuyển đi hoặc nhà trống, rồi chọn lại tệp",
                "choose how it ended under “Change to”, or write in the file one of: guided, partly guided, not at home, refused, come back later, moved away or empty, and choose it again",
            ),
            Self::NoResult => text(
                "chọn kết quả ở cột “Sửa thành”, hoặc sửa trong tệp rồi chọn lại tệp",
                "choose how it ended under “Change to”, or mend the file and choose it again",
            ),
            Self::NotAPower => text(
                "-200 và 2147483647 là mã “không có số liệu” của ứng dụng; nếu máy mất sóng, ghi no_service ở cột trạng thái (state)",
                "-200 and 2147483647 are an app's codes for missing; if the phone had no network, write no_service in the column state",
            ),
            Self::LostMinus => text(
                "cột ghi 98 thay cho -98 thì đổi tên cột thành rsrp (-dBm); cột là ASU thì bấm “Xem, sửa từng cột được đọc là gì” rồi chọn đơn vị",
                "where 98 stands for -98, name the column rsrp (-dBm); where it is ASU, press “See and change what each column is read as” and choose the unit",
            ),
            Self::WhoseSilence => {
                text("ghi nhà mạng ở từng dòng mất sóng", "name the network in each row without service")
            }
            Self::NoReading => text(
                "nếu máy mất sóng, ghi no_service ở cột trạng thái (state)",
                "if the phone had no network, write no_service in the column state",
            ),
            Self::NoCommune => text(
                "ghi mã xã ở cột “Sửa thành”, hoặc thêm cột “Xã” trong tệp rồi chọn lại tệp",
                "write the code of the commune under “Change to”, or add a column “commune” to the file and choose it again",
            ),
            Self::NameForCode { bearers, .. } if !bearers.is_empty() => {
                let bearers = bearers.join("; ");
                Some(reader.language.pick(
                    format!("ghi ở cột “Sửa thành” mã của một trong: {bearers}"),
                    format!("write under “Change to” the code of one of {bearers}"),
                ))
            }
            Self::UnknownUnit { candidates }
            | Self::NameForCode { near: candidates, .. }
            | Self::UnknownVillage { candidates }
                if !candidates.is_empty() =>
            {
                let candidates = candidates.join("; ");
                Some(reader.language.pick(
                    format!("có phải: {candidates}? Sửa ở cột “Sửa thành”"),
                    format!("did you mean {candidates}? Put it under “Change to”"),
                ))
            }
            Self::UnknownUnit { .. } | Self::NameForCode { .. } => text(
                "gõ tên xã, phường vào ô “Tìm xã, thôn, tên cũ hoặc mã” để xem mã đúng; nếu tên và mã đều đúng thì dữ liệu chưa có nơi ấy (tab “Ranh giới”), hãy báo Sở",
                "type the commune into “Find a commune, village, old name or code” to see its code; if name and code are right, it is not in the data yet (tab “Boundaries”): tell the department",
            ),
            Self::UnknownVillage { .. } if reader.brings_all => text(
                "chọn thôn ở cột “Sửa thành”; thôn mới thì nhập danh sách thôn trước: chọn “Danh bạ thôn” ở ô “Tệp chứa”",
                "choose the village under “Change to”; bring a new one first, in a list of villages: “The list of villages” under “The file holds”",
            ),
            Self::UnknownVillage { .. } => text(
                "chọn thôn ở cột “Sửa thành”; thôn chưa có trong danh bạ thì gửi tên thôn cho Sở để thêm",
                "choose the village under “Change to”; if it is not in the register, send its name to the department",
            ),
            Self::SplitUnit { .. } => text(
                "ghi mã xã mới ở cột “Sửa thành”, hoặc thêm tọa độ trong tệp",
                "write the new commune's code under “Change to”, or add coordinates to the file",
            ),
            Self::AmbiguousUnit { .. } => text(
                "ghi mã xã ở cột “Sửa thành”, hoặc thêm cột “Huyện” (tên huyện cũ) hay tọa độ trong tệp",
                "write the commune's code under “Change to”, or add a column “district” with the old district, or coordinates, to the file",
            ),
            Self::AmbiguousVillage { .. } => {
                text("chọn đúng thôn ở cột “Sửa thành”", "choose the village under “Change to”")
            }
            Self::TooMuchGround { .. } => text(
                "cắt vùng theo tỉnh; hoặc kiểm tra ô “Hệ tọa độ của tệp”",
                "cut the area to the province, or check “Coordinate system of the file”",
            ),
            Self::WentWhole { .. } => text(
                "nếu đơn vị cũ được chia, thêm cột “share” và ghi “part” (một phần) ở mọi dòng của đơn vị ấy",
                "if it was divided, add a column “share” with “part” in every row of that unit",
            ),
            Self::OutsideScope => text(
                "nếu ghi nhầm thôn, chọn thôn ở cột “Sửa thành”; nếu không, gửi tệp cho Sở",
                "choose the village under “Change to” if it was a slip; else hand the file to the department",
            ),
            _ => self.hint(reader.language),
        }
    }
}

/// What to choose for metres without a system.
#[must_use]
pub fn choose_the_crs(east_m: u32, north_m: u32, language: Language) -> String {
    let systems = systems_of(east_m, north_m, language).join(", ");
    language.pick(
        format!("chọn ở ô “Hệ tọa độ của tệp”; các số này có thể thuộc: {systems}"),
        format!("choose under “Coordinate system of the file”; these numbers may be of {systems}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::geometry_fault::GeometryFault;

    /// One of each; a new reason does not compile before it stands here.
    fn every() -> Vec<Reason> {
        use Reason::*;
        let some = || vec!["Xã A (13285)".to_owned()];
        let all = vec![
            Missing,
            NoCommune,
            NotANumber,
            OutOfRange { from: "0".into(), to: "1".into() },
            SwappedLatLon,
            SwappedAxes,
            Metres { east_m: 600_000, north_m: 2_240_000 },
            OutsideCrs { epsg: 9209 },
            NullIsland,
            OutsideProvince { nearest_m: Some(5) },
            NotATime,
            InTheFuture,
            UnknownValue { known: some() },
            UnknownWord { known: vec![("a", "b")] },
            RejectedAtServer,
            DeletedAtServer,
            NoResult,
            UnknownResult,
            NotAPower,
            LostMinus,
            NoReading,
            WhoseSilence,
            UnknownUnit { candidates: Vec::new() },
            UnknownUnit { candidates: some() },
            NameForCode { bearers: some(), near: Vec::new() },
            NameForCode { bearers: Vec::new(), near: some() },
            NameForCode { bearers: Vec::new(), near: Vec::new() },
            AmbiguousUnit { candidates: some() },
            SplitUnit { successors: some() },
            WentWhole { successor: "x".into() },
            UnknownVillage { candidates: Vec::new() },
            UnknownVillage { candidates: some() },
            AmbiguousVillage { candidates: some() },
            BadGeometry { fault: GeometryFault::NotAPoint },
            WrongWidth { expected: 3 },
            NotText,
            BrokenJson { problem: "x".into() },
            Duplicate { line: 2 },
            SameVillage { line: 2 },
            NeighbourCell,
            CodeForNone,
            OtherHeader { line: 3 },
            Indoors,
            Implausible,
            StaleReading { moved_m: 3 },
            TooLong { limit: 3 },
            NotAQuadkey,
            NotAQuarter,
            MoreDevicesThanTests { tests: 1 },
            MoreThanTheWhole { whole: 1 },
            NotAPeriod,
            OtherCommune { commune: "x".into() },
            TooMuchGround { most_km2: 1 },
            NoSuchRow,
            NoSuchLine,
            NoSuchColumn { known: some() },
            PersonalColumn,
            LeftOut,
            OutsideScope,
        ];
        let codes: std::collections::BTreeSet<&str> = all.iter().map(Reason::code).collect();
        let text = include_str!("reason.rs");
        let stated = text.split("pub fn code").nth(1).and_then(|rest| rest.split("pub fn expected").next()).unwrap();
        let arms = stated.lines().filter(|line| line.contains("=> \"")).count();
        assert_eq!(codes.len(), arms, "a reason is missing here");
        all
    }

    #[test]
    fn the_page_never_speaks_of_a_command_and_names_only_what_stands_on_it() {
        for (language, words) in [
            (Language::Vi, include_str!("../../../web/src/i18n/vi.json")),
            (Language::En, include_str!("../../../web/src/i18n/en.json")),
        ] {
            let words: std::collections::HashMap<String, String> = serde_json::from_str(words).unwrap();
            // Headings and values of a file, and an app's code, stand in quotation marks too.
            let others = ["Huyện", "district", "Xã", "commune", "share", "part", "không có số liệu"];
            for (reason, brings_all) in every().iter().flat_map(|reason| [(reason, true), (reason, false)]) {
                let Some(hint) = reason.hint_on_page(PageReader { language, brings_all }) else { continue };
                for odd in ["phusong", "--", "`", "state=", "[constants]", "[words"] {
                    assert!(!hint.contains(odd), "{reason:?}: {hint}");
                }
                for named in hint.split('“').skip(1).filter_map(|rest| rest.split('”').next()) {
                    assert!(words.values().any(|word| word == named) || others.contains(&named), "{named}: {hint}");
                }
            }
        }
    }
}
