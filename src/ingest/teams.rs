//! Community digital teams, as communes list them: a row for the team of the
//! commune, a row for the team of each village, with counts.
//!
//! CSV or a spreadsheet: `level, commune_code, commune_name, village_code,
//! village, decision_no, decision_date, members, youth, trained, has_head,
//! has_police`, or the same in Vietnamese (`Cấp tổ`, `Mã xã`, `Tên thôn`, `Số
//! quyết định`, `Ngày quyết định`, `Số thành viên`, `Số đoàn viên` …). A row
//! with a village is the team of the village. Names of members have no field
//! here and are dropped at the door.

use std::path::Path;

use crate::model::import::ImportKind;
use crate::model::measure::local_day;
use crate::model::refusal::{Reason, Reject, Row};
use crate::model::team::{TeamFacts, TeamRecord};

use super::organised::{self, Whose, cell, refuse};
use super::table::{Record, Table};
use super::{Batch, Options, Read, Unreadable, kind, number, text, time, villages};

const DECISION: &[&str] = &[
    "decision_no",
    "so_quyet_dinh",
    "quyet_dinh_so",
    "so_qd",
    "so_qd_thanh_lap",
    "so_quyet_dinh_thanh_lap",
    "quyet_dinh",
];
const MEMBERS: &[&str] = &[
    "members",
    "n_members",
    "team_members",
    "so_thanh_vien",
    "tong_so_thanh_vien",
    "thanh_vien",
    "so_nguoi_trong_to",
    "so_luong_thanh_vien",
];
/// Headings that only lists of teams have.
pub(super) const OF_TEAMS: &[&str] = &[
    "decision_no",
    "so_quyet_dinh",
    "quyet_dinh_so",
    "so_qd",
    "n_members",
    "team_members",
    "so_thanh_vien",
    "tong_so_thanh_vien",
    "so_nguoi_trong_to",
    "so_luong_thanh_vien",
    "cap_to",
    "team_level",
];

struct Columns {
    level: Option<usize>,
    whose: Whose,
    decision: Option<usize>,
    decided_on: Option<usize>,
    members: Option<usize>,
    youth: Option<usize>,
    trained: Option<usize>,
    head: Option<usize>,
    police: Option<usize>,
    source: Option<usize>,
}

/// Reads teams from CSV, a spreadsheet, or any table that GDAL reads.
///
/// # Errors
/// The file as a whole cannot be read, or says neither whose teams nor how many members.
pub fn read(path: &Path, options: &Options) -> Result<Read<TeamRecord>, Unreadable> {
    let mut table = Table::open(path, options)?;
    let columns = columns(&table)?;
    let mut batch = Batch { rows: Vec::new(), rejects: std::mem::take(&mut table.rejects) };
    while let Some(next) = table.next() {
        match next.and_then(|record| team(&record, &columns, &table, options)) {
            Ok(row) => batch.rows.push(row),
            Err(reject) => batch.rejects.push(reject),
        }
    }
    let whose = &columns.whose;
    let Columns { level, decision, decided_on, members, youth, trained, head, police, source, .. } = columns;
    let own = [level, decision, decided_on, members, youth, trained, head, police, source];
    let used: Vec<usize> = own.into_iter().chain(whose.used()).flatten().collect();
    table.warnings.extend(table.unread(&used));
    let headings = [
        ("commune_code", whose.commune_code),
        ("commune", whose.commune_name),
        ("village_code", whose.village_code),
        ("village", whose.village_name),
    ];
    Ok(Read::of(table, batch, None, &headings))
}

fn columns(table: &Table) -> Result<Columns, Unreadable> {
    let header = &table.header;
    let columns = Columns {
        level: header.find(&["level", "team_level", "cap", "cap_to", "loai_to", "cap_to_cnsc"]),
        whose: Whose::of(header),
        decision: header.find(DECISION),
        decided_on: header.find(&[
            "decision_date",
            "decided_on",
            "ngay_quyet_dinh",
            "ngay_qd",
            "ngay_ban_hanh",
            "ngay_thanh_lap",
        ]),
        members: header.find(MEMBERS),
        youth: header.find(&["youth", "n_youth", "so_doan_vien", "doan_vien", "doan_vien_thanh_nien", "so_thanh_nien"]),
        trained: header.find(&["trained", "n_trained", "so_da_tap_huan", "da_tap_huan", "so_nguoi_da_tap_huan"]),
        head: header.find(&[
            "has_head",
            "has_secretary_or_head",
            "co_bi_thu_hoac_truong_thon",
            "bi_thu_hoac_truong_thon",
            "co_bi_thu_truong_thon",
        ]),
        police: header.find(&["has_police", "co_cong_an", "cong_an"]),
        source: header.find(&["source", "nguon", "nguon_du_lieu"]),
    };
    let mut missing = Vec::new();
    if !columns.whose.is_known() {
        missing.push("commune_code".to_owned());
    }
    if columns.members.is_none() && columns.decision.is_none() {
        missing.push("members".to_owned());
    }
    if !missing.is_empty() {
        return Err(kind::missing(header, ImportKind::Teams, missing));
    }
    kind::refuse_other(header, ImportKind::Teams)?;
    Ok(columns)
}

fn team(record: &Record, columns: &Columns, table: &Table, options: &Options) -> Result<Row<TeamRecord>, Reject> {
    let header = &table.header;
    let whose = &columns.whose;
    let of_village = level(record, columns, table)?;
    let (village_code, village_name) = (whose.village_code(record, header)?, whose.village_name(record));
    if of_village == Some(true) && village_code.is_none() && village_name.is_none() {
        let column = whose.village_name.or(whose.village_code);
        return Err(refuse(record, header, column, "village", "", Reason::Missing));
    }
    let decided_on = match record.get(columns.decided_on) {
        text if number::is_missing(text.as_bytes()) => None,
        text => {
            let wrong = |reason| refuse(record, header, columns.decided_on, "decision_date", text, reason);
            let day = time::parse_date(text).ok_or_else(|| wrong(Reason::NotATime))?;
            if day > local_day(options.now) {
                return Err(wrong(Reason::InTheFuture));
            }
            Some(day)
        }
    };
    let members = villages::count(record, columns.members, table)?;
    let facts = TeamFacts {
        decision_no: cell(record, columns.decision),
        decided_on,
        members,
        youth: organised::part(record, columns.youth, members, table)?,
        trained: organised::part(record, columns.trained, members, table)?,
        has_head: organised::yes(record, columns.head, header)?,
        has_police: organised::yes(record, columns.police, header)?,
    };
    let (commune_code, commune_name) = whose.commune(record, header)?;
    let value = TeamRecord {
        of_village,
        village_code,
        village_name,
        commune_code,
        commune_name,
        district: whose.district(record),
        facts,
        source: cell(record, columns.source),
    };
    Ok(Row { line: record.line, value })
}

/// Whether the row is of a village; `None` where it does not say.
fn level(record: &Record, columns: &Columns, table: &Table) -> Result<Option<bool>, Reject> {
    let stated = text::clean(record.get(columns.level));
    if number::is_missing(stated.as_bytes()) {
        return Ok(None);
    }
    let folded = text::fold(&stated);
    let word = folded.trim().strip_prefix("cap ").unwrap_or(folded.trim());
    match word {
        "xa" | "phuong" | "xa phuong" | "xa, phuong" | "commune" | "ward" => Ok(Some(false)),
        "thon" | "xom" | "ban" | "to dan pho" | "tdp" | "khu pho" | "pho" | "village" | "thon, to dan pho" => {
            Ok(Some(true))
        }
        _ => {
            let known = ["xã", "thôn", "commune", "village"].map(str::to_owned).to_vec();
            Err(refuse(record, &table.header, columns.level, "level", &stated, Reason::UnknownValue { known }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::fixture;

    fn check(text: &str, refused: &[(u64, &str, &str)]) -> Read<TeamRecord> {
        let folder = fixture::folder();
        let path = fixture::write(&folder, "a.csv", text.as_bytes());
        let read = read(&path, &fixture::options()).unwrap();
        let found: Vec<_> = read.batch.rejects.iter().map(|r| (r.line, r.field.as_str(), r.reason.code())).collect();
        assert_eq!(found, refused);
        read
    }

    #[test]
    fn a_list_of_a_commune_is_read_and_its_bad_rows_say_why() {
        let read = check(
            "Cấp tổ;Mã xã;Tên thôn;Số quyết định;Ngày quyết định;Số thành viên;Số đoàn viên;Đã tập huấn;Có công an;Họ tên tổ trưởng\r\n\
             xã;14329;;12/QĐ-UBND;12/8/2025;17;6;17;có;Nguyễn Văn A\r\n\
             thôn;14329;Thôn 1;13/QĐ-UBND;20/08/2025;1.009;3;;x;\r\n\
             thôn;14329;Thôn 2;;31/02/2025;9;;;;\r\n\
             thôn;14329;Thôn 3;;;-4;;;;\r\n\
             thôn;14329;Thôn 4;;;9;12;;;\r\n\
             thôn;14329;;;;9;;;;\r\n\
             huyện;14329;;;;9;;;;\r\n\
             xã;xyz12345;;;;9;;;;\r\n\
             thôn;14329;Thôn 5;;1/1/2099;9;;;;\r\n\
             thôn;14329;Thôn 6;;;nan;;;;\r\n\
             ;14329;;;;;;;;\r\n",
            &[
                (4, "Ngày quyết định", "not_a_time"),
                (5, "Số thành viên", "out_of_range"),
                (6, "Số đoàn viên", "more_than_the_whole"),
                (7, "Tên thôn", "missing"),
                (8, "Cấp tổ", "unknown_value"),
                (9, "Mã xã", "unknown_unit"),
                (10, "Ngày quyết định", "in_the_future"),
            ],
        );
        assert_eq!(read.dropped_fields, ["Họ tên tổ trưởng"]);
        let rows: Vec<_> = read.batch.rows.into_iter().map(|row| row.value).collect();
        assert_eq!(rows[0].facts.decided_on, Some(jiff::civil::date(2025, 8, 12)));
        assert_eq!((rows[0].facts.youth, rows[0].facts.has_police), (Some(6), Some(true)));
        assert_eq!((rows[1].facts.members, rows[1].facts.trained), (Some(1_009), None), "missing is not zero");
        assert_eq!(rows[2].facts.members, None, "a word for nothing is nothing");
        assert_eq!((rows[3].of_village, &rows[3].village_name), (None, &None));
    }

    #[test]
    fn other_tables_are_named_and_not_read() {
        let folder = fixture::folder();
        let path = fixture::write(&folder, "a.csv", b"a,b,c\n1,2,3\n");
        assert!(matches!(read(&path, &fixture::options()), Err(Unreadable::MissingColumns { .. })));
        let path = fixture::write(&folder, "b.csv", "Mã xã,Tên thôn,Số hộ\n14329,A,5\n".as_bytes());
        let error = read(&path, &fixture::options()).unwrap_err();
        assert_eq!(error, Unreadable::OtherKind { found: ImportKind::Villages, asked: ImportKind::Teams });
    }
}
