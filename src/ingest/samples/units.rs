//! Units and zones that headings state: `Tốc độ (km/h)`, `dl_kbps`, `Time (UTC)`.

use crate::ingest::text;

/// What stands in brackets behind a heading, or at its end: `[dBm]`, `(km/h)`, `_kbps`.
pub(super) fn unit(heading: &str) -> String {
    if let Some(bytes) = bytes_a_second(heading) {
        return bytes.to_owned();
    }
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
        KBYTES | "kbytes/s" => Some(8.0),
        MBYTES | "mbytes/s" => Some(8000.0),
        _ => None,
    }
}

const KBYTES: &str = "kbyte/s";
const MBYTES: &str = "mbyte/s";

/// `MB/s`, `KBps`: a large B before a small s is a byte. Where all letters are large, nobody knows.
fn bytes_a_second(text: &str) -> Option<&'static str> {
    let at = text.find("B/s").or_else(|| text.find("Bps"))?;
    match text[..at].chars().next_back()? {
        'k' | 'K' => Some(KBYTES),
        'M' => Some(MBYTES),
        _ => None,
    }
}

/// The unit of a cell, where it counts bytes.
pub(super) fn counts_bytes(cell: &[u8]) -> bool {
    std::str::from_utf8(cell).is_ok_and(|text| bytes_a_second(text).is_some())
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
    fn a_speed_in_bytes_is_eight_times_one_in_bits() {
        for (heading, factor) in [
            ("Download (MB/s)", 8000.0),
            ("DL [KB/s]", 8.0),
            ("Download kB/s", 8.0),
            ("Throughput (MBps)", 8000.0),
            ("dl_KBps", 8.0),
            ("Download (Mb/s)", 1000.0),
            ("Download (Mbps)", 1000.0),
            ("DL KBPS", 1.0),
            ("dl_kbps", 1.0),
        ] {
            assert_eq!(download_factor(&unit(heading)), Some(factor), "{heading}");
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
