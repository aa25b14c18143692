//! Acts on the register of villages: how a list of villages is kept right.
//!
//! An act is one line of a log: what, from which day, which office, why. It
//! takes nothing out of the register, and only another act takes it back. What
//! it makes of the villages is decided in `engine/editor`.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::measure::LonLat;
use super::said::{self, NotSaid};
use super::village::VillageCode;

/// Characters of the name of a village.
const NAME_MOST: usize = 100;
/// Villages that one act may touch: more than any commune has.
const MOST: usize = 100;
/// A point less sure than the breadth of a commune says nothing, metres.
const PRECISION_MOST_M: f32 = 20_000.0;

/// What an act does, as bodies and the log spell it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// The commune says that it exists as listed.
    Confirm,
    /// The old name stays as an alias.
    Rename { name: String },
    /// Another name that people know it by: files that have it find the village.
    Alias { name: String },
    Move {
        /// Longitude, latitude.
        point: LonLat,
        /// Radius within which the point is known, metres.
        precision_m: f32,
    },
    /// Declared on the day of the act.
    Households { households: u32 },
    /// The day of the act is its last.
    Close,
    /// Takes back a `Close`, and nothing else.
    Reopen,
    /// The others end where the act begins; the village of the act goes on for all of them.
    Merge { others: Vec<VillageCode> },
    /// The village ends where the act begins, and these begin.
    Split { parts: Vec<Part> },
}

/// A village that begins where another is split.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<LonLat>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision_m: Option<f32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub households: Option<u32>,
}

impl Change {
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Rename { .. } => "rename",
            Self::Alias { .. } => "alias",
            Self::Move { .. } => "move",
            Self::Households { .. } => "households",
            Self::Close => "close",
            Self::Reopen => "reopen",
            Self::Merge { .. } => "merge",
            Self::Split { .. } => "split",
        }
    }
}

/// An act that may be recorded, where the register bears it.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAct {
    village: VillageCode,
    change: Change,
    on: Date,
    who: String,
    why: String,
}

/// Why an act cannot be recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAct {
    #[error(transparent)]
    Said(#[from] NotSaid),
    #[error("{on} has not come yet: an act is recorded when it has happened")]
    Future { on: Date },
    #[error("a point is known within more than 0 and at most 20000 metres")]
    Precision,
    #[error("a merger has {found} other villages, expected 1 to {MOST}")]
    Others { found: usize },
    #[error("a split has {found} new villages, expected 2 to {MOST}")]
    Parts { found: usize },
    #[error("the register has no village `{0}`")]
    Unknown(VillageCode),
    #[error("the village {village} ended: {end} is the first day without it")]
    Ended { village: VillageCode, end: Date },
    #[error("the village {village} begins on {from}, and the act is of {on}")]
    BeforeItBegan { village: VillageCode, from: Date, on: Date },
    #[error("the village {0} is named twice")]
    Twice(VillageCode),
    #[error("the village {0} lies in another commune")]
    OtherCommune(VillageCode),
    #[error("there is a village `{name}` in this commune: {village}")]
    SameName { name: String, village: VillageCode },
    #[error("two of the new villages are called `{0}`")]
    TwoOfAName(String),
    #[error("the village {0} was not closed; a merger or a split is not taken back by reopening")]
    NotClosed(VillageCode),
    #[error("the numbers of this commune are used up")]
    UsedUp,
    #[error("the declared count of {known} is younger than {on}")]
    OlderCount { known: Date, on: Date },
}

/// Why an act cannot be recorded, in parts: a page says it in the words of its reader.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ActReason {
    pub code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub village: Option<VillageCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl NotAnAct {
    #[must_use]
    pub fn reason(&self) -> ActReason {
        let of = |code: &'static str| ActReason { code, ..ActReason::default() };
        let with = |code: &'static str, village: VillageCode| ActReason { village: Some(village), ..of(code) };
        match self {
            Self::Said(_) => of("said"),
            Self::Future { on } => ActReason { day: Some(*on), ..of("future") },
            Self::Precision => of("precision"),
            Self::Others { .. } => of("others"),
            Self::Parts { .. } => of("parts"),
            Self::Unknown(village) => with("unknown", *village),
            Self::Ended { village, end } => ActReason { day: Some(*end), ..with("ended", *village) },
            Self::BeforeItBegan { village, from, .. } => ActReason { day: Some(*from), ..with("not_begun", *village) },
            Self::Twice(village) => with("twice", *village),
            Self::OtherCommune(village) => with("other_commune", *village),
            Self::SameName { name, village } => ActReason { name: Some(name.clone()), ..with("same_name", *village) },
            Self::TwoOfAName(name) => ActReason { name: Some(name.clone()), ..of("two_of_a_name") },
            Self::NotClosed(village) => with("not_closed", *village),
            Self::UsedUp => of("used_up"),
            Self::OlderCount { known, .. } => ActReason { day: Some(*known), ..of("older_count") },
        }
    }
}

impl NewAct {
    /// # Errors
    /// Names what cannot be recorded. Every act says who and why.
    pub fn new(
        (village, change): (VillageCode, Change),
        on: Date,
        (who, why): (&str, &str),
        today: Date,
    ) -> Result<Self, NotAnAct> {
        let (who, why) = (said::label("who", who)?, said::remark("why", why)?);
        if why.is_empty() {
            return Err(NotSaid::Empty { field: "why" }.into());
        }
        if on > today {
            return Err(NotAnAct::Future { on });
        }
        Ok(Self { village, change: checked(change)?, on, who, why })
    }

    #[must_use]
    pub fn village(&self) -> VillageCode {
        self.village
    }

    #[must_use]
    pub fn change(&self) -> &Change {
        &self.change
    }

    #[must_use]
    pub fn on(&self) -> Date {
        self.on
    }

    #[must_use]
    pub fn who(&self) -> &str {
        &self.who
    }

    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }
}

fn checked(change: Change) -> Result<Change, NotAnAct> {
    Ok(match change {
        Change::Rename { name } => Change::Rename { name: name_of(&name)? },
        Change::Alias { name } => Change::Alias { name: name_of(&name)? },
        Change::Move { point, precision_m } => Change::Move { point, precision_m: precise(precision_m)? },
        Change::Merge { others } if others.is_empty() || others.len() > MOST => {
            return Err(NotAnAct::Others { found: others.len() });
        }
        Change::Split { parts } if parts.len() < 2 || parts.len() > MOST => {
            return Err(NotAnAct::Parts { found: parts.len() });
        }
        Change::Split { parts } => {
            let parts = parts.into_iter().map(|part| {
                let precision_m = part.precision_m.filter(|_| part.point.is_some()).map(precise).transpose()?;
                Ok(Part { name: name_of(&part.name)?, precision_m, ..part })
            });
            Change::Split { parts: parts.collect::<Result<_, NotAnAct>>()? }
        }
        other => other,
    })
}

fn precise(metres: f32) -> Result<f32, NotAnAct> {
    if metres > 0.0 && metres <= PRECISION_MOST_M { Ok(metres) } else { Err(NotAnAct::Precision) }
}

/// NFC, on one line.
fn name_of(given: &str) -> Result<String, NotSaid> {
    let name: String = said::cleaned(given).split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect();
    let found = name.chars().count();
    if name.is_empty() {
        Err(NotSaid::Empty { field: "name" })
    } else if found > NAME_MOST {
        Err(NotSaid::Long { field: "name", found, most: NAME_MOST })
    } else if said::is_personal(&name) {
        Err(NotSaid::Personal { field: "name" })
    } else {
        Ok(name)
    }
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Act {
    pub id: i64,
    pub act: NewAct,
    pub at: Timestamp,
}

impl Act {
    /// A line as the store kept it.
    #[must_use]
    pub fn kept(
        id: i64,
        (village, change): (VillageCode, Change),
        on: Date,
        said: (String, String),
        at: Timestamp,
    ) -> Self {
        let (who, why) = said;
        Self { id, act: NewAct { village, change, on, who, why }, at }
    }
}

/// One village after another: of a merger or a split, from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Succession {
    pub from: VillageCode,
    pub to: VillageCode,
    pub kind: SuccessionKind,
    /// The first day of the new order.
    pub on: Date,
    /// What the village `to` declared until then.
    pub households_before: Option<u32>,
    pub population_before: Option<u32>,
}

/// What a village had declared before a later day's count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarlierCount {
    pub village: VillageCode,
    pub households: u32,
    /// The first day on which it no longer held.
    pub until: Date,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuccessionKind {
    /// Whatever was counted for `from` counts for `to`.
    Merge,
    /// What was counted for `from` stays there.
    Split,
}

impl SuccessionKind {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Split => "split",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Merge, Self::Split].into_iter().find(|kind| kind.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn check(change: Change, said: (&str, &str), expected: Result<(), &str>) {
        let made = NewAct::new(("14329-001".parse().unwrap(), change), date(2026, 5, 1), said, date(2026, 5, 1));
        match expected {
            Ok(()) => assert!(made.is_ok(), "{made:?}"),
            Err(word) => assert!(made.clone().unwrap_err().to_string().contains(word), "{made:?}"),
        }
    }

    #[test]
    fn an_act_says_who_and_why_and_names_nobody() {
        check(Change::Confirm, ("UBND xã", "danh sách năm 2026"), Ok(()));
        check(Change::Confirm, ("", "danh sách"), Err("`who` is empty"));
        check(Change::Close, ("UBND xã", "  "), Err("`why` is empty"));
        check(Change::Close, ("0912 345 678", "x"), Err("telephone"));
        check(Change::Close, ("UBND xã", "gọi 0912 345 678"), Err("telephone"));
    }

    #[test]
    fn what_means_nothing_is_no_act() {
        let said = ("UBND xã", "đề án");
        check(Change::Rename { name: " ".into() }, said, Err("`name` is empty"));
        check(Change::Rename { name: "x".repeat(101) }, said, Err("101"));
        check(Change::Merge { others: Vec::new() }, said, Err("1 to 100"));
        let part = Part { name: "Xóm 1".into(), point: None, precision_m: None, households: None };
        check(Change::Split { parts: vec![part] }, said, Err("2 to 100"));
        let point = LonLat::new(106.0, 20.2).unwrap();
        for precision_m in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            check(Change::Move { point, precision_m }, said, Err("metres"));
        }
        let tomorrow =
            NewAct::new(("14329-001".parse().unwrap(), Change::Close), date(2026, 5, 2), said, date(2026, 5, 1));
        assert!(matches!(tomorrow, Err(NotAnAct::Future { .. })));
    }

    #[test]
    fn a_change_is_written_as_it_is_read() {
        for (text, code) in [
            (r#"{"act":"confirm"}"#, "confirm"),
            (r#"{"act":"move","point":[106.0,20.2],"precision_m":50.0}"#, "move"),
            (r#"{"act":"merge","others":["14329-002"]}"#, "merge"),
            (r#"{"act":"split","parts":[{"name":"Xóm 1"},{"name":"Xóm 2","households":40}]}"#, "split"),
        ] {
            let change: Change = serde_json::from_str(text).unwrap();
            assert_eq!((change.code(), serde_json::to_string(&change).unwrap().as_str()), (code, text));
        }
        assert!(serde_json::from_str::<Change>(r#"{"act":"move","point":[106.0,200.2],"precision_m":50.0}"#).is_err());
    }
}
