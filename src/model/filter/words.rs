//! Words that a column of codes cannot hold: a filter that asks for one is misspelt, and no row would ever answer it.

use super::{Filter, NotAFilter, Scalar, Test};

impl Filter {
    /// Holds the words of a filter to those of its columns. `words`: what a column can hold, nothing where it may be
    /// any text.
    ///
    /// # Errors
    /// Names the first word that its column cannot hold, and those that it can.
    pub fn check_words(&self, words: &dyn Fn(&str) -> Vec<&'static str>) -> Result<(), NotAFilter> {
        self.0.check_words(words)
    }
}

impl Test {
    fn check_words(&self, words: &dyn Fn(&str) -> Vec<&'static str>) -> Result<(), NotAFilter> {
        match self {
            Self::All(tests) | Self::Any(tests) => tests.iter().try_for_each(|test| test.check_words(words)),
            Self::Not(test) => test.check_words(words),
            Self::Compare(one, _, other) => known(one, other, words).and_then(|()| known(other, one, words)),
            Self::In(value, list) => list.iter().try_for_each(|item| known(value, item, words)),
            // A pattern may fit none of them, and still be meant.
            Self::Like(..) | Self::Between(..) | Self::IsNull(_) | Self::Meets(_) | Self::Holds(_) => Ok(()),
        }
    }
}

fn known(column: &Scalar, word: &Scalar, words: &dyn Fn(&str) -> Vec<&'static str>) -> Result<(), NotAFilter> {
    let ((Scalar::Column(column), bare), (Scalar::Text(word), bare_word)) = (bare(column), bare(word)) else {
        return Ok(());
    };
    let words = words(column);
    let fits = |known: &&str| {
        if bare || bare_word { known.to_lowercase() == word.to_lowercase() } else { *known == word }
    };
    if words.is_empty() || words.iter().any(fits) {
        return Ok(());
    }
    let known = words.into_iter().map(str::to_owned).collect();
    Err(NotAFilter::UnknownWord { column: column.clone(), found: word.clone(), known })
}

/// What is compared, and whether without regard to capitals or marks: codes have neither.
fn bare(scalar: &Scalar) -> (&Scalar, bool) {
    match scalar {
        Scalar::Casei(of) | Scalar::Accenti(of) => (bare(of).0, true),
        plain => (plain, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::filter::Kind;

    fn read(text: &str) -> Result<(), NotAFilter> {
        let filter = Filter::of_text(text, &[("verdict", Kind::Text), ("name", Kind::Text)]).unwrap();
        filter.check_words(&|column| if column == "verdict" { vec!["none", "weak"] } else { Vec::new() })
    }

    #[test]
    fn a_word_that_a_column_cannot_hold_is_refused_with_those_that_it_can() {
        for text in [
            "verdict = 'confirmd'",
            "'confirmd' = verdict",
            "verdict <> 'confirmd'",
            "NOT (name = 'x' AND verdict = 'confirmd')",
            "verdict IN ('weak', 'confirmd')",
            "CASEI(verdict) = CASEI('Confirmd')",
        ] {
            let expected = NotAFilter::UnknownWord {
                column: "verdict".to_owned(),
                found: if text.contains("CASEI") { "Confirmd" } else { "confirmd" }.to_owned(),
                known: vec!["none".to_owned(), "weak".to_owned()],
            };
            assert_eq!(read(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn words_that_it_holds_patterns_and_other_columns_are_read_as_before() {
        for text in [
            "verdict = 'weak'",
            "verdict IN ('weak', 'none')",
            "CASEI(verdict) = CASEI('WEAK')",
            "verdict LIKE 'x%'",
            "verdict IS NULL",
            "name = 'confirmd'",
            "name = verdict",
        ] {
            assert_eq!(read(text), Ok(()), "{text}");
        }
    }
}
