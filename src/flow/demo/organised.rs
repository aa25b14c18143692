//! Invented teams and activities: most communes have theirs in time and with
//! enough members, some late, some too small, some sent no list, and some
//! report nothing from one quarter to the next.
//!
//! No team here exists; there are counts and no names. All say `synthetic`.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::DemoError;
use super::SOURCE;
use super::dice::Dice;
use super::facts::Facts;
use super::villages::{Village, full_name};
use crate::model::campaign::Campaign;

/// Share of communes that sent no list of teams.
const NO_LIST: f64 = 0.08;
/// Of villages whose commune sent a list, those that are not on it.
const NO_TEAM: f64 = 0.10;
/// Communes whose quarter brings neither an activity nor a report.
const SILENT_QUARTER: f64 = 0.12;
/// First days of the months of activities: as long as the demo's visits.
const MONTHS: [Date; 13] = [
    date(2025, 9, 1),
    date(2025, 10, 1),
    date(2025, 11, 1),
    date(2025, 12, 1),
    date(2026, 1, 1),
    date(2026, 2, 1),
    date(2026, 3, 1),
    date(2026, 4, 1),
    date(2026, 5, 1),
    date(2026, 6, 1),
    date(2026, 7, 1),
    date(2026, 8, 1),
    date(2026, 9, 1),
];

/// A drive over the last quarter of the demo's visits, in the whole province.
///
/// # Errors
/// Its facts are wrong.
pub fn campaign() -> Result<Campaign, DemoError> {
    let days = (date(2026, 7, 1), date(2026, 9, 30));
    Campaign::new("quy-3-2026", "Cao điểm quý III/2026", days, 75.0, Vec::new())
        .map_err(|wrong| DemoError::Facts { file: "campaign", reason: wrong.to_string() })
}

pub(super) fn teams(facts: &Facts, villages: &[Village]) -> Vec<u8> {
    let mut out = "Cấp tổ;Mã xã;Tên xã;Mã thôn;Tên thôn;Số quyết định;Ngày quyết định;Số thành viên;Số đoàn viên;Đã tập huấn;Có bí thư hoặc trưởng thôn;Có công an;Nguồn\n".as_bytes().to_vec();
    for (index, commune) in facts.new.iter().enumerate() {
        let mut dice = Dice::new("teams", index as u64);
        if dice.chance(NO_LIST) {
            continue;
        }
        let full = full_name(&commune.kind, &commune.name);
        let mut number = 0;
        let mut line = |dice: &mut Dice, level: &str, code: &str, name: &str, usual: f64| {
            number += 1;
            let members = whole(usual + 2.2 * dice.normal()).max(3);
            let youth = whole(f64::from(members) * dice.between(0.2, 0.6)).min(members);
            let trained = whole(f64::from(members) * dice.between(0.3, 1.1)).min(members);
            // Most were decided in the first half of August 2025, a quarter later.
            let after = if dice.chance(0.25) { dice.between(15.0, 75.0) } else { dice.between(-12.0, 14.0) };
            let on = day(date(2025, 8, 1), whole_days(after)).strftime("%d/%m/%Y").to_string();
            let members = if dice.chance(0.03) { String::new() } else { members.to_string() };
            let (head, police) = (yes(dice.chance(0.92)), yes(dice.chance(0.7)));
            let row = format!(
                "{level};{};{full};{code};{name};{number}/QĐ-UBND;{on};{members};{youth};{trained};{head};{police};{SOURCE}\n",
                commune.code
            );
            // A count of members that is not there has no parts either.
            let row = if members.is_empty() { row.replace(&format!(";;{youth};{trained};"), ";;;;") } else { row };
            out.extend_from_slice(row.as_bytes());
        };
        line(&mut dice, "xã", "", "", 17.5);
        for village in villages.iter().filter(|village| village.commune == index) {
            if !dice.chance(NO_TEAM) {
                line(&mut dice, "thôn", &village.code, &village.name, 10.8);
            }
        }
    }
    out
}

pub(super) fn activities(facts: &Facts, villages: &[Village]) -> Vec<u8> {
    let mut out = "Mã;Loại hoạt động;Ngày;Kỳ báo cáo;Mã xã;Mã thôn;Địa điểm;Số người tham dự;Người cao tuổi;Người khuyết tật;Số giờ;Chủ đề;Nguồn\n".as_bytes().to_vec();
    for (index, commune) in facts.new.iter().enumerate() {
        let own: Vec<&Village> = villages.iter().filter(|village| village.commune == index).collect();
        let mut dice = Dice::new("activities", index as u64);
        let keen = dice.between(0.4, 1.4);
        let mut silent = false;
        for (at, first) in MONTHS.into_iter().enumerate() {
            if at == 0 || matches!(first.month(), 1 | 4 | 7 | 10) {
                silent = dice.chance(SILENT_QUARTER);
            }
            if !silent {
                month(&mut out, &mut dice, (&commune.code, &own), (first, keen));
            }
        }
    }
    out
}

/// Classes, a month of duty in one row, now and then something else; in the last month of a quarter its report.
fn month(out: &mut Vec<u8>, dice: &mut Dice, (code, own): (&str, &[&Village]), (first, keen): (Date, f64)) {
    let on = |dice: &mut Dice| day(first, whole_days(dice.between(0.0, 27.0))).strftime("%d/%m/%Y").to_string();
    let mut put = |id: String, kind: &str, on: String, rest: String| {
        out.extend_from_slice(format!("demo-{code}-{first}-{id};{kind};{on};{rest};{SOURCE}\n").as_bytes());
    };
    for class in 0..whole(dice.between(0.0, 3.0) * keen) {
        let people = whole(dice.between(8.0, 70.0));
        let elderly = whole(f64::from(people) * dice.between(0.05, 0.4));
        let disabled = whole(dice.between(0.0, 3.4));
        let village = dice.pick(own).map_or("", |village| village.code.as_str());
        let topic =
            dice.pick(&["VNeID", "Dịch vụ công trực tuyến", "Phòng chống lừa đảo"]).copied().unwrap_or_default();
        let rest = format!(";{code};{village};Nhà văn hóa;{people};{elderly};{disabled};2;{topic}");
        put(format!("lop{class}"), "Lớp Bình dân học vụ số", on(dice), rest);
    }
    if dice.chance(0.8) {
        let hours = if dice.chance(0.1) { String::new() } else { whole(dice.between(8.0, 60.0)).to_string() };
        put("truc".to_owned(), "Trực Bộ phận Một cửa", on(dice), format!(";{code};;Bộ phận một cửa;;;;{hours};"));
    }
    for (id, kind, chance) in [
        ("tt", "Tuyên truyền", 0.3),
        ("pt", "Phát thanh", 0.25),
        ("nk", "Tiết học ngoại khóa", 0.12),
        ("th", "Tập huấn thành viên Tổ", 0.12),
        ("kt", "Kiểm tra, đôn đốc", 0.1),
    ] {
        if dice.chance(chance) {
            let people = if id == "pt" { String::new() } else { whole(dice.between(10.0, 120.0)).to_string() };
            put(id.to_owned(), kind, on(dice), format!(";{code};;;{people};;;;"));
        }
    }
    if matches!(first.month(), 3 | 6 | 9 | 12) && dice.chance(0.85) {
        let quarter = first.month() / 3;
        let after = whole_days(if dice.chance(0.2) { dice.between(11.0, 25.0) } else { dice.between(1.0, 10.0) });
        let handed = day(first.last_of_month(), after).strftime("%d/%m/%Y").to_string();
        put("bc".to_owned(), "Báo cáo", handed, format!("Quý {quarter}/{};{code};;;;;;;", first.year()));
    }
}

fn day(from: Date, days: i64) -> Date {
    from.checked_add(days.days()).unwrap_or(from)
}

fn whole_days(value: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "rounded and clamped")]
    let days = value.round().clamp(-365.0, 365.0) as i64;
    days
}

fn yes(is: bool) -> &'static str {
    if is { "có" } else { "không" }
}

fn whole(value: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded and clamped")]
    let whole = value.round().clamp(0.0, 1_000.0) as u32;
    whole
}
