//! The lines of the table of indicators: code, number, and how each is summed.

/// One line of the table. Some of the nineteen have several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Line {
    Found,
    Success,
    Reach,
    Remaining,
    TeamDays,
    Refused,
    NotHome,
    Revisit,
    VillagesReached,
    VillagesUnknown,
    WeightedReach,
    StatusNoReport,
    StatusNotReached,
    StatusStarted,
    StatusLow,
    StatusNear,
    StatusReached,
    Stale,
    RegisterComplete,
    RegisterGazetteer,
    TeamsExist,
    TeamsCompliant,
    TeamsYouth,
    TeamsTrained,
    TeamsLate,
    TeamsDaysLate,
    ReportsComplete,
    ReportsTimely,
    Vneid,
    PublicServices,
    Payments,
    Elderly,
    Disabled,
    DutyHours,
    DoubleExclusion,
    LostToSignal,
    SpotCheck,
    Quality,
    Activities,
    Attendees,
}

/// How a value is made of numerator and denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// The numerator itself.
    Count,
    /// Of the whole denominator, whoever reported: a sum with gaps is "at least".
    Share,
    /// Of those alone that numerator and denominator are both known of.
    MatchedShare,
    /// As `Share` of households: below the fewest that a percentage needs it is told as n of N.
    ShareOfHouseholds,
    MatchedShareOfHouseholds,
    /// For a hundred of those that it is known of: more than a hundred is no fault.
    PerHundred,
}

/// What communes send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// A visit that counts, up to the end of the period.
    Visits,
    /// A visit that counts, an activity or a report, of the period.
    Anything,
    /// A report of the period.
    Reports,
    /// A list of teams.
    Teams,
}

impl Awaited {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Visits => "visits",
            Self::Anything => "anything",
            Self::Reports => "reports",
            Self::Teams => "teams",
        }
    }
}

impl Line {
    pub const ALL: [Self; 40] = [
        Self::Found,
        Self::Success,
        Self::Reach,
        Self::Remaining,
        Self::TeamDays,
        Self::Refused,
        Self::NotHome,
        Self::Revisit,
        Self::VillagesReached,
        Self::VillagesUnknown,
        Self::WeightedReach,
        Self::StatusNoReport,
        Self::StatusNotReached,
        Self::StatusStarted,
        Self::StatusLow,
        Self::StatusNear,
        Self::StatusReached,
        Self::Stale,
        Self::RegisterComplete,
        Self::RegisterGazetteer,
        Self::TeamsExist,
        Self::TeamsCompliant,
        Self::TeamsYouth,
        Self::TeamsTrained,
        Self::TeamsLate,
        Self::TeamsDaysLate,
        Self::ReportsComplete,
        Self::ReportsTimely,
        Self::Vneid,
        Self::PublicServices,
        Self::Payments,
        Self::Elderly,
        Self::Disabled,
        Self::DutyHours,
        Self::DoubleExclusion,
        Self::LostToSignal,
        Self::SpotCheck,
        Self::Quality,
        Self::Activities,
        Self::Attendees,
    ];

    /// Code, number among the nineteen (0: beside them), kind.
    const fn told(self) -> (&'static str, u8, LineKind) {
        use LineKind::{Count, MatchedShare, MatchedShareOfHouseholds, PerHundred, Share, ShareOfHouseholds};
        match self {
            Self::Found => ("found", 1, ShareOfHouseholds),
            Self::Success => ("success", 2, MatchedShareOfHouseholds),
            Self::Reach => ("reach", 3, ShareOfHouseholds),
            Self::Remaining => ("remaining", 4, Count),
            Self::TeamDays => ("team_days", 5, Count),
            Self::Refused => ("refused", 6, MatchedShare),
            Self::NotHome => ("not_home", 6, MatchedShare),
            Self::Revisit => ("revisit", 6, MatchedShare),
            Self::VillagesReached => ("villages_reached", 7, Share),
            Self::VillagesUnknown => ("villages_unknown", 7, Count),
            Self::WeightedReach => ("weighted_reach", 8, MatchedShare),
            Self::StatusNoReport => ("status_no_report", 9, Count),
            Self::StatusNotReached => ("status_not_reached", 9, Count),
            Self::StatusStarted => ("status_started", 9, Count),
            Self::StatusLow => ("status_low", 9, Count),
            Self::StatusNear => ("status_near", 9, Count),
            Self::StatusReached => ("status_reached", 9, Count),
            Self::Stale => ("stale", 9, Count),
            Self::RegisterComplete => ("register_complete", 10, Share),
            Self::RegisterGazetteer => ("register_gazetteer", 10, Share),
            Self::TeamsExist => ("teams_exist", 11, Share),
            Self::TeamsCompliant => ("teams_compliant", 11, MatchedShare),
            Self::TeamsYouth => ("teams_youth", 11, MatchedShare),
            Self::TeamsTrained => ("teams_trained", 11, MatchedShare),
            Self::TeamsLate => ("teams_late", 11, MatchedShare),
            Self::TeamsDaysLate => ("teams_days_late", 11, Count),
            Self::ReportsComplete => ("reports_complete", 12, Share),
            Self::ReportsTimely => ("reports_timely", 12, MatchedShare),
            Self::Vneid => ("vneid", 13, PerHundred),
            Self::PublicServices => ("public_services", 13, PerHundred),
            Self::Payments => ("payments", 13, PerHundred),
            Self::Elderly => ("elderly", 14, Count),
            Self::Disabled => ("disabled", 14, Count),
            Self::DutyHours => ("duty_hours", 15, Count),
            Self::DoubleExclusion => ("double_exclusion", 16, Count),
            Self::LostToSignal => ("lost_to_signal", 17, Count),
            Self::SpotCheck => ("spot_check", 18, MatchedShare),
            Self::Quality => ("quality", 19, MatchedShare),
            Self::Activities => ("activities", 0, Count),
            Self::Attendees => ("attendees", 0, Count),
        }
    }

    #[must_use]
    pub fn code(self) -> &'static str {
        self.told().0
    }

    #[must_use]
    pub fn number(self) -> u8 {
        self.told().1
    }

    #[must_use]
    pub fn kind(self) -> LineKind {
        self.told().2
    }

    #[must_use]
    pub fn is_share(self) -> bool {
        !matches!(self.kind(), LineKind::Count | LineKind::PerHundred)
    }

    /// It counts what happened in the period; the others say how things stand at its end.
    #[must_use]
    pub fn is_of_period(self) -> bool {
        matches!(
            self,
            Self::Refused
                | Self::NotHome
                | Self::Revisit
                | Self::ReportsComplete
                | Self::ReportsTimely
                | Self::Vneid
                | Self::PublicServices
                | Self::Payments
                | Self::Elderly
                | Self::Disabled
                | Self::DutyHours
                | Self::LostToSignal
                | Self::SpotCheck
                | Self::Quality
                | Self::Activities
                | Self::Attendees
        )
    }

    /// What a commune must have sent for the line to have its figure; nothing where the line has one all the same.
    ///
    /// Communes without it are `missing.no_report` of a sum, and no others are.
    #[must_use]
    pub fn rests_on(self) -> Option<Awaited> {
        match self {
            Self::Found | Self::Success | Self::Reach | Self::VillagesReached | Self::WeightedReach => {
                Some(Awaited::Visits)
            }
            Self::Activities | Self::Attendees | Self::Elderly | Self::Disabled | Self::DutyHours => {
                Some(Awaited::Anything)
            }
            Self::ReportsTimely => Some(Awaited::Reports),
            Self::TeamsExist
            | Self::TeamsCompliant
            | Self::TeamsYouth
            | Self::TeamsTrained
            | Self::TeamsLate
            | Self::TeamsDaysLate => Some(Awaited::Teams),
            _ => None,
        }
    }

    /// It rests on households that were visited or guided: small differences of two periods are hidden.
    #[must_use]
    pub fn is_of_households(self) -> bool {
        matches!(
            self,
            Self::Found | Self::Success | Self::Reach | Self::Remaining | Self::TeamDays | Self::WeightedReach
        )
    }

    /// Villages have it in full, so that an old district may be summed from them.
    #[must_use]
    pub fn sums_villages(self) -> bool {
        matches!(
            self,
            Self::Found
                | Self::Success
                | Self::Reach
                | Self::Remaining
                | Self::VillagesReached
                | Self::VillagesUnknown
                | Self::WeightedReach
                | Self::StatusNoReport
                | Self::StatusNotReached
                | Self::StatusStarted
                | Self::StatusLow
                | Self::StatusNear
                | Self::StatusReached
                | Self::Stale
                | Self::RegisterComplete
                | Self::RegisterGazetteer
                | Self::DoubleExclusion
        )
    }
}
