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

impl fmt::Display for Finite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.get(), f)
    }
}

/// An instant to the millisecond, in six bytes: 4,000 years to either side of 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment([u16; 3]);

impl Moment {
    /// Since 1970; what lies beyond is its first or last.
    #[must_use]
    pub fn from_millisecond(millisecond: i64) -> Self {
        let [a, b, c, d, e, f, ..] = millisecond.clamp(-(1 << 47), (1 << 47) - 1).to_le_bytes();
        Self([[a, b], [c, d], [e, f]].map(u16::from_le_bytes))
    }

    #[must_use]
    pub fn as_millisecond(self) -> i64 {
        let [low, middle, high] = self.0;
        i64::from(low) | i64::from(middle) << 16 | i64::from(high.cast_signed()) << 32
    }
}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Moment {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_millisecond().cmp(&other.as_millisecond())
    }
}

/// What is finer than a millisecond is let go.
impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self::from_millisecond(at.as_millisecond())
    }
}

impl From<Moment> for Timestamp {
    fn from(at: Moment) -> Self {
        // Six bytes reach less far back and on than a time stamp does.
        Self::from_millisecond(at.as_millisecond()).unwrap_or(Self::UNIX_EPOCH)
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
        for millisecond in [i64::MIN, -1 << 47, -1, 0, 65_535, 65_536, 1 << 32, (1 << 47) - 1, i64::MAX] {
            let kept = Moment::from_millisecond(millisecond);
            assert_eq!(kept.as_millisecond(), millisecond.clamp(-1 << 47, (1 << 47) - 1));
            assert_eq!(kept.cmp(&Moment::from_millisecond(70_000)), millisecond.cmp(&70_000));
        }
        assert_eq!(size_of::<Moment>(), 6);
        for text in ["1969-12-31T23:59:59.999Z", "2026-11-29T00:00:00.123Z", "6429-10-17T02:45:55.327Z"] {
            let at: Timestamp = text.parse().unwrap();
            assert_eq!(Timestamp::from(Moment::from(at)), at);
        }
    }
}
