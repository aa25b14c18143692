//! The table of places by verdict for readers: each network of the question,
//! each commune, as JSON and as a table for spreadsheets.
//!
//! A line for what is counted (villages, their households, each kind of public
//! place), so that nothing of one kind is added to another.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use super::{Names, SortKey};
use crate::engine::verdicts::{Counts, Said, Tally, VerdictTable, verdicts};
use crate::flow::snapshot::{NoAnswer, Snapshot, View};
use crate::model::access::Role;
use crate::model::admin::UnitCode;
use crate::model::figure::Figure;
use crate::model::indicator::IndicatorUnit;
use crate::model::language::{Language, number};
use crate::model::operator::{Operator, Technology};
use crate::model::place::PlaceKind;
use crate::model::question::Question;
use crate::tiles::{column_words, definition};

/// The table as a reader may have it.
pub struct VerdictsTold {
    question: Question,
    /// The best of all first where no network is asked for, then each by its name.
    networks: Vec<(Option<Operator>, VerdictTable)>,
    /// Kinds of public places that somebody listed.
    kinds: Vec<usize>,
    /// Of the first network, for names.
    view: Arc<View>,
}

/// What a line counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counted {
    Villages,
    Households,
    /// Into [`PlaceKind::ALL`].
    Places(usize),
}

/// A row of a network: the total, a commune, or what lies in none.
enum Row {
    Total,
    Commune(UnitCode),
    Outside,
}

/// Answers for a role.
///
/// # Errors
/// As every question of a role.
pub fn ask_verdicts(snapshot: &Snapshot, role: Role, question: &Question) -> Result<VerdictsTold, NoAnswer> {
    let asked = |operator: Option<Operator>| {
        let view = snapshot.ask(role, &Question { operator, ..question.clone() })?;
        let table = verdicts(&snapshot.facts, &view.answer);
        Ok::<_, NoAnswer>((view, table))
    };
    let (view, table) = asked(question.operator)?;
    let mut networks = vec![(question.operator, table)];
    if question.operator.is_none() {
        for operator in &snapshot.operators {
            networks.push((Some(*operator), asked(Some(*operator))?.1));
        }
    }
    let listed: std::collections::HashSet<PlaceKind> = snapshot.facts.places.iter().map(|place| place.kind).collect();
    let kinds = (0..PlaceKind::ALL.len()).filter(|at| listed.contains(&PlaceKind::ALL[*at])).collect();
    let mut told = VerdictsTold { question: question.clone(), networks, kinds, view };
    let names = Names::new(snapshot, &told.view);
    for (_, table) in &mut told.networks {
        table.communes.sort_by_cached_key(|(code, _)| SortKey(names.key(&IndicatorUnit::Commune(*code))));
    }
    Ok(told)
}

impl VerdictsTold {
    fn counted(&self) -> impl Iterator<Item = Counted> {
        [Counted::Villages, Counted::Households].into_iter().chain(self.kinds.iter().map(|at| Counted::Places(*at)))
    }

    /// First and last day of the measurements, with those that were measured where the question leaves them open.
    fn days(&self, snapshot: &Snapshot) -> [Option<jiff::civil::Date>; 2] {
        let measured = snapshot.facts.runs.days();
        let to = self.question.to.or(measured.map(|(_, last)| last));
        // A question that ends before the first measurement begins nowhere.
        let first = measured.map(|(first, _)| first).filter(|first| to.is_none_or(|to| *first <= to));
        [self.question.from.or(first), to]
    }

    fn rows(table: &VerdictTable) -> impl Iterator<Item = (Row, &Tally)> {
        let communes = table.communes.iter().map(|(code, tally)| (Row::Commune(*code), tally));
        let outside = (!table.outside.is_empty()).then_some((Row::Outside, &table.outside));
        std::iter::once((Row::Total, &table.total)).chain(communes).chain(outside)
    }

    /// A line for each network in words: the whole province.
    #[must_use]
    pub fn said(&self, language: Language) -> Vec<String> {
        let mut lines = Vec::new();
        for (operator, table) in &self.networks {
            lines.push(network_name(*operator, language));
            for counted in self.counted() {
                let Some(counts) = counted.of(&table.total) else { continue };
                let parts = Said::ALL.iter().zip(counts).enumerate().map(|(at, (said, count))| {
                    let figure = counted.written(&table.total, at, count, language);
                    format!("{} {figure}", said_name(*said, language).to_lowercase())
                });
                let parts: Vec<String> = parts.collect();
                lines.push(format!("  {}: {}", counted.name(language), parts.join(", ")));
            }
            if table.outside.cells_measured > 0 {
                let (measured, dead) = (table.outside.cells_measured, table.outside.cells_dead);
                lines.push(language.pick(
                    format!("  ngoài mọi xã, phường: {measured} ô đã đo, {dead} ô thiếu sóng"),
                    format!("  outside every commune: {measured} cells measured, {dead} without usable signal"),
                ));
            }
        }
        lines
    }

    #[must_use]
    pub fn to_json(&self, snapshot: &Snapshot) -> Json {
        let names = Names::new(snapshot, &self.view);
        let [from, to] = self.days(snapshot).map(|day| day.map(|day| day.to_string()));
        let network = |(operator, table): &(Option<Operator>, VerdictTable)| {
            let row = |tally: &Tally| self.row_json(tally);
            let commune = |(code, tally): &(UnitCode, Tally)| {
                let mut out = row(tally);
                out["code"] = code.to_string().into();
                out["name"] = names.commune(*code).into();
                out
            };
            json!({
                "operator": operator.map_or_else(|| "all".to_owned(), |operator| operator.to_string()),
                "total": row(&table.total),
                "outside": row(&table.outside),
                "rows": table.communes.iter().map(commune).collect::<Vec<_>>(),
            })
        };
        json!({
            "question": self.question.canonical(),
            "as_of": self.view.answer.as_of.to_string(),
            "register_on": self.view.answer.register_on.to_string(),
            "from": from, "to": to,
            "technology": self.question.technology.map_or("all", Technology::generation),
            "rules": super::rules_json(&snapshot.facts.rules),
            "synthetic": snapshot.synthetic(),
            "verdicts": Said::ALL.map(Said::code),
            "counted": self.counted().map(Counted::code).collect::<Vec<_>>(),
            "networks": self.networks.iter().map(network).collect::<Vec<_>>(),
        })
    }

    fn row_json(&self, tally: &Tally) -> Json {
        let by_said = |value: &dyn Fn(usize) -> Json| -> Json {
            Said::ALL
                .iter()
                .enumerate()
                .map(|(at, said)| (said.code().to_owned(), value(at)))
                .collect::<Map<_, _>>()
                .into()
        };
        let mut out = Map::new();
        for counted in self.counted() {
            let told = match (counted, counted.of(tally)) {
                // Nothing of the kind is listed there, which is not "none is without signal".
                (_, None) => Json::Null,
                (Counted::Households, Some(_)) => by_said(&|at| tally.households_of(at).known().into()),
                (_, Some(counts)) => by_said(&|at| counts[at].into()),
            };
            out.insert(counted.code().to_owned(), told);
        }
        out.insert("households_not_reported".to_owned(), by_said(&|at| tally.not_reported(at).into()));
        out.insert("cells_measured".to_owned(), tally.cells_measured.into());
        out.insert("cells_dead".to_owned(), tally.cells_dead.into());
        out.into()
    }

    /// A line for each network, commune and what is counted; semicolons between columns, with a byte-order mark. A sum
    /// that is only a bound carries its sign, and what is not known is "—".
    #[must_use]
    pub fn csv(&self, snapshot: &Snapshot, language: Language) -> Vec<u8> {
        let names = Names::new(snapshot, &self.view);
        let mut out = csv::WriterBuilder::new().delimiter(b';').from_writer("\u{feff}".as_bytes().to_vec());
        let heading = language.pick(
            ["Kỳ đo", "Nhà mạng", "Công nghệ", "Mã", "Đơn vị", "Đếm gì"],
            ["Measured", "Network", "Technology", "Code", "Unit", "Counted"],
        );
        let last =
            language.pick(["Cộng", "Số thôn chưa báo cáo số hộ"], ["Total", "Villages that report no households"]);
        let said = Said::ALL.map(|said| said_name(said, language));
        // Writing to memory does not fail.
        let _ = out.write_record(heading.iter().chain(&said).chain(&last));
        let day = |day: Option<jiff::civil::Date>| {
            let written = |day: jiff::civil::Date| language.pick(day.strftime("%d/%m/%Y").to_string(), day.to_string());
            day.map_or_else(|| "—".to_owned(), written)
        };
        let [from, to] = self.days(snapshot).map(day);
        let technology = self
            .question
            .technology
            .map_or_else(|| language.pick("Tất cả", "All").to_owned(), |technology| technology.generation().to_owned());
        for (operator, table) in &self.networks {
            for (row, tally) in Self::rows(table) {
                let (code, unit) = match row {
                    Row::Total => (String::new(), language.pick("Toàn tỉnh", "Whole province").to_owned()),
                    Row::Commune(code) => (code.to_string(), names.commune(code)),
                    Row::Outside => {
                        (String::new(), language.pick("Ngoài mọi xã, phường", "Outside every commune").to_owned())
                    }
                };
                for counted in self.counted() {
                    let about = [
                        format!("{from} – {to}"),
                        network_name(*operator, language),
                        technology.clone(),
                        code.clone(),
                        unit.clone(),
                        counted.name(language).to_owned(),
                    ];
                    let counts = counted.of(tally);
                    let cells = Said::ALL.iter().enumerate().map(|(at, _)| {
                        counts.map_or_else(|| "—".to_owned(), |counts| counted.written(tally, at, counts[at], language))
                    });
                    let of_households = counted == Counted::Households;
                    let not_reported: u32 = (0..Said::ALL.len()).map(|at| tally.not_reported(at)).sum();
                    let rest = [
                        counts.map_or_else(|| "—".to_owned(), |counts| counted.total(tally, &counts, language)),
                        if of_households { number(f64::from(not_reported), 0, language) } else { String::new() },
                    ];
                    let _ = out.write_record(about.into_iter().chain(cells).chain(rest));
                }
            }
        }
        out.into_inner().unwrap_or_default()
    }
}

impl Counted {
    fn code(self) -> &'static str {
        match self {
            Self::Villages => "villages",
            Self::Households => "households",
            Self::Places(at) => PlaceKind::ALL[at].code(),
        }
    }

    fn name(self, language: Language) -> &'static str {
        match self {
            Self::Villages => language.pick("Thôn", "Villages"),
            Self::Households => language.pick("Số hộ của các thôn", "Households of the villages"),
            Self::Places(at) => {
                let code = PlaceKind::ALL[at].code();
                let words = definition("places").and_then(|layer| column_words(layer, "kind"));
                words.and_then(|words| words.word(code, language)).unwrap_or(code)
            }
        }
    }

    /// Villages or places by what is said of them; `None` where none is listed.
    fn of(self, tally: &Tally) -> Option<Counts> {
        let counts = match self {
            Self::Villages | Self::Households => tally.villages,
            Self::Places(at) => tally.places[at],
        };
        counts.iter().any(|count| *count > 0).then_some(counts)
    }

    fn written(self, tally: &Tally, at: usize, count: u32, language: Language) -> String {
        match self {
            Self::Households => households(tally.households_of(at), tally.not_reported(at), language),
            _ => number(f64::from(count), 0, language),
        }
    }

    fn total(self, tally: &Tally, counts: &Counts, language: Language) -> String {
        if self != Self::Households {
            return number(f64::from(counts.iter().sum::<u32>()), 0, language);
        }
        let declaring: u32 = tally.declaring.iter().sum();
        let sum = if declaring == 0 { Figure::NotReported } else { Figure::Known(tally.households.iter().sum()) };
        households(sum, counts.iter().sum::<u32>() - declaring, language)
    }
}

/// A sum of households, with its sign where some villages report none.
fn households(sum: Figure<u64>, not_reported: u32, language: Language) -> String {
    let sign = if not_reported > 0 { "≥ " } else { "" };
    #[expect(clippy::cast_precision_loss, reason = "no count of a province comes near 2⁵³")]
    let written = |sum: u64| format!("{sign}{}", number(sum as f64, 0, language));
    sum.known().map_or_else(|| language.pick("chưa báo cáo", "not reported").to_owned(), written)
}

fn said_name(said: Said, language: Language) -> &'static str {
    let words = definition("places").and_then(|layer| column_words(layer, "verdict"));
    words.and_then(|words| words.word(said.code(), language)).unwrap_or_else(|| said.code())
}

fn network_name(operator: Option<Operator>, language: Language) -> String {
    let best = || language.pick("Mạng tốt nhất", "Best of all networks").to_owned();
    operator.map_or_else(best, |operator| operator.brand().to_string())
}
