//! The words of hints at sites: what stands at a candidate, whom a hint counts, and why there is none.

/// What stands where a site is hinted at, in the order of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CandidateKind {
    /// A mast of the operator asked for, or of any where none is: a further sector or band.
    Mast,
    /// A mast of another operator, to share.
    SharedMast,
    PublicPlace,
    Village,
    /// The middle of a cell without usable signal, where nothing else is known.
    Ground,
}

impl CandidateKind {
    pub const ALL: [Self; 5] = [Self::Mast, Self::SharedMast, Self::PublicPlace, Self::Village, Self::Ground];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Mast => "mast",
            Self::SharedMast => "shared_mast",
            Self::PublicPlace => "public_place",
            Self::Village => "village",
            Self::Ground => "ground",
        }
    }
}

/// Whom hints count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HintUnit {
    Households,
    /// Where no village in a dead area declares households and some declare people.
    People,
}

impl HintUnit {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Households => "households",
            Self::People => "people",
        }
    }
}

/// Where the radius comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RadiusFrom {
    Asked,
    /// From the measurements and the masts of a network.
    Measured,
    Rules,
}

impl RadiusFrom {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Measured => "measured",
            Self::Rules => "rules",
        }
    }
}

/// Why there is no hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoHints {
    /// Nobody measured under the question.
    NotMeasured,
    /// Measured, and nothing is established as without usable signal.
    NoDeadArea,
    /// No village stands in a dead area.
    NoVillage,
    /// Villages stand there, and none declares households or people.
    NotReported,
    /// They declare that nobody lives there.
    Nobody,
}

impl NoHints {
    pub const ALL: [Self; 5] = [Self::NotMeasured, Self::NoDeadArea, Self::NoVillage, Self::NotReported, Self::Nobody];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotMeasured => "not_measured",
            Self::NoDeadArea => "no_dead_area",
            Self::NoVillage => "no_village",
            Self::NotReported => "not_reported",
            Self::Nobody => "nobody",
        }
    }
}
