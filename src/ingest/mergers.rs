//! The crosswalk: which old unit went to which new one.
//!
//! A table with `old_code, new_code` and, where known, names, `share`
//! (whole or part), `effective`, `decree`, `clause`. A file without `share` has
//! wholes, but for old units that it lists more than once. An edge listed twice
//! is refused the second time.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use crate::model::admin::{Share, UnitChange};
use crate::model::import::ImportKind;
use crate::model::refusal::{Reason, Reject, Row};

use super::table::{Record, Table};
use super::{MERGER_DAY, Options, Read, Unreadable, Warning, kind, number, place, text, time};

pub(super) const OLD_CODE: &[&str] = &["old_code", "from_code", "old_ward_code", "ma_cu", "ma_xa_cu", "from"];
pub(super) const NEW_CODE: &[&str] = &["new_code", "to_code", "new_ward_code", "ma_moi", "ma_xa_moi", "to"];
const OLD_NAME: &[&str] = &["old_name", "from_name", "old_ward", "ten_cu", "ten_xa_cu"];
const NEW_NAME: &[&str] = &["new_name", "to_name", "new_ward", "ten_moi", "ten_xa_moi"];

struct Columns {
    old_code: Option<usize>,
    new_code: Option<usize>,
    old_name: Option<usize>,
    new_name: Option<usize>,
    share: Option<usize>,
    effective: Option<usize>,
    decree: Option<usize>,
    clause: Option<usize>,
}

/// Reads a merger table (CSV, or any table that GDAL reads).
///
/// # Errors
/// The file as a whole cannot be read, or has no `old_code` or `new_code`.
pub fn read(path: &Path, options: &Options) -> Result<Read<UnitChange>, Unreadable> {
    let mut table = Table::open(path, options)?;
    let header = &table.header;
    let columns = Columns {
        old_code: header.find(OLD_CODE),
        new_code: header.find(NEW_CODE),
        old_name: header.find(OLD_NAME),
        new_name: header.find(NEW_NAME),
        share: header.find(&["share", "ty_le", "phan"]),
        effective: header.find(&["effective", "effective_date", "ngay_hieu_luc", "hieu_luc", "valid_from"]),
        decree: header.find(&["legal_basis", "decree", "resolution", "nghi_quyet", "can_cu"]),
        clause: header.find(&["clause", "khoan"]),
    };
    let mut missing = Vec::new();
    if columns.old_code.is_none() {
        missing.push("old_code".to_owned());
    }
    if columns.new_code.is_none() {
        missing.push("new_code".to_owned());
    }
    if !missing.is_empty() {
        return Err(kind::missing(header, ImportKind::Mergers, missing));
    }
    let mut batch = super::Batch { rows: Vec::new(), rejects: std::mem::take(&mut table.rejects) };
    let mut seen = HashMap::new();
    while let Some(next) = table.next() {
        match next.and_then(|record| change(&record, &columns, &table, options)) {
            Ok(row) => match seen.insert((row.value.from, row.value.to, row.value.effective), row.line) {
                Some(line) => {
                    seen.insert((row.value.from, row.value.to, row.value.effective), line);
                    let found = format!("{} → {}", row.value.from, row.value.to);
                    batch.rejects.push(Reject::new(row.line, "", found, Reason::Duplicate { line }));
                }
                None => batch.rows.push(row),
            },
            Err(reject) => batch.rejects.push(reject),
        }
    }
    batch.rejects.sort_by_key(|reject| reject.line);
    let mut warnings = std::mem::take(&mut table.warnings);
    if columns.share.is_none() {
        split_by_count(&mut batch.rows);
    }
    if columns.effective.is_none() && options.as_of.is_none() {
        warnings.push(Warning::DateAssumed { date: MERGER_DAY });
    }
    if batch.rows.is_empty() && batch.rejects.is_empty() {
        warnings.push(Warning::NoRows);
    }
    Ok(Read {
        batch,
        profile: table.profile,
        dropped_fields: Vec::new(),
        warnings,
        crs: table.crs,
        headings: super::Headings::default(),
    })
}

/// Without a word on shares, an old unit with several successors went to each in part.
fn split_by_count(rows: &mut [Row<UnitChange>]) {
    let mut once = HashSet::new();
    let twice: HashSet<_> =
        rows.iter().map(|r| (r.value.from, r.value.effective)).filter(|k| !once.insert(*k)).collect();
    for row in rows {
        if twice.contains(&(row.value.from, row.value.effective)) {
            row.value.share = Share::Part;
        }
    }
}

fn change(record: &Record, columns: &Columns, table: &Table, options: &Options) -> Result<Row<UnitChange>, Reject> {
    let line = record.line;
    let code = |column: Option<usize>| {
        let text = record.get(column);
        let name = table.header.name(column.unwrap_or_default());
        if text.is_empty() {
            return Err(Reject::new(line, name, "", Reason::Missing));
        }
        place::commune_code(text)
            .ok_or_else(|| Reject::new(line, name, text, Reason::UnknownUnit { candidates: vec![] }))
    };
    let (from, to) = (code(columns.old_code)?, code(columns.new_code)?);
    let effective = match record.get(columns.effective) {
        "" => options.as_of.unwrap_or(MERGER_DAY),
        text => time::parse_date(text).ok_or_else(|| {
            Reject::new(line, table.header.name(columns.effective.unwrap_or_default()), text, Reason::NotATime)
        })?,
    };
    let clause = record.get(columns.clause);
    let legal_basis = match (text::clean(record.get(columns.decree)), clause) {
        (decree, "") => Some(decree).filter(|d| !d.is_empty()),
        (decree, clause) if decree.is_empty() => Some(format!("khoản {clause}")),
        (decree, clause) => Some(format!("{decree}, khoản {clause}")),
    };
    Ok(Row {
        line,
        value: UnitChange {
            from,
            from_name: text::clean(record.get(columns.old_name)),
            to,
            to_name: text::clean(record.get(columns.new_name)),
            share: share(record, columns.share, table)?,
            effective,
            legal_basis,
        },
    })
}

fn share(record: &Record, column: Option<usize>, table: &Table) -> Result<Share, Reject> {
    let text = record.get(column);
    let folded = text::fold(text);
    if number::is_missing(text.as_bytes())
        || ["whole", "toan bo", "100%", "nguyen"].iter().any(|w| folded.starts_with(w))
    {
        Ok(Share::Whole)
    } else if ["part", "mot phan", "phan con lai"].iter().any(|w| folded.starts_with(w)) {
        Ok(Share::Part)
    } else {
        let known = vec!["whole".to_owned(), "part".to_owned()];
        let name = table.header.name(column.unwrap_or_default());
        Err(Reject::new(record.line, name, text, Reason::UnknownValue { known }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::fixture;

    fn check(text: &str, good: usize, refused: &[(u64, &str)]) -> Vec<UnitChange> {
        let folder = fixture::folder();
        let path = fixture::write(&folder, "mergers.csv", text.as_bytes());
        let read = read(&path, &fixture::options()).unwrap();
        assert_eq!(read.batch.rows.len(), good, "{text}");
        let found: Vec<_> = read.batch.rejects.iter().map(|r| (r.line, r.reason.code())).collect();
        assert_eq!(found, refused, "{text}");
        read.batch.rows.into_iter().map(|r| r.value).collect()
    }

    #[test]
    fn an_edge_has_share_day_and_legal_basis() {
        let rows = check(
            "old_code,old_name,new_code,new_name,share,clause\n13285,Phường Cũ,13285,Phường Mới,part,112\n",
            1,
            &[],
        );
        assert_eq!(rows[0].share, Share::Part);
        assert_eq!(rows[0].effective, jiff::civil::date(2025, 7, 1));
        assert_eq!(rows[0].legal_basis.as_deref(), Some("khoản 112"));
    }

    #[test]
    fn bad_edges_are_refused_by_line() {
        check(
            "old_code,new_code,share\n13285,13286,whole\n13285,13286,whole\nabc,13286,whole\n13287,,whole\n13288,13286,maybe\n",
            1,
            &[(3, "duplicate"), (4, "unknown_unit"), (5, "missing"), (6, "unknown_value")],
        );
    }

    #[test]
    fn without_a_share_column_a_unit_listed_twice_was_split() {
        let rows = check("Mã cũ;Mã mới\n1;2\n1;3\n4;2\n", 3, &[]);
        assert_eq!(rows.iter().map(|r| r.share).collect::<Vec<_>>(), [Share::Part, Share::Part, Share::Whole]);
    }
}
