//! The nineteen indicators of outreach by unit and period.
//!
//! What stands (coverage, the ladder, the register, teams) is told as of the
//! end of the period and is the layers' own figure of that day; what happened
//! (reports, classes, hours, visits) is told of the days within. Households
//! are distinct: those of a quarter are the union of its months, and the change
//! of a quarter is the sum of the changes of its months. Sums are sums of what
//! the rows below show, so a total can give nothing away that they hide.
//! Question and day come from outside; thresholds from the rules.

mod checks;
mod organised;
mod standing;
mod visits;

#[cfg(test)]
mod checked;
#[cfg(test)]
mod hidden_sums;
#[cfg(test)]
mod scenes;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

use super::answer::Answer;
use super::facts::Facts;
use super::reach::floor::{Entry, hide};
use crate::model::admin::UnitCode;
use crate::model::indicator::{Bound, Cell, IndicatorLevel, IndicatorUnit, Line, Why};
use crate::model::period::Period;

pub use checks::{Precision, precision};

/// What each line says of one unit.
pub type Cells = BTreeMap<Line, Cell>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    pub period: Period,
    pub level: IndicatorLevel,
    /// Whether the pace of teams may be told (`Matter::Planning`).
    pub planning: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct IndicatorRow {
    pub unit: IndicatorUnit,
    pub now: Cells,
    /// The period before. Where the change would be of a few households, `Why::Suppressed`.
    pub before: Cells,
    /// Later value less earlier, in the unit of the value; absent where the two cannot be compared.
    pub change: BTreeMap<Line, f64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct IndicatorTable {
    pub asked: Asked,
    /// The period that `before` is of.
    pub before: Option<Period>,
    /// The last day that counts.
    pub until: Date,
    /// Households and people are told in steps.
    pub steps: bool,
    /// In the order of their codes; districts by name.
    pub rows: Vec<IndicatorRow>,
    /// The province: the sum of its communes, whichever the rows are.
    pub total: IndicatorRow,
    pub communes: usize,
    /// Those of them that sent nothing of the period.
    pub silent: Vec<UnitCode>,
}

/// One period as an answer stands at its end.
struct At<'a> {
    facts: &'a Facts,
    answer: &'a Answer,
    period: Period,
    until: Date,
    planning: bool,
}

impl At<'_> {
    fn covers(&self, day: Date) -> bool {
        self.period.first() <= day && day <= self.until
    }
}

/// Works the table out. `answers` are those of the question `to` the last day of the period, and of the one before
/// it; both of today's units and told to the same reader.
#[must_use]
pub fn indicators(facts: &Facts, answers: (&Answer, Option<(Period, &Answer)>), asked: Asked) -> IndicatorTable {
    let at = |period: Period, answer| At {
        facts,
        answer,
        period,
        until: period.last().min(facts.today),
        planning: asked.planning,
    };
    let (answer, earlier) = answers;
    let now = at(asked.period, answer);
    let before = earlier.map(|(period, answer)| at(period, answer));

    let communes = Level::communes(&now);
    let communes_before = before.as_ref().map(Level::communes);
    let level = |at: &At<'_>, communes: &Level| match asked.level {
        IndicatorLevel::Province => Level::default(),
        IndicatorLevel::Commune => communes.clone(),
        IndicatorLevel::Village => Level::villages(at),
        IndicatorLevel::District => Level::districts(at, communes),
    };
    let rows = level(&now, &communes);
    let rows_before = before.as_ref().zip(communes_before.as_ref()).map(|(at, communes)| level(at, communes));
    let (total, mut rows) = compared(
        facts,
        (&communes, communes_before.as_ref()),
        (&rows, rows_before.as_ref()),
        answer.question.steps,
        asked.level,
    );
    rows.sort_by(|a, b| a.unit.cmp(&b.unit));
    let reporting = organised::reporting(&now);
    let silent = answer.communes.iter().map(|commune| commune.commune).filter(|code| !reporting.contains(code));
    IndicatorTable {
        asked,
        before: before.map(|at| at.period),
        until: now.until,
        steps: answer.question.steps,
        communes: answer.communes.len(),
        silent: silent.collect(),
        rows,
        total,
    }
}

/// Units of one level with their cells.
#[derive(Clone, Default)]
struct Level {
    units: Vec<(IndicatorUnit, Cells)>,
    /// Spot checks of the units that are not told one by one, where they may be told together.
    rest: Option<Cell>,
}

impl Level {
    fn communes(at: &At<'_>) -> Self {
        let mut units = standing::communes(at);
        organised::communes(at, &mut units);
        let rest = visits::communes(at, &mut units);
        Self { units: units.into_iter().map(|(code, cells)| (IndicatorUnit::Commune(code), cells)).collect(), rest }
    }

    fn villages(at: &At<'_>) -> Self {
        let mut units = standing::villages(at);
        organised::villages(at, &mut units);
        visits::villages(at, &mut units);
        for (_, cells) in &mut units {
            for line in Line::ALL {
                cells.entry(line).or_insert_with(|| Cell::unknown(Why::ByCommune));
            }
        }
        let unit = |(at_village, cells): (usize, Cells)| {
            let reach = &at.answer.villages[at_village];
            (IndicatorUnit::Village(reach.village, reach.commune), cells)
        };
        Self { units: units.into_iter().map(unit).collect(), rest: None }
    }

    /// Old districts: villages by where they lay on the last day of the districts; what communes alone know from
    /// those communes that lie wholly within one.
    fn districts(at: &At<'_>, communes: &Self) -> Self {
        let Some(day) = districts_day(at.facts) else { return Self::default() };
        let mut villages: BTreeMap<String, Vec<Cells>> = BTreeMap::new();
        let mut of_commune: BTreeMap<UnitCode, BTreeSet<String>> = BTreeMap::new();
        for (at_village, cells) in standing::villages(at) {
            let reach = &at.answer.villages[at_village];
            let Some(district) = at.facts.village_at(reach.village).and_then(|v| district_on(at.facts, v, day)) else {
                continue;
            };
            of_commune.entry(reach.commune).or_default().insert(district.to_owned());
            villages.entry(district.to_owned()).or_default().push(cells);
        }
        let mut touched: BTreeMap<&str, Vec<&Cells>> = BTreeMap::new();
        let mut whole: BTreeMap<&str, Vec<&Cells>> = BTreeMap::new();
        let mut straddling: BTreeMap<&str, u32> = BTreeMap::new();
        for (unit, cells) in &communes.units {
            let IndicatorUnit::Commune(code) = unit else { continue };
            let Some(districts) = of_commune.get(code) else { continue };
            districts.iter().for_each(|district| touched.entry(district).or_default().push(cells));
            match districts.len() {
                1 => whole.entry(districts.iter().next().map_or("", String::as_str)).or_default().push(cells),
                _ => districts.iter().for_each(|district| *straddling.entry(district).or_default() += 1),
            }
        }
        let cells = |district: &String, parts: &Vec<Cells>| {
            let across = straddling.get(district.as_str()).copied().unwrap_or(0);
            let communes = whole.get(district.as_str()).map_or(&[][..], Vec::as_slice);
            let line = |line: Line| {
                if line.sums_villages() {
                    let mut cell = Cell::sum(line, parts.iter().filter_map(|cells| cells.get(&line)));
                    // It is communes that send, whatever is summed.
                    let sent_none = |cells: &&&Cells| cells.get(&line).is_some_and(|cell| cell.missing.no_report > 0);
                    let silent = touched.get(district.as_str()).into_iter().flatten().filter(sent_none).count();
                    cell.missing.no_report = cell.missing.no_report.min(u32::try_from(silent).unwrap_or(u32::MAX));
                    return (line, cell);
                }
                let own = || communes.iter().filter_map(|cells| cells.get(&line));
                let mut cell = Cell::sum(line, own());
                // Those that are not told are mostly those where something is amiss: the others alone are no sample.
                if line == Line::SpotCheck && own().any(|cell| cell.why == Some(Why::Suppressed)) {
                    cell = Cell { population: cell.population, ..Cell::unknown(Why::Suppressed) };
                }
                cell.missing.straddling = across;
                if across > 0 && !line.is_share() && cell.numerator.is_some() {
                    cell.bound = cell.bound.and(Bound::AtLeast);
                }
                (line, cell)
            };
            Line::ALL.map(line).into_iter().collect()
        };
        let unit = |(district, parts): (&String, &Vec<Cells>)| {
            (IndicatorUnit::District(district.clone()), cells(district, parts))
        };
        Self { units: villages.iter().map(unit).collect(), rest: None }
    }

    fn total(&self) -> Cells {
        let rest = |line: Line| self.rest.as_ref().filter(|_| line == Line::SpotCheck);
        let line = |line: Line| {
            let units = self.units.iter().filter_map(|(_, cells)| cells.get(&line));
            (line, Cell::sum(line, units.chain(rest(line))))
        };
        Line::ALL.map(line).into_iter().collect()
    }
}

/// The last day on which some commune named its district.
fn districts_day(facts: &Facts) -> Option<Date> {
    let named = facts.units.iter().filter(|unit| unit.is_commune() && unit.district.is_some());
    let last = |end: Option<Date>| end.and_then(|end| end.yesterday().ok()).unwrap_or(facts.today);
    named.map(|unit| last(unit.valid_to)).max()
}

fn district_on(facts: &Facts, village: usize, day: Date) -> Option<&str> {
    let commune = facts.commune_of_village(village, day)?;
    let unit = facts.units.iter().find(|unit| unit.code == commune && unit.in_force(day))?;
    unit.district.as_deref()
}

/// Rows beside those of the period before, and the total, which is that of the communes.
fn compared(
    facts: &Facts,
    (communes, communes_before): (&Level, Option<&Level>),
    (rows, rows_before): (&Level, Option<&Level>),
    steps: bool,
    level: IndicatorLevel,
) -> (IndicatorRow, Vec<IndicatorRow>) {
    let (made, hidden) = side_by_side(facts, communes, communes_before, steps);
    let (now, mut before) = (communes.total(), communes_before.map(Level::total).unwrap_or_default());
    let mut change = BTreeMap::new();
    for line in Line::ALL {
        let known = |level: &Level| -> Vec<bool> {
            let is_known = |cells: &Cells| cells.get(&line).is_some_and(|cell| cell.numerator.is_some());
            level.units.iter().map(|(_, cells)| is_known(cells)).collect()
        };
        // Two sums over other communes are two other sums, and between two lower bounds anything may lie.
        let exact = |cells: &Cells| cells.get(&line).is_some_and(|cell| cell.bound == Bound::Exact);
        let same = communes_before.is_some_and(|before| known(communes) == known(before));
        let same = same && exact(&now) && exact(&before);
        if hidden.contains(&line) {
            before.insert(line, Cell::unknown(Why::Suppressed));
        } else if let (true, Some(difference)) = (same, difference(facts, line, &now, &before)) {
            change.insert(line, difference);
        }
    }
    let total = IndicatorRow { unit: IndicatorUnit::Province, now, before, change };
    let rows = match level {
        IndicatorLevel::Commune => made,
        _ => side_by_side(facts, rows, rows_before, steps).0,
    };
    (total, rows)
}

/// Rows with the period before; and the lines whose earlier total would give a few households away.
fn side_by_side(
    facts: &Facts,
    rows: &Level,
    before: Option<&Level>,
    steps: bool,
) -> (Vec<IndicatorRow>, BTreeSet<Line>) {
    let earlier: HashMap<&IndicatorUnit, &Cells> =
        before.into_iter().flat_map(|level| &level.units).map(|(unit, cells)| (unit, cells)).collect();
    let mut made: Vec<IndicatorRow> = rows
        .units
        .iter()
        .map(|(unit, now)| IndicatorRow {
            unit: unit.clone(),
            now: now.clone(),
            before: earlier.get(unit).map(|cells| (*cells).clone()).unwrap_or_default(),
            change: BTreeMap::new(),
        })
        .collect();
    let mut hidden = BTreeSet::new();
    if !steps {
        hidden = hide_few(&mut made, facts.rules.reach.k);
    }
    for row in &mut made {
        let differences = Line::ALL.into_iter().filter_map(|line| {
            let exact = |cells: &Cells| cells.get(&line).is_some_and(|cell| cell.bound == Bound::Exact);
            let comparable = exact(&row.now) && exact(&row.before);
            Some((line, difference(facts, line, &row.now, &row.before).filter(|_| comparable)?))
        });
        row.change = differences.collect();
    }
    (made, hidden)
}

fn difference(facts: &Facts, line: Line, now: &Cells, before: &Cells) -> Option<f64> {
    let value = |cells: &Cells| cells.get(&line)?.value(line, &facts.rules.reach);
    Some(crate::model::figure::round(value(now)? - value(before)?, 1))
}

/// Lines of households that differ from period to period.
const OF_HOUSEHOLDS: [Line; 4] = [Line::Found, Line::Success, Line::Reach, Line::Remaining];

/// Hides the earlier figure where it and the later one differ by 1 to k − 1 households, and another one with it where
/// the total would give it away; by the same rule as counts themselves (`reach::floor`).
fn hide_few(rows: &mut [IndicatorRow], k: u32) -> BTreeSet<Line> {
    let mut hidden_totals = BTreeSet::new();
    let mut hidden_rows = vec![false; rows.len()];
    for line in OF_HOUSEHOLDS {
        let differences = |part: fn(&Cell) -> Option<f64>| -> Vec<u32> {
            let of = |cells: &Cells| cells.get(&line).and_then(part);
            let differs = |row: &IndicatorRow| {
                of(&row.now).zip(of(&row.before)).map_or(0, |(now, before)| whole((now - before).abs()))
            };
            rows.iter().map(differs).collect()
        };
        let mut parts = vec![differences(|cell| cell.numerator)];
        // Denominators other than visited households are declared, and nobody's secret.
        if line == Line::Success {
            parts.push(differences(|cell| cell.denominator));
        }
        for counts in parts {
            let entries: Vec<Entry> =
                counts.iter().map(|count| Entry { count: *count, low: 0, high: u32::MAX }).collect();
            let hidden = hide(&entries, k);
            for (row, hides) in hidden_rows.iter_mut().zip(&hidden.entries) {
                *row |= *hides;
            }
            if hidden.sum {
                hidden_totals.extend(Line::ALL.into_iter().filter(|line| line.is_of_households()));
            }
        }
    }
    for (row, _) in rows.iter_mut().zip(&hidden_rows).filter(|(_, hidden)| **hidden) {
        for (_, cell) in row.before.iter_mut().filter(|(line, _)| line.is_of_households()) {
            *cell = Cell::unknown(Why::Suppressed);
        }
    }
    hidden_totals
}

fn whole(value: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded and clamped")]
    let whole = value.round().clamp(0.0, f64::from(u32::MAX)) as u32;
    whole
}
