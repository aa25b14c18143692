//! What is odd about a visit, and whether it counts before somebody has looked at it.

/// A sign that a visit was not made as it was reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flag {
    /// No position.
    NoPoint,
    /// A position that no boundary holds.
    OutsideProvince,
    /// A position in another commune than the one stated.
    OutsideCommune,
    /// Farther from its village than a village is wide.
    FarFromVillage,
    /// Accuracy of exactly nought: placed by hand, or mocked (ODK Collect).
    AccuracyZero,
    /// Accuracy worse than 100 m.
    AccuracyGt100,
    /// Somebody at the server of forms marked it for another look.
    HasIssues,
    /// Begun and ended within a minute: nobody was shown anything.
    TooFast,
    /// Between 22:00 and 05:00 at +07:00.
    Night,
    /// After today.
    Future,
    /// One of five or more at one and the same coordinate: typed in at a desk.
    Stacked,
    /// The same home with the same result on the same day, or another within 5 m and 10 minutes.
    Duplicate,
}

impl Flag {
    pub const ALL: [Self; 12] = [
        Self::NoPoint,
        Self::OutsideProvince,
        Self::OutsideCommune,
        Self::FarFromVillage,
        Self::AccuracyZero,
        Self::AccuracyGt100,
        Self::HasIssues,
        Self::TooFast,
        Self::Night,
        Self::Future,
        Self::Stacked,
        Self::Duplicate,
    ];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoPoint => "no_point",
            Self::OutsideProvince => "outside_province",
            Self::OutsideCommune => "outside_commune",
            Self::FarFromVillage => "far_from_village",
            Self::AccuracyZero => "accuracy_zero",
            Self::AccuracyGt100 => "accuracy_gt_100",
            Self::HasIssues => "has_issues",
            Self::TooFast => "too_fast",
            Self::Night => "night",
            Self::Future => "future",
            Self::Stacked => "stacked",
            Self::Duplicate => "duplicate",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flag| flag.code() == code)
    }

    /// A visit with it counts nowhere until somebody accepts it: not made yet, made somewhere else, held back at
    /// the server of forms, or made at a desk. The others are worth a look and count: a form without a position
    /// is a form, and neighbours live within the error of a telephone.
    #[must_use]
    pub fn blocks(self) -> bool {
        matches!(self, Self::OutsideProvince | Self::HasIssues | Self::Future | Self::Stacked)
    }
}

/// The flags of one visit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Flags(u16);

impl Flags {
    #[must_use]
    pub fn has(self, flag: Flag) -> bool {
        self.0 & (1 << flag as u16) != 0
    }

    pub fn insert(&mut self, flag: Flag) {
        self.0 |= 1 << flag as u16;
    }

    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Counts nowhere until somebody accepts it.
    #[must_use]
    pub fn block(self) -> bool {
        self.iter().any(Flag::blocks)
    }

    pub fn iter(self) -> impl Iterator<Item = Flag> {
        Flag::ALL.into_iter().filter(move |flag| self.has(*flag))
    }

    /// `night+stacked`; empty for none.
    #[must_use]
    pub fn codes(self) -> String {
        self.iter().map(Flag::code).collect::<Vec<_>>().join("+")
    }
}

impl FromIterator<Flag> for Flags {
    fn from_iter<I: IntoIterator<Item = Flag>>(flags: I) -> Self {
        let mut all = Self::default();
        flags.into_iter().for_each(|flag| all.insert(flag));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_has_a_place_of_its_own() {
        let all: Flags = Flag::ALL.into_iter().collect();
        assert_eq!(all.iter().collect::<Vec<_>>(), Flag::ALL);
        for flag in Flag::ALL {
            assert_eq!(Flag::from_code(flag.code()), Some(flag));
            assert_eq!(Flags::from_iter([flag]).iter().collect::<Vec<_>>(), [flag]);
        }
        assert_eq!(Flags::from_iter([Flag::Stacked, Flag::Night]).codes(), "night+stacked");
    }
}
