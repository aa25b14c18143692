//! Runs that later ones of the same place have overtaken.
//!
//! A share of runs says what a place mostly was. When a mast is built, or
//! fails, the runs before it go on speaking until those since outnumber them:
//! twenty weak runs would hide a repair for twenty more. So where the runs
//! before a day and those since are both enough for a verdict, and the two
//! are opposite, the earlier ones have had their say; but good runs are overruled
//! only by days enough to be sure, or any weekend would make a dead place. They stay in the store and in the
//! chart, and are counted beside the verdict.
//!
//! Only runs of one network in r10 cells that were measured before and since are held
//! against each other: a road that was driven later says nothing of another one.

use std::cmp::Reverse;

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

/// Some of them.
type Children = [bool; CHILDREN];

/// How well a day parts the runs: those on the wrong side, then those on the right one.
type Rank = (Reverse<u32>, u32);

/// The runs in cell order, those marked that later ones supersede.
#[must_use]
pub fn marked<'a>(runs: impl IntoIterator<Item = &'a Run>, rules: &SignalRules) -> Vec<Pass<'a>> {
    let mut passes = passes(runs);
    mark(&mut passes, rules);
    passes
}

/// Marks the superseded among passes in cell order.
pub fn mark(passes: &mut [Pass<'_>], rules: &SignalRules) {
    let Some(least) = Least::of(rules) else { return };
    let mut cells: Vec<&mut [Pass<'_>]> = passes
        .chunk_by_mut(|one, other| one.run.cell.parent(REPORTING) == other.run.cell.parent(REPORTING))
        .filter(|cell| cell.len() / 2 >= rules.weak_min_runs as usize)
        .collect();
    cells.par_iter_mut().for_each_init(Scratch::default, |scratch, cell| mark_cell(cell, rules, least, scratch));
}

/// Runs of a kind without which no share of them is surely on its side of the rule's.
#[derive(Clone, Copy)]
struct Least {
    weak: u32,
    good: u32,
}

impl Least {
    /// `None` where no number is enough.
    fn of(rules: &SignalRules) -> Option<Self> {
        let runs = 1..1_000;
        let weak = runs.clone().find(|runs| is_weaker(*runs, *runs, rules))?;
        Some(Self { weak, good: runs.into_iter().find(|runs| is_better(0, *runs, rules))? })
    }
}

/// Room to count and sort in, kept between cells.
#[derive(Default)]
struct Scratch {
    networks: Vec<Network>,
    /// Of each pass the place of its network in the list, and whether it is weak.
    sides: Vec<(u8, bool)>,
    series: Vec<Entry>,
}

/// What tells whether a network may have turned: most have runs of one kind only.
struct Network {
    of: (Operator, Technology),
    good: u32,
    weak: u32,
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
    fn new(at: u32, pass: &Pass<'_>, weak: bool) -> Self {
        let child = pass.run.cell.direction_at(Resolution::Ten).map_or(0, u8::from);
        Self { day: pass.day, child, weak, at }
    }
}

fn mark_cell(passes: &mut [Pass<'_>], rules: &SignalRules, least: Least, scratch: &mut Scratch) {
    let Scratch { networks, sides, series } = scratch;
    networks.clear();
    sides.clear();
    for pass in passes.iter() {
        let (of, weak) = ((pass.run.operator, pass.run.technology), is_weak(pass.run, rules));
        let at = networks.iter().position(|network| network.of == of).unwrap_or_else(|| {
            networks.push(Network { of, good: 0, weak: 0 });
            networks.len() - 1
        });
        let network = &mut networks[at];
        *(if weak { &mut network.weak } else { &mut network.good }) += 1;
        sides.push((u8::try_from(at).unwrap_or(u8::MAX), weak));
    }
    for (network, of) in networks.iter().zip(0..u8::MAX) {
        if network.weak < least.weak || network.good < least.good {
            continue;
        }
        series.clear();
        let own = (0..).zip(sides.iter().zip(passes.iter())).filter(|(_, ((network, _), _))| *network == of);
        series.extend(own.map(|(at, ((_, weak), pass))| Entry::new(at, pass, *weak)));
        mark_series(series, rules, &[Turn::Mended, Turn::Failed], |at| passes[at as usize].superseded = true);
    }
}

/// Marks more of passes in any order, held against each other whatever their technologies: silence alone, and only where
/// a network was heard since.
pub(super) fn mark_together(passes: &mut [Pass<'_>], rules: &SignalRules) {
    passes.sort_unstable_by_key(|pass| pass.run.cell);
    let parent = |pass: &Pass<'_>| pass.run.cell.parent(REPORTING);
    let mut series: Vec<Entry> = Vec::new();
    for cell in passes.chunk_by_mut(|one, other| parent(one) == parent(other)) {
        series.clear();
        let standing = (0..).zip(cell.iter()).filter(|(_, pass)| !pass.superseded);
        series.extend(standing.map(|(at, pass)| Entry::new(at, pass, is_weak(pass.run, rules))));
        mark_series(&mut series, rules, &[Turn::Mended], |at| {
            let pass = &mut cell[at as usize];
            pass.superseded |= pass.run.median.is_none();
        });
    }
}

/// One turn after the other: a place may fail, be mended and fail again.
fn mark_series(series: &mut Vec<Entry>, rules: &SignalRules, turns: &[Turn], mut supersede: impl FnMut(u32)) {
    series.sort_unstable_by_key(|entry| entry.day);
    while let Some((day, children)) = turn(series, rules, turns) {
        series.retain(|entry| {
            let goes = entry.day < day && children[usize::from(entry.child)];
            if goes {
                supersede(entry.at);
            }
            !goes
        });
    }
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
    fn within(&self, children: &Children) -> (u32, u32) {
        let sum = |counts: &[u32; CHILDREN]| {
            counts.iter().zip(children).filter(|(_, counts)| **counts).map(|(count, _)| count).sum()
        };
        (sum(&self.runs), sum(&self.weak))
    }
}

/// The day since which the runs say the opposite of those before it, and the children in which they do: of several such
/// days the first of those that leave the fewest runs on the wrong side and the most on the right one. `series` by day.
fn turn(series: &[Entry], rules: &SignalRules, turns: &[Turn]) -> Option<(Date, Children)> {
    let all = Counts::of(series);
    let mut before = Counts::default();
    let mut best: Option<(Rank, Date, Children)> = None;
    let mut from = 0;
    for day in series.chunk_by(|one, other| one.day == other.day) {
        let sides = series.split_at(from);
        from += day.len();
        let since = all.less(&before);
        let children = std::array::from_fn(|at| before.runs[at] > 0 && since.runs[at] > 0);
        let (counts, on) = ([before.within(&children), since.within(&children)], day[0].day);
        day.iter().for_each(|entry| before.add(entry));
        for turn in turns {
            let wrong = turn.wrong(counts);
            let rank = (Reverse(wrong), counts[0].0 + counts[1].0 - wrong);
            if best.is_none_or(|(most, ..)| most < rank)
                && turn.is_in(counts, rules)
                && turn.is_in_days(sides, &children, rules)
            {
                best = Some((rank, on, children));
            }
        }
    }
    best.map(|(_, day, children)| (day, children))
}

/// What may become of a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Mended,
    Failed,
}

impl Turn {
    /// Runs that say otherwise. `counts`: before and since, runs and the weak ones among them.
    fn wrong(self, [(runs, weak), (runs_since, weak_since)]: [(u32, u32); 2]) -> u32 {
        match self {
            Self::Mended => runs - weak + weak_since,
            Self::Failed => weak + runs_since - weak_since,
        }
    }

    /// Both sides are enough for a verdict, by their runs.
    fn is_in(self, [(runs, weak), (runs_since, weak_since)]: [(u32, u32); 2], rules: &SignalRules) -> bool {
        runs >= rules.weak_min_runs
            && runs_since >= rules.weak_min_runs
            && match self {
                Self::Mended => is_weaker(weak, runs, rules) && is_better(weak_since, runs_since, rules),
                Self::Failed => is_better(weak, runs, rules) && is_weaker(weak_since, runs_since, rules),
            }
    }

    /// The same by their days. A dead place closes on good runs of two days. To overrule good runs takes more: those of
    /// a day rise and fall together, so each day has one vote, and both sides are as sure as what is confirmed.
    fn is_in_days(self, (before, since): (&[Entry], &[Entry]), within: &Children, rules: &SignalRules) -> bool {
        match self {
            Self::Mended => {
                let [weak, good] = [Days::of(before, within).with_weak, Days::of(since, within).with_good];
                weak >= rules.weak_min_days && good >= rules.weak_min_days
            }
            Self::Failed => {
                let share = |entries| {
                    let days = Days::of(entries, within);
                    wilson::interval(days.mostly_weak, days.all, rules.confirmed_z)
                };
                share(before).1 < rules.weak_share && share(since).0 > rules.weak_share
            }
        }
    }
}

/// The share of weak runs is surely above the rule's, as where a place is dead.
fn is_weaker(weak: u32, runs: u32, rules: &SignalRules) -> bool {
    wilson::interval(weak, runs, rules.weak_z).0 > rules.weak_share
}

/// The same below it.
fn is_better(weak: u32, runs: u32, rules: &SignalRules) -> bool {
    wilson::interval(weak, runs, rules.weak_z).1 < rules.weak_share
}

/// Days with a run in some of the children.
#[derive(Default)]
struct Days {
    all: u32,
    with_weak: u32,
    with_good: u32,
    /// Half of its runs or more.
    mostly_weak: u32,
}

impl Days {
    /// `entries` by day.
    fn of(entries: &[Entry], within: &Children) -> Self {
        let mut days = Self::default();
        for day in entries.chunk_by(|one, other| one.day == other.day) {
            let own = day.iter().filter(|entry| within[usize::from(entry.child)]);
            let (weak, good) =
                own.fold((0_u32, 0_u32), |(weak, good), own| (weak + u32::from(own.weak), good + u32::from(!own.weak)));
            days.all += u32::from(weak + good > 0);
            days.with_weak += u32::from(weak > 0);
            days.with_good += u32::from(good > 0);
            days.mostly_weak += u32::from(weak > 0 && weak >= good);
        }
        days
    }
}
