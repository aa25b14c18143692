//! What of an answer a role sees: one for many roles, so that caches hold few.

use super::Matter;

/// What of an answer a reader sees: all that a role changes in its bytes. One for many roles, so that caches hold few.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sight {
    /// [`Matter::Figures`], households in steps (`Question::steps`).
    Open,
    /// And [`Matter::Network`].
    Network,
    /// [`Matter::Figures`] of any days.
    Daily,
    /// Everything, [`Matter::Files`] and [`Matter::Undecided`] too.
    Whole,
}

impl Sight {
    #[must_use]
    pub fn shows(self, matter: Matter) -> bool {
        match matter {
            Matter::Figures => true,
            Matter::Network => matches!(self, Self::Network | Self::Whole),
            // Figures that are kept from whoever is told of households in steps.
            Matter::AnyDays => !self.steps(),
            // Of visits a layer holds those of all places: who may read those of its own has other lists.
            Matter::Files | Matter::Undecided | Matter::Visits => self == Self::Whole,
            // No part of an answer to a question.
            _ => false,
        }
    }

    /// Whether households are told in steps: whoever may ask for whole months only.
    #[must_use]
    pub fn steps(self) -> bool {
        matches!(self, Self::Open | Self::Network)
    }

    /// In addresses and validators.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Network => "network",
            Self::Daily => "daily",
            Self::Whole => "whole",
        }
    }
}
