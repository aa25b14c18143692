//! What the name of a file says: of which quarter it is, and whether over the air or over wires.
//!
//! Ookla's names are `2023-10-01_performance_mobile_tiles.parquet`, in folders
//! `type=mobile/year=2023/quarter=4`; the day is the first of the quarter.

use std::path::Path;

use jiff::civil::Date;

use crate::model::speed::Quarter;

/// The words of a path that may speak of its content, nearest first: the name, then the folders above it.
fn words(path: &Path) -> Vec<String> {
    let parts = path.iter().rev().filter_map(|part| part.to_str()).take(4);
    parts.map(str::to_lowercase).collect()
}

/// `performance_fixed_tiles`, `type=fixed`; the nearest word decides.
pub(super) fn is_fixed(path: &Path) -> bool {
    let kind = |word: &String| {
        let has = |name: &str| word.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| part == name);
        (has("fixed") || has("mobile")).then(|| has("fixed") && !has("mobile"))
    };
    words(path).iter().find_map(kind).unwrap_or(false)
}

/// The quarter that a file's name says, else its folders.
#[must_use]
pub fn of_name(path: &Path) -> Option<Quarter> {
    let words = words(path);
    let of_name = words.first().and_then(|name| of_day(name).or_else(|| of_quarter(name)));
    let of_folders = || {
        let value = |key: &str| words.iter().find_map(|word| word.strip_prefix(key)?.parse().ok());
        let quarter: i16 = value("quarter=")?;
        Quarter::new(value("year=")?, i8::try_from(quarter).ok()?).ok()
    };
    of_name.or_else(of_folders)
}

/// The first `2023-10-01` of a name that is a day.
fn of_day(name: &str) -> Option<Quarter> {
    let day = |at: usize| name.get(at..at + 10)?.parse::<Date>().ok();
    (0..name.len()).find_map(day).and_then(|day| Quarter::of(day).ok())
}

/// `2023-q4`, `2023_q4`, `2023q4`, `q4-2023`.
fn of_quarter(name: &str) -> Option<Quarter> {
    // The longest writing is seven letters.
    let piece = |at: usize| (6..=7).find_map(|length| name.get(at..at + length)?.replace('_', "-").parse().ok());
    (0..name.len()).find_map(piece)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_or_else_its_folders_say_the_quarter() {
        for (path, quarter) in [
            ("2023-10-01_performance_mobile_tiles.parquet", "2023-Q4"),
            ("ookla/type=mobile/year=2024/quarter=1/2023-10-01_performance_mobile_tiles.parquet", "2023-Q4"),
            ("type=mobile/year=2024/quarter=1/tiles.parquet", "2024-Q1"),
            ("toc_do_2025-Q3.csv", "2025-Q3"),
            ("Q3_2025 tốc độ.xlsx", "2025-Q3"),
            ("ô_2025q2.geojson", "2025-Q2"),
        ] {
            assert_eq!(of_name(Path::new(path)).map(|q| q.to_string()).as_deref(), Some(quarter), "{path}");
        }
        for path in ["tiles.parquet", "", "2025.csv", "2023-13-45.csv", "year=2024/tiles.csv", "q5-2025.csv"] {
            assert_eq!(of_name(Path::new(path)), None, "{path}");
        }
    }

    #[test]
    fn fixed_broadband_is_known_by_the_nearest_word() {
        for (path, fixed) in [
            ("2023-10-01_performance_fixed_tiles.parquet", true),
            ("type=fixed/year=2023/quarter=4/tiles.parquet", true),
            ("type=fixed/performance_mobile_tiles.parquet", false),
            ("fixed/mobile/tiles.csv", false),
            ("affixed.csv", false),
            ("tiles.csv", false),
        ] {
            assert_eq!(is_fixed(Path::new(path)), fixed, "{path}");
        }
    }
}
