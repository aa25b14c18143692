//! What lists of teams and lists of activities have in common: whose row it
//! is, yes and no, and a part that may not exceed its whole.

use crate::model::refusal::{Reason, Reject};

use super::header::Header;
use super::table::{Record, Table};
use super::{number, place, privacy, text, villages};

/// Characters of a number of a decision, a topic or a source; more is prose.
const MOST_TEXT: usize = 160;

/// The columns that say whose row it is.
pub(super) struct Whose {
    pub(super) commune_code: Option<usize>,
    pub(super) commune_name: Option<usize>,
    district: Option<usize>,
    pub(super) village_code: Option<usize>,
    pub(super) village_name: Option<usize>,
}

impl Whose {
    pub(super) fn of(header: &Header) -> Self {
        let (village_code, village_name) = villages::village_columns(header);
        let (commune_name, district) = place::names_of_communes(|names| header.find(names));
        Self { commune_code: header.find(place::COMMUNE_CODE), commune_name, district, village_code, village_name }
    }

    /// Some column says which commune, by itself or through the village.
    pub(super) fn is_known(&self) -> bool {
        self.commune_code.is_some() || self.commune_name.is_some() || self.village_code.is_some()
    }

    pub(super) fn used(&self) -> [Option<usize>; 5] {
        [self.commune_code, self.commune_name, self.district, self.village_code, self.village_name]
    }

    pub(super) fn commune(&self, record: &Record, header: &Header) -> Result<place::CommuneSaid, Reject> {
        place::row_commune(record, (self.commune_code, self.commune_name), header)
    }

    pub(super) fn district(&self, record: &Record) -> Option<String> {
        cell(record, self.district)
    }

    pub(super) fn village_name(&self, record: &Record) -> Option<String> {
        cell(record, self.village_name)
    }

    pub(super) fn village_code(
        &self,
        record: &Record,
        header: &Header,
    ) -> Result<Option<crate::model::village::VillageCode>, Reject> {
        let stated = record.get(self.village_code);
        if number::is_missing(stated.as_bytes()) {
            return Ok(None);
        }
        let unknown = || {
            let reason = Reason::UnknownVillage { candidates: Vec::new() };
            refuse(record, header, self.village_code, "village_code", stated, reason)
        };
        stated.trim().parse().map(Some).map_err(|_| unknown())
    }
}

/// A refused row, without the numbers of people that a shifted row may hold.
pub(super) fn refuse(
    record: &Record,
    header: &Header,
    column: Option<usize>,
    ours: &str,
    found: &str,
    reason: Reason,
) -> Reject {
    let field = column.map_or(ours, |at| header.name(at));
    Reject::new(record.line, field, privacy::mask_numbers(found), reason)
}

/// The text of a cell; a dash is nothing.
pub(super) fn cell(record: &Record, column: Option<usize>) -> Option<String> {
    let text = text::clean(record.get(column));
    if text.is_empty() || text == "-" {
        return None;
    }
    Some(privacy::mask_numbers(&text).chars().take(MOST_TEXT).collect())
}

/// A count of people that cannot exceed `whole`.
pub(super) fn part(
    record: &Record,
    column: Option<usize>,
    whole: Option<u32>,
    table: &Table,
) -> Result<Option<u32>, Reject> {
    let count = villages::count(record, column, table)?;
    match (count, whole) {
        (Some(count), Some(whole)) if count > whole => {
            Err(refuse(record, &table.header, column, "", &count.to_string(), Reason::MoreThanTheWhole { whole }))
        }
        _ => Ok(count),
    }
}

/// Có, x, yes, 1; không, no, 0; nothing.
pub(super) fn yes(record: &Record, column: Option<usize>, header: &Header) -> Result<Option<bool>, Reject> {
    let stated = text::clean(record.get(column));
    if number::is_missing(stated.as_bytes()) {
        return Ok(None);
    }
    match text::fold(&stated).trim() {
        "co" | "x" | "v" | "yes" | "y" | "true" | "1" | "1.0" | "dung" => Ok(Some(true)),
        "khong" | "no" | "n" | "false" | "0" | "0.0" | "chua" => Ok(Some(false)),
        _ => {
            let known = ["có", "không", "yes", "no"].map(str::to_owned).to_vec();
            Err(refuse(record, header, column, "", &stated, Reason::UnknownValue { known }))
        }
    }
}
