//! What the lines of the table are called, word for word as on the page.

use crate::model::indicator::{Line, Why};
use crate::model::language::Language;

#[must_use]
pub fn label(line: Line, language: Language) -> &'static str {
    let (vi, en) = match line {
        Line::Found => ("Hộ đã được đến", "Households visited"),
        Line::Success => ("Hộ được hướng dẫn trong số hộ đã đến", "Guided of the households visited"),
        Line::Reach => ("Hộ đã được hướng dẫn", "Households guided"),
        Line::Remaining => ("Số hộ còn phải hướng dẫn", "Households still to guide"),
        Line::TeamDays => ("Số ngày làm việc của tổ còn cần", "Team-days still needed"),
        Line::Refused => ("Lượt đến bị từ chối", "Visits refused"),
        Line::NotHome => ("Lượt đến vắng nhà", "Visits with nobody home"),
        Line::Revisit => ("Lượt cần đến lại", "Visits to be made again"),
        Line::VillagesReached => ("Thôn đã tiếp cận", "Villages reached"),
        Line::VillagesUnknown => ("Số thôn chưa có số hộ", "Villages without a household count"),
        Line::WeightedReach => ("Tiếp cận tính theo dân số", "Reach weighted by population"),
        Line::StatusNoReport => ("Số thôn chưa có báo cáo", "Villages: no report"),
        Line::StatusNotReached => ("Số thôn chưa tiếp cận", "Villages: not reached"),
        Line::StatusStarted => ("Số thôn mới bắt đầu", "Villages: started"),
        Line::StatusLow => ("Số thôn ở mức thấp", "Villages: low"),
        Line::StatusNear => ("Số thôn gần đạt", "Villages: near"),
        Line::StatusReached => ("Số thôn đã tiếp cận", "Villages: reached"),
        Line::Stale => ("Số thôn lâu chưa đến lại", "Villages not visited for long"),
        Line::RegisterComplete => ("Thôn có đủ vị trí và số hộ", "Villages with place and households"),
        Line::RegisterGazetteer => ("Thôn chỉ lấy từ bản đồ có sẵn", "Villages from gazetteers alone"),
        Line::TeamsExist => ("Tổ đã thành lập", "Teams set up"),
        Line::TeamsCompliant => ("Tổ đủ số người tối thiểu", "Teams with enough members"),
        Line::TeamsYouth => ("Đoàn viên trong tổ", "Youth members of teams"),
        Line::TeamsTrained => ("Thành viên tổ đã tập huấn", "Trained members of teams"),
        Line::TeamsLate => ("Tổ thành lập muộn", "Teams set up late"),
        Line::TeamsDaysLate => ("Tổng số ngày thành lập muộn", "Days late, all teams together"),
        Line::ReportsComplete => ("Số tháng có báo cáo", "Months with a report"),
        Line::ReportsTimely => ("Báo cáo đúng hạn", "Reports in time"),
        Line::Vneid => ("Tài khoản VNeID mức 2 mới trên 100 hộ", "New VNeID level 2 accounts for 100 households"),
        Line::PublicServices => ("Hồ sơ dịch vụ công trên 100 hộ", "Public services applied for, for 100 households"),
        Line::Payments => ("Tài khoản thanh toán mới trên 100 hộ", "New payment accounts for 100 households"),
        Line::Elderly => ("Lượt người cao tuổi tham gia", "Elderly people taking part"),
        Line::Disabled => ("Lượt người khuyết tật tham gia", "Disabled people taking part"),
        Line::DutyHours => ("Số giờ trực tại Một cửa", "Hours of duty at the one-stop desk"),
        Line::DoubleExclusion => {
            ("Số hộ vừa chưa tiếp cận vừa không có sóng", "Households neither reached nor with signal")
        }
        Line::LostToSignal => ("Lượt hướng dẫn hỏng vì không có sóng", "Guidance lost for want of signal"),
        Line::SpotCheck => ("Kết quả phúc tra khớp", "Spot checks that agree"),
        Line::Quality => ("Lượt đến đạt chất lượng dữ liệu", "Visits of good data quality"),
        Line::Activities => ("Số hoạt động", "Activities"),
        Line::Attendees => ("Lượt người tham gia hoạt động", "People taking part in activities"),
    };
    language.pick(vi, en)
}

/// Why there is no figure.
#[must_use]
pub fn why(why: Why, language: Language) -> &'static str {
    let (vi, en) = match why {
        Why::NoRegister => ("chưa có thôn trong danh bạ", "no village in the register"),
        Why::NoDenominator => ("chưa có số hộ", "no household count"),
        Why::NoReport => ("chưa có báo cáo", "no report"),
        Why::NoTeams => ("chưa gửi danh sách tổ", "no list of teams"),
        Why::Suppressed => ("không hiện, để bảo vệ người dân", "not shown, to protect people"),
        Why::NotRecorded => ("dữ liệu hiện có không ghi", "not recorded in the data at hand"),
        Why::NotStated => ("báo cáo không ghi số này", "not stated in the reports"),
        Why::Nothing => ("không có gì để tính", "nothing to reckon with"),
        Why::ByCommune => ("chỉ tính đến cấp xã", "told of communes only"),
        Why::NotEnded => ("chưa hết tháng nào của kỳ", "no month of the period has ended"),
    };
    language.pick(vi, en)
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::*;

    #[test]
    fn the_page_says_the_same() {
        let pages = [
            (Language::Vi, include_str!("../../../web/src/i18n/vi.json")),
            (Language::En, include_str!("../../../web/src/i18n/en.json")),
        ];
        for (language, text) in pages {
            let page: Json = serde_json::from_str(text).unwrap();
            for line in Line::ALL {
                assert_eq!(page[format!("ind_{}", line.code())], label(line, language), "{line:?}");
            }
            for one in Why::ALL {
                assert_eq!(page[format!("why_{}", one.code())], why(one, language), "{one:?}");
            }
        }
    }
}
