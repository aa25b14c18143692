//! Fast text: numbers straight into bytes. Two million rows through `format!`
//! would cost more than making them.

use super::plane::Micro;

/// A whole number.
pub(super) fn whole(out: &mut Vec<u8>, value: i64) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    let mut rest = value.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[at..]);
}

/// A number given in units of 10^-`places`.
pub(super) fn scaled(out: &mut Vec<u8>, value: i64, places: u32) {
    let one = 10_i64.pow(places);
    if value < 0 {
        out.push(b'-');
    }
    let value = value.abs();
    whole(out, value / one);
    if places > 0 {
        out.push(b'.');
        padded(out, value % one, places);
    }
}

/// A whole number with leading zeros.
pub(super) fn padded(out: &mut Vec<u8>, value: i64, width: u32) {
    for place in (0..width).rev() {
        out.push(b'0' + u8::try_from(value / 10_i64.pow(place) % 10).unwrap_or(0));
    }
}

/// `105.921522,20.561942` with the separator given.
pub(super) fn lon_lat(out: &mut Vec<u8>, (lon, lat): Micro, separator: u8) {
    scaled(out, i64::from(lon), 6);
    out.push(separator);
    scaled(out, i64::from(lat), 6);
}

/// Nearest whole number of a finite, small value.
#[expect(clippy::cast_possible_truncation, reason = "callers pass decibels, metres and kbit/s")]
pub(super) fn rounded(value: f64) -> i64 {
    value.round() as i64
}

/// `2026-01-31T08:05:09+07:00`.
pub(super) fn time(out: &mut Vec<u8>, day: jiff::civil::Date, second_of_day: i64) {
    padded(out, i64::from(day.year()), 4);
    out.push(b'-');
    padded(out, i64::from(day.month()), 2);
    out.push(b'-');
    padded(out, i64::from(day.day()), 2);
    out.push(b'T');
    padded(out, second_of_day / 3_600, 2);
    out.push(b':');
    padded(out, second_of_day / 60 % 60, 2);
    out.push(b':');
    padded(out, second_of_day % 60, 2);
    out.extend_from_slice(b"+07:00");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(write: impl Fn(&mut Vec<u8>), text: &str) {
        let mut out = Vec::new();
        write(&mut out);
        assert_eq!(String::from_utf8(out).as_deref(), Ok(text));
    }

    #[test]
    fn fast_numbers_read_like_slow_ones() {
        for value in [0, 7, -7, 10, 999_999, -1_000_000, i64::from(i32::MIN), 105_921_522, i64::MAX] {
            check(|out| whole(out, value), &value.to_string());
        }
        for value in [0_i32, 5, -5, 9_999, -12_345, 105_921_522] {
            check(|out| scaled(out, i64::from(value), 1), &format!("{:.1}", f64::from(value) / 10.0));
            check(|out| scaled(out, i64::from(value), 6), &format!("{:.6}", f64::from(value) / 1e6));
        }
    }

    #[test]
    fn a_time_is_local_and_says_so() {
        let day = jiff::civil::date(2026, 1, 31);
        for second in [0, 59, 3_661, 86_399] {
            let slow = jiff::civil::DateTime::from(day).saturating_add(jiff::SignedDuration::from_secs(second));
            check(|out| time(out, day, second), &format!("{}+07:00", slow.strftime("%Y-%m-%dT%H:%M:%S")));
        }
    }
}
