//! Degrees, minutes and seconds as gazetteers print them.
//!
//! `20° 50' 04"`, `20º50’04,5”`, `106 02 12`, `N 20-50-04`, `20 độ 50 phút 4 giây`,
//! `106°02'12"Đ`. South and west are negative; `B` (Bắc) and `Đ` (Đông) are north
//! and east. What has no minutes is left to the reader of plain numbers.

/// Degrees; `None` for anything else than degrees with minutes, and for minutes or seconds of 60 and more.
pub(super) fn degrees(text: &str) -> Option<f64> {
    let mut sign = 1.0;
    let mut plain = String::with_capacity(text.len());
    for word in ["độ", "phút", "giây"].iter().fold(text.to_lowercase(), |text, word| text.replace(word, " ")).chars()
    {
        match word {
            '0'..='9' => plain.push(word),
            '.' | ',' => plain.push('.'),
            's' | 'w' => sign = -1.0,
            'n' | 'e' | 'b' | 'đ' => {}
            '°' | 'º' | '˚' | '\'' | '’' | '′' | '"' | '”' | '″' | '“' | '-' | ' ' | '\u{a0}' => {
                plain.push(' ')
            }
            _ => return None,
        }
    }
    let mut parts = plain.split_whitespace();
    let whole = |part: Option<&str>| part.filter(|digits| digits.len() <= 3)?.parse::<u16>().ok().map(f64::from);
    let degrees = whole(parts.next())?;
    let minutes = parts.next()?;
    let Some(seconds) = parts.next() else {
        // `20° 50.07'`: minutes with decimals.
        let minutes: f64 = minutes.parse().ok().filter(|minutes| (0.0..60.0).contains(minutes))?;
        return Some(sign * (degrees + minutes / 60.0));
    };
    let minutes = whole(Some(minutes)).filter(|minutes| *minutes < 60.0)?;
    let seconds: f64 = seconds.parse().ok().filter(|seconds| (0.0..60.0).contains(seconds))?;
    parts.next().is_none().then_some(sign * (degrees + minutes / 60.0 + seconds / 3600.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_minutes_and_seconds_are_read_as_they_are_printed() {
        let lat = 20.0 + 50.0 / 60.0 + 4.0 / 3600.0;
        for text in [
            "20° 50' 04\"",
            "20º50’04”",
            "20 50 04",
            "N 20-50-04",
            "20 độ 50 phút 4 giây",
            "20°50'04\"B",
            "20° 50′ 4,0″",
        ] {
            assert!(degrees(text).is_some_and(|found| (found - lat).abs() < 1e-12), "{text}: {:?}", degrees(text));
        }
        assert_eq!(degrees("106°30'Đ"), Some(106.5));
        assert_eq!(degrees("10° 30' S"), Some(-10.5));
    }

    #[test]
    fn what_is_none_is_left_to_others() {
        for text in [
            "",
            "20.85",
            "105,97",
            "20° 60' 04\"",
            "20° 50' 61\"",
            "20 50 04 05",
            "1.234.567",
            "abc",
            "20°",
            "NaN",
            "9999 1 1",
        ] {
            assert_eq!(degrees(text), None, "{text}");
        }
    }
}
