//! `phusong imports`: what came in, and taking it back.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};

use super::import::day;
use super::{Common, Config, Failure, clock, words};
use crate::flow::access::Actor;
use crate::flow::imports::{self, Outcome, Preview, TakingBackError};
use crate::flow::snapshot::Snapshot;
use crate::model::import::ImportRecord;
use crate::model::language::{Language, number};
use crate::model::measure::local_day;
use crate::model::taking_back::TakingBack;
use crate::model::token::{AuditAction, AuditEvent, Note};
use crate::model::verdict::Verdict;

/// Areas that are named in words.
const NAMED: usize = 10;

#[derive(Debug, Subcommand)]
pub(super) enum Imports {
    /// All imports, oldest first, with what became of their rows and who brought them
    List,
    /// Tell what taking an import back would take out, and with --yes take it back
    Undo(Undo),
}

#[derive(Debug, Args)]
pub(super) struct Undo {
    /// Number of the import, as `phusong imports list` shows it
    id: i64,
    /// Take it back; without it nothing is changed
    #[arg(long)]
    yes: bool,
    /// Why: the wrong network, somebody's test. Stands in the audit and names nobody
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
}

impl Imports {
    pub(super) async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        match self {
            Self::List => list(common, config, language).await,
            Self::Undo(undo) => undo.run(common, config, language).await,
        }
    }
}

async fn list(common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
    let store = common.open_existing(config).await?;
    let found = store.imports().await;
    store.close().await;
    let found = found?;
    words::result(&if common.json {
        let items: Vec<Json> = found.iter().map(imports::import_json).collect();
        json!({"command": "imports list", "items": items}).to_string()
    } else {
        found.iter().map(|import| line(import, language)).collect::<Vec<_>>().join("\n")
    });
    Ok(ExitCode::SUCCESS)
}

impl Undo {
    async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        let purpose = Note::new(&self.reason).map_err(|error| Failure::new(format!("--reason: {error}")))?;
        let store = common.open_existing(config).await?;
        let (rules, now) = (config.rules(), clock::now());
        let event = AuditEvent { purpose, ..Actor::TERMINAL.did(AuditAction::TakeBack, "", now) };
        let bar = words::spinner(
            common.quiet,
            &language.pick(format!("lần nhập {}", self.id), format!("import {}", self.id)),
        );
        let taken: Result<Preview, Failure> = async {
            let snapshot = imports::at_hand(&*store, &rules, now).await?;
            let mut told = imports::preview(&*store, self.id, snapshot.as_deref()).await?;
            if self.yes {
                told.takes = imports::take_back(&*store, self.id, &event).await?;
                imports::finish(&*store, &rules, clock::now()).await?;
                if let Some(before) = &snapshot {
                    told.became(before, &Snapshot::read(&*store, &rules, clock::now()).await?);
                }
            } else if let Some(snapshot) = &snapshot {
                told.look_ahead(&*store, snapshot).await?;
            }
            Ok(told)
        }
        .await;
        bar.finish_and_clear();
        store.close().await;
        let told = taken?;
        words::result(&if common.json {
            let mut body = imports::preview_json(&told);
            body["command"] = Json::from("imports undo");
            body["done"] = Json::from(self.yes);
            body.to_string()
        } else {
            summary(&told, self.yes, language)
        });
        Ok(ExitCode::SUCCESS)
    }
}

fn line(import: &ImportRecord, language: Language) -> String {
    let ImportRecord { id, kind, file, at, counts, refused, .. } = import;
    let count = |rows: u64| number(rows as f64, 0, language);
    let [new, changed, known, refused] = [counts.inserted, counts.updated, counts.unchanged, *refused].map(count);
    let rows = language.pick(
        format!("mới {new}, cập nhật {changed}, không đổi {known}, loại {refused}"),
        format!("new {new}, updated {changed}, unchanged {known}, refused {refused}"),
    );
    let who = import.by.map_or_else(|| "–".to_owned(), |role| role.to_string());
    let on = |at| day(local_day(at), language);
    let state = import.taken_back.map_or_else(String::new, |taken| {
        let (on, rows) = (on(taken.at), count(taken.rows));
        language.pick(format!("\tđã rút lại {rows} dòng ngày {on}"), format!("\t{rows} rows taken back on {on}"))
    });
    format!("{id}\t{}\t{}\t{file}\t{rows}\t{who}{state}", on(*at), kind.name(language))
}

fn summary(told: &Preview, is_done: bool, language: Language) -> String {
    let TakingBack { import, rows, kept, elsewhere, days, first, last, operators, later } = &told.takes;
    let count = |rows: u64| number(rows as f64, 0, language);
    let said = |vi: String, en: String| language.pick(vi, en);
    let (id, kind, file) = (import.id, import.kind, &import.file);
    let rows = count(*rows);
    let mut lines = vec![if is_done {
        said(
            format!("#{id} {kind} {file}: đã rút lại {rows} dòng"),
            format!("#{id} {kind} {file}: {rows} rows taken back"),
        )
    } else {
        said(
            format!("#{id} {kind} {file}: sẽ rút lại {rows} dòng"),
            format!("#{id} {kind} {file}: {rows} rows would go"),
        )
    }];
    if let (Some(first), Some(last)) = (first, last) {
        let days = count(*days);
        lines.push(said(format!("  {days} ngày, {first} – {last}"), format!("  {days} days, {first} – {last}")));
    }
    if !operators.is_empty() {
        let each: Vec<String> =
            operators.iter().map(|(operator, rows)| format!("{} {}", operator.brand(), count(*rows))).collect();
        lines.push(said(format!("  nhà mạng: {}", each.join(", ")), format!("  networks: {}", each.join(", "))));
    }
    if let Some(cells) = told.cells.map(count) {
        lines.push(said(format!("  nằm trong {cells} ô H3 r9"), format!("  in {cells} H3 r9 cells")));
    }
    if let Some(resting) = &told.resting {
        let (areas, repairs) = (count(resting.areas.total), count(resting.repairs.len() as u64));
        lines.push(said(
            format!("  {areas} vùng thiếu sóng và {repairs} lần báo đã khắc phục có phần dựa vào các dòng này"),
            format!("  {areas} dead areas and {repairs} claimed repairs rest on them in part"),
        ));
    }
    lines.extend(told.outcome.iter().flat_map(|outcome| became(outcome, is_done, language)));
    if *elsewhere > 0 {
        let rows = count(*elsewhere);
        lines.push(said(
            format!(
                "  {rows} dòng khác của lần nhập này đã được tệp sau thay hoặc đã xoá; chúng ở nguyên như hiện nay"
            ),
            format!("  {rows} more rows of it were changed by later files or erased, and are left as they are"),
        ));
    }
    if *kept > 0 {
        let rows = count(*kept);
        lines.push(said(
            format!("  {rows} dòng đã quá thời hạn lưu ở lại: không còn phân biệt được với dòng khác"),
            format!("  {rows} rows past their term stay: nothing tells them apart any more"),
        ));
    }
    for one in later {
        let (id, file, rows) = (one.id, one.file.as_deref().unwrap_or_default(), count(one.rows));
        let most = if one.is_exact { "" } else { language.pick("nhiều nhất ", "at most ") };
        lines.push(said(
            format!("  #{id} {file}: {most}{rows} dòng của tệp này cũng mất; hãy nhập lại tệp này sau khi rút"),
            format!("  #{id} {file}: {most}{rows} rows of that file go as well; import that file again afterwards"),
        ));
    }
    if !is_done {
        lines.push(said(
            "chưa thay đổi gì; thêm --yes để rút lại".to_owned(),
            "nothing was changed; --yes takes it back".to_owned(),
        ));
    }
    lines.join("\n")
}

/// What becomes of cells, areas and repairs, a line each.
fn became(outcome: &Outcome, is_done: bool, language: Language) -> Vec<String> {
    let count = |rows: u64| number(rows as f64, 0, language);
    let said = |vi: String, en: String| language.pick(vi, en);
    let mut lines = Vec::new();
    for view in &outcome.views {
        let network =
            view.operator.map_or(language.pick("mọi nhà mạng", "all networks together"), |one| one.brand());
        let cells = |dead: bool| {
            let sum = |counts: &[u64]| {
                let of = Verdict::ALL.iter().zip(counts).filter(|(verdict, _)| !dead || verdict.is_dead());
                count(of.map(|(_, cells)| cells).sum())
            };
            (sum(&view.before), sum(&view.after))
        };
        let ((measured, measured_after), (dead, dead_after)) = (cells(false), cells(true));
        let [gone, changed, new] = [&view.gone, &view.changed, &view.new].map(|areas| count(areas.total));
        let when = if is_done { "" } else { language.pick("sau khi rút, ", "without them, ") };
        lines.push(said(
            format!("  {when}{network}: ô có đo {measured} → {measured_after}, ô thiếu sóng {dead} → {dead_after}; vùng thiếu sóng: {gone} hết, {changed} đổi ranh, {new} hiện lại"),
            format!("  {when}{network}: cells measured {measured} → {measured_after}, without usable signal {dead} → {dead_after}; dead areas: {gone} gone, {changed} of other cells, {new} come back"),
        ));
        for (word, areas) in
            [(language.pick("hết", "gone"), &view.gone), (language.pick("hiện lại", "come back"), &view.new)]
        {
            let more = areas.total.saturating_sub(NAMED as u64);
            let named = areas.first.iter().take(NAMED).map(|area| {
                let within = [&area.communes, &area.villages].map(String::as_str);
                let within: Vec<&str> = within.into_iter().filter(|names| !names.is_empty()).collect();
                format!("    {word}: {}\t{}", area.key, within.join("; "))
            });
            lines.extend(named);
            if more > 0 {
                let more = count(more);
                lines.push(said(
                    format!("    {word}: {more} vùng nữa, xem --json"),
                    format!("    {word}: {more} more, see --json"),
                ));
            }
        }
    }
    for (repair, after) in &outcome.repairs {
        let [before, after] = [&repair.state, after].map(|state| state_of(state, language));
        let (item, communes) = (repair.item, &repair.communes);
        lines.push(said(
            format!("  việc item-{item} ({communes}): {before} → {after}"),
            format!("  item-{item} of the work list ({communes}): {before} → {after}"),
        ));
    }
    lines
}

fn state_of(code: &str, language: Language) -> &str {
    match code {
        "" => language.pick("không còn lần đo nào ở đó", "no measurement left there"),
        "fixed" => language.pick("báo đã khắc phục, chờ đo", "claimed, awaiting measurements"),
        "verified" => language.pick("đã xác nhận khắc phục", "verified"),
        "contradicted" => language.pick("đo lại vẫn thiếu sóng", "contradicted"),
        other => other,
    }
}

impl From<TakingBackError> for Failure {
    fn from(error: TakingBackError) -> Self {
        match error {
            TakingBackError::Store(error) => error.into(),
            TakingBackError::Obstacle(why) => {
                let failure = Self::said(why.message(Language::Vi), why.message(Language::En));
                match why.hint(Language::Vi).zip(why.hint(Language::En)) {
                    Some((vi, en)) => failure.hint_said(vi, en),
                    None => failure,
                }
            }
        }
    }
}
