//! Points as forms write them: `20.2539 105.9745 3 4.5`, latitude first, then altitude and the radius of the fix.

/// Latitude, longitude, altitude, accuracy, as written: what a number is stays with the reader of rows.
pub(in crate::ingest) type Numbers = [Option<String>; 4];

/// The same, and the two numbers that a map on the web gives to copy: `20.2539, 105.9745`.
pub(in crate::ingest) fn parse_cell(text: &str) -> Option<Numbers> {
    let numbers = text.split([' ', ',', ';']).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    parse(&numbers)
}

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
    fn a_cell_of_two_numbers_is_a_point_whatever_stands_between() {
        for text in ["20.25 105.97", "20.25, 105.97", "20.25,105.97", "20.25; 105.97"] {
            let [latitude, longitude, ..] = parse_cell(text).unwrap();
            assert_eq!((latitude.as_deref(), longitude.as_deref()), (Some("20.25"), Some("105.97")), "{text}");
        }
        for text in ["", "cạnh chợ", "20,25", "12, 5", "20.25"] {
            assert_eq!(parse_cell(text), None, "{text}");
        }
    }

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
