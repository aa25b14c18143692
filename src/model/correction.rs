//! Answers to refused rows: what a person says a cell should hold, and what became of it.
//!
//! A correction answers a refusal, so it names the line and the field as the
//! refusal does. The file stays as it is; what was read otherwise is kept with
//! the import, as much of it as names no person.

/// Characters of a value. The longest name of a village has 60.
const VALUE_MOST: usize = 500;
/// Characters of a heading: ODK joins the names of groups.
const FIELD_MOST: usize = 300;

/// What a person says of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// As [`super::refusal::Reject::line`].
    pub line: u64,
    pub answer: Answer,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// What the cell should hold.
    Cell { field: String, value: String },
    /// The row stays refused, on purpose.
    LeaveOut,
}

/// Why an answer cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotACorrection {
    #[error("a correction names its line, from 1")]
    NoLine,
    #[error("a correction names its field")]
    NoField,
    #[error("a value has at most {VALUE_MOST} characters")]
    Long,
    #[error("a value is one line of text")]
    Control,
}

impl Correction {
    /// # Errors
    /// [`NotACorrection`].
    pub fn cell(line: u64, field: &str, value: &str) -> Result<Self, NotACorrection> {
        let (field, value) = (field.trim(), value.trim());
        if line == 0 {
            return Err(NotACorrection::NoLine);
        }
        if field.is_empty() {
            return Err(NotACorrection::NoField);
        }
        if value.chars().count() > VALUE_MOST || field.chars().count() > FIELD_MOST {
            return Err(NotACorrection::Long);
        }
        if value.chars().chain(field.chars()).any(char::is_control) {
            return Err(NotACorrection::Control);
        }
        Ok(Self { line, answer: Answer::Cell { field: field.to_owned(), value: value.to_owned() } })
    }

    /// # Errors
    /// [`NotACorrection::NoLine`].
    pub fn leave_out(line: u64) -> Result<Self, NotACorrection> {
        if line == 0 { Err(NotACorrection::NoLine) } else { Ok(Self { line, answer: Answer::LeaveOut }) }
    }
}

/// A cell that was read otherwise than the file has it. Texts that may name a person or a home are `…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corrected {
    pub line: u64,
    pub field: String,
    pub before: String,
    pub after: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_names_its_line_and_field_and_is_short() {
        assert!(Correction::cell(2, " result ", "guided").is_ok_and(|good| good.line == 2));
        assert_eq!(Correction::cell(0, "result", "x"), Err(NotACorrection::NoLine));
        assert_eq!(Correction::cell(2, " ", "x"), Err(NotACorrection::NoField));
        assert_eq!(Correction::cell(2, "result", &"x".repeat(501)), Err(NotACorrection::Long));
        assert_eq!(Correction::cell(2, "result", "a\nb"), Err(NotACorrection::Control));
        assert_eq!(Correction::leave_out(0), Err(NotACorrection::NoLine));
    }
}
