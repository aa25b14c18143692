//! Points as forms write them: `20.2539 105.9745 3 4.5`, latitude first, then altitude and the radius of the fix.

/// Latitude, longitude, altitude, accuracy, as written: what a number is stays with the reader of rows.
pub(super) type Numbers = [Option<String>; 4];

/// Two to four numbers with a blank between; one of the first two has decimals, for `12 5` is an answer.
pub(super) fn parse(text: &str) -> Option<Numbers> {
    let mut numbers: Numbers = Default::default();
    let mut count = 0;
    for part in text.split(' ') {
        part.parse::<f64>().ok()?;
        *numbers.get_mut(count)? = Some(part.to_owned());
        count += 1;
    }
    let has_decimals = numbers.iter().take(2).flatten().any(|number| number.contains('.'));
    (count >= 2 && has_decimals).then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_three_or_four_numbers_are_a_point_and_an_answer_is_none() {
        let count = |text: &str| parse(text).map(|numbers| numbers.iter().flatten().count());
        assert_eq!(count("20.25 105.97"), Some(2));
        assert_eq!(count("20.25 105.97 3"), Some(3));
        assert_eq!(count("20.25 105.97 0 0"), Some(4));
        for text in
            ["", "12 5", "20.25", "20.25 105.97 3 4 5", "20.25  105.97", "20.1 x", "20.1 105.9 0 0;20.2 105.9 0 0"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
