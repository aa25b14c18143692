//! Which rows of a layer are wanted: CQL2 of the OGC, in its text and in its JSON.
//!
//! `percent < 20 AND signal_place = 'no_signal'` is read once, held to the columns
//! of the layer, and asked of each row. Absent is unknown, as in SQL: what is
//! not known is neither below 20 nor not below it, and no row of it is kept.
//!
//! A parser of our own: docs/decisions/0018-filters.md. Conformance: Basic CQL2, advanced comparison, case- and
//! accent-insensitive comparison, basic spatial functions (OGC 21-065r2).

mod ground;
mod json;
mod text;
mod words;

use std::cmp::Ordering;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

pub use ground::Ground;

use super::feature::{Feature, Shape, Value};

/// The most characters of a filter: forty conditions with room to spare.
pub const MOST_TEXT: usize = 8 * 1024;
/// Parentheses in each other.
const MOST_DEPTH: usize = 32;
/// Conditions and values of one filter.
const MOST_PARTS: usize = 512;
/// Names by which a filter may call the shape of a row.
const SHAPES: [&str; 3] = ["geometry", "geom", "shape"];

/// A filter that has been read and fits the columns of its layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter(Test);

/// Why a filter is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAFilter {
    #[error("the filter has more than {MOST_TEXT} characters")]
    TooLong,
    #[error("the filter nests more than {MOST_DEPTH} deep or has more than {MOST_PARTS} parts")]
    TooDeep,
    #[error("the filter at character {at}: found {found}, expected {expected}")]
    Text { at: usize, found: String, expected: &'static str },
    #[error("the filter as JSON: found {found}, expected {expected}")]
    Json { found: String, expected: &'static str },
    #[error("there is no column `{found}` here, only {}", known.join(", "))]
    UnknownColumn { found: String, known: Vec<String> },
    #[error("`{column}` is never `{found}`, only {}", known.join(", "))]
    UnknownWord { column: String, found: String, known: Vec<String> },
    #[error("`{column}` holds {holds}, and is compared with {with}")]
    OtherKind { column: String, holds: &'static str, with: &'static str },
    #[error("{0} is no place on the globe")]
    NoPlace(String),
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Flag,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Flag => "true or false",
        }
    }
}

/// A condition on a row.
#[derive(Clone, Debug, PartialEq)]
enum Test {
    All(Vec<Test>),
    Any(Vec<Test>),
    Not(Box<Test>),
    Compare(Scalar, Comparison, Scalar),
    Like(Scalar, Scalar),
    Between(Scalar, Scalar, Scalar),
    In(Scalar, Vec<Scalar>),
    IsNull(String),
    /// The shape of the row meets this ground.
    Meets(Ground),
    /// A column of true or false, or one of the two words.
    Holds(Scalar),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
}

#[derive(Clone, Debug, PartialEq)]
enum Scalar {
    Column(String),
    Text(String),
    Number(f64),
    Flag(bool),
    /// Without regard to capitals.
    Casei(Box<Scalar>),
    /// Without regard to marks: `Yen Khanh` is `Yên Khánh`.
    Accenti(Box<Scalar>),
}

/// A value at hand while a row is asked.
#[derive(Clone, Debug, PartialEq)]
enum Held<'a> {
    Text(std::borrow::Cow<'a, str>),
    Number(f64),
    Flag(bool),
}

impl Filter {
    /// Reads CQL2 text, such as `percent < 20 AND ACCENTI(name) LIKE ACCENTI('%yen%')`.
    ///
    /// # Errors
    /// Says at which character, what was found and what was expected; or which column is not there.
    pub fn of_text(text: &str, columns: &[(&str, Kind)]) -> Result<Self, NotAFilter> {
        if text.chars().count() > MOST_TEXT {
            return Err(NotAFilter::TooLong);
        }
        Self::held_to(text::parse(text)?, columns)
    }

    /// Reads CQL2 JSON, such as `{"op": "<", "args": [{"property": "percent"}, 20]}`.
    ///
    /// # Errors
    /// As [`Filter::of_text`].
    pub fn of_json(text: &str, columns: &[(&str, Kind)]) -> Result<Self, NotAFilter> {
        if text.chars().count() > MOST_TEXT {
            return Err(NotAFilter::TooLong);
        }
        Self::held_to(json::parse(text)?, columns)
    }

    fn held_to(test: Test, columns: &[(&str, Kind)]) -> Result<Self, NotAFilter> {
        test.check(columns)?;
        Ok(Self(test))
    }

    /// Whether a row is wanted.
    #[must_use]
    pub fn keeps(&self, row: &Feature) -> bool {
        self.0.holds(row) == Some(true)
    }
}

impl Test {
    fn check(&self, columns: &[(&str, Kind)]) -> Result<(), NotAFilter> {
        match self {
            Self::All(tests) | Self::Any(tests) => tests.iter().try_for_each(|test| test.check(columns)),
            Self::Not(test) => test.check(columns),
            Self::Compare(one, _, other) | Self::Like(one, other) => alike(one, other, columns),
            Self::Between(value, low, high) => alike(value, low, columns).and_then(|()| alike(value, high, columns)),
            Self::In(value, list) => list.iter().try_for_each(|item| alike(value, item, columns)),
            Self::IsNull(name) if SHAPES.contains(&name.as_str()) => Ok(()),
            Self::IsNull(name) => kind_of(name, columns).map(drop),
            Self::Meets(_) => Ok(()),
            Self::Holds(value) => match value.kind(columns)? {
                Kind::Flag => Ok(()),
                other => Err(value.unlike(other, Kind::Flag)),
            },
        }
    }

    /// `None` where it hangs on something that is not known.
    fn holds(&self, row: &Feature) -> Option<bool> {
        match self {
            Self::All(tests) => {
                let mut known = true;
                for test in tests {
                    match test.holds(row) {
                        Some(false) => return Some(false),
                        Some(true) => {}
                        None => known = false,
                    }
                }
                known.then_some(true)
            }
            Self::Any(tests) => {
                let mut known = true;
                for test in tests {
                    match test.holds(row) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => known = false,
                    }
                }
                known.then_some(false)
            }
            Self::Not(test) => test.holds(row).map(|holds| !holds),
            Self::Compare(one, how, other) => how.holds(compare(&one.of(row)?, &other.of(row)?)?),
            Self::Like(value, pattern) => match (value.of(row)?, pattern.of(row)?) {
                (Held::Text(text), Held::Text(pattern)) => Some(is_like(&text, &pattern)),
                _ => None,
            },
            Self::Between(value, low, high) => {
                let value = value.of(row)?;
                let above = compare(&value, &low.of(row)?)?.is_ge();
                Some(above && compare(&value, &high.of(row)?)?.is_le())
            }
            Self::In(value, list) => {
                let value = value.of(row)?;
                let mut known = true;
                for item in list {
                    match item.of(row).and_then(|item| compare(&value, &item)) {
                        Some(order) if order.is_eq() => return Some(true),
                        Some(_) => {}
                        None => known = false,
                    }
                }
                known.then_some(false)
            }
            Self::IsNull(name) if SHAPES.contains(&name.as_str()) => Some(row.shape == Shape::Unlocated),
            Self::IsNull(name) => Some(row.get(name).is_none()),
            Self::Meets(ground) => ground.meets(&row.shape),
            Self::Holds(value) => match value.of(row)? {
                Held::Flag(flag) => Some(flag),
                _ => None,
            },
        }
    }
}

impl Comparison {
    #[expect(clippy::unnecessary_wraps, reason = "the caller asks for what may be unknown")]
    fn holds(self, order: Ordering) -> Option<bool> {
        Some(match self {
            Self::Equal => order.is_eq(),
            Self::Unequal => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::More => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        })
    }
}

impl Scalar {
    fn kind(&self, columns: &[(&str, Kind)]) -> Result<Kind, NotAFilter> {
        match self {
            Self::Column(name) => kind_of(name, columns),
            Self::Text(_) => Ok(Kind::Text),
            Self::Number(_) => Ok(Kind::Number),
            Self::Flag(_) => Ok(Kind::Flag),
            Self::Casei(of) | Self::Accenti(of) => match of.kind(columns)? {
                Kind::Text => Ok(Kind::Text),
                other => Err(of.unlike(other, Kind::Text)),
            },
        }
    }

    fn unlike(&self, holds: Kind, with: Kind) -> NotAFilter {
        NotAFilter::OtherKind { column: self.name(), holds: holds.name(), with: with.name() }
    }

    fn name(&self) -> String {
        match self {
            Self::Column(name) | Self::Text(name) => name.clone(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Casei(of) | Self::Accenti(of) => of.name(),
        }
    }

    fn of<'a>(&'a self, row: &'a Feature) -> Option<Held<'a>> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "no count of a province comes near 2⁵³")]
            Self::Column(name) => row.get(name).map(|value| match value {
                Value::Text(text) => Held::Text(text.into()),
                Value::Integer(number) => Held::Number(*number as f64),
                Value::Number(number) => Held::Number(*number),
                Value::Flag(flag) => Held::Flag(*flag),
            }),
            Self::Text(text) => Some(Held::Text(text.into())),
            Self::Number(number) => Some(Held::Number(*number)),
            Self::Flag(flag) => Some(Held::Flag(*flag)),
            Self::Casei(of) => of.of(row).map(|held| held.changed(str::to_lowercase)),
            Self::Accenti(of) => of.of(row).map(|held| held.changed(without_marks)),
        }
    }
}

impl Held<'_> {
    fn changed(self, how: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Text(text) => Self::Text(how(&text).into()),
            other => other,
        }
    }
}

fn kind_of(name: &str, columns: &[(&str, Kind)]) -> Result<Kind, NotAFilter> {
    let found = columns.iter().find(|(column, _)| *column == name);
    found.map(|(_, kind)| *kind).ok_or_else(|| NotAFilter::UnknownColumn {
        found: name.to_owned(),
        known: columns.iter().map(|(column, _)| (*column).to_owned()).collect(),
    })
}

fn alike(one: &Scalar, other: &Scalar, columns: &[(&str, Kind)]) -> Result<(), NotAFilter> {
    let (here, there) = (one.kind(columns)?, other.kind(columns)?);
    if here == there { Ok(()) } else { Err(one.unlike(here, there)) }
}

fn compare(one: &Held<'_>, other: &Held<'_>) -> Option<Ordering> {
    match (one, other) {
        (Held::Text(one), Held::Text(other)) => Some(one.as_ref().cmp(other.as_ref())),
        (Held::Number(one), Held::Number(other)) => one.partial_cmp(other),
        (Held::Flag(one), Held::Flag(other)) => Some(one.cmp(other)),
        _ => None,
    }
}

/// Letters without their marks; đ, which Unicode does not take apart, becomes d.
fn without_marks(text: &str) -> String {
    let bare = text.nfd().filter(|c| !is_combining_mark(*c));
    bare.map(|c| match c {
        'đ' => 'd',
        'Đ' => 'D',
        other => other,
    })
    .collect()
}

/// `%` stands for any characters, `_` for one, `\` before either for itself. Linear in text × pattern.
fn is_like(text: &str, pattern: &str) -> bool {
    #[derive(Clone, Copy)]
    enum Part {
        Any,
        One,
        This(char),
    }
    let mut parts = Vec::new();
    let mut signs = pattern.chars();
    while let Some(sign) = signs.next() {
        parts.push(match sign {
            '%' => Part::Any,
            '_' => Part::One,
            '\\' => Part::This(signs.next().unwrap_or('\\')),
            other => Part::This(other),
        });
    }
    // `reached[i]`: the parts so far can end before character i.
    let letters: Vec<char> = text.chars().collect();
    let mut reached = vec![false; letters.len() + 1];
    reached[0] = true;
    for part in parts {
        let mut next = vec![false; letters.len() + 1];
        match part {
            Part::Any => {
                let mut seen = false;
                for (after, before) in next.iter_mut().zip(&reached) {
                    seen |= before;
                    *after = seen;
                }
            }
            Part::One | Part::This(_) => {
                for (at, letter) in letters.iter().enumerate() {
                    let fits = match part {
                        Part::This(wanted) => *letter == wanted,
                        _ => true,
                    };
                    next[at + 1] = reached[at] && fits;
                }
            }
        }
        reached = next;
    }
    reached[letters.len()]
}

#[cfg(test)]
mod tests;
