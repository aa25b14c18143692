//! Runs that later ones of the same place have overtaken.
//!
//! A share of runs says what a place mostly was. When a mast is built, or
//! fails, the runs before it go on speaking until those since outnumber them:
//! twenty weak runs would hide a repair for twenty more. So where the runs
//! before a day and those since are both enough for a verdict, and the two
//! are opposite, the earlier ones have had their say. They stay in the store and in the
//! chart, and are counted beside the verdict.
//!
//! Only runs of one network in r10 cells that were measured before and since are held
//! against each other: a road that was driven later says nothing of another one.

use h3o::Resolution;
use jiff::civil::Date;
use rayon::prelude::*;

use super::judge::is_weak;
use super::{Pass, REPORTING, passes, wilson};
use crate::model::operator::{Operator, Technology};
use crate::model::rules::SignalRules;
use crate::model::sample::Run;

/// A cell has seven children.
const CHILDREN: usize = 7;

/// The runs in cell order, those marked that later ones supersede.
#[must_use]
pub fn marked<'a>(runs: impl IntoIterator<Item = &'a Run>, rules: &SignalRules) -> Vec<Pass<'a>> {
    let mut passes = passes(runs);
    mark(&mut passes, rules);
    passes
}

/// Marks the superseded among passes in cell order.
pub fn mark(passes: &mut [Pass<'_>], rules: &SignalRules) {
    let mut cells: Vec<&mut [Pass<'_>]> = passes
        .chunk_by_mut(|one, other| one.run.cell.parent(REPORTING) == other.run.cell.parent(REPORTING))
        .filter(|cell| cell.len() / 2 >= rules.weak_min_runs as usize)
        .collect();
    cells.par_iter_mut().for_each_init(Scratch::default, |scratch, cell| mark_cell(cell, rules, scratch));
}

/// Room to sort in, kept between cells.
#[derive(Default)]
struct Scratch {
    networks: Vec<(Operator, Technology)>,
    series: Vec<Entry>,
}

/// A run as far as its order and its side count.
#[derive(Clone, Copy)]
struct Entry {
    day: Date,
    /// Which child of the r9 cell.
    child: u8,
    weak: bool,
    at: u32,
}

impl Entry {
    fn new(at: u32, pass: &Pass<'_>, rules: &SignalRules) -> Self {
        let child = pass.run.cell.direction_at(Resolution::Ten).map_or(0, u8::from);
        Self { day: pass.day, child, weak: is_weak(pass.run, rules), at }
    }
}

fn mark_cell(passes: &mut [Pass<'_>], rules: &SignalRules, scratch: &mut Scratch) {
    let Scratch { networks, series } = scratch;
    networks.clear();
    for pass in passes.iter() {
        let network = (pass.run.operator, pass.run.technology);
        if !networks.contains(&network) {
            networks.push(network);
        }
    }
    for network in networks.iter() {
        series.clear();
        for (at, pass) in (0..).zip(passes.iter()) {
            if (pass.run.operator, pass.run.technology) == *network {
                series.push(Entry::new(at, pass, rules));
            }
        }
        mark_series(series, rules, |at| passes[at as usize].superseded = true);
    }
}

/// Marks more of passes in any order, held against each other whatever their technologies.
pub(super) fn mark_together(passes: &mut [Pass<'_>], rules: &SignalRules) {
    passes.sort_unstable_by_key(|pass| pass.run.cell);
    let parent = |pass: &Pass<'_>| pass.run.cell.parent(REPORTING);
    let mut series: Vec<Entry> = Vec::new();
    for cell in passes.chunk_by_mut(|one, other| parent(one) == parent(other)) {
        series.clear();
        let standing = (0..).zip(cell.iter()).filter(|(_, pass)| !pass.superseded);
        series.extend(standing.map(|(at, pass)| Entry::new(at, pass, rules)));
        mark_series(&mut series, rules, |at| cell[at as usize].superseded = true);
    }
}

/// One turn after the other: a place may fail, be mended and fail again.
fn mark_series(series: &mut Vec<Entry>, rules: &SignalRules, mut supersede: impl FnMut(u32)) {
    if !may_have_turned(series, rules) {
        return;
    }
    series.sort_unstable_by_key(|entry| entry.day);
    while let Some((day, children)) = turn(series, rules) {
        series.retain(|entry| {
            let goes = entry.day < day && children[usize::from(entry.child)];
            if goes {
                supersede(entry.at);
            }
            !goes
        });
    }
}

/// Runs of both kinds, each on several days where several are needed: most cells have only one.
fn may_have_turned(series: &[Entry], rules: &SignalRules) -> bool {
    let of_kind = |weak| {
        let mut days = series.iter().filter(|entry| entry.weak == weak).map(|entry| entry.day);
        days.next().is_some_and(|first| rules.weak_min_days < 2 || days.any(|day| day != first))
    };
    of_kind(false) && of_kind(true)
}

/// Runs by child.
#[derive(Clone, Copy, Default)]
struct Counts {
    runs: [u32; CHILDREN],
    weak: [u32; CHILDREN],
}

impl Counts {
    fn of(entries: &[Entry]) -> Self {
        let mut counts = Self::default();
        entries.iter().for_each(|entry| counts.add(entry));
        counts
    }

    fn add(&mut self, entry: &Entry) {
        self.runs[usize::from(entry.child)] += 1;
        self.weak[usize::from(entry.child)] += u32::from(entry.weak);
    }

    fn less(&self, other: &Self) -> Self {
        let of = |one: &[u32; CHILDREN], other: &[u32; CHILDREN]| std::array::from_fn(|at| one[at] - other[at]);
        Self { runs: of(&self.runs, &other.runs), weak: of(&self.weak, &other.weak) }
    }

    /// Runs, and the weak ones among them, in some of the children.
    fn within(&self, children: &[bool; CHILDREN]) -> (u32, u32) {
        let sum = |counts: &[u32; CHILDREN]| {
            counts.iter().zip(children).filter(|(_, counts)| **counts).map(|(count, _)| count).sum()
        };
        (sum(&self.runs), sum(&self.weak))
    }
}

/// The day since which the runs say the opposite of those before it, and the children in which they do: of several such
/// days the one that leaves the fewest runs on the wrong side. `series` by day.
fn turn(series: &[Entry], rules: &SignalRules) -> Option<(Date, [bool; CHILDREN])> {
    let all = Counts::of(series);
    let mut before = Counts::default();
    let mut best: Option<(u32, Date, [bool; CHILDREN])> = None;
    let mut from = 0;
    for day in series.chunk_by(|one, other| one.day == other.day) {
        let (earlier, later) = series.split_at(from);
        from += day.len();
        let since = all.less(&before);
        let children = std::array::from_fn(|at| before.runs[at] > 0 && since.runs[at] > 0);
        let (sides, on) = ([before.within(&children), since.within(&children)], day[0].day);
        day.iter().for_each(|entry| before.add(entry));
        let [(runs, weak), (runs_since, weak_since)] = sides;
        if runs < rules.weak_min_runs || runs_since < rules.weak_min_runs {
            continue;
        }
        let failed = is_weaker(weak_since, runs_since, rules) && is_better(weak, runs, rules);
        let mended = is_weaker(weak, runs, rules) && is_better(weak_since, runs_since, rules);
        let agree = if failed { weak_since + runs - weak } else { weak + runs_since - weak_since };
        let enough_days = |entries: &[Entry], weak| days(entries, &children, weak) >= rules.weak_min_days;
        if (failed || mended)
            && best.is_none_or(|(most, ..)| most < agree)
            && enough_days(earlier, mended)
            && enough_days(later, failed)
        {
            best = Some((agree, on, children));
        }
    }
    best.map(|(_, day, children)| (day, children))
}

/// The share of weak runs is surely above the rule's, as where a place is dead.
fn is_weaker(weak: u32, runs: u32, rules: &SignalRules) -> bool {
    wilson::interval(weak, runs, rules.weak_z).0 > rules.weak_share
}

/// The same below it.
fn is_better(weak: u32, runs: u32, rules: &SignalRules) -> bool {
    wilson::interval(weak, runs, rules.weak_z).1 < rules.weak_share
}

/// Days with a run of one kind.
fn days(entries: &[Entry], children: &[bool; CHILDREN], weak: bool) -> u32 {
    let of_kind = entries.iter().filter(|entry| entry.weak == weak && children[usize::from(entry.child)]);
    let (mut days, mut last) = (0, None);
    for entry in of_kind {
        days += u32::from(last != Some(entry.day));
        last = Some(entry.day);
    }
    days
}
