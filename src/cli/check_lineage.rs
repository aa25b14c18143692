//! `phusong check lineage`: does every unit go somewhere, and is every number still there?

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::{Common, Config, Failure, STORE, clock, words};
use crate::engine::boundaries::carry::Why;
use crate::engine::boundaries::crosswalk::{Fault, Finding, Severity};
use crate::flow::check_lineage::{Account, Checked, Edition, Sources};
use crate::ingest;
use crate::model::admin::{AdminUnit, UnitCode};
use crate::model::language::{Language, number};

#[derive(Debug, Args)]
pub(super) struct Lineage {
    /// Registers or boundaries, old and new; files without dates are told apart by their codes [default: the store's]
    #[arg(long, value_name = "FILE", num_args = 1..)]
    units: Vec<PathBuf>,
    /// Old code to new code [default: the store's]
    #[arg(long, value_name = "CSV")]
    crosswalk: Option<PathBuf>,
    /// Another crosswalk to hold it against
    #[arg(long, value_name = "CSV")]
    against: Option<PathBuf>,
    /// EPSG code of the coordinates, for files that do not say
    #[arg(long, value_name = "EPSG", requires = "units")]
    crs: Option<u32>,
    /// Exit with 1 when something is found that is an error
    #[arg(long)]
    strict: bool,
}

impl Lineage {
    pub(super) async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        let options = ingest::Options { crs_epsg: self.crs, ..ingest::Options::at(clock::now()) };
        let mut sources = Sources::default();
        // What no file brings is the store's; a crosswalk can also be looked over alone.
        let name = common.db.as_deref().or(config.db.as_deref()).unwrap_or(STORE);
        let alone = self.crosswalk.is_some() && (!self.units.is_empty() || !std::path::Path::new(name).exists());
        if !alone {
            let store = common.open_existing(config).await?;
            let read =
                async { Ok::<_, crate::store::StoreError>((store.units().await?, store.changes().await?)) }.await;
            store.close().await;
            (sources.units, sources.changes) = read?;
        }
        sources.read(&self.units, self.crosswalk.as_deref(), self.against.as_deref(), &options)?;
        let found = sources.check();
        words::result(&if common.json { as_json(&found, &sources) } else { as_words(&found, &sources, language) });
        let errors = found.findings.iter().chain(&found.differences).any(|f| f.fault.severity() == Severity::Error);
        let lost = !found.accounts.iter().all(Account::is_conserved);
        Ok(if lost || (self.strict && errors) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn as_json(found: &Checked, sources: &Sources) -> String {
    let finding = |finding: &Finding| {
        let (from, to) = finding.fault.edge();
        json!({
            "kind": finding.fault.code(),
            "severity": severity(finding.fault.severity()),
            "effective": finding.effective.to_string(),
            "from": from.map(|code| code.to_string()),
            "from_name": from.and_then(|code| name(sources, code, finding.effective.yesterday().ok()?)),
            "to": to.map(|code| code.to_string()),
            "to_name": to.and_then(|code| name(sources, code, finding.effective)),
            "percent": finding.fault.fraction().map(|part| (part * 1000.0).round() / 10.0),
            "message": message(finding, sources, Language::En),
        })
    };
    let account = |account: &Account| -> Json {
        let days = account.carried.days.iter().map(|day| {
            json!({"effective": day.effective.to_string(), "before": count(day.before), "after": count(day.after), "held": count(day.held)})
        });
        let held = account.carried.held.iter().map(|held| {
            json!({"code": held.code.to_string(), "since": held.since.to_string(), "value": count(held.value), "why": why_code(&held.why)})
        });
        json!({
            "quantity": account.quantity, "on": account.on.to_string(), "of_units": account.of,
            "before": count(account.before), "after": count(account.after()), "held": count(account.held()),
            "conserved": account.is_conserved(), "into_units": account.carried.units.len(),
            "days": days.collect::<Vec<_>>(), "held_values": held.collect::<Vec<_>>(),
        })
    };
    json!({
        "command": "check lineage",
        "units": sources.units.len(),
        "changes": sources.changes.len(),
        "refused": sources.refused,
        "days": found.days.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "assumed": sources.assumed.iter().map(|(file, edition)| json!({"file": file, "edition": match edition {
            Edition::Before => "before", Edition::After => "after",
        }})).collect::<Vec<_>>(),
        "accounts": found.accounts.iter().map(account).collect::<Vec<_>>(),
        "findings": found.findings.iter().map(finding).collect::<Vec<_>>(),
        "differences": found.differences.iter().map(finding).collect::<Vec<_>>(),
    })
    .to_string()
}

/// Totals of a province fit; what does not is shown as the largest number that does.
fn count(value: u128) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

fn as_words(found: &Checked, sources: &Sources, language: Language) -> String {
    let show = |n: u128| number(n as f64, 0, language);
    let mut lines = vec![language.pick(
        format!("{} đơn vị, {} dòng sáp nhập, {} đợt", sources.units.len(), sources.changes.len(), found.days.len()),
        format!(
            "{} units, {} edges of the crosswalk, {} reorganisations",
            sources.units.len(),
            sources.changes.len(),
            found.days.len()
        ),
    )];
    if sources.refused > 0 {
        lines.push(language.pick(
            format!("{} dòng không đọc được", sources.refused),
            format!("{} rows could not be read", sources.refused),
        ));
    }
    for (file, edition) in &sources.assumed {
        let file = file.display();
        lines.push(match edition {
            Edition::Before => language.pick(
                format!("{file}: không ghi ngày; theo mã thì là đơn vị trước sáp nhập"),
                format!("{file}: no dates; by their codes these are the units before the merger"),
            ),
            Edition::After => language.pick(
                format!("{file}: không ghi ngày; theo mã thì là đơn vị sau sáp nhập"),
                format!("{file}: no dates; by their codes these are the units after the merger"),
            ),
        });
    }
    for account in &found.accounts {
        let (before, after, held) = (show(account.before), show(account.after()), show(account.held()));
        let sign = if account.is_conserved() { "=" } else { "≠" };
        lines.push(language.pick(
            format!("{}: trước {before} {sign} sau {after} + giữ lại {held}", quantity(account.quantity, language)),
            format!("{}: before {before} {sign} after {after} + held {held}", quantity(account.quantity, language)),
        ));
        if account.quantity == "units" {
            for held in &account.carried.held {
                let label = label(sources, held.code, held.since.yesterday().unwrap_or(held.since));
                lines.push(format!("  {label}: {}", why(&held.why, sources, held.since, language)));
            }
        }
    }
    for finding in found.findings.iter().chain(&found.differences) {
        lines.push(message(finding, sources, language));
    }
    if found.findings.is_empty() && found.differences.is_empty() {
        lines.push(language.pick("không có gì mâu thuẫn".to_owned(), "nothing contradicts".to_owned()));
    }
    lines.join("\n")
}

fn quantity(code: &str, language: Language) -> String {
    let (vi, en) = match code {
        "units" => ("số đơn vị", "units"),
        "stated_area_m2" => ("diện tích công bố (m²)", "stated area (m²)"),
        _ => ("diện tích vẽ (m²)", "drawn area (m²)"),
    };
    language.pick(vi.to_owned(), en.to_owned())
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn name(sources: &Sources, code: UnitCode, day: Date) -> Option<String> {
    sources.units.iter().find(|unit| unit.code == code && unit.in_force(day)).map(AdminUnit::full_name)
}

fn label(sources: &Sources, code: UnitCode, day: Date) -> String {
    name(sources, code, day).map_or_else(|| code.to_string(), |name| format!("{name} ({code})"))
}

fn why_code(why: &Why) -> &'static str {
    match why {
        Why::UnknownUnit => "unknown_unit",
        Why::NoSuccessor => "no_successor",
        Why::NoLine { .. } => "no_line",
        Why::RestUnrecorded { .. } => "rest_unrecorded",
        Why::WholeToSeveral { .. } => "whole_to_several",
        Why::DrawnElsewhere { .. } => "drawn_elsewhere",
    }
}

fn why(why: &Why, sources: &Sources, day: Date, language: Language) -> String {
    let list = |targets: &[UnitCode]| targets.iter().map(|to| label(sources, *to, day)).collect::<Vec<_>>().join(", ");
    match why {
        Why::UnknownUnit => language.pick("không rõ đơn vị nào".to_owned(), "unit unknown on that day".to_owned()),
        Why::NoSuccessor => language.pick("không ghi đơn vị kế thừa".to_owned(), "no successor recorded".to_owned()),
        Why::NoLine { targets } => language.pick(
            format!("chia cho {} mà không có đường ranh", list(targets)),
            format!("divided between {} without a line", list(targets)),
        ),
        Why::RestUnrecorded { to } => language.pick(
            format!("một phần về {}, phần còn lại không ghi", label(sources, *to, day)),
            format!("a part went to {}, the rest is not recorded", label(sources, *to, day)),
        ),
        Why::WholeToSeveral { targets } => language.pick(
            format!("ghi là toàn bộ về nhiều nơi: {}", list(targets)),
            format!("said to go whole to several: {}", list(targets)),
        ),
        Why::DrawnElsewhere { targets } => language.pick(
            format!("phần lớn diện tích nằm ngoài {}", list(targets)),
            format!("drawn mostly outside {}", list(targets)),
        ),
    }
}

/// `2025-07-01 error: …`, with names where the register has them.
fn message(finding: &Finding, sources: &Sources, language: Language) -> String {
    let day = finding.effective;
    let eve = day.yesterday().unwrap_or(day);
    let old = |code: &UnitCode| label(sources, *code, eve);
    let new = |code: &UnitCode| label(sources, *code, day);
    let percent = |part: &f64| number(part * 100.0, 1, language);
    let (vi, en) = match &finding.fault {
        Fault::EndsWithoutSuccessor { from } => (
            format!("{} chấm dứt, không ghi đơn vị kế thừa", old(from)),
            format!("{} ends without a recorded successor", old(from)),
        ),
        Fault::NotInCrosswalk { from } => {
            (format!("bảng sáp nhập thiếu {}", old(from)), format!("the crosswalk does not name {}", old(from)))
        }
        Fault::FromNowhere { to } => {
            (format!("{} không ghi từ đâu mà có", new(to)), format!("{} comes from nowhere", new(to)))
        }
        Fault::NotInForce { from, to } => (
            format!("{} → {}: hôm trước không có đơn vị nào mang mã {from}", old(from), new(to)),
            format!("{} → {}: nobody bore the code {from} on the day before", old(from), new(to)),
        ),
        Fault::TargetNotInForce { from, to } => (
            format!("{} → {to}: ngày đó không có đơn vị nào mang mã {to}", old(from)),
            format!("{} → {to}: nobody bears the code {to} on that day", old(from)),
        ),
        Fault::WholeToSeveral { from, targets } => {
            let list = targets.iter().map(new).collect::<Vec<_>>().join(", ");
            (
                format!("{} ghi là toàn bộ về một nơi mà lại có nhiều nơi: {list}", old(from)),
                format!("{} goes whole to one unit and also to another: {list}", old(from)),
            )
        }
        Fault::PartAlone { from, to } => (
            format!("một phần {} về {}, phần còn lại không ghi", old(from), new(to)),
            format!("a part of {} goes to {}, the rest is not recorded", old(from), new(to)),
        ),
        Fault::NameDiffers { code, crosswalk, register } => (
            format!("{code}: bảng sáp nhập ghi “{crosswalk}”, danh mục ghi “{register}”"),
            format!("{code}: `{crosswalk}` in the crosswalk, `{register}` in the register"),
        ),
        Fault::SpellingDiffers { code, crosswalk, register } => (
            format!("{code}: chính tả khác nhau, “{crosswalk}” và “{register}”"),
            format!("{code}: spelt `{crosswalk}` in the crosswalk, `{register}` in the register"),
        ),
        Fault::DrawnElsewhere { from, to, fraction } => (
            format!("nghi sai: {} → {}: chỉ {} % diện tích nằm trong đó", old(from), new(to), percent(fraction)),
            format!("suspicion: {} → {}: only {} % of it is drawn there", old(from), new(to), percent(fraction)),
        ),
        Fault::DrawnWithoutEdge { from, to, fraction } => (
            format!("nghi thiếu: {} → {}: {} % diện tích nằm trong đó", old(from), new(to), percent(fraction)),
            format!(
                "suspicion: {} → {} is not in the crosswalk: {} % of it is drawn there",
                old(from),
                new(to),
                percent(fraction)
            ),
        ),
        Fault::NotInOther { from, to } => (
            format!("{} → {}: bảng kia không có", old(from), new(to)),
            format!("{} → {} is not in the other crosswalk", old(from), new(to)),
        ),
        Fault::OnlyInOther { from, to } => (
            format!("{} → {}: chỉ bảng kia có", old(from), new(to)),
            format!("{} → {} is only in the other crosswalk", old(from), new(to)),
        ),
        Fault::OtherShare { from, to, share, other } => (
            format!("{} → {}: {} ở đây, {} ở bảng kia", old(from), new(to), share.code(), other.code()),
            format!("{} → {}: {} here, {} in the other", old(from), new(to), share.code(), other.code()),
        ),
    };
    let (bad_vi, bad_en) = match finding.fault.severity() {
        Severity::Error => ("lỗi", "error"),
        Severity::Warning => ("cảnh báo", "warning"),
        Severity::Note => ("ghi chú", "note"),
    };
    language.pick(format!("{} {bad_vi}: {vi}", day.strftime("%d/%m/%Y")), format!("{day} {bad_en}: {en}"))
}
