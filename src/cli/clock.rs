//! The only place that reads the clock.

use jiff::Timestamp;

#[expect(clippy::disallowed_methods, reason = "the one door to the clock; every other room is told the time")]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}
