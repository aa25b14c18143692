//! Activities of teams and communes, one event a row, and the reports of
//! communes that had none.
//!
//! CSV or a spreadsheet: `type, date, period, commune_code, commune_name,
//! village_code, village, place, attendees, elderly, disabled, hours, topic,
//! id`, or the same in Vietnamese (`Loại hoạt động`, `Ngày`, `Kỳ báo cáo`, `Mã
//! xã`, `Số người tham dự`, `Người cao tuổi`, `Số giờ` …). A row `báo cáo` with
//! a period says that the commune has reported of it: without one, silence
//! stays silence. A type that nobody knows is refused, since it would be
//! counted under the wrong heading. `37` or `toàn tỉnh` is the whole province.

use std::path::Path;

use crate::model::activity::{ActivityCounts, ActivityKind, ActivityRecord};
use crate::model::import::ImportKind;
use crate::model::measure::local_day;
use crate::model::period::Period;
use crate::model::refusal::{Reason, Reject, Row};

use super::organised::{self, Whose, cell, refuse};
use super::table::{Record, Table};
use super::{Batch, Options, Read, Unreadable, kind, number, place, public_places, text, time, villages, visits};

const KIND: &[&str] = &["type", "activity", "activity_type", "loai_hoat_dong", "hoat_dong", "ten_hoat_dong", "loai"];
/// Headings that only lists of activities have.
pub(super) const OF_ACTIVITIES: &[&str] = &[
    "activity",
    "activity_type",
    "loai_hoat_dong",
    "ten_hoat_dong",
    "ky_bao_cao",
    "report_period",
    "attendees",
    "so_nguoi_tham_du",
    "so_nguoi_tham_gia",
    "luot_nguoi_tham_gia",
];
/// Hours of one row: a year around the clock. More is a slip of the hand.
const MOST_HOURS: f64 = 8_784.0;

struct Columns {
    kind: Option<usize>,
    on: Option<usize>,
    period: Option<usize>,
    whose: Whose,
    place: Option<usize>,
    attendees: Option<usize>,
    elderly: Option<usize>,
    disabled: Option<usize>,
    hours: Option<usize>,
    topic: Option<usize>,
    id: Option<usize>,
    source: Option<usize>,
}

/// Reads activities from CSV, a spreadsheet, or any table that GDAL reads.
///
/// # Errors
/// The file as a whole cannot be read, or has no type, no day or no commune.
pub fn read(path: &Path, options: &Options) -> Result<Read<ActivityRecord>, Unreadable> {
    let mut table = Table::open(path, options)?;
    let columns = columns(&table)?;
    let mut batch = Batch { rows: Vec::new(), rejects: std::mem::take(&mut table.rejects) };
    while let Some(next) = table.next() {
        match next.and_then(|record| activity(&record, &columns, &table, options)) {
            Ok(row) => batch.rows.push(row),
            Err(reject) => batch.rejects.push(reject),
        }
    }
    let whose = &columns.whose;
    let Columns { kind, on, period, place, attendees, elderly, disabled, hours, topic, id, source, .. } = columns;
    let own = [kind, on, period, place, attendees, elderly, disabled, hours, topic, id, source];
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
        kind: header.find(KIND),
        on: header.find(&[
            "date",
            "on",
            "reported_on",
            "ngay",
            "ngay_to_chuc",
            "ngay_thuc_hien",
            "ngay_bao_cao",
            "thoi_gian",
            "thoi_gian_to_chuc",
            "thoi_gian_thuc_hien",
        ]),
        period: header.find(&["period", "report_period", "ky", "ky_bao_cao"]),
        whose: Whose::of(header),
        place: header.find(&["place", "place_kind", "dia_diem", "noi_to_chuc", "loai_dia_diem"]),
        attendees: header.find(&[
            "attendees",
            "so_nguoi_tham_du",
            "so_nguoi_tham_gia",
            "so_luong_nguoi_tham_gia",
            "so_luong_tham_gia",
            "luot_nguoi_tham_gia",
            "so_nguoi",
            "luot_nguoi",
        ]),
        elderly: header.find(&["elderly", "n_elderly", "nguoi_cao_tuoi", "so_nguoi_cao_tuoi"]),
        disabled: header.find(&["disabled", "n_disabled", "nguoi_khuyet_tat", "so_nguoi_khuyet_tat"]),
        hours: header.find(&["hours", "so_gio", "gio", "gio_truc", "thoi_luong"]),
        topic: header.find(&["topic", "chu_de", "noi_dung"]),
        id: header.find(&["id", "activity_id", "ma", "ma_hoat_dong"]),
        source: header.find(&["source", "nguon", "nguon_du_lieu"]),
    };
    let mut missing = Vec::new();
    for (name, is_there) in
        [("type", columns.kind.is_some()), ("date", columns.on.is_some()), ("commune_code", columns.whose.is_known())]
    {
        if !is_there {
            missing.push(name.to_owned());
        }
    }
    if !missing.is_empty() {
        return Err(kind::missing(header, ImportKind::Activities, missing));
    }
    kind::refuse_other(header, ImportKind::Activities)?;
    Ok(columns)
}

fn activity(
    record: &Record,
    columns: &Columns,
    table: &Table,
    options: &Options,
) -> Result<Row<ActivityRecord>, Reject> {
    let header = &table.header;
    let whose = &columns.whose;
    let wrong = |column, ours, found: &str, reason| Err(refuse(record, header, column, ours, found, reason));
    let stated = text::clean(record.get(columns.kind));
    if number::is_missing(stated.as_bytes()) {
        return wrong(columns.kind, "type", "", Reason::Missing);
    }
    let Some(kind) = of_word(&stated) else {
        let known = ActivityKind::ALL.map(|kind| (kind.code(), kind.vietnamese())).to_vec();
        return wrong(columns.kind, "type", &stated, Reason::UnknownWord { known });
    };
    let written = record.get(columns.on);
    if number::is_missing(written.as_bytes()) {
        return wrong(columns.on, "date", "", Reason::Missing);
    }
    let Some(on) = time::parse_date(written) else {
        return wrong(columns.on, "date", written, Reason::NotATime);
    };
    if on > local_day(options.now) {
        return wrong(columns.on, "date", written, Reason::InTheFuture);
    }
    let written = text::clean(record.get(columns.period));
    let period = period(&written);
    if kind == ActivityKind::Report && period.is_none() {
        let reason = if written.is_empty() { Reason::Missing } else { Reason::NotAPeriod };
        return wrong(columns.period, "period", &written, reason);
    }
    let attendees = villages::count(record, columns.attendees, table)?;
    let hours = match record.get(columns.hours) {
        text if number::is_missing(text.as_bytes()) => None,
        text => match number::parse(text.as_bytes(), table.decimal_comma) {
            Some(hours) if (0.0..=MOST_HOURS).contains(&hours) => Some(hours),
            Some(_) => {
                let reason = Reason::OutOfRange { from: "0".to_owned(), to: MOST_HOURS.to_string() };
                return wrong(columns.hours, "hours", text, reason);
            }
            None => return wrong(columns.hours, "hours", text, Reason::NotANumber),
        },
    };
    let place_kind = cell(record, columns.place).and_then(|word| public_places::of_word(&word));
    let counts = ActivityCounts {
        place_kind,
        attendees,
        elderly: organised::part(record, columns.elderly, attendees, table)?,
        disabled: organised::part(record, columns.disabled, attendees, table)?,
        hours,
        topic: visits::topics_of(record.get(columns.topic)).codes(),
    };
    let of_province = is_province(record, whose);
    let (commune_code, commune_name) = if of_province { (None, None) } else { whose.commune(record, header)? };
    let value = ActivityRecord {
        kind,
        on,
        period: period.filter(|_| kind == ActivityKind::Report),
        of_province,
        village_code: whose.village_code(record, header)?,
        village_name: whose.village_name(record),
        commune_code,
        commune_name,
        district: whose.district(record),
        counts,
        about: cell(record, columns.topic),
        source_key: villages::source_key("", record.get(columns.id)),
        source: cell(record, columns.source),
    };
    Ok(Row { line: record.line, value })
}

/// The code of a province has two digits; a name of one begins with the word.
fn is_province(record: &Record, whose: &Whose) -> bool {
    let code = record.get(whose.commune_code);
    let code = code.trim().trim_start_matches('\'');
    let digits = code.strip_suffix(".0").unwrap_or(code);
    let by_code = digits.len() == 2 && place::unit_code(digits).is_some();
    let name = text::fold(&text::clean(record.get(whose.commune_name)));
    let by_name = ["tinh ", "toan tinh", "cap tinh", "province"].iter().any(|word| name.starts_with(word));
    by_code || (number::is_missing(code.as_bytes()) && by_name)
}

/// A report, or that there was nothing to report, as the beginning of the text.
const REPORT: [&str; 6] =
    [" bao cao ", " khong co hoat dong ", " khong phat sinh ", " report ", " no activity ", " khong "];

/// Words wherever they stand in the text, the surer kind first.
const WORDS: [(ActivityKind, &[&str]); 12] = [
    (
        ActivityKind::ClassResidents,
        &["binh dan hoc vu so", "tap huan cho nguoi dan", "tap huan nguoi dan", "lop cho nguoi dan", "class"],
    ),
    (ActivityKind::TrainingMembers, &["tap huan", "boi duong", "training"]),
    (ActivityKind::SchoolSession, &["ngoai khoa", "truong hoc", "tiet hoc", "hoc sinh", "school"]),
    (ActivityKind::DutyShift, &["mot cua", "thuong truc", "ca truc", "truc ban", "truc tai", "duty"]),
    (
        ActivityKind::Broadcast,
        &["phat thanh", "truyen thanh", "truyen hinh", "phat song", "chuyen muc", "chuyen trang", "broadcast"],
    ),
    (ActivityKind::Communication, &["truyen thong", "tuyen truyen", "lan toa", "communication"]),
    (ActivityKind::Supervision, &["kiem tra", "giam sat", "don doc", "theo doi", "supervision"]),
    (ActivityKind::Campaign, &["ra quan", "chien dich", "campaign"]),
    (ActivityKind::Movement, &["thi dua", "phong trao", "movement"]),
    (ActivityKind::Award, &["khen thuong", "vinh danh", "award"]),
    (ActivityKind::NewModel, &["mo hinh", "cach lam", "model"]),
    (ActivityKind::Material, &["tai lieu", "material"]),
];

fn of_word(stated: &str) -> Option<ActivityKind> {
    let plain = public_places::plain(stated);
    let code = ActivityKind::from_code(&plain.trim().replace(' ', "_"));
    let report = || REPORT.iter().any(|word| plain.starts_with(word)).then_some(ActivityKind::Report);
    let has = |words: &str| plain.contains(&format!(" {words} "));
    let within = || WORDS.iter().find(|(_, words)| words.iter().any(|word| has(word))).map(|(kind, _)| *kind);
    let other = || match plain.trim() {
        "lop hoc" | "lop" => Some(ActivityKind::ClassResidents),
        "truc" => Some(ActivityKind::DutyShift),
        _ => None,
    };
    let rest = || matches!(plain.trim(), "khac" | "hoat dong khac").then_some(ActivityKind::Other);
    code.or_else(report).or_else(within).or_else(other).or_else(rest)
}

/// `2025-09`, `09/2025`, `Tháng 9/2025`, `Quý III/2025`, `6 tháng cuối năm 2025`, `Năm 2025`.
fn period(written: &str) -> Option<Period> {
    let written = written.strip_suffix(".0").unwrap_or(written);
    if let Ok(period) = written.parse() {
        return Some(period);
    }
    let plain = public_places::plain(written);
    let words: Vec<&str> = plain.split_whitespace().collect();
    let year = |text: &str| text.parse::<i16>().ok().filter(|_| text.len() == 4);
    let roman = |text: &str| match text {
        "i" => Some(1),
        "ii" => Some(2),
        "iii" => Some(3),
        "iv" => Some(4),
        digits => digits.parse::<i8>().ok(),
    };
    match words.as_slice() {
        ["nam" | "year", y] => Period::year(year(y)?),
        ["thang" | "t", m, y] | ["thang", m, "nam", y] | [m, y] => match m.strip_prefix('q') {
            Some(quarter) => Period::quarter(year(y)?, roman(quarter)?),
            None => Period::month(year(y)?, m.trim_start_matches('t').parse().ok()?),
        },
        ["quy" | "quarter", q, y] | ["quy", q, "nam", y] => Period::quarter(year(y)?, roman(q)?),
        ["6" | "06", "thang", "dau", "nam", y] | ["6" | "06", "thang", "dau", y] => Period::half(year(y)?, 1),
        ["6" | "06", "thang", "cuoi", "nam", y] | ["6" | "06", "thang", "cuoi", y] => Period::half(year(y)?, 2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::{Warning, fixture};

    #[test]
    fn a_type_is_understood_as_communes_write_it() {
        use ActivityKind::{
            Broadcast, Campaign, ClassResidents, Communication, DutyShift, Other, Report, SchoolSession, Supervision,
            TrainingMembers,
        };
        for (word, kind) in [
            ("training_members", Some(TrainingMembers)),
            ("Tập huấn thành viên Tổ", Some(TrainingMembers)),
            ("Lớp bồi dưỡng", Some(TrainingMembers)),
            ("Lớp Bình dân học vụ số", Some(ClassResidents)),
            ("Lớp tập huấn cho người dân", Some(ClassResidents)),
            ("Trực Bộ phận Một cửa", Some(DutyShift)),
            ("trực", Some(DutyShift)),
            ("Tuyên truyền trực tuyến", Some(Communication)),
            ("Tiết học ngoại khoá", Some(SchoolSession)),
            ("Tuyên truyền 10/10", Some(Communication)),
            ("Phát thanh", Some(Broadcast)),
            ("Kiểm tra, đôn đốc", Some(Supervision)),
            ("Ra quân cao điểm", Some(Campaign)),
            ("Báo cáo", Some(Report)),
            ("Không có hoạt động", Some(Report)),
            ("Báo cáo quý III", Some(Report)),
            ("khác", Some(Other)),
            ("họp chi bộ", None),
        ] {
            assert_eq!(of_word(word), kind, "{word}");
        }
    }

    #[test]
    fn every_word_that_a_refusal_offers_is_understood() {
        for kind in ActivityKind::ALL {
            assert_eq!((of_word(kind.vietnamese()), of_word(kind.code())), (Some(kind), Some(kind)), "{}", kind.code());
        }
    }

    #[test]
    fn a_period_is_read_as_it_is_written() {
        for (written, code) in [
            ("2025-09", Some("2025-09")),
            ("09/2025", Some("2025-09")),
            ("Tháng 9/2025", Some("2025-09")),
            ("T9/2025", Some("2025-09")),
            ("Quý III/2025", Some("2025Q3")),
            ("Q3/2025", Some("2025Q3")),
            ("quý 3 năm 2025", Some("2025Q3")),
            ("6 tháng cuối năm 2025", Some("2025H2")),
            ("Năm 2025", Some("2025")),
            ("2025.0", Some("2025")),
            ("13/2025", None),
            ("quý V/2025", None),
            ("tuần 3", None),
            ("", None),
        ] {
            assert_eq!(period(written).map(|p| p.to_string()).as_deref(), code, "{written}");
        }
    }

    #[test]
    fn what_was_held_for_the_whole_commune_is_no_row_of_sums() {
        let folder = fixture::folder();
        let text = "Mã xã;Loại hoạt động;Ngày;Địa điểm;Số người tham dự\n\
                    14329;Phát thanh;05/09/2025;Toàn xã;\n;Tổng cộng;;;0\n";
        let path = fixture::write(&folder, "a.csv", text.as_bytes());
        let read = read(&path, &fixture::options()).unwrap();
        assert_eq!(read.batch.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2]);
        assert!(read.batch.rejects.is_empty() && read.warnings.contains(&Warning::TotalsPassedOver { rows: 1 }));
    }

    #[test]
    fn a_list_is_read_and_its_bad_rows_say_why() {
        let folder = fixture::folder();
        let text = "Mã xã;Loại hoạt động;Ngày;Kỳ báo cáo;Số người tham dự;Người cao tuổi;Số giờ;Chủ đề;Người phụ trách;Số điện thoại\r\n\
             14329;Lớp Bình dân học vụ số;5/9/2025;;42;12;2,5;VNeID;A;0912345678\r\n\
             14329;báo cáo;3/10/2025;Quý III/2025;;;;;;\r\n\
             14329;báo cáo;3/10/2025;;;;;;;\r\n\
             14329;báo cáo;3/10/2025;quý 9;;;;;;\r\n\
             14329;trực một cửa;45/9/2025;;;;4;;;\r\n\
             14329;trực một cửa;5/9/2025;;;;-4;;;\r\n\
             14329;lớp học;5/9/2025;;10;11;;;;\r\n\
             14329;lớp học;5/9/2025;;-3;;;;;\r\n\
             14329;lớp học;5/9/2099;;3;;;;;\r\n\
             14329;họp;5/9/2025;;3;;;;;\r\n\
             37;phát thanh;5/9/2025;;;;1;;;\r\n\
             ;;;;;;;;;\r\n";
        let path = fixture::write(&folder, "a.csv", text.as_bytes());
        let read = read(&path, &fixture::options()).unwrap();
        let found: Vec<_> = read.batch.rejects.iter().map(|r| (r.line, r.field.as_str(), r.reason.code())).collect();
        assert_eq!(
            found,
            [
                (4, "Kỳ báo cáo", "missing"),
                (5, "Kỳ báo cáo", "not_a_period"),
                (6, "Ngày", "not_a_time"),
                (7, "Số giờ", "out_of_range"),
                (8, "Người cao tuổi", "more_than_the_whole"),
                (9, "Số người tham dự", "out_of_range"),
                (10, "Ngày", "in_the_future"),
                (11, "Loại hoạt động", "unknown_value"),
                (13, "Loại hoạt động", "missing"),
            ]
        );
        assert!(read.dropped_fields.contains(&"Số điện thoại".to_owned()));
        let rows: Vec<_> = read.batch.rows.into_iter().map(|row| row.value).collect();
        assert_eq!((rows[0].counts.attendees, rows[0].counts.hours), (Some(42), Some(2.5)));
        assert_eq!((rows[0].counts.topic.as_deref(), rows[0].about.as_deref()), (Some("vneid"), Some("VNeID")));
        assert_eq!(
            (rows[1].period.map(|p| p.to_string()).as_deref(), rows[1].counts.attendees),
            (Some("2025Q3"), None)
        );
        assert!(rows[2].of_province && rows[2].commune_code.is_none());
        assert_eq!(rows.len(), 3);
    }
}
