//! Values that take no more room when they may be absent.
//!
//! A province keeps millions of runs in memory, and `Option<f32>` is eight bytes where four will do: the
//! bit patterns that no value has say "absent".

use std::fmt;
use std::num::NonZeroU32;

use jiff::Timestamp;

/// A finite number, its bits turned over: all ones is a NaN, so zero is free.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Finite(NonZeroU32);

impl Finite {
    /// `None` for NaN and infinities.
    #[must_use]
    pub fn new(value: f32) -> Option<Self> {
        // Negative zero is zero: equal numbers have equal bits.
        if value.is_finite() { NonZeroU32::new(!(value + 0.0).to_bits()).map(Self) } else { None }
    }

    #[must_use]
    pub fn get(self) -> f32 {
        f32::from_bits(!self.0.get())
    }
}

impl PartialOrd for Finite {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Finite {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.get().total_cmp(&other.get())
    }
}

impl fmt::Debug for Finite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.get(), f)
    }
}

/// An instant to the millisecond, in half the room of a [`Timestamp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    millisecond: i64,
}

impl Moment {
    /// Since 1970. Beyond what a [`Timestamp`] can be it reads back as 1970.
    #[must_use]
    pub fn from_millisecond(millisecond: i64) -> Self {
        Self { millisecond }
    }

    #[must_use]
    pub fn as_millisecond(self) -> i64 {
        self.millisecond
    }
}

/// What is finer than a millisecond is let go.
impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self { millisecond: at.as_millisecond() }
    }
}

impl From<Moment> for Timestamp {
    fn from(at: Moment) -> Self {
        // It was one before, so it is in range.
        Self::from_millisecond(at.millisecond).unwrap_or(Self::UNIX_EPOCH)
    }
}

#[cfg(test)]
mod tests {
    use super::{Finite, Moment, Timestamp};

    #[test]
    fn an_absent_number_takes_no_more_room_than_one_that_is_there() {
        assert_eq!(size_of::<Option<Finite>>(), size_of::<f32>());
        for value in [0.0, -0.0, 1.5, -120.25, f32::MIN, f32::MAX, f32::MIN_POSITIVE] {
            assert_eq!(Finite::new(value).unwrap().get(), value);
        }
        assert_eq!(Finite::new(-0.0), Finite::new(0.0));
        assert!([f32::NAN, f32::INFINITY, f32::NEG_INFINITY].iter().all(|value| Finite::new(*value).is_none()));
        assert!(Finite::new(-3.0) < Finite::new(-2.5), "they order as numbers, not as bits");
    }

    #[test]
    fn a_moment_is_the_instant_to_the_millisecond() {
        for text in ["1969-12-31T23:59:59.999Z", "2026-11-29T00:00:00.123Z", "9999-12-30T22:00:00Z"] {
            let at: Timestamp = text.parse().unwrap();
            assert_eq!(Timestamp::from(Moment::from(at)), at);
        }
    }
}
