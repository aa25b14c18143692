//! What was taught at the door: the topics of the dispatch on community digital teams.

/// A topic of the form `tham_ho`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    PublicServices,
    Vneid,
    Signature,
    Payment,
    Commerce,
    Safety,
    Internet,
    Health,
    Other,
}

impl Topic {
    pub const ALL: [Self; 9] = [
        Self::PublicServices,
        Self::Vneid,
        Self::Signature,
        Self::Payment,
        Self::Commerce,
        Self::Safety,
        Self::Internet,
        Self::Health,
        Self::Other,
    ];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::PublicServices => "dvctt",
            Self::Vneid => "vneid",
            Self::Signature => "digsig",
            Self::Payment => "epay",
            Self::Commerce => "ecom",
            Self::Safety => "safe",
            Self::Internet => "internet",
            Self::Health => "ehealth",
            Self::Other => "other",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.code() == code)
    }

    /// What was taught is of no use where no telephone has a signal.
    #[must_use]
    pub fn needs_data(self) -> bool {
        matches!(self, Self::PublicServices | Self::Vneid | Self::Payment | Self::Commerce | Self::Health)
    }
}

/// The topics of one visit; none where nobody wrote them down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Topics(u16);

impl Topics {
    pub fn insert(&mut self, topic: Topic) {
        self.0 |= 1 << topic as u16;
    }

    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = Topic> {
        Topic::ALL.into_iter().filter(move |topic| self.0 & (1 << *topic as u16) != 0)
    }

    /// `vneid safe`, as a form writes it; `None` for none.
    #[must_use]
    pub fn codes(self) -> Option<String> {
        (!self.is_empty()).then(|| self.iter().map(Topic::code).collect::<Vec<_>>().join(" "))
    }

    #[must_use]
    pub fn from_codes(codes: &str) -> Option<Self> {
        codes.split(' ').map(Topic::from_code).collect()
    }
}

impl FromIterator<Topic> for Topics {
    fn from_iter<I: IntoIterator<Item = Topic>>(topics: I) -> Self {
        let mut all = Self::default();
        topics.into_iter().for_each(|topic| all.insert(topic));
        all
    }
}

/// What came of a visit, in counts; missing is not nought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Yields {
    /// New `VNeID` accounts of level 2.
    pub vneid: Option<u32>,
    /// Applications for public services.
    pub services: Option<u32>,
    /// New payment accounts.
    pub payments: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_written_as_a_form_writes_them() {
        let two: Topics = [Topic::Safety, Topic::Vneid].into_iter().collect();
        assert_eq!(two.codes().as_deref(), Some("vneid safe"));
        assert_eq!(Topics::from_codes("vneid safe"), Some(two));
        assert_eq!(Topics::from_codes("vneid dance"), None);
        assert_eq!(Topics::default().codes(), None);
        for topic in Topic::ALL {
            assert_eq!(Topic::from_code(topic.code()), Some(topic));
        }
    }
}
