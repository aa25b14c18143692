//! Units and zones that headings state: `Tốc độ (km/h)`, `dl_kbps`, `Time (UTC)`.

use crate::ingest::text;

/// What stands in brackets behind a heading, or at its end: `[dBm]`, `(km/h)`, `_kbps`.
pub(super) fn unit(heading: &str) -> String {
    let folded = text::fold(heading);
    match folded.find(['(', '[']) {
        Some(at) if at > 0 => folded[at + 1..].trim_end_matches([')', ']', ' ']).to_owned(),
        _ => folded.rsplit([' ', '_', ',']).next().unwrap_or_default().to_owned(),
    }
}

/// `Mức thu (-dBm)`: numbers without their minus.
pub(super) fn has_minus(heading: &str) -> bool {
    heading.to_ascii_lowercase().contains("-dbm")
}

/// To kilometres an hour.
pub(super) fn speed_factor(unit: &str) -> Option<f64> {
    match unit {
        "km/h" | "kmh" | "kph" | "km/gio" => Some(1.0),
        "m/s" | "mps" => Some(3.6),
        _ => None,
    }
}

/// To kilobits a second.
pub(super) fn download_factor(unit: &str) -> Option<f64> {
    match unit {
        "kbit/s" | "kbps" | "kb/s" | "kbit" => Some(1.0),
        "mbit/s" | "mbps" | "mb/s" | "mbit" => Some(1000.0),
        _ => None,
    }
}

/// The zone that a heading names: seconds east of Greenwich of `Time (UTC)`, `time_utc`, `GMT+7`.
pub(super) fn zone(heading: &str) -> Option<i64> {
    let folded = text::fold(heading);
    let (at, name) = ["utc", "gmt"].iter().find_map(|name| Some((folded.find(name)?, name)))?;
    let behind = |text: &str| text.chars().next().is_some_and(char::is_alphanumeric);
    let before = folded[..at].chars().next_back().is_some_and(char::is_alphanumeric);
    let rest = &folded[at + name.len()..];
    if before || behind(rest) {
        return None;
    }
    let (sign, rest) = match rest.trim_start().split_at_checked(1) {
        Some(("+", rest)) => (1, rest),
        Some(("-", rest)) => (-1, rest),
        _ => return Some(0),
    };
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == ':')).unwrap_or(rest.len());
    let (hours, minutes) = rest[..end].split_once(':').unwrap_or((&rest[..end], "0"));
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_stands_in_brackets_or_at_the_end() {
        for (heading, expected) in
            [("Mức thu (dBm)", "dbm"), ("Speed [km/h]", "km/h"), ("dl_kbps", "kbps"), ("Level", "level")]
        {
            assert_eq!(unit(heading), expected);
        }
    }

    #[test]
    fn a_heading_may_name_the_zone_of_its_times() {
        for (heading, expected) in [
            ("Time (UTC)", Some(0)),
            ("time_utc", Some(0)),
            ("UTC time", Some(0)),
            ("Thời gian (GMT +7)", Some(25_200)),
            ("Time UTC+05:30", Some(19_800)),
            ("Time", None),
            ("cutcode", None),
        ] {
            assert_eq!(zone(heading), expected, "{heading}");
        }
    }
}
