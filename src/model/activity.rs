//! What teams and communes do besides going from house to house: classes,
//! duty at the one-stop desk, school sessions, broadcasts. Events with counts.
//!
//! A commune that did nothing says so with a report (`ActivityKind::Report`):
//! silence is a report that is missing, and a report is not silence.

use jiff::civil::Date;

use super::admin::{StatedName, UnitCode};
use super::period::Period;
use super::place::PlaceKind;
use super::village::VillageCode;

/// The closed list of the provincial dispatch, and the report of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActivityKind {
    /// Lớp bồi dưỡng, tập huấn for members of teams.
    TrainingMembers,
    /// Lớp "Bình dân học vụ số" for residents.
    ClassResidents,
    /// Trực tại Bộ phận Một cửa.
    DutyShift,
    /// Tiết học ngoại khóa.
    SchoolSession,
    /// Truyền thông, tuyên truyền.
    Communication,
    /// Phát thanh, truyền hình, chuyên trang, chuyên mục.
    Broadcast,
    /// Theo dõi, đôn đốc, kiểm tra.
    Supervision,
    /// Chiến dịch ra quân.
    Campaign,
    /// Mô hình mới, cách làm hay.
    NewModel,
    /// Tài liệu học tập.
    Material,
    /// Khen thưởng.
    Award,
    /// Phong trào thi đua.
    Movement,
    Other,
    /// A commune has reported of a period, be there anything to report or not.
    Report,
}

impl ActivityKind {
    pub const ALL: [Self; 14] = [
        Self::TrainingMembers,
        Self::ClassResidents,
        Self::DutyShift,
        Self::SchoolSession,
        Self::Communication,
        Self::Broadcast,
        Self::Supervision,
        Self::Campaign,
        Self::NewModel,
        Self::Material,
        Self::Award,
        Self::Movement,
        Self::Other,
        Self::Report,
    ];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TrainingMembers => "training_members",
            Self::ClassResidents => "class_residents",
            Self::DutyShift => "duty_shift",
            Self::SchoolSession => "school_session",
            Self::Communication => "communication",
            Self::Broadcast => "broadcast",
            Self::Supervision => "supervision",
            Self::Campaign => "campaign",
            Self::NewModel => "new_model",
            Self::Material => "material",
            Self::Award => "award",
            Self::Movement => "movement",
            Self::Other => "other",
            Self::Report => "report",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What an office may write in place of the code.
    #[must_use]
    pub fn vietnamese(self) -> &'static str {
        match self {
            Self::TrainingMembers => "Tập huấn thành viên Tổ",
            Self::ClassResidents => "Lớp Bình dân học vụ số",
            Self::DutyShift => "Trực Một cửa",
            Self::SchoolSession => "Ngoại khóa",
            Self::Communication => "Tuyên truyền",
            Self::Broadcast => "Phát thanh",
            Self::Supervision => "Kiểm tra, đôn đốc",
            Self::Campaign => "Ra quân",
            Self::NewModel => "Mô hình mới",
            Self::Material => "Tài liệu",
            Self::Award => "Khen thưởng",
            Self::Movement => "Phong trào thi đua",
            Self::Other => "Khác",
            Self::Report => "Báo cáo",
        }
    }
}

/// An activity as a list states it.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivityRecord {
    pub kind: ActivityKind,
    pub on: Date,
    /// Of a report: what it speaks of.
    pub period: Option<Period>,
    /// The row says that it is of the province as a whole.
    pub of_province: bool,
    pub village_code: Option<VillageCode>,
    pub village_name: Option<String>,
    pub commune_code: Option<UnitCode>,
    pub commune_name: Option<StatedName>,
    pub district: Option<String>,
    pub counts: ActivityCounts,
    /// What it was about, as written: tells events of one day apart, and is kept as a keyed hash alone, since people
    /// write there for whom it was.
    pub about: Option<String>,
    pub source_key: Option<String>,
    pub source: Option<String>,
}

/// What was counted. Nothing stated is not zero.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActivityCounts {
    pub place_kind: Option<PlaceKind>,
    pub attendees: Option<u32>,
    pub elderly: Option<u32>,
    pub disabled: Option<u32>,
    pub hours: Option<f64>,
    /// Codes of [`super::topic::Topic`]: `vneid safe`.
    pub topic: Option<String>,
}

/// An activity that has found its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// Its id in the file, else what makes it one event; a second import finds it again.
    pub key: String,
    pub kind: ActivityKind,
    pub on: Date,
    pub period: Option<Period>,
    /// `None`: of the province as a whole.
    pub commune: Option<UnitCode>,
    pub village: Option<VillageCode>,
    pub counts: ActivityCounts,
    pub source: String,
}
