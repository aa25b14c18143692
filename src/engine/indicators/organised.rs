//! Teams, reports and activities of communes.
//!
//! A commune has reported of a period when something of it came in: a visit
//! that counts, an activity, or a report of a period that touches it. One that
//! sent nothing has no figure of the period, not a zero. Reports are complete
//! when each month that has ended has something.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;

use super::{At, Cells};
use crate::engine::reach::Steps;
use crate::engine::teams::{self, TeamEntry};
use crate::model::activity::{Activity, ActivityKind};
use crate::model::admin::UnitCode;
use crate::model::indicator::{Bound, Cell, Line, Missing, Why};
use crate::model::period::Period;
use crate::model::team::TeamState;

/// Communes of which something came in.
pub(super) fn reporting(at: &At<'_>) -> BTreeSet<UnitCode> {
    reporting_in(at, at.period)
}

fn reporting_in(at: &At<'_>, period: Period) -> BTreeSet<UnitCode> {
    let (facts, today) = (at.facts, at.answer.as_of);
    let covers = |day: Date| period.holds(day) && day <= at.until;
    let visited = (0..facts.villages.len()).filter(|village| facts.homes(*village).iter().any(|v| covers(v.day)));
    let mut reporting: BTreeSet<UnitCode> =
        visited.filter_map(|village| facts.commune_of_village(village, today)).collect();
    reporting.extend(facts.loose_communes(today, covers));
    let told = facts.activities.iter().filter(|activity| match activity.period {
        Some(of) => of.overlaps(period) && activity.on <= facts.today,
        None => covers(activity.on),
    });
    reporting.extend(told.filter_map(|activity| activity.commune));
    reporting
}

pub(super) fn communes(at: &At<'_>, units: &mut BTreeMap<UnitCode, Cells>) {
    let reporting = reporting(at);
    let months: Vec<BTreeSet<UnitCode>> = at
        .period
        .months()
        .into_iter()
        .filter(|month| month.last() <= at.until)
        .map(|month| reporting_in(at, month))
        .collect();
    let mut activities: BTreeMap<UnitCode, Vec<&Activity>> = BTreeMap::new();
    for activity in &at.facts.activities {
        if let Some(commune) = activity.commune {
            activities.entry(commune).or_default().push(activity);
        }
    }
    let mut board: BTreeMap<UnitCode, Vec<TeamEntry>> = BTreeMap::new();
    for entry in teams::board(at.facts, (at.answer.as_of, at.answer.register_on)) {
        board.entry(entry.commune).or_default().push(entry);
    }
    for (commune, cells) in units {
        let own = activities.get(commune).map_or(&[][..], Vec::as_slice);
        cells.extend(events(at, own, reporting.contains(commune)));
        let sent = months.iter().filter(|month| month.contains(commune)).count();
        let complete = match months.len() {
            0 => Cell::unknown(Why::NotEnded),
            all => Cell::share(number(sent), number(all)),
        };
        cells.insert(Line::ReportsComplete, complete);
        cells.insert(Line::ReportsTimely, timely(at, own));
        cells.extend(of_teams(board.get(commune).map_or(&[][..], Vec::as_slice)));
    }
}

/// Reports of this period, or of one within it: those in time among those that came.
fn timely(at: &At<'_>, own: &[&Activity]) -> Cell {
    let days = i64::from(at.facts.rules.outreach.report_due_days).days();
    let within = |of: Period| at.period.first() <= of.first() && of.last() <= at.period.last();
    let reports: Vec<bool> = own
        .iter()
        .filter_map(|activity| Some((activity.period.filter(|of| within(*of))?, activity.on)))
        .filter(|(_, on)| *on <= at.facts.today)
        .map(|(of, on)| of.last().checked_add(days).is_ok_and(|due| on <= due))
        .collect();
    if reports.is_empty() {
        return Cell::unknown(Why::NoReport);
    }
    Cell::share(number(reports.iter().filter(|timely| **timely).count()), number(reports.len()))
}

fn events(at: &At<'_>, own: &[&Activity], reports: bool) -> Cells {
    let events: Vec<&Activity> = own.iter().copied().filter(|one| one.kind != ActivityKind::Report).collect();
    let within: Vec<&Activity> = events.iter().copied().filter(|one| at.covers(one.on)).collect();
    let duty: Vec<&Activity> = within.iter().copied().filter(|one| one.kind == ActivityKind::DutyShift).collect();
    let hours = summed(duty.iter().map(|one| one.counts.hours), reports);
    let count = if reports { Cell::count(number(within.len())) } else { Cell::unknown(Why::NoReport) };
    // Duty has no audience, and a broadcast counts none.
    let with_people: Vec<&Activity> = events
        .iter()
        .copied()
        .filter(|one| !matches!(one.kind, ActivityKind::DutyShift | ActivityKind::Broadcast))
        .collect();
    let people = |of: fn(&Activity) -> Option<u32>| people(at, &with_people, of, reports);
    [
        (Line::Activities, count),
        (Line::DutyHours, hours),
        (Line::Attendees, people(|one| one.counts.attendees)),
        (Line::Elderly, people(|one| one.counts.elderly)),
        (Line::Disabled, people(|one| one.counts.disabled)),
    ]
    .into_iter()
    .collect()
}

/// A sum of what is stated; what is not makes it "at least".
fn summed(values: impl Iterator<Item = Option<f64>>, reports: bool) -> Cell {
    let (mut sum, mut stated, mut silent) = (0.0, 0_u32, 0_u32);
    for value in values {
        match value {
            Some(value) => {
                sum += value;
                stated += 1;
            }
            None => silent += 1,
        }
    }
    let missing = Missing { not_stated: silent, ..Missing::default() };
    match (reports, stated, silent) {
        (false, ..) => Cell::unknown(Why::NoReport),
        (true, 0, 1..) => Cell { missing, ..Cell::unknown(Why::NotStated) },
        _ => Cell { bound: if silent > 0 { Bound::AtLeast } else { Bound::Exact }, missing, ..Cell::count(sum) },
    }
}

/// People of the period. A few are nobody's business, and to everybody they are told in steps, so that two periods
/// cannot be subtracted.
fn people(at: &At<'_>, events: &[&Activity], of: fn(&Activity) -> Option<u32>, reports: bool) -> Cell {
    let k = at.facts.rules.reach.k;
    let within = events.iter().filter(|one| at.covers(one.on));
    let mut cell = summed(within.map(|one| of(one).map(f64::from)), reports);
    let Some(sum) = cell.numerator else { return cell };
    let hidden = Cell { denominator: None, ..Cell::unknown(Why::Suppressed) };
    if !at.answer.question.steps {
        return if sum > 0.0 && sum < f64::from(k) { hidden } else { cell };
    }
    let counts: Vec<(Date, u64)> = events.iter().filter_map(|one| Some((one.on, u64::from(of(one)?)))).collect();
    let told = |until: Date| Steps { until, k }.told_of(counts.clone());
    let start = at.period.first().yesterday().map_or((0, 0), told);
    let end = told(at.until);
    let steps = end.0.saturating_sub(start.0);
    if steps == 0 && end.1 > end.0 {
        return hidden;
    }
    cell.numerator = Some(steps as f64);
    cell
}

/// The teams that a commune and its villages should have.
fn of_teams(entries: &[TeamEntry]) -> Cells {
    const OF_TEAMS: [Line; 6] = [
        Line::TeamsExist,
        Line::TeamsCompliant,
        Line::TeamsYouth,
        Line::TeamsTrained,
        Line::TeamsLate,
        Line::TeamsDaysLate,
    ];
    let expected = number(entries.len());
    if entries.iter().all(|entry| entry.facts.is_none()) {
        let mut cells: Cells = OF_TEAMS.map(|line| (line, Cell::unknown(Why::NoTeams))).into_iter().collect();
        cells.insert(Line::TeamsExist, Cell { denominator: Some(expected), ..Cell::unknown(Why::NoTeams) });
        return cells;
    }
    let states = |state: TeamState| entries.iter().filter(|entry| entry.state == state).count();
    let there: Vec<&TeamEntry> = entries.iter().filter(|entry| entry.state != TeamState::None).collect();
    let unknown = small(states(TeamState::MembersUnknown));
    let compliant = states(TeamState::Compliant);
    let with_members = compliant + states(TeamState::BelowMinimum);
    let late: Vec<u32> = there.iter().filter_map(|entry| entry.days_late).collect();
    let dated = |cell: Cell| {
        let silent = small(there.len() - late.len());
        Cell { missing: Missing { not_stated: silent, ..Missing::default() }, ..cell }
    };
    let share = |part: fn(&TeamEntry) -> Option<(u32, u32)>| {
        let stated: Vec<(u32, u32)> = there.iter().filter_map(|entry| part(entry)).collect();
        let (parts, wholes) =
            stated.iter().fold((0.0, 0.0), |(a, b), (part, whole)| (a + f64::from(*part), b + f64::from(*whole)));
        let missing = Missing { not_stated: small(there.len() - stated.len()), ..Missing::default() };
        match stated.len() {
            0 => Cell { missing, ..Cell::unknown(Why::NotStated) },
            _ => Cell { missing, ..Cell::share(parts, wholes) },
        }
    };
    let late_cells = if late.is_empty() {
        [Cell::unknown(Why::NotStated), Cell::unknown(Why::NotStated)].map(dated)
    } else {
        let count = late.iter().filter(|days| **days > 0).count();
        let days: f64 = late.iter().copied().map(f64::from).sum();
        [Cell::share(number(count), number(late.len())), Cell::count(days)].map(dated)
    };
    [
        (Line::TeamsExist, Cell::share(number(there.len()), expected)),
        (
            Line::TeamsCompliant,
            Cell {
                missing: Missing { not_stated: unknown, ..Missing::default() },
                ..Cell::share(number(compliant), number(with_members))
            },
        ),
        (Line::TeamsYouth, share(|entry| entry.facts.as_ref()?.youth.zip(entry.facts.as_ref()?.members))),
        (Line::TeamsTrained, share(|entry| entry.facts.as_ref()?.trained.zip(entry.facts.as_ref()?.members))),
        (Line::TeamsLate, late_cells[0]),
        (Line::TeamsDaysLate, late_cells[1]),
    ]
    .into_iter()
    .collect()
}

/// The team of a single village.
pub(super) fn villages(at: &At<'_>, units: &mut [(usize, Cells)]) {
    let board = teams::board(at.facts, (at.answer.as_of, at.answer.register_on));
    let own: BTreeMap<_, &TeamEntry> = board.iter().filter_map(|entry| Some((entry.village?, entry))).collect();
    let listed: BTreeSet<UnitCode> =
        board.iter().filter(|entry| entry.facts.is_some()).map(|entry| entry.commune).collect();
    for (index, cells) in units {
        let reach = &at.answer.villages[*index];
        let Some(entry) = own.get(&reach.village) else { continue };
        let mut of_team = of_teams(std::slice::from_ref(*entry));
        if entry.facts.is_none() && listed.contains(&reach.commune) {
            // Its commune handed in a list, and it is not on it.
            of_team.insert(Line::TeamsExist, Cell::share(0.0, 1.0));
        }
        cells.extend(of_team);
    }
}

fn number(count: usize) -> f64 {
    count as f64
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
