//! The crosswalk: which old unit went to which new one.
//!
//! A table with `old_code, new_code` and, where known, names, `share`
//! (whole or part), `effective`, `decree`, `clause`. Rows that state no share are
//! wholes, but for old units that the file lists more than once, and are told
//! apart, so that what is known already may say otherwise. An edge listed twice
//! is refused the second time. A row with an old unit and no new one is an end
//! whose successor nobody recorded, and a row the other way round a beginning:
//! both are facts, kept apart and said aloud, not faults of the file. Offices
//! and resolutions have names alone, several in a cell: those are handed on as
//! they stand, for whoever knows the units to find.

mod names;

use std::collections::{HashMap, HashSet};
use std::path::Path;

use jiff::civil::Date;

use crate::model::admin::{Share, UnitChange, UnitCode, UnitEnd};
use crate::model::import::ImportKind;
use crate::model::refusal::{Reason, Reject, Row};

use super::table::{Record, Table};
use super::{MERGER_DAY, Options, Read, Unreadable, Warning, kind, number, place, text, time};

pub(super) const OLD_CODE: &[&str] =
    &["old_code", "from_code", "old_ward_code", "ma_cu", "ma_xa_cu", "ma_px_cu", "from", "ward_code"];
pub(super) const NEW_CODE: &[&str] =
    &["new_code", "to_code", "new_ward_code", "ma_moi", "ma_xa_moi", "ma_px_moi", "to"];
pub use names::Named;

pub(super) const OLD_NAME: &[&str] = &[
    "old_name",
    "from_name",
    "old_ward",
    "ten_cu",
    "ten_xa_cu",
    "ward",
    "don_vi_cu",
    "don_vi_hanh_chinh_cu",
    "ten_don_vi_cu",
    "xa_cu",
    "xa_phuong_cu",
    "xa_phuong_thi_tran_cu",
    "phuong_xa_cu",
    "don_vi_truoc_sap_xep",
    "don_vi_hanh_chinh_truoc_sap_xep",
    "noi_dung_sap_xep",
    "phuong_an_sap_xep",
];
const OLD_DISTRICT: &[&str] =
    &["old_district", "from_district", "huyen_cu", "ten_huyen_cu", "quan_huyen_cu", "quan_huyen"];
pub(super) const NEW_NAME: &[&str] = &[
    "new_name",
    "to_name",
    "new_ward",
    "ten_moi",
    "ten_xa_moi",
    "don_vi_moi",
    "don_vi_hanh_chinh_moi",
    "ten_don_vi_moi",
    "xa_moi",
    "xa_phuong_moi",
    "phuong_xa_moi",
    "don_vi_sau_sap_xep",
    "don_vi_hanh_chinh_sau_sap_xep",
];

struct Columns {
    old_code: Option<usize>,
    new_code: Option<usize>,
    old_name: Option<usize>,
    old_district: Option<usize>,
    new_name: Option<usize>,
    share: Option<usize>,
    effective: Option<usize>,
    decree: Option<usize>,
    clause: Option<usize>,
}

/// A merger table with the ends that lead nowhere.
pub struct Crosswalk {
    pub changes: Read<UnitChange>,
    /// Lines of edges that state no share.
    pub silent: HashSet<u64>,
    /// What the file calls the column of new codes.
    pub new_heading: String,
    pub ends: Vec<UnitEnd>,
    /// Rows with a new unit and no old one: it began from nothing that is recorded.
    pub begins: u64,
    /// Rows whose units have no codes.
    pub named: Vec<Row<NamedChange>>,
}

/// A row of a table by names: all of the old units went to all of the new ones, and of either there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedChange {
    pub old: Vec<Named>,
    pub new: Vec<Named>,
    /// Where the row says it.
    pub share: Option<Share>,
    pub effective: Date,
    pub legal_basis: Option<String>,
    /// What the file calls the columns of the old names and of the new ones.
    pub headings: [String; 2],
}

/// Reads the edges of a merger table with codes (CSV, or any table that GDAL reads).
///
/// # Errors
/// See [`read_crosswalk`].
pub fn read(path: &Path, options: &Options) -> Result<Read<UnitChange>, Unreadable> {
    let crosswalk = read_crosswalk(path, options)?;
    if crosswalk.named.is_empty() {
        return Ok(crosswalk.changes);
    }
    let missing = ["old_code", "new_code"].map(str::to_owned).to_vec();
    let header = crosswalk.named.into_iter().take(1).flat_map(|row| row.value.headings).collect();
    Err(Unreadable::MissingColumns { missing, header, asked: Some(ImportKind::Mergers) })
}

/// Reads a merger table whole. What has no other side is also in the warnings.
///
/// # Errors
/// The file as a whole cannot be read, or has neither code nor name of one side.
pub fn read_crosswalk(path: &Path, options: &Options) -> Result<Crosswalk, Unreadable> {
    let mut table = Table::open(path, options)?;
    let header = &table.header;
    let columns = Columns {
        old_code: header.find(OLD_CODE),
        new_code: header.find(NEW_CODE),
        old_name: header.find(OLD_NAME),
        old_district: header.find(OLD_DISTRICT),
        new_name: header.find(NEW_NAME),
        share: header.find(&["share", "ty_le", "phan"]),
        effective: header.find(&["effective", "effective_date", "ngay_hieu_luc", "hieu_luc", "valid_from"]),
        decree: header.find(&["legal_basis", "decree", "resolution", "nghi_quyet", "can_cu"]),
        clause: header.find(&["clause", "khoan"]),
    };
    let mut missing = Vec::new();
    if columns.old_code.is_none() && columns.old_name.is_none() {
        missing.push("old_code".to_owned());
    }
    if columns.new_code.is_none() && columns.new_name.is_none() {
        missing.push("new_code".to_owned());
    }
    if !missing.is_empty() {
        return Err(kind::missing(header, ImportKind::Mergers, missing));
    }
    let mut batch = super::Batch { rows: Vec::new(), rejects: std::mem::take(&mut table.rejects) };
    let mut seen = HashMap::new();
    let (mut ends, mut begins, mut named) = (Vec::new(), Vec::new(), Vec::new());
    let mut silent = HashSet::new();
    let by_name = columns.old_code.is_none() || columns.new_code.is_none();
    if by_name {
        kind::refuse_other(header, ImportKind::Mergers)?;
    }
    while let Some(next) = table.next() {
        if by_name {
            match next.and_then(|record| by_names(&record, &columns, &table, options)) {
                Ok(row) => named.push(row),
                Err(reject) => batch.rejects.push(reject),
            }
            continue;
        }
        let read = next.and_then(|record| {
            if says_no_share(&record, &columns) {
                silent.insert(record.line);
            }
            line(&record, &columns, &table, options)
        });
        match read {
            Ok(Line::End(end)) => ends.push(end),
            Ok(Line::Begin(name)) => begins.push(name),
            Ok(Line::Edge(row)) => match seen.insert((row.value.from, row.value.to, row.value.effective), row.line) {
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
    let edges = batch.rows.iter_mut().map(|row| (&mut row.value, !silent.contains(&row.line)));
    split_by_count(&mut edges.collect::<Vec<_>>());
    if columns.effective.is_none() && options.as_of.is_none() {
        warnings.push(Warning::DateAssumed { date: MERGER_DAY });
    }
    if batch.rows.is_empty() && batch.rejects.is_empty() && ends.is_empty() && begins.is_empty() && named.is_empty() {
        warnings.push(Warning::NoRows);
    }
    if !ends.is_empty() {
        warnings.push(Warning::EndsWithoutSuccessor { units: ends.iter().map(told).collect() });
    }
    let begun = begins.len() as u64;
    if begun > 0 {
        warnings.push(Warning::BeginsFromNothing { units: begins });
    }
    let new_heading = columns.new_code.map(|at| table.header.name(at).to_owned()).unwrap_or_default();
    let changes = Read {
        batch,
        profile: table.profile,
        dropped_fields: Vec::new(),
        warnings,
        crs: table.crs,
        headings: super::Headings::default(),
        written: super::Written::default(),
        corrected: Vec::new(),
    };
    Ok(Crosswalk { changes, silent, new_heading, ends, begins: begun, named })
}

/// `Xã Giao Hưng, Huyện Giao Thủy (14183, 2006-04-15)`.
fn told(end: &UnitEnd) -> String {
    let district = end.district.as_ref().map(|district| format!(", {district}")).unwrap_or_default();
    format!("{}{district} ({}, {})", end.name, end.code, end.effective)
}

/// What one line of the table says.
enum Line {
    Edge(Row<UnitChange>),
    End(UnitEnd),
    /// Name, code and day of a unit that began.
    Begin(String),
}

fn line(record: &Record, columns: &Columns, table: &Table, options: &Options) -> Result<Line, Reject> {
    let missing = |column: Option<usize>| number::is_missing(record.get(column).as_bytes());
    // A side is absent when its code and its name are: a name without a code was forgotten.
    let no_old = missing(columns.old_code) && missing(columns.old_name) && columns.old_name.is_some();
    let no_new = missing(columns.new_code) && missing(columns.new_name) && columns.new_name.is_some();
    if no_old == no_new {
        return change(record, columns, table, options).map(Line::Edge);
    }
    let effective = effective(record, columns, table, options)?;
    if no_old {
        let code = code(record, columns.new_code, table)?;
        return Ok(Line::Begin(format!("{} ({code}, {effective})", text::clean(record.get(columns.new_name)))));
    }
    Ok(Line::End(UnitEnd {
        code: code(record, columns.old_code, table)?,
        name: text::clean(record.get(columns.old_name)),
        district: Some(text::clean(record.get(columns.old_district))).filter(|district| !district.is_empty()),
        effective,
        legal_basis: legal_basis(record, columns),
    }))
}

fn by_names(record: &Record, columns: &Columns, table: &Table, options: &Options) -> Result<Row<NamedChange>, Reject> {
    let district = Some(text::clean(record.get(columns.old_district))).filter(|it| !number::is_missing(it.as_bytes()));
    let side = |name: Option<usize>, code: Option<usize>, of: fn(&str) -> Vec<Named>| {
        let heading = table.header.name(name.or(code).unwrap_or_default()).to_owned();
        // One side may have codes.
        let coded = match record.get(code) {
            "" => None,
            text => place::commune_code(text),
        };
        let named = match coded {
            Some(code) => {
                vec![Named { name: text::clean(record.get(name)), code: Some(code), district: None, share: None }]
            }
            None => of(record.get(name)),
        };
        if named.is_empty() {
            return Err(Reject::new(record.line, heading, "", Reason::Missing));
        }
        Ok((named, heading))
    };
    let (mut old, old_heading) = side(columns.old_name, columns.old_code, names::of_old)?;
    let (new, new_heading) = side(columns.new_name, columns.new_code, names::of_new)?;
    if old.len() > 1 && new.len() > 1 {
        let candidates = new.into_iter().map(|one| one.name).collect();
        return Err(Reject::new(record.line, new_heading, "", Reason::AmbiguousUnit { candidates }));
    }
    for one in old.iter_mut().filter(|one| one.district.is_none() && one.code.is_none()) {
        one.district.clone_from(&district);
    }
    let share = if says_no_share(record, columns) { None } else { Some(share(record, columns.share, table)?) };
    let effective = effective(record, columns, table, options)?;
    let legal_basis = legal_basis(record, columns);
    let headings = [old_heading, new_heading];
    Ok(Row { line: record.line, value: NamedChange { old, new, share, effective, legal_basis, headings } })
}

/// Without a word on shares, an old unit with several successors went to each in part. With each edge comes whether its
/// share is stated.
pub fn split_by_count(edges: &mut [(&mut UnitChange, bool)]) {
    let unit = |edge: &UnitChange| (edge.from, edge.effective);
    let mut once = HashSet::new();
    let twice: HashSet<_> = edges.iter().map(|(edge, _)| unit(edge)).filter(|key| !once.insert(*key)).collect();
    for (edge, _) in edges.iter_mut().filter(|(edge, says_share)| !says_share && twice.contains(&unit(edge))) {
        edge.share = Share::Part;
    }
}

fn change(record: &Record, columns: &Columns, table: &Table, options: &Options) -> Result<Row<UnitChange>, Reject> {
    Ok(Row {
        line: record.line,
        value: UnitChange {
            from: code(record, columns.old_code, table)?,
            from_name: name(record, columns.old_name),
            to: code(record, columns.new_code, table)?,
            to_name: name(record, columns.new_name),
            share: share(record, columns.share, table)?,
            effective: effective(record, columns, table, options)?,
            legal_basis: legal_basis(record, columns),
        },
    })
}

/// A name; the statistics office writes the code behind it, `Phường Phủ Lý (13285)`.
fn name(record: &Record, column: Option<usize>) -> String {
    let name = text::clean(record.get(column));
    match name.strip_suffix(')').and_then(|rest| rest.rsplit_once(" (")) {
        Some((bare, code)) if code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit()) => bare.to_owned(),
        _ => name,
    }
}

fn code(record: &Record, column: Option<usize>, table: &Table) -> Result<UnitCode, Reject> {
    let text = record.get(column);
    let name = table.header.name(column.unwrap_or_default());
    if text.is_empty() {
        return Err(Reject::new(record.line, name, "", Reason::Missing));
    }
    place::commune_code(text)
        .ok_or_else(|| Reject::new(record.line, name, text, Reason::UnknownUnit { candidates: vec![] }))
}

fn effective(record: &Record, columns: &Columns, table: &Table, options: &Options) -> Result<Date, Reject> {
    match record.get(columns.effective) {
        "" => Ok(options.as_of.unwrap_or(MERGER_DAY)),
        text => time::parse_date(text).ok_or_else(|| {
            let name = table.header.name(columns.effective.unwrap_or_default());
            Reject::new(record.line, name, text, Reason::NotATime)
        }),
    }
}

fn legal_basis(record: &Record, columns: &Columns) -> Option<String> {
    match (text::clean(record.get(columns.decree)), record.get(columns.clause)) {
        (decree, "") => Some(decree).filter(|d| !d.is_empty()),
        (decree, clause) if decree.is_empty() => Some(format!("khoản {clause}")),
        (decree, clause) => Some(format!("{decree}, khoản {clause}")),
    }
}

fn says_no_share(record: &Record, columns: &Columns) -> bool {
    number::is_missing(record.get(columns.share).as_bytes())
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
mod tests;
